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
 * Statements and the keyword tables: finds what a word means, stores plain
 * values, and says what is wrong with the others.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define SHOW_LEN	64

static void	 stmt_take(struct load *, enum block_id, struct stmt *,
		    void *, struct where *);
static void	 kw_apply(struct load *, const struct kw *,
		    const struct stmt *, void *, struct where *);
static void	 kw_no_block(struct load *, const struct kw *,
		    const struct stmt *);
static bool	 kw_value(struct load *, const struct kw *,
		    const struct stmt *, void *);
static bool	 kw_number(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 kw_range(struct load *, const struct kw *,
		    const struct stmt *, const char *used);
static void	 kw_store(const struct kw *, void *, int64_t);
static void	 known_take(struct load *, const struct kw_known *,
		    const struct stmt *);
static void	 unknown_take(struct load *, enum block_id,
		    const struct stmt *);
static void	 suggest_from(enum block_id, const char *, size_t *,
		    const char **);
static const char *value_show(const struct kw *, int64_t, char *, size_t);
static struct stmt stmt_masked(struct load *, const struct stmt *);
static bool	 stmt_next(struct load *, enum tok, struct stmt *);
static const struct kw *kw_find(enum block_id, const char *);
static void	 block_scan(struct load *, enum block_id);

static const char *const block_names[BLK_MAX] = {
	[BLK_TOP] = "top",
	[BLK_GLOBAL] = "global_defs",
	[BLK_INSTANCE] = "vrrp_instance",
	[BLK_AUTH] = "authentication",
	[BLK_AUTH_HMAC] = "auth_hmac",
	[BLK_SYNC_GROUP] = "vrrp_sync_group",
	[BLK_SCRIPT] = "vrrp_script",
	[BLK_TRACK_PROCESS] = "vrrp_track_process",
	[BLK_TRACK_FILE] = "track_file",
	[BLK_BFD] = "bfd_instance",
	[BLK_GARP_GROUP] = "garp_group",
	[BLK_TRACK_GROUP] = "track_group",
	[BLK_ADDRESS] = "address",
	[BLK_ROUTE] = "route",
	[BLK_RULE] = "rule",
	[BLK_TRACK] = "track",
	[BLK_PEER] = "peer",
	[BLK_IFACE] = "interface",
	[BLK_LINKBEAT] = "linkbeat",
	[BLK_MEMBER] = "member"
};

/* The words of a block that have code. */
static const struct kw *
block_kws(enum block_id id, size_t *cnt)
{
	static const struct {
		const struct kw	*kws;
		const size_t	*cnt;
	} tables[BLK_MAX] = {
		[BLK_TOP] = { kw_top, &kw_top_cnt },
		[BLK_GLOBAL] = { kw_global, &kw_global_cnt },
		[BLK_INSTANCE] = { kw_vrrp, &kw_vrrp_cnt },
		[BLK_AUTH] = { kw_auth, &kw_auth_cnt },
		[BLK_SCRIPT] = { kw_script, &kw_script_cnt },
		[BLK_TRACK_FILE] = { kw_file, &kw_file_cnt },
		[BLK_TRACK_PROCESS] = { kw_process, &kw_process_cnt },
		[BLK_SYNC_GROUP] = { kw_group, &kw_group_cnt },
		[BLK_TRACK_GROUP] = { kw_tgroup, &kw_tgroup_cnt },
		[BLK_GARP_GROUP] = { kw_garp, &kw_garp_cnt }
	};

	*cnt = tables[id].kws != NULL ? *tables[id].cnt : 0;
	return (tables[id].kws);
}

static const struct kw *
kw_find(enum block_id id, const char *word)
{
	const struct kw	*kws;
	size_t		 cnt, i;

	kws = block_kws(id, &cnt);
	for (i = 0; i < cnt; i++)
		if (strcmp(kws[i].name, word) == 0)
			return (&kws[i]);
	return (NULL);
}

const struct kw_known *
known_find(enum block_id id, const char *word)
{
	const struct known_table	*t = &known_tables[id];
	size_t				 i;

	for (i = 0; i < t->cnt; i++)
		if (strcmp(t->words[i].name, word) == 0)
			return (&t->words[i]);
	return (NULL);
}

bool
block_has_word(enum block_id id, const char *word)
{
	const struct known_table	*t = &used_tables[id];
	size_t				 i;

	for (i = 0; i < t->cnt; i++)
		if (strcmp(t->words[i].name, word) == 0)
			return (true);
	return (kw_find(id, word) != NULL || known_find(id, word) != NULL);
}

/* Takes a token: is it words? Then *st is the statement, with its brace. */
static bool
stmt_next(struct load *ld, enum tok t, struct stmt *st)
{
	if (t != TOK_WORDS)
		return (false);
	*st = ld->stmt;
	if (lex_peek(ld) == TOK_OPEN) {
		(void)lex_next(ld);
		st->block = true;
		st->open = ld->brace;
	}
	return (true);
}

void
block_read(struct load *ld, enum block_id id, void *obj, struct where *set)
{
	struct where	 head = ld->head;
	struct stmt	 st;
	enum tok	 t;

	for (;;) {
		if (ld->back) {
			st = ld->back_stmt;
			ld->brace = st.open;
			t = TOK_WORDS;
		} else {
			t = lex_next(ld);
		}
		if (ld->back || stmt_next(ld, t, &st)) {
			ld->back = false;
			if (repair_block(ld, id, &st))
				return;
			stmt_take(ld, id, &st, obj, set);
		} else if (t == TOK_OPEN) {
			repair_brace(ld);
		} else if (t == TOK_CLOSE && id == BLK_TOP) {
			diag_warn(ld, ld->brace, "'}' without '{': ignored");
		} else {
			if (t == TOK_EOF && id != BLK_TOP)
				diag_warn(ld, head, "the file ends within "
				    "this %s: '}' is missing",
				    block_names[id]);
			return;
		}
	}
}

void
block_entries(struct load *ld, const struct stmt *head, entry_fn fn,
    void *obj)
{
	struct stmt	 st;
	enum tok	 t;

	for (;;) {
		t = lex_next(ld);
		if (stmt_next(ld, t, &st)) {
			if (st.block && repair_list(ld, head, &st))
				return;
			fn(ld, &st, obj);
			if (!st.block)
				continue;
			ld->brace = st.open;
			if (strcmp(st.word[0].s, "unicast_peer") != 0 &&
			    strcmp(head->word[0].s, "unicast_peer") != 0) {
				repair_brace(ld);
				continue;
			}
			diag_error(ld, st.open, "'{' within %s: is '}' "
			    "missing above?", head->word[0].s);
			block_skip(ld);
		} else if (t == TOK_OPEN) {
			repair_brace(ld);
		} else {
			if (t == TOK_EOF)
				diag_warn(ld, word_at(head, 0), "the file ends "
				    "within %s: '}' is missing",
				    head->word[0].s);
			return;
		}
	}
}

void
block_skip(struct load *ld)
{
	struct where	 open = ld->brace;
	int		 deep = 1;

	while (deep > 0)
		switch (lex_next(ld)) {
		case TOK_OPEN:
			deep++;
			break;
		case TOK_CLOSE:
			deep--;
			break;
		case TOK_WORDS:
			break;
		case TOK_EOF:
			diag_warn(ld, open, "'{' is not closed");
			return;
		}
}

/* The words of a block that is known but not used are looked up. */
static void
block_scan(struct load *ld, enum block_id id)
{
	const struct kw_known	*kk;
	struct stmt		 st;
	enum tok		 t;

	for (;;) {
		t = lex_next(ld);
		if (t == TOK_OPEN)
			block_skip(ld);
		else if (!stmt_next(ld, t, &st))
			return;
		else if (!block_has_word(id, st.word[0].s))
			unknown_take(ld, id, &st);
		else if (st.block && (kk = known_find(id, st.word[0].s)) &&
		    kk->inner < BLK_MAX)
			block_scan(ld, kk->inner);
		else if (st.block)
			block_skip(ld);
	}
}

void
stmt_extra(struct load *ld, const struct stmt *st, size_t idx)
{
	char	 buf[SHOW_LEN];

	if (idx < st->cnt)
		diag_warn(ld, word_at(st, idx), "\"%s\" is one word too many "
		    "for %s: ignored", word_show(st->word[idx].s, buf,
		    sizeof(buf)), st->word[0].s);
}

/* A copy whose line shows no value: for secrets. */
static struct stmt
stmt_masked(struct load *ld, const struct stmt *st)
{
	struct stmt	 out = *st;
	struct src	*src;
	char		*text;
	size_t		 i;

	src = mem_get(ld, sizeof(*src));
	*src = *st->src;
	text = mem_str(ld, src->text, strlen(src->text));
	for (i = st->word[0].col - 1 + strlen(st->word[0].s); text[0] != '\0' &&
	    i < strlen(src->text); i++)
		if (!isspace((unsigned char)text[i]) && text[i] != '}')
			text[i] = '*';
	src->text = text;
	out.src = src;
	out.rest.src = src;
	return (out);
}

static void
stmt_take(struct load *ld, enum block_id id, struct stmt *st, void *obj,
    struct where *set)
{
	const struct kw		*kw;
	const struct kw_known	*kk;

	if (id == BLK_AUTH)
		*st = stmt_masked(ld, st);
	if ((kw = kw_find(id, st->word[0].s)) != NULL)
		kw_apply(ld, kw, st, obj, set);
	else if (id == BLK_INSTANCE && strcmp(st->word[0].s, "vrf") == 0)
		set[KI_VRF] = word_at(st, 0);	/* matters or not: later */
	else if ((kk = known_find(id, st->word[0].s)) != NULL)
		known_take(ld, kk, st);
	else if (id == BLK_INSTANCE && st->block && inst_is_empty(obj) &&
	    strcmp(st->word[0].s, "vrrp_instance") == 0)
		diag_warn(ld, word_at(st, 0), "a second head of the same "
		    "block: ignored");
	else
		unknown_take(ld, id, st);
}

static void
kw_apply(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj, struct where *set)
{
	struct where	 at = word_at(st, st->cnt > 1);
	bool		 ok = true;

	if (kw->arg == KA_BLOCK) {
		kw->set(ld, kw, st, obj);
	} else if (st->cnt < 2 && kw->arg != KA_NONE &&
	    kw->arg != KA_BOOL && kw->arg != KA_OPTIONAL) {
		if (kw->flags & KW_F_LACK || (st->lost &&
		    strncmp(kw->name, "notify", 6) == 0))
			diag_warn(ld, word_at(st, 0), "%s needs a value: "
			    "ignored", kw->name);
		else
			diag_error(ld, word_at(st, 0), "%s needs a value",
			    kw->name);
		ok = false;
	} else
		ok = kw_value(ld, kw, st, obj);
	if (st->block && kw->arg != KA_BLOCK)
		kw_no_block(ld, kw, st);
	if (!ok || set == NULL || kw->id == 0)
		return;
	if (set[kw->id].src != NULL && kw->arg != KA_BLOCK)
		diag_warn(ld, word_at(st, 0), "%s stands a second time (first "
		    "in line %u): %s counts", kw->name, set[kw->id].src->line,
		    kw->flags & KW_F_FIRST ? "the first" : "this one");
	if (set[kw->id].src == NULL || (kw->flags & KW_F_FIRST) == 0)
		set[kw->id] = at;
}

/*
 * keepalived does not see a block that begins behind other words. Nor do we,
 * but it must not be the list of the peers.
 */
static void
kw_no_block(struct load *ld, const struct kw *kw, const struct stmt *st)
{
	const char	*last = st->word[st->cnt - 1].s;
	struct where	 at = word_at(st, st->cnt - 1);

	if (st->cnt > 1 && strcmp(last, "unicast_peer") == 0)
		diag_error(ld, at, "%s needs a line of its own", last);
	else if (st->cnt > 1 && block_with(last) != NULL)
		diag_warn(ld, at, "%s needs a line of its own: skipped to its "
		    "'}'", last);
	ld->brace = st->open;
	if (st->cnt > 1 && block_with(last) != NULL)
		block_skip(ld);
	else
		repair_brace(ld);
}

/* Stores the value; false when there is none to be stored. */
static bool
kw_value(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	char	 buf[SHOW_LEN];
	bool	 value = true;

	if (kw->arg == KA_CUSTOM || kw->arg == KA_OPTIONAL) {
		kw->set(ld, kw, st, obj);
		return (true);
	}
	if ((kw->flags & KW_F_MANY) == 0)
		stmt_extra(ld, st, kw->arg == KA_NONE ? 1 : 2);
	switch (kw->arg) {
	case KA_NONE:
		kw_store(kw, obj, (kw->flags & KW_F_INVERT) == 0);
		return (true);
	case KA_BOOL:
		if (st->cnt > 1 && bool_get(st->word[1].s, &value) == -1) {
			diag_warn(ld, word_at(st, 1), "\"%s\" is not true or "
			    "false (on, off, yes, no): %s is %s",
			    word_show(st->word[1].s, buf, sizeof(buf)),
			    kw->name, (kw->flags & KW_F_BAD_DFL) == 0 ?
			    "ignored" : "on");
			if ((kw->flags & KW_F_BAD_DFL) == 0)
				return (false);
		}
		kw_store(kw, obj, value);
		return (true);
	case KA_NUMBER:
	case KA_TIME:
		return (kw_number(ld, kw, st, obj));
	case KA_WORD:
		name_copy(ld, word_at(st, 1), kw->name,
		    kw_member(kw, obj), kw->size, st->word[1].s);
		return (true);
	case KA_CUSTOM:
	case KA_OPTIONAL:
	case KA_BLOCK:
		break;
	}
	return (false);
}

static bool
kw_number(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	const char	*used = "ignored";
	char		 buf[SHOW_LEN];
	int64_t		 v = 0;
	int		 r;

	r = kw->arg == KA_TIME ?
	    time_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v) :
	    (kw->flags & KW_F_EXACT) != 0 &&
	    strspn(st->word[1].s, "0123456789") != strlen(st->word[1].s) ? -1 :
	    number_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v);
	if (r == 0 && v >= kw->min && v <= kw->max) {
		kw_store(kw, obj, v);
		return (true);
	}
	if (r == 0 && v < kw->min && kw->flags & KW_F_CLAMP_LO)
		v = kw->min;
	else if (r == 0 && v > kw->max && kw->flags & KW_F_CLAMP_HI)
		v = kw->max;
	else if (kw->flags & KW_F_BAD_DFL)
		v = kw->dfl;
	else {
		if (kw->flags & KW_F_KEEPS)
			used = value_show(kw, *(int64_t *)kw_member(kw, obj),
			    buf, sizeof(buf));
		kw_range(ld, kw, st, used);
		return (false);
	}
	kw_range(ld, kw, st, value_show(kw, v, buf, sizeof(buf)));
	kw_store(kw, obj, v);
	return (true);
}

