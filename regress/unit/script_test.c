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

/* Verdicts as a pure function, and the schedule with scripts made up here. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../checker/checker.h"
#include "../../checker/verdict.h"
#include "../../common/child.h"
#include "ctl.h"
#include "log.h"

#define RUNS_MAX	4096

/* What exec.c would do. */
struct run {
	run_end_fn	 end;
	void		*arg;
	char		 path[64];
	int		 kills;
	bool		 disowned;
	bool		 over;
};

struct world {
	struct event_base *base;
	struct exec	 exec;
	struct scripts	*set;
	struct conf	*conf;
	struct run	*runs[RUNS_MAX];
	size_t		 run_cnt;
	int		 fail;		/* errno of every start */
	size_t		 told_cnt;
	uint32_t	 told_id;
	struct track_msg told;
	struct ctl_script rows[8];
	size_t		 row_cnt;
};

static struct world	*w;

struct run *
run_start(struct exec *exec, enum run_kind kind, const struct conf_argv *cmd,
    const char *const *more, run_end_fn end, void *arg, char *why,
    size_t whylen)
{
	struct run	*run;

	assert_int_equal(kind, RUN_CHECK);
	assert_null(more);
	if (w->fail != 0) {
		(void)strlcpy(why, "made up", whylen);
		errno = w->fail;
		return (NULL);
	}
	run = calloc(1, sizeof(*run));
	assert_non_null(run);
	run->end = end;
	run->arg = arg;
	(void)strlcpy(run->path, cmd->argv[0], sizeof(run->path));
	assert_true(w->run_cnt < RUNS_MAX);
	w->runs[w->run_cnt++] = run;
	return (run);
}

void
run_kill(struct run *run)
{
	run->kills++;
}

void
run_disown(struct run *run)
{
	run->disowned = true;
	run_kill(run);
}

void
run_printable(char *s)
{
}

void
child_log_about(uint32_t id, uint32_t kind)
{
	assert_int_equal(id, 0);
	assert_int_equal(kind, LOG_K_SCRIPT);
}

static void
told(void *arg, uint32_t id, const struct track_msg *t)
{
	w->told_cnt++;
	w->told_id = id;
	w->told = *t;
}

static void
row(void *arg, const struct ctl_script *r)
{
	w->rows[w->row_cnt++ % 8] = *r;
}

static const struct ctl_script *
first_row(void)
{
	w->row_cnt = 0;
	scripts_rows(w->set, row, NULL);
	return (&w->rows[0]);
}

static void
finish(struct run *run, uint8_t kind, int code, const char *output)
{
	struct run_end	 end = { kind, code, 1000, output };

	assert_false(run->over);
	run->over = true;
	if (!run->disowned)
		run->end(run->arg, &end);
}

/* Runs the loop until there are so many runs, or for a while. */
static void
turn(size_t run_cnt, int64_t max_us)
{
	struct timeval	 tv = { 0, 500 };
	int64_t		 waited_us;

	for (waited_us = 0; w->run_cnt < run_cnt && waited_us < max_us;
	    waited_us += 500) {
		assert_int_equal(event_base_loopexit(w->base, &tv), 0);
		(void)event_base_dispatch(w->base);
	}
}

static struct conf *
conf_with(uint32_t cnt, int64_t interval_us, int64_t timeout_us)
{
	struct conf_script	*s;
	struct conf		*conf;
	uint32_t		 i;

	conf = conf_new();
	for (i = 0; i < cnt; i++) {
		s = conf_script_new();
		s->id = i + 1;
		(void)strlcpy(s->name, "chk", sizeof(s->name));
		(void)strlcpy(s->user.user, "root", sizeof(s->user.user));
		assert_int_equal(conf_argv_add(&s->cmd, "/bin/x"), 0);
		s->interval_us = interval_us;
		s->timeout_us = timeout_us;
		TAILQ_INSERT_TAIL(&conf->scripts, s, entry);
	}
	return (conf);
}

static void
follow(struct conf *conf)
{
	struct conf	*old = w->conf;

	w->conf = conf;
	scripts_follow(w->set, conf);
	conf_free(old);
}

static void
sink(void *arg, int priority, const char *text)
{
}

