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


"""Mail on transitions: a real server on the loopback of the router, one that
is dead, slow or refuses, and what keepalived sends."""

import asyncio
import email
import email.header
import os
import signal
import socket
import threading
import time

import pytest
from aiosmtpd.smtp import SMTP

from confgen import block, instance, settings
from lib import Capture, Inside, Keepalived, Vrrpd, alive, stays, wait_until

PORT = 2525


class Server:
    """An event loop of its own, with one listening socket on the loopback
    of a host. say: (command, answer) one after the other, each used up when
    its command comes; None is the usual answer."""

    def __init__(self, lab, host="a", say=(), port=PORT):
        self.mails = []         # email.message.Message, with .rcpt added
        self.hellos = []
        self.say = list(say)
        self.sock = lab.in_thread(lambda: self.listen(lab.name(host), port))
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.body, daemon=True)
        self.tasks = []
        lab.closing.append(self)
        self.thread.start()

    @staticmethod
    def listen(namespace, port):
        with Inside(namespace):
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", port))
            sock.listen(64)
            sock.setblocking(False)
            return sock

    def body(self):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(self.serve())
        self.loop.run_forever()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def serve(self):
        return await self.loop.create_server(
            lambda: SMTP(self, loop=self.loop, hostname="sink"),
            sock=self.sock)

    def close(self):
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()
        self.sock.close()

    def answer(self, command):
        if self.say and self.say[0][0] == command:
            return self.say.pop(0)[1]
        return None

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.answer("RCPT")
        if said is not None:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        said = self.answer("DATA")
        if said is not None:
            return said
        mail = email.message_from_bytes(envelope.content)
        mail.sender = envelope.mail_from
        mail.rcpt = list(envelope.rcpt_tos)
        self.hellos.append(session.host_name)
        self.mails.append(mail)
        return "250 OK"

    def subjects(self):
        return [str(email.header.make_header(email.header.decode_header(
            m["Subject"]))) for m in list(self.mails)]

    def wait(self, *texts, limit=10):
        wait_until(lambda: all(any(t in s for s in self.subjects())
            for t in texts), limit, lambda: "%r in %r" % (texts,
                self.subjects()))


class Rough(Server):
    """One that does as it likes: talk(reader, writer) is its whole part."""

    def __init__(self, lab, talk, host="a"):
        self.talk = talk
        self.came = 0
        super().__init__(lab, host)

    async def serve(self):
        return await asyncio.start_server(self.one, sock=self.sock)

    async def one(self, reader, writer):
        self.came += 1
        try:
            await self.talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        writer.close()


def mail_settings(*more, server="127.0.0.1 %d" % PORT, to="op@example.org",
        wait=5):
    return settings("router_id R", block("notification_email", to),
        "notification_email_from Routers <vrrp@example.org>",
        "smtp_server " + server, "smtp_connect_timeout %d" % wait, *more)


GROUP = block("vrrp_sync_group G", block("group", "VI_1", "VI_2")) + "\n"


def two(**more):
    return GROUP + instance(51, block("track_interface", "x0"), name="VI_1",
        interval="0.2", **more) + instance(52, name="VI_2", interval="0.2",
        **more)


# keepalived tries one address of a name, which may be ::1.
LOCAL = {Vrrpd: "localhost", Keepalived: "127.0.0.1"}


