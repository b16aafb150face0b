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
 * From results of a track script to its verdict. Pure.
 */

#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "payload.h"

/*
 * keepalived's counter: 0 to rise + fall - 1, good from rise upwards. A
 * success at rise - 1 jumps to the top, a failure at rise to 0, so that both
 * have to come in a row.
 */
struct verdict {
	uint16_t		 rise;
	uint16_t		 fall;
	uint32_t		 count;
	enum track_status	 status;
};

/* Undecided: one result of either kind settles it. With init_fail it is bad
 * and needs rise successes, which keepalived documents but does not do. */
void	 verdict_init(struct verdict *, uint16_t rise, uint16_t fall,
	    bool init_fail);
/* Adds a result; true when the status is another one now. */
bool	 verdict_add(struct verdict *, bool success);
/* Other numbers for a known verdict: what it has towards a flip stays. */
void	 verdict_scale(struct verdict *, uint16_t rise, uint16_t fall);
/* How many results in a row there are towards a flip. */
uint16_t verdict_towards(const struct verdict *);

#endif /* VERDICT_H */
