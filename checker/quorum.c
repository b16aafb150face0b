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

/* Which processes count, and whether they are enough. Pure; runs in:
 * checker. */

#include <string.h>

#include "quorum.h"

static bool	 params_match(const struct conf_process *, const char *,
		    size_t);
static bool	 quorum_there(const struct quorum *);

bool
process_matches(const struct conf_process *conf, const char *comm,
    const char *cmdline, size_t len)
{
	const char	*name = conf->cmd.argv[0];
	size_t		 first;

	if (!conf->full_command)
		return (strcmp(comm, name) == 0);
	if (len == 0)
		return (false);
	first = strnlen(cmdline, len);
	if (first != strlen(name) || memcmp(cmdline, name, first) != 0)
		return (false);
	if (conf->match == CONF_MATCH_NAME)
		return (true);
	if (first < len)
		first++;			/* the NUL */
	return (params_match(conf, cmdline + first, len - first));
}

/* Word by word: the last one of the wanted ones may be a beginning. */
static bool
params_match(const struct conf_process *conf, const char *p, size_t len)
{
	const char	*want;
	size_t		 have, need;
	uint16_t	 i;
	bool		 begin;

	for (i = 1; i < conf->cmd.argc; i++) {
		want = conf->cmd.argv[i];
		need = strlen(want);
		have = strnlen(p, len);
		begin = conf->match == CONF_MATCH_INITIAL &&
		    i + 1 == conf->cmd.argc;
		if (len == 0)
			return (begin && need == 0);
		if (begin ? have < need : have != need)
			return (false);
		if (memcmp(p, want, need) != 0)
			return (false);
		if (have < len)
			have++;
		p += have;
		len -= have;
	}
	return (conf->match != CONF_MATCH_EXACT || len == 0);
}

void
quorum_init(struct quorum *q, const struct conf_process *conf)
{
	memset(q, 0, sizeof(*q));
	q->due_us = QUORUM_NEVER;
	(void)quorum_limits(q, conf);
}

bool
quorum_limits(struct quorum *q, const struct conf_process *conf)
{
	bool	 was = q->good;

	q->min = conf->quorum;
	q->max = conf->quorum_max;
	q->fork_delay_us = conf->fork_delay_us;
	q->terminate_delay_us = conf->terminate_delay_us;
	if (!q->known || quorum_there(q) == was)
		return (false);
	q->good = !was;
	q->due_us = QUORUM_NEVER;
	return (true);
}

bool
quorum_count(struct quorum *q, uint32_t count, int64_t now_us)
{
	int64_t	 delay_us;
	bool	 more = count > q->count;

	if (q->known && count == q->count)
		return (false);
	q->count = count;
	if (!q->known) {
		q->known = true;
		q->good = quorum_there(q);
		return (true);
	}
	if (quorum_there(q) == q->good) {
		q->due_us = QUORUM_NEVER;	/* it was for a moment only */
		return (false);
	}
	delay_us = more ? q->fork_delay_us : q->terminate_delay_us;
	if (q->due_us == QUORUM_NEVER)
		q->due_us = now_us + delay_us;
	return (quorum_due(q, now_us));
}

bool
quorum_due(struct quorum *q, int64_t now_us)
{
	if (q->due_us > now_us)
		return (false);
	q->due_us = QUORUM_NEVER;
	q->good = !q->good;
	return (true);
}

static bool
quorum_there(const struct quorum *q)
{
	return (q->count >= q->min && q->count <= q->max);
}
