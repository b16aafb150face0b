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
 * The state machine. Recorded tests: each regress/unit/fsm/NAME.in is played
 * and compared with NAME.ok; UPDATE=1 in the environment rewrites the latter.
 * "fsm_test FILE" prints what FILE does.
 */

#include <sys/types.h>

#include <dirent.h>
#include <err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../vrrpe/fsm.h"
#include "fsm_play.h"

#define FOLDER		"regress/unit/fsm"
#define FILES_MAX	64
#define NAME_MAX_LEN	64

static char	 names[FILES_MAX][NAME_MAX_LEN];
static int	 name_cnt;

static void	 play_one(const char *);
static char	*slurp(const char *);
static void	 find_names(void);
static int	 by_name(const void *, const void *);

static void	 test_recorded(void **);
static void	 test_times(void **);
static void	 test_names(void **);
static void	 test_init(void **);
static void	 test_resume_record(void **);
static void	 test_same_bytes(void **);
static void	 test_clock_back(void **);
static void	 test_far_times(void **);
static void	 test_ignores(void **);

int
main(int argc, char *argv[])
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_resume_record),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_far_times),
		cmocka_unit_test(test_ignores)
	};

	if (argc == 2) {
		play_one(argv[1]);
		return (0);
	}
	return (cmocka_run_group_tests_name("fsm", tests, NULL, NULL));
}

static void
test_recorded(void **arg)
{
	struct play	 p;
	char		 in[128], ok[128], *got, *want;
	size_t		 len;
	FILE		*fp;
	int		 i, bad = 0;

	find_names();
	assert_true(name_cnt >= 15);
	for (i = 0; i < name_cnt; i++) {
		snprintf(in, sizeof(in), "%s/%s.in", FOLDER, names[i]);
		snprintf(ok, sizeof(ok), "%s/%s.ok", FOLDER, names[i]);
		if ((fp = fopen(in, "r")) == NULL)
			err(1, "%s", in);
		memset(&p, 0, sizeof(p));
		p.file = in;
		if ((p.out = open_memstream(&got, &len)) == NULL)
			err(1, NULL);
		play_file(&p, fp);
		fclose(fp);
		fclose(p.out);
		if (getenv("UPDATE") != NULL) {
			if ((fp = fopen(ok, "w")) == NULL)
				err(1, "%s", ok);
			fputs(got, fp);
			fclose(fp);
		}
		want = slurp(ok);
		if (strcmp(got, want) != 0) {
			print_error("%s: differs. Now it is:\n%s", ok, got);
			bad++;
		}
		free(got);
		free(want);
	}
	assert_int_equal(bad, 0);
}

/* What a trace of a running daemon would do now. */
static void
play_one(const char *file)
{
	struct play	 p;
	FILE		*fp;

	if ((fp = fopen(file, "r")) == NULL)
		err(1, "%s", file);
	memset(&p, 0, sizeof(p));
	p.file = file;
	p.out = stdout;
	play_file(&p, fp);
	fclose(fp);
}

static char *
slurp(const char *path)
{
	char	*buf;
	FILE	*fp;
	size_t	 len;

	if ((buf = calloc(1, 1 << 20)) == NULL)
		err(1, NULL);
	if ((fp = fopen(path, "r")) == NULL) {
		warn("%s", path);
		return (buf);
	}
	len = fread(buf, 1, (1 << 20) - 1, fp);
	buf[len] = '\0';
	fclose(fp);
	return (buf);
}

static void
find_names(void)
{
	struct dirent	*de;
	size_t		 len;
	DIR		*dir;

	if ((dir = opendir(FOLDER)) == NULL)
		err(1, "%s", FOLDER);
	while ((de = readdir(dir)) != NULL && name_cnt < FILES_MAX) {
		len = strlen(de->d_name);
		if (len < 4 || len - 3 >= NAME_MAX_LEN ||
		    strcmp(de->d_name + len - 3, ".in") != 0)
			continue;
		memcpy(names[name_cnt], de->d_name, len - 3);
		names[name_cnt++][len - 3] = '\0';
	}
	closedir(dir);
	qsort(names, (size_t)name_cnt, sizeof(names[0]), by_name);
}

static int
by_name(const void *a, const void *b)
{
	return (strcmp(a, b));
}

