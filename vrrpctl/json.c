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

/* Answers as JSON; vrrpctl(8) says what is in it. Runs in: vrrpctl. */

#include <sys/socket.h>

#include <err.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../vrrpe/fsm.h"
#include "ctl.h"
#include "view.h"

#define JSON_SCHEMA	1
#define JSON_FORM	(JSON_INDENT(2) | JSON_PRESERVE_ORDER |		\
			    JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15))

struct tree {
	json_t	*root;
	json_t	*inst;		/* the one that rows belong to; borrowed */
};

static void	 json_begin(struct view *);
static void	 json_daemon(struct view *, const struct ctl_daemon *);
static void	 json_inst(struct view *, const struct ctl_inst *);
static void	 json_detail(struct view *, const struct ctl_detail *);
static void	 json_vip(struct view *, const struct ctl_vip *);
static void	 json_track(struct view *, const struct ctl_track *);
static void	 json_counter(struct view *, const struct ctl_counter *);
static void	 json_iface(struct view *, const struct ctl_iface *);
static void	 json_script(struct view *, const struct ctl_script *);
static void	 json_group(struct view *, const struct ctl_group *);
static void	 json_member(struct view *, const struct ctl_member *);
static void	 json_event(struct view *, const struct ctl_event *);
static void	 json_trace(struct view *, const char *);
static void	 json_engine(struct view *, const struct ctl_daemon *);
static void	 json_note(struct view *, const struct ctl_note *);
static void	 json_say(struct view *, const char *, const char *);
static void	 json_msg(struct view *, const struct ctl_msg *);
static void	 json_result(struct view *, const char *,
		    const struct ctl_result *);
static void	 json_end(struct view *);
static void	 detail_seen(const struct view *, json_t *,
		    const struct ctl_detail *);
static void	 detail_times(const struct view *, json_t *,
		    const struct ctl_detail *);
static json_t	*must(json_t *);
static void	 set(json_t *, const char *, json_t *);
static void	 set_text(json_t *, const char *, const char *);
static void	 set_number(json_t *, const char *, uint64_t);
static void	 set_bool(json_t *, const char *, bool);
static void	 set_length(json_t *, const char *, int64_t);
static void	 set_past(const struct view *, json_t *, const char *,
		    int64_t);
static void	 set_future(const struct view *, json_t *, const char *,
		    int64_t);
static void	 set_addr(json_t *, const char *, const struct vaddr *, bool);
static json_t	*text_value(const char *);
static json_t	*new_row(json_t *, const char *);
static json_t	*inst_of(struct view *);

static const struct view_ops json_ops = {
	json_begin, json_daemon, json_inst, json_detail, json_vip, json_track,
	json_counter, json_iface, json_script, json_group, json_member,
	json_event, json_trace, json_engine, json_say, json_note,
	json_msg, json_result,
	json_end
};

const struct view_ops *
view_json(void)
{
	return (&json_ops);
}

static json_t *
must(json_t *value)
{
	if (value == NULL)
		errx(1, "out of memory");
	return (value);
}

/* Takes value over. */
static void
set(json_t *obj, const char *key, json_t *value)
{
	if (json_object_set_new(obj, key, must(value)) == -1)
		errx(1, "out of memory");
}

/* What is not UTF-8 is made printable: JSON has nothing else. */
static json_t *
text_value(const char *text)
{
	char	 safe[4096];
	json_t	*value;

	if ((value = json_string(text)) != NULL)
		return (value);
	return (must(json_string(format_safe(safe, sizeof(safe), text))));
}

static void
set_text(json_t *obj, const char *key, const char *text)
{
	set(obj, key, text_value(text));
}

static void
set_number(json_t *obj, const char *key, uint64_t value)
{
	set(obj, key, json_integer(value > INT64_MAX ? INT64_MAX :
	    (json_int_t)value));
}

static void
set_bool(json_t *obj, const char *key, bool value)
{
	set(obj, key, json_boolean(value));
}

/* A length of time, in seconds; null: none. */
static void
set_length(json_t *obj, const char *key, int64_t us)
{
	set(obj, key, us < 0 ? json_null() :
	    json_real((double)us / (double)US_PER_SEC));
}

