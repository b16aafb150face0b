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

#include <sys/resource.h>

#include <stdio.h>
#include <string.h>

#include "control.h"

static bool	 daemon_process(const struct engine *, uint32_t,
		    struct ctl_counter *);
static bool	 daemon_parent(const struct engine *, uint32_t,
		    struct ctl_counter *);
static uint64_t	 own_rss(void);
static bool	 name_it(struct ctl_counter *, const char *, const char *,
		    uint64_t);
static bool	 tally_time(const struct einst *, uint32_t,
		    struct ctl_counter *);
static bool	 tally_peer(const struct einst *, uint32_t,
		    struct ctl_counter *);

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
		{ "control_connections", e->conn_cnt },
		{ "engine_log_dropped", log_dropped() }
	};

	memset(c, 0, sizeof(*c));
	if (n < CTL_LATE_CNT) {
		(void)snprintf(c->name, sizeof(c->name), CTL_LATE "%lld",
		    (long long)edges[n]);
		c->value = st->late[n];
		return (true);
	}
	n -= CTL_LATE_CNT;
	if (n < sizeof(more) / sizeof(more[0]))
		return (name_it(c, more[n].name, "", more[n].value));
	return (daemon_process(e, n - sizeof(more) / sizeof(more[0]), c));
}

/* Sizes of processes, and what waits to be written to them. */
static bool
daemon_process(const struct engine *e, uint32_t n, struct ctl_counter *c)
{
	const struct checker	*ck;

	if (n == 0)
		return (name_it(c, CTL_RSS, "vrrpe", own_rss()));
	if (n == 1)
		return (name_it(c, CTL_QUEUE, "vrrpd",
		    e->parent.ibuf.queued));
	if (n == 2)
		return (name_it(c, CTL_QUEUE, "mailer", e->has_mailer ?
		    e->mailer.ibuf.queued : 0));
	n -= 3;
	TAILQ_FOREACH(ck, &e->checkers, entry) {
		if (n == 0)
			return (name_it(c, CTL_RSS, ck->name, ck->rss));
		if (n == 1)
			return (name_it(c, CTL_QUEUE, ck->name,
			    ck->peer.ibuf.queued));
		n -= 2;
	}
	return (daemon_parent(e, n, c));
}

/* What the parent said when it was last asked for the history. */
static bool
daemon_parent(const struct engine *e, uint32_t n, struct ctl_counter *c)
{
	const struct parent_stats	*st = &e->parents;
	const struct {
		const char	*name;
		uint64_t	 value;
	} rows[] = {
		{ CTL_RSS "vrrpd", st->rss },
		{ "parent_log_dropped", st->log_dropped },
		{ "netlink_overruns", st->overruns },
		{ "announcing", st->announcing }
	};

	if (!st->told)
		return (false);
	if (n < sizeof(rows) / sizeof(rows[0]))
		return (name_it(c, rows[n].name, "", rows[n].value));
	n -= sizeof(rows) / sizeof(rows[0]);
	if (n >= EVENT_KIND_MAX)
		return (false);
	(void)snprintf(c->name, sizeof(c->name), CTL_EVENTS "%u", n);
	c->value = st->events[n];
	return (true);
}

/* The most that this process ever had resident, in bytes; 0: not known. */
static uint64_t
own_rss(void)
{
	struct rusage	 use;

	if (getrusage(RUSAGE_SELF, &use) == -1)
		return (0);
	return ((uint64_t)use.ru_maxrss * 1024);
}

static bool
name_it(struct ctl_counter *c, const char *kind, const char *name,
    uint64_t value)
{
	(void)strlcpy(c->name, kind, sizeof(c->name));
	(void)strlcat(c->name, name, sizeof(c->name));
	c->value = value;
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

bool
ctlmetric_tally(const struct einst *i, uint32_t *n, struct ctl_counter *c)
{
	do {
		memset(c, 0, sizeof(*c));
		if (!tally_time(i, (*n)++, c))
			return (false);
	} while (c->value == 0);
	return (true);
}

static bool
tally_time(const struct einst *i, uint32_t n, struct ctl_counter *c)
{
	static const int64_t	 edges[CTL_FAIL_CNT] = CTL_FAIL_EDGES;
	const struct tally	*t = &i->tally;
	const struct {
		const char	*name;
		uint64_t	 value;
	} more[] = {
		{ CTL_FAIL_MORE, t->fails[CTL_FAIL_CNT] },
		{ CTL_FAIL_SUM, (uint64_t)t->fail_sum_us },
		{ CTL_BOTH, (uint64_t)t->both_us },
		{ CTL_STRANGERS, t->strangers }
	};

	if (n < FACE_CNT)
		return (name_it(c, CTL_IN, vr_face_name((int)n),
		    (uint64_t)(t->face_us[n] + (vr_face(&i->vr) == n ?
		    i->e->now_us - t->face_at_us : 0))));
	n -= FACE_CNT;
	if (n < FACE_CNT * FACE_CNT) {
		(void)snprintf(c->name, sizeof(c->name), CTL_MOVE "%s_%s",
		    vr_face_name((int)n / FACE_CNT),
		    vr_face_name((int)n % FACE_CNT));
		c->value = t->moves[n / FACE_CNT][n % FACE_CNT];
		return (true);
	}
	n -= FACE_CNT * FACE_CNT;
	if (n < CTL_FAIL_CNT) {
		(void)snprintf(c->name, sizeof(c->name), CTL_FAIL "%lld",
		    (long long)edges[n]);
		c->value = t->fails[n];
		return (true);
	}
	n -= CTL_FAIL_CNT;
	if (n < sizeof(more) / sizeof(more[0]))
		return (name_it(c, more[n].name, "", more[n].value));
	return (tally_peer(i, n - sizeof(more) / sizeof(more[0]), c));
}

/* An age of 0 would not be told. */
static bool
tally_peer(const struct einst *i, uint32_t n, struct ctl_counter *c)
{
	static const char *const	 kinds[] = {
		CTL_PEER_HEARD, CTL_PEER_MISSED, CTL_PEER_PRIO, CTL_PEER_AGE
	};
	const struct tally_peer		*p;
	struct vaddr			 addr;
	uint64_t			 values[4];
	char				 text[VADDR_STRLEN];

	if (n >= CTL_PEERS * 4)
		return (false);
	p = &i->tally.peers[n / 4];
	if (p->heard_us == 0)
		return (true);
	values[0] = p->heard;
	values[1] = p->missed;
	values[2] = p->prio;
	values[3] = (uint64_t)(i->e->now_us - p->heard_us) + 1;
	vaddr_from_bytes(&addr, i->conf->family, p->src);
	return (name_it(c, kinds[n % 4], vaddr_print(&addr, text,
	    sizeof(text)), values[n % 4]));
}
