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
 * Everything that the daemon tells, for those who do more with it than print
 * it row by row: metrics, the page, top. Runs in: vrrpctl, vrrpctl-serve,
 * vrrpctl-top.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mono.h"
#include "snap.h"

/* More than any daemon has: one that was taken over does not fill memory. */
#define ROWS_MAX	1000000
#define BYTES_MAX	(64 * 1024 * 1024)	/* of one list */
#define INSTS_MAX	8192

static enum client_status ask(struct snap *, struct client *, uint16_t,
		    int64_t);
static enum client_status ask_history(struct snap *, struct client *,
		    int64_t);
static enum client_status ask_all(struct snap *, struct client *, int64_t);
static enum client_status gather(struct snap *, struct client *, uint16_t,
		    const struct msg *, int64_t);
static int	 take(struct snap *, const struct imsg *);
static int	 take_inst(struct snap *, uint16_t, struct msg *);
static int	 take_counter(struct snap *, struct snap_inst *,
		    struct msg *);
static struct snap_inst *last(struct snap *);
static void	*add(struct snap_rows *, size_t);

enum client_status
snap_ask(struct snap *s, const char *path, bool history, int64_t limit_us,
    char *error, size_t size)
{
	enum client_status	 status;
	struct client		 c;

	status = client_open(&c, path, true, limit_us);
	snap_free(s);
	if (status == CLIENT_OK && history)
		status = ask_history(s, &c, mono_us() + limit_us);
	if (status == CLIENT_OK)
		status = ask_all(s, &c, mono_us() + limit_us);
	if (status != CLIENT_OK)
		snap_free(s);
	(void)strlcpy(error, c.error, size);
	client_close(&c);
	return (status);
}

/* What checkers tell of themselves comes with the scripts. */
static enum client_status
ask_all(struct snap *s, struct client *c, int64_t end_us)
{
	static const uint16_t	 requests[] = {
		IMSG_CTL_SHOW_SCRIPTS, IMSG_CTL_SHOW_GROUPS,
		IMSG_CTL_SHOW_METRICS
	};
	enum client_status	 status = CLIENT_OK;
	size_t			 i;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]) &&
	    status == CLIENT_OK; i++)
		status = ask(s, c, requests[i], end_us);
	if (status == CLIENT_OK && s->daemon.build[0] == '\0') {
		(void)snprintf(c->error, sizeof(c->error),
		    "vrrpd has no configuration yet");
		status = CLIENT_REFUSED;
	}
	return (status);
}

static enum client_status
ask(struct snap *s, struct client *c, uint16_t type, int64_t end_us)
{
	return (gather(s, c, type, NULL, end_us));
}

/*
 * It comes first, since the parent tells with it what it counts. When it is
 * asked for too often the rest is true without it.
 */
static enum client_status
ask_history(struct snap *s, struct client *c, int64_t end_us)
{
	enum client_status	 status;
	struct msg		 m;
	uint8_t			 buf[4];

	msg_init_write(&m, buf, sizeof(buf));
	msg_put_str(&m, "");
	status = gather(s, c, IMSG_CTL_SHOW_HISTORY, &m, end_us);
	if (status != CLIENT_REFUSED)
		return (status);
	free(s->events.row);
	memset(&s->events, 0, sizeof(s->events));
	c->error[0] = '\0';
	return (CLIENT_OK);
}

static enum client_status
gather(struct snap *s, struct client *c, uint16_t type, const struct msg *m,
    int64_t end_us)
{
	enum client_status	 status;
	struct imsg		 im;
	bool			 end = false;

	status = client_send(c, type, m);
	while (status == CLIENT_OK && !end) {
		status = client_read(c, &im, end_us - mono_us());
		if (status == CLIENT_NOBODY)
			(void)snprintf(c->error, sizeof(c->error),
			    "vrrpd does not answer (%s)", c->path);
		if (status == CLIENT_OK)
			status = snap_take(s, c, &im, &end);
	}
	return (status);
}

enum client_status
snap_take(struct snap *s, struct client *c, const struct imsg *im, bool *end)
{
	struct ctl_result	 result;
	struct msg		 m;

	*end = im->type == IMSG_CTL_END && im->len == 0;
	if (*end)
		return (CLIENT_OK);
	msg_init_read(&m, im->data, im->len);
	if (im->type == IMSG_CTL_RESULT && ctl_result_get(&m, &result) == 0) {
		(void)strlcpy(c->error, result.text, sizeof(c->error));
		return (CLIENT_REFUSED);
	}
	if (take(s, im) == 0)
		return (CLIENT_OK);
	(void)snprintf(c->error, sizeof(c->error),
	    "malformed answer from %s (%s)", c->path, imsg_name(im->type));
	return (CLIENT_REFUSED);
}

