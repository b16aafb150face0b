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
 * What one rule of nftables makes of a packet: its expressions are run as the
 * kernel runs them, on registers whose bytes may be unknown.
 * Runs in: vrrpctl-doctor.
 */

#include <sys/types.h>

#include <netinet/in.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_conntrack.h>

#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>

#include "docnft.h"

#define REGS_LEN	80		/* 20 of 4 bytes, as in the kernel */
#define KEY_LEN		64
#define CT_NEW		8		/* bit of a packet that begins a flow */

/* A rule on its way over a packet. */
struct run {
	const struct nft_dump	*dump;
	const struct nft_packet	*packet;
	const struct nftnl_rule	*rule;
	struct nft_verdict	*verdict;
	enum nft_match		 match;
	uint8_t			 regs[REGS_LEN];
	bool			 known[REGS_LEN];
};

/* Where a value may be in a set. */
struct find {
	const uint8_t		*key;
	uint32_t		 len;
	bool			 interval;
	bool			 ranges;	/* there are some with an end */
	bool			 found;
	uint8_t			 best[KEY_LEN];	/* greatest one not above */
	bool			 best_set;
	bool			 best_end;
	struct nft_verdict	 verdict;
	bool			 has_verdict;
};

struct handler {
	const char	*name;
	void		(*run)(struct run *, const struct nftnl_expr *);
};

static int	 on_expr(struct nftnl_expr *, void *);
static void	 run_meta(struct run *, const struct nftnl_expr *);
static void	 run_payload(struct run *, const struct nftnl_expr *);
static void	 run_ct(struct run *, const struct nftnl_expr *);
static void	 run_cmp(struct run *, const struct nftnl_expr *);
static void	 run_range(struct run *, const struct nftnl_expr *);
static void	 run_bitwise(struct run *, const struct nftnl_expr *);
static void	 run_immediate(struct run *, const struct nftnl_expr *);
static void	 run_lookup(struct run *, const struct nftnl_expr *);
static void	 run_reject(struct run *, const struct nftnl_expr *);
static void	 run_match(struct run *, const struct nftnl_expr *);
static void	 run_target(struct run *, const struct nftnl_expr *);
static void	 run_nothing(struct run *, const struct nftnl_expr *);
static void	 run_exthdr(struct run *, const struct nftnl_expr *);
static bool	 match_state(const struct nftnl_expr *, enum nft_match *);
static uint32_t	 reg_at(uint32_t);
static void	 reg_put(struct run *, uint32_t, const void *, size_t,
		    size_t);
static void	 reg_forget(struct run *, uint32_t, size_t);
static bool	 reg_known(const struct run *, uint32_t, size_t);
static void	 reg_number(struct run *, uint32_t, uint32_t);
static void	 need(struct run *, enum nft_match);
static struct nftnl_set *set_of(const struct run *, const char *);
static int	 on_elem(struct nftnl_set_elem *, void *);

/* What is missing here is not known: whatever it asks for is perhaps so. */
static const struct handler	 handlers[] = {
	{ "meta", run_meta },
	{ "payload", run_payload },
	{ "ct", run_ct },
	{ "cmp", run_cmp },
	{ "range", run_range },
	{ "bitwise", run_bitwise },
	{ "immediate", run_immediate },
	{ "lookup", run_lookup },
	{ "reject", run_reject },
	{ "match", run_match },
	{ "target", run_target },
	{ "exthdr", run_exthdr },
	{ "counter", run_nothing },
	{ "log", run_nothing },
	{ "notrack", run_nothing },
	{ "objref", run_nothing },
	{ "dynset", run_nothing },
	{ "last", run_nothing },
	{ "flow_offload", run_nothing },
	{ "dup", run_nothing }
};

enum nft_match
nft_rule_eval(const struct nft_dump *dump, const struct nft_packet *packet,
    const struct nftnl_rule *rule, struct nft_verdict *verdict)
{
	struct run	 r;

	memset(&r, 0, sizeof(r));
	r.dump = dump;
	r.packet = packet;
	r.rule = rule;
	r.verdict = verdict;
	r.match = NFT_YES;
	verdict->code = NFT_CONTINUE;
	verdict->chain = NULL;
	/* The library does not change it, but does not say so. */
	(void)nftnl_expr_foreach((struct nftnl_rule *)(uintptr_t)rule,
	    on_expr, &r);
	return (r.match);
}

