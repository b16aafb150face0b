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
 * Looks after vrrpd: its start, its end, signals, pid files, and the service
 * manager, which knows keepalived only. Runs in: keepalived.
 */

#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "keepalived.h"
#include "log.h"
#include "mono.h"

#define WAIT_MIN_US	(100 * US_PER_MS)	/* before another vrrpd */
#define WAIT_MAX_US	(10 * US_PER_SEC)
#define CLEAR_S		10
#define LIVED_US	(60 * US_PER_SEC)	/* then the least again */

static int	 setup(struct compat *);
static int	 signals_open(struct compat *);
static int	 notify_open(struct compat *);
static int	 sun_set(struct sockaddr_un *, const char *, socklen_t *);
static int	 pid_open(const char *);
static int	 pid_write(int, const char *, pid_t);
static int	 start(struct compat *);
static __dead2 void child(const struct compat *, pid_t);
static void	 loop(struct compat *);
static int	 loop_wait_ms(const struct compat *);
static void	 on_signal(struct compat *);
static void	 pass_on(struct compat *, int);
static void	 on_notify(struct compat *);
static bool	 notify_read(struct compat *, char *, size_t);
static void	 manager_tell(const struct compat *, const char *);
static void	 ready(struct compat *);
static void	 reap(struct compat *, int *);
static void	 died(struct compat *, int, int *);
static void	 tidy(struct compat *);
static void	 clear_up(const struct compat *);

int
compat_run(struct compat *c)
{
	int	 code;

	c->notify_fd = c->signal_fd = -1;
	if ((c->pid_fd = pid_open(c->pid_path)) == -1)
		return (1);
	code = 1;
	if (setup(c) == 0 && start(c) == 0) {
		code = -1;
		while (code == -1) {
			loop(c);
			reap(c, &code);
		}
	}
	dump_end(c);
	tidy(c);
	return (code);
}

static int
setup(struct compat *c)
{
	const char	*path;

	path = getenv("NOTIFY_SOCKET");
	if (path != NULL && (path[0] == '/' || path[0] == '@') &&
	    strlcpy(c->manager, path, sizeof(c->manager)) >=
	    sizeof(c->manager))
		c->manager[0] = '\0';
	dump_init(c);
	if (pid_write(c->pid_fd, c->pid_path, getpid()) == -1 ||
	    signals_open(c) == -1 || notify_open(c) == -1)
		return (-1);
	if (strcmp(c->rundir, RUNDIR) != 0)
		log_info("vrrpctl -s %s/control speaks with this one",
		    c->rundir);
	return (0);
}

static int
signals_open(struct compat *c)
{
	sigset_t	 set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGUSR2);
	(void)sigaddset(&set, COMPAT_SIG_JSON);
	(void)sigaddset(&set, COMPAT_SIG_CLEAR);
	if (sigprocmask(SIG_SETMASK, &set, NULL) == -1 ||
	    (c->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) ==
	    -1) {
		log_warn("signals");
		return (-1);
	}
	return (0);
}

/* vrrpd tells us, not the manager, which would ask who that is. */
static int
notify_open(struct compat *c)
{
	struct sockaddr_un	 sun;
	struct stat		 st;
	socklen_t		 len;
	int			 on = 1;

	if (mkdir(c->rundir, 0755) == -1 && errno != EEXIST) {
		log_warn("%s: cannot make folder", c->rundir);
		return (-1);
	}
	if (lstat(c->rundir, &st) == -1 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		log_warnx("%s: is not a folder that only root may write to",
		    c->rundir);
		return (-1);
	}
	(void)snprintf(c->notify_path, sizeof(c->notify_path), "%s/notify",
	    c->rundir);
	(void)unlink(c->notify_path);
	c->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	(void)umask(077);
	if (c->notify_fd == -1 || sun_set(&sun, c->notify_path, &len) == -1 ||
	    setsockopt(c->notify_fd, SOL_SOCKET, SO_PASSCRED, &on,
	    sizeof(on)) == -1 ||
	    bind(c->notify_fd, (struct sockaddr *)&sun, len) == -1) {
		log_warn("%s", c->notify_path);
		return (-1);
	}
	(void)umask(022);
	return (0);
}

