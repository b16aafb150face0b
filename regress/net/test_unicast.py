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


"""Unicast: a list of peers in place of the group."""

import re
import time

import pytest

import packet
from confgen import block, instance, settings, vip_of
from lib import KEEPALIVED, VRRPD, Capture, Keepalived, Lab, Ping, Sender, \
    Vrrpd, stays, wait_until

VIP = "10.9.0.151"
VIP6 = "fd09::151"
KINDS = [2, 3, 6]


def own(lab, host, version):
    return lab.addr6(host) if version == 6 else lab.addr(host)


def peers(lab, host, others, version=3, *more, src=True):
    """The lines that make an instance of host unicast."""
    lines = [] if not src else ["unicast_src_ip " + own(lab, host, version)]
    return lines + list(more) + [block("unicast_peer",
        *(own(lab, other, version) for other in others))]


def vips_of(version):
    return ["fe80::151", VIP6 + "/64"] if version == 6 else [VIP]


def conf(lab, host, others, version=3, *more, prio=100, interval="1",
        **fields):
    return settings() + instance(51, *peers(lab, host, others, version,
        **fields), *more, version=version, prio=prio, interval=interval,
        vips=vips_of(version))


def group_frames(cap):
    """VRRP that went to a group, as unicast never does."""
    return [f for f in cap.adverts() if f.dst in (packet.GROUP4,
        packet.GROUP6)]


def group_members(lab, host):
    """How often a host is in VRRP's groups, both families."""
    text = lab.run(host, "cat", "/proc/net/igmp", "/proc/net/igmp6").stdout
    return text.count("120000E0") + text.count(
        "ff020000000000000000000000000012")


@pytest.mark.row("140")
@pytest.mark.parametrize("version", KINDS)
def test_copies(lab, version):
    """One copy for each peer and interval, to its own MAC, TTL 255."""
    cap = Capture(lab, "a", own=True)
    router = Vrrpd(lab, "a", conf(lab, "a", "bt", version)).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: len(cap.adverts(host="a")) >= 8, 6, "eight adverts")
    frames = cap.adverts(host="a")
    assert not group_frames(cap) and group_members(lab, "a") == 0
    to = {other: [f for f in frames if f.dst == own(lab, other, version)]
        for other in "bt"}
    assert abs(len(to["b"]) - len(to["t"])) <= 1
    assert len(to["b"]) + len(to["t"]) == len(frames)
    for other, copies in to.items():
        assert {f.dmac for f in copies} == {lab.mac(other)}
        assert {f.ttl for f in copies} == {255}
        assert all(f.sum_plain if version == 2 else f.sum_pseudo
            for f in copies)
        # The first one is said twice.
        times = [f.time for f in copies][1:]
        assert all(0.8 < b - a < 1.2 for a, b in zip(times, times[1:]))
    assert {f.src for f in frames} == {own(lab, "a", version)}


@pytest.mark.row("147")
def test_ttl(make_lab):
    """unicast_ttl on IPv4, and the hop limit on IPv6."""
    lab = make_lab("at")
    cap = Capture(lab)
    text = settings() + "".join(instance(n, *peers(lab, "a", "t", version,
        "unicast_ttl 64"), version=version, interval=interval)
        for n, version, interval in ((61, 2, "1"), (62, 3, "0.1"),
            (63, 6, "0.1")))
    Vrrpd(lab, "a", text).start()
    for n in (61, 62, 63):
        assert cap.wait_advert(host="a", vrid=n).ttl == 64
    assert {f.ttl for f in cap.adverts(host="a")} == {64}


def test_without_source(lab):
    """The interface's own address is the source if none is named."""
    cap = Capture(lab)
    Vrrpd(lab, "a", conf(lab, "a", "t", interval="0.1", src=False)).start()
    assert cap.wait_advert(host="a").src == lab.addr("a")


