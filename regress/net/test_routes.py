# Copyright (c) 2026 The vrrpd authors
#
# Permission to use, copy, modify, and distribute this software for any
# purpose with or without fee is hereby granted, provided that the above
# copyright notice and this permission notice appear in all copies.
#
# THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
# WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
# MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
# ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
# WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
# ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
# OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.


"""Virtual and static routes and rules: in the kernel exactly while they are
wanted, whoever and whatever removes them, and as keepalived has them."""

import re
import socket
import struct
import time

import pytest

from confgen import block, instance, settings
from lib import AddressWatch, Keepalived, Loop, Sender, Vrrpd, command, \
    stays, wait_until

VIP = "10.9.0.151"
GW = "10.9.0.2"
ROUTES = ["10.1.0.0/16 via %s dev e0" % GW, "blackhole 10.2.0.0/16 metric 7",
    "10.3.0.0/16 via %s dev e0 src %s" % (GW, VIP)]
RULES = ["from 10.1.0.0/16 table 100 priority 1000"]

# What keepalived 2.2.7 can do itself.
BROAD_ROUTES = """
10.1.0.0/16 via 10.9.0.2 dev e0
10.2.0.0/16 dev e0
10.3.0.0/16 dev e0 scope link
default via 10.9.0.2 dev e0 table 100 metric 50
10.4.0.0/16 via 10.9.0.2 dev e0 src 10.9.0.151 mtu 1400 advmss 1300 window 900
blackhole 10.5.0.0/16
unreachable 10.6.0.0/16 metric 5
prohibit 10.7.0.0/16 table 100
throw 10.8.0.0/16 table 100
10.10.0.0/16 metric 3 nexthop via 10.9.0.2 dev e0 weight 3 \
nexthop via 10.9.0.3 dev e0 weight 1 onlink
10.11.0.0/16 via 10.9.0.9 dev e0 onlink initcwnd 20 initrwnd 30 \
mtu lock 1300 hoplimit 33 quickack 1 congctl reno reordering 5 \
cwnd lock 5 ssthresh 9 features ecn
10.12.0.0/16 via 10.9.0.2 dev e0 realms 5/6 tos 0x10
10.13.0.0/16 via 10.9.0.2 dev e0 protocol static no_track
10.15.0.0/16 via 10.9.0.2
fd10::/48 via fd09::2 dev e0
fd11::/48 dev e0 metric 77
blackhole fd12::/48
fd13::/48 via fd09::2 dev e0 pref high
fd14::/48 nexthop via fd09::2 dev e0 weight 2 nexthop via fd09::3 dev e0
""".strip().split("\n")
BROAD_RULES = """
from 10.0.0.0/8 table 100 priority 1000
to 10.20.0.0/16 lookup main priority 1001
fwmark 0x10/0xff table 100 priority 1002
iif e0 tos 0x10 table 100 priority 1003
not from 10.1.0.0/16 table 100 priority 1004
from all suppress_prefixlength 0 table main priority 1005
uidrange 100-200 table 100 priority 1006
ipproto tcp dport 80-90 table 100 priority 1007
from 10.3.0.0/16 blackhole priority 1008
from 10.4.0.0/16 unreachable priority 1009
from 10.5.0.0/16 prohibit priority 1010
from 10.6.0.0/16 goto 2000 priority 1011
from 10.7.0.0/16 nop priority 1012
from fd10::/32 table 100 priority 1013
oif e0 table 100 realms 3/4 priority 1014
to fd11::/32 table 100
from 10.99.0.0/16 table 100
from 10.98.0.0/16 table 100
""".strip().split("\n")
STATICS = "\n".join((block("static_ipaddress", "10.77.0.1/24 dev e0",
        "fd77::1/64 dev e0"),
    block("static_routes", "198.51.100.0/25 via 10.9.0.2 dev e0",
        "fd20::/48 via fd09::2 dev e0"),
    block("static_rules", "from 10.9.0.0/16 table 77 priority 900"), ""))


def entries(routes, rules):
    return [block("virtual_routes", *routes), block("virtual_rules", *rules)]


def conf(routes=tuple(ROUTES), rules=tuple(RULES), before="", **fields):
    fields = dict({"prio": 100, "interval": "0.1"}, **fields)
    return settings() + before + instance(51, *entries(routes, rules),
        **fields)


plain_conf = conf


