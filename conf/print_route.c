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
 * The canonical form of routes, rules and static entries.
 * Runs in: readconf.
 */

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <inttypes.h>
#include <string.h>

#include "print.h"

static void	 print_route(FILE *, const struct conf_route *);
static void	 print_hop(FILE *, const struct conf_route *,
		    const struct conf_hop *);
static void	 print_metrics(FILE *, const struct conf_route *);
static void	 print_rule(FILE *, const struct conf_rule *);
static void	 print_match(FILE *, const struct conf_rule *);
static void	 print_action(FILE *, const struct conf_rule *);
static void	 print_realms(FILE *, uint32_t);
static void	 print_prefix(FILE *, const char *, const struct vaddr *);
static void	 print_group_of(FILE *, const char *);

static const char *const metric_names[ROUTE_METRICS] = {
	[RTAX_MTU] = "mtu",
	[RTAX_WINDOW] = "window",
	[RTAX_RTT] = "rtt",
	[RTAX_RTTVAR] = "rttvar",
	[RTAX_SSTHRESH] = "ssthresh",
	[RTAX_CWND] = "cwnd",
	[RTAX_ADVMSS] = "advmss",
	[RTAX_REORDERING] = "reordering",
	[RTAX_HOPLIMIT] = "hoplimit",
	[RTAX_INITCWND] = "initcwnd",
	[RTAX_FEATURES] = "features",
	[RTAX_RTO_MIN] = "rto_min",
	[RTAX_INITRWND] = "initrwnd",
	[15] = "quickack",
	[16] = "congctl",
	[17] = "fastopen_no_cookie"
};

void
print_tgroups(FILE *f, const struct conf *conf)
{
	const struct conf_tgroup	*g;
	uint16_t			 i;

	TAILQ_FOREACH(g, &conf->tgroups, entry) {
		fprintf(f, "\ntrack_group ");
		print_word(f, g->name);
		fprintf(f, " {\n\tgroup {\n");
		for (i = 0; i < g->members.argc; i++) {
			fprintf(f, "\t\t");
			print_word(f, g->members.argv[i]);
			fprintf(f, "\n");
		}
		fprintf(f, "\t}\n}\n");
	}
}

void
print_statics(FILE *f, const struct conf *conf)
{
	const struct conf_vip	*v;

	if (!TAILQ_EMPTY(&conf->static_vips)) {
		fprintf(f, "\nstatic_ipaddress {\n");
		TAILQ_FOREACH(v, &conf->static_vips, entry) {
			fprintf(f, "\t");
			print_vip(f, conf, v);
		}
		fprintf(f, "}\n");
	}
	if (!TAILQ_EMPTY(&conf->static_routes))
		fprintf(f, "\n");
	print_routes(f, "", "static_routes", &conf->static_routes);
	if (!TAILQ_EMPTY(&conf->static_rules))
		fprintf(f, "\n");
	print_rules(f, "", "static_rules", &conf->static_rules);
}

void
print_routes(FILE *f, const char *indent, const char *name,
    const struct conf_route_list *routes)
{
	const struct conf_route	*r;

	if (TAILQ_EMPTY(routes))
		return;
	fprintf(f, "%s%s {\n", indent, name);
	TAILQ_FOREACH(r, routes, entry) {
		fprintf(f, "%s\t", indent);
		print_route(f, r);
	}
	fprintf(f, "%s}\n", indent);
}

void
print_rules(FILE *f, const char *indent, const char *name,
    const struct conf_rule_list *rules)
{
	const struct conf_rule	*r;

	if (TAILQ_EMPTY(rules))
		return;
	fprintf(f, "%s%s {\n", indent, name);
	TAILQ_FOREACH(r, rules, entry) {
		fprintf(f, "%s\t", indent);
		print_rule(f, r);
	}
	fprintf(f, "%s}\n", indent);
}

static void
print_route(FILE *f, const struct conf_route *r)
{
	static const char *const	 types[] = {
		[RTN_LOCAL] = "local ",
		[RTN_BROADCAST] = "broadcast ",
		[RTN_ANYCAST] = "anycast ",
		[RTN_MULTICAST] = "multicast ",
		[RTN_BLACKHOLE] = "blackhole ",
		[RTN_UNREACHABLE] = "unreachable ",
		[RTN_PROHIBIT] = "prohibit ",
		[RTN_THROW] = "throw "
	};
	char				 buf[VADDR_STRLEN];
	uint8_t				 i;

	if (r->type < sizeof(types) / sizeof(types[0]) &&
	    types[r->type] != NULL)
		fprintf(f, "%s", types[r->type]);
	fprintf(f, "%s", vaddr_print_plen(&r->dst, buf, sizeof(buf)));
	print_prefix(f, "from", &r->from);
	if (r->hop_cnt == 1 && (r->flags & ROUTE_F_MULTIPATH) == 0)
		print_hop(f, r, &r->hops[0]);
	if (r->src.family != 0)
		fprintf(f, " src %s", vaddr_print(&r->src, buf, sizeof(buf)));
	fprintf(f, " table %u", r->table);
	if (r->dst.family == AF_INET)
		fprintf(f, " scope %u", r->scope);
	if (r->metric != 0)
		fprintf(f, " metric %u", r->metric);
	if (r->tos != 0)
		fprintf(f, " tos %u", r->tos);
	fprintf(f, " protocol %u", r->proto);
	if (r->flags & ROUTE_F_PREF)
		fprintf(f, " pref %u", r->pref);
	print_metrics(f, r);
	if (r->flags & ROUTE_F_ADD)
		fprintf(f, " add");
	if (r->flags & ROUTE_F_APPEND)
		fprintf(f, " append");
	if (r->flags & ROUTE_F_NO_TRACK)
		fprintf(f, " no_track");
	print_group_of(f, r->track_group);
	for (i = 0; i < r->hop_cnt && (r->flags & ROUTE_F_MULTIPATH); i++) {
		fprintf(f, " nexthop");
		print_hop(f, r, &r->hops[i]);
		fprintf(f, " weight %u", r->hops[i].weight);
	}
	fprintf(f, "\n");
}

