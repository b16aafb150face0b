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
 * Advertisements in and out. Which instance a packet is for is looked up by
 * socket (interface and family) and VRID. Runs in: vrrpe.
 */

#include <sys/socket.h>
#include <sys/uio.h>

#include <netinet/in.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vrrpe.h"

#define BATCHES_MAX	16	/* of RX_BATCH packets in one turn */
#define CONTROL_LEN	(CMSG_SPACE(sizeof(struct in6_pktinfo)) + \
			    CMSG_SPACE(sizeof(int)))

struct rx_buffers {
	struct mmsghdr	 hdrs[RX_BATCH];
	struct iovec	 iov[RX_BATCH];
	struct sockaddr_in6 from[RX_BATCH];
	_Alignas(struct cmsghdr) uint8_t control[RX_BATCH][CONTROL_LEN];
	uint8_t		 buf[RX_BATCH][PKT_BUF_MAX];
};

static void	 reset(struct rx_buffers *, int);
static void	 packet(struct esock *, const struct mmsghdr *,
		    const uint8_t *);
static struct einst *receiver(const struct esock *, const struct pkt_head *);
static void	 advert(struct einst *, const struct pkt_advert *);
static bool	 is_to(const struct einst *, const struct pkt_head *);
static bool	 is_peer(const struct einst *, const uint8_t *);
static void	 read_ancillary(const struct msghdr *, struct pkt_rx *);
static bool	 next_ah(struct einst *);
static bool	 is_followed(const struct einst *, const uint8_t *);
static bool	 is_own(const struct einst *, const uint8_t *);
static uint32_t note_gap(struct einst *, const uint8_t *);

int
io_open(struct engine *e)
{
	int	 n;

	if ((e->rx = calloc(1, sizeof(*e->rx))) == NULL)
		return (-1);
	for (n = 0; n < RX_BATCH; n++)
		reset(e->rx, n);
	return (0);
}

void
io_close(struct engine *e)
{
	free(e->rx);
	e->rx = NULL;
}

/* The kernel writes lengths into it. */
static void
reset(struct rx_buffers *rx, int n)
{
	struct msghdr	*h = &rx->hdrs[n].msg_hdr;

	rx->iov[n].iov_base = rx->buf[n];
	rx->iov[n].iov_len = sizeof(rx->buf[n]);
	h->msg_iov = &rx->iov[n];
	h->msg_iovlen = 1;
	h->msg_name = &rx->from[n];
	h->msg_namelen = sizeof(rx->from[n]);
	h->msg_control = rx->control[n];
	h->msg_controllen = sizeof(rx->control[n]);
	h->msg_flags = 0;
	rx->from[n].sin6_family = AF_UNSPEC;
}

void
io_readable(evutil_socket_t fd, short what, void *arg)
{
	struct esock	*s = arg;
	struct engine	*e = s->e;

	engine_turn(e);
	e->defer_arm = true;
	io_drain(s);
	e->defer_arm = false;
	if (heap_due(&e->heap) < e->armed_us)
		drive_arm(e);
}

/* Until the queue is empty, but not for ever: timers want their turn. */
void
io_drain(struct esock *s)
{
	struct engine	*e = s->e;
	int		 batch, cnt, n;

	if (s->turn == e->turn)
		return;
	s->turn = e->turn;
	for (batch = 0; batch < BATCHES_MAX; batch++) {
		cnt = recvmmsg(s->fd, e->rx->hdrs, RX_BATCH, MSG_DONTWAIT,
		    NULL);
		if (cnt == -1) {
			/* ENETDOWN and the like: LINK will tell. */
			if (errno != EAGAIN && errno != EINTR)
				log_debug("socket %u: receive: %s", s->id,
				    strerror(errno));
			return;
		}
		for (n = 0; n < cnt; n++) {
			packet(s, &e->rx->hdrs[n], e->rx->buf[n]);
			reset(e->rx, n);
		}
		if (cnt < RX_BATCH)
			return;
	}
}

