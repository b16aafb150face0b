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
 * What a virtual router is made of: from its configuration, the sockets it was
 * given and the facts about what it tracks. Runs in: vrrpe.
 */

#include <sys/socket.h>

#include <net/ethernet.h>

#include <stdlib.h>
#include <string.h>

#include "vrrpe.h"

static void	 set_protocol(struct einst *, const struct conf_inst *);
static void	 set_expect(struct einst *, const struct conf_inst *);
static void	 set_send(struct einst *, const struct conf_inst *);
static size_t	 pack_vips(struct einst *, const struct conf_inst *);
static size_t	 pack_peers(struct einst *, const struct conf_inst *);
static void	 set_tracks(struct einst *, const struct conf_inst *);
static void	 clear_tracks(struct einst *);
static void	 attach(struct einst *);
static void	 set_link(struct einst *, uint32_t);
static int64_t	 wait_us(const struct einst *);
static bool	 verdicts_known(const struct einst *);
static void	 compute(struct einst *, struct trk_out *);
static void	 read_facts(const struct einst *, struct trk_facts *);
static void	 read_items(struct einst *);
static void	 einst_detach(struct einst *);

struct einst *
einst_new(struct engine *e, const struct conf_inst *c)
{
	struct einst	*i;

	if ((i = calloc(1, sizeof(*i))) == NULL)
		fatal("instance");
	i->e = e;
	i->id = c->id;
	i->timer.due_us = HEAP_NEVER;
	i->sent_us = VR_NEVER;
	i->told_us = VR_NEVER;
	i->wait_us = VR_NEVER;
	hush_end(i);
	drive_reserve(e, (size_t)e->inst_cnt + 1);
	RB_INSERT(einst_tree, &e->insts, i);
	e->inst_cnt++;
	einst_configure(i, c);
	vipfault_init(i);
	tally_init(i);
	rival_init(i);
	return (i);
}

void
einst_free(struct einst *i)
{
	struct engine	*e = i->e;

	heap_set(&e->heap, &i->timer, HEAP_NEVER);
	(void)event_del(&i->ev_vip);
	(void)event_del(&i->ev_rival);
	if (i->vr.running)
		e->running_cnt--;
	einst_detach(i);
	clear_tracks(i);
	if (i->link != NULL)
		LIST_REMOVE(i, on_link);
	RB_REMOVE(einst_tree, &e->insts, i);
	e->inst_cnt--;
	trace_clear(&i->trace);
	euse_clear(&i->use);
	free(i->tx);
	free(i->vips);
	free(i->peers);
	freezero(i, sizeof(*i));
}

/* The same router goes on; anything else stops and begins anew. */
bool
einst_same_router(const struct conf_inst *a, const struct conf_inst *b)
{
	return (a->vrid == b->vrid && a->slot == b->slot &&
	    a->family == b->family && a->version == b->version);
}

void
einst_configure(struct einst *i, const struct conf_inst *c)
{
	struct trk_out	 out;
	struct vr_in	 in;
	struct vr_conf	 old;
	bool		 first = i->conf == NULL;

	memcpy(&old, &i->vc, sizeof(old));
	i->conf = c;
	i->noted = 0;
	set_protocol(i, c);
	set_expect(i, c);
	set_send(i, c);
	set_link(i, c->slot);
	einst_fit(i);
	set_tracks(i, c);
	if (first) {
		vr_init(&i->vr, &i->vc);
		i->trk.prio = c->priority;
		i->trk.faults = 0;
		return;
	}
	if (memcmp(&old, &i->vc, sizeof(old)) == 0)
		return;
	/* Faults follow with einst_recompute(). */
	compute(i, &out);
	i->trk.prio = out.prio;
	i->trk.total = out.total;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_CONF;
	in.prio = out.prio;
	drive_step(i, &in);
}

