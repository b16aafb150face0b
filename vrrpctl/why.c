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
 * "why": sentences about the role of an instance and its causes, made of the
 * same rows that "show" prints. Runs in: vrrpctl.
 */

#include <err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "view.h"

#define OBJECTS_MAX	65536	/* that a daemon is believed to have */
#define TRACKS_MAX	1024

struct why {
	struct ctl_script *objects;
	size_t		 object_cnt;
	struct ctl_track *tracks;	/* of the present instance */
	size_t		 track_cnt;
	struct ctl_inst	 inst;
	struct ctl_detail detail;
	bool		 has_inst;
	bool		 has_detail;
	uint64_t	 late;
	char		 misfits[TEXT_LEN];	/* "another password 5, ..." */
};

/* Why advertisements of other routers did not count. */
static const struct {
	const char	*counter;
	const char	*text;
} misfits[] = {
	{ "version_errors", "another version" },
	{ "auth_type_mismatch", "another authentication" },
	{ "auth_failures", "another password" },
	{ "advert_interval_errors", "another interval" },
	{ "address_list_errors", "other addresses" },
	{ "checksum_errors", "a wrong checksum" },
	{ "ip_ttl_errors", "a TTL below 255" },
	{ "peer_errors", "no peer of ours" },
	{ "destination_errors", "another destination" }
};

static void	*grow(void *, size_t, size_t, size_t);
static void	 say(struct view *, const char *, const char *, ...)
		    __printflike(3, 4);
static void	 say_priority(struct view *);
static void	 say_track(struct view *, const struct ctl_track *);
static void	 say_object(struct view *, const struct ctl_track *,
		    char *, size_t);
static void	 say_flip(const struct ctl_script *, char *, size_t);
static void	 say_role(struct view *);
static void	 say_backup(struct view *);
static void	 say_heard(struct view *);
static void	 say_misfits(struct view *);
static void	 say_late(struct view *);
static void	 say_hold(struct view *);
static void	 say_next(struct view *);
static void	 next_backup(struct view *);
static void	 next_master(struct view *);
static double	 seconds(int64_t);

static double
seconds(int64_t us)
{
	return ((double)us / (double)US_PER_SEC);
}

void
why_begin(struct view *v)
{
	if ((v->facts = calloc(1, sizeof(*v->facts))) == NULL)
		err(1, NULL);
}

void
why_end(struct view *v)
{
	free(v->facts->objects);
	free(v->facts->tracks);
	free(v->facts);
	v->facts = NULL;
}

/* Room for one more; dies without memory. */
static void *
grow(void *list, size_t cnt, size_t size, size_t max)
{
	if (cnt >= max)
		errx(1, "more rows than can be");
	if ((cnt & (cnt - 1)) != 0)
		return (list);
	list = reallocarray(list, cnt == 0 ? 1 : cnt * 2, size);
	if (list == NULL)
		err(1, NULL);
	return (list);
}

void
why_object(struct view *v, const struct ctl_script *c)
{
	struct why	*w = v->facts;

	w->objects = grow(w->objects, w->object_cnt, sizeof(*w->objects),
	    OBJECTS_MAX);
	w->objects[w->object_cnt++] = *c;
}

void
why_inst(struct view *v, const struct ctl_inst *c)
{
	struct why	*w = v->facts;

	w->inst = *c;
	w->has_inst = true;
	w->has_detail = false;
	w->track_cnt = 0;
	w->late = 0;
	w->misfits[0] = '\0';
}

void
why_detail(struct view *v, const struct ctl_detail *d)
{
	v->facts->detail = *d;
	v->facts->has_detail = true;
}

void
why_track(struct view *v, const struct ctl_track *c)
{
	struct why	*w = v->facts;

	w->tracks = grow(w->tracks, w->track_cnt, sizeof(*w->tracks),
	    TRACKS_MAX);
	w->tracks[w->track_cnt++] = *c;
}

void
why_counter(struct view *v, const struct ctl_counter *c)
{
	struct why	*w = v->facts;
	char		 part[64];
	size_t		 n;

	if (strcmp(c->name, "late_wakeups") == 0)
		w->late = c->value;
	for (n = 0; n < sizeof(misfits) / sizeof(misfits[0]); n++) {
		if (c->value == 0 || strcmp(c->name, misfits[n].counter) != 0)
			continue;
		(void)snprintf(part, sizeof(part), "%s%s %llu",
		    w->misfits[0] != '\0' ? ", " : "", misfits[n].text,
		    (unsigned long long)c->value);
		(void)strlcat(w->misfits, part, sizeof(w->misfits));
	}
}

