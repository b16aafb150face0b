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
 * Routes and rules: which are wanted, which are there, and what follows.
 *
 * The kernel drops routes of its own accord (a link goes down, an address is
 * removed) and tells nobody of the IPv4 ones. So whatever may have touched
 * one makes us unsure of it, and an add, which the kernel refuses when the
 * very same is there, puts it back or shows that nothing was lost.
 * Runs in: parent.
 */

#include <linux/rtnetlink.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/netlink.h>
#include <netlink/msg.h>

#include "internal.h"
#include "mono.h"

#define FAILED_LOG_US	(60 * US_PER_SEC)
/* What brings a route down shows in the event after those of the routes. */
#define SETTLE_US	(20 * US_PER_MS)
#define NAME_LEN_MAX	96

static void	 robj_due(struct netlinkd *, struct vinst *, int64_t);
static bool	 robj_ready(const struct netlinkd *, const struct robj *);
static bool	 robj_on(const struct robj *, const struct link *);
static bool	 robj_there(const struct netlinkd *, const struct robj *,
		    const struct robj *);
static bool	 robj_shared(const struct netlinkd *, const struct robj *);
static bool	 robj_same(const struct robj *, const struct robj *);
static void	 robj_enqueue(struct netlinkd *, struct robj *,
		    enum robj_queue);
static void	 robj_dequeue(struct netlinkd *, struct robj *);
static void	 robj_lost(struct netlinkd *, struct robj *);
static void	 robj_retry(struct netlinkd *, struct robj *, int64_t);
static bool	 robj_send(struct netlinkd *, struct robj *, bool);
static void	 robj_added(struct netlinkd *, struct robj *, int);
static void	 robj_removed(struct netlinkd *, struct robj *, int);
static void	 robj_failed(struct robj *, int);
static const char *robj_name(const struct robj *, char *, size_t);
static void	 robj_free(struct netlinkd *, struct robj *);
static void	 robj_check(struct netlinkd *, struct robj *);
static void	 robj_batch_replace(struct netlinkd *, const struct robj *,
		    struct robj *);

/* All of an instance, or of the static ones; 0 or -1 without memory. */
int
robj_build(struct vinst *inst, const struct conf_route_list *routes,
    const struct conf_rule_list *rules)
{
	const struct conf_route	*route;
	const struct conf_rule	*rule;
	struct robj		*o;

	TAILQ_FOREACH(route, routes, entry) {
		if ((o = calloc(1, sizeof(*o))) == NULL)
			return (-1);
		o->route = *route;
		o->inst = inst;
		o->queue = ROBJQ_NONE;
		TAILQ_INSERT_TAIL(&inst->robjs, o, entry);
	}
	TAILQ_FOREACH(rule, rules, entry) {
		if ((o = calloc(1, sizeof(*o))) == NULL)
			return (-1);
		o->is_rule = true;
		o->rule = *rule;
		o->inst = inst;
		o->queue = ROBJQ_NONE;
		TAILQ_INSERT_TAIL(&inst->robjs, o, entry);
	}
	return (0);
}

/* What is known of the old ones moves over; the rest has to go. */
void
robj_adopt(struct netlinkd *nd, struct vinst *inst)
{
	struct vinst	*old;
	struct robj	*o, *prev;

	TAILQ_FOREACH(o, &inst->robjs, entry) {
		prev = NULL;
		RB_FOREACH(old, vinst_tree, &nd->insts) {
			TAILQ_FOREACH(prev, &old->robjs, entry) {
				if (!prev->adopted && robj_same(prev, o))
					break;
			}
			if (prev != NULL)
				break;
		}
		if (prev == NULL)
			continue;
		prev->adopted = true;
		memcpy(o->ifindex, prev->ifindex, sizeof(o->ifindex));
		o->limit = prev->limit;
		o->error = prev->error;
		o->put_us = prev->put_us;
		o->fights = prev->fights;
		o->retry_us = prev->retry_us;
		o->sent = prev->sent;
		o->sure = prev->sure;
		o->lost = prev->lost;
		o->busy = prev->busy;
		prev->busy = prev->sent = false;
		robj_batch_replace(nd, prev, o);
	}
}