/* Zeroed first, so that two of them can be compared as bytes. */
static void
set_protocol(struct einst *i, const struct conf_inst *c)
{
	struct vr_conf	*vc = &i->vc;

	memset(vc, 0, sizeof(*vc));
	vc->version = c->version;
	vc->prio = c->priority;
	vc->start_master = c->start_master;
	vc->nopreempt = c->nopreempt;
	vc->lower_prio_no_advert = c->lower_prio_no_advert;
	vc->higher_prio_send_advert = c->higher_prio_send_advert;
	vc->owner_ignore_adverts = c->owner_ignore_adverts;
	vc->down_adverts = c->down_timer_adverts;
	vc->adver_int_us = c->adver_int_us;
	vc->preempt_delay_us = c->preempt_delay_us;
	vc->quiet_faults = TRK_F_QUIET;
	vc->grouped = c->group_id != 0;
}

static void
set_expect(struct einst *i, const struct conf_inst *c)
{
	struct pkt_expect	*x = &i->expect;
	uint32_t		 ah_seq = x->ah_seq;

	memset(x, 0, sizeof(*x));
	x->ah_seq = ah_seq;
	x->family = c->family == AF_INET6 ? PKT_V6 : PKT_V4;
	x->version = c->version;
	x->auth = c->auth_type;
	memcpy(x->pass, c->auth_pass, sizeof(x->pass));
	x->unicast = c->unicast;
	x->check_src = c->check_unicast_src;
	x->cksum_plain = c->v3_checksum_as_v2;
	x->cksum_group = c->old_unicast_checksum;
	x->adver_int_us = c->adver_int_us;
	i->vip_cnt = pack_vips(i, c);
	x->vip_cnt = i->vip_cnt;
	x->vips = i->vips;
	x->peer_cnt = pack_peers(i, c);
	x->peers = i->peers;
}

static void
set_send(struct einst *i, const struct conf_inst *c)
{
	struct pkt_send	*s = &i->send;
	uint16_t	 ip_id = s->ip_id;

	memset(s, 0, sizeof(*s));
	s->ip_id = ip_id;
	s->ttl = c->unicast ? c->unicast_ttl : PKT_TTL;
	s->unicast = c->unicast;
	s->family = i->expect.family;
	s->version = c->version;
	s->vrid = c->vrid;
	s->auth = c->auth_type;
	memcpy(s->pass, c->auth_pass, sizeof(s->pass));
	s->cksum_plain = c->v3_checksum_as_v2;
	s->cksum_group = c->old_unicast_checksum;
	s->adver_int_us = c->adver_int_us;
	memcpy(s->src, i->use.src.bytes, sizeof(s->src));
	s->vips = i->vips;
	s->vip_cnt = i->vip_cnt;
}

/*
 * An advertisement is one packet: addresses that the MTU has no room for are
 * left out, as many as keepalived leaves out (which counts the Ethernet header,
 * too), as the list has to be the same. The first ones go out.
 */
void
einst_fit(struct einst *i)
{
	bool	 v6 = i->conf->family == AF_INET6;
	size_t	 head, fit = i->vip_cnt;

	head = ETHER_HDR_LEN + (v6 ? 40 : 20) + 8 +
	    (i->conf->version == 2 ? PKT_AUTH_LEN : 0);
	if (i->link->info.mtu != 0)
		fit = i->link->info.mtu <= head ? 0 :
		    (i->link->info.mtu - head) / (v6 ? 16 : 4);
	if (fit > i->vip_cnt)
		fit = i->vip_cnt;
	if (fit < i->vip_cnt && fit != i->send.vip_cnt)
		log_warnx("(%s) the MTU of %s (%u) has room for %zu of %zu "
		    "addresses: the others are not advertised", i->conf->name,
		    i->conf->ifname, i->link->info.mtu, fit, i->vip_cnt);
	i->send.vip_cnt = i->expect.vip_cnt = fit;
}

