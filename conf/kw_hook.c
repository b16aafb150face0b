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
 * Global commands and FIFOs: notify_fifo, startup_script and the like.
 * Runs in: readconf.
 */

#include <string.h>

#include "keyword.h"

/* path: where a FIFO is; for its reader and the others a command. */
void
set_hook(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_hook	*h = &ld->conf->hooks[kw->dfl];
	struct where		*at = &ld->hook_at[kw->dfl];

	if (at->src != NULL) {
		diag_warn(ld, word_at(st, 1), "%s stands a second time: the "
		    "first, in line %u, counts", kw->name, h->line);
		return;
	}
	*at = word_at(st, 1);
	h->line = st->src->line;
	if (kw->dfl == HOOK_FIFO || kw->dfl == HOOK_VRRP_FIFO) {
		path_copy(ld, *at, h->path, st->word[1].s);
		h->used = h->path[0] != '\0';
		if (st->cnt > 2)
			set_user(ld, st, 2, &h->user);
		return;
	}
	set_command(ld, st, &h->cmd, &h->user, false);
	h->used = h->cmd.argc > 0;
}

/* Seconds, from 1 to 1000, of start-up or shutdown. */
void
set_hook_timeout(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	int64_t	 v;

	stmt_extra(ld, st, 2);
	if (number_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v) == -1 ||
	    v < 1 || v > 1000) {
		diag_warn(ld, word_at(st, 1), "%s \"%.40s\" is not a number "
		    "of seconds from 1 to 1000: ignored", kw->name,
		    st->word[1].s);
		return;
	}
	ld->conf->hooks[kw->dfl].timeout_us = v * US_PER_SEC;
}