/* Of an instance that ends: stays with us until it is removed. */
void
robj_retire(struct netlinkd *nd, struct vinst *inst)
{
	struct robj	*o;

	while ((o = TAILQ_FIRST(&inst->robjs)) != NULL) {
		if ((!o->sent && !o->busy) || inst == &nd->orphanage) {
			robj_free(nd, o);
			continue;
		}
		robj_dequeue(nd, o);
		TAILQ_REMOVE(&inst->robjs, o, entry);
		o->inst = &nd->orphanage;
		o->retry_us = 0;
		TAILQ_INSERT_TAIL(&nd->orphanage.robjs, o, entry);
	}
}

/*
 * An interface goes by another name now, or is about to. What was put there is
 * wanted on the old name, and stays behind as an orphan until it is removed.
 */
void
robj_orphan(struct netlinkd *nd, const struct link *link)
{
	struct vinst	*inst;
	struct robj	*o, *left;

	RB_FOREACH(inst, vinst_tree, &nd->insts) {
		TAILQ_FOREACH(o, &inst->robjs, entry) {
			if ((!o->sent && !o->busy) || !robj_on(o, link))
				continue;
			if ((left = malloc(sizeof(*left))) == NULL) {
				log_warn("%s: routes", link->name);
				return;
			}
			robj_dequeue(nd, o);
			*left = *o;
			left->inst = &nd->orphanage;
			left->sent = true;	/* or soon */
			left->retry_us = 0;
			TAILQ_INSERT_TAIL(&nd->orphanage.robjs, left, entry);
			robj_batch_replace(nd, o, left);
			o->sent = o->sure = o->lost = o->busy = false;
			robj_check(nd, left);
		}
	}
}

static void
robj_free(struct netlinkd *nd, struct robj *o)
{
	robj_dequeue(nd, o);
	TAILQ_REMOVE(&o->inst->robjs, o, entry);
	robj_batch_replace(nd, o, NULL);
	free(o);
}

/* The groups are joined when there is something to be seen. */
void
robj_watch(struct netlinkd *nd)
{
	static const int	 groups[] = { RTNLGRP_IPV4_ROUTE,
	    RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE };
	struct vinst		*inst;
	size_t			 i;
	bool			 any = false;
	int			 err;

	RB_FOREACH(inst, vinst_tree, &nd->insts)
		any |= !TAILQ_EMPTY(&inst->robjs);
	if (any == nd->robj_watched)
		return;
	nd->robj_watched = any;
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		err = any ? nl_socket_add_membership(nd->events.sk,
		    groups[i]) : nl_socket_drop_membership(nd->events.sk,
		    groups[i]);
		if (err < 0)
			log_warnx("netlink: routes: %s", nl_geterror(err));
	}
}

/* While it is under way nothing is decided. Frees an orphan that is gone. */
static void
robj_check(struct netlinkd *nd, struct robj *o)
{
	bool	 wanted;

	if (o->busy)
		return;
	wanted = o->inst->wanted;
	switch (led_route(wanted, robj_ready(nd, o), o->sure, o->sent)) {
	case LED_ADD:
		if (o->retry_us == 0)
			robj_enqueue(nd, o, o->is_rule ? ROBJQ_RULE_ADD :
			    ROBJQ_ROUTE_ADD);
		return;
	case LED_DEL:
		if (robj_shared(nd, o)) {
			o->sent = o->sure = false;
			robj_check(nd, o);
		} else if (o->retry_us != 0)
			return;
		else if (o->inst == &nd->orphanage)
			robj_enqueue(nd, o, ROBJQ_GONE);
		else
			robj_enqueue(nd, o, o->is_rule ? ROBJQ_RULE_DEL :
			    ROBJQ_ROUTE_DEL);
		return;
	case LED_NONE:
	case LED_READD:
		break;
	}
	if (o->inst == &nd->orphanage) {
		robj_free(nd, o);
		return;
	}
	robj_dequeue(nd, o);
	if (wanted && !o->sure)
		o->error = ENETDOWN;
}

void
robj_check_inst(struct netlinkd *nd, struct vinst *inst)
{
	struct robj	*o, *next;

	TAILQ_FOREACH_SAFE(o, &inst->robjs, entry, next) {
		if (!inst->wanted) {
			o->lost = false;
			o->retry_us = 0;
			o->error = 0;
		}
		robj_check(nd, o);
	}
}

