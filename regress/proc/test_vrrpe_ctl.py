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

"""Clients of the engine: what they are shown, what they may ask for, and what
happens to those who misbehave."""

import os
import re
import socket
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# The path comes first.
# pylint: disable=wrong-import-position
import vrrpe_peer as v  # noqa: E402
from vrrpe_peer import (BACKUP, INIT, MASTER, backup, deadline, master, s64,
    string, u8, u16, u32)  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def rows(client, kind, data=b""):
    client.send(kind, data=data)
    out = []
    while True:
        msg = client.recv()
        assert msg is not None
        if msg.type in ("CTL_END", "CTL_RESULT"):
            return out, msg
        out.append(msg)


def test_show(engines):
    e = engines()
    wire = e.run([dict(id=1, tracks=(dict(weight=-20),)),
        dict(id=2, name="VI_2", vrid=52, vips=("10.0.0.2", dict(
            addr="10.0.0.3", flags=1)))])
    client = e.client(e.listen())
    e.want("STATE", id=2, state=MASTER)
    wire.say(prio=200)
    e.want("STATE", id=1, state=BACKUP)
    got, end = rows(client, "CTL_SHOW", string(""))
    assert end.type == "CTL_END"
    assert [m.type for m in got] == ["CTL_DAEMON", "CTL_INST", "CTL_INST"]
    assert got[0].instances == 2 and got[0].warnings == 3
    assert got[0].restarts == 0
    assert got[0].build == v.BUILD and got[0].router_id == "rtr"
    one, two = got[1:]
    assert (one.name, one.state, one.master) == ("VI_1", 1, "192.0.2.2")
    assert one.reason == "192.0.2.2 has the higher priority 200"
    assert (two.name, two.state, two.master, two.vips) == (
        "VI_2", 2, "192.0.2.1", 2)
    got, _ = rows(client, "CTL_SHOW", string("VI_2"))
    assert [m.type for m in got] == ["CTL_DAEMON", "CTL_INST"]
    got, _ = rows(client, "CTL_SHOW_INST", string("VI_1"))
    kinds = [m.type for m in got]
    assert kinds[:4] == ["CTL_INST", "CTL_DETAIL", "CTL_VIP", "CTL_TRACK"]
    assert set(kinds[4:]) == {"CTL_COUNTER"}
    assert got[1].adver_int == 100000 and got[1].src == "192.0.2.1"
    assert got[2].addr == "192.168.10.10"
    assert (got[3].name, got[3].weight, got[3].status) == ("chk", -20, 0)
    _, end = rows(client, "CTL_SHOW_INST", string("nobody"))
    assert (end.type, end.code) == ("CTL_RESULT", v.ERR_NAME)
    got, _ = rows(client, "CTL_SHOW_IFACES")
    assert [(m.name, m.instances) for m in got] == [("eth0", 2)]
    got, _ = rows(client, "CTL_SHOW_SCRIPTS")
    assert got == []


def test_show_trace(engines):
    e, wire = backup(engines)
    client = e.client(e.listen())
    wire.say(prio=200)
    e.want("STATE", state=MASTER)
    for _ in range(300):
        wire.say(prio=200)
    time.sleep(0.1)
    got, _ = rows(client, "CTL_SHOW_TRACE", string("VI_1"))
    assert 6 + 128 <= len(got) <= 6 + 256
    assert got[0].text.startswith("new version=3 prio=100 interval=0.100000")
    assert got[2].text.startswith("vr state=BACKUP reason=")
    words = got[-1].text.split()
    assert words[1:] == ["ADVERT", "prio=200", "from=192.0.2.2",
        "interval=0.100000"]
    assert max(len(m.text) for m in got) < 250


def test_show_many_to_a_slow_reader(engines):
    insts = [dict(id=n, name="VI_%03d" % n + "x" * 50, vrid=n, vips=(
        "10.0.0.%d" % n,)) for n in range(1, 256)]
    e = engines()
    e.run(insts)
    client = e.client(e.listen())
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.send("CTL_SHOW", data=string(""))
    time.sleep(0.3)
    seen = 0
    while True:
        msg = client.recv()
        if msg.type == "CTL_END":
            break
        seen += msg.type == "CTL_INST"
        time.sleep(0.0005)
    assert seen == 255


