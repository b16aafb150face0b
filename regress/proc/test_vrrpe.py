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

"""The engine process, driven by a fake parent: what it sends and when, what
it makes of bad neighbours, and what its clients are told."""

import os
import re
import signal
import socket
import struct
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# The path comes first.
# pylint: disable=wrong-import-position
import vrrpe_peer as v  # noqa: E402
from vrrpe_peer import (BACKUP, BAD, GOOD, INIT, MASTER, backup, deadline,
    master, s64, string, u8, u32)  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


# Start and confinement.

def test_confined(engines):
    e = engines().ready()
    status = {}
    with open("/proc/%d/status" % e.proc.pid, encoding="ascii") as f:
        for line in f:
            key, _, value = line.partition(":")
            status[key] = value.split()
    assert status["Uid"] == ["65534"] * 4
    assert status["Gid"] == ["65534"] * 4
    for caps in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[caps][0], 16) == 0, caps
    # Sanitizers need more calls than the filter has.
    assert status["Seccomp"] == ["0" if "/san-" in v.BIN else "2"]
    assert status["NoNewPrivs"] == ["1"]
    assert os.readlink("/proc/%d/root" % e.proc.pid) == e.root
    fds = os.listdir("/proc/%d/fd" % e.proc.pid)
    links = [os.readlink("/proc/%d/fd/%s" % (e.proc.pid, fd)) for fd in fds]
    assert not [l for l in links if l.startswith("/") and
        not l.startswith(("/dev/", "/tmp/"))], links


@pytest.mark.parametrize("bad", [dict(version=99), dict(build="0.0.other"),
    dict(role=3)])
def test_hello_of_another(engines, bad):
    e = engines(hello=bad)
    assert e.exit() == 1


def test_not_a_parent(engines):
    e = engines().ready()
    e.send("READY")
    assert e.exit() == 1
    assert e.recv() is None
    assert "fatal: parent: READY" in e.logs[-1]


def test_signals_do_not_end_it(engines):
    e = engines().ready()
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP,
            signal.SIGUSR1, signal.SIGPIPE):
        e.proc.send_signal(sig)
    assert e.conf([{}]).type == "CONF_ACK"


def test_ping(engines):
    e = engines()
    e.run()
    e.send("PING", seq=77)
    assert e.want("PONG").seq == 77


# The order of things.

def test_master_tells_in_order(engines):
    e = engines()
    e.ready()
    assert e.conf([{}]).type == "CONF_ACK"
    e.commit()
    e.link()
    wire = e.sockets()
    c = e.checker()
    e.use()
    e.begin()
    assert e.recv().state == BACKUP
    begun = time.monotonic()
    msg = e.recv()
    took = time.monotonic() - begun
    # What went out before it is there already.
    first = wire.now()
    assert first == [v.vrrp3(prio=100, cs=10)]
    assert (msg.type, msg.state, msg.reason) == ("STATE", MASTER, 2)
    assert msg.r_state == MASTER and msg.r_sent == 1
    # 3 x 0.1 s + 156/256 x 0.1 s
    assert 0.34 < took < 0.6, took
    assert (c.recv().event, c.recv().event) == (1, 0)
    e.log(r"\(VI_1\) Entering MASTER STATE \(was BACKUP: no master heard for "
        r"0\.[3-5]\d s; priority 100\)$")


def test_state_precedes_notify(engines):
    e = engines()
    e.ready()
    assert e.conf([{}]).type == "CONF_ACK"
    e.commit()
    e.link()
    e.sockets()
    c = e.checker()
    e.use()
    e.begin()
    for event, state in ((1, BACKUP), (0, MASTER)):
        assert c.recv().event == event
        assert e.recv(0).state == state


def test_first_advert_twice(engines):
    e, wire = backup(engines, adver_int_us=200000)
    one, at = wire.hear()
    two, again = wire.hear()
    three, later = wire.hear()
    assert one == two == three == v.vrrp3(cs=20)
    assert 0.015 < again - at < 0.06
    assert 0.17 < later - at < 0.25
    del e


def test_adverts_do_not_drift(engines):
    e, wire = backup(engines, adver_int_us=50000, vips=("10.0.0.1",))
    times = [wire.hear()[1] for _ in range(41)]
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert max(gaps) < 0.15, gaps
    assert abs(times[-1] - times[0] - 40 * 0.05) < 0.04
    del e


