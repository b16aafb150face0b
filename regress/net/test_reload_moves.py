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


"""What a reload takes away is handed over before, and what moves to another
instance stays where it is."""

import os
import signal
import time

import pytest

from confgen import block, instance, script, settings
from lib import AddressWatch, Capture, Ping, Vrrpd, kill, wait_until

VIP = "10.9.0.151"
OTHER = "10.9.0.152"


def inst(vrid, *vips, prio=150, interval="0.5"):
    return instance(vrid, interval=interval, prio=prio,
        vips=list(vips) or None)


def group(*members):
    return block("vrrp_sync_group G", "group {", " ".join(members), "}", "")


def gone(watch, address):
    """When it was removed; the only time."""
    wait_until(lambda: watch.of(address, added=False), 5, address)
    assert len(watch.of(address, added=False)) == 1
    return watch.of(address, added=False)[0]


@pytest.mark.parametrize("kind", ["removed", "replaced", "group"])
def test_hands_over(lab, kind):
    """A master that the new file has no more, or has with another VRID,
    keeps its address until the other router has spoken; the others of its
    sync group stay what they are, and miss no advertisement."""
    cap, watch = Capture(lab), AddressWatch(lab, "a")
    head = settings()
    if kind == "group":
        head += group("I51", "I52", "I53")
    a = Vrrpd(lab, "a", head + inst(51) + inst(52) + inst(53)).start()
    for name in ("I51", "I52", "I53"):
        a.wait_state(name, "MASTER")
    b = Vrrpd(lab, "b", settings() + inst(51, prio=100) +
        inst(52, prio=100) + inst(53, prio=100)).start()
    b.wait_state("I52", "BACKUP")
    lab.wait_holder(OTHER, "a", 3)
    ping = Ping(lab, OTHER).wait_answers()
    stays = Ping(lab, VIP).wait_answers()
    new = settings() + inst(51) + inst(53)
    if kind == "group":
        new = settings() + group("I51", "I53") + inst(51) + inst(53)
    if kind == "replaced":
        new += instance(54, name="I52", interval="0.5", prio=150,
            vips=["10.9.0.154"])
    begun = time.time()
    a.write_conf(new)
    assert "I52) re" in a.ctl("reload", "--dry-run").stdout
    assert "hands over" in a.ctl("reload", "--dry-run").stdout
    done = a.ctl("reload")
    assert done.stdout.startswith("reloaded: 0 added, ")
    assert "hands over" in done.stderr
    zero = cap.wait_advert(2, since=begun, host="a", vrid=52, prio=0)
    first = cap.wait_advert(2, since=begun, host="b", vrid=52, prio=100)
    assert first.time > zero.time
    # The new master's announcement has had its time.
    assert gone(watch, OTHER) - first.time > 0.05
    a.wait_log(r"\(I52\) Entering INIT STATE \(was MASTER: handed over to "
        r"10.9.0.2 in ")
    lab.wait_holder(OTHER, "b", 3)
    ping.wait_answers()
    assert len(ping.lost(begun)) <= cap.allowed(OTHER, "b", begun, 0.1)
    assert stays.lost(begun) == []
    assert len(cap.adverts(since=begun, host="a", vrid=52, prio=0)) == 1
    for vrid in (51, 53):
        assert a.entered("I%d" % vrid, "MASTER") == 1
        times = [f.time for f in cap.adverts(host="a", vrid=vrid,
            since=begun - 1)]
        assert max(y - x for x, y in zip(times, times[1:])) < 1.2
    assert not cap.adverts(host="b", vrid=51)
    if kind == "replaced":
        a.wait_state("I52", "MASTER")
        lab.wait_holder("10.9.0.154", "a", 3)
    else:
        assert "I52" not in [i["name"] for i in a.show()["instances"]]


def test_nobody_there(lab):
    """Without another router it takes Skew_Time, not for ever."""
    watch = AddressWatch(lab, "a")
    a = Vrrpd(lab, "a", settings() + inst(51) + inst(52)).start()
    a.wait_state("I51", "MASTER")
    a.wait_state("I52", "MASTER")
    lab.wait_holder(OTHER, "a", 3)
    begun = time.time()
    a.write_conf(settings() + inst(51))
    a.ctl("reload")
    assert 0.4 < time.time() - begun < 3
    a.wait_log("removed by a reload; nobody answered in")
    assert gone(watch, OTHER) - begun > 0.4
    assert a.entered("I51", "MASTER") == 1


