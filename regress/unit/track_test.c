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

/* Effective priority and fault set. */

#include <sys/types.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../vrrpe/track.h"

/* An interface as it should be, so that only the items matter. */
static const struct trk_facts	 fine = {
	.enabled = true, .if_exists = true, .if_up = true,
	.has_source = true, .has_socket = true
};

static struct trk_out
compute(uint8_t base, const struct trk_item *items, size_t cnt)
{
	struct trk_out	 out;
	struct trk_in	 in;

	memset(&in, 0, sizeof(in));
	in.base = base;
	in.facts = fine;
	in.items = items;
	in.item_cnt = cnt;
	trk_compute(&in, &out);
	return (out);
}

static struct trk_item
item(enum trk_kind kind, enum trk_status status, int weight, bool reverse)
{
	struct trk_item	 it;

	memset(&it, 0, sizeof(it));
	it.kind = kind;
	it.status = status;
	it.weight = weight;
	it.reverse = reverse;
	return (it);
}

/* One object and base 100: the effective priority. */
static int
one(enum trk_kind kind, enum trk_status status, int weight, bool reverse)
{
	struct trk_item	 it = item(kind, status, weight, reverse);
	struct trk_out	 out;

	out = compute(100, &it, 1);
	assert_int_equal(out.faults, 0);
	return (out.prio);
}

/* The same without weight: the faults. */
static uint32_t
faults(enum trk_kind kind, enum trk_status status, bool reverse)
{
	struct trk_item	 it = item(kind, status, 0, reverse);
	struct trk_out	 out;

	out = compute(100, &it, 1);
	assert_int_equal(out.prio, 100);
	return (out.faults);
}

static void
test_weight(void **arg)
{
	static const enum trk_kind	 kinds[] = { TRK_SCRIPT,
		TRK_INTERFACE, TRK_PROCESS };
	size_t				 i;

	for (i = 0; i < 3; i++) {
		/* positive: added while good */
		assert_int_equal(one(kinds[i], TRK_GOOD, 30, false), 130);
		assert_int_equal(one(kinds[i], TRK_BAD, 30, false), 100);
		/* negative: subtracted while bad */
		assert_int_equal(one(kinds[i], TRK_GOOD, -30, false), 100);
		assert_int_equal(one(kinds[i], TRK_BAD, -30, false), 70);
		/* reverse flips what is added, not when */
		assert_int_equal(one(kinds[i], TRK_GOOD, 30, true), 70);
		assert_int_equal(one(kinds[i], TRK_BAD, 30, true), 100);
		assert_int_equal(one(kinds[i], TRK_GOOD, -30, true), 100);
		assert_int_equal(one(kinds[i], TRK_BAD, -30, true), 130);
	}
}

/* A script without a result adds nothing; an unseen interface is down. */
static void
test_unknown(void **arg)
{
	assert_int_equal(one(TRK_SCRIPT, TRK_UNKNOWN, 30, false), 100);
	assert_int_equal(one(TRK_SCRIPT, TRK_UNKNOWN, -30, false), 100);
	assert_int_equal(one(TRK_PROCESS, TRK_UNKNOWN, -30, false), 100);
	assert_int_equal(one(TRK_INTERFACE, TRK_UNKNOWN, 30, false), 100);
	assert_int_equal(one(TRK_INTERFACE, TRK_UNKNOWN, -30, false), 70);
}

static void
test_no_weight(void **arg)
{
	assert_int_equal(faults(TRK_SCRIPT, TRK_GOOD, false), 0);
	assert_int_equal(faults(TRK_SCRIPT, TRK_BAD, false), TRK_F_SCRIPT);
	assert_int_equal(faults(TRK_SCRIPT, TRK_UNKNOWN, false),
	    TRK_F_SCRIPT_WAIT);
	assert_int_equal(faults(TRK_SCRIPT, TRK_GOOD, true), TRK_F_SCRIPT);
	assert_int_equal(faults(TRK_SCRIPT, TRK_BAD, true), 0);
	assert_int_equal(faults(TRK_SCRIPT, TRK_UNKNOWN, true),
	    TRK_F_SCRIPT_WAIT);
	assert_int_equal(faults(TRK_INTERFACE, TRK_GOOD, false), 0);
	assert_int_equal(faults(TRK_INTERFACE, TRK_BAD, false),
	    TRK_F_TRACK_IF);
	assert_int_equal(faults(TRK_INTERFACE, TRK_UNKNOWN, false),
	    TRK_F_TRACK_IF);
	assert_int_equal(faults(TRK_INTERFACE, TRK_GOOD, true),
	    TRK_F_TRACK_IF);
	assert_int_equal(faults(TRK_INTERFACE, TRK_BAD, true), 0);
	assert_int_equal(faults(TRK_PROCESS, TRK_BAD, false), TRK_F_PROCESS);
	assert_int_equal(faults(TRK_PROCESS, TRK_BAD, true), 0);
	assert_int_equal(faults(TRK_PROCESS, TRK_GOOD, true), TRK_F_PROCESS);
	assert_int_equal(faults(TRK_PROCESS, TRK_UNKNOWN, false),
	    TRK_F_OBJECT_WAIT);
	/* what the machine is told to keep quiet about */
	assert_int_equal(TRK_F_QUIET, TRK_F_SCRIPT_WAIT | TRK_F_OBJECT_WAIT |
	    TRK_F_GROUP_WAIT);
}

