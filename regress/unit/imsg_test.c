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

/* Messages over real socket pairs, and peers on a real event loop. */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <event2/event.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../common/imsg.h"
#include "../../common/log.h"
#include "../../common/msg.h"
#include "../../common/peer.h"

static void	 pair(struct imsgbuf *, struct imsgbuf *);
static int	 open_fds(void);
static void	 put_hdr(uint8_t *, uint16_t, uint16_t);
static void	 send_with_fds(int, size_t);
static void	 no_log(void *, int, const char *);

static void
pair(struct imsgbuf *a, struct imsgbuf *b)
{
	int	 fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(imsgbuf_init(a, fds[0]), 0);
	assert_int_equal(imsgbuf_init(b, fds[1]), 0);
	assert_int_equal(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	assert_true((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0);
}

static int
open_fds(void)
{
	DIR	*dir;
	int	 cnt;

	assert_non_null(dir = opendir("/proc/self/fd"));
	for (cnt = 0; readdir(dir) != NULL; cnt++)
		;
	closedir(dir);
	return (cnt);
}

static void
no_log(void *arg, int priority, const char *text)
{
}

static void
plain(void **state)
{
	struct imsgbuf	 a, b;
	struct imsg	 im;
	uint8_t		 data[IMSG_DATA_MAX];
	int		 before;

	before = open_fds();
	pair(&a, &b);
	memset(data, 0x3c, sizeof(data));
	assert_int_equal(imsg_compose(&a, IMSG_STATE, 1, 2, 3, -1, NULL, 0),
	    0);
	assert_int_equal(imsg_compose(&a, IMSG_LOG, 0xffffffff, 0x80000000,
	    7, -1, data, sizeof(data)), 0);
	assert_int_equal(a.queued, IMSG_HDR_LEN + IMSG_MAX);
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_AGAIN);
	assert_int_equal(imsg_flush(&a), 0);
	assert_int_equal(a.queued, 0);

	assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
	assert_int_equal(im.type, IMSG_STATE);
	assert_int_equal(im.id, 1);
	assert_int_equal(im.gen, 2);
	assert_int_equal(im.seq, 3);
	assert_int_equal(im.len, 0);
	assert_int_equal(im.fd, -1);
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
	assert_int_equal(im.id, 0xffffffff);
	assert_int_equal(im.gen, 0x80000000);
	assert_int_equal(im.len, sizeof(data));
	assert_memory_equal(im.data, data, sizeof(data));
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_AGAIN);

	assert_int_equal(imsg_compose(&a, IMSG_LOG, 0, 0, 0, -1, data,
	    sizeof(data) + 1), -1);
	assert_int_equal(errno, EMSGSIZE);
	imsgbuf_clear(&a);
	imsgbuf_clear(&b);
	assert_int_equal(open_fds(), before);
}

