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
 * Which socket every instance uses, and when one is opened, told or closed.
 * Runs in: parent.
 */

#include <sys/queue.h>
#include <sys/tree.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "log.h"
#include "relay.h"
#include "sock.h"
#include "sockopen.h"

#define RX_IPV4		0	/* receive sockets of an interface */
#define RX_IPV6		1
#define RX_AH		2	/* IPv4 with an authentication header */
#define RX_CNT		3
#define RETRY_US	US_PER_SEC

struct vsock {
	TAILQ_ENTRY(vsock) entry;
	struct sock_spec spec;
	uint32_t	 id;
	int		 fd;
	struct relay	*relay;		/* fd is one end of it, or NULL */
	bool		 told;		/* to the engine */
	bool		 used;
};
TAILQ_HEAD(vsock_list, vsock);

/* An instance, with what it uses. */
struct sock_user {
	TAILQ_ENTRY(sock_user) entry;
	const struct conf_inst *conf;
	struct sock_use	*use;
	bool		 changed;	/* since it was told */
};
TAILQ_HEAD(user_list, sock_user);

struct sock_if {
	RB_ENTRY(sock_if) node;
	struct vsock_list socks;
	struct user_list users;
	struct user_list staged;
	uint32_t	 slot;
};
RB_HEAD(sock_ifs, sock_if);

struct socks {
	struct event_base *base;
	struct netlinkd	*nd;
	const struct sock_ops *ops;
	void		*arg;
	struct sock_ifs	 ifs;
	uint32_t	 last_id;
	bool		 all_vrids;	/* of the running configuration */
	bool		 staged_all_vrids;
	bool		 has_staged;
	bool		 failed;	/* some could not be opened */
	int64_t		 retry_us;
};

static struct sock_if *if_add(struct socks *, uint32_t);
static struct sock_if *if_of_vmac(struct socks *, uint32_t);
static int	 if_stage(struct socks *, const struct conf_inst *);
static void	 if_resolve(struct socks *, struct sock_if *);
static void	 if_resolve_list(struct socks *, struct sock_if *,
		    struct user_list *, bool);
static void	 if_tell_socks(struct socks *, struct sock_if *, bool);
static void	 if_tell_uses(struct socks *, struct sock_if *, bool);
static void	 if_sweep(struct socks *, struct sock_if *);
static void	 user_resolve(struct socks *, struct sock_if *,
		    struct sock_user *, const struct link_info *,
		    const uint32_t [RX_CNT]);
static enum sock_why user_source(struct socks *, const struct sock_if *,
		    const struct conf_inst *, const struct link_info *,
		    struct vaddr *);
static int	 user_vmac(struct socks *, struct sock_if *,
		    const struct sock_user *, const struct link_info *,
		    struct sock_use *);
static int	 user_tx(struct socks *, struct sock_if *,
		    const struct sock_user *, const struct link_info *,
		    struct sock_use *);
static uint32_t	 rx_id(struct socks *, struct sock_if *, struct user_list *,
		    const struct link_info *, int, bool);
static int	 rx_kind(const struct conf_inst *);
static void	 rx_add_user(struct sock_spec *, const struct conf_inst *,
		    const struct link_info *);
static struct vsock *vsock_need(struct socks *, struct sock_if *,
		    const struct sock_spec *, const char *, bool);
static int	 vsock_relay(struct socks *, struct vsock *);
static void	 vsock_tell(struct socks *, struct sock_if *, struct vsock *);
static void	 vsock_close(struct sock_if *, struct vsock *);
static void	 users_free(struct user_list *);
static int	 if_cmp(const struct sock_if *, const struct sock_if *);

RB_PROTOTYPE(sock_ifs, sock_if, node, if_cmp)
RB_GENERATE(sock_ifs, sock_if, node, if_cmp)

struct socks *
sock_new(struct event_base *base, struct netlinkd *nd,
    const struct sock_ops *ops, void *arg)
{
	struct socks	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->base = base;
	s->nd = nd;
	s->ops = ops;
	s->arg = arg;
	RB_INIT(&s->ifs);
	return (s);
}

void
sock_free(struct socks *s)
{
	struct sock_if	*sif;
	struct vsock	*vs;

	if (s == NULL)
		return;
	while ((sif = RB_ROOT(&s->ifs)) != NULL) {
		while ((vs = TAILQ_FIRST(&sif->socks)) != NULL)
			vsock_close(sif, vs);
		users_free(&sif->users);
		users_free(&sif->staged);
		RB_REMOVE(sock_ifs, &s->ifs, sif);
		free(sif);
	}
	free(s);
}

