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

"""vrrpctl top on a terminal of tmux, beside a daemon."""

import os
import re
import shlex
import shutil
import signal
import subprocess

import pytest

from confgen import block, instance, script, settings
from lib import VRRPCTL, Vrrpd, command, family_of, kill, wait_until

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None,
    reason="no tmux")


class Screen:
    """A terminal with a shell's echo of the exit status after the program."""

    count = 0

    def __init__(self, lab, host, args, width=80, height=24, env=""):
        Screen.count += 1
        self.base = ["tmux", "-S", lab.path("tmux%d" % Screen.count), "-f",
            "/dev/null"]
        line = "%s ip netns exec %s %s; echo status $?; exec sleep 60" % (
            env, lab.name(host), " ".join(shlex.quote(a) for a in args))
        lab.closing.append(self)
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height),
            line)

    def tmux(self, *args):
        return command(self.base + list(args)).stdout

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def size(self, width, height):
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def text(self, *args):
        return self.tmux("capture-pane", "-p", *args)

    def wait(self, regex, limit=15):
        return wait_until(lambda: re.search(regex, self.text(), re.M), limit,
            lambda: "%s on the screen:\n%s" % (regex, self.text()), 0.1)

    def pid(self):
        """Of the program itself."""
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        for pid in family_of(shell):
            with open("/proc/%d/comm" % pid, encoding="ascii") as f:
                if f.read().startswith("vrrpctl"):
                    return pid
        return None

    def close(self):
        command(self.base + ["kill-server"], check=False)


@pytest.fixture(name="router")
def router_fixture(lab):
    bad = lab.write("bad", "#!/bin/sh\necho no route >&2\nexit 7\n", 0o755)
    a = Vrrpd(lab, "a", settings("router_id gw-a") + script("chk", bad,
        "weight -20") + instance(51, prio=150, interval="0.2",
        name="first") + instance(52, block("track_script", "chk"),
        interval="0.2", name="second") + instance(53, dev="e7",
        interval="0.2", name="third")).start()
    Vrrpd(lab, "b", settings() + instance(52, prio=150, interval="0.2",
        name="second")).start()
    a.wait_state("first", "MASTER")
    wait_until(lambda: a.instance("second")["master"] == "10.9.0.2", 10, "b",
        0.1)
    return a


def top(router, **more):
    return Screen(router.lab, router.host, [VRRPCTL, "-s",
        router.rundir + "/control", "top"], **more)


def rows(screen):
    """Names of instances, from the top."""
    return re.findall(r"^(first|second|third) +(?:MASTER|BACKUP|FAULT)",
        screen.text(), re.M)


def test_table(router):
    """All there is, at every size; keys choose, sort and explain."""
    s = top(router)
    s.wait(r"^gw-a: 3 instances: 1 MASTER, 1 BACKUP, 1 FAULT")
    s.wait(r"^first +MASTER +\S+ +150 +(4\.\d+|5\.\d+) +0\.00 +- self$")
    s.wait(r"^second +BACKUP +\S+ +80/100 +0\.00 +(4\.\d+|5\.\d+) "
        r"+\d+\.\dms 10\.9\.0\.2$")
    s.wait(r"^third +FAULT ")
    s.wait(r"^chk +bad .* no route$")
    s.wait(r"^\d\d:\d\d:\d\d third +FAULT +interface does not exist")
    s.wait(r"^q quit ")
    assert all(len(l) <= 80 for l in s.text().split("\n"))
    assert rows(s) == ["first", "second", "third"]
    s.keys("s")
    s.keys("r")
    wait_until(lambda: rows(s) == ["third", "second", "first"], 5, s.text,
        0.1)
    s.keys("s")                 # by state, still backwards
    wait_until(lambda: rows(s) == ["second", "first", "third"], 5, s.text,
        0.1)
    s.keys("S", "S", "r")       # as configured
    wait_until(lambda: rows(s) == ["first", "second", "third"], 5, s.text,
        0.1)
    s.keys("Home", "Down", "Enter")
    s.wait(r"^second +BACKUP *$")
    s.wait(r"^role +The master 10\.9\.0\.2 advertises priority 150")
    s.wait(r'^ +.*"no route"')
    s.size(40, 10)
    s.wait(r"^second +BACKUP *$")
    assert all(len(l) <= 40 for l in s.text().split("\n"))
    s.keys("End")
    s.wait(r"priority 0\.$")
    s.keys("Escape")
    s.wait(r"^first +MASTER +\S+ +150$")
    wait_until(lambda: rows(s) == ["first", "second", "third"], 5, s.text,
        0.1)
    s.keys("?")
    s.wait(r"choose an instance")
    s.keys("x")
    s.size(150, 30)
    s.wait(r"^third +FAULT .* interface does not exist \(e7\)$")
    s.wait(r"REASON")
    s.keys("q")
    s.wait(r"^status 0$")