/* Each descriptor arrives with the message that it was queued with. */
static void
descriptors(void **state)
{
	struct imsgbuf	 a, b;
	struct imsg	 im;
	struct stat	 want[2], got;
	int		 fds[2], before, i, fd;

	before = open_fds();
	pair(&a, &b);
	imsgbuf_allow_fds(&a);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fstat(fds[0], &want[0]), 0);
	assert_int_equal(fstat(STDIN_FILENO, &want[1]), 0);
	fd = dup(STDIN_FILENO);
	assert_int_equal(imsg_compose(&a, IMSG_PEER, 1, 0, 0, fds[0], "a", 1),
	    0);
	assert_int_equal(imsg_compose(&a, IMSG_PING, 2, 0, 0, -1, "bb", 2),
	    0);
	assert_int_equal(imsg_compose(&a, IMSG_PEER, 3, 0, 0, fd, NULL, 0), 0);
	assert_int_equal(imsg_flush(&a), 0);
	assert_int_equal(fcntl(fds[0], F_GETFD), -1);	/* was ours: closed */
	for (i = 1; i <= 3; i++) {
		assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
		assert_int_equal(im.id, i);
		if (i == 2) {
			assert_int_equal(im.fd, -1);
			continue;
		}
		assert_int_not_equal(im.fd, -1);
		assert_int_equal(fcntl(im.fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(fstat(im.fd, &got), 0);
		assert_int_equal(got.st_ino, want[i / 2].st_ino);
		if (i == 1) {
			fd = imsg_take_fd(&im);
			assert_int_equal(im.fd, -1);
			imsg_done(&im);
			assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
			close(fd);
		} else
			imsg_done(&im);
	}
	close(fds[1]);

	/* What is still queued or not read goes with the buffer. */
	assert_int_equal(imsg_compose(&a, IMSG_PEER, 1, 0, 0, dup(0), "", 0),
	    0);
	assert_int_equal(imsg_flush(&a), 0);
	assert_int_equal(imsg_compose(&a, IMSG_PEER, 1, 0, 0, dup(0), "", 0),
	    0);
	/* A buffer that may not send one closes it. */
	assert_int_equal(imsg_compose(&b, IMSG_PEER, 1, 0, 0, dup(0), "", 0),
	    -1);
	assert_int_equal(errno, EINVAL);
	imsgbuf_clear(&a);
	imsgbuf_clear(&b);
	assert_int_equal(open_fds(), before);
}

static void
put_hdr(uint8_t *buf, uint16_t type, uint16_t len)
{
	struct msg	 m;

	memset(buf, 0, IMSG_HDR_LEN);
	msg_init_write(&m, buf, IMSG_HDR_LEN);
	msg_put_u16(&m, type);
	msg_put_u16(&m, len);
}

static void
send_with_fds(int fd, size_t cnt)
{
	union {
		struct cmsghdr	 align;
		char		 buf[CMSG_SPACE(sizeof(int) * 16)];
	}		 control;
	struct cmsghdr	*cmsg;
	struct msghdr	 mh;
	struct iovec	 iov;
	uint8_t		 hdr[IMSG_HDR_LEN];
	int		 fds[16];
	size_t		 i;

	put_hdr(hdr, IMSG_PEER, IMSG_HDR_LEN);
	for (i = 0; i < cnt; i++)
		fds[i] = STDIN_FILENO;
	memset(&mh, 0, sizeof(mh));
	memset(&control, 0, sizeof(control));
	iov.iov_base = hdr;
	iov.iov_len = sizeof(hdr);
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	mh.msg_control = control.buf;
	mh.msg_controllen = CMSG_SPACE(sizeof(int) * cnt);
	cmsg = CMSG_FIRSTHDR(&mh);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int) * cnt);
	memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * cnt);
	assert_int_equal(sendmsg(fd, &mh, 0), IMSG_HDR_LEN);
}

/* Everything that no imsg_compose() makes. */
static void
malformed(void **state)
{
	static const struct {
		size_t	 sent;
		size_t	 said;
	} rows[] = {
		{ 1, 1 }, { 15, 15 }, { 15, 16 }, { 16, 15 }, { 16, 17 },
		{ 16, 0 }, { 17, 16 }, { 16, 0xffff }, { 20, 40 },
		{ IMSG_MAX + 1, IMSG_MAX + 1 }, { IMSG_MAX + 1, IMSG_MAX },
		{ 60000, 60000 }
	};
	struct imsgbuf	 a, b;
	struct imsg	 im;
	uint8_t		*buf;
	size_t		 i;
	int		 before;

	before = open_fds();
	pair(&a, &b);
	assert_non_null(buf = calloc(1, 60000));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_hdr(buf, IMSG_PING, (uint16_t)rows[i].said);
		assert_int_equal(send(a.fd, buf, rows[i].sent, 0),
		    rows[i].sent);
		if (imsg_read(&b, &im) != IMSG_READ_BAD)
			fail_msg("row %zu is taken", i);
		assert_int_equal(im.fd, -1);
	}
	/* One descriptor is read, more are a reason to break off. */
	send_with_fds(a.fd, 1);
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
	assert_int_not_equal(im.fd, -1);
	imsg_done(&im);
	send_with_fds(a.fd, 2);
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_BAD);
	send_with_fds(a.fd, 16);	/* MSG_CTRUNC */
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_BAD);
	free(buf);
	imsgbuf_clear(&a);
	imsgbuf_clear(&b);
	assert_int_equal(open_fds(), before);
}

