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
 * vrrpctl and sync groups: standby, takeover and resume act on all members in
 * one batch, and the answer is about all of them. Runs in: vrrpe.
 */

#include <stdio.h>
#include <string.h>

#include "control.h"
#include "mono.h"

#define ROW_LEN		1024	/* bytes, more than a row has */
#define LABEL_LEN	(NAME_LEN + 32)

static const char *refusal(const struct egroup *, char *, size_t);
static bool	 all_masters(const struct egroup *);
static bool	 is_hushed(const struct egroup *);
static bool	 all_backups(const struct egroup *);
static enum vr_answer step_all(struct conn *, struct egroup *, enum vr_hold,
		    const struct ctl_switch *);
static void	 takeover(struct conn *, struct egroup *,
		    const struct ctl_switch *);
static void	 answer(struct egroup *, enum ctl_code, int64_t, const char *);
static void	 handed_over(struct egroup *);
static const char *label(const struct egroup *, char *);
static void	 send_group(struct conn *, const struct egroup *);
static void	 send_member(struct conn *, const struct einst *);

void
ctlgroup_request(struct conn *c, struct egroup *g,
    const struct ctl_switch *sw)
{
	const char	*why;
	char		 text[TEXT_LEN], name[LABEL_LEN];
	bool		 was;

	if ((why = refusal(g, text, sizeof(text))) != NULL) {
		conn_result(c, CTL_ERR_STATE, -1, "%s %s", label(g, name),
		    why);
		return;
	}
	switch ((enum ctl_verb)sw->verb) {
	case CTL_STANDBY:
		was = all_backups(g);
		if (step_all(c, g, VR_HOLD_STANDBY, sw) != VR_ANS_OK)
			return;
		if (was) {
			conn_result(c, CTL_OK, 0, "%s is BACKUP and stays so",
			    label(g, name));
			break;
		}
		/* it may hand over already, for another client */
		answer(g, CTL_ERR_STATE, -1,
		    ctlswitch_end_text(VR_HE_REPLACED));
		ctlswitch_wait(c, &g->ask, CTL_STANDBY, VR_NEVER);
		break;
	case CTL_TAKEOVER:
		takeover(c, g, sw);
		break;
	case CTL_RESUME:
	case CTL_VERB_MAX:
		was = step_all(c, g, VR_HOLD_NONE, NULL) == VR_ANS_OK;
		if (was)
			log_info("(%s) resume by %s", g->conf->name, c->name);
		conn_result(c, CTL_OK, -1, "%s %s", label(g, name), was ?
		    "follows its priority again" : "nothing to resume");
		break;
	}
}

/* All or nothing: a group with a member that cannot is not asked. */
static const char *
refusal(const struct egroup *g, char *buf, size_t size)
{
	const struct einst	*i;
	const char		*what;
	size_t			 n;

	for (n = 0; n < g->cnt; n++) {
		i = g->insts[n];
		what = NULL;
		if (!i->started || !i->vr.running)
			what = "is not started yet";
		else if (i->vr.leave == VR_LEAVE_STOP)
			what = "is stopping";
		else if (i->vr.state == VR_INIT)
			what = "is in FAULT";
		if (what == NULL)
			continue;
		(void)snprintf(buf, size, "refused: %s %s", i->conf->name,
		    what);
		return (buf);
	}
	return (NULL);
}

bool
ctlgroup_may(const struct egroup *g)
{
	char	 text[TEXT_LEN];

	return (refusal(g, text, sizeof(text)) == NULL);
}

static bool
all_masters(const struct egroup *g)
{
	size_t	 n;

	for (n = 0; n < g->cnt; n++) {
		if (g->insts[n]->vr.state != VR_MASTER ||
		    g->insts[n]->vr.leave != VR_LEAVE_NONE)
			return (false);
	}
	return (true);
}

static bool
all_backups(const struct egroup *g)
{
	size_t	 n;

	for (n = 0; n < g->cnt; n++) {
		if (g->insts[n]->vr.state != VR_BACKUP)
			return (false);
	}
	return (true);
}

/* VR_ANS_OK if it was that for any of them; any other answer is sent. */
static enum vr_answer
step_all(struct conn *c, struct egroup *g, enum vr_hold hold,
    const struct ctl_switch *sw)
{
	enum vr_answer	 ans, best = VR_ANS_NO_HOLD;
	size_t		 n;

	drive_batch(g->e);
	for (n = 0; n < g->cnt; n++) {
		ans = ctlswitch_step(c, g->insts[n], hold, sw);
		if (ans == VR_ANS_OK)
			best = ans;
		else if (ans != VR_ANS_NO_HOLD) {
			best = ans;	/* of the first one, and answered */
			break;
		}
	}
	drive_batch_end(g->e);
	return (best);
}

