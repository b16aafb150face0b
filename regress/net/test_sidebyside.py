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

"""Side by side with keepalived: a configuration and what happens to it. The
same lines in the FIFO, the same scripts in the same order, the same priorities
on the wire, the same state at the end. What differs on purpose is said in the
test, with the reason."""

import os
import re
import shutil
import subprocess
import time

import pytest

from confgen import instance, script, settings
from lib import KEEPALIVED, Capture, Keepalived, Lab, Sender, Vrrpd, \
    wait_until
from test_fifo import Fifo

pytestmark = pytest.mark.skipif(not KEEPALIVED, reason="no keepalived")

CHECK = '#!/bin/sh\nexit $(cat %s)\n'
NOTE = '#!/bin/sh\necho "$@" >> %s\n'


class Side:
    """One daemon in a lab of its own; FOLDER is the lab's folder."""

    def __init__(self, make_lab, kind, conf, files, second, outside):
        self.lab = make_lab(second=second)
        self.kind = kind
        self.seen = 0
        self.folder = self.lab.path("")[:-1]
        for name, text in files.items():
            self.lab.write(name, text.replace("FOLDER", self.folder),
                0o755 if text.startswith("#!") else 0o644)
        os.mkfifo(self.lab.path("fifo"), 0o600)
        self.fifo = Fifo(self.lab.path("fifo"))
        self.lab.closing.append(self.fifo)
        self.cap = Capture(self.lab)
        self.router = kind(self.lab, "a", conf.replace("FOLDER",
            self.folder), outside=outside).start()

    def write(self, name, text):
        """At once, as a careful user does."""
        with open(self.lab.path(name + ".new"), "w", encoding="ascii") as f:
            f.write(text)
        os.rename(self.lab.path(name + ".new"), self.lab.path(name))

    def link(self, state, dev="e0"):
        self.lab.ip("a", "link set %s %s" % (dev, state))

    def notes(self):
        try:
            with open(self.lab.path("notes"), encoding="ascii") as f:
                return f.read().splitlines()
        except FileNotFoundError:
            return []

    def lines(self):
        return re.sub(r"(INSTANCE|GROUP) ", "", self.fifo.read()) \
            .splitlines()

    def priorities(self, vrid=51):
        """On the wire, each one once in a row."""
        out = []
        for frame in self.cap.adverts(host="a", vrid=vrid):
            if not out or out[-1] != frame.prio:
                out.append(frame.prio)
        return out


class Pair:
    def __init__(self, make_lab, conf, files=None, second=False,
            outside=False):
        self.sides = [Side(make_lab, kind, conf, files or {}, second,
            outside) for kind in (Vrrpd, Keepalived)]

    def do(self, act, wait=None, limit=8):
        """act on both, then wait for the line in both FIFOs."""
        for side in self.sides:
            side.seen = len(side.lines())
            act(side)
        self.wait(wait, limit)

    def wait(self, line, limit=8):
        """A line that comes after what was done last."""
        for side in self.sides:
            wait_until(lambda side=side: line in side.lines()[side.seen:],
                limit, lambda side=side: "%r of %s in %r\n%s" % (line,
                side.kind.__name__, side.lines(), side.router.tail()))

    def wire(self, prio):
        """An advertisement from now on that says so."""
        now = time.time()
        for side in self.sides:
            side.cap.wait_advert(6, since=now, host="a", prio=prio)

    def settle(self, seconds=0.4):
        time.sleep(seconds)

    def same(self, what):
        ours, theirs = (what(side) for side in self.sides)
        assert ours == theirs
        return ours

    def stop(self):
        for side in self.sides:
            assert side.router.stop() == 0


@pytest.fixture(name="pair")
def pair_fixture(make_lab):
    return lambda *args, **named: Pair(make_lab, *args, **named)


def fifo_settings(*more):
    return settings("notify_fifo FOLDER/fifo",
        "vrrp_notify_priority_changes true", *more)


def check(*lines, name="chk", value="result"):
    return script(name, "FOLDER/" + name, *lines)


