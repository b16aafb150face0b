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
 * A configuration against the interfaces and addresses of this host. Said
 * only where the interface exists here, since a file may be for another host.
 * An address that is held as a virtual one right now must not be taken for
 * one of the interface's own.
 * Runs in: readconf, for a person.
 */

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>

#include <net/if.h>

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "entry.h"
#include "lint.h"

#define REPLY_LEN	65536
#define ATTR_PROTO	11	/* IFA_PROTO, which older headers lack */
#define PROTO_OTHER	18	/* keepalived's mark */
#define SUBNETS_LEN	128

/* An address of an interface of this host. */
struct own {
	struct vaddr	 addr;
	char		 ifname[IF_NAME_LEN];
	bool		 first;		/* of its family there */
	bool		 held;		/* as a virtual one */
};

struct host {
	struct own	*own;		/* by interface and address */
	size_t		 cnt;
	size_t		 max;
	int		 fd;
};

typedef void (*rule_fn)(struct load *, const struct host *,
	    const struct inst_def *);

static bool	 host_read(struct load *, struct host *);
static bool	 host_reply(struct host *, struct nlmsghdr *, size_t,
		    bool *done);
static void	 host_addr(struct host *, struct nlmsghdr *);
static void	 host_add(struct host *, const struct own *);
static void	 host_real(const struct load *, struct host *);
static struct own *host_find(const struct host *, const char *ifname,
		    const struct vaddr *);
static bool	 host_sends(const struct host *, const char *ifname,
		    int family);
static int	 own_cmp(const void *, const void *);
static void	 rule_source(struct load *, const struct host *,
		    const struct inst_def *);
static void	 rule_multicast(struct load *, const struct host *,
		    const struct inst_def *);
static void	 rule_own(struct load *, const struct host *,
		    const struct inst_def *);
static void	 rule_subnet(struct load *, const struct host *,
		    const struct inst_def *);
static bool	 in_subnet(const struct host *, const struct conf_vip *);
static const char *subnets(const struct host *, const struct conf_vip *,
		    char *, size_t);
static void	 rule_peer(struct load *, const struct host *,
		    const struct inst_def *);

static void	 lint_gateways(struct load *, const struct host *);
static bool	 reachable(const struct load *, const struct host *,
		    const struct inst_def *, const struct vaddr *);

static const rule_fn	 rules[] = {
	rule_source,
	rule_multicast,
	rule_own,
	rule_subnet,
	rule_peer
};

void
lint_host(struct load *ld)
{
	const struct inst_def	*d;
	struct host		 h;
	size_t			 i;

	memset(&h, 0, sizeof(h));
	h.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (h.fd == -1)
		return;
	if (host_read(ld, &h)) {
		host_real(ld, &h);
		TAILQ_FOREACH(d, &ld->insts, entry)
			for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
				rules[i](ld, &h, d);
		lint_gateways(ld, &h);
	}
	(void)close(h.fd);
	free(h.own);
}

/* All addresses of this host; false: there is no telling. */
static bool
host_read(struct load *ld, struct host *h)
{
	struct {
		struct nlmsghdr		 nh;
		struct ifaddrmsg	 ifa;
	} req;
	struct nlmsghdr	*reply;
	ssize_t		 n;
	bool		 done = false;

	memset(&req, 0, sizeof(req));
	req.nh.nlmsg_len = sizeof(req);
	req.nh.nlmsg_type = RTM_GETADDR;
	req.nh.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (write(h->fd, &req, sizeof(req)) != (ssize_t)sizeof(req))
		return (false);
	reply = mem_get(ld, REPLY_LEN);
	while (!done) {
		n = read(h->fd, reply, REPLY_LEN);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0 || !host_reply(h, reply, n, &done))
			return (false);
	}
	return (true);
}

static bool
host_reply(struct host *h, struct nlmsghdr *nh, size_t len, bool *done)
{
	size_t	 step;

	while (len >= sizeof(*nh) && nh->nlmsg_len >= sizeof(*nh) &&
	    nh->nlmsg_len <= len) {
		if (nh->nlmsg_type == NLMSG_ERROR)
			return (false);
		if (nh->nlmsg_type == NLMSG_DONE) {
			*done = true;
			return (true);
		}
		if (nh->nlmsg_type == RTM_NEWADDR)
			host_addr(h, nh);
		step = NLMSG_ALIGN(nh->nlmsg_len);
		if (step >= len)
			break;
		len -= step;
		nh = (void *)((char *)nh + step);
	}
	return (true);
}

