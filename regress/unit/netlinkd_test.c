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
 * netlinkd with a real kernel, in a namespace with veth pairs.
 */

#include <sys/socket.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include <linux/if_addr.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../netlinkd/internal.h"
#include "mono.h"
#include "netns.h"

#define LIMIT_US	(8 * US_PER_SEC)

/* What the ops said. */
struct seen {
	uint32_t		 links;
	uint32_t		 installed[8];	/* addresses, by instance */
	struct vip_result	 result[8];
	struct link_info	 link[8];	/* by slot */
	int64_t			 first_us;
	int64_t			 last_us;
};

static struct event_base *base;
static struct netlinkd	*nd;
static struct conf	*conf;
static struct conf_ids	*ids;
static struct seen	 seen;
static bool		 is_root, is_up;
static int		 pid_name;

static void
on_link(void *arg, uint32_t slot, const struct link_info *info)
{
	seen.links++;
	if (slot < 8)
		seen.link[slot] = *info;
}

static void
on_installed(void *arg, uint32_t inst, const struct conf_vip *const *vips,
    size_t cnt)
{
	seen.last_us = mono_us();
	if (seen.first_us == 0)
		seen.first_us = seen.last_us;
	assert_true(cnt > 0 && cnt <= BATCH_MSGS);
	assert_in_range(inst, 1, 7);
	seen.installed[inst] += cnt;
}

static void
on_result(void *arg, uint32_t inst, const struct vip_result *result)
{
	assert_in_range(inst, 1, 7);
	seen.result[inst] = *result;
}

static void
on_filter(void *arg)
{
}

static const struct netlinkd_ops ops = { on_link, on_installed, on_result,
	    on_filter };

static void
stop_loop(evutil_socket_t fd, short what, void *arg)
{
	(void)event_base_loopbreak(base);
}

/* Runs the loop for a while. */
static void
turn(int ms)
{
	struct timeval	 tv = { ms / 1000, ms % 1000 * 1000 };
	struct event	*ev;

	ev = evtimer_new(base, stop_loop, NULL);
	assert_non_null(ev);
	(void)evtimer_add(ev, &tv);
	(void)event_base_dispatch(base);
	event_free(ev);
}

#define WAIT_FOR(cond) do {						\
	int64_t	 end_us_ = mono_us() + LIMIT_US;			\
	while (!(cond) && mono_us() < end_us_)				\
		turn(5);						\
	assert_true(cond);						\
} while (0)

/* How often a text is in the output of a command. */
static int
count(const char *command, const char *text)
{
	static char	 buf[1 << 20];
	const char	*p;
	int		 n;

	assert_int_equal(netns_output(command, buf, sizeof(buf)), 0);
	n = 0;
	for (p = buf; (p = strstr(p, text)) != NULL; p += strlen(text))
		n++;
	return (n);
}

static int
on_e0(const char *text)
{
	return (count("ip -o addr show dev e0", text));
}

static struct conf_inst *
add_inst(struct conf *c, const char *name, uint8_t priority, uint16_t lease)
{
	struct conf_inst	*inst;

	inst = conf_inst_new();
	assert_non_null(inst);
	(void)strlcpy(inst->name, name, sizeof(inst->name));
	(void)strlcpy(inst->ifname, "e0", sizeof(inst->ifname));
	inst->vrid = 10;
	inst->family = AF_INET;
	inst->priority = priority;
	inst->vip_lease = lease;
	assert_non_null(conf_iface_add(c, "e0"));
	TAILQ_INSERT_TAIL(&c->insts, inst, entry);
	c->inst_cnt++;
	return (inst);
}

static struct conf_vip *
add_vip(struct conf *c, struct conf_inst *inst, const char *addr)
{
	struct conf_vip	*vip;

	vip = calloc(1, sizeof(*vip));
	assert_non_null(vip);
	assert_int_equal(vaddr_parse(&vip->addr, addr), 0);
	(void)strlcpy(vip->ifname, "e0", sizeof(vip->ifname));
	TAILQ_INSERT_TAIL(&inst->vips, vip, entry);
	c->vip_cnt++;
	return (vip);
}

static void
use_conf(struct conf *c)
{
	assert_int_equal(conf_assign_ids(ids, c), 0);
	assert_int_equal(netlinkd_conf(nd, c), 0);
	conf_free(conf);
	conf = c;
}

