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
 * Children: start, hand-shake, end, start again. Runs in: parent (and in a
 * child between fork and exec).
 */

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "child.h"
#include "mono.h"
#include "parent.h"

#define NOFILE_MIN	1024
#define PAIR_BUFFER	(4 << 20)	/* the default holds 93 messages */

static const struct peer_ops *ops_of(enum role);
static __dead2 void proc_exec(struct child *, int);
static int	 proc_pair(int [2]);
static int	 proc_hello_send(struct child *);
static void	 proc_try(struct child *);
static void	 proc_force(struct child *);
static void	 proc_down(struct child *);
static struct child *proc_by_pid(struct parent *, pid_t);
static void	 proc_remember(const struct child *);
static bool	 proc_is_crash(const struct child *);
static void	 proc_again(struct child *);
static void	 proc_obituary(const struct child *, char *, size_t);
static void	 on_timer(evutil_socket_t, short, void *);
static uint32_t	 proc_nofile(const struct conf *);

static const char *const programs[] = {
	[ROLE_VRRPE] = "vrrpe",
	[ROLE_CHECKER] = "checker",
	[ROLE_MAILER] = "mailer",
	[ROLE_READCONF] = "readconf"
};

struct child *
proc_new(struct parent *p, enum role role, const struct ident *ident)
{
	struct child	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		fatal("child");
	c->p = p;
	c->role = role;
	if (ident != NULL) {
		c->id = ident->id;
		c->ident = *ident;
		(void)snprintf(c->name, sizeof(c->name), "checker(%s)",
		    ident->name);
	} else {
		(void)strlcpy(c->name, programs[role], sizeof(c->name));
	}
	if (event_assign(&c->timer, p->base, -1, 0, on_timer, c) == -1)
		fatalx("%s: event_assign", c->name);
	return (c);
}

/* The process is gone and its peer closed. */
void
proc_free(struct child *c)
{
	if (c == NULL)
		return;
	(void)event_del(&c->timer);
	peer_close(&c->peer);
	free(c);
}

bool
proc_is_up(const struct child *c)
{
	return (c->open && c->pid != 0 && !c->broken);
}

/* Starts the process. When that fails it counts as a death. */
void
proc_start(struct child *c)
{
	c->phase = CHILD_HELLO;
	c->stage_gen = c->gen = 0;
	c->acked = c->synced = c->paired = c->procev = c->broken = false;
	c->status = 0;
	c->pong_seq = c->ping_seq;
	proc_try(c);
	if (c->pid == 0)
		proc_arm(c, 0, proc_down);
}

static void
proc_try(struct child *c)
{
	sigset_t	 all, old;
	int		 pair[2];

	if (proc_pair(pair) == -1) {
		log_warn("%s: socketpair", c->name);
		return;
	}
	/* No handler of ours may run in the child. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &old);
	c->pid = fork();
	if (c->pid == 0)
		proc_exec(c, pair[1]);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	(void)close(pair[1]);
	if (c->pid == -1) {
		log_warn("%s: fork", c->name);
		(void)close(pair[0]);
		c->pid = 0;
		return;
	}
	if (peer_open(&c->peer, c->p->base, pair[0], c->name,
	    ops_of(c->role), c) == -1) {
		log_warn("%s: peer", c->name);
		proc_kill(c, SIGKILL);
		return;
	}
	c->open = true;
	imsgbuf_allow_fds(&c->peer.ibuf);
	if (proc_hello_send(c) == -1)
		proc_kill(c, SIGKILL);
	proc_arm(c, HELLO_LIMIT_US, proc_late);
	log_debug("%s: started, pid %ld", c->name, (long)c->pid);
}

static const struct peer_ops *
ops_of(enum role role)
{
	switch (role) {
	case ROLE_VRRPE:
		return (&engine_ops);
	case ROLE_CHECKER:
		return (&runner_ops);
	case ROLE_MAILER:
		return (&mailer_ops);
	case ROLE_READCONF:
	case ROLE_PARENT:
	case ROLE_CTL:
		break;
	}
	return (&reload_ops);
}

uint32_t
proc_phase(void *arg)
{
	struct child	*c = arg;

	return (c->phase);
}

uint32_t
proc_gen(void *arg)
{
	struct child	*c = arg;

	return (c->gen);
}

static int
proc_pair(int pair[2])
{
	const int	 size = PAIR_BUFFER;
	int		 i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return (-1);
	/* Smaller buffers would do, only with more waiting. */
	for (i = 0; i < 2; i++)
		if (setsockopt(pair[i], SOL_SOCKET, SO_SNDBUFFORCE, &size,
		    sizeof(size)) == -1)
			(void)setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF,
			    &size, sizeof(size));
	return (0);
}

