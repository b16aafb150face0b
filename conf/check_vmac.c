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
 * Which interfaces are to be made, their names and MACs, and which addresses
 * go there.
 * Runs in: readconf.
 */

#include <stdio.h>
#include <string.h>

#include "keyword.h"

static void	 check_made(struct load *, struct inst_def *);
static void	 check_base(struct load *, struct inst_def *);
static void	 check_ipvlan(struct load *, struct inst_def *);
static bool	 name_free(const struct load *, const char *);
static bool	 name_pick(const struct load *, const char *, uint8_t,
		    uint8_t, char *);
static struct conf_iface *made_add(struct load *, struct where,
		    const char *, const char *);
static struct conf_iface *made_find(const struct load *, const char *,
		    const uint8_t *);
static void	 vmac_addr(struct load *, struct inst_def *,
		    struct vip_def *);
static void	 vmac_mac(uint8_t *, uint8_t, uint8_t);

/* Given names come first: those that are made up evade them. */
void
check_vmacs(struct load *ld)
{
	struct inst_def		*d;
	struct vip_def		*vd;
	struct conf_iface	*iface;
	int			 pass;

	for (pass = 0; pass < 2; pass++)
		TAILQ_FOREACH(d, &ld->insts, entry)
			if ((d->made.name[0] == '\0') == (pass == 1))
				check_made(ld, d);
	TAILQ_FOREACH(d, &ld->insts, entry) {
		TAILQ_FOREACH(vd, &d->vips, entry)
			vmac_addr(ld, d, vd);
		if (!d->promote || d->c->ifname[0] == '\0')
			continue;
		check_iface(ld, d->set[KI_INTERFACE], d->c->ifname);
		iface = conf_iface_by_name(ld->conf, d->c->ifname);
		if (iface != NULL)
			iface->promote = true;
	}
}

static void
check_made(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct made_def		*m = &d->made;
	struct conf_iface	*iface;
	const char		*prefix = ld->global.g->vmac_prefix;

	check_base(ld, d);
	if (m->make == CONF_MAKE_NONE || c->ifname[0] == '\0' || c->vrid == 0)
		return;
	if (m->name[0] == '\0' && !name_pick(ld, prefix, c->family, c->vrid,
	    m->name)) {
		diag_error(ld, m->at, "%s: no name for its interface is free",
		    c->name);
		return;
	}
	if ((iface = made_add(ld, m->at, m->name, c->ifname)) == NULL)
		return;
	iface->make = m->make;
	iface->mode = m->mode;
	iface->link_group = m->link_group;
	iface->ipv6 = c->family == AF_INET6;
	(void)strlcpy(c->vmac, m->name, sizeof(c->vmac));
	if (m->make == CONF_MAKE_IPVLAN) {
		check_ipvlan(ld, d);
		return;
	}
	if (m->mac_len < MAC_LEN - 1)
		vmac_mac(m->mac, c->family, c->vrid);
	else if (m->mac_len == MAC_LEN - 1)
		m->mac[MAC_LEN - 1] = c->vrid;
	if (made_find(ld, c->ifname, m->mac) != NULL)
		diag_error(ld, m->at, "%s: another instance has this MAC on "
		    "%s", c->name, c->ifname);
	memcpy(iface->mac, m->mac, sizeof(iface->mac));
}

/* vmac_xmit_base needs one, unicast needs vmac_xmit_base. */
static void
check_base(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;

	if (d->made.make == CONF_MAKE_NONE) {
		if (c->xmit_base)
			diag_warn(ld, d->set[KI_XMIT_BASE], "%s: "
			    "vmac_xmit_base does nothing without use_vmac",
			    c->name);
		c->xmit_base = false;
	} else if (c->unicast && !c->xmit_base) {
		diag_warn(ld, d->made.at, "%s: unicast with a virtual "
		    "interface: vmac_xmit_base is used", c->name);
		c->xmit_base = true;
	}
}

static void
check_ipvlan(struct load *ld, struct inst_def *d)
{
	struct conf_inst	*c = d->c;
	struct made_def		*m = &d->made;

	if (m->src.family != 0 && m->src.family != c->family)
		diag_error(ld, m->src_at, "%s: the address is of another "
		    "family than the instance", c->name);
	else if (m->src.family != 0)
		c->src = m->src;
	else if (c->family == AF_INET && c->src.family == 0)
		diag_error(ld, m->at, "%s: use_ipvlan with IPv4 needs an "
		    "address to send from", c->name);
}

/*
 * PREFIX.VRID; a clash gives PREFIX1.VRID and so on, for IPv6 PREFIX6.VRID
 * first.
 */
