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
 * Starting, watching and ending of scripts. No shell is involved.
 * Runs in: checker.
 */

#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "log.h"
#include "mono.h"
#include "payload.h"
#include "secpath.h"

#define KILL_WAIT_S	2	/* from SIGTERM to SIGKILL, and once more */
#define KILL_AGAIN_S	10
#define STACK_LEN	32768	/* of a new process, until execve */
#define PIPE_LEN	4096
#define READ_MAX	65536	/* of output in one go */
#define LINGER_MAX	64	/* pipes kept for what a script left behind */
#define DEFAULT_PATH	"PATH=/usr/local/sbin:/usr/local/bin:" \
			    "/usr/sbin:/usr/bin:/sbin:/bin"

struct run {
	LIST_ENTRY(run)	 entry;
	struct exec	*exec;
	enum run_kind	 kind;
	pid_t		 pid;		/* also group; 0: has ended */
	int64_t		 start_us;
	run_end_fn	 end;		/* NULL: disowned */
	void		*arg;
	unsigned int	 kills;		/* signals sent */
	struct event	 ev_kill;
	int		 err_fd;	/* -1: closed */
	struct event	 ev_err;
	size_t		 line_len;
	char		 line[TEXT_LEN];	/* that it writes, so far */
	char		 last[TEXT_LEN];	/* the last full one */
};

/* All that the new process needs; it shares our memory until execve. */
struct start {
	const char	*path;
	char		**argv;
	char		**env;
	pid_t		 parent;
	int		 null_fd;
	int		 out_fd;
	int		 err_fd;
	int		 death_signal;
	volatile int	 error;		/* set by the new process */
};

static char	**make_env(void);
static bool	 env_is_kept(const char *);
static const char *checked_path(const struct exec *, const char *, char *,
		    size_t, char *, size_t);
static pid_t	 spawn(struct start *);
static int	 become(void *);
static void	 default_signals(void);
static struct run *run_new(struct exec *, enum run_kind, int);
static void	 run_free(struct run *);
static void	 on_child(evutil_socket_t, short, void *);
static void	 run_reap(struct run *);
static void	 run_ended(struct run *, int);
static void	 on_kill(evutil_socket_t, short, void *);
static void	 on_stderr(evutil_socket_t, short, void *);
static bool	 stderr_read(struct run *);
static void	 stderr_add(struct run *, const char *, size_t);
static void	 stderr_close(struct run *);
static void	 linger_limit(struct exec *);

void
exec_init(struct exec *exec, struct event_base *base, uid_t uid, gid_t gid)
{
	memset(exec, 0, sizeof(*exec));
	LIST_INIT(&exec->runs);
	exec->base = base;
	exec->uid = uid;
	exec->gid = gid;
	/* Also fills 0 to 2, should one of them be closed. */
	do {
		exec->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (exec->null_fd == -1)
			fatal("/dev/null");
	} while (exec->null_fd <= STDERR_FILENO);
	if ((exec->env = make_env()) == NULL)
		fatal(NULL);
	if (event_assign(&exec->ev_child, base, SIGCHLD,
	    EV_SIGNAL | EV_PERSIST, on_child, exec) == -1 ||
	    event_add(&exec->ev_child, NULL) == -1)
		fatalx("cannot watch for SIGCHLD");
}

bool
exec_idle(const struct exec *exec)
{
	const struct run	*run;

	LIST_FOREACH(run, &exec->runs, entry) {
		if (run->pid != 0)
			return (false);
	}
	return (true);
}

void
exec_signal(struct exec *exec, int sig)
{
	struct run	*run;

	LIST_FOREACH(run, &exec->runs, entry) {
		if (run->pid != 0)
			(void)kill(-run->pid, sig);	/* gone: as wanted */
	}
}

struct run *
run_start(struct exec *exec, enum run_kind kind, const struct conf_argv *cmd,
    const char *const *more, run_end_fn end, void *arg, char *why,
    size_t whylen)
{
	struct start	 st;
	struct run	*run;
	int		 fds[2];
	uint16_t	 i;
	char		*argv[MAX_ARGS + 5], resolved[PATH_LEN];

	for (i = 0; i < cmd->argc; i++)
		argv[i] = cmd->argv[i];
	while (more != NULL && *more != NULL && i < MAX_ARGS + 4)
		argv[i++] = (char *)(uintptr_t)*more++;	/* as execve has it */
	argv[i] = NULL;
	memset(&st, 0, sizeof(st));
	st.argv = argv;
	st.env = exec->env;
	st.parent = getpid();
	st.null_fd = exec->null_fd;
	st.death_signal = kind == RUN_CHECK ? SIGKILL : SIGTERM;
	st.path = checked_path(exec, argv[0], resolved, sizeof(resolved),
	    why, whylen);
	if (st.path == NULL)
		return (NULL);
	if (pipe2(fds, O_CLOEXEC) == -1) {
		(void)snprintf(why, whylen, "pipe: %s", strerror(errno));
		return (NULL);
	}
	(void)fcntl(fds[0], F_SETPIPE_SZ, PIPE_LEN);	/* larger is fine */
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	st.err_fd = fds[1];
	/* A service that it starts may write there long after we are gone. */
	st.out_fd = kind == RUN_CHECK ? fds[1] : exec->null_fd;
	if ((run = run_new(exec, kind, fds[0])) == NULL)
		fatal(NULL);
	run->end = end;
	run->arg = arg;
	run->pid = spawn(&st);
	(void)close(fds[1]);
	if (run->pid == -1) {
		run_free(run);
		(void)snprintf(why, whylen, "%s: %s%s", argv[0],
		    strerror(st.error), st.error == ENOEXEC ?
		    " (is there no #! in its first line?)" : "");
		errno = st.error;
		return (NULL);
	}
	return (run);
}

