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
 * vrrpctl's connections: who may connect, what may be asked, and limits that
 * keep a careless client from hurting anybody. Runs in: vrrpe.
 */

#include <sys/socket.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"

#define ACCEPT_MAX	8	/* in one turn */
#define NAME_MIN_LEN	2	/* an empty string */
#define NAME_MAX_LEN	(2 + NAME_LEN - 1)
#define HELLO_MAX_LEN	(4 + 2 + NAME_LEN - 1)
#define SWITCH_MIN_LEN	(1 + 1 + 8 + 2)
#define SWITCH_MAX_LEN	(SWITCH_MIN_LEN + NAME_LEN - 1)

static void	 on_accept(evutil_socket_t, short, void *);
static void	 on_pause(evutil_socket_t, short, void *);
static int	 accept_one(struct ctl_listen *);
static bool	 may_connect(struct engine *, uint32_t);
static void	 refuse(int, const char *);
static void	 conn_new(struct ctl_listen *, int, const struct ucred *);
static void	 conn_drop(struct conn *);
static void	 conn_touch(struct conn *);
static void	 conn_gone(void *, struct peer *, const char *);
static uint32_t	 conn_phase(void *);
static uint32_t	 conn_gen(void *);
static struct conn *conn_find(struct engine *, uint32_t);
static void	 on_idle(evutil_socket_t, short, void *);
static void	 on_more(evutil_socket_t, short, void *);
static void	 on_limit(evutil_socket_t, short, void *);
static int	 ctl_hello(void *, struct imsg *);
static int	 ctl_scripts(void *, struct imsg *);
static int	 ctl_reload(void *, struct imsg *);
static int	 ctl_commit(void *, struct imsg *);
static int	 ctl_log(void *, struct imsg *);
static bool	 may_change(struct conn *, struct imsg *);
static void	 script_answered(struct conn *, uint32_t);

static const struct imsg_rule ctl_rules[IMSG_TYPE_MAX] = {
	[IMSG_CTL_HELLO] = { FROM_CTL, CONN_NEW, 0, 6, HELLO_MAX_LEN,
	    ctl_hello },
	[IMSG_CTL_SHOW] = { FROM_CTL, CONN_GREETED, 0, NAME_MIN_LEN,
	    NAME_MAX_LEN, ctlshow_insts },
	[IMSG_CTL_SHOW_INST] = { FROM_CTL, CONN_GREETED, 0, NAME_MIN_LEN,
	    NAME_MAX_LEN, ctlshow_detail },
	[IMSG_CTL_SHOW_IFACES] = { FROM_CTL, CONN_GREETED, 0, 0, 0,
	    ctlshow_ifaces },
	[IMSG_CTL_SHOW_SCRIPTS] = { FROM_CTL, CONN_GREETED, 0, 0, 0,
	    ctl_scripts },
	[IMSG_CTL_SHOW_GROUPS] = { FROM_CTL, CONN_GREETED, 0, 0, 0,
	    ctlshow_groups },
	[IMSG_CTL_SHOW_TRACE] = { FROM_CTL, CONN_GREETED, 0, NAME_MIN_LEN,
	    NAME_MAX_LEN, ctlshow_trace },
	[IMSG_CTL_SHOW_METRICS] = { FROM_CTL, CONN_GREETED, 0, 0, 0,
	    ctlshow_metrics },
	[IMSG_CTL_SHOW_HISTORY] = { FROM_CTL, CONN_GREETED, 0, NAME_MIN_LEN,
	    NAME_MAX_LEN, ctlshow_history },
	[IMSG_CTL_MONITOR] = { FROM_CTL, CONN_GREETED, 0, NAME_MIN_LEN,
	    NAME_MAX_LEN, monitor_request },
	[IMSG_CTL_RELOAD] = { FROM_CTL, CONN_GREETED, 0, 0, 4, ctl_reload },
	[IMSG_CTL_DRY_RUN] = { FROM_CTL, CONN_GREETED, 0, 0, 4, ctl_reload },
	[IMSG_CTL_COMMIT] = { FROM_CTL, CONN_GREETED, 0, 9, 9, ctl_commit },
	[IMSG_CTL_LOG] = { FROM_CTL, CONN_GREETED, 0, 1, 1, ctl_log },
	[IMSG_CTL_MAINT] = { FROM_CTL, CONN_GREETED, 0, 1, 1, ctlall_maint },
	[IMSG_CTL_SWITCH] = { FROM_CTL, CONN_GREETED, 0, SWITCH_MIN_LEN,
	    SWITCH_MAX_LEN, ctlswitch_request }
};

