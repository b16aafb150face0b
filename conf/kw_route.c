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
 * Entries of virtual_routes and static_routes.
 * Runs in: readconf.
 */

#include <linux/rtnetlink.h>

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

/* Newer than the oldest headers. */
#define METRIC_QUICKACK		15
#define METRIC_CONGCTL		16
#define METRIC_FASTOPEN		17
#define FEATURE_ECN		1

/* A route that is being read. */
struct rt {
	struct words	 w;		/* first */
	struct conf_route *r;
	struct conf_hop	*hop;		/* that words go to */
	struct conf_hop	 way;		/* via, dev outside of nexthop */
	struct conf_hop	 way2;		/* or */
	bool		 has_dst;
	bool		 has_scope;
	bool		 has_table;
	bool		 in_nexthop;
	bool		 weighted;
};

struct route_word {
	const char	*name;
	bool		(*read)(struct rt *, int arg);
	int		 arg;
	bool		 hop;		/* of a nexthop, too */
};

static bool	 read_word(struct rt *);
static bool	 read_to(struct rt *, int);
static bool	 read_default6(struct rt *, int);
static bool	 read_type(struct rt *, int);
static bool	 read_via(struct rt *, int);
static bool	 read_dev(struct rt *, int);
static bool	 read_src(struct rt *, int);
static bool	 read_from(struct rt *, int);
static bool	 read_number(struct rt *, int);
static bool	 read_name(struct rt *, int);
static bool	 read_flag(struct rt *, int);
static bool	 read_metric(struct rt *, int);
static bool	 read_rtt(struct rt *, int);
static bool	 read_features(struct rt *, int);
static bool	 read_congctl(struct rt *, int);
static bool	 read_realms(struct rt *, int);
static bool	 read_pref(struct rt *, int);
static bool	 read_nexthop(struct rt *, int);
static bool	 read_onlink(struct rt *, int);
static bool	 read_family(struct rt *, int);
static bool	 read_tgroup_name(struct rt *, int);
static bool	 take_dst(struct rt *, const char *);
static bool	 take_lock(struct rt *, int);
static void	 route_ways(struct rt *);
static void	 route_finish(struct rt *);
static void	 route_family(struct rt *);
static void	 route_scope(struct rt *);
static void	 hop_check(struct rt *, struct conf_hop *);

enum {
	NUM_METRIC = 0,
	NUM_WEIGHT,
	NAME_TABLE,
	NAME_SCOPE,
	NAME_PROTO,
	NAME_TOS
};

static const struct route_word words[] = {
	{ "to", read_to, 0, false },
	{ "default6", read_default6, 0, false },
	{ "unicast", read_type, RTN_UNICAST, false },
	{ "local", read_type, RTN_LOCAL, false },
	{ "broadcast", read_type, RTN_BROADCAST, false },
	{ "anycast", read_type, RTN_ANYCAST, false },
	{ "multicast", read_type, RTN_MULTICAST, false },
	{ "blackhole", read_type, RTN_BLACKHOLE, false },
	{ "unreachable", read_type, RTN_UNREACHABLE, false },
	{ "prohibit", read_type, RTN_PROHIBIT, false },
	{ "throw", read_type, RTN_THROW, false },
	{ "via", read_via, 0, true },
	{ "gw", read_via, 1, false },
	{ "or", read_via, 2, false },
	{ "dev", read_dev, 0, true },
	{ "oif", read_dev, 0, true },
	{ "src", read_src, 0, false },
	{ "from", read_from, 0, false },
	{ "scope", read_name, NAME_SCOPE, false },
	{ "table", read_name, NAME_TABLE, false },
	{ "protocol", read_name, NAME_PROTO, false },
	{ "tos", read_name, NAME_TOS, false },
	{ "dsfield", read_name, NAME_TOS, false },
	{ "metric", read_number, NUM_METRIC, false },
	{ "priority", read_number, NUM_METRIC, false },
	{ "preference", read_number, NUM_METRIC, false },
	{ "weight", read_number, NUM_WEIGHT, true },
	{ "onlink", read_onlink, 0, true },
	{ "mtu", read_metric, RTAX_MTU, false },
	{ "advmss", read_metric, RTAX_ADVMSS, false },
	{ "reordering", read_metric, RTAX_REORDERING, false },
	{ "cwnd", read_metric, RTAX_CWND, false },
	{ "ssthresh", read_metric, RTAX_SSTHRESH, false },
	{ "window", read_metric, RTAX_WINDOW, false },
	{ "hoplimit", read_metric, RTAX_HOPLIMIT, false },
	{ "initcwnd", read_metric, RTAX_INITCWND, false },
	{ "initrwnd", read_metric, RTAX_INITRWND, false },
	{ "quickack", read_metric, METRIC_QUICKACK, false },
	{ "fastopen_no_cookie", read_metric, METRIC_FASTOPEN, false },
	{ "rtt", read_rtt, RTAX_RTT, false },
	{ "rttvar", read_rtt, RTAX_RTTVAR, false },
	{ "rto_min", read_rtt, RTAX_RTO_MIN, false },
	{ "features", read_features, 0, false },
	{ "congctl", read_congctl, 0, false },
	{ "realms", read_realms, 0, true },
	{ "pref", read_pref, 0, false },
	{ "nexthop", read_nexthop, 0, true },
	{ "add", read_flag, ROUTE_F_ADD, false },
	{ "prepend", read_flag, 0, false },
	{ "append", read_flag, ROUTE_F_APPEND, false },
	{ "no_track", read_flag, ROUTE_F_NO_TRACK, false },
	{ "inet", read_family, AF_INET, false },
	{ "inet6", read_family, AF_INET6, false },
	{ "track_group", read_tgroup_name, 0, false }
};

