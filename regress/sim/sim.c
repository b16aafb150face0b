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
 * The simulator: thousands of small networks of VRRP routers on the real
 * state machine, each made from a seed and put through random disturbances.
 * After every one the properties are checked that make the protocol worth
 * having: one master, the right one, soon, and no one else meanwhile.
 *
 * usage: sim [-v] [-n networks] [-s seed]
 */

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

#define SCENARIO_MAX	32

static void	 make(struct world *, uint64_t, bool);
static void	 make_router(struct world *, int, int64_t);
static int	 scenario_cnt(void);
static bool	 simulate(uint64_t, bool, uint64_t *, uint64_t *);

static unsigned int	 done[SCENARIO_MAX];

int
main(int argc, char *argv[])
{
	uint64_t	 seed = 1, steps = 0, adverts = 0, i;
	long		 cnt = 2000;
	bool		 verbose = false;
	char		*end;
	int		 ch, n, bad = 0;

	while ((ch = getopt(argc, argv, "n:s:v")) != -1) {
		switch (ch) {
		case 'n':
			cnt = strtol(optarg, &end, 10);
			if (*end != '\0' || cnt < 1)
				errx(2, "-n: not a number: %s", optarg);
			break;
		case 's':
			seed = strtoull(optarg, &end, 10);
			if (*end != '\0')
				errx(2, "-s: not a number: %s", optarg);
			break;
		case 'v':
			verbose = true;
			break;
		default:
			fprintf(stderr,
			    "usage: sim [-v] [-n networks] [-s seed]\n");
			return (2);
		}
	}
	for (i = 0; i < (uint64_t)cnt; i++) {
		if (!simulate(seed + i, verbose, &steps, &adverts) &&
		    ++bad == 5)
			break;
	}
	printf("%llu networks, %llu steps, %llu adverts, %d failed\n",
	    (unsigned long long)(i < (uint64_t)cnt ? i + 1 : i),
	    (unsigned long long)steps, (unsigned long long)adverts, bad);
	for (n = 0; verbose && n < scenario_cnt(); n++)
		printf("%8u %s\n", done[n], scenarios[n].name);
	return (bad == 0 ? 0 : 1);
}

static bool
simulate(uint64_t seed, bool verbose, uint64_t *steps, uint64_t *adverts)
{
	static struct world	 w;
	int			 i, pick, rounds;
	const char		*name = "start";

	make(&w, seed, verbose);
	for (i = 0; i < w.net.cnt; i++) {
		net_start(&w.net, i);
		net_run(&w.net, w.net.now +
		    net_between(&w.net, 0, w.int_us));
	}
	world_settle(&w, name);
	rounds = (int)net_between(&w.net, 2, 4);
	for (i = 0; i < rounds && !w.net.failed; i++) {
		pick = (int)net_between(&w.net, 0, scenario_cnt() - 1);
		name = scenarios[pick].name;
		if (verbose)
			printf("%12.6f  -- %s\n", (double)w.net.now / 1e6,
			    name);
		done[pick]++;
		scenarios[pick].run(&w);
		world_settle(&w, name);
	}
	*steps += w.net.steps;
	*adverts += w.net.total_sent;
	if (w.net.failed)
		printf("seed %llu: %s: %s\n", (unsigned long long)seed, name,
		    w.net.fail);
	return (!w.net.failed);
}

