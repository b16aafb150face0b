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
 * "scan": who speaks VRRP on an interface. Needs no daemon. The packets are
 * anybody's: the socket is opened first, then all rights are given up, and
 * only the decoder of the engine looks at them. Runs in: vrrpctl.
 */

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../vrrpe/packet.h"
#include "client.h"
#include "mono.h"
#include "scan.h"

#define NOBODY		65534
#define IP6_LEN		40

static volatile sig_atomic_t	 interrupted;

static void	 on_signal(int);
static int	 open_packets(const char *, unsigned int);
static void	 join(unsigned int);
static void	 drop_rights(void);
static void	 receive(struct scan *, int);
static struct heard *heard_of(struct scan *, uint8_t, const struct pkt_head *);
static void	 learn(struct heard *, const struct pkt_rx *,
		    const struct pkt_head *);
static int	 by_vrid(const void *, const void *);

static void
on_signal(int sig)
{
	interrupted = 1;
}

int
scan(struct scan *s, const char *ifname, int64_t for_us)
{
	struct sigaction	 sa;
	struct pollfd		 pfd;
	unsigned int		 ifindex;
	int64_t			 left;

	memset(s, 0, sizeof(*s));
	if ((ifindex = if_nametoindex(ifname)) == 0) {
		warn("%s", ifname);
		return (CLIENT_REFUSED);
	}
	if ((pfd.fd = open_packets(ifname, ifindex)) == -1)
		return (CLIENT_REFUSED);
	join(ifindex);
	drop_rights();
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	s->began_us = mono_us();
	pfd.events = POLLIN;
	while (!interrupted) {
		left = s->began_us + for_us - mono_us();
		if (left <= 0)
			break;
		if (left > 1000 * US_PER_SEC)
			left = 1000 * US_PER_SEC;
		if (poll(&pfd, 1, (int)(left / US_PER_MS) + 1) == 1)
			receive(s, pfd.fd);
	}
	s->took_us = mono_us() - s->began_us;
	(void)close(pfd.fd);
	qsort(s->heard, s->cnt, sizeof(s->heard[0]), by_vrid);
	return (CLIENT_OK);
}

/* Every VRRP packet of the interface, our own too, and nothing else. */
static int
open_packets(const char *ifname, unsigned int ifindex)
{
	struct sock_filter	 code[] = {
		{ BPF_LD | BPF_H | BPF_ABS, 0, 0,
		    (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL) },
		{ BPF_JMP | BPF_JEQ | BPF_K, 2, 0, ETH_P_IP },
		{ BPF_JMP | BPF_JEQ | BPF_K, 4, 0, ETH_P_IPV6 },
		{ BPF_RET | BPF_K, 0, 0, 0 },
		{ BPF_LD | BPF_B | BPF_ABS, 0, 0, 9 },
		{ BPF_JMP | BPF_JEQ | BPF_K, 3, 0, PKT_PROTO },
		{ BPF_JMP | BPF_JEQ | BPF_K, 2, 3, PKT_PROTO_AH },
		{ BPF_LD | BPF_B | BPF_ABS, 0, 0, 6 },
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, PKT_PROTO },
		{ BPF_RET | BPF_K, 0, 0, 0x40000 },
		{ BPF_RET | BPF_K, 0, 0, 0 }
	};
	struct sock_fprog	 prog;
	struct sockaddr_ll	 sll;
	struct packet_mreq	 group;
	static const uint8_t	 macs[2][ETH_ALEN] = {
		{ 0x01, 0x00, 0x5e, 0x00, 0x00, 0x12 },
		{ 0x33, 0x33, 0x00, 0x00, 0x00, 0x12 }
	};
	int			 fd, n;

	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1) {
		warn("packet socket (be root, or have CAP_NET_RAW)");
		return (-1);
	}
	prog.len = sizeof(code) / sizeof(code[0]);
	prog.filter = code;
	memset(&sll, 0, sizeof(sll));
	sll.sll_family = AF_PACKET;
	sll.sll_protocol = htons(ETH_P_ALL);
	sll.sll_ifindex = (int)ifindex;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1 ||
	    bind(fd, (struct sockaddr *)&sll, sizeof(sll)) == -1) {
		warn("%s", ifname);
		(void)close(fd);
		return (-1);
	}
	for (n = 0; n < 2; n++) {
		memset(&group, 0, sizeof(group));
		group.mr_ifindex = (int)ifindex;
		group.mr_type = PACKET_MR_MULTICAST;
		group.mr_alen = ETH_ALEN;
		memcpy(group.mr_address, macs[n], ETH_ALEN);
		(void)setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP,
		    &group, sizeof(group));
	}
	return (fd);
}

