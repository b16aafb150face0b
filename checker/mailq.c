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
 * The mails that wait. Pure.
 */

#include <stdlib.h>

#include "mail.h"

static struct mail *to_drop(const struct mailq *);
static bool	 has_newer(const struct mail *);
static int64_t	 retry_us(unsigned int);

void
mailq_init(struct mailq *q)
{
	TAILQ_INIT(&q->list);
	q->cnt = 0;
	q->busy = NULL;
	q->fails = 0;
	q->due_us = 0;
}

void
mailq_clear(struct mailq *q)
{
	struct mail	*m;

	while ((m = TAILQ_FIRST(&q->list)) != NULL) {
		TAILQ_REMOVE(&q->list, m, entry);
		free(m);
	}
	mailq_init(q);
}

struct mail *
mailq_add(struct mailq *q, struct mail *m)
{
	struct mail	*old;

	TAILQ_INSERT_TAIL(&q->list, m, entry);
	if (++q->cnt <= MAILQ_MAX)
		return (NULL);
	old = to_drop(q);
	TAILQ_REMOVE(&q->list, old, entry);
	q->cnt--;
	return (old);
}

/* There are several, so that one is not busy. */
static struct mail *
to_drop(const struct mailq *q)
{
	struct mail	*m, *oldest = NULL;

	TAILQ_FOREACH(m, &q->list, entry) {
		if (m == q->busy)
			continue;
		if (oldest == NULL)
			oldest = m;
		if (has_newer(m))
			return (m);
	}
	return (oldest);
}

static bool
has_newer(const struct mail *m)
{
	const struct mail	*n;

	for (n = TAILQ_NEXT(m, entry); n != NULL; n = TAILQ_NEXT(n, entry))
		if (n->id == m->id && n->what.object == m->what.object)
			return (true);
	return (false);
}

struct mail *
mailq_next(struct mailq *q, int64_t now_us)
{
	struct mail	*m;

	if (q->busy != NULL || q->due_us > now_us)
		return (NULL);
	TAILQ_FOREACH(m, &q->list, entry)
		if (m->due_us <= now_us)
			break;
	q->busy = m;
	return (m);
}

int64_t
mailq_due(const struct mailq *q)
{
	const struct mail	*m;
	int64_t			 us = INT64_MAX;

	if (q->busy != NULL)
		return (us);
	TAILQ_FOREACH(m, &q->list, entry)
		if (m->due_us < us)
			us = m->due_us;
	return (us < q->due_us ? q->due_us : us);
}

struct mail *
mailq_tried(struct mailq *q, uint64_t left, bool server, int64_t now_us)
{
	struct mail	*m = q->busy;
	int64_t		 wait_us;

	q->busy = NULL;
	q->fails = server ? q->fails + 1 : 0;
	q->due_us = server ? now_us + retry_us(q->fails) : 0;
	m->left = left;
	wait_us = retry_us(++m->tries);
	if (left != 0 && now_us - m->at_us < MAIL_LIFE_US) {
		m->due_us = server ? 0 : now_us + wait_us;
		return (NULL);
	}
	TAILQ_REMOVE(&q->list, m, entry);
	q->cnt--;
	return (m);
}

void
mailq_untried(struct mailq *q)
{
	q->busy = NULL;
}

void
mailq_restart(struct mailq *q, uint64_t left)
{
	struct mail	*m;

	q->busy = NULL;
	q->fails = 0;
	q->due_us = 0;
	TAILQ_FOREACH(m, &q->list, entry) {
		m->left = left;
		m->due_us = 0;
	}
}

/* After so many failures in a row. */
static int64_t
retry_us(unsigned int fails)
{
	int64_t	 us = MAIL_RETRY_US;

	while (fails-- > 1 && us < MAIL_RETRY_MAX_US)
		us *= 2;
	return (us < MAIL_RETRY_MAX_US ? us : MAIL_RETRY_MAX_US);
}
