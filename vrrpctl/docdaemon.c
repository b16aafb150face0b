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

/* What the daemon says of itself. Runs in: vrrpctl-doctor. */

#include <sys/socket.h>

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "mono.h"
#include "view.h"

#define LATE_US		(100 * US_PER_MS)
#define ANSWER_US	(500 * US_PER_MS)

static void	 check_inst(struct doctor *, const struct snap_inst *);
static void	 check_rivals(struct doctor *, const struct snap_inst *);
static void	 check_masters(struct doctor *, const struct snap_inst *);
static void	 check_leftover(struct doctor *, const struct snap_inst *);
static void	 check_scripts(struct doctor *);
static bool	 is_here(const struct vaddr *);

/* Packets that are not taken, and what they mean. */
static const struct {
	const char	*counter;
	const char	*check;
	const char	*fact;
	const char	*advice;
} mismatches[] = {
	{ "address_list_errors", "vrid", "advertisements had other addresses",
	    "give both routers the same virtual_ipaddress, or one of them "
	    "another virtual_router_id: vrrpctl scan" },
	{ "rival_announcements", "vrid", "others announced its addresses",
	    "find who else has the address or the VRID: vrrpctl scan" },
	{ "version_errors", "peer", "advertisements had another version",
	    "give both routers the same version (vrrp_version)" },
	{ "auth_type_mismatch", "peer", "advertisements had another "
	    "authentication", "give both routers the same authentication" },
	{ "auth_failures", "peer", "advertisements had another password",
	    "give both routers the same auth_pass" },
	{ "advert_interval_errors", "peer", "advertisements had another "
	    "interval", "give both routers the same advert_int" },
	{ "checksum_errors", "peer", "advertisements had a wrong checksum",
	    "try v3_checksum_as_v2, as older routers want it" },
	{ "ip_ttl_errors", "peer", "advertisements had a TTL below 255",
	    "a router is between the peers: they must share a link" },
	{ "peer_errors", "peer", "advertisements came from no peer of ours",
	    "complete unicast_peer" },
	{ "destination_errors", "peer", "advertisements were multicast where "
	    "unicast is configured, or the reverse",
	    "give both routers unicast_peer, or none of them" },
	{ "send_errors", "peer", "advertisements could not be sent",
	    "see the log for the reason" }
};

void
check_daemon(struct doctor *d)
{
	char	 up[FORMAT_LEN];

	if (!d->answers)
		return;		/* said when it was asked */
	(void)format_for(up, sizeof(up), d->snap.daemon.now_us -
	    d->snap.daemon.started_us);
	doc_add(d, d->took_us > ANSWER_US ? DOC_WARNING : DOC_OK, "engine",
	    "", "answers in %.1f ms, runs for %s",
	    (double)d->took_us / US_PER_MS, up);
	if (d->took_us > ANSWER_US)
		doc_advice(d, "the machine has too much to do: see top");
	if (d->snap.daemon.engine_restarts != 0) {
		doc_add(d, DOC_WARNING, "engine", "", "was started again %u "
		    "times", d->snap.daemon.engine_restarts);
		doc_advice(d, "vrrpctl history tells why");
	}
	if (d->snap.daemon.late_max_us > LATE_US) {
		doc_add(d, DOC_WARNING, "lateness", "", "a timer was late by "
		    "%.2f s", (double)d->snap.daemon.late_max_us /
		    US_PER_SEC);
		doc_advice(d, "vrrp_rt_priority 50 in global_defs, or a "
		    "machine with less to do");
	} else
		doc_add(d, DOC_OK, "lateness", "", "no timer was late by "
		    "more than %.1f ms",
		    (double)d->snap.daemon.late_max_us / US_PER_MS);
	if (d->snap.daemon.maintenance) {
		doc_add(d, DOC_WARNING, "maintenance", "", "the host is kept "
		    "out of service");
		doc_advice(d, "vrrpctl maintenance off");
	}
	if (d->snap.daemon.cnt[ENG_CNT_OWN] != 0) {
		doc_add(d, DOC_WARNING, "loop", "", "%llu of our own "
		    "advertisements came back", (unsigned long long)
		    d->snap.daemon.cnt[ENG_CNT_OWN]);
		doc_advice(d, "look for a loop in the network, or for a "
		    "mirrored port");
	}
}

void
check_instances(struct doctor *d)
{
	const struct snap_inst	*i;

	SNAP_EACH(i, &d->snap.insts)
		check_inst(d, i);
	check_scripts(d);
}

static void
check_inst(struct doctor *d, const struct snap_inst *i)
{
	const char	*name = i->inst.name;

	if (i->inst.state == SHOW_FAULT) {
		doc_add(d, DOC_ERROR, "instance", name, "is in FAULT: %s",
		    i->detail.faults[0] != '\0' ? i->detail.faults :
		    i->inst.reason);
		doc_advice(d, "vrrpctl why %s", name);
	} else if (i->inst.state == SHOW_MASTER &&
	    i->inst.vips_installed < i->inst.vips) {
		doc_add(d, DOC_ERROR, "instance", name, "is MASTER with %u of "
		    "%u addresses", i->inst.vips_installed, i->inst.vips);
		doc_advice(d, "vrrpctl show instance %s", name);
	} else
		doc_add(d, DOC_OK, "instance", name, "is %s",
		    word_state(i->inst.state));
	check_rivals(d, i);
	check_leftover(d, i);
}

