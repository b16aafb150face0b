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


"""What was written for keepalived works with vrrpd under its name: command
lines, pid files, signals, and the files that exporters read."""

import json
import os
import re
import signal
import struct
import subprocess
import time

import pytest

from confgen import instance, settings
from lib import (Daemon, KEEPALIVED, LIBC, VRRPCTL, alive, command,
    family_of, kill, wait_until)

OURS = os.path.join(os.path.dirname(VRRPCTL), "keepalived")


def words(text):
    """The lines of a file before their values."""
    return {re.split(r"[=:]", line)[0].rstrip()
        for line in text.splitlines()}


class Compat(Daemon):
    """Either of the two, as a caller sees it: by its pid files."""

    def __init__(self, lab, program, conf, host="a"):
        folder = lab.path("c-%s-%d" % (host, Daemon.count))
        os.mkdir(folder)
        self.folder = folder
        self.conf = folder + "/keepalived.conf"
        self.write_conf(conf)
        self.pids = folder + "/pid.keepalived", folder + "/pid.vrrp"
        super().__init__(lab, host, [program, "-P", "-n", "-l", "-f",
            self.conf, "-p", self.pids[0], "-r", self.pids[1], "-D"],
            env={"TMPDIR": folder}, name="compat")

    def write_conf(self, text):
        with open(self.conf, "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(self.conf, 0o600)

    def number(self, which=0):
        with open(self.pids[which], encoding="ascii") as f:
            return int(f.read() or 0)

    def wait_master(self, name="V"):
        wait_until(lambda: "(%s) Entering MASTER" % name in self.log(), 10,
            self.tail)

    def dump(self, kind):
        """Asks as an exporter does."""
        number = int(command([self.args[0], "--signum=" + kind]).stdout)
        path = "%s/keepalived.%s" % (self.folder, kind.lower())
        if os.path.lexists(path):
            os.unlink(path)
        os.kill(self.number(), number)

        def look():
            try:
                with open(path, encoding="ascii") as f:
                    return f.read()
            except FileNotFoundError:
                return ""
        return wait_until(look, 8, self.tail)


CONF = settings() + instance(51, name="V", version=2)


@pytest.fixture(name="both")
def both_fixture(make_lab):
    return [Compat(make_lab(), program, CONF).start() for program in
        (OURS, KEEPALIVED)]


def test_files(both):
    """The fields of the three files, and what is in them."""
    for side in both:
        side.wait_master()
    ours, theirs = ([side.dump(kind) for kind in ("JSON", "STATS", "DATA")]
        for side in both)
    a, b = (json.loads(side[0])[0] for side in (ours, theirs))
    assert set(b["data"]) <= set(a["data"])
    assert set(a["stats"]) == set(b["stats"])
    for key in ("iname", "ifp_ifname", "vrid", "base_priority", "state",
            "wantstate", "effective_priority", "adver_int", "accept",
            "nopreempt", "version", "vips", "vipset", "garp_delay",
            "auth_type"):
        assert a["data"][key] == b["data"][key], key
    assert abs(a["data"]["last_transition"] -
        b["data"]["last_transition"]) < 60
    assert re.sub(r"\d+", "N", ours[1]) == re.sub(r"\d+", "N", theirs[1])
    assert "Became master: 1\n" in ours[1]
    # the instance line by line, the values of what does not change
    assert {"   State", "   Virtual IP (1)", " VRRP Instance"} <= words(
        ours[2])
    topology = theirs[2].split(" VRRP Topology ")[1]
    for line in topology.split("\n------<")[0].splitlines():
        if re.match(r" VRRP Instance|   (State|Wantstate|Interface|Virtual|"
                r"Priority|Effective|Advert|Accept|Preempt|Gratuitous)",
                line):
            assert line in ours[2].splitlines()


def test_link_is_not_followed(make_lab):
    side = Compat(make_lab(), OURS, CONF).start()
    side.wait_master()
    victim = side.folder + "/victim"
    with open(victim, "w", encoding="ascii") as f:
        f.write("precious")
    path = side.folder + "/keepalived.data"
    os.symlink(victim, path)
    os.kill(side.number(), signal.SIGUSR1)
    wait_until(lambda: not os.path.islink(path), 8, side.tail)
    with open(victim, encoding="ascii") as f:
        assert f.read() == "precious"
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert not [name for name in os.listdir(side.folder)
        if re.search(r"\.\d+-\d+$", name)]


def test_neutron(make_lab):
    """Start, new configuration and HUP, the vrrp process killed, stop."""
    lab = make_lab()
    side = Compat(lab, OURS, CONF).start()
    side.wait_master()
    assert side.number() == side.pid
    vrrp = side.number(1)
    assert vrrp != side.pid and alive(vrrp)
    side.write_conf(settings() + instance(51, name="V", version=2,
        vips=["10.9.0.151", "10.9.0.77"]))
    os.kill(side.number(), signal.SIGHUP)
    wait_until(lambda: lab.has("a", "10.9.0.77"), 8, side.tail)
    os.kill(vrrp, signal.SIGKILL)
    wait_until(lambda: side.number(1) not in (0, vrrp), 8, side.tail)
    wait_until(lambda: side.log().count(" ready: ") == 2, 8, side.tail)
    assert side.stop() == 0
    assert not [path for path in side.pids if os.path.exists(path)]


def test_stop_after_a_kill(make_lab):
    """vrrpd is dead when keepalived is told to stop: the address goes at
    once, not with its lease, and the folder with it."""
    lab = make_lab()
    side = Compat(lab, OURS, settings("vip_lease 60") + instance(51,
        name="V", version=2)).start()
    side.wait_master()
    wait_until(lambda: lab.has("a", "10.9.0.151"), 5, side.tail)
    folder = re.search(r"vrrpctl -s (\S+)/control", side.log()).group(1)
    assert os.path.isdir(folder)
    pids = family_of(side.number(1))
    # so that nobody is there to take the address away, nor to start another
    os.kill(side.pid, signal.SIGSTOP)
    kill(pids, signal.SIGSTOP)
    kill(pids)
    os.kill(side.pid, signal.SIGTERM)
    assert lab.has("a", "10.9.0.151")
    os.kill(side.pid, signal.SIGCONT)
    side.wait_exit(15)
    assert not lab.has("a", "10.9.0.151")
    assert not os.path.exists(folder)
    assert not [path for path in side.pids if os.path.exists(path)]


class CloseWatch:
    """inotify: names in a folder that were closed after writing."""

    def __init__(self, folder):
        self.fd = LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert LIBC.inotify_add_watch(self.fd, folder.encode(), 8) >= 0

    def names(self):
        out = []
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return out
        while data:
            size = struct.unpack("=I", data[12:16])[0]
            out.append(data[16:16 + size].rstrip(b"\0").decode())
            data = data[16 + size:]
        return out


def test_vyos(make_lab):
    """A FIFO that a program reads line by line, and the status by a signal:
    it waits until the file is closed, reads it and deletes it."""
    lab = make_lab()
    fifo = lab.path("notify_fifo")
    os.mkfifo(fifo, 0o600)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    side = Compat(lab, OURS, settings("vrrp_notify_fifo " + fifo) +
        instance(51, name="eth0v4-51", version=2) + "vrrp_sync_group MAIN {\n"
        "group {\neth0v4-51\n}\n}\n")
    # as its unit has it
    side.args = [OURS, "--use-file", side.conf, "--pid", side.pids[0],
        "--dont-fork", "--log-console", "--vrrp_pid=" + side.pids[1]]
    side.start()
    side.wait_master("eth0v4-51")
    watch = CloseWatch(side.folder)
    os.kill(side.number(), signal.SIGRTMIN + 2)
    wait_until(lambda: "keepalived.json" in watch.names(), 8, side.tail)
    path = side.folder + "/keepalived.json"
    with open(path, encoding="ascii") as f:
        row = json.load(f)[0]["data"]
    os.unlink(path)
    assert (row["iname"], row["ifp_ifname"], row["vrid"], row["state"],
        row["effective_priority"]) == ("eth0v4-51", "e0", 51, 2, 100)
    assert abs(row["last_transition"] - time.time()) < 60
    side.write_conf(settings("vrrp_notify_fifo " + fifo) + instance(51,
        name="eth0v4-51", version=2, prio=120) + "vrrp_sync_group MAIN {\n"
        "group {\neth0v4-51\n}\n}\n")
    os.kill(side.number(), signal.SIGHUP)
    wait_until(lambda: "reloaded" in side.log(), 8, side.tail)
    assert side.stop() == 0
    text = b""
    while True:
        try:
            got = os.read(reader, 65536)
        except BlockingIOError:
            break
        if not got:
            break
        text += got
    os.close(reader)
    os.close(watch.fd)
    lines = text.decode().splitlines()
    found = [re.match(r'^(\w+) "([\w-]+)" (\w+) (\d+)$', line) for line in
        lines]
    assert lines and all(found), lines
    told = [m.groups()[:3] for m in found]
    for want in (("INSTANCE", "eth0v4-51", "MASTER"),
            ("GROUP", "MAIN", "MASTER"), ("INSTANCE", "eth0v4-51", "STOP"),
            ("GROUP", "MAIN", "STOP")):
        assert want in told, lines


def test_kill(make_lab):
    """The end of the one is the end of the other, in order."""
    lab = make_lab()
    side = Compat(lab, OURS, CONF).start()
    side.wait_master()
    vrrp = side.number(1)
    folder = re.search(r"vrrpctl -s (\S+)/control", side.log()).group(1)
    os.kill(side.pid, signal.SIGKILL)
    side.proc.wait(5)
    wait_until(lambda: not alive(vrrp), 8, side.tail)
    assert os.path.exists(folder + "/notify")
    assert not lab.has("a", "10.9.0.151")
    # and again, over what is left of the pid files and of its socket
    side.start()
    wait_until(lambda: lab.has("a", "10.9.0.151"), 10, side.tail)
    assert side.stop() == 0
    assert not os.path.exists(folder)


def run(*args):
    return subprocess.run([OURS, *args], check=False, timeout=20,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_words(tmp_path):
    out = run("--version")
    assert out.returncode == 0
    first = out.stderr.splitlines()[0]
    assert re.search(r"[kK]eepalived v(.*) ", first).group(1) == "2.2.7"
    for name in ("STOP", "RELOAD", "DATA", "STATS", "STATS_CLEAR", "JSON"):
        assert run("--signum=" + name).stdout == command(
            [KEEPALIVED, "--signum=" + name]).stdout
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text(CONF)
    bad.write_text("vrrp_instance V {\nbogus\n}\n")
    assert run("-t", "-f", str(good)).returncode == 0
    log = tmp_path / "log"
    assert run("--config-test=%s" % log, "-f", str(bad)).returncode == 5
    assert "bogus" in log.read_text()
    theirs = subprocess.run([KEEPALIVED, "--help"], check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    for letter, name in re.findall(r"^ +(?:-(\w), +)?--([\w-]+)", theirs,
            re.M):
        if name in ("check", "dont-release-vrrp", "genhash"):
            assert ": " in run("-t", "--" + name).stderr.split(name)[1]
            continue
        if name in ("help", "version", "signum"):
            continue
        value = {"log-facility": "local3", "umask": "077"}.get(name, "x")
        if not re.search(r"--%s( id|=)" % name, theirs):
            value = None
        for word in ["--" + name] + (["-" + letter] if letter else []):
            args = [word] + ([value] if value else [])
            assert run(*args, "-t", "-f", str(good)).returncode == 0, args