static int
take(struct snap *s, const struct imsg *im)
{
	struct ctl_script	*script;
	struct ctl_group	*group;
	struct ctl_member	 member;
	struct ctl_event	*event;
	struct msg		 m;

	if (s->rows++ > ROWS_MAX)
		return (-1);
	msg_init_read(&m, im->data, im->len);
	switch (im->type) {
	case IMSG_CTL_DAEMON:
		return (ctl_daemon_get(&m, &s->daemon));
	case IMSG_CTL_SCRIPT:
		script = add(&s->scripts, sizeof(*script));
		return (script == NULL ? -1 : ctl_script_get(&m, script));
	case IMSG_CTL_GROUP:
		group = add(&s->groups, sizeof(*group));
		return (group == NULL ? -1 : ctl_group_get(&m, group));
	case IMSG_CTL_MEMBER:
		return (ctl_member_get(&m, &member));
	case IMSG_CTL_EVENT:
		event = add(&s->events, sizeof(*event));
		return (event == NULL ? -1 : ctl_event_get(&m, event));
	default:
		return (take_inst(s, im->type, &m));
	}
}

/* Rows of an instance come after the one that names it. */
static int
take_inst(struct snap *s, uint16_t type, struct msg *m)
{
	struct snap_inst	*i = last(s);
	struct ctl_track	*track;
	struct ctl_vip		*vip;

	if (type == IMSG_CTL_COUNTER)
		return (take_counter(s, i, m));
	if (type == IMSG_CTL_INST) {
		if (s->insts.cnt >= INSTS_MAX ||
		    (i = add(&s->insts, sizeof(*i))) == NULL)
			return (-1);
		return (ctl_inst_get(m, &i->inst));
	}
	if (i == NULL)
		return (-1);
	if (type == IMSG_CTL_DETAIL)
		return (ctl_detail_get(m, &i->detail));
	if (type == IMSG_CTL_VIP) {
		vip = add(&i->vips, sizeof(*vip));
		return (vip == NULL ? -1 : ctl_vip_get(m, vip));
	}
	if (type == IMSG_CTL_TRACK) {
		track = add(&i->tracks, sizeof(*track));
		return (track == NULL ? -1 : ctl_track_get(m, track));
	}
	return (-1);
}

/* Those before the first instance are the daemon's. */
static int
take_counter(struct snap *s, struct snap_inst *i, struct msg *m)
{
	struct ctl_counter	*c;

	c = add(i != NULL ? &i->counters : &s->counters, sizeof(*c));
	return (c == NULL ? -1 : ctl_counter_get(m, c));
}

static struct snap_inst *
last(struct snap *s)
{
	struct snap_inst	*insts = s->insts.row;

	return (s->insts.cnt == 0 ? NULL : &insts[s->insts.cnt - 1]);
}

/* Room for one more, zeroed; NULL without memory, or for too many. */
static void *
add(struct snap_rows *r, size_t size)
{
	uint8_t	*row;
	size_t	 cap;

	if (r->cnt == r->cap) {
		cap = r->cap == 0 ? 8 : r->cap * 2;
		if (cap > BYTES_MAX / size)
			return (NULL);
		if ((row = reallocarray(r->row, cap, size)) == NULL)
			return (NULL);
		r->row = row;
		r->cap = cap;
	}
	row = (uint8_t *)r->row + r->cnt++ * size;
	memset(row, 0, size);
	return (row);
}

void
snap_free(struct snap *s)
{
	struct snap_inst	*i;

	SNAP_EACH(i, &s->insts) {
		free(i->vips.row);
		free(i->tracks.row);
		free(i->counters.row);
	}
	free(s->insts.row);
	free(s->counters.row);
	free(s->scripts.row);
	free(s->groups.row);
	free(s->events.row);
	memset(s, 0, sizeof(*s));
}

const struct snap_inst *
snap_find(const struct snap *s, const char *name)
{
	const struct snap_inst	*i;

	SNAP_EACH(i, &s->insts) {
		if (strcmp(i->inst.name, name) == 0)
			return (i);
	}
	return (NULL);
}

uint64_t
snap_counter(const struct snap_rows *rows, const char *name)
{
	const struct ctl_counter	*c;

	SNAP_EACH(c, rows) {
		if (strcmp(c->name, name) == 0)
			return (c->value);
	}
	return (0);
}

bool
snap_for_metrics(const struct ctl_counter *c)
{
	return (strncmp(c->name, CTL_WHY, strlen(CTL_WHY)) == 0 ||
	    strncmp(c->name, CTL_SETTING, strlen(CTL_SETTING)) == 0 ||
	    strncmp(c->name, CTL_TALLY, strlen(CTL_TALLY)) == 0);
}
