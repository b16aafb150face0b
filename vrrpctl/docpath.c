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
 * The way of an advertisement through the packet filter, chain by chain.
 * Runs in: vrrpctl-doctor.
 */

#include <sys/socket.h>

#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "docnft.h"
#include "doctor.h"

#define DEPTH_MAX	16		/* the kernel's own limit of jumps */
#define PROTO_VRRP	112
#define PROTO_AH	51

/* One base chain and what is under it. */
struct walk {
	const struct nft_dump	*dump;
	const struct nft_packet	*packet;
	const struct nftnl_chain *base;
	bool			 maybe_accept;	/* before the end */
	bool			 maybe_drop;
	const struct nftnl_rule	*drop;		/* the first that may */
	const struct nftnl_rule	*end;		/* that dropped it for sure */
};

enum way {
	WAY_ON = 0,		/* no verdict: the caller goes on */
	WAY_ACCEPT,
	WAY_DROP
};

static enum way	 walk(struct walk *, const char *, bool, int);
static enum way	 settle(struct walk *, const struct nftnl_rule *, int,
		    bool);
static bool	 is_in(const struct nft_packet *, const struct nftnl_chain *);
static bool	 has_device(const struct nftnl_chain *, const char *);
static void	 judge(const struct nft_dump *, const struct nft_packet *,
		    const struct nftnl_chain *, struct nft_answer *);
static void	 describe(struct nft_answer *, const struct nftnl_chain *,
		    const struct nftnl_rule *);
static void	 advert(struct nft_packet *, const struct snap_inst *,
		    const struct doc_plan *, bool);
static void	 put_addr(struct nft_packet *, size_t, const struct vaddr *);
static void	 put(struct nft_packet *, size_t, const void *, size_t);
static void	 report(struct doctor *, const struct nft_packet *,
		    const struct nft_answer *);
static void	 advise(struct doctor *, const struct nft_packet *,
		    const struct nft_answer *);
static void	 check_inst(struct doctor *, const struct snap_inst *);
static void	 check_way(struct doctor *, struct nft_packet *,
		    const char *);
static void	 nft_trace(const struct nft_dump *, const struct nft_packet *,
		    struct nft_answer *);

static void
nft_trace(const struct nft_dump *dump, const struct nft_packet *packet,
    struct nft_answer *answer)
{
	const struct nftnl_chain	*base;
	size_t				 i;

	memset(answer, 0, sizeof(*answer));
	for (i = 0; i < dump->chains.cnt; i++) {
		base = dump->chains.item[i];
		if (is_in(packet, base))
			judge(dump, packet, base, answer);
		if (answer->fate == NFT_DROPPED)
			return;
	}
}

/* Whether the packet comes through this base chain at all. */
static bool
is_in(const struct nft_packet *p, const struct nftnl_chain *c)
{
	const char	*type;
	uint32_t	 hook;

	if (!nftnl_chain_is_set(c, NFTNL_CHAIN_HOOKNUM))
		return (false);
	type = nftnl_chain_get_str(c, NFTNL_CHAIN_TYPE);
	if (type != NULL && strcmp(type, "nat") == 0)
		return (false);
	hook = nftnl_chain_get_u32(c, NFTNL_CHAIN_HOOKNUM);
	switch (nftnl_chain_get_u32(c, NFTNL_CHAIN_FAMILY)) {
	case NFPROTO_NETDEV:
		return ((hook == NF_NETDEV_INGRESS) == p->in &&
		    has_device(c, p->ifname));
	case NFPROTO_IPV4:
		if (p->ipv6)
			return (false);
		break;
	case NFPROTO_IPV6:
		if (!p->ipv6)
			return (false);
		break;
	case NFPROTO_INET:
		if (hook == NF_INET_INGRESS)
			return (p->in && has_device(c, p->ifname));
		break;
	default:
		return (false);
	}
	return (p->in ? hook == NF_INET_PRE_ROUTING ||
	    hook == NF_INET_LOCAL_IN : hook == NF_INET_LOCAL_OUT ||
	    hook == NF_INET_POST_ROUTING);
}

static bool
has_device(const struct nftnl_chain *c, const char *ifname)
{
	const char *const	*list;
	const char		*dev;
	size_t			 i;

	if (nftnl_chain_is_set(c, NFTNL_CHAIN_DEVICES)) {
		list = nftnl_chain_get(c, NFTNL_CHAIN_DEVICES);
		for (i = 0; list != NULL && list[i] != NULL; i++)
			if (strcmp(list[i], ifname) == 0)
				return (true);
	}
	dev = nftnl_chain_get_str(c, NFTNL_CHAIN_DEV);
	return (dev != NULL && strcmp(dev, ifname) == 0);
}

