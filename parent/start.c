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
 * What is done once, at the start. Runs in: parent.
 */

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <linux/capability.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "announce.h"
#include "parent.h"
#include "sandbox.h"
#include "sock.h"

#define BIT(cap)	(1ULL << (cap))
#define FIRST_FD	10	/* above those that a child is given */
#define NOFILE		65536

int	 capget(cap_user_header_t, cap_user_data_t);

static uint64_t	 rights(void);
static int	 folder_open(const char *);
static int	 program_open(int, const char *, const char *);
static int	 only_root_writes(const struct stat *, const char *);
static const char *start_libexec(char *, size_t);

/* What the parent keeps, and what it is for. */
static const struct {
	int		 cap;
	const char	*name;
	bool		 needed;
	const char	*what;
} caps[] = {
	{ CAP_NET_ADMIN, "NET_ADMIN", true, "cannot set addresses" },
	{ CAP_NET_RAW, "NET_RAW", true, "cannot send and receive VRRP" },
	{ CAP_SETUID, "SETUID", true, "cannot start unprivileged processes" },
	{ CAP_SETGID, "SETGID", true, "cannot start unprivileged processes" },
	{ CAP_SETPCAP, "SETPCAP", true, "cannot take rights from processes" },
	{ CAP_SYS_CHROOT, "SYS_CHROOT", true, "cannot lock processes in" },
	{ CAP_KILL, "KILL", false, "cannot end a hung process" },
	{ CAP_SYS_NICE, "SYS_NICE", false,
	    "vrrp_priority and vrrp_rt_priority cannot be set" },
	{ CAP_CHOWN, "CHOWN", false, "only root can use vrrpctl" },
	{ CAP_DAC_READ_SEARCH, "DAC_READ_SEARCH", false,
	    "configuration files of other users cannot be read" },
	{ CAP_SYS_RESOURCE, "SYS_RESOURCE", false,
	    "limits cannot be raised, vrrp_no_swap cannot be set" }
};

static const char *const programs[] = {
	[ROLE_VRRPE] = "vrrpe",
	[ROLE_CHECKER] = "checker",
	[ROLE_MAILER] = "mailer",
	[ROLE_READCONF] = "readconf"
};

/* Whoever started us, and however: nothing odd is inherited. */
void
start_environment(void)
{
	struct rlimit	 rl;
	sigset_t	 none;
	char		 path[PATH_LEN], tz[PATH_LEN];
	const char	*value;
	int		 fd;

	do {
		if ((fd = open("/dev/null", O_RDWR)) == -1)
			_exit(1);
	} while (fd <= STDERR_FILENO);
	closefrom(STDERR_FILENO + 1);
	(void)umask(022);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_IGN);

	path[0] = tz[0] = '\0';
	if ((value = getenv("PATH")) != NULL)
		(void)strlcpy(path, value, sizeof(path));
	if ((value = getenv("TZ")) != NULL)
		(void)strlcpy(tz, value, sizeof(tz));
	if (clearenv() != 0 || setenv("PATH", path[0] != '\0' ? path :
	    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	    1) == -1 || (tz[0] != '\0' && setenv("TZ", tz, 1) == -1))
		err(1, "environment");

	rl.rlim_cur = rl.rlim_max = 0;
	(void)setrlimit(RLIMIT_CORE, &rl);
	/* Sockets of all instances; a smaller limit is found when met. */
	if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
		if (rl.rlim_max < NOFILE && geteuid() == 0)
			rl.rlim_max = NOFILE;
		rl.rlim_cur = rl.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
	}
}

/*
 * Goes to the background. Returns, in the daemon, a descriptor to write one
 * byte to when it is ready; the process that was started waits for it.
 */
int
start_background(void)
{
	char	 byte;
	int	 fds[2], status;
	ssize_t	 n;
	pid_t	 pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		err(1, "pipe");
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		(void)close(fds[0]);
		(void)setsid();
		return (fds[1]);
	}
	(void)close(fds[1]);
	while ((n = read(fds[0], &byte, 1)) == -1 && errno == EINTR)
		;
	if (n == 1)
		_exit(0);
	/* It closed all and ends, and has said why. */
	if (waitpid(pid, &status, 0) == -1 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 0)
		_exit(1);
	_exit(WEXITSTATUS(status));
}

/* The folder of the other programs: our own one, or the installed one. */
static const char *
start_libexec(char *dir, size_t len)
{
	char	 path[PATH_LEN + 16];
	char	*slash;
	ssize_t	 n;

	n = readlink("/proc/self/exe", dir, len - 1);
	dir[n > 0 ? n : 0] = '\0';
	if ((slash = strrchr(dir, '/')) != NULL)
		*slash = '\0';
	(void)snprintf(path, sizeof(path), "%s/%s", dir, "readconf");
	if (slash == NULL || access(path, X_OK) == -1)
		(void)strlcpy(dir, LIBEXECDIR, len);
	return (dir);
}

/* Opens all programs, so that an upgrade on disk cannot mix versions. */
int
start_programs(struct parent *p)
{
	char		 dir[PATH_LEN];
	enum role	 role;
	int		 dirfd;

	if ((dirfd = folder_open(start_libexec(dir, sizeof(dir)))) == -1)
		return (-1);
	for (role = ROLE_VRRPE; role <= ROLE_MAILER; role++) {
		p->exec_fd[role] = program_open(dirfd, dir, programs[role]);
		if (p->exec_fd[role] == -1) {
			(void)close(dirfd);
			return (-1);
		}
	}
	(void)close(dirfd);
	return (0);
}