static size_t
pack_vips(struct einst *i, const struct conf_inst *c)
{
	const struct conf_vip	*vip;
	size_t			 len, cnt = 0;

	len = c->family == AF_INET6 ? 16 : 4;
	free(i->vips);
	if ((i->vips = calloc(PKT_ADDRS_MAX, len)) == NULL)
		fatal("addresses");
	TAILQ_FOREACH(vip, &c->vips, entry) {
		if ((vip->flags & VIP_F_EXCLUDED) != 0 ||
		    vip->addr.family != c->family || cnt == PKT_ADDRS_MAX)
			continue;
		memcpy(i->vips + cnt++ * len, vip->addr.bytes, len);
	}
	return (cnt);
}

static size_t
pack_peers(struct einst *i, const struct conf_inst *c)
{
	const struct conf_peer	*peer;
	size_t			 cnt = 0;

	free(i->peers);
	i->peers = NULL;
	TAILQ_FOREACH(peer, &c->peers, entry)
		cnt++;
	if (cnt == 0)
		return (0);
	if ((i->peers = calloc(cnt, sizeof(*i->peers))) == NULL)
		fatal("peers");
	cnt = 0;
	TAILQ_FOREACH(peer, &c->peers, entry) {
		memcpy(i->peers[cnt].addr, peer->addr.bytes,
		    sizeof(i->peers[cnt].addr));
		i->peers[cnt].min_ttl = peer->min_ttl;
		i->peers[cnt].max_ttl = peer->max_ttl;
		cnt++;
	}
	return (cnt);
}

static void
set_tracks(struct einst *i, const struct conf_inst *c)
{
	static const enum trk_kind	 kinds[CONF_TRACK_KIND_MAX] = {
		[CONF_TRACK_SCRIPT] = TRK_SCRIPT,
		[CONF_TRACK_IFACE] = TRK_INTERFACE,
		[CONF_TRACK_FILE] = TRK_FILE,
		[CONF_TRACK_PROCESS] = TRK_PROCESS
	};
	const struct conf_track		*t;
	struct escript			*script;
	struct elink			*link;
	size_t				 n = 0;

	clear_tracks(i);
	TAILQ_FOREACH(t, &c->tracks, entry)
		n++;
	if (n == 0)
		return;
	i->items = calloc(n, sizeof(*i->items));
	i->refs = calloc(n, sizeof(*i->refs));
	if (i->items == NULL || i->refs == NULL)
		fatal("tracked objects");
	i->item_cnt = n;
	n = 0;
	TAILQ_FOREACH(t, &c->tracks, entry) {
		i->refs[n].inst = i;
		i->items[n].weight = t->weight;
		i->items[n].reverse = t->reverse;
		i->items[n].kind = kinds[t->kind];
		if (t->kind != CONF_TRACK_IFACE) {
			script = escript_add(i->e, t->object);
			LIST_INSERT_HEAD(&script->trackers, &i->refs[n],
			    entry);
		} else {
			link = elink_add(i->e, t->object);
			LIST_INSERT_HEAD(&link->trackers, &i->refs[n], entry);
		}
		n++;
	}
}

static void
clear_tracks(struct einst *i)
{
	size_t	 n;

	for (n = 0; n < i->item_cnt; n++)
		LIST_REMOVE(&i->refs[n], entry);
	free(i->refs);
	free(i->items);
	i->refs = NULL;
	i->items = NULL;
	i->item_cnt = 0;
}

static void
set_link(struct einst *i, uint32_t slot)
{
	if (i->link != NULL)
		LIST_REMOVE(i, on_link);
	i->link = elink_add(i->e, slot);
	LIST_INSERT_HEAD(&i->link->insts, i, on_link);
}

static void
einst_detach(struct einst *i)
{
	struct einst	**at;

	if (i->rx != NULL) {
		at = &i->rx->by_vrid[i->conf->vrid];
		while (*at != NULL && *at != i)
			at = &(*at)->rx_next;
		if (*at == i)
			*at = i->rx_next;
	}
	if (i->rx_vmac != NULL && i->rx_vmac->by_vrid[i->conf->vrid] == i)
		i->rx_vmac->by_vrid[i->conf->vrid] = NULL;
	i->rx = i->rx_vmac = NULL;
	i->rx_next = NULL;
	i->tx_cnt = 0;
}

