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
 * Everything as OpenMetrics text: a family of samples after the other, as
 * tables say. Runs in: vrrpctl, vrrpctl-serve.
 */

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "forms.h"
#include "view.h"

#define SEC(us)		((double)(us) / (double)US_PER_SEC)

enum gauge {
	G_CODE = 0,
	G_AGE,
	G_PRIO,
	G_BASE_PRIO,
	G_MASTER_PRIO,
	G_HELD,
	G_HANDING,
	G_INTERVAL,
	G_MASTER_INTERVAL,
	G_DOWN,
	G_SENT_AGE,
	G_HEARD_AGE,
	G_GAP,
	G_VIPS,
	G_VIPS_IN,
	G_VIPS_BAD,
	G_LEASE,
	G_ROUTES,
	G_ROUTES_IN,
	G_ROUTES_BAD
};

enum source {
	S_COUNTER = 0,		/* the counter of that name */
	S_RESTORED,
	S_ROUTES_RESTORED,
	S_ANNOUNCEMENTS
};

/* Counters of adverts that were thrown away. */
static const struct {
	const char	*counter;
	const char	*reason;
} discards[] = {
	{ "packet_length_errors", "length" },
	{ "vrid_errors", "vrid" },
	{ "auth_type_mismatch", "auth_mismatch" },
	{ "ip_ttl_errors", "ttl" },
	{ "version_errors", "version" },
	{ "invalid_auth_type", "auth_type" },
	{ "auth_failures", "auth_failure" },
	{ "advert_interval_errors", "interval" },
	{ "invalid_type_received", "type" },
	{ "checksum_errors", "checksum" },
	{ "address_list_errors", "address_list" },
	{ "destination_errors", "destination" },
	{ "peer_errors", "peer" },
	{ "owner_ignored", "owner" }
};

static const struct {
	const char	*name;
	const char	*counter;
	enum source	 source;
	const char	*help;
} totals[] = {
	{ "vrrp_become_master", "become_master", S_COUNTER,
	    "Times that the instance became MASTER." },
	{ "vrrp_adverts_sent", "adverts_sent", S_COUNTER,
	    "Advertisements sent." },
	{ "vrrp_adverts_received", "adverts_received", S_COUNTER,
	    "Advertisements that passed every check." },
	{ "vrrp_priority_zero_sent", "priority_zero_sent", S_COUNTER,
	    "Advertisements sent that gave up the role." },
	{ "vrrp_priority_zero_received", "priority_zero_received", S_COUNTER,
	    "Advertisements received that gave up the role." },
	{ "vrrp_lower_priority_received", "lower_priority_received",
	    S_COUNTER, "Losing advertisements heard as MASTER." },
	{ "vrrp_answers_limited", "answers_limited", S_COUNTER,
	    "Losing advertisements left without an answer." },
	{ "vrrp_late_wakeups", "late_wakeups", S_COUNTER,
	    "Wake-ups later than two intervals." },
	{ "vrrp_send_errors", "send_errors", S_COUNTER,
	    "Advertisements that could not be sent." },
	{ "vrrp_rival_announcements", "rival_announcements", S_COUNTER,
	    "Announcements of our addresses by others." },
	{ "vrrp_addresses_restored", "", S_RESTORED,
	    "Addresses put back after others had removed them." },
	{ "vrrp_routes_restored", "", S_ROUTES_RESTORED,
	    "Routes and rules put back after others had removed them." },
	{ "vrrp_address_lease_refreshes", "lease_refreshes", S_COUNTER,
	    "Leases of addresses that were refreshed." },
	{ "vrrp_address_lease_refreshes_failed", "lease_refreshes_failed",
	    S_COUNTER, "Leases that the kernel did not refresh." },
	{ "vrrp_address_lease_refreshes_late", "lease_refreshes_late",
	    S_COUNTER, "Times that leases waited for the engine." },
	{ "vrrp_announcements_sent", "", S_ANNOUNCEMENTS,
	    "Gratuitous ARP and unsolicited NA sent." }
};

