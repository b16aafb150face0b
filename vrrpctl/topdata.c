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

/* What the live table counts. Runs in: vrrpctl-top. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "mono.h"
#include "top.h"

static const struct top_row *row_before(const struct top_row *, size_t,
		    uint32_t, size_t);
static void	 row_fill(struct top *, struct top_row *,
		    const struct top_row *, const struct snap_inst *);
static double	 rate(const struct top *, const struct top_row *,
		    const uint64_t *);
static int64_t	 jitter(const struct snap_inst *);
static void	 lateness(struct top *);
static int	 compare(const void *, const void *, void *);
static int	 compare_by(const struct top_row *, const struct top_row *,
		    enum top_sort);
static int	 order(double, double);

int
topdata_take(struct top *t)
{
	const struct snap_inst	*i;
	struct top_row		*rows;
	size_t			 n = 0, cnt = t->asker.snap.insts.cnt;

	if ((rows = calloc(cnt + 1, sizeof(*rows))) == NULL)
		return (-1);
	memmove(&t->at_us[1], &t->at_us[0],
	    sizeof(t->at_us) - sizeof(t->at_us[0]));
	t->at_us[0] = t->asker.snap.daemon.now_us;
	if (t->samples < TOP_SAMPLES)
		t->samples++;
	SNAP_EACH(i, &t->asker.snap.insts) {
		row_fill(t, &rows[n], row_before(t->rows, t->row_cnt,
		    i->inst.id, n), i);
		n++;
	}
	free(t->rows);
	t->rows = rows;
	t->row_cnt = n;
	lateness(t);
	topdata_sort(t);
	return (0);
}

void
topdata_free(struct top *t)
{
	free(t->rows);
	t->rows = NULL;
	t->row_cnt = 0;
	t->samples = 0;
	t->late_us = -1;
}

/* The row of that instance before; most often it has the same place. */
static const struct top_row *
row_before(const struct top_row *rows, size_t cnt, uint32_t id, size_t place)
{
	size_t	 n;

	if (place < cnt && rows[place].id == id)
		return (&rows[place]);
	for (n = 0; n < cnt; n++) {
		if (rows[n].id == id)
			return (&rows[n]);
	}
	return (NULL);
}

static void
row_fill(struct top *t, struct top_row *r, const struct top_row *before,
    const struct snap_inst *i)
{
	r->i = i;
	r->id = i->inst.id;
	r->sent[0] = snap_counter(&i->counters, "adverts_sent");
	r->heard[0] = snap_counter(&i->counters, "adverts_received");
	r->samples = 1;
	/* One that was made anew counts from 0 again. */
	if (before != NULL && t->samples > 1 &&
	    before->sent[0] <= r->sent[0] &&
	    before->heard[0] <= r->heard[0]) {
		memcpy(&r->sent[1], before->sent,
		    sizeof(r->sent) - sizeof(r->sent[0]));
		memcpy(&r->heard[1], before->heard,
		    sizeof(r->heard) - sizeof(r->heard[0]));
		r->samples = before->samples < TOP_SAMPLES ?
		    before->samples + 1 : TOP_SAMPLES;
	}
	r->sent_rate = rate(t, r, r->sent);
	r->heard_rate = rate(t, r, r->heard);
	r->jitter_us = jitter(i);
}

static double
rate(const struct top *t, const struct top_row *r, const uint64_t *cnt)
{
	unsigned int	 last = r->samples - 1;
	int64_t		 us;

	if (last == 0 || (us = t->at_us[0] - t->at_us[last]) <= 0)
		return (-1);
	return ((double)(cnt[0] - cnt[last]) * (double)US_PER_SEC /
	    (double)us);
}