static bool
name_pick(const struct load *ld, const char *prefix, uint8_t family,
    uint8_t vrid, char *name)
{
	int	 i;

	(void)snprintf(name, IF_NAME_LEN, "%s.%u", prefix, vrid);
	if (name_free(ld, name))
		return (true);
	if (family == AF_INET6) {
		(void)snprintf(name, IF_NAME_LEN, "%s6.%u", prefix, vrid);
		if (name_free(ld, name))
			return (true);
	}
	for (i = 1; i < 10; i++) {
		(void)snprintf(name, IF_NAME_LEN, "%s%d.%u", prefix, i, vrid);
		if (name_free(ld, name))
			return (true);
	}
	name[0] = '\0';
	return (false);
}

static bool
name_free(const struct load *ld, const char *name)
{
	const struct conf_iface	*iface = conf_iface_by_name(ld->conf, name);
	const struct inst_def	*d;

	if (iface != NULL && iface->make != CONF_MAKE_NONE)
		return (false);
	TAILQ_FOREACH(d, &ld->insts, entry)
		if (strcmp(d->c->ifname, name) == 0)
			return (false);
	return (true);
}

/* An interface that an address or a tracker names may be one that is made. */
static struct conf_iface *
made_add(struct load *ld, struct where at, const char *name,
    const char *base)
{
	const struct inst_def	*d;
	struct conf_iface	*iface;

	TAILQ_FOREACH(d, &ld->insts, entry) {
		if (strcmp(d->c->ifname, name) == 0) {
			diag_error(ld, at, "%s is the interface of %s", name,
			    d->c->name);
			return (NULL);
		}
	}
	iface = conf_iface_by_name(ld->conf, name);
	if (iface != NULL && iface->make != CONF_MAKE_NONE) {
		diag_error(ld, at, "%s is made for another instance", name);
		return (NULL);
	}
	if (iface == NULL && (iface = conf_iface_add(ld->conf, name)) == NULL) {
		diag_error(ld, at, "more than %d interfaces are named",
		    MAX_IFACES);
		return (NULL);
	}
	(void)strlcpy(iface->base, base, sizeof(iface->base));
	return (iface);
}

static struct conf_iface *
made_find(const struct load *ld, const char *base, const uint8_t *mac)
{
	struct conf_iface	*iface;

	TAILQ_FOREACH(iface, &ld->conf->ifaces, entry)
		if (iface->make == CONF_MAKE_MACVLAN &&
		    strcmp(iface->base, base) == 0 &&
		    memcmp(iface->mac, mac, MAC_LEN) == 0)
			return (iface);
	return (NULL);
}

/* Where an address goes: it has the name of an interface that is there. */
static void
vmac_addr(struct load *ld, struct inst_def *d, struct vip_def *vd)
{
	struct conf_inst	*c = d->c;
	struct conf_vip		*v = vd->v;
	const struct conf_global *g = ld->global.g;
	struct conf_iface	*iface;
	uint8_t			 mac[MAC_LEN];
	char			 name[IF_NAME_LEN];
	bool			 own;

	iface = conf_iface_by_name(ld->conf, v->ifname);
	own = !vd->dev || (iface != NULL && iface->make != CONF_MAKE_NONE);
	if (!own && (d->vmac_addr || (v->flags & VIP_F_VMAC)) == 0)
		return;
	if (own && (c->vmac[0] == '\0' ? !(v->flags & VIP_F_VMAC) :
	    v->addr.family == c->family ||
	    (!d->vmac_addr && !(v->flags & VIP_F_VMAC)))) {
		if (!vd->dev && c->vmac[0] != '\0')
			(void)strlcpy(v->ifname, c->vmac, sizeof(v->ifname));
		iface = conf_iface_by_name(ld->conf, v->ifname);
		if (iface != NULL && v->addr.family == AF_INET6)
			iface->ipv6 = true;
		v->flags &= ~(uint32_t)VIP_F_VMAC;
		return;
	}
	v->flags |= VIP_F_VMAC;
	check_iface(ld, vd->at, v->ifname);
	vmac_mac(mac, v->addr.family, c->vrid);
	if ((iface = made_find(ld, v->ifname, mac)) == NULL) {
		if (!name_pick(ld, g->vmac_addr_prefix[0] != '\0' ?
		    g->vmac_addr_prefix : g->vmac_prefix, v->addr.family,
		    c->vrid, name)) {
			diag_error(ld, vd->at, "%s: no name for the "
			    "address's interface is free", c->name);
			return;
		}
		iface = made_add(ld, vd->at, name, v->ifname);
		if (iface == NULL)
			return;
		iface->make = CONF_MAKE_MACVLAN;
		memcpy(iface->mac, mac, sizeof(mac));
	}
	iface->ipv6 |= v->addr.family == AF_INET6;
	(void)strlcpy(v->ifname, iface->name, sizeof(v->ifname));
}

/* RFC 9568 7.3 */
static void
vmac_mac(uint8_t *mac, uint8_t family, uint8_t vrid)
{
	static const uint8_t	 rfc[MAC_LEN] = {
		0x00, 0x00, 0x5e, 0x00, 0x01, 0x00
	};

	memcpy(mac, rfc, sizeof(rfc));
	if (family == AF_INET6)
		mac[4] = 0x02;
	mac[5] = vrid;
}
