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
 * Routes and rules on the wire, what is possible of them, and whether two are
 * the same.
 * Runs in: readconf, parent, vrrpe, checker.
 */

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "field.h"

#define F(s, m)		#m, offsetof(struct conf_##s, m),		\
			    sizeof(((struct conf_##s *)NULL)->m)
#define M(n)		F(route, metrics[n]), FIELD_UINT, OTHER, 0, UINT32_MAX
#define OTHER		FIELD_OTHER
#define END		{ NULL, 0, 0, FIELD_UINT, 0, 0, 0 }
#define METRIC_BITS	((1 << ROUTE_METRICS) - 2)	/* 1 to 17 */

static const char *hop_check(const struct conf_route *,
		    const struct conf_hop *);

static const struct field	field_route[] = {
	{ F(route, dst), FIELD_ADDR, OTHER, 0, 0 },
	{ F(route, from), FIELD_ADDR, OTHER, 0, 0 },
	{ F(route, src), FIELD_ADDR, OTHER, 0, 0 },
	{ F(route, type), FIELD_UINT, OTHER, RTN_UNICAST, RTN_THROW },
	{ F(route, scope), FIELD_UINT, OTHER, 0, 255 },
	{ F(route, tos), FIELD_UINT, OTHER, 0, 255 },
	{ F(route, proto), FIELD_UINT, OTHER, 0, 255 },
	{ F(route, pref), FIELD_UINT, OTHER, 0, 3 },
	{ F(route, table), FIELD_UINT, OTHER, 1, UINT32_MAX },
	{ F(route, metric), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(route, flags), FIELD_UINT, OTHER, 0, ROUTE_F_ALL },
	{ F(route, metric_set), FIELD_UINT, OTHER, 0, METRIC_BITS },
	{ F(route, metric_lock), FIELD_UINT, OTHER, 0, METRIC_BITS },
	{ M(1) }, { M(2) }, { M(3) }, { M(4) }, { M(5) }, { M(6) }, { M(7) },
	{ M(8) }, { M(9) }, { M(10) }, { M(11) }, { M(12) }, { M(13) },
	{ M(14) }, { M(15) }, { M(16) }, { M(17) },
	{ F(route, congctl), FIELD_STR, OTHER, 0, 0 },
	{ F(route, hop_cnt), FIELD_UINT, OTHER, 0, MAX_HOPS },
	{ F(route, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

static const struct field	field_hop[] = {
	{ F(hop, via), FIELD_ADDR, OTHER, 0, 0 },
	{ F(hop, ifname), FIELD_IFNAME, OTHER, 0, 0 },
	{ F(hop, realms), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(hop, weight), FIELD_UINT, OTHER, 1, 256 },
	{ F(hop, flags), FIELD_UINT, OTHER, 0, HOP_F_ONLINK },
	END
};

static const struct field	field_rule[] = {
	{ F(rule, family), FIELD_UINT, OTHER, AF_INET, AF_INET6 },
	{ F(rule, action), FIELD_UINT, OTHER, FR_ACT_TO_TBL,
	    FR_ACT_PROHIBIT },
	{ F(rule, tos), FIELD_UINT, OTHER, 0, 255 },
	{ F(rule, proto), FIELD_UINT, OTHER, 0, 255 },
	{ F(rule, ipproto), FIELD_UINT, OTHER, 0, 255 },
	{ F(rule, from), FIELD_ADDR, OTHER, 0, 0 },
	{ F(rule, to), FIELD_ADDR, OTHER, 0, 0 },
	{ F(rule, iif), FIELD_IFNAME, OTHER, 0, 0 },
	{ F(rule, oif), FIELD_IFNAME, OTHER, 0, 0 },
	{ F(rule, table), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, priority), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, target), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, flags), FIELD_UINT, OTHER, 0, RULE_F_ALL },
	{ F(rule, mark), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, mask), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, realms), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, uid_first), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, uid_last), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, sup_plen), FIELD_UINT, OTHER, 0, 128 },
	{ F(rule, sup_group), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(rule, tunnel_id), FIELD_SINT, OTHER, INT64_MIN, INT64_MAX },
	{ F(rule, sport_first), FIELD_UINT, OTHER, 0, UINT16_MAX },
	{ F(rule, sport_last), FIELD_UINT, OTHER, 0, UINT16_MAX },
	{ F(rule, dport_first), FIELD_UINT, OTHER, 0, UINT16_MAX },
	{ F(rule, dport_last), FIELD_UINT, OTHER, 0, UINT16_MAX },
	{ F(rule, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

void
route_put(struct msg *m, const struct conf_route *route)
{
	uint8_t	 i;

	field_put(field_route, m, route);
	for (i = 0; i < route->hop_cnt; i++)
		field_put(field_hop, m, &route->hops[i]);
}

const char *
route_get(struct msg *m, struct conf_route *route)
{
	const char	*wrong;
	uint8_t		 i, family;

	if ((wrong = field_get(field_route, m, route)) != NULL)
		return (wrong);
	family = route->dst.family;
	if (family != AF_INET && family != AF_INET6)
		return ("dst");
	if (route->from.family != 0 && (family != AF_INET6 ||
	    route->from.family != family))
		return ("from");
	if (route->src.family != 0 && route->src.family != family)
		return ("src");
	for (i = 0; i < route->hop_cnt; i++) {
		wrong = field_get(field_hop, m, &route->hops[i]);
		if (wrong != NULL ||
		    (wrong = hop_check(route, &route->hops[i])) != NULL)
			return (wrong);
	}
	if (route->hop_cnt > 1 && !(route->flags & ROUTE_F_MULTIPATH))
		return ("hop_cnt");
	return (NULL);
}

static const char *
hop_check(const struct conf_route *route, const struct conf_hop *hop)
{
	if (hop->via.family == 0 && hop->ifname[0] == '\0')
		return ("via");
	return (route->dst.family == AF_INET6 &&
	    hop->via.family == AF_INET ? "via" : NULL);
}

bool
route_equal(const struct conf_route *a, const struct conf_route *b)
{
	uint8_t	 i;

	if (field_diff(field_route, a, b) != 0)
		return (false);
	for (i = 0; i < a->hop_cnt; i++) {
		if (field_diff(field_hop, &a->hops[i], &b->hops[i]) != 0)
			return (false);
	}
	return (true);
}

void
rule_put(struct msg *m, const struct conf_rule *rule)
{
	field_put(field_rule, m, rule);
}

const char *
rule_get(struct msg *m, struct conf_rule *rule)
{
	const char	*wrong;

	if ((wrong = field_get(field_rule, m, rule)) != NULL)
		return (wrong);
	if (rule->family != AF_INET && rule->family != AF_INET6)
		return ("family");
	if (rule->from.family != 0 && rule->from.family != rule->family)
		return ("from");
	if (rule->to.family != 0 && rule->to.family != rule->family)
		return ("to");
	if (rule->action == FR_ACT_TO_TBL &&
	    (rule->table == 0) != ((rule->flags & RULE_F_L3MDEV) != 0))
		return ("table");
	return (NULL);
}

bool
rule_equal(const struct conf_rule *a, const struct conf_rule *b)
{
	return (field_diff(field_rule, a, b) == 0);
}
