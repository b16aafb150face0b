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


"""The checker process, driven by a fake parent and a fake engine, with real
scripts: who runs them, when, and what becomes of them."""

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# The path comes first.
# pylint: disable=wrong-import-position
import vrrpe_peer as v  # noqa: E402
from vrrpe_peer import s32, s64, string, u8, u16, u32, u64  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

NOBODY = 65534
UNKNOWN, GOOD, BAD = 0, 1, 2
STATUS, SIGNAL, TIMEOUT, EXEC = 1, 2, 3, 4
(MASTER, BACKUP, FAULT, STOP, RX_LOWER, DELETED, MASTER_PRIO, BACKUP_PRIO,
    ANY) = range(9)
v.SPECS.setdefault("TRACK", "status:B kind:B code:i value:i")
v.SPECS.setdefault("HOOK_DONE", "status:B kind:B code:i value:i")


def argv(words):
    return u16(len(words)) + b"".join(string(w) for w in words)


def messages(scripts, notifies, more=()):
    """scripts: dicts of id, name, cmd, interval, timeout, rise, fall and
    init_fail; notifies: (id, name, event, cmd), those of groups first, with a
    fifth element; more: messages as they are, by file(), process() and
    hook()."""
    body = [("CONF_GLOBAL", 0, v.encode(v.GLOBAL, {}))]
    for s in scripts:
        body.append(("CONF_SCRIPT", s.get("id", 1),
            string(s.get("name", "chk%d" % s.get("id", 1))) +
            argv(s["cmd"]) + string("someone") + string("") +
            s64(int(s.get("interval", 1) * 1e6)) +
            s64(int(s.get("timeout", s.get("interval", 1)) * 1e6)) +
            s64(0) + s64(0) + s64(s.get("rise", 1)) + s64(s.get("fall", 1)) +
            s64(s.get("init_fail", 0)) + s64(1)))
    body += more
    for ident, name, event, cmd, *group in notifies:
        body.append(("CONF_NOTIFY", ident, u8(len(group)) + string(name) +
            u8(event) + argv(cmd) + string("someone") + string("") + s64(1)))
    counts = b"".join(u32(sum(k == kind for k, _, _ in body))
        for kind in v.COUNTED)
    out = [("CONF_BEGIN", 0, counts)] + body
    fnv = 0xcbf29ce484222325
    for _, _, data in out:
        for byte in data:
            fnv = ((fnv ^ byte) * 0x100000001b3) % 2 ** 64
    return out + [("CONF_END", 0, u64(fnv))]


def file(ident, path, init=None, overwrite=0):
    return ("CONF_FILE", ident, string("file%d" % ident) + string(path) +
        string("someone") + string("") + s64(1) + s64(0) +
        s64(init is not None) + s64(overwrite) + s64(init or 0) + s64(1))


def process(ident, *cmd, full=0, match=0, quorum=1, most=2 ** 32 - 1, fork=0,
        terminate=0):
    return ("CONF_PROCESS", ident, string("proc%d" % ident) + argv(cmd) +
        string("someone") + string("") + s64(full) + s64(match) + s64(0) +
        s64(0) + s64(quorum) + s64(most) + s64(int(fork * 1e6)) +
        s64(int(terminate * 1e6)) + s64(1))


FIFO, FIFO_SCRIPT, VRRP_FIFO, VRRP_FIFO_SCRIPT, STARTUP, SHUTDOWN = range(1, 7)


def hook(kind, path="", cmd=(), timeout=0):
    return ("CONF_HOOK", kind, string(path) + argv(cmd) + string("someone") +
        string("") + s64(int(timeout * 1e6)) + s64(1))


