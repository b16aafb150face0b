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
 * The instances' side: which of them want their addresses, and how a new
 * configuration takes the place of the old one.
 * Runs in: parent.
 */

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mono.h"

/* A configuration that is being built. */
struct swap {
	struct vinst_tree insts;
	struct vip_tree	 vips;
};

static int	 swap_build(struct netlinkd *, const struct conf *,
		    struct swap *);
static int	 swap_add_vip(struct netlinkd *, struct swap *, struct vinst *,
		    const char *, const struct conf_vip *);
static int	 swap_build_statics(struct netlinkd *, const struct conf *,
		    struct swap *);
static void	 swap_adopt(struct netlinkd *, struct swap *);
static void	 vip_adopt(struct netlinkd *, struct vip *, struct vip *);
static void	 vip_leftover(struct netlinkd *, const struct vip *);
static void	 vip_retire(struct netlinkd *, struct vip *);
static void	 vinst_free(struct netlinkd *, struct vinst *);
static void	 vinst_linger(struct netlinkd *, struct vinst *, int64_t);
static void	 vinst_linger_cancel(struct netlinkd *, struct vinst *);
static void	 vinst_unwant(struct netlinkd *, struct vinst *);
static bool	 vip_same_form(const struct vip *, const struct vip *);
static int	 vinst_cmp(const struct vinst *, const struct vinst *);

RB_GENERATE(vinst_tree, vinst, node, vinst_cmp)

/*
 * Everything is built anew beside the old, so that a lack of memory leaves
 * nothing half done; then what is known of each address moves over.
 */
int
netlinkd_conf(struct netlinkd *nd, const struct conf *conf)
{
	struct vinst	*inst;
	struct swap	 swap;

	RB_INIT(&swap.insts);
	RB_INIT(&swap.vips);
	if (netlinkd_watch(nd, conf) == -1)
		return (-1);
	if (swap_build(nd, conf, &swap) == -1) {
		while ((inst = RB_ROOT(&swap.insts)) != NULL) {
			RB_REMOVE(vinst_tree, &swap.insts, inst);
			vinst_free(nd, inst);
		}
		return (-1);
	}
	swap_adopt(nd, &swap);
	slot_conf(nd, conf);
	linkbeat_conf(nd, conf);
	lease_conf(nd, conf);
	robj_watch(nd);
	made_run(nd);
	nft_conf(nd, conf);	/* before an address is there */
	vip_check_all(nd);
	if (!nd->adopting)	/* then the engine has to say so */
		vip_check_lifetimes(nd);
	nd->adopting = false;
	batch_next(nd);
	made_sweep_soon(nd);
	nld_rearm(nd);
	return (0);
}

int
netlinkd_watch(struct netlinkd *nd, const struct conf *conf)
{
	const struct conf_iface	*iface;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (slot_add(nd, iface) == -1)
			return (-1);
	}
	made_run(nd);
	nld_rearm(nd);
	return (0);
}

static int
swap_build(struct netlinkd *nd, const struct conf *conf, struct swap *swap)
{
	const struct conf_inst	*ci;
	const struct conf_vip	*cv;
	struct vinst		*inst;

	TAILQ_FOREACH(ci, &conf->insts, entry) {
		if ((inst = calloc(1, sizeof(*inst))) == NULL)
			return (-1);
		vinst_init(inst);
		inst->id = ci->id;
		inst->vmac_slot = ci->vmac_slot;
		inst->owner = ci->priority == 255;
		inst->filter = !ci->accept;
		inst->adopted_us = nd->adopting ? lease_adopt(nd, ci) : 0;
		inst->wanted = inst->adopted_us != 0;
		RB_INSERT(vinst_tree, &swap->insts, inst);
		TAILQ_FOREACH(cv, &ci->vips, entry) {
			if (swap_add_vip(nd, swap, inst, ci->name, cv) == -1)
				return (-1);
		}
		if (robj_build(inst, &ci->routes, &ci->rules) == -1)
			return (-1);
	}
	return (swap_build_statics(nd, conf, swap));
}

/* Static entries belong to an instance that is always wanted. What was there
 * before is left alone, as the real address of an owner is. */
static int
swap_build_statics(struct netlinkd *nd, const struct conf *conf,
    struct swap *swap)
{
	const struct conf_vip	*cv;
	struct vinst		*inst;

