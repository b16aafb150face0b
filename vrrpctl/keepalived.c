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
 * keepalived's main: what comes before vrrpd runs. Runs in: keepalived.
 */

#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "keepalived.h"
#include "log.h"

static int	 config_test(const struct compat *);
static void	 config_print(const struct compat *);
static __dead2 void readconf(const struct compat *, bool);
static int	 wait_for(pid_t);
static void	 find_vrrpd(struct compat *);
static void	 enter_netns(const struct compat *);
static void	 log_start(const struct compat *);
static void	 sink_both(void *, int, const char *);
static int	 background(void);

int
main(int argc, char **argv)
{
	static struct compat	 compat;
	struct compat		*c = &compat;
	int			 fd;

	do {
		if ((fd = open("/dev/null", O_RDWR)) == -1)
			return (1);
	} while (fd <= STDERR_FILENO);
	(void)close(fd);
	opt_parse(c, argc, argv);
	find_vrrpd(c);
	if (c->test)
		return (config_test(c));
	log_start(c);
	if (geteuid() != 0) {
		log_warnx("must be started as root");
		return (1);
	}
	opt_say_ignored(c);
	if (c->print)
		config_print(c);
	if (c->netns[0] != '\0')
		enter_netns(c);
	c->ready_fd = c->foreground ? -1 : background();
	if (chdir("/") == -1)
		err(1, "/");
	return (compat_run(c));
}

/* -t: 0 for a good file. */
static int
config_test(const struct compat *c)
{
	pid_t	 pid;
	int	 fd;

	if (c->test_path[0] != '\0') {
		fd = open(c->test_path, O_WRONLY | O_CREAT | O_TRUNC |
		    O_NOFOLLOW | O_CLOEXEC, 0644);
		if (fd == -1 || dup2(fd, STDERR_FILENO) == -1)
			err(1, "%s", c->test_path);
	}
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0)
		readconf(c, false);
	return (wait_for(pid) == 0 ? 0 : COMPAT_BAD_CONF);
}

/* -d: on stderr, where keepalived's -l would have it. */
static void
config_print(const struct compat *c)
{
	pid_t	 pid;

	if ((pid = fork()) == -1) {
		log_warn("fork");
		return;
	}
	if (pid == 0)
		readconf(c, true);
	(void)wait_for(pid);
}

/* vrrpd -n, all of it to stderr. */
static __dead2 void
readconf(const struct compat *c, bool print)
{
	const char	*args[COMPAT_ARGS];
	size_t		 n = 0;

	args[n++] = "vrrpd";
	args[n++] = "-n";
	if (print)
		args[n++] = "-v";
	if (c->vrrp_only)
		args[n++] = "-P";
	if (c->config_id[0] != '\0') {
		args[n++] = "-i";
		args[n++] = c->config_id;
	}
	args[n++] = "-f";
	args[n++] = c->file;
	args[n] = NULL;
	if (dup2(STDERR_FILENO, STDOUT_FILENO) != -1)
		compat_exec(c, args);
	warn("%s", c->program);
	_exit(1);
}

/* Becomes vrrpd; returns if that fails. */
void
compat_exec(const struct compat *c, const char *const *args)
{
	char	*copy[COMPAT_ARGS];
	size_t	 n;

	for (n = 0; args[n] != NULL; n++)
		if ((copy[n] = strdup(args[n])) == NULL)
			return;
	copy[n] = NULL;
	(void)execv(c->program, copy);
}

static int
wait_for(pid_t pid)
{
	int	 status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			err(1, "waitpid");
	return (WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* The one beside us, or else the installed one. */
static void
find_vrrpd(struct compat *c)
{
	char	 self[PATH_LEN];
	ssize_t	 n;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		(void)snprintf(c->program, sizeof(c->program), "%s/vrrpd",
		    dirname(self));
		if (access(c->program, X_OK) == 0)
			return;
	}
	(void)strlcpy(c->program, SBINDIR "/vrrpd", sizeof(c->program));
}

/* -s: as "ip netns exec", without its other mounts. */
static void
enter_netns(const struct compat *c)
{
	char	 path[PATH_LEN];
	int	 fd;

	(void)snprintf(path, sizeof(path), "/run/netns/%s", c->netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || setns(fd, CLONE_NEWNET) == -1) {
		log_warn("-s %s: %s", c->netns, path);
		exit(1);
	}
	(void)close(fd);
}

static void
log_start(const struct compat *c)
{
	log_setlevel(c->detail ? LOGL_VERBOSE : LOGL_BRIEF);
	if (c->console || c->quiet) {
		log_init("keepalived", log_sink_stderr, NULL);
		return;
	}
	(void)log_open_syslog("keepalived", c->facility);
	log_init("keepalived", c->foreground ? log_sink_syslog : sink_both,
	    NULL);
}

static void
sink_both(void *arg, int priority, const char *text)
{
	if (priority <= LOG_WARNING)
		log_sink_stderr(NULL, priority, text);
	log_sink_syslog(NULL, priority, text);
}

/*
 * Returns, in the daemon, a descriptor to write a byte to when vrrpd is
 * ready; the process that was started waits for it.
 */
static int
background(void)
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
