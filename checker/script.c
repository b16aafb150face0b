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
 * Track scripts: when they run and what comes of it. Runs in: checker.
 */

#include <sys/queue.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "child.h"
#include "ctl.h"
#include "log.h"
#include "mono.h"
#include "verdict.h"

/* So many start at once; the next so many a moment later. */
#define BATCH		8
#define BATCH_US	(20 * US_PER_MS)

struct script {
	TAILQ_ENTRY(script) entry;
	struct scripts	*set;
	uint32_t	 id;
	const struct conf_script *conf;
	struct verdict	 verdict;
	struct run	*run;		/* NULL: does not run */
	bool		 discard;	/* this run's result counts nothing */
	bool		 late;		/* it was timed out */
	bool		 decided;	/* status is not only init_fail */
	bool		 keep;		/* while a configuration comes */
	int64_t		 due_us;	/* next start */
	int64_t		 last_start_us;
	int64_t		 last_run_us;
	struct track_msg last;
	uint64_t	 runs;
	uint64_t	 failures;
	uint64_t	 timeouts;
	uint64_t	 skipped;
	uint64_t	 ended;
	int64_t		 run_sum_us;	/* of those that ended */
	char		 output[TEXT_LEN];
	struct event	 ev_due;
	struct event	 ev_timeout;
};
TAILQ_HEAD(script_list, script);

struct scripts {
	struct event_base *base;
	struct exec	*exec;
	script_told_fn	 told;
	void		*arg;
	struct script_list list;
};

static struct script *script_find(struct scripts *, uint32_t);
static struct script *script_new(struct scripts *, const struct conf_script *);
static void	 script_free(struct script *);
static void	 script_keep(struct script *, const struct conf_script *,
		    int64_t);
static void	 script_reset(struct script *, const struct conf_script *);
static bool	 same_command(const struct conf_script *,
		    const struct conf_script *);
static void	 start_new(struct scripts *, uint32_t);
static void	 script_arm(struct script *, int64_t);
static void	 on_due(evutil_socket_t, short, void *);
static void	 script_start(struct script *, int64_t);
static void	 on_timeout(evutil_socket_t, short, void *);
static void	 on_end(void *, const struct run_end *);
static void	 script_result(struct script *, uint8_t, int32_t);
static void	 log_status(const struct script *, enum track_status);
static struct timeval wait_tv(int64_t);

static const char *const	 status_names[TRACK_STATUS_MAX] = {
	[TRACK_UNKNOWN] = "undecided",
	[TRACK_GOOD] = "good",
	[TRACK_BAD] = "bad"
};

struct scripts *
scripts_new(struct event_base *base, struct exec *exec, script_told_fn told,
    void *arg)
{
	struct scripts	*set;

	if ((set = calloc(1, sizeof(*set))) == NULL)
		return (NULL);
	set->base = base;
	set->exec = exec;
	set->told = told;
	set->arg = arg;
	TAILQ_INIT(&set->list);
	return (set);
}

/* The old configuration is still there: it is compared with. */
void
scripts_follow(struct scripts *set, const struct conf *conf)
{
	struct conf_script	*cs;
	struct script		*s, *tmp;
	int64_t			 now_us = mono_us();
	uint32_t		 added = 0;

	TAILQ_FOREACH(s, &set->list, entry)
		s->keep = false;
	TAILQ_FOREACH(cs, &conf->scripts, entry) {
		if ((s = script_find(set, cs->id)) == NULL) {
			if ((s = script_new(set, cs)) == NULL)
				fatal(NULL);
			added++;
		} else if (same_command(s->conf, cs))
			script_keep(s, cs, now_us);
		else
			script_reset(s, cs);
		s->keep = true;
	}
	TAILQ_FOREACH_SAFE(s, &set->list, entry, tmp) {
		if (!s->keep)
			script_free(s);
	}
	start_new(set, added);
}

void
scripts_stop(struct scripts *set)
{
	struct script	*s;

	while ((s = TAILQ_FIRST(&set->list)) != NULL)
		script_free(s);
}

void
scripts_tell_all(struct scripts *set)
{
	struct script	*s;

	TAILQ_FOREACH(s, &set->list, entry)
		set->told(set->arg, s->id, &s->last);
}

