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



"""Version 2 with an authentication header, beside keepalived."""

import os
import re
import shutil
import signal
import subprocess

import pytest

from confgen import block, instance, settings
from lib import Keepalived, Vrrpd, command, stays, wait_until

VIP = "10.9.0.151"
TSHARK = shutil.which("tshark")

# Keeps the first packet of the protocol that comes in, then sends it again
# and again; "forge" makes each one look new.
AGAIN = """
import socket, struct, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(0x0800))
s.bind(("e0", 0x0800))
while True:
    frame = bytearray(s.recv(2048))
    if frame[23] == 51 and frame[26:30] == bytes(map(int,
            sys.argv[1].split("."))):
        break
print("heard", flush=True)
seq = 1000
while True:
    if sys.argv[2] == "forge":
        seq += 1
        frame[42:46] = struct.pack("!I", seq)
    s.send(frame)
    time.sleep(0.05)
"""


def conf(lab, host, prio, word="secret", unicast=False, kind="AH"):
    lines = [block("authentication", "auth_type " + kind,
        "auth_pass " + word)]
    if unicast:
        other = "b" if host == "a" else "a"
        lines += ["unicast_src_ip " + lab.addr(host),
            block("unicast_peer", lab.addr(other))]
    return settings() + instance(51, *lines, version=2, prio=prio,
        vips=[VIP])


def counter(router, name):
    found = re.search(r"\b%s\s+(\d+)" % name,
        router.ctl("show", "counters").stdout)
    return int(found.group(1))


class Dump:
    """All of a host's packets of AH, for tshark."""

    def __init__(self, lab, host="a"):
        self.path = lab.path("ah.pcap")
        self.proc = subprocess.Popen(["ip", "netns", "exec", lab.name(host),
            "tcpdump", "-U", "-i", "e0", "-w", self.path, "ip", "proto",
            "51"], stderr=subprocess.PIPE, text=True)
        while "listening" not in self.proc.stderr.readline():
            pass

    def fields(self):
        """Source, TTL, ID, SPI, number, priority of each."""
        self.proc.terminate()
        self.proc.wait(10)
        args = [TSHARK, "-r", self.path]
        bad = command(args + ["-Y", "_ws.malformed || _ws.expert.severity "
            ">= 0x00600000"]).stdout
        assert not bad, bad
        out = command(args + ["-T", "fields", "-e", "ip.src", "-e", "ip.ttl",
            "-e", "ip.id", "-e", "ah.spi", "-e", "ah.sequence", "-e",
            "vrrp.prio"]).stdout
        return [line.split("\t") for line in out.splitlines()]


@pytest.mark.parametrize("unicast", [False, True], ids=["group", "unicast"])
def test_with_keepalived(lab, unicast):
    """Each takes the role from the other and back, by number and sum."""
    dump = Dump(lab)
    a = Vrrpd(lab, "a", conf(lab, "a", 100, unicast=unicast)).start()
    a.wait_state("I51", "MASTER")
    b = Keepalived(lab, "b", conf(lab, "b", 150, unicast=unicast)).start()
    b.wait_state("I51", "MASTER")
    a.wait_state("I51", "BACKUP")
    assert "higher priority 150" in a.log()
    wait_until(lambda: not lab.has("a", VIP), 3, "no address")
    stays(lambda: a.entered("I51", "MASTER") == 1, 1.5, "it follows")
    b.stop()
    a.wait_state("I51", "MASTER")
    assert counter(a, "auth_failures") == 0
    b.start()
    b.wait_state("I51", "MASTER")
    a.stop()
    rows = dump.fields()
    assert {r[0] for r in rows} == {lab.addr("a"), lab.addr("b")}
    numbers = [int(r[4]) for r in rows]
    assert numbers == sorted(set(numbers)), numbers
    for src, ttl, ident, spi, _, _ in rows:
        assert ttl == "255" and int(ident, 0) != 0
        assert int(spi, 0) == int.from_bytes(bytes(map(int,
            src.split("."))), "big")


