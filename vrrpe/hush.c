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
 * A takeover by hand: the addresses are there before anybody is told. The
 * old master may remove its own as soon as it hears of us, and it goes on
 * serving until then, so there is no hurry. A sync group speaks at once, when
 * all of it can: the others drop all of theirs at the first word. Runs in:
 * vrrpe.
 */

#include <stdbool.h>
#include <stdint.h>

#include "vrrpe.h"

/* Whatever becomes of the addresses, it speaks then. */
#define HUSH_US		(200 * US_PER_MS)

static bool	 can_speak(const struct einst *);
static void	 speak(struct einst *);

/* Before the step that makes a MASTER of it. */
void
hush_begin(struct einst *i)
{
	bool	 none = TAILQ_EMPTY(&i->conf->vips);

	if (i->vr.state != VR_BACKUP || (none && i->group == NULL))
		return;
	i->hush_us = i->e->now_us + HUSH_US;
	i->hush_done = none;
}

void
hush_end(struct einst *i)
{
	i->hush_us = 0;
}

void
hush_result(struct einst *i)
{
	const struct vip_result	*r = &i->vip;

	if (i->hush_us == 0 || r->wanted == 0 ||
	    r->installed + r->failed < r->wanted ||
	    r->route_installed + r->route_failed < r->route_wanted)
		return;
	i->hush_done = true;
	hush_look(i);
}

void
hush_look(struct einst *i)
{
	struct egroup	*g = i->group;
	size_t		 n;

	if (g == NULL) {
		if (can_speak(i))
			speak(i);
		return;
	}
	for (n = 0; n < g->cnt; n++) {
		if (g->insts[n]->hush_us != 0 && !can_speak(g->insts[n]))
			return;
	}
	for (n = 0; n < g->cnt; n++)
		speak(g->insts[n]);
}

/* A virtual MAC has to be up, too. */
static bool
can_speak(const struct einst *i)
{
	return (i->hush_done && i->tx_cnt > 0);
}

static void
speak(struct einst *i)
{
	if (i->hush_us == 0)
		return;
	i->hush_us = 0;
	drive_first(i);
	drive_schedule(i);
	ctlswitch_spoken(i);
}

void
hush_timer(struct einst *i)
{
	if (i->hush_us != 0 && i->hush_us <= i->e->now_us)
		speak(i);
}