static void
proc_exec(struct child *c, int fd)
{
	static const char *const names[] = { "PATH", "TZ" };
	static char	 only_read[] = "-N";
	char		*argv[2], *env[3], **args;
	char		 buf[2][PATH_LEN];
	const char	*value;
	sigset_t	 none;
	int		 sig, i, cnt, null;

	for (sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);	/* fails for a few: fine */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);

	cnt = 0;
	for (i = 0; i < 2; i++)
		if ((value = getenv(names[i])) != NULL && snprintf(buf[i],
		    PATH_LEN, "%s=%s", names[i], value) < PATH_LEN)
			env[cnt++] = buf[i];
	env[cnt] = NULL;

	argv[0] = (char *)(uintptr_t)programs[c->role];	/* as execve has it */
	argv[1] = NULL;
	args = c->role == ROLE_READCONF ? c->p->opt.args : argv;
	for (cnt = 0; args[cnt] != NULL; cnt++)
		;
	if (args != argv && c->p->reload.dry)
		args[cnt] = only_read;	/* there is room (options.c) */
	/* Not even its stderr holds a terminal that we let go of. */
	if (!c->p->opt.foreground && !c->p->opt.console) {
		if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1 ||
		    dup2(null, STDIN_FILENO) == -1 ||
		    dup2(null, STDOUT_FILENO) == -1 ||
		    dup2(null, STDERR_FILENO) == -1)
			_exit(127);
	}
	if (fd == CHILD_FD ? fcntl(fd, F_SETFD, 0) == -1 :
	    dup2(fd, CHILD_FD) == -1)
		_exit(127);
	(void)execveat(c->p->exec_fd[c->role], "", args, env, AT_EMPTY_PATH);
	_exit(126);
}

/* How many descriptors the engine of this configuration may need. */
static uint32_t
proc_nofile(const struct conf *conf)
{
	const struct conf_inst	*ci;
	const struct conf_iface	*cf;
	const struct conf_peer	*cp;
	uint32_t		 cnt;

	cnt = 64 + MAX_CTL_CONNS + MAX_CHECKERS;
	if (conf == NULL)
		return (NOFILE_MIN);
	TAILQ_FOREACH(cf, &conf->ifaces, entry)
		cnt += 2;
	TAILQ_FOREACH(ci, &conf->insts, entry) {
		cnt++;
		TAILQ_FOREACH(cp, &ci->peers, entry)
			cnt++;
	}
	cnt *= 2;			/* old and new ones for a moment */
	return (cnt < NOFILE_MIN ? NOFILE_MIN : cnt);
}

/* Before it is told of a larger configuration. */
void
proc_raise_nofile(struct child *c)
{
	struct rlimit	 rl;

	rl.rlim_cur = rl.rlim_max = proc_nofile(c->p->reload.conf);
	if (rl.rlim_cur > proc_nofile(c->p->conf) &&
	    prlimit(c->pid, RLIMIT_NOFILE, &rl, NULL) == -1)
		log_warn("%s: cannot raise the limit of descriptors to %lu",
		    c->name, (unsigned long)rl.rlim_cur);
}