/* Something has changed that routes depend on. lost: it may have taken some
 * away; otherwise it may only have made some possible. */
void
robj_doubt(struct netlinkd *nd, bool lost)
{
	if (!nd->robj_watched)
		return;
	nd->robj_doubt = true;
	nd->robj_unsure |= lost;
}

void
robj_run(struct netlinkd *nd)
{
	struct vinst	*inst;
	struct robj	*o;
	bool		 unsure = nd->robj_unsure;

	if (!nd->robj_doubt)
		return;
	nd->robj_doubt = nd->robj_unsure = false;
	RB_FOREACH(inst, vinst_tree, &nd->insts) {
		if (!inst->wanted)
			continue;
		TAILQ_FOREACH(o, &inst->robjs, entry) {
			if (unsure && !o->is_rule) {
				o->sure = o->lost = false;
				o->again = o->busy;
			}
			if (!o->lost)
				o->retry_us = 0;
			robj_check(nd, o);
		}
		vip_fresh(nd, inst);
	}
}

/* RTM_DELROUTE and the like. */
void
robj_event(struct netlinkd *nd, const struct nlmsghdr *nlh)
{
	struct vinst	*inst;
	struct robj	*o;
	struct vaddr	 dst;
	uint32_t	 table, priority;
	uint8_t		 family;
	bool		 rule = nlh->nlmsg_type == RTM_DELRULE;

	if (!nd->robj_watched || (!rule && nlh->nlmsg_type != RTM_DELROUTE &&
	    (nlh->nlmsg_type != RTM_NEWROUTE ||
	    !(nlh->nlmsg_flags & NLM_F_REPLACE))))
		return;
	if (rule ? rule_event(nlh, &family, &priority) == -1 :
	    route_event(nlh, &dst, &table) == -1)
		return;
	RB_FOREACH(inst, vinst_tree, &nd->insts) {
		if (!inst->wanted)
			continue;
		TAILQ_FOREACH(o, &inst->robjs, entry) {
			if (o->is_rule != rule)
				continue;
			if (rule ? o->rule.family == family &&
			    o->rule.priority == priority :
			    o->route.table == table &&
			    vaddr_cmp_plen(&o->route.dst, &dst) == 0)
				robj_lost(nd, o);
		}
	}
}

static void
robj_lost(struct netlinkd *nd, struct robj *o)
{
	int64_t	 now_us, at_us;

	if (o->busy)
		o->again = true;
	if (!o->sure)
		return;
	now_us = mono_us();
	o->sure = false;
	o->lost = true;
	at_us = led_fight_at(now_us, o->put_us, o->fights);
	robj_retry(nd, o, at_us < now_us + SETTLE_US ? now_us + SETTLE_US :
	    at_us);
}

static void
robj_retry(struct netlinkd *nd, struct robj *o, int64_t at_us)
{
	o->retry_us = at_us;
	if (nd->robj_due_us == 0 || at_us < nd->robj_due_us)
		nd->robj_due_us = at_us;
}

void
robj_timer(struct netlinkd *nd, int64_t now_us)
{
	struct vinst	*inst;

	if (nd->robj_due_us == 0 || nd->robj_due_us > now_us)
		return;
	nd->robj_due_us = 0;
	RB_FOREACH(inst, vinst_tree, &nd->insts)
		robj_due(nd, inst, now_us);
	robj_due(nd, &nd->orphanage, now_us);
}

static void
robj_due(struct netlinkd *nd, struct vinst *inst, int64_t now_us)
{
	struct robj	*o, *next;

	TAILQ_FOREACH_SAFE(o, &inst->robjs, entry, next) {
		if (o->retry_us == 0)
			continue;
		if (o->retry_us > now_us) {
			robj_retry(nd, o, o->retry_us);
			continue;
		}
		o->retry_us = 0;
		robj_check(nd, o);
	}
}

/* Every interface that it goes by is there and up. */
static bool
robj_ready(const struct netlinkd *nd, const struct robj *o)
{
	const struct slot	*slot;
	uint8_t			 i;

	for (i = 0; !o->is_rule && i < o->route.hop_cnt; i++) {
		if (o->route.hops[i].ifname[0] == '\0')
			continue;
		slot = slot_by_id(nd, o->route.hops[i].slot);
		if (slot == NULL || slot->link == NULL ||
		    !(slot->link->flags & LINK_F_UP))
			return (false);
	}
	return (true);
}

