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
 * The runtime folder: its lock, the pid file and the control sockets. Runs
 * in: parent.
 */

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"
#include "parent.h"

#define BACKLOG		16

static int	 make_folder(const char *, mode_t);
static int	 lock_file(const char *, const char *);
static int	 write_pid(int, const char *);
static int	 listen_on(const char *, mode_t, gid_t);
static int	 sun_set(struct sockaddr_un *, const char *);
static gid_t	 control_group(void);
static void	 say_locked(int, const char *);

/*
 * Makes and locks the folder and opens the sockets; 0, or -1 (logged). A
 * second daemon ends here.
 */
int
ctlsock_open(struct parent *p)
{
	const char	*dir;

	dir = p->opt.rundir;
	if (make_folder(dir, 0755) == -1)
		return (-1);
	if (snprintf(p->empty_path, PATH_LEN, "%s/empty", dir) >= PATH_LEN ||
	    snprintf(p->lock_path, PATH_LEN, "%s/vrrpd.pid", dir) >=
	    PATH_LEN ||
	    snprintf(p->ledger_path, PATH_LEN, "%s/vips", dir) >= PATH_LEN ||
	    snprintf(p->ctl_path[CTL_FULL], PATH_LEN, "%s/control", dir) >=
	    PATH_LEN ||
	    snprintf(p->ctl_path[CTL_STATUS], PATH_LEN, "%s/status", dir) >=
	    PATH_LEN) {
		log_warnx("%s: name is too long", dir);
		return (-1);
	}
	if ((p->lock_fd = lock_file(p->lock_path, dir)) == -1)
		return (-1);
	if (write_pid(p->lock_fd, p->lock_path) == -1)
		return (-1);
	if (p->opt.pidfile[0] != '\0' &&
	    strcmp(p->opt.pidfile, p->lock_path) != 0) {
		p->pid_fd = lock_file(p->opt.pidfile, p->opt.pidfile);
		if (p->pid_fd == -1 ||
		    write_pid(p->pid_fd, p->opt.pidfile) == -1)
			return (-1);
	}
	if (make_folder(p->empty_path, 0555) == -1)
		return (-1);

	p->ctl_fd[CTL_FULL] = listen_on(p->ctl_path[CTL_FULL], 0660,
	    control_group());
	p->ctl_fd[CTL_STATUS] = listen_on(p->ctl_path[CTL_STATUS], 0666, 0);
	return (p->ctl_fd[CTL_FULL] == -1 || p->ctl_fd[CTL_STATUS] == -1 ?
	    -1 : 0);
}

/* Takes away what ctlsock_open has made; never what belongs to others. */
void
ctlsock_close(struct parent *p)
{
	int	 kind;

	for (kind = CTL_FULL; kind <= CTL_STATUS; kind++) {
		if (p->ctl_fd[kind] == -1)
			continue;
		(void)unlink(p->ctl_path[kind]);
		(void)close(p->ctl_fd[kind]);
		p->ctl_fd[kind] = -1;
	}
	if (p->pid_fd != -1) {
		(void)unlink(p->opt.pidfile);
		(void)close(p->pid_fd);
		p->pid_fd = -1;
	}
	if (p->lock_fd != -1) {
		(void)unlink(p->lock_path);
		(void)close(p->lock_fd);
		p->lock_fd = -1;
	}
}

/* vrrpd -z: is no daemon there? 1 none, 0 one is (logged). */
int
ctlsock_is_free(const char *rundir)
{
	char	 path[PATH_LEN + 16];
	int	 fd, is_free;

	(void)snprintf(path, sizeof(path), "%s/vrrpd.pid", rundir);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return (1);
	is_free = flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (!is_free)
		say_locked(fd, rundir);
	(void)close(fd);
	return (is_free);
}

static int
make_folder(const char *path, mode_t mode)
{
	struct stat	 st;

	if (mkdir(path, mode) == 0) {
		/* Whatever the umask was. */
		if (chmod(path, mode) == 0)
			return (0);
	} else if (errno == EEXIST && lstat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode) && st.st_uid == 0 &&
		    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
			return (0);
		log_warnx("%s: is not a folder that only root may write to",
		    path);
		return (-1);
	}
	log_warn("%s: cannot make folder", path);
	return (-1);
}

/* The lock is the kernel's and goes with the process, the file may stay. */
static int
lock_file(const char *path, const char *what)
{
	struct stat	 st, now;
	int		 fd, tries;

	for (tries = 0; tries < 10; tries++) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0644);
		if (fd == -1) {
			log_warn("%s: cannot open pid file", path);
			return (-1);
		}
		/* What others can write later is not where a pid belongs. */
		if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
		    st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH))) {
			log_warnx("%s: is not a file that only root may "
			    "write to", path);
			(void)close(fd);
			return (-1);
		}
		if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
			say_locked(fd, what);
			(void)close(fd);
			return (-1);
		}
		/* One that ended just now may have removed it meanwhile. */
		if (stat(path, &now) == 0 && st.st_ino == now.st_ino &&
		    st.st_dev == now.st_dev)
			return (fd);
		(void)close(fd);
	}
	log_warnx("%s: pid file does not stay in its place", path);
	return (-1);
}

static void
say_locked(int fd, const char *what)
{
	char	 text[16];
	ssize_t	 len;

	len = pread(fd, text, sizeof(text) - 1, 0);
	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	log_warnx("%s: another vrrpd is running there (pid %s)", what,
	    text[0] != '\0' ? text : "unknown");
}

static int
write_pid(int fd, const char *path)
{
	if (ftruncate(fd, 0) == -1 || lseek(fd, 0, SEEK_SET) == -1 ||
	    dprintf(fd, "%ld\n", (long)getpid()) < 0) {
		log_warn("%s: cannot write pid file", path);
		return (-1);
	}
	return (0);
}

static int
sun_set(struct sockaddr_un *sun, const char *path)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlcpy(sun->sun_path, path, sizeof(sun->sun_path)) >=
	    sizeof(sun->sun_path)) {
		log_warnx("%s: name of a socket is too long (limit %zu)",
		    path, sizeof(sun->sun_path) - 1);
		return (-1);
	}
	return (0);
}

static int
listen_on(const char *path, mode_t mode, gid_t gid)
{
	struct sockaddr_un	 sun;
	mode_t			 old_mask;
	int			 fd, failed;

	if (sun_set(&sun, path) == -1)
		return (-1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1) {
		log_warn("%s: socket", path);
		return (-1);
	}
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ||
	    errno == EAGAIN) {
		log_warnx("%s: somebody answers there", path);
		(void)close(fd);
		return (-1);
	}
	if (unlink(path) == -1 && errno != ENOENT) {
		log_warn("%s: cannot remove", path);
		(void)close(fd);
		return (-1);
	}
	old_mask = umask(0777);
	failed = bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1;
	(void)umask(old_mask);
	if (!failed && gid != 0 && chown(path, 0, gid) == -1)
		log_warn("%s: only root may use vrrpctl", path);
	if (failed || chmod(path, mode) == -1 || listen(fd, BACKLOG) == -1) {
		log_warn("%s: cannot make socket", path);
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

static gid_t
control_group(void)
{
	struct group	*gr;

	if ((gr = getgrnam(VRRPD_CTL_GROUP)) != NULL)
		return (gr->gr_gid);
	log_at(LOG_WARNING, "group %s does not exist: only root may use "
	    "vrrpctl", VRRPD_CTL_GROUP);
	return (0);
}
