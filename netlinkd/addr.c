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
 * The addresses of each link, and which of them may be a source.
 * Runs in: parent.
 */

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>
#include <netlink/attr.h>

#include "internal.h"
#include "mono.h"

/* An address as a message tells it. */
struct addr_event {
	struct vaddr	 addr;
	struct vaddr	 peer;
	uint32_t	 ifindex;
	uint32_t	 flags;
	uint32_t	 left_s;	/* of its lifetime; VIP_LFT_FOREVER */
	int64_t		 renewed_us;	/* last, by the kernel's clock */
	uint8_t		 proto;
};

static int	 addr_parse(const struct nlmsghdr *, struct addr_event *);
static void	 addr_appeared(struct netlinkd *, struct link *,
		    const struct addr_event *);
static void	 addr_vanished(struct netlinkd *, struct link *,
		    const struct addr_event *);
static void	 addr_order(struct netlinkd *, const struct link *);
static bool	 is_source(const struct netlinkd *, const struct slot *,
		    const struct linkaddr *);
static int	 ifaddr_cmp(const struct linkaddr *, const struct linkaddr *);

RB_GENERATE(ifaddr_tree, linkaddr, node, ifaddr_cmp)

/* RTM_NEWADDR, RTM_DELADDR, from an event or a dump. */
void
addr_message(struct netlinkd *nd, const struct nlmsghdr *nlh)
{
	struct addr_event	 event;
	struct link		*link;

	if (nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR)
		return;
	if (addr_parse(nlh, &event) == -1 ||
	    (link = link_by_index(nd, event.ifindex)) == NULL)
		return;
	if (nlh->nlmsg_type == RTM_NEWADDR)
		addr_appeared(nd, link, &event);
	else
		addr_vanished(nd, link, &event);
}

static int
addr_parse(const struct nlmsghdr *nlh, struct addr_event *event)
{
	struct nlattr		*tb[IFA_MAX + 1], *local;
	struct ifa_cacheinfo	 life;
	struct ifaddrmsg	 ifa;
	size_t			 len;

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(ifa)))
		return (-1);
	memcpy(&ifa, nlmsg_data(nlh), sizeof(ifa));
	if (ifa.ifa_family != AF_INET && ifa.ifa_family != AF_INET6)
		return (-1);
	if (nlmsg_parse((struct nlmsghdr *)(uintptr_t)nlh, sizeof(ifa), tb,
	    IFA_MAX, NULL) < 0)
		return (-1);
	len = ifa.ifa_family == AF_INET ? 4 : 16;
	local = tb[IFA_LOCAL] != NULL ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (local == NULL || nla_len(local) != (int)len ||
	    ifa.ifa_prefixlen > len * 8)
		return (-1);
	memset(event, 0, sizeof(*event));
	vaddr_from_bytes(&event->addr, ifa.ifa_family, nla_data(local));
	event->addr.plen = ifa.ifa_prefixlen;
	if (tb[IFA_LOCAL] != NULL && tb[IFA_ADDRESS] != NULL &&
	    nla_len(tb[IFA_ADDRESS]) == (int)len)
		vaddr_from_bytes(&event->peer, ifa.ifa_family,
		    nla_data(tb[IFA_ADDRESS]));
	/* IPv4 repeats the address when there is no peer. */
	if (vaddr_cmp(&event->peer, &event->addr) == 0)
		memset(&event->peer, 0, sizeof(event->peer));
	event->ifindex = ifa.ifa_index;
	if (!chan_attr(tb[IFA_FLAGS], &event->flags, sizeof(event->flags)))
		event->flags = ifa.ifa_flags;
	if (!chan_attr(tb[IFA_PROTO], &event->proto, sizeof(event->proto)))
		event->proto = 0;
	event->left_s = VIP_LFT_FOREVER;
	if (chan_attr(tb[IFA_CACHEINFO], &life, sizeof(life))) {
		event->left_s = life.ifa_valid;
		event->renewed_us = life.tstamp * (10 * US_PER_MS);
	}
	return (0);
}

/*
 * Events come later than the answers to our own commands. While a removal of
 * ours is still to be seen here, what the answers said is newer.
 */