struct conf_route *
route_read(struct load *ld, const struct stmt *st, bool is_static)
{
	struct rt	 rt;

	memset(&rt, 0, sizeof(rt));
	rt.w.ld = ld;
	rt.w.st = st;
	rt.w.what = "route";
	if ((rt.r = calloc(1, sizeof(*rt.r))) == NULL)
		err(1, "configuration");
	rt.r->line = st->src->line;
	rt.r->type = RTN_UNICAST;
	rt.r->proto = ROUTE_PROTO;
	rt.hop = &rt.way;
	for (; rt.w.i < st->cnt && !rt.w.gone; rt.w.i++)
		if (!read_word(&rt))
			rt.w.gone = true;
	if (!rt.w.gone)
		route_finish(&rt);
	if (!rt.w.gone && rt.r->track_group[0] != '\0' && !is_static) {
		diag_warn(ld, word_at(st, 0), "track_group is for static "
		    "routes: ignored");
		rt.r->track_group[0] = '\0';
	}
	if (!rt.w.gone)
		return (rt.r);
	free(rt.r);
	return (NULL);
}

static bool
read_word(struct rt *rt)
{
	const char	*word = rt->w.st->word[rt->w.i].s;
	struct vaddr	 a;
	uint32_t	 type;
	size_t		 i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, word) == 0)
			break;
	if (i < sizeof(words) / sizeof(words[0])) {
		if (!rt->in_nexthop || words[i].hop)
			return (words[i].read(rt, words[i].arg));
		words_gone(&rt->w, words_at(&rt->w), "%s behind nexthop, "
		    "which has to be the last word", word);
		return (false);
	}
	if (rt->in_nexthop || known_find(BLK_ROUTE, word) != NULL) {
		words_unknown(&rt->w, BLK_ROUTE);
		return (false);
	}
	/* The number of a type, as iproute2 takes it. */
	if (!rt->has_dst && isdigit((unsigned char)word[0]) &&
	    strpbrk(word, ".:/") == NULL && words_peek(&rt->w) != NULL) {
		if (!words_u32(&rt->w, word, RTN_UNICAST, RTN_THROW, &type))
			return (false);
		rt->r->type = (uint8_t)type;
		return (true);
	}
	if (strcmp(word, "default") != 0 && strcmp(word, "all") != 0 &&
	    strcmp(word, "any") != 0 && vaddr_parse(&a, word) == -1) {
		words_unknown(&rt->w, BLK_ROUTE);
		return (false);
	}
	return (take_dst(rt, word));
}

static bool
take_dst(struct rt *rt, const char *word)
{
	if (rt->has_dst) {
		words_gone(&rt->w, words_at(&rt->w), "\"%.60s\" is a second "
		    "destination", word);
		return (false);
	}
	rt->has_dst = true;
	return (words_prefix(&rt->w, word, &rt->r->dst));
}

static bool
read_to(struct rt *rt, int arg)
{
	const char	*word;

	word = words_value(&rt->w);
	return (word != NULL && take_dst(rt, word));
}

static bool
read_default6(struct rt *rt, int arg)
{
	return (words_family(&rt->w, AF_INET6) && take_dst(rt, "default"));
}

static bool
read_type(struct rt *rt, int arg)
{
	rt->r->type = (uint8_t)arg;
	if (words_peek(&rt->w) != NULL || rt->has_dst)
		return (true);
	words_gone(&rt->w, words_at(&rt->w), "a destination has to follow");
	return (false);
}

