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
 * Routes and rules: what is to be done, when they are put back, their lines
 * in the ledger, and their way over the wire.
 */

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../conf/field.h"
#include "../../netlinkd/ledger.h"
#include "conf.h"
#include "msg.h"

static void
test_decide(void **state)
{
	/* wanted, ready, sure, sent */
	assert_int_equal(led_route(true, true, false, false), LED_ADD);
	assert_int_equal(led_route(true, true, false, true), LED_ADD);
	assert_int_equal(led_route(true, true, true, true), LED_NONE);
	assert_int_equal(led_route(true, false, false, true), LED_NONE);
	assert_int_equal(led_route(false, true, false, true), LED_DEL);
	assert_int_equal(led_route(false, false, true, true), LED_DEL);
	assert_int_equal(led_route(false, true, false, false), LED_NONE);
}

static void
test_fights(void **state)
{
	int64_t		 now_us = 1000 * US_PER_SEC, at_us = now_us;
	uint32_t	 fights = 0;
	int		 i;

	assert_int_equal(led_fight_at(now_us, 0, 0), now_us);
	for (i = 0; i < 10; i++) {
		fights = led_fights(at_us, i == 0 ? 0 : now_us, fights);
		assert_int_equal(fights, i + 1);
		now_us = at_us;
		at_us = led_fight_at(now_us, now_us, fights);
		assert_int_equal(at_us - now_us, i < 5 ?
		    (1 << i) * US_PER_SEC : LED_FIGHT_MAX_US);
	}
	/* After a time of peace all is forgotten. */
	assert_int_equal(led_fights(now_us + LED_PEACE_US, now_us, 9), 1);
}

static void
test_lines(void **state)
{
	static const char	*good[] = {
		"route 10.1.0.0/16 - 254 0 0 18\n",
		"route ::/0 2001:db8::/32 4294967295 4294967295 255 255\n",
		"rule 4 1000 18\n", "rule 6 0 0\n", "route 10.0.0.1/24\n"
	};
	static const char	*bad[] = {
		"route 10.1.0.0/16 - 254 0 0\n", "rule 5 1000 18\n",
		"route 10.1.0.0/16 - 254 0 0 256\n", "rule 4 -1 18\n",
		"route x - 254 0 0 18\n", "route 1.1.1.1/32 y 1 1 1 1\n",
		"route 10.1.0.0/16 - 4294967296 0 0 18\n",
		"route 10.1.0.0/16 - 254 0 0 18 5\n"
	};
	struct led_line		 line;
	char			 text[256], out[LED_LINE_LEN];
	size_t			 i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s%s", led_file_head,
		    good[i]);
		assert_int_equal(led_file_parse(text, &line, 1), 1);
		assert_int_equal(led_line_print(&line, out, sizeof(out)),
		    strlen(good[i]));
		assert_string_equal(out, good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s%s", led_file_head,
		    bad[i]);
		assert_int_equal(led_file_parse(text, &line, 1), -1);
	}
}

static void
route_fill(struct conf_route *r)
{
	memset(r, 0, sizeof(*r));
	assert_int_equal(vaddr_parse(&r->dst, "10.1.0.0/16"), 0);
	r->type = RTN_UNICAST;
	r->table = RT_TABLE_MAIN;
	r->proto = ROUTE_PROTO;
	r->flags = ROUTE_F_MULTIPATH;
	r->metric_set = 1U << RTAX_MTU;
	r->metrics[RTAX_MTU] = 1400;
	r->hop_cnt = 2;
	r->hops[0].weight = r->hops[1].weight = 1;
	(void)strlcpy(r->hops[0].ifname, "eth0", IF_NAME_LEN);
	assert_int_equal(vaddr_parse(&r->hops[1].via, "fe80::1"), 0);
	(void)strlcpy(r->hops[1].ifname, "eth1", IF_NAME_LEN);
}

static const char *
route_pass(const struct conf_route *in, struct conf_route *out)
{
	const char	*wrong;
	struct msg	 m;
	uint8_t		 buf[4096];

	msg_init_write(&m, buf, sizeof(buf));
	route_put(&m, in);
	assert_int_equal(m.error, 0);
	msg_init_read(&m, buf, m.len);
	memset(out, 0, sizeof(*out));
	wrong = route_get(&m, out);
	if (wrong == NULL)
		assert_int_equal(msg_end(&m), 0);
	return (wrong);
}

static void
test_route_wire(void **state)
{
	struct conf_route	 r, out;

	route_fill(&r);
	assert_null(route_pass(&r, &out));
	assert_true(route_equal(&r, &out));
	out.hops[1].weight = 2;
	assert_false(route_equal(&r, &out));
	r.table = 0;
	assert_non_null(route_pass(&r, &out));
	route_fill(&r);
	memset(&r.dst, 0, sizeof(r.dst));
	assert_string_equal(route_pass(&r, &out), "dst");
	route_fill(&r);
	r.hops[0].ifname[0] = '\0';
	assert_string_equal(route_pass(&r, &out), "via");
	route_fill(&r);
	r.flags = 0;
	assert_string_equal(route_pass(&r, &out), "hop_cnt");
	route_fill(&r);
	assert_int_equal(vaddr_parse(&r.src, "2001:db8::1"), 0);
	assert_string_equal(route_pass(&r, &out), "src");
}

static void
test_rule_wire(void **state)
{
	struct conf_rule	 r, out;
	struct msg		 m;
	uint8_t			 buf[2048];

	memset(&r, 0, sizeof(r));
	r.family = AF_INET6;
	r.action = FR_ACT_TO_TBL;
	r.table = 7;
	r.tunnel_id = -1;
	msg_init_write(&m, buf, sizeof(buf));
	rule_put(&m, &r);
	msg_init_read(&m, buf, m.len);
	memset(&out, 0, sizeof(out));
	assert_null(rule_get(&m, &out));
	assert_int_equal(msg_end(&m), 0);
	assert_true(rule_equal(&r, &out));
	r.table = 0;		/* and no l3mdev */
	msg_init_write(&m, buf, sizeof(buf));
	rule_put(&m, &r);
	msg_init_read(&m, buf, m.len);
	assert_string_equal(rule_get(&m, &out), "table");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_decide),
		cmocka_unit_test(test_fights),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_route_wire),
		cmocka_unit_test(test_rule_wire),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
