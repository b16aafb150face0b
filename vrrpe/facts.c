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
 * Facts that instances depend on: sockets from the parent, verdicts of scripts
 * from the checkers. Runs in: vrrpe.
 *
 * Handlers return -1 when the sender is broken.
 */

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vrrpe.h"

#define AH_SEQ_GAP	65536U	/* far more than between two records */

static void	 track_changed(struct engine *, const struct escript *,
		    const struct track_msg *);
static bool	 says_nothing(const struct escript *,
		    const struct track_msg *);
static struct esock *sock_new(struct engine *, struct imsg *, uint32_t,
		    uint8_t);
static void	 use_copy(struct euse *, const struct sock_use *);
static void	 use_stage(struct engine *, uint32_t, const struct sock_use *);
static bool	 record_ok(const struct engine *, const struct einst *,
		    const struct resume_rec *);

int
facts_sock_rx(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct sock_rx	 rx;
	struct esock	*s;
	struct msg	 m;

	msg_init_read(&m, im->data, im->len);
	if (sock_rx_get(&m, &rx) == -1 || im->fd == -1 ||
	    (rx.family != AF_INET && rx.family != AF_INET6))
		return (-1);
	if ((s = sock_new(e, im, rx.slot, rx.family)) == NULL)
		return (-1);
	if ((s->by_vrid = calloc(256, sizeof(*s->by_vrid))) == NULL)
		fatal("socket table");
	if (event_assign(&s->ev, e->base, s->fd, EV_READ | EV_PERSIST,
	    io_readable, s) == -1)
		fatalx("cannot watch socket %u", s->id);
	if (e->phase == PHASE_RUNNING && event_add(&s->ev, NULL) == -1)
		fatalx("cannot watch socket %u", s->id);
	return (0);
}

int
facts_sock_tx(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct sock_tx	 tx;
	struct esock	*s;
	struct msg	 m;

	msg_init_read(&m, im->data, im->len);
	if (sock_tx_get(&m, &tx) == -1 || im->fd == -1 ||
	    (tx.family != AF_INET && tx.family != AF_INET6) ||
	    tx.dst.family != tx.family)
		return (-1);
	if ((s = sock_new(e, im, tx.slot, tx.family)) == NULL)
		return (-1);
	s->dst = tx.dst;
	/* A full send buffer must not hold up the others. */
	if (fcntl(s->fd, F_SETFL, O_NONBLOCK) == -1)
		fatal("socket %u", s->id);
	return (0);
}

/* NULL when the id is taken. */
static struct esock *
sock_new(struct engine *e, struct imsg *im, uint32_t slot, uint8_t family)
{
	struct esock	*s;

	if (esock_find(e, im->id) != NULL)
		return (NULL);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		fatal("socket");
	s->e = e;
	s->id = im->id;
	s->fd = imsg_take_fd(im);
	s->slot = slot;
	s->family = family;
	RB_INSERT(esock_tree, &e->socks, s);
	return (s);
}

/*
 * Sockets are used by instances of their own interface only, so that those
 * are all who have to look for others.
 */
int
facts_sock_gone(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct esock	*s;
	struct elink	*l;
	struct einst	*i;

	engine_turn(e);
	if ((s = esock_find(e, im->id)) == NULL)
		return (-1);
	RB_REMOVE(esock_tree, &e->socks, s);
	if ((l = elink_find(e, s->slot)) != NULL) {
		LIST_FOREACH(i, &l->insts, on_link)
			einst_resolve(i);
		esock_free(s);
		drive_batch(e);
		LIST_FOREACH(i, &l->insts, on_link)
			einst_recompute(i);
		drive_batch_end(e);
	} else
		esock_free(s);
	return (0);
}

/* Already out of the table. */
void
esock_free(struct esock *s)
{
	if (s->by_vrid != NULL)
		(void)event_del(&s->ev);
	(void)close(s->fd);
	free(s->by_vrid);
	free(s);
}

/*
 * For the running configuration or, by its generation, for the staged one:
 * what is staged must not move an instance that still runs as it was.
 */