def with_script(*lines, track="chk", head=(), inst=()):
    """A configuration with one script, and the files that it needs."""
    return fifo_settings(*head) + check(*lines) + instance(51,
        "track_script {\n%s\n}" % track, *inst, name="V", interval="0.2"), {
        "chk": CHECK % "FOLDER/result", "result": "0"}


@pytest.mark.parametrize("weight,good,bad", [("20", 120, 100),
    ("-30", 100, 70), ("200", 254, 100), ("-120", 100, 1)])
def test_script_weight(pair, weight, good, bad):
    """Good, bad, good; the priorities in the FIFO and on the wire."""
    p = pair(*with_script("weight " + weight))
    for side in p.sides:
        side.cap.wait_advert(8, host="a", prio=good)
    p.do(lambda s: s.write("result", "1"), '"V" MASTER_PRIORITY %d' % bad)
    p.wire(bad)
    p.do(lambda s: s.write("result", "0"), '"V" MASTER_PRIORITY %d' % good)
    p.wire(good)
    assert p.same(lambda s: s.lines()[-2:]) == [
        '"V" MASTER_PRIORITY %d' % bad, '"V" MASTER_PRIORITY %d' % good]
    assert p.same(lambda s: s.priorities()[-3:]) == [good, bad, good]


@pytest.mark.parametrize("reverse", [False, True])
def test_script_fault(pair, reverse):
    """Without a weight: FAULT while it is bad (reverse: while it is good)."""
    good, bad = ("1", "0") if reverse else ("0", "1")
    conf, files = with_script("weight 0 reverse" if reverse else "")
    files["result"] = bad
    p = pair(conf, files)
    p.wait('"V" FAULT 100')
    p.do(lambda s: s.write("result", good), '"V" MASTER 100')
    p.do(lambda s: s.write("result", bad), '"V" FAULT 100')
    p.do(lambda s: s.write("result", good), '"V" MASTER 100')
    p.same(lambda s: s.lines())
    p.stop()
    assert p.same(lambda s: s.lines())[-2:] == ['"V" MASTER 100',
        '"V" STOP 100']
    assert p.same(lambda s: s.lines()).count('"V" FAULT 100') == 2


def test_script_rise_and_fall(pair):
    """One success at the start is enough, one failure too; later they are
    counted."""
    conf, files = with_script("rise 2", "fall 2", "weight -10")
    files["chk"] = '#!/bin/sh\necho x >> FOLDER/runs\nexit $(cat ' \
        'FOLDER/result)\n'
    p = pair(conf, files)

    def runs(side):
        with open(side.lab.path("runs"), encoding="ascii") as f:
            return len(f.read().split())

    def count(side, value, prio):
        """The number of runs until the priority is seen."""
        before = runs(side)
        side.write("result", value)
        side.cap.wait_advert(8, since=time.time(), host="a", prio=prio)
        return runs(side) - before
    p.wait('"V" MASTER 100')
    for side in p.sides:
        assert 2 <= count(side, "1", 90) <= 3
        assert 2 <= count(side, "0", 100) <= 3
    assert p.same(lambda s: s.priorities()) == [100, 90, 100]


def test_init_fail(pair):
    """With a weight that adds: the same. With one that takes away keepalived
    does not begin with less, since it overwrites the word before it is used
    (from 2.0.20 on): vrrpd does what its manual says (test_checker.py)."""
    conf, files = with_script("init_fail", "weight 10")
    p = pair(conf, files)
    p.wire(110)
    p.settle()
    assert p.same(lambda s: s.lines())


@pytest.mark.parametrize("weight,up,down", [("", None, None),
    ("weight 10", 110, 100), ("weight -10", 100, 90)])
def test_interface(pair, weight, up, down):
    p = pair(fifo_settings() + instance(51, "track_interface {\nf0 %s\n}" %
        weight, name="V", interval="0.2"), second=True)
    prio = (up or 100, down or 100)
    master = '"V" MASTER %d' % (up or 100)
    p.wait(master)
    p.do(lambda s: s.link("down", "f0"), '"V" MASTER_PRIORITY %d' % down if
        weight else '"V" FAULT 100')
    if weight:
        p.wire(prio[1])
    p.do(lambda s: s.link("up", "f0"), '"V" MASTER_PRIORITY %d' % up if
        weight else master)
    p.wire(prio[0])
    # keepalived 2.2.7 tells of a priority before it has told of a state
    p.same(lambda s: [x for i, x in enumerate(s.lines()) if i > 0 or
        "_PRIORITY" not in x])
    if weight:
        assert p.same(lambda s: s.priorities()) == [up, down, up]


