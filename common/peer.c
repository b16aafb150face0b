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

/* Neighbours on the event loop. Runs in: parent, vrrpe, checker. */

#include <event2/event.h>
#include <event2/event_struct.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "imsg.h"
#include "log.h"
#include "msg.h"
#include "peer.h"

static void	 on_read(evutil_socket_t, short, void *);
static void	 on_write(evutil_socket_t, short, void *);
static int	 take(struct peer *, struct imsg *, char *, size_t);
static void	 arm_write(struct peer *);
static void	 die(struct peer *);

int
peer_open(struct peer *peer, struct event_base *base, int fd,
    const char *name, const struct peer_ops *ops, void *arg)
{
	int	 saved_errno;

	memset(peer, 0, sizeof(*peer));
	peer->name = name;
	peer->ops = ops;
	peer->arg = arg;
	if (imsgbuf_init(&peer->ibuf, fd) == -1)
		goto fail;
	if (event_assign(&peer->ev_read, base, fd, EV_READ | EV_PERSIST,
	    on_read, peer) == -1 ||
	    event_assign(&peer->ev_write, base, fd, EV_WRITE, on_write,
	    peer) == -1 || event_add(&peer->ev_read, NULL) == -1) {
		errno = ENOMEM;
		goto fail;
	}
	return (0);

 fail:
	saved_errno = errno;
	imsgbuf_clear(&peer->ibuf);
	memset(&peer->ev_read, 0, sizeof(peer->ev_read));
	peer->dead = true;
	errno = saved_errno;
	return (-1);
}

void
peer_close(struct peer *peer)
{
	if (peer->ops == NULL)
		return;			/* never opened */
	/* Before the descriptor: epoll forgets a closed one by itself. */
	if (event_initialized(&peer->ev_read)) {
		(void)event_del(&peer->ev_read);
		(void)event_del(&peer->ev_write);
		memset(&peer->ev_read, 0, sizeof(peer->ev_read));
	}
	imsgbuf_clear(&peer->ibuf);
	peer->dead = true;
}

int
peer_send(struct peer *peer, uint16_t type, uint32_t id, uint32_t gen,
    uint32_t seq, int fd, const struct msg *m)
{
	const void	*data;
	size_t		 len;

	data = m != NULL ? m->buf : NULL;
	len = m != NULL ? m->len : 0;
	if (peer->dead || (m != NULL && m->error)) {
		if (!peer->dead)
			log_warnx("%s: %s does not fit a message", peer->name,
			    imsg_name(type));
		if (fd != -1)
			(void)close(fd);
		errno = peer->dead ? EPIPE : EMSGSIZE;
		return (-1);
	}
	if (peer->deaf) {
		if (fd != -1)
			(void)close(fd);
		return (0);		/* its end is about to be told */
	}
	if (imsg_compose(&peer->ibuf, type, id, gen, seq, fd, data,
	    len) == -1) {
		log_warn("%s: queue %s", peer->name, imsg_name(type));
		if (errno == ENOBUFS || errno == ENOMEM)
			die(peer);
		return (-1);
	}
	arm_write(peer);
	return (0);
}

void
peer_flush(struct peer *peer)
{
	if (peer->dead)
		return;
	if (peer->deaf)
		return;
	if (imsg_flush(&peer->ibuf) != -1) {
		arm_write(peer);
		return;
	}
	/* What it said before it went is still to be read. */
	peer->deaf = true;
	(void)event_del(&peer->ev_write);
	event_active(&peer->ev_read, EV_READ, 1);
}

static void
arm_write(struct peer *peer)
{
	if (!STAILQ_EMPTY(&peer->ibuf.queue) && !peer->deaf)
		(void)event_add(&peer->ev_write, NULL);
	else
		(void)event_del(&peer->ev_write);
}

/* The owner is told from the loop, never in the middle of its own call. */
static void
die(struct peer *peer)
{
	peer->dead = true;
	(void)event_del(&peer->ev_write);
	event_active(&peer->ev_read, EV_READ, 1);
}

static void
on_write(evutil_socket_t fd, short what, void *arg)
{
	peer_flush(arg);
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	struct peer	*peer = arg;
	struct imsg	 im;
	char		 why[128];
	int		 i, more;

	why[0] = '\0';
	more = peer->dead ? -1 : 1;
	for (i = 0; i < PEER_BUDGET && more == 1; i++) {
		more = take(peer, &im, why, sizeof(why));
		if (peer->ibuf.fd == -1)
			return;		/* closed by the handler */
		if (peer->dead)		/* by a handler's peer_send() */
			more = -1;
	}
	if (more == 0 && peer->deaf)
		more = -1;
	if (more != -1) {
		arm_write(peer);	/* lines of child_log_sink() */
		return;
	}
	peer->dead = true;
	(void)event_del(&peer->ev_read);
	(void)event_del(&peer->ev_write);
	peer->ops->gone(peer->arg, peer, why[0] != '\0' ? why : NULL);
}

/* One message: 1 go on, 0 nothing there, -1 gone or broken (why). */
static int
take(struct peer *peer, struct imsg *im, char *why, size_t whylen)
{
	switch (imsg_read(&peer->ibuf, im)) {
	case IMSG_READ_OK:
		break;
	case IMSG_READ_AGAIN:
		return (0);
	case IMSG_READ_EOF:
		return (-1);
	case IMSG_READ_BAD:
		strlcpy(why, "truncated or malformed message", whylen);
		return (-1);
	}
	switch (imsg_dispatch(peer->ops->rules, peer->ops->from,
	    peer->ops->phase(peer->arg), peer->ops->gen(peer->arg), peer->arg,
	    im, why, whylen)) {
	case IMSG_HANDLED:
		break;
	case IMSG_STALE:
		log_debug("%s: %s of generation %u dropped", peer->name,
		    imsg_name(im->type), im->gen);
		break;
	case IMSG_REFUSED:
		return (-1);
	}
	return (1);
}
