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


"""What somebody else's decoder says about whole lives: every frame of a
start, a takeover, a reload, a standby and a stop is captured at the switch
and judged by tshark."""

import os
import shutil
import signal
import subprocess

import pytest

from confgen import block, instance, settings
from lib import Sender, Vrrpd, command, wait_until

TSHARK = shutil.which("tshark")
TCPDUMP = shutil.which("tcpdump", path="/usr/sbin:/sbin:/usr/bin")

pytestmark = pytest.mark.skipif(not (TSHARK and TCPDUMP),
    reason="no tshark or no tcpdump")

PASS = block("authentication", "auth_type PASS", "auth_pass secret")
EXCLUDED = block("virtual_ipaddress_excluded", "10.9.0.199")
# version, lines, addresses, another address that a reload adds
LIVES = {
    "v2-pass": (2, (PASS, EXCLUDED), ["10.9.0.151", "10.9.0.152"],
        "10.9.0.153"),
    "v3": (3, (EXCLUDED,), ["10.9.0.151", "10.9.0.152"], "10.9.0.153"),
    "v3-plain": (3, ("v3_checksum_as_v2",), ["10.9.0.151"], "10.9.0.153"),
    "v3-ipv6": (6, (), ["fe80::151", "fd09::151/64"], "fd09::153/64")}
FIELDS = ("frame.number", "frame.time_epoch", "eth.src", "eth.dst", "ip.src",
    "ipv6.src", "ip.dst", "ipv6.dst", "ip.ttl", "ipv6.hlim",
    "ip.checksum.status", "vrrp.version", "vrrp.type", "vrrp.virt_rtr_id",
    "vrrp.prio", "vrrp.addr_count", "vrrp.checksum.status", "vrrp.adver_int",
    "vrrp.short_adver_int", "vrrp.auth_type", "vrrp.auth_string",
    "vrrp.ip_addr", "vrrp.ipv6_addr", "arp.opcode", "arp.isgratuitous",
    "arp.src.proto_ipv4", "arp.src.hw_mac", "icmpv6.type",
    "icmpv6.checksum.status", "icmpv6.nd.na.flag.r", "icmpv6.nd.na.flag.s",
    "icmpv6.nd.na.flag.o", "icmpv6.nd.na.target_address",
    "icmpv6.opt.linkaddr", "igmp.type", "igmp.maddr",
    "icmpv6.mldr.mar.multicast_address", "ah.sequence", "_ws.malformed",
    "_ws.expert.severity",
    "_ws.expert.message")
GOOD = "1"              # of a checksum's status
BAD = "0"
NOTE = 0x400000         # the expert's severity; warnings are greater


