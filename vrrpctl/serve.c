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
 * Serves what the daemon tells over HTTP, to be read only. It opens its socket,
 * gives up every right, and asks the daemon once for many visitors. Runs in:
 * vrrpctl-serve.
 */

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "log.h"
#include "mono.h"
#include "sandbox.h"
#include "serve.h"
#include "vrrpd.h"

#define STATUS_PATH	RUNDIR "/status"
#define ASK_LIMIT_US	(2 * US_PER_SEC)
#define BACKLOG		64
#define FILES_MAX	128
#define CALL(name, action)	{ SCMP_SYS(name), SANDBOX_ ## action }

static void	 usage(void) __dead2;
static int	 listen_on(const char *);
static int	 split(const char *, char *, size_t, const char **);
static int	 open_socket(const struct addrinfo *);
static void	 name_socket(int, char *, size_t);
static void	 log_sink_journal(void *, int, const char *);
static void	 give_up_rights(void);
static void	 confine(void);
static void	 on_answer(evutil_socket_t, short, void *);
static void	 on_signal(evutil_socket_t, short, void *);

static const struct sandbox_call calls[] = {
	CALL(accept4, ALLOW), CALL(brk, ALLOW), CALL(clock_gettime, ALLOW),
	CALL(close, ALLOW), CALL(connect, ALLOW), CALL(epoll_create1, ALLOW),
	CALL(epoll_ctl, ALLOW), CALL(epoll_wait, ALLOW),
	CALL(epoll_pwait, ALLOW), CALL(epoll_pwait2, ALLOW),
	CALL(exit_group, ALLOW), CALL(fcntl, ALLOW_FLAGS),
	CALL(fstat, ALLOW), CALL(newfstatat, ALLOW), CALL(futex, ALLOW),
	CALL(getpid, ALLOW), CALL(getpeername, ALLOW),
	CALL(getrandom, ALLOW), CALL(getsockname, ALLOW),
	CALL(getsockopt, ALLOW), CALL(gettimeofday, ALLOW),
	CALL(gettid, ALLOW), CALL(ioctl, EPERM), CALL(lseek, EPERM),
	CALL(madvise, ALLOW), CALL(mmap, ALLOW_NOT_EXEC),
	CALL(mprotect, ALLOW_NOT_EXEC), CALL(mremap, ALLOW),
	CALL(munmap, ALLOW), CALL(openat, EPERM), CALL(poll, ALLOW),
	CALL(ppoll, ALLOW), CALL(read, ALLOW), CALL(readv, ALLOW),
	CALL(recvfrom, ALLOW), CALL(recvmsg, ALLOW),
	CALL(restart_syscall, ALLOW), CALL(rt_sigaction, ALLOW),
	CALL(rt_sigprocmask, ALLOW), CALL(rt_sigreturn, ALLOW),
	CALL(sendfile, ALLOW), CALL(sendmsg, ALLOW), CALL(sendto, ALLOW),
	CALL(setsockopt, ALLOW), CALL(shutdown, ALLOW),
	CALL(sigreturn, ALLOW), CALL(socket, ALLOW_LOCAL),
	CALL(time, ALLOW), CALL(timerfd_settime, ALLOW),
	CALL(tgkill, EPERM), CALL(write, ALLOW), CALL(writev, ALLOW)
};
static const struct sandbox sandbox = {
	calls, sizeof(calls) / sizeof(calls[0])
};

int
main(int argc, char *argv[])
{
	struct event_config	*config;
	struct event		 ev_term, ev_int;
	struct sigaction	 sa;
	struct server		 s;
	const char		*path = STATUS_PATH, *names = "";
	char			 where[NI_MAXHOST + NI_MAXSERV];
	int			 ch, fd;

	while ((ch = getopt(argc, argv, "n:s:")) != -1) {
		if (ch == 'n')
			names = optarg;
		else if (ch == 's')
			path = optarg;
		else
			usage();
	}
	if (argc - optind != 1)
		usage();
	log_init("vrrpctl-serve", log_stderr_is_journal() ?
	    log_sink_journal : log_sink_stderr, NULL);
	tzset();			/* while files can be read */
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	fd = listen_on(argv[optind]);
	give_up_rights();

	memset(&s, 0, sizeof(s));
	host_init(&s, names);
	asker_init(&s.asker, path, ASK_LIMIT_US);
	if ((config = event_config_new()) == NULL || event_config_set_flag(
	    config, EVENT_BASE_FLAG_IGNORE_ENV) == -1 ||
	    (s.base = event_base_new_with_config(config)) == NULL)
		fatalx("no event loop");
	event_config_free(config);
	if (http_begin(&s, fd) == -1 || event_assign(&s.ev_due, s.base, -1, 0,
	    on_answer, &s) == -1 || event_assign(&ev_term, s.base, SIGTERM,
	    EV_SIGNAL, on_signal, &s) == -1 || event_assign(&ev_int, s.base,
	    SIGINT, EV_SIGNAL, on_signal, &s) == -1 ||
	    event_add(&ev_term, NULL) == -1 || event_add(&ev_int, NULL) == -1)
		fatalx("no event loop");
	name_socket(fd, where, sizeof(where));
	confine();
	log_info("listening on http://%s/", where);
	if (event_base_dispatch(s.base) == -1)
		fatalx("event loop");
	http_end(&s);
	asker_end(&s.asker);
	event_base_free(s.base);
	log_info("ended by a signal");
	return (CLIENT_OK);
}

static void
usage(void)
{
	fprintf(stderr, "usage: vrrpctl [-s socket] serve ADDRESS:PORT "
	    "[host NAME,...]\n");
	exit(CLIENT_USAGE);
}

