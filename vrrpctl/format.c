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

/* Printable strings, lengths of time, columns. Runs in: vrrpctl. */

#define LIBBSD_OPENBSD_VIS	/* there are two strnvis(3) */

#include <err.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <vis.h>

#include "view.h"

#define COLOUR_OFF	"\033[0m"
#define GAP		2	/* blanks between columns */

struct cell {
	char		*text;
	const char	*colour;
};

struct table {
	const char	*align;
	size_t		 cols;
	size_t		 cnt;		/* cells */
	size_t		 cap;
	struct cell	*cells;
};

static void	 print_row(const struct table *, const struct view *,
		    const struct cell *, const size_t *);

const char *
format_safe(char *buf, size_t size, const char *text)
{
	char	*safe;

	if ((safe = reallocarray(NULL, strlen(text) + 1, 4)) == NULL)
		err(1, NULL);
	(void)strvisx(safe, text, strlen(text),
	    VIS_NL | VIS_TAB | VIS_NOSLASH);
	(void)strlcpy(buf, safe, size);
	free(safe);
	return (buf);
}

const char *
format_for(char *buf, size_t size, int64_t us)
{
	long long	 s;

	s = us / US_PER_SEC;
	if (us < 0)
		(void)strlcpy(buf, "never", size);
	else if (us < US_PER_SEC)
		(void)snprintf(buf, size, "%lldms", (long long)us / 1000);
	else if (s < 10)
		(void)snprintf(buf, size, "%lld.%02llds", s,
		    (long long)us % US_PER_SEC / 10000);
	else if (s < 60)
		(void)snprintf(buf, size, "%llds", s);
	else if (s < 3600)
		(void)snprintf(buf, size, "%lldm%02llds", s / 60, s % 60);
	else if (s < 86400)
		(void)snprintf(buf, size, "%lldh%02lldm", s / 3600,
		    s / 60 % 60);
	else
		(void)snprintf(buf, size, "%lldd%02lldh", s / 86400,
		    s / 3600 % 24);
	return (buf);
}

const char *
format_time(char *buf, size_t size, int64_t us)
{
	long long	 ms = (us + US_PER_MS / 2) / US_PER_MS;
	size_t		 len;

	if (us < 0)
		(void)strlcpy(buf, "never", size);
	else if (us > 0 && us < US_PER_MS)
		(void)snprintf(buf, size, "%lldus", (long long)us);
	else if (ms < 1000)
		(void)snprintf(buf, size, "%lldms", ms);
	if (us < 0 || ms < 1000)
		return (buf);
	(void)snprintf(buf, size, "%lld.%03lld", ms / 1000, ms % 1000);
	for (len = strlen(buf); buf[len - 1] == '0'; len--)
		buf[len - 1] = '\0';
	if (buf[len - 1] == '.')
		buf[len - 1] = '\0';
	(void)strlcat(buf, "s", size);
	return (buf);
}

/* For the eye: the daemon itself does not go by this clock. */
const char *
format_clock(char *buf, size_t size, const struct view *v, int64_t us)
{
	struct timespec	 ts;
	struct tm	 tm;
	time_t		 at;

	(void)timespec_get(&ts, TIME_UTC);
	at = (time_t)((ts.tv_sec * US_PER_SEC + ts.tv_nsec / 1000 -
	    (v->now_us - us)) / US_PER_SEC);
	if (localtime_r(&at, &tm) == NULL ||
	    strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		(void)strlcpy(buf, "?", size);
	return (buf);
}

/* The clocks of two processes are read one after the other: never below 0. */
const char *
format_ago(char *buf, size_t size, const struct view *v, int64_t us)
{
	char	 text[FORMAT_LEN];

	if (us < 0) {
		(void)strlcpy(buf, "never", size);
		return (buf);
	}
	(void)snprintf(buf, size, "%s ago", format_for(text, sizeof(text),
	    us < v->now_us ? v->now_us - us : 0));
	return (buf);
}

const char *
format_in(char *buf, size_t size, const struct view *v, int64_t us)
{
	char	 text[FORMAT_LEN];

	if (us < 0) {
		(void)strlcpy(buf, "never", size);
		return (buf);
	}
	(void)snprintf(buf, size, "in %s", format_for(text, sizeof(text),
	    us > v->now_us ? us - v->now_us : 0));
	return (buf);
}

struct table *
table_new(const char *align)
{
	struct table	*t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		err(1, NULL);
	t->align = align;
	t->cols = strlen(align);
	return (t);
}

void
table_cell(struct table *t, const char *fmt, ...)
{
	va_list	 ap;
	char	*text;

	if (t->cnt == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->cells = reallocarray(t->cells, t->cap, sizeof(*t->cells));
		if (t->cells == NULL)
			err(1, NULL);
	}
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) == -1)
		err(1, NULL);
	va_end(ap);
	t->cells[t->cnt].text = text;
	t->cells[t->cnt++].colour = NULL;
}

void
table_colour(struct table *t, const char *colour)
{
	t->cells[t->cnt - 1].colour = colour;
}

void
table_print(const struct table *t, const struct view *v)
{
	size_t	*widths, i, len;

	if ((widths = calloc(t->cols, sizeof(*widths))) == NULL)
		err(1, NULL);
	for (i = 0; i < t->cnt; i++) {
		len = strlen(t->cells[i].text);
		if (len > widths[i % t->cols])
			widths[i % t->cols] = len;
	}
	for (i = 0; i + t->cols <= t->cnt; i += t->cols)
		print_row(t, v, &t->cells[i], widths);
	free(widths);
}

/* The last column takes what is left of the line and is cut there. */
static void
print_row(const struct table *t, const struct view *v,
    const struct cell *cells, const size_t *widths)
{
	size_t	 i, used, len, gap;
	int	 shown;

	used = 0;
	gap = 0;
	for (i = 0; i < t->cols; i++) {
		len = strlen(cells[i].text);
		if (i == t->cols - 1 && len == 0)
			break;
		/* Blanks of this column, or left over from the one before. */
		if (t->align[i] == 'r')
			gap += widths[i] - len;
		shown = (int)len;
		if (i == t->cols - 1 && v->width > used + gap &&
		    len > v->width - used - gap)
			shown = (int)(v->width - used - gap);
		fprintf(v->fp, "%*s%s%.*s%s", (int)gap, "",
		    cells[i].colour != NULL ? cells[i].colour : "", shown,
		    cells[i].text, cells[i].colour != NULL ? COLOUR_OFF : "");
		used += gap + len;
		gap = GAP;
		if (t->align[i] == 'l')
			gap += widths[i] - len;
	}
	fprintf(v->fp, "\n");
}

void
table_free(struct table *t)
{
	size_t	 i;

	for (i = 0; i < t->cnt; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
}
