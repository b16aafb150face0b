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
 * The simulator of sync groups: a few routers, each with the same group of
 * instances, one on each of several networks that lose packets independently.
 * After every turn no two members of a group may differ; once the networks
 * are fine again exactly one group is MASTER, and all of it.
 *
 * usage: groupsim [-v] [-n worlds] [-s seed]
 */

#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../vrrpe/group.h"

#define ROUTERS		4
#define NETS		4
#define PACKETS		2048
#define FAULT		1U
#define FAULT_GROUP	0x1000U

struct packet {
	int64_t		 at_us;
	int		 from;
	int		 to;
	int		 net;
	uint8_t		 prio;
};

struct router {
	struct vr	 vr[NETS];
	struct vr_conf	 conf[NETS];
	struct sg_member sg[NETS];
	uint32_t	 faults[NETS];	/* its own */
	uint8_t		 addr[16];
	bool		 alive;
	unsigned int	 zeros[NETS];
};

struct world {
	uint64_t	 rng;
	int64_t		 now;
	int		 routers;
	int		 nets;
	struct router	 r[ROUTERS];
	struct packet	 q[PACKETS];
	int		 q_cnt;
	int64_t		 last_us[ROUTERS][ROUTERS][NETS];
	int		 loss;
	int64_t		 int_us;
	int64_t		 settle_us;
	bool		 verbose;
	bool		 failed;
	int64_t		 none_us;	/* a network without any master */
	uint64_t	 steps;
	uint64_t	 turns;
	const char	*doing;
};

static uint64_t	 any(struct world *, uint64_t);
static void	 wrong(struct world *, const char *, ...)
		    __attribute__((__format__(printf, 2, 3)));
static void	 step(struct world *, int, int, struct vr_in *);
static void	 event(struct world *, int, int, enum vr_event);
static void	 send_all(struct world *, int, int, uint8_t);
static void	 rest(struct world *, int);
static void	 tell_faults(struct world *, int, int);
static void	 check_turn(struct world *, int);
static void	 run(struct world *, int64_t);
static void	 advance(struct world *, int64_t);
static void	 deliver(struct world *, int);
static void	 timers(struct world *, int);
static int64_t	 due(const struct router *, int);
static void	 start(struct world *, int);
static int	 master(const struct world *);
static void	 settle(struct world *);
static void	 fault(struct world *);
static void	 crash(struct world *);
static void	 give(struct world *, int, enum vr_hold);
static void	 standby(struct world *);
static void	 takeover(struct world *);
static void	 stop(struct world *);
static void	 lossy(struct world *);
static void	 late(struct world *);
static void	 make(struct world *, uint64_t);
static bool	 simulate(uint64_t, bool, uint64_t *, uint64_t *);

static const struct {
	const char	*name;
	void		(*run)(struct world *);
} scenarios[] = {
	{ "fault", fault },
	{ "crash", crash },
	{ "standby", standby },
	{ "takeover", takeover },
	{ "stop", stop },
	{ "lossy", lossy },
	{ "late", late }
};

#define SCENARIOS	(sizeof(scenarios) / sizeof(scenarios[0]))

static uint64_t
any(struct world *w, uint64_t below)
{
	uint64_t	 z;

	z = w->rng += 0x9e3779b97f4a7c15ULL;	/* splitmix64 */
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return ((z ^ z >> 31) % below);
}