/* One name may stand in several lines, which then follow each other. */
static const struct {
	const char	*name;
	enum gauge	 gauge;
	const char	*kind;		/* NULL: no such label */
	const char	*help;
} gauges[] = {
	{ "vrrp_state_code", G_CODE, NULL,
	    "0 INIT or STOP, 1 BACKUP, 2 MASTER, 3 FAULT." },
	{ "vrrp_state_age_seconds", G_AGE, NULL,
	    "For how long it has been in this state." },
	{ "vrrp_priority", G_PRIO, "effective", "Priority." },
	{ "vrrp_priority", G_BASE_PRIO, "base", "" },
	{ "vrrp_master_priority", G_MASTER_PRIO, NULL,
	    "Priority of the master that is heard, or our own." },
	{ "vrrp_held", G_HELD, NULL,
	    "1 while a standby or takeover is in force." },
	{ "vrrp_handing_over", G_HANDING, NULL,
	    "1 while the role is being given away." },
	{ "vrrp_advert_interval_seconds", G_INTERVAL, "configured",
	    "Time between advertisements." },
	{ "vrrp_advert_interval_seconds", G_MASTER_INTERVAL, "in_force", "" },
	{ "vrrp_master_down_seconds", G_DOWN, NULL,
	    "Silence after which the master counts as down." },
	{ "vrrp_advert_sent_age_seconds", G_SENT_AGE, NULL,
	    "Time since an advertisement was sent." },
	{ "vrrp_advert_heard_age_seconds", G_HEARD_AGE, NULL,
	    "Time since an advertisement was heard." },
	{ "vrrp_advert_gap_seconds", G_GAP, NULL,
	    "Time between the last two advertisements of the master." },
	{ "vrrp_addresses", G_VIPS, "configured", "Virtual addresses." },
	{ "vrrp_addresses", G_VIPS_IN, "installed", "" },
	{ "vrrp_addresses", G_VIPS_BAD, "failed", "" },
	{ "vrrp_address_lease_seconds", G_LEASE, NULL,
	    "For how long the kernel keeps addresses that nobody renews; "
	    "0: for ever." },
	{ "vrrp_routes", G_ROUTES, "wanted", "Routes and rules." },
	{ "vrrp_routes", G_ROUTES_IN, "installed", "" },
	{ "vrrp_routes", G_ROUTES_BAD, "failed", "" }
};

static const struct {
	const char	*name;
	const char	*type;
	const char	*help;
} script_families[] = {
	{ "vrrp_script_up", "gauge", "1 if it counts as good, 0 if not." },
	{ "vrrp_script_running", "gauge", "1 while it runs." },
	{ "vrrp_script_runs", "counter", "Times that it was started." },
	{ "vrrp_script_failures", "counter", "Runs that failed." },
	{ "vrrp_script_timeouts", "counter", "Runs that took too long." },
	{ "vrrp_script_skipped", "counter", "Not started: it still ran." },
	{ "vrrp_script_last_run_seconds", "gauge", "Length of the last run." },
	{ "vrrp_script_run_seconds", "summary", "Lengths of all runs." },
	{ "vrrp_object_value", "gauge",
	    "Number in a tracked file, or how many processes run." }
};

static void	 of_daemon(FILE *, const struct snap *);
static void	 simple(FILE *, const char *, const char *, const char *,
		    double);
static void	 lateness(FILE *, const struct snap *);
static void	 reloads(FILE *, const struct snap *);
static void	 infos(FILE *, const struct snap *);
static void	 states(FILE *, const struct snap *);
static bool	 gauge(const struct snap *, const struct snap_inst *,
		    enum gauge, double *);
static bool	 gauge_more(const struct snap *, const struct ctl_detail *,
		    enum gauge, double *);
static double	 total(const struct snap_inst *, size_t);
static void	 inst_gauges(FILE *, const struct snap *);
static void	 inst_totals(FILE *, const struct snap *);
static void	 inst_reasons(FILE *, const struct snap *);
static void	 tracked(FILE *, const struct snap *);
static void	 scripts(FILE *, const struct snap *);
static void	 script(FILE *, size_t, const struct ctl_script *);
static void	 script_name(FILE *, const char *, const char *,
		    const struct ctl_script *);
static void	 groups(FILE *, const struct snap *);

void
metrics_print(FILE *fp, const struct snap *s)
{
	of_daemon(fp, s);
	lateness(fp, s);
	tallies_daemon(fp, s);
	reloads(fp, s);
	infos(fp, s);
	states(fp, s);
	inst_gauges(fp, s);
	inst_totals(fp, s);
	inst_reasons(fp, s);
	tallies_insts(fp, s);
	tracked(fp, s);
	scripts(fp, s);
	groups(fp, s);
	fprintf(fp, "# EOF\n");
}

static void
simple(FILE *fp, const char *name, const char *type, const char *help,
    double value)
{
	om_family(fp, name, type, help);
	fprintf(fp, "%s%s", name, strcmp(type, "counter") == 0 ? "_total" :
	    "");
	om_number(fp, value);
}

