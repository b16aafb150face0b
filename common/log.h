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
 * Log lines of all processes: to stderr, to syslog (parent) or by imsg to the
 * parent (children). Never blocks: what cannot be written is counted.
 */

#ifndef LOG_H
#define LOG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/cdefs.h>

enum log_level {
	LOGL_BRIEF = 0,
	LOGL_VERBOSE
};

/*
 * Where lines go. A sink must not block and must not log.
 * priority is one of syslog(3)'s LOG_* levels; text has no newline and is
 * already made printable.
 */
typedef void (*log_sink)(void *arg, int priority, const char *text);

/* procname is kept by reference and stands before each line of a child. */
void	 log_init(const char *procname, log_sink, void *arg);
const char *log_procname(void);
void	 log_setlevel(enum log_level);
enum log_level log_getlevel(void);

/* Built-in sinks. log_sink_stderr writes "TIME procname: text\n" when the
 * daemon is in the foreground; log_sink_syslog needs log_open_syslog(). */
void	 log_sink_stderr(void *, int, const char *);

/* logsyslog.c: vrrpd only, as it makes sockets. */
void	 log_sink_syslog(void *, int, const char *);
/* facility as LOG_DAEMON; returns 0, or -1 with errno when /dev/log cannot be
 * reached now (it is tried again at each line, at most once a second). */
int	 log_open_syslog(const char *ident, int facility);
/* -1 when the name is no facility (daemon, user, local0..7, 0..7). */
int	 log_facility(const char *name);
/* Another socket than /dev/log, for tests; kept by reference. */
void	 log_syslog_path(const char *);
/* "KEY=value\n..." that go with the next line into the journal of systemd, if
 * there is one; by reference until then. */
void	 log_fields(const char *);
const char *log_line_fields(void);
/* Whether stderr leads there anyway. */
int	 log_stderr_is_journal(void);
/* Lines that were dropped so far. The next line that gets through is followed
 * by one that says how many. A sink counts with log_drop(). */
uint64_t log_dropped(void);
void	 log_drop(uint64_t lines);

/* With ": strerror(errno)". */
void	 log_warn(const char *, ...) __printflike(1, 2);
void	 log_warnx(const char *, ...) __printflike(1, 2);
void	 log_info(const char *, ...) __printflike(1, 2);
void	 log_debug(const char *, ...) __printflike(1, 2);
void	 log_at(int priority, const char *, ...) __printflike(2, 3);
void	 fatal(const char *, ...) __printflike(1, 2) __dead2;
void	 fatalx(const char *, ...) __printflike(1, 2) __dead2;

/*
 * At most one line per key and period: true when the caller may log now;
 * *suppressed then holds how many were swallowed since the last one.
 * Embedded in the object that is talked about; zeroed means "never logged".
 */
struct log_limit {
	int64_t		 next_us;
	uint32_t	 suppressed;
};
int	 log_limit_ok(struct log_limit *, int64_t now_us, int64_t period_us,
	    uint32_t *suppressed);

#endif /* LOG_H */
