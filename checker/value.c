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

/* The number in a tracked file. Pure; runs in: checker. */

#include <stdlib.h>
#include <string.h>

#include "value.h"

#define NUMBER_MAX	127	/* bytes that are looked at */

int32_t
value_parse(const char *text, size_t len)
{
	char		 buf[NUMBER_MAX + 1];
	long long	 v;

	if (len > NUMBER_MAX)
		len = NUMBER_MAX;
	memcpy(buf, text, len);
	buf[len] = '\0';
	v = strtoll(buf, NULL, 0);	/* over the limit: the limit */
	if (v > INT32_MAX)
		return (INT32_MAX);
	return (v < INT32_MIN ? INT32_MIN : (int32_t)v);
}
