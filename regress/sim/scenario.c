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

/* The disturbances of the simulator, and what has to hold after each. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "world.h"

static int64_t	 skew_of(const struct world *, int);
static int64_t	 down_of(const struct world *, int);
static int	 clear_best(const struct world *, int);
static int	 other(struct world *, int);
static bool	 better(const struct net *, int, int);
static void	 give(struct world *, int, enum vr_hold, int64_t);

static void	 run_steady(struct world *);
static void	 run_crash(struct world *);
static void	 run_backup_crash(struct world *);
static void	 run_stop(struct world *);
static void	 run_fault(struct world *);
static void	 run_standby(struct world *);
static void	 run_standby_alone(struct world *);
static void	 run_takeover(struct world *);
static void	 run_partition(struct world *);
static void	 run_loss(struct world *);
static void	 run_freeze(struct world *);
static void	 run_freeze_backup(struct world *);
static void	 run_resume(struct world *);
static void	 run_priority(struct world *);
static void	 run_reorder(struct world *);
static void	 run_noise(struct world *);

const struct scenario scenarios[] = {
	{ "steady", run_steady },
	{ "crash", run_crash },
	{ "backup crash", run_backup_crash },
	{ "stop", run_stop },
	{ "fault", run_fault },
	{ "standby", run_standby },
	{ "standby alone", run_standby_alone },
	{ "takeover", run_takeover },
	{ "partition", run_partition },
	{ "loss", run_loss },
	{ "freeze", run_freeze },
	{ "freeze backup", run_freeze_backup },
	{ "resume", run_resume },
	{ "priority", run_priority },
	{ "reorder", run_reorder },
	{ "noise", run_noise },
	{ NULL, NULL }
};

static int64_t
skew_of(const struct world *w, int i)
{
	const struct router	*r = &w->net.r[i];

	return (vr_skew_us(r->conf.version, vr_interval_us(&r->vr, &r->conf),
	    vr_prio(&r->vr)));
}

static int64_t
down_of(const struct world *w, int i)
{
	const struct router	*r = &w->net.r[i];

	return (vr_master_down_us(r->conf.version,
	    vr_interval_us(&r->vr, &r->conf), vr_prio(&r->vr),
	    r->conf.down_adverts));
}

/*
 * The highest priority but that router's, when its skew is so much shorter
 * that it has to be the first by all means; else -1.
 */
static int
clear_best(const struct world *w, int but)
{
	int64_t	 skew, first = VR_NEVER, second = VR_NEVER;
	int	 i, best = -1;

	for (i = 0; i < w->net.cnt; i++) {
		if (i == but || !w->net.r[i].alive)
			continue;
		skew = skew_of(w, i);
		if (skew < first) {
			second = first;
			first = skew;
			best = i;
		} else if (skew < second)
			second = skew;
	}
	return (second - first > 3 * w->net.delay_us + 1000 ? best : -1);
}

/* Any backup but that one. */
static int
other(struct world *w, int but)
{
	int	 i, start;

	start = (int)net_between(&w->net, 0, w->net.cnt - 1);
	for (i = 0; i < w->net.cnt; i++) {
		if ((start + i) % w->net.cnt != but)
			return ((start + i) % w->net.cnt);
	}
	return (0);
}

/* Without a disturbance nothing changes, and the schedule does not drift. */
static void
run_steady(struct world *w)
{
	struct net	*net = &w->net;
	int		 i, m;
	int64_t		 first;

	m = net_master(net, 0);
	net_run(net, vr_due(&net->r[m].vr) + net->r[m].jitter_us);
	first = net->now;
	net_mark(net);
	net_run(net, first + 20 * net->r[m].conf.adver_int_us);
	if (net->r[m].sent != 20)
		net_fail(net, "steady: %u adverts", net->r[m].sent);
	for (i = 0; i < net->cnt; i++) {
		if (net->r[i].changes != 0)
			net_fail(net, "steady: router %d changed", i);
	}
}

/* Dead without a word; another one within its down interval; back again. */
static void
run_crash(struct world *w)
{
	struct net	*net = &w->net;
	int64_t		 limit = 0;
	int		 i, m, next;

	m = net_master(net, 0);
	net_run(net, net->now + net_between(net, 0, w->int_us));
	net_crash(net, m);
	for (i = 0; i < net->cnt; i++) {
		if (i != m && (limit == 0 || down_of(w, i) < limit))
			limit = down_of(w, i);
	}
	net_mark(net);
	/* its last advert may still be under way, and teach an interval */
	net_run(net, net->now + limit + net->delay_us + 300);
	if (net_master(net, 0) == -1 && w->same_int)
		net_fail(net, "crash: nobody after %lld us", (long long)limit);
	if (w->same_int && (next = clear_best(w, m)) != -1) {
		for (i = 0; i < net->cnt; i++) {
			if (i != m && net->r[i].changes != (i == next))
				net_fail(net, "crash: %d is best, %d changed",
				    next, i);
		}
	}
	world_settle(w, "crash");
	next = net_master(net, 0);
	net_start(net, m);
	net_mark(net);
	world_settle(w, "return");
	/* whoever has a shorter interval may miss the master at first */
	if (w->nopreempt && w->same_int && net_master(net, 0) != next)
		net_fail(net, "nopreempt: role moved to %d", m);
}

