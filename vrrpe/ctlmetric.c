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

/* Numbers that are only of interest to programs. Runs in: vrrpe. */

#include <stdio.h>
#include <string.h>

#include "control.h"

bool
ctlmetric_daemon(const struct engine *e, uint32_t n, struct ctl_counter *c)
{
	static const int64_t		 edges[CTL_LATE_CNT] = CTL_LATE_EDGES;
	const struct engine_stats	*st = &e->stats;
	const struct {
		const char	*name;
		uint64_t	 value;
	} more[] = {
		{ CTL_LATE_MORE, st->late[CTL_LATE_CNT] },
		{ CTL_LATE_SUM, (uint64_t)st->late_sum_us },
		{ "packets", st->packets },
		{ "short_packets", st->short_err },
		{ "unknown_vrid_packets", st->vrid_err },
		{ "own_packets", st->own },
		{ "control_connections", e->conn_cnt }
	};

	memset(c, 0, sizeof(*c));
	if (n < CTL_LATE_CNT) {
		(void)snprintf(c->name, sizeof(c->name), CTL_LATE "%lld",
		    (long long)edges[n]);
		c->value = st->late[n];
		return (true);
	}
	n -= CTL_LATE_CNT;
	if (n >= sizeof(more) / sizeof(more[0]))
		return (false);
	(void)strlcpy(c->name, more[n].name, sizeof(c->name));
	c->value = more[n].value;
	return (true);
}

/* The engine's own ones, and what the parent counts. */
bool
ctlmetric_count(const struct einst *i, uint32_t n, struct ctl_counter *c)
{
	const struct {
		const char	*name;
		uint64_t	 value;
	} leases[] = {
		{ "lease_refreshes", i->vip.refreshes },
		{ "lease_refreshes_failed", i->vip.refresh_failed },
		{ "lease_refreshes_late", i->vip.refresh_late }
	};

	memset(c, 0, sizeof(*c));
	if (n < CNT_MAX) {
		(void)strlcpy(c->name, cnt_name(n), sizeof(c->name));
		c->value = i->cnt.n[n];
		return (true);
	}
	n -= CNT_MAX;
	if (n >= sizeof(leases) / sizeof(leases[0]))
		return (false);
	(void)strlcpy(c->name, leases[n].name, sizeof(c->name));
	c->value = leases[n].value;
	return (true);
}

bool
ctlmetric_reason(const struct einst *i, uint32_t n, struct ctl_counter *c)
{
	if (n >= VR_WHY_MAX)
		return (false);
	memset(c, 0, sizeof(*c));
	(void)snprintf(c->name, sizeof(c->name), CTL_WHY "%s",
	    vr_reason_name(n));
	c->value = i->why_cnt[n];
	return (true);
}

/* What keepalived tells of a configuration, in its words. */
bool
ctlmetric_setting(const struct conf_inst *conf, uint32_t n,
    struct ctl_counter *c)
{
	const struct {
		const char	*name;
		uint64_t	 value;
	} rows[] = {
		{ "garp_delay", conf->garp_delay_s },
		{ "garp_refresh", conf->garp_refresh_s },
		{ "garp_rep", conf->garp_repeat },
		{ "garp_refresh_rep", conf->garp_refresh_repeat },
		{ "garp_lower_prio_delay", conf->garp_lower_delay_s },
		{ "garp_lower_prio_rep", conf->garp_lower_repeat },
		{ "dont_track_primary", !conf->track_primary },
		{ "skip_check_adv_addr", conf->skip_check_adv_addr },
		{ "strict_mode", conf->strict },
		{ "lower_prio_no_advert", conf->lower_prio_no_advert },
		{ "higher_prio_send_advert", conf->higher_prio_send_advert },
		{ "smtp_alert", conf->smtp_alert },
		{ "notify_deleted", conf->notify_deleted }
	};

	if (n >= sizeof(rows) / sizeof(rows[0]))
		return (false);
	memset(c, 0, sizeof(*c));
	(void)snprintf(c->name, sizeof(c->name), CTL_SETTING "%s",
	    rows[n].name);
	c->value = rows[n].value;
	return (true);
}
