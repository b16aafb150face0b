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
 * Tracked processes: /proc says which there are. When it is searched is told
 * by the kernel's process events, where there are any: one that matters was
 * started, runs another program or has another name. Otherwise it is searched
 * whenever something was started since the last look; and now and then in any
 * case. An end is told by a descriptor of the process at once. But for the
 * events no right is needed. Runs in: checker.
 */

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/tree.h>

#include <linux/netlink.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker.h"
#include "ctl.h"
#include "log.h"
#include "mono.h"
#include "procev.h"
#include "quorum.h"

#define LOOK_US		(200 * US_PER_MS)	/* was anything started? */
#define FULL_US		(2 * US_PER_SEC)	/* one may turn into another */
#define LIVE_US		(10 * US_PER_SEC)	/* ... with events */
#define GAP_US		(20 * US_PER_MS)	/* of searches for events */
#define GAP_LOST_US	(200 * US_PER_MS)	/* ... for lost ones */
#define EVENTS_A_TURN	256
#define CMDLINE_MAX	4096

/* One that matches something. */
struct proc {
	RB_ENTRY(proc)	 node;
	struct processes *set;
	pid_t		 pid;
	uint64_t	 pass;		/* in which it was last seen */
	int		 fd;		/* -1: the kernel has none */
	struct event	 ev;
};
RB_HEAD(proc_tree, proc);

/* What a process is called. */
struct names {
	char		 comm[COMM_LEN + 2];
	char		 cmdline[CMDLINE_MAX + 1];
	size_t		 len;		/* of cmdline */
};

struct process {
	TAILQ_ENTRY(process) entry;
	uint32_t	 id;
	const struct conf_process *conf;
	struct quorum	 quorum;
	uint32_t	 seen;		/* in this pass */
	bool		 keep;		/* while a configuration comes */
	int64_t		 changed_us;
	struct track_msg last;
};
TAILQ_HEAD(process_list, process);

struct processes {
	script_told_fn	 told;
	void		*arg;
	bool		 cmdlines;	/* somebody wants them */
	uint64_t	 pass;
	int64_t		 full_us;	/* of the last search */
	long		 last_pid;	/* that the system had given then */
	bool		 once_more;	/* what was new may have called exec */
	int		 events_fd;	/* -1: none */
	bool		 live;		/* they come */
	bool		 told_how;	/* which way it goes was logged */
	struct event	 ev_events;
	struct proc_tree procs;
	struct process_list list;
	struct event	 ev_look;
	struct event	 ev_delay;
};

static int	 proc_cmp(const struct proc *, const struct proc *);
static struct process *process_find(struct processes *, uint32_t);
static void	 process_new(struct processes *, const struct conf_process *);
static bool	 process_same(const struct conf_process *,
		    const struct conf_process *);
static void	 search(struct processes *);
static void	 search_one(struct processes *, pid_t);
static bool	 names_read(struct processes *, pid_t, struct names *);
static size_t	 read_file(pid_t, const char *, char *, size_t);
static bool	 watch(struct processes *, pid_t);
static bool	 has_ended(int);
static bool	 is_zombie(pid_t);
static void	 proc_free(struct proc *);
static void	 count_all(struct processes *);
static void	 process_tell(struct processes *, struct process *, bool);
static void	 arm_delay(struct processes *);
static void	 arm_look(struct processes *);
static void	 look_soon(struct processes *, int64_t);
static void	 tell_how(struct processes *);
static void	 events_stop(struct processes *);
static bool	 event_matters(struct processes *, enum procev_what,
		    const struct procev *);
static struct proc *proc_find(struct processes *, pid_t);
static long	 newest_pid(struct processes *);
static void	 on_look(evutil_socket_t, short, void *);
static void	 on_delay(evutil_socket_t, short, void *);
static void	 on_exit_of(evutil_socket_t, short, void *);
static void	 on_events(evutil_socket_t, short, void *);

RB_GENERATE_INTERNAL(proc_tree, proc, node, proc_cmp,
    static __attribute__((__unused__)))

