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
 * The links of this namespace, and the slots: interface names that the
 * configuration uses.
 * Runs in: parent.
 */

#include <net/if.h>
#include <net/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>
#include <netlink/attr.h>

#include "internal.h"

static void	 link_delete(struct netlinkd *, uint32_t);
static void	 link_update(struct netlinkd *, struct link *,
		    const struct ifinfomsg *, struct nlattr **);
static void	 link_rename(struct netlinkd *, struct link *, const char *);
static void	 slot_bind(struct netlinkd *, struct slot *, struct link *);
static enum conf_make make_of(struct nlattr *);
static bool	 works(uint32_t);
static bool	 is_vrf(struct nlattr *);
static uint32_t	 flags_of(const struct ifinfomsg *);
static int	 link_cmp(const struct link *, const struct link *);
static int	 slot_cmp_name(const struct slot *, const struct slot *);
static int	 slot_cmp_id(const struct slot *, const struct slot *);
static bool	 slot_renew(struct netlinkd *, struct slot *);

RB_GENERATE(link_tree, link, node, link_cmp)
RB_GENERATE(slot_names, slot, by_name, slot_cmp_name)
RB_GENERATE(slot_ids, slot, by_id, slot_cmp_id)

/* RTM_NEWLINK, RTM_DELLINK, from an event or a dump. */
void
link_message(struct netlinkd *nd, const struct nlmsghdr *nlh)
{
	static const struct nla_policy policy[IFLA_MAX + 1] = {
		[IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
		[IFLA_MTU] = { .type = NLA_U32 },
		[IFLA_QDISC] = { .type = NLA_STRING },
		[IFLA_IFALIAS] = { .type = NLA_STRING },
		[IFLA_LINKINFO] = { .type = NLA_NESTED },
	};
	struct nlattr		*tb[IFLA_MAX + 1];
	struct ifinfomsg	 ifi;
	struct link		*link;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return;
	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(ifi)))
		return;
	memcpy(&ifi, nlmsg_data(nlh), sizeof(ifi));
	/* A bridge tells of its ports in messages of the same types. */
	if (ifi.ifi_family != AF_UNSPEC || ifi.ifi_index <= 0)
		return;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		link_delete(nd, (uint32_t)ifi.ifi_index);
		return;
	}
	if (nlmsg_parse((struct nlmsghdr *)(uintptr_t)nlh, sizeof(ifi), tb,
	    IFLA_MAX, policy) < 0 || tb[IFLA_IFNAME] == NULL)
		return;
	link = link_by_index(nd, (uint32_t)ifi.ifi_index);
	if (link == NULL) {
		if ((link = calloc(1, sizeof(*link))) == NULL)
			fatal("link");
		link->ifindex = (uint32_t)ifi.ifi_index;
		/* There is no event when it changes. */
		link->mute = tb[IFLA_QDISC] != NULL &&
		    nla_strcmp(tb[IFLA_QDISC], MADE_MUTE) == 0;
		RB_INIT(&link->addrs);
		RB_INSERT(link_tree, &nd->links, link);
	}
	link->seen = true;
	link_update(nd, link, &ifi, tb);
}

static void
link_update(struct netlinkd *nd, struct link *link,
    const struct ifinfomsg *ifi, struct nlattr **tb)
{
	char		 name[IF_NAME_LEN];
	uint8_t		 mac[sizeof(link->mac)];
	uint32_t	 flags;
	bool		 was_up, was_running;

	(void)nla_strlcpy(name, tb[IFLA_IFNAME], sizeof(name));
	was_up = link->flags & LINK_F_UP;
	was_running = works(link->flags);
	flags = flags_of(ifi);
	if (tb[IFLA_MASTER] != NULL && !is_vrf(tb[IFLA_LINKINFO]))
		flags |= LINK_F_PORT;
	if (link->flags != flags)
		robj_doubt(nd, true);
	link->flags = flags;
	nd->made_due = true;
	link->base = 0;
	(void)chan_attr(tb[IFLA_LINK], &link->base, sizeof(link->base));
	link->make = (uint8_t)make_of(tb[IFLA_LINKINFO]);
	/* The event of its making is older than the mark, which has none
	 * while the link is down. */
	link->marked = link->ours || (tb[IFLA_IFALIAS] != NULL &&
	    nla_strcmp(tb[IFLA_IFALIAS], MADE_MARK) == 0);
	(void)chan_attr(tb[IFLA_MTU], &link->mtu, sizeof(link->mtu));
	memcpy(mac, link->mac, sizeof(mac));
	if (!chan_attr(tb[IFLA_ADDRESS], link->mac, sizeof(link->mac)))
		memset(link->mac, 0, sizeof(link->mac));
	if (strcmp(link->name, name) != 0)
		link_rename(nd, link, name);
	if (link->slot == NULL)
		return;
	slot_touch(nd, link->slot);
	/* What is wanted there can be put on now. */
	if (!was_up && (flags & LINK_F_UP) && !nd->dumping)
		vip_check_slot(nd, link->slot->id);
	/* The neighbours know the old one, or have heard nothing. */
	if (memcmp(mac, link->mac, sizeof(mac)) != 0 ||
	    (!was_running && works(flags)))
		vip_refresh_slot(nd, link->slot->id);
}