void
scripts_rows(struct scripts *set, void (*row)(void *,
    const struct ctl_script *), void *arg)
{
	struct ctl_script	 c;
	struct script		*s;

	TAILQ_FOREACH(s, &set->list, entry) {
		memset(&c, 0, sizeof(c));
		(void)strlcpy(c.name, s->conf->name, sizeof(c.name));
		(void)strlcpy(c.user, s->conf->user.user, sizeof(c.user));
		(void)strlcpy(c.output, s->output, sizeof(c.output));
		c.status = (uint8_t)s->verdict.status;
		c.exit_kind = s->last.exit_kind;
		c.exit_code = s->last.exit_code;
		c.running = s->run != NULL;
		c.rise = s->verdict.rise;
		c.fall = s->verdict.fall;
		c.count = verdict_towards(&s->verdict);
		c.interval_us = s->conf->interval_us;
		c.timeout_us = s->conf->timeout_us;
		c.last_start_us = s->last_start_us;
		c.last_run_us = s->last_run_us;
		c.runs = s->runs;
		c.failures = s->failures;
		c.timeouts = s->timeouts;
		c.skipped = s->skipped;
		c.ended = s->ended;
		c.run_sum_us = s->run_sum_us;
		row(arg, &c);
	}
}

static struct script *
script_find(struct scripts *set, uint32_t id)
{
	struct script	*s;

	TAILQ_FOREACH(s, &set->list, entry) {
		if (s->id == id)
			return (s);
	}
	return (NULL);
}

static struct script *
script_new(struct scripts *set, const struct conf_script *conf)
{
	struct script	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->set = set;
	s->id = conf->id;
	s->conf = conf;
	s->last_start_us = -1;
	verdict_init(&s->verdict, conf->rise, conf->fall, conf->init_fail);
	s->last.status = (uint8_t)s->verdict.status;
	if (event_assign(&s->ev_due, set->base, -1, 0, on_due, s) == -1 ||
	    event_priority_set(&s->ev_due, PRIO_START) == -1 ||
	    event_assign(&s->ev_timeout, set->base, -1, 0, on_timeout,
	    s) == -1) {
		free(s);
		return (NULL);
	}
	TAILQ_INSERT_TAIL(&set->list, s, entry);
	return (s);
}

static void
script_free(struct script *s)
{
	if (s->run != NULL)
		run_disown(s->run);
	(void)event_del(&s->ev_due);
	(void)event_del(&s->ev_timeout);
	TAILQ_REMOVE(&s->set->list, s, entry);
	free(s);
}

/* The same script: its verdict and its next start stay. */
static void
script_keep(struct script *s, const struct conf_script *conf, int64_t now_us)
{
	int64_t	 sooner_us;

	if (conf->rise != s->verdict.rise || conf->fall != s->verdict.fall)
		verdict_scale(&s->verdict, conf->rise, conf->fall);
	sooner_us = now_us + conf->interval_us;
	if (conf->interval_us != s->conf->interval_us && s->due_us > sooner_us)
		script_arm(s, sooner_us);
	s->conf = conf;
}

/* Another script of the same name; one that still runs is waited for. */
static void
script_reset(struct script *s, const struct conf_script *conf)
{
	s->conf = conf;
	verdict_init(&s->verdict, conf->rise, conf->fall, conf->init_fail);
	memset(&s->last, 0, sizeof(s->last));
	s->last.status = (uint8_t)s->verdict.status;
	s->decided = false;
	s->output[0] = '\0';
	if (s->run != NULL) {
		s->discard = true;
		(void)event_del(&s->ev_timeout);
		run_kill(s->run);
	}
	script_arm(s, mono_us());
}

static bool
same_command(const struct conf_script *a, const struct conf_script *b)
{
	uint16_t	 i;

	if (a->cmd.argc != b->cmd.argc ||
	    strcmp(a->user.user, b->user.user) != 0 ||
	    strcmp(a->user.group, b->user.group) != 0)
		return (false);
	for (i = 0; i < a->cmd.argc; i++) {
		if (strcmp(a->cmd.argv[i], b->cmd.argv[i]) != 0)
			return (false);
	}
	return (true);
}

/*
 * The first ones at once. Many are spread, so that they neither fight for
 * the processor now nor at every interval from here on.
 */
static void
start_new(struct scripts *set, uint32_t added)
{
	struct script	*s;
	int64_t		 now_us = mono_us(), wait_us, even_us;
	uint32_t	 n = 0;

	TAILQ_FOREACH(s, &set->list, entry) {
		if (s->due_us != 0)
			continue;
		wait_us = n / BATCH * BATCH_US;
		even_us = s->conf->interval_us * n / added;
		script_arm(s, now_us + (wait_us < even_us ? wait_us : even_us));
		n++;
	}
}