static int
on_expr(struct nftnl_expr *e, void *arg)
{
	struct run	*r = arg;
	const char	*name;
	size_t		 i;

	if (r->match == NFT_NO || r->verdict->code != NFT_CONTINUE)
		return (0);
	if ((name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME)) == NULL)
		return (0);
	for (i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (strcmp(handlers[i].name, name) == 0) {
			handlers[i].run(r, e);
			return (0);
		}
	}
	memset(r->known, 0, sizeof(r->known));
	need(r, NFT_PERHAPS);
	return (0);
}

/* A condition of the rule: the worst one counts. */
static void
need(struct run *r, enum nft_match match)
{
	if (match == NFT_NO || r->match == NFT_YES)
		r->match = match;
}

/* The old registers are of 16 bytes, the new ones parts of them. */
static uint32_t
reg_at(uint32_t reg)
{
	if (reg >= NFT_REG32_00 && reg <= NFT_REG32_15)
		return (16 + (reg - NFT_REG32_00) * 4);
	return (reg <= NFT_REG_4 ? reg * 16 : REGS_LEN);
}

/* Padded with zeros to size. */
static void
reg_put(struct run *r, uint32_t reg, const void *data, size_t len,
    size_t size)
{
	uint32_t	 at = reg_at(reg);

	if (at + size > REGS_LEN || len > size)
		return;
	memset(r->regs + at, 0, size);
	memcpy(r->regs + at, data, len);
	memset(r->known + at, 1, size);
}

static void
reg_forget(struct run *r, uint32_t reg, size_t size)
{
	uint32_t	 at = reg_at(reg);

	if (at + size <= REGS_LEN)
		memset(r->known + at, 0, size);
}

static bool
reg_known(const struct run *r, uint32_t reg, size_t len)
{
	uint32_t	 at = reg_at(reg);

	return (at + len <= REGS_LEN && len != 0 &&
	    memchr(r->known + at, 0, len) == NULL);
}

static void
reg_number(struct run *r, uint32_t reg, uint32_t number)
{
	reg_put(r, reg, &number, sizeof(number), sizeof(number));
}

static void
run_nothing(struct run *r, const struct nftnl_expr *e)
{
}

static void
run_meta(struct run *r, const struct nftnl_expr *e)
{
	const struct nft_packet	*p = r->packet;
	uint32_t		 reg;
	uint16_t		 proto;
	uint8_t			 byte;

	if (!nftnl_expr_is_set(e, NFTNL_EXPR_META_DREG))
		return;		/* it sets something */
	reg = nftnl_expr_get_u32(e, NFTNL_EXPR_META_DREG);
	switch (nftnl_expr_get_u32(e, NFTNL_EXPR_META_KEY)) {
	case NFT_META_PROTOCOL:
		proto = htons(p->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
		reg_put(r, reg, &proto, sizeof(proto), 4);
		break;
	case NFT_META_NFPROTO:
		byte = p->ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
		reg_put(r, reg, &byte, 1, 4);
		break;
	case NFT_META_L4PROTO:
		reg_put(r, reg, &p->proto, 1, 4);
		break;
	case NFT_META_PKTTYPE:
		byte = p->multicast ? PACKET_MULTICAST : PACKET_HOST;
		if (p->in)
			reg_put(r, reg, &byte, 1, 4);
		else
			reg_forget(r, reg, 4);
		break;
	case NFT_META_IIF:
		reg_number(r, reg, p->in ? p->ifindex : 0);
		break;
	case NFT_META_OIF:
		reg_number(r, reg, p->in ? 0 : p->ifindex);
		break;
	case NFT_META_IIFNAME:
		reg_put(r, reg, p->ifname, p->in ? strlen(p->ifname) : 0, 16);
		break;
	case NFT_META_OIFNAME:
		reg_put(r, reg, p->ifname, p->in ? 0 : strlen(p->ifname), 16);
		break;
	default:
		reg_forget(r, reg, 16);
		break;
	}
}

static void
run_payload(struct run *r, const struct nftnl_expr *e)
{
	uint32_t	 i, reg, base, len, off;

	if (!nftnl_expr_is_set(e, NFTNL_EXPR_PAYLOAD_DREG))
		return;
	reg = nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_DREG);
	base = nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_BASE);
	len = nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_LEN);
	off = nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET);
	if (len > 16 || off > NFT_HEAD_LEN) {
		reg_forget(r, reg, 16);
		return;
	}
	if (base == NFT_PAYLOAD_TRANSPORT_HEADER)
		off += (uint32_t)r->packet->head_len;
	if ((base != NFT_PAYLOAD_NETWORK_HEADER &&
	    base != NFT_PAYLOAD_TRANSPORT_HEADER) ||
	    off + len > NFT_HEAD_LEN) {
		reg_forget(r, reg, 16);
		return;
	}
	reg_put(r, reg, r->packet->bytes + off, len, (len + 3U) & ~3U);
	for (i = 0; i < len; i++) {
		if (!r->packet->known[off + i] && reg_at(reg) + i < REGS_LEN)
			r->known[reg_at(reg) + i] = false;
	}
}

