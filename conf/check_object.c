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
 * Tracked files and processes, the FIFOs and the global scripts: whether they
 * are whole, who does it, and who tracks them.
 * Runs in: readconf.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define HOOK_TIMEOUT_US	(10 * US_PER_SEC)

static void	 objects_used(struct load *);
static void	 objects_mark(struct load *, const struct track_def_list *);
static void	 file_check(struct load *, struct object_def *);
static void	 process_check(struct load *, struct object_def *);
static void	 quorum_check(struct load *, const struct object_def *);
static void	 object_drop(struct load *, struct object_def *);
static void	 object_unknown(struct load *, const char *owner,
		    const struct track_def *);
static void	 fifo_check(struct load *, enum conf_hook_kind fifo,
		    enum conf_hook_kind script);
static void	 hook_drop(struct conf_hook *);

static const char *const	 kind_names[CONF_TRACK_KIND_MAX] = {
	[CONF_TRACK_FILE] = "track_file",
	[CONF_TRACK_PROCESS] = "vrrp_track_process"
};

static const char *const	 hook_names[HOOK_MAX] = {
	[HOOK_FIFO] = "notify_fifo",
	[HOOK_FIFO_SCRIPT] = "notify_fifo_script",
	[HOOK_VRRP_FIFO] = "vrrp_notify_fifo",
	[HOOK_VRRP_FIFO_SCRIPT] = "vrrp_notify_fifo_script",
	[HOOK_STARTUP] = "startup_script",
	[HOOK_SHUTDOWN] = "shutdown_script"
};

/* Only those that are tracked are watched. */
static void
objects_used(struct load *ld)
{
	struct group_def	*g;
	struct inst_def		*d;

	TAILQ_FOREACH(d, &ld->insts, entry)
		objects_mark(ld, &d->tracks);
	TAILQ_FOREACH(g, &ld->groups, entry)
		if (g->c != NULL)
			objects_mark(ld, &g->tracks);
}

static void
objects_mark(struct load *ld, const struct track_def_list *tracks)
{
	const struct track_def	*t;
	struct object_def	*o;

	TAILQ_FOREACH(t, tracks, entry)
		if ((o = object_find(ld, t->kind, t->name)) != NULL)
			o->used = true;
}

void
check_objects(struct load *ld)
{
	struct object_def	*o;

	objects_used(ld);
	TAILQ_FOREACH(o, &ld->objects, entry) {
		if (!o->used)
			diag_note(ld, o->at, "%s %s: nothing tracks it: it is "
			    "not watched", kind_names[o->kind], o->name);
		else if (o->kind == CONF_TRACK_FILE)
			file_check(ld, o);
		else
			process_check(ld, o);
		if (!o->used || o->bad)
			object_drop(ld, o);
	}
}

/* What no instance tracks in the end is not watched. */
void
check_objects_left(struct load *ld)
{
	struct object_def	*o;

	TAILQ_FOREACH(o, &ld->objects, entry) {
		if (o->c == NULL || track_left(ld, o->kind, o->name))
			continue;
		diag_note(ld, o->at, "%s %s: nothing tracks it in the end: it "
		    "is not watched", kind_names[o->kind], o->name);
		object_drop(ld, o);
	}
}

static void
file_check(struct load *ld, struct object_def *o)
{
	struct conf_file	*c = o->c;
	char			 what[NAME_LEN + 16];

	(void)snprintf(what, sizeof(what), "track_file %s", o->name);
	o->bad = true;
	if (o->set[KO_WHAT].src == NULL)
		diag_warn(ld, o->at, "%s has no file: nothing tracks it",
		    what);
	else if (c->path[0] != '\0')
		o->bad = !check_user(ld, o->set[KO_WHAT], what, &c->user);
}

/* The kernel keeps 15 bytes of a name; parameters stand behind argv[0]. */
static void
process_check(struct load *ld, struct object_def *o)
{
	struct conf_process	*c = o->c;
	struct where		 at = o->set[KO_WHAT];
	char			 what[NAME_LEN + 24];

	(void)snprintf(what, sizeof(what), "vrrp_track_process %s", o->name);
	o->bad = true;
	if (at.src == NULL) {
		diag_warn(ld, o->at, "%s has no process: nothing tracks it",
		    what);
		return;
	}
	if (c->cmd.argc == 0)
		return;			/* it has been reported */
	if (!c->full_command && strlen(c->cmd.argv[0]) >= COMM_LEN) {
		c->full_command = true;
		diag_warn(ld, at, "%s: the kernel keeps %d bytes of a name: "
		    "the command line is compared (full_command)", what,
		    COMM_LEN - 1);
	}
	if (c->cmd.argc > 1 && o->set[KO_MATCH].src == NULL)
		c->match = CONF_MATCH_EXACT;
	if (c->match != CONF_MATCH_NAME)
		c->full_command = true;
	quorum_check(ld, o);
	o->bad = !check_user(ld, at, what, &c->user);
}

