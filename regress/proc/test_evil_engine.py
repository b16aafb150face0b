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

"""The parent against an engine (or a checker) that has been taken over.

vrrpd takes its children from its own folder. Each test makes a folder with
copies of the real programs and, in the place of one of them, a small program
that runs this file with the name of an attack. Whatever it says, the parent
goes on, and no address but the configured one is ever added.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import vrrpe_peer as v

HERE = os.path.abspath(__file__)
RSS_MAX_KB = 65536

WRAPPER = """\
#include <unistd.h>

int
main(int argc, char **argv)
{
	execl("%s", "python3", "-ES", "%s", "%s", "%s", (char *)0);
	return (125);
}
"""

# What breaks the rules ends the engine; what can be a race is only dropped.
BROKEN = {
    "short": "truncated or malformed",
    "huge": "truncated or malformed",
    "wrong_length": "truncated or malformed",
    "many_fds": "truncated or malformed",
    "unknown_type": "unknown type 4711",
    "type_zero": "unknown type 0",
    "parents_type": "CONF_BEGIN: not accepted from this sender",
    "checkers_type": "TRACK: not accepted from this sender",
    "a_descriptor": "STATE: with a descriptor",
    "ready_twice": "READY: not expected now",
    "ready_of_another": "READY: malformed",
    "state_at_hello": "STATE: not expected now",
    "state_before_start": "STATE: not expected now",
    "ack_unasked": "CONF_ACK: malformed",
    "state_enum": "STATE: malformed",
    "state_negative_time": "STATE: malformed",
    "state_family": "STATE: malformed",
    "state_no_id": "STATE: without an id",
    "state_long": "STATE: malformed",
    "state_too_long": "STATE: too long",
    "announce_enum": "ANNOUNCE: malformed",
    "history_long": "CTL_HISTORY: too long",
    "dry_short": "CTL_DRY_RUN: too short",
    "maint_enum": "CTL_MAINT: malformed",
    "commit_enum": "CTL_COMMIT: malformed",
    "commit_long": "CTL_COMMIT: malformed",
    "history_no_id": "CTL_HISTORY: without an id",
    "pong_early": "PONG: malformed",
    "log_priority": "LOG: malformed",
    "log_nul": "LOG: malformed",
    "log_length": "LOG: malformed",
    "log_kind": "LOG: malformed",
    "reload_short": "CTL_RELOAD: too short",
    "level_enum": "CTL_LOG: malformed",
}


def state(code, reason=0, resume=0):
    """A STATE payload."""
    return v.u8(code) + v.u8(100) + v.u8(reason) + v.s64(0) + v.u8(code) + \
        v.u8(100) + v.u8(0) + v.u8(0) + v.s64(resume) + v.s64(0) + \
        v.s64(100000) + v.addr("") + v.u32(1) + v.u32(0) + \
        v.u64(0) + v.u64(0)


class Evil:
    """The attacker's side, on descriptor 3."""

    def __init__(self, attack, folder):
        self.attack = attack
        self.folder = folder
        self.peer = v.Peer(socket.socket(fileno=3))
        self.inst = 0
        self.gen = 0

    def note(self, text):
        """Tells the test."""
        with open(os.path.join(self.folder, "notes"), "a",
                  encoding="ascii") as f:
            f.write(text + "\n")

    def send(self, kind, data=b"", **kw):
        """One message of the running generation about the instance."""
        kw.setdefault("ident", self.inst)
        kw.setdefault("gen", self.gen)
        self.peer.send(kind, data=data, **kw)

    def hello(self):
        """Up to READY."""
        assert self.peer.recv(5).type == "HELLO"

    def ready(self, build=v.BUILD):
        """READY of this build."""
        self.peer.send("READY", data=v.u32(v.VERSION) + v.string(build))

    def conf(self):
        """Takes a configuration."""
        while True:
            msg = self.peer.recv(30)
            if msg is None:
                sys.exit(0)
            if msg.type == "CONF_INST":
                self.inst = msg.id
            if msg.type == "CONF_END":
                self.gen = msg.gen
                return

    def start(self):
        """An ordinary engine up to START."""
        self.hello()
        self.ready()
        self.conf()
        self.send("CONF_ACK", ident=0)
        self.peer.want("START", 10)

    def serve(self, until=None, pong=True):
        """Answers PING until the time or the end."""
        while until is None or time.monotonic() < until:
            try:
                msg = self.peer.recv(0.01)
            except TimeoutError:
                continue
            if msg is None or msg.type == "SHUTDOWN":
                sys.exit(0)
            if msg.type == "PING" and pong:
                self.peer.send("PONG", gen=msg.gen, seq=msg.seq)
            if msg.type == "CONF_END":
                self.gen = msg.gen
                self.send("CONF_ACK", ident=0)

    def run(self):
        """The attack."""
        early = getattr(self, "early_" + self.attack, None)
        if early is not None:
            early()
        else:
            self.start()
            getattr(self, "do_" + self.attack)()
        self.serve()

    # What comes before START.

    def early_ready_of_another(self):
        """Another build."""
        self.hello()
        self.ready("0.0")

    def early_state_at_hello(self):
        """Speaks before READY."""
        self.inst = self.gen = 1
        self.send("STATE", state(v.MASTER))

    def early_state_before_start(self):
        """Has the configuration, and does not say so."""
        self.hello()
        self.ready()
        self.conf()
        self.send("STATE", state(v.MASTER))

    def early_ready_twice(self):
        """READY, and READY."""
        self.hello()
        self.ready()
        self.ready()

    def early_mute(self):
        """Never says READY."""
        time.sleep(30)

    def early_no_ack(self):
        """The first one dies; later ones never acknowledge."""
        flag = os.path.join(self.folder, "flag")
        if os.path.exists(flag):
            self.hello()
            self.ready()
            self.note("waits")
            time.sleep(60)
        with open(flag, "w", encoding="ascii"):
            pass
        self.start()
        sys.exit(3)

    # What breaks the rules.

    def do_short(self):
        """Less than a header."""
        self.peer.send_raw(b"\0\1\0")

    def do_huge(self):
        """More than any message."""
        self.peer.send_raw(b"\0\1\0\20" + b"A" * 60000)

    def do_wrong_length(self):
        """The header's length is another."""
        self.peer.send_raw(v.u16(v.NUM["STATE"]) + v.u16(9000) + b"\0" * 60)

    def do_many_fds(self):
        """Three descriptors at once."""
        import array  # pylint: disable=import-outside-toplevel
        self.peer.sock.sendmsg([v.u16(v.NUM["PONG"]) + v.u16(16) + b"\0" * 12],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
              array.array("i", [0, 1, 2]))])

    def do_unknown_type(self):
        """No such type."""
        self.send(4711)

    def do_type_zero(self):
        """Nor this one."""
        self.send(0)

    def do_parents_type(self):
        """What only the parent may say."""
        self.send("CONF_BEGIN", b"\0" * 32)

    def do_checkers_type(self):
        """What only a checker may say."""
        self.send("TRACK", b"\0" * 10)

    def do_a_descriptor(self):
        """A descriptor where none belongs."""
        self.send("STATE", state(v.MASTER), fd=0)

    def do_ack_unasked(self):
        """Nothing was staged."""
        self.send("CONF_ACK", ident=0, gen=0)

    def do_state_enum(self):
        """There is no state 7."""
        self.send("STATE", state(7))

    def do_state_negative_time(self):
        """Since before the clock."""
        self.send("STATE", state(v.MASTER, resume=-5))

    def do_state_family(self):
        """An address of family 9."""
        self.send("STATE", state(v.MASTER)[:-25] + b"\x09" + b"\0" * 24)

    def do_state_no_id(self):
        """Of no instance."""
        self.send("STATE", state(v.MASTER), ident=0)

    def do_state_long(self):
        """Bytes are left over."""
        self.send("STATE", state(v.MASTER) + b"\0")

    def do_state_too_long(self):
        """Many of them."""
        self.send("STATE", state(v.MASTER) + b"\0" * 1000)

    def do_announce_enum(self):
        """No such cause."""
        self.send("ANNOUNCE", b"\xff")

    def do_pong_early(self):
        """An answer to a question that was not asked yet."""
        self.send("PONG", ident=0, seq=1000)

    def do_history_long(self):
        """Asks for the history with more than a number."""
        self.send("CTL_HISTORY", v.u32(0) + v.u32(0), ident=1)

    def do_dry_short(self):
        """A dry run for nobody."""
        self.send("CTL_DRY_RUN", b"", ident=1)

    def do_maint_enum(self):
        """Neither on nor off."""
        self.send("CTL_MAINT", v.u8(2), ident=1)

    def do_commit_enum(self):
        """What nobody does with a reload."""
        self.send("CTL_COMMIT", v.u8(3) + v.s64(0), ident=1)

    def do_commit_long(self):
        """A reload that waits for ever."""
        self.send("CTL_COMMIT", v.u8(0) + v.s64(1 << 60), ident=1)

    def do_history_no_id(self):
        """The same, for no connection."""
        self.send("CTL_HISTORY", v.u32(0), ident=0)

    def do_log_priority(self):
        """No such priority."""
        self.send("LOG", v.u8(200) + v.string("x"), ident=0)

    def do_log_nul(self):
        """A NUL inside of a string."""
        self.send("LOG", v.u8(3) + v.string("a\0b"), ident=0)

    def do_log_length(self):
        """A string longer than the message."""
        self.send("LOG", v.u8(3) + v.u16(65535) + b"abc", ident=0)

    def do_log_kind(self):
        """A refused configuration: what only the parent knows."""
        self.send("LOG", v.u8(6) + v.string("x"), ident=0, seq=5)

    def do_reload_short(self):
        """Who asks is missing."""
        self.send("CTL_RELOAD", b"", ident=1)

    def do_level_enum(self):
        """No such level."""
        self.send("CTL_LOG", b"\x07", ident=1)

    def flood(self, kind, payloads, **kw):
        """As many as there is time for, but alive."""
        self.note("floods")
        until = time.monotonic() + 3
        while time.monotonic() < until:
            for n in range(200):
                self.send(kind, payloads[n % len(payloads)], **kw)
            self.serve(time.monotonic() + 0.001)
        self.send("STATE", state(v.BACKUP))
        self.send("STATE", state(v.MASTER))
        self.note("said")

    def do_state_flood(self):
        """MASTER, BACKUP, MASTER, ..."""
        self.flood("STATE", [state(v.MASTER), state(v.BACKUP)])

    def do_unknown_flood(self):
        """Of instances that do not exist."""
        self.flood("STATE", [state(v.MASTER)], ident=77777)

    def do_announce_flood(self):
        """Announce, announce, ..."""
        self.send("STATE", state(v.MASTER))
        self.flood("ANNOUNCE", [v.u8(0)])

    def do_history_flood(self):
        """Asks and asks: the answers are long."""
        self.flood("CTL_HISTORY", [v.u32(0), v.u32(1), v.u32(77777)],
            ident=1)

    def do_maint_flood(self):
        """On and off: each time a file comes or goes."""
        self.flood("CTL_MAINT", [v.u8(1), v.u8(0)], ident=1)

    def do_level_flood(self):
        """Each is told to all checkers."""
        self.flood("CTL_LOG", [v.u8(0), v.u8(1)], ident=1)

    # What is dropped, or harmless.

    def do_forged(self):
        """Instances, generations and claims that are not so."""
        for ident in (2, 3, 99999, 2 ** 32 - 1):
            self.send("STATE", state(v.MASTER), ident=ident)
            self.send("ANNOUNCE", v.u8(0), ident=ident)
        for gen in (0, self.gen - 1, self.gen + 1, 2 ** 32 - 1):
            self.send("STATE", state(v.MASTER), gen=gen)
        self.send("ANNOUNCE", v.u8(1))
        self.send("CONF_ACK", ident=0, gen=self.gen + 5)
        self.send("CONF_NAK", v.string("no"), ident=0, gen=self.gen + 5)
        for _ in range(5000):
            self.send("PONG", ident=0, seq=0)
        self.note("said")

    def do_master_down(self):
        """Claims MASTER all the time."""
        while True:
            self.send("STATE", state(v.MASTER))
            self.send("STATE", state(v.BACKUP))
            self.serve(time.monotonic() + 0.05)

    def do_flap(self):
        """MASTER and BACKUP as fast as it may be said."""
        while True:
            for n in range(90):
                self.send("STATE", state((v.MASTER, v.BACKUP)[n % 2],
                                         reason=5 + n % 3))
                self.send("ANNOUNCE", v.u8(0))
                self.serve(time.monotonic() + 0.012)

    def do_log(self):
        """Too many lines, and lines that want to be something else."""
        self.send("LOG", v.u8(0) + v.string("vrrpe: emergency"), ident=0)
        self.send("LOG", v.u8(3) + v.string(
            "one\n2026-01-01 vrrpd: two\x1b[31m\r\x7f\u009b %s%n"), ident=0)
        for n in range(5000):
            self.send("LOG", v.u8(3) + v.string("line %d" % n), ident=0)
            if n % 500 == 0:
                self.serve(time.monotonic() + 0.01)
        self.serve(time.monotonic() + 1.2)
        self.send("LOG", v.u8(3) + v.string("later"), ident=0)
        self.note("said")

    def do_reloads(self):
        """More than any human."""
        for n in range(300):
            self.send("CTL_RELOAD", v.u32(0), ident=n + 1)
            self.serve(time.monotonic() + 0.005)
        self.note("said")

    def do_silent(self):
        """MASTER, and not a word more."""
        self.send("STATE", state(v.MASTER))
        self.serve(pong=False)

    def do_deaf(self):
        """MASTER, asks, and never reads the answers."""
        self.send("STATE", state(v.MASTER))
        for n in range(100000):
            self.send("CTL_RELOAD", v.u32(0), ident=n + 1)
        time.sleep(30)

    def do_closes(self):
        """Closes its descriptor, and stays."""
        self.send("STATE", state(v.MASTER))
        self.peer.close()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(30)

    def do_stays(self):
        """Does not end when it is asked to, and claims all."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            try:
                self.send("STATE", state(v.MASTER))
            except OSError:
                pass
            time.sleep(0.1)
            while True:
                try:
                    msg = self.peer.recv(0)
                except (TimeoutError, OSError):
                    break
                if msg is None:
                    break
                if msg.type == "PING":
                    self.peer.send("PONG", gen=msg.gen, seq=msg.seq)

    def do_refuses(self):
        """Takes the first configuration only."""
        while True:
            msg = self.peer.recv(60)
            if msg is None or msg.type == "SHUTDOWN":
                sys.exit(0)
            if msg.type == "PING":
                self.peer.send("PONG", gen=msg.gen, seq=msg.seq)
            if msg.type == "CONF_END":
                self.peer.send("CONF_NAK", gen=msg.gen,
                               data=v.string("evil\n\x1b[2J"))

    def early_checker_master(self):
        """A checker that wants to be the engine."""
        self.hello()
        self.ready()
        for ident in (1, 2, 3):
            self.peer.send("STATE", ident, state(v.MASTER), gen=1)

    def early_checker_reloads(self):
        """One that only the engine relays for."""
        self.hello()
        self.ready()
        self.peer.send("CTL_RELOAD", 1, v.u32(0), gen=1)

    def early_checker_tells(self):
        """A verdict for the parent, and with a descriptor."""
        self.hello()
        self.ready()
        self.peer.send("TRACK", 1, b"\1" * 10, fd=0)

    def early_checker_dies(self):
        """A checker whose user kills it as soon as it has something."""
        self.hello()
        self.ready()
        self.peer.recv(10)
        sys.exit(9)


# An engine has two seconds to be ready: what only the tests need comes later.
if __name__ == "__main__":
    Evil(sys.argv[1], sys.argv[2]).run()
    sys.exit(0)

# pylint: disable=wrong-import-position
import pytest

import test_parent as tp

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="must be root")


class Den(tp.World):
    """A world whose daemon has one program replaced."""

    def __init__(self, attack, name="vrrpe"):
        super().__init__()
        os.chmod(self.dir, 0o755)
        self.bin = os.path.join(self.dir, "bin")
        os.mkdir(self.bin, 0o755)
        for prog in ("vrrpd", "vrrpe", "checker", "mailer",
                "readconf"):
            shutil.copy(os.path.join(tp.BIN, prog), self.bin)
        src = os.path.join(self.dir, "evil.c")
        with open(src, "w", encoding="ascii") as f:
            f.write(WRAPPER % (sys.executable, HERE, attack, self.dir))
        subprocess.run(["cc", "-o", os.path.join(self.bin, name), src],
                       check=True)
        self.monitor_log = os.path.join(self.dir, "monitor")
        # pylint: disable-next=consider-using-with
        self.monitor = subprocess.Popen(
            ["ip", "-n", self.netns, "-o", "monitor", "address"],
            stdout=open(self.monitor_log, "w", encoding="ascii"))
        self.procs.append(self.monitor)

    def start(self, *args, env=None, ready=True):
        """The daemon of the private folder."""
        # pylint: disable-next=consider-using-with
        proc = subprocess.Popen(
            self.command("-d", *args, program=os.path.join(
                self.bin, "vrrpd")),
            stderr=open(self.log, "a", encoding="ascii"),
            env={**os.environ, **(env or {})})
        self.procs.append(proc)
        if ready:
            self.wait_log(tp.READY)
        return proc

    def added(self):
        """Addresses that were added while it ran."""
        time.sleep(0.05)
        with open(self.monitor_log, encoding="ascii") as f:
            return {m.group(1) for m in re.finditer(
                r"^(?!Deleted).*?inet6? ([0-9a-f.:]+)", f.read(), re.M)}

    def notes(self):
        """What the attacker tells."""
        path = os.path.join(self.dir, "notes")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="ascii") as f:
            return f.read()

    def unharmed(self, proc, vips=frozenset({tp.VIP})):
        """The parent is there, ends in order, and nothing is left."""
        assert proc.poll() is None
        assert len(os.listdir("/proc/%d/fd" % proc.pid)) < 40
        with open("/proc/%d/status" % proc.pid, encoding="ascii") as f:
            rss = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
        assert rss < RSS_MAX_KB
        assert tp.stop(proc, 8) == 0
        assert not self.has_vip()
        assert {a for a in self.added() if not a.startswith("fe80")} <= \
            vips


@pytest.fixture(name="den")
def den_fixture():
    """Makes dens that are gone after the test."""
    made = []

    def make(*args):
        made.append(Den(*args))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("attack", sorted(BROKEN))
def test_broken(den, attack):
    """It is killed, started again, and after a while less often."""
    world = den(attack)
    early = hasattr(Evil, "early_" + attack)
    proc = world.start(ready=not early)
    world.wait_log("vrrpe: broke the rules: .*" + re.escape(BROKEN[attack]))
    if early:
        # The first start has failed, and says so.
        assert proc.wait(5) == 1
        assert not world.has_vip()
        return
    world.wait_log("killed: it broke the rules", 4, limit=8)
    world.wait_log("dies too often: starting again in 1 s", limit=8)
    world.unharmed(proc)


@pytest.mark.parametrize("attack", ["state_flood", "unknown_flood",
    "announce_flood", "level_flood", "history_flood",
    "maint_flood"])
def test_flood(den, attack):
    """Others on the network can make a good engine say that much: it lives,
    and what it says last holds."""
    world = den(attack)
    proc = world.start()
    tp.wait_for(lambda: "floods" in world.notes())
    for count in range(1, 4):
        begun = time.monotonic()
        proc.send_signal(signal.SIGHUP)
        world.wait_log("reload asked for by signal", count)
        assert time.monotonic() - begun < 1
        time.sleep(0.5)
    tp.wait_for(lambda: "said" in world.notes())
    tp.wait_for(world.has_vip, 2.5)
    assert "broke the rules" not in world.text()
    assert len(world.text().splitlines()) < 40
    world.added()
    with open(world.monitor_log, encoding="ascii") as f:
        changes = len(re.findall(r" %s/" % tp.VIP, f.read()))
    assert changes < 6 * 100 * 2
    world.unharmed(proc)


def test_forged(den):
    """What can be a race is dropped; the engine lives."""
    world = den("forged")
    proc = world.start()
    tp.wait_for(lambda: "said" in world.notes())
    time.sleep(0.3)
    assert "of an unknown instance" in world.text()
    assert "announces without being master" in world.text()
    assert "broke the rules" not in world.text()
    assert len(world.text().splitlines()) < 20
    assert not world.added() & {tp.VIP}
    world.unharmed(proc)


def test_master_without_interface(den):
    """No evidence, no address."""
    world = den("master_down")
    world.ip("link set v1 down")
    proc = world.start()
    world.wait_log("not done: VI_1: its interface is down", 2)
    assert tp.VIP not in world.added()
    world.ip("link set v1 up")
    tp.wait_for(lambda: tp.VIP in world.added(), 5)
    world.unharmed(proc)


def test_flap(den):
    """Many addresses, up and down all the time: the parent keeps up."""
    world = den("flap")
    world.write(tp.CONF.replace("        192.0.2.100\n", "".join(
        "        192.0.2.%d\n" % n for n in range(50, 250))))
    proc = world.start()
    tp.wait_for(lambda: tp.VIP in world.added())
    time.sleep(2)
    for count in range(1, 4):
        begun = time.monotonic()
        proc.send_signal(signal.SIGHUP)
        world.wait_log("reload asked for by signal", count)
        assert time.monotonic() - begun < 1
        time.sleep(0.3)
    assert "broke the rules" not in world.text()
    world.unharmed(proc, {"192.0.2.%d" % n for n in range(50, 250)})


def test_log(den):
    """Lines are limited, marked, and harmless to a terminal."""
    world = den("log")
    proc = world.start()
    tp.wait_for(lambda: "said" in world.notes(), 10)
    world.wait_log("vrrpe: later")
    text = world.text()
    assert text.count("vrrpe: line ") < 900
    world.wait_log(r"vrrpe: \d+ log lines were too many")
    assert "vrrpe: one" in text and "\nvrrpd: two" not in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    world.unharmed(proc)


def test_reload_flood(den):
    """Reloads are limited, and the parent has time for others."""
    world = den("reloads")
    proc = world.start()
    tp.wait_for(lambda: "said" in world.notes(), 20)
    assert world.text().count("reloaded: ") <= 60
    begun = time.monotonic()
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reload asked for by signal")
    assert time.monotonic() - begun < 1
    world.unharmed(proc)


@pytest.mark.parametrize("attack,text", [
    ("silent", r"silent for [3-5]\d\d\d ms"), ("deaf", "vrrpe: "),
    ("closes", "killed")])
def test_no_life_no_address(den, attack, text):
    """A master that is silent loses the address, and its life; one that reads
    all and answers nothing is busy, perhaps, and gets more time."""
    world = den(attack)
    proc = world.start()
    engine = world.children(proc.pid, "python3")
    tp.wait_for(lambda: tp.VIP in world.added(), 5)
    tp.wait_for(lambda: not world.has_vip(), 6)
    tp.wait_for(lambda: not [p for p in engine if tp.alive(p)], 3)
    world.wait_log(text)
    world.unharmed(proc)


def test_stays(den):
    """One that does not end is ended, and its address goes."""
    world = den("stays")
    proc = world.start()
    tp.wait_for(world.has_vip)
    begun = time.monotonic()
    world.unharmed(proc)
    assert time.monotonic() - begun < 3
    assert "does not end: killed" in world.text()


def test_mute(den):
    """No READY: the start fails in time."""
    world = den("mute")
    proc = world.start(ready=False)
    assert proc.wait(5) == 1
    assert "not ready after 2 s" in world.text()


def test_no_ack(den):
    """A new engine that never takes its configuration is not waited for."""
    world = den("no_ack")
    proc = world.start()
    tp.wait_for(lambda: "waits" in world.notes())
    world.wait_log("vrrpe: did not take its configuration", limit=9)
    world.wait_log("killed by signal 9", limit=3)
    world.unharmed(proc)


def test_refused_reload(den):
    """A refusal changes nothing, and its text is made safe."""
    world = den("refuses")
    proc = world.start()
    proc.send_signal(signal.SIGHUP)
    world.wait_log("refused, nothing changed: vrrpe: evil")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", world.text())
    world.unharmed(proc)


@pytest.mark.parametrize("attack,text", [
    ("checker_master", "STATE: not accepted from this sender"),
    ("checker_reloads", "CTL_RELOAD: not accepted from this sender"),
    ("checker_tells", "TRACK: not accepted from this sender")])
def test_broken_checker(den, attack, text):
    """It may say nothing but that it is ready."""
    world = den(attack, "checker")
    proc = world.start()
    world.write(tp.SCRIPT + tp.CONF.replace(
        "priority 100", "priority 100\n    track_script {\n chk\n }"))
    proc.send_signal(signal.SIGHUP)
    world.wait_log(r"checker\(nobody\): broke the rules: " + text)
    world.wait_log("refused, nothing changed: ")
    assert "starting again" not in world.text()
    world.wait_master()
    world.unharmed(proc)


def test_checker_dies_while_staged(den):
    """The user of a new script can kill its checker at any time."""
    world = den("checker_dies", "checker")
    proc = world.start(env={"MALLOC_PERTURB_": "90"})
    for count in range(1, 4):
        world.write(tp.SCRIPT + tp.CONF.replace(
            "priority 100", "priority 100\n    track_script {\n chk\n }"))
        proc.send_signal(signal.SIGHUP)
        world.wait_log(r"refused, nothing changed: checker\(nobody\)", count)
        time.sleep(0.2)
        assert proc.poll() is None
        assert not world.children(proc.pid, "python3")
    world.write(tp.CONF)
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: ")
    world.unharmed(proc)