@pytest.mark.parametrize("faults", [True, False])
def test_transitions(make_lab, faults):
    """The same mails as keepalived's, of instances and groups."""
    got = []
    for kind in (Vrrpd, Keepalived):
        lab = make_lab("a")
        lab.extra_link("a", "x0")
        server = Server(lab, port=25)
        conf = mail_settings("smtp_alert_vrrp", *(() if faults else
            ("no_email_faults",)), server=LOCAL[kind]) + two() + instance(
            53, "smtp_alert false", name="VI_3", interval="0.2")
        router = kind(lab, "a", conf).start()
        steps = []

        def step(text, count):
            server.wait(*text)
            wait_until(lambda: len(server.mails) >= count, 5)
            steps.append(sorted(server.subjects()))
            server.mails.clear()
        names = ("Instance VI_1", "Instance VI_2", "Group G")

        def entering(state):
            return ["[R] VRRP %s - Entering %s state" % (n, state)
                for n in names]
        wait_until(lambda: len(server.mails) >= 6, 10)
        step(entering("BACKUP") + entering("MASTER"), 6)
        lab.ip("a", "link set x0 down")
        if faults:
            step(entering("FAULT"), 3)
        else:
            router.wait_log(r"VI_2\) Entering FAULT")
            time.sleep(0.3)
            assert not server.mails
        lab.ip("a", "link set x0 up")
        wait_until(lambda: len(server.mails) >= 6, 10)
        step(entering("BACKUP") + entering("MASTER"), 6)
        router.stop()
        got.append(steps)
        if kind is Vrrpd:
            server.wait(*("[R] VRRP %s - Stopping" % n for n in names))
    assert got[0] == got[1]


def test_message(lab):
    server = Server(lab)
    Vrrpd(lab, "a", settings("router_id R1", block("notification_email",
        "op@example.org Ops Team <ops@example.org>"),
        "smtp_server 127.0.0.1 %d" % PORT, "smtp_helo_name r1.example.org",
        "smtp_alert") + instance(51, name="K\xf6ln")).start()
    server.wait("[R1] VRRP Instance K\xf6ln - Entering BACKUP state")
    mail = server.mails[0]
    assert mail.sender == "root@r1.example.org"
    assert mail.rcpt == ["op@example.org", "ops@example.org"]
    assert server.hellos[0] == "r1.example.org"
    assert mail["From"] == "root@r1.example.org"
    assert mail["To"].split() == ["op@example.org,", "ops@example.org"]
    assert mail["X-Mailer"].startswith("vrrpd ")
    assert mail["Message-ID"].endswith("@r1.example.org>")
    date = email.utils.mktime_tz(email.utils.parsedate_tz(mail["Date"]))
    assert abs(date - time.time()) < 30
    body = mail.get_payload(decode=True).decode()
    assert "Instance K\xf6ln" in body and "Priority:  100" in body
    server.wait("Entering MASTER")
    assert server.mails[0]["Message-ID"] != server.mails[1]["Message-ID"]


def test_reload(lab):
    """The mailer comes and goes with the words, and knows the last ones."""
    first, second = Server(lab), Server(lab, port=2526)
    plain = instance(51, name="VI_1", interval="0.2")
    router = Vrrpd(lab, "a", settings() + plain).start()
    router.wait_state("VI_1", "MASTER")
    assert router.child("mailer") is None
    router.reload(mail_settings("smtp_alert") + plain)
    wait_until(lambda: router.child("mailer"), 5, "a mailer")
    assert not first.mails          # nothing has happened since
    lab.ip("a", "link set e0 down")
    first.wait("VI_1 - Entering FAULT")
    mailer = router.child("mailer")
    router.reload(mail_settings("smtp_alert", server="127.0.0.1 2526") +
        plain)
    assert router.child("mailer") == mailer
    lab.ip("a", "link set e0 up")
    second.wait("Entering BACKUP", "Entering MASTER")
    assert len(first.mails) == 1
    # An instance that goes is told as a fault, or as deleted.
    more = instance(52, "notify_deleted", name="VI_2", interval="0.2") + \
        instance(53, name="VI_3", interval="0.2")
    conf = mail_settings("smtp_alert", server="127.0.0.1 2526")
    router.reload(conf + plain + more)
    second.wait("VI_2 - Entering MASTER", "VI_3 - Entering MASTER")
    router.reload(conf + plain)
    second.wait("VI_2 - Deleted", "VI_3 - Entering FAULT")
    router.reload(settings() + plain)
    wait_until(lambda: not alive(mailer), 5, "no mailer")
    wait_until(lambda: router.child("mailer") is None, 5, "no mailer")
    router.reload(mail_settings("smtp_alert") + plain)
    wait_until(lambda: router.child("mailer"), 5, "a mailer again")
    first.mails.clear()
    lab.ip("a", "link set e0 down")
    first.wait("VI_1 - Entering FAULT")
    router.stop()
    first.wait("VI_1 - Stopping")


