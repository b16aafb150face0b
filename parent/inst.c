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
 * What the parent holds of each instance, and what follows for its
 * addresses. Everything but the state itself is from the parent's own
 * configuration. Runs in: parent.
 */

#include <stdlib.h>
#include <string.h>

#include "../netlinkd/netlinkd.h"
#include "announce.h"
#include "parent.h"
#include "sock.h"

static struct inst *inst_new(struct parent *, uint32_t);
static void	 inst_drop(struct parent *, struct inst *, bool);
static void	 on_installed(void *, uint32_t,
		    const struct conf_vip *const *, size_t);
static void	 on_result(void *, uint32_t, const struct vip_result *);
static void	 on_link(void *, uint32_t, const struct link_info *);
static void	 on_filter(void *);

const struct netlinkd_ops inst_netlink_ops = {
	.link = on_link,
	.installed = on_installed,
	.result = on_result,
	.filter = on_filter
};

RB_GENERATE(inst_tree, inst, entry, inst_cmp)

int
inst_cmp(struct inst *a, struct inst *b)
{
	return (a->id < b->id ? -1 : a->id > b->id);
}

struct inst *
inst_find(struct parent *p, uint32_t id)
{
	struct inst	 key;

	key.id = id;
	return (RB_FIND(inst_tree, &p->insts, &key));
}

/* Follows a configuration; a replaced instance begins anew. */
void
inst_conf(struct parent *p, const struct conf *conf, const struct diff *diff)
{
	const struct diff_inst	*di;
	struct inst		*inst;
	size_t			 i;

	for (i = 0; i < diff->inst_cnt; i++) {
		di = &diff->insts[i];
		if (di->kind != DIFF_REMOVED && di->kind != DIFF_REPLACED)
			continue;
		if ((inst = inst_find(p, di->old->id)) != NULL)
			inst_drop(p, inst, di->kind == DIFF_REPLACED);
	}
	for (i = 0; i < diff->inst_cnt; i++) {
		if ((di = &diff->insts[i])->kind == DIFF_REMOVED)
			continue;
		if ((inst = inst_find(p, di->new->id)) == NULL)
			inst = inst_new(p, di->new->id);
		inst->conf = di->new;
		inst->rate.cnt = 0;	/* the engine tells of all anew */
	}
}

/*
 * How long the addresses stay after MASTER: as long as the new master needs
 * to announce them, when there is one. After a fault there is no time.
 */
int64_t
inst_linger_us(uint8_t state, uint8_t reason)
{
	if (state == INST_MASTER)
		return (0);
	switch (reason) {
	case INST_WHY_HIGHER:
	case INST_WHY_TIE:
	case INST_WHY_GROUP:	/* its router has all of the group */
		return (LINGER_US);
	case INST_WHY_HANDED_OVER:
		return (LINGER_PLANNED_US);
	default:
		return (0);
	}
}

/* Evidence, not assumption: why an instance cannot be MASTER now. */
bool
inst_may_be_master(struct parent *p, const struct inst *inst,
    const char **why)
{
	struct link_info	 li;

	if (!netlinkd_link(p->nl, inst->conf->slot, &li) ||
	    (li.flags & LINK_F_EXISTS) == 0)
		*why = "its interface does not exist";
	else if (inst->conf->track_primary && ((li.flags & LINK_F_UP) == 0 ||
	    (li.flags & LINK_F_RUNNING) == 0))
		*why = "its interface is down";
	else if (!inst->sockets)
		*why = "it has no sockets";
	else
		return (true);
	return (false);
}

void
inst_state(struct parent *p, struct inst *inst, const struct state_msg *sm)
{
	uint8_t	 old;

	inst->resume = sm->resume;
	inst->known = true;
	inst->lease_us = 0;
	hist_state(p, inst, sm);
	old = inst->state;
	if (sm->state == old) {
		/* A reload may have brought it what it sends with. */
		if (!inst->mute)
			inst_spoken(p, inst);
		return;
	}
	inst->state = sm->state;
	inst->unsaid = sm->state == INST_MASTER &&
	    (inst->mute || sm->reason == INST_WHY_TAKEOVER);
	if (sm->state == INST_MASTER) {
		netlinkd_want(p->nl, inst->id);
	} else if (old == INST_MASTER) {
		ann_stop(p->ann, inst->id);
		/* With a virtual MAC the new master has it by now. */
		if (!inst->yields || inst->conf->vmac[0] != '\0')
			netlinkd_unwant(p->nl, inst->id,
			    inst_linger_us(sm->state, sm->reason));
		if (inst->yields)
			stage_yielded(p);
	}
	p->status_due = true;
}

