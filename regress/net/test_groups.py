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

"""Sync groups: two routers with two networks each, moving as one."""

import os
import re
import signal
import time

import pytest

from confgen import block, instance, script, settings
from lib import KEEPALIVED, AddressWatch, Capture, Keepalived, Ping, \
    Timeout, Vrrpd, stays, wait_until

VIP0 = "10.9.0.151"
VIP1 = "10.8.0.152"
VIP2 = "10.9.0.153"
MEMBERS = ("I51", "I52")


def group(*more, members=MEMBERS):
    return block("vrrp_sync_group G", "group {", " ".join(members), "}",
        *more) + "\n"


def members(prio=100, interval="0.5", more=(), version=3):
    return instance(51, *more, prio=prio, interval=interval,
        version=version) + instance(52, *more, prio=prio, interval=interval,
        dev="f0", vips=[VIP1], version=version)


def conf(prio=100, interval="0.5", *lines, more=(), head=""):
    return settings() + head + group(*lines) + members(prio, interval, more)


@pytest.fixture(name="lab2")
def lab2_fixture(make_lab):
    return make_lab(second=True)


def wait_group(router, state, limit=10):
    for name in MEMBERS:
        router.wait_state(name, state, limit)


def wait_both(lab, host, limit=5):
    lab.wait_holder(VIP0, host, limit)
    lab.wait_holder(VIP1, host, limit)


def pair(lab, other=Vrrpd, ours=150, theirs=100, interval="0.5"):
    a = Vrrpd(lab, "a", conf(ours, interval))
    b = other(lab, "b", conf(theirs, interval))
    high, low = (a, b) if ours > theirs else (b, a)
    high.start()
    wait_group(high, "MASTER")
    low.start()
    wait_group(low, "BACKUP")
    wait_both(lab, high.host)
    return a, b


def groups(router):
    return {g["name"]: g for g in router.show("groups")["groups"]}


def states(router, since=0):
    """(name, state) of the transitions that are in the log, in order."""
    return re.findall(r"\((\w+)\) Entering (\w+) STATE", router.log(since))


PEERS = [Vrrpd, pytest.param(Keepalived, marks=pytest.mark.skipif(
    not KEEPALIVED, reason="no keepalived"))]


def test_start(lab2):
    """state MASTER is no head start; the group comes before its members, and
    all become MASTER in the same millisecond."""
    text = conf(150, "1").replace("state BACKUP", "state MASTER")
    cap0, cap1 = Capture(lab2), Capture(lab2, dev="f0")
    begun = time.time()
    a = Vrrpd(lab2, "a", text).start()
    wait_group(a, "MASTER")
    first0 = cap0.wait_advert(2, since=begun, prio=150)
    first1 = cap1.wait_advert(2, since=begun, prio=150)
    assert first0.time - begun > 3.3
    assert abs(first0.time - first1.time) < 0.01
    a.wait_state("G", "MASTER", 2)
    assert [n for n, _ in states(a)] == ["I51", "I52", "G", "I51", "I52",
        "G"] or [n for n, _ in states(a)][-1] == "G"
    g = groups(a)["G"]
    assert g["state"] == "MASTER"
    assert [m["name"] for m in g["members"]] == ["I51", "I52"]
    assert all(m["in_step"] for m in g["members"])
    assert a.instance("I51")["sync_group"] == "G"
    assert "sync group" in a.ctl("show", "instance", "I51").stdout