static const char *
value_show(const struct kw *kw, int64_t v, char *buf, size_t size)
{
	if (kw->arg != KA_TIME)
		(void)snprintf(buf, size, "%lld", (long long)v);
	else
		(void)snprintf(buf, size, "%g", (double)v / US_PER_SEC);
	return (buf);
}

static void
kw_range(struct load *ld, const struct kw *kw, const struct stmt *st,
    const char *used)
{
	char	 min[32], max[32], buf[SHOW_LEN];

	diag_warn(ld, word_at(st, 1), "%s \"%s\" is not a number from %s to "
	    "%s: %s%s", kw->name, word_show(st->word[1].s, buf, sizeof(buf)),
	    value_show(kw, kw->min, min, sizeof(min)),
	    value_show(kw, kw->max, max, sizeof(max)), used,
	    strcmp(used, "ignored") == 0 ? "" : " is used");
}

void *
kw_member(const struct kw *kw, void *obj)
{
	if (kw->inner)
		obj = *(void **)obj;
	return ((char *)obj + kw->off);
}

static void
kw_store(const struct kw *kw, void *obj, int64_t v)
{
	unsigned char	*p = (unsigned char *)kw_member(kw, obj);
	uint8_t		 v8 = v;
	uint16_t	 v16 = v;
	uint32_t	 v32 = v;

	if (kw->size == sizeof(v8))
		memcpy(p, &v8, sizeof(v8));
	else if (kw->size == sizeof(v16))
		memcpy(p, &v16, sizeof(v16));
	else if (kw->size == sizeof(v32))
		memcpy(p, &v32, sizeof(v32));
	else
		memcpy(p, &v, sizeof(v));
}

