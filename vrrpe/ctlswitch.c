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
 * Changes of role by hand: standby, takeover, resume. The client is answered
 * when the outcome is known. Runs in: vrrpe.
 */

#include <stdio.h>
#include <string.h>

#include "control.h"
#include "mono.h"

static void	 standby(struct conn *, struct einst *,
		    const struct ctl_switch *);
static void	 takeover(struct conn *, struct einst *,
		    const struct ctl_switch *);
static void	 resume(struct conn *, struct einst *);
static void	 answer(struct einst *, enum ctl_code, int64_t,
		    const char *);
static void	 answer_hold(struct einst *, const struct vr_action *);

int
ctlswitch_request(void *arg, struct imsg *im)
{
	struct conn		*c = arg;
	struct engine		*e = c->e;
	struct ctl_switch	 sw;
	struct egroup		*g = NULL;
	struct einst		*i = NULL;
	struct msg		 m;

	if (c->wait != WAIT_NONE)
		return (-1);
	c->seq = im->seq;
	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	if (ctl_switch_get(&m, &sw) == -1 || sw.verb == 0 ||
	    sw.verb >= CTL_VERB_MAX || sw.for_us < 0 ||
	    sw.for_us > VR_TIME_MAX / 2)
		return (-1);
	if (strcmp(sw.name, "all") == 0 && c->kind == CTL_FULL &&
	    e->phase == PHASE_RUNNING && !e->silent) {
		ctlall_request(c, &sw);
		return (0);
	}
	if (e->conf != NULL && (i = einst_by_name(e, sw.name)) != NULL)
		g = i->group;
	else if (e->conf != NULL)
		g = egroup_by_name(e, sw.name);
	if (c->kind != CTL_FULL)
		conn_result(c, CTL_ERR_PERM, -1,
		    "this socket is for reading only");
	else if (e->phase == PHASE_DRAINING)
		conn_result(c, CTL_ERR_STATE, -1, "shutting down");
	else if (!conn_parent(c))
		;
	else if (e->maintenance && sw.verb != CTL_STANDBY)
		conn_result(c, CTL_ERR_STATE, -1, "refused: in maintenance; "
		    "end it with \"vrrpctl maintenance off\"");
	else if (g != NULL)
		ctlgroup_request(c, g, &sw);
	else if (i == NULL)
		conn_result(c, CTL_ERR_NAME, -1, "no instance or sync group "
		    "%s", sw.name);
	else
		ctlswitch_inst(c, i, &sw);
	return (0);
}

void
ctlswitch_inst(struct conn *c, struct einst *i, const struct ctl_switch *sw)
{
	if (!i->started)
		conn_result(c, CTL_ERR_STATE, -1, "(%s) not started yet",
		    i->conf->name);
	else if (sw->verb == CTL_STANDBY)
		standby(c, i, sw);
	else if (sw->verb == CTL_TAKEOVER)
		takeover(c, i, sw);
	else
		resume(c, i);
}

/* With who asked for it in the log and in show. */
enum vr_answer
ctlswitch_step(struct conn *c, struct einst *i, enum vr_hold hold,
    const struct ctl_switch *sw)
{
	struct vr_in	 in;
	char		 before[NAME_LEN];

	(void)strlcpy(before, i->hold_by, sizeof(before));
	(void)strlcpy(i->hold_by, c->name, sizeof(i->hold_by));
	memset(&in, 0, sizeof(in));
	in.event = hold == VR_HOLD_NONE ? VR_EV_RELEASE : VR_EV_SWITCH;
	in.hold = hold;
	in.until_us = VR_NEVER;
	if (sw != NULL && sw->for_us > 0)
		in.until_us = i->e->now_us + sw->for_us;
	in.now = sw != NULL && sw->now;
	if (hold == VR_HOLD_TAKEOVER)
		hush_begin(i);
	drive_step(i, &in);
	/* Who ends a takeover did not ask for it. */
	if (i->answer == VR_ANS_OK && hold == VR_HOLD_NONE)
		(void)strlcpy(i->hold_by, before, sizeof(i->hold_by));
	if (i->answer == VR_ANS_OK)
		return (VR_ANS_OK);
	if (i->vr.state == VR_BACKUP)
		hush_end(i);
	(void)strlcpy(i->hold_by, before, sizeof(i->hold_by));
	if (i->answer != VR_ANS_NO_HOLD)
		conn_result(c, CTL_ERR_STATE, -1, "(%s) %s", i->conf->name,
		    vr_answer_text(i->answer));
	return (i->answer);
}