int
sock_conf(struct socks *s, const struct conf *conf)
{
	const struct conf_inst	*ci;
	struct sock_if		*sif;

	if (s->has_staged)
		sock_abort(s);
	if (netlinkd_watch(s->nd, conf) == -1)
		return (-1);
	s->has_staged = true;
	s->staged_all_vrids = conf->global.log_unknown_vrids;
	TAILQ_FOREACH(ci, &conf->insts, entry) {
		if (if_stage(s, ci) == -1) {
			sock_abort(s);
			errno = ENOMEM;
			return (-1);
		}
	}
	RB_FOREACH(sif, sock_ifs, &s->ifs)
		if_resolve(s, sif);
	return (0);
}

static int
if_stage(struct socks *s, const struct conf_inst *ci)
{
	struct sock_user	*user;
	struct sock_if		*sif;

	if ((sif = if_add(s, ci->slot)) == NULL ||
	    (user = calloc(1, sizeof(*user))) == NULL)
		return (-1);
	if ((user->use = calloc(1, sizeof(*user->use))) == NULL) {
		free(user);
		return (-1);
	}
	user->conf = ci;
	user->changed = true;
	TAILQ_INSERT_TAIL(&sif->staged, user, entry);
	return (0);
}

void
sock_commit(struct socks *s)
{
	struct sock_if	*sif;

	if (!s->has_staged)
		return;
	s->has_staged = false;
	s->all_vrids = s->staged_all_vrids;
	RB_FOREACH(sif, sock_ifs, &s->ifs) {
		users_free(&sif->users);
		TAILQ_CONCAT(&sif->users, &sif->staged, entry);
		if_resolve(s, sif);
		if_tell_socks(s, sif, false);
	}
	RB_FOREACH(sif, sock_ifs, &s->ifs)
		if_tell_uses(s, sif, true);
	RB_FOREACH(sif, sock_ifs, &s->ifs)
		if_sweep(s, sif);
}

void
sock_abort(struct socks *s)
{
	struct sock_if	*sif;

	s->has_staged = false;
	RB_FOREACH(sif, sock_ifs, &s->ifs) {
		users_free(&sif->staged);
		if_resolve(s, sif);
		if_tell_uses(s, sif, false);
		if_sweep(s, sif);
	}
}

void
sock_link(struct socks *s, uint32_t slot)
{
	struct sock_if	 key, *sif;

	key.slot = slot;
	if ((sif = RB_FIND(sock_ifs, &s->ifs, &key)) == NULL &&
	    (sif = if_of_vmac(s, slot)) == NULL)
		return;
	if_resolve(s, sif);
	if_tell_socks(s, sif, false);
	if_tell_uses(s, sif, false);
	if_sweep(s, sif);
}

/* That of the instance that an interface is made for. */
static struct sock_if *
if_of_vmac(struct socks *s, uint32_t slot)
{
	const struct sock_user	*user;
	struct sock_if		*sif;

	RB_FOREACH(sif, sock_ifs, &s->ifs) {
		TAILQ_FOREACH(user, &sif->users, entry)
			if (user->conf->vmac_slot == slot)
				return (sif);
		TAILQ_FOREACH(user, &sif->staged, entry)
			if (user->conf->vmac_slot == slot)
				return (sif);
	}
	return (NULL);
}

/* A fault of ours or of the kernel's that no event tells the end of. */
void
sock_retry(struct socks *s, int64_t now_us)
{
	struct sock_user	*user;
	struct sock_if		*sif;

	if (s == NULL || !s->failed || now_us < s->retry_us)
		return;
	s->retry_us = now_us + RETRY_US;
	s->failed = false;
	RB_FOREACH(sif, sock_ifs, &s->ifs) {
		TAILQ_FOREACH(user, &sif->users, entry) {
			if (user->use->why == SOCK_FAILED)
				break;
		}
		if (user != NULL)
			sock_link(s, sif->slot);
	}
}

void
sock_links(struct socks *s)
{
	struct sock_if	*sif, *next;

	RB_FOREACH_SAFE(sif, sock_ifs, &s->ifs, next)
		sock_link(s, sif->slot);
}

void
sock_resend_all(struct socks *s)
{
	struct sock_if	*sif;

	RB_FOREACH(sif, sock_ifs, &s->ifs) {
		if_resolve(s, sif);
		if_tell_socks(s, sif, true);
	}
	RB_FOREACH(sif, sock_ifs, &s->ifs) {
		if_tell_uses(s, sif, true);
		if_sweep(s, sif);
	}
}

