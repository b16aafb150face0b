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
 * Rate limits and the back-off of restarts. Runs in: parent.
 */

#include <stddef.h>

#include "limit.h"
#include "vrrpd.h"

static unsigned int	 deaths_since(const struct backoff *, int64_t);

static const int64_t	 delays_us[] = {
	0, 1 * US_PER_SEC, 5 * US_PER_SEC, 30 * US_PER_SEC
};
#define LEVEL_MAX	(sizeof(delays_us) / sizeof(delays_us[0]) - 1)

bool
rate_ok(struct rate *r, int64_t now_us, int64_t period_us, uint32_t max)
{
	if (r->cnt == 0 || now_us - r->start_us >= period_us) {
		r->start_us = now_us;
		r->cnt = 0;
	}
	if (r->cnt >= max)
		return (false);
	r->cnt++;
	return (true);
}

int64_t
backoff_death(struct backoff *b, int64_t now_us)
{
	int64_t	 last_us;

	if (b->cnt > 0) {
		last_us = b->death_us[(b->cnt - 1) % BACKOFF_DEATHS];
		if (now_us - last_us > 60 * US_PER_SEC)
			b->level = 0;
	}
	b->death_us[b->cnt++ % BACKOFF_DEATHS] = now_us;
	if ((deaths_since(b, now_us - 10 * US_PER_SEC) > 3 ||
	    deaths_since(b, now_us - 60 * US_PER_SEC) > 5) &&
	    b->level < LEVEL_MAX)
		b->level++;
	return (delays_us[b->level]);
}

static unsigned int
deaths_since(const struct backoff *b, int64_t since_us)
{
	unsigned int	 i, known, cnt;

	known = b->cnt < BACKOFF_DEATHS ? b->cnt : BACKOFF_DEATHS;
	cnt = 0;
	for (i = 0; i < known; i++)
		if (b->death_us[i] > since_us)
			cnt++;
	return (cnt);
}
