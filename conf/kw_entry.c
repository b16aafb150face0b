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
 * What entries of routes and rules have in common: blocks, words, values.
 * They are read when everything else is known: the names in them may be
 * looked up in folders that global_defs gives, wherever it stands.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

static void	 entry_keep(struct load *, const struct stmt *,
		    struct inst_def *, bool);
static void	 route_entry(struct load *, const struct stmt *, void *);
static void	 rule_entry(struct load *, const struct stmt *, void *);
static void	 tgroup_members(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 member_entry(struct load *, const struct stmt *, void *);

const struct kw kw_tgroup[] = {
	{ .name = "group", .arg = KA_BLOCK, .set = tgroup_members }
};
const size_t kw_tgroup_cnt = sizeof(kw_tgroup) / sizeof(kw_tgroup[0]);

/* virtual_routes, virtual_rules; static_routes, static_rules (obj NULL). */
void
read_route_entries(struct load *ld, const struct kw *kw,
    const struct stmt *st, void *obj)
{
	bool	 rule = strstr(kw->name, "rules") != NULL;

	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, rule ? BLK_RULE : BLK_ROUTE))
		block_entries(ld, st, rule ? rule_entry : route_entry, obj);
}

void
read_static_addrs(struct load *ld, const struct kw *kw,
    const struct stmt *st, void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_ADDRESS))
		block_entries(ld, st, addr_excluded_entry, &ld->statics);
}

static void
route_entry(struct load *ld, const struct stmt *st, void *obj)
{
	entry_keep(ld, st, obj, false);
}

static void
rule_entry(struct load *ld, const struct stmt *st, void *obj)
{
	entry_keep(ld, st, obj, true);
}

static void
entry_keep(struct load *ld, const struct stmt *st, struct inst_def *d,
    bool rule)
{
	struct entry_def	*e;

	e = mem_get(ld, sizeof(*e));
	e->st = *st;
	e->d = d;
	e->rule = rule;
	TAILQ_INSERT_TAIL(&ld->entries, e, entry);
}

void
read_tgroup(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_tgroup	*c, *other;
	struct tgroup_def	*d;
	const char		*name;

	if ((name = block_name(ld, kw, st)) == NULL)
		return;
	TAILQ_FOREACH(other, &ld->conf->tgroups, entry)
		if (strcmp(other->name, name) == 0)
			break;
	if (!block_begin_once(ld, kw, st, BLK_TRACK_GROUP, other != NULL))
		return;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		err(1, "configuration");
	d = mem_get(ld, sizeof(*d));
	d->c = c;
	d->at = word_at(st, 1);
	TAILQ_INIT(&d->members);
	name_copy(ld, d->at, "the name", c->name, sizeof(c->name), name);
	TAILQ_INSERT_TAIL(&ld->conf->tgroups, c, entry);
	TAILQ_INSERT_TAIL(&ld->tgroups, d, entry);
	block_read(ld, BLK_TRACK_GROUP, d, NULL);
}

static void
tgroup_members(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_MEMBER))
		block_entries(ld, st, member_entry, obj);
}

/* Names, several on a line if one likes. */
static void
member_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct tgroup_def	*d = obj;
	struct member_def	*m;
	size_t			 i;

	for (i = 0; i < st->cnt; i++) {
		m = mem_get(ld, sizeof(*m));
		m->at = word_at(st, i);
		name_copy(ld, m->at, "the name", m->name, sizeof(m->name),
		    st->word[i].s);
		TAILQ_INSERT_TAIL(&d->members, m, entry);
	}
}

struct where
words_at(const struct words *w)
{
	return (word_at(w->st, w->i));
}

void
words_gone(struct words *w, struct where at, const char *fmt, ...)
{
	char	 text[TEXT_LEN];
	va_list	 ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!w->gone)
		diag_warn(w->ld, at, "%s: the %s is ignored", text, w->what);
	w->gone = true;
}

const char *
words_peek(const struct words *w)
{
	return (w->i + 1 < w->st->cnt ? w->st->word[w->i + 1].s : NULL);
}

const char *
words_value(struct words *w)
{
	if (words_peek(w) == NULL) {
		words_gone(w, words_at(w), "%s needs a value",
		    w->st->word[w->i].s);
		return (NULL);
	}
	return (w->st->word[++w->i].s);
}

