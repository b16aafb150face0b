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

/* Settings of the kernel. Runs in: vrrpctl-doctor. */

#include <sys/socket.h>

#include <netinet/in.h>

#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

static void	 check_inst(struct doctor *, const struct snap_inst *);
static void	 check_rp_filter(struct doctor *, const struct snap_inst *,
		    const struct doc_plan *);
static void	 check_arp(struct doctor *, const struct snap_inst *,
		    const struct doc_plan *);
static void	 check_promote(struct doctor *, const struct snap_inst *);
static void	 check_ipv6(struct doctor *, const struct snap_inst *);
static bool	 is_secondary(const struct snap_inst *);
static int	 greater(const char *, const char *);
static void	 check_bind(struct doctor *);

void
check_sysctls(struct doctor *d)
{
	const struct snap_inst	*i;

	if (!d->same_netns)
		return;
	SNAP_EACH(i, &d->snap.insts) {
		if (!doc_seen(d, i) && doc_link(d, i->inst.ifname) != NULL)
			check_inst(d, i);
	}
	check_bind(d);
}

static void
check_inst(struct doctor *d, const struct snap_inst *i)
{
	const struct doc_plan	*plan = doc_plan(d, i->inst.name);

	if (i->inst.family == AF_INET6) {
		check_ipv6(d, i);
		return;
	}
	check_rp_filter(d, i, plan);
	check_arp(d, i, plan);
	check_promote(d, i);
}

/* Of "all" and the interface the greater one counts; -1: not known. */
static int
greater(const char *ifname, const char *key)
{
	int	 all, one;

	if (doc_sysctl(4, "all", key, &all) == -1 ||
	    doc_sysctl(4, ifname, key, &one) == -1)
		return (-1);
	return (all > one ? all : one);
}

static void
check_rp_filter(struct doctor *d, const struct snap_inst *i,
    const struct doc_plan *plan)
{
	const char	*name = i->inst.ifname;
	bool		 vmac;

	vmac = plan != NULL && plan->vmac[0] != '\0' &&
	    doc_link(d, plan->vmac) != NULL;
	if (vmac && greater(plan->vmac, "rp_filter") == 1) {
		doc_add(d, DOC_ERROR, "rp_filter", plan->vmac, "is strict: "
		    "what comes for the virtual MAC is dropped");
		doc_advice(d, "sysctl -w net/ipv4/conf/%s/rp_filter=2",
		    plan->vmac);
	} else if (i->detail.peers != 0 && greater(name, "rp_filter") == 1) {
		doc_add(d, DOC_WARNING, "rp_filter", name, "is strict: "
		    "advertisements of a peer are dropped where the way back "
		    "to it is through another interface");
		doc_advice(d, "sysctl -w net/ipv4/conf/%s/rp_filter=2",
		    name);
	} else if (greater(name, "rp_filter") == -1)
		doc_add(d, DOC_UNKNOWN, "rp_filter", name,
		    "cannot be read");
	else
		doc_add(d, DOC_OK, "rp_filter", name, "%d",
		    greater(name, "rp_filter"));
}

static void
check_arp(struct doctor *d, const struct snap_inst *i,
    const struct doc_plan *plan)
{
	const char	*name = i->inst.ifname;
	int		 ignore, announce;

	ignore = greater(name, "arp_ignore");
	announce = greater(name, "arp_announce");
	if (ignore == -1 || announce == -1) {
		doc_add(d, DOC_UNKNOWN, "arp", name, "cannot be read");
	} else if (ignore == 8) {
		doc_add(d, DOC_ERROR, "arp", name, "arp_ignore is 8: no "
		    "address is ever answered for");
		doc_advice(d, "sysctl -w net/ipv4/conf/all/arp_ignore=1 "
		    "net/ipv4/conf/%s/arp_ignore=1", name);
	} else if (plan != NULL && plan->vmac[0] != '\0' &&
	    (ignore < 1 || announce < 2)) {
		doc_add(d, DOC_WARNING, "arp", name, "arp_ignore is %d and "
		    "arp_announce %d: it answers for the addresses of %s "
		    "with its own MAC", ignore, announce, plan->vmac);
		doc_advice(d, "sysctl -w net/ipv4/conf/%s/arp_ignore=1 "
		    "net/ipv4/conf/%s/arp_announce=2", name, name);
	} else
		doc_add(d, DOC_OK, "arp", name, "arp_ignore %d, arp_announce "
		    "%d", ignore, announce);
}

