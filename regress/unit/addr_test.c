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

/* Addresses. */

#include <sys/socket.h>

#include <netinet/in.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../common/addr.h"

static struct vaddr	 must_parse(const char *);

static struct vaddr
must_parse(const char *text)
{
	struct vaddr	 addr;

	if (vaddr_parse(&addr, text) == -1)
		fail_msg("%s does not parse", text);
	return (addr);
}

static void
parse_good(void **state)
{
	static const struct {
		const char	*in, *addr, *plen;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1/32" },
		{ "192.0.2.1/24", "192.0.2.1", "192.0.2.1/24" },
		{ "0.0.0.0/0", "0.0.0.0", "0.0.0.0/0" },
		{ "255.255.255.255/32", "255.255.255.255",
		    "255.255.255.255/32" },
		{ "fe80::1/64", "fe80::1", "fe80::1/64" },
		{ "2001:DB8:0:0::1", "2001:db8::1", "2001:db8::1/128" },
		{ "::", "::", "::/128" },
		{ "::ffff:192.0.2.1/96", "::ffff:192.0.2.1",
		    "::ffff:192.0.2.1/96" },
		{ "1111:2222:3333:4444:5555:6666:255.255.255.255/128",
		    "1111:2222:3333:4444:5555:6666:ffff:ffff",
		    "1111:2222:3333:4444:5555:6666:ffff:ffff/128" }
	};
	struct vaddr	 addr, again;
	char		 buf[VADDR_STRLEN];
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		addr = must_parse(rows[i].in);
		assert_string_equal(vaddr_print(&addr, buf, sizeof(buf)),
		    rows[i].addr);
		assert_string_equal(vaddr_print_plen(&addr, buf, sizeof(buf)),
		    rows[i].plen);
		again = must_parse(buf);
		assert_int_equal(vaddr_cmp_plen(&addr, &again), 0);
	}
}

static void
parse_bad(void **state)
{
	static const char *const rows[] = { "", "/", "/24", "192.0.2", "a",
	    "192.0.2.1/", "192.0.2.1/33", "192.0.2.1/-1", "192.0.2.1/+1",
	    "192.0.2.1/ 1", "192.0.2.1/24x", "192.0.2.1/0000", "192.0.2.256",
	    " 192.0.2.1", "192.0.2.1 ", "192.0.2.01", "::/129", "fe80::1%eth0",
	    ":::", "1:2:3:4:5:6:7:8:9", "192.0.2.1/24/24",
	    "192.0.2.1/99999999999999999999",
	    "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc" };
	struct vaddr	 addr, before;
	size_t		 i;

	memset(&before, 0x5a, sizeof(before));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&addr, 0x5a, sizeof(addr));
		if (vaddr_parse(&addr, rows[i]) != -1)
			fail_msg("'%s' parses", rows[i]);
		assert_memory_equal(&addr, &before, sizeof(addr));
	}
}

static void
compare(void **state)
{
	static const char *const sorted[] = { "0.0.0.0", "10.0.0.255",
	    "10.0.1.0", "192.0.2.1", "255.0.0.0", "::", "::1", "fe80::",
	    "ff02::12" };
	struct vaddr	 a, b;
	size_t		 i, j, cnt;

	cnt = sizeof(sorted) / sizeof(sorted[0]);
	for (i = 0; i < cnt; i++)
		for (j = 0; j < cnt; j++) {
			a = must_parse(sorted[i]);
			b = must_parse(sorted[j]);
			assert_int_equal(i < j, vaddr_cmp(&a, &b) < 0);
			assert_int_equal(i > j, vaddr_cmp(&a, &b) > 0);
			assert_int_equal(i == j, vaddr_cmp(&a, &b) == 0);
		}
	a = must_parse("192.0.2.1/24");
	b = must_parse("192.0.2.1/25");
	assert_int_equal(vaddr_cmp(&a, &b), 0);
	assert_true(vaddr_cmp_plen(&a, &b) < 0);
	assert_true(vaddr_cmp_plen(&b, &a) > 0);
	memset(&a, 0, sizeof(a));
	assert_true(vaddr_cmp(&a, &b) < 0);
	memset(&b, 0, sizeof(b));
	b.plen = 3;
	assert_int_equal(vaddr_cmp_plen(&a, &b), 0);
}

