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
 * The netlink half of the parent: sockets on the event loop, timers, and
 * the way back after lost events.
 * Runs in: parent.
 */

#include <linux/rtnetlink.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mono.h"

#define EVENTS_RCVBUF	(8 << 20)	/* 1000 refreshes fill 1 MiB */
#define COMMANDS_RCVBUF	(1 << 20)
#define DUMPS_RCVBUF	(1 << 20)
#define READ_BUDGET	64		/* datagrams in one turn */
#define OVERRUN_LOG_US	(60 * US_PER_SEC)

static void	 nld_events_read(evutil_socket_t, short, void *);
static void	 nld_commands_read(evutil_socket_t, short, void *);
static void	 nld_timer(evutil_socket_t, short, void *);
static int	 nld_dump(struct netlinkd *);
static void	 nld_dump_begin(struct netlinkd *);
static void	 nld_dump_sweep(struct netlinkd *);
static void	 nld_init(struct netlinkd *);
static int	 nld_resync(struct netlinkd *);

struct netlinkd *
netlinkd_new(struct event_base *base, const struct netlinkd_ops *ops,
    void *arg)
{
	struct netlinkd	*nd;

	if ((nd = calloc(1, sizeof(*nd))) == NULL)
		return (NULL);
	nld_init(nd);
	nd->base = base;
	nd->ops = ops;
	nd->arg = arg;
	if (nft_new(nd) == -1 ||
	    chan_open(&nd->events, NETLINK_ROUTE, EVENTS_RCVBUF) == -1 ||
	    chan_open(&nd->commands, NETLINK_ROUTE, COMMANDS_RCVBUF) == -1 ||
	    chan_open(&nd->dumps, NETLINK_ROUTE, DUMPS_RCVBUF) == -1) {
		log_warn("netlink: socket");
		netlinkd_free(nd);
		return (NULL);
	}
	return (nd);
}

static void
nld_init(struct netlinkd *nd)
{
	int	 i;

	RB_INIT(&nd->links);
	RB_INIT(&nd->slot_names);
	RB_INIT(&nd->slot_ids);
	RB_INIT(&nd->insts);
	RB_INIT(&nd->vips);
	TAILQ_INIT(&nd->changed);
	TAILQ_INIT(&nd->saved);
	TAILQ_INIT(&nd->lingering);
	TAILQ_INIT(&nd->fresh);
	TAILQ_INIT(&nd->retries);
	for (i = 0; i < VIPQ_CNT; i++)
		TAILQ_INIT(&nd->ring[i]);
	for (i = 0; i < ROBJQ_CNT; i++)
		TAILQ_INIT(&nd->robj_queue[i]);
	vinst_init(&nd->orphanage);
	nd->timer_us = INT64_MAX;
}

/* Addresses stay where they are. */
void
netlinkd_free(struct netlinkd *nd)
{
	struct slot	*slot;
	struct link	*link;

	if (nd == NULL)
		return;
	if (event_initialized(&nd->ev_events)) {
		(void)event_del(&nd->ev_events);
		(void)event_del(&nd->ev_commands);
		(void)event_del(&nd->ev_timer);
	}
	vinst_free_all(nd);
	sysctl_free(nd);
	while ((slot = RB_ROOT(&nd->slot_ids)) != NULL)
		slot_free(nd, slot);
	while ((link = RB_ROOT(&nd->links)) != NULL)
		link_forget(nd, link);
	chan_close(&nd->events);
	chan_close(&nd->commands);
	chan_close(&nd->dumps);
	nft_free(nd);
	free(nd);
}

