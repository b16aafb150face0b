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
 * Entries of virtual_rules and static_rules.
 * Runs in: readconf.
 */

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <netdb.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

#define PRIORITY_FIRST	16384	/* keepalived: counted down from there */

/* A rule that is being read. */
struct ru {
	struct words	 w;
	struct conf_rule *r;
	bool		 priority;	/* was given */
};

struct rule_word {
	const char	*name;
	bool		(*read)(struct ru *, int arg);
	int		 arg;
};

static bool	 read_prefix(struct ru *, int);
static bool	 read_table(struct ru *, int);
static bool	 read_number(struct ru *, int);
static bool	 read_dev(struct ru *, int);
static bool	 read_mark(struct ru *, int);
static bool	 read_name(struct ru *, int);
static bool	 read_flag(struct ru *, int);
static bool	 read_range(struct ru *, int);
static bool	 read_tunnel(struct ru *, int);
static bool	 read_ipproto(struct ru *, int);
static bool	 read_realms(struct ru *, int);
static bool	 read_action(struct ru *, int);
static bool	 read_family(struct ru *, int);
static bool	 read_tgroup_name(struct ru *, int);
static bool	 read_nothing(struct ru *, int);
static bool	 set_action(struct ru *, uint8_t);
static void	 rule_finish(struct ru *);
static void	 rule_table_only(struct ru *);
static void	 rule_priority(struct ru *);

enum {
	RN_TO = 0,
	RN_FROM,
	RN_IIF,
	RN_OIF,
	RN_PRIORITY,
	RN_GOTO,
	RN_SUP_PLEN,
	RN_PROTO,
	RN_TOS,
	RN_SUP_GROUP,
	RN_UID,
	RN_SPORT,
	RN_DPORT
};

static const struct rule_word words[] = {
	{ "from", read_prefix, RN_FROM },
	{ "to", read_prefix, RN_TO },
	{ "table", read_table, 0 },
	{ "lookup", read_table, 0 },
	{ "priority", read_number, RN_PRIORITY },
	{ "preference", read_number, RN_PRIORITY },
	{ "order", read_number, RN_PRIORITY },
	{ "goto", read_number, RN_GOTO },
	{ "suppress_prefixlength", read_number, RN_SUP_PLEN },
	{ "sup_pl", read_number, RN_SUP_PLEN },
	{ "protocol", read_number, RN_PROTO },
	{ "iif", read_dev, RN_IIF },
	{ "dev", read_dev, RN_IIF },
	{ "oif", read_dev, RN_OIF },
	{ "fwmark", read_mark, 0 },
	{ "tos", read_name, RN_TOS },
	{ "dsfield", read_name, RN_TOS },
	{ "suppress_ifgroup", read_name, RN_SUP_GROUP },
	{ "sup_group", read_name, RN_SUP_GROUP },
	{ "realms", read_realms, 0 },
	{ "tunnel-id", read_tunnel, 0 },
	{ "uidrange", read_range, RN_UID },
	{ "sport", read_range, RN_SPORT },
	{ "dport", read_range, RN_DPORT },
	{ "ipproto", read_ipproto, 0 },
	{ "ip_proto", read_ipproto, 0 },
	{ "l3mdev", read_flag, RULE_F_L3MDEV },
	{ "not", read_flag, RULE_F_NOT },
	{ "no_track", read_flag, RULE_F_NO_TRACK },
	{ "type", read_nothing, 0 },
	{ "nop", read_action, FR_ACT_NOP },
	{ "blackhole", read_action, FR_ACT_BLACKHOLE },
	{ "unreachable", read_action, FR_ACT_UNREACHABLE },
	{ "prohibit", read_action, FR_ACT_PROHIBIT },
	{ "inet", read_family, AF_INET },
	{ "inet6", read_family, AF_INET6 },
	{ "track_group", read_tgroup_name, 0 }
};