static int
file(int32_t value, int weight, bool reverse, uint32_t *fault)
{
	struct trk_item	 it = item(TRK_FILE, TRK_GOOD, weight, reverse);

	it.value = value;
	return (trk_item_weight(&it, fault));
}

static void
test_file(void **arg)
{
	struct trk_item	 it;
	uint32_t	 fault;

	assert_int_equal(file(10, 1, false, &fault), 10);
	assert_int_equal(file(10, 2, false, &fault), 20);
	assert_int_equal(file(10, -2, false, &fault), -20);
	assert_int_equal(file(10, 2, true, &fault), -20);
	assert_int_equal(file(-10, 2, true, &fault), 20);
	assert_int_equal(file(300, 1, false, &fault), 253);
	assert_int_equal(fault, 0);
	assert_int_equal(file(253, -1, false, &fault), -253);
	assert_int_equal(fault, 0);
	assert_int_equal(file(254, -1, false, &fault), -254);
	assert_int_equal(fault, TRK_F_FILE);
	assert_int_equal(file(INT32_MIN, 254, false, &fault), -254);
	assert_int_equal(fault, TRK_F_FILE);
	assert_int_equal(file(INT32_MIN, -254, false, &fault), 253);
	assert_int_equal(file(0, 0, false, &fault), 0);
	assert_int_equal(fault, 0);
	assert_int_equal(file(-1, 0, true, &fault), 0);
	assert_int_equal(fault, TRK_F_FILE);
	/* 32 bits times a weight, whatever it comes to */
	assert_int_equal(file(INT32_MAX, 254, false, &fault), 253);
	assert_int_equal(file(INT32_MAX, 254, true, &fault), -254);
	assert_int_equal(fault, TRK_F_FILE);
	assert_int_equal(file(-127, 2, false, &fault), -254);
	assert_int_equal(fault, TRK_F_FILE);
	assert_int_equal(file(-126, 2, false, &fault), -252);
	assert_int_equal(fault, 0);
	/* nobody has looked yet: with or without weight it may be a fault */
	it = item(TRK_FILE, TRK_UNKNOWN, 0, false);
	it.value = 5;
	assert_int_equal(trk_item_weight(&it, &fault), 0);
	assert_int_equal(fault, TRK_F_OBJECT_WAIT);
	it.weight = 1;
	assert_int_equal(trk_item_weight(&it, &fault), 0);
	assert_int_equal(fault, TRK_F_OBJECT_WAIT);
}

/* Each file's product is limited, their sum is not. */
static void
test_files(void **arg)
{
	struct trk_item	 items[3];
	struct trk_out	 out;

	items[0] = item(TRK_FILE, TRK_GOOD, 1, false);
	items[0].value = 1000;
	items[1] = item(TRK_FILE, TRK_GOOD, -1, false);
	items[1].value = 200;
	items[2] = item(TRK_PROCESS, TRK_BAD, -254, false);
	out = compute(100, items, 2);
	assert_int_equal(out.total, 153);
	assert_int_equal(out.faults, 0);
	out = compute(100, items, 3);
	assert_int_equal(out.total, -101);
	assert_int_equal(out.prio, 1);
	assert_int_equal(out.faults, 0);
	items[1].value = 254;
	out = compute(255, items, 2);
	assert_int_equal(out.prio, 255);
	assert_int_equal(out.faults, TRK_F_FILE);
}

/* The sum is not clamped on the way, only the result. */
static void
test_sum(void **arg)
{
	struct trk_item	 items[3];
	struct trk_out	 out;

	items[0] = item(TRK_SCRIPT, TRK_BAD, -80, false);
	items[1] = item(TRK_SCRIPT, TRK_BAD, -80, false);
	items[2] = item(TRK_SCRIPT, TRK_GOOD, 100, false);
	out = compute(100, items, 3);
	assert_int_equal(out.total, 40);
	assert_int_equal(out.prio, 40);
	out = compute(100, items, 2);
	assert_int_equal(out.total, -60);
	assert_int_equal(out.prio, 1);
	/* one of two is good again */
	items[0].status = TRK_GOOD;
	out = compute(100, items, 2);
	assert_int_equal(out.prio, 20);
	out = compute(200, items + 2, 1);
	assert_int_equal(out.total, 300);
	assert_int_equal(out.prio, 254);
	items[0] = item(TRK_SCRIPT, TRK_BAD, -200, false);
	out = compute(100, items, 1);
	assert_int_equal(out.prio, 1);
	/* an owner stays one, and nobody becomes one */
	out = compute(255, items, 1);
	assert_int_equal(out.total, 55);
	assert_int_equal(out.prio, 255);
	items[0] = item(TRK_SCRIPT, TRK_GOOD, 1, false);
	out = compute(254, items, 1);
	assert_int_equal(out.prio, 254);
	out = compute(1, NULL, 0);
	assert_int_equal(out.prio, 1);
	assert_int_equal(out.faults, 0);
}