static struct sock_if *
if_add(struct socks *s, uint32_t slot)
{
	struct sock_if	 key, *sif;

	key.slot = slot;
	if ((sif = RB_FIND(sock_ifs, &s->ifs, &key)) != NULL)
		return (sif);
	if ((sif = calloc(1, sizeof(*sif))) == NULL)
		return (NULL);
	sif->slot = slot;
	TAILQ_INIT(&sif->socks);
	TAILQ_INIT(&sif->users);
	TAILQ_INIT(&sif->staged);
	RB_INSERT(sock_ifs, &s->ifs, sif);
	return (sif);
}

/* Works out what every instance there uses, opens what is missing and marks
 * what is needed; closes and tells nothing. */
static void
if_resolve(struct socks *s, struct sock_if *sif)
{
	struct vsock	*vs;

	TAILQ_FOREACH(vs, &sif->socks, entry)
		vs->used = false;
	if_resolve_list(s, sif, &sif->users, s->all_vrids);
	if_resolve_list(s, sif, &sif->staged, s->staged_all_vrids);
}

static void
if_resolve_list(struct socks *s, struct sock_if *sif,
    struct user_list *users, bool all_vrids)
{
	struct link_info	 link;
	struct sock_user	*user;
	int			 i;
	uint32_t		 rx[RX_CNT];

	if (TAILQ_EMPTY(users))
		return;
	if (!netlinkd_link(s->nd, sif->slot, &link))
		memset(&link, 0, sizeof(link));
	for (i = 0; i < RX_CNT; i++)
		rx[i] = rx_id(s, sif, users, &link, i, all_vrids);
	TAILQ_FOREACH(user, users, entry)
		user_resolve(s, sif, user, &link, rx);
}

static void
user_resolve(struct socks *s, struct sock_if *sif, struct sock_user *user,
    const struct link_info *link, const uint32_t rx[RX_CNT])
{
	const struct conf_inst	*ci = user->conf;
	struct sock_use		 use;

	memset(&use, 0, sizeof(use));
	use.why = (uint8_t)user_source(s, sif, ci, link, &use.src);
	if (use.why == SOCK_OK) {
		use.rx = rx[rx_kind(ci)];
		/* While it is down there may be no way to connect. */
		if (use.rx == 0 || user_vmac(s, sif, user, link, &use) == -1)
			use.why = (link->flags & LINK_F_UP) ? SOCK_FAILED :
			    SOCK_NO_INTERFACE;
	}
	s->failed |= use.why == SOCK_FAILED;
	if (use.why != SOCK_OK) {
		use.rx = use.rx_vmac = 0;
		use.late = false;
		use.tx_cnt = 0;
		memset(use.tx, 0, sizeof(use.tx));
	}
	if (memcmp(&use, user->use, sizeof(use)) == 0)
		return;
	memcpy(user->use, &use, sizeof(use));
	user->changed = true;
}

/* Evidence, not assumption: a source that is not on the interface is none. */
static enum sock_why
user_source(struct socks *s, const struct sock_if *sif,
    const struct conf_inst *ci, const struct link_info *link,
    struct vaddr *src)
{
	bool	 tentative;

	if (link->ifindex == 0)
		return (SOCK_NO_INTERFACE);
	if (link->flags & LINK_F_PORT)
		return (SOCK_PORT);
	if (!ci->accept && !netlinkd_filter_ok(s->nd))
		return (SOCK_NO_FILTER);
	if (ci->src.family != 0) {
		*src = ci->src;
		if (s->nd != NULL && netlinkd_is_ipvlan(s->nd, ci->vmac_slot))
			return (SOCK_OK);	/* it has its own */
		if (netlinkd_has_source(s->nd, sif->slot, src, &tentative))
			return (SOCK_OK);
	} else {
		*src = ci->family == AF_INET ? link->primary4 :
		    link->linklocal6;
		if (src->family != 0)
			return (SOCK_OK);
		tentative = ci->family == AF_INET6 &&
		    (link->flags & LINK_F_TENTATIVE);
	}
	return (tentative ? SOCK_TENTATIVE : SOCK_NO_SOURCE);
}

/*
 * An instance with a virtual MAC sends there, which is up while it is MASTER
 * and not before. A private macvlan takes what comes with its own MAC away
 * from the interface below: what a rival sends is heard on it only.
 */