def test_confined(lab):
    """No rights, no open doors; a name that nobody knows is no reason to
    die of the system call filter."""
    router = Vrrpd(lab, "a", mail_settings("smtp_alert",
        server="nosuch.invalid", wait=2) + instance(51)).start()
    router.wait_log(r"mail server nosuch.invalid port 25: .*resolv", 20)
    with open("/proc/%d/status" % router.child("mailer"),
            encoding="ascii") as f:
        status = dict(line.split(":\t", 1) for line in f)
    assert "0" not in status["Uid"].split()
    for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[key], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    if os.environ.get("SAN", "") == "":
        assert status["Seccomp"].strip() == "2"
    assert "forbidden" not in router.log()


def test_mailer_dies(lab):
    """It comes back and tells what happened meanwhile; nobody notices."""
    server = Server(lab)
    cap = Capture(lab)
    router = Vrrpd(lab, "a", mail_settings("smtp_alert") + instance(51,
        block("track_interface", "x0 weight 10"), name="VI_1",
        interval="0.1")).start()
    router.wait_state("VI_1", "MASTER")
    server.wait("Entering MASTER")
    for _ in range(4):
        mailer = wait_until(lambda: router.child("mailer"), 20)
        since = time.time()
        os.kill(mailer, signal.SIGKILL)
        wait_until(lambda: not alive(mailer), 5)
        wait_until(lambda: len(cap.adverts(since, "a")) > 8, 10)
    router.wait_log("mailer: dies too often")
    assert router.state("VI_1") == "MASTER"
    lab.ip("a", "link set e0 down")
    server.wait("Entering FAULT", limit=30)
    rhythm(cap, before=since)


def rhythm(cap, host="a", interval=0.1, since=0.0, before=None):
    """No advert is late by more than a noisy machine makes it."""
    times = [f.time for f in cap.adverts(since, host) if f.prio != 0 and
        (before is None or f.time < before)]
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert len(gaps) > 5
    assert max(gaps) < interval * 3.5, max(gaps)


async def hold(reader, writer):
    await reader.read(-1)


async def no_service(reader, writer):
    writer.write(b"421 sink is busy\r\n")
    await writer.drain()


async def silent_after_data(reader, writer):
    writer.write(b"220 sink\r\n")
    while True:
        line = await reader.readline()
        if not line:
            return
        if line[:4].upper() == b"DATA":
            writer.write(b"354 go\r\n")
            await reader.read(-1)
            return
        writer.write(b"250 ok\r\n")


BAD = {
    "nobody": (None, "onnect"),
    "blackhole": (None, "timed out|Timeout"),
    "mute": (hold, "timed out|Timeout|timeout"),
    "busy": (no_service, "421"),
    "stuck": (silent_after_data, "timed out|Timeout|timeout"),
}


@pytest.mark.parametrize("kind", sorted(BAD))
def test_bad_server(lab, kind):
    """Whatever it does: same rhythm, same take-over, same end."""
    talk, words = BAD[kind]
    if talk is not None:
        Rough(lab, talk)
    if kind == "blackhole":
        lab.run("a", "nft", "add table ip f; add chain ip f o { type filter "
            "hook output priority 0; }; add rule ip f o tcp dport %d drop"
            % PORT)
    lab.extra_link("a", "x0")
    cap = Capture(lab)
    a = Vrrpd(lab, "a", mail_settings("smtp_alert", wait=2) + instance(51,
        block("track_interface", "x0"), name="VI_1", prio=200,
        interval="0.1")).start()
    b = Vrrpd(lab, "b", settings() + instance(51, name="VI_1", prio=100,
        interval="0.1")).start()
    a.wait_state("VI_1", "MASTER")
    for _ in range(3):
        since = time.time()
        lab.ip("a", "link set x0 down")
        cap.wait_advert(1.5, since=since, host="b")
        b.wait_state("VI_1", "MASTER")
        since = time.time()
        lab.ip("a", "link set x0 up")
        cap.wait_advert(2, since=since, host="a")
        a.wait_state("VI_1", "MASTER")
    since = time.time()
    a.wait_log("mail server 127.0.0.1 port %d: .*(%s)" % (PORT, words), 15)
    wait_until(lambda: len(cap.adverts(since, "a")) > 20, 10)
    rhythm(cap, since=since)
    assert len([line for line in a.log().splitlines()
        if "it is tried again" in line]) == 1
    assert a.child("mailer")
    since = time.time()
    a.send_signal(signal.SIGTERM)
    cap.wait_advert(1.5, since=since, host="b")
    a.wait_exit(6)
    assert "killed" not in a.log()


