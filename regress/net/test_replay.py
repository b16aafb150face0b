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

"""What holo's own tests feed to its protocol engine, fed to this router over
the wire: three routers of priority 10, 20 and 30, of which one is here and
the other two are played. Each case is an instance of its own; and FRR's
stress, which takes an interface down and up without a pause."""

import time

import pytest

from confgen import instance, settings, vip_of
from lib import AddressWatch, Capture, Lab, Sender, Vrrpd, stays, wait_until
from test_links import groups
from vmaclib import MAC4, Port, is_up, learnt, links, virtual

pytestmark = pytest.mark.xdist_group("replay")

# name: (vrid, priority, further lines)
BASE = {"packet1": (61, 30, ()), "packet2": (62, 30,
        ("lower_prio_no_advert",)), "packet3": (63, 30, ()),
    "error1": (64, 30, ()), "error2": (65, 30, ()), "error3": (66, 30, ()),
    "timer": (67, 10, ()), "addr1": (68, 30, ()), "addr2": (69, 30, ()),
    "addr3": (70, 10, ()), "addr4": (71, 10, ()),
    "gone": (72, 30, ("use_vmac",)), "lower": (74, 30, ("use_vmac",))}
SECOND = "10.9.1.%d"
TOPOLOGIES = {2: 80, 3: 84, 6: 88}      # the first of three VRIDs


def second(name):
    return SECOND % BASE[name][0]


def base(changed):
    """The configuration before and after the reload."""
    text = settings()
    for name, (vrid, prio, lines) in BASE.items():
        if name == "gone" and changed:
            vrid, name = 73, "new"
        vips = [vip_of(vrid)]
        if name in ("addr1", "addr3") and changed or \
                name in ("addr2", "addr4") and not changed:
            vips.append(SECOND % vrid)
        text += instance(vrid, *lines, name=name, version=2, prio=prio,
            vips=vips)
    for version, first in TOPOLOGIES.items():
        for n, prio in enumerate((10, 20, 30)):
            text += instance(first + n, name="rt%d-%d" % (n + 1, version),
                version=version, prio=prio, vips=topology_vips(version, n))
    return text


def topology_vips(version, n):
    vrid = TOPOLOGIES[version] + n
    if version == 6:
        return ["fe80::%d" % vrid, "fd09::%d/64" % vrid]
    return [vip_of(vrid)] + ([SECOND % vrid] if version == 3 else [])


def play(sender, version, n, others):
    """What the other routers of a topology say, as frames."""
    return [sender.frame(vrid=TOPOLOGIES[version] + n, prio=prio,
        version=2 if version == 2 else 3, addrs=[v.split("/")[0] for v in
            topology_vips(version, n)], src=("fe80::ff:fe00:%x" if
            version == 6 else "10.9.0.%d") % (prio + 40))
        for prio in others]


def counters(router, name):
    return router.packets(name)


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    """All of it in turn; the tests look at what was seen."""
    lab = Lab("at")
    cap = Capture(lab)
    cap.watch = AddressWatch(lab, "a")
    # rt1 hears 20 and 30, rt3 hears 10 and 20, rt2 nobody at first.
    talk = Sender(lab)
    frames = [f for v in TOPOLOGIES for n, others in ((0, (20, 30)),
        (2, (10, 20))) for f in play(talk, v, n, others)]
    frames += [talk.frame(vrid=BASE[n][0], version=2, prio=100,
        addrs=[vip_of(BASE[n][0])]) for n in ("addr3", "addr4")]
    talk.keep(1.0, frames)
    cap.router = router = Vrrpd(lab, "a", base(False)).start()
    for name in list(BASE)[:9] + ["gone", "lower", "rt2-2", "rt2-3",
            "rt2-6", "rt3-2", "rt3-3", "rt3-6"]:
        wait_until(lambda n=name: router.entered(n, "MASTER"), 8,
            "%s: MASTER" % name)
    cap.wait(lambda: cap.adverts(vrid=BASE["addr2"][0]), 3)
    def unknown():
        return router.show("counters")["engine"]["unknown_vrid"]
    cap.unknown = [unknown()]
    cap.before = {n: counters(router, n) for n in ("error1", "error2",
        "error3")}
    send = Sender(lab)
    cap.sent = {}
    # In the middle of an interval.
    pause = cap.adverts(vrid=62)[-1].time + 0.4
    wait_until(lambda: time.time() > pause, 3)
    for name, fields in (("packet1", {"prio": 0}), ("packet2", {"prio": 1}),
            ("packet3", {"prio": 100}), ("error1", {"version": 4,
                "prio": 100}), ("error2", {"prio": 100, "interval": 99}),
            ("error3", {"prio": 100, "vrid": 100})):
        fields = {"version": 2, "vrid": BASE[name][0], **fields}
        cap.sent[name] = send.send(addrs=[vip_of(BASE[name][0])], **fields)
    for version in TOPOLOGIES:
        for frame in play(send, version, 1, (10, 30)):
            cap.sent[version] = send.send(frame)
    wait_until(lambda: all(router.state("rt2-%d" % v) == "BACKUP"
        for v in TOPOLOGIES), 2, "rt2 yields")
    cap.states = {r["name"]: r["state"].upper() for r in
        router.show()["instances"]}
    wait_until(lambda: time.time() > cap.sent["error3"] + 1.5, 3)
    cap.after = {n: counters(router, n) for n in cap.before}
    cap.unknown.append(unknown())
    cap.links = set(links(lab, "a"))
    cap.reloaded = time.time()
    router.reload(base(True))
    yield cap
    lab.close()


