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

/* One simulated world: a network and the bounds that it has to keep. */

#ifndef WORLD_H
#define WORLD_H

#include "net.h"

/* A network with what its bounds are made of. */
struct world {
	struct net	 net;
	int64_t		 int_us;	/* largest interval */
	int64_t		 min_us;	/* smallest interval */
	int64_t		 settle_us;	/* then all must be decided */
	bool		 preempt;	/* all of them, without delay */
	bool		 nopreempt;	/* all of them */
	bool		 same_int;
};

struct scenario {
	const char	*name;
	void		(*run)(struct world *);
};

/* scenario.c: the disturbances; NULL name at the end. */
extern const struct scenario scenarios[];

/* sim.c: one master in that part, and the right one. */
void	 world_check(struct world *, int part, const char *when);
/* The same after the time in which all must be decided. */
void	 world_settle(struct world *, const char *when);

#endif /* WORLD_H */
