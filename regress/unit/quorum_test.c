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

/* Which processes count, their quorum and its delays; the number in a file. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../checker/quorum.h"
#include "../../checker/value.h"

#define SEC	1000000LL

/* A command line as /proc has it: words separated by '|'. */
static bool
matches(const struct conf_process *conf, const char *comm, const char *words)
{
	char	 buf[256];
	size_t	 len, i;

	len = strlen(words);
	memcpy(buf, words, len + 1);
	for (i = 0; i < len; i++)
		if (buf[i] == '|')
			buf[i] = '\0';
	return (process_matches(conf, comm, buf, len > 0 ? len + 1 : 0));
}

static struct conf_process *
wanted(enum conf_match match, bool full, const char *a, const char *b,
    const char *c)
{
	struct conf_process	*conf;

	conf = conf_process_new();
	assert_non_null(conf);
	conf->match = (uint8_t)match;
	conf->full_command = full;
	assert_int_equal(conf_argv_add(&conf->cmd, a), 0);
	if (b != NULL)
		assert_int_equal(conf_argv_add(&conf->cmd, b), 0);
	if (c != NULL)
		assert_int_equal(conf_argv_add(&conf->cmd, c), 0);
	return (conf);
}

static void
test_name(void **state)
{
	struct conf_process	*conf;

	conf = wanted(CONF_MATCH_NAME, false, "sleep", NULL, NULL);
	assert_true(matches(conf, "sleep", "/bin/sleep|5"));
	assert_true(matches(conf, "sleep", ""));
	assert_false(matches(conf, "sleepy", "sleep"));
	assert_false(matches(conf, "slee", "sleep"));
	conf->full_command = true;
	assert_true(matches(conf, "x", "sleep|5"));
	assert_true(matches(conf, "x", "sleep"));
	assert_false(matches(conf, "sleep", "/bin/sleep|5"));
	assert_false(matches(conf, "sleep", "sleepy"));
	assert_false(matches(conf, "sleep", ""));
	conf_process_free(conf);
}

static void
test_exact(void **state)
{
	struct conf_process	*conf;

	conf = wanted(CONF_MATCH_EXACT, true, "d", "-f", "x");
	assert_true(matches(conf, "d", "d|-f|x"));
	assert_false(matches(conf, "d", "d|-f"));
	assert_false(matches(conf, "d", "d|-f|x|y"));
	assert_false(matches(conf, "d", "d|-f|xy"));
	assert_false(matches(conf, "d", "d|-f|"));
	assert_false(matches(conf, "d", "d|-fx"));
	assert_false(matches(conf, "d", "d"));
	conf_process_free(conf);
	/* no parameters: it must have none */
	conf = wanted(CONF_MATCH_EXACT, true, "d", NULL, NULL);
	assert_true(matches(conf, "d", "d"));
	assert_false(matches(conf, "d", "d|"));
	assert_false(matches(conf, "d", "d|x"));
	conf_process_free(conf);
}

static void
test_partial_and_initial(void **state)
{
	struct conf_process	*conf;

	conf = wanted(CONF_MATCH_PARTIAL, true, "d", "-f", "x");
	assert_true(matches(conf, "d", "d|-f|x"));
	assert_true(matches(conf, "d", "d|-f|x|y|z"));
	assert_false(matches(conf, "d", "d|-f|xy|z"));
	assert_false(matches(conf, "d", "d|-f"));
	conf->match = CONF_MATCH_INITIAL;
	assert_true(matches(conf, "d", "d|-f|x"));
	assert_true(matches(conf, "d", "d|-f|xyz"));
	assert_true(matches(conf, "d", "d|-f|xyz|more"));
	assert_false(matches(conf, "d", "d|-fg|x"));
	assert_false(matches(conf, "d", "d|-f|ax"));
	assert_false(matches(conf, "d", "d|-f"));
	conf_process_free(conf);
	conf = wanted(CONF_MATCH_PARTIAL, true, "d", NULL, NULL);
	assert_true(matches(conf, "d", "d"));
	assert_true(matches(conf, "d", "d|any|thing"));
	conf_process_free(conf);
}

/* A line that was cut or has no end is no reason to read beyond it. */
static void
test_cut(void **state)
{
	struct conf_process	*conf;
	char			 line[7] = "d\0-f\0xy";

	conf = wanted(CONF_MATCH_EXACT, true, "d", "-f", "xy");
	assert_true(process_matches(conf, "d", line, sizeof(line)));
	assert_false(process_matches(conf, "d", line, sizeof(line) - 1));
	assert_false(process_matches(conf, "d", line, 5));
	assert_false(process_matches(conf, "d", line, 1));
	conf_process_free(conf);
}

static void
quorum_of(struct quorum *q, uint32_t min, uint32_t max, int64_t fork_us,
    int64_t terminate_us)
{
	struct conf_process	 conf;

	memset(&conf, 0, sizeof(conf));
	conf.quorum = min;
	conf.quorum_max = max;
	conf.fork_delay_us = fork_us;
	conf.terminate_delay_us = terminate_us;
	quorum_init(q, &conf);
}

