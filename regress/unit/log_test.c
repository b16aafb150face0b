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

/* Log lines: text, levels, dropped lines, limits; the system's log. */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../common/child.h"
#include "../../common/imsg.h"
#include "../../common/log.h"
#include "../../common/mono.h"
#include "../../common/payload.h"

static struct {
	int	 lines;
	int	 priority;
	char	 text[4096];
	char	 before[4096];		/* the line before */
	char	 fields[64];
	int	 refuse;		/* so many */
} seen;

static void	 keep(void *, int, const char *);
static int	 log_server(const char *);

static void
keep(void *arg, int priority, const char *text)
{
	assert_ptr_equal(arg, &seen);
	if (seen.refuse > 0) {
		seen.refuse--;
		log_drop(1);
		return;
	}
	seen.lines++;
	seen.priority = priority;
	strlcpy(seen.before, seen.text, sizeof(seen.before));
	strlcpy(seen.text, text, sizeof(seen.text));
	strlcpy(seen.fields, log_line_fields(), sizeof(seen.fields));
}

/* Where time itself is what is tested. */
static void
pause_ms(int ms)
{
	(void)poll(NULL, 0, ms);
}

static int
setup(void **state)
{
	memset(&seen, 0, sizeof(seen));
	log_init("log_test", keep, &seen);
	log_setlevel(LOGL_BRIEF);
	return (0);
}

static void
levels(void **state)
{
	log_info("%s %d", "up", 7);
	assert_string_equal(seen.text, "up 7");
	assert_int_equal(seen.priority, LOG_INFO);
	errno = ENOENT;
	log_warn("open %s", "x");
	assert_string_equal(seen.text, "open x: No such file or directory");
	assert_int_equal(seen.priority, LOG_ERR);
	assert_int_equal(errno, ENOENT);
	log_warnx("plain");
	assert_string_equal(seen.text, "plain");
	log_at(LOG_NOTICE, "note");
	assert_int_equal(seen.priority, LOG_NOTICE);
	assert_int_equal(seen.lines, 4);

	log_debug("not now");
	log_at(LOG_DEBUG, "not now");
	assert_int_equal(seen.lines, 4);
	log_setlevel(LOGL_VERBOSE);
	assert_int_equal(log_getlevel(), LOGL_VERBOSE);
	log_debug("now");
	assert_string_equal(seen.text, "now");
	assert_int_equal(seen.priority, LOG_DEBUG);
}

/* They go with one line, also with one that is not written. */
static void
fields(void **state)
{
	log_fields("A=1\n");
	log_info("first");
	assert_string_equal(seen.fields, "A=1\n");
	log_info("second");
	assert_string_equal(seen.fields, "");
	log_fields("A=1\n");
	log_at(LOG_DEBUG, "not now");
	log_info("third");
	assert_int_equal(seen.lines, 3);
	assert_string_equal(seen.fields, "");
}

