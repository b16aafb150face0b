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
 * The engine process: start, confinement, messages from the parent and the
 * checkers, end. Runs in: vrrpe.
 */

#include <event2/event.h>

#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "mono.h"
#include "vrrpe.h"

static void	 ignore_signals(void);
static struct event_base *make_base(void);
static void	 engine_init(struct engine *);
static void	 engine_run(struct engine *);
static void	 engine_free(struct engine *);
static void	 log_line(void *, int, const char *);
static void	 log_flush(struct engine *);
static void	 log_nowhere(void *, int, const char *);
static void	 on_flush(evutil_socket_t, short, void *);
static void	 flush_at_exit(void);
static void	 flush_all(struct engine *);
static uint32_t	 parent_phase(void *);
static uint32_t	 parent_gen(void *);
static void	 parent_gone(void *, struct peer *, const char *);
static int	 parent_peer(void *, struct imsg *);
static int	 parent_start(void *, struct imsg *);
static int	 parent_ping(void *, struct imsg *);
static int	 parent_loglevel(void *, struct imsg *);
static int	 parent_shutdown(void *, struct imsg *);
static void	 on_deadline(evutil_socket_t, short, void *);
static void	 on_part(evutil_socket_t, short, void *);
static uint32_t	 checker_phase(void *);
static uint32_t	 checker_gen(void *);
static void	 checker_gone(void *, struct peer *, const char *);
static void	 checker_drop(struct checker *);
static bool	 checker_was_lost(struct engine *, uint32_t);
static void	 engine_quit(struct engine *, bool);

#define ALLOW(name)	{ SCMP_SYS(name), SANDBOX_ALLOW }
#define EPERM_ON(name)	{ SCMP_SYS(name), SANDBOX_EPERM }

/*
 * All that this process ever asks of the kernel. Not there on purpose: socket,
 * connect, bind, setsockopt, sendto, sendmsg, execve, fork, clone, kill,
 * ptrace, prctl. Adverts go out by write on connected sockets, messages by
 * write, too.
 */
static const struct sandbox_call calls[] = {
	ALLOW(epoll_wait),
	ALLOW(epoll_pwait),
	ALLOW(epoll_ctl),
	ALLOW(timerfd_settime),
	ALLOW(read),
	ALLOW(write),
	ALLOW(recvmsg),
	ALLOW(recvmmsg),
	ALLOW(accept4),
	{ SCMP_SYS(getsockopt), SANDBOX_ALLOW_PEERCRED },
	{ SCMP_SYS(fcntl), SANDBOX_ALLOW_FLAGS }, /* of what it is handed */
	ALLOW(close),
	ALLOW(getrusage),		/* how large it is */
	ALLOW(clock_gettime),		/* where the vDSO has no clock */
	ALLOW(gettimeofday),
	ALLOW(time),
	{ SCMP_SYS(mmap), SANDBOX_ALLOW_NOT_EXEC },
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(brk),
	ALLOW(getrandom),
	ALLOW(rt_sigreturn),
	ALLOW(rt_sigprocmask),
	ALLOW(restart_syscall),
	ALLOW(exit),
	ALLOW(exit_group),
	EPERM_ON(openat),
	EPERM_ON(newfstatat),
	EPERM_ON(ioctl),
	EPERM_ON(uname)
};

static const struct sandbox sandbox = {
	.calls = calls,
	.call_cnt = sizeof(calls) / sizeof(calls[0])
};

#define P(phases, flags, min, max, fn) \
	{ FROM_PARENT, phases, flags, min, max, fn }
#define CONF_RULE	P(PHASE_ANY, 0, 0, IMSG_DATA_MAX, econf_take)