static void
takeover(struct conn *c, struct egroup *g, const struct ctl_switch *sw)
{
	const struct einst	*i;
	int64_t			 begun_us = mono_us(), wait_us = 0, us;
	char			 name[LABEL_LEN];
	size_t			 n;
	bool			 was;

	was = all_masters(g);
	/* time for an advert of those that have a claim as good as ours */
	for (n = 0; n < g->cnt && !was; n++) {
		i = g->insts[n];
		us = vr_interval_us(&i->vr, &i->vc);
		if (ctlswitch_strong(i) && us > wait_us)
			wait_us = us;
	}
	if (step_all(c, g, VR_HOLD_TAKEOVER, sw) != VR_ANS_OK)
		return;
	hush_look(g->insts[0]);
	if (was)
		conn_result(c, CTL_OK, 0, "%s is MASTER and stays so",
		    label(g, name));
	else if (wait_us > 0)
		ctlswitch_wait(c, &g->ask, CTL_TAKEOVER,
		    wait_us + wait_us / 4);
	else if (is_hushed(g)) {
		ctlswitch_wait(c, &g->ask, CTL_TAKEOVER, VR_NEVER);
		g->ask.spoken = true;
	} else
		conn_result(c, CTL_OK, mono_us() - begun_us, "%s is MASTER",
		    label(g, name));
}

/* Some of it waits for its addresses. */
static bool
is_hushed(const struct egroup *g)
{
	size_t	 n;

	for (n = 0; n < g->cnt; n++) {
		if (hush_silent(g->insts[n]))
			return (true);
	}
	return (false);
}

void
ctlgroup_spoken(struct egroup *g)
{
	if (g->ask.conn == 0 || is_hushed(g))
		return;
	if (g->ask.spoken)
		answer(g, CTL_OK, g->e->now_us - g->ask.at_us, "is MASTER");
	else
		ctlswitch_told(g->e, &g->ask);
}

/* "(VG_1, 2 members)": who asks for one instance learns what was moved. */
static const char *
label(const struct egroup *g, char *buf)
{
	(void)snprintf(buf, LABEL_LEN, "(sync group %s, %zu member%s)",
	    g->conf->name, g->cnt, g->cnt == 1 ? "" : "s");
	return (buf);
}

static void
answer(struct egroup *g, enum ctl_code code, int64_t took_us,
    const char *text)
{
	struct conn	*c = ctlswitch_asking(g->e, &g->ask);
	char		 name[LABEL_LEN];

	g->ask.conn = 0;
	if (c != NULL)
		c->unit = g->conf->name;
	if (c != NULL)
		conn_result(c, code, took_us, "%s %s", label(g, name), text);
}

bool
ctlgroup_limit(struct conn *c)
{
	struct egroup	*g;
	bool		 found = false;

	RB_FOREACH(g, egroup_tree, &c->e->groups) {
		if (g->ask.conn != c->id)
			continue;
		found = true;
		if (is_hushed(g))
			continue;
		if (all_masters(g))
			answer(g, CTL_OK, 0, "is MASTER");
		else
			answer(g, CTL_ERR_STATE, -1, "is not MASTER");
	}
	return (found);
}

void
control_member_outcome(struct einst *i, const struct vr_out *out)
{
	int	 n;

	for (n = 0; n < out->cnt; n++) {
		if (out->act[n].act == VR_ACT_HOLD &&
		    ctlswitch_end_text(out->act[n].code) != NULL)
			i->group->ask.end = out->act[n].code;
	}
}

void
control_group_outcome(struct egroup *g)
{
	const char	*end;
	size_t		 n;

	if (g->ask.conn == 0)
		return;
	for (n = 0; n < g->cnt; n++) {
		if (g->insts[n]->vr.state == VR_INIT) {
			answer(g, CTL_ERR_STATE, -1, g->insts[n]->vr.running ?
			    "came into FAULT meanwhile" : "is stopping");
			return;
		}
		if (g->insts[n]->vr.leave != VR_LEAVE_NONE)
			return;
	}
	if ((end = ctlswitch_end_text(g->ask.end)) != NULL)
		answer(g, g->ask.end == VR_HE_NOBODY ||
		    g->ask.end == VR_HE_SILENCE ? CTL_ERR_TIMEOUT :
		    CTL_ERR_STATE, -1, end);
	else if (g->ask.verb == CTL_STANDBY)
		handed_over(g);
}

