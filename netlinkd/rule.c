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
 * The netlink messages of policy rules, and what events tell of them.
 * Runs in: parent.
 */

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <endian.h>
#include <string.h>

#include <netlink/msg.h>
#include <netlink/attr.h>

#include "internal.h"

static int	 put_prefix(struct nl_msg *, int, const struct vaddr *);
static int	 put_match(struct nl_msg *, const struct conf_rule *);
static int	 put_action(struct nl_msg *, const struct conf_rule *);

/* As with routes, an add is also the question whether it is there. */
size_t
rule_message(const struct robj *o, bool del, uint32_t seq, void *buf,
    size_t size)
{
	const struct conf_rule	*r = &o->rule;
	struct fib_rule_hdr	 frh;
	struct nl_msg		*msg;
	int			 err;

	memset(&frh, 0, sizeof(frh));
	frh.family = r->family;
	frh.dst_len = r->to.plen;
	frh.src_len = r->from.plen;
	frh.tos = r->tos;
	frh.table = r->table < 256 ? (uint8_t)r->table : RT_TABLE_UNSPEC;
	frh.action = r->action;
	if (r->flags & RULE_F_NOT)
		frh.flags |= FIB_RULE_INVERT;
	msg = message_new(del ? RTM_DELRULE : RTM_NEWRULE, seq,
	    del ? 0 : NLM_F_CREATE | NLM_F_EXCL, &frh, sizeof(frh));
	if (msg == NULL)
		return (0);
	err = nla_put_u32(msg, FRA_PRIORITY, r->priority);
	err |= nla_put_u8(msg, FRA_PROTOCOL, r->proto);
	err |= put_match(msg, r);
	err |= put_action(msg, r);
	return (message_end(msg, err, buf, size));
}

static int
put_prefix(struct nl_msg *msg, int type, const struct vaddr *addr)
{
	if (addr->plen == 0)
		return (0);
	return (nla_put(msg, type, (int)vaddr_len(addr), addr->bytes));
}

static int
put_match(struct nl_msg *msg, const struct conf_rule *r)
{
	struct fib_rule_uid_range	 uids = { r->uid_first, r->uid_last };
	struct fib_rule_port_range	 sport = { r->sport_first,
	    r->sport_last };
	struct fib_rule_port_range	 dport = { r->dport_first,
	    r->dport_last };
	int				 err;

	err = put_prefix(msg, FRA_SRC, &r->from);
	err |= put_prefix(msg, FRA_DST, &r->to);
	if (r->iif[0] != '\0')
		err |= nla_put_string(msg, FRA_IIFNAME, r->iif);
	if (r->oif[0] != '\0')
		err |= nla_put_string(msg, FRA_OIFNAME, r->oif);
	if (r->flags & RULE_F_MARK)
		err |= nla_put_u32(msg, FRA_FWMARK, r->mark);
	if (r->flags & RULE_F_MASK)
		err |= nla_put_u32(msg, FRA_FWMASK, r->mask);
	if (r->flags & RULE_F_UID)
		err |= nla_put(msg, FRA_UID_RANGE, sizeof(uids), &uids);
	if (r->tunnel_id != 0)
		err |= nla_put_u64(msg, FRA_TUN_ID,
		    htobe64((uint64_t)r->tunnel_id));
	if (r->ipproto != 0)
		err |= nla_put_u8(msg, FRA_IP_PROTO, r->ipproto);
	if (r->sport_first != 0)
		err |= nla_put(msg, FRA_SPORT_RANGE, sizeof(sport), &sport);
	if (r->dport_first != 0)
		err |= nla_put(msg, FRA_DPORT_RANGE, sizeof(dport), &dport);
	return (err);
}

static int
put_action(struct nl_msg *msg, const struct conf_rule *r)
{
	int	 err = 0;

	if (r->flags & RULE_F_L3MDEV)
		err = nla_put_u8(msg, FRA_L3MDEV, 1);
	else if (r->action == FR_ACT_TO_TBL)
		err = nla_put_u32(msg, FRA_TABLE, r->table);
	else if (r->action == FR_ACT_GOTO)
		err = nla_put_u32(msg, FRA_GOTO, r->target);
	if (r->flags & RULE_F_SUP_PLEN)
		err |= nla_put_u32(msg, FRA_SUPPRESS_PREFIXLEN, r->sup_plen);
	if (r->flags & RULE_F_SUP_GROUP)
		err |= nla_put_u32(msg, FRA_SUPPRESS_IFGROUP, r->sup_group);
	if (r->realms != 0)
		err |= nla_put_u32(msg, FRA_FLOW, r->realms);
	return (err);
}

size_t
rule_message_wipe(const struct led_line *line, uint32_t seq, void *buf,
    size_t size)
{
	struct fib_rule_hdr	 frh;
	struct nl_msg		*msg;
	int			 err;

	memset(&frh, 0, sizeof(frh));
	frh.family = line->family;
	msg = message_new(RTM_DELRULE, seq, 0, &frh, sizeof(frh));
	if (msg == NULL)
		return (0);
	err = nla_put_u32(msg, FRA_PRIORITY, line->priority);
	err |= nla_put_u8(msg, FRA_PROTOCOL, line->proto);
	return (message_end(msg, err, buf, size));
}

int
rule_event(const struct nlmsghdr *nlh, uint8_t *family, uint32_t *priority)
{
	struct nlattr		*tb[FRA_MAX + 1];
	struct fib_rule_hdr	 frh;

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(frh)))
		return (-1);
	memcpy(&frh, nlmsg_data(nlh), sizeof(frh));
	if (nlmsg_parse((struct nlmsghdr *)(uintptr_t)nlh, sizeof(frh), tb,
	    FRA_MAX, NULL) < 0)
		return (-1);
	*family = frh.family;
	if (!chan_attr(tb[FRA_PRIORITY], priority, sizeof(*priority)))
		*priority = 0;
	return (0);
}
