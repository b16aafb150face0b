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
 * keepalived's text of its state and of its counters; its JSON is kajson.c's.
 * What vrrpd does not have is left out. Runs in: keepalived, without rights.
 */

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "forms.h"
#include "keepalived.h"
#include "log.h"
#include "mono.h"

static void	 data(FILE *, const struct snap *);
static void	 data_inst(FILE *, const struct snap *,
		    const struct snap_inst *);
static void	 data_conf(FILE *, const struct snap_inst *);
static void	 data_times(FILE *, const struct snap *,
		    const struct snap_inst *);
static void	 data_vips(FILE *, const struct snap_inst *, bool);
static void	 data_tracks(FILE *, const struct snap_inst *, unsigned int,
		    const char *);
static void	 data_groups(FILE *, const struct snap *);
static void	 data_scripts(FILE *, const struct snap *);
static void	 stats(FILE *, const struct snap *);
static void	 text(FILE *, const char *, const char *);
static const char *state_name(unsigned int);
static const char *moment(char *, size_t, int64_t);

/* To stdout. */
int
form_write(enum dump_kind kind, const char *rundir)
{
	struct snap	 s;
	char		 error[1024], path[PATH_LEN];
	int		 status = 0;

	memset(&s, 0, sizeof(s));
	(void)snprintf(path, sizeof(path), "%s/status", rundir);
	if (snap_ask(&s, path, false, CLIENT_SHOW_US, error, sizeof(error)) !=
	    CLIENT_OK)
		return (1);
	switch (kind) {
	case DUMP_DATA:
		data(stdout, &s);
		break;
	case DUMP_STATS:
		stats(stdout, &s);
		break;
	case DUMP_JSON:
		status = kajson_print(stdout, &s, wall_us());
		break;
	case DUMP_MAX:
		status = -1;
		break;
	}
	snap_free(&s);
	if (fflush(stdout) == EOF || ferror(stdout) != 0)
		status = -1;
	return (status == 0 ? 0 : 1);
}

static const char *
state_name(unsigned int state)
{
	switch (state) {
	case SHOW_BACKUP:
		return ("BACKUP");
	case SHOW_MASTER:
		return ("MASTER");
	case SHOW_FAULT:
		return ("FAULT");
	default:
		return ("INIT");
	}
}

static void
text(FILE *fp, const char *key, const char *value)
{
	char	 safe[TEXT_LEN * 4];

	fprintf(fp, "%s = %s\n", key, text_utf8(safe, sizeof(safe), value));
}

static void
data(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;

	fprintf(fp, "------< Global definitions >------\n");
	text(fp, " Router ID", s->daemon.router_id);
	fprintf(fp, "------< VRRP Topology >------\n");
	SNAP_EACH(i, &s->insts)
		data_inst(fp, s, i);
	if (s->scripts.cnt > 0)
		data_scripts(fp, s);
	if (s->groups.cnt > 0)
		data_groups(fp, s);
}

static void
data_inst(FILE *fp, const struct snap *s, const struct snap_inst *i)
{
	static const char *const auths[] = { "none", "SIMPLE_PASSWORD",
	    "IPSEC_AH" };

	text(fp, " VRRP Instance", i->inst.name);
	fprintf(fp, "   VRRP Version = %u\n", i->inst.version);
	if (i->inst.group[0] != '\0')
		text(fp, "   Sync group", i->inst.group);
	fprintf(fp, "   State = %s\n", state_name(i->inst.state));
	fprintf(fp, "   Wantstate = %s\n", state_name(i->inst.state));
	data_times(fp, s, i);
	data_conf(fp, i);
	if (i->inst.version == 2 && i->detail.auth_type < 3)
		fprintf(fp, "   Authentication type = %s\n",
		    auths[i->detail.auth_type]);
	data_vips(fp, i, false);
	data_vips(fp, i, true);
	data_tracks(fp, i, TRACK_IFACE, "interfaces");
	data_tracks(fp, i, TRACK_SCRIPT, "scripts");
	data_tracks(fp, i, TRACK_FILE, "files");
	data_tracks(fp, i, TRACK_PROCESS, "processes");
}

/* "SECONDS.MICROS (Mon Nov 23 00:41:27.789923 2026)" */
static const char *
moment(char *buf, size_t size, int64_t us)
{
	struct tm	 tm;
	time_t		 sec = (time_t)(us / US_PER_SEC);
	char		 day[32], year[8];
	long		 micros = (long)(us % US_PER_SEC);

	day[0] = year[0] = '\0';
	if (localtime_r(&sec, &tm) != NULL) {
		(void)strftime(day, sizeof(day), "%a %b %e %H:%M:%S", &tm);
		(void)strftime(year, sizeof(year), "%Y", &tm);
	}
	(void)snprintf(buf, size, "%lld.%06ld (%s.%06ld %s)", (long long)sec,
	    micros, day, micros, year);
	return (buf);
}

