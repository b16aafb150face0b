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

/* The child's side of a start. Runs in: vrrpe, checker, readconf. */

#include <sys/types.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <linux/capability.h>

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "child.h"
#include "imsg.h"
#include "log.h"
#include "mono.h"
#include "msg.h"
#include "payload.h"
#include "sandbox.h"
#include "vrrpd.h"

#define HELLO_WAIT_US	(2 * US_PER_SEC)
#define LOG_LINES_MAX	200		/* in one second */
#define LOG_STATES_MAX	2000		/* ... when states change */
#define LOG_QUEUE_MAX	(256U << 10)	/* bytes that lines may wait in */
#define UNCHANGED	RLIM_INFINITY
#define ROLE_CNT	(ROLE_CTL + 1)

#define SAVE_MAX	(64U << 20)	/* bytes of what readconf saves */

/* Limits that a role gives itself; UNCHANGED: as it was started. */
struct limits {
	rlim_t	 nproc;
	rlim_t	 fsize;
	rlim_t	 cpu_s;
	rlim_t	 memory;
};

static void	 ignore(int);
static void	 wait_hello(struct imsg *);
static void	 confine_scheduling(const struct hello *);
static void	 lock_memory(void);
static void	 confine_cpus(const struct hello *);
static void	 confine_identity(const struct hello *);
static bool	 may_gain(const struct hello *);
static void	 confine_limits(const struct hello *);
static void	 limit(int, rlim_t, rlim_t);
static void	 send_line(struct imsgbuf *, int, const char *, uint32_t,
		    uint32_t);
static void	 send_plain(uint16_t, const struct msg *);

static const struct limits role_limits[ROLE_CNT] = {
	[ROLE_VRRPE] = { 0, 0, UNCHANGED, UNCHANGED },
	[ROLE_CHECKER] = { UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED },
	[ROLE_MAILER] = { UNCHANGED, 0, UNCHANGED, 512U << 20 },
	/* What it saves it writes when all is read: it lifts this limit. */
	[ROLE_READCONF] = { 0, 0, 10, 512U << 20 }
};

/* Lines of the current second. */
static struct {
	int64_t		 end_us;
	uint32_t	 lines;
	uint64_t	 suppressed;
	uint32_t	 id;		/* of the next line */
	uint32_t	 kind;
} window;

void
child_hello(enum role role, struct hello *hello)
{
	struct imsg	 im;
	struct msg	 m;
	uint32_t	 version;

	ignore(SIGPIPE);
	ignore(SIGXFSZ);
	if (close_range(CHILD_FD + 1, ~0U, 0) == -1)
		fatal("close descriptors");
	wait_hello(&im);

	/* The version alone first: the rest may look different in another. */
	msg_init_read(&m, im.data, im.len);
	version = msg_get_u32(&m);
	if (version != IMSG_VERSION)
		fatalx("vrrpd speaks version %u, this program version %d",
		    version, IMSG_VERSION);
	msg_init_read(&m, im.data, im.len);
	if (im.type != IMSG_HELLO || im.fd != -1 || hello_get(&m, hello) == -1)
		fatalx("malformed HELLO");
	if (strcmp(hello->build, VRRPD_VERSION) != 0)
		fatalx("vrrpd is of build %s, this program of %s",
		    hello->build, VRRPD_VERSION);
	if (hello->role != role)
		fatalx("HELLO is for another program");
	log_setlevel(hello->log_level != 0 ? LOGL_VERBOSE : LOGL_BRIEF);
}

/* What must be an error of the call and not the end of the process. */
static void
ignore(int sig)
{
	struct sigaction	 sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	if (sigaction(sig, &sa, NULL) == -1)
		fatal("ignore signal %d", sig);
}

static void
wait_hello(struct imsg *im)
{
	struct imsgbuf	 ibuf;
	struct pollfd	 pfd;
	int64_t		 end_us, left_us;

	if (imsgbuf_init(&ibuf, CHILD_FD) == -1)
		fatal("descriptor %d (not to be started by hand)", CHILD_FD);
	end_us = mono_us() + HELLO_WAIT_US;
	for (;;) {
		switch (imsg_read(&ibuf, im)) {
		case IMSG_READ_OK:
			return;
		case IMSG_READ_AGAIN:
			break;
		case IMSG_READ_EOF:
			fatalx("the parent is gone");
		case IMSG_READ_BAD:
			fatalx("malformed HELLO");
		}
		left_us = end_us - mono_us();
		if (left_us <= 0)
			fatalx("no HELLO from the parent");
		pfd.fd = CHILD_FD;
		pfd.events = POLLIN;
		if (poll(&pfd, 1, (int)(left_us / US_PER_MS) + 1) == -1 &&
		    errno != EINTR)
			fatal("poll");
	}
}

