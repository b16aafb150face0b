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
 * The way out: the engine hands over first, then the addresses go, then the
 * checkers finish their notify scripts. Each step has an end. Runs in:
 * parent.
 */

#include <signal.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "parent.h"

#define LEAVE_SLACK_US	(300 * US_PER_MS)	/* over Skew_Time(1) */
#define LEAVE_MAX_US	(15 * US_PER_SEC)

static int64_t	 stop_deadline_us(const struct parent *);
static void	 stop_addresses(struct parent *);
static void	 stop_progress(struct parent *);
static void	 stop_one(struct child *, int64_t, bool);
static void	 on_timer(evutil_socket_t, short, void *);

void
stop_init(struct parent *p)
{
	if (event_assign(&p->stop_timer, p->base, -1, 0, on_timer, p) == -1)
		fatalx("event_assign");
}

/* The second time: at once. */
void
stop_begin(struct parent *p)
{
	struct child	*c;
	bool		 again;

	again = p->state == PARENT_STOPPING;
	if (!again && p->state == PARENT_RUNNING)
		sd_notify(p, "STOPPING=1\nSTATUS=Stopping");
	p->state = PARENT_STOPPING;
	if (!again) {
		hook_forget(p);
		reload_abort(p);
	}
	p->stop_now = p->stop_now || again;
	stop_one(p->engine, stop_deadline_us(p), again);
	if (again && p->stop_stage == STOP_CHECKERS)
		TAILQ_FOREACH(c, &p->checkers, entry)
			stop_one(c, 0, true);
	if (again && p->stop_stage == STOP_CHECKERS)
		stop_one(p->mailer, 0, true);
	if (again && p->stop_stage == STOP_HOOK) {
		hook_forget(p);
		stop_checkers(p);
		return;
	}
	stop_progress(p);
}

/* A child has ended. */
void
stop_child_down(struct parent *p)
{
	stop_progress(p);
}

static void
stop_one(struct child *c, int64_t us, bool again)
{
	if (c == NULL || c->phase == 0)
		return;
	if (c->pid == 0 && !c->open) {
		c->phase = 0;		/* waits to be started again */
		(void)event_del(&c->timer);
	} else if (!c->open || c->phase == CHILD_HELLO) {
		proc_kill(c, SIGKILL);
	} else if (c->phase != CHILD_DRAINING || again) {
		proc_shutdown(c, us);
	}
}

/* What the slowest instance may need until its new master speaks. */
static int64_t
stop_deadline_us(const struct parent *p)
{
	const struct conf_inst	*ci;
	int64_t			 us;

	us = 0;
	if (p->stop_now || p->conf == NULL)
		return (0);
	TAILQ_FOREACH(ci, &p->conf->insts, entry)
		if (ci->adver_int_us > us)
			us = ci->adver_int_us;
	us += LEAVE_SLACK_US;
	return (us > LEAVE_MAX_US ? LEAVE_MAX_US : us);
}

/* Goes on as far as it can; comes back with every child that ends. */
static void
stop_progress(struct parent *p)
{
	struct child	*c;
	struct timeval	 tv;

	if (p->engine->phase != 0)
		return;
	if (p->stop_stage == STOP_ENGINE) {
		p->stop_stage = STOP_LINGER;
		(void)event_add(&p->stop_timer, proc_tv(&tv,
		    p->stop_now || p->conf == NULL ? 0 :
		    LINGER_PLANNED_US + 5 * US_PER_MS));
	}
	if (p->stop_stage == STOP_LINGER || p->stop_stage == STOP_HOOK)
		return;
	if (p->reload.readconf != NULL)
		return;
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->phase != 0)
			return;
	if (p->mailer != NULL && p->mailer->phase != 0)
		return;
	proc_free(p->mailer);
	p->mailer = NULL;
	while ((c = TAILQ_FIRST(&p->checkers)) != NULL) {
		TAILQ_REMOVE(&p->checkers, c, entry);
		proc_free(c);
	}
	p->finished = true;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct parent	*p = arg;

	stop_addresses(p);
	p->stop_stage = STOP_HOOK;
	if (p->stop_now || !hook_run(p, HOOK_SHUTDOWN))
		stop_checkers(p);
}

/* The shutdown script has ended, if there was one. */
void
stop_checkers(struct parent *p)
{
	struct child	*c;

	p->stop_stage = STOP_CHECKERS;
	TAILQ_FOREACH(c, &p->checkers, entry)
		stop_one(c, p->stop_now ? 0 : CHECKER_END_US, false);
	stop_one(p->mailer, p->stop_now ? 0 : MAILER_END_US, false);
	stop_progress(p);
}

static void
stop_addresses(struct parent *p)
{
	if (p->nl == NULL || p->conf == NULL)
		return;
	netlinkd_unwant_all(p->nl);
	(void)unlink(p->ledger_path);
}