static void
data_times(FILE *fp, const struct snap *s, const struct snap_inst *i)
{
	char	 addr[VADDR_STRLEN], when[96];
	int64_t	 shift_us = wall_us() - s->daemon.now_us;

	fprintf(fp, "   Last transition = %s\n", moment(when, sizeof(when),
	    i->inst.since_us + shift_us));
	if (i->inst.state == SHOW_BACKUP) {
		fprintf(fp, "   Master router = %s\n",
		    i->inst.master.family == 0 ? "0.0.0.0" :
		    vaddr_print(&i->inst.master, addr, sizeof(addr)));
		fprintf(fp, "   Master priority = %u\n",
		    i->inst.master_priority);
	}
	fprintf(fp, "   Master down timer = %lld usecs\n",
	    (long long)i->detail.down_us);
	text(fp, "   Interface", i->inst.ifname);
	fprintf(fp, "   Using src_ip = %s\n", i->detail.src.family == 0 ?
	    "(none)" : vaddr_print(&i->detail.src, addr, sizeof(addr)));
	if (i->detail.peers == 0)
		fprintf(fp, "   Multicast address %s\n",
		    i->inst.family == AF_INET6 ? "ff02::12" : "224.0.0.18");
}

static void
data_conf(FILE *fp, const struct snap_inst *i)
{
	static const char *const rows[][2] = {
		{ "delay", "garp_delay" }, { "repeat", "garp_rep" },
		{ "refresh", "garp_refresh" },
		{ "refresh repeat", "garp_refresh_rep" },
		{ "lower priority delay", "garp_lower_prio_delay" },
		{ "lower priority repeat", "garp_lower_prio_rep" }
	};
	char	 name[NAME_LEN];
	int64_t	 us = i->detail.adver_int_us;
	size_t	 n;

	for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		(void)snprintf(name, sizeof(name), CTL_SETTING "%s",
		    rows[n][1]);
		fprintf(fp, "   Gratuitous ARP %s = %llu\n", rows[n][0],
		    (unsigned long long)snap_counter(&i->counters, name));
	}
	fprintf(fp, "   Send advert after receive lower priority advert = "
	    "%s\n", snap_counter(&i->counters, CTL_SETTING
	    "lower_prio_no_advert") != 0 ? "false" : "true");
	fprintf(fp, "   Send advert after receive higher priority advert = "
	    "%s\n", snap_counter(&i->counters, CTL_SETTING
	    "higher_prio_send_advert") != 0 ? "true" : "false");
	fprintf(fp, "   Virtual Router ID = %u\n   Priority = %u\n"
	    "   Effective priority = %u\n   Total priority = %u\n",
	    i->inst.vrid, i->inst.base_priority, i->inst.priority,
	    i->inst.priority);
	if (i->inst.version == 2)
		fprintf(fp, "   Advert interval = %lld sec\n",
		    (long long)(us / US_PER_SEC));
	else
		fprintf(fp, "   Advert interval = %lld milli-sec\n",
		    (long long)(us / US_PER_MS));
	fprintf(fp, "   Accept = %s\n   Preempt = %s\n",
	    i->detail.accept ? "enabled" : "disabled",
	    i->detail.nopreempt ? "disabled" : "enabled");
	if (i->detail.preempt_delay_us > 0)
		fprintf(fp, "   Preempt delay = %g secs\n",
		    (double)i->detail.preempt_delay_us / (double)US_PER_SEC);
}

static void
data_tracks(FILE *fp, const struct snap_inst *i, unsigned int kind,
    const char *what)
{
	const struct ctl_track	*t;
	char			 safe[NAME_LEN * 4];
	unsigned int		 cnt = 0;

	SNAP_EACH(t, &i->tracks)
		cnt += t->kind == kind;
	if (cnt == 0)
		return;
	fprintf(fp, "   Tracked %s :\n", what);
	SNAP_EACH(t, &i->tracks) {
		if (t->kind == kind)
			fprintf(fp, "     %s weight %d%s\n", text_utf8(safe,
			    sizeof(safe), t->name), t->weight, t->reverse ?
			    " reverse" : "");
	}
}

