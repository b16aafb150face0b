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
 * A parent that hangs: it refreshes no leases, so that the kernel takes the
 * addresses of a MASTER away, and nobody gives any to a new one. Who has none
 * must not say that it has. Runs in: vrrpe.
 *
 * The parent asks at least every half second, and a reload is a word of it,
 * too. A silence proves nothing if we did not run ourselves, so what has come
 * meanwhile is read first.
 */

#include <string.h>

#include "control.h"
#include "mono.h"

#define SILENT_US	(2 * US_PER_SEC)	/* the shortest lease */
#define GRACE_US	(200 * US_PER_MS)	/* to read what has come */
#define AGAIN_US	US_PER_SEC		/* for longer leases */

static void	 on_silence(evutil_socket_t, short, void *);
static void	 arm(struct engine *, int64_t);
static void	 recompute(struct engine *);

void
silence_init(struct engine *e)
{
	if (event_assign(&e->ev_silence, e->base, -1, 0, on_silence, e) == -1)
		fatalx("event loop");
}

void
silence_end(struct engine *e)
{
	(void)event_del(&e->ev_silence);
}

/* It has asked. */
void
silence_heard(struct engine *e)
{
	bool	 was = e->silent;

	e->heard_us = e->now_us;
	e->silent = e->grace = false;
	if (was) {
		log_info("the parent answers again");
		recompute(e);
	}
	arm(e, SILENT_US);
}

/* An address without a lease stays, and so may its MASTER, or one that has
 * none at all. */
bool
silence_matters(const struct einst *i)
{
	const struct engine	*e = i->e;

	if (!e->silent)
		return (false);
	if (i->vr.state != VR_MASTER)
		return (true);
	if (TAILQ_EMPTY(&i->conf->vips))
		return (false);
	return (i->vip.installed == 0 || (i->vip.lease_s > 0 &&
	    e->now_us - e->heard_us >= (int64_t)i->vip.lease_s * US_PER_SEC));
}

static void
on_silence(evutil_socket_t fd, short what, void *arg)
{
	struct engine	*e = arg;

	engine_turn(e);
	if (e->phase != PHASE_RUNNING)
		return;
	if (!e->grace) {
		e->grace = true;
		arm(e, GRACE_US);
		return;
	}
	if (!e->silent) {
		e->silent = true;
		log_warnx("the parent has been silent for %.1f s",
		    (double)(e->now_us - e->heard_us) / (double)US_PER_SEC);
		control_silence(e);
	}
	recompute(e);
	arm(e, AGAIN_US);
}

static void
arm(struct engine *e, int64_t us)
{
	struct timeval	 tv;

	tv.tv_sec = (time_t)(us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(us % US_PER_SEC);
	(void)event_add(&e->ev_silence, &tv);
}

static void
recompute(struct engine *e)
{
	struct einst	*i;

	drive_batch(e);
	RB_FOREACH(i, einst_tree, &e->insts) {
		einst_recompute(i);
		einst_try_start(i);
	}
	drive_batch_end(e);
}