/*
 * Advertisements to a group are never answered: to the kernel each of them
 * begins a flow. For unicast ones that is the worst case.
 */
static void
run_ct(struct run *r, const struct nftnl_expr *e)
{
	uint32_t	 reg;

	if (!nftnl_expr_is_set(e, NFTNL_EXPR_CT_DREG))
		return;
	reg = nftnl_expr_get_u32(e, NFTNL_EXPR_CT_DREG);
	if (nftnl_expr_get_u32(e, NFTNL_EXPR_CT_KEY) == NFT_CT_STATE)
		reg_number(r, reg, CT_NEW);
	else
		reg_forget(r, reg, 16);
}

/* IPv6 has no option headers before VRRP. */
static void
run_exthdr(struct run *r, const struct nftnl_expr *e)
{
	if (nftnl_expr_is_set(e, NFTNL_EXPR_EXTHDR_DREG))
		need(r, NFT_NO);
}

static void
run_cmp(struct run *r, const struct nftnl_expr *e)
{
	const uint8_t	*data;
	uint32_t	 len, reg;
	int		 diff;
	bool		 yes;

	reg = nftnl_expr_get_u32(e, NFTNL_EXPR_CMP_SREG);
	data = nftnl_expr_get(e, NFTNL_EXPR_CMP_DATA, &len);
	if (data == NULL || !reg_known(r, reg, len)) {
		need(r, NFT_PERHAPS);
		return;
	}
	diff = memcmp(r->regs + reg_at(reg), data, len);
	switch (nftnl_expr_get_u32(e, NFTNL_EXPR_CMP_OP)) {
	case NFT_CMP_EQ:
		yes = diff == 0;
		break;
	case NFT_CMP_NEQ:
		yes = diff != 0;
		break;
	case NFT_CMP_LT:
		yes = diff < 0;
		break;
	case NFT_CMP_LTE:
		yes = diff <= 0;
		break;
	case NFT_CMP_GT:
		yes = diff > 0;
		break;
	default:
		yes = diff >= 0;
		break;
	}
	need(r, yes ? NFT_YES : NFT_NO);
}

static void
run_range(struct run *r, const struct nftnl_expr *e)
{
	const uint8_t	*from, *to, *value;
	uint32_t	 len, to_len, reg;
	bool		 inside;

	reg = nftnl_expr_get_u32(e, NFTNL_EXPR_RANGE_SREG);
	from = nftnl_expr_get(e, NFTNL_EXPR_RANGE_FROM_DATA, &len);
	to = nftnl_expr_get(e, NFTNL_EXPR_RANGE_TO_DATA, &to_len);
	if (from == NULL || to == NULL || len != to_len ||
	    !reg_known(r, reg, len)) {
		need(r, NFT_PERHAPS);
		return;
	}
	value = r->regs + reg_at(reg);
	inside = memcmp(value, from, len) >= 0 && memcmp(value, to, len) <= 0;
	need(r, inside == (nftnl_expr_get_u32(e, NFTNL_EXPR_RANGE_OP) ==
	    NFT_RANGE_EQ) ? NFT_YES : NFT_NO);
}

