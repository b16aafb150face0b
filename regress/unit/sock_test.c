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
 * parent/sock.c with a real kernel: who is given which socket, and what the
 * sockets can and cannot do. e0 is ours, p0 is the other end of the wire.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../netlinkd/netlinkd.h"
#include "../../parent/sock.h"
#include "log.h"
#include "mono.h"
#include "netns.h"

#define IDS_MAX		64
#define LIMIT_US	(5 * US_PER_SEC)

struct seen {
	int		 fd[IDS_MAX];		/* -1: not open */
	bool		 is_rx[IDS_MAX];
	struct sock_rx	 rx[IDS_MAX];
	struct sock_tx	 tx[IDS_MAX];
	uint32_t	 told;
	uint32_t	 gone;
	uint32_t	 uses;
	struct sock_use	 use[8];
};

static struct event_base *base;
static struct netlinkd	*nd;
static struct socks	*socks;
static struct conf	*conf;
static struct conf_ids	*ids;
static struct seen	 seen;
static int		 wire = -1;		/* packet socket on p0 */
static bool		 is_root, is_up;

static void
on_rx(void *arg, uint32_t id, const struct sock_rx *rx, int fd)
{
	assert_in_range(id, 1, IDS_MAX - 1);
	assert_int_equal(seen.fd[id], -1);
	seen.fd[id] = fd;
	seen.is_rx[id] = true;
	seen.rx[id] = *rx;
	seen.told++;
}

static void
on_tx(void *arg, uint32_t id, const struct sock_tx *tx, int fd)
{
	assert_in_range(id, 1, IDS_MAX - 1);
	assert_int_equal(seen.fd[id], -1);
	seen.fd[id] = fd;
	seen.tx[id] = *tx;
	seen.told++;
}

static void
on_use(void *arg, uint32_t inst, const struct sock_use *use)
{
	uint16_t	 i;

	assert_in_range(inst, 1, 7);
	seen.use[inst] = *use;
	seen.uses++;
	/* What it names was told before. */
	if (use->rx != 0)
		assert_true(seen.fd[use->rx] != -1);
	for (i = 0; i < use->tx_cnt; i++)
		assert_true(seen.fd[use->tx[i]] != -1);
}

static void
on_gone(void *arg, uint32_t id)
{
	uint32_t	 i;

	assert_true(seen.fd[id] != -1);
	(void)close(seen.fd[id]);
	seen.fd[id] = -1;
	seen.gone++;
	for (i = 0; i < 8; i++)
		assert_true(seen.use[i].rx != id);
}

static const struct sock_ops	 ops = { on_rx, on_tx, on_use, on_gone };

static void
on_link(void *arg, uint32_t slot, const struct link_info *info)
{
	sock_link(socks, slot);
}

static void
on_installed(void *arg, uint32_t inst, const struct conf_vip *const *vips,
    size_t cnt)
{
}

static void
on_result(void *arg, uint32_t inst, const struct vip_result *result)
{
}

static void
on_filter(void *arg)
{
}

static const struct netlinkd_ops nd_ops = {
	on_link, on_installed, on_result, on_filter
};

#define WAIT_FOR(cond) do {						\
	int64_t	 end_us_ = mono_us() + LIMIT_US;			\
	while (!(cond) && mono_us() < end_us_) {			\
		(void)event_base_loop(base, EVLOOP_NONBLOCK);		\
		(void)poll(NULL, 0, 2);					\
	}								\
	assert_true(cond);						\
} while (0)

#define NEED_ROOT() do {						\
	if (!is_root)							\
		skip();							\
} while (0)

static int
setup(void **state)
{
	struct sockaddr_ll	 sll;
	int			 i;

	if (!is_root)
		return (0);
	if (is_up)
		(void)netns_run("ip link del e0");
	is_up = true;
	(void)netns_run("ip link add e0 type veth peer name p0");
	(void)netns_run("ip link set p0 up");
	(void)netns_run("ip link set e0 address 02:00:00:00:00:01");
	(void)netns_run("ip addr add 10.9.0.1/24 dev e0");
	(void)netns_run("ip link set e0 up");
	memset(&seen, 0, sizeof(seen));
	for (i = 0; i < IDS_MAX; i++)
		seen.fd[i] = -1;
	base = event_base_new();
	ids = conf_ids_new();
	nd = netlinkd_new(base, &nd_ops, NULL);
	assert_non_null(nd);
	socks = sock_new(base, nd, &ops, NULL);
	assert_non_null(socks);
	assert_int_equal(netlinkd_start(nd), 0);
	wire = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL));
	assert_true(wire != -1);
	memset(&sll, 0, sizeof(sll));
	sll.sll_family = AF_PACKET;
	sll.sll_protocol = htons(ETH_P_ALL);
	sll.sll_ifindex = (int)if_nametoindex("p0");
	assert_int_equal(bind(wire, (const struct sockaddr *)&sll,
	    sizeof(sll)), 0);
	return (0);
}