static void
run_backup_crash(struct world *w)
{
	struct net	*net = &w->net;
	int		 i, m;

	m = net_master(net, 0);
	i = other(w, m);
	net_crash(net, i);
	net_mark(net);
	world_settle(w, "backup crash");
	if (net->r[m].changes != 0)
		net_fail(net, "backup crash: master changed");
	net_start(net, i);
}

/*
 * A graceful stop: no moment without a master, the next one within its skew.
 */
static void
run_stop(struct world *w)
{
	struct net	*net = &w->net;
	int64_t		 limit = VR_NEVER;
	int		 i, m;

	m = net_master(net, 0);
	net_run(net, net->now + net_between(net, 0, w->int_us));
	for (i = 0; i < net->cnt; i++) {
		if (i != m && skew_of(w, i) < limit)
			limit = skew_of(w, i);
	}
	net_mark(net);
	net_event(net, m, VR_EV_STOP);
	net_run(net, net->now + limit + 2 * net->delay_us + 300);
	if (net->none_us != 0)
		net_fail(net, "stop: nobody for %lld us",
		    (long long)net->none_us);
	if (net->r[m].vr.state != VR_INIT)
		net_fail(net, "stop: not handed over");
	if (net->r[m].reason != VR_WHY_HANDED_OVER)
		net_fail(net, "stop: %s",
		    vr_reason_text((int)net->r[m].reason));
	world_settle(w, "stop");
	net_crash(net, m);
	net_start(net, m);
}

static void
run_fault(struct world *w)
{
	struct net	*net = &w->net;
	struct vr_in	 in;
	int64_t		 limit = VR_NEVER;
	int		 i, m;

	m = net_master(net, 0);
	net_run(net, net->now + net_between(net, 0, w->int_us));
	for (i = 0; i < net->cnt; i++) {
		if (i != m && skew_of(w, i) < limit)
			limit = skew_of(w, i);
	}
	net_mark(net);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_DOWN;
	in.faults = 1;
	net_step(net, m, &in);
	if (net->r[m].vr.state != VR_INIT)
		net_fail(net, "fault: still %s",
		    vr_state_name((int)net->r[m].vr.state));
	net_run(net, net->now + limit + net->delay_us + 300);
	if (net_master(net, 0) == -1)
		net_fail(net, "fault: no successor");
	world_settle(w, "fault");
	net_event(net, m, VR_EV_UP);
	if (net->r[m].vr.state != VR_BACKUP)
		net_fail(net, "fault: not back");
}

static void
give(struct world *w, int i, enum vr_hold hold, int64_t for_us)
{
	struct vr_in	 in;

	memset(&in, 0, sizeof(in));
	in.event = VR_EV_SWITCH;
	in.hold = hold;
	in.until_us = for_us == 0 ? VR_NEVER : w->net.now + for_us;
	net_step(&w->net, i, &in);
}

/* The role leaves, nobody misses it, and it stays away. */
static void
run_standby(struct world *w)
{
	struct net	*net = &w->net;
	bool		 limited = net_chance(net, 50);
	int		 m;

	m = net_master(net, 0);
	net_run(net, net->now + net_between(net, 0, w->int_us));
	net_mark(net);
	give(w, m, VR_HOLD_STANDBY, limited ? 2 * w->settle_us : 0);
	world_settle(w, "standby");
	if (net->none_us != 0)
		net_fail(net, "standby: nobody for %lld us",
		    (long long)net->none_us);
	/* whoever knows a shorter interval may miss the master at first */
	if (!w->same_int) {
		net_event(net, m, VR_EV_RELEASE);
		return;
	}
	if (net->r[m].vr.state != VR_BACKUP ||
	    net->r[m].vr.hold != VR_HOLD_STANDBY)
		net_fail(net, "standby: it is %s",
		    vr_state_name((int)net->r[m].vr.state));
	net_run(net, net->now + w->settle_us / 2);
	if (net_master(net, 0) == m)
		net_fail(net, "standby: it came back");
	if (limited)
		net_run(net, net->now + w->settle_us / 2 + 300);
	else
		net_event(net, m, VR_EV_RELEASE);
	if (net->r[m].vr.hold != VR_HOLD_NONE)
		net_fail(net, "standby: hold did not end");
}

