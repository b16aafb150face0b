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


"""The mailer by itself, with us as its parent and its engine; and the engine
with us as its mailer."""

import os
import socket
import subprocess
import time

import pytest

import vrrpe_peer as v
from vrrpe_peer import s32, s64, string, u8, u16, u32, u64

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

ROLE = 5
NOBODY = 65534
MASTER, BACKUP, FAULT, STOP, RX_LOWER, DELETED = range(6)


def messages(server="127.0.0.1", port=25, to=("a@example.org",), helo="h",
        mail=1):
    body = [("CONF_GLOBAL", 0, v.encode(v.GLOBAL, {"mail": mail}))]
    body.append(("CONF_MAIL", 1, string(server) + s64(port) + string(helo) +
        string("") + string("") + s64(2000000) + u16(len(to)) +
        b"".join(string(a) for a in to)))
    counts = b"".join(u32(sum(k == kind for k, _, _ in body))
        for kind in v.COUNTED)
    out = [("CONF_BEGIN", 0, counts)] + body
    fnv = 0xcbf29ce484222325
    for _, _, data in out:
        for byte in data:
            fnv = ((fnv ^ byte) * 0x100000001b3) % 2 ** 64
    return out + [("CONF_END", 0, u64(fnv))]


class Mailer(v.Peer):
    def __init__(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        super().__init__(ours)
        self.gen = 0
        self.proc = subprocess.Popen([os.path.join(v.BIN, "mailer")],
            close_fds=False, stdin=subprocess.DEVNULL, cwd="/",
            env={"PATH": "/bin", "ASAN_OPTIONS": "detect_leaks=0"},
            preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
        theirs.close()
        self.send("HELLO", data=u32(v.VERSION) + string(v.BUILD) + u8(ROLE) +
            u32(NOBODY) + u32(NOBODY) + u16(0) + string("") + u32(64) +
            u8(1) + s32(0) + u8(0) + u8(0) + bytes(36) + u8(1))
        assert self.recv().type == "READY"
        self.engine = None

    def stage(self, **conf):
        self.gen += 1
        for kind, ident, data in messages(**conf):
            self.send(kind, ident, data, gen=self.gen)
        msg = self.recv()
        assert msg.gen == self.gen
        return msg

    def load(self, **conf):
        assert self.stage(**conf).type == "CONF_ACK"
        self.send("CONF_COMMIT", gen=self.gen)

    def connect(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        self.send("MAILER", fd=theirs.fileno(), gen=self.gen)
        theirs.close()
        self.engine = v.Peer(ours)

    def notify(self, ident=1, event=MASTER, name="VI_1", part=0):
        self.engine.send("NOTIFY", ident, u8(0) + u8(event) + u8(100) +
            u8(part) + string(name), gen=self.gen)

    def wait_log(self, text, limit=5):
        end = time.monotonic() + limit
        while not any(text in line for line in self.logs):
            assert time.monotonic() < end, self.logs
            try:
                self.recv(0.1)
            except TimeoutError:
                pass

    def stop(self):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait()
        self.close()
        if self.engine:
            self.engine.close()


@pytest.fixture(name="mailer")
def mailer_fixture():
    one = Mailer()
    yield one
    one.stop()


@pytest.fixture(name="server")
def server_fixture():
    """Listens, and nothing more."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(5)
    sock.settimeout(5)
    yield sock
    sock.close()


def greet(server, *answers):
    """One mail's talk; its lines. A line that has no answer of its own is
    answered with 250."""
    conn, _ = server.accept()
    conn.settimeout(5)
    conn.sendall(b"220 x\r\n")
    f = conn.makefile("rb")
    lines, text, answers = [], False, dict(answers)
    while True:
        line = f.readline()
        if not line:
            break
        lines.append(line.decode().rstrip("\r\n"))
        if text and line != b".\r\n":
            continue
        text = line == b"DATA\r\n"
        word = line.split()[0].decode()
        conn.sendall(answers.get(word, b"354 go\r\n" if text else
            b"250 ok\r\n"))
        if word == "QUIT":
            break
    conn.close()
    return lines


def test_a_mail(mailer, server):
    mailer.load(port=server.getsockname()[1])
    mailer.connect()
    mailer.notify()
    lines = greet(server)
    assert "MAIL FROM:<root@h>" in lines[1]
    assert lines[2] == "RCPT TO:<a@example.org>"
    assert "Subject: [rtr] VRRP Instance VI_1 - Entering MASTER state" in lines


def test_name_of_an_engine_that_lies(mailer, server):
    """It cannot say anything to the server, or in the head of a mail."""
    mailer.load(port=server.getsockname()[1])
    mailer.connect()
    mailer.notify(name="a\r\n.\r\nRCPT TO:<x@example.net>\r\nBcc: y")
    lines = greet(server)
    assert [x for x in lines if x.startswith("RCPT")] == \
        ["RCPT TO:<a@example.org>"]
    assert not any(x.startswith("Bcc") for x in lines)
    assert lines.count(".") == 1


@pytest.mark.parametrize("what", ["event", "rx_lower", "fifo", "type",
    "short"])
def test_engine_that_breaks_the_rules(mailer, server, what):
    """It is not listened to any more; the next one is."""
    mailer.load(port=server.getsockname()[1])
    mailer.connect()
    if what == "event":
        mailer.notify(event=77)
    elif what == "rx_lower":
        mailer.notify(event=RX_LOWER)
    elif what == "fifo":
        mailer.notify(part=1)
    elif what == "type":
        mailer.engine.send("CONF_COMMIT", gen=mailer.gen)
    else:
        mailer.engine.send("NOTIFY", 1, u8(0))
    mailer.wait_log("vrrpe: ")
    mailer.engine.close()
    mailer.connect()
    mailer.notify()
    assert "QUIT" in greet(server)


@pytest.mark.parametrize("conf", [dict(server="a@b"), dict(helo="a b"),
    dict(to=("a\r\nb",)), dict(to=()), dict(port=0), dict(mail=0)], ids=str)
def test_refused_configuration(mailer, conf):
    assert mailer.stage(**conf).type == "CONF_NAK"
    mailer.load()


@pytest.mark.parametrize("name", ["CONF_SCRIPT", "CONF_NOTIFY", "HOOK",
    "START", "PEER"])
def test_parent_that_breaks_the_rules(mailer, name):
    mailer.send(name, 1, gen=0)
    assert mailer.proc.wait(5) == 0


def test_ends_with_its_parent(mailer, server):
    """Also in the middle of a mail."""
    mailer.load(port=server.getsockname()[1])
    mailer.connect()
    mailer.notify()
    conn, _ = server.accept()
    mailer.close()
    assert mailer.proc.wait(5) == 0
    conn.close()


@pytest.mark.parametrize("busy", [False, True])
def test_shutdown(mailer, server, busy):
    """At once when all is told, else up to the deadline."""
    mailer.load(port=server.getsockname()[1])
    mailer.connect()
    if busy:
        mailer.notify()
        conn, _ = server.accept()
    mailer.engine.close()
    began = time.monotonic()
    mailer.send("SHUTDOWN", data=s64(int((began + 1) * 1e6)))
    assert mailer.proc.wait(5) == 0
    took = time.monotonic() - began
    assert took > 0.8 if busy else took < 0.8
    if busy:
        conn.close()


def test_flood(mailer, server):
    """More than may wait: the oldest go, what is newest of each is there."""
    mailer.load(port=server.getsockname()[1])
    mailer.connect()
    for n in range(1300):
        mailer.notify(n + 1, MASTER if n % 2 else BACKUP, "N%d" % n)
    mailer.wait_log("more than 1024 mails wait")
    assert mailer.proc.poll() is None


def test_engine_and_its_mailer(engines):
    """What happened before there was one is told when it comes; nothing that
    it says is accepted."""
    e = engines()
    e.run([{"smtp_alert": 1}], mail=1)
    e.want("STATE")

    def mailer():
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        e.send("MAILER", fd=theirs.fileno(), gen=e.gen)
        theirs.close()
        peer = v.Peer(ours)
        e.peers.append(peer)
        return peer
    first = mailer()
    assert first.want("NOTIFY", event=BACKUP).object == 0
    assert first.want("NOTIFY", event=MASTER, wait=8).id == 1
    for kind in ("TRACK", "TRACK_SYNC", "CTL_RELOAD", "NOTIFY"):
        bad = mailer()
        bad.send(kind, 1, b"", gen=e.gen)
        e.sync()
        assert bad.gone()
    e.sync()
    assert any("mailer" in line for line in e.logs)
    assert e.proc.poll() is None
    # Nothing is told twice.
    last = mailer()
    e.sync()
    last.silent(0.3)
    e.link(flags=0)
    assert last.want("NOTIFY").event == FAULT


def test_engine_without_mail(engines):
    """Not wanted by the instance, or by nobody at all."""
    for glob, inst in ((1, 0), (0, 1)):
        e = engines()
        e.run([{"smtp_alert": inst}], mail=glob)
        e.want("STATE")
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        e.send("MAILER", fd=theirs.fileno(), gen=e.gen)
        theirs.close()
        peer = v.Peer(ours)
        e.peers.append(peer)
        e.link(flags=0)
        e.want("STATE")
        e.sync()
        peer.silent(0.2)
