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
 * Settings that are allowed and do not do what they look like, as far as one
 * file can prove it, and the times that follow from the others. A rule only
 * looks: what is there stays as it is.
 * Runs in: readconf.
 */

#include <stdlib.h>
#include <string.h>

#include "lint.h"

#define PRIO_MIN	1
#define PRIO_MAX	254
#define PRIO_OWNER	255

/* What anything else than a script or an interface may add. */
#define ADD_MIN		(-254)
#define ADD_MAX		253

/* A lease of the kernel ends at most so much late. */
#define LEASE_LATE_US	(1300 * US_PER_MS)
#define LEASE_AUTO_US	(2 * US_PER_SEC)
#define LEASE_MAX4	1000	/* addresses; above there is no auto lease */
#define LEASE_MAX6	100

/* What trackers may add to the priority. */
struct range {
	int	 lo;
	int	 hi;
	bool	 sure;			/* it goes as far as that */
};

typedef void (*rule_fn)(struct load *, const struct inst_def *);

static void	 rule_nopreempt(struct load *, const struct inst_def *);
static void	 rule_weights(struct load *, const struct inst_def *);
static void	 rule_owner_delay(struct load *, const struct inst_def *);
static void	 rule_one_advert(struct load *, const struct inst_def *);
static void	 rule_vip_place(struct load *, const struct inst_def *);
static void	 rule_vip_net(struct load *, const struct inst_def *);
static void	 rule_twins(struct load *, const struct script_def *);
static void	 rule_timeout(struct load *, const struct script_def *);
static bool	 weight_useless(struct load *, const struct inst_def *,
		    const struct conf_track *, const struct range *);
static bool	 weight_cut(struct load *, const struct inst_def *,
		    const struct conf_track *, const struct range *);
static struct range track_range(const struct conf_track *);
static struct range inst_range(const struct conf_inst *);
static struct where track_where(const struct inst_def *,
		    const struct conf_track *);
static bool	 same_command(const struct conf_script *,
		    const struct conf_script *);
static void	 number_takeover(struct load *, const struct inst_def *);
static void	 number_lease(struct load *, const struct inst_def *,
		    bool auto_ok);
static void	 number_script(struct load *, const struct script_def *);
static bool	 lease_auto_ok(const struct conf *);
static int64_t	 skew_us(const struct conf_inst *, int prio);
static double	 seconds(int64_t us);

static const rule_fn	 rules[] = {
	rule_nopreempt,
	rule_weights,
	rule_owner_delay,
	rule_one_advert,
	rule_vip_place,
	rule_vip_net
};

void
lint_conf(struct load *ld)
{
	const struct inst_def	*d;
	const struct script_def	*s;
	size_t			 i;

	TAILQ_FOREACH(d, &ld->insts, entry) {
		for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
			rules[i](ld, d);
	}
	TAILQ_FOREACH(s, &ld->scripts, entry) {
		if (s->c == NULL)
			continue;		/* it is not run */
		rule_timeout(ld, s);
		rule_twins(ld, s);
	}
}

/* Weights are about who is better, and nopreempt means: never mind. */
static void
rule_nopreempt(struct load *ld, const struct inst_def *d)
{
	const struct conf_track	*t;

	if (!d->c->nopreempt)
		return;
	TAILQ_FOREACH(t, &d->c->tracks, entry)
		if (t->weight != 0)
			break;
	if (t != NULL)
		diag_warn(ld, track_where(d, t), "%s: with nopreempt the "
		    "weight of %s never brings the role here, and takes it "
		    "away only when the others preempt; a check without "
		    "weight always does", d->c->name, t->name);
}

/* A weight that the ends of the scale swallow; one is told. */
static void
rule_weights(struct load *ld, const struct inst_def *d)
{
	const struct conf_track	*t;
	struct range		 all;

	if (d->c->priority == PRIO_OWNER)
		return;			/* such a weight has been reported */
	all = inst_range(d->c);
	TAILQ_FOREACH(t, &d->c->tracks, entry)
		if (weight_useless(ld, d, t, &all))
			return;
	TAILQ_FOREACH(t, &d->c->tracks, entry)
		if (weight_cut(ld, d, t, &all))
			return;
}

/*
 * Whatever the others say, does this one move anything? From 254 on nothing
 * is added, and from 1 on nothing is taken away.
 */
