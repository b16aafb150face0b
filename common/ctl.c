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

/* The rows of vrrpctl. Runs in: vrrpe, checker, vrrpctl. */

#include <sys/socket.h>

#include <stdint.h>
#include <string.h>

#include "ctl.h"
#include "msg.h"

#define WEIGHT_MAX	254

static int16_t	 get_weight(struct msg *);

void
ctl_daemon_put(struct msg *m, const struct ctl_daemon *d)
{
	int	 n;

	msg_put_str(m, d->build);
	msg_put_str(m, d->router_id);
	msg_put_u32(m, d->gen);
	msg_put_u32(m, d->warnings);
	msg_put_s64(m, d->now_us);
	msg_put_s64(m, d->started_us);
	msg_put_s64(m, d->loaded_us);
	msg_put_u32(m, d->engine_restarts);
	msg_put_u32(m, d->instances);
	msg_put_s64(m, d->late_max_us);
	msg_put_bool(m, d->maintenance);
	msg_put_s64(m, d->confirm_us);
	for (n = 0; n < ENG_CNT_MAX; n++)
		msg_put_u64(m, d->cnt[n]);
}

int
ctl_daemon_get(struct msg *m, struct ctl_daemon *d)
{
	int	 n;

	memset(d, 0, sizeof(*d));
	msg_get_str(m, d->build, sizeof(d->build));
	msg_get_str(m, d->router_id, sizeof(d->router_id));
	d->gen = msg_get_u32(m);
	d->warnings = msg_get_u32(m);
	d->now_us = msg_get_s64(m);
	d->started_us = msg_get_s64(m);
	d->loaded_us = msg_get_s64(m);
	d->engine_restarts = msg_get_u32(m);
	d->instances = msg_get_u32(m);
	d->late_max_us = msg_get_s64(m);
	d->maintenance = msg_get_bool(m);
	d->confirm_us = msg_get_s64(m);
	for (n = 0; n < ENG_CNT_MAX; n++)
		d->cnt[n] = msg_get_u64(m);
	return (msg_end(m));
}

void
ctl_inst_put(struct msg *m, const struct ctl_inst *c)
{
	msg_put_u32(m, c->id);
	msg_put_str(m, c->name);
	msg_put_str(m, c->ifname);
	msg_put_str(m, c->group);
	msg_put_u8(m, c->vrid);
	msg_put_u8(m, c->version);
	msg_put_bool(m, c->family == AF_INET6);
	msg_put_u8(m, c->state);
	msg_put_u8(m, c->priority);
	msg_put_u8(m, c->base_priority);
	msg_put_s64(m, c->since_us);
	msg_put_u16(m, c->vips);
	msg_put_u16(m, c->vips_installed);
	msg_put_addr(m, &c->master);
	msg_put_u8(m, c->master_priority);
	msg_put_u8(m, c->hold);
	msg_put_s64(m, c->hold_until_us);
	msg_put_bool(m, c->handing_over);
	msg_put_str(m, c->reason);
}

int
ctl_inst_get(struct msg *m, struct ctl_inst *c)
{
	memset(c, 0, sizeof(*c));
	c->id = msg_get_u32(m);
	msg_get_str(m, c->name, sizeof(c->name));
	msg_get_str(m, c->ifname, sizeof(c->ifname));
	msg_get_str(m, c->group, sizeof(c->group));
	c->vrid = msg_get_u8(m);
	c->version = msg_get_u8(m);
	c->family = msg_get_bool(m) ? AF_INET6 : AF_INET;
	c->state = msg_get_enum(m, SHOW_STATE_MAX);
	c->priority = msg_get_u8(m);
	c->base_priority = msg_get_u8(m);
	c->since_us = msg_get_s64(m);
	c->vips = msg_get_u16(m);
	c->vips_installed = msg_get_u16(m);
	msg_get_addr(m, &c->master);
	c->master_priority = msg_get_u8(m);
	c->hold = msg_get_enum(m, CTL_HOLD_MAX);
	c->hold_until_us = msg_get_s64(m);
	c->handing_over = msg_get_bool(m);
	msg_get_str(m, c->reason, sizeof(c->reason));
	return (msg_end(m));
}