static int
setup(void **state)
{
	if (!is_root)
		return (0);
	if (is_up)
		(void)netns_run("ip link del e0");
	is_up = true;
	assert_int_equal(netns_run("ip link add e0 type veth peer name p0"),
	    0);
	assert_int_equal(netns_run("ip link set p0 up"), 0);
	assert_int_equal(netns_run("ip addr add 10.9.0.1/24 dev e0"), 0);
	assert_int_equal(netns_run("ip addr add fd09::1/64 dev e0"), 0);
	assert_int_equal(netns_run("ip link set e0 up"), 0);
	memset(&seen, 0, sizeof(seen));
	base = event_base_new();
	ids = conf_ids_new();
	nd = netlinkd_new(base, &ops, NULL);
	assert_non_null(nd);
	assert_int_equal(netlinkd_start(nd), 0);
	netlinkd_keep_leases(nd, true);
	return (0);
}

static int
teardown(void **state)
{
	if (!is_root)
		return (0);
	netlinkd_unwant_all(nd);
	netlinkd_free(nd);
	conf_free(conf);
	conf_ids_free(ids);
	event_base_free(base);
	conf = NULL;
	return (0);
}

#define NEED_ROOT() do {						\
	if (!is_root)							\
		skip();							\
} while (0)

static void
test_want(void **state)
{
	struct link_info	 info;
	struct conf_inst	*inst;
	struct conf_vip		*vip;
	struct conf		*c;

	NEED_ROOT();
	c = conf_new();
	inst = add_inst(c, "V_1", 100, LEASE_OFF);
	add_vip(c, inst, "10.9.0.100");
	add_vip(c, inst, "fd09::100");
	vip = add_vip(c, inst, "10.9.3.101/24");
	(void)strlcpy(vip->label, "e0:vip", sizeof(vip->label));
	vip->flags |= VIP_F_SCOPE;
	vip->scope = 253;	/* link */
	assert_int_equal(vaddr_parse(&vip->brd, "10.9.3.255"), 0);
	vip = add_vip(c, inst, "10.9.0.102");
	assert_int_equal(vaddr_parse(&vip->peer, "10.9.7.7"), 0);
	use_conf(c);
	turn(30);
	assert_int_equal(seen.installed[1], 0);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 4);
	assert_int_equal(on_e0("inet 10.9.0.100/32"), 1);
	assert_int_equal(on_e0("10.9.3.101/24 brd 10.9.3.255 scope link "
	    "e0:vip"), 1);
	assert_int_equal(on_e0("10.9.0.102 peer 10.9.7.7/32"), 1);
	assert_int_equal(on_e0("inet6 fd09::100/128 scope global nodad "
	    "deprecated"), 1);
	assert_int_equal(on_e0("valid_lft forever"), 7);
	assert_int_equal(seen.result[1].installed, 4);
	assert_int_equal(seen.result[1].failed, 0);
	/* The source is the interface's own. */
	assert_true(netlinkd_link(nd, 1, &info));
	assert_int_equal(info.primary4.bytes[3], 1);
	netlinkd_unwant(nd, 1, 0);
	WAIT_FOR(seen.result[1].installed == 0);
	assert_int_equal(on_e0("/32"), 0);
	assert_int_equal(on_e0("inet"), 3);
}

/* The kernel counts hundredths of a second since the machine began to run. */
static void
test_uptime(void **state)
{
	const uint32_t		 days = 400U * 24 * 3600 * 100;
	struct ifa_cacheinfo	 life = { 2, 2, days, days };
	struct ifaddrmsg	 ifa;
	struct vaddr		 addr;
	struct link		*link;
	struct nl_msg		*msg;

	NEED_ROOT();
	link = link_by_name(nd, "e0");
	assert_non_null(link);
	assert_int_equal(vaddr_parse(&addr, "10.9.0.77/32"), 0);
	memset(&ifa, 0, sizeof(ifa));
	ifa.ifa_family = AF_INET;
	ifa.ifa_prefixlen = 32;
	ifa.ifa_index = link->ifindex;
	msg = nlmsg_alloc_simple(RTM_NEWADDR, 0);
	assert_non_null(msg);
	assert_int_equal(nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO),
	    0);
	assert_int_equal(nla_put(msg, IFA_LOCAL, 4, addr.bytes), 0);
	assert_int_equal(nla_put(msg, IFA_CACHEINFO, sizeof(life), &life), 0);
	addr_message(nd, nlmsg_hdr(msg));
	nlmsg_free(msg);
	assert_non_null(addr_find(link, &addr));
	assert_true(addr_find(link, &addr)->renewed_us ==
	    400LL * 24 * 3600 * US_PER_SEC);
}