struct conf_rule *
rule_read(struct load *ld, const struct stmt *st, bool is_static)
{
	struct ru	 ru;
	size_t		 k, cnt = sizeof(words) / sizeof(words[0]);

	memset(&ru, 0, sizeof(ru));
	ru.w.ld = ld;
	ru.w.st = st;
	ru.w.what = "rule";
	if ((ru.r = calloc(1, sizeof(*ru.r))) == NULL)
		err(1, "configuration");
	ru.r->line = st->src->line;
	ru.r->proto = ROUTE_PROTO;
	for (; ru.w.i < st->cnt && !ru.w.gone; ru.w.i++) {
		for (k = 0; k < cnt; k++)
			if (strcmp(words[k].name, st->word[ru.w.i].s) == 0)
				break;
		if (k == cnt)
			words_unknown(&ru.w, BLK_RULE);
		else if (!words[k].read(&ru, words[k].arg))
			ru.w.gone = true;
	}
	if (!ru.w.gone)
		rule_finish(&ru);
	if (!ru.w.gone && ru.r->track_group[0] != '\0' && !is_static) {
		diag_warn(ld, word_at(st, 0), "track_group is for static "
		    "rules: ignored");
		ru.r->track_group[0] = '\0';
	}
	if (!ru.w.gone)
		return (ru.r);
	free(ru.r);
	return (NULL);
}

static bool
read_prefix(struct ru *ru, int arg)
{
	return (words_prefix(&ru->w, words_value(&ru->w), arg == RN_FROM ?
	    &ru->r->from : &ru->r->to));
}

static bool
set_action(struct ru *ru, uint8_t action)
{
	if (ru->r->action != 0) {
		words_gone(&ru->w, words_at(&ru->w), "a rule does one thing "
		    "only, \"%.40s\" is a second one",
		    ru->w.st->word[ru->w.i].s);
		return (false);
	}
	ru->r->action = action;
	return (true);
}

static bool
read_action(struct ru *ru, int action)
{
	return (set_action(ru, (uint8_t)action));
}

static bool
read_table(struct ru *ru, int arg)
{
	if (!set_action(ru, FR_ACT_TO_TBL) ||
	    !words_name(&ru->w, RTNAME_TABLE, &ru->r->table))
		return (false);
	if (ru->r->table != 0)
		return (true);
	words_gone(&ru->w, words_at(&ru->w), "there is no table 0");
	return (false);
}

static bool
read_number(struct ru *ru, int arg)
{
	uint32_t	 v;

	switch (arg) {
	case RN_PRIORITY:
		ru->priority = true;
		return (words_u32(&ru->w, words_value(&ru->w), 0, UINT32_MAX,
		    &ru->r->priority));
	case RN_GOTO:
		return (set_action(ru, FR_ACT_GOTO) &&
		    words_u32(&ru->w, words_value(&ru->w), 1, UINT32_MAX,
		    &ru->r->target));
	case RN_SUP_PLEN:
		ru->r->flags |= RULE_F_SUP_PLEN;
		return (words_u32(&ru->w, words_value(&ru->w), 0, 128,
		    &ru->r->sup_plen));
	default:
		if (!words_u32(&ru->w, words_value(&ru->w), 0, 255, &v))
			return (false);
		ru->r->proto = (uint8_t)v;
		return (true);
	}
}

static bool
read_dev(struct ru *ru, int arg)
{
	const char	*word;
	char		*name;

	if ((word = words_value(&ru->w)) == NULL)
		return (false);
	name = arg == RN_IIF ? ru->r->iif : ru->r->oif;
	if (name[0] != '\0') {
		words_gone(&ru->w, words_at(&ru->w), "%s stands a second time",
		    arg == RN_IIF ? "iif" : "oif");
		return (false);
	}
	ifname_copy(ru->w.ld, words_at(&ru->w), name, word);
	return (true);
}

