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
 * What is to be told by mail, and the line to the mailer, which says nothing
 * back. While there is no mailer the newest state of each is kept.
 * Runs in: vrrpe.
 */

#include <string.h>

#include "vrrpe.h"

static uint32_t	 mailer_phase(void *);
static uint32_t	 mailer_gen(void *);
static void	 mailer_gone(void *, struct peer *, const char *);
static bool	 is_for_mail(const struct engine *, const struct notify_msg *);
static void	 send_mail(struct engine *, uint32_t,
		    const struct notify_msg *);
static void	 send_due(struct engine *, struct email *,
		    enum notify_object, uint32_t, const char *);

/* Nothing at all is accepted. */
static const struct imsg_rule mailer_rules[IMSG_TYPE_MAX];

static const struct peer_ops mailer_ops = {
	.rules = mailer_rules,
	.from = FROM_MAILER,
	.phase = mailer_phase,
	.gen = mailer_gen,
	.gone = mailer_gone
};

/* A new mailer: it is told what the last one, or none, was not. */
int
email_mailer(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct egroup	*g;
	struct einst	*i;

	engine_turn(e);
	email_close(e);
	if (peer_open(&e->mailer, e->base, imsg_take_fd(im), "mailer",
	    &mailer_ops, e) == -1) {
		log_warn("mailer");
		return (0);
	}
	e->has_mailer = true;
	RB_FOREACH(g, egroup_tree, &e->groups)
		send_due(e, &g->email, NOB_GROUP, g->id, g->conf->name);
	RB_FOREACH(i, einst_tree, &e->insts)
		send_due(e, &i->email, NOB_INSTANCE, i->id, i->conf->name);
	return (0);
}

void
email_close(struct engine *e)
{
	if (e->has_mailer)
		peer_close(&e->mailer);
	e->has_mailer = false;
}

static uint32_t
mailer_phase(void *arg)
{
	const struct engine	*e = arg;

	return (e->phase);
}

static uint32_t
mailer_gen(void *arg)
{
	const struct engine	*e = arg;

	return (e->gen);
}

static void
mailer_gone(void *arg, struct peer *peer, const char *text)
{
	struct engine	*e = arg;

	if (text != NULL)
		log_warnx("mailer: %s; its connection is closed", text);
	else
		log_debug("mailer is gone");
	email_close(e);
}

/*
 * A state that something entered; wanted: of one that has smtp_alert.
 * keepalived: the state that was last told is not told again.
 */
void
email_note(struct engine *e, struct email *mail, bool wanted, uint32_t id,
    const struct notify_msg *nm)
{
	if (!is_for_mail(e, nm) || (mail->any && mail->event == nm->event))
		return;
	mail->any = true;
	mail->event = nm->event;
	mail->prio = nm->priority;
	mail->due = wanted && e->conf->global.mail;
	if (!mail->due || !e->has_mailer)
		return;
	mail->due = false;
	send_mail(e, id, nm);
}

static bool
is_for_mail(const struct engine *e, const struct notify_msg *nm)
{
	if (nm->part == NPART_FIFO || e->conf == NULL)
		return (false);
	switch ((enum notify_event)nm->event) {
	case NEV_MASTER:
	case NEV_BACKUP:
	case NEV_STOP:
	case NEV_DELETED:
		return (true);
	case NEV_FAULT:
		return (!e->conf->global.no_email_faults);
	case NEV_MASTER_RX_LOWER:
	case NEV_MASTER_PRIO:
	case NEV_BACKUP_PRIO:
	case NEV_MAX:
		break;
	}
	return (false);
}

static void
send_due(struct engine *e, struct email *mail, enum notify_object object,
    uint32_t id, const char *name)
{
	struct notify_msg	 nm;

	if (!mail->due)
		return;
	mail->due = false;
	memset(&nm, 0, sizeof(nm));
	nm.object = object;
	nm.event = mail->event;
	nm.priority = mail->prio;
	(void)strlcpy(nm.name, name, sizeof(nm.name));
	send_mail(e, id, &nm);
}

static void
send_mail(struct engine *e, uint32_t id, const struct notify_msg *nm)
{
	struct msg	 m;
	uint8_t		 buf[NAME_LEN + 16];

	msg_init_write(&m, buf, sizeof(buf));
	notify_put(&m, nm);
	engine_send_now(&e->mailer, IMSG_NOTIFY, id, e->gen, &m);
}
