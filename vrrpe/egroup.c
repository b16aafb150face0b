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
 * Sync groups at work: what group.h decides is carried out here. The adverts
 * of a batch have left when it ends; then the parent hears of all new states,
 * and the scripts come last. Runs in: vrrpe.
 */

#include <stdlib.h>
#include <string.h>

#include "vrrpe.h"

static struct egroup *group_add(struct engine *, uint32_t);
static void	 group_free(struct egroup *);
static void	 match_members(struct engine *);
static void	 match_done(struct egroup *);
static void	 rest(struct egroup *);
static void	 read_facts(struct egroup *);
static void	 carry_out(struct egroup *);
static void	 tell(struct engine *);
static void	 tell_group(struct egroup *, enum sg_face);
static void	 fill_note(const struct egroup *, enum sg_face,
		    struct notify_msg *);
static void	 log_waiting(struct egroup *);
static void	 egroup_touch(struct egroup *);

RB_GENERATE(egroup_tree, egroup, node, egroup_cmp)

int
egroup_cmp(const struct egroup *a, const struct egroup *b)
{
	return (a->id < b->id ? -1 : a->id > b->id);
}

struct egroup *
egroup_find(struct engine *e, uint32_t id)
{
	struct egroup	 key;

	key.id = id;
	return (RB_FIND(egroup_tree, &e->groups, &key));
}

struct egroup *
egroup_next(struct engine *e, uint32_t id)
{
	struct egroup	 key;

	if (id == UINT32_MAX)
		return (NULL);
	key.id = id + 1;
	return (RB_NFIND(egroup_tree, &e->groups, &key));
}

struct egroup *
egroup_by_name(struct engine *e, const char *name)
{
	struct egroup	*g;

	RB_FOREACH(g, egroup_tree, &e->groups) {
		if (strcmp(g->conf->name, name) == 0)
			return (g);
	}
	return (NULL);
}

static struct egroup *
group_add(struct engine *e, uint32_t id)
{
	struct egroup	*g;

	if ((g = egroup_find(e, id)) != NULL)
		return (g);
	if ((g = calloc(1, sizeof(*g))) == NULL)
		fatal("sync group");
	g->e = e;
	g->id = id;
	g->announce_us = VR_NEVER;
	g->since_us = e->now_us;
	RB_INSERT(egroup_tree, &e->groups, g);
	return (g);
}

static void
group_free(struct egroup *g)
{
	if (g->touched)
		TAILQ_REMOVE(&g->e->touched, g, touch);
	control_group_gone(g);
	RB_REMOVE(egroup_tree, &g->e->groups, g);
	free(g->insts);
	free(g->members);
	free(g);
}

void
egroup_free_all(struct engine *e)
{
	struct egroup	*g;
	size_t		 n;

	while ((g = RB_MIN(egroup_tree, &e->groups)) != NULL) {
		for (n = 0; n < g->cnt; n++) {
			g->insts[n]->group = NULL;
			g->insts[n]->sg = NULL;
		}
		group_free(g);
	}
	free(e->notes);
	e->notes = NULL;
	e->note_cnt = e->note_cap = 0;
}

void
egroup_match(struct engine *e)
{
	const struct conf_group	*c;
	struct egroup		*g, *next;

	RB_FOREACH(g, egroup_tree, &e->groups)
		g->keep = false;
	TAILQ_FOREACH(c, &e->conf->groups, entry) {
		g = group_add(e, c->id);
		g->conf = c;
		g->keep = true;
	}
	match_members(e);
	for (g = RB_MIN(egroup_tree, &e->groups); g != NULL; g = next) {
		next = RB_NEXT(egroup_tree, &e->groups, g);
		match_done(g);
		if (g->keep)
			egroup_touch(g);
		else
			group_free(g);
	}
}

/* A member that stays keeps what the group knows of it. */
static void
match_members(struct engine *e)
{
	struct sg_member	*m;
	struct egroup		*g;
	struct einst		*i;

	RB_FOREACH(g, egroup_tree, &e->groups)
		g->new_cnt = 0;
	RB_FOREACH(i, einst_tree, &e->insts) {
		if ((g = egroup_find(e, i->conf->group_id)) != NULL)
			g->new_cnt++;
	}
	RB_FOREACH(g, egroup_tree, &e->groups) {
		g->new_insts = calloc(g->new_cnt + 1, sizeof(*g->new_insts));
		g->new_members = calloc(g->new_cnt + 1,
		    sizeof(*g->new_members));
		if (g->new_insts == NULL || g->new_members == NULL)
			fatal("sync group");
		g->new_cnt = 0;
	}
	RB_FOREACH(i, einst_tree, &e->insts) {
		g = egroup_find(e, i->conf->group_id);
		m = NULL;
		if (g != NULL) {
			m = &g->new_members[g->new_cnt];
			if (i->group == g)
				*m = *i->sg;
			g->new_insts[g->new_cnt++] = i;
		}
		i->group = g;
		i->sg = m;
	}
}