	if ((inst = calloc(1, sizeof(*inst))) == NULL)
		return (-1);
	vinst_init(inst);
	inst->id = VINST_STATIC;
	inst->owner = inst->wanted = true;
	RB_INSERT(vinst_tree, &swap->insts, inst);
	TAILQ_FOREACH(cv, &conf->static_vips, entry) {
		if (swap_add_vip(nd, swap, inst, "static", cv) == -1)
			return (-1);
	}
	return (robj_build(inst, &conf->static_routes, &conf->static_rules));
}

static int
swap_add_vip(struct netlinkd *nd, struct swap *swap, struct vinst *inst,
    const char *name, const struct conf_vip *cv)
{
	struct vip	*vip;
	char		 addr[VADDR_STRLEN];

	if ((vip = calloc(1, sizeof(*vip))) == NULL)
		return (-1);
	vip->inst = inst;
	vip->conf = cv;
	vip->addr = cv->addr;
	vip->peer = cv->peer;
	/* The prefix length belongs to the peer, if there is one. */
	if (cv->peer.family != 0)
		vip->addr.plen = cv->peer.plen;
	vip->slot = cv->slot;
	/* Nobody could be answered from it without the route. */
	if (slot_is_made(nd, cv->slot) && vaddr_is_linklocal(&vip->addr) &&
	    vip->addr.family == AF_INET6 && vip->addr.plen == 128)
		vip->addr.plen = 64;
	vip->filter = inst->filter;
	vip->queue = VIPQ_NONE;
	if (RB_INSERT(vip_tree, &swap->vips, vip) != NULL) {
		log_warnx("%s: %s on %s is there already, the second one is "
		    "ignored", name, vaddr_print(&cv->addr, addr,
		    sizeof(addr)), cv->ifname);
		free(vip);
		return (0);
	}
	TAILQ_INSERT_TAIL(&inst->vips, vip, entry);
	return (0);
}

static void
swap_adopt(struct netlinkd *nd, struct swap *swap)
{
	struct vinst	*old, *inst;
	struct vip	*vip, *next, *pred;

	RB_FOREACH(inst, vinst_tree, &swap->insts) {
		if ((old = vinst_by_id(nd, inst->id)) == NULL)
			continue;
		inst->wanted = old->wanted;
		inst->restored = old->restored;
		inst->robj_restored = old->robj_restored;
		inst->renewed_us = old->renewed_us;
		memcpy(&inst->result, &old->result, sizeof(inst->result));
		if (old->linger_us != 0)
			vinst_linger(nd, inst, old->linger_us);
	}
	RB_FOREACH(vip, vip_tree, &swap->vips) {
		pred = RB_FIND(vip_tree, &nd->vips, vip);
		if (pred != NULL && (vip->addr.family == AF_INET6 ||
		    pred->addr.plen == vip->addr.plen))
			vip_adopt(nd, vip, pred);
		else if (pred == NULL && !RB_EMPTY(&nd->insts))
			vip_leftover(nd, vip);
	}
	RB_FOREACH(inst, vinst_tree, &swap->insts)
		robj_adopt(nd, inst);
	RB_FOREACH_SAFE(vip, vip_tree, &nd->vips, next)
		vip_retire(nd, vip);
	while ((old = RB_ROOT(&nd->insts)) != NULL) {
		RB_REMOVE(vinst_tree, &nd->insts, old);
		vinst_free(nd, old);
	}
	nd->insts = swap->insts;
	nd->vips = swap->vips;
}

/* An address that is in both configurations, perhaps in another instance. */
static void
vip_adopt(struct netlinkd *nd, struct vip *vip, struct vip *old)
{
	old->successor = vip;
	vip->own_dels = old->own_dels;
	vip->put_us = old->put_us;
	vip->fights = old->fights;
	vip->limit = old->limit;
	vip->error = old->error;
	vip->valid_s = old->valid_s;
	vip->preferred_s = old->preferred_s;
	vip->busy = old->busy;
	vip->lost = old->lost;
	vip->dad = old->dad;
	vip->noprefixroute = old->noprefixroute;
	vip->stale = old->stale || !vip_same_form(vip, old);
	/* Another instance has to announce it. */
	vip->fresh = old->fresh || vip->inst->id != old->inst->id;
	batch_replace(nd, old, vip);
}

