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
 * The table of the packet filter, as messages. Packets to an address that
 * does not accept any are dropped in the input hook, those from it in the
 * output hook; what is forwarded passes neither. ARP is no matter of this
 * table, and of ICMPv6 the neighbour discovery stays open.
 * Runs in: parent.
 */

#include <netinet/in.h>
#include <netinet/icmp6.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>

#include "nft.h"

#define MSG_MAX		2048		/* all but those with elements */
#define MSG_CNT		24		/* ... of which there are fewer */
#define ELEM_LEN	64		/* of one element, with its headers */
#define CHUNK		500		/* elements in a message: 16 bit */

#define TYPE_IPV4_ADDR	7		/* names of nft(8) for the keys */
#define TYPE_IPV6_ADDR	8
#define TYPE_IFNAME	41
#define TYPE_BITS	6

/* What differs between the hooks. */
struct side {
	const char	*chain;
	uint32_t	 hook;
	enum nft_meta_keys ifname;
	uint32_t	 addr4;		/* offset in the header */
	uint32_t	 addr6;
	uint8_t		 nd_first;	/* neighbour discovery that passes */
	uint8_t		 nd_last;
};

static int	 put_table(struct nft_batch *, const struct nft_want *,
		    uint16_t, uint16_t);
static int	 put_set(struct nft_batch *, const struct nft_want *, uint32_t);
static int	 put_elems(struct nft_batch *, const struct nft_want *,
		    uint32_t);
static int	 put_chunk(struct nft_batch *, const struct nft_want *,
		    uint32_t, size_t *);
static int	 put_side(struct nft_batch *, const struct nft_want *,
		    const struct side *);
static int	 put_chain(struct nft_batch *, const struct nft_want *,
		    const struct side *);
static int	 put_drop(struct nft_batch *, const struct nft_want *,
		    const struct side *, uint32_t);
static int	 put_discovery(struct nft_batch *, const struct nft_want *,
		    const struct side *);
static int	 put_rule(struct nft_batch *, const struct nft_want *,
		    struct nftnl_rule *, uint32_t);
static struct nftnl_rule *rule_new(const struct nft_want *,
		    const struct side *, uint8_t);
static struct nftnl_expr *rule_expr(struct nftnl_rule *, const char *);
static void	 expr_meta(struct nftnl_rule *, uint32_t, uint32_t);
static void	 expr_cmp(struct nftnl_rule *, uint32_t, uint8_t);
static void	 expr_payload(struct nftnl_rule *, uint32_t, uint32_t,
		    uint32_t);
static struct nlmsghdr *msg_begin(struct nft_batch *, uint16_t, uint16_t);
static void	 msg_finish(struct nft_batch *, const struct nlmsghdr *);

static const struct side	sides[] = {
	{ "in", NF_INET_LOCAL_IN, NFT_META_IIFNAME, 16, 24,
	    ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT },
	/* RFC 9568 8.2.3, 8.2.4: redirects and router advertisements have
	 * the address as their source. */
	{ "out", NF_INET_LOCAL_OUT, NFT_META_OIFNAME, 12, 8,
	    ND_ROUTER_ADVERT, ND_REDIRECT }
};

static const struct {
	const char	*name;
	uint32_t	 type;
	uint32_t	 len;
	uint8_t		 family;
} sets[NFT_SET_CNT] = {
	[NFT_SET_V4] = { "vips4", TYPE_IPV4_ADDR, 4, NFPROTO_IPV4 },
	[NFT_SET_V6] = { "vips6", TYPE_IPV6_ADDR, 16, NFPROTO_IPV6 },
	[NFT_SET_LINK] = { "vips6_link_local", TYPE_IPV6_ADDR << TYPE_BITS |
	    TYPE_IFNAME, NFT_KEY_LEN, NFPROTO_IPV6 }
};

/*
 * The table replaces the one that was there in one transaction; old: the
 * table to go, too, with another name, or "". want NULL: only that.
 */
