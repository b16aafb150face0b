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
 * What vrrpctl is shown, row by row and only as fast as it reads. Runs in:
 * vrrpe.
 */

#include <stdio.h>
#include <string.h>

#include "control.h"

#define ROWS_MAX	256	/* in one turn */
#define HISTORY_ANYBODY	5	/* in a second, over the status socket */
#define ROW_LEN		4096	/* bytes, more than any row has */

static int	 by_name(struct conn *, struct imsg *, struct einst **);
static int	 begin(struct conn *, struct imsg *, enum list_kind, uint32_t);
static bool	 row(struct conn *);
static bool	 row_inst(struct conn *);
static bool	 row_detail(struct conn *);
static bool	 row_vip(struct conn *, const struct einst *);
static bool	 row_track(struct conn *, struct einst *);
static bool	 row_iface(struct conn *);
static bool	 row_metrics(struct conn *);
static bool	 row_trace(struct conn *);
static bool	 history_fits(const struct conn *);
static void	 send_counter(struct conn *, const struct ctl_counter *);
static void	 send_daemon(struct conn *);
static void	 send_inst(struct conn *, const struct einst *);
static void	 send_detail(struct conn *, const struct einst *);
static int64_t	 or_never(int64_t);

int
ctlshow_insts(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct einst	*i;

	if (c->wait != WAIT_NONE)
		return (-1);
	c->seq = im->seq;
	if (im->len == 2 && im->data[0] == 0 && im->data[1] == 0)
		return (begin(c, im, LIST_INSTS, 0));
	if (by_name(c, im, &i) == -1)
		return (-1);
	if (i == NULL)
		return (0);
	return (begin(c, im, LIST_INSTS, i->id));
}

int
ctlshow_detail(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct einst	*i;

	if (c->wait != WAIT_NONE)
		return (-1);
	c->seq = im->seq;
	if (by_name(c, im, &i) == -1)
		return (-1);
	if (i == NULL)
		return (0);
	return (begin(c, im, LIST_DETAIL, i->id));
}

int
ctlshow_ifaces(void *arg, struct imsg *im)
{
	struct conn	*c = arg;

	if (c->wait != WAIT_NONE)
		return (-1);
	return (begin(c, im, LIST_IFACES, 0));
}

int
ctlshow_groups(void *arg, struct imsg *im)
{
	struct conn	*c = arg;

	if (c->wait != WAIT_NONE)
		return (-1);
	return (begin(c, im, LIST_GROUPS, 0));
}

int
ctlshow_metrics(void *arg, struct imsg *im)
{
	struct conn	*c = arg;

	if (c->wait != WAIT_NONE)
		return (-1);
	return (begin(c, im, LIST_METRICS, 0));
}

/*
 * The parent answers so many in a second, and everybody may ask: whoever has
 * rights must not be refused because of those who have none.
 */
static bool
history_fits(const struct conn *c)
{
	struct engine	*e = c->e;

	if (c->kind == CTL_FULL)
		return (true);
	if (e->now_us - e->history_us >= US_PER_SEC) {
		e->history_us = e->now_us;
		e->history_cnt = 0;
	}
	return (e->history_cnt++ < HISTORY_ANYBODY);
}

/* The parent has it; one that is unknown there may have been removed. */
int
ctlshow_history(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct einst	*i = NULL;
	struct msg	 m;
	uint8_t		 buf[4];

	if (c->wait != WAIT_NONE)
		return (-1);
	c->seq = im->seq;
	if ((im->len != 2 || im->data[0] != 0 || im->data[1] != 0)) {
		if (by_name(c, im, &i) == -1)
			return (-1);
		if (i == NULL)
			return (0);
	}
	engine_turn(c->e);
	if (!conn_parent(c))
		return (0);
	if (!history_fits(c)) {
		conn_result(c, CTL_ERR_BUSY, -1, "too many requests");
		return (0);
	}
	send_daemon(c);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u32(&m, i != NULL ? i->id : 0);
	(void)peer_send(&c->e->parent, IMSG_CTL_HISTORY, c->id, c->e->gen, 0,
	    -1, &m);
	c->wait = WAIT_HISTORY;
	return (0);
}