static const struct peer_ops ctl_ops = {
	.rules = ctl_rules,
	.from = FROM_CTL,
	.phase = conn_phase,
	.gen = conn_gen,
	.gone = conn_gone
};

void
control_init(struct engine *e)
{
	int	 kind;

	TAILQ_INIT(&e->conns);
	for (kind = CTL_FULL; kind <= CTL_STATUS; kind++) {
		e->listen[kind].e = e;
		e->listen[kind].fd = -1;
		e->listen[kind].kind = kind;
	}
}

void
control_close(struct engine *e)
{
	struct conn	*c;
	int		 kind;

	while ((c = TAILQ_FIRST(&e->conns)) != NULL) {
		c->many = 0;
		if (c->wait == WAIT_SWITCH || c->wait == WAIT_RELOAD)
			conn_result(c, CTL_ERR_STATE, -1, "shutting down");
		conn_drop(c);
	}
	for (kind = CTL_FULL; kind <= CTL_STATUS; kind++) {
		if (e->listen[kind].fd == -1)
			continue;
		(void)event_del(&e->listen[kind].ev);
		(void)event_del(&e->listen[kind].ev_pause);
		(void)close(e->listen[kind].fd);
		e->listen[kind].fd = -1;
	}
}

int
control_listen(void *arg, struct imsg *im)
{
	struct engine		*e = arg;
	struct ctl_listen	*l;

	if (im->id > CTL_STATUS || im->fd == -1)
		return (-1);
	l = &e->listen[im->id];
	if (l->fd != -1) {
		(void)event_del(&l->ev);
		(void)event_del(&l->ev_pause);
		(void)close(l->fd);
	}
	l->fd = imsg_take_fd(im);
	if (event_assign(&l->ev, e->base, l->fd, EV_READ | EV_PERSIST,
	    on_accept, l) == -1 || event_assign(&l->ev_pause, e->base, -1, 0,
	    on_pause, l) == -1)
		fatalx("cannot watch the control socket");
	if (e->phase == PHASE_RUNNING)
		control_begin(e);
	return (0);
}

/* Who connects before the start is over waits for its end. */
void
control_begin(struct engine *e)
{
	int	 kind;

	for (kind = CTL_FULL; kind <= CTL_STATUS; kind++) {
		if (e->listen[kind].fd != -1 &&
		    event_add(&e->listen[kind].ev, NULL) == -1)
			fatalx("cannot watch the control socket");
	}
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	int	 n;

	for (n = 0; n < ACCEPT_MAX; n++) {
		if (accept_one(arg) == -1)
			return;
	}
}

static void
on_pause(evutil_socket_t fd, short what, void *arg)
{
	struct ctl_listen	*l = arg;

	(void)event_add(&l->ev, NULL);
}

/* -1: nobody is waiting any more. */
static int
accept_one(struct ctl_listen *l)
{
	const struct timeval	 pause = { 1, 0 };
	struct ucred		 cred;
	socklen_t		 len = sizeof(cred);
	int			 fd;

	fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd == -1) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
			/* The listener would stay ready and spin. */
			log_warn("control socket");
			(void)event_del(&l->ev);
			(void)event_add(&l->ev_pause, &pause);
		}
		return (-1);
	}
	memset(&cred, 0, sizeof(cred));
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    len != sizeof(cred))
		(void)close(fd);
	else if (!may_connect(l->e, cred.uid))
		refuse(fd, "too many connections");
	else
		conn_new(l, fd, &cred);
	return (0);
}

static bool
may_connect(struct engine *e, uint32_t uid)
{
	const struct conn	*c;
	uint32_t		 own = 0;

	TAILQ_FOREACH(c, &e->conns, entry)
		own += c->uid == uid;
	if (uid == 0)
		return (own < CONN_UID_ROOT && e->conn_cnt < MAX_CTL_CONNS);
	return (own < MAX_CTL_PER_UID &&
	    e->conn_cnt < MAX_CTL_CONNS - CONN_ROOT_KEPT);
}