static void
test_linger(void **state)
{
	struct conf	*c;
	int64_t		 start_us;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "10.9.0.100");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	start_us = mono_us();
	netlinkd_unwant(nd, 1, 100 * US_PER_MS);
	turn(20);
	assert_int_equal(on_e0("10.9.0.100"), 1);
	WAIT_FOR(seen.result[1].installed == 0);
	assert_in_range(mono_us() - start_us, 100 * US_PER_MS,
	    400 * US_PER_MS);
	/* Wanted again while it lingers: announced again, stays. */
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 2);
	netlinkd_unwant(nd, 1, 60 * US_PER_MS);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 3);
	turn(100);
	assert_int_equal(on_e0("10.9.0.100"), 1);
	/* In quick succession, with the events of each still to come. */
	netlinkd_unwant(nd, 1, 0);
	netlinkd_want(nd, 1);
	netlinkd_unwant(nd, 1, 0);
	netlinkd_want(nd, 1);
	turn(200);
	assert_int_equal(on_e0("10.9.0.100"), 1);
	assert_int_equal(seen.result[1].restored, 0);
}

static void
test_lease(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	int64_t			 start_us;

	NEED_ROOT();
	c = conf_new();
	inst = add_inst(c, "V_1", 100, LEASE_AUTO);
	add_vip(c, inst, "10.9.0.100");
	add_vip(c, inst, "fd09::100");
	add_vip(c, inst, "fd09::101/64");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 3);
	assert_int_equal(on_e0("valid_lft 2sec"), 3);
	assert_int_equal(seen.result[1].lease_s, 2);
	turn(5000);
	assert_int_equal(on_e0("inet"), 6);
	assert_int_equal(seen.installed[1], 3);	/* a refresh is silent */
	assert_int_equal(seen.result[1].restored, 0);
	/* The interface's own prefix route is none of the lease's. */
	assert_int_equal(count("ip -6 route show dev e0", "fd09::/64"), 1);
	assert_int_equal(count("ip -6 route show dev e0", "expires"), 0);
	netlinkd_keep_leases(nd, false);
	start_us = mono_us();
	WAIT_FOR(on_e0("inet") == 3);
	assert_in_range(mono_us() - start_us, 0, 3500 * US_PER_MS);
	turn(50);
	assert_int_equal(seen.result[1].installed, 0);
	assert_int_equal(seen.installed[1], 3);
	assert_int_equal(on_e0("fd09::1/64"), 1);
	/* The engine is back and still MASTER. */
	netlinkd_keep_leases(nd, true);
	WAIT_FOR(seen.installed[1] == 6);
	assert_int_equal(on_e0("valid_lft 2sec"), 3);
}

/* The kernel refuses to refresh one of two: it is counted, and tried again. */
static void
test_lease_refused(void **state)
{
	struct {
		struct nlmsghdr	 head;
		struct nlmsgerr	 error;
	} answer;
	struct vip_result	 sum;
	struct conf_inst	*inst;
	struct conf		*c;

	NEED_ROOT();
	c = conf_new();
	inst = add_inst(c, "V_1", 100, LEASE_AUTO);
	add_vip(c, inst, "10.9.0.100");
	add_vip(c, inst, "10.9.0.101");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 2);
	turn(50);
	memset(&sum, 0, sizeof(sum));
	netlinkd_lease_counts(nd, 1, &sum);
	assert_int_equal(sum.refresh_failed, 0);
	RB_MIN(vinst_tree, &nd->insts)->renewed_us = 0;
	nd->refresh_us = mono_us();
	lease_run(nd, nd->refresh_us);
	batch_next(nd);
	assert_int_equal(nd->batch.cnt, 2);
	memset(&answer, 0, sizeof(answer));
	answer.head.nlmsg_len = sizeof(answer);
	answer.head.nlmsg_type = NLMSG_ERROR;
	answer.head.nlmsg_seq = nd->batch.seq + 1;
	answer.error.error = -ENOMEM;
	batch_message(nd, &answer.head);
	WAIT_FOR(nd->batch.cnt == 0);
	netlinkd_lease_counts(nd, 1, &sum);
	assert_int_equal(sum.refresh_failed, 1);
	assert_true(sum.refreshes >= 1);
	turn(2500);
	assert_int_equal(on_e0("inet 10.9.0.10"), 2);
	netlinkd_lease_counts(nd, 1, &sum);
	assert_int_equal(sum.refresh_failed, 1);
}