/* A whole number; "5x" is 5 with a warning, as keepalived runs it. */
int
number_get(struct load *ld, struct where at, const char *what,
    const char *word, int64_t *out)
{
	const char	*digits = word + (word[0] == '-' || word[0] == '+');
	size_t		 len = strspn(digits, "0123456789");
	char		*end;
	long long	 v;

	if (len == 0)
		return (-1);
	errno = 0;
	v = strtoll(word, &end, 10);
	if (errno != 0)
		return (-1);
	if (*end != '\0')
		diag_warn(ld, at, "%s \"%.40s\": taken as %lld", what, word, v);
	*out = v;
	return (0);
}

/* Decimal seconds to microseconds. */
int
time_get(struct load *ld, struct where at, const char *what,
    const char *word, int64_t *us)
{
	const char	*p = word;
	int64_t		 v = 0, unit = US_PER_SEC;
	bool		 up = false, digits = false;

	for (; isdigit((unsigned char)*p); p++, digits = true) {
		v = v * 10 + (*p - '0') * US_PER_SEC;
		if (v > INT64_MAX / 100)
			return (-1);
	}
	if (*p == '.')
		for (p++; isdigit((unsigned char)*p) && unit > 1; p++) {
			unit /= 10;
			v += (*p - '0') * unit;
			digits = true;
		}
	if (isdigit((unsigned char)*p)) {
		up = *p >= '5';
		while (isdigit((unsigned char)*p))
			p++;
		diag_warn(ld, at, "%s \"%.40s\" has more than 6 places: it is "
		    "rounded", what, word);
	}
	if (!digits || *p != '\0')
		return (-1);
	*us = v + up;
	return (0);
}

