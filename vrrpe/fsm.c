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
 * The VRRP state machine: events and timers (RFC 9568 6.4). Pure; runs in:
 * vrrpe.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fsm.h"
#include "fsm_int.h"

static bool	 check_late(struct step *);
static void	 late(struct step *, int64_t);
static void	 timer(struct step *);
static void	 timer_backup(struct step *);
static void	 advert(struct step *);
static void	 advert_backup(struct step *);
static void	 advert_master(struct step *);
static bool	 refuse_lower(struct step *);
static void	 yield(struct step *, enum vr_reason);
static void	 loser(struct step *);
static bool	 answer(struct step *);
static void	 learn(struct step *);
static void	 set_faults(struct step *, uint32_t);
static void	 set_prio(struct step *, uint8_t);
static void	 set_conf(struct step *);

void
vr_init(struct vr *v, const struct vr_conf *c)
{
	int	 i;

	memset(v, 0, sizeof(*v));
	v->prio = c->prio;
	v->heard_us = VR_NEVER;
	v->due_us = VR_NEVER;
	v->preempt_us = VR_NEVER;
	v->copy_us = VR_NEVER;
	v->hold_until_us = VR_NEVER;
	v->leave_us = VR_NEVER;
	v->zero_us = VR_NEVER;
	v->announce_us = VR_NEVER;
	for (i = 0; i < VR_LOG_CODE_MAX; i++)
		v->log_us[i] = VR_NEVER;
	for (i = 0; i < VR_PEERS; i++)
		v->peers[i].at_us = VR_NEVER;
}

void
vr_step(struct vr *v, const struct vr_conf *c, const struct vr_in *in,
    struct vr_out *out)
{
	struct step	 s;

	assert(c->version == 2 || c->version == 3);
	assert(c->prio != 0 && c->down_adverts != 0);
	assert(c->adver_int_us > 0 && c->adver_int_us <= VR_INT_MAX_US);
	memset(out, 0, sizeof(*out));
	if (in->now_us > v->now_us)
		v->now_us = in->now_us < VR_TIME_MAX ? in->now_us : VR_TIME_MAX;
	s.v = v;
	s.c = c;
	s.in = in;
	s.out = out;
	s.now = v->now_us;
	s.face = vr_face(v);

	switch (in->event) {
	case VR_EV_START:
		if (v->running)
			break;
		v->running = true;
		vr_begin(&s);
		break;
	case VR_EV_STOP:
		vr_stop(&s);
		break;
	case VR_EV_UP:
		set_faults(&s, 0);
		break;
	case VR_EV_DOWN:
		set_faults(&s, in->faults);
		break;
	case VR_EV_ADVERT:
		(void)check_late(&s);
		advert(&s);
		break;
	case VR_EV_TIMER:
		if (check_late(&s))
			vr_hold_expire(&s);
		else
			timer(&s);
		break;
	case VR_EV_LATE:
		late(&s, in->late_us);
		break;
	case VR_EV_PRIO:
		(void)check_late(&s);
		set_prio(&s, in->prio);
		break;
	case VR_EV_CONF:
		(void)check_late(&s);
		set_conf(&s);
		break;
	case VR_EV_ADDR:
		memcpy(v->src, in->src, sizeof(v->src));
		break;
	case VR_EV_SWITCH:
		vr_switch(&s);
		break;
	case VR_EV_RELEASE:
		(void)check_late(&s);
		vr_release(&s);
		break;
	case VR_EV_RESUME:
		vr_resumed(&s);
		break;
	case VR_EV_GROUP:
		vr_obey(&s);
		break;
	case VR_EV_MAX:
		break;
	}
}

int64_t
vr_due(const struct vr *v)
{
	int64_t	 due;

	if (v->state == VR_INIT)
		return (VR_NEVER);
	due = v->leave != VR_LEAVE_NONE ? v->leave_us : v->due_us;
	if (v->copy_us < due)
		due = v->copy_us;
	if (v->hold_until_us < due)
		due = v->hold_until_us;
	return (due);
}

uint8_t
vr_prio(const struct vr *v)
{
	switch (v->hold) {
	case VR_HOLD_STANDBY:
		return (VR_PRIO_STANDBY);
	case VR_HOLD_TAKEOVER:
		return (v->prio > VR_PRIO_TAKEOVER ? v->prio :
		    VR_PRIO_TAKEOVER);
	case VR_HOLD_NONE:
	case VR_HOLD_MAX:
		break;
	}
	return (v->prio);
}