static void
of_daemon(FILE *fp, const struct snap *s)
{
	static const char *const ignored[][2] = {
		{ "short_packets", "short" },
		{ "unknown_vrid_packets", "unknown_vrid" },
		{ "own_packets", "own" }
	};
	const struct ctl_daemon	*d = &s->daemon;
	size_t			 n;

	om_family(fp, "vrrp_build", "info", "The daemon that runs.");
	fprintf(fp, "vrrp_build_info{");
	om_label(fp, true, "version", d->build);
	om_label(fp, false, "router_id", d->router_id);
	fprintf(fp, "} 1\n");
	simple(fp, "vrrp_engine_uptime_seconds", "gauge",
	    "For how long the engine has run.", SEC(d->now_us -
	    d->started_us));
	simple(fp, "vrrp_engine_restarts", "counter",
	    "Times that the engine was started anew.", d->engine_restarts);
	simple(fp, "vrrp_config_generation", "gauge",
	    "Number of the configuration, one more with each reload.",
	    d->gen);
	simple(fp, "vrrp_config_age_seconds", "gauge",
	    "For how long the configuration has run.", SEC(d->now_us -
	    d->loaded_us));
	simple(fp, "vrrp_config_warnings", "gauge",
	    "Warnings about the configuration that runs.", d->warnings);
	simple(fp, "vrrp_maintenance", "gauge",
	    "1 while the host is in maintenance.", d->maintenance);
	simple(fp, "vrrp_config_unconfirmed", "gauge",
	    "1 while a reload waits to be confirmed.", d->confirm_us >= 0);
	simple(fp, "vrrp_instances", "gauge", "Instances.", d->instances);
	simple(fp, "vrrp_control_connections", "gauge",
	    "Connections to the control sockets, this one included.",
	    (double)snap_counter(&s->counters, "control_connections"));
	simple(fp, "vrrp_packets_received", "counter",
	    "Packets received, whatever was in them.",
	    (double)snap_counter(&s->counters, "packets"));
	om_family(fp, "vrrp_packets_ignored", "counter",
	    "Packets that belong to no instance.");
	for (n = 0; n < sizeof(ignored) / sizeof(ignored[0]); n++) {
		fprintf(fp, "vrrp_packets_ignored_total{reason=\"%s\"}",
		    ignored[n][1]);
		om_number(fp, (double)snap_counter(&s->counters,
		    ignored[n][0]));
	}
}

/* How late timers come: what makes a router miss its own interval. */
static void
lateness(FILE *fp, const struct snap *s)
{
	static const int64_t	 edges[CTL_LATE_CNT] = CTL_LATE_EDGES;
	char			 name[NAME_LEN];
	uint64_t		 sum = 0;
	size_t			 n;

	om_family(fp, "vrrp_timer_lateness_seconds", "histogram",
	    "How late the timers of the engine came.");
	for (n = 0; n < CTL_LATE_CNT; n++) {
		(void)snprintf(name, sizeof(name), CTL_LATE "%lld",
		    (long long)edges[n]);
		sum += snap_counter(&s->counters, name);
		fprintf(fp, "vrrp_timer_lateness_seconds_bucket{le=\"%g\"} "
		    "%llu\n", SEC(edges[n]), (unsigned long long)sum);
	}
	sum += snap_counter(&s->counters, CTL_LATE_MORE);
	fprintf(fp, "vrrp_timer_lateness_seconds_bucket{le=\"+Inf\"} %llu\n"
	    "vrrp_timer_lateness_seconds_count %llu\n"
	    "vrrp_timer_lateness_seconds_sum", (unsigned long long)sum,
	    (unsigned long long)sum);
	om_number(fp, SEC(snap_counter(&s->counters, CTL_LATE_SUM)));
	simple(fp, "vrrp_timer_lateness_max_seconds", "gauge",
	    "The latest that a timer came.", SEC(s->daemon.late_max_us));
}

/* The last one of those that are remembered; none: the first one was good. */
static void
reloads(FILE *fp, const struct snap *s)
{
	const struct ctl_event	*ev;
	bool			 well = true;

	if (s->events.cnt == 0)		/* not told now */
		return;
	SNAP_EACH(ev, &s->events) {
		if (ev->kind == EVENT_RELOADED || ev->kind == EVENT_CONFIRMED)
			well = true;
		else if (ev->kind == EVENT_REFUSED ||
		    ev->kind == EVENT_EXPIRED)
			well = false;
	}
	simple(fp, "vrrp_config_last_reload_success", "gauge",
	    "0 if the last configuration was refused, or not confirmed.",
	    well);
}