/* Switches send the groups only to where somebody has joined them. */
static void
join(unsigned int ifindex)
{
	struct ip_mreqn		 four;
	struct ipv6_mreq	 six;
	int			 fd;

	memset(&four, 0, sizeof(four));
	memset(&six, 0, sizeof(six));
	four.imr_multiaddr.s_addr = htonl(0xe0000012);
	four.imr_ifindex = (int)ifindex;
	six.ipv6mr_interface = ifindex;
	(void)inet_pton(AF_INET6, "ff02::12", &six.ipv6mr_multiaddr);
	/* They end with the process, and may fail: then others say more. */
	if ((fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) != -1)
		(void)setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &four,
		    sizeof(four));
	if ((fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)) != -1)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &six,
		    sizeof(six));
	/* cppcheck-suppress resourceLeak */
}

/* The socket is all that is kept; without certainty nothing is read. */
static void
drop_rights(void)
{
	struct __user_cap_header_struct	 head;
	struct __user_cap_data_struct	 none[2];

	if (geteuid() == 0 && (setgroups(0, NULL) == -1 ||
	    setresgid(NOBODY, NOBODY, NOBODY) == -1 ||
	    setresuid(NOBODY, NOBODY, NOBODY) == -1))
		err(CLIENT_REFUSED, "cannot give up root");
	memset(&head, 0, sizeof(head));
	memset(none, 0, sizeof(none));
	head.version = _LINUX_CAPABILITY_VERSION_3;
	if (syscall(SYS_capset, &head, none) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(CLIENT_REFUSED, "cannot give up rights");
	if (geteuid() == 0)
		errx(CLIENT_REFUSED, "root could not be given up");
}

static void
receive(struct scan *s, int fd)
{
	struct sockaddr_ll	 sll;
	struct pkt_rx		 rx;
	struct pkt_head		 head;
	struct heard		*h;
	socklen_t		 len = sizeof(sll);
	ssize_t			 n;

	memset(&sll, 0, sizeof(sll));
	memset(&rx, 0, sizeof(rx));
	memset(&head, 0, sizeof(head));
	n = recvfrom(fd, s->buf, sizeof(s->buf), MSG_TRUNC,
	    (struct sockaddr *)&sll, &len);
	if (n <= 0)
		return;
	s->packets++;
	rx.buf = s->buf;
	rx.len = (size_t)n;
	rx.ttl = -1;
	rx.family = PKT_V4;
	if ((size_t)n > sizeof(s->buf) || ntohs(sll.sll_protocol) ==
	    ETH_P_IPV6) {
		if ((size_t)n > sizeof(s->buf) || n < IP6_LEN) {
			s->broken++;
			return;
		}
		rx.family = PKT_V6;
		rx.ttl = s->buf[7];
		memcpy(rx.src, s->buf + 8, sizeof(rx.src));
		memcpy(rx.dst, s->buf + 24, sizeof(rx.dst));
		/* What is behind the message pads the frame. */
		rx.buf += IP6_LEN;
		rx.len = (size_t)s->buf[4] << 8 | s->buf[5];
		if (rx.len > (size_t)n - IP6_LEN)
			rx.len = (size_t)n - IP6_LEN;
	} else if (n >= PKT_IP4_LEN && ((size_t)s->buf[2] << 8 | s->buf[3]) <
	    (size_t)n)
		rx.len = (size_t)s->buf[2] << 8 | s->buf[3];
	if (pkt_peek(&rx, &head) != PKT_OK) {
		s->broken++;
		return;
	}
	if (rx.family == PKT_V6) {
		memcpy(head.src, rx.src, sizeof(head.src));
		memcpy(head.dst, rx.dst, sizeof(head.dst));
	}
	if ((h = heard_of(s, rx.family, &head)) == NULL) {
		s->left_out++;
		return;
	}
	h->own = sll.sll_pkttype == PACKET_OUTGOING;
	learn(h, &rx, &head);
}

/* NULL: there are too many already. */
static struct heard *
heard_of(struct scan *s, uint8_t family, const struct pkt_head *head)
{
	struct heard	*h;
	size_t		 n;

	for (n = 0; n < s->cnt; n++) {
		h = &s->heard[n];
		if (h->family == family && h->vrid == head->vrid &&
		    memcmp(h->src, head->src, sizeof(h->src)) == 0)
			return (h);
	}
	if (s->cnt == SCAN_MAX)
		return (NULL);
	h = &s->heard[s->cnt++];
	memset(h, 0, sizeof(*h));
	h->family = family;
	h->vrid = head->vrid;
	memcpy(h->src, head->src, sizeof(h->src));
	return (h);
}

/*
 * As an instance would take it that has the packet's own settings: what is
 * left to be wrong is the form, the TTL and the checksum.
 */
static void
learn(struct heard *h, const struct pkt_rx *rx, const struct pkt_head *head)
{
	struct pkt_expect	 want;
	struct pkt_advert	 adv;
	const uint8_t		*msg = rx->buf;
	size_t			 left = rx->len, off = 0, size;

	memset(&want, 0, sizeof(want));
	memset(&adv, 0, sizeof(adv));
	want.family = rx->family;
	want.version = head->version;
	want.skip_addrs = true;
	want.unicast = rx->family == PKT_V4 ? (head->dst[0] & 0xf0) != 0xe0 :
	    head->dst[0] != 0xff;
	if (rx->family == PKT_V4)
		off = (size_t)(msg[0] & 0x0f) * 4;
	if (rx->family == PKT_V4 && msg[9] == PKT_PROTO_AH) {
		h->auth = want.auth = PKT_AUTH_AH;
		off += PKT_AH_LEN;
	}
	if (off + 8 <= left && head->version == 2) {
		msg += off;
		left -= off;
		if (want.auth != PKT_AUTH_AH)
			h->auth = want.auth = msg[4];
		want.adver_int_us = msg[5] * US_PER_SEC;
		size = 8 + (size_t)msg[3] * (rx->family == PKT_V4 ? 4 : 16);
		if (left >= size + PKT_AUTH_LEN)
			memcpy(want.pass, msg + size, PKT_AUTH_LEN);
	}
	h->result = pkt_decode(rx, &want, &adv);
	h->version = head->version;
	h->prio = head->prio;
	h->unicast = want.unicast;
	h->packets++;
	if (h->result != PKT_OK)
		return;
	h->adver_int_us = adv.adver_int_us;
	h->addr_cnt = adv.addr_cnt;
	size = rx->family == PKT_V4 ? 4 : 16;
	memset(h->addrs, 0, sizeof(h->addrs));
	for (off = 0; off < SCAN_ADDRS && off < adv.addr_cnt; off++)
		memcpy(h->addrs[off], adv.addrs + off * size, size);
}

static int
by_vrid(const void *one, const void *two)
{
	const struct heard	*a = one, *b = two;

	if (a->vrid != b->vrid)
		return (a->vrid < b->vrid ? -1 : 1);
	if (a->family != b->family)
		return (a->family < b->family ? -1 : 1);
	return (memcmp(a->src, b->src, sizeof(a->src)));
}