/* A freeze of the whole process: nothing is put back before the engine had
 * time to say that it is not MASTER any more. */
static void
test_freeze(void **state)
{
	struct conf	*c;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, 1), "10.9.0.100");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	turn(600);
	sleep(3);
	turn(20);
	assert_int_equal(on_e0("10.9.0.100"), 0);
	netlinkd_unwant(nd, 1, 0);
	turn(800);
	assert_int_equal(on_e0("10.9.0.100"), 0);
	assert_int_equal(seen.installed[1], 1);
	/* And when it is still MASTER, it comes back by itself. */
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 2);
	sleep(3);
	WAIT_FOR(seen.installed[1] == 3);
	assert_int_equal(on_e0("10.9.0.100"), 1);
}

static void
test_put_back(void **state)
{
	struct conf_inst	*inst;
	struct conf		*c;
	int64_t			 start_us;

	NEED_ROOT();
	c = conf_new();
	inst = add_inst(c, "V_1", 100, LEASE_AUTO);
	add_vip(c, inst, "10.9.0.100");
	add_vip(c, inst, "fd09::100");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 2);
	turn(50);
	assert_int_equal(netns_run("ip addr del 10.9.0.100/32 dev e0"), 0);
	assert_int_equal(netns_run("ip addr del fd09::100/128 dev e0"), 0);
	start_us = mono_us();
	WAIT_FOR(seen.installed[1] == 4);
	assert_true(mono_us() - start_us < 200 * US_PER_MS);
	assert_int_equal(seen.result[1].restored, 2);
	assert_int_equal(on_e0("10.9.0.100/32"), 1);
	/* Fought over: once a second. */
	turn(50);
	assert_int_equal(netns_run("ip addr del 10.9.0.100/32 dev e0"), 0);
	turn(500);
	assert_int_equal(on_e0("10.9.0.100/32"), 0);
	WAIT_FOR(seen.installed[1] == 5);
	assert_in_range(mono_us() - start_us, 900 * US_PER_MS,
	    1500 * US_PER_MS);
	assert_int_equal(on_e0("10.9.0.100/32"), 1);
	/* Not wanted: nobody's business. */
	netlinkd_unwant(nd, 1, 0);
	WAIT_FOR(seen.result[1].installed == 0);
	assert_int_equal(seen.result[1].restored, 3);
}