static void
infos(FILE *fp, const struct snap *s)
{
	static const char *const auths[] = { "none", "pass", "ah" };
	const struct snap_inst	*i;

	om_family(fp, "vrrp_instance", "info", "How an instance is set up.");
	SNAP_EACH(i, &s->insts) {
		fprintf(fp, "vrrp_instance_info{");
		om_label(fp, true, "name", i->inst.name);
		om_label(fp, false, "interface", i->inst.ifname);
		fprintf(fp, ",vrid=\"%u\",family=\"%s\",version=\"%u\","
		    "mode=\"%s\",auth=\"%s\"", i->inst.vrid,
		    i->inst.family == AF_INET6 ? "ipv6" : "ipv4",
		    i->inst.version, i->detail.peers == 0 ? "multicast" :
		    "unicast", i->detail.auth_type < 3 ?
		    auths[i->detail.auth_type] : "none");
		om_label(fp, false, "group", i->inst.group);
		fprintf(fp, "} 1\n");
	}
}

static void
states(FILE *fp, const struct snap *s)
{
	static const unsigned int	 all[] = {
		SHOW_INIT, SHOW_BACKUP, SHOW_MASTER, SHOW_FAULT, SHOW_STOP
	};
	const struct snap_inst		*i;
	size_t				 n;

	om_family(fp, "vrrp_state", "stateset", "State of the instance.");
	SNAP_EACH(i, &s->insts) {
		for (n = 0; n < sizeof(all) / sizeof(all[0]); n++) {
			om_sample(fp, "vrrp_state", "", &i->inst, "vrrp_state",
			    word_state(all[n]));
			om_number(fp, i->inst.state == all[n]);
		}
	}
}

/* false: there is no such thing now. */
static bool
gauge(const struct snap *s, const struct snap_inst *i, enum gauge g,
    double *value)
{
	const struct ctl_inst	*c = &i->inst;

	if (g == G_CODE)
		*value = ka_state(c->state);
	else if (g == G_AGE)
		*value = SEC(s->daemon.now_us - c->since_us);
	else if (g == G_PRIO)
		*value = c->priority;
	else if (g == G_BASE_PRIO)
		*value = c->base_priority;
	else if (g == G_MASTER_PRIO) {
		*value = c->master_priority;
		return (c->master.family != 0);
	} else if (g == G_HELD)
		*value = c->hold != CTL_HOLD_NONE;
	else if (g == G_HANDING)
		*value = c->handing_over;
	else if (g == G_VIPS)
		*value = c->vips;
	else if (g == G_VIPS_IN)
		*value = c->vips_installed;
	else
		return (gauge_more(s, &i->detail, g, value));
	return (true);
}

static bool
gauge_more(const struct snap *s, const struct ctl_detail *d, enum gauge g,
    double *value)
{
	int64_t	 at_us = 0;

	if (g == G_INTERVAL)
		*value = SEC(d->adver_int_us);
	else if (g == G_MASTER_INTERVAL)
		*value = SEC(d->master_int_us);
	else if (g == G_DOWN)
		*value = SEC(d->down_us);
	else if (g == G_VIPS_BAD)
		*value = d->vip.failed;
	else if (g == G_LEASE)
		*value = d->vip.lease_s;
	else if (g == G_ROUTES)
		*value = d->vip.route_wanted;
	else if (g == G_ROUTES_IN)
		*value = d->vip.route_installed;
	else if (g == G_ROUTES_BAD)
		*value = d->vip.route_failed;
	else if (g == G_GAP) {
		at_us = d->gap_us[0];
		*value = SEC(at_us);
	} else {
		at_us = g == G_SENT_AGE ? d->last_sent_us :
		    d->last_advert_us;
		*value = SEC(s->daemon.now_us > at_us ? s->daemon.now_us -
		    at_us : 0);
	}
	return (at_us >= 0);
}

static void
inst_gauges(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;
	double			 value;
	size_t			 n, end, k;

	for (n = 0; n < sizeof(gauges) / sizeof(gauges[0]); n = end) {
		om_family(fp, gauges[n].name, "gauge", gauges[n].help);
		for (end = n + 1; end < sizeof(gauges) / sizeof(gauges[0]) &&
		    strcmp(gauges[n].name, gauges[end].name) == 0; end++)
			continue;
		SNAP_EACH(i, &s->insts) {
			for (k = n; k < end; k++) {
				if (!gauge(s, i, gauges[k].gauge, &value))
					continue;
				om_sample(fp, gauges[k].name, "", &i->inst,
				    gauges[k].kind != NULL ? "kind" : NULL,
				    gauges[k].kind);
				om_number(fp, value);
			}
		}
	}
}