int
nft_build(struct nft_batch *b, const struct nft_want *want, const char *old,
    uint32_t seq)
{
	struct nft_want	 gone;
	size_t		 i;
	int		 ret;

	b->size = MSG_MAX * MSG_CNT + ELEM_LEN * (want != NULL ? want->cnt +
	    want->cnt / CHUNK + NFT_SET_CNT : 0);
	b->len = 0;
	b->seq = b->last_seq = seq;
	if ((b->buf = calloc(1, b->size)) == NULL)
		return (-1);
	(void)nftnl_batch_begin(b->buf, b->seq++);
	b->len = ((struct nlmsghdr *)(void *)b->buf)->nlmsg_len;
	memset(&gone, 0, sizeof(gone));
	(void)strlcpy(gone.table, old, sizeof(gone.table));
	ret = 0;
	/* What goes is made before, since it may not be there any more. */
	if (old[0] != '\0' && (want == NULL ||
	    strcmp(old, want->table) != 0)) {
		ret |= put_table(b, &gone, NFT_MSG_NEWTABLE, NLM_F_CREATE);
		ret |= put_table(b, &gone, NFT_MSG_DELTABLE, 0);
	}
	if (want != NULL) {
		ret |= put_table(b, want, NFT_MSG_NEWTABLE, NLM_F_CREATE);
		ret |= put_table(b, want, NFT_MSG_DELTABLE, 0);
		ret |= put_table(b, want, NFT_MSG_NEWTABLE, NLM_F_CREATE);
		for (i = 0; i < NFT_SET_CNT; i++)
			ret |= put_set(b, want, (uint32_t)i);
		for (i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
			ret |= put_side(b, want, &sides[i]);
	}
	if (ret != 0) {
		nft_batch_free(b);
		errno = ENOMEM;
		return (-1);
	}
	(void)nftnl_batch_end(b->buf + b->len, b->seq++);
	b->len += ((struct nlmsghdr *)(void *)(b->buf + b->len))->nlmsg_len;
	return (0);
}

void
nft_batch_free(struct nft_batch *b)
{
	free(b->buf);
	b->buf = NULL;
}

static int
put_table(struct nft_batch *b, const struct nft_want *want, uint16_t type,
    uint16_t flags)
{
	struct nftnl_udata_buf	*ud;
	struct nftnl_table	*t;
	struct nlmsghdr		*nlh;

	t = nftnl_table_alloc();
	ud = nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN);
	if (t == NULL || ud == NULL)
		goto fail;
	nftnl_table_set_u32(t, NFTNL_TABLE_FAMILY, NFPROTO_INET);
	if (nftnl_table_set_str(t, NFTNL_TABLE_NAME, want->table) == -1)
		goto fail;
	if (type == NFT_MSG_NEWTABLE && (!nftnl_udata_put_strz(ud,
	    NFTNL_UDATA_TABLE_COMMENT, want->mark) ||
	    nftnl_table_set_data(t, NFTNL_TABLE_USERDATA,
	    nftnl_udata_buf_data(ud), nftnl_udata_buf_len(ud)) == -1))
		goto fail;
	nlh = msg_begin(b, type, flags);
	nftnl_table_nlmsg_build_payload(nlh, t);
	msg_finish(b, nlh);
	nftnl_udata_buf_free(ud);
	nftnl_table_free(t);
	return (0);
 fail:
	if (ud != NULL)
		nftnl_udata_buf_free(ud);
	if (t != NULL)
		nftnl_table_free(t);
	return (-1);
}

/* The mark of a table, "" when it has none that we could have made. */
void
nft_table_mark(const struct nftnl_table *t, char *mark, size_t size)
{
	const uint8_t	*ud;
	uint32_t	 len;

	mark[0] = '\0';
	ud = nftnl_table_get_data(t, NFTNL_TABLE_USERDATA, &len);
	if (ud == NULL || len < 3 || ud[0] != NFTNL_UDATA_TABLE_COMMENT ||
	    ud[1] == 0 || (uint32_t)ud[1] + 2 > len || ud[ud[1] + 1] != '\0')
		return;
	(void)strlcpy(mark, (const char *)ud + 2, size);
}

static int
put_set(struct nft_batch *b, const struct nft_want *want, uint32_t idx)
{
	struct nftnl_set	*s;
	struct nlmsghdr		*nlh;

	if (want->used[idx] == 0)
		return (0);
	if ((s = nftnl_set_alloc()) == NULL)
		return (-1);
	nftnl_set_set_u32(s, NFTNL_SET_FAMILY, NFPROTO_INET);
	nftnl_set_set_u32(s, NFTNL_SET_ID, idx + 1);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_TYPE, sets[idx].type);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_LEN, sets[idx].len);
	if (nftnl_set_set_str(s, NFTNL_SET_TABLE, want->table) == -1 ||
	    nftnl_set_set_str(s, NFTNL_SET_NAME, sets[idx].name) == -1) {
		nftnl_set_free(s);
		return (-1);
	}
	nlh = msg_begin(b, NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL);
	nftnl_set_nlmsg_build_payload(nlh, s);
	msg_finish(b, nlh);
	nftnl_set_free(s);
	return (put_elems(b, want, idx));
}