@pytest.mark.row("136")
@pytest.mark.parametrize("other", PEERS)
def test_link(lab2, other):
    """One link dies: both addresses move, with one priority 0 on the network
    that still works; when it is back, both return together."""
    cap0, cap1 = Capture(lab2), Capture(lab2, dev="f0")
    a, b = pair(lab2, other)
    a.sync()
    b.sync()
    begun = time.time()
    lab2.cable("a", False, "f0")
    wait_group(a, "FAULT", 2)
    wait_group(b, "MASTER", 6)
    wait_both(lab2, "b")
    assert len(cap0.adverts(begun, host="a", prio=0)) == 1
    assert groups(a)["G"]["state"] == "FAULT"
    assert "I52 is in FAULT" in groups(a)["G"]["reason"]
    show = a.instance("I51")
    assert show["state"] == "FAULT"
    assert "I52" in show["reason"]
    a.sync()
    begun = time.time()
    lab2.cable("a", True, "f0")
    wait_group(a, "MASTER", 10)
    wait_both(lab2, "a", 8)
    back = [cap.wait_advert(2, since=begun, prio=150).time
        for cap in (cap0, cap1)]
    assert abs(back[0] - back[1]) < 0.01
    # keepalived is pulled along on the other network without priority 0
    assert not cap0.adverts(begun, host="b", prio=0)


@pytest.mark.parametrize("other", PEERS)
def test_dead_router(lab2, other):
    a, b = pair(lab2, other)
    a.kill_hard()
    wait_group(b, "MASTER", 6)
    wait_until(lambda: lab2.has("b", VIP0) and lab2.has("b", VIP1), 2,
        "both addresses")
    again = Vrrpd(lab2, "a", conf(150)).start()
    wait_group(again, "MASTER", 10)
    wait_both(lab2, "a")


@pytest.mark.parametrize("name", ["G", "I52"])
@pytest.mark.parametrize("other", PEERS)
def test_standby(lab2, other, name):
    """The group is handed over as one, by its name or a member's, and no
    ping is lost on either network; resume takes it back."""
    cap0, cap1 = Capture(lab2), Capture(lab2, dev="f0")
    a, b = pair(lab2, other)
    pings = [Ping(lab2, VIP0).wait_answers(), Ping(lab2, VIP1).wait_answers()]
    b.sync()
    begun = time.time()
    done = a.ctl("standby", name)
    assert "sync group G, 2 members" in done.stdout
    assert "handed over to" in done.stdout
    wait_group(b, "MASTER", 3)
    wait_both(lab2, "b", 2)
    for cap, ping in zip((cap0, cap1), pings):
        ping.wait_answers()
        assert cap.adverts(begun, prio=0)
        lost = len(ping.lost(begun))
        if other is Vrrpd:
            assert lost == 0
        else:
            assert lost <= 15
    stays(lambda: lab2.holders(VIP0) == ["b"] == lab2.holders(VIP1), 1.5,
        "b keeps both")
    a.sync()
    begun = time.time()
    assert a.ctl("resume", name).returncode == 0
    wait_group(a, "MASTER", 8)
    wait_both(lab2, "a")
    for ping in pings:
        ping.wait_answers()
        if other is Vrrpd:
            assert not ping.lost(begun)


def test_standby_alone(lab2):
    """Nobody answers: the role is taken back by all."""
    a = Vrrpd(lab2, "a", conf(150, "0.2")).start()
    wait_group(a, "MASTER")
    done = a.ctl("standby", "G", check=False)
    assert done.returncode != 0
    assert "nobody answered" in done.stderr
    assert groups(a)["G"]["state"] == "MASTER"
    wait_both(lab2, "a", 1)


def test_standby_half(lab2):
    """A successor on one network only is none: all is taken back."""
    a = Vrrpd(lab2, "a", conf(150, "0.2")).start()
    wait_group(a, "MASTER")
    b = Vrrpd(lab2, "b", settings() + instance(51, interval="0.2")).start()
    b.wait_state("I51", "BACKUP")
    done = a.ctl("standby", "G", check=False)
    assert done.returncode != 0
    wait_both(lab2, "a", 3)
    stays(lambda: groups(a)["G"]["state"] == "MASTER", 1, "all MASTER")


@pytest.mark.parametrize("other", PEERS)
def test_takeover(lab2, other):
    a, b = pair(lab2, other, 100, 150)
    a.sync()
    b.sync()
    pings = [Ping(lab2, VIP0).wait_answers(), Ping(lab2, VIP1).wait_answers()]
    begun = time.time()
    done = a.ctl("takeover", "I51")
    assert "sync group G, 2 members" in done.stdout
    wait_group(a, "MASTER", 2)
    wait_group(b, "BACKUP", 2)
    wait_both(lab2, "a", 2)
    for ping in pings:
        ping.wait_answers()
        assert len(ping.lost(begun)) <= (0 if other is Vrrpd else 3)
    b.sync()
    a.ctl("resume", "G")
    wait_group(b, "MASTER", 8)
    wait_both(lab2, "b")


