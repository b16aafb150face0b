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
 * Batches: up to BATCH_MSGS messages in one send, each with an answer of its
 * own. One batch is under way at a time, so that each is announced before
 * the next keeps the kernel busy.
 * Runs in: parent.
 */

#include <linux/if_addr.h>
#include <linux/netlink.h>

#include <errno.h>
#include <string.h>

#include <netlink/msg.h>

#include "internal.h"
#include "mono.h"

#define FAILED_LOG_US	(60 * US_PER_SEC)
#define RETRY_US	US_PER_SEC

static void	 batch_fill(struct netlinkd *);
static bool	 batch_vip(struct netlinkd *, struct vip *, bool);
static bool	 batch_add(struct netlinkd *, struct vip *, uint32_t, bool);
static bool	 batch_del(struct netlinkd *, struct vip *,
		    const struct linkaddr *, uint32_t);
static void	 batch_answer(struct netlinkd *, struct batch_item *, int);
static void	 answer_add(struct netlinkd *, struct batch_item *, int);
static void	 answer_del(struct netlinkd *, struct batch_item *, int);
static void	 batch_failed(struct vip *, int);
static void	 batch_release(struct netlinkd *);

void
batch_next(struct netlinkd *nd)
{
	struct batch	*batch = &nd->batch;
	uint32_t	 i;

	if (batch->cnt != 0)
		return;
	batch->len = 0;
	batch->answered = 0;
	batch->seq = nd->commands.seq;
	batch_fill(nd);
	if (batch->cnt == 0)
		return;
	nd->commands.seq += batch->cnt;
	if (chan_send(&nd->commands, batch->buf, batch->len) == 0)
		return;
	log_warn("netlink: send");
	for (i = 0; i < batch->cnt; i++) {
		if (batch->items[i].robj != NULL) {
			robj_answer(nd, &batch->items[i], ENOBUFS);
			batch->items[i].robj->busy = false;
			continue;
		}
		batch->items[i].vip->busy = false;
		if (batch->items[i].op == LED_DEL)
			batch->items[i].vip->own_dels--;
		vip_retry(nd, batch->items[i].vip, mono_us() + RETRY_US);
	}
	batch->cnt = 0;
}

/*
 * What is wanted first, then what has to go, then the leases. Routes and
 * rules come after the addresses and go before them.
 */
static void
batch_fill(struct netlinkd *nd)
{
	struct batch	*batch = &nd->batch;
	struct vip	*vip;
	int		 queue;

	if (!robj_fill(nd, ROBJQ_RULE_DEL, ROBJQ_ROUTE_DEL))
		return;
	for (queue = VIPQ_ADD; queue < VIPQ_CNT; queue++) {
		/* Room for two: an address may be removed and added. */
		while (batch->cnt + 2 <= BATCH_MSGS && batch->len +
		    2 * BATCH_MSG_MAX <= sizeof(batch->buf)) {
			vip = vip_next(nd, (enum vip_queue)queue);
			if (vip == NULL)
				break;
			if (!batch_vip(nd, vip, queue == VIPQ_REFRESH))
				vip_retry(nd, vip, mono_us() + RETRY_US);
		}
		if (queue == VIPQ_ADD && (!TAILQ_EMPTY(&nd->ring[VIPQ_ADD]) ||
		    !robj_fill(nd, ROBJQ_ROUTE_ADD, ROBJQ_GONE)))
			return;
	}
}

/* Things may have changed since it was queued. false: out of memory. */
static bool
batch_vip(struct netlinkd *nd, struct vip *vip, bool refresh)
{
	const struct link	*link;
	const struct linkaddr	*entry;
	struct led_fact		 fact;
	enum led_op		 op;

	vip_facts(nd, vip, &fact);
	op = led_decide(&fact);
	link = vip_link(nd, vip);
	if (link == NULL || (op == LED_NONE && vip->conf == NULL)) {
		vip_check(nd, vip);
		return (true);
	}
	entry = vip_entry(link, vip);
	/*
	 * The kernel would give the prefix route of the interface's own
	 * address, which may come and go, the lifetime of the lease. For a
	 * /128 it is of no use.
	 */
	vip->noprefixroute = vip->addr.family == AF_INET6 &&
	    vip->inst->lease_s != 0 && (vip->addr.plen == 128 ||
	    addr_in_prefix(link, &vip->addr, 0));
	if (op == LED_NONE)
		return (!refresh || !fact.wanted || !fact.ours ||
		    batch_add(nd, vip, link->ifindex, true));
	if (op != LED_ADD && addr_takes_others(link, entry)) {
		sysctl_base(nd, link, true);
		nd->promoted = true;
	}
	if (op != LED_ADD && !batch_del(nd, vip, entry, link->ifindex))
		return (false);
	if (op == LED_DEL)
		return (true);
	return (batch_add(nd, vip, link->ifindex, false));
}