static void
addr_appeared(struct netlinkd *nd, struct link *link,
    const struct addr_event *event)
{
	struct linkaddr	*ifa;
	struct vip	*vip;
	bool		 mine, same;

	vip = link->slot == NULL ? NULL :
	    vip_find(nd, link->slot->id, &event->addr);
	if (vip != NULL && vip->own_dels > 0 &&
	    vip->addr.plen == event->addr.plen)
		return;
	ifa = addr_find(link, &event->addr);
	same = ifa != NULL && ifa->flags == event->flags;
	if (!same)
		robj_doubt(nd, false);
	ifa = addr_added(nd, link, &event->addr, &event->peer, event->flags);
	mine = ifa->mine;
	if (event->proto == VRRPD_IFAPROTO)
		ifa->mine = true;
	else if (event->proto != 0)
		ifa->mine = false;
	ifa->seen = true;
	ifa->left_s = event->left_s;
	ifa->renewed_us = event->renewed_us;
	ifa->seen_us = mono_us();
	if (link->slot == NULL)
		return;
	if (vip != NULL)
		vip_seen(nd, vip, event->flags);
	if (!same && event->addr.family == AF_INET && event->addr.plen != 32)
		addr_order(nd, link);
	if (mine == ifa->mine && (same || ifa->mine))
		return;
	link->slot->sources = true;
	slot_touch(nd, link->slot);
}

/*
 * An own address that comes when a VIP of its prefix is there is secondary to
 * it: the kernel would prefer the VIP as a source, and remove both with it.
 * Added anew the VIP is the second one, as it is after a start.
 */
static void
addr_order(struct netlinkd *nd, const struct link *link)
{
	struct ifaddr_tree	 tree;
	struct linkaddr		*ifa;
	struct vip		*vip;

	tree = link->addrs;
	RB_FOREACH(ifa, ifaddr_tree, &tree) {
		if (!ifa->mine || ifa->addr.family != AF_INET ||
		    ifa->addr.plen == 32 || (ifa->flags & IFA_F_SECONDARY) ||
		    !addr_in_prefix(link, &ifa->addr, IFA_F_SECONDARY))
			continue;
		vip = vip_find(nd, link->slot->id, &ifa->addr);
		if (vip == NULL || vip->addr.plen != ifa->addr.plen)
			continue;
		vip->stale = true;
		vip_check(nd, vip);
	}
}

static void
addr_vanished(struct netlinkd *nd, struct link *link,
    const struct addr_event *event)
{
	struct linkaddr	*ifa;
	struct vip	*vip;

	vip = link->slot == NULL ? NULL :
	    vip_find(nd, link->slot->id, &event->addr);
	if (vip != NULL && vip->own_dels > 0 &&
	    vip->addr.plen == event->addr.plen) {
		vip->own_dels--;
		return;
	}
	if ((ifa = addr_find(link, &event->addr)) == NULL)
		return;
	if (link->slot != NULL && !ifa->mine) {
		link->slot->sources = true;
		slot_touch(nd, link->slot);
	}
	addr_forget(link, ifa);
	robj_doubt(nd, true);
	if (vip == NULL)
		return;
	/* Before or after our add? A removed primary takes others along. */
	vip->doubt = vip->busy;
	vip_vanished(nd, vip);
}

struct linkaddr *
addr_added(struct netlinkd *nd, struct link *link, const struct vaddr *addr,
    const struct vaddr *peer, uint32_t flags)
{
	struct linkaddr	*ifa;

	if ((ifa = addr_find(link, addr)) == NULL) {
		if ((ifa = calloc(1, sizeof(*ifa))) == NULL)
			fatal("address");
		ifa->addr = *addr;
		ifa->age = nd->age++;
		RB_INSERT(ifaddr_tree, &link->addrs, ifa);
	}
	/* The kernel puts one that it promotes behind the others. */
	if (ifa->flags & IFA_F_SECONDARY && !(flags & IFA_F_SECONDARY))
		ifa->age = nd->age++;
	ifa->peer = *peer;
	ifa->flags = flags;
	return (ifa);
}

void
addr_forget(struct link *link, struct linkaddr *ifa)
{
	RB_REMOVE(ifaddr_tree, &link->addrs, ifa);
	free(ifa);
}

struct linkaddr *
addr_find(const struct link *link, const struct vaddr *addr)
{
	struct ifaddr_tree	 tree;
	struct linkaddr		 key;

	tree = link->addrs;
	key.addr = *addr;
	return (RB_FIND(ifaddr_tree, &tree, &key));
}