/* Was it put on this interface, by its name? */
static bool
robj_on(const struct robj *o, const struct link *link)
{
	uint8_t	 i;

	for (i = 0; !o->is_rule && i < o->route.hop_cnt; i++) {
		if (o->route.hops[i].ifname[0] != '\0' &&
		    o->ifindex[i] == link->ifindex)
			return (true);
	}
	return (false);
}

/* Would this one be put where the other was? */
static bool
robj_there(const struct netlinkd *nd, const struct robj *o,
    const struct robj *other)
{
	const struct slot	*slot;
	uint8_t			 i;

	for (i = 0; !o->is_rule && i < o->route.hop_cnt; i++) {
		if (o->route.hops[i].ifname[0] == '\0')
			continue;
		slot = slot_by_id(nd, o->route.hops[i].slot);
		if (slot == NULL || slot->link == NULL ||
		    slot->link->ifindex != other->ifindex[i])
			return (false);
	}
	return (true);
}

/* Does another instance want the very same? */
static bool
robj_shared(const struct netlinkd *nd, const struct robj *o)
{
	struct vinst_tree	 insts;
	const struct robj	*other;
	struct vinst		*inst;

	insts = nd->insts;
	RB_FOREACH(inst, vinst_tree, &insts) {
		if (!inst->wanted)
			continue;
		TAILQ_FOREACH(other, &inst->robjs, entry) {
			if (other != o && robj_same(other, o) &&
			    robj_there(nd, other, o))
				return (true);
		}
	}
	return (false);
}

static bool
robj_same(const struct robj *a, const struct robj *b)
{
	if (a->is_rule != b->is_rule)
		return (false);
	if (a->is_rule)
		return (a->rule.priority == b->rule.priority &&
		    rule_equal(&a->rule, &b->rule));
	return (vaddr_cmp_plen(&a->route.dst, &b->route.dst) == 0 &&
	    route_equal(&a->route, &b->route));
}

static void
robj_enqueue(struct netlinkd *nd, struct robj *o, enum robj_queue queue)
{
	if (o->queue == queue)
		return;
	robj_dequeue(nd, o);
	o->queue = queue;
	TAILQ_INSERT_TAIL(&nd->robj_queue[queue], o, queued);
}

static void
robj_dequeue(struct netlinkd *nd, struct robj *o)
{
	if (o->queue != ROBJQ_NONE)
		TAILQ_REMOVE(&nd->robj_queue[o->queue], o, queued);
	o->queue = ROBJQ_NONE;
}

/* false: the batch is full. */
bool
robj_fill(struct netlinkd *nd, enum robj_queue first, enum robj_queue last)
{
	struct robj	*o;
	int		 queue;

	for (queue = (int)first; queue <= (int)last; queue++) {
		while ((o = TAILQ_FIRST(&nd->robj_queue[queue])) != NULL) {
			if (nd->batch.cnt >= BATCH_MSGS || nd->batch.len +
			    ROBJ_MSG_MAX > sizeof(nd->batch.buf))
				return (false);
			robj_dequeue(nd, o);
			/* It may be wanted again by now. */
			if (queue == ROBJQ_GONE && robj_shared(nd, o)) {
				robj_free(nd, o);
				continue;
			}
			if (!robj_send(nd, o, queue != ROBJQ_ROUTE_ADD &&
			    queue != ROBJQ_RULE_ADD))
				robj_retry(nd, o, mono_us() + US_PER_SEC);
		}
	}
	return (true);
}

/* Where it was put is where it is removed. */
static bool
robj_send(struct netlinkd *nd, struct robj *o, bool del)
{
	struct batch		*batch = &nd->batch;
	struct batch_item	*item = &batch->items[batch->cnt];
	const struct slot	*slot;
	size_t			 len, room;
	uint8_t			 i;
	uint32_t		 seq = batch->seq + batch->cnt;

	for (i = 0; !del && !o->is_rule && i < o->route.hop_cnt; i++) {
		slot = slot_by_id(nd, o->route.hops[i].slot);
		o->ifindex[i] = slot != NULL && slot->link != NULL ?
		    slot->link->ifindex : 0;
	}
	room = sizeof(batch->buf) - batch->len;
	len = o->is_rule ?
	    rule_message(o, del, seq, batch->buf + batch->len, room) :
	    route_message(o, del, seq, batch->buf + batch->len, room);
	if (len == 0)
		return (false);
	memset(item, 0, sizeof(*item));
	item->robj = o;
	item->op = del ? LED_DEL : LED_ADD;
	batch->len += len;
	batch->cnt++;
	o->busy = true;
	o->again = false;
	return (true);
}