class Dump:
    """tcpdump -w of all that the switch passes on, or that comes in at one
    of its ports."""

    def __init__(self, lab, dev="br0"):
        self.lab = lab
        self.path = lab.path("life.pcap")
        self.proc = subprocess.Popen(["ip", "netns", "exec", lab.name("s"),
            TCPDUMP, "-i", dev, "-Q", "inout" if dev == "br0" else "in",
            "-U", "-n", "-p", "-Z", "root", "-s", "0", "-w", self.path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        lab.closing.append(self)
        wait_until(lambda: os.path.exists(self.path) and
            os.path.getsize(self.path) >= 24, 10, "tcpdump listens")

    def close(self):
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            self.proc.wait(10)
        self.proc.stderr.close()

    def rows(self, plain=False):
        """Every frame, as a dictionary of FIELDS with one text each."""
        args = [TSHARK, "-r", self.path, "-n", "-T", "fields", "-E",
            "occurrence=a", "-o", "ip.check_checksum:TRUE", "-o",
            "vrrp.v3_checksum_as_in_v2:" + ("TRUE" if plain else "FALSE")]
        for field in FIELDS:
            args += ["-e", field]
        out = command(args, limit=60).stdout
        return [dict(zip(FIELDS, line.split("\t")))
            for line in out.split("\n") if line]


def live(lab, kind):
    """The life: returns its dump."""
    version, lines, vips, more = LIVES[kind]

    def conf(prio, vips):
        return settings() + instance(51, *lines, version=version, prio=prio,
            vips=vips, interval="1" if version == 2 else "0.5")
    vip = vips[-1].split("/")[0]
    dump = Dump(lab)
    a = Vrrpd(lab, "a", conf(150, vips)).start()
    a.wait_state("I51", "MASTER")
    b = Vrrpd(lab, "b", conf(100, vips)).start()
    b.wait_state("I51", "BACKUP")
    lab.wait_holder(vip, "a", 2)
    # Takeover by a kill, and back by preemption.
    a.kill_hard()
    b.sync()
    b.wait_state("I51", "MASTER", 6)
    lab.wait_holder(vip, "b", 5)
    a = Vrrpd(lab, "a", conf(150, vips)).start()
    a.wait_state("I51", "MASTER", 6)
    b.wait_state("I51", "BACKUP", 2)
    for router, prio in ((a, 150), (b, 100)):
        router.reload(conf(prio, vips + [more]))
    lab.wait_holder(more.split("/")[0], "a", 2)
    a.ctl("standby", "I51")
    lab.wait_holder(vip, "b", 3)
    a.ctl("resume", "I51")
    lab.wait_holder(vip, "a", 6)
    assert a.stop() == 0
    lab.wait_holder(vip, "b", 3)
    assert b.stop() == 0
    # The last farewell is on its way to the file.
    wait_until(lambda: [r for r in dump.rows() if r["vrrp.prio"] == "0" and
        r["eth.src"] == lab.mac("b")], 5, "the last farewell", step=0.2)
    dump.close()
    return dump


def complaints(rows):
    """What the judge thinks of our frames, but for the address that two
    hosts have one after the other."""
    ours = [r for r in rows if r["vrrp.version"] or r["arp.isgratuitous"] or
        r["icmpv6.type"] in ("136", "143") or r["igmp.type"] or
        r["ah.sequence"]]
    return [(r["frame.number"], r["_ws.expert.message"] or "malformed")
        for r in ours if r["_ws.malformed"] or (any(int(s, 0) >= NOTE for s
            in r["_ws.expert.severity"].split(",") if s) and
            "uplicate" not in r["_ws.expert.message"])]


def texts(rows, *fields):
    """The values that occur, of every row one text (or more, by comma)."""
    return {part for r in rows for f in fields for part in r[f].split(",")
        if part}


def check_adverts(lab, rows, version, vips, more):
    assert texts(rows, "vrrp.checksum.status") == {GOOD}
    assert all(r["vrrp.checksum.status"] == GOOD for r in rows)
    assert texts(rows, "ip.ttl", "ipv6.hlim") == {"255"}
    assert texts(rows, "vrrp.version") == {"2" if version == 2 else "3"}
    assert texts(rows, "vrrp.type") == {"1"}
    assert texts(rows, "vrrp.virt_rtr_id") == {"51"}
    assert texts(rows, "vrrp.prio") == {"0", "100", "150"}
    assert texts(rows, "eth.src") == {lab.mac("a"), lab.mac("b")}
    assert texts(rows, "ip.dst", "ipv6.dst") == {"ff02::12" if version == 6
        else "224.0.0.18"}
    assert texts(rows, "eth.dst") == {"33:33:00:00:00:12" if version == 6
        else "01:00:5e:00:00:12"}
    if version != 6:
        assert texts(rows, "ip.checksum.status") == {GOOD}
    if version == 2:
        assert texts(rows, "vrrp.adver_int") == {"1"}
        assert texts(rows, "vrrp.auth_type") == {"1"}
        assert texts(rows, "vrrp.auth_string") == {"secret"}
    else:
        assert texts(rows, "vrrp.short_adver_int") == {"50"}
    lists = [r["vrrp.ipv6_addr" if version == 6 else "vrrp.ip_addr"]
        for r in rows]
    first = ",".join(v.split("/")[0] for v in vips)
    assert set(lists) == {first, first + "," + more.split("/")[0]}
    assert all(int(r["vrrp.addr_count"]) == l.count(",") + 1
        for r, l in zip(rows, lists))


def check_arp(lab, rows, vips):
    """Each address was announced by both, as gratuitous ARP."""
    assert all(r["arp.isgratuitous"] in ("1", "True") and
        r["eth.dst"] == "ff:ff:ff:ff:ff:ff" and
        r["arp.src.hw_mac"] == r["eth.src"] for r in rows)
    seen = {(r["arp.src.proto_ipv4"], r["eth.src"]) for r in rows}
    assert seen == {(v, lab.mac(h)) for v in vips for h in "ab"}


def check_na(lab, rows, vips):
    """Each address was announced by both, as RFC 9568 wants it."""
    for r in rows:
        # ff02::1 of all nodes, Router and Override, nobody asked.
        assert r["ipv6.dst"] == "ff02::1" and r["ipv6.hlim"] == "255"
        assert [r["icmpv6.nd.na.flag." + x] in ("1", "True") for x in "rso"] \
            == [True, False, True]
        assert r["icmpv6.checksum.status"] == GOOD
        assert r["ipv6.src"] == r["icmpv6.nd.na.target_address"]
        assert r["icmpv6.opt.linkaddr"] == r["eth.src"]
    seen = {(r["icmpv6.nd.na.target_address"], r["eth.src"]) for r in rows}
    assert seen == {(v, lab.mac(h)) for v in vips for h in "ab"}


@pytest.mark.parametrize("kind", list(LIVES))
def test_life(lab, kind):
    version, _, vips, more = LIVES[kind]
    dump = live(lab, kind)
    rows = dump.rows(kind == "v3-plain")
    assert not [r for r in rows if r["_ws.malformed"]]
    assert not complaints(rows)
    adverts = [r for r in rows if r["vrrp.version"]]
    assert len(adverts) > 15
    check_adverts(lab, adverts, version, vips, more)
    all_vips = [v.split("/")[0] for v in vips + [more]]
    if version == 6:
        check_na(lab, [r for r in rows if r["icmpv6.type"] == "136" and
            r["icmpv6.nd.na.target_address"] in all_vips], all_vips)
    else:
        if kind != "v3-plain":
            all_vips.append("10.9.0.199")
        garps = [r for r in rows if r["arp.src.proto_ipv4"] in all_vips]
        check_arp(lab, garps, all_vips)
    if version == 3:
        # The judge tells one form of the checksum from the other.
        other = dump.rows(kind != "v3-plain")
        assert texts([r for r in other if r["vrrp.version"]],
            "vrrp.checksum.status") == {BAD}


AH = block("authentication", "auth_type AH", "auth_pass secret")


def unicast(version):
    own, peer = (("fe80::ff:fe00:1", "fe80::ff:fe00:3") if version == 6 else
        ("10.9.0.1", "10.9.0.3"))
    return ("unicast_src_ip " + own, block("unicast_peer", peer))


# name: (version, lines, addresses); the VRID is the place.
KINDS = {"v2": (2, (), ["10.9.1.1"]), "v2-ah": (2, (AH,), ["10.9.1.2"]),
    "v2-ah-unicast": (2, (AH,) + unicast(2), ["10.9.1.3"]),
    "v2-unicast": (2, unicast(2), ["10.9.1.4"]),
    "v2-many": (2, (), ["10.9.2.%d" % n for n in range(1, 251)]),
    "v2-empty": (2, (), []),
    "v3-unicast": (3, unicast(3), ["10.9.1.7"]),
    "v3-many": (3, (), ["10.9.3.%d" % n for n in range(1, 251)]),
    "v3-vmac": (3, ("use_vmac",), ["10.9.1.9/24"]),
    "v3-xmit-base": (3, ("use_vmac", "vmac_xmit_base"), ["10.9.1.10/24"]),
    "v6-unicast": (6, unicast(6), ["fe80::11", "fd09::11/64"]),
    "v6-many": (6, (), ["fe80::12"] + ["fd09::1:%x/64" % n
        for n in range(1, 80)]),
    "v6-vmac": (6, ("use_vmac",), ["fe80::13", "fd09::13/64"]),
    "v6-xmit-base": (6, ("use_vmac", "vmac_xmit_base"), ["fe80::14/64"]),
    "v2-pass-unicast": (2, (PASS,) + unicast(2), ["10.9.1.15"]),
    "v2-ah-vmac": (2, (AH, "use_vmac"), ["10.9.1.16/24"]),
    "v3-vmac-unicast": (3, ("use_vmac",) + unicast(3), ["10.9.1.17/24"]),
    "v6-vmac-unicast": (6, ("use_vmac", "vmac_xmit_base") + unicast(6),
        ["fe80::18/64"]),
    "v3-group": (3, ("mcast_dst_ip 239.0.0.77",), ["10.9.1.19"]),
    "v6-group": (6, ("mcast_dst_ip ff02::77",), ["fe80::20"]),
    "v3-addr-vmac": (3, (), ["10.9.1.21/24 use_vmac"]),
    "v6-addr-vmac": (6, (), ["fe80::22/64 use_vmac"]),
    "v2-vmac": (2, ("use_vmac",), ["10.9.1.23/24"])}


def test_kinds(make_lab):
    """All other kinds of advertisements, their announcements, reports of
    groups and farewells, of one router."""
    lab = make_lab("at")
    dump = Dump(lab, "pa")
    text = settings() + "".join(instance(n, *lines, name=name,
        version=version, vips=vips, prio=254, interval="1") for n, (name,
            (version, lines, vips)) in enumerate(KINDS.items(), 1))
    a = Vrrpd(lab, "a", text).start()
    for name in KINDS:
        a.wait_state(name, "MASTER")
    last = [v[2][-1].split()[0].split("/")[0] for v in KINDS.values() if
        v[2]]
    wait_until(lambda: all(lab.has("a", ip) for ip in last), 8, "addresses",
        step=0.1)
    wait_until(lambda: all(a.packets(n)["adverts_sent"] >= 3 for n in KINDS),
        8, "adverts of each", step=0.2)
    assert a.stop() == 0
    farewells = wait_until(lambda: len(rows_of(dump, "0")) == len(KINDS) and
        rows_of(dump, "0"), 8, "all farewells", step=0.3)
    dump.close()
    rows = dump.rows()
    assert not complaints(rows)
    assert not [r for r in rows if r["_ws.malformed"]]
    adverts = [r for r in rows if r["vrrp.version"]]
    assert all(r["vrrp.checksum.status"] == GOOD for r in adverts)
    assert texts(adverts, "ip.ttl", "ipv6.hlim") == {"255"}
    assert texts(farewells, "vrrp.virt_rtr_id") == texts(adverts,
        "vrrp.virt_rtr_id") == {str(n) for n in range(1, len(KINDS) + 1)}
    for n, (version, lines, vips) in enumerate(KINDS.values(), 1):
        mine = [r for r in adverts if r["vrrp.virt_rtr_id"] == str(n)]
        assert len(mine) >= 3
        want = ",".join(v.split()[0].split("/")[0] for v in vips)
        assert texts(mine, "vrrp.version") == {"2" if version == 2 else "3"}
        assert {r["vrrp.ipv6_addr" if version == 6 else "vrrp.ip_addr"]
            for r in mine} == {want}
        if AH in lines:
            numbers = [int(r["ah.sequence"]) for r in mine]
            assert numbers == list(range(1, len(mine) + 1))
    announced = {}
    for r in rows:
        ip = r["arp.src.proto_ipv4"] or r["icmpv6.nd.na.target_address"]
        announced.setdefault(ip, set()).add(r["eth.src"])
    for n, (version, lines, vips) in enumerate(KINDS.values(), 1):
        for vip in vips:
            # What has a virtual MAC announces that and no other.
            virtual = "use_vmac" in lines or "use_vmac" in vip
            assert announced[vip.split()[0].split("/")[0]] == {
                "00:00:5e:00:%02x:%02x" % (2 if version == 6 else 1, n)
                if virtual else lab.mac("a")}, vip
    # Of both kinds of groups, and of each one that is joined.
    assert texts(rows, "igmp.type") and "143" in texts(rows, "icmpv6.type")
    for group in ("224.0.0.18", "239.0.0.77", "ff02::12", "ff02::77"):
        assert [r for r in rows if group in (r["igmp.maddr"] +
            r["icmpv6.mldr.mar.multicast_address"]).split(",")], group


def rows_of(dump, prio):
    return [r for r in dump.rows() if r["vrrp.prio"] == prio]


def test_the_judge(lab):
    """It does find what is wrong."""
    dump = Dump(lab)
    sender = Sender(lab)
    for vrid, fields in enumerate(({}, {"checksum": "bad"}, {"cut": 10},
            {"checksum": "plain"}), 1):
        sender.send(vrid=vrid, addrs=["10.9.0.151"], **fields)
    rows = wait_until(lambda: len(dump.rows()) >= 4 and dump.rows(), 5,
        "four frames", step=0.2)
    rows = {r["vrrp.virt_rtr_id"]: r for r in rows if r["vrrp.version"]}
    assert rows["1"]["vrrp.checksum.status"] == GOOD
    assert not rows["1"]["_ws.malformed"] and not \
        rows["1"]["_ws.expert.severity"]
    for vrid in ("2", "4"):
        assert rows[vrid]["vrrp.checksum.status"] == BAD
        assert int(rows[vrid]["_ws.expert.severity"], 0) >= NOTE
    assert rows["3"]["_ws.malformed"]