static const struct imsg_rule parent_rules[IMSG_TYPE_MAX] = {
	[IMSG_PEER] = P(PHASE_ANY, IMSG_F_ID | IMSG_F_FD, 0, 0, parent_peer),
	[IMSG_MAILER] = P(PHASE_ANY, IMSG_F_FD, 0, 0, email_mailer),
	[IMSG_CTL_LISTEN] = P(PHASE_ANY, IMSG_F_FD, 0, 0, control_listen),
	[IMSG_CONF_BEGIN] = CONF_RULE,
	[IMSG_CONF_GLOBAL] = CONF_RULE,
	[IMSG_CONF_IFACE] = CONF_RULE,
	[IMSG_CONF_GROUP] = CONF_RULE,
	[IMSG_CONF_INST] = CONF_RULE,
	[IMSG_CONF_VIP] = CONF_RULE,
	[IMSG_CONF_PEER] = CONF_RULE,
	[IMSG_CONF_TRACK] = CONF_RULE,
	[IMSG_CONF_END] = CONF_RULE,
	[IMSG_CONF_COMMIT] = P(PHASE_ANY, 0, 0, 0, econf_commit),
	[IMSG_CONF_ABORT] = P(PHASE_ANY, 0, 0, 0, econf_abort),
	[IMSG_YIELD] = P(PHASE_RUNNING, IMSG_F_ID, 0, 0, econf_yield),
	[IMSG_LINK] = P(PHASE_ANY, IMSG_F_ID, 1, IMSG_DATA_MAX, elink_told),
	[IMSG_SOCK_RX] = P(PHASE_ANY, IMSG_F_ID | IMSG_F_FD, 1,
	    IMSG_DATA_MAX, facts_sock_rx),
	[IMSG_SOCK_TX] = P(PHASE_ANY, IMSG_F_ID | IMSG_F_FD, 1,
	    IMSG_DATA_MAX, facts_sock_tx),
	[IMSG_SOCK_USE] = P(PHASE_ANY, IMSG_F_ID, 1, IMSG_DATA_MAX,
	    facts_sock_use),
	[IMSG_SOCK_GONE] = P(PHASE_ANY, IMSG_F_ID, 0, 0, facts_sock_gone),
	[IMSG_WATCH] = P(PHASE_ANY, IMSG_F_ID | IMSG_F_FD, 1, 1, rival_watch),
	[IMSG_RESUME] = P(PHASE_CONFIGURING, IMSG_F_ID, 1, IMSG_DATA_MAX,
	    facts_resume),
	[IMSG_START] = P(PHASE_CONFIGURING, 0, 8, 8, parent_start),
	[IMSG_VIP_RESULT] = P(PHASE_ANY, IMSG_F_ID, 1, IMSG_DATA_MAX,
	    vipfault_result),
	[IMSG_CTL_MSG] = P(PHASE_ANY, IMSG_F_ID, 1, IMSG_DATA_MAX,
	    control_msg),
	[IMSG_CTL_RESULT] = P(PHASE_ANY, IMSG_F_ID, 1, IMSG_DATA_MAX,
	    control_msg),
	[IMSG_MAINT] = P(PHASE_ANY, 0, 1, 1, control_maint),
	[IMSG_RELOADS] = P(PHASE_ANY, 0, 18, 18 + TEXT_LEN, control_reloads),
	[IMSG_CTL_EVENT] = P(PHASE_ANY, IMSG_F_ID, 1, IMSG_DATA_MAX,
	    control_event),
	[IMSG_CTL_END] = P(PHASE_ANY, IMSG_F_ID, 32 + 4 * EVENT_KIND_MAX,
	    32 + 4 * EVENT_KIND_MAX, control_events_end),
	[IMSG_PING] = P(PHASE_ANY, 0, 0, 0, parent_ping),
	[IMSG_LOGLEVEL] = P(PHASE_ANY, 0, 1, 1, parent_loglevel),
	[IMSG_SHUTDOWN] = P(PHASE_ANY, 0, 8, 8, parent_shutdown)
};

static const struct imsg_rule checker_rules[IMSG_TYPE_MAX] = {
	[IMSG_TRACK] = { FROM_CHECKER, PHASE_ANY, IMSG_F_ID, 1,
	    IMSG_DATA_MAX, facts_track },
	[IMSG_TRACK_SYNC] = { FROM_CHECKER, PHASE_ANY, 0, 0, 0,
	    facts_track_sync },
	[IMSG_NOTIFY_DONE] = { FROM_CHECKER, PHASE_ANY, IMSG_F_ID, 5, 5,
	    seq_done },
	[IMSG_CTL_SCRIPT] = { FROM_CHECKER, PHASE_ANY, IMSG_F_ID, 1,
	    IMSG_DATA_MAX, control_script },
	[IMSG_CTL_END] = { FROM_CHECKER, PHASE_ANY, IMSG_F_ID, 8, 8,
	    control_end }
};

static const struct peer_ops parent_ops = {
	.rules = parent_rules,
	.from = FROM_PARENT,
	.phase = parent_phase,
	.gen = parent_gen,
	.gone = parent_gone
};

static const struct peer_ops checker_ops = {
	.rules = checker_rules,
	.from = FROM_CHECKER,
	.phase = checker_phase,
	.gen = checker_gen,
	.gone = checker_gone
};

