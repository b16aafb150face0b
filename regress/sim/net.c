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
 * The network of the simulator: links, clocks, crashes and freezes, and the
 * properties that hold for every single step of a machine.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "net.h"

static void	 check_step(struct net *, int, const struct vr *,
		    const struct vr_in *, const struct vr_out *);
static void	 check_zero(struct net *, int, const struct vr *,
		    const struct vr_in *, int, bool);
static void	 check_gap(struct net *, int, const struct vr *);
static void	 check_reason(struct net *, int, const struct vr_action *);
static void	 carry_out(struct net *, int, const struct vr_out *);
static void	 send_all(struct net *, int, uint8_t);
static int	 first_packet(const struct net *);
static void	 deliver(struct net *, int);
static void	 receive(struct net *, int, const struct packet *);
static void	 thaw(struct net *, int);
static int64_t	 wake_us(const struct router *);
static void	 advance(struct net *, int64_t);

uint64_t
net_random(struct net *net)
{
	uint64_t	 z;

	z = net->rng += 0x9e3779b97f4a7c15ULL;	/* splitmix64 */
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (z ^ z >> 31);
}

int64_t
net_between(struct net *net, int64_t lo, int64_t hi)
{
	if (hi <= lo)
		return (lo);
	return (lo + (int64_t)(net_random(net) % (uint64_t)(hi - lo + 1)));
}

bool
net_chance(struct net *net, int percent)
{
	return (percent > 0 && net_between(net, 0, 99) < percent);
}

/* The first failure is the one that counts. */
void
net_fail(struct net *net, const char *fmt, ...)
{
	va_list	 ap;
	int	 n;

	if (net->failed)
		return;
	net->failed = true;
	n = snprintf(net->fail, sizeof(net->fail), "t=%.6f: ",
	    (double)net->now / 1e6);
	va_start(ap, fmt);
	vsnprintf(net->fail + n, sizeof(net->fail) - (size_t)n, fmt, ap);
	va_end(ap);
}

void
net_event(struct net *net, int i, enum vr_event event)
{
	struct vr_in	 in;

	memset(&in, 0, sizeof(in));
	in.event = event;
	net_step(net, i, &in);
}

void
net_step(struct net *net, int i, struct vr_in *in)
{
	struct router	*r = &net->r[i];
	struct vr	 before, copy;
	struct vr_out	 out, out_copy;

	in->now_us = net->now;
	memcpy(&before, &r->vr, sizeof(before));
	vr_step(&r->vr, &r->conf, in, &out);
	net->steps++;
	if (net->twice) {
		memcpy(&copy, &before, sizeof(copy));
		vr_step(&copy, &r->conf, in, &out_copy);
		if (memcmp(&copy, &r->vr, sizeof(copy)) != 0 ||
		    memcmp(&out, &out_copy, sizeof(out)) != 0)
			net_fail(net, "router %d: two results of one step", i);
	}
	check_step(net, i, &before, in, &out);
	carry_out(net, i, &out);
	check_gap(net, i, &before);
}

static void
check_step(struct net *net, int i, const struct vr *before,
    const struct vr_in *in, const struct vr_out *out)
{
	const struct vr_action	*a;
	struct router		*r = &net->r[i];
	int			 n, states = 0, zeros = 0;
	bool			 told = false;

	for (n = 0; n < out->cnt; n++) {
		a = &out->act[n];
		if (a->act == VR_ACT_STATE) {
			states++;
			if (vr_face(&r->vr) == r->told)
				net_fail(net, "router %d: %s told again", i,
				    vr_face_name((int)r->told));
			if (a->code != (int)r->vr.state)
				net_fail(net, "router %d: wrong STATE", i);
			told = true;
			check_reason(net, i, a);
		} else if (a->act == VR_ACT_ADVERT && a->prio == 0)
			zeros++;
		else if (a->act == VR_ACT_ADVERT) {
			if (told)
				net_fail(net, "router %d: advert after STATE",
				    i);
			if ((r->vr.state != VR_MASTER &&
			    !r->conf.higher_prio_send_advert) ||
			    r->vr.leave != VR_LEAVE_NONE)
				net_fail(net, "router %d: advert while %s", i,
				    vr_state_name((int)r->vr.state));
		}
	}
	if (states > 1)
		net_fail(net, "router %d: %d changes at once", i, states);
	if ((r->vr.state != before->state) && states == 0)
		net_fail(net, "router %d: silent change", i);
	if (r->vr.state == VR_INIT ? vr_due(&r->vr) != VR_NEVER :
	    (in->event == VR_EV_TIMER && vr_due(&r->vr) <= net->now))
		net_fail(net, "router %d: due at %.6f", i,
		    (double)vr_due(&r->vr) / 1e6);
	check_zero(net, i, before, in, zeros,
	    before->state == VR_MASTER && (r->vr.state != VR_MASTER ||
	    r->vr.leave != VR_LEAVE_NONE));
}

