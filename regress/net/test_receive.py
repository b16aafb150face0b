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

"""What is received: every row has an instance of its own in one router and
gets an advertisement of priority 200 every second. The row is kept (BACKUP
throughout) or dropped (MASTER as if nothing came, and counted)."""

import time

import pytest

import packet
from confgen import block, instance, settings, vip_of
from lib import Capture, Lab, Sender, Vrrpd, wait_until

pytestmark = pytest.mark.xdist_group("receive")

PASS = block("authentication", "auth_type PASS", "auth_pass secret")
KEPT = None
LENGTH, TTL = "packet_length_errors", "ip_ttl_errors"
TYPE, SUM = "invalid_type_received", "checksum_errors"
VERSION, INTERVAL = "version_errors", "advert_interval_errors"
MISMATCH, BAD_AUTH = "auth_type_mismatch", "invalid_auth_type"
FAILED = "auth_failures"
# What keepalived 2.4 puts at the end: key 1, a time, a sum.
TRAILER = bytes([1, 1, 0, 0]) + bytes(range(24))
# The message follows, and a PadN fills the rest.
HOP_BY_HOP = bytes([packet.VRRP, 0, 1, 4, 0, 0, 0, 0])


# Numbers of the listing, by how the name of a row begins.
NUMBERS = (("control", "026"), ("silence", "027"), ("ttl", "028"),
    ("v2-gets", "029"), ("v3-gets", "029"), ("type-1-", "049"),
    ("type-2-to", "049"), ("type-5", "049"), ("type", "030"), ("cut", "031"),
    ("count-3", "031"), ("count-1", "032"), ("padded", "034"),
    ("thirty", "034"), ("sum-pseudo-2", "039"), ("sum-plain-6", "037"),
    ("sum-bad-6", "037"), ("sum-zero-6", "037"), ("sum-plain-3", ""),
    ("sum", "036"), ("interval-300", "044"), ("interval-zero", ""),
    ("interval", "043"), ("swapped", "047"), ("auth-junk", "050"),
    ("auth-left", "051"), ("pass", "049"), ("tos-0-6", "060"),
    ("flow", "060"), ("hop-by", "060"), ("tos", "053"), ("mac", "053"),
    ("dont", "053"), ("foreign", "054"), ("virtual-source", "054"),
    ("trailer", "163"))


def rows():
    """(name, version of the instance, its further lines, fields of the
    advertisement or None for silence, KEPT or the counter of the drop)."""
    for v in (2, 3, 6):
        yield "control-%d" % v, v, (), {}, KEPT
        yield "silence-%d" % v, v, (), None, ""
        for ttl in (254, 64, 1):
            yield "ttl-%d-%d" % (ttl, v), v, (), {"ttl": ttl}, TTL
        for kind in (0, 2, 15):
            yield "type-%d-%d" % (kind, v), v, (), {"kind": kind}, TYPE
        yield "cut-7-%d" % v, v, (), {"cut": 7}, ""
        yield "cut-12-%d" % v, v, (), {"cut": 12}, LENGTH
        yield "count-3-of-2-%d" % v, v, (), {"count": 3}, LENGTH
        yield "count-1-of-2-%d" % v, v, (), {"count": 1}, LENGTH
        yield "sum-bad-%d" % v, v, (), {"checksum": "bad"}, SUM
        yield "sum-zero-%d" % v, v, (), {"checksum": "zero"}, SUM
        yield "swapped-%d" % v, v, (), {"order": -1}, KEPT
        yield "other-list-%d" % v, v, (), {"addrs": ["10.9.7.7"] if v != 6
            else ["fe80::7:7"]}, KEPT
        yield "count-0-%d" % v, v, (), {"addrs": []}, ""
        yield "tos-0-%d" % v, v, (), {"tos": 0}, KEPT
        yield "mac-random-%d" % v, v, (), {"smac": "02:12:34:56:78:9a"}, KEPT
        yield "mac-broadcast-%d" % v, v, (), {"dmac": "ff:ff:ff:ff:ff:ff"}, \
            KEPT
    yield "sum-plain-6", 6, (), {"checksum": "plain"}, SUM
    yield "sum-pseudo-2", 2, (), {"checksum": "pseudo"}, SUM
    yield "sum-plain-3", 3, (), {"checksum": "plain"}, KEPT
    yield "v2-gets-v3", 2, (), {"version": 3}, VERSION
    yield "v3-gets-v2", 3, (), {"version": 2}, VERSION
    yield "v3-gets-v4", 3, (), {"version": 4}, ""
    yield "v2-gets-v1", 2, (), {"version": 1}, ""
    for v in (2, 3):
        yield "padded-%d" % v, v, (), {"one": True, "pad": 60}, KEPT
        yield "thirty-zeros-%d" % v, v, (), {"one": True,
            "eth_tail": b"\0" * 30}, KEPT
        yield "dont-fragment-%d" % v, v, (), {"frag": 0x4000}, KEPT
        yield "mac-virtual-%d" % v, v, (), {"smac": "00:00:5e:00:01:01"}, KEPT
        yield "foreign-source-%d" % v, v, (), {"src": "192.0.2.7"}, KEPT
        yield "virtual-source-%d" % v, v, (), {"src": "own"}, KEPT
        yield "trailer-%d" % v, v, (), {"tail": TRAILER}, LENGTH
    yield "flow-6", 6, (), {"flow": 0x12345}, KEPT
    yield "hop-by-hop-6", 6, (), {"before": HOP_BY_HOP, "proto": 0}, None
    yield "interval-2", 2, (), {"interval": 2}, INTERVAL
    yield "interval-0", 2, (), {"interval": 0}, INTERVAL
    yield "interval-300", 3, (), {"interval": 300}, KEPT
    yield "interval-zero-3", 3, (), {"interval": 0}, ""
    yield "type-1-to-none", 2, (), {"auth_type": 1}, MISMATCH
    yield "type-2-to-none", 2, (), {"auth_type": 2}, MISMATCH
    yield "type-5", 2, (), {"auth_type": 5}, BAD_AUTH
    yield "auth-junk", 2, (), {"auth": b"junk"}, KEPT
    yield "auth-left-out", 2, (), {"with_auth": False}, LENGTH
    yield "pass-good", 2, (PASS,), {"auth_type": 1, "auth": b"secret"}, KEPT
    yield "pass-none", 2, (PASS,), {"auth_type": 0}, MISMATCH
    for word in (b"Secret", b"secret1", b"secret  "):
        yield "pass-" + word.decode().replace(" ", "_"), 2, (PASS,), \
            {"auth_type": 1, "auth": word}, FAILED