/* Those that a daemon has marked as its own are virtual. */
static void
host_addr(struct host *h, struct nlmsghdr *nh)
{
	struct ifaddrmsg	*ifa = NLMSG_DATA(nh);
	struct rtattr		*rta;
	struct own		 o = { .held = false };
	size_t			 len, need;
	uint8_t			 proto;

	if (nh->nlmsg_len < NLMSG_LENGTH(sizeof(*ifa)) ||
	    (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6) ||
	    if_indextoname(ifa->ifa_index, o.ifname) == NULL)
		return;
	need = ifa->ifa_family == AF_INET ? 4 : 16;
	len = nh->nlmsg_len - NLMSG_LENGTH(sizeof(*ifa));
	for (rta = IFA_RTA(ifa); RTA_OK(rta, len); rta = RTA_NEXT(rta, len)) {
		if (RTA_PAYLOAD(rta) >= need && (rta->rta_type == IFA_LOCAL ||
		    (rta->rta_type == IFA_ADDRESS && o.addr.family == 0)))
			vaddr_from_bytes(&o.addr, ifa->ifa_family,
			    RTA_DATA(rta));
		if (rta->rta_type == ATTR_PROTO && RTA_PAYLOAD(rta) == 1) {
			memcpy(&proto, RTA_DATA(rta), 1);
			if (proto == VRRPD_IFAPROTO || proto == PROTO_OTHER)
				return;
		}
	}
	if (o.addr.family == 0)
		return;
	o.addr.plen = ifa->ifa_prefixlen;
	host_add(h, &o);
}

/* The kernel tells one family after the other, an interface at a time. */
static void
host_add(struct host *h, const struct own *o)
{
	const struct own	*last;

	if (h->cnt == h->max) {
		h->max = h->max == 0 ? 64 : 2 * h->max;
		h->own = reallocarray(h->own, h->max, sizeof(*h->own));
		if (h->own == NULL)
			err(1, "configuration");
	}
	h->own[h->cnt] = *o;
	last = h->cnt == 0 ? NULL : &h->own[h->cnt - 1];
	h->own[h->cnt].first = last == NULL ||
	    last->addr.family != o->addr.family ||
	    strcmp(last->ifname, o->ifname) != 0;
	h->cnt++;
}

/*
 * Leaves the real addresses. Without a mark a virtual one is known by its
 * place: the first IPv4 address is where the interface sends from, and a real
 * IPv6 address has a subnet.
 */
static void
host_real(const struct load *ld, struct host *h)
{
	const struct inst_def	*d;
	const struct vip_def	*vd;
	const struct vaddr	*a;
	struct own		*o;
	size_t			 i, cnt = 0;

	if (h->cnt == 0)
		return;
	qsort(h->own, h->cnt, sizeof(*h->own), own_cmp);
	TAILQ_FOREACH(d, &ld->insts, entry) {
		if (d->c->priority == 255)
			continue;
		TAILQ_FOREACH(vd, &d->vips, entry) {
			a = &vd->v->addr;
			o = host_find(h, vd->v->ifname, a);
			if (o != NULL && o->addr.plen == a->plen)
				o->held = a->family == AF_INET ? !o->first :
				    a->plen == 128;
		}
	}
	for (i = 0; i < h->cnt; i++)
		if (!h->own[i].held)
			h->own[cnt++] = h->own[i];
	h->cnt = cnt;
}

static struct own *
host_find(const struct host *h, const char *ifname, const struct vaddr *addr)
{
	struct own	 key = { .addr = *addr };

	if (h->cnt == 0)
		return (NULL);
	(void)strlcpy(key.ifname, ifname, sizeof(key.ifname));
	return (bsearch(&key, h->own, h->cnt, sizeof(key), own_cmp));
}

static int
own_cmp(const void *a, const void *b)
{
	const struct own	*x = a, *y = b;
	int			 r;

	if ((r = strcmp(x->ifname, y->ifname)) != 0)
		return (r);
	return (vaddr_cmp(&x->addr, &y->addr));
}