void
ctl_detail_put(struct msg *m, const struct ctl_detail *d)
{
	int	 n;

	msg_put_bool(m, d->nopreempt);
	msg_put_bool(m, d->owner);
	msg_put_bool(m, d->accept);
	msg_put_u8(m, d->auth_type);
	msg_put_s64(m, d->preempt_delay_us);
	msg_put_s64(m, d->adver_int_us);
	msg_put_s64(m, d->master_int_us);
	msg_put_s64(m, d->skew_us);
	msg_put_s64(m, d->down_us);
	msg_put_s64(m, d->due_us);
	msg_put_s64(m, d->last_advert_us);
	msg_put_s64(m, d->last_sent_us);
	msg_put_addr(m, &d->src);
	msg_put_u16(m, d->peers);
	msg_put_u32(m, d->transitions);
	vip_result_put(m, &d->vip);
	msg_put_str(m, d->faults);
	msg_put_str(m, d->hold_by);
	msg_put_str(m, d->rival);
	msg_put_s64(m, d->rival_us);
	msg_put_bool(m, d->skewing);
	msg_put_bool(m, d->refused);
	msg_put_s64(m, d->preempt_us);
	msg_put_s64(m, d->hold_at_us);
	msg_put_s64(m, d->late_max_us);
	for (n = 0; n < CTL_GAPS; n++)
		msg_put_s64(m, d->gap_us[n]);
}

int
ctl_detail_get(struct msg *m, struct ctl_detail *d)
{
	int	 n;

	memset(d, 0, sizeof(*d));
	d->nopreempt = msg_get_bool(m);
	d->owner = msg_get_bool(m);
	d->accept = msg_get_bool(m);
	d->auth_type = msg_get_enum(m, 3);
	d->preempt_delay_us = msg_get_s64(m);
	d->adver_int_us = msg_get_s64(m);
	d->master_int_us = msg_get_s64(m);
	d->skew_us = msg_get_s64(m);
	d->down_us = msg_get_s64(m);
	d->due_us = msg_get_s64(m);
	d->last_advert_us = msg_get_s64(m);
	d->last_sent_us = msg_get_s64(m);
	msg_get_addr(m, &d->src);
	d->peers = msg_get_u16(m);
	d->transitions = msg_get_u32(m);
	vip_result_get_part(m, &d->vip);
	msg_get_str(m, d->faults, sizeof(d->faults));
	msg_get_str(m, d->hold_by, sizeof(d->hold_by));
	msg_get_str(m, d->rival, sizeof(d->rival));
	d->rival_us = msg_get_s64(m);
	d->skewing = msg_get_bool(m);
	d->refused = msg_get_bool(m);
	d->preempt_us = msg_get_s64(m);
	d->hold_at_us = msg_get_s64(m);
	d->late_max_us = msg_get_s64(m);
	for (n = 0; n < CTL_GAPS; n++)
		d->gap_us[n] = msg_get_s64(m);
	return (msg_end(m));
}

void
ctl_vip_put(struct msg *m, const struct ctl_vip *v)
{
	msg_put_addr(m, &v->addr);
	msg_put_str(m, v->ifname);
	msg_put_bool(m, v->excluded);
}

int
ctl_vip_get(struct msg *m, struct ctl_vip *v)
{
	memset(v, 0, sizeof(*v));
	msg_get_addr(m, &v->addr);
	msg_get_str(m, v->ifname, sizeof(v->ifname));
	v->excluded = msg_get_bool(m);
	return (msg_end(m));
}

static int16_t
get_weight(struct msg *m)
{
	int32_t	 weight;

	weight = msg_get_s32(m);
	if (weight >= -WEIGHT_MAX && weight <= WEIGHT_MAX)
		return ((int16_t)weight);
	m->error = 1;
	return (0);
}

void
ctl_track_put(struct msg *m, const struct ctl_track *t)
{
	msg_put_u8(m, t->kind);
	msg_put_str(m, t->name);
	msg_put_s32(m, t->weight);
	msg_put_bool(m, t->reverse);
	msg_put_u8(m, t->status);
	msg_put_s32(m, t->contribution);
	msg_put_s32(m, t->value);
}

