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
 * Lines to the system's log over its datagram socket. Not syslog(3), which
 * waits for a reader that does not read. The journal of systemd has a socket
 * of its own, for lines with fields. Runs in: parent.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "mono.h"
#include "vrrpd.h"

#define LINE_LEN	2048
#define JOURNAL_PATH	"/run/systemd/journal/socket"
#define RETRY_US	US_PER_SEC

static int	 format(char *, size_t, int, const char *);
static int	 format_journal(char *, size_t, int, const char *);
static int	 reach(void);
static int	 reach_path(const char *);
static void	 drop_socket(void);

static struct {
	const char	*ident;
	const char	*path;
	int		 facility;
	int		 fd;
	int64_t		 retry_us;	/* not before */
	bool		 journal;	/* fd leads there */
} dest = { "vrrpd", NULL, LOG_DAEMON, -1, 0, false };

int
log_open_syslog(const char *ident, int facility)
{
	dest.ident = ident;
	dest.facility = facility;
	dest.retry_us = 0;
	return (dest.fd != -1 ? 0 : reach());
}

void
log_syslog_path(const char *path)
{
	drop_socket();
	dest.path = path;
	dest.retry_us = 0;
}

void
log_sink_syslog(void *arg, int priority, const char *text)
{
	char	 line[LINE_LEN];
	int	 len, tries;

	for (tries = 0; tries < 2; tries++) {
		if (dest.fd == -1 && reach() == -1)
			break;
		len = dest.journal ?
		    format_journal(line, sizeof(line), priority, text) :
		    format(line, sizeof(line), priority, text);
		if (send(dest.fd, line, (size_t)len,
		    MSG_DONTWAIT | MSG_NOSIGNAL) == len)
			return;
		if (errno == EAGAIN || errno == ENOBUFS || errno == EMSGSIZE)
			break;	/* slow reader: it may read on later */
		drop_socket();	/* the log daemon was started again */
	}
	log_drop(1);
}

static int
format(char *line, size_t size, int priority, const char *text)
{
	struct tm	 tm;
	time_t		 now_s;
	char		 when[32];

	now_s = (time_t)(wall_us() / US_PER_SEC);
	if (localtime_r(&now_s, &tm) == NULL ||
	    strftime(when, sizeof(when), "%b %e %H:%M:%S", &tm) == 0)
		strlcpy(when, "Jan  1 00:00:00", sizeof(when));
	(void)snprintf(line, size, "<%d>%s %s[%d]: %s",
	    dest.facility | priority, when, dest.ident, (int)getpid(), text);
	return ((int)strlen(line));
}

/* Neither a text nor a value has a newline in it. */
static int
format_journal(char *line, size_t size, int priority, const char *text)
{
	(void)snprintf(line, size, "MESSAGE=%s\nPRIORITY=%d\n"
	    "SYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=%s\nSYSLOG_PID=%d\n%s",
	    text, priority, dest.facility >> 3, dest.ident, (int)getpid(),
	    log_line_fields());
	return ((int)strlen(line));
}

/* Connects, but at most once in RETRY_US; 0 or -1 with errno. */
static int
reach(void)
{
	int64_t	 now_us;

	now_us = mono_us();
	if (now_us < dest.retry_us) {
		errno = EAGAIN;
		return (-1);
	}
	dest.retry_us = now_us + RETRY_US;
	dest.journal = dest.path == NULL && reach_path(JOURNAL_PATH) == 0;
	return (dest.journal ? 0 : reach_path(dest.path != NULL ? dest.path :
	    "/dev/log"));
}

static int
reach_path(const char *path)
{
	struct sockaddr_un	 sun;
	int			 saved_errno;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	dest.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (dest.fd == -1)
		return (-1);
	if (connect(dest.fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		saved_errno = errno;
		drop_socket();
		errno = saved_errno;
		return (-1);
	}
	return (0);
}

static void
drop_socket(void)
{
	if (dest.fd != -1)
		(void)close(dest.fd);
	dest.fd = -1;
}

int
log_stderr_is_journal(void)
{
	struct stat	 st;
	const char	*want;
	char		 have[64];

	want = getenv("JOURNAL_STREAM");
	if (want == NULL || fstat(STDERR_FILENO, &st) == -1)
		return (0);
	(void)snprintf(have, sizeof(have), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return (strcmp(have, want) == 0);
}

int
log_facility(const char *name)
{
	if (strcmp(name, "daemon") == 0)
		return (LOG_DAEMON);
	if (strcmp(name, "user") == 0)
		return (LOG_USER);
	if (strncmp(name, "local", 5) == 0)
		name += 5;
	if (name[0] < '0' || name[0] > '7' || name[1] != '\0')
		return (-1);
	return (LOG_LOCAL0 + ((name[0] - '0') << 3));
}
