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
 * Sockets on which the engine hears who else announces our addresses. One for
 * each interface and family that has some; a new one replaces the old one.
 *
 * What the engine has of them can not send: it has only write(2), which needs
 * a destination on a raw socket and on a packet socket of this type.
 * Runs in: parent.
 */

#include <sys/socket.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "filter.h"
#include "parent.h"

#define WATCH_BUFFER	32768		/* a flood is to be lost */

struct watch {
	TAILQ_ENTRY(watch) entry;
	uint32_t	 slot;
	uint8_t		 family;
	uint32_t	 ifindex;	/* that fd is for */
	int		 fd;		/* -1: none */
	size_t		 cnt;
	uint32_t	 last[FILTER_ADDRS_MAX + 1];
};

static int	 watch_add(struct parent *, const struct conf_vip *);
static void	 watch_open(struct parent *, struct watch *);
static int	 open_arp(uint32_t);
static int	 open_na(uint32_t);
static int	 attach(int, const struct watch *);
static void	 watch_tell(struct parent *, const struct watch *);

/* Follows the running configuration. */
void
watch_conf(struct parent *p)
{
	const struct conf_inst	*ci;
	const struct conf_vip	*cv;
	struct watch		*w;

	watch_free(p);
	TAILQ_FOREACH(ci, &p->conf->insts, entry)
		TAILQ_FOREACH(cv, &ci->vips, entry)
			if (watch_add(p, cv) == -1)
				log_warn("%s: watching", cv->ifname);
	TAILQ_FOREACH(w, &p->watches, entry)
		watch_open(p, w);
}

void
watch_free(struct parent *p)
{
	struct watch	*w;

	while ((w = TAILQ_FIRST(&p->watches)) != NULL) {
		TAILQ_REMOVE(&p->watches, w, entry);
		if (w->fd != -1)
			(void)close(w->fd);
		free(w);
	}
}

static int
watch_add(struct parent *p, const struct conf_vip *cv)
{
	struct watch	*w;

	TAILQ_FOREACH(w, &p->watches, entry)
		if (w->slot == cv->slot && w->family == cv->addr.family)
			break;
	if (w == NULL) {
		if ((w = calloc(1, sizeof(*w))) == NULL)
			return (-1);
		w->slot = cv->slot;
		w->family = cv->addr.family;
		w->fd = -1;
		TAILQ_INSERT_TAIL(&p->watches, w, entry);
	}
	if (w->cnt > FILTER_ADDRS_MAX)
		return (0);
	memcpy(&w->last[w->cnt], cv->addr.bytes +
	    (cv->addr.family == AF_INET6 ? 12 : 0), sizeof(w->last[0]));
	w->last[w->cnt] = ntohl(w->last[w->cnt]);
	w->cnt++;
	return (0);
}

/* The interface has changed. */
void
watch_link(struct parent *p, uint32_t slot)
{
	struct watch	*w;

	TAILQ_FOREACH(w, &p->watches, entry)
		if (w->slot == slot)
			watch_open(p, w);
}

/* A new engine knows of none. */
void
watch_resend_all(struct parent *p)
{
	struct watch	*w;

	TAILQ_FOREACH(w, &p->watches, entry)
		watch_tell(p, w);
}

static void
watch_open(struct parent *p, struct watch *w)
{
	struct link_info	 li;
	int			 fd, on = 1;

	/* Frames of others have no such address, and could be sent. */
	if (!netlinkd_link(p->nl, w->slot, &li) || li.ifindex == 0 ||
	    (li.flags & (LINK_F_NOARP | LINK_F_LOOPBACK)) ||
	    (w->fd != -1 && w->ifindex == li.ifindex))
		return;
	fd = w->family == AF_INET ? open_arp(li.ifindex) :
	    open_na(li.ifindex);
	if (fd != -1 && (attach(fd, w) == -1 || setsockopt(fd, SOL_SOCKET,
	    SO_LOCK_FILTER, &on, sizeof(on)) == -1)) {
		(void)close(fd);
		fd = -1;
	}
	if (fd == -1) {
		log_warn("interface %u: watching", li.ifindex);
		return;
	}
	if (w->fd != -1)
		(void)close(w->fd);
	w->fd = fd;
	w->ifindex = li.ifindex;
	watch_tell(p, w);
}

/* It is bound later, so that it has nothing before its filter. */
static int
open_arp(uint32_t ifindex)
{
	struct sock_filter	 none[FILTER_MAX];
	struct sock_fprog	 prog;
	struct sockaddr_ll	 sll;
	int			 fd, on = 1;

	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return (-1);
	prog.len = (unsigned short)filter_none(none);
	prog.filter = none;
	(void)setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on,
	    sizeof(on));
	memset(&sll, 0, sizeof(sll));
	sll.sll_family = AF_PACKET;
	sll.sll_protocol = htons(ETH_P_ARP);
	sll.sll_ifindex = (int)ifindex;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == 0 && bind(fd, (const struct sockaddr *)&sll,
	    sizeof(sll)) == 0)
		return (fd);
	(void)close(fd);
	return (-1);
}

static int
open_na(uint32_t ifindex)
{
	struct icmp6_filter	 types;
	uint8_t			 buf[1];
	int			 fd, on = 1, index = (int)ifindex;

	fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    IPPROTO_ICMPV6);
	if (fd == -1)
		return (-1);
	ICMP6_FILTER_SETBLOCKALL(&types);
	ICMP6_FILTER_SETPASS(ND_NEIGHBOR_ADVERT, &types);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &types,
	    sizeof(types)) == -1 || setsockopt(fd, SOL_SOCKET,
	    SO_BINDTOIFINDEX, &index, sizeof(index)) == -1 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on,
	    sizeof(on)) == -1) {
		(void)close(fd);
		return (-1);
	}
	/* What came in before it was bound may be from anywhere. */
	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC) != -1)
		continue;
	return (fd);
}

static int
attach(int fd, const struct watch *w)
{
	struct sock_filter	 code[FILTER_MAX];
	struct sock_fprog	 prog;
	int			 size = WATCH_BUFFER;

	prog.len = (unsigned short)filter_watch(code, w->family, w->last,
	    w->cnt);
	prog.filter = code;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)));
}

static void
watch_tell(struct parent *p, const struct watch *w)
{
	struct msg	 m;
	uint8_t		 buf[1];
	int		 fd;

	if (w->fd == -1)
		return;
	if ((fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0)) == -1) {
		log_warn("socket for the engine");
		return;
	}
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, w->family);
	engine_send(p, IMSG_WATCH, w->slot, fd, &m);
}
