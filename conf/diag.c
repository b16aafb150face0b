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
 * What is told about a configuration: problems with their place, the memory
 * that the texts live in, and guesses at what was meant.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define CHUNK_LEN	65536
#define TAB_WIDTH	8

struct chunk {
	struct chunk	*next;
	size_t		 len;
	size_t		 used;
	_Alignas(16) unsigned char data[];
};

static void	 diag_at(struct load *, struct where, enum conf_severity,
		    const char *, va_list) __printflike(4, 0);
static void	 mask_secret(char *);
static size_t	 utf8_next(const char *, uint32_t *);
static int	 char_width(uint32_t);
static void	 print_source(FILE *, const char *);
static void	 print_caret(FILE *, const char *, uint32_t);

void
diag_error(struct load *ld, struct where at, const char *fmt, ...)
{
	va_list	 ap;

	ld->cnt.errors++;
	va_start(ap, fmt);
	diag_at(ld, at, CONF_ERROR, fmt, ap);
	va_end(ap);
}

void
diag_warn(struct load *ld, struct where at, const char *fmt, ...)
{
	va_list	 ap;

	ld->cnt.warnings++;
	va_start(ap, fmt);
	diag_at(ld, at, CONF_WARNING, fmt, ap);
	va_end(ap);
}

void
diag_note(struct load *ld, struct where at, const char *fmt, ...)
{
	va_list	 ap;

	ld->cnt.notes++;
	va_start(ap, fmt);
	diag_at(ld, at, CONF_NOTE, fmt, ap);
	va_end(ap);
}

static void
diag_at(struct load *ld, struct where at, enum conf_severity severity,
    const char *fmt, va_list ap)
{
	static struct conf_msg	 m;

	if (ld->report == NULL || ld->reported >= (severity == CONF_ERROR ?
	    LOAD_REPORTS : LOAD_WARNINGS))
		return;
	ld->reported++;
	memset(&m, 0, sizeof(m));
	m.severity = severity;
	(void)vsnprintf(m.text, sizeof(m.text), fmt, ap);
	if (at.src != NULL) {
		m.line = at.src->line;
		m.col = at.col;
		(void)strlcpy(m.file, at.src->file, sizeof(m.file));
		(void)strlcpy(m.source, at.src->text, sizeof(m.source));
		mask_secret(m.source);
	} else if (ld->file != NULL)
		(void)strlcpy(m.file, ld->file, sizeof(m.file));
	ld->report(ld->report_arg, &m);
}

/* What follows auth_pass is not shown, whatever is wrong with the line. */
static void
mask_secret(char *text)
{
	static const char	 word[] = "auth_pass";
	char			*p;

	if ((p = strstr(text, word)) == NULL)
		return;
	for (p += sizeof(word) - 1; *p != '\0'; p++)
		if (!isspace((unsigned char)*p) && strchr("{}\"", *p) == NULL)
			*p = '*';
}

/* After the last problem: were there more than were told? */
void
diag_finish(struct load *ld)
{
	struct conf_msg	 m;
	uint32_t	 all;

	all = ld->cnt.errors + ld->cnt.warnings + ld->cnt.notes;
	if (ld->report == NULL || all <= ld->reported)
		return;
	memset(&m, 0, sizeof(m));
	m.severity = ld->cnt.errors != 0 ? CONF_ERROR : CONF_WARNING;
	(void)snprintf(m.text, sizeof(m.text), "%u more messages are not shown",
	    all - ld->reported);
	ld->report(ld->report_arg, &m);
}

void
conf_msg_print(FILE *f, const struct conf_msg *m)
{
	static const char *const names[CONF_SEVERITY_MAX] = {
		[CONF_NOTE] = "note",
		[CONF_WARNING] = "warning",
		[CONF_ERROR] = "error"
	};
	const char	*name;

	name = m->severity < CONF_SEVERITY_MAX ? names[m->severity] : "error";
	if (m->file[0] != '\0')
		fprintf(f, "%s:", m->file);
	if (m->line != 0)
		fprintf(f, "%u:", m->line);
	if (m->line != 0 && m->col != 0)
		fprintf(f, "%u:", m->col);
	fprintf(f, "%s%s: %s\n", m->file[0] != '\0' ? " " : "", name, m->text);
	if (m->line == 0 || m->source[0] == '\0')
		return;
	print_source(f, m->source);
	if (m->col != 0 && m->col <= strlen(m->source) + 1)
		print_caret(f, m->source, m->col);
}