static int
sun_set(struct sockaddr_un *sun, const char *path, socklen_t *len)
{
	size_t	 n = strlen(path);

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (n >= sizeof(sun->sun_path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	memcpy(sun->sun_path, path, n);
	if (sun->sun_path[0] == '@')
		sun->sun_path[0] = '\0';	/* the abstract name space */
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return (0);
}

/* The lock is the kernel's: a file that was left by a dead one is taken. */
static int
pid_open(const char *path)
{
	struct stat	 st;
	int		 fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, 0644);
	if (fd == -1 || fstat(fd, &st) == -1) {
		log_warn("%s: cannot open pid file", path);
		return (-1);
	}
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1 || st.st_uid != 0) {
		log_warnx("%s: is not a file of root", path);
	} else if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		log_warnx("%s: daemon is already running", path);
	} else
		return (fd);
	(void)close(fd);
	return (-1);
}

static int
pid_write(int fd, const char *path, pid_t pid)
{
	if (fd == -1)
		return (-1);
	if (ftruncate(fd, 0) == -1 || fchmod(fd, 0644) == -1 ||
	    dprintf(fd, "%ld\n", (long)pid) < 0) {
		log_warn("%s", path);
		return (-1);
	}
	return (0);
}

static int
start(struct compat *c)
{
	pid_t	 me = getpid();
	int	 fd;

	c->again_us = 0;
	c->begun_us = mono_us();
	if ((c->pid = fork()) == -1) {
		log_warn("fork");
		c->pid = 0;
		return (-1);
	}
	if (c->pid == 0)
		child(c, me);
	fd = pid_open(c->vrrp_pid_path);
	(void)pid_write(fd, c->vrrp_pid_path, c->pid);
	if (fd != -1)
		(void)close(fd);
	return (0);
}

/* Whatever ends us ends vrrpd, too: in order. */
static __dead2 void
child(const struct compat *c, pid_t parent)
{
	const char	*args[COMPAT_ARGS];
	char		 pid[16];
	sigset_t	 none;
	size_t		 n = 0;

	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1 || getppid() != parent ||
	    setenv("NOTIFY_SOCKET", c->notify_path, 1) == -1 ||
	    (getenv("WATCHDOG_PID") != NULL &&
	    setenv("WATCHDOG_PID", pid, 1) == -1))
		_exit(1);
	args[n++] = "vrrpd";
	args[n++] = "-d";
	if (c->detail)
		args[n++] = "-v";
	if (c->vrrp_only)
		args[n++] = "-P";
	if (c->console || c->quiet)
		args[n++] = "--log-console";
	args[n++] = "-F";
	args[n++] = c->facility_name[0] != '\0' ? c->facility_name : "daemon";
	if (c->config_id[0] != '\0') {
		args[n++] = "-i";
		args[n++] = c->config_id;
	}
	args[n++] = "-r";
	args[n++] = c->rundir;
	args[n++] = "-f";
	args[n++] = c->file;
	args[n] = NULL;
	compat_exec(c, args);
	log_warn("%s", c->program);
	_exit(1);
}

static void
loop(struct compat *c)
{
	struct pollfd	 pfd[2];

	memset(pfd, 0, sizeof(pfd));
	pfd[0].fd = c->signal_fd;
	pfd[1].fd = c->notify_fd;
	pfd[0].events = pfd[1].events = POLLIN;
	if (poll(pfd, 2, loop_wait_ms(c)) == -1 && errno != EINTR)
		log_warn("poll");
	on_notify(c);
	on_signal(c);
	if (c->pid == 0 && !c->stopping && c->again_us <= mono_us() &&
	    start(c) == -1)
		c->again_us = mono_us() + WAIT_MAX_US;
}

