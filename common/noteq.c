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
 * Notifications of one object that wait for their scripts. Runs in: vrrpe,
 * checker.
 */

#include <sys/queue.h>

#include <stdlib.h>

#include "log.h"
#include "noteq.h"

#define WAITING_MAX	8

static bool	 is_state(const struct notify_msg *);
static void	 drop(struct noteq *, bool);

void
noteq_init(struct noteq *q)
{
	STAILQ_INIT(&q->list);
	q->cnt = 0;
}

unsigned int
noteq_add(struct noteq *q, const struct notify_msg *ev, uint32_t only)
{
	struct noteq_item	*item;
	unsigned int		 waited = 0;

	if (!is_state(ev)) {
		STAILQ_FOREACH(item, &q->list, entry) {
			if (item->ev.event == ev->event)
				return (0);
		}
	}
	if (q->cnt >= WAITING_MAX) {
		waited = q->cnt;
		drop(q, !is_state(ev));
		if (!is_state(ev))
			return (waited);
		only = 0;
	}
	if ((item = calloc(1, sizeof(*item))) == NULL)
		fatal(NULL);
	item->ev = *ev;
	item->only = only;
	STAILQ_INSERT_TAIL(&q->list, item, entry);
	q->cnt++;
	return (waited);
}

static bool
is_state(const struct notify_msg *ev)
{
	return (ev->event != NEV_MASTER_RX_LOWER);
}

/* All that waits, but for the newest state if it is to be kept. */
static void
drop(struct noteq *q, bool keep_state)
{
	struct noteq_item	*item, *newest = NULL;

	STAILQ_FOREACH(item, &q->list, entry) {
		if (keep_state && is_state(&item->ev))
			newest = item;
	}
	while ((item = STAILQ_FIRST(&q->list)) != NULL) {
		STAILQ_REMOVE_HEAD(&q->list, entry);
		if (item != newest)
			free(item);
	}
	q->cnt = 0;
	if (newest != NULL) {
		newest->only = 0;
		STAILQ_INSERT_TAIL(&q->list, newest, entry);
		q->cnt = 1;
	}
}

bool
noteq_next(struct noteq *q, struct noteq_item *next)
{
	struct noteq_item	*item;

	if ((item = STAILQ_FIRST(&q->list)) == NULL)
		return (false);
	STAILQ_REMOVE_HEAD(&q->list, entry);
	q->cnt--;
	*next = *item;
	free(item);
	return (true);
}

bool
noteq_has_state(const struct noteq *q)
{
	const struct noteq_item	*item;

	STAILQ_FOREACH(item, &q->list, entry) {
		if (item->only == 0 && is_state(&item->ev))
			return (true);
	}
	return (false);
}

void
noteq_clear(struct noteq *q)
{
	drop(q, false);
}
