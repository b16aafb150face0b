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
 * Recorded inputs of the state machine, played: what each does is printed.
 *
 * A line of NAME.in is empty, a comment (#), or one of
 *	new [KEY=VALUE ...]	a new machine with this configuration: version
 *				prio interval down_adverts preempt_delay
 *				nopreempt start_master first_once
 *				lower_prio_no_advert higher_prio_send_advert
 *				owner_ignore_adverts quiet_faults
 *	vr KEY=VALUE ...	its state, as trace.c writes it
 *	until TIME		serve every timer up to then
 *	TIME EVENT [KEY=VALUE ...]
 *				prio from interval faults late hold until now,
 *				CONF also the keys of new; RESUME state since
 *				prio hold until interval master master_prio
 *				GROUP order
 *	TIME HELD		vr_begin_held()
 * Times are seconds, "until" may be "never"; addresses are IPv4 or IPv6. The
 * events and their fields are those of fsm.h, so that a trace of a running
 * daemon can be pasted in.
 */

#include <sys/types.h>

#include <arpa/inet.h>

#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../vrrpe/fsm.h"
#include "fsm_play.h"

#define LINE_MAX_LEN	1024
#define FIRST_ADDR	"10.9.0.1"

static void	 play_line(struct play *, char *);
static void	 play_new(struct play *, char *);
static void	 play_event(struct play *, const char *, const char *, char *);
static void	 play_step(struct play *, struct vr_in *);
static void	 play_field(struct play *, struct vr_in *, struct vr_resume *,
		    const char *, const char *);
static void	 print_face(const struct play *);
static void	 play_state(struct play *, char *);
static bool	 state_time(struct play *, const char *, const char *);
static bool	 state_number(struct vr *, const char *, int);
static bool	 state_word(struct play *, const char *, const char *);
static int	 number_of(const char *(*)(int), int, const char *);
static bool	 conf_field(struct vr_conf *, const char *, const char *);
static int	 event_by_name(const char *);
static int64_t	 seconds(const struct play *, const char *);
static void	 address(const struct play *, uint8_t *, const char *);
static void	 print_action(FILE *, const struct vr_action *);
static void	 print_state(FILE *, const struct vr_action *);
static void	 print_log(FILE *, const struct vr_action *);
static void	 print_time(FILE *, const char *, int64_t);

void
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
	if (strcmp(first, "vr") == 0) {
		play_state(p, rest);
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
	if (strcmp(name, "HELD") == 0) {
		vr_begin_held(&p->v);
		print_face(p);
		return;
	}
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

	in->now_us = p->now;
	vr_step(&p->v, &p->c, in, &out);
	play_print(p->out, &out);
	print_face(p);
}

void
play_print(FILE *out, const struct vr_out *vo)
{
	int	 i;

	for (i = 0; i < vo->cnt; i++)
		print_action(out, &vo->act[i]);
	if (vo->answer != VR_ANS_OK)
		fprintf(out, "\tanswer %s\n",
		    vr_answer_text((int)vo->answer));
}

static void
print_face(const struct play *p)
{
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
	else if ((in->event != VR_EV_CONF && strcmp(key, "grouped") != 0) ||
	    !conf_field(&p->c, key, value))
		errx(1, "%s:%d: %s", p->file, p->line, key);
}

/* What the machine was when the trace begins. */
static void
play_state(struct play *p, char *rest)
{
	char	*key, *value;

	while ((value = strsep(&rest, " ")) != NULL) {
		key = strsep(&value, "=");
		if (value == NULL || (!state_time(p, key, value) &&
		    !state_number(&p->v, key, (int)strtol(value, NULL, 0)) &&
		    !state_word(p, key, value)))
			errx(1, "%s:%d: %s", p->file, p->line, key);
	}
}

static bool
state_time(struct play *p, const char *key, const char *value)
{
	struct vr	*v = &p->v;
	const struct {
		const char	*key;
		int64_t		*us;
	} times[] = {
		{ "now", &v->now_us }, { "since", &v->since_us },
		{ "interval", &v->master_int_us }, { "heard", &v->heard_us },
		{ "due", &v->due_us }, { "len", &v->len_us },
		{ "preempt", &v->preempt_us }, { "copy", &v->copy_us },
		{ "until", &v->hold_until_us }, { "leaves", &v->leave_us },
		{ "zero", &v->zero_us }, { "announce", &v->announce_us }
	};
	size_t	 i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strcmp(key, times[i].key) != 0)
			continue;
		*times[i].us = seconds(p, value);
		return (true);
	}
	return (false);
}

static bool
state_number(struct vr *v, const char *key, int num)
{
	if (strcmp(key, "running") == 0)
		v->running = num != 0;
	else if (strcmp(key, "told") == 0)
		v->told = num != 0;
	else if (strcmp(key, "faults") == 0)
		v->faults = (uint32_t)num;
	else if (strcmp(key, "prio") == 0)
		v->prio = (uint8_t)num;
	else if (strcmp(key, "has_master") == 0)
		v->has_master = num != 0;
	else if (strcmp(key, "master_prio") == 0)
		v->master_prio = (uint8_t)num;
	else if (strcmp(key, "skewing") == 0)
		v->skewing = num != 0;
	else if (strcmp(key, "discarded") == 0)
		v->discarded = num != 0;
	else if (strcmp(key, "leave") == 0)
		v->leave = (enum vr_leave)num;
	else if (strcmp(key, "left") == 0)
		v->left = (enum vr_left)num;
	else
		return (false);
	return (true);
}

/* Names, addresses, and "logN=TIME", "peerN=TIME,ADDRESS". */
static bool
state_word(struct play *p, const char *key, const char *value)
{
	struct vr	*v = &p->v;
	char		 text[64], *rest = text;
	int		 n;

	if (strcmp(key, "from") == 0)
		address(p, v->src, value);
	else if (strcmp(key, "master") == 0)
		address(p, v->master, value);
	else if (strcmp(key, "state") == 0)
		v->state = (enum vr_state)number_of(vr_state_name,
		    VR_STATE_MAX, value);
	else if (strcmp(key, "reason") == 0)
		v->reason = (enum vr_reason)number_of(vr_reason_name,
		    VR_WHY_MAX, value);
	else if (strcmp(key, "wants") == 0)
		v->wants = (enum vr_reason)number_of(vr_reason_name,
		    VR_WHY_MAX, value);
	else if (strcmp(key, "hold") == 0)
		v->hold = (enum vr_hold)number_of(vr_hold_name, VR_HOLD_MAX,
		    value);
	else if (sscanf(key, "log%d", &n) == 1 && n >= 0 &&
	    n < VR_LOG_CODE_MAX)
		v->log_us[n] = seconds(p, value);
	else if (sscanf(key, "peer%d", &n) == 1 && n >= 0 && n < VR_PEERS &&
	    (size_t)snprintf(text, sizeof(text), "%s", value) < sizeof(text)) {
		v->peers[n].at_us = seconds(p, strsep(&rest, ","));
		address(p, v->peers[n].addr, rest != NULL ? rest : "");
	} else
		return (false);
	return (true);
}

static int
number_of(const char *(*name)(int), int max, const char *word)
{
	int	 i;

	for (i = 0; i < max; i++) {
		if (strcmp(name(i), word) == 0)
			return (i);
	}
	errx(1, "no %s", word);
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
		errx(1, "no action");
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