/*
 * The gateway of an IPv4 route may be an IPv6 one. Which family a gateway is
 * of tells that of the route only when nothing else does.
 */
static bool
read_via(struct rt *rt, int arg)
{
	static const char *const	 old[] = { "via", "gw", "or" };
	struct conf_hop			*hop;
	const char			*word;
	uint8_t				 family = 0;

	hop = arg == 2 ? &rt->way2 : rt->hop;
	if (arg > 0)
		diag_warn(rt->w.ld, words_at(&rt->w), "%s is an old word: %s",
		    old[arg], arg == 1 ? "write via" : "write nexthop");
	if ((word = words_value(&rt->w)) == NULL)
		return (false);
	if (strcmp(word, "inet") == 0 || strcmp(word, "inet6") == 0) {
		family = strcmp(word, "inet") == 0 ? AF_INET : AF_INET6;
		if ((word = words_value(&rt->w)) == NULL)
			return (false);
	}
	if (hop->via.family != 0) {
		words_gone(&rt->w, words_at(&rt->w), "a second gateway needs "
		    "nexthop");
		return (false);
	}
	if (!words_host(&rt->w, word, &hop->via))
		return (false);
	if (family == 0 || family == hop->via.family)
		return (true);
	words_gone(&rt->w, words_at(&rt->w), "%s is not of the family that is "
	    "named", word);
	return (false);
}

static bool
read_dev(struct rt *rt, int arg)
{
	const char	*word;

	if ((word = words_value(&rt->w)) == NULL)
		return (false);
	if (rt->hop->ifname[0] != '\0') {
		words_gone(&rt->w, words_at(&rt->w), "dev stands a second "
		    "time");
		return (false);
	}
	ifname_copy(rt->w.ld, words_at(&rt->w), rt->hop->ifname, word);
	return (true);
}

static bool
read_src(struct rt *rt, int arg)
{
	return (words_host(&rt->w, words_value(&rt->w), &rt->r->src) &&
	    words_family(&rt->w, rt->r->src.family));
}

static bool
read_from(struct rt *rt, int arg)
{
	return (words_prefix(&rt->w, words_value(&rt->w), &rt->r->from));
}

static bool
read_number(struct rt *rt, int arg)
{
	uint32_t	 v;

	if (arg == NUM_METRIC)
		return (words_u32(&rt->w, words_value(&rt->w), 0, UINT32_MAX,
		    &rt->r->metric));
	if (!words_u32(&rt->w, words_value(&rt->w), 1, 256, &v))
		return (false);
	rt->hop->weight = (uint16_t)v;
	rt->weighted |= !rt->in_nexthop;
	return (true);
}

static bool
read_name(struct rt *rt, int arg)
{
	static const enum rtname_kind	 kinds[] = {
		[NAME_TABLE] = RTNAME_TABLE,
		[NAME_SCOPE] = RTNAME_SCOPE,
		[NAME_PROTO] = RTNAME_PROTO,
		[NAME_TOS] = RTNAME_TOS
	};
	uint32_t			 v;

	if (!words_name(&rt->w, kinds[arg], &v))
		return (false);
	if (arg == NAME_TABLE) {
		rt->r->table = v;
		rt->has_table = v != 0;
	} else if (arg == NAME_SCOPE) {
		rt->r->scope = (uint8_t)v;
		rt->has_scope = true;
	} else if (arg == NAME_PROTO)
		rt->r->proto = (uint8_t)v;
	else
		rt->r->tos = (uint8_t)v;
	return (true);
}

static bool
read_flag(struct rt *rt, int arg)
{
	rt->r->flags |= (uint32_t)arg;
	return (true);
}

static bool
read_onlink(struct rt *rt, int arg)
{
	rt->hop->flags |= HOP_F_ONLINK;
	return (true);
}

/* [lock] VALUE; false: there is no value. */
static bool
take_lock(struct rt *rt, int metric)
{
	const char	*next;

	next = words_peek(&rt->w);
	if (next != NULL && strcmp(next, "lock") == 0) {
		rt->r->metric_lock |= 1U << metric;
		rt->w.i++;
	}
	return (words_value(&rt->w) != NULL);
}

static bool
read_metric(struct rt *rt, int metric)
{
	uint32_t	 max;

	max = metric == RTAX_HOPLIMIT ? 255 : metric == METRIC_QUICKACK ||
	    metric == METRIC_FASTOPEN ? 1 : UINT32_MAX;
	if (!take_lock(rt, metric) || !words_u32(&rt->w,
	    rt->w.st->word[rt->w.i].s, 0, max, &rt->r->metrics[metric]))
		return (false);
	rt->r->metric_set |= 1U << metric;
	return (true);
}