/* Length of the character at s; *out is it, or 0xfffd for a bad byte. */
static size_t
utf8_next(const char *s, uint32_t *out)
{
	const unsigned char	*p = (const unsigned char *)s;
	static const uint32_t	 least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t			 i, len;
	uint32_t		 c;

	*out = 0xfffd;
	if (p[0] < 0x80) {
		*out = p[0];
		return (1);
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if ((p[0] & 0xf0) == 0xe0)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return (1);
	c = p[0] & (0xffU >> (len + 1));
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return (1);
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return (1);
	*out = c;
	return (len);
}

/* Columns of a terminal, near enough for a caret. */
static int
char_width(uint32_t c)
{
	if (c >= 0x300 && c <= 0x36f)
		return (0);
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	    (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
	    (c >= 0x20000 && c <= 0x3fffd))
		return (2);
	return (1);
}

/* Nothing that a terminal would obey, or that is no text, gets out. */
static void
print_source(FILE *f, const char *s)
{
	uint32_t	 c;
	size_t		 len;

	for (; *s != '\0'; s += len) {
		len = utf8_next(s, &c);
		if ((c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) ||
		    c == 0xfffd)
			putc('?', f);
		else
			(void)fwrite(s, 1, len, f);
	}
	putc('\n', f);
}

static void
print_caret(FILE *f, const char *s, uint32_t col)
{
	const char	*end = s + col - 1;
	uint32_t	 c;
	size_t		 len;
	int		 i;

	for (; *s != '\0' && s < end; s += len) {
		len = utf8_next(s, &c);
		if (c == '\t') {
			putc('\t', f);
			continue;
		}
		for (i = char_width(c); i > 0; i--)
			putc(' ', f);
	}
	fputs("^\n", f);
}

void *
mem_get(struct load *ld, size_t len)
{
	struct chunk	*c = ld->chunks;
	size_t		 size;
	void		*p;

	len = (len + 15) & ~(size_t)15;
	if (c == NULL || c->len - c->used < len) {
		size = len > CHUNK_LEN ? len : CHUNK_LEN;
		c = calloc(1, sizeof(*c) + size);
		if (c == NULL)
			err(1, "configuration");
		c->len = size;
		c->next = ld->chunks;
		ld->chunks = c;
	}
	p = c->data + c->used;
	c->used += len;
	return (p);
}

char *
mem_str(struct load *ld, const char *s, size_t len)
{
	char	*p;

	p = mem_get(ld, len + 1);
	memcpy(p, s, len);
	return (p);
}

void
mem_free(struct load *ld)
{
	struct chunk	*c;

	while ((c = ld->chunks) != NULL) {
		ld->chunks = c->next;
		freezero(c, sizeof(*c) + c->len);
	}
}

/* Insertions, deletions, changes and swaps of neighbours count one each. */
size_t
word_distance(const char *a, const char *b, size_t limit)
{
	size_t	 d[3][40], i, j, la, lb, best, cost;

	la = strlen(a);
	lb = strlen(b);
	if (la >= 40 || lb >= 40 || (la > lb ? la - lb : lb - la) > limit)
		return (limit + 1);
	memset(d, 0, sizeof(d));
	for (j = 0; j <= lb; j++)
		d[0][j] = j;
	for (i = 1; i <= la; i++) {
		d[i % 3][0] = i;
		for (j = 1; j <= lb; j++) {
			cost = a[i - 1] != b[j - 1];
			best = d[(i - 1) % 3][j - 1] + cost;
			if (d[(i - 1) % 3][j] + 1 < best)
				best = d[(i - 1) % 3][j] + 1;
			if (d[i % 3][j - 1] + 1 < best)
				best = d[i % 3][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    d[(i - 2) % 3][j - 2] + 1 < best)
				best = d[(i - 2) % 3][j - 2] + 1;
			d[i % 3][j] = best;
		}
	}
	return (d[la % 3][lb]);
}

const char *
word_show(const char *s, char *buf, size_t size)
{
	uint32_t	 c;
	size_t		 i, len, n = 0;

	while (*s != '\0') {
		len = utf8_next(s, &c);
		if (n + len + 4 > size) {
			(void)strlcpy(buf + n, "...", size - n);
			return (buf);
		}
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfffd)
			buf[n++] = '?';
		else
			for (i = 0; i < len; i++)
				buf[n++] = s[i];
		s += len;
	}
	buf[n] = '\0';
	return (buf);
}