ELSEWHERE = {
    "address": ("", ["10.8.0.151/24 dev f0"]),
    "excluded": ("virtual_ipaddress_excluded {\n10.8.0.151 dev f0\n}", []),
    "weight": ("track_interface {\nf0 weight 10\n}",
        ["10.8.0.151/24 dev f0"]),
    "ignored": ("dont_track_primary", ["10.8.0.151/24 dev f0"]),
    "route": ("virtual_routes {\n10.77.0.0/16 dev f0\n}", []),
    "rule": ("virtual_rules {\noif f0 table 100 priority 1000\n}", []),
}
NOT_TRACKED = {
    "address": ("", ["10.8.0.151/24 dev f0 no_track"]),
    "route": ("virtual_routes {\n10.77.0.0/16 dev f0 no_track\n}", []),
}


@pytest.mark.parametrize("what", list(ELSEWHERE))
def test_implied_interface(pair, what):
    """What an instance has on another interface makes it tracked, with a
    fault in place of a weight."""
    more, vips = ELSEWHERE[what]
    p = pair(fifo_settings() + instance(51, more, name="V", interval="0.2",
        vips=["10.9.0.151"] + vips), second=True)
    p.wait('"V" MASTER 100')
    p.do(lambda s: s.link("down", "f0"), '"V" FAULT 100')
    p.do(lambda s: s.link("up", "f0"), '"V" MASTER 100')
    p.wire(100)


@pytest.mark.parametrize("what", list(NOT_TRACKED))
def test_not_implied(pair, what):
    more, vips = NOT_TRACKED[what]
    p = pair(fifo_settings() + instance(51, more, name="V", interval="0.2",
        vips=["10.9.0.151"] + vips), second=True)
    p.wait('"V" MASTER 100')
    for state in ("down", "up"):
        for side in p.sides:
            side.link(state, "f0")
    p.wire(100)
    p.same(lambda s: [x for x in s.lines() if "FAULT" in x])


def test_own_interface(pair):
    """Down, up: FAULT, BACKUP, MASTER, with the address again."""
    p = pair(fifo_settings() + instance(51, name="V", interval="0.2"))
    p.wait('"V" MASTER 100')
    p.do(lambda s: s.link("down"), '"V" FAULT 100')
    p.do(lambda s: s.link("up"), '"V" MASTER 100')
    assert p.same(lambda s: s.lines()) == ['"V" %s 100' % w for w in (
        "BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER")]
    for side in p.sides:
        wait_until(lambda side=side: side.lab.has("a", "10.9.0.151"), 3)


def test_file(pair):
    """Missing, a weight that multiplies, a value that is a fault, gone."""
    p = pair(fifo_settings() + "track_file tf {\nfile FOLDER/value\n"
        "weight 2\n}\n" + instance(51, "track_file {\ntf\n}", name="V",
        interval="0.2"))
    p.wait('"V" MASTER 100')
    p.do(lambda s: s.write("value", "10"), '"V" MASTER_PRIORITY 120')
    p.wire(120)
    p.do(lambda s: s.write("value", "-20"), '"V" MASTER_PRIORITY 60')
    p.wire(60)
    p.do(lambda s: s.write("value", "-127"), '"V" FAULT 60')
    p.do(lambda s: os.unlink(s.lab.path("value")), '"V" MASTER 100')
    assert p.same(lambda s: s.lines())
    assert p.same(lambda s: s.priorities())[:3] == [100, 120, 60]


@pytest.mark.parametrize("words,text,want", [("init_file 7", None, 107),
    ("init_file 7", "9", 109), ("init_file 7 overwrite", "9", 107),
    ("init_file", None, 100)])
