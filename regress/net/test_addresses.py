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

"""Addresses and their announcements: what is on the interface, and what the
network is told about it."""

import time

import pytest

from confgen import block, instance, settings
from lib import AddressWatch, Capture, Sender, Vrrpd, stays, wait_until

VIP = "10.9.0.151"


def start(lab, *more, defs=None, prio=100, **fields):
    text = (defs if defs is not None else settings()) + instance(51, *more,
        prio=prio, **fields)
    return Vrrpd(lab, "a", text).start()


@pytest.mark.row("104")
def test_garp_vector(lab):
    cap = Capture(lab)
    start(lab, interval="0.1")
    frame = cap.wait(lambda: cap.garps(VIP), 5)
    assert frame.raw[:42].hex() == "ffffffffffff" "020000000001" "0806" \
        "0001" "0800" "06" "04" "0001" "020000000001" "0a090097" \
        "ffffffffffff" "0a090097"
    assert len(frame.raw) == 42


@pytest.mark.row("105")
def test_default_schedule(lab):
    """Five rounds at once and five after 5 s, address by address."""
    cap = Capture(lab)
    start(lab, defs=settings(garp=False), interval="0.1",
        vips=[VIP, "10.9.0.152"])
    first = cap.wait(lambda: cap.garps(VIP), 5)
    wait_until(lambda: len(cap.pick("garp")) >= 20, 10, "twenty GARPs")
    stays(lambda: len(cap.pick("garp")) == 20, 0.5, "not more")
    frames = cap.pick("garp")
    assert [f.sender for f in frames] == [VIP, "10.9.0.152"] * 10
    times = [f.time - first.time for f in frames]
    assert times[9] < 0.2 and 4.8 < times[10] < 5.3 and times[19] < 5.5


@pytest.mark.row("109")
def test_refresh(lab):
    cap = Capture(lab)
    start(lab, "garp_master_refresh 2", "garp_master_refresh_repeat 1",
        "garp_master_delay 1", "garp_master_repeat 2",
        defs=settings(garp=False), interval="0.1")
    first = cap.wait(lambda: cap.garps(VIP), 5)
    wait_until(lambda: len(cap.garps(VIP)) >= 7, 12, "the refreshes")
    times = [f.time - first.time for f in cap.garps(VIP)]
    assert times[1] < 0.2 and 0.85 < times[2] < 1.2 and times[3] < 1.4
    assert 1.8 < times[4] < 3.3
    assert 1.8 < times[5] - times[4] < 2.2
    assert 1.8 < times[6] - times[5] < 2.2


@pytest.mark.row("110")
def test_paced(lab):
    """No two announcements closer than garp_interval."""
    cap = Capture(lab)
    vips = [VIP, "10.9.0.152", "10.9.0.153"]
    start(lab, defs=settings("vrrp_garp_interval 0.1",
        "vrrp_garp_master_repeat 3", "vrrp_garp_master_delay 0",
        garp=False), interval="0.1", vips=vips)
    wait_until(lambda: len(cap.pick("garp")) >= 9, 8, "nine GARPs")
    frames = cap.pick("garp")[:9]
    assert [f.sender for f in frames] == vips * 3
    gaps = [b.time - a.time for a, b in zip(frames, frames[1:])]
    assert min(gaps) > 0.09 and sum(gaps) < 1.6


def test_paced_ipv6(lab):
    """gna_interval: the same for neighbour advertisements, and only for
    them."""
    cap = Capture(lab)
    vips = ["fe80::151", "fd09::151/64", "fd09::152/64"]
    text = settings("vrrp_gna_interval 0.1", "vrrp_garp_master_repeat 3",
        "vrrp_garp_master_delay 0", garp=False)
    Vrrpd(lab, "a", text + instance(51, version=6, interval="0.1",
        vips=vips) + instance(52, interval="0.1",
        vips=["10.9.0.%d" % n for n in range(152, 156)])).start()
    ours = [v.split("/")[0] for v in vips]

    def of_ours():
        return [f for f in cap.pick("na") if f.target in ours]
    wait_until(lambda: len(of_ours()) >= 9 and len(cap.pick("garp")) >= 12,
        8, "all of them")
    frames = of_ours()[:9]
    assert [f.target for f in frames] == ours * 3
    gaps = [b.time - a.time for a, b in zip(frames, frames[1:])]
    assert min(gaps) > 0.09 and sum(gaps) < 1.6
    garps = [f.time for f in cap.pick("garp")]
    assert garps[11] - garps[0] < 0.5