void
why_tell(struct view *v)
{
	struct why	*w = v->facts;
	size_t		 i;

	if (!w->has_inst || !w->has_detail)
		return;
	say_role(v);
	say_priority(v);
	for (i = 0; i < w->track_cnt; i++)
		say_track(v, &w->tracks[i]);
	if (w->detail.faults[0] != '\0')
		say(v, "fault", "%s", w->detail.faults);
	say_hold(v);
	say_heard(v);
	say_misfits(v);
	say_late(v);
	say_next(v);
	w->has_inst = false;
}

static void
say(struct view *v, const char *topic, const char *fmt, ...)
{
	va_list	 ap;
	char	 text[TEXT_LEN * 2];

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	v->ops->say(v, topic, text);
}

static void
say_role(struct view *v)
{
	const struct ctl_inst	*c = &v->facts->inst;
	const struct ctl_detail	*d = &v->facts->detail;

	if (c->state == SHOW_BACKUP)
		say_backup(v);
	else if (c->state == SHOW_MASTER && c->handing_over)
		say(v, "role", "It gives up the role and keeps the addresses "
		    "until another router has spoken.");
	else if (c->state == SHOW_MASTER && c->vips_installed < c->vips)
		say(v, "role", "It is the master, but only %u of its %u "
		    "addresses are installed.", c->vips_installed, c->vips);
	else if (c->state == SHOW_MASTER)
		say(v, "role", "It is the master and has all of its addresses "
		    "(%u).", c->vips);
	else if (d->faults[0] != '\0')
		say(v, "role", "It cannot run before the fault below is "
		    "over.");
	else
		say(v, "role", "It does not run.");
	if (c->group[0] != '\0')
		say(v, "group", "It changes its role together with sync group "
		    "%s (vrrpctl show groups).", c->group);
	if (d->rival[0] != '\0')
		say(v, "rival", "Another host announced an address of ours: "
		    "%s.", d->rival);
}

static void
say_backup(struct view *v)
{
	const struct ctl_inst	*c = &v->facts->inst;
	const struct ctl_detail	*d = &v->facts->detail;
	char			 addr[VADDR_STRLEN];

	if (c->master.family == 0) {
		say(v, "role", "No master was heard yet; it waits before it "
		    "takes the role.");
		return;
	}
	(void)vaddr_print(&c->master, addr, sizeof(addr));
	if (d->skewing)
		say(v, "role", "The master %s gave up its role; this router "
		    "is about to take it.", addr);
	else if (c->master_priority > c->priority)
		say(v, "role", "The master %s advertises priority %u, ours is "
		    "%u.", addr, c->master_priority, c->priority);
	else if (c->master_priority == c->priority)
		say(v, "role", "The master %s advertises our priority %u, and "
		    "a backup does not preempt an equal.", addr,
		    c->priority);
	else if (d->nopreempt)
		say(v, "role", "The master %s has the lower priority %u, ours "
		    "is %u, but nopreempt lets it stay.", addr,
		    c->master_priority, c->priority);
	else if (d->preempt_us > v->now_us)
		say(v, "role", "The master %s has the lower priority %u; "
		    "preempt_delay lets it stay for another %.2f s.", addr,
		    c->master_priority, seconds(d->preempt_us - v->now_us));
	else
		say(v, "role", "The master %s has the lower priority %u, ours "
		    "is %u: it is about to be preempted.", addr,
		    c->master_priority, c->priority);
}

