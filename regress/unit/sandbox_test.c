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

/* Confinement, in child processes: what must die and what must live. */

#include <sys/types.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <linux/capability.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../common/child.h"
#include "../../common/imsg.h"
#include "../../common/log.h"
#include "../../common/payload.h"
#include "../../common/sandbox.h"

#define NOBODY	65534

static const struct sandbox_call	 calls[] = {
	{ SCMP_SYS(read), SANDBOX_ALLOW },
	{ SCMP_SYS(write), SANDBOX_ALLOW },
	{ SCMP_SYS(writev), SANDBOX_ALLOW },
	{ SCMP_SYS(recvmsg), SANDBOX_ALLOW },
	{ SCMP_SYS(close), SANDBOX_ALLOW },
	{ SCMP_SYS(fcntl), SANDBOX_ALLOW_FLAGS },
	{ SCMP_SYS(getsockopt), SANDBOX_ALLOW_PEERCRED },
	{ SCMP_SYS(epoll_ctl), SANDBOX_ALLOW },
	{ SCMP_SYS(epoll_wait), SANDBOX_ALLOW },
	{ SCMP_SYS(epoll_pwait), SANDBOX_ALLOW },
	{ SCMP_SYS(timerfd_settime), SANDBOX_ALLOW },
	{ SCMP_SYS(brk), SANDBOX_ALLOW },
	{ SCMP_SYS(munmap), SANDBOX_ALLOW },
	{ SCMP_SYS(getpid), SANDBOX_ALLOW },
	{ SCMP_SYS(exit_group), SANDBOX_ALLOW },
	{ SCMP_SYS(mmap), SANDBOX_ALLOW_NOT_EXEC },
	{ SCMP_SYS(mprotect), SANDBOX_ALLOW_NOT_EXEC },
	{ SCMP_SYS(openat), SANDBOX_EPERM },
	{ SCMP_SYS(ioctl), SANDBOX_EPERM },
	{ SCMP_SYS(uname), SANDBOX_EPERM }
};
static const struct sandbox	 sandbox = {
	calls, sizeof(calls) / sizeof(calls[0])
};

/* What the mailer needs besides. */
static const struct sandbox_call	 wide_calls[] = {
	{ SCMP_SYS(exit_group), SANDBOX_ALLOW },
	{ SCMP_SYS(openat), SANDBOX_ALLOW_READ },
	{ SCMP_SYS(mmap), SANDBOX_ALLOW_NOT_WX },
	{ SCMP_SYS(socket), SANDBOX_ALLOW_SOCKET },
	{ SCMP_SYS(clone), SANDBOX_ALLOW_THREAD },
	{ SCMP_SYS(clone3), SANDBOX_ENOSYS }
};
static const struct sandbox	 wide = {
	wide_calls, sizeof(wide_calls) / sizeof(wide_calls[0])
};

/* Runs fn confined; the status of wait(2). fn gives 0 when all was well. */
static int	 confined(int (*)(void *), void *);
static int	 in_child(int (*)(void *), void *);

static int
in_child(int (*fn)(void *), void *arg)
{
	struct rlimit	 none = { 0, 0 };
	pid_t		 pid;
	int		 status;

	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		_exit(fn(arg));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return (status);
}

struct job {
	int	(*fn)(void *);
	void	*arg;
};

static int
load_and_run(void *arg)
{
	struct job	*job = arg;

	if (sandbox_load(&sandbox) == -1)
		return (99);
	return (job->fn(job->arg));
}

static int
confined(int (*fn)(void *), void *arg)
{
	struct job	 job = { fn, arg };

	return (in_child(load_and_run, &job));
}

static void
must_be_built(void)
{
	if (!sandbox_built())
		skip();
}

/* Calls by number: none of them must get as far as its own checks. */
static int
one_call(void *arg)
{
	long	*number = arg;

	(void)syscall(*number, -1L, 0L, 0L, 0L, 0L, 0L);
	return (1);
}

