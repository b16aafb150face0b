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
 * The VRRP state machine: planned changes. Whoever gives up the role on
 * purpose still works, so it says priority 0 and keeps the addresses until
 * the next master has spoken: make before break. Pure; runs in: vrrpe.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fsm.h"
#include "fsm_int.h"

static enum vr_answer may_switch(const struct step *);
static void	 hold_end(struct step *, enum vr_hold_end);
static void	 standby(struct step *);
static void	 takeover(struct step *);
static void	 leave(struct step *, enum vr_leave, int64_t);

void
vr_switch(struct step *s)
{
	struct vr	*v = s->v;
	enum vr_answer	 ans;
	enum vr_hold	 old;

	if ((ans = may_switch(s)) != VR_ANS_OK) {
		s->out->answer = ans;
		vr_log_code(s, VR_LOG_REFUSED, ans);
		return;
	}
	if (s->in->hold != VR_HOLD_STANDBY && s->in->hold != VR_HOLD_TAKEOVER) {
		vr_release(s);
		return;
	}
	/* one that is there already is replaced */
	old = vr_hold_clear(v);
	v->hold = s->in->hold;
	v->hold_until_us = s->in->until_us;
	if (v->hold == VR_HOLD_STANDBY)
		standby(s);
	else
		takeover(s);
	vr_hold_tell(s, old, VR_HE_REPLACED);
	vr_hold_tell(s, v->hold, VR_HE_BEGUN);
}

static enum vr_answer
may_switch(const struct step *s)
{
	if (!s->v->running || s->v->leave == VR_LEAVE_STOP)
		return (VR_ANS_STOPPED);
	if (s->v->state == VR_INIT)
		return (VR_ANS_FAULT);
	if (s->in->until_us <= s->now)
		return (VR_ANS_TIME);
	return (VR_ANS_OK);
}

void
vr_release(struct step *s)
{
	if (s->v->hold == VR_HOLD_NONE)
		s->out->answer = s->v->running ? VR_ANS_NO_HOLD :
		    VR_ANS_STOPPED;
	else
		hold_end(s, VR_HE_RELEASED);
}

void
vr_hold_expire(struct step *s)
{
	if (s->v->hold != VR_HOLD_NONE && s->v->hold_until_us <= s->now)
		hold_end(s, VR_HE_EXPIRED);
}

void
vr_begin_held(struct vr *v)
{
	if (v->state != VR_INIT)
		return;
	v->hold = VR_HOLD_STANDBY;
	v->hold_until_us = VR_NEVER;
}

enum vr_hold
vr_hold_clear(struct vr *v)
{
	enum vr_hold	 old = v->hold;

	v->hold = VR_HOLD_NONE;
	v->hold_until_us = VR_NEVER;
	return (old);
}

void
vr_hold_tell(struct step *s, enum vr_hold hold, enum vr_hold_end how)
{
	struct vr_action	*a;

	if (hold == VR_HOLD_NONE)
		return;
	a = vr_emit(s, VR_ACT_HOLD, (int)how);
	a->hold = hold;
	if (how == VR_HE_BEGUN)
		a->arg = s->v->hold_until_us;
}

/* Back to the real priority, which a master tells at once. */
static void
hold_end(struct step *s, enum vr_hold_end how)
{
	struct vr	*v = s->v;
	enum vr_hold	 old;

	old = vr_hold_clear(v);
	if (v->state == VR_MASTER) {
		v->leave = VR_LEAVE_NONE;
		v->leave_us = VR_NEVER;
		v->left = VR_LEFT_OPEN;
		v->copy_us = VR_NEVER;
		vr_advertise(s);
	} else if (v->state == VR_BACKUP)
		vr_move_due(s);
	vr_hold_tell(s, old, how);
}

