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
 * Metrics of the processes, and those of time: how long in which state, how
 * long a failover took, what was heard of whom. Runs in: vrrpctl,
 * vrrpctl-serve.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "forms.h"
#include "view.h"

#define SEC(us)		((double)(us) / (double)US_PER_SEC)

static void	 named(FILE *, const struct snap *, const char *,
		    const char *, const char *, const char *);
static void	 events(FILE *, const struct snap *);
static void	 times(FILE *, const struct snap *);
static void	 moves(FILE *, const struct snap *);
static void	 failovers(FILE *, const struct snap *);
static void	 peers(FILE *, const struct snap *);

/* Of faces, as the engine names them. */
static const char *const faces[][2] = {
	{ "MASTER", "MASTER" }, { "BACKUP", "BACKUP" },
	{ "FAULT", "FAULT" }, { "STOPPED", "INIT" }
};

static const struct {
	const char	*kind;
	const char	*name;
	const char	*type;
	const char	*help;
} peer_families[] = {
	{ CTL_PEER_HEARD, "vrrp_peer_adverts_received", "counter",
	    "Advertisements of a router, of those that were heard lately." },
	{ CTL_PEER_MISSED, "vrrp_peer_adverts_missed", "counter",
	    "Advertisements of the master that did not come when due." },
	{ CTL_PEER_PRIO, "vrrp_peer_priority", "gauge",
	    "Priority in its last advertisement." },
	{ CTL_PEER_AGE, "vrrp_peer_advert_age_seconds", "gauge",
	    "Time since its last advertisement." }
};

void
tallies_daemon(FILE *fp, const struct snap *s)
{
	static const char *const	 told[][4] = {
		{ "netlink_overruns", "vrrp_netlink_overruns", "counter",
		    "Times that the kernel's events were lost, and "
		    "everything was read anew." },
		{ "announcing", "vrrp_announcements_pending", "gauge",
		    "Gratuitous ARP and unsolicited NA that wait to be "
		    "sent." }
	};
	const struct ctl_counter	*c;
	size_t				 n;

	named(fp, s, CTL_RSS, "vrrp_process_resident_max_bytes", "gauge",
	    "The most memory that a process ever had resident.");
	named(fp, s, CTL_QUEUE, "vrrp_queue_bytes", "gauge",
	    "What the engine has written to a process, and it has not read.");
	om_family(fp, "vrrp_log_lines_dropped", "counter",
	    "Lines that nobody took.");
	SNAP_EACH(c, &s->counters) {
		if (strcmp(c->name, "engine_log_dropped") == 0)
			fprintf(fp, "vrrp_log_lines_dropped_total{process="
			    "\"vrrpe\"} %llu\n", (unsigned long long)c->value);
		else if (strcmp(c->name, "parent_log_dropped") == 0)
			fprintf(fp, "vrrp_log_lines_dropped_total{process="
			    "\"vrrpd\"} %llu\n", (unsigned long long)c->value);
	}
	for (n = 0; n < sizeof(told) / sizeof(told[0]); n++) {
		om_family(fp, told[n][1], told[n][2], told[n][3]);
		SNAP_EACH(c, &s->counters) {
			if (strcmp(c->name, told[n][0]) == 0)
				fprintf(fp, "%s%s %llu\n", told[n][1],
				    n == 0 ? "_total" : "",
				    (unsigned long long)c->value);
		}
	}
	events(fp, s);
}

void
tallies_insts(FILE *fp, const struct snap *s)
{
	times(fp, s);
	moves(fp, s);
	failovers(fp, s);
	peers(fp, s);
}

/* One of each process. */
static void
named(FILE *fp, const struct snap *s, const char *kind, const char *name,
    const char *type, const char *help)
{
	const struct ctl_counter	*c;
	size_t				 len = strlen(kind);

	om_family(fp, name, type, help);
	SNAP_EACH(c, &s->counters) {
		if (strncmp(c->name, kind, len) != 0)
			continue;
		fprintf(fp, "%s{", name);
		om_label(fp, true, "process", c->name + len);
		fprintf(fp, "} %llu\n", (unsigned long long)c->value);
	}
}

/* Since the daemon has started; not those of instances. */
static void
events(FILE *fp, const struct snap *s)
{
	static const char *const	 names[EVENT_KIND_MAX] = {
		[EVENT_WITHDRAWN] = "withdrawn",
		[EVENT_REMOVED] = "instance_removed",
		[EVENT_STARTED] = "started",
		[EVENT_ENGINE_SIGNAL] = "engine_signal",
		[EVENT_ENGINE_EXIT] = "engine_exit",
		[EVENT_ENGINE_BROKEN] = "engine_broken",
		[EVENT_ENGINE_HUNG] = "engine_hung",
		[EVENT_ENGINE_STARTED] = "engine_started",
		[EVENT_RELOADED] = "reloaded",
		[EVENT_REFUSED] = "reload_refused",
		[EVENT_MAINTENANCE] = "maintenance",
		[EVENT_CONFIRM] = "confirm_awaited",
		[EVENT_CONFIRMED] = "confirmed",
		[EVENT_EXPIRED] = "not_confirmed",
		[EVENT_ROLLED_BACK] = "rolled_back"
	};
	const struct ctl_counter	*c;
	char				 name[NAME_LEN];
	int				 n;

	om_family(fp, "vrrp_events", "counter", "What happened to the "
	    "daemon since it was started, by the kind.");
	for (n = 0; n < EVENT_KIND_MAX; n++) {
		(void)snprintf(name, sizeof(name), CTL_EVENTS "%d", n);
		SNAP_EACH(c, &s->counters) {
			if (names[n] != NULL && strcmp(c->name, name) == 0)
				fprintf(fp, "vrrp_events_total{kind=\"%s\"} "
				    "%llu\n", names[n],
				    (unsigned long long)c->value);
		}
	}
}