def test_many_in_one_wakeup(engines):
    insts = [dict(id=n, name="VI_%d" % n, vrid=n,
        vips=("10.0.0.%d" % n,)) for n in range(1, 51)]
    e = engines()
    wire = e.run(insts)
    masters = set()
    while len(masters) < 50:
        msg = e.want("STATE")
        if msg.state == MASTER:
            masters.add(msg.id)
    time.sleep(0.02)
    wire.now()
    sent, before, end = 0, sleeps(e), time.monotonic() + 1
    while time.monotonic() < end:
        sent += len(wire.now())
        time.sleep(0.02)
    assert 440 <= sent <= 560, sent
    # One wake-up for each round, not one for each instance.
    assert sleeps(e) - before < 60


def sleeps(e):
    with open("/proc/%d/status" % e.proc.pid, encoding="ascii") as f:
        return int(re.search(r"\nvoluntary_ctxt_switches:\s*(\d+)",
            f.read()).group(1))


# Other routers.

def test_backup_follows_and_takes_over(engines):
    e, wire = backup(engines)
    for _ in range(10):
        wire.say(prio=200)
        time.sleep(0.1)
    assert wire.now() == []
    msg = e.want("STATE", state=MASTER)
    e.log(r"was BACKUP: master 192\.0\.2\.2 silent for 0\.[34]\d s;")
    assert msg.r_rcvd == 10 and msg.r_master == "192.0.2.2"


def test_priority_zero_is_quick(engines):
    e, wire = backup(engines, adver_int_us=1000000)
    wire.say(prio=200, cs=100)
    wire.say(prio=0, cs=100)
    begun = time.monotonic()
    wire.hear()
    assert 0.55 < time.monotonic() - begun < 0.9
    assert e.want("STATE", state=MASTER).reason == 3


def test_yields_to_the_higher(engines):
    e, wire = master(engines)
    wire.say(prio=150)
    msg = e.want("STATE", state=BACKUP)
    assert msg.reason == 5 and msg.r_master_priority == 150
    assert "192.0.2.2 has the higher priority 150" in e.log(
        "Entering BACKUP STATE .was MASTER")


def test_answers_the_lower(engines):
    e, wire = master(engines, adver_int_us=1000000, wait=5)
    time.sleep(0.1)
    wire.now()
    wire.say(prio=50)
    assert wire.hear(0.1)[0] == v.vrrp3(cs=100)
    msg = e.want("ANNOUNCE")
    assert msg.cause == 0 and msg.id == 1


def test_ignores_its_own(engines):
    e, wire = master(engines)
    for _ in range(5):
        wire.say(src="192.0.2.1", prio=250)
    e.log("from our own address 192.0.2.1")
    e.silent(0.3)


def test_unicast_peers(engines):
    e = engines()
    e.ready()
    assert e.conf([dict(unicast=1, mcast="", peers=("192.0.2.2", "192.0.2.3"),
        check_unicast_src=1)]).type == "CONF_ACK"
    e.commit()
    e.link()
    one = e.sockets(rx=1, tx=2, dst="192.0.2.2")
    two = e.sockets(rx=3, tx=4, dst="192.0.2.3")
    e.use(tx=(2, 4))
    e.begin()
    assert one.hear()[0] == v.vrrp3(dst="192.0.2.2")
    assert two.hear()[0] == v.vrrp3(dst="192.0.2.3")
    e.want("STATE", state=MASTER)
    # A stranger is not listened to, a peer is.
    one.rx.send(v.ip4(v.vrrp3(prio=200, src="192.0.2.9", dst="192.0.2.1"),
        src="192.0.2.9", dst="192.0.2.1", ttl=64))
    e.silent(0.15)
    one.rx.send(v.ip4(v.vrrp3(prio=200, src="192.0.2.3", dst="192.0.2.1"),
        src="192.0.2.3", dst="192.0.2.1", ttl=64))
    e.want("STATE", state=BACKUP)