static int
setup(void **state)
{
	log_init("test", sink, NULL);
	w = calloc(1, sizeof(*w));
	w->base = event_base_new();
	assert_int_equal(event_base_priority_init(w->base, PRIO_CNT), 0);
	w->set = scripts_new(w->base, &w->exec, told, NULL);
	return (w->set == NULL ? -1 : 0);
}

static int
teardown(void **state)
{
	scripts_stop(w->set);
	free(w->set);
	while (w->run_cnt > 0)
		free(w->runs[--w->run_cnt]);
	conf_free(w->conf);
	event_base_free(w->base);
	free(w);
	return (0);
}

/* The rules in words: in a row, from a known side. */
static void
test_verdict_in_a_row(void **state)
{
	struct verdict	 v;
	uint16_t	 rise, fall, i;

	for (rise = 1; rise < 8; rise++) {
		for (fall = 1; fall < 8; fall++) {
			verdict_init(&v, rise, fall, false);
			assert_int_equal(v.status, TRACK_UNKNOWN);
			assert_true(verdict_add(&v, true));
			assert_int_equal(v.status, TRACK_GOOD);
			for (i = 1; i < fall; i++) {
				assert_false(verdict_add(&v, false));
				assert_int_equal(verdict_towards(&v), i);
			}
			/* One success: all counts again. */
			assert_false(verdict_add(&v, true));
			assert_int_equal(verdict_towards(&v), 0);
			for (i = 1; i < fall; i++)
				assert_false(verdict_add(&v, false));
			assert_true(verdict_add(&v, false));
			assert_int_equal(v.status, TRACK_BAD);
			for (i = 1; i < rise; i++) {
				assert_false(verdict_add(&v, true));
				assert_int_equal(verdict_towards(&v), i);
			}
			assert_int_equal(verdict_add(&v, false), false);
			assert_int_equal(verdict_towards(&v), 0);
			for (i = 1; i < rise; i++)
				assert_false(verdict_add(&v, true));
			assert_true(verdict_add(&v, true));
			assert_int_equal(v.status, TRACK_GOOD);
		}
	}
}

static void
test_verdict_first_result(void **state)
{
	struct verdict	 v;

	verdict_init(&v, 5, 5, false);
	assert_true(verdict_add(&v, false));
	assert_int_equal(v.status, TRACK_BAD);
	assert_int_equal(v.count, 0);
	verdict_init(&v, 3, 2, true);
	assert_int_equal(v.status, TRACK_BAD);
	assert_false(verdict_add(&v, true));
	assert_false(verdict_add(&v, true));
	assert_true(verdict_add(&v, true));
	assert_int_equal(v.status, TRACK_GOOD);
	verdict_init(&v, 1, 1, true);
	assert_true(verdict_add(&v, true));
}

/* keepalived's counter, written down once more, over long random rows. */
static void
test_verdict_counter(void **state)
{
	struct verdict	 v;
	uint32_t	 seed = 1, count;
	uint16_t	 rise, fall;
	bool		 success;
	int		 i;

	for (rise = 1; rise < 6; rise++) {
		for (fall = 1; fall < 6; fall++) {
			verdict_init(&v, rise, fall, false);
			count = (uint32_t)rise - 1;
			for (i = 0; i < 2000; i++) {
				seed = seed * 1664525U + 1013904223U;
				success = (seed >> 16) % 3 != 0;
				if (success && ++count >= rise)
					count = (uint32_t)rise + fall - 1;
				else if (!success) {
					if (count <= rise)
						count = 0;
					else
						count--;
				}
				(void)verdict_add(&v, success);
				assert_int_equal(v.count, count);
				assert_int_equal(v.status, count >= rise ?
				    TRACK_GOOD : TRACK_BAD);
			}
		}
	}
}

static void
test_verdict_scale(void **state)
{
	struct verdict	 v;

	verdict_init(&v, 2, 5, false);
	verdict_scale(&v, 4, 4);
	assert_int_equal(v.status, TRACK_UNKNOWN);
	assert_true(verdict_add(&v, true));
	assert_false(verdict_add(&v, false));
	assert_false(verdict_add(&v, false));
	verdict_scale(&v, 3, 3);
	assert_int_equal(v.status, TRACK_GOOD);
	assert_int_equal(verdict_towards(&v), 2);
	assert_true(verdict_add(&v, false));
	verdict_init(&v, 1, 5, false);
	(void)verdict_add(&v, true);
	(void)verdict_add(&v, false);
	(void)verdict_add(&v, false);
	verdict_scale(&v, 1, 1);
	assert_int_equal(v.status, TRACK_GOOD);
	assert_true(verdict_add(&v, false));
	verdict_scale(&v, 5, 1);
	assert_int_equal(v.status, TRACK_BAD);
	assert_int_equal(verdict_towards(&v), 0);
}

