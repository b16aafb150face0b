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

/* What was found, as text and as JSON. Runs in: vrrpctl-doctor. */

#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "forms.h"
#include "view.h"

static void	 print_text(const struct doctor *);
static void	 print_json(const struct doctor *);
static json_t	*string(const char *);

static const struct {
	const char	*word;
	const char	*colour;
} states[] = {
	[DOC_OK] = { "ok", "\033[32m" },
	[DOC_WARNING] = { "warning", "\033[33m" },
	[DOC_ERROR] = { "error", "\033[31m" },
	[DOC_UNKNOWN] = { "unknown", "\033[33m" }
};

void
out_print(const struct doctor *d)
{
	if (d->json)
		print_json(d);
	else
		print_text(d);
	if (fflush(stdout) == EOF)
		err(CLIENT_REFUSED, "standard output");
}

static void
print_text(const struct doctor *d)
{
	const struct finding	*f;
	const char		*term = getenv("TERM");
	char			 safe[DOC_ADVICE_LEN * 4];
	bool			 colour;

	colour = isatty(STDOUT_FILENO) && term != NULL &&
	    strcmp(term, "dumb") != 0 && getenv("NO_COLOR") == NULL;
	for (f = d->list; f != d->list + d->cnt; f++) {
		printf("%s%-7s%s  %s%s", colour ? states[f->status].colour :
		    "", states[f->status].word, colour ? "\033[m" : "",
		    f->check, f->subject[0] != '\0' ? " " : "");
		printf("%s", format_safe(safe, sizeof(safe), f->subject));
		printf(": %s\n", format_safe(safe, sizeof(safe), f->fact));
		if (f->advice[0] != '\0')
			printf("         %s\n", format_safe(safe,
			    sizeof(safe), f->advice));
	}
	if (d->full)
		printf("... and more, which are only counted\n");
	printf("%zu ok, %zu warning%s, %zu error%s, %zu unknown\n",
	    d->counts[DOC_OK], d->counts[DOC_WARNING],
	    d->counts[DOC_WARNING] == 1 ? "" : "s", d->counts[DOC_ERROR],
	    d->counts[DOC_ERROR] == 1 ? "" : "s", d->counts[DOC_UNKNOWN]);
}

static json_t *
string(const char *text)
{
	char	 safe[DOC_ADVICE_LEN * 4];

	return (text[0] == '\0' ? json_null() :
	    json_string(text_utf8(safe, sizeof(safe), text)));
}

static void
print_json(const struct doctor *d)
{
	const struct finding	*f;
	json_t			*list, *root;

	if ((list = json_array()) == NULL)
		errx(CLIENT_REFUSED, "out of memory");
	for (f = d->list; f != d->list + d->cnt; f++) {
		if (json_array_append_new(list, json_pack("{s:s, s:o, s:s, "
		    "s:o, s:o}", "check", f->check, "subject",
		    string(f->subject), "status", states[f->status].word,
		    "fact", string(f->fact), "advice",
		    string(f->advice))) == -1)
			errx(CLIENT_REFUSED, "out of memory");
	}
	root = json_pack("{s:i, s:o, s:I, s:I, s:I, s:I, s:b}", "schema",
	    DOC_SCHEMA, "checks", list, "ok", (json_int_t)d->counts[DOC_OK],
	    "warnings", (json_int_t)d->counts[DOC_WARNING], "errors",
	    (json_int_t)d->counts[DOC_ERROR], "unknown",
	    (json_int_t)d->counts[DOC_UNKNOWN], "complete",
	    !d->full);
	if (root == NULL || json_dumpf(root, stdout, JSON_INDENT(2) |
	    JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII) == -1)
		errx(CLIENT_REFUSED, "JSON was not written");
	printf("\n");
	json_decref(root);
}
