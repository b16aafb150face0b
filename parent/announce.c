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
 * The schedule of announcements.
 *
 * Each interface (or garp_group of them) has two lanes, one for ARP and one
 * for NA, and each lane has two queues: addresses that were not announced yet,
 * and repeats. The first goes before the second, so that after a large takeover
 * every service is back before any is announced again. An address is in one
 * queue at most and goes to the end of the repeats until its count is used
 * up: all addresses take turns.
 * Runs in: parent.
 */

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "frames.h"
#include "log.h"

#define SEND_BUDGET	256		/* frames in one turn of the loop */
#define REPEAT_GAP_US	(10 * US_PER_MS) /* more first ones may come */
#define AGAIN_GAP_US	(100 * US_PER_MS)
#define FAILED_LOG_US	(60 * US_PER_SEC)
#define LANE_GROUP	0x80000000U	/* of the id: not a slot */
/*
 * Somebody else announces our address: answered at once, then at this gap,
 * which doubles while it goes on. Two masters that both insist on it can
 * never be louder than that.
 */
#define RIVAL_GAP_US	(1 * US_PER_SEC)
#define RIVAL_GAP_MAX_US (5 * US_PER_SEC)
#define RIVAL_CALM_US	(60 * US_PER_SEC)	/* it begins anew */

struct ann_lane;

struct ann_vip {
	TAILQ_ENTRY(ann_vip) entry;
	const struct conf_vip *conf;
	struct ann_inst	*inst;
	struct ann_lane	*lane;
	uint32_t	 left;		/* frames to send; 0: not queued */
	bool		 first;		/* in the lane's first queue */
	bool		 installed;
	bool		 extra;		/* garp_extra_if announces it */
};
TAILQ_HEAD(ann_queue, ann_vip);

struct ann_lane {
	RB_ENTRY(ann_lane) node;
	uint32_t	 id;		/* slot, or of a garp_group */
	uint8_t		 family;
	struct ann_queue first;
	struct ann_queue repeats;
	int64_t		 gap_us;
	int64_t		 next_us;	/* pacing: not before */
	int64_t		 repeat_us;	/* repeats: not before */
	struct log_limit failed;
};
RB_HEAD(ann_lanes, ann_lane);

struct ann_inst {
	RB_ENTRY(ann_inst) by_id;
	RB_ENTRY(ann_inst) by_due;	/* only while due_us is set */
	const struct conf_inst *conf;	/* NULL: not in the configuration */
	uint32_t	 id;
	struct ann_vip	*vips;		/* in the order of conf */
	size_t		 vip_cnt;
	size_t		 cursor;	/* where the last one was found */
	int64_t		 due_us;	/* earliest of the five; 0: none */
	int64_t		 delay_us;	/* the second set; 0: none */
	int64_t		 lower_us;	/* likewise, after a losing advert */
	int64_t		 refresh_us;
	int64_t		 extra_us;	/* garp_extra_if */
	int64_t		 again_us;	/* ann_again not before */
	int64_t		 rival_us;	/* an answer to a rival; 0: none */
	int64_t		 rival_next_us;	/* the next one not before */
	int64_t		 rival_gap_us;
	uint64_t	 count;
	bool		 active;
};
RB_HEAD(ann_ids, ann_inst);
RB_HEAD(ann_dues, ann_inst);

struct ann {
	const struct ann_ops *ops;
	void		*arg;
	struct ann_ids	 ids;
	struct ann_dues	 dues;
	struct ann_lanes lanes;
	const struct conf_iface *iface;	/* last looked at by ann_conf */
};

static struct ann_inst *inst_by_id(const struct ann *, uint32_t);
static void	 inst_settle(struct ann *, struct ann_inst *);
static void	 inst_round(struct ann_inst *, uint32_t);
static void	 inst_unqueue(struct ann_inst *);
static void	 inst_serve(struct ann *, struct ann_inst *, int64_t);
static struct ann_vip *inst_vip(struct ann_inst *, const struct conf_vip *);
static void	 inst_rival(struct ann_inst *, int64_t);
static struct ann_vip *conf_vips(struct ann *, const struct conf *,
		    struct ann_inst *, const struct conf_inst *, size_t *);
static bool	 is_extra(const struct conf *, const struct conf_inst *,
		    const struct ann_vip *, size_t);