static bool
batch_add(struct netlinkd *nd, struct vip *vip, uint32_t ifindex,
    bool refresh)
{
	struct batch		*batch = &nd->batch;
	struct batch_item	*item = &batch->items[batch->cnt];
	size_t			 len;

	len = message_add(vip, ifindex, batch->seq + batch->cnt,
	    batch->buf + batch->len, sizeof(batch->buf) - batch->len);
	if (len == 0)
		return (false);
	memset(item, 0, sizeof(*item));
	item->vip = vip;
	item->ifindex = ifindex;
	item->op = LED_ADD;
	item->refresh = refresh;
	led_lifetimes(vip->conf, vip->inst->lease_s, &vip->valid_s,
	    &vip->preferred_s);
	batch->len += len;
	batch->cnt++;
	vip->busy = true;
	return (true);
}

static bool
batch_del(struct netlinkd *nd, struct vip *vip, const struct linkaddr *entry,
    uint32_t ifindex)
{
	struct batch		*batch = &nd->batch;
	struct batch_item	*item = &batch->items[batch->cnt];
	size_t			 len;

	len = message_del(entry, ifindex, batch->seq + batch->cnt,
	    batch->buf + batch->len, sizeof(batch->buf) - batch->len);
	if (len == 0)
		return (false);
	memset(item, 0, sizeof(*item));
	item->vip = vip;
	item->addr = entry->addr;
	item->ifindex = ifindex;
	item->op = LED_DEL;
	batch->len += len;
	batch->cnt++;
	vip->busy = true;
	vip->own_dels++;
	return (true);
}

void
batch_message(void *arg, const struct nlmsghdr *nlh)
{
	struct netlinkd	*nd = arg;
	struct batch	*batch = &nd->batch;
	uint32_t	 idx;
	int32_t		 error;

	if (nlh->nlmsg_type != NLMSG_ERROR ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(error)))
		return;
	idx = nlh->nlmsg_seq - batch->seq;
	if (idx >= batch->cnt || batch->items[idx].done)
		return;
	memcpy(&error, nlmsg_data(nlh), sizeof(error));
	batch->items[idx].done = true;
	batch->answered++;
	if (batch->items[idx].robj != NULL)
		robj_answer(nd, &batch->items[idx], -error);
	else if (batch->items[idx].vip != NULL)
		batch_answer(nd, &batch->items[idx], -error);
}

static void
batch_answer(struct netlinkd *nd, struct batch_item *item, int error)
{
	if (item->op == LED_DEL)
		answer_del(nd, item, error);
	else
		answer_add(nd, item, error);
}

static void
answer_add(struct netlinkd *nd, struct batch_item *item, int error)
{
	struct vip	*vip = item->vip;
	struct link	*link;
	struct linkaddr	*ifa;

	/* Equal, or the replace would have been refused for another reason. */
	if (error == EEXIST)
		error = 0;
	if (error != 0) {
		vip->inst->result.refresh_failed += item->refresh;
		batch_failed(vip, error);
		vip_retry(nd, vip, mono_us() + RETRY_US);
		return;
	}
	vip->inst->result.refreshes += item->refresh;
	vip->error = 0;
	if ((link = link_by_index(nd, item->ifindex)) == NULL)
		return;
	if (vip->conf == NULL) {	/* became an orphan meanwhile */
		addr_added(nd, link, &vip->addr, &vip->peer, 0)->mine = true;
		return;
	}
	vip->dad = vip->addr.family == AF_INET6 && !item->refresh &&
	    (vip->conf->flags & VIP_F_DAD);
	if (!item->refresh || addr_find(link, &vip->addr) == NULL) {
		ifa = addr_added(nd, link, &vip->addr, &vip->peer,
		    vip->dad ? IFA_F_TENTATIVE : 0);
		ifa->mine = true;
		robj_doubt(nd, false);
		vip->stale = false;
		item->installed = !vip->dad;
	}
	if (vip->lost) {
		vip->lost = false;
		vip->fights = led_fights(mono_us(), vip->put_us, vip->fights);
		vip->put_us = mono_us();
		vip->inst->restored++;
	}
}

