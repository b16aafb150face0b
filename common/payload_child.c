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
 * The payload of messages, as the children read and write it; what vrrpd
 * itself never does. Runs in: vrrpe, checker, mailer, readconf, vrrpctl.
 */

#include <sys/socket.h>

#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include "msg.h"
#include "payload.h"

#define ERRNO_MAX	4095

static uint8_t	 get_family(struct msg *);

static uint8_t
get_family(struct msg *m)
{
	return (msg_get_bool(m) ? AF_INET6 : AF_INET);
}

int
hello_get(struct msg *m, struct hello *h)
{
	int32_t		 nice;
	uint16_t	 i;

	memset(h, 0, sizeof(*h));
	h->version = msg_get_u32(m);
	msg_get_str(m, h->build, sizeof(h->build));
	h->role = msg_get_enum(m, ROLE_CTL);
	h->uid = msg_get_u32(m);
	h->gid = msg_get_u32(m);
	h->group_cnt = msg_get_u16(m);
	if (h->group_cnt > MAX_GROUPS) {
		h->group_cnt = 0;
		m->error = 1;
	}
	for (i = 0; i < h->group_cnt; i++)
		h->groups[i] = msg_get_u32(m);
	msg_get_str(m, h->rootdir, sizeof(h->rootdir));
	h->nofile = msg_get_u32(m);
	h->log_level = msg_get_enum(m, 2);
	nice = msg_get_s32(m);
	h->nice = (int8_t)nice;
	h->rt_priority = msg_get_enum(m, 100);
	h->no_swap = msg_get_bool(m);
	h->rt_time_us = msg_get_u32(m);
	msg_get_bytes(m, h->cpus, sizeof(h->cpus));
	h->no_new_privs = msg_get_bool(m);
	if (h->role <= ROLE_PARENT || nice < -20 || nice > 19)
		m->error = 1;
	return (msg_end(m));
}

void
ready_put(struct msg *m, const struct ready *r)
{
	msg_put_u32(m, r->version);
	msg_put_str(m, r->build);
}

void
conf_msg_put(struct msg *m, const struct conf_msg *c)
{
	msg_put_u8(m, c->severity);
	msg_put_u32(m, c->line);
	msg_put_u32(m, c->col);
	msg_put_str(m, c->file);
	msg_put_str(m, c->text);
	msg_put_str(m, c->source);
}

int
link_info_get(struct msg *m, struct link_info *l)
{
	link_info_get_part(m, l);
	return (msg_end(m));
}

void
link_info_get_part(struct msg *m, struct link_info *l)
{
	memset(l, 0, sizeof(*l));
	l->ifindex = msg_get_u32(m);
	l->flags = msg_get_u32(m);
	l->mtu = msg_get_u32(m);
	msg_get_bytes(m, l->mac, sizeof(l->mac));
	msg_get_addr(m, &l->primary4);
	msg_get_addr(m, &l->linklocal6);
	if (l->ifindex > INT32_MAX || (l->flags & ~LINK_F_ALL) != 0 ||
	    l->primary4.family == AF_INET6 || l->linklocal6.family == AF_INET)
		m->error = 1;
}

int
sock_rx_get(struct msg *m, struct sock_rx *s)
{
	memset(s, 0, sizeof(*s));
	s->slot = msg_get_u32(m);
	s->family = get_family(m);
	return (msg_end(m));
}

int
sock_tx_get(struct msg *m, struct sock_tx *s)
{
	memset(s, 0, sizeof(*s));
	s->slot = msg_get_u32(m);
	s->family = get_family(m);
	msg_get_addr(m, &s->src);
	msg_get_addr(m, &s->dst);
	if (s->src.family != s->family || s->dst.family != s->family)
		m->error = 1;
	return (msg_end(m));
}

int
sock_use_get(struct msg *m, struct sock_use *s)
{
	uint16_t	 i;

	memset(s, 0, sizeof(*s));
	s->why = msg_get_enum(m, SOCK_WHY_MAX);
	msg_get_addr(m, &s->src);
	s->rx = msg_get_u32(m);
	s->rx_vmac = msg_get_u32(m);
	s->late = msg_get_bool(m);
	s->tx_cnt = msg_get_u16(m);
	if (s->tx_cnt > MAX_PEERS) {
		s->tx_cnt = 0;
		m->error = 1;
	}
	for (i = 0; i < s->tx_cnt; i++)
		if ((s->tx[i] = msg_get_u32(m)) == 0)
			m->error = 1;
	return (msg_end(m));
}

int
vip_result_get(struct msg *m, struct vip_result *v)
{
	vip_result_get_part(m, v);
	return (msg_end(m));
}

void
vip_result_get_part(struct msg *m, struct vip_result *v)
{
	memset(v, 0, sizeof(*v));
	v->wanted = msg_get_u32(m);
	v->installed = msg_get_u32(m);
	v->failed = msg_get_u32(m);
	v->first_errno = msg_get_s32(m);
	v->restored = msg_get_u32(m);
	v->announcements = msg_get_u64(m);
	v->lease_s = msg_get_u32(m);
	v->refreshes = msg_get_u64(m);
	v->refresh_failed = msg_get_u32(m);
	v->refresh_late = msg_get_u32(m);
	v->route_wanted = msg_get_u32(m);
	v->route_installed = msg_get_u32(m);
	v->route_failed = msg_get_u32(m);
	v->route_errno = msg_get_s32(m);
	v->route_restored = msg_get_u32(m);
	if (v->first_errno < 0 || v->first_errno > ERRNO_MAX ||
	    v->route_errno < 0 || v->route_errno > ERRNO_MAX)
		m->error = 1;
}

void
log_put(struct msg *m, const struct log_msg *l)
{
	msg_put_u8(m, l->priority);
	msg_put_str(m, l->text);
}

void
notify_put(struct msg *m, const struct notify_msg *n)
{
	msg_put_u8(m, n->object);
	msg_put_u8(m, n->event);
	msg_put_u8(m, n->priority);
	msg_put_u8(m, n->part);
	msg_put_str(m, n->name);
}

int
notify_get(struct msg *m, struct notify_msg *n)
{
	memset(n, 0, sizeof(*n));
	n->object = msg_get_enum(m, NOB_MAX);
	n->event = msg_get_enum(m, NEV_MAX);
	n->priority = msg_get_u8(m);
	n->part = msg_get_enum(m, NPART_MAX);
	msg_get_str(m, n->name, sizeof(n->name));
	return (msg_end(m));
}

void
track_put(struct msg *m, const struct track_msg *t)
{
	msg_put_u8(m, t->status);
	msg_put_u8(m, t->exit_kind);
	msg_put_s32(m, t->exit_code);
	msg_put_s32(m, t->value);
}