def test_init_file(pair, words, text, want):
    p = pair(fifo_settings() + "track_file tf {\nfile FOLDER/value\n"
        "weight 1\n%s\n}\n" % words + instance(51, "track_file {\ntf\n}",
        name="V", interval="0.2"), {} if text is None else {"value": text})
    for side in p.sides:
        side.cap.wait_advert(6, host="a", prio=want)
    assert p.same(lambda s: s.priorities()) == [want]
    assert p.same(lambda s: open(s.lab.path("value"),
        encoding="ascii").read().strip()) == str(text if text and
        "overwrite" not in words else (words.split() + ["0"])[1])


GROUP = """vrrp_sync_group G {
group {
A
B
}
%s
}
"""


def grouped(*more, inst=(), head="", prio=100):
    return fifo_settings() + head + GROUP % "\n".join(more) + instance(51,
        *inst, name="A", interval="0.2", prio=prio) + instance(52,
        name="B", interval="0.2", prio=prio, dev="f0", vips=["10.8.0.152"])


class Programs:
    """Both daemons see the same ones: they have a name of this test only."""

    def __init__(self, folder):
        self.prefix = "t%d" % os.getpid()
        self.folder = folder
        self.running = []

    def path(self, name):
        path = os.path.join(self.folder, self.prefix + name)
        if not os.path.exists(path):
            shutil.copy("/bin/sleep", path)
        return path

    def start(self, name, *args):
        self.running.append(subprocess.Popen([self.path(name), *args]))
        return self.running[-1]

    def shell(self, text):
        self.running.append(subprocess.Popen(["/bin/sh", "-c", text],
            stdin=subprocess.PIPE))
        return self.running[-1]

    def stop(self, proc):
        self.running.remove(proc)
        proc.kill()
        proc.wait()

    def close(self):
        for proc in list(self.running):
            self.stop(proc)


@pytest.fixture(name="programs")
def programs_fixture(tmp_path):
    made = Programs(str(tmp_path))
    yield made
    made.close()


def processes(programs, *blocks, inst=()):
    """Trackers: name, program and further lines of each."""
    text = ""
    for name, what, *lines in blocks:
        text += "\n".join(["vrrp_track_process %s {" % name,
            "process " + what] + lines + ["}", ""])
    return fifo_settings() + text + instance(51, "track_process {\n%s\n}" %
        "\n".join(b[0] for b in blocks), *inst, name="V", interval="0.2")


def needs_events(p):
    """keepalived knows of processes by these alone, and so it is started in
    the initial namespace, which only it and we may leave."""
    p.sides[0].router.wait_log("tracked processes: ")
    if "no process events" in p.sides[0].router.log():
        pytest.skip("the kernel gives no process events here")
    p.sides[1].router.wait_log("proc_events has confirmed")


def test_process(pair, programs):
    """Start, end, exec and another name; quorum, quorum_max and parameters:
    each tracker has a weight of its own."""
    path, prefix = programs.path("cmd"), programs.prefix
    p = pair(processes(programs, ("one", prefix + "one", "weight 1"),
        ("many", prefix + "many", "quorum 2", "quorum_max 3", "weight -20"),
        ("none", prefix + "bad", "quorum_max 0", "weight 4"),
        ("cmd", path + " 61", "full_command", "weight 40"),
        ("two", prefix + "two", "weight 8")), outside=True)
    needs_events(p)
    p.wire(84)
    one = programs.start("one", "60")
    p.wire(85)
    bad = programs.start("bad", "60")
    p.wire(81)
    shell = programs.shell("read x; exec %s 61" % path)
    p.wire(81)
    shell.stdin.write(b"\n")
    shell.stdin.close()
    p.wire(121)
    other = programs.start("cmd", "62")
    many = [programs.start("many", "60") for _ in range(2)]
    p.wire(141)
    many += [programs.start("many", "60") for _ in range(2)]
    p.wire(121)
    programs.stop(many[0])
    p.wire(141)
    programs.stop(shell)
    p.wire(101)
    programs.stop(one)
    p.wire(100)
    programs.stop(bad)
    p.wire(104)
    renamed = programs.shell("read x; printf %stwo > /proc/$$/comm; read x" %
        prefix)
    p.wire(104)
    renamed.stdin.write(b"\n")
    renamed.stdin.flush()
    p.wire(112)
    renamed.stdin.close()
    p.wire(104)
    programs.stop(other)
    programs.stop(many[1])
    p.wire(104)
    programs.stop(many[2])
    p.wire(84)
    want = [84, 85, 81, 121, 141, 121, 141, 101, 100, 104, 112, 104, 84]
    assert p.same(lambda s: [int(line.rsplit(" ", 1)[1]) for line in
        s.lines() if "MASTER_PRIO" in line])[-12:] == want[1:]
    assert p.same(lambda s: s.priorities()[-13:]) == want


