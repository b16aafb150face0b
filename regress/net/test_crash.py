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


"""The engine dies, hangs or does what it may not; keepalived is the backup.

A crash costs neither the role nor an address nor a packet: the next engine
goes on with what the parent holds of the last one. One that breaks its rules
or dies too often loses the role.
"""

import json
import os
import re
import signal
import time

import pytest

from confgen import block, instance, settings
from lib import AddressWatch, Keepalived, Ping, Vrrpd, kill, stays, \
    wait_until

VIP = "10.9.0.151"


def pair(lab, *more, interval="1", peer=Keepalived, **fields):
    """a is vrrpd and master, b the backup."""
    a = Vrrpd(lab, "a", settings() + instance(51, *more, prio=150,
        interval=interval, **fields)).start()
    b = peer(lab, "b", settings() + instance(51, prio=100,
        interval=interval, **fields)).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I51", "BACKUP")
    lab.wait_holder(VIP, "a", 2)
    return a, b


def new_engine(router, old, limit=5):
    wait_until(lambda: router.child("vrrpe") not in (None, old), limit,
        "another engine")
    wait_until(lambda: router.ctl("show", check=False).returncode == 0,
        limit, "it answers")


@pytest.mark.parametrize("interval", ["1", "0.1"])
def test_crash(lab, interval):
    """kill -9: no transition, no lost ping, the address stays."""
    watch = AddressWatch(lab, "a")
    a, b = pair(lab, interval=interval)
    ping = Ping(lab, VIP).wait_answers()
    b.sync()
    mark = b.mark
    for count in range(3):
        engine = a.child("vrrpe")
        since = time.time()
        kill([engine])
        new_engine(a, engine)
        a.wait_log(r"\(I51\) goes on as MASTER")
        ping.wait_answers(20)
        assert a.show()["engine_restarts"] == count + 1
        assert ping.lost(since=since) == []
    assert a.state("I51") == "MASTER"
    assert b.entered("I51", "MASTER", mark) == 0
    assert watch.spans(VIP)[0][1] is None and len(watch.spans(VIP)) == 1
    assert a.entered("I51", "MASTER") == 1
    assert a.instance("I51")["transitions"] >= 2
    assert a.instance("I51")["addresses_installed"] == 1


def hist(router, *name):
    return json.loads(router.ctl("history", *name,
        json_out=True).stdout)["history"]


def test_history(lab):
    """What was before the crash is known after it."""
    a, _ = pair(lab, interval="0.3")
    loaded = a.show()["loaded_s"]
    engine = a.child("vrrpe")
    kill([engine])
    new_engine(a, engine)
    assert a.show()["loaded_s"] == loaded
    a.ctl("standby", "I51")
    a.ctl("resume", "I51")
    wait_until(lambda: len(hist(a)) >= 9, 5, "nine events", 0.25)
    seen = [(e["name"], e["event"], e["to"], e["reason"]) for e in hist(a)]
    assert seen == [(None, "started", None, None),
        ("I51", "state", "BACKUP", "startup"),
        ("I51", "state", "MASTER", "silent"),
        (None, "engine_signal", None, None),
        (None, "engine_started", None, None),
        ("I51", "hold", "MASTER", None),
        ("I51", "state", "BACKUP", "handed_over"),
        ("I51", "hold", "BACKUP", None),
        ("I51", "state", "MASTER", "preempt")]
    mine = hist(a, "I51")
    assert [e["seq"] for e in mine] == [2, 3, 6, 7, 8, 9]
    assert mine[3]["peer"] == lab.addr("b")
    # Priorities are those of the log: 1 of one that is in standby.
    logged = [int(n) for n in re.findall(
        r"\(I51\) Entering .*; priority (\d+)\)", a.log())]
    assert [e["priority"] for e in mine if e["event"] == "state"] == logged
    assert logged[2:] == [1, logged[0]]
    assert a.ctl("history", "nobody", check=False).returncode == 1


def test_crash_of_a_backup(lab):
    """It does not forget whom it follows, nor for how long to wait."""
    a, b = pair(lab, interval="0.3", peer=Vrrpd)
    wait_until(lambda: b.instance("I51")["master"] == lab.addr("a"), 2)
    time.sleep(0.5)             # its parent is told with the next PING
    engine = b.child("vrrpe")
    kill([engine])
    new_engine(b, engine)
    b.wait_log(r"\(I51\) goes on as BACKUP")
    assert b.state("I51") == "BACKUP"
    assert b.instance("I51")["master"] == lab.addr("a")
    stays(lambda: b.state("I51") == "BACKUP", 1.5)