def lines(lab, *args):
    done = command(["ip", "-n", lab.name("a"), *args])
    return [re.sub(r"\s+", " ", l).strip() for l in
        done.stdout.replace("\n\t", " ").split("\n") if l.strip()]


def routes(lab):
    """All but those that the kernel itself makes."""
    both = lines(lab, "route", "show", "table", "all") + \
        lines(lab, "-6", "route", "show", "table", "all")
    return sorted({l for l in both if "proto kernel" not in l and
        "table local" not in l and not l.startswith("multicast")})


def rules(lab):
    both = lines(lab, "-4", "rule") + lines(lab, "-6", "rule")
    return [l for l in both if "proto" in l]


def has(lab, dst):
    return any(l.startswith(dst + " ") or " %s " % dst in " %s " % l
        for l in routes(lab))


def all_there(lab):
    return all(has(lab, "10.%d.0.0/16" % i) for i in (1, 2, 3)) and \
        len(rules(lab)) == 1


def none_there(lab):
    return not routes(lab) and not rules(lab)


class RouteWatch(Loop):
    """IPv4 routes of host a that come and go, as the kernel tells: (time,
    added, destination)."""

    def __init__(self, lab):
        self.events = []
        super().__init__(lab, "a")
        self.start()

    def make_socket(self):
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        sock.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)
        sock.bind((0, 0x40))
        return sock

    def ready(self):
        data = self.sock.recv(1 << 16)
        now = time.time()
        while len(data) >= 16:
            length, kind = struct.unpack("=IH", data[:6])
            at, plen = 28, data[17]
            while at + 4 <= length:
                size, attr = struct.unpack("=HH", data[at:at + 4])
                if attr == 1:           # RTA_DST
                    self.events.append((now, kind == 24, "%s/%d" % (
                        socket.inet_ntoa(data[at + 4:at + 8]), plen)))
                at += max(size + 3 & ~3, 4)
            data = data[length + 3 & ~3:]

    def added(self, dst, since=0.0):
        return [t for t, plus, d in list(self.events) if plus and d == dst
            and t >= since]


def master(lab, text=None, **more):
    """The routes follow their address at once, however long the machine
    takes for all of it."""
    watch, vips = RouteWatch(lab), AddressWatch(lab, "a")
    router = Vrrpd(lab, "a", text or conf(), **more).start()
    router.wait_state("I51", "MASTER", 10)
    wait_until(lambda: all_there(lab), 8, lambda: "routes: %s, rules: %s" % (
        routes(lab), rules(lab)))
    vip = vips.of(VIP, True)[0]
    late = [watch.added("10.%d.0.0/16" % i)[0] - vip for i in (1, 2, 3)]
    watch.close()
    vips.close()
    assert max(late) < 0.5, late
    return router


def test_while_master(lab):
    """There as master, gone as backup, there again, gone after the end."""
    router = master(lab)
    row = router.instance("I51")
    assert row["routes_wanted"] == row["routes_installed"] == 4
    assert row["routes_failed"] == 0
    sender = Sender(lab)
    for _ in range(2):
        # So that it stays BACKUP for more than three seconds.
        sender.send(vrid=51, prio=200, interval=100, addrs=[VIP])
        router.wait_state("I51", "BACKUP", 2)
        wait_until(lambda: none_there(lab), 2, "nothing as backup")
        wait_until(lambda: all_there(lab), 8, "all as master")
    assert router.stop() == 0
    assert none_there(lab)


def test_put_back(lab):
    """By hand, by a flush, by a replace; and the state does not change."""
    router = master(lab)
    lab.ip("a", "route del 10.1.0.0/16")
    wait_until(lambda: has(lab, "10.1.0.0/16"), 2, "the route")
    lab.ip("a", "rule del priority 1000")
    wait_until(lambda: rules(lab), 2, "the rule")
    lab.ip("a", "route replace 10.3.0.0/16 via 10.9.0.3")
    wait_until(lambda: any("via " + GW in l for l in routes(lab)
        if l.startswith("10.3.0.0/16")), 3, "the replaced route")
    lab.ip("a", "route del 10.3.0.0/16 via 10.9.0.3")
    lab.ip("a", "route flush proto 18")
    wait_until(lambda: all_there(lab), 5, "all of them")
    row = router.instance("I51")
    assert row["routes_restored"] >= 4 and router.state("I51") == "MASTER"
    assert "was removed by someone else, put back" in router.log()
    assert "Entering BACKUP" not in router.log().split("MASTER", 1)[1]


