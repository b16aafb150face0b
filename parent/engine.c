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
 * The engine as its parent sees it: the table of what it may say, and every
 * check before anything is done for it. Runs in: parent.
 *
 * imsg_dispatch() looks at lengths, the phase and descriptors; the handlers
 * go on in this order: payload, rate, generation, object, meaning. A payload
 * that is wrong means that the engine is broken (-1: it is killed); all else
 * can be a race, or the doing of others on the network: dropped, with a line
 * at most once a second.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "announce.h"
#include "mono.h"
#include "parent.h"
#include "sock.h"

#define LATER		(CHILD_RUNNING | CHILD_DRAINING)
#define ALWAYS		(CHILD_HELLO | CHILD_CONFIGURING | LATER)
#define COUNTS_US	(5 * US_PER_SEC)	/* numbers for "show" */

static int	 engine_state(void *, struct imsg *);
static int	 engine_announce(void *, struct imsg *);
static int	 engine_reload(void *, struct imsg *);
static int	 engine_loglevel(void *, struct imsg *);
static void	 engine_state_do(struct parent *, struct inst *,
		    const struct state_msg *, int64_t);
static void	 engine_late(struct parent *, int64_t);
static bool	 engine_rate_ok(struct parent *, int64_t);
static struct inst *engine_inst(struct child *, const struct imsg *, int64_t);
static void	 engine_drop(struct log_limit *, int64_t, const char *,
		    const char *);
static void	 engine_counts(struct parent *);
static void	 on_ping(evutil_socket_t, short, void *);
static void	 ping_checkers(struct parent *, int64_t, bool);
static bool	 hangs(struct child *, int64_t, bool, int64_t);
static void	 send_rx(void *, uint32_t, const struct sock_rx *, int);
static void	 send_tx(void *, uint32_t, const struct sock_tx *, int);
static void	 send_use(void *, uint32_t, const struct sock_use *);
static void	 send_gone(void *, uint32_t);

static const struct imsg_rule engine_rules[IMSG_TYPE_MAX] = {
	[IMSG_READY] = { FROM_VRRPE, CHILD_HELLO, 0, 1, 128, proc_ready },
	[IMSG_CONF_ACK] = { FROM_VRRPE, CHILD_CONFIGURING | LATER, 0, 0, 0,
	    stage_ack },
	[IMSG_CONF_NAK] = { FROM_VRRPE, CHILD_CONFIGURING | LATER, 0, 2,
	    TEXT_LEN + 2, stage_nak },
	[IMSG_STATE] = { FROM_VRRPE, LATER, IMSG_F_ID, 3, 128, engine_state },
	[IMSG_ANNOUNCE] = { FROM_VRRPE, LATER, IMSG_F_ID, 1, 1,
	    engine_announce },
	[IMSG_CTL_RELOAD] = { FROM_VRRPE, LATER, IMSG_F_ID, 4, 4,
	    engine_reload },
	[IMSG_CTL_DRY_RUN] = { FROM_VRRPE, LATER, IMSG_F_ID, 4, 4,
	    engine_reload },
	[IMSG_CTL_COMMIT] = { FROM_VRRPE, LATER, IMSG_F_ID, 9, 9,
	    confirm_asked },
	[IMSG_CTL_LOG] = { FROM_VRRPE, LATER, IMSG_F_ID, 1, 1,
	    engine_loglevel },
	[IMSG_CTL_MAINT] = { FROM_VRRPE, LATER, IMSG_F_ID, 1, 1,
	    maint_asked },
	[IMSG_CTL_HISTORY] = { FROM_VRRPE, LATER, IMSG_F_ID, 4, 4,
	    hist_asked },
	[IMSG_PONG] = { FROM_VRRPE, LATER, 0, 0, 0, engine_pong },
	[IMSG_LOG] = { FROM_VRRPE, ALWAYS, 0, 3, 1100, proc_log }
};

const struct peer_ops engine_ops = {
	.rules = engine_rules,
	.from = FROM_VRRPE,
	.phase = proc_phase,
	.gen = proc_gen,
	.gone = proc_gone
};

const struct sock_ops engine_sock_ops = {
	.rx = send_rx,
	.tx = send_tx,
	.use = send_use,
	.gone = send_gone
};