@pytest.mark.row("112")
def test_lower_prio(lab):
    cap = Capture(lab)
    start(lab, "garp_lower_prio_repeat 3", "garp_lower_prio_delay 1",
        interval="0.1")
    cap.wait(lambda: cap.garps(VIP), 5)
    stays(lambda: len(cap.garps(VIP)) == 1, 0.5)
    sent = Sender(lab).send(vrid=51, prio=50, interval=10, addrs=[VIP])
    wait_until(lambda: len(cap.garps(VIP, since=sent)) >= 6, 5, "six GARPs")
    times = [f.time - sent for f in cap.garps(VIP, since=sent)]
    assert times[2] < 0.3 and 0.85 < times[3] < 1.4


@pytest.mark.row("106")
def test_ipv6(lab):
    """One advertisement of a neighbour for each address."""
    cap = Capture(lab)
    vips = ["fe80::151", "fd09::151/64"]
    start(lab, version=6, interval="0.1", vips=vips)
    for ip in ("fe80::151", "fd09::151"):
        frame = cap.wait(lambda a=ip: cap.nas(a), 5)
        assert frame.src == ip and frame.dst == "ff02::1"
        assert frame.ttl == 255 and frame.sum_good
        assert frame.flags == 5         # R and O, not S
        assert frame.lladdr == lab.mac("a")
        assert frame.dmac == "33:33:00:00:00:01"
    held = lab.addresses("a")
    assert "fe80::151/128" in held and "fd09::151/64" in held
    assert not any(held[a].get("tentative") for a in held)


@pytest.mark.row("108")
def test_order(lab):
    """Advertisement, address, announcement."""
    cap = Capture(lab)
    watch = AddressWatch(lab, "a")
    start(lab, interval="0.1")
    garp = cap.wait(lambda: cap.garps(VIP), 5)
    advert = cap.adverts(vrid=51)[0]
    assert advert.time < garp.time
    # The watcher's own clock is a little late.
    assert watch.of(VIP, added=True)[0] < garp.time + 0.01
    assert garp.time - advert.time < 0.1


def test_present_while_master(lab):
    """The address is there exactly while the state is MASTER."""
    watch = AddressWatch(lab, "a")
    router = start(lab, interval="0.1")
    sender = Sender(lab)
    for _ in range(3):
        wait_until(lambda: lab.has("a", VIP), 8, "the address")
        stays(lambda: lab.has("a", VIP), 0.3)
        assert router.state("I51") == "MASTER"
        # So that it stays BACKUP for more than three seconds.
        sender.send(vrid=51, prio=200, interval=100, addrs=[VIP])
        router.wait_state("I51", "BACKUP", 2)
        wait_until(lambda: not lab.has("a", VIP), 1, "no address")
    assert router.stop() == 0
    spans = watch.spans(VIP)
    assert len(spans) >= 3 and all(end is not None for _, end in spans)


@pytest.mark.row("135")
def test_leftover_at_start(lab):
    """An address of ours that a dead run left goes; others stay."""
    router = start(lab, "vip_lease off", interval="0.1")
    wait_until(lambda: lab.has("a", VIP), 5, "the address")
    lab.ip("a", "address add 10.9.0.77/32 dev e0")
    router.kill_hard()
    assert lab.has("a", VIP)
    again = Vrrpd(lab, "a", settings() + instance(51, interval="10"),
        rundir=router.rundir).start()
    wait_until(lambda: not lab.has("a", VIP), 2, "no leftover")
    assert lab.has("a", "10.9.0.77") and lab.has("a", "10.9.0.1")
    assert again.stop() == 0


@pytest.mark.row("120")
def test_configured_already(lab):
    """A virtual address that is on the interface at start goes until this
    router is master."""
    lab.ip("a", "address add %s/32 dev e0" % VIP)
    start(lab)
    wait_until(lambda: not lab.has("a", VIP), 1, "no address as backup")
    wait_until(lambda: lab.has("a", VIP), 6, "the address as master")