static void
test_runs_at_once_and_again(void **state)
{
	follow(conf_with(1, 5000, 1000000));
	turn(1, 100000);
	assert_int_equal(w->run_cnt, 1);
	assert_int_equal(w->told_cnt, 0);
	finish(w->runs[0], EXIT_STATUS, 0, "");
	assert_int_equal(w->told_cnt, 1);
	assert_int_equal(w->told.status, TRACK_GOOD);
	turn(2, 1000000);
	assert_int_equal(w->run_cnt, 2);
	finish(w->runs[1], EXIT_STATUS, 3, "no luck");
	assert_int_equal(w->told_cnt, 2);
	assert_int_equal(w->told.status, TRACK_BAD);
	assert_int_equal(w->told.exit_kind, EXIT_STATUS);
	assert_int_equal(w->told.exit_code, 3);
	assert_string_equal(first_row()->output, "no luck");
	assert_int_equal(first_row()->failures, 1);
	turn(3, 1000000);
	finish(w->runs[2], EXIT_SIGNAL, 9, "");
	assert_int_equal(w->told_cnt, 2);	/* no change */
}

static void
test_never_two(void **state)
{
	follow(conf_with(1, 2000, 10000000));
	turn(1, 100000);
	turn(2, 30000);
	assert_int_equal(w->run_cnt, 1);
	assert_true(first_row()->skipped >= 2);
	assert_true(first_row()->running);
	finish(w->runs[0], EXIT_STATUS, 0, "");
	turn(2, 1000000);
	assert_int_equal(w->run_cnt, 2);
}

static void
test_timeout_is_one_failure(void **state)
{
	follow(conf_with(1, 5000, 3000));
	turn(1, 100000);
	while (w->told_cnt == 0)
		turn(2, 500);
	assert_int_equal(w->told.status, TRACK_BAD);
	assert_int_equal(w->told.exit_kind, EXIT_TIMEOUT);
	assert_int_equal(w->runs[0]->kills, 1);
	turn(2, 30000);
	assert_int_equal(w->run_cnt, 1);	/* it has not ended */
	finish(w->runs[0], EXIT_SIGNAL, 15, "");
	assert_int_equal(first_row()->failures, 1);
	assert_int_equal(first_row()->timeouts, 1);
	assert_int_equal(w->told_cnt, 1);
	/* With more time (also for this test) it is good again. */
	follow(conf_with(1, 5000, 10000000));
	turn(2, 1000000);
	finish(w->runs[1], EXIT_STATUS, 0, "");
	assert_int_equal(w->told.status, TRACK_GOOD);
}

static void
test_cannot_be_started(void **state)
{
	w->fail = ENOENT;
	follow(conf_with(1, 2000, 10000000));
	while (w->told_cnt == 0)
		turn(1, 500);
	assert_int_equal(w->told.status, TRACK_BAD);
	assert_int_equal(w->told.exit_kind, EXIT_EXEC);
	assert_int_equal(w->told.exit_code, ENOENT);
	assert_string_equal(first_row()->output, "made up");
	w->fail = 0;
	turn(1, 1000000);
	finish(w->runs[0], EXIT_STATUS, 0, "");
	assert_int_equal(w->told.status, TRACK_GOOD);
}

static void
test_init_fail(void **state)
{
	struct conf	*conf;

	conf = conf_with(1, 2000, 10000000);
	TAILQ_FIRST(&conf->scripts)->init_fail = true;
	TAILQ_FIRST(&conf->scripts)->rise = 2;
	follow(conf);
	scripts_tell_all(w->set);
	assert_int_equal(w->told.status, TRACK_BAD);
	assert_int_equal(w->told.exit_kind, EXIT_NONE);
	turn(1, 1000000);
	finish(w->runs[0], EXIT_STATUS, 0, "");
	assert_int_equal(w->told_cnt, 1);
	turn(2, 1000000);
	finish(w->runs[1], EXIT_STATUS, 0, "");
	assert_int_equal(w->told.status, TRACK_GOOD);
}