void
child_confine(const struct hello *hello, const struct sandbox *sandbox)
{
	confine_scheduling(hello);
	if (hello->rootdir[0] != '\0' &&
	    (chroot(hello->rootdir) == -1 || chdir("/") == -1))
		fatal("chroot to %s", hello->rootdir);
	confine_identity(hello);
	confine_limits(hello);
	if (hello->uid != 0 && sandbox_verify(!may_gain(hello)) == -1)
		fatalx("rights are left after dropping them");
	if (hello->no_new_privs &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("no_new_privs");
	if (sandbox != NULL && sandbox_load(sandbox) == -1)
		fatal("load the system call filter");
}

/* What needs rights: it is too late for this afterwards. */
static void
confine_scheduling(const struct hello *hello)
{
	struct sched_param	 param;
	struct rlimit		 lim;

	memset(&param, 0, sizeof(param));
	if (hello->nofile != 0) {
		if (getrlimit(RLIMIT_NOFILE, &lim) == -1)
			fatal("getrlimit");
		lim.rlim_cur = hello->nofile;
		if (lim.rlim_max < lim.rlim_cur || hello->role == ROLE_VRRPE)
			lim.rlim_max = lim.rlim_cur;
		if (setrlimit(RLIMIT_NOFILE, &lim) == -1)
			fatal("allow %u descriptors", hello->nofile);
	}
	if (hello->nice != 0 &&
	    setpriority(PRIO_PROCESS, 0, hello->nice) == -1)
		fatal("set priority %d", hello->nice);
	if (hello->rt_priority != 0) {
		param.sched_priority = hello->rt_priority;
		/* The scripts of a checker must not inherit it. */
		if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK,
		    &param) == -1)
			fatal("set real-time priority %u", hello->rt_priority);
	}
	if (hello->rt_time_us != 0)
		limit(RLIMIT_RTTIME, hello->rt_time_us, hello->rt_time_us);
	confine_cpus(hello);
	if (hello->role == ROLE_VRRPE &&
	    prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0) == -1)
		fatal("set timer slack");
	if (hello->no_swap)
		lock_memory();
}

/* Under a limit later allocations would fail: rather not at all. */
static void
lock_memory(void)
{
	struct rlimit	 lim;

	lim.rlim_cur = lim.rlim_max = RLIM_INFINITY;
	if (setrlimit(RLIMIT_MEMLOCK, &lim) == -1)
		log_warn("vrrp_no_swap: not without the right to raise the "
		    "limit of locked memory");
	else if (mlockall(MCL_CURRENT | MCL_FUTURE) == -1)
		fatal("lock memory");
}

/* A machine without those processors is no reason not to run. */
static void
confine_cpus(const struct hello *hello)
{
	cpu_set_t	 set;
	size_t		 i;
	bool		 any = false;

	CPU_ZERO(&set);
	for (i = 0; i < 8 * sizeof(hello->cpus); i++)
		if ((hello->cpus[i / 8] & 1U << i % 8) != 0) {
			CPU_SET(i, &set);
			any = true;
		}
	if (any && sched_setaffinity(0, sizeof(set), &set) == -1)
		log_warn("vrrp_cpu_affinity: all processors are used");
}

/* Check scripts that call sudo need what the bounding set would take. */
static bool
may_gain(const struct hello *hello)
{
	return (hello->role == ROLE_CHECKER && !hello->no_new_privs);
}

static void
confine_identity(const struct hello *hello)
{
	gid_t		 groups[MAX_GROUPS];
	uint16_t	 i;

	for (i = 0; i < hello->group_cnt; i++)
		groups[i] = hello->groups[i];
	/* The bounding set is cut below, with a capability kept for it. */
	if (hello->uid != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1)
		fatal("keep capabilities");
	if (setgroups(hello->group_cnt, groups) == -1 ||
	    setresgid(hello->gid, hello->gid, hello->gid) == -1 ||
	    setresuid(hello->uid, hello->uid, hello->uid) == -1)
		fatal("become uid %u, gid %u", hello->uid, hello->gid);
	if (hello->uid != 0) {
		if (sandbox_limit_caps(0, !may_gain(hello)) == -1 ||
		    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == -1)
			fatal("drop capabilities");
	} else if (hello->role == ROLE_READCONF) {
		/* Its files may belong to anybody. */
		if (sandbox_limit_caps(1ULL << CAP_DAC_READ_SEARCH, 1) == -1)
			fatal("drop capabilities");
	}
}

