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
 * An imsg neighbour on the event loop: read and write events around an
 * imsgbuf, the budget of messages per turn, and the dispatch table.
 */

#ifndef PEER_H
#define PEER_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "imsg.h"
#include "msg.h"

#define PEER_BUDGET	64	/* messages read per loop turn */

struct peer;

struct peer_ops {
	const struct imsg_rule	*rules;		/* [IMSG_TYPE_MAX] */
	uint32_t		 from;		/* FROM_* of the neighbour */
	/* Current phase bit and generation of the receiver. */
	uint32_t		(*phase)(void *arg);
	uint32_t		(*gen)(void *arg);
	/*
	 * The neighbour is gone (text NULL) or broke the rules (text says
	 * how). Called once, from the event loop; the callee may close and
	 * free the peer. A handler that is done with its own neighbour
	 * returns -1, or calls peer_close() without freeing.
	 */
	void			(*gone)(void *arg, struct peer *, const char *);
};

struct peer {
	struct imsgbuf		 ibuf;
	struct event		 ev_read;
	struct event		 ev_write;
	const struct peer_ops	*ops;
	void			*arg;		/* for handlers and ops */
	const char		*name;
	bool			 dead;
	bool			 deaf;	/* it hears nothing, but has spoken */
};

/* Takes fd; returns 0 or -1 with errno (fd is closed). */
int	 peer_open(struct peer *, struct event_base *, int fd,
	    const char *name, const struct peer_ops *, void *arg);
void	 peer_close(struct peer *);
/*
 * Queues a message and arms the write event; msg may be NULL (empty).
 * Returns 0 or -1 (logged); over the queue limit the peer counts as gone at
 * the next turn. fd is owned by the call.
 */
int	 peer_send(struct peer *, uint16_t type, uint32_t id, uint32_t gen,
	    uint32_t seq, int fd, const struct msg *);
/* Writes as much as the socket takes now, for the path that must not wait. */
void	 peer_flush(struct peer *);

#endif /* PEER_H */