/* What an add of the same address would not change. */
static bool
vip_same_form(const struct vip *a, const struct vip *b)
{
	const uint32_t	 words = VIP_F_HOME | VIP_F_MNGTMPADDR | VIP_F_SCOPE |
	    VIP_F_NOPREFIXROUTE | VIP_F_AUTOJOIN;

	return (vaddr_cmp_plen(&a->addr, &b->addr) == 0 &&
	    vaddr_cmp_plen(&a->peer, &b->peer) == 0 &&
	    vaddr_cmp(&a->conf->brd, &b->conf->brd) == 0 &&
	    strcmp(a->conf->label, b->conf->label) == 0 &&
	    a->conf->scope == b->conf->scope &&
	    (a->conf->flags & words) == (b->conf->flags & words));
}

/* A new one that is there: as netlinkd_sweep has it at the start. */
static void
vip_leftover(struct netlinkd *nd, const struct vip *vip)
{
	const struct link	*link;
	const struct linkaddr	*ifa;

	if (vip->inst->wanted || vip->inst->owner ||
	    (link = vip_link(nd, vip)) == NULL ||
	    (ifa = addr_find(link, &vip->addr)) == NULL || ifa->mine)
		return;
	if (vip_orphan(nd, link, ifa) == -1)
		log_warn("%s: leftover address", link->name);
}

/* The old record: it goes, or stays in the orphanage until the address is
 * removed. */
static void
vip_retire(struct netlinkd *nd, struct vip *vip)
{
	const struct link	*link;
	const struct linkaddr	*ifa;
	bool			 there;

	link = vip_link(nd, vip);
	ifa = link != NULL ? vip_entry(link, vip) : NULL;
	there = link != NULL && (vip->busy || (ifa != NULL && ifa->mine));
	if (vip->successor != NULL || !there) {
		vip_free(nd, vip);
		return;
	}
	vip_dequeue(nd, vip);
	vip_retry_cancel(nd, vip);
	TAILQ_REMOVE(&vip->inst->vips, vip, entry);
	RB_REMOVE(vip_tree, &nd->vips, vip);
	vip->inst = &nd->orphanage;
	vip->conf = NULL;
	vip->ifindex = link->ifindex;
	TAILQ_INSERT_TAIL(&nd->orphanage.vips, vip, entry);
}

int
vip_orphan(struct netlinkd *nd, const struct link *link,
    const struct linkaddr *ifa)
{
	struct vip	*vip;

	if ((vip = calloc(1, sizeof(*vip))) == NULL)
		return (-1);
	vip->inst = &nd->orphanage;
	vip->addr = ifa->addr;
	vip->peer = ifa->peer;
	vip->ifindex = link->ifindex;
	vip->queue = VIPQ_NONE;
	TAILQ_INSERT_TAIL(&nd->orphanage.vips, vip, entry);
	vip_check(nd, vip);
	return (0);
}

void
vip_free(struct netlinkd *nd, struct vip *vip)
{
	vip_dequeue(nd, vip);
	vip_retry_cancel(nd, vip);
	TAILQ_REMOVE(&vip->inst->vips, vip, entry);
	if (vip->conf != NULL && RB_FIND(vip_tree, &nd->vips, vip) == vip)
		RB_REMOVE(vip_tree, &nd->vips, vip);
	batch_replace(nd, vip, NULL);
	if (vip->filter)
		nft_touch(nd);
	free(vip);
}

void
vinst_init(struct vinst *inst)
{
	int	 i;

	TAILQ_INIT(&inst->vips);
	TAILQ_INIT(&inst->robjs);
	for (i = 0; i < VIPQ_CNT; i++)
		TAILQ_INIT(&inst->queue[i]);
}

static void
vinst_free(struct netlinkd *nd, struct vinst *inst)
{
	struct vip	*vip;

	while ((vip = TAILQ_FIRST(&inst->vips)) != NULL)
		vip_free(nd, vip);
	robj_retire(nd, inst);
	vinst_linger_cancel(nd, inst);
	if (inst->is_fresh)
		TAILQ_REMOVE(&nd->fresh, inst, fresh);
	if (inst != &nd->orphanage)
		free(inst);
}

