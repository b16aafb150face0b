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
 * The packet socket and the timer of the announcements.
 * Runs in: parent.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "announce.h"
#include "log.h"
#include "mono.h"

struct annsock {
	const struct netlinkd	*nd;
	struct ann		*ann;
	struct event		 timer;
	int64_t			 wake_us;
	int			 fd;
};

static int64_t	 annsock_now(void *);
static bool	 annsock_link(void *, uint32_t, struct link_info *);
static int	 annsock_send(void *, uint32_t, const void *, size_t);
static void	 annsock_wake(void *, int64_t);
static void	 annsock_close(void *);
static void	 annsock_timer(evutil_socket_t, short, void *);

static const struct ann_ops	 ops = {
	.now = annsock_now,
	.link = annsock_link,
	.send = annsock_send,
	.wake = annsock_wake,
	.close = annsock_close
};

struct ann *
ann_new(struct event_base *base, const struct netlinkd *nd)
{
	struct annsock	*as;
	int		 saved;

	if ((as = calloc(1, sizeof(*as))) == NULL)
		return (NULL);
	as->nd = nd;
	as->wake_us = INT64_MAX;
	/* Protocol 0: it receives nothing. */
	as->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (as->fd == -1) {
		saved = errno;
		log_warn("packet socket");
		free(as);
		errno = saved;
		return (NULL);
	}
	if (evtimer_assign(&as->timer, base, annsock_timer, as) == -1 ||
	    (as->ann = ann_new_ops(&ops, as)) == NULL) {
		(void)close(as->fd);
		free(as);
		errno = ENOMEM;
		return (NULL);
	}
	return (as->ann);
}

static int64_t
annsock_now(void *arg)
{
	return (mono_us());
}

static bool
annsock_link(void *arg, uint32_t slot, struct link_info *info)
{
	const struct annsock	*as = arg;

	return (netlinkd_link(as->nd, slot, info));
}

static int
annsock_send(void *arg, uint32_t ifindex, const void *frame, size_t len)
{
	const struct annsock	*as = arg;
	struct sockaddr_ll	 to;
	ssize_t			 sent;

	memset(&to, 0, sizeof(to));
	to.sll_family = AF_PACKET;
	to.sll_ifindex = (int)ifindex;
	to.sll_halen = ETH_ALEN;
	memcpy(to.sll_addr, frame, ETH_ALEN);
	memcpy(&to.sll_protocol, (const uint8_t *)frame + 12,
	    sizeof(to.sll_protocol));
	sent = sendto(as->fd, frame, len, MSG_DONTWAIT,
	    (const struct sockaddr *)&to, sizeof(to));
	return (sent == (ssize_t)len ? 0 : -1);
}

static void
annsock_wake(void *arg, int64_t at_us)
{
	struct annsock	*as = arg;
	struct timeval	 tv;

	if (at_us == as->wake_us)
		return;
	as->wake_us = at_us;
	if (at_us == INT64_MAX) {
		(void)evtimer_del(&as->timer);
		return;
	}
	at_us -= mono_us();
	if (at_us < 0)
		at_us = 0;
	tv.tv_sec = (time_t)(at_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(at_us % US_PER_SEC);
	if (evtimer_add(&as->timer, &tv) == -1)
		fatalx("announce: timer");
}

static void
annsock_timer(evutil_socket_t fd, short what, void *arg)
{
	struct annsock	*as = arg;

	as->wake_us = INT64_MAX;
	ann_run(as->ann);
}

static void
annsock_close(void *arg)
{
	struct annsock	*as = arg;

	(void)evtimer_del(&as->timer);
	(void)close(as->fd);
	free(as);
}
