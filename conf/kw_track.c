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
 * vrrp_script, entries of track blocks, commands and their users.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define C(m)		KW_OFF(struct conf_script, m), .inner = true
#define CMD_WORDS	8
#define WEIGHT_MAX	253
#define DAY_US		(86400 * US_PER_SEC)

static void	 set_script(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_period(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_weight(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_script_owner(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 owner_copy(struct load *, struct where, char [NAME_LEN],
		    const char *);
static void	 command_args(struct load *, struct where, const char *,
		    struct conf_argv *, bool script);
static void	 track_entry(struct load *, const struct stmt *,
		    struct track_def_list *, uint8_t kind);
static bool	 track_word(struct load *, const struct stmt *, size_t *,
		    struct track_def *);

const struct kw kw_script[] = {
	{ .name = "script", .arg = KA_CUSTOM, .id = KS_SCRIPT,
	    .set = set_script, .flags = KW_F_LACK },
	{ .name = "interval", .arg = KA_CUSTOM, .id = KS_INTERVAL,
	    C(interval_us), .set = set_period },
	{ .name = "timeout", .arg = KA_CUSTOM, .id = KS_TIMEOUT,
	    C(timeout_us), .set = set_period },
	{ .name = "weight", .arg = KA_CUSTOM, .set = set_weight },
	{ .name = "rise", .arg = KA_NUMBER, C(rise), .min = 1,
	    .max = UINT16_MAX, .dfl = 1,
	    .flags = KW_F_BAD_DFL | KW_F_CLAMP_HI },
	{ .name = "fall", .arg = KA_NUMBER, C(fall), .min = 1,
	    .max = UINT16_MAX, .dfl = 1,
	    .flags = KW_F_BAD_DFL | KW_F_CLAMP_HI },
	{ .name = "user", .arg = KA_CUSTOM, .id = KS_USER,
	    .set = set_script_owner },
	{ .name = "init_fail", .arg = KA_NONE, C(init_fail) }
};
const size_t kw_script_cnt = sizeof(kw_script) / sizeof(kw_script[0]);

void
read_script(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_script	*c;
	struct script_def	*d;
	const char		*name;

	if ((name = block_name(ld, kw, st)) == NULL || !block_begin_once(ld, kw,
	    st, BLK_SCRIPT, conf_script_by_name(ld->conf, name) != NULL))
		return;
	if ((c = conf_script_new()) == NULL)
		err(1, "configuration");
	d = mem_get(ld, sizeof(*d));
	d->c = c;
	d->at = word_at(st, 1);
	d->order = ld->order++;
	c->line = st->src->line;
	name_copy(ld, d->at, "the name", c->name, sizeof(c->name), name);
	(void)strlcpy(d->name, c->name, sizeof(d->name));	/* it fits */
	TAILQ_INSERT_TAIL(&ld->conf->scripts, c, entry);
	TAILQ_INSERT_TAIL(&ld->scripts, d, entry);
	block_read(ld, BLK_SCRIPT, d, d->set);
}

static void
set_script(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct script_def	*d = obj;

	set_command(ld, st, &d->c->cmd, NULL, true);
}

/* 0 becomes 1 second, as keepalived has it. */
static void
set_period(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	int64_t	 us;

	stmt_extra(ld, st, 2);
	if (period_get(ld, word_at(st, 1), kw->name, st->word[1].s,
	    &us) == -1 || us > DAY_US) {
		diag_warn(ld, word_at(st, 1), "%s \"%.40s\" is not a number "
		    "of seconds from 0.001 to 86400: ignored", kw->name,
		    st->word[1].s);
		return;
	}
	us = (us + US_PER_MS / 2) / US_PER_MS * US_PER_MS;
	if (us == 0) {
		diag_warn(ld, word_at(st, 1), "%s is less than 0.001: 1 is "
		    "used", kw->name);
		us = US_PER_SEC;
	}
	memcpy(kw_member(kw, obj), &us, sizeof(us));
}

static void
set_weight(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct script_def	*d = obj;
	int64_t			 v;

	if (number_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v)) {
		diag_warn(ld, word_at(st, 1), "weight \"%.40s\" is not a "
		    "number from -253 to 253: ignored", st->word[1].s);
		return;
	}
	if (v < -WEIGHT_MAX || v > WEIGHT_MAX) {
		v = v < 0 ? -WEIGHT_MAX : WEIGHT_MAX;
		diag_warn(ld, word_at(st, 1), "weight \"%.40s\" is not a "
		    "number from -253 to 253: %lld is used", st->word[1].s,
		    (long long)v);
	}
	d->c->weight = v;
	d->c->reverse = st->cnt > 2 && strcmp(st->word[2].s, "reverse") == 0;
	stmt_extra(ld, st, d->c->reverse ? 3 : 2);
}

static void
set_script_owner(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct script_def	*d = obj;

	set_user(ld, st, 1, &d->c->user);
}

/* USER [GROUP] from the word at idx on. */
void
set_user(struct load *ld, const struct stmt *st, size_t idx,
    struct conf_user *user)
{
	stmt_extra(ld, st, idx + 2);
	owner_copy(ld, word_at(st, idx), user->user, st->word[idx].s);
	if (idx + 1 < st->cnt)
		owner_copy(ld, word_at(st, idx + 1), user->group,
		    st->word[idx + 1].s);
}

/* A user or a group. ":GROUP" asks for groups that scripts have anyway. */
static void
owner_copy(struct load *ld, struct where at, char dst[NAME_LEN],
    const char *word)
{
	const char	*name = word + (word[0] == ':'), *p;

	for (p = name; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p) ||
		    strchr(" \"'\\:/{}#!$", *p) != NULL)
			break;
	if (name[0] == '\0' || *p != '\0')
		diag_error(ld, at, "\"%.40s\" cannot be the name of a user or "
		    "group", word);
	else
		name_copy(ld, at, "the name", dst, NAME_LEN, name);
}

/*
 * "CMD args" [USER [GROUP]]: read anew from the line, with both quotes and
 * escapes; the command is then split once more by the same rule.
 */
void
set_command(struct load *ld, const struct stmt *st, struct conf_argv *cmd,
    struct conf_user *user, bool script)
{
	struct where	 at = word_at(st, 1);
	char		*words[CMD_WORDS];
	int		 n;

	n = lex_command(ld, st->rest.s, st->rest.len, words, CMD_WORDS);
	if (n < 0) {
		diag_warn(ld, at, "a quote of the command is not closed");
		n = -n - 1;
	}
	conf_argv_clear(cmd);
	if (n == 0) {
		diag_error(ld, at, "%s needs a command", st->word[0].s);
		return;
	}
	command_args(ld, at, words[0], cmd, script);
	if (n > 1 && script) {
		diag_warn(ld, word_at(st, 2), "only \"%.60s\" is run: a "
		    "command with arguments needs quotes around all of it",
		    words[0]);
		return;
	}
	if (script)
		return;
	if (n > 1)
		owner_copy(ld, word_at(st, 2), user->user, words[1]);
	if (n > 2)
		owner_copy(ld, word_at(st, 3), user->group, words[2]);
	if (n > 3)
		diag_warn(ld, word_at(st, 4), "words after the group are "
		    "ignored: a command with arguments needs quotes around "
		    "all of it");
}

static void
command_args(struct load *ld, struct where at, const char *text,
    struct conf_argv *cmd, bool script)
{
	static const char *const	 shell[] = { "|", "||", "&&", "&", ";",
	    ">", ">>", "<", "2>&1", "2>/dev/null", ">/dev/null" };
	char				*args[MAX_ARGS + 1];
	size_t				 k;
	int				 i, n;

	n = lex_command(ld, text, strlen(text), args, MAX_ARGS + 1);
	if (n < 0) {
		diag_warn(ld, at, "a quote of the command is not closed");
		n = -n - 1;
	}
	if (n == 0 || args[0][0] == '\0') {
		diag_warn(ld, at, "the command is empty: ignored");
		return;
	}
	if (n > MAX_ARGS) {
		diag_error(ld, at, "the command has more than %d words",
		    MAX_ARGS);
		return;
	}
	/* keepalived: "</path" is good while the file can be opened. */
	if (script && args[0][0] == '<' && args[0][1] == '/') {
		if (conf_argv_add(cmd, "/usr/bin/test") == -1 ||
		    conf_argv_add(cmd, "-r") == -1 ||
		    conf_argv_add(cmd, args[0] + 1) == -1)
			err(1, "configuration");
		return;
	}
	for (i = 0; i < n; i++) {
		for (k = 0; k < sizeof(shell) / sizeof(shell[0]); k++)
			if (strcmp(args[i], shell[k]) == 0)
				diag_warn(ld, at, "no shell runs the command: "
				    "\"%s\" is an argument like any other",
				    args[i]);
		if (conf_argv_add(cmd, args[i]) == -1)
			err(1, "configuration");
	}
}

void
track_script_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct inst_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_SCRIPT);
}