def test_tracked_script(lab):
    """The role of one with a script waits for the script's verdict."""
    script = "vrrp_script s {\nscript /bin/true\ninterval 1\n}\n"
    a = Vrrpd(lab, "a", settings() + script + instance(51,
        "track_script {\ns\n}", prio=150, interval="0.3")).start()
    b = Keepalived(lab, "b", settings() + instance(51, prio=100,
        interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I51", "BACKUP")
    ping = Ping(lab, VIP).wait_answers()
    b.sync()
    mark, engine = b.mark, a.child("vrrpe")
    kill([engine])
    new_engine(a, engine)
    a.wait_log(r"\(I51\) goes on as MASTER")
    ping.wait_answers(100)
    assert a.entered("I51", "FAULT") == 0
    assert b.entered("I51", "MASTER", mark) == 0
    assert ping.lost() == []


def test_holds_survive(lab):
    """standby, before and while another router serves."""
    a, b = pair(lab, interval="0.3")
    a.ctl("standby", "I51", "for", "1h")
    lab.wait_holder(VIP, "b", 2)
    engine = a.child("vrrpe")
    kill([engine])
    new_engine(a, engine)
    shown = a.instance("I51")
    assert shown["hold"] == "standby" and shown["state"] == "BACKUP"
    assert 3000 < shown["hold_until_in_s"] < 3600
    stays(lambda: a.state("I51") == "BACKUP", 1.5)
    a.ctl("resume", "I51")
    lab.wait_holder(VIP, "a", 4)


def test_forbidden_call(lab):
    """SIGSYS: it may have been taken over, so it loses the role."""
    watch = AddressWatch(lab, "a")
    a, _ = pair(lab, interval="0.3")
    engine = a.child("vrrpe")
    os.kill(engine, signal.SIGSYS)
    a.wait_log("forbidden system call")
    a.wait_log(r"\(I51\) goes on as BACKUP")
    wait_until(lambda: watch.of(VIP, added=False), 1, "it is gone")
    wait_until(lambda: len(watch.spans(VIP)) == 2, 6, "it is back")


def test_crash_loop(lab):
    """Four deaths in ten seconds: the other router serves meanwhile."""
    a, b = pair(lab, interval="0.3")
    for count in range(4):
        engine = a.child("vrrpe")
        kill([engine])
        a.wait_log("killed by signal 9")
        if count < 3:
            new_engine(a, engine)
    a.wait_log("dies too often: starting again in 1 s")
    lab.wait_holder(VIP, "b", 3)
    new_engine(a, engine)
    assert a.state("I51") == "BACKUP"
    lab.wait_holder(VIP, "a", 5)


def test_hung(lab):
    """SIGSTOP: found by its silence, and the next one goes on in time."""
    watch = AddressWatch(lab, "a")
    a, b = pair(lab)
    b.sync()
    mark, engine = b.mark, a.child("vrrpe")
    ping = Ping(lab, VIP).wait_answers()
    os.kill(engine, signal.SIGSTOP)
    a.wait_log(r"silent for \d+ ms")
    new_engine(a, engine)
    a.wait_log(r"\(I51\) goes on as MASTER")
    assert ping.lost() == []
    assert b.entered("I51", "MASTER", mark) == 0
    assert watch.spans(VIP)[0][1] is None


def test_no_engine(lab):
    """The next one has to wait: the address goes, not only when its lease
    of the kernel ends."""
    watch = AddressWatch(lab, "a")
    a, b = pair(lab)
    for _ in range(3):
        engine = a.child("vrrpe")
        kill([engine])
        new_engine(a, engine)
    died = time.time()
    kill([a.child("vrrpe")])
    gone = wait_until(lambda: watch.of(VIP, added=False, since=died), 4)
    assert gone[0] - died < 2.5
    b.wait_state("I51", "MASTER", 5)


def test_sync_group(make_lab):
    """All members go on together."""
    lab = make_lab(second=True)
    text = settings() + block("vrrp_sync_group G", "group {", "I51 I52",
        "}") + "\n"
    a, b = [kind(lab, host, text + instance(51, prio=prio, interval="0.3") +
        instance(52, prio=prio, interval="0.3", dev="f0",
        vips=["10.8.0.152"])).start() for kind, host, prio in
        ((Vrrpd, "a", 150), (Keepalived, "b", 100))]
    for name in ("I51", "I52"):
        a.wait_state(name, "MASTER")
        b.wait_state(name, "BACKUP")
    b.sync()
    mark, engine = b.mark, a.child("vrrpe")
    kill([engine])
    new_engine(a, engine)
    for name in ("I51", "I52"):
        a.wait_log(r"\(%s\) goes on as MASTER" % name)
    stays(lambda: a.state("I51") == a.state("I52") == "MASTER", 1)
    assert b.entered("I51", "MASTER", mark) == 0
    assert b.entered("I52", "MASTER", mark) == 0


def test_health(lab):
    """Probes: a hung or dead engine is never an old MASTER."""
    a, _ = pair(lab)
    assert a.ctl("health").stdout == "ok: 1 of 1 MASTER\n"
    assert a.ctl("health", "--master", "I51").returncode == 0
    engine = a.child("vrrpe")
    os.kill(engine, signal.SIGSTOP)
    # Only another engine answers for the hung one.
    done = a.ctl("health", "master", "I51", check=False)
    assert done.returncode != 0 or a.child("vrrpe") != engine
    a.wait_log(r"\(I51\) goes on as MASTER")
    assert a.ctl("health", "master", "I51").returncode == 0
    a.freeze()
    begun = time.monotonic()
    done = a.ctl("health", "live", check=False)
    assert done.returncode == 3 and time.monotonic() - begun < 4
    a.thaw()
    a.stop()
    assert a.ctl("health", "live", check=False).returncode == 3


def test_all_killed_and_back(lab):
    """Everything is killed and started at once: whose leases tell that nobody
    else can have the role goes on as MASTER, without losing an address or a
    packet; the backup notices nothing."""
    text = settings() + instance(51, prio=150) + instance(52, version=6,
        prio=150) + instance(53, "no_accept", prio=150)
    a = Vrrpd(lab, "a", text, rundir=lab.path("run")).start()
    b = Vrrpd(lab, "b", text.replace("150", "100")).start()
    names = ("I51", "I52")
    for name in names:
        a.wait_state(name, "MASTER")
        b.wait_state(name, "BACKUP")
    watch = AddressWatch(lab, "a")
    ping = Ping(lab, "10.9.0.151").wait_answers()
    since = time.time()
    for _ in range(2):
        # Right after a refresh, so that there is time to start again.
        seen = len(watch.of("10.9.0.151", True))
        wait_until(lambda n=seen: len(watch.of("10.9.0.151", True)) > n, 3)
        a.kill_hard()
        a = Vrrpd(lab, "a", text, rundir=lab.path("run")).start()
        for name in names:
            a.wait_log(r"\(%s\) its addresses are leased still" % name, 2)
            wait_until(lambda n=name: a.state(n) == "MASTER", 2, a.tail)
        # What must not accept packets was without a filter meanwhile.
        assert not re.search(r"\(I53\) its addresses", a.log())
        stays(lambda: all(a.state(n) == "MASTER" for n in names), 2.5)
        a.wait_state("I53", "MASTER")
    for ip in ("10.9.0.151", "fe80::152"):
        assert not watch.of(ip, False, since)
        assert lab.has("a", ip)
    assert len(ping.lost(since)) == 0
    assert all(b.entered(n, "MASTER") == 0 for n in names)


def test_all_killed_and_late(lab):
    """Too late: the addresses are gone before the role is asked for anew;
    without leases nobody can tell, so they are removed at once."""
    text = settings() + instance(51)
    for lease, pause in (("vip_lease auto", 2.2), ("vip_lease off", 0)):
        conf = text.replace("advert_int 1", "advert_int 1\n" + lease)
        a = Vrrpd(lab, "a", conf, rundir=lab.path("run")).start()
        a.wait_state("I51", "MASTER")
        wait_until(lambda: lab.has("a", "10.9.0.151"), 2, "the address")
        a.kill_hard()
        time.sleep(pause)
        a = Vrrpd(lab, "a", conf, rundir=lab.path("run")).start()
        assert a.state("I51") == "BACKUP" and "leased still" not in a.log()
        wait_until(lambda: not lab.has("a", "10.9.0.151"), 1, "it is gone")
        a.stop()


def test_killed_and_fault(lab):
    """It goes on only if it can: with a fault the addresses go at once."""
    text = settings() + instance(51, "track_interface {\nx0\n}")
    lab.extra_link("a", "x0")
    a = Vrrpd(lab, "a", text, rundir=lab.path("run")).start()
    a.wait_state("I51", "MASTER")
    watch = AddressWatch(lab, "a")
    wait_until(lambda: len(watch.of("10.9.0.151", True)) > 0, 3)
    a.kill_hard()
    lab.ip("a", "link set x0 down")
    a = Vrrpd(lab, "a", text, rundir=lab.path("run")).start()
    a.wait_state("I51", "FAULT", 2)
    wait_until(lambda: not lab.has("a", "10.9.0.151"), 0.5, "it is gone")