class Checker(v.Peer):
    """A running checker, and us as its parent."""

    def __init__(self, uid=0, no_new_privs=0, env=None):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        super().__init__(ours)
        self.gen = 0
        self.engine = None
        self.proc = subprocess.Popen([os.path.join(v.BIN, "checker")],
            close_fds=False, stdin=subprocess.DEVNULL, env=env, cwd="/",
            preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
        theirs.close()
        self.send("HELLO", data=u32(v.VERSION) + string(v.BUILD) + u8(3) +
            u32(uid) + u32(uid) + u16(0) + string("") + u32(1024) + u8(0) +
            s32(0) + u8(0) + u8(0) + bytes(36) + u8(no_new_privs))
        assert self.recv().type == "READY"

    def stage(self, scripts=(), notifies=(), more=()):
        self.gen += 1
        for kind, ident, data in messages(scripts, notifies, more):
            self.send(kind, ident, data, gen=self.gen)
        return self.want_answer()

    def want_answer(self):
        msg = self.recv()
        assert msg.type in ("CONF_ACK", "CONF_NAK"), msg
        assert msg.gen == self.gen
        return msg

    def load(self, scripts=(), notifies=(), more=()):
        assert self.stage(scripts, notifies, more).type == "CONF_ACK"
        self.send("CONF_COMMIT", gen=self.gen)

    def settled(self):
        """What was loaded runs: of two sockets either may be read first."""
        self.stage()
        self.send("CONF_ABORT", gen=self.gen)
        self.gen -= 1

    def connect(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        self.send("PEER", 1, fd=theirs.fileno(), gen=self.gen)
        theirs.close()
        self.engine = v.Peer(ours)
        return self.engine

    def track(self, wait=5.0, **fields):
        return self.engine.want("TRACK", wait=wait, **fields)

    def notify(self, ident, event, priority=100, name="VI_1", group=0,
            part=0):
        self.engine.send("NOTIFY", ident, u8(group) + u8(event) +
            u8(priority) + u8(part) + string(name), gen=self.gen)

    def rows(self):
        """Of "show scripts", by name."""
        self.engine.send("CTL_SCRIPTS", 9, gen=self.gen)
        out = {}
        while True:
            msg = self.engine.recv()
            if msg.type == "CTL_END":
                assert msg.id == 9
                return out
            if msg.type == "CTL_SCRIPT":
                assert msg.id == 9
                out[msg.name] = msg

    def shutdown(self, seconds):
        self.send("SHUTDOWN", data=s64(
            int((time.monotonic() + seconds) * 1e6)))

    def logged(self):
        """The lines so far."""
        try:
            self.recv(0.2)
        except TimeoutError:
            pass
        return "\n".join(self.logs)

    def end(self, wait=5.0):
        return self.proc.wait(wait)

    def stop(self):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait()
        self.close()
        if self.engine:
            self.engine.close()


@pytest.fixture
def folder():
    """Where scripts may lie: root's, and everybody may look."""
    path = tempfile.mkdtemp(prefix="checker-test.")
    os.chmod(path, 0o755)
    os.mkdir(path + "/out")
    os.chmod(path + "/out", 0o1777)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def checkers():
    made = []

    def make(**kw):
        made.append(Checker(**kw))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def script(folder):
    """Makes a script; OUT in it is the folder to write to."""

    def make(text, name="script", mode=0o755):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\nOUT=%s/out\n%s\n" % (folder, text))
        os.chmod(path, mode)
        return path

    def headless():
        path = os.path.join(folder, "headless")
        with open(path, "w", encoding="ascii") as f:
            f.write("exit 0\n")
        os.chmod(path, 0o755)
        return path

    make.headless = headless
    make.out = folder + "/out"
    return make


def read(path):
    try:
        with open(path, encoding="ascii") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def until(what, wait=5.0):
    """Calls what until it is true."""
    end = time.monotonic() + wait
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.01)
    raise AssertionError("not within %.1f s" % wait)


def alive(pid):
    state = read("/proc/%d/stat" % pid)
    return state != "" and state.rpartition(")")[2].split()[0] != "Z"


def children(pid):
    return [int(p) for p in
        read("/proc/%d/task/%d/children" % (pid, pid)).split()]


def pids_in(path, count):
    """The process ids that scripts wrote there, when there are enough."""
    words = read(path).split()
    return [int(w) for w in words] if len(words) >= count else None


def test_first_run_is_at_once(checkers, script):
    c = checkers()
    c.connect()
    c.load([{"cmd": [script("exit 0")], "interval": 10}])
    start = time.monotonic()
    msg = c.track(status=GOOD)
    assert time.monotonic() - start < 1.0
    assert (msg.id, msg.kind, msg.code) == (1, STATUS, 0)


def test_status_follows_exit(checkers, script):
    c = checkers()
    c.connect()
    path = script("test ! -e $OUT/bad || { echo first >&2; "
        "echo 'it is bad' >&2; exit 3; }")
    c.load([{"cmd": [path], "interval": 0.1, "fall": 2, "rise": 3}])
    c.track(status=GOOD)
    with open(script.out + "/bad", "w", encoding="ascii"):
        pass
    msg = c.track(status=BAD)
    assert (msg.kind, msg.code) == (STATUS, 3)
    row = c.rows()["chk1"]
    assert row.failures >= 2 and row.output == "it is bad"
    os.unlink(script.out + "/bad")
    c.track(status=GOOD)
    row = c.rows()["chk1"]
    assert row.runs >= 6
    assert row.user == "someone"
    assert (row.interval, row.timeout) == (100000, 100000)
    assert row.last_start > 0 and row.last_run > 0
    assert "script chk1: good -> bad (exit status 3: it is bad)" in \
        c.logged()


def test_signal_and_missing_file(checkers, script):
    c = checkers()
    c.connect()
    c.load([{"id": 1, "cmd": [script("kill -USR1 $$")], "interval": 5},
        {"id": 2, "cmd": ["/no/such/file"], "interval": 5},
        {"id": 3, "cmd": [script("exit 0", "good")], "interval": 5},
        {"id": 4, "cmd": [script.headless()], "interval": 5}])
    msg = c.track(id=1, status=BAD)
    assert (msg.kind, msg.code) == (SIGNAL, signal.SIGUSR1)
    until(lambda: {r.status for r in c.rows().values()} == {GOOD, BAD})
    row = c.rows()["chk2"]
    assert row.status == BAD and row.exit_kind == EXEC
    assert "No such file" in row.output
    assert "is there no #! in its first line?" in c.rows()["chk4"].output


def test_timeout_kills_the_whole_group(checkers, script):
    c = checkers()
    c.connect()
    path = script("trap '' TERM\n"
        "(trap '' TERM; exec sleep 60) &\n"
        "echo $! $$ >> $OUT/pids\n"
        "sleep 60\nsleep 60\n")
    c.load([{"cmd": [path], "interval": 0.5, "timeout": 0.3}])
    start = time.monotonic()
    msg = c.track(status=BAD)
    assert msg.kind == TIMEOUT
    assert time.monotonic() - start < 1.0
    pids = until(lambda: pids_in(script.out + "/pids", 2))
    # SIGTERM does nothing here, and no other copy is started meanwhile.
    time.sleep(1.0)
    assert all(alive(p) for p in pids)
    assert len(read(script.out + "/pids").split()) == 2
    assert len(children(c.proc.pid)) == 1
    assert c.rows()["chk1"].skipped >= 1
    until(lambda: not any(alive(p) for p in pids), 3.0)
    row = c.rows()["chk1"]
    assert row.timeouts >= 1 and row.failures == row.timeouts
    until(lambda: pids_in(script.out + "/pids", 4), 3.0)


def test_timeout_is_term_first(checkers, script):
    c = checkers()
    c.connect()
    path = script("trap 'echo term >> $OUT/log; exit 0' TERM\n"
        "echo start >> $OUT/log\nwhile :; do sleep 0.05; done")
    c.load([{"cmd": [path], "interval": 30, "timeout": 0.3}])
    c.track(status=BAD)
    until(lambda: "term" in read(script.out + "/log"), 1.5)


def test_leftovers_of_a_check_end_with_it(checkers, script):
    c = checkers()
    c.connect()
    path = script("sleep 60 &\necho $! >> $OUT/pids")
    c.load([{"cmd": [path], "interval": 60}])
    c.track(status=GOOD)
    pids = until(lambda: pids_in(script.out + "/pids", 1))
    until(lambda: not alive(pids[0]), 1.0)


def test_no_zombies(checkers, script):
    c = checkers()
    c.connect()
    quick = script("exit 0", "quick")
    c.load([{"id": i, "cmd": [quick], "interval": 0.05}
        for i in range(1, 21)])
    until(lambda: sum(r.runs for r in c.rows().values()) > 200, 20)
    for _ in range(20):
        assert len(children(c.proc.pid)) <= 20
        time.sleep(0.01)
    c.load()
    until(lambda: not children(c.proc.pid))


def test_identity_and_surroundings(checkers, script):
    path = script("""
{
echo uid $(id -u) gid $(id -g) groups $(id -G)
echo umask $(umask)
grep -E '^(CapEff|CapBnd|NoNewPrivs|SigBlk|SigIgn)' /proc/self/status
echo ids $(cut -d' ' -f1,5,6 /proc/$$/stat)
pwd
env
} > $OUT/log.tmp
mv $OUT/log.tmp $OUT/log
""")
    c = checkers(uid=NOBODY, no_new_privs=1, env={"PATH": "/bin:/usr/bin",
        "IFS": "x", "LD_PRELOAD": "/x.so", "LD_LIBRARY_PATH": "/x",
        "NOTIFY_SOCKET": "/x", "KEPT": "yes"})
    c.connect()
    c.load([{"cmd": [path], "interval": 60}])
    c.track(status=GOOD)
    log = read(script.out + "/log")
    assert "uid 65534 gid 65534 groups 65534\n" in log
    assert "umask 0022\n" in log
    assert "CapEff:\t0000000000000000" in log
    assert "CapBnd:\t0000000000000000" in log
    assert "NoNewPrivs:\t1" in log
    assert "SigBlk:\t0000000000000000" in log
    # 32 and 33 are the C library's own; nobody can set them back.
    ignored = re.search(r"SigIgn:\t([0-9a-f]+)", log).group(1)
    assert int(ignored, 16) & ~(3 << 31) == 0
    ids = [l for l in log.splitlines() if l.startswith("ids ")][0].split()
    assert ids[1] == ids[2] == ids[3]           # leader of group and session
    assert "\n/\n" in log
    assert "KEPT=yes" in log and "PATH=/bin:/usr/bin" in log
    assert "LD_" not in log and "IFS" not in log and "NOTIFY_" not in log


def test_descriptors(checkers, script):
    # A shell opens some of its own.
    code = ("import os\n"
        "fds = {n: os.readlink('/proc/self/fd/' + n)\n"
        "    for n in os.listdir('/proc/self/fd')\n"
        "    if os.path.lexists('/proc/self/fd/' + n)}\n"
        "open('%s/fds', 'w').write(repr(fds))" % script.out)
    c = checkers()
    c.connect()
    c.load([{"cmd": ["/usr/bin/python3", "-c", code], "interval": 60,
        "timeout": 30}])
    c.track(status=GOOD, wait=30)
    fds = eval(read(script.out + "/fds"))       # pylint: disable=eval-used
    assert fds.pop("0") == "/dev/null"
    out = fds.pop("1")
    assert out.startswith("pipe:") and fds.pop("2") == out
    assert not fds


def test_root_keeps_its_rights(checkers, script):
    c = checkers()
    c.connect()
    c.load([{"cmd": [script("grep CapEff /proc/self/status > $OUT/caps")],
        "interval": 60}])
    c.track(status=GOOD)
    assert int(read(script.out + "/caps").split()[1], 16) & (1 << 21)


@pytest.mark.parametrize("uid", (0, NOBODY))
def test_cannot_be_started(checkers, script, uid):
    c = checkers(uid=uid)
    c.connect()
    c.load([{"id": 1, "cmd": [script("", mode=0o644)], "interval": 60},
        {"id": 2, "cmd": [script.headless()], "interval": 60},
        {"id": 3, "cmd": ["/no/such"], "interval": 60},
        {"id": 4, "cmd": [script.out], "interval": 60}])
    until(lambda: {(r.status, r.exit_kind) for r in c.rows().values()} ==
        {(BAD, EXEC)})
    rows = c.rows()
    assert rows["chk1"].exit_code == rows["chk4"].exit_code == errno.EACCES
    assert rows["chk2"].exit_code == errno.ENOEXEC
    if uid != 0:
        assert rows["chk3"].exit_code == errno.ENOENT
    assert not children(c.proc.pid)


def test_root_looks_at_the_path_each_time(checkers, script):
    path = script("exit 0")
    c = checkers()
    c.connect()
    c.load([{"cmd": [path], "interval": 0.2}])
    c.track(status=GOOD)
    os.chmod(path, 0o777)
    msg = c.track(status=BAD)
    assert msg.kind == EXEC
    assert "everybody may write" in c.rows()["chk1"].output
    os.chmod(path, 0o755)
    c.track(status=GOOD)


def test_last_line_of_both(checkers, script):
    """Many checks complain on standard output."""
    c = checkers()
    c.connect()
    path = script("echo all is bad; exit 1")
    both = script("echo first; echo second >&2; echo third; exit 1", "both")
    c.load([{"id": 1, "cmd": [path], "interval": 60},
        {"id": 2, "cmd": [both], "interval": 60}])
    until(lambda: c.rows()["chk1"].status == BAD)
    assert c.rows()["chk1"].output == "all is bad"
    until(lambda: c.rows()["chk2"].status == BAD)
    assert c.rows()["chk2"].output == "third"


def test_output_is_one_printable_line(checkers, script):
    c = checkers()
    c.connect()
    path = script("printf 'one\\n\\033[31mtwo\\tand\\344\\n\\n' >&2; exit 1")
    long = script("head -c 100000 /dev/zero | tr '\\0' a >&2; exit 1", "long")
    c.load([{"id": 1, "cmd": [path], "interval": 60},
        {"id": 2, "cmd": [long], "interval": 60}])
    until(lambda: c.rows()["chk1"].status == BAD)
    assert c.rows()["chk1"].output == "?[31mtwo and?"
    until(lambda: c.rows()["chk2"].status == BAD)
    assert c.rows()["chk2"].output == "a" * 511


def test_full_set_after_peer(checkers, script):
    c = checkers()
    c.load([{"id": 1, "cmd": [script("exit 0")], "interval": 60},
        {"id": 2, "cmd": [script("sleep 30", "slow")], "interval": 60,
            "timeout": 30},
        {"id": 3, "cmd": [script("exit 0")], "interval": 60, "rise": 9,
            "init_fail": 1}])
    time.sleep(0.5)
    for _ in range(2):
        e = c.connect()
        seen = {}
        while True:
            msg = e.recv()
            assert msg.gen == c.gen
            if msg.type == "TRACK_SYNC":
                break
            seen[msg.id] = (msg.status, msg.kind)
        assert seen == {1: (GOOD, STATUS), 2: (UNKNOWN, 0), 3: (BAD, STATUS)}
        # The engine dies; the next one is told all of it again.
        e.close()
    assert c.proc.poll() is None


def test_engine_that_breaks_the_rules(checkers, script):
    c = checkers()
    e = c.connect()
    c.load([{"cmd": [script("exit 0")], "interval": 0.2}])
    c.track(status=GOOD)
    e.send("NOTIFY", 1, u8(0) + u8(77) + u8(0))
    assert e.gone()
    assert "NOTIFY" in c.logged()
    c.connect()
    c.track(status=GOOD)
    c.engine.send("CONF_COMMIT")
    assert c.engine.gone()
    assert c.proc.poll() is None


def test_parent_that_breaks_the_rules(checkers):
    c = checkers()
    c.send("CONF_COMMIT")
    assert c.end() == 0


def test_refused_configuration(checkers, script):
    path = script("exit 0")
    c = checkers()
    c.connect()
    c.load([{"cmd": [path], "interval": 0.1}])
    c.track(status=GOOD)
    answer = c.stage([{"cmd": ["relative"]}])
    assert answer.type == "CONF_NAK"
    assert "not absolute" in answer.text
    c.send("CONF_ABORT", gen=c.gen)
    runs = c.rows()["chk1"].runs
    until(lambda: c.rows()["chk1"].runs > runs + 2)
    # One that was dropped before it was whole is no obstacle.
    c.gen += 1
    for kind, ident, data in messages([{"cmd": [path]}], [])[:2]:
        c.send(kind, ident, data, gen=c.gen)
    c.load([{"cmd": [path], "interval": 0.1}])
    assert c.rows()["chk1"].runs >= runs + 2


def test_reload_keeps_and_changes(checkers, script):
    same = script("echo x >> $OUT/same", "same")
    c = checkers()
    c.connect()
    c.load([{"id": 1, "cmd": [same], "interval": 60},
        {"id": 2, "cmd": [script("exit 0", "old")], "interval": 60},
        {"id": 3, "cmd": [script("echo $$ > $OUT/pid; exec sleep 60",
            "gone")], "interval": 60}])
    until(lambda: {r.status for r in c.rows().values()} == {UNKNOWN, GOOD})
    pid = until(lambda: pids_in(script.out + "/pid", 1))[0]
    c.load([{"id": 1, "cmd": [same], "interval": 60, "fall": 4},
        {"id": 2, "cmd": [script("exit 1", "new")], "interval": 60}])
    c.track(id=2, status=BAD)
    until(lambda: not alive(pid), 1.0)
    rows = c.rows()
    assert set(rows) == {"chk1", "chk2"}
    assert rows["chk1"].runs == 1 and rows["chk1"].status == GOOD
    assert read(script.out + "/same") == "x\n"


def test_notify_order_and_arguments(checkers, script):
    path = script("echo begin $0 \"$@\" >> $OUT/log; sleep 0.1; "
        "echo end >> $OUT/log")
    c = checkers()
    c.connect()
    c.load(notifies=[(7, "VI_1", MASTER, [path, "start", "a b"]),
        (7, "VI_1", BACKUP, [path, "stop"]), (7, "VI_1", ANY, [path, "any"]),
        (7, "VI_1", RX_LOWER, [path, "lower"])])
    c.notify(7, BACKUP, 99)
    c.notify(7, MASTER, 254)
    c.notify(7, RX_LOWER, 100)
    c.notify(7, FAULT, 0)
    c.notify(8, MASTER, 1)              # not one of ours
    until(lambda: read(script.out + "/log").count("end") == 6)
    assert read(script.out + "/log").splitlines()[::2] == [
        "begin %s %s" % (path, words) for words in (
            "stop", "any INSTANCE VI_1 BACKUP 99",
            "start a b", "any INSTANCE VI_1 MASTER 254", "lower",
            "any INSTANCE VI_1 FAULT 0")]
    assert read(script.out + "/log").splitlines()[1::2] == ["end"] * 6


def test_notify_groups(checkers, script):
    """A group has a queue of its own, and is told of as a group, though an
    instance has the same id and the same name."""
    path = script("echo $* >> $OUT/log")
    c = checkers()
    c.connect()
    c.load(notifies=[(7, "X", ANY, [path, "g"], 1),
        (7, "X", MASTER, [path, "own"], 1), (8, "Y", ANY, [path, "h"], 1),
        (7, "X", ANY, [path, "i"])])
    c.notify(7, MASTER, 0, group=1)
    until(lambda: read(script.out + "/log").count("\n") == 2)
    c.notify(7, MASTER, 150)
    until(lambda: read(script.out + "/log").count("\n") == 3)
    c.notify(9, MASTER, 0, group=1)     # not one of ours
    c.load(notifies=[(7, "X", ANY, [path, "i"])])
    c.notify(7, STOP, 0, group=1)       # kept until the next swap
    until(lambda: read(script.out + "/log").count("\n") == 4)
    until(lambda: not children(c.proc.pid))
    c.load()
    c.notify(7, STOP, 0, group=1)
    c.notify(7, STOP, 100)
    until(lambda: read(script.out + "/log").count("\n") == 5)
    assert read(script.out + "/log").splitlines() == ["own",
        "g GROUP X MASTER 0", "i INSTANCE X MASTER 150",
        "g GROUP X STOP 0", "i INSTANCE X STOP 100"]


def test_notify_done(checkers, script):
    """The engine is told when scripts have ended, and the next one, that one
    still runs."""
    path = script("echo x >> $OUT/log; while test ! -e $OUT/go; do "
        "sleep 0.05; done")
    c = checkers()
    c.connect()
    c.load(notifies=[(7, "VI_1", MASTER, [path])])
    c.notify(7, BACKUP, part=2)
    assert c.engine.want("NOTIFY_DONE", id=7).cnt == 1
    c.notify(9, MASTER, part=2)
    assert c.engine.want("NOTIFY_DONE", id=9).cnt == 1
    c.notify(7, MASTER, part=2)
    c.notify(7, MASTER, part=2)
    until(lambda: read(script.out + "/log"))
    c.engine.silent(0.2)
    c.engine.close()
    c.connect()
    assert c.engine.want("NOTIFY_DONE", id=7).cnt == 0
    with open(script.out + "/go", "w", encoding="ascii"):
        pass
    assert c.engine.want("NOTIFY_DONE", id=7).cnt == 1
    assert read(script.out + "/log") == "x\n" * 2
    assert "VI_1: MASTER: no script is run for it: its commands are not " \
        "known any more" in c.logged()


@pytest.mark.parametrize("kind", ["CONF_COMMIT", "CONF_ABORT"])
def test_engine_is_ahead(checkers, script, kind):
    """It runs a configuration that we are about to: what it tells waits."""
    path = script("echo $* >> $OUT/log")
    c = checkers()
    c.connect()
    old, new = [(7, "VI_1", ANY, [path, "old"])], [(7, "VI_1", ANY,
        [path, "new"]), (8, "VI_2", ANY, [path, "two"])]
    c.load(notifies=old)
    assert c.stage(notifies=new).type == "CONF_ACK"
    c.notify(7, MASTER)
    c.notify(8, MASTER)
    time.sleep(0.3)
    assert read(script.out + "/log") == ""
    c.send(kind, gen=c.gen)
    lines = ["new INSTANCE VI_1 MASTER 100", "two INSTANCE VI_2 MASTER 100"] \
        if kind == "CONF_COMMIT" else ["old INSTANCE VI_1 MASTER 100"]
    until(lambda: read(script.out + "/log").count("\n") == len(lines))
    assert sorted(read(script.out + "/log").splitlines()) == lines


def test_notify_failure_is_logged(checkers, script):
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", MASTER, [script("echo 'no way' >&2; exit 4")]),
        (1, "VI_1", BACKUP, ["/no/such"])])
    c.notify(1, MASTER)
    c.notify(1, BACKUP)
    until(lambda: "VI_1: notify_master (MASTER): exit status 4: no way" in
        c.logged())
    until(lambda: "VI_1: notify_backup (BACKUP): cannot be started: "
        "/no: No such file or directory" in c.logged())


