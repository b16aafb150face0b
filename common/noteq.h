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
 * Notifications of one object that wait for their scripts: in order, and not
 * too many. Runs in: vrrpe, checker.
 */

#ifndef NOTEQ_H
#define NOTEQ_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "payload.h"

struct noteq_item {
	STAILQ_ENTRY(noteq_item) entry;
	struct notify_msg	 ev;
	uint32_t		 only;	/* the checker it is for; 0: all */
};

struct noteq {
	STAILQ_HEAD(noteq_list, noteq_item) list;
	unsigned int		 cnt;
};

void		 noteq_init(struct noteq *);
/*
 * Adds a copy; no memory is fatal. When too many wait it drops all but the
 * newest state, which is then for all, so that the last one that is told is
 * always the real one. How many were waiting then; else 0.
 */
unsigned int	 noteq_add(struct noteq *, const struct notify_msg *,
		    uint32_t only);
/* Takes the first one; false: there is none. */
bool		 noteq_next(struct noteq *, struct noteq_item *);
/* A state waits that all are to be told. */
bool		 noteq_has_state(const struct noteq *);
void		 noteq_clear(struct noteq *);

#endif /* NOTEQ_H */
