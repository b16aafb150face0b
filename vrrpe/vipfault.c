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
 * What became of an instance's addresses, and the fault that follows where it
 * is configured. In FAULT nobody tries to install them, so that it ends by
 * itself after a while, longer each time. Runs in: vrrpe.
 */

#include <string.h>

#include "vrrpe.h"

#define PAUSE_US	(10 * US_PER_SEC)
#define PAUSE_MAX_US	(3600 * US_PER_SEC)

static void	 fault_begin(struct einst *);
static void	 on_end(evutil_socket_t, short, void *);

void
vipfault_init(struct einst *i)
{
	if (evtimer_assign(&i->ev_vip, i->e->base, on_end, i) == -1)
		fatalx("timer of an instance");
}

int
vipfault_result(void *arg, struct imsg *im)
{
	struct engine		*e = arg;
	struct vip_result	 res;
	struct einst		*i;
	struct msg		 m;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	if (vip_result_get(&m, &res) == -1)
		return (-1);
	if ((i = einst_find(e, im->id)) == NULL)
		return (0);
	if (res.failed > 0 && (res.failed != i->vip.failed ||
	    res.first_errno != i->vip.first_errno))
		log_warnx("(%s) %u of %u addresses could not be installed: %s",
		    i->conf->name, res.failed, res.wanted,
		    res.first_errno > 0 ? strerror(res.first_errno) :
		    "unknown reason");
	if (res.route_failed > 0 && (res.route_failed != i->vip.route_failed ||
	    res.route_errno != i->vip.route_errno))
		log_warnx("(%s) %u of %u routes and rules could not be "
		    "installed: %s", i->conf->name, res.route_failed,
		    res.route_wanted, strerror(res.route_errno));
	i->vip = res;
	tally_vips(i);
	if (i->vr.state != VR_MASTER)
		return (0);
	hush_result(i);
	if (res.failed > 0 || res.route_failed > 0)
		fault_begin(i);
	else if (res.wanted > 0 && res.installed == res.wanted &&
	    res.route_installed == res.route_wanted)
		i->vip_pause_us = 0;
	return (0);
}

static void
fault_begin(struct einst *i)
{
	struct timeval	 tv;

	if (!i->conf->fault_on_vip || i->vip_fault_us != 0)
		return;
	i->vip_pause_us *= 2;
	if (i->vip_pause_us == 0)
		i->vip_pause_us = PAUSE_US;
	if (i->vip_pause_us > PAUSE_MAX_US)
		i->vip_pause_us = PAUSE_MAX_US;
	i->vip_fault_us = i->e->now_us + i->vip_pause_us;
	tv.tv_sec = (time_t)(i->vip_pause_us / US_PER_SEC);
	tv.tv_usec = 0;
	if (evtimer_add(&i->ev_vip, &tv) == -1)
		fatalx("timer of an instance");
	einst_recompute(i);
}

static void
on_end(evutil_socket_t fd, short what, void *arg)
{
	struct einst	*i = arg;

	engine_turn(i->e);
	i->vip_fault_us = 0;
	einst_recompute(i);
}
