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


"""The address that an instance sends from: usable or not, and why."""

import pytest

import packet
from confgen import block, instance, settings
from lib import Capture, Vrrpd, stays, wait_until

V6 = settings() + instance(52, version=6, interval="0.2")


def test_tentative(lab):
    """A link-local address is a source when nobody else has it: not while
    that is found out, and not when somebody does."""
    name, own = "I52", "fe80::b0b"
    lab.sysctl("a", "ipv6/conf/e0/accept_dad", 1)
    lab.sysctl("a", "ipv6/conf/e0/dad_transmits", 2)
    router = Vrrpd(lab, "a", settings() + instance(52, version=6,
        interval="0.2")).start()
    router.wait_state(name, "MASTER")
    lab.ip("a", "address del %s/64 dev e0" % lab.addr6("a"))
    router.wait_state(name, "FAULT", 3)
    assert router.instance(name)["faults"] == "no source address (e0)"
    wait_until(lambda: not lab.has("a", "fe80::152"), 2, "no VIP")
    cap = Capture(lab)
    lab.ip("a", "address add %s/64 dev e0" % own)
    wait_until(lambda: router.instance(name)["faults"] ==
        "source address is tentative (e0)", 1, router.tail)
    assert lab.addresses("a")[own + "/64"].get("tentative")
    assert not cap.adverts(vrid=52)
    router.wait_state(name, "MASTER", 8)
    assert cap.wait_advert(vrid=52).src == own
    # The same again, and this time somebody has it.
    lab.ip("a", "address del %s/64 dev e0" % own)
    router.wait_state(name, "FAULT", 3)
    lab.ip("b", "address add %s/64 dev e0 nodad" % own)
    lab.ip("a", "address add %s/64 dev e0" % own)
    wait_until(lambda: lab.addresses("a").get(own + "/64", {}).get(
        "dadfailed"), 5, "a duplicate")
    wait_until(lambda: router.instance(name)["faults"] ==
        "no source address (e0)", 2, router.tail)
    stays(lambda: router.state(name) == "FAULT", 1, step=0.1)