static void
standby(struct step *s)
{
	struct vr	*v = s->v;

	if (v->state == VR_BACKUP) {
		v->preempt_us = VR_NEVER;
		vr_move_due(s);
		return;
	}
	if (v->leave == VR_LEAVE_NONE)
		vr_goodbye(s);
	if (s->in->now)
		vr_to_backup(s, VR_WHY_STANDBY, s->now - v->zero_us);
	else if (v->leave == VR_LEAVE_NONE)
		leave(s, VR_LEAVE_STANDBY, vr_master_down_us(s->c->version,
		    s->c->adver_int_us, VR_PRIO_STANDBY, s->c->down_adverts));
}

static void
takeover(struct step *s)
{
	struct vr	*v = s->v;

	if (v->state == VR_BACKUP) {
		vr_to_master(s, VR_WHY_TAKEOVER, 0);
		return;
	}
	v->leave = VR_LEAVE_NONE;
	v->leave_us = VR_NEVER;
	v->left = VR_LEFT_OPEN;
	vr_advertise(s);
}

void
vr_stop(struct step *s)
{
	struct vr	*v = s->v;
	enum vr_hold	 old;
	bool		 wait;

	if (!v->running)
		return;
	wait = v->state == VR_MASTER && !s->in->now &&
	    v->leave != VR_LEAVE_STOP;
	if (v->state == VR_MASTER && v->leave == VR_LEAVE_NONE)
		vr_goodbye(s);
	if (!wait) {
		vr_to_init(s, VR_WHY_SHUTDOWN, v->state == VR_MASTER ?
		    s->now - v->zero_us : 0);
		return;
	}
	old = vr_hold_clear(v);
	/* whoever has heard the priority 0 has spoken by then */
	leave(s, VR_LEAVE_STOP, vr_skew_us(s->c->version, s->c->adver_int_us,
	    VR_PRIO_STANDBY) + VR_LEAVE_US);
	vr_hold_tell(s, old, VR_HE_STOPPED);
}

/* The priority 0 has been sent; no regular advert until it is decided. */
static void
leave(struct step *s, enum vr_leave kind, int64_t wait_us)
{
	struct vr	*v = s->v;

	v->leave = kind;
	v->left = VR_LEFT_OPEN;
	v->leave_us = v->zero_us + wait_us;
	if (v->leave_us <= s->now)
		v->leave_us = s->now + 1;
	v->copy_us = VR_NEVER;
	vr_log_code(s, VR_LOG_LEAVING, v->leave_us - s->now);
}

void
vr_handed_over(struct step *s)
{
	struct vr	*v = s->v;
	int64_t		 took = s->now - v->zero_us;

	if (v->leave == VR_LEAVE_STOP) {
		vr_to_init(s, VR_WHY_HANDED_OVER, took);
		return;
	}
	vr_to_backup(s, VR_WHY_HANDED_OVER, took);
	vr_hold_tell(s, v->hold, VR_HE_HANDED_OVER);
}

/* A stop goes on without a successor, a standby does not. */
void
vr_nobody(struct step *s)
{
	struct vr	*v = s->v;
	int64_t		 waited = s->now - v->zero_us;

	if (v->leave == VR_LEAVE_STOP) {
		vr_to_init(s, VR_WHY_SHUTDOWN, waited);
		return;
	}
	hold_end(s, VR_HE_NOBODY);
	vr_log_code(s, VR_LOG_NOBODY, waited);
}

void
vr_to_resume(const struct vr *v, struct vr_resume *rec)
{
	memset(rec, 0, sizeof(*rec));
	rec->state = v->leave != VR_LEAVE_NONE ? VR_BACKUP : v->state;
	rec->prio = v->prio;
	rec->since_us = v->since_us;
	rec->has_master = v->has_master;
	rec->master_prio = v->master_prio;
	memcpy(rec->master, v->master, sizeof(rec->master));
	rec->master_int_us = v->master_int_us;
	rec->hold = v->hold;
	rec->hold_until_us = v->hold_until_us;
}
