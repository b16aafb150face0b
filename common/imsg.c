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
 * Messages between processes: queue, receive, rules. Sends with write(2)
 * alone, so that a process without descriptors to give needs no sendmsg(2).
 * Runs in: every process.
 */

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "imsg.h"
#include "msg.h"

#define FDS_MAX		4	/* room for more than allowed, to close them */

struct imsg_queued {
	STAILQ_ENTRY(imsg_queued) entry;
	int			 fd;
	size_t			 len;
	uint8_t			 bytes[];
};

static ssize_t	 send_plain(struct imsgbuf *, void *, size_t, int);
static void	 drop_first(struct imsgbuf *);
static ssize_t	 receive(int, struct iovec *, struct imsg *, bool *);
static int	 take_fds(struct msghdr *, int *);
static const char *broken_rule(const struct imsg_rule *, uint32_t, uint32_t,
		    const struct imsg *);

static const char *const names[IMSG_TYPE_MAX] = {
	[IMSG_HELLO] = "HELLO",
	[IMSG_READY] = "READY",
	[IMSG_PEER] = "PEER",
	[IMSG_MAILER] = "MAILER",
	[IMSG_CTL_LISTEN] = "CTL_LISTEN",
	[IMSG_CONF_BEGIN] = "CONF_BEGIN",
	[IMSG_CONF_GLOBAL] = "CONF_GLOBAL",
	[IMSG_CONF_IFACE] = "CONF_IFACE",
	[IMSG_CONF_GROUP] = "CONF_GROUP",
	[IMSG_CONF_INST] = "CONF_INST",
	[IMSG_CONF_VIP] = "CONF_VIP",
	[IMSG_CONF_PEER] = "CONF_PEER",
	[IMSG_CONF_TRACK] = "CONF_TRACK",
	[IMSG_CONF_SCRIPT] = "CONF_SCRIPT",
	[IMSG_CONF_FILE] = "CONF_FILE",
	[IMSG_CONF_PROCESS] = "CONF_PROCESS",
	[IMSG_CONF_HOOK] = "CONF_HOOK",
	[IMSG_CONF_MAIL] = "CONF_MAIL",
	[IMSG_CONF_NOTIFY] = "CONF_NOTIFY",
	[IMSG_CONF_ROUTE] = "CONF_ROUTE",
	[IMSG_CONF_RULE] = "CONF_RULE",
	[IMSG_CONF_STATIC] = "CONF_STATIC",
	[IMSG_CONF_END] = "CONF_END",
	[IMSG_CONF_MSG] = "CONF_MSG",
	[IMSG_CONF_ACK] = "CONF_ACK",
	[IMSG_CONF_NAK] = "CONF_NAK",
	[IMSG_CONF_COMMIT] = "CONF_COMMIT",
	[IMSG_CONF_ABORT] = "CONF_ABORT",
	[IMSG_YIELD] = "YIELD",
	[IMSG_LINK] = "LINK",
	[IMSG_SOCK_RX] = "SOCK_RX",
	[IMSG_SOCK_TX] = "SOCK_TX",
	[IMSG_SOCK_USE] = "SOCK_USE",
	[IMSG_SOCK_GONE] = "SOCK_GONE",
	[IMSG_WATCH] = "WATCH",
	[IMSG_RESUME] = "RESUME",
	[IMSG_START] = "START",
	[IMSG_VIP_RESULT] = "VIP_RESULT",
	[IMSG_STATE] = "STATE",
	[IMSG_ANNOUNCE] = "ANNOUNCE",
	[IMSG_CTL_RELOAD] = "CTL_RELOAD",
	[IMSG_CTL_MSG] = "CTL_MSG",
	[IMSG_CTL_RESULT] = "CTL_RESULT",
	[IMSG_CTL_LOG] = "CTL_LOG",
	[IMSG_PING] = "PING",
	[IMSG_PONG] = "PONG",
	[IMSG_LOGLEVEL] = "LOGLEVEL",
	[IMSG_LOG] = "LOG",
	[IMSG_HOOK] = "HOOK",
	[IMSG_HOOK_DONE] = "HOOK_DONE",
	[IMSG_SHUTDOWN] = "SHUTDOWN",
	[IMSG_NOTIFY] = "NOTIFY",
	[IMSG_TRACK] = "TRACK",
	[IMSG_TRACK_SYNC] = "TRACK_SYNC",
	[IMSG_CTL_SCRIPTS] = "CTL_SCRIPTS",
	[IMSG_CTL_SCRIPT] = "CTL_SCRIPT",
	[IMSG_CTL_HELLO] = "CTL_HELLO",
	[IMSG_CTL_SHOW] = "CTL_SHOW",
	[IMSG_CTL_SHOW_INST] = "CTL_SHOW_INST",
	[IMSG_CTL_SHOW_IFACES] = "CTL_SHOW_IFACES",
	[IMSG_CTL_SHOW_SCRIPTS] = "CTL_SHOW_SCRIPTS",
	[IMSG_CTL_SHOW_GROUPS] = "CTL_SHOW_GROUPS",
	[IMSG_CTL_SHOW_TRACE] = "CTL_SHOW_TRACE",
	[IMSG_CTL_SHOW_METRICS] = "CTL_SHOW_METRICS",
	[IMSG_CTL_DAEMON] = "CTL_DAEMON",
	[IMSG_CTL_INST] = "CTL_INST",
	[IMSG_CTL_DETAIL] = "CTL_DETAIL",
	[IMSG_CTL_VIP] = "CTL_VIP",
	[IMSG_CTL_TRACK] = "CTL_TRACK",
	[IMSG_CTL_COUNTER] = "CTL_COUNTER",
	[IMSG_CTL_IFACE] = "CTL_IFACE",
	[IMSG_CTL_GROUP] = "CTL_GROUP",
	[IMSG_CTL_MEMBER] = "CTL_MEMBER",
	[IMSG_CTL_TRACE_LINE] = "CTL_TRACE_LINE",
	[IMSG_CTL_END] = "CTL_END",
	[IMSG_CTL_SHOW_HISTORY] = "CTL_SHOW_HISTORY",
	[IMSG_CTL_HISTORY] = "CTL_HISTORY",
	[IMSG_CTL_DRY_RUN] = "CTL_DRY_RUN",
	[IMSG_CTL_MAINT] = "CTL_MAINT",
	[IMSG_MAINT] = "MAINT",
	[IMSG_PROCEV] = "PROCEV",
	[IMSG_CTL_PART] = "CTL_PART",
	[IMSG_CTL_MONITOR] = "CTL_MONITOR",
	[IMSG_CTL_NOTE] = "CTL_NOTE",
	[IMSG_CTL_EVENT] = "CTL_EVENT",
	[IMSG_CTL_COMMIT] = "CTL_COMMIT",
	[IMSG_RELOADS] = "RELOADS",
	[IMSG_NOTIFY_DONE] = "NOTIFY_DONE",
	[IMSG_CTL_SWITCH] = "CTL_SWITCH"
};

