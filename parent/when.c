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

/* The time that a person wrote down. Pure; runs in: parent. */

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "vrrpd.h"
#include "when.h"

static const char	 form[] = "9999-99-99 99:99:99";
#define FORM_LEN	(sizeof(form) - 1)
#define TIME_LEN	8		/* of it, at the end */

static int	 two(const char *);
static int64_t	 stamp(const struct tm *, bool utc);

int
when_parse(const char *text, int64_t now_us, int64_t *due_s)
{
	struct tm	 tm, got;
	const char	*end, *f;
	time_t		 now_s = now_us / US_PER_SEC;
	size_t		 len = strlen(text), i;
	bool		 utc, date;

	*due_s = 0;
	if ((utc = len > 0 && text[len - 1] == 'Z'))
		len--;
	if (len != TIME_LEN && len != FORM_LEN - 2 && len != FORM_LEN)
		return (-1);
	for (f = form + FORM_LEN - len, i = 0; i < len; i++)
		if (f[i] == '9' ? !isdigit((unsigned char)text[i]) :
		    text[i] != f[i])
			return (-1);
	date = len > TIME_LEN;
	if ((utc ? gmtime_r(&now_s, &tm) : localtime_r(&now_s, &tm)) == NULL)
		return (-1);
	end = text + len;
	tm.tm_hour = two(end - 8);
	tm.tm_min = two(end - 5);
	tm.tm_sec = two(end - 2);
	if (date) {
		tm.tm_mday = two(end - 11);
		tm.tm_mon = two(end - 14) - 1;
		tm.tm_year = two(end - 17) + 100;
		if (len == FORM_LEN)
			tm.tm_year += (two(text) - 20) * 100;
	}
	if (tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59)
		return (-1);
	got = tm;
	if (timegm(&got) == -1 || got.tm_mday != tm.tm_mday ||
	    got.tm_mon != tm.tm_mon)
		return (-1);		/* a day that is not */
	*due_s = stamp(&tm, utc);
	if (*due_s <= now_s && !date) {
		tm.tm_mday++;
		*due_s = stamp(&tm, utc);
	}
	if (*due_s <= now_s)
		*due_s = 0;
	return (0);
}

static int
two(const char *s)
{
	return ((s[0] - '0') * 10 + s[1] - '0');
}

/* Whether it is summer then is found out. */
static int64_t
stamp(const struct tm *tm, bool utc)
{
	struct tm	 copy = *tm;

	copy.tm_isdst = -1;
	return (utc ? timegm(&copy) : mktime(&copy));
}