def test_stop(lab2):
    """A clean stop is a hand-over of the whole group without a gap."""
    a, b = pair(lab2)
    pings = [Ping(lab2, VIP0).wait_answers(), Ping(lab2, VIP1).wait_answers()]
    begun = time.time()
    assert a.stop() == 0
    wait_group(b, "MASTER", 2)
    for ping in pings:
        ping.wait_answers()
        assert not ping.lost(begun)


def test_better_router_on_one_network(lab2):
    """A master that yields on one network yields on both."""
    a = Vrrpd(lab2, "a", conf(100, "0.2")).start()
    wait_group(a, "MASTER")
    b = Vrrpd(lab2, "b", settings() + instance(51, prio=200,
        interval="0.2")).start()
    b.wait_state("I51", "MASTER")
    a.sync()
    wait_until(lambda: not lab2.has("a", VIP0) and not lab2.has("a", VIP1),
        3, "a holds nothing")
    wait_until(lambda: groups(a)["G"]["state"] == "BACKUP", 1, "BACKUP")
    # its other member could, but waits
    wait_until(lambda: groups(a)["G"]["reason"] ==
        "1 of 2 members could be MASTER", 3, "it waits")
    stays(lambda: not lab2.has("a", VIP1), 1, "it waits on")
    assert b.stop() == 0
    wait_both(lab2, "a", 3)


def test_track_interface(lab2):
    """A tracker of the group counts for all members."""
    for host in "ab":
        lab2.extra_link(host, "x0")
    text = ("track_interface {", "x0 weight -60", "}")
    a = Vrrpd(lab2, "a", conf(150, "0.3", *text)).start()
    wait_group(a, "MASTER")
    b = Vrrpd(lab2, "b", conf(100, "0.3", *text)).start()
    wait_group(b, "BACKUP")
    a.sync()
    lab2.ip("a", "link set x0p down")
    wait_group(b, "MASTER", 5)
    wait_both(lab2, "b")
    wait_group(a, "BACKUP", 2)
    for name in MEMBERS:
        assert a.instance(name)["priority"] == 90
    lab2.ip("a", "link set x0p up")
    wait_both(lab2, "a", 5)


def test_track_script(lab2):
    """A script without weight that fails is a fault of all."""
    flag = lab2.path("flag")
    head = script("S", "/usr/bin/test -e " + flag, interval="0.2")
    os.chmod(lab2.folder, 0o755)
    open(flag, "w", encoding="ascii").close()
    a = Vrrpd(lab2, "a", conf(150, "0.3", "track_script {", "S", "}",
        head=head)).start()
    wait_group(a, "MASTER")
    b = Vrrpd(lab2, "b", conf(100, "0.3")).start()
    wait_group(b, "BACKUP")
    os.unlink(flag)
    wait_group(a, "FAULT", 3)
    wait_both(lab2, "b", 3)
    open(flag, "w", encoding="ascii").close()
    wait_both(lab2, "a", 5)