static void
forbidden(void **state)
{
	static const struct {
		const char	*name;
		long		 number;
	} rows[] = {
		{ "socket", SYS_socket }, { "socketpair", SYS_socketpair },
		{ "connect", SYS_connect }, { "bind", SYS_bind },
		{ "listen", SYS_listen }, { "setsockopt", SYS_setsockopt },
		{ "sendmsg", SYS_sendmsg }, { "sendmmsg", SYS_sendmmsg },
		{ "sendto", SYS_sendto }, { "execve", SYS_execve },
		{ "execveat", SYS_execveat }, { "clone", SYS_clone },
		{ "clone3", SYS_clone3 }, { "kill", SYS_kill },
		{ "tgkill", SYS_tgkill }, { "ptrace", SYS_ptrace },
		{ "process_vm_writev", SYS_process_vm_writev },
		{ "prctl", SYS_prctl }, { "seccomp", SYS_seccomp },
		{ "openat2", SYS_openat2 },
		{ "memfd_create", SYS_memfd_create },
		{ "io_uring_setup", SYS_io_uring_setup },
		{ "bpf", SYS_bpf }, { "unshare", SYS_unshare },
		{ "setns", SYS_setns }, { "mount", SYS_mount },
		{ "pidfd_getfd", SYS_pidfd_getfd },
		{ "keyctl", SYS_keyctl }, { "setresuid", SYS_setresuid },
		{ "capset", SYS_capset }, { "chroot", SYS_chroot },
		{ "userfaultfd", SYS_userfaultfd },
		{ "perf_event_open", SYS_perf_event_open },
		{ "personality", SYS_personality },
		{ "shmat", SYS_shmat }, { "mremap", SYS_mremap },
		{ "remap_file_pages", SYS_remap_file_pages }
	};
	size_t	 i;
	long	 number;
	int	 status;

	must_be_built();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		number = rows[i].number;
		status = confined(one_call, &number);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: status %#x", rows[i].name, status);
	}
}

static int
refused_softly(void *arg)
{
	char	 name[400];

	errno = 0;
	if (open("/dev/null", O_RDONLY) != -1 || errno != EPERM)
		return (1);
	errno = 0;
	if (isatty(STDIN_FILENO) != 0 || errno != EPERM)
		return (2);
	errno = 0;
	if (syscall(SYS_uname, name) != -1 || errno != EPERM)
		return (3);
	return (0);
}

static void
eperm(void **state)
{
	must_be_built();
	assert_int_equal(confined(refused_softly, NULL), 0);
}

/* What a daemon's loop does, on descriptors from before. */
struct handles {
	int	 epoll;
	int	 timer;
	int	 pair[2];
};

static int
loop_work(void *arg)
{
	struct handles		*h = arg;
	struct itimerspec	 its;
	struct epoll_event	 ev;
	struct imsgbuf		 a, b;
	struct imsg		*im;
	char			 byte[8];
	uint64_t		 ticks;
	void			*page, *heap;

	memset(&ev, 0, sizeof(ev));
	ev.events = EPOLLIN;
	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, h->timer, &ev) == -1)
		return (1);
	memset(&its, 0, sizeof(its));
	its.it_value.tv_nsec = 1000000;
	if (timerfd_settime(h->timer, 0, &its, NULL) == -1)
		return (2);
	if (epoll_wait(h->epoll, &ev, 1, 2000) != 1)
		return (3);
	if (read(h->timer, &ticks, sizeof(ticks)) != sizeof(ticks))
		return (4);
	page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || mprotect(page, 4096, PROT_READ) == -1 ||
	    munmap(page, 1 << 20) == -1)
		return (5);
	/* From the heap and from a mapping of its own. */
	if ((heap = malloc(1000)) == NULL)
		return (6);
	free(heap);
	if ((im = malloc(sizeof(*im) + (1 << 20))) == NULL)
		return (6);
	if (imsgbuf_init(&a, h->pair[0]) == -1 ||
	    imsgbuf_init(&b, h->pair[1]) == -1 ||
	    imsg_compose(&a, IMSG_PING, 1, 2, 3, -1, "x", 1) == -1 ||
	    imsg_flush(&a) != 0 || imsg_read(&b, im) != IMSG_READ_OK ||
	    im->seq != 3)
		return (7);
	free(im);
	memset(byte, 0, sizeof(byte));
	if (getpid() <= 0)
		return (8);
	imsgbuf_clear(&a);
	imsgbuf_clear(&b);
	return (0);
}

