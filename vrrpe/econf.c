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
 * Configurations: received and staged while the old one runs, then swapped in
 * one turn. Runs in: vrrpe.
 */

#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpe.h"

static void	 refuse(struct engine *, uint32_t, const char *);
static void	 stage(struct engine *, uint32_t);
static int	 stage_check(const struct conf *, char *, size_t);
static const char *inst_wrong(const struct conf_inst *);
static void	 stage_scripts(struct engine *);
static void	 unstage(struct engine *);
static void	 clear_uses(struct engine *);
static void	 repeat_states(struct engine *);
static void	 match(struct engine *);
static void	 end_unmatched(struct engine *);
static void	 keep_use(struct engine *, struct einst *);
static void	 adopt(struct engine *);
static void	 apply_uses(struct engine *);
static void	 prune(struct engine *);
static void	 prune_links(struct engine *);

int
econf_take(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	char		 why[TEXT_LEN];

	if (im->type == IMSG_CONF_BEGIN) {
		unstage(e);
		e->stage_gen = im->gen;
		if ((e->in = wire_in_new(WIRE_ENGINE, im->gen)) == NULL)
			fatal("configuration");
	}
	if (im->gen != e->stage_gen)
		return (-1);
	if (e->in == NULL)
		return (0);	/* the rest of a refused one */
	switch (wire_in_take(e->in, im, why, sizeof(why))) {
	case 0:
		break;
	case 1:
		stage(e, im->gen);
		break;
	default:
		refuse(e, im->gen, why);
		break;
	}
	return (0);
}

static void
refuse(struct engine *e, uint32_t gen, const char *why)
{
	struct msg	 m;
	uint8_t		 buf[TEXT_LEN + 2];

	unstage(e);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_str(&m, why);
	log_warnx("configuration refused: %s", why);
	(void)peer_send(&e->parent, IMSG_CONF_NAK, 0, gen, 0, -1, &m);
}

static void
stage(struct engine *e, uint32_t gen)
{
	char	 why[TEXT_LEN];

	e->stage = wire_in_finish(e->in);
	wire_in_free(e->in);
	e->in = NULL;
	if (e->stage == NULL) {
		refuse(e, gen, "the configuration is not whole");
		return;
	}
	if (stage_check(e->stage, why, sizeof(why)) == -1) {
		refuse(e, gen, why);
		return;
	}
	stage_scripts(e);
	(void)peer_send(&e->parent, IMSG_CONF_ACK, 0, gen, 0, -1, NULL);
}

/* What the state machine and the tables rely on. */
static int
stage_check(const struct conf *conf, char *why, size_t whylen)
{
	const struct conf_inst	*c;
	const char		*text;
	struct einst_tree	 seen = RB_INITIALIZER(&seen);
	struct einst		*all, *slot;
	size_t			 n = 0;
	int			 ret = 0;

	if (conf->inst_cnt > MAX_INSTANCES) {
		(void)snprintf(why, whylen, "too many instances");
		return (-1);
	}
	all = calloc((size_t)conf->inst_cnt + 1, sizeof(*all));
	if (all == NULL)
		fatal("configuration");
	TAILQ_FOREACH(c, &conf->insts, entry) {
		text = inst_wrong(c);
		if (text == NULL && n < conf->inst_cnt) {
			slot = &all[n++];
			slot->id = c->id;
			if (RB_INSERT(einst_tree, &seen, slot) != NULL)
				text = "its id is used twice";
		} else if (text == NULL)
			text = "one more than was announced";
		if (text != NULL) {
			(void)snprintf(why, whylen, "instance %s: %s", c->name,
			    text);
			ret = -1;
			break;
		}
	}
	free(all);
	return (ret);
}

static const char *
inst_wrong(const struct conf_inst *c)
{
	const struct conf_track	*t;

	if (c->id == 0 || c->slot == 0)
		return ("no id");
	if (c->vrid == 0)
		return ("VRID 0");
	if (c->version != 2 && c->version != 3)
		return ("unknown version");
	if (c->family != AF_INET && c->family != AF_INET6)
		return ("unknown family");
	if (c->priority == 0)
		return ("priority 0");
	if (c->adver_int_us <= 0 || c->adver_int_us > VR_INT_MAX_US)
		return ("advert_int out of range");
	if (c->preempt_delay_us < 0 || c->preempt_delay_us > VR_TIME_MAX / 2)
		return ("preempt_delay out of range");
	if (c->down_timer_adverts == 0 || c->down_timer_adverts > 100)
		return ("down_timer_adverts out of range");
	if (conf_inst_advert_vips(c) > MAX_VIPS_ADVERT)
		return ("too many addresses");
	if ((c->group_id == 0) != (c->group[0] == '\0'))
		return ("no id of its group");
	TAILQ_FOREACH(t, &c->tracks, entry) {
		if (t->kind >= CONF_TRACK_KIND_MAX || t->object == 0)
			return ("tracks nothing that is known");
		if (t->weight < -254 || t->weight > 254)
			return ("weight out of range");
	}
	return (NULL);
}

