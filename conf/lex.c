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
 * Lines to words and braces, and the second, richer rule for commands.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <string.h>

#include "keyword.h"

#define BLANKS	" \t\v\f\r\n"

/* One word of a command being put together. */
struct cmd {
	const char	*s;
	const char	*end;
	char		*out;		/* no longer than what is left of s */
	char		 quote;
};

static enum tok	 lex_read(struct load *);
static enum tok	 lex_words(struct load *);
static size_t	 lex_word(struct load *, struct word *);
static bool	 lex_remark(struct load *, size_t word_cnt, size_t *end);
static void	 cmd_word(struct cmd *);
static char	 cmd_escape(struct cmd *);
static int	 digit_value(char, int base);

enum tok
lex_next(struct load *ld)
{
	if (ld->ahead) {
		ld->ahead = false;
		return (ld->next);
	}
	return (lex_read(ld));
}

enum tok
lex_peek(struct load *ld)
{
	if (!ld->ahead) {
		ld->next = lex_read(ld);
		ld->ahead = true;
	}
	return (ld->next);
}

static enum tok
lex_read(struct load *ld)
{
	enum tok	 t;
	char		 c;

	for (;;) {
		if (ld->pos < ld->line.len)
			ld->pos += strspn(ld->line.s + ld->pos, BLANKS);
		if (ld->pos >= ld->line.len) {
			ld->pos = 0;
			ld->line.len = 0;
			if (ld->eof || !source_next(ld, &ld->line)) {
				ld->eof = true;
				return (TOK_EOF);
			}
			continue;
		}
		c = ld->line.s[ld->pos];
		if (c == '{' || c == '}') {
			ld->brace = line_at(&ld->line, ld->pos);
			ld->pos++;
			return (c == '{' ? TOK_OPEN : TOK_CLOSE);
		}
		if ((t = lex_words(ld)) != TOK_EOF)
			return (t);
	}
}

/* The words up to a brace or the end of the line; TOK_EOF: there are none. */
static enum tok
lex_words(struct load *ld)
{
	struct word	 words[LEX_WORDS_MAX];
	struct line	*ln = &ld->line;
	struct stmt	*st = &ld->stmt;
	size_t		 first = 0, end;
	bool		 told = false;

	memset(st, 0, sizeof(*st));
	st->src = ln->src;
	end = ln->len;
	while (ld->pos < ln->len) {
		ld->pos += strspn(ln->s + ld->pos, BLANKS);
		end = ld->pos;
		if (ld->pos >= ln->len || ln->s[ld->pos] == '{' ||
		    ln->s[ld->pos] == '}')
			break;
		if (lex_remark(ld, st->cnt, &end))
			break;
		if (st->cnt == LEX_WORDS_MAX) {
			if (!told)
				diag_error(ld, line_at(ln, ld->pos), "more "
				    "than %d words", LEX_WORDS_MAX);
			told = true;
			st->cnt--;
		}
		st->cnt += lex_word(ld, &words[st->cnt]);
		if (st->cnt == 1 && first == 0)
			first = ld->pos;
		end = ld->pos;
	}
	if (st->cnt == 0)
		return (TOK_EOF);
	st->word = mem_get(ld, st->cnt * sizeof(*st->word));
	memcpy(st->word, words, st->cnt * sizeof(*st->word));
	st->rest = line_part(ld, ln, first < end ? first : end, end);
	return (TOK_WORDS);
}

/* 1, or 0 when the quote of the word is not closed: it is lost, reported. */
static size_t
lex_word(struct load *ld, struct word *w)
{
	struct line	*ln = &ld->line;
	const char	*s = ln->s + ld->pos;
	size_t		 len;

	w->col = line_at(ln, ld->pos).col;
	w->quoted = *s == '"';
	if (!w->quoted) {
		len = strcspn(s, BLANKS "\"{}");
		w->s = mem_str(ld, s, len);
		ld->pos += len;
		return (1);
	}
	len = strcspn(s + 1, "\"");
	if (s[len + 1] == '\0') {
		diag_warn(ld, line_at(ln, ld->pos), "the quote is not closed: "
		    "ignored to the end of the line");
		ld->stmt.lost = true;
		ld->pos = ln->len;
		return (0);
	}
	w->s = mem_str(ld, s + 1, len);
	ld->pos += len + 2;
	return (1);
}