/* Decimal, or with the base of C. */
bool
words_u32(struct words *w, const char *word, uint32_t min, uint32_t max,
    uint32_t *out)
{
	unsigned long long	 v = 0;
	char			*end = NULL;

	if (word == NULL)
		return (false);
	errno = 0;
	if (isdigit((unsigned char)word[0]))
		v = strtoull(word, &end, 0);
	if (end == NULL || *end != '\0' || errno != 0 || v < min || v > max) {
		words_gone(w, words_at(w), "\"%.40s\" is not a number from %u "
		    "to %u", word, min, max);
		return (false);
	}
	*out = (uint32_t)v;
	return (true);
}

bool
words_name(struct words *w, enum rtname_kind kind, uint32_t *out)
{
	const char	*word;

	if ((word = words_value(w)) == NULL)
		return (false);
	if (!rtname_get(w->ld, words_at(w), kind, word, out)) {
		w->gone = true;
		return (false);
	}
	return (true);
}

/* [FROM/]TO */
bool
words_realms(struct words *w, uint32_t *out)
{
	const char	*word, *slash;
	uint32_t	 from = 0, to = 0;

	if ((word = words_value(w)) == NULL)
		return (false);
	if ((slash = strchr(word, '/')) != NULL && !rtname_get(w->ld,
	    words_at(w), RTNAME_REALM, mem_str(w->ld, word, slash - word),
	    &from))
		w->gone = true;
	if (!w->gone && !rtname_get(w->ld, words_at(w), RTNAME_REALM,
	    slash != NULL ? slash + 1 : word, &to))
		w->gone = true;
	*out = from << 16 | to;
	return (!w->gone);
}

bool
words_family(struct words *w, uint8_t family)
{
	if (w->family == 0)
		w->family = family;
	if (w->family == family)
		return (true);
	words_gone(w, words_at(w), "IPv4 and IPv6 are mixed");
	return (false);
}

bool
words_prefix(struct words *w, const char *word, struct vaddr *out)
{
	struct vaddr	 a;
	char		 buf[VADDR_STRLEN];
	uint8_t		 byte, mask;
	bool		 cut = false;

	if (word == NULL)
		return (false);
	memset(out, 0, sizeof(*out));
	if (strcmp(word, "default") == 0 || strcmp(word, "all") == 0 ||
	    strcmp(word, "any") == 0)
		return (true);
	if (vaddr_parse(&a, word) == -1) {
		words_gone(w, words_at(w), "\"%.60s\" is no address", word);
		return (false);
	}
	if (!words_family(w, a.family))
		return (false);
	for (byte = 0; byte < vaddr_len(&a); byte++) {
		mask = a.plen >= byte * 8 + 8 ? 0xff : a.plen <= byte * 8 ? 0 :
		    (uint8_t)(0xff << (byte * 8 + 8 - a.plen));
		cut |= (a.bytes[byte] & ~mask) != 0;
		a.bytes[byte] &= mask;
	}
	*out = a;
	if (cut)
		diag_warn(w->ld, words_at(w), "\"%.60s\" has bits behind the "
		    "prefix length: %s is used", word,
		    vaddr_print_plen(out, buf, sizeof(buf)));
	return (true);
}

bool
words_host(struct words *w, const char *word, struct vaddr *out)
{
	if (word == NULL)
		return (false);
	if (host_parse(w->ld, words_at(w), word, out) == 0)
		return (true);
	words_gone(w, words_at(w), "\"%.60s\" is no address of a host", word);
	return (false);
}

void
words_default(struct words *w, struct vaddr *a)
{
	if (a->family != 0)
		return;
	memset(a, 0, sizeof(*a));
	a->family = w->family;
}

void
words_unknown(struct words *w, enum block_id id)
{
	const struct kw_known	*kk;
	const char		*word = w->st->word[w->i].s, *home;
	char			 show[64], guess[96];

	if ((kk = known_find(id, word)) != NULL) {
		known_report(w->ld, words_at(w), kk);
		w->gone = true;
		return;
	}
	(void)word_show(word, show, sizeof(show));
	(void)suggest(id, word, guess, sizeof(guess));
	home = w->i == 0 && guess[0] == '\0' ? block_with(word) : NULL;
	if (home != NULL)
		words_gone(w, words_at(w), "\"%s\" belongs into %s (is '}' "
		    "missing above?)", show, home);
	else
		words_gone(w, words_at(w), "unknown word \"%s\" in a %s%s",
		    show, w->what, guess);
}