/* The privileged verb. Too many of them (neighbours can make roles change
 * quickly): MASTER has to wait, what takes addresses away never does. */
static int
engine_state(void *arg, struct imsg *im)
{
	struct child		*c = arg;
	struct parent		*p = c->p;
	struct inst		*inst;
	struct state_msg	 sm;
	struct msg		 m;
	int64_t			 now_us;
	bool			 in_time;

	msg_init_read(&m, im->data, im->len);
	if (state_get(&m, &sm) == -1)
		return (-1);
	now_us = mono_us();
	in_time = engine_rate_ok(p, now_us);
	if ((inst = engine_inst(c, im, now_us)) == NULL)
		return (0);
	if (!rate_ok(&inst->rate, now_us, US_PER_SEC, STATE_RATE_INST))
		in_time = false;
	if (in_time || sm.state != INST_MASTER ||
	    inst->state == INST_MASTER) {
		engine_state_do(p, inst, &sm, now_us);
		return (0);
	}
	engine_drop(&inst->limit, now_us, inst->conf->name,
	    "its state changes too often, MASTER has to wait");
	inst->late = sm;
	inst->is_late = p->has_late = true;
	return (0);
}

static void
engine_state_do(struct parent *p, struct inst *inst,
    const struct state_msg *sm, int64_t now_us)
{
	const char	*why;

	inst->is_late = false;
	if (sm->state == INST_MASTER && inst->state != INST_MASTER &&
	    !inst_may_be_master(p, inst, &why)) {
		/* As soon as it may, unless the engine changes its mind. */
		engine_drop(&inst->limit, now_us, inst->conf->name, why);
		inst->late = *sm;
		inst->is_late = p->has_late = true;
	} else
		inst_state(p, inst, sm);
}

/* Those that had to wait, in the next second. */
static void
engine_late(struct parent *p, int64_t now_us)
{
	struct state_msg sm;
	struct inst	*inst;

	if (!p->has_late)
		return;
	p->has_late = false;
	RB_FOREACH(inst, inst_tree, &p->insts) {
		if (!inst->is_late)
			continue;
		if (engine_rate_ok(p, now_us) && rate_ok(&inst->rate, now_us,
		    US_PER_SEC, STATE_RATE_INST)) {
			sm = inst->late;
			engine_state_do(p, inst, &sm, now_us);
		} else
			p->has_late = true;
	}
}

static int
engine_announce(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct inst	*inst;
	struct msg	 m;
	uint8_t		 cause;
	int64_t		 now_us;

	msg_init_read(&m, im->data, im->len);
	cause = msg_get_enum(&m, ANN_CAUSE_MAX);
	if (msg_end(&m) == -1)
		return (-1);
	if (cause == ANN_FIRST) {	/* once for each MASTER at most */
		if ((inst = inst_find(c->p, im->id)) != NULL)
			inst_spoken(c->p, inst);
		return (0);
	}
	now_us = mono_us();
	if (!engine_rate_ok(c->p, now_us) ||
	    (inst = engine_inst(c, im, now_us)) == NULL)
		return (0);
	if (inst->state != INST_MASTER) {
		engine_drop(&inst->limit, now_us, inst->conf->name,
		    "announces without being master");
		return (0);
	}
	ann_again(c->p->ann, inst->id, (enum announce_cause)cause);
	return (0);
}

/* After a commit every instance is told of once, however many there are. */
static bool
engine_rate_ok(struct parent *p, int64_t now_us)
{
	return (rate_ok(&p->state_rate, now_us, US_PER_SEC, STATE_RATE +
	    (p->conf != NULL ? 2 * p->conf->inst_cnt : 0)));
}

/* Checks 6 and 7: of the running configuration, and known there. */
static struct inst *
engine_inst(struct child *c, const struct imsg *im, int64_t now_us)
{
	struct inst	*inst;

	if (im->gen != c->gen) {
		/* Under way when it was told to go over: it repeats itself. */
		log_debug("vrrpe: %s of generation %u dropped",
		    imsg_name(im->type), im->gen);
		return (NULL);
	}
	if ((inst = inst_find(c->p, im->id)) == NULL)
		engine_drop(&c->p->gen_limit, now_us, imsg_name(im->type),
		    "of an unknown instance");
	return (inst);
}