/* Whoever did not believe it learns when it is true. */
static void
test_init_fail_and_failed(void **state)
{
	struct conf	*conf;

	conf = conf_with(1, 2000, 10000000);
	TAILQ_FIRST(&conf->scripts)->init_fail = true;
	TAILQ_FIRST(&conf->scripts)->rise = 2;
	follow(conf);
	turn(1, 1000000);
	finish(w->runs[0], EXIT_STATUS, 0, "");
	assert_int_equal(w->told_cnt, 0);
	turn(2, 1000000);
	finish(w->runs[1], EXIT_STATUS, 1, "");
	assert_int_equal(w->told_cnt, 1);
	assert_int_equal(w->told.status, TRACK_BAD);
	assert_int_equal(w->told.exit_code, 1);
	turn(3, 1000000);
	finish(w->runs[2], EXIT_STATUS, 1, "");
	assert_int_equal(w->told_cnt, 1);
}

static void
test_reload_keeps(void **state)
{
	struct conf	*conf;

	follow(conf_with(1, 1000000, 1000000));
	turn(1, 100000);
	finish(w->runs[0], EXIT_STATUS, 0, "");
	assert_int_equal(w->told_cnt, 1);
	/* Other numbers: the same script, and no run out of turn. */
	conf = conf_with(1, 1000000, 500000);
	TAILQ_FIRST(&conf->scripts)->fall = 3;
	follow(conf);
	turn(2, 20000);
	assert_int_equal(w->run_cnt, 1);
	assert_int_equal(first_row()->status, TRACK_GOOD);
	assert_int_equal(first_row()->fall, 3);
	/* A shorter interval is in force from now on. */
	follow(conf_with(1, 5000, 500000));
	turn(2, 300000);
	assert_int_equal(w->run_cnt, 2);
}

static void
test_reload_changes(void **state)
{
	struct conf	*conf;

	follow(conf_with(1, 1000000, 1000000));
	turn(1, 100000);
	finish(w->runs[0], EXIT_STATUS, 0, "");
	conf = conf_with(1, 5000, 1000000);
	assert_int_equal(conf_argv_add(&TAILQ_FIRST(&conf->scripts)->cmd,
	    "more"), 0);
	follow(conf);
	assert_int_equal(first_row()->status, TRACK_UNKNOWN);
	turn(2, 100000);
	assert_int_equal(w->run_cnt, 2);

	/* One that runs is ended first, and its result is nobody's. */
	follow(conf_with(1, 5000, 1000000));
	assert_int_equal(w->runs[1]->kills, 1);
	turn(3, 20000);
	assert_int_equal(w->run_cnt, 2);
	finish(w->runs[1], EXIT_STATUS, 1, "old");
	assert_int_equal(w->told_cnt, 1);
	assert_int_equal(first_row()->status, TRACK_UNKNOWN);
	turn(3, 100000);
	assert_int_equal(w->run_cnt, 3);
	finish(w->runs[2], EXIT_STATUS, 0, "");
	assert_int_equal(w->told_cnt, 2);

	/* One that is gone is disowned. */
	turn(4, 100000);
	follow(conf_with(0, 0, 0));
	assert_true(w->runs[3]->disowned);
	assert_int_equal(w->runs[3]->kills, 1);
}

/* Many start over a while, but none later than its share of the interval. */
static void
test_many_are_spread(void **state)
{
	size_t	 i;

	follow(conf_with(100, 100000, 1000000));
	turn(8, 100000);
	assert_true(w->run_cnt < 50);
	turn(100, 300000);
	assert_true(w->run_cnt >= 100);
	for (i = 0; i < 100; i++)
		finish(w->runs[i], EXIT_STATUS, 0, "");
	assert_int_equal(w->told_cnt, 100);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_verdict_in_a_row),
		cmocka_unit_test(test_verdict_first_result),
		cmocka_unit_test(test_verdict_counter),
		cmocka_unit_test(test_verdict_scale),
		cmocka_unit_test_setup_teardown(test_runs_at_once_and_again,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_two, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_timeout_is_one_failure,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_cannot_be_started, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_init_fail, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_init_fail_and_failed,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_keeps, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_reload_changes, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_many_are_spread, setup,
		    teardown)
	};

	return (cmocka_run_group_tests_name("script", tests, NULL, NULL));
}