static void
data_vips(FILE *fp, const struct snap_inst *i, bool excluded)
{
	const struct ctl_vip	*v;
	char			 addr[VADDR_STRLEN], safe[NAME_LEN * 4];
	unsigned int		 cnt = 0;
	bool			 host;

	SNAP_EACH(v, &i->vips)
		cnt += v->excluded == excluded;
	if (excluded && cnt == 0)
		return;
	if (excluded)
		fprintf(fp, "   Virtual IP Excluded :\n");
	else
		fprintf(fp, "   Virtual IP (%u):\n", cnt);
	SNAP_EACH(v, &i->vips) {
		if (v->excluded != excluded)
			continue;
		host = v->addr.plen == (v->addr.family == AF_INET6 ? 128 :
		    32);
		fprintf(fp, "     %s dev %s scope global%s\n", host ?
		    vaddr_print(&v->addr, addr, sizeof(addr)) :
		    vaddr_print_plen(&v->addr, addr, sizeof(addr)),
		    text_utf8(safe, sizeof(safe), v->ifname),
		    i->inst.vips_installed > 0 ? " set" : "");
	}
}

static void
data_groups(FILE *fp, const struct snap *s)
{
	const struct ctl_group	*g;
	const struct snap_inst	*i;
	char			 safe[NAME_LEN * 4];

	fprintf(fp, "------< VRRP Sync groups >------\n");
	SNAP_EACH(g, &s->groups) {
		fprintf(fp, " VRRP Sync Group = %s, %s\n", text_utf8(safe,
		    sizeof(safe), g->name), state_name(g->state));
		fprintf(fp, "   VRRP member instances :\n");
		SNAP_EACH(i, &s->insts) {
			if (strcmp(i->inst.group, g->name) == 0)
				fprintf(fp, "     %s\n", text_utf8(safe,
				    sizeof(safe), i->inst.name));
		}
	}
}

static void
data_scripts(FILE *fp, const struct snap *s)
{
	static const char *const	 statuses[] = {
		[TRACK_UNKNOWN] = "INIT", [TRACK_GOOD] = "GOOD",
		[TRACK_BAD] = "BAD"
	};
	const struct ctl_script		*t;

	fprintf(fp, "------< VRRP Scripts >------\n");
	SNAP_EACH(t, &s->scripts) {
		if (t->kind != TRACK_SCRIPT)
			continue;
		text(fp, " VRRP Script", t->name);
		fprintf(fp, "   Interval = %g sec\n   Timeout = %g sec\n",
		    (double)t->interval_us / (double)US_PER_SEC,
		    (double)t->timeout_us / (double)US_PER_SEC);
		fprintf(fp, "   Rise = %u\n   Fall = %u\n", t->rise, t->fall);
		fprintf(fp, "   Status = %s\n", t->status < TRACK_STATUS_MAX ?
		    statuses[t->status] : "INIT");
	}
}

static void
stats(FILE *fp, const struct snap *s)
{
	static const struct {
		const char	*head;		/* NULL: it goes on */
		const char	*title;
		const char	*counter;	/* NULL: ka_released() */
	} rows[] = {
		{ "  Advertisements:\n", "    Received",
		    "adverts_received" },
		{ NULL, "    Sent", "adverts_sent" },
		{ NULL, "  Became master", "become_master" },
		{ NULL, "  Released master", NULL },
		{ "  Packet Errors:\n", "    Length",
		    "packet_length_errors" },
		{ NULL, "    TTL", "ip_ttl_errors" },
		{ NULL, "    Invalid Type", "invalid_type_received" },
		{ NULL, "    Advertisement Interval",
		    "advert_interval_errors" },
		{ NULL, "    Address List", "address_list_errors" },
		{ "  Authentication Errors:\n", "    Invalid Type",
		    "invalid_auth_type" },
		{ NULL, "    Type Mismatch", "auth_type_mismatch" },
		{ NULL, "    Failure", "auth_failures" },
		{ "  Priority Zero:\n", "    Received",
		    "priority_zero_received" },
		{ NULL, "    Sent", "priority_zero_sent" }
	};
	const struct snap_inst	*i;
	char			 safe[NAME_LEN * 4];
	uint64_t		 value;
	size_t			 n;

	SNAP_EACH(i, &s->insts) {
		fprintf(fp, "VRRP Instance: %s\n", text_utf8(safe,
		    sizeof(safe), i->inst.name));
		for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
			value = rows[n].counter == NULL ? ka_released(i) :
			    snap_counter(&i->counters, rows[n].counter);
			fprintf(fp, "%s%s: %llu\n", rows[n].head == NULL ?
			    "" : rows[n].head, rows[n].title,
			    (unsigned long long)value);
		}
	}
}
