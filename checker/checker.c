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
 * One identity's scripts: configuration and life of the process, and what it
 * says to the engine. Runs in: checker.
 */

#include <sys/resource.h>

#include <event2/event.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker.h"
#include "child.h"
#include "ctl.h"
#include "log.h"
#include "mono.h"
#include "wire.h"

#define HELD_MAX	16384
#define HOOK_WAIT_US	US_PER_SEC
#define NOTIFY_SLOW_US	(30 * US_PER_SEC)
#define READERS_US	(100 * US_PER_MS)	/* to read what is left */

enum phase {
	PHASE_CONFIGURING = 0x1,
	PHASE_RUNNING = 0x2,
	PHASE_DRAINING = 0x4,
	PHASE_ALL = 0x7
};

/* Told by an engine that has swapped the configurations before us. */
struct held {
	STAILQ_ENTRY(held)	 entry;
	uint32_t		 id;
	struct notify_msg	 ev;
};
STAILQ_HEAD(held_list, held);

struct checker {
	struct event_base	*base;
	enum phase		 phase;
	struct conf		*conf;		/* that runs; NULL: none yet */
	struct conf		*staged;
	struct wire_in		*in;		/* that comes in */
	struct exec		 exec;
	struct scripts		*scripts;
	struct files		*files;
	struct processes	*processes;
	struct notifier		*notifier;
	struct fifos		*fifos;
	struct hooks		*hooks;
	uint32_t		 hook;	/* waits for its turn; 0: none */
	int64_t			 hook_us;	/* ... until then */
	int64_t			 closed_us;	/* when the FIFOs were */
	struct held_list	 held;
	unsigned int		 held_cnt;
	struct peer		 parent;
	struct peer		 engine;
	bool			 connected;	/* engine is open */
	struct event		 ev_deadline;
	struct event		 ev_idle;
	struct event		 ev_hook;
};

/* Where the rows of one answer go. */
struct answer {
	struct checker		*c;
	uint32_t		 conn;
};

static struct event_base *loop_new(void);
static uint32_t	 checker_phase(void *);
static uint32_t	 checker_gen(void *);
static int	 parent_conf(void *, struct imsg *);
static int	 parent_commit(void *, struct imsg *);
static int	 parent_abort(void *, struct imsg *);
static int	 parent_peer(void *, struct imsg *);
static int	 parent_procev(void *, struct imsg *);
static int	 parent_loglevel(void *, struct imsg *);
static int	 parent_hook(void *, struct imsg *);
static int	 parent_shutdown(void *, struct imsg *);
static void	 parent_gone(void *, struct peer *, const char *);
static int	 parent_ping(void *, struct imsg *);
static int	 engine_notify(void *, struct imsg *);
static void	 notify(struct checker *, uint32_t, const struct notify_msg *);
static void	 held_tell(struct checker *);
static int	 engine_scripts(void *, struct imsg *);
static void	 engine_gone(void *, struct peer *, const char *);
static void	 stage_drop(struct checker *);
static void	 stage_refuse(struct checker *, uint32_t, const char *);
static void	 tell_engine(void *, uint32_t, const struct track_msg *);
static void	 tell_row(void *, const struct ctl_script *);
static void	 tell_parent(void *, uint32_t, const struct track_msg *);
static void	 tell_done(void *, uint8_t, uint32_t, uint32_t);
static void	 tell_all(struct checker *);
static void	 on_hook(evutil_socket_t, short, void *);
static void	 on_deadline(evutil_socket_t, short, void *);
static void	 on_idle(evutil_socket_t, short, void *);
static __dead2 void finish(struct checker *);

#define CONF(max)	{ FROM_PARENT, PHASE_ALL, 0, 0, max, parent_conf }

