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
 * netlinkd/ledger.c: every combination of facts, lifetimes, leases, the file.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../netlinkd/ledger.h"

/* The facts as bits of a number. */
static void
facts(struct led_fact *fact, unsigned int bits)
{
	memset(fact, 0, sizeof(*fact));
	fact->wanted = bits & 1;
	fact->owner = bits & 2;
	fact->link_up = bits & 4;
	fact->present = bits & 8;
	fact->ours = bits & 16;
	fact->same = bits & 32;
	fact->covered = bits & 64;
	fact->ipv6 = bits & 128;
}

/* What must hold whatever is there. */
static void
test_rules(void **state)
{
	struct led_fact	 fact;
	enum led_op	 op;
	unsigned int	 bits;

	for (bits = 0; bits < 256; bits++) {
		facts(&fact, bits);
		op = led_decide(&fact);
		/* Only ours is ever removed. */
		if (!fact.present || !fact.ours)
			assert_true(op != LED_DEL && op != LED_READD);
		/* Not wanted: nothing is put on, ours is taken off. */
		if (!fact.wanted)
			assert_int_equal(op, fact.present && fact.ours ?
			    LED_DEL : LED_NONE);
		/* Wanted: ours is never just taken off. */
		if (fact.wanted)
			assert_true(op != LED_DEL);
		/* Nothing is put on a link that is down. */
		if (!fact.link_up)
			assert_true(op != LED_ADD);
		/* The owner's real address is left alone. */
		if (fact.owner && fact.covered &&
		    !(fact.present && fact.ours))
			assert_int_equal(op, LED_NONE);
		/* Wanted, up, and nothing to do: it counts as installed. */
		if (fact.wanted && fact.link_up && op == LED_NONE)
			assert_true(led_installed(&fact));
		if (op == LED_ADD)
			assert_false(led_installed(&fact));
	}
}

static void
test_decide(void **state)
{
	struct led_fact	 fact = { .wanted = true, .link_up = true };

	assert_int_equal(led_decide(&fact), LED_ADD);
	fact.present = fact.ours = fact.same = true;
	assert_int_equal(led_decide(&fact), LED_NONE);
	fact.same = false;
	assert_int_equal(led_decide(&fact), LED_READD);
	/* Somebody's, just as we want it: it is taken over. */
	fact.ours = false;
	fact.covered = fact.same = true;
	assert_int_equal(led_decide(&fact), LED_ADD);
	/* With another length: IPv4 puts ours beside it, IPv6 cannot. */
	fact.present = false;
	assert_int_equal(led_decide(&fact), LED_ADD);
	fact.ipv6 = true;
	assert_int_equal(led_decide(&fact), LED_NONE);
}

static void
test_lease(void **state)
{
	assert_int_equal(led_lease(LEASE_AUTO, true), 2);
	assert_int_equal(led_lease(LEASE_AUTO, false), 0);
	assert_int_equal(led_lease(LEASE_OFF, true), 0);
	assert_int_equal(led_lease(7, false), 7);
}

static void
test_auto(void **state)
{
	struct conf_inst	*inst;
	struct conf_vip		*vip;
	struct conf		*conf;
	uint32_t		 cnt4, cnt6;
	int			 i;

	conf = conf_new();
	inst = conf_inst_new();
	assert_non_null(conf);
	assert_non_null(inst);
	inst->vip_lease = LEASE_AUTO;
	TAILQ_INSERT_TAIL(&conf->insts, inst, entry);
	for (i = 0; i < 1001; i++) {
		vip = calloc(1, sizeof(*vip));
		assert_non_null(vip);
		vip->addr.family = AF_INET;
		TAILQ_INSERT_TAIL(&inst->vips, vip, entry);
		assert_int_equal(led_auto_ok(conf, &cnt4, &cnt6), i < 1000);
		assert_int_equal(cnt4, i + 1);
	}
	inst->vip_lease = 2;	/* asked for: does not count */
	assert_true(led_auto_ok(conf, &cnt4, &cnt6));
	inst->vip_lease = LEASE_AUTO;
	TAILQ_FOREACH(vip, &inst->vips, entry)
		vip->addr.family = AF_INET6;
	assert_false(led_auto_ok(conf, &cnt4, &cnt6));
	assert_int_equal(cnt6, 1001);
	conf_free(conf);
}

static void
test_lifetimes(void **state)
{
	struct conf_vip	 vip;
	uint32_t	 valid, preferred;

	memset(&vip, 0, sizeof(vip));
	assert_int_equal(vaddr_parse(&vip.addr, "10.0.0.1"), 0);
	led_lifetimes(&vip, 0, &valid, &preferred);
	assert_int_equal(valid, VIP_LFT_FOREVER);
	assert_int_equal(preferred, VIP_LFT_FOREVER);
	led_lifetimes(&vip, 2, &valid, &preferred);
	assert_int_equal(valid, 2);
	assert_int_equal(preferred, 2);
	assert_int_equal(vaddr_parse(&vip.addr, "fd00::1"), 0);
	led_lifetimes(&vip, 2, &valid, &preferred);
	assert_int_equal(valid, 2);
	assert_int_equal(preferred, 0);
	vip.flags = VIP_F_PREFERRED;
	vip.preferred_lft = 30;
	led_lifetimes(&vip, 0, &valid, &preferred);
	assert_int_equal(preferred, 30);
	led_lifetimes(&vip, 2, &valid, &preferred);
	assert_int_equal(preferred, 2);
	vip.flags = 0;
	vip.addr.plen = 64;
	led_lifetimes(&vip, 0, &valid, &preferred);
	assert_int_equal(preferred, VIP_LFT_FOREVER);
}

