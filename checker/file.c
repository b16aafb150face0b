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
 * Tracked files: each is read when inotify says that its folder has changed
 * there. While the folder is missing, the nearest one above it is watched.
 * Runs in: checker.
 */

#include <sys/inotify.h>
#include <sys/queue.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker.h"
#include "ctl.h"
#include "log.h"
#include "mono.h"
#include "value.h"

#define WATCH_MASK	(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE |	\
			    IN_MOVED_FROM | IN_MOVED_TO |		\
			    IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define READ_MAX	128
#define EVENTS_LEN	8192

struct file {
	TAILQ_ENTRY(file) entry;
	struct files	*set;
	uint32_t	 id;
	const struct conf_file *conf;
	const char	*base;		/* in conf's path: behind the last / */
	int		 wd;		/* -1: none */
	size_t		 depth;		/* bytes of the path that wd is */
	bool		 keep;		/* while a configuration comes */
	int		 error;		/* errno of the last read; 0 */
	int64_t		 changed_us;
	uint64_t	 reads;
	struct track_msg last;
};
TAILQ_HEAD(file_list, file);

struct files {
	int		 fd;
	struct event	 ev;
	script_told_fn	 told;
	void		*arg;
	struct file_list list;
};

static struct file *file_find(struct files *, uint32_t);
static void	 file_new(struct files *, const struct conf_file *);
static void	 file_free(struct file *);
static void	 file_set(struct file *, const struct conf_file *);
static void	 file_create(const struct file *);
static void	 file_watch(struct file *);
static bool	 watch_up_to(struct file *, size_t);
static void	 file_unwatch(struct file *);
static void	 file_read(struct file *);
static int	 file_load(const struct file *, int32_t *);
static void	 on_inotify(evutil_socket_t, short, void *);
static void	 take_event(struct files *, const struct inotify_event *);
static void	 file_event(struct file *, const struct inotify_event *);
static bool	 is_next(const struct file *, const struct inotify_event *);
static bool	 is_link(const char *);

struct files *
files_new(struct event_base *base, script_told_fn told, void *arg)
{
	struct files	*set;

	if ((set = calloc(1, sizeof(*set))) == NULL)
		return (NULL);
	set->told = told;
	set->arg = arg;
	TAILQ_INIT(&set->list);
	set->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (set->fd == -1)
		log_warn("inotify: changes of tracked files are not seen");
	else if (event_assign(&set->ev, base, set->fd, EV_READ | EV_PERSIST,
	    on_inotify, set) == -1 || event_add(&set->ev, NULL) == -1) {
		(void)close(set->fd);
		free(set);
		return (NULL);
	}
	return (set);
}

/* The old configuration is still there: it is compared with. */
void
files_follow(struct files *set, const struct conf *conf)
{
	struct conf_file	*cf;
	struct file		*f, *tmp;

	TAILQ_FOREACH(f, &set->list, entry)
		f->keep = false;
	TAILQ_FOREACH(cf, &conf->files, entry) {
		if ((f = file_find(set, cf->id)) == NULL)
			file_new(set, cf);
		else if (strcmp(f->conf->path, cf->path) == 0) {
			file_set(f, cf);
		} else {
			file_unwatch(f);
			file_set(f, cf);
			file_create(f);
			file_watch(f);
			file_read(f);
		}
	}
	TAILQ_FOREACH_SAFE(f, &set->list, entry, tmp) {
		if (!f->keep)
			file_free(f);
	}
}

void
files_stop(struct files *set)
{
	struct file	*f;

	while ((f = TAILQ_FIRST(&set->list)) != NULL)
		file_free(f);
}

void
files_tell_all(struct files *set)
{
	struct file	*f;

	TAILQ_FOREACH(f, &set->list, entry)
		set->told(set->arg, f->id, &f->last);
}

