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
 * The schedule of announcements, with a clock and a wire of its own.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../parent/announce.h"
#include "../../parent/frames.h"

#define START_US	(100 * US_PER_SEC)
#define FRAMES_MAX	20000
#define MS(x)		((x) * US_PER_MS)

struct frame {
	int64_t		 at_us;		/* after START_US */
	uint32_t	 ifindex;
	uint8_t		 last;		/* byte of the address */
	uint8_t		 family;
};

static struct frame	 frames[FRAMES_MAX];
static uint32_t		 frame_cnt;
static int64_t		 now_us, wake_us;
static uint32_t		 link_flags;
static bool		 broken;
static struct ann	*ann;
static struct conf	*conf;

static int64_t
now(void *arg)
{
	return (now_us);
}

static bool
link_of(void *arg, uint32_t slot, struct link_info *info)
{
	memset(info, 0, sizeof(*info));
	info->flags = link_flags;
	info->ifindex = 100 + slot;
	info->mac[0] = 2;
	return (true);
}

static int
send_frame(void *arg, uint32_t ifindex, const void *frame, size_t len)
{
	const uint8_t	*bytes = frame;
	struct frame	*f;

	if (broken)
		return (-1);
	assert_in_range(frame_cnt, 0, FRAMES_MAX - 1);
	f = &frames[frame_cnt++];
	f->at_us = now_us - START_US;
	f->ifindex = ifindex;
	f->family = len == FRAME_ARP_LEN ? AF_INET : AF_INET6;
	f->last = len == FRAME_ARP_LEN ? bytes[41] : bytes[37];
	return (0);
}

static void
wake(void *arg, int64_t at_us)
{
	wake_us = at_us;
}

static void
closed(void *arg)
{
}

static const struct ann_ops ops = { now, link_of, send_frame, wake, closed };

/* Lets the time go by, timers as they come. */
static void
advance(int64_t us)
{
	const int64_t	 end_us = now_us + us;
	int		 turns;

	for (turns = 0; wake_us <= end_us; turns++) {
		assert_in_range(turns, 0, 100000);
		if (wake_us > now_us)
			now_us = wake_us;
		ann_run(ann);
	}
	now_us = end_us;
}

static struct conf_inst *
add_inst(struct conf *c, uint32_t id, uint32_t slot)
{
	struct conf_inst	*inst;

	inst = conf_inst_new();
	assert_non_null(inst);
	inst->id = id;
	inst->slot = slot;
	inst->garp_delay_s = 5;
	inst->garp_repeat = 5;
	inst->garp_refresh_s = 0;
	inst->garp_refresh_repeat = 1;
	inst->garp_lower_delay_s = 5;
	inst->garp_lower_repeat = 5;
	TAILQ_INSERT_TAIL(&c->insts, inst, entry);
	c->inst_cnt++;
	return (inst);
}

static struct conf_vip *
add_vip(struct conf *c, struct conf_inst *inst, const char *addr)
{
	struct conf_vip	*vip;

	vip = calloc(1, sizeof(*vip));
	assert_non_null(vip);
	assert_int_equal(vaddr_parse(&vip->addr, addr), 0);
	vip->slot = inst->slot;
	TAILQ_INSERT_TAIL(&inst->vips, vip, entry);
	c->vip_cnt++;
	return (vip);
}

static void
use_conf(struct conf *c)
{
	assert_int_equal(ann_conf(ann, c), 0);
	conf_free(conf);
	conf = c;
}

/* As netlinkd does it: in batches. */
static void
install(const struct conf_inst *inst, size_t batch)
{
	const struct conf_vip	*list[64], *vip;
	size_t			 cnt;

	cnt = 0;
	TAILQ_FOREACH(vip, &inst->vips, entry) {
		list[cnt++] = vip;
		if (cnt == batch || TAILQ_NEXT(vip, entry) == NULL) {
			ann_installed(ann, inst->id, list, cnt);
			cnt = 0;
		}
	}
}

static int
setup(void **state)
{
	frame_cnt = 0;
	now_us = START_US;
	wake_us = INT64_MAX;
	link_flags = LINK_F_EXISTS | LINK_F_UP | LINK_F_RUNNING;
	broken = false;
	ann = ann_new_ops(&ops, NULL);
	assert_non_null(ann);
	return (0);
}