/* One message without a queue behind it, and good-bye. */
static void
refuse(int fd, const char *text)
{
	struct ctl_result	 res;
	struct imsgbuf		 ibuf;
	struct msg		 m;
	uint8_t			 buf[TEXT_LEN + 16];

	memset(&res, 0, sizeof(res));
	res.code = CTL_ERR_BUSY;
	res.took_us = -1;
	(void)strlcpy(res.text, text, sizeof(res.text));
	msg_init_write(&m, buf, sizeof(buf));
	ctl_result_put(&m, &res);
	if (imsgbuf_init(&ibuf, fd) == 0 && imsg_compose(&ibuf,
	    IMSG_CTL_RESULT, 0, 0, 0, -1, m.buf, m.len) == 0)
		(void)imsg_flush(&ibuf);
	imsgbuf_clear(&ibuf);
}

static void
conn_new(struct ctl_listen *l, int fd, const struct ucred *cred)
{
	struct engine	*e = l->e;
	struct conn	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		fatal("control connection");
	c->e = e;
	c->kind = l->kind;
	c->uid = cred->uid;
	c->pid = cred->pid;
	c->phase = CONN_NEW;
	if (++e->conn_id == 0)
		e->conn_id = 1;
	c->id = e->conn_id;
	(void)snprintf(c->name, sizeof(c->name), "uid %u pid %d", c->uid,
	    c->pid);
	if (peer_open(&c->peer, e->base, fd, c->name, &ctl_ops, c) == -1) {
		log_warn("control connection");
		free(c);
		return;
	}
	c->peer.ibuf.queue_max = CONN_QUEUE_MAX;
	if (event_assign(&c->ev_idle, e->base, -1, 0, on_idle, c) == -1 ||
	    event_assign(&c->ev_more, e->base, fd, EV_WRITE, on_more,
	    c) == -1 ||
	    event_assign(&c->ev_limit, e->base, -1, 0, on_limit, c) == -1)
		fatalx("cannot watch a control connection");
	TAILQ_INSERT_TAIL(&e->conns, c, entry);
	e->conn_cnt++;
	conn_touch(c);
}

static void
conn_drop(struct conn *c)
{
	struct engine	*e = c->e;

	(void)event_del(&c->ev_idle);
	(void)event_del(&c->ev_more);
	(void)event_del(&c->ev_limit);
	peer_close(&c->peer);
	TAILQ_REMOVE(&e->conns, c, entry);
	e->conn_cnt--;
	free(c);
}

/* Something happened: the idle time begins anew. */
static void
conn_touch(struct conn *c)
{
	const struct timeval	 idle = { CONN_IDLE_S, 0 };

	(void)event_add(&c->ev_idle, &idle);
}

static void
conn_gone(void *arg, struct peer *peer, const char *text)
{
	struct conn	*c = arg;

	if (text != NULL)
		log_debug("control connection of %s: %s", c->name, text);
	conn_drop(c);
}

static uint32_t
conn_phase(void *arg)
{
	const struct conn	*c = arg;

	return (c->phase);
}

static uint32_t
conn_gen(void *arg)
{
	const struct conn	*c = arg;

	return (c->e->gen);
}

static struct conn *
conn_find(struct engine *e, uint32_t id)
{
	struct conn	*c;

	TAILQ_FOREACH(c, &e->conns, entry) {
		if (c->id == id)
			return (c);
	}
	return (NULL);
}

/* Whoever waits for us may go on waiting, but not without reading. */
static void
on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct conn	*c = arg;

	if (c->wait != WAIT_NONE && c->wait != WAIT_ROWS &&
	    (c->peer.ibuf.queued == 0 || c->peer.ibuf.queued < c->behind)) {
		c->behind = c->peer.ibuf.queued;
		if (c->wait == WAIT_MONITOR)
			monitor_alive(c);
		conn_touch(c);
		return;
	}
	log_debug("control connection of %s: %s", c->name,
	    c->peer.ibuf.queued > 0 ? "does not read" : "idle");
	conn_drop(c);
}

static void
on_more(evutil_socket_t fd, short what, void *arg)
{
	struct conn	*c = arg;

	if (c->peer.dead || c->wait != WAIT_ROWS)
		return;
	peer_flush(&c->peer);
	if (c->peer.dead)
		return;
	if (c->peer.ibuf.queued < CONN_QUEUE_LOW) {
		conn_touch(c);
		ctlshow_more(c);
	}
	if (c->wait == WAIT_ROWS)
		(void)event_add(&c->ev_more, NULL);
}

