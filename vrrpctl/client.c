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
 * The connection to vrrpe: whom to reach, who answers, and how long to wait.
 * Runs in: vrrpctl.
 */

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "imsg.h"
#include "mono.h"
#include "msg.h"
#include "vrrpd.h"
#include "client.h"

#define CONTROL_PATH	RUNDIR "/control"
#define STATUS_PATH	RUNDIR "/status"

static enum client_status fail(struct client *, enum client_status,
		    const char *, ...) __printflike(3, 4);
static void	 prepare(struct client *, const char *, int64_t);
static int	 reach(struct client *, const char *, int);
static int	 reach_any(struct client *, const char *, bool, int);
static enum client_status why_not(struct client *, int);
static enum client_status begin(struct client *, int);
static int	 wait_readable(int, int64_t);

static enum client_status
fail(struct client *c, enum client_status status, const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->error, sizeof(c->error), fmt, ap);
	va_end(ap);
	return (status);
}

enum client_status
client_open(struct client *c, const char *path, bool reading,
    int64_t limit_us)
{
	enum client_status	 status;
	struct imsg		 im;
	int			 fd;

	prepare(c, path, limit_us);
	if ((fd = reach_any(c, path, reading, 0)) == -1)
		return (why_not(c, errno));
	if ((status = begin(c, fd)) == CLIENT_OK &&
	    (status = client_read(c, &im, c->limit_us)) == CLIENT_OK)
		status = client_greeted(c, &im);
	return (status);
}

enum client_status
client_start(struct client *c, const char *path, bool reading, bool *busy)
{
	int	 fd;

	*busy = false;
	prepare(c, path, 0);
	fd = reach_any(c, path, reading, SOCK_NONBLOCK);
	if (fd != -1)
		return (begin(c, fd));
	if (errno != EAGAIN)
		return (why_not(c, errno));
	*busy = true;
	return (CLIENT_OK);
}

static void
prepare(struct client *c, const char *path, int64_t limit_us)
{
	memset(c, 0, sizeof(*c));
	c->ibuf.fd = -1;
	STAILQ_INIT(&c->ibuf.queue);
	c->limit_us = limit_us;
	c->path = path != NULL ? path : CONTROL_PATH;
}

void
client_close(struct client *c)
{
	imsgbuf_clear(&c->ibuf);
}

/* The error of the first one is told, whatever the second one says. */
static int
reach_any(struct client *c, const char *path, bool reading, int flags)
{
	int	 error, fd;

	if ((fd = reach(c, c->path, flags)) != -1 || path != NULL ||
	    !reading || errno != EACCES)
		return (fd);
	error = errno;
	if ((fd = reach(c, STATUS_PATH, flags)) != -1)
		c->path = STATUS_PATH;
	else if (errno != EAGAIN)
		errno = error;
	return (fd);
}

/* A descriptor, or -1 with errno. */
static int
reach(struct client *c, const char *path, int flags)
{
	struct sockaddr_un	 sun;
	struct timeval		 tv;
	int			 fd, saved_errno;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
	if (fd == -1)
		return (-1);
	tv.tv_sec = (time_t)(c->limit_us / US_PER_SEC);
	tv.tv_usec = 0;
	/* A daemon that hangs accepts nobody: connect(2) would wait. */
	if ((c->limit_us == 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv,
	    sizeof(tv)) == 0) &&
	    connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return (fd);
	saved_errno = errno;
	(void)close(fd);
	errno = saved_errno;
	return (-1);
}

static enum client_status
why_not(struct client *c, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return (fail(c, CLIENT_NOBODY,
		    "vrrpd is not running (no socket %s)", c->path));
	case ECONNREFUSED:
		return (fail(c, CLIENT_NOBODY,
		    "vrrpd is not running (nobody listens on %s)", c->path));
	case EAGAIN:
		return (fail(c, CLIENT_NOBODY,
		    "vrrpd does not answer (%s)", c->path));
	case EACCES:
	case EPERM:
		return (fail(c, CLIENT_REFUSED, "permission denied: %s: be "
		    "root or a member of group " VRRPD_CTL_GROUP, c->path));
	default:
		return (fail(c, CLIENT_REFUSED, "%s: %s", c->path,
		    strerror(error)));
	}
}