int
facts_sock_use(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct sock_use	 su;
	struct einst	*i;
	struct msg	 m;
	bool		 silent;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	if (sock_use_get(&m, &su) == -1 || su.why >= SOCK_WHY_MAX ||
	    su.tx_cnt > MAX_PEERS)
		return (-1);
	i = einst_find(e, im->id);
	if (e->stage != NULL && (im->gen == e->stage_gen || i == NULL)) {
		use_stage(e, im->id, &su);
		return (0);
	}
	if (i == NULL) {
		log_debug("sockets of unknown instance %u", im->id);
		return (0);
	}
	silent = i->use.late && i->tx_cnt == 0;
	use_copy(&i->use, &su);
	i->use_known = true;
	einst_resolve(i);
	einst_recompute(i);
	einst_try_start(i);
	/* Its virtual MAC has come up: what it could not say before. */
	if (silent && i->tx_cnt > 0 && i->vr.state == VR_MASTER) {
		if (hush_silent(i))
			hush_look(i);
		else
			drive_first(i);
	}
	return (0);
}

static void
use_copy(struct euse *use, const struct sock_use *su)
{
	euse_clear(use);
	use->why = su->why;
	use->src = su->src;
	use->rx = su->rx;
	use->rx_vmac = su->rx_vmac;
	use->late = su->late;
	if (su->tx_cnt == 0)
		return;
	if ((use->tx = calloc(su->tx_cnt, sizeof(*use->tx))) == NULL)
		fatal("sockets");
	memcpy(use->tx, su->tx, su->tx_cnt * sizeof(*use->tx));
	use->tx_cnt = su->tx_cnt;
}

static void
use_stage(struct engine *e, uint32_t inst, const struct sock_use *su)
{
	struct staged_use	*staged;

	if ((staged = calloc(1, sizeof(*staged))) == NULL)
		fatal("sockets");
	staged->inst = inst;
	use_copy(&staged->use, su);
	TAILQ_INSERT_TAIL(&e->stage_uses, staged, entry);
}

int
facts_resume(void *arg, struct imsg *im)
{
	struct engine		*e = arg;
	struct resume_rec	 rec;
	struct vr_resume	*r;
	struct einst		*i;
	struct msg		 m;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	if (resume_get(&m, &rec) == -1)
		return (-1);
	i = einst_find(e, im->id);
	if (i == NULL || i->started || !record_ok(e, i, &rec))
		return (-1);
	r = &i->resume;
	memset(r, 0, sizeof(*r));
	r->state = rec.state;
	r->prio = rec.priority;
	r->since_us = rec.since_us;
	r->has_master = rec.master.family != 0;
	r->master_prio = rec.master_priority;
	memcpy(r->master, rec.master.bytes, sizeof(r->master));
	r->master_int_us = rec.master_int_us;
	r->hold = rec.hold;
	r->hold_until_us = rec.hold == VR_HOLD_NONE ? VR_NEVER :
	    rec.hold_until_us;
	r->transitions = rec.transitions;
	/* Others refuse a number twice, and some were sent since. */
	i->expect.ah_seq = rec.ah_seq;
	if (r->state == VR_MASTER)
		i->expect.ah_seq += rec.ah_seq < UINT32_MAX - AH_SEQ_GAP ?
		    AH_SEQ_GAP : UINT32_MAX - rec.ah_seq;
	i->has_resume = true;
	i->transitions = rec.transitions;
	i->cnt.n[CNT_ADVERT_SENT] = rec.adverts_sent;
	i->cnt.n[CNT_ADVERT_RCVD] = rec.adverts_rcvd;
	return (0);
}

static bool
record_ok(const struct engine *e, const struct einst *i,
    const struct resume_rec *rec)
{
	if (rec->state >= VR_STATE_MAX || rec->hold >= VR_HOLD_MAX)
		return (false);
	if (rec->since_us < 0 || rec->since_us > e->now_us)
		return (false);
	if (rec->hold_until_us < 0 || rec->master_int_us < 0 ||
	    rec->master_int_us > VR_INT_MAX_US)
		return (false);
	return (rec->master.family == 0 ||
	    rec->master.family == i->conf->family);
}

