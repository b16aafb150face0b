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
 * The VRRP state machine: what a member of a sync group leaves to the group.
 * Pure; runs in: vrrpe.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fsm.h"
#include "fsm_int.h"

static void	 retake(struct step *);

int64_t
vr_quiet_us(const struct step *s)
{
	const struct vr	*v = s->v;

	return (s->now - (v->heard_us == VR_NEVER ? v->since_us :
	    v->heard_us));
}

int64_t
vr_want_arg(const struct step *s, enum vr_reason why)
{
	return (why == VR_WHY_PREEMPT ? s->v->master_prio : vr_quiet_us(s));
}

/*
 * keepalived: an early one starts its timer anew and waits for the others.
 * Whatever else starts the timer is news that it goes by, and ends the wish.
 */
void
vr_want(struct step *s, enum vr_reason why)
{
	struct vr	*v = s->v;
	enum vr_reason	 before = v->wants;

	vr_restart_down(s);
	v->wants = before != VR_WHY_NONE ? before : why;
}

void
vr_obey(struct step *s)
{
	struct vr	*v = s->v;
	enum vr_hold	 old = VR_HOLD_NONE;

	if (!s->c->grouped)
		return;
	switch (s->in->order) {
	case VR_ORDER_MASTER:
		if (v->state == VR_BACKUP && v->wants != VR_WHY_NONE)
			vr_to_master(s, v->wants, vr_want_arg(s, v->wants));
		break;
	case VR_ORDER_BACKUP:
	case VR_ORDER_GIVE_UP:
		if (v->state != VR_MASTER || v->leave == VR_LEAVE_STOP)
			break;
		if (s->in->order == VR_ORDER_GIVE_UP &&
		    v->leave == VR_LEAVE_NONE)
			vr_goodbye(s);
		if (v->hold == VR_HOLD_TAKEOVER)
			old = vr_hold_clear(v);
		vr_to_backup(s, VR_WHY_GROUP, 0);
		vr_hold_tell(s, old, VR_HE_YIELDED);
		break;
	case VR_ORDER_LEAVE:
		if (v->left == VR_LEFT_HEARD)
			vr_handed_over(s);
		else if (v->left == VR_LEFT_TIMEOUT)
			vr_nobody(s);
		break;
	case VR_ORDER_RETAKE:
		retake(s);
		break;
	case VR_ORDER_NONE:
	case VR_ORDER_MAX:
		break;
	}
}

/* Of those that have not yet given up for good, whatever they have heard. */
static void
retake(struct step *s)
{
	if (s->v->leave == VR_LEAVE_STANDBY)
		vr_nobody(s);
}

void
vr_successor(struct step *s)
{
	if (!s->c->grouped) {
		vr_handed_over(s);
		return;
	}
	s->v->left = VR_LEFT_HEARD;
	s->v->leave_us = VR_NEVER;
}

void
vr_alone(struct step *s)
{
	if (!s->c->grouped) {
		vr_nobody(s);
		return;
	}
	s->v->left = VR_LEFT_TIMEOUT;
	s->v->leave_us = VR_NEVER;
}

bool
vr_ungroup(struct step *s)
{
	struct vr	*v = s->v;

	if (s->c->grouped || v->state == VR_INIT)
		return (false);
	v->wants = VR_WHY_NONE;
	if (v->left == VR_LEFT_HEARD)
		vr_handed_over(s);
	else if (v->left == VR_LEFT_TIMEOUT)
		vr_nobody(s);
	else
		return (false);
	return (true);
}