static double
total(const struct snap_inst *i, size_t n)
{
	switch (totals[n].source) {
	case S_COUNTER:
		return ((double)snap_counter(&i->counters,
		    totals[n].counter));
	case S_RESTORED:
		return (i->detail.vip.restored);
	case S_ROUTES_RESTORED:
		return (i->detail.vip.route_restored);
	case S_ANNOUNCEMENTS:
		return ((double)i->detail.vip.announcements);
	}
	return (0);
}

static void
inst_totals(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;
	size_t			 n;

	for (n = 0; n < sizeof(totals) / sizeof(totals[0]); n++) {
		om_family(fp, totals[n].name, "counter", totals[n].help);
		SNAP_EACH(i, &s->insts) {
			om_sample(fp, totals[n].name, "_total", &i->inst, NULL,
			    NULL);
			om_number(fp, total(i, n));
		}
	}
}

static void
inst_reasons(FILE *fp, const struct snap *s)
{
	const struct ctl_counter	*c;
	const struct snap_inst		*i;
	size_t				 n;

	om_family(fp, "vrrp_transitions", "counter",
	    "Changes of state, by their reason.");
	SNAP_EACH(i, &s->insts) {
		SNAP_EACH(c, &i->counters) {
			if (strncmp(c->name, CTL_WHY, strlen(CTL_WHY)) != 0)
				continue;
			om_sample(fp, "vrrp_transitions", "_total", &i->inst,
			    "reason", c->name + strlen(CTL_WHY));
			om_number(fp, (double)c->value);
		}
	}
	om_family(fp, "vrrp_adverts_discarded", "counter",
	    "Advertisements thrown away, by the reason.");
	SNAP_EACH(i, &s->insts) {
		for (n = 0; n < sizeof(discards) / sizeof(discards[0]); n++) {
			om_sample(fp, "vrrp_adverts_discarded", "_total",
			    &i->inst, "reason", discards[n].reason);
			om_number(fp, (double)snap_counter(&i->counters,
			    discards[n].counter));
		}
	}
}

static void
tracked(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;
	const struct ctl_track	*t;

	om_family(fp, "vrrp_track_priority", "gauge",
	    "What a tracked object adds to the priority now.");
	SNAP_EACH(i, &s->insts) {
		SNAP_EACH(t, &i->tracks) {
			fprintf(fp, "vrrp_track_priority{");
			om_label(fp, true, "name", i->inst.name);
			om_label(fp, false, "kind", word_track(t->kind));
			om_label(fp, false, "object", t->name);
			fprintf(fp, "}");
			om_number(fp, t->contribution);
		}
	}
}

static void
scripts(FILE *fp, const struct snap *s)
{
	const struct ctl_script	*c;
	size_t			 n;

	for (n = 0; n < sizeof(script_families) /
	    sizeof(script_families[0]); n++) {
		om_family(fp, script_families[n].name, script_families[n].type,
		    script_families[n].help);
		SNAP_EACH(c, &s->scripts)
			script(fp, n, c);
	}
}

/* Files and processes have a value, and no runs. */
static void
script(FILE *fp, size_t n, const struct ctl_script *c)
{
	static const char *const suffixes[] = { "", "", "_total", "_total",
	    "_total", "_total", "", "_sum", "" };
	const double	 values[] = { c->status == TRACK_GOOD, c->running,
	    (double)c->runs, (double)c->failures, (double)c->timeouts,
	    (double)c->skipped, SEC(c->last_run_us), SEC(c->run_sum_us),
	    c->value };
	const char	*name = script_families[n].name;

	if ((c->kind == TRACK_SCRIPT) == (n == 8) && n != 0)
		return;
	if ((n == 6 && c->last_run_us < 0) ||
	    (n == 0 && c->status == TRACK_UNKNOWN))
		return;
	script_name(fp, name, suffixes[n], c);
	om_number(fp, values[n]);
	if (n == 7) {
		script_name(fp, name, "_count", c);
		om_number(fp, (double)c->ended);
	}
}

static void
script_name(FILE *fp, const char *name, const char *suffix,
    const struct ctl_script *c)
{
	fprintf(fp, "%s%s{", name, suffix);
	om_label(fp, true, "script", c->name);
	om_label(fp, false, "kind", word_track(c->kind));
	fprintf(fp, "}");
}

static void
groups(FILE *fp, const struct snap *s)
{
	const struct ctl_group	*g;

	om_family(fp, "vrrp_group_state_code", "gauge",
	    "State of a sync group: 0 INIT or STOP, 1 BACKUP, 2 MASTER, "
	    "3 FAULT.");
	SNAP_EACH(g, &s->groups) {
		fprintf(fp, "vrrp_group_state_code{");
		om_label(fp, true, "group", g->name);
		fprintf(fp, "}");
		om_number(fp, ka_state(g->state));
	}
}
