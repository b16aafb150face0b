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

/* What the engine may send with an authentication header. */

#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "../../parent/relay.h"

#define LEN		(20 + 24 + 16 + 4)

static void
make(struct sock_spec *spec, uint8_t *p)
{
	static const uint8_t	 head[] = { 0x45, 0xc0, 0, LEN, 0, 9, 0, 0,
	    255, 51, 0, 0, 10, 9, 0, 1, 224, 0, 0, 18,
	    112, 4, 0, 0, 10, 9, 0, 1, 0, 0, 0, 7 };

	memset(spec, 0, sizeof(*spec));
	spec->family = AF_INET;
	spec->ah = true;
	spec->ttl = 255;
	(void)vaddr_parse(&spec->src, "10.9.0.1");
	(void)vaddr_parse(&spec->dst, "224.0.0.18");
	memset(p, 0, LEN + 4);
	memcpy(p, head, sizeof(head));
	p[44] = 0x21;
	p[47] = 1;
}

static void
test_bytes(void **state)
{
	struct sock_spec	 spec;
	uint8_t			 p[LEN + 4];
	size_t			 i;
	bool			 ours;

	make(&spec, p);
	assert_true(relay_may_pass(&spec, p, LEN));
	for (i = 0; i < LEN; i++) {
		/* number, header's sum, AH's number and sum, the message */
		ours = i == 4 || i == 5 || i == 10 || i == 11 ||
		    (i >= 28 && i < 44) || (i > 44 && i != 47);
		p[i] ^= 1;
		if (relay_may_pass(&spec, p, LEN) != ours)
			fail_msg("byte %zu", i);
		p[i] ^= 1;
	}
	for (i = 0; i <= LEN + 4; i++)
		assert_int_equal(relay_may_pass(&spec, p, i), i == LEN);
}

/* Only what may pass comes out. */
static void
test_relay(void **state)
{
	struct sock_spec	 spec;
	struct event_base	*base;
	struct relay		*r;
	uint8_t			 p[2048];
	int			 out[2], fd;

	memset(p, 0, sizeof(p));
	make(&spec, p);
	assert_non_null(base = event_base_new());
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0,
	    out), 0);
	assert_non_null(r = relay_new(base, &spec, out[0], &fd));
	assert_int_equal(write(fd, p, LEN), LEN);
	p[12] = 11;
	assert_int_equal(write(fd, p, LEN), LEN);
	p[12] = 10;
	assert_int_equal(write(fd, p, sizeof(p)), sizeof(p));
	p[46] = 200;
	assert_int_equal(write(fd, p, LEN), LEN);
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(read(out[1], p, sizeof(p)), LEN);
	assert_int_equal(p[46], 0);
	assert_int_equal(read(out[1], p, sizeof(p)), LEN);
	assert_int_equal(p[46], 200);
	assert_int_equal(read(out[1], p, sizeof(p)), -1);
	relay_free(r);
	(void)close(fd);
	(void)close(out[1]);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_relay)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