/* The kernel has answered; -1: it will not. */
void
robj_answer(struct netlinkd *nd, struct batch_item *item, int error)
{
	struct robj	*o = item->robj;

	if (item->op == LED_DEL)
		robj_removed(nd, o, error);
	else
		robj_added(nd, o, error);
	if (o->again && o->sure)
		o->sure = false;
	vip_fresh(nd, o->inst);
}

static void
robj_added(struct netlinkd *nd, struct robj *o, int error)
{
	char		 name[NAME_LEN_MAX];
	uint32_t	 missed;
	int64_t		 now_us = mono_us();

	if (error == EEXIST && (o->sent || o->is_rule ||
	    !(o->route.flags & ROUTE_F_ADD)))
		error = 0;
	else if (error == 0 && o->lost && o->inst->wanted) {
		o->fights = led_fights(now_us, o->put_us, o->fights);
		o->put_us = now_us;
		o->inst->robj_restored++;
		if (log_limit_ok(&o->limit, now_us, FAILED_LOG_US, &missed))
			log_warnx("%s was removed by someone else, put back",
			    robj_name(o, name, sizeof(name)));
	}
	if (error != 0) {
		robj_failed(o, error);
		o->fights = led_fights(now_us, now_us, o->fights);
		robj_retry(nd, o, led_fight_at(now_us, now_us, o->fights));
		return;
	}
	o->error = 0;
	o->lost = false;
	o->sent = o->sure = true;
}

static void
robj_removed(struct netlinkd *nd, struct robj *o, int error)
{
	if (error != 0 && error != ESRCH && error != ENOENT &&
	    error != ENODEV && error != EADDRNOTAVAIL) {
		robj_failed(o, error);
		robj_retry(nd, o, mono_us() + US_PER_SEC);
		return;
	}
	o->sent = o->sure = o->lost = false;
	o->error = 0;
}

static void
robj_failed(struct robj *o, int error)
{
	char		 name[NAME_LEN_MAX];
	uint32_t	 missed;

	o->error = error;
	if (!log_limit_ok(&o->limit, mono_us(), FAILED_LOG_US, &missed))
		return;
	errno = error;
	log_warn("%s", robj_name(o, name, sizeof(name)));
}

/* The answers are over, or will never come. */
void
robj_release(struct netlinkd *nd, struct batch_item *item)
{
	struct robj	*o = item->robj;

	o->busy = false;
	if (!item->done) {
		o->sure = false;
		o->sent = true;		/* perhaps */
	}
	robj_check(nd, o);
}

static void
robj_batch_replace(struct netlinkd *nd, const struct robj *old,
    struct robj *new)
{
	uint32_t	 i;

	for (i = 0; i < nd->batch.cnt; i++) {
		if (nd->batch.items[i].robj == old)
			nd->batch.items[i].robj = new;
	}
}

void
robj_sums(const struct vinst *inst, struct vip_result *sum)
{
	const struct robj	*o;

	TAILQ_FOREACH(o, &inst->robjs, entry) {
		if (inst->wanted)
			sum->route_wanted++;
		if (o->sure)
			sum->route_installed++;
		else if (inst->wanted && o->error != 0) {
			sum->route_failed++;
			if (sum->route_errno == 0)
				sum->route_errno = o->error;
		}
	}
	sum->route_restored = inst->robj_restored;
}

static const char *
robj_name(const struct robj *o, char *buf, size_t size)
{
	char	 addr[VADDR_STRLEN];

	if (o->is_rule)
		(void)snprintf(buf, size, "%s rule %u",
		    o->rule.family == AF_INET6 ? "IPv6" : "IPv4",
		    o->rule.priority);
	else
		(void)snprintf(buf, size, "route to %s (table %u)",
		    vaddr_print_plen(&o->route.dst, addr, sizeof(addr)),
		    o->route.table);
	return (buf);
}