static void
engine_drop(struct log_limit *limit, int64_t now_us, const char *what,
    const char *why)
{
	uint32_t	 swallowed;

	if (log_limit_ok(limit, now_us, US_PER_SEC, &swallowed))
		log_warnx("vrrpe: not done: %s: %s (%u more before)", what,
		    why, swallowed);
}

/* People can be that quick: no reason to kill the engine. */
bool
engine_may_reload(struct parent *p, uint32_t conn)
{
	if (rate_ok(&p->reload_rate, mono_us(), 60 * US_PER_SEC, RELOAD_RATE))
		return (true);
	reload_answer(p, conn, CTL_ERR_BUSY,
	    "refused: too many reloads in a minute");
	return (false);
}

static int
engine_reload(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct msg	 m;
	uint32_t	 uid;

	msg_init_read(&m, im->data, im->len);
	uid = msg_get_u32(&m);
	if (msg_end(&m) == -1)
		return (-1);
	if (c->p->state != PARENT_RUNNING || !engine_may_reload(c->p, im->id))
		return (0);
	log_debug("reload asked for by uid %u", uid);
	if (im->type == IMSG_CTL_DRY_RUN)
		reload_try(c->p, im->id);
	else
		reload_begin(c->p, im->id);
	return (0);
}

static int
engine_loglevel(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct msg	 m;
	uint8_t		 level;

	msg_init_read(&m, im->data, im->len);
	level = msg_get_enum(&m, LOGL_VERBOSE + 1);
	if (msg_end(&m) == -1)
		return (-1);
	if (engine_rate_ok(c->p, mono_us()))
		parent_loglevel(c->p, level);
	return (0);
}

int
engine_pong(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct parent	*p = c->p;

	/* Of a question that was asked; an older answer says nothing new. */
	if ((int32_t)(im->seq - c->ping_seq) > 0)
		return (-1);
	if ((int32_t)(im->seq - c->pong_seq) <= 0)
		return (0);
	c->pong_seq = im->seq;
	c->heard_us = mono_us();
	if (c->role != ROLE_VRRPE)
		return (0);
	p->pong_us = c->heard_us;
	sd_alive(p, p->pong_us);
	netlinkd_keep_leases(p->nl, true);
	return (0);
}

/* All that a new engine must know, between its first COMMIT and START. */
void
engine_sync(struct parent *p)
{
	struct child	*c = p->engine;
	uint32_t	 kind;
	int		 fd;

	c->synced = true;
	for (kind = CTL_FULL; kind <= CTL_STATUS; kind++) {
		fd = fcntl(p->ctl_fd[kind], F_DUPFD_CLOEXEC, 0);
		if (fd == -1)
			log_warn("%s: dup", p->ctl_path[kind]);
		else
			(void)peer_send(&c->peer, IMSG_CTL_LISTEN, kind, 0, 0,
			    fd, NULL);
	}
	engine_links(p);
	sock_resend_all(p->socks);
	watch_resend_all(p);
}

void
engine_start(struct parent *p)
{
	struct child	*c = p->engine;
	struct msg	 m;
	uint8_t		 buf[8];
	int64_t		 now_us;

	if (p->reload.state == RELOAD_STARTUP)
		return;			/* when its script has ended */
	now_us = mono_us();
	/* The delay is the daemon's, not that of each engine. */
	if (p->begin_us == 0) {
		p->begin_us = now_us + p->conf->global.startup_delay_us;
		if (p->begin_us < p->conf->global.boot_delay_us)
			p->begin_us = p->conf->global.boot_delay_us;
	}
	resume_send(p);
	maint_tell(p, 0);
	confirm_tell(p, "");
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_s64(&m, p->begin_us > now_us ? p->begin_us - now_us : 0);
	(void)peer_send(&c->peer, IMSG_START, c->restarts, c->gen, 0, -1, &m);
	c->phase = CHILD_RUNNING;
	(void)event_del(&c->timer);	/* of stage_child */
	p->pong_us = now_us;
	netlinkd_keep_leases(p->nl, true);
	engine_ping_start(p);
	if (c->restarts > 0)
		hist_event(p, EVENT_ENGINE_STARTED, c->restarts);
}