static void
run_bitwise(struct run *r, const struct nftnl_expr *e)
{
	const uint8_t	*mask, *xor;
	uint32_t	 from, to, len, mask_len, xor_len, i;

	from = reg_at(nftnl_expr_get_u32(e, NFTNL_EXPR_BITWISE_SREG));
	to = reg_at(nftnl_expr_get_u32(e, NFTNL_EXPR_BITWISE_DREG));
	len = nftnl_expr_get_u32(e, NFTNL_EXPR_BITWISE_LEN);
	mask = nftnl_expr_get(e, NFTNL_EXPR_BITWISE_MASK, &mask_len);
	xor = nftnl_expr_get(e, NFTNL_EXPR_BITWISE_XOR, &xor_len);
	if (from + len > REGS_LEN || to + len > REGS_LEN || len > 16)
		return;
	for (i = 0; i < len; i++) {
		if (mask == NULL || xor == NULL || mask_len < len ||
		    xor_len < len) {
			r->known[to + i] = false;	/* a shift */
			continue;
		}
		/* A bit that is masked out need not be known. */
		r->known[to + i] = r->known[from + i] || mask[i] == 0;
		r->regs[to + i] = (uint8_t)((r->regs[from + i] & mask[i]) ^
		    xor[i]);
	}
}

static void
run_immediate(struct run *r, const struct nftnl_expr *e)
{
	const void	*data;
	uint32_t	 len, reg;

	reg = nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_DREG);
	if (reg == NFT_REG_VERDICT) {
		r->verdict->code = (int)nftnl_expr_get_u32(e,
		    NFTNL_EXPR_IMM_VERDICT);
		r->verdict->chain = nftnl_expr_get_str(e,
		    NFTNL_EXPR_IMM_CHAIN);
		return;
	}
	if ((data = nftnl_expr_get(e, NFTNL_EXPR_IMM_DATA, &len)) != NULL)
		reg_put(r, reg, data, len, (len + 3U) & ~3U);
}

static void
run_reject(struct run *r, const struct nftnl_expr *e)
{
	r->verdict->code = NF_DROP;
}

static struct nftnl_set *
set_of(const struct run *r, const char *name)
{
	const char		*table;
	uint32_t		 family;
	struct nftnl_set	*set;
	size_t			 i;

	table = nftnl_rule_get_str(r->rule, NFTNL_RULE_TABLE);
	family = nftnl_rule_get_u32(r->rule, NFTNL_RULE_FAMILY);
	for (i = 0; name != NULL && i < r->dump->sets.cnt; i++) {
		set = r->dump->sets.item[i];
		if (strcmp(nftnl_set_get_str(set, NFTNL_SET_NAME), name) ==
		    0 && strcmp(nftnl_set_get_str(set, NFTNL_SET_TABLE),
		    table) == 0 &&
		    nftnl_set_get_u32(set, NFTNL_SET_FAMILY) == family)
			return (set);
	}
	return (NULL);
}

/*
 * An interval is its first value and, marked as an end, the first one that
 * is no longer in it.
 */
static int
on_elem(struct nftnl_set_elem *elem, void *arg)
{
	struct find	*f = arg;
	const uint8_t	*key;
	uint32_t	 flags = 0, len;
	bool		 end, take;

	if (nftnl_set_elem_is_set(elem, NFTNL_SET_ELEM_FLAGS))
		flags = nftnl_set_elem_get_u32(elem, NFTNL_SET_ELEM_FLAGS);
	if (flags & NFT_SET_ELEM_CATCHALL)
		return (0);
	key = nftnl_set_elem_get(elem, NFTNL_SET_ELEM_KEY, &len);
	if (key == NULL || len != f->len || len > KEY_LEN)
		return (0);
	if (nftnl_set_elem_is_set(elem, NFTNL_SET_ELEM_KEY_END)) {
		f->ranges = true;
		return (0);
	}
	end = (flags & NFT_SET_ELEM_INTERVAL_END) != 0;
	if (!f->interval)
		take = memcmp(key, f->key, len) == 0;
	else {
		take = memcmp(key, f->key, len) <= 0 && (!f->best_set ||
		    memcmp(key, f->best, len) > 0 ||
		    (memcmp(key, f->best, len) == 0 && !end));
	}
	if (!take)
		return (0);
	memcpy(f->best, key, len);
	f->best_set = true;
	f->best_end = end;
	f->has_verdict = !end && nftnl_set_elem_is_set(elem,
	    NFTNL_SET_ELEM_VERDICT);
	if (f->has_verdict) {
		f->verdict.code = (int)nftnl_set_elem_get_u32(elem,
		    NFTNL_SET_ELEM_VERDICT);
		f->verdict.chain = nftnl_set_elem_get_str(elem,
		    NFTNL_SET_ELEM_CHAIN);
	}
	return (0);
}