static void
standby(struct conn *c, struct einst *i, const struct ctl_switch *sw)
{
	enum vr_state	 was = i->vr.state;

	if (ctlswitch_step(c, i, VR_HOLD_STANDBY, sw) != VR_ANS_OK)
		return;
	if (was == VR_BACKUP)
		conn_result(c, CTL_OK, 0, "(%s) is BACKUP and stays so",
		    i->conf->name);
	else
		ctlswitch_wait(c, &i->ask, CTL_STANDBY, VR_NEVER);
}

/*
 * A router that is known to have a claim as good as ours gets the time of an
 * advertisement to object, and so does one that was not heard yet; any other
 * yields.
 */
bool
ctlswitch_strong(const struct einst *i)
{
	return (!i->vr.has_master || i->vr.master_prio >= VR_PRIO_TAKEOVER);
}

static void
takeover(struct conn *c, struct einst *i, const struct ctl_switch *sw)
{
	enum vr_state	 was = i->vr.state;
	int64_t		 begun_us = mono_us(), wait_us;
	bool		 strong, stays;

	stays = was == VR_MASTER && i->vr.leave == VR_LEAVE_NONE;
	strong = ctlswitch_strong(i);
	wait_us = vr_interval_us(&i->vr, &i->vc);
	if (i->vc.adver_int_us > wait_us)
		wait_us = i->vc.adver_int_us;
	if (ctlswitch_step(c, i, VR_HOLD_TAKEOVER, sw) != VR_ANS_OK)
		return;
	if (stays)
		conn_result(c, CTL_OK, 0, "(%s) is MASTER and stays so",
		    i->conf->name);
	else if (was == VR_BACKUP && strong)
		ctlswitch_wait(c, &i->ask, CTL_TAKEOVER,
		    wait_us + wait_us / 4);
	else if (hush_silent(i)) {
		ctlswitch_wait(c, &i->ask, CTL_TAKEOVER, VR_NEVER);
		i->ask.spoken = true;
	} else
		conn_result(c, CTL_OK, mono_us() - begun_us,
		    "(%s) is MASTER", i->conf->name);
}

void
ctlswitch_spoken(struct einst *i)
{
	if (i->group != NULL)
		ctlgroup_spoken(i->group);
	else if (i->ask.conn != 0 && i->ask.spoken)
		answer(i, CTL_OK, i->e->now_us - i->ask.at_us, "is MASTER");
	else if (i->ask.conn != 0)
		ctlswitch_told(i->e, &i->ask);
}

static void
resume(struct conn *c, struct einst *i)
{
	switch (ctlswitch_step(c, i, VR_HOLD_NONE, NULL)) {
	case VR_ANS_OK:
		log_info("(%s) resume by %s", i->conf->name, c->name);
		conn_result(c, CTL_OK, -1, "(%s) follows its priority again",
		    i->conf->name);
		break;
	case VR_ANS_NO_HOLD:
		conn_result(c, CTL_OK, -1, "(%s) nothing to resume",
		    i->conf->name);
		break;
	case VR_ANS_FAULT:
	case VR_ANS_STOPPED:
	case VR_ANS_TIME:
	case VR_ANS_MAX:
		break;		/* answered */
	}
}

void
ctlswitch_wait(struct conn *c, struct eask *ask, uint8_t verb,
    int64_t limit_us)
{
	c->wait = WAIT_SWITCH;
	ask->conn = c->id;
	ask->verb = verb;
	ask->at_us = c->e->now_us;
	ask->end = -1;
	ask->spoken = false;
	if (limit_us == VR_NEVER || (c->many > 0 && limit_us <= c->limit_us))
		return;
	c->limit_us = limit_us;
	ctlswitch_told(c->e, ask);
}

