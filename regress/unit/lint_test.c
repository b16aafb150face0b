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
 * What the lint says of weights is a proof: it is compared with all states
 * that the trackers can be in. The other rules, one by one.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../conf/parse.h"

#define HEAD	"vrrp_instance V {\n interface eth0\n virtual_router_id 51\n"
#define VIP	" virtual_ipaddress {\n 192.0.2.10\n }\n}\n"
#define ITEMS	4
#define ROUNDS	4000

struct item {
	int	 weight;
	bool	 reverse;
};

static void	 keep(void *, const struct conf_msg *);
static bool	 said(const char *);
static void	 lint(const char *settings);
static int	 rnd(int);
static int	 add(const struct item *, bool good);
static int	 prio(int base, const struct item *, int cnt, unsigned int);
static bool	 matters(int base, const struct item *, int cnt, int one);
static int	 failure(int base, const struct item *, int cnt, int one);
static void	 one_round(int base, const struct item *, int cnt);

static char			 messages[8192];
static struct load_counts	 counts;
static uint32_t			 seed = 1;

static void
keep(void *arg, const struct conf_msg *m)
{
	(void)strlcat(messages, m->text, sizeof(messages));
	(void)strlcat(messages, "\n", sizeof(messages));
}

static bool
said(const char *what)
{
	return (strstr(messages, what) != NULL);
}

/* An instance V with these settings, which is accepted. */
static void
lint(const char *settings)
{
	static const struct load_opts	 opts = { .config_id = "x",
					    .no_include = true,
					    .no_system = true,
					    .numbers = true };
	struct conf			*conf;
	char				 text[2048];

	(void)snprintf(text, sizeof(text), HEAD "%s" VIP, settings);
	messages[0] = '\0';
	conf = conf_load_mem("t", text, strlen(text), &opts, keep, NULL,
	    &counts);
	if (conf == NULL)
		fail_msg("refused: %s\n%s", text, messages);
	conf_free(conf);
}

static int
rnd(int below)
{
	seed = seed * 1664525 + 1013904223;
	return ((int)((seed >> 8) % (uint32_t)below));
}

static int
add(const struct item *it, bool good)
{
	if (good != (it->weight > 0))
		return (0);
	return (it->reverse ? -it->weight : it->weight);
}

/* Bit i of good: tracker i is. */
static int
prio(int base, const struct item *items, int cnt, unsigned int good)
{
	int	 i, sum = base;

	for (i = 0; i < cnt; i++)
		sum += add(&items[i], good >> i & 1);
	return (sum < 1 ? 1 : sum > 254 ? 254 : sum);
}

/* Is there a state of the others in which this one makes a difference? */
static bool
matters(int base, const struct item *items, int cnt, int one)
{
	unsigned int	 good;

	for (good = 0; good < 1U << cnt; good++)
		if (prio(base, items, cnt, good) !=
		    prio(base, items, cnt, good ^ 1U << one))
			return (true);
	return (false);
}

/* What this one takes away when all the others are at their best. */
static int
failure(int base, const struct item *items, int cnt, int one)
{
	unsigned int	 best = 0;
	int		 i;

	for (i = 0; i < cnt; i++)
		if (add(&items[i], true) > add(&items[i], false))
			best |= 1U << i;
	return (prio(base, items, cnt, best) -
	    prio(base, items, cnt, best ^ 1U << one));
}