const char *
imsg_name(uint16_t type)
{
	if (type >= IMSG_TYPE_MAX || names[type] == NULL)
		return ("?");
	return (names[type]);
}

int
imsgbuf_init(struct imsgbuf *ibuf, int fd)
{
	int	 flags;

	memset(ibuf, 0, sizeof(*ibuf));
	STAILQ_INIT(&ibuf->queue);
	ibuf->fd = fd;
	ibuf->queue_max = IMSG_QUEUE_MAX;
	ibuf->send = send_plain;
	if ((flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return (-1);
	return (0);
}

void
imsgbuf_clear(struct imsgbuf *ibuf)
{
	while (!STAILQ_EMPTY(&ibuf->queue))
		drop_first(ibuf);
	if (ibuf->fd != -1)
		(void)close(ibuf->fd);
	ibuf->fd = -1;
}

int
imsg_compose(struct imsgbuf *ibuf, uint16_t type, uint32_t id, uint32_t gen,
    uint32_t seq, int fd, const void *data, size_t len)
{
	struct imsg_queued	*item;
	struct msg		 hdr;
	int			 error;

	item = NULL;
	if (len > IMSG_DATA_MAX)
		error = EMSGSIZE;
	else if (fd != -1 && ibuf->send == send_plain)
		error = EINVAL;
	else if (ibuf->queued + IMSG_HDR_LEN + len > ibuf->queue_max)
		error = ENOBUFS;
	else if ((item = malloc(sizeof(*item) + IMSG_HDR_LEN + len)) == NULL)
		error = ENOMEM;
	if (item == NULL) {
		if (fd != -1)
			(void)close(fd);
		errno = error;
		return (-1);
	}

	item->fd = fd;
	item->len = IMSG_HDR_LEN + len;
	msg_init_write(&hdr, item->bytes, item->len);
	msg_put_u16(&hdr, type);
	msg_put_u16(&hdr, (uint16_t)item->len);
	msg_put_u32(&hdr, id);
	msg_put_u32(&hdr, gen);
	msg_put_u32(&hdr, seq);
	msg_put_bytes(&hdr, data, len);
	STAILQ_INSERT_TAIL(&ibuf->queue, item, entry);
	ibuf->queued += item->len;
	return (0);
}

int
imsg_flush(struct imsgbuf *ibuf)
{
	struct imsg_queued	*item;
	ssize_t			 n;

	while ((item = STAILQ_FIRST(&ibuf->queue)) != NULL) {
		n = ibuf->send(ibuf, item->bytes, item->len, item->fd);
		if (n == -1) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN || errno == ENOBUFS ||
			    errno == ETOOMANYREFS)
				return (1);
			return (-1);
		}
		drop_first(ibuf);
	}
	return (0);
}

