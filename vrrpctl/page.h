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

/* What people read in a browser. Runs in: vrrpctl-serve. */

#ifndef PAGE_H
#define PAGE_H

#include <sys/cdefs.h>

#include <stdio.h>

#include "snap.h"

/* page.c: as HTML text, whatever is in it. */
void	 html_text(FILE *, const char *);
/* The same after %-directives. */
void	 html_print(FILE *, const char *, ...) __printflike(2, 3);
/* status is what a screen reader says when it changes. */
void	 page_head(FILE *, const char *title, const char *status);
void	 page_foot(FILE *, const struct snap *);
void	 page_main(FILE *, const struct snap *);
/* Nothing but what went wrong. */
void	 page_error(FILE *, const char *title, const char *text);
void	 page_state(FILE *, unsigned int show);
/* The last events, of an instance or (NULL) of all; at most max. */
void	 page_events(FILE *, const struct snap *, const char *name,
	    unsigned int max);

/* pageinst.c */
void	 page_inst(FILE *, const struct snap *, const struct snap_inst *);

/* asset.c: NULL if there is nothing at that path. */
const char *asset_find(const char *path, const char **type);

#endif /* PAGE_H */
