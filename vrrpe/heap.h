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
 * A min-heap of deadlines whose nodes are embedded in their objects. Pure.
 * Runs in: vrrpe.
 */

#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>
#include <stdint.h>

#define HEAP_NEVER	INT64_MAX	/* such a node is not in the heap */

struct heap_node {
	int64_t	 due_us;
	size_t	 pos;		/* from 1; 0: not in the heap */
};

struct heap {
	struct heap_node	**v;	/* v[0] is position 1 */
	size_t			 cnt;
	size_t			 cap;
};

/* Called for a node; the heap must not be changed meanwhile. */
typedef void (*heap_fn)(void *arg, struct heap_node *);

/* Room for cnt nodes, so that heap_set() cannot fail. 0, or -1 (ENOMEM). */
int	 heap_reserve(struct heap *, size_t cnt);
void	 heap_clear(struct heap *);
/* Adds, moves or (HEAP_NEVER) removes the node. */
void	 heap_set(struct heap *, struct heap_node *, int64_t due_us);
/* The earliest deadline, HEAP_NEVER when there is none. */
int64_t	 heap_due(const struct heap *);
/* Every node that is due at that time, in no order; costs only those. */
void	 heap_walk(const struct heap *, int64_t upto_us, heap_fn, void *);

#endif /* HEAP_H */