ROWS = {row[0]: (vrid,) + row[1:] for vrid, row in enumerate(rows(), 1)}


def addresses(vrid, version):
    if version == 6:
        return ["fe80::%x" % (0x1000 + vrid), "fe80::%x" % (0x2000 + vrid)]
    return ["10.9.2.%d" % vrid, "10.9.3.%d" % vrid]


def frame_of(sender, vrid, version, fields):
    fields = dict(fields)
    addrs = fields.pop("addrs", addresses(vrid, version))
    if fields.get("src") == "own":
        fields["src"] = addrs[0]
    addrs = addrs[:1] if fields.pop("one", False) else \
        addrs[::fields.pop("order", 1)]
    pad = fields.pop("pad", 0)
    if version == 6:
        fields.setdefault("src", sender.lab.addr6("t"))
        fields.setdefault("dst", packet.GROUP6)
    fields.setdefault("version", 2 if version == 2 else 3)
    frame = sender.frame(vrid=vrid, prio=200, addrs=addrs, **fields)
    return frame + b"\0" * max(0, pad - len(frame))


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    """Runs all rows at once; results are read from the capture."""
    lab = Lab("at")
    for key in ("all", "default", "e0"):
        lab.sysctl("a", "ipv4/conf/%s/rp_filter" % key, 0)
    text = settings()
    for name, (vrid, version, more, fields, _) in ROWS.items():
        one = bool(fields and fields.get("one"))
        text += instance(vrid, *more, name=name, version=version,
            vips=addresses(vrid, version)[:1 if one else 2])
    cap = Capture(lab)
    sender = Sender(lab)
    frames = [frame_of(sender, vrid, version, fields)
        for vrid, version, _, fields, _ in ROWS.values() if fields is not None]
    sender.keep(1.0, frames)
    router = Vrrpd(lab, "a", text).start()
    vrid = ROWS["silence-3"][0]
    cap.control = cap.wait_advert(vrid=vrid, smac=lab.mac("a")).time
    wait_until(lambda: time.time() > cap.control + 1.5, 5, "the end")
    cap.counters = {n: router.instance(n)["counters"] for n in ROWS}
    cap.router = router
    cap.taken = {vrid: f.time for f in reversed(cap.adverts(host="a"))
        for vrid in [(f.vrid, f.family)]}
    yield cap
    lab.close()


def verdict(bench, name):
    """When the row's instance became master, after the silent one did."""
    vrid, version = ROWS[name][:2]
    when = bench.taken.get((vrid, 6 if version == 6 else 4))
    return None if when is None else when - bench.control


def marked(names):
    """Each with the number of its row in the listing."""
    for name in names:
        number = next((n for start, n in NUMBERS if name.startswith(start)),
            "")
        yield pytest.param(name, marks=[pytest.mark.row(number)] if number
            else [])


@pytest.mark.parametrize("name", marked(n for n in ROWS if
    ROWS[n][4] is KEPT))
def test_kept(bench, name):
    assert verdict(bench, name) is None
    assert bench.counters[name]["adverts_received"] >= 4