/* 80 = 100 configured - 20 script chk_pg */
static void
say_priority(struct view *v)
{
	const struct why	*w = v->facts;
	const struct ctl_track	*t;
	char			 text[TEXT_LEN], part[NAME_LEN + 32];
	char			 base[32];
	int			 sum;
	size_t			 i;

	(void)snprintf(base, sizeof(base), "%u configured",
	    w->inst.base_priority);
	(void)strlcpy(text, base, sizeof(text));
	sum = w->inst.base_priority;
	for (i = 0; i < w->track_cnt; i++) {
		t = &w->tracks[i];
		if (t->contribution == 0)
			continue;
		(void)snprintf(part, sizeof(part), " %c %d %s %s",
		    t->contribution < 0 ? '-' : '+', abs(t->contribution),
		    word_track(t->kind), t->name);
		(void)strlcat(text, part, sizeof(text));
		sum += t->contribution;
	}
	if (w->inst.hold != CTL_HOLD_NONE)
		say(v, "priority", "%u is advertised because of the %s; "
		    "otherwise %s.", w->inst.priority,
		    word_hold(w->inst.hold), text);
	else if (sum != w->inst.priority)
		say(v, "priority", "%u: %s, which makes %d, and the limits "
		    "are 1 and 254, and 255 for an owner.", w->inst.priority,
		    text, sum);
	else if (strcmp(text, base) == 0)
		say(v, "priority", "%u, as configured.", w->inst.priority);
	else
		say(v, "priority", "%u = %s.", w->inst.priority, text);
}

static void
say_track(struct view *v, const struct ctl_track *t)
{
	char	 text[TEXT_LEN * 2], effect[64];

	text[0] = '\0';
	if (t->kind == TRACK_FILE && t->weight == 0)
		(void)strlcpy(effect, "a fault unless 0", sizeof(effect));
	else if (t->weight == 0)
		(void)snprintf(effect, sizeof(effect), "a fault when %s",
		    t->reverse ? "good" : "bad");
	else
		(void)snprintf(effect, sizeof(effect), "weight %d%s, now %+d",
		    t->weight, t->reverse ? " reverse" : "", t->contribution);
	if (t->kind == TRACK_FILE)
		(void)snprintf(text, sizeof(text), ", value %d", t->value);
	else if (t->kind == TRACK_PROCESS)
		(void)snprintf(text, sizeof(text), ", %d running", t->value);
	if (t->kind != TRACK_IFACE)
		say_object(v, t, text, sizeof(text));
	say(v, "tracked", "%s %s is %s (%s)%s.", word_track(t->kind), t->name,
	    word_status(t->status), effect, text);
}

/* How its last run ended, in its own words, and what it still lacks. */
static void
say_object(struct view *v, const struct ctl_track *t, char *buf, size_t size)
{
	const struct why	*w = v->facts;
	const struct ctl_script	*o = NULL;
	char			 part[TEXT_LEN + 64], ago[FORMAT_LEN];
	size_t			 i;

	for (i = 0; i < w->object_cnt; i++) {
		if (w->objects[i].kind == t->kind &&
		    strcmp(w->objects[i].name, t->name) == 0)
			o = &w->objects[i];
	}
	if (o == NULL)
		return;
	if (t->kind == TRACK_SCRIPT && o->exit_kind == EXIT_NONE)
		(void)strlcat(buf, ", has not ended yet", size);
	else if (t->kind == TRACK_SCRIPT) {
		(void)snprintf(part, sizeof(part), ", last %s %d %s",
		    word_exit(o->exit_kind), o->exit_code, format_ago(ago,
		    sizeof(ago), v, o->last_start_us));
		(void)strlcat(buf, part, size);
		say_flip(o, buf, size);
	}
	if (o->output[0] == '\0')
		return;
	(void)snprintf(part, sizeof(part), ", it said \"%s\"", o->output);
	(void)strlcat(buf, part, size);
}

/* How far it is from another verdict. */
static void
say_flip(const struct ctl_script *o, char *buf, size_t size)
{
	char	 part[128];

	if (o->status == TRACK_GOOD)
		(void)snprintf(part, sizeof(part), ", %u of the %u failures "
		    "in a row that make it bad", o->count, o->fall);
	else
		(void)snprintf(part, sizeof(part), ", %u of the %u good runs "
		    "in a row that make it good", o->count, o->rise);
	(void)strlcat(buf, part, size);
}

static void
say_hold(struct view *v)
{
	const struct ctl_inst	*c = &v->facts->inst;
	const struct ctl_detail	*d = &v->facts->detail;
	char			 ago[FORMAT_LEN], end[FORMAT_LEN + 16];

	if (c->hold == CTL_HOLD_NONE)
		return;
	if (strcmp(d->hold_by, "maintenance") == 0) {
		say(v, "hold", "The host is in maintenance, until \"vrrpctl "
		    "maintenance off\".");
		return;
	}
	if (c->hold_until_us < 0)
		(void)strlcpy(end, "until it is ended", sizeof(end));
	else
		(void)snprintf(end, sizeof(end), "for another %.2f s",
		    seconds(c->hold_until_us > v->now_us ? c->hold_until_us -
		    v->now_us : 0));
	say(v, "hold", "%s was asked for by %s%s%s; it lasts %s.",
	    word_hold(c->hold), d->hold_by[0] != '\0' ? d->hold_by :
	    "an earlier engine", d->hold_at_us < 0 ? "" : ", ",
	    d->hold_at_us < 0 ? "" : format_ago(ago, sizeof(ago), v,
	    d->hold_at_us), end);
}