/* How far the gaps between the master's adverts are off their interval. */
static int64_t
jitter(const struct snap_inst *i)
{
	const struct ctl_detail	*d = &i->detail;
	int64_t			 off_us, worst_us = -1;
	int			 n;

	if (i->inst.state != SHOW_BACKUP)
		return (-1);
	for (n = 0; n < CTL_GAPS && d->gap_us[n] >= 0; n++) {
		off_us = d->gap_us[n] > d->master_int_us ? d->gap_us[n] -
		    d->master_int_us : d->master_int_us - d->gap_us[n];
		if (off_us > worst_us)
			worst_us = off_us;
	}
	return (worst_us);
}

/* The upper end of what was seen since the last sample. */
static void
lateness(struct top *t)
{
	static const int64_t	 edges[CTL_LATE_CNT] = CTL_LATE_EDGES;
	char			 name[NAME_LEN];
	uint64_t		 value;
	int			 n;

	t->late_us = -1;
	for (n = 0; n <= CTL_LATE_CNT; n++) {
		if (n < CTL_LATE_CNT)
			(void)snprintf(name, sizeof(name), CTL_LATE "%lld",
			    (long long)edges[n]);
		else
			(void)strlcpy(name, CTL_LATE_MORE, sizeof(name));
		value = snap_counter(&t->asker.snap.counters, name);
		if (t->samples > 1 && value > t->late[n])
			t->late_us = n < CTL_LATE_CNT ? edges[n] :
			    t->asker.snap.daemon.late_max_us;
		t->late[n] = value;
	}
}

void
topdata_sort(struct top *t)
{
	if (t->row_cnt > 1)
		qsort_r(t->rows, t->row_cnt, sizeof(*t->rows), compare, t);
	if (t->chosen[0] == '\0' && t->row_cnt > 0)
		topdata_choose(t, 0);
}

static int
compare(const void *one, const void *other, void *arg)
{
	const struct top_row	*a = one, *b = other;
	const struct top	*t = arg;
	int			 diff;

	diff = compare_by(a, b, t->sort);
	if (diff == 0)
		diff = (a->i > b->i) - (a->i < b->i);
	return (t->backwards ? -diff : diff);
}

/* What is looked for comes first: MASTER, high numbers. */
static int
compare_by(const struct top_row *a, const struct top_row *b,
    enum top_sort sort)
{
	static const int	 rank[] = {
		[SHOW_FAULT] = 0, [SHOW_MASTER] = 1, [SHOW_BACKUP] = 2,
		[SHOW_INIT] = 3, [SHOW_STOP] = 4
	};

	switch (sort) {
	case SORT_NAME:
		return (strcmp(a->i->inst.name, b->i->inst.name));
	case SORT_STATE:
		return (rank[a->i->inst.state] - rank[b->i->inst.state]);
	case SORT_PRIORITY:
		return (b->i->inst.priority - a->i->inst.priority);
	case SORT_RATE:
		return (order(b->sent_rate + b->heard_rate,
		    a->sent_rate + a->heard_rate));
	case SORT_JITTER:
		return (order((double)b->jitter_us, (double)a->jitter_us));
	case SORT_ORDER:
	case SORT_MAX:
		break;
	}
	return (0);
}

static int
order(double a, double b)
{
	return ((a > b) - (a < b));
}

size_t
topdata_chosen(const struct top *t)
{
	size_t	 n;

	for (n = 0; n < t->row_cnt; n++) {
		if (strcmp(t->rows[n].i->inst.name, t->chosen) == 0)
			return (n);
	}
	return (0);
}

void
topdata_choose(struct top *t, size_t row)
{
	if (t->row_cnt == 0)
		return;
	if (row >= t->row_cnt)
		row = t->row_cnt - 1;
	(void)strlcpy(t->chosen, t->rows[row].i->inst.name,
	    sizeof(t->chosen));
}

const char *
topdata_sort_name(enum top_sort sort)
{
	static const char *const names[SORT_MAX] = {
		"as configured", "name", "state", "priority", "rate",
		"jitter"
	};

	return (sort < SORT_MAX ? names[sort] : "?");
}