static void
needed(void **state)
{
	struct handles	 h;

	must_be_built();
	h.epoll = epoll_create1(EPOLL_CLOEXEC);
	h.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, h.pair), 0);
	assert_int_equal(confined(loop_work, &h), 0);
	close(h.epoll);
	close(h.timer);
	close(h.pair[0]);
	close(h.pair[1]);
}

struct wide_row {
	const char	*name;
	long		 number;
	long		 args[5];
	bool		 good;
};

static int
wide_call(void *arg)
{
	const struct wide_row	*row = arg;
	long			 rc;

	if (sandbox_load(&wide) == -1)
		return (99);
	rc = syscall(row->number, row->args[0], row->args[1], row->args[2],
	    row->args[3], row->args[4], 0L);
	if (row->number == SYS_clone3)
		return (rc == -1 && errno == ENOSYS ? 0 : 1);
	return (rc != -1 ? 0 : 1);
}

/* Files to read, memory, sockets, threads: some ways of them. */
static void
wide_ways(void **state)
{
	const long		 passwd = (long)"/etc/passwd";
	const long		 anon = MAP_PRIVATE | MAP_ANONYMOUS;
	const struct wide_row	 rows[] = {
		{ "read a file", SYS_openat, { AT_FDCWD, passwd, O_RDONLY |
		    O_CLOEXEC }, true },
		{ "write a file", SYS_openat, { AT_FDCWD, passwd, O_WRONLY },
		    false },
		{ "both", SYS_openat, { AT_FDCWD, passwd, O_RDWR }, false },
		{ "make a file", SYS_openat, { AT_FDCWD, passwd, O_CREAT },
		    false },
		{ "cut a file", SYS_openat, { AT_FDCWD, passwd, O_TRUNC },
		    false },
		{ "data", SYS_mmap, { 0, 4096, PROT_READ | PROT_WRITE, anon,
		    -1 }, true },
		{ "code", SYS_mmap, { 0, 4096, PROT_READ | PROT_EXEC, anon,
		    -1 }, true },
		{ "data that is code", SYS_mmap, { 0, 4096, PROT_READ |
		    PROT_WRITE | PROT_EXEC, anon, -1 }, false },
		{ "TCP", SYS_socket, { AF_INET, SOCK_STREAM, 0 }, true },
		{ "local", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 }, true },
		{ "frames", SYS_socket, { AF_PACKET, SOCK_RAW, 0 }, false },
		{ "fork", SYS_clone, { SIGCHLD }, false },
		{ "clone3", SYS_clone3, { 0 }, true }
	};
	struct wide_row		 row;
	size_t			 i;
	int			 status;

	must_be_built();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		row = rows[i];
		status = in_child(wide_call, &row);
		if (row.good ? status != 0 : !WIFSIGNALED(status) ||
		    WTERMSIG(status) != SIGSYS)
			fail_msg("%s: status %#x", row.name, status);
	}
}

/* Of vrrpctl-serve: sockets of this machine and no others. */
static int
local_call(void *arg)
{
	static const struct sandbox_call	 table[] = {
		{ SCMP_SYS(exit_group), SANDBOX_ALLOW },
		{ SCMP_SYS(socket), SANDBOX_ALLOW_LOCAL }
	};
	const struct sandbox	 local = { table, 2 };
	const int		*domain = arg;

	if (sandbox_load(&local) == -1)
		return (99);
	return (syscall(SYS_socket, *domain, SOCK_STREAM, 0) == -1);
}