static void
track_changed(struct engine *e, const struct escript *s,
    const struct track_msg *t)
{
	const char	*kind, *status;

	kind = s->kind == CONF_TRACK_FILE ? "file" :
	    s->kind == CONF_TRACK_PROCESS ? "process" : "script";
	status = t->status == TRACK_GOOD ? "good" :
	    t->status == TRACK_BAD ? "bad" : "unknown";
	log_debug("%s %s: value %d, %s", kind, s->name, t->value, status);
	if (s->kind == CONF_TRACK_SCRIPT)
		monitor_say(e, NOTE_TRACK, "", "script %s is %s (last %s %d)",
		    s->name, status, t->exit_kind == EXIT_STATUS ? "exit" :
		    t->exit_kind == EXIT_SIGNAL ? "signal" : "end",
		    t->exit_code);
	else
		monitor_say(e, NOTE_TRACK, "", "%s %s is %s (value %d)", kind,
		    s->name, status, t->value);
}

/*
 * It has not run yet, in a new checker or as another command; or it has not
 * failed there, but counts as that for its init_fail.
 */
static bool
says_nothing(const struct escript *s, const struct track_msg *t)
{
	if (t->status == TRACK_UNKNOWN)
		return (s->last.status != TRACK_UNKNOWN);
	return (s->kind == CONF_TRACK_SCRIPT && t->status == TRACK_BAD &&
	    s->last.status == TRACK_GOOD && (t->exit_kind == EXIT_NONE ||
	    (t->exit_kind == EXIT_STATUS && t->exit_code == 0)));
}

/*
 * A checker may speak of the scripts that the configuration gives to it. One
 * that has just been taken from it is no crime.
 */
int
facts_track(void *arg, struct imsg *im)
{
	struct checker		*c = arg;
	struct engine		*e = c->e;
	struct escript		*s;
	struct track_msg	 t;
	struct msg		 m;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	if (track_get(&m, &t) == -1 || t.status >= TRACK_STATUS_MAX ||
	    t.exit_kind >= EXIT_KIND_MAX)
		return (-1);
	s = escript_find(e, im->id);
	if (s == NULL || (s->checker != c->id && s->staged != c->id)) {
		/* Nobody tracks it, or it is another checker's. */
		if (s != NULL) {
			e->stats.track_err++;
			log_debug("%s: verdict on script %u, which is not its "
			    "own", c->name, im->id);
		}
		return (0);
	}
	s->synced = true;
	if (says_nothing(s, &t))
		return (0);
	if (s->last.status != t.status || s->last.value != t.value)
		track_changed(e, s, &t);
	s->last = t;
	drive_batch(e);
	facts_trackers(&s->trackers);
	drive_batch_end(e);
	return (0);
}

/* What the new checker did not name has no verdict any more. */
int
facts_track_sync(void *arg, struct imsg *im)
{
	struct checker	*c = arg;
	struct escript	*s;

	engine_turn(c->e);
	drive_batch(c->e);
	RB_FOREACH(s, escript_tree, &c->e->scripts) {
		if (s->checker != c->id || s->synced)
			continue;
		s->synced = true;
		memset(&s->last, 0, sizeof(s->last));
		facts_trackers(&s->trackers);
	}
	drive_batch_end(c->e);
	return (0);
}

/* Its scripts keep their state until it has told all it knows. */
void
facts_checker_new(struct engine *e, uint32_t checker)
{
	struct escript	*s;

	RB_FOREACH(s, escript_tree, &e->scripts) {
		if (s->checker == checker)
			s->synced = false;
	}
}

void
facts_trackers(const struct eref_list *list)
{
	struct eref	*ref;

	LIST_FOREACH(ref, list, entry) {
		einst_recompute(ref->inst);
		einst_try_start(ref->inst);
	}
}
