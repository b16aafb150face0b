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
 * The configuration, as "vrrpd -n -v" reads and prints it: what it complains
 * about (scripts that are not safe, for one), and what the control socket
 * does not tell. Runs in: vrrpctl-doctor.
 */

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "mono.h"

#define TEXT_MAX	(4 * 1024 * 1024)
#define LIMIT_US	(10 * US_PER_SEC)
#define ARGS_MAX	64
#define CMDLINE_LEN	4096
#define SAID_MAX	20		/* complaints that are passed on */

struct output {
	int	 fd;
	char	*text;
	size_t	 len;
};

static void	 args_make(struct doctor *, char **, char *, size_t);
static void	 run(struct doctor *, char **);
static bool	 start(char **, struct output *, pid_t *);
static void	 child(char **, int, int) __dead2;
static bool	 take(struct output *);
static void	 plans_make(struct doctor *);
static void	 plan_line(struct doctor *, struct doc_plan *, char *,
		    bool *);
static struct doc_plan *plan_add(struct doctor *, const char *);
static void	 complaint(struct doctor *, char *, size_t *);

void
conf_read(struct doctor *d)
{
	char	 cmdline[CMDLINE_LEN], *args[ARGS_MAX];

	(void)strlcpy(d->conf, SYSCONFDIR "/vrrpd.conf", sizeof(d->conf));
	args_make(d, args, cmdline, sizeof(cmdline));
	if (access(d->conf, R_OK) == 0)
		run(d, args);
	if (d->conf_text != NULL)
		plans_make(d);
}

/* As the daemon was started, but only to look. */
static void
args_make(struct doctor *d, char **args, char *cmdline, size_t size)
{
	static char	 name[] = "vrrpd", look[] = "-nv", from[] = "-f";
	char		 path[64], *arg, *end;
	ssize_t		 len = 0;
	size_t		 n = 0;

	args[n++] = name;
	args[n++] = look;
	(void)snprintf(path, sizeof(path), "/proc/%ld/cmdline", (long)d->pid);
	if (d->running)
		len = doc_read(path, cmdline, size);
	end = cmdline + (len > 0 ? len : 0);
	for (arg = cmdline; arg < end && n < ARGS_MAX - 4;
	    arg += strlen(arg) + 1) {
		if ((strcmp(arg, "-f") == 0 || strcmp(arg, "-D") == 0 ||
		    strcmp(arg, "-i") == 0 || strcmp(arg, "--use-file") == 0 ||
		    strcmp(arg, "--config-id") == 0) &&
		    arg + strlen(arg) + 1 < end) {
			if (arg[1] == 'f' || strcmp(arg, "--use-file") == 0) {
				arg += strlen(arg) + 1;
				(void)strlcpy(d->conf, arg, sizeof(d->conf));
				continue;
			}
			args[n++] = arg;
			arg += strlen(arg) + 1;
			args[n++] = arg;
		} else if (strcmp(arg, "-P") == 0 ||
		    strcmp(arg, "--vrrp") == 0)
			args[n++] = arg;
	}
	args[n++] = from;
	args[n++] = d->conf;
	args[n] = NULL;
}

static void
run(struct doctor *d, char **args)
{
	struct output	 out[2];
	struct pollfd	 pfd[2];
	int64_t		 end_us = mono_us() + LIMIT_US;
	pid_t		 pid;
	int		 n, status;

	memset(out, 0, sizeof(out));
	if (!start(args, out, &pid))
		return;
	while (out[0].fd != -1 || out[1].fd != -1) {
		for (n = 0; n < 2; n++) {
			pfd[n].fd = out[n].fd;
			pfd[n].events = POLLIN;
			pfd[n].revents = 0;
		}
		if (mono_us() > end_us ||
		    poll(pfd, 2, (int)(LIMIT_US / US_PER_MS)) == 0) {
			(void)kill(pid, SIGKILL);
			break;
		}
		for (n = 0; n < 2; n++) {
			if (pfd[n].fd == -1 || pfd[n].revents == 0)
				continue;
			if (!take(&out[n])) {
				(void)close(out[n].fd);
				out[n].fd = -1;
			}
		}
	}
	for (n = 0; n < 2; n++) {
		if (out[n].fd != -1)
			(void)close(out[n].fd);
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	d->conf_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	d->conf_text = out[0].text;
	d->conf_notes = out[1].text;
}

static bool
start(char **args, struct output *out, pid_t *pid)
{
	int	 fds[2][2];

	if (pipe2(fds[0], O_CLOEXEC) == -1)
		return (false);
	if (pipe2(fds[1], O_CLOEXEC) == -1) {
		(void)close(fds[0][0]);
		(void)close(fds[0][1]);
		return (false);
	}
	if ((*pid = fork()) == 0)
		child(args, fds[0][1], fds[1][1]);
	(void)close(fds[0][1]);
	(void)close(fds[1][1]);
	out[0].fd = fds[0][0];
	out[1].fd = fds[1][0];
	if (*pid != -1)
		return (true);
	(void)close(out[0].fd);
	(void)close(out[1].fd);
	return (false);
}

/* The vrrpd of the folder that this lies in, or else the installed one. */
static void
child(char **args, int out, int notes)
{
	char	 self[PATH_LEN], path[PATH_LEN + 8];
	ssize_t	 n;

	if (dup2(out, STDOUT_FILENO) == -1 || dup2(notes, STDERR_FILENO) ==
	    -1)
		_exit(127);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		(void)snprintf(path, sizeof(path), "%s/vrrpd", dirname(self));
		(void)execv(path, args);
	}
	(void)execv(SBINDIR "/vrrpd", args);
	_exit(127);
}

