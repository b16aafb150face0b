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
 * Asks the daemon for everything without waiting for it, again and again, for
 * programs that have other things to do. Runs in: vrrpctl-serve, vrrpctl-top.
 */

#ifndef ASKER_H
#define ASKER_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "snap.h"

struct asker {
	/* What came last, in whole. After a failure: empty. */
	struct snap		 snap;
	enum client_status	 status;	/* of the last time */
	char			 error[1024];	/* one line, or "" */
	int64_t			 at_us;		/* when it ended; 0: never */
	int64_t			 took_us;
	bool			 running;
	/* The rest is asker.c's own. */
	const char		*path;
	struct client		 c;
	struct snap		 next;
	unsigned int		 step;
	int64_t			 begun_us;
	int64_t			 limit_us;
	int64_t			 history_us;	/* when it was asked for */
};

/* path as for client_open(); limit_us is for one time in all. */
void	 asker_init(struct asker *, const char *path, int64_t limit_us);
/* Begins to ask, unless it does already. */
void	 asker_begin(struct asker *, int64_t now_us);
/* Goes on; to be called when the descriptor is readable and when the time of
 * asker_due_us() has come. */
void	 asker_work(struct asker *, int64_t now_us);
/* Closes and frees what there is. */
void	 asker_end(struct asker *);
/* To be read from; -1: there is none now. */
int	 asker_fd(const struct asker *);
int64_t	 asker_due_us(const struct asker *, int64_t now_us);

#endif /* ASKER_H */
