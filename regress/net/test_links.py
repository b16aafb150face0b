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


"""Interfaces that come, go and change: afterwards all is as after a fresh
start."""

import re

import pytest

import packet
from confgen import instance, settings
from lib import Capture, Ping, Vrrpd, stays, wait_until

VIP = "10.9.0.151"
VIP6 = "fe80::152"
NAMES = ("I51", "I52")


def conf(prio, *more):
    """The same over IPv4 and IPv6."""
    return settings() + instance(51, *more, prio=prio, interval="0.2") + \
        instance(52, *more, version=6, prio=prio, interval="0.2")


def groups(lab, host, dev="e0"):
    """Users of VRRP's groups on an interface: (IPv4, IPv6)."""
    text = lab.run(host, "cat", "/proc/net/igmp").stdout
    four, here = [], ""
    for line in text.split("\n")[1:]:
        if line[:1].isdigit():
            here = re.match(r"\d+\s+(\S+?)\s*:", line).group(1)
        elif here == dev and "120000E0" in line:
            four.append(int(line.split()[1]))
    six = [int(line.split()[3]) for line in lab.run(host, "cat",
        "/proc/net/igmp6").stdout.split("\n") if re.match(
        r"\d+\s+%s\s+ff020000000000000000000000000012" % dev, line)]
    return four, six


def is_master(router):
    return all(router.state(n) == "MASTER" for n in NAMES)


def wait_masters(router, limit=8):
    wait_until(lambda: is_master(router), limit,
        lambda: "both are MASTER:\n" + router.tail(), step=0.02)
    for ip in (VIP, VIP6):
        wait_until(lambda a=ip: router.lab.has(router.host, a), 2, ip)


def times_held(lab, host, ip):
    return [a["ifname"] for text, a in lab.addresses(host).items()
        if text.split("/")[0] == ip]


def check_whole(lab, router, host="a"):
    """What is there after a start: the addresses once, membership once,
    adverts of both from its own addresses."""
    for ip in (VIP, VIP6):
        assert times_held(lab, host, ip) == ["e0"]
    assert groups(lab, host) == ([1], [1])
    for n in NAMES:
        row = router.instance(n)
        assert row["faults"] == "" and row["addresses_installed"] == 1
    info = router.show("interfaces")["interfaces"][0]
    assert info["exists"] and info["up"] and info["carrier"]
    # As the kernel has it.
    with_dev = lab.run(host, "cat", "/sys/class/net/e0/ifindex",
        "/sys/class/net/e0/address").stdout.split()
    assert [str(info["index"]), info["mac"]] == with_dev


@pytest.mark.row("K-flaps")
@pytest.mark.parametrize("host", ["a", "b"])
def test_twenty_flaps(lab, host):
    """Twenty times down and up without a pause, on the master's interface
    (a) or the backup's (b): one master, its addresses once, no more sockets
    and memberships than before."""
    routers = {h: Vrrpd(lab, h, conf(prio)).start() for h, prio in
        (("a", 150), ("b", 100))}
    a, b = routers["a"], routers["b"]
    wait_masters(a)
    for name in NAMES:
        b.wait_state(name, "BACKUP")
    before = {h: r.resources() for h, r in routers.items()}
    lab.ip(host, *(["link set e0 down", "link set e0 up"] * 20))

    def settled():
        return is_master(a) and all(b.state(n) == "BACKUP" for n in NAMES) \
            and lab.holders(VIP) == ["a"] == lab.holders(VIP6)
    wait_until(settled, 10, lambda: "a is master of all:\n" + a.tail() +
        b.tail(), step=0.05)
    stays(settled, 1.2, "nothing moves any more", step=0.1)
    check_whole(lab, a)
    assert groups(lab, "b") == ([1], [1])
    assert {h: r.resources() for h, r in routers.items()} == before
    assert all(r.show()["engine_restarts"] == 0 for r in routers.values())


def reasons(router, name, state, start=0):
    """What stands in the brackets of the transitions into a state."""
    return re.findall(r"\(%s\) Entering %s STATE \((.*)\)" % (name, state),
        router.log(start))


