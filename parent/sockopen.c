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
 * Opens one VRRP socket such that whoever gets it can do with it only what
 * it is for.
 * Runs in: parent.
 */

#include <sys/param.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/ip.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sockopen.h"

#define RX_BUFFER	(1 << 20)
#define TRAFFIC_PRIO	7		/* TC_PRIO_CONTROL */

static int	 open_rx(int, const struct sock_spec *, const char **);
static int	 open_tx(int, const struct sock_spec *, const char **);
static int	 tx_options(int, const struct sock_spec *);
static int	 join(int, const struct sock_spec *, const struct vaddr *);
static int	 attach(int, const struct sock_spec *);
static int	 lock(int);
static int	 set_int(int, int, int, int);

int
sock_open(const struct sock_spec *spec, const char **what)
{
	int	 fd, saved, ret;

	*what = "socket";
	fd = socket(spec->family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    spec->ah ? SOCK_PROTO_AH : SOCK_PROTO_VRRP);
	if (fd == -1)
		return (-1);
	*what = "filter";
	if (attach(fd, spec) == -1)
		goto fail;
	*what = "bind to the interface";
	if (set_int(fd, SOL_SOCKET, SO_BINDTOIFINDEX,
	    (int)spec->ifindex) == -1)
		goto fail;
	if (spec->rx)
		ret = open_rx(fd, spec, what);
	else
		ret = open_tx(fd, spec, what);
	if (ret == 0 && lock(fd) == 0)
		return (fd);
 fail:
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (-1);
}

/* Neither bound to a group nor connected: unicast comes here, too, and a
 * write fails for want of a destination. */
static int
open_rx(int fd, const struct sock_spec *spec, const char **what)
{
	const int	 size = spec->rx_buf == 0 ? RX_BUFFER :
	    (int)MIN(spec->rx_buf, INT_MAX);
	uint8_t		 buf[1];
	size_t		 i;

	*what = "options";
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, size) == -1)
		(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, size);
	if (spec->family == AF_INET) {
		if (set_int(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) == -1 ||
		    set_int(fd, IPPROTO_IP, IP_PKTINFO, 1) == -1)
			return (-1);
	} else {
		/* Before 4.20 it does not exist; the filter is enough. */
		(void)set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
		/* A wrong checksum is counted by the engine. */
		if (set_int(fd, IPPROTO_IPV6, IPV6_CHECKSUM, -1) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) == -1)
			return (-1);
	}
	*what = "join the group";
	for (i = 0; i < spec->group_cnt; i++) {
		if (join(fd, spec, &spec->groups[i]) == -1)
			return (-1);
	}
	/* What came in before it was bound may be from anywhere. */
	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC) != -1)
		continue;
	return (0);
}

static int
open_tx(int fd, const struct sock_spec *spec, const char **what)
{
	struct sockaddr_storage	 ss;
	socklen_t		 len;

	*what = "options";
	if (tx_options(fd, spec) == -1)
		return (-1);
	/* It is that of the interface below. */
	if (spec->foreign_src && set_int(fd, spec->family == AF_INET ?
	    IPPROTO_IP : IPPROTO_IPV6, spec->family == AF_INET ? IP_FREEBIND :
	    IPV6_FREEBIND, 1) == -1)
		return (-1);
	*what = "bind to the source address";
	len = vaddr_to_sockaddr(&spec->src, spec->ifindex, &ss);
	if (bind(fd, (const struct sockaddr *)&ss, len) == -1)
		return (-1);
	*what = "connect to the destination";
	len = vaddr_to_sockaddr(&spec->dst, spec->ifindex, &ss);
	return (connect(fd, (const struct sockaddr *)&ss, len));
}

/*
 * The kernel makes the IP header. Connected and without path MTU discovery
 * it counts the IPv4 identification up by one for each packet, with DF clear.
 */
static int
tx_options(int fd, const struct sock_spec *spec)
{
	const int	 ifindex = (int)spec->ifindex;
	struct ip_mreqn	 mreq;

	if (spec->family == AF_INET) {
		memset(&mreq, 0, sizeof(mreq));
		mreq.imr_ifindex = ifindex;
		if (set_int(fd, IPPROTO_IP, IP_TTL, spec->ttl) == -1 ||
		    set_int(fd, IPPROTO_IP, IP_MULTICAST_TTL,
		    spec->ttl) == -1 ||
		    set_int(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) == -1 ||
		    set_int(fd, IPPROTO_IP, IP_TOS, SOCK_TRAFFIC_CLASS) == -1 ||
		    set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER,
		    IP_PMTUDISC_DONT) == -1 ||
		    (spec->ah && set_int(fd, IPPROTO_IP, IP_HDRINCL,
		    1) == -1) ||
		    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq,
		    sizeof(mreq)) == -1)
			return (-1);
	} else {
		if (set_int(fd, IPPROTO_IPV6, IPV6_CHECKSUM, -1) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS,
		    spec->ttl) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
		    spec->ttl) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP,
		    0) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_TCLASS,
		    SOCK_TRAFFIC_CLASS) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
		    IPV6_PMTUDISC_DONT) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
		    ifindex) == -1)
			return (-1);
	}
	/* After IP_TOS, which sets it, too. */
	return (set_int(fd, SOL_SOCKET, SO_PRIORITY, TRAFFIC_PRIO));
}

static int
join(int fd, const struct sock_spec *spec, const struct vaddr *group)
{
	struct group_req	 req;

	memset(&req, 0, sizeof(req));
	req.gr_interface = spec->ifindex;
	(void)vaddr_to_sockaddr(group, spec->ifindex, &req.gr_group);
	return (setsockopt(fd, spec->family == AF_INET ? IPPROTO_IP :
	    IPPROTO_IPV6, MCAST_JOIN_GROUP, &req, sizeof(req)));
}

static int
attach(int fd, const struct sock_spec *spec)
{
	struct sock_filter	 code[FILTER_MAX];
	struct sock_fprog	 prog;

	if (spec->rx)
		prog.len = (unsigned short)filter_rx(code, spec->family,
		    spec->ah, spec->all_vrids ? NULL : spec->vrids);
	else
		prog.len = (unsigned short)filter_none(code);
	prog.filter = code;
	return (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)));
}

static int
lock(int fd)
{
	return (set_int(fd, SOL_SOCKET, SO_LOCK_FILTER, 1));
}

static int
set_int(int fd, int level, int option, int value)
{
	return (setsockopt(fd, level, option, &value, sizeof(value)));
}