def test_dies_meanwhile(lab):
    """An engine that dies during the hand-over: the reload is refused, and
    what was about to leave goes on. A checker that dies changes nothing."""
    watch = AddressWatch(lab, "a")
    check = script("chk", "/usr/bin/test -d " + lab.folder)
    two = settings() + check + instance(51, "track_script {\nchk\n}",
        interval="1", prio=150) + inst(52, interval="1")
    a = Vrrpd(lab, "a", two).start()
    a.wait_state("I51", "MASTER")
    a.wait_state("I52", "MASTER")
    lab.wait_holder(OTHER, "a", 3)
    one = two[:two.index("vrrp_instance I52")]
    a.write_conf(one)
    a.sync().send_signal(signal.SIGHUP)
    a.wait_log("gave up the role; waiting for a new master")
    kill([a.child("vrrpe")])
    a.wait_log("refused, nothing changed: vrrpe: killed by signal 9")
    a.wait_log(r"\(I52\) goes on as MASTER")
    a.wait_ready()
    assert a.state("I52") == "MASTER" and lab.has("a", OTHER)
    assert watch.of(OTHER, added=False) == []
    a.sync().send_signal(signal.SIGHUP)
    a.wait_log("gave up the role; waiting for a new master")
    kill([a.child("checker")])
    a.wait_log("reloaded: 0 added, 0 changed, 1 removed")
    a.wait_log("script chk: undecided -> good")
    assert [i["name"] for i in a.show()["instances"]] == ["I51"]
    wait_until(lambda: not lab.has("a", OTHER), 3, "the address is gone")
    assert a.state("I51") == "MASTER"
    # SIGHUP while a child is being started again is not lost either.
    for child, text, words in ("checker", two, "1 added"), (
            "vrrpe", one, "1 removed"), ("vrrpe", two, "1 added"):
        a.write_conf(text)
        a.sync()
        kill([a.child(child)])
        a.send_signal(signal.SIGHUP)
        a.wait_log("reloaded: .*" + words, 15)
        a.wait_ready()
        wait_until(lambda: a.state("I51") == "MASTER", 1, "it goes on")
    assert a.entered("I51", "MASTER") == 1


def test_moves(lab):
    """An address that moves to another instance never leaves, whether the
    first one stays, goes or begins anew; what is added comes before what is
    removed."""
    watch = AddressWatch(lab, "a")
    a = Vrrpd(lab, "a", settings() + inst(51, VIP, "10.9.0.160",
        interval="0.1") + inst(52, OTHER, interval="0.1")).start()
    a.wait_state("I51", "MASTER")
    a.wait_state("I52", "MASTER")
    wait_until(lambda: lab.has("a", VIP) and lab.has("a", OTHER), 3, "both")
    cap = Capture(lab)
    # From one master to another, and something else instead.
    begun = time.time()
    a.reload(settings() + inst(51, "10.9.0.160", "10.9.0.161",
        interval="0.1") + inst(52, OTHER, VIP, interval="0.1"))
    wait_until(lambda: lab.has("a", "10.9.0.161"), 3, "the new one")
    cap.wait(lambda: cap.garps(VIP, begun), 3, "it is announced again")
    a.reload(settings() + inst(51, "10.9.0.160", "10.9.0.162",
        interval="0.1") + inst(52, OTHER, VIP, interval="0.1"))
    added = wait_until(lambda: watch.of("10.9.0.162", added=True), 3,
        "another one")
    assert added[0] < gone(watch, "10.9.0.161")
    # From one that goes to one that stays.
    a.reload(settings() + inst(51, "10.9.0.160", VIP, interval="0.1"))
    gone(watch, OTHER)
    # From one that begins anew.
    a.reload(settings() + inst(51, "10.9.0.160", interval="0.1") +
        inst(53, VIP, interval="0.1"))
    a.wait_state("I53", "MASTER")
    wait_until(lambda: lab.has("a", VIP), 3, "it is back")
    spans = watch.spans(VIP)
    assert len(spans) == 2      # one that begins is a BACKUP first
    a.reload(settings() + instance(54, name="I51", interval="0.1",
        prio=150, vips=["10.9.0.165"]) +
        inst(53, VIP, "10.9.0.160", interval="0.1"))
    a.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", "10.9.0.165"), 3, "the new one")
    assert lab.has("a", "10.9.0.160") and lab.has("a", VIP)
    assert watch.of("10.9.0.160", added=False) == []
    assert len(watch.spans(VIP)) == 2 and watch.spans(VIP)[1][1] is None
    assert a.entered("I52", "MASTER") == 1


def test_old_one_goes_on(lab):
    """A missing include, and an interface that is not there: the caller is
    told, and nothing changes; a new one may wait for its interface."""
    more = lab.write("more.conf", inst(52))
    text = settings() + inst(51) + "include %s\n" % more
    a = Vrrpd(lab, "a", text).start()
    a.wait_state("I51", "MASTER")
    a.wait_state("I52", "MASTER")
    generation = a.show()["generation"]
    os.unlink(more)
    done = a.ctl("reload", check=False)
    assert done.returncode == 1 and "no file is named" in done.stderr
    assert "1 of 2 instances" in done.stderr
    lab.write("more.conf", inst(52).replace("interface e0",
        "interface gone0"))
    for words in (("reload",), ("reload", "--dry-run")):
        done = a.ctl(*words, check=False)
        assert done.returncode == 1
        assert "more.conf:3" in done.stdout + done.stderr
        assert "I52 is MASTER on e0, and there is no interface gone0" in \
            done.stderr
    assert a.show()["generation"] == generation
    assert a.state("I51") == a.state("I52") == "MASTER"
    lab.write("more.conf", inst(52) + inst(53).replace("interface e0",
        "interface gone0"))
    a.ctl("reload")
    assert a.state("I53") in ("FAULT", "INIT")
    assert a.state("I52") == "MASTER"