@pytest.mark.parametrize("words", ["", "track_src_ip"])
def test_configured_source(lab, words):
    """mcast_src_ip is sent from while it is there, and nothing else is:
    track_src_ip asks for no more than that."""
    router = Vrrpd(lab, "a", settings() + instance(51,
        "mcast_src_ip 192.168.10.1", words, interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    cap = Capture(lab)
    lab.ip("a", "address del 192.168.10.1/24 dev e0")
    router.wait_state("I51", "FAULT", 3)
    assert router.instance("I51")["faults"] == "no source address (e0)"
    lab.ip("a", "address add 192.168.10.1/24 dev e0")
    router.wait_state("I51", "MASTER", 5)
    cap.wait_advert(vrid=51)
    assert {f.src for f in cap.adverts(vrid=51) if f.prio} == \
        {"192.168.10.1"}


def test_group_of_ipv6(lab):
    """vrrp_mcast_group6: sent there, and joined in place of the usual."""
    cap = Capture(lab)
    Vrrpd(lab, "a", settings("vrrp_mcast_group6 ff02::99") + instance(52,
        version=6, interval="0.2")).start()
    assert cap.wait_advert(vrid=52).dst == "ff02::99"
    text = lab.run("a", "cat", "/proc/net/igmp6").stdout
    assert "ff020000000000000000000000000099" in text
    assert "ff020000000000000000000000000012" not in text


def faults_of(router, name="I52"):
    return router.instance(name)["faults"]


def test_link_local_comes_late(lab):
    """None at the start, and one that is tentative for a while."""
    cap = Capture(lab)
    lab.ip("a", "link set e0 addrgenmode none",
        "address del %s/64 dev e0" % lab.addr6("a"))
    lab.sysctl("a", "ipv6/conf/e0/accept_dad", 1)
    lab.sysctl("a", "ipv6/conf/e0/dad_transmits", 4)
    router = Vrrpd(lab, "a", V6).start()
    router.wait_state("I52", "FAULT", 5)
    assert faults_of(router) == "no source address (e0)"
    lab.ip("a", "address add fe80::b0b/64 dev e0")
    wait_until(lambda: faults_of(router) == "source address is tentative "
        "(e0)", 3, router.tail)
    router.wait_state("I52", "MASTER", 10)
    assert {f.src for f in cap.adverts(vrid=52)} == {"fe80::b0b"}
    # What is ours to find out is not asked for again: nodad.
    held = lab.addresses("a")["fe80::152/128"]
    assert held.get("nodad") and not held.get("tentative")


def test_tentative_at_start(lab):
    cap = Capture(lab)
    lab.sysctl("a", "ipv6/conf/e0/accept_dad", 1)
    lab.sysctl("a", "ipv6/conf/e0/dad_transmits", 9)
    lab.ip("a", "address del %s/64 dev e0" % lab.addr6("a"),
        "address add fe80::b0b/64 dev e0")
    router = Vrrpd(lab, "a", V6).start()
    router.wait_state("I52", "FAULT", 5)
    assert faults_of(router) == "source address is tentative (e0)"
    router.wait_state("I52", "MASTER", 15)
    assert cap.wait_advert(vrid=52).src == "fe80::b0b"


def test_same_link_local_elsewhere(lab):
    """At the start another host has what the kernel makes of the MAC; when
    it has gone, the next time the link comes up all is as it should be."""
    cap = Capture(lab)
    own = lab.addr6("a")
    lab.sysctl("a", "ipv6/conf/e0/accept_dad", 1)
    lab.sysctl("a", "ipv6/conf/e0/dad_transmits", 1)
    lab.ip("b", "address add %s/64 dev e0 nodad" % own)
    lab.ip("a", "link set e0 down", "link set e0 up")
    wait_until(lambda: lab.addresses("a").get(own + "/64", {}).get(
        "dadfailed"), 8, "a duplicate")
    router = Vrrpd(lab, "a", V6 + instance(51, interval="0.2")).start()
    router.wait_state("I52", "FAULT", 5)
    assert faults_of(router) == "no source address (e0)"
    # IPv4 is another matter.
    router.wait_state("I51", "MASTER", 8)
    assert not cap.adverts(vrid=52)
    lab.ip("b", "address del %s/64 dev e0" % own)
    lab.ip("a", "link set e0 down", "link set e0 up")
    router.wait_state("I52", "MASTER", 12)
    assert cap.wait_advert(vrid=52).src == own


def test_mac_and_link_local_change(lab):
    """A new MAC while the link is down: another link-local address, from
    which and for which is spoken afterwards; IPv4 keeps its own."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", V6 + instance(51, interval="0.2")).start()
    for name in ("I51", "I52"):
        router.wait_state(name, "MASTER")
    assert cap.wait_advert(vrid=52).src == lab.addr6("a")
    mac = "02:00:00:00:00:99"
    lab.ip("a", "link set e0 down", "link set e0 address " + mac)
    router.wait_state("I52", "FAULT", 3)
    since = cap.frames[-1].time + 1e-6
    lab.ip("a", "link set e0 up")
    for name in ("I51", "I52"):
        router.wait_state(name, "MASTER", 8)
    frame = cap.wait_advert(since=since, vrid=52)
    assert (frame.src, frame.smac) == ("fe80::ff:fe00:99", mac)
    assert router.instance("I52")["source"] == "fe80::ff:fe00:99"
    cap.wait(lambda: cap.nas("fe80::152", since, smac=mac), 3)
    cap.wait(lambda: cap.garps("10.9.0.151", since, smac=mac), 3)
    assert {f.smac for f in cap.adverts(since=since)} == {mac}


@pytest.mark.parametrize("first", [True, False])
def test_primary_is_replaced(lab, first):
    """By another address, which comes before (first) or after the old one
    has gone: sent from there, and no change of state if there always is
    one."""
    cap = Capture(lab)
    lab.ip("a", "address flush dev e0 scope global",
        "address add 10.9.0.1/24 dev e0")
    lab.sysctl("a", "ipv4/conf/e0/promote_secondaries", 1)
    router = Vrrpd(lab, "a", settings() + instance(51,
        interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    assert cap.wait_advert(host="a").src == "10.9.0.1"
    old, new = "address del 10.9.0.1/24 dev e0", \
        "address add 10.9.0.9/24 dev e0"
    if first:
        lab.ip("a", new, old)
    else:
        lab.ip("a", old)
        router.wait_state("I51", "FAULT", 3)
        assert faults_of(router, "I51") == "no source address (e0)"
        # The virtual address is never the source.
        assert {f.src for f in cap.adverts(host="a")} == {"10.9.0.1"}
        lab.ip("a", new)
        router.wait_state("I51", "MASTER", 5)
    wait_until(lambda: router.instance("I51")["source"] == "10.9.0.9", 3,
        router.tail)
    since = cap.frames[-1].time + 1e-6
    cap.wait_advert(since=since, host="a", src="10.9.0.9")
    assert router.entered("I51", "MASTER") == (1 if first else 2)
    wait_until(lambda: lab.has("a", "10.9.0.151"), 2, "the address")


@pytest.mark.parametrize("version,group,mac", [
    (3, "224.0.0.77", "01:00:5e:00:00:4d"),
    (6, "ff02::77", "33:33:00:00:00:77")])
def test_group_of_an_instance(lab, version, group, mac):
    """mcast_dst_ip: sent there and heard there, beside one with the usual
    group on the same interface."""
    usual = packet.GROUP6 if version == 6 else packet.GROUP4
    cap = Capture(lab)
    routers = {}
    for host, prio in (("a", 150), ("b", 100)):
        routers[host] = Vrrpd(lab, host, settings() + instance(61,
            "mcast_dst_ip " + group, version=version, prio=prio,
            interval="0.2") + instance(62, version=version, prio=prio,
            interval="0.2")).start()
    for name in ("I61", "I62"):
        routers["a"].wait_state(name, "MASTER")
        wait_until(lambda n=name: routers["b"].state(n) == "BACKUP", 3, name)
    stays(lambda: all(routers["b"].state(n) == "BACKUP" for n in ("I61",
        "I62")), 1.5, "BACKUP", step=0.1)
    frames = cap.adverts(host="a", vrid=61)
    assert {(f.dst, f.dmac) for f in frames} == {(group, mac)}
    assert {f.dst for f in cap.adverts(host="a", vrid=62)} == {usual}
    # The other one hears it in this group only: without, it takes over.
    routers["b"].reload(settings() + instance(61, version=version,
        interval="0.2") + instance(62, version=version, interval="0.2"))
    routers["b"].wait_state("I61", "MASTER", 5)
    assert routers["b"].state("I62") == "BACKUP"


def test_pair_of_families(lab):
    """IPv4 and IPv6 in one sync group: without a link-local address both
    are in FAULT, the other router has both, and both come back."""
    def text(prio):
        return settings() + instance(51, prio=prio, interval="0.2") + \
            instance(52, version=6, prio=prio, interval="0.2") + \
            block("vrrp_sync_group G", "group {", "I51", "I52", "}") + "\n"
    a = Vrrpd(lab, "a", text(150)).start()
    b = Vrrpd(lab, "b", text(100)).start()
    for ip in ("10.9.0.151", "fe80::152"):
        lab.wait_holder(ip, "a", 8)
    lab.ip("a", "address del %s/64 dev e0" % lab.addr6("a"))
    for ip in ("10.9.0.151", "fe80::152"):
        lab.wait_holder(ip, "b", 5)
    assert faults_of(a) == "no source address (e0)"
    assert faults_of(a, "I51") == "sync group in FAULT (I52)"
    lab.ip("a", "address add %s/64 dev e0 nodad" % lab.addr6("a"))
    for ip in ("10.9.0.151", "fe80::152"):
        lab.wait_holder(ip, "a", 8)
    assert b.state("I51") == b.state("I52") == "BACKUP"