static void
local_sockets(void **state)
{
	int	 domains[] = { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };
	int	 local = AF_UNIX, status;
	size_t	 i;

	must_be_built();
	assert_int_equal(in_child(local_call, &local), 0);
	for (i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
		status = in_child(local_call, &domains[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

static int
map_exec(void *arg)
{
	void	*page;

	page = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return (page == MAP_FAILED ? 2 : 1);
}

static int
protect_exec(void *arg)
{
	void	*page;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return (2);
	(void)mprotect(page, 4096, PROT_READ | PROT_EXEC);
	return (1);
}

static void
no_new_code(void **state)
{
	int	 status;

	must_be_built();
	status = confined(map_exec, NULL);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	status = confined(protect_exec, NULL);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

/* One call with the argument in question; the others are harmless. */
struct arg_call {
	const char	*name;
	long		 number;
	long		 args[5];
	bool		 allowed;
};

static int
with_args(void *arg)
{
	const struct arg_call	*c = arg;

	(void)syscall(c->number, c->args[0], c->args[1], c->args[2],
	    c->args[3], c->args[4]);
	return (0);
}

static void
arguments(void **state)
{
	static struct arg_call	 rows[] = {
		{ "F_GETFL", SYS_fcntl, { 0, F_GETFL }, true },
		{ "F_SETFL", SYS_fcntl, { -1, F_SETFL }, true },
		{ "F_SETFD", SYS_fcntl, { -1, F_SETFD }, true },
		{ "F_DUPFD", SYS_fcntl, { 0, F_DUPFD }, false },
		{ "F_SETOWN", SYS_fcntl, { 0, F_SETOWN, 1 }, false },
		{ "F_SETSIG", SYS_fcntl, { 0, F_SETSIG, 9 }, false },
		{ "F_SETPIPE_SZ", SYS_fcntl, { 0, F_SETPIPE_SZ }, false },
		{ "SO_PEERCRED", SYS_getsockopt,
		    { -1, SOL_SOCKET, SO_PEERCRED }, true },
		{ "SO_PEERSEC", SYS_getsockopt,
		    { -1, SOL_SOCKET, SO_PEERSEC }, false },
		{ "SO_GET_FILTER", SYS_getsockopt,
		    { -1, SOL_SOCKET, SO_GET_FILTER }, false }
	};
	size_t	 i;
	int	 status;

	must_be_built();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		status = confined(with_args, &rows[i]);
		if (rows[i].allowed ? status != 0 : !WIFSIGNALED(status) ||
		    WTERMSIG(status) != SIGSYS)
			fail_msg("%s: status %#x", rows[i].name, status);
	}
}

#ifdef __x86_64__
/* The other entry into the kernel, with numbers of its own. */
static int
other_arch(void *arg)
{
	unsigned long	 result;

	/* int 0x80, call 20: getpid of the 32-bit table */
	__asm__ volatile ("int $0x80" : "=a" (result) : "a" (20UL) :
	    "memory", "r8", "r9", "r10", "r11");
	return (1);
}

static int
x32_arch(void *arg)
{
	(void)syscall(0x40000000L | SYS_getpid);
	return (1);
}

static void
wrong_arch(void **state)
{
	int	 status;

	must_be_built();
	status = confined(other_arch, NULL);
	/* SIGSEGV: a kernel that has no 32-bit entry at all. */
	assert_true(WIFSIGNALED(status));
	assert_true(WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV);
	status = confined(x32_arch, NULL);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}
#else
static void
wrong_arch(void **state)
{
	skip();
}
#endif

static int
bad_tables(void *arg)
{
	static const struct sandbox_call	 wrong[] = {
		{ SCMP_SYS(read), (enum sandbox_action)77 }
	};
	static const struct sandbox		 table = { wrong, 1 };

	errno = 0;
	if (sandbox_load(&table) != -1 || errno != EINVAL)
		return (1);
	return (0);
}

static void
bad_table(void **state)
{
	must_be_built();
	assert_int_equal(in_child(bad_tables, NULL), 0);
}

/* Capabilities. */

static int
drop_as_nobody(void *arg)
{
	if (sandbox_verify(1) == 0)
		return (1);		/* we are root: must be noticed */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1 ||
	    setgroups(0, NULL) == -1 || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY) == -1)
		return (2);
	if (sandbox_verify(1) == 0)
		return (3);		/* permitted is still full */
	if (sandbox_limit_caps(0, 1) == -1)
		return (4);
	if (sandbox_verify(1) == -1)
		return (5);
	if (chroot("/") != -1 || setresuid(0, 0, 0) != -1)
		return (6);
	return (0);
}

/* The bounding set alone is enough to be noticed. */
static int
bounding_left(void *arg)
{
	if (setresuid(NOBODY, NOBODY, NOBODY) == -1)
		return (1);
	return (sandbox_verify(1) == -1 ? 0 : 2);
}

static int
saved_uid_left(void *arg)
{
	if (sandbox_limit_caps(1ULL << CAP_SETUID, 1) == -1 ||
	    setresuid(NOBODY, NOBODY, 0) == -1)
		return (1);
	return (sandbox_verify(1) == -1 ? 0 : 2);
}

static int
keep_some(void *arg)
{
	struct stat	 st;
	FILE		*fp;
	char		 line[200];
	uint64_t	 want, value;
	int		 found;

	want = 1ULL << CAP_NET_ADMIN | 1ULL << CAP_DAC_READ_SEARCH;
	if (sandbox_limit_caps(want, 1) == -1)
		return (1);
	if ((fp = fopen("/proc/self/status", "r")) == NULL)
		return (2);
	found = 0;
	while (fgets(line, sizeof(line), fp) != NULL) {
		if (strncmp(line, "Cap", 3) != 0)
			continue;
		value = strtoull(line + 7, NULL, 16);
		if (strncmp(line, "CapInh", 6) == 0 ||
		    strncmp(line, "CapAmb", 6) == 0) {
			if (value != 0)
				return (3);
		} else if (value != want)
			return (4);
		found++;
	}
	fclose(fp);
	if (found != 5 || stat("/", &st) == -1)
		return (5);
	return (chroot("/") == -1 && errno == EPERM ? 0 : 6);
}

static int
keep_bounding(void *arg)
{
	if (sandbox_limit_caps(0, 0) == -1)
		return (1);
	return (prctl(PR_CAPBSET_READ, CAP_NET_ADMIN, 0, 0, 0) == 1 ? 0 : 2);
}

static void
capabilities(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(in_child(drop_as_nobody, NULL), 0);
	assert_int_equal(in_child(bounding_left, NULL), 0);
	assert_int_equal(in_child(saved_uid_left, NULL), 0);
	assert_int_equal(in_child(keep_some, NULL), 0);
	assert_int_equal(in_child(keep_bounding, NULL), 0);
}

/* The whole start of a child, with the parent's half played here. */

struct start {
	int		 fds[2];
	struct hello	 hello;
	enum role	 role;
	bool		 silent;	/* no HELLO */
	uint16_t	 type;
	const char	*extra;		/* after the payload */
};

static void
no_log(void *arg, int priority, const char *text)
{
}

static int
start_child(void *arg)
{
	struct start	*s = arg;
	struct hello	 hello;
	struct rlimit	 lim;
	char		 cwd[200];

	log_init("child", no_log, NULL);
	if (s->fds[1] != CHILD_FD) {
		if (dup2(s->fds[1], CHILD_FD) == -1)
			return (50);
	}
	child_hello(s->role, &hello);
	if (fcntl(CHILD_FD + 1, F_GETFD) != -1 ||
	    fcntl(200, F_GETFD) != -1)
		return (51);
	child_confine(&hello, NULL);
	if (getuid() != hello.uid || getgid() != hello.gid ||
	    getgroups(0, NULL) != hello.group_cnt)
		return (52);
	if (hello.rootdir[0] != '\0' && (getcwd(cwd, sizeof(cwd)) == NULL ||
	    strcmp(cwd, "/") != 0 || access("/etc/passwd", F_OK) == 0))
		return (53);
	if (getrlimit(RLIMIT_NOFILE, &lim) == -1 ||
	    lim.rlim_cur != hello.nofile)
		return (54);
	if (getrlimit(RLIMIT_CORE, &lim) == -1 || lim.rlim_max != 0)
		return (55);
	if (getrlimit(RLIMIT_NPROC, &lim) == -1 ||
	    (s->role == ROLE_VRRPE && lim.rlim_max != 0))
		return (56);
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != hello.no_new_privs)
		return (57);
	if (hello.nice != 0 && getpriority(PRIO_PROCESS, 0) != hello.nice)
		return (58);
	if (s->role == ROLE_VRRPE && fork() != -1)
		return (59);
	if (prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0) != 0)
		return (60);
	child_ready();
	return (0);
}

