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
 * Whose notify scripts are run when: each user's are run by a checker of its
 * own, with a queue of its own. The commands of an object that all are one
 * user's go to that queue at once; of others the next one is started only when
 * the last one has ended, and what happens meanwhile waits here. The lines of
 * FIFOs never wait. Runs in: vrrpe.
 */

#include <stdlib.h>
#include <string.h>

#include "noteq.h"
#include "vrrpe.h"

#define END_MAX_US	US_PER_SEC		/* of scripts, at our end */
#define END_SLACK_US	(300 * US_PER_MS)	/* over the deadline */
#define BEFORE_US	(10 * US_PER_SEC)	/* for what ran before us */

/* What is run for one event, in this order. */
enum step {
	STEP_OWN = 0,		/* notify_master, ... */
	STEP_ANY,		/* notify */
	STEP_DONE
};

/* An object while its scripts run. */
struct seq {
	RB_ENTRY(seq)	 node;
	struct engine	*e;
	uint8_t		 kind;		/* enum notify_object */
	uint32_t	 id;
	char		 name[NAME_LEN];
	uint32_t	 by[CONF_NOTIFY_CNT];	/* checkers; 0: no command */
	bool		 gone;		/* the last event is of its end */
	bool		 again;		/* another engine may have left some */
	struct noteq	 waiting;
	struct noteq_item now;
	enum step	 step;		/* the next one of it */
	uint32_t	 busy;		/* the checker with ... */
	uint32_t	 open;		/* ... so many that are not done */
	uint32_t	 old;		/* ... with one of another engine */
};

static int	 seq_cmp(const struct seq *, const struct seq *);
static struct seq *seq_find(struct engine *, uint8_t, uint32_t);
static struct seq *seq_get(struct engine *, uint8_t, uint32_t, const char *,
		    const struct conf_notify *);
static void	 seq_free(struct seq *);
static void	 set_by(struct seq *, const struct conf_notify *);
static bool	 is_by(const struct conf_notify *, uint32_t);
static uint32_t	 only_one(const struct seq *);
static const struct conf_notify *object_find(struct engine *, uint8_t,
		    uint32_t, const char **);
static bool	 object_state(struct seq *, struct notify_msg *);
static bool	 wanted(const struct conf_notify *, uint8_t);
static bool	 is_direct(const struct seq *);
static void	 add(struct seq *, const struct notify_msg *, uint32_t);
static uint32_t	 next_target(struct seq *);
static void	 run(struct seq *);
static void	 lost(const struct seq *, uint32_t, const char *);
static void	 catch_up(struct checker *, uint32_t,
		    const struct conf_notify *, const struct notify_msg *);
static bool	 is_waiting(const struct seq *);
static void	 hurry(struct seq *);
static const char *notify_name(uint8_t);
static void	 send_note(struct checker *, uint32_t,
		    const struct notify_msg *, enum notify_part);

RB_PROTOTYPE(seq_tree, seq, node, seq_cmp)
RB_GENERATE(seq_tree, seq, node, seq_cmp)

static int
seq_cmp(const struct seq *a, const struct seq *b)
{
	if (a->kind != b->kind)
		return (a->kind < b->kind ? -1 : 1);
	return (a->id < b->id ? -1 : a->id > b->id);
}

static struct seq *
seq_find(struct engine *e, uint8_t kind, uint32_t id)
{
	struct seq	 key;

	key.kind = kind;
	key.id = id;
	return (RB_FIND(seq_tree, &e->seqs, &key));
}

static struct seq *
seq_get(struct engine *e, uint8_t kind, uint32_t id, const char *name,
    const struct conf_notify *notify)
{
	struct seq	*s;

	if ((s = seq_find(e, kind, id)) == NULL) {
		if ((s = calloc(1, sizeof(*s))) == NULL)
			fatal("notifications");
		s->e = e;
		s->kind = kind;
		s->id = id;
		s->step = STEP_DONE;
		noteq_init(&s->waiting);
		RB_INSERT(seq_tree, &e->seqs, s);
	}
	(void)strlcpy(s->name, name, sizeof(s->name));
	set_by(s, notify);
	return (s);
}

