#
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
#

"""Tracked processes with and without the kernel's process events: the same
things happen, and the same is told. A fake parent and engine drive it."""

import ctypes
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# The path comes first; fixtures are used by their names.
# pylint: disable=wrong-import-position,redefined-outer-name,unused-import
from test_checker import (BAD, GOOD, NOBODY, checkers, folder, process,
    until)  # noqa: E402,F401

# One after the other: the kernel tells of the processes of all.
pytestmark = [pytest.mark.xdist_group("procev"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root")]

NETLINK_CONNECTOR, SOL_NETLINK, ADD_MEMBERSHIP = 11, 270, 1
LISTEN, IGNORE = 1, 2
PR_SET_NAME = 15


def connector(size=1 << 20):
    """As the parent opens one; None where the kernel gives none."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM |
        socket.SOCK_NONBLOCK, NETLINK_CONNECTOR)
    sock.setsockopt(socket.SOL_SOCKET, 33, size)        # SO_RCVBUFFORCE
    try:
        sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, 1)
        ask(sock, LISTEN)
    except OSError:
        sock.close()
        return None
    if not select.select([sock], [], [], 0.5)[0]:
        sock.close()
        return None
    return sock


def ask(sock, what):
    body = struct.pack("=IIIIHHI", 1, 1, 0, 0, 4, 0, what)
    sock.send(struct.pack("=IHHII", 16 + len(body), 3, 0, 0, 0) + body)


@pytest.fixture
def events():
    made = []

    def make(size=1 << 20):
        sock = connector(size)
        if sock is None:
            pytest.skip("the kernel gives no process events here: they need "
                "the initial network and process namespaces")
        made.append(sock)
        return sock

    yield make
    for sock in made:
        ask(sock, IGNORE)
        sock.close()


class Programs:
    """Copies of sleep under other names."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def path(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            shutil.copy("/bin/sleep", path)
        return path

    def start(self, name, seconds="60"):
        self.started.append(subprocess.Popen([self.path(name), seconds]))
        return self.started[-1]

    def shell(self, text):
        self.started.append(subprocess.Popen(["/bin/sh", "-c", text],
            stdin=subprocess.PIPE))
        return self.started[-1]

    def python(self, text):
        self.started.append(subprocess.Popen([sys.executable, "-c", text],
            stdin=subprocess.PIPE))
        return self.started[-1]

    @staticmethod
    def go_on(proc):
        proc.stdin.write(b"\n")
        proc.stdin.flush()

    @staticmethod
    def stop(proc):
        proc.kill()
        proc.wait()

    def close(self):
        for proc in self.started:
            if proc.poll() is None:
                self.stop(proc)
            if proc.stdin:
                proc.stdin.close()


@pytest.fixture
def programs(folder):
    made = Programs(folder)
    yield made
    made.close()


RENAMES = """
import ctypes, os, sys, threading
libc = ctypes.CDLL(None)
def name(text):
    libc.prctl(15, text.encode(), 0, 0, 0)
sys.stdin.readline()
name("trkrenamed")
sys.stdin.readline()
pid = os.fork()
if pid == 0:
    import time
    time.sleep(60)
    os._exit(0)
sys.stdin.readline()
os.kill(pid, 9)
os.waitpid(pid, 0)
sys.stdin.readline()
def thread():
    name("trkother")
    threading.Event().wait(60)
threading.Thread(target=thread, daemon=True).start()
sys.stdin.readline()
name("trkother")
sys.stdin.readline()
"""


def scenario(c, programs):
    """What is told of each tracker after each step. Tracker 1 has a name,
    2 the command line with a parameter, 3 a quorum of two to three with
    delays, 4 none at all allowed, 5 another name."""
    out = []

    def settled(step, **want):
        """Waits for it; what is there in the end is the result."""
        def now():
            rows = c.rows()
            return {k: (rows[k].status, rows[k].value) for k in want}
        until(lambda: now() == want, 6)
        out.append((step, now()))
        assert out[-1] == (step, want)

    path = programs.path("trkcmd")
    c.load(more=[process(1, "trkrenamed"), process(2, path, "61", full=1,
        match=1), process(3, "trkmany", quorum=2, most=3, fork=0.3,
        terminate=0.3), process(4, "trkcmd", quorum=0, most=0),
        process(5, "trkother")])
    yield out
    settled("none", proc1=(BAD, 0), proc2=(BAD, 0), proc3=(BAD, 0),
        proc4=(GOOD, 0), proc5=(BAD, 0))
    one = programs.python(RENAMES)
    programs.go_on(one)
    settled("renamed", proc1=(GOOD, 1), proc5=(BAD, 0))
    programs.go_on(one)
    settled("forked", proc1=(GOOD, 2))
    programs.go_on(one)
    settled("the child died", proc1=(GOOD, 1))
    programs.go_on(one)
    settled("a thread is called so", proc1=(GOOD, 1), proc5=(BAD, 0))
    programs.go_on(one)
    settled("renamed again", proc1=(BAD, 0), proc5=(GOOD, 1))
    shell = programs.shell("read x; exec %s 61" % path)
    settled("before exec", proc2=(BAD, 0), proc4=(GOOD, 0))
    programs.go_on(shell)
    settled("exec", proc2=(GOOD, 1), proc4=(BAD, 1))
    other = programs.start("trkcmd", "62")
    settled("another parameter", proc2=(GOOD, 1), proc4=(BAD, 2))
    programs.stop(shell)
    settled("killed", proc2=(BAD, 0), proc4=(BAD, 1))
    programs.stop(other)
    settled("none left", proc2=(BAD, 0), proc4=(GOOD, 0))
    many = [programs.start("trkmany")]
    settled("one of two", proc3=(BAD, 1))
    many.append(programs.start("trkmany"))
    settled("a quorum", proc3=(GOOD, 2))
    many += [programs.start("trkmany") for _ in range(2)]
    settled("too many", proc3=(BAD, 4))
    many[0].send_signal(signal.SIGSTOP)
    programs.stop(many[0])
    settled("as many as may be", proc3=(GOOD, 3))
    programs.stop(many[1])
    programs.stop(many[2])
    again = programs.start("trkmany")
    settled("one in time", proc3=(GOOD, 2))
    programs.stop(again)
    settled("too few", proc3=(BAD, 1))
    programs.stop(many[3])
    programs.stop(one)
    settled("none", proc1=(BAD, 0), proc3=(BAD, 0), proc5=(BAD, 0))


def told(c, programs, fd=None):
    run = scenario(c, programs)
    out = next(run)
    if fd is not None:
        c.send("PROCEV", fd=fd.fileno(), gen=c.gen)
        until(lambda: "the kernel tells of those that start" in c.logged())
    for _ in run:
        pass
    return out


@pytest.mark.parametrize("uid", [0, NOBODY])
def test_same_results(checkers, programs, events, uid):
    """Every step comes to the same with events and without."""
    results = []
    for fd in (events(), None):
        c = checkers(uid=uid)
        c.connect()
        results.append(told(c, programs, fd))
        how = "the kernel tells" if fd else "no process events"
        assert how in c.logged()
        c.stop()
    assert results[0] == results[1]
    assert len(results[0]) == 18


def test_without_events(checkers, programs):
    """Also where the kernel gives none."""
    c = checkers()
    c.connect()
    assert len(told(c, programs)) == 18


def test_events_are_quick(checkers, programs, events):
    """Start, exec and rename are told at once, not by looking."""
    c = checkers()
    c.connect()
    c.load(more=[process(1, "trkquick"), process(2, "trkrenamed")])
    c.send("PROCEV", fd=events().fileno(), gen=c.gen)
    until(lambda: "the kernel tells" in c.logged())
    slowest = 0.0
    for _ in range(5):
        begun = time.monotonic()
        proc = programs.start("trkquick")
        c.track(id=1, value=1)
        slowest = max(slowest, time.monotonic() - begun)
        programs.stop(proc)
        c.track(id=1, value=0)
    one = programs.python(RENAMES)
    time.sleep(0.3)                     # python's own start
    begun = time.monotonic()
    programs.go_on(one)
    c.track(id=2, value=1)
    assert max(slowest, time.monotonic() - begun) < 0.5


def test_events_are_lost(checkers, programs, events):
    """Too many for the socket: it is looked what there is."""
    c = checkers()
    c.connect()
    c.load(more=[process(1, "trklost")])
    fd = events(4096)
    c.send("PROCEV", fd=fd.fileno(), gen=c.gen)
    until(lambda: "the kernel tells" in c.logged())
    c.track(value=0)
    os.kill(c.proc.pid, signal.SIGSTOP)
    for _ in range(100):
        subprocess.run(["/bin/true"], check=True)
    programs.start("trklost")
    os.kill(c.proc.pid, signal.SIGCONT)
    begun = time.monotonic()
    assert c.track(value=1).status == GOOD
    assert time.monotonic() - begun < 3         # and not after ten seconds


def test_events_of_others_do_not_count(checkers, programs):
    """A socket that says something else, or is closed, changes nothing."""
    c = checkers()
    c.connect()
    c.load(more=[process(1, "trkodd")])
    c.track(value=0)
    for sent in (b"", b"x", bytes(16), bytes(20) + struct.pack("=II", 1, 1),
            os.urandom(76), os.urandom(256), os.urandom(9000)):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        c.send("PROCEV", fd=theirs.fileno(), gen=c.gen)
        theirs.close()
        ours.send(sent)
        proc = programs.start("trkodd")
        assert c.track(value=1).status == GOOD
        ours.close()
        programs.stop(proc)
        assert c.track(value=0).status == BAD
    assert "the kernel tells" not in c.logged()


def test_events_end_with_the_trackers(checkers, programs, events):
    """A reload without trackers closes the socket, one with some may bring
    another."""
    c = checkers()
    c.connect()
    for _ in range(2):
        c.load(more=[process(1, "trkend")])
        c.track(value=0)
        c.send("PROCEV", fd=events().fileno(), gen=c.gen)
        until(lambda: "the kernel tells" in c.logged())
        count = len(os.listdir("/proc/%d/fd" % c.proc.pid))
        proc = programs.start("trkend")
        c.track(value=1)
        programs.stop(proc)
        c.track(value=0)
        c.load()
        c.settled()
        assert len(os.listdir("/proc/%d/fd" % c.proc.pid)) < count
        c.logs.clear()