/* A point in time as "KEY_s", and how long ago as "KEY_ago_s". */
static void
set_past(const struct view *v, json_t *obj, const char *key, int64_t us)
{
	char	 name[FORMAT_LEN];

	(void)snprintf(name, sizeof(name), "%s_s", key);
	set_length(obj, name, us);
	(void)snprintf(name, sizeof(name), "%s_ago_s", key);
	set_length(obj, name, us < 0 ? -1 : us > v->now_us ? 0 :
	    v->now_us - us);
}

static void
set_future(const struct view *v, json_t *obj, const char *key, int64_t us)
{
	char	 name[FORMAT_LEN];

	(void)snprintf(name, sizeof(name), "%s_s", key);
	set_length(obj, name, us);
	(void)snprintf(name, sizeof(name), "%s_in_s", key);
	set_length(obj, name, us < 0 ? -1 : us < v->now_us ? 0 :
	    us - v->now_us);
}

static void
set_addr(json_t *obj, const char *key, const struct vaddr *addr, bool plen)
{
	char	 text[VADDR_STRLEN];

	if (addr->family == 0)
		set(obj, key, json_null());
	else if (plen)
		set_text(obj, key, vaddr_print_plen(addr, text,
		    sizeof(text)));
	else
		set_text(obj, key, vaddr_print(addr, text, sizeof(text)));
}

/* An object at the end of obj's array of that name; borrowed. */
static json_t *
new_row(json_t *obj, const char *array)
{
	json_t	*list, *row;

	if ((list = json_object_get(obj, array)) == NULL) {
		set(obj, array, json_array());
		list = json_object_get(obj, array);
	}
	row = must(json_object());
	if (json_array_append_new(list, row) == -1)
		errx(1, "out of memory");
	return (row);
}

static void
json_begin(struct view *v)
{
	struct tree	*t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		err(1, NULL);
	v->priv = t;
	t->root = must(json_object());
	set_number(t->root, "schema", JSON_SCHEMA);
}

static void
json_end(struct view *v)
{
	static const char *const lists[] = {
		[ACT_SHOW] = "instances",
		[ACT_SHOW_INST] = "instances",
		[ACT_SHOW_COUNTERS] = "instances",
		[ACT_SHOW_TRACE] = "trace",
		[ACT_WHY] = "instances",
		[ACT_SHOW_IFACES] = "interfaces",
		[ACT_SHOW_SCRIPTS] = "scripts",
		[ACT_SHOW_GROUPS] = "groups",
		[ACT_HISTORY] = "history",
		[ACT_CHECK] = NULL
	};
	struct tree	*t = v->priv;

	/* An empty answer has an empty array, not none. */
	if (lists[v->action] != NULL &&
	    json_object_get(t->root, lists[v->action]) == NULL)
		set(t->root, lists[v->action], json_array());
	set_bool(t->root, "complete", v->complete);
	if (v->action != ACT_MONITOR) {
		if (json_dumpf(t->root, v->fp, JSON_FORM) == -1)
			warnx("JSON was not written");
		fprintf(v->fp, "\n");
	}
	json_decref(t->root);
	free(t);
	v->priv = NULL;
}

static void
json_daemon(struct view *v, const struct ctl_daemon *d)
{
	struct tree	*t = v->priv;

	if (v->action != ACT_SHOW)
		return;
	set_text(t->root, "build", d->build);
	set_text(t->root, "router_id", d->router_id);
	set_number(t->root, "generation", d->gen);
	set_number(t->root, "warnings", d->warnings);
	set_length(t->root, "now_s", d->now_us);
	set_past(v, t->root, "started", d->started_us);
	set_past(v, t->root, "loaded", d->loaded_us);
	set_number(t->root, "engine_restarts", d->engine_restarts);
	set_number(t->root, "instance_count", d->instances);
	set_length(t->root, "late_max_s", d->late_max_us);
	set_bool(t->root, "maintenance", d->maintenance);
	set_future(v, t->root, "confirm", d->confirm_us);
}