void
run_kill(struct run *run)
{
	if (run->pid != 0 && run->kills == 0)
		on_kill(-1, 0, run);
}

void
run_disown(struct run *run)
{
	run->end = NULL;
	run_kill(run);
}

void
run_printable(char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\t')
			*s = ' ';
		else if (*s < ' ' || *s > '~')
			*s = '?';
	}
}

/* Ours without what changes how other programs are loaded or behave. */
static char **
make_env(void)
{
	static char	 default_path[] = DEFAULT_PATH;
	char		**env;
	size_t		 i, n = 0;

	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		;
	if ((env = calloc(i + 2, sizeof(*env))) == NULL)
		return (NULL);
	if (getenv("PATH") == NULL)
		env[n++] = default_path;
	for (i = 0; environ != NULL && environ[i] != NULL; i++) {
		if (env_is_kept(environ[i]))
			env[n++] = environ[i];
	}
	return (env);
}

static bool
env_is_kept(const char *var)
{
	static const char *const	 dropped[] = { "IFS=", "LD_",
		"NOTIFY_SOCKET=", "LISTEN_", "WATCHDOG_" };
	size_t				 i;

	for (i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
		if (strncmp(var, dropped[i], strlen(dropped[i])) == 0)
			return (false);
	}
	return (true);
}

/* What root runs is looked at each time: it may have changed since. */
static const char *
checked_path(const struct exec *exec, const char *path, char *resolved,
    size_t resolved_len, char *why, size_t whylen)
{
	if (exec->uid != 0)
		return (path);
	if (secpath_check(path, exec->uid, exec->gid, resolved, resolved_len,
	    why, whylen) == -1) {
		errno = EACCES;
		return (NULL);
	}
	return (resolved);
}

/*
 * The process id, or -1 with the reason in st->error. The new process has our
 * memory and a stack of its own, and we stand still until it has called
 * execve or is gone: a daemon with hundreds of scripts a second feels a fork.
 */
static pid_t
spawn(struct start *st)
{
	static char	 stack[STACK_LEN] __attribute__((__aligned__(16)));
	sigset_t	 all, old;
	pid_t		 pid;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &old);
	pid = clone(become, stack + sizeof(stack), CLONE_VM | CLONE_VFORK |
	    SIGCHLD, st);
	if (pid == -1)
		st->error = errno;
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid != -1 && st->error != 0) {
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
		return (-1);
	}
	return (pid);
}

/* In the new process: system calls only. A sanitizer would take the stack for
 * a mistake, and say so on the script's stderr. */
static __attribute__((__no_sanitize_address__)) int
become(void *arg)
{
	struct start	*st = arg;
	sigset_t	 none;

	if (setsid() == -1 ||
	    prctl(PR_SET_PDEATHSIG, st->death_signal, 0, 0, 0) == -1 ||
	    dup2(st->null_fd, STDIN_FILENO) == -1 ||
	    dup2(st->out_fd, STDOUT_FILENO) == -1 ||
	    dup2(st->err_fd, STDERR_FILENO) == -1 ||
	    close_range(STDERR_FILENO + 1, ~0U, 0) == -1)
		goto fail;
	if (getppid() != st->parent)
		_exit(127);		/* nobody would be told */
	default_signals();
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)execve(st->path, st->argv, st->env);
 fail:
	st->error = errno != 0 ? errno : EINVAL;
	_exit(127);
}

static void
default_signals(void)
{
	struct sigaction	 sa;
	int			 sig;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	for (sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &sa, NULL);	/* two cannot */
}

static struct run *
run_new(struct exec *exec, enum run_kind kind, int err_fd)
{
	struct run	*run;

	if ((run = calloc(1, sizeof(*run))) == NULL)
		return (NULL);
	run->exec = exec;
	run->kind = kind;
	run->err_fd = err_fd;
	run->start_us = mono_us();
	if (event_assign(&run->ev_err, exec->base, err_fd,
	    EV_READ | EV_PERSIST, on_stderr, run) == -1 ||
	    event_add(&run->ev_err, NULL) == -1 ||
	    event_assign(&run->ev_kill, exec->base, -1, 0, on_kill,
	    run) == -1) {
		free(run);
		return (NULL);
	}
	LIST_INSERT_HEAD(&exec->runs, run, entry);
	return (run);
}

