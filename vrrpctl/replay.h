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
 * What was gathered, as the rows that a view takes. Runs in: vrrpctl-serve,
 * vrrpctl-top.
 */

#ifndef REPLAY_H
#define REPLAY_H

#include "snap.h"
#include "view.h"

/* The rows of the answer to the view's action; i NULL: of all instances. */
void	 replay(struct view *, const struct snap *, const struct snap_inst *i);
/* Sentences about an instance go to say. */
void	 replay_why(const struct snap *, const struct snap_inst *,
	    void (*say)(struct view *, const char *, const char *), void *arg);
/* Whether all is well, as vrrpctl health says; the line is in text. */
bool	 replay_health(const struct snap *, enum action, const char *name,
	    char *text, size_t);

#endif /* REPLAY_H */