static const struct imsg_rule	 parent_rules[IMSG_TYPE_MAX] = {
	[IMSG_PEER] = { FROM_PARENT, PHASE_ALL, IMSG_F_FD | IMSG_F_ID, 0, 0,
	    parent_peer },
	[IMSG_CONF_BEGIN] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_GLOBAL] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_SCRIPT] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_FILE] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_PROCESS] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_HOOK] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_NOTIFY] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_END] = CONF(IMSG_DATA_MAX),
	[IMSG_CONF_COMMIT] = { FROM_PARENT, PHASE_ALL, 0, 0, 0,
	    parent_commit },
	[IMSG_CONF_ABORT] = { FROM_PARENT, PHASE_ALL, 0, 0, 0, parent_abort },
	[IMSG_LOGLEVEL] = { FROM_PARENT, PHASE_ALL, 0, 1, 1,
	    parent_loglevel },
	[IMSG_PROCEV] = { FROM_PARENT, PHASE_ALL, IMSG_F_FD, 0, 0,
	    parent_procev },
	[IMSG_HOOK] = { FROM_PARENT, PHASE_RUNNING, IMSG_F_ID, 0, 0,
	    parent_hook },
	[IMSG_PING] = { FROM_PARENT, PHASE_ALL, 0, 0, 0, parent_ping },
	[IMSG_SHUTDOWN] = { FROM_PARENT, PHASE_ALL, 0, 8, 8, parent_shutdown }
};

static const struct imsg_rule	 engine_rules[IMSG_TYPE_MAX] = {
	[IMSG_NOTIFY] = { FROM_VRRPE, PHASE_ALL, IMSG_F_ID, 6,
	    6 + NAME_LEN, engine_notify },
	[IMSG_CTL_SCRIPTS] = { FROM_VRRPE, PHASE_ALL, 0, 0, 0,
	    engine_scripts }
};

static const struct peer_ops	 parent_ops = {
	.rules = parent_rules,
	.from = FROM_PARENT,
	.phase = checker_phase,
	.gen = checker_gen,
	.gone = parent_gone
};

static const struct peer_ops	 engine_ops = {
	.rules = engine_rules,
	.from = FROM_VRRPE,
	.phase = checker_phase,
	.gen = checker_gen,
	.gone = engine_gone
};

int
main(int argc, char **argv)
{
	static struct checker	 checker;
	struct checker		*c = &checker;
	struct hello		 hello;

	log_init("checker", log_sink_stderr, NULL);
	child_hello(ROLE_CHECKER, &hello);
	if (chdir("/") == -1)
		fatal("/");
	STAILQ_INIT(&c->held);
	c->base = loop_new();
	c->phase = PHASE_CONFIGURING;
	child_confine(&hello, NULL);
	child_ready();
	exec_init(&c->exec, c->base, hello.uid, hello.gid);
	c->scripts = scripts_new(c->base, &c->exec, tell_engine, c);
	c->files = files_new(c->base, tell_engine, c);
	c->processes = processes_new(c->base, tell_engine, c);
	c->notifier = notifier_new(&c->exec, NOTIFY_SLOW_US, tell_done, c);
	c->fifos = fifos_new(c->base, &c->exec);
	c->hooks = hooks_new(c->base, &c->exec, tell_parent, c);
	if (c->scripts == NULL || c->files == NULL || c->processes == NULL ||
	    c->notifier == NULL || c->fifos == NULL || c->hooks == NULL)
		fatal(NULL);
	if (peer_open(&c->parent, c->base, CHILD_FD, "parent", &parent_ops,
	    c) == -1)
		fatal("descriptor %d", CHILD_FD);
	log_init("checker", child_log_sink, &c->parent.ibuf);
	if (event_assign(&c->ev_deadline, c->base, -1, 0, on_deadline,
	    c) == -1 || event_assign(&c->ev_idle, c->base, -1, EV_PERSIST,
	    on_idle, c) == -1 || event_assign(&c->ev_hook, c->base, -1,
	    EV_PERSIST, on_hook, c) == -1)
		fatalx("cannot make a timer");
	if (event_base_dispatch(c->base) == -1)
		fatalx("the event loop failed");
	return (1);
}