static void
on_limit(evutil_socket_t fd, short what, void *arg)
{
	struct conn	*c = arg;

	if (c->wait == WAIT_SCRIPTS) {
		log_warnx("show scripts: a checker did not answer in %d s",
		    SCRIPTS_WAIT_S);
		conn_end(c);
	} else if (c->wait == WAIT_SWITCH)
		ctlswitch_limit(c);
}

int
conn_send(struct conn *c, uint16_t type, const struct msg *m)
{
	return (peer_send(&c->peer, type, 0, c->e->gen, c->seq, -1, m));
}

void
conn_result(struct conn *c, enum ctl_code code, int64_t took_us,
    const char *fmt, ...)
{
	struct ctl_result	 res;
	struct msg		 m;
	uint8_t			 buf[TEXT_LEN + 16];
	va_list			 ap;

	memset(&res, 0, sizeof(res));
	res.code = code;
	res.took_us = took_us;
	va_start(ap, fmt);
	(void)vsnprintf(res.text, sizeof(res.text), fmt, ap);
	va_end(ap);
	if (c->many > 0) {
		ctlall_part(c, &res);
		return;
	}
	msg_init_write(&m, buf, sizeof(buf));
	ctl_result_put(&m, &res);
	(void)conn_send(c, IMSG_CTL_RESULT, &m);
	peer_flush(&c->peer);
	c->wait = WAIT_NONE;
	(void)event_del(&c->ev_limit);
	conn_touch(c);
}

void
conn_end(struct conn *c)
{
	/* What was shown is true, but all is not well. */
	if (!conn_parent(c))
		return;
	(void)conn_send(c, IMSG_CTL_END, NULL);
	c->wait = WAIT_NONE;
	(void)event_del(&c->ev_limit);
	(void)event_del(&c->ev_more);
	conn_touch(c);
}

bool
conn_parent(struct conn *c)
{
	const struct engine	*e = c->e;

	if (!e->silent)
		return (true);
	conn_result(c, CTL_ERR_TIMEOUT, -1, "the parent process of vrrpd has "
	    "not answered for %lld s",
	    (long long)((e->now_us - e->heard_us) / US_PER_SEC));
	return (false);
}

void
control_silence(struct engine *e)
{
	struct conn	*c;

	TAILQ_FOREACH(c, &e->conns, entry) {
		if (c->wait == WAIT_RELOAD || c->wait == WAIT_HISTORY)
			(void)conn_parent(c);
	}
}

static int
ctl_hello(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct msg	 in, out;
	uint32_t	 version;
	uint8_t		 buf[HELLO_MAX_LEN];
	char		 build[NAME_LEN];

	c->seq = im->seq;
	msg_init_read(&in, im->data, im->len);
	version = msg_get_u32(&in);
	msg_get_str(&in, build, sizeof(build));
	if (msg_end(&in) == -1)
		return (-1);
	msg_init_write(&out, buf, sizeof(buf));
	msg_put_u32(&out, IMSG_VERSION);
	msg_put_str(&out, VRRPD_VERSION);
	(void)conn_send(c, IMSG_CTL_HELLO, &out);
	if (version != IMSG_VERSION) {
		conn_result(c, CTL_ERR_PROTO, -1, "vrrpctl speaks version %u, "
		    "the daemon version %d", version, IMSG_VERSION);
		return (-1);
	}
	c->phase = CONN_GREETED;
	conn_touch(c);
	return (0);
}

/* For requests that change something; false: it was answered. */
static bool
may_change(struct conn *c, struct imsg *im)
{
	if (c->wait != WAIT_NONE)
		return (false);
	c->seq = im->seq;
	if (c->kind != CTL_FULL) {
		conn_result(c, CTL_ERR_PERM, -1,
		    "this socket is for reading only");
		return (false);
	}
	if (c->e->phase != PHASE_RUNNING) {
		conn_result(c, CTL_ERR_STATE, -1, "shutting down");
		return (false);
	}
	return (conn_parent(c));
}