/* VALUE[/MASK] */
static bool
read_mark(struct ru *ru, int arg)
{
	const char	*word, *slash;

	if ((word = words_value(&ru->w)) == NULL)
		return (false);
	slash = strchr(word, '/');
	ru->r->flags |= RULE_F_MARK;
	if (slash == NULL)
		return (words_u32(&ru->w, word, 0, UINT32_MAX, &ru->r->mark));
	ru->r->flags |= RULE_F_MASK;
	return (words_u32(&ru->w, mem_str(ru->w.ld, word, slash - word), 0,
	    UINT32_MAX, &ru->r->mark) && words_u32(&ru->w, slash + 1, 0,
	    UINT32_MAX, &ru->r->mask));
}

static bool
read_name(struct ru *ru, int arg)
{
	uint32_t	 v;

	if (!words_name(&ru->w, arg == RN_TOS ? RTNAME_TOS : RTNAME_GROUP,
	    &v))
		return (false);
	if (arg == RN_TOS)
		ru->r->tos = (uint8_t)v;
	else {
		ru->r->sup_group = v;
		ru->r->flags |= RULE_F_SUP_GROUP;
	}
	return (true);
}

static bool
read_realms(struct ru *ru, int arg)
{
	return (words_realms(&ru->w, &ru->r->realms));
}

static bool
read_flag(struct ru *ru, int arg)
{
	if (arg == RULE_F_L3MDEV && !set_action(ru, FR_ACT_TO_TBL))
		return (false);
	ru->r->flags |= (uint32_t)arg;
	return (true);
}

/* A-B; one number is taken, too (keepalived refuses it by mistake). */
static bool
read_range(struct ru *ru, int arg)
{
	const char	*word, *dash;
	uint32_t	 first, last, min, max;

	if ((word = words_value(&ru->w)) == NULL)
		return (false);
	min = arg != RN_UID;
	max = arg == RN_UID ? UINT32_MAX - 1 : UINT16_MAX;
	if ((dash = strchr(word, '-')) == NULL)
		dash = word + strlen(word);
	if (!words_u32(&ru->w, mem_str(ru->w.ld, word, dash - word), min,
	    max, &first) || !words_u32(&ru->w, *dash != '\0' ? dash + 1 :
	    word, min, max, &last))
		return (false);
	if (first > last) {
		words_gone(&ru->w, words_at(&ru->w), "\"%.40s\" ends before "
		    "it begins", word);
		return (false);
	}
	if (arg == RN_UID) {
		ru->r->uid_first = first;
		ru->r->uid_last = last;
		ru->r->flags |= RULE_F_UID;
		return (true);
	}
	*(arg == RN_SPORT ? &ru->r->sport_first : &ru->r->dport_first) =
	    (uint16_t)first;
	*(arg == RN_SPORT ? &ru->r->sport_last : &ru->r->dport_last) =
	    (uint16_t)last;
	return (true);
}

static bool
read_tunnel(struct ru *ru, int arg)
{
	unsigned long long	 v;
	const char		*word;
	char			*end;

	if ((word = words_value(&ru->w)) == NULL)
		return (false);
	errno = 0;
	v = isdigit((unsigned char)word[0]) ? strtoull(word, &end, 0) : 0;
	if (v == 0 || errno != 0 || *end != '\0') {
		words_gone(&ru->w, words_at(&ru->w), "\"%.40s\" is no id of a "
		    "tunnel", word);
		return (false);
	}
	ru->r->tunnel_id = (int64_t)v;
	return (true);
}

static bool
read_ipproto(struct ru *ru, int arg)
{
	static const struct {
		const char	*name;
		uint8_t		 proto;
	} names[] = {
		{ "icmp", 1 },
		{ "tcp", 6 },
		{ "udp", 17 },
		{ "ipv6-icmp", 58 },
		{ "sctp", 132 }
	};
	struct protoent	*pe;
	const char	*word;
	uint32_t	 v;
	size_t		 i;

	if ((word = words_value(&ru->w)) == NULL)
		return (false);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(word, names[i].name) == 0) {
			ru->r->ipproto = names[i].proto;
			return (true);
		}
	pe = ru->w.ld->opts->no_system ? NULL : getprotobyname(word);
	if (pe != NULL && pe->p_proto > 0 && pe->p_proto < 256)
		v = (uint32_t)pe->p_proto;
	else if (!words_u32(&ru->w, word, 1, 255, &v))
		return (false);
	ru->r->ipproto = (uint8_t)v;
	return (true);
}

