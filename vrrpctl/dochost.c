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
 * The daemon's process and its surroundings, and other daemons that speak
 * VRRP here. Runs in: vrrpctl-doctor.
 */

#include <sys/stat.h>

#include <linux/capability.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

static bool	 is_process(pid_t, const char *);
static bool	 netns_of(pid_t, struct stat *);
static pid_t	 parent_of(pid_t);
static void	 check_caps(struct doctor *);
static void	 check_clock(struct doctor *);
static void	 check_users(struct doctor *);
static void	 check_rundir(struct doctor *);
static bool	 rundir_is_safe(const char *, struct stat *);
static void	 check_process(struct doctor *, pid_t);
static bool	 is_ours(const struct doctor *, pid_t);

/* The process of the daemon whose runtime folder this is. */
void
host_find(struct doctor *d)
{
	char		 path[PATH_LEN + 16], buf[32];
	struct stat	 mine, theirs;

	d->same_netns = true;
	(void)snprintf(path, sizeof(path), "%s/vrrpd.pid", d->rundir);
	if (doc_read(path, buf, sizeof(buf)) <= 0)
		return;
	d->pid = (pid_t)strtol(buf, NULL, 10);
	d->running = d->pid > 0 && is_process(d->pid, "vrrpd");
	if (!d->running)
		d->pid = 0;
	else if (netns_of(d->pid, &theirs) && netns_of(0, &mine))
		d->same_netns = mine.st_ino == theirs.st_ino &&
		    mine.st_dev == theirs.st_dev;
}

