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
 * Carries out what the state machines say, and wakes them. One timer and one
 * heap of deadlines: everything that is due is served in one wake-up, after
 * what has arrived meanwhile was read. Runs in: vrrpe.
 */

#include <sys/timerfd.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mono.h"
#include "vrrpe.h"

#define SLACK_MAX_US	1000	/* adverts may go out so early together */
#define RECORDS_MAX	64	/* told to the parent in one turn */
#define RECORD_US	(10 * US_PER_SEC)	/* how old one may be */
#define SLACK_PART	100	/* ... but not more than interval / this */

static void	 advert(struct einst *, uint8_t);
static void	 act(struct einst *, const struct vr_action *);
static void	 heard_again(struct einst *);
static void	 act_log(const struct einst *, const struct vr_out *);
static void	 act_record(struct einst *, const struct vr_out *);
static void	 announce(struct einst *);
static void	 notify(struct einst *, const struct vr_action *);
static enum notify_event stop_event(const struct einst *);
static void	 on_timer(evutil_socket_t, short, void *);
static void	 collect(void *, struct heap_node *);
static void	 serve(struct einst *);
static int64_t	 slack_us(const struct einst *);
static void	 begin(struct engine *);
static void	 check_late(struct einst *, int64_t);
static struct einst *timer_owner(struct heap_node *);