/*
 * A checker may commit before we do and tell its first verdicts, so the table
 * knows staged scripts already.
 */
static void
stage_scripts(struct engine *e)
{
	const struct conf_inst	*c;
	const struct conf_track	*t;
	struct escript		*s;

	TAILQ_FOREACH(c, &e->stage->insts, entry) {
		TAILQ_FOREACH(t, &c->tracks, entry) {
			if (t->kind == CONF_TRACK_IFACE)
				continue;
			s = escript_add(e, t->object);
			s->staged = t->checker;
			s->kind = t->kind;
			(void)strlcpy(s->name, t->name, sizeof(s->name));
		}
	}
}

/* Drops whatever is received or staged. */
static void
unstage(struct engine *e)
{
	struct escript	*s, *next;

	wire_in_free(e->in);
	e->in = NULL;
	conf_free(e->stage);
	e->stage = NULL;
	clear_uses(e);
	for (s = RB_MIN(escript_tree, &e->scripts); s != NULL; s = next) {
		next = RB_NEXT(escript_tree, &e->scripts, s);
		s->staged = 0;
		if (!LIST_EMPTY(&s->trackers))
			continue;
		RB_REMOVE(escript_tree, &e->scripts, s);
		free(s);
	}
}

static void
clear_uses(struct engine *e)
{
	struct staged_use	*staged;

	while ((staged = TAILQ_FIRST(&e->stage_uses)) != NULL) {
		TAILQ_REMOVE(&e->stage_uses, staged, entry);
		euse_clear(&staged->use);
		free(staged);
	}
}

int
econf_abort(void *arg, struct imsg *im)
{
	struct engine	*e = arg;

	log_debug("staged configuration %u dropped", e->stage_gen);
	unstage(e);
	return (0);
}

int
econf_commit(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct conf	*old;
	struct einst	*i;

	engine_turn(e);
	if (e->stage == NULL || im->gen != e->stage_gen)
		return (-1);
	if (e->phase == PHASE_RUNNING)
		silence_heard(e);
	match(e);
	end_unmatched(e);	/* still under the old generation */
	old = e->conf;
	e->conf = e->stage;
	e->stage = NULL;
	e->gen = e->stage_gen;
	e->loaded_us = e->now_us;
	drive_batch(e);
	adopt(e);
	egroup_match(e);
	seq_follow(e);
	conf_free(old);
	apply_uses(e);
	prune(e);
	RB_FOREACH(i, einst_tree, &e->insts) {
		einst_recompute(i);
		einst_try_start(i);
	}
	drive_batch_end(e);
	/* What was said under the old generation was dropped. */
	if (e->phase == PHASE_RUNNING) {
		RB_FOREACH(i, einst_tree, &e->insts)
			drive_send_state(i);
		if (e->conf->global.fifo_on_reload)
			repeat_states(e);
	}
	monitor_say(e, NOTE_RELOAD, "", "configuration %u runs, with %u "
	    "instances", e->gen, e->inst_cnt);
	log_debug("configuration %u: %u instances", e->gen, e->inst_cnt);
	return (0);
}

/*
 * It is MASTER, and the stage, which will come into force in any case, has no
 * such instance: as when we stop, it gives up and waits for its successor. Its
 * sync group goes on without it.
 */
int
econf_yield(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct einst	*i;
	struct vr_in	 in;

	engine_turn(e);
	if ((i = einst_find(e, im->id)) == NULL)
		return (0);
	drive_batch(e);
	egroup_leave(i);
	i->vc.grouped = false;
	i->removed = true;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_STOP;
	drive_step(i, &in);
	drive_batch_end(e);
	return (0);
}

/* For readers of the FIFOs; what has just begun tells it by itself. */
static void
repeat_states(struct engine *e)
{
	struct egroup	*g;
	struct einst	*i;

	RB_FOREACH(i, einst_tree, &e->insts)
		if (i->vr.running)
			drive_repeat_state(i);
	RB_FOREACH(g, egroup_tree, &e->groups)
		egroup_repeat(g);
}

/* Who goes on, by id. */
static void
match(struct engine *e)
{
	const struct conf_inst	*c;
	struct einst		*i;

	RB_FOREACH(i, einst_tree, &e->insts)
		i->next = NULL;
	TAILQ_FOREACH(c, &e->stage->insts, entry) {
		if ((i = einst_find(e, c->id)) == NULL)
			continue;
		if (einst_same_router(i->conf, c))
			i->next = c;
		else if (i->conf->slot == c->slot &&
		    i->conf->family == c->family)
			keep_use(e, i);
	}
}