int
ctlshow_trace(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct einst	*i;

	if (c->wait != WAIT_NONE)
		return (-1);
	c->seq = im->seq;
	if (by_name(c, im, &i) == -1)
		return (-1);
	if (i == NULL)
		return (0);
	return (begin(c, im, LIST_TRACE, i->id));
}

/* The payload is a name; NULL in *i when there is none such (answered). */
static int
by_name(struct conn *c, struct imsg *im, struct einst **i)
{
	struct msg	 m;
	char		 name[NAME_LEN];

	msg_init_read(&m, im->data, im->len);
	msg_get_str(&m, name, sizeof(name));
	if (msg_end(&m) == -1)
		return (-1);
	*i = c->e->conf == NULL ? NULL : einst_by_name(c->e, name);
	if (*i == NULL)
		conn_result(c, CTL_ERR_NAME, -1, "no instance %s", name);
	return (0);
}

static int
begin(struct conn *c, struct imsg *im, enum list_kind kind, uint32_t id)
{
	engine_turn(c->e);
	c->seq = im->seq;
	memset(&c->pos, 0, sizeof(c->pos));
	c->pos.kind = kind;
	c->pos.id = id;
	c->pos.only_one = id != 0;
	c->wait = WAIT_ROWS;
	ctlshow_more(c);
	if (c->wait == WAIT_ROWS)
		(void)event_add(&c->ev_more, NULL);
	return (0);
}

void
ctlshow_more(struct conn *c)
{
	int	 n;

	for (n = 0; n < ROWS_MAX; n++) {
		if (c->peer.ibuf.queued >= CONN_QUEUE_LOW)
			return;
		if (!row(c)) {
			conn_end(c);
			return;
		}
	}
}

/* One more; false: that was all. */
static bool
row(struct conn *c)
{
	if (c->e->conf == NULL)
		return (false);
	switch (c->pos.kind) {
	case LIST_INSTS:
		return (row_inst(c));
	case LIST_DETAIL:
		return (row_detail(c));
	case LIST_IFACES:
		return (row_iface(c));
	case LIST_GROUPS:
		return (ctlgroup_row(c));
	case LIST_TRACE:
		return (row_trace(c));
	case LIST_METRICS:
		return (row_metrics(c));
	}
	return (false);
}

static bool
row_inst(struct conn *c)
{
	struct list_pos	*pos = &c->pos;
	struct einst	*i;

	if (!pos->head_done) {
		pos->head_done = true;
		send_daemon(c);
		return (true);
	}
	if (pos->only_one) {
		if (pos->id == 0 || (i = einst_find(c->e, pos->id)) == NULL)
			return (false);
		pos->id = 0;
	} else {
		if ((i = einst_next(c->e, pos->id)) == NULL)
			return (false);
		pos->id = i->id;
	}
	send_inst(c, i);
	return (true);
}

static bool
row_detail(struct conn *c)
{
	struct list_pos		*pos = &c->pos;
	struct ctl_counter	 cnt;
	struct einst		*i;

	if ((i = einst_find(c->e, pos->id)) == NULL)
		return (false);	/* a reload took it away */
	switch (pos->part) {
	case PART_HEAD:
		send_inst(c, i);
		send_detail(c, i);
		break;
	case PART_VIPS:
		if (row_vip(c, i))
			return (true);
		break;
	case PART_TRACKS:
		if (row_track(c, i))
			return (true);
		break;
	case PART_COUNTERS:
		if (!ctlmetric_count(i, pos->idx, &cnt))
			break;
		pos->idx++;
		send_counter(c, &cnt);
		return (true);
	case PART_REASONS:
		if (pos->kind != LIST_METRICS ||
		    !ctlmetric_reason(i, pos->idx, &cnt))
			break;
		pos->idx++;
		send_counter(c, &cnt);
		return (true);
	case PART_SETTINGS:
		if (pos->kind != LIST_METRICS ||
		    !ctlmetric_setting(i->conf, pos->idx, &cnt))
			break;
		pos->idx++;
		send_counter(c, &cnt);
		return (true);
	case PART_TALLY:
		if (pos->kind != LIST_METRICS ||
		    !ctlmetric_tally(i, &pos->idx, &cnt))
			break;
		send_counter(c, &cnt);
		return (true);
	case PART_END:
		return (false);
	}
	pos->part++;
	pos->idx = 0;
	return (true);
}

