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
 * The rules of one instance: what its settings mean together and with those
 * of global_defs, as keepalived resolves them.
 * Runs in: readconf.
 */

#include <netinet/in.h>

#include <err.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define V3_MAX_US	(4095 * 10 * US_PER_MS)
#define CS_US		(10 * US_PER_MS)

static void	 check_vrf(struct load *, const struct inst_def *);
static void	 check_needed(struct load *, struct inst_def *);
static void	 check_version(struct load *, struct inst_def *);
static void	 check_priority(struct load *, struct inst_def *);
static void	 check_preempt(struct load *, struct inst_def *);
static void	 check_auth(struct load *, struct inst_def *);
static void	 check_interval(struct load *, struct inst_def *);
static void	 check_inherited(struct load *, struct inst_def *);
static void	 check_strict(struct load *, struct inst_def *);
static bool	 iface_with(const struct vaddr *, char *);
static void	 check_unicast(struct load *, struct inst_def *);
static void	 check_peers(struct load *, struct inst_def *);
static void	 check_vip_count(struct load *, struct inst_def *);

/* Was it given? */
static bool
given(const struct inst_def *d, int id)
{
	return (d->set[id].src != NULL);
}

void
check_inst(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;

	if (!given(d, KI_STRICT))
		c->strict = ld->global.g->strict;
	if (c->family == 0)
		c->family = AF_INET;
	check_vrf(ld, d);
	check_needed(ld, d);
	check_version(ld, d);
	check_priority(ld, d);
	check_preempt(ld, d);
	check_auth(ld, d);
	check_interval(ld, d);
	check_inherited(ld, d);
	check_unicast(ld, d);
	check_strict(ld, d);
	if (c->priority == 255 && !c->accept) {
		diag_warn(ld, d->set[KI_ACCEPT], "%s: priority 255 means the "
		    "owner of the addresses, who accepts packets: no_accept "
		    "is ignored", c->name);
		c->accept = true;
	}
}

/* What sends by an interface is in the VRF of that interface. */
static void
check_vrf(struct load *ld, const struct inst_def *d)
{
	if (!given(d, KI_VRF))
		return;
	if (given(d, KI_INTERFACE))
		diag_warn(ld, d->set[KI_VRF], "%s: vrf does nothing with an "
		    "interface, by which the instance sends: ignored",
		    d->c->name);
	else
		known_report(ld, d->set[KI_VRF],
		    known_find(BLK_INSTANCE, "vrf"));
}

static void
check_needed(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct where		 src;

	if (c->vrid == 0)
		diag_error(ld, given(d, KI_VRID) ? d->set[KI_VRID] : d->at,
		    "%s: virtual_router_id is missing", c->name);
	if (c->ifname[0] != '\0' || given(d, KI_INTERFACE))
		return;
	src = d->set[KI_UNICAST];
	if (src.src == NULL || TAILQ_EMPTY(&d->peers))
		diag_error(ld, d->at, "%s: interface is missing", c->name);
	else if (vaddr_is_linklocal(&c->src))
		diag_error(ld, src, "%s: interface is missing: every one has "
		    "link-local addresses", c->name);
	else if (!ld->opts->no_system && iface_with(&c->src, c->ifname)) {
		d->set[KI_INTERFACE] = src;
		diag_note(ld, src, "%s: the interface is %s, which has this "
		    "address now", c->name, c->ifname);
	} else
		diag_error(ld, src, "%s: no interface has this address now: "
		    "name the one to use with interface", c->name);
}

/* The interface that has an address. */
static bool
iface_with(const struct vaddr *addr, char *ifname)
{
	const struct sockaddr_in	*sin;
	const struct sockaddr_in6	*sin6;
	struct ifaddrs			*all, *ifa;
	struct vaddr			 its;
	bool				 found = false;

	if (getifaddrs(&all) == -1)
		return (false);
	for (ifa = all; ifa != NULL && !found; ifa = ifa->ifa_next) {
		if (ifa->ifa_addr == NULL ||
		    ifa->ifa_addr->sa_family != addr->family)
			continue;
		sin = (const void *)ifa->ifa_addr;
		sin6 = (const void *)ifa->ifa_addr;
		if (addr->family == AF_INET6)
			vaddr_from_bytes(&its, AF_INET6, &sin6->sin6_addr);
		else
			vaddr_from_bytes(&its, AF_INET, &sin->sin_addr);
		found = memcmp(its.bytes, addr->bytes, sizeof(its.bytes)) == 0;
		if (found)
			(void)strlcpy(ifname, ifa->ifa_name, IF_NAME_LEN);
	}
	freeifaddrs(all);
	return (found);
}

