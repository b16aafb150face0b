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
#include "fsm_play.h"

static void	 test_text(void **);
static void	 test_ring(void **);
static void	 test_many(void **);
static void	 test_replay(void **);
static void	 test_reloads(void **);
static struct einst *make(struct engine *, struct conf_inst *);
static uint32_t draw(uint32_t);
static void	 invent(struct einst *, struct vr_in *);
static void	 step(struct einst *, struct vr_in *, FILE *);
static char	*replay(const struct einst *, struct vr *);
static void	 compare(const struct einst *, const char *);
static const char *line(const struct einst *, uint32_t);
static void	 add_advert(struct einst *, int64_t);

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_reloads)
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
	vr_init(&i->vr, &i->vc);
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

/*
 * While it grows and after it went round: oldest first, nothing twice, and
 * half of what is remembered at least.
 */
static void
test_ring(void **arg)
{
	struct conf_inst	 c;
	struct engine		*e = calloc(1, sizeof(*e));
	struct einst		*i;
	char			 want[64];
	uint32_t		 n, total, first, at;

	assert_non_null(e);
	i = make(e, &c);
	for (total = 1; total <= 3 * TRACE_LEN + 5; total++) {
		add_advert(i, (int64_t)total * US_PER_SEC);
		first = (uint32_t)strtoul(strchr(line(i, 1), ';') + 1, NULL,
		    10);
		assert_true(total - first >= TRACE_LEN / 2 || first == 0);
		assert_true(total - first <= TRACE_LEN);
		for (at = 2; line(i, at)[0] == 'v'; at++)
			;
		for (n = first + 1; n <= total; n += 1 + total / 16) {
			(void)snprintf(want, sizeof(want), "%u.000000 ", n);
			assert_memory_equal(line(i, at + n - first - 1), want,
			    strlen(want));
		}
		assert_string_equal(line(i, at + total - first), "(none)");
	}
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
	uint32_t		 n, cnt;

	assert_non_null(e);
	i = make(e, &c);
	e->inst_cnt = TRACE_MANY + 1;
	for (n = 1; n <= 100; n++)
		add_advert(i, (int64_t)n * US_PER_SEC);
	for (cnt = 0; line(i, cnt)[0] != '('; cnt++)
		;
	assert_in_range(cnt, TRACE_LEN_MANY / 2, TRACE_LEN_MANY + 6);
	/* Fewer instances now: it may grow again. */
	e->inst_cnt = 1;
	for (n = 101; n <= 400; n++)
		add_advert(i, (int64_t)n * US_PER_SEC);
	for (cnt = 0; line(i, cnt)[0] != '('; cnt++)
		;
	assert_in_range(cnt, TRACE_LEN / 2, TRACE_LEN + 6);
	assert_memory_equal(line(i, cnt - 1), "400.000000", 10);
	trace_clear(&i->trace);
	free(i);
	free(e);
}

/* xorshift */
static uint32_t
draw(uint32_t below)
{
	static uint32_t	 x = 2463534242U;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return (x % below);
}

/* Any input that may come. */
static void
invent(struct einst *i, struct vr_in *in)
{
	static const enum vr_event	 often[] = { VR_EV_ADVERT,
					    VR_EV_ADVERT, VR_EV_TIMER,
					    VR_EV_TIMER, VR_EV_PRIO,
					    VR_EV_SWITCH, VR_EV_UP };
	int64_t				 due = vr_due(&i->vr);

	memset(in, 0, sizeof(*in));
	in->event = draw(8) == 0 ? (enum vr_event)draw(VR_EV_MAX) :
	    often[draw(sizeof(often) / sizeof(often[0]))];
	if (in->event == VR_EV_RESUME || in->event == VR_EV_CONF)
		in->event = VR_EV_START;
	in->now_us = i->vr.now_us + draw(500000);
	if (in->event == VR_EV_TIMER && due != VR_NEVER && due > in->now_us)
		in->now_us = due;
	in->prio = (uint8_t)draw(256);
	in->adver_int_us = 10000 + draw(2000000);
	(void)memcpy(in->src, "\300\0\2\0", 4);
	in->src[3] = (uint8_t)draw(4);
	in->faults = draw(3);
	in->late_us = draw(3000000);
	in->hold = (enum vr_hold)draw(VR_HOLD_MAX);
	in->order = (enum vr_order)draw(VR_ORDER_MAX);
	in->until_us = draw(2) ? VR_NEVER : in->now_us + draw(9000000);
	in->now = draw(4) == 0;
}