static void
run_free(struct run *run)
{
	stderr_close(run);
	(void)event_del(&run->ev_kill);
	LIST_REMOVE(run, entry);
	free(run);
}

static void
on_child(evutil_socket_t fd, short what, void *arg)
{
	struct exec	*exec = arg;
	struct run	*run;
	siginfo_t	 info;

	for (;;) {
		memset(&info, 0, sizeof(info));
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG |
		    WNOWAIT) == -1 || info.si_pid == 0)
			return;
		LIST_FOREACH(run, &exec->runs, entry) {
			if (run->pid == info.si_pid)
				break;
		}
		if (run != NULL)
			run_reap(run);
		else
			(void)waitpid(info.si_pid, NULL, 0);	/* not ours */
	}
}

/* The group before its leader: until then the number is not used again. */
static void
run_reap(struct run *run)
{
	int	 status;

	if (run->kind == RUN_CHECK || run->kills > 0)
		(void)kill(-run->pid, SIGKILL);
	if (waitpid(run->pid, &status, 0) == -1)
		fatal("waitpid");
	run->pid = 0;
	run_ended(run, status);
}

static void
run_ended(struct run *run, int status)
{
	struct run_end	 end;
	bool		 open_end;

	(void)event_del(&run->ev_kill);
	open_end = stderr_read(run);
	if (run->line_len > 0)
		stderr_add(run, "\n", 1);
	if (WIFSIGNALED(status)) {
		end.kind = EXIT_SIGNAL;
		end.code = WTERMSIG(status);
	} else {
		end.kind = EXIT_STATUS;
		end.code = WEXITSTATUS(status);
	}
	end.took_us = mono_us() - run->start_us;
	end.output = run->last;
	if (run->end != NULL)
		run->end(run->arg, &end);
	run->end = NULL;
	/* A service that it left behind must not end by writing to stderr. */
	if (open_end && run->kind == RUN_NOTIFY && run->kills == 0) {
		run->exec->lingering++;
		linger_limit(run->exec);
	} else
		run_free(run);
}

static void
on_kill(evutil_socket_t fd, short what, void *arg)
{
	struct run	*run = arg;
	struct timeval	 tv = { KILL_WAIT_S, 0 };

	(void)kill(-run->pid, run->kills == 0 ? SIGTERM : SIGKILL);
	if (run->kills == 2)
		log_warnx("process group %d does not end", (int)run->pid);
	if (run->kills++ >= 2)
		tv.tv_sec = KILL_AGAIN_S;
	(void)event_add(&run->ev_kill, &tv);
}

static void
on_stderr(evutil_socket_t fd, short what, void *arg)
{
	struct run	*run = arg;

	if (stderr_read(run))
		return;
	stderr_close(run);
	if (run->pid == 0) {
		run->exec->lingering--;
		run_free(run);
	}
}

/* What is there now; false at its end. */
static bool
stderr_read(struct run *run)
{
	ssize_t	 n;
	size_t	 sum = 0;
	char	 buf[PIPE_LEN];

	if (run->err_fd == -1)
		return (false);
	while (sum < READ_MAX) {
		n = read(run->err_fd, buf, sizeof(buf));
		if (n == -1)
			return (errno == EAGAIN || errno == EINTR);
		if (n == 0)
			return (false);
		stderr_add(run, buf, (size_t)n);
		sum += (size_t)n;
	}
	return (true);
}

/* The beginning of each line is kept, of the lines the last with text. */
static void
stderr_add(struct run *run, const char *buf, size_t len)
{
	size_t	 i;

	for (i = 0; i < len; i++) {
		if (buf[i] != '\n' && buf[i] != '\r') {
			if (run->line_len < sizeof(run->line) - 1)
				run->line[run->line_len++] =
				    buf[i] != '\0' ? buf[i] : '?';
			continue;
		}
		if (run->line_len == 0)
			continue;
		run->line[run->line_len] = '\0';
		run_printable(run->line);
		memcpy(run->last, run->line, run->line_len + 1);
		run->line_len = 0;
	}
}

static void
stderr_close(struct run *run)
{
	if (run->err_fd == -1)
		return;
	(void)event_del(&run->ev_err);
	(void)close(run->err_fd);
	run->err_fd = -1;
}

static void
linger_limit(struct exec *exec)
{
	struct run	*run, *oldest = NULL;

	if (exec->lingering <= LINGER_MAX)
		return;
	LIST_FOREACH(run, &exec->runs, entry) {
		if (run->pid == 0)
			oldest = run;	/* new ones are put in front */
	}
	exec->lingering--;
	run_free(oldest);
}
