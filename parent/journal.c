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
 * Fields for the journal of systemd, from what the parent itself knows of the
 * instance that a line is about. Runs in: parent.
 */

#include <stdio.h>
#include <string.h>

#include "parent.h"

static void	 add(char *, size_t, const char *, const char *);
static void	 add_number(char *, size_t, const char *, unsigned int);

/* They never change: people filter by them. */
static const char *const messages[LOG_KIND_MAX] = {
	[LOG_K_STATE] = "f44dbb966d1d4f429578ffc8865d5229",
	[LOG_K_REFUSED] = "9e86ba8cdbd544008fa3a5eee153de6f",
	[LOG_K_STALL] = "2d45a2b04c7c4362844e986d6db0d46c",
	[LOG_K_RIVAL] = "9c53362ba0a84e5996a71f0b575768d9",
	[LOG_K_SCRIPT] = "264297a321a144c09e0287c7b49c460a",
	[LOG_K_RELOADED] = "d9312871551e4be7b5899c7a4d6880e7",
	[LOG_K_EXPIRED] = "5cdebb38e0b34aa7a286290420c5cfea"
};

/* The engine's; inst_test compares them. */
static const char *const reasons[] = {
	"none", "startup", "silent", "prio_zero", "preempt", "higher",
	"tie", "fault", "fault_gone", "shutdown", "standby", "takeover",
	"handed_over", "late", "resume", "group"
};

static const char *const faces[SHOW_STATE_MAX] = {
	[SHOW_INIT] = "INIT",
	[SHOW_BACKUP] = "BACKUP",
	[SHOW_MASTER] = "MASTER",
	[SHOW_FAULT] = "FAULT",
	[SHOW_STOP] = "STOP"
};

const char *
journal_reason(uint8_t reason)
{
	return (reason < sizeof(reasons) / sizeof(reasons[0]) ?
	    reasons[reason] : "?");
}

/* A field is a line: a name may be anything. */
static void
add(char *buf, size_t size, const char *key, const char *value)
{
	size_t	 at, len = strlen(buf);
	int	 n;

	n = snprintf(buf + len, size - len, "%s=%s\n", key, value);
	if (n < 0 || (size_t)n >= size - len) {
		buf[len] = '\0';
		return;
	}
	for (at = len; buf[at + 1] != '\0'; at++)
		if ((unsigned char)buf[at] < ' ')
			buf[at] = '?';
}

static void
add_number(char *buf, size_t size, const char *key, unsigned int value)
{
	char	 text[16];

	(void)snprintf(text, sizeof(text), "%u", value);
	add(buf, size, key, text);
}

/* For the next line; buf must live until then. id: an instance's, or 0. */
void
journal_fields(struct parent *p, enum log_kind kind, uint32_t id, char *buf,
    size_t size)
{
	const struct ctl_event	*ev;
	const struct inst	*inst;
	char			 peer[VADDR_STRLEN];

	buf[0] = '\0';
	if (messages[kind] == NULL)
		return;
	add(buf, size, "MESSAGE_ID", messages[kind]);
	inst = id != 0 ? inst_find(p, id) : NULL;
	if (inst != NULL) {
		add(buf, size, "VRRP_INSTANCE", inst->conf->name);
		add_number(buf, size, "VRRP_VRID", inst->conf->vrid);
		add(buf, size, "VRRP_IFACE", inst->conf->ifname);
	}
	ev = inst != NULL ? hist_last(inst) : NULL;
	if (kind == LOG_K_STATE && ev != NULL && ev->kind == EVENT_STATE) {
		add(buf, size, "VRRP_FROM", faces[ev->old]);
		add(buf, size, "VRRP_TO", faces[ev->state]);
		add(buf, size, "VRRP_REASON", journal_reason(ev->reason));
		add_number(buf, size, "VRRP_PRIO", ev->priority);
		if (ev->peer.family != 0)
			add(buf, size, "VRRP_PEER", vaddr_print(&ev->peer,
			    peer, sizeof(peer)));
		add_number(buf, size, "VRRP_SEQ", ev->seq);
	}
	log_fields(buf);
}
