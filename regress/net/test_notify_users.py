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

"""Notify scripts of one instance or group that run as different users: never
two at once, in order, and the last one tells what is."""

import os
import signal
import time

import pytest

from confgen import instance, script, settings
from lib import Vrrpd, alive, family_of, stays, wait_until

OWN = ("notify_master", "notify_backup", "notify_fault", "notify_stop")


class Scripts:
    """root's commands for a state and nobody's for all, which write when they
    begin and end; in between those that are held wait."""

    def __init__(self, lab):
        self.lab = lab
        self.log = lab.write("log", "", 0o666)
        self.stop = lab.path("stop")
        self.path = lab.write("note.sh", """#!/bin/sh
who=$1 state=$2
test $who = any && state=$4
echo "begin $who $state" >>%s
while test -e %s.$who; do sleep 0.05; done
sleep 0.05
echo "end $who $state" >>%s
""" % (self.log, self.stop, self.log), 0o755)

    def conf(self, own="root", other="nobody"):
        words = ['%s "%s own %s" %s' % (word, self.path,
            word[7:].upper(), own) for word in OWN]
        return words + ['notify "%s any" %s' % (self.path, other)]

    def hold(self, who="own"):
        with open(self.stop + "." + who, "w", encoding="ascii"):
            pass

    def go(self, who="own"):
        os.unlink(self.stop + "." + who)

    def lines(self):
        with open(self.log, encoding="ascii") as f:
            return f.read().split("\n")[:-1]

    def wait_lines(self, count):
        wait_until(lambda: len(self.lines()) >= count, 10, self.lines)

    def wait_last(self, *lines):
        """These are the last ones, and nothing runs."""
        wait_until(lambda: self.lines()[-len(lines):] == list(lines), 15,
            self.lines)

    def events(self, killed=()):
        """(who, state) of every run, none of which overlaps another. A run
        that was killed has no end."""
        out, killed = [], list(killed)
        lines = self.lines()
        at = 0
        while at < len(lines):
            word, who, state = lines[at].split()
            assert word == "begin", lines
            out.append((who, state))
            if lines[at + 1:at + 2] == ["end %s %s" % (who, state)]:
                at += 2
            else:
                assert killed and who == killed.pop(0), lines
                at += 1
        return out


def flap(router, lab, times):
    """FAULT and back to MASTER."""
    for _ in range(times):
        router.sync()
        lab.ip("a", "link set x0 down")
        router.wait_state("I51", "FAULT", 5)
        router.sync()
        lab.ip("a", "link set x0 up")
        router.wait_state("I51", "MASTER", 5)


def text(scripts, glob=(), group=False, **users):
    words = scripts.conf(**users)
    return settings(*glob) + instance(51, *([] if group else words),
        "track_interface {\nx0\n}", interval="0.1") + ("vrrp_sync_group G {"
        "\ngroup {\nI51\n}\n%s\n}\n" % "\n".join(words) if group else "")


def start(lab, scripts, **more):
    lab.extra_link("a", "x0")
    router = Vrrpd(lab, "a", text(scripts, **more)).start()
    router.wait_state("I51", "MASTER", 5)
    return router


def comm(pid):
    with open("/proc/%d/comm" % pid, encoding="ascii") as f:
        return f.read().strip()


def checkers(router):
    """Process ids by user."""
    return {os.stat("/proc/%d" % pid).st_uid: pid
        for pid in family_of(router.pid)[1:]
        if comm(pid) == "checker"}


def pairs(*states):
    return [(who, state) for state in states for who in ("own", "any")]


@pytest.mark.parametrize("group", [False, True])
def test_order(lab, group):
    scripts = Scripts(lab)
    router = start(lab, scripts, group=group)
    flap(router, lab, 1)
    assert router.stop() == 0
    wait_until(lambda: scripts.lines()[-1] == "end any STOP", 5,
        scripts.lines)
    assert scripts.events() == pairs("BACKUP", "MASTER", "FAULT", "BACKUP",
        "MASTER", "STOP")