static int64_t	 extra_gap(const struct conf_inst *);
static void	 conf_take(struct ann *, struct ann_inst *,
		    const struct conf_inst *, struct ann_vip *, size_t);
static struct ann_lane *lane_add(struct ann *, const struct conf *, uint32_t,
		    uint8_t);
static struct ann_lane *lane_find(struct ann *, uint32_t, uint8_t);
static int64_t	 lane_due(const struct ann_lane *);
static void	 lane_run(struct ann *, struct ann_lane *, int64_t, int *);
static void	 lane_send(struct ann *, struct ann_lane *,
		    const struct link_info *, struct ann_vip *, int64_t);
static void	 vip_queue(struct ann_vip *, uint32_t, bool);
static void	 vip_unqueue(struct ann_vip *);
static int	 id_cmp(const struct ann_inst *, const struct ann_inst *);
static int	 due_cmp(const struct ann_inst *, const struct ann_inst *);
static int	 lane_cmp(const struct ann_lane *, const struct ann_lane *);

RB_PROTOTYPE(ann_ids, ann_inst, by_id, id_cmp)
RB_PROTOTYPE(ann_dues, ann_inst, by_due, due_cmp)
RB_PROTOTYPE(ann_lanes, ann_lane, node, lane_cmp)
RB_GENERATE(ann_ids, ann_inst, by_id, id_cmp)
RB_GENERATE(ann_dues, ann_inst, by_due, due_cmp)
RB_GENERATE(ann_lanes, ann_lane, node, lane_cmp)

struct ann *
ann_new_ops(const struct ann_ops *ops, void *arg)
{
	struct ann	*ann;

	if ((ann = calloc(1, sizeof(*ann))) == NULL)
		return (NULL);
	ann->ops = ops;
	ann->arg = arg;
	RB_INIT(&ann->ids);
	RB_INIT(&ann->dues);
	RB_INIT(&ann->lanes);
	return (ann);
}

void
ann_free(struct ann *ann)
{
	struct ann_inst	*inst;
	struct ann_lane	*lane;

	if (ann == NULL)
		return;
	while ((inst = RB_ROOT(&ann->ids)) != NULL) {
		RB_REMOVE(ann_ids, &ann->ids, inst);
		free(inst->vips);
		free(inst);
	}
	while ((lane = RB_ROOT(&ann->lanes)) != NULL) {
		RB_REMOVE(ann_lanes, &ann->lanes, lane);
		free(lane);
	}
	ann->ops->close(ann->arg);
	free(ann);
}

/*
 * Everything is allocated first. Instances are never forgotten, so that
 * their counts go on when they come back; there is one per name of the run.
 */
int
ann_conf(struct ann *ann, const struct conf *conf)
{
	const struct conf_inst	*ci;
	struct ann_inst		*inst;
	struct {
		struct ann_vip	*vips;
		size_t		 cnt;
	}			*fresh;
	size_t			 i, done;

	fresh = calloc((size_t)conf->inst_cnt + 1, sizeof(*fresh));
	if (fresh == NULL)
		return (-1);
	done = 0;
	ann->iface = NULL;
	TAILQ_FOREACH(ci, &conf->insts, entry) {
		if (done == conf->inst_cnt)
			break;
		if ((inst = inst_by_id(ann, ci->id)) == NULL) {
			if ((inst = calloc(1, sizeof(*inst))) == NULL)
				goto fail;
			inst->id = ci->id;
			RB_INSERT(ann_ids, &ann->ids, inst);
		}
		fresh[done].vips = conf_vips(ann, conf, inst, ci,
		    &fresh[done].cnt);
		if (fresh[done].vips == NULL)
			goto fail;
		done++;
	}
	RB_FOREACH(inst, ann_ids, &ann->ids)
		inst_unqueue(inst);
	RB_FOREACH(inst, ann_ids, &ann->ids)
		inst->conf = NULL;
	i = 0;
	TAILQ_FOREACH(ci, &conf->insts, entry) {
		if (i == done)
			break;
		conf_take(ann, inst_by_id(ann, ci->id), ci, fresh[i].vips,
		    fresh[i].cnt);
		i++;
	}
	RB_FOREACH(inst, ann_ids, &ann->ids) {
		if (inst->conf == NULL)
			conf_take(ann, inst, NULL, NULL, 0);
	}
	free(fresh);
	ann_run(ann);
	return (0);
 fail:
	for (i = 0; i < done; i++)
		free(fresh[i].vips);
	free(fresh);
	return (-1);
}