/*
 * At the first sign of its end: EOF, death, silence; at_us: when it was last
 * known to do its work. What it was MASTER of is kept for the next one.
 */
void
engine_lost(struct parent *p, int64_t at_us)
{
	struct child	*c;

	if (p->engine == NULL)
		return;
	p->engine->synced = false;
	/* Its clients are gone, and the next one counts them anew. */
	p->reload.conns.cnt = p->reload.next.cnt = 0;
	TAILQ_FOREACH(c, &p->checkers, entry)
		c->paired = false;
	if (p->mailer != NULL)
		p->mailer->paired = false;
	(void)event_del(&p->ping);
	if (p->nl == NULL)
		return;
	if (p->state == PARENT_STOPPING)
		inst_engine_lost(p);
	else
		resume_keep(p, at_us);
	netlinkd_keep_leases(p->nl, false);
}

/*
 * An interval in four periods: soon enough for the leases, whoever else would
 * take over.
 */
int64_t
engine_ping_period_us(const struct conf *conf)
{
	const struct conf_inst	*ci;
	int64_t			 us;

	us = 4 * PING_MAX_US;
	TAILQ_FOREACH(ci, &conf->insts, entry)
		if (ci->adver_int_us < us)
			us = ci->adver_int_us;
	if (us >= 4 * PING_LAZY_US)
		return (us / 4);
	if (us > PING_LAZY_US)
		return (PING_LAZY_US);
	return (us < PING_MIN_US ? PING_MIN_US : us);
}

void
engine_ping_init(struct parent *p)
{
	if (event_assign(&p->ping, p->base, -1, EV_PERSIST, on_ping, p) == -1)
		fatalx("event_assign");
}

void
engine_ping_start(struct parent *p)
{
	struct timeval	 tv;
	int64_t		 period_us = engine_ping_period_us(p->conf);

	/* One reload after the other must not put it off. */
	if (event_pending(&p->ping, EV_TIMEOUT, NULL) &&
	    period_us == p->ping_period_us)
		return;
	p->ping_us = mono_us();
	p->ping_period_us = period_us;
	(void)event_add(&p->ping, proc_tv(&tv, period_us));
}

static void
on_ping(evutil_socket_t fd, short what, void *arg)
{
	struct parent	*p = arg;
	struct child	*c = p->engine;
	int64_t		 now_us, heard_us;
	bool		 late;

	now_us = mono_us();
	late = now_us - p->ping_us > 2 * engine_ping_period_us(p->conf);
	p->ping_us = now_us;
	ping_checkers(p, now_us, late);
	heard_us = c->heard_us;
	if (hangs(c, now_us, late, HANG_US)) {
		hist_event(p, EVENT_ENGINE_HUNG, now_us - heard_us);
		engine_lost(p, p->pong_us);
		return;
	}
	if (c->ping_seq - c->pong_seq >= PING_QUIET)
		netlinkd_keep_leases(p->nl, false);
	(void)peer_send(&c->peer, IMSG_PING, 0, c->gen, ++c->ping_seq, -1,
	    NULL);
	engine_late(p, now_us);
	sock_retry(p->socks, now_us);
	engine_counts(p);
	parent_status(p);
}

/*
 * A machine with too much to do makes every process silent for a while, and
 * another engine would not have less to do than this one: the one that runs
 * gets more time than the one that does not.
 */
static bool
hangs(struct child *c, int64_t now_us, bool late, int64_t still_us)
{
	int64_t	 cpu_us, silent_us;

	/* Were we late ourselves, silence proves nothing. */
	if (c->ping_seq == c->pong_seq || late) {
		c->pong_seq = c->ping_seq;
		c->heard_us = now_us;
	}
	cpu_us = mono_cpu_us(c->pid);
	if (cpu_us != c->cpu_us) {
		c->cpu_us = cpu_us;
		c->ran_us = now_us;
	}
	silent_us = now_us - c->heard_us;
	if (silent_us < (now_us - c->ran_us >= still_us ? 1 : HANG_BUSY) *
	    still_us)
		return (false);
	log_warnx("%s: silent for %lld ms: killed", c->name,
	    (long long)(silent_us / US_PER_MS));
	c->pong_seq = c->ping_seq;		/* once */
	proc_kill(c, SIGABRT);
	return (true);
}