static int
put_elems(struct nft_batch *b, const struct nft_want *want, uint32_t idx)
{
	size_t	 next = 0;

	while (next < want->cnt) {
		if (put_chunk(b, want, idx, &next) == -1)
			return (-1);
	}
	return (0);
}

/* The next ones of this set, up to CHUNK. */
static int
put_chunk(struct nft_batch *b, const struct nft_want *want, uint32_t idx,
    size_t *next)
{
	struct nftnl_set_elem	*e;
	struct nftnl_set	*s;
	struct nlmsghdr		*nlh;
	size_t			 cnt;
	int			 ret = -1;

	if ((s = nftnl_set_alloc()) == NULL)
		return (-1);
	nftnl_set_set_u32(s, NFTNL_SET_ID, idx + 1);
	if (nftnl_set_set_str(s, NFTNL_SET_TABLE, want->table) == -1 ||
	    nftnl_set_set_str(s, NFTNL_SET_NAME, sets[idx].name) == -1)
		goto done;
	for (cnt = 0; cnt < CHUNK && *next < want->cnt; (*next)++) {
		if (want->elems[*next].set != idx)
			continue;
		if ((e = nftnl_set_elem_alloc()) == NULL)
			goto done;
		if (nftnl_set_elem_set(e, NFTNL_SET_ELEM_KEY,
		    want->elems[*next].key, sets[idx].len) == -1) {
			nftnl_set_elem_free(e);
			goto done;
		}
		nftnl_set_elem_add(s, e);
		cnt++;
	}
	ret = 0;
	if (cnt == 0)
		goto done;
	/* The same address on two interfaces is one element. */
	nlh = msg_begin(b, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
	nftnl_set_elems_nlmsg_build_payload(nlh, s);
	msg_finish(b, nlh);
 done:
	nftnl_set_free(s);
	return (ret);
}

static int
put_side(struct nft_batch *b, const struct nft_want *want,
    const struct side *side)
{
	int	 ret;

	ret = put_chain(b, want, side);
	if (want->used[NFT_SET_V4] > 0)
		ret |= put_drop(b, want, side, NFT_SET_V4);
	if (want->used[NFT_SET_V6] > 0 || want->used[NFT_SET_LINK] > 0)
		ret |= put_discovery(b, want, side);
	if (want->used[NFT_SET_V6] > 0)
		ret |= put_drop(b, want, side, NFT_SET_V6);
	if (want->used[NFT_SET_LINK] > 0)
		ret |= put_drop(b, want, side, NFT_SET_LINK);
	return (ret);
}

static int
put_chain(struct nft_batch *b, const struct nft_want *want,
    const struct side *side)
{
	struct nftnl_chain	*c;
	struct nlmsghdr		*nlh;

	if ((c = nftnl_chain_alloc()) == NULL)
		return (-1);
	if (nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, want->table) == -1 ||
	    nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, side->chain) == -1 ||
	    nftnl_chain_set_str(c, NFTNL_CHAIN_TYPE, "filter") == -1) {
		nftnl_chain_free(c);
		return (-1);
	}
	nftnl_chain_set_u32(c, NFTNL_CHAIN_HOOKNUM, side->hook);
	nftnl_chain_set_s32(c, NFTNL_CHAIN_PRIO, want->priority);
	nftnl_chain_set_u32(c, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	nlh = msg_begin(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);
	nftnl_chain_nlmsg_build_payload(nlh, c);
	msg_finish(b, nlh);
	nftnl_chain_free(c);
	return (0);
}