/* Ends the program with a line that says why when it cannot be. */
static int
listen_on(const char *where)
{
	const struct addrinfo	 hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM
	};
	struct addrinfo		*res;
	const char		*port;
	char			 host[256];
	int			 error, fd;

	if (split(where, host, sizeof(host), &port) == -1)
		errx(CLIENT_USAGE, "\"%s\" is not ADDRESS:PORT, as "
		    "127.0.0.1:9165, [::1]:9165 or *:9165", where);
	error = getaddrinfo(host, port, &hints, &res);
	if (error != 0)
		errx(CLIENT_USAGE, "%s: %s", where, gai_strerror(error));
	fd = open_socket(res);
	if (fd == -1 || listen(fd, BACKLOG) == -1)
		err(CLIENT_REFUSED, "%s", where);
	freeaddrinfo(res);
	return (fd);
}

static int
split(const char *where, char *host, size_t size, const char **port)
{
	const char	*colon, *c;
	size_t		 len;

	if ((colon = strrchr(where, ':')) == NULL || colon == where ||
	    colon[1] == '\0')
		return (-1);
	for (c = colon + 1; *c != '\0'; c++) {
		if (*c < '0' || *c > '9' || c - colon > 5)
			return (-1);
	}
	*port = colon + 1;
	if (strtol(*port, NULL, 10) > 65535)
		return (-1);
	len = (size_t)(colon - where);
	if (where[0] == '[' && colon[-1] == ']') {
		where++;
		len -= 2;
	} else if (memchr(where, ':', len) != NULL)
		return (-1);		/* IPv6 without brackets */
	if (len == 0 || len >= size)
		return (-1);
	memcpy(host, where, len);
	host[len] = '\0';
	if (strcmp(host, "localhost") == 0)
		(void)strlcpy(host, "127.0.0.1", size);
	else if (strcmp(host, "*") == 0)
		(void)strlcpy(host, "::", size);
	return (0);
}

/* "::" is for IPv4, too. */
static int
open_socket(const struct addrinfo *ai)
{
	const int	 on = 1, off = 0;
	int		 fd, saved_errno;

	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd == -1)
		return (-1);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (ai->ai_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, &off, sizeof(off)) == 0) &&
	    bind(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return (fd);
	saved_errno = errno;
	(void)close(fd);
	errno = saved_errno;
	return (-1);
}

static void
name_socket(int fd, char *buf, size_t size)
{
	struct sockaddr_storage	 ss;
	socklen_t		 len = sizeof(ss);
	char			 host[NI_MAXHOST], port[NI_MAXSERV];

	memset(&ss, 0, sizeof(ss));
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1 ||
	    getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		fatalx("the socket has no address");
	(void)snprintf(buf, size, ss.ss_family == AF_INET6 ? "[%s]:%s" :
	    "%s:%s", host, port);
}

/* It knows the time and who says it, and takes the priority from the line. */
static void
log_sink_journal(void *arg, int priority, const char *text)
{
	struct pollfd	 pfd = { STDERR_FILENO, POLLOUT, 0 };
	char		 line[2048];
	int		 len;

	len = snprintf(line, sizeof(line) - 1, "<%d>%s", priority, text);
	if (len < 0 || (size_t)len >= sizeof(line) - 1)
		len = (int)strlen(line);
	line[len++] = '\n';
	if (poll(&pfd, 1, 0) != 1 || (pfd.revents & POLLOUT) == 0 ||
	    write(STDERR_FILENO, line, (size_t)len) != len)
		log_drop(1);
}

/* Another user than root keeps being who he is. */
static void
give_up_rights(void)
{
	struct passwd	*pw;

	if (geteuid() == 0) {
		if ((pw = getpwnam(VRRPD_USER)) == NULL)
			fatalx("no user %s", VRRPD_USER);
		if (setgroups(1, &pw->pw_gid) == -1 ||
		    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1 ||
		    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1)
			fatal("cannot become %s", VRRPD_USER);
	}
	if (sandbox_limit_caps(0, 0) == -1 || sandbox_verify(0) == -1)
		fatalx("cannot give up every right");
}

static void
confine(void)
{
	const struct rlimit	 files = { FILES_MAX, FILES_MAX };
	const struct rlimit	 none = { 0, 0 };

	if (setrlimit(RLIMIT_NOFILE, &files) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    sandbox_load(&sandbox) == -1)
		fatal("cannot confine itself");
}

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct server	*s = arg;

	(void)event_base_loopbreak(s->base);
}

static void
on_answer(evutil_socket_t fd, short what, void *arg)
{
	struct server	*s = arg;

	(void)event_del(&s->ev_due);
	if (s->asker.running)
		asker_work(&s->asker, mono_us());
	serve_ask(s);
}

void
serve_ask(struct server *s)
{
	struct asker	*a = &s->asker;
	struct timeval	 tv;
	int64_t		 now_us, left_us;

	if (event_initialized(&s->ev_answer))
		(void)event_del(&s->ev_answer);
	if (!a->running) {
		if (a->error[0] != '\0' && !s->failing)
			log_warnx("%s", a->error);
		else if (a->error[0] == '\0' && s->failing)
			log_info("vrrpd answers again");
		s->failing = a->error[0] != '\0';
		http_answer(s);
		return;
	}
	now_us = mono_us();
	left_us = asker_due_us(a, now_us) - now_us;
	if (left_us < 0)
		left_us = 0;
	tv.tv_sec = (time_t)(left_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(left_us % US_PER_SEC);
	if (event_add(&s->ev_due, &tv) == -1)
		fatalx("event loop");
	if (asker_fd(a) != -1 && (event_assign(&s->ev_answer, s->base,
	    asker_fd(a), EV_READ, on_answer, s) == -1 ||
	    event_add(&s->ev_answer, NULL) == -1))
		fatalx("event loop");
}
