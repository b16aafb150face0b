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
 * The VRRP state machine: actions, the timer of a backup, the states. Pure;
 * runs in: vrrpe.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fsm.h"
#include "fsm_int.h"

static void	 set_state(struct step *, enum vr_state, enum vr_reason,
		    int64_t);
static void	 notify_state(struct step *);
static void	 disarm(struct vr *);
static int64_t	 down_us(const struct step *);

struct vr_action *
vr_emit(struct step *s, enum vr_act act, int code)
{
	struct vr_action	*a;

	assert(s->out->cnt < VR_OUT_MAX);
	a = &s->out->act[s->out->cnt++];
	a->act = act;
	a->code = code;
	return (a);
}

void
vr_count(struct step *s, enum vr_counter which)
{
	vr_emit(s, VR_ACT_COUNT, (int)which);
}

void
vr_log_code(struct step *s, enum vr_log code, int64_t arg)
{
	vr_emit(s, VR_ACT_LOG, (int)code)->arg = arg;
}

void
vr_log_limited(struct step *s, enum vr_log code, int64_t arg)
{
	int64_t	*last = &s->v->log_us[code];

	if (*last != VR_NEVER && s->now - *last < VR_LOG_US)
		return;
	*last = s->now;
	vr_log_code(s, code, arg);
}

void
vr_advertise(struct step *s)
{
	vr_emit(s, VR_ACT_ADVERT, 0)->prio = vr_prio(s->v);
	s->v->due_us = s->now + s->c->adver_int_us;
}

void
vr_goodbye(struct step *s)
{
	vr_emit(s, VR_ACT_ADVERT, 0)->prio = 0;
	s->v->zero_us = s->now;
}

void
vr_restart_down(struct step *s)
{
	struct vr	*v = s->v;

	v->len_us = down_us(s);
	v->due_us = s->now + v->len_us;
	v->skewing = false;
	v->discarded = false;
	v->wants = VR_WHY_NONE;
}

/* RFC 9568 6.4.2: priority 0 sets the timer to Skew_Time alone. */
void
vr_start_skew(struct step *s)
{
	struct vr	*v = s->v;

	v->len_us = vr_skew_us(s->c->version, vr_interval_us(v, s->c),
	    vr_prio(v));
	v->due_us = s->now + v->len_us;
	v->skewing = true;
	v->discarded = false;
	v->wants = VR_WHY_NONE;
}

/*
 * A master that was refused for its lower priority and would be followed now
 * gets the time that it would have had: it has been heard.
 */
void
vr_move_due(struct step *s)
{
	struct vr	*v = s->v;
	int64_t		 len;

	if (v->wants == VR_WHY_PREEMPT && (v->master_prio >= vr_prio(v) ||
	    s->c->nopreempt)) {
		vr_restart_down(s);
		return;
	}
	if (v->discarded && (v->master_prio >= vr_prio(v) || s->c->nopreempt)) {
		len = down_us(s);
		v->discarded = false;
		v->skewing = false;
		v->wants = VR_WHY_NONE;
		if (v->due_us - v->len_us < v->heard_us)
			v->due_us = v->heard_us + len;
		else
			v->due_us += len - v->len_us;
		v->len_us = len;
	} else {
		len = v->skewing ? vr_skew_us(s->c->version,
		    vr_interval_us(v, s->c), vr_prio(v)) : down_us(s);
		v->due_us += len - v->len_us;
		v->len_us = len;
	}
	if (v->due_us > s->now)
		return;
	/* a shorter interval must not make a master of us on the spot */
	if (s->in->event == VR_EV_CONF)
		vr_restart_down(s);
	else
		v->due_us = s->now + 1;
}

/* RFC 9568 6.4.1; an owner with "state MASTER" does not wait. */
void
vr_begin(struct step *s)
{
	struct vr	*v = s->v;

	v->master_int_us = 0;
	if (v->faults != 0) {
		if ((v->faults & ~s->c->quiet_faults) != 0)
			vr_to_init(s, VR_WHY_FAULT, v->faults);
	} else if (s->c->prio == VR_PRIO_OWNER && s->c->start_master &&
	    v->hold == VR_HOLD_NONE)
		vr_to_master(s, VR_WHY_STARTUP, 0);
	else {
		vr_hold_expire(s);
		vr_to_backup(s, VR_WHY_STARTUP, 0);
	}
}

/*
 * FAULT when the reason is one, else the end. Whoever stops is told to have
 * stopped only if it was told to have begun.
 */
void
vr_to_init(struct step *s, enum vr_reason why, int64_t arg)
{
	struct vr	*v = s->v;
	enum vr_hold	 old = VR_HOLD_NONE;
	bool		 tell = true;

	disarm(v);
	v->due_us = VR_NEVER;
	v->master_int_us = 0;
	if (why != VR_WHY_FAULT) {
		tell = v->told;
		v->running = false;
		old = vr_hold_clear(v);
	}
	v->told = why == VR_WHY_FAULT;
	if (tell) {
		set_state(s, VR_INIT, why, arg);
		notify_state(s);
	}
	vr_hold_tell(s, old, VR_HE_STOPPED);
}