static void
kinds(void **state)
{
	static const struct {
		const char	*addr;
		int		 multicast, linklocal, unspec;
	} rows[] = {
		{ "224.0.0.18", 1, 0, 0 }, { "223.255.255.255", 0, 0, 0 },
		{ "239.1.2.3", 1, 0, 0 }, { "240.0.0.1", 0, 0, 0 },
		{ "ff02::12", 1, 0, 0 }, { "fe80::1", 0, 1, 0 },
		{ "febf::1", 0, 1, 0 }, { "fec0::1", 0, 0, 0 },
		{ "169.254.1.1", 0, 0, 0 }, { "0.0.0.0", 0, 0, 1 },
		{ "::", 0, 0, 1 }, { "::1", 0, 0, 0 }
	};
	struct vaddr	 addr;
	char		 buf[VADDR_STRLEN];
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		addr = must_parse(rows[i].addr);
		assert_int_equal(vaddr_is_multicast(&addr),
		    rows[i].multicast);
		assert_int_equal(vaddr_is_linklocal(&addr),
		    rows[i].linklocal);
		assert_int_equal(vaddr_is_unspec(&addr), rows[i].unspec);
	}
	memset(&addr, 0, sizeof(addr));
	assert_true(vaddr_is_unspec(&addr));
	assert_false(vaddr_is_multicast(&addr));
	assert_int_equal(vaddr_len(&addr), 0);
	assert_int_equal(vaddr_full_plen(&addr), 0);
	assert_string_equal(vaddr_print(&addr, buf, sizeof(buf)), "-");
	assert_string_equal(vaddr_print_plen(&addr, buf, sizeof(buf)), "-");
}

static void
networks(void **state)
{
	static const struct {
		const char	*addr, *net;
		int		 in;
	} rows[] = {
		{ "192.0.2.77", "192.0.2.0/24", 1 },
		{ "192.0.3.77", "192.0.2.0/24", 0 },
		{ "192.0.3.77", "192.0.2.0/23", 1 },
		{ "192.0.2.129", "192.0.2.128/25", 1 },
		{ "192.0.2.127", "192.0.2.128/25", 0 },
		{ "192.0.2.1", "192.0.2.1/32", 1 },
		{ "192.0.2.2", "192.0.2.1/32", 0 },
		{ "1.2.3.4", "0.0.0.0/0", 1 },
		{ "::1", "0.0.0.0/0", 0 }, { "::1", "::/0", 1 },
		{ "2001:db8::1", "2001:db8::/33", 1 },
		{ "2001:db8:8000::1", "2001:db8::/33", 0 }
	};
	struct vaddr	 addr, net;
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		addr = must_parse(rows[i].addr);
		net = must_parse(rows[i].net);
		if (vaddr_in_net(&addr, &net) != (rows[i].in != 0))
			fail_msg("%s in %s", rows[i].addr, rows[i].net);
	}
	memset(&addr, 0, sizeof(addr));
	memset(&net, 0, sizeof(net));
	assert_false(vaddr_in_net(&addr, &net));
	net = must_parse("192.0.2.0/24");
	addr = net;
	net.plen = 33;
	assert_false(vaddr_in_net(&addr, &net));
}

static void
sockaddrs(void **state)
{
	struct sockaddr_storage	 ss;
	struct sockaddr_in6	 sin6;
	struct sockaddr_in	 sin;
	struct vaddr		 addr;
	static const struct {
		const char	*addr;
		uint32_t	 scope;
	} rows[] = {
		{ "fe80::1", 7 }, { "ff02::12", 7 }, { "2001:db8::1", 0 },
		{ "ff05::12", 0 }
	};
	size_t			 i;

	addr = must_parse("192.0.2.1/24");
	assert_int_equal(vaddr_to_sockaddr(&addr, 7, &ss), sizeof(sin));
	memcpy(&sin, &ss, sizeof(sin));
	assert_int_equal(sin.sin_family, AF_INET);
	assert_int_equal(ntohl(sin.sin_addr.s_addr), 0xc0000201);
	assert_int_equal(sin.sin_port, 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		addr = must_parse(rows[i].addr);
		assert_int_equal(vaddr_to_sockaddr(&addr, 7, &ss),
		    sizeof(sin6));
		memcpy(&sin6, &ss, sizeof(sin6));
		assert_int_equal(sin6.sin6_family, AF_INET6);
		assert_memory_equal(&sin6.sin6_addr, addr.bytes, 16);
		assert_int_equal(sin6.sin6_scope_id, rows[i].scope);
	}
	memset(&addr, 0, sizeof(addr));
	assert_int_equal(vaddr_to_sockaddr(&addr, 7, &ss), 0);
}

static void
from_bytes(void **state)
{
	static const uint8_t	 bytes[16] = { 192, 0, 2, 9, 1 };
	struct vaddr		 addr;
	char			 buf[VADDR_STRLEN];

	memset(&addr, 0xff, sizeof(addr));
	vaddr_from_bytes(&addr, AF_INET, bytes);
	assert_string_equal(vaddr_print_plen(&addr, buf, sizeof(buf)),
	    "192.0.2.9/32");
	assert_int_equal(addr.bytes[4], 0);
	vaddr_from_bytes(&addr, AF_INET6, bytes);
	assert_string_equal(vaddr_print_plen(&addr, buf, sizeof(buf)),
	    "c000:209:100::/128");
	vaddr_from_bytes(&addr, AF_UNIX, bytes);
	assert_int_equal(addr.family, 0);
	assert_int_equal(addr.plen, 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(parse_good),
		cmocka_unit_test(parse_bad),
		cmocka_unit_test(compare),
		cmocka_unit_test(kinds),
		cmocka_unit_test(networks),
		cmocka_unit_test(sockaddrs),
		cmocka_unit_test(from_bytes)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
