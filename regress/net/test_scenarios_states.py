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

"""Scenarios of states and reloads: what users of other daemons suffered
from. They run with keepalived in the place of vrrpd, too ("scenarios")."""

import os
import signal
import time

import pytest

import packet
from confgen import block, instance, script, settings
from lib import VRRPD, AddressWatch, Capture, Keepalived, Ping, Vrrpd, \
    kill, stays, wait_until
from scenelib import VIP, both_have, conf, longest_gap, neighbour, pair, \
    wait_served


@pytest.mark.scenario("S1")
def test_frozen_master(lab, kind, shown):
    """The backup has taken over when the master goes on. The client knows
    the one that is master in the end within an interval or two."""
    a, b = pair(lab, kind)
    ping = Ping(lab, VIP).wait_answers()
    a.freeze()
    b.wait_state("I51", "MASTER", 6)
    wait_until(lambda: neighbour(lab) == lab.mac("b"), 3, "b is known")
    woken = time.time()
    a.thaw()

    def settled():
        holders = lab.holders(VIP)
        return len(holders) == 1 and neighbour(lab) == lab.mac(holders[0])
    wait_until(settled, 1.5, lambda: "%r hold it, the client has %r" % (
        lab.holders(VIP), neighbour(lab)))
    shown("settled after %.1f s" % (time.time() - woken))
    wait_served(lab, "a", 6)
    ping.wait_answers()


@pytest.mark.scenario("S3")
def test_cannot_send(lab, kind, shown):
    """What it says goes nowhere: the other one serves meanwhile, and
    afterwards the client knows the one master there is."""
    a, b = pair(lab, kind)
    ping = Ping(lab, VIP).wait_answers()
    a.sync()
    lab.run("a", "nft", "table ip t { chain o { type filter hook output "
        "priority 0; ip protocol 112 drop; }; }")
    a.wait_log("not permitted", 3)
    b.wait_state("I51", "MASTER", 5)
    wait_until(lambda: lab.has("b", VIP), 2, "b has it")
    if kind is Vrrpd:
        wait_until(lambda: a.instance("I51")["counters"]["send_errors"], 2)
    begun = time.time()
    lab.run("a", "nft", "flush ruleset")
    wait_served(lab, "a", 3)
    shown("right %.1f s after it can send again" % (time.time() - begun))
    stays(lambda: lab.holders(VIP) == ["a"], 1, "one master", step=0.05)
    ping.wait_answers()


@pytest.mark.scenario("S4")
def test_group_grows(make_lab, kind, shown):
    """The old member goes on as if nothing were, the new one joins."""
    lab = make_lab("at")

    def text(*vrids):
        return settings() + block("vrrp_sync_group G", "group {", *("I%d" %
            v for v in vrids), "}") + "".join(instance(v, "preempt_delay 60",
                prio=150, interval="0.5") for v in vrids)
    cap = Capture(lab)
    a = kind(lab, "a", text(42)).start()
    a.wait_state("I42", "MASTER")
    cap.wait(lambda: cap.garps("10.9.0.142"), 3)
    begun = time.time()
    a.reload(text(42, 44))
    cap.wait_advert(8, vrid=44, since=begun)
    joined = time.time()
    cap.wait(lambda: cap.garps("10.9.0.144"), 2)
    cap.wait_advert(2, vrid=42, since=joined + 0.6)
    frames = cap.adverts(vrid=42, since=begun - 1)
    assert {f.prio for f in frames} == {150}
    gap = longest_gap(frames)
    shown("longest gap %.2f s, the new one after %.1f s" % (gap, joined -
        begun))
    assert gap < 1.0
    assert lab.has("a", "10.9.0.142") and lab.has("a", "10.9.0.144")


@pytest.mark.scenario("S6")
def test_address_moves(lab, kind, shown):
    """From an instance that goes to one that stays: always there, and no
    ping is lost."""
    a = kind(lab, "a", settings() + instance(51, interval="0.2",
        vips=["10.9.0.161"]) + instance(52, interval="0.2",
            vips=[VIP])).start()
    for name in ("I51", "I52"):
        a.wait_state(name, "MASTER")
    lab.wait_holder(VIP, "a", 3)
    watch = AddressWatch(lab, "a")
    ping = Ping(lab, VIP).wait_answers()
    cap = Capture(lab)
    begun = time.time()
    a.reload(settings() + instance(51, interval="0.2", vips=["10.9.0.161",
        VIP]))
    frame = cap.wait(lambda: [f for f in cap.adverts(vrid=51, since=begun)
        if VIP in f.addrs], 4)
    cap.wait_advert(3, vrid=51, since=frame.time + 0.5)
    assert lab.has("a", VIP)
    gone = watch.of(VIP, added=False)
    lost = ping.lost(begun)
    shown("taken away %d times, %d pings lost" % (len(gone), len(lost)))
    assert not gone and not lost