/* "5s" and "5;" are 5, as for keepalived, which had whole seconds here. */
int
period_get(struct load *ld, struct where at, const char *what,
    const char *word, int64_t *us)
{
	size_t	 len = strspn(word, "0123456789.");

	if (len > 0 && word[len] != '\0') {
		diag_warn(ld, at, "%s \"%.40s\": taken as %.*s", what, word,
		    (int)len, word);
		word = mem_str(ld, word, len);
	}
	return (time_get(ld, at, what, word, us));
}

int
bool_get(const char *s, bool *out)
{
	if (strcmp(s, "true") == 0 || strcmp(s, "on") == 0 ||
	    strcmp(s, "yes") == 0)
		*out = true;
	else if (strcmp(s, "false") == 0 || strcmp(s, "off") == 0 ||
	    strcmp(s, "no") == 0)
		*out = false;
	else
		return (-1);
	return (0);
}

void
name_copy(struct load *ld, struct where at, const char *what, char *dst,
    size_t size, const char *word)
{
	if (strlcpy(dst, word, size) >= size)
		diag_error(ld, at, "%s is longer than %zu bytes", what,
		    size - 1);
}

static void
known_take(struct load *ld, const struct kw_known *kk, const struct stmt *st)
{
	struct bfd_def	*b;

	if (st->block && strcmp(kk->name, "track_bfd") == 0) {
		repair_bfd(ld, kk, st);
		return;
	}
	known_report(ld, word_at(st, 0), kk);
	if (kk->inner == BLK_BFD && st->cnt > 1) {
		b = mem_get(ld, sizeof(*b));
		b->name = st->word[1].s;
		b->next = ld->bfds;
		ld->bfds = b;
	}
	if (!st->block)
		return;
	ld->brace = st->open;
	if (kk->inner < BLK_MAX)
		block_scan(ld, kk->inner);
	else
		block_skip(ld);
}