/* When the next master of each has been heard. */
static void
handed_over(struct egroup *g)
{
	const struct einst	*i;
	char			 peer[VADDR_STRLEN], last[VADDR_STRLEN];
	char			 text[TEXT_LEN];
	int64_t			 last_us = 0;
	size_t			 n;

	(void)strlcpy(text, "handed over to", sizeof(text));
	last[0] = '\0';
	for (n = 0; n < g->cnt; n++) {
		i = g->insts[n];
		if (i->vr.state != VR_BACKUP || i->vr.master_prio == 0 ||
		    i->vr.heard_us == VR_NEVER ||
		    i->vr.heard_us <= g->ask.at_us)
			return;
		if (i->vr.heard_us > last_us)
			last_us = i->vr.heard_us;
		why_addr(i, i->vr.master, peer, sizeof(peer));
		if (strcmp(peer, last) == 0)
			continue;
		(void)strlcpy(last, peer, sizeof(last));
		(void)strlcat(text, n == 0 ? " " : ", ", sizeof(text));
		(void)strlcat(text, peer, sizeof(text));
	}
	answer(g, CTL_OK, last_us - g->ask.at_us, text);
}

void
control_group_gone(struct egroup *g)
{
	struct conn	*c;

	if (g->ask.conn == 0 ||
	    (c = ctlswitch_asking(g->e, &g->ask)) == NULL)
		return;
	conn_result(c, CTL_ERR_STATE, -1, "the sync group is gone");
}

bool
ctlgroup_row(struct conn *c)
{
	struct list_pos	*pos = &c->pos;
	struct egroup	*g;

	g = pos->id != 0 ? egroup_find(c->e, pos->id) : NULL;
	if (g != NULL && pos->idx < g->cnt) {
		send_member(c, g->insts[pos->idx++]);
		return (true);
	}
	if ((g = egroup_next(c->e, pos->id)) == NULL)
		return (false);
	pos->id = g->id;
	pos->idx = 0;
	send_group(c, g);
	return (true);
}

static void
send_group(struct conn *c, const struct egroup *g)
{
	static const uint8_t	 states[] = {
		[SG_STOPPED] = SHOW_INIT,
		[SG_FAULT] = SHOW_FAULT,
		[SG_BACKUP] = SHOW_BACKUP,
		[SG_MASTER] = SHOW_MASTER
	};
	const struct einst	*i;
	struct ctl_group	 r;
	struct msg		 m;
	uint8_t			 buf[ROW_LEN];
	size_t			 n, wants = 0;

	memset(&r, 0, sizeof(r));
	(void)strlcpy(r.name, g->conf->name, sizeof(r.name));
	r.state = states[g->told];
	r.members = (uint16_t)g->cnt;
	r.since_us = g->since_us;
	for (n = 0; n < g->cnt; n++) {
		r.handing_over |= g->insts[n]->vr.leave != VR_LEAVE_NONE;
		wants += g->members[n].wants;
	}
	if ((i = egroup_culprit(g)) != NULL)
		(void)snprintf(r.reason, sizeof(r.reason), "%s is in FAULT",
		    i->conf->name);
	else if (wants > 0)
		(void)snprintf(r.reason, sizeof(r.reason),
		    "%zu of %zu members could be MASTER", wants, g->cnt);
	msg_init_write(&m, buf, sizeof(buf));
	ctl_group_put(&m, &r);
	(void)conn_send(c, IMSG_CTL_GROUP, &m);
}

static void
send_member(struct conn *c, const struct einst *i)
{
	struct ctl_member	 r;
	struct msg		 m;
	uint8_t			 buf[ROW_LEN];

	memset(&r, 0, sizeof(r));
	(void)strlcpy(r.name, i->conf->name, sizeof(r.name));
	(void)strlcpy(r.ifname, i->conf->ifname, sizeof(r.ifname));
	r.state = ctlshow_state(i);
	r.priority = vr_prio(&i->vr);
	r.wants = i->sg->wants;
	r.joined = i->sg->joined;
	msg_init_write(&m, buf, sizeof(buf));
	ctl_member_put(&m, &r);
	(void)conn_send(c, IMSG_CTL_MEMBER, &m);
}