int
netlinkd_start(struct netlinkd *nd)
{
	struct slot	*slot;

	if (chan_join(&nd->events) == -1 || nld_dump(nd) == -1) {
		log_warn("netlink: start");
		return (-1);
	}
	if (nd->base == NULL)
		return (0);
	if (event_assign(&nd->ev_events, nd->base, nd->events.fd,
	    EV_READ | EV_PERSIST, nld_events_read, nd) == -1 ||
	    event_assign(&nd->ev_commands, nd->base, nd->commands.fd,
	    EV_READ | EV_PERSIST, nld_commands_read, nd) == -1 ||
	    evtimer_assign(&nd->ev_timer, nd->base, nld_timer, nd) == -1 ||
	    event_add(&nd->ev_events, NULL) == -1 ||
	    event_add(&nd->ev_commands, NULL) == -1) {
		log_warnx("netlink: cannot add events");
		return (-1);
	}
	RB_FOREACH(slot, slot_ids, &nd->slot_ids)
		slot_touch(nd, slot);
	slot_renew_all(nd);
	vip_check_all(nd);
	batch_next(nd);
	nld_rearm(nd);
	return (0);
}

bool
netlinkd_link(const struct netlinkd *nd, uint32_t id, struct link_info *info)
{
	const struct slot	*slot;

	if ((slot = slot_by_id(nd, id)) == NULL)
		return (false);
	memcpy(info, &slot->info, sizeof(*info));
	return (true);
}

static void
nld_events_read(evutil_socket_t fd, short what, void *arg)
{
	struct netlinkd	*nd = arg;
	int		 i, got;

	got = 1;
	for (i = 0; i < READ_BUDGET && got == 1; i++)
		got = chan_read(&nd->events, false, nld_message, nd);
	if (got == -1) {
		if (errno != ENOBUFS)
			log_warn("netlink: events");
		(void)nld_resync(nd);
	}
	robj_run(nd);
	if (nd->made_due)
		made_run(nd);
	slot_renew_all(nd);
	vip_tell_fresh(nd);
	batch_next(nd);
	nld_rearm(nd);
}

static void
nld_commands_read(evutil_socket_t fd, short what, void *arg)
{
	struct netlinkd	*nd = arg;
	int		 i, got;

	got = 1;
	for (i = 0; i < READ_BUDGET && got == 1; i++)
		got = chan_read(&nd->commands, false, batch_message, nd);
	if (got == -1) {
		log_warn("netlink: answers");
		batch_lost(nd);
		(void)nld_resync(nd);
		slot_renew_all(nd);
		batch_next(nd);
		nld_rearm(nd);
		return;
	}
	batch_finish(nd);
}

void
nld_message(void *arg, const struct nlmsghdr *nlh)
{
	struct netlinkd	*nd = arg;

	link_message(nd, nlh);
	addr_message(nd, nlh);
	robj_event(nd, nlh);
}

/* One timer for everything; in this order: what ends, what is tried again,
 * what goes on. */
static void
nld_timer(evutil_socket_t fd, short what, void *arg)
{
	struct netlinkd	*nd = arg;
	struct vip	*vip;
	int64_t		 now_us;

	nd->timer_us = INT64_MAX;
	now_us = mono_us();
	if (nd->resync_us != 0 && nd->resync_us <= now_us)
		(void)nld_resync(nd);
	if (nd->made_us != 0 && nd->made_us <= now_us)
		made_run(nd);
	vinst_linger_run(nd, now_us);
	while ((vip = TAILQ_FIRST(&nd->retries)) != NULL &&
	    vip->retry_us <= now_us) {
		vip_retry_cancel(nd, vip);
		vip_check(nd, vip);
	}
	lease_run(nd, now_us);
	robj_timer(nd, now_us);
	robj_run(nd);
	linkbeat_run(nd, now_us);
	nft_run(nd, now_us);
	slot_renew_all(nd);
	vip_tell_fresh(nd);
	batch_next(nd);
	nld_rearm(nd);
}