static bool
works(uint32_t flags)
{
	return ((flags & LINK_F_UP) && (flags & LINK_F_RUNNING));
}

/* Is it like those that we make? */
static enum conf_make
make_of(struct nlattr *info)
{
	static const struct nla_policy policy[IFLA_INFO_MAX + 1] = {
		[IFLA_INFO_KIND] = { .type = NLA_STRING },
		[IFLA_INFO_DATA] = { .type = NLA_NESTED },
	};
	struct nlattr	*tb[IFLA_INFO_MAX + 1], *mode;
	uint32_t	 value;

	if (info == NULL || nla_parse_nested(tb, IFLA_INFO_MAX, info,
	    policy) < 0 || tb[IFLA_INFO_KIND] == NULL ||
	    tb[IFLA_INFO_DATA] == NULL)
		return (CONF_MAKE_NONE);
	if (nla_strcmp(tb[IFLA_INFO_KIND], "ipvlan") == 0)
		return (CONF_MAKE_IPVLAN);
	mode = nla_find(nla_data(tb[IFLA_INFO_DATA]),
	    nla_len(tb[IFLA_INFO_DATA]), IFLA_MACVLAN_MODE);
	if (nla_strcmp(tb[IFLA_INFO_KIND], "macvlan") != 0 ||
	    !chan_attr(mode, &value, sizeof(value)) ||
	    value != MACVLAN_MODE_PRIVATE)
		return (CONF_MAKE_NONE);
	return (CONF_MAKE_MACVLAN);
}

/* Is what it belongs to only a routing table? */
static bool
is_vrf(struct nlattr *info)
{
	struct nlattr	*kind;

	kind = info == NULL ? NULL : nla_find(nla_data(info), nla_len(info),
	    IFLA_INFO_SLAVE_KIND);
	return (kind != NULL && nla_len(kind) == sizeof("vrf") &&
	    memcmp(nla_data(kind), "vrf", sizeof("vrf")) == 0);
}

static uint32_t
flags_of(const struct ifinfomsg *ifi)
{
	uint32_t	 flags;

	flags = LINK_F_EXISTS;
	if (ifi->ifi_flags & IFF_UP)
		flags |= LINK_F_UP;
	if (ifi->ifi_flags & IFF_RUNNING)
		flags |= LINK_F_RUNNING;
	if (ifi->ifi_flags & IFF_LOOPBACK)
		flags |= LINK_F_LOOPBACK;
	if (ifi->ifi_flags & IFF_MULTICAST)
		flags |= LINK_F_MULTICAST;
	/* Our announcements are Ethernet frames. */
	if ((ifi->ifi_flags & IFF_NOARP) || ifi->ifi_type != ARPHRD_ETHER)
		flags |= LINK_F_NOARP;
	return (flags);
}

static void
link_rename(struct netlinkd *nd, struct link *link, const char *name)
{
	struct slot	 key, *slot;
	struct linkaddr	*ifa;

	if (link->slot != NULL) {
		slot_bind(nd, link->slot, NULL);
		/* They are wanted on the name that it had. */
		RB_FOREACH(ifa, ifaddr_tree, &link->addrs) {
			if (ifa->mine && vip_orphan(nd, link, ifa) == -1)
				log_warn("%s: addresses of %s", name,
				    link->name);
		}
		robj_orphan(nd, link);
	}
	(void)strlcpy(link->name, name, sizeof(link->name));
	memset(&key, 0, sizeof(key));
	(void)strlcpy(key.name, name, sizeof(key.name));
	if ((slot = RB_FIND(slot_names, &nd->slot_names, &key)) != NULL)
		slot_bind(nd, slot, link);
}

/* The name belongs to this link from now on, or (NULL) to none. */
static void
slot_bind(struct netlinkd *nd, struct slot *slot, struct link *link)
{
	if (slot->link != NULL) {
		slot->link->slot = NULL;
		nd->saved_doubt = true;
	}
	slot->link = link;
	if (link != NULL)
		link->slot = slot;
	slot_touch(nd, slot);
	robj_doubt(nd, true);
	if (!nd->dumping)
		vip_check_slot(nd, slot->id);
}

static void
link_delete(struct netlinkd *nd, uint32_t ifindex)
{
	struct link	*link;

	if ((link = link_by_index(nd, ifindex)) != NULL)
		link_forget(nd, link);
}

void
link_forget(struct netlinkd *nd, struct link *link)
{
	struct linkaddr	*ifa;

	nd->made_due = true;
	if (link->slot != NULL)
		slot_bind(nd, link->slot, NULL);
	while ((ifa = RB_ROOT(&link->addrs)) != NULL)
		addr_forget(link, ifa);
	RB_REMOVE(link_tree, &nd->links, link);
	free(link);
}