static void
test_quorum(void **state)
{
	struct quorum	 q;

	quorum_of(&q, 2, 3, 0, 0);
	assert_true(quorum_count(&q, 0, 0));	/* the first one is told */
	assert_false(q.good);
	assert_false(quorum_count(&q, 1, 1));
	assert_true(quorum_count(&q, 2, 2));
	assert_true(q.good);
	assert_false(quorum_count(&q, 3, 3));
	assert_true(quorum_count(&q, 4, 4));
	assert_false(q.good);
	assert_true(quorum_count(&q, 2, 5));
	assert_true(q.good);
	assert_false(quorum_count(&q, 2, 6));
	/* none may run */
	quorum_of(&q, 0, 0, 0, 0);
	assert_true(quorum_count(&q, 0, 0));
	assert_true(q.good);
	assert_true(quorum_count(&q, 1, 0));
	assert_false(q.good);
}

static void
test_delays(void **state)
{
	struct quorum	 q;

	quorum_of(&q, 1, CONF_QUORUM_ANY, 3 * SEC, 5 * SEC);
	assert_true(quorum_count(&q, 1, 0));	/* no delay at the start */
	assert_true(q.good);
	assert_false(quorum_count(&q, 0, 10 * SEC));
	assert_int_equal(q.due_us, 15 * SEC);
	assert_false(quorum_due(&q, 15 * SEC - 1));
	assert_true(quorum_due(&q, 15 * SEC));
	assert_false(q.good);
	assert_int_equal(q.due_us, QUORUM_NEVER);
	assert_false(quorum_count(&q, 1, 20 * SEC));
	assert_int_equal(q.due_us, 23 * SEC);
	/* more of the same do not put it off */
	assert_false(quorum_count(&q, 2, 22 * SEC));
	assert_true(quorum_due(&q, 23 * SEC));
	assert_true(q.good);
	/* it comes back in time: nobody is told */
	assert_false(quorum_count(&q, 0, 30 * SEC));
	assert_false(quorum_count(&q, 1, 34 * SEC));
	assert_int_equal(q.due_us, QUORUM_NEVER);
	assert_false(quorum_due(&q, 40 * SEC));
	assert_true(q.good);
}

/* Too many are made by a fork, and undone by an end. */
static void
test_delays_of_too_many(void **state)
{
	struct quorum	 q;

	quorum_of(&q, 1, 2, 3 * SEC, 5 * SEC);
	assert_true(quorum_count(&q, 2, 0));
	assert_false(quorum_count(&q, 3, 10 * SEC));
	assert_int_equal(q.due_us, 13 * SEC);
	assert_true(quorum_due(&q, 13 * SEC));
	assert_false(q.good);
	assert_false(quorum_count(&q, 2, 20 * SEC));
	assert_int_equal(q.due_us, 25 * SEC);
	assert_true(quorum_due(&q, 26 * SEC));
	assert_true(q.good);
}

static void
test_new_limits(void **state)
{
	struct conf_process	 conf;
	struct quorum		 q;

	quorum_of(&q, 1, CONF_QUORUM_ANY, 0, 0);
	memset(&conf, 0, sizeof(conf));
	conf.quorum = 3;
	conf.quorum_max = CONF_QUORUM_ANY;
	assert_false(quorum_limits(&q, &conf));	/* nothing known yet */
	conf.quorum = 1;
	assert_false(quorum_limits(&q, &conf));
	assert_true(quorum_count(&q, 2, 0));
	conf.quorum = 3;
	assert_true(quorum_limits(&q, &conf));
	assert_false(q.good);
	assert_false(quorum_limits(&q, &conf));
	conf.quorum = 2;
	assert_true(quorum_limits(&q, &conf));
	assert_true(q.good);
}

static int32_t
value(const char *text)
{
	return (value_parse(text, strlen(text)));
}

static void
test_value(void **state)
{
	char	 many[200];

	assert_int_equal(value("5\n"), 5);
	assert_int_equal(value("  -12 more\n"), -12);
	assert_int_equal(value("+7"), 7);
	assert_int_equal(value("0x1f"), 31);
	assert_int_equal(value("010"), 8);
	assert_int_equal(value(""), 0);
	assert_int_equal(value("\n"), 0);
	assert_int_equal(value("none"), 0);
	assert_int_equal(value("-"), 0);
	assert_int_equal(value("2147483647"), INT32_MAX);
	assert_int_equal(value("2147483648"), INT32_MAX);
	assert_int_equal(value("-2147483649"), INT32_MIN);
	assert_int_equal(value("99999999999999999999999"), INT32_MAX);
	assert_int_equal(value("-99999999999999999999999"), INT32_MIN);
	/* nothing behind its length, which need not be text */
	assert_int_equal(value_parse("123", 2), 12);
	assert_int_equal(value_parse("1\0002", 3), 1);
	memset(many, '1', sizeof(many));
	assert_int_equal(value_parse(many, sizeof(many)), INT32_MAX);
	memset(many, ' ', sizeof(many));
	many[150] = '9';
	assert_int_equal(value_parse(many, sizeof(many)), 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_partial_and_initial),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_quorum),
		cmocka_unit_test(test_delays),
		cmocka_unit_test(test_delays_of_too_many),
		cmocka_unit_test(test_new_limits),
		cmocka_unit_test(test_value)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
