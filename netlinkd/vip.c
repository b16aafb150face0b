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
 * The addresses of the configuration: what is to be done about each, in which
 * order, and what the parent is told.
 * Runs in: parent.
 */

#include <linux/if_addr.h>

#include <errno.h>
#include <string.h>

#include "internal.h"
#include "mono.h"

#define FOUGHT_LOG_US	(60 * US_PER_SEC)

static size_t	 vip_collect_fresh(struct vinst *, struct vip **,
		    const struct conf_vip **, size_t);
static int	 vip_cmp(const struct vip *, const struct vip *);
static void	 vip_tell(struct netlinkd *, struct vinst *);

RB_GENERATE(vip_tree, vip, node, vip_cmp)

struct link *
vip_link(const struct netlinkd *nd, const struct vip *vip)
{
	struct slot	*slot;

	if (vip->conf == NULL)
		return (link_by_index(nd, vip->ifindex));
	slot = slot_by_id(nd, vip->slot);
	return (slot != NULL ? slot->link : NULL);
}

/* For IPv6 the kernel knows one object of an address, for IPv4 one of each
 * prefix length. */
struct linkaddr *
vip_entry(const struct link *link, const struct vip *vip)
{
	struct linkaddr	*ifa;

	ifa = addr_find(link, &vip->addr);
	if (ifa == NULL && vip->addr.family == AF_INET6)
		ifa = addr_find_any(link, &vip->addr, true);
	return (ifa);
}

void
vip_facts(const struct netlinkd *nd, const struct vip *vip,
    struct led_fact *fact)
{
	const struct link	*link;
	const struct linkaddr	*ifa;

	memset(fact, 0, sizeof(*fact));
	fact->wanted = vip->conf != NULL && vip->inst->wanted &&
	    (!vip->filter || netlinkd_filter_ok(nd));
	fact->owner = vip->inst->owner;
	fact->ipv6 = vip->addr.family == AF_INET6;
	if ((link = vip_link(nd, vip)) == NULL)
		return;
	/* An IPv6 address would not last while it is down. */
	fact->link_up = (link->flags & LINK_F_UP) ||
	    vip->addr.family == AF_INET;
	if ((ifa = vip_entry(link, vip)) != NULL) {
		fact->present = true;
		fact->ours = ifa->mine || vip->conf == NULL;
		fact->same = !vip->stale && ifa->addr.plen == vip->addr.plen;
	}
	fact->covered = addr_find_any(link, &vip->addr, false) != NULL;
}

/* While it is under way nothing is decided: that is done with the answer.
 * Frees an orphan that is gone. */
void
vip_check(struct netlinkd *nd, struct vip *vip)
{
	struct led_fact	 fact;
	int64_t		 now_us, at_us;

	if (vip->busy || vip->held)
		return;
	vip_facts(nd, vip, &fact);
	switch (led_decide(&fact)) {
	case LED_DEL:
		vip_retry_cancel(nd, vip);
		vip_enqueue(nd, vip, VIPQ_DEL);
		break;
	case LED_NONE:
		vip_retry_cancel(nd, vip);
		if (vip->conf == NULL)
			vip_free(nd, vip);	/* its job is done */
		else if (vip->queue != VIPQ_REFRESH || !fact.wanted)
			vip_dequeue(nd, vip);
		break;
	case LED_ADD:
	case LED_READD:
		if (vip->retry_us != 0)
			break;
		now_us = mono_us();
		if (vip->lost && !lease_may_renew(nd, now_us)) {
			if (nd->hold_us > now_us)
				vip_retry(nd, vip, nd->hold_us);
			break;
		}
		at_us = now_us;
		if (vip->lost)
			at_us = led_fight_at(now_us, vip->put_us,
			    vip->fights);
		if (at_us > now_us)
			vip_retry(nd, vip, at_us);
		else
			vip_enqueue(nd, vip, VIPQ_ADD);
		break;
	}
}

void
vip_check_inst(struct netlinkd *nd, struct vinst *inst)
{
	struct vip	*vip, *next;

	TAILQ_FOREACH_SAFE(vip, &inst->vips, entry, next)
		vip_check(nd, vip);
}

/* The tree has the addresses of a slot side by side. */
void
vip_check_slot(struct netlinkd *nd, uint32_t slot)
{
	struct vip	 key, *vip;

	memset(&key, 0, sizeof(key));
	key.slot = slot;
	for (vip = RB_NFIND(vip_tree, &nd->vips, &key);
	    vip != NULL && vip->slot == slot;
	    vip = RB_NEXT(vip_tree, &nd->vips, vip)) {
		vip_check(nd, vip);
		if (vip->inst->wanted)
			vip_fresh(nd, vip->inst);
	}
}