void
einst_resolve(struct einst *i)
{
	struct vr_in	 in;

	einst_detach(i);
	attach(i);
	if (memcmp(i->vr.src, i->use.src.bytes, sizeof(i->vr.src)) == 0)
		return;
	memcpy(i->send.src, i->use.src.bytes, sizeof(i->send.src));
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADDR;
	memcpy(in.src, i->use.src.bytes, sizeof(in.src));
	drive_step(i, &in);
}

/* Only sockets of our own interface and family: they go with it. */
static void
attach(struct einst *i)
{
	const struct conf_inst	*c = i->conf;
	struct esock		*s;
	uint16_t		 n;

	s = esock_find(i->e, i->use.rx);
	if (s != NULL && s->by_vrid != NULL && s->slot == c->slot &&
	    s->family == c->family) {
		i->rx_next = s->by_vrid[c->vrid];
		s->by_vrid[c->vrid] = i;
		i->rx = s;
	}
	s = esock_find(i->e, i->use.rx_vmac);
	if (s != NULL && s->by_vrid != NULL && s->slot == c->slot &&
	    s->family == c->family && s->by_vrid[c->vrid] == NULL) {
		s->by_vrid[c->vrid] = i;
		i->rx_vmac = s;
	}
	free(i->tx);
	i->tx = NULL;
	if (i->use.tx_cnt == 0)
		return;
	if ((i->tx = calloc(i->use.tx_cnt, sizeof(*i->tx))) == NULL)
		fatal("sockets");
	for (n = 0; n < i->use.tx_cnt; n++) {
		s = esock_find(i->e, i->use.tx[n]);
		if (s != NULL && s->by_vrid == NULL && s->slot == c->slot &&
		    s->family == c->family)
			i->tx[i->tx_cnt++] = s;
	}
}

void
einst_recompute(struct einst *i)
{
	struct trk_out	 out;
	struct vr_in	 in;
	unsigned int	 diff;

	compute(i, &out);
	diff = trk_diff(&i->trk, &out);
	if ((diff & TRK_D_PRIO) != 0)
		why_log_prio(i, i->trk.prio, out.prio);
	i->trk = out;
	if (diff == 0)
		return;
	drive_batch(i->e);
	/* A fault first: a master that goes has no priority to announce. */
	if ((diff & TRK_D_DOWN) != 0) {
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_DOWN;
		in.faults = out.faults;
		drive_step(i, &in);
	}
	if ((diff & TRK_D_PRIO) != 0) {
		memset(&in, 0, sizeof(in));
		in.event = VR_EV_PRIO;
		in.prio = out.prio;
		drive_step(i, &in);
	}
	if ((diff & TRK_D_UP) != 0)
		drive_event(i, VR_EV_UP);
	drive_batch_end(i->e);
}

static void
compute(struct einst *i, struct trk_out *out)
{
	struct trk_in	 tin;

	memset(&tin, 0, sizeof(tin));
	tin.base = i->conf->priority;
	read_facts(i, &tin.facts);
	read_items(i);
	tin.items = i->items;
	tin.item_cnt = i->item_cnt;
	trk_compute(&tin, out);
}

static void
read_facts(const struct einst *i, struct trk_facts *facts)
{
	const struct link_info	*l = &i->link->info;
	bool			 up;

	up = (l->flags & LINK_F_UP) != 0 && (l->flags & LINK_F_RUNNING) != 0;
	facts->enabled = true;
	facts->if_exists = i->link->known && (l->flags & LINK_F_EXISTS) != 0;
	facts->if_up = facts->if_exists && up;
	facts->no_carrier = !up && (l->flags & LINK_F_UP) != 0;
	facts->if_ignore = !i->conf->track_primary;
	facts->no_parent = silence_matters(i);
	facts->tentative = i->use.why == SOCK_TENTATIVE;
	facts->port = i->use.why == SOCK_PORT;
	facts->no_filter = i->use.why == SOCK_NO_FILTER;
	facts->no_peer = i->conf->unicast && TAILQ_EMPTY(&i->conf->peers);
	/* Of a socket that failed for another reason that is told. */
	facts->has_source = i->use.why == SOCK_OK ?
	    !vaddr_is_unspec(&i->use.src) : i->use.why != SOCK_NO_SOURCE;
	facts->has_socket = i->use.why == SOCK_OK && i->rx != NULL &&
	    (i->tx_cnt > 0 || i->use.late);
	facts->vip_failed = i->conf->fault_on_vip && i->vip_fault_us != 0;
	facts->group_fault = i->sg != NULL && i->sg->group_fault;
	facts->group_wait = i->sg != NULL && i->sg->group_wait;
}