int
ctl_track_get(struct msg *m, struct ctl_track *t)
{
	memset(t, 0, sizeof(*t));
	t->kind = msg_get_enum(m, TRACK_KIND_MAX);
	msg_get_str(m, t->name, sizeof(t->name));
	t->weight = get_weight(m);
	t->reverse = msg_get_bool(m);
	t->status = msg_get_enum(m, TRACK_STATUS_MAX);
	t->contribution = get_weight(m);
	t->value = msg_get_s32(m);
	return (msg_end(m));
}

void
ctl_counter_put(struct msg *m, const struct ctl_counter *c)
{
	msg_put_str(m, c->name);
	msg_put_u64(m, c->value);
}

int
ctl_counter_get(struct msg *m, struct ctl_counter *c)
{
	memset(c, 0, sizeof(*c));
	msg_get_str(m, c->name, sizeof(c->name));
	c->value = msg_get_u64(m);
	return (msg_end(m));
}

void
ctl_iface_put(struct msg *m, const struct ctl_iface *c)
{
	msg_put_str(m, c->name);
	link_info_put(m, &c->link);
	msg_put_u16(m, c->instances);
	msg_put_u16(m, c->trackers);
}

int
ctl_iface_get(struct msg *m, struct ctl_iface *c)
{
	memset(c, 0, sizeof(*c));
	msg_get_str(m, c->name, sizeof(c->name));
	link_info_get_part(m, &c->link);
	c->instances = msg_get_u16(m);
	c->trackers = msg_get_u16(m);
	return (msg_end(m));
}

void
ctl_group_put(struct msg *m, const struct ctl_group *g)
{
	msg_put_str(m, g->name);
	msg_put_u8(m, g->state);
	msg_put_u16(m, g->members);
	msg_put_bool(m, g->handing_over);
	msg_put_s64(m, g->since_us);
	msg_put_str(m, g->reason);
}

int
ctl_group_get(struct msg *m, struct ctl_group *g)
{
	memset(g, 0, sizeof(*g));
	msg_get_str(m, g->name, sizeof(g->name));
	g->state = msg_get_enum(m, SHOW_STATE_MAX);
	g->members = msg_get_u16(m);
	g->handing_over = msg_get_bool(m);
	g->since_us = msg_get_s64(m);
	msg_get_str(m, g->reason, sizeof(g->reason));
	return (msg_end(m));
}

void
ctl_member_put(struct msg *m, const struct ctl_member *c)
{
	msg_put_str(m, c->name);
	msg_put_str(m, c->ifname);
	msg_put_u8(m, c->state);
	msg_put_u8(m, c->priority);
	msg_put_bool(m, c->wants);
	msg_put_bool(m, c->joined);
}

int
ctl_member_get(struct msg *m, struct ctl_member *c)
{
	memset(c, 0, sizeof(*c));
	msg_get_str(m, c->name, sizeof(c->name));
	msg_get_str(m, c->ifname, sizeof(c->ifname));
	c->state = msg_get_enum(m, SHOW_STATE_MAX);
	c->priority = msg_get_u8(m);
	c->wants = msg_get_bool(m);
	c->joined = msg_get_bool(m);
	return (msg_end(m));
}

void
ctl_script_put(struct msg *m, const struct ctl_script *s)
{
	msg_put_u8(m, s->kind);
	msg_put_s32(m, s->value);
	msg_put_str(m, s->name);
	msg_put_str(m, s->user);
	msg_put_u8(m, s->status);
	msg_put_u8(m, s->exit_kind);
	msg_put_s32(m, s->exit_code);
	msg_put_bool(m, s->running);
	msg_put_u16(m, s->rise);
	msg_put_u16(m, s->fall);
	msg_put_u16(m, s->count);
	msg_put_s64(m, s->interval_us);
	msg_put_s64(m, s->timeout_us);
	msg_put_s64(m, s->last_start_us);
	msg_put_s64(m, s->last_run_us);
	msg_put_u64(m, s->runs);
	msg_put_u64(m, s->failures);
	msg_put_u64(m, s->timeouts);
	msg_put_u64(m, s->skipped);
	msg_put_u64(m, s->ended);
	msg_put_s64(m, s->run_sum_us);
	msg_put_str(m, s->output);
}

