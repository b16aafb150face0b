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
 * Fuzz target: any bytes as a configuration and a series of events for one
 * state machine. Its invariants hold after every step, and a machine that is
 * resumed from its record keeps them too.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../vrrpe/fsm.h"

#define HEAD_LEN	8
#define EVENT_LEN	6

/* The machine under test, and what was last told of it. */
struct subject {
	struct vr	 v;
	struct vr_conf	 c;
	enum vr_face	 told;
	bool		 silent;	/* told nothing since START */
};

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 make_conf(struct vr_conf *, const uint8_t *);
static void	 one(struct subject *, const uint8_t *, int64_t *);
static void	 fill(struct subject *, struct vr_in *, const uint8_t *,
		    int64_t);
static void	 check_state(const struct subject *, const struct vr_in *);
static void	 check_out(struct subject *, const struct vr *,
		    const struct vr_in *, const struct vr_out *);
static void	 check_hold(const struct vr *, const struct vr *,
		    const struct vr_out *);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct subject	 s;
	int64_t		 now = 0;
	size_t		 off;

	if (len < HEAD_LEN)
		return (0);
	memset(&s, 0, sizeof(s));
	make_conf(&s.c, data);
	vr_init(&s.v, &s.c);
	s.told = VR_FACE_STOPPED;
	for (off = HEAD_LEN; off + EVENT_LEN <= len; off += EVENT_LEN)
		one(&s, data + off, &now);
	return (0);
}

static void
make_conf(struct vr_conf *c, const uint8_t *data)
{
	memset(c, 0, sizeof(*c));
	c->version = (data[0] & 1) != 0 ? 2 : 3;
	c->start_master = (data[0] & 2) != 0;
	c->nopreempt = (data[0] & 4) != 0;
	c->lower_prio_no_advert = (data[0] & 8) != 0;
	c->higher_prio_send_advert = (data[0] & 0x10) != 0;
	c->owner_ignore_adverts = (data[0] & 0x20) != 0;
	c->first_once = (data[0] & 0x40) != 0;
	c->grouped = (data[0] & 0x80) != 0;
	c->prio = data[1] == 0 ? 255 : data[1];
	c->down_adverts = (uint8_t)(1 + data[2] % 100);
	c->adver_int_us = c->version == 2 ? (1 + data[3] % 255) * 1000000LL :
	    (1 + (data[3] | data[4] << 8) % 4095) * 10000LL;
	c->preempt_delay_us = data[5] < 128 ? 0 : (data[5] - 127) * 100000LL;
	c->quiet_faults = data[6] & 3;
}

static void
one(struct subject *s, const uint8_t *data, int64_t *now)
{
	struct vr		 before, again;
	struct vr_out		 out, out_again;
	struct vr_resume	 rec;
	struct vr_in		 in;

	/* one of a few ways for time to pass */
	switch (data[1] & 3) {
	case 0:
		break;
	case 1:
		*now += data[2] * 1000LL;
		break;
	case 2:
		if (vr_due(&s->v) != VR_NEVER)
			*now = vr_due(&s->v) + data[2];
		break;
	default:
		*now += data[2] * s->c.adver_int_us / 16;
		break;
	}
	fill(s, &in, data, *now);
	vr_to_resume(&s->v, &rec);
	if (in.event == VR_EV_RESUME) {
		/* the record as it is, or spoilt */
		rec.state = (enum vr_state)((unsigned int)rec.state ^
		    (data[3] & 1U));
		rec.hold = (enum vr_hold)((unsigned int)rec.hold ^
		    (data[3] >> 1 & 1U));
		in.resume = &rec;
		if ((data[3] & 4) != 0) {
			vr_init(&s->v, &s->c);
			s->told = VR_FACE_STOPPED;
		}
	}
	memcpy(&before, &s->v, sizeof(before));
	vr_step(&s->v, &s->c, &in, &out);
	memcpy(&again, &before, sizeof(again));
	vr_step(&again, &s->c, &in, &out_again);
	assert(memcmp(&again, &s->v, sizeof(again)) == 0);
	assert(memcmp(&out_again, &out, sizeof(out)) == 0);
	check_out(s, &before, &in, &out);
	check_state(s, &in);
	check_hold(&before, &s->v, &out);
}

static void
fill(struct subject *s, struct vr_in *in, const uint8_t *data, int64_t now)
{
	memset(in, 0, sizeof(*in));
	in->event = (enum vr_event)(data[0] % VR_EV_MAX);
	in->now_us = (data[1] & 0x80) != 0 ? now - 500 : now;
	in->now = (data[1] & 4) != 0;
	in->prio = data[3];
	in->adver_int_us = (data[4] & 7) == 0 ? s->c.adver_int_us :
	    (data[4] - 8) * 50000LL;
	in->src[0] = data[5] & 3;
	in->faults = data[3] & 7;
	in->late_us = data[3] * 1000LL;
	in->hold = (enum vr_hold)(data[4] % 4);
	in->order = (enum vr_order)(data[3] % (VR_ORDER_MAX + 1));
	in->until_us = (data[4] & 0x80) != 0 ? VR_NEVER :
	    now + (data[3] - 4) * 100000LL;
	if (in->event == VR_EV_CONF) {
		s->c.prio = data[3] == 0 ? 100 : data[3];
		s->c.nopreempt = (data[4] & 1) != 0;
		s->c.grouped = (data[4] & 2) != 0;
		if (data[5] != 0)
			s->c.adver_int_us = data[5] * 1000000LL;
		in->prio = data[2];
	}
}