static void
packet(struct esock *s, const struct mmsghdr *hdr, const uint8_t *buf)
{
	struct engine		*e = s->e;
	struct pkt_rx		 rx;
	struct pkt_head		 head;
	struct pkt_advert	 adv;
	struct einst		*i;
	enum pkt_result		 res;

	e->stats.packets++;
	if (!e->begun) {
		e->stats.early++;
		return;
	}
	memset(&rx, 0, sizeof(rx));
	memset(&head, 0, sizeof(head));
	rx.family = s->family == AF_INET6 ? PKT_V6 : PKT_V4;
	rx.buf = buf;
	rx.len = hdr->msg_len;
	rx.ttl = -1;
	if (s->family == AF_INET6)
		read_ancillary(&hdr->msg_hdr, &rx);
	if ((res = pkt_peek(&rx, &head)) != PKT_OK) {
		memcpy(head.src, rx.src, sizeof(head.src));
		stats_bad_packet(e, s, NULL, &head, res);
		return;
	}
	if (s->family == AF_INET6)
		memcpy(head.dst, rx.dst, sizeof(head.dst));
	if ((i = receiver(s, &head)) == NULL) {
		stats_bad_packet(e, s, NULL, &head, PKT_E_VRID);
		return;
	}
	if (is_own(i, head.src)) {
		stats_own_packet(e, i, head.src);
		return;
	}
	if (i->vr.state == VR_INIT)
		return;		/* RFC 9568 6.4.1: not listening */
	/* An owner that hands over listens for its successor. */
	i->expect.owner_ignores = vr_ignores(&i->vr, &i->vc);
	i->expect.skip_addrs = i->conf->skip_check_adv_addr &&
	    is_followed(i, head.src);
	if ((hdr->msg_hdr.msg_flags & MSG_TRUNC) != 0)
		res = PKT_E_LENGTH;
	else
		res = pkt_decode(&rx, &i->expect, &adv);
	if (res != PKT_OK) {
		stats_bad_packet(e, s, i, &head, res);
		return;
	}
	advert(i, &adv);
}

/* One that is in order. */
static void
advert(struct einst *i, const struct pkt_advert *adv)
{
	struct vr_in	 in;

	if (adv->notes != 0)
		stats_notes(i, adv);
	if (i->expect.auth == PKT_AUTH_AH)
		i->expect.ah_seq = adv->ah_seq;
	memset(&in, 0, sizeof(in));
	in.event = VR_EV_ADVERT;
	in.prio = adv->prio;
	in.adver_int_us = adv->adver_int_us;
	memcpy(in.src, adv->src, sizeof(in.src));
	tally_advert(i, adv, note_gap(i, adv->src));
	monitor_advert(i, adv);
	drive_step(i, &in);
}

/* Is it the master that a backup has heard before? */
static bool
is_followed(const struct einst *i, const uint8_t *src)
{
	return (i->vr.state == VR_BACKUP && i->vr.has_master &&
	    memcmp(i->vr.master, src, sizeof(i->vr.master)) == 0);
}

/*
 * What the master's adverts keep between them; nothing of another router. How
 * many should have come meanwhile.
 */
static uint32_t
note_gap(struct einst *i, const uint8_t *src)
{
	int64_t	 int_us = vr_interval_us(&i->vr, &i->vc);

	if (i->vr.heard_us == VR_NEVER || !is_followed(i, src)) {
		memset(i->gap_us, 0, sizeof(i->gap_us));
		return (0);
	}
	memmove(&i->gap_us[1], &i->gap_us[0],
	    sizeof(i->gap_us) - sizeof(i->gap_us[0]));
	i->gap_us[0] = i->e->now_us - i->vr.heard_us;
	if (i->gap_us[0] < int_us)
		return (0);
	return ((uint32_t)((i->gap_us[0] + int_us / 2) / int_us) - 1);
}

/*
 * A VRID may be used once with each group and once with each set of unicast
 * peers. A packet that is nobody's goes to the one that is most like it, which
 * counts what is wrong with it.
 */