static void
end_of_file(void **state)
{
	struct imsgbuf	 a, b;
	struct imsg	 im;
	int		 i;

	pair(&a, &b);
	for (i = 1; i <= 3; i++)
		assert_int_equal(imsg_compose(&a, IMSG_PING, (uint32_t)i, 0, 0,
		    -1, NULL, 0), 0);
	assert_int_equal(imsg_flush(&a), 0);
	imsgbuf_clear(&a);
	for (i = 1; i <= 3; i++) {
		assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
		assert_int_equal(im.id, i);
	}
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_EOF);
	assert_int_equal(imsg_compose(&b, IMSG_PING, 0, 0, 0, -1, NULL, 0),
	    0);
	assert_int_equal(imsg_flush(&b), -1);
	assert_int_equal(errno, EPIPE);
	imsgbuf_clear(&b);

	/* The other side ended without having read: the same must hold. */
	pair(&a, &b);
	assert_int_equal(imsg_compose(&b, IMSG_PING, 9, 0, 0, -1, NULL, 0),
	    0);
	assert_int_equal(imsg_flush(&b), 0);
	assert_int_equal(imsg_compose(&a, IMSG_LOG, 1, 0, 0, -1, NULL, 0), 0);
	assert_int_equal(imsg_flush(&a), 0);
	imsgbuf_clear(&a);
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_OK);
	assert_int_equal(im.type, IMSG_LOG);
	assert_int_equal(imsg_read(&b, &im), IMSG_READ_EOF);
	imsgbuf_clear(&b);
}