def test_notify_output(checkers, script):
    """A service that a command leaves behind does not end by SIGPIPE: only
    what is said on standard error is read."""
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", MASTER, [script("for n in 1 2; do "
        "fd=$(readlink /proc/$$/fd/$n); echo $fd >> $OUT/fd; done")])])
    c.notify(1, MASTER)
    until(lambda: len(read(script.out + "/fd").splitlines()) == 2)
    one, two = read(script.out + "/fd").splitlines()
    assert one == "/dev/null" and two.startswith("pipe:")


def test_notify_collapse(checkers, script):
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", ANY, [script("sleep 0.3; "
        "echo $3 $4 >> $OUT/log")])])
    for i in range(20):
        c.notify(1, MASTER if i % 2 else BACKUP, i)
    c.notify(1, FAULT, 77)
    until(lambda: "FAULT 77" in read(script.out + "/log"), 10)
    time.sleep(0.5)
    lines = read(script.out + "/log").splitlines()
    assert lines[0] == "BACKUP 0"
    assert lines[-1] == "FAULT 77"
    assert len(lines) <= 10
    assert "only the newest state" in c.logged()


def test_service_started_by_notify_goes_on(checkers, script):
    path = script("(while :; do sleep 0.05; echo still here >&2; "
        "echo x >> $OUT/log; done) &\necho $! > $OUT/pid")
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", MASTER, [path])])
    c.notify(1, MASTER)
    pid = until(lambda: pids_in(script.out + "/pid", 1))[0]
    try:
        until(lambda: not children(c.proc.pid))
        size = len(read(script.out + "/log"))
        until(lambda: len(read(script.out + "/log")) > size + 10)
        assert alive(pid)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_shutdown_finishes_stop_scripts(checkers, script):
    c = checkers()
    c.connect()
    slow = script("sleep 0.3; echo $3 >> $OUT/log", "slow")
    c.load([{"cmd": [script("echo $$ > $OUT/pid; exec sleep 60", "check")],
        "interval": 60}], [(1, "VI_1", ANY, [slow])])
    pid = until(lambda: pids_in(script.out + "/pid", 1))[0]
    # The engine's last words and its end come before or after the order.
    c.shutdown(3.0)
    c.notify(1, BACKUP)
    c.notify(1, STOP)
    c.engine.close()
    start = time.monotonic()
    assert c.end() == 0
    assert 0.5 < time.monotonic() - start < 2.0
    assert read(script.out + "/log") == "BACKUP\nSTOP\n"
    assert not alive(pid)