/* Is there an address that advertisements of that family can come from? */
static bool
host_sends(const struct host *h, const char *ifname, int family)
{
	const struct own	*o;
	size_t			 i;

	for (i = 0; i < h->cnt; i++) {
		o = &h->own[i];
		if (o->addr.family == family &&
		    strcmp(o->ifname, ifname) == 0 &&
		    (family == AF_INET || vaddr_is_linklocal(&o->addr)))
			return (true);
	}
	return (false);
}

static void
rule_source(struct load *ld, const struct host *h, const struct inst_def *d)
{
	const struct conf_inst	*c = d->c;
	char			 buf[VADDR_STRLEN];

	if (c->ifname[0] == '\0' || if_nametoindex(c->ifname) == 0)
		return;
	if (c->src.family != 0) {
		if (host_find(h, c->ifname, &c->src) == NULL)
			diag_warn(ld, d->src_at, "%s: %s is no address of %s "
			    "here: the instance stays in FAULT until it is",
			    c->name, vaddr_print(&c->src, buf, sizeof(buf)),
			    c->ifname);
	} else if (!host_sends(h, c->ifname, c->family))
		diag_warn(ld, d->set[KI_INTERFACE], "%s: %s has no %s address "
		    "here to send from: the instance stays in FAULT until it "
		    "has", c->name, c->ifname, c->family == AF_INET ? "IPv4" :
		    "link-local IPv6");
}

static void
rule_multicast(struct load *ld, const struct host *h,
    const struct inst_def *d)
{
	const struct conf_inst	*c = d->c;
	struct ifreq		 ifr;

	if (c->unicast || c->ifname[0] == '\0')
		return;
	memset(&ifr, 0, sizeof(ifr));
	(void)strlcpy(ifr.ifr_name, c->ifname, sizeof(ifr.ifr_name));
	if (ioctl(h->fd, SIOCGIFFLAGS, &ifr) == 0 &&
	    (ifr.ifr_flags & IFF_MULTICAST) == 0)
		diag_warn(ld, d->set[KI_INTERFACE], "%s: %s does no multicast "
		    "here: the others hear nothing without unicast_peer",
		    c->name, c->ifname);
}

/* A VIP that is a real address. What has the very form of a VIP is taken for
 * a left-over one at the start. */
static void
rule_own(struct load *ld, const struct host *h, const struct inst_def *d)
{
	const struct vip_def	*vd;
	const struct own	*o;
	char			 vip[VADDR_STRLEN], own[VADDR_STRLEN];

	if (d->c->priority == 255)
		return;
	TAILQ_FOREACH(vd, &d->vips, entry) {
		o = host_find(h, vd->v->ifname, &vd->v->addr);
		if (o == NULL)
			continue;
		(void)vaddr_print(&o->addr, vip, sizeof(vip));
		(void)vaddr_print_plen(&o->addr, own, sizeof(own));
		if (o->addr.plen == vd->v->addr.plen)
			diag_warn(ld, vd->at, "%s: %s is %s's own address: "
			    "unless priority is 255 it is removed at the "
			    "start", d->c->name, own, o->ifname);
		else
			diag_warn(ld, vd->at, "%s: %s is %s's own address "
			    "(%s): unless priority is 255 two routers have it "
			    "when another one is master", d->c->name, vip,
			    o->ifname, own);
	}
}

/* One for each instance is enough. */
static void
rule_subnet(struct load *ld, const struct host *h, const struct inst_def *d)
{
	const struct vip_def	*vd, *bad = NULL;
	unsigned int		 more = 0;
	char			 buf[VADDR_STRLEN], nets[SUBNETS_LEN];
	char			 others[32] = "";

	TAILQ_FOREACH(vd, &d->vips, entry) {
		if (in_subnet(h, vd->v))
			continue;
		if (bad == NULL)
			bad = vd;
		else
			more++;
	}
	if (bad == NULL)
		return;
	if (more > 0)
		(void)snprintf(others, sizeof(others), ", like %u more", more);
	diag_warn(ld, bad->at, "%s: %s is in no subnet of %s here (%s)%s: %s",
	    d->c->name, vaddr_print_plen(&bad->v->addr, buf, sizeof(buf)),
	    bad->v->ifname, subnets(h, bad->v, nets, sizeof(nets)), others,
	    bad->v->addr.plen == vaddr_full_plen(&bad->v->addr) ?
	    "others find it by a route only" :
	    "only the master is in that subnet");
}

