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
 * Bringing a loaded configuration into force: ids, users, sockets, then every
 * child is told, all must agree, and it is switched everywhere in one turn.
 * Runs in: parent.
 */

#include <net/if.h>

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "../netlinkd/netlinkd.h"
#include "announce.h"
#include "mono.h"
#include "parent.h"
#include "sock.h"
#include "wire.h"

/* Whom wire_send() is writing to, and in which generation. */
struct stage_to {
	struct child		*c;
	const struct idents	*idents;
	uint32_t		 gen;
};

static bool	 stage_is_damaged(const struct conf *, const struct conf *,
		    char *, size_t);
static bool	 stage_is_stranded(struct parent *, const struct conf *,
		    char *, size_t);
static int	 stage_prepare(struct parent *, char *, size_t);
static int	 send_one(void *, uint16_t, uint32_t, const struct msg *);
static bool	 is_identity(void *, const struct conf_user *);
static bool	 stage_is_waiting(struct parent *, struct child *);
static bool	 stage_yield(struct parent *);
static void	 stage_commit(struct parent *);
static void	 stage_switch(struct parent *);
static void	 commit_engine(struct parent *, bool);
static void	 commit_runner(struct child *);
static void	 drop_child(struct child *);

/* A whole configuration has been read; it belongs to the stage now. */
void
stage_begin(struct parent *p, struct conf *conf)
{
	struct reload	*r = &p->reload;
	struct timeval	 tv;
	struct child	*c;
	char		 why[TEXT_LEN];

	r->conf = conf;
	r->gen = conf->gen = p->gen_last;
	if (stage_prepare(p, why, sizeof(why)) == -1) {
		reload_refuse(p, "%s", why);
		return;
	}
	r->state = RELOAD_STAGING;
	(void)event_add(&r->timer, proc_tv(&tv, STAGE_LIMIT_US));
	if (p->bounded && ident_may_gain(r->idents))
		log_at(LOG_WARNING, "there are scripts that may become root "
		    "now: they have not all of its capabilities before vrrpd "
		    "is started again");
	if (proc_is_up(p->engine))
		proc_raise_nofile(p->engine);
	else if (p->conf == NULL)
		proc_start(p->engine);
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->phase == 0 && p->conf != NULL)
			c->due(c);		/* now, not after its pause */
	runner_follow(p, r->idents);
	stage_advance(p);
}

/* The same up to where something would change. */
void
stage_try(struct parent *p, struct conf *conf)
{
	struct diff	*diff;
	char		 text[TEXT_LEN];

	if (stage_is_damaged(p->conf, conf, text, sizeof(text)) ||
	    stage_is_stranded(p, conf, text, sizeof(text))) {
		reload_refuse(p, "%s", text);
		conf_free(conf);
		return;
	}
	if (conf_assign_ids(p->ids, conf) == -1 ||
	    (diff = diff_new(p->conf, conf)) == NULL) {
		reload_refuse(p, "a reference has no target");
		conf_free(conf);
		return;
	}
	changes_tell(p, diff);
	(void)snprintf(text, sizeof(text), "nothing was changed; a reload "
	    "would be: %u added, %u changed, %u removed, %u warning%s",
	    diff->added, diff->changed, diff->removed, conf->global.warnings,
	    conf->global.warnings == 1 ? "" : "s");
	diff_free(diff);
	conf_free(conf);
	reload_done(p, text);
}

/*
 * A file that was cut off or mistyped still loads as far as it goes. Where it
 * would take addresses away from a running service it is refused: whoever
 * means to remove them leaves no new warning behind.
 */
static bool
stage_is_damaged(const struct conf *old, const struct conf *new, char *why,
    size_t whylen)
{
	if (new->inst_cnt == 0 && old->inst_cnt > 0)
		(void)snprintf(why, whylen, "no instance is left; to give up "
		    "all of them stop vrrpd");
	else if (new->global.warnings > old->global.warnings &&
	    (new->inst_cnt < old->inst_cnt || new->vip_cnt < old->vip_cnt))
		(void)snprintf(why, whylen, "there are new warnings, and "
		    "%u of %u instances, %u of %u addresses would be left",
		    new->inst_cnt, old->inst_cnt, new->vip_cnt,
		    old->vip_cnt);
	else
		return (false);
	return (true);
}

/*
 * An interface may come later, but a service that runs is not moved to where
 * there is none: it was mistyped, or has vanished.
 */
