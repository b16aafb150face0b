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
 * What a configuration has for the daemon as a whole: the notify FIFOs, which
 * are made here, and the start-up and the shutdown script, which a checker
 * runs. Runs in: parent.
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "parent.h"

#define FIFO_MODE	0600		/* keepalived's 0644 less its umask */
/* Over the script's own limit: the checker's part in it. */
#define HOOK_SLACK_US	(3 * US_PER_SEC)

static const struct conf_hook *fifo_hook(const struct parent *, int);
static void	 fifo_make(struct parent *, struct fifo *,
		    const struct conf_hook *);
static int	 fifo_give(const char *, const struct ident *, struct stat *);
static int	 fifo_check(const char *, const struct ident *);
static void	 fifo_remove(struct fifo *);
static void	 hook_end(struct parent *);
static void	 on_timer(evutil_socket_t, short, void *);

void
hook_init(struct parent *p)
{
	if (event_assign(&p->hook_timer, p->base, -1, 0, on_timer, p) == -1)
		fatalx("event_assign");
}

/* Brings the FIFOs in line with the configuration that runs now. */
void
hook_fifos(struct parent *p)
{
	const struct conf_hook	*h;
	struct fifo		*f;
	int			 i;

	for (i = 0; i < FIFO_CNT; i++) {
		f = &p->fifos[i];
		h = fifo_hook(p, i);
		if (f->path[0] != '\0' && (!h->used ||
		    strcmp(f->path, h->path) != 0))
			fifo_remove(f);
	}
	for (i = 0; i < FIFO_CNT; i++) {
		h = fifo_hook(p, i);
		if (h->used && p->fifos[i].path[0] == '\0')
			fifo_make(p, &p->fifos[i], h);
	}
}

void
hook_fifos_remove(struct parent *p)
{
	int	 i;

	for (i = 0; i < FIFO_CNT; i++)
		fifo_remove(&p->fifos[i]);
}

static const struct conf_hook *
fifo_hook(const struct parent *p, int i)
{
	return (&p->conf->hooks[i == 0 ? HOOK_FIFO : HOOK_VRRP_FIFO]);
}

/* What is there already is used if it is safe, and stays when we go. */
static void
fifo_make(struct parent *p, struct fifo *f, const struct conf_hook *h)
{
	const struct ident	*ident;
	struct stat		 st;

	ident = ident_by_id(p->idents, ident_find(p->idents, &h->user));
	if (ident == NULL)
		return;
	if (mkfifo(h->path, FIFO_MODE) == 0) {
		if (fifo_give(h->path, ident, &st) == -1) {
			(void)unlink(h->path);
			return;
		}
		f->made = true;
		f->dev = st.st_dev;
		f->ino = st.st_ino;
	} else if (errno != EEXIST) {
		log_warn("%s: FIFO cannot be made", h->path);
		return;
	} else if (fifo_check(h->path, ident) == -1)
		return;
	(void)strlcpy(f->path, h->path, sizeof(f->path));
}

/* Nobody else may have put something in its place meanwhile. */
static int
fifo_give(const char *path, const struct ident *ident, struct stat *st)
{
	int	 fd, ret = -1;

	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fstat(fd, st) == -1)
		log_warn("%s", path);
	else if (!S_ISFIFO(st->st_mode) || st->st_uid != 0 ||
	    st->st_nlink != 1)
		log_warnx("%s: is not the FIFO that was made", path);
	else if ((ident->uid != 0 || ident->gid != 0) && fchownat(fd, "",
	    ident->uid, ident->gid, AT_EMPTY_PATH) == -1)
		log_warn("%s: owner cannot be set", path);
	else
		ret = 0;
	if (fd != -1)
		(void)close(fd);
	return (ret);
}

static int
fifo_check(const char *path, const struct ident *ident)
{
	struct stat	 st;

	if (lstat(path, &st) == -1) {
		log_warn("%s", path);
		return (-1);
	}
	if (S_ISFIFO(st.st_mode) && (st.st_uid == 0 ||
	    st.st_uid == ident->uid))
		return (0);
	log_warnx("%s: something else is there than a FIFO of root or %s: "
	    "nothing is written to it", path, ident->name);
	return (-1);
}

static void
fifo_remove(struct fifo *f)
{
	struct stat	 st;

	if (f->made && lstat(f->path, &st) == 0 && st.st_dev == f->dev &&
	    st.st_ino == f->ino && unlink(f->path) == -1)
		log_warn("%s: cannot remove", f->path);
	memset(f, 0, sizeof(*f));
}

/*
 * A checker makes each file with init_file once, not whenever it is started:
 * what it holds by then is not ours.
 */
void
hook_files(const struct conf *old, struct conf *new)
{
	struct conf_file	*a, *b;

	TAILQ_FOREACH(b, &new->files, entry) {
		if (old == NULL)
			continue;
		TAILQ_FOREACH(a, &old->files, entry)
			if (strcmp(a->path, b->path) == 0)
				b->init = false;
	}
}

/*
 * Has a script run by the checker of its user; false: there is nothing to
 * wait for. Otherwise stage_started() or stop_checkers() follows.
 */
bool
hook_run(struct parent *p, enum conf_hook_kind kind)
{
	const struct conf_hook	*h;
	struct child		*c;
	struct timeval		 tv;
	uint32_t		 id;

	if (p->conf == NULL || !p->conf->hooks[kind].used)
		return (false);
	h = &p->conf->hooks[kind];
	id = ident_find(p->idents, &h->user);
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->id == id && c->phase == CHILD_RUNNING && proc_is_up(c))
			break;
	if (c == NULL || peer_send(&c->peer, IMSG_HOOK, kind + 1, c->gen, 0,
	    -1, NULL) == -1) {
		log_warnx("%s: cannot be run: there is no checker",
		    h->cmd.argv[0]);
		return (false);
	}
	p->hook_kind = kind;
	p->hook_checker = id;
	(void)event_add(&p->hook_timer, proc_tv(&tv, h->timeout_us +
	    HOOK_SLACK_US));
	return (true);
}

/* How it ended is in the log, by the checker. */
int
hook_done(void *arg, struct imsg *im)
{
	struct child		*c = arg;
	struct track_msg	 told;
	struct msg		 m;

	msg_init_read(&m, im->data, im->len);
	if (track_get(&m, &told) == -1)
		return (-1);
	if (c->id == c->p->hook_checker && im->id == c->p->hook_kind + 1U)
		hook_end(c->p);
	return (0);
}

void
hook_child_down(struct child *c)
{
	if (c->role == ROLE_CHECKER && c->id == c->p->hook_checker) {
		log_warnx("%s: has ended before its script", c->name);
		hook_end(c->p);
	}
}

/* It is not waited for any more. */
void
hook_forget(struct parent *p)
{
	p->hook_checker = 0;
	(void)event_del(&p->hook_timer);
}

static void
hook_end(struct parent *p)
{
	hook_forget(p);
	if (p->hook_kind == HOOK_SHUTDOWN)
		stop_checkers(p);
	else if (p->state == PARENT_STARTING)
		stage_started(p, NULL);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct parent	*p = arg;

	log_warnx("nothing is heard of the %s script",
	    p->hook_kind == HOOK_SHUTDOWN ? "shutdown" : "start-up");
	hook_end(p);
}
