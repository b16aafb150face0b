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
 * Interfaces: whether advertisements can leave and come. Runs in:
 * vrrpctl-doctor.
 */

#include <sys/socket.h>

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "doctor.h"

#define LINKS_MAX	65536
#define IP6_MTU_MIN	1280
#define IGMP_LEN	(256 * 1024)

static int	 on_link(struct nl_msg *, void *);
static void	 take_info(struct doc_link *, struct nlattr *);
static void	 take_bridge(struct doc_link *, struct nlattr *);
static void	 check_inst(struct doctor *, const struct snap_inst *);
static bool	 is_first(const struct doctor *, const struct snap_inst *);
static void	 check_mtu(struct doctor *, const struct snap_inst *,
		    const struct doc_link *);
static bool	 is_member(const char *, const char *, const struct vaddr *);
static bool	 is_member6(const char *, const char *, const struct vaddr *);
static bool	 is_lame(const struct doc_link *);

void
links_read(struct doctor *d)
{
	struct rtgenmsg	 head;
	struct nl_sock	*nl;
	int		 error;

	memset(&head, 0, sizeof(head));
	head.rtgen_family = AF_UNSPEC;
	if ((nl = nl_socket_alloc()) == NULL)
		return;
	nl_socket_disable_auto_ack(nl);
	(void)nl_socket_modify_cb(nl, NL_CB_VALID, NL_CB_CUSTOM, on_link, d);
	error = nl_connect(nl, NETLINK_ROUTE);
	if (error == 0)
		error = nl_send_simple(nl, RTM_GETLINK, NLM_F_DUMP, &head,
		    sizeof(head));
	if (error >= 0)
		error = nl_recvmsgs_default(nl);
	nl_socket_free(nl);
	if (error < 0)
		doc_add(d, DOC_UNKNOWN, "interface", "", "the kernel does "
		    "not list its interfaces: %s", nl_geterror(error));
}

static int
on_link(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr		*nlh = nlmsg_hdr(msg);
	struct doctor		*d = arg;
	struct nlattr		*tb[IFLA_MAX + 1];
	struct ifinfomsg	*ifi;
	struct doc_link		*l;

	if (nlh->nlmsg_type != RTM_NEWLINK || d->link_cnt >= LINKS_MAX ||
	    nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0 ||
	    tb[IFLA_IFNAME] == NULL)
		return (NL_OK);
	l = reallocarray(d->links, d->link_cnt + 1, sizeof(*l));
	if (l == NULL)
		return (NL_OK);
	d->links = l;
	l += d->link_cnt++;
	memset(l, 0, sizeof(*l));
	ifi = nlmsg_data(nlh);
	l->index = (unsigned int)ifi->ifi_index;
	l->flags = ifi->ifi_flags;
	(void)nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
	if (tb[IFLA_MTU] != NULL)
		l->mtu = nla_get_u32(tb[IFLA_MTU]);
	if (tb[IFLA_MASTER] != NULL)
		l->master = nla_get_u32(tb[IFLA_MASTER]);
	if (tb[IFLA_LINK] != NULL && tb[IFLA_LINK_NETNSID] == NULL)
		l->base = nla_get_u32(tb[IFLA_LINK]);
	if (tb[IFLA_ADDRESS] != NULL && nla_len(tb[IFLA_ADDRESS]) == 6)
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), 6);
	if (tb[IFLA_LINKINFO] != NULL)
		take_info(l, tb[IFLA_LINKINFO]);
	return (NL_OK);
}

static void
take_info(struct doc_link *l, struct nlattr *info)
{
	struct nlattr	*tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) < 0 ||
	    tb[IFLA_INFO_KIND] == NULL)
		return;
	(void)nla_strlcpy(l->kind, tb[IFLA_INFO_KIND], sizeof(l->kind));
	l->bridge = strcmp(l->kind, "bridge") == 0;
	if (l->bridge && tb[IFLA_INFO_DATA] != NULL)
		take_bridge(l, tb[IFLA_INFO_DATA]);
}