/* A message that carried a descriptor is done with our copy of it. */
static void
drop_first(struct imsgbuf *ibuf)
{
	struct imsg_queued	*item;

	item = STAILQ_FIRST(&ibuf->queue);
	STAILQ_REMOVE_HEAD(&ibuf->queue, entry);
	ibuf->queued -= item->len;
	if (item->fd != -1)
		(void)close(item->fd);
	free(item);
}

static ssize_t
send_plain(struct imsgbuf *ibuf, void *bytes, size_t len, int fd)
{
	return (write(ibuf->fd, bytes, len));
}

enum imsg_read
imsg_read(struct imsgbuf *ibuf, struct imsg *im)
{
	struct iovec	 iov[2];
	struct msg	 hdr;
	uint8_t		 head[IMSG_HDR_LEN];
	ssize_t		 n;
	bool		 bad;
	size_t		 len;

	im->fd = -1;
	im->len = 0;
	iov[0].iov_base = head;
	iov[0].iov_len = sizeof(head);
	iov[1].iov_base = im->data;
	iov[1].iov_len = sizeof(im->data);
	n = receive(ibuf->fd, iov, im, &bad);
	if (n == -1)
		return (errno == EAGAIN ? IMSG_READ_AGAIN : IMSG_READ_EOF);
	if (n == 0) {
		imsg_done(im);
		return (IMSG_READ_EOF);
	}
	if (bad || n < IMSG_HDR_LEN) {
		imsg_done(im);
		return (IMSG_READ_BAD);
	}
	msg_init_read(&hdr, head, sizeof(head));
	im->type = msg_get_u16(&hdr);
	len = msg_get_u16(&hdr);
	im->id = msg_get_u32(&hdr);
	im->gen = msg_get_u32(&hdr);
	im->seq = msg_get_u32(&hdr);
	if (len != (size_t)n) {
		imsg_done(im);
		return (IMSG_READ_BAD);
	}
	im->len = len - IMSG_HDR_LEN;
	return (IMSG_READ_OK);
}