/* Everything in one answer: the daemon, its counters, all instances. */
static bool
row_metrics(struct conn *c)
{
	struct list_pos		*pos = &c->pos;
	struct ctl_counter	 cnt;
	struct einst		*i;

	if (!pos->head_done) {
		pos->head_done = true;
		send_daemon(c);
		return (true);
	}
	if (pos->id == 0 && ctlmetric_daemon(c->e, pos->idx, &cnt)) {
		pos->idx++;
		send_counter(c, &cnt);
		return (true);
	}
	if (pos->id != 0 && row_detail(c))
		return (true);
	if ((i = einst_next(c->e, pos->id)) == NULL)
		return (false);
	pos->id = i->id;
	pos->part = PART_HEAD;
	pos->idx = 0;
	return (true);
}

static void
send_counter(struct conn *c, const struct ctl_counter *cnt)
{
	struct msg	 m;
	uint8_t		 buf[ROW_LEN];

	msg_init_write(&m, buf, sizeof(buf));
	ctl_counter_put(&m, cnt);
	(void)conn_send(c, IMSG_CTL_COUNTER, &m);
}

static bool
row_vip(struct conn *c, const struct einst *i)
{
	const struct conf_vip	*vip;
	struct ctl_vip		 r;
	struct msg		 m;
	uint8_t			 buf[ROW_LEN];
	uint32_t		 n = 0;

	TAILQ_FOREACH(vip, &i->conf->vips, entry) {
		if (n++ == c->pos.idx)
			break;
	}
	if (vip == NULL)
		return (false);
	c->pos.idx++;
	memset(&r, 0, sizeof(r));
	r.addr = vip->addr;
	(void)strlcpy(r.ifname, vip->ifname, sizeof(r.ifname));
	r.excluded = (vip->flags & VIP_F_EXCLUDED) != 0;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_vip_put(&m, &r);
	(void)conn_send(c, IMSG_CTL_VIP, &m);
	return (true);
}

static bool
row_track(struct conn *c, struct einst *i)
{
	const struct conf_track	*t;
	const struct trk_item	*item;
	struct ctl_track	 r;
	struct msg		 m;
	uint32_t		 fault, n = 0;
	uint8_t			 buf[ROW_LEN];

	TAILQ_FOREACH(t, &i->conf->tracks, entry) {
		if (n++ == c->pos.idx)
			break;
	}
	if (t == NULL || c->pos.idx >= i->item_cnt)
		return (false);
	item = &i->items[c->pos.idx++];
	memset(&r, 0, sizeof(r));
	r.kind = t->kind;
	(void)strlcpy(r.name, t->name, sizeof(r.name));
	r.weight = t->weight;
	r.reverse = t->reverse;
	r.status = item->status == TRK_GOOD ? TRACK_GOOD :
	    item->status == TRK_BAD ? TRACK_BAD : TRACK_UNKNOWN;
	r.contribution = (int16_t)trk_item_weight(item, &fault);
	r.value = item->value;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_track_put(&m, &r);
	(void)conn_send(c, IMSG_CTL_TRACK, &m);
	return (true);
}

