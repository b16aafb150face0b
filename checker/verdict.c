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

/* From results to verdicts. Pure. Runs in: checker. */

#include "verdict.h"

static uint32_t	 top(const struct verdict *);

void
verdict_init(struct verdict *v, uint16_t rise, uint16_t fall, bool init_fail)
{
	v->rise = rise;
	v->fall = fall;
	v->count = init_fail ? 0 : (uint32_t)rise - 1;
	v->status = init_fail ? TRACK_BAD : TRACK_UNKNOWN;
}

bool
verdict_add(struct verdict *v, bool success)
{
	enum track_status	 before = v->status;

	if (success)
		v->count = v->count + 1 < v->rise ? v->count + 1 : top(v);
	else
		v->count = v->count > v->rise ? v->count - 1 : 0;
	v->status = v->count >= v->rise ? TRACK_GOOD : TRACK_BAD;
	return (v->status != before);
}

void
verdict_scale(struct verdict *v, uint16_t rise, uint16_t fall)
{
	uint32_t	 towards = verdict_towards(v);

	v->rise = rise;
	v->fall = fall;
	switch (v->status) {
	case TRACK_GOOD:
		if (towards >= fall)
			towards = (uint32_t)fall - 1;
		v->count = top(v) - towards;
		break;
	case TRACK_BAD:
		v->count = towards < rise ? towards : (uint32_t)rise - 1;
		break;
	case TRACK_UNKNOWN:
	case TRACK_STATUS_MAX:
		v->count = (uint32_t)rise - 1;
		break;
	}
}

uint16_t
verdict_towards(const struct verdict *v)
{
	switch (v->status) {
	case TRACK_GOOD:
		return ((uint16_t)(top(v) - v->count));
	case TRACK_BAD:
		return ((uint16_t)v->count);
	case TRACK_UNKNOWN:
	case TRACK_STATUS_MAX:
		break;
	}
	return (0);
}

static uint32_t
top(const struct verdict *v)
{
	return ((uint32_t)v->rise + v->fall - 1);
}
