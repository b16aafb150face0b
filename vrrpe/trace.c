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

/* A line being written; cut where it does not fit. */
struct line {
	char		*buf;
	size_t		 size;
	size_t		 len;
};

static uint32_t	 want_cap(const struct einst *);
static bool	 grow(struct trace *, uint32_t);
static void	 put(struct line *, const char *, ...) __printflike(2, 3);
static void	 put_time(struct line *, const char *, int64_t);
static void	 put_conf(struct line *, const char *, const struct vr_conf *);
static void	 put_fields(struct line *, const struct einst *,
		    const struct trace_rec *);
static void	 put_resume(struct line *, const struct einst *);

void
trace_add(struct einst *i, const struct vr_in *in)
{
	struct trace		*t = &i->trace;
	struct trace_rec	*r;

	if (t->next == t->cap && !grow(t, want_cap(i)))
		t->next = 0;
	if (t->cap == 0)
		return;
	r = &t->recs[t->next++];
	t->total++;
	if (t->cnt < t->cap)
		t->cnt++;
	memset(r, 0, sizeof(*r));
	r->now_us = in->now_us;
	r->event = (uint8_t)in->event;
	r->prio = in->prio;
	r->hold = (uint8_t)in->hold;
	r->order = (uint8_t)in->order;
	r->now = in->now;
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
	memset(t, 0, sizeof(*t));
}

/* The first line makes the machine, the second tells of what is missing. */
bool
trace_line(const struct einst *i, uint32_t idx, char *buf, size_t size)
{
	const struct trace	*t = &i->trace;
	const struct trace_rec	*r;
	struct line		 l = { buf, size, 0 };
	uint32_t		 n;

	buf[0] = '\0';
	if (idx == 0) {
		put(&l, "new");
		put_conf(&l, "prio", &i->vc);
		return (true);
	}
	if (idx == 1) {
		put(&l, "# %s, now %s; %llu older inputs are gone",
		    i->conf->name, vr_face_name(vr_face(&i->vr)),
		    (unsigned long long)(t->total - t->cnt));
		return (true);
	}
	n = idx - 2;
	if (n >= t->cnt)
		return (false);
	r = &t->recs[(t->next + t->cap - t->cnt + n) % t->cap];
	put_time(&l, "", r->now_us);
	put(&l, " %s", vr_event_name(r->event));
	put_fields(&l, i, r);
	return (true);
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
put_fields(struct line *l, const struct einst *i, const struct trace_rec *r)
{
	char	 addr[VADDR_STRLEN];

	why_addr(i, r->src, addr, sizeof(addr));
	switch ((enum vr_event)r->event) {
	case VR_EV_ADVERT:
		put(l, " prio=%u from=%s", r->prio, addr);
		put_time(l, " interval=", r->arg);
		break;
	case VR_EV_ADDR:
		put(l, " from=%s", addr);
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
		put_conf(l, "base", &i->vc);
		put(l, " prio=%u", r->prio);
		break;
	case VR_EV_STOP:
		put(l, " now=%u", r->now);
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
	char			 addr[VADDR_STRLEN];

	put(l, " state=%s prio=%u hold=%s", vr_state_name(r->state), r->prio,
	    vr_hold_name(r->hold));
	put_time(l, " since=", r->since_us);
	put_time(l, " until=", r->hold_until_us);
	put_time(l, " interval=", r->master_int_us);
	if (!r->has_master)
		return;
	why_addr(i, r->master, addr, sizeof(addr));
	put(l, " master=%s master_prio=%u", addr, r->master_prio);
}
