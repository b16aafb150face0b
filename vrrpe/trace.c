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
 * The last inputs of each state machine, in the form that the recorded tests
 * of the machine are written in: what happened in the field can be played
 * again. Runs in: vrrpe.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpe.h"

#define TRACE_FIRST	16	/* records to begin with */
#define TRACE_CONFS	8	/* configurations that are remembered */
#define TRACE_HEAD	6	/* lines before the first input */
#define TRACE_HELD	VR_EV_MAX

/* A line being written; cut where it does not fit. */
struct line {
	char		*buf;
	size_t		 size;
	size_t		 len;
};

static struct trace_rec *add(struct einst *, int64_t, uint8_t);
static void	 remember(struct einst *);
static void	 snap(struct einst *);
static void	 conf_add(struct einst *);
static const struct vr_conf *conf_at(const struct trace *, uint64_t);
static uint64_t	 oldest(const struct trace *);
static const struct trace_snap *start(const struct trace *);
static uint32_t	 want_cap(const struct einst *);
static bool	 grow(struct trace *, uint32_t);
static void	 put(struct line *, const char *, ...) __printflike(2, 3);
static void	 put_time(struct line *, const char *, int64_t);
static void	 put_addr(struct line *, const struct einst *, const char *,
		    const uint8_t *);
static void	 put_conf(struct line *, const char *, const struct vr_conf *);
static void	 put_head(struct line *, const struct einst *, uint32_t,
		    const struct trace_snap *);
static void	 put_state(struct line *, const struct einst *, uint32_t,
		    const struct vr *);
static void	 put_limits(struct line *, const struct einst *,
		    const struct vr *);
static void	 put_fields(struct line *, const struct einst *,
		    const struct trace_rec *, const struct vr_conf *);
static void	 put_resume(struct line *, const struct einst *);

void
trace_add(struct einst *i, const struct vr_in *in)
{
	struct trace		*t = &i->trace;
	struct trace_rec	*r;
	bool			 grouped = t->vc.grouped;

	remember(i);
	if (in->event == VR_EV_CONF)
		conf_add(i);
	t->vc = i->vc;
	if ((r = add(i, in->now_us, (uint8_t)in->event)) == NULL)
		return;
	r->prio = in->prio;
	r->hold = (uint8_t)in->hold;
	r->order = (uint8_t)in->order;
	r->now = in->now;
	/* an instance that is removed leaves its group without a word */
	r->ungrouped = in->event == VR_EV_STOP && grouped && !i->vc.grouped;
	memcpy(r->src, in->src, sizeof(r->src));
	if (in->event == VR_EV_ADVERT)
		r->arg = in->adver_int_us;
	else if (in->event == VR_EV_DOWN)
		r->arg = in->faults;
	else if (in->event == VR_EV_LATE)
		r->arg = in->late_us;
	else if (in->event == VR_EV_SWITCH)
		r->arg = in->until_us;
}

void
trace_held(struct einst *i)
{
	remember(i);
	(void)add(i, i->e->now_us, TRACE_HELD);
}

static struct trace_rec *
add(struct einst *i, int64_t now_us, uint8_t event)
{
	struct trace		*t = &i->trace;
	struct trace_rec	*r;

	if (t->next == t->cap && !grow(t, want_cap(i)))
		t->next = 0;
	if (t->cap == 0)
		return (NULL);
	r = &t->recs[t->next++];
	t->total++;
	if (t->cnt < t->cap)
		t->cnt++;
	memset(r, 0, sizeof(*r));
	r->now_us = now_us;
	r->event = event;
	return (r);
}

/* Often enough that half of what is remembered can be played. */
static void
remember(struct einst *i)
{
	struct trace	*t = &i->trace;
	uint32_t	 cap = want_cap(i);

	if (t->total > t->cnt && t->cap < cap)
		cap = t->cap;
	if (t->total == 0 || t->total - t->snaps[1].at >= cap / 2)
		snap(i);
}

static void
snap(struct einst *i)
{
	struct trace	*t = &i->trace;

	if (t->total == 0)
		t->vc = i->vc;
	else
		t->snaps[0] = t->snaps[1];
	t->snaps[1].at = t->total;
	memcpy(&t->snaps[1].vr, &i->vr, sizeof(i->vr));
	t->snaps[1].vc = t->vc;
	if (t->total == 0)
		t->snaps[0] = t->snaps[1];
}

/* When one is forgotten, nothing before the input after it can be played. */
static void
conf_add(struct einst *i)
{
	struct trace		*t = &i->trace;
	struct trace_conf	*c;

	if (t->confs == NULL && (t->confs = calloc(TRACE_CONFS,
	    sizeof(*t->confs))) == NULL)
		return;
	c = &t->confs[t->conf_cnt % TRACE_CONFS];
	if (t->conf_cnt++ >= TRACE_CONFS)
		t->lost = c->at + 1;
	if (t->snaps[1].at < t->lost)
		snap(i);
	c->at = t->total;
	c->vc = i->vc;
}