static int
teardown(void **state)
{
	ann_free(ann);
	conf_free(conf);
	conf = NULL;
	return (0);
}

/* Checks that frames[i] is this. */
static void
expect(uint32_t i, uint8_t last, int64_t from_us, int64_t to_us)
{
	assert_true(i < frame_cnt);
	assert_int_equal(frames[i].last, last);
	assert_in_range(frames[i].at_us, from_us, to_us);
}

/* A rival that goes on for a minute: at once, then 1, 2, 4, 5, 5... s later;
 * after a calm minute at once again. */
static void
test_rival(void **state)
{
	static const int	 at_s[] = { 0, 1, 3, 7, 12, 17 };
	struct conf_inst	*inst;
	struct conf		*c;
	uint32_t		 i;

	c = conf_new();
	inst = add_inst(c, 1, 1);
	inst->garp_repeat = 1;
	inst->garp_delay_s = 0;
	add_vip(c, inst, "10.9.0.1");
	use_conf(c);
	ann_again(ann, 1, ANN_RIVAL);
	assert_int_equal(frame_cnt, 0);
	install(inst, 64);
	advance(MS(1000));
	now_us = START_US + 10 * US_PER_SEC;
	frame_cnt = 0;
	for (i = 0; i < 1980; i++) {
		ann_again(ann, 1, ANN_RIVAL);
		advance(MS(10));
	}
	assert_int_equal(frame_cnt, 6);
	for (i = 0; i < 6; i++)
		expect(i, 1, 10 * US_PER_SEC + MS(1000) * at_s[i],
		    10 * US_PER_SEC + MS(1000) * at_s[i] + MS(20));
	advance(MS(90000));
	assert_int_equal(frame_cnt, 7);
	ann_again(ann, 1, ANN_RIVAL);
	advance(MS(20));
	assert_int_equal(frame_cnt, 8);
	ann_again(ann, 1, ANN_RIVAL);
	ann_stop(ann, 1);
	advance(MS(9000));
	assert_int_equal(frame_cnt, 8);
}

/* Five rounds at once and five after five seconds, addresses in turn. */
static void
test_rounds(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	uint32_t		 i;

	c = conf_new();
	inst = add_inst(c, 1, 1);
	add_vip(c, inst, "10.9.0.1");
	add_vip(c, inst, "10.9.0.2");
	use_conf(c);
	advance(MS(100));
	assert_int_equal(frame_cnt, 0);
	now_us = START_US;
	assert_int_equal(ann_pending(ann), 0);
	install(inst, 64);
	assert_int_equal(frame_cnt, 2);
	assert_int_equal(ann_pending(ann), 8);
	advance(MS(4900));
	assert_int_equal(frame_cnt, 10);
	assert_int_equal(ann_pending(ann), 0);
	for (i = 0; i < 10; i++)
		expect(i, (uint8_t)(1 + i % 2), 0, MS(20));
	advance(MS(10000));
	assert_int_equal(frame_cnt, 20);
	for (i = 10; i < 20; i++)
		expect(i, (uint8_t)(1 + i % 2), MS(5000), MS(5020));
	assert_int_equal(ann_count(ann, 1), 20);
	assert_int_equal(ann_count(ann, 2), 0);
	assert_true(wake_us == INT64_MAX);
}

/* After a mass takeover every address goes out before any goes twice. */
static void
test_first_before_repeats(void **state)
{
	struct conf_inst	*one, *two;
	struct conf		*c;
	uint32_t		 i;
	char			 addr[32];

	c = conf_new();
	one = add_inst(c, 1, 1);
	two = add_inst(c, 2, 1);
	for (i = 1; i <= 200; i++) {
		(void)snprintf(addr, sizeof(addr), "10.9.0.%u", i);
		add_vip(c, i <= 100 ? one : two, addr);
	}
	use_conf(c);
	install(one, 30);
	now_us += MS(4);
	ann_run(ann);
	install(two, 30);
	assert_int_equal(frame_cnt, 200);
	for (i = 0; i < 200; i++)
		expect(i, (uint8_t)(i + 1), 0, MS(4));
	advance(MS(100));
	assert_int_equal(frame_cnt, 1000);
	for (i = 200; i < 1000; i++)
		assert_in_range(frames[i].at_us, MS(10), MS(30));
	/* Whole rounds. */
	for (i = 200; i < 400; i++)
		expect(i, (uint8_t)(i - 199), MS(10), MS(30));
}