/* Nobody else would notice one that does not run its scripts any more. */
static void
ping_checkers(struct parent *p, int64_t now_us, bool late)
{
	struct child	*c;

	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->phase == CHILD_RUNNING && proc_is_up(c) &&
		    !hangs(c, now_us, late, HANG_CHECKER_US) &&
		    c->ping_seq == c->pong_seq && p->engine->ping_seq % 8 == 0)
			(void)peer_send(&c->peer, IMSG_PING, 0, c->gen,
			    ++c->ping_seq, -1, NULL);
}

/* Announcements go on after the addresses are there. */
static void
engine_counts(struct parent *p)
{
	struct inst	*inst;

	if (p->ping_us < p->counts_us + COUNTS_US)
		return;
	p->counts_us = p->ping_us;
	RB_FOREACH(inst, inst_tree, &p->insts)
		if (inst->state == INST_MASTER)
			inst_tell(p, inst);
}

void
engine_link(struct parent *p, uint32_t slot, const struct link_info *li)
{
	struct msg	 m;
	uint8_t		 buf[128];
	const uint32_t	 works = LINK_F_EXISTS | LINK_F_UP | LINK_F_RUNNING;
	bool		 up = (li->flags & works) == works;

	/* It works again with its sockets; its end is the cause of theirs. */
	if (p->socks != NULL && up)
		sock_link(p->socks, slot);
	msg_init_write(&m, buf, sizeof(buf));
	link_info_put(&m, li);
	engine_send(p, IMSG_LINK, slot, -1, &m);
	if (p->socks != NULL && !up)
		sock_link(p->socks, slot);
	watch_link(p, slot);
}

/* All interfaces of the running configuration. */
void
engine_links(struct parent *p)
{
	const struct conf_iface	*cf;
	struct link_info	 li;
	struct msg		 m;
	uint8_t			 buf[128];

	TAILQ_FOREACH(cf, &p->conf->ifaces, entry) {
		if (!netlinkd_link(p->nl, cf->id, &li))
			memset(&li, 0, sizeof(li));
		msg_init_write(&m, buf, sizeof(buf));
		link_info_put(&m, &li);
		engine_send(p, IMSG_LINK, cf->id, -1, &m);
	}
}

/* To an engine that knows what it is about; fd is taken in any case. */
void
engine_send(struct parent *p, uint16_t type, uint32_t id, int fd,
    const struct msg *m)
{
	struct child	*c = p->engine;

	if (c != NULL && c->synced)
		(void)peer_send(&c->peer, type, id, c->gen, 0, fd, m);
	else if (fd != -1)
		(void)close(fd);
}

static void
send_rx(void *arg, uint32_t id, const struct sock_rx *rx, int fd)
{
	struct msg	 m;
	uint8_t		 buf[32];

	msg_init_write(&m, buf, sizeof(buf));
	sock_rx_put(&m, rx);
	engine_send(arg, IMSG_SOCK_RX, id, fd, &m);
}

static void
send_tx(void *arg, uint32_t id, const struct sock_tx *tx, int fd)
{
	struct msg	 m;
	uint8_t		 buf[64];

	msg_init_write(&m, buf, sizeof(buf));
	sock_tx_put(&m, tx);
	engine_send(arg, IMSG_SOCK_TX, id, fd, &m);
}

static void
send_use(void *arg, uint32_t id, const struct sock_use *use)
{
	struct parent	*p = arg;
	struct inst	*inst;
	struct msg	 m;
	uint8_t		 buf[64 + 4 * MAX_PEERS];

	if ((inst = inst_find(p, id)) != NULL) {
		inst->sockets = use->why == SOCK_OK && use->rx != 0 &&
		    (use->tx_cnt > 0 || use->late);
		inst->mute = use->late && use->tx_cnt == 0;
	}
	msg_init_write(&m, buf, sizeof(buf));
	sock_use_put(&m, use);
	engine_send(p, IMSG_SOCK_USE, id, -1, &m);
}

static void
send_gone(void *arg, uint32_t id)
{
	engine_send(arg, IMSG_SOCK_GONE, id, -1, NULL);
}