static const struct vr_conf *
conf_at(const struct trace *t, uint64_t at)
{
	uint32_t	 n;

	for (n = 0; t->confs != NULL && n < TRACE_CONFS; n++) {
		if (n < t->conf_cnt && t->confs[n].at == at)
			return (&t->confs[n].vc);
	}
	return (NULL);
}

/* The number of the first input from which all is known. */
static uint64_t
oldest(const struct trace *t)
{
	uint64_t	 at = t->total - t->cnt;

	return (t->lost > at ? t->lost : at);
}

static const struct trace_snap *
start(const struct trace *t)
{
	return (&t->snaps[t->snaps[0].at >= oldest(t) ? 0 : 1]);
}

/* Many instances remember less each, so that the process stays small. */
static uint32_t
want_cap(const struct einst *i)
{
	return (i->e->inst_cnt > TRACE_MANY ? TRACE_LEN_MANY : TRACE_LEN);
}

/* False at the largest size, or without memory: the oldest are overwritten. */
static bool
grow(struct trace *t, uint32_t max)
{
	struct trace_rec	*recs;
	uint32_t		 cap;

	if (t->cap >= max)
		return (false);
	cap = t->cap == 0 ? TRACE_FIRST : t->cap * 2;
	if ((recs = reallocarray(t->recs, cap, sizeof(*recs))) == NULL)
		return (false);
	t->recs = recs;
	t->cap = cap;
	return (true);
}

void
trace_clear(struct trace *t)
{
	free(t->recs);
	free(t->confs);
	memset(t, 0, sizeof(*t));
}

/*
 * The first line makes the machine, the second tells of what is missing, and
 * where that is not its beginning the next ones say what it was.
 */
bool
trace_line(const struct einst *i, uint32_t idx, char *buf, size_t size)
{
	const struct trace	*t = &i->trace;
	const struct trace_snap	*from = start(t);
	const struct trace_rec	*r;
	struct line		 l = { buf, size, 0 };
	struct vr		 fresh;
	uint64_t		 n;

	buf[0] = '\0';
	vr_init(&fresh, t->total == 0 ? &i->vc : &from->vc);
	if (idx >= 2 && (t->total == 0 || memcmp(&fresh, &from->vr,
	    sizeof(fresh)) == 0))
		idx += TRACE_HEAD - 2;
	if (idx < TRACE_HEAD) {
		put_head(&l, i, idx, from);
		return (true);
	}
	n = from->at + idx - TRACE_HEAD;
	if (n >= t->total)
		return (false);
	r = &t->recs[(t->next + t->cap - (uint32_t)(t->total - n)) % t->cap];
	put_time(&l, "", r->now_us);
	put(&l, " %s", r->event == TRACE_HELD ? "HELD" :
	    vr_event_name(r->event));
	put_fields(&l, i, r, conf_at(t, n));
	return (true);
}

static void
put_head(struct line *l, const struct einst *i, uint32_t idx,
    const struct trace_snap *from)
{
	if (idx == 0) {
		put(l, "new");
		put_conf(l, "prio", i->trace.total == 0 ? &i->vc : &from->vc);
	} else if (idx == 1)
		put(l, "# %s, now %s; %llu older inputs are gone",
		    i->conf->name, vr_face_name(vr_face(&i->vr)),
		    (unsigned long long)from->at);
	else {
		put(l, "vr");
		put_state(l, i, idx - 2, &from->vr);
	}
}

/* The members of struct vr, in lines of some each. */
static void
put_state(struct line *l, const struct einst *i, uint32_t part,
    const struct vr *v)
{
	if (part == 0) {
		put(l, " state=%s reason=%s running=%d told=%d faults=%u "
		    "prio=%u", vr_state_name(v->state),
		    vr_reason_name(v->reason), v->running, v->told,
		    v->faults, v->prio);
		put_addr(l, i, " from=", v->src);
		put_time(l, " now=", v->now_us);
		put_time(l, " since=", v->since_us);
	} else if (part == 1) {
		put_addr(l, i, " master=", v->master);
		put(l, " has_master=%d master_prio=%u", v->has_master,
		    v->master_prio);
		put_time(l, " interval=", v->master_int_us);
		put_time(l, " heard=", v->heard_us);
		put_time(l, " due=", v->due_us);
		put_time(l, " len=", v->len_us);
		put(l, " skewing=%d discarded=%d wants=%s", v->skewing,
		    v->discarded, vr_reason_name(v->wants));
		put_time(l, " preempt=", v->preempt_us);
		put_time(l, " copy=", v->copy_us);
	} else if (part == 2) {
		put(l, " hold=%s", vr_hold_name(v->hold));
		put_time(l, " until=", v->hold_until_us);
		put(l, " leave=%d left=%d", v->leave, v->left);
		put_time(l, " leaves=", v->leave_us);
		put_time(l, " zero=", v->zero_us);
	} else
		put_limits(l, i, v);
}