static bool
weight_useless(struct load *ld, const struct inst_def *d,
    const struct conf_track *t, const struct range *all)
{
	struct range	 r = track_range(t);
	int		 prio = d->c->priority;
	bool		 up, down;

	up = r.hi > 0 && prio + all->lo - r.lo < PRIO_MAX;
	down = r.lo < 0 && prio + all->hi - r.hi > PRIO_MIN;
	if (t->weight == 0 || !r.sure || up || down)
		return (false);
	diag_warn(ld, track_where(d, t), "%s: the weight of %s changes "
	    "nothing: the priority is %d with and without it (%d is the %s)",
	    d->c->name, t->name, prio, r.hi > 0 ? PRIO_MAX : PRIO_MIN,
	    r.hi > 0 ? "most" : "least");
	return (true);
}

/* While all is well, is the failure of this one seen in full? */
static bool
weight_cut(struct load *ld, const struct inst_def *d,
    const struct conf_track *t, const struct range *all)
{
	struct range	 r = track_range(t);
	int		 most = d->c->priority + all->hi, rest;

	if (!all->sure || r.hi <= 0 || most <= PRIO_MAX)
		return (false);
	rest = PRIO_MAX - (most - r.hi);
	if (rest <= 0)
		diag_warn(ld, track_where(d, t), "%s: the priority and the "
		    "weights reach %d, but %d is the most: %s alone changes "
		    "nothing", d->c->name, most, PRIO_MAX, t->name);
	else
		diag_warn(ld, track_where(d, t), "%s: the priority and the "
		    "weights reach %d, but %d is the most: of the weight %d "
		    "of %s only %d counts", d->c->name, most, PRIO_MAX,
		    r.hi, t->name, rest);
	return (true);
}

/* The sign says when a weight counts; reverse turns what it adds. */
static struct range
track_range(const struct conf_track *t)
{
	struct range	 r = { ADD_MIN, ADD_MAX, false };
	int		 add;

	if (t->kind == CONF_TRACK_FILE)
		return (r);
	add = t->reverse ? -t->weight : t->weight;
	r.lo = add < 0 ? add : 0;
	r.hi = add > 0 ? add : 0;
	r.sure = true;
	return (r);
}

static struct range
inst_range(const struct conf_inst *c)
{
	const struct conf_track	*t;
	struct range		 all = { 0, 0, true }, r;

	TAILQ_FOREACH(t, &c->tracks, entry) {
		r = track_range(t);
		all.lo += r.lo;
		all.hi += r.hi;
		all.sure = all.sure && r.sure;
	}
	return (all);
}

/* Where it stands in the file. */
static struct where
track_where(const struct inst_def *d, const struct conf_track *t)
{
	const struct track_def	*def;

	TAILQ_FOREACH(def, &d->tracks, entry)
		if (def->kind == t->kind && strcmp(def->name, t->name) == 0)
			return (def->weighted ? def->weight_at : def->at);
	return (d->at);
}

static void
rule_owner_delay(struct load *ld, const struct inst_def *d)
{
	const struct conf_inst	*c = d->c;

	if (c->priority == PRIO_OWNER && c->preempt_delay_us != 0)
		diag_warn(ld, d->set[KI_PREEMPT_DELAY], "%s: preempt_delay "
		    "with priority 255: for %g s more another router answers "
		    "for addresses that this one owns", c->name,
		    seconds(c->preempt_delay_us));
}

static void
rule_one_advert(struct load *ld, const struct inst_def *d)
{
	if (d->c->down_timer_adverts != 1)
		return;
	diag_warn(ld, d->set[KI_DOWN_ADVERTS].src != NULL ?
	    d->set[KI_DOWN_ADVERTS] : d->at, "%s: with down_timer_adverts 1 a "
	    "single lost advertisement makes a second master", d->c->name);
}

