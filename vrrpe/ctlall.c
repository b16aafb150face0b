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
 * Requests about all instances, and the maintenance of the whole host: one
 * batch, so that what belongs together moves together. Groups count as one.
 * Runs in: vrrpe.
 */

#include <stdio.h>
#include <string.h>

#include "control.h"

#define PART_LEN	256	/* bytes, more than most answers have */

static void	 each_unit(struct engine *, void (*)(struct engine *,
		    struct einst *, struct egroup *, void *), void *);
static void	 ask_unit(struct engine *, struct einst *, struct egroup *,
		    void *);
static void	 maintain_unit(struct engine *, struct einst *,
		    struct egroup *, void *);
static void	 maintain(struct einst *);
static void	 begin(struct conn *, const char *);
static void	 finish(struct conn *);

struct request {
	struct conn		*c;
	const struct ctl_switch	*sw;
};

/* Instances outside of groups, and groups. */
static void
each_unit(struct engine *e, void (*fn)(struct engine *, struct einst *,
    struct egroup *, void *), void *arg)
{
	struct egroup	*g;
	struct einst	*i;

	drive_batch(e);
	RB_FOREACH(i, einst_tree, &e->insts)
		if (i->group == NULL)
			fn(e, i, NULL, arg);
	RB_FOREACH(g, egroup_tree, &e->groups)
		if (g->cnt > 0)
			fn(e, NULL, g, arg);
	drive_batch_end(e);
}

static void
ask_unit(struct engine *e, struct einst *i, struct egroup *g, void *arg)
{
	struct request	*r = arg;

	r->c->many++;
	r->c->unit = g != NULL ? g->conf->name : i->conf->name;
	if (g != NULL)
		ctlgroup_request(r->c, g, r->sw);
	else
		ctlswitch_inst(r->c, i, r->sw);
	/* a reload may take the name away before the answer comes */
	r->c->unit = NULL;
}

void
ctlall_request(struct conn *c, const struct ctl_switch *sw)
{
	struct request	 r = { c, sw };

	if (c->e->maintenance && sw->verb != CTL_STANDBY) {
		conn_result(c, CTL_ERR_STATE, -1, "refused: in maintenance; "
		    "end it with \"vrrpctl maintenance off\"");
		return;
	}
	begin(c, "");
	each_unit(c->e, ask_unit, &r);
	finish(c);
}

/* All of them may answer at once, before the client can read. */
static void
begin(struct conn *c, const char *title)
{
	c->many = 1;		/* this one: nothing ends before all began */
	c->moved = c->failed = 0;
	c->worst = CTL_OK;
	c->limit_us = 0;
	c->title = title;
	c->wait = WAIT_SWITCH;
	c->peer.ibuf.queue_max = CONN_QUEUE_MAX + c->e->inst_cnt * PART_LEN;
}

void
ctlall_part(struct conn *c, const struct ctl_result *res)
{
	struct ctl_part	 part;
	struct msg	 m;
	uint8_t		 buf[TEXT_LEN + NAME_LEN + 32];

	memset(&part, 0, sizeof(part));
	if (c->unit != NULL)
		(void)strlcpy(part.name, c->unit, sizeof(part.name));
	part.result = *res;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_part_put(&m, &part);
	(void)conn_send(c, IMSG_CTL_PART, &m);
	c->unit = NULL;
	if (res->code == CTL_OK)
		c->moved++;
	else {
		c->failed++;
		c->worst = (enum ctl_code)res->code;
	}
	finish(c);
}

static void
finish(struct conn *c)
{
	uint32_t	 all = c->moved + c->failed;

	if (--c->many > 0)
		return;
	if (all > 0)
		conn_result(c, c->worst, -1, "%s%s%u of %u done", c->title,
		    c->title[0] != '\0' ? ": " : "", c->moved, all);
	else
		conn_result(c, CTL_OK, -1, "%s", c->title[0] != '\0' ?
		    c->title : "there are no instances");
}