/* RFC 9568 6.1, RFC 3768 6.1: worked values in microseconds. */
static void
test_times(void **arg)
{
	assert_int_equal(vr_master_down_us(2, 1000000, 1, 3), 3996093);
	assert_int_equal(vr_master_down_us(2, 1000000, 100, 3), 3609375);
	assert_int_equal(vr_master_down_us(2, 1000000, 254, 3), 3007812);
	assert_int_equal(vr_master_down_us(2, 1000000, 255, 3), 3003906);
	/* version 2 skews by the second, whatever the interval */
	assert_int_equal(vr_master_down_us(2, 2000000, 100, 3), 6609375);
	assert_int_equal(vr_master_down_us(3, 100000, 100, 3), 360937);
	assert_int_equal(vr_master_down_us(3, 1000000, 100, 3), 3609375);
	assert_int_equal(vr_master_down_us(3, 2000000, 100, 3), 7218750);
	assert_int_equal(vr_master_down_us(3, 3000000, 100, 3), 10828125);
	assert_int_equal(vr_master_down_us(3, 500000, 100, 3), 1804687);
	assert_int_equal(vr_master_down_us(2, 1000000, 100, 5), 5609375);
	assert_int_equal(vr_skew_us(2, 1000000, 100), 609375);
	assert_int_equal(vr_skew_us(3, 3000000, 100), 1828125);
	assert_int_equal(vr_master_down_us(3, VR_INT_MAX_US, 1, 100),
	    100 * VR_INT_MAX_US + 255 * VR_INT_MAX_US / 256);
}

/* No name is missing, and out of range gives "?". */
static void
test_names(void **arg)
{
	static const struct {
		const char	*(*name)(int);
		int		 cnt;
	} all[] = {
		{ vr_state_name, VR_STATE_MAX },
		{ vr_face_name, VR_FACE_MASTER + 1 },
		{ vr_event_name, VR_EV_MAX },
		{ vr_act_name, VR_ACT_MAX },
		{ vr_notify_name, VR_NOTIFY_MAX },
		{ vr_hold_name, VR_HOLD_MAX },
		{ vr_hold_end_name, VR_HE_MAX },
		{ vr_log_name, VR_LOG_CODE_MAX },
		{ vr_answer_text, VR_ANS_MAX },
		{ vr_reason_name, VR_WHY_MAX },
		{ vr_reason_text, VR_WHY_MAX }
	};
	size_t	 t;
	int	 i, j;

	for (t = 0; t < sizeof(all) / sizeof(all[0]); t++) {
		for (i = 0; i < all[t].cnt; i++) {
			assert_string_not_equal(all[t].name(i), "?");
			for (j = 0; j < i; j++)
				assert_string_not_equal(all[t].name(i),
				    all[t].name(j));
		}
		assert_string_equal(all[t].name(-1), "?");
		assert_string_equal(all[t].name(all[t].cnt), "?");
	}
	for (i = 0; i < CNT_MAX; i++)
		assert_string_not_equal(cnt_name((unsigned int)i), "?");
	assert_string_equal(cnt_name(CNT_MAX), "?");
}

static void
conf_default(struct vr_conf *c)
{
	memset(c, 0, sizeof(*c));
	c->version = 3;
	c->prio = 100;
	c->down_adverts = 3;
	c->adver_int_us = 1000000;
}

static void
step(struct vr *v, const struct vr_conf *c, enum vr_event event, int64_t now,
    struct vr_out *out)
{
	struct vr_in	 in;

	memset(&in, 0, sizeof(in));
	in.event = event;
	in.now_us = now;
	in.prio = 200;
	in.adver_int_us = 3000000;
	in.src[0] = 10;
	in.src[3] = 9;
	in.until_us = VR_NEVER;
	in.hold = VR_HOLD_STANDBY;
	in.faults = 1;
	vr_step(v, c, &in, out);
}

static void
test_init(void **arg)
{
	struct vr_conf	 c;
	struct vr_out	 out;
	struct vr	 v;

	conf_default(&c);
	vr_init(&v, &c);
	assert_int_equal(v.state, VR_INIT);
	assert_int_equal(vr_face(&v), VR_FACE_STOPPED);
	assert_int_equal(vr_prio(&v), 100);
	assert_true(vr_due(&v) == VR_NEVER);
	/* nothing but START wakes it up */
	step(&v, &c, VR_EV_TIMER, 1, &out);
	assert_int_equal(out.cnt, 0);
	step(&v, &c, VR_EV_ADVERT, 2, &out);
	assert_int_equal(out.cnt, 0);
	step(&v, &c, VR_EV_STOP, 3, &out);
	assert_int_equal(out.cnt, 0);
	step(&v, &c, VR_EV_LATE, 3, &out);
	assert_int_equal(out.cnt, 0);
	step(&v, &c, VR_EV_UP, 3, &out);
	assert_int_equal(out.cnt, 0);
	step(&v, &c, VR_EV_START, 4, &out);
	assert_int_equal(v.state, VR_BACKUP);
	step(&v, &c, VR_EV_START, 5, &out);
	assert_int_equal(out.cnt, 0);
}

