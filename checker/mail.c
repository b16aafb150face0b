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
 * The text of a mail. Pure.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail.h"

#define TEXT_MAX	32768
#define WORD_BYTES	45		/* of one encoded word: 60 characters */
#define LINE_BYTES	57		/* of one line of a body */

struct text {
	char		*s;
	size_t		 len;
	bool		 full;
};

static void	 put(struct text *, const char *, ...) __printflike(2, 3);
static void	 put_head(struct text *, const char *, const char *);
static void	 put_from(struct text *, const struct mail_head *);
static void	 put_body(struct text *, const char *);
static void	 put_base64(struct text *, const char *, size_t);
static void	 put_date(struct text *, time_t);
static bool	 is_plain(const char *);
static size_t	 whole_chars(const char *, size_t);
static void	 clean(char *, size_t, const char *);
static void	 body(struct text *, const struct mail_head *,
		    const struct mail *);

static const char *const	 subjects[NEV_MAX] = {
	[NEV_MASTER] = "Entering MASTER state",
	[NEV_BACKUP] = "Entering BACKUP state",
	[NEV_FAULT] = "Entering FAULT state",
	[NEV_STOP] = "Stopping",
	[NEV_MASTER_RX_LOWER] = "",
	[NEV_DELETED] = "Deleted",
	[NEV_MASTER_PRIO] = "",
	[NEV_BACKUP_PRIO] = ""
};

/* Of an instance, of a group. */
static const char *const	 meanings[NEV_MAX][2] = {
	[NEV_MASTER] = { "It holds its addresses now.",
	    "Its instances hold their addresses now." },
	[NEV_BACKUP] = { "It does not hold its addresses, and is ready to.",
	    "Its instances do not hold their addresses, and are ready to." },
	[NEV_FAULT] = { "It cannot hold its addresses: something that it "
	    "needs is missing.", "Its instances cannot hold their addresses: "
	    "something that one of them needs is missing." },
	[NEV_STOP] = { "It is being stopped and gives its addresses up.",
	    "Its instances are being stopped." },
	[NEV_MASTER_RX_LOWER] = { "", "" },
	[NEV_DELETED] = { "It is no longer configured.",
	    "It is no longer configured." },
	[NEV_MASTER_PRIO] = { "", "" },
	[NEV_BACKUP_PRIO] = { "", "" }
};