static void
take_bridge(struct doc_link *l, struct nlattr *data)
{
	struct nlattr	*tb[IFLA_BR_MAX + 1];
	struct nlattr	*heard[BRIDGE_QUERIER_MAX + 1];

	if (nla_parse_nested(tb, IFLA_BR_MAX, data, NULL) < 0)
		return;
	if (tb[IFLA_BR_MCAST_SNOOPING] != NULL)
		l->snooping = nla_get_u8(tb[IFLA_BR_MCAST_SNOOPING]) != 0;
	if (tb[IFLA_BR_MCAST_QUERIER] != NULL)
		l->querier = nla_get_u8(tb[IFLA_BR_MCAST_QUERIER]) != 0;
	if (tb[IFLA_BR_MCAST_QUERIER_STATE] != NULL &&
	    nla_parse_nested(heard, BRIDGE_QUERIER_MAX,
	    tb[IFLA_BR_MCAST_QUERIER_STATE], NULL) == 0)
		l->querier_heard =
		    heard[BRIDGE_QUERIER_IP_OTHER_TIMER] != NULL ||
		    heard[BRIDGE_QUERIER_IPV6_OTHER_TIMER] != NULL;
}

void
check_links(struct doctor *d)
{
	const struct snap_inst	*i;

	SNAP_EACH(i, &d->snap.insts) {
		if (!doc_seen(d, i))
			check_inst(d, i);
	}
}

static void
check_inst(struct doctor *d, const struct snap_inst *i)
{
	const struct doc_link	*l = doc_link(d, i->inst.ifname);
	const char		*name = i->inst.ifname;

	if (l == NULL) {
		doc_add(d, DOC_ERROR, "interface", name, "there is no such "
		    "interface%s", d->same_netns ? "" :
		    " in this network namespace");
		doc_advice(d, "ip link show; correct \"interface\" of %s",
		    i->inst.name);
		return;
	}
	if ((l->flags & IFF_UP) == 0) {
		doc_add(d, DOC_ERROR, "interface", name, "is down");
		doc_advice(d, "ip link set %s up", name);
	} else if ((l->flags & (IFF_RUNNING | IFF_LOWER_UP)) !=
	    (IFF_RUNNING | IFF_LOWER_UP)) {
		doc_add(d, DOC_ERROR, "interface", name, "has no carrier");
		doc_advice(d, "look at the cable and the port of the switch");
	} else if (i->detail.peers == 0 && (l->flags & IFF_MULTICAST) == 0) {
		doc_add(d, DOC_ERROR, "interface", name,
		    "does not do multicast");
		doc_advice(d, "ip link set %s multicast on, or unicast_peer "
		    "in %s", name, i->inst.name);
	} else if ((l->flags & IFF_NOARP) != 0 &&
	    i->inst.family == AF_INET) {
		doc_add(d, DOC_ERROR, "interface", name, "does not do ARP: "
		    "nobody learns where the addresses are");
		doc_advice(d, "ip link set %s arp on", name);
	} else if (is_first(d, i))
		doc_add(d, DOC_OK, "interface", name, "is up");
	check_mtu(d, i, l);
}

static bool
is_first(const struct doctor *d, const struct snap_inst *i)
{
	const struct snap_inst	*other;

	SNAP_EACH(other, &d->snap.insts) {
		if (strcmp(other->inst.ifname, i->inst.ifname) == 0)
			return (other == i);
	}
	return (true);
}

static void
check_mtu(struct doctor *d, const struct snap_inst *i,
    const struct doc_link *l)
{
	const struct doc_plan	*plan = doc_plan(d, i->inst.name);
	const struct doc_link	*vmac = NULL;
	const struct ctl_vip	*vip;
	unsigned int		 need;
	bool			 six = i->inst.family == AF_INET6;

	need = six ? 40 + 8 : 20 + 8 + 8 + 24;
	SNAP_EACH(vip, &i->vips) {
		if (!vip->excluded)
			need += six ? 16 : 4;
	}
	if (plan != NULL && plan->vmac[0] != '\0')
		vmac = doc_link(d, plan->vmac);
	if (six && l->mtu < IP6_MTU_MIN) {
		doc_add(d, DOC_ERROR, "mtu", l->name, "%u is too little for "
		    "IPv6", l->mtu);
		doc_advice(d, "ip link set %s mtu %d", l->name, IP6_MTU_MIN);
	} else if (l->mtu < need) {
		doc_add(d, DOC_ERROR, "mtu", l->name, "%u is too little for "
		    "an advertisement of %s (%u bytes)", l->mtu,
		    i->inst.name, need);
		doc_advice(d, "ip link set %s mtu 1500, or fewer "
		    "virtual_ipaddress", l->name);
	} else if (vmac != NULL && vmac != l && vmac->mtu != l->mtu) {
		doc_add(d, DOC_WARNING, "mtu", vmac->name, "%u, but %s has "
		    "%u", vmac->mtu, l->name, l->mtu);
		doc_advice(d, "ip link set %s mtu %u", vmac->name, l->mtu);
	} else
		doc_add(d, DOC_OK, "mtu", l->name, "%u", l->mtu);
}

