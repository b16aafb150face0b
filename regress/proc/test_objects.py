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



"""The checker's other work: tracked files and processes, the notify FIFOs,
the start-up and the shutdown script. A fake parent and engine drive it."""

import fcntl
import os
import select
import shutil
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# The path comes first; fixtures are used by their names.
# pylint: disable=wrong-import-position,redefined-outer-name,unused-import
from test_checker import (BACKUP, BACKUP_PRIO, BAD, DELETED, EXEC, FAULT,
    FIFO, FIFO_SCRIPT, GOOD, MASTER, MASTER_PRIO, NOBODY, RX_LOWER, SHUTDOWN,
    STARTUP, STATUS, STOP, TIMEOUT, VRRP_FIFO, alive, checkers, file, folder,
    hook, process, read, script, until)  # noqa: E402,F401

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def move(path, text):
    """As an editor does: a new file takes its place."""
    write(path + ".new", text)
    os.rename(path + ".new", path)


def values(checker, *want):
    """The next values, in order."""
    for value in want:
        assert checker.track(wait=3, value=value).status == GOOD


# Files

def test_file_values(checkers, folder):
    c = checkers()
    c.connect()
    path = folder + "/value"
    c.load(more=[file(1, path)])
    values(c, 0)
    write(path, "5\n")
    values(c, 5)
    move(path, "-0x10 of something\n")
    values(c, -16)
    write(path, "99999999999\n")
    values(c, 2 ** 31 - 1)
    write(path, "")
    values(c, 0)
    write(path, "7")
    values(c, 7)
    os.unlink(path)
    values(c, 0)
    write(folder + "/elsewhere", "9")
    os.rename(folder + "/elsewhere", path)
    values(c, 9)
    os.rename(path, folder + "/elsewhere")
    values(c, 0)
    os.link(folder + "/elsewhere", path)
    values(c, 9)
    row = c.rows()["file1"]
    assert (row.kind, row.value, row.status) == (2, 9, GOOD)
    assert row.runs >= 9


def test_file_is_quick(checkers, folder):
    c = checkers()
    c.connect()
    path = folder + "/value"
    c.load(more=[file(1, path)])
    values(c, 0)
    slow = 0.0
    for value in range(1, 30):
        start = time.monotonic()
        write(path, str(value))
        values(c, value)
        slow = max(slow, time.monotonic() - start)
    assert slow < 0.3


def test_file_others_do_not_matter(checkers, folder):
    c = checkers()
    c.connect()
    c.load(more=[file(1, folder + "/value"), file(2, folder + "/second")])
    c.track(id=1)
    c.track(id=2)
    write(folder + "/other", "5")
    write(folder + "/valu", "5")
    write(folder + "/values", "5")
    write(folder + "/second", "3")
    msg = c.track(id=2, value=3)
    assert msg.value == 3
    assert c.rows()["file1"].value == 0
    write(folder + "/value", "4")
    c.track(id=1, value=4)


def test_file_whose_folder_comes_later(checkers, folder):
    c = checkers()
    c.connect()
    deep = folder + "/a/b/c"
    c.load(more=[file(1, deep + "/value")])
    values(c, 0)
    os.mkdir(folder + "/a")
    os.makedirs(deep)
    write(deep + "/value", "3")
    values(c, 3)
    shutil.rmtree(folder + "/a")
    values(c, 0)
    os.makedirs(folder + "/new/b/c")
    write(folder + "/new/b/c/value", "4")
    os.rename(folder + "/new", folder + "/a")
    values(c, 4)
    write(deep + "/value", "5")
    values(c, 5)
    os.rename(deep, folder + "/a/b/d")
    values(c, 0)
    os.rename(folder + "/a/b/d", deep)
    values(c, 5)


@pytest.mark.parametrize("how", ["folder", "fifo", "unreadable"])
def test_file_that_cannot_be_read(checkers, folder, how):
    """It counts as 0, and nothing waits for it."""
    c = checkers(uid=NOBODY)
    c.connect()
    path = folder + "/value"
    write(path, "5")
    os.chmod(path, 0o644)
    c.load(more=[file(1, path)])
    values(c, 5)
    os.unlink(path)
    values(c, 0)
    if how == "folder":
        os.mkdir(path)
    elif how == "fifo":
        os.mkfifo(path)
    else:
        write(folder + "/x", "6")
        os.chmod(folder + "/x", 0o600)
        os.rename(folder + "/x", path)
    time.sleep(0.1)
    assert c.rows()["file1"].value == 0
    (os.rmdir if how == "folder" else os.unlink)(path)
    write(path, "8")
    values(c, 8)