static void
confine_limits(const struct hello *hello)
{
	const struct limits	*l;

	l = &role_limits[hello->role];
	limit(RLIMIT_CORE, 0, 0);
	if (l->nproc != UNCHANGED)
		limit(RLIMIT_NPROC, l->nproc, l->nproc);
	if (l->fsize != UNCHANGED)
		limit(RLIMIT_FSIZE, l->fsize, hello->role == ROLE_READCONF ?
		    SAVE_MAX : l->fsize);
	if (l->cpu_s != UNCHANGED)
		limit(RLIMIT_CPU, l->cpu_s, l->cpu_s);
	/* Sanitizers reserve terabytes. */
	if (l->memory != UNCHANGED && sandbox_built())
		limit(RLIMIT_AS, l->memory, l->memory);
}

static void
limit(int resource, rlim_t value, rlim_t most)
{
	struct rlimit	 lim;

	lim.rlim_cur = value;
	lim.rlim_max = most;
	if (setrlimit((__rlimit_resource_t)resource, &lim) == -1)
		fatal("set resource limit %d", resource);
}

void
child_ready(void)
{
	struct ready	 ready;
	struct msg	 m;
	uint8_t		 buf[NAME_LEN + 16];

	memset(&ready, 0, sizeof(ready));
	ready.version = IMSG_VERSION;
	strlcpy(ready.build, VRRPD_VERSION, sizeof(ready.build));
	msg_init_write(&m, buf, sizeof(buf));
	ready_put(&m, &ready);
	send_plain(IMSG_READY, &m);
}

/* The first message of all, so that the socket has room for it. */
static void
send_plain(uint16_t type, const struct msg *m)
{
	struct imsgbuf	 ibuf;

	if (imsgbuf_init(&ibuf, CHILD_FD) == -1 ||
	    imsg_compose(&ibuf, type, 0, 0, 0, -1, m->buf, m->len) == -1 ||
	    imsg_flush(&ibuf) != 0)
		fatal("send %s", imsg_name(type));
	/* Its queue is empty, and the descriptor stays open. */
}

void
child_log_about(uint32_t id, uint32_t kind)
{
	window.id = id;
	window.kind = kind;
}

void
child_log_sink(void *arg, int priority, const char *text)
{
	struct imsgbuf	*ibuf = arg;
	int64_t		 now_us;
	uint32_t	 id = window.id, kind = window.kind;
	char		 note[64];

	child_log_about(0, LOG_K_NONE);
	now_us = mono_us();
	if (now_us >= window.end_us) {
		if (window.suppressed != 0) {
			(void)snprintf(note, sizeof(note),
			    "%llu lines suppressed",
			    (unsigned long long)window.suppressed);
			send_line(ibuf, LOG_WARNING, note, 0, LOG_K_NONE);
		}
		window.end_us = now_us + US_PER_SEC;
		window.lines = 0;
		window.suppressed = 0;
	}
	/* The last words of a process are let through. */
	if (window.lines >= (kind == LOG_K_STATE ? LOG_STATES_MAX :
	    LOG_LINES_MAX) && priority > LOG_CRIT) {
		window.suppressed++;
		return;
	}
	window.lines++;
	send_line(ibuf, priority, text, id, kind);
}

/* Queues, and writes what the socket takes now: the process may end next. */
static void
send_line(struct imsgbuf *ibuf, int priority, const char *text, uint32_t id,
    uint32_t kind)
{
	struct log_msg	 line;
	struct msg	 m;
	uint8_t		 buf[sizeof(line.text) + 16];

	if (ibuf->queued > LOG_QUEUE_MAX) {
		log_drop(1);
		return;
	}
	memset(&line, 0, sizeof(line));
	line.priority = (uint8_t)priority;
	(void)snprintf(line.text, sizeof(line.text), "%s: %s", log_procname(),
	    text);
	msg_init_write(&m, buf, sizeof(buf));
	log_put(&m, &line);
	if (imsg_compose(ibuf, IMSG_LOG, id, 0, kind, -1, m.buf, m.len) == -1)
		log_drop(1);
	else
		(void)imsg_flush(ibuf);	/* a broken one is found by its owner */
}
