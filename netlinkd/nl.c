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
 * Netlink sockets: open, join, send, read, dump. libnl makes the socket and
 * walks attributes; sending and receiving is ours, because who sent a
 * message and what was lost must be seen.
 * Runs in: parent.
 */

#include <sys/socket.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>

#include "internal.h"

#define ANSWER_MS	2000	/* the kernel answers at once, or never */
#define DUMP_TRIES	5
#define READ_LEN	65536

/* A dump that runs. */
struct dump {
	chan_fn		 fn;
	void		*arg;
	uint32_t	 seq;
	int		 error;
	bool		 done;
	bool		 torn;		/* things changed under it */
};

static int	 dump_once(struct chan *, uint16_t, struct dump *);
static void	 dump_message(void *, const struct nlmsghdr *);

int
chan_open(struct chan *ch, int protocol, int rcvbuf)
{
	int	 one, err;

	one = 1;
	memset(ch, 0, sizeof(*ch));
	ch->fd = -1;
	if ((ch->sk = nl_socket_alloc()) == NULL) {
		errno = ENOMEM;
		return (-1);
	}
	if ((err = nl_connect(ch->sk, protocol)) < 0) {
		log_warnx("netlink: %s", nl_geterror(err));
		nl_socket_free(ch->sk);
		ch->sk = NULL;
		errno = EIO;
		return (-1);
	}
	ch->fd = nl_socket_get_fd(ch->sk);
	ch->port = nl_socket_get_local_port(ch->sk);
	ch->seq = 1;
	(void)nl_socket_set_nonblocking(ch->sk);
	/* FORCE needs CAP_NET_ADMIN; without it the limit of the system. */
	if (setsockopt(ch->fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf,
	    sizeof(rcvbuf)) == -1)
		(void)setsockopt(ch->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf,
		    sizeof(rcvbuf));
	/* Short answers: an error does not bring the request back. */
	(void)setsockopt(ch->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one,
	    sizeof(one));
	return (0);
}

void
chan_close(struct chan *ch)
{
	if (ch->sk != NULL)
		nl_socket_free(ch->sk);
	ch->sk = NULL;
	ch->fd = -1;
}

int
chan_join(struct chan *ch)
{
	int	 err;

	err = nl_socket_add_memberships(ch->sk, RTNLGRP_LINK,
	    RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, 0);
	if (err < 0) {
		log_warnx("netlink: join: %s", nl_geterror(err));
		errno = EIO;
		return (-1);
	}
	return (0);
}

int
chan_send(struct chan *ch, const void *buf, size_t len)
{
	struct sockaddr_nl	 kernel;
	ssize_t			 sent;

	memset(&kernel, 0, sizeof(kernel));
	kernel.nl_family = AF_NETLINK;
	do
		sent = sendto(ch->fd, buf, len, 0,
		    (const struct sockaddr *)&kernel, sizeof(kernel));
	while (sent == -1 && errno == EINTR);
	if (sent == -1)
		return (-1);
	if ((size_t)sent != len) {
		errno = EMSGSIZE;
		return (-1);
	}
	return (0);
}

/*
 * Nobody but the kernel may speak here: any process could send to our port,
 * and one with rights over the namespace even to the group. wait: at most
 * ANSWER_MS, then ETIMEDOUT.
 */