static void
make(struct world *w, uint64_t seed, bool verbose)
{
	static const int64_t	 ints_v2[] = { 1, 1, 2, 3 };
	static const int64_t	 ints_v3[] = { 10, 25, 50, 100, 150, 300 };
	struct net		*net = &w->net;
	int64_t			 base;
	int			 i, version, preempt;

	memset(w, 0, sizeof(*w));
	net->rng = seed * 0x2545f4914f6cdd1dULL + 1;
	net->verbose = verbose;
	net->twice = net_chance(net, 15);
	net->tell_late = net_chance(net, 50);
	net->cnt = (int)net_between(net, 2, ROUTERS_MAX);
	version = (int)net_between(net, 2, 3);
	w->same_int = version == 2 || net_chance(net, 70);
	base = version == 2 ? ints_v2[net_between(net, 0, 3)] * 1000000 :
	    ints_v3[net_between(net, 0, 5)] * 10000;
	net->delay_us = net_between(net, 50, base / 50);
	preempt = (int)net_between(net, 0, 3);
	w->preempt = preempt <= 1;
	w->nopreempt = preempt == 2;
	for (i = 0; i < net->cnt; i++) {
		net->r[i].conf.version = (uint8_t)version;
		net->r[i].conf.nopreempt = preempt == 2 ||
		    (preempt == 3 && net_chance(net, 50));
		if (preempt == 3 && net_chance(net, 30))
			net->r[i].conf.preempt_delay_us =
			    net_between(net, 1, 3 * base);
		make_router(w, i, w->same_int ? base :
		    ints_v3[net_between(net, 0, 5)] * 10000);
	}
	/* decided by the slowest, after its delay; mixed intervals: twice */
	w->settle_us = 3 * w->int_us + (version == 2 ? 1000000 : w->int_us) +
	    w->int_us / 10 + 4 * net->delay_us;
	if (!w->same_int)
		w->settle_us *= 2;
	if (preempt == 3)
		w->settle_us += 3 * base + w->settle_us;
}

static void
make_router(struct world *w, int i, int64_t int_us)
{
	struct router	*r = &w->net.r[i];

	r->conf.adver_int_us = int_us;
	if (int_us > w->int_us)
		w->int_us = int_us;
	if (w->min_us == 0 || int_us < w->min_us)
		w->min_us = int_us;
	r->conf.down_adverts = 3;
	r->conf.prio = (uint8_t)net_between(&w->net, 1, 254);
	if (net_chance(&w->net, 20))	/* ties */
		r->conf.prio = 100;
	r->conf.higher_prio_send_advert = net_chance(&w->net, 10);
	r->conf.lower_prio_no_advert = net_chance(&w->net, 10);
	r->conf.first_once = net_chance(&w->net, 20);
	r->jitter_us = net_between(&w->net, 0, 300);
	r->frozen_us = -1;
	r->thaw_us = -1;
	/* a tie is decided by address, so no two are equal */
	r->addr[0] = 10;
	r->addr[2] = (uint8_t)net_between(&w->net, 0, 255);
	r->addr[3] = (uint8_t)(i + 1);
}

/*
 * One master; nobody with a higher priority who would have to preempt it. A
 * tie is not settled by address among backups.
 */
void
world_check(struct world *w, int part, const char *when)
{
	struct net	*net = &w->net;
	int		 i, m, any = 0;

	for (i = 0; i < net->cnt; i++) {
		if (net->r[i].alive && net->r[i].part == part &&
		    net->r[i].vr.state != VR_INIT)
			any++;
	}
	if (any == 0)
		return;
	m = net_master(net, part);
	if (m < 0) {
		net_fail(net, "%s: %s in part %d", when, m == -1 ?
		    "no master" : "several masters", part);
		return;
	}
	for (i = 0; i < net->cnt; i++) {
		if (net->r[i].alive && net->r[i].part == part &&
		    net->r[i].vr.state == VR_BACKUP &&
		    vr_prio(&net->r[i].vr) > vr_prio(&net->r[m].vr) &&
		    !net->r[i].conf.nopreempt)
			net_fail(net, "%s: router %d (%d) is master, not %d "
			    "(%d)", when, m, vr_prio(&net->r[m].vr), i,
			    vr_prio(&net->r[i].vr));
	}
}

void
world_settle(struct world *w, const char *when)
{
	net_run(&w->net, w->net.now + w->settle_us);
	world_check(w, 0, when);
}

static int
scenario_cnt(void)
{
	int	 n = 0;

	while (n < SCENARIO_MAX && scenarios[n].name != NULL)
		n++;
	return (n);
}