static void
run_lookup(struct run *r, const struct nftnl_expr *e)
{
	struct nftnl_set	*set;
	struct find		 f;
	uint32_t		 reg;
	bool			 invert, to_reg;

	reg = nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_SREG);
	to_reg = nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_DREG);
	set = set_of(r, nftnl_expr_get_str(e, NFTNL_EXPR_LOOKUP_SET));
	invert = nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_FLAGS) &&
	    (nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_FLAGS) &
	    NFT_LOOKUP_F_INV);
	memset(&f, 0, sizeof(f));
	if (set != NULL)
		f.len = nftnl_set_get_u32(set, NFTNL_SET_KEY_LEN);
	if (set == NULL || f.len > KEY_LEN || !reg_known(r, reg, f.len)) {
		if (to_reg && nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_DREG) !=
		    NFT_REG_VERDICT)
			reg_forget(r, nftnl_expr_get_u32(e,
			    NFTNL_EXPR_LOOKUP_DREG), 16);
		need(r, NFT_PERHAPS);
		return;
	}
	f.key = r->regs + reg_at(reg);
	f.interval = (nftnl_set_get_u32(set, NFTNL_SET_FLAGS) &
	    NFT_SET_INTERVAL) != 0;
	(void)nftnl_set_elem_foreach(set, on_elem, &f);
	f.found = f.best_set && !f.best_end;
	if (f.ranges)
		need(r, NFT_PERHAPS);
	else
		need(r, f.found != invert ? NFT_YES : NFT_NO);
	if (f.has_verdict)
		*r->verdict = f.verdict;
	else if (to_reg)
		reg_forget(r, nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_DREG),
		    16);
}

/* Extensions of iptables that nftables has no words for. */
static void
run_match(struct run *r, const struct nftnl_expr *e)
{
	const char	*name = nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME);
	enum nft_match	 match = NFT_PERHAPS;

	if (name == NULL || strcmp(name, "comment") == 0)
		return;
	if (strcmp(name, "tcp") == 0 || strcmp(name, "udp") == 0 ||
	    strcmp(name, "icmp") == 0 || strcmp(name, "icmp6") == 0)
		match = NFT_NO;
	else if (strcmp(name, "conntrack") != 0 || !match_state(e, &match))
		match = NFT_PERHAPS;
	need(r, match);
}

/* Of those that ask for nothing but the state, since revision 2. */
static bool
match_state(const struct nftnl_expr *e, enum nft_match *match)
{
	struct xt_conntrack_mtinfo3	 info;
	const void			*data;
	uint32_t			 len;

	data = nftnl_expr_get(e, NFTNL_EXPR_MT_INFO, &len);
	if (data == NULL || len < sizeof(struct xt_conntrack_mtinfo2) ||
	    nftnl_expr_get_u32(e, NFTNL_EXPR_MT_REV) < 2)
		return (false);
	memset(&info, 0, sizeof(info));
	memcpy(&info, data, len < sizeof(info) ? len : sizeof(info));
	if (info.match_flags != XT_CONNTRACK_STATE)
		return (false);
	*match = ((info.state_mask & CT_NEW) != 0) !=
	    ((info.invert_flags & XT_CONNTRACK_STATE) != 0) ? NFT_YES :
	    NFT_NO;
	return (true);
}

static void
run_target(struct run *r, const struct nftnl_expr *e)
{
	const char	*name = nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME);

	if (name == NULL)
		return;
	if (strcmp(name, "DROP") == 0 || strcmp(name, "REJECT") == 0)
		r->verdict->code = NF_DROP;
	else if (strcmp(name, "NFQUEUE") == 0)
		r->verdict->code = NF_QUEUE;
}
