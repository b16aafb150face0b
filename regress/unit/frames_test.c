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
 * parent/frames.c against frames that keepalived sent.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../parent/frames.h"

static const uint8_t	 mac[6] = { 0x02, 0, 0, 0, 0, 0x01 };

static void
test_arp(void **state)
{
	static const uint8_t	 want[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x01,
		0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1,
		0x02, 0, 0, 0, 0, 0x01, 10, 9, 0, 110,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 10, 9, 0, 110
	};
	struct vaddr		 addr;
	uint8_t			 buf[FRAME_MAX];

	assert_int_equal(vaddr_parse(&addr, "10.9.0.110"), 0);
	assert_int_equal(frame_arp(buf, mac, &addr), FRAME_ARP_LEN);
	assert_int_equal(sizeof(want), FRAME_ARP_LEN);
	assert_memory_equal(buf, want, sizeof(want));
	assert_int_equal(frame_announce(buf, mac, &addr), FRAME_ARP_LEN);
}

/* The sum over pseudo-header and message, checksum included, is all ones. */
static uint32_t
na_sum(const uint8_t *buf)
{
	uint32_t	 sum;
	size_t		 i;

	sum = 32 + 58;
	for (i = 22; i < FRAME_NA_LEN; i += 2)
		sum += (uint32_t)buf[i] << 8 | buf[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (sum);
}

static void
test_na(void **state)
{
	static const uint8_t	 head[] = {
		0x33, 0x33, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 0x01, 0x86, 0xdd,
		0x60, 0, 0, 0, 0, 32, 58, 255,
		0xfd, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0,
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
		136, 0
	};
	static const uint8_t	 tail[] = {
		0xa0, 0, 0, 0,
		0xfd, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0,
		2, 1, 0x02, 0, 0, 0, 0, 0x01
	};
	struct vaddr		 addr;
	uint8_t			 buf[FRAME_MAX];
	unsigned int		 i;

	assert_int_equal(vaddr_parse(&addr, "fd09::100"), 0);
	assert_int_equal(frame_na(buf, mac, &addr), FRAME_NA_LEN);
	assert_memory_equal(buf, head, sizeof(head));
	assert_memory_equal(buf + sizeof(head) + 2, tail, sizeof(tail));
	assert_int_equal(sizeof(head) + 2 + sizeof(tail), FRAME_NA_LEN);
	assert_int_equal(frame_announce(buf, mac, &addr), FRAME_NA_LEN);
	for (i = 0; i < 65536; i += 13) {
		addr.bytes[14] = (uint8_t)(i >> 8);
		addr.bytes[15] = (uint8_t)i;
		(void)frame_na(buf, mac, &addr);
		assert_int_equal(na_sum(buf), 0xffff);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_arp),
		cmocka_unit_test(test_na),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