static bool
stage_is_stranded(struct parent *p, const struct conf *new, char *why,
    size_t whylen)
{
	const struct conf_iface	*iface;
	const struct conf_inst	*ci, *old;
	const struct inst	*inst;

	TAILQ_FOREACH(iface, &new->ifaces, entry) {
		if (iface->make != CONF_MAKE_NONE ||
		    if_nametoindex(iface->name) != 0)
			continue;
		TAILQ_FOREACH(ci, &new->insts, entry) {
			if (strcmp(ci->ifname, iface->name) != 0 ||
			    (old = conf_inst_by_name(p->conf, ci->name)) ==
			    NULL || strcmp(old->ifname, ci->ifname) == 0)
				continue;
			inst = inst_find(p, old->id);
			if (inst == NULL || inst->state != INST_MASTER)
				continue;
			(void)snprintf(why, whylen, "%s is MASTER on %s, and "
			    "there is no interface %s", ci->name, old->ifname,
			    ci->ifname);
			return (true);
		}
	}
	return (false);
}

static int
stage_prepare(struct parent *p, char *why, size_t whylen)
{
	struct reload	*r = &p->reload;

	if (p->conf != NULL && !r->rollback &&
	    (stage_is_damaged(p->conf, r->conf, why, whylen) ||
	    stage_is_stranded(p, r->conf, why, whylen)))
		return (-1);
	if (conf_assign_ids(p->ids, r->conf) == -1) {
		(void)snprintf(why, whylen, "a reference has no target");
		return (-1);
	}
	netns_keep(p->conf, r->conf);
	hook_files(p->conf, r->conf);
	r->idents = ident_load(r->conf, p->idents, why, whylen);
	if (r->idents == NULL)
		return (-1);
	if (p->nl == NULL)
		procev_open(p);			/* not there in another one */
	if (p->nl == NULL && (netns_enter(r->conf) == -1 ||
	    start_network(p, r->conf) == -1)) {
		(void)snprintf(why, whylen, "the start failed");
		return (-1);
	}
	if ((r->diff = diff_new(p->conf, r->conf)) == NULL)
		fatal("configuration");
	if (sock_conf(p->socks, r->conf) == -1) {
		(void)snprintf(why, whylen, "out of memory");
		return (-1);
	}
	r->sockets = true;
	return (0);
}

/* A child is ready for a configuration: the staged one, if there is one. */
void
stage_child(struct child *c)
{
	struct parent	*p = c->p;
	struct reload	*r = &p->reload;

	if (p->state == PARENT_STOPPING)
		return;
	proc_arm(c, STAGE_LIMIT_US, proc_late);
	/* A checker may be told of the end of what it knows from the old. */
	if (r->state == RELOAD_STAGING && (c->role == ROLE_VRRPE ||
	    p->idents == NULL || ident_by_id(p->idents, c->id) == NULL))
		stage_send(c, r->conf, r->idents);
	else if (p->conf != NULL)
		stage_send(c, p->conf, p->idents);
}

void
stage_send(struct child *c, const struct conf *conf,
    const struct idents *idents)
{
	struct stage_to	 to;

	to.c = c;
	to.idents = idents;
	to.gen = conf->gen;
	c->stage_gen = conf->gen;
	c->acked = false;
	if (wire_send(conf, c->role == ROLE_VRRPE ? WIRE_ENGINE :
	    c->role == ROLE_MAILER ? WIRE_MAILER : WIRE_CHECKER, send_one,
	    is_identity, &to) == -1)
		log_warnx("%s: configuration cannot be sent", c->name);
}

static int
send_one(void *arg, uint16_t type, uint32_t id, const struct msg *m)
{
	struct stage_to	*to = arg;

	return (peer_send(&to->c->peer, type, id, to->gen, 0, -1, m));
}

static bool
is_identity(void *arg, const struct conf_user *user)
{
	struct stage_to	*to = arg;

	return (ident_find(to->idents, user) == to->c->id);
}

/* A child has the configuration: 0, -1 when nobody asked for that. */
int
stage_ack(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct parent	*p = c->p;

	if (c->stage_gen == 0 || c->acked || im->gen != c->stage_gen)
		return (im->gen == c->stage_gen ? -1 : 0);
	c->acked = true;
	if (p->state == PARENT_STOPPING)
		return (0);
	if (p->conf != NULL && c->stage_gen == p->conf->gen) {
		/* Started again, and the running one is all it needs. */
		if (c->role == ROLE_VRRPE)
			commit_engine(p, false);
		else
			commit_runner(c);
		runner_pair(p);
		procev_follow(p);
		mailer_pair(p);
		if (c->role == ROLE_VRRPE)
			engine_start(p);
	} else if (p->conf != NULL && p->reload.state != RELOAD_STAGING)
		stage_child(c);		/* there was a reload meanwhile */
	stage_advance(p);
	return (0);
}

