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
 * track_file and vrrp_track_process: objects whose state counts.
 * Runs in: readconf.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define P(m)		KW_OFF(struct conf_process, m), .inner = true
#define WEIGHT_MAX	254
#define DELAY_MAX_US	(3600 * US_PER_SEC)

static struct object_def *object_begin(struct load *, const struct kw *,
		    const struct stmt *, enum block_id, uint8_t kind);
static void	 set_path(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_init(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_file_weight(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_process_weight(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 weight_get(struct load *, const struct stmt *, int16_t *,
		    bool *);
static void	 set_process(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_match(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_delay(struct load *, const struct kw *,
		    const struct stmt *, void *);

const struct kw kw_file[] = {
	{ .name = "file", .arg = KA_CUSTOM, .id = KO_WHAT, .set = set_path },
	{ .name = "weight", .arg = KA_CUSTOM, .set = set_file_weight },
	{ .name = "init_file", .arg = KA_OPTIONAL, .set = set_init }
};
const size_t kw_file_cnt = sizeof(kw_file) / sizeof(kw_file[0]);

const struct kw kw_process[] = {
	{ .name = "process", .arg = KA_CUSTOM, .id = KO_WHAT,
	    .set = set_process },
	{ .name = "param_match", .arg = KA_OPTIONAL, .id = KO_MATCH,
	    .set = set_match },
	{ .name = "weight", .arg = KA_CUSTOM, .set = set_process_weight },
	{ .name = "quorum", .arg = KA_NUMBER, P(quorum), .min = 1,
	    .max = UINT16_MAX },
	{ .name = "quorum_max", .arg = KA_NUMBER, .id = KO_QUORUM_MAX,
	    P(quorum_max), .min = 0, .max = UINT16_MAX },
	{ .name = "delay", .arg = KA_CUSTOM, .set = set_delay },
	{ .name = "terminate_delay", .arg = KA_TIME, P(terminate_delay_us),
	    .min = 1, .max = DELAY_MAX_US },
	{ .name = "fork_delay", .arg = KA_TIME, P(fork_delay_us), .min = 1,
	    .max = DELAY_MAX_US },
	{ .name = "full_command", .arg = KA_NONE, P(full_command) }
};
const size_t kw_process_cnt = sizeof(kw_process) / sizeof(kw_process[0]);

/* The head of a block; NULL: there is nothing to read. */
static struct object_def *
object_begin(struct load *ld, const struct kw *kw, const struct stmt *st,
    enum block_id id, uint8_t kind)
{
	struct object_def	*d;
	const char		*name;

	if ((name = block_name(ld, kw, st)) == NULL || !block_begin_once(ld, kw,
	    st, id, object_find(ld, kind, name) != NULL))
		return (NULL);
	d = mem_get(ld, sizeof(*d));
	d->kind = kind;
	d->at = word_at(st, 1);
	d->order = ld->order++;
	name_copy(ld, d->at, "the name", d->name, sizeof(d->name), name);
	TAILQ_INSERT_TAIL(&ld->objects, d, entry);
	return (d);
}

struct object_def *
object_find(struct load *ld, uint8_t kind, const char *name)
{
	struct object_def	*d;

	TAILQ_FOREACH(d, &ld->objects, entry)
		if (d->kind == kind && strcmp(d->name, name) == 0)
			return (d);
	return (NULL);
}

void
read_file(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d;
	struct conf_file	*c;

	d = object_begin(ld, kw, st, BLK_TRACK_FILE, CONF_TRACK_FILE);
	if (d == NULL)
		return;
	if ((c = conf_file_new()) == NULL)
		err(1, "configuration");
	d->c = c;
	c->line = st->src->line;
	(void)strlcpy(c->name, d->name, sizeof(c->name));	/* same size */
	TAILQ_INSERT_TAIL(&ld->conf->files, c, entry);
	block_read(ld, BLK_TRACK_FILE, d, d->set);
}

void
read_process(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d;
	struct conf_process	*c;

	d = object_begin(ld, kw, st, BLK_TRACK_PROCESS, CONF_TRACK_PROCESS);
	if (d == NULL)
		return;
	if ((c = conf_process_new()) == NULL)
		err(1, "configuration");
	d->c = c;
	c->line = st->src->line;
	(void)strlcpy(c->name, d->name, sizeof(c->name));	/* same size */
	TAILQ_INSERT_TAIL(&ld->conf->processes, c, entry);
	block_read(ld, BLK_TRACK_PROCESS, d, d->set);
}

static void
set_path(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d = obj;
	struct conf_file	*c = d->c;

	stmt_extra(ld, st, 2);
	path_copy(ld, word_at(st, 1), c->path, st->word[1].s);
}

/* An absolute path with a name at its end, or nothing and an error. */
void
path_copy(struct load *ld, struct where at, char dst[PATH_LEN],
    const char *word)
{
	const char	*base = strrchr(word, '/');

	if (word[0] != '/')
		diag_warn(ld, at, "\"%.60s\" is not an absolute path: "
		    "ignored", word);
	else if (base[1] == '\0' || strcmp(base, "/.") == 0 ||
	    strcmp(base, "/..") == 0)
		diag_warn(ld, at, "\"%.60s\" is a folder: ignored", word);
	else if (strlcpy(dst, word, PATH_LEN) >= PATH_LEN) {
		diag_error(ld, at, "the path is longer than %d bytes",
		    PATH_LEN - 1);
		dst[0] = '\0';
	}
}

/* [VALUE] [overwrite] */
static void
set_init(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d = obj;
	struct conf_file	*c = d->c;
	int64_t			 v = 0;
	size_t			 i;

	c->init = true;
	for (i = 1; i < st->cnt; i++) {
		if (strcmp(st->word[i].s, "overwrite") == 0) {
			c->overwrite = true;
			continue;
		}
		if (number_get(ld, word_at(st, i), kw->name, st->word[i].s,
		    &v) == -1 || v < INT32_MIN || v > INT32_MAX) {
			diag_warn(ld, word_at(st, i), "init_file takes a "
			    "number of 32 bits and \"overwrite\", not "
			    "\"%.40s\": ignored", st->word[i].s);
			continue;
		}
		c->init_value = (int32_t)v;
	}
}

static void
set_file_weight(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d = obj;
	struct conf_file	*c = d->c;

	weight_get(ld, st, &c->weight, &c->reverse);
}

static void
set_process_weight(struct load *ld, const struct kw *kw,
    const struct stmt *st, void *obj)
{
	struct object_def	*d = obj;
	struct conf_process	*c = d->c;

	weight_get(ld, st, &c->weight, &c->reverse);
}

static void
weight_get(struct load *ld, const struct stmt *st, int16_t *weight,
    bool *reverse)
{
	int64_t	 v;

	if (number_get(ld, word_at(st, 1), "weight", st->word[1].s, &v) ||
	    v < -WEIGHT_MAX || v > WEIGHT_MAX) {
		diag_warn(ld, word_at(st, 1), "weight \"%.40s\" is not a "
		    "number from -254 to 254: ignored", st->word[1].s);
		return;
	}
	*weight = (int16_t)v;
	*reverse = st->cnt > 2 && strcmp(st->word[2].s, "reverse") == 0;
	stmt_extra(ld, st, *reverse ? 3 : 2);
}

/* NAME [PARAMS...], with both quotes and escapes, as a command. */
static void
set_process(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d = obj;
	struct conf_process	*c = d->c;
	struct where		 at = word_at(st, 1);
	char			*words[MAX_ARGS + 1];
	int			 i, n;

	n = lex_command(ld, st->rest.s, st->rest.len, words, MAX_ARGS + 1);
	if (n < 0) {
		diag_warn(ld, at, "a quote of the command is not closed");
		n = -n - 1;
	}
	conf_argv_clear(&c->cmd);
	if (n == 0 || words[0][0] == '\0') {
		diag_error(ld, at, "process needs a name");
		return;
	}
	if (n > MAX_ARGS) {
		diag_error(ld, at, "the process has more than %d words",
		    MAX_ARGS);
		return;
	}
	for (i = 0; i < n; i++)
		if (conf_argv_add(&c->cmd, words[i]) == -1)
			err(1, "configuration");
}

static void
set_match(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d = obj;
	struct conf_process	*c = d->c;

	stmt_extra(ld, st, 2);
	c->match = CONF_MATCH_EXACT;
	if (st->cnt < 2)
		return;
	if (strcmp(st->word[1].s, "initial") == 0)
		c->match = CONF_MATCH_INITIAL;
	else if (strcmp(st->word[1].s, "partial") == 0)
		c->match = CONF_MATCH_PARTIAL;
	else
		diag_warn(ld, word_at(st, 1), "param_match is initial, "
		    "partial or nothing, not \"%.40s\": parameters have to be "
		    "the same", st->word[1].s);
}

static void
set_delay(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct object_def	*d = obj;
	struct conf_process	*c = d->c;
	int64_t			 us;

	stmt_extra(ld, st, 2);
	if (time_get(ld, word_at(st, 1), kw->name, st->word[1].s, &us) == -1 ||
	    us < 1 || us > DELAY_MAX_US) {
		diag_warn(ld, word_at(st, 1), "delay \"%.40s\" is not a number "
		    "of seconds from 0.000001 to 3600: ignored",
		    st->word[1].s);
		return;
	}
	c->fork_delay_us = c->terminate_delay_us = us;
}
