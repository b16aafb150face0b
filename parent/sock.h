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
 * The VRRP sockets. The parent opens and keeps them; the engine gets copies.
 * Runs in: parent.
 *
 * A receive socket belongs to an (interface, family), a transmit socket to an
 * (interface, family, source, destination, TTL) and is shared by all instances
 * that have the same five. Ids are never used again within a run.
 */

#ifndef SOCK_H
#define SOCK_H

#include <stdint.h>

#include "conf.h"
#include "payload.h"

struct event_base;
struct netlinkd;
struct socks;

/* One call is one message to the engine; never called by sock_conf. */
struct sock_ops {
	/* fd is a copy of its own: the callee owns it. */
	void	(*rx)(void *arg, uint32_t id, const struct sock_rx *, int fd);
	void	(*tx)(void *arg, uint32_t id, const struct sock_tx *, int fd);
	/* Comes after the sockets that it names. */
	void	(*use)(void *arg, uint32_t inst, const struct sock_use *);
	/* Comes after the last use that named it was taken back. */
	void	(*gone)(void *arg, uint32_t id);
};

struct socks *sock_new(struct event_base *, struct netlinkd *,
	    const struct sock_ops *, void *arg);
void	 sock_free(struct socks *);	/* closes all; calls nothing */

/*
 * Stages a configuration: has its interfaces watched (netlinkd_watch) and
 * opens what is new; nothing is told and nothing closed yet. conf must live
 * until sock_abort, or after sock_commit until the next sock_commit. A socket
 * that cannot be opened is a fault of its instances, not an error.
 * 0, or -1 without memory (nothing staged).
 */
int	 sock_conf(struct socks *, const struct conf *);
/* Tells the new sockets, then a use for every instance, then what is gone.
 * Call it beside sending CONF_COMMIT. */
void	 sock_commit(struct socks *);
/* Closes what sock_conf opened. */
void	 sock_abort(struct socks *);

/* The interface has changed: opens, closes and tells what follows from it,
 * changed uses only. Call it before LINK is sent. */
void	 sock_link(struct socks *, uint32_t slot);
/* Opens what could not be opened before, once a second; to be called often. */
void	 sock_retry(struct socks *, int64_t now_us);
/* Tells a new engine everything: all sockets, then all uses. */
void	 sock_resend_all(struct socks *);
/* Looks at all of them anew. */
void	 sock_links(struct socks *);

#endif /* SOCK_H */
