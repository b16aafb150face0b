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


"""Notify FIFOs, start-up and shutdown scripts: the same events with vrrpd and
with keepalived, and the same bytes."""

import fcntl
import os
import re
import select
import signal
import stat
import time

import pytest

from confgen import instance, settings
from lib import Keepalived, Vrrpd, stays, wait_until


class Fifo:
    """What a daemon writes; opened when it is there."""

    def __init__(self, path):
        wait_until(lambda: os.path.exists(path), 5, "FIFO " + path)
        self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.text = ""

    def read(self, wait=0.0):
        while select.select([self.fd], [], [], wait)[0]:
            got = os.read(self.fd, 65536)
            if not got:
                break
            self.text += got.decode()
            wait = 0
        return self.text

    def wait(self, line, limit=8):
        wait_until(lambda: line in self.read(), limit,
            lambda: "%r in %r" % (line, self.text))

    def close(self):
        os.close(self.fd)


class Side:
    """One of the two daemons, alone in a lab of its own."""

    def __init__(self, make_lab, kind, conf, *files):
        self.lab = make_lab()
        self.kind = kind
        self.conf = conf
        for name, text in files:
            self.lab.write(name, text)
        self.fifo = None
        if "notify_fifo" in conf:
            # keepalived makes its own one anew at every reload
            os.mkfifo(self.lab.path("fifo"), 0o600)
            self.fifo = Fifo(self.lab.path("fifo"))
            self.lab.closing.append(self.fifo)
        self.router = (Vrrpd if kind == "vrrpd" else Keepalived)(self.lab,
            "a", self.text()).start()

    def text(self):
        return self.conf.replace("FOLDER", self.lab.path("")[:-1])

    def reload(self, conf):
        self.conf = conf
        self.router.write_conf(self.text())
        if self.kind == "vrrpd":
            self.router.ctl("reload")
        else:
            self.router.send_signal(signal.SIGHUP)

    def write(self, name, text):
        with open(self.lab.path(name), "w", encoding="ascii") as f:
            f.write(text)


@pytest.fixture(name="both")
def both_fixture(make_lab):
    def make(conf, *files):
        return [Side(make_lab, kind, conf, *files)
            for kind in ("vrrpd", "keepalived")]
    return make


def fifo_settings(*more):
    return settings("notify_fifo FOLDER/fifo", *more)


FILE = "track_file tf {\nfile FOLDER/value\n%s}\n"


@pytest.mark.row("139")
def test_lines(both):
    """States and priorities in order, to the byte."""
    sides = both(fifo_settings("vrrp_notify_priority_changes true") +
        FILE % "" + instance(51, "track_file {\ntf\n}", name="VI_1",
        interval="0.2"), ("value", "0\n"))
    for side in sides:
        side.fifo.wait(" MASTER 100\n")
    for value, line in (("5", " MASTER_PRIORITY 105\n"),
            ("-90", " MASTER_PRIORITY 10\n"),
            ("1000", " MASTER_PRIORITY 254\n"),
            ("-120", " MASTER_PRIORITY 1\n"),
            ("-254", " FAULT 1\n"), ("20", " BACKUP 120\n")):
        for side in sides:
            side.write("value", value)
        for side in sides:
            side.fifo.wait(line)
    for side in sides:
        side.fifo.wait(" MASTER 120\n")
        assert side.router.stop() == 0
    ours, theirs = (side.fifo.read(0.5) for side in sides)
    assert ours == theirs
    assert ours == "".join('INSTANCE "VI_1" %s\n' % line for line in (
        "BACKUP 100", "MASTER 100", "MASTER_PRIORITY 105",
        "MASTER_PRIORITY 10", "MASTER_PRIORITY 254", "MASTER_PRIORITY 1",
        "FAULT 1", "BACKUP 120", "MASTER 120", "STOP 120"))
    # what a well-known consumer of the FIFO expects of a line
    for line in ours.splitlines():
        assert re.match(r'^(\w+) "([\w-]+)" (\w+) (\d+)$', line)


def test_no_priority_lines(both):
    """Not asked for; one instance asks, the other does not."""
    sides = both(fifo_settings() + FILE % "" + instance(51,
        "track_file {\ntf\n}", name="QUIET", interval="0.2") +
        instance(52, "track_file {\ntf\n}", "notify_priority_changes",
        name="TELLS", interval="0.2"), ("value", "0\n"))
    for side in sides:
        side.fifo.wait('"QUIET" MASTER 100\n')
        side.fifo.wait('"TELLS" MASTER 100\n')
        side.write("value", "7")
        side.fifo.wait('"TELLS" MASTER_PRIORITY 107\n')
        time.sleep(0.2)
        assert '"QUIET" MASTER_PRIORITY' not in side.fifo.read()