/* One that hands over or stays away on purpose wants to hear who is there. */
bool
vr_ignores(const struct vr *v, const struct vr_conf *c)
{
	return (c->prio == VR_PRIO_OWNER && c->owner_ignore_adverts &&
	    v->hold != VR_HOLD_STANDBY && v->leave == VR_LEAVE_NONE);
}

/* RFC 9568 6.1: v3 goes by the master's interval, RFC 3768: v2 by its own. */
int64_t
vr_interval_us(const struct vr *v, const struct vr_conf *c)
{
	if (c->version == 3 && v->master_int_us > 0)
		return (v->master_int_us);
	return (c->adver_int_us);
}

bool
vr_follows(const struct vr *v, const struct vr_conf *c)
{
	return (v->state == VR_BACKUP && v->wants == VR_WHY_NONE &&
	    v->heard_us != VR_NEVER && v->heard_us > v->since_us &&
	    v->master_prio != 0 && !v->discarded &&
	    (c->nopreempt || v->master_prio >= vr_prio(v)));
}

int64_t
vr_late_us(const struct vr *v, const struct vr_conf *c)
{
	int64_t	 us = 2 * vr_interval_us(v, c);

	return (us > VR_LATE_MIN_US ? us : VR_LATE_MIN_US);
}

int64_t
vr_skew_us(int version, int64_t adver_int_us, int prio)
{
	return ((256 - prio) * (version == 2 ? 1000000LL : adver_int_us) / 256);
}

int64_t
vr_master_down_us(int version, int64_t adver_int_us, int prio,
    int down_adverts)
{
	return (down_adverts * adver_int_us +
	    vr_skew_us(version, adver_int_us, prio));
}

/*
 * A timer that is so late means that the process did not run: others may have
 * taken over, and what was planned is stale.
 */
static bool
check_late(struct step *s)
{
	struct vr	*v = s->v;
	int64_t		 due;

	if (v->state == VR_INIT)
		return (false);
	due = v->leave != VR_LEAVE_NONE ? v->leave_us : v->due_us;
	if (s->now <= due || s->now - due <= vr_late_us(v, s->c))
		return (false);
	late(s, s->now - due);
	return (true);
}

/*
 * A master steps down and decides by the ordinary rules, after having listened
 * for a full Active_Down_Interval. For a backup the silence of the time in
 * which it did not listen proves nothing either.
 */
static void
late(struct step *s, int64_t late_us)
{
	struct vr	*v = s->v;
	enum vr_hold	 old = VR_HOLD_NONE;

	if (v->state == VR_INIT)
		return;
	vr_count(s, CNT_LATE);
	if (v->state == VR_BACKUP) {
		vr_restart_down(s);
		vr_log_code(s, VR_LOG_LATE_BACKUP, late_us);
		return;
	}
	if (v->leave == VR_LEAVE_STOP) {
		vr_to_init(s, VR_WHY_SHUTDOWN, s->now - v->zero_us);
		return;
	}
	if (v->hold == VR_HOLD_TAKEOVER)
		old = vr_hold_clear(v);
	vr_to_backup(s, VR_WHY_LATE, late_us);
	vr_hold_tell(s, old, VR_HE_LATE);
}

static void
timer(struct step *s)
{
	struct vr	*v = s->v;

	if (v->state == VR_INIT)
		return;
	vr_hold_expire(s);
	if (v->state == VR_BACKUP) {
		timer_backup(s);
		return;
	}
	if (v->leave != VR_LEAVE_NONE) {
		if (v->leave_us <= s->now)
			vr_alone(s);
		return;
	}
	if (v->due_us <= s->now) {
		v->copy_us = VR_NEVER;
		vr_emit(s, VR_ACT_ADVERT, 0)->prio = vr_prio(v);
		/* from the deadline, not from now: no drift */
		v->due_us += s->c->adver_int_us;
		if (v->due_us <= s->now)
			v->due_us = s->now + s->c->adver_int_us;
	} else if (v->copy_us <= s->now) {
		struct vr_action	*a;

		v->copy_us = VR_NEVER;
		a = vr_emit(s, VR_ACT_ADVERT, 0);
		a->prio = vr_prio(v);
		a->copy = true;
	}
}

/* RFC 9568 6.4.2: Active_Down_Timer fires. */
static void
timer_backup(struct step *s)
{
	struct vr	*v = s->v;
	enum vr_reason	 why;

	if (v->due_us > s->now)
		return;
	if (v->skewing)
		why = VR_WHY_PRIO_ZERO;
	else if (v->discarded && vr_quiet_us(s) <
	    s->c->down_adverts * vr_interval_us(v, s->c))
		why = VR_WHY_PREEMPT;
	else
		why = VR_WHY_SILENT;
	if (s->c->grouped)
		vr_want(s, why);
	else
		vr_to_master(s, why, vr_want_arg(s, why));
}