/* Nobody there to take the role: it stays, and is never given up. */
static void
run_standby_alone(struct world *w)
{
	struct net	*net = &w->net;
	int		 i, m;

	m = net_master(net, 0);
	for (i = 0; i < net->cnt; i++) {
		if (i != m)
			net_crash(net, i);
	}
	net_mark(net);
	give(w, m, VR_HOLD_STANDBY, 0);
	world_settle(w, "alone");
	if (net->none_us != 0 || net->r[m].changes != 0)
		net_fail(net, "alone: the role was given up");
	if (net->r[m].vr.hold != VR_HOLD_NONE)
		net_fail(net, "alone: still held");
	for (i = 0; i < net->cnt; i++) {
		if (i != m)
			net_start(net, i);
	}
}

/* A backup takes the role whatever its priority, and keeps it meanwhile. */
static void
run_takeover(struct world *w)
{
	struct net	*net = &w->net;
	bool		 limited = net_chance(net, 50);
	int		 i, m, who;

	m = net_master(net, 0);
	for (i = 0; i < net->cnt; i++) {
		if (net->r[i].vr.prio == 254)
			return;		/* the tie might go either way */
	}
	who = other(w, m);
	net_run(net, net->now + net_between(net, 0, w->int_us));
	net_mark(net);
	give(w, who, VR_HOLD_TAKEOVER, limited ? 2 * w->settle_us : 0);
	net_run(net, net->now + net->delay_us + 300);
	if (net_master(net, 0) != who)
		net_fail(net, "takeover: master is %d, not %d",
		    net_master(net, 0), who);
	if (net->none_us != 0)
		net_fail(net, "takeover: nobody for %lld us",
		    (long long)net->none_us);
	world_settle(w, "takeover");
	if (net_master(net, 0) != who || net->r[who].changes != 1)
		net_fail(net, "takeover: did not last");
	if (limited)
		net_run(net, net->now + w->settle_us + 300);
	else
		net_event(net, who, VR_EV_RELEASE);
	if (net->r[who].vr.hold != VR_HOLD_NONE)
		net_fail(net, "takeover: hold did not end");
}

/* RFC 9568 6.4.3: priority, then address. */
static bool
better(const struct net *net, int a, int b)
{
	if (vr_prio(&net->r[a].vr) != vr_prio(&net->r[b].vr))
		return (vr_prio(&net->r[a].vr) > vr_prio(&net->r[b].vr));
	return (memcmp(net->r[a].addr, net->r[b].addr, 16) > 0);
}

static void
run_partition(struct world *w)
{
	struct net	*net = &w->net;
	int		 i, m0, m1, win = -1;

	for (i = 0; i < net->cnt; i++)
		net->r[i].part = (int)net_between(net, 0, 1);
	net_mark(net);
	world_settle(w, "parted 0");
	world_check(w, 1, "parted 1");
	m0 = net_master(net, 0);
	m1 = net_master(net, 1);
	if (m0 >= 0 && m1 >= 0 && w->same_int)
		win = better(net, m0, m1) ? m0 : m1;
	for (i = 0; i < net->cnt; i++) {
		if (win >= 0 &&
		    net->r[i].vr.prio > net->r[win].vr.prio)
			win = -1;	/* may preempt after its delay */
	}
	for (i = 0; i < net->cnt; i++)
		net->r[i].part = 0;
	net_mark(net);
	world_settle(w, "healed");
	if (win >= 0 && net_master(net, 0) != win)
		net_fail(net, "healed: master is %d, not %d",
		    net_master(net, 0), win);
	/* one advert of the better one is enough for the other */
	if (w->same_int &&
	    net->dual_us > w->int_us + 2 * net->delay_us + 600)
		net_fail(net, "healed: two for %lld us",
		    (long long)net->dual_us);
}

/* Anything may happen while packets are lost; afterwards it is put right. */
static void
run_loss(struct world *w)
{
	struct net	*net = &w->net;

	net->loss = 30;
	net_run(net, net->now + 20 * w->int_us);
	net->loss = 0;
}

/* A frozen master that comes back after its successor was chosen. */
static void
run_freeze(struct world *w)
{
	struct net	*net = &w->net;
	int64_t		 for_us;
	int		 i, m, next;

	m = net_master(net, 0);
	net_run(net, net->now + net_between(net, 0, w->int_us));
	for_us = w->settle_us + net_between(net, 0, 4 * w->int_us);
	net_freeze(net, m, for_us);
	net_mark(net);
	net_run(net, net->now + for_us - 1);
	for (i = 0, next = -1; i < net->cnt; i++) {
		if (i != m && net->r[i].vr.state == VR_MASTER)
			next = i;
	}
	if (next == -1)
		net_fail(net, "freeze: no successor");
	net_mark(net);
	net_run(net, net->now + 2 * w->min_us);
	if (net->r[m].sent != 0)
		net_fail(net, "freeze: %u stale adverts", net->r[m].sent);
	if (net->r[m].vr.state != VR_BACKUP)
		net_fail(net, "freeze: it did not step down");
	if (net->dual_us > 1)
		net_fail(net, "freeze: two for %lld us after the thaw",
		    (long long)net->dual_us);
}