static void
test_links(void **state)
{
	struct link_info	 info;
	struct conf		*c;
	uint32_t		 index;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "10.9.0.100");
	use_conf(c);
	assert_true(netlinkd_link(nd, 1, &info));
	assert_false(netlinkd_link(nd, 9, &info));
	/* The kernel tells of a carrier a moment after it is there. */
	WAIT_FOR(netlinkd_link(nd, 1, &info) &&
	    (info.flags & LINK_F_RUNNING));
	assert_int_equal(info.flags & (LINK_F_EXISTS | LINK_F_UP |
	    LINK_F_RUNNING | LINK_F_NOARP), LINK_F_EXISTS | LINK_F_UP |
	    LINK_F_RUNNING);
	index = info.ifindex;
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	/* Carrier, MTU, MAC. */
	(void)netns_run("ip link set p0 down");
	WAIT_FOR(!(seen.link[1].flags & LINK_F_RUNNING));
	/* Nobody may have heard of the addresses meanwhile. */
	(void)netns_run("ip link set p0 up");
	WAIT_FOR(seen.installed[1] == 2);
	(void)netns_run("ip link set e0 mtu 1400");
	(void)netns_run("ip link set e0 address 02:00:00:00:00:07");
	WAIT_FOR((seen.link[1].flags & LINK_F_RUNNING) &&
	    seen.link[1].mtu == 1400 && seen.link[1].mac[5] == 7);
	/* Others have to learn of the new MAC, not of the MTU. */
	WAIT_FOR(seen.installed[1] == 3);
	(void)netns_run("ip link set e0 mtu 1500");
	WAIT_FOR(seen.link[1].mtu == 1500);
	turn(20);
	assert_int_equal(seen.installed[1], 3);
	/* Another name: the slot is empty, and so is that link; and back. */
	(void)netns_run("ip link set e0 name x9");
	WAIT_FOR(seen.link[1].ifindex == 0);
	WAIT_FOR(count("ip -o addr show dev x9", "10.9.0.100") == 0);
	assert_int_equal(count("ip -o addr show dev x9", "10.9.0.1/"), 1);
	(void)netns_run("ip link set x9 name e0");
	WAIT_FOR(seen.link[1].ifindex == index);
	WAIT_FOR(seen.installed[1] == 4);
	turn(50);
	assert_int_equal(on_e0("10.9.0.100"), 1);
	/* Deleted and made anew: another index, the address comes back. */
	seen.installed[1] = 0;
	(void)netns_run("ip link del e0");
	WAIT_FOR(seen.link[1].ifindex == 0 && seen.result[1].installed == 0);
	(void)netns_run("ip link add e0 type veth peer name p0");
	WAIT_FOR(on_e0("10.9.0.100") == 1);	/* down yet */
	WAIT_FOR(seen.installed[1] == 1);
	(void)netns_run("ip link set e0 up");
	(void)netns_run("ip link set p0 up");
	WAIT_FOR(seen.installed[1] == 2);
	assert_true(seen.link[1].ifindex != index);
	assert_int_equal(on_e0("10.9.0.100"), 1);
	assert_int_equal(seen.link[1].primary4.family, 0);
	(void)netns_run("ip addr add 10.9.0.3/24 dev e0");
	WAIT_FOR(seen.link[1].primary4.bytes[3] == 3);
}

/* A bridge tells of a port that leaves with a message that looks as if the
 * link were deleted. */
static void
test_bridge(void **state)
{
	struct link_info	 info;
	struct conf		*c;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "10.9.0.100");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	assert_int_equal(netns_run("ip link add br9 type bridge"), 0);
	assert_int_equal(netns_run("ip link set e0 master br9"), 0);
	turn(30);
	assert_int_equal(netns_run("ip link set e0 nomaster"), 0);
	turn(50);
	assert_true(netlinkd_link(nd, 1, &info));
	assert_true(info.ifindex != 0);
	(void)netns_run("ip link del br9");
}

static void
test_sources(void **state)
{
	struct vaddr	 addr;
	struct conf	*c;
	bool		 tentative;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "10.9.0.100");
	add_vip(c, add_inst(c, "V_2", 255, LEASE_OFF), "10.9.0.1");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	assert_int_equal(vaddr_parse(&addr, "10.9.0.1"), 0);
	assert_true(netlinkd_has_source(nd, 1, &addr, &tentative));
	assert_int_equal(vaddr_parse(&addr, "10.9.0.100"), 0);
	assert_false(netlinkd_has_source(nd, 1, &addr, &tentative));
	assert_int_equal(vaddr_parse(&addr, "10.9.0.200"), 0);
	assert_false(netlinkd_has_source(nd, 1, &addr, &tentative));
	assert_int_equal(vaddr_parse(&addr, "fd09::1"), 0);
	assert_true(netlinkd_has_source(nd, 1, &addr, &tentative));
	/* The primary goes: the next one takes its place. */
	(void)netns_run("ip addr add 10.8.0.9/24 dev e0");
	turn(30);
	(void)netns_run("ip addr del 10.9.0.1/24 dev e0");
	WAIT_FOR(seen.link[1].primary4.bytes[1] == 8);
	/* A link-local address in DAD is told apart. */
	(void)netns_run("ip -6 addr flush dev e0");
	WAIT_FOR(seen.link[1].linklocal6.family == 0);
	(void)netns_run("sysctl -qw net.ipv6.conf.e0.accept_dad=1");
	(void)netns_run("sysctl -qw net.ipv6.conf.e0.dad_transmits=1");
	(void)netns_run("ip addr add fe80::99/64 dev e0");
	WAIT_FOR(seen.link[1].flags & LINK_F_TENTATIVE);
	assert_int_equal(vaddr_parse(&addr, "fe80::99"), 0);
	assert_false(netlinkd_has_source(nd, 1, &addr, &tentative));
	assert_true(tentative);
	WAIT_FOR(seen.link[1].linklocal6.family == AF_INET6);
	assert_false(seen.link[1].flags & LINK_F_TENTATIVE);
}

