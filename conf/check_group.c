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
 * Sync groups: who is a member of which, and what they track together.
 * Runs in: readconf.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

static size_t	 take_members(struct load *, struct group_def *);
static void	 member_inherits(struct load *, const struct group_def *,
		    const struct conf_inst *);
static void	 member_unknown(struct load *, const struct group_def *,
		    const struct member_def *);
static void	 check_owners(struct load *, struct group_def *);
static void	 drop_group(struct load *, struct group_def *);
static bool	 has_owner(const struct load *, const struct conf_group *);
static bool	 group_may_weigh(struct load *, const struct group_def *,
		    const struct track_def *, struct conf_track *);
static void	 give(struct load *, const struct conf_group *,
		    const struct track_def *, const struct conf_track *);

void
check_groups(struct load *ld)
{
	struct group_def	*g;
	size_t			 cnt;

	TAILQ_FOREACH(g, &ld->groups, entry) {
		cnt = take_members(ld, g);
		if (cnt == 0) {
			diag_warn(ld, g->at, "vrrp_sync_group %s has no "
			    "members: ignored", g->c->name);
			drop_group(ld, g);
			continue;
		}
		if (cnt == 1)
			diag_warn(ld, g->at, "vrrp_sync_group %s has one "
			    "member only: nothing to keep in step",
			    g->c->name);
		check_owners(ld, g);
	}
}

static size_t
take_members(struct load *ld, struct group_def *g)
{
	struct member_def	*m;
	struct conf_inst	*c;
	size_t			 cnt = 0;

	TAILQ_FOREACH(m, &g->members, entry) {
		c = conf_inst_by_name(ld->conf, m->name);
		if (c == NULL)
			member_unknown(ld, g, m);
		else if (c->group[0] != '\0')
			diag_warn(ld, m->at, "%s is a member of the sync "
			    "group %s already: ignored in %s", m->name,
			    c->group, g->c->name);
		else {
			(void)strlcpy(c->group, g->c->name,
			    sizeof(c->group));	/* same size */
			member_inherits(ld, g, c);
			cnt++;
		}
	}
	return (cnt);
}

static void
member_inherits(struct load *ld, const struct group_def *g,
    const struct conf_inst *c)
{
	struct inst_def	*d;

	if (g->set[KY_PRIO_NOTIFY].src == NULL)
		return;
	TAILQ_FOREACH(d, &ld->insts, entry)
		if (d->c == c && d->set[KI_PRIO_NOTIFY].src == NULL)
			d->c->prio_notify = g->prio_notify;
}

static void
member_unknown(struct load *ld, const struct group_def *g,
    const struct member_def *m)
{
	const struct conf_inst	*c;
	const char		*best = NULL;
	size_t			 n, least = 3;

	TAILQ_FOREACH(c, &ld->conf->insts, entry)
		if ((n = word_distance(m->name, c->name, least)) < least) {
			least = n;
			best = c->name;
		}
	diag_warn(ld, m->at, "%s: there is no vrrp_instance %s: it is left "
	    "out%s%s%s", g->c->name, m->name,
	    best != NULL ? "; did you mean \"" : "", best != NULL ? best : "",
	    best != NULL ? "\"?" : "");
}

/* At the start a group is MASTER at once only if each of its members is. */
static void
check_owners(struct load *ld, struct group_def *g)
{
	struct conf_inst	*c;
	size_t			 cnt = 0, owners = 0, ready = 0;

	TAILQ_FOREACH(c, &ld->conf->insts, entry) {
		if (strcmp(c->group, g->c->name) != 0)
			continue;
		cnt++;
		owners += c->priority == 255;
		ready += c->start_master;
	}
	if (owners > 0 && owners < cnt)
		diag_warn(ld, g->at, "vrrp_sync_group %s has owners "
		    "(priority 255) and others: it begins as BACKUP",
		    g->c->name);
	if (ready == cnt)
		return;
	TAILQ_FOREACH(c, &ld->conf->insts, entry)
		if (strcmp(c->group, g->c->name) == 0)
			c->start_master = false;
}

static void
drop_group(struct load *ld, struct group_def *g)
{
	TAILQ_REMOVE(&ld->conf->groups, g->c, entry);
	conf_group_free(g->c);
	g->c = NULL;
}

static bool
has_owner(const struct load *ld, const struct conf_group *g)
{
	const struct conf_inst	*c;

	TAILQ_FOREACH(c, &ld->conf->insts, entry)
		if (strcmp(c->group, g->name) == 0 && c->priority == 255)
			return (true);
	return (false);
}

bool
group_names(const struct load *ld, const struct conf_group *c,
    const struct track_def *t)
{
	const struct group_def	*g;
	const struct track_def	*other;

	TAILQ_FOREACH(g, &ld->groups, entry) {
		if (g->c != c || has_owner(ld, c))
			continue;
		TAILQ_FOREACH(other, &g->tracks, entry)
			if (other->kind == t->kind &&
			    strcmp(other->name, t->name) == 0)
				return (true);
	}
	return (false);
}

void
check_group_tracks(struct load *ld)
{
	struct conf_track	 track;
	struct group_def	*g;
	struct track_def	*t;

	TAILQ_FOREACH(g, &ld->groups, entry) {
		if (g->c == NULL)
			continue;
		TAILQ_FOREACH(t, &g->tracks, entry) {
			if (!track_make(ld, g->c->name, g->order, t, &track))
				continue;
			if (track.weight != 0 &&
			    !group_may_weigh(ld, g, t, &track))
				continue;
			track.of_group = true;
			track_add(ld, t->at, &g->c->tracks, &track);
			give(ld, g->c, t, &track);
			t->kept = true;
		}
	}
}

/* keepalived: not where a member is the owner. */
static bool
group_may_weigh(struct load *ld, const struct group_def *g,
    const struct track_def *t, struct conf_track *track)
{
	const char	*then = " is not tracked";
	bool		 kept = true;

	if (!has_owner(ld, g->c))
		return (true);
	if (track->kind == CONF_TRACK_IFACE)
		then = " going down is a fault";
	else if (track->kind == CONF_TRACK_FILE && track->weight == 1)
		then = " is tracked with weight 0";
	else
		kept = false;
	diag_warn(ld, t->at, "%s: a group with an owner (priority 255) has no "
	    "weights: %s%s", g->c->name, t->name, then);
	track->weight = 0;
	return (kept);
}

/*
 * For all members. Where one has it of its own the group's weight counts,
 * unless the member's is none: then it is a fault.
 */
static void
give(struct load *ld, const struct conf_group *g, const struct track_def *t,
    const struct conf_track *track)
{
	struct conf_inst	*c;
	struct conf_track	*own;

	TAILQ_FOREACH(c, &ld->conf->insts, entry) {
		if (strcmp(c->group, g->name) != 0)
			continue;
		TAILQ_FOREACH(own, &c->tracks, entry)
			if (own->kind == track->kind &&
			    strcmp(own->name, track->name) == 0)
				break;
		if (own == NULL) {
			/* what it runs on is tracked anyway */
			if (track->kind != CONF_TRACK_IFACE ||
			    strcmp(track->name, c->ifname) != 0 ||
			    !c->track_primary)
				track_add(ld, t->at, &c->tracks, track);
		} else if (own->weight != 0) {
			own->weight = track->weight;
			own->reverse = track->reverse;
			own->of_group = true;
		}
	}
}
