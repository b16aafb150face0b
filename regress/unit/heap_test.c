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
 * The heap of deadlines, against a plain array.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../vrrpe/heap.h"

#define CNT	200
#define ROUNDS	20000

struct walk {
	const struct heap_node	*nodes;
	int			 seen[CNT];
	int			 cnt;
};

static void	 test_empty(void **);
static void	 test_order(void **);
static void	 test_random(void **);
static void	 test_walk(void **);
static void	 test_clear(void **);
static uint32_t	 draw(uint32_t *);
static void	 note(void *, struct heap_node *);

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_clear)
	};

	return (cmocka_run_group_tests_name("heap", tests, NULL, NULL));
}

static void
test_empty(void **arg)
{
	struct heap		 h = { NULL, 0, 0 };
	struct heap_node	 n = { HEAP_NEVER, 0 };

	assert_true(heap_due(&h) == HEAP_NEVER);
	assert_int_equal(heap_reserve(&h, 1), 0);
	heap_set(&h, &n, HEAP_NEVER);
	assert_int_equal(h.cnt, 0);
	heap_set(&h, &n, 7);
	assert_int_equal(heap_due(&h), 7);
	heap_set(&h, &n, HEAP_NEVER);
	assert_true(heap_due(&h) == HEAP_NEVER);
	assert_int_equal(n.pos, 0);
	heap_clear(&h);
}

static void
test_order(void **arg)
{
	struct heap		 h = { NULL, 0, 0 };
	struct heap_node	 nodes[CNT];
	int64_t			 last = -1;
	int			 i;

	memset(nodes, 0, sizeof(nodes));
	assert_int_equal(heap_reserve(&h, CNT), 0);
	for (i = 0; i < CNT; i++)
		heap_set(&h, &nodes[i], (i * 7919) % CNT);
	for (i = 0; i < CNT; i++) {
		assert_true(heap_due(&h) >= last);
		last = heap_due(&h);
		heap_set(&h, h.v[0], HEAP_NEVER);
	}
	assert_int_equal(h.cnt, 0);
	heap_clear(&h);
}

/* Adds, moves and removes; the least is always the array's least. */
static void
test_random(void **arg)
{
	struct heap		 h = { NULL, 0, 0 };
	struct heap_node	 nodes[CNT];
	int64_t			 due, least;
	uint32_t		 seed = 1;
	int			 i, k;

	memset(nodes, 0, sizeof(nodes));
	for (i = 0; i < CNT; i++)
		nodes[i].due_us = HEAP_NEVER;
	assert_int_equal(heap_reserve(&h, CNT), 0);
	for (i = 0; i < ROUNDS; i++) {
		k = (int)(draw(&seed) % CNT);
		due = draw(&seed) % 4 == 0 ? HEAP_NEVER :
		    (int64_t)(draw(&seed) % 1000);
		heap_set(&h, &nodes[k], due);
		least = HEAP_NEVER;
		for (k = 0; k < CNT; k++) {
			if (nodes[k].due_us < least)
				least = nodes[k].due_us;
			assert_int_equal(nodes[k].pos == 0,
			    nodes[k].due_us == HEAP_NEVER);
			if (nodes[k].pos != 0)
				assert_ptr_equal(h.v[nodes[k].pos - 1],
				    &nodes[k]);
		}
		assert_true(heap_due(&h) == least);
	}
	heap_clear(&h);
}

static void
test_walk(void **arg)
{
	struct heap		 h = { NULL, 0, 0 };
	struct heap_node	 nodes[CNT];
	struct walk		 w;
	int			 i;

	memset(nodes, 0, sizeof(nodes));
	memset(&w, 0, sizeof(w));
	w.nodes = nodes;
	assert_int_equal(heap_reserve(&h, CNT), 0);
	for (i = 0; i < CNT; i++)
		heap_set(&h, &nodes[i], (i * 7919) % CNT);
	heap_walk(&h, 41, note, &w);
	assert_int_equal(w.cnt, 42);
	for (i = 0; i < CNT; i++)
		assert_int_equal(w.seen[i], nodes[i].due_us <= 41);
	heap_clear(&h);
}

static void
test_clear(void **arg)
{
	struct heap		 h = { NULL, 0, 0 };
	struct heap_node	 nodes[3];
	int			 i;

	memset(nodes, 0, sizeof(nodes));
	assert_int_equal(heap_reserve(&h, 3), 0);
	for (i = 0; i < 3; i++)
		heap_set(&h, &nodes[i], i);
	heap_clear(&h);
	for (i = 0; i < 3; i++)
		assert_int_equal(nodes[i].pos, 0);
	assert_int_equal(heap_reserve(&h, 3), 0);
	heap_set(&h, &nodes[1], 5);
	assert_int_equal(heap_due(&h), 5);
	heap_clear(&h);
}

static uint32_t
draw(uint32_t *seed)
{
	*seed = *seed * 1103515245U + 12345U;
	return (*seed >> 8);
}

static void
note(void *arg, struct heap_node *n)
{
	struct walk	*w = arg;

	w->seen[n - w->nodes] = 1;
	w->cnt++;
}