/* D8: what the owner has by itself stays; it is announced all the same. */
static void
test_owner(void **state)
{
	struct conf	*c;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 255, LEASE_AUTO), "10.9.0.1");
	use_conf(c);
	assert_int_equal(netlinkd_sweep(nd, c, "/nonexistent"), 0);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	assert_int_equal(seen.result[1].installed, 1);
	turn(50);
	assert_int_equal(on_e0("10.9.0.1/"), 1);
	assert_int_equal(on_e0("inet 10.9.0.1/24 scope global e0"), 1);
	netlinkd_unwant(nd, 1, 0);
	turn(50);
	assert_int_equal(on_e0("10.9.0.1/24"), 1);
	netlinkd_unwant_all(nd);
	assert_int_equal(on_e0("10.9.0.1/24"), 1);
}

/* What is there without our mark is taken over when it is wanted. */
static void
test_take_over(void **state)
{
	struct conf	*c;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_AUTO), "10.9.0.100");
	use_conf(c);
	(void)netns_run("ip addr add 10.9.0.100/32 dev e0");
	turn(50);
	assert_int_equal(on_e0("10.9.0.100"), 1);	/* not our business */
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	assert_int_equal(on_e0("valid_lft 2sec"), 1);
	netlinkd_unwant(nd, 1, 0);
	WAIT_FOR(seen.result[1].installed == 0);
	assert_int_equal(on_e0("10.9.0.100"), 0);
}

/* The kernel removes the secondaries of a subnet with its primary. */
static void
test_secondaries(void **state)
{
	struct conf	*c;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "10.20.0.1/24");
	add_vip(c, add_inst(c, "V_2", 100, LEASE_OFF), "10.20.0.2/24");
	use_conf(c);
	(void)netns_run("sysctl -qw net.ipv4.conf.e0.promote_secondaries=0");
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	netlinkd_want(nd, 2);
	WAIT_FOR(seen.installed[2] == 1);
	assert_int_equal(on_e0("10.20.0.2/24 scope global secondary"), 1);
	/* It goes alone, and the setting that this needs goes with it. */
	netlinkd_unwant(nd, 1, 0);
	WAIT_FOR(on_e0("10.20.0.1/24") == 0);
	turn(50);
	assert_int_equal(on_e0("10.20.0.2/24"), 1);
	assert_int_equal(seen.installed[2], 1);
	assert_int_equal(seen.result[2].restored, 0);
	assert_int_equal(count("sysctl net.ipv4.conf.e0.promote_secondaries",
	    "= 0"), 1);
}

static void
test_dad(void **state)
{
	struct conf_vip	*vip;
	struct conf	*c;
	int64_t		 start_us;

	NEED_ROOT();
	(void)netns_run("sysctl -qw net.ipv6.conf.e0.accept_dad=1");
	(void)netns_run("sysctl -qw net.ipv6.conf.e0.dad_transmits=1");
	c = conf_new();
	vip = add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "fd09::100");
	vip->flags |= VIP_F_DAD;
	use_conf(c);
	start_us = mono_us();
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.result[1].installed == 1);
	assert_int_equal(seen.installed[1], 0);	/* tentative: not yet */
	WAIT_FOR(seen.installed[1] == 1);
	assert_true(mono_us() - start_us > 100 * US_PER_MS);
}