/* Also when nothing can be said: no such interface, no such rule. */
static bool
in_subnet(const struct host *h, const struct conf_vip *v)
{
	const struct own	*o;
	size_t			 i;
	bool			 any = false;

	if (v->peer.family != 0 || vaddr_is_linklocal(&v->addr) ||
	    strcmp(v->ifname, "lo") == 0)
		return (true);
	for (i = 0; i < h->cnt; i++) {
		o = &h->own[i];
		if (o->addr.family != v->addr.family ||
		    strcmp(o->ifname, v->ifname) != 0 ||
		    vaddr_is_linklocal(&o->addr))
			continue;
		any = true;
		if (vaddr_in_net(&v->addr, &o->addr))
			return (true);
	}
	return (!any);
}

/* Some of them, for a message. */
static const char *
subnets(const struct host *h, const struct conf_vip *v, char *buf, size_t size)
{
	const struct own	*o;
	char			 one[VADDR_STRLEN];
	size_t			 i;

	buf[0] = '\0';
	for (i = 0; i < h->cnt; i++) {
		o = &h->own[i];
		if (o->addr.family != v->addr.family ||
		    strcmp(o->ifname, v->ifname) != 0 ||
		    vaddr_is_linklocal(&o->addr))
			continue;
		(void)vaddr_print_plen(&o->addr, one, sizeof(one));
		if (strlen(buf) + strlen(one) + 8 > size) {
			(void)strlcat(buf, ", ...", size);
			break;
		}
		if (buf[0] != '\0')
			(void)strlcat(buf, ", ", size);
		(void)strlcat(buf, one, size);
	}
	return (buf);
}

/* The same list on all routers names each of them. */
static void
rule_peer(struct load *ld, const struct host *h, const struct inst_def *d)
{
	const struct peer_def	*p;
	size_t			 i;
	char			 buf[VADDR_STRLEN];

	TAILQ_FOREACH(p, &d->peers, entry)
		for (i = 0; i < h->cnt; i++) {
			if (vaddr_cmp(&h->own[i].addr, &p->peer.addr) != 0)
				continue;
			diag_warn(ld, p->at, "%s: the peer %s is this host "
			    "(%s)", d->c->name, vaddr_print(&p->peer.addr,
			    buf, sizeof(buf)), h->own[i].ifname);
			break;
		}
}

/* What the kernel would refuse when the role is taken. */
static void
lint_gateways(struct load *ld, const struct host *h)
{
	const struct entry_def	*e;
	const struct conf_hop	*hop;
	char			 buf[VADDR_STRLEN];
	uint8_t			 i;

	TAILQ_FOREACH(e, &ld->entries, entry) {
		for (i = 0; e->route != NULL && i < e->route->hop_cnt; i++) {
			hop = &e->route->hops[i];
			if (hop->via.family == 0 ||
			    (hop->flags & HOP_F_ONLINK) ||
			    vaddr_is_linklocal(&hop->via) ||
			    (hop->ifname[0] != '\0' &&
			    if_nametoindex(hop->ifname) == 0) ||
			    reachable(ld, h, e->d, &hop->via))
				continue;
			diag_warn(ld, word_at(&e->st, 0), "the gateway %s is "
			    "in no subnet here: the kernel would refuse the "
			    "route", vaddr_print(&hop->via, buf,
			    sizeof(buf)));
		}
	}
}

/* By an address of this host, or one that comes with the configuration, or
 * another route of it. */
static bool
reachable(const struct load *ld, const struct host *h,
    const struct inst_def *d, const struct vaddr *via)
{
	const struct conf_route	*r;
	const struct vip_def	*vd;
	size_t			 i;

	for (i = 0; i < h->cnt; i++)
		if (vaddr_in_net(via, &h->own[i].addr))
			return (true);
	TAILQ_FOREACH(vd, &ld->statics.vips, entry)
		if (vaddr_in_net(via, &vd->v->addr))
			return (true);
	TAILQ_FOREACH(r, &ld->conf->static_routes, entry)
		if (r->dst.plen != 0 && vaddr_in_net(via, &r->dst))
			return (true);
	if (d == NULL)
		return (false);
	TAILQ_FOREACH(vd, &d->vips, entry)
		if (vaddr_in_net(via, &vd->v->addr))
			return (true);
	TAILQ_FOREACH(r, &d->c->routes, entry)
		if (r->dst.plen != 0 && vaddr_in_net(via, &r->dst))
			return (true);
	return (false);
}