def test_fought(lab):
    """Whoever insists is answered less and less often: at once, and then one,
    two and four seconds after the last time."""
    router = master(lab)
    watch = RouteWatch(lab)
    put, last = [], 0
    for pause in (0, 1, 2, 4):
        gone = time.time()
        lab.ip("a", "route del 10.1.0.0/16")
        back = wait_until(lambda t=gone: watch.added("10.1.0.0/16", t), 9,
            "the route")[0]
        put.append(back - last)
        assert pause == 0 or put[-1] > pause - 0.3, put
        assert back - max(gone, last + pause) < 1.5, put
        last = back
    assert router.log().count("10.1.0.0/16 (table 254) was removed") == 1


def test_link_flap(lab):
    """As after a fresh start: the kernel drops them with the link, the
    address or the carrier's way back."""
    router = master(lab)
    before = routes(lab), rules(lab)
    lab.ip("a", "link set e0 down")
    router.wait_state("I51", "FAULT", 3)
    lab.ip("a", "link set e0 up")
    router.wait_state("I51", "MASTER", 8)
    wait_until(lambda: (routes(lab), rules(lab)) == before, 4,
        lambda: "as before: %s" % routes(lab))
    # The source goes with the address, without a word for IPv4.
    lab.ip("a", "address del %s/32 dev e0" % VIP)
    wait_until(lambda: routes(lab) == before[0], 4,
        lambda: "as before: %s" % routes(lab))
    row = router.instance("I51")
    assert row["routes_installed"] == 4 and row["routes_failed"] == 0


def test_other_link(lab):
    """A route by another interface: its link is tracked; when it was made
    anew the route is back."""
    lab.extra_link("a", "x0")
    lab.ip("a", "address add 10.66.0.1/24 dev x0")
    router = master(lab, conf(routes=ROUTES + ["10.5.0.0/16 via 10.66.0.2 "
        "dev x0", "10.6.0.0/16 metric 9 nexthop via 10.66.0.2 dev x0 nexthop "
        "via %s dev e0" % GW]))
    wait_until(lambda: has(lab, "10.5.0.0/16") and has(lab, "10.6.0.0/16"), 2,
        "the routes by x0")
    lab.ip("a", "link del x0")
    router.wait_state("I51", "FAULT", 3)
    wait_until(lambda: none_there(lab), 2, "nothing")
    lab.extra_link("a", "x0")
    lab.ip("a", "address add 10.66.0.1/24 dev x0")
    router.wait_state("I51", "MASTER", 8)
    wait_until(lambda: all_there(lab) and has(lab, "10.5.0.0/16") and
        has(lab, "10.6.0.0/16"), 5, lambda: "all: %s" % routes(lab))


def test_renamed_link(lab):
    """What was put on an interface that has another name now leaves it,
    though the instance stays MASTER; and is back with the name."""
    lab.extra_link("a", "x0")
    lab.ip("a", "address add 10.66.0.1/24 dev x0")
    router = master(lab, conf(routes=ROUTES + ["10.5.0.0/16 dev x0 no_track",
        "10.6.0.0/16 metric 9 no_track nexthop via 10.66.0.2 dev x0 nexthop "
        "via %s dev e0" % GW]))
    wait_until(lambda: has(lab, "10.5.0.0/16") and has(lab, "10.6.0.0/16"), 2,
        "the routes by x0")
    before = routes(lab)
    lab.ip("a", "link set x0 name xold")
    wait_until(lambda: not has(lab, "10.5.0.0/16") and
        not has(lab, "10.6.0.0/16"), 3, lambda: "gone: %s" % routes(lab))
    assert router.state("I51") == "MASTER" and all_there(lab)
    lab.ip("a", "link set xold name x0")
    wait_until(lambda: routes(lab) == before, 5,
        lambda: "as before: %s" % routes(lab))
    # Both at once: away and back.
    lab.ip("a", "link set x0 name xold", "link set xold name x0")
    router.sync()
    wait_until(lambda: routes(lab) == before, 5,
        lambda: "as before: %s" % routes(lab))
    stays(lambda: routes(lab) == before, 1, "as before", step=0.1)
    assert router.state("I51") == "MASTER"