/* A VIP that stands in another part of the same instance, too. */
static void
rule_vip_place(struct load *ld, const struct inst_def *d)
{
	const struct conf_inst	*c = d->c;
	const struct vip_def	*vd;
	const struct peer_def	*p;
	char			 buf[VADDR_STRLEN];

	TAILQ_FOREACH(vd, &d->vips, entry) {
		(void)vaddr_print(&vd->v->addr, buf, sizeof(buf));
		if (c->src.family != 0 && c->priority != PRIO_OWNER &&
		    vaddr_cmp(&c->src, &vd->v->addr) == 0)
			diag_warn(ld, vd->at, "%s: %s is also the address "
			    "that it sends from: there is none while it is "
			    "not master", c->name, buf);
		TAILQ_FOREACH(p, &d->peers, entry)
			if (vaddr_cmp(&p->peer.addr, &vd->v->addr) == 0)
				diag_warn(ld, vd->at, "%s: %s is also the "
				    "address of a peer: this router would "
				    "take it away from there", c->name, buf);
	}
}

/* The first and the last address of a subnet are nobody's. */
static void
rule_vip_net(struct load *ld, const struct inst_def *d)
{
	const struct vip_def	*vd;
	const struct vaddr	*a;
	uint32_t		 addr, mask;
	char			 buf[VADDR_STRLEN];

	TAILQ_FOREACH(vd, &d->vips, entry) {
		a = &vd->v->addr;
		if (a->family != AF_INET || a->plen == 0 || a->plen > 30 ||
		    vd->v->peer.family != 0)
			continue;
		addr = (uint32_t)a->bytes[0] << 24 | a->bytes[1] << 16 |
		    a->bytes[2] << 8 | a->bytes[3];
		mask = 0xffffffffU >> a->plen;
		if ((addr & mask) != 0 && (addr & mask) != mask)
			continue;
		diag_warn(ld, vd->at, "%s: %s is the %s address of its subnet",
		    d->c->name, vaddr_print_plen(a, buf, sizeof(buf)),
		    (addr & mask) == 0 ? "network" : "broadcast");
	}
}

static void
rule_timeout(struct load *ld, const struct script_def *s)
{
	const struct conf_script	*c = s->c;

	if (c->timeout_us > c->interval_us)
		diag_warn(ld, s->set[KS_TIMEOUT].src != NULL ?
		    s->set[KS_TIMEOUT] : s->at, "vrrp_script %s: timeout %g "
		    "is longer than interval %g: a run that hangs counts as "
		    "failed after %g s only, and those due meanwhile are left "
		    "out", c->name, seconds(c->timeout_us),
		    seconds(c->interval_us), seconds(c->timeout_us));
}

/* The weight may differ: it can stand in track_script. */
static void
rule_twins(struct load *ld, const struct script_def *s)
{
	const struct script_def	*o;

	TAILQ_FOREACH(o, &ld->scripts, entry) {
		if (o == s)
			return;
		if (o->c == NULL || !same_command(o->c, s->c))
			continue;
		diag_warn(ld, s->at, "vrrp_script %s is %s (line %u) by "
		    "another name: the command is run twice", s->c->name,
		    o->c->name, o->c->line);
		return;
	}
}

static bool
same_command(const struct conf_script *a, const struct conf_script *b)
{
	uint16_t	 i;

	if (a->cmd.argc != b->cmd.argc || a->interval_us != b->interval_us ||
	    a->timeout_us != b->timeout_us || a->rise != b->rise ||
	    a->fall != b->fall || strcmp(a->user.user, b->user.user) != 0 ||
	    strcmp(a->user.group, b->user.group) != 0)
		return (false);
	for (i = 0; i < a->cmd.argc; i++)
		if (strcmp(a->cmd.argv[i], b->cmd.argv[i]) != 0)
			return (false);
	return (true);
}

void
lint_numbers(struct load *ld)
{
	const struct inst_def	*d;
	const struct script_def	*s;
	bool			 auto_ok;

	auto_ok = lease_auto_ok(ld->conf);
	TAILQ_FOREACH(d, &ld->insts, entry) {
		number_takeover(ld, d);
		number_lease(ld, d, auto_ok);
	}
	TAILQ_FOREACH(s, &ld->scripts, entry)
		if (s->c != NULL)
			number_script(ld, s);
}

