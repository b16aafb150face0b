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
 * Looks at the machine, the daemon and what is between them, and says what
 * is wrong and what to do. Changes nothing. Runs in: vrrpctl-doctor.
 */

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/capability.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "mono.h"

#define NOBODY		65534
#define FINDINGS_MAX	4096

static void	 options(struct doctor *, int, char **);
static void	 ask(struct doctor *);
static void	 legacy_read(struct doctor *);
static void	 drop_rights(void);

int
main(int argc, char *argv[])
{
	static struct doctor	 doctor;
	struct doctor		*d = &doctor;
	struct sigaction	 sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	options(d, argc, argv);
	/* With the caller's rights, */
	nft_read(d);
	legacy_read(d);
	host_find(d);
	conf_read(d);
	ask(d);
	/* and without them: only looking. */
	drop_rights();
	links_read(d);

	check_daemon(d);
	check_host(d);
	check_others(d);
	check_conf(d);
	check_instances(d);
	check_links(d);
	check_filter(d);
	check_groups(d);
	check_bridges(d);
	check_sysctls(d);
	check_managers(d);
	out_print(d);
	return (d->counts[DOC_ERROR] == 0 ? CLIENT_OK : CLIENT_REFUSED);
}

static void
options(struct doctor *d, int argc, char **argv)
{
	const char	*path = RUNDIR "/control";
	char		 copy[PATH_LEN];
	int		 ch;

	while ((ch = getopt(argc, argv, "js:")) != -1) {
		switch (ch) {
		case 'j':
			d->json = true;
			break;
		case 's':
			d->path = path = optarg;
			break;
		default:
			errx(CLIENT_USAGE, "usage: vrrpctl-doctor [-j] "
			    "[-s socket]");
		}
	}
	if (optind < argc)
		errx(CLIENT_USAGE, "unexpected word \"%s\"", argv[optind]);
	if (strlcpy(copy, path, sizeof(copy)) >= sizeof(copy))
		errx(CLIENT_USAGE, "%s: path is too long", path);
	(void)strlcpy(d->rundir, dirname(copy), sizeof(d->rundir));
}

static void
ask(struct doctor *d)
{
	char	 error[1024];

	d->took_us = mono_us();
	if (snap_ask(&d->snap, d->path, false, DOC_ASK_US, error,
	    sizeof(error)) ==
	    CLIENT_OK) {
		d->answers = true;
		d->took_us = mono_us() - d->took_us;
		return;
	}
	doc_add(d, DOC_ERROR, "daemon", "", "%s", error);
	doc_advice(d, d->running ? "vrrpd runs as process %ld: look at its "
	    "log, or restart it" : "start it: systemctl start vrrpd",
	    (long)d->pid);
}

/* Names of tables of iptables from before nftables; for root only. */
static void
legacy_read(struct doctor *d)
{
	static const char *const	 paths[] = {
		"/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"
	};
	char				 buf[256], *name, *rest;
	size_t				 i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (doc_read(paths[i], buf, sizeof(buf)) <= 0)
			continue;
		rest = buf;
		while ((name = strsep(&rest, "\n")) != NULL) {
			if (name[0] == '\0' || strcmp(name, "nat") == 0)
				continue;
			(void)strlcat(d->legacy, i == 0 ? "ip " : "ip6 ",
			    sizeof(d->legacy));
			(void)strlcat(d->legacy, name, sizeof(d->legacy));
			(void)strlcat(d->legacy, "; ", sizeof(d->legacy));
		}
	}
}

