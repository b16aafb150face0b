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

/* Every payload with its two functions, for tests that take them all. */

#include <stddef.h>
#include <string.h>

#include "../../common/ctl.h"
#include "../../common/payload.h"
#include "codecs.h"

/* The functions differ in the type of their argument. */
#define CODEC(kind, prefix)						\
	static void							\
	prefix##_put_any(struct msg *m, const void *p)			\
	{								\
		prefix##_put(m, p);					\
	}								\
	static int							\
	prefix##_get_any(struct msg *m, void *p)			\
	{								\
		return (prefix##_get(m, p));				\
	}
#define ROW(kind, prefix)						\
	{ #kind, sizeof(struct kind), prefix##_put_any, prefix##_get_any }

CODEC(hello, hello)
CODEC(ready, ready)
CODEC(conf_msg, conf_msg)
CODEC(link_info, link_info)
CODEC(sock_rx, sock_rx)
CODEC(sock_tx, sock_tx)
CODEC(sock_use, sock_use)
CODEC(resume_rec, resume)
CODEC(state_msg, state)
CODEC(vip_result, vip_result)
CODEC(log_msg, log)
CODEC(notify_msg, notify)
CODEC(track_msg, track)
CODEC(ctl_daemon, ctl_daemon)
CODEC(ctl_inst, ctl_inst)
CODEC(ctl_detail, ctl_detail)
CODEC(ctl_vip, ctl_vip)
CODEC(ctl_track, ctl_track)
CODEC(ctl_counter, ctl_counter)
CODEC(ctl_iface, ctl_iface)
CODEC(ctl_group, ctl_group)
CODEC(ctl_member, ctl_member)
CODEC(ctl_script, ctl_script)
CODEC(ctl_msg, ctl_msg)
CODEC(ctl_result, ctl_result)
CODEC(ctl_switch, ctl_switch)
CODEC(ctl_event, ctl_event)
CODEC(ctl_part, ctl_part)
CODEC(ctl_note, ctl_note)

static const struct codec	 table[] = {
	ROW(hello, hello),
	ROW(ready, ready),
	ROW(conf_msg, conf_msg),
	ROW(link_info, link_info),
	ROW(sock_rx, sock_rx),
	ROW(sock_tx, sock_tx),
	ROW(sock_use, sock_use),
	ROW(resume_rec, resume),
	ROW(state_msg, state),
	ROW(vip_result, vip_result),
	ROW(log_msg, log),
	ROW(notify_msg, notify),
	ROW(track_msg, track),
	ROW(ctl_daemon, ctl_daemon),
	ROW(ctl_inst, ctl_inst),
	ROW(ctl_detail, ctl_detail),
	ROW(ctl_vip, ctl_vip),
	ROW(ctl_track, ctl_track),
	ROW(ctl_counter, ctl_counter),
	ROW(ctl_iface, ctl_iface),
	ROW(ctl_group, ctl_group),
	ROW(ctl_member, ctl_member),
	ROW(ctl_script, ctl_script),
	ROW(ctl_msg, ctl_msg),
	ROW(ctl_result, ctl_result),
	ROW(ctl_switch, ctl_switch),
	ROW(ctl_event, ctl_event),
	ROW(ctl_part, ctl_part),
	ROW(ctl_note, ctl_note),
	{ NULL, 0, NULL, NULL }
};

const struct codec *
codecs(void)
{
	return (table);
}

const struct codec *
codec_find(const char *name)
{
	const struct codec	*c;

	for (c = table; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return (c);
	return (NULL);
}