# What a peer may send: (version, lines, words of the peer's line, fields,
# the counter of the drop or None if it is taken).
RECEIVED = {}
for _v in (2, 3, 6):
    for _ttl in (1, 64, 255):
        RECEIVED["ttl-%d-%d" % (_ttl, _v)] = _v, (), "", {"ttl": _ttl}, None
    RECEIVED["stranger-%d" % _v] = _v, (), "", {"stranger": True}, None
    RECEIVED["stranger-checked-%d" % _v] = _v, ("check_unicast_src",), "", \
        {"stranger": True}, "peer_errors"
    RECEIVED["peer-checked-%d" % _v] = _v, ("check_unicast_src",), "", {}, \
        None
    RECEIVED["group-%d" % _v] = _v, (), "", {"group": True}, \
        "destination_errors"
    RECEIVED["sum-bad-%d" % _v] = _v, (), "", {"checksum": "bad"}, \
        "checksum_errors"
    for _ttl, _why in ((255, "ip_ttl_errors"), (252, None),
            (249, "ip_ttl_errors")):
        RECEIVED["range-%d-%d" % (_ttl, _v)] = _v, (), \
            " min_ttl 250 max_ttl 254", {"ttl": _ttl}, _why
VRIDS = {name: n for n, name in enumerate(RECEIVED, 1)}


def received_frame(sender, name):
    version, _, _, fields, _ = RECEIVED[name]
    fields = dict(fields)
    lab = sender.lab
    fields["src"] = own(lab, "t", version)
    if fields.pop("stranger", False):
        fields["src"] = "fe80::77" if version == 6 else "10.9.0.77"
    if not fields.pop("group", False):
        fields["dst"] = own(lab, "a", version)
        fields["dmac"] = lab.mac("a")
    return sender.frame(vrid=VRIDS[name], prio=200,
        addrs=[vip_of(VRIDS[name], version)],
        version=2 if version == 2 else 3, **fields)


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    """Every row at once; those that are dropped make a MASTER."""
    lab = Lab("at")
    text = settings()
    for name, (version, lines, words, _, _) in RECEIVED.items():
        text += instance(VRIDS[name], "unicast_src_ip " + own(lab, "a",
            version), block("unicast_peer", own(lab, "t", version) + words),
            *lines, name=name, version=version)
    # Ordinary ones join the groups on the same interface.
    text += instance(200, name="multicast", vips=["10.9.2.200"]) + \
        instance(200, name="six", version=6)
    cap = Capture(lab)
    sender = Sender(lab)
    sender.keep(0.9, [received_frame(sender, name) for name in RECEIVED])
    cap.router = Vrrpd(lab, "a", text).start()
    cap.control = cap.wait_advert(vrid=200).time
    wait_until(lambda: time.time() > cap.control + 1.2, 5, "the end")
    cap.counters = {n: cap.router.instance(n)["counters"] for n in RECEIVED}
    yield cap
    lab.close()


@pytest.mark.xdist_group("unicast")
@pytest.mark.parametrize("name", [pytest.param(n, marks=[
    pytest.mark.row(number) for start, number in (("ttl", "142"),
        ("stranger", "143"), ("range", "144"), ("group", "145"))
    if n.startswith(start)]) for n in RECEIVED])
def test_received(bench, name):
    counter = RECEIVED[name][4]
    heard = bench.adverts(host="a", vrid=VRIDS[name])
    counters = bench.counters[name]
    if counter is None:
        assert not heard and counters["adverts_received"] >= 4
        return
    assert heard and abs(heard[0].time - bench.control) < 0.3
    assert counters["adverts_received"] == 0 and counters[counter] >= 4
    assert [n for n, c in counters.items() if c and n.endswith("_errors")] \
        == [counter]


@pytest.mark.parametrize("version", KINDS)
def test_failover(lab, version):
    """Election, a clean stop without a lost ping, kill -9, preemption."""
    vip = VIP6 if version == 6 else VIP
    cap = Capture(lab, "a", own=True)
    there = Capture(lab, "b", own=True)
    a = Vrrpd(lab, "a", conf(lab, "a", "b", version, prio=150)).start()
    b = Vrrpd(lab, "b", conf(lab, "b", "a", version)).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I51", "BACKUP")
    lab.wait_holder(vip, "a", 2)
    ping = Ping(lab, vip).wait_answers()
    begun = time.time()
    assert a.stop() == 0
    b.wait_state("I51", "MASTER", 3)
    zero = there.wait_advert(since=begun, host="a", prio=0)
    first = cap.wait_advert(since=begun, host="b")
    assert 0.55 < first.time - zero.time < 0.85
    ping.wait_answers()
    assert not ping.lost(begun)
    a = Vrrpd(lab, "a", conf(lab, "a", "b", version, prio=150)).start()
    a.wait_state("I51", "MASTER", 6)
    b.wait_state("I51", "BACKUP", 2)
    lab.wait_holder(vip, "a", 2)
    died = a.kill_hard()
    b.sync()
    b.wait_state("I51", "MASTER", 6)
    assert 2.5 < time.time() - died < 5
    lab.wait_holder(vip, "b", 3)
    assert not group_frames(cap) and not group_frames(there)


