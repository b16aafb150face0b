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
 * A reload that waits to be confirmed: what ran before it is kept, and comes
 * back when the time is up, whatever the file says by then. Runs in: parent.
 */

#include <syslog.h>

#include "mono.h"
#include "parent.h"

/* After a rollback failed: twice as long each time. */
#define AGAIN_S		5
#define AGAIN_MAX_S	600

static void	 confirm_arm(struct parent *, int64_t);
static void	 confirm_back(struct parent *);
static void	 on_confirm(evutil_socket_t, short, void *);

void
confirm_init(struct parent *p)
{
	if (event_assign(&p->confirm.timer, p->base, -1, 0, on_confirm,
	    p) == -1)
		fatalx("event_assign");
}

void
confirm_end(struct parent *p)
{
	struct confirm	*cf = &p->confirm;

	(void)event_del(&cf->timer);
	conf_free(cf->kept);
	cf->kept = NULL;
	cf->due = cf->expired = false;
	cf->failed = 0;
	cf->retime = false;
	p->status_due = true;
}

/* To an engine that may know nothing of it. */
void
confirm_tell(struct parent *p, const char *news)
{
	struct msg	 m;
	uint8_t		 buf[TEXT_LEN + 24];

	msg_init_write(&m, buf, sizeof(buf));
	msg_put_s64(&m, p->loaded_us);
	msg_put_s64(&m, p->confirm.kept != NULL ? p->confirm.until_us : -1);
	msg_put_str(&m, news);
	engine_send(p, IMSG_RELOADS, 0, -1, &m);
}

static void
confirm_arm(struct parent *p, int64_t us)
{
	struct timeval	 tv;

	p->confirm.until_us = mono_us() + us;
	p->confirm.due = false;
	(void)event_add(&p->confirm.timer, proc_tv(&tv, us));
	p->status_due = true;
}

/* The configuration that ran is not needed, unless to go back to it. */
void
confirm_old(struct parent *p)
{
	struct reload	*r = &p->reload;

	if (r->confirm_us != 0 && p->confirm.kept == NULL)
		p->confirm.kept = r->old;
	else
		conf_free(r->old);
	r->old = NULL;
}

/* A reload is done: with it something may begin to wait, or come to rest. */
void
confirm_done(struct parent *p, const char *text)
{
	struct reload	*r = &p->reload;

	if (r->rollback) {
		hist_event(p, EVENT_ROLLED_BACK, p->conf->gen);
		p->confirm.expired = false;
		p->confirm.failed = 0;
		if (p->confirm.retime)
			log_warnx("the reload of reload_time_file is called "
			    "off: it might bring back what was rolled back");
		p->confirm.retime = false;
		p->status_due = true;
	} else
		hist_event(p, EVENT_RELOADED, p->conf->gen);
	if (r->confirm_us != 0) {
		hist_event(p, EVENT_CONFIRM, r->confirm_us);
		confirm_arm(p, r->confirm_us);
	}
	confirm_tell(p, text);
}

/* The rollback was refused: what it was about must not be lost. */
void
confirm_keep(struct parent *p)
{
	struct confirm	*cf = &p->confirm;
	int		 wait_s = AGAIN_MAX_S;

	cf->kept = p->reload.conf;
	p->reload.conf = NULL;
	if (cf->failed < 7)
		wait_s = AGAIN_S << cf->failed;
	cf->failed++;
	log_warnx("rollback %u failed, configuration %u runs on though nobody "
	    "confirmed it: tried again in %d s", cf->failed, p->conf->gen,
	    wait_s);
	confirm_arm(p, wait_s * US_PER_SEC);
}

static void
confirm_back(struct parent *p)
{
	struct conf	*conf = p->confirm.kept;

	p->confirm.kept = NULL;
	(void)event_del(&p->confirm.timer);
	p->confirm.due = false;
	p->reload.rollback = true;
	p->reload.errors = 0;
	p->gen_last++;
	stage_begin(p, conf);
}

/* The time is up; true: a rollback has begun. */
bool
confirm_due(struct parent *p)
{
	struct confirm	*cf = &p->confirm;
	char		 fields[JOURNAL_LEN];

	if (!cf->due || cf->kept == NULL || p->state != PARENT_RUNNING)
		return (false);
	if (!cf->expired) {
		journal_fields(p, LOG_K_EXPIRED, 0, fields, sizeof(fields));
		log_at(LOG_WARNING, "nobody confirmed configuration %u: "
		    "it is rolled back", p->conf->gen);
		hist_event(p, EVENT_EXPIRED, p->conf->gen);
	}
	cf->expired = true;
	confirm_back(p);
	return (true);
}

static void
on_confirm(evutil_socket_t fd, short what, void *arg)
{
	struct parent	*p = arg;

	/* After the reload that is under way, unless that waits in turn. */
	p->confirm.due = true;
	if (p->reload.state == RELOAD_IDLE)
		(void)confirm_due(p);
}

/* CTL_COMMIT */
int
confirm_asked(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct parent	*p = c->p;
	struct msg	 m;
	uint8_t		 verb;
	int64_t		 us;
	bool		 retime;

	msg_init_read(&m, im->data, im->len);
	verb = msg_get_enum(&m, COMMIT_MAX);
	us = msg_get_s64(&m);
	if (msg_end(&m) == -1 || (verb == COMMIT_TRY &&
	    (us <= 0 || us > CONFIRM_MAX_US)))
		return (-1);
	if (p->state != PARENT_RUNNING || !engine_may_reload(p, im->id))
		return (0);
	if (verb != COMMIT_TRY && p->confirm.kept == NULL) {
		reload_answer(p, im->id, CTL_ERR_STATE,
		    "no reload waits to be confirmed");
	} else if (verb == COMMIT_CONFIRM) {
		log_info("configuration %u is confirmed", p->conf->gen);
		hist_event(p, EVENT_CONFIRMED, p->conf->gen);
		retime = p->confirm.retime;
		confirm_end(p);
		confirm_tell(p, "confirmed");
		reload_answer(p, im->id, CTL_OK, "confirmed");
		if (retime)
			reload_begin(p, 0);
	} else if (p->reload.state != RELOAD_IDLE) {
		reload_answer(p, im->id, CTL_ERR_BUSY,
		    "a reload is under way");
	} else if (verb == COMMIT_TRY) {
		p->reload.confirm_us = us;
		reload_begin(p, im->id);
	} else {
		reload_wait(p, &p->reload.conns, im->id);
		confirm_back(p);
	}
	return (0);
}