static void
queue_limit(void **state)
{
	struct imsgbuf	 a, b;
	struct imsg	 im;
	uint8_t		 data[1000];
	uint32_t	 id, got;
	int		 status;

	pair(&a, &b);
	memset(data, 0, sizeof(data));
	a.queue_max = 10 * (IMSG_HDR_LEN + sizeof(data));
	for (id = 0; id < 10; id++)
		assert_int_equal(imsg_compose(&a, IMSG_LOG, id, 0, 0, -1,
		    data, sizeof(data)), 0);
	assert_int_equal(imsg_compose(&a, IMSG_LOG, id, 0, 0, -1, NULL, 0),
	    -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(imsg_flush(&a), 0);

	/* More than a socket holds: nothing is lost or out of order. */
	a.queue_max = IMSG_QUEUE_MAX;
	for (id = 10; id < 2000; id++)
		assert_int_equal(imsg_compose(&a, IMSG_LOG, id, 0, 0, -1,
		    data, sizeof(data)), 0);
	assert_int_equal(imsg_flush(&a), 1);
	assert_true(a.queued > 0);
	got = 0;
	do {
		status = imsg_flush(&a);
		assert_int_not_equal(status, -1);
		while (imsg_read(&b, &im) == IMSG_READ_OK)
			assert_int_equal(im.id, got++);
	} while (status == 1 || got < 2000);
	assert_int_equal(got, 2000);
	imsgbuf_clear(&a);
	imsgbuf_clear(&b);
}

static int
handled(void *arg, struct imsg *im)
{
	int	*cnt = arg;

	(*cnt)++;
	return (im->len == 13 ? -1 : 0);
}

/* One row a rule: each is refused for its own reason and for no other. */
static void
dispatch(void **state)
{
	static const struct imsg_rule	 table[IMSG_TYPE_MAX] = {
		[IMSG_STATE] = { FROM_VRRPE, 0x2, IMSG_F_ID | IMSG_F_GEN, 4,
		    16, handled },
		[IMSG_PEER] = { FROM_PARENT | FROM_VRRPE, 0x6, IMSG_F_FD, 0,
		    0, handled },
		[IMSG_PING] = { FROM_PARENT, 0xf, 0, 0, 0, NULL }
	};
	static const struct {
		uint16_t	 type;
		uint32_t	 from, phase, id, gen;
		size_t		 len;
		bool		 fd;
		enum imsg_verdict verdict;
		const char	*why;
	} rows[] = {
		{ IMSG_STATE, FROM_VRRPE, 2, 1, 5, 4, 0, IMSG_HANDLED, "" },
		{ IMSG_STATE, FROM_VRRPE, 2, 1, 5, 16, 0, IMSG_HANDLED, "" },
		{ IMSG_STATE, FROM_CHECKER, 2, 1, 5, 4, 0, IMSG_REFUSED,
		    "STATE: not accepted from this sender" },
		{ IMSG_STATE, FROM_VRRPE, 1, 1, 5, 4, 0, IMSG_REFUSED,
		    "STATE: not expected now" },
		{ IMSG_STATE, FROM_VRRPE, 2, 1, 5, 3, 0, IMSG_REFUSED,
		    "STATE: too short" },
		{ IMSG_STATE, FROM_VRRPE, 2, 1, 5, 17, 0, IMSG_REFUSED,
		    "STATE: too long" },
		{ IMSG_STATE, FROM_VRRPE, 2, 0, 5, 4, 0, IMSG_REFUSED,
		    "STATE: without an id" },
		{ IMSG_STATE, FROM_VRRPE, 2, 1, 5, 4, 1, IMSG_REFUSED,
		    "STATE: with a descriptor" },
		{ IMSG_STATE, FROM_VRRPE, 2, 1, 6, 4, 0, IMSG_STALE, "" },
		{ IMSG_STATE, FROM_VRRPE, 2, 1, 5, 13, 0, IMSG_REFUSED,
		    "STATE: malformed" },
		/* What is refused is not called stale. */
		{ IMSG_STATE, FROM_VRRPE, 2, 0, 6, 4, 0, IMSG_REFUSED,
		    "STATE: without an id" },
		{ IMSG_PEER, FROM_PARENT, 4, 0, 0, 0, 1, IMSG_HANDLED, "" },
		{ IMSG_PEER, FROM_PARENT, 4, 0, 0, 0, 0, IMSG_REFUSED,
		    "PEER: without a descriptor" },
		{ IMSG_PING, FROM_PARENT, 1, 0, 0, 0, 0, IMSG_REFUSED,
		    "PING: not accepted from this sender" },
		{ IMSG_LOG, FROM_PARENT, 1, 0, 0, 0, 0, IMSG_REFUSED,
		    "LOG: not accepted from this sender" },
		{ IMSG_NONE, FROM_PARENT, 1, 0, 0, 0, 0, IMSG_REFUSED,
		    "message of unknown type 0" },
		{ IMSG_TYPE_MAX, FROM_PARENT, 1, 0, 0, 0, 1, IMSG_REFUSED,
		    NULL },
		{ 0xffff, FROM_PARENT, 1, 0, 0, 0, 0, IMSG_REFUSED,
		    "message of unknown type 65535" }
	};
	struct imsg	 im;
	char		 why[128];
	size_t		 i;
	int		 before, calls, want;

	before = open_fds();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&im, 0, sizeof(im));
		im.type = rows[i].type;
		im.id = rows[i].id;
		im.gen = rows[i].gen;
		im.len = rows[i].len;
		im.fd = rows[i].fd ? dup(STDIN_FILENO) : -1;
		why[0] = '\0';
		calls = 0;
		assert_int_equal(imsg_dispatch(table, rows[i].from,
		    rows[i].phase, 5, &calls, &im, why, sizeof(why)),
		    rows[i].verdict);
		if (rows[i].why != NULL)
			assert_string_equal(why, rows[i].why);
		want = rows[i].verdict == IMSG_HANDLED || rows[i].len == 13;
		assert_int_equal(calls, want);
		assert_int_equal(im.fd, -1);
	}
	assert_int_equal(open_fds(), before);
}

