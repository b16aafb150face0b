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
 * What happens, told to those who watch as it happens. A client that does not
 * keep up loses lines, and is told how many; nothing here waits for one. Runs
 * in: vrrpe.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "control.h"

/* Of adverts, whatever the network sends. */
#define ADVERTS_MAX	200	/* a second */

static bool	 anybody(const struct engine *);
static bool	 advert_fits(struct engine *);
static void	 tell(struct conn *, struct ctl_note *);

/* An instance, or all; it goes on until the client leaves. */
int
monitor_request(void *arg, struct imsg *im)
{
	struct conn	*c = arg;
	struct ctl_note	 note;
	struct msg	 m;
	char		 name[NAME_LEN];

	if (c->wait != WAIT_NONE)
		return (-1);
	c->seq = im->seq;
	msg_init_read(&m, im->data, im->len);
	msg_get_str(&m, name, sizeof(name));
	if (msg_end(&m) == -1)
		return (-1);
	if (name[0] != '\0' && (c->e->conf == NULL ||
	    einst_by_name(c->e, name) == NULL)) {
		conn_result(c, CTL_ERR_NAME, -1, "no instance %s", name);
		return (0);
	}
	engine_turn(c->e);
	(void)strlcpy(c->watched, name, sizeof(c->watched));
	c->lost = 0;
	c->wait = WAIT_MONITOR;
	memset(&note, 0, sizeof(note));
	note.kind = NOTE_BEGIN;
	note.at_us = c->e->now_us;
	(void)snprintf(note.text, sizeof(note.text), "%u instance%s run%s",
	    c->e->inst_cnt, c->e->inst_cnt == 1 ? "" : "s",
	    c->e->inst_cnt == 1 ? "s" : "");
	tell(c, &note);
	return (0);
}

void
monitor_alive(struct conn *c)
{
	struct ctl_note	 note;

	engine_turn(c->e);
	memset(&note, 0, sizeof(note));
	note.kind = NOTE_ALIVE;
	note.at_us = c->e->now_us;
	tell(c, &note);
}

static bool
anybody(const struct engine *e)
{
	const struct conn	*c;

	TAILQ_FOREACH(c, &e->conns, entry) {
		if (c->wait == WAIT_MONITOR)
			return (true);
	}
	return (false);
}

void
monitor_say(struct engine *e, enum note_kind kind, const char *name,
    const char *fmt, ...)
{
	struct ctl_note	 note;
	struct conn	*c;
	va_list		 ap;

	if (!anybody(e))
		return;
	memset(&note, 0, sizeof(note));
	note.kind = (uint8_t)kind;
	note.at_us = e->now_us;
	(void)strlcpy(note.name, name, sizeof(note.name));
	va_start(ap, fmt);
	(void)vsnprintf(note.text, sizeof(note.text), fmt, ap);
	va_end(ap);
	TAILQ_FOREACH(c, &e->conns, entry) {
		if (c->wait != WAIT_MONITOR)
			continue;
		if (c->watched[0] == '\0' || name[0] == '\0' ||
		    strcmp(c->watched, name) == 0)
			tell(c, &note);
	}
}

static void
tell(struct conn *c, struct ctl_note *note)
{
	struct msg	 m;
	uint8_t		 buf[NAME_LEN + TEXT_LEN + 32];

	if (c->peer.ibuf.queued >= CONN_QUEUE_LOW) {
		c->lost++;
		return;
	}
	note->lost = c->lost;
	c->lost = 0;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_note_put(&m, note);
	(void)conn_send(c, IMSG_CTL_NOTE, &m);
}

/* One more in this second; else they are only counted. */
static bool
advert_fits(struct engine *e)
{
	struct conn	*c;

	if (e->now_us - e->advert_us >= US_PER_SEC) {
		e->advert_us = e->now_us;
		e->advert_cnt = 0;
	}
	if (e->advert_cnt < ADVERTS_MAX) {
		e->advert_cnt++;
		return (true);
	}
	TAILQ_FOREACH(c, &e->conns, entry)
		c->lost += c->wait == WAIT_MONITOR;
	return (false);
}

/* A router's advert, before the machine has it. */
void
monitor_advert(const struct einst *i, const struct pkt_advert *adv)
{
	const struct vr	*vr = &i->vr;
	const char	*name = i->conf->name;
	char		 addr[VADDR_STRLEN];
	bool		 lower, other, changed;

	lower = vr->state == VR_MASTER && adv->prio < vr_prio(vr);
	other = vr->state == VR_BACKUP && (!vr->has_master ||
	    memcmp(vr->master, adv->src, sizeof(vr->master)) != 0);
	changed = vr->state == VR_BACKUP && vr->master_prio != adv->prio;
	if ((adv->prio != 0 && !lower && !other && !changed) ||
	    !anybody(i->e) || !advert_fits(i->e))
		return;
	why_addr(i, adv->src, addr, sizeof(addr));
	if (adv->prio == 0)
		monitor_say(i->e, NOTE_ADVERT, name, "%s gives up its role "
		    "(priority 0)", addr);
	else if (lower)
		monitor_say(i->e, NOTE_ADVERT, name, "%s advertises the lower "
		    "priority %u, ours is %u", addr, adv->prio, vr_prio(vr));
	else if (other)
		monitor_say(i->e, NOTE_ADVERT, name, "another master: %s with "
		    "priority %u", addr, adv->prio);
	else
		monitor_say(i->e, NOTE_ADVERT, name, "master %s has priority "
		    "%u, had %u", addr, adv->prio, vr->master_prio);
}