static void
play_parent(struct start *s, struct imsgbuf *ibuf)
{
	struct msg	 m;
	uint8_t		 buf[4096];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    s->fds), 0);
	assert_int_equal(imsgbuf_init(ibuf, s->fds[0]), 0);
	if (s->silent)
		return;
	msg_init_write(&m, buf, sizeof(buf));
	hello_put(&m, &s->hello);
	if (s->extra != NULL)
		msg_put_bytes(&m, s->extra, strlen(s->extra));
	assert_int_equal(msg_end(&m), 0);
	assert_int_equal(imsg_compose(ibuf, s->type, 0, 0, 0, -1, buf, m.len),
	    0);
	assert_int_equal(imsg_flush(ibuf), 0);
}

static void
start_init(struct start *s)
{
	memset(s, 0, sizeof(*s));
	s->role = ROLE_VRRPE;
	s->type = IMSG_HELLO;
	s->hello.version = IMSG_VERSION;
	strlcpy(s->hello.build, VRRPD_VERSION, sizeof(s->hello.build));
	s->hello.role = ROLE_VRRPE;
	s->hello.uid = s->hello.gid = NOBODY;
	s->hello.nofile = 100;
	s->hello.no_new_privs = true;
}

static void
child_starts(void **state)
{
	struct imsgbuf	 ibuf;
	struct ready	 ready;
	struct start	 s;
	struct imsg	 im;
	struct msg	 m;
	char		 dir[] = "/tmp/sandbox_test.XXXXXX";
	int		 i;

	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0555), 0);
	for (i = 0; i < 3; i++) {
		start_init(&s);
		if (i == 0)
			strlcpy(s.hello.rootdir, dir,
			    sizeof(s.hello.rootdir));
		if (i == 1) {
			s.role = s.hello.role = ROLE_CHECKER;
			s.hello.group_cnt = 2;
			s.hello.groups[0] = 1;
			s.hello.groups[1] = 2;
			s.hello.nice = 5;
			s.hello.no_new_privs = false;
		}
		if (i == 2) {
			s.role = s.hello.role = ROLE_READCONF;
			s.hello.uid = s.hello.gid = 0;
		}
		play_parent(&s, &ibuf);
		assert_int_equal(in_child(start_child, &s), 0);
		assert_int_equal(imsg_read(&ibuf, &im), IMSG_READ_OK);
		assert_int_equal(im.type, IMSG_READY);
		msg_init_read(&m, im.data, im.len);
		assert_int_equal(ready_get(&m, &ready), 0);
		assert_int_equal(ready.version, IMSG_VERSION);
		assert_string_equal(ready.build, VRRPD_VERSION);
		close(s.fds[1]);
		imsgbuf_clear(&ibuf);
	}
	rmdir(dir);
}

