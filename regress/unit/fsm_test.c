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
 *
 * A line of NAME.in is empty, a comment (#), or one of
 *	new [KEY=VALUE ...]	a new machine with this configuration: version
 *				prio interval down_adverts preempt_delay
 *				nopreempt start_master first_once
 *				lower_prio_no_advert higher_prio_send_advert
 *				owner_ignore_adverts quiet_faults
 *	until TIME		serve every timer up to then
 *	TIME EVENT [KEY=VALUE ...]
 *				prio from interval faults late hold until now,
 *				CONF also the keys of new; RESUME state since
 *				prio hold until interval master master_prio
 *				GROUP order
 * Times are seconds, "until" may be "never"; addresses are IPv4 or IPv6. The
 * events and their fields are those of fsm.h, so that a trace of a running
 * daemon can be pasted in; "fsm_test FILE" prints what it does.
 */

#include <sys/types.h>

#include <arpa/inet.h>

#include <dirent.h>
#include <err.h>
#include <inttypes.h>
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

#define FOLDER		"regress/unit/fsm"
#define FILES_MAX	64
#define NAME_MAX_LEN	64
#define LINE_MAX_LEN	512
#define FIRST_ADDR	"10.9.0.1"

/* One playing of a recorded test. */
struct play {
	const char	*file;
	int		 line;
	FILE		*out;
	struct vr	 v;
	struct vr_conf	 c;
	int64_t		 now;
};

static char	 names[FILES_MAX][NAME_MAX_LEN];
static int	 name_cnt;

static void	 play_file(struct play *, FILE *);
static void	 play_one(const char *);
static void	 play_line(struct play *, char *);
static void	 play_new(struct play *, char *);
static void	 play_event(struct play *, const char *, const char *, char *);
static void	 play_step(struct play *, struct vr_in *);
static void	 play_field(struct play *, struct vr_in *, struct vr_resume *,
		    const char *, const char *);
static bool	 conf_field(struct vr_conf *, const char *, const char *);
static int	 event_by_name(const char *);
static int64_t	 seconds(const struct play *, const char *);
static void	 address(const struct play *, uint8_t *, const char *);
static void	 print_action(FILE *, const struct vr_action *);
static void	 print_state(FILE *, const struct vr_action *);
static void	 print_log(FILE *, const struct vr_action *);
static void	 print_time(FILE *, const char *, int64_t);
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

static void
play_file(struct play *p, FILE *fp)
{
	char	 line[LINE_MAX_LEN];

	while (fgets(line, sizeof(line), fp) != NULL) {
		p->line++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		play_line(p, line);
	}
}

static void
play_line(struct play *p, char *line)
{
	struct vr_in	 in;
	char		*first, *second, *rest = line;
	int64_t		 until;
	int		 left = 1000;

	fprintf(p->out, "%s\n", line);
	first = strsep(&rest, " ");
	if (strcmp(first, "new") == 0) {
		play_new(p, rest);
		return;
	}
	if ((second = strsep(&rest, " ")) == NULL)
		errx(1, "%s:%d: incomplete", p->file, p->line);
	if (strcmp(first, "until") != 0) {
		play_event(p, first, second, rest);
		return;
	}
	until = seconds(p, second);
	while (vr_due(&p->v) <= until) {
		if (left-- == 0)
			errx(1, "%s:%d: timers without end", p->file,
			    p->line);
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_TIMER;
		p->now = vr_due(&p->v);
		print_time(p->out, "", p->now);
		fprintf(p->out, " TIMER\n");
		play_step(p, &in);
	}
	p->now = until;
}

static void
play_new(struct play *p, char *rest)
{
	struct vr_in	 in;
	struct vr_out	 out;
	char		*key, *value;

	memset(&p->c, 0, sizeof(p->c));
	p->c.version = 2;
	p->c.prio = 100;
	p->c.down_adverts = 3;
	p->c.adver_int_us = 1000000;
	while ((value = strsep(&rest, " ")) != NULL) {
		key = strsep(&value, "=");
		if (value == NULL || !conf_field(&p->c, key, value))
			errx(1, "%s:%d: %s", p->file, p->line, key);
	}
	p->now = 0;
	vr_init(&p->v, &p->c);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADDR;
	address(p, in.src, FIRST_ADDR);
	vr_step(&p->v, &p->c, &in, &out);
}

static void
play_event(struct play *p, const char *when, const char *name, char *rest)
{
	struct vr_resume	 rec;
	struct vr_in		 in;
	char			*key, *value;
	int			 event;

	p->now = seconds(p, when);
	if ((event = event_by_name(name)) == -1)
		errx(1, "%s:%d: no event %s", p->file, p->line, name);
	memset(&in, 0, sizeof(in));
	memset(&rec, 0, sizeof(rec));
	in.event = (enum vr_event)event;
	in.adver_int_us = p->c.adver_int_us;
	in.until_us = VR_NEVER;
	in.resume = &rec;
	rec.hold_until_us = VR_NEVER;
	while ((value = strsep(&rest, " ")) != NULL) {
		key = strsep(&value, "=");
		if (value == NULL)
			errx(1, "%s:%d: %s", p->file, p->line, key);
		play_field(p, &in, &rec, key, value);
	}
	play_step(p, &in);
}

static void
play_step(struct play *p, struct vr_in *in)
{
	struct vr_out	 out;
	int		 i;

	in->now_us = p->now;
	vr_step(&p->v, &p->c, in, &out);
	for (i = 0; i < out.cnt; i++)
		print_action(p->out, &out.act[i]);
	if (out.answer != VR_ANS_OK)
		fprintf(p->out, "\tanswer %s\n",
		    vr_answer_text((int)out.answer));
	fprintf(p->out, "\t= %s", vr_face_name((int)vr_face(&p->v)));
	if (p->v.leave != VR_LEAVE_NONE)
		fprintf(p->out, " leaving%s", p->v.left == VR_LEFT_HEARD ?
		    " heard" : p->v.left == VR_LEFT_TIMEOUT ? " timeout" : "");
	if (p->v.wants != VR_WHY_NONE)
		fprintf(p->out, " wants %s", vr_reason_name((int)p->v.wants));
	if (vr_due(&p->v) != VR_NEVER)
		print_time(p->out, " due ", vr_due(&p->v));
	fprintf(p->out, "\n");
}

static void
play_field(struct play *p, struct vr_in *in, struct vr_resume *rec,
    const char *key, const char *value)
{
	bool	 resume = in->event == VR_EV_RESUME;
	int	 num = (int)strtol(value, NULL, 0), i;

	if (strcmp(key, "prio") == 0)
		in->prio = rec->prio = (uint8_t)num;
	else if (strcmp(key, "from") == 0)
		address(p, in->src, value);
	else if (strcmp(key, "interval") == 0 && in->event != VR_EV_CONF)
		in->adver_int_us = rec->master_int_us = seconds(p, value);
	else if (strcmp(key, "faults") == 0)
		in->faults = (uint32_t)num;
	else if (strcmp(key, "late") == 0)
		in->late_us = seconds(p, value);
	else if (strcmp(key, "now") == 0)
		in->now = num != 0;
	else if (strcmp(key, "until") == 0)
		in->until_us = rec->hold_until_us = seconds(p, value);
	else if (strcmp(key, "order") == 0) {
		for (i = 0; i < VR_ORDER_MAX; i++) {
			if (strcmp(value, vr_order_name(i)) == 0)
				in->order = (enum vr_order)i;
		}
	} else if (strcmp(key, "hold") == 0) {
		for (i = 0; i < VR_HOLD_MAX; i++) {
			if (strcmp(value, vr_hold_name(i)) == 0)
				in->hold = rec->hold = (enum vr_hold)i;
		}
	} else if (resume && strcmp(key, "state") == 0) {
		for (i = 0; i < VR_STATE_MAX; i++) {
			if (strcmp(value, vr_state_name(i)) == 0)
				rec->state = (enum vr_state)i;
		}
	} else if (resume && strcmp(key, "since") == 0)
		rec->since_us = seconds(p, value);
	else if (resume && strcmp(key, "master") == 0) {
		rec->has_master = true;
		address(p, rec->master, value);
	} else if (resume && strcmp(key, "master_prio") == 0)
		rec->master_prio = (uint8_t)num;
	else if (in->event != VR_EV_CONF || !conf_field(&p->c, key, value))
		errx(1, "%s:%d: %s", p->file, p->line, key);
}

static bool
conf_field(struct vr_conf *c, const char *key, const char *value)
{
	double	 num = strtod(value, NULL);
	int64_t	 us = (int64_t)(num * 1e6 + 0.5);

	if (strcmp(key, "version") == 0)
		c->version = (uint8_t)num;
	else if (strcmp(key, "prio") == 0 || strcmp(key, "base") == 0)
		c->prio = (uint8_t)num;
	else if (strcmp(key, "interval") == 0)
		c->adver_int_us = us;
	else if (strcmp(key, "down_adverts") == 0)
		c->down_adverts = (uint8_t)num;
	else if (strcmp(key, "preempt_delay") == 0)
		c->preempt_delay_us = us;
	else if (strcmp(key, "nopreempt") == 0)
		c->nopreempt = num != 0;
	else if (strcmp(key, "start_master") == 0)
		c->start_master = num != 0;
	else if (strcmp(key, "grouped") == 0)
		c->grouped = num != 0;
	else if (strcmp(key, "first_once") == 0)
		c->first_once = num != 0;
	else if (strcmp(key, "lower_prio_no_advert") == 0)
		c->lower_prio_no_advert = num != 0;
	else if (strcmp(key, "higher_prio_send_advert") == 0)
		c->higher_prio_send_advert = num != 0;
	else if (strcmp(key, "owner_ignore_adverts") == 0)
		c->owner_ignore_adverts = num != 0;
	else if (strcmp(key, "quiet_faults") == 0)
		c->quiet_faults = (uint32_t)strtoul(value, NULL, 0);
	else
		return (false);
	return (true);
}

static int
event_by_name(const char *name)
{
	int	 i;

	for (i = 0; i < VR_EV_MAX; i++) {
		if (strcmp(name, vr_event_name(i)) == 0)
			return (i);
	}
	return (-1);
}

static int64_t
seconds(const struct play *p, const char *text)
{
	char	*end;
	double	 num;

	if (strcmp(text, "never") == 0)
		return (VR_NEVER);
	num = strtod(text, &end);
	if (*end != '\0')
		errx(1, "%s:%d: not a time: %s", p->file, p->line, text);
	return ((int64_t)(num * 1e6 + 0.5));
}

static void
address(const struct play *p, uint8_t *to, const char *text)
{
	memset(to, 0, 16);
	if (inet_pton(AF_INET, text, to) != 1 &&
	    inet_pton(AF_INET6, text, to) != 1)
		errx(1, "%s:%d: not an address: %s", p->file, p->line, text);
}

static void
print_action(FILE *out, const struct vr_action *a)
{
	switch (a->act) {
	case VR_ACT_ADVERT:
		fprintf(out, "\tadvert %d%s\n", a->prio,
		    a->copy ? " copy" : "");
		break;
	case VR_ACT_STATE:
		print_state(out, a);
		break;
	case VR_ACT_ANNOUNCE:
		fprintf(out, "\tannounce\n");
		break;
	case VR_ACT_NOTIFY:
		fprintf(out, "\tnotify %s %d\n", vr_notify_name(a->code),
		    a->prio);
		break;
	case VR_ACT_COUNT:
		fprintf(out, "\tcount %s\n", cnt_name((unsigned int)a->code));
		break;
	case VR_ACT_LOG:
		print_log(out, a);
		break;
	case VR_ACT_HOLD:
		fprintf(out, "\thold %s %s", vr_hold_name((int)a->hold),
		    vr_hold_end_name(a->code));
		if (a->code == VR_HE_BEGUN)
			print_time(out, " until ", a->arg);
		fprintf(out, "\n");
		break;
	case VR_ACT_MAX:
		fail();
	}
}

static void
print_state(FILE *out, const struct vr_action *a)
{
	fprintf(out, "\tstate %s was %s: %s", vr_state_name(a->code),
	    vr_face_name((int)a->old), vr_reason_name((int)a->reason));
	if (a->reason == VR_WHY_SILENT || a->reason == VR_WHY_PRIO_ZERO ||
	    a->reason == VR_WHY_SHUTDOWN || a->reason == VR_WHY_LATE ||
	    a->reason == VR_WHY_HANDED_OVER || a->reason == VR_WHY_STANDBY)
		print_time(out, " ", a->arg);
	else if (a->arg != 0)
		fprintf(out, " %" PRId64, a->arg);
	fprintf(out, "\n");
}

static void
print_log(FILE *out, const struct vr_action *a)
{
	fprintf(out, "\tlog %s", vr_log_name(a->code));
	if (a->code == VR_LOG_LATE_BACKUP || a->code == VR_LOG_INTERVAL ||
	    a->code == VR_LOG_PREEMPT_WAIT || a->code == VR_LOG_LEAVING ||
	    a->code == VR_LOG_NOBODY)
		print_time(out, " ", a->arg);
	else
		fprintf(out, " %" PRId64, a->arg);
	fprintf(out, "\n");
}

static void
print_time(FILE *out, const char *before, int64_t us)
{
	if (us == VR_NEVER)
		fprintf(out, "%snever", before);
	else
		fprintf(out, "%s%" PRId64 ".%06" PRId64, before,
		    us / 1000000, us % 1000000);
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