static void
put_limits(struct line *l, const struct einst *i, const struct vr *v)
{
	char	 key[16];
	int	 n;

	put_time(l, " announce=", v->announce_us);
	for (n = 0; n < VR_LOG_CODE_MAX; n++) {
		(void)snprintf(key, sizeof(key), " log%d=", n);
		if (v->log_us[n] != VR_NEVER)
			put_time(l, key, v->log_us[n]);
	}
	for (n = 0; n < VR_PEERS; n++) {
		(void)snprintf(key, sizeof(key), " peer%d=", n);
		if (v->peers[n].at_us == VR_NEVER)
			continue;
		put_time(l, key, v->peers[n].at_us);
		put_addr(l, i, ",", v->peers[n].addr);
	}
}

static void
put_addr(struct line *l, const struct einst *i, const char *key,
    const uint8_t *bytes)
{
	char	 addr[VADDR_STRLEN];

	why_addr(i, bytes, addr, sizeof(addr));
	put(l, "%s%s", key, addr);
}

static void
put(struct line *l, const char *fmt, ...)
{
	va_list	 ap;
	int	 n;

	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->len, l->size - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= l->size)
		l->len = l->size - 1;
}

static void
put_time(struct line *l, const char *key, int64_t us)
{
	if (us == VR_NEVER)
		put(l, "%snever", key);
	else
		put(l, "%s%lld.%06lld", key, (long long)(us / US_PER_SEC),
		    (long long)(us % US_PER_SEC));
}

static void
put_conf(struct line *l, const char *prio, const struct vr_conf *c)
{
	put(l, " version=%u %s=%u", c->version, prio, c->prio);
	put_time(l, " interval=", c->adver_int_us);
	put(l, " down_adverts=%u", c->down_adverts);
	put_time(l, " preempt_delay=", c->preempt_delay_us);
	put(l, " nopreempt=%d start_master=%d first_once=%d", c->nopreempt,
	    c->start_master, c->first_once);
	put(l, " lower_prio_no_advert=%d higher_prio_send_advert=%d",
	    c->lower_prio_no_advert, c->higher_prio_send_advert);
	put(l, " owner_ignore_adverts=%d quiet_faults=%u grouped=%d",
	    c->owner_ignore_adverts, c->quiet_faults, c->grouped);
}

static void
put_fields(struct line *l, const struct einst *i, const struct trace_rec *r,
    const struct vr_conf *vc)
{
	switch ((enum vr_event)r->event) {
	case VR_EV_ADVERT:
		put(l, " prio=%u", r->prio);
		put_addr(l, i, " from=", r->src);
		put_time(l, " interval=", r->arg);
		break;
	case VR_EV_ADDR:
		put_addr(l, i, " from=", r->src);
		break;
	case VR_EV_DOWN:
		put(l, " faults=%lld", (long long)r->arg);
		break;
	case VR_EV_LATE:
		put_time(l, " late=", r->arg);
		break;
	case VR_EV_PRIO:
		put(l, " prio=%u", r->prio);
		break;
	case VR_EV_CONF:
		put_conf(l, "base", vc != NULL ? vc : &i->vc);
		put(l, " prio=%u", r->prio);
		break;
	case VR_EV_STOP:
		put(l, " now=%u%s", r->now, r->ungrouped ? " grouped=0" : "");
		break;
	case VR_EV_SWITCH:
		put(l, " hold=%s now=%u", vr_hold_name(r->hold), r->now);
		put_time(l, " until=", r->arg);
		break;
	case VR_EV_RESUME:
		put_resume(l, i);
		break;
	case VR_EV_GROUP:
		put(l, " order=%s", vr_order_name(r->order));
		break;
	case VR_EV_START:
	case VR_EV_UP:
	case VR_EV_TIMER:
	case VR_EV_RELEASE:
	case VR_EV_MAX:
		break;
	}
}

static void
put_resume(struct line *l, const struct einst *i)
{
	const struct vr_resume	*r = &i->resume;

	put(l, " state=%s prio=%u hold=%s", vr_state_name(r->state), r->prio,
	    vr_hold_name(r->hold));
	put_time(l, " since=", r->since_us);
	put_time(l, " until=", r->hold_until_us);
	put_time(l, " interval=", r->master_int_us);
	if (!r->has_master)
		return;
	put_addr(l, i, " master=", r->master);
	put(l, " master_prio=%u", r->master_prio);
}