int
drive_open(struct engine *e)
{
	e->armed_us = VR_NEVER;
	e->begin_us = VR_NEVER;
	e->timer_fd = timerfd_create(CLOCK_MONOTONIC,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	if (e->timer_fd == -1)
		return (-1);
	if (event_assign(&e->ev_timer, e->base, e->timer_fd,
	    EV_READ | EV_PERSIST, on_timer, e) == -1)
		return (-1);
	return (event_add(&e->ev_timer, NULL));
}

/* Room for cnt instances in what may not fail later. */
void
drive_reserve(struct engine *e, size_t cnt)
{
	struct einst	**due;

	if (heap_reserve(&e->heap, cnt) == -1)
		fatal("deadlines");
	if (cnt <= e->due_cap)
		return;
	if ((due = reallocarray(e->due, cnt, sizeof(*due))) == NULL)
		fatal("deadlines");
	e->due = due;
	e->due_cap = cnt;
}

void
drive_close(struct engine *e)
{
	(void)event_del(&e->ev_timer);
	(void)close(e->timer_fd);
	free(e->due);
	e->due = NULL;
}

void
drive_event(struct einst *i, enum vr_event event)
{
	struct vr_in	 in;

	memset(&in, 0, sizeof(in));
	in.event = event;
	drive_step(i, &in);
}

/*
 * One input. What others wait for goes out first: the advertisement, then the
 * word to the parent, then that to the scripts; log lines come last.
 */
void
drive_step(struct einst *i, struct vr_in *in)
{
	struct engine	*e = i->e;
	struct vr_out	 out;
	bool		 ran = i->vr.running;
	int		 n;

	drive_batch(e);
	if (in->now_us == 0)
		in->now_us = e->now_us;
	trace_add(i, in);
	vr_step(&i->vr, &i->vc, in, &out);
	i->answer = out.answer;
	for (n = 0; n < out.cnt; n++)
		act(i, &out.act[n]);
	act_log(i, &out);
	act_record(i, &out);
	if (i->ask.conn != 0)
		control_outcome(i, &out);
	if (i->group != NULL && i->group->ask.conn != 0)
		control_member_outcome(i, &out);
	drive_schedule(i);
	if (!ran && i->vr.running)
		e->running_cnt++;
	else if (ran && !i->vr.running) {
		e->running_cnt--;
		i->started = false;
	}
	if (i->group != NULL)
		egroup_look(i);
	if (i->rival && e->maintenance)
		control_rival(i);
	i->rival = false;
	drive_batch_end(e);
}

void
drive_batch(struct engine *e)
{
	e->batch++;
}

/* Steps that the groups ask for are part of the batch. */
void
drive_batch_end(struct engine *e)
{
	if (e->batch == 1)
		egroup_settle(e);
	if (--e->batch == 0)
		engine_check_drained(e);
}

static void
advert(struct einst *i, uint8_t prio)
{
	if (prio != 0 && hush_silent(i))
		return;
	if (!io_advert(i, prio)) {
		i->mute = true;
		return;
	}
	if (i->mute)
		heard_again(i);
	i->sent_us = i->e->now_us;
	i->cnt.n[CNT_ADVERT_SENT]++;
	if (prio == 0)
		i->cnt.n[CNT_PRIO_ZERO_SENT]++;
}

void
drive_advert(struct einst *i)
{
	/* What it sent last is forgotten with each configuration. */
	advert(i, i->vr.leave != VR_LEAVE_NONE ? 0 : vr_prio(&i->vr));
}

void
drive_first(struct einst *i)
{
	drive_advert(i);
	if (i->vr.leave == VR_LEAVE_NONE)
		drive_announce(i, ANN_FIRST);
}

static void
act(struct einst *i, const struct vr_action *a)
{
	switch (a->act) {
	case VR_ACT_ADVERT:
		advert(i, a->prio);
		break;
	case VR_ACT_STATE:
		if (a->code != VR_MASTER)
			hush_end(i);
		i->transitions++;
		i->why_cnt[a->reason]++;
		i->why_arg = a->arg;
		i->why_old = a->old;
		tally_state(i, a->old);
		if (i->group != NULL)
			i->state_due = true;
		else
			drive_send_state(i);
		break;
	case VR_ACT_ANNOUNCE:
		if (hush_silent(i))
			break;		/* it is not told yet: no rival */
		announce(i);
		i->rival = true;
		break;
	case VR_ACT_NOTIFY:
		if (!hush_silent(i) || a->code != VR_NOTIFY_RX_LOWER)
			notify(i, a);
		break;
	case VR_ACT_COUNT:
		i->cnt.n[a->code]++;
		break;
	case VR_ACT_HOLD:
		if (a->code == VR_HE_BEGUN)
			i->hold_at_us = i->e->now_us;
		break;
	case VR_ACT_LOG:
	case VR_ACT_MAX:
		break;
	}
}

/*
 * Others may have missed us for so long that one of them took over: caches
 * may point there.
 */
static void
heard_again(struct einst *i)
{
	i->mute = false;
	if (i->told.state == VR_MASTER && i->sent_us != VR_NEVER &&
	    i->e->now_us - i->sent_us > vr_master_down_us(i->conf->version,
	    vr_interval_us(&i->vr, &i->vc), 255,
	    i->conf->down_timer_adverts))
		drive_announce(i, ANN_LATE);
}

static void
act_log(const struct einst *i, const struct vr_out *out)
{
	const struct vr_action	*a;
	int			 n;

	for (n = 0; n < out->cnt; n++) {
		a = &out->act[n];
		if (a->act == VR_ACT_STATE)
			why_log(i, a);
		else if (a->act == VR_ACT_LOG)
			why_log_code(i, a);
		else if (a->act == VR_ACT_HOLD)
			why_log_hold(i, a);
	}
}

/* A hold is part of what must survive us, and no change of state. */
static void
act_record(struct einst *i, const struct vr_out *out)
{
	bool	 held = false;
	int	 n;

	for (n = 0; n < out->cnt; n++) {
		if (out->act[n].act == VR_ACT_STATE)
			return;
		held |= out->act[n].act == VR_ACT_HOLD;
	}
	if (held && i->group != NULL)
		i->state_due = true;
	else if (held)
		drive_send_state(i);
}

/*
 * A few of those whose record at the parent is not the present one, in turns;
 * the counters in it may be older than the rest.
 */
void
drive_records(struct engine *e)
{
	struct vr_resume	 r;
	struct einst		*i;
	uint32_t		 n, sent = 0;

	for (n = 0; n < e->inst_cnt && sent < RECORDS_MAX; n++) {
		if ((i = einst_next(e, e->record_id)) == NULL &&
		    (i = einst_next(e, 0)) == NULL)
			return;
		e->record_id = i->id;
		if (!i->started || i->told_us == VR_NEVER)
			continue;
		vr_to_resume(&i->vr, &r);
		if (memcmp(&r, &i->told, sizeof(r)) == 0 &&
		    e->now_us - i->told_us < RECORD_US)
			continue;
		drive_send_state(i);
		sent++;
	}
}

void
drive_send_state(struct einst *i)
{
	struct state_msg	 sm;
	struct vr_resume	 r;
	struct msg		 m;
	uint8_t			 buf[256];

	memset(&sm, 0, sizeof(sm));
	vr_to_resume(&i->vr, &r);
	memcpy(&i->told, &r, sizeof(i->told));
	i->told_us = i->e->now_us;
	sm.state = i->vr.state;
	sm.priority = vr_prio(&i->vr);
	sm.reason = i->vr.reason;
	sm.arg = i->why_arg;
	sm.resume.state = r.state;
	sm.resume.priority = r.prio;
	sm.resume.hold = r.hold;
	sm.resume.master_priority = r.master_prio;
	sm.resume.since_us = r.since_us;
	sm.resume.hold_until_us = r.hold_until_us;
	sm.resume.master_int_us = r.master_int_us;
	if (r.has_master)
		vaddr_from_bytes(&sm.resume.master, i->conf->family,
		    r.master);
	sm.resume.transitions = i->transitions;
	sm.resume.ah_seq = i->expect.ah_seq;
	sm.resume.adverts_sent = i->cnt.n[CNT_ADVERT_SENT];
	sm.resume.adverts_rcvd = i->cnt.n[CNT_ADVERT_RCVD];
	msg_init_write(&m, buf, sizeof(buf));
	state_put(&m, &sm);
	engine_send_now(&i->e->parent, IMSG_STATE, i->id, i->e->gen, &m);
}

/*
 * A losing advert was heard. keepalived: all members of the group announce;
 * each may ask for it once a second, and so may the group.
 */
static void
announce(struct einst *i)
{
	struct egroup	*g = i->group;
	size_t		 n;

	if (g == NULL) {
		drive_announce(i, ANN_LOWER_PRIO);
		return;
	}
	if (g->announce_us != VR_NEVER &&
	    i->e->now_us - g->announce_us < VR_ANNOUNCE_US)
		return;
	g->announce_us = i->e->now_us;
	for (n = 0; n < g->cnt; n++) {
		if (g->insts[n]->vr.state == VR_MASTER)
			drive_announce(g->insts[n], ANN_LOWER_PRIO);
	}
}

void
drive_announce(struct einst *i, enum announce_cause cause)
{
	struct msg	 m;
	uint8_t		 buf[1];

	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, (uint8_t)cause);
	engine_send_now(&i->e->parent, IMSG_ANNOUNCE, i->id, i->e->gen, &m);
}