static int
teardown(void **state)
{
	int	 i;

	if (!is_root)
		return (0);
	sock_free(socks);
	netlinkd_free(nd);
	conf_free(conf);
	conf_ids_free(ids);
	event_base_free(base);
	conf = NULL;
	for (i = 0; i < IDS_MAX; i++) {
		if (seen.fd[i] != -1)
			(void)close(seen.fd[i]);
	}
	(void)close(wire);
	return (0);
}

static struct conf_inst *
add_inst(struct conf *c, const char *name, int family, uint8_t vrid)
{
	struct conf_inst	*inst;

	inst = conf_inst_new();
	assert_non_null(inst);
	(void)strlcpy(inst->name, name, sizeof(inst->name));
	(void)strlcpy(inst->ifname, "e0", sizeof(inst->ifname));
	inst->vrid = vrid;
	inst->family = (uint8_t)family;
	inst->priority = 100;
	inst->unicast_ttl = 255;
	assert_int_equal(vaddr_parse(&inst->mcast, family == AF_INET ?
	    DEFAULT_MCAST4 : DEFAULT_MCAST6), 0);
	assert_non_null(conf_iface_add(c, "e0"));
	TAILQ_INSERT_TAIL(&c->insts, inst, entry);
	c->inst_cnt++;
	return (inst);
}

static void
add_peer(struct conf_inst *inst, const char *addr)
{
	struct conf_peer	*peer;

	peer = calloc(1, sizeof(*peer));
	assert_non_null(peer);
	assert_int_equal(vaddr_parse(&peer->addr, addr), 0);
	TAILQ_INSERT_TAIL(&inst->peers, peer, entry);
	inst->unicast = true;
}

static void
stage(struct conf *c)
{
	assert_int_equal(conf_assign_ids(ids, c), 0);
	assert_int_equal(sock_conf(socks, c), 0);
}

static void
use_conf(struct conf *c)
{
	stage(c);
	sock_commit(socks);
	assert_int_equal(netlinkd_conf(nd, c), 0);
	conf_free(conf);
	conf = c;
}

/* The next VRRP packet on the wire, from its Ethernet header on. */
static ssize_t
wire_next(uint8_t *buf, size_t size)
{
	struct pollfd	 pfd = { wire, POLLIN, 0 };
	ssize_t		 n;

	while (poll(&pfd, 1, 500) == 1) {
		if ((n = recv(wire, buf, size, 0)) < 50)
			continue;
		if ((buf[12] == 0x08 && buf[13] == 0 && buf[23] == 112) ||
		    (buf[12] == 0x86 && buf[13] == 0xdd && buf[20] == 112))
			return (n);
	}
	return (-1);
}