static struct event_base *
loop_new(void)
{
	struct event_config	*config;
	struct event_base	*base;

	if ((config = event_config_new()) == NULL ||
	    event_config_set_flag(config,
	    EVENT_BASE_FLAG_PRECISE_TIMER) == -1 ||
	    event_config_set_max_dispatch_interval(config, NULL,
	    STARTS_A_TURN, PRIO_START) == -1 ||
	    (base = event_base_new_with_config(config)) == NULL ||
	    event_base_priority_init(base, PRIO_CNT) == -1)
		fatalx("cannot make the event loop");
	event_config_free(config);
	return (base);
}

static uint32_t
checker_phase(void *arg)
{
	const struct checker	*c = arg;

	return (c->phase);
}

static uint32_t
checker_gen(void *arg)
{
	const struct checker	*c = arg;

	return (c->conf != NULL ? c->conf->gen : 0);
}

/* After a refusal the rest of that configuration is passed over. */
static int
parent_conf(void *arg, struct imsg *im)
{
	struct checker	*c = arg;
	char		 why[TEXT_LEN];

	if (im->type == IMSG_CONF_BEGIN) {
		stage_drop(c);
		if ((c->in = wire_in_new(WIRE_CHECKER, im->gen)) == NULL)
			fatal(NULL);
	}
	if (c->in == NULL)
		return (0);
	switch (wire_in_take(c->in, im, why, sizeof(why))) {
	case 0:
		return (0);
	case 1:
		c->staged = wire_in_finish(c->in);
		wire_in_free(c->in);
		c->in = NULL;
		return (peer_send(&c->parent, IMSG_CONF_ACK, 0, im->gen, 0,
		    -1, NULL));
	default:
		stage_refuse(c, im->gen, why);
		return (0);
	}
}

static int
parent_commit(void *arg, struct imsg *im)
{
	struct checker	*c = arg;
	struct conf	*old = c->conf;

	if (c->staged == NULL || c->staged->gen != im->gen)
		return (-1);
	c->conf = c->staged;
	c->staged = NULL;
	if (c->phase == PHASE_CONFIGURING)
		c->phase = PHASE_RUNNING;
	(void)umask(c->conf->global.umask);
	notifier_follow(c->notifier, c->conf);
	if (c->phase == PHASE_RUNNING) {
		fifos_follow(c->fifos, c->conf);
		scripts_follow(c->scripts, c->conf);
		files_follow(c->files, c->conf);
		processes_follow(c->processes, c->conf);
	}
	tell_all(c);
	conf_free(old);
	held_tell(c);
	return (0);
}

static int
parent_abort(void *arg, struct imsg *im)
{
	stage_drop(arg);
	held_tell(arg);
	return (0);
}

static int
parent_peer(void *arg, struct imsg *im)
{
	struct checker	*c = arg;

	if (c->connected)
		peer_close(&c->engine);
	c->connected = false;
	if (peer_open(&c->engine, c->base, imsg_take_fd(im), "vrrpe",
	    &engine_ops, c) == -1) {
		log_warn("the engine's descriptor");
		return (0);
	}
	c->connected = true;
	tell_all(c);
	(void)peer_send(&c->engine, IMSG_TRACK_SYNC, 0, checker_gen(c), 0, -1,
	    NULL);			/* a failure comes as engine_gone */
	notifier_tell_busy(c->notifier);
	return (0);
}

static int
parent_procev(void *arg, struct imsg *im)
{
	struct checker	*c = arg;

	processes_events(c->processes, imsg_take_fd(im));
	return (0);
}

static void
tell_all(struct checker *c)
{
	scripts_tell_all(c->scripts);
	files_tell_all(c->files);
	processes_tell_all(c->processes);
}

/*
 * Start-up and shutdown script. The latter waits until the engine is gone and
 * the notify scripts have ended, for a while.
 */