/* Have the groups been joined? Without that nothing is heard. */
void
check_groups(struct doctor *d)
{
	const struct snap_inst	*i;
	const struct doc_plan	*plan;
	struct vaddr		 group;
	char			*text, name[VADDR_STRLEN];
	bool			 six, in;

	if ((text = malloc(IGMP_LEN)) == NULL)
		return;
	SNAP_EACH(i, &d->snap.insts) {
		six = i->inst.family == AF_INET6;
		if (doc_seen(d, i) || i->detail.peers != 0 ||
		    i->inst.state == SHOW_FAULT || !d->same_netns ||
		    vaddr_parse(&group, six ? "ff02::12" : "224.0.0.18") ==
		    -1)
			continue;
		plan = doc_plan(d, i->inst.name);
		if (plan != NULL && plan->group.family == i->inst.family)
			group = plan->group;
		(void)vaddr_print(&group, name, sizeof(name));
		if (doc_read(six ? "/proc/net/igmp6" : "/proc/net/igmp",
		    text, IGMP_LEN) == -1) {
			doc_add(d, DOC_UNKNOWN, "membership", i->inst.ifname,
			    "the kernel does not list groups");
			continue;
		}
		in = six ? is_member6(text, i->inst.ifname, &group) :
		    is_member(text, i->inst.ifname, &group);
		if (!in && plan != NULL && plan->vmac[0] != '\0')
			in = six ? is_member6(text, plan->vmac, &group) :
			    is_member(text, plan->vmac, &group);
		if (in) {
			doc_add(d, DOC_OK, "membership", i->inst.ifname,
			    "%s is joined", name);
			continue;
		}
		doc_add(d, plan != NULL ? DOC_ERROR : DOC_WARNING,
		    "membership", i->inst.ifname, "%s is not joined: other "
		    "routers are not heard%s", name, plan != NULL ? "" :
		    ", if this is the group");
		doc_advice(d, "vrrpctl reload, then look again; see the log");
	}
	free(text);
}

/* A line for the interface, then one for each of its groups. */
static bool
is_member(const char *text, const char *ifname, const struct vaddr *group)
{
	char		 want[16], dev[32], word[16];
	const char	*line = text;
	uint32_t	 number;
	bool		 here = false;

	memcpy(&number, group->bytes, sizeof(number));
	(void)snprintf(want, sizeof(want), "%08X", number);
	for (; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (*line != '\t' && sscanf(line, "%*u %31s", dev) == 1)
			here = strcmp(dev, ifname) == 0;
		else if (here && sscanf(line, " %15s", word) == 1 &&
		    strcmp(word, want) == 0)
			return (true);
	}
	return (false);
}

static bool
is_member6(const char *text, const char *ifname, const struct vaddr *group)
{
	char		 want[33], dev[32], word[64];
	const char	*line = text;
	size_t		 n;

	for (n = 0; n < sizeof(group->bytes); n++)
		(void)snprintf(want + n * 2, 3, "%02x", group->bytes[n]);
	for (; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (sscanf(line, "%*u %31s %63s", dev, word) == 2 &&
		    strcmp(dev, ifname) == 0 && strcmp(word, want) == 0)
			return (true);
	}
	return (false);
}

/* A bridge that looks at who wants what, where nobody ever asks. */
static bool
is_lame(const struct doc_link *l)
{
	return (l != NULL && l->bridge && l->snooping && !l->querier &&
	    !l->querier_heard);
}

void
check_bridges(struct doctor *d)
{
	const struct snap_inst	*i;
	const struct doc_link	*l, *base, *lame;

	SNAP_EACH(i, &d->snap.insts) {
		l = doc_link(d, i->inst.ifname);
		if (doc_seen(d, i) || i->detail.peers != 0 || l == NULL)
			continue;
		base = doc_link_by_index(d, l->base);
		lame = is_lame(l) ? l : is_lame(base) ? base : NULL;
		if (lame == NULL)
			lame = doc_link_by_index(d, l->master);
		if (!is_lame(lame) && base != NULL)
			lame = doc_link_by_index(d, base->master);
		if (!is_lame(lame))
			continue;
		doc_add(d, DOC_WARNING, "snooping", lame->name, "has IGMP and "
		    "MLD snooping on, and there is no querier: switches on "
		    "the way forget who listens");
		doc_advice(d, "ip link set %s type bridge mcast_querier 1, "
		    "or mcast_snooping 0", lame->name);
	}
}