static void
notify(struct einst *i, const struct vr_action *a)
{
	enum notify_event	 event = NEV_MASTER;
	bool			 fifo_only = false;

	switch ((enum vr_notify)a->code) {
	case VR_NOTIFY_MASTER:
		break;
	case VR_NOTIFY_BACKUP:
		event = NEV_BACKUP;
		break;
	case VR_NOTIFY_FAULT:
		event = NEV_FAULT;
		break;
	case VR_NOTIFY_STOP:
		event = stop_event(i);
		break;
	case VR_NOTIFY_RX_LOWER:
		event = NEV_MASTER_RX_LOWER;
		break;
	case VR_NOTIFY_PRIO:
		if (!i->conf->prio_notify || i->vr.state == VR_INIT)
			return;
		event = i->vr.state == VR_MASTER ? NEV_MASTER_PRIO :
		    NEV_BACKUP_PRIO;
		fifo_only = true;
		break;
	case VR_NOTIFY_MAX:
		return;
	}
	if (i->group != NULL)
		egroup_note(i, event, a->prio, fifo_only);
	else
		drive_notify(i, event, a->prio, fifo_only);
}

void
drive_notify(struct einst *i, enum notify_event event, uint8_t prio,
    bool fifo_only)
{
	struct notify_msg	 nm;

	memset(&nm, 0, sizeof(nm));
	nm.object = NOB_INSTANCE;
	nm.event = event;
	nm.priority = prio;
	nm.part = fifo_only ? NPART_FIFO : NPART_ALL;
	(void)strlcpy(nm.name, i->conf->name, sizeof(nm.name));
	seq_notify(i->e, i->id, i->conf->notify, i->removed, &nm);
	email_note(i->e, &i->email, i->conf->smtp_alert, i->id, &nm);
}

