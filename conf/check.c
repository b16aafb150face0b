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
 * The rules that need more than one line: what stands in the files becomes
 * what is to be done. This file has the order, and the rules about several
 * instances.
 * Runs in: readconf.
 */

#include <net/if.h>

#include <stdlib.h>
#include <string.h>

#include "lint.h"

/* An address and who has it. */
struct owner {
	const struct vip_def	*vd;
	const struct inst_def	*d;
};

static void	 check_names(struct load *);
static void	 check_limits(struct load *);
static void	 check_vrid(struct load *, const struct inst_def *,
		    const struct inst_def *);
static int	 router_cmp(const struct conf_inst *,
		    const struct conf_inst *);
static int	 pair_cmp(const void *, const void *);
static bool	 share_peer(const struct inst_def *, const struct inst_def *);
static void	 check_vips(struct load *);
static int	 owner_cmp(const void *, const void *);
static void	 check_global(struct load *);
static void	 check_pairs(struct load *);

void
check_conf(struct load *ld)
{
	struct group_def	*g;
	struct inst_def		*d;

	check_limits(ld);
	check_global(ld);
	TAILQ_FOREACH(d, &ld->insts, entry) {
		check_inst(ld, d);
		check_inst_addrs(ld, d);
	}
	check_vmacs(ld);
	check_pairs(ld);
	check_groups(ld);
	check_scripts(ld);
	check_objects(ld);
	check_hooks(ld);
	TAILQ_FOREACH(d, &ld->insts, entry) {
		check_tracks(ld, d);
		check_notify(ld, d->c->name, d->c->notify, d->notify_at);
	}
	check_group_tracks(ld);
	check_routes(ld);
	check_scripts_left(ld);
	check_objects_left(ld);
	TAILQ_FOREACH(g, &ld->groups, entry)
		if (g->c != NULL)
			check_notify(ld, g->c->name, g->c->notify,
			    g->notify_at);
	check_mail(ld);
	netns_enter(ld);
	check_names(ld);
	iface_apply(ld);
	lint_conf(ld);
	if (ld->opts->check_ifaces && !ld->opts->no_system && !ld->elsewhere)
		lint_host(ld);
	if (ld->opts->numbers && ld->cnt.errors == 0)
		lint_numbers(ld);
	if (TAILQ_EMPTY(&ld->insts) && ld->cnt.errors == 0)
		diag_warn(ld, (struct where){ 0 }, "there is no vrrp_instance: "
		    "nothing to do");
}

/* What the processes could not hold. */
static void
check_limits(struct load *ld)
{
	struct where		 none = { 0 };
	struct script_def	*s;
	struct object_def	*o;
	uint32_t		 scripts = 0, objects = 0;

	TAILQ_FOREACH(s, &ld->scripts, entry)
		scripts++;
	if (ld->conf->inst_cnt > MAX_INSTANCES)
		diag_error(ld, none, "%u instances: at most %d are possible",
		    ld->conf->inst_cnt, MAX_INSTANCES);
	if (ld->conf->vip_cnt > MAX_VIPS)
		diag_error(ld, none, "%u addresses: at most %d are possible",
		    ld->conf->vip_cnt, MAX_VIPS);
	if (scripts > MAX_SCRIPTS)
		diag_error(ld, none, "%u scripts: at most %d are possible",
		    scripts, MAX_SCRIPTS);
	TAILQ_FOREACH(o, &ld->objects, entry)
		objects++;
	if (objects > MAX_FILES)
		diag_error(ld, none, "%u tracked files and processes: at most "
		    "%d are possible", objects, MAX_FILES);
}

static void
check_global(struct load *ld)
{
	struct global_def	*g = &ld->global;

	if (g->min_garp) {
		if (g->set[KG_GARP_DELAY].src == NULL)
			g->garp_delay_s = 0;
		if (g->set[KG_GARP_REPEAT].src == NULL)
			g->garp_repeat = 1;
		if (g->set[KG_GARP_REFRESH].src == NULL)
			g->garp_refresh_s = 0;
	}
	if (g->set[KG_GARP_LOWER_DELAY].src == NULL)
		g->garp_lower_delay_s = g->garp_delay_s;
	if (g->set[KG_GARP_LOWER_REPEAT].src == NULL)
		g->garp_lower_repeat = g->garp_repeat;
}

/* Those that could be taken for each other stand together once sorted. */
static void
check_pairs(struct load *ld)
{
	const struct inst_def	**all, *d;
	size_t			  cnt = 0, i, k;

	if (ld->conf->inst_cnt == 0 || ld->conf->inst_cnt > MAX_INSTANCES)
		return;
	all = mem_get(ld, ld->conf->inst_cnt * sizeof(*all));
	TAILQ_FOREACH(d, &ld->insts, entry)
		all[cnt++] = d;
	qsort(all, cnt, sizeof(*all), pair_cmp);
	for (i = 0; i < cnt; i++)
		for (k = i + 1; k < cnt && router_cmp(all[i]->c,
		    all[k]->c) == 0; k++)
			check_vrid(ld, all[i], all[k]);
	check_vips(ld);
}