/* Also the way by which calls from outside are answered from the loop. */
void
nld_rearm(struct netlinkd *nd)
{
	const struct vinst	*inst;
	const struct vip	*vip;
	struct timeval		 tv;
	int64_t			 at_us, now_us;

	if (!event_initialized(&nd->ev_timer))
		return;
	now_us = mono_us();
	at_us = INT64_MAX;
	if (nd->refresh_us == 0 && nd->lease_min_s != 0)
		at_us = now_us;
	else if (nd->lease_min_s != 0)
		at_us = nd->refresh_us;
	if ((inst = TAILQ_FIRST(&nd->lingering)) != NULL &&
	    inst->linger_us < at_us)
		at_us = inst->linger_us;
	if ((vip = TAILQ_FIRST(&nd->retries)) != NULL &&
	    vip->retry_us < at_us)
		at_us = vip->retry_us;
	if (nd->beat_us != 0 && nd->beat_us < at_us)
		at_us = nd->beat_us;
	if (nd->resync_us != 0 && nd->resync_us < at_us)
		at_us = nd->resync_us;
	if (nd->made_us != 0 && nd->made_us < at_us)
		at_us = nd->made_us;
	if (nft_due(nd) < at_us)
		at_us = nft_due(nd);
	if (nd->robj_due_us != 0 && nd->robj_due_us < at_us)
		at_us = nd->robj_due_us;
	if (!TAILQ_EMPTY(&nd->fresh) || !TAILQ_EMPTY(&nd->changed) ||
	    nd->robj_doubt)
		at_us = now_us;
	if (at_us == nd->timer_us)
		return;
	nd->timer_us = at_us;
	if (at_us == INT64_MAX) {
		(void)evtimer_del(&nd->ev_timer);
		return;
	}
	at_us = at_us > now_us ? at_us - now_us : 0;
	tv.tv_sec = (time_t)(at_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(at_us % US_PER_SEC);
	if (evtimer_add(&nd->ev_timer, &tv) == -1)
		fatalx("netlink: timer");
}

/*
 * Events were lost. What is still queued is older than the dump and would
 * only mislead.
 */
static int
nld_resync(struct netlinkd *nd)
{
	uint32_t	 missed;
	int		 got, drained;

	for (drained = 0; drained < 100000; drained++) {
		got = chan_read(&nd->events, false, nld_message, nd);
		if (got == 0 || (got == -1 && errno != ENOBUFS))
			break;
	}
	if (log_limit_ok(&nd->overrun, mono_us(), OVERRUN_LOG_US, &missed))
		log_info("netlink: events were lost, reading everything");
	nd->overruns++;
	nd->resync_us = 0;
	if (nld_dump(nd) == -1) {
		log_warn("netlink: dump");
		nd->resync_us = mono_us() + US_PER_SEC;
		return (-1);
	}
	vip_check_all(nd);
	robj_doubt(nd, true);
	return (0);
}

uint64_t
netlinkd_overruns(const struct netlinkd *nd)
{
	return (nd->overruns);
}

static int
nld_dump(struct netlinkd *nd)
{
	int	 ret;

	nd->dumping = true;
	nld_dump_begin(nd);
	ret = chan_dump(&nd->dumps, RTM_GETLINK, nld_message, nd);
	if (ret == 0)
		ret = chan_dump(&nd->dumps, RTM_GETADDR, nld_message, nd);
	nd->dumping = false;
	if (ret == 0)
		nld_dump_sweep(nd);
	return (ret);
}

static void
nld_dump_begin(struct netlinkd *nd)
{
	struct linkaddr	*ifa;
	struct link	*link;
	struct vip	*vip;

	RB_FOREACH(link, link_tree, &nd->links) {
		link->seen = false;
		RB_FOREACH(ifa, ifaddr_tree, &link->addrs)
			ifa->seen = false;
	}
	RB_FOREACH(vip, vip_tree, &nd->vips)
		vip->own_dels = 0;
}

static void
nld_dump_sweep(struct netlinkd *nd)
{
	struct linkaddr	*ifa, *ifa_next;
	struct link	*link, *link_next;
	struct vip	*vip;
	struct vaddr	 addr;

	RB_FOREACH_SAFE(link, link_tree, &nd->links, link_next) {
		if (!link->seen) {
			link_forget(nd, link);
			continue;
		}
		RB_FOREACH_SAFE(ifa, ifaddr_tree, &link->addrs, ifa_next) {
			if (ifa->seen)
				continue;
			addr = ifa->addr;
			addr_forget(link, ifa);
			if (link->slot == NULL)
				continue;
			link->slot->sources = true;
			slot_touch(nd, link->slot);
			vip = vip_find(nd, link->slot->id, &addr);
			if (vip != NULL)
				vip_vanished(nd, vip);
		}
	}
}