int
stage_nak(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct msg	 m;
	char		 text[TEXT_LEN];

	msg_init_read(&m, im->data, im->len);
	msg_get_str(&m, text, sizeof(text));
	if (msg_end(&m) == -1)
		return (-1);
	if (c->stage_gen == 0 || im->gen != c->stage_gen)
		return (0);
	log_warnx("%s: refuses the configuration: %s", c->name, text);
	if (c->stage_gen != c->p->reload.gen ||
	    c->p->reload.state != RELOAD_STAGING ||
	    c->p->reload.yield != YIELD_NONE)
		return (-1);		/* the running one: no use at all */
	c->stage_gen = 0;
	reload_refuse(c->p, "%s: %s", c->name, text);
	return (0);
}

/* Comes back with every answer, start and end of a child. */
void
stage_advance(struct parent *p)
{
	struct child	*c;
	bool		 waiting;

	if (p->reload.state != RELOAD_STAGING ||
	    p->reload.yield == YIELD_WAITS)
		return;
	waiting = stage_is_waiting(p, p->engine);
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (ident_by_id(p->reload.idents, c->id) == NULL ?
		    (c->phase & (CHILD_HELLO | CHILD_CONFIGURING)) != 0 :
		    stage_is_waiting(p, c))
			waiting = true;
	/* What was given up does not come back: nothing else matters. */
	if (p->reload.yield == YIELD_DONE || (!waiting && !stage_yield(p)))
		stage_commit(p);
}

/*
 * Make before break: those that are MASTER of what goes away give it up, and
 * keep the addresses until the successor was heard. Then the stage comes into
 * force, in any case. False: there is none.
 */
static bool
stage_yield(struct parent *p)
{
	const struct diff	*diff = p->reload.diff;
	const struct diff_inst	*di;
	struct timeval		 tv;
	struct inst		*inst;
	int64_t			 us;
	size_t			 i;

	us = 0;
	if (p->state != PARENT_STARTING)
		changes_tell(p, diff);
	if (p->engine->phase != CHILD_RUNNING)
		return (false);
	for (i = 0; i < diff->inst_cnt; i++) {
		di = &diff->insts[i];
		if ((di->kind != DIFF_REMOVED && di->kind != DIFF_REPLACED) ||
		    (inst = inst_find(p, di->old->id)) == NULL ||
		    inst->state != INST_MASTER)
			continue;
		inst->yields = true;
		if (di->old->adver_int_us > us)
			us = di->old->adver_int_us;
		engine_send(p, IMSG_YIELD, inst->id, -1, NULL);
	}
	if (us == 0)
		return (false);
	us += YIELD_SLACK_US;
	p->reload.yield = YIELD_WAITS;
	(void)event_add(&p->reload.timer, proc_tv(&tv, us > YIELD_MAX_US ?
	    YIELD_MAX_US : us));
	return (true);
}

/* One of them is not MASTER any more; clients learn of the last one, too. */
void
stage_yielded(struct parent *p)
{
	struct timeval	 tv;
	struct inst	*inst;

	if (p->reload.yield != YIELD_WAITS)
		return;
	RB_FOREACH(inst, inst_tree, &p->insts)
		if (inst->yields && inst->state == INST_MASTER)
			return;
	(void)event_add(&p->reload.timer, proc_tv(&tv, LINGER_PLANNED_US));
}

static bool
stage_is_waiting(struct parent *p, struct child *c)
{
	if (c->phase == CHILD_HELLO)
		return (true);
	if (c->phase == 0 || c->phase == CHILD_DRAINING || !proc_is_up(c))
		return (false);		/* gets it when it is started again */
	if (c->stage_gen == p->reload.gen)
		return (!c->acked);
	if (c->stage_gen == 0)
		stage_send(c, p->reload.conf, p->reload.idents);
	return (true);
}

