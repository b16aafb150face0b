/*
 * Copyright (c) 2026 The vrrpd authors
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/*
 * What the parts of the state machine share among themselves: fsm.c (events
 * and timers), fsm_role.c (states) and fsm_hold.c (roles given by hand).
 */

#ifndef FSM_INT_H
#define FSM_INT_H

#include "fsm.h"

/* One step: what it works on. */
struct step {
	struct vr		*v;
	const struct vr_conf	*c;
	const struct vr_in	*in;
	struct vr_out		*out;
	int64_t			 now;
	enum vr_face		 face;	/* at the beginning */
};

/* fsm_role.c: actions */
struct vr_action *vr_emit(struct step *, enum vr_act, int);
void	 vr_count(struct step *, enum vr_counter);
void	 vr_log_code(struct step *, enum vr_log, int64_t);
/* At most once in VR_LOG_US for each code. */
void	 vr_log_limited(struct step *, enum vr_log, int64_t);
/* An advert with our priority; the interval starts anew. */
void	 vr_advertise(struct step *);
/* Priority 0: we give up. */
void	 vr_goodbye(struct step *);

/* fsm_role.c: the timer of a BACKUP */
void	 vr_restart_down(struct step *);
void	 vr_start_skew(struct step *);
/* Priority or configuration changed: moves the running deadline. */
void	 vr_move_due(struct step *);

/* fsm_role.c: states */
void	 vr_begin(struct step *);
void	 vr_to_init(struct step *, enum vr_reason, int64_t);
void	 vr_to_backup(struct step *, enum vr_reason, int64_t);
void	 vr_to_master(struct step *, enum vr_reason, int64_t);
void	 vr_resumed(struct step *);

/* fsm_group.c: with conf->grouped */
void	 vr_want(struct step *, enum vr_reason);
void	 vr_obey(struct step *);
/* Whoever leaves has heard the next master, or nobody in time. */
void	 vr_successor(struct step *);
void	 vr_alone(struct step *);
/* The group may be gone: does what waited for it; false: nothing did. */
bool	 vr_ungroup(struct step *);
/* How long nothing was heard; what is told with a reason to be MASTER. */
int64_t	 vr_quiet_us(const struct step *);
int64_t	 vr_want_arg(const struct step *, enum vr_reason);

/* fsm_hold.c */
void	 vr_switch(struct step *);
void	 vr_release(struct step *);
void	 vr_hold_expire(struct step *);
/* Forgets the hold without any other effect; what it was. */
enum vr_hold vr_hold_clear(struct vr *);
/* Says what became of a hold, after the state has been told. Not of NONE. */
void	 vr_hold_tell(struct step *, enum vr_hold, enum vr_hold_end);
void	 vr_stop(struct step *);
/* Handing over: somebody answered; nobody did in time. */
void	 vr_handed_over(struct step *);
void	 vr_nobody(struct step *);

#endif /* FSM_INT_H */