/* The addresses of a configuration; what was installed stays so. */
static struct ann_vip *
conf_vips(struct ann *ann, const struct conf *conf, struct ann_inst *inst,
    const struct conf_inst *ci, size_t *cnt)
{
	const struct conf_vip	*cv;
	struct ann_vip		*vips, *old;
	size_t			 i;

	*cnt = 0;
	TAILQ_FOREACH(cv, &ci->vips, entry)
		(*cnt)++;
	if ((vips = calloc(*cnt + 1, sizeof(*vips))) == NULL)
		return (NULL);
	i = 0;
	TAILQ_FOREACH(cv, &ci->vips, entry) {
		vips[i].conf = cv;
		vips[i].inst = inst;
		vips[i].lane = lane_add(ann, conf, cv->slot,
		    cv->addr.family);
		if (vips[i].lane == NULL) {
			free(vips);
			return (NULL);
		}
		vips[i].extra = is_extra(conf, ci, vips, i);
		old = inst_vip(inst, cv);
		if (old != NULL) {
			vips[i].installed = old->installed;
			vips[i].left = old->left;
		}
		i++;
	}
	return (vips);
}

/* The first one on an interface that the instance does not use otherwise. */
static bool
is_extra(const struct conf *conf, const struct conf_inst *ci,
    const struct ann_vip *vips, size_t i)
{
	const struct conf_iface	*iface;
	uint32_t		 slot = vips[i].conf->slot;

	if (ci->garp_extra_s == 0 ||
	    slot == (ci->vmac_slot != 0 ? ci->vmac_slot : ci->slot))
		return (false);
	if (!(ci->garp_extra_s & GARP_EXTRA_ALL) &&
	    ((iface = conf_iface_by_id(conf, slot)) == NULL ||
	    iface->make == CONF_MAKE_NONE))
		return (false);
	while (i-- > 0) {
		if (vips[i].extra && vips[i].conf->slot == slot)
			return (false);
	}
	return (true);
}

static int64_t
extra_gap(const struct conf_inst *ci)
{
	return ((ci->garp_extra_s & ~GARP_EXTRA_ALL) * US_PER_SEC);
}

/* What was queued goes on as repeats; NULL: the instance is gone. */
static void
conf_take(struct ann *ann, struct ann_inst *inst, const struct conf_inst *ci,
    struct ann_vip *vips, size_t cnt)
{
	uint32_t	 left;
	size_t		 i;

	free(inst->vips);
	inst->vips = vips;
	inst->vip_cnt = cnt;
	inst->cursor = 0;
	inst->conf = ci;
	if (ci == NULL) {
		inst->active = false;
		inst->delay_us = inst->lower_us = inst->refresh_us = 0;
		inst->rival_us = inst->extra_us = 0;
	}
	for (i = 0; i < cnt; i++) {
		left = vips[i].left;
		vips[i].left = 0;
		if (left > 0 && inst->active)
			vip_queue(&vips[i], left, false);
	}
	if (ci != NULL && ci->garp_refresh_s == 0)
		inst->refresh_us = 0;
	else if (inst->active && inst->refresh_us == 0)
		inst->refresh_us = ann->ops->now(ann->arg) +
		    ci->garp_refresh_s * US_PER_SEC;
	if (ci != NULL && ci->garp_extra_s == 0)
		inst->extra_us = 0;
	else if (inst->active && inst->extra_us == 0)
		inst->extra_us = ann->ops->now(ann->arg) + extra_gap(ci);
	inst_settle(ann, inst);
}

void
ann_installed(struct ann *ann, uint32_t id, const struct conf_vip *const *list,
    size_t cnt)
{
	const struct conf_inst	*conf;
	struct ann_inst		*inst;
	struct ann_vip		*vip;
	int64_t			 now_us;
	size_t			 i;

	if ((inst = inst_by_id(ann, id)) == NULL || inst->conf == NULL)
		return;
	conf = inst->conf;
	now_us = ann->ops->now(ann->arg);
	for (i = 0; i < cnt; i++) {
		if ((vip = inst_vip(inst, list[i])) == NULL)
			continue;
		vip->installed = true;
		if (conf->garp_repeat == 0)
			continue;
		vip->lane->repeat_us = now_us + REPEAT_GAP_US;
		vip_unqueue(vip);
		vip_queue(vip, conf->garp_repeat, true);
	}
	if (conf->garp_delay_s != 0)
		inst->delay_us = now_us + conf->garp_delay_s * US_PER_SEC;
	if (!inst->active && conf->garp_refresh_s != 0)
		inst->refresh_us = now_us + (conf->garp_delay_s +
		    (int64_t)conf->garp_refresh_s) * US_PER_SEC;
	if (!inst->active && conf->garp_extra_s != 0)
		inst->extra_us = now_us + extra_gap(conf);
	inst->active = true;
	inst_settle(ann, inst);
	ann_run(ann);
}