static void
stage_commit(struct parent *p)
{
	struct diff	*diff = p->reload.diff;
	struct child	*c;
	char		 text[TEXT_LEN];

	inst_conf(p, p->reload.conf, diff);
	if (netlinkd_conf(p->nl, p->reload.conf) == -1 ||
	    ann_conf(p->ann, p->reload.conf) == -1)
		fatal("configuration");
	if (p->state == PARENT_STARTING)
		resume_adopt(p);
	(void)snprintf(text, sizeof(text),
	    "%s: %u added, %u changed, %u removed, %u warning%s%s",
	    p->reload.rollback ? "rolled back" : "reloaded",
	    diff->added, diff->changed, diff->removed,
	    p->reload.conf->global.warnings,
	    p->reload.conf->global.warnings == 1 ? "" : "s",
	    p->reload.confirm_us == 0 ? "" :
	    "; waits for \"vrrpctl confirm\"");
	stage_switch(p);
	if (netlinkd_ledger_write(p->nl, p->ledger_path) == -1)
		log_warn("%s: cannot write", p->ledger_path);

	commit_engine(p, true);
	hook_fifos(p);
	retime_conf(p);
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->stage_gen == p->conf->gen && proc_is_up(c))
			commit_runner(c);
	runner_pair(p);
	procev_follow(p);
	mailer_follow(p);
	mailer_pair(p);
	if (p->state != PARENT_STARTING || !hook_run(p, HOOK_STARTUP)) {
		stage_started(p, text);
		return;
	}
	(void)event_del(&p->reload.timer);
	(void)event_del(&p->engine->timer);	/* it is not late */
	p->reload.state = RELOAD_STARTUP;
}

/* The engine may run; text: of a reload. */
void
stage_started(struct parent *p, const char *text)
{
	bool	 first = p->state == PARENT_STARTING;

	p->reload.state = RELOAD_IDLE;
	if (p->engine->synced && p->engine->phase == CHILD_CONFIGURING)
		engine_start(p);
	else if (p->engine->synced)
		engine_ping_start(p);
	runner_sweep(p);
	if (first)
		parent_ready(p);
	reload_done(p, first ? NULL : text);
}

/* The stage becomes the running configuration. */
static void
stage_switch(struct parent *p)
{
	struct reload	*r = &p->reload;
	struct conf	*old = p->conf;

	p->conf = r->conf;
	p->loaded_us = mono_us();
	r->conf = NULL;
	diff_free(r->diff);
	r->diff = NULL;
	hook_files(p->conf, p->conf);		/* the checkers know */
	ident_free(p->idents);
	p->idents = r->idents;
	r->idents = NULL;
	r->sockets = false;
	r->state = RELOAD_IDLE;
	r->yield = YIELD_NONE;
	/* The sockets look at their configuration up to this call. */
	r->old = old;
}

/* The engine goes over; it may be new, or not be there at all. */
static void
commit_engine(struct parent *p, bool reload)
{
	struct child	*c = p->engine;
	bool		 there;

	there = proc_is_up(c) && c->stage_gen == p->conf->gen;
	if (there) {
		(void)peer_send(&c->peer, IMSG_CONF_COMMIT, 0, p->conf->gen, 0,
		    -1, NULL);
		c->gen = p->conf->gen;
		c->stage_gen = 0;
		p->state_rate.cnt = 0;	/* it tells of all anew */
	}
	if (there && c->synced)
		engine_links(p);
	if (reload) {
		/* Heard by an engine that is synced; the parent notes it. */
		sock_commit(p->socks);
		watch_conf(p);
		confirm_old(p);
	}
	if (there && !c->synced)
		engine_sync(p);
}

static void
commit_runner(struct child *c)
{
	(void)peer_send(&c->peer, IMSG_CONF_COMMIT, 0, c->stage_gen, 0, -1,
	    NULL);
	c->gen = c->stage_gen;
	c->stage_gen = 0;
	if (c->phase == CHILD_CONFIGURING)
		(void)event_del(&c->timer);	/* of stage_child */
	c->phase = CHILD_RUNNING;
}

/* Forgets the stage, here and in the children. */
void
stage_drop(struct parent *p)
{
	struct reload	*r = &p->reload;
	struct child	*c;
	bool		 told;

	told = r->state == RELOAD_STAGING;
	r->state = RELOAD_IDLE;
	if (r->yield != YIELD_NONE)
		inst_yield_end(p);
	r->yield = YIELD_NONE;
	if (r->sockets)
		sock_abort(p->socks);
	r->sockets = false;
	diff_free(r->diff);
	r->diff = NULL;
	ident_free(r->idents);
	r->idents = NULL;
	conf_free(r->conf);
	r->conf = NULL;
	if (!told || p->state != PARENT_RUNNING)
		return;
	drop_child(p->engine);
	TAILQ_FOREACH(c, &p->checkers, entry)
		drop_child(c);
	runner_sweep(p);
}

static void
drop_child(struct child *c)
{
	if (c->stage_gen != c->p->reload.gen || !proc_is_up(c))
		return;
	(void)peer_send(&c->peer, IMSG_CONF_ABORT, 0, c->stage_gen, 0, -1,
	    NULL);
	c->stage_gen = 0;
	/* One that was started meanwhile has nothing to go back to. */
	if (c->gen == 0 && runner_is_wanted(c->p, c))
		stage_child(c);
}