/* keepalived: an instance that a reload removes is told as a fault. */
static enum notify_event
stop_event(const struct einst *i)
{
	if (!i->removed)
		return (NEV_STOP);
	return (i->conf->notify_deleted ? NEV_DELETED : NEV_FAULT);
}

void
drive_repeat_state(struct einst *i)
{
	struct notify_msg	 nm;

	if (!drive_note_state(i, &nm))
		return;
	nm.part = NPART_FIFO;
	seq_notify(i->e, i->id, i->conf->notify, i->removed, &nm);
}

bool
drive_note_state(const struct einst *i, struct notify_msg *nm)
{
	memset(nm, 0, sizeof(*nm));
	nm->object = NOB_INSTANCE;
	nm->priority = i->vr.prio;
	(void)strlcpy(nm->name, i->conf->name, sizeof(nm->name));
	switch (vr_face(&i->vr)) {
	case VR_FACE_MASTER:
		nm->event = NEV_MASTER;
		return (true);
	case VR_FACE_BACKUP:
		nm->event = NEV_BACKUP;
		return (true);
	case VR_FACE_FAULT:
		nm->event = NEV_FAULT;
		return (true);
	case VR_FACE_STOPPED:
		break;
	}
	return (false);
}

/* Moves the instance's place in the heap; wakes up earlier if need be. */
void
drive_schedule(struct einst *i)
{
	struct engine	*e = i->e;
	int64_t		 due;

	due = i->started ? vr_due(&i->vr) : i->wait_us;
	if (i->hush_us < due)
		due = i->hush_us;
	if (i->timer.due_us == due)
		return;
	heap_set(&e->heap, &i->timer, due);
	if (!e->defer_arm && heap_due(&e->heap) < e->armed_us)
		drive_arm(e);
}

void
drive_arm(struct engine *e)
{
	struct itimerspec	 its;
	int64_t			 due;

	due = heap_due(&e->heap);
	if (e->begin_us < due)
		due = e->begin_us;
	if (due == e->armed_us)
		return;
	e->armed_us = due;
	memset(&its, 0, sizeof(its));
	if (due != VR_NEVER) {
		if (due < 1)
			due = 1;	/* 0 would disarm it */
		its.it_value.tv_sec = (time_t)(due / US_PER_SEC);
		its.it_value.tv_nsec = (long)(due % US_PER_SEC) * 1000;
	}
	if (timerfd_settime(e->timer_fd, TFD_TIMER_ABSTIME, &its, NULL) == -1)
		fatal("timerfd_settime");
}

/*
 * First the receive queues of all that are due, then their timers: what
 * arrived while we slept may say that there is nothing to do.
 */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct engine	*e = arg;
	uint64_t	 expired;
	int64_t		 armed;
	size_t		 n;

	if (read(fd, &expired, sizeof(expired)) == -1 && errno == EAGAIN)
		return;
	armed = e->armed_us;
	engine_turn(e);
	e->armed_us = VR_NEVER;
	stats_late(e, e->now_us - armed);
	if (e->begin_us <= e->now_us)
		begin(e);
	e->due_cnt = 0;
	heap_walk(&e->heap, e->now_us + SLACK_MAX_US, collect, e);
	e->defer_arm = true;
	for (n = 0; n < e->due_cnt; n++) {
		if (e->due[n]->rx != NULL)
			io_drain(e->due[n]->rx);
		if (e->due[n]->rx_vmac != NULL)
			io_drain(e->due[n]->rx_vmac);
	}
	drive_batch(e);
	for (n = 0; n < e->due_cnt; n++)
		serve(e->due[n]);
	drive_batch_end(e);
	e->defer_arm = false;
	drive_arm(e);
}

static struct einst *
timer_owner(struct heap_node *node)
{
	return ((struct einst *)(void *)((char *)node -
	    offsetof(struct einst, timer)));
}