def test_many(lab):
    """More instances than lines: the chosen one is always seen."""
    a = Vrrpd(lab, "a", settings() + "".join(instance(n, name="i%03d" % n,
        interval="1") for n in range(1, 61))).start()
    s = top(a)
    s.wait(r"^\S* *60 instances|^60 instances")
    s.keys("End")
    s.wait(r"^i060 ")
    s.keys("Up", "Up", "Enter")
    s.wait(r"^i058 ")
    s.keys("q", "Home")
    s.wait(r"^i001 ")
    assert not re.search(r"^i060 ", s.text(), re.M)
    s.keys("NPage")
    s.size(40, 10)
    s.wait(r"^i0\d\d ")
    s.size(10, 3)               # too small for anything, and no harm
    s.size(80, 24)
    s.wait(r"^INSTANCE ")
    s.keys("q")
    s.wait(r"^status 0$")


def test_dead_engine(router):
    """An error in place of the table, and the table again afterwards."""
    s = top(router)
    s.wait(r"^first +MASTER")
    router.freeze()
    s.wait(r"^The state of this router is not known\.")
    s.wait(r"does not answer")
    assert "MASTER" not in s.text()
    s.keys("Down")              # keys still work
    router.thaw()
    s.wait(r"^first +MASTER", 30)
    router.kill_hard()
    s.wait(r"vrrpd is not running")
    assert "MASTER" not in s.text()
    Vrrpd(router.lab, "a", settings() + instance(51, interval="0.2",
        name="first"), rundir=router.rundir).start()
    s.wait(r"^first +MASTER", 20)
    s.keys("q")
    s.wait(r"^status 0$")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT,
    signal.SIGHUP])
def test_signals(router, number):
    """The terminal is as before, and the shell sees the signal."""
    s = top(router)
    s.wait(r"^first +MASTER")
    kill([s.pid()], number)
    s.wait(r"^status %d$" % (128 + number))
    assert s.tmux("display-message", "-p", "#{cursor_flag}").strip() == "1"
    assert s.tmux("display-message", "-p",
        "#{alternate_on}").strip() == "0"


def test_colours(router):
    """Only on a terminal that has them, and not against the user's will."""
    for env, wanted in (("TERM=xterm-256color", True), ("TERM=vt100", False),
            ("TERM=xterm-256color NO_COLOR=1", False)):
        s = top(router, env=env)
        s.wait(r"^first +MASTER")
        assert ("\033[1m\033[32mMASTER" in s.text("-e") or
            "\033[1;32mMASTER" in s.text("-e") or
            "[32m" in s.text("-e")) == wanted, env
        s.close()


def test_no_terminal(router):
    """A clear word where there is no screen."""
    done = router.ctl("top", check=False)
    assert done.returncode == 2 and "not a terminal" in done.stderr
    s = top(router, env="TERM=no-such-thing")
    s.wait(r'terminal "no-such-thing" is not known')
    s.wait(r"^status 2$")
    done = subprocess.run([VRRPCTL, "-j", "top"], capture_output=True,
        text=True, check=False, env={**os.environ})
    assert done.returncode == 2 and "not with -j" in done.stderr
