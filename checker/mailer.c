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
 * Mail on transitions: configuration and life of the process, and what is to
 * be told to whom. Whatever the server does, nobody waits for this process.
 * Runs in: mailer.
 */

#include <event2/event.h>
#include <event2/event_struct.h>

#include <curl/curl.h>
#include <seccomp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "field.h"
#include "log.h"
#include "mail.h"
#include "mono.h"
#include "peer.h"
#include "wire.h"

#define REFUSED_US	(60 * US_PER_SEC)	/* between two such lines */
#define ALONE_S		60			/* an engine is back by then */
#define LOOK_US		(5 * US_PER_MS)		/* is all told? */

enum phase {
	PHASE_CONFIGURING = 0x1,
	PHASE_RUNNING = 0x2,
	PHASE_DRAINING = 0x4,
	PHASE_ALL = 0x7
};

struct mailer {
	struct event_base	*base;
	enum phase		 phase;
	struct conf		*conf;		/* that runs; NULL: none yet */
	struct conf		*staged;
	struct conf		*busy;		/* older, of the busy mail */
	struct wire_in		*in;		/* that comes in */
	char			 host[MAIL_HOST_LEN];
	struct mailq		 queue;
	struct smtp		*smtp;
	char			*text;		/* of the busy mail */
	bool			 down;		/* the server is; told */
	uint64_t		 lost;		/* too many: told at the end */
	struct log_limit	 refused;
	struct log_limit	 full;
	struct peer		 parent;
	struct peer		 engine;
	bool			 connected;	/* engine is open */
	struct event		 ev_due;
	struct event		 ev_alone;
	struct event		 ev_deadline;
	struct event		 ev_idle;
};

static void	 libraries_init(void);
static uint32_t	 mailer_phase(void *);
static uint32_t	 mailer_gen(void *);
static int	 parent_conf(void *, struct imsg *);
static int	 parent_commit(void *, struct imsg *);
static int	 parent_abort(void *, struct imsg *);
static int	 parent_engine(void *, struct imsg *);
static int	 parent_loglevel(void *, struct imsg *);
static int	 parent_shutdown(void *, struct imsg *);
static void	 parent_gone(void *, struct peer *, const char *);
static int	 engine_notify(void *, struct imsg *);
static void	 engine_gone(void *, struct peer *, const char *);
static void	 stage_drop(struct mailer *);
static void	 stage_refuse(struct mailer *, uint32_t, const char *);
static void	 follow(struct mailer *, struct conf *);
static void	 host_name(struct mailer *);
static void	 head_of(const struct mailer *, struct mail_head *);
static uint64_t	 everybody(const struct conf *);
static void	 go_on(struct mailer *);
static int	 begin(struct mailer *, const struct mail *);
static void	 on_end(void *, const struct smtp_end *);
static void	 tell_server(struct mailer *, const struct smtp_end *);
static void	 tell_refused(struct mailer *, const struct mail *,
		    const struct smtp_end *);
static void	 on_due(evutil_socket_t, short, void *);
static void	 on_alone(evutil_socket_t, short, void *);
static void	 on_deadline(evutil_socket_t, short, void *);
static void	 on_idle(evutil_socket_t, short, void *);

#define ALLOW(name)	{ SCMP_SYS(name), SANDBOX_ALLOW }
#define ONLY(name, how)	{ SCMP_SYS(name), SANDBOX_##how }

/*
 * Looking a name up needs the most of it: a thread, files to read, libraries
 * that libc loads for it, sockets to the DNS or a local service. Not there on
 * purpose: execve, fork, listen, accept, kill, ptrace, and all that writes to
 * the file system.
 */