static int
proc_hello_send(struct child *c)
{
	const struct conf	*conf;
	struct hello		 h;
	struct msg		 m;
	uint8_t			 buf[PATH_LEN + 1024];

	memset(&h, 0, sizeof(h));
	h.version = IMSG_VERSION;
	(void)strlcpy(h.build, VRRPD_VERSION, sizeof(h.build));
	h.role = (uint8_t)c->role;
	h.log_level = (uint8_t)log_getlevel();
	h.nofile = 256;
	h.no_new_privs = true;
	/* A staged configuration is the newest word on what it needs. */
	conf = c->p->reload.conf != NULL ? c->p->reload.conf : c->p->conf;
	if (c->role == ROLE_VRRPE) {
		h.uid = c->p->uid;
		h.gid = c->p->gid;
		(void)strlcpy(h.rootdir, c->p->empty_path,
		    sizeof(h.rootdir));
		h.nofile = proc_nofile(conf);
		h.nice = conf->global.nice;
		h.rt_priority = conf->global.rt_priority;
		h.no_swap = conf->global.no_swap;
		h.rt_time_us = conf->global.rt_time_us;
		memcpy(h.cpus, conf->global.cpus, sizeof(h.cpus));
	} else if (c->role == ROLE_CHECKER) {
		h.uid = c->ident.uid;
		h.gid = c->ident.gid;
		h.group_cnt = c->ident.group_cnt;
		memcpy(h.groups, c->ident.groups, sizeof(h.groups));
		h.nofile = 2 * MAX_SCRIPTS + 256;
		h.no_new_privs = c->ident.no_new_privs;
	} else if (c->role == ROLE_MAILER) {
		h.uid = c->p->uid;
		h.gid = c->p->gid;
		h.nofile = 64;
	}
	msg_init_write(&m, buf, sizeof(buf));
	hello_put(&m, &h);
	return (peer_send(&c->peer, IMSG_HELLO, 0, 0, 0, -1, &m));
}

int
proc_ready(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct ready	 r;
	struct msg	 m;

	msg_init_read(&m, im->data, im->len);
	if (ready_get(&m, &r) == -1 || r.version != IMSG_VERSION ||
	    strcmp(r.build, VRRPD_VERSION) != 0)
		return (-1);
	(void)event_del(&c->timer);
	c->phase = CHILD_CONFIGURING;
	if (c->role != ROLE_READCONF)
		stage_child(c);
	return (0);
}

/* A line for the log, already safe to print, from one that may lie. */
int
proc_log(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct log_msg	 l;
	struct msg	 m;
	const char	*text;
	size_t		 len;
	char		 fields[JOURNAL_LEN];

	msg_init_read(&m, im->data, im->len);
	if (log_get(&m, &l) == -1 || im->seq >= LOG_K_REFUSED)
		return (-1);
	/* Its own word for who it is is not taken. */
	text = l.text;
	len = strlen(programs[c->role]);
	if (strncmp(text, programs[c->role], len) == 0 &&
	    strncmp(text + len, ": ", 2) == 0)
		text += len + 2;
	if (!rate_ok(&c->log_rate, mono_us(), US_PER_SEC,
	    im->seq == LOG_K_STATE ? LOG_STATE_RATE : LOG_RATE)) {
		c->log_lost++;
		return (0);
	}
	if (c->log_lost > 0) {
		log_at(LOG_WARNING, "%s: %u log lines were too many", c->name,
		    c->log_lost);
		c->log_lost = 0;
	}
	journal_fields(c->p, (enum log_kind)im->seq,
	    c->role == ROLE_VRRPE ? im->id : 0, fields, sizeof(fields));
	/* Nor may it call for everybody's attention. */
	log_at(l.priority < LOG_CRIT ? LOG_CRIT : l.priority, "%s: %s",
	    c->name, text);
	return (0);
}