static void
advert(struct step *s)
{
	struct vr	*v = s->v;

	if (v->state == VR_INIT)
		return;
	/* RFC 9568 erratum 8301 for 0; the rest cannot be on the wire */
	if (s->in->adver_int_us <= 0 || s->in->adver_int_us > VR_INT_MAX_US)
		return;
	if (vr_ignores(v, s->c))
		return;
	vr_count(s, CNT_ADVERT_RCVD);
	if (s->in->prio == 0)
		vr_count(s, CNT_PRIO_ZERO_RCVD);
	if (v->state == VR_BACKUP)
		advert_backup(s);
	else
		advert_master(s);
}

/* RFC 9568 6.4.2 */
static void
advert_backup(struct step *s)
{
	struct vr	*v = s->v;

	v->has_master = true;
	v->master_prio = s->in->prio;
	memcpy(v->master, s->in->src, sizeof(v->master));
	v->heard_us = s->now;
	if (s->in->prio == 0) {
		/* the skew of what is known: 0 teaches no interval */
		vr_start_skew(s);
		return;
	}
	if (s->in->prio >= vr_prio(v))
		v->preempt_us = VR_NEVER;
	else if (refuse_lower(s)) {
		v->discarded = true;
		return;
	}
	learn(s);
	vr_restart_down(s);
}

/*
 * A lower priority than ours: whether to let the timer run on, so that we take
 * over. keepalived: preempt_delay begins with the first such advert and plays
 * no part while nobody is there.
 */
static bool
refuse_lower(struct step *s)
{
	struct vr	*v = s->v;

	if (s->c->nopreempt)
		return (false);
	if (s->c->preempt_delay_us <= 0)
		return (true);
	if (v->preempt_us == VR_NEVER) {
		v->preempt_us = s->now + s->c->preempt_delay_us;
		vr_log_code(s, VR_LOG_PREEMPT_WAIT, s->c->preempt_delay_us);
	}
	return (s->now >= v->preempt_us);
}

/* RFC 9568 6.4.3 */
static void
advert_master(struct step *s)
{
	struct vr	*v = s->v;
	int		 cmp, own;

	cmp = memcmp(s->in->src, v->src, sizeof(v->src));
	if (v->leave != VR_LEAVE_NONE) {
		if (s->in->prio != 0 && cmp != 0) {
			learn(s);
			vr_successor(s);
		}
		return;
	}
	if (s->in->prio == 0) {
		(void)answer(s);
		return;
	}
	own = vr_prio(v);
	if (s->in->prio > own)
		yield(s, VR_WHY_HIGHER);
	else if (s->in->prio < own)
		loser(s);
	else if (cmp > 0)
		yield(s, VR_WHY_TIE);
	else if (cmp < 0)
		loser(s);
	else
		vr_log_limited(s, VR_LOG_SAME_ADDR, s->in->prio);
}

static void
yield(struct step *s, enum vr_reason why)
{
	enum vr_hold	 old;

	/* keepalived: higher_prio_send_advert */
	if (s->c->higher_prio_send_advert)
		vr_emit(s, VR_ACT_ADVERT, 0)->prio = vr_prio(s->v);
	/* a master that is not on its way out can only hold a takeover */
	old = vr_hold_clear(s->v);
	learn(s);
	vr_to_backup(s, why, s->in->prio);
	vr_hold_tell(s, old, VR_HE_YIELDED);
}

/*
 * Someone who loses believes to be the master: tell it at once (RFC 9568
 * 6.4.3), and tell the neighbours again whom the addresses belong to.
 */
static void
loser(struct step *s)
{
	struct vr		*v = s->v;
	struct vr_action	*a;

	vr_count(s, CNT_LOWER_RCVD);
	if (!s->c->lower_prio_no_advert)
		(void)answer(s);
	if (v->announce_us == VR_NEVER ||
	    s->now - v->announce_us >= VR_ANNOUNCE_US) {
		v->announce_us = s->now;
		vr_emit(s, VR_ACT_ANNOUNCE, VR_ANN_LOWER);
		a = vr_emit(s, VR_ACT_NOTIFY, VR_NOTIFY_RX_LOWER);
		a->prio = v->prio;
	}
	if (s->in->prio == VR_PRIO_OWNER)
		vr_log_limited(s, VR_LOG_DUP_OWNER, s->in->prio);
	else
		vr_log_limited(s, VR_LOG_LOWER, s->in->prio);
}

