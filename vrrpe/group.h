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
 * Sync groups: several machines that are MASTER together or not at all. What
 * the group is and what its members have to do is computed from what each of
 * them is, anew each time; nothing is counted. Pure. Runs in: vrrpe.
 *
 * keepalived's rules: one member in FAULT puts all in FAULT, and all come
 * back together; the group is MASTER only when every member wants to be; a
 * master that becomes BACKUP takes the others with it. Ours: a hand-over is
 * one, too, and a member that a new configuration brings in does not disturb
 * those that are MASTER.
 */

#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fsm.h"

/* More rounds than these are not needed to come to rest. */
#define SG_ROUNDS	8

struct sg_member {
	/* Facts, by the caller. */
	bool		 running;	/* started, or about to */
	bool		 fault;		/* its own, without the group's */
	bool		 wait;		/* not begun: an undecided script */
	bool		 leaves;	/* handing over */
	bool		 stops;		/* ... for good */
	bool		 wants;		/* BACKUP: wants to be MASTER */
	bool		 follows;	/* BACKUP: goes by another master */
	enum vr_state	 state;
	enum vr_left	 left;

	/* Kept by sg_decide(); at first all false. */
	bool		 joined;	/* has once been as the group is */
	bool		 group_fault;	/* another one is in FAULT */
	bool		 group_wait;	/* another one has not begun */

	/* What it has to do. */
	enum vr_order	 order;
	bool		 facts;		/* group_fault or group_wait changed */
};

enum sg_face {
	SG_STOPPED = 0,		/* none runs, or none may begin yet */
	SG_FAULT,
	SG_BACKUP,
	SG_MASTER
};

void	 sg_facts(struct sg_member *, const struct vr *,
	    const struct vr_conf *, uint32_t own_faults);
/*
 * How many members have something to do. They do it, their facts are told
 * again, and so on until it is 0: at most SG_ROUNDS times.
 */
size_t	 sg_decide(struct sg_member *, size_t);
/* What the group is, once it is at rest. */
enum sg_face sg_face(const struct sg_member *, size_t);
const char *sg_face_name(int);		/* STOPPED FAULT BACKUP MASTER */

#endif /* GROUP_H */