static void
test_putback(void **state)
{
	static const uint32_t	 pauses[] = { 0, 1, 2, 4, 8, 16, 30, 30 };
	uint32_t		 i;

	for (i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++)
		assert_int_equal(led_fight_at(1000001, 1000000, i),
		    1000000 + pauses[i] * US_PER_SEC + (i == 0));
	assert_int_equal(led_fight_at(5000000, 0, 5), 5000000);
	assert_int_equal(led_fight_at(4000000, 1000000, 1), 4000000);
	assert_int_equal(led_fights(5000000, 0, 5), 1);
	assert_int_equal(led_fights(5000000, 1000000, 5), 6);
	assert_int_equal(led_fights(61000000, 1000000, 9), 1);
}

static void
test_file(void **state)
{
	static const char	*const bad[] = {
		"", "e0 10.0.0.1/32\n", "vrrpd addresses 2\n",
		"vrrpd addresses 1\ne0 10.0.0.1/32",	/* cut short */
		"vrrpd addresses 1\ne0 10.0.0.1\n",
		"vrrpd addresses 1\ne0 10.0.0.1/33\n",
		"vrrpd addresses 1\n 10.0.0.1/32\n",
		"vrrpd addresses 1\ne0  10.0.0.1/32\n",
		"vrrpd addresses 1\nabcdefghijklmnop 10.0.0.1/32\n",
		"vrrpd addresses 1\n\n",
		"vrrpd addresses 1\ne0 maded\n",
		"vrrpd addresses 1\ne0 arp_filter \n",
		"vrrpd addresses 1\ne0 arp_filter 1x\n",
		"vrrpd addresses 1\ne0 a_key_that_is_really_much_too_long 1\n",
		"vrrpd addresses 1\na 1.1.1.1/32\nb 1.1.1.1/32\nc ::1/1\n"
	};
	struct led_line		 lines[2], out;
	char			 text[256];
	size_t			 i, len;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)strlcpy(text, bad[i], sizeof(text));
		assert_int_equal(led_file_parse(text, lines, 2), -1);
	}
	memset(&out, 0, sizeof(out));
	(void)strlcpy(out.ifname, "eth0.100@x", sizeof(out.ifname));
	assert_int_equal(vaddr_parse(&out.addr, "fd00::7/64"), 0);
	len = strlcpy(text, led_file_head, sizeof(text));
	assert_int_equal(led_file_parse(text, lines, 2), 0);
	len += led_line_print(&out, text + len, sizeof(text) - len);
	assert_string_equal(text + strlen(led_file_head),
	    "eth0.100@x fd00::7/64\n");
	assert_int_equal(text[len], '\0');
	assert_int_equal(led_file_parse(text, lines, 2), 1);
	assert_string_equal(lines[0].ifname, out.ifname);
	assert_int_equal(vaddr_cmp_plen(&lines[0].addr, &out.addr), 0);
	assert_int_equal(led_line_print(&out, text, 10), 0);
	len = strlcpy(text, led_file_head, sizeof(text));
	out.kind = LED_MADE;
	len += led_line_print(&out, text + len, sizeof(text) - len);
	out.kind = LED_SETTING;
	out.old = -2;
	(void)strlcpy(out.key, "arp_filter", sizeof(out.key));
	(void)led_line_print(&out, text + len, sizeof(text) - len);
	assert_string_equal(text + strlen(led_file_head),
	    "eth0.100@x made\neth0.100@x arp_filter -2\n");
	assert_int_equal(led_file_parse(text, lines, 2), 2);
	assert_int_equal(lines[0].kind, LED_MADE);
	assert_int_equal(lines[1].kind, LED_SETTING);
	assert_int_equal(lines[1].old, -2);
	assert_string_equal(lines[1].key, "arp_filter");
	len = strlcpy(text, led_file_head, sizeof(text));
	out.kind = LED_ADVERTS;
	out.us = 1000000;
	(void)led_line_print(&out, text + len, sizeof(text) - len);
	assert_string_equal(text + len, "adverts 1000000\n");
	assert_int_equal(led_file_parse(text, lines, 2), 1);
	assert_int_equal(lines[0].us, 1000000);
	(void)strlcpy(text + len, "adverts 0\n", sizeof(text) - len);
	assert_int_equal(led_file_parse(text, lines, 2), -1);
	(void)strlcpy(text + len, "eth0 5\n", sizeof(text) - len);
	assert_int_equal(led_file_parse(text, lines, 2), -1);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_decide),
		cmocka_unit_test(test_lease),
		cmocka_unit_test(test_auto),
		cmocka_unit_test(test_lifetimes),
		cmocka_unit_test(test_putback),
		cmocka_unit_test(test_file),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
