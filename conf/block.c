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
 * The head of a block: its name and its brace.
 * Runs in: readconf.
 */

#include <string.h>

#include "keyword.h"

const char *
block_name(struct load *ld, const struct kw *kw, const struct stmt *st)
{
	if (st->cnt < 2) {
		/* As keepalived, but for scripts. */
		if (strcmp(kw->name, "vrrp_script") == 0)
			diag_error(ld, word_at(st, 0), "%s needs a name",
			    kw->name);
		else
			diag_warn(ld, word_at(st, 0), "%s needs a name: "
			    "ignored", kw->name);
		if (st->block)
			block_skip(ld);
		return (NULL);
	}
	stmt_extra(ld, st, 2);
	return (st->word[1].s);
}

bool
block_begin_once(struct load *ld, const struct kw *kw, const struct stmt *st,
    enum block_id id, bool again)
{
	if (!block_begin(ld, st, id))
		return (false);
	if (!again)
		return (true);
	diag_warn(ld, word_at(st, 1), "%s %s stands a second time: this one "
	    "is skipped", kw->name, st->word[1].s);
	block_skip(ld);
	return (false);
}

/*
 * keepalived takes a missing '{' for granted. So do we when what follows
 * belongs into the block.
 */
bool
block_begin(struct load *ld, const struct stmt *st, enum block_id id)
{
	const char	*word;
	bool		 inner;

	ld->head = word_at(st, 0);
	if (st->block)
		return (true);
	if (lex_peek(ld) == TOK_WORDS) {
		word = ld->stmt.word[0].s;
		inner = id < BLK_ADDRESS ? block_has_word(id, word) :
		    !block_has_word(BLK_INSTANCE, word) &&
		    !block_has_word(BLK_GLOBAL, word) &&
		    !block_has_word(BLK_TOP, word);
		if (inner) {
			diag_warn(ld, word_at(st, 0), "'{' is missing after "
			    "%s: taken as read", st->word[0].s);
			return (true);
		}
	}
	if (id >= BLK_ADDRESS && strcmp(st->word[0].s, "unicast_peer") != 0)
		diag_warn(ld, word_at(st, 0), "%s needs a block, and '{' is "
		    "missing: ignored", st->word[0].s);
	else
		diag_error(ld, word_at(st, 0), "%s needs a block: '{' is "
		    "missing", st->word[0].s);
	return (false);
}