static void
type_names(void **state)
{
	uint16_t	 type, other;

	for (type = 1; type < IMSG_TYPE_MAX; type++) {
		assert_string_not_equal(imsg_name(type), "?");
		for (other = 1; other < type; other++)
			assert_string_not_equal(imsg_name(type),
			    imsg_name(other));
	}
	assert_string_equal(imsg_name(IMSG_NONE), "?");
	assert_string_equal(imsg_name(IMSG_TYPE_MAX), "?");
	assert_string_equal(imsg_name(0xffff), "?");
}

/* Peers. */

struct side {
	struct event_base	*base;
	struct peer		 peer;
	int			 got;
	int			 gone;
	int			 stop_at;	/* of got; 0: never */
	char			 text[128];
};

static uint32_t
side_phase(void *arg)
{
	return (1);
}

static uint32_t
side_gen(void *arg)
{
	return (0);
}

static void
side_gone(void *arg, struct peer *peer, const char *text)
{
	struct side	*side = arg;

	assert_ptr_equal(peer, &side->peer);
	side->gone++;
	strlcpy(side->text, text != NULL ? text : "-", sizeof(side->text));
	peer_close(peer);
	event_base_loopbreak(side->base);
}

static int
side_ping(void *arg, struct imsg *im)
{
	struct side	*side = arg;

	if (++side->got == side->stop_at)
		event_base_loopbreak(side->base);
	return (0);
}

static const struct imsg_rule	 side_rules[IMSG_TYPE_MAX] = {
	[IMSG_PING] = { FROM_PARENT, 1, 0, 0, 4000, side_ping }
};
static const struct peer_ops	 side_ops = {
	side_rules, FROM_PARENT, side_phase, side_gen, side_gone
};

static void
two_sides(struct side *a, struct side *b)
{
	int	 fds[2];

	memset(a, 0, sizeof(*a));
	memset(b, 0, sizeof(*b));
	assert_non_null(a->base = b->base = event_base_new());
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(peer_open(&a->peer, a->base, fds[0], "a", &side_ops,
	    a), 0);
	assert_int_equal(peer_open(&b->peer, b->base, fds[1], "b", &side_ops,
	    b), 0);
}

static void
peers_talk(void **state)
{
	struct side	 a, b;
	struct msg	 m;
	uint8_t		 buf[4000];
	int		 i;

	two_sides(&a, &b);
	memset(buf, 0, sizeof(buf));
	msg_init_write(&m, buf, sizeof(buf));
	m.len = sizeof(buf);
	for (i = 0; i < 500; i++)	/* more than the socket holds */
		assert_int_equal(peer_send(&a.peer, IMSG_PING, 0, 0, 0, -1,
		    i % 2 == 0 ? NULL : &m), 0);
	b.stop_at = 500;
	event_base_dispatch(b.base);
	assert_int_equal(b.got, 500);
	assert_int_equal(a.peer.ibuf.queued, 0);

	/* Without the loop. */
	assert_int_equal(peer_send(&a.peer, IMSG_PING, 0, 0, 0, -1, NULL), 0);
	peer_flush(&a.peer);
	assert_int_equal(a.peer.ibuf.queued, 0);

	/* A message that was not written well is not sent. */
	m.error = 1;
	assert_int_equal(peer_send(&a.peer, IMSG_PING, 0, 0, 0, -1, &m), -1);
	assert_int_equal(errno, EMSGSIZE);

	/* All that was sent before the end comes before it. */
	b.stop_at = 0;
	peer_close(&a.peer);
	peer_close(&a.peer);
	event_base_dispatch(b.base);
	assert_int_equal(b.got, 501);
	assert_int_equal(b.gone, 1);
	assert_string_equal(b.text, "-");
	assert_int_equal(peer_send(&b.peer, IMSG_PING, 0, 0, 0, dup(0), NULL),
	    -1);
	event_base_free(a.base);
}