/* IPv6 is version 3 unless the instance itself says otherwise. */
static void
check_version(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;

	if (!given(d, KI_VERSION))
		c->version = c->family == AF_INET6 ? 3 :
		    ld->global.g->version;
	if (c->version == 3 || c->family != AF_INET6)
		return;
	if (c->strict || d->native_ipv6) {
		diag_warn(ld, d->set[KI_VERSION], "%s: IPv6 needs version 3: "
		    "3 is used", c->name);
		c->version = 3;
	} else
		diag_error(ld, d->set[KI_VERSION], "%s: version 2 with IPv6: "
		    "known, not supported yet: only keepalived speaks it",
		    c->name);
}

static void
check_priority(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;

	if (!given(d, KI_PRIORITY)) {
		c->priority = d->state_master ? 255 : 100;
		if (d->state_master)
			diag_warn(ld, d->set[KI_STATE], "%s: state MASTER "
			    "without a priority: 255 is used, that of the "
			    "owner of the addresses", c->name);
	}
	if (c->strict && d->state_master && c->priority != 255) {
		diag_warn(ld, d->set[KI_STATE], "%s: strict mode: state MASTER "
		    "is for priority 255 only: BACKUP is used", c->name);
		d->state_master = false;
		d->state_backup = true;
	} else if (c->strict && d->state_backup && !d->state_master &&
	    c->priority == 255) {
		diag_warn(ld, d->set[KI_STATE], "%s: strict mode: priority 255 "
		    "needs state MASTER: it is used", c->name);
		d->state_backup = false;
	}
	if (c->priority == 255 && !d->state_backup)
		d->state_master = true;
	c->start_master = c->priority == 255 && d->state_master;
}

static void
check_preempt(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct where		 at = d->set[KI_NOPREEMPT];

	if (c->nopreempt && (d->state_master || c->priority == 255)) {
		diag_warn(ld, at, "%s: nopreempt does nothing with %s: ignored",
		    c->name, d->state_master && c->priority < 255 ?
		    "state MASTER" : "priority 255");
		c->nopreempt = false;
	}
	at = d->set[KI_PREEMPT_DELAY];
	if (c->preempt_delay_us == 0)
		return;
	if (d->state_master)
		diag_warn(ld, at, "%s: preempt_delay does nothing with %s: "
		    "ignored", c->name, c->priority < 255 ? "state MASTER" :
		    "priority 255");
	else if (c->strict)
		diag_warn(ld, at, "%s: strict mode: preempt_delay is ignored",
		    c->name);
	else if (c->nopreempt)
		diag_warn(ld, at, "%s: preempt_delay does nothing with "
		    "nopreempt: ignored", c->name);
	else
		return;
	c->preempt_delay_us = 0;
}

static void
check_auth(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct where		 at = d->set[KI_AUTH];

	if (!given(d, KI_AUTH))
		return;
	if (given(d, KI_AUTH_TYPE))
		at = d->set[KI_AUTH_TYPE];
	if (c->auth_type == 0 && given(d, KI_AUTH_TYPE))
		;				/* it has been reported */
	else if (c->version == 3)
		diag_warn(ld, at, "%s: version 3 has no authentication: "
		    "ignored", c->name);
	else if (c->strict)
		diag_warn(ld, at, "%s: strict mode has no authentication: "
		    "ignored", c->name);
	else if (c->auth_type == 0)
		diag_warn(ld, at, "%s: auth_type is missing: no "
		    "authentication", c->name);
	else if (!given(d, KI_AUTH_PASS) || c->auth_pass[0] == 0)
		diag_warn(ld, at, "%s: auth_pass is missing: no "
		    "authentication", c->name);
	else if (c->auth_type == AUTH_AH) {
		diag_warn(ld, at, "%s: auth_type AH is HMAC-MD5 with 8 bytes "
		    "of password: few others speak it, and RFC 3768 has "
		    "removed it", c->name);
		return;
	} else
		return;
	c->auth_type = 0;
	explicit_bzero(c->auth_pass, sizeof(c->auth_pass));
}

/* Rounded to what the packets can say. */
static void
check_interval(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	int64_t			 us = c->adver_int_us, unit;

	unit = c->version == 2 ? US_PER_SEC : CS_US;
	us = (us + unit / 2) / unit * unit;
	if (us < unit)
		us = unit;
	if (c->version == 3 && us > V3_MAX_US)
		us = V3_MAX_US;
	if (us != c->adver_int_us)
		diag_warn(ld, d->set[KI_ADVERT_INT], "%s: version %u sends %s: "
		    "advert_int %g is used", c->name, c->version,
		    c->version == 2 ? "whole seconds" :
		    "hundredths of a second up to 40.95",
		    (double)us / US_PER_SEC);
	c->adver_int_us = us;
}