@pytest.mark.parametrize("deleted", [True, False])
def test_removed_by_a_reload(both, deleted):
    word = ["notify_deleted"] if deleted else []
    kept = instance(51, name="KEPT", interval="0.2")
    gone = instance(52, *word, name="GONE", interval="0.2")
    sides = both(fifo_settings() + kept + gone)
    for side in sides:
        side.fifo.wait('"KEPT" MASTER 100\n')
        side.fifo.wait('"GONE" MASTER 100\n')
        side.reload(fifo_settings() + kept)
        side.fifo.wait('"GONE" %s 100\n' % ("DELETED" if deleted else
            "FAULT"))
        side.fifo.read(0.5)
        assert side.fifo.text.count('"KEPT"') == 2     # nothing new of it
        assert side.fifo.text.count('"GONE"') == 3


def test_states_again_after_a_reload(make_lab):
    """keepalived 2.2.7 knows the word and writes nothing."""
    conf = fifo_settings("fifo_write_vrrp_states_on_reload") + \
        instance(51, name="VI_1", interval="0.2") + \
        instance(52, name="VI_2", interval="0.2", prio=90)
    side = Side(make_lab, "vrrpd", conf)
    side.fifo.wait('"VI_1" MASTER 100\n')
    side.fifo.wait('"VI_2" MASTER 90\n')
    before = len(side.fifo.read(0.3))
    side.reload(conf)
    wait_until(lambda: side.fifo.read()[before:].count("\n") >= 2, 5,
        "the states again")
    assert sorted(side.fifo.read(0.5)[before:].splitlines()) == [
        'INSTANCE "VI_1" MASTER 100', 'INSTANCE "VI_2" MASTER 90']


def test_scripts_are_not_told_again(make_lab):
    lab = make_lab()
    log = lab.path("log")
    prog = lab.write("notify", '#!/bin/sh\necho "$3" >> %s\n' % log, 0o755)
    conf = settings("notify_fifo %s" % lab.path("fifo"),
        "fifo_write_vrrp_states_on_reload",
        "vrrp_notify_priority_changes") + instance(51, "notify %s" % (prog or
        lab.path("notify")), interval="0.2")
    router = Vrrpd(lab, "a", conf).start()
    fifo = Fifo(lab.path("fifo"))
    fifo.wait(" MASTER 100\n")
    router.reload(conf.replace("priority 100", "priority 101"))
    fifo.wait(" MASTER_PRIORITY 101\n")
    fifo.wait(" MASTER 101\n")
    time.sleep(0.3)
    with open(log, encoding="ascii") as f:
        assert f.read() == "BACKUP\nMASTER\n"
    fifo.close()


def test_fifo_file(make_lab):
    """Made for its user with mode 0600, moved by a reload, gone at the end;
    not one that was there."""
    lab = make_lab()
    one, two = lab.path("one"), lab.path("two")
    conf = settings("notify_fifo %s nobody daemon" % one) + instance(51,
        interval="0.2")
    os.mkfifo(two, 0o600)
    router = Vrrpd(lab, "a", conf).start()
    info = os.stat(one)
    assert stat.S_ISFIFO(info.st_mode)
    assert stat.S_IMODE(info.st_mode) == 0o600
    assert (info.st_uid, info.st_gid) == (65534, 1)
    router.reload(settings("notify_fifo %s" % two) + instance(51,
        interval="0.2"))
    assert not os.path.exists(one)
    fifo = Fifo(two)
    assert router.stop() == 0
    fifo.wait("STOP 100\n")
    assert os.path.exists(two)
    fifo.close()


