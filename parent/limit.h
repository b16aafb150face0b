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
 * How often is too often: messages of a child, restarts of a child. Pure.
 */

#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* Events in a window of time; zeroed means "none yet". */
struct rate {
	int64_t		 start_us;
	uint32_t	 cnt;
};
/* Counts one event; false when there were more than max in the period. */
bool	 rate_ok(struct rate *, int64_t now_us, int64_t period_us,
	    uint32_t max);

/*
 * A child that died is started again at once, but when it dies more than
 * three times in 10 s or more than five times in 60 s only after 1, 5, then
 * 30 s each. A minute without a death forgives. Zeroed: never died.
 */
#define BACKOFF_DEATHS	6
struct backoff {
	int64_t		 death_us[BACKOFF_DEATHS];
	unsigned int	 cnt;		/* deaths in all */
	unsigned int	 level;
};
/* Notes a death; how long to wait, in microseconds. */
int64_t	 backoff_death(struct backoff *, int64_t now_us);

#endif /* LIMIT_H */
