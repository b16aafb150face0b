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

"""Checks and notifications: programs that the daemon runs for its user."""

import os
import re
import time

import pytest

from confgen import instance, script, settings
from lib import Capture, Sender, Vrrpd, all_processes, stays, wait_until

VIP = "10.9.0.151"


def flag_script(lab, name, *lines, interval="0.2"):
    """A check that fails while a file is there: (definition, file)."""
    flag = lab.path(name + ".bad")
    return script(name, "/usr/bin/test ! -e " + flag, *lines,
        interval=interval), flag


def touch(path):
    with open(path, "w", encoding="ascii"):
        pass


def start(lab, defs, *more, prio=100, interval="0.2", master=True):
    router = Vrrpd(lab, "a", settings() + defs + instance(51, *more,
        prio=prio, interval=interval)).start()
    if master:
        router.wait_state("I51", "MASTER")
    return router


@pytest.mark.row("098")
def test_weight(lab):
    """A failed check lowers the priority, which is told at once."""
    cap = Capture(lab)
    defs, flag = flag_script(lab, "chk", "weight -20")
    router = start(lab, defs, "track_script {\nchk\n}", interval="1")
    cap.wait_advert(3, host="a", prio=100)
    touch(flag)
    low = cap.wait_advert(4, host="a", prio=80)
    before = [f for f in cap.adverts(host="a", prio=100)][-1]
    assert low.time - before.time < 1.1
    assert router.state("I51") == "MASTER"
    os.unlink(flag)
    cap.wait_advert(4, since=low.time, host="a", prio=100)


def test_weight_positive(lab):
    cap = Capture(lab)
    defs, flag = flag_script(lab, "chk", "weight 20")
    start(lab, defs, "track_script {\nchk\n}")
    cap.wait_advert(4, host="a", prio=120)
    touch(flag)
    cap.wait_advert(4, since=time.time(), host="a", prio=100)


def test_reverse(lab):
    """reverse: a failure adds what it would have taken."""
    cap = Capture(lab)
    defs, flag = flag_script(lab, "chk")
    start(lab, defs, "track_script {\nchk weight -20 reverse\n}")
    cap.wait_advert(4, host="a", prio=100)
    touch(flag)
    raised = cap.wait_advert(4, host="a", prio=120)
    os.unlink(flag)
    cap.wait_advert(4, since=raised.time, host="a", prio=100)


def test_fault(lab):
    """Without a weight a failed check is a fault."""
    cap = Capture(lab)
    defs, flag = flag_script(lab, "chk")
    router = start(lab, defs, "track_script {\nchk\n}")
    wait_until(lambda: lab.has("a", VIP), 2, "the address")
    begun = time.time()
    touch(flag)
    router.wait_state("I51", "FAULT", 3)
    wait_until(lambda: not lab.has("a", VIP), 0.5, "no address")
    cap.wait_advert(2, since=begun, host="a", prio=0)
    row = router.instance("I51")
    assert row["reason"].startswith("script failed (") and \
        row["state"] == "FAULT"
    assert [t["status"] for t in row["tracked"] if t["name"] == "chk"] == \
        ["bad"]
    os.unlink(flag)
    router.wait_state("I51", "MASTER", 5)


def test_rise_fall(lab):
    """Two successes and three failures in a row turn it."""
    counter = lab.path("runs")
    path = lab.write("count.sh", "#!/bin/sh\necho x >>%s\n"
        "test ! -e %s.bad\n" % (counter, counter), 0o755)
    defs = script("chk", path, "rise 2", "fall 3", "weight -20",
        interval="0.2")
    cap = Capture(lab)
    start(lab, defs, "track_script {\nchk\n}")
    cap.wait_advert(4, host="a", prio=100)

    def runs():
        with open(counter, encoding="ascii") as f:
            return len(f.read().split())
    touch(counter + ".bad")
    first = runs()
    cap.wait_advert(4, host="a", prio=80)
    assert 3 <= runs() - first <= 6
    os.unlink(counter + ".bad")
    back = time.time()
    cap.wait_advert(4, since=back, host="a", prio=100)


def test_timeout_kills_the_group(lab):
    """A script that hangs and has a child: both are gone, and there is
    never a second copy."""
    mark = lab.path("hang.sh")
    lab.write("hang.sh", "#!/bin/sh\ntrap '' TERM\nsleep 61 &\n"
        "while :; do sleep 61; done\n", 0o755)
    defs = script("chk", mark, "timeout 1", interval="1")
    router = start(lab, defs, "track_script {\nchk\n}", master=False)

    def copies():
        # What the shell forks has its name, too, until it runs sleep.
        return [p for p in all_processes() if mark in command_of(p) and
            is_leader(p)]
    wait_until(copies, 4, "it runs")
    router.wait_state("I51", "FAULT", 6)
    stays(lambda: len(copies()) <= 1, 4, "one copy", step=0.05)
    group = [p for p in lab.processes("a") if "sleep" in command_of(p)]
    assert router.stop() == 0
    wait_until(lambda: not [p for p in group if command_of(p)], 4,
        "no sleeping child")
    assert not copies()


def is_leader(pid):
    """Of a process group."""
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def command_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def test_never_two_copies(lab):
    """Slower than its interval: late runs are left out."""
    log = lab.path("times")
    path = lab.write("slow.sh", "#!/bin/sh\necho start >>%s\nsleep 0.7\n"
        "echo end >>%s\n" % (log, log), 0o755)
    defs = script("chk", path, "timeout 5", interval="0.2")
    router = start(lab, defs, "track_script {\nchk\n}")

    def words():
        with open(log, encoding="ascii") as f:
            return f.read().split()
    wait_until(lambda: os.path.exists(log) and len(words()) >= 6, 8, "runs")
    assert words()[:6] == ["start", "end"] * 3
    rows = router.show("scripts")["scripts"]
    assert rows[0]["name"] == "chk" and rows[0]["runs"] >= 3