static const struct sandbox_call calls[] = {
	ALLOW(epoll_wait),
	ALLOW(epoll_pwait),
	ALLOW(epoll_ctl),
	ALLOW(timerfd_settime),
	ALLOW(poll),
	ALLOW(ppoll),
	ALLOW(read),
	ALLOW(readv),
	ALLOW(pread64),
	ALLOW(write),
	ALLOW(writev),
	ALLOW(recvmsg),
	ALLOW(recvmmsg),
	ALLOW(recvfrom),
	ALLOW(sendto),
	ALLOW(sendmsg),
	ALLOW(sendmmsg),
	ONLY(socket, ALLOW_SOCKET),
	ALLOW(socketpair),
	ALLOW(connect),
	ALLOW(bind),
	ALLOW(shutdown),
	ALLOW(getsockname),
	ALLOW(getpeername),
	ALLOW(getsockopt),
	ALLOW(setsockopt),
	ALLOW(close),
	ALLOW(fcntl),
	ALLOW(ioctl),			/* FIONREAD, FIONBIO */
	ALLOW(pipe2),
	ALLOW(eventfd2),
	ONLY(openat, ALLOW_READ),
	ALLOW(lseek),
	ALLOW(fstat),
	ALLOW(newfstatat),
	ALLOW(statx),
	ALLOW(access),
	ALLOW(faccessat),
	ALLOW(faccessat2),
	ALLOW(readlink),
	ALLOW(getdents64),
	ALLOW(uname),
	ALLOW(getpid),
	ALLOW(gettid),
	ALLOW(getuid),
	ALLOW(geteuid),
	ALLOW(getgid),
	ALLOW(getegid),
	ONLY(clone, ALLOW_THREAD),
	ONLY(clone3, ENOSYS),
	ALLOW(set_robust_list),
	ALLOW(rseq),
	ALLOW(futex),
	ALLOW(sched_yield),
	ALLOW(clock_gettime),
	ALLOW(clock_nanosleep),
	ALLOW(gettimeofday),
	ALLOW(time),
	ONLY(mmap, ALLOW_NOT_WX),
	ONLY(mprotect, ALLOW_NOT_EXEC),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(brk),
	ALLOW(getrandom),
	ALLOW(rt_sigreturn),
	ALLOW(rt_sigprocmask),
	ALLOW(rt_sigaction),
	ALLOW(restart_syscall),
	ALLOW(exit),
	ALLOW(exit_group),
	ONLY(prctl, EPERM),
	ONLY(sysinfo, EPERM),
	ONLY(sched_getaffinity, EPERM)
};

static const struct sandbox	 sandbox = {
	.calls = calls,
	.call_cnt = sizeof(calls) / sizeof(calls[0])
};

#define CONF(max)	{ FROM_PARENT, PHASE_ALL, 0, 0, max, parent_conf }

static const struct imsg_rule	 parent_rules[IMSG_TYPE_MAX] = {
	[IMSG_MAILER] = { FROM_PARENT, PHASE_ALL, IMSG_F_FD, 0, 0,
	    parent_engine },
	[IMSG_CONF_BEGIN] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_GLOBAL] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_MAIL] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_END] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_COMMIT] = { FROM_PARENT, PHASE_ALL, 0, 0, 0,
	    parent_commit },
	[IMSG_CONF_ABORT] = { FROM_PARENT, PHASE_ALL, 0, 0, 0, parent_abort },
	[IMSG_LOGLEVEL] = { FROM_PARENT, PHASE_ALL, 0, 1, 1,
	    parent_loglevel },
	[IMSG_SHUTDOWN] = { FROM_PARENT, PHASE_ALL, 0, 8, 8, parent_shutdown }
};

static const struct imsg_rule	 engine_rules[IMSG_TYPE_MAX] = {
	[IMSG_NOTIFY] = { FROM_VRRPE, PHASE_ALL, IMSG_F_ID, 6,
	    6 + NAME_LEN, engine_notify }
};

static const struct peer_ops	 parent_ops = {
	.rules = parent_rules,
	.from = FROM_PARENT,
	.phase = mailer_phase,
	.gen = mailer_gen,
	.gone = parent_gone
};

static const struct peer_ops	 engine_ops = {
	.rules = engine_rules,
	.from = FROM_VRRPE,
	.phase = mailer_phase,
	.gen = mailer_gen,
	.gone = engine_gone
};

