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

"""Planned changes lose nothing: a client that asks every millisecond, to and
fro by standby, takeover and a clean stop. handover.py prints more of it."""

import socket
import struct
import time

import pytest

from confgen import instance, settings
from handover import HOST, VIP, Bench
from lib import KEEPALIVED, Capture, Keepalived, Loop, Sender, Vrrpd, \
    wait_until
from vmaclib import Port, is_up, spoken

TIMES = 1
ENOUGH = 0.005          # of cover: the time a busy client needs
VMAC = bytes.fromhex("00005e000133")

needs_keepalived = pytest.mark.skipif(not KEEPALIVED, reason="no keepalived")


class QdiscWatch(Loop):
    """When interfaces of a host were made to drop what leaves there."""

    def __init__(self, lab, host):
        self.events = []
        super().__init__(lab, host)
        self.start()

    def make_socket(self):
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        sock.bind((0, 8))           # traffic control
        return sock

    def ready(self):
        if b"blackhole" in self.sock.recv(1 << 16):
            self.events.append(time.time())

    def muted(self):
        return wait_until(lambda: self.events, 5, "it is mute")[0]


def run(peer, interval, *more, times=TIMES):
    bench = Bench(peer, interval, *more)
    try:
        bench.run(times)
    finally:
        bench.close()
    kinds = {(c.kind, c.old) for c in bench.changes}
    assert len(kinds) == (6 if peer is Vrrpd else 3)
    assert len(bench.changes) == times * len(kinds)
    assert len(bench.answers[VIP]) > 500
    return bench


def none_lost(bench):
    changes = [c for c in bench.changes if c.covered > ENOUGH]
    # Where the machine held the new master up for longer than the old one
    # waits, nothing can be said.
    assert len(changes) >= len(bench.changes) / 2, \
        [c.covered for c in bench.changes]
    for change in changes:
        for target in (VIP, HOST):
            assert not change.lost(bench.answers[target]), \
                "%s %s -> %s, %s" % (change.kind, change.old, change.new,
                    target)


@pytest.mark.parametrize("peer", [Vrrpd,
    pytest.param(Keepalived, marks=needs_keepalived)])
def test_nothing_is_lost(peer):
    none_lost(run(peer, "0.3"))


def test_virtual_mac():
    """The switch sends to the old master what is on its way, and what is
    for another virtual MAC of the group, which it has not learnt anew."""
    none_lost(run(Vrrpd, "0.3", "use_vmac"))


@needs_keepalived
def test_virtual_mac_of_keepalived():
    """It draws the virtual MAC to itself before it has the address: what is
    lost meanwhile is beyond us, but not what is lost because we draw it back
    and wait for the next advertisement. When we take over it answers what we
    announce before it has removed its addresses: we wait with it."""
    bench = run(Keepalived, "1", "use_vmac", times=1)
    for change in bench.changes:
        lost = [change.lost(bench.answers[t]) for t in (VIP, HOST)]
        if change.kind == "takeover" and ENOUGH < change.covered < 0.08:
            assert lost == [0, 0]
        else:
            assert max(change.outage(bench.answers[t])
                for t in (VIP, HOST)) < 0.5


@pytest.mark.parametrize("verb", ["standby", "takeover"])
def test_old_master_only_listens(lab, verb):
    """With a virtual MAC it forwards for a moment, and nothing leaves it that
    would draw the MAC back: who asks is answered by the next master."""
    ports = {h: Port(lab, h) for h in "ab"}
    a, b = [Vrrpd(lab, h, settings() + instance(51, "use_vmac",
        "nopreempt", prio=p, interval="1")).start() for h, p in
        (("a", 150), ("b", 100))]
    a.wait_state("I51", "MASTER", 15)
    b.wait_state("I51", "BACKUP", 15)
    lab.wait_holder(VIP, "a", 5)
    watch = QdiscWatch(lab, "a")
    head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1)
    mine = bytes.fromhex(lab.mac("t").replace(":", ""))
    Sender(lab).keep(0.001, [b"\xff" * 6 + mine + b"\x08\x06" + head + mine +
        socket.inet_aton(lab.addr("t")) + bytes(6) + socket.inet_aton(VIP)])
    (a if verb == "standby" else b).ctl(verb, "I51")
    b.wait_state("I51", "MASTER")
    wait_until(lambda: not is_up(lab, "a", "vrrp.51"), 5, "it goes down")
    mute = watch.muted()
    wait_until(lambda: spoken(ports["b"], mute + 0.2), 5, "answers of b")
    # Between the event and its message something may still have left.
    assert not spoken(ports["a"], mute + 0.005)
    lab.wait_holder(VIP, "b", 2)
    # It comes back with all that it can.
    if verb == "takeover":
        b.ctl("resume", "I51")
    a.ctl("takeover", "I51")
    wait_until(lambda: spoken(ports["a"], mute + 0.2), 5, "a speaks")


def test_next_master_gets_no_answer(lab):
    """The announcement of a router that has our virtual MAC is not answered:
    the switch would send everything to us."""
    a = Vrrpd(lab, "a", settings() + instance(51, "use_vmac",
        interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    lab.wait_holder(VIP, "a", 2)
    # A switch would not send such an answer on to anybody.
    cap = Capture(lab, "a", own=True)
    vip = socket.inet_aton(VIP)
    head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1)

    def ask(mac, sender):
        frame = b"\xff" * 6 + mac + b"\x08\x06" + head + mac + sender + \
            bytes(6) + vip
        begun = time.time()
        Sender(lab).send(frame)
        return begun
    begun = ask(VMAC, vip)
    mine = bytes.fromhex(lab.mac("t").replace(":", ""))
    ask(mine, socket.inet_aton(lab.addr("t")))
    # The second one is answered, so the first one would have been.
    cap.wait(lambda: cap.pick("arp", begun, op=2, sender=VIP), 5)
    assert not cap.garps(VIP, begun, op=2)