/* Sends a VRRP packet in from the other side. */
static void
wire_put4(const char *src, const char *dst, const uint8_t *vrrp, size_t len)
{
	uint8_t		 f[200] = {
		0x01, 0, 0x5e, 0, 0, 0x12, 2, 0, 0, 0, 0, 2, 8, 0,
		0x45, 0xc0, 0, 0, 0, 1, 0, 0, 255, 112
	};
	struct vaddr	 addr;
	uint32_t	 sum;
	int		 i;

	assert_int_equal(vaddr_parse(&addr, src), 0);
	memcpy(f + 26, addr.bytes, 4);
	assert_int_equal(vaddr_parse(&addr, dst), 0);
	memcpy(f + 30, addr.bytes, 4);
	if (addr.bytes[0] < 224)
		memcpy(f, "\x02\0\0\0\0\x01", 6);
	f[17] = (uint8_t)(20 + len);
	for (sum = 0, i = 14; i < 34; i += 2)
		sum += (uint32_t)f[i] << 8 | f[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	f[24] = (uint8_t)(~sum >> 8);
	f[25] = (uint8_t)~sum;
	memcpy(f + 34, vrrp, len);
	assert_int_equal(send(wire, f, 34 + len, 0), 34 + len);
}

static void
wire_put6(const uint8_t *vrrp, size_t len)
{
	uint8_t	 f[200] = {
		0x33, 0x33, 0, 0, 0, 0x12, 2, 0, 0, 0, 0, 2, 0x86, 0xdd,
		0x60, 0, 0, 0, 0, 0, 112, 255,
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12
	};

	f[19] = (uint8_t)len;
	memcpy(f + 54, vrrp, len);
	assert_int_equal(send(wire, f, 54 + len, 0), 54 + len);
}

static ssize_t
rx_next(int fd, uint8_t *buf, size_t size)
{
	struct pollfd	 pfd = { fd, POLLIN, 0 };

	return (poll(&pfd, 1, 100) == 1 ? recv(fd, buf, size, 0) : -1);
}

static const uint8_t	 advert[16] = {
	0x21, 10, 100, 0, 0, 1, 0xde, 0xad
};

static void
test_tx4(void **state)
{
	const struct sock_use	*use;
	struct sock_filter	 all = { BPF_RET | BPF_K, 0, 0, 0xffff };
	struct sock_fprog	 prog = { 1, &all };
	struct conf		*c;
	uint8_t			 buf[256] = { 0 };
	uint16_t		 id, last;
	int			 i, fd;

	NEED_ROOT();
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	add_inst(c, "V_2", AF_INET, 11);
	use_conf(c);
	use = &seen.use[1];
	assert_int_equal(use->why, SOCK_OK);
	assert_int_equal(use->tx_cnt, 1);
	assert_int_equal(seen.told, 2);		/* shared by both */
	assert_int_equal(seen.use[2].tx[0], use->tx[0]);
	assert_int_equal(seen.use[2].rx, use->rx);
	assert_true(seen.is_rx[use->rx]);
	assert_int_equal(seen.tx[use->tx[0]].src.bytes[3], 1);
	fd = seen.fd[use->tx[0]];
	last = 0;
	for (i = 0; i < 5; i++) {
		assert_int_equal(write(fd, advert, sizeof(advert)), 16);
		assert_int_equal(wire_next(buf, sizeof(buf)), 50);
		assert_memory_equal(buf, "\x01\0\x5e\0\0\x12\2\0\0\0\0\1"
		    "\x08\0\x45\xc0\0\x24", 18);
		id = (uint16_t)(buf[18] << 8 | buf[19]);
		assert_true(i == 0 || (uint16_t)(id - last) == 1);
		last = id;
		assert_memory_equal(buf + 20, "\0\0\xff\x70", 4); /* no DF */
		assert_memory_equal(buf + 26, "\x0a\x09\0\1\xe0\0\0\x12", 8);
		assert_memory_equal(buf + 34, advert, sizeof(advert));
	}
	/* It receives nothing, and that cannot be changed. */
	wire_put4("10.9.0.2", "224.0.0.18", advert, sizeof(advert));
	wire_put4("10.9.0.2", "10.9.0.1", advert, sizeof(advert));
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), -1);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &prog,
	    sizeof(prog)), -1);
}

static void
test_rx4(void **state)
{
	struct sock_filter	 all = { BPF_RET | BPF_K, 0, 0, 0xffff };
	struct sock_fprog	 prog = { 1, &all };
	struct conf		*c;
	uint8_t			 buf[256] = { 0 }, bad[16];
	int			 fd;

	NEED_ROOT();
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	use_conf(c);
	fd = seen.fd[seen.use[1].rx];
	assert_int_equal(seen.rx[seen.use[1].rx].family, AF_INET);
	wire_put4("10.9.0.2", "224.0.0.18", advert, sizeof(advert));
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), 36);
	assert_int_equal(buf[8], 255);		/* the IP header is there */
	wire_put4("10.9.0.2", "10.9.0.1", advert, sizeof(advert));
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), 36);
	/* Nobody has joined this one. */
	wire_put4("10.9.0.2", "224.0.0.99", advert, sizeof(advert));
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), -1);
	/* Whatever is wrong with it, the engine counts it ... */
	memcpy(bad, advert, sizeof(bad));
	bad[0] = 0x4f;
	wire_put4("10.9.0.2", "224.0.0.18", bad, sizeof(bad));
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), 36);
	/* ... but the VRID of others and what is too short stay out. */
	bad[1] = 77;
	wire_put4("10.9.0.2", "224.0.0.18", bad, sizeof(bad));
	wire_put4("10.9.0.2", "224.0.0.18", advert, 7);
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), -1);
	assert_int_equal(write(fd, advert, sizeof(advert)), -1);
	assert_int_equal(errno, EDESTADDRREQ);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)), -1);
	assert_int_equal(errno, EPERM);
	/* Asked for, unknown VRIDs come through. */
	c = conf_new();
	c->global.log_unknown_vrids = true;
	add_inst(c, "V_1", AF_INET, 10);
	use_conf(c);
	assert_int_equal(seen.gone, 1);
	fd = seen.fd[seen.use[1].rx];
	wire_put4("10.9.0.2", "224.0.0.18", bad, sizeof(bad));
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), 36);
}