void
files_rows(struct files *set, script_row_fn row, void *arg)
{
	struct ctl_script	 c;
	struct file		*f;

	TAILQ_FOREACH(f, &set->list, entry) {
		memset(&c, 0, sizeof(c));
		c.kind = TRACK_FILE;
		c.value = f->last.value;
		c.status = f->last.status;
		(void)strlcpy(c.name, f->conf->name, sizeof(c.name));
		(void)strlcpy(c.user, f->conf->user.user, sizeof(c.user));
		c.last_start_us = f->changed_us;
		c.last_run_us = -1;
		c.runs = f->reads;
		if (f->error != 0)
			(void)snprintf(c.output, sizeof(c.output), "%.400s: %s",
			    f->conf->path, strerror(f->error));
		row(arg, &c);
	}
}

static struct file *
file_find(struct files *set, uint32_t id)
{
	struct file	*f;

	TAILQ_FOREACH(f, &set->list, entry) {
		if (f->id == id)
			return (f);
	}
	return (NULL);
}

static void
file_new(struct files *set, const struct conf_file *conf)
{
	struct file	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		fatal(NULL);
	f->set = set;
	f->id = conf->id;
	f->wd = -1;
	f->changed_us = mono_us();
	TAILQ_INSERT_TAIL(&set->list, f, entry);
	file_set(f, conf);
	file_create(f);
	file_watch(f);
	file_read(f);
}

static void
file_free(struct file *f)
{
	file_unwatch(f);
	TAILQ_REMOVE(&f->set->list, f, entry);
	free(f);
}

static void
file_set(struct file *f, const struct conf_file *conf)
{
	f->conf = conf;
	f->base = strrchr(conf->path, '/') + 1;
	f->keep = true;
}

/* init_file; the parent asks for it once, not of every checker it starts. */
static void
file_create(const struct file *f)
{
	const struct conf_file	*c = f->conf;
	int			 fd;

	if (!c->init)
		return;
	fd = open(c->path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC |
	    O_NOFOLLOW | (c->overwrite ? O_TRUNC : O_EXCL), 0644);
	if (fd == -1 && errno == EEXIST && !c->overwrite)
		return;
	if (fd == -1 || dprintf(fd, "%d\n", c->init_value) < 0)
		log_warn("track_file %s: %s: cannot be made", c->name,
		    c->path);
	if (fd != -1)
		(void)close(fd);
}

/*
 * Watches the folder, or the nearest one above it that is there. What
 * appears between a look and its watch is found by looking once more.
 */
static void
file_watch(struct file *f)
{
	const char	*path = f->conf->path;
	size_t		 want = (size_t)(f->base - path), len;

	if (f->set->fd == -1)
		return;
	for (;;) {
		len = want;
		while (len > 0 && !watch_up_to(f, len)) {
			/* "/a/b/" is next to "/a/b/c/" */
			for (len--; len > 0 && path[len - 1] != '/'; len--)
				;
		}
		if (len == 0 || len == want)
			return;
		for (len++; path[len - 1] != '/'; len++)
			;
		if (!watch_up_to(f, len))
			return;
		if (len == want)
			return;
	}
}

/* The first len bytes of the path, which end in a slash. */
static bool
watch_up_to(struct file *f, size_t len)
{
	char	 dir[PATH_LEN];
	int	 wd;

	memcpy(dir, f->conf->path, len);
	dir[len] = '\0';
	wd = inotify_add_watch(f->set->fd, dir, WATCH_MASK);
	if (wd == -1) {
		if (errno == ENOSPC || errno == ENOMEM)
			log_warn("track_file %s: %s cannot be watched",
			    f->conf->name, dir);
		return (false);
	}
	if (wd != f->wd)
		file_unwatch(f);
	f->wd = wd;
	f->depth = len;
	return (true);
}

