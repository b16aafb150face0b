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

/* The connection to vrrpe. Runs in: vrrpctl, vrrpctl-serve, vrrpctl-top. */

#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "imsg.h"
#include "msg.h"

#define CLIENT_SHOW_US	(5 * US_PER_SEC)
#define CLIENT_PROBE_US	(2 * US_PER_SEC)
#define CLIENT_LONG_US	(30 * US_PER_SEC)
#define CLIENT_WATCH_US	(25 * US_PER_SEC)	/* more than it says nothing */

/* Exit status of vrrpctl, too. */
enum client_status {
	CLIENT_OK = 0,
	CLIENT_REFUSED = 1,	/* or failed on the way */
	CLIENT_USAGE = 2,
	CLIENT_NOBODY = 3	/* no daemon, or one that does not answer */
};

struct client {
	struct imsgbuf	 ibuf;
	const char	*path;
	int64_t		 limit_us;	/* to connect, and to be greeted */
	char		 error[1024];	/* one line, after a failure */
};

/*
 * Connects and greets. path NULL: the control socket or, if that is not
 * allowed and reading is enough, the status socket.
 */
enum client_status client_open(struct client *, const char *path,
	    bool reading, int64_t limit_us);
/*
 * The same without waiting: CLIENT_OK when the greeting is on its way, with
 * *busy set instead when nobody can be reached at the moment. What comes
 * first is for client_greeted().
 */
enum client_status client_start(struct client *, const char *path,
	    bool reading, bool *busy);
enum client_status client_greeted(struct client *, const struct imsg *);
/* What is there now; *none is set when it is nothing. */
enum client_status client_next(struct client *, struct imsg *, bool *none);
void	 client_close(struct client *);
/* m NULL: empty. */
enum client_status client_send(struct client *, uint16_t type,
	    const struct msg *m);
/* The next message; silent_us: how long the daemon may say nothing. */
enum client_status client_read(struct client *, struct imsg *,
	    int64_t silent_us);

#endif /* CLIENT_H */
