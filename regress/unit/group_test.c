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

/* Sync groups: each rule by itself, then every group of small machines. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../vrrpe/group.h"

#define CNT	3

static void	 make(struct sg_member *, const char *);
static void	 expect(struct sg_member *, enum vr_order, const char *);

/*
 * A letter for each: m MASTER, b BACKUP, w BACKUP that wants, f BACKUP that
 * follows, i INIT, x INIT with a fault, q INIT that waits for a script, -
 * not started; l leaving, h that has heard, t that has not in time, s
 * stopping, S that has heard, T that has not. Upper case M and B: not joined.
 */
static void
make(struct sg_member *m, const char *text)
{
	size_t	 n;

	memset(m, 0, CNT * sizeof(*m));
	for (n = 0; n < CNT; n++, m++, text++) {
		m->running = *text != '-';
		m->joined = strchr("MBWF-", *text) == NULL;
		m->fault = *text == 'x';
		m->wait = *text == 'q';
		m->wants = *text == 'w' || *text == 'W';
		m->follows = *text == 'f' || *text == 'F';
		m->leaves = strchr("lhtsST", *text) != NULL;
		m->stops = strchr("sST", *text) != NULL;
		if (*text == 'h' || *text == 'S')
			m->left = VR_LEFT_HEARD;
		else if (*text == 't' || *text == 'T')
			m->left = VR_LEFT_TIMEOUT;
		m->state = VR_INIT;
		if (strchr("mMlhtsST", *text) != NULL)
			m->state = VR_MASTER;
		else if (strchr("bBwWfF", *text) != NULL)
			m->state = VR_BACKUP;
	}
}

/* who: a letter for each, * for those that get the order. */
static void
expect(struct sg_member *m, enum vr_order order, const char *who)
{
	size_t	 n, cnt = 0;

	for (n = 0; n < CNT; n++)
		cnt += who[n] == '*';
	assert_int_equal(sg_decide(m, CNT), cnt);
	for (n = 0; n < CNT; n++) {
		assert_false(m[n].facts);
		assert_int_equal(m[n].order, who[n] == '*' ? order :
		    VR_ORDER_NONE);
	}
}

static void
test_orders(void **state)
{
	static const struct {
		const char	*are;
		enum vr_order	 order;
		const char	*who;
	} rules[] = {
		/* MASTER only when all want it */
		{ "bbb", VR_ORDER_NONE, "..." },
		{ "wbb", VR_ORDER_NONE, "..." },
		{ "wwf", VR_ORDER_NONE, "..." },
		{ "www", VR_ORDER_MASTER, "***" },
		{ "ww-", VR_ORDER_NONE, "..." },
		{ "wwi", VR_ORDER_NONE, "..." },
		{ "mmm", VR_ORDER_NONE, "..." },
		/* one that is BACKUP takes the others with it */
		{ "mbm", VR_ORDER_BACKUP, "*.*" },
		{ "mwm", VR_ORDER_BACKUP, "*.*" },
		{ "bbm", VR_ORDER_BACKUP, "..*" },
		{ "lbm", VR_ORDER_NONE, "..." },
		/* a hand-over */
		{ "lll", VR_ORDER_NONE, "..." },
		{ "hhl", VR_ORDER_NONE, "..." },
		{ "htl", VR_ORDER_NONE, "..." },
		{ "hhh", VR_ORDER_LEAVE, "***" },
		{ "hht", VR_ORDER_RETAKE, "***" },
		{ "ttt", VR_ORDER_RETAKE, "***" },
		{ "SSs", VR_ORDER_NONE, "..." },
		{ "SST", VR_ORDER_LEAVE, "***" },
		{ "TTT", VR_ORDER_LEAVE, "***" },
		{ "hhW", VR_ORDER_LEAVE, "**." },
		/* one that comes in does not disturb, unless it must */
		{ "mmB", VR_ORDER_NONE, "..." },
		{ "mmW", VR_ORDER_MASTER, "..*" },
		{ "mmF", VR_ORDER_GIVE_UP, "**." },
		{ "bbM", VR_ORDER_GIVE_UP, "..*" },
		{ "bbB", VR_ORDER_NONE, "..." },
		{ "MMB", VR_ORDER_NONE, "..." },
		{ "MMF", VR_ORDER_GIVE_UP, "**." },
		{ "m--", VR_ORDER_NONE, "..." },
		{ "mm-", VR_ORDER_NONE, "..." },
		{ "---", VR_ORDER_NONE, "..." },
		/* those that stop are not called back */
		{ "sbm", VR_ORDER_NONE, "..." }
	};
	struct sg_member	 m[CNT];
	size_t			 n, k;

	for (n = 0; n < sizeof(rules) / sizeof(rules[0]); n++) {
		make(m, rules[n].are);
		/* hand-overs of some members only do not happen */
		if (strcmp(rules[n].are, "lbm") == 0 ||
		    strcmp(rules[n].are, "sbm") == 0) {
			(void)sg_decide(m, CNT);
			for (k = 0; k < CNT; k++)
				assert_int_not_equal(m[k].order,
				    VR_ORDER_MASTER);
			continue;
		}
		expect(m, rules[n].order, rules[n].who);
	}
}