static int
parent_hook(void *arg, struct imsg *im)
{
	struct checker	*c = arg;
	struct timeval	 look = { 0, 5 * US_PER_MS };

	if (c->hook != 0 || (im->id != HOOK_STARTUP + 1 &&
	    im->id != HOOK_SHUTDOWN + 1))
		return (-1);
	if (im->id == HOOK_STARTUP + 1) {
		hooks_run(c->hooks, im->id, &c->conf->hooks[HOOK_STARTUP]);
		return (0);
	}
	c->hook = im->id;
	c->hook_us = mono_us() + HOOK_WAIT_US;
	if (event_add(&c->ev_hook, &look) == -1)
		fatalx("cannot set a timer");
	return (0);
}

static void
on_hook(evutil_socket_t fd, short what, void *arg)
{
	struct checker	*c = arg;

	if ((c->connected || !notifier_idle(c->notifier)) &&
	    mono_us() < c->hook_us)
		return;
	(void)event_del(&c->ev_hook);
	hooks_run(c->hooks, c->hook, &c->conf->hooks[HOOK_SHUTDOWN]);
}

static void
tell_parent(void *arg, uint32_t id, const struct track_msg *told)
{
	struct checker	*c = arg;
	struct msg	 m;
	uint8_t		 buf[32];

	msg_init_write(&m, buf, sizeof(buf));
	track_put(&m, told);
	(void)peer_send(&c->parent, IMSG_HOOK_DONE, id, checker_gen(c), 0, -1,
	    &m);			/* a failure comes as parent_gone */
	peer_flush(&c->parent);
}

static int
parent_loglevel(void *arg, struct imsg *im)
{
	if (im->data[0] > LOGL_VERBOSE)
		return (-1);
	log_setlevel(im->data[0] == LOGL_VERBOSE ? LOGL_VERBOSE : LOGL_BRIEF);
	return (0);
}

/* We are not stuck. */
static int
parent_ping(void *arg, struct imsg *im)
{
	struct checker	*c = arg;

	return (peer_send(&c->parent, IMSG_PONG, 0, checker_gen(c), im->seq,
	    -1, NULL));
}

/*
 * The engine may still have something to tell: without its end of file we
 * wait for the deadline. A second SHUTDOWN does not wait at all.
 */