static void
test_reload(void **state)
{
	struct conf_inst	*inst;
	struct conf_vip		*vip;
	struct conf		*c;

	NEED_ROOT();
	c = conf_new();
	inst = add_inst(c, "V_1", 100, LEASE_OFF);
	add_vip(c, inst, "10.9.0.100");
	add_vip(c, inst, "10.9.0.101");
	add_vip(c, inst, "10.9.0.102/24");
	add_vip(c, add_inst(c, "V_2", 100, LEASE_OFF), "10.9.0.110");
	use_conf(c);
	netlinkd_want(nd, 1);
	netlinkd_want(nd, 2);
	WAIT_FOR(seen.installed[1] == 3 && seen.installed[2] == 1);
	memset(seen.installed, 0, sizeof(seen.installed));
	/* .101 moves to V_2, .103 is new, .102 has another length, V_2's
	 * own goes, .100 is leased from now on. */
	c = conf_new();
	inst = add_inst(c, "V_1", 100, 3);
	add_vip(c, inst, "10.9.0.100");
	add_vip(c, inst, "10.9.0.102");
	add_vip(c, inst, "10.9.0.103");
	add_vip(c, add_inst(c, "V_2", 100, LEASE_OFF), "10.9.0.101");
	use_conf(c);
	WAIT_FOR(seen.installed[1] == 2 && seen.installed[2] == 1);
	turn(50);
	assert_int_equal(on_e0("inet 10.9"), 5);
	assert_int_equal(on_e0("10.9.0.102/32"), 1);
	assert_int_equal(on_e0("10.9.0.102/24"), 0);
	assert_int_equal(on_e0("10.9.0.110"), 0);
	assert_int_equal(on_e0("valid_lft 3sec") +
	    on_e0("valid_lft 2sec"), 3);
	assert_int_equal(seen.result[1].restored, 0);
	/* The same length with another label: removed and added. */
	c = conf_new();
	inst = add_inst(c, "V_1", 100, LEASE_OFF);
	vip = add_vip(c, inst, "10.9.0.100");
	(void)strlcpy(vip->label, "e0:new", sizeof(vip->label));
	use_conf(c);
	WAIT_FOR(on_e0("e0:new") == 1 && on_e0("inet 10.9") == 2);
	turn(50);
	assert_int_equal(on_e0("e0:new"), 1);
	assert_int_equal(on_e0("valid_lft forever"), 4);
	/* The instance is gone. */
	use_conf(conf_new());
	WAIT_FOR(on_e0("inet 10.9") == 1);
	turn(20);
	assert_true(TAILQ_EMPTY(&nd->orphanage.vips));
}

static void
test_overrun(void **state)
{
	char		 command[128];
	struct conf	*c;
	int		 i, small = 2048;

	NEED_ROOT();
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "10.9.0.100");
	use_conf(c);
	netlinkd_want(nd, 1);
	WAIT_FOR(seen.installed[1] == 1);
	turn(50);
	assert_int_equal(netlinkd_overruns(nd), 0);
	assert_int_equal(setsockopt(nd->events.fd, SOL_SOCKET, SO_RCVBUF,
	    &small, sizeof(small)), 0);
	assert_int_equal(netns_run("ip link set e0 down"), 0);
	assert_int_equal(netns_run("ip link set e0 up"), 0);
	for (i = 0; i < 40; i++) {
		(void)snprintf(command, sizeof(command),
		    "ip addr add 10.7.0.%d/24 dev e0", i + 1);
		assert_int_equal(netns_run(command), 0);
	}
	(void)netns_run("ip addr del 10.9.0.100/32 dev e0");
	(void)netns_run("ip addr del 10.9.0.1/24 dev e0");
	(void)netns_run("ip link set e0 mtu 1300");
	WAIT_FOR(seen.installed[1] == 2);
	WAIT_FOR(on_e0("10.9.0.100") == 1);
	WAIT_FOR(seen.link[1].mtu == 1300 &&
	    seen.link[1].primary4.bytes[1] == 7 &&
	    (seen.link[1].flags & LINK_F_RUNNING));
	assert_true(netlinkd_overruns(nd) > 0);
}

