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
 * Routes and rules of a configuration, with numbers only: names have been
 * looked up by readconf. Included by conf.h.
 */

#ifndef ROUTE_H
#define ROUTE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "vrrpd.h"

#define ROUTE_PROTO	18	/* RTPROT_KEEPALIVED: ours and its mark */
#define ROUTE_METRICS	18	/* RTAX_*: 1 to 17 */
#define CONGCTL_LEN	16	/* TCP_CA_NAME_MAX */

#define HOP_F_ONLINK	0x01

/* A way out of a route. */
struct conf_hop {
	struct vaddr	 via;		/* family 0: none */
	char		 ifname[IF_NAME_LEN];	/* "": the kernel looks */
	uint32_t	 slot;		/* of ifname; from the parent; or 0 */
	uint32_t	 realms;	/* FROM << 16 | TO; 0: none */
	uint16_t	 weight;	/* 1 to 256 */
	uint8_t		 flags;		/* HOP_F_* */
};

#define ROUTE_F_MULTIPATH	0x01	/* written as nexthop */
#define ROUTE_F_NO_TRACK	0x02
#define ROUTE_F_ADD		0x04	/* fails if there is one */
#define ROUTE_F_APPEND		0x08
#define ROUTE_F_PREF		0x10	/* pref was given */
#define ROUTE_F_ALL		0x1f

struct conf_route {
	TAILQ_ENTRY(conf_route) entry;
	struct vaddr	 dst;		/* always there; 0/0 is default */
	struct vaddr	 from;		/* IPv6; family 0: none */
	struct vaddr	 src;		/* family 0: none */
	uint8_t		 type;		/* RTN_* */
	uint8_t		 scope;		/* RT_SCOPE_* */
	uint8_t		 tos;
	uint8_t		 proto;		/* RTPROT_* */
	uint8_t		 pref;		/* ICMPV6_ROUTER_PREF_* */
	uint32_t	 table;
	uint32_t	 metric;	/* 0: that of the kernel */
	uint32_t	 flags;		/* ROUTE_F_* */
	uint32_t	 metric_set;	/* bits of RTAX_* */
	uint32_t	 metric_lock;	/* likewise; congctl's too */
	uint32_t	 metrics[ROUTE_METRICS];	/* by RTAX_* */
	char		 congctl[CONGCTL_LEN];	/* "": none */
	uint8_t		 hop_cnt;	/* 0: blackhole and the like */
	struct conf_hop	 hops[MAX_HOPS];
	uint32_t	 line;
	char		 track_group[NAME_LEN];	/* in readconf only */
};
TAILQ_HEAD(conf_route_list, conf_route);

#define RULE_F_NOT		0x001
#define RULE_F_NO_TRACK		0x002
#define RULE_F_MARK		0x004	/* fwmark was given */
#define RULE_F_MASK		0x008	/* ... with a mask */
#define RULE_F_UID		0x010
#define RULE_F_SUP_PLEN		0x020
#define RULE_F_SUP_GROUP	0x040
#define RULE_F_L3MDEV		0x080
#define RULE_F_ALL		0x0ff

struct conf_rule {
	TAILQ_ENTRY(conf_rule) entry;
	uint8_t		 family;
	uint8_t		 action;	/* FR_ACT_* */
	uint8_t		 tos;
	uint8_t		 proto;		/* RTPROT_* */
	uint8_t		 ipproto;	/* 0: any */
	struct vaddr	 from;		/* family 0: any */
	struct vaddr	 to;
	char		 iif[IF_NAME_LEN];
	char		 oif[IF_NAME_LEN];
	uint32_t	 table;		/* FR_ACT_TO_TBL */
	uint32_t	 priority;
	uint32_t	 target;	/* FR_ACT_GOTO */
	uint32_t	 flags;		/* RULE_F_* */
	uint32_t	 mark;
	uint32_t	 mask;
	uint32_t	 realms;	/* FROM << 16 | TO; 0: none */
	uint32_t	 uid_first;
	uint32_t	 uid_last;
	uint32_t	 sup_plen;
	uint32_t	 sup_group;
	int64_t		 tunnel_id;	/* bits of an unsigned one; 0: any */
	uint16_t	 sport_first;	/* 0: any */
	uint16_t	 sport_last;
	uint16_t	 dport_first;
	uint16_t	 dport_last;
	uint32_t	 line;
	char		 track_group[NAME_LEN];	/* in readconf only */
};
TAILQ_HEAD(conf_rule_list, conf_rule);

/* Would the kernel hold them to be the same, and are they used the same? */
bool		 route_equal(const struct conf_route *,
		    const struct conf_route *);
bool		 rule_equal(const struct conf_rule *,
		    const struct conf_rule *);

#endif /* ROUTE_H */