static bool
row_iface(struct conn *c)
{
	const struct einst	*i;
	const struct eref	*ref;
	struct ctl_iface	 r;
	struct elink		*l, key;
	struct msg		 m;
	uint8_t			 buf[ROW_LEN];

	key.slot = c->pos.id + 1;
	l = c->pos.id == UINT32_MAX ? NULL :
	    RB_NFIND(elink_tree, &c->e->links, &key);
	if (l == NULL)
		return (false);
	c->pos.id = l->slot;
	memset(&r, 0, sizeof(r));
	(void)strlcpy(r.name, l->name, sizeof(r.name));
	r.link = l->info;
	LIST_FOREACH(i, &l->insts, on_link)
		r.instances++;
	LIST_FOREACH(ref, &l->trackers, entry)
		r.trackers++;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_iface_put(&m, &r);
	(void)conn_send(c, IMSG_CTL_IFACE, &m);
	return (true);
}

static bool
row_trace(struct conn *c)
{
	const struct einst	*i;
	struct msg		 m;
	uint8_t			 buf[TEXT_LEN + 2];
	char			 line[TEXT_LEN];

	i = einst_find(c->e, c->pos.id);
	if (i == NULL || !trace_line(i, c->pos.idx, line, sizeof(line)))
		return (false);
	c->pos.idx++;
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_str(&m, line);
	(void)conn_send(c, IMSG_CTL_TRACE_LINE, &m);
	return (true);
}

static void
send_daemon(struct conn *c)
{
	const struct engine	*e = c->e;
	struct ctl_daemon	 d;
	struct msg		 m;
	uint8_t			 buf[ROW_LEN];

	memset(&d, 0, sizeof(d));
	(void)strlcpy(d.build, VRRPD_VERSION, sizeof(d.build));
	(void)strlcpy(d.router_id, e->conf->global.router_id,
	    sizeof(d.router_id));
	d.gen = e->gen;
	d.warnings = e->conf->global.warnings;
	d.now_us = e->now_us;
	d.started_us = e->started_us;
	d.loaded_us = e->loaded_us;
	d.engine_restarts = e->restarts;
	d.instances = e->inst_cnt;
	d.late_max_us = e->stats.late_max_us;
	d.maintenance = e->maintenance;
	d.confirm_us = e->confirm_us;
	d.cnt[ENG_CNT_PACKETS] = e->stats.packets;
	d.cnt[ENG_CNT_SHORT] = e->stats.short_err;
	d.cnt[ENG_CNT_VRID] = e->stats.vrid_err;
	d.cnt[ENG_CNT_OWN] = e->stats.own;
	d.cnt[ENG_CNT_EARLY] = e->stats.early;
	d.cnt[ENG_CNT_TRACK] = e->stats.track_err;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_daemon_put(&m, &d);
	(void)conn_send(c, IMSG_CTL_DAEMON, &m);
}

uint8_t
ctlshow_state(const struct einst *i)
{
	switch (vr_face(&i->vr)) {
	case VR_FACE_STOPPED:
		return (i->e->phase == PHASE_DRAINING ? SHOW_STOP :
		    SHOW_INIT);
	case VR_FACE_FAULT:
		return ((i->vr.faults & ~TRK_F_QUIET) == 0 && !i->vr.told ?
		    SHOW_INIT : SHOW_FAULT);
	case VR_FACE_BACKUP:
		return (SHOW_BACKUP);
	case VR_FACE_MASTER:
		return (SHOW_MASTER);
	}
	return (SHOW_INIT);
}

static int64_t
or_never(int64_t us)
{
	return (us == VR_NEVER ? -1 : us);
}

