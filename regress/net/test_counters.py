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


"""Counters: each wrong packet moves the one that it should, once; and what
very many wrong packets do."""

import random
import signal

import pytest

import packet
from confgen import instance, settings
from lib import Capture, Lab, Sender, Vrrpd, kill, wait_until
from test_receive import KEPT, ROWS, addresses, frame_of

# What the other table leaves open.
OPEN = {"v3-gets-v4": "version_errors", "v2-gets-v1": "version_errors",
    "interval-zero-3": "advert_interval_errors",
    "count-0-2": "address_list_errors", "count-0-3": "address_list_errors",
    "count-0-6": "address_list_errors"}
SHORT = {"cut-7-2", "cut-7-3", "cut-7-6"}
DROPPED = {name: row[4] or OPEN.get(name) for name, row in ROWS.items()
    if row[4] is not KEPT and row[3] is not None}


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    """Owners, since they are masters at once and stay it."""
    lab = Lab("at")
    text = settings()
    for name in DROPPED:
        vrid, version, more = ROWS[name][:3]
        text += instance(vrid, *more, name=name, version=version,
            vips=addresses(vrid, version), prio=255, state="MASTER")
    router = Vrrpd(lab, "a", text).start()
    router.wait_state(list(DROPPED)[-1], "MASTER")
    yield router
    lab.close()


def moved(router, name, before):
    after = router.packets(name)
    return {k: n - before[k] for k, n in after.items() if n != before[k] and
        k != "adverts_sent"}


@pytest.mark.row("170")
@pytest.mark.xdist_group("counters")
@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.row(
    "028")) if n.startswith("ttl") else n for n in DROPPED])
def test_once(bench, name):
    """One packet, one counter, by one; it is not counted as received, and
    the others' counters do not move."""
    vrid, version, _, fields, _ = ROWS[name]
    sender = Sender(bench.lab)
    other = next(n for n in DROPPED if n != name)
    mine, its = (bench.packets(n) for n in (name, other))
    sender.send(frame_of(sender, vrid, version, fields))
    if name in SHORT:
        # It names no virtual router: the next one is the proof.
        sender.send(frame_of(sender, vrid, version, {"ttl": 254}))
    want = {"ip_ttl_errors" if name in SHORT else DROPPED[name]: 1}
    wait_until(lambda: moved(bench, name, mine), 3, "a counter")
    assert moved(bench, name, mine) == want
    assert moved(bench, other, its) == {}
    sender.close()


def counters(router, name="I51"):
    return router.packets(name)


@pytest.mark.row("172")
def test_mib(lab):
    """Received, sent, the zeros of both, and how often it was master."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", settings() + instance(51, interval="1")
        ).start()
    sender = Sender(lab)

    def send(prio):
        return sender.send(vrid=51, prio=prio, interval=100,
            addrs=["10.9.0.151"])
    send(200)
    send(0)
    wait_until(lambda: counters(router)["adverts_received"] == 2, 2)
    assert counters(router)["priority_zero_received"] == 1
    assert counters(router)["become_master"] == 0
    router.wait_state("I51", "MASTER")
    send(0)
    send(50)
    wait_until(lambda: counters(router)["adverts_received"] == 4, 2)
    now = counters(router)
    assert now["priority_zero_received"] == 2
    assert now["lower_priority_received"] == 1 == now["become_master"]
    assert now["priority_zero_sent"] == 0
    send(200)
    router.wait_log(r"Entering BACKUP STATE \(was MASTER")
    wait_until(lambda: counters(router)["become_master"] == 2, 8)
    lab.extra_link("a", "x0")
    router.reload(settings() + instance(51, "track_interface {\nx0\n}",
        interval="0.2"))
    lab.ip("a", "link set x0 down")
    wait_until(lambda: router.state("I51") == "FAULT", 2)
    now = counters(router)
    heard = cap.adverts(host="a")
    assert now["adverts_sent"] == len(heard)
    assert now["priority_zero_sent"] == len([f for f in heard if
        f.prio == 0]) >= 1
    assert now["adverts_received"] == 5 and now["become_master"] == 2
    # A fault hears nothing, and counts nothing.
    send(200)
    lab.ip("a", "link set x0 up")
    wait_until(lambda: counters(router)["become_master"] == 3, 3)
    assert counters(router)["adverts_received"] == 5


def memory_kb(pid):
    """What is resident and not of a file, page by page: VmRSS is only
    nearly right, and code is read in when it is first used."""
    with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as f:
        return sum(int(l.split()[1]) for l in f if
            l.startswith("Anonymous:"))


def garbage(rng, vrids, count):
    """Random messages of 0 to 200 bytes, the checksum right in half of
    them."""
    src, dst = packet.packed("10.9.0.3"), packet.packed(packet.GROUP4)
    for i in range(count):
        raw = bytearray(rng.randbytes(rng.randrange(0, 201)))
        if len(raw) > 1:
            raw[0] = rng.choice((0x21, 0x31, 0x31, raw[0]))
            raw[1] = rng.choice(vrids)
        raw = bytes(raw)
        if len(raw) >= 8 and i % 2:
            raw = packet.seal(raw, src, dst, "good",
                "plain" if raw[0] >> 4 == 2 else "pseudo")
        yield raw


@pytest.mark.row("061")
def test_flood(make_lab):
    """50,000 random messages, for routers that are there and such that are
    not: alive, the others undisturbed, no more memory than after the first
    10,000."""
    lab = make_lab("at")
    text = settings() + instance(51, prio=255, state="MASTER",
        interval="0.2") + instance(52, version=2, prio=255, state="MASTER") \
        + instance(61, prio=255, state="MASTER") + instance(62, version=2)
    router = Vrrpd(lab, "a", text).start()
    router.wait_state("I52", "MASTER")
    router.wait_state("I62", "MASTER")
    sender = Sender(lab)
    cap = Capture(lab)
    rng = random.Random(112)
    engine = router.child("vrrpe")

    def burst(total):
        """A thousand at a time, so that the socket's queue holds them."""
        for _ in range(total // 1000):
            for raw in garbage(rng, (51, 52, 53, 54), 1000):
                sender.send(sender.frame(raw=raw))
            router.ctl("show")
    # All places of its receive buffers are taken once; what is meant for
    # other virtual routers does not reach it.
    kill([engine], signal.SIGSTOP)
    for raw in garbage(rng, (51,), 500):
        sender.send(sender.frame(raw=raw))
    kill([engine], signal.SIGCONT)
    burst(10000)
    quiet = {n: counters(router, n) for n in ("I61", "I62")}
    # Pages for a stack that was never that deep are taken once; a leak, of a
    # byte of each packet, shows each time.
    sizes = [memory_kb(engine)]
    for _ in range(2):
        burst(20000)
        sizes.append(memory_kb(engine))
    assert min(sizes[1] - sizes[0], sizes[2] - sizes[1]) <= 4, sizes
    assert router.child("vrrpe") == engine and router.proc.poll() is None
    for name, old in quiet.items():
        assert router.state(name) == "MASTER"
        assert moved(router, name, old) == {}
    seen = {n: sum(c for k, c in counters(router, n).items() if
        k.endswith(("_errors", "_mismatch", "_failures")) or
        k == "invalid_type_received") for n in ("I51", "I52")}
    # A quarter of them each.
    assert all(count > 10000 for count in seen.values()), seen
    times = [f.time for f in cap.adverts(host="a", vrid=61)]
    assert max(b - a for a, b in zip(times, times[1:])) < 1.3
    assert len(router.log().split("\n")) < 400