/* A backup that was away must not take a living master for dead. */
static void
run_freeze_backup(struct world *w)
{
	struct net	*net = &w->net;
	int		 i, m;

	m = net_master(net, 0);
	i = other(w, m);
	net_freeze(net, i, w->settle_us + net_between(net, 0, 4 * w->int_us));
	net_mark(net);
	net_run(net, net->r[i].thaw_us - 1);
	/*
	 * What is queued may be lost as well: a machine that was paused. Only
	 * the driver can see all of such a gap.
	 */
	if (net->tell_late && net_chance(net, 50))
		net->r[i].inbox_cnt = 0;
	world_settle(w, "freeze backup");
	if (net->r[m].changes != 0 || net->r[i].changes != 0)
		net_fail(net, "freeze backup: the role moved");
}

/* The process crashes and resumes within two intervals: nobody notices. */
static void
run_resume(struct world *w)
{
	struct net		*net = &w->net;
	struct vr_resume	 rec;
	int			 i, m;
	int64_t			 int_us;

	m = net_master(net, 0);
	if (!w->same_int)
		return;
	net_run(net, net->now + net_between(net, 0, w->int_us));
	int_us = net->r[m].conf.adver_int_us;
	vr_to_resume(&net->r[m].vr, &rec);
	net_crash(net, m);
	net_run(net, net->now + net_between(net, 0, 2 * int_us));
	net_mark(net);
	net_resume(net, m, &rec);
	world_settle(w, "resume");
	for (i = 0; i < net->cnt; i++) {
		if (net->r[i].changes != (i == m ? 1 : 0))
			net_fail(net, "resume: router %d changed", i);
	}
	if (net_master(net, 0) != m)
		net_fail(net, "resume: lost the role");
}

/* Effective priorities change: the best has the role in the end. */
static void
run_priority(struct world *w)
{
	struct net	*net = &w->net;
	struct vr_in	 in;
	int		 i, n;

	for (n = 0; n < 4; n++) {
		i = (int)net_between(net, 0, net->cnt - 1);
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_PRIO;
		in.prio = (uint8_t)net_between(net, 1, 254);
		net_step(net, i, &in);
		net_run(net, net->now + net_between(net, 0, w->int_us));
	}
}

/*
 * Packets overtake each other: an advert that arrives after the priority 0
 * costs a full down interval, by the rules of the RFC, and no more.
 */
static void
run_reorder(struct world *w)
{
	struct net	*net = &w->net;
	int64_t		 delay = net->delay_us;
	int		 m;

	net->reorder = true;
	net->delay_us = w->int_us / 4;
	net_run(net, net->now + 10 * w->int_us);
	m = net_master(net, 0);
	if (m >= 0) {
		net_run(net, vr_due(&net->r[m].vr) + net->r[m].jitter_us);
		net_event(net, m, VR_EV_STOP);
		net_run(net, net->now + w->settle_us + net->delay_us);
		if (net_master(net, 0) == -1)
			net_fail(net, "reorder: no successor");
		net_crash(net, m);
		net_start(net, m);
	}
	net->delay_us = delay;
	net->reorder = false;
	net_run(net, net->now + w->int_us);
	world_settle(w, "reorder");
}

/*
 * Someone sends losing adverts and adverts with the master's own priority and
 * address. It may neither silence the master nor make it send without bound.
 */
static void
run_noise(struct world *w)
{
	struct net	*net = &w->net;
	struct vr_in	 in;
	int64_t		 end, span;
	int		 m;

	m = net_master(net, 0);
	span = 10 * net->r[m].conf.adver_int_us;
	end = net->now + span;
	net_mark(net);
	while (net->now < end && !net->failed) {
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_ADVERT;
		in.adver_int_us = net->r[m].conf.adver_int_us;
		memcpy(in.src, net->r[m].addr, sizeof(in.src));
		in.prio = vr_prio(&net->r[m].vr);
		if (net_chance(net, 70)) {
			in.src[1] = (uint8_t)net_between(net, 1, 200);
			in.prio = (uint8_t)net_between(net, 0, in.prio - 1);
		}
		net_step(net, m, &in);
		net_run(net, net->now + net_between(net, 0, span / 200));
	}
	if (net->r[m].changes != 0)
		net_fail(net, "noise: the master changed");
	/* its own, and four answers in each tenth of a second */
	if (net->r[m].sent > 13 + 4 * (uint64_t)(span / VR_ANSWER_US + 2))
		net_fail(net, "noise: %u adverts", net->r[m].sent);
}
