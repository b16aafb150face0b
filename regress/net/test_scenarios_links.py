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

"""Scenarios of links, addresses and load: what users of other daemons
suffered from. They run with keepalived in the place of vrrpd, too."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from confgen import block, instance, script, settings
from lib import VRRPD, AddressWatch, Capture, Ping, Sender, Vrrpd, command, \
    family_of, kill, stays, wait_until
from scenelib import VIP, commands, conf, longest_gap, neighbour, pair
from vmaclib import Port, learnt, virtual

MANY = 200


def macvlan(n):
    """The name, network and address of the n-th of many interfaces."""
    return "m%d" % n, "10.%d.%d." % (20 + n // 100, n % 100)


def drops(lab, host):
    """Events that netlink sockets of a namespace have lost."""
    lines = lab.run(host, "cat", "/proc/net/netlink").stdout.splitlines()
    at = lines[0].split().index("Drops")
    return sum(int(l.split()[at]) for l in lines[1:])


def overrun(lab, router):
    """Events until the stopped router's socket can hold no more; the link
    below is down in the end."""
    before = drops(lab, "a")
    for _ in range(60):
        lab.ip("a", "link set e0 up", "link set e0 down")
        if drops(lab, "a") > before + 100:
            return
    raise AssertionError("nothing was lost:\n" + router.tail())


@pytest.mark.scenario("S9")
def test_many_interfaces(make_lab, kind, shown):
    """The link below goes down: all are in FAULT within a second; also when
    the events are lost; and all come back."""
    lab = make_lab("at")
    lines, text = [], settings()
    for n in range(MANY):
        name, net = macvlan(n)
        lines += ["link add %s link e0 type macvlan mode bridge" % name,
            "link set %s addrgenmode none" % name, "link set %s up" % name,
            "address add %s1/24 dev %s" % (net, name)]
        text += instance(n + 1, dev=name, prio=254, interval="1",
            vips=[net + "100"])
    lab.ip("a", *lines)
    a = kind(lab, "a", text).start(limit=20)

    def states(since):
        if kind is Vrrpd:
            done = a.ctl("show", json_out=True, check=False)
            return [] if done.returncode != 0 else sorted(
                r["state"].upper() for r in json.loads(
                    done.stdout)["instances"])
        found = dict(re.findall(r"\((I\d+)\) Entering (\w+) STATE",
            a.log(since)))
        return sorted(found.values())

    def wait_all(state, since, limit):
        begun = time.time()
        wait_until(lambda: states(since) == [state] * MANY, limit,
            lambda: "%d of %d are %s" % (states(since).count(state), MANY,
                state), step=0.02)
        return time.time() - begun
    wait_all("MASTER", 0, 15)
    for lost in (False, True):
        mark = len(a.log().encode())
        if lost:
            a.freeze()
            try:
                overrun(lab, a)
            finally:
                a.thaw()
        else:
            lab.ip("a", "link set e0 down")
        took = wait_all("FAULT", mark, 6)
        shown("%sall %d in FAULT after %.2f s" % ("lost events: " if lost
            else "", MANY, took))
        # The kernel itself tells of them within a second or so.
        assert took < 4
        mark = len(a.log().encode())
        lab.ip("a", "link set e0 up")
        wait_all("MASTER", mark, 15)
    wait_until(lambda: sum(1 for t in lab.addresses("a") if
        t.endswith(".100/32")) == MANY, 5, "all addresses")


@pytest.mark.scenario("S11")
def test_broadcasts(make_lab, kind, shown):
    """What nobody reads is not kept either."""
    lab = make_lab("at")
    a = kind(lab, "a", conf(100, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", VIP), 2)
    sender = Sender(lab)
    me = bytes.fromhex(lab.mac("t").replace(":", ""))
    arp = b"\0\1\x08\0\6\4\0\1" + me + b"\x0a\x09\0\3" + b"\0" * 6 + \
        b"\x0a\x09\0\x63"
    frames = [b"\xff" * 6 + me + b"\x80\x35" + b"\0\1\x08\0\6\4\0\3" + me +
        b"\0" * 4 + me + b"\0" * 4, b"\xff" * 6 + me + b"\x08\x06" + arp]
    for _ in range(50000):
        for frame in frames:
            sender.sock.send(frame)

    def queued():
        out = lab.run("a", "ss", "-0", "-n", "-H").stdout
        return [int(l.split()[1]) for l in out.splitlines()]
    assert queued()
    wait_until(lambda: max(queued()) == 0, 3, lambda: "bytes: %r" %
        queued())
    shown("%d sockets, nothing in any" % len(queued()))
    assert a.entered("I51", "BACKUP") == 1


@pytest.mark.scenario("S12")
def test_many_announcements(make_lab, kind, shown):
    """Two instances with 150 addresses each and different intervals."""
    lab = make_lab("at")
    vips = {v: ["10.9.%d.%d" % (v, n) for n in range(1, 151)]
        for v in (21, 22)}
    text = settings("vrrp_garp_interval 0.002",
        "vrrp_garp_master_repeat 1", "vrrp_garp_master_delay 0",
        "vrrp_garp_master_refresh 3", "vrrp_garp_master_refresh_repeat 1",
        garp=False) + "".join(instance(v, prio=254, interval=i,
            vips=vips[v]) for v, i in ((21, "0.3"), (22, "1")))
    cap = Capture(lab)
    a = kind(lab, "a", text).start()
    if kind is Vrrpd:
        path = lab.write("long.conf", text.replace("refresh 3",
            "refresh 14400"), 0o600)
        assert lab.run("a", VRRPD, "-n", "-f", path).returncode == 0
    for vrid in (21, 22):
        a.wait_state("I%d" % vrid, "MASTER")
        first = cap.wait(lambda v=vrid: cap.garps(vips[v][0]), 3).time
        wait_until(lambda v=vrid: all(cap.garps(ip) for ip in vips[v]), 3,
            lambda v=vrid: "all announced: %d" % sum(1 for ip in vips[v] if
                cap.garps(ip)))
        times = [cap.garps(ip)[0].time for ip in vips[vrid]]
        assert times == sorted(times) and times[-1] - first < 1.2
    end = time.time() + 6.8
    wait_until(lambda: time.time() > end, 9)
    spaces = []
    for vrid in (21, 22):
        for ip in vips[vrid]:
            times = [f.time for f in cap.garps(ip)]
            assert len(times) >= 3, "%s: %d announcements" % (ip, len(times))
            spaces += [y - x for x, y in zip(times[1:], times[2:])]
    assert 2.6 < min(spaces) and max(spaces) < 3.8
    times = [f.time for f in cap.pick("garp")]
    most = max(sum(1 for t in times[i:i + 200] if t < x + 0.1)
        for i, x in enumerate(times))
    shown("refreshed every %.2f to %.2f s, at most %d in 0.1 s (asked for: "
        "50)" % (min(spaces), max(spaces), most))
    assert most <= 75


@pytest.mark.scenario("S13")
def test_short_interval_of_v2(make_lab, kind, shown):
    """Never an interval of 0, never many in a second."""
    lab = make_lab("at")
    cap = Capture(lab)
    a = kind(lab, "a", conf(255, version=2, interval="0.4",
        state="MASTER")).start()
    wait_until(lambda: len(cap.adverts(vrid=51)) >= 4, 6, "four")
    frames = cap.adverts(vrid=51)
    times = [f.time for f in frames][1:]
    if kind is Vrrpd:
        assert re.search(r"\.conf:\d+:\d+: warning: I51: version 2 sends "
            "whole seconds: advert_int 1 is used", a.log())
    shown("%d s on the wire, one each %.2f s" % (frames[0].interval,
        times[-1] - times[-2]))
    assert {f.interval for f in frames} == {1}
    assert min(y - x for x, y in zip(times, times[1:])) > 0.8


@pytest.mark.scenario("S17")
def test_unicast_source(lab, kind, shown):
    """Without it nothing is claimed; with it again it is heard again."""
    def text(host, prio, src):
        return conf(prio, "unicast_src_ip " + src, block("unicast_peer",
            lab.addr("b") if host == "a" else "10.9.0.9"), interval="0.2")
    b = kind(lab, "b", text("b", 100, lab.addr("b"))).start()
    b.wait_state("I51", "MASTER")
    lab.wait_holder(VIP, "b", 3)
    here = AddressWatch(lab, "a")
    cap = Capture(lab, "b")
    a = kind(lab, "a", text("a", 200, "10.9.0.9")).start(ready=False)
    stays(lambda: lab.holders(VIP) == ["b"], 1.5, "b only", step=0.05)
    assert not here.of(VIP) and not cap.adverts(host="a")
    steps = []

    def served_by(host, what):
        begun = time.time()
        wait_until(lambda: lab.holders(VIP) == [host], 5, lambda:
            "%s: %s serves, not %r" % (what, host, lab.holders(VIP)))
        stays(lambda: lab.holders(VIP) == [host], 1, what, step=0.05)
        steps.append("%s: %s after %.1f s" % (what, host, time.time() -
            begun - 1))
    lab.ip("a", "address add 10.9.0.9/24 dev e0")
    served_by("a", "added")
    lab.ip("a", "address del 10.9.0.9/24 dev e0")
    served_by("b", "deleted")
    lab.ip("a", "link del e0")
    lab.add_host("a")
    served_by("b", "another e0 without it")
    lab.ip("a", "address add 10.9.0.9/24 dev e0")
    served_by("a", "added there")
    shown("; ".join(steps))
    assert a.proc.poll() is None


@pytest.mark.scenario("S21")
def test_virtual_mac_of_a_backup(lab, kind, shown):
    """Queries and settings that make a kernel speak: not with the virtual
    MAC from the backup's port."""
    text = settings() + "%s"
    ports = {h: Port(lab, h) for h in "ab"}
    routers = {}
    for host, prio in (("a", 200), ("b", 100)):
        routers[host] = kind(lab, host, text % (instance(51, "use_vmac",
            prio=prio, interval="0.5", vips=[VIP + "/24"]) + instance(52,
            "use_vmac", prio=prio, interval="0.5", version=6,
            vips=["fe80::152", "fd09::152/64"]))).start()
        for name in ("I51", "I52"):
            routers[host].wait_state(name, "MASTER" if host == "a" else
                "BACKUP", 8)
    wait_until(lambda: lab.has("a", VIP) and lab.has("a", "fd09::152"), 4)
    ping = Ping(lab, VIP).wait_answers()
    lab.ip("s", "link set br0 type bridge mcast_snooping 1 mcast_querier 1 "
        "mcast_query_interval 50 mcast_startup_query_interval 50")
    end = time.time() + 5
    value = 0
    while time.time() < end:
        value ^= 1
        lab.sysctl("b", "ipv6/conf/all/forwarding", value)
        lab.run("t", "ping", "-c1", "-W1", "ff02::1%e0", check=False)
        stays(lambda: True, 0.4)
    seen = virtual(ports["b"])
    shown("%d such frames of the backup, %d of the master" % (len(seen),
        len(virtual(ports["a"]))))
    assert not seen, seen[:4]
    assert virtual(ports["a"])
    for mac in ("00:00:5e:00:01:33", "00:00:5e:00:02:34"):
        assert learnt(lab, mac) == ["pa"]
    ping.wait_answers()