static void
say_heard(struct view *v)
{
	const struct ctl_inst	*c = &v->facts->inst;
	const struct ctl_detail	*d = &v->facts->detail;
	char			 gaps[TEXT_LEN], part[48], ago[FORMAT_LEN];
	char			 addr[VADDR_STRLEN];
	int			 n;

	if (c->state != SHOW_BACKUP || c->master.family == 0 ||
	    d->last_advert_us < 0)
		return;
	gaps[0] = '\0';
	for (n = 0; n < CTL_GAPS && d->gap_us[n] >= 0; n++) {
		(void)snprintf(part, sizeof(part), "%s%.3f s",
		    n != 0 ? ", " : d->gap_us[1] < 0 ?
		    "; the last gap was " : "; the last gaps were ",
		    seconds(d->gap_us[n]));
		(void)strlcat(gaps, part, sizeof(gaps));
	}
	say(v, "heard", "The last advertisement came from %s with priority "
	    "%u, %s, one is due every %.2f s%s.", vaddr_print(&c->master,
	    addr, sizeof(addr)), c->master_priority, format_ago(ago,
	    sizeof(ago), v, d->last_advert_us), seconds(d->master_int_us),
	    gaps);
}

/* A backup that has "heard no master" may have heard all of it. */
static void
say_misfits(struct view *v)
{
	if (v->facts->misfits[0] != '\0')
		say(v, "heard", "Advertisements did not fit ours: %s; vrrpctl "
		    "doctor says what to do.", v->facts->misfits);
}

static void
say_late(struct view *v)
{
	const struct why	*w = v->facts;
	double			 worst = seconds(w->detail.late_max_us) * 1000;

	if (w->late == 0)
		say(v, "lateness", "The engine's worst wake-up was %.1f ms "
		    "late, never too late for this role.", worst);
	else
		say(v, "lateness", "The engine's worst wake-up was %.1f ms "
		    "late; this instance was too late for its role %llu "
		    "time%s.", worst, (unsigned long long)w->late,
		    w->late == 1 ? "" : "s");
}

static void
say_next(struct view *v)
{
	if (v->facts->inst.state == SHOW_BACKUP)
		next_backup(v);
	else if (v->facts->inst.state == SHOW_MASTER)
		next_master(v);
	else
		say(v, "next", "If the master died now, this router would not "
		    "take its place.");
}

/* By the engine's own deadline. */
static void
next_backup(struct view *v)
{
	const struct ctl_detail	*d = &v->facts->detail;
	int64_t			 left = d->due_us - v->now_us;

	if (d->due_us < 0)
		return;
	if (left < 0)
		left = 0;
	say(v, "next", "If nothing more were heard of the master, this router "
	    "would take the role in %.2f s%s: it waits %.2f s after the last "
	    "advertisement (%.2f s and a skew of %.2f s), and %.2f s after "
	    "one with priority 0.", seconds(left),
	    v->facts->inst.group[0] != '\0' ? ", if its group could" : "",
	    seconds(d->down_us), seconds(d->down_us - d->skew_us),
	    seconds(d->skew_us), seconds(d->skew_us));
}

/* Others' priorities are not known; their skew is below an interval. */
static void
next_master(struct view *v)
{
	const struct ctl_detail	*d = &v->facts->detail;
	int64_t			 silent = d->down_us - d->skew_us;
	int64_t			 skew = v->facts->inst.version == 2 ?
				    US_PER_SEC : d->adver_int_us;

	say(v, "next", "If this router died now, a backup with its settings "
	    "would take the role %.2f to %.2f s after our last advertisement, "
	    "the sooner the higher its priority; after a regular stop within "
	    "%.2f s. The next advertisement is due in %.2f s.",
	    seconds(silent), seconds(silent + skew), seconds(skew),
	    seconds(d->due_us > v->now_us ? d->due_us - v->now_us : 0));
}