def test_fifo_in_the_way(make_lab):
    """What is no FIFO is not touched, and is no reason not to start."""
    lab = make_lab()
    path = lab.write("fifo", "precious\n") or lab.path("fifo")
    router = Vrrpd(lab, "a", settings("notify_fifo %s" % path) + instance(51,
        interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    router.wait_log("something else is there than a FIFO")
    assert router.stop() == 0
    with open(path, encoding="ascii") as f:
        assert f.read() == "precious\n"


def test_stopped_reader_stops_nothing(make_lab):
    """A reader that does not read: no advertisement is late."""
    lab = make_lab()
    conf = settings("notify_fifo %s" % lab.path("fifo"),
        "vrrp_notify_priority_changes true") + \
        (FILE % "").replace("FOLDER", lab.path("")[:-1]) + \
        instance(51, "track_file {\ntf\n}", interval="0.2")
    router = Vrrpd(lab, "a", conf).start()
    router.wait_state("I51", "MASTER")
    fd = os.open(lab.path("fifo"), os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(fd, 1031, 4096)                 # F_SETPIPE_SZ
    for value in range(400):
        with open(lab.path("value"), "w", encoding="ascii") as f:
            f.write(str(value % 100 + 1))
        time.sleep(0.002)
    wait_until(lambda: router.instance("I51")["priority"] == 200, 5,
        "the last value")
    router.wait_log("nobody reads it, or too slowly")
    stays(lambda: router.state("I51") == "MASTER", 0.5)
    os.close(fd)
    assert router.stop() == 0


READER = """#!/bin/sh
trap '' TERM
while read -r line; do echo "$line" >> "$1"; done < "$2"
"""


@pytest.mark.parametrize("kind", [Vrrpd, Keepalived])
def test_reader_script(make_lab, kind):
    """Started with the path; it has every line."""
    lab = make_lab()
    prog = lab.write("reader", READER, 0o755)
    lines = lab.path("lines")
    router = kind(lab, "a", settings("notify_fifo " + lab.path("fifo"),
        'notify_fifo_script "%s %s"' % (prog, lines)) + instance(51,
        name="VI_1", interval="0.2")).start()
    wait_until(lambda: os.path.exists(lines) and
        " MASTER 100" in open(lines, encoding="ascii").read(), 8, "a line")
    with open(lines, encoding="ascii") as f:
        assert f.read() == ('INSTANCE "VI_1" BACKUP 100\n'
            'INSTANCE "VI_1" MASTER 100\n')
    router.stop()
    if kind is Vrrpd:
        with open(lines, encoding="ascii") as f:
            assert f.read().endswith(" STOP 100\n")
        assert not lab.processes("a")


def test_startup_and_shutdown(both):
    """The one before the first state, the other when the address is gone;
    neither at a reload."""
    conf = settings("startup_script FOLDER/start",
        "shutdown_script FOLDER/end") + instance(51, interval="0.2")
    note = ('#!/bin/sh\nsleep 0.3\necho %s $(date +%%s.%%N) '
        '$(ip addr show dev e0 | grep -c 10.9.0.151) >> ${0%%/*}/log\n')
    sides = both(settings() + instance(51, interval="0.2"))
    for side in sides:
        assert side.router.stop() == 0
        side.lab.write("start", note % "start", 0o755)
        side.lab.write("end", note % "end", 0o755)
        side.conf = conf
        side.router = type(side.router)(side.lab, "a", side.text()).start()
        side.router.wait_state("I51", "MASTER")
        side.reload(conf)
        time.sleep(0.5)
        assert side.router.stop() == 0
        with open(side.lab.path("log"), encoding="ascii") as f:
            words = [line.split() for line in f]
        assert [w[0] for w in words] == ["start", "end"]
        assert [w[2] for w in words] == ["0", "0"]
    log = sides[0].router.log()
    assert "Entering BACKUP" in log


def test_startup_script_that_hangs(make_lab):
    """It is ended at its limit, and the daemon goes on; a stop does not wait
    for it."""
    lab = make_lab()
    prog = lab.write("hang", "#!/bin/sh\nsleep 60\n", 0o755) or \
        lab.path("hang")
    conf = settings("startup_script %s" % prog, "startup_script_timeout 1",
        "shutdown_script %s" % prog, "shutdown_script_timeout 1") + \
        instance(51, interval="0.2")
    start = time.time()
    router = Vrrpd(lab, "a", conf).start(ready=False)
    router.wait_log("Entering BACKUP STATE")
    assert 0.9 < time.time() - start < 3
    router.wait_log("startup_script: takes too long")
    start = time.time()
    assert router.stop() == 0
    assert 0.9 < time.time() - start < 4
    router = Vrrpd(lab, "a", conf.replace("timeout 1", "timeout 50")).start(
        ready=False)
    time.sleep(6)               # longer than other children may take
    start = time.time()
    assert "Entering" not in router.log() and router.proc.poll() is None
    router.stop()
    assert time.time() - start < 3


def test_second_signal_cuts_the_shutdown_script_short(make_lab):
    lab = make_lab()
    prog = lab.write("hang", "#!/bin/sh\nsleep 60\n", 0o755) or \
        lab.path("hang")
    router = Vrrpd(lab, "a", settings("shutdown_script %s" % prog,
        "shutdown_script_timeout 50") + instance(51, interval="0.2")).start()
    router.send_signal(signal.SIGTERM)
    time.sleep(1.0)
    assert router.proc.poll() is None
    start = time.time()
    router.send_signal(signal.SIGTERM)
    assert router.wait_exit() == 0
    assert time.time() - start < 2