static bool
read_family(struct ru *ru, int family)
{
	return (words_family(&ru->w, (uint8_t)family));
}

static bool
read_nothing(struct ru *ru, int arg)
{
	return (true);
}

static bool
read_tgroup_name(struct ru *ru, int arg)
{
	const char	*word;

	if ((word = words_value(&ru->w)) == NULL)
		return (false);
	name_copy(ru->w.ld, words_at(&ru->w), "the name", ru->r->track_group,
	    sizeof(ru->r->track_group), word);
	return (true);
}

static void
rule_finish(struct ru *ru)
{
	struct where	 at = word_at(ru->w.st, 0);

	if (ru->r->action == 0) {
		words_gone(&ru->w, at, "it does nothing: table, goto, nop, "
		    "blackhole, unreachable, prohibit or l3mdev is missing");
		return;
	}
	ru->r->family = ru->w.family != 0 ? ru->w.family : AF_INET;
	if (ru->r->sup_plen > 32 && ru->r->family == AF_INET) {
		words_gone(&ru->w, at, "suppress_prefixlength is at most 32 "
		    "for IPv4");
		return;
	}
	rule_table_only(ru);
	if ((ru->r->sport_first != 0 || ru->r->dport_first != 0) &&
	    ru->r->ipproto != 6 && ru->r->ipproto != 17 &&
	    ru->r->ipproto != 132)
		diag_warn(ru->w.ld, at, "ports without ipproto tcp, udp or "
		    "sctp match all of them");
	if (ru->r->proto != ROUTE_PROTO &&
	    (ru->r->flags & RULE_F_NO_TRACK) == 0) {
		diag_warn(ru->w.ld, at, "protocol needs no_track: %u is used",
		    ROUTE_PROTO);
		ru->r->proto = ROUTE_PROTO;
	}
	if (!ru->w.gone)
		rule_priority(ru);
}

/* What the kernel looks at only where a table is looked up. */
static void
rule_table_only(struct ru *ru)
{
	struct conf_rule	*r = ru->r;
	struct where		 at = word_at(ru->w.st, 0);

	if (r->realms != 0 && (r->family == AF_INET6 ||
	    r->action != FR_ACT_TO_TBL)) {
		diag_warn(ru->w.ld, at, "realms are for IPv4 rules with a "
		    "table: ignored");
		r->realms = 0;
	}
	if ((r->flags & (RULE_F_SUP_PLEN | RULE_F_SUP_GROUP)) &&
	    r->action != FR_ACT_TO_TBL) {
		diag_warn(ru->w.ld, at, "nothing is looked up that could be "
		    "suppressed: ignored");
		r->flags &= ~(uint32_t)(RULE_F_SUP_PLEN | RULE_F_SUP_GROUP);
		r->sup_plen = r->sup_group = 0;
	}
}

static void
rule_priority(struct ru *ru)
{
	struct load	*ld = ru->w.ld;
	struct where	 at = word_at(ru->w.st, 0);
	int		 six = ru->r->family == AF_INET6;

	if (ru->r->action == FR_ACT_GOTO && (!ru->priority ||
	    ru->r->target <= ru->r->priority)) {
		words_gone(&ru->w, at, "goto needs a priority and goes to a "
		    "greater one");
		return;
	}
	if (ru->priority)
		return;
	ru->r->priority = PRIORITY_FIRST - ld->rule_auto[six]++;
	diag_warn(ld, at, "the rule has no priority: %u is used, which is "
	    "probably not what you want", ru->r->priority);
}
