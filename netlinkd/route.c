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
 * The netlink messages of routes, and what events tell of them.
 * Runs in: parent.
 */

#include <linux/rtnetlink.h>

#include <string.h>

#include <netlink/msg.h>
#include <netlink/attr.h>

#include "internal.h"

/* Newer than the oldest headers. */
#define METRIC_CONGCTL	16

static void	 route_head(const struct robj *, bool, struct rtmsg *);
static uint16_t	 route_flags(const struct robj *);
static int	 put_hop(struct nl_msg *, const struct robj *, uint8_t);
static int	 put_hops(struct nl_msg *, const struct robj *);
static int	 put_metrics(struct nl_msg *, const struct conf_route *);

/*
 * With a plain create the kernel refuses (EEXIST) nothing but the very same
 * route, so that an add is also the question whether it is there.
 */
size_t
route_message(const struct robj *o, bool del, uint32_t seq, void *buf,
    size_t size)
{
	const struct conf_route	*r = &o->route;
	struct rtmsg		 rtm;
	struct nl_msg		*msg;
	int			 err;

	route_head(o, del, &rtm);
	msg = message_new(del ? RTM_DELROUTE : RTM_NEWROUTE, seq,
	    del ? 0 : route_flags(o), &rtm, sizeof(rtm));
	if (msg == NULL)
		return (0);
	err = nla_put_u32(msg, RTA_TABLE, r->table);
	if (r->dst.plen != 0)
		err |= message_addr(msg, RTA_DST, &r->dst);
	if (r->from.plen != 0)
		err |= message_addr(msg, RTA_SRC, &r->from);
	if (r->src.family != 0)
		err |= message_addr(msg, RTA_PREFSRC, &r->src);
	if (r->metric != 0)
		err |= nla_put_u32(msg, RTA_PRIORITY, r->metric);
	if ((r->flags & ROUTE_F_PREF) && !del)
		err |= nla_put_u8(msg, RTA_PREF, r->pref);
	if ((r->metric_set != 0 || r->congctl[0] != '\0') && !del)
		err |= put_metrics(msg, r);
	if (r->flags & ROUTE_F_MULTIPATH)
		err |= put_hops(msg, o);
	else if (r->hop_cnt == 1) {
		if (o->ifindex[0] != 0)
			err |= nla_put_u32(msg, RTA_OIF, o->ifindex[0]);
		err |= put_hop(msg, o, 0);
	}
	return (message_end(msg, err, buf, size));
}

static void
route_head(const struct robj *o, bool del, struct rtmsg *rtm)
{
	const struct conf_route	*r = &o->route;

	memset(rtm, 0, sizeof(*rtm));
	rtm->rtm_family = r->dst.family;
	rtm->rtm_dst_len = r->dst.plen;
	rtm->rtm_src_len = r->from.plen;
	rtm->rtm_tos = r->tos;
	rtm->rtm_table = r->table < 256 ? (uint8_t)r->table : RT_TABLE_UNSPEC;
	rtm->rtm_protocol = r->proto;
	rtm->rtm_type = r->type;
	rtm->rtm_scope = del ? RT_SCOPE_NOWHERE : r->scope;
	if (r->hop_cnt == 1 && !(r->flags & ROUTE_F_MULTIPATH) &&
	    (r->hops[0].flags & HOP_F_ONLINK))
		rtm->rtm_flags |= RTNH_F_ONLINK;
}

static uint16_t
route_flags(const struct robj *o)
{
	const struct conf_route	*r = &o->route;

	/* One way of several may be missing, which a create does not tell. */
	if (o->sent && r->dst.family == AF_INET6 &&
	    (r->flags & ROUTE_F_MULTIPATH))
		return (NLM_F_CREATE | NLM_F_REPLACE);
	if ((r->flags & ROUTE_F_ADD) && !o->sent)
		return (NLM_F_CREATE | NLM_F_EXCL);
	return (r->flags & ROUTE_F_APPEND ? NLM_F_CREATE | NLM_F_APPEND :
	    NLM_F_CREATE);
}

/* Gateway and realms; the interface stands elsewhere. */
static int
put_hop(struct nl_msg *msg, const struct robj *o, uint8_t i)
{
	const struct conf_hop	*hop = &o->route.hops[i];
	uint8_t			 via[2 + 16];
	uint16_t		 family;
	int			 err = 0;

	if (hop->via.family == o->route.dst.family)
		err = message_addr(msg, RTA_GATEWAY, &hop->via);
	else if (hop->via.family != 0) {
		family = hop->via.family;
		memcpy(via, &family, sizeof(family));
		memcpy(via + 2, hop->via.bytes, vaddr_len(&hop->via));
		err = nla_put(msg, RTA_VIA, 2 + (int)vaddr_len(&hop->via),
		    via);
	}
	if (hop->realms != 0)
		err |= nla_put_u32(msg, RTA_FLOW, hop->realms);
	return (err);
}