static void
test_refresh(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	uint32_t		 i;

	c = conf_new();
	inst = add_inst(c, 1, 1);
	inst->garp_delay_s = 1;
	inst->garp_repeat = 2;
	inst->garp_refresh_s = 2;
	add_vip(c, inst, "10.9.0.1");
	use_conf(c);
	install(inst, 64);
	advance(MS(9100));
	assert_int_equal(frame_cnt, 8);
	expect(1, 1, 0, MS(20));
	expect(2, 1, MS(1000), MS(1000));
	expect(3, 1, MS(1000), MS(1020));
	for (i = 4; i < 8; i++)
		expect(i, 1, MS(3000 + 2000 * (i - 4)),
		    MS(3000 + 2000 * (i - 4)));
	/* After a freeze of a minute: one, not thirty. */
	now_us += MS(60000);
	ann_run(ann);
	assert_int_equal(frame_cnt, 9);
}

/* garp_extra_if: the first address on each interface but the own one. */
static void
test_extra(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	uint32_t		 i;

	c = conf_new();
	inst = add_inst(c, 1, 1);
	inst->garp_delay_s = 0;
	inst->garp_repeat = 1;
	inst->garp_extra_s = 2 | GARP_EXTRA_ALL;
	add_vip(c, inst, "10.9.0.1");
	add_vip(c, inst, "10.9.0.2")->slot = 2;
	add_vip(c, inst, "10.9.0.3")->slot = 2;
	use_conf(c);
	install(inst, 64);
	advance(MS(6500));
	assert_int_equal(frame_cnt, 6);
	for (i = 3; i < 6; i++)
		expect(i, 2, MS(2000 * (i - 2)), MS(2000 * (i - 2)));
	ann_stop(ann, 1);
	advance(MS(5000));
	assert_int_equal(frame_cnt, 6);
	/* Without "all" none of these, which have no virtual MAC. */
	c = conf_new();
	inst = add_inst(c, 1, 1);
	inst->garp_delay_s = 0;
	inst->garp_repeat = 1;
	inst->garp_extra_s = 2;
	add_vip(c, inst, "10.9.0.2")->slot = 2;
	use_conf(c);
	install(inst, 64);
	advance(MS(6500));
	assert_int_equal(frame_cnt, 7);
}

/* No two on the wire within the interval; none is lost for it. */
static void
test_pacing(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	uint32_t		 i;

	c = conf_new();
	c->global.garp_interval_us = MS(100);
	inst = add_inst(c, 1, 1);
	inst->garp_delay_s = 0;
	inst->garp_repeat = 3;
	add_vip(c, inst, "10.9.0.1");
	add_vip(c, inst, "10.9.0.2");
	add_vip(c, inst, "10.9.0.3");
	add_vip(c, inst, "fd09::7");	/* another lane, no pacing */
	use_conf(c);
	install(inst, 64);
	advance(MS(3000));
	assert_int_equal(frame_cnt, 12);
	for (i = 0; i < frame_cnt; i++) {
		if (frames[i].family == AF_INET6) {
			assert_in_range(frames[i].at_us, 0, MS(20));
			memmove(&frames[i], &frames[i + 1],
			    (frame_cnt-- - i) * sizeof(frames[0]));
			i--;
		}
	}
	assert_int_equal(frame_cnt, 9);
	for (i = 0; i < 9; i++)
		expect(i, (uint8_t)(1 + i % 3), MS(100 * i), MS(100 * i));
}

static void
test_stop(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;

	c = conf_new();
	c->global.garp_interval_us = MS(100);
	inst = add_inst(c, 1, 1);
	inst->garp_refresh_s = 1;
	add_vip(c, inst, "10.9.0.1");
	use_conf(c);
	install(inst, 64);
	advance(MS(150));
	assert_int_equal(frame_cnt, 2);
	ann_stop(ann, 1);
	advance(MS(20000));
	assert_int_equal(frame_cnt, 2);
	ann_again(ann, 1, ANN_MANUAL);
	advance(MS(1000));
	assert_int_equal(frame_cnt, 2);
	assert_int_equal(ann_count(ann, 1), 2);
	/* And once more. */
	install(inst, 64);
	advance(MS(100));
	assert_int_equal(ann_count(ann, 1), 4);
}