int
main(int argc, char **argv)
{
	static struct mailer	 mailer;
	struct mailer		*m = &mailer;
	struct hello		 hello;

	log_init("mailer", log_sink_stderr, NULL);
	child_hello(ROLE_MAILER, &hello);
	if (chdir("/") == -1)
		fatal("/");
	m->phase = PHASE_CONFIGURING;
	mailq_init(&m->queue);
	libraries_init();
	if ((m->base = event_base_new()) == NULL ||
	    (m->smtp = smtp_new(m->base, on_end, m)) == NULL)
		fatalx("cannot make the event loop");
	if (event_assign(&m->ev_due, m->base, -1, 0, on_due, m) == -1 ||
	    event_assign(&m->ev_alone, m->base, -1, 0, on_alone, m) == -1 ||
	    event_assign(&m->ev_deadline, m->base, -1, 0, on_deadline,
	    m) == -1 || event_assign(&m->ev_idle, m->base, -1, EV_PERSIST,
	    on_idle, m) == -1)
		fatalx("cannot make a timer");
	child_confine(&hello, &sandbox);
	child_ready();
	if (peer_open(&m->parent, m->base, CHILD_FD, "parent", &parent_ops,
	    m) == -1)
		fatal("descriptor %d", CHILD_FD);
	log_init("mailer", child_log_sink, &m->parent.ibuf);
	if (event_base_dispatch(m->base) == -1)
		fatalx("the event loop failed");
	return (1);
}

/* What reads files once and for all, while it may. */
static void
libraries_init(void)
{
	tzset();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		fatalx("libcurl");
}

static uint32_t
mailer_phase(void *arg)
{
	const struct mailer	*m = arg;

	return (m->phase);
}

static uint32_t
mailer_gen(void *arg)
{
	const struct mailer	*m = arg;

	return (m->conf != NULL ? m->conf->gen : 0);
}

/* After a refusal the rest of that configuration is passed over. */
static int
parent_conf(void *arg, struct imsg *im)
{
	struct mailer	*m = arg;
	char		 why[TEXT_LEN];

	if (im->type == IMSG_CONF_BEGIN) {
		stage_drop(m);
		if ((m->in = wire_in_new(WIRE_MAILER, im->gen)) == NULL)
			fatal(NULL);
	}
	if (m->in == NULL)
		return (0);
	switch (wire_in_take(m->in, im, why, sizeof(why))) {
	case 0:
		return (0);
	case 1:
		m->staged = wire_in_finish(m->in);
		wire_in_free(m->in);
		m->in = NULL;
		return (peer_send(&m->parent, IMSG_CONF_ACK, 0, im->gen, 0,
		    -1, NULL));
	default:
		stage_refuse(m, im->gen, why);
		return (0);
	}
}

static int
parent_commit(void *arg, struct imsg *im)
{
	struct mailer	*m = arg;
	struct conf	*old = m->conf;

	if (m->staged == NULL || m->staged->gen != im->gen)
		return (-1);
	m->conf = m->staged;
	m->staged = NULL;
	if (m->phase == PHASE_CONFIGURING)
		m->phase = PHASE_RUNNING;
	host_name(m);
	follow(m, old);
	go_on(m);
	return (0);
}

/*
 * Another server or other people: what waits is told to them, at once. Who
 * had it already, while others had not, has it twice then.
 */
static void
follow(struct mailer *m, struct conf *old)
{
	bool	 same;

	if (old == NULL)
		return;
	same = field_diff(field_mail, &old->mail, &m->conf->mail) == 0;
	if (same && m->queue.busy != NULL && m->busy == NULL) {
		m->busy = old;
		return;
	}
	if (!same) {
		smtp_cancel(m->smtp);
		free(m->text);
		m->text = NULL;
		conf_free(m->busy);
		m->busy = NULL;
		m->down = false;
		mailq_restart(&m->queue, everybody(m->conf));
	}
	conf_free(old);
}

static void
host_name(struct mailer *m)
{
	if (m->conf->mail.helo[0] != '\0')
		(void)strlcpy(m->host, m->conf->mail.helo, sizeof(m->host));
	else if (gethostname(m->host, sizeof(m->host)) == -1 ||
	    memchr(m->host, '\0', sizeof(m->host)) == NULL ||
	    !conf_mail_word(m->host) || strpbrk(m->host, "/@?#%[]:") != NULL)
		(void)strlcpy(m->host, "localhost", sizeof(m->host));
}

static int
parent_abort(void *arg, struct imsg *im)
{
	stage_drop(arg);
	return (0);
}

static int
parent_engine(void *arg, struct imsg *im)
{
	struct mailer	*m = arg;

	if (m->connected)
		peer_close(&m->engine);
	m->connected = false;
	if (peer_open(&m->engine, m->base, imsg_take_fd(im), "vrrpe",
	    &engine_ops, m) == -1) {
		log_warn("the engine's descriptor");
		return (0);
	}
	m->connected = true;
	(void)event_del(&m->ev_alone);
	return (0);
}