static void
collect(void *arg, struct heap_node *node)
{
	struct engine	*e = arg;

	e->due[e->due_cnt++] = timer_owner(node);
}

static void
serve(struct einst *i)
{
	struct engine	*e = i->e;
	struct vr_in	 in;
	int64_t		 due;

	if (!i->started) {
		if (i->wait_us <= e->now_us)
			einst_try_start(i);
		return;
	}
	hush_timer(i);
	due = vr_due(&i->vr);
	if (due == VR_NEVER || due > e->now_us + slack_us(i))
		return;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_TIMER;
	/* A little early on purpose: in the machine's eyes it is time. */
	in.now_us = due > e->now_us ? due : e->now_us;
	drive_step(i, &in);
}

/* Only regular adverts: nobody is declared dead before the time. */
static int64_t
slack_us(const struct einst *i)
{
	int64_t	 slack;

	if (i->vr.state != VR_MASTER || i->vr.leave != VR_LEAVE_NONE)
		return (0);
	slack = i->vc.adver_int_us / SLACK_PART;
	return (slack < SLACK_MAX_US ? slack : SLACK_MAX_US);
}

/* Until the delay is over adverts are read and thrown away. */
void
drive_begin(struct engine *e, int64_t delay_us)
{
	struct esock	*s;

	e->phase = PHASE_RUNNING;
	if (delay_us > 0)
		e->begin_us = e->now_us + delay_us;
	else
		begin(e);
	RB_FOREACH(s, esock_tree, &e->socks) {
		if (s->by_vrid != NULL && event_add(&s->ev, NULL) == -1)
			fatalx("cannot watch socket %u", s->id);
	}
	control_begin(e);
	drive_arm(e);
}

static void
begin(struct engine *e)
{
	struct esock	*s;
	struct einst	*i;

	if (e->begin_us != VR_NEVER) {
		/* The last of what came too early. */
		RB_FOREACH(s, esock_tree, &e->socks) {
			if (s->by_vrid != NULL)
				io_drain(s);
		}
	}
	e->begin_us = VR_NEVER;
	e->begun = true;
	drive_batch(e);
	RB_FOREACH(i, einst_tree, &e->insts)
		einst_try_start(i);
	drive_batch_end(e);
}

void
drive_stop_all(struct engine *e, bool now)
{
	struct vr_in	 in;
	struct einst	*i;

	drive_batch(e);
	RB_FOREACH(i, einst_tree, &e->insts) {
		if (!i->vr.running)
			continue;
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_STOP;
		in.now = now;
		drive_step(i, &in);
	}
	drive_batch_end(e);
}

/*
 * Called at the beginning of a turn, before anything is read. A machine that
 * slept (CLOCK_BOOTTIME went on, CLOCK_MONOTONIC did not) is late by that
 * much, whatever its timers say.
 */
void
drive_check_late(struct engine *e)
{
	struct einst	*i;
	int64_t		 boot_us, slept_us;
	size_t		 n;

	boot_us = mono_boot_us() - e->now_us;
	slept_us = boot_us - e->boot_us;
	e->boot_us = boot_us;
	if (slept_us <= US_PER_MS && heap_due(&e->heap) > e->now_us)
		return;
	drive_batch(e);
	if (slept_us > US_PER_MS) {
		RB_FOREACH(i, einst_tree, &e->insts)
			check_late(i, slept_us);
	} else {
		e->due_cnt = 0;
		heap_walk(&e->heap, e->now_us, collect, e);
		for (n = 0; n < e->due_cnt; n++)
			check_late(e->due[n], 0);
	}
	drive_batch_end(e);
}

static void
check_late(struct einst *i, int64_t slept_us)
{
	struct vr_in	 in;
	int64_t		 due, late;

	if (!i->started || i->vr.state == VR_INIT)
		return;
	due = i->vr.leave != VR_LEAVE_NONE ? i->vr.leave_us : i->vr.due_us;
	late = i->e->now_us > due ? i->e->now_us - due : 0;
	late += slept_us;
	if (late <= vr_late_us(&i->vr, &i->vc))
		return;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_LATE;
	in.late_us = late;
	drive_step(i, &in);
}