static void
check_rivals(struct doctor *d, const struct snap_inst *i)
{
	uint64_t	 cnt;
	size_t		 n;

	if (i->detail.rival[0] != '\0') {
		doc_add(d, DOC_ERROR, "vrid", i->inst.name, "%s announces an "
		    "address of it, too (VRID %u)", i->detail.rival,
		    i->inst.vrid);
		doc_advice(d, "vrrpctl scan %s lists free VRIDs",
		    i->inst.ifname);
	} else if (i->inst.state == SHOW_MASTER)
		check_masters(d, i);
	for (n = 0; n < sizeof(mismatches) / sizeof(mismatches[0]); n++) {
		cnt = snap_counter(&i->counters, mismatches[n].counter);
		if (cnt == 0 || (i->detail.rival[0] != '\0' &&
		    strcmp(mismatches[n].counter, "rival_announcements") ==
		    0))
			continue;
		doc_add(d, DOC_WARNING, mismatches[n].check, i->inst.name,
		    "%s (%llu time%s)", mismatches[n].fact,
		    (unsigned long long)cnt, cnt == 1 ? "" : "s");
		doc_advice(d, "%s", mismatches[n].advice);
	}
}

/* Who goes on speaking after we became MASTER does not hear us. */
static void
check_masters(struct doctor *d, const struct snap_inst *i)
{
	const size_t			 len = strlen(CTL_PEER_AGE);
	const struct ctl_counter	*c;
	char				 name[NAME_LEN];
	int64_t				 int_us = i->detail.adver_int_us;

	if (d->snap.daemon.now_us - i->inst.since_us < 4 * int_us)
		return;
	SNAP_EACH(c, &i->counters) {
		if (strncmp(c->name, CTL_PEER_AGE, len) != 0 ||
		    c->value > (uint64_t)(2 * int_us))
			continue;
		(void)snprintf(name, sizeof(name), CTL_PEER_PRIO "%.44s",
		    c->name + len);
		if (snap_counter(&i->counters, name) == 0)
			continue;
		doc_add(d, DOC_ERROR, "vrid", i->inst.name, "%s is MASTER of "
		    "VRID %u, too, with priority %u", c->name + len,
		    i->inst.vrid, (unsigned int)snap_counter(&i->counters,
		    name));
		doc_advice(d, "look for what drops our advertisements on the "
		    "way there, or take another VRID: vrrpctl scan %s",
		    i->inst.ifname);
	}
}

static bool
is_here(const struct vaddr *want)
{
	struct ifaddrs	*list, *ifa;
	struct vaddr	 addr;
	const void	*bytes;
	bool		 found = false;

	if (getifaddrs(&list) == -1)
		return (false);
	for (ifa = list; ifa != NULL && !found; ifa = ifa->ifa_next) {
		if (ifa->ifa_addr == NULL ||
		    ifa->ifa_addr->sa_family != want->family)
			continue;
		bytes = want->family == AF_INET ? (const void *)
		    &((struct sockaddr_in *)(void *)ifa->ifa_addr)->sin_addr :
		    &((struct sockaddr_in6 *)(void *)ifa->ifa_addr)->sin6_addr;
		vaddr_from_bytes(&addr, want->family, bytes);
		found = vaddr_cmp(&addr, want) == 0;
	}
	freeifaddrs(list);
	return (found);
}

/* An address that is here although another router is master. */
static void
check_leftover(struct doctor *d, const struct snap_inst *i)
{
	const struct ctl_vip	*vip;
	char			 text[VADDR_STRLEN];

	if (i->inst.state == SHOW_MASTER || i->inst.handing_over ||
	    i->detail.owner || !d->same_netns)
		return;
	SNAP_EACH(vip, &i->vips) {
		if (!is_here(&vip->addr))
			continue;
		(void)vaddr_print(&vip->addr, text, sizeof(text));
		doc_add(d, DOC_ERROR, "address", text, "is here, but %s is "
		    "%s", i->inst.name, word_state(i->inst.state));
		doc_advice(d, "ip address show to %s; remove it from where "
		    "it is configured", text);
	}
}

static void
check_scripts(struct doctor *d)
{
	const struct ctl_script	*s;

	SNAP_EACH(s, &d->snap.scripts) {
		if (s->kind != TRACK_SCRIPT)
			continue;
		if (s->exit_kind == EXIT_EXEC) {
			doc_add(d, DOC_ERROR, "script", s->name, "cannot be "
			    "started%s%s", s->output[0] != '\0' ? ": " : "",
			    s->output);
			doc_advice(d, "look at its path, owner and mode");
		} else if (s->exit_kind == EXIT_TIMEOUT) {
			doc_add(d, DOC_WARNING, "script", s->name, "did not "
			    "end within %.1f s",
			    (double)s->timeout_us / US_PER_SEC);
			doc_advice(d, "a longer timeout, or a quicker "
			    "script");
		} else if (s->skipped * 10 > s->runs) {
			doc_add(d, DOC_WARNING, "script", s->name, "still ran "
			    "when it was due (%llu time%s)",
			    (unsigned long long)s->skipped,
			    s->skipped == 1 ? "" : "s");
			doc_advice(d, "a longer interval");
		} else if (s->status == TRACK_BAD)
			doc_add(d, DOC_OK, "script", s->name, "runs, and "
			    "fails");
		else
			doc_add(d, DOC_OK, "script", s->name, "runs");
	}
}