/* The record of a backup that learned, and of a master handing over. */
static void
test_resume_record(void **arg)
{
	struct vr_conf		 c;
	struct vr_resume	 rec;
	struct vr_out		 out;
	struct vr		 v;

	conf_default(&c);
	vr_init(&v, &c);
	step(&v, &c, VR_EV_START, 1000, &out);
	step(&v, &c, VR_EV_ADVERT, 2000, &out);
	vr_to_resume(&v, &rec);
	assert_int_equal(rec.state, VR_BACKUP);
	assert_int_equal(rec.prio, 100);
	assert_int_equal(rec.since_us, 1000);
	assert_true(rec.has_master);
	assert_int_equal(rec.master_prio, 200);
	assert_int_equal(rec.master_int_us, 3000000);
	assert_int_equal(rec.master[3], 9);
	assert_int_equal(rec.hold, VR_HOLD_NONE);
	assert_true(rec.hold_until_us == VR_NEVER);

	step(&v, &c, VR_EV_TIMER, vr_due(&v), &out);
	assert_int_equal(v.state, VR_MASTER);
	vr_to_resume(&v, &rec);
	assert_int_equal(rec.state, VR_MASTER);
	assert_int_equal(rec.master_int_us, 0);
	step(&v, &c, VR_EV_SWITCH, v.now_us + 500, &out);
	assert_int_equal(v.leave, VR_LEAVE_STANDBY);
	vr_to_resume(&v, &rec);
	assert_int_equal(rec.state, VR_BACKUP);
	assert_int_equal(rec.hold, VR_HOLD_STANDBY);
}

/* The same inputs give the same bytes, padding included. */
static void
test_same_bytes(void **arg)
{
	struct vr_out	 out[2];
	struct vr_conf	 c;
	struct vr	 v[2];
	int		 i, n;

	conf_default(&c);
	for (i = 0; i < 2; i++) {
		memset(&v[i], i == 0 ? 0 : 0xa5, sizeof(v[i]));
		memset(&out[i], i == 0 ? 0 : 0xa5, sizeof(out[i]));
		vr_init(&v[i], &c);
	}
	for (n = 0; n < 2 * VR_EV_MAX; n++) {
		for (i = 0; i < 2; i++)
			step(&v[i], &c, (enum vr_event)(n % VR_EV_MAX),
			    n * 700000, &out[i]);
		assert_memory_equal(&v[0], &v[1], sizeof(v[0]));
		assert_memory_equal(&out[0], &out[1], sizeof(out[0]));
	}
}

/* A clock that goes back is taken to stand still. */
static void
test_clock_back(void **arg)
{
	struct vr_out	 out;
	struct vr_conf	 c;
	struct vr	 v;

	conf_default(&c);
	vr_init(&v, &c);
	step(&v, &c, VR_EV_START, 5000000, &out);
	step(&v, &c, VR_EV_ADVERT, 100, &out);
	assert_int_equal(v.heard_us, 5000000);
	assert_true(vr_due(&v) > 5000000);
	step(&v, &c, VR_EV_TIMER, -1, &out);
	assert_int_equal(out.cnt, 0);
}

static void
test_far_times(void **arg)
{
	struct vr_out	 out;
	struct vr_conf	 c;
	struct vr	 v;

	conf_default(&c);
	c.preempt_delay_us = VR_INT_MAX_US;
	vr_init(&v, &c);
	step(&v, &c, VR_EV_START, INT64_MAX, &out);
	assert_int_equal(v.now_us, VR_TIME_MAX);
	assert_true(vr_due(&v) > VR_TIME_MAX && vr_due(&v) < VR_NEVER);
}

/* RFC 9568 erratum 8298: an owner may ignore, but not while it hands over. */
static void
test_ignores(void **arg)
{
	struct vr_out	 out;
	struct vr_conf	 c;
	struct vr	 v;

	conf_default(&c);
	c.prio = 255;
	c.start_master = true;
	c.owner_ignore_adverts = true;
	vr_init(&v, &c);
	step(&v, &c, VR_EV_START, 0, &out);
	assert_int_equal(v.state, VR_MASTER);
	assert_true(vr_ignores(&v, &c));
	step(&v, &c, VR_EV_ADVERT, 100, &out);
	assert_int_equal(out.cnt, 0);
	step(&v, &c, VR_EV_SWITCH, 200, &out);
	assert_false(vr_ignores(&v, &c));
	step(&v, &c, VR_EV_ADVERT, 300, &out);
	assert_int_equal(v.state, VR_BACKUP);
	assert_int_equal(v.reason, VR_WHY_HANDED_OVER);
	assert_false(vr_ignores(&v, &c));
	c.owner_ignore_adverts = false;
	step(&v, &c, VR_EV_RELEASE, 400, &out);
	assert_false(vr_ignores(&v, &c));
}