@pytest.mark.row("164")
@pytest.mark.skipif(not KEEPALIVED, reason="no keepalived")
@pytest.mark.parametrize("version", KINDS)
@pytest.mark.parametrize("role", ["master", "backup"])
def test_keepalived(lab, version, role):
    """The role that is ours at first; then the higher one stops and comes
    back."""
    vip = VIP6 if version == 6 else VIP
    cap, there = (Capture(lab, h, own=True) for h in "ab")
    ours, theirs = (150, 100) if role == "master" else (100, 150)
    v = Vrrpd(lab, "a", conf(lab, "a", "b", version, prio=ours))
    k = Keepalived(lab, "b", conf(lab, "b", "a", version, prio=theirs))
    high, low = (v, k) if role == "master" else (k, v)
    low.start()
    high.start()
    high.wait_state("I51", "MASTER")
    low.wait_state("I51", "BACKUP")
    lab.wait_holder(vip, high.host, 2)
    begun = time.time()
    assert high.stop() == 0
    low.wait_state("I51", "MASTER", 3)
    first = cap.wait_advert(2, since=begun, host=low.host)
    zero = [f for f in cap.adverts(since=begun, host=high.host)][-1]
    assert zero.prio == 0 and 0.55 < first.time - zero.time < 0.85
    lab.wait_holder(vip, low.host, 2)
    high.sync().start()
    high.wait_state("I51", "MASTER", 8)
    low.wait_state("I51", "BACKUP", 2)
    lab.wait_holder(vip, high.host, 2)
    counters = v.instance("I51")["counters"]
    assert not {n: c for n, c in counters.items() if c and
        n.endswith(("_errors", "_failures", "_mismatch"))}
    assert not group_frames(cap) and not group_frames(there)


SOURCES = {3: "10.9.0.9", 6: "fe80::9"}


@pytest.mark.parametrize("version", [3, 6])
def test_source_goes_and_comes(lab, version):
    """Without unicast_src_ip there is nothing to send from: FAULT, named;
    with it again it recovers as after a start."""
    src = SOURCES[version]
    line = "address %%s %s/%d dev e0%s" % (src, 64 if version == 6 else 24,
        " nodad" if version == 6 else "")
    vip = vips_of(version)[-1].split("/")[0]
    lab.ip("a", line % "add")
    cap = Capture(lab)
    router = Vrrpd(lab, "a", settings() + instance(51, "unicast_src_ip " +
        src, block("unicast_peer", own(lab, "t", version)), version=version,
        interval="0.2", vips=vips_of(version))).start()
    router.wait_state("I51", "MASTER")
    assert cap.wait_advert(host="a").src == src
    wait_until(lambda: lab.has("a", vip), 2, "the address")
    router.sync()
    lab.ip("a", (line % "del").replace(" nodad", ""))
    found = router.wait_log(r"\(I51\) Entering FAULT STATE \((.*)\)", 2)
    assert "source" in found.group(1)
    assert "source" in router.instance("I51")["faults"]
    wait_until(lambda: not lab.has("a", vip), 1, "no address")
    gone = time.time()
    stays(lambda: not cap.adverts(since=gone), 0.8, "silence")
    router.sync()
    lab.ip("a", line % "add")
    router.wait_log(r"Entering BACKUP STATE \(was FAULT: fault is over, "
        "it was: ", 2)
    router.wait_state("I51", "MASTER", 5)
    frame = cap.wait_advert(since=gone, host="a")
    assert frame.src == src and frame.dst == own(lab, "t", version)
    wait_until(lambda: lab.has("a", vip), 2, "the address")
    assert not group_frames(cap) and router.child("vrrpe")


