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

/* The queues of notify scripts, with scripts that end when the test says. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../checker/checker.h"
#include "log.h"

#define LINES_MAX	256
#define SLOW_US		(20 * US_PER_MS)

struct run {
	run_end_fn	 end;
	void		*arg;
};

static struct {
	struct notifier	*n;
	struct exec	 exec;
	struct conf	*conf;
	char		 lines[LINES_MAX][128];	/* commands, as started */
	size_t		 line_cnt;
	struct run	*running[16];
	size_t		 running_cnt;
	bool		 fail;
	unsigned int	 events;		/* and how many have ended */
	unsigned int	 done;
	unsigned int	 busy;
	size_t		 warnings;
	char		 text[256];		/* of the last one */
} w;

struct run *
run_start(struct exec *exec, enum run_kind kind, const struct conf_argv *cmd,
    const char *const *more, run_end_fn end, void *arg, char *why,
    size_t whylen)
{
	struct run	*run;
	char		*line;
	uint16_t	 i;

	assert_int_equal(kind, RUN_NOTIFY);
	assert_true(w.line_cnt < LINES_MAX);
	line = w.lines[w.line_cnt++];
	for (i = 0; i < cmd->argc; i++) {
		(void)strlcat(line, i == 0 ? "" : " ", sizeof(w.lines[0]));
		(void)strlcat(line, cmd->argv[i], sizeof(w.lines[0]));
	}
	for (; more != NULL && *more != NULL; more++) {
		(void)strlcat(line, " ", sizeof(w.lines[0]));
		(void)strlcat(line, *more, sizeof(w.lines[0]));
	}
	if (w.fail) {
		(void)strlcpy(why, "made up", whylen);
		errno = ENOENT;
		return (NULL);
	}
	run = calloc(1, sizeof(*run));
	assert_non_null(run);
	run->end = end;
	run->arg = arg;
	assert_true(w.running_cnt < 16);
	w.running[w.running_cnt++] = run;
	return (run);
}

void
run_printable(char *s)
{
}

static void
sink(void *arg, int priority, const char *text)
{
	w.warnings++;
	(void)strlcpy(w.text, text, sizeof(w.text));
}

static void
end_first(int code)
{
	struct run_end	 end = { EXIT_STATUS, code, 1000, "" };
	struct run	*run;

	assert_true(w.running_cnt > 0);
	run = w.running[0];
	memmove(&w.running[0], &w.running[1],
	    --w.running_cnt * sizeof(w.running[0]));
	run->end(run->arg, &end);
	free(run);
}

static void
done(void *arg, uint8_t kind, uint32_t id, uint32_t cnt)
{
	assert_ptr_equal(arg, &w);
	assert_int_equal(kind, NOB_INSTANCE);
	assert_true(id > 0);
	if (cnt == 0)
		w.busy++;
	w.done += cnt;
}

static void
event(uint32_t id, enum notify_event ev)
{
	struct notify_msg	 nm = { .event = (uint8_t)ev,
	    .priority = (uint8_t)(100 + id) };

	w.events++;
	notifier_event(w.n, id, &nm);
}

static void
command(struct conf_inst *inst, int idx, const char *path)
{
	assert_int_equal(conf_argv_add(&inst->notify[idx].cmd, path), 0);
}

/* VI_1 has all commands, VI_2 only "notify", VI_3 only notify_master. */
static struct conf *
conf_with(uint32_t cnt)
{
	struct conf_inst	*inst;
	struct conf		*conf;
	uint32_t		 id;

	conf = conf_new();
	for (id = 1; id <= cnt; id++) {
		inst = conf_inst_new();
		inst->id = id;
		(void)snprintf(inst->name, sizeof(inst->name), "VI_%u", id);
		TAILQ_INSERT_TAIL(&conf->insts, inst, entry);
		if (id == 1) {
			command(inst, NEV_BACKUP, "/b");
			command(inst, NEV_FAULT, "/f");
			command(inst, NEV_STOP, "/s");
			command(inst, NEV_MASTER_RX_LOWER, "/l");
		}
		if (id != 2) {
			command(inst, NEV_MASTER, "/m");
			command(inst, NEV_MASTER, "start");
		}
		if (id != 3)
			command(inst, CONF_NOTIFY_ANY, "/n");
	}
	return (conf);
}

static void
follow(struct conf *conf)
{
	struct conf	*old = w.conf;

	w.conf = conf;
	notifier_follow(w.n, conf);
	conf_free(old);
}