def test_newest_state_and_fifo(lab):
    """A script that hangs keeps all others of its instance, not the lines of
    the FIFO; then what is new is told."""
    scripts = Scripts(lab)
    scripts.hold()
    path = lab.path("fifo")
    os.mkfifo(path, 0o600)
    fifo = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    router = start(lab, scripts, glob=("vrrp_notify_fifo " + path,))
    flap(router, lab, 4)
    wait_until(lambda: scripts.lines(), 5, "one runs")
    told = ""

    def complete():
        nonlocal told
        try:
            told += os.read(fifo, 65536).decode()
        except BlockingIOError:
            pass
        return told.count("\n") >= 14
    wait_until(complete, 5, lambda: told)
    os.close(fifo)
    assert [line.split()[2] for line in told.splitlines()] == \
        ["BACKUP", "MASTER"] + ["FAULT", "BACKUP", "MASTER"] * 4
    assert scripts.lines() == ["begin own BACKUP"]
    assert "(I51) a notify script still runs while 8 events wait: only the " \
        "newest state will be told" in router.log()
    scripts.go()
    scripts.wait_last("begin own MASTER", "end own MASTER",
        "begin any MASTER", "end any MASTER")
    assert len(scripts.events()) < 2 * 14


@pytest.mark.parametrize("uid", [0, 65534])
def test_checker_killed(lab, uid):
    """The other one's are run, and its own once more, by its successor."""
    scripts = Scripts(lab)
    router = start(lab, scripts)
    scripts.wait_last("begin any MASTER", "end any MASTER")
    who = "own" if uid == 0 else "any"
    scripts.hold(who)
    before = len(scripts.lines())
    router.sync()
    lab.ip("a", "link set x0 down")
    router.wait_state("I51", "FAULT", 5)
    wait_until(lambda: scripts.lines()[-1] == "begin %s FAULT" % who, 5,
        scripts.lines)
    killed = len(scripts.lines())
    os.kill(checkers(router)[uid], signal.SIGKILL)
    scripts.wait_lines(killed + 1)
    scripts.go(who)
    wait_until(lambda: scripts.lines().count("end %s FAULT" % who) == 1, 10,
        scripts.lines)
    told = scripts.events([who])[before // 2:]
    assert told.count((who, "FAULT")) == 2
    assert ("any", "FAULT") in told and ("own", "FAULT") in told
    router.sync()
    lab.ip("a", "link set x0 up")
    router.wait_state("I51", "MASTER", 5)
    scripts.wait_last("begin own MASTER", "end own MASTER",
        "begin any MASTER", "end any MASTER")
    assert scripts.events([who])[-4:] == pairs("BACKUP", "MASTER")


def test_engine_killed(lab):
    """What waited in it is lost; the next one waits for what still runs, and
    has the state told that there is then."""
    scripts = Scripts(lab)
    router = start(lab, scripts)
    scripts.wait_last("begin any MASTER", "end any MASTER")
    scripts.hold()
    router.sync()
    lab.ip("a", "link set x0 down")
    router.wait_state("I51", "FAULT", 5)
    wait_until(lambda: scripts.lines()[-1] == "begin own FAULT", 5,
        scripts.lines)
    router.sync()
    lab.ip("a", "link set x0 up")
    router.wait_state("I51", "MASTER", 5)
    engine = router.child("vrrpe")
    os.kill(engine, signal.SIGKILL)
    wait_until(lambda: router.child("vrrpe") not in (None, engine), 5, "engine")
    wait_until(lambda: router.state("I51") == "MASTER", 5, "MASTER")
    assert scripts.lines()[-1] == "begin own FAULT"
    scripts.go()
    scripts.wait_last("begin own MASTER", "end own MASTER",
        "begin any MASTER", "end any MASTER")
    assert scripts.events()[-3:] == [("own", "FAULT")] + pairs("MASTER")


def test_engine_killed_in_fault(lab):
    """The next one has something to tell at once, before it hears that a
    script still runs."""
    scripts = Scripts(lab)
    router = start(lab, scripts)
    scripts.wait_last("begin any MASTER", "end any MASTER")
    scripts.hold()
    router.sync()
    lab.ip("a", "link set x0 down")
    router.wait_state("I51", "FAULT", 5)
    wait_until(lambda: scripts.lines()[-1] == "begin own FAULT", 5,
        scripts.lines)
    engine = router.child("vrrpe")
    os.kill(engine, signal.SIGKILL)
    wait_until(lambda: router.child("vrrpe") not in (None, engine), 5, "engine")
    wait_until(lambda: router.state("I51") == "FAULT", 5, "FAULT")
    scripts.go()
    scripts.wait_last("begin own FAULT", "end own FAULT", "begin any FAULT",
        "end any FAULT")
    lab.ip("a", "link set x0 up")
    scripts.wait_last("begin own MASTER", "end own MASTER",
        "begin any MASTER", "end any MASTER")
    scripts.events()


def test_reload(lab):
    """While one runs: to another user, to one user alone, and back."""
    scripts = Scripts(lab)
    router = start(lab, scripts)
    for users in ({"other": "daemon"}, {"other": "root"},
            {"own": "nobody", "other": "root"}):
        scripts.wait_last("begin any MASTER", "end any MASTER")
        scripts.hold()
        before = len(scripts.lines())
        router.sync()
        lab.ip("a", "link set x0 down")
        router.wait_state("I51", "FAULT", 5)
        scripts.wait_lines(before + 1)
        router.reload(text(scripts, **users))
        router.sync()
        lab.ip("a", "link set x0 up")
        router.wait_state("I51", "MASTER", 5)
        scripts.go()
        scripts.wait_last("begin own MASTER", "end own MASTER",
            "begin any MASTER", "end any MASTER")
    assert scripts.events() == pairs("BACKUP", "MASTER",
        *["FAULT", "BACKUP", "MASTER"] * 3)


@pytest.mark.parametrize("more", [["notify /bin/true nobody"], []])
def test_removed_while_checker_is_down(lab, more):
    """It waits to be started again: a reload starts it, so that it can be
    told of the end by what it knew."""
    note = lab.path("note")
    lab.write("note", "", 0o666)
    path = lab.write("end.sh", "#!/bin/sh\necho $3 >>%s\n" % note, 0o755)
    common = settings() + instance(52, *more)
    router = Vrrpd(lab, "a", common + instance(51, "notify %s nobody" % path,
        interval="0.1")).start()
    router.wait_state("I51", "MASTER", 5)

    def told():
        with open(note, encoding="ascii") as f:
            return f.read().split()
    wait_until(lambda: told()[-1:] == ["MASTER"], 5, told)
    for _ in range(20):
        if "dies too often: starting again in" in router.log():
            break
        pids = checkers(router)
        if 65534 in pids:
            os.kill(pids[65534], signal.SIGKILL)
        time.sleep(0.1)
    router.wait_log("checker.nobody.: dies too often", 1)
    assert 65534 not in checkers(router)
    router.reload(common)
    wait_until(lambda: told()[-1] == "FAULT", 5, told)
    assert "may not have been told" not in router.log()


def test_stopped(lab):
    """A checker that does not answer is ended, with what it runs, and its
    successor goes on; what was found out stays until then."""
    fail = lab.path("fail")
    path = lab.write("chk.sh", "#!/bin/sh\nsleep 0.5\ntest ! -e %s\n" % fail,
        0o755)
    scripts = Scripts(lab)
    lab.extra_link("a", "x0")
    router = Vrrpd(lab, "a", text(scripts) .replace("track_interface",
        "track_script {\nchk weight -20\n}\ntrack_interface") +
        script("chk", path, "user nobody", interval="2")).start()
    with open(fail, "w", encoding="ascii"):
        pass
    wait_until(lambda: router.instance("I51")["priority"] == 80, 5, "80")
    scripts.wait_last("begin any MASTER", "end any MASTER")
    scripts.hold("any")
    router.sync()
    lab.ip("a", "link set x0 down")
    router.wait_state("I51", "FAULT", 5)
    wait_until(lambda: scripts.lines()[-1] == "begin any FAULT", 5,
        scripts.lines)
    router.sync()
    pids = checkers(router)
    runs = [p for p in family_of(pids[65534])[1:] if comm(p) == "note.sh"]
    assert len(runs) == 1
    os.kill(pids[65534], signal.SIGSTOP)
    begun = time.monotonic()
    router.wait_log(r"checker.nobody.: silent for 1\d\d\d\d ms: killed", 25)
    assert time.monotonic() - begun > 9
    wait_until(lambda: checkers(router).get(65534, pids[65534]) !=
        pids[65534], 5, "its successor")
    stays(lambda: router.instance("I51")["priority"] == 80, 0.8, "80")
    wait_until(lambda: not alive(runs[0]), 2, "its script is ended")
    scripts.go("any")
    lab.ip("a", "link set x0 up")
    wait_until(lambda: scripts.lines()[-1] == "end any MASTER", 10,
        scripts.lines)
    os.unlink(fail)
    wait_until(lambda: router.instance("I51")["priority"] == 100, 5, "100")
    assert router.log().count("silent for") == 1
    assert checkers(router)[0] == pids[0]
    assert "vrrpe: killed" not in router.log()


def test_removed(lab):
    """By a reload while one runs: the end is told to both."""
    scripts = Scripts(lab)
    scripts.hold()
    router = start(lab, scripts)
    scripts.wait_lines(1)
    router.reload(settings() + instance(52))
    time.sleep(0.2)
    assert scripts.lines() == ["begin own BACKUP"]
    scripts.go()
    scripts.wait_last("begin any FAULT", "end any FAULT")
    assert scripts.events() == pairs("BACKUP", "MASTER", "FAULT")