def test_user(lab):
    """The check runs as the user it names, without any capability."""
    log = lab.write("who", "", 0o666)
    path = lab.write("who.sh", "#!/bin/sh\nid -un >%s\n"
        "grep -E 'CapEff|CapBnd' /proc/self/status >>%s\n" % (log, log), 0o755)
    defs = script("chk", path, "user nobody", interval="0.5")
    start(lab, defs, "track_script {\nchk\n}")
    lines = wait_until(lambda: len(open(log).read().split()) >= 5 and
        open(log).read().split(), 4, "it ran")
    assert lines[0] == "nobody"
    assert int(lines[2], 16) == 0


def test_missing_script(lab):
    """Named plainly."""
    router = start(lab, script("chk", "/no/such/check"),
        "track_script {\nchk\n}", master=False)
    assert "/no/such/check" in router.log()


def notify_script(lab):
    log = lab.path("notify.log")
    path = lab.write("notify.sh", "#!/bin/sh\necho \"$0|$*\" >>%s\n" % log,
        0o755)
    return path, lambda: [l.split("|", 1)[1] for l in
        open(log, encoding="ascii").read().split("\n") if l] \
        if os.path.exists(log) else []


def test_notify(lab):
    """Every state once, in order, with keepalived's arguments."""
    path, lines = notify_script(lab)
    lab.extra_link("a", "x0")
    router = start(lab, "", 'notify "%s"' % path, "track_interface {\nx0\n}")
    Sender(lab).send(vrid=51, prio=200, interval=20, addrs=[VIP])
    router.wait_log(r"Entering BACKUP STATE \(was MASTER")
    router.sync()
    router.wait_state("I51", "MASTER", 5)
    lab.ip("a", "link set x0 down")
    router.wait_state("I51", "FAULT", 2)
    assert router.stop() == 0
    want = ["BACKUP", "MASTER", "BACKUP", "MASTER", "FAULT", "STOP"]
    assert lines()[:5] == ["INSTANCE I51 %s 100" % s for s in want[:5]]
    assert [l.split()[2] for l in lines()] == want


def test_notify_priority(lab):
    """Each run has the priority of its time; the one for all states and the
    one for this state are neighbours."""
    path, lines = notify_script(lab)
    lab.extra_link("a", "x0")
    router = start(lab, "", 'notify "%s"' % path,
        'notify_master "%s own"' % path,
        "track_interface {\nx0 weight -30\n}")
    lab.ip("a", "link set x0 down")
    wait_until(lambda: router.instance("I51")["priority"] == 70, 3, "70")
    Sender(lab).send(vrid=51, prio=80, interval=20, addrs=[VIP])
    router.wait_log(r"Entering BACKUP STATE \(was MASTER")
    router.sync()
    router.wait_state("I51", "MASTER", 5)
    lab.ip("a", "link set e0 down")
    router.wait_state("I51", "FAULT", 2)
    assert router.stop() == 0
    words = [l.split() for l in lines()]
    assert [w[2:] for w in words if len(w) == 4] == [["BACKUP", "100"],
        ["MASTER", "100"], ["BACKUP", "70"], ["MASTER", "70"],
        ["FAULT", "70"], ["STOP", "70"]]
    own = [i for i, w in enumerate(words) if w == ["own"]]
    masters = [i for i, w in enumerate(words) if "MASTER" in w]
    assert [abs(a - b) for a, b in zip(own, masters)] == [1, 1]


def test_notify_of_a_state(lab):
    """notify_master and its like: script and arguments in one string."""
    path, lines = notify_script(lab)
    router = start(lab, "", 'notify_backup "%s going back"' % path,
        'notify_master "%s start now"' % path,
        'notify_fault "%s fault"' % path)
    wait_until(lambda: len(lines()) >= 2, 3, "two lines")
    assert lines() == ["going back", "start now"]
    lab.ip("a", "link set e0 down")
    router.wait_state("I51", "FAULT", 2)
    wait_until(lambda: lines()[2:] == ["fault"], 3, "the fault")


def test_notify_in_order(lab):
    """A slow script: runs do not overlap and the newest state comes last."""
    log = lab.path("order.log")
    path = lab.write("order.sh", "#!/bin/sh\necho \"begin $3\" >>%s\n"
        "sleep 0.3\necho \"end $3\" >>%s\n" % (log, log), 0o755)
    router = start(lab, "", 'notify "%s"' % path, interval="0.1")
    sender = Sender(lab)
    for _ in range(3):
        router.sync()
        sender.send(vrid=51, prio=200, interval=10, addrs=[VIP])
        router.wait_state("I51", "MASTER", 5)

    def lines():
        with open(log, encoding="ascii") as f:
            return f.read().split("\n")[:-1]
    wait_until(lambda: len(lines()) >= 16, 8, "eight runs")
    text = lines()
    pairs = list(zip(text[::2], text[1::2]))
    assert all(a.split()[0] == "begin" and b == "end " + a.split()[1]
        for a, b in pairs)
    assert text[-1] == "end MASTER"


def test_script_not_safe(lab):
    """A script that others can write is not run as root."""
    path = lab.write("open.sh", "#!/bin/sh\nexit 0\n", 0o777)
    text = settings() + script("chk", path) + instance(51,
        "track_script {\nchk\n}")
    done = Vrrpd(lab, "a", text)
    done.args.insert(1, "-n")
    done.start(ready=False)
    status = done.wait_exit(5)
    assert re.search(re.escape(path), done.log())
    assert status in (0, 1)
