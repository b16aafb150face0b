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
 * The two answers to vrrpctl that come from the parent and that vrrpe passes
 * on. Runs in: parent, vrrpe, vrrpctl.
 */

#include <stdint.h>
#include <string.h>

#include "ctl.h"
#include "msg.h"

void
ctl_msg_put(struct msg *m, const struct ctl_msg *c)
{
	msg_put_u8(m, c->severity);
	msg_put_str(m, c->text);
}

int
ctl_msg_get(struct msg *m, struct ctl_msg *c)
{
	memset(c, 0, sizeof(*c));
	c->severity = msg_get_enum(m, CONF_SEVERITY_MAX);
	msg_get_str(m, c->text, sizeof(c->text));
	return (msg_end(m));
}

void
ctl_result_put(struct msg *m, const struct ctl_result *r)
{
	msg_put_u8(m, r->code);
	msg_put_s64(m, r->took_us);
	msg_put_str(m, r->text);
}

int
ctl_result_get(struct msg *m, struct ctl_result *r)
{
	memset(r, 0, sizeof(*r));
	r->code = msg_get_enum(m, CTL_ERR_MAX);
	r->took_us = msg_get_s64(m);
	msg_get_str(m, r->text, sizeof(r->text));
	return (msg_end(m));
}

void
ctl_event_put(struct msg *m, const struct ctl_event *e)
{
	msg_put_u32(m, e->seq);
	msg_put_u8(m, e->kind);
	msg_put_s64(m, e->at_us);
	msg_put_str(m, e->name);
	msg_put_u8(m, e->old);
	msg_put_u8(m, e->state);
	msg_put_u8(m, e->reason);
	msg_put_u8(m, e->priority);
	msg_put_u8(m, e->hold);
	msg_put_s64(m, e->arg);
	msg_put_addr(m, &e->peer);
	msg_put_u8(m, e->peer_priority);
}