static int
parent_loglevel(void *arg, struct imsg *im)
{
	if (im->data[0] > LOGL_VERBOSE)
		return (-1);
	log_setlevel(im->data[0] == LOGL_VERBOSE ? LOGL_VERBOSE : LOGL_BRIEF);
	return (0);
}

/*
 * What is left is told up to the deadline, if the server takes it. A second
 * SHUTDOWN does not wait at all.
 */
static int
parent_shutdown(void *arg, struct imsg *im)
{
	struct mailer	*m = arg;
	struct timeval	 tv, look = { 0, LOOK_US };
	struct msg	 msg;
	int64_t		 wait_us;

	msg_init_read(&msg, im->data, im->len);
	wait_us = msg_get_s64(&msg) - mono_us();
	if (m->phase == PHASE_DRAINING || wait_us <= 0)
		exit(0);
	m->phase = PHASE_DRAINING;
	tv.tv_sec = (time_t)(wait_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(wait_us % US_PER_SEC);
	if (event_add(&m->ev_deadline, &tv) == -1 ||
	    event_add(&m->ev_idle, &look) == -1)
		fatalx("cannot set a timer");
	return (0);
}

static void
parent_gone(void *arg, struct peer *peer, const char *text)
{
	exit(0);
}

static int
engine_notify(void *arg, struct imsg *im)
{
	struct mailer		*m = arg;
	struct notify_msg	 what;
	struct mail		*mail;
	struct msg		 msg;
	uint32_t		 n;
	uint8_t			 random[(MAIL_ID_LEN - 1) / 2];
	size_t			 i;

	msg_init_read(&msg, im->data, im->len);
	if (notify_get(&msg, &what) == -1 || what.part == NPART_FIFO ||
	    what.event == NEV_MASTER_RX_LOWER ||
	    what.event == NEV_MASTER_PRIO || what.event == NEV_BACKUP_PRIO)
		return (-1);
	if (m->conf == NULL)
		return (0);
	if ((mail = calloc(1, sizeof(*mail))) == NULL) {
		log_warn("mail");
		return (0);
	}
	mail->what = what;
	mail->id = im->id;
	mail->at_us = mono_us();
	mail->date = time(NULL);
	mail->left = everybody(m->conf);
	arc4random_buf(random, sizeof(random));
	for (i = 0; i < sizeof(random); i++)
		(void)snprintf(mail->msgid + 2 * i, 3, "%02x", random[i]);
	if ((mail = mailq_add(&m->queue, mail)) != NULL) {
		m->lost++;
		if (log_limit_ok(&m->full, mono_us(), REFUSED_US, &n))
			log_warnx("more than %d mails wait: older ones are "
			    "given up", MAILQ_MAX);
		free(mail);
	}
	go_on(m);
	return (0);
}

/* The parent starts another one and sends its end of a new pair. */
static void
engine_gone(void *arg, struct peer *peer, const char *text)
{
	const struct timeval	 wait = { ALONE_S, 0 };
	struct mailer		*m = arg;

	if (text != NULL)
		log_warnx("vrrpe: %s", text);
	peer_close(peer);
	m->connected = false;
	if (event_add(&m->ev_alone, &wait) == -1)
		fatalx("cannot set a timer");
}

/* It closed the connection but is there: only a new mailer gets another. */
static void
on_alone(evutil_socket_t fd, short what, void *arg)
{
	fatalx("no engine for %d s", ALONE_S);
}

static void
stage_drop(struct mailer *m)
{
	wire_in_free(m->in);
	conf_free(m->staged);
	m->in = NULL;
	m->staged = NULL;
}

static void
stage_refuse(struct mailer *m, uint32_t gen, const char *why)
{
	struct msg	 msg;
	uint8_t		 buf[TEXT_LEN + 2];

	stage_drop(m);
	msg_init_write(&msg, buf, sizeof(buf));
	msg_put_str(&msg, why);
	if (peer_send(&m->parent, IMSG_CONF_NAK, 0, gen, 0, -1, &msg) == -1)
		fatalx("refused configuration: %s", why);
}

static void
head_of(const struct mailer *m, struct mail_head *h)
{
	h->conf = &m->conf->mail;
	h->router_id = m->conf->global.router_id;
	h->host = m->host;
}

/* One bit for each. */
static uint64_t
everybody(const struct conf *conf)
{
	return (UINT64_MAX >> (64 - conf->mail.to.argc));
}

/* Sends the next one, or waits for the time when it is due. */
static void
go_on(struct mailer *m)
{
	struct timeval	 tv;
	struct mail	*mail;
	int64_t		 us;

	if (m->conf == NULL)
		return;
	while ((mail = mailq_next(&m->queue, mono_us())) != NULL) {
		if (begin(m, mail) == 0)
			return;
		log_warnx("mail: out of memory");
		free(mailq_tried(&m->queue, mail->left, true, mono_us()));
	}
	if ((us = mailq_due(&m->queue)) == INT64_MAX)
		return;
	us -= mono_us();
	us = us < 0 ? 0 : us;
	tv.tv_sec = (time_t)(us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(us % US_PER_SEC);
	if (event_add(&m->ev_due, &tv) == -1)
		fatalx("cannot set a timer");
}

static int
begin(struct mailer *m, const struct mail *mail)
{
	struct mail_head	 h;
	size_t			 len;

	head_of(m, &h);
	if ((m->text = mail_text(&h, mail, &len)) == NULL ||
	    smtp_start(m->smtp, &h, mail->left, m->text, len) == -1) {
		free(m->text);
		m->text = NULL;
		return (-1);
	}
	return (0);
}

static void
on_end(void *arg, const struct smtp_end *end)
{
	struct mailer	*m = arg;
	struct mail	*mail = m->queue.busy;
	char		 what[TEXT_LEN];
	bool		 server;

	free(m->text);
	m->text = NULL;
	/* Those that nobody will get have been looked at; so has the rest. */
	server = !end->sent && end->left != 0;
	tell_server(m, end);
	if (end->refused != 0)
		tell_refused(m, mail, end);
	else if (end->sent)
		log_debug("sent: %s", mail_what(mail, what, sizeof(what)));
	if ((mail = mailq_tried(&m->queue, end->left, server,
	    mono_us())) != NULL && end->left != 0)
		log_warnx("given up after %lld minutes: %s: %s",
		    (long long)(MAIL_LIFE_US / US_PER_SEC / 60),
		    mail_what(mail, what, sizeof(what)), end->why);
	free(mail);
	conf_free(m->busy);
	m->busy = NULL;
	go_on(m);
}

/* Once when it begins and once when it is over. */
static void
tell_server(struct mailer *m, const struct smtp_end *end)
{
	const struct conf_mail	*c = &m->conf->mail;
	bool			 down = !end->sent && end->left != 0;

	if (down && !m->down)
		log_warnx("mail server %s port %u: %s; it is tried again, %u "
		    "mail%s wait%s", c->server, c->port, end->why,
		    m->queue.cnt, m->queue.cnt == 1 ? "" : "s",
		    m->queue.cnt == 1 ? "s" : "");
	else if (down)
		log_debug("mail server %s port %u: %s", c->server, c->port,
		    end->why);
	else if (m->down)
		log_info("mail server %s port %u: takes mail again",
		    c->server, c->port);
	m->down = down;
	if (!down && m->lost != 0) {
		log_warnx("%llu mails were given up meanwhile",
		    (unsigned long long)m->lost);
		m->lost = 0;
	}
}

static void
tell_refused(struct mailer *m, const struct mail *mail,
    const struct smtp_end *end)
{
	const struct conf_argv	*to = &m->conf->mail.to;
	const char		*first = NULL;
	uint32_t		 more, cnt = 0;
	uint16_t		 i;
	char			 what[TEXT_LEN];

	for (i = 0; i < to->argc; i++)
		if (end->refused & 1ULL << i) {
			first = first == NULL ? to->argv[i] : first;
			cnt++;
		}
	if (!log_limit_ok(&m->refused, mono_us(), REFUSED_US, &more))
		return;
	log_warnx("refused by mail server %s for %s%s: %s: %s",
	    m->conf->mail.server, first, cnt > 1 ? " and others" : "",
	    end->why, mail_what(mail, what, sizeof(what)));
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	go_on(arg);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct mailer	*m = arg;

	if (m->queue.cnt > 0)
		log_warnx("%u mail%s not sent before the end", m->queue.cnt,
		    m->queue.cnt == 1 ? " was" : "s were");
	exit(0);
}

/* A server that is down is not waited for. */
static void
on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct mailer	*m = arg;

	if (!m->connected && (m->queue.cnt == 0 || m->down))
		on_deadline(fd, what, arg);
}
