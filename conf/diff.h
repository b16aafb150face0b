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
 * What differs between two configurations, by name. Pure.
 */

#ifndef DIFF_H
#define DIFF_H

#include "conf.h"

enum diff_kind {
	DIFF_SAME = 0,
	DIFF_ADDED,
	DIFF_CHANGED,		/* keeps its state: fields say what */
	DIFF_REPLACED,		/* VRID, interface, family, version: is anew */
	DIFF_REMOVED
};

/* Fields of a changed instance. */
#define DIFF_F_PROTOCOL		0x01	/* priority, interval, preempt ... */
#define DIFF_F_VIPS		0x02
#define DIFF_F_SOURCE		0x04	/* source, group, peers */
#define DIFF_F_TRACKS		0x08
#define DIFF_F_NOTIFY		0x10
#define DIFF_F_GARP		0x20
#define DIFF_F_LEASE		0x40
#define DIFF_F_GROUP		0x80	/* in another sync group */
#define DIFF_F_ROUTES		0x100	/* and rules */

struct diff_inst {
	enum diff_kind		 kind;
	uint32_t		 fields;
	const struct conf_inst	*old;	/* NULL: added */
	const struct conf_inst	*new;	/* NULL: removed */
};

struct diff {
	struct diff_inst	*insts;
	size_t			 inst_cnt;
	uint32_t		 added;
	uint32_t		 changed;	/* replaced ones too */
	uint32_t		 removed;
	bool			 global;	/* global settings differ */
	bool			 scripts;	/* any script differs */
	bool			 groups;	/* any sync group differs */
};

/* old may be NULL (all is added). NULL without memory. The result points
 * into both configurations. */
struct diff *diff_new(const struct conf *old, const struct conf *new);
void	 diff_free(struct diff *);

#endif /* DIFF_H */