/* Milliseconds, or with s or ms; the kernel counts eighths and quarters. */
static bool
read_rtt(struct rt *rt, int metric)
{
	unsigned long	 v;
	const char	*word;
	char		*end;
	uint32_t	 unit;

	if (!take_lock(rt, metric))
		return (false);
	word = rt->w.st->word[rt->w.i].s;
	unit = metric == RTAX_RTT ? 8 : metric == RTAX_RTTVAR ? 4 : 1;
	v = strtoul(word, &end, 10);
	if (!isdigit((unsigned char)word[0]) || v > 3600000 ||
	    (end[0] != '\0' && strcmp(end, "s") != 0 &&
	    strcmp(end, "ms") != 0)) {
		words_gone(&rt->w, words_at(&rt->w), "\"%.40s\" is not a time "
		    "up to an hour (200, 200ms, 1s)", word);
		return (false);
	}
	if (strcmp(end, "s") == 0)
		v = v > 3600 ? 3600000 : v * 1000;
	rt->r->metrics[metric] = (uint32_t)v * unit;
	rt->r->metric_set |= 1U << metric;
	return (true);
}

static bool
read_features(struct rt *rt, int arg)
{
	const char	*word;

	if ((word = words_value(&rt->w)) == NULL)
		return (false);
	if (strcmp(word, "ecn") != 0) {
		words_gone(&rt->w, words_at(&rt->w), "\"%.40s\" is no feature "
		    "(ecn is)", word);
		return (false);
	}
	rt->r->metrics[RTAX_FEATURES] |= FEATURE_ECN;
	rt->r->metric_set |= 1U << RTAX_FEATURES;
	return (true);
}

static bool
read_congctl(struct rt *rt, int arg)
{
	const char	*word;

	if (!take_lock(rt, METRIC_CONGCTL))
		return (false);
	word = rt->w.st->word[rt->w.i].s;
	if (strlcpy(rt->r->congctl, word, sizeof(rt->r->congctl)) <
	    sizeof(rt->r->congctl) && word[0] != '\0')
		return (true);
	words_gone(&rt->w, words_at(&rt->w), "\"%.40s\" is no name of a "
	    "congestion control", word);
	return (false);
}

static bool
read_realms(struct rt *rt, int arg)
{
	return (words_realms(&rt->w, &rt->hop->realms));
}

static bool
read_pref(struct rt *rt, int arg)
{
	static const char *const	 names[] = { "medium", "high", "",
	    "low" };
	const char			*word;
	uint32_t			 v;

	if ((word = words_value(&rt->w)) == NULL)
		return (false);
	for (v = 0; v < 4; v++)
		if (strcmp(word, names[v]) == 0)
			break;
	if (v == 4 && !words_u32(&rt->w, word, 0, 3, &v))
		return (false);
	rt->r->pref = (uint8_t)v;
	rt->r->flags |= ROUTE_F_PREF;
	return (true);
}

static bool
read_nexthop(struct rt *rt, int arg)
{
	if (rt->r->hop_cnt == MAX_HOPS) {
		words_gone(&rt->w, words_at(&rt->w), "more than %d ways",
		    MAX_HOPS);
		return (false);
	}
	rt->in_nexthop = true;
	rt->r->flags |= ROUTE_F_MULTIPATH;
	rt->hop = &rt->r->hops[rt->r->hop_cnt++];
	rt->hop->weight = 1;
	return (true);
}

static bool
read_family(struct rt *rt, int family)
{
	return (words_family(&rt->w, (uint8_t)family));
}

static bool
read_tgroup_name(struct rt *rt, int arg)
{
	const char	*word;

	if ((word = words_value(&rt->w)) == NULL)
		return (false);
	name_copy(rt->w.ld, words_at(&rt->w), "the name", rt->r->track_group,
	    sizeof(rt->r->track_group), word);
	return (true);
}

static void
route_finish(struct rt *rt)
{
	struct where	 at = word_at(rt->w.st, 0);
	uint8_t		 i;

	if (!rt->has_dst) {
		words_gone(&rt->w, at, "there is no destination");
		return;
	}
	route_ways(rt);
	if (!rt->w.gone)
		route_family(rt);
	if (rt->w.gone)
		return;
	route_scope(rt);
	for (i = 0; i < rt->r->hop_cnt; i++)
		hop_check(rt, &rt->r->hops[i]);
	/* keepalived: by this number it knows its own. */
	if (rt->r->proto != ROUTE_PROTO &&
	    (rt->r->flags & ROUTE_F_NO_TRACK) == 0) {
		diag_warn(rt->w.ld, at, "protocol needs no_track: %u is used",
		    ROUTE_PROTO);
		rt->r->proto = ROUTE_PROTO;
	}
}

