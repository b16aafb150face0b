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
 * The start-up and the shutdown script, when the parent says so; it is told
 * how they ended. Runs in: checker.
 */

#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "log.h"

struct hooks {
	struct exec		*exec;
	hook_done_fn		 done;
	void			*arg;
	struct run		*run;	/* one at a time */
	uint32_t		 id;
	bool			 late;
	struct event		 ev_timeout;
};

static void	 on_end(void *, const struct run_end *);
static void	 on_timeout(evutil_socket_t, short, void *);
static const char *hook_name(uint32_t);

struct hooks *
hooks_new(struct event_base *base, struct exec *exec, hook_done_fn done,
    void *arg)
{
	struct hooks	*h;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		return (NULL);
	h->exec = exec;
	h->done = done;
	h->arg = arg;
	if (event_assign(&h->ev_timeout, base, -1, 0, on_timeout, h) == -1) {
		free(h);
		return (NULL);
	}
	return (h);
}

void
hooks_run(struct hooks *h, uint32_t id, const struct conf_hook *hook)
{
	struct track_msg	 told;
	struct timeval		 tv;
	char			 why[TEXT_LEN];

	memset(&told, 0, sizeof(told));
	told.status = TRACK_BAD;
	told.exit_kind = EXIT_EXEC;
	if (!hook->used || hook->cmd.argc == 0 || h->run != NULL) {
		h->done(h->arg, id, &told);
		return;
	}
	h->id = id;
	h->late = false;
	h->run = run_start(h->exec, RUN_NOTIFY, &hook->cmd, NULL, on_end, h,
	    why, sizeof(why));
	if (h->run == NULL) {
		log_warnx("%s: cannot be started: %s", hook_name(id), why);
		h->done(h->arg, id, &told);
		return;
	}
	log_debug("%s: started", hook_name(id));
	tv.tv_sec = (time_t)(hook->timeout_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(hook->timeout_us % US_PER_SEC);
	if (event_add(&h->ev_timeout, &tv) == -1)
		fatalx("cannot set a timer");
}

static const char *
hook_name(uint32_t id)
{
	return (id == HOOK_STARTUP + 1 ? "startup_script" :
	    "shutdown_script");
}

static void
on_end(void *arg, const struct run_end *end)
{
	struct hooks		*h = arg;
	struct track_msg	 told;
	bool			 good;

	h->run = NULL;
	(void)event_del(&h->ev_timeout);
	if (h->late)
		return;			/* it has been told */
	good = end->kind == EXIT_STATUS && end->code == 0;
	memset(&told, 0, sizeof(told));
	told.status = good ? TRACK_GOOD : TRACK_BAD;
	told.exit_kind = end->kind;
	told.exit_code = end->code;
	if (!good)
		log_warnx("%s: %s %d%s%s", hook_name(h->id),
		    end->kind == EXIT_STATUS ? "exit status" :
		    "ended by signal", end->code, end->output[0] != '\0' ?
		    ": " : "", end->output);
	h->done(h->arg, h->id, &told);
}

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct hooks		*h = arg;
	struct track_msg	 told;

	memset(&told, 0, sizeof(told));
	told.status = TRACK_BAD;
	told.exit_kind = EXIT_TIMEOUT;
	h->late = true;
	log_warnx("%s: takes too long: ended", hook_name(h->id));
	run_kill(h->run);
	h->done(h->arg, h->id, &told);
}