struct linkaddr *
addr_find_any(const struct link *link, const struct vaddr *addr, bool mine)
{
	struct ifaddr_tree	 tree;
	struct linkaddr		 key, *ifa;

	tree = link->addrs;
	key.addr = *addr;
	key.addr.plen = 0;
	for (ifa = RB_NFIND(ifaddr_tree, &tree, &key);
	    ifa != NULL && vaddr_cmp(&ifa->addr, addr) == 0;
	    ifa = RB_NEXT(ifaddr_tree, &tree, ifa)) {
		if (ifa->mine == mine)
			return (ifa);
	}
	return (NULL);
}

/* Is there one of somebody else's in the same prefix, with this bit of the
 * flags or without? */
bool
addr_in_prefix(const struct link *link, const struct vaddr *addr,
    uint32_t secondary)
{
	struct ifaddr_tree	 tree;
	struct linkaddr		*ifa;

	tree = link->addrs;
	RB_FOREACH(ifa, ifaddr_tree, &tree) {
		if (!ifa->mine && ifa->addr.family == addr->family &&
		    ifa->addr.plen == addr->plen &&
		    (ifa->flags & IFA_F_SECONDARY) == secondary &&
		    vaddr_in_net(&ifa->addr, addr))
			return (true);
	}
	return (false);
}

/* Would the kernel remove others with it? What is known of them may be older
 * than our own last command. */
bool
addr_takes_others(const struct link *link, const struct linkaddr *ifa)
{
	struct ifaddr_tree	 tree;
	struct linkaddr		*other;

	if (ifa->addr.family != AF_INET || ifa->addr.plen == 32 ||
	    (ifa->flags & IFA_F_SECONDARY))
		return (false);
	tree = link->addrs;
	RB_FOREACH(other, ifaddr_tree, &tree) {
		if (other != ifa && other->addr.family == AF_INET &&
		    other->addr.plen == ifa->addr.plen &&
		    vaddr_in_net(&other->addr, &ifa->addr))
			return (true);
	}
	return (false);
}

/* Fills in the source addresses that instances there may use by default. */
void
addr_source(const struct netlinkd *nd, const struct slot *slot,
    struct link_info *info)
{
	const struct linkaddr	*first4, *first6;
	struct linkaddr		*ifa;
	bool			 tentative;

	first4 = first6 = NULL;
	tentative = false;
	RB_FOREACH(ifa, ifaddr_tree, &slot->link->addrs) {
		if (!is_source(nd, slot, ifa))
			continue;
		if (ifa->addr.family == AF_INET) {
			if (!(ifa->flags & IFA_F_SECONDARY &&
			    addr_in_prefix(slot->link, &ifa->addr, 0)) &&
			    (first4 == NULL || ifa->age < first4->age))
				first4 = ifa;
		} else if (!vaddr_is_linklocal(&ifa->addr)) {
			continue;
		} else if (ifa->flags & IFA_F_TENTATIVE) {
			tentative = true;
		} else if (first6 == NULL) {
			first6 = ifa;	/* the lowest; they have no order */
		}
	}
	if (first4 != NULL)
		info->primary4 = first4->addr;
	if (first6 != NULL)
		info->linklocal6 = first6->addr;
	else if (tentative)
		info->flags |= LINK_F_TENTATIVE;
}

/* The real address of its owner is one, though it is a VIP, too. */
static bool
is_source(const struct netlinkd *nd, const struct slot *slot,
    const struct linkaddr *ifa)
{
	if (ifa->flags & IFA_F_DADFAILED)
		return (false);
	return (!vip_is_mine(nd, slot, ifa));
}

bool
netlinkd_has_source(const struct netlinkd *nd, uint32_t id,
    const struct vaddr *addr, bool *tentative)
{
	struct ifaddr_tree	 tree;
	struct linkaddr		 key, *ifa;
	struct slot		*slot;

	*tentative = false;
	slot = slot_by_id(nd, id);
	if (slot == NULL || slot->link == NULL)
		return (false);
	tree = slot->link->addrs;
	key.addr = *addr;
	key.addr.plen = 0;
	for (ifa = RB_NFIND(ifaddr_tree, &tree, &key);
	    ifa != NULL && vaddr_cmp(&ifa->addr, addr) == 0;
	    ifa = RB_NEXT(ifaddr_tree, &tree, ifa)) {
		if (!is_source(nd, slot, ifa))
			continue;
		if (!(ifa->flags & IFA_F_TENTATIVE))
			return (true);
		*tentative = true;
	}
	return (false);
}

static int
ifaddr_cmp(const struct linkaddr *a, const struct linkaddr *b)
{
	return (vaddr_cmp_plen(&a->addr, &b->addr));
}