char *
mail_text(const struct mail_head *h, const struct mail *m, size_t *len)
{
	struct text	 t = { NULL, 0, false }, b = { NULL, 0, false };
	uint16_t	 i;
	char		 what[2 * NAME_LEN + 64], line[2 * NAME_LEN + 128];
	char		 id[NAME_LEN];

	t.s = malloc(TEXT_MAX);
	b.s = malloc(TEXT_MAX);
	if (t.s == NULL || b.s == NULL)
		goto done;
	put_date(&t, m->date);
	put_from(&t, h);
	for (i = 0; i < h->conf->to.argc; i++)
		put(&t, "%s%s", i == 0 ? "To: " : ",\r\n ",
		    h->conf->to.argv[i]);
	clean(id, sizeof(id), h->router_id[0] != '\0' ? h->router_id :
	    h->host);
	(void)snprintf(line, sizeof(line), "[%s] %s", id,
	    mail_what(m, what, sizeof(what)));
	put(&t, "\r\n");
	put_head(&t, "Subject: ", line);
	put(&t, "\r\nMessage-ID: <%s@%s>\r\n", m->msgid, h->host);
	put(&t, "X-Mailer: vrrpd %s\r\n", VRRPD_VERSION);
	put(&t, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
	put(&t, "Content-Type: text/plain; charset=utf-8\r\n");
	body(&b, h, m);
	put_body(&t, b.s);
 done:
	free(b.s);
	if (t.s == NULL || t.full || b.full) {
		free(t.s);
		return (NULL);
	}
	*len = t.len;
	return (t.s);
}

const char *
mail_what(const struct mail *m, char *buf, size_t len)
{
	char	 name[NAME_LEN];

	clean(name, sizeof(name), m->what.name);
	(void)snprintf(buf, len, "VRRP %s %s - %s",
	    m->what.object == NOB_GROUP ? "Group" : "Instance", name,
	    subjects[m->what.event]);
	return (buf);
}

/* keepalived: who runs the daemon, at this host. */
const char *
mail_from(const struct mail_head *h, char *buf, size_t len)
{
	if (h->conf->from[0] != '\0')
		(void)strlcpy(buf, h->conf->from, len);
	else
		(void)snprintf(buf, len, "root@%s", h->host);
	return (buf);
}

static void
body(struct text *t, const struct mail_head *h, const struct mail *m)
{
	bool	 group = m->what.object == NOB_GROUP;
	char	 name[NAME_LEN], what[2 * NAME_LEN + 64];

	put(t, "%s\r\n\r\n%s\r\n\r\n", mail_what(m, what, sizeof(what)),
	    meanings[m->what.event][group]);
	clean(name, sizeof(name), h->router_id[0] != '\0' ? h->router_id :
	    h->host);
	put(t, "Router:    %s\r\n", name);
	put(t, "Host:      %s\r\n", h->host);
	if (!group)
		put(t, "Priority:  %u\r\n", m->what.priority);
}

static void
put(struct text *t, const char *fmt, ...)
{
	va_list	 ap;
	int	 n;

	va_start(ap, fmt);
	n = vsnprintf(t->s + t->len, TEXT_MAX - t->len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= TEXT_MAX - t->len)
		t->full = true;
	else
		t->len += (size_t)n;
}

/* In the language of mail, whatever the locale is. */
static void
put_date(struct text *t, time_t date)
{
	static const char	 days[] = "SunMonTueWedThuFriSat";
	static const char	 months[] =
	    "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm		 tm;
	long			 off;

	if (localtime_r(&date, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	off = labs(tm.tm_gmtoff) / 60;
	put(t, "Date: %.3s, %d %.3s %d %02d:%02d:%02d %c%02ld%02ld\r\n",
	    days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    tm.tm_gmtoff < 0 ? '-' : '+', off / 60, off % 60);
}

static void
put_from(struct text *t, const struct mail_head *h)
{
	const char	*p;
	char		 addr[MAIL_ADDR_LEN + MAIL_HOST_LEN], name[NAME_LEN];

	clean(name, sizeof(name), h->conf->from_name);
	(void)mail_from(h, addr, sizeof(addr));
	if (name[0] == '\0') {
		put(t, "From: %s\r\n", addr);
		return;
	}
	if (is_plain(name)) {
		put(t, "From: \"");
		for (p = name; *p != '\0'; p++)
			put(t, "%s%c", strchr("\"\\", *p) != NULL ? "\\" : "",
			    *p);
		put(t, "\"");
	} else
		put_head(t, "From: ", name);
	put(t, " <%s>\r\n", addr);
}

/* As it is, or in encoded words (RFC 2047), one a line. */
static void
put_head(struct text *t, const char *head, const char *s)
{
	size_t	 n;

	put(t, "%s", head);
	if (is_plain(s)) {
		put(t, "%s", s);
		return;
	}
	for (; *s != '\0'; s += n) {
		n = whole_chars(s, WORD_BYTES);
		put(t, "=?utf-8?B?");
		put_base64(t, s, n);
		put(t, "?=%s", s[n] != '\0' ? "\r\n " : "");
	}
}

/* The rest of the head too, and the empty line. */
static void
put_body(struct text *t, const char *s)
{
	const char	*p;
	size_t		 n;

	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			break;
	if (*p == '\0') {
		put(t, "Content-Transfer-Encoding: 7bit\r\n\r\n%s", s);
		return;
	}
	put(t, "Content-Transfer-Encoding: base64\r\n\r\n");
	for (; *s != '\0'; s += n) {
		n = strnlen(s, LINE_BYTES);
		put_base64(t, s, n);
		put(t, "\r\n");
	}
}

static void
put_base64(struct text *t, const char *s, size_t len)
{
	static const char	 digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t		 v;
	size_t			 i, n;

	for (; len > 0; s += n, len -= n) {
		n = len < 3 ? len : 3;
		for (v = 0, i = 0; i < 3; i++)
			v = v << 8 | (i < n ? (unsigned char)s[i] : 0);
		put(t, "%c%c%c%c", digits[v >> 18], digits[v >> 12 & 63],
		    n > 1 ? digits[v >> 6 & 63] : '=',
		    n > 2 ? digits[v & 63] : '=');
	}
}

/* Also nothing that would be taken for an encoded word. */
static bool
is_plain(const char *s)
{
	const char	*p;

	for (p = s; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			return (false);
	return (strstr(s, "=?") == NULL);
}

/* At most max bytes of s, and no character cut in two. */
static size_t
whole_chars(const char *s, size_t max)
{
	size_t	 n = strnlen(s, max);

	if (s[n] == '\0')
		return (n);
	while (n > max - 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return (n);
}

/* A copy without control characters. */
static void
clean(char *dst, size_t size, const char *src)
{
	(void)strlcpy(dst, src, size);
	for (; *dst != '\0'; dst++)
		if ((unsigned char)*dst < ' ' || *dst == 0x7f)
			*dst = '?';
}