static int
loop_wait_ms(const struct compat *c)
{
	int64_t	 left_us;

	if (c->pid != 0 || c->stopping)
		return (-1);
	left_us = c->again_us - mono_us();
	return (left_us <= 0 ? 0 : (int)(left_us / US_PER_MS) + 1);
}

static void
on_signal(struct compat *c)
{
	struct signalfd_siginfo	 si;
	int			 sig;

	while (read(c->signal_fd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		sig = (int)si.ssi_signo;
		if (sig == SIGTERM || sig == SIGINT) {
			log_info("Stopping");
			c->stopping = true;
			pass_on(c, SIGTERM);
		} else if (sig == SIGHUP)
			pass_on(c, SIGHUP);
		else if (sig == SIGUSR1)
			dump_begin(c, DUMP_DATA);
		else if (sig == SIGUSR2)
			dump_begin(c, DUMP_STATS);
		else if (sig == COMPAT_SIG_JSON)
			dump_begin(c, DUMP_JSON);
		else if (sig == COMPAT_SIG_CLEAR)
			log_info("signal %d (STATS_CLEAR) has no effect: "
			    "counters of vrrpd only grow", sig);
	}
}

static void
pass_on(struct compat *c, int sig)
{
	if (c->pid != 0 && kill(c->pid, sig) == -1)
		log_warn("vrrpd, signal %d", sig);
}

/* What vrrpd says goes on to the manager, but who it is. */
static void
on_notify(struct compat *c)
{
	char	 text[TEXT_LEN], out[TEXT_LEN + 32];
	char	*line, *rest;

	while (notify_read(c, text, sizeof(text))) {
		out[0] = '\0';
		rest = text;
		while ((line = strsep(&rest, "\n")) != NULL) {
			if (strcmp(line, "READY=1") == 0)
				ready(c);
			if (line[0] == '\0' || strncmp(line, "MAINPID=",
			    8) == 0)
				continue;
			(void)strlcat(out, line, sizeof(out));
			(void)strlcat(out, "\n", sizeof(out));
		}
		if (out[0] != '\0')
			manager_tell(c, out);
	}
}

/* False: nothing is there. Of others than vrrpd nothing is taken. */
static bool
notify_read(struct compat *c, char *text, size_t size)
{
	union {
		struct cmsghdr	 head;
		char		 buf[CMSG_SPACE(sizeof(struct ucred))];
	}		 control;
	struct ucred	 who;
	struct msghdr	 msg;
	struct iovec	 iov;
	ssize_t		 n;

	memset(&msg, 0, sizeof(msg));
	memset(&control, 0, sizeof(control));
	iov.iov_base = text;
	iov.iov_len = size - 1;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	n = recvmsg(c->notify_fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n == -1)
		return (false);
	text[n] = '\0';
	memset(&who, 0, sizeof(who));
	if (CMSG_FIRSTHDR(&msg) != NULL &&
	    control.head.cmsg_level == SOL_SOCKET &&
	    control.head.cmsg_type == SCM_CREDENTIALS)
		memcpy(&who, CMSG_DATA(&control.head), sizeof(who));
	if (who.pid == 0 || who.pid != c->pid)
		text[0] = '\0';
	return (true);
}

/* Never waits: a manager that does not read misses it. */
static void
manager_tell(const struct compat *c, const char *text)
{
	struct sockaddr_un	 sun;
	socklen_t		 len;
	int			 fd;

	if (c->manager[0] == '\0' || sun_set(&sun, c->manager, &len) == -1)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || sendto(fd, text, strlen(text),
	    MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&sun, len) == -1)
		log_warn("service manager: %s", c->manager);
	if (fd != -1)
		(void)close(fd);
}