int
ctl_script_get(struct msg *m, struct ctl_script *s)
{
	memset(s, 0, sizeof(*s));
	s->kind = msg_get_enum(m, TRACK_KIND_MAX);
	s->value = msg_get_s32(m);
	msg_get_str(m, s->name, sizeof(s->name));
	msg_get_str(m, s->user, sizeof(s->user));
	s->status = msg_get_enum(m, TRACK_STATUS_MAX);
	s->exit_kind = msg_get_enum(m, EXIT_KIND_MAX);
	s->exit_code = msg_get_s32(m);
	s->running = msg_get_bool(m);
	s->rise = msg_get_u16(m);
	s->fall = msg_get_u16(m);
	s->count = msg_get_u16(m);
	s->interval_us = msg_get_s64(m);
	s->timeout_us = msg_get_s64(m);
	s->last_start_us = msg_get_s64(m);
	s->last_run_us = msg_get_s64(m);
	s->runs = msg_get_u64(m);
	s->failures = msg_get_u64(m);
	s->timeouts = msg_get_u64(m);
	s->skipped = msg_get_u64(m);
	s->ended = msg_get_u64(m);
	s->run_sum_us = msg_get_s64(m);
	msg_get_str(m, s->output, sizeof(s->output));
	return (msg_end(m));
}

int
ctl_event_get(struct msg *m, struct ctl_event *e)
{
	memset(e, 0, sizeof(*e));
	e->seq = msg_get_u32(m);
	e->kind = msg_get_enum(m, EVENT_KIND_MAX);
	e->at_us = msg_get_s64(m);
	msg_get_str(m, e->name, sizeof(e->name));
	e->old = msg_get_enum(m, SHOW_STATE_MAX);
	e->state = msg_get_enum(m, SHOW_STATE_MAX);
	e->reason = msg_get_enum(m, STATE_REASON_MAX);
	e->priority = msg_get_u8(m);
	e->hold = msg_get_enum(m, CTL_HOLD_MAX);
	e->arg = msg_get_s64(m);
	msg_get_addr(m, &e->peer);
	e->peer_priority = msg_get_u8(m);
	return (msg_end(m));
}

void
ctl_note_put(struct msg *m, const struct ctl_note *n)
{
	msg_put_u8(m, n->kind);
	msg_put_s64(m, n->at_us);
	msg_put_u32(m, n->lost);
	msg_put_str(m, n->name);
	msg_put_str(m, n->text);
}

int
ctl_note_get(struct msg *m, struct ctl_note *n)
{
	memset(n, 0, sizeof(*n));
	n->kind = msg_get_enum(m, NOTE_KIND_MAX);
	n->at_us = msg_get_s64(m);
	n->lost = msg_get_u32(m);
	msg_get_str(m, n->name, sizeof(n->name));
	msg_get_str(m, n->text, sizeof(n->text));
	return (msg_end(m));
}

void
ctl_part_put(struct msg *m, const struct ctl_part *p)
{
	msg_put_str(m, p->name);
	ctl_result_put(m, &p->result);
}

int
ctl_part_get(struct msg *m, struct ctl_part *p)
{
	memset(p, 0, sizeof(*p));
	msg_get_str(m, p->name, sizeof(p->name));
	return (ctl_result_get(m, &p->result));
}

void
ctl_switch_put(struct msg *m, const struct ctl_switch *s)
{
	msg_put_u8(m, s->verb);
	msg_put_bool(m, s->now);
	msg_put_s64(m, s->for_us);
	msg_put_str(m, s->name);
}

int
ctl_switch_get(struct msg *m, struct ctl_switch *s)
{
	memset(s, 0, sizeof(*s));
	s->verb = msg_get_enum(m, CTL_VERB_MAX);
	s->now = msg_get_bool(m);
	s->for_us = msg_get_s64(m);
	msg_get_str(m, s->name, sizeof(s->name));
	if (s->verb == 0 || s->for_us < 0 || s->name[0] == '\0')
		m->error = 1;
	return (msg_end(m));
}