def test_reader_that_stops_is_cut_off(engines):
    vips = tuple("10.%d.%d.1" % (n // 200, n % 200) for n in range(255)) + \
        tuple(dict(addr="11.%d.%d.1" % (n // 200, n % 200), flags=1)
            for n in range(6000))
    e = engines()
    wire = e.run([dict(vips=vips)])
    client = e.client(e.listen())
    e.want("STATE", state=MASTER)
    client.send("CTL_SHOW_INST", data=string("VI_1"))
    time.sleep(1)
    with open("/proc/%d/status" % e.proc.pid, encoding="ascii") as f:
        rss = int([l for l in f if l.startswith("VmRSS")][0].split()[1])
    end = time.monotonic() + 14
    wire.now()
    while time.monotonic() < end:
        wire.hear(0.3)
    read = 0
    while True:
        try:
            raw = client.sock.recv(65536)
        except ConnectionResetError:
            break
        if raw == b"":
            break
        read += 1
    assert 0 < read < 6000
    assert rss < 20000


def test_client_before_the_start(engines):
    """Readiness is told with START: who comes right then is not refused."""
    e = engines()
    client = []

    def early():
        client.append(e.client(e.listen(), hello=False))
        client[0].send("CTL_HELLO", data=u32(v.VERSION) + string(v.BUILD))
        client[0].send("CTL_RELOAD", seq=5)
        e.sync()
        client[0].silent(0.1)
    e.run(before_start=early)
    e.want("CTL_RELOAD")
    assert client[0].recv().type == "CTL_HELLO"


def test_reload_is_relayed(engines):
    e, _ = master(engines)
    client = e.client(e.listen())
    client.send("CTL_RELOAD", seq=5)
    msg = e.want("CTL_RELOAD")
    assert msg.uid == os.getuid()
    e.send("CTL_MSG", msg.id, u8(2) + string("f:1:1: wrong"))
    e.send("CTL_RESULT", msg.id, u8(4) + s64(-1) + string("refused"))
    got = client.recv()
    assert (got.type, got.text, got.seq) == ("CTL_MSG", "f:1:1: wrong", 5)
    got = client.recv()
    assert (got.type, got.code, got.text) == ("CTL_RESULT", 4, "refused")
    # For a client that is gone: no harm.
    client.send("CTL_RELOAD")
    msg = e.want("CTL_RELOAD")
    client.close()
    e.send("CTL_RESULT", msg.id, u8(0) + s64(1) + string("done"))
    e.sync()


def test_log_level(engines):
    e, _ = master(engines)
    client = e.client(e.listen())
    client.send("CTL_LOG", data=u8(1))
    assert e.want("CTL_LOG").level == 1
    assert client.recv().code == v.OK
    e.send("LOGLEVEL", data=u8(1))
    e.sync()


def script_row(name):
    return u8(0) + v.s32(0) + string(name) + string("nobody") + u8(1) + \
        u8(1) + v.s32(0) + u8(0) + u16(1) * 3 + s64(1) * 4 + \
        v.u64(7) * 5 + s64(1) + string("out")


def test_output_of_scripts_is_not_for_everybody(engines):
    e, _ = master(engines)
    checker = e.checker(1)
    e.sync()
    for kind, output in ((v.FULL, "out"), (v.STATUS, "")):
        client = e.client(e.listen(kind))
        client.send("CTL_SHOW_SCRIPTS")
        msg = checker.want("CTL_SCRIPTS")
        checker.send("CTL_SCRIPT", msg.id, script_row("s"))
        checker.send("CTL_END", msg.id, v.u64(4096))
        row = client.recv()
        assert (row.name, row.runs, row.output) == ("s", 7, output)
        assert client.recv().type == "CTL_END"


def test_scripts_are_collected(engines):
    e, _ = master(engines)
    client = e.client(e.listen())
    checkers = [e.checker(1), e.checker(2)]
    e.sync()
    client.send("CTL_SHOW_SCRIPTS", seq=9)
    asked = [c.want("CTL_SCRIPTS") for c in checkers]
    for n, (c, msg) in enumerate(zip(checkers, asked)):
        c.send("CTL_SCRIPT", msg.id, script_row("s%d" % n))
        c.send("CTL_END", msg.id, v.u64(4096))
    got = [client.recv() for _ in range(3)]
    assert sorted(m.name for m in got[:2]) == ["s0", "s1"]
    assert (got[2].type, got[2].seq) == ("CTL_END", 9)
    # One that does not answer is not waited for.
    begun = time.monotonic()
    client.send("CTL_SHOW_SCRIPTS")
    msg = checkers[0].want("CTL_SCRIPTS")
    checkers[0].send("CTL_END", msg.id, v.u64(4096))
    assert client.recv(4).type == "CTL_END"
    assert 1.8 < time.monotonic() - begun < 3
    # One that ends is not waited for, either.
    begun = time.monotonic()
    client.send("CTL_SHOW_SCRIPTS")
    msg = checkers[0].want("CTL_SCRIPTS")
    checkers[1].close()
    checkers[0].send("CTL_END", msg.id, v.u64(4096))
    assert client.recv(4).type == "CTL_END"
    assert time.monotonic() - begun < 1


def test_monitor_signs_of_life(engines):
    """Every 10 s to whoever watches, though nothing happens."""
    e, _ = master(engines)
    client = e.client(e.listen())
    begun = time.monotonic()
    client.send("CTL_MONITOR", data=string(""))
    assert client.recv().kind == 0
    for n in (1, 2):
        note = client.recv(20)
        assert (note.type, note.kind, note.text) == ("CTL_NOTE", 8, "")
        assert 10 * n - 0.5 < time.monotonic() - begun < 10 * n + 8


def counters(client):
    got, end = rows(client, "CTL_SHOW_METRICS")
    assert end.type == "CTL_END"
    return {m.name: m.value for m in got if m.type == "CTL_COUNTER"}


def test_who_was_heard(engines):
    """Four others are told apart, however many there are; two masters at a
    time are noticed."""
    e, wire = backup(engines, adver_int_us=200000)
    client = e.client(e.listen())
    for _ in range(3):
        for n in range(2, 9):
            wire.say(prio=200 if n == 2 else 150, src="192.0.2.%d" % n,
                cs=20)
    wait = time.monotonic() + 5
    while counters(client).get("tally_strangers", 0) < 9:
        assert time.monotonic() < wait
    got = counters(client)
    peers = sorted(k for k in got if k.startswith("tally_peer_heard_"))
    assert peers == ["tally_peer_heard_192.0.2.%d" % n for n in range(2, 6)]
    assert all(got[p] == 3 for p in peers)
    assert got["tally_peer_prio_192.0.2.2"] == 200
    assert got["tally_in_BACKUP"] > 0 and "tally_both_us" not in got
    e.want("STATE", state=MASTER)
    for _ in range(4):
        wire.say(prio=50, src="192.0.2.3", cs=20)
        time.sleep(0.1)
    got = counters(client)
    assert 200000 < got["tally_both_us"] < 2000000
    assert got["tally_move_BACKUP_MASTER"] == 1
    # The addresses are not here yet.
    assert "tally_failover_sum" not in got
    e.send("VIP_RESULT", 1, u32(1) * 2 + u32(0) + v.s32(0) + u32(0) + v.u64(0) +
        u32(0) + v.u64(0) + u32(0) * 5 + v.s32(0) + u32(0))
    e.sync()
    got = counters(client)
    assert got["tally_failover_sum"] > 500000
    assert sum(n for k, n in got.items() if re.match(
        r"tally_failover_(\d|more)", k)) == 1


def test_what_the_parent_counts(engines):
    """It comes with the history, and is told from then on."""
    e, _ = master(engines)
    checker = e.checker(1)
    e.sync()
    client = e.client(e.listen())
    assert "netlink_overruns" not in counters(client)
    client.send("CTL_SHOW_HISTORY", data=string(""))
    assert client.recv().type == "CTL_DAEMON"
    msg = e.want("CTL_HISTORY")
    e.send("CTL_END", msg.id, v.u64(1 << 22) + v.u64(3) + v.u64(4) +
        v.u64(5) + b"".join(u32(n) for n in range(17)))
    assert client.recv().type == "CTL_END"
    client.send("CTL_SHOW_SCRIPTS")
    checker.send("CTL_END", checker.want("CTL_SCRIPTS").id, v.u64(4096))
    assert client.recv().type == "CTL_END"
    got = counters(client)
    assert [got[k] for k in ("rss_vrrpd", "parent_log_dropped",
        "netlink_overruns", "announcing", "events_16", "rss_checker 1")] == [
        1 << 22, 3, 4, 5, 16, 4096]
    assert 1 << 18 < got["rss_vrrpe"] < 1 << 28


def switch(client, verb, now=0, for_us=0, name="VI_1"):
    client.send("CTL_SWITCH", data=u8(verb) + u8(now) + s64(for_us) +
        string(name))


def test_standby_hands_over(engines):
    e, wire = master(engines)
    client = e.client(e.listen())
    wire.now()
    switch(client, v.STANDBY)
    while wire.hear()[0] != v.vrrp3(prio=0):
        pass
    client.silent(0.05)
    wire.say(prio=50)
    msg = e.want("STATE", state=BACKUP)
    assert msg.reason == 12 and msg.r_hold == 1
    res = client.recv()
    assert (res.type, res.code) == ("CTL_RESULT", v.OK)
    assert 40000 < res.took < 400000 and "192.0.2.2" in res.text
    got, _ = rows(client, "CTL_SHOW_INST", string("VI_1"))
    assert (got[0].hold, got[0].hold_until, got[0].priority) == (1, -1, 1)
    assert got[1].hold_by == "uid 0 pid %d" % os.getpid()
    e.log(r"\(VI_1\) standby by uid 0 pid")
    # The lower router keeps the role while the hold is there.
    for _ in range(6):
        wire.say(prio=50)
        time.sleep(0.1)
    assert wire.now() == []
    switch(client, v.RESUME)
    assert client.recv().code == v.OK
    for _ in range(5):
        wire.say(prio=50)
        time.sleep(0.1)
    e.want("STATE", state=MASTER)
    switch(client, v.RESUME)
    assert client.recv().code == v.OK


def test_standby_of_an_owner_that_ignores(engines):
    """It hears nobody while it is master, but its successor."""
    e, wire = master(engines, priority=255, start_master=True,
        owner_ignore_adverts=True)
    client = e.client(e.listen())
    wire.say(prio=255, src="192.0.2.200")
    e.silent(0.2)
    wire.now()
    switch(client, v.STANDBY)
    while wire.hear()[0] != v.vrrp3(prio=0):
        pass
    wire.say(prio=50)
    assert e.want("STATE", state=BACKUP).reason == 12
    assert client.recv().code == v.OK


def test_standby_that_nobody_answers(engines):
    e, wire = master(engines)
    client = e.client(e.listen())
    switch(client, v.STANDBY)
    res = client.recv(3)
    assert res.code == v.ERR_TIMEOUT and "taken back" in res.text
    wire.now()
    assert wire.hear()[0] == v.vrrp3(prio=100)
    # The record has the hold and loses it; the state is MASTER all along.
    msg = e.want("STATE")
    assert (msg.state, msg.r_hold) == (MASTER, 1)
    msg = e.want("STATE")
    assert (msg.state, msg.r_hold) == (MASTER, 0)
    e.silent(0.1)


def test_standby_now(engines):
    e, wire = master(engines)
    client = e.client(e.listen())
    switch(client, v.STANDBY, now=1)
    assert e.want("STATE", state=BACKUP).reason == 10
    client.silent(0.05)
    wire.say(prio=50)
    res = client.recv()
    assert res.code == v.OK and "192.0.2.2" in res.text


def test_standby_of_a_backup(engines):
    e, wire = backup(engines)
    client = e.client(e.listen())
    wire.say(prio=200)
    switch(client, v.STANDBY, for_us=300000)
    assert client.recv().code == v.OK
    for _ in range(8):
        wire.say(prio=50)
        time.sleep(0.1)
    e.log("standby is over: its time is up")


def test_takeover(engines):
    e, wire = backup(engines)
    client = e.client(e.listen())
    wire.say(prio=200)
    time.sleep(0.02)
    switch(client, v.TAKEOVER)
    # The addresses come first.
    msg = e.want("STATE", state=MASTER)
    assert msg.reason == 11 and msg.r_hold == 2
    e.vips(2, 1)
    wire.silent(0.05)
    e.vips(2, 1, 1)
    assert wire.hear(0.1)[0] == v.vrrp3(prio=254)
    assert e.want("ANNOUNCE").cause == 4
    res = client.recv()
    assert res.code == v.OK and 50000 <= res.took < 1000000
    switch(client, v.TAKEOVER)
    res = client.recv()
    assert res.code == v.OK and "stays so" in res.text


def test_takeover_without_an_answer(engines):
    """It does not wait for ever for the parent."""
    e, wire = backup(engines)
    client = e.client(e.listen())
    wire.say(prio=200)
    time.sleep(0.02)
    switch(client, v.TAKEOVER)
    e.want("STATE", state=MASTER)
    begun = time.monotonic()
    assert wire.hear(1)[0] == v.vrrp3(prio=254)
    assert time.monotonic() - begun > 0.3
    assert e.want("ANNOUNCE").cause == 4
    assert client.recv().code == v.OK


def test_takeover_ends_unheard(engines):
    """A better one speaks meanwhile: nobody has heard of it."""
    e, wire = backup(engines)
    client = e.client(e.listen())
    wire.say(prio=200)
    time.sleep(0.02)
    switch(client, v.TAKEOVER)
    e.want("STATE", state=MASTER)
    wire.say(prio=200)          # the old one does not know yet
    wire.say(prio=255)
    assert e.want("STATE", state=BACKUP).reason == 5
    assert "better claim" in client.recv().text
    wire.silent(0.3)


def test_takeover_while_the_old_one_speaks(engines):
    """It was told nothing: it is no rival, whom scripts and neighbours hear
    of, before it goes on in spite of our word."""
    e, wire = backup(engines, by4=1)
    checker = e.checker(1)
    client = e.client(e.listen())
    wire.say(prio=200)
    time.sleep(0.02)
    switch(client, v.TAKEOVER)
    e.want("STATE", state=MASTER)
    for _ in range(3):
        wire.say(prio=200)
    e.sync()
    e.vips(1, 1)
    assert wire.hear()[0] == v.vrrp3(prio=254)
    assert e.want("ANNOUNCE").cause == 4
    while True:
        wire.say(prio=200)
        try:
            assert e.want("ANNOUNCE", 0.1).cause == 0
            break
        except TimeoutError:
            wire.hear()
    assert checker.want("NOTIFY", event=4).part == 0
    assert checker.silent(0.1) is None


@pytest.mark.parametrize("owner", [True, False])
def test_takeover_before_anybody_was_heard(engines, owner):
    """Whether there is a better one is not known before it had its time."""
    e, wire = backup(engines)
    client = e.client(e.listen())
    switch(client, v.TAKEOVER)
    e.want("STATE", state=MASTER)
    e.vips(1, 1)
    wire.hear(0.1)
    if owner:
        wire.say(prio=255)
    res = client.recv()
    if owner:
        assert res.code == v.ERR_STATE and "better claim" in res.text
    else:
        assert res.code == v.OK and "is MASTER" in res.text


def test_time_to_object_begins_with_our_word(engines):
    """However long the addresses take."""
    e, wire = backup(engines)
    client = e.client(e.listen())
    switch(client, v.TAKEOVER)
    e.want("STATE", state=MASTER)
    assert wire.hear(1)[0] == v.vrrp3(prio=254)
    wire.say(prio=255)
    res = client.recv()
    assert res.code == v.ERR_STATE and "better claim" in res.text


def test_takeover_from_an_owner(engines):
    e, wire = backup(engines)
    client = e.client(e.listen())
    wire.say(prio=255)
    time.sleep(0.02)
    switch(client, v.TAKEOVER)
    e.want("STATE", state=MASTER)
    e.vips(1, 1)
    wire.hear(0.1)
    wire.say(prio=255)
    res = client.recv()
    assert res.code == v.ERR_STATE and "better claim" in res.text


def test_switch_in_fault(engines):
    e, _ = backup(engines)
    client = e.client(e.listen())
    e.link(flags=0)
    e.want("STATE", state=INIT)
    for verb in (v.STANDBY, v.TAKEOVER):
        switch(client, verb)
        assert client.recv().code == v.ERR_STATE
    switch(client, v.STANDBY, name="VI_9")
    assert client.recv().code == v.ERR_NAME


def test_fault_ends_the_wait(engines):
    e, wire = master(engines, adver_int_us=1000000, wait=5)
    client = e.client(e.listen())
    switch(client, v.STANDBY)
    client.silent(0.1)
    e.link(flags=0)
    assert client.recv().code == v.ERR_STATE
    del wire


def test_switch_when_shutting_down(engines):
    e, _ = master(engines, adver_int_us=1000000, wait=5)
    client = e.client(e.listen())
    switch(client, v.STANDBY)
    client.silent(0.1)
    e.send("SHUTDOWN", data=deadline(5))
    res = client.recv()
    assert res.code == v.ERR_STATE
    switch(client, v.TAKEOVER)
    assert client.recv().code == v.ERR_STATE


def test_status_socket_only_shows(engines):
    e, _ = master(engines)
    client = e.client(e.listen(v.STATUS))
    got, end = rows(client, "CTL_SHOW", string(""))
    assert len(got) == 2 and end.type == "CTL_END"
    switch(client, v.STANDBY)
    assert client.recv().code == v.ERR_PERM
    client.send("CTL_RELOAD")
    assert client.recv().code == v.ERR_PERM
    client.send("CTL_LOG", data=u8(1))
    assert client.recv().code == v.ERR_PERM
    e.silent(0.1)


def test_client_of_another_version(engines):
    e, _ = master(engines)
    client = e.client(e.listen(), hello=False)
    client.send("CTL_HELLO", data=u32(99) + string("9.9"))
    assert client.recv().type == "CTL_HELLO"
    res = client.recv()
    assert res.code == v.ERR_PROTO and "99" in res.text
    assert client.recv() is None


@pytest.mark.parametrize("kind,data", [
    ("CTL_SHOW", b""), ("CTL_SHOW", u16(5) + b"ab"), ("STATE", b""),
    (9999, b""), ("CTL_SWITCH", b"\0" * 12), ("CTL_LOG", u8(7)),
    ("CTL_SWITCH", u8(9) + u8(0) + s64(0) + string("VI_1")),
    ("CTL_SWITCH", u8(1) + u8(0) + s64(-5) + string("VI_1")),
    ("CTL_HELLO", u32(v.VERSION) + string("again")),
])
def test_broken_client(engines, kind, data):
    e, wire = master(engines)
    client = e.client(e.listen())
    client.send(kind, data=data)
    assert client.gone()
    wire.now()
    wire.hear()


def test_show_before_hello(engines):
    e, _ = master(engines)
    client = e.client(e.listen(), hello=False)
    client.send("CTL_SHOW", data=string(""))
    assert client.recv() is None


def test_idle_client_is_cut_off(engines):
    e, _ = master(engines)
    client = e.client(e.listen())
    begun = time.monotonic()
    e.sock.setblocking(True)
    assert client.gone(12)
    assert 9 < time.monotonic() - begun < 12


def connect_as(uid, path):
    """A connection made by another user; the socket is ours then."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        os.setresuid(uid, uid, uid)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.connect(path)
        socket.send_fds(theirs, [b"x"], [sock.fileno()])
        os._exit(0)
    _, fds, _, _ = socket.recv_fds(ours, 1, 1)
    os.waitpid(pid, 0)
    ours.close()
    theirs.close()
    return v.Peer(socket.socket(fileno=fds[0]))


def test_limits_of_connections(engines):
    e, wire = master(engines)
    path = e.listen()
    users = [connect_as(1000, path) for _ in range(6)]
    e.peers += users
    refused = [u for u in users if u.gone(0.2)]
    assert len(refused) == 2
    for user in users[:4]:
        user.send("CTL_HELLO", data=u32(v.VERSION) + string(v.BUILD))
        assert user.recv().type == "CTL_HELLO"
    # Others fill it up to what is kept for root.
    more = [connect_as(1001 + n // 4, path) for n in range(30)]
    e.peers += more
    assert len([u for u in more if u.gone(0.05)]) == 6
    root = e.client(path)
    got, _ = rows(root, "CTL_SHOW", string(""))
    assert len(got) == 2
    wire.now()
    wire.hear()