void
ann_again(struct ann *ann, uint32_t id, enum announce_cause cause)
{
	struct ann_inst	*inst;
	int64_t		 now_us;

	inst = inst_by_id(ann, id);
	if (inst == NULL || !inst->active)
		return;
	now_us = ann->ops->now(ann->arg);
	if (cause == ANN_RIVAL) {
		if (now_us >= inst->rival_next_us)
			inst_rival(inst, now_us);
		else
			inst->rival_us = inst->rival_next_us;
		inst_settle(ann, inst);
		ann_run(ann);
		return;
	}
	if (now_us < inst->again_us)
		return;
	if (cause == ANN_LOWER_PRIO) {
		if (inst->conf->strict || inst->conf->garp_lower_repeat == 0)
			return;
		inst_round(inst, inst->conf->garp_lower_repeat);
		if (inst->conf->garp_lower_delay_s != 0)
			inst->lower_us = now_us +
			    inst->conf->garp_lower_delay_s * US_PER_SEC;
	} else
		inst_round(inst, inst->conf->garp_repeat);
	inst->again_us = now_us + AGAIN_GAP_US;
	inst_settle(ann, inst);
	ann_run(ann);
}

void
ann_stop(struct ann *ann, uint32_t id)
{
	struct ann_inst	*inst;
	size_t		 i;

	if ((inst = inst_by_id(ann, id)) == NULL)
		return;
	inst_unqueue(inst);
	for (i = 0; i < inst->vip_cnt; i++)
		inst->vips[i].installed = false;
	inst->active = false;
	inst->delay_us = inst->lower_us = inst->refresh_us = 0;
	inst->again_us = inst->rival_us = inst->extra_us = 0;
	inst_settle(ann, inst);
	ann_run(ann);
}

/* Everybody is to have the last word from us. */
static void
inst_rival(struct ann_inst *inst, int64_t now_us)
{
	inst->rival_us = 0;
	if (inst->rival_gap_us == 0 ||
	    now_us - inst->rival_next_us > RIVAL_CALM_US)
		inst->rival_gap_us = RIVAL_GAP_US;
	else
		inst->rival_gap_us *= 2;
	if (inst->rival_gap_us > RIVAL_GAP_MAX_US)
		inst->rival_gap_us = RIVAL_GAP_MAX_US;
	inst->rival_next_us = now_us + inst->rival_gap_us;
	inst_round(inst, 1);
}

uint64_t
ann_count(const struct ann *ann, uint32_t id)
{
	const struct ann_inst	*inst;

	inst = inst_by_id(ann, id);
	return (inst != NULL ? inst->count : 0);
}

uint64_t
ann_pending(struct ann *ann)
{
	struct ann_inst	*inst;
	uint64_t	 cnt = 0;
	size_t		 i;

	RB_FOREACH(inst, ann_ids, &ann->ids)
		for (i = 0; i < inst->vip_cnt; i++)
			cnt += inst->vips[i].left;
	return (cnt);
}

void
ann_run(struct ann *ann)
{
	struct ann_inst	*inst;
	struct ann_lane	*lane;
	int64_t		 now_us, at_us;
	int		 budget;

	now_us = ann->ops->now(ann->arg);
	while ((inst = RB_MIN(ann_dues, &ann->dues)) != NULL &&
	    inst->due_us <= now_us)
		inst_serve(ann, inst, now_us);
	at_us = inst != NULL ? inst->due_us : INT64_MAX;
	budget = SEND_BUDGET;
	RB_FOREACH(lane, ann_lanes, &ann->lanes)
		lane_run(ann, lane, now_us, &budget);
	RB_FOREACH(lane, ann_lanes, &ann->lanes) {
		if (lane_due(lane) < at_us)
			at_us = lane_due(lane);
	}
	ann->ops->wake(ann->arg, at_us);
}