@pytest.mark.parametrize("name", marked(n for n in ROWS if
    ROWS[n][4] is not KEPT))
def test_dropped(bench, name):
    when = verdict(bench, name)
    assert when is not None and abs(when) < 0.3
    counters = bench.counters[name]
    assert counters["adverts_received"] == 0
    if ROWS[name][4]:
        assert counters[ROWS[name][4]] >= 4


@pytest.mark.parametrize("name", ["sum-bad-2", "ttl-64-3", "pass-Secret",
    "interval-2"])
def test_only_that_counter(bench, name):
    errors = {k for k, n in bench.counters[name].items() if n and
        (k.endswith("_errors") or k.startswith(("auth_", "invalid_")))}
    assert errors == {ROWS[name][4]}


@pytest.mark.row("059")
def test_said_once(bench):
    """A hundred bad packets: counted all, told at most thrice."""
    name = "control-2"
    vrid = ROWS[name][0]
    sender = Sender(bench.lab)
    frame = frame_of(sender, vrid, 2, {"checksum": "bad"})
    before = bench.router.instance(name)["counters"][SUM]
    mark = len(bench.router.log())
    for _ in range(100):
        sender.send(frame)
    wait_until(lambda: bench.router.instance(name)["counters"][SUM] ==
        before + 100, 5, "a hundred counted")
    lines = [l for l in bench.router.log(mark).split("\n") if
        "checksum" in l.lower()]
    assert len(lines) <= 3


@pytest.mark.row("042")
def test_unknown_vrid(bench):
    sender = Sender(bench.lab)
    mark = len(bench.router.log())
    for _ in range(5):
        sender.send(vrid=251, prio=200, addrs=[vip_of(51)])
    name = "silence-3"
    assert bench.router.state(name) == "MASTER"
    assert "251" not in bench.router.log(mark)


@pytest.mark.row("058")
def test_half(bench):
    """The first fragment without the second: nothing happens."""
    sender = Sender(bench.lab)
    vrid, name = ROWS["silence-2"][0], "silence-2"
    before = bench.router.packets(name)
    frame = frame_of(sender, vrid, 2, {})
    for _ in range(20):
        sender.send(packet.halves(frame, 8, 7)[0])
    begun = time.time()
    bench.wait_advert(2, since=begun, host="a", vrid=vrid)
    assert bench.router.state(name) == "MASTER"
    after = bench.router.packets(name)
    assert {k for k in after if after[k] != before[k]} == {"adverts_sent"}


@pytest.mark.row("058")
def test_two_fragments(bench):
    """Put together they are an advertisement as any other."""
    sender = Sender(bench.lab)
    name = "silence-3"
    vrid = ROWS[name][0]
    frame = sender.frame(vrid=vrid, prio=200,
        addrs=["10.9.9.%d" % n for n in range(1, 21)])
    since = len(bench.router.log())
    for half in packet.halves(frame, 24, 8):
        sender.send(half)
    wait_until(lambda: bench.router.entered(name, "BACKUP", since), 2,
        "it is followed")


@pytest.mark.row("044")
def test_interval_is_told(bench):
    """Another interval of version 3 is taken, with one line."""
    said = [l for l in bench.router.log().split("\n") if
        "(interval-300)" in l and "interval" in l.split(")", 1)[1]]
    assert len(said) == 1, said


@pytest.mark.row("047")
@pytest.mark.parametrize("version", [2, 3, 6])
def test_order_is_not_told(bench, version):
    said = [l for l in bench.router.log().split("\n") if
        "(swapped-%d)" % version in l]
    assert len(said) == 1 and "Entering BACKUP" in said[0]


def test_garbage(bench):
    """Random messages with good headers: alive, others undisturbed, no more
    memory than at first."""
    import random
    rng = random.Random(112)
    sender = Sender(bench.lab)
    router = bench.router
    free = 252

    def burst(count):
        for i in range(count):
            raw = bytearray(rng.randbytes(rng.randrange(0, 200)))
            if len(raw) > 1:
                raw[0] = rng.choice((0x21, 0x31, raw[0]))
                raw[1] = rng.choice((free, free + 1))
            if len(raw) >= 8 and i % 2:
                raw = packet.seal(bytes(raw), packet.packed("10.9.0.3"),
                    packet.packed(packet.GROUP4), "plain", "plain")
            sender.send(sender.frame(raw=bytes(raw)))
    burst(2000)
    engine = router.child("vrrpe")
    before = memory_kb(engine)
    states = {r["name"]: r["state"] for r in router.show()["instances"]}
    burst(10000)
    assert router.child("vrrpe") == engine
    assert memory_kb(engine) <= before + 64
    for row in router.show()["instances"]:
        assert row["state"] == states[row["name"]]


def memory_kb(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        for line in f:
            if line.startswith("RssAnon"):
                return int(line.split()[1])
    return 0