static struct einst *
receiver(const struct esock *s, const struct pkt_head *head)
{
	struct einst	*i, *like = NULL, *first = s->by_vrid[head->vrid];

	if (first == NULL || first->rx_next == NULL)
		return (first);
	for (i = first; i != NULL; i = i->rx_next) {
		if (!is_to(i, head))
			continue;
		if (!i->conf->unicast || is_peer(i, head->src))
			return (i);
		if (like == NULL)
			like = i;
	}
	return (like != NULL ? like : first);
}

static bool
is_to(const struct einst *i, const struct pkt_head *head)
{
	const struct vaddr	*to;

	to = i->conf->unicast ? &i->use.src : &i->conf->mcast;
	return (memcmp(to->bytes, head->dst, sizeof(head->dst)) == 0);
}

static bool
is_peer(const struct einst *i, const uint8_t *src)
{
	size_t	 n;

	for (n = 0; n < i->expect.peer_cnt; n++) {
		if (memcmp(i->peers[n].addr, src,
		    sizeof(i->peers[n].addr)) == 0)
			return (true);
	}
	return (false);
}

/* IPv6 has no header in the buffer: sender, hop limit, destination. */
static void
read_ancillary(const struct msghdr *h, struct pkt_rx *rx)
{
	const struct sockaddr_in6	*from = h->msg_name;
	struct msghdr			 mh = *h;
	struct cmsghdr			*c;
	struct in6_pktinfo		 info;
	int				 hops;

	if (h->msg_namelen >= sizeof(*from) && from->sin6_family == AF_INET6)
		memcpy(rx->src, &from->sin6_addr, sizeof(rx->src));
	for (c = CMSG_FIRSTHDR(&mh); c != NULL; c = CMSG_NXTHDR(&mh, c)) {
		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_HOPLIMIT &&
		    c->cmsg_len >= CMSG_LEN(sizeof(hops))) {
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
			rx->ttl = hops;
		} else if (c->cmsg_type == IPV6_PKTINFO &&
		    c->cmsg_len >= CMSG_LEN(sizeof(info))) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			memcpy(rx->dst, &info.ipi6_addr, sizeof(rx->dst));
		}
	}
}

static bool
is_own(const struct einst *i, const uint8_t *src)
{
	const struct link_info	*l = &i->link->info;
	const struct vaddr	*own;

	if (memcmp(src, i->use.src.bytes, sizeof(i->use.src.bytes)) == 0)
		return (true);
	own = i->conf->family == AF_INET6 ? &l->linklocal6 : &l->primary4;
	return (own->family != 0 &&
	    memcmp(src, own->bytes, sizeof(own->bytes)) == 0);
}

/*
 * One row of numbers, heard and sent. At its end nothing is sent any more, so
 * that somebody else takes the role. Copies to several peers are the same.
 */
static bool
next_ah(struct einst *i)
{
	if (i->expect.ah_seq >= PKT_AH_SEQ_MAX) {
		stats_send_error(i, i->tx[0], EOVERFLOW);
		return (false);
	}
	i->send.ah_seq = ++i->expect.ah_seq;
	if (++i->send.ip_id == 0)
		i->send.ip_id = 1;
	return (true);
}

bool
io_advert(struct einst *i, uint8_t prio)
{
	struct esock	*s;
	uint8_t		 buf[PKT_BUF_MAX];
	size_t		 len;
	ssize_t		 sent;
	uint16_t	 n;
	bool		 any = false;

	i->send.prio = prio;
	/* A virtual interface may have to come up first. */
	if (i->tx_cnt == 0)
		return (false);
	if (i->send.auth == PKT_AUTH_AH && !next_ah(i))
		return (false);
	for (n = 0; n < i->tx_cnt; n++) {
		s = i->tx[n];
		memcpy(i->send.dst, s->dst.bytes, sizeof(i->send.dst));
		if (i->send.auth == PKT_AUTH_AH)
			len = pkt_encode_ah(&i->send, buf, sizeof(buf));
		else
			len = pkt_encode(&i->send, buf, sizeof(buf));
		sent = len == 0 ? -1 : write(s->fd, buf, len);
		if (sent == (ssize_t)len)
			any = true;
		else
			stats_send_error(i, s, len == 0 ? EINVAL : errno);
	}
	return (any);
}