/* What one said before it went is read, though there is something to say. */
static void
peer_speaks_and_goes(void **state)
{
	struct side	 a, b;
	int		 i;

	two_sides(&a, &b);
	for (i = 0; i < PEER_BUDGET + 10; i++)
		assert_int_equal(peer_send(&a.peer, IMSG_PING, 0, 0, 0, -1,
		    NULL), 0);
	peer_flush(&a.peer);
	peer_close(&a.peer);
	assert_int_equal(peer_send(&b.peer, IMSG_PING, 0, 0, 0, -1, NULL), 0);
	peer_flush(&b.peer);
	assert_int_equal(peer_send(&b.peer, IMSG_PING, 0, 0, 0, dup(0), NULL),
	    0);
	event_base_dispatch(b.base);
	assert_int_equal(b.got, PEER_BUDGET + 10);
	assert_int_equal(b.gone, 1);
	assert_string_equal(b.text, "-");
	event_base_free(a.base);

	/* One that only does not read is gone, too. */
	two_sides(&a, &b);
	(void)event_del(&a.peer.ev_read);
	assert_int_equal(shutdown(a.peer.ibuf.fd, SHUT_RD), 0);
	assert_int_equal(peer_send(&b.peer, IMSG_PING, 0, 0, 0, -1, NULL), 0);
	event_base_dispatch(b.base);
	assert_int_equal(b.gone, 1);
	peer_close(&a.peer);
	event_base_free(a.base);
}

static void
peer_breaks_rules(void **state)
{
	struct side	 a, b;

	two_sides(&a, &b);
	assert_int_equal(peer_send(&a.peer, IMSG_LOG, 0, 0, 0, -1, NULL), 0);
	event_base_dispatch(b.base);
	assert_int_equal(b.gone, 1);
	assert_string_equal(b.text, "LOG: not accepted from this sender");
	peer_close(&a.peer);
	event_base_free(a.base);

	two_sides(&a, &b);
	assert_int_equal(send(a.peer.ibuf.fd, "hello", 5, 0), 5);
	event_base_dispatch(b.base);
	assert_int_equal(b.gone, 1);
	assert_string_equal(b.text, "truncated or malformed message");
	peer_close(&a.peer);
	event_base_free(a.base);
}

/* A neighbour that does not read is told of once, and from the loop. */
static void
peer_over_limit(void **state)
{
	struct side	 a, b;
	int		 i, status;

	two_sides(&a, &b);
	a.peer.ibuf.queue_max = 100;
	status = 0;
	for (i = 0; i < 20 && status == 0; i++)
		status = peer_send(&a.peer, IMSG_PING, 0, 0, 0, -1, NULL);
	assert_int_equal(status, -1);
	assert_int_equal(i, 7);
	assert_int_equal(a.gone, 0);
	event_base_dispatch(a.base);
	assert_int_equal(a.gone, 1);
	peer_close(&b.peer);
	event_base_free(a.base);
}

/* At most PEER_BUDGET messages before others have their turn. */
static void
peer_budget(void **state)
{
	struct side	 a, b;
	int		 i;

	two_sides(&a, &b);
	for (i = 0; i < PEER_BUDGET + 10; i++)
		assert_int_equal(peer_send(&a.peer, IMSG_PING, 0, 0, 0, -1,
		    NULL), 0);
	peer_flush(&a.peer);
	event_base_loop(b.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	assert_int_equal(b.got, PEER_BUDGET);
	event_base_loop(b.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	assert_int_equal(b.got, PEER_BUDGET + 10);
	peer_close(&a.peer);
	peer_close(&b.peer);
	event_base_free(a.base);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(malformed),
		cmocka_unit_test(end_of_file),
		cmocka_unit_test(queue_limit),
		cmocka_unit_test(dispatch),
		cmocka_unit_test(type_names),
		cmocka_unit_test(peers_talk),
		cmocka_unit_test(peer_speaks_and_goes),
		cmocka_unit_test(peer_breaks_rules),
		cmocka_unit_test(peer_over_limit),
		cmocka_unit_test(peer_budget)
	};
	struct sigaction	 sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	log_init("imsg_test", no_log, NULL);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