def test_objects_and_fifo(lab2):
    """A file that only the group tracks is a fault of all; the FIFO has the
    group with priority 0, and once more after a reload that asks for it."""
    value, fifo = lab2.path("value"), lab2.path("fifo")
    os.chmod(lab2.folder, 0o755)
    with open(value, "w", encoding="ascii") as f:
        f.write("0\n")
    os.mkfifo(fifo, 0o600)
    fd = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    text = ""

    def told(line, count):
        nonlocal text
        try:
            text += os.read(fd, 65536).decode()
        except BlockingIOError:
            pass
        return text.count(line) >= count

    try:
        a = Vrrpd(lab2, "a", settings("notify_fifo " + fifo,
            "fifo_write_vrrp_states_on_reload") +
            "track_file T {\nfile %s\nweight 0\n}\n" % value +
            group("track_file {", "T", "}") + members(150, "0.2")).start()
        wait_group(a, "MASTER")
        wait_until(lambda: told('GROUP "G" MASTER 0\n', 1), 3, lambda: text)
        with open(value, "w", encoding="ascii") as f:
            f.write("1\n")
        wait_group(a, "FAULT", 3)
        wait_until(lambda: told('GROUP "G" FAULT 0\n', 1), 3, lambda: text)
        assert text.count('" FAULT 150\n') == 2
        a.ctl("reload")
        wait_until(lambda: told('GROUP "G" FAULT 0\n', 2), 3, lambda: text)
        with open(value, "w", encoding="ascii") as f:
            f.write("0\n")
        wait_group(a, "MASTER", 5)
        wait_until(lambda: told('GROUP "G" MASTER 0\n', 2), 3, lambda: text)
    finally:
        os.close(fd)


def notify_conf(lab, host, interval):
    path = lab.path("out-" + host)
    run = lab.write("note-%s.sh" % host, "#!/bin/sh\necho \"$@\" >>%s\n"
        % path, 0o755)
    lines = ['notify_%s "%s own %%s %s"' % (what, run, what) for what in
        ("master", "backup", "fault", "stop")] + ['notify "%s"' % run]
    text = settings() + group(*[l % "G" if "%s" in l else l for l in lines])
    for vrid, dev, vip in ((51, "e0", VIP0), (52, "f0", VIP1)):
        text += instance(vrid, *[l % ("I%d" % vrid) if "%s" in l else l
            for l in lines], dev=dev, vips=[vip], interval=interval,
            prio=150)
    return text, path


def read_lines(path):
    try:
        with open(path, encoding="ascii") as f:
            return f.read().split("\n")[:-1]
    except FileNotFoundError:
        return []


def test_notify(lab2):
    """Every object runs its own commands in order; what the group is told
    has GROUP and priority 0."""
    text, path = notify_conf(lab2, "a", "0.2")
    a = Vrrpd(lab2, "a", text).start()
    wait_group(a, "MASTER")
    lab2.cable("a", False, "f0")
    wait_group(a, "FAULT", 2)
    lab2.cable("a", True, "f0")
    a.sync()
    wait_group(a, "MASTER", 5)
    wait_until(lambda: len([l for l in read_lines(path) if
        l == "GROUP G MASTER 0"]) == 2, 3, lambda: "\n".join(
        read_lines(path)))
    assert a.stop() == 0
    lines = read_lines(path)
    seen = ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER", "STOP"]
    for name, word, prio in (("G", "GROUP", 0), ("I51", "INSTANCE", 150),
            ("I52", "INSTANCE", 150)):
        want = []
        for state in seen:
            want += ["own %s %s" % (name, state.lower()),
                "%s %s %s %d" % (word, name, state, prio)]
        assert [l for l in lines if " %s " % name in l + " "] == want
    # at the end all instances, then the group
    order = [n for n, s in states(a) if s == "INIT"]
    assert order[-1] == "G" and set(order) == {"I51", "I52", "G"}


def test_reload_adds_a_member(lab2):
    """S4: who is MASTER stays so without a gap, and the new one joins by its
    own timer."""
    cap = Capture(lab2)
    a = Vrrpd(lab2, "a", conf(150, "0.5", more=("preempt_delay 60",)))
    a.start()
    wait_group(a, "MASTER")
    watch = AddressWatch(lab2, "a")
    ping = Ping(lab2, VIP0).wait_answers()
    begun = time.time()
    more = instance(53, "preempt_delay 60", prio=150, interval="0.5",
        vips=[VIP2])
    a.reload(settings() + group(members=MEMBERS + ("I53",)) +
        members(150, "0.5", ("preempt_delay 60",)) + more)
    row = {m["name"]: m for m in groups(a)["G"]["members"]}
    assert groups(a)["G"]["state"] == "MASTER"
    assert row["I53"]["state"] == "BACKUP" and not row["I53"]["in_step"]
    a.wait_state("I53", "MASTER", 4)
    wait_until(lambda: lab2.has("a", VIP2), 1, "the new address")
    cap.wait(lambda: cap.garps(VIP2, begun), 2, "its announcement")
    assert all(m["in_step"] for m in groups(a)["G"]["members"])
    ping.wait_answers()
    assert not ping.lost(begun)
    assert not watch.of(VIP0, False, begun)
    assert not watch.of(VIP1, False, begun)
    assert not cap.adverts(begun, prio=0)
    for name in MEMBERS:
        assert a.entered(name, "BACKUP") == 1
    # and it belongs to the others from now on
    lab2.cable("a", False, "f0")
    wait_until(lambda: not lab2.has("a", VIP2), 2, "it goes with the others")