@pytest.mark.scenario("S14")
def test_reloads_beside_a_backup(lab, kind, shown):
    """A file that changes each time."""
    def text(n):
        return settings() + instance(51, "preempt_delay 300", prio=150,
            interval="0.1", vips=[VIP, "10.9.0.16%d" % (n % 2)])
    a = kind(lab, "a", text(0)).start()
    a.wait_state("I51", "MASTER")
    b = kind(lab, "b", conf(100, interval="0.1")).start()
    b.wait_state("I51", "BACKUP")
    lab.wait_holder(VIP, "a", 3)
    there = AddressWatch(lab, "b")
    cap = Capture(lab)
    cap.wait_advert(host="a")
    begun = time.time()
    for n in range(1, 16):
        a.reload(text(n))
        stays(lambda: a.proc.poll() is None, 0.3, "it runs", step=0.05)
    cap.wait_advert(3, host="a", since=time.time())
    gap = longest_gap(cap.adverts(host="a", since=begun))
    masters = b.entered("I51", "MASTER")
    shown("longest gap %.2f s at an interval of 0.10 s, the backup was "
        "master %d times" % (gap, masters))
    assert masters == 0 and not there.of(VIP) and gap < 0.3


@pytest.mark.scenario("S15")
def test_taken_away(lab, kind, shown):
    """By an administrator or a network manager. Then both links go down and
    up, one after the other: one router has all in the end."""
    lab.ip("a", "route add 10.60.0.0/16 via 10.9.0.3")
    more = ("nopreempt", block("virtual_routes",
        "10.61.0.0/16 via 10.9.0.3"), block("virtual_rules",
        "from 10.62.0.0/16 lookup 100"))
    a, b = pair(lab, kind, *more, interval="0.2")

    def there(host, words):
        return bool(lab.run(host, "ip", *words.split()).stdout.strip())
    parts = (("address del %s/32 dev e0" % VIP, "addr show to " + VIP),
        ("route del 10.61.0.0/16", "route show 10.61.0.0/16"),
        ("rule del from 10.62.0.0/16", "rule show from 10.62.0.0/16"))
    for _, look in parts:
        wait_until(lambda w=look: there("a", w), 3, look)
    took = []
    for remove, look in parts:
        begun = time.time()
        lab.ip("a", remove)
        # On the other router, where that is how it is done.
        wait_until(lambda w=look: there("a", w) or there("b", w), 3,
            "put back: " + look)
        took.append(time.time() - begun)
    shown("put back after " + ", ".join("%.2f s" % t for t in took))
    for host in "ba":
        lab.ip(host, "link set e0 down")
        lab.ip(host, "link set e0 up")
    wait_until(lambda: len(lab.holders(VIP)) == 1, 5, "one holder")
    stays(lambda: len(lab.holders(VIP)) <= 1, 1, "not two", step=0.05)
    assert len(lab.holders(VIP)) == 1
    host = lab.holders(VIP)[0]
    for _, look in parts:
        assert there(host, look)
    for router in (a, b):
        assert router.proc.poll() is None
    assert max(took) < 1.5


@pytest.mark.scenario("S24")
@pytest.mark.parametrize("peers", [[], ["10.9.0."], ["router-b"]],
    ids=["empty", "mistyped", "name"])
def test_no_peers(lab, kind, peers, shown):
    """Never multicast, never two masters."""
    def text(host, prio, peers):
        return conf(prio, "unicast_src_ip " + lab.addr(host),
            block("unicast_peer", *peers), interval="0.2")
    caps = [Capture(lab, h, own=True) for h in "ab"]
    a = kind(lab, "a", text("a", 200, [lab.addr("b")])).start()
    b = kind(lab, "b", text("b", 100, [lab.addr("a")])).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I51", "BACKUP")
    lab.wait_holder(VIP, "a", 3)
    if kind is Keepalived:
        a.reload(text("a", 200, peers))
    else:
        done = a.reload(text("a", 200, peers), check=False)
        assert done.returncode == 1 and ".conf:" in done.stderr
    end = time.time() + 1.5
    most = 1
    while time.time() < end:
        most = max(most, len(lab.holders(VIP)))
    group = [f for c in caps for f in c.adverts() if f.dst == packet.GROUP4]
    shown("%d to the group, %d holder%s" % (len(group), most, "s" if most > 1
        else ""))
    assert not group and lab.holders(VIP) == ["a"] and most == 1