static void
judge(const struct nft_dump *dump, const struct nft_packet *packet,
    const struct nftnl_chain *base, struct nft_answer *answer)
{
	struct walk	 w;
	enum way	 way;

	memset(&w, 0, sizeof(w));
	w.dump = dump;
	w.packet = packet;
	w.base = base;
	way = walk(&w, nftnl_chain_get_str(base, NFTNL_CHAIN_NAME), false, 0);
	if (way == WAY_ON && nftnl_chain_is_set(base, NFTNL_CHAIN_POLICY) &&
	    nftnl_chain_get_u32(base, NFTNL_CHAIN_POLICY) == NF_DROP)
		way = WAY_DROP;
	if (way == WAY_DROP) {
		answer->fate = w.maybe_accept ? NFT_MAYBE : NFT_DROPPED;
		describe(answer, base, w.end);
	} else if (w.maybe_drop && answer->fate == NFT_PASSES) {
		answer->fate = NFT_MAYBE;
		describe(answer, base, w.drop);
	}
}

/* rule NULL: by the policy of the base chain. */
static void
describe(struct nft_answer *a, const struct nftnl_chain *base,
    const struct nftnl_rule *rule)
{
	static const struct {
		uint32_t	 number;
		const char	*name;
	} families[] = {
		{ NFPROTO_INET, "inet" }, { NFPROTO_IPV4, "ip" },
		{ NFPROTO_IPV6, "ip6" }, { NFPROTO_NETDEV, "netdev" }
	};
	size_t	 i;

	a->family = "?";
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].number == nftnl_chain_get_u32(base,
		    NFTNL_CHAIN_FAMILY))
			a->family = families[i].name;
	a->table = nftnl_chain_get_str(base, NFTNL_CHAIN_TABLE);
	a->chain = nftnl_chain_get_str(base, NFTNL_CHAIN_NAME);
	a->policy = rule == NULL;
	a->rule_chain = rule == NULL ? a->chain : nftnl_rule_get_str(rule,
	    NFTNL_RULE_CHAIN);
	a->handle = rule == NULL ? 0 : nftnl_rule_get_u64(rule,
	    NFTNL_RULE_HANDLE);
}

/* perhaps: whether the packet comes here is not known. */
static enum way
walk(struct walk *w, const char *name, bool perhaps, int depth)
{
	const struct nftnl_rule	*rule;
	struct nft_verdict	 v;
	enum nft_match		 match;
	enum way		 way;
	bool			 unsure;
	size_t			 i;

	for (i = 0; depth < DEPTH_MAX && i < w->dump->rules.cnt; i++) {
		rule = w->dump->rules.item[i];
		if (strcmp(nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN),
		    name) != 0 || strcmp(nftnl_rule_get_str(rule,
		    NFTNL_RULE_TABLE), nftnl_chain_get_str(w->base,
		    NFTNL_CHAIN_TABLE)) != 0 || nftnl_rule_get_u32(rule,
		    NFTNL_RULE_FAMILY) != nftnl_chain_get_u32(w->base,
		    NFTNL_CHAIN_FAMILY))
			continue;
		match = nft_rule_eval(w->dump, w->packet, rule, &v);
		if (match == NFT_NO || v.code == NFT_CONTINUE ||
		    v.code == NFT_BREAK)
			continue;
		unsure = perhaps || match == NFT_PERHAPS;
		if (v.code == NFT_RETURN && !unsure)
			return (WAY_ON);
		if (v.code == NFT_RETURN)
			perhaps = true;		/* what follows */
		else if (v.code == NFT_JUMP || v.code == NFT_GOTO) {
			way = v.chain == NULL ? WAY_ON : walk(w, v.chain,
			    unsure, depth + 1);
			if (way != WAY_ON ||
			    (v.code == NFT_GOTO && !unsure))
				return (way);
			if (v.code == NFT_GOTO)
				perhaps = true;
		} else if ((way = settle(w, rule, v.code, unsure)) != WAY_ON)
			return (way);
	}
	return (WAY_ON);
}

static enum way
settle(struct walk *w, const struct nftnl_rule *rule, int code, bool unsure)
{
	bool	 drop = (code & NF_VERDICT_MASK) == NF_DROP;

	/* What a program in user space makes of it we cannot know. */
	if (!drop && unsure)
		w->maybe_accept = true;
	if (drop && unsure && !w->maybe_drop) {
		w->maybe_drop = true;
		w->drop = rule;
	}
	if (unsure)
		return (WAY_ON);
	if (drop)
		w->end = rule;
	return (drop ? WAY_DROP : WAY_ACCEPT);
}

void
check_filter(struct doctor *d)
{
	const struct snap_inst	*i;

	if (d->legacy[0] != '\0') {
		doc_add(d, DOC_UNKNOWN, "firewall", "", "the old iptables has "
		    "tables that are not looked at: %s", d->legacy);
		doc_advice(d, "see whether protocol 112 passes: "
		    "iptables-legacy -nvL; ip6tables-legacy -nvL");
	}
	if (d->nft == NULL) {
		doc_add(d, DOC_UNKNOWN, "firewall", "", "nftables: %s",
		    d->nft_error);
		doc_advice(d, "run \"vrrpctl doctor\" as root");
		return;
	}
	SNAP_EACH(i, &d->snap.insts)
		check_inst(d, i);
}

