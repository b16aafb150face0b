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
 * The heap of deadlines.
 */

#include <stdlib.h>

#include "heap.h"

static void	 heap_place(struct heap *, size_t, struct heap_node *);
static void	 heap_up(struct heap *, size_t, struct heap_node *);
static void	 heap_down(struct heap *, size_t, struct heap_node *);
static void	 heap_walk_from(const struct heap *, size_t, int64_t, heap_fn,
		    void *);

int
heap_reserve(struct heap *h, size_t cnt)
{
	struct heap_node	**v;

	if (cnt <= h->cap)
		return (0);
	v = reallocarray(h->v, cnt, sizeof(*v));
	if (v == NULL)
		return (-1);
	h->v = v;
	h->cap = cnt;
	return (0);
}

void
heap_clear(struct heap *h)
{
	size_t	 i;

	for (i = 0; i < h->cnt; i++) {
		h->v[i]->pos = 0;
		h->v[i]->due_us = HEAP_NEVER;
	}
	free(h->v);
	h->v = NULL;
	h->cnt = h->cap = 0;
}

void
heap_set(struct heap *h, struct heap_node *n, int64_t due_us)
{
	struct heap_node	*last;
	size_t			 pos;

	pos = n->pos;
	if (due_us == HEAP_NEVER) {
		n->due_us = HEAP_NEVER;
		if (pos == 0)
			return;
		n->pos = 0;
		last = h->v[--h->cnt];
		if (last != n) {
			heap_up(h, pos, last);
			heap_down(h, last->pos, last);
		}
		return;
	}
	n->due_us = due_us;
	if (pos == 0)
		pos = ++h->cnt;
	heap_up(h, pos, n);
	heap_down(h, n->pos, n);
}

int64_t
heap_due(const struct heap *h)
{
	return (h->cnt == 0 ? HEAP_NEVER : h->v[0]->due_us);
}

void
heap_walk(const struct heap *h, int64_t upto_us, heap_fn fn, void *arg)
{
	heap_walk_from(h, 1, upto_us, fn, arg);
}

static void
heap_place(struct heap *h, size_t pos, struct heap_node *n)
{
	h->v[pos - 1] = n;
	n->pos = pos;
}

static void
heap_up(struct heap *h, size_t pos, struct heap_node *n)
{
	while (pos > 1 && h->v[pos / 2 - 1]->due_us > n->due_us) {
		heap_place(h, pos, h->v[pos / 2 - 1]);
		pos /= 2;
	}
	heap_place(h, pos, n);
}

static void
heap_down(struct heap *h, size_t pos, struct heap_node *n)
{
	size_t	 child;

	while ((child = pos * 2) <= h->cnt) {
		if (child < h->cnt &&
		    h->v[child]->due_us < h->v[child - 1]->due_us)
			child++;
		if (h->v[child - 1]->due_us >= n->due_us)
			break;
		heap_place(h, pos, h->v[child - 1]);
		pos = child;
	}
	heap_place(h, pos, n);
}

/* As deep as the heap is high: some thirteen calls for 4,096 nodes. */
static void
heap_walk_from(const struct heap *h, size_t pos, int64_t upto_us, heap_fn fn,
    void *arg)
{
	if (pos > h->cnt || h->v[pos - 1]->due_us > upto_us)
		return;
	fn(arg, h->v[pos - 1]);
	heap_walk_from(h, pos * 2, upto_us, fn, arg);
	heap_walk_from(h, pos * 2 + 1, upto_us, fn, arg);
}