/*
 * "//" begins no comment, yet people write it so. keepalived takes the words
 * for values, which is hardly what was meant; a brace at the end counts.
 */
static bool
lex_remark(struct load *ld, size_t word_cnt, size_t *end)
{
	struct line	*ln = &ld->line;
	const char	*s = ln->s + ld->pos;
	char		 last;

	if (s[0] != '/' || s[1] != '/')
		return (false);
	/* "${_PWD}/x" in the root folder: they do not stand side by side. */
	if (ln->col[ld->pos + 1] > ln->col[ld->pos] + 1)
		return (false);
	diag_warn(ld, line_at(ln, ld->pos), "'//' does not begin a comment, "
	    "'#' does: the rest of the line is ignored");
	*end = ld->pos;
	last = ln->s[ln->len - 1];
	ld->pos = ln->len - (last == '{' && word_cnt > 0);
	return (true);
}

struct where
word_at(const struct stmt *st, size_t idx)
{
	struct where	 at = { st->src, 0 };

	if (st->cnt != 0)
		at.col = st->word[idx < st->cnt ? idx : st->cnt - 1].col;
	return (at);
}

int
lex_command(struct load *ld, const char *s, size_t len, char **words,
    size_t max)
{
	struct cmd	 c = { .s = s, .end = s + len };
	int		 cnt = 0;
	char		*word;

	while ((size_t)cnt < max) {
		while (c.s < c.end && strchr(BLANKS, *c.s) != NULL &&
		    *c.s != '\0')
			c.s++;
		if (c.s >= c.end)
			break;
		word = c.out = mem_get(ld, c.end - c.s + 1);
		cmd_word(&c);
		words[cnt++] = word;
	}
	return (c.quote != '\0' ? -cnt - 1 : cnt);
}

static void
cmd_word(struct cmd *c)
{
	for (; c->s < c->end; c->s++) {
		if (c->quote != '\0' && *c->s == c->quote) {
			c->quote = '\0';
			continue;
		}
		if (c->quote == '\0' && (*c->s == '"' || *c->s == '\'')) {
			c->quote = *c->s;
			continue;
		}
		if (c->quote == '\0' && *c->s != '\0' &&
		    strchr(BLANKS, *c->s) != NULL)
			break;
		if (*c->s == '\\' && c->s + 1 < c->end)
			*c->out++ = cmd_escape(c);
		else
			*c->out++ = *c->s;
	}
	*c->out = '\0';
}

/* At a backslash with a byte behind it; leaves s at the last byte taken. */
static char
cmd_escape(struct cmd *c)
{
	static const char	 from[] = "abEfnrtv";
	static const char	 to[] = "\a\b\033\f\n\r\t\v";
	const char		*p;
	int			 i, n = 0;

	c->s++;
	if ((p = strchr(from, *c->s)) != NULL && *c->s != '\0')
		return (to[p - from]);
	if (digit_value(*c->s, 8) >= 0) {
		for (i = 0; i < 3 && c->s < c->end &&
		    digit_value(*c->s, 8) >= 0; i++)
			n = n * 8 + digit_value(*c->s++, 8);
		c->s--;
		return (n & 0xff ? (char)n : '?');
	}
	if (*c->s == 'x' && c->s + 1 < c->end &&
	    digit_value(c->s[1], 16) >= 0) {
		for (i = 0; i < 2 && c->s + 1 < c->end &&
		    digit_value(c->s[1], 16) >= 0; i++)
			n = n * 16 + digit_value(*++c->s, 16);
		return (n & 0xff ? (char)n : '?');
	}
	if (*c->s == 'c' && c->s + 1 < c->end) {
		c->s++;
		n = toupper((unsigned char)*c->s) & 0x1f;
		return (n != 0 ? (char)n : '?');
	}
	return (*c->s);
}

static int
digit_value(char c, int base)
{
	int	 v;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if (c >= 'a' && c <= 'f')
		v = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		v = c - 'A' + 10;
	else
		return (-1);
	return (v < base ? v : -1);
}
