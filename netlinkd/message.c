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
 * The netlink messages that put an address on a link and take it off.
 * Runs in: parent.
 */

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <string.h>

#include <netlink/msg.h>
#include <netlink/attr.h>

#include "internal.h"

/* Of uapi 5.18, which the oldest headers do not have. */
#define ATTR_IFA_PROTO	11

static uint32_t	 message_flags(const struct vip *);

/*
 * Always the whole set of attributes, also for a refresh: what a replace does
 * not name is cleared (the mark) or made anew (the prefix route).
 */
size_t
message_add(const struct vip *vip, uint32_t ifindex, uint32_t seq, void *buf,
    size_t size)
{
	const struct conf_vip	*conf = vip->conf;
	struct ifa_cacheinfo	 life;
	struct ifaddrmsg	 ifa;
	struct nl_msg		*msg;
	int			 err;

	memset(&ifa, 0, sizeof(ifa));
	ifa.ifa_family = vip->addr.family;
	ifa.ifa_prefixlen = vip->addr.plen;
	ifa.ifa_index = ifindex;
	ifa.ifa_scope = (conf->flags & VIP_F_SCOPE) ? conf->scope :
	    RT_SCOPE_UNIVERSE;
	msg = message_new(RTM_NEWADDR, seq, NLM_F_CREATE | NLM_F_REPLACE,
	    &ifa, sizeof(ifa));
	if (msg == NULL)
		return (0);
	memset(&life, 0, sizeof(life));
	led_lifetimes(conf, vip->inst->lease_s, &life.ifa_valid,
	    &life.ifa_prefered);
	err = message_addr(msg, IFA_LOCAL, &vip->addr);
	err |= message_addr(msg, IFA_ADDRESS, vip->peer.family != 0 ?
	    &vip->peer : &vip->addr);
	if (conf->brd.family == AF_INET && vip->addr.family == AF_INET)
		err |= message_addr(msg, IFA_BROADCAST, &conf->brd);
	if (conf->label[0] != '\0' && vip->addr.family == AF_INET)
		err |= nla_put_string(msg, IFA_LABEL, conf->label);
	err |= nla_put_u32(msg, IFA_FLAGS, message_flags(vip));
	err |= nla_put(msg, IFA_CACHEINFO, sizeof(life), &life);
	err |= nla_put_u8(msg, ATTR_IFA_PROTO, VRRPD_IFAPROTO);
	return (message_end(msg, err, buf, size));
}

/* IPv6 addresses skip DAD unless it was asked for: the old master may still
 * have it, and the role has been decided already. */
static uint32_t
message_flags(const struct vip *vip)
{
	static const struct {
		uint32_t	 conf;
		uint32_t	 kernel;
	}			 words[] = {
		{ VIP_F_HOME, IFA_F_HOMEADDRESS },
		{ VIP_F_MNGTMPADDR, IFA_F_MANAGETEMPADDR },
		{ VIP_F_NOPREFIXROUTE, IFA_F_NOPREFIXROUTE },
		{ VIP_F_AUTOJOIN, IFA_F_MCAUTOJOIN }
	};
	uint32_t		 flags;
	size_t			 i;

	flags = 0;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (vip->conf->flags & words[i].conf)
			flags |= words[i].kernel;
	}
	if (vip->addr.family == AF_INET6 && !(vip->conf->flags & VIP_F_DAD))
		flags |= IFA_F_NODAD;
	if (vip->noprefixroute)
		flags |= IFA_F_NOPREFIXROUTE;
	return (flags);
}

size_t
message_del(const struct linkaddr *entry, uint32_t ifindex, uint32_t seq,
    void *buf, size_t size)
{
	struct ifaddrmsg	 ifa;
	struct nl_msg		*msg;
	int			 err;

	memset(&ifa, 0, sizeof(ifa));
	ifa.ifa_family = entry->addr.family;
	ifa.ifa_prefixlen = entry->addr.plen;
	ifa.ifa_index = ifindex;
	if ((msg = message_new(RTM_DELADDR, seq, 0, &ifa, sizeof(ifa))) == NULL)
		return (0);
	err = message_addr(msg, IFA_LOCAL, &entry->addr);
	err |= message_addr(msg, IFA_ADDRESS, entry->peer.family != 0 ?
	    &entry->peer : &entry->addr);
	return (message_end(msg, err, buf, size));
}

struct nl_msg *
message_new(uint16_t type, uint32_t seq, uint16_t flags, const void *head,
    size_t len)
{
	struct nl_msg	*msg;

	if ((msg = nlmsg_alloc_size(ROBJ_MSG_MAX)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, NL_AUTO_PORT, seq, type, 0,
	    NLM_F_REQUEST | NLM_F_ACK | flags) == NULL ||
	    nlmsg_append(msg, (void *)(uintptr_t)head, len,
	    NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

size_t
message_end(struct nl_msg *msg, int err, void *buf, size_t size)
{
	size_t	 len;

	len = NLMSG_ALIGN(nlmsg_hdr(msg)->nlmsg_len);
	if (err != 0 || len > size)
		len = 0;
	else {
		memset(buf, 0, len);
		memcpy(buf, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	}
	nlmsg_free(msg);
	return (len);
}

int
message_addr(struct nl_msg *msg, int type, const struct vaddr *addr)
{
	return (nla_put(msg, type, (int)vaddr_len(addr), addr->bytes));
}