static void
check_state(const struct subject *s, const struct vr_in *in)
{
	const struct vr	*v = &s->v;
	int64_t		 due = vr_due(v);

	assert(v->state < VR_STATE_MAX && v->hold < VR_HOLD_MAX);
	assert(v->prio != 0);
	assert(v->prio != 255 || s->c.prio == 255 || in->event != VR_EV_CONF);
	if (v->state == VR_INIT) {
		assert(due == VR_NEVER);
		assert(!v->running || v->faults != 0);
		assert(v->hold != VR_HOLD_TAKEOVER);
	} else {
		assert(v->running && v->told);
		assert(due != VR_NEVER || v->left != VR_LEFT_OPEN);
		assert((v->faults & ~s->c.quiet_faults) == 0);
	}
	if (in->event == VR_EV_TIMER && v->state != VR_INIT)
		assert(due > v->now_us);
	assert(v->running || v->hold == VR_HOLD_NONE);
	assert(v->hold != VR_HOLD_TAKEOVER || v->state == VR_MASTER);
	assert(v->hold == VR_HOLD_NONE ? v->hold_until_us == VR_NEVER : true);
	assert(v->leave == VR_LEAVE_NONE || v->state == VR_MASTER);
	assert(v->left == VR_LEFT_OPEN || (s->c.grouped &&
	    v->leave != VR_LEAVE_NONE));
	assert(v->wants == VR_WHY_NONE || (s->c.grouped &&
	    v->state == VR_BACKUP));
	if (v->state == VR_MASTER)
		assert((v->leave == VR_LEAVE_STANDBY) ==
		    (v->hold == VR_HOLD_STANDBY));
	assert(v->copy_us == VR_NEVER || (v->state == VR_MASTER &&
	    v->leave == VR_LEAVE_NONE));
}

static void
check_out(struct subject *s, const struct vr *before, const struct vr_in *in,
    const struct vr_out *out)
{
	const struct vr_action	*a;
	int			 i, states = 0, zeros = 0, adverts = 0;
	bool			 leaves;

	assert(out->cnt >= 0 && out->cnt <= VR_OUT_MAX);
	for (i = 0; i < out->cnt; i++) {
		a = &out->act[i];
		assert(vr_act_name((int)a->act)[0] != '?');
		if (a->act == VR_ACT_STATE) {
			assert(vr_face(&s->v) != s->told);
			assert(a->old == s->told && a->code ==
			    (int)s->v.state && a->reason != VR_WHY_NONE);
			s->told = vr_face(&s->v);
			states++;
		} else if (a->act == VR_ACT_ADVERT) {
			assert(states == 0);
			if (a->prio == 0)
				zeros++;
			else
				adverts++;
		}
	}
	assert(states <= 1 && zeros <= 1 && adverts <= 1);
	assert(states == 1 || before->state == s->v.state);
	assert(vr_face(&s->v) == s->told);
	leaves = before->state == VR_MASTER &&
	    before->leave == VR_LEAVE_NONE &&
	    (s->v.state != VR_MASTER || s->v.leave != VR_LEAVE_NONE);
	assert(zeros == (leaves && (in->event == VR_EV_STOP ||
	    in->event == VR_EV_DOWN || in->event == VR_EV_SWITCH ||
	    (in->event == VR_EV_GROUP && in->order == VR_ORDER_GIVE_UP))));
	/* nothing but a step down with higher_prio_send_advert ends so */
	if (adverts == 1 && !s->c.higher_prio_send_advert)
		assert(s->v.state == VR_MASTER &&
		    s->v.leave == VR_LEAVE_NONE);
}

/* Every hold that begins or ends is told, and once. */
static void
check_hold(const struct vr *before, const struct vr *v,
    const struct vr_out *out)
{
	int	 i, begun = 0, ended = 0;

	for (i = 0; i < out->cnt; i++) {
		if (out->act[i].act != VR_ACT_HOLD ||
		    out->act[i].code == VR_HE_HANDED_OVER)
			continue;
		assert(out->act[i].hold != VR_HOLD_NONE);
		if (out->act[i].code == VR_HE_BEGUN)
			begun++;
		else
			ended++;
	}
	assert(begun <= 1 && ended <= 1);
	/* a resumed machine brings its hold along without a word */
	if (!before->running && v->running)
		return;
	assert((before->hold != VR_HOLD_NONE) + begun - ended ==
	    (v->hold != VR_HOLD_NONE));
}
