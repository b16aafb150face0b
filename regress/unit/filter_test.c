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
 * parent/filter.c, run by the kernel on datagrams of a socket pair.
 */

#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "../../parent/filter.h"

static int	 fds[2];

static void
use(struct sock_filter *code, size_t cnt)
{
	struct sock_fprog	 prog;

	assert_in_range(cnt, 1, FILTER_MAX);
	prog.len = (unsigned short)cnt;
	prog.filter = code;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	assert_int_equal(setsockopt(fds[1], SOL_SOCKET, SO_ATTACH_FILTER,
	    &prog, sizeof(prog)), 0);
}

static void
unuse(void)
{
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* Does it come through, and whole? */
static int
passes(const void *data, size_t len)
{
	uint8_t	 buf[2048];
	ssize_t	 n;

	(void)send(fds[0], data, len, 0);	/* EPERM when it is dropped */
	if ((n = recv(fds[1], buf, sizeof(buf), 0)) == -1)
		return (0);
	assert_int_equal(n, len);
	assert_memory_equal(buf, data, len);
	return (1);
}

static void
test_none(void **state)
{
	struct sock_filter	 code[FILTER_MAX];

	use(code, filter_none(code));
	assert_false(passes("\x21\x0a\x64\x01\x00\x01\x00\x00", 8));
	unuse();
}

static void
test_watch(void **state)
{
	static const uint32_t	 last[] = { 0x0a090097, 0x00000152 };
	struct sock_filter	 code[FILTER_MAX];
	uint32_t		 many[FILTER_ADDRS_MAX + 1];
	uint8_t			 arp[28], na[32];
	unsigned int		 i;

	memset(arp, 0, sizeof(arp));
	memcpy(arp + 14, "\x0a\x09\x00\x97", 4);
	memset(na, 0, sizeof(na));
	na[0] = 136;
	memcpy(na + 20, "\x00\x00\x01\x52", 4);
	use(code, filter_watch(code, AF_INET, last, 2));
	assert_true(passes(arp, sizeof(arp)));
	assert_false(passes(arp, 17));
	arp[17] = 0x98;
	assert_false(passes(arp, sizeof(arp)));
	unuse();
	use(code, filter_watch(code, AF_INET6, last, 2));
	assert_true(passes(na, sizeof(na)));
	na[23] = 0x53;
	assert_false(passes(na, sizeof(na)));
	na[23] = 0x52;
	na[0] = 135;
	assert_false(passes(na, sizeof(na)));
	unuse();
	for (i = 0; i < FILTER_ADDRS_MAX; i++)
		many[i] = i + 1;
	use(code, filter_watch(code, AF_INET, many, FILTER_ADDRS_MAX));
	memcpy(arp + 14, "\0\0\0\xf0", 4);	/* the last one */
	assert_true(passes(arp, sizeof(arp)));
	arp[17] = 0xf1;
	assert_false(passes(arp, sizeof(arp)));
	unuse();
	/* Too many: what is gratuitous. */
	use(code, filter_watch(code, AF_INET, many, FILTER_ADDRS_MAX + 1));
	assert_false(passes(arp, sizeof(arp)));
	memcpy(arp + 24, arp + 14, 4);
	assert_true(passes(arp, sizeof(arp)));
	unuse();
	use(code, filter_watch(code, AF_INET6, many, FILTER_ADDRS_MAX + 1));
	assert_false(passes(na, sizeof(na)));
	na[0] = 136;
	assert_true(passes(na, sizeof(na)));
	unuse();
}

static void
test_ipv6(void **state)
{
	struct sock_filter	 code[FILTER_MAX];
	uint8_t			 vrids[FILTER_VRIDS_LEN], packet[24];
	unsigned int		 vrid;

	memset(vrids, 0, sizeof(vrids));
	vrids[51 / 8] |= 1 << 51 % 8;
	vrids[255 / 8] |= 1 << 255 % 8;
	use(code, filter_rx(code, AF_INET6, false, vrids));
	memset(packet, 0, sizeof(packet));
	packet[0] = 0x31;
	for (vrid = 0; vrid < 256; vrid++) {
		packet[1] = (uint8_t)vrid;
		assert_int_equal(passes(packet, sizeof(packet)),
		    vrid == 51 || vrid == 255);
	}
	/* Wrong version, wrong type: the engine counts them. */
	packet[1] = 51;
	packet[0] = 0x47;
	assert_true(passes(packet, sizeof(packet)));
	assert_true(passes(packet, 8));
	assert_false(passes(packet, 7));
	unuse();
}

static void
test_ipv4(void **state)
{
	struct sock_filter	 code[FILTER_MAX];
	uint8_t			 vrids[FILTER_VRIDS_LEN], packet[80];
	unsigned int		 ihl;

	memset(vrids, 0, sizeof(vrids));
	vrids[10 / 8] |= 1 << 10 % 8;
	use(code, filter_rx(code, AF_INET, false, vrids));
	for (ihl = 5; ihl <= 15; ihl++) {
		memset(packet, 0, sizeof(packet));
		packet[0] = (uint8_t)(0x40 | ihl);
		packet[ihl * 4] = 0x21;
		packet[ihl * 4 + 1] = 10;
		assert_true(passes(packet, ihl * 4 + 16));
		assert_true(passes(packet, ihl * 4 + 8));
		assert_false(passes(packet, ihl * 4 + 7));
		packet[ihl * 4 + 1] = 11;
		assert_false(passes(packet, ihl * 4 + 16));
	}
	unuse();
}

/* Behind an authentication header of the one length that there is. */
static void
test_ah(void **state)
{
	struct sock_filter	 code[FILTER_MAX];
	uint8_t			 vrids[FILTER_VRIDS_LEN], packet[80];

	memset(vrids, 0, sizeof(vrids));
	vrids[10 / 8] |= 1 << 10 % 8;
	use(code, filter_rx(code, AF_INET, true, vrids));
	memset(packet, 0, sizeof(packet));
	packet[0] = 0x45;
	packet[20] = 112;
	packet[21] = 4;
	packet[45] = 10;
	assert_true(passes(packet, 20 + 24 + 16));
	assert_true(passes(packet, 20 + 24 + 8));
	assert_false(passes(packet, 20 + 24 + 7));
	packet[45] = 11;
	assert_false(passes(packet, 20 + 24 + 16));
	packet[45] = 10;
	packet[21] = 5;
	assert_false(passes(packet, 20 + 24 + 16));
	packet[21] = 4;
	packet[20] = 50;
	assert_false(passes(packet, 20 + 24 + 16));
	unuse();
}

/* All of them, which is the longest; and any. */
static void
test_all(void **state)
{
	struct sock_filter	 code[FILTER_MAX];
	uint8_t			 vrids[FILTER_VRIDS_LEN], packet[16];
	unsigned int		 vrid;

	memset(vrids, 0xff, sizeof(vrids));
	memset(packet, 0, sizeof(packet));
	use(code, filter_rx(code, AF_INET6, false, vrids));
	for (vrid = 0; vrid < 256; vrid++) {
		packet[1] = (uint8_t)vrid;
		assert_true(passes(packet, sizeof(packet)));
	}
	unuse();
	use(code, filter_rx(code, AF_INET6, false, NULL));
	assert_true(passes(packet, sizeof(packet)));
	assert_false(passes(packet, 7));
	unuse();
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ah),
		cmocka_unit_test(test_all),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
