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
 * Routes, rules and static entries: they are read here, and the interfaces
 * that they go by are tracked.
 * Runs in: readconf.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

static void	 read_entry(struct load *, struct entry_def *);
static bool	 route_again(struct load *, const struct entry_def *,
		    const struct conf_route *,
		    const struct conf_route_list *);
static bool	 rule_again(struct load *, const struct entry_def *,
		    const struct conf_rule *, const struct conf_rule_list *);
static void	 check_tgroups(struct load *);
static void	 check_statics(struct load *);
static void	 track_static(struct load *, struct where, char *group,
		    const char *ifname);
static void	 track_imply(struct load *, struct where, struct conf_inst *,
		    const char *ifname);
static void	 entry_tracks(struct load *, const struct entry_def *);
static void	 rule_tracks(struct load *, const struct entry_def *);
static void	 vip_tracks(struct load *, struct inst_def *);

void
check_routes(struct load *ld)
{
	struct entry_def	*e;
	struct inst_def		*d;
	struct where		 none = { 0 };
	uint32_t		 routes = 0, rules = 0;

	check_tgroups(ld);
	check_statics(ld);
	TAILQ_FOREACH(d, &ld->insts, entry)
		vip_tracks(ld, d);
	TAILQ_FOREACH(e, &ld->entries, entry) {
		read_entry(ld, e);
		routes += e->route != NULL;
		rules += e->rule_made != NULL;
		entry_tracks(ld, e);
	}
	if (routes > MAX_ROUTES)
		diag_error(ld, none, "%u routes: at most %d are possible",
		    routes, MAX_ROUTES);
	if (rules > MAX_RULES)
		diag_error(ld, none, "%u rules: at most %d are possible",
		    rules, MAX_RULES);
}

static void
read_entry(struct load *ld, struct entry_def *e)
{
	struct conf_route_list	*routes = &ld->conf->static_routes;
	struct conf_rule_list	*rules = &ld->conf->static_rules;
	struct conf_route	*route;
	struct conf_rule	*rule;

	if (e->d != NULL) {
		routes = &e->d->c->routes;
		rules = &e->d->c->rules;
	}
	if (e->rule) {
		rule = rule_read(ld, &e->st, e->d == NULL);
		if (rule == NULL)
			return;
		if (rule_again(ld, e, rule, rules)) {
			free(rule);
			return;
		}
		e->rule_made = rule;
		TAILQ_INSERT_TAIL(rules, rule, entry);
		return;
	}
	if ((route = route_read(ld, &e->st, e->d == NULL)) == NULL)
		return;
	if (route_again(ld, e, route, routes)) {
		free(route);
		return;
	}
	e->route = route;
	TAILQ_INSERT_TAIL(routes, route, entry);
}

/* The kernel tells routes apart by these. */
static bool
route_again(struct load *ld, const struct entry_def *e,
    const struct conf_route *r, const struct conf_route_list *list)
{
	const struct conf_route	*o;
	char			 buf[VADDR_STRLEN];

	TAILQ_FOREACH(o, list, entry) {
		if (vaddr_cmp_plen(&o->dst, &r->dst) != 0 ||
		    vaddr_cmp_plen(&o->from, &r->from) != 0 ||
		    o->table != r->table || o->metric != r->metric ||
		    o->tos != r->tos)
			continue;
		if (r->flags & ROUTE_F_APPEND)
			continue;
		diag_warn(ld, word_at(&e->st, 0), "a route to %s with the same "
		    "table and metric stands in line %u: ignored (write "
		    "nexthop for several ways)", vaddr_print_plen(&r->dst, buf,
		    sizeof(buf)), o->line);
		return (true);
	}
	return (false);
}

static bool
rule_again(struct load *ld, const struct entry_def *e,
    const struct conf_rule *r, const struct conf_rule_list *list)
{
	const struct conf_rule	*o;

	TAILQ_FOREACH(o, list, entry) {
		if (!rule_equal(o, r))
			continue;
		diag_warn(ld, word_at(&e->st, 0), "the same rule stands in "
		    "line %u: ignored", o->line);
		return (true);
	}
	return (false);
}

static void
check_tgroups(struct load *ld)
{
	struct tgroup_def	*g;
	struct member_def	*m;

	TAILQ_FOREACH(g, &ld->tgroups, entry) {
		TAILQ_FOREACH(m, &g->members, entry) {
			if (conf_inst_by_name(ld->conf, m->name) == NULL)
				diag_warn(ld, m->at, "%s: there is no "
				    "vrrp_instance %s: it is left out",
				    g->c->name, m->name);
			else if (conf_argv_add(&g->c->members, m->name) == -1)
				diag_error(ld, m->at, "%s: more than %d "
				    "members", g->c->name, MAX_ARGS);
		}
		if (g->c->members.argc == 0)
			diag_warn(ld, g->at, "track_group %s has no members",
			    g->c->name);
	}
}