static int
put_hops(struct nl_msg *msg, const struct robj *o)
{
	const struct conf_hop	*hop;
	struct rtnexthop	*nh;
	struct nlattr		*nest;
	uint8_t			 i;

	if ((nest = nla_nest_start(msg, RTA_MULTIPATH)) == NULL)
		return (-1);
	for (i = 0; i < o->route.hop_cnt; i++) {
		hop = &o->route.hops[i];
		nh = nlmsg_reserve(msg, sizeof(*nh), NLMSG_ALIGNTO);
		if (nh == NULL)
			return (-1);
		memset(nh, 0, sizeof(*nh));
		nh->rtnh_hops = (uint8_t)(hop->weight - 1);
		nh->rtnh_ifindex = (int)o->ifindex[i];
		if (hop->flags & HOP_F_ONLINK)
			nh->rtnh_flags |= RTNH_F_ONLINK;
		if (put_hop(msg, o, i) != 0)
			return (-1);
		nh->rtnh_len = (uint16_t)((char *)nlmsg_tail(nlmsg_hdr(msg)) -
		    (char *)nh);
	}
	return (nla_nest_end(msg, nest));
}

static int
put_metrics(struct nl_msg *msg, const struct conf_route *r)
{
	struct nlattr	*nest;
	int		 i, err;

	if ((nest = nla_nest_start(msg, RTA_METRICS)) == NULL)
		return (-1);
	err = 0;
	if (r->metric_lock != 0)
		err = nla_put_u32(msg, RTAX_LOCK, r->metric_lock);
	for (i = RTAX_LOCK + 1; i < ROUTE_METRICS; i++) {
		if (r->metric_set & (1U << i))
			err |= nla_put_u32(msg, i, r->metrics[i]);
	}
	if (r->congctl[0] != '\0')
		err |= nla_put_string(msg, METRIC_CONGCTL, r->congctl);
	return (err | nla_nest_end(msg, nest));
}

/* Takes away whatever is described by the line of a ledger; the first one. */
size_t
route_message_wipe(const struct led_line *line, uint32_t seq, void *buf,
    size_t size)
{
	struct rtmsg	 rtm;
	struct nl_msg	*msg;
	int		 err;

	memset(&rtm, 0, sizeof(rtm));
	rtm.rtm_family = line->addr.family;
	rtm.rtm_dst_len = line->addr.plen;
	rtm.rtm_src_len = line->from.plen;
	rtm.rtm_tos = line->tos;
	rtm.rtm_protocol = line->proto;
	rtm.rtm_scope = RT_SCOPE_NOWHERE;
	msg = message_new(RTM_DELROUTE, seq, 0, &rtm, sizeof(rtm));
	if (msg == NULL)
		return (0);
	err = nla_put_u32(msg, RTA_TABLE, line->table);
	if (line->addr.plen != 0)
		err |= message_addr(msg, RTA_DST, &line->addr);
	if (line->from.plen != 0)
		err |= message_addr(msg, RTA_SRC, &line->from);
	if (line->priority != 0)
		err |= nla_put_u32(msg, RTA_PRIORITY, line->priority);
	return (message_end(msg, err, buf, size));
}

/* One that was removed, or replaced by another one. */
int
route_event(const struct nlmsghdr *nlh, struct vaddr *dst, uint32_t *table)
{
	struct nlattr	*tb[RTA_MAX + 1];
	struct rtmsg	 rtm;

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(rtm)))
		return (-1);
	memcpy(&rtm, nlmsg_data(nlh), sizeof(rtm));
	if (rtm.rtm_family != AF_INET && rtm.rtm_family != AF_INET6)
		return (-1);
	if (nlmsg_parse((struct nlmsghdr *)(uintptr_t)nlh, sizeof(rtm), tb,
	    RTA_MAX, NULL) < 0)
		return (-1);
	memset(dst, 0, sizeof(*dst));
	dst->family = rtm.rtm_family;
	if (tb[RTA_DST] != NULL) {
		if (nla_len(tb[RTA_DST]) != (rtm.rtm_family == AF_INET ? 4 :
		    16))
			return (-1);
		vaddr_from_bytes(dst, rtm.rtm_family, nla_data(tb[RTA_DST]));
	}
	dst->plen = rtm.rtm_dst_len;
	if (!chan_attr(tb[RTA_TABLE], table, sizeof(*table)))
		*table = rtm.rtm_table;
	return (0);
}
