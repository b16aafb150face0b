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
 * The trace of a machine's inputs: its ring, and its text, which must be what
 * the recorded tests of the machine read.
 */

#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../vrrpe/vrrpe.h"

static void	 test_text(void **);
static void	 test_ring(void **);
static void	 test_many(void **);
static struct einst *make(struct engine *, struct conf_inst *);
static const char *line(const struct einst *, uint32_t);
static void	 add_advert(struct einst *, int64_t);

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_many)
	};

	return (cmocka_run_group_tests_name("trace", tests, NULL, NULL));
}

/* Of whylog.c, which is not linked. */
void
why_addr(const struct einst *i, const uint8_t *bytes, char *buf, size_t len)
{
	struct vaddr	 addr;

	vaddr_from_bytes(&addr, i->conf->family, bytes);
	(void)vaddr_print(&addr, buf, len);
}

static struct einst *
make(struct engine *e, struct conf_inst *c)
{
	struct einst	*i;

	memset(e, 0, sizeof(*e));
	memset(c, 0, sizeof(*c));
	c->family = AF_INET;
	(void)strlcpy(c->name, "VI_1", sizeof(c->name));
	i = calloc(1, sizeof(*i));
	assert_non_null(i);
	i->e = e;
	i->conf = c;
	i->vc.version = 3;
	i->vc.prio = 100;
	i->vc.down_adverts = 3;
	i->vc.adver_int_us = 1500000;
	e->inst_cnt = 1;
	return (i);
}

static const char *
line(const struct einst *i, uint32_t idx)
{
	static char	 buf[TEXT_LEN];

	return (trace_line(i, idx, buf, sizeof(buf)) ? buf : "(none)");
}

static void
add_advert(struct einst *i, int64_t now_us)
{
	struct vr_in	 in;

	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADVERT;
	in.now_us = now_us;
	in.prio = 200;
	in.adver_int_us = 1000000;
	memcpy(in.src, "\300\0\2\2", 4);
	trace_add(i, &in);
}

static void
test_text(void **arg)
{
	struct conf_inst	 c;
	struct engine		*e = calloc(1, sizeof(*e));
	struct einst		*i;
	struct vr_in		 in;

	assert_non_null(e);
	i = make(e, &c);
	assert_string_equal(line(i, 0), "new version=3 prio=100 "
	    "interval=1.500000 down_adverts=3 preempt_delay=0.000000 "
	    "nopreempt=0 start_master=0 first_once=0 lower_prio_no_advert=0 "
	    "higher_prio_send_advert=0 owner_ignore_adverts=0 "
	    "quiet_faults=0 grouped=0");
	assert_string_equal(line(i, 1),
	    "# VI_1, now STOPPED; 0 older inputs are gone");
	assert_string_equal(line(i, 2), "(none)");
	add_advert(i, 1000001);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_SWITCH;
	in.now_us = 2000000;
	in.hold = VR_HOLD_STANDBY;
	in.until_us = VR_NEVER;
	trace_add(i, &in);
	in.event = VR_EV_DOWN;
	in.faults = 3;
	trace_add(i, &in);
	in.event = VR_EV_LATE;
	in.late_us = 2500000;
	trace_add(i, &in);
	in.event = VR_EV_TIMER;
	trace_add(i, &in);
	assert_string_equal(line(i, 2), "1.000001 ADVERT prio=200 "
	    "from=192.0.2.2 interval=1.000000");
	assert_string_equal(line(i, 3),
	    "2.000000 SWITCH hold=standby now=0 until=never");
	assert_string_equal(line(i, 4), "2.000000 DOWN faults=3");
	assert_string_equal(line(i, 5), "2.000000 LATE late=2.500000");
	assert_string_equal(line(i, 6), "2.000000 TIMER");
	assert_string_equal(line(i, 7), "(none)");
	trace_clear(&i->trace);
	free(i);
	free(e);
}

/* While it grows and after it went round: oldest first, nothing twice. */
static void
test_ring(void **arg)
{
	struct conf_inst	 c;
	struct engine		*e = calloc(1, sizeof(*e));
	struct einst		*i;
	char			 want[64];
	uint32_t		 n, total, first;

	assert_non_null(e);
	i = make(e, &c);
	for (total = 1; total <= 3 * TRACE_LEN + 5; total++) {
		add_advert(i, (int64_t)total * US_PER_SEC);
		first = total > TRACE_LEN ? total - TRACE_LEN + 1 : 1;
		for (n = first; n <= total; n += 1 + total / 16) {
			(void)snprintf(want, sizeof(want), "%u.000000 ", n);
			assert_memory_equal(line(i, 2 + n - first), want,
			    strlen(want));
		}
		assert_string_equal(line(i, 2 + total - first + 1), "(none)");
	}
	assert_string_equal(line(i, 1),
	    "# VI_1, now STOPPED; 517 older inputs are gone");
	trace_clear(&i->trace);
	free(i);
	free(e);
}

static void
test_many(void **arg)
{
	struct conf_inst	 c;
	struct engine		*e = calloc(1, sizeof(*e));
	struct einst		*i;
	uint32_t		 n;

	assert_non_null(e);
	i = make(e, &c);
	e->inst_cnt = TRACE_MANY + 1;
	for (n = 1; n <= 100; n++)
		add_advert(i, (int64_t)n * US_PER_SEC);
	assert_string_equal(line(i, 2 + TRACE_LEN_MANY), "(none)");
	assert_memory_equal(line(i, 2), "37.000000", 9);
	/* Fewer instances now: it may grow again. */
	e->inst_cnt = 1;
	for (n = 101; n <= 300; n++)
		add_advert(i, (int64_t)n * US_PER_SEC);
	assert_memory_equal(line(i, 1 + i->trace.cnt), "300.000000", 10);
	for (n = 0; n + 1 < i->trace.cnt; n++)
		assert_true(strtod(line(i, 3 + n), NULL) > 37 + n);
	trace_clear(&i->trace);
	free(i);
	free(e);
}
