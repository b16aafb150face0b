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

/* Typed fields of messages. */

#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../common/addr.h"
#include "../../common/msg.h"

static void
exact_bytes(void **state)
{
	static const uint8_t	 want[] = {
		0xab, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef,
		1, 2, 3, 4, 5, 6, 7, 8,
		0xff, 0xff, 0xff, 0xfe,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd,
		1, 0, 0, 2, 'h', 'i', 0, 0, 'x', 'y',
		4, 24, 192, 0, 2, 1, 0
	};
	struct vaddr		 addr, none;
	struct msg		 m;
	uint8_t			 buf[128];

	assert_int_equal(vaddr_parse(&addr, "192.0.2.1/24"), 0);
	memset(&none, 0, sizeof(none));
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, 0xab);
	msg_put_u16(&m, 0x1234);
	msg_put_u32(&m, 0xdeadbeef);
	msg_put_u64(&m, 0x0102030405060708ULL);
	msg_put_s32(&m, -2);
	msg_put_s64(&m, -3);
	msg_put_bool(&m, true);
	msg_put_bool(&m, false);
	msg_put_str(&m, "hi");
	msg_put_str(&m, "");
	msg_put_bytes(&m, "xy", 2);
	msg_put_addr(&m, &addr);
	msg_put_addr(&m, &none);
	assert_int_equal(msg_end(&m), 0);
	assert_int_equal(m.len, sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
}

static void
round_trip(void **state)
{
	struct vaddr	 in, out;
	struct msg	 m;
	uint8_t		 buf[128];
	char		 text[8], bytes[3];

	assert_int_equal(vaddr_parse(&in, "2001:db8::7/48"), 0);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_s32(&m, INT32_MIN);
	msg_put_s64(&m, INT64_MIN);
	msg_put_u64(&m, UINT64_MAX);
	msg_put_str(&m, "1234567");
	msg_put_bytes(&m, "abc", 3);
	msg_put_addr(&m, &in);
	msg_put_u8(&m, 3);
	msg_put_bool(&m, true);
	assert_int_equal(msg_end(&m), 0);

	msg_init_read(&m, buf, m.len);
	assert_int_equal(msg_get_s32(&m), INT32_MIN);
	assert_true(msg_get_s64(&m) == INT64_MIN);
	assert_true(msg_get_u64(&m) == UINT64_MAX);
	msg_get_str(&m, text, sizeof(text));
	assert_string_equal(text, "1234567");
	msg_get_bytes(&m, bytes, 3);
	assert_memory_equal(bytes, "abc", 3);
	msg_get_addr(&m, &out);
	assert_memory_equal(&in, &out, sizeof(in));
	assert_int_equal(msg_get_enum(&m, 4), 3);
	assert_int_equal(msg_end(&m), -1);	/* one byte is left */
	assert_true(msg_get_bool(&m));
	assert_int_equal(msg_end(&m), 0);
}

static void
write_overflow(void **state)
{
	struct msg	 m;
	uint8_t		 buf[8];
	char		*huge;

	memset(buf, 0x77, sizeof(buf));
	msg_init_write(&m, buf, 5);
	msg_put_u32(&m, 1);
	msg_put_u16(&m, 2);		/* does not fit */
	msg_put_u8(&m, 3);		/* would fit, but the error sticks */
	assert_int_equal(msg_end(&m), -1);
	assert_int_equal(m.len, 4);
	assert_int_equal(buf[4], 0x77);
	assert_int_equal(buf[5], 0x77);

	assert_non_null(huge = malloc(70000));
	memset(huge, 'a', 69999);
	huge[69999] = '\0';
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_str(&m, huge);
	assert_int_equal(msg_end(&m), -1);
	free(huge);
}

static void
read_past_end(void **state)
{
	static const uint8_t	 bytes[] = { 1, 2, 3 };
	struct vaddr		 addr;
	struct msg		 m;
	char			 text[4] = "abc", raw[2] = "z";

	msg_init_read(&m, bytes, sizeof(bytes));
	assert_int_equal(msg_get_u16(&m), 0x0102);
	assert_int_equal(msg_get_u16(&m), 0);
	assert_int_equal(msg_get_u8(&m), 0);	/* one is there: too late */
	assert_int_equal(msg_get_u32(&m), 0);
	assert_true(msg_get_u64(&m) == 0);
	assert_int_equal(msg_get_s32(&m), 0);
	assert_true(msg_get_s64(&m) == 0);
	assert_false(msg_get_bool(&m));
	assert_int_equal(msg_get_enum(&m, 200), 0);
	msg_get_str(&m, text, sizeof(text));
	assert_string_equal(text, "");
	msg_get_bytes(&m, raw, 1);
	assert_int_equal(raw[0], 0);
	memset(&addr, 0xff, sizeof(addr));
	msg_get_addr(&m, &addr);
	assert_int_equal(addr.family, 0);
	assert_int_equal(msg_end(&m), -1);
}

static void
bad_values(void **state)
{
	static const struct {
		uint8_t	 bytes[24];
		size_t	 len;
		char	 kind;
	} rows[] = {
		{ { 2 }, 1, 'b' }, { { 255 }, 1, 'b' },
		{ { 3 }, 1, 'e' },
		{ { 0, 4, 'a', 'b', 'c', 'd' }, 6, 's' },	/* too long */
		{ { 0, 2, 'a', 0 }, 4, 's' },			/* NUL inside */
		{ { 0, 3, 'a', 'b' }, 4, 's' },			/* cut */
		{ { 0xff, 0xff, 'a' }, 3, 's' },
		{ { 2, 24, 1, 2, 3, 4 }, 6, 'a' },		/* family */
		{ { 10, 24, 1, 2, 3, 4 }, 6, 'a' },
		{ { 4, 33, 1, 2, 3, 4 }, 6, 'a' },		/* length */
		{ { 4, 24, 1, 2, 3 }, 5, 'a' },
		{ { 6, 129, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		    16 }, 18, 'a' }
	};
	struct vaddr	 addr;
	struct msg	 m;
	char		 text[4];
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		msg_init_read(&m, rows[i].bytes, rows[i].len);
		switch (rows[i].kind) {
		case 'b':
			assert_false(msg_get_bool(&m));
			break;
		case 'e':
			assert_int_equal(msg_get_enum(&m, 3), 0);
			break;
		case 's':
			msg_get_str(&m, text, sizeof(text));
			assert_string_equal(text, "");
			break;
		case 'a':
			msg_get_addr(&m, &addr);
			assert_int_equal(addr.family, 0);
			assert_int_equal(addr.plen, 0);
			break;
		}
		if (msg_end(&m) != -1)
			fail_msg("row %zu is taken", i);
	}
}

/* A reader does not write and a writer does not read. */
static void
directions(void **state)
{
	struct msg	 m;
	uint8_t		 buf[4] = { 1, 2, 3, 4 };

	msg_init_read(&m, buf, sizeof(buf));
	msg_put_u8(&m, 9);
	assert_int_equal(msg_end(&m), -1);
	assert_int_equal(buf[0], 1);
	msg_init_write(&m, buf, sizeof(buf));
	assert_int_equal(msg_get_u8(&m), 0);
	assert_int_equal(msg_end(&m), -1);
	msg_init_read(&m, NULL, 0);
	assert_int_equal(msg_end(&m), 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(exact_bytes),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(write_overflow),
		cmocka_unit_test(read_past_end),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(directions)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