def heard(bench, name, seconds=1.4):
    """What an instance sent after it was sent something: how long after,
    and the priority."""
    sent = bench.sent[name]
    return [(f.time - sent, f.prio) for f in bench.adverts(
        vrid=BASE[name][0], since=sent, host="a") if f.time < sent + seconds]


@pytest.mark.row("J-master-down-timer1")
def test_timer(bench):
    """An advertisement of 10, the ARP for everybody, the address."""
    vrid = BASE["timer"][0]
    frame = bench.adverts(vrid=vrid)[0]
    assert (frame.version, frame.type, frame.prio, frame.interval,
        frame.addrs, frame.ttl, frame.src, frame.dst) == (2, 1, 10, 1,
        [vip_of(vrid)], 255, "10.9.0.1", "224.0.0.18")
    garp = bench.garps(vip_of(vrid))[0]
    assert garp.target_mac == garp.dmac == "ff:ff:ff:ff:ff:ff"
    assert bench.watch.of(vip_of(vrid), True)
    assert bench.states["timer"] == "MASTER"


@pytest.mark.row("J-packet1")
def test_packet1(bench):
    first = heard(bench, "packet1")[0]
    assert first[0] < 0.1 and first[1] == 30
    assert bench.states["packet1"] == "MASTER"


@pytest.mark.row("J-packet2")
def test_packet2(bench):
    """The next advertisement comes at its time."""
    assert heard(bench, "packet2")[0][0] > 0.3
    assert bench.states["packet2"] == "MASTER"


@pytest.mark.row("J-packet3")
def test_packet3(bench):
    assert heard(bench, "packet3") == []
    gone = bench.watch.of(vip_of(BASE["packet3"][0]), False)
    assert gone and gone[0] - bench.sent["packet3"] < 0.3
    assert bench.states["packet3"] == "BACKUP"


def moved(bench, name):
    old, new = bench.before[name], bench.after[name]
    return {k for k in new if new[k] != old[k]} - {"adverts_sent"}


@pytest.mark.row("J-packet-error1")
def test_version(bench):
    assert moved(bench, "error1") == {"version_errors"}
    assert bench.states["error1"] == "MASTER"


@pytest.mark.row("J-packet-error2")
def test_interval(bench):
    assert moved(bench, "error2") == {"advert_interval_errors"}
    assert bench.states["error2"] == "MASTER"


@pytest.mark.row("J-packet-error3")
def test_vrid(bench):
    assert moved(bench, "error3") == set()
    assert bench.states["error3"] == "MASTER"
    # Kept out by the socket's filter: nobody has asked for it to be told.
    assert bench.unknown[0] == bench.unknown[1]


@pytest.mark.row("J-topology-v2", "J-topology-v3", "J-topology-v6")
@pytest.mark.parametrize("version", [2, 3, 6])
def test_topology(bench, version):
    """rt3 is MASTER, the others follow it; rt2 was MASTER first and yields
    to the first advertisement of 30, not to the one of 10."""
    states = [bench.states["rt%d-%d" % (n, version)] for n in (1, 2, 3)]
    assert states == ["BACKUP", "BACKUP", "MASTER"]
    assert bench.router.entered("rt1-%d" % version, "MASTER") == 0
    assert "(rt2-%d) Entering BACKUP STATE (was MASTER: %s has the " \
        "higher priority 30" % (version, "fe80::ff:fe00:46" if version == 6 else
            "10.9.0.70") in bench.router.log()
    first = bench.adverts(vrid=TOPOLOGIES[version] + 2)[0]
    assert first.addrs == [v.split("/")[0] for v in topology_vips(version,
        2)] and first.prio == 30


@pytest.mark.row("J-config-addr1")
def test_address_added_to_master(bench):
    assert second("addr1") not in bench.adverts(vrid=BASE["addr1"][0])[0].addrs
    wait_until(lambda: bench.lab.has("a", second("addr1")), 2, "address")
    bench.wait_advert(4, vrid=BASE["addr1"][0], since=bench.reloaded,
        addrs=[vip_of(BASE["addr1"][0]), second("addr1")])


