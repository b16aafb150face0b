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

/* Messages of the kernel's process connector. Pure; runs in: checker. */

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>

#include <string.h>

#include "procev.h"

#define BODY		(NLMSG_HDRLEN + sizeof(struct cn_msg))

enum procev_what
procev_parse(const void *buf, size_t len, struct procev *out)
{
	struct proc_event	 ev;
	struct nlmsghdr		 nl;
	struct cn_msg		 cn;

	memset(out, 0, sizeof(*out));
	if (len < BODY + sizeof(ev))
		return (PROCEV_OTHER);
	memcpy(&nl, buf, sizeof(nl));
	memcpy(&cn, (const char *)buf + NLMSG_HDRLEN, sizeof(cn));
	if (nl.nlmsg_len < BODY + sizeof(ev) || nl.nlmsg_len > len ||
	    cn.id.idx != CN_IDX_PROC || cn.id.val != CN_VAL_PROC ||
	    cn.len < sizeof(ev))
		return (PROCEV_OTHER);
	memcpy(&ev, (const char *)buf + BODY, sizeof(ev));
	switch ((unsigned int)ev.what) {
	case PROC_EVENT_NONE:
		return (ev.event_data.ack.err == 0 ? PROCEV_ACK :
		    PROCEV_OTHER);
	case PROC_EVENT_FORK:
		out->pid = ev.event_data.fork.child_tgid;
		out->parent = ev.event_data.fork.parent_tgid;
		return (PROCEV_FORK);
	case PROC_EVENT_EXEC:
		out->pid = ev.event_data.exec.process_tgid;
		return (PROCEV_EXEC);
	case PROC_EVENT_COMM:
		out->pid = ev.event_data.comm.process_tgid;
		return (PROCEV_COMM);
	case PROC_EVENT_EXIT:
		out->pid = ev.event_data.exit.process_tgid;
		return (PROCEV_EXIT);
	default:
		return (PROCEV_OTHER);
	}
}