static void
check_inherited(struct load *ld, struct inst_def *d)
{
	const struct global_def	*g = &ld->global;
	struct conf_inst	*c = d->c;

	if (!given(d, KI_SKIP_CHECK))
		c->skip_check_adv_addr = g->skip_check_adv_addr;
	if (!given(d, KI_LOWER_NO_ADVERT))
		c->lower_prio_no_advert = g->lower_prio_no_advert;
	if (!given(d, KI_HIGHER_SEND))
		c->higher_prio_send_advert = g->higher_prio_send_advert;
	if (!given(d, KI_OWNER_IGNORE))
		c->owner_ignore_adverts = g->owner_ignore_adverts;
	if (!given(d, KI_CKSUM_V2))
		c->v3_checksum_as_v2 = g->v3_checksum_as_v2;
	if (!given(d, KI_FAULT_ON_VIP))
		c->fault_on_vip = g->fault_on_vip;
	if (!given(d, KI_PRIO_NOTIFY))
		c->prio_notify = g->prio_notify;
	if (!given(d, KI_DOWN_ADVERTS))
		c->down_timer_adverts = g->down_timer_adverts;
	if (!given(d, KI_GARP_DELAY))
		c->garp_delay_s = g->garp_delay_s;
	if (!given(d, KI_GARP_REPEAT))
		c->garp_repeat = g->garp_repeat;
	if (!given(d, KI_GARP_REFRESH))
		c->garp_refresh_s = g->garp_refresh_s;
	if (!given(d, KI_GARP_REFRESH_REPEAT))
		c->garp_refresh_repeat = g->garp_refresh_repeat;
	if (!given(d, KI_GARP_LOWER_DELAY))
		c->garp_lower_delay_s = g->garp_lower_delay_s;
	if (!given(d, KI_GARP_LOWER_REPEAT))
		c->garp_lower_repeat = g->garp_lower_repeat;
	if (!given(d, KI_GARP_EXTRA))
		c->garp_extra_s = g->garp_extra_s;
	if (!given(d, KI_LEASE))
		c->vip_lease = g->g->vip_lease;
	if (c->mcast.family == 0)
		c->mcast = c->family == AF_INET ? g->g->mcast4 : g->g->mcast6;
}

static void
check_strict(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct where		 at;

	if (!c->strict)
		return;
	at = given(d, KI_STRICT) ? d->set[KI_STRICT] : d->at;
	if (c->unicast)
		diag_error(ld, given(d, KI_UNICAST_PEER) ?
		    d->set[KI_UNICAST_PEER] : d->set[KI_NO_PEER], "%s: strict "
		    "mode has no unicast", c->name);
	if (given(d, KI_DOWN_ADVERTS) && c->down_timer_adverts != 3)
		diag_warn(ld, d->set[KI_DOWN_ADVERTS], "%s: strict mode: "
		    "down_timer_adverts is 3", c->name);
	if (given(d, KI_HIGHER_SEND) && c->higher_prio_send_advert)
		diag_warn(ld, d->set[KI_HIGHER_SEND], "%s: strict mode: "
		    "higher_prio_send_advert is ignored", c->name);
	c->down_timer_adverts = 3;
	c->garp_lower_delay_s = 0;
	c->garp_lower_repeat = 0;
	c->lower_prio_no_advert = true;
	c->higher_prio_send_advert = false;
	if (c->priority == 255) {
		c->owner_ignore_adverts = true;
		return;
	}
	if (given(d, KI_ACCEPT) && c->accept && c->version == 2) {
		diag_warn(ld, d->set[KI_ACCEPT], "%s: strict mode: accept "
		    "needs version 3: ignored", c->name);
		c->accept = false;
	} else if (!given(d, KI_ACCEPT)) {
		c->accept = false;
		if (!ld->filter_told)
			diag_warn(ld, at, "%s: strict mode: the addresses "
			    "accept no packets, not even ping%s", c->name,
			    c->version == 3 ? ", without accept" : "");
		ld->filter_told = true;
	}
}

/*
 * An instance without peers where some are meant is refused, or in FAULT
 * where that is asked for (keepalived: also without any other unicast word).
 */