def test_failure_is_shown(lab):
    """No way to the gateway: said and counted; the rest works; it is there
    as soon as there is a way."""
    router = master(lab, conf(routes=ROUTES + ["10.5.0.0/16 via 10.55.0.2"]))
    wait_until(lambda: router.instance("I51")["routes_failed"] == 1, 3,
        "the failure")
    row = router.instance("I51")
    assert row["routes_wanted"] == 5 and row["routes_installed"] == 4
    assert "Network is unreachable" in router.ctl("show", "instance",
        "I51").stdout
    router.wait_log(r"route to 10\.5\.0\.0/16 \(table 254\): Network is unr")
    lab.ip("a", "address add 10.55.0.1/24 dev e0")
    wait_until(lambda: has(lab, "10.5.0.0/16"), 3, "the route")
    wait_until(lambda: router.instance("I51")["routes_failed"] == 0, 3,
        "no failure")


def test_failure_is_fault(lab):
    """fault_on_vip_failure: a route that cannot be installed, too; told with
    its reason, and over when there is a way."""
    text = conf(routes=ROUTES + ["10.5.0.0/16 via 10.55.0.2"])
    router = Vrrpd(lab, "a", text.replace("advert_int",
        "fault_on_vip_failure\nadvert_int")).start()
    router.wait_state("I51", "FAULT", 10)
    assert router.instance("I51")["faults"] == "virtual addresses failed"
    router.wait_log(r"\(I51\) 1 of 5 routes and rules could not be installed:"
        " Network is unreachable", 2)
    wait_until(lambda: none_there(lab) and not lab.has("a", VIP), 2,
        "nothing as FAULT")
    lab.ip("a", "address add 10.55.0.1/24 dev e0")
    router.wait_state("I51", "MASTER", 15)
    wait_until(lambda: all_there(lab) and has(lab, "10.5.0.0/16"), 3,
        lambda: "all: %s" % routes(lab))


def test_reload(lab):
    """What is in both is not touched, the new is there before the old goes."""
    router = master(lab)
    lab.ip("a", "route del 10.2.0.0/16 metric 7")
    wait_until(lambda: all_there(lab), 3, "put back")
    put_back = router.instance("I51")["routes_restored"]
    router.reload(conf(routes=[ROUTES[0], "10.3.0.0/16 via 10.9.0.3 dev e0",
        "10.4.0.0/16 dev e0"], rules=["to 10.4.0.0/16 table 5 priority 7"]))
    wait_until(lambda: has(lab, "10.4.0.0/16") and not has(lab,
        "10.2.0.0/16") and any("via 10.9.0.3" in l for l in routes(lab)), 3,
        lambda: "the new ones: %s" % routes(lab))
    assert len([l for l in routes(lab) if l.startswith("10.3.")]) == 1
    wait_until(lambda: rules(lab) == ["7: from all to 10.4.0.0/16 lookup 5 "
        "proto keepalived"], 2, lambda: "the new rule: %s" % rules(lab))
    assert router.instance("I51")["routes_restored"] == put_back
    router.reload(settings() + instance(51, prio=100, interval="0.1"))
    wait_until(lambda: none_there(lab), 3, "nothing")
    assert router.state("I51") == "MASTER"


def test_leftovers(lab):
    """Killed: swept at the next start, or by vrrpd -z; others stay. Without
    leases it cannot go on as master."""
    def conf(**fields):
        return plain_conf(**fields).replace("advert_int",
            "vip_lease off\nadvert_int")
    lab.ip("a", "route add 10.2.0.0/16 via 10.9.0.9 metric 7",
        "rule add from 10.1.0.0/16 table 100 priority 1000")
    router = Vrrpd(lab, "a", conf(before=STATICS)).start()
    router.wait_state("I51", "MASTER", 10)
    wait_until(lambda: has(lab, "10.3.0.0/16") and has(lab,
        "198.51.100.0/25"), 3, "the routes")
    router.kill_hard()
    assert has(lab, "10.1.0.0/16") and has(lab, "198.51.100.0/25")
    again = Vrrpd(lab, "a", conf(interval="10", before=STATICS),
        rundir=router.rundir).start()
    assert not has(lab, "10.1.0.0/16") and has(lab, "198.51.100.0/25")
    again.kill_hard()
    lab.run("a", again.args[0], "-z", "-r", router.rundir)
    assert routes(lab) == ["10.2.0.0/16 via 10.9.0.9 dev e0 metric 7"]
    assert [l for l in lines(lab, "rule") if l.startswith(("900:", "1000:"))
        ] == ["1000: from 10.1.0.0/16 lookup 100"]
    assert not lab.has("a", "10.77.0.1")