static void
seq_free(struct seq *s)
{
	RB_REMOVE(seq_tree, &s->e->seqs, s);
	noteq_clear(&s->waiting);
	free(s);
}

static void
set_by(struct seq *s, const struct conf_notify *notify)
{
	size_t	 n;

	for (n = 0; n < CONF_NOTIFY_CNT; n++)
		s->by[n] = notify[n].checker;
}

static bool
is_by(const struct conf_notify *notify, uint32_t checker)
{
	size_t	 n;

	for (n = 0; n < CONF_NOTIFY_CNT; n++) {
		if (notify[n].checker == checker)
			return (true);
	}
	return (false);
}

/* The checker that runs all commands; 0: there is none, or more of them. */
static uint32_t
only_one(const struct seq *s)
{
	uint32_t	 one = 0;
	size_t		 n;

	for (n = 0; n < CONF_NOTIFY_CNT; n++) {
		if (one == 0)
			one = s->by[n];
		else if (s->by[n] != 0 && s->by[n] != one)
			return (0);
	}
	return (one);
}

static const struct conf_notify *
object_find(struct engine *e, uint8_t kind, uint32_t id, const char **name)
{
	const struct conf_group	*group;
	const struct conf_inst	*inst;

	if (e->conf == NULL)
		return (NULL);
	if (kind == NOB_GROUP) {
		if ((group = conf_group_by_id(e->conf, id)) == NULL)
			return (NULL);
		*name = group->name;
		return (group->notify);
	}
	if ((inst = conf_inst_by_id(e->conf, id)) == NULL)
		return (NULL);
	*name = inst->name;
	return (inst->notify);
}

static bool
object_state(struct seq *s, struct notify_msg *nm)
{
	struct egroup	*g;
	struct einst	*i;

	if (s->kind == NOB_GROUP)
		return ((g = egroup_find(s->e, s->id)) != NULL &&
		    egroup_note_state(g, nm));
	return ((i = einst_find(s->e, s->id)) != NULL &&
	    drive_note_state(i, nm));
}

static bool
wanted(const struct conf_notify *notify, uint8_t event)
{
	return (notify[event].checker != 0 ||
	    (event != NEV_MASTER_RX_LOWER &&
	    notify[CONF_NOTIFY_ANY].checker != 0));
}

/* Its own queue is the only one there is, and keeps the order. */
static bool
is_direct(const struct seq *s)
{
	uint32_t	 one = only_one(s);

	return (one != 0 && s->waiting.cnt == 0 && s->step == STEP_DONE &&
	    (s->open == 0 || s->busy == one) &&
	    (s->old == 0 || s->old == one) &&
	    engine_checker(s->e, one) != NULL);
}

void
seq_notify(struct engine *e, uint32_t id, const struct conf_notify *notify,
    bool gone, const struct notify_msg *nm)
{
	struct checker	*c;
	struct seq	*s = NULL;
	uint32_t	 direct = 0;

	if (nm->part != NPART_FIFO && wanted(notify, nm->event)) {
		s = seq_get(e, nm->object, id, nm->name, notify);
		s->gone = gone;
		s->again = s->again && nm->event == NEV_MASTER_RX_LOWER;
		if (is_direct(s)) {
			direct = s->busy = only_one(s);
			s->open++;
			s->now.ev = *nm;
		} else
			add(s, nm, 0);
	}
	TAILQ_FOREACH(c, &e->checkers, entry)
		send_note(c, id, nm, c->id == direct ? NPART_ALL : NPART_FIFO);
	if (s != NULL)
		run(s);
}

static void
add(struct seq *s, const struct notify_msg *nm, uint32_t only)
{
	unsigned int	 waited;

	if ((waited = noteq_add(&s->waiting, nm, only)) > 0)
		log_warnx("(%s) a notify script still runs while %u events "
		    "wait: only the newest state will be told", s->name,
		    waited);
}