/* What is there is announced once more. */
void
vip_refresh_slot(struct netlinkd *nd, uint32_t slot)
{
	struct led_fact	 fact;
	struct vip	 key, *vip;

	memset(&key, 0, sizeof(key));
	key.slot = slot;
	for (vip = RB_NFIND(vip_tree, &nd->vips, &key);
	    vip != NULL && vip->slot == slot;
	    vip = RB_NEXT(vip_tree, &nd->vips, vip)) {
		vip_facts(nd, vip, &fact);
		if (!fact.wanted || !led_installed(&fact) || vip->dad)
			continue;
		vip->fresh = true;
		vip_fresh(nd, vip->inst);
	}
}

void
vip_check_all(struct netlinkd *nd)
{
	struct vinst	*inst;
	struct vip	*vip;

	RB_FOREACH(vip, vip_tree, &nd->vips) {
		vip_check(nd, vip);
		vip_fresh(nd, vip->inst);
	}
	vip_check_inst(nd, &nd->orphanage);
	RB_FOREACH(inst, vinst_tree, &nd->insts)
		robj_check_inst(nd, inst);
	robj_check_inst(nd, &nd->orphanage);
}

void
vip_check_lifetimes(struct netlinkd *nd)
{
	struct vip	*vip;
	uint32_t	 valid_s, preferred_s;

	RB_FOREACH(vip, vip_tree, &nd->vips) {
		if (!vip->inst->wanted || vip->busy ||
		    vip->queue != VIPQ_NONE || vip->retry_us != 0)
			continue;
		led_lifetimes(vip->conf, vip->inst->lease_s, &valid_s,
		    &preferred_s);
		if (vip->valid_s != valid_s ||
		    vip->preferred_s != preferred_s)
			vip_enqueue(nd, vip, VIPQ_REFRESH);
	}
}

struct vip *
vip_find(const struct netlinkd *nd, uint32_t slot, const struct vaddr *addr)
{
	struct vip_tree	 tree;
	struct vip	 key;

	tree = nd->vips;
	key.slot = slot;
	key.addr = *addr;
	return (RB_FIND(vip_tree, &tree, &key));
}

void
vip_enqueue(struct netlinkd *nd, struct vip *vip, enum vip_queue queue)
{
	struct vinst	*inst = vip->inst;

	if (vip->queue == queue)
		return;
	vip_dequeue(nd, vip);
	vip->queue = queue;
	if (TAILQ_EMPTY(&inst->queue[queue]))
		TAILQ_INSERT_TAIL(&nd->ring[queue], inst, ring[queue]);
	TAILQ_INSERT_TAIL(&inst->queue[queue], vip, queued);
}

void
vip_dequeue(struct netlinkd *nd, struct vip *vip)
{
	struct vinst	*inst = vip->inst;
	enum vip_queue	 queue = vip->queue;

	if (queue == VIPQ_NONE)
		return;
	TAILQ_REMOVE(&inst->queue[queue], vip, queued);
	if (TAILQ_EMPTY(&inst->queue[queue]))
		TAILQ_REMOVE(&nd->ring[queue], inst, ring[queue]);
	vip->queue = VIPQ_NONE;
}

/* Takes the next one, one of each instance in turn. */
struct vip *
vip_next(struct netlinkd *nd, enum vip_queue queue)
{
	struct vinst	*inst;
	struct vip	*vip;

	if ((inst = TAILQ_FIRST(&nd->ring[queue])) == NULL)
		return (NULL);
	vip = TAILQ_FIRST(&inst->queue[queue]);
	vip_dequeue(nd, vip);
	if (!TAILQ_EMPTY(&inst->queue[queue])) {
		TAILQ_REMOVE(&nd->ring[queue], inst, ring[queue]);
		TAILQ_INSERT_TAIL(&nd->ring[queue], inst, ring[queue]);
	}
	return (vip);
}

/* Looks at it again then. The list is kept in order; most come last. */
void
vip_retry(struct netlinkd *nd, struct vip *vip, int64_t at_us)
{
	struct vip	*prev;

	vip_retry_cancel(nd, vip);
	vip->retry_us = at_us;
	TAILQ_FOREACH_REVERSE(prev, &nd->retries, vip_list, retry) {
		if (prev->retry_us <= at_us)
			break;
	}
	if (prev != NULL)
		TAILQ_INSERT_AFTER(&nd->retries, prev, vip, retry);
	else
		TAILQ_INSERT_HEAD(&nd->retries, vip, retry);
}

void
vip_retry_cancel(struct netlinkd *nd, struct vip *vip)
{
	vip->held = false;
	if (vip->retry_us == 0)
		return;
	TAILQ_REMOVE(&nd->retries, vip, retry);
	vip->retry_us = 0;
}

void
vip_vanished(struct netlinkd *nd, struct vip *vip)
{
	const struct link	*link;
	char			 addr[VADDR_STRLEN];
	uint32_t		 missed;
	int64_t			 now_us;

	vip->dad = vip->fresh = false;
	link = vip_link(nd, vip);
	if (vip->inst->wanted && link != NULL && (link->flags & LINK_F_UP) &&
	    !vip->busy) {
		now_us = mono_us();
		vip->lost = true;
		if (log_limit_ok(&vip->limit, now_us, FOUGHT_LOG_US, &missed))
			log_warnx("%s: %s was removed by someone else%s",
			    link->name, vaddr_print(&vip->addr, addr,
			    sizeof(addr)), lease_may_renew(nd, now_us) ?
			    ", putting it back" : " or its lease ran out");
	}
	vip_check(nd, vip);
	vip_fresh(nd, vip->inst);
}