static int
user_vmac(struct socks *s, struct sock_if *sif, const struct sock_user *user,
    const struct link_info *link, struct sock_use *use)
{
	const struct conf_inst	*ci = user->conf;
	struct link_info	 vmac;
	struct sock_spec	 spec;
	struct vsock		*vs;

	if (ci->vmac_slot == 0)
		return (user_tx(s, sif, user, link, use));
	if (!netlinkd_made_ok(s->nd, ci->vmac_slot) ||
	    !netlinkd_link(s->nd, ci->vmac_slot, &vmac))
		return (-1);
	use->late = !ci->xmit_base;
	if (vmac.flags & LINK_F_UP) {
		memset(&spec, 0, sizeof(spec));
		spec.ifindex = vmac.ifindex;
		spec.family = ci->family;
		spec.rx = true;
		spec.ah = rx_kind(ci) == RX_AH;
		rx_add_user(&spec, ci, link);
		if ((vs = vsock_need(s, sif, &spec, ci->name, false)) != NULL)
			use->rx_vmac = vs->id;
	}
	if (ci->xmit_base)
		return (user_tx(s, sif, user, link, use));
	if (vmac.flags & LINK_F_UP)
		return (user_tx(s, sif, user, &vmac, use));
	return (0);
}

static int
user_tx(struct socks *s, struct sock_if *sif, const struct sock_user *user,
    const struct link_info *link, struct sock_use *use)
{
	const struct conf_inst	*ci = user->conf;
	const struct conf_peer	*peer;
	struct sock_spec	 spec;
	struct vsock		*vs;
	bool			 quiet;

	quiet = user->use->why == SOCK_FAILED || !(link->flags & LINK_F_UP);
	memset(&spec, 0, sizeof(spec));
	spec.ifindex = link->ifindex;
	spec.family = ci->family;
	spec.ah = rx_kind(ci) == RX_AH;
	spec.foreign_src = use->late;
	spec.src = use->src;
	spec.src.plen = vaddr_full_plen(&spec.src);
	if (!ci->unicast) {
		spec.ttl = 255;
		spec.dst = ci->mcast;
		if ((vs = vsock_need(s, sif, &spec, ci->name, quiet)) == NULL)
			return (-1);
		use->tx[use->tx_cnt++] = vs->id;
		return (0);
	}
	spec.ttl = ci->unicast_ttl;
	TAILQ_FOREACH(peer, &ci->peers, entry) {
		if (use->tx_cnt == MAX_PEERS)
			break;
		spec.dst = peer->addr;
		if ((vs = vsock_need(s, sif, &spec, ci->name, quiet)) == NULL)
			return (-1);
		use->tx[use->tx_cnt++] = vs->id;
	}
	return (0);
}

/* The receive socket of a family, for all who can send; 0: none. */
static uint32_t
rx_id(struct socks *s, struct sock_if *sif, struct user_list *users,
    const struct link_info *link, int kind, bool all_vrids)
{
	const char		*name;
	struct sock_spec	 spec;
	struct sock_user	*user;
	struct vsock		*vs;
	struct vaddr		 src;
	bool			 quiet;

	memset(&spec, 0, sizeof(spec));
	spec.ifindex = link->ifindex;
	spec.family = kind == RX_IPV6 ? AF_INET6 : AF_INET;
	spec.rx = true;
	spec.ah = kind == RX_AH;
	spec.all_vrids = all_vrids;
	name = NULL;
	quiet = !(link->flags & LINK_F_UP);
	TAILQ_FOREACH(user, users, entry) {
		if (rx_kind(user->conf) != kind)
			continue;
		rx_add_user(&spec, user->conf, link);
		if (user_source(s, sif, user->conf, link, &src) != SOCK_OK)
			continue;
		name = user->conf->name;
		quiet |= user->use->why == SOCK_FAILED;
	}
	if (name == NULL)
		return (0);
	vs = vsock_need(s, sif, &spec, name, quiet);
	return (vs != NULL ? vs->id : 0);
}

/* Which of the receive sockets an instance has. */
static int
rx_kind(const struct conf_inst *ci)
{
	if (ci->family == AF_INET6)
		return (RX_IPV6);
	return (ci->auth_type == AUTH_AH ? RX_AH : RX_IPV4);
}