def test_shutdown_deadline(checkers, script):
    c = checkers()
    c.connect()
    path = script("trap '' TERM; (trap '' TERM; exec sleep 60) & "
        "echo $! $$ > $OUT/pids; sleep 60; sleep 60")
    c.load(notifies=[(1, "VI_1", STOP, [path])])
    c.notify(1, STOP)
    pids = until(lambda: pids_in(script.out + "/pids", 2))
    start = time.monotonic()
    c.shutdown(0.5)
    assert c.end() == 0
    assert 0.4 < time.monotonic() - start < 1.0
    until(lambda: not any(alive(p) for p in pids), 1.0)


def test_second_shutdown_is_at_once(checkers, script):
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", STOP, [script("echo $$ > $OUT/pid; "
        "exec sleep 60")])])
    c.notify(1, STOP)
    pid = until(lambda: pids_in(script.out + "/pid", 1))[0]
    c.shutdown(30)
    time.sleep(0.1)
    assert c.proc.poll() is None
    c.shutdown(30)
    assert c.end(1.0) == 0
    until(lambda: not alive(pid), 1.0)


def test_shutdown_when_idle(checkers):
    c = checkers()
    c.load()
    start = time.monotonic()
    c.shutdown(5)
    assert c.end() == 0
    assert time.monotonic() - start < 0.5


@pytest.mark.parametrize("how", ("parent gone", "checker killed"))
def test_scripts_do_not_outlive(checkers, script, how):
    path = script("trap '' TERM; (trap '' TERM; exec sleep 60) & "
        "echo $! $$ >> $OUT/pids; sleep 60; sleep 60")
    c = checkers()
    c.connect()
    c.load([{"cmd": [path], "interval": 60}])
    pids = until(lambda: pids_in(script.out + "/pids", 2))
    try:
        if how == "parent gone":
            c.close()
            assert c.end() == 0
            until(lambda: not any(alive(p) for p in pids), 1.0)
        else:
            c.proc.kill()
            c.end()
            # The kernel ends the script itself, not its group.
            until(lambda: not alive(pids[1]), 1.0)
    finally:
        for pid in pids:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


def test_log_level(checkers, script):
    c = checkers()
    c.connect()
    c.load(notifies=[(1, "VI_1", MASTER, [script("exit 0")])])
    c.notify(1, MASTER)
    assert "started" not in c.logged()
    c.send("LOGLEVEL", data=u8(1))
    time.sleep(0.1)
    c.notify(1, MASTER)
    assert "notify_master (MASTER): started" in c.logged()


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"] +
        sys.argv[1:]))