static void
wrong(struct world *w, const char *fmt, ...)
{
	va_list	 ap;

	if (w->failed)
		return;
	w->failed = true;
	printf("t=%.6f %s: ", (double)w->now / 1e6, w->doing);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static void
step(struct world *w, int i, int n, struct vr_in *in)
{
	struct router	*r = &w->r[i];
	struct vr_out	 out;
	int		 k;

	in->now_us = w->now;
	vr_step(&r->vr[n], &r->conf[n], in, &out);
	w->steps++;
	for (k = 0; k < out.cnt; k++) {
		if (out.act[k].act == VR_ACT_ADVERT) {
			r->zeros[n] += out.act[k].prio == 0;
			send_all(w, i, n, out.act[k].prio);
		} else if (out.act[k].act == VR_ACT_STATE && w->verbose)
			printf("%12.6f router %d net %d %s %s\n",
			    (double)w->now / 1e6, i, n,
			    vr_face_name((int)vr_face(&r->vr[n])),
			    vr_reason_name((int)out.act[k].reason));
	}
}

static void
event(struct world *w, int i, int n, enum vr_event ev)
{
	struct vr_in	 in;

	memset(&in, 0, sizeof(in));
	in.event = ev;
	step(w, i, n, &in);
}

static void
send_all(struct world *w, int from, int net, uint8_t prio)
{
	struct packet	*p;
	int		 to;

	if (w->r[from].faults[net] != 0)
		return;
	for (to = 0; to < w->routers; to++) {
		if (to == from || !w->r[to].alive ||
		    (int)any(w, 100) < w->loss)
			continue;
		if (w->q_cnt == PACKETS) {
			wrong(w, "too many packets under way");
			return;
		}
		p = &w->q[w->q_cnt++];
		p->at_us = w->now + 30 + (int64_t)any(w, 2000);
		if (p->at_us <= w->last_us[from][to][net])
			p->at_us = w->last_us[from][to][net] + 1;
		w->last_us[from][to][net] = p->at_us;
		p->from = from;
		p->to = to;
		p->net = net;
		p->prio = prio;
	}
}

/* As the engine does it at the end of a batch. */
static void
rest(struct world *w, int i)
{
	struct router	*r = &w->r[i];
	struct vr_in	 in;
	int		 n, round;

	for (round = 0; round < SG_ROUNDS; round++) {
		for (n = 0; n < w->nets; n++)
			sg_facts(&r->sg[n], &r->vr[n], &r->conf[n],
			    r->faults[n]);
		if (sg_decide(r->sg, (size_t)w->nets) == 0)
			break;
		for (n = 0; n < w->nets; n++) {
			if (r->sg[n].facts)
				tell_faults(w, i, n);
			if (r->sg[n].order == VR_ORDER_NONE)
				continue;
			memset(&in, 0, sizeof(in));
			in.event = VR_EV_GROUP;
			in.order = r->sg[n].order;
			step(w, i, n, &in);
		}
	}
	if (round == SG_ROUNDS)
		wrong(w, "router %d does not come to rest", i);
	w->turns++;
	check_turn(w, i);
}

static void
tell_faults(struct world *w, int i, int n)
{
	struct router	*r = &w->r[i];
	struct vr_in	 in;

	memset(&in, 0, sizeof(in));
	in.faults = r->faults[n] | (r->sg[n].group_fault ? FAULT_GROUP : 0);
	in.event = in.faults != 0 ? VR_EV_DOWN : VR_EV_UP;
	step(w, i, n, &in);
}

/* The property that groups are for. */
static void
check_turn(struct world *w, int i)
{
	const struct router	*r = &w->r[i];
	int			 n;

	for (n = 1; n < w->nets; n++) {
		if (r->vr[n].state != r->vr[0].state &&
		    r->vr[n].leave != VR_LEAVE_STOP &&
		    r->vr[0].leave != VR_LEAVE_STOP)
			wrong(w, "router %d: %s on net 0, %s on net %d", i,
			    vr_face_name((int)vr_face(&r->vr[0])),
			    vr_face_name((int)vr_face(&r->vr[n])), n);
	}
}

static int64_t
due(const struct router *r, int nets)
{
	int64_t	 first = VR_NEVER, us;
	int	 n;

	for (n = 0; n < nets; n++) {
		if ((us = vr_due(&r->vr[n])) < first)
			first = us;
	}
	return (first);
}

static void
run(struct world *w, int64_t until)
{
	int64_t	 at, us;
	int	 i, who, pkt;

	while (!w->failed) {
		at = VR_NEVER;
		who = pkt = -1;
		for (i = 0; i < w->routers; i++) {
			if (w->r[i].alive &&
			    (us = due(&w->r[i], w->nets)) < at) {
				at = us;
				who = i;
			}
		}
		for (i = 0; i < w->q_cnt; i++) {
			if (w->q[i].at_us <= at) {
				at = w->q[i].at_us;
				pkt = i;
			}
		}
		if (at > until)
			break;
		advance(w, at);
		if (pkt != -1)
			deliver(w, pkt);
		else
			timers(w, who);
	}
	advance(w, until);
}

static void
advance(struct world *w, int64_t to)
{
	int	 i, n;
	bool	 found, none = false;

	if (to <= w->now)
		return;
	for (n = 0; n < w->nets; n++) {
		found = false;
		for (i = 0; i < w->routers; i++)
			found |= w->r[i].alive &&
			    w->r[i].vr[n].state == VR_MASTER;
		none |= !found;
	}
	if (none)
		w->none_us += to - w->now;
	w->now = to;
}

static void
deliver(struct world *w, int which)
{
	struct packet	 p = w->q[which];
	struct vr_in	 in;

	w->q[which] = w->q[--w->q_cnt];
	if (!w->r[p.to].alive || w->r[p.to].faults[p.net] != 0)
		return;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADVERT;
	in.prio = p.prio;
	in.adver_int_us = w->int_us;
	memcpy(in.src, w->r[p.from].addr, sizeof(in.src));
	step(w, p.to, p.net, &in);
	rest(w, p.to);
}

/* All that are due in one turn, like the engine. */
static void
timers(struct world *w, int i)
{
	int	 n;

	for (n = 0; n < w->nets; n++) {
		if (vr_due(&w->r[i].vr[n]) <= w->now)
			event(w, i, n, VR_EV_TIMER);
	}
	rest(w, i);
}

static void
start(struct world *w, int i)
{
	struct router	*r = &w->r[i];
	struct vr_in	 in;
	int		 n;

	r->alive = true;
	memset(r->faults, 0, sizeof(r->faults));
	memset(r->sg, 0, sizeof(r->sg));
	for (n = 0; n < w->nets; n++) {
		vr_init(&r->vr[n], &r->conf[n]);
		r->sg[n].running = true;
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_ADDR;
		memcpy(in.src, r->addr, sizeof(in.src));
		step(w, i, n, &in);
		event(w, i, n, VR_EV_START);
	}
	rest(w, i);
}

/* The one router whose whole group is MASTER; -1: there is not just one. */
static int
master(const struct world *w)
{
	int	 found = -1, i, n, cnt;

	for (i = 0; i < w->routers; i++) {
		cnt = 0;
		for (n = 0; n < w->nets; n++)
			cnt += w->r[i].alive &&
			    w->r[i].vr[n].state == VR_MASTER;
		if (cnt == 0)
			continue;
		if (found != -1 || cnt != w->nets)
			return (-1);
		found = i;
	}
	return (found);
}

static void
settle(struct world *w)
{
	int	 i;

	run(w, w->now + w->settle_us);
	if (w->failed || master(w) != -1)
		return;
	for (i = 0; i < w->routers; i++)
		if (w->r[i].alive)
			printf("router %d: %s\n", i,
			    vr_face_name((int)vr_face(&w->r[i].vr[0])));
	wrong(w, "not one master");
}

/* One priority 0 on each network, by the one that is pulled along, too. */
static void
fault(struct world *w)
{
	int	 m = master(w), bad = (int)any(w, (uint64_t)w->nets), n;

	run(w, w->now + (int64_t)any(w, (uint64_t)w->int_us));
	if ((m = master(w)) == -1)
		return;
	memset(w->r[m].zeros, 0, sizeof(w->r[m].zeros));
	w->r[m].faults[bad] = FAULT;
	tell_faults(w, m, bad);
	rest(w, m);
	for (n = 0; n < w->nets; n++) {
		if (w->r[m].zeros[n] != 1)
			wrong(w, "%u times priority 0 on net %d",
			    w->r[m].zeros[n], n);
		if (w->r[m].vr[n].state != VR_INIT)
			wrong(w, "net %d is not in FAULT", n);
	}
	settle(w);
	w->r[m].faults[bad] = 0;
	tell_faults(w, m, bad);
	rest(w, m);
	for (n = 0; n < w->nets; n++) {
		if (w->r[m].vr[n].state != VR_BACKUP)
			wrong(w, "net %d did not come back", n);
	}
}

static void
crash(struct world *w)
{
	int	 m = master(w);

	w->r[m].alive = false;
	settle(w);
	start(w, m);
}

static void
give(struct world *w, int i, enum vr_hold hold)
{
	struct vr_in	 in;
	int		 n;

	for (n = 0; n < w->nets; n++) {
		memset(&in, 0, sizeof(in));
		in.event = hold == VR_HOLD_NONE ? VR_EV_RELEASE :
		    VR_EV_SWITCH;
		in.hold = hold;
		in.until_us = VR_NEVER;
		step(w, i, n, &in);
	}
	rest(w, i);
}

/* No network misses its master, and the group stays away. */
static void
standby(struct world *w)
{
	int	 m = master(w);

	w->none_us = 0;
	give(w, m, VR_HOLD_STANDBY);
	settle(w);
	if (w->none_us != 0)
		wrong(w, "nobody for %lld us", (long long)w->none_us);
	if (master(w) == m)
		wrong(w, "still the master");
	give(w, m, VR_HOLD_NONE);
}

static void
takeover(struct world *w)
{
	int	 m = master(w), i;

	i = (m + 1 + (int)any(w, (uint64_t)w->routers - 1)) % w->routers;
	w->none_us = 0;
	give(w, i, VR_HOLD_TAKEOVER);
	settle(w);
	if (master(w) != i || w->none_us != 0)
		wrong(w, "router %d did not take over, nobody for %lld us", i,
		    (long long)w->none_us);
	give(w, i, VR_HOLD_NONE);
}

static void
stop(struct world *w)
{
	int	 m = master(w), n;

	w->none_us = 0;
	for (n = 0; n < w->nets; n++)
		event(w, m, n, VR_EV_STOP);
	rest(w, m);
	run(w, w->now + w->int_us + 110000);
	if (w->none_us != 0)
		wrong(w, "nobody for %lld us", (long long)w->none_us);
	for (n = 0; n < w->nets; n++) {
		if (w->r[m].vr[n].state != VR_INIT)
			wrong(w, "net %d is not stopped", n);
	}
	settle(w);
	start(w, m);
}

/* Whatever gets lost, members do not differ; later all is well again. */
static void
lossy(struct world *w)
{
	int	 k, i;

	w->loss = 10 + (int)any(w, 60);
	for (k = 0; k < 6 && !w->failed; k++) {
		run(w, w->now + (int64_t)any(w, 8 * (uint64_t)w->int_us));
		i = (int)any(w, (uint64_t)w->routers);
		if (any(w, 3) == 0)
			give(w, i, any(w, 2) ? VR_HOLD_STANDBY :
			    VR_HOLD_TAKEOVER);
		else if (any(w, 2) == 0)
			give(w, i, VR_HOLD_NONE);
	}
	for (i = 0; i < w->routers; i++)
		give(w, i, VR_HOLD_NONE);
	w->loss = 0;
}

/* One member finds out that it was late. */
static void
late(struct world *w)
{
	struct vr_in	 in;
	int		 m = master(w), n;

	n = (int)any(w, (uint64_t)w->nets);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_LATE;
	in.late_us = 3 * w->int_us;
	step(w, m, n, &in);
	rest(w, m);
	if (w->r[m].vr[0].state != VR_BACKUP)
		wrong(w, "did not step down");
}

static void
make(struct world *w, uint64_t seed)
{
	struct router	*r;
	int		 i, n;

	memset(w, 0, sizeof(*w));
	w->rng = seed * 0x2545f4914f6cdd1dULL + 1;
	w->routers = 2 + (int)any(w, ROUTERS - 1);
	w->nets = 2 + (int)any(w, NETS - 1);
	w->int_us = (int64_t)(10 + any(w, 200)) * 10000;
	/* a refused master may have to be waited for, and then a yield */
	w->settle_us = 10 * w->int_us + 100000;
	for (i = 0; i < w->routers; i++) {
		r = &w->r[i];
		r->addr[0] = 10;
		r->addr[3] = (uint8_t)(i + 1);
		for (n = 0; n < w->nets; n++) {
			r->conf[n].version = 3;
			r->conf[n].prio = (uint8_t)(40 + 50 * i);
			r->conf[n].down_adverts = 3;
			r->conf[n].adver_int_us = w->int_us;
			r->conf[n].grouped = true;
			r->conf[n].nopreempt = seed % 4 == 0;
		}
	}
}

static bool
simulate(uint64_t seed, bool verbose, uint64_t *steps, uint64_t *turns)
{
	static struct world	 w;
	size_t			 pick;
	int			 i;

	make(&w, seed);
	w.verbose = verbose;
	w.doing = "start";
	for (i = 0; i < w.routers; i++) {
		start(&w, i);
		run(&w, w.now + (int64_t)any(&w, (uint64_t)w.int_us));
	}
	settle(&w);
	for (i = 0; i < 5 && !w.failed; i++) {
		pick = (size_t)any(&w, SCENARIOS);
		w.doing = scenarios[pick].name;
		if (verbose)
			printf("%12.6f -- %s\n", (double)w.now / 1e6,
			    w.doing);
		scenarios[pick].run(&w);
		settle(&w);
	}
	*steps += w.steps;
	*turns += w.turns;
	if (w.failed)
		printf("seed %llu failed\n", (unsigned long long)seed);
	return (!w.failed);
}

int
main(int argc, char *argv[])
{
	uint64_t	 seed = 1, i, steps = 0, turns = 0;
	long		 cnt = 2000;
	bool		 verbose = false;
	int		 ch, bad = 0;

	while ((ch = getopt(argc, argv, "n:s:v")) != -1) {
		switch (ch) {
		case 'n':
			cnt = strtol(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 10);
			break;
		case 'v':
			verbose = true;
			break;
		default:
			errx(2, "usage: groupsim [-v] [-n worlds] [-s seed]");
		}
	}
	for (i = 0; i < (uint64_t)cnt && bad < 5; i++)
		bad += !simulate(seed + i, verbose, &steps, &turns);
	printf("%llu worlds, %llu steps, %llu turns, %d failed\n",
	    (unsigned long long)i, (unsigned long long)steps,
	    (unsigned long long)turns, bad);
	return (bad == 0 ? 0 : 1);
}