static int
ctl_scripts(void *arg, struct imsg *im)
{
	const struct timeval	 limit = { SCRIPTS_WAIT_S, 0 };
	struct conn		*c = arg;
	struct checker		*ck;

	if (c->wait != WAIT_NONE)
		return (-1);	/* one request at a time */
	c->seq = im->seq;
	c->asked_cnt = 0;
	TAILQ_FOREACH(ck, &c->e->checkers, entry) {
		if (c->asked_cnt < MAX_CHECKERS && peer_send(&ck->peer,
		    IMSG_CTL_SCRIPTS, c->id, c->e->gen, 0, -1, NULL) == 0)
			c->asked[c->asked_cnt++] = ck->id;
	}
	conn_touch(c);
	if (c->asked_cnt == 0) {
		conn_end(c);
		return (0);
	}
	c->wait = WAIT_SCRIPTS;
	(void)event_add(&c->ev_limit, &limit);
	return (0);
}

static int
ctl_reload(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct msg	 m;
	uint8_t		 buf[4];

	if (c->wait != WAIT_NONE)
		return (-1);
	if (!may_change(c, im))
		return (0);
	log_info("reload%s by %s", im->type == IMSG_CTL_DRY_RUN ?
	    " --dry-run" : "", c->name);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u32(&m, c->uid);
	(void)peer_send(&c->e->parent, im->type, c->id, c->e->gen, 0,
	    -1, &m);
	c->wait = WAIT_RELOAD;
	conn_touch(c);
	return (0);
}

/* A reload that is to be confirmed, and what becomes of it. */
static int
ctl_commit(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct msg	 m;
	uint8_t		 buf[9], verb;
	int64_t		 us;

	if (c->wait != WAIT_NONE)
		return (-1);
	msg_init_read(&m, im->data, im->len);
	verb = msg_get_enum(&m, COMMIT_MAX);
	us = msg_get_s64(&m);
	if (msg_end(&m) == -1)
		return (-1);
	if (!may_change(c, im))
		return (0);
	if (verb == COMMIT_TRY && (us <= 0 || us > CONFIRM_MAX_US)) {
		conn_result(c, CTL_ERR_PROTO, -1, "refused: a reload waits "
		    "for at most %d hours to be confirmed",
		    (int)(CONFIRM_MAX_US / US_PER_SEC / 3600));
		return (0);
	}
	if (verb == COMMIT_TRY)
		log_info("reload --confirm %.1fs by %s",
		    (double)us / (double)US_PER_SEC, c->name);
	else
		log_info("%s asked for by %s", c->verb = verb ==
		    COMMIT_CONFIRM ? "confirm" : "rollback", c->name);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, verb);
	msg_put_s64(&m, us);
	(void)peer_send(&c->e->parent, IMSG_CTL_COMMIT, c->id, c->e->gen, 0,
	    -1, &m);
	c->wait = WAIT_RELOAD;
	conn_touch(c);
	return (0);
}

/* From the parent: of reloads, whoever asked for them. */
int
control_reloads(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct msg	 m;
	char		 news[TEXT_LEN];
	int64_t		 loaded_us, until_us;

	msg_init_read(&m, im->data, im->len);
	loaded_us = msg_get_s64(&m);
	until_us = msg_get_s64(&m);
	msg_get_str(&m, news, sizeof(news));
	if (msg_end(&m) == -1)
		return (-1);
	engine_turn(e);
	e->loaded_us = loaded_us;
	e->confirm_us = until_us;
	if (news[0] != '\0')
		monitor_say(e, NOTE_RELOAD, "", "%s", news);
	return (0);
}

static int
ctl_log(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct msg	 m;
	uint8_t		 buf[1], level;

	if (c->wait != WAIT_NONE)
		return (-1);
	msg_init_read(&m, im->data, im->len);
	level = msg_get_enum(&m, LOGL_VERBOSE + 1);
	if (msg_end(&m) == -1)
		return (-1);
	if (!may_change(c, im))
		return (0);
	log_info("log %s by %s", level == LOGL_VERBOSE ? "verbose" : "brief",
	    c->name);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, level);
	(void)peer_send(&c->e->parent, IMSG_CTL_LOG, c->id, c->e->gen, 0, -1,
	    &m);
	conn_result(c, CTL_OK, -1, "log is %s", level == LOGL_VERBOSE ?
	    "verbose" : "brief");
	return (0);
}