static void
match_done(struct egroup *g)
{
	free(g->insts);
	free(g->members);
	g->insts = g->new_insts;
	g->members = g->new_members;
	g->cnt = g->new_cnt;
	g->new_insts = NULL;
	g->new_members = NULL;
}

void
egroup_leave(struct einst *i)
{
	struct egroup	*g = i->group;
	size_t		 n;

	if (g == NULL)
		return;
	for (n = (size_t)(i->sg - g->members); n + 1 < g->cnt; n++) {
		g->members[n] = g->members[n + 1];
		g->insts[n] = g->insts[n + 1];
		g->insts[n]->sg = &g->members[n];
	}
	g->cnt--;
	i->group = NULL;
	i->sg = NULL;
}

static void
egroup_touch(struct egroup *g)
{
	if (g->touched)
		return;
	g->touched = true;
	TAILQ_INSERT_TAIL(&g->e->touched, g, touch);
}

/* Most adverts are no news for the group. */
void
egroup_look(struct einst *i)
{
	struct sg_member	 now;

	memcpy(&now, i->sg, sizeof(now));
	now.running = i->started;
	sg_facts(&now, &i->vr, &i->vc, i->trk.faults & ~TRK_F_OTHERS);
	if (i->state_due || i->group->ask.conn != 0 ||
	    memcmp(&now, i->sg, sizeof(now)) != 0)
		egroup_touch(i->group);
}

void
egroup_settle(struct engine *e)
{
	struct egroup	*g;

	if (TAILQ_EMPTY(&e->touched))
		return;
	TAILQ_FOREACH(g, &e->touched, touch)
		rest(g);
	tell(e);
	while ((g = TAILQ_FIRST(&e->touched)) != NULL) {
		TAILQ_REMOVE(&e->touched, g, touch);
		g->touched = false;
		log_waiting(g);
		control_group_outcome(g);
	}
}

static void
rest(struct egroup *g)
{
	int	 round;

	for (round = 0; round < SG_ROUNDS; round++) {
		read_facts(g);
		if (sg_decide(g->members, g->cnt) == 0)
			return;
		carry_out(g);
	}
	log_warnx("(%s) the members of the group do not come to rest",
	    g->conf->name);
}

static void
read_facts(struct egroup *g)
{
	struct einst	*i;
	size_t		 n;

	for (n = 0; n < g->cnt; n++) {
		i = g->insts[n];
		g->members[n].running = i->started;
		sg_facts(&g->members[n], &i->vr, &i->vc,
		    i->trk.faults & ~TRK_F_OTHERS);
	}
}

static void
carry_out(struct egroup *g)
{
	struct vr_in	 in;
	size_t		 n;

	for (n = 0; n < g->cnt; n++) {
		if (g->members[n].facts)
			einst_recompute(g->insts[n]);
		if (g->members[n].order == VR_ORDER_NONE)
			continue;
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_GROUP;
		in.order = g->members[n].order;
		drive_step(g->insts[n], &in);
	}
}

/*
 * The first ones begin together, so that the group is not told of one by one;
 * faults of each are known to all before.
 */
void
egroup_try_start(struct egroup *g)
{
	size_t	 n, started = 0, ready = 0;

	for (n = 0; n < g->cnt; n++) {
		started += g->insts[n]->started;
		ready += !g->insts[n]->started && einst_ready(g->insts[n]);
	}
	if (ready == 0 || (started == 0 && ready < g->cnt))
		return;
	drive_batch(g->e);
	for (n = 0; n < g->cnt; n++) {
		if (!g->insts[n]->started && einst_ready(g->insts[n]))
			g->insts[n]->started = true;
		else if (!g->insts[n]->vr.running)
			continue;
		einst_recompute(g->insts[n]);
	}
	rest(g);
	for (n = 0; n < g->cnt; n++) {
		if (g->insts[n]->started && !g->insts[n]->vr.running)
			einst_start(g->insts[n]);
	}
	drive_batch_end(g->e);
}