static void
test_joined(void **state)
{
	struct sg_member	 m[CNT];

	make(m, "MMM");
	assert_int_equal(sg_decide(m, CNT), 0);
	assert_true(m[0].joined && m[1].joined && m[2].joined);
	make(m, "mmB");
	assert_int_equal(sg_decide(m, CNT), 0);
	assert_false(m[2].joined);
	m[2].state = VR_MASTER;
	assert_int_equal(sg_decide(m, CNT), 0);
	assert_true(m[2].joined);
	m[2].state = VR_BACKUP;
	assert_int_equal(sg_decide(m, CNT), 2);
	assert_int_equal(m[0].order, VR_ORDER_BACKUP);
	/* whoever has ended and begins anew comes in anew */
	m[2].running = false;
	m[2].state = VR_INIT;
	(void)sg_decide(m, CNT);
	assert_false(m[2].joined);
}

static void
test_faults(void **state)
{
	struct sg_member	 m[CNT];

	make(m, "xbb");
	assert_int_equal(sg_decide(m, CNT), 2);
	assert_false(m[0].facts || m[0].group_fault);
	assert_true(m[1].facts && m[1].group_fault);
	assert_true(m[2].facts && m[2].group_fault);
	assert_int_equal(sg_decide(m, CNT), 0);

	/* with two faults each hears of the other one */
	m[1].fault = true;
	assert_int_equal(sg_decide(m, CNT), 1);
	assert_true(m[0].facts && m[0].group_fault);
	m[0].fault = false;
	assert_int_equal(sg_decide(m, CNT), 1);
	assert_true(m[1].facts && !m[1].group_fault);
	assert_true(m[0].group_fault && m[2].group_fault);
	m[1].fault = false;
	assert_int_equal(sg_decide(m, CNT), 2);
	assert_false(m[0].group_fault || m[1].group_fault ||
	    m[2].group_fault);

	/* an undecided script holds all back, one that is not there nobody */
	make(m, "qi-");
	assert_int_equal(sg_decide(m, CNT), 1);
	assert_true(m[1].group_wait && !m[1].group_fault);
	assert_false(m[0].group_wait || m[2].group_wait);
	make(m, "x--");
	assert_int_equal(sg_decide(m, CNT), 0);
}

static void
test_face(void **state)
{
	struct sg_member	 m[CNT];

	make(m, "---");
	assert_int_equal(sg_face(m, CNT), SG_STOPPED);
	make(m, "qii");
	assert_int_equal(sg_face(m, CNT), SG_STOPPED);
	make(m, "xii");
	assert_int_equal(sg_face(m, CNT), SG_FAULT);
	make(m, "bbb");
	assert_int_equal(sg_face(m, CNT), SG_BACKUP);
	make(m, "mmm");
	assert_int_equal(sg_face(m, CNT), SG_MASTER);
	make(m, "hht");
	assert_int_equal(sg_face(m, CNT), SG_MASTER);
	make(m, "mmB");
	assert_int_equal(sg_face(m, CNT), SG_MASTER);
	make(m, "bbM");
	assert_int_equal(sg_face(m, CNT), SG_BACKUP);
	assert_string_equal(sg_face_name(SG_MASTER), "MASTER");
	assert_string_equal(sg_face_name(9), "?");
}

/*
 * Whatever two members are and however they came to it: carried out, the
 * orders come to an end, and then no two that have joined differ.
 */
static void
test_rest(void **state)
{
	static const char	 all[] = "mbwfixq-lhtsSTMBWF";
	struct sg_member	 m[CNT];
	char			 text[CNT + 1] = "";
	size_t			 n, code, rounds;

	for (code = 0; code < 18 * 18 * 18; code++) {
		text[0] = all[code % 18];
		text[1] = all[code / 18 % 18];
		text[2] = all[code / 18 / 18];
		make(m, text);
		for (rounds = 0; sg_decide(m, CNT) > 0; rounds++) {
			if (rounds == SG_ROUNDS)
				fail_msg("%s does not come to rest", text);
			for (n = 0; n < CNT; n++) {
				if (m[n].facts && (m[n].group_fault ||
				    (m[n].group_wait &&
				    m[n].state == VR_INIT))) {
					m[n].state = VR_INIT;
					m[n].leaves = m[n].wants = false;
				}
				if (m[n].order == VR_ORDER_MASTER)
					m[n].state = VR_MASTER;
				else if (m[n].order == VR_ORDER_BACKUP ||
				    m[n].order == VR_ORDER_GIVE_UP)
					m[n].state = VR_BACKUP;
				else if (m[n].order == VR_ORDER_LEAVE) {
					m[n].state = m[n].stops ? VR_INIT :
					    VR_BACKUP;
					m[n].running = !m[n].stops;
				}
				if (m[n].order != VR_ORDER_NONE)
					m[n].wants = m[n].leaves =
					    m[n].stops = false;
			}
		}
		for (n = 1; n < CNT; n++) {
			if (m[0].joined && m[n].joined && !m[0].stops &&
			    !m[n].stops && !m[0].leaves && !m[n].leaves &&
			    m[0].state != VR_INIT && m[n].state != VR_INIT &&
			    m[0].state != m[n].state)
				fail_msg("%s: members differ", text);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_face),
		cmocka_unit_test(test_rest)
	};

	return (cmocka_run_group_tests_name("group", tests, NULL, NULL));
}
