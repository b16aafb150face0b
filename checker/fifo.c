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
 * The notify FIFOs: lines for whoever reads them, and the programs that are
 * started to do so. Nothing here waits: lines that do not fit are lost, and
 * counted. Runs in: checker.
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker.h"
#include "log.h"
#include "mono.h"

#define FIFO_CNT	2
#define AGAIN_MIN_S	1	/* until an ended reader is started anew */
#define AGAIN_MAX_S	60
#define LIVED_US	(60 * US_PER_SEC)	/* it was well */
#define OPEN_AGAIN_US	(10 * US_PER_SEC)

struct fifo {
	struct fifos	*set;
	char		 path[PATH_LEN];	/* "": not ours to write */
	int		 fd;			/* -1: not open */
	int64_t		 open_us;		/* not tried before that */
	uint64_t	 lost;			/* since a line went through */

	const struct conf_hook *hook;		/* its reader; NULL: none */
	struct run	*reader;
	int64_t		 started_us;
	time_t		 again_s;
	struct event	 ev_again;
};

struct fifos {
	struct event_base *base;
	struct exec	*exec;
	struct fifo	 list[FIFO_CNT];
};

static const struct {
	enum conf_hook_kind	 fifo;
	enum conf_hook_kind	 script;
} kinds[FIFO_CNT] = {
	{ HOOK_FIFO, HOOK_FIFO_SCRIPT },
	{ HOOK_VRRP_FIFO, HOOK_VRRP_FIFO_SCRIPT }
};

static void	 writer_follow(struct fifo *, const struct conf_hook *);
static void	 writer_open(struct fifo *);
static void	 writer_close(struct fifo *);
static void	 writer_line(struct fifo *, const char *, size_t);
static void	 reader_follow(struct fifo *, const struct conf_hook *);
static bool	 reader_same(const struct conf_hook *,
		    const struct conf_hook *);
static void	 reader_start(struct fifo *);
static void	 reader_stop(struct fifo *);
static void	 on_reader_end(void *, const struct run_end *);
static void	 on_again(evutil_socket_t, short, void *);

struct fifos *
fifos_new(struct event_base *base, struct exec *exec)
{
	struct fifos	*set;
	struct fifo	*f;
	int		 i;

	if ((set = calloc(1, sizeof(*set))) == NULL)
		return (NULL);
	set->base = base;
	set->exec = exec;
	for (i = 0; i < FIFO_CNT; i++) {
		f = &set->list[i];
		f->set = set;
		f->fd = -1;
		f->again_s = AGAIN_MIN_S;
		if (event_assign(&f->ev_again, base, -1, 0, on_again,
		    f) == -1) {
			free(set);
			return (NULL);
		}
	}
	return (set);
}

/* The old configuration is still there. The reader comes first, as with
 * keepalived. */
void
fifos_follow(struct fifos *set, const struct conf *conf)
{
	int	 i;

	for (i = 0; i < FIFO_CNT; i++) {
		reader_follow(&set->list[i], &conf->hooks[kinds[i].script]);
		writer_follow(&set->list[i], &conf->hooks[kinds[i].fifo]);
	}
}

/* Words and order are keepalived's, to the byte. */
void
fifos_write(struct fifos *set, const struct notify_msg *ev)
{
	char	 line[NAME_LEN + 64];
	int	 i, len;

	len = snprintf(line, sizeof(line), "%s \"%s\" %s %u\n",
	    ev->object == NOB_GROUP ? "GROUP" : "INSTANCE", ev->name,
	    notify_words[ev->event], ev->priority);
	for (i = 0; i < FIFO_CNT; i++)
		writer_line(&set->list[i], line, (size_t)len);
}

void
fifos_close(struct fifos *set)
{
	int	 i;

	for (i = 0; i < FIFO_CNT; i++) {
		writer_close(&set->list[i]);
		(void)event_del(&set->list[i].ev_again);
		set->list[i].hook = NULL;
	}
}

void
fifos_end_readers(struct fifos *set)
{
	int	 i;

	for (i = 0; i < FIFO_CNT; i++)
		reader_stop(&set->list[i]);
}

static void
writer_follow(struct fifo *f, const struct conf_hook *hook)
{
	if (f->fd != -1 && strcmp(f->path, hook->path) != 0)
		writer_close(f);
	(void)strlcpy(f->path, hook->used ? hook->path : "", sizeof(f->path));
	f->open_us = 0;
	if (f->path[0] != '\0' && f->fd == -1)
		writer_open(f);
}