/* Of the event that is told: who is next; 0: nobody any more. */
static uint32_t
next_target(struct seq *s)
{
	uint8_t		 event = s->now.ev.event;
	uint32_t	 target = 0;

	while (target == 0 && s->step != STEP_DONE) {
		if (s->step == STEP_OWN)
			target = s->by[event];
		else if (event != NEV_MASTER_RX_LOWER &&
		    s->by[CONF_NOTIFY_ANY] != s->by[event])
			target = s->by[CONF_NOTIFY_ANY];
		if (s->now.only != 0 && target != s->now.only)
			target = 0;
		s->step++;
	}
	return (target);
}

/* As far as it goes; forgets the object when nothing is left. */
static void
run(struct seq *s)
{
	struct engine		*e = s->e;
	struct notify_msg	 nm;
	struct checker		*c;
	uint32_t		 target;

	while (s->open == 0 && s->old == 0) {
		if ((target = next_target(s)) != 0) {
			if ((c = engine_checker(e, target)) == NULL) {
				lost(s, target, "is not there");
				continue;
			}
			s->busy = target;
			s->open = 1;
			send_note(c, s->id, &s->now.ev, NPART_SCRIPT);
		} else if (noteq_next(&s->waiting, &s->now)) {
			s->step = STEP_OWN;
		} else if (s->again && object_state(s, &nm)) {
			s->again = false;
			add(s, &nm, 0);
		} else {
			seq_free(s);
			break;
		}
	}
	engine_check_end(e);
}

/*
 * Its successor is told the state of what there is then; what has ended it
 * will not know.
 */
static void
lost(const struct seq *s, uint32_t checker, const char *what)
{
	if (s->gone || s->e->phase == PHASE_DRAINING)
		log_warnx("(%s) %s: its notify scripts may not have been told "
		    "of its end: checker %u %s", s->name,
		    notify_name(s->now.ev.event), checker, what);
}

int
seq_done(void *arg, struct imsg *im)
{
	const struct conf_notify *notify;
	const char	*name;
	struct checker	*c = arg;
	struct engine	*e = c->e;
	struct msg	 m;
	struct seq	*s;
	uint8_t		 kind;
	uint32_t	 cnt;
	bool		 again;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	kind = msg_get_enum(&m, NOB_MAX);
	cnt = msg_get_u32(&m);
	if (msg_end(&m) == -1)
		return (-1);
	s = seq_find(e, kind, im->id);
	if (cnt == 0) {
		/* Not at any time: it makes others run their scripts again. */
		if ((s != NULL && s->old != 0) ||
		    e->now_us - e->started_us > BEFORE_US ||
		    (notify = object_find(e, kind, im->id, &name)) == NULL ||
		    !is_by(notify, c->id))
			return (0);
		/* What we have told meanwhile is newer. */
		again = s == NULL;
		s = seq_get(e, kind, im->id, name, notify);
		s->old = c->id;
		s->again = again && only_one(s) == 0;
		return (0);
	}
	if (s != NULL && s->old == c->id) {
		s->old = 0;
		cnt--;
	} else if (s == NULL || s->busy != c->id || s->open == 0) {
		log_debug("%s: has ended what nobody waits for", c->name);
		return (0);
	}
	/* Nothing of it runs there; it may count some that we do not. */
	if (s->busy == c->id)
		s->open -= cnt < s->open ? cnt : s->open;
	run(s);
	return (0);
}

void
seq_checker_gone(struct engine *e, uint32_t checker)
{
	struct seq	*s, *next;

	for (s = RB_MIN(seq_tree, &e->seqs); s != NULL; s = next) {
		next = RB_NEXT(seq_tree, &e->seqs, s);
		if (s->old == checker)
			s->old = 0;
		else if (s->open == 0 || s->busy != checker)
			continue;
		if (s->open > 0 && s->busy == checker) {
			lost(s, checker, "is gone");
			s->open = 0;
		}
		run(s);
	}
}

/*
 * What waited in the lost one, or ran there, or happened meanwhile, went with
 * it: the last event that is told must be the real state.
 */