void
track_iface_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct inst_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_IFACE);
}

void
group_script_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct group_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_SCRIPT);
}

void
group_iface_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct group_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_IFACE);
}

void
track_file_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct inst_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_FILE);
}

void
track_process_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct inst_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_PROCESS);
}

void
group_file_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct group_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_FILE);
}

void
group_process_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct group_def	*d = obj;

	track_entry(ld, st, &d->tracks, CONF_TRACK_PROCESS);
}

/* NAME [weight N] [reverse|noreverse] */
static void
track_entry(struct load *ld, const struct stmt *st,
    struct track_def_list *list, uint8_t kind)
{
	struct track_def	*t, *other;
	size_t			 i;

	t = mem_get(ld, sizeof(*t));
	t->at = word_at(st, 0);
	t->kind = kind;
	if (kind == CONF_TRACK_IFACE) {
		ifname_copy(ld, t->at, t->name, st->word[0].s);
		if (t->name[0] == '\0')
			return;
	} else
		name_copy(ld, t->at, "the name", t->name, sizeof(t->name),
		    st->word[0].s);
	TAILQ_FOREACH(other, list, entry)
		if (other->kind == kind && strcmp(other->name, t->name) == 0) {
			diag_warn(ld, t->at, "%s stands a second time: "
			    "ignored", t->name);
			return;
		}
	for (i = 1; i < st->cnt; i++)
		if (!track_word(ld, st, &i, t))
			return;
	TAILQ_INSERT_TAIL(list, t, entry);
}