struct processes *
processes_new(struct event_base *base, script_told_fn told, void *arg)
{
	struct processes	*set;

	if ((set = calloc(1, sizeof(*set))) == NULL)
		return (NULL);
	set->told = told;
	set->arg = arg;
	set->events_fd = -1;
	RB_INIT(&set->procs);
	TAILQ_INIT(&set->list);
	if (event_assign(&set->ev_look, base, -1, 0, on_look, set) == -1 ||
	    event_assign(&set->ev_delay, base, -1, 0, on_delay, set) == -1) {
		free(set);
		return (NULL);
	}
	return (set);
}

/* The old configuration is still there: it is compared with. */
void
processes_follow(struct processes *set, const struct conf *conf)
{
	const struct conf_process	*cp;
	struct process			*p, *tmp;

	TAILQ_FOREACH(p, &set->list, entry)
		p->keep = false;
	set->cmdlines = false;
	TAILQ_FOREACH(cp, &conf->processes, entry) {
		set->cmdlines = set->cmdlines || cp->full_command;
		if ((p = process_find(set, cp->id)) == NULL) {
			process_new(set, cp);
			continue;
		}
		p->keep = true;
		if (!process_same(p->conf, cp))
			quorum_init(&p->quorum, cp);
		p->conf = cp;
		if (quorum_limits(&p->quorum, cp))
			process_tell(set, p, true);
	}
	TAILQ_FOREACH_SAFE(p, &set->list, entry, tmp) {
		if (p->keep)
			continue;
		TAILQ_REMOVE(&set->list, p, entry);
		free(p);
	}
	if (TAILQ_EMPTY(&set->list)) {
		processes_stop(set);
		return;
	}
	search(set);
	arm_look(set);
}

void
processes_stop(struct processes *set)
{
	struct process	*p;
	struct proc	*proc;

	while ((p = TAILQ_FIRST(&set->list)) != NULL) {
		TAILQ_REMOVE(&set->list, p, entry);
		free(p);
	}
	while ((proc = RB_MIN(proc_tree, &set->procs)) != NULL)
		proc_free(proc);
	(void)event_del(&set->ev_look);
	(void)event_del(&set->ev_delay);
	events_stop(set);
}

/*
 * Whether it works is seen by what comes: the kernel's answer to the parent,
 * or an event.
 */
void
processes_events(struct processes *set, int fd)
{
	events_stop(set);
	if (TAILQ_EMPTY(&set->list)) {
		(void)close(fd);
		return;
	}
	set->events_fd = fd;
	if (event_assign(&set->ev_events, event_get_base(&set->ev_look), fd,
	    EV_READ | EV_PERSIST, on_events, set) == -1 ||
	    event_add(&set->ev_events, NULL) == -1)
		fatalx("cannot watch process events");
}

static void
events_stop(struct processes *set)
{
	if (set->events_fd == -1)
		return;
	(void)event_del(&set->ev_events);
	(void)close(set->events_fd);
	set->events_fd = -1;
	set->live = set->told_how = false;
}

void
processes_tell_all(struct processes *set)
{
	struct process	*p;

	TAILQ_FOREACH(p, &set->list, entry)
		set->told(set->arg, p->id, &p->last);
}

void
processes_rows(struct processes *set, script_row_fn row, void *arg)
{
	struct ctl_script	 c;
	struct process		*p;

	TAILQ_FOREACH(p, &set->list, entry) {
		memset(&c, 0, sizeof(c));
		c.kind = TRACK_PROCESS;
		c.value = (int32_t)p->quorum.count;
		c.status = p->last.status;
		(void)strlcpy(c.name, p->conf->name, sizeof(c.name));
		(void)strlcpy(c.user, p->conf->user.user, sizeof(c.user));
		c.last_start_us = p->changed_us;
		c.last_run_us = -1;
		c.runs = set->pass;
		row(arg, &c);
	}
}

static int
proc_cmp(const struct proc *a, const struct proc *b)
{
	return (a->pid < b->pid ? -1 : a->pid > b->pid);
}