/* A folder has one watch for all of its files. */
static void
file_unwatch(struct file *f)
{
	struct file	*other;
	int		 wd = f->wd;

	f->wd = -1;
	f->depth = 0;
	if (wd == -1)
		return;
	TAILQ_FOREACH(other, &f->set->list, entry) {
		if (other->wd == wd)
			return;
	}
	(void)inotify_rm_watch(f->set->fd, wd);	/* it may be gone */
}

static void
file_read(struct file *f)
{
	int32_t	 value = 0;
	int	 error;

	f->reads++;
	error = file_load(f, &value);
	if (error != 0 && error != ENOENT && error != ENOTDIR &&
	    error != f->error)
		log_warnx("track_file %s: %s: %s: counts as 0", f->conf->name,
		    f->conf->path, strerror(error));
	f->error = error;
	if (f->last.status == TRACK_GOOD && f->last.value == value)
		return;
	if (f->last.status == TRACK_GOOD)
		log_info("track_file %s: %d -> %d", f->conf->name,
		    f->last.value, value);
	else
		log_info("track_file %s: %d", f->conf->name, value);
	f->last.status = TRACK_GOOD;
	f->last.value = value;
	f->changed_us = mono_us();
	f->set->told(f->set->arg, f->id, &f->last);
}

/* 0 or an error number. */
static int
file_load(const struct file *f, int32_t *value)
{
	struct stat	 st;
	char		 buf[READ_MAX];
	ssize_t		 n;
	int		 fd, error = 0;

	fd = open(f->conf->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return (errno);
	if (fstat(fd, &st) == -1)
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else if ((n = read(fd, buf, sizeof(buf))) == -1)
		error = errno;
	else
		*value = value_parse(buf, (size_t)n);
	(void)close(fd);
	return (error);
}

static void
on_inotify(evutil_socket_t fd, short what, void *arg)
{
	struct files	*set = arg;
	char		 buf[EVENTS_LEN]
	    __attribute__((__aligned__(__alignof__(struct inotify_event))));
	const struct inotify_event *ev;
	ssize_t		 n;
	size_t		 off;

	n = read(fd, buf, sizeof(buf));		/* the rest comes again */
	for (off = 0; n > 0 && off < (size_t)n; off += sizeof(*ev) + ev->len) {
		ev = (const struct inotify_event *)(const void *)(buf + off);
		take_event(set, ev);
	}
}

static void
take_event(struct files *set, const struct inotify_event *ev)
{
	struct file	*f;

	TAILQ_FOREACH(f, &set->list, entry) {
		if ((ev->mask & IN_Q_OVERFLOW) != 0) {
			file_watch(f);
			file_read(f);
		} else if (f->wd != -1 && f->wd == ev->wd)
			file_event(f, ev);
	}
}

static void
file_event(struct file *f, const struct inotify_event *ev)
{
	size_t	 want = (size_t)(f->base - f->conf->path);

	if ((ev->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0 ||
	    (f->depth != want && is_next(f, ev))) {
		/* Another folder may be the one now. */
		if ((ev->mask & IN_IGNORED) != 0)
			f->wd = -1;
		file_unwatch(f);
		file_watch(f);
		file_read(f);
		return;
	}
	if (f->depth != want || ev->len == 0 || strcmp(ev->name, f->base) != 0)
		return;
	/* One that is being written is told when it is closed. */
	if ((ev->mask & IN_CREATE) != 0 && !is_link(f->conf->path))
		return;
	file_read(f);
}

/* The folder below the one that is watched? */
static bool
is_next(const struct file *f, const struct inotify_event *ev)
{
	const char	*next = f->conf->path + f->depth;
	size_t		 len;

	next += strspn(next, "/");
	len = strcspn(next, "/");
	return (ev->len > len && strncmp(ev->name, next, len) == 0 &&
	    ev->name[len] == '\0');
}

/* A name for something that was there before. */
static bool
is_link(const char *path)
{
	struct stat	 st;

	return (lstat(path, &st) == 0 && (S_ISLNK(st.st_mode) ||
	    st.st_nlink > 1));
}