static bool
track_word(struct load *ld, const struct stmt *st, size_t *i,
    struct track_def *t)
{
	const char	*word = st->word[*i].s;
	char		 guess[96];
	int64_t		 v;
	int		 max = WEIGHT_MAX;

	if (t->kind == CONF_TRACK_FILE || t->kind == CONF_TRACK_PROCESS)
		max = WEIGHT_MAX + 1;
	if (strcmp(word, "reverse") == 0 || (strcmp(word, "noreverse") == 0 &&
	    t->kind != CONF_TRACK_IFACE)) {
		t->reverse_set = true;
		t->reverse = word[0] == 'r';
		return (true);
	}
	if (strcmp(word, "weight") != 0) {
		diag_warn(ld, word_at(st, *i), "unknown word \"%.40s\" for "
		    "%s%s: ignored", word, t->name, suggest(BLK_TRACK, word,
		    guess, sizeof(guess)));
		return (true);
	}
	if (*i + 1 >= st->cnt) {
		diag_warn(ld, word_at(st, *i), "weight needs a number: %s is "
		    "not tracked", t->name);
		return (false);
	}
	(*i)++;
	if (number_get(ld, word_at(st, *i), word, st->word[*i].s, &v) == -1 ||
	    v < -WEIGHT_MAX - 1 || v > WEIGHT_MAX + 1) {
		diag_warn(ld, word_at(st, *i), "weight \"%.40s\" is not a "
		    "number from -%d to %d: ignored", st->word[*i].s, max,
		    max);
		return (true);
	}
	if ((v == WEIGHT_MAX + 1 || v == -WEIGHT_MAX - 1) &&
	    max == WEIGHT_MAX) {
		v = v < 0 ? -WEIGHT_MAX : WEIGHT_MAX;
		diag_warn(ld, word_at(st, *i), "weight \"%.40s\" is not a "
		    "number from -253 to 253: %lld is used", st->word[*i].s,
		    (long long)v);
	}
	t->weighted = true;
	t->weight = v;
	t->weight_at = word_at(st, *i);
	return (true);
}