struct timeval *
proc_tv(struct timeval *tv, int64_t us)
{
	tv->tv_sec = (time_t)(us / US_PER_SEC);
	tv->tv_usec = (suseconds_t)(us % US_PER_SEC);
	return (tv);
}

/* One timer for each: it waits for one thing at a time. */
void
proc_arm(struct child *c, int64_t us, void (*due)(struct child *))
{
	struct timeval	 tv;

	c->due = due;
	(void)event_add(&c->timer, proc_tv(&tv, us));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct child	*c = arg;

	c->due(c);
}

/* SIGABRT for the core dump's sake; a stopped process must go on to die. */
void
proc_kill(struct child *c, int sig)
{
	if (c->pid == 0)
		return;
	(void)kill(c->pid, sig);
	(void)kill(c->pid, SIGCONT);
	if (sig != SIGKILL)
		proc_arm(c, KILL_LIMIT_US, proc_force);
}

/* Asks a child to end; if it does not, it is killed after the deadline. */
void
proc_shutdown(struct child *c, int64_t us)
{
	struct msg	 m;
	uint8_t		 buf[8];

	msg_init_write(&m, buf, sizeof(buf));
	msg_put_s64(&m, mono_us() + us);
	c->phase = CHILD_DRAINING;
	if (peer_send(&c->peer, IMSG_SHUTDOWN, 0, 0, 0, -1, &m) == -1)
		proc_kill(c, SIGKILL);
	peer_flush(&c->peer);
	proc_arm(c, us + KILL_LIMIT_US, proc_force);
}

/* It has not said READY, or has not taken its first configuration. */
void
proc_late(struct child *c)
{
	if (c->phase == CHILD_HELLO)
		log_warnx("%s: not ready after %lld s", c->name,
		    (long long)(HELLO_LIMIT_US / US_PER_SEC));
	else
		log_warnx("%s: did not take its configuration", c->name);
	proc_kill(c, SIGKILL);
}

static void
proc_force(struct child *c)
{
	if (c->pid != 0) {
		log_warnx("%s: does not end: killed", c->name);
		proc_kill(c, SIGKILL);
	} else if (c->open) {
		/* Somebody else holds the other end. */
		peer_close(&c->peer);
		c->open = false;
		proc_down(c);
	}
}

/* The peer's other end is closed (text NULL), or it broke the rules. */
void
proc_gone(void *arg, struct peer *peer, const char *text)
{
	struct child	*c = arg;

	peer_close(peer);
	c->open = false;
	if (text != NULL) {
		log_warnx("%s: broke the rules: %s", c->name, text);
		c->broken = true;
	}
	if (c->role == ROLE_VRRPE)
		engine_lost(c->p, mono_us());
	if (c->role == ROLE_VRRPE && c->broken && c->p->nl != NULL)
		inst_engine_lost(c->p);
	if (c->pid == 0)
		proc_down(c);
	else if (c->broken)
		proc_kill(c, SIGKILL);
	else if (c->phase != CHILD_DRAINING)
		proc_arm(c, KILL_LIMIT_US, proc_force);
}

static struct child *
proc_by_pid(struct parent *p, pid_t pid)
{
	struct child	*c;

	if (p->engine != NULL && p->engine->pid == pid)
		return (p->engine);
	if (p->reload.readconf != NULL && p->reload.readconf->pid == pid)
		return (p->reload.readconf);
	if (p->mailer != NULL && p->mailer->pid == pid)
		return (p->mailer);
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->pid == pid)
			return (c);
	return (NULL);
}

/* SIGCHLD. What a dead child had said before is still read, up to its EOF. */
void
proc_reap(struct parent *p)
{
	struct child	*c;
	pid_t		 pid;
	int		 status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if ((c = proc_by_pid(p, pid)) == NULL)
			continue;
		c->status = status;
		c->pid = 0;
		if (c->open)
			proc_arm(c, KILL_LIMIT_US, proc_force);
		else
			proc_down(c);
	}
}