static void
test_ipv6(void **state)
{
	struct conf	*c;
	uint8_t		 buf[256] = { 0 };
	int		 fd;

	NEED_ROOT();
	c = conf_new();
	add_inst(c, "V_1", AF_INET6, 10);
	use_conf(c);
	/* The link-local address may still be on its way. */
	WAIT_FOR(seen.use[1].why == SOCK_OK);
	assert_int_equal(seen.use[1].tx_cnt, 1);
	assert_int_equal(write(seen.fd[seen.use[1].tx[0]], advert,
	    sizeof(advert)), 16);
	assert_int_equal(wire_next(buf, sizeof(buf)), 70);
	assert_memory_equal(buf, "\x33\x33\0\0\0\x12\2\0\0\0\0\1\x86\xdd", 14);
	assert_int_equal(buf[14] & 0x0f, 0x0c);	/* class 0xc0 */
	assert_int_equal(buf[15] & 0xf0, 0x00);
	assert_memory_equal(buf + 20, "\x70\xff\xfe\x80", 4);
	assert_memory_equal(buf + 22, seen.use[1].src.bytes, 16);
	assert_memory_equal(buf + 38, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\x12",
	    16);
	/* The checksum is the engine's. */
	assert_memory_equal(buf + 54, advert, sizeof(advert));
	/* A wrong one is not dropped before it is seen. */
	fd = seen.fd[seen.use[1].rx];
	wire_put6(advert, sizeof(advert));
	assert_int_equal(rx_next(fd, buf, sizeof(buf)), 16);
	assert_memory_equal(buf, advert, sizeof(advert));
	assert_int_equal(write(fd, advert, sizeof(advert)), -1);
}

static void
test_unicast(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	uint8_t			 buf[256] = { 0 };

	NEED_ROOT();
	(void)netns_run("ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 "
	    "dev e0");
	(void)netns_run("ip neigh add 10.9.0.3 lladdr 02:00:00:00:00:03 "
	    "dev e0");
	(void)netns_run("ip addr add 10.9.0.9/24 dev e0");
	c = conf_new();
	inst = add_inst(c, "V_1", AF_INET, 10);
	assert_int_equal(vaddr_parse(&inst->src, "10.9.0.9"), 0);
	inst->unicast_ttl = 64;
	add_peer(inst, "10.9.0.2");
	add_peer(inst, "10.9.0.3");
	use_conf(c);
	WAIT_FOR(seen.use[1].why == SOCK_OK);
	assert_int_equal(seen.use[1].tx_cnt, 2);
	assert_int_equal(write(seen.fd[seen.use[1].tx[1]], advert,
	    sizeof(advert)), 16);
	assert_int_equal(wire_next(buf, sizeof(buf)), 50);
	assert_int_equal(buf[5], 3);
	assert_int_equal(buf[22], 64);
	assert_memory_equal(buf + 26, "\x0a\x09\0\x09\x0a\x09\0\x03", 8);
	/* No membership, so no multicast. */
	wire_put4("10.9.0.2", "224.0.0.18", advert, sizeof(advert));
	wire_put4("10.9.0.2", "10.9.0.9", advert, sizeof(advert));
	assert_int_equal(rx_next(seen.fd[seen.use[1].rx], buf, sizeof(buf)),
	    36);
	assert_int_equal(buf[19], 9);
}

