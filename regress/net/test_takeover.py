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

"""Two routers and one address: who has it, for how long nobody has, and
never two."""

import os
import signal
import time

import pytest

from confgen import instance, settings
from lib import AddressWatch, Capture, Ping, Vrrpd, kill, stays, \
    wait_until

VIP = "10.9.0.151"


def pair(lab, *more, interval="1", high=150, low=100, hosts="ab", **fields):
    """Both routers, the first one master."""
    made = [Vrrpd(lab, host, settings() + instance(51, *more, prio=prio,
        interval=interval, **fields)) for host, prio in
        zip(hosts, (high, low))]
    for router in made:
        router.start()
    made[0].wait_state("I51", "MASTER")
    made[1].wait_state("I51", "BACKUP")
    return made


@pytest.mark.row("099")
def test_kill_everything(lab):
    """kill -9 of the parent and all children: no address stays behind, and
    the other router serves within the protocol's time."""
    cap = Capture(lab)
    here, there = AddressWatch(lab, "a"), AddressWatch(lab, "b")
    a, b = pair(lab)
    lab.wait_holder(VIP, "a", 2)
    ping = Ping(lab, VIP).wait_answers()
    died = a.kill_hard()
    b.wait_state("I51", "MASTER", 6)
    lab.wait_holder(VIP, "b", 2)
    ping.wait_answers()
    first = cap.wait_advert(2, host="b").time
    last = cap.adverts(host="a")[-1].time
    assert 3.55 < first - last < 3.85
    garp = cap.wait(lambda: cap.garps(VIP, since=died), 2)
    assert garp.smac == lab.mac("b") and garp.time - first < 0.1
    gone = here.of(VIP, added=False, since=died)[0]
    came = there.of(VIP, added=True, since=died)[0]
    assert gone < came, "two holders for %.2f s" % (gone - came)
    assert ping.gap(died) < 4.5


def test_kill_parent(lab):
    """The engine says goodbye when the parent dies; the rest is as above."""
    cap = Capture(lab)
    a, b = pair(lab)
    lab.wait_holder(VIP, "a", 2)
    died = time.time()
    a.send_signal(signal.SIGKILL)
    a.wait_exit()
    cap.wait_advert(limit=3, since=died, prio=0, host="a")
    b.wait_state("I51", "MASTER", 3)
    lab.wait_holder(VIP, "b", 4)
    wait_until(lambda: not lab.processes("a"), 5, "no process is left")


def test_link_cut(lab):
    """The master's cable: FAULT and no address there, the other takes over;
    plugged in again it takes its role back."""
    a, b = pair(lab, interval="0.5")
    lab.cable("a", False)
    a.wait_state("I51", "FAULT", 2)
    wait_until(lambda: not lab.has("a", VIP), 1, "no address")
    b.wait_state("I51", "MASTER", 4)
    lab.cable("a", True)
    a.wait_state("I51", "MASTER", 6)
    b.wait_state("I51", "BACKUP", 2)
    lab.wait_holder(VIP, "a", 1)


@pytest.mark.row("099")
def test_clean_stop(lab):
    """One farewell, the other is there after its skew, no ping is lost."""
    cap = Capture(lab)
    a, b = pair(lab)
    lab.wait_holder(VIP, "a", 2)
    ping = Ping(lab, VIP).wait_answers()
    begun = time.time()
    assert a.stop(5) == 0
    b.wait_state("I51", "MASTER", 2)
    ping.wait_answers()
    first = cap.wait_advert(2, since=begun, host="b")
    zero = cap.adverts(since=begun, host="a")
    assert [f.prio for f in zero] == [0]
    assert 0.55 < first.time - zero[0].time < 0.8
    assert not ping.lost(begun)
    lab.wait_holder(VIP, "b", 1)


@pytest.mark.row("124")
def test_stop_backup(lab):
    """A backup that leaves says nothing."""
    cap = Capture(lab)
    _, b = pair(lab)
    assert b.stop() == 0
    assert not cap.adverts(host="b")