int
chan_read(struct chan *ch, bool wait, chan_fn fn, void *arg)
{
	static uint8_t		 buf[READ_LEN]
	    __attribute__((aligned(NLMSG_ALIGNTO)));
	struct sockaddr_nl	 from;
	struct iovec		 iov = { buf, sizeof(buf) };
	struct msghdr		 msg;
	struct pollfd		 pfd = { ch->fd, POLLIN, 0 };
	struct nlmsghdr		*nlh;
	ssize_t			 got;
	int			 left;

	if (wait && poll(&pfd, 1, ANSWER_MS) == 0) {
		errno = ETIMEDOUT;
		return (-1);
	}
	memset(&msg, 0, sizeof(msg));
	memset(&from, 0, sizeof(from));
	msg.msg_name = &from;
	msg.msg_namelen = sizeof(from);
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	if ((got = recvmsg(ch->fd, &msg, MSG_DONTWAIT)) == -1)
		return (errno == EAGAIN || errno == EINTR ? 0 : -1);
	if (msg.msg_namelen != sizeof(from) || from.nl_pid != 0)
		return (1);
	if (msg.msg_flags & MSG_TRUNC) {
		errno = ENOBUFS;	/* something is lost either way */
		return (-1);
	}
	left = (int)got;
	for (nlh = (struct nlmsghdr *)buf; nlmsg_ok(nlh, left);
	    nlh = nlmsg_next(nlh, &left))
		fn(arg, nlh);
	return (1);
}

/* Everything of a type; 0, or -1 with errno. */
int
chan_dump(struct chan *ch, uint16_t type, chan_fn fn, void *arg)
{
	struct dump	 dump;
	int		 i;

	for (i = 0; i < DUMP_TRIES; i++) {
		memset(&dump, 0, sizeof(dump));
		dump.fn = fn;
		dump.arg = arg;
		if (dump_once(ch, type, &dump) == 0 && !dump.torn)
			return (0);
		if (!dump.torn && errno != ENOBUFS && errno != EBUSY)
			return (-1);
	}
	/* Torn each time: what we have is the best that there is, and the
	 * events of the changes are still to be read. */
	return (dump.done ? 0 : -1);
}

static int
dump_once(struct chan *ch, uint16_t type, struct dump *dump)
{
	struct {
		struct nlmsghdr		 nlh;
		struct ifinfomsg	 ifi;	/* longer than ifaddrmsg */
	}	 req;

	memset(&req, 0, sizeof(req));
	req.nlh.nlmsg_len = type == RTM_GETLINK ? sizeof(req) :
	    NLMSG_LENGTH(sizeof(struct ifaddrmsg));
	req.nlh.nlmsg_type = type;
	req.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	req.nlh.nlmsg_seq = dump->seq = ch->seq++;
	if (chan_send(ch, &req, req.nlh.nlmsg_len) == -1)
		return (-1);
	while (!dump->done) {
		if (chan_read(ch, true, dump_message, dump) == -1)
			return (-1);
	}
	if (dump->error != 0) {
		errno = dump->error;
		return (-1);
	}
	return (0);
}

int
chan_ask(struct chan *ch, struct nlmsghdr *nlh, chan_fn fn, void *arg)
{
	struct dump	 dump;

	memset(&dump, 0, sizeof(dump));
	dump.fn = fn;
	dump.arg = arg;
	nlh->nlmsg_seq = dump.seq = ch->seq++;
	if (chan_send(ch, nlh, nlh->nlmsg_len) == -1)
		return (-1);
	while (!dump.done) {
		if (chan_read(ch, true, dump_message, &dump) == -1)
			return (-1);
	}
	errno = dump.error;
	return (dump.error == 0 ? 0 : -1);
}

static void
dump_message(void *arg, const struct nlmsghdr *nlh)
{
	struct dump	*dump = arg;
	int32_t		 error;

	if (nlh->nlmsg_seq != dump->seq || dump->done)
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		dump->torn = true;
	if (nlh->nlmsg_type != NLMSG_DONE && nlh->nlmsg_type != NLMSG_ERROR) {
		dump->fn(dump->arg, nlh);
		return;
	}
	dump->done = true;
	error = 0;
	if (nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (error < 0)
		dump->error = -error;
}

bool
chan_attr(const struct nlattr *attr, void *out, size_t len)
{
	if (attr == NULL || nla_len(attr) != (int)len)
		return (false);
	memcpy(out, nla_data(attr), len);
	return (true);
}