/* It may have said why and gone before this is written. */
static enum client_status
begin(struct client *c, int fd)
{
	struct msg	 m;
	uint8_t		 buf[NAME_LEN + 16];

	if (imsgbuf_init(&c->ibuf, fd) == -1)
		return (fail(c, CLIENT_REFUSED, "socket: %s",
		    strerror(errno)));
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u32(&m, IMSG_VERSION);
	msg_put_str(&m, VRRPD_VERSION);
	(void)client_send(c, IMSG_CTL_HELLO, &m);
	c->error[0] = '\0';
	return (CLIENT_OK);
}

enum client_status
client_greeted(struct client *c, const struct imsg *im)
{
	struct ctl_result	 result;
	struct msg		 m;
	uint32_t		 version;
	char			 build[NAME_LEN];

	msg_init_read(&m, im->data, im->len);
	if (im->type == IMSG_CTL_RESULT && ctl_result_get(&m, &result) == 0)
		return (fail(c, CLIENT_REFUSED, "vrrpd: %s", result.text));
	if (im->type != IMSG_CTL_HELLO)
		return (fail(c, CLIENT_REFUSED,
		    "malformed answer from %s (no CTL_HELLO)", c->path));
	/* Nothing of another version is taken for granted. */
	version = msg_get_u32(&m);
	msg_get_str(&m, build, sizeof(build));
	if (m.error)
		return (fail(c, CLIENT_REFUSED,
		    "malformed answer from %s (CTL_HELLO)", c->path));
	if (version != IMSG_VERSION)
		return (fail(c, CLIENT_REFUSED, "vrrpd %s speaks version %u "
		    "of the protocol, this vrrpctl %s version %d: install "
		    "them together and restart vrrpd", build, version,
		    VRRPD_VERSION, IMSG_VERSION));
	if (msg_end(&m) == -1)
		return (fail(c, CLIENT_REFUSED,
		    "malformed answer from %s (CTL_HELLO)", c->path));
	return (CLIENT_OK);
}

enum client_status
client_send(struct client *c, uint16_t type, const struct msg *m)
{
	if (imsg_compose(&c->ibuf, type, 0, 0, 0, -1, m != NULL ? m->buf :
	    NULL, m != NULL ? m->len : 0) == -1)
		return (fail(c, CLIENT_REFUSED, "%s: %s", imsg_name(type),
		    strerror(errno)));
	switch (imsg_flush(&c->ibuf)) {
	case 0:
		return (CLIENT_OK);
	case 1:		/* requests are small: nobody has read for long */
		return (fail(c, CLIENT_NOBODY, "vrrpd does not answer (%s)",
		    c->path));
	default:
		return (fail(c, CLIENT_REFUSED,
		    "vrrpd has closed the connection"));
	}
}

enum client_status
client_read(struct client *c, struct imsg *im, int64_t silent_us)
{
	enum client_status	 status;
	int64_t			 end_us;
	bool			 none;

	end_us = mono_us() + silent_us;
	for (;;) {
		status = client_next(c, im, &none);
		if (status != CLIENT_OK || !none)
			return (status);
		if (wait_readable(c->ibuf.fd, end_us) == -1)
			return (fail(c, CLIENT_NOBODY,
			    "vrrpd does not answer (waited %lld s at %s)",
			    (long long)(silent_us / US_PER_SEC), c->path));
	}
}

enum client_status
client_next(struct client *c, struct imsg *im, bool *none)
{
	*none = false;
	switch (imsg_read(&c->ibuf, im)) {
	case IMSG_READ_OK:
		if (im->fd == -1)
			return (CLIENT_OK);
		imsg_done(im);
		break;
	case IMSG_READ_AGAIN:
		*none = true;
		return (CLIENT_OK);
	case IMSG_READ_EOF:
		return (fail(c, CLIENT_REFUSED,
		    "vrrpd has closed the connection"));
	case IMSG_READ_BAD:
		break;
	}
	return (fail(c, CLIENT_REFUSED, "malformed answer from %s", c->path));
}

/* -1 when the time is up. */
static int
wait_readable(int fd, int64_t end_us)
{
	struct pollfd	 pfd;
	int64_t		 left_us;

	left_us = end_us - mono_us();
	if (left_us <= 0)
		return (-1);
	pfd.fd = fd;
	pfd.events = POLLIN;
	(void)poll(&pfd, 1, (int)(left_us / US_PER_MS) + 1);
	return (0);
}