def test_preemption(lab):
    a, b = pair(lab, interval="0.5")
    assert a.stop() == 0
    b.wait_state("I51", "MASTER", 3)
    ping = Ping(lab, VIP).wait_answers()
    begun = time.time()
    a = Vrrpd(lab, "a", settings() + instance(51, prio=150,
        interval="0.5")).start()
    a.wait_state("I51", "MASTER", 5)
    b.wait_state("I51", "BACKUP", 1)
    lab.wait_holder(VIP, "a", 1)
    assert len(ping.lost(begun)) <= 3


def test_nopreempt(lab):
    a, b = pair(lab, "nopreempt", interval="0.2")
    assert a.stop() == 0
    b.wait_state("I51", "MASTER", 3)
    a = Vrrpd(lab, "a", settings() + instance(51, "nopreempt", prio=150,
        interval="0.2")).start()
    a.wait_state("I51", "BACKUP", 2)
    stays(lambda: lab.holders(VIP) == ["b"], 3, "b keeps it")
    assert a.state("I51") == "BACKUP"


def test_preempt_delay(lab):
    cap = Capture(lab)
    a, b = pair(lab, "preempt_delay 3", interval="0.2")
    assert a.stop() == 0
    b.wait_state("I51", "MASTER", 3)
    a = Vrrpd(lab, "a", settings() + instance(51, "preempt_delay 3",
        prio=150, interval="0.2")).start(ready=False)
    a.wait_state("I51", "BACKUP")
    begun = time.time()
    a.wait_state("I51", "MASTER", 8)
    first = cap.wait_advert(2, since=begun, host="a").time
    assert 3.4 < first - begun < 4.2


def test_ipv6(lab):
    cap = Capture(lab)
    vips = ["fe80::151", "fd09::151/64"]
    a, b = pair(lab, version=6, vips=vips)
    wait_until(lambda: lab.has("a", "fd09::151"), 2, "the address")
    ping = Ping(lab, "fd09::151").wait_answers()
    a.kill_hard()
    b.wait_state("I51", "MASTER", 6)
    ping.wait_answers()
    lab.wait_holder("fd09::151", "b", 3)
    lab.wait_holder("fe80::151", "b", 3)
    assert cap.nas("fd09::151", smac=lab.mac("b"))


def test_v2_pass(lab):
    a, b = pair(lab, "authentication {\nauth_type PASS\nauth_pass 1111\n}",
        version=2)
    assert a.stop() == 0
    b.wait_state("I51", "MASTER", 2)
    assert b.instance("I51")["counters"]["auth_failures"] == 0


@pytest.mark.row("100")
def test_three(make_lab):
    """30, 20, 10: always the best of those alive."""
    lab = make_lab("abct")
    watches = [AddressWatch(lab, h) for h in "abc"]
    prios = {"a": 30, "b": 20, "c": 10}
    routers = {h: Vrrpd(lab, h, settings() + instance(51, prio=p,
        interval="0.2")).start() for h, p in prios.items()}
    lab.wait_holder(VIP, "a", 5)
    routers["a"].kill_hard()
    lab.wait_holder(VIP, "b", 5)
    routers["b"].kill_hard()
    lab.wait_holder(VIP, "c", 5)
    routers["a"].start()
    lab.wait_holder(VIP, "a", 5)
    # A killed one's address stays as long as its lease.
    assert two_have(watches[:2]) < 3.3 and two_have(watches[1:]) < 3.3
    assert two_have(watches[::2]) < 0.3


def two_have(watches):
    """For how long, in all, two had the address."""
    ends = [(s[0], s[1] or time.time()) for s in watches[0].spans(VIP)]
    return sum(max(0.0, min(end, last or time.time()) - max(begin, first))
        for begin, end in ends for first, last in watches[1].spans(VIP))