def engine(router):
    """The process that speaks VRRP."""
    if isinstance(router, Vrrpd):
        return router.child("vrrpe")
    from lib import family_of
    return family_of(router.pid)[1]


@pytest.mark.scenario("S25")
@pytest.mark.parametrize("who", ["engine", "parent", "all"])
def test_killed(lab, kind, who, shown):
    """With kill -9: whoever has the addresses then is the only one soon,
    over IPv4 and IPv6."""
    vips = [VIP, "fd09::151/64"]
    text = settings() + "%s"
    routers = {}
    for host, prio in (("a", 200), ("b", 100)):
        routers[host] = kind(lab, host, text % (instance(51, prio=prio,
            interval="0.5") + instance(52, prio=prio, interval="0.5",
            version=6, vips=["fe80::152", vips[1]]))).start()
    a, b = routers["a"], routers["b"]
    for name in ("I51", "I52"):
        a.wait_state(name, "MASTER")
        b.wait_state(name, "BACKUP")
    ips = [v.split("/")[0] for v in vips]
    for ip in ips:
        lab.wait_holder(ip, "a", 3)
    here, there = AddressWatch(lab, "a"), AddressWatch(lab, "b")
    here.events[:0] = [(0.0, True, ip) for ip in ips]
    died = time.time()
    if who == "all":
        a.kill_hard()
    else:
        kill([a.pid if who == "parent" else engine(a)])
    if who == "engine":
        wait_until(lambda: engine(a) is not None, 5, "a new engine")
    # Another router may serve, or the same one goes on.
    stays(lambda: True, 2.5)

    def settled():
        return all(len(lab.holders(ip)) == 1 for ip in ips)
    wait_until(settled, 4, lambda: "one holder each: %r" % [(ip,
        lab.holders(ip)) for ip in ips])
    stays(settled, 1, "one holder each", step=0.05)
    both = max(both_have(here, there, ip, since=died, end=time.time())
        for ip in ips)
    shown("on %s in the end, on both for %.2f s" % (lab.holders(VIP)[0],
        both))
    # The kernel removes what nobody else may: the lease is 3 s.
    assert both < 0.3 or who != "engine"
    for ip in ips:
        end = here.spans(ip)[-1][1]
        assert (end or time.time()) < died + 3.5 or who == "engine"


@pytest.mark.scenario("S25")
def test_start_with_leftovers(lab, kind, shown):
    """They go before it has heard or said anything; other addresses stay.
    The same for an instance that a reload adds."""
    both = [VIP, "fd09::151"]
    lab.ip("a", *("address add %s dev e0" % ip for ip in (VIP + "/32",
        "10.9.0.77/32", "fd09::151/64 nodad", "fd09::77/64 nodad",
        "10.9.0.153/32")))
    text = settings() + instance(51, interval="2") + instance(52, version=6,
        interval="2", vips=["fe80::152", "fd09::151/64"])
    cap = Capture(lab)
    a = kind(lab, "a", text).start()
    wait_until(lambda: not any(lab.has("a", ip) for ip in both), 3,
        "no leftovers")
    assert not cap.adverts(host="a")
    shown("gone %.2f s after the start" % (time.time() - a.started))
    a.reload(text + instance(53, interval="2"))
    wait_until(lambda: not lab.has("a", "10.9.0.153"), 3, "nor that one")
    assert not cap.adverts(host="a")
    for ip in ("10.9.0.77", "fd09::77", "10.9.0.1"):
        assert lab.has("a", ip)