static int
router_cmp(const struct conf_inst *x, const struct conf_inst *y)
{
	int	 r;

	if ((r = strcmp(x->ifname, y->ifname)) != 0)
		return (r);
	if ((r = x->vrid - y->vrid) != 0)
		return (r);
	return (x->family - y->family);
}

static int
pair_cmp(const void *a, const void *b)
{
	const struct inst_def *const	*x = a, *const *y = b;
	int				 r;

	if ((r = router_cmp((*x)->c, (*y)->c)) != 0)
		return (r);
	return ((*x)->order < (*y)->order ? -1 : 1);
}

/* Whose advertisements are whose? */
static void
check_vrid(struct load *ld, const struct inst_def *a,
    const struct inst_def *b)
{
	const struct conf_inst	*x = a->c, *y = b->c;

	if (x->vrid == 0 || x->ifname[0] == '\0' || x->unicast != y->unicast)
		return;
	if (x->unicast ? !share_peer(a, b) :
	    vaddr_cmp(&x->mcast, &y->mcast) != 0)
		return;
	diag_error(ld, b->set[KI_VRID], "%s: virtual_router_id %u is that of "
	    "%s, on the same interface%s", y->name, y->vrid, x->name,
	    x->version != y->version ? " (another version is no other router)"
	    : "");
}

static bool
share_peer(const struct inst_def *a, const struct inst_def *b)
{
	const struct peer_def	*p, *q;

	TAILQ_FOREACH(p, &a->peers, entry)
		TAILQ_FOREACH(q, &b->peers, entry)
			if (vaddr_cmp(&p->peer.addr, &q->peer.addr) == 0)
				return (true);
	return (false);
}

static int
owner_cmp(const void *a, const void *b)
{
	const struct owner	*x = a, *y = b;
	int			 r;

	r = vaddr_cmp(&x->vd->v->addr, &y->vd->v->addr);
	if (r == 0)
		r = strcmp(x->vd->v->ifname, y->vd->v->ifname);
	if (r == 0)
		r = x->d->order < y->d->order ? -1 : 1;
	return (r);
}

/* The same address in two instances. */
static void
check_vips(struct load *ld)
{
	struct owner		*all;
	const struct inst_def	*d;
	const struct conf_vip	*a, *b;
	struct vip_def		*vd;
	size_t			 cnt = 0, i;
	bool			 other;
	char			 buf[VADDR_STRLEN];

	if (ld->conf->vip_cnt == 0 || ld->conf->vip_cnt > MAX_VIPS)
		return;
	all = mem_get(ld, ld->conf->vip_cnt * sizeof(*all));
	TAILQ_FOREACH(d, &ld->insts, entry)
		TAILQ_FOREACH(vd, &d->vips, entry)
			all[cnt++] = (struct owner){ vd, d };
	qsort(all, cnt, sizeof(*all), owner_cmp);
	for (i = 1; i < cnt; i++) {
		a = all[i - 1].vd->v;
		b = all[i].vd->v;
		if (vaddr_cmp(&a->addr, &b->addr) != 0)
			continue;
		if (a->ifname[0] == '\0' || b->ifname[0] == '\0')
			continue;	/* that has been reported */
		other = strcmp(a->ifname, b->ifname) != 0;
		if (other && vaddr_is_linklocal(&b->addr))
			continue;	/* those are anew on every link */
		diag_warn(ld, all[i].vd->at, "%s: %s is also an address of "
		    "%s%s%s: both would hold it", all[i].d->c->name,
		    vaddr_print(&b->addr, buf, sizeof(buf)),
		    all[i - 1].d->c->name, other ? ", on " : "",
		    other ? a->ifname : "");
	}
}

/* Every interface that anything names. */
static void
check_names(struct load *ld)
{
	const struct group_def	*g;
	const struct inst_def	*d;
	const struct vip_def	*vd;
	const struct track_def	*t;

	TAILQ_FOREACH(d, &ld->insts, entry) {
		if (d->c->ifname[0] != '\0')
			check_iface(ld, d->set[KI_INTERFACE], d->c->ifname);
		TAILQ_FOREACH(vd, &d->vips, entry)
			if (vd->v->ifname[0] != '\0')
				check_iface(ld, vd->at, vd->v->ifname);
		TAILQ_FOREACH(t, &d->tracks, entry)
			if (t->kept && t->kind == CONF_TRACK_IFACE)
				check_iface(ld, t->at, t->name);
	}
	TAILQ_FOREACH(g, &ld->groups, entry)
		TAILQ_FOREACH(t, &g->tracks, entry)
			if (t->kept && t->kind == CONF_TRACK_IFACE)
				check_iface(ld, t->at, t->name);
}

/* An interface may come later, so that it is no error when it is missing. */
void
check_iface(struct load *ld, struct where at, const char *name)
{
	if (conf_iface_by_name(ld->conf, name) != NULL)
		return;
	if (conf_iface_add(ld->conf, name) == NULL)
		diag_error(ld, at, "more than %d interfaces are named",
		    MAX_IFACES);
	else if (!ld->opts->no_system && !ld->elsewhere &&
	    if_nametoindex(name) == 0) {
		if (ld->opts->check_ifaces)
			diag_warn(ld, at, "there is no interface %s here",
			    name);
		else
			diag_note(ld, at, "there is no interface %s yet",
			    name);
	}
}