static void
times(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;
	char			 name[NAME_LEN];
	size_t			 n;

	om_family(fp, "vrrp_state_seconds", "counter",
	    "Time spent in each state, since the engine was started.");
	SNAP_EACH(i, &s->insts) {
		for (n = 0; n < sizeof(faces) / sizeof(faces[0]); n++) {
			(void)snprintf(name, sizeof(name), CTL_IN "%s",
			    faces[n][0]);
			om_sample(fp, "vrrp_state_seconds", "_total",
			    &i->inst, "state", faces[n][1]);
			om_number(fp, SEC(snap_counter(&i->counters, name)));
		}
	}
	om_family(fp, "vrrp_multi_master_seconds", "counter",
	    "Time as MASTER while another master was heard.");
	SNAP_EACH(i, &s->insts) {
		om_sample(fp, "vrrp_multi_master_seconds", "_total", &i->inst,
		    NULL, NULL);
		om_number(fp, SEC(snap_counter(&i->counters, CTL_BOTH)));
	}
}

/* Only those that there were. */
static void
moves(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;
	char			 name[NAME_LEN];
	uint64_t		 cnt;
	size_t			 n, from, to;

	om_family(fp, "vrrp_state_changes", "counter",
	    "Changes of state, from which to which.");
	SNAP_EACH(i, &s->insts) {
		for (n = 0; n < 16; n++) {
			from = n / 4;
			to = n % 4;
			(void)snprintf(name, sizeof(name), CTL_MOVE "%s_%s",
			    faces[from][0], faces[to][0]);
			if ((cnt = snap_counter(&i->counters, name)) == 0)
				continue;
			om_open(fp, "vrrp_state_changes", "_total", &i->inst,
			    "from", faces[from][1]);
			om_label(fp, false, "to", faces[to][1]);
			fprintf(fp, "}");
			om_number(fp, (double)cnt);
		}
	}
}

/* From the last word of the old master until the addresses are here. */
static void
failovers(FILE *fp, const struct snap *s)
{
	static const int64_t	 edges[CTL_FAIL_CNT] = CTL_FAIL_EDGES;
	const struct snap_inst	*i;
	char			 name[NAME_LEN], edge[32];
	size_t			 n;

	om_family(fp, "vrrp_failover_seconds", "histogram", "From the last "
	    "advertisement of a master that left or fell silent until all "
	    "addresses were here.");
	SNAP_EACH(i, &s->insts) {
		uint64_t	 sum = 0;

		for (n = 0; n < CTL_FAIL_CNT; n++) {
			(void)snprintf(name, sizeof(name), CTL_FAIL "%lld",
			    (long long)edges[n]);
			sum += snap_counter(&i->counters, name);
			(void)snprintf(edge, sizeof(edge), "%g",
			    SEC(edges[n]));
			om_sample(fp, "vrrp_failover_seconds", "_bucket",
			    &i->inst, "le", edge);
			om_number(fp, (double)sum);
		}
		sum += snap_counter(&i->counters, CTL_FAIL_MORE);
		om_sample(fp, "vrrp_failover_seconds", "_bucket", &i->inst,
		    "le", "+Inf");
		om_number(fp, (double)sum);
		om_sample(fp, "vrrp_failover_seconds", "_count", &i->inst,
		    NULL, NULL);
		om_number(fp, (double)sum);
		om_sample(fp, "vrrp_failover_seconds", "_sum", &i->inst,
		    NULL, NULL);
		om_number(fp, SEC(snap_counter(&i->counters, CTL_FAIL_SUM)));
	}
}

/* A value of 0 was not told: every router that was heard has all of them. */
static void
peers(FILE *fp, const struct snap *s)
{
	const size_t			 len = strlen(CTL_PEER_HEARD);
	const struct ctl_counter	*c;
	const struct snap_inst		*i;
	char				 name[NAME_LEN];
	uint64_t			 value;
	size_t				 n;

	for (n = 0; n < sizeof(peer_families) / sizeof(peer_families[0]);
	    n++) {
		om_family(fp, peer_families[n].name, peer_families[n].type,
		    peer_families[n].help);
		SNAP_EACH(i, &s->insts) {
			SNAP_EACH(c, &i->counters) {
				if (strncmp(c->name, CTL_PEER_HEARD, len) != 0)
					continue;
				(void)snprintf(name, sizeof(name), "%s%.44s",
				    peer_families[n].kind, c->name + len);
				value = snap_counter(&i->counters, name);
				om_sample(fp, peer_families[n].name, n < 2 ?
				    "_total" : "", &i->inst, "peer",
				    c->name + len);
				om_number(fp, n == 3 ? SEC(value) :
				    (double)value);
			}
		}
	}
	om_family(fp, "vrrp_strangers_adverts_received", "counter",
	    "Advertisements of routers beyond those that are told apart.");
	SNAP_EACH(i, &s->insts) {
		om_sample(fp, "vrrp_strangers_adverts_received", "_total",
		    &i->inst, NULL, NULL);
		om_number(fp, (double)snap_counter(&i->counters,
		    CTL_STRANGERS));
	}
}
