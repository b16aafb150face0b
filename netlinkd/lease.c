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
 * Leases: addresses that the kernel removes by itself unless they are
 * refreshed.
 * Runs in: parent.
 */

#include <string.h>

#include "internal.h"
#include "mono.h"

/* After a freeze: the engine needs a moment to find out whether it is still
 * MASTER, and to say so. */
#define HOLD_US		(500 * US_PER_MS)

#define ADOPT_INTERVALS	2	/* others wait for three at least */

static int64_t	 lease_age(const struct linkaddr *, uint16_t);
static void	 lease_renew(struct netlinkd *, struct vinst *, int64_t);
static bool	 lease_late(const struct netlinkd *, int64_t);

void
lease_conf(struct netlinkd *nd, const struct conf *conf)
{
	const struct conf_inst	*ci;
	struct vinst		*inst;
	uint32_t		 cnt4, cnt6;
	bool			 auto_ok;

	auto_ok = led_auto_ok(conf, &cnt4, &cnt6);
	if (!auto_ok && !nd->auto_off_told)
		log_info("vip_lease auto: off, there are %u IPv4 and %u IPv6 "
		    "addresses (at most %d and %d)", cnt4, cnt6,
		    LED_LEASE_MAX4, LED_LEASE_MAX6);
	nd->auto_off_told = !auto_ok;
	nd->lease_min_s = nd->adverts_us = 0;
	TAILQ_FOREACH(ci, &conf->insts, entry) {
		if (nd->adverts_us == 0 || ci->adver_int_us < nd->adverts_us)
			nd->adverts_us = (uint32_t)ci->adver_int_us;
		if ((inst = vinst_by_id(nd, ci->id)) == NULL)
			continue;
		inst->lease_s = led_lease(ci->vip_lease, auto_ok);
		if (inst->lease_s != 0 && (nd->lease_min_s == 0 ||
		    inst->lease_s < nd->lease_min_s))
			nd->lease_min_s = inst->lease_s;
	}
}

/* All that is due in one go, because the kernel looks for what has run out
 * only about once a second. */
void
lease_run(struct netlinkd *nd, int64_t now_us)
{
	struct vinst	*inst;
	int64_t		 half_us;

	if (nd->lease_min_s == 0) {
		nd->refresh_us = 0;
		return;
	}
	half_us = nd->lease_min_s * US_PER_SEC / 2;
	if (nd->refresh_us == 0)
		nd->refresh_us = now_us + half_us;
	if (now_us < nd->refresh_us)
		return;
	if (!lease_may_renew(nd, now_us)) {
		RB_FOREACH(inst, vinst_tree, &nd->insts)
			if (inst->wanted && inst->lease_s != 0)
				inst->result.refresh_late++;
		nd->refresh_us = nd->hold_us > now_us ? nd->hold_us :
		    now_us + half_us;
		return;
	}
	RB_FOREACH(inst, vinst_tree, &nd->insts) {
		if (inst->wanted && inst->lease_s != 0 && now_us +
		    half_us / 2 >= inst->renewed_us +
		    inst->lease_s * US_PER_SEC / 2)
			lease_renew(nd, inst, now_us);
	}
	nd->refresh_us = now_us + half_us;
}

static void
lease_renew(struct netlinkd *nd, struct vinst *inst, int64_t now_us)
{
	struct vip	*vip;

	inst->renewed_us = now_us;
	TAILQ_FOREACH(vip, &inst->vips, entry) {
		if (vip->queue == VIPQ_NONE && !vip->busy &&
		    vip->retry_us == 0)
			vip_enqueue(nd, vip, VIPQ_REFRESH);
	}
}

void
netlinkd_lease_counts(const struct netlinkd *nd, uint32_t id,
    struct vip_result *sum)
{
	const struct vinst	*inst;

	if ((inst = vinst_by_id(nd, id)) == NULL)
		return;
	sum->refreshes = inst->result.refreshes;
	sum->refresh_failed = inst->result.refresh_failed;
	sum->refresh_late = inst->result.refresh_late;
}

bool
lease_may_renew(struct netlinkd *nd, int64_t now_us)
{
	if (!nd->alive)
		return (false);
	if (lease_late(nd, now_us) && nd->hold_us < nd->refresh_us) {
		log_warnx("late by %lld ms: leases wait for the engine",
		    (long long)(now_us - nd->refresh_us) / 1000);
		nd->hold_us = now_us + HOLD_US;
	}
	return (now_us >= nd->hold_us);
}

static bool
lease_late(const struct netlinkd *nd, int64_t now_us)
{
	return (nd->lease_min_s != 0 && nd->refresh_us != 0 &&
	    now_us - nd->refresh_us > nd->lease_min_s * US_PER_SEC / 2);
}

void
netlinkd_keep_leases(struct netlinkd *nd, bool alive)
{
	if (nd->alive == alive)
		return;
	nd->alive = alive;
	if (!alive)
		return;
	nd->hold_us = 0;
	nd->refresh_us = mono_us();
	vip_check_all(nd);
	vip_check_lifetimes(nd);
	batch_next(nd);
	nld_rearm(nd);
}

/*
 * A run that was killed may have been MASTER: its addresses are there, and
 * how long ago the last lease began tells until when nobody else can have
 * taken over. 0: it was not, or it is too late.
 */
int64_t
lease_adopt(struct netlinkd *nd, const struct conf_inst *ci)
{
	const struct conf_vip	*cv;
	struct linkaddr		*ifa;
	struct link		*link;
	uint16_t		 lease_s = led_lease(ci->vip_lease, true);
	int64_t			 until_us = INT64_MAX, at_us;

	/* Which number of AH was the last one nobody here knows any more. */
	if (lease_s == 0 || !ci->accept || TAILQ_EMPTY(&ci->vips) ||
	    ci->auth_type == AUTH_AH)
		return (0);
	TAILQ_FOREACH(cv, &ci->vips, entry) {
		if ((link = link_by_name(nd, cv->ifname)) == NULL ||
		    (ifa = addr_find(link, &cv->addr)) == NULL ||
		    !ifa->mine || ifa->left_s > lease_s)
			return (0);
		at_us = ifa->seen_us - lease_age(ifa, lease_s) +
		    ADOPT_INTERVALS * (nd->adverts_us < ci->adver_int_us ?
		    nd->adverts_us : ci->adver_int_us);
		if (at_us < until_us)
			until_us = at_us;
	}
	if (until_us <= mono_us())
		return (0);
	TAILQ_FOREACH(cv, &ci->vips, entry) {
		link = link_by_name(nd, cv->ifname);
		addr_find(link, &cv->addr)->adopt = true;
	}
	return (until_us);
}

/* The kernel's clock has another beginning than ours, but says whole seconds
 * that do not depend on it. */
static int64_t
lease_age(const struct linkaddr *ifa, uint16_t lease_s)
{
	int64_t	 least_us, age_us;

	least_us = (lease_s - ifa->left_s) * US_PER_SEC;
	age_us = ifa->seen_us - ifa->renewed_us;
	if (age_us < least_us || age_us > least_us + US_PER_SEC)
		age_us = least_us + US_PER_SEC;
	return (age_us);
}

int64_t
netlinkd_adopted(const struct netlinkd *nd, uint32_t id)
{
	const struct vinst	*inst = vinst_by_id(nd, id);

	return (inst != NULL ? inst->adopted_us : 0);
}