static void
test_ledger(void **state)
{
	char		 path[64], text[256];
	struct stat	 st;
	struct conf	*c;
	FILE		*fp;

	NEED_ROOT();
	(void)snprintf(path, sizeof(path), "/tmp/vrrpd-vips.%d", pid_name);
	c = conf_new();
	add_vip(c, add_inst(c, "V_1", 100, LEASE_OFF), "10.9.0.100");
	add_vip(c, add_inst(c, "V_2", 100, LEASE_OFF), "fd09::100");
	use_conf(c);
	assert_int_equal(netlinkd_ledger_write(nd, path), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	netlinkd_want(nd, 1);
	netlinkd_want(nd, 2);
	WAIT_FOR(seen.installed[1] == 1 && seen.installed[2] == 1);
	/* The same address without our mark, elsewhere: it stays. */
	(void)netns_run("ip addr add 10.9.0.100/32 dev p0");
	assert_int_equal(netlinkd_cleanup(path), 2);
	netlinkd_unwant(nd, 1, 0);
	netlinkd_unwant(nd, 2, 0);
	turn(50);
	assert_int_equal(on_e0("100/"), 0);
	assert_int_equal(count("ip -o addr show dev p0", "10.9.0.100"), 1);
	assert_int_equal(netlinkd_cleanup(path), 0);
	/* An address of the ledger that somebody else has put there. */
	(void)netns_run("ip addr add 10.9.0.100/32 dev e0");
	assert_int_equal(netlinkd_cleanup(path), 0);
	assert_int_equal(on_e0("10.9.0.100"), 1);
	/* At the start with a configuration it is left over, and goes. */
	turn(20);
	assert_int_equal(netlinkd_sweep(nd, c, path), 1);
	assert_int_equal(on_e0("10.9.0.100"), 0);
	assert_int_equal(on_e0("10.9.0.1/24"), 1);
	/* A file that is not ours is not believed. */
	fp = fopen(path, "w");
	assert_non_null(fp);
	(void)fputs("e0 10.9.0.1/24\n", fp);
	(void)fclose(fp);
	assert_int_equal(netlinkd_cleanup(path), -1);
	(void)snprintf(text, sizeof(text), "/tmp/vrrpd-link.%d", pid_name);
	(void)unlink(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(netlinkd_cleanup(path), -1);
	(void)unlink(path);
	assert_int_equal(netlinkd_cleanup(path), 0);
}

static void
mass(bool ipv6, uint32_t cnt, const char *what)
{
	struct conf_inst	*inst;
	struct conf		*c;
	char			 addr[64];
	uint32_t		 i;
	int64_t			 start_us, up_us, down_us, first_us;

	c = conf_new();
	inst = add_inst(c, "V_1", 100, LEASE_AUTO);
	for (i = 0; i < cnt; i++) {
		(void)snprintf(addr, sizeof(addr), ipv6 ? "fd09::%u:%u" :
		    "10.20.%u.%u", i / 250, i % 250 + 1);
		add_vip(c, inst, addr);
	}
	use_conf(c);
	turn(20);
	memset(&seen, 0, sizeof(seen));
	start_us = mono_us();
	netlinkd_want(nd, 1);
	while (seen.installed[1] < cnt && mono_us() - start_us < LIMIT_US)
		(void)event_base_loop(base, EVLOOP_ONCE);
	assert_int_equal(seen.installed[1], cnt);
	first_us = seen.first_us - start_us;
	up_us = seen.last_us - start_us;
	turn(1500);		/* one refresh at least */
	assert_int_equal(seen.installed[1], cnt);
	start_us = mono_us();
	netlinkd_unwant_all(nd);
	down_us = mono_us() - start_us;
	print_message("%s: %u addresses: first batch %.2f ms, all %.2f ms, "
	    "removed %.2f ms\n", what, cnt, (double)first_us / 1000,
	    (double)up_us / 1000, (double)down_us / 1000);
	assert_int_equal(on_e0("inet"), 3);
	use_conf(conf_new());
	turn(50);
}

static void
test_mass(void **state)
{
	NEED_ROOT();
	mass(false, 1, "IPv4");
	mass(false, 20, "IPv4");
	mass(false, 1000, "IPv4");
	mass(true, 100, "IPv6");
	mass(true, 1000, "IPv6, no lease");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup_teardown(test_want, setup, teardown),
		cmocka_unit_test_setup_teardown(test_uptime, setup, teardown),
		cmocka_unit_test_setup_teardown(test_linger, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lease, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lease_refused, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_freeze, setup, teardown),
		cmocka_unit_test_setup_teardown(test_put_back, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bridge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sources, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_owner, setup, teardown),
		cmocka_unit_test_setup_teardown(test_take_over, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_secondaries, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_dad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overrun, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_ledger, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mass, setup, teardown),
	};

	is_root = netns_enter();
	pid_name = (int)getpid();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