void
known_report(struct load *ld, struct where at, const struct kw_known *kk)
{
	switch (kk->status) {
	case KS_USED:
	case KS_MAX:
		break;
	case KS_HARMLESS:
		diag_note(ld, at, "%s has no effect: %s", kk->name, kk->why);
		break;
	case KS_WARN:
		diag_warn(ld, at, "%s: known, not supported yet: %s", kk->name,
		    kk->why);
		break;
	case KS_ERROR:
		diag_error(ld, at, "%s: known, not supported yet: %s",
		    kk->name, kk->why);
		break;
	case KS_LVS:
		if (!ld->lvs_told)
			diag_warn(ld, at, "%s: vrrpd does no load balancing: "
			    "all such settings are ignored", kk->name);
		ld->lvs_told = true;
		break;
	case KS_LVS_REFUSE:
		if (ld->opts->vrrp_only)
			diag_note(ld, at, "%s: skipped, as -P asks", kk->name);
		else
			diag_error(ld, at, "%s: vrrpd does no load balancing "
			    "(-P skips such blocks)", kk->name);
		break;
	}
}

const char *
block_with(const char *word)
{
	static const enum block_id	 order[] = { BLK_INSTANCE, BLK_GLOBAL,
	    BLK_SCRIPT, BLK_AUTH, BLK_TOP, BLK_SYNC_GROUP,
	    BLK_TRACK_PROCESS, BLK_TRACK_FILE, BLK_BFD, BLK_GARP_GROUP,
	    BLK_AUTH_HMAC, BLK_TRACK_GROUP };
	size_t				 i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (block_has_word(order[i], word))
			return (order[i] == BLK_TOP ? "the top level" :
			    block_names[order[i]]);
	return (NULL);
}