def test_init_file(checkers, script):
    """Made by the user who reads it, unless it is there or is to be
    overwritten; its folder need not allow it."""
    c = checkers(uid=NOBODY)
    c.connect()
    out = script.out
    for name in ("there", "over"):
        write(out + "/" + name, "40\n")
        os.chown(out + "/" + name, NOBODY, NOBODY)
    c.load(more=[file(1, out + "/made", -7), file(2, out + "/there", 1),
        file(3, out + "/over", 2, 1), file(4, "/no/such/folder/x", 3)])
    got = {m.id: m.value for m in (c.track() for _ in range(4))}
    assert got == {1: -7, 2: 40, 3: 2, 4: 0}
    assert read(out + "/made") == "-7\n"
    assert os.stat(out + "/made").st_uid == NOBODY
    assert "/no/such/folder/x: cannot be made" in c.logged()


def test_files_at_reload(checkers, folder):
    c = checkers()
    c.connect()
    write(folder + "/a", "1")
    write(folder + "/b", "2")
    c.load(more=[file(1, folder + "/a"), file(2, folder + "/b")])
    assert {c.track().value, c.track().value} == {1, 2}
    c.load(more=[file(1, folder + "/b")])
    c.track(id=1, value=2)
    write(folder + "/b", "3")
    c.track(id=1, value=3)
    assert list(c.rows()) == ["file1"]
    c.load()
    write(folder + "/b", "4")
    assert not c.rows()


# Processes

@pytest.fixture
def programs(folder):
    """Starts copies of sleep under other names."""
    started = []

    def start(name, *args, after=""):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            shutil.copy("/bin/sleep", path)
        if after:
            started.append(subprocess.Popen(["/bin/sh", "-c",
                "sleep %s; exec %s %s" % (after, path, " ".join(args))]))
        else:
            started.append(subprocess.Popen([path, *args]))
            until(lambda: read("/proc/%d/comm" % started[-1].pid).strip() ==
                name)
        return started[-1]

    def stop(proc):
        proc.kill()
        proc.wait()

    start.stop = stop
    yield start
    for proc in started:
        if proc.poll() is None:
            stop(proc)


def test_process_comes_and_goes(checkers, programs):
    c = checkers()
    c.connect()
    c.load(more=[process(1, "trkone")])
    msg = c.track()
    assert (msg.id, msg.status, msg.value) == (1, BAD, 0)
    start = time.monotonic()
    first = programs("trkone", "60")
    assert c.track(value=1).status == GOOD
    assert time.monotonic() - start < 1.0
    second = programs("trkone", "60")
    assert c.track(value=2).status == GOOD
    start = time.monotonic()
    programs.stop(first)
    assert c.track(value=1).status == GOOD
    assert time.monotonic() - start < 0.2       # the descriptor says so
    start = time.monotonic()
    programs.stop(second)
    assert c.track(value=0).status == BAD
    assert time.monotonic() - start < 0.2


def test_process_that_nobody_waits_for(checkers, programs):
    """A zombie has ended, and does not keep the checker busy."""
    c = checkers()
    c.connect()
    proc = programs("trkzombie", "60")
    c.load(more=[process(1, "trkzombie")])
    assert c.track().value == 1
    os.kill(proc.pid, 9)
    assert c.track(value=0).status == BAD
    with open("/proc/%d/stat" % c.proc.pid, encoding="ascii") as f:
        before = sum(map(int, f.read().split()[13:15]))
    time.sleep(1.0)
    with open("/proc/%d/stat" % c.proc.pid, encoding="ascii") as f:
        after = sum(map(int, f.read().split()[13:15]))
    assert after - before < 20                  # of 100 ticks
    assert c.rows()["proc1"].value == 0


def test_process_that_execs(checkers, programs):
    """It gets its name some time after it was started."""
    c = checkers()
    c.connect()
    c.load(more=[process(1, "trkexec")])
    assert c.track().value == 0
    programs("trkexec", "60", after="1.3")
    assert c.track(wait=5, value=1).status == GOOD