/* One input, traced and done; what it did is printed. */
static void
step(struct einst *i, struct vr_in *in, FILE *out)
{
	struct vr_out	 vo;

	trace_add(i, in);
	vr_step(&i->vr, &i->vc, in, &vo);
	play_print(out, &vo);
}

/* What the trace does when it is played, without what the player adds. */
static char *
replay(const struct einst *i, struct vr *v)
{
	struct play	 p;
	char		*in, *out, *s, *to, *row;
	size_t		 len;
	uint32_t	 n;
	FILE		*fp;

	assert_non_null(fp = open_memstream(&in, &len));
	for (n = 0; line(i, n)[0] != '('; n++) {
		assert_true(strlen(line(i, n)) < TEXT_LEN - 1);
		fprintf(fp, "%s\n", line(i, n));
	}
	fclose(fp);
	memset(&p, 0, sizeof(p));
	p.file = "trace";
	assert_non_null(p.out = open_memstream(&out, &len));
	assert_non_null(fp = fmemopen(in, strlen(in), "r"));
	play_file(&p, fp);
	fclose(fp);
	fclose(p.out);
	free(in);
	*v = p.v;
	for (s = to = out; (row = strsep(&s, "\n")) != NULL;) {
		if (row[0] != '\t' || row[1] == '=')
			continue;
		len = strlen(row);
		memmove(to, row, len);
		to[len] = '\n';
		to += len + 1;
	}
	*to = '\0';
	return (out);
}

/* The last actions are those of the trace, and the machine is the same. */
static void
compare(const struct einst *i, const char *did)
{
	struct vr	 v;
	char		*played = replay(i, &v);
	size_t		 len = strlen(played), all = strlen(did);

	assert_true(len <= all);
	assert_string_equal(played, did + all - len);
	assert_memory_equal(&v, &i->vr, sizeof(v));
	free(played);
}

/*
 * A machine that anything happens to: its trace, at any time, is played to
 * the same actions and the same state.
 */
static void
test_replay(void **arg)
{
	struct conf_inst	 c;
	struct engine		*e = calloc(1, sizeof(*e));
	struct einst		*i;
	struct vr_in		 in;
	char			*did;
	size_t			 len;
	FILE			*out;
	int			 n, conf;

	assert_non_null(e);
	for (conf = 0; conf < 16; conf++) {
		i = make(e, &c);
		i->vc.version = conf & 1 ? 2 : 3;
		i->vc.nopreempt = (conf & 2) != 0;
		i->vc.grouped = (conf & 4) != 0;
		i->vc.preempt_delay_us = conf & 8 ? 3000000 : 0;
		vr_init(&i->vr, &i->vc);
		/* of the player, before the first line */
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_ADDR;
		(void)memcpy(in.src, "\12\11\0\1", 4);
		assert_non_null(out = open_memstream(&did, &len));
		step(i, &in, out);
		for (n = 0; n < 700; n++) {
			invent(i, &in);
			step(i, &in, out);
			if (n % 37 != 0)
				continue;
			fflush(out);
			compare(i, did);
			e->now_us = i->vr.now_us;
			trace_held(i);
			vr_begin_held(&i->vr);
		}
		fclose(out);
		compare(i, did);
		free(did);
		trace_clear(&i->trace);
		free(i);
	}
	free(e);
}

/* Each input by the configuration of its time, however many there were. */
static void
test_reloads(void **arg)
{
	struct conf_inst	 c;
	struct engine		*e = calloc(1, sizeof(*e));
	struct einst		*i;
	struct vr_in		 in;
	char			*did;
	size_t			 len;
	FILE			*out;
	int			 n;

	assert_non_null(e);
	i = make(e, &c);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADDR;
	(void)memcpy(in.src, "\12\11\0\1", 4);
	assert_non_null(out = open_memstream(&did, &len));
	step(i, &in, out);
	for (n = 0; n < 400; n++) {
		invent(i, &in);
		if (n % 17 == 3) {
			in.event = VR_EV_CONF;
			i->vc.prio = (uint8_t)(1 + draw(254));
			i->vc.adver_int_us = 100000 * (1 + draw(20));
			i->vc.nopreempt = draw(2) != 0;
		}
		step(i, &in, out);
		fflush(out);
		compare(i, did);
	}
	/* An instance that is taken out of its group, and stops. */
	i->vc.grouped = false;
	in.event = VR_EV_STOP;
	step(i, &in, out);
	fclose(out);
	compare(i, did);
	free(did);
	trace_clear(&i->trace);
	free(i);
	free(e);
}