void
ctlswitch_told(struct engine *e, const struct eask *ask)
{
	struct conn	*c = ctlswitch_asking(e, ask);
	struct timeval	 tv;

	if (c == NULL || c->limit_us == 0)
		return;
	tv.tv_sec = (time_t)(c->limit_us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(c->limit_us % US_PER_SEC);
	(void)event_add(&c->ev_limit, &tv);
}

/* Nobody objected to a takeover; of one that was not told the time has not
 * begun (ctlswitch_told). */
void
ctlswitch_limit(struct conn *c)
{
	struct einst	*i;
	bool		 found;

	found = ctlgroup_limit(c);
	RB_FOREACH(i, einst_tree, &c->e->insts) {
		if (i->ask.conn != c->id)
			continue;
		found = true;
		if (hush_silent(i))
			continue;
		if (i->vr.state == VR_MASTER)
			answer(i, CTL_OK, 0, "is MASTER");
		else
			answer(i, CTL_ERR_STATE, -1, "is not MASTER");
	}
	if (!found)
		conn_result(c, CTL_ERR_STATE, -1, "the instance is gone");
}

struct conn *
ctlswitch_asking(struct engine *e, const struct eask *ask)
{
	struct conn	*c;

	TAILQ_FOREACH(c, &e->conns, entry) {
		if (c->id == ask->conn && c->wait == WAIT_SWITCH)
			return (c);
	}
	return (NULL);
}

static void
answer(struct einst *i, enum ctl_code code, int64_t took_us, const char *text)
{
	struct conn	*c = ctlswitch_asking(i->e, &i->ask);

	i->ask.conn = 0;
	if (c != NULL)
		c->unit = i->conf->name;
	if (c != NULL)
		conn_result(c, code, took_us, "(%s) %s", i->conf->name, text);
}

/* After each step while somebody waits. */
void
control_outcome(struct einst *i, const struct vr_out *out)
{
	char	 peer[VADDR_STRLEN], text[VADDR_STRLEN + 32];
	int	 n;

	for (n = 0; n < out->cnt && i->ask.conn != 0; n++) {
		if (out->act[n].act == VR_ACT_HOLD &&
		    out->act[n].code != VR_HE_BEGUN)
			answer_hold(i, &out->act[n]);
	}
	if (i->ask.conn == 0)
		return;
	if (i->vr.state == VR_INIT)
		answer(i, CTL_ERR_STATE, -1, "came into FAULT meanwhile");
	else if (i->ask.verb == CTL_STANDBY && i->vr.state == VR_BACKUP &&
	    i->vr.heard_us != VR_NEVER && i->vr.heard_us > i->ask.at_us &&
	    i->vr.master_prio != 0) {
		why_addr(i, i->vr.master, peer, sizeof(peer));
		(void)snprintf(text, sizeof(text), "handed over to %s", peer);
		answer(i, CTL_OK, i->vr.heard_us - i->ask.at_us, text);
	}
}

const char *
ctlswitch_end_text(int end)
{
	static const char *const texts[VR_HE_MAX] = {
		[VR_HE_NOBODY] = "nobody answered, the role was taken back",
		[VR_HE_SILENCE] = "nobody answered, the role was taken back",
		[VR_HE_YIELDED] = "another router has the better claim",
		[VR_HE_EXPIRED] = "the time was up before it was decided",
		[VR_HE_RELEASED] = "resumed before it was decided",
		[VR_HE_REPLACED] = "another request came before it was "
		    "decided",
		[VR_HE_FAULT] = "came into FAULT meanwhile",
		[VR_HE_LATE] = "the process was held up meanwhile",
		[VR_HE_STOPPED] = "is stopping"
	};

	return (end < 0 || end >= VR_HE_MAX ? NULL : texts[end]);
}

static void
answer_hold(struct einst *i, const struct vr_action *a)
{
	const char	*end = ctlswitch_end_text(a->code);
	char	 peer[VADDR_STRLEN], text[VADDR_STRLEN + 48];

	if (a->code == VR_HE_HANDED_OVER) {
		why_addr(i, i->vr.master, peer, sizeof(peer));
		(void)snprintf(text, sizeof(text), "handed over to %s", peer);
		answer(i, CTL_OK, i->e->now_us - i->ask.at_us, text);
		return;
	}
	if (end == NULL)
		return;
	if (a->code == VR_HE_YIELDED && i->vr.has_master) {
		why_addr(i, i->vr.master, peer, sizeof(peer));
		(void)snprintf(text, sizeof(text), "%s has the better claim, "
		    "priority %u", peer, i->vr.master_prio);
		end = text;
	}
	answer(i, a->code == VR_HE_NOBODY || a->code == VR_HE_SILENCE ?
	    CTL_ERR_TIMEOUT : CTL_ERR_STATE, -1, end);
}