def test_process_parameters(checkers, folder, programs):
    c = checkers()
    c.connect()
    path = folder + "/trkpar"
    programs("trkpar", "61", "0.5")
    programs("trkpar", "61")
    c.load(more=[process(1, path, "61", full=1, match=1),
        process(2, path, "61", full=1, match=2),
        process(3, path, "6", full=1, match=3),
        process(4, path, full=1, match=1),
        process(5, "trkpar"), process(6, "sleep", "61", full=1, match=1)])
    got = {m.id: m.value for m in (c.track() for _ in range(6))}
    assert got == {1: 1, 2: 2, 3: 2, 4: 0, 5: 2, 6: 0}


def test_process_quorum_and_delays(checkers, programs):
    c = checkers()
    c.connect()
    c.load(more=[process(1, "trkdelay", quorum=2, most=3, fork=0.6,
        terminate=0.3)])
    assert c.track().status == BAD
    procs = [programs("trkdelay", "60") for _ in range(2)]
    start = time.monotonic()
    c.track(value=2, status=BAD)
    c.track(wait=3, value=2, status=GOOD)
    assert 0.55 < time.monotonic() - start < 1.6
    programs.stop(procs[0])
    start = time.monotonic()
    c.track(value=1, status=GOOD)
    c.track(value=1, status=BAD)
    assert 0.25 < time.monotonic() - start < 1.0
    # one that is back in time is not missed
    procs[0] = programs("trkdelay", "60")
    c.track(wait=3, value=2, status=GOOD)
    c.load(more=[process(1, "trkdelay", quorum=2, most=3, terminate=2)])
    programs.stop(procs[0])
    c.track(value=1, status=GOOD)
    programs("trkdelay", "60")
    c.track(value=2, status=GOOD)
    time.sleep(2.2)
    assert c.rows()["proc1"].status == GOOD


def test_process_reload(checkers, programs):
    c = checkers()
    c.connect()
    programs("trkload", "60")
    c.load(more=[process(1, "trkload")])
    assert c.track().status == GOOD
    c.load(more=[process(1, "trkload", quorum=2)])
    c.track(status=BAD)
    c.load(more=[process(1, "trkload", quorum=0, most=0)])
    c.track(status=BAD)
    c.load(more=[process(1, "trknone")])
    c.track(value=0, status=BAD)
    c.load()
    assert not c.rows()


def test_process_as_nobody(checkers, programs):
    c = checkers(uid=NOBODY)
    c.connect()
    proc = programs("trkroot", "60")
    c.load(more=[process(1, "trkroot")])
    assert c.track().value == 1
    programs.stop(proc)
    assert c.track(value=0).status == BAD


# FIFOs

class Reader:
    def __init__(self, path):
        os.mkfifo(path)
        self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def text(self, wait=2.0):
        """What comes until nothing more does."""
        out = b""
        while select.select([self.fd], [], [], wait)[0]:
            got = os.read(self.fd, 65536)
            if not got:
                break
            out += got
            wait = 0.2
        return out.decode()


def test_fifo_lines(checkers, folder):
    """To the byte, and in the order of events."""
    c = checkers()
    c.connect()
    one, two = Reader(folder + "/one"), Reader(folder + "/two")
    c.load(more=[hook(FIFO, folder + "/one"),
        hook(VRRP_FIFO, folder + "/two")])
    c.settled()
    c.notify(1, BACKUP, 100)
    c.notify(2, MASTER, 254, name='odd "name"')
    c.notify(1, MASTER_PRIO, 90)
    c.notify(1, BACKUP_PRIO, 80)
    c.notify(1, FAULT, 1)
    c.notify(1, RX_LOWER, 255)
    c.notify(1, DELETED, 100)
    c.notify(9, MASTER, 0, name="G", group=1)
    c.notify(1, BACKUP, 7, part=1)
    c.notify(1, STOP, 100)
    want = ('INSTANCE "VI_1" BACKUP 100\n'
        'INSTANCE "odd "name"" MASTER 254\n'
        'INSTANCE "VI_1" MASTER_PRIORITY 90\n'
        'INSTANCE "VI_1" BACKUP_PRIORITY 80\n'
        'INSTANCE "VI_1" FAULT 1\n'
        'INSTANCE "VI_1" MASTER_RX_LOWER_PRI 255\n'
        'INSTANCE "VI_1" DELETED 100\n'
        'GROUP "G" MASTER 0\n'
        'INSTANCE "VI_1" BACKUP 7\n'
        'INSTANCE "VI_1" STOP 100\n')
    assert one.text() == want
    assert two.text() == want