static void
one_round(int base, const struct item *items, int cnt)
{
	char	 text[512], want[128];
	bool	 useless = false, cut = false;
	int	 i, full, gets;

	(void)snprintf(text, sizeof(text), " priority %d\n"
	    " track_interface {\n", base);
	for (i = 0; i < cnt; i++)
		(void)snprintf(text + strlen(text), sizeof(text) -
		    strlen(text), " t%d weight %d%s\n", i, items[i].weight,
		    items[i].reverse ? " reverse" : "");
	(void)strlcat(text, " }\n", sizeof(text));
	lint(text);
	for (i = 0; i < cnt; i++) {
		full = abs(items[i].weight);
		gets = failure(base, items, cnt, i);
		(void)snprintf(want, sizeof(want), "weight of t%d changes "
		    "nothing", i);
		if (matters(base, items, cnt, i))
			assert_false(said(want));
		else
			useless = true;
		(void)snprintf(want, sizeof(want), "t%d alone changes nothing",
		    i);
		if (said(want))
			assert_int_equal(gets, 0);
		(void)snprintf(want, sizeof(want), "of the weight %d of t%d "
		    "only %d counts", full, i, gets);
		if (said(want))
			assert_true(gets > 0 && gets < full);
		else {
			(void)snprintf(want, sizeof(want), "of t%d only", i);
			assert_false(said(want));
		}
		if (gets < full && add(&items[i], true) +
		    add(&items[i], false) > 0)
			cut = true;
	}
	assert_int_equal(said(" changes nothing: the"), useless);
	assert_int_equal(said("weights reach"), cut && !useless);
}

static void
test_weights(void **state)
{
	static const int	 ends[] = { 1, 2, 20, 100, 234, 253, 254 };
	struct item		 items[ITEMS];
	int			 i, k, cnt, base;

	for (i = 0; i < ROUNDS; i++) {
		cnt = 1 + rnd(ITEMS);
		base = rnd(2) ? ends[rnd(7)] : 1 + rnd(254);
		for (k = 0; k < cnt; k++) {
			items[k].weight = 1 + rnd(rnd(2) ? 253 : 30);
			if (rnd(2))
				items[k].weight = -items[k].weight;
			items[k].reverse = rnd(3) == 0;
		}
		one_round(base, items, cnt);
	}
}

static void
test_nopreempt(void **state)
{
	lint(" nopreempt\n track_interface {\n eth1 weight -20\n }\n");
	assert_true(said("with nopreempt the weight of eth1 never brings"));
	assert_int_equal(counts.warnings, 1);
	lint(" nopreempt\n track_interface {\n eth1\n }\n");
	assert_int_equal(counts.warnings, 0);
	lint(" track_interface {\n eth1 weight -20\n }\n");
	assert_int_equal(counts.warnings, 0);
}

static void
test_owner(void **state)
{
	lint(" state BACKUP\n priority 255\n preempt_delay 5\n");
	assert_true(said("preempt_delay with priority 255: for 5 s more"));
	assert_int_equal(counts.warnings, 1);
	lint(" mcast_src_ip 192.0.2.10\n");
	assert_true(said("192.0.2.10 is also the address that it sends from"));
	lint(" priority 255\n mcast_src_ip 192.0.2.10\n");
	assert_int_equal(counts.warnings, 0);
	lint(" unicast_peer {\n 192.0.2.10\n }\n");
	assert_true(said("192.0.2.10 is also the address of a peer"));
}

static void
test_adverts(void **state)
{
	lint(" down_timer_adverts 1\n");
	assert_true(said("a single lost advertisement makes a second master"));
	lint(" down_timer_adverts 2\n");
	assert_int_equal(counts.warnings, 0);
}

/* Master_Down_Interval of RFC 3768 6.1 and RFC 9568 6.1. */
static void
test_numbers(void **state)
{
	lint("");
	assert_true(said("takeover takes 3.61 s (3 x 1 s + 0.61 s), after a "
	    "proper stop 0.61 s"));
	assert_false(said("both have them"));
	lint(" priority 254\n");
	assert_true(said("takeover takes 3.01 s (3 x 1 s + 0.01 s)"));
	lint(" version 3\n advert_int 0.1\n priority 200\n");
	assert_true(said("takeover takes 0.32 s (3 x 0.1 s + 0.02 s)"));
	assert_true(said("stay up to 3.30 s (vip_lease 2), and an equal one "
	    "takes them after 0.32 s: for up to 2.98 s both have them"));
	lint(" track_interface {\n eth1 weight -200\n eth2 weight 300\n }\n");
	assert_true(said("for priority 100 to 1)"));
	lint(" priority 255\n");
	assert_true(said("master at once"));
	lint(" vip_lease off\n");
	assert_true(said("without vip_lease the addresses stay"));
	assert_int_equal(counts.warnings, 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_nopreempt),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_adverts),
		cmocka_unit_test(test_numbers)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
