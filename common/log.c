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
 * Log lines. The sinks that need a socket are elsewhere. Runs in: every
 * process.
 */

#define LIBBSD_OPENBSD_VIS	/* there are two strnvis(3) */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <vis.h>

#include "log.h"
#include "mono.h"
#include "vrrpd.h"

#define LINE_LEN	1024	/* with the NUL; longer lines are cut */

static void	 emit(int, const char *, va_list) __printflike(2, 0);
static void	 emit_error(int, const char *, const char *, va_list)
		    __printflike(3, 0);
static void	 hand_over(int, const char *);

/* The only state that this folder keeps: a log has no other place for it. */
static struct {
	const char	*procname;
	log_sink	 sink;
	void		*arg;
	enum log_level	 level;
	const char	*fields;	/* of the next line */
	uint64_t	 dropped;
	uint64_t	 reported;	/* of dropped */
} state = { "vrrpd", log_sink_stderr, NULL, LOGL_BRIEF, NULL, 0, 0 };

void
log_init(const char *procname, log_sink sink, void *arg)
{
	state.procname = procname;
	state.sink = sink;
	state.arg = arg;
}

const char *
log_procname(void)
{
	return (state.procname);
}

void
log_setlevel(enum log_level level)
{
	state.level = level;
}

enum log_level
log_getlevel(void)
{
	return (state.level);
}

void
log_fields(const char *fields)
{
	state.fields = fields;
}

const char *
log_line_fields(void)
{
	return (state.fields != NULL ? state.fields : "");
}

void
log_drop(uint64_t lines)
{
	state.dropped += lines;
}

uint64_t
log_dropped(void)
{
	return (state.dropped);
}

void
log_sink_stderr(void *arg, int priority, const char *text)
{
	struct pollfd	 pfd;
	struct tm	 tm;
	time_t		 now_s;
	int64_t		 now_us;
	char		 when[32], line[LINE_LEN + 128];
	int		 len;

	now_us = wall_us();
	now_s = (time_t)(now_us / US_PER_SEC);
	if (localtime_r(&now_s, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		when[0] = '\0';
	len = snprintf(line, sizeof(line), "%s.%03d %s: %s\n", when,
	    (int)(now_us % US_PER_SEC / 1000), state.procname, text);
	if (len < 0 || (size_t)len >= sizeof(line))
		len = (int)strlen(line);

	/* A pipe that is ready has room for PIPE_BUF bytes: no blocking. */
	pfd.fd = STDERR_FILENO;
	pfd.events = POLLOUT;
	if (poll(&pfd, 1, 0) != 1 || (pfd.revents & POLLOUT) == 0 ||
	    write(STDERR_FILENO, line, (size_t)len) != len)
		log_drop(1);
}

void
log_warn(const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	emit_error(LOG_ERR, "", fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	emit(LOG_ERR, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	emit(LOG_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list	 ap;

	if (state.level < LOGL_VERBOSE)
		return;
	va_start(ap, fmt);
	emit(LOG_DEBUG, fmt, ap);
	va_end(ap);
}

void
log_at(int priority, const char *fmt, ...)
{
	va_list	 ap;

	if (priority >= LOG_DEBUG && state.level < LOGL_VERBOSE) {
		state.fields = NULL;	/* their buffer is gone by the next */
		return;
	}
	va_start(ap, fmt);
	emit(priority, fmt, ap);
	va_end(ap);
}

void
fatal(const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	emit_error(LOG_CRIT, "fatal: ", fmt, ap);
	va_end(ap);
	exit(1);
}

void
fatalx(const char *fmt, ...)
{
	va_list	 ap;
	char	 text[LINE_LEN];

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_at(LOG_CRIT, "fatal: %s", text);
	exit(1);
}

static void
emit_error(int priority, const char *prefix, const char *fmt, va_list ap)
{
	char	 text[LINE_LEN];
	int	 saved_errno;

	saved_errno = errno;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	log_at(priority, "%s%s: %s", prefix, text, strerror(saved_errno));
	errno = saved_errno;
}

static void
emit(int priority, const char *fmt, va_list ap)
{
	char		 raw[LINE_LEN], text[LINE_LEN * 4];
	uint64_t	 before;
	int		 saved_errno;

	saved_errno = errno;
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	/* No doubled backslashes: a child's line is made safe twice. */
	(void)strvisx(text, raw, strlen(raw), VIS_NL | VIS_TAB | VIS_NOSLASH);
	text[LINE_LEN - 1] = '\0';

	before = state.dropped;
	hand_over(priority, text);
	state.fields = NULL;
	if (state.dropped == before && state.reported != before) {
		(void)snprintf(text, sizeof(text),
		    "%llu log lines were dropped",
		    (unsigned long long)(before - state.reported));
		hand_over(LOG_WARNING, text);
		if (state.dropped == before)
			state.reported = before;
		else	/* the note itself was dropped: it is no line */
			state.dropped = before;
	}
	errno = saved_errno;
}

static void
hand_over(int priority, const char *text)
{
	state.sink(state.arg, priority & LOG_PRIMASK, text);
}

int
log_limit_ok(struct log_limit *limit, int64_t now_us, int64_t period_us,
    uint32_t *suppressed)
{
	if (limit->next_us != 0 && now_us < limit->next_us) {
		limit->suppressed++;
		return (0);
	}
	*suppressed = limit->suppressed;
	limit->suppressed = 0;
	limit->next_us = now_us + period_us;
	return (1);
}
