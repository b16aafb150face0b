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

"""The authentication header, made and taken apart here: what is sent, and
which numbers and sums are taken."""

import time

import pytest

import packet
from confgen import block, instance, settings, vip_of
from lib import Capture, Lab, Sender, Vrrpd, wait_until

pytestmark = pytest.mark.xdist_group("authentication")

AH = block("authentication", "auth_type AH", "auth_pass secret")
KEPT = None

# name: (the words of the header: password, numbers in turn, what is done to
# the sum), the counter of the drop or KEPT.
ROWS = {
    "right": (("secret", range(1, 9), 0), KEPT),
    "number-jumps": (("secret", range(100, 900, 100), 0), KEPT),
    "wrong-word": (("Secret", range(1, 9), 0), "auth_failures"),
    "longer-word": (("secret1", range(1, 9), 0), "auth_failures"),
    "broken-sum": (("secret", range(1, 9), 1), "auth_failures"),
    "number-zero": (("secret", [0] * 8, 0), "auth_failures"),
    # Of another protocol, which nobody listens to here.
    "none": (None, "")}
VRIDS = {name: n for n, name in enumerate(ROWS, 1)}
SENT, STEADY = 20, 21
NUMBERS = {"right": "150", "wrong-word": "150", "broken-sum": "150",
    "number-zero": "151"}


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    """Every row at once, an advertisement a second; then the results."""
    lab = Lab("at")
    text = settings() + instance(SENT, AH, version=2, prio=150,
        interval="1", vips=["10.9.0.115", "10.9.0.116"])
    for name, vrid in (*VRIDS.items(), ("steady", STEADY)):
        text += instance(vrid, AH, name=name, version=2)
    cap = Capture(lab)
    sender = Sender(lab)
    cap.router = Vrrpd(lab, "a", text).start()
    for turn in range(8):
        for name, (words, _) in ROWS.items():
            sender.send(vrid=VRIDS[name], version=2, prio=200,
                addrs=[vip_of(VRIDS[name])], auth_type=2 if words else 0,
                ah=words and (words[0], words[1][turn], words[2]))
        # Two that rise, and then the same number again and again.
        sender.send(vrid=STEADY, version=2, prio=200, addrs=[vip_of(STEADY)],
            auth_type=2, ah=("secret", 5 + min(turn, 1), 0))
        end = cap.router.started + 0.8 * (turn + 1)
        wait_until(lambda t=end: time.time() > t, 3)
    cap.counters = {n: cap.router.instance(n)["counters"] for n in
        (*ROWS, "steady")}
    yield cap
    lab.close()


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.row(
    NUMBERS[n])] if n in NUMBERS else []) for n in ROWS])
def test_received(bench, name):
    counter = ROWS[name][1]
    heard = bench.adverts(host="a", vrid=VRIDS[name])
    counters = bench.counters[name]
    errors = {k for k, n in counters.items() if n and
        k.endswith(("_errors", "_failures", "_mismatch"))}
    if counter is KEPT:
        assert not heard and counters["adverts_received"] >= 7
        assert not errors
        return
    assert heard and 3.4 < heard[0].time - bench.router.started < 4.6
    assert counters["adverts_received"] == 0 and errors == \
        ({counter} if counter else set())


@pytest.mark.row("151")
def test_number_stands_still(bench):
    """The second one is the last that was heard."""
    counters = bench.counters["steady"]
    assert counters["adverts_received"] == 2
    assert counters["auth_failures"] == 6
    first = bench.wait_advert(5, host="a", vrid=STEADY)
    assert 3.55 < first.time - bench.router.started - 0.8 < 4.6


@pytest.mark.row("007")
def test_sent(bench):
    """The header and its sum, the numbers from 1 on."""
    frames = wait_until(lambda: len(bench.adverts(vrid=SENT)) >= 5 and
        bench.adverts(vrid=SENT), 6, "five of them")
    assert [f.seq for f in frames] == list(range(1, len(frames) + 1))
    for frame in frames:
        assert frame.proto == packet.AH and frame.ttl == 255
        assert frame.ah[:4] == bytes([packet.VRRP, 4, 0, 0])
        assert frame.spi == int.from_bytes(packet.packed(frame.src), "big")
        assert frame.auth_type == 2 and frame.auth == b"\0" * 8
        assert frame.sum_plain and frame.extra == 0
        assert frame.ah == packet.ah_header(frame.head, frame.message,
            "secret", frame.seq)


def test_peer_is_not_there(make_lab):
    """It answers that it does not know the protocol: no packet is lost to
    that, since anybody could send it."""
    lab = make_lab("at")
    cap = Capture(lab, "a", own=True)
    Vrrpd(lab, "a", settings() + instance(SENT, AH, "unicast_src_ip " +
        lab.addr("a"), block("unicast_peer", lab.addr("t")), version=2,
        prio=254)).start()
    frames = wait_until(lambda: len(cap.adverts(vrid=SENT)) >= 4 and
        cap.adverts(vrid=SENT), 9, "four of them")
    assert [f.seq for f in frames] == list(range(1, len(frames) + 1))
    assert [f for f in cap.pick("icmp") if f.src == lab.addr("t")]


def test_the_sum():
    """As another router has sent it."""
    frame = packet.decode(bytes.fromhex("01005e000012020000000001080045c0"
        "004400010000ff33d0a90a090001e0000012700400000a09000100000001"
        "fbcb2c307f33db99f2cf17bb210d9602020131f60a0900730a090074"
        "0000000000000000"))
    assert frame.vrid == 13 and frame.seq == 1 and frame.sum_plain
    assert frame.ah == packet.ah_header(frame.head, frame.message, "secret",
        1)