def test_late_banner(lab):
    """Slow, but within the limit: the mail arrives, nobody else waits."""
    async def late(reader, writer):
        await asyncio.sleep(2.5)
        writer.write(b"220 sink\r\n")
        while True:
            line = await reader.readline()
            got.append(line)
            if not line or line == b"QUIT\r\n":
                return
            if line == b".\r\n" or not any(x == b"DATA\r\n" for x in got):
                writer.write(b"250 ok\r\n")
            elif line == b"DATA\r\n":
                writer.write(b"354 go\r\n")
    got = []
    Rough(lab, late)
    cap = Capture(lab)
    router = Vrrpd(lab, "a", mail_settings("smtp_alert", wait=8) +
        instance(51, interval="0.1")).start()
    router.wait_state("I51", "MASTER")
    since = time.time()
    wait_until(lambda: b".\r\n" in got, 15, "a whole mail")
    wait_until(lambda: len(cap.adverts(since, "a")) > 8, 10)
    rhythm(cap, since=since)


def test_for_now_and_for_good(lab):
    """451 at first: tried again, nothing lost or doubled, in order. 550 for
    one of two: the other one has it, and the log the server's words."""
    server = Server(lab, say=[("RCPT", "451 4.7.1 greylisted")] * 4 +
        [("DATA", "452 4.3.1 no space")])
    router = Vrrpd(lab, "a", mail_settings("smtp_alert",
        to="op@example.org two@example.org") + instance(51, interval="0.2",
        name="VI_1")).start()
    server.wait("VI_1 - Entering MASTER", limit=15)
    router.wait_log("mail server .*451 4.7.1 greylisted; it is tried again")
    router.wait_log("takes mail again")
    assert [s.split()[-2] for s in server.subjects()] == ["BACKUP", "MASTER"]
    assert all(len(m.rcpt) == 2 for m in server.mails)
    server.say += [("RCPT", "550 5.1.1 no such user")]
    lab.ip("a", "link set e0 down")
    server.wait("Entering FAULT")
    assert server.mails[2].rcpt == ["two@example.org"]
    router.wait_log("refused by mail server 127.0.0.1 for op@example.org: "
        "550 5.1.1 no such user: VRRP Instance VI_1 - Entering FAULT")
    # For one of them only for now: he has it later, the other one once.
    server.say += [("RCPT", None), ("RCPT", "452 later")]
    lab.ip("a", "link set e0 up")
    server.wait("Entering BACKUP", "Entering MASTER")
    wait_until(lambda: sorted(sum((m.rcpt for m in server.mails[3:]), [])) ==
        ["op@example.org"] * 2 + ["two@example.org"] * 2, 10)
    # Nobody takes it.
    server.say += [("DATA", "554 5.7.1 spam")]
    lab.ip("a", "link set e0 down")
    router.wait_log("link is down|Entering FAULT", 5)
    wait_until(lambda: not server.say, 10)
    wait_until(lambda: len(server.mails) == 6, 5)
    stays(lambda: len(server.mails) == 6, 0.5)
    router.stop()
    server.wait("Stopping")