static bool
is_process(pid_t pid, const char *name)
{
	char	 path[64], buf[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/comm", (long)pid);
	if (doc_read(path, buf, sizeof(buf)) <= 0)
		return (false);
	buf[strcspn(buf, "\n")] = '\0';
	return (strcmp(buf, name) == 0);
}

/* pid 0: ourselves. False: we may not look. */
static bool
netns_of(pid_t pid, struct stat *st)
{
	char	 path[64];

	if (pid == 0)
		return (stat("/proc/self/ns/net", st) == 0);
	(void)snprintf(path, sizeof(path), "/proc/%ld/ns/net", (long)pid);
	return (stat(path, st) == 0);
}

/* 0: not known */
static pid_t
parent_of(pid_t pid)
{
	char		 path[64], buf[512];
	const char	*p;
	long		 parent;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (doc_read(path, buf, sizeof(buf)) <= 0 ||
	    (p = strrchr(buf, ')')) == NULL ||
	    sscanf(p + 1, " %*c %ld", &parent) != 1)
		return (0);
	return ((pid_t)parent);
}

void
check_host(struct doctor *d)
{
	if (!d->same_netns) {
		doc_add(d, DOC_WARNING, "namespace", "", "vrrpd (process "
		    "%ld) is in another network namespace: what follows is "
		    "about this one", (long)d->pid);
		doc_advice(d, "nsenter --net=/proc/%ld/ns/net vrrpctl doctor",
		    (long)d->pid);
	}
	check_caps(d);
	check_clock(d);
	check_users(d);
	check_rundir(d);
}

/* Of the daemon, or what a daemon could get here. */
static void
check_caps(struct doctor *d)
{
	static const struct {
		int		 bit;
		const char	*name;
		bool		 needed;	/* it does not start without */
	} list[] = {
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN", true },
		{ CAP_NET_RAW, "CAP_NET_RAW", true },
		{ CAP_SETUID, "CAP_SETUID", true },
		{ CAP_SETGID, "CAP_SETGID", true },
		{ CAP_SYS_CHROOT, "CAP_SYS_CHROOT", true },
		{ CAP_SETPCAP, "CAP_SETPCAP", true },
		{ CAP_KILL, "CAP_KILL", false },
		{ CAP_SYS_NICE, "CAP_SYS_NICE", false },
		{ CAP_CHOWN, "CAP_CHOWN", false },
		{ CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", false },
		{ CAP_SYS_RESOURCE, "CAP_SYS_RESOURCE", false }
	};
	char			 path[64], buf[4096], missing[256] = "";
	const char		*line, *key;
	unsigned long long	 mask;
	bool			 needed = false;
	size_t			 n;

	key = d->running ? "\nCapPrm:" : "\nCapBnd:";
	(void)snprintf(path, sizeof(path), "/proc/%ld/status", d->running ?
	    (long)d->pid : (long)getpid());
	if (doc_read(path, buf, sizeof(buf)) <= 0 ||
	    (line = strstr(buf, key)) == NULL) {
		doc_add(d, DOC_UNKNOWN, "capabilities", "", "%s cannot be "
		    "read", path);
		return;
	}
	mask = strtoull(line + strlen(key), NULL, 16);
	for (n = 0; n < sizeof(list) / sizeof(list[0]); n++) {
		if ((mask & 1ULL << list[n].bit) != 0)
			continue;
		needed |= list[n].needed;
		(void)strlcat(missing, " ", sizeof(missing));
		(void)strlcat(missing, list[n].name, sizeof(missing));
	}
	if (missing[0] == '\0') {
		doc_add(d, DOC_OK, "capabilities", "", "%s has what it needs",
		    d->running ? "vrrpd" : "this shell");
		return;
	}
	doc_add(d, needed ? DOC_ERROR : DOC_WARNING, "capabilities", "",
	    "%s lacks%s", d->running ? "vrrpd" : "this shell", missing);
	doc_advice(d, "add to CapabilityBoundingSet= of the unit, or to the "
	    "container:%s", missing);
}

static void
check_clock(struct doctor *d)
{
	static const char *const slow[] = { "jiffies", "refined-jiffies",
	    "acpi_pm", "hpet", "pit" };
	char	 buf[64];
	size_t	 n;

	if (doc_read("/sys/devices/system/clocksource/clocksource0/"
	    "current_clocksource", buf, sizeof(buf)) <= 0) {
		doc_add(d, DOC_UNKNOWN, "clock", "", "the kernel does not "
		    "say what it counts time by");
		return;
	}
	buf[strcspn(buf, "\n")] = '\0';
	for (n = 0; n < sizeof(slow) / sizeof(slow[0]); n++) {
		if (strcmp(slow[n], buf) != 0)
			continue;
		doc_add(d, DOC_WARNING, "clock", "", "the clock source is %s: "
		    "slow, or not exact", buf);
		doc_advice(d, "see dmesg for why not tsc or the "
		    "hypervisor's own");
		return;
	}
	doc_add(d, DOC_OK, "clock", "", "the clock source is %s", buf);
}

static void
check_users(struct doctor *d)
{
	bool	 group, user;

	user = getpwnam(VRRPD_USER) != NULL;
	group = getgrnam(VRRPD_CTL_GROUP) != NULL;
	if (user && group)
		doc_add(d, DOC_OK, "users", "", "user %s and group %s exist",
		    VRRPD_USER, VRRPD_CTL_GROUP);
	else {
		doc_add(d, DOC_ERROR, "users", "", "there is no %s %s", user ?
		    "group" : "user", user ? VRRPD_CTL_GROUP : VRRPD_USER);
		doc_advice(d, "systemd-sysusers, or \"make install\"");
	}
}

static bool
rundir_is_safe(const char *path, struct stat *st)
{
	return (lstat(path, st) == 0 && S_ISDIR(st->st_mode) &&
	    st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0);
}

static void
check_rundir(struct doctor *d)
{
	char		 path[PATH_LEN + 16];
	struct stat	 st;

	if (!rundir_is_safe(d->rundir, &st)) {
		doc_add(d, d->running || errno != ENOENT ? DOC_ERROR :
		    DOC_OK, "runtime", d->rundir, errno == ENOENT ? "is not "
		    "there%s" : "is not a folder that only root may write "
		    "to%s", d->running || errno != ENOENT ? "" : " yet");
		if (d->running || errno != ENOENT)
			doc_advice(d, "install -d -o root -g root -m 755 %s",
			    d->rundir);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/empty", d->rundir);
	if (d->running && !rundir_is_safe(path, &st)) {
		doc_add(d, DOC_ERROR, "runtime", path, "the engine's folder "
		    "is not there, or not root's alone");
		doc_advice(d, "install -d -o root -g root -m 555 %s", path);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/vips", d->rundir);
	if (!d->running && d->pid == 0 && access(path, F_OK) == 0) {
		doc_add(d, DOC_WARNING, "runtime", d->rundir, "was left by a "
		    "daemon that did not end in order");
		doc_advice(d, "vrrpd -z -r %s, or start vrrpd", d->rundir);
		return;
	}
	doc_add(d, DOC_OK, "runtime", d->rundir, "is root's alone");
}

/* The daemon, its children, and a keepalived that looks after it. */
static bool
is_ours(const struct doctor *d, pid_t pid)
{
	pid_t	 up;
	int	 depth;

	if (d->pid == 0)
		return (false);
	if (is_process(pid, "keepalived") && parent_of(d->pid) == pid)
		return (true);
	for (up = pid, depth = 0; up > 1 && depth < 8; depth++) {
		if (up == d->pid)
			return (true);
		up = parent_of(up);
	}
	return (false);
}

void
check_others(struct doctor *d)
{
	struct dirent	*de;
	size_t		 before = d->cnt;
	pid_t		 pid;
	DIR		*dir;

	if ((dir = opendir("/proc")) == NULL)
		return;
	while ((de = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		pid = (pid_t)strtol(de->d_name, NULL, 10);
		if (!is_ours(d, pid))
			check_process(d, pid);
	}
	(void)closedir(dir);
	if (d->cnt == before)
		doc_add(d, DOC_OK, "others", "",
		    "no other daemon speaks VRRP here");
}

static void
check_process(struct doctor *d, pid_t pid)
{
	static const char *const names[] = { "keepalived", "vrrpd",
	    "uvrrpd", "ucarp" };
	struct stat	 mine, theirs;
	pid_t		 up;
	size_t		 n;

	for (n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		if (is_process(pid, names[n]))
			break;
	if (n == sizeof(names) / sizeof(names[0]))
		return;
	up = parent_of(pid);
	if (up > 1 && is_process(up, names[n]))
		return;		/* a child of one that is told */
	if (!netns_of(pid, &theirs) || !netns_of(0, &mine)) {
		/* A thread of the kernel, or one that has just ended. */
		if (errno == EACCES || errno == EPERM)
			doc_add(d, DOC_UNKNOWN, "others", names[n], "process "
			    "%ld runs, perhaps in another namespace",
			    (long)pid);
		return;
	}
	if (mine.st_ino != theirs.st_ino || mine.st_dev != theirs.st_dev)
		return;
	doc_add(d, DOC_WARNING, "others", names[n], "process %ld runs here, "
	    "too: with the same VRID two masters are on one host",
	    (long)pid);
	doc_advice(d, "stop one of them, for example: systemctl disable "
	    "--now %s", strcmp(names[n], "vrrpd") == 0 ? "frr" : names[n]);
}