/* What stays: to read files and to look at processes. */
static void
drop_rights(void)
{
	struct __user_cap_header_struct	 head;
	struct __user_cap_data_struct	 caps[2];
	uint32_t			 keep;

	keep = 1U << CAP_DAC_READ_SEARCH | 1U << CAP_SYS_PTRACE;
	memset(&head, 0, sizeof(head));
	head.version = _LINUX_CAPABILITY_VERSION_3;
	if (geteuid() == 0 && (prctl(PR_SET_KEEPCAPS, 1) == -1 ||
	    setgroups(0, NULL) == -1 ||
	    setresgid(NOBODY, NOBODY, NOBODY) == -1 ||
	    setresuid(NOBODY, NOBODY, NOBODY) == -1))
		err(CLIENT_REFUSED, "cannot give up root");
	if (syscall(SYS_capget, &head, caps) == -1)
		err(CLIENT_REFUSED, "cannot look at rights");
	caps[0].permitted &= keep;
	caps[0].effective = caps[0].permitted;
	caps[1].permitted = caps[1].effective = 0;
	caps[0].inheritable = caps[1].inheritable = 0;
	if (syscall(SYS_capset, &head, caps) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(CLIENT_REFUSED, "cannot give up rights");
}

void
doc_add(struct doctor *d, enum doc_status status, const char *check,
    const char *subject, const char *fmt, ...)
{
	struct finding	*f;
	size_t		 cap;
	va_list		 ap;

	d->counts[status]++;
	if (d->cnt == d->cap) {
		cap = d->cap == 0 ? 32 : d->cap * 2;
		if (cap > FINDINGS_MAX) {
			d->full = true;		/* who reads that many? */
			return;
		}
		f = reallocarray(d->list, cap, sizeof(*f));
		if (f == NULL)
			err(CLIENT_REFUSED, NULL);
		d->list = f;
		d->cap = cap;
	}
	f = &d->list[d->cnt++];
	memset(f, 0, sizeof(*f));
	f->status = status;
	f->check = check;
	(void)strlcpy(f->subject, subject, sizeof(f->subject));
	va_start(ap, fmt);
	(void)vsnprintf(f->fact, sizeof(f->fact), fmt, ap);
	va_end(ap);
}

void
doc_advice(struct doctor *d, const char *fmt, ...)
{
	struct finding	*f = &d->list[d->cnt - 1];
	va_list		 ap;

	if (d->full || f->advice[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(f->advice, sizeof(f->advice), fmt, ap);
	va_end(ap);
}

const struct doc_link *
doc_link(const struct doctor *d, const char *name)
{
	size_t	 i;

	for (i = 0; i < d->link_cnt; i++)
		if (strcmp(d->links[i].name, name) == 0)
			return (&d->links[i]);
	return (NULL);
}

const struct doc_link *
doc_link_by_index(const struct doctor *d, unsigned int ifindex)
{
	size_t	 i;

	for (i = 0; ifindex != 0 && i < d->link_cnt; i++)
		if (d->links[i].index == ifindex)
			return (&d->links[i]);
	return (NULL);
}

const struct doc_plan *
doc_plan(const struct doctor *d, const char *name)
{
	size_t	 i;

	for (i = 0; i < d->plan_cnt; i++)
		if (strcmp(d->plans[i].name, name) == 0)
			return (&d->plans[i]);
	return (NULL);
}

/* What an interface has is said once, not for each of its instances. */
bool
doc_seen(const struct doctor *d, const struct snap_inst *i)
{
	const struct doc_plan	*mine = doc_plan(d, i->inst.name), *theirs;
	const struct snap_inst	*other;

	SNAP_EACH(other, &d->snap.insts) {
		if (other == i)
			break;
		theirs = doc_plan(d, other->inst.name);
		if (strcmp(other->inst.ifname, i->inst.ifname) == 0 &&
		    other->inst.family == i->inst.family &&
		    (other->detail.peers == 0) == (i->detail.peers == 0) &&
		    (mine == NULL || theirs == NULL ||
		    (strcmp(mine->vmac, theirs->vmac) == 0 &&
		    vaddr_cmp(&mine->group, &theirs->group) == 0 &&
		    vaddr_cmp(&mine->peer, &theirs->peer) == 0)))
			return (true);
	}
	return (false);
}

ssize_t
doc_read(const char *path, char *buf, size_t size)
{
	ssize_t	 n, len = 0;
	int	 fd, saved_errno;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		return (-1);
	while ((size_t)len < size - 1 &&
	    (n = read(fd, buf + len, size - 1 - (size_t)len)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			saved_errno = errno;
			(void)close(fd);
			errno = saved_errno;
			return (-1);
		}
		len += n;
	}
	(void)close(fd);
	buf[len] = '\0';
	return (len);
}

int
doc_sysctl(int version, const char *ifname, const char *key, int *value)
{
	char	 path[256], buf[32];

	(void)snprintf(path, sizeof(path), "/proc/sys/net/ipv%d/conf/%s/%s",
	    version, ifname, key);
	if (doc_read(path, buf, sizeof(buf)) <= 0)
		return (-1);
	*value = (int)strtol(buf, NULL, 10);
	return (0);
}