def counters(e, client, name="VI_1"):
    client.send("CTL_SHOW_INST", data=string(name))
    out = {}
    while True:
        msg = client.recv()
        if msg.type == "CTL_END":
            return out
        if msg.type == "CTL_COUNTER":
            out[msg.name] = msg.value


def test_ipv6(engines):
    e = engines()
    e.ready()
    assert e.conf([dict(family=int(socket.AF_INET6), unicast=1, mcast="",
        check_unicast_src=1, vips=("fe80::100/128",),
        peers=(dict(addr="::1", min_ttl=64, max_ttl=64),))]).type == \
        "CONF_ACK"
    e.commit()
    e.link()
    wire = v.Wire()
    e.wires.append(wire)
    rx = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 112)
    e.peers.append(rx)
    rx.bind(("::1", 0))
    rx.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    rx.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
    e.send("SOCK_RX", 1, u32(1) + u8(1), rx.fileno(), gen=e.gen)
    e.send("SOCK_TX", 2, u32(1) + u8(1) + v.addr("fe80::1") + v.addr("::1"),
        wire.tx_theirs.fileno(), gen=e.gen)
    e.use(src="fe80::1")
    e.begin()
    assert e.want("STATE").state == BACKUP
    other = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 112)
    e.peers.append(other)
    other.bind(("::1", 0))
    raw = v.vrrp3(prio=200, vips=("fe80::100",), src="::1", dst="::1")
    for _ in range(6):
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 64)
        other.sendto(raw, ("::1", 0))
        time.sleep(0.1)
    assert wire.now() == []
    e.want("STATE", state=MASTER)
    assert wire.hear()[0] == v.vrrp3(vips=("fe80::100",), src="fe80::1",
        dst="::1")
    # The hop limit is looked at, and so is who it is.
    other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 63)
    other.sendto(raw, ("::1", 0))
    e.silent(0.1)
    other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 64)
    other.sendto(raw, ("::1", 0))
    msg = e.want("STATE", state=BACKUP)
    assert msg.r_master == "::1"


def test_wrong_packets(engines):
    e, wire = backup(engines)
    client = e.client(e.listen())
    good = v.advert(prio=200)
    bad_sum = good[:26] + bytes((good[26] ^ 1,)) + good[27:]
    for _ in range(20):
        wire.rx.send(bad_sum)
    wire.rx.send(good[:24])
    wire.rx.send(v.ip4(v.vrrp3(prio=200, src="192.0.2.2"), ttl=254))
    wire.rx.send(v.advert(vrid=99))
    wire.rx.send(b"")
    wire.rx.send(b"\x45")
    wire.rx.send(os.urandom(3000))
    msg = e.want("STATE", state=MASTER)
    assert msg.r_rcvd == 0
    cnt = counters(e, client)
    assert cnt["checksum_errors" if "checksum_errors" in cnt else
        [k for k in cnt if "sum" in k][0]] == 20
    e.log("dropped.*(sum|ttl|TTL|hop)")
    lines = [l for l in e.logs if "checksum" in l]
    assert len(lines) == 1, lines