def test_process_fault(pair, programs):
    """Weight 0, and the delays."""
    p = pair(processes(programs, ("f", programs.prefix + "f",
        "fork_delay 0.6", "terminate_delay 0.4")), outside=True)
    needs_events(p)
    p.wait('"V" FAULT 100')

    def timed(act, line):
        begun = time.time()
        for side in p.sides:
            side.seen = len(side.lines())
        act()
        p.wait(line)
        return time.time() - begun
    first = programs.start("f", "60")
    p.wait('"V" MASTER 100')
    assert timed(lambda: programs.stop(first), '"V" FAULT 100') > 0.35
    assert timed(lambda: programs.start("f", "60"), '"V" BACKUP 100') > 0.55
    p.wait('"V" MASTER 100')
    # Back in time, and nothing happens.
    again = programs.running[-1]
    for side in p.sides:
        side.seen = len(side.lines())
    programs.stop(again)
    programs.start("f", "60")
    p.settle(1.2)
    for side in p.sides:
        assert side.lines()[side.seen:] == []
    p.stop()
    assert p.same(lambda s: s.lines()) == ['"V" %s 100' % state for state in
        ("FAULT", "BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER", "STOP")]


def test_group_member_fault(pair):
    """One interface takes both away, and brings both back together."""
    p = pair(grouped(), second=True)
    p.wait('"G" MASTER 0')
    p.do(lambda s: s.link("down", "f0"), '"G" FAULT 0')
    p.settle()
    for side in p.sides:
        assert not side.lab.has("a", "10.9.0.151")
    p.do(lambda s: s.link("up", "f0"), '"G" MASTER 0')
    p.settle()
    ours, theirs = ([line for line in side.lines()] for side in p.sides)
    for name in "ABG":
        assert [x for x in ours if name in x.split()[0]] == \
            [x for x in theirs if name in x.split()[0]]
    p.stop()
    assert p.same(lambda s: sorted(s.lines()[-3:])) == ['"A" STOP 100',
        '"B" STOP 100', '"G" STOP 0']
    assert p.same(lambda s: s.lines()[-1]) == '"G" STOP 0'


@pytest.mark.parametrize("word", ["sync_group_tracking_weight",
    "global_tracking", ""])
def test_group_weights(pair, word):
    """A script with a weight on a member: it counts with the word only."""
    p = pair(grouped(word, head=check("weight -10"), inst=(
        "track_script {\nchk\n}",)), {"chk": CHECK % "FOLDER/result",
        "result": "0"}, second=True)
    p.wait('"G" MASTER 0')
    for side in p.sides:
        side.write("result", "1")
    if word:
        p.wait('"A" MASTER_PRIORITY 90')
        p.wire(90)
    else:
        p.settle(1.5)
    assert p.same(lambda s: s.priorities()) == ([100, 90] if word else [100])


def test_group_tracks(pair):
    """What the group tracks counts for all of its members."""
    p = pair(grouped("track_script {\nchk\n}", "track_file {\ntf\n}",
        "sync_group_tracking_weight", head=check("weight -10") +
        "track_file tf {\nfile FOLDER/value\nweight 1\n}\n"),
        {"chk": CHECK % "FOLDER/result", "result": "0", "value": "0"},
        second=True)
    p.wait('"G" MASTER 0')
    p.do(lambda s: s.write("result", "1"), '"B" MASTER_PRIORITY 90')
    p.wire(90)
    p.do(lambda s: s.write("value", "5"), '"B" MASTER_PRIORITY 95')
    p.wire(95)
    p.do(lambda s: s.write("value", "-254"), '"G" FAULT 0')
    p.do(lambda s: s.write("value", "0"), '"G" MASTER 0')
    p.settle()
    for name in "ABG":
        p.same(lambda s, name=name: [x for x in s.lines() if name in
            x.split()[0]])
    assert p.same(lambda s: s.priorities())[:3] == [100, 90, 95]


