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
 * Mastership across a crash of the engine: the addresses stay for two
 * intervals, in which nobody else takes over, and the next engine gets the
 * records of the last one. Runs in: parent.
 */

#include <string.h>

#include "../netlinkd/netlinkd.h"
#include "mono.h"
#include "parent.h"

#define LEASE_INTERVALS	2
#define INTERVAL_MAX_US	(255 * US_PER_SEC)	/* of a record; fsm.h */

static bool	 resume_record(const struct inst *, int64_t,
		    struct resume_rec *);
static void	 on_lease(evutil_socket_t, short, void *);
static void	 resume_arm(struct parent *);

void
resume_init(struct parent *p)
{
	if (event_assign(&p->lease, p->base, -1, 0, on_lease, p) == -1)
		fatalx("event_assign");
}

/*
 * At the start: who was MASTER when all was killed, as its leases tell, goes
 * on if the first engine says so in time, as after the crash of one.
 */
void
resume_adopt(struct parent *p)
{
	struct inst	*inst;

	RB_FOREACH(inst, inst_tree, &p->insts) {
		inst->lease_us = netlinkd_adopted(p->nl, inst->id);
		if (inst->lease_us == 0)
			continue;
		log_info("(%s) its addresses are leased still: goes on as "
		    "MASTER", inst->conf->name);
		inst->state = INST_MASTER;
		inst->known = inst->unsaid = true;
		inst->resume.state = INST_MASTER;
		inst->resume.priority = inst->conf->priority;
		inst->resume.since_us = mono_us();
	}
	resume_arm(p);
}

/* No engine, since at_us; it may also be the next one that died. */
void
resume_keep(struct parent *p, int64_t at_us)
{
	struct inst	*inst;

	RB_FOREACH(inst, inst_tree, &p->insts) {
		inst->is_late = false;
		inst->rate.cnt = 0;	/* the next one is another sender */
		if (inst->state == INST_MASTER && inst->lease_us == 0)
			inst->lease_us = at_us + LEASE_INTERVALS *
			    inst->conf->adver_int_us;
	}
	p->state_rate.cnt = 0;
	resume_arm(p);
}

static void
resume_arm(struct parent *p)
{
	struct inst	*inst;
	struct timeval	 tv;
	int64_t		 first_us, now_us;

	first_us = 0;
	RB_FOREACH(inst, inst_tree, &p->insts)
		if (inst->lease_us != 0 && (first_us == 0 ||
		    inst->lease_us < first_us))
			first_us = inst->lease_us;
	if (first_us == 0) {
		(void)event_del(&p->lease);
		return;
	}
	now_us = mono_us();
	(void)event_add(&p->lease, proc_tv(&tv, first_us > now_us ?
	    first_us - now_us : 0));
}

/* No engine has said in time that it is MASTER still. */
static void
on_lease(evutil_socket_t fd, short what, void *arg)
{
	struct parent	*p = arg;
	struct inst	*inst;
	int64_t		 now_us;

	now_us = mono_us();
	RB_FOREACH(inst, inst_tree, &p->insts) {
		if (inst->lease_us == 0 || inst->lease_us > now_us)
			continue;
		log_warnx("(%s) no engine took over in time: not MASTER any "
		    "more", inst->conf->name);
		inst_withdraw(p, inst);
	}
	resume_arm(p);
}

/* To an engine that has its configuration and was not started yet. */
void
resume_send(struct parent *p)
{
	struct resume_rec	 rec;
	struct inst		*inst;
	struct msg		 m;
	int64_t			 now_us;
	uint8_t			 buf[128];

	now_us = mono_us();
	RB_FOREACH(inst, inst_tree, &p->insts) {
		if (inst->lease_us != 0 && inst->lease_us <= now_us)
			inst_withdraw(p, inst);
		if (!resume_record(inst, now_us, &rec))
			continue;
		msg_init_write(&m, buf, sizeof(buf));
		resume_put(&m, &rec);
		(void)peer_send(&p->engine->peer, IMSG_RESUME, inst->id,
		    p->engine->gen, 0, -1, &m);
		if (inst->state != INST_MASTER)
			continue;
		inst_tell(p, inst);
		inst_spoken(p, inst);	/* it does that first */
	}
}

/*
 * What the last engine said, within the limits that the next one insists on:
 * it may have lied, or have been a little ahead of the clock.
 */
static bool
resume_record(const struct inst *inst, int64_t now_us,
    struct resume_rec *rec)
{
	if (!inst->known)
		return (false);
	*rec = inst->resume;
	if (rec->state == INST_MASTER && inst->state != INST_MASTER)
		rec->state = INST_BACKUP;
	if (rec->since_us > now_us)
		rec->since_us = now_us;
	if (rec->master_int_us > INTERVAL_MAX_US)
		rec->master_int_us = 0;
	if (rec->master.family != inst->conf->family)
		memset(&rec->master, 0, sizeof(rec->master));
	return (true);
}