void
seq_catch_up(struct checker *c)
{
	struct engine		*e = c->e;
	struct notify_msg	 nm;
	struct egroup		*g;
	struct einst		*i;

	log_info("%s: started again: its notify scripts are told all states",
	    c->name);
	RB_FOREACH(i, einst_tree, &e->insts)
		if (drive_note_state(i, &nm))
			catch_up(c, i->id, i->conf->notify, &nm);
	RB_FOREACH(g, egroup_tree, &e->groups)
		if (egroup_note_state(g, &nm))
			catch_up(c, g->id, g->conf->notify, &nm);
}

/* Its commands alone, unless something newer waits for everybody. */
static void
catch_up(struct checker *c, uint32_t id, const struct conf_notify *notify,
    const struct notify_msg *nm)
{
	struct seq	*s;

	send_note(c, id, nm, NPART_FIFO);
	if (!wanted(notify, nm->event) || !is_by(notify, c->id))
		return;
	s = seq_get(c->e, nm->object, id, nm->name, notify);
	if (!noteq_has_state(&s->waiting))
		add(s, nm, c->id);
	run(s);
}

/* What is gone keeps its own: the checkers do, too. */
void
seq_follow(struct engine *e)
{
	const struct conf_notify *notify;
	const char	*name;
	struct seq	*s;

	RB_FOREACH(s, seq_tree, &e->seqs) {
		if ((notify = object_find(e, s->kind, s->id, &name)) != NULL)
			set_by(s, notify);
	}
}

static bool
is_waiting(const struct seq *s)
{
	struct seq	 copy = *s;

	return (s->waiting.cnt > 0 || next_target(&copy) != 0);
}

bool
seq_end(struct engine *e, bool now)
{
	struct timeval	 tv;
	struct seq	*s, *next;
	int64_t		 us;
	bool		 waits = false;

	for (s = RB_MIN(seq_tree, &e->seqs); s != NULL; s = next) {
		next = RB_NEXT(seq_tree, &e->seqs, s);
		if (!is_waiting(s))
			continue;
		waits = !now;
		if (now)
			hurry(s);
	}
	if (!waits || event_pending(&e->ev_part, EV_TIMEOUT, NULL))
		return (waits);
	us = e->deadline_us + END_SLACK_US - e->now_us;
	if (us < 0)
		us = 0;
	tv.tv_sec = us < END_MAX_US ? 0 : END_MAX_US / US_PER_SEC;
	tv.tv_usec = us < END_MAX_US ? (suseconds_t)us : 0;
	(void)event_add(&e->ev_part, &tv);
	return (true);
}

/* The order is the checkers' from here on. */
static void
hurry(struct seq *s)
{
	struct checker	*c;
	uint32_t	 target;

	log_warnx("(%s) the end does not wait any longer for its notify "
	    "scripts", s->name);
	do {
		while ((target = next_target(s)) != 0) {
			if ((c = engine_checker(s->e, target)) != NULL)
				send_note(c, s->id, &s->now.ev, NPART_SCRIPT);
		}
		s->step = STEP_OWN;
	} while (noteq_next(&s->waiting, &s->now));
	s->step = STEP_DONE;
}

static const char *
notify_name(uint8_t event)
{
	static const char *const	 names[NEV_MAX] = {
		[NEV_MASTER] = "MASTER",
		[NEV_BACKUP] = "BACKUP",
		[NEV_FAULT] = "FAULT",
		[NEV_STOP] = "STOP",
		[NEV_MASTER_RX_LOWER] = "MASTER_RX_LOWER_PRI",
		[NEV_DELETED] = "DELETED"
	};

	return (names[event] == NULL ? "" : names[event]);
}

static void
send_note(struct checker *c, uint32_t id, const struct notify_msg *nm,
    enum notify_part part)
{
	struct notify_msg	 out = *nm;
	struct msg		 m;
	uint8_t			 buf[NAME_LEN + 16];

	out.part = (uint8_t)part;
	msg_init_write(&m, buf, sizeof(buf));
	notify_put(&m, &out);
	engine_send_now(&c->peer, IMSG_NOTIFY, id, c->e->gen, &m);
}

void
seq_free_all(struct engine *e)
{
	struct seq	*s;

	while ((s = RB_MIN(seq_tree, &e->seqs)) != NULL)
		seq_free(s);
}
