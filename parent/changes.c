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
 * What a reload does, or would do, to each instance, for whoever asked. Runs
 * in: parent.
 */

#include <string.h>

#include "parent.h"

#define LINES_MAX	200	/* clients have queues of a limited length */

static const char *change_of(const struct diff_inst *, char *, size_t);
static const char *effect_of(const struct diff_inst *, bool);

static const struct {
	uint32_t	 field;
	const char	*name;
} fields[] = {
	{ DIFF_F_PROTOCOL, "settings of the protocol" },
	{ DIFF_F_VIPS, "addresses" },
	{ DIFF_F_SOURCE, "source or peers" },
	{ DIFF_F_TRACKS, "what it tracks" },
	{ DIFF_F_NOTIFY, "notifications" },
	{ DIFF_F_GARP, "announcements" },
	{ DIFF_F_LEASE, "lease" },
	{ DIFF_F_GROUP, "sync group" },
	{ DIFF_F_ROUTES, "virtual routes or rules" }
};

void
changes_tell(struct parent *p, const struct diff *diff)
{
	const struct diff_inst	*di;
	const struct inst	*inst;
	uint32_t		 lines, rest;
	size_t			 i;
	char			 what[TEXT_LEN];
	bool			 master;

	lines = rest = 0;
	for (i = 0; i < diff->inst_cnt; i++) {
		di = &diff->insts[i];
		if (di->kind == DIFF_SAME)
			continue;
		if (lines++ >= LINES_MAX) {
			rest++;
			continue;
		}
		inst = di->old != NULL ? inst_find(p, di->old->id) : NULL;
		master = inst != NULL && inst->state == INST_MASTER;
		reload_tell(p, CONF_NOTE, "(%s) %s: %s", di->new != NULL ?
		    di->new->name : di->old->name, change_of(di, what,
		    sizeof(what)), effect_of(di, master));
	}
	if (rest > 0)
		reload_tell(p, CONF_NOTE, "and %u more instances", rest);
	if (diff->global)
		reload_tell(p, CONF_NOTE, "global settings differ");
	if (diff->scripts)
		reload_tell(p, CONF_NOTE, "scripts differ");
	if (diff->groups)
		reload_tell(p, CONF_NOTE, "sync groups differ");
}

static const char *
change_of(const struct diff_inst *di, char *buf, size_t size)
{
	size_t	 i;

	switch (di->kind) {
	case DIFF_ADDED:
		return ("added");
	case DIFF_REMOVED:
		return ("removed");
	case DIFF_REPLACED:
		return ("replaced (interface, VRID, family or version)");
	case DIFF_SAME:
	case DIFF_CHANGED:
		break;
	}
	(void)strlcpy(buf, "changed (", size);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if ((di->fields & fields[i].field) == 0)
			continue;
		if (buf[strlen(buf) - 1] != '(')
			(void)strlcat(buf, ", ", size);
		(void)strlcat(buf, fields[i].name, size);
	}
	(void)strlcat(buf, ")", size);
	return (buf);
}

/* On the wire. */
static const char *
effect_of(const struct diff_inst *di, bool master)
{
	if (di->kind == DIFF_ADDED)
		return ("begins as BACKUP");
	if (!master)
		return (di->kind == DIFF_CHANGED && (di->fields &
		    (DIFF_F_PROTOCOL | DIFF_F_TRACKS)) != 0 ?
		    "nothing on the wire, unless it becomes the better router" :
		    "nothing on the wire");
	if (di->kind == DIFF_REMOVED)
		return ("gives up MASTER: hands over");
	if (di->kind == DIFF_REPLACED)
		return ("gives up MASTER: hands over, and begins anew");
	if ((di->fields & DIFF_F_VIPS) != 0)
		return ("stays MASTER, new addresses are announced");
	if ((di->fields & (DIFF_F_PROTOCOL | DIFF_F_TRACKS)) != 0)
		return ("stays MASTER unless a better router is there");
	return ("stays MASTER, nothing on the wire");
}
