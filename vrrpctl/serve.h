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
 * The HTTP server: serve.c starts and confines it, http.c speaks to browsers
 * and the like. Runs in: vrrpctl-serve.
 */

#ifndef SERVE_H
#define SERVE_H

#include <sys/queue.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "asker.h"
#include "snap.h"

struct evconnlistener;
struct evhttp;
struct visit;
struct wait;

struct server {
	struct event_base	*base;
	struct evhttp		*http;
	struct evconnlistener	*listener;
	struct asker		 asker;
	struct event		 ev_answer;	/* of the daemon */
	struct event		 ev_due;
	struct event		 ev_sweep;	/* of connections */
	LIST_HEAD(, visit)	 visits;	/* connections, latest first */
	unsigned int		 visit_cnt;
	TAILQ_HEAD(, wait)	 waiting;	/* for what is asked now */
	bool			 failing;	/* the daemon, as logged */
	char			 own[HOST_NAME_MAX + 1];
	const char		*names;		/* others, "NAME,NAME" */
};

/* serve.c */
/* Answers who waited, or goes on waiting. */
void	 serve_ask(struct server *);

/* host.c: the names, in a list with commas or ""; it is not copied. */
void	 host_init(struct server *, const char *names);
/* Whether a request may call us so; NULL: it does not say. */
bool	 host_is_ours(const struct server *, const char *host);

/* http.c: takes the listening socket; 0 or -1 with errno. */
int	 http_begin(struct server *, int fd);
void	 http_answer(struct server *);	/* all that wait */
void	 http_end(struct server *);

#endif /* SERVE_H */