static int
put_drop(struct nft_batch *b, const struct nft_want *want,
    const struct side *side, uint32_t idx)
{
	struct nftnl_rule	*r;
	struct nftnl_expr	*e;

	if ((r = rule_new(want, side, sets[idx].family)) == NULL)
		return (-1);
	if (idx == NFT_SET_V4)
		expr_payload(r, NFT_PAYLOAD_NETWORK_HEADER, side->addr4, 4);
	else
		expr_payload(r, NFT_PAYLOAD_NETWORK_HEADER, side->addr6, 16);
	if (idx == NFT_SET_LINK)	/* the key's second half */
		expr_meta(r, side->ifname, NFT_REG_2);
	if ((e = rule_expr(r, "lookup")) != NULL) {
		nftnl_expr_set_u32(e, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
		(void)nftnl_expr_set_str(e, NFTNL_EXPR_LOOKUP_SET,
		    sets[idx].name);
		nftnl_expr_set_u32(e, NFTNL_EXPR_LOOKUP_SET_ID, idx + 1);
	}
	return (put_rule(b, want, r, NF_DROP));
}

static int
put_discovery(struct nft_batch *b, const struct nft_want *want,
    const struct side *side)
{
	struct nftnl_rule	*r;

	if ((r = rule_new(want, side, NFPROTO_IPV6)) == NULL)
		return (-1);
	expr_meta(r, NFT_META_L4PROTO, NFT_REG_1);
	expr_cmp(r, NFT_CMP_EQ, IPPROTO_ICMPV6);
	expr_payload(r, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
	expr_cmp(r, NFT_CMP_GTE, side->nd_first);
	expr_cmp(r, NFT_CMP_LTE, side->nd_last);
	return (put_rule(b, want, r, NF_ACCEPT));
}

/* Adds the end, and frees it. */
static int
put_rule(struct nft_batch *b, const struct nft_want *want,
    struct nftnl_rule *r, uint32_t verdict)
{
	struct nftnl_expr	*e;
	struct nlmsghdr		*nlh;

	if (want->counters)
		(void)rule_expr(r, "counter");
	if ((e = rule_expr(r, "immediate")) == NULL) {
		nftnl_rule_free(r);
		return (-1);
	}
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_VERDICT, verdict);
	nlh = msg_begin(b, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nftnl_rule_nlmsg_build_payload(nlh, r);
	msg_finish(b, nlh);
	nftnl_rule_free(r);
	return (0);
}

/* A rule for packets of one family. */
static struct nftnl_rule *
rule_new(const struct nft_want *want, const struct side *side, uint8_t family)
{
	struct nftnl_rule	*r;

	if ((r = nftnl_rule_alloc()) == NULL)
		return (NULL);
	nftnl_rule_set_u32(r, NFTNL_RULE_FAMILY, NFPROTO_INET);
	if (nftnl_rule_set_str(r, NFTNL_RULE_TABLE, want->table) == -1 ||
	    nftnl_rule_set_str(r, NFTNL_RULE_CHAIN, side->chain) == -1) {
		nftnl_rule_free(r);
		return (NULL);
	}
	expr_meta(r, NFT_META_NFPROTO, NFT_REG_1);
	expr_cmp(r, NFT_CMP_EQ, family);
	return (r);
}

/* Without memory for one the last one fails, too: see put_rule. */
static struct nftnl_expr *
rule_expr(struct nftnl_rule *r, const char *name)
{
	struct nftnl_expr	*e;

	if ((e = nftnl_expr_alloc(name)) != NULL)
		nftnl_rule_add_expr(r, e);
	return (e);
}

static void
expr_meta(struct nftnl_rule *r, uint32_t key, uint32_t reg)
{
	struct nftnl_expr	*e;

	if ((e = rule_expr(r, "meta")) == NULL)
		return;
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_DREG, reg);
}

static void
expr_cmp(struct nftnl_rule *r, uint32_t op, uint8_t value)
{
	struct nftnl_expr	*e;

	if ((e = rule_expr(r, "cmp")) == NULL)
		return;
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_OP, op);
	(void)nftnl_expr_set(e, NFTNL_EXPR_CMP_DATA, &value, sizeof(value));
}

static void
expr_payload(struct nftnl_rule *r, uint32_t base, uint32_t off, uint32_t len)
{
	struct nftnl_expr	*e;

	if ((e = rule_expr(r, "payload")) == NULL)
		return;
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET, off);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_LEN, len);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
}

static struct nlmsghdr *
msg_begin(struct nft_batch *b, uint16_t type, uint16_t flags)
{
	b->last_seq = b->seq;
	return (nftnl_nlmsg_build_hdr(b->buf + b->len, type, NFPROTO_INET,
	    flags | NLM_F_ACK, b->seq++));
}

static void
msg_finish(struct nft_batch *b, const struct nlmsghdr *nlh)
{
	b->len += NLMSG_ALIGN(nlh->nlmsg_len);
}