/* Lets go of the terminal and of the process that waits for us. */
static void
ready(struct compat *c)
{
	int	 fd, to;

	c->ready = true;
	if (c->ready_fd == -1)
		return;
	if (!c->console) {
		log_init("keepalived", c->quiet ? log_sink_stderr :
		    log_sink_syslog, NULL);
		if ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
			log_warn("/dev/null");
		else
			for (to = STDIN_FILENO; to <= STDERR_FILENO; to++)
				(void)dup2(fd, to);
		if (fd != -1)
			(void)close(fd);
	}
	if (write(c->ready_fd, "\001", 1) != 1)
		log_debug("nobody waits for us");
	(void)close(c->ready_fd);
	c->ready_fd = -1;
}

/* *code: what we end with; it stays -1 while we go on. */
static void
reap(struct compat *c, int *code)
{
	pid_t	 pid;
	int	 status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == c->pid)
			died(c, status, code);
		else if (!dump_reaped(c, pid, status))
			log_debug("process %ld is not ours", (long)pid);
	}
	if (c->stopping && c->pid == 0 && *code == -1)
		*code = 0;
}

static void
died(struct compat *c, int status, int *code)
{
	char	 how[32];

	/* What it said at last. */
	on_notify(c);
	c->pid = 0;
	c->untidy = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	if (WIFEXITED(status))
		(void)snprintf(how, sizeof(how), "status %d",
		    WEXITSTATUS(status));
	else
		(void)snprintf(how, sizeof(how), "signal %d",
		    WTERMSIG(status));
	if (c->stopping) {
		*code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		return;
	}
	if (!c->ready || c->no_respawn) {
		log_warnx("vrrpd ended with %s: so do we", how);
		*code = WIFEXITED(status) && WEXITSTATUS(status) != 0 ?
		    WEXITSTATUS(status) : 1;
		return;
	}
	if (c->wait_us == 0 || mono_us() - c->begun_us > LIVED_US)
		c->wait_us = WAIT_MIN_US;
	else if ((c->wait_us *= 2) > WAIT_MAX_US)
		c->wait_us = WAIT_MAX_US;
	c->again_us = mono_us() + c->wait_us;
	log_warnx("vrrpd ended with %s: it is started again in %lld ms", how,
	    (long long)(c->wait_us / US_PER_MS));
}

/*
 * After an orderly end vrrpd leaves nothing in its folder but what it must
 * know later: maintenance. Others of these folders would pile up.
 */
static void
tidy(struct compat *c)
{
	static const char *const names[] = { "control", "status", "vips",
	    "vrrpd.pid" };
	char	 path[PATH_LEN + 16];
	size_t	 n;

	if (c->pid != 0)
		return;
	if (c->untidy)
		clear_up(c);
	(void)unlink(c->vrrp_pid_path);
	(void)unlink(c->pid_path);
	if (c->notify_fd != -1)
		(void)unlink(c->notify_path);
	if (strcmp(c->rundir, RUNDIR) == 0)
		return;
	for (n = 0; c->untidy && n < sizeof(names) / sizeof(names[0]); n++) {
		(void)snprintf(path, sizeof(path), "%s/%s", c->rundir,
		    names[n]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/empty", c->rundir);
	(void)rmdir(path);
	(void)rmdir(c->rundir);
}

/* The addresses of a vrrpd that was killed go now, not with their lease. */
static void
clear_up(const struct compat *c)
{
	const char	*args[] = { "vrrpd", "-z", "-r", c->rundir, NULL };
	sigset_t	 none;
	pid_t		 pid;
	int		 fd;

	if ((pid = fork()) == -1) {
		log_warn("fork");
		return;
	}
	if (pid == 0) {
		(void)sigemptyset(&none);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		(void)alarm(CLEAR_S);
		if ((fd = open("/dev/null", O_WRONLY | O_CLOEXEC)) != -1)
			(void)dup2(fd, STDOUT_FILENO);
		compat_exec(c, args);
		_exit(1);
	}
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}