def test_source_missing_at_start(lab):
    """It waits for the address, and says for which."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", settings() + instance(51, "unicast_src_ip "
        "10.9.0.9", block("unicast_peer", lab.addr("t")),
        interval="0.2")).start()
    router.wait_state("I51", "FAULT")
    assert "source" in router.instance("I51")["faults"]
    lab.ip("a", "address add 10.9.0.9/24 dev e0")
    router.wait_state("I51", "MASTER", 5)
    assert cap.wait_advert(host="a").src == "10.9.0.9"
    assert not group_frames(cap)


BROKEN = {
    "empty": ["unicast_src_ip 10.9.0.1", "unicast_peer {", "}"],
    "none": ["unicast_src_ip 10.9.0.1"],
    "mistyped": ["unicast_peer {", "10.9.0.", "}"],
    "one mistyped": ["unicast_peer {", "10.9.0.3", "10.9.0.333", "}"],
    "name": ["unicast_peer {", "router-b", "}"],
    "itself": ["unicast_src_ip 10.9.0.1", "unicast_peer {", "10.9.0.1",
        "}"],
    "group": ["unicast_peer {", "224.0.0.18", "}"],
    "family": ["unicast_peer {", "10.9.0.3", "fd09::3", "}"]}


def test_broken_list(lab):
    """A list that is not what was meant never means the group: refused at
    the start, by -n and at a reload, and what runs goes on."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", conf(lab, "a", "t", interval="0.1"))
    for name, lines in BROKEN.items():
        text = settings() + instance(51, *lines, interval="0.1", prio=99)
        path = lab.write("broken.conf", text, 0o600)
        for args in (["-n"], ["-d", "-r", lab.path("r")]):
            done = lab.run("a", VRRPD, *args, "-f", path, check=False)
            assert done.returncode == 1, name
            assert re.search(r"broken\.conf:\d+:\d+: error: ",
                done.stderr), name
    assert not cap.adverts()
    router.start()
    router.wait_state("I51", "MASTER")
    good = router.show()["generation"]
    for name, lines in BROKEN.items():
        text = settings() + instance(51, *lines, interval="0.1", prio=99)
        begun = time.time()
        done = router.reload(text, check=False)
        assert done.returncode == 1 and re.search(r"\.conf:\d+:\d+",
            done.stderr), name
        frame = cap.wait_advert(2, since=begun, host="a")
        assert frame.prio == 100 and frame.dst == lab.addr("t")
    assert router.show()["generation"] == good
    assert not group_frames(cap) and group_members(lab, "a") == 0
    assert router.entered("I51", "MASTER") == 1


def test_reload_to_unicast_and_back(lab):
    """The group is left and joined, the role and the address stay."""
    cap = Capture(lab)
    text = settings() + instance(51, interval="0.1")
    router = Vrrpd(lab, "a", text).start()
    router.wait_state("I51", "MASTER")
    assert cap.wait_advert(host="a").dst == packet.GROUP4
    for wanted, dst, groups in ((conf(lab, "a", "t", interval="0.1"),
            lab.addr("t"), 0), (text, packet.GROUP4, 1)):
        router.reload(wanted)
        begun = time.time()
        cap.wait_advert(2, since=begun, host="a", dst=dst)
        wait_until(lambda n=groups: group_members(lab, "a") == n, 2,
            "%d groups" % groups)
        later = time.time()
        cap.wait_advert(2, since=later, host="a")
        assert {f.dst for f in cap.adverts(since=later, host="a")} == {dst}
    assert 0 not in {f.prio for f in cap.adverts(host="a")}
    assert router.entered("I51", "MASTER") == 1 and lab.has("a", VIP)


@pytest.mark.parametrize("lines", [["unicast_peer {", "}"], []])
def test_fault_without_peer(lab, lines):
    """unicast_fault_no_peer: FAULT, named, neither heard nor spoken to; with
    a peer it is an instance as any other, and back again."""
    cap = Capture(lab)
    def text(lines):
        return settings() + instance(51, "unicast_fault_no_peer", *lines,
            interval="0.1")
    router = Vrrpd(lab, "a", text(lines)).start()
    router.wait_state("I51", "FAULT")
    assert router.instance("I51")["faults"] == "no unicast peer"
    assert "the instance stays in FAULT" in router.log()
    stays(lambda: not lab.has("a", VIP), 1, "no address", step=0.1)
    assert group_members(lab, "a") == 0 and not cap.adverts()
    router.reload(text(peers(lab, "a", "t")))
    router.wait_state("I51", "MASTER")
    assert cap.wait_advert(host="a").dst == lab.addr("t")
    wait_until(lambda: lab.has("a", VIP), 2, "the address")
    router.reload(text(lines))
    router.wait_state("I51", "FAULT")
    wait_until(lambda: not lab.has("a", VIP), 2, "no address")
    assert not group_frames(cap) and group_members(lab, "a") == 0