static void
test_again(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	uint32_t		 i;

	c = conf_new();
	inst = add_inst(c, 1, 1);
	inst->garp_repeat = 1;
	inst->garp_delay_s = 0;
	inst->garp_lower_repeat = 3;
	inst->garp_lower_delay_s = 1;
	add_vip(c, inst, "10.9.0.1");
	use_conf(c);
	ann_again(ann, 1, ANN_LOWER_PRIO);	/* not active */
	ann_again(ann, 77, ANN_LOWER_PRIO);
	assert_int_equal(frame_cnt, 0);
	install(inst, 64);
	advance(MS(1000));
	assert_int_equal(frame_cnt, 1);
	for (i = 0; i < 1000; i++)		/* a mad engine */
		ann_again(ann, 1, ANN_LOWER_PRIO);
	assert_int_equal(frame_cnt, 4);
	advance(MS(5000));
	assert_int_equal(frame_cnt, 7);
	for (i = 4; i < 7; i++)
		expect(i, 1, MS(2000), MS(2000));
	ann_again(ann, 1, ANN_LATE);
	assert_int_equal(frame_cnt, 8);
	/* Strict: a losing advertisement is not answered so. */
	inst->strict = true;
	advance(MS(1000));
	ann_again(ann, 1, ANN_LOWER_PRIO);
	advance(MS(3000));
	assert_int_equal(frame_cnt, 8);
}

static void
test_links(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;

	c = conf_new();
	inst = add_inst(c, 1, 1);
	add_vip(c, inst, "10.9.0.1");
	use_conf(c);
	link_flags |= LINK_F_NOARP;
	install(inst, 64);
	advance(MS(1000));
	assert_int_equal(frame_cnt, 0);
	link_flags = LINK_F_EXISTS;
	ann_again(ann, 1, ANN_MANUAL);
	assert_int_equal(frame_cnt, 0);
	link_flags |= LINK_F_UP;
	broken = true;
	advance(MS(1000));
	ann_again(ann, 1, ANN_MANUAL);
	assert_int_equal(frame_cnt, 0);
	broken = false;
	assert_int_equal(ann_count(ann, 1), 0);
	advance(MS(1000));
	ann_again(ann, 1, ANN_MANUAL);
	assert_int_equal(ann_count(ann, 1), 5);
	assert_int_equal(frames[0].ifindex, 101);
}

/* A reload: what is there goes on, what is gone stops. */
static void
test_conf(void **state)
{
	struct conf_inst	*inst, *gone;
	struct conf		*c;
	uint32_t		 i;

	c = conf_new();
	inst = add_inst(c, 1, 1);
	add_vip(c, inst, "10.9.0.1");
	add_vip(c, inst, "10.9.0.2");
	gone = add_inst(c, 2, 1);
	add_vip(c, gone, "10.9.0.3");
	use_conf(c);
	install(inst, 64);
	install(gone, 64);
	advance(MS(1000));
	assert_int_equal(frame_cnt, 15);
	c = conf_new();
	inst = add_inst(c, 1, 1);
	add_vip(c, inst, "10.9.0.4");	/* not installed yet */
	add_vip(c, inst, "10.9.0.2");
	use_conf(c);
	advance(MS(10000));
	assert_int_equal(frame_cnt, 20);
	for (i = 15; i < 20; i++)
		expect(i, 2, MS(5000), MS(5020));
	assert_int_equal(ann_count(ann, 2), 5);
	install(inst, 64);
	assert_int_equal(frame_cnt, 22);
	expect(20, 4, MS(11000), MS(11000));
	/* In the middle of the repeats. */
	c = conf_new();
	inst = add_inst(c, 1, 1);
	add_vip(c, inst, "10.9.0.2");
	add_vip(c, inst, "10.9.0.4");
	use_conf(c);
	advance(MS(100));
	assert_int_equal(frame_cnt, 30);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup_teardown(test_rounds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_first_before_repeats,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_extra, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refresh, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_pacing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rival, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_conf, setup, teardown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