static void
inst_serve(struct ann *ann, struct ann_inst *inst, int64_t now_us)
{
	const struct conf_inst	*conf = inst->conf;
	size_t			 i;

	if (inst->delay_us != 0 && inst->delay_us <= now_us) {
		inst->delay_us = 0;
		inst_round(inst, conf->garp_repeat);
	}
	if (inst->lower_us != 0 && inst->lower_us <= now_us) {
		inst->lower_us = 0;
		inst_round(inst, conf->garp_lower_repeat);
	}
	if (inst->rival_us != 0 && inst->rival_us <= now_us)
		inst_rival(inst, now_us);
	if (inst->refresh_us != 0 && inst->refresh_us <= now_us) {
		inst_round(inst, conf->garp_refresh_repeat);
		/* No drift; after a freeze, no catching up. */
		inst->refresh_us += conf->garp_refresh_s * US_PER_SEC;
		if (inst->refresh_us <= now_us)
			inst->refresh_us = now_us +
			    conf->garp_refresh_s * US_PER_SEC;
	}
	if (inst->extra_us != 0 && inst->extra_us <= now_us) {
		for (i = 0; i < inst->vip_cnt; i++) {
			if (inst->vips[i].extra && inst->vips[i].installed &&
			    inst->vips[i].left == 0)
				vip_queue(&inst->vips[i], 1, false);
		}
		inst->extra_us = now_us + extra_gap(conf);
	}
	inst_settle(ann, inst);
}

/* Puts the instance where its next time belongs. */
static void
inst_settle(struct ann *ann, struct ann_inst *inst)
{
	const int64_t	 times[] = {
		inst->delay_us, inst->lower_us, inst->refresh_us,
		inst->rival_us, inst->extra_us
	};
	size_t		 i;

	if (inst->due_us != 0)
		RB_REMOVE(ann_dues, &ann->dues, inst);
	inst->due_us = 0;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (times[i] != 0 &&
		    (inst->due_us == 0 || times[i] < inst->due_us))
			inst->due_us = times[i];
	}
	if (inst->due_us != 0)
		RB_INSERT(ann_dues, &ann->dues, inst);
}

/* So many frames for each address that is there. */
static void
inst_round(struct ann_inst *inst, uint32_t cnt)
{
	size_t	 i;

	for (i = 0; i < inst->vip_cnt; i++) {
		if (inst->vips[i].installed && inst->vips[i].left < cnt)
			vip_queue(&inst->vips[i], cnt, false);
	}
}

static void
inst_unqueue(struct ann_inst *inst)
{
	size_t	 i;

	for (i = 0; i < inst->vip_cnt; i++)
		vip_unqueue(&inst->vips[i]);
}

/* They come in the order of the configuration, so the next one is mostly the
 * one that is looked for. */
static struct ann_vip *
inst_vip(struct ann_inst *inst, const struct conf_vip *cv)
{
	struct ann_vip	*vip;
	size_t		 i;

	for (i = 0; i < inst->vip_cnt; i++) {
		vip = &inst->vips[inst->cursor];
		inst->cursor = (inst->cursor + 1) % inst->vip_cnt;
		if (vip->conf->slot == cv->slot &&
		    vaddr_cmp(&vip->conf->addr, &cv->addr) == 0)
			return (vip);
	}
	return (NULL);
}

static void
vip_queue(struct ann_vip *vip, uint32_t cnt, bool first)
{
	if (cnt == 0)
		return;
	if (vip->left == 0) {
		vip->first = first;
		TAILQ_INSERT_TAIL(first ? &vip->lane->first :
		    &vip->lane->repeats, vip, entry);
	}
	vip->left = cnt;
}

static void
vip_unqueue(struct ann_vip *vip)
{
	if (vip->left == 0)
		return;
	TAILQ_REMOVE(vip->first ? &vip->lane->first : &vip->lane->repeats,
	    vip, entry);
	vip->left = 0;
}

