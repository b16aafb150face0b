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

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "../../common/vrrpd.h"
#include "../../parent/when.h"

/* 2026-11-29 17:41:38 UTC */
#define NOW_S	1795974098

static void	 is(const char *, int64_t);
static void	 is_not(const char *);

static void
is(const char *text, int64_t want_s)
{
	int64_t	 due_s = -1;

	assert_int_equal(when_parse(text, NOW_S * US_PER_SEC + 5, &due_s), 0);
	assert_int_equal(due_s, want_s);
}

static void
is_not(const char *text)
{
	int64_t	 due_s = -1;

	assert_int_equal(when_parse(text, NOW_S * US_PER_SEC, &due_s), -1);
	assert_int_equal(due_s, 0);
}

static void
times_of_the_day(void **state)
{
	is("17:41:39Z", NOW_S + 1);
	is("17:41:38Z", NOW_S + 86400);		/* not this moment again */
	is("17:41:37Z", NOW_S + 86399);
	is("00:00:00Z", NOW_S - 63698 + 86400);
	is("23:59:59Z", NOW_S - 63698 + 86399);
	is("17:41:39", NOW_S + 1);		/* TZ is UTC */
}

static void
dates(void **state)
{
	is("26-11-29 17:41:39Z", NOW_S + 1);
	is("2026-11-29 17:41:39Z", NOW_S + 1);
	is("2026-11-30 17:41:38", NOW_S + 86400);
	is("2026-11-29 17:41:38Z", 0);
	is("1999-01-01 00:00:00Z", 0);
	is("2028-02-29 00:00:00Z", 1835395200);
}

/* Local time has its own offset, and changes it twice a year. */
static void
local_time(void **state)
{
	int64_t	 due_s = 0;

	assert_int_equal(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
	tzset();
	is("18:41:39", NOW_S + 1);
	is("17:41:39", NOW_S + 1 + 23 * 3600);
	is("17:41:39Z", NOW_S + 1);
	is("2026-11-29 18:41:39", NOW_S + 1);
	is("2027-07-01 02:00:00", 1814400000);
	is("2027-07-01 02:00:00Z", 1814407200);
	/* 2027-03-27 13:00:00 UTC: the next day has 23 hours. */
	assert_int_equal(when_parse("12:00:00", 1806152400LL * US_PER_SEC,
	    &due_s), 0);
	assert_int_equal(due_s, 1806152400LL + 21 * 3600);
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
}

static void
no_times(void **state)
{
	static const char *const	 bad[] = {
		"", "Z", "now", "12:00", "1:00:00", "24:00:00", "12:60:00",
		"12:00:60", " 12:00:00", "12:00:00 ", "12:00:00z",
		"12:00:00ZZ", "12.00.00", "-1:00:00", "+1:00:00", "1a:00:00",
		"2026-11-29", "2026-11-29T17:41:39", "2026-11-29  7:41:39",
		"2026-13-01 00:00:00", "2026-00-01 00:00:00",
		"2026-02-29 00:00:00", "2026-11-00 00:00:00",
		"2026-04-31 00:00:00", "026-11-29 17:41:39",
		"2026-11-29 17:41:39 Z", "99999-11-29 17:41:39"
	};
	size_t				 i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_not(bad[i]);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(times_of_the_day),
		cmocka_unit_test(dates),
		cmocka_unit_test(local_time),
		cmocka_unit_test(no_times)
	};

	if (setenv("TZ", "UTC0", 1) == -1)
		return (1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