/* Its advertisement is out: now the addresses are announced. */
void
inst_spoken(struct parent *p, struct inst *inst)
{
	if (!inst->unsaid)
		return;
	inst->unsaid = false;
	netlinkd_want(p->nl, inst->id);
}

/* They stay after all: there was an end of the engine. */
void
inst_yield_end(struct parent *p)
{
	struct inst	*inst;

	RB_FOREACH(inst, inst_tree, &p->insts) {
		if (inst->yields && inst->state != INST_MASTER)
			netlinkd_unwant(p->nl, inst->id, 0);
		inst->yields = false;
	}
}

/* Nobody speaks for it; it may come back as BACKUP only. */
void
inst_withdraw(struct parent *p, struct inst *inst)
{
	if (inst->state == INST_MASTER) {
		ann_stop(p->ann, inst->id);
		netlinkd_unwant(p->nl, inst->id, 0);
		hist_lost(p, inst, EVENT_WITHDRAWN);
	}
	inst->state = INST_INIT;
	inst->unsaid = false;
	inst->lease_us = 0;
	p->status_due = true;
}

/* An engine that is not to be trusted, or not to be had soon: none of the
 * instances is MASTER. */
void
inst_engine_lost(struct parent *p)
{
	struct inst	*inst;

	RB_FOREACH(inst, inst_tree, &p->insts) {
		inst_withdraw(p, inst);
		inst->is_late = false;
		inst->rate.cnt = 0;	/* the next one is another sender */
	}
	p->state_rate.cnt = 0;
}

/* The engine shows what became of the addresses. */
void
inst_tell(struct parent *p, struct inst *inst)
{
	struct msg	 m;
	uint8_t		 buf[128];

	if (p->engine == NULL || !p->engine->synced)
		return;
	netlinkd_lease_counts(p->nl, inst->id, &inst->result);
	inst->result.announcements = ann_count(p->ann, inst->id);
	msg_init_write(&m, buf, sizeof(buf));
	vip_result_put(&m, &inst->result);
	(void)peer_send(&p->engine->peer, IMSG_VIP_RESULT, inst->id,
	    p->engine->gen, 0, -1, &m);
}

void
inst_free_all(struct parent *p)
{
	struct inst	*inst;

	while ((inst = RB_ROOT(&p->insts)) != NULL) {
		RB_REMOVE(inst_tree, &p->insts, inst);
		hist_free(&inst->history);
		free(inst);
	}
}

uint32_t
inst_count(struct parent *p, uint8_t state)
{
	struct inst	*inst;
	uint32_t	 cnt;

	cnt = 0;
	RB_FOREACH(inst, inst_tree, &p->insts)
		if (inst->state == state)
			cnt++;
	return (cnt);
}

static struct inst *
inst_new(struct parent *p, uint32_t id)
{
	struct inst	*inst;

	if ((inst = calloc(1, sizeof(*inst))) == NULL)
		fatal("instance");
	inst->id = id;
	hist_init(&inst->history);
	RB_INSERT(inst_tree, &p->insts, inst);
	return (inst);
}

/* What a removed one had netlinkd_conf takes away, unless another has it. */
static void
inst_drop(struct parent *p, struct inst *inst, bool anew)
{
	if (inst->state == INST_MASTER)
		ann_stop(p->ann, inst->id);
	/* What another one has from now on must stay. */
	if (anew)
		netlinkd_unwant(p->nl, inst->id, -1);
	hist_lost(p, inst, EVENT_REMOVED);
	RB_REMOVE(inst_tree, &p->insts, inst);
	hist_free(&inst->history);
	free(inst);
}

static void
on_link(void *arg, uint32_t slot, const struct link_info *li)
{
	engine_link(arg, slot, li);
}

/* Who must not accept packets may go on, or must stop. */
static void
on_filter(void *arg)
{
	struct parent	*p = arg;

	if (p->socks != NULL)
		sock_links(p->socks);
}

static void
on_installed(void *arg, uint32_t id, const struct conf_vip *const *vips,
    size_t cnt)
{
	struct parent	*p = arg;
	struct inst	*inst;

	inst = inst_find(p, id);
	if (inst == NULL || inst->state != INST_MASTER)
		return;
	if (!inst->unsaid)
		ann_installed(p->ann, id, vips, cnt);
	inst_tell(p, inst);
}

static void
on_result(void *arg, uint32_t id, const struct vip_result *result)
{
	struct parent	*p = arg;
	struct inst	*inst;

	if ((inst = inst_find(p, id)) == NULL)
		return;
	inst->result = *result;
	inst_tell(p, inst);
}