static void
check_inst(struct doctor *d, const struct snap_inst *i)
{
	const struct doc_plan	*plan = doc_plan(d, i->inst.name);
	struct nft_packet	 p;
	bool			 vmac;

	if (doc_seen(d, i))
		return;
	advert(&p, i, plan, true);
	check_way(d, &p, i->inst.ifname);
	vmac = plan != NULL && plan->vmac[0] != '\0' &&
	    strcmp(plan->vmac, i->inst.ifname) != 0;
	if (vmac)
		check_way(d, &p, plan->vmac);
	advert(&p, i, plan, false);
	check_way(d, &p, vmac && !plan->xmit_base ? plan->vmac :
	    i->inst.ifname);
}

static void
check_way(struct doctor *d, struct nft_packet *p, const char *ifname)
{
	const struct doc_link	*link = doc_link(d, ifname);
	struct nft_answer	 answer;

	if (link == NULL)
		return;		/* said elsewhere */
	p->ifname = link->name;
	p->ifindex = link->index;
	nft_trace(d->nft, p, &answer);
	report(d, p, &answer);
}

/* Ours when it goes out, that of another router when it comes in. */
static void
advert(struct nft_packet *p, const struct snap_inst *i,
    const struct doc_plan *plan, bool in)
{
	struct vaddr	 group, none;
	uint8_t		 byte;

	memset(p, 0, sizeof(*p));
	memset(&none, 0, sizeof(none));
	p->in = in;
	p->ipv6 = i->inst.family == AF_INET6;
	p->head_len = p->ipv6 ? 40 : 20;
	p->proto = i->detail.auth_type == 2 ? PROTO_AH : PROTO_VRRP;
	p->multicast = i->detail.peers == 0;
	if (plan != NULL && plan->group.family != 0)
		group = plan->group;
	else if (vaddr_parse(&group, p->ipv6 ? "ff02::12" :
	    "224.0.0.18") == -1)
		return;
	byte = p->ipv6 ? 0x60 : 0x45;
	put(p, 0, &byte, 1);
	byte = 255;
	put(p, p->ipv6 ? 7 : 8, &byte, 1);
	put(p, p->ipv6 ? 6 : 9, &p->proto, 1);
	put_addr(p, p->ipv6 ? 8 : 12, in ? &none : &i->detail.src);
	if (p->multicast)
		put_addr(p, p->ipv6 ? 24 : 16, &group);
	else
		put_addr(p, p->ipv6 ? 24 : 16, in ? &i->detail.src :
		    plan != NULL ? &plan->peer : &none);
	if (p->proto == PROTO_VRRP) {
		byte = (uint8_t)(i->inst.version << 4 | 1);
		put(p, p->head_len, &byte, 1);
		put(p, p->head_len + 1, &i->inst.vrid, 1);
	}
}

static void
put_addr(struct nft_packet *p, size_t at, const struct vaddr *addr)
{
	if (addr->family != 0)
		put(p, at, addr->bytes, vaddr_len(addr));
}

static void
put(struct nft_packet *p, size_t at, const void *data, size_t len)
{
	if (at + len > NFT_HEAD_LEN)
		return;
	memcpy(p->bytes + at, data, len);
	memset(p->known + at, 1, len);
}

static void
report(struct doctor *d, const struct nft_packet *p,
    const struct nft_answer *a)
{
	char	 subject[64], where[160];

	(void)snprintf(subject, sizeof(subject), "%s %s %s", p->ifname,
	    p->ipv6 ? "ipv6" : "ipv4", p->in ? "in" : "out");
	if (a->fate == NFT_PASSES) {
		doc_add(d, DOC_OK, "firewall", subject,
		    "nftables lets advertisements pass");
		return;
	}
	if (a->policy)
		(void)snprintf(where, sizeof(where), "the policy of chain %s "
		    "%s %s", a->family, a->table, a->chain);
	else
		(void)snprintf(where, sizeof(where), "rule handle %llu in "
		    "chain %s %s %s", (unsigned long long)a->handle,
		    a->family, a->table, a->rule_chain);
	doc_add(d, a->fate == NFT_DROPPED ? DOC_ERROR : DOC_WARNING,
	    "firewall", subject, "advertisements (protocol %u) %s dropped by "
	    "%s", p->proto, a->fate == NFT_DROPPED ? "are" : "may be", where);
	advise(d, p, a);
}

/* In the words that the rules were made with. */
static void
advise(struct doctor *d, const struct nft_packet *p,
    const struct nft_answer *a)
{
	if ((strcmp(a->family, "ip") == 0 || strcmp(a->family, "ip6") == 0) &&
	    (strcmp(a->chain, "INPUT") == 0 ||
	    strcmp(a->chain, "OUTPUT") == 0 ||
	    strcmp(a->chain, "PREROUTING") == 0 ||
	    strcmp(a->chain, "POSTROUTING") == 0))
		doc_advice(d, "%s -t %s -I %s -p %u -j ACCEPT", p->ipv6 ?
		    "ip6tables" : "iptables", a->table, a->chain, p->proto);
	else
		doc_advice(d, "nft insert rule %s %s %s meta l4proto %u "
		    "accept", a->family, a->table, a->chain, p->proto);
}