@pytest.mark.row("121")
def test_put_back(lab):
    """Somebody deletes it: it comes back, with an announcement."""
    cap = Capture(lab)
    router = start(lab, interval="0.1")
    cap.wait(lambda: cap.garps(VIP), 5)
    router.sync()
    begun = time.time()
    lab.ip("a", "address del %s/32 dev e0" % VIP)
    wait_until(lambda: lab.has("a", VIP), 3, "put back")
    cap.wait(lambda: cap.garps(VIP, since=begun), 2)
    assert router.state("I51") == "MASTER"


@pytest.mark.row("123")
def test_words_of_an_entry(lab):
    """Prefix length, label, scope, broadcast."""
    router = start(lab, interval="0.1",
        vips=["10.77.0.1/24 brd 10.77.0.255 dev e0 scope link label e0:1",
            VIP + "/24 brd +"])
    wait_until(lambda: lab.has("a", VIP), 5, "the address")
    held = lab.addresses("a")
    info = held["10.77.0.1/24"]
    assert info["label"] == "e0:1" and info["scope"] == "link"
    assert info["broadcast"] == "10.77.0.255"
    assert held[VIP + "/24"]["broadcast"] == "10.9.0.255"
    assert router.stop() == 0
    assert not lab.has("a", VIP) and not lab.has("a", "10.77.0.1")


@pytest.mark.row("123")
def test_other_interface(lab):
    lab.extra_link("a", "x0")
    router = start(lab, interval="0.1", vips=[VIP, "10.77.0.1/24 dev x0"])
    wait_until(lambda: "10.77.0.1/24" in lab.addresses("a", "x0"), 5,
        "the address on x0")
    assert router.stop() == 0
    assert "10.77.0.1/24" not in lab.addresses("a", "x0")


def test_nothing_left(lab):
    before = lab.addresses("a").keys()
    router = start(lab, block("virtual_ipaddress_excluded", "10.9.0.199",
        "fd09::199"), interval="0.1", vips=[VIP, "10.9.0.152/24"])
    wait_until(lambda: len(lab.addresses("a")) == len(before) + 4, 5,
        "four addresses")
    assert router.stop() == 0
    assert lab.addresses("a").keys() == before
    assert not lab.processes("a")
    import os
    assert not os.path.exists(router.rundir + "/control")
    assert not os.path.exists(router.rundir + "/vrrpd.pid")


def test_tracks_other_interface(make_lab):
    """A VIP elsewhere: that interface is tracked, unless no_track; then its
    return is announced. garp_extra_if keeps the switches there informed."""
    lab = make_lab("ab", second=True)
    other = "10.8.0.151"
    cap = Capture(lab, "b", dev="f0")

    def conf(words):
        return settings() + instance(51, "garp_extra_if all 1",
            vips=["10.9.0.151", other + "/24 dev f0" + words],
            interval="0.2")
    router = Vrrpd(lab, "a", conf("")).start()
    router.wait_state("I51", "MASTER")
    begin = cap.wait(lambda: cap.garps(other), 3).time
    wait_until(lambda: len(cap.garps(other)) >= 3, 5, "again and again")
    assert cap.garps(other)[2].time - begin > 1.5
    for cut, mend in ((("s", "link set qa down"), ("s", "link set qa up")),
            (("a", "link set f0 down"), ("a", "link set f0 up"))):
        lab.ip(*cut)
        router.wait_state("I51", "FAULT", 3)
        assert router.instance("I51")["faults"] == \
            "tracked interface is down (f0)"
        lab.ip(*mend)
        router.wait_state("I51", "MASTER", 5)
    router.reload(conf(" no_track"))
    for cut, mend in ((("s", "link set qa down"), ("s", "link set qa up")),
            (("a", "link set f0 down"), ("a", "link set f0 up"))):
        lab.ip(*cut)
        stays(lambda: router.state("I51") == "MASTER", 0.4, step=0.05)
        since = time.time()
        lab.ip(*mend)
        assert cap.wait(lambda t=since: cap.garps(other, t), 0.9)
    lab.ip("a", "link del f0")
    stays(lambda: router.state("I51") == "MASTER", 0.4, step=0.05)