struct link *
link_by_index(const struct netlinkd *nd, uint32_t ifindex)
{
	struct link_tree	 links;
	struct link		 key;

	links = nd->links;	/* RB_FIND takes no const head */
	key.ifindex = ifindex;
	return (RB_FIND(link_tree, &links, &key));
}

/* 0 also when it is known already; -1 without memory. */
int
slot_add(struct netlinkd *nd, const struct conf_iface *iface)
{
	struct slot	*slot;
	struct link	*link;

	if (slot_by_id(nd, iface->id) != NULL)
		return (0);
	if ((slot = calloc(1, sizeof(*slot))) == NULL)
		return (-1);
	slot->id = iface->id;
	slot->made = *iface;
	(void)strlcpy(slot->name, iface->name, sizeof(slot->name));
	if (RB_INSERT(slot_ids, &nd->slot_ids, slot) != NULL ||
	    RB_INSERT(slot_names, &nd->slot_names, slot) != NULL)
		fatalx("two slots of one name");
	RB_FOREACH(link, link_tree, &nd->links) {
		if (strcmp(link->name, slot->name) == 0) {
			slot_bind(nd, slot, link);
			break;
		}
	}
	(void)slot_renew(nd, slot);	/* whoever added it looks itself */
	return (0);
}

/* Forgets the names that are not used any more. The others are looked at
 * again: what is a VIP decides what is a source. */
void
slot_conf(struct netlinkd *nd, const struct conf *conf)
{
	const struct conf_iface	*iface;
	struct slot		*slot, *next;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if ((slot = slot_by_id(nd, iface->id)) == NULL)
			continue;
		slot->in_conf = true;
		slot->made = *iface;
	}
	RB_FOREACH_SAFE(slot, slot_ids, &nd->slot_ids, next) {
		if (slot->in_conf)
			slot_touch(nd, slot);
		else
			slot_free(nd, slot);
	}
	RB_FOREACH(slot, slot_ids, &nd->slot_ids)
		slot->in_conf = false;
}

void
slot_free(struct netlinkd *nd, struct slot *slot)
{
	if (slot->is_changed)
		TAILQ_REMOVE(&nd->changed, slot, changed);
	if (slot->link != NULL)
		slot->link->slot = NULL;
	RB_REMOVE(slot_ids, &nd->slot_ids, slot);
	RB_REMOVE(slot_names, &nd->slot_names, slot);
	free(slot);
}

struct slot *
slot_by_id(const struct netlinkd *nd, uint32_t id)
{
	struct slot_ids	 ids;
	struct slot	 key;

	ids = nd->slot_ids;
	key.id = id;
	return (RB_FIND(slot_ids, &ids, &key));
}

bool
slot_is_made(const struct netlinkd *nd, uint32_t id)
{
	const struct slot	*slot = slot_by_id(nd, id);

	return (slot != NULL && slot->made.make != CONF_MAKE_NONE);
}

void
slot_touch(struct netlinkd *nd, struct slot *slot)
{
	if (slot->is_changed)
		return;
	slot->is_changed = true;
	TAILQ_INSERT_TAIL(&nd->changed, slot, changed);
}

/* Computes what is known of it; true when that has changed. */
static bool
slot_renew(struct netlinkd *nd, struct slot *slot)
{
	struct link_info	 info;

	if (slot->is_changed)
		TAILQ_REMOVE(&nd->changed, slot, changed);
	slot->is_changed = false;
	memset(&info, 0, sizeof(info));
	if (slot->link != NULL) {
		info.ifindex = slot->link->ifindex;
		info.flags = slot->link->flags;
		if (slot->beat_down)
			info.flags &= ~LINK_F_RUNNING;
		info.mtu = slot->link->mtu;
		memcpy(info.mac, slot->link->mac, sizeof(info.mac));
		addr_source(nd, slot, &info);
	}
	/* Both were zeroed, so padding does not differ. */
	if (memcmp(&info, &slot->info, sizeof(info)) == 0)
		return (false);
	memcpy(&slot->info, &info, sizeof(info));
	return (true);
}

void
slot_renew_all(struct netlinkd *nd)
{
	struct slot	*slot;
	bool		 sources;

	while ((slot = TAILQ_FIRST(&nd->changed)) != NULL) {
		sources = slot->sources;
		slot->sources = false;
		if (slot_renew(nd, slot) || sources)
			nd->ops->link(nd->arg, slot->id, &slot->info);
	}
}

static int
link_cmp(const struct link *a, const struct link *b)
{
	return ((a->ifindex > b->ifindex) - (a->ifindex < b->ifindex));
}

static int
slot_cmp_name(const struct slot *a, const struct slot *b)
{
	return (strcmp(a->name, b->name));
}

static int
slot_cmp_id(const struct slot *a, const struct slot *b)
{
	return ((a->id > b->id) - (a->id < b->id));
}
