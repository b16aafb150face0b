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
 * Rates and the back-off of restarts.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../common/vrrpd.h"
#include "../../parent/limit.h"

#define S(n)	((n) * US_PER_SEC)

static void
rate(void **state)
{
	struct rate	 r;
	int64_t		 now_us;
	unsigned int	 i;

	memset(&r, 0, sizeof(r));
	now_us = S(5);
	for (i = 0; i < 3; i++)
		assert_true(rate_ok(&r, now_us + i, S(1), 3));
	assert_false(rate_ok(&r, now_us + 4, S(1), 3));
	assert_false(rate_ok(&r, now_us + S(1) - 1, S(1), 3));
	assert_true(rate_ok(&r, now_us + S(1), S(1), 3));
	assert_false(rate_ok(&r, now_us, S(1), 0));
}

static void
first_deaths_cost_nothing(void **state)
{
	struct backoff	 b;

	memset(&b, 0, sizeof(b));
	assert_int_equal(backoff_death(&b, S(100)), 0);
	assert_int_equal(backoff_death(&b, S(101)), 0);
	assert_int_equal(backoff_death(&b, S(102)), 0);
	/* The fourth within ten seconds, and on from there. */
	assert_int_equal(backoff_death(&b, S(103)), S(1));
	assert_int_equal(backoff_death(&b, S(104)), S(5));
	assert_int_equal(backoff_death(&b, S(109)), S(30));
	assert_int_equal(backoff_death(&b, S(139)), S(30));
	assert_int_equal(backoff_death(&b, S(169)), S(30));
	/* Good for more than a minute: forgiven. */
	assert_int_equal(backoff_death(&b, S(230)), 0);
	assert_int_equal(backoff_death(&b, S(231)), 0);
}

static void
slow_deaths(void **state)
{
	struct backoff	 b;
	int		 i;

	memset(&b, 0, sizeof(b));
	for (i = 0; i < 5; i++)
		assert_int_equal(backoff_death(&b, S(100 + 11 * i)), 0);
	/* The sixth within a minute. */
	assert_int_equal(backoff_death(&b, S(155)), S(1));

	memset(&b, 0, sizeof(b));
	for (i = 0; i < 100; i++)
		assert_int_equal(backoff_death(&b, S(100 + 13 * i)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rate),
		cmocka_unit_test(first_deaths_cost_nothing),
		cmocka_unit_test(slow_deaths)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