void
egroup_note(struct einst *i, enum notify_event event, uint8_t prio,
    bool fifo_only)
{
	struct engine	*e = i->e;
	struct note	*notes;
	size_t		 cap;

	if (e->note_cnt == e->note_cap) {
		cap = e->note_cap == 0 ? 16 : e->note_cap * 2;
		notes = reallocarray(e->notes, cap, sizeof(*notes));
		if (notes == NULL)
			fatal("notifications");
		e->notes = notes;
		e->note_cap = cap;
	}
	e->notes[e->note_cnt].inst = i;
	e->notes[e->note_cnt].event = event;
	e->notes[e->note_cnt].prio = prio;
	e->notes[e->note_cnt++].fifo_only = fifo_only;
	egroup_touch(i->group);
}

/*
 * States first. keepalived: a group that begins is told of before its
 * members, one that changes after them.
 */
static void
tell(struct engine *e)
{
	struct egroup	*g;
	struct einst	*i;
	size_t		 n;

	TAILQ_FOREACH(g, &e->touched, touch) {
		for (n = 0; n < g->cnt; n++) {
			i = g->insts[n];
			if (i->state_due)
				drive_send_state(i);
			i->state_due = false;
		}
	}
	TAILQ_FOREACH(g, &e->touched, touch) {
		if (g->told == SG_STOPPED)
			tell_group(g, sg_face(g->members, g->cnt));
	}
	for (n = 0; n < e->note_cnt; n++)
		drive_notify(e->notes[n].inst, e->notes[n].event,
		    e->notes[n].prio, e->notes[n].fifo_only);
	e->note_cnt = 0;
	TAILQ_FOREACH(g, &e->touched, touch) {
		/* Groups that stop with the daemon stop after all members. */
		if (e->phase != PHASE_DRAINING ||
		    sg_face(g->members, g->cnt) != SG_STOPPED)
			tell_group(g, sg_face(g->members, g->cnt));
	}
}

static void
tell_group(struct egroup *g, enum sg_face face)
{
	struct notify_msg	 nm;

	if (face == g->told)
		return;
	fill_note(g, face, &nm);
	seq_notify(g->e, g->id, g->conf->notify, false, &nm);
	email_note(g->e, &g->email, g->conf->smtp_alert, g->id, &nm);
	log_info("(%s) Entering %s STATE (sync group of %zu; was %s)",
	    g->conf->name, face == SG_STOPPED ? "INIT" : sg_face_name(face),
	    g->cnt, g->told == SG_STOPPED ? "INIT" : sg_face_name(g->told));
	g->told = face;
	g->since_us = g->e->now_us;
}

/* keepalived: the priority of a group is 0. */
static void
fill_note(const struct egroup *g, enum sg_face face, struct notify_msg *nm)
{
	static const enum notify_event	 events[] = {
		[SG_STOPPED] = NEV_STOP,
		[SG_FAULT] = NEV_FAULT,
		[SG_BACKUP] = NEV_BACKUP,
		[SG_MASTER] = NEV_MASTER
	};

	memset(nm, 0, sizeof(*nm));
	nm->object = NOB_GROUP;
	nm->event = events[face];
	(void)strlcpy(nm->name, g->conf->name, sizeof(nm->name));
}

bool
egroup_note_state(const struct egroup *g, struct notify_msg *nm)
{
	if (g->told == SG_STOPPED)
		return (false);
	fill_note(g, g->told, nm);
	return (true);
}

void
egroup_repeat(struct egroup *g)
{
	struct notify_msg	 nm;

	if (!egroup_note_state(g, &nm))
		return;
	nm.part = NPART_FIFO;
	seq_notify(g->e, g->id, g->conf->notify, false, &nm);
}

/* Once for each time that the group keeps one waiting. */
static void
log_waiting(struct egroup *g)
{
	struct einst	*i;
	size_t		 n;

	for (n = 0; n < g->cnt; n++) {
		i = g->insts[n];
		if (g->members[n].wants && !i->wants_told)
			log_info("(%s) could be MASTER; waits for the other "
			    "members of sync group %s", i->conf->name,
			    g->conf->name);
		i->wants_told = g->members[n].wants;
	}
}

void
egroup_stopped(struct engine *e)
{
	struct egroup	*g;

	RB_FOREACH(g, egroup_tree, &e->groups)
		tell_group(g, SG_STOPPED);
}

const struct einst *
egroup_culprit(const struct egroup *g)
{
	size_t	 n;

	for (n = 0; n < g->cnt; n++) {
		if (g->members[n].running && g->members[n].fault)
			return (g->insts[n]);
	}
	return (NULL);
}