@pytest.mark.row("J-config-addr2")
def test_address_taken_from_master(bench):
    assert bench.watch.of(second("addr2"), True)
    wait_until(lambda: not bench.lab.has("a", second("addr2")), 2, "gone")
    frame = bench.wait_advert(4, vrid=BASE["addr2"][0],
        since=bench.reloaded, addrs=[vip_of(BASE["addr2"][0])])
    assert len(bench.watch.spans(frame.addrs[0])) == 1


@pytest.mark.row("J-config-addr3", "J-config-addr4")
@pytest.mark.parametrize("name", ["addr3", "addr4"])
def test_address_of_backup(bench, name):
    """Nothing is on the interface, before and after."""
    stays(lambda: bench.router.state(name) == "BACKUP", 0.3, step=0.1)
    for ip in (vip_of(BASE[name][0]), second(name)):
        assert not bench.watch.of(ip)


@pytest.mark.row("J-config-instance2")
def test_instance_removed(bench):
    """A farewell, and its interface goes with it."""
    assert "vrrp.72" in bench.links
    last = bench.wait_advert(2, vrid=72, prio=0, since=bench.reloaded)
    assert bench.adverts(vrid=72)[-1].time == last.time
    wait_until(lambda: "vrrp.72" not in links(bench.lab, "a"), 3, "no link")
    assert not bench.lab.has("a", vip_of(72))


@pytest.mark.row("J-config-instance1")
def test_instance_added(bench):
    """Its interface is made, and it is master of its own."""
    router = bench.router
    wait_until(lambda: router.state("new") == "MASTER", 8, "MASTER")
    assert "vrrp.73" in links(bench.lab, "a")
    frame = bench.wait_advert(2, vrid=73)
    assert frame.smac == "00:00:5e:00:01:49"
    wait_until(lambda: vip_of(73) + "/32" in bench.lab.addresses("a",
        "vrrp.73"), 2, "its address there")


@pytest.mark.row("J-iface-update2")
def test_own_interface_down(bench):
    """Somebody sets it down: it is up again, or the role is given up."""
    router = bench.router
    assert router.state("lower") == "MASTER"
    bench.lab.ip("a", "link set vrrp.74 down")

    def whole():
        return router.state("lower") != "MASTER" or (is_up(bench.lab, "a",
            "vrrp.74") and bench.lab.has("a", vip_of(74)))
    wait_until(whole, 2, router.tail)
    wait_until(lambda: router.state("lower") == "MASTER" and
        bench.lab.has("a", vip_of(74)), 8, "MASTER in the end")


@pytest.mark.row("J-iface-update1")
def test_interface_down(bench):
    """The last one, since it ends all of them."""
    lab, router = bench.lab, bench.router
    lab.ip("a", "link set e0 down")
    names = [r["name"] for r in router.show()["instances"]]
    wait_until(lambda: all(router.state(n) == "FAULT" for n in names), 2,
        "all are in FAULT")
    wait_until(lambda: not [a for a in lab.addresses("a") if
        a.startswith(("10.9.0.16", "10.9.0.17", "10.9.1."))], 2,
        "no address")


@pytest.mark.row("K-flaps-vmac")
def test_virtual_flaps(lab):
    """The virtual interfaces of the master and of the backup, twenty times
    down and up: one master, nothing more than before, and the backup's is
    down and silent again."""
    def conf(prio):
        return settings() + instance(51, "use_vmac", prio=prio,
            interval="0.2") + instance(52, "use_vmac", prio=prio,
            interval="0.2", version=6)
    a = Vrrpd(lab, "a", conf(150)).start()
    b = Vrrpd(lab, "b", conf(100)).start()
    for name in ("I51", "I52"):
        a.wait_state(name, "MASTER")
        b.wait_state(name, "BACKUP")
    lab.wait_holder(vip_of(51), "a", 3)
    def there():
        return [r.resources() + [groups(lab, r.host, dev) for dev in
            ("e0", "vrrp.51", "vrrp.52")] for r in (a, b)]
    before = there()
    flaps = ["link set %s %s" % (dev, state) for dev in ("vrrp.51",
        "vrrp.52") for state in ("down", "up")]
    for host in "ab":
        lab.ip(host, *(flaps * 20))

    def settled():
        return all(a.state(n) == "MASTER" and b.state(n) == "BACKUP"
            for n in ("I51", "I52")) and lab.holders(vip_of(51)) == ["a"] \
            and is_up(lab, "a", "vrrp.51") and not is_up(lab, "b", "vrrp.51") \
            and not is_up(lab, "b", "vrrp.52")
    wait_until(settled, 10, lambda: "settled:\n" + a.tail() + b.tail(),
        step=0.05)
    port = Port(lab, "b")
    stays(settled, 1.2, "nothing moves any more", step=0.1)
    assert not virtual(port), virtual(port)[:5]
    assert learnt(lab, MAC4) == ["pa"]
    assert there() == before