static void
json_inst(struct view *v, const struct ctl_inst *c)
{
	struct tree	*t = v->priv;
	json_t		*o;

	t->inst = o = new_row(t->root, "instances");
	set_text(o, "name", c->name);
	if (v->action == ACT_SHOW_COUNTERS)
		return;
	set_number(o, "id", c->id);
	set_text(o, "interface", c->ifname);
	if (c->group[0] == '\0')
		set(o, "sync_group", json_null());
	else
		set_text(o, "sync_group", c->group);
	set_number(o, "vrid", c->vrid);
	set_number(o, "vrrp_version", c->version);
	set_text(o, "family", c->family == AF_INET6 ? "ipv6" : "ipv4");
	set_text(o, "state", word_state(c->state));
	set_text(o, "reason", c->reason);
	set_past(v, o, "since", c->since_us);
	set_number(o, "priority", c->priority);
	set_number(o, "base_priority", c->base_priority);
	set_addr(o, "master", &c->master, false);
	if (c->master.family == 0)
		set(o, "master_priority", json_null());
	else
		set_number(o, "master_priority", c->master_priority);
	set_number(o, "addresses", c->vips);
	set_number(o, "addresses_installed", c->vips_installed);
	set_text(o, "hold", word_hold(c->hold));
	set_future(v, o, "hold_until", c->hold == CTL_HOLD_NONE ? -1 :
	    c->hold_until_us);
	set_bool(o, "handing_over", c->handing_over);
}

/* Rows before the first instance are nobody's. */
static json_t *
inst_of(struct view *v)
{
	struct tree	*t = v->priv;

	if (t->inst == NULL)
		t->inst = new_row(t->root, "instances");
	return (t->inst);
}

static void
json_detail(struct view *v, const struct ctl_detail *d)
{
	json_t	*o;

	if (v->action != ACT_SHOW_INST && v->action != ACT_WHY)
		return;
	o = inst_of(v);
	set_text(o, "hold_by", d->hold_by);
	set_text(o, "faults", d->faults);
	set_text(o, "rival", d->rival);
	set_past(v, o, "rival_heard", d->rival[0] != '\0' ? d->rival_us :
	    -1);
	set_bool(o, "nopreempt", d->nopreempt);
	set_bool(o, "owner", d->owner);
	set_bool(o, "accept", d->accept);
	set_text(o, "authentication", d->auth_type == 1 ? "pass" :
	    d->auth_type == 2 ? "ah" : "none");
	set_addr(o, "source", &d->src, false);
	set_number(o, "unicast_peers", d->peers);
	set_number(o, "transitions", d->transitions);
	detail_times(v, o, d);
	detail_seen(v, o, d);
	set_number(o, "addresses_wanted", d->vip.wanted);
	set_number(o, "addresses_failed", d->vip.failed);
	set_number(o, "addresses_errno", (uint64_t)d->vip.first_errno);
	set_number(o, "addresses_restored", d->vip.restored);
	set_number(o, "routes_wanted", d->vip.route_wanted);
	set_number(o, "routes_installed", d->vip.route_installed);
	set_number(o, "routes_failed", d->vip.route_failed);
	set_number(o, "routes_errno", (uint64_t)d->vip.route_errno);
	set_number(o, "routes_restored", d->vip.route_restored);
	set_number(o, "announcements", d->vip.announcements);
	set_length(o, "lease_s", d->vip.lease_s == 0 ? -1 :
	    d->vip.lease_s * US_PER_SEC);
	set(o, "virtual_addresses", json_array());
	set(o, "tracked", json_array());
	set(o, "counters", json_object());
}

static void
detail_times(const struct view *v, json_t *o, const struct ctl_detail *d)
{
	set_length(o, "advert_interval_s", d->adver_int_us);
	set_length(o, "master_interval_s", d->master_int_us);
	set_length(o, "skew_s", d->skew_us);
	set_length(o, "master_down_s", d->down_us);
	set_length(o, "preempt_delay_s", d->preempt_delay_us);
	set_future(v, o, "next_timer", d->due_us);
	set_past(v, o, "last_heard", d->last_advert_us);
	set_past(v, o, "last_sent", d->last_sent_us);
}

/* How regular the master and we ourselves are. */
static void
detail_seen(const struct view *v, json_t *o, const struct ctl_detail *d)
{
	json_t	*gaps;
	int	 n;

	set_bool(o, "master_gave_up", d->skewing);
	set_bool(o, "master_refused", d->refused);
	set_future(v, o, "preempt", d->preempt_us);
	set_past(v, o, "hold_began", d->hold_at_us);
	set_length(o, "late_max_s", d->late_max_us);
	gaps = must(json_array());
	for (n = 0; n < CTL_GAPS && d->gap_us[n] >= 0; n++) {
		if (json_array_append_new(gaps, must(json_real(
		    (double)d->gap_us[n] / (double)US_PER_SEC))) == -1)
			errx(1, "out of memory");
	}
	set(o, "master_gaps_s", gaps);
}