static void
rx_add_user(struct sock_spec *spec, const struct conf_inst *ci,
    const struct link_info *link)
{
	size_t	 i;

	spec->rx_buf += ci->rx_buf < RX_BUF_MTU ? ci->rx_buf :
	    (uint64_t)(ci->rx_buf - RX_BUF_MTU) * link->mtu;
	if (!spec->all_vrids)
		spec->vrids[ci->vrid / 8] |= (uint8_t)(1 << ci->vrid % 8);
	if (ci->unicast)
		return;
	for (i = 0; i < spec->group_cnt; i++) {
		if (vaddr_cmp(&spec->groups[i], &ci->mcast) == 0)
			return;
	}
	if (i < SOCK_GROUPS_MAX)
		spec->groups[spec->group_cnt++] = ci->mcast;
}

/* Finds or opens it. Specs are zeroed before they are filled in. */
static struct vsock *
vsock_need(struct socks *s, struct sock_if *sif, const struct sock_spec *spec,
    const char *name, bool quiet)
{
	const char	*what;
	struct vsock	*vs;

	TAILQ_FOREACH(vs, &sif->socks, entry) {
		if (memcmp(&vs->spec, spec, sizeof(*spec)) == 0) {
			vs->used = true;
			return (vs);
		}
	}
	if ((vs = calloc(1, sizeof(*vs))) == NULL)
		return (NULL);
	memcpy(&vs->spec, spec, sizeof(*spec));
	if ((vs->fd = sock_open(spec, &what)) == -1) {
		if (!quiet)
			log_warn("%s: %s socket on interface %u: %s", name,
			    spec->rx ? "receive" : "transmit", spec->ifindex,
			    what);
		free(vs);
		return (NULL);
	}
	if (spec->ah && !spec->rx && vsock_relay(s, vs) == -1) {
		log_warn("%s: transmit socket", name);
		free(vs);
		return (NULL);
	}
	vs->id = ++s->last_id;
	vs->used = true;
	TAILQ_INSERT_TAIL(&sif->socks, vs, entry);
	return (vs);
}

/* The engine gets no socket for whole packets, but the way to one. */
static int
vsock_relay(struct socks *s, struct vsock *vs)
{
	int	 fd = vs->fd, saved;

	vs->relay = relay_new(s->base, &vs->spec, fd, &vs->fd);
	if (vs->relay != NULL)
		return (0);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (-1);
}

static void
if_tell_socks(struct socks *s, struct sock_if *sif, bool all)
{
	struct vsock	*vs;

	TAILQ_FOREACH(vs, &sif->socks, entry) {
		if (vs->used && (all || !vs->told))
			vsock_tell(s, sif, vs);
	}
}

static void
vsock_tell(struct socks *s, struct sock_if *sif, struct vsock *vs)
{
	struct sock_rx	 rx;
	struct sock_tx	 tx;
	int		 fd;

	if ((fd = fcntl(vs->fd, F_DUPFD_CLOEXEC, 0)) == -1) {
		log_warn("socket for the engine");
		return;
	}
	vs->told = true;
	if (vs->spec.rx) {
		memset(&rx, 0, sizeof(rx));
		rx.slot = sif->slot;
		rx.family = vs->spec.family;
		s->ops->rx(s->arg, vs->id, &rx, fd);
		return;
	}
	memset(&tx, 0, sizeof(tx));
	tx.slot = sif->slot;
	tx.family = vs->spec.family;
	tx.src = vs->spec.src;
	tx.dst = vs->spec.dst;
	s->ops->tx(s->arg, vs->id, &tx, fd);
}

static void
if_tell_uses(struct socks *s, struct sock_if *sif, bool all)
{
	struct sock_user	*user;

	TAILQ_FOREACH(user, &sif->users, entry) {
		if (!all && !user->changed)
			continue;
		user->changed = false;
		s->ops->use(s->arg, user->conf->id, user->use);
	}
}

static void
if_sweep(struct socks *s, struct sock_if *sif)
{
	struct vsock	*vs, *next;

	TAILQ_FOREACH_SAFE(vs, &sif->socks, entry, next) {
		if (vs->used)
			continue;
		if (vs->told)
			s->ops->gone(s->arg, vs->id);
		vsock_close(sif, vs);
	}
}

static void
vsock_close(struct sock_if *sif, struct vsock *vs)
{
	TAILQ_REMOVE(&sif->socks, vs, entry);
	(void)close(vs->fd);
	relay_free(vs->relay);
	free(vs);
}

static void
users_free(struct user_list *users)
{
	struct sock_user	*user;

	while ((user = TAILQ_FIRST(users)) != NULL) {
		TAILQ_REMOVE(users, user, entry);
		free(user->use);
		free(user);
	}
}

static int
if_cmp(const struct sock_if *a, const struct sock_if *b)
{
	return ((a->slot > b->slot) - (a->slot < b->slot));
}