/*
 * An advert out of turn, unless this peer had one just now or too many peers
 * had: nobody can make us send more than VR_PEERS in VR_ANSWER_US. Only what
 * is really sent moves the timer, so nobody can silence us either.
 */
static bool
answer(struct step *s)
{
	struct vr_peer	*p, *slot = NULL;
	int		 i;

	for (i = 0; i < VR_PEERS; i++) {
		p = &s->v->peers[i];
		if (p->at_us != VR_NEVER && s->now - p->at_us < VR_ANSWER_US) {
			if (memcmp(p->addr, s->in->src, sizeof(p->addr)) == 0) {
				slot = NULL;
				break;
			}
		} else
			slot = p;
	}
	if (slot == NULL) {
		vr_count(s, CNT_ANSWER_LIMITED);
		return (false);
	}
	slot->at_us = s->now;
	memcpy(slot->addr, s->in->src, sizeof(slot->addr));
	vr_advertise(s);
	return (true);
}

/* The sender is a master that we follow. */
static void
learn(struct step *s)
{
	struct vr	*v = s->v;
	int64_t		 old = vr_interval_us(v, s->c);

	v->has_master = true;
	v->master_prio = s->in->prio;
	memcpy(v->master, s->in->src, sizeof(v->master));
	v->heard_us = s->now;
	if (s->c->version != 3)
		return;
	v->master_int_us = s->in->adver_int_us;
	if (old != v->master_int_us)
		vr_log_limited(s, VR_LOG_INTERVAL, v->master_int_us);
}

/* keepalived's FAULT: INIT with fault bits. RFC 9568 6.4.3: shutdown. */
static void
set_faults(struct step *s, uint32_t faults)
{
	struct vr	*v = s->v;
	uint32_t	 old = v->faults;
	enum vr_hold	 hold = VR_HOLD_NONE;

	if (v->state != VR_INIT)
		faults &= ~s->c->quiet_faults;
	v->faults = faults;
	if (!v->running)
		return;
	if (v->state != VR_INIT) {
		if (faults == 0)
			return;
		if (v->leave == VR_LEAVE_STOP) {
			vr_to_init(s, VR_WHY_SHUTDOWN, s->now - v->zero_us);
			return;
		}
		if (v->state == VR_MASTER && v->leave == VR_LEAVE_NONE)
			vr_goodbye(s);
		if (v->hold == VR_HOLD_TAKEOVER)
			hold = vr_hold_clear(v);
		vr_to_init(s, VR_WHY_FAULT, faults);
		vr_hold_tell(s, hold, VR_HE_FAULT);
	} else if (!v->told)
		vr_begin(s);
	else if (faults == 0) {
		vr_hold_expire(s);
		vr_to_backup(s, VR_WHY_FAULT_GONE, old);
	}
}

/*
 * A master says so at once, a backup moves its running deadline by the
 * difference of the skews (keepalived), it does not start anew.
 */
static void
set_prio(struct step *s, uint8_t prio)
{
	struct vr	*v = s->v;
	uint8_t		 old = vr_prio(v);

	if (prio == 0)
		return;
	if (s->c->prio == VR_PRIO_OWNER)
		prio = VR_PRIO_OWNER;
	else if (prio == VR_PRIO_OWNER)
		prio = VR_PRIO_OWNER - 1;
	if (prio == v->prio)
		return;
	v->prio = prio;
	if (v->state == VR_INIT)
		return;
	if (v->state == VR_BACKUP)
		vr_move_due(s);
	else if (v->leave == VR_LEAVE_NONE && vr_prio(v) != old &&
	    s->in->event == VR_EV_PRIO)
		vr_advertise(s);
	vr_emit(s, VR_ACT_NOTIFY, VR_NOTIFY_PRIO)->prio = prio;
}

static void
set_conf(struct step *s)
{
	struct vr	*v = s->v;
	uint8_t		 prio = s->in->prio;

	if (prio == 0) {
		prio = v->prio;
		if (prio == VR_PRIO_OWNER)
			prio = s->c->prio;
	}
	set_prio(s, prio);
	if (vr_ungroup(s))
		return;
	if (v->state == VR_BACKUP)
		vr_move_due(s);
	else if (v->state == VR_MASTER && v->leave == VR_LEAVE_NONE)
		vr_advertise(s);
}
