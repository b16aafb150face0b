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
 * The mailer as its parent sees it. Nothing waits for it: it gets a
 * configuration when that is in force already. Runs in: parent.
 */

#include <sys/socket.h>

#include <signal.h>

#include "parent.h"

#define LATER		(CHILD_RUNNING | CHILD_DRAINING)
#define ALWAYS		(CHILD_HELLO | CHILD_CONFIGURING | LATER)

static const struct imsg_rule mailer_rules[IMSG_TYPE_MAX] = {
	[IMSG_READY] = { FROM_MAILER, CHILD_HELLO, 0, 1, 128, proc_ready },
	[IMSG_CONF_ACK] = { FROM_MAILER, CHILD_CONFIGURING | LATER, 0, 0, 0,
	    stage_ack },
	[IMSG_CONF_NAK] = { FROM_MAILER, CHILD_CONFIGURING | LATER, 0, 2,
	    TEXT_LEN + 2, stage_nak },
	[IMSG_LOG] = { FROM_MAILER, ALWAYS, 0, 3, 1100, proc_log }
};

const struct peer_ops mailer_ops = {
	.rules = mailer_rules,
	.from = FROM_MAILER,
	.phase = proc_phase,
	.gen = proc_gen,
	.gone = proc_gone
};

/* Brings it in line with the configuration that runs now. */
void
mailer_follow(struct parent *p)
{
	struct child	*c = p->mailer;

	if (!p->conf->global.mail) {
		if (c == NULL)
			return;
		if (c->phase == 0 || (c->pid == 0 && !c->open))
			mailer_down(c);
		else if (c->phase == CHILD_HELLO)
			proc_kill(c, SIGKILL);
		else if (c->phase != CHILD_DRAINING)
			proc_shutdown(c, MAILER_END_US);
	} else if (c == NULL) {
		p->mailer = proc_new(p, ROLE_MAILER, NULL);
		proc_start(p->mailer);
	} else if (c->phase & (CHILD_CONFIGURING | CHILD_RUNNING) &&
	    proc_is_up(c))
		stage_send(c, p->conf, NULL);
}

/* It is gone, and there is no more use for it. */
void
mailer_down(struct child *c)
{
	c->p->mailer = NULL;
	proc_free(c);
}

/* Gives it and the engine the ends of a pair, once for each new process. */
void
mailer_pair(struct parent *p)
{
	struct child	*c = p->mailer, *e = p->engine;
	int		 pair[2];

	if (c == NULL || c->phase != CHILD_RUNNING || !proc_is_up(c) ||
	    c->paired || e == NULL || !e->synced)
		return;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, pair) == -1) {
		log_warn("%s: socketpair", c->name);
		return;
	}
	c->paired = true;
	(void)peer_send(&e->peer, IMSG_MAILER, 0, e->gen, 0, pair[0], NULL);
	(void)peer_send(&c->peer, IMSG_MAILER, 0, c->gen, 0, pair[1], NULL);
}