static void
check_unicast(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct where		 at;

	check_peers(ld, d);
	if (TAILQ_EMPTY(&d->peers) && d->fault_no_peer)
		diag_warn(ld, d->set[KI_NO_PEER], "%s: unicast_peer names "
		    "nobody: the instance stays in FAULT", c->name);
	c->unicast = d->fault_no_peer || !TAILQ_EMPTY(&d->peers);
	if (c->unicast) {
		if (given(d, KI_MCAST_DST))
			diag_warn(ld, d->set[KI_MCAST_DST], "%s: mcast_dst_ip "
			    "does nothing with unicast_peer", c->name);
		memset(&c->mcast, 0, sizeof(c->mcast));
		if (ld->global.check_unicast_src)
			c->check_unicast_src = true;
		return;
	}
	if (given(d, KI_UNICAST_PEER))
		at = d->set[KI_UNICAST_PEER];
	else
		at = d->set[KI_UNICAST];
	if (at.src == NULL && given(d, KI_CHECK_SRC))
		diag_warn(ld, d->set[KI_CHECK_SRC], "%s: check_unicast_src "
		    "does nothing without unicast_peer", c->name);
	if (at.src != NULL)
		diag_error(ld, at, "%s: unicast without a peer: name the "
		    "others in unicast_peer, or use mcast_src_ip for "
		    "multicast", c->name);
	else if (given(d, KI_UNICAST_TTL))
		diag_warn(ld, d->set[KI_UNICAST_TTL], "%s: unicast_ttl does "
		    "nothing without unicast_peer", c->name);
	if (c->old_unicast_checksum)
		diag_warn(ld, d->set[KI_CKSUM_OLD], "%s: old_unicast_checksum "
		    "does nothing without unicast_peer", c->name);
	c->old_unicast_checksum = false;
	c->check_unicast_src = false;
	c->unicast_ttl = 255;
}

static void
check_peers(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct conf_peer	*peer;
	struct peer_def		*p, *next;
	uint32_t		 cnt = 0;

	TAILQ_FOREACH_SAFE(p, &d->peers, entry, next) {
		if (c->src.family != 0 &&
		    vaddr_cmp(&p->peer.addr, &c->src) == 0) {
			diag_warn(ld, p->at, "%s: this is the address that it "
			    "sends from: ignored", c->name);
			TAILQ_REMOVE(&d->peers, p, entry);
			continue;
		}
		if (p->peer.min_ttl > p->peer.max_ttl)
			diag_warn(ld, p->at, "%s: min_ttl is greater than "
			    "max_ttl: nothing can come from there", c->name);
		if (p->ttl)
			c->check_unicast_src = true;
		if ((peer = malloc(sizeof(*peer))) == NULL)
			err(1, "configuration");
		*peer = p->peer;
		TAILQ_INSERT_TAIL(&c->peers, peer, entry);
		if (++cnt == MAX_PEERS + 1)
			diag_error(ld, p->at, "%s: more than %d peers",
			    c->name, MAX_PEERS);
	}
}

void
check_inst_addrs(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct vip_def		*vd;

	TAILQ_FOREACH(vd, &d->vips, entry) {
		vd->dev = vd->v->ifname[0] != '\0';
		if (!vd->dev)
			(void)strlcpy(vd->v->ifname, c->ifname,
			    sizeof(vd->v->ifname));
	}
	check_vip_count(ld, d);
}

static void
check_vip_count(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct vip_def		*vd;
	uint32_t		 cnt = 0;
	struct where		 at;

	at = given(d, KI_VIPS) ? d->set[KI_VIPS] : d->at;
	TAILQ_FOREACH(vd, &d->vips, entry)
		if (!vd->excluded && ++cnt > MAX_VIPS_ADVERT) {
			diag_warn(ld, vd->at, "%s: an advertisement holds %d "
			    "addresses: this one is treated as excluded",
			    c->name, MAX_VIPS_ADVERT);
			vd->v->flags |= VIP_F_EXCLUDED;
		}
	vd = TAILQ_FIRST(&d->vips);
	if (cnt > 0) {
		if (c->family == AF_INET6 && !vd->excluded &&
		    !vaddr_is_linklocal(&vd->v->addr))
			diag_note(ld, vd->at, "%s: the first IPv6 address "
			    "should be link-local (RFC 9568 5.2.9)", c->name);
		return;
	}
	if ((c->version == 3 && !d->no_vip) || c->strict)
		diag_error(ld, at, "%s: %s needs a virtual_ipaddress", c->name,
		    c->strict ? "strict mode" : "version 3");
	else if (!d->no_vip)
		diag_warn(ld, at, "%s: there is no virtual_ipaddress: nobody "
		    "notices who is master", c->name);
}
