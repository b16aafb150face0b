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


"""Others that take our addresses away, have them, too, or claim them."""

import os
import re
import socket
import struct
import time

import pytest

from confgen import instance, settings
from lib import AddressWatch, Capture, Inside, Keepalived, Vrrpd, stays, \
    wait_until

VIP = "10.9.0.151"
VIP6 = "fe80::152"
RIVAL = bytes.fromhex("02000000007f")


def started(lab, host="a", prio=100, defs=(), more=(), **fields):
    text = settings(*defs) + instance(51, *more, prio=prio, interval="0.2",
        **fields)
    return Vrrpd(lab, host, text).start()


def arp(ip, mac=RIVAL, target=None):
    """A gratuitous ARP, or a request for another address."""
    sender = socket.inet_aton(ip)
    return b"\xff" * 6 + mac + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x800,
        6, 4, 1) + mac + sender + b"\0" * 6 + socket.inet_aton(target or ip)


def neighbour(ip, mac=RIVAL, hops=255):
    """An unsolicited neighbour advertisement."""
    src = socket.inet_pton(socket.AF_INET6, ip)
    dst = socket.inet_pton(socket.AF_INET6, "ff02::1")
    body = struct.pack("!BBHI", 136, 0, 0, 0x20000000) + src + b"\2\1" + mac
    text = src + dst + struct.pack("!II", len(body), 58) + body
    total = sum(struct.unpack("!%dH" % (len(text) // 2), text))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    body = body[:2] + struct.pack("!H", ~total & 0xffff) + body[4:]
    return bytes.fromhex("333300000001") + mac + b"\x86\xdd" + struct.pack(
        "!IHBB", 0x60000000, len(body), 58, hops) + src + dst + body


class Raw:
    """Sends frames from a host."""

    def __init__(self, lab, host="t"):
        def make():
            with Inside(lab.name(host)):
                sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
                sock.bind((lab.ifname, 0))
                return sock
        self.sock = lab.in_thread(make)
        lab.closing.append(self)

    def send(self, frame):
        sent = time.time()
        self.sock.send(frame)
        return sent

    def close(self):
        self.sock.close()


@pytest.mark.row("121")
def test_taken_away_and_fought(lab):
    """At once, with an announcement and a line; then the pauses grow."""
    cap = Capture(lab)
    watch = AddressWatch(lab, "a")
    router = started(lab)
    router.wait_state("I51", "MASTER")
    cap.wait(lambda: cap.garps(VIP), 3)
    pauses = []
    for round_ in range(3):
        gone = time.time()
        lab.ip("a", "address del 10.9.0.151/32 dev e0")
        wait_until(lambda: watch.of(VIP, True, since=gone), 6, router.tail)
        pauses.append(time.time() - gone)
        cap.wait(lambda t=gone: cap.garps(VIP, since=t), 2)
    assert pauses[0] < 0.5 < 0.6 < pauses[1] < 1.6 < pauses[2] < 3
    router.sync()
    assert len(re.findall("10.9.0.151 was removed by someone else, putting "
        "it back", router.log())) == 1
    assert router.entered("I51", "MASTER") == 1
    assert router.instance("I51")["addresses_restored"] == 3


def test_flushed(lab):
    """All addresses of the interface go, as ifdown has it; with the source
    back all is back."""
    router = started(lab)
    router.wait_state("I51", "MASTER")
    lab.ip("a", "address flush dev e0")
    router.wait_state("I51", "FAULT", 3)
    assert "no source address" in router.instance("I51")["faults"]
    lab.ip("a", "address add 10.9.0.1/24 dev e0")
    router.wait_state("I51", "MASTER", 4)
    wait_until(lambda: lab.has("a", VIP), 2, router.tail)


def test_fault_on_failure(lab):
    """An address that cannot be installed: shown and told in any case, a
    fault where that is configured; the other router takes over."""
    lab.sysctl("a", "ipv6/conf/e0/disable_ipv6", "1")
    more = ("virtual_ipaddress_excluded {", "fd09::77/64", "}")
    a = started(lab, prio=150, more=more)
    a.wait_state("I51", "MASTER")
    a.wait_log(r"\(I51\) 1 of 2 addresses could not be installed", 3)
    row = a.instance("I51")
    assert row["addresses_failed"] == 1 and row["addresses_installed"] == 1
    assert row["faults"] == ""
    a.stop()
    b = started(lab, "b", more=more)
    b.wait_state("I51", "MASTER")
    a = started(lab, prio=150, more=more + ("fault_on_vip_failure",))
    a.wait_state("I51", "FAULT", 6)
    assert a.instance("I51")["faults"] == "virtual addresses failed"
    b.wait_state("I51", "MASTER", 3)
    wait_until(lambda: lab.holders(VIP) == ["b"], 2, a.tail)
    lab.sysctl("a", "ipv6/conf/e0/disable_ipv6", "0")
    a.wait_state("I51", "MASTER", 14)
    wait_until(lambda: a.instance("I51")["addresses_installed"] == 2, 3,
        a.tail)


def test_claims_are_answered(lab):
    """A foreign ARP or NA for our address: ours follows at once, it is told
    with the MAC and shown; one of another address, one with our own MAC, one
    from far away are none."""
    cap, raw = Capture(lab), Raw(lab)
    router = Vrrpd(lab, "a", settings() + instance(51, interval="0.2") +
        instance(52, interval="0.2", version=6)).start()
    for name in ("I51", "I52"):
        router.wait_state(name, "MASTER")
    cap.wait(lambda: cap.garps(VIP) and cap.nas(VIP6), 3)
    mine = bytes.fromhex(lab.mac("a").replace(":", ""))
    for frame in (arp("10.9.0.77"), arp(VIP, mine), neighbour("fe80::99"),
            neighbour(VIP6, hops=64), arp(VIP)[:30]):
        raw.send(frame)
    time.sleep(0.3)
    for name in ("I51", "I52"):
        row = router.instance(name)
        assert row["rival"] == "" and \
            row["counters"]["rival_announcements"] == 0
    sent = raw.send(arp(VIP))
    cap.wait(lambda: cap.garps(VIP, since=sent, smac=lab.mac("a")), 1)
    sent = raw.send(neighbour(VIP6))
    cap.wait(lambda: cap.nas(VIP6, since=sent, smac=lab.mac("a")), 1)
    router.wait_log(r"\(I51\) e0: another host has our address: 10\.9\.0\.151 "
        "by 02:00:00:00:00:7f", 2)
    router.wait_log(r"\(I52\) e0: another host has our address: fe80::152 by "
        "02:00:00:00:00:7f", 2)
    assert router.instance("I51")["rival"] == "%s by 02:00:00:00:00:7f" % VIP
    # Not a gratuitous one, but it fills caches as well.
    time.sleep(1.1)
    sent = raw.send(arp(VIP, target="10.9.0.2"))
    cap.wait(lambda: cap.garps(VIP, since=sent, smac=lab.mac("a")), 3)
    assert router.state("I51") == router.state("I52") == "MASTER"


def test_flood_of_claims(lab):
    """A thousand a second: the answers are few, nothing else suffers."""
    cap, raw = Capture(lab), Raw(lab)
    router = started(lab)
    router.wait_state("I51", "MASTER")
    cap.wait(lambda: cap.garps(VIP), 3)
    start = time.time()
    while time.time() - start < 5:
        raw.send(arp(VIP))
        time.sleep(0.001)
    cap.wait(lambda: cap.garps(VIP, since=time.time() - 3.1,
        smac=lab.mac("a")), 4)
    ours = cap.garps(VIP, since=start, smac=lab.mac("a"))
    assert 2 <= len(ours) <= 5
    adverts = [f.time for f in cap.adverts(since=start, vrid=51)]
    assert max(b - a for a, b in zip(adverts, adverts[1:])) < 0.6
    router.sync()
    assert router.log().count("another host has our address") <= 2


def test_no_arp_war(lab):
    """Two masters that do not hear each other's adverts, but do hear ARP:
    bounded, and over when they hear each other."""
    routers = {h: started(lab, h, prio, more=("vip_lease off",)) for h, prio
        in (("a", 150), ("b", 100))}
    routers["a"].wait_state("I51", "MASTER")
    rules = "table ip t { chain i { type filter hook prerouting priority " \
        "-400; ip protocol 112 drop; }; }"
    for host in "ab":
        lab.run(host, "nft", rules)
    routers["b"].wait_state("I51", "MASTER", 4)
    cap = Capture(lab)
    time.sleep(6)
    assert len(cap.garps(VIP)) <= 14
    assert len([f for f in cap.garps(VIP) if f.time > cap.frames[0].time +
        3]) <= 5
    for host in "ab":
        lab.run(host, "nft", "flush ruleset")
    routers["b"].wait_state("I51", "BACKUP", 3)
    wait_until(lambda: cap.garps(VIP)[-1].smac == lab.mac("a"), 6,
        "the last word is the master's")
    stays(lambda: cap.garps(VIP)[-1].smac == lab.mac("a"), 1, step=0.1)


def test_takeover_is_no_rival(lab):
    """keepalived and vrrpd take over from each other by a higher priority:
    the one that yields never speaks after the new master's announcement."""
    low = started(lab, "b", 100)
    low.wait_state("I51", "MASTER")
    cap = Capture(lab)
    for make in (Keepalived, Vrrpd):
        since = cap.frames[-1].time if cap.frames else 0
        high = make(lab, "a", settings() + instance(51, prio=150,
            interval="0.2")).start()
        first = cap.wait(lambda t=since: cap.garps(VIP, since=t,
            smac=lab.mac("a")), 6)
        stays(lambda t=first.time: not cap.garps(VIP, since=t,
            smac=lab.mac("b")), 0.8, "silence", step=0.05)
        high.stop()
        low.wait_state("I51", "MASTER", 4)
    assert low.instance("I51")["rival"] == ""


def test_frame_is_not_sent(lab):
    """What the engine has of the ARP socket cannot send: neither can any
    socket of this type, by write()."""
    def body():
        with Inside(lab.name("a")):
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
            sock.bind(("e0", 0x806))
            six = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
        errors = []
        for one in (sock, six):
            try:
                os.write(one.fileno(), b"\0" * 28)
            except OSError as error:
                errors.append(error.errno)
            one.close()
        return errors
    assert len(lab.in_thread(body)) == 2


def test_mute_for_a_while(lab):
    """The master could not send for longer than others wait: as soon as it
    can it announces its addresses, because they may point elsewhere."""
    cap = Capture(lab)
    router = started(lab)
    router.wait_state("I51", "MASTER")
    cap.wait(lambda: cap.garps(VIP), 3)
    lab.run("a", "nft", "table ip t { chain o { type filter hook output "
        "priority 0; ip protocol 112 drop; }; }")
    router.wait_log("cannot send to 224.0.0.18", 3)
    time.sleep(1.2)
    since = time.time()
    lab.run("a", "nft", "flush ruleset")
    cap.wait(lambda: cap.garps(VIP, since=since), 2)