@pytest.mark.scenario("S22")
def test_stubborn_check(make_lab, kind, shown):
    """Never two of it, no child that stays, and it may recover."""
    lab = make_lab("at")
    good = lab.path("good")
    word = "6%d.%d" % (os.getpid() % 10, os.getpid())
    path = lab.write("check", "#!/bin/sh\n[ -e %s ] && exit 0\n"
        "trap '' TERM\nsleep %s &\nwhile :; do sleep %s; done\n" % (good,
            word, word), 0o755)
    lab.write("good", "")
    text = settings() + script("chk", path, "timeout 1", "fall 2",
        interval="1") + instance(51, "track_script {\nchk\n}",
            interval="0.2")
    a = kind(lab, "a", text).start()
    a.wait_state("I51", "MASTER")
    a.sync()
    begun = time.time()
    os.unlink(good)
    a.wait_state("I51", "FAULT", 12)
    fault = time.time() - begun
    most = 0
    end = time.time() + 4
    while time.time() < end:
        most = max(most, len(commands(path)))
        time.sleep(0.05)
    a.sync()
    lab.write("good", "")
    back = time.time()
    a.wait_state("I51", "MASTER", 8)
    recovered = time.time() - back
    time.sleep(2)
    left = commands("sleep\0" + word)
    shown("FAULT after %.1f s, at most %d at once, MASTER again after %.1f "
        "s, %d processes left" % (fault, most, recovered, len(left)))
    kill(left)
    assert most <= 1 and not left
    assert fault < 6 and recovered < 6


