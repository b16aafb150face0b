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

"""What is sent: one router with many instances becomes master of all."""

import pytest

import packet
from confgen import block, instance, settings
from lib import Capture, Lab, Vrrpd, wait_until

pytestmark = pytest.mark.xdist_group("send")

TWENTY = ["10.9.1.%d" % n for n in range(1, 21)]
CONF = "\n".join((settings("router_id send"),
    instance(10, version=2, prio=150),
    instance(14, prio=150, vips=["10.9.0.117"]),
    instance(16, version=6, prio=150,
        vips=["fe80::100", "fd09::100", "fd09::101"]),
    instance(11, block("authentication", "auth_type PASS",
        "auth_pass secret"), version=2, prio=150,
        vips=["10.9.0.111", "10.9.0.112", "10.9.0.113"]),
    instance(12, block("authentication", "auth_type PASS",
        "auth_pass twelve-chars"), version=2, prio=150),
    instance(18, version=2, prio=150, vips=TWENTY),
    instance(31, version=2, prio=150, vips=[]),
    instance(32, block("virtual_ipaddress_excluded", "10.9.0.232",
        "fd09::232"), prio=150, vips=["10.9.0.132", "10.9.0.133"]),
    instance(21, prio=150, interval="0.25"),
    instance(22, "mcast_src_ip 10.9.0.9", prio=150),
    instance(7, prio=150, name="V4"),
    instance(7, version=6, prio=150, name="V6")))


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    lab = Lab("at")
    lab.ip("a", "address add 10.9.0.9/24 dev e0")
    cap = Capture(lab)
    router = Vrrpd(lab, "a", CONF).start()
    for vrid in (10, 14, 16, 11, 12, 18, 31, 32, 21, 22, 7):
        cap.wait_advert(vrid=vrid)
    cap.router = router
    yield cap
    lab.close()


@pytest.mark.row("001")
def test_v2_vector(bench):
    frame = bench.adverts(vrid=10)[0]
    want = bytes.fromhex("01005e000012020000000001080045c00028"
        "00010000ff70d0880a090001e0000012210a960100013e7c0a09006e"
        "0000000000000000")
    # All but the IP identification and header checksum.
    assert frame.raw[:18] == want[:18]
    assert frame.raw[20:24] == want[20:24]
    assert frame.raw[26:] == want[26:]


@pytest.mark.row("002")
def test_v3_vector(bench):
    frame = bench.adverts(vrid=14)[0]
    src, dst = packet.packed("10.9.0.1"), packet.packed("224.0.0.18")
    want = bytes.fromhex("310e9601" "0064" "0000" "0a090075")
    pair = packet.inverse(packet.pseudo(src, dst, 12) + want)
    assert frame.message == want[:6] + pair.to_bytes(2, "big") + want[8:]
    assert frame.src == "10.9.0.1" and frame.ttl == 255


@pytest.mark.row("004")
def test_v3_ipv6(bench):
    frame = bench.adverts(vrid=16)[0]
    assert frame.src == "fe80::ff:fe00:1" and frame.dst == "ff02::12"
    assert frame.dmac == "33:33:00:00:00:12" and frame.ttl == 255
    assert frame.addrs == ["fe80::100", "fd09::100", "fd09::101"]
    assert frame.sum_pseudo and frame.extra == 0


@pytest.mark.row("005")
def test_v2_pass(bench):
    frame = bench.adverts(vrid=11)[0]
    assert frame.auth_type == 1 and frame.auth == b"secret\0\0"
    assert frame.sum_plain and frame.count == 3


@pytest.mark.row("006")
def test_v2_pass_long(bench):
    frame = bench.adverts(vrid=12)[0]
    assert frame.auth_type == 1 and frame.auth == b"twelve-c"
    assert "auth_pass has 12 bytes: only the first 8" in bench.router.log()


@pytest.mark.row("009")
def test_twenty_addresses(bench):
    frame = bench.adverts(vrid=18)[0]
    assert frame.addrs == TWENTY and frame.total == 116


@pytest.mark.row("010")
def test_no_address(bench):
    frame = bench.adverts(vrid=31)[0]
    assert frame.count == 0 and len(frame.message) == 16


@pytest.mark.row("011")
def test_excluded(bench):
    frame = bench.adverts(vrid=32)[0]
    assert frame.addrs == ["10.9.0.132", "10.9.0.133"]
    for ip in ("10.9.0.132", "10.9.0.133", "10.9.0.232"):
        wait_until(lambda a=ip: bench.garps(a), 5, "GARP of " + ip)
    wait_until(lambda: bench.nas("fd09::232"), 5, "NA of fd09::232")
    for ip in ("10.9.0.132", "10.9.0.133", "10.9.0.232", "fd09::232"):
        assert bench.lab.has("a", ip)


@pytest.mark.row("012")
def test_traffic_class(bench):
    for vrid in (10, 14, 16):
        assert {f.tos for f in bench.adverts(vrid=vrid)} == {0xc0}


@pytest.mark.row("013")
def test_interval_field(bench):
    assert bench.adverts(vrid=21)[0].interval == 25


@pytest.mark.row("021")
def test_source_address(bench):
    frame = bench.adverts(vrid=22)[0]
    assert frame.src == "10.9.0.9" and frame.sum_pseudo


@pytest.mark.row("025")
def test_ip_header(bench):
    """The identification rises by one, nothing says "don't fragment". All
    that have source and group in common share a socket."""
    wait_until(lambda: len(bench.adverts(vrid=10)) >= 6, 10, "six adverts")
    frames = [f for f in bench.adverts() if f.src == "10.9.0.1"]
    assert all(f.ttl == 255 and f.frag == 0 for f in frames)
    steps = {(b.ipid - a.ipid) % 65536 for a, b in zip(frames, frames[1:])}
    assert len(frames) > 50 and steps == {1}


def test_source_mac(bench):
    assert {f.smac for f in bench.adverts()} == {bench.lab.mac("a")}


def test_first_advert_twice(bench):
    """20 ms apart, where the interval is at least 0.2 s."""
    times = [f.time for f in bench.adverts(vrid=14)][:3]
    assert 0.015 < times[1] - times[0] < 0.08
    assert 0.9 < times[2] - times[0] < 1.1


@pytest.mark.row("023")
def test_families_apart(bench):
    """The same VRID over IPv4 and IPv6 is two virtual routers."""
    from lib import Sender
    sender = Sender(bench.lab)
    sent = sender.send(vrid=7, prio=200, addrs=["10.9.0.107"])
    bench.router.wait_state("V4", "BACKUP")
    bench.wait_advert(vrid=7, family=6, since=sent)
    assert bench.router.state("V6") == "MASTER"