/* False: that was all, or too much. */
static bool
take(struct output *o)
{
	char	*text;
	ssize_t	 n;

	if (o->len >= TEXT_MAX ||
	    (text = realloc(o->text, o->len + 65536)) == NULL)
		return (false);
	o->text = text;
	n = read(o->fd, text + o->len, 65535);
	if (n > 0)
		o->len += (size_t)n;
	text[o->len] = '\0';
	return (n > 0 || (n == -1 && errno == EINTR));
}

static struct doc_plan *
plan_add(struct doctor *d, const char *name)
{
	struct doc_plan	*p;

	p = reallocarray(d->plans, d->plan_cnt + 1, sizeof(*p));
	if (p == NULL)
		return (NULL);
	d->plans = p;
	p += d->plan_cnt++;
	memset(p, 0, sizeof(*p));
	(void)strlcpy(p->name, name, sizeof(p->name));
	return (p);
}

/* The canonical form has one statement a line, and a tab for each level. */
static void
plans_make(struct doctor *d)
{
	struct doc_plan	*plan = NULL;
	char		*copy, *line, *rest;
	bool		 peers = false;

	if ((copy = strdup(d->conf_text)) == NULL)
		return;
	rest = copy;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "vrrp_instance ", 14) == 0) {
			line += 14 + (line[14] == '"');
			line[strcspn(line, "\" {")] = '\0';
			plan = plan_add(d, line);
		} else if (line[0] == '}')
			plan = NULL;
		else if (plan != NULL && line[0] == '\t')
			plan_line(d, plan, line, &peers);
	}
	free(copy);
}

static void
plan_line(struct doctor *d, struct doc_plan *plan, char *line, bool *peers)
{
	char	 word[64], more[64];

	if (strcmp(line, "\tunicast_peer {") == 0) {
		*peers = true;
		return;
	}
	if (strcmp(line, "\t}") == 0)
		*peers = false;
	if (*peers && plan->peer.family == 0 &&
	    sscanf(line, "\t\t%63s", word) == 1)
		(void)vaddr_parse(&plan->peer, word);
	if (line[1] == '\t')
		return;
	if (sscanf(line, "\tinterface %63s", word) == 1)
		(void)strlcpy(plan->ifname, word, sizeof(plan->ifname));
	else if (sscanf(line, "\tuse_vmac name %63s", more) == 1)
		(void)strlcpy(plan->vmac, more, sizeof(plan->vmac));
	else if (strcmp(line, "\tvmac_xmit_base") == 0)
		plan->xmit_base = true;
	else if (sscanf(line, "\tmcast_dst_ip %63s", word) == 1)
		(void)vaddr_parse(&plan->group, word);
}

void
check_conf(struct doctor *d)
{
	char	*copy, *line, *rest;
	size_t	 said = 0, left = 0;

	if (d->conf_notes == NULL || d->conf_status == 127) {
		doc_add(d, d->running ? DOC_UNKNOWN : DOC_WARNING,
		    "configuration", d->conf, "cannot be read");
		doc_advice(d, d->running ? "run \"vrrpctl doctor\" as root" :
		    "write one: see vrrpd.conf(5)");
		return;
	}
	if ((copy = strdup(d->conf_notes)) == NULL)
		return;
	rest = copy;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strstr(line, ": warning: ") == NULL &&
		    strstr(line, ": error: ") == NULL)
			continue;
		if (said < SAID_MAX)
			complaint(d, line, &said);
		else
			left++;
	}
	free(copy);
	if (left != 0)
		doc_add(d, DOC_WARNING, "configuration", d->conf,
		    "and %zu more complaints", left);
	if (d->conf_status == 0 && said == 0)
		doc_add(d, DOC_OK, "configuration", d->conf, "is good");
	else if (d->conf_status != 0 && said == 0)
		doc_add(d, DOC_ERROR, "configuration", d->conf, "is refused");
}

/* FILE:LINE:COLUMN: KIND: TEXT */
static void
complaint(struct doctor *d, char *line, size_t *said)
{
	const char	*name;
	char		*text;
	bool		 bad;

	bad = (text = strstr(line, ": error: ")) != NULL;
	if (!bad)
		text = strstr(line, ": warning: ");
	*text = '\0';
	text += bad ? strlen(": error: ") : strlen(": warning: ");
	/* A long path is cut in front, so that the line is left. */
	name = strlen(line) > 60 ? line + strlen(line) - 60 : line;
	doc_add(d, bad ? DOC_ERROR : DOC_WARNING, strstr(text, "script") !=
	    NULL || strstr(text, "notify") != NULL ? "script" :
	    "configuration", name, "%s", text);
	doc_advice(d, bad ? "correct it: a reload would be refused" :
	    "vrrpctl check %s shows the place", d->conf);
	(*said)++;
}