/* Priority 0 exactly when MASTER is left by STOP, DOWN or SWITCH. */
static void
check_zero(struct net *net, int i, const struct vr *before,
    const struct vr_in *in, int zeros, bool leaves)
{
	bool	 want;

	want = leaves && before->leave == VR_LEAVE_NONE &&
	    (in->event == VR_EV_STOP || in->event == VR_EV_DOWN ||
	    in->event == VR_EV_SWITCH);
	if (zeros != (want ? 1 : 0))
		net_fail(net, "router %d: %d times priority 0 on %s", i, zeros,
		    vr_event_name((int)in->event));
}

/* What is told as the cause is one. */
static void
check_reason(struct net *net, int i, const struct vr_action *a)
{
	const struct router	*r = &net->r[i];

	if (a->reason == VR_WHY_SILENT && a->arg <
	    r->conf.down_adverts * vr_interval_us(&r->vr, &r->conf) &&
	    r->conf.version == 2)
		net_fail(net, "router %d: %lld us are no silence", i,
		    (long long)a->arg);
	if (a->reason == VR_WHY_PREEMPT &&
	    r->vr.master_prio >= vr_prio(&r->vr))
		net_fail(net, "router %d (%d) preempts %d", i,
		    vr_prio(&r->vr), r->vr.master_prio);
}

/* A master that is not on its way out is never silent for long. */
static void
check_gap(struct net *net, int i, const struct vr *before)
{
	struct router	*r = &net->r[i];

	if (before->state != VR_MASTER || before->leave != VR_LEAVE_NONE ||
	    r->vr.state != VR_MASTER || r->vr.leave != VR_LEAVE_NONE ||
	    r->frozen_us >= 0 || r->thaw_us == net->now)
		return;
	if (net->now - r->sent_us > r->conf.adver_int_us + r->jitter_us)
		net_fail(net, "router %d: silent for %.6f", i,
		    (double)(net->now - r->sent_us) / 1e6);
}

static void
carry_out(struct net *net, int i, const struct vr_out *out)
{
	const struct vr_action	*a;
	struct router		*r = &net->r[i];
	int			 n;

	for (n = 0; n < out->cnt; n++) {
		a = &out->act[n];
		if (net->verbose && a->act != VR_ACT_COUNT &&
		    (a->act != VR_ACT_ADVERT || a->prio == 0))
			printf("%12.6f  %d %-8s code %d prio %d %s arg %lld\n",
			    (double)net->now / 1e6, i,
			    vr_act_name((int)a->act), a->code, a->prio,
			    a->act == VR_ACT_STATE ?
			    vr_reason_name((int)a->reason) : "",
			    (long long)a->arg);
		if (a->act == VR_ACT_ADVERT) {
			if (a->prio == 0)
				r->zeros++;
			else {
				r->sent++;
				r->sent_us = net->now;
			}
			send_all(net, i, a->prio);
		} else if (a->act == VR_ACT_STATE) {
			r->changes++;
			r->told = vr_face(&r->vr);
			r->reason = a->reason;
		}
	}
}

/* A copy to everyone in the same part, each with its own delay and luck. */
static void
send_all(struct net *net, int from, uint8_t prio)
{
	struct packet	*p;
	int64_t		 delay;
	int		 to;

	net->total_sent++;
	for (to = 0; to < net->cnt; to++) {
		if (to == from || !net->r[to].alive ||
		    net->r[to].part != net->r[from].part ||
		    net_chance(net, net->loss))
			continue;
		if (net->q_cnt == PACKETS_MAX) {
			net_fail(net, "too many packets under way");
			return;
		}
		delay = net_between(net, 30, net->delay_us);
		p = &net->q[net->q_cnt++];
		p->at_us = net->now + delay;
		if (!net->reorder && p->at_us < net->order[from][to])
			p->at_us = net->order[from][to];
		net->order[from][to] = p->at_us;
		p->seq = net->seq++;
		p->from = from;
		p->to = to;
		p->prio = prio;
		p->adver_int_us = net->r[from].conf.adver_int_us;
	}
}

void
net_run(struct net *net, int64_t until_us)
{
	int64_t	 at, t;
	int	 i, pkt, who;

	while (!net->failed) {
		at = VR_NEVER;
		who = -1;
		for (i = 0; i < net->cnt; i++) {
			if (!net->r[i].alive)
				continue;
			t = wake_us(&net->r[i]);
			if (t < at) {
				at = t;
				who = i;
			}
		}
		/* receive before timers: drain, then decide */
		pkt = first_packet(net);
		if (pkt != -1 && net->q[pkt].at_us <= at) {
			at = net->q[pkt].at_us;
			who = -1;
		}
		if (at > until_us)
			break;
		advance(net, at);
		if (who == -1)
			deliver(net, pkt);
		else if (net->r[who].frozen_us >= 0)
			thaw(net, who);
		else
			net_event(net, who, VR_EV_TIMER);
	}
	advance(net, until_us);
}

