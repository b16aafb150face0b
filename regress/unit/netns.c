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
 * Namespaces and commands for tests with the real kernel.
 */

#include <sys/wait.h>

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"

#define WORDS_MAX	32

bool
netns_enter(void)
{
	int	 fd;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return (false);
	/* No waiting for duplicate address detection. */
	fd = open("/proc/sys/net/ipv6/conf/default/accept_dad", O_WRONLY);
	if (fd == -1 || write(fd, "0", 1) != 1)
		return (false);
	(void)close(fd);
	return (netns_run("ip link set lo up") == 0);
}

int
netns_run(const char *command)
{
	char	 buf[4096];

	return (netns_output(command, buf, sizeof(buf)));
}

int
netns_output(const char *command, char *buf, size_t size)
{
	char	*words[WORDS_MAX + 1], *copy, *rest;
	size_t	 len;
	ssize_t	 n;
	pid_t	 pid;
	int	 cnt, fds[2], status;

	if ((rest = copy = strdup(command)) == NULL || pipe(fds) == -1)
		abort();
	cnt = 0;
	while (cnt < WORDS_MAX && (words[cnt] = strsep(&rest, " ")) != NULL)
		cnt++;
	words[cnt] = NULL;
	if ((pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)execvp(words[0], words);
		_exit(127);
	}
	free(copy);
	(void)close(fds[1]);
	len = 0;
	while (len + 1 < size &&
	    (n = read(fds[0], buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	(void)close(fds[0]);
	if (waitpid(pid, &status, 0) == -1 || !WIFEXITED(status))
		return (-1);
	return (WEXITSTATUS(status));
}