static void
quorum_check(struct load *ld, const struct object_def *o)
{
	struct conf_process	*c = o->c;

	if (c->quorum_max >= c->quorum)
		return;
	if (c->quorum_max == 0)
		c->quorum = 0;		/* none may run */
	else {
		diag_warn(ld, o->set[KO_QUORUM_MAX], "vrrp_track_process %s: "
		    "quorum_max %u is less than quorum %u: no limit is used",
		    o->name, c->quorum_max, c->quorum);
		c->quorum_max = CONF_QUORUM_ANY;
	}
}

static void
object_drop(struct load *ld, struct object_def *o)
{
	if (o->kind == CONF_TRACK_FILE) {
		TAILQ_REMOVE(&ld->conf->files, (struct conf_file *)o->c,
		    entry);
		free(o->c);
	} else {
		TAILQ_REMOVE(&ld->conf->processes,
		    (struct conf_process *)o->c, entry);
		conf_process_free(o->c);
	}
	o->c = NULL;
}

bool
check_track_object(struct load *ld, const char *owner,
    const struct track_def *t, struct conf_track *track)
{
	struct object_def	*o;
	struct conf_file	*file;
	struct conf_process	*process;

	if ((o = object_find(ld, t->kind, t->name)) == NULL) {
		object_unknown(ld, owner, t);
		return (false);
	}
	if (o->bad) {
		diag_warn(ld, t->at, "%s: %s cannot be watched: it is not "
		    "tracked", owner, t->name);
		return (false);
	}
	if (t->kind == CONF_TRACK_FILE) {
		file = o->c;
		track->weight = t->weighted ? track->weight : file->weight;
		track->reverse = t->reverse_set ? track->reverse :
		    file->reverse;
	} else {
		process = o->c;
		track->weight = t->weighted ? track->weight : process->weight;
		track->reverse = t->reverse_set ? track->reverse :
		    process->reverse;
	}
	return (true);
}

static void
object_unknown(struct load *ld, const char *owner, const struct track_def *t)
{
	struct object_def	*o;
	const char		*best = NULL;
	size_t			 n, least = 3;

	TAILQ_FOREACH(o, &ld->objects, entry) {
		if (o->kind != t->kind)
			continue;
		if ((n = word_distance(t->name, o->name, least)) < least) {
			least = n;
			best = o->name;
		}
	}
	diag_warn(ld, t->at, "%s: there is no %s %s: it is not tracked%s%s%s",
	    owner, kind_names[t->kind], t->name,
	    best != NULL ? "; did you mean \"" : "", best != NULL ? best : "",
	    best != NULL ? "\"?" : "");
}

void
check_hooks(struct load *ld)
{
	struct conf_hook	*h;
	enum conf_hook_kind	 kind;

	for (kind = HOOK_FIFO; kind < HOOK_MAX; kind++) {
		h = &ld->conf->hooks[kind];
		if (!h->used)
			continue;
		if (kind == HOOK_FIFO || kind == HOOK_VRRP_FIFO)
			h->used = check_user(ld, ld->hook_at[kind],
			    hook_names[kind], &h->user);
		else
			h->used = check_command(ld, ld->hook_at[kind],
			    hook_names[kind], &h->cmd, &h->user,
			    false) == CMD_OK;
	}
	if (ld->conf->hooks[HOOK_FIFO].used &&
	    ld->conf->hooks[HOOK_VRRP_FIFO].used &&
	    strcmp(ld->conf->hooks[HOOK_FIFO].path,
	    ld->conf->hooks[HOOK_VRRP_FIFO].path) == 0) {
		diag_warn(ld, ld->hook_at[HOOK_VRRP_FIFO], "vrrp_notify_fifo "
		    "is the same as notify_fifo: ignored");
		ld->conf->hooks[HOOK_VRRP_FIFO].used = false;
	}
	fifo_check(ld, HOOK_FIFO, HOOK_FIFO_SCRIPT);
	fifo_check(ld, HOOK_VRRP_FIFO, HOOK_VRRP_FIFO_SCRIPT);
	for (kind = HOOK_FIFO; kind < HOOK_MAX; kind++) {
		h = &ld->conf->hooks[kind];
		if (kind >= HOOK_STARTUP && h->timeout_us == 0)
			h->timeout_us = HOOK_TIMEOUT_US;
		if (!h->used)
			hook_drop(h);
	}
}

/* The reader gets the path; without a FIFO there is nothing to read. */
static void
fifo_check(struct load *ld, enum conf_hook_kind fifo,
    enum conf_hook_kind script)
{
	struct conf_hook	*h = &ld->conf->hooks[script];

	if (!h->used)
		return;
	if (ld->conf->hooks[fifo].used) {
		(void)strlcpy(h->path, ld->conf->hooks[fifo].path,
		    sizeof(h->path));
		return;
	}
	diag_warn(ld, ld->hook_at[script], "%s without a %s: it is not run",
	    hook_names[script], hook_names[fifo]);
	h->used = false;
}

static void
hook_drop(struct conf_hook *h)
{
	conf_argv_clear(&h->cmd);
	memset(h, 0, sizeof(*h));
}