def test_fifo_lines_run_no_script(checkers, folder, script):
    """What is for the FIFO only runs nothing; a queue of slow scripts does
    not hold a line up."""
    c = checkers()
    c.connect()
    fifo = Reader(folder + "/fifo")
    path = script('echo "$3" >> $OUT/log; sleep 0.5')
    c.load(notifies=[(1, "VI_1", 8, [path])],
        more=[hook(FIFO, folder + "/fifo")])
    c.settled()
    c.notify(1, MASTER_PRIO, 90)
    c.notify(1, MASTER, 90, part=1)
    start = time.monotonic()
    c.notify(1, BACKUP)
    c.notify(1, MASTER)
    c.notify(1, FAULT)
    assert fifo.text().count("\n") == 5
    assert time.monotonic() - start < 0.5
    until(lambda: read(script.out + "/log").count("\n") == 3)
    assert read(script.out + "/log") == "BACKUP\nMASTER\nFAULT\n"


def test_fifo_without_reader(checkers, folder):
    """Lines stay until it is full, then they are lost, and counted; nothing
    waits."""
    c = checkers()
    c.connect()
    path = folder + "/fifo"
    os.mkfifo(path)
    c.load(more=[hook(FIFO, path)])
    c.settled()
    line = len('INSTANCE "VI_1" MASTER 100\n')
    size = 65536
    count = size // line + 200
    start = time.monotonic()
    for _ in range(count):
        c.notify(1, MASTER)
    c.rows()
    assert time.monotonic() - start < 2.0
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    assert fcntl.fcntl(fd, 1032) == size        # F_GETPIPE_SZ
    text = b""
    while select.select([fd], [], [], 0.2)[0]:
        text += os.read(fd, 65536)
    kept = text.count(b"\n")
    assert set(text.split(b"\n")) == {b'INSTANCE "VI_1" MASTER 100', b""}
    assert kept < count
    c.notify(1, BACKUP)
    assert select.select([fd], [], [], 2)[0]
    assert os.read(fd, 4096) == b'INSTANCE "VI_1" BACKUP 100\n'
    log = c.logged()
    assert "nobody reads it, or too slowly: lines are lost" in log
    assert "is read again; %d lines were lost" % (count - kept) in log


@pytest.mark.parametrize("what", ["file", "link", "foreign", "nothing"])
def test_fifo_that_is_none(checkers, folder, what):
    c = checkers(uid=NOBODY)
    c.connect()
    path = folder + "/fifo"
    if what == "file":
        write(path, "")
        os.chmod(path, 0o666)
    elif what == "link":
        os.mkfifo(folder + "/real")
        os.chmod(folder + "/real", 0o666)
        os.symlink("real", path)
    elif what == "foreign":
        os.mkfifo(path)
        os.chown(path, 1, 1)
        os.chmod(path, 0o666)
    c.load(more=[hook(FIFO, path)])
    c.settled()
    c.notify(1, MASTER)
    c.rows()
    if what == "file":
        assert read(path) == ""
    assert "cannot be opened" in c.logged() or "not used" in c.logged()


def test_fifo_reader(checkers, folder, script):
    """Started with the path, started again when it ends, ended with us."""
    c = checkers()
    c.connect()
    path = folder + "/fifo"
    os.mkfifo(path)
    prog = script('echo $$ >> $OUT/pids\nread line < $2\n'
        'echo "$1 $line" >> $OUT/lines')
    c.load(more=[hook(FIFO, path), hook(FIFO_SCRIPT, path, [prog, "arg"])])
    until(lambda: read(script.out + "/pids"))
    c.notify(1, MASTER)
    until(lambda: read(script.out + "/lines"))
    assert read(script.out + "/lines") == 'arg INSTANCE "VI_1" MASTER 100\n'
    until(lambda: len(read(script.out + "/pids").split()) == 2, 4)
    assert "its reader has ended (exit status 0), started again in 1 s" in \
        c.logged()
    pid = int(read(script.out + "/pids").split()[1])
    # the same one goes on over a reload, another one takes its place
    c.load(more=[hook(FIFO, path), hook(FIFO_SCRIPT, path, [prog, "arg"])])
    c.rows()
    assert alive(pid)
    c.load(more=[hook(FIFO, path), hook(FIFO_SCRIPT, path, [prog, "new"])])
    until(lambda: not alive(pid))
    until(lambda: len(read(script.out + "/pids").split()) == 3)
    pid = int(read(script.out + "/pids").split()[2])
    c.engine.close()
    start = time.monotonic()
    c.shutdown(3)
    assert c.end() == 0
    assert time.monotonic() - start < 2.0
    until(lambda: not alive(pid))