def test_deleted_and_made_again(lab):
    """Another interface with the old name: another index, all anew."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", conf(100)).start()
    wait_masters(router)
    before = router.resources()
    index = router.show("interfaces")["interfaces"][0]["index"]
    lab.ip("a", "link del e0")
    for name in NAMES:
        router.wait_state(name, "FAULT", 2)
        assert "interface does not exist (e0)" == \
            router.instance(name)["faults"]
        why = reasons(router, name, "FAULT")[-1]
        assert re.match("was MASTER: interface (is down|does not exist) "
            r"\(e0\)|was MASTER: no source address", why)
    router.sync()
    # Somebody else gets the index that was free.
    lab.extra_link("a", "x0")
    lab.add_host("a")
    for name in NAMES:
        router.wait_log(r"\(%s\) Entering BACKUP STATE \(was FAULT: fault is "
            "over, it was: " % name, 3)
    wait_masters(router)
    check_whole(lab, router)
    assert router.show("interfaces")["interfaces"][0]["index"] != index
    since = cap.frames[-1].time
    for vrid, src in ((51, lab.addr("a")), (52, lab.addr6("a"))):
        assert cap.wait_advert(2, since=since, vrid=vrid).src == src
    assert router.resources() == before


@pytest.mark.parametrize("lease", ["vip_lease auto", "vip_lease off"])
@pytest.mark.parametrize("live", [True, False])
def test_renamed_and_back(lab, live, lease):
    """Under another name it is none of ours: the addresses leave it, with a
    lease and without; under its old one it is ours again."""
    def rename(old, new):
        lab.ip("a", *([] if live else ["link set %s down" % old]),
            "link set %s name %s" % (old, new), "link set %s up" % new)
    router = Vrrpd(lab, "a", conf(100, lease)).start()
    wait_masters(router)
    before = router.resources()
    rename("e0", "ex")
    for name in NAMES:
        router.wait_state(name, "FAULT", 2)
        wait_until(lambda n=name: router.instance(n)["faults"] ==
            "interface does not exist (e0)", 1, "its reason")
        if live:
            assert reasons(router, name, "FAULT")[-1] == \
                "was MASTER: interface does not exist (e0); priority 100"
    for ip in (VIP, VIP6):
        wait_until(lambda a=ip: not lab.has("a", a), 1, "no " + ip)
    assert groups(lab, "a", "ex") == ([], [])
    assert "10.9.0.1/24" in lab.addresses("a", "ex")
    stays(lambda: not lab.has("a", VIP), 1, "it does not come back",
        step=0.1)
    rename("ex", "e0")
    wait_masters(router)
    check_whole(lab, router)
    assert router.resources() == before


def test_another_takes_the_name(lab):
    """e0 is renamed and another interface becomes e0: the instance moves
    there, and the first one keeps nothing of it."""
    lab.extra_link("a", "x0")
    router = Vrrpd(lab, "a", conf(100)).start()
    wait_masters(router)
    lab.ip("a", "link set e0 name old", "link set x0 name e0",
        "address add 10.9.0.1/24 dev e0")
    wait_until(lambda: "10.9.0.151/32" in lab.addresses("a", "e0") and
        VIP6 + "/128" in lab.addresses("a", "e0"), 6,
        lambda: router.tail())
    wait_masters(router)
    check_whole(lab, router)
    assert groups(lab, "a", "old") == ([], [])
    assert not [a for a in lab.addresses("a", "old") if
        a.split("/")[0] in (VIP, VIP6)]


def test_mac_changed(lab):
    """The master stays the master, and everybody learns the new MAC: a
    ping goes on."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", conf(100)).start()
    wait_masters(router)
    ping = Ping(lab, VIP).wait_answers()
    cap.wait(lambda: cap.nas(VIP6), 2)
    old, new = lab.mac("a"), "02:00:00:00:00:99"
    since = cap.frames[-1].time
    lab.ip("a", "link set e0 address " + new)
    garp = cap.wait(lambda: cap.garps(VIP, since, smac=new), 1)
    assert garp.sender_mac == garp.smac
    assert cap.wait(lambda: cap.nas(VIP6, since, smac=new),
        1).lladdr == new
    for vrid in (51, 52):
        cap.wait_advert(1, since=since, vrid=vrid, smac=new)
    ping.wait_answers(20, 2)
    assert ping.gap(since) < 0.5
    assert is_master(router)
    check_whole(lab, router)
    assert all(router.entered(n, "MASTER") == 1 for n in NAMES)
    assert 0 not in {f.prio for f in cap.adverts(since=since)}
    after = cap.frames[-1].time
    cap.wait_advert(1, since=after, dst=packet.GROUP4)
    assert old not in {f.smac for f in cap.adverts(since=after)}