/* The ways out: either all nexthop, or one, or (the old word) two. */
static void
route_ways(struct rt *rt)
{
	struct conf_route	*r = rt->r;
	struct where		 at = word_at(rt->w.st, 0);
	bool			 one, none;

	one = rt->way.via.family != 0 || rt->way.ifname[0] != '\0' ||
	    rt->way2.via.family != 0;
	none = r->type == RTN_BLACKHOLE || r->type == RTN_UNREACHABLE ||
	    r->type == RTN_PROHIBIT || r->type == RTN_THROW;
	if (rt->weighted)
		diag_warn(rt->w.ld, at, "weight is for nexthop: ignored");
	if (none) {
		if (one || r->hop_cnt > 0)
			diag_warn(rt->w.ld, at, "nothing is sent by this "
			    "route: via, dev and nexthop are ignored");
		r->hop_cnt = 0;
		r->flags &= ~(uint32_t)ROUTE_F_MULTIPATH;
		return;
	}
	if (one && r->hop_cnt > 0) {
		words_gone(&rt->w, at, "via or dev and nexthop exclude each "
		    "other");
		return;
	}
	if (!one && r->hop_cnt == 0) {
		words_gone(&rt->w, at, "it needs via, dev or nexthop");
		return;
	}
	if (!one)
		return;
	rt->way.weight = 1;
	r->hops[r->hop_cnt++] = rt->way;
	if (rt->way2.via.family == 0)
		return;
	(void)strlcpy(rt->way2.ifname, rt->way.ifname,
	    sizeof(rt->way2.ifname));	/* same size */
	rt->way2.weight = 1;
	r->hops[r->hop_cnt++] = rt->way2;
	r->flags |= ROUTE_F_MULTIPATH;
}

static void
route_family(struct rt *rt)
{
	struct conf_route	*r = rt->r;
	struct where		 at = word_at(rt->w.st, 0);
	uint8_t			 i;

	for (i = 0; i < r->hop_cnt && rt->w.family == 0; i++)
		rt->w.family = r->hops[i].via.family;
	if (rt->w.family == 0)
		rt->w.family = AF_INET;
	words_default(&rt->w, &r->dst);
	for (i = 0; i < r->hop_cnt; i++)
		if (rt->w.family == AF_INET6 &&
		    r->hops[i].via.family == AF_INET)
			words_gone(&rt->w, at, "an IPv6 route cannot have an "
			    "IPv4 gateway");
	if (rt->w.family == AF_INET && r->from.family != 0) {
		words_gone(&rt->w, at, "from is for IPv6 routes");
		return;
	}
	if (rt->w.family == AF_INET && (r->flags & ROUTE_F_PREF)) {
		diag_warn(rt->w.ld, at, "pref is for IPv6 routes: ignored");
		r->flags &= ~(uint32_t)ROUTE_F_PREF;
		r->pref = 0;
	}
	if (rt->w.family == AF_INET6 && r->tos != 0) {
		diag_warn(rt->w.ld, at, "tos is for IPv4 routes: ignored");
		r->tos = 0;
	}
}

/* keepalived: global, also for a route without a gateway. */
static void
route_scope(struct rt *rt)
{
	struct conf_route	*r = rt->r;
	bool			 own;

	own = r->type == RTN_LOCAL || r->type == RTN_BROADCAST ||
	    r->type == RTN_ANYCAST;
	if (!rt->has_table)
		r->table = own ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	if (r->dst.family == AF_INET6)
		r->scope = RT_SCOPE_UNIVERSE;
	else if (!rt->has_scope && own)
		r->scope = r->type == RTN_LOCAL ? RT_SCOPE_HOST :
		    RT_SCOPE_LINK;
}

static void
hop_check(struct rt *rt, struct conf_hop *hop)
{
	struct where	 at = word_at(rt->w.st, 0);

	if (hop->realms != 0 && rt->w.family == AF_INET6) {
		diag_warn(rt->w.ld, at, "realms are for IPv4 routes: ignored");
		hop->realms = 0;
	}
	if (hop->via.family == 0 && hop->ifname[0] == '\0')
		words_gone(&rt->w, at, "a nexthop needs via or dev");
	else if ((hop->flags & HOP_F_ONLINK) && (hop->via.family == 0 ||
	    hop->ifname[0] == '\0'))
		words_gone(&rt->w, at, "onlink needs via and dev");
	else if (vaddr_is_linklocal(&hop->via) && hop->ifname[0] == '\0')
		words_gone(&rt->w, at, "a link-local gateway needs dev");
}