/* Whether one of its addresses is in a network that the interface has. */
static bool
is_secondary(const struct snap_inst *i)
{
	struct ifaddrs		*list, *ifa;
	struct sockaddr_in	*sin, *mask;
	const struct ctl_vip	*vip;
	struct vaddr		 net;
	uint32_t		 bits;
	bool			 found = false;

	if (getifaddrs(&list) == -1)
		return (false);
	for (ifa = list; ifa != NULL && !found; ifa = ifa->ifa_next) {
		if (ifa->ifa_addr == NULL || ifa->ifa_netmask == NULL ||
		    ifa->ifa_addr->sa_family != AF_INET ||
		    strcmp(ifa->ifa_name, i->inst.ifname) != 0)
			continue;
		sin = (struct sockaddr_in *)(void *)ifa->ifa_addr;
		mask = (struct sockaddr_in *)(void *)ifa->ifa_netmask;
		bits = ntohl(mask->sin_addr.s_addr);
		vaddr_from_bytes(&net, AF_INET, &sin->sin_addr);
		for (net.plen = 0; bits != 0; bits <<= 1)
			net.plen++;
		SNAP_EACH(vip, &i->vips) {
			if (vip->addr.plen == net.plen && net.plen < 32 &&
			    vaddr_cmp(&vip->addr, &net) != 0 &&
			    vaddr_in_net(&vip->addr, &net))
				found = true;
		}
	}
	freeifaddrs(list);
	return (found);
}

static void
check_promote(struct doctor *d, const struct snap_inst *i)
{
	const char	*name = i->inst.ifname;
	int		 value;

	value = greater(name, "promote_secondaries");
	if (value == 0 && is_secondary(i)) {
		doc_add(d, DOC_WARNING, "promote_secondaries", name, "is off: "
		    "when the first address of the network is removed the "
		    "virtual ones go with it");
		doc_advice(d, "sysctl -w net/ipv4/conf/%s/"
		    "promote_secondaries=1, or promote_secondaries in %s",
		    name, i->inst.name);
	} else
		doc_add(d, value == -1 ? DOC_UNKNOWN : DOC_OK,
		    "promote_secondaries", name, value == -1 ?
		    "cannot be read" : value == 0 ? "off, and not needed" :
		    "on");
}

static void
check_ipv6(struct doctor *d, const struct snap_inst *i)
{
	const char	*name = i->inst.ifname;
	int		 all, dad, off;

	if (doc_sysctl(6, name, "disable_ipv6", &off) == -1 ||
	    doc_sysctl(6, name, "accept_dad", &dad) == -1 ||
	    doc_sysctl(6, "all", "accept_dad", &all) == -1) {
		doc_add(d, DOC_ERROR, "ipv6", name, "there is no IPv6 here");
		doc_advice(d, "boot without ipv6.disable=1");
		return;
	}
	if (off != 0) {
		doc_add(d, DOC_ERROR, "ipv6", name, "IPv6 is off");
		doc_advice(d, "sysctl -w net/ipv6/conf/%s/disable_ipv6=0",
		    name);
	} else if (dad > 1 || all > 1) {
		doc_add(d, DOC_WARNING, "ipv6", name, "accept_dad is 2: a "
		    "duplicate of its own address switches IPv6 off");
		doc_advice(d, "sysctl -w net/ipv6/conf/%s/accept_dad=1",
		    all > 1 ? "all" : name);
	} else
		doc_add(d, DOC_OK, "ipv6", name, "is on, accept_dad %d",
		    dad > all ? dad : all);
}

/* Not a mistake, but what is asked about most. */
static void
check_bind(struct doctor *d)
{
	char	 buf[16];
	int	 value;

	if (doc_read("/proc/sys/net/ipv4/ip_nonlocal_bind", buf,
	    sizeof(buf)) <= 0)
		return;
	value = (int)strtol(buf, NULL, 10);
	doc_add(d, DOC_OK, "nonlocal_bind", "", value != 0 ? "on: services "
	    "may bind to addresses that are elsewhere" : "off: services can "
	    "bind to a virtual address only while it is here "
	    "(net.ipv4.ip_nonlocal_bind)");
}