/*
 * One datagram and its descriptor. A neighbour that closes without having
 * read everything leaves ECONNRESET behind once; what it sent before is still
 * there and comes next.
 */
static ssize_t
receive(int fd, struct iovec *iov, struct imsg *im, bool *bad)
{
	union {
		struct cmsghdr	 align;
		char		 buf[CMSG_SPACE(sizeof(int) * FDS_MAX)];
	}		 control;
	struct msghdr	 mh;
	ssize_t		 n;
	int		 resets;

	resets = 0;
	do {
		memset(&mh, 0, sizeof(mh));
		memset(&control, 0, sizeof(control));
		mh.msg_iov = iov;
		mh.msg_iovlen = 2;
		mh.msg_control = control.buf;
		mh.msg_controllen = sizeof(control.buf);
		n = recvmsg(fd, &mh, MSG_CMSG_CLOEXEC);
	} while (n == -1 && (errno == EINTR ||
	    (errno == ECONNRESET && resets++ == 0)));
	*bad = false;
	if (n == -1)
		return (-1);
	if (take_fds(&mh, &im->fd) > 1 ||
	    (mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		*bad = true;
	return (n);
}

/* Keeps the first descriptor and closes others; how many there were. */
static int
take_fds(struct msghdr *mh, int *first)
{
	struct cmsghdr	*cmsg;
	size_t		 i, cnt;
	int		 fd, total;

	total = 0;
	for (cmsg = CMSG_FIRSTHDR(mh); cmsg != NULL;
	    cmsg = CMSG_NXTHDR(mh, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		cnt = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < cnt; i++) {
			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd),
			    sizeof(fd));
			if (total++ == 0)
				*first = fd;
			else
				(void)close(fd);
		}
	}
	return (total);
}

void
imsg_done(struct imsg *im)
{
	if (im->fd != -1)
		(void)close(im->fd);
	im->fd = -1;
}

int
imsg_take_fd(struct imsg *im)
{
	int	 fd;

	fd = im->fd;
	im->fd = -1;
	return (fd);
}

enum imsg_verdict
imsg_dispatch(const struct imsg_rule *table, uint32_t sender, uint32_t phase,
    uint32_t gen, void *arg, struct imsg *im, char *why, size_t whylen)
{
	const struct imsg_rule	*rule;
	const char		*text;

	if (im->type == IMSG_NONE || im->type >= IMSG_TYPE_MAX) {
		(void)snprintf(why, whylen, "message of unknown type %u",
		    im->type);
		imsg_done(im);
		return (IMSG_REFUSED);
	}
	rule = &table[im->type];
	text = broken_rule(rule, sender, phase, im);
	if (text == NULL && (rule->flags & IMSG_F_GEN) != 0 &&
	    im->gen != gen) {
		imsg_done(im);
		return (IMSG_STALE);
	}
	if (text == NULL && rule->handler(arg, im) == -1)
		text = "malformed";
	imsg_done(im);
	if (text == NULL)
		return (IMSG_HANDLED);
	(void)snprintf(why, whylen, "%s: %s", imsg_name(im->type), text);
	return (IMSG_REFUSED);
}

static const char *
broken_rule(const struct imsg_rule *rule, uint32_t sender, uint32_t phase,
    const struct imsg *im)
{
	if ((rule->from & sender) == 0 || rule->handler == NULL)
		return ("not accepted from this sender");
	if ((rule->phases & phase) == 0)
		return ("not expected now");
	if (im->len < rule->min_len)
		return ("too short");
	if (im->len > rule->max_len)
		return ("too long");
	if ((rule->flags & IMSG_F_ID) != 0 && im->id == 0)
		return ("without an id");
	if ((rule->flags & IMSG_F_FD) != 0 && im->fd == -1)
		return ("without a descriptor");
	if ((rule->flags & IMSG_F_FD) == 0 && im->fd != -1)
		return ("with a descriptor");
	return (NULL);
}
