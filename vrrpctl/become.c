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

/* Becomes another of the programs. Runs in: vrrpctl. */

#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "view.h"

#define WORDS_MAX	8

void
become(const char *folder, const char *const words[])
{
	char	 self[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	char	*args[WORDS_MAX + 1];
	ssize_t	 n;
	size_t	 i;

	for (i = 0; i < WORDS_MAX && words[i] != NULL; i++) {
		if ((args[i] = strdup(words[i])) == NULL)
			err(CLIENT_REFUSED, NULL);
	}
	args[i] = NULL;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		(void)snprintf(path, sizeof(path), "%s/%s", dirname(self),
		    words[0]);
		(void)execv(path, args);
	}
	if (n <= 0 || errno == ENOENT) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, words[0]);
		(void)execv(path, args);
	}
	err(CLIENT_REFUSED, "cannot start %s", words[0]);
}