static void
child_refuses(void **state)
{
	struct imsgbuf	 ibuf;
	struct start	 s;
	int		 i;

	if (geteuid() != 0)
		skip();
	for (i = 0; i < 7; i++) {
		start_init(&s);
		switch (i) {
		case 0:
			s.hello.version++;
			break;
		case 1:
			s.hello.build[0] ^= 1;
			break;
		case 2:
			s.role = ROLE_CHECKER;
			break;
		case 3:
			s.type = IMSG_START;
			break;
		case 4:
			s.extra = "x";
			break;
		case 5:
			s.silent = true;
			break;
		case 6:
			strlcpy(s.hello.rootdir, "/no/such/folder",
			    sizeof(s.hello.rootdir));
			break;
		}
		play_parent(&s, &ibuf);
		if (in_child(start_child, &s) != 1 << 8)
			fail_msg("row %d", i);
		close(s.fds[1]);
		imsgbuf_clear(&ibuf);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(forbidden),
		cmocka_unit_test(needed),
		cmocka_unit_test(wide_ways),
		cmocka_unit_test(local_sockets),
		cmocka_unit_test(eperm),
		cmocka_unit_test(no_new_code),
		cmocka_unit_test(arguments),
		cmocka_unit_test(wrong_arch),
		cmocka_unit_test(bad_table),
		cmocka_unit_test(capabilities),
		cmocka_unit_test(child_starts),
		cmocka_unit_test(child_refuses)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
