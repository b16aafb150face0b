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

/* Sync groups. Pure; runs in: vrrpe. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "group.h"

/* All members of one group at a glance. */
struct glance {
	size_t		 running;
	size_t		 faults;
	size_t		 waits;
	size_t		 masters;
	size_t		 backups;
	size_t		 leaving;
	size_t		 open;		/* leaving, not decided */
	size_t		 stopping;
	size_t		 alone;		/* leaving, timed out */
	size_t		 wants;
	size_t		 old_masters;	/* that have joined */
	size_t		 old_backups;
};

static void	 look(const struct sg_member *, size_t, struct glance *);
static size_t	 spread_faults(struct sg_member *, size_t,
		    const struct glance *);
static void	 join(struct sg_member *, size_t, struct glance *);
static bool	 contested(const struct sg_member *, size_t,
		    const struct glance *);
static enum vr_order hand_over(const struct glance *);
static size_t	 tell(struct sg_member *, size_t, enum vr_order);

void
sg_facts(struct sg_member *m, const struct vr *v, const struct vr_conf *c,
    uint32_t own_faults)
{
	m->fault = m->running && (own_faults & ~c->quiet_faults) != 0;
	m->wait = m->running && v->state == VR_INIT &&
	    (own_faults & c->quiet_faults) != 0;
	m->state = v->state;
	m->leaves = v->leave != VR_LEAVE_NONE;
	m->stops = v->leave == VR_LEAVE_STOP;
	m->left = v->left;
	m->wants = v->state == VR_BACKUP && v->wants != VR_WHY_NONE;
	m->follows = vr_follows(v, c);
}

/*
 * The first rule that has something to say is the one of this round: faults,
 * hand-over, back to BACKUP, forward to MASTER.
 */
size_t
sg_decide(struct sg_member *m, size_t cnt)
{
	struct glance	 g;
	enum vr_order	 order;
	size_t		 n;

	for (n = 0; n < cnt; n++) {
		m[n].order = VR_ORDER_NONE;
		m[n].facts = false;
	}
	look(m, cnt, &g);
	if ((n = spread_faults(m, cnt, &g)) > 0)
		return (n);
	join(m, cnt, &g);
	if (g.leaving > 0 && (order = hand_over(&g)) != VR_ORDER_NONE)
		return (tell(m, cnt, order));
	if (g.old_masters > 0 && g.old_backups > 0)
		return (tell(m, cnt, VR_ORDER_BACKUP));
	if (contested(m, cnt, &g))
		return (tell(m, cnt, VR_ORDER_GIVE_UP));
	if (g.leaving == 0 && g.wants > 0 && g.masters + g.wants == cnt)
		return (tell(m, cnt, VR_ORDER_MASTER));
	return (0);
}

static void
look(const struct sg_member *m, size_t cnt, struct glance *g)
{
	size_t	 n;

	memset(g, 0, sizeof(*g));
	for (n = 0; n < cnt; n++, m++) {
		g->running += m->running;
		g->faults += m->running && m->fault;
		g->waits += m->running && m->wait;
		g->wants += m->wants;
		if (m->state == VR_MASTER) {
			g->masters++;
			g->old_masters += m->joined;
			g->leaving += m->leaves;
			g->stopping += m->leaves && m->stops;
			g->open += m->leaves && m->left == VR_LEFT_OPEN;
			g->alone += m->leaves && m->left == VR_LEFT_TIMEOUT;
		} else if (m->state == VR_BACKUP) {
			g->backups++;
			g->old_backups += m->joined;
		}
	}
}

/* Nobody hears of its own fault as the group's. */
static size_t
spread_faults(struct sg_member *m, size_t cnt, const struct glance *g)
{
	size_t	 n, told = 0;
	bool	 fault, wait;

	for (n = 0; n < cnt; n++, m++) {
		fault = m->running && g->faults > (m->fault ? 1U : 0U);
		wait = m->running && g->waits > (m->wait ? 1U : 0U);
		if (fault == m->group_fault && wait == m->group_wait)
			continue;
		m->group_fault = fault;
		m->group_wait = wait;
		m->facts = true;
		told++;
	}
	return (told);
}

/*
 * Who is as the others are belongs to them from now on. Where nobody does
 * yet, those that are MASTER are the group: a new one does not disturb them.
 */
static void
join(struct sg_member *m, size_t cnt, struct glance *g)
{
	enum vr_state	 state;
	size_t		 n;

	if (g->old_masters > 0 || (g->old_backups == 0 && g->masters > 0))
		state = VR_MASTER;
	else
		state = VR_BACKUP;
	for (n = 0; n < cnt; n++, m++) {
		if (!m->running)
			m->joined = false;
		if (m->joined || !m->running || m->state != state)
			continue;
		m->joined = true;
		if (state == VR_MASTER)
			g->old_masters++;
		else
			g->old_backups++;
	}
}

/*
 * A member that came in and is not as the group is: another router has the
 * better claim to it, or it is MASTER where the group is not.
 */
static bool
contested(const struct sg_member *m, size_t cnt, const struct glance *g)
{
	size_t	 n;

	for (n = 0; n < cnt; n++, m++) {
		if (m->joined || !m->running)
			continue;
		if (g->old_masters > 0 ? m->follows :
		    m->state == VR_MASTER && !m->leaves)
			return (true);
	}
	return (false);
}

/* Only when it is known of all of them what became of it. */
static enum vr_order
hand_over(const struct glance *g)
{
	if (g->open > 0)
		return (VR_ORDER_NONE);
	if (g->stopping == 0 && g->alone > 0)
		return (VR_ORDER_RETAKE);
	return (VR_ORDER_LEAVE);
}

/* Those that can follow it. */
static size_t
tell(struct sg_member *m, size_t cnt, enum vr_order order)
{
	size_t	 n, told = 0;
	bool	 may;

	for (n = 0; n < cnt; n++, m++) {
		if (order == VR_ORDER_MASTER)
			may = m->wants;
		else if (order == VR_ORDER_LEAVE || order == VR_ORDER_RETAKE)
			may = m->state == VR_MASTER && m->leaves;
		else
			may = m->state == VR_MASTER && !m->stops;
		if (!may)
			continue;
		m->order = order;
		told++;
	}
	return (told);
}

enum sg_face
sg_face(const struct sg_member *m, size_t cnt)
{
	struct glance	 g;

	look(m, cnt, &g);
	if (g.faults > 0)
		return (SG_FAULT);
	if (g.running == 0 || g.masters + g.backups == 0)
		return (SG_STOPPED);
	return (g.masters == cnt || g.old_masters > 0 ? SG_MASTER :
	    SG_BACKUP);
}

const char *
sg_face_name(int face)
{
	switch ((enum sg_face)face) {
	case SG_STOPPED:
		return ("STOPPED");
	case SG_FAULT:
		return ("FAULT");
	case SG_BACKUP:
		return ("BACKUP");
	case SG_MASTER:
		return ("MASTER");
	}
	return ("?");
}