static int64_t
wake_us(const struct router *r)
{
	int64_t	 due;

	if (r->frozen_us >= 0)
		return (r->thaw_us);
	due = vr_due(&r->vr);
	return (due == VR_NEVER ? VR_NEVER : due + r->jitter_us);
}

static int
first_packet(const struct net *net)
{
	const struct packet	*p;
	int			 best = -1, i;

	for (i = 0; i < net->q_cnt; i++) {
		p = &net->q[i];
		if (best == -1 || p->at_us < net->q[best].at_us ||
		    (p->at_us == net->q[best].at_us &&
		    p->seq < net->q[best].seq))
			best = i;
	}
	return (best);
}

static void
deliver(struct net *net, int which)
{
	struct packet	 p = net->q[which];
	struct router	*r = &net->r[p.to];

	net->q[which] = net->q[--net->q_cnt];
	if (!r->alive || r->part != net->r[p.from].part)
		return;
	if (r->frozen_us < 0) {
		receive(net, p.to, &p);
		if (net_chance(net, 2))	/* an early one is harmless */
			net_event(net, p.to, VR_EV_TIMER);
	} else if (r->inbox_cnt < INBOX_MAX)
		r->inbox[r->inbox_cnt++] = p;
}

static void
receive(struct net *net, int i, const struct packet *p)
{
	struct vr_in	 in;

	/* the codec drops other intervals in version 2 */
	if (net->r[i].conf.version == 2 &&
	    p->adver_int_us != net->r[i].conf.adver_int_us)
		return;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADVERT;
	in.prio = p->prio;
	in.adver_int_us = p->adver_int_us;
	memcpy(in.src, net->r[p->from].addr, sizeof(in.src));
	net_step(net, i, &in);
}

/* As the driver does it: late, then what was queued, then the timers. */
static void
thaw(struct net *net, int i)
{
	struct router	*r = &net->r[i];
	struct vr_in	 in;
	int		 n;

	if (net->tell_late &&
	    net->now - r->frozen_us > 2 * r->conf.adver_int_us) {
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_LATE;
		in.late_us = net->now - r->frozen_us;
		net_step(net, i, &in);
	}
	for (n = 0; n < r->inbox_cnt; n++)
		receive(net, i, &r->inbox[n]);
	r->inbox_cnt = 0;
	r->frozen_us = -1;
	net_event(net, i, VR_EV_TIMER);
}

/* Moves the clock and measures how long nobody, or two, were masters. */
static void
advance(struct net *net, int64_t to)
{
	int64_t	 dt = to - net->now;
	int	 i, masters = 0;
	int	 in_part[ROUTERS_MAX] = { 0 };
	bool	 dual = false;

	if (dt <= 0)
		return;
	for (i = 0; i < net->cnt; i++) {
		if (!net->r[i].alive || net->r[i].vr.state != VR_MASTER)
			continue;
		masters++;
		if (++in_part[net->r[i].part] > 1)
			dual = true;
	}
	if (masters == 0)
		net->none_us += dt;
	if (dual)
		net->dual_us += dt;
	net->now = to;
}

void
net_start(struct net *net, int i)
{
	struct router	*r = &net->r[i];
	struct vr_in	 in;

	r->alive = true;
	r->frozen_us = -1;
	r->thaw_us = -1;
	r->inbox_cnt = 0;
	r->told = VR_FACE_STOPPED;
	vr_init(&r->vr, &r->conf);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADDR;
	memcpy(in.src, r->addr, sizeof(in.src));
	net_step(net, i, &in);
	net_event(net, i, VR_EV_START);
}

void
net_crash(struct net *net, int i)
{
	net->r[i].alive = false;
	net->r[i].inbox_cnt = 0;
}

void
net_resume(struct net *net, int i, const struct vr_resume *rec)
{
	struct router	*r = &net->r[i];
	struct vr_in	 in;

	r->alive = true;
	r->frozen_us = -1;
	r->thaw_us = net->now;
	r->told = VR_FACE_STOPPED;
	vr_init(&r->vr, &r->conf);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADDR;
	memcpy(in.src, r->addr, sizeof(in.src));
	net_step(net, i, &in);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_RESUME;
	in.resume = rec;
	net_step(net, i, &in);
}

void
net_freeze(struct net *net, int i, int64_t for_us)
{
	net->r[i].frozen_us = net->now;
	net->r[i].thaw_us = net->now + for_us;
}

int
net_master(const struct net *net, int part)
{
	int	 found = -1, i;

	for (i = 0; i < net->cnt; i++) {
		if (!net->r[i].alive || net->r[i].part != part ||
		    net->r[i].vr.state != VR_MASTER)
			continue;
		if (found != -1)
			return (-2);
		found = i;
	}
	return (found);
}

void
net_mark(struct net *net)
{
	int	 i;

	net->none_us = net->dual_us = 0;
	for (i = 0; i < net->cnt; i++)
		net->r[i].sent = net->r[i].zeros = net->r[i].changes = 0;
}