/* For exit(3) alone, so that the last words of fatal() get out. */
static struct engine *exiting;

int
main(int argc, char *argv[])
{
	struct hello	 hello;
	struct engine	*e;

	log_init("vrrpe", log_sink_stderr, NULL);
	ignore_signals();
	child_hello(ROLE_VRRPE, &hello);
	if ((e = calloc(1, sizeof(*e))) == NULL)
		fatal("engine");
	engine_init(e);
	child_confine(&hello, &sandbox);
	child_ready();
	if (peer_open(&e->parent, e->base, CHILD_FD, "parent", &parent_ops,
	    e) == -1)
		fatal("parent");
	log_init("vrrpe", log_line, e);
	exiting = e;
	if (atexit(flush_at_exit) != 0)
		fatalx("atexit");
	engine_run(e);
	exiting = NULL;
	engine_free(e);
	return (0);
}

/* The parent decides when we end, not a signal to the process group. */
static void
ignore_signals(void)
{
	static const int	 sigs[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE,
				    SIGUSR1, SIGUSR2 };
	struct sigaction	 sa;
	size_t			 n;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	for (n = 0; n < sizeof(sigs) / sizeof(sigs[0]); n++) {
		if (sigaction(sigs[n], &sa, NULL) == -1)
			fatal("sigaction");
	}
}

/* epoll, with a timer of its own that does not round to milliseconds. */
static struct event_base *
make_base(void)
{
	struct event_config	*config;
	struct event_base	*base;

	if ((config = event_config_new()) == NULL ||
	    event_config_set_flag(config,
	    EVENT_BASE_FLAG_PRECISE_TIMER | EVENT_BASE_FLAG_IGNORE_ENV) == -1 ||
	    event_config_require_features(config, EV_FEATURE_O1) == -1 ||
	    (base = event_base_new_with_config(config)) == NULL)
		fatalx("event loop");
	event_config_free(config);
	return (base);
}

/* All that needs more of the kernel than the filter lets through. */
static void
engine_init(struct engine *e)
{
	e->phase = PHASE_CONFIGURING;
	e->confirm_us = -1;
	e->base = make_base();
	RB_INIT(&e->links);
	RB_INIT(&e->socks);
	RB_INIT(&e->scripts);
	RB_INIT(&e->insts);
	RB_INIT(&e->groups);
	TAILQ_INIT(&e->touched);
	TAILQ_INIT(&e->checkers);
	RB_INIT(&e->seqs);
	TAILQ_INIT(&e->watches);
	TAILQ_INIT(&e->stage_uses);
	STAILQ_INIT(&e->log_waits);
	control_init(e);
	e->now_us = mono_us();
	e->started_us = e->now_us;
	e->boot_us = mono_boot_us() - e->now_us;
	if (drive_open(e) == -1)
		fatal("timer");
	if (io_open(e) == -1)
		fatal("receive buffers");
	if (event_assign(&e->ev_flush, e->base, -1, 0, on_flush, e) == -1 ||
	    event_assign(&e->ev_deadline, e->base, -1, 0, on_deadline,
	    e) == -1 || event_assign(&e->ev_part, e->base, -1, 0, on_part,
	    e) == -1)
		fatalx("event loop");
	silence_init(e);
}

/* Until the last instance is down, and the parent has been told so. */
static void
engine_run(struct engine *e)
{
	const struct timeval	 patience = { 0, 200000 };

	if (event_base_dispatch(e->base) == -1)
		fatal("event loop");
	flush_all(e);
	if (!e->parent.dead && e->parent.ibuf.queued > 0) {
		(void)event_base_loopexit(e->base, &patience);
		(void)event_base_dispatch(e->base);
	}
}

static void
engine_free(struct engine *e)
{
	struct checker	*c;

	log_init("vrrpe", log_nowhere, NULL);
	control_close(e);
	econf_free(e);
	rival_free(e);
	while ((c = TAILQ_FIRST(&e->checkers)) != NULL)
		checker_drop(c);
	seq_free_all(e);
	email_close(e);
	peer_close(&e->parent);
	(void)event_del(&e->ev_flush);
	(void)event_del(&e->ev_deadline);
	(void)event_del(&e->ev_part);
	silence_end(e);
	drive_close(e);
	io_close(e);
	event_base_free(e->base);
	free(e);
}

/*
 * A line for the parent. It waits for the end of the turn, so that no line
 * about one instance goes out before the advertisement of the next.
 */