static struct process *
process_find(struct processes *set, uint32_t id)
{
	struct process	*p;

	TAILQ_FOREACH(p, &set->list, entry) {
		if (p->id == id)
			return (p);
	}
	return (NULL);
}

static void
process_new(struct processes *set, const struct conf_process *conf)
{
	struct process	*p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		fatal(NULL);
	p->id = conf->id;
	p->conf = conf;
	p->keep = true;
	p->changed_us = mono_us();
	quorum_init(&p->quorum, conf);
	TAILQ_INSERT_TAIL(&set->list, p, entry);
}

static bool
process_same(const struct conf_process *a, const struct conf_process *b)
{
	uint16_t	 i;

	if (a->full_command != b->full_command || a->match != b->match ||
	    a->cmd.argc != b->cmd.argc)
		return (false);
	for (i = 0; i < a->cmd.argc; i++) {
		if (strcmp(a->cmd.argv[i], b->cmd.argv[i]) != 0)
			return (false);
	}
	return (true);
}

/* Looks at every process there is, and counts. */
static void
search(struct processes *set)
{
	struct dirent	*ent;
	struct process	*p;
	struct proc	*proc, *next;
	DIR		*dir;
	long		 pid;

	if ((dir = opendir("/proc")) == NULL) {
		log_warn("/proc");
		return;
	}
	set->last_pid = newest_pid(set);
	set->full_us = mono_us();
	set->pass++;
	TAILQ_FOREACH(p, &set->list, entry)
		p->seen = 0;
	while ((ent = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)ent->d_name[0]))
			continue;
		if ((pid = strtol(ent->d_name, NULL, 10)) > 0)
			search_one(set, (pid_t)pid);
	}
	(void)closedir(dir);
	RB_FOREACH_SAFE(proc, proc_tree, &set->procs, next) {
		if (proc->pass != set->pass)
			proc_free(proc);
	}
	count_all(set);
}

static void
search_one(struct processes *set, pid_t pid)
{
	struct process	*p;
	struct names	 names;
	int		 alive = -1;		/* not known yet */

	if (!names_read(set, pid, &names))
		return;
	TAILQ_FOREACH(p, &set->list, entry) {
		if (!process_matches(p->conf, names.comm, names.cmdline,
		    names.len))
			continue;
		if (alive == -1)
			alive = watch(set, pid);
		if (alive == 1)
			p->seen++;
	}
}

/* False: it is gone. */
static bool
names_read(struct processes *set, pid_t pid, struct names *n)
{
	size_t	 len;

	len = read_file(pid, "comm", n->comm, sizeof(n->comm) - 1);
	if (len == 0)
		return (false);
	n->comm[len] = '\0';
	if (n->comm[len - 1] == '\n')
		n->comm[len - 1] = '\0';
	n->len = set->cmdlines ? read_file(pid, "cmdline", n->cmdline,
	    CMDLINE_MAX) : 0;
	return (true);
}

/* How much was read; 0: the process is gone, or has none. */
static size_t
read_file(pid_t pid, const char *name, char *buf, size_t size)
{
	char	 path[40];
	ssize_t	 n;
	int	 fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return (0);
	n = read(fd, buf, size);
	(void)close(fd);
	return (n > 0 ? (size_t)n : 0);
}

/*
 * Asks to be told when it ends; false when it has ended. Without a
 * descriptor, which is not worth an error, the next search finds out.
 */
static bool
watch(struct processes *set, pid_t pid)
{
	struct proc	*proc;

	if ((proc = proc_find(set, pid)) != NULL && (proc->fd != -1 ||
	    !is_zombie(pid))) {
		proc->pass = set->pass;
		return (true);
	}
	if (proc != NULL)
		return (false);
	if ((proc = calloc(1, sizeof(*proc))) == NULL)
		fatal(NULL);
	proc->set = set;
	proc->pid = pid;
	proc->pass = set->pass;
	proc->fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (proc->fd == -1 && errno == ESRCH) {
		free(proc);
		return (false);
	}
	/* One that has ended, but nobody has waited for, is still there. */
	if (proc->fd != -1 ? has_ended(proc->fd) : is_zombie(pid)) {
		if (proc->fd != -1)
			(void)close(proc->fd);
		free(proc);
		return (false);
	}
	RB_INSERT(proc_tree, &set->procs, proc);
	if (proc->fd == -1)
		return (true);
	if (event_assign(&proc->ev, event_get_base(&set->ev_look), proc->fd,
	    EV_READ, on_exit_of, proc) == -1 ||
	    event_add(&proc->ev, NULL) == -1)
		fatalx("cannot watch process %d", (int)pid);
	return (true);
}

