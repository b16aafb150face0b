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


"""A daemon in the background whose log is not read any more."""

import os
import re
import select
import socket
import time

from confgen import instance, settings
from lib import Capture, Sender, Vrrpd, kill, wait_until

VIP = "10.9.0.151"
# A /dev of its own in a mount namespace of its own: nothing but what a
# daemon needs, and the log.
PRIVATE_DEV = """set -e
mount -t tmpfs tmpfs "$1"
for dev in null zero random urandom; do
	touch "$1/$dev"
	mount --bind "/dev/$dev" "$1/$dev"
done
ln -s "$2" "$1/log"
mount --rbind "$1" /dev
shift 2
exec "$@"
"""


class LogReader:
    """/dev/log for one daemon; reads only when it is told to."""

    def __init__(self, lab):
        self.path = lab.path("log.sock")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.path)
        os.chmod(self.path, 0o666)
        self.lines = []
        lab.closing.append(self)

    def read(self):
        while select.select([self.sock], [], [], 0)[0]:
            self.lines.append(self.sock.recv(8192).decode())
        return self.lines

    def find(self, regex, start=0):
        return [m for m in (re.search(regex, l) for l in
            self.read()[start:]) if m]

    def wait(self, regex, limit=5, start=0):
        return wait_until(lambda: self.find(regex, start), limit,
            lambda: "%s in %r" % (regex, self.lines))[0]

    def close(self):
        self.sock.close()


def background(lab, host, text):
    """vrrpd without -d behind a private /dev: (router, its log, its pid)."""
    log = LogReader(lab)
    script = lab.write("private-dev.sh", PRIVATE_DEV)
    dev = lab.path("dev")
    os.mkdir(dev)
    router = Vrrpd(lab, host, text)
    router.args.remove("-d")
    router.args[:0] = ["unshare", "-m", "sh", script, dev, log.path]
    router.start(ready=False)
    assert router.wait_exit() == 0, router.log()
    with open(router.rundir + "/vrrpd.pid", encoding="ascii") as f:
        return router, log, int(f.read())


def provoke(sender, numbers):
    """A line for each number: a bad packet from an address of its own."""
    for n in numbers:
        sender.send(vrid=51, prio=200, interval=20, addrs=[VIP],
            src="10.9.1.%d" % n, checksum="bad")


BAD_LINE = r"packet from 10\.9\.1\.(\d+) dropped: wrong checksum"


def largest_gap(cap, since):
    times = [f.time for f in cap.adverts(host="a", since=since)]
    assert len(times) > 5
    return max(b - a for a, b in zip(times, times[1:]))


def test_reader_stops(lab):
    """It takes over in the usual time, its adverts keep their pace, vrrpctl
    is answered, and what was not told is counted when the reader is back."""
    cap = Capture(lab)
    sender = Sender(lab)
    b = Vrrpd(lab, "b", settings() + instance(51, prio=150,
        interval="0.2")).start()
    b.wait_state("I51", "MASTER")
    router, log, pid = background(lab, "a", settings() + instance(51,
        interval="0.2"))
    log.wait(r"^<\d+>.* vrrpd\[%d\]: .*Entering BACKUP STATE" % pid)
    provoke(sender, [1])
    log.wait(BAD_LINE)
    # From here on nobody reads.
    mark = len(log.lines)
    provoke(sender, range(2, 42))
    wait_until(lambda: router.instance("I51")["counters"][
        "checksum_errors"] == 41, 5, "41 bad packets")
    b.kill_hard()
    first = cap.wait_advert(3, host="a")
    last = cap.adverts(host="b")[-1]
    assert 0.65 < first.time - last.time < 1.2
    lab.wait_holder(VIP, "a", 4)
    begun = time.time()
    provoke(sender, range(42, 92))
    wait_until(lambda: len(cap.adverts(host="a", since=begun)) >= 15, 6,
        "adverts go on")
    assert largest_gap(cap, begun) < 0.4
    assert router.state("I51") == "MASTER"
    # It reads again, and the next line brings the number.
    log.read()
    told = len(log.find(BAD_LINE, mark)) + \
        len(log.find("Entering MASTER", mark))
    provoke(sender, [200])
    dropped = int(log.wait(r": (\d+) log lines were dropped", 5,
        mark).group(1))
    assert dropped > 50 and told + dropped == 90 + 1
    assert len(log.find(r"log lines were dropped")) == 1
    provoke(sender, [201])
    log.wait(r"10\.9\.1\.201 dropped")
    assert len(log.find(r"log lines were dropped")) == 1
    kill([pid], 15)
    log.wait(r"vrrpd\[%d\]: stopped" % pid)
    wait_until(lambda: not lab.processes("a"), 5, "no process")
    assert not lab.has("a", VIP)


def test_reader_is_started_anew(lab):
    """The log's socket goes and another one comes: the next lines arrive
    there, and nothing waits meanwhile."""
    cap = Capture(lab)
    sender = Sender(lab)
    router, log, _ = background(lab, "a", settings() + instance(51,
        interval="0.1"))
    log.wait("Entering MASTER")
    log.close()
    os.unlink(log.path)
    begun = time.time()
    provoke(sender, range(1, 21))
    wait_until(lambda: len(cap.adverts(host="a", since=begun)) >= 20, 6,
        "adverts go on")
    assert largest_gap(cap, begun) < 0.3
    again = LogReader(lab)
    numbers = iter(range(21, 250))

    def heard():
        provoke(sender, [next(numbers)])
        return again.find(BAD_LINE)
    wait_until(heard, 5, "a line at the new socket", step=0.1)
    again.wait(r"\d+ log lines were dropped")
    assert router.state("I51") == "MASTER"