/*
 * For reading, too: there need not be a reader, and one that goes away is no
 * end of ours. The parent has made it, or checked what was there.
 */
static void
writer_open(struct fifo *f)
{
	struct stat	 st;

	if (mono_us() < f->open_us)
		return;
	f->open_us = mono_us() + OPEN_AGAIN_US;
	f->fd = open(f->path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (f->fd == -1) {
		log_warn("%s: FIFO cannot be opened", f->path);
		return;
	}
	if (fstat(f->fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    (st.st_uid == 0 || st.st_uid == f->set->exec->uid))
		return;
	log_warnx("%s: is not a FIFO of root or our own: not used", f->path);
	(void)close(f->fd);
	f->fd = -1;
}

static void
writer_close(struct fifo *f)
{
	if (f->fd != -1)
		(void)close(f->fd);
	f->fd = -1;
	f->path[0] = '\0';
	f->lost = 0;
}

/* Shorter than PIPE_BUF: all of it or nothing. */
static void
writer_line(struct fifo *f, const char *line, size_t len)
{
	if (f->path[0] == '\0')
		return;
	if (f->fd == -1)
		writer_open(f);
	if (f->fd != -1 && write(f->fd, line, len) == (ssize_t)len) {
		if (f->lost > 0)
			log_warnx("%s: is read again; %llu line%s lost",
			    f->path, (unsigned long long)f->lost,
			    f->lost == 1 ? " was" : "s were");
		f->lost = 0;
		return;
	}
	if (f->lost++ == 0 && f->fd != -1)
		log_warnx("%s: nobody reads it, or too slowly: lines are "
		    "lost, \"%.*s\" first", f->path, (int)len - 1, line);
}

static void
reader_follow(struct fifo *f, const struct conf_hook *hook)
{
	if (hook->used && f->hook != NULL && reader_same(f->hook, hook)) {
		f->hook = hook;
		return;
	}
	reader_stop(f);
	(void)event_del(&f->ev_again);
	f->again_s = AGAIN_MIN_S;
	f->hook = hook->used ? hook : NULL;
	if (f->hook != NULL)
		reader_start(f);
}

static bool
reader_same(const struct conf_hook *a, const struct conf_hook *b)
{
	uint16_t	 i;

	if (a->cmd.argc != b->cmd.argc || strcmp(a->path, b->path) != 0)
		return (false);
	for (i = 0; i < a->cmd.argc; i++) {
		if (strcmp(a->cmd.argv[i], b->cmd.argv[i]) != 0)
			return (false);
	}
	return (true);
}

static void
reader_start(struct fifo *f)
{
	struct timeval	 tv = { f->again_s, 0 };
	const char	*more[2] = { f->hook->path, NULL };
	char		 why[TEXT_LEN];

	f->started_us = mono_us();
	f->reader = run_start(f->set->exec, RUN_CHECK, &f->hook->cmd, more,
	    on_reader_end, f, why, sizeof(why));
	if (f->reader != NULL) {
		log_debug("%s: reader started", f->hook->path);
		return;
	}
	log_warnx("%s: reader cannot be started: %s", f->hook->path, why);
	(void)event_add(&f->ev_again, &tv);
}

static void
reader_stop(struct fifo *f)
{
	if (f->reader != NULL)
		run_disown(f->reader);
	f->reader = NULL;
}

static void
on_reader_end(void *arg, const struct run_end *end)
{
	struct fifo	*f = arg;
	struct timeval	 tv;

	f->reader = NULL;
	if (f->hook == NULL)
		return;			/* we are about to end */
	if (mono_us() - f->started_us >= LIVED_US)
		f->again_s = AGAIN_MIN_S;
	tv.tv_sec = f->again_s;
	tv.tv_usec = 0;
	log_warnx("%s: its reader has ended (%s %d%s%s), started again in "
	    "%ld s", f->hook->path, end->kind == EXIT_STATUS ?
	    "exit status" : "signal", end->code, end->output[0] != '\0' ?
	    ": " : "", end->output, (long)f->again_s);
	(void)event_add(&f->ev_again, &tv);
	f->again_s = f->again_s * 2 > AGAIN_MAX_S ? AGAIN_MAX_S :
	    f->again_s * 2;
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct fifo	*f = arg;

	if (f->hook != NULL && f->reader == NULL)
		reader_start(f);
}