static void
send_inst(struct conn *c, const struct einst *i)
{
	const struct conf_inst	*conf = i->conf;
	const struct conf_vip	*vip;
	struct ctl_inst		 r;
	struct msg		 m;
	uint8_t			 buf[ROW_LEN];

	memset(&r, 0, sizeof(r));
	r.id = i->id;
	(void)strlcpy(r.name, conf->name, sizeof(r.name));
	(void)strlcpy(r.ifname, conf->ifname, sizeof(r.ifname));
	(void)strlcpy(r.group, i->conf->group, sizeof(r.group));
	r.vrid = conf->vrid;
	r.version = conf->version;
	r.family = conf->family;
	r.state = ctlshow_state(i);
	r.priority = vr_prio(&i->vr);
	r.base_priority = conf->priority;
	r.since_us = i->vr.since_us > 0 ? i->vr.since_us : i->e->started_us;
	TAILQ_FOREACH(vip, &conf->vips, entry)
		r.vips++;
	r.vips_installed = (uint16_t)i->vip.installed;
	if (i->vr.state == VR_MASTER) {
		r.master = i->use.src;
		r.master_priority = vr_prio(&i->vr);
	} else if (i->vr.state == VR_BACKUP && i->vr.has_master) {
		vaddr_from_bytes(&r.master, conf->family, i->vr.master);
		r.master_priority = i->vr.master_prio;
	}
	r.hold = i->vr.hold == VR_HOLD_STANDBY ? CTL_HOLD_STANDBY :
	    i->vr.hold == VR_HOLD_TAKEOVER ? CTL_HOLD_TAKEOVER :
	    CTL_HOLD_NONE;
	r.hold_until_us = or_never(i->vr.hold_until_us);
	r.handing_over = i->vr.leave != VR_LEAVE_NONE;
	why_now(i, r.reason, sizeof(r.reason));
	msg_init_write(&m, buf, sizeof(buf));
	ctl_inst_put(&m, &r);
	(void)conn_send(c, IMSG_CTL_INST, &m);
}

static void
send_detail(struct conn *c, const struct einst *i)
{
	const struct conf_inst	*conf = i->conf;
	struct ctl_detail	 r;
	struct msg		 m;
	uint8_t			 buf[ROW_LEN];
	int			 n;

	memset(&r, 0, sizeof(r));
	r.nopreempt = conf->nopreempt;
	r.owner = conf->priority == VR_PRIO_OWNER;
	r.accept = conf->accept;
	r.auth_type = conf->auth_type;
	r.preempt_delay_us = conf->preempt_delay_us;
	r.adver_int_us = conf->adver_int_us;
	r.master_int_us = vr_interval_us(&i->vr, &i->vc);
	r.skew_us = vr_skew_us(conf->version, r.master_int_us,
	    vr_prio(&i->vr));
	r.down_us = vr_master_down_us(conf->version, r.master_int_us,
	    vr_prio(&i->vr), conf->down_timer_adverts);
	r.due_us = or_never(vr_due(&i->vr));
	r.last_advert_us = or_never(i->vr.heard_us);
	r.last_sent_us = or_never(i->sent_us);
	r.src = i->use.src;
	r.peers = (uint16_t)i->expect.peer_cnt;
	r.transitions = i->transitions;
	r.vip = i->vip;
	why_faults(i, i->vr.faults, r.faults, sizeof(r.faults));
	if (i->vr.hold != VR_HOLD_NONE)
		(void)strlcpy(r.hold_by, i->hold_by, sizeof(r.hold_by));
	(void)strlcpy(r.rival, i->claimed, sizeof(r.rival));
	r.rival_us = i->rival_us;
	r.skewing = i->vr.skewing;
	r.refused = i->vr.discarded;
	r.preempt_us = i->vr.state == VR_BACKUP ? or_never(i->vr.preempt_us) :
	    -1;
	r.hold_at_us = i->vr.hold != VR_HOLD_NONE && i->hold_at_us > 0 ?
	    i->hold_at_us : -1;
	r.late_max_us = i->e->stats.late_max_us;
	for (n = 0; n < CTL_GAPS; n++)
		r.gap_us[n] = i->gap_us[n] > 0 ? i->gap_us[n] : -1;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_detail_put(&m, &r);
	(void)conn_send(c, IMSG_CTL_DETAIL, &m);
}