static void
json_vip(struct view *v, const struct ctl_vip *c)
{
	json_t	*o;

	if (v->action != ACT_SHOW_INST && v->action != ACT_WHY)
		return;
	o = new_row(inst_of(v), "virtual_addresses");
	set_addr(o, "address", &c->addr, true);
	set_text(o, "interface", c->ifname);
	set_bool(o, "excluded", c->excluded);
}

static void
json_track(struct view *v, const struct ctl_track *c)
{
	json_t	*o;

	if (v->action != ACT_SHOW_INST && v->action != ACT_WHY)
		return;
	o = new_row(inst_of(v), "tracked");
	set_text(o, "kind", word_track(c->kind));
	set_text(o, "name", c->name);
	set_text(o, "status", word_status(c->status));
	set(o, "weight", json_integer(c->weight));
	set_bool(o, "reverse", c->reverse);
	set(o, "contribution", json_integer(c->contribution));
	if (c->kind == TRACK_FILE || c->kind == TRACK_PROCESS)
		set(o, "value", json_integer(c->value));
}

static void
json_counter(struct view *v, const struct ctl_counter *c)
{
	json_t	*o, *counters;
	char	 name[NAME_LEN * 4];

	o = inst_of(v);
	if ((counters = json_object_get(o, "counters")) == NULL) {
		set(o, "counters", json_object());
		counters = json_object_get(o, "counters");
	}
	set_number(counters, format_safe(name, sizeof(name), c->name),
	    c->value);
}

static void
json_iface(struct view *v, const struct ctl_iface *c)
{
	static const struct {
		const char	*key;
		uint32_t	 flag;
	} flags[] = {
		{ "exists", LINK_F_EXISTS }, { "up", LINK_F_UP },
		{ "carrier", LINK_F_RUNNING }, { "loopback", LINK_F_LOOPBACK },
		{ "multicast", LINK_F_MULTICAST },
		{ "tentative", LINK_F_TENTATIVE }, { "noarp", LINK_F_NOARP }
	};
	const struct link_info	*l = &c->link;
	struct tree		*t = v->priv;
	json_t			*o;
	char			 mac[18];
	size_t			 i;

	o = new_row(t->root, "interfaces");
	set_text(o, "name", c->name);
	set_number(o, "index", l->ifindex);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		set_bool(o, flags[i].key, (l->flags & flags[i].flag) != 0);
	set_number(o, "mtu", l->mtu);
	(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x",
	    l->mac[0], l->mac[1], l->mac[2], l->mac[3], l->mac[4], l->mac[5]);
	set_text(o, "mac", mac);
	set_addr(o, "primary_ipv4", &l->primary4, false);
	set_addr(o, "link_local_ipv6", &l->linklocal6, false);
	set_number(o, "instances", c->instances);
	set_number(o, "trackers", c->trackers);
}

static void
json_script(struct view *v, const struct ctl_script *c)
{
	struct tree	*t = v->priv;
	json_t		*o;

	o = new_row(t->root, c->kind == TRACK_FILE ? "files" :
	    c->kind == TRACK_PROCESS ? "processes" : "scripts");
	set_text(o, "name", c->name);
	set_text(o, "user", c->user);
	set_text(o, "status", word_status(c->status));
	if (c->kind == TRACK_FILE || c->kind == TRACK_PROCESS) {
		set(o, "value", json_integer(c->value));
		set_past(v, o, "changed", c->last_start_us);
		set_number(o, "reads", c->runs);
		set_text(o, "output", c->output);
		return;
	}
	set_bool(o, "running", c->running);
	set_text(o, "last_end", word_exit(c->exit_kind));
	set(o, "last_code", json_integer(c->exit_code));
	set_number(o, "rise", c->rise);
	set_number(o, "fall", c->fall);
	set_number(o, "towards_flip", c->count);
	set_length(o, "interval_s", c->interval_us);
	set_length(o, "timeout_s", c->timeout_us);
	set_past(v, o, "last_start", c->last_start_us);
	set_length(o, "last_took_s", c->last_run_us);
	set_number(o, "runs", c->runs);
	set_number(o, "failures", c->failures);
	set_number(o, "timeouts", c->timeouts);
	set_number(o, "skipped", c->skipped);
	set_text(o, "output", c->output);
}