static void
log_line(void *arg, int priority, const char *text)
{
	struct engine	*e = arg;
	struct log_wait	*line;
	uint32_t	 about = e->log_about, kind = e->log_kind;
	size_t		 len = strlen(text) + 1;

	e->log_about = e->log_kind = 0;
	if (e->log_wait_cnt >= LOG_WAIT_MAX ||
	    (line = malloc(sizeof(*line) + len)) == NULL) {
		log_drop(1);
		return;
	}
	line->priority = priority;
	line->about = about;
	line->kind = kind;
	memcpy(line->text, text, len);
	STAILQ_INSERT_TAIL(&e->log_waits, line, entry);
	e->log_wait_cnt++;
	if (e->flush_pending)
		return;
	e->flush_pending = true;
	event_active(&e->ev_flush, EV_TIMEOUT, 0);
}

static void
log_flush(struct engine *e)
{
	struct log_wait	*line;

	while ((line = STAILQ_FIRST(&e->log_waits)) != NULL) {
		STAILQ_REMOVE_HEAD(&e->log_waits, entry);
		e->log_wait_cnt--;
		child_log_about(line->about, line->kind);
		child_log_sink(&e->parent.ibuf, line->priority, line->text);
		free(line);
	}
}

/* The filter lets nothing through that standard error would need. */
static void
log_nowhere(void *arg, int priority, const char *text)
{
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct engine	*e = arg;

	e->flush_pending = false;
	log_flush(e);
	peer_flush(&e->parent);
}

static void
flush_at_exit(void)
{
	if (exiting == NULL)
		return;
	log_flush(exiting);
	(void)imsg_flush(&exiting->parent.ibuf);
}

/* What the sockets take; the others read them to the end after we are gone. */
static void
flush_all(struct engine *e)
{
	struct checker	*c;

	log_flush(e);
	peer_flush(&e->parent);
	TAILQ_FOREACH(c, &e->checkers, entry)
		peer_flush(&c->peer);
	if (e->has_mailer)
		peer_flush(&e->mailer);
}

/*
 * For what others wait for: straight to the socket, without a round through
 * the event loop. The peer's write event is armed only if it is full.
 */
void
engine_send_now(struct peer *peer, uint16_t type, uint32_t id, uint32_t gen,
    const struct msg *m)
{
	if (peer->dead)
		return;
	if (m->error || imsg_compose(&peer->ibuf, type, id, gen, 0, -1, m->buf,
	    m->len) == -1) {
		/* The way that has words for it. */
		(void)peer_send(peer, type, id, gen, 0, -1, m);
		return;
	}
	peer_flush(peer);
}

void
engine_turn(struct engine *e)
{
	e->now_us = mono_us();
	e->turn++;
	drive_check_late(e);
}

/*
 * Stops everything at once and ends the loop, when the notify scripts were
 * told in their order; now: without waiting for that.
 */
static void
engine_quit(struct engine *e, bool now)
{
	if (!e->leaving) {
		e->leaving = true;
		drive_stop_all(e, true);
		egroup_stopped(e);
		control_close(e);
		flush_all(e);
		e->parting = true;
	}
	if (!seq_end(e, now))
		engine_check_end(e);
}

void
engine_check_end(struct engine *e)
{
	if (!e->parting || seq_end(e, false))
		return;
	flush_all(e);
	(void)event_base_loopbreak(e->base);
}

void
engine_check_drained(struct engine *e)
{
	if (e->phase == PHASE_DRAINING && e->running_cnt == 0 &&
	    e->batch == 0 && !e->leaving)
		engine_quit(e, false);
}

struct checker *
engine_checker(struct engine *e, uint32_t id)
{
	struct checker	*c;

	TAILQ_FOREACH(c, &e->checkers, entry) {
		if (c->id == id)
			return (c);
	}
	return (NULL);
}

static uint32_t
parent_phase(void *arg)
{
	const struct engine	*e = arg;

	return (e->phase);
}

static uint32_t
parent_gen(void *arg)
{
	const struct engine	*e = arg;

	return (e->gen);
}

/*
 * Without a parent nobody takes our addresses away but the kernel: the others
 * must know at once. One that breaks the rules cannot be obeyed any longer.
 */
static void
parent_gone(void *arg, struct peer *peer, const char *text)
{
	struct engine	*e = arg;

	engine_turn(e);
	engine_quit(e, true);
	if (text != NULL)
		fatalx("parent: %s", text);
}

