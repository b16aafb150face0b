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
 * Gratuitous ARP and unsolicited neighbour advertisements: when they are
 * sent. What they look like is frames.c, the packet socket is annsock.c.
 * Runs in: parent.
 */

#ifndef ANNOUNCE_H
#define ANNOUNCE_H

#include <event2/event.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"
#include "payload.h"

struct netlinkd;
struct ann;

/* Opens the packet socket. NULL with errno and a log line. */
struct ann *ann_new(struct event_base *, const struct netlinkd *);
void	 ann_free(struct ann *);

/*
 * Follows a configuration; instances that are announcing go on with their
 * new settings, those that are gone stop. conf must live until the next call.
 * 0, or -1 without memory (nothing changed).
 */
int	 ann_conf(struct ann *, const struct conf *);

/*
 * These addresses of the instance have just been put on (netlinkd's
 * installed): announces them at once, the repeats right after, all addresses
 * again after garp_master_delay, and starts the refresh. The instance's first
 * call makes it active. Unknown instances and addresses are ignored.
 */
void	 ann_installed(struct ann *, uint32_t inst,
	    const struct conf_vip *const *, size_t cnt);
/* All addresses of an active instance again, by the rules of the cause; at
 * most ten times a second for each instance, after ANN_RIVAL less often the
 * longer it goes on. */
void	 ann_again(struct ann *, uint32_t inst, enum announce_cause);
/* Not MASTER any more: drops what is queued, stops every timer. */
void	 ann_stop(struct ann *, uint32_t inst);
/* Frames sent for the instance so far (kept over ann_stop and ann_conf). */
uint64_t ann_count(const struct ann *, uint32_t inst);
/* Frames that are queued, of all instances; looks at every address. */
uint64_t ann_pending(struct ann *);

/* What the schedule needs from outside; ann_new makes its own. */
struct ann_ops {
	int64_t	(*now)(void *arg);		/* CLOCK_MONOTONIC */
	bool	(*link)(void *arg, uint32_t slot, struct link_info *);
	int	(*send)(void *arg, uint32_t ifindex, const void *, size_t);
	void	(*wake)(void *arg, int64_t at_us);	/* INT64_MAX: never */
	void	(*close)(void *arg);		/* arg is not used again */
};
struct ann *ann_new_ops(const struct ann_ops *, void *arg);
/* Serves everything that is due; asks for the next wake. */
void	 ann_run(struct ann *);

#endif /* ANNOUNCE_H */
