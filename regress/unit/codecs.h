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

/* Every payload with its two functions, for tests that take them all. */

#ifndef CODECS_H
#define CODECS_H

#include <stddef.h>

struct msg;

struct codec {
	const char	*name;
	size_t		 size;		/* of the struct */
	void		(*put)(struct msg *, const void *);
	int		(*get)(struct msg *, void *);
};

/* Ends with a name of NULL. */
const struct codec	*codecs(void);
/* By the name of the struct; NULL: none. */
const struct codec	*codec_find(const char *);

#endif /* CODECS_H */