void
vip_seen(struct netlinkd *nd, struct vip *vip, uint32_t flags)
{
	char	 addr[VADDR_STRLEN];

	if (!vip->dad || vip->busy)
		return;
	if (flags & IFA_F_DADFAILED) {
		vip->dad = false;
		vip->error = EADDRINUSE;
		log_warnx("%s: %s is in use on the link (DAD)",
		    vip->conf->ifname, vaddr_print(&vip->addr, addr,
		    sizeof(addr)));
	} else if (!(flags & IFA_F_TENTATIVE)) {
		vip->dad = false;
		vip->fresh = vip->inst->wanted;
	} else
		return;
	vip_fresh(nd, vip->inst);
}

/*
 * A VIP is no source: it moves away with the role. The real address of its
 * owner does not, and neither does one that is there with another prefix
 * length than the VIP would have.
 */
bool
vip_is_mine(const struct netlinkd *nd, const struct slot *slot,
    const struct linkaddr *ifa)
{
	const struct vip	*vip;

	vip = vip_find(nd, slot->id, &ifa->addr);
	if (ifa->mine)
		return (vip == NULL || vip->inst->id != VINST_STATIC);
	return (vip != NULL && !vip->inst->owner &&
	    vip->addr.plen == ifa->addr.plen);
}

/* Tells the sums when they have changed. */
static void
vip_tell(struct netlinkd *nd, struct vinst *inst)
{
	struct vip_result	 sum;
	struct led_fact		 fact;
	const struct vip	*vip;

	if (nd->quiet || inst->id == 0 || inst->id == VINST_STATIC)
		return;
	memset(&sum, 0, sizeof(sum));
	TAILQ_FOREACH(vip, &inst->vips, entry) {
		vip_facts(nd, vip, &fact);
		if (fact.wanted)
			sum.wanted++;
		if (led_installed(&fact) && !(vip->busy && !fact.wanted))
			sum.installed++;
		if (vip->error != 0 && fact.wanted) {
			sum.failed++;
			if (sum.first_errno == 0)
				sum.first_errno = vip->error;
		}
	}
	sum.restored = inst->restored;
	robj_sums(inst, &sum);
	sum.lease_s = inst->lease_s;
	netlinkd_lease_counts(nd, inst->id, &sum);	/* alone no news */
	if (memcmp(&sum, &inst->result, sizeof(sum)) == 0)
		return;
	memcpy(&inst->result, &sum, sizeof(sum));
	nd->ops->result(nd->arg, inst->id, &sum);
}

void
vip_fresh(struct netlinkd *nd, struct vinst *inst)
{
	if (inst->is_fresh || inst->id == 0)
		return;
	inst->is_fresh = true;
	TAILQ_INSERT_TAIL(&nd->fresh, inst, fresh);
}

void
vip_tell_fresh(struct netlinkd *nd)
{
	const struct conf_vip	*confs[BATCH_MSGS];
	struct vinst		*inst;
	struct vip		*vip;
	size_t			 cnt;

	if (nd->quiet)
		return;
	while ((inst = TAILQ_FIRST(&nd->fresh)) != NULL) {
		TAILQ_REMOVE(&nd->fresh, inst, fresh);
		inst->is_fresh = false;
		vip = TAILQ_FIRST(&inst->vips);
		while ((cnt = vip_collect_fresh(inst, &vip, confs,
		    BATCH_MSGS)) > 0)
			if (inst->id != VINST_STATIC)
				nd->ops->installed(nd->arg, inst->id, confs,
				    cnt);
		/* The sums cost a look at each address: once, at the end. */
		if (TAILQ_EMPTY(&inst->queue[VIPQ_ADD]) &&
		    TAILQ_EMPTY(&inst->queue[VIPQ_DEL]))
			vip_tell(nd, inst);
	}
}

static size_t
vip_collect_fresh(struct vinst *inst, struct vip **vip,
    const struct conf_vip **confs, size_t max)
{
	size_t	 cnt;

	for (cnt = 0; *vip != NULL && cnt < max;
	    *vip = TAILQ_NEXT(*vip, entry)) {
		if (!(*vip)->fresh)
			continue;
		(*vip)->fresh = false;
		if (inst->wanted)
			confs[cnt++] = (*vip)->conf;
	}
	return (cnt);
}

static int
vip_cmp(const struct vip *a, const struct vip *b)
{
	if (a->slot != b->slot)
		return (a->slot > b->slot ? 1 : -1);
	return (vaddr_cmp(&a->addr, &b->addr));
}