static void
test_changes(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	uint32_t		 rx, tx;

	NEED_ROOT();
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	inst = add_inst(c, "V_2", AF_INET, 11);
	assert_int_equal(vaddr_parse(&inst->src, "10.9.0.9"), 0);
	use_conf(c);
	assert_int_equal(seen.use[1].why, SOCK_OK);
	assert_int_equal(seen.use[2].why, SOCK_NO_SOURCE);
	assert_int_equal(seen.use[2].tx_cnt, 0);
	assert_int_equal(seen.use[2].rx, 0);
	rx = seen.use[1].rx;
	tx = seen.use[1].tx[0];
	(void)netns_run("ip addr add 10.9.0.9/24 dev e0");
	WAIT_FOR(seen.use[2].why == SOCK_OK);
	assert_int_equal(seen.use[2].rx, rx);
	/* Another primary: another transmit socket, the same receive one. */
	(void)netns_run("sysctl -qw net.ipv4.conf.e0.promote_secondaries=1");
	(void)netns_run("ip addr del 10.9.0.1/24 dev e0");
	WAIT_FOR(seen.use[1].src.bytes[3] == 9 &&
	    seen.use[1].why == SOCK_OK);
	assert_int_equal(seen.use[1].rx, rx);
	assert_int_equal(seen.fd[tx], -1);
	assert_int_equal(seen.use[1].tx[0], seen.use[2].tx[0]);
	/* Gone, and back with another index. */
	(void)netns_run("ip link del e0");
	WAIT_FOR(seen.use[1].why == SOCK_NO_INTERFACE &&
	    seen.use[2].why == SOCK_NO_INTERFACE);
	assert_int_equal(seen.told, seen.gone);
	(void)netns_run("ip link add e0 type veth peer name p0");
	WAIT_FOR(seen.use[1].why == SOCK_NO_SOURCE);
	/* Down, it has no route to the group. */
	(void)netns_run("ip addr add 10.9.0.9/24 dev e0");
	WAIT_FOR(seen.use[1].why == SOCK_NO_INTERFACE);
	(void)netns_run("ip link set e0 up");
	WAIT_FOR(seen.use[1].why == SOCK_OK && seen.use[2].why == SOCK_OK);
	assert_true(seen.use[1].rx > rx);
}

static void
test_reload(void **state)
{
	struct conf	*c;
	struct seen	 before;

	NEED_ROOT();
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	use_conf(c);
	memcpy(&before, &seen, sizeof(before));
	/* Staged and given up: nothing was said, nothing is left. */
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	add_inst(c, "V_2", AF_INET, 12);
	stage(c);
	assert_memory_equal(&before, &seen, sizeof(before));
	sock_abort(socks);
	assert_memory_equal(&before, &seen, sizeof(before));
	conf_free(c);
	/* The same again: the sockets stay. */
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	use_conf(c);
	assert_int_equal(seen.told, before.told);
	assert_int_equal(seen.gone, 0);
	assert_int_equal(seen.uses, before.uses + 1);
	/* One more VRID: another filter, so another receive socket. */
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	add_inst(c, "V_2", AF_INET, 12);
	use_conf(c);
	assert_int_equal(seen.told, before.told + 1);
	assert_int_equal(seen.gone, 1);
	assert_int_equal(seen.use[1].tx[0], before.use[1].tx[0]);
	assert_int_equal(seen.use[1].rx, seen.use[2].rx);
	memset(seen.use, 0, sizeof(seen.use));
	use_conf(conf_new());
	assert_int_equal(seen.told, seen.gone);
}

/* A new engine knows nothing. */
static void
test_resend(void **state)
{
	struct conf	*c;
	uint32_t	 i;

	NEED_ROOT();
	c = conf_new();
	add_inst(c, "V_1", AF_INET, 10);
	add_inst(c, "V_2", AF_INET6, 10);
	use_conf(c);
	WAIT_FOR(seen.use[2].why == SOCK_OK);
	for (i = 0; i < IDS_MAX; i++) {
		if (seen.fd[i] != -1)
			(void)close(seen.fd[i]);
		seen.fd[i] = -1;
	}
	seen.told = seen.uses = 0;
	sock_resend_all(socks);
	assert_int_equal(seen.told, 4);
	assert_int_equal(seen.uses, 2);
	assert_int_equal(seen.gone, 0);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup_teardown(test_tx4, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rx4, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unicast, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_changes, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_reload, setup, teardown),
		cmocka_unit_test_setup_teardown(test_resend, setup, teardown),
	};

	is_root = netns_enter();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