/* From a client; the parent remembers it and tells us. */
int
ctlall_maint(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct msg	 m;
	uint8_t		 buf[1];
	bool		 on;

	if (c->wait != WAIT_NONE)
		return (-1);
	c->seq = im->seq;
	msg_init_read(&m, im->data, im->len);
	on = msg_get_bool(&m);
	if (msg_end(&m) == -1)
		return (-1);
	if (c->kind != CTL_FULL) {
		conn_result(c, CTL_ERR_PERM, -1,
		    "this socket is for reading only");
		return (0);
	}
	if (c->e->phase != PHASE_RUNNING) {
		conn_result(c, CTL_ERR_STATE, -1, "shutting down");
		return (0);
	}
	if (!conn_parent(c))
		return (0);
	log_info("maintenance %s by %s", on ? "on" : "off", c->name);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_bool(&m, on);
	(void)peer_send(&c->e->parent, IMSG_CTL_MAINT, c->id, c->e->gen, 0,
	    -1, &m);
	c->wait = WAIT_RELOAD;
	return (0);
}

/* MAINT: before START, or when somebody asked for it. */
int
control_maint(void *arg, struct imsg *im)
{
	const struct ctl_switch	 sw = { .verb = CTL_STANDBY };
	struct engine		*e = arg;
	struct request		 r;
	struct msg		 m;
	bool			 on;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	on = msg_get_bool(&m);
	if (msg_end(&m) == -1)
		return (-1);
	e->maintenance = on;
	if (e->phase != PHASE_RUNNING)
		return (0);
	TAILQ_FOREACH(r.c, &e->conns, entry)
		if (r.c->id == im->id && r.c->wait == WAIT_RELOAD)
			break;
	r.sw = on ? &sw : NULL;
	if (r.c != NULL)
		begin(r.c, on ? "maintenance is on" : "maintenance is off");
	each_unit(e, maintain_unit, &r);
	if (r.c != NULL)
		finish(r.c);
	return (0);
}

/* Who cannot hand over now begins with the hold when it can. */
static void
maintain_unit(struct engine *e, struct einst *i, struct egroup *g, void *arg)
{
	struct request	*r = arg;
	size_t		 n;

	if (r->sw != NULL && r->c != NULL && (g != NULL ? ctlgroup_may(g) :
	    i->started && i->vr.state != VR_INIT &&
	    i->vr.leave == VR_LEAVE_NONE)) {
		ask_unit(e, i, g, r);
		return;
	}
	for (n = 0; g != NULL && n < g->cnt; n++) {
		if (r->sw != NULL)
			maintain(g->insts[n]);
		else
			drive_event(g->insts[n], VR_EV_RELEASE);
	}
	if (g == NULL && r->sw != NULL)
		maintain(i);
	else if (g == NULL)
		drive_event(i, VR_EV_RELEASE);
	if (r->sw == NULL || r->c == NULL)
		return;
	r->c->many++;
	r->c->unit = g != NULL ? g->conf->name : i->conf->name;
	conn_result(r->c, CTL_OK, -1, "(%s) does not run now, and will be "
	    "BACKUP when it does", r->c->unit);
}

static void
maintain(struct einst *i)
{
	struct vr_in	 in;

	(void)strlcpy(i->hold_by, "maintenance", sizeof(i->hold_by));
	if (!i->started || i->vr.state == VR_INIT) {
		trace_held(i);
		vr_begin_held(&i->vr);
		return;
	}
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_SWITCH;
	in.hold = VR_HOLD_STANDBY;
	in.until_us = VR_NEVER;
	drive_step(i, &in);
}

void
control_held(struct einst *i)
{
	(void)strlcpy(i->hold_by, "maintenance", sizeof(i->hold_by));
	trace_held(i);
	vr_begin_held(&i->vr);
}

/*
 * It had to serve because nobody else did; now somebody does. The members of
 * a group go together.
 */
void
control_rival(struct einst *i)
{
	size_t	 n;

	if (i->vr.state != VR_MASTER || i->vr.leave != VR_LEAVE_NONE ||
	    i->vr.hold != VR_HOLD_NONE)
		return;
	i->rival = false;
	if (i->group == NULL)
		maintain(i);
	for (n = 0; i->group != NULL && n < i->group->cnt; n++)
		maintain(i->group->insts[n]);
}