static void
read_items(struct einst *i)
{
	const struct conf_track	*t;
	const struct escript	*script;
	const struct elink	*link;
	struct trk_item		*item = i->items;

	TAILQ_FOREACH(t, &i->conf->tracks, entry) {
		item->status = TRK_UNKNOWN;
		item->value = 0;
		if (t->kind != CONF_TRACK_IFACE) {
			script = escript_find(i->e, t->object);
			if (script != NULL && script->last.status ==
			    TRACK_GOOD)
				item->status = TRK_GOOD;
			else if (script != NULL && script->last.status ==
			    TRACK_BAD)
				item->status = TRK_BAD;
			if (script != NULL)
				item->value = script->last.value;
		} else {
			link = elink_find(i->e, t->object);
			if (link != NULL && link->known)
				item->status = (link->info.flags &
				    (LINK_F_UP | LINK_F_RUNNING)) ==
				    (LINK_F_UP | LINK_F_RUNNING) ? TRK_GOOD :
				    TRK_BAD;
		}
		item++;
	}
}

/*
 * The parent tells of interface and sockets around the configuration; a new
 * instance waits a moment for it, so that it does not begin with a fault.
 */
void
einst_try_start(struct einst *i)
{
	struct engine	*e = i->e;

	if (i->started || i->removed || !e->begun || e->phase != PHASE_RUNNING)
		return;
	if (!einst_ready(i)) {
		if (i->wait_us == VR_NEVER)
			i->wait_us = e->now_us + wait_us(i);
		if (e->now_us < i->wait_us) {
			drive_schedule(i);
			return;
		}
		i->waited = true;
	}
	i->wait_us = VR_NEVER;
	drive_schedule(i);
	if (i->group != NULL)
		egroup_try_start(i->group);
	else
		einst_start(i);
}

/* One that goes on as MASTER has a role to lose meanwhile. */
static int64_t
wait_us(const struct einst *i)
{
	int64_t	 us = i->conf->adver_int_us / 2;

	return (i->has_resume && us < START_WAIT_US ? us : START_WAIT_US);
}

bool
einst_ready(const struct einst *i)
{
	return (i->waited || (i->use_known && i->link->known &&
	    (!i->has_resume || verdicts_known(i))));
}

/* The checkers have told what they know, as the last engine knew it. */
static bool
verdicts_known(const struct einst *i)
{
	const struct conf_track	*t;
	const struct escript	*s;

	TAILQ_FOREACH(t, &i->conf->tracks, entry) {
		if (t->kind == CONF_TRACK_IFACE)
			continue;
		s = escript_find(i->e, t->object);
		if (s != NULL && !s->synced)
			return (false);
	}
	return (true);
}

void
einst_start(struct einst *i)
{
	struct vr_in	 in;

	i->started = true;
	i->waited = false;
	einst_recompute(i);
	if (i->e->maintenance)
		control_held(i);
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_START;
	if (i->has_resume) {
		in.event = VR_EV_RESUME;
		if (i->e->maintenance) {
			i->resume.hold = VR_HOLD_STANDBY;
			i->resume.hold_until_us = VR_NEVER;
		}
		in.resume = &i->resume;
		i->has_resume = false;
	}
	drive_step(i, &in);
}

void
einst_stop_now(struct einst *i)
{
	struct vr_in	 in;

	i->started = false;
	i->wait_us = VR_NEVER;
	i->waited = false;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_STOP;
	in.now = true;
	drive_step(i, &in);
}