def test_keepalived_follows(lab):
    """keepalived as the backup keeps quiet, and hears priority 0."""
    a = Vrrpd(lab, "a", conf(lab, "a", 150)).start()
    a.wait_state("I51", "MASTER")
    b = Keepalived(lab, "b", conf(lab, "b", 100)).start()
    stays(lambda: not b.entered("I51", "MASTER"), 5, "quiet")
    a.stop()
    b.wait_state("I51", "MASTER", 3)


@pytest.mark.parametrize("word,kind", [("other", "AH"), ("secret", "PASS")])
def test_strangers(lab, word, kind):
    """A wrong password or none: both are master, and it is counted."""
    a = Vrrpd(lab, "a", conf(lab, "a", 100)).start()
    a.wait_state("I51", "MASTER")
    b = Keepalived(lab, "b", conf(lab, "b", 200, word, kind=kind)).start()
    b.wait_state("I51", "MASTER")
    if kind == "AH":
        wait_until(lambda: counter(a, "auth_failures") >= 1, 5, "counted")
        assert "wrong password or changed" in a.log()
    stays(lambda: not a.entered("I51", "BACKUP", a.log().find("MASTER")), 2,
        "stays")


@pytest.mark.parametrize("how", ["replay", "forge"])
def test_replay(lab, how):
    """What was heard before keeps nobody quiet."""
    a = Vrrpd(lab, "a", conf(lab, "a", 150)).start()
    b = Vrrpd(lab, "b", conf(lab, "b", 100)).start()
    a.wait_state("I51", "MASTER")
    proc = subprocess.Popen(["ip", "netns", "exec", lab.name("t"),
        "/usr/bin/python3", "-c", AGAIN, lab.addr("a"), how],
        stdout=subprocess.PIPE, text=True)
    try:
        assert proc.stdout.readline() == "heard\n"
        wait_until(lambda: counter(b, "auth_failures") >= 20, 10, "counted")
        assert not b.entered("I51", "MASTER")
        a.kill_hard()
        b.wait_state("I51", "MASTER", 8)
        assert counter(b, "adverts_received") > 0
    finally:
        proc.kill()
        proc.wait()


def test_reload(lab):
    """From a plain password to AH and back, without losing the role."""
    a = Vrrpd(lab, "a", conf(lab, "a", 150, kind="PASS")).start()
    a.wait_state("I51", "MASTER")
    dump = Dump(lab, "t")
    a.reload(conf(lab, "a", 150))
    stays(lambda: a.entered("I51", "MASTER") == 1, 2.5, "stays master")
    a.reload(conf(lab, "a", 150, kind="PASS"))
    stays(lambda: a.entered("I51", "MASTER") == 1, 1.5, "stays master")
    assert len(dump.fields()) >= 2
    assert a.entered("I51", "BACKUP") == 1


@pytest.mark.parametrize("other", ["vrrpd", "keepalived"])
def test_crash(lab, other):
    """The engine dies and comes back: the master stays it, by numbers that
    the other one has not seen yet; twice."""
    kind = Vrrpd if other == "vrrpd" else Keepalived
    a = Vrrpd(lab, "a", conf(lab, "a", 150)).start()
    a.wait_state("I51", "MASTER")
    b = kind(lab, "b", conf(lab, "b", 100)).start()
    b.wait_state("I51", "BACKUP")
    for number in (1, 2):
        os.kill(a.child("vrrpe"), signal.SIGKILL)
        wait_until(lambda n=number: a.ctl("show", check=False).returncode ==
            0 and a.show()["engine_restarts"] == n, 5, "a new engine")
        stays(lambda: a.state("I51") == "MASTER" and lab.has("a", VIP) and
            not b.entered("I51", "MASTER"), 4.5, "the master stays",
            step=0.1)
    a.stop()
    b.wait_state("I51", "MASTER", 3)
    assert "refused" not in b.log()


def test_all_killed(lab):
    """Nobody knows the number any more: the role is asked for anew."""
    run = lab.path("run")
    a = Vrrpd(lab, "a", conf(lab, "a", 150), rundir=run).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", VIP), 3, "the address")
    a.kill_hard()
    a = Vrrpd(lab, "a", conf(lab, "a", 150), rundir=run).start()
    assert a.state("I51") == "BACKUP" and "leased still" not in a.log()
    wait_until(lambda: not lab.has("a", VIP), 1, "it is gone")
