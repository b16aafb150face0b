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
 * Parts of OpenMetrics text, and text that is safe in it. Runs in: vrrpctl,
 * vrrpctl-serve.
 */

#include <sys/socket.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "view.h"

static size_t	 utf8_len(const unsigned char *);

void
om_family(FILE *fp, const char *name, const char *type, const char *help)
{
	fprintf(fp, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

void
om_label(FILE *fp, bool first, const char *name, const char *value)
{
	char		 safe[TEXT_LEN * 4];
	const char	*c;

	fprintf(fp, "%s%s=\"", first ? "" : ",", name);
	text_utf8(safe, sizeof(safe), value);
	for (c = safe; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', fp);
		fputc(*c, fp);
	}
	fputc('"', fp);
}

void
om_open(FILE *fp, const char *name, const char *suffix,
    const struct ctl_inst *c, const char *label, const char *value)
{
	char	 vrid[8];

	fprintf(fp, "%s%s{", name, suffix);
	om_label(fp, true, "name", c->name);
	om_label(fp, false, "interface", c->ifname);
	(void)snprintf(vrid, sizeof(vrid), "%u", c->vrid);
	om_label(fp, false, "vrid", vrid);
	om_label(fp, false, "family", c->family == AF_INET6 ? "ipv6" :
	    "ipv4");
	if (label != NULL)
		om_label(fp, false, label, value);
}

void
om_sample(FILE *fp, const char *name, const char *suffix,
    const struct ctl_inst *c, const char *label, const char *value)
{
	om_open(fp, name, suffix, c, label, value);
	fprintf(fp, "}");
}

void
om_number(FILE *fp, double value)
{
	if (value > -1e15 && value < 1e15 &&
	    value == (double)(long long)value)
		fprintf(fp, " %.0f\n", value);
	else
		fprintf(fp, " %.9g\n", value);
}

const char *
text_utf8(char *buf, size_t size, const char *text)
{
	const unsigned char	*c = (const unsigned char *)text;
	size_t			 len;

	while (*c != '\0') {
		if ((len = utf8_len(c)) == 0)
			return (format_safe(buf, size, text));
		c += len;
	}
	if ((size_t)(c - (const unsigned char *)text) >= size)
		return (format_safe(buf, size, text));
	(void)strlcpy(buf, text, size);
	return (buf);
}

/* Bytes of a printable character; 0: it is none. */
static size_t
utf8_len(const unsigned char *c)
{
	size_t	 len, n;

	if (c[0] < 0x80)
		return (c[0] >= 0x20 && c[0] != 0x7f ? 1 : 0);
	len = c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : (c[0] & 0xf0) == 0xe0 ? 3 :
	    c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;
	for (n = 1; n < len; n++) {
		if ((c[n] & 0xc0) != 0x80)
			return (0);
	}
	/* Too long a form, surrogates, above U+10FFFF, C1 controls. */
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90) ||
	    (c[0] == 0xc2 && c[1] < 0xa0))
		return (0);
	return (len);
}