static void
check_statics(struct load *ld)
{
	struct vip_def	*vd;
	struct conf_vip	*v;

	TAILQ_FOREACH(vd, &ld->statics.vips, entry) {
		v = vd->v;
		v->flags &= ~(uint32_t)VIP_F_EXCLUDED;
		if (v->ifname[0] == '\0' &&
		    ld->global.default_interface[0] != '\0')
			(void)strlcpy(v->ifname, ld->global.default_interface,
			    sizeof(v->ifname));	/* same size */
		if (v->ifname[0] == '\0') {
			diag_error(ld, vd->at, "a static address needs dev, or "
			    "default_interface in global_defs");
			continue;
		}
		check_iface(ld, vd->at, v->ifname);
		track_static(ld, vd->at, v->track_group, v->ifname);
	}
	TAILQ_CONCAT(&ld->conf->static_vips, &ld->statics.c->vips, entry);
}

/* An address on another interface than the instance's. One that goes to a
 * virtual MAC there needs what that is made on. */
static void
vip_tracks(struct load *ld, struct inst_def *d)
{
	const struct conf_iface	*iface;
	const struct vip_def	*vd;

	TAILQ_FOREACH(vd, &d->vips, entry) {
		if (!vd->dev || (vd->v->flags & VIP_F_NO_TRACK))
			continue;
		iface = conf_iface_by_name(ld->conf, vd->v->ifname);
		track_imply(ld, vd->at, d->c, iface != NULL &&
		    iface->make != CONF_MAKE_NONE ? iface->base :
		    vd->v->ifname);
	}
}

static void
entry_tracks(struct load *ld, const struct entry_def *e)
{
	struct where	 at = word_at(&e->st, 0);
	const char	*ifname = "";
	uint8_t		 i;

	if (e->rule_made != NULL)
		rule_tracks(ld, e);
	if (e->route == NULL)
		return;
	for (i = 0; i < e->route->hop_cnt; i++)
		if (e->route->hops[i].ifname[0] != '\0')
			check_iface(ld, at, e->route->hops[i].ifname);
	/* One way of several may well be down. */
	if (e->route->hop_cnt == 1)
		ifname = e->route->hops[0].ifname;
	if (e->d == NULL)
		track_static(ld, at, e->route->track_group, ifname);
	else if (!(e->route->flags & ROUTE_F_NO_TRACK))
		track_imply(ld, at, e->d->c, ifname);
}

static void
rule_tracks(struct load *ld, const struct entry_def *e)
{
	struct conf_rule	*rule = e->rule_made;
	struct where		 at = word_at(&e->st, 0);

	if (rule->iif[0] != '\0')
		check_iface(ld, at, rule->iif);
	if (rule->oif[0] != '\0')
		check_iface(ld, at, rule->oif);
	if (e->d == NULL)
		track_static(ld, at, rule->track_group, rule->iif);
	else if (!(rule->flags & RULE_F_NO_TRACK)) {
		track_imply(ld, at, e->d->c, rule->iif);
		track_imply(ld, at, e->d->c, rule->oif);
	}
}

/* The instances of the group track the interface of a static entry. */
static void
track_static(struct load *ld, struct where at, char *group,
    const char *ifname)
{
	struct conf_tgroup	*g;
	uint16_t		 i;

	if (group[0] == '\0')
		return;
	TAILQ_FOREACH(g, &ld->conf->tgroups, entry)
		if (strcmp(g->name, group) == 0)
			break;
	if (g == NULL || ifname[0] == '\0') {
		if (g == NULL)
			diag_warn(ld, at, "there is no track_group %s: "
			    "nobody tracks it", group);
		else
			diag_warn(ld, at, "there is no interface that "
			    "track_group %s could track", group);
		group[0] = '\0';
		return;
	}
	for (i = 0; i < g->members.argc; i++)
		track_imply(ld, at, conf_inst_by_name(ld->conf,
		    g->members.argv[i]), ifname);
}

/* keepalived: weight 0, in place of another one, but not of its own. */
static void
track_imply(struct load *ld, struct where at, struct conf_inst *c,
    const char *ifname)
{
	struct conf_track	 track, *t;

	if (ifname[0] == '\0' || strcmp(ifname, c->ifname) == 0 ||
	    strcmp(ifname, "lo") == 0)
		return;
	TAILQ_FOREACH(t, &c->tracks, entry)
		if (t->kind == CONF_TRACK_IFACE &&
		    strcmp(t->name, ifname) == 0)
			break;
	if (t != NULL) {
		if (t->weight != 0)
			diag_warn(ld, at, "%s: %s is needed here: that it is "
			    "down is a fault, its weight in track_interface "
			    "does not count", c->name, ifname);
		t->weight = 0;
		t->reverse = false;
		return;
	}
	memset(&track, 0, sizeof(track));
	track.kind = CONF_TRACK_IFACE;
	track.implied = true;
	(void)strlcpy(track.name, ifname, sizeof(track.name));	/* fits */
	track_add(ld, at, &c->tracks, &track);
}