static int
parent_shutdown(void *arg, struct imsg *im)
{
	struct checker	*c = arg;
	struct timeval	 tv, look = { 0, 5 * US_PER_MS };
	struct msg	 m;
	int64_t		 wait_us;

	msg_init_read(&m, im->data, im->len);
	wait_us = msg_get_s64(&m) - mono_us();
	if (c->phase == PHASE_DRAINING || wait_us <= 0)
		finish(c);
	c->phase = PHASE_DRAINING;
	scripts_stop(c->scripts);
	files_stop(c->files);
	processes_stop(c->processes);
	tv.tv_sec = (time_t)(wait_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(wait_us % US_PER_SEC);
	if (event_add(&c->ev_deadline, &tv) == -1 ||
	    event_add(&c->ev_idle, &look) == -1)
		fatalx("cannot set a timer");
	return (0);
}

/* Whatever the reason, nothing of ours may go on without the parent. */
static void
parent_gone(void *arg, struct peer *peer, const char *text)
{
	finish(arg);
}

static int
engine_notify(void *arg, struct imsg *im)
{
	struct checker		*c = arg;
	struct notify_msg	 ev;
	struct held		*held;
	struct msg		 m;

	msg_init_read(&m, im->data, im->len);
	if (notify_get(&m, &ev) == -1)
		return (-1);
	/* Our own COMMIT is under way: only with it are its words known. */
	if (c->staged != NULL && c->staged->gen == im->gen &&
	    c->held_cnt < HELD_MAX) {
		if ((held = calloc(1, sizeof(*held))) == NULL)
			fatal(NULL);
		held->id = im->id;
		held->ev = ev;
		STAILQ_INSERT_TAIL(&c->held, held, entry);
		c->held_cnt++;
	} else
		notify(c, im->id, &ev);
	return (0);
}

static void
notify(struct checker *c, uint32_t id, const struct notify_msg *ev)
{
	if (ev->part != NPART_SCRIPT)
		fifos_write(c->fifos, ev);
	if (ev->part != NPART_FIFO && ev->event != NEV_MASTER_PRIO &&
	    ev->event != NEV_BACKUP_PRIO)
		notifier_event(c->notifier, id, ev);
}

static void
held_tell(struct checker *c)
{
	struct held	*held;

	while ((held = STAILQ_FIRST(&c->held)) != NULL) {
		STAILQ_REMOVE_HEAD(&c->held, entry);
		c->held_cnt--;
		notify(c, held->id, &held->ev);
		free(held);
	}
}

static int
engine_scripts(void *arg, struct imsg *im)
{
	struct checker	*c = arg;
	struct answer	 a = { c, im->id };
	struct rusage	 use;
	struct msg	 m;
	uint8_t		 buf[8];

	scripts_rows(c->scripts, tell_row, &a);
	files_rows(c->files, tell_row, &a);
	processes_rows(c->processes, tell_row, &a);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u64(&m, getrusage(RUSAGE_SELF, &use) == -1 ? 0 :
	    (uint64_t)use.ru_maxrss * 1024);
	return (peer_send(&c->engine, IMSG_CTL_END, im->id, checker_gen(c), 0,
	    -1, &m));
}

/* The parent starts another one and sends its end of a new pair. */
static void
engine_gone(void *arg, struct peer *peer, const char *text)
{
	struct checker	*c = arg;

	if (text != NULL)
		log_warnx("vrrpe: %s", text);
	peer_close(peer);
	c->connected = false;
}

static void
stage_drop(struct checker *c)
{
	wire_in_free(c->in);
	conf_free(c->staged);
	c->in = NULL;
	c->staged = NULL;
}

static void
stage_refuse(struct checker *c, uint32_t gen, const char *why)
{
	struct msg	 m;
	uint8_t		 buf[TEXT_LEN + 2];

	stage_drop(c);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_str(&m, why);
	if (peer_send(&c->parent, IMSG_CONF_NAK, 0, gen, 0, -1, &m) == -1)
		fatalx("refused configuration: %s", why);
}

static void
tell_engine(void *arg, uint32_t id, const struct track_msg *track)
{
	struct checker	*c = arg;
	struct msg	 m;
	uint8_t		 buf[32];

	if (!c->connected)
		return;			/* all is told to the next one */
	msg_init_write(&m, buf, sizeof(buf));
	track_put(&m, track);
	(void)peer_send(&c->engine, IMSG_TRACK, id, checker_gen(c), 0, -1,
	    &m);			/* a failure comes as engine_gone */
	peer_flush(&c->engine);
}

/* Of an engine that is gone nobody wants to know. */
static void
tell_done(void *arg, uint8_t kind, uint32_t id, uint32_t cnt)
{
	struct checker	*c = arg;
	struct msg	 m;
	uint8_t		 buf[8];

	if (!c->connected)
		return;
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, kind);
	msg_put_u32(&m, cnt);
	(void)peer_send(&c->engine, IMSG_NOTIFY_DONE, id, checker_gen(c), 0,
	    -1, &m);			/* a failure comes as engine_gone */
	peer_flush(&c->engine);
}

static void
tell_row(void *arg, const struct ctl_script *row)
{
	struct answer	*a = arg;
	struct msg	 m;
	uint8_t		 buf[2048];

	msg_init_write(&m, buf, sizeof(buf));
	ctl_script_put(&m, row);
	(void)peer_send(&a->c->engine, IMSG_CTL_SCRIPT, a->conn,
	    checker_gen(a->c), 0, -1, &m);	/* likewise */
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	finish(arg);
}

static void
on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct checker	*c = arg;

	if (c->connected || !notifier_idle(c->notifier))
		return;
	/* The readers see the end; those that do not mind it are ended. */
	if (c->closed_us == 0) {
		c->closed_us = mono_us();
		fifos_close(c->fifos);
	} else if (mono_us() - c->closed_us >= READERS_US)
		fifos_end_readers(c->fifos);
	if (exec_idle(&c->exec))
		finish(c);
}

static void
finish(struct checker *c)
{
	exec_signal(&c->exec, SIGKILL);
	exit(0);
}