/* The successor of the same name keeps the sockets, unless told otherwise. */
static void
keep_use(struct engine *e, struct einst *i)
{
	struct staged_use	*staged;

	if (!i->use_known)
		return;
	if ((staged = calloc(1, sizeof(*staged))) == NULL)
		fatal("sockets");
	staged->inst = i->id;
	staged->use = i->use;
	memset(&i->use, 0, sizeof(i->use));
	TAILQ_INSERT_HEAD(&e->stage_uses, staged, entry);
}

static void
end_unmatched(struct engine *e)
{
	struct einst	*i, *next;

	for (i = RB_MIN(einst_tree, &e->insts); i != NULL; i = next) {
		next = RB_NEXT(einst_tree, &e->insts, i);
		if (i->next != NULL)
			continue;
		egroup_leave(i);
		i->removed = true;
		einst_stop_now(i);
		einst_free(i);
	}
}

static void
adopt(struct engine *e)
{
	const struct conf_inst	*c;
	struct einst		*i;

	TAILQ_FOREACH(c, &e->conf->insts, entry) {
		if ((i = einst_find(e, c->id)) != NULL) {
			einst_configure(i, c);
			i->next = NULL;
		} else
			(void)einst_new(e, c);
	}
}

static void
apply_uses(struct engine *e)
{
	struct staged_use	*staged;
	struct einst		*i;

	TAILQ_FOREACH(staged, &e->stage_uses, entry) {
		if ((i = einst_find(e, staged->inst)) == NULL)
			continue;
		euse_clear(&i->use);
		i->use = staged->use;
		memset(&staged->use, 0, sizeof(staged->use));
		i->use_known = true;
		einst_resolve(i);
	}
	clear_uses(e);
}

/* Scripts and interfaces that nobody names any more are forgotten. */
static void
prune(struct engine *e)
{
	const struct conf_inst	*c;
	const struct conf_track	*t;
	struct escript		*s, *next;

	TAILQ_FOREACH(c, &e->conf->insts, entry) {
		TAILQ_FOREACH(t, &c->tracks, entry) {
			if (t->kind == CONF_TRACK_IFACE)
				continue;
			s = escript_add(e, t->object);
			s->checker = t->checker;
			s->kind = t->kind;
			(void)strlcpy(s->name, t->name, sizeof(s->name));
		}
	}
	for (s = RB_MIN(escript_tree, &e->scripts); s != NULL; s = next) {
		next = RB_NEXT(escript_tree, &e->scripts, s);
		s->staged = 0;
		if (!LIST_EMPTY(&s->trackers))
			continue;
		RB_REMOVE(escript_tree, &e->scripts, s);
		free(s);
	}
	prune_links(e);
}

static void
prune_links(struct engine *e)
{
	const struct conf_iface	*iface;
	struct elink		*l, *next;

	RB_FOREACH(l, elink_tree, &e->links)
		l->keep = false;
	TAILQ_FOREACH(iface, &e->conf->ifaces, entry) {
		if (iface->id == 0)
			continue;
		l = elink_add(e, iface->id);
		l->keep = true;
		elink_conf(l, iface);
	}
	for (l = RB_MIN(elink_tree, &e->links); l != NULL; l = next) {
		next = RB_NEXT(elink_tree, &e->links, l);
		if (l->keep || !LIST_EMPTY(&l->insts) ||
		    !LIST_EMPTY(&l->trackers))
			continue;
		RB_REMOVE(elink_tree, &e->links, l);
		elink_free(l);
	}
}

void
econf_free(struct engine *e)
{
	struct escript	*script;
	struct esock	*sock;
	struct einst	*i;
	struct elink	*l;

	unstage(e);
	egroup_free_all(e);
	while ((i = RB_MIN(einst_tree, &e->insts)) != NULL)
		einst_free(i);
	while ((sock = RB_MIN(esock_tree, &e->socks)) != NULL) {
		RB_REMOVE(esock_tree, &e->socks, sock);
		esock_free(sock);
	}
	while ((script = RB_MIN(escript_tree, &e->scripts)) != NULL) {
		RB_REMOVE(escript_tree, &e->scripts, script);
		free(script);
	}
	while ((l = RB_MIN(elink_tree, &e->links)) != NULL) {
		RB_REMOVE(elink_tree, &e->links, l);
		elink_free(l);
	}
	conf_free(e->conf);
	e->conf = NULL;
	heap_clear(&e->heap);
}
