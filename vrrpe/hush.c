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
#define HUSH_US		(500 * US_PER_MS)
/*
 * The advertisement has moved the virtual MAC, so that the announcements have
 * this time: keepalived answers those that come before it has removed its
 * addresses, and draws the MAC back.
 */
#define HUSH_VMAC_US	(100 * US_PER_MS)

static bool	 can_speak(const struct einst *);
static void	 speak(struct einst *);

/* Before the step that makes a MASTER of it. */
void
hush_begin(struct einst *i)
{
	bool	 none = TAILQ_EMPTY(&i->conf->vips);

	if (i->vr.state != VR_BACKUP || (none && i->group == NULL))
		return;
	i->hush = none ? HUSH_DONE : HUSH_WAITS;
	i->hush_us = i->e->now_us + HUSH_US;
}

void
hush_end(struct einst *i)
{
	i->hush = HUSH_NONE;
	i->hush_us = VR_NEVER;
}

bool
hush_silent(const struct einst *i)
{
	return (i->hush == HUSH_WAITS || i->hush == HUSH_DONE);
}

void
hush_result(struct einst *i)
{
	const struct vip_result	*r = &i->vip;

	if (i->hush != HUSH_WAITS || r->wanted == 0 ||
	    r->installed + r->failed < r->wanted ||
	    r->route_installed + r->route_failed < r->route_wanted)
		return;
	i->hush = HUSH_DONE;
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
		if (hush_silent(g->insts[n]) && !can_speak(g->insts[n]))
			return;
	}
	for (n = 0; n < g->cnt; n++) {
		if (hush_silent(g->insts[n]))
			speak(g->insts[n]);
	}
}

/* A virtual MAC has to be up, too. */
static bool
can_speak(const struct einst *i)
{
	return (i->hush == HUSH_DONE && i->tx_cnt > 0);
}

static void
speak(struct einst *i)
{
	hush_end(i);
	if (!i->use.late)
		drive_first(i);
	else if (i->tx_cnt > 0) {	/* or with SOCK_USE */
		drive_advert(i);
		i->hush = HUSH_SPOKEN;
		i->hush_us = i->e->now_us + HUSH_VMAC_US;
	}
	drive_schedule(i);
	ctlswitch_spoken(i);
}

void
hush_timer(struct einst *i)
{
	if (i->hush_us > i->e->now_us)
		return;
	if (hush_silent(i)) {
		speak(i);
		return;
	}
	hush_end(i);
	if (i->vr.leave == VR_LEAVE_NONE)
		drive_announce(i, ANN_FIRST);
	drive_schedule(i);
}
