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
 * The checkers as their parent sees them: what they may say, which of them
 * there are, and their line to the engine. Runs in: parent.
 */

#include <sys/socket.h>

#include <unistd.h>

#include "parent.h"

#define LATER		(CHILD_RUNNING | CHILD_DRAINING)
#define ALWAYS		(CHILD_HELLO | CHILD_CONFIGURING | LATER)

static void	 runner_connect(struct child *, struct child *);

static const struct imsg_rule runner_rules[IMSG_TYPE_MAX] = {
	[IMSG_READY] = { FROM_CHECKER, CHILD_HELLO, 0, 1, 128, proc_ready },
	[IMSG_CONF_ACK] = { FROM_CHECKER, CHILD_CONFIGURING | LATER, 0, 0, 0,
	    stage_ack },
	[IMSG_CONF_NAK] = { FROM_CHECKER, CHILD_CONFIGURING | LATER, 0, 2,
	    TEXT_LEN + 2, stage_nak },
	[IMSG_PONG] = { FROM_CHECKER, LATER, 0, 0, 0, engine_pong },
	[IMSG_HOOK_DONE] = { FROM_CHECKER, LATER, IMSG_F_ID, 10, 10,
	    hook_done },
	[IMSG_LOG] = { FROM_CHECKER, ALWAYS, 0, 3, 1100, proc_log }
};

const struct peer_ops runner_ops = {
	.rules = runner_rules,
	.from = FROM_CHECKER,
	.phase = proc_phase,
	.gen = proc_gen,
	.gone = proc_gone
};

/* Starts a checker for every identity that has none yet. */
void
runner_follow(struct parent *p, const struct idents *ids)
{
	struct child	*c;
	uint32_t	 i;

	for (i = 0; i < ids->cnt; i++) {
		TAILQ_FOREACH(c, &p->checkers, entry)
			if (c->id == ids->list[i].id)
				break;
		if (c != NULL)
			continue;
		c = proc_new(p, ROLE_CHECKER, &ids->list[i]);
		TAILQ_INSERT_TAIL(&p->checkers, c, entry);
		if (c->ident.uid == 0)
			log_info("%s: these scripts run as root", c->name);
		proc_start(c);
	}
}

bool
runner_is_wanted(const struct parent *p, const struct child *c)
{
	if (c->role != ROLE_CHECKER)
		return (true);
	return ((p->idents != NULL && ident_by_id(p->idents, c->id) != NULL) ||
	    (p->reload.idents != NULL &&
	    ident_by_id(p->reload.idents, c->id) != NULL));
}

/* Ends the checkers that no configuration wants; frees them once down. */
void
runner_sweep(struct parent *p)
{
	struct child	*c, *tmp;

	TAILQ_FOREACH_SAFE(c, &p->checkers, entry, tmp) {
		if (runner_is_wanted(p, c) && c->phase != CHILD_DRAINING)
			continue;
		if (c->phase == 0) {
			TAILQ_REMOVE(&p->checkers, c, entry);
			proc_free(c);
		} else if (c->phase != CHILD_DRAINING) {
			proc_shutdown(c, CHECKER_END_US);
		}
	}
}

/* Gives both sides the ends of a pair, once for each new process. */
void
runner_pair(struct parent *p)
{
	struct child	*c;

	if (p->engine == NULL || !p->engine->synced)
		return;
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->phase == CHILD_RUNNING && proc_is_up(c) && !c->paired)
			runner_connect(p->engine, c);
}

static void
runner_connect(struct child *e, struct child *c)
{
	int	 pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, pair) == -1) {
		log_warn("%s: socketpair", c->name);
		return;
	}
	c->paired = true;
	(void)peer_send(&e->peer, IMSG_PEER, c->id, e->gen, 0, pair[0], NULL);
	(void)peer_send(&c->peer, IMSG_PEER, c->id, c->gen, 0, pair[1], NULL);
}