/* There is neither a process nor a peer left. */
static void
proc_down(struct child *c)
{
	struct parent	*p = c->p;
	char		 text[TEXT_LEN];
	int64_t		 wait_us;
	bool		 staged;

	(void)event_del(&c->timer);
	if (c->role == ROLE_READCONF) {
		reload_child_down(p, c);
		return;
	}
	if (c->role == ROLE_VRRPE)
		engine_lost(p, mono_us());
	c->paired = false;
	proc_obituary(c, text, sizeof(text));
	if (c->phase == CHILD_DRAINING && c->status == 0)
		log_debug("%s: ended", c->name);
	else
		log_warnx("%s: %s", c->name, text);
	staged = c->role != ROLE_MAILER && (p->state == PARENT_STARTING ||
	    (p->reload.state == RELOAD_STAGING && c->stage_gen != 0 &&
	    c->stage_gen == p->reload.gen && (c->role == ROLE_VRRPE ||
	    p->reload.yield == YIELD_NONE)));
	c->phase = CHILD_DRAINING;	/* until 0 nobody frees it */
	c->stage_gen = 0;
	if (staged)
		reload_refuse(p, "%s: %s", c->name, text);
	c->phase = 0;
	if (p->state == PARENT_STOPPING) {
		hook_child_down(c);
		stop_child_down(p);
	} else if (c->role == ROLE_MAILER && !p->conf->global.mail) {
		mailer_down(c);		/* frees it */
	} else if (!runner_is_wanted(p, c)) {
		runner_sweep(p);	/* likewise */
	} else {
		if (c->role == ROLE_VRRPE)
			proc_remember(c);
		wait_us = backoff_death(&c->backoff, mono_us());
		if (wait_us > 0)
			log_warnx("%s: dies too often: starting again in "
			    "%lld s", c->name,
			    (long long)(wait_us / US_PER_SEC));
		if (c->role == ROLE_VRRPE && (wait_us > 0 ||
		    !proc_is_crash(c)))
			inst_engine_lost(p);
		proc_arm(c, wait_us, proc_again);
		if (c->role == ROLE_CHECKER)
			stage_advance(p);	/* is not waited for */
	}
}

static void
proc_remember(const struct child *c)
{
	if (c->broken)
		hist_event(c->p, EVENT_ENGINE_BROKEN, 0);
	else if (WIFSIGNALED(c->status))
		hist_event(c->p, EVENT_ENGINE_SIGNAL, WTERMSIG(c->status));
	else
		hist_event(c->p, EVENT_ENGINE_EXIT, WEXITSTATUS(c->status));
}

/* A mere crash; not one that did what it may not. */
static bool
proc_is_crash(const struct child *c)
{
	return (!c->broken && !(WIFSIGNALED(c->status) &&
	    WTERMSIG(c->status) == SIGSYS));
}

static void
proc_again(struct child *c)
{
	if (c->p->state == PARENT_STOPPING)
		return;
	log_info("%s: starting again", c->name);
	c->restarts++;
	proc_start(c);
}

static void
proc_obituary(const struct child *c, char *text, size_t len)
{
	if (c->broken)
		(void)snprintf(text, len, "killed: it broke the rules");
	else if (WIFSIGNALED(c->status) && WTERMSIG(c->status) == SIGSYS)
		(void)snprintf(text, len,
		    "killed by the kernel: forbidden system call");
	else if (WIFSIGNALED(c->status))
		(void)snprintf(text, len, "killed by signal %d (%s)",
		    WTERMSIG(c->status), strsignal(WTERMSIG(c->status)));
	else if (WEXITSTATUS(c->status) == 126)
		(void)snprintf(text, len, "cannot be executed");
	else
		(void)snprintf(text, len, "ended by itself (exit status %d)",
		    WEXITSTATUS(c->status));
}