static void
number_takeover(struct load *ld, const struct inst_def *d)
{
	const struct conf_inst	*c = d->c;
	struct range		 r = inst_range(c);
	int			 lo = c->priority + r.lo;
	int			 hi = c->priority + r.hi;
	int64_t			 wait;

	if (c->start_master) {
		diag_note(ld, d->at, "%s: master at once: it owns the "
		    "addresses", c->name);
		return;
	}
	lo = lo < PRIO_MIN ? PRIO_MIN : lo;
	hi = hi > PRIO_MAX && c->priority != PRIO_OWNER ? PRIO_MAX : hi;
	wait = c->down_timer_adverts * c->adver_int_us;
	if (lo == hi)
		diag_note(ld, d->at, "%s: takeover takes %.2f s (%u x %g s + "
		    "%.2f s), after a proper stop %.2f s", c->name,
		    seconds(wait + skew_us(c, lo)), c->down_timer_adverts,
		    seconds(c->adver_int_us), seconds(skew_us(c, lo)),
		    seconds(skew_us(c, lo)));
	else
		diag_note(ld, d->at, "%s: takeover takes %.2f to %.2f s "
		    "(%u x %g s + %.2f to %.2f s, for priority %d to %d), "
		    "after a proper stop %.2f to %.2f s", c->name,
		    seconds(wait + skew_us(c, hi)),
		    seconds(wait + skew_us(c, lo)), c->down_timer_adverts,
		    seconds(c->adver_int_us), seconds(skew_us(c, hi)),
		    seconds(skew_us(c, lo)), hi, lo, seconds(skew_us(c, hi)),
		    seconds(skew_us(c, lo)));
}

/* Skew_Time of the protocol. */
static int64_t
skew_us(const struct conf_inst *c, int prio)
{
	return ((256 - prio) * (c->version == 2 ? US_PER_SEC :
	    c->adver_int_us) / 256);
}

static double
seconds(int64_t us)
{
	return ((double)us / US_PER_SEC);
}

/* After a crash: is the kernel done before another router takes over? */
static void
number_lease(struct load *ld, const struct inst_def *d, bool auto_ok)
{
	const struct conf_inst	*c = d->c;
	int64_t			 lease, wait;

	wait = c->down_timer_adverts * c->adver_int_us +
	    skew_us(c, c->priority);
	if (c->vip_lease == LEASE_OFF || (c->vip_lease == LEASE_AUTO &&
	    !auto_ok)) {
		diag_note(ld, d->at, "%s: without vip_lease the addresses "
		    "stay when this router dies as a whole", c->name);
		return;
	}
	lease = c->vip_lease == LEASE_AUTO ? LEASE_AUTO_US :
	    c->vip_lease * US_PER_SEC;
	/* the skew of who takes over is not known, and as long as the rest */
	if (lease + US_PER_SEC <= c->down_timer_adverts * c->adver_int_us ||
	    lease + LEASE_LATE_US <= wait)
		return;
	diag_note(ld, d->set[KI_LEASE].src != NULL ? d->set[KI_LEASE] :
	    d->set[KI_ADVERT_INT].src != NULL ? d->set[KI_ADVERT_INT] : d->at,
	    "%s: when this router dies as a whole its addresses stay up to "
	    "%.2f s (vip_lease %g), and an equal one takes them after %.2f s: "
	    "for up to %.2f s both have them", c->name,
	    seconds(lease + LEASE_LATE_US), seconds(lease), seconds(wait),
	    seconds(lease + LEASE_LATE_US - wait));
}

static bool
lease_auto_ok(const struct conf *conf)
{
	const struct conf_inst	*c;
	const struct conf_vip	*v;
	uint32_t		 cnt4 = 0, cnt6 = 0;

	TAILQ_FOREACH(c, &conf->insts, entry) {
		if (c->vip_lease != LEASE_AUTO)
			continue;
		TAILQ_FOREACH(v, &c->vips, entry)
			if (v->addr.family == AF_INET)
				cnt4++;
			else
				cnt6++;
	}
	return (cnt4 <= LEASE_MAX4 && cnt6 <= LEASE_MAX6);
}

static void
number_script(struct load *ld, const struct script_def *s)
{
	const struct conf_script	*c = s->c;

	diag_note(ld, s->at, "vrrp_script %s: a failure counts after at most "
	    "%g s (%u x %g s + timeout %g s), a recovery after %g s", c->name,
	    seconds(c->fall * c->interval_us + c->timeout_us), c->fall,
	    seconds(c->interval_us), seconds(c->timeout_us),
	    seconds(c->rise * c->interval_us + c->timeout_us));
}
