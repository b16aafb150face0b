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
 * What happened, for "vrrpctl history": kept here so that it outlives the
 * engines. Codes and numbers only; words are made of them where they are
 * shown. Runs in: parent.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "announce.h"
#include "mono.h"
#include "parent.h"

#define EVENTS_ALL	256
#define EVENTS_INST	16
#define ASKED_RATE	20	/* in a second: each may be 256 rows */
#define ASKED_MAX	100	/* that are answered at all */

struct hist_event {
	TAILQ_ENTRY(hist_event) entry;
	struct ctl_event ev;
};

static void	 hist_put(struct hist *, const struct ctl_event *, uint32_t);
static void	 hist_note(struct parent *, struct inst *,
		    struct ctl_event *);
static uint8_t	 hist_face(const struct state_msg *);
static uint64_t	 resident(void);
static void	 hist_send(struct parent *, uint32_t, const struct hist *);

void
hist_init(struct hist *h)
{
	TAILQ_INIT(&h->list);
	h->cnt = 0;
}

void
hist_free(struct hist *h)
{
	struct hist_event	*he;

	while ((he = TAILQ_FIRST(&h->list)) != NULL) {
		TAILQ_REMOVE(&h->list, he, entry);
		free(he);
	}
	h->cnt = 0;
}

/* The oldest one makes room. */
static void
hist_put(struct hist *h, const struct ctl_event *ev, uint32_t max)
{
	struct hist_event	*he;

	if (h->cnt < max) {
		if ((he = malloc(sizeof(*he))) == NULL) {
			log_warn("history");
			return;
		}
		h->cnt++;
	} else {
		he = TAILQ_FIRST(&h->list);
		TAILQ_REMOVE(&h->list, he, entry);
	}
	he->ev = *ev;
	TAILQ_INSERT_TAIL(&h->list, he, entry);
}

static void
hist_note(struct parent *p, struct inst *inst, struct ctl_event *ev)
{
	ev->seq = ++p->history_seq;
	p->history_cnt[ev->kind]++;
	ev->at_us = mono_us();
	if (inst != NULL) {
		(void)strlcpy(ev->name, inst->conf->name, sizeof(ev->name));
		hist_put(&inst->history, ev, EVENTS_INST);
	}
	hist_put(&p->history, ev, EVENTS_ALL);
}

const struct ctl_event *
hist_last(const struct inst *inst)
{
	const struct hist_event	*he;

	he = TAILQ_LAST(&inst->history.list, hist_list);
	return (he != NULL ? &he->ev : NULL);
}

/* Of the daemon. */
void
hist_event(struct parent *p, enum event_kind kind, int64_t arg)
{
	struct ctl_event	 ev;

	memset(&ev, 0, sizeof(ev));
	ev.kind = (uint8_t)kind;
	ev.arg = arg;
	hist_note(p, NULL, &ev);
}

/* Of an instance that is nobody's MASTER any more, whatever was said. */
void
hist_lost(struct parent *p, struct inst *inst, enum event_kind kind)
{
	struct ctl_event	 ev;

	memset(&ev, 0, sizeof(ev));
	ev.kind = (uint8_t)kind;
	ev.old = inst->face;
	ev.state = inst->face = SHOW_INIT;
	ev.priority = inst->resume.priority;
	hist_note(p, inst, &ev);
}

/* What the engine said, after it was checked; most of it is no news. */
void
hist_state(struct parent *p, struct inst *inst, const struct state_msg *sm)
{
	struct ctl_event	 ev;

	memset(&ev, 0, sizeof(ev));
	ev.old = inst->face;
	ev.state = hist_face(sm);
	ev.kind = EVENT_STATE;
	if (ev.old == ev.state && sm->resume.hold == inst->hold)
		return;
	if (ev.old == ev.state)
		ev.kind = EVENT_HOLD;
	inst->face = ev.state;
	inst->hold = sm->resume.hold;
	ev.reason = sm->reason;
	ev.arg = sm->arg;
	ev.priority = sm->priority;
	ev.hold = sm->resume.hold;
	ev.peer = sm->resume.master;
	ev.peer_priority = sm->resume.master_priority;
	hist_note(p, inst, &ev);
}

static uint8_t
hist_face(const struct state_msg *sm)
{
	if (sm->state == INST_MASTER)
		return (SHOW_MASTER);
	if (sm->state == INST_BACKUP)
		return (SHOW_BACKUP);
	if (sm->reason == INST_WHY_FAULT)
		return (SHOW_FAULT);
	return (sm->reason == INST_WHY_SHUTDOWN ||
	    sm->reason == INST_WHY_HANDED_OVER ? SHOW_STOP : SHOW_INIT);
}

/* CTL_HISTORY: the engine asks for a client. */
int
hist_asked(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct parent	*p = c->p;
	struct inst	*inst;
	struct msg	 m;
	uint32_t	 id;

	msg_init_read(&m, im->data, im->len);
	id = msg_get_u32(&m);
	if (msg_end(&m) == -1)
		return (-1);
	inst = id != 0 ? inst_find(p, id) : NULL;
	if (!rate_ok(&p->history_rate, mono_us(), US_PER_SEC, ASKED_MAX))
		return (0);
	if (p->history_rate.cnt > ASKED_RATE)
		reload_answer(p, im->id, CTL_ERR_BUSY, "too many requests");
	else if (id != 0 && inst == NULL)
		reload_answer(p, im->id, CTL_ERR_NAME, "no such instance");
	else
		hist_send(p, im->id, inst != NULL ? &inst->history :
		    &p->history);
	return (0);
}

/*
 * The most bytes that this process had resident; 0: not known. getrusage(2)
 * would count what ran here before execve(2).
 */
static uint64_t
resident(void)
{
	const char	*at;
	ssize_t		 n = -1;
	char		 buf[4096];
	int		 fd;

	if ((fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, buf, sizeof(buf) - 1);
		(void)close(fd);
	}
	buf[n > 0 ? n : 0] = '\0';
	at = strstr(buf, "VmHWM:");
	return (at == NULL ? 0 : strtoull(at + 6, NULL, 10) * 1024);
}

static void
hist_send(struct parent *p, uint32_t conn, const struct hist *h)
{
	const struct hist_event	*he;
	struct msg		 m;
	uint8_t			 buf[256];
	int			 n;

	if (!p->engine->synced)
		return;
	TAILQ_FOREACH(he, &h->list, entry) {
		msg_init_write(&m, buf, sizeof(buf));
		ctl_event_put(&m, &he->ev);
		(void)peer_send(&p->engine->peer, IMSG_CTL_EVENT, conn, 0, 0,
		    -1, &m);
	}
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u64(&m, resident());
	msg_put_u64(&m, log_dropped());
	msg_put_u64(&m, netlinkd_overruns(p->nl));
	msg_put_u64(&m, ann_pending(p->ann));
	for (n = 0; n < EVENT_KIND_MAX; n++)
		msg_put_u32(&m, p->history_cnt[n]);
	(void)peer_send(&p->engine->peer, IMSG_CTL_END, conn, 0, 0, -1, &m);
}