def test_fifo_reader_gets_the_last_line(checkers, folder, script):
    c = checkers()
    c.connect()
    path = folder + "/fifo"
    os.mkfifo(path)
    prog = script('exec 3< "$1"; echo > $OUT/open; cat <&3 > $OUT/lines')
    c.load(more=[hook(FIFO, path), hook(FIFO_SCRIPT, path, [prog])])
    c.settled()
    until(lambda: os.path.exists(script.out + "/open"))
    c.notify(1, MASTER)
    c.notify(1, STOP)
    c.engine.close()
    c.shutdown(2)
    assert c.end() == 0
    assert read(script.out + "/lines") == (
        'INSTANCE "VI_1" MASTER 100\nINSTANCE "VI_1" STOP 100\n')


# Start-up and shutdown

def done(c, kind, wait=5.0):
    msg = c.want("HOOK_DONE", wait=wait)
    assert msg.id == kind
    return msg


def test_startup_script(checkers, script):
    c = checkers()
    c.load(more=[hook(STARTUP, "", [script("echo $1 > $OUT/log; exit 3"),
        "a b"], 5)])
    c.send("HOOK", STARTUP, gen=c.gen)
    msg = done(c, STARTUP)
    assert (msg.status, msg.kind, msg.code) == (BAD, STATUS, 3)
    assert read(script.out + "/log") == "a b\n"
    c.load(more=[hook(STARTUP, "", [script("exit 0", "good")], 5)])
    c.send("HOOK", STARTUP, gen=c.gen)
    assert done(c, STARTUP).status == GOOD
    c.load(more=[hook(STARTUP, "", ["/no/such/script"], 5)])
    c.send("HOOK", STARTUP, gen=c.gen)
    assert done(c, STARTUP).kind == EXEC
    c.load()
    c.send("HOOK", STARTUP, gen=c.gen)
    assert done(c, STARTUP).status == BAD


def test_startup_script_that_hangs(checkers, script):
    c = checkers()
    c.load(more=[hook(STARTUP, "", [script("echo $$ > $OUT/pid; sleep 60")],
        0.5)])
    start = time.monotonic()
    c.send("HOOK", STARTUP, gen=c.gen)
    assert done(c, STARTUP).kind == TIMEOUT
    assert 0.4 < time.monotonic() - start < 1.5
    pid = int(read(script.out + "/pid"))
    until(lambda: not alive(pid))


def test_shutdown_script_is_last(checkers, script):
    """After the notify scripts, and after the engine."""
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", STOP, [script("sleep 0.4; "
        "echo stop >> $OUT/log", "stop")])],
        more=[hook(SHUTDOWN, "", [script("echo end >> $OUT/log")], 5)])
    c.settled()
    c.notify(1, STOP)
    c.engine.close()
    c.send("HOOK", SHUTDOWN, gen=c.gen)
    assert done(c, SHUTDOWN).status == GOOD
    assert read(script.out + "/log") == "stop\nend\n"
    c.shutdown(1)
    assert c.end() == 0


def test_shutdown_script_does_not_wait_for_ever(checkers, script):
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", STOP, [script("sleep 60", "stop")])],
        more=[hook(SHUTDOWN, "", [script("echo end >> $OUT/log")], 5)])
    c.settled()
    c.notify(1, STOP)
    start = time.monotonic()
    c.send("HOOK", SHUTDOWN, gen=c.gen)
    assert done(c, SHUTDOWN).status == GOOD
    assert 0.9 < time.monotonic() - start < 2.0


def test_wrong_hooks_end_the_checker(checkers):
    for ident in (0, FIFO, SHUTDOWN + 1):
        c = checkers()
        c.load()
        c.send("HOOK", ident, gen=c.gen)
        assert c.gone()
