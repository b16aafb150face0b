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
 * What stands in a file by mistake, and keepalived runs all the same.
 * Runs in: readconf.
 */

#include <string.h>

#include "keyword.h"

/*
 * A block of the instance (or of the file) begins, so the list of it (or of
 * global_defs) had its end before. The peers are not guessed: with them in
 * the list keepalived uses multicast.
 */
bool
repair_list(struct load *ld, const struct stmt *head, const struct stmt *st)
{
	const char	*list = head->word[0].s, *word = st->word[0].s;

	if (!(block_has_word(BLK_INSTANCE, word) &&
	    block_has_word(BLK_INSTANCE, list)) &&
	    !(block_has_word(BLK_TOP, word) &&
	    block_has_word(BLK_GLOBAL, list)))
		return (false);
	if (strcmp(word, "unicast_peer") == 0 ||
	    strcmp(list, "unicast_peer") == 0)
		return (false);
	diag_warn(ld, word_at(st, 0), "'}' of %s is missing before %s: taken "
	    "as read", list, word);
	ld->back = true;
	ld->back_stmt = *st;
	return (true);
}

/* Likewise of the authentication and of global_defs. */
bool
repair_block(struct load *ld, enum block_id id, const struct stmt *st)
{
	const char	*word = st->word[0].s;

	if (block_has_word(id, word))
		return (false);
	if (id == BLK_AUTH ? !block_has_word(BLK_INSTANCE, word) ||
	    strncmp(word, "unicast", 7) == 0 :
	    id != BLK_GLOBAL || !st->block || !block_has_word(BLK_TOP, word))
		return (false);
	diag_warn(ld, word_at(st, 0), "'}' of %s is missing before %s: taken "
	    "as read", id == BLK_AUTH ? "authentication" :
	    "global_defs", word);
	ld->back = true;
	ld->back_stmt = *st;
	return (true);
}

/* keepalived passes over it; what ends on the same line goes with it. */
void
repair_brace(struct load *ld)
{
	struct where	 at = ld->brace;
	bool		 closed;

	closed = ld->pos < ld->line.len &&
	    strchr(ld->line.s + ld->pos, '}') != NULL;
	diag_warn(ld, at, "'{' does not belong here: ignored%s",
	    closed ? " to its '}'" : "");
	if (closed)
		block_skip(ld);
}

/* keepalived, too, passes over a session that is not defined above. */
void
repair_bfd(struct load *ld, const struct kw_known *kk, const struct stmt *st)
{
	struct bfd_def	*b;
	char		 show[64];
	enum tok	 t;
	bool		 any = false;

	while ((t = lex_next(ld)) == TOK_WORDS || t == TOK_OPEN) {
		if (t == TOK_OPEN) {
			block_skip(ld);
			continue;
		}
		for (b = ld->bfds; b != NULL; b = b->next)
			if (strcmp(b->name, ld->stmt.word[0].s) == 0)
				break;
		any = any || b != NULL;
		if (b == NULL)
			diag_warn(ld, word_at(&ld->stmt, 0), "bfd_instance %s "
			    "is not defined above: not tracked",
			    word_show(ld->stmt.word[0].s, show, sizeof(show)));
	}
	if (any)
		known_report(ld, word_at(st, 0), kk);
}