def test_reload_makes_and_takes_a_group(lab2):
    """Instances that are MASTER go into a group, and out of it again."""
    plain = settings() + members(150, "0.5")
    a = Vrrpd(lab2, "a", plain).start()
    wait_group(a, "MASTER")
    wait_both(lab2, "a", 1)
    watch = AddressWatch(lab2, "a")
    begun = time.time()
    a.reload(conf(150))
    assert groups(a)["G"]["state"] == "MASTER"
    a.reload(settings() + group(members=("I51",)) + members(150, "0.5"))
    assert [m["name"] for m in groups(a)["G"]["members"]] == ["I51"]
    a.reload(plain)
    assert not groups(a)
    assert a.instance("I51")["sync_group"] is None
    stays(lambda: lab2.has("a", VIP0) and lab2.has("a", VIP1), 1, "both")
    assert not watch.of(VIP0, False, begun)
    assert not watch.of(VIP1, False, begun)


def test_reload_into_a_contested_group(lab2):
    """A new member that another router has the better claim to: the group
    cannot be MASTER, and gives the rest up at once."""
    a = Vrrpd(lab2, "a", conf(100, "0.5")).start()
    wait_group(a, "MASTER")
    b = Vrrpd(lab2, "b", settings() + instance(53, prio=200, interval="0.5",
        vips=[VIP2])).start()
    b.wait_state("I53", "MASTER")
    a.reload(settings() + group(members=MEMBERS + ("I53",)) +
        members(100, "0.5") + instance(53, prio=100, interval="0.5",
        vips=[VIP2]))
    wait_until(lambda: groups(a)["G"]["state"] == "BACKUP", 3, "BACKUP")
    wait_until(lambda: not lab2.has("a", VIP0) and not lab2.has("a", VIP1),
        1, "a has nothing")
    b.stop()
    wait_both(lab2, "a", 5)
    assert lab2.has("a", VIP2)


def test_owners(lab2):
    """A group of owners is MASTER at once, a mixed one is not."""
    own = settings() + group() + members(255, "0.5").replace("BACKUP",
        "MASTER")
    a = Vrrpd(lab2, "a", own).start()
    wait_group(a, "MASTER", 2)
    assert a.entered("I51", "BACKUP") == 0
    assert a.entered("G", "BACKUP") == 0
    a.stop()
    mixed = own.replace("priority 255", "priority 100", 1)
    b = Vrrpd(lab2, "b", mixed).start()
    assert "begins as BACKUP" in b.log()
    wait_group(b, "MASTER", 5)
    assert b.entered("I52", "BACKUP") == 1


def test_freeze(lab2):
    """A router that was away comes back as BACKUP with all members."""
    a, b = pair(lab2, interval="0.3")
    b.sync()
    a.freeze()
    wait_group(b, "MASTER", 4)
    a.sync()
    a.thaw()
    wait_both(lab2, "a", 6)
    seen = states(a, a.mark)
    assert ("I51", "BACKUP") in seen and ("I52", "BACKUP") in seen


def test_engine_crash(lab2):
    a, b = pair(lab2)
    b.sync()
    os.kill(a.child("vrrpe"), signal.SIGKILL)
    try:
        wait_group(b, "MASTER", 3)
    except Timeout:
        pass                    # it came back before anybody noticed
    wait_both(lab2, "a", 8)
    assert groups(a)["G"]["state"] == "MASTER"
