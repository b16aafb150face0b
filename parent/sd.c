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
 * Readiness for a service manager: datagrams to $NOTIFY_SOCKET. Runs in:
 * parent.
 */

#include <sys/socket.h>
#include <sys/un.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "parent.h"

void
sd_init(struct parent *p)
{
	const char	*limit, *path, *wrong;

	path = getenv("NOTIFY_SOCKET");
	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return;
	if (strlcpy(p->sd_path, path, sizeof(p->sd_path)) >=
	    sizeof(p->sd_path))
		p->sd_path[0] = '\0';
	limit = getenv("WATCHDOG_USEC");
	if (limit != NULL)
		p->sd_watchdog_us = strtonum(limit, 1, INT64_MAX, &wrong);
}

/*
 * The engine lives: the manager may know, some times in its own limit (which it
 * gives in microseconds, and for this process).
 */
void
sd_alive(struct parent *p, int64_t now_us)
{
	if (p->sd_watchdog_us == 0 ||
	    now_us - p->sd_alive_us < p->sd_watchdog_us / 4)
		return;
	p->sd_alive_us = now_us;
	sd_notify(p, "WATCHDOG=1");
}

/* Never waits: a manager that does not read misses it. */
void
sd_notify(struct parent *p, const char *fmt, ...)
{
	struct sockaddr_un	 sun;
	socklen_t		 len;
	va_list			 ap;
	char			 text[TEXT_LEN];
	int			 fd;

	if (p->sd_path[0] == '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	memcpy(sun.sun_path, p->sd_path, strlen(p->sd_path));
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(p->sd_path));
	if (sun.sun_path[0] == '@')
		sun.sun_path[0] = '\0';	/* the abstract name space */

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || sendto(fd, text, strlen(text),
	    MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&sun, len) == -1)
		log_warn("service manager: %s", p->sd_path);
	if (fd != -1)
		(void)close(fd);
}
