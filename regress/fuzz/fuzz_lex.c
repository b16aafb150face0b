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
 * Bytes as a whole configuration, through lexer, tables, rules and printer.
 * Files, users and scripts are left out. What is accepted must print, and the
 * print must be accepted and print the same.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../conf/parse.h"

#define INPUT_MAX	(64 * 1024)

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 count(void *, const struct conf_msg *);
static char	*print(const struct conf *, size_t *);

static const struct load_opts	 opts = {
	.config_id = "fuzz",
	.vrrp_only = true,
	.no_include = true,
	.no_system = true
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct load_counts	 cnt;
	struct conf		*conf, *again;
	uint32_t		 told = 0;
	size_t			 first_len, second_len;
	char			*first, *second;

	if (len > INPUT_MAX)
		return (0);
	conf = conf_load_mem("fuzz", data, len, &opts, count, &told, &cnt);
	if (conf == NULL) {
		if (cnt.errors == 0 || told == 0)
			abort();
		return (0);
	}
	if (cnt.errors != 0)
		abort();
	first = print(conf, &first_len);
	again = conf_load_mem("again", first, first_len, &opts, count, &told,
	    &cnt);
	if (again == NULL) {
		fprintf(stderr, "refused:\n%s", first);
		abort();
	}
	second = print(again, &second_len);
	if (strcmp(first, second) != 0) {
		fprintf(stderr, "first:\n%s\nsecond:\n%s", first, second);
		abort();
	}
	conf_free(conf);
	conf_free(again);
	free(first);
	free(second);
	return (0);
}

/* Every message has to be printable, too. */
static void
count(void *arg, const struct conf_msg *m)
{
	static FILE	*null;
	uint32_t	*told = arg;

	if (null == NULL && (null = fopen("/dev/null", "w")) == NULL)
		abort();
	if (m->severity >= CONF_SEVERITY_MAX || m->text[0] == '\0')
		abort();
	conf_msg_print(null, m);
	(*told)++;
}

static char *
print(const struct conf *conf, size_t *len)
{
	char	*buf = NULL;
	FILE	*f;

	if ((f = open_memstream(&buf, len)) == NULL ||
	    conf_print(f, conf, true) == -1 || fclose(f) == EOF)
		abort();
	return (buf);
}