static void
print_hop(FILE *f, const struct conf_route *r, const struct conf_hop *hop)
{
	char	 buf[VADDR_STRLEN];

	if (hop->via.family != 0)
		fprintf(f, " via %s%s", hop->via.family != r->dst.family ?
		    "inet6 " : "", vaddr_print(&hop->via, buf, sizeof(buf)));
	if (hop->ifname[0] != '\0') {
		fprintf(f, " dev ");
		print_word(f, hop->ifname);
	}
	if (hop->flags & HOP_F_ONLINK)
		fprintf(f, " onlink");
	print_realms(f, hop->realms);
}

static void
print_metrics(FILE *f, const struct conf_route *r)
{
	uint32_t	 v;
	int		 i;

	for (i = 0; i < ROUTE_METRICS; i++) {
		if (i == 16 ? r->congctl[0] == '\0' :
		    (r->metric_set & (1U << i)) == 0)
			continue;
		v = r->metrics[i] / (i == RTAX_RTT ? 8 :
		    i == RTAX_RTTVAR ? 4 : 1);
		fprintf(f, " %s%s", metric_names[i],
		    r->metric_lock & (1U << i) ? " lock" : "");
		if (i == 16)
			fprintf(f, " %s", r->congctl);
		else if (i == RTAX_FEATURES)
			fprintf(f, " ecn");
		else
			fprintf(f, " %u", v);
	}
}

static void
print_rule(FILE *f, const struct conf_rule *r)
{
	fprintf(f, "%s priority %u", r->family == AF_INET6 ? "inet6" : "inet",
	    r->priority);
	print_match(f, r);
	print_action(f, r);
	fprintf(f, " protocol %u", r->proto);
	if (r->flags & RULE_F_NO_TRACK)
		fprintf(f, " no_track");
	print_group_of(f, r->track_group);
	fprintf(f, "\n");
}

static void
print_match(FILE *f, const struct conf_rule *r)
{
	if (r->flags & RULE_F_NOT)
		fprintf(f, " not");
	print_prefix(f, "from", &r->from);
	print_prefix(f, "to", &r->to);
	if (r->iif[0] != '\0') {
		fprintf(f, " iif ");
		print_word(f, r->iif);
	}
	if (r->oif[0] != '\0') {
		fprintf(f, " oif ");
		print_word(f, r->oif);
	}
	if (r->flags & RULE_F_MARK)
		fprintf(f, " fwmark 0x%x", r->mark);
	if (r->flags & RULE_F_MASK)
		fprintf(f, "/0x%x", r->mask);
	if (r->tos != 0)
		fprintf(f, " tos %u", r->tos);
	if (r->flags & RULE_F_UID)
		fprintf(f, " uidrange %u-%u", r->uid_first, r->uid_last);
	if (r->tunnel_id != 0)
		fprintf(f, " tunnel-id %" PRIu64, (uint64_t)r->tunnel_id);
	if (r->ipproto != 0)
		fprintf(f, " ipproto %u", r->ipproto);
	if (r->sport_first != 0)
		fprintf(f, " sport %u-%u", r->sport_first, r->sport_last);
	if (r->dport_first != 0)
		fprintf(f, " dport %u-%u", r->dport_first, r->dport_last);
}

static void
print_action(FILE *f, const struct conf_rule *r)
{
	static const char *const	 actions[] = {
		[FR_ACT_NOP] = "nop",
		[FR_ACT_BLACKHOLE] = "blackhole",
		[FR_ACT_UNREACHABLE] = "unreachable",
		[FR_ACT_PROHIBIT] = "prohibit"
	};

	if (r->flags & RULE_F_L3MDEV)
		fprintf(f, " l3mdev");
	else if (r->action == FR_ACT_TO_TBL)
		fprintf(f, " table %u", r->table);
	else if (r->action == FR_ACT_GOTO)
		fprintf(f, " goto %u", r->target);
	else
		fprintf(f, " %s", actions[r->action]);
	if (r->flags & RULE_F_SUP_PLEN)
		fprintf(f, " suppress_prefixlength %u", r->sup_plen);
	if (r->flags & RULE_F_SUP_GROUP)
		fprintf(f, " suppress_ifgroup %u", r->sup_group);
	print_realms(f, r->realms);
}

static void
print_realms(FILE *f, uint32_t realms)
{
	if (realms != 0)
		fprintf(f, " realms %u/%u", realms >> 16, realms & 0xffff);
}

static void
print_prefix(FILE *f, const char *name, const struct vaddr *a)
{
	char	 buf[VADDR_STRLEN];

	if (a->family != 0)
		fprintf(f, " %s %s", name,
		    vaddr_print_plen(a, buf, sizeof(buf)));
}

static void
print_group_of(FILE *f, const char *name)
{
	if (name[0] == '\0')
		return;
	fprintf(f, " track_group ");
	print_word(f, name);
}