static void
json_group(struct view *v, const struct ctl_group *g)
{
	struct tree	*t = v->priv;
	json_t		*o;

	t->inst = o = new_row(t->root, "groups");
	set_text(o, "name", g->name);
	set_text(o, "state", word_state(g->state));
	set_text(o, "reason", g->reason);
	set_past(v, o, "since", g->since_us);
	set_bool(o, "handing_over", g->handing_over);
	set(o, "members", json_array());
}

static void
json_member(struct view *v, const struct ctl_member *c)
{
	struct tree	*t = v->priv;
	json_t		*o;

	if (t->inst == NULL)
		t->inst = new_row(t->root, "groups");
	o = new_row(t->inst, "members");
	set_text(o, "name", c->name);
	set_text(o, "interface", c->ifname);
	set_text(o, "state", word_state(c->state));
	set_number(o, "priority", c->priority);
	set_bool(o, "wants_master", c->wants);
	set_bool(o, "in_step", c->joined);
}

static void
json_event(struct view *v, const struct ctl_event *ev)
{
	struct tree	*t = v->priv;
	json_t		*o;
	char		 text[TEXT_LEN];
	bool		 inst = ev->name[0] != '\0';

	o = new_row(t->root, "history");
	set_number(o, "seq", ev->seq);
	set_text(o, "event", word_event(ev->kind));
	set_past(v, o, "at", ev->at_us);
	set_text(o, "cause", event_text(text, sizeof(text), ev));
	set(o, "name", inst ? text_value(ev->name) : json_null());
	set(o, "from", inst ? json_string(word_state(ev->old)) : json_null());
	set(o, "to", inst ? json_string(word_state(ev->state)) : json_null());
	set(o, "reason", ev->kind == EVENT_STATE ?
	    json_string(vr_reason_name(ev->reason)) : json_null());
	if (!inst)
		return;
	set_number(o, "priority", ev->priority);
	set_addr(o, "peer", &ev->peer, false);
	set_number(o, "peer_priority", ev->peer_priority);
	set_text(o, "hold", word_hold(ev->hold));
}

static void
json_trace(struct view *v, const char *text)
{
	struct tree	*t = v->priv;

	if (json_object_get(t->root, "trace") == NULL)
		set(t->root, "trace", json_array());
	if (json_array_append_new(json_object_get(t->root, "trace"),
	    text_value(text)) == -1)
		errx(1, "out of memory");
}

static void
json_engine(struct view *v, const struct ctl_daemon *d)
{
	struct tree	*t = v->priv;
	json_t		*o;
	unsigned int	 i;

	set(t->root, "engine", json_object());
	o = json_object_get(t->root, "engine");
	for (i = 0; i < ENG_CNT_MAX; i++)
		set_number(o, word_engine(i), d->cnt[i]);
}

static void
json_say(struct view *v, const char *topic, const char *text)
{
	json_t	*o;

	o = new_row(inst_of(v), "why");
	set_text(o, "topic", topic);
	set_text(o, "text", text);
}

/* A line of its own for each, since there is no end. */
static void
json_note(struct view *v, const struct ctl_note *n)
{
	json_t	*o;

	o = must(json_object());
	set_number(o, "schema", JSON_SCHEMA);
	set_length(o, "at_s", n->at_us);
	set_text(o, "event", word_note(n->kind));
	set(o, "name", n->name[0] != '\0' ? text_value(n->name) :
	    json_null());
	set_text(o, "text", n->text);
	set_number(o, "lost", n->lost);
	if (json_dumpf(o, v->fp, JSON_COMPACT | JSON_PRESERVE_ORDER |
	    JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15)) == -1)
		warnx("JSON was not written");
	fprintf(v->fp, "\n");
	json_decref(o);
}

static void
json_msg(struct view *v, const struct ctl_msg *c)
{
	static const char *const severities[] = { "note", "warning", "error" };
	struct tree		*t = v->priv;
	json_t			*o;

	o = new_row(t->root, "messages");
	set_text(o, "severity", severities[c->severity % 3]);
	set_text(o, "text", c->text);
}

static void
json_result(struct view *v, const char *name, const struct ctl_result *c)
{
	struct tree	*t = v->priv;
	json_t		*o;

	o = new_row(t->root, "results");
	set_text(o, "request", word_action(v->action));
	if (name[0] != '\0')
		set_text(o, "name", name);
	set_bool(o, "ok", c->code == CTL_OK);
	set_text(o, "code", word_code(c->code));
	set_length(o, "took_s", c->took_us);
	set_text(o, "text", c->text);
}