def test_port_of_a_bridge(lab):
    """What a port of a bridge receives is the bridge's: who hears nothing
    must not claim to be the only one."""
    router = Vrrpd(lab, "a", conf(100)).start()
    wait_masters(router)
    lab.ip("a", "link add brx type bridge", "link set brx up",
        "link set e0 master brx")
    for name in NAMES:
        router.wait_state(name, "FAULT", 3)
        assert router.instance(name)["faults"] == \
            "interface is a port of another (e0)"
    wait_until(lambda: not lab.has("a", VIP) and not lab.has("a", VIP6), 2,
        "no VIP")
    lab.ip("a", "link set e0 nomaster")
    wait_masters(router)
    check_whole(lab, router)


@pytest.mark.parametrize("promote", [0, 1])
def test_own_address_comes_later(lab, promote):
    """The VIP was the only address of its network, and the interface's own
    comes: it is the first one nevertheless, is the source, and stays there
    when the VIP goes."""
    lab.sysctl("a", "ipv4/conf/e0/promote_secondaries", promote)
    lab.ip("a", "address del 10.9.0.1/24 dev e0")
    router = Vrrpd(lab, "a", settings() + instance(51,
        vips=[VIP + "/24"], interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: "secondary" not in lab.addresses("a").get(VIP + "/24",
        {"secondary": 1}), 2, "the VIP alone")
    lab.ip("a", "address add 10.9.0.1/24 dev e0")
    wait_until(lambda: lab.addresses("a").get(VIP + "/24", {}).get(
        "secondary"), 2, "the VIP is the second one")
    assert "secondary" not in lab.addresses("a")["10.9.0.1/24"]
    wait_until(lambda: "src 10.9.0.1" in lab.run("a", "ip", "route", "get",
        "10.9.0.77").stdout, 1, "its source")
    lab.ip("a", "address del 192.168.10.1/24 dev e0")
    wait_until(lambda: router.instance("I51")["source"] == "10.9.0.1", 2,
        "the source")
    assert router.state("I51") == "MASTER"
    router.stop()
    assert "10.9.0.1/24" in lab.addresses("a") and not lab.has("a", VIP)
    assert lab.run("a", "cat", "/proc/sys/net/ipv4/conf/e0/"
        "promote_secondaries").stdout.strip() == str(promote)


def test_primary_that_is_secondary(lab):
    """Its own address is secondary to a VIP that went when it came: it is a
    source all the same, and the VIP's end is not its own."""
    lab.ip("a", "address flush dev e0", "address add 10.9.0.1/24 dev e0")
    lab.sysctl("a", "ipv4/conf/e0/promote_secondaries", 0)
    router = Vrrpd(lab, "a", settings("vip_lease off") + instance(51,
        vips=[VIP + "/24"], interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", VIP), 1, VIP)
    for _ in range(5):
        lab.ip("a", "address del 10.9.0.1/24 dev e0",
            "address add 10.9.0.1/24 dev e0")
    router.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", VIP), 5, VIP)
    router.stop()
    assert "10.9.0.1/24" in lab.addresses("a")


def test_prefix_route_is_kept(lab):
    """The interface's own IPv6 address comes after the VIP of its prefix,
    and goes again: its route has no end, and the VIP always has one."""
    def expires():
        text = lab.run("a", "ip", "-6", "route", "show", "fd09::/64").stdout
        return "expires" in text if text else None
    lab.ip("a", "address del fd09::1/64 dev e0")
    router = Vrrpd(lab, "a", settings() + instance(52, version=6,
        vips=["fe80::152", "fd09::152/64"], interval="0.2")).start()
    router.wait_state("I52", "MASTER")
    def plain():
        """Whether the VIP comes with a route of its own."""
        return "noprefixroute" not in lab.addresses("a").get("fd09::152/64",
            {"noprefixroute": 1})
    wait_until(lambda: expires() is True and plain(), 2, "of a lease")
    for _ in range(2):
        lab.ip("a", "address add fd09::1/64 dev e0 nodad")
        wait_until(lambda: expires() is False and not plain(), 3, "its own")
        stays(lambda: expires() is False, 1.2, "it stays so", step=0.1)
        lab.ip("a", "address del fd09::1/64 dev e0")
        wait_until(plain, 3, "of the VIP again")
        assert expires() is not None
    lab.ip("a", "address add fd09::1/64 dev e0 nodad")
    router.stop()
    assert expires() is False
