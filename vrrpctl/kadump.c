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
 * The files that keepalived writes on signals, in a folder where everybody
 * may write. What vrrpd says is read by a process without any right.
 * Runs in: keepalived.
 */

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keepalived.h"
#include "log.h"

#define NOBODY		65534
#define LIMIT_S		10	/* to write one */

static int	 tmp_open(struct compat *, struct dump *);
static __dead2 void child(const struct compat *, enum dump_kind, int, pid_t);

static const char *const names[DUMP_MAX] = {
	[DUMP_DATA] = "data",
	[DUMP_STATS] = "stats",
	[DUMP_JSON] = "json"
};

void
dump_init(struct compat *c)
{
	struct passwd	*pw;
	int		 kind;

	c->uid = NOBODY;
	c->gid = NOBODY;
	if ((pw = getpwnam(VRRPD_USER)) != NULL && pw->pw_uid != 0 &&
	    pw->pw_gid != 0) {
		c->uid = pw->pw_uid;
		c->gid = pw->pw_gid;
	}
	for (kind = 0; kind < DUMP_MAX; kind++) {
		(void)snprintf(c->dumps[kind].path,
		    sizeof(c->dumps[kind].path), "%s/keepalived.%s",
		    c->tmpdir, names[kind]);
		c->dumps[kind].fd = -1;
	}
}

void
dump_begin(struct compat *c, enum dump_kind kind)
{
	struct dump	*d = &c->dumps[kind];
	pid_t		 me = getpid();

	if (d->pid != 0) {
		d->again = true;
		return;
	}
	d->again = false;
	if (!c->ready || c->stopping) {
		log_info("%s is not written: vrrpd is not ready", d->path);
		return;
	}
	if ((d->fd = tmp_open(c, d)) == -1) {
		log_warn("%s: %s", d->path, d->tmp);
		return;
	}
	if ((d->pid = fork()) == -1) {
		log_warn("%s: fork", d->path);
		(void)unlink(d->tmp);
		(void)close(d->fd);
		d->pid = 0;
		return;
	}
	if (d->pid == 0)
		child(c, kind, d->fd, me);
	log_debug("%s is asked for", d->path);
}

/* A file of a name that nobody had. */
static int
tmp_open(struct compat *c, struct dump *d)
{
	int	 fd, tries;

	for (tries = 0; tries < 100; tries++) {
		(void)snprintf(d->tmp, sizeof(d->tmp), "%s/keepalived.%ld-%u",
		    c->tmpdir, (long)getpid(), c->serial++);
		fd = open(d->tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		    O_CLOEXEC, 0600);
		if (fd == -1 && errno == EEXIST)
			continue;
		if (fd != -1)
			(void)fchmod(fd, 0666 & ~c->umask);
		return (fd);
	}
	return (-1);
}

static __dead2 void
child(const struct compat *c, enum dump_kind kind, int fd, pid_t parent)
{
	sigset_t	 none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)alarm(LIMIT_S);
	if (setgroups(0, NULL) == -1 ||
	    setresgid(c->gid, c->gid, c->gid) == -1 ||
	    setresuid(c->uid, c->uid, c->uid) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent ||
	    dup2(fd, STDOUT_FILENO) == -1)
		_exit(1);
	closefrom(STDERR_FILENO + 1);
	_exit(form_write(kind, c->rundir));
}

/*
 * It is complete, and takes its name at once: nobody reads half of it, and a
 * link that lay there is replaced, never followed. Closed only then, since
 * some wait for a file of that name to be closed after writing.
 */
bool
dump_reaped(struct compat *c, pid_t pid, int status)
{
	struct dump	*d;
	int		 kind;

	for (kind = 0; kind < DUMP_MAX; kind++)
		if (c->dumps[kind].pid == pid)
			break;
	if (kind == DUMP_MAX)
		return (false);
	d = &c->dumps[kind];
	d->pid = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_warnx("%s is not written: vrrpd does not answer",
		    d->path);
		(void)unlink(d->tmp);
	} else if (rename(d->tmp, d->path) == -1) {
		log_warn("%s", d->path);
		(void)unlink(d->tmp);
	} else
		log_debug("%s is written", d->path);
	(void)close(d->fd);
	d->fd = -1;
	if (d->again)
		dump_begin(c, (enum dump_kind)kind);
	return (true);
}

/* Half files do not stay. */
void
dump_end(struct compat *c)
{
	int	 kind;

	for (kind = 0; kind < DUMP_MAX; kind++) {
		if (c->dumps[kind].pid == 0)
			continue;
		(void)kill(c->dumps[kind].pid, SIGKILL);
		(void)unlink(c->dumps[kind].tmp);
	}
}