void
vinst_free_all(struct netlinkd *nd)
{
	struct vinst	*inst;

	while ((inst = RB_ROOT(&nd->insts)) != NULL) {
		RB_REMOVE(vinst_tree, &nd->insts, inst);
		vinst_free(nd, inst);
	}
	vinst_free(nd, &nd->orphanage);
}

struct vinst *
vinst_by_id(const struct netlinkd *nd, uint32_t id)
{
	struct vinst_tree	 tree;
	struct vinst		 key;

	tree = nd->insts;	/* RB_FIND takes no const head */
	key.id = id;
	return (RB_FIND(vinst_tree, &tree, &key));
}

void
netlinkd_want(struct netlinkd *nd, uint32_t id)
{
	struct led_fact	 fact;
	struct vinst	*inst;
	struct vip	*vip;

	if ((inst = vinst_by_id(nd, id)) == NULL)
		return;
	vinst_linger_cancel(nd, inst);
	inst->wanted = true;
	made_inst(nd, inst);
	TAILQ_FOREACH(vip, &inst->vips, entry) {
		vip->lost = false;
		vip_retry_cancel(nd, vip);
		vip_check(nd, vip);
		/* What is there already has to be announced, too. */
		vip_facts(nd, vip, &fact);
		if (!vip->busy && vip->queue != VIPQ_ADD)
			vip->fresh = led_installed(&fact);
	}
	robj_check_inst(nd, inst);
	vip_fresh(nd, inst);
	batch_next(nd);
	nld_rearm(nd);
}

void
netlinkd_unwant(struct netlinkd *nd, uint32_t id, int64_t linger_us)
{
	struct vinst	*inst;

	if ((inst = vinst_by_id(nd, id)) == NULL || !inst->wanted)
		return;
	if (linger_us < 0) {
		vinst_linger_cancel(nd, inst);
		inst->wanted = false;
		return;
	}
	if (linger_us > 0) {
		vinst_linger(nd, inst, mono_us() + linger_us);
		made_inst(nd, inst);
	} else
		vinst_unwant(nd, inst);
	batch_next(nd);
	nld_rearm(nd);
}

static void
vinst_unwant(struct netlinkd *nd, struct vinst *inst)
{
	struct vip	*vip;

	vinst_linger_cancel(nd, inst);
	inst->wanted = false;
	made_inst(nd, inst);
	TAILQ_FOREACH(vip, &inst->vips, entry) {
		vip->fresh = vip->lost = false;
		vip->error = 0;
	}
	robj_check_inst(nd, inst);
	vip_check_inst(nd, inst);
	vip_fresh(nd, inst);
}

/* In order of time; most come last. */
static void
vinst_linger(struct netlinkd *nd, struct vinst *inst, int64_t until_us)
{
	struct vinst	*prev;

	vinst_linger_cancel(nd, inst);
	inst->linger_us = until_us;
	TAILQ_FOREACH_REVERSE(prev, &nd->lingering, vinst_list, linger) {
		if (prev->linger_us <= until_us)
			break;
	}
	if (prev != NULL)
		TAILQ_INSERT_AFTER(&nd->lingering, prev, inst, linger);
	else
		TAILQ_INSERT_HEAD(&nd->lingering, inst, linger);
}

static void
vinst_linger_cancel(struct netlinkd *nd, struct vinst *inst)
{
	if (inst->linger_us == 0)
		return;
	TAILQ_REMOVE(&nd->lingering, inst, linger);
	inst->linger_us = 0;
}

void
vinst_linger_run(struct netlinkd *nd, int64_t now_us)
{
	struct vinst	*inst;

	while ((inst = TAILQ_FIRST(&nd->lingering)) != NULL &&
	    inst->linger_us <= now_us)
		vinst_unwant(nd, inst);
}

void
netlinkd_unwant_all(struct netlinkd *nd)
{
	struct vinst	*inst;

	nd->quiet = true;
	RB_FOREACH(inst, vinst_tree, &nd->insts) {
		if (inst->wanted)
			vinst_unwant(nd, inst);
	}
	batch_flush(nd);
	nd->ended = true;
	made_sweep(nd, true);
	nd->ledger[0] = '\0';
	nft_remove(nd);
	nd->quiet = false;
	nld_rearm(nd);
}

static int
vinst_cmp(const struct vinst *a, const struct vinst *b)
{
	return ((a->id > b->id) - (a->id < b->id));
}