static uint32_t
fact(void (*change)(struct trk_facts *))
{
	struct trk_out	 out;
	struct trk_in	 in;

	memset(&in, 0, sizeof(in));
	in.base = 100;
	in.facts = fine;
	change(&in.facts);
	trk_compute(&in, &out);
	return (out.faults);
}

static void
nothing_known(struct trk_facts *f)
{
	memset(f, 0, sizeof(*f));
}

static void
off(struct trk_facts *f)
{
	f->enabled = false;
}

static void
down(struct trk_facts *f)
{
	f->if_up = false;
}

static void
down_ignored(struct trk_facts *f)
{
	f->if_up = false;
	f->if_ignore = true;
}

static void
no_source(struct trk_facts *f)
{
	f->has_source = f->has_socket = false;
}

static void
tentative(struct trk_facts *f)
{
	f->tentative = true;
	f->has_socket = false;
}

static void
no_socket(struct trk_facts *f)
{
	f->has_socket = false;
}

static void
no_socket_down(struct trk_facts *f)
{
	f->has_socket = f->if_up = false;
}

static void
no_socket_ignored(struct trk_facts *f)
{
	no_socket_down(f);
	f->if_ignore = true;
}

static void
port(struct trk_facts *f)
{
	f->port = true;
	f->has_socket = false;
}

static void
no_carrier(struct trk_facts *f)
{
	f->if_up = f->has_socket = false;
	f->no_carrier = true;
}

static void
others(struct trk_facts *f)
{
	f->vip_failed = f->group_fault = true;
}

static void
no_parent(struct trk_facts *f)
{
	f->no_parent = true;
}

static void
no_peer(struct trk_facts *f)
{
	f->no_peer = true;
	f->has_socket = false;
}

static void
test_facts(void **arg)
{
	assert_int_equal(fact(nothing_known), TRK_F_OFF | TRK_F_IF_MISSING);
	assert_int_equal(fact(off), TRK_F_OFF);
	assert_int_equal(fact(down), TRK_F_IF_DOWN);
	assert_int_equal(fact(no_carrier), TRK_F_NO_CARRIER);
	assert_int_equal(fact(down_ignored), 0);
	assert_int_equal(fact(no_source), TRK_F_NO_SOURCE);
	assert_int_equal(fact(tentative), TRK_F_TENTATIVE);
	assert_int_equal(fact(no_socket), TRK_F_NO_SOCKET);
	assert_int_equal(fact(no_socket_down), TRK_F_IF_DOWN);
	assert_int_equal(fact(no_socket_ignored), TRK_F_NO_SOCKET);
	assert_int_equal(fact(port), TRK_F_PORT);
	assert_int_equal(fact(others), TRK_F_VIP | TRK_F_GROUP);
	assert_int_equal(fact(no_parent), TRK_F_PARENT);
	assert_int_equal(fact(no_peer), TRK_F_NO_PEER);
}

static void
test_diff(void **arg)
{
	struct trk_out	 a = { 100, 100, 0 }, b = a;

	assert_int_equal(trk_diff(&a, &b), 0);
	b.prio = 90;
	assert_int_equal(trk_diff(&a, &b), TRK_D_PRIO);
	b.faults = TRK_F_SCRIPT;
	assert_int_equal(trk_diff(&a, &b), TRK_D_PRIO | TRK_D_DOWN);
	assert_int_equal(trk_diff(&b, &a), TRK_D_PRIO | TRK_D_UP);
	a = b;
	b.faults |= TRK_F_IF_DOWN;
	assert_int_equal(trk_diff(&a, &b), TRK_D_DOWN);
	assert_int_equal(trk_diff(&b, &a), TRK_D_DOWN);
}

static void
test_texts(void **arg)
{
	int	 i;

	for (i = 0; i < TRK_F_CNT; i++)
		assert_string_not_equal(trk_fault_text(1U << i), "?");
	assert_string_equal(trk_fault_text(1U << TRK_F_CNT), "?");
	assert_string_equal(trk_fault_text(3), "?");
	assert_string_equal(trk_fault_text(0), "?");
	assert_string_equal(trk_fault_text(TRK_F_IF_DOWN), "interface is down");
	assert_string_equal(trk_fault_text(TRK_F_NO_CARRIER), "no carrier");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_weight),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_no_weight),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_texts)
	};

	return (cmocka_run_group_tests_name("track", tests, NULL, NULL));
}
