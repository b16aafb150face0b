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
 * reload_time_file: a file with the time of a reload to come. It is read when
 * its folder changes; the kernel waits for the time, and says so when
 * somebody sets the clock. Runs in: parent.
 */

#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mono.h"
#include "parent.h"
#include "when.h"

#define SETTLE_US	(100 * US_PER_MS)	/* looked at once for many */
#define FOLDER_MASK	(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_ATTRIB | \
			    IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)

struct retime {
	struct parent	*p;
	int		 folder_fd;	/* inotify */
	int		 clock_fd;	/* timerfd */
	int64_t		 due_s;		/* since 1970; 0: no reload is due */
	struct event	 ev_folder;
	struct event	 ev_clock;
	struct event	 ev_look;
};

static struct retime *retime_new(struct parent *);
static void	 folder_watch(struct retime *);
static void	 look(struct retime *);
static int	 file_read(const char *, char *, size_t);
static void	 clock_set(struct retime *, int64_t);
static void	 on_folder(evutil_socket_t, short, void *);
static void	 on_look(evutil_socket_t, short, void *);
static void	 on_clock(evutil_socket_t, short, void *);

/* A configuration has come into force. */
void
retime_conf(struct parent *p)
{
	retime_free(p);
	if (p->conf->global.reload_time_file[0] == '\0')
		return;
	if ((p->retime = retime_new(p)) == NULL) {
		log_warn("reload_time_file: no reload at that time");
		return;
	}
	folder_watch(p->retime);
	look(p->retime);
}

static struct retime *
retime_new(struct parent *p)
{
	struct retime	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->p = p;
	r->folder_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	r->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK |
	    TFD_CLOEXEC);
	if (r->folder_fd != -1 && r->clock_fd != -1 &&
	    event_assign(&r->ev_look, p->base, -1, 0, on_look, r) == 0 &&
	    event_assign(&r->ev_folder, p->base, r->folder_fd, EV_READ |
	    EV_PERSIST, on_folder, r) == 0 &&
	    event_assign(&r->ev_clock, p->base, r->clock_fd, EV_READ |
	    EV_PERSIST, on_clock, r) == 0 &&
	    event_add(&r->ev_folder, NULL) == 0 &&
	    event_add(&r->ev_clock, NULL) == 0)
		return (r);
	if (event_initialized(&r->ev_folder))
		(void)event_del(&r->ev_folder);
	(void)close(r->folder_fd);
	(void)close(r->clock_fd);
	free(r);
	return (NULL);
}

void
retime_free(struct parent *p)
{
	struct retime	*r = p->retime;

	p->retime = NULL;
	if (r == NULL)
		return;
	(void)event_del(&r->ev_look);
	(void)event_del(&r->ev_folder);
	(void)event_del(&r->ev_clock);
	(void)close(r->folder_fd);
	(void)close(r->clock_fd);
	free(r);
}

static void
folder_watch(struct retime *r)
{
	char	 dir[PATH_LEN];

	(void)strlcpy(dir, r->p->conf->global.reload_time_file, sizeof(dir));
	strrchr(dir, '/')[1] = '\0';		/* it is absolute */
	if (inotify_add_watch(r->folder_fd, dir, FOLDER_MASK) == -1)
		log_warn("reload_time_file: %s cannot be watched: a file "
		    "there is seen at the next reload", dir);
}

/* What stands in the file now is what counts. */
static void
look(struct retime *r)
{
	const char	*path = r->p->conf->global.reload_time_file;
	char		 text[WHEN_LEN + 4];
	int64_t		 due_s = 0, was_s = r->due_s;
	int		 rc;

	rc = file_read(path, text, sizeof(text));
	if (rc == 1 && when_parse(text, wall_us(), &due_s) == -1)
		log_warnx("%s: not a time as HH:MM:SS or YYYY-MM-DD HH:MM:SS, "
		    "which may have a Z behind", path);
	else if (rc == 1 && due_s == 0)
		log_info("%s: %s is over: no reload", path, text);
	clock_set(r, due_s);
	if (r->due_s != 0 && r->due_s != was_s)
		log_info("%s: there will be a reload at %s", path, text);
	else if (r->due_s == 0 && was_s != 0)
		log_info("%s: the reload is called off", path);
}

/* The first line: 1; 0 when there is no file, -1 when it is not followed. */
static int
file_read(const char *path, char *text, size_t size)
{
	struct stat	 st;
	ssize_t		 n;
	int		 fd;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return (0);
	n = -1;
	if (fd == -1 || fstat(fd, &st) == -1)
		log_warn("reload_time_file %s", path);
	else if (!S_ISREG(st.st_mode) || st.st_uid != 0 ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		log_warnx("reload_time_file %s: not a file that only root can "
		    "write: not followed", path);
	else if ((n = read(fd, text, size - 1)) == -1)
		log_warn("reload_time_file %s", path);
	if (fd != -1)
		(void)close(fd);
	if (n == -1)
		return (-1);
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return (1);
}

static void
clock_set(struct retime *r, int64_t due_s)
{
	struct itimerspec	 at;

	memset(&at, 0, sizeof(at));
	at.it_value.tv_sec = (time_t)due_s;
	r->due_s = due_s;
	if (timerfd_settime(r->clock_fd, TFD_TIMER_ABSTIME |
	    TFD_TIMER_CANCEL_ON_SET, &at, NULL) == -1 && errno != ECANCELED) {
		log_warn("reload_time_file: timer");
		r->due_s = 0;
	}
}

static void
on_folder(evutil_socket_t fd, short what, void *arg)
{
	struct retime	*r = arg;
	const char	*path = r->p->conf->global.reload_time_file;
	const struct inotify_event *ev;
	struct timeval	 tv;
	char		 buf[4096]
	    __attribute__((__aligned__(__alignof__(struct inotify_event))));
	ssize_t		 n;
	size_t		 off;
	bool		 ours = false;

	/* Others may write there all the time. No name: some were lost. */
	n = read(fd, buf, sizeof(buf));
	for (off = 0; n > 0 && off < (size_t)n; off += sizeof(*ev) + ev->len) {
		ev = (const struct inotify_event *)(const void *)(buf + off);
		if (ev->len == 0 || strcmp(ev->name, strrchr(path, '/') + 1) ==
		    0)
			ours = true;
		if (ev->mask & IN_IGNORED)
			folder_watch(r);	/* there may be another */
	}
	if (ours && !event_pending(&r->ev_look, EV_TIMEOUT, NULL))
		(void)event_add(&r->ev_look, proc_tv(&tv, SETTLE_US));
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	look(arg);
}

static void
on_clock(evutil_socket_t fd, short what, void *arg)
{
	struct retime	*r = arg;
	struct parent	*p = r->p;
	const char	*path = p->conf->global.reload_time_file;
	uint64_t	 cnt;

	/* An error: the clock was set, maybe past the time. */
	if (read(fd, &cnt, sizeof(cnt)) == -1 && errno != ECANCELED)
		return;
	if (r->due_s == 0 || wall_us() < r->due_s * US_PER_SEC) {
		look(r);
		return;
	}
	log_info("reload asked for by %s", path);
	if (!p->conf->global.reload_repeat && unlink(path) == -1)
		log_warn("%s: unlink", path);
	clock_set(r, 0);
	if (p->conf->global.reload_repeat)
		look(r);
	if (p->confirm.kept != NULL) {
		log_warnx("a reload waits to be confirmed: this one follows "
		    "then, and not if that one is rolled back");
		p->confirm.retime = true;
	} else if (p->state == PARENT_RUNNING)
		reload_begin(p, 0);
}
