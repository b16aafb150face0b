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
 * All that the daemon tells, gathered at one time. Runs in: vrrpctl,
 * vrrpctl-serve, vrrpctl-top.
 */

#ifndef SNAP_H
#define SNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "ctl.h"

struct snap_rows {
	void	*row;
	size_t	 cnt;
	size_t	 cap;
};

struct snap_inst {
	struct ctl_inst		 inst;
	struct ctl_detail	 detail;
	struct snap_rows	 vips;		/* struct ctl_vip */
	struct snap_rows	 tracks;	/* struct ctl_track */
	struct snap_rows	 counters;	/* struct ctl_counter */
};

struct snap {
	struct ctl_daemon	 daemon;
	struct snap_rows	 counters;	/* struct ctl_counter */
	struct snap_rows	 insts;		/* struct snap_inst */
	struct snap_rows	 scripts;	/* struct ctl_script */
	struct snap_rows	 groups;	/* struct ctl_group */
	struct snap_rows	 events;	/* struct ctl_event */
	size_t			 rows;		/* that came in all */
};

/*
 * Asks for everything over a connection of its own; limit_us is for all of
 * it. history: the events, too, if the daemon has not been asked for them too
 * often. What was in *s is freed before; after a failure (error) it is empty.
 */
enum client_status snap_ask(struct snap *s, const char *path, bool history,
	    int64_t limit_us, char *error, size_t size);
/* Takes one message of an answer; *end: it was the last one. */
enum client_status snap_take(struct snap *s, struct client *c,
	    const struct imsg *, bool *end);
void	 snap_free(struct snap *s);
/* NULL if there is no instance of that name. */
const struct snap_inst *snap_find(const struct snap *, const char *name);
/* 0 if there is no such counter. */
uint64_t snap_counter(const struct snap_rows *, const char *name);
/* Whether "show instance" does not tell it. */
bool	 snap_for_metrics(const struct ctl_counter *);

#define SNAP_EACH(var, rows)						\
	for ((var) = (rows)->row; (var) != NULL && (size_t)((var) -	\
	    (__typeof__(var))(rows)->row) < (rows)->cnt; (var)++)

#endif /* SNAP_H */