@pytest.mark.scenario("S26r")
def test_one_address_twice(make_lab, kind, shown):
    lab = make_lab("at", second=True)
    a = kind(lab, "a", settings() + instance(51, version=6, interval="0.2",
        vips=["fe80::1/64"]) + instance(52, version=6, interval="0.2",
            dev="f0", vips=["fe80::1/64"])).start()
    for name in ("I51", "I52"):
        a.wait_state(name, "MASTER")
    wait_until(lambda: all("fe80::1/64" in lab.addresses("a", dev)
        for dev in ("e0", "f0")), 3, "on both")
    stays(lambda: "fe80::1/64" in lab.addresses("a", "f0"), 0.5, step=0.1)
    shown("on both interfaces")


@pytest.mark.scenario("S36r")
def test_long_message(make_lab, kind, shown):
    """An interface with a hundred other names."""
    lab = make_lab("at")
    a = kind(lab, "a", conf(100, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    names = ["n%03d" % n + "x" * 120 for n in range(140)]
    for n in range(0, len(names), 10):
        lab.ip("a", "link property add dev e0 " + " ".join("altname " + x
            for x in names[n:n + 10]))
    size = len(command(["ip", "-n", lab.name("a"), "link", "show", "dev",
        "e0"]).stdout)
    assert size > 13000
    a.sync()
    lab.ip("a", "link set e0 down")
    a.wait_state("I51", "FAULT", 3)
    lab.ip("a", "link set e0 up")
    a.wait_state("I51", "MASTER", 5)
    # And a router that starts with it.
    assert a.stop() == 0
    b = kind(lab, "a", conf(100, interval="0.2")).start()
    b.wait_state("I51", "MASTER", 5)
    wait_until(lambda: lab.has("a", VIP), 2, "the address")
    shown("%d bytes of names" % sum(len(n) for n in names))


@pytest.mark.scenario("S40r")
def test_busy_processors(lab, kind, shown):
    """Twice as many programs that never wait as there are processors."""
    a, b = pair(lab, kind, interval="0.4")
    cap = Capture(lab)
    there = AddressWatch(lab, "b")
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(2 * os.cpu_count())]
    try:
        begun = time.time()
        stays(lambda: True, 8)
    finally:
        for proc in busy:
            proc.kill()
            proc.wait()
    gap = longest_gap(cap.adverts(host="a", since=begun))
    shown("longest gap %.2f s at an interval of 0.40 s" % gap)
    assert b.entered("I51", "MASTER") == 0 and not there.of(VIP)
    assert a.entered("I51", "MASTER") == 1
    assert neighbour(lab) in (None, lab.mac("a"))
    assert family_of(a.pid)
    a.send_signal(signal.SIGTERM)
    assert a.wait_exit(5) == 0