def test_no_lease(lab):
    """vip_lease off is keepalived's way: the address stays after kill -9."""
    a, b = pair(lab, "vip_lease off", interval="0.2")
    wait_until(lambda: lab.has("a", VIP), 2, "the address")
    assert lab.addresses("a")[VIP + "/32"]["valid_life_time"] == 4294967295
    a.kill_hard()
    b.wait_state("I51", "MASTER", 4)
    stays(lambda: lab.has("a", VIP), 3, "it stays")


def test_lease_is_refreshed(lab):
    """Longer than the lease: the address never flickers."""
    watch = AddressWatch(lab, "a")
    pair(lab, interval="0.2")
    wait_until(lambda: lab.has("a", VIP), 2, "the address")
    info = lab.addresses("a")[VIP + "/32"]
    assert info["valid_life_time"] <= 3
    stays(lambda: lab.has("a", VIP), 5)
    assert watch.spans(VIP)[0][1] is None


def test_checker_killed(lab):
    """Weights stay, and scripts hear of what it took with it: the one that
    ran, and what happened while there was none."""
    os.chmod(lab.folder, 0o755)
    out = lab.path("out")
    slow = lab.write("slow.sh", "#!/bin/sh\n[ $3 = BACKUP ] || "
        "[ -e %s ] || { touch %s; exec sleep 60; }\necho $3 >>%s\n" %
        (lab.path("once"), lab.path("once"), out), 0o755)
    text = settings() + "vrrp_script ok {\nscript /bin/true\ninterval 1\n}\n"
    a = Vrrpd(lab, "a", text + instance(51, "track_script {\nok weight 10\n}",
        'notify "%s"' % slow, prio=150, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: os.path.exists(lab.path("once")), 3, "the slow script")
    checker = a.child("checker")
    kill([checker])
    wait_until(lambda: a.child("checker") not in (None, checker), 5,
        "a new checker")

    def told():
        with open(out, encoding="ascii") as f:
            return f.read().split()
    wait_until(lambda: told() == ["BACKUP", "MASTER"], 5, "MASTER at last")
    assert lab.has("a", VIP)
    wait_until(lambda: a.instance("I51")["priority"] == 160, 5, "the weight")
    assert a.entered("I51", "MASTER") == 1
    assert told() == ["BACKUP", "MASTER"]


def test_frozen_master(lab):
    """Stopped for seconds, then going on: it must not act on old time."""
    cap = Capture(lab)
    a, b = pair(lab, interval="0.5")
    a.freeze()
    b.wait_state("I51", "MASTER", 4)
    thawed = time.time()
    a.thaw()
    wait_until(lambda: a.entered("I51", "BACKUP") >= 2, 3, "a steps back")
    a.wait_state("I51", "MASTER", 5)
    lab.wait_holder(VIP, "a", 2)
    stale = [f for f in cap.adverts(since=thawed, host="a")
        if f.time - thawed < 1.0]
    assert not stale, "it sent before it listened"


def test_second_daemon(lab):
    """The same runtime folder: refused, and the first one is not hurt."""
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.1")).start()
    a.wait_state("I51", "MASTER")
    second = Vrrpd(lab, "a", settings() + instance(52), rundir=a.rundir)
    second.start(ready=False)
    assert second.wait_exit(5) == 1
    assert "vrrpd.pid" in second.log() or "running" in second.log()
    assert a.state("I51") == "MASTER"
    assert os.path.exists(a.rundir + "/control")


@pytest.mark.row("K-flaps")
def test_many_flaps(lab):
    """Twenty times down and up without pause: afterwards one master, the
    address on it once."""
    a, b = pair(lab, interval="0.2")
    for _ in range(20):
        lab.ip("b", "link set e0 down")
        lab.ip("b", "link set e0 up")
    b.wait_state("I51", "BACKUP", 5)
    lab.wait_holder(VIP, "a", 5)
    assert a.state("I51") == "MASTER"
    groups = lab.run("b", "cat", "/proc/net/igmp").stdout
    assert groups.count("120000E0") == 1