/* From the parent, for whoever waits for a reload. */
int
control_msg(void *arg, struct imsg *im)
{
	struct engine		*e = arg;
	struct ctl_result	 res;
	struct ctl_msg		 cm;
	struct conn		*c;
	struct msg		 m;
	bool			 last = im->type == IMSG_CTL_RESULT;

	msg_init_read(&m, im->data, im->len);
	if ((last ? ctl_result_get(&m, &res) : ctl_msg_get(&m, &cm)) == -1)
		return (-1);
	c = conn_find(e, im->id);
	if (c == NULL || (c->wait != WAIT_RELOAD && c->wait != WAIT_HISTORY))
		return (0);	/* it did not wait */
	if (last) {
		if (c->verb != NULL && res.code != CTL_OK)
			log_info("%s by %s refused: %s", c->verb, c->name,
			    res.text);
		conn_result(c, res.code, res.took_us, "%s", res.text);
		return (0);
	}
	msg_init_write(&m, im->data, sizeof(im->data));
	ctl_msg_put(&m, &cm);
	(void)conn_send(c, IMSG_CTL_MSG, &m);
	return (0);
}

/* A row of the history, likewise. */
int
control_event(void *arg, struct imsg *im)
{
	struct engine		*e = arg;
	struct ctl_event	 ev;
	struct conn		*c;
	struct msg		 m;

	msg_init_read(&m, im->data, im->len);
	if (ctl_event_get(&m, &ev) == -1)
		return (-1);
	c = conn_find(e, im->id);
	if (c == NULL || c->wait != WAIT_HISTORY)
		return (0);
	msg_init_write(&m, im->data, sizeof(im->data));
	ctl_event_put(&m, &ev);
	(void)conn_send(c, IMSG_CTL_EVENT, &m);
	return (0);
}

/* The parent has no more of them, and tells what it counts. */
int
control_events_end(void *arg, struct imsg *im)
{
	struct engine		*e = arg;
	struct parent_stats	*st = &e->parents;
	struct conn		*c;
	struct msg		 m;
	int			 n;

	msg_init_read(&m, im->data, im->len);
	st->rss = msg_get_u64(&m);
	st->log_dropped = msg_get_u64(&m);
	st->overruns = msg_get_u64(&m);
	st->announcing = msg_get_u64(&m);
	for (n = 0; n < EVENT_KIND_MAX; n++)
		st->events[n] = msg_get_u32(&m);
	if (msg_end(&m) == -1)
		return (-1);
	st->told = true;
	c = conn_find(e, im->id);
	if (c != NULL && c->wait == WAIT_HISTORY)
		conn_end(c);
	return (0);
}

int
control_script(void *arg, struct imsg *im)
{
	struct checker		*ck = arg;
	struct ctl_script	 row;
	struct conn		*c;
	struct msg		 m;

	msg_init_read(&m, im->data, im->len);
	if (ctl_script_get(&m, &row) == -1)
		return (-1);
	c = conn_find(ck->e, im->id);
	if (c == NULL || c->wait != WAIT_SCRIPTS)
		return (0);
	/* Not for everybody: scripts complain with what they know. */
	if (c->kind != CTL_FULL)
		row.output[0] = '\0';
	msg_init_write(&m, im->data, sizeof(im->data));
	ctl_script_put(&m, &row);
	(void)conn_send(c, IMSG_CTL_SCRIPT, &m);
	return (0);
}

int
control_end(void *arg, struct imsg *im)
{
	struct checker	*ck = arg;
	struct conn	*c;
	struct msg	 m;

	msg_init_read(&m, im->data, im->len);
	ck->rss = msg_get_u64(&m);
	if (msg_end(&m) == -1)
		return (-1);
	c = conn_find(ck->e, im->id);
	if (c != NULL && c->wait == WAIT_SCRIPTS)
		script_answered(c, ck->id);
	return (0);
}

void
control_checker_gone(struct engine *e, uint32_t checker)
{
	struct conn	*c;

	TAILQ_FOREACH(c, &e->conns, entry) {
		if (c->wait == WAIT_SCRIPTS)
			script_answered(c, checker);
	}
}

static void
script_answered(struct conn *c, uint32_t checker)
{
	uint32_t	 n, left = 0;

	for (n = 0; n < c->asked_cnt; n++) {
		if (c->asked[n] == checker)
			c->asked[n] = 0;
		left += c->asked[n] != 0;
	}
	if (left == 0)
		conn_end(c);
}