static void
unknown_take(struct load *ld, enum block_id id, const struct stmt *st)
{
	const char	*word = st->word[0].s, *home, *hint = "";
	char		 show[SHOW_LEN], guess[128];

	(void)word_show(word, show, sizeof(show));
	guess[0] = '\0';
	home = block_with(word);
	if (strncmp(word, "<<<<<<<", 7) == 0 ||
	    strncmp(word, "=======", 7) == 0 ||
	    strncmp(word, ">>>>>>>", 7) == 0)
		hint = " (left behind by a merge: both versions are read)";
	else if (strstr(word, "\xc2\xa0") != NULL ||
	    strstr(word, "\xe3\x80\x80") != NULL)
		hint = " (it has a no-break or wide space, which is no blank)";
	else if (home != NULL)
		(void)snprintf(guess, sizeof(guess), ", it belongs into %s",
		    home);
	else
		(void)suggest(id, word, guess, sizeof(guess));
	diag_warn(ld, word_at(st, 0), "unknown %s \"%s\"%s%s%s: %s",
	    st->block ? "block" : "word", show, id == BLK_TOP ? "" : " in ",
	    id == BLK_TOP ? "" : block_names[id], guess[0] != '\0' ? guess :
	    hint, st->block ? "skipped to its '}'" : "ignored");
	if (st->block) {
		ld->brace = st->open;
		block_skip(ld);
	}
}

static void
suggest_from(enum block_id id, const char *word, size_t *least,
    const char **best)
{
	const struct known_table	*t[2];
	const struct kw			*kws;
	size_t				 cnt, i, k, d;

	kws = block_kws(id, &cnt);
	for (i = 0; i < cnt; i++)
		if ((d = word_distance(word, kws[i].name, *least)) < *least) {
			*least = d;
			*best = kws[i].name;
		}
	t[0] = &known_tables[id];
	t[1] = &used_tables[id];
	for (k = 0; k < 2; k++)
		for (i = 0; i < t[k]->cnt; i++)
			if ((d = word_distance(word, t[k]->words[i].name,
			    *least)) < *least) {
				*least = d;
				*best = t[k]->words[i].name;
			}
}

const char *
suggest(enum block_id id, const char *word, char *buf, size_t size)
{
	const char	*best = NULL;
	size_t		 len = strlen(word), least;

	buf[0] = '\0';
	least = len < 3 ? 1 : len < 6 ? 2 : len < 12 ? 3 : 4;
	suggest_from(id, word, &least, &best);
	if (best != NULL)
		(void)snprintf(buf, size, ", did you mean \"%s\"?", best);
	return (buf);
}

void
conf_words_print(FILE *f)
{
	static const char *const	 status[KS_MAX] = {
		[KS_USED] = "used",
		[KS_HARMLESS] = "harmless",
		[KS_WARN] = "later",
		[KS_ERROR] = "refused",
		[KS_LVS] = "lvs",
		[KS_LVS_REFUSE] = "lvs-refused"
	};
	const struct kw			*kws;
	size_t				 cnt, i;
	int				 id;

	for (id = 0; id < BLK_MAX; id++) {
		kws = block_kws(id, &cnt);
		for (i = 0; i < cnt; i++)
			fprintf(f, "%s %s used\n", block_names[id],
			    kws[i].name);
		for (i = 0; i < used_tables[id].cnt; i++)
			fprintf(f, "%s %s used\n", block_names[id],
			    used_tables[id].words[i].name);
		for (i = 0; i < known_tables[id].cnt; i++)
			fprintf(f, "%s %s %s\n", block_names[id],
			    known_tables[id].words[i].name,
			    status[known_tables[id].words[i].status]);
	}
}