def test_static(lab):
    """There at once, whatever the state; put back; follow reloads; gone at
    the end."""
    router = Vrrpd(lab, "a", conf(before=STATICS, interval="10")).start()
    wait_until(lambda: has(lab, "198.51.100.0/25") and has(lab, "fd20::/48")
        and len(rules(lab)) == 1, 2, lambda: "static: %s" % routes(lab))
    assert lab.has("a", "10.77.0.1") and lab.has("a", "fd77::1")
    assert router.state("I51") == "BACKUP"
    lab.ip("a", "address del 10.77.0.1/24 dev e0",
        "route del 198.51.100.0/25", "route del fd20::/48",
        "rule del priority 900")
    wait_until(lambda: has(lab, "198.51.100.0/25") and has(lab, "fd20::/48")
        and len(rules(lab)) == 1 and lab.has("a", "10.77.0.1"), 4,
        lambda: "put back: %s" % routes(lab))
    router.reload(conf(before=STATICS.replace("198.51.100.0/25",
        "198.51.100.128/25").replace("10.77.0.1", "10.77.0.2"),
        interval="10"))
    wait_until(lambda: has(lab, "198.51.100.128/25") and not has(lab,
        "198.51.100.0/25") and lab.has("a", "10.77.0.2") and not
        lab.has("a", "10.77.0.1"), 3, lambda: "reloaded: %s" % routes(lab))
    assert router.stop() == 0
    assert none_there(lab) and not lab.has("a", "10.77.0.2")


def test_static_source(lab):
    """An instance may send from a static address."""
    lab.ip("a", "address del 10.9.0.1/24 dev e0",
        "address del 192.168.10.1/24 dev e0")
    router = Vrrpd(lab, "a", settings() + block("static_ipaddress",
        "10.9.0.1/24 dev e0") + "\n" + instance(51, prio=100,
        interval="0.1")).start()
    router.wait_state("I51", "MASTER", 8)
    assert router.instance("I51")["source"] == "10.9.0.1"


def test_track_group(lab):
    """A fault of its instances is that a static entry's interface is down."""
    lab.extra_link("a", "x0")
    router = Vrrpd(lab, "a", conf(before=block("track_group G",
        block("group", "I51")) + "\n" + block("static_routes",
        "10.5.0.0/16 dev x0 track_group G") + "\n")).start()
    router.wait_state("I51", "MASTER", 8)
    wait_until(lambda: has(lab, "10.5.0.0/16"), 2, "the route")
    lab.ip("a", "link set x0 down")
    router.wait_state("I51", "FAULT", 3)
    lab.ip("a", "link set x0 up")
    router.wait_state("I51", "MASTER", 8)
    wait_until(lambda: has(lab, "10.5.0.0/16"), 2, "the route again")


def test_as_keepalived(lab):
    """The same file, the same routes and rules; and nothing afterwards."""
    text = conf(BROAD_ROUTES, BROAD_RULES, before=STATICS, interval="1",
        prio=200)
    seen = []
    for kind in (Keepalived, Vrrpd):
        router = kind(lab, "a", text).start()
        router.wait_state("I51", "MASTER", 12)
        wait_until(lambda: len(rules(lab)) == 19 and len(routes(lab)) >= 21,
            4, lambda: "all: %s %s" % (routes(lab), rules(lab)))
        seen.append((routes(lab), rules(lab)))
        router.stop()
        wait_until(lambda: none_there(lab), 3, lambda: "nothing: %s" %
            routes(lab))
        assert not lab.has("a", "10.77.0.1")
    assert seen[0][0] == seen[1][0]
    assert seen[0][1] == seen[1][1]
    assert len(seen[0][0]) == 21


@pytest.mark.parametrize("gateway", ["fe80::2", "inet6 fe80::2"])
def test_gateway_of_the_other_family(lab, gateway):
    master(lab, conf(routes=ROUTES + ["10.5.0.0/16 via %s dev e0" % gateway]))
    wait_until(lambda: any(l.startswith("10.5.0.0/16 via inet6 fe80::2")
        for l in routes(lab)), 2, lambda: "the route: %s" % routes(lab))