static int
setup(void **state)
{
	memset(&w, 0, sizeof(w));
	log_init("test", sink, NULL);
	w.exec.base = event_base_new();
	assert_non_null(w.exec.base);
	w.n = notifier_new(&w.exec, SLOW_US, done, &w);
	follow(conf_with(3));
	return (0);
}

static int
teardown(void **state)
{
	while (w.running_cnt > 0)
		end_first(0);
	assert_true(notifier_idle(w.n));
	if (w.busy == 0)
		assert_int_equal(w.done, w.events);
	/* Two configurations without them, and the queues are gone. */
	follow(conf_with(0));
	follow(conf_with(0));
	free(w.n);
	conf_free(w.conf);
	event_base_free(w.exec.base);
	return (0);
}

static void
test_order(void **state)
{
	event(1, NEV_BACKUP);
	event(1, NEV_MASTER);
	assert_int_equal(w.line_cnt, 1);
	assert_string_equal(w.lines[0], "/b");
	assert_false(notifier_idle(w.n));
	end_first(0);
	assert_string_equal(w.lines[1], "/n INSTANCE VI_1 BACKUP 101");
	assert_int_equal(w.line_cnt, 2);
	end_first(1);				/* fails: on with the next */
	assert_int_equal(w.warnings, 1);
	assert_string_equal(w.lines[2], "/m start");
	end_first(0);
	assert_string_equal(w.lines[3], "/n INSTANCE VI_1 MASTER 101");
	end_first(0);
	assert_int_equal(w.line_cnt, 4);
	assert_true(notifier_idle(w.n));
	event(1, NEV_FAULT);
	event(1, NEV_STOP);
	while (w.running_cnt > 0)
		end_first(0);
	assert_string_equal(w.lines[4], "/f");
	assert_string_equal(w.lines[5], "/n INSTANCE VI_1 FAULT 101");
	assert_string_equal(w.lines[6], "/s");
	assert_string_equal(w.lines[7], "/n INSTANCE VI_1 STOP 101");
}

static void
test_instances_do_not_wait_for_each_other(void **state)
{
	event(1, NEV_MASTER);
	event(2, NEV_MASTER);
	event(3, NEV_MASTER);
	assert_int_equal(w.running_cnt, 3);
	assert_string_equal(w.lines[0], "/m start");
	assert_string_equal(w.lines[1], "/n INSTANCE VI_2 MASTER 102");
	assert_string_equal(w.lines[2], "/m start");
}

static void
test_no_command(void **state)
{
	event(3, NEV_BACKUP);
	event(77, NEV_MASTER);
	event(2, NEV_MASTER_RX_LOWER);
	assert_int_equal(w.line_cnt, 0);
	assert_true(notifier_idle(w.n));
	event(1, NEV_MASTER_RX_LOWER);
	assert_string_equal(w.lines[0], "/l");
	end_first(0);
	assert_int_equal(w.line_cnt, 1);	/* and not "notify" */
}

static void
test_collapse(void **state)
{
	int	 i;

	event(1, NEV_BACKUP);
	for (i = 0; i < 8; i++)
		event(1, i % 2 == 0 ? NEV_MASTER : NEV_BACKUP);
	assert_int_equal(w.warnings, 0);
	event(1, NEV_FAULT);			/* the ninth that waits */
	assert_int_equal(w.warnings, 1);
	while (w.running_cnt > 0)
		end_first(0);
	assert_int_equal(w.line_cnt, 4);
	assert_string_equal(w.lines[1], "/n INSTANCE VI_1 BACKUP 101");
	assert_string_equal(w.lines[2], "/f");
	assert_string_equal(w.lines[3], "/n INSTANCE VI_1 FAULT 101");
}

/* However many events there are: the last that is told is the state. */
static void
test_last_is_real(void **state)
{
	uint32_t	 seed = 7;
	enum notify_event ev, last = NEV_BACKUP;
	int		 i;
	static const char *const words[] = { "MASTER", "BACKUP", "FAULT" };

	for (i = 0; i < 2000; i++) {
		seed = seed * 1664525U + 1013904223U;
		ev = (enum notify_event)((seed >> 16) % 3);
		if ((seed >> 24) % 4 == 0)
			event(1, NEV_MASTER_RX_LOWER);
		else {
			event(1, ev);
			last = ev;
		}
		if ((seed >> 28) == 0)
			end_first(0);
		if (w.line_cnt > 100) {
			memcpy(w.lines[0], w.lines[w.line_cnt - 1],
			    sizeof(w.lines[0]));
			memset(w.lines[1], 0, sizeof(w.lines) -
			    sizeof(w.lines[0]));
			w.line_cnt = 1;
		}
	}
	while (w.running_cnt > 0)
		end_first(0);
	if (strcmp(w.lines[w.line_cnt - 1], "/l") == 0)
		w.line_cnt--;
	assert_non_null(strstr(w.lines[w.line_cnt - 1], words[last]));
	assert_true(w.warnings > 10);
}