static void
answer_del(struct netlinkd *nd, struct batch_item *item, int error)
{
	struct vip	*vip = item->vip;
	struct link	*link;
	struct linkaddr	*ifa;

	if (error != 0 && vip->own_dels > 0)
		vip->own_dels--;	/* no event will come */
	if (error != 0 && error != EADDRNOTAVAIL && error != ESRCH &&
	    error != ENODEV) {
		batch_failed(vip, error);
		vip_retry(nd, vip, mono_us() + RETRY_US);
		vip->held = true;
		return;
	}
	vip->dad = vip->fresh = vip->lost = false;
	robj_doubt(nd, true);
	if ((link = link_by_index(nd, item->ifindex)) != NULL &&
	    (ifa = addr_find(link, &item->addr)) != NULL)
		addr_forget(link, ifa);
}

static void
batch_failed(struct vip *vip, int error)
{
	char		 addr[VADDR_STRLEN];
	uint32_t	 missed;

	vip->error = error;
	if (!log_limit_ok(&vip->limit, mono_us(), FAILED_LOG_US, &missed))
		return;
	errno = error;
	log_warn("%s: %s", vip->conf != NULL ? vip->conf->ifname :
	    "interface", vaddr_print_plen(&vip->addr, addr, sizeof(addr)));
}

void
batch_finish(struct netlinkd *nd)
{
	struct batch	*batch = &nd->batch;

	if (batch->cnt == 0 || batch->answered < batch->cnt)
		return;
	batch_release(nd);
	/* Announce before the kernel is given more to do. */
	vip_tell_fresh(nd);
	batch_next(nd);
	nld_rearm(nd);
}

void
batch_lost(struct netlinkd *nd)
{
	if (nd->batch.cnt != 0)
		batch_release(nd);
}

static void
batch_release(struct netlinkd *nd)
{
	struct batch_item	*item;
	struct vip		*vip;
	uint32_t		 i, cnt;

	cnt = nd->batch.cnt;
	nd->batch.cnt = 0;
	if (nd->promoted)
		sysctl_sweep(nd, false);
	nd->promoted = false;
	for (i = 0; i < cnt; i++) {
		if ((vip = nd->batch.items[i].vip) != NULL)
			vip->busy = false;
	}
	for (i = 0; i < cnt; i++) {
		item = &nd->batch.items[i];
		if (item->robj != NULL)
			robj_release(nd, item);
		if ((vip = item->vip) == NULL)
			continue;
		if (item->installed)
			vip->fresh = true;
		vip_fresh(nd, vip->inst);
		if (vip->doubt && vip->conf != NULL && vip->inst->wanted)
			vip_enqueue(nd, vip, VIPQ_REFRESH);
		vip->doubt = false;
		vip_check(nd, vip);
	}
}

void
batch_replace(struct netlinkd *nd, const struct vip *old, struct vip *new)
{
	uint32_t	 i;

	for (i = 0; i < nd->batch.cnt; i++) {
		if (nd->batch.items[i].vip == old)
			nd->batch.items[i].vip = new;
	}
}

void
batch_flush(struct netlinkd *nd)
{
	for (;;) {
		batch_next(nd);
		if (nd->batch.cnt == 0)
			return;
		if (chan_read(&nd->commands, true, batch_message, nd) == -1) {
			log_warn("netlink: no answer");
			batch_lost(nd);
			return;
		}
		if (nd->batch.answered == nd->batch.cnt)
			batch_release(nd);
	}
}