static bool
has_ended(int pidfd)
{
	struct pollfd	 pfd = { pidfd, POLLIN, 0 };

	return (poll(&pfd, 1, 0) == 1);
}

/* For want of a descriptor. */
static bool
is_zombie(pid_t pid)
{
	char	 buf[128], *p;
	size_t	 len;

	len = read_file(pid, "stat", buf, sizeof(buf) - 1);
	buf[len] = '\0';
	p = strrchr(buf, ')');
	return (p == NULL || p[1] == '\0' || p[2] == 'Z' || p[2] == 'X');
}

static struct proc *
proc_find(struct processes *set, pid_t pid)
{
	struct proc	 key;

	key.pid = pid;
	return (RB_FIND(proc_tree, &set->procs, &key));
}

static void
proc_free(struct proc *proc)
{
	if (proc->fd != -1) {
		(void)event_del(&proc->ev);
		(void)close(proc->fd);
	}
	RB_REMOVE(proc_tree, &proc->set->procs, proc);
	free(proc);
}

static void
count_all(struct processes *set)
{
	struct process	*p;
	uint32_t	 before;
	bool		 flipped;

	TAILQ_FOREACH(p, &set->list, entry) {
		before = p->quorum.count;
		flipped = quorum_count(&p->quorum, p->seen, mono_us());
		if (flipped || before != p->seen)
			process_tell(set, p, flipped);
	}
	arm_delay(set);
}

static void
process_tell(struct processes *set, struct process *p, bool flipped)
{
	p->last.status = p->quorum.good ? TRACK_GOOD : TRACK_BAD;
	p->last.value = (int32_t)p->quorum.count;
	if (flipped) {
		p->changed_us = mono_us();
		log_info("vrrp_track_process %s: %s (%u run)", p->conf->name,
		    p->quorum.good ? "good" : "bad", p->quorum.count);
	}
	set->told(set->arg, p->id, &p->last);
}