static void
test_lower_is_told_once(void **state)
{
	event(1, NEV_MASTER);
	event(1, NEV_MASTER_RX_LOWER);
	event(1, NEV_MASTER_RX_LOWER);
	event(1, NEV_MASTER_RX_LOWER);
	while (w.running_cnt > 0)
		end_first(0);
	assert_int_equal(w.line_cnt, 3);
	assert_string_equal(w.lines[2], "/l");
}

/* Nothing can be started: the queue goes on, each time with a line. */
static void
test_cannot_be_started(void **state)
{
	w.fail = true;
	event(1, NEV_MASTER);
	event(1, NEV_BACKUP);
	assert_int_equal(w.line_cnt, 4);
	assert_int_equal(w.warnings, 4);
	assert_true(notifier_idle(w.n));
}

/* Other commands count from the next start on. */
static void
test_reload(void **state)
{
	struct conf	*conf;

	event(1, NEV_BACKUP);
	event(1, NEV_MASTER);
	conf = conf_with(3);
	command(TAILQ_FIRST(&conf->insts), NEV_MASTER, "more");
	follow(conf);
	while (w.running_cnt > 0)
		end_first(0);
	assert_string_equal(w.lines[2], "/m start more");
}

/* An instance that is gone still tells its end, by the commands it had. */
static void
test_removed(void **state)
{
	event(1, NEV_MASTER);
	event(1, NEV_BACKUP);
	follow(conf_with(0));
	event(1, NEV_STOP);
	event(2, NEV_STOP);
	while (w.running_cnt > 0)
		end_first(0);
	assert_int_equal(w.line_cnt, 7);
	assert_non_null(strstr(w.lines[w.line_cnt - 1], "VI_1 STOP"));
	follow(conf_with(0));
	event(1, NEV_STOP);
	assert_int_equal(w.line_cnt, 7);
	/* Back again. */
	follow(conf_with(3));
	event(1, NEV_MASTER);
	assert_string_equal(w.lines[7], "/m start");
}

/* Told when all of an object has ended, not for each; and to a new engine. */
static void
test_done(void **state)
{
	event(1, NEV_MASTER);
	event(1, NEV_BACKUP);
	event(3, NEV_BACKUP);			/* no command */
	assert_int_equal(w.done, 1);
	end_first(0);
	end_first(0);
	assert_int_equal(w.done, 1);
	notifier_tell_busy(w.n);
	assert_int_equal(w.busy, 1);
	end_first(0);
	assert_int_equal(w.done, 1);
	end_first(0);
	assert_int_equal(w.done, 2);		/* both count as one now */
	notifier_tell_busy(w.n);
	assert_int_equal(w.busy, 1);
}

/* One line for each script that takes too long, and none afterwards. */
static void
test_slow(void **state)
{
	event(1, NEV_MASTER);
	event(2, NEV_MASTER);
	end_first(0);				/* VI_1's; its next one runs */
	assert_int_equal(event_base_loop(w.exec.base, 0), 1);
	assert_int_equal(w.warnings, 2);
	assert_string_equal(w.text, "VI_1: notify (MASTER): still runs after "
	    "0.02 s: what comes next is told when it ends");
	event(1, NEV_BACKUP);
	while (w.running_cnt > 0)
		end_first(0);
	assert_int_equal(event_base_loop(w.exec.base, 0), 1);
	assert_int_equal(w.warnings, 2);
}

#define TEST(f)		cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		TEST(test_order),
		TEST(test_instances_do_not_wait_for_each_other),
		TEST(test_no_command),
		TEST(test_collapse),
		TEST(test_last_is_real),
		TEST(test_lower_is_told_once),
		TEST(test_cannot_be_started),
		TEST(test_reload),
		TEST(test_removed),
		TEST(test_done),
		TEST(test_slow)
	};

	return (cmocka_run_group_tests_name("notify", tests, NULL, NULL));
}