/* The timer is a full one, by the interval that is known (learned or own). */
void
vr_to_backup(struct step *s, enum vr_reason why, int64_t arg)
{
	disarm(s->v);
	vr_restart_down(s);
	set_state(s, VR_BACKUP, why, arg);
	notify_state(s);
}

/* The advert goes first, so that an old master steps down early. */
void
vr_to_master(struct step *s, enum vr_reason why, int64_t arg)
{
	struct vr	*v = s->v;
	enum vr_hold	 old = VR_HOLD_NONE;

	if (v->hold == VR_HOLD_STANDBY)
		old = vr_hold_clear(v);
	disarm(v);
	v->master_int_us = 0;
	v->announce_us = VR_NEVER;
	vr_advertise(s);
	if (!s->c->first_once && s->c->adver_int_us >= VR_COPY_MIN_INT_US)
		v->copy_us = s->now + VR_COPY_US;
	set_state(s, VR_MASTER, why, arg);
	notify_state(s);
	vr_count(s, CNT_BECOME_MASTER);
	vr_hold_tell(s, old, VR_HE_SILENCE);
}

/*
 * After a crash: the role is kept without a word to scripts and neighbours,
 * who have noticed nothing.
 */
void
vr_resumed(struct step *s)
{
	const struct vr_resume	*rec = s->in->resume;
	struct vr		*v = s->v;
	bool			 master;

	if (v->running || rec == NULL)
		return;
	v->running = true;
	if (s->c->prio != VR_PRIO_OWNER && rec->prio > 0 &&
	    rec->prio < VR_PRIO_OWNER)
		v->prio = rec->prio;
	master = rec->state == VR_MASTER && rec->hold != VR_HOLD_STANDBY;
	if (rec->hold == VR_HOLD_STANDBY ||
	    (rec->hold == VR_HOLD_TAKEOVER && master && v->faults == 0)) {
		v->hold = rec->hold;
		v->hold_until_us = rec->hold_until_us;
		if (v->hold_until_us <= s->now)
			vr_hold_tell(s, vr_hold_clear(v), VR_HE_EXPIRED);
	}
	if (v->faults != 0 || (rec->state != VR_MASTER &&
	    rec->state != VR_BACKUP)) {
		vr_begin(s);
		return;
	}
	v->has_master = rec->has_master;
	v->master_prio = rec->master_prio;
	memcpy(v->master, rec->master, sizeof(v->master));
	if (master)
		vr_advertise(s);
	else {
		if (rec->master_int_us > 0 &&
		    rec->master_int_us <= VR_INT_MAX_US)
			v->master_int_us = rec->master_int_us;
		/* as if it had been heard until now */
		v->heard_us = s->now;
		vr_restart_down(s);
	}
	set_state(s, master ? VR_MASTER : VR_BACKUP, VR_WHY_RESUME, 0);
	if (rec->state == v->state && rec->since_us >= 0 &&
	    rec->since_us < s->now)
		v->since_us = rec->since_us;
}

static void
set_state(struct step *s, enum vr_state state, enum vr_reason why,
    int64_t arg)
{
	struct vr		*v = s->v;
	struct vr_action	*a;

	v->state = state;
	v->reason = why;
	v->since_us = s->now;
	if (state != VR_INIT)
		v->told = true;
	a = vr_emit(s, VR_ACT_STATE, (int)state);
	a->old = s->face;
	a->reason = why;
	a->arg = arg;
}

static void
notify_state(struct step *s)
{
	enum vr_notify	 what = VR_NOTIFY_STOP;

	switch (vr_face(s->v)) {
	case VR_FACE_STOPPED:
		what = VR_NOTIFY_STOP;
		break;
	case VR_FACE_FAULT:
		what = VR_NOTIFY_FAULT;
		break;
	case VR_FACE_BACKUP:
		what = VR_NOTIFY_BACKUP;
		break;
	case VR_FACE_MASTER:
		what = VR_NOTIFY_MASTER;
		break;
	}
	vr_emit(s, VR_ACT_NOTIFY, (int)what)->prio = s->v->prio;
}

/* What belongs to the state that is left. */
static void
disarm(struct vr *v)
{
	v->copy_us = VR_NEVER;
	v->preempt_us = VR_NEVER;
	v->leave = VR_LEAVE_NONE;
	v->leave_us = VR_NEVER;
	v->left = VR_LEFT_OPEN;
	v->skewing = false;
	v->discarded = false;
	v->wants = VR_WHY_NONE;
}

static int64_t
down_us(const struct step *s)
{
	return (vr_master_down_us(s->c->version, vr_interval_us(s->v, s->c),
	    vr_prio(s->v), s->c->down_adverts));
}
