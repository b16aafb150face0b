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
 * The payloads of internal messages: each field written and read by name, in
 * the same order. Runs in: every process.
 */

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include "msg.h"
#include "payload.h"

static void	 put_family(struct msg *, uint8_t);
static int64_t	 get_time(struct msg *);
static void	 resume_get_part(struct msg *, struct resume_rec *);

static void
put_family(struct msg *m, uint8_t family)
{
	msg_put_bool(m, family == AF_INET6);
}

/* A time or a length of time, which is never negative. */
static int64_t
get_time(struct msg *m)
{
	int64_t	 us;

	us = msg_get_s64(m);
	if (us >= 0)
		return (us);
	m->error = 1;
	return (0);
}

void
hello_put(struct msg *m, const struct hello *h)
{
	uint16_t	 i;

	msg_put_u32(m, h->version);
	msg_put_str(m, h->build);
	msg_put_u8(m, h->role);
	msg_put_u32(m, h->uid);
	msg_put_u32(m, h->gid);
	msg_put_u16(m, h->group_cnt);
	for (i = 0; i < h->group_cnt && i < MAX_GROUPS; i++)
		msg_put_u32(m, h->groups[i]);
	msg_put_str(m, h->rootdir);
	msg_put_u32(m, h->nofile);
	msg_put_u8(m, h->log_level);
	msg_put_s32(m, h->nice);
	msg_put_u8(m, h->rt_priority);
	msg_put_bool(m, h->no_swap);
	msg_put_u32(m, h->rt_time_us);
	msg_put_bytes(m, h->cpus, sizeof(h->cpus));
	msg_put_bool(m, h->no_new_privs);
}

int
ready_get(struct msg *m, struct ready *r)
{
	memset(r, 0, sizeof(*r));
	r->version = msg_get_u32(m);
	msg_get_str(m, r->build, sizeof(r->build));
	return (msg_end(m));
}

int
conf_msg_get(struct msg *m, struct conf_msg *c)
{
	memset(c, 0, sizeof(*c));
	c->severity = msg_get_enum(m, CONF_SEVERITY_MAX);
	c->line = msg_get_u32(m);
	c->col = msg_get_u32(m);
	msg_get_str(m, c->file, sizeof(c->file));
	msg_get_str(m, c->text, sizeof(c->text));
	msg_get_str(m, c->source, sizeof(c->source));
	return (msg_end(m));
}

void
link_info_put(struct msg *m, const struct link_info *l)
{
	msg_put_u32(m, l->ifindex);
	msg_put_u32(m, l->flags);
	msg_put_u32(m, l->mtu);
	msg_put_bytes(m, l->mac, sizeof(l->mac));
	msg_put_addr(m, &l->primary4);
	msg_put_addr(m, &l->linklocal6);
}

void
sock_rx_put(struct msg *m, const struct sock_rx *s)
{
	msg_put_u32(m, s->slot);
	put_family(m, s->family);
}

void
sock_tx_put(struct msg *m, const struct sock_tx *s)
{
	msg_put_u32(m, s->slot);
	put_family(m, s->family);
	msg_put_addr(m, &s->src);
	msg_put_addr(m, &s->dst);
}

void
sock_use_put(struct msg *m, const struct sock_use *s)
{
	uint16_t	 i;

	msg_put_u8(m, s->why);
	msg_put_addr(m, &s->src);
	msg_put_u32(m, s->rx);
	msg_put_u32(m, s->rx_vmac);
	msg_put_bool(m, s->late);
	msg_put_u16(m, s->tx_cnt);
	for (i = 0; i < s->tx_cnt && i < MAX_PEERS; i++)
		msg_put_u32(m, s->tx[i]);
}

void
resume_put(struct msg *m, const struct resume_rec *r)
{
	msg_put_u8(m, r->state);
	msg_put_u8(m, r->priority);
	msg_put_u8(m, r->hold);
	msg_put_u8(m, r->master_priority);
	msg_put_s64(m, r->since_us);
	msg_put_s64(m, r->hold_until_us);
	msg_put_s64(m, r->master_int_us);
	msg_put_addr(m, &r->master);
	msg_put_u32(m, r->transitions);
	msg_put_u32(m, r->ah_seq);
	msg_put_u64(m, r->adverts_sent);
	msg_put_u64(m, r->adverts_rcvd);
}

static void
resume_get_part(struct msg *m, struct resume_rec *r)
{
	memset(r, 0, sizeof(*r));
	r->state = msg_get_enum(m, STATE_CODE_MAX);
	r->priority = msg_get_u8(m);
	r->hold = msg_get_enum(m, STATE_HOLD_MAX);
	r->master_priority = msg_get_u8(m);
	r->since_us = get_time(m);
	r->hold_until_us = get_time(m);
	r->master_int_us = get_time(m);
	msg_get_addr(m, &r->master);
	r->transitions = msg_get_u32(m);
	r->ah_seq = msg_get_u32(m);
	r->adverts_sent = msg_get_u64(m);
	r->adverts_rcvd = msg_get_u64(m);
}

int
resume_get(struct msg *m, struct resume_rec *r)
{
	resume_get_part(m, r);
	return (msg_end(m));
}

void
state_put(struct msg *m, const struct state_msg *s)
{
	msg_put_u8(m, s->state);
	msg_put_u8(m, s->priority);
	msg_put_u8(m, s->reason);
	msg_put_s64(m, s->arg);
	resume_put(m, &s->resume);
}

int
state_get(struct msg *m, struct state_msg *s)
{
	memset(s, 0, sizeof(*s));
	s->state = msg_get_enum(m, STATE_CODE_MAX);
	s->priority = msg_get_u8(m);
	s->reason = msg_get_enum(m, STATE_REASON_MAX);
	s->arg = msg_get_s64(m);
	resume_get_part(m, &s->resume);
	return (msg_end(m));
}

void
vip_result_put(struct msg *m, const struct vip_result *v)
{
	msg_put_u32(m, v->wanted);
	msg_put_u32(m, v->installed);
	msg_put_u32(m, v->failed);
	msg_put_s32(m, v->first_errno);
	msg_put_u32(m, v->restored);
	msg_put_u64(m, v->announcements);
	msg_put_u32(m, v->lease_s);
	msg_put_u64(m, v->refreshes);
	msg_put_u32(m, v->refresh_failed);
	msg_put_u32(m, v->refresh_late);
	msg_put_u32(m, v->route_wanted);
	msg_put_u32(m, v->route_installed);
	msg_put_u32(m, v->route_failed);
	msg_put_s32(m, v->route_errno);
	msg_put_u32(m, v->route_restored);
}

int
log_get(struct msg *m, struct log_msg *l)
{
	memset(l, 0, sizeof(*l));
	l->priority = msg_get_enum(m, LOG_DEBUG + 1);
	msg_get_str(m, l->text, sizeof(l->text));
	return (msg_end(m));
}

int
track_get(struct msg *m, struct track_msg *t)
{
	memset(t, 0, sizeof(*t));
	t->status = msg_get_enum(m, TRACK_STATUS_MAX);
	t->exit_kind = msg_get_enum(m, EXIT_KIND_MAX);
	t->exit_code = msg_get_s32(m);
	t->value = msg_get_s32(m);
	return (msg_end(m));
}