/* Nothing that a terminal or a line-wise reader would act on gets out. */
static void
hostile_text(void **state)
{
	char	 all[256], huge[5000], again[4096];
	size_t	 i;

	for (i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	log_info("%s", all);
	for (i = 0; seen.text[i] != '\0'; i++)
		assert_true(seen.text[i] >= ' ' && seen.text[i] <= '~');
	/* A line that passes twice stays as it is. */
	strlcpy(again, seen.text, sizeof(again));
	log_info("%s", again);
	assert_string_equal(seen.text, again);
	log_info("C:\\x 100%%");
	assert_string_equal(seen.text, "C:\\x 100%");

	memset(huge, '\n', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	log_info("%s", huge);
	assert_int_equal(strlen(seen.text), 1023);
	memset(huge, 'a', sizeof(huge) - 1);
	log_info("%s", huge);
	assert_int_equal(strlen(seen.text), 1023);
}

static void
dropped(void **state)
{
	uint64_t	 before;

	before = log_dropped();
	seen.refuse = 3;
	log_info("1");
	log_info("2");
	log_info("3");
	assert_int_equal(seen.lines, 0);
	assert_int_equal(log_dropped() - before, 3);
	log_info("4");
	assert_int_equal(seen.lines, 2);
	assert_string_equal(seen.before, "4");
	assert_string_equal(seen.text, "3 log lines were dropped");
	log_info("5");
	assert_int_equal(seen.lines, 3);
	assert_string_equal(seen.text, "5");
}

static void
limits(void **state)
{
	struct log_limit	 limit;
	uint32_t		 suppressed;
	int			 i;

	memset(&limit, 0, sizeof(limit));
	suppressed = 77;
	assert_int_equal(log_limit_ok(&limit, 1000, 60, &suppressed), 1);
	assert_int_equal(suppressed, 0);
	for (i = 0; i < 60; i++)
		assert_int_equal(log_limit_ok(&limit, 1000 + i, 60,
		    &suppressed), 0);
	assert_int_equal(log_limit_ok(&limit, 1060, 60, &suppressed), 1);
	assert_int_equal(suppressed, 60);
	assert_int_equal(log_limit_ok(&limit, 2000, 60, &suppressed), 1);
	assert_int_equal(suppressed, 0);
}

static void
facilities(void **state)
{
	static const struct {
		const char	*name;
		int		 code;
	} rows[] = {
		{ "daemon", LOG_DAEMON }, { "user", LOG_USER },
		{ "local0", LOG_LOCAL0 }, { "local7", LOG_LOCAL7 },
		{ "3", LOG_LOCAL3 }, { "local8", -1 }, { "8", -1 },
		{ "", -1 }, { "local", -1 }, { "local10", -1 },
		{ "kern", -1 }, { "-1", -1 }
	};
	size_t	 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(log_facility(rows[i].name), rows[i].code);
}

/* In a process of its own: status and what came out on stderr. */
static int
in_child(void (*fn)(int), int arg, char *out, size_t size)
{
	ssize_t	 n;
	pid_t	 pid;
	size_t	 len;
	int	 fds[2], status;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		log_init("prog", log_sink_stderr, NULL);
		fn(arg);
		_exit(0);
	}
	close(fds[1]);
	len = 0;
	while (len < size - 1 &&
	    (n = read(fds[0], out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return (status);
}

static void
say(int arg)
{
	log_info("hello %d", arg);
	log_warnx("bye");
}

static void
die(int arg)
{
	errno = EPERM;
	if (arg)
		fatal("chroot to %s", "/x");
	fatalx("no %s", "luck");
}

static void
to_stderr(void **state)
{
	char	 out[1000], *p;

	assert_int_equal(in_child(say, 3, out, sizeof(out)), 0);
	assert_non_null(p = strstr(out, " prog: hello 3\n"));
	/* 2026-01-31 23:59:59.999 */
	assert_int_equal(p - out, 23);
	assert_int_equal(out[4], '-');
	assert_int_equal(out[19], '.');
	assert_non_null(strstr(out, " prog: bye\n"));
	assert_int_equal(in_child(die, 1, out, sizeof(out)), 1 << 8);
	assert_non_null(strstr(out,
	    " prog: fatal: chroot to /x: Operation not permitted\n"));
	assert_int_equal(in_child(die, 0, out, sizeof(out)), 1 << 8);
	assert_non_null(strstr(out, " prog: fatal: no luck\n"));
}

/* Nobody reads the pipe: the process goes on, and counts. */
static void
flood(int arg)
{
	int	 fds[2], i;

	if (pipe(fds) == -1 || dup2(fds[1], STDERR_FILENO) == -1)
		_exit(2);
	alarm(20);
	for (i = 0; i < 5000; i++)
		log_info("%0500d", i);
	_exit(log_dropped() > 4000 ? 0 : 1);
}

static void
stderr_without_reader(void **state)
{
	char	 out[10];

	assert_int_equal(in_child(flood, 0, out, sizeof(out)), 0);
}

static int
log_server(const char *path)
{
	struct sockaddr_un	 sun;
	struct timeval		 tv = { 5, 0 };
	int			 fd;

	(void)unlink(path);
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv,
	    sizeof(tv)), 0);
	return (fd);
}

static void
system_log(void **state)
{
	char		 dir[] = "/tmp/log_test.XXXXXX", path[64], line[2000];
	char		 want[100];
	uint64_t	 before;
	int64_t		 start_us;
	ssize_t		 n;
	int		 fd, i;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	log_syslog_path(path);
	log_init("x", log_sink_syslog, NULL);
	before = log_dropped();
	assert_int_equal(log_open_syslog("vrrpd", LOG_LOCAL3), -1);
	log_info("into the dark");
	assert_int_equal(log_dropped() - before, 1);

	fd = log_server(path);
	log_syslog_path(path);
	assert_int_equal(log_open_syslog("vrrpd", LOG_LOCAL3), 0);
	log_info("hello\nworld");
	n = recv(fd, line, sizeof(line) - 1, 0);
	assert_true(n > 0);
	line[n] = '\0';
	/* <158>Jan  1 00:00:00 vrrpd[1]: text */
	(void)snprintf(want, sizeof(want), "<%d>", LOG_LOCAL3 | LOG_INFO);
	assert_memory_equal(line, want, 5);
	assert_int_equal(line[8], ' ');
	assert_int_equal(line[20], ' ');
	(void)snprintf(want, sizeof(want), " vrrpd[%d]: hello\\012world",
	    (int)getpid());
	assert_string_equal(line + 20, want);
	n = recv(fd, line, sizeof(line) - 1, 0);
	assert_true(n > 0);
	line[n] = '\0';
	assert_non_null(strstr(line, "]: 1 log lines were dropped"));

	/* The reader stops: lines are dropped, nobody waits. */
	start_us = mono_us();
	before = log_dropped();
	for (i = 0; i < 5000; i++)
		log_info("%d", i);
	assert_true(mono_us() - start_us < 3 * US_PER_SEC);
	assert_true(log_dropped() - before > 1000);

	/* It is started again: found after at most a second. */
	close(fd);
	fd = log_server(path);
	log_info("lost");
	start_us = mono_us();
	do {
		pause_ms(50);
		log_info("back");
		n = recv(fd, line, sizeof(line) - 1, MSG_DONTWAIT);
	} while (n == -1 && mono_us() - start_us < 5 * US_PER_SEC);
	assert_true(n > 0);
	close(fd);
	log_syslog_path("/dev/log");
	(void)unlink(path);
	(void)rmdir(dir);
}

/* A child's lines: bounded in number a second and in the queue. */
static void
child_lines(void **state)
{
	struct imsgbuf	 a, b;
	struct log_msg	 line;
	struct imsg	 im;
	struct msg	 m;
	int64_t		 start_us;
	int		 fds[2], i, got, last;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(imsgbuf_init(&a, fds[0]), 0);
	assert_int_equal(imsgbuf_init(&b, fds[1]), 0);
	log_init("vrrpe", child_log_sink, &a);
	start_us = mono_us();
	for (i = 0; i < 1000; i++)
		log_info("line %d", i);
	/* All of it in one second, or the count below is another. */
	assert_true(mono_us() - start_us < US_PER_SEC);
	assert_int_equal(imsg_flush(&a), 0);
	for (got = 0; imsg_read(&b, &im) == IMSG_READ_OK; got++) {
		assert_int_equal(im.type, IMSG_LOG);
		msg_init_read(&m, im.data, im.len);
		assert_int_equal(log_get(&m, &line), 0);
		assert_int_equal(line.priority, LOG_INFO);
		if (got == 0)
			assert_string_equal(line.text, "vrrpe: line 0");
	}
	assert_int_equal(got, 200);

	pause_ms(1100);
	log_info("later");
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
	msg_init_read(&m, im.data, im.len);
	assert_int_equal(log_get(&m, &line), 0);
	assert_string_equal(line.text, "vrrpe: 800 lines suppressed");
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
	msg_init_read(&m, im.data, im.len);
	assert_int_equal(log_get(&m, &line), 0);
	assert_string_equal(line.text, "vrrpe: later");

	/* Changes of states are not lost for the noise. */
	for (i = 0; i < 300; i++)
		log_info("noise");
	for (i = 0; i < 300; i++) {
		child_log_about(1, LOG_K_STATE);
		log_info("state");
	}
	got = 0;
	do {
		i = imsg_flush(&a);
		assert_int_not_equal(i, -1);
		while (imsg_read(&b, &im) == IMSG_READ_OK)
			got += im.seq == LOG_K_STATE;
	} while (i != 0);
	assert_int_equal(got, 300);

	/* The parent does not read: the queue ends, and nothing waits. */
	last = 0;
	for (i = 0; i < 3000; i++) {
		log_at(LOG_CRIT, "%01000d", i);
		last = (int)a.queued;
	}
	assert_true(last > 100000 && last < 300000);
	assert_true(log_dropped() > 1000);
	imsgbuf_clear(&a);
	imsgbuf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup(levels, setup),
		cmocka_unit_test_setup(fields, setup),
		cmocka_unit_test_setup(hostile_text, setup),
		cmocka_unit_test_setup(dropped, setup),
		cmocka_unit_test_setup(limits, setup),
		cmocka_unit_test_setup(facilities, setup),
		cmocka_unit_test_setup(to_stderr, setup),
		cmocka_unit_test_setup(stderr_without_reader, setup),
		cmocka_unit_test_setup(system_log, setup),
		cmocka_unit_test_setup(child_lines, setup)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
