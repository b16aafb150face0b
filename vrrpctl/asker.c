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
 * A request after the other over a connection that never blocks: one that
 * hangs costs a time limit and nothing else. Runs in: vrrpctl-serve,
 * vrrpctl-top.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "asker.h"
#include "imsg.h"

#define WORK_MAX	1024			/* messages in one go */
#define RETRY_US	(20 * US_PER_MS)	/* of a full backlog */
#define HISTORY_US	US_PER_SEC		/* the parent lets so many in */

enum step {
	STEP_REACH = 0,
	STEP_GREET,
	STEP_HISTORY,		/* with what the parent counts */
	STEP_SCRIPTS,
	STEP_GROUPS,
	STEP_METRICS,
	STEP_END
};

static void	 reach(struct asker *, int64_t);
static enum client_status take(struct asker *, const struct imsg *, int64_t);
static enum client_status next_step(struct asker *, int64_t);
static void	 finish(struct asker *, enum client_status, int64_t);

void
asker_init(struct asker *a, const char *path, int64_t limit_us)
{
	memset(a, 0, sizeof(*a));
	a->path = path;
	a->limit_us = limit_us;
	a->c.ibuf.fd = -1;
}

void
asker_begin(struct asker *a, int64_t now_us)
{
	if (a->running)
		return;
	a->running = true;
	a->begun_us = now_us;
	a->step = STEP_REACH;
	snap_free(&a->next);
	reach(a, now_us);
}

void
asker_end(struct asker *a)
{
	if (a->running)
		client_close(&a->c);
	a->running = false;
	snap_free(&a->next);
	snap_free(&a->snap);
}

int
asker_fd(const struct asker *a)
{
	return (a->running && a->step != STEP_REACH ? a->c.ibuf.fd : -1);
}

int64_t
asker_due_us(const struct asker *a, int64_t now_us)
{
	return (a->step == STEP_REACH ? now_us + RETRY_US : a->begun_us +
	    a->limit_us);
}

static void
reach(struct asker *a, int64_t now_us)
{
	enum client_status	 status;
	bool			 busy;

	status = client_start(&a->c, a->path, true, &busy);
	if (status != CLIENT_OK)
		finish(a, status, now_us);
	else if (!busy)
		a->step = STEP_GREET;
}

void
asker_work(struct asker *a, int64_t now_us)
{
	enum client_status	 status = CLIENT_OK;
	struct imsg		 im;
	bool			 none = false;
	int			 n;

	if (a->running && a->step == STEP_REACH)
		reach(a, now_us);
	for (n = 0; a->running && a->step != STEP_REACH && n < WORK_MAX &&
	    !none; n++) {
		status = client_next(&a->c, &im, &none);
		if (status == CLIENT_OK && !none)
			status = take(a, &im, now_us);
		if (status != CLIENT_OK || a->step == STEP_END)
			finish(a, status, now_us);
	}
	if (!a->running || now_us < a->begun_us + a->limit_us)
		return;
	(void)snprintf(a->c.error, sizeof(a->c.error), "vrrpd does not answer "
	    "(waited %.1f s at %s)", (double)a->limit_us / (double)US_PER_SEC,
	    a->c.path);
	finish(a, CLIENT_NOBODY, now_us);
}

static enum client_status
take(struct asker *a, const struct imsg *im, int64_t now_us)
{
	enum client_status	 status;
	bool			 end;

	if (a->step == STEP_GREET) {
		status = client_greeted(&a->c, im);
		return (status == CLIENT_OK ? next_step(a, now_us) : status);
	}
	status = snap_take(&a->next, &a->c, im, &end);
	if (status != CLIENT_OK && a->step == STEP_HISTORY &&
	    im->type == IMSG_CTL_RESULT) {
		/* Asked too often: what is known of it is still true. */
		a->history_us = now_us;
		return (next_step(a, now_us));
	}
	if (status != CLIENT_OK || !end)
		return (status);
	if (a->step == STEP_METRICS && a->next.daemon.build[0] == '\0') {
		(void)strlcpy(a->c.error, "vrrpd has no configuration yet",
		    sizeof(a->c.error));
		return (CLIENT_REFUSED);
	}
	return (next_step(a, now_us));
}

/* Sends the request that is next. */
static enum client_status
next_step(struct asker *a, int64_t now_us)
{
	static const uint16_t	 types[] = {
		[STEP_HISTORY] = IMSG_CTL_SHOW_HISTORY,
		[STEP_SCRIPTS] = IMSG_CTL_SHOW_SCRIPTS,
		[STEP_GROUPS] = IMSG_CTL_SHOW_GROUPS,
		[STEP_METRICS] = IMSG_CTL_SHOW_METRICS
	};
	struct msg		 m;
	uint8_t			 buf[4];

	a->step++;
	if (a->step == STEP_HISTORY && a->history_us != 0 &&
	    now_us < a->history_us + HISTORY_US)
		a->step++;
	if (a->step == STEP_END)
		return (CLIENT_OK);
	if (a->step != STEP_HISTORY)
		return (client_send(&a->c, types[a->step], NULL));
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_str(&m, "");
	return (client_send(&a->c, types[a->step], &m));
}

static void
finish(struct asker *a, enum client_status status, int64_t now_us)
{
	struct snap_rows	 events;

	a->running = false;
	a->status = status;
	a->at_us = now_us;
	a->took_us = now_us - a->begun_us;
	(void)strlcpy(a->error, status == CLIENT_OK ? "" : a->c.error,
	    sizeof(a->error));
	client_close(&a->c);
	if (status != CLIENT_OK) {
		snap_free(&a->next);
		snap_free(&a->snap);
		a->history_us = 0;
		return;
	}
	if (a->next.events.cnt != 0)
		a->history_us = now_us;
	else {
		events = a->snap.events;
		a->snap.events = a->next.events;
		a->next.events = events;
	}
	snap_free(&a->snap);
	a->snap = a->next;
	memset(&a->next, 0, sizeof(a->next));
}