static int
parent_peer(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct checker	*c;
	bool		 again;

	engine_turn(e);
	if ((c = engine_checker(e, im->id)) != NULL) {
		checker_drop(c);
		seq_checker_gone(e, im->id);
	}
	again = checker_was_lost(e, im->id);
	if ((c = calloc(1, sizeof(*c))) == NULL)
		fatal("checker");
	c->e = e;
	c->id = im->id;
	(void)snprintf(c->name, sizeof(c->name), "checker %u", c->id);
	if (peer_open(&c->peer, e->base, imsg_take_fd(im), c->name,
	    &checker_ops, c) == -1)
		fatal("%s", c->name);
	TAILQ_INSERT_TAIL(&e->checkers, c, entry);
	facts_checker_new(e, c->id);
	if (again && e->phase == PHASE_RUNNING)
		seq_catch_up(c);
	return (0);
}

static int
parent_start(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct msg	 m;
	int64_t		 delay_us;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	delay_us = msg_get_s64(&m);
	if (msg_end(&m) == -1 || delay_us < 0 || delay_us > VR_TIME_MAX / 2 ||
	    e->conf == NULL)
		return (-1);
	e->restarts = im->id;
	if (delay_us > 0)
		log_info("waiting %.1f s before the first instance starts",
		    (double)delay_us / (double)US_PER_SEC);
	drive_begin(e, delay_us);
	return (0);
}

static int
parent_ping(void *arg, struct imsg *im)
{
	struct engine	*e = arg;

	engine_turn(e);
	(void)peer_send(&e->parent, IMSG_PONG, 0, e->gen, im->seq, -1, NULL);
	if (e->phase != PHASE_RUNNING)
		return (0);
	silence_heard(e);
	drive_records(e);
	return (0);
}

static int
parent_loglevel(void *arg, struct imsg *im)
{
	struct msg	 m;
	uint8_t		 level;

	msg_init_read(&m, im->data, im->len);
	level = msg_get_enum(&m, LOGL_VERBOSE + 1);
	if (msg_end(&m) == -1)
		return (-1);
	log_setlevel(level);
	return (0);
}

/* Graceful at first; the second one, or the deadline, is at once. */
static int
parent_shutdown(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct timeval	 tv;
	struct msg	 m;
	int64_t		 left_us;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	left_us = msg_get_s64(&m) - e->now_us;
	if (msg_end(&m) == -1)
		return (-1);
	if (e->phase == PHASE_DRAINING || left_us <= 0) {
		e->phase = PHASE_DRAINING;
		engine_quit(e, true);
		return (0);
	}
	e->phase = PHASE_DRAINING;
	e->deadline_us = e->now_us + left_us;
	tv.tv_sec = (time_t)(left_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(left_us % US_PER_SEC);
	(void)event_add(&e->ev_deadline, &tv);
	drive_stop_all(e, false);
	engine_check_drained(e);
	return (0);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct engine	*e = arg;

	engine_turn(e);
	engine_quit(e, false);
}

static void
on_part(evutil_socket_t fd, short what, void *arg)
{
	struct engine	*e = arg;

	engine_turn(e);
	engine_quit(e, true);
}

static uint32_t
checker_phase(void *arg)
{
	const struct checker	*c = arg;

	return (c->e->phase);
}

static uint32_t
checker_gen(void *arg)
{
	const struct checker	*c = arg;

	return (c->e->gen);
}

/* Its scripts keep their state until the next one has told all. */
static void
checker_gone(void *arg, struct peer *peer, const char *text)
{
	struct checker	*c = arg;
	struct engine	*e = c->e;
	uint32_t	 id = c->id;

	if (text != NULL)
		log_warnx("%s: %s; its connection is closed", c->name, text);
	else
		log_debug("%s is gone", c->name);
	checker_drop(c);
	seq_checker_gone(e, id);
	control_checker_gone(e, id);
}

static void
checker_drop(struct checker *c)
{
	struct engine	*e = c->e;

	e->lost[e->lost_next++ % LOST_CNT] = c->id;
	TAILQ_REMOVE(&c->e->checkers, c, entry);
	peer_close(&c->peer);
	free(c);
}

static bool
checker_was_lost(struct engine *e, uint32_t id)
{
	bool	 lost = false;
	size_t	 n;

	for (n = 0; n < LOST_CNT; n++) {
		if (e->lost[n] != id)
			continue;
		e->lost[n] = 0;
		lost = true;
	}
	return (lost);
}