def test_group_notify_priority_changes(pair):
    """The word of a group counts for its members."""
    conf = grouped("notify_priority_changes", "sync_group_tracking_weight",
        head=check("weight -10"), inst=("track_script {\nchk\n}",))
    p = pair(conf.replace("vrrp_notify_priority_changes true\n", ""),
        {"chk": CHECK % "FOLDER/result", "result": "0"}, second=True)
    p.wait('"G" MASTER 0')
    p.do(lambda s: s.write("result", "1"), '"A" MASTER_PRIORITY 90')


def noted(name):
    """All notify words, each with its own note."""
    return ["notify_%s \"FOLDER/note %s-%s\"" % (w, name, w) for w in
        ("master", "backup", "fault", "stop")] + \
        ['notify "FOLDER/note %s"' % name]


def test_notify_order(pair):
    """Scripts of instances and of a group, from the start to the end: the
    order of each object's own ones. keepalived starts them all at once, so
    that two that come together may be noted in either order: sorted."""
    p = pair(fifo_settings() + GROUP % "\n".join(noted("G")) + instance(51,
        *noted("A"), name="A", interval="0.2") + instance(52, *noted("B"),
        name="B", interval="0.2", dev="f0", vips=["10.8.0.152"]),
        {"note": NOTE % "FOLDER/notes"}, second=True)
    p.wait('"G" MASTER 0')
    p.settle()
    p.do(lambda s: s.link("down"), '"G" FAULT 0')
    p.settle()
    p.do(lambda s: s.link("up"), '"G" MASTER 0')
    p.settle()
    p.stop()
    p.settle(0.2)

    def steps(side, name):
        got = [x for x in side.notes() if x.startswith(name)]
        return [sorted(got[i:i + 2]) for i in range(0, len(got), 2)]
    for name, prio in (("A", 100), ("B", 100), ("G", 0)):
        kind = "GROUP" if name == "G" else "INSTANCE"
        want = [sorted(["%s-%s" % (name, w.lower()), "%s %s %s %s %d" %
            (name, kind, name, w, prio)]) for w in ("BACKUP", "MASTER",
            "FAULT", "BACKUP", "MASTER", "STOP")]
        assert p.same(lambda s, name=name: steps(s, name)) == want


def test_notify_lower_priority(pair):
    """A master that hears a lower priority tells it, and stays."""
    p = pair(fifo_settings() + instance(51,
        'notify_master_rx_lower_pri "FOLDER/note lower"', name="V",
        interval="1"), {"note": NOTE % "FOLDER/notes"})
    p.wait('"V" MASTER 100')
    for side in p.sides:
        Sender(side.lab).send(vrid=51, prio=50, addrs=["10.9.0.151"])
    p.wait('"V" MASTER_RX_LOWER_PRI 100')
    for side in p.sides:
        wait_until(lambda side=side: side.notes() == ["lower"], 3)
    p.same(lambda s: s.lines())


def test_conditions(pair):
    """@ and -i: the lines of this router only."""
    text = fifo_settings() + instance(51, "@one garp_master_repeat 2",
        name="V", interval="0.2").replace("priority 100", "@one priority 111"
        "\n@two priority 122\n@^one priority 133").replace(
        "advert_int 0.2", "advert_int 0.2\n@^two advert_int 0.3")
    sides = []
    for kind in (Vrrpd, Keepalived):
        for ident, prio in (("one", 111), ("two", 133)):
            sides.append((kind, ident, prio))
    for kind, ident, prio in sides:
        lab = Lab()
        try:
            cap = Capture(lab)
            kind(lab, "a", text.replace("FOLDER", lab.path("")[:-1]),
                args=["-i", ident]).start()
            cap.wait_advert(6, host="a", prio=prio,
                interval=30 if ident == "one" else 20)
        finally:
            lab.close()