static int
folder_open(const char *dir)
{
	struct stat	 st;
	int		 fd;

	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		log_warn("%s: folder of programs", dir);
		return (-1);
	}
	if (only_root_writes(&st, dir) == -1) {
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

static int
program_open(int dirfd, const char *dir, const char *name)
{
	struct stat	 st;
	char		 path[PATH_LEN + 16];
	int		 fd, high;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		log_warn("%s: program is missing", path);
		return (-1);
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & S_IXUSR) == 0) {
		log_warnx("%s: is not a program", path);
		return (-1);
	}
	if (only_root_writes(&st, path) == -1)
		return (-1);
	if ((high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD)) == -1)
		log_warn("%s: dup", path);
	(void)close(fd);
	return (high);
}

static int
only_root_writes(const struct stat *st, const char *path)
{
	if (st->st_uid != 0) {
		log_warnx("%s: belongs to uid %u, not to root", path,
		    st->st_uid);
		return (-1);
	}
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		log_warnx("%s: others than root may write to it (mode %04o)",
		    path, st->st_mode & 07777U);
		return (-1);
	}
	return (0);
}

int
start_user(struct parent *p)
{
	struct passwd	*pw;

	if ((pw = getpwnam(VRRPD_USER)) == NULL) {
		log_warnx("user %s does not exist; it is made by: useradd "
		    "--system --user-group --no-create-home --home-dir "
		    "%s/empty --shell /usr/sbin/nologin %s", VRRPD_USER,
		    VRRPD_RUNDIR, VRRPD_USER);
		return (-1);
	}
	if (pw->pw_uid == 0 || pw->pw_gid == 0) {
		log_warnx("user %s must have no right of root (uid %u, "
		    "gid %u)", VRRPD_USER, pw->pw_uid, pw->pw_gid);
		return (-1);
	}
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	return (0);
}

static uint64_t
rights(void)
{
	struct __user_cap_header_struct	 head;
	struct __user_cap_data_struct	 data[2];

	memset(&head, 0, sizeof(head));
	memset(data, 0, sizeof(data));
	head.version = _LINUX_CAPABILITY_VERSION_3;
	if (capget(&head, data) == -1)
		return (0);
	return ((uint64_t)data[1].effective << 32 | data[0].effective);
}

/* Is everything there that root has? A container may have taken some. */
int
start_rights(void)
{
	uint64_t	 have;
	size_t		 i;
	int		 result;

	if (geteuid() != 0) {
		log_warnx("must be started as root");
		return (-1);
	}
	have = rights();
	result = 0;
	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		if ((have & BIT(caps[i].cap)) != 0)
			continue;
		log_at(caps[i].needed ? LOG_ERR : LOG_WARNING,
		    "capability CAP_%s is missing: %s", caps[i].name,
		    caps[i].what);
		if (caps[i].needed)
			result = -1;
	}
	return (result);
}

/*
 * Keeps the rights of the table above. The bounding set goes with them
 * unless some script runs as root, which must be able to do anything.
 */
void
start_cut_down(struct parent *p)
{
	uint64_t	 keep;
	size_t		 i;

	keep = 0;
	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		keep |= BIT(caps[i].cap);
	p->bounded = !ident_may_gain(p->idents);
	if (sandbox_limit_caps(keep & rights(), p->bounded) == -1)
		log_warn("cannot give up capabilities");
}

/* Folder, links, sockets: all that outlives a configuration. */
int
start_network(struct parent *p, struct conf *conf)
{
	if (ctlsock_open(p) == -1)
		return (-1);
	maint_load(p);
	p->nl = netlinkd_new(p->base, &inst_netlink_ops, p);
	if (p->nl == NULL)
		return (-1);
	TAILQ_INIT(&p->watches);
	p->socks = sock_new(p->base, p->nl, &engine_sock_ops, p);
	if (p->socks == NULL) {
		log_warn("sockets");
		return (-1);
	}
	if ((p->ann = ann_new(p->base, p->nl)) == NULL)
		return (-1);
	if (netlinkd_start(p->nl) == -1) {
		log_warn("interfaces and addresses cannot be listed");
		return (-1);
	}
	(void)netlinkd_sweep(p->nl, conf, p->ledger_path);
	return (0);
}

/* -n: readconf does it all, for anybody. */
void
start_check(const struct options *o)
{
	char	 dir[PATH_LEN], path[PATH_LEN + 16];
	char	 flags[3][4] = { "-n", "-v", "-vv" };
	char	*args[RELOAD_ARGS];
	size_t	 i;

	for (i = 0; o->args[i] != NULL; i++)
		args[i] = o->args[i];
	args[i++] = flags[0];
	if (o->verbose > 0)
		args[i++] = o->verbose > 1 ? flags[2] : flags[1];
	args[i] = NULL;
	(void)snprintf(path, sizeof(path), "%s/readconf",
	    start_libexec(dir, sizeof(dir)));
	(void)execv(path, args);
	err(1, "%s", path);
}