static void
script_arm(struct script *s, int64_t due_us)
{
	struct timeval	 tv;

	s->due_us = due_us;
	tv = wait_tv(due_us - mono_us());
	if (event_add(&s->ev_due, &tv) == -1)
		fatalx("cannot set a timer");
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	struct script	*s = arg;
	int64_t		 now_us = mono_us(), next_us;

	/* In step with the first start, unless we were held up. */
	next_us = s->due_us + s->conf->interval_us;
	if (next_us <= now_us)
		next_us = now_us + s->conf->interval_us;
	script_arm(s, next_us);
	if (s->run == NULL)
		script_start(s, now_us);
	else if (!s->discard) {
		s->skipped++;
		log_debug("script %s: still runs, not started again",
		    s->conf->name);
	}
}

static void
script_start(struct script *s, int64_t now_us)
{
	struct timeval	 tv;
	char		 why[TEXT_LEN];

	s->runs++;
	s->late = s->discard = false;
	s->last_start_us = now_us;
	s->run = run_start(s->set->exec, RUN_CHECK, &s->conf->cmd, NULL,
	    on_end, s, why, sizeof(why));
	if (s->run == NULL) {
		s->last_run_us = 0;
		run_printable(why);
		(void)strlcpy(s->output, why, sizeof(s->output));
		script_result(s, EXIT_EXEC, errno);
		return;
	}
	tv = wait_tv(s->conf->timeout_us);
	if (event_add(&s->ev_timeout, &tv) == -1)
		fatalx("cannot set a timer");
}

/* Counts as a failure now, however long it takes to end. */
static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct script	*s = arg;

	s->late = true;
	s->timeouts++;
	s->last_run_us = mono_us() - s->last_start_us;
	run_kill(s->run);
	script_result(s, EXIT_TIMEOUT, 0);
}

static void
on_end(void *arg, const struct run_end *end)
{
	struct script	*s = arg;

	s->run = NULL;
	(void)event_del(&s->ev_timeout);
	if (s->discard) {
		/* The one that takes its place has waited long enough. */
		script_arm(s, mono_us());
		return;
	}
	(void)strlcpy(s->output, end->output, sizeof(s->output));
	s->last_run_us = end->took_us;
	s->run_sum_us += end->took_us;
	s->ended++;
	if (!s->late)
		script_result(s, end->kind, end->code);
}

static void
script_result(struct script *s, uint8_t kind, int32_t code)
{
	enum track_status	 before = s->verdict.status;
	bool			 success = kind == EXIT_STATUS && code == 0;
	bool			 changed;

	if (!success)
		s->failures++;
	changed = verdict_add(&s->verdict, success);
	s->last.status = (uint8_t)s->verdict.status;
	s->last.exit_kind = kind;
	s->last.exit_code = code;
	/* The engine may know better than init_fail until we have seen it. */
	if (!changed && (success || s->decided))
		return;
	s->decided = true;
	if (changed)
		log_status(s, before);
	s->set->told(s->set->arg, s->id, &s->last);
}

static void
log_status(const struct script *s, enum track_status before)
{
	char	 cause[TEXT_LEN + 64];

	switch (s->last.exit_kind) {
	case EXIT_STATUS:
		(void)snprintf(cause, sizeof(cause), "exit status %d%s%s",
		    s->last.exit_code, s->output[0] != '\0' ? ": " : "",
		    s->output);
		break;
	case EXIT_SIGNAL:
		(void)snprintf(cause, sizeof(cause), "ended by signal %d",
		    s->last.exit_code);
		break;
	case EXIT_TIMEOUT:
		(void)snprintf(cause, sizeof(cause), "no end within %.3g s",
		    (double)s->conf->timeout_us / (double)US_PER_SEC);
		break;
	default:
		(void)snprintf(cause, sizeof(cause), "cannot be started: %s",
		    s->output);
		break;
	}
	child_log_about(0, LOG_K_SCRIPT);
	log_info("script %s: %s -> %s (%s)", s->conf->name,
	    status_names[before], status_names[s->verdict.status], cause);
}

static struct timeval
wait_tv(int64_t us)
{
	struct timeval	 tv;

	if (us < 0)
		us = 0;
	tv.tv_sec = (time_t)(us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(us % US_PER_SEC);
	return (tv);
}