@pytest.mark.scenario("S28r")
def test_routes_and_flaps(make_lab, kind, shown):
    """Once each, however often."""
    lab = make_lab("at")

    def text(vip):
        return conf(100, block("virtual_routes", "10.61.0.0/16 via 10.9.0.3"),
            block("virtual_rules", "from 10.62.0.0/16 lookup 100"),
            interval="0.2", vips=[VIP, vip])

    def count():
        routes = lab.run("a", "ip", "route", "show", "10.61.0.0/16").stdout
        rules = lab.run("a", "ip", "rule", "show", "from",
            "10.62.0.0/16").stdout
        return len(routes.splitlines()), len(rules.splitlines())
    a = kind(lab, "a", text("10.9.0.161")).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: count() == (1, 1), 3, count)
    a.reload(text("10.9.0.162"))
    wait_until(lambda: lab.has("a", "10.9.0.162") and not lab.has("a",
        "10.9.0.161"), 4, "the other address")
    assert count() == (1, 1)
    for _ in range(15):
        lab.ip("a", "link set e0 down", "link set e0 up")
    a.wait_state("I51", "MASTER", 8)
    wait_until(lambda: count() == (1, 1), 3, lambda: "%r" % (count(),))
    stays(lambda: count() == (1, 1), 1, "once each", step=0.1)
    assert a.stop() == 0
    shown("left at the end: %d routes, %d rules" % count())
    assert count() == (0, 0)


@pytest.mark.scenario("S32r")
def test_reload_is_no_event(make_lab, kind, shown):
    """The scripts were told of the state before it."""
    lab = make_lab("at")
    note = lab.write("note", '#!/bin/sh\necho "$3" >> %s\n' %
        lab.path("notes"), 0o755)
    text = conf(100, 'notify "%s"' % note, interval="0.2")

    def notes():
        try:
            with open(lab.path("notes"), encoding="ascii") as f:
                return f.read().split()
        except FileNotFoundError:
            return []
    a = kind(lab, "a", text).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: notes() == ["BACKUP", "MASTER"], 3, "two notes")
    for _ in range(3):
        a.reload(text)
        stays(lambda: a.proc.poll() is None, 0.7, "it runs", step=0.05)
    shown("notes: " + " ".join(notes()))
    assert notes() == ["BACKUP", "MASTER"]


@pytest.mark.scenario("S33r")
def test_check_without_preemption(lab, kind, shown):
    """A check with a weight is warned of; one without hands over."""
    def text(prio, weight):
        return settings() + script("chk", "/usr/bin/test ! -e " +
            lab.path("bad"), weight, interval="0.2" if kind is Vrrpd else
                "1") + instance(51, "nopreempt", "track_script {\nchk\n}",
                prio=prio, interval="0.2")
    if kind is Vrrpd:
        path = lab.write("weight.conf", text(150, "weight -60"), 0o600)
        done = lab.run("a", VRRPD, "-n", "-f", path)
        assert "with nopreempt the weight of chk never brings" in done.stderr
    a = kind(lab, "a", text(150, "")).start()
    b = kind(lab, "b", conf(100, "nopreempt", interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I51", "BACKUP")
    lab.wait_holder(VIP, "a", 3)
    begun = time.time()
    lab.write("bad", "")
    lab.wait_holder(VIP, "b", 5)
    shown("handed over after %.1f s%s" % (time.time() - begun, ", warned of "
        "the weight" if kind is Vrrpd else ""))
    os.unlink(lab.path("bad"))
    stays(lambda: lab.holders(VIP) == ["b"], 2.5, "b keeps it", step=0.05)


@pytest.mark.scenario("S35r")
def test_to_unicast(lab, shown):
    """The one that is to be changed first is told to stand by. (keepalived
    has no such command.)"""
    def text(host, other, prio):
        return conf(prio, "unicast_src_ip " + lab.addr(host),
            block("unicast_peer", lab.addr(other)))
    a, b = pair(lab, Vrrpd)
    there = AddressWatch(lab, "b")
    ping = Ping(lab, VIP).wait_answers()
    cap = Capture(lab, "b")
    begun = time.time()
    b.ctl("standby", "I51", "for", "10m")
    b.reload(text("b", "a", 100))
    a.reload(text("a", "b", 200))
    frame = cap.wait_advert(3, host="a", since=begun, dst=lab.addr("b"))
    wait_until(lambda: b.instance("I51")["counters"]["adverts_received"],
        3, "b hears it")
    b.ctl("resume", "I51")
    later = time.time()
    stays(lambda: b.state("I51") == "BACKUP", 3, "b follows", step=0.1)
    assert a.state("I51") == "MASTER" and not there.of(VIP)
    lost = ping.lost(begun)
    shown("one master throughout, %d pings lost" % len(lost))
    assert not lost
    assert cap.adverts(host="a", since=later) and frame
    a.send_signal(signal.SIGTERM)
    lab.wait_holder(VIP, "b", 3)