def test_flood_of_sources_is_quiet(engines):
    e, wire = backup(engines, adver_int_us=1000000)
    for n in range(3000):
        src = "10.%d.%d.9" % (n // 250, n % 250 + 1)
        raw = v.ip4(v.vrrp3(prio=200, src=src, cs=100), src=src, ttl=7)
        while True:
            try:
                wire.rx.send(raw, socket.MSG_DONTWAIT)
                break
            except BlockingIOError:
                time.sleep(0.001)
    with pytest.raises(TimeoutError):
        e.recv(0.3)
    assert 0 < len([l for l in e.logs if "dropped" in l]) <= 257


# Late, frozen.

def test_drains_before_it_sends(engines):
    e, wire = backup(engines, adver_int_us=300000)
    wire.say(prio=200, cs=30)
    # Due 1.08 s after this; frozen from 0.9 to 1.2 s.
    begun = time.monotonic()
    time.sleep(0.9)
    e.proc.send_signal(signal.SIGSTOP)
    time.sleep(0.3)
    wire.say(prio=200, cs=30)
    e.proc.send_signal(signal.SIGCONT)
    e.silent(0.3)
    assert wire.now() == []
    assert time.monotonic() - begun > 1.4


def test_late_master_steps_down(engines):
    e, wire = master(engines)
    e.proc.send_signal(signal.SIGSTOP)
    time.sleep(0.6)
    wire.now()
    wire.say(prio=50)
    e.proc.send_signal(signal.SIGCONT)
    msg = e.want("STATE", state=BACKUP)
    assert msg.reason == 13
    assert wire.now() == []
    e.log("woke up 0.[4-9]")


# Faults.

def test_link_down_and_up(engines):
    e, wire = master(engines)
    e.link(flags=v.UP & ~4)
    msg = e.want("STATE", state=INIT)
    assert msg.reason == 7
    assert wire.now()[-1] == v.vrrp3(prio=0)
    wire.silent(0.25)
    e.link()
    assert e.want("STATE", state=BACKUP).reason == 8
    e.want("STATE", state=MASTER)
    e.log(r"Entering FAULT STATE \(was MASTER: no carrier \(eth0\);")
    e.link(flags=v.UP & ~6)
    e.want("STATE", state=INIT)
    e.log(r"Entering FAULT STATE \(was [A-Z]+: interface is down \(eth0\);")


def test_sockets_gone_and_back(engines):
    e, wire = master(engines)
    e.send("SOCK_GONE", 2)
    e.want("STATE", state=INIT)
    e.send("SOCK_GONE", 1)
    e.use(why=2, src="", rx=0, tx=())
    e.log("Entering FAULT")
    wire = e.sockets(rx=11, tx=12)
    e.use(rx=11, tx=(12,))
    e.want("STATE", state=BACKUP)
    assert wire.hear()[0] == v.vrrp3()


def test_dont_track_primary(engines):
    e, wire = master(engines, track_primary=0)
    e.link(flags=v.UP & ~4)
    e.silent(0.2)
    e.link(flags=0)
    e.want("STATE", state=INIT)


def test_tracked_interface(engines):
    e = engines()
    e.ready()
    assert e.conf([dict(tracks=(dict(kind=1, name="eth1", object=2,
        weight=-30),))]).type == "CONF_ACK"
    e.commit()
    e.link()
    e.link(slot=2, primary="")
    wire = e.sockets()
    e.use()
    e.begin()
    e.want("STATE", state=MASTER)
    wire.hear()
    e.link(slot=2, primary="", flags=1)
    assert wire.hear(0.09)[0] == v.vrrp3(prio=70)


def track(status, kind=1):
    code = 1 if status == BAD and kind else 0
    return u8(status) + u8(kind) + v.s32(code) + v.s32(0)


def scripted(engines, weight):
    e = engines()
    e.ready()
    assert e.conf([dict(tracks=(dict(weight=weight),))]).type == "CONF_ACK"
    e.commit()
    c = e.checker()
    e.link()
    wire = e.sockets()
    e.use()
    e.begin()
    return e, wire, c


def test_script_with_weight(engines):
    e, wire, c = scripted(engines, -20)
    e.want("STATE", state=MASTER)
    wire.hear()
    c.send("TRACK", 1, track(BAD))
    assert wire.hear(0.09)[0] == v.vrrp3(prio=80)
    c.send("TRACK", 1, track(GOOD))
    assert wire.hear(0.09)[0] == v.vrrp3(prio=100)


def test_script_without_weight(engines):
    e, wire, c = scripted(engines, 0)
    # Not decided: nothing is said, nothing is sent.
    e.silent(0.6)
    wire.silent(0.1)
    c.send("TRACK", 1, track(GOOD))
    assert e.recv().state == BACKUP
    e.want("STATE", state=MASTER)
    c.send("TRACK", 1, track(BAD))
    assert e.want("STATE").state == INIT
    assert wire.now()[-1] == v.vrrp3(prio=0)
    # The checker dies: its verdicts stay until the next one has told all.
    c.close()
    e.silent(0.2)
    c = e.checker()
    e.silent(0.2)
    c.send("TRACK", 1, track(GOOD))
    assert e.want("STATE").state == BACKUP
    c.send("TRACK_SYNC")
    e.want("STATE", state=MASTER)


def test_sync_without_a_verdict(engines):
    e, wire, c = scripted(engines, -20)
    c.send("TRACK", 1, track(BAD))
    e.want("STATE", state=MASTER)
    assert wire.hear()[0] == v.vrrp3(prio=80)
    c.close()
    c = e.checker()
    c.send("TRACK_SYNC")
    assert wire.hear(0.09)[0] == v.vrrp3(prio=100)


def test_init_fail_of_a_new_checker(engines):
    """Its word for what has not run there is less than what was known; that
    it failed there is not."""
    e, wire, c = scripted(engines, -20)
    c.send("TRACK", 1, track(BAD, kind=0))
    e.want("STATE", state=MASTER)
    assert wire.hear()[0] == v.vrrp3(prio=80)
    c.send("TRACK", 1, track(GOOD))
    assert wire.hear(0.09)[0] == v.vrrp3(prio=100)
    c.close()
    c = e.checker()
    c.send("TRACK", 1, track(BAD, kind=0))
    c.send("TRACK_SYNC")
    for _ in range(3):
        assert wire.hear()[0] == v.vrrp3(prio=100)
    c.send("TRACK", 1, track(BAD))
    assert wire.hear(0.09)[0] == v.vrrp3(prio=80)


def test_script_of_another_checker(engines):
    e, wire, c = scripted(engines, -20)
    other = e.checker(2)
    e.want("STATE", state=MASTER)
    wire.hear()
    other.send("TRACK", 1, track(BAD))
    for _ in range(3):
        assert wire.hear()[0] == v.vrrp3(prio=100)
    c.send("TRACK", 1, track(BAD))
    assert wire.hear(0.09)[0] == v.vrrp3(prio=80)


@pytest.mark.parametrize("raw", [
    struct.pack("!HHIII", v.NUM["TRACK"], 20, 1, 0, 0) + b"\3\0\0\0",
    struct.pack("!HHIII", v.NUM["STATE"], 16, 1, 0, 0),
    struct.pack("!HHIII", 9999, 16, 1, 0, 0),
    struct.pack("!HHIII", v.NUM["TRACK"], 500, 1, 0, 0),
    b"x",
], ids=("value", "type", "number", "length", "short"))
def test_broken_checker(engines, raw):
    e, wire, c = scripted(engines, -20)
    e.want("STATE", state=MASTER)
    c.send_raw(raw)
    assert c.gone()
    e.log("checker 1: .*connection is closed")
    wire.hear()
    wire.hear()


def test_checker_may_not_send_descriptors(engines):
    e, _, c = scripted(engines, -20)
    c.send("TRACK", 1, track(GOOD), fd=0)
    assert c.gone()
    e.want("STATE", state=MASTER)


# A broken parent.

@pytest.mark.parametrize("kind,ident,data", [
    (9999, 0, b""),
    ("STATE", 1, b""),
    ("START", 0, s64(0)),
    ("RESUME", 1, b""),
    ("LINK", 0, b""),
    ("LINK", 1, b"\1\2\3"),
    ("SOCK_USE", 1, u8(200)),
    ("SOCK_RX", 5, u32(1) + u8(0)),
    ("SOCK_GONE", 99, b""),
    ("CONF_COMMIT", 0, b""),
    ("CONF_END", 0, b"12345678"),
    ("CTL_LISTEN", 7, b""),
    ("LOGLEVEL", 0, u8(9)),
    ("SHUTDOWN", 0, b""),
])
def test_broken_parent(engines, kind, ident, data):
    e, wire = master(engines)
    wire.now()
    e.send(kind, ident, data)
    assert e.exit() == 1
    assert e.gone() and "fatal: parent" in e.logs[-1]
    assert wire.now()[-1] == v.vrrp3(prio=0)


def test_unexpected_descriptor(engines):
    e, _ = master(engines)
    e.send("PING", fd=0)
    assert e.exit() == 1


def test_parent_gone(engines):
    e, wire = master(engines)
    e.sock.shutdown(socket.SHUT_RDWR)
    assert e.exit() == 0
    assert wire.now()[-1] == v.vrrp3(prio=0)


# The end.

def test_shutdown_makes_before_it_breaks(engines):
    e, wire, c = scripted(engines, -20)
    e.want("STATE", state=MASTER)
    wire.hear()
    e.send("SHUTDOWN", data=deadline(3))
    while wire.hear()[0] != v.vrrp3(prio=0):
        pass
    # It keeps the role until somebody speaks.
    e.silent(0.05)
    wire.say(prio=90)
    msg = e.want("STATE", state=INIT)
    assert msg.reason == 12
    assert e.exit() == 0
    events = []
    while True:
        msg = c.recv()
        if msg is None:
            break
        events.append(msg.event)
    assert events == [1, 0, 3]
    assert wire.now() == []


def test_shutdown_without_others(engines):
    e, wire = master(engines)
    begun = time.monotonic()
    e.send("SHUTDOWN", data=deadline(3))
    e.want("STATE", state=INIT)
    # Skew of priority 1 and 0.1 s
    assert 0.15 < time.monotonic() - begun < 0.3
    assert e.exit() == 0


def test_virtual_mac_comes_up_too_late(engines):
    """It leaves by then: what it could not say is that, and no address is to
    be announced."""
    e = engines()
    e.ready()
    assert e.conf([{}]).type == "CONF_ACK"
    e.commit()
    e.link()
    wire = e.sockets()
    e.use(tx=(), late=1)
    e.begin()
    e.want("STATE", state=MASTER)
    e.send("SHUTDOWN", data=deadline(3))
    e.use()
    assert wire.hear()[0] == v.vrrp3(prio=0)
    wire.silent(0.05)
    msg = e.recv()
    assert (msg.type, msg.state) == ("STATE", INIT)


def test_second_shutdown_is_at_once(engines):
    e, _ = master(engines, adver_int_us=1000000, wait=5)
    e.send("SHUTDOWN", data=deadline(30))
    e.silent(0.2)
    e.send("SHUTDOWN", data=deadline(30))
    begun = time.monotonic()
    assert e.exit() == 0
    assert time.monotonic() - begun < 0.5


def test_shutdown_deadline(engines):
    e, _ = master(engines, adver_int_us=1000000, wait=5)
    begun = time.monotonic()
    e.send("SHUTDOWN", data=deadline(0.3))
    assert e.exit() == 0
    assert 0.25 < time.monotonic() - begun < 0.6


def test_shutdown_before_start(engines):
    e = engines().ready()
    e.send("SHUTDOWN", data=deadline(3))
    assert e.exit() == 0


# Configurations.

def test_reload_keeps_the_role(engines):
    e, wire = master(engines)
    e.send("PING")
    assert e.conf([dict(priority=120)]).type == "CONF_ACK"
    e.commit()
    e.use()
    msg = e.want("STATE", gen=2)
    assert (msg.state, msg.priority) == (MASTER, 120)
    while wire.hear()[0] != v.vrrp3(prio=120):
        pass
    e.silent(0.2)
    assert not [l for l in e.logs if "Entering BACKUP STATE (was MASTER" in l]


def test_reload_adds_and_removes(engines):
    two = [dict(id=1), dict(id=2, name="VI_2", vrid=52, vips=("10.0.0.2",))]
    e, wire = master(engines)
    assert e.conf(two).type == "CONF_ACK"
    e.commit()
    e.use(2)
    assert e.want("STATE", id=1, gen=2).state == MASTER
    e.want("STATE", id=2, state=MASTER)
    while wire.hear()[0] != v.vrrp3(vrid=52, vips=("10.0.0.2",)):
        pass
    assert e.conf(two[1:]).type == "CONF_ACK"
    e.commit()
    gone = e.want("STATE", id=1)
    assert (gone.state, gone.gen) == (INIT, 2)
    sent = wire.now()
    assert v.vrrp3(prio=0) in sent
    assert e.want("STATE", id=2, gen=3).state == MASTER
    time.sleep(0.15)
    assert v.vrrp3() not in wire.now()


def test_reload_replaces(engines):
    e, wire = master(engines)
    assert e.conf([dict(vrid=77)]).type == "CONF_ACK"
    e.commit()
    e.use()
    assert e.want("STATE", gen=1).state == INIT
    assert v.vrrp3(prio=0) in wire.now()
    e.want("STATE", gen=2, state=BACKUP)
    e.want("STATE", gen=2, state=MASTER)
    while wire.hear()[0] != v.vrrp3(vrid=77):
        pass


def test_reload_moves_to_another_interface(engines):
    e, wire = master(engines)
    assert e.conf([dict(slot=2, ifname="eth1")]).type == "CONF_ACK"
    # Staged: what still runs is not moved by it.
    e.link(slot=2)
    other = e.sockets(slot=2, rx=11, tx=12)
    e.use(rx=11, tx=(12,), gen=2)
    wire.now()
    wire.hear()
    e.commit()
    e.want("STATE", gen=2, state=MASTER)
    assert v.vrrp3(prio=0) in wire.now()
    assert other.hear()[0] == v.vrrp3()


def test_refused_configuration(engines):
    e, wire = master(engines)
    bad = v.conf_messages([{}])
    for kind, ident, data in bad[:-1]:
        e.send(kind, ident, data, gen=2)
    e.send("CONF_END", 0, b"\0" * 8, gen=2)
    assert "sum" in e.want("CONF_NAK").text
    e.send("CONF_ABORT", gen=2)
    # A doubled id is found by the engine itself.
    answer = e.conf([dict(id=1), dict(id=1, name="VI_2", vrid=52)])
    assert answer.type == "CONF_NAK" and answer.text
    e.send("CONF_ABORT", gen=e.stage_gen)
    wire.now()
    assert wire.hear()[0] == v.vrrp3()
    assert e.conf([dict(priority=101)]).type == "CONF_ACK"
    e.commit()
    while wire.hear()[0] != v.vrrp3(prio=101):
        pass


def test_abort(engines):
    e, wire = master(engines)
    assert e.conf([dict(priority=120)]).type == "CONF_ACK"
    e.send("CONF_ABORT", gen=2)
    wire.now()
    assert wire.hear()[0] == v.vrrp3(prio=100)
    e.send("CONF_COMMIT", gen=2)
    assert e.exit() == 1


def resume(state, prio=100, hold=0, since=1, until=v.NEVER, interval=0,
        other=""):
    return u8(state) + u8(prio) + u8(hold) + u8(0) + s64(since) + \
        s64(until) + s64(interval) + v.addr(other) + u32(9) + u32(0) + \
        struct.pack("!QQ", 5, 6)


def resumed(engines, record):
    e = engines()
    return e, e.run([{}], before_start=lambda: e.send("RESUME", 1, record))


def test_resume_as_master(engines):
    e, wire = resumed(engines, resume(MASTER))
    assert wire.hear(0.3)[0] == v.vrrp3()
    msg = e.want("STATE")
    assert (msg.state, msg.reason) == (MASTER, 14)
    assert msg.r_sent == 6 and msg.r_transitions == 10


def test_resume_as_backup(engines):
    e, wire = resumed(engines, resume(BACKUP, other="192.0.2.2"))
    assert e.want("STATE").state == BACKUP
    wire.silent(0.3)


@pytest.mark.parametrize("record", [resume(7), resume(MASTER, hold=9),
    resume(MASTER, since=2 ** 62), resume(MASTER, interval=2 ** 50),
    resume(MASTER, other="fe80::1"), resume(MASTER) + b"x"],
    ids=("state", "hold", "since", "interval", "family", "length"))
def test_bad_resume(engines, record):
    e = engines()
    try:
        e.run([{}], before_start=lambda: e.send("RESUME", 1, record))
    except BrokenPipeError:
        pass
    assert e.exit() == 1


def test_startup_delay(engines):
    e = engines()
    e.ready()
    assert e.conf([{}]).type == "CONF_ACK"
    e.commit()
    e.link()
    wire = e.sockets()
    e.use()
    e.begin(400000)
    wire.say(prio=200)
    e.silent(0.35)
    begun = time.monotonic()
    msg = e.want("STATE", state=BACKUP)
    wire.hear()
    assert 0.36 < time.monotonic() - begun < 0.55
    assert e.want("STATE", state=MASTER).r_rcvd == 0
    assert msg.r_master == ""


def test_restarts_are_told(engines):
    e = engines()
    e.ready()
    assert e.conf([{}]).type == "CONF_ACK"
    e.commit()
    e.begin(restarts=7)
    client = e.client(e.listen())
    e.sync()
    client.send("CTL_SHOW", data=string(""))
    assert client.want("CTL_DAEMON").restarts == 7