/* Of the interface, or of the garp_group that it is in. */
static struct ann_lane *
lane_add(struct ann *ann, const struct conf *conf, uint32_t slot,
    uint8_t family)
{
	const struct conf_iface	*iface = ann->iface;
	struct ann_lane		*lane;
	int64_t			 garp_us, gna_us;
	uint32_t		 id = slot;

	if (iface == NULL || iface->id != slot)
		ann->iface = iface = conf_iface_by_id(conf, slot);
	garp_us = conf->global.garp_interval_us;
	gna_us = conf->global.gna_interval_us;
	if (iface != NULL && iface->garp_group != 0) {
		id = iface->garp_group | LANE_GROUP;
		garp_us = iface->garp_interval_us;
		gna_us = iface->gna_interval_us;
	}
	if ((lane = lane_find(ann, id, family)) != NULL)
		lane->gap_us = family == AF_INET6 ? gna_us : garp_us;
	return (lane);
}

static struct ann_lane *
lane_find(struct ann *ann, uint32_t id, uint8_t family)
{
	struct ann_lane	 key, *lane;

	key.id = id;
	key.family = family;
	if ((lane = RB_FIND(ann_lanes, &ann->lanes, &key)) != NULL)
		return (lane);
	if ((lane = calloc(1, sizeof(*lane))) == NULL)
		return (NULL);
	lane->id = id;
	lane->family = family;
	TAILQ_INIT(&lane->first);
	TAILQ_INIT(&lane->repeats);
	RB_INSERT(ann_lanes, &ann->lanes, lane);
	return (lane);
}

/* When it has something to send; INT64_MAX: never. */
static int64_t
lane_due(const struct ann_lane *lane)
{
	if (!TAILQ_EMPTY(&lane->first))
		return (lane->next_us);
	if (TAILQ_EMPTY(&lane->repeats))
		return (INT64_MAX);
	return (lane->next_us > lane->repeat_us ? lane->next_us :
	    lane->repeat_us);
}

static void
lane_run(struct ann *ann, struct ann_lane *lane, int64_t now_us, int *budget)
{
	struct link_info	 link;
	struct ann_vip		*vip;
	uint32_t		 left, slot;

	if (lane_due(lane) > now_us)
		return;
	slot = 0;		/* of none */
	memset(&link, 0, sizeof(link));
	while (lane_due(lane) <= now_us && (*budget)-- > 0) {
		vip = TAILQ_FIRST(&lane->first);
		if (vip == NULL)
			vip = TAILQ_FIRST(&lane->repeats);
		left = vip->left;
		vip_unqueue(vip);
		if (vip->conf->slot != slot && !ann->ops->link(ann->arg,
		    vip->conf->slot, &link))
			memset(&link, 0, sizeof(link));
		slot = vip->conf->slot;
		lane_send(ann, lane, &link, vip, now_us);
		vip_queue(vip, left - 1, false);
	}
}

/* Nothing goes where there is no ARP, or no interface at the moment. */
static void
lane_send(struct ann *ann, struct ann_lane *lane,
    const struct link_info *link, struct ann_vip *vip, int64_t now_us)
{
	uint8_t		 frame[FRAME_MAX];
	uint32_t	 missed;
	size_t		 len;

	if (!(link->flags & LINK_F_UP) ||
	    (link->flags & (LINK_F_NOARP | LINK_F_LOOPBACK)))
		return;
	lane->next_us = now_us + lane->gap_us;
	len = frame_announce(frame, link->mac, &vip->conf->addr);
	if (ann->ops->send(ann->arg, link->ifindex, frame, len) == 0) {
		vip->inst->count++;
		return;
	}
	if (log_limit_ok(&lane->failed, now_us, FAILED_LOG_US, &missed))
		log_warn("%s: cannot announce", vip->conf->ifname);
}

static struct ann_inst *
inst_by_id(const struct ann *ann, uint32_t id)
{
	struct ann_inst	 key;
	struct ann_ids	 ids;

	ids = ann->ids;		/* RB_FIND takes no const head */
	key.id = id;
	return (RB_FIND(ann_ids, &ids, &key));
}

static int
id_cmp(const struct ann_inst *a, const struct ann_inst *b)
{
	return ((a->id > b->id) - (a->id < b->id));
}

static int
due_cmp(const struct ann_inst *a, const struct ann_inst *b)
{
	if (a->due_us != b->due_us)
		return (a->due_us > b->due_us ? 1 : -1);
	return (id_cmp(a, b));
}

static int
lane_cmp(const struct ann_lane *a, const struct ann_lane *b)
{
	if (a->id != b->id)
		return (a->id > b->id ? 1 : -1);
	return ((a->family > b->family) - (a->family < b->family));
}