/* One timer for the delay that ends first. */
static void
arm_delay(struct processes *set)
{
	struct process	*p;
	struct timeval	 tv;
	int64_t		 due_us = QUORUM_NEVER, wait_us;

	TAILQ_FOREACH(p, &set->list, entry) {
		if (p->quorum.due_us < due_us)
			due_us = p->quorum.due_us;
	}
	(void)event_del(&set->ev_delay);
	if (due_us == QUORUM_NEVER)
		return;
	wait_us = due_us - mono_us();
	if (wait_us < 0)
		wait_us = 0;
	tv.tv_sec = (time_t)(wait_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(wait_us % US_PER_SEC);
	if (event_add(&set->ev_delay, &tv) == -1)
		fatalx("cannot set a timer");
}

static void
on_delay(evutil_socket_t fd, short what, void *arg)
{
	struct processes	*set = arg;
	struct process		*p;
	int64_t			 now_us = mono_us();

	TAILQ_FOREACH(p, &set->list, entry) {
		if (quorum_due(&p->quorum, now_us))
			process_tell(set, p, true);
	}
	arm_delay(set);
}

static void
arm_look(struct processes *set)
{
	struct timeval	 tv = { 0, LOOK_US };

	if (set->live) {
		tv.tv_sec = LIVE_US / US_PER_SEC;
		tv.tv_usec = 0;
	}
	if (event_add(&set->ev_look, &tv) == -1)
		fatalx("cannot set a timer");
}

/* The last number that the system has given to a process or thread. */
static long
newest_pid(struct processes *set)
{
	char	 buf[128], *last;
	ssize_t	 n;
	int	 fd;

	if ((fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = read(fd, buf, sizeof(buf) - 1);
	(void)close(fd);
	buf[n > 0 ? n : 0] = '\0';
	if ((last = strrchr(buf, ' ')) == NULL)
		return (-1);
	return (strtol(last, NULL, 10));
}

/*
 * New processes call exec a moment later: looked at once more. With events
 * they are told, and so is a new name.
 */
static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct processes	*set = arg;
	long			 pid = newest_pid(set);

	tell_how(set);
	if (!set->live && (pid == -1 || pid != set->last_pid)) {
		set->once_more = true;
		search(set);
	} else if (set->once_more || mono_us() - set->full_us >= FULL_US) {
		set->once_more = false;
		search(set);
	}
	arm_look(set);
}

static void
tell_how(struct processes *set)
{
	if (set->told_how)
		return;
	set->told_how = true;
	if (set->live)
		log_info("tracked processes: the kernel tells of those that "
		    "start");
	else
		log_info("tracked processes: no process events from the "
		    "kernel: /proc is looked at");
}

/* A search, not too soon after the last one. */
static void
look_soon(struct processes *set, int64_t gap_us)
{
	struct timeval	 tv;
	int64_t		 wait_us = set->full_us + gap_us - mono_us();

	if (set->once_more)
		return;			/* it is on its way */
	set->once_more = true;
	if (wait_us < 0)
		wait_us = 0;
	tv.tv_sec = (time_t)(wait_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(wait_us % US_PER_SEC);
	if (event_add(&set->ev_look, &tv) == -1)
		fatalx("cannot set a timer");
}

/* Many may end together: they are counted once for all. */
static void
on_exit_of(evutil_socket_t fd, short what, void *arg)
{
	struct proc		*proc = arg;
	struct processes	*set = proc->set;
	struct timeval		 tv = { 0, 0 };

	proc_free(proc);
	set->once_more = true;
	if (event_add(&set->ev_look, &tv) == -1)
		fatalx("cannot set a timer");
}

/* Only the kernel's words count: it is port 0. */
static void
on_events(evutil_socket_t fd, short what, void *arg)
{
	struct processes	*set = arg;
	struct sockaddr_nl	 from;
	struct procev		 pe;
	enum procev_what	 kind;
	socklen_t		 len;
	ssize_t			 n = 0;
	char			 buf[PROCEV_LEN];
	int			 i;

	for (i = 0; i < EVENTS_A_TURN; i++) {
		len = sizeof(from);
		memset(&from, 0, sizeof(from));
		n = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT,
		    (struct sockaddr *)&from, &len);
		if (n == -1)
			break;
		if (len != sizeof(from) || from.nl_pid != 0 ||
		    (kind = procev_parse(buf, (size_t)n, &pe)) == PROCEV_OTHER)
			continue;
		if (!set->live) {
			set->live = true;
			set->told_how = false;
			tell_how(set);
			look_soon(set, 0);	/* what was before them */
		}
		if (!set->once_more && event_matters(set, kind, &pe))
			look_soon(set, GAP_US);
	}
	if (n == -1 && errno == ENOBUFS)
		look_soon(set, GAP_LOST_US);
	else if (n == -1 && errno != EAGAIN && errno != EINTR) {
		log_warn("process events");
		events_stop(set);
		arm_look(set);
	}
}

/* May it make a difference to what is counted? */
static bool
event_matters(struct processes *set, enum procev_what kind,
    const struct procev *pe)
{
	struct process	*p;
	struct names	 names;

	if (kind == PROCEV_FORK)	/* it is called as its parent is */
		return (proc_find(set, pe->parent) != NULL);
	if (proc_find(set, pe->pid) != NULL)
		return (true);
	if ((kind != PROCEV_EXEC && kind != PROCEV_COMM) ||
	    !names_read(set, pe->pid, &names))
		return (false);
	TAILQ_FOREACH(p, &set->list, entry) {
		if (process_matches(p->conf, names.comm, names.cmdline,
		    names.len))
			return (true);
	}
	return (false);
}
