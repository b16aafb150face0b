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


"""Virtual MACs: who sends with them, who answers, what is left behind."""

import signal

import pytest

from confgen import instance, settings
from lib import FRR, KEEPALIVED, Capture, Frr, Inside, Keepalived, Lab, \
    Vrrpd, stays, wait_until
from vmaclib import MAC4, MAC6, Port, is_up, learnt, links, neighbour, \
    settings_of, spoken, virtual

import os
import time

VIP4 = "10.9.0.151"
VIPS6 = ["fe80::151", "fd09::151"]
needs_keepalived = pytest.mark.skipif(not KEEPALIVED,
    reason="no keepalived")
needs_frr = pytest.mark.skipif(not os.path.exists(FRR + "/vrrpd"),
    reason="no FRR")


def conf(prio, *more, vmac="use_vmac", interval="0.2", head=(), six=True):
    lines = (vmac,) + more if vmac else more
    text = settings(*head) + instance(51, *lines, prio=prio,
        vips=[VIP4 + "/24"], interval=interval)
    if six:
        text += instance(51, *lines, prio=prio, name="I6", version=6,
            vips=VIPS6, interval=interval)
    return text


def arping(lab):
    """Every answer to an ARP request for the VIP, with its MAC."""
    got = lab.run("t", "/usr/bin/python3", "-c", """
import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x806))
s.bind(("e0", 0))
me = s.getsockname()[4]
vip = socket.inet_aton("%s")
s.send(b"\\xff" * 6 + me + b"\\x08\\x06\\0\\x01\\x08\\0\\x06\\x04\\0\\x01" +
    me + socket.inet_aton("%s") + b"\\0" * 6 + vip)
end = time.monotonic() + 1
while time.monotonic() < end:
    s.settimeout(max(0.01, end - time.monotonic()))
    try:
        f = s.recv(100)
    except OSError:
        break
    if f[20:22] == b"\\0\\x02" and f[28:32] == vip:
        print(f[6:12].hex(":"), f[22:28].hex(":"))
""" % (VIP4, lab.addr("t")))
    return got.stdout.split("\n")[:-1]


def quiet_backup(lab, ports, master, backup):
    """Only the master's port has the MACs, also after queries."""
    for mac in (MAC4, MAC6):
        wait_until(lambda: learnt(lab, mac) == ["p" + master], 5,
            lambda: "%s at %s" % (mac, learnt(lab, mac)))
    assert not virtual(ports[backup]), virtual(ports[backup])[:5]


@pytest.mark.row("016", "114", "115")
def test_two_routers(lab):
    """Election, ARP and NDP answers, the switch's table, takeover; nothing
    with the virtual MAC from the one that is not master."""
    ports = {h: Port(lab, h) for h in "ab"}
    a = Vrrpd(lab, "a", conf(150)).start()
    b = Vrrpd(lab, "b", conf(100)).start()
    for name in ("I51", "I6"):
        a.wait_state(name, "MASTER")
        b.wait_state(name, "BACKUP")
    lab.wait_holder(VIP4, "a", 5)
    link = links(lab, "a")["vrrp.51"]
    assert link["address"] == MAC4
    assert link["linkinfo"]["info_data"]["mode"] == "private"
    assert links(lab, "a")["vrrp6.51"]["address"] == MAC6
    assert is_up(lab, "a", "vrrp.51") and not is_up(lab, "b", "vrrp.51")
    # What makes the kernel speak up on an interface that is up.
    for key in ("ipv6/conf/all/forwarding", "ipv4/ip_forward"):
        lab.sysctl("b", key, 1)
    lab.ip("s", "link set br0 type bridge mcast_snooping 1",
        "link set br0 type bridge mcast_querier 1")
    assert arping(lab) == ["%s %s" % (MAC4, MAC4)]
    assert neighbour(lab, "t", "fd09::151") == [MAC6]
    lab.run("t", "ping", "-c1", "-W2", "fe80::151%e0")
    quiet_backup(lab, ports, "a", "b")
    # Nobody asks in the VIP's name from the interface's own MAC.
    lab.run("a", "ip", "neigh", "flush", "dev", "e0", check=False)
    lab.run("a", "ping", "-c1", "-W1", "-I", VIP4, lab.addr("t"))
    own = [l for l in ports["a"].lines("who-has.* tell %s," % VIP4)
        if not l.split()[1] == MAC4]
    assert not own
    adverts = [l for l in ports["a"].lines("VRRPv")]
    assert adverts and all(l.split()[1] in (MAC4, MAC6) for l in adverts)
    assert any("%s > 224.0.0.18" % lab.addr("a") in l or
        "192.168.10.1 > 224.0.0.18" in l for l in adverts)
    a.stop()
    for name in ("I51", "I6"):
        b.wait_state(name, "MASTER")
    lab.wait_holder(VIP4, "b", 5)
    assert arping(lab) == ["%s %s" % (MAC4, MAC4)]
    for mac in (MAC4, MAC6):
        assert learnt(lab, mac) == ["pb"]
    assert not [l for l in links(lab, "a") if l.startswith("vrrp")]
    b.stop()


def test_xmit_base(lab):
    ports = {h: Port(lab, h) for h in "ab"}
    a = Vrrpd(lab, "a", conf(150, "vmac_xmit_base")).start()
    b = Vrrpd(lab, "b", conf(100, "vmac_xmit_base")).start()
    a.wait_state("I51", "MASTER")
    a.wait_state("I6", "MASTER")
    lab.wait_holder(VIP4, "a", 5)
    wait_until(lambda: len(ports["a"].lines("VRRPv")) > 4, 5, "adverts")
    assert all(l.split()[1] == lab.mac("a")
        for l in ports["a"].lines("VRRPv"))
    assert arping(lab) == ["%s %s" % (MAC4, MAC4)]
    quiet_backup(lab, ports, "a", "b")
    stays(lambda: b.state("I51") == "BACKUP", 1, "backup")
    a.stop()
    b.stop()


@needs_keepalived
@pytest.mark.parametrize("role", ["master", "backup"])
def test_keepalived(lab, role):
    """Takeover in both directions with keepalived as the other one."""
    ours, theirs = (150, 100) if role == "master" else (100, 150)
    v = Vrrpd(lab, "a", conf(ours, interval="1"))
    k = Keepalived(lab, "b", conf(theirs, interval="1"))
    port = Port(lab, "a")
    high, low = (v, k) if role == "master" else (k, v)
    low.start()
    high.start()
    for name in ("I51", "I6"):
        high.wait_state(name, "MASTER", 15)
        low.wait_state(name, "BACKUP", 15)
    if role == "master":
        assert arping(lab) == ["%s %s" % (MAC4, MAC4)]
    else:
        wait_until(lambda: not is_up(lab, "a", "vrrp.51") and
            not is_up(lab, "a", "vrrp6.51"), 3, "its interfaces are down")
        mark = time.time()
        stays(lambda: not spoken(port, mark), 2.5,
            lambda: "silent backup: %s" % spoken(port, mark))
    high.stop()
    for name in ("I51", "I6"):
        low.wait_state(name, "MASTER", 15)
    # keepalived 2.2.7 also answers from the other instance's interface.
    assert (["%s %s" % (MAC4, MAC4)] == arping(lab) if low is v else
        "%s %s" % (MAC4, MAC4) in arping(lab))
    high.start()
    for name in ("I51", "I6"):
        high.wait_state(name, "MASTER", 15)
        low.wait_state(name, "BACKUP", 15)
    assert neighbour(lab, "t", "fd09::151") == [MAC6]
    high.stop()
    low.stop()


@needs_keepalived
def test_settings(lab):
    """The settings of keepalived, and those that it forgets."""
    k = Keepalived(lab, "b", conf(150, interval="1")).start()
    k.wait_state("I51", "MASTER", 15)
    theirs = {n: settings_of(lab, "b", n) for n in
        ("e0", "vrrp.51", "vrrp6.51")}
    k.stop()
    before = settings_of(lab, "a", "e0")
    lab.sysctl("a", "ipv4/conf/all/rp_filter", 1)
    v = Vrrpd(lab, "a", conf(150, interval="1")).start()
    v.wait_state("I51", "MASTER", 15)
    ours = {n: settings_of(lab, "a", n) for n in theirs}
    for key, value in theirs["vrrp.51"].items():
        if key not in ("rp_filter", "accept_ra", "autoconf", "accept_local"):
            assert ours["vrrp.51"][key] == value, key
    assert ours["vrrp.51"]["accept_local"] == 0
    assert ours["vrrp6.51"]["disable_ipv6"] == 0
    assert ours["vrrp6.51"]["arp_ignore"] == 1
    assert ours["vrrp6.51"]["addr_gen_mode"] == 1
    assert ours["vrrp.51"]["rp_filter"] == 2
    for key in ("arp_ignore", "arp_filter"):
        assert ours["e0"][key] == theirs["e0"][key] == 1
    assert ours["e0"]["arp_announce"] == 2
    assert settings_of(lab, "a", "all")["rp_filter"] == 1
    v.stop()
    assert settings_of(lab, "a", "e0") == before


def every_setting(lab, *folders):
    """What net/ipv4/conf and net/ipv6/conf have there, and what IGMP does."""
    def read():
        out = {}
        with Inside(lab.name("a")):
            for path in ["/proc/sys/net/ipv%d/conf/%s" % (v, folder)
                    for v in (4, 6) for folder in folders]:
                for name in os.listdir(path):
                    try:
                        with open(path + "/" + name, encoding="ascii") as f:
                            out[path + "/" + name] = f.read()
                    except OSError:     # to be written only
                        pass
            with open("/proc/sys/net/ipv4/igmp_link_local_mcast_reports",
                    encoding="ascii") as f:
                out["igmp"] = f.read()
        return out
    return lab.in_thread(read)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_no_setting_stays(lab, end):
    """Of all interfaces nothing is set, of those that are used all is as it
    was afterwards; only disable_local_igmp asks for more."""
    whole = every_setting(lab, "all", "default", "e0")
    general = every_setting(lab, "all", "default")
    v = Vrrpd(lab, "a", conf(150, "promote_secondaries", "no_accept",
        head=("disable_local_igmp",))).start()
    for name in ("I51", "I6"):
        v.wait_state(name, "MASTER")
    running = every_setting(lab, "all", "default")
    assert {k for k in general if general[k] != running[k]} == {"igmp"}
    assert every_setting(lab, "all", "default", "e0") != {**whole,
        "igmp": running["igmp"]}
    if end == "stop":
        v.stop()
    else:
        v.kill_hard()
        lab.run("a", v.args[0], "-z", "-r", v.rundir)
    assert every_setting(lab, "all", "default", "e0") == whole


def test_crash(lab):
    """All killed: the next start and vrrpd -z clear up."""
    before = settings_of(lab, "a", "e0")
    text = conf(150) + instance(60, "use_vmac gone.60", prio=150,
        interval="0.2")
    v = Vrrpd(lab, "a", text, rundir=lab.path("run")).start()
    v.wait_state("I51", "MASTER")
    v.kill_hard()
    assert "gone.60" in links(lab, "a")
    w = Vrrpd(lab, "a", conf(150), rundir=lab.path("run")).start()
    assert "gone.60" not in links(lab, "a")
    # It may go on as MASTER, or become it.
    wait_until(lambda: w.state("I51") == "MASTER", 10, "MASTER")
    lab.wait_holder(VIP4, "a", 5)
    assert settings_of(lab, "a", "e0")["arp_ignore"] == 1
    w.kill_hard()
    assert "vrrp.51" in links(lab, "a")
    lab.run("a", w.args[0], "-z", "-r", lab.path("run"))
    assert not [n for n in links(lab, "a") if n.startswith("vrrp")]
    assert settings_of(lab, "a", "e0") == before


def test_slow_stop(lab):
    """Not made again while the last notify commands run."""
    before = settings_of(lab, "a", "e0")
    v = Vrrpd(lab, "a", conf(150, 'notify_stop "/bin/sleep 0.5"',
        six=False)).start()
    v.wait_state("I51", "MASTER")
    assert settings_of(lab, "a", "e0") != before
    v.stop()
    assert v.log().count("vrrp.51: made on e0") == 1
    assert "vrrp.51" not in links(lab, "a")
    assert settings_of(lab, "a", "e0") == before


def test_life_cycle(lab):
    """The interface below and its own are deleted, renamed, changed."""
    lab.ip("a", "link add m0 type veth peer name m1", "link set m1 up",
        "link set m0 up", "address add 10.7.0.1/24 dev m0")
    text = settings() + instance(51, "use_vmac", prio=150, dev="m0",
        vips=["10.7.0.151/24"], interval="0.2")
    v = Vrrpd(lab, "a", text).start()

    def well():
        return (is_up(lab, "a", "vrrp.51") and lab.has("a", "10.7.0.151")
            and links(lab, "a")["vrrp.51"]["link"] == "m0"
            and links(lab, "a")["vrrp.51"]["address"] == MAC4
            and links(lab, "a")["vrrp.51"]["mtu"] ==
                links(lab, "a")["m0"]["mtu"]
            and settings_of(lab, "a", "m0")["arp_ignore"] == 1
            and v.state("I51") == "MASTER")

    def settled(what):
        wait_until(well, 10, lambda: "%s: %s\n%s" % (what,
            links(lab, "a").get("vrrp.51"), v.tail()))
    settled("start")
    for lines in (["link del vrrp.51"], ["link set vrrp.51 down"],
            ["link set vrrp.51 address 02:00:00:00:09:09"],
            ["link set m0 mtu 1400"], ["link set m0 mtu 1500"],
            ["link set m0 down", "link set m0 up"],
            ["link set m0 address 02:00:00:00:08:08"],
            ["link del vrrp.51"]):
        lab.ip("a", *lines)
        settled(lines)
    lab.ip("a", "link set m0 down", "link set m0 name m9", "link set m9 up")
    wait_until(lambda: v.state("I51") != "MASTER" and
        "vrrp.51" not in links(lab, "a"), 5, "renamed away")
    assert settings_of(lab, "a", "m9")["arp_ignore"] in (0, 1)
    lab.ip("a", "link set m9 down", "link set m9 name m0", "link set m0 up")
    settled("renamed back")
    lab.ip("a", "link del m0")
    wait_until(lambda: v.state("I51") != "MASTER", 5, "deleted")
    lab.ip("a", "link add m0 type veth peer name m1", "link set m1 up",
        "link set m0 up", "address add 10.7.0.1/24 dev m0")
    settled("made again")
    v.stop()
    assert settings_of(lab, "a", "m0")["arp_ignore"] == 0
    assert "vrrp.51" not in links(lab, "a")


def test_interface_comes_later(lab):
    """It is not there at the start: FAULT with the reason, and all is made
    as soon as it is."""
    v = Vrrpd(lab, "a", settings() + instance(51, "use_vmac", dev="m0",
        vips=["10.7.0.151/24"], interval="0.2") + instance(51, "use_vmac",
        name="I6", version=6, dev="m0", vips=VIPS6, interval="0.2")).start()
    for name in ("I51", "I6"):
        v.wait_state(name, "FAULT", 5)
        assert v.instance(name)["faults"] == "interface does not exist (m0)"
    lab.ip("a", "link add m0 type veth peer name m1", "link set m1 up",
        "link set m0 up", "address add 10.7.0.1/24 dev m0")
    for name in ("I51", "I6"):
        v.wait_state(name, "MASTER", 8)
    wait_until(lambda: lab.addresses("a").get("10.7.0.151/24", {}).get(
        "ifname") == "vrrp.51" and lab.has("a", "fe80::151"), 3, v.tail)
    assert links(lab, "a")["vrrp.51"]["address"] == MAC4
    assert links(lab, "a")["vrrp6.51"]["link"] == "m0"


def test_extra_announcements(make_lab):
    """garp_extra_if, also by its old word: again and again on other
    interfaces with a virtual MAC, with that MAC; without "all" on no others,
    and never on the instance's own."""
    lab = make_lab("ab", second=True)
    caps = {dev: Capture(lab, "b", dev=dev) for dev in ("e0", "f0")}
    v = Vrrpd(lab, "a", settings() + instance(51, "use_vmac",
        "use_vmac_addr", "vmac_garp_intvl 1", interval="0.2",
        vips=["10.9.0.151/24", "10.8.0.151/24 dev f0"]) + instance(52,
        "garp_extra_if 1", interval="0.2",
        vips=["10.9.0.152", "10.8.0.152/24 dev f0"])).start()
    for name in ("I51", "I52"):
        v.wait_state(name, "MASTER")
    wait_until(lambda: len(caps["f0"].garps("10.8.0.151")) >= 4, 8, v.tail)
    frames = caps["f0"].garps("10.8.0.151")
    assert {(f.smac, f.sender_mac) for f in frames} == {(MAC4, MAC4)}
    assert 1.5 < frames[3].time - frames[1].time < 3.5
    assert len(caps["e0"].garps("10.9.0.151")) == 1
    assert len(caps["e0"].garps("10.9.0.152")) == 1
    assert len(caps["f0"].garps("10.8.0.152")) == 1


def test_foreign(lab):
    """An interface of that name that is another's is left alone."""
    lab.ip("a", "link add vrrp.51 type veth peer name other")
    v = Vrrpd(lab, "a", conf(150, six=False)).start()
    v.wait_log("vrrp.51: is another interface")
    stays(lambda: v.state("I51") != "MASTER", 1.5, "fault")
    lab.ip("a", "link del vrrp.51")
    v.wait_state("I51", "MASTER", 15)
    v.stop()


def test_ipvlan(lab):
    """Where the kernel has none: said clearly, FAULT, no crash."""
    v = Vrrpd(lab, "a", settings() + instance(51, "use_ipvlan 10.9.0.77",
        prio=150, interval="0.2", vips=[VIP4])).start()
    done = lab.run("a", "ip", "link", "add", "link", "e0", "name", "try0",
        "type", "ipvlan", check=False)
    if done.returncode == 0:
        pytest.skip("this kernel has ipvlan")
    v.wait_log("vrrp.51: cannot be made on e0: this kernel has no ipvlan")
    stays(lambda: v.state("I51") not in ("MASTER", "BACKUP"), 1, "fault")
    v.stop()


def test_reload(lab):
    """On, off, renamed: mastership and the address stay."""
    a = Vrrpd(lab, "a", conf(150, vmac=None, six=False)).start()
    b = Vrrpd(lab, "b", conf(100, vmac=None, six=False)).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: b.state("I51") == "BACKUP", 5, "BACKUP")
    mark, theirs = a.log(), b.log()
    cap = Capture(lab, "b")
    for vmac, dev in (("use_vmac", "vrrp.51"), ("use_vmac vr7", "vr7"),
            (None, "e0"), ("use_vmac", "vrrp.51")):
        a.reload(conf(150, vmac=vmac, six=False))
        wait_until(lambda: "%s/24" % VIP4 in lab.addresses("a", dev), 5,
            lambda: "%s: %s\n%s" % (dev, lab.addresses("a"), a.tail()))
        want = [dev] if dev != "e0" else []
        wait_until(lambda: [n for n in links(lab, "a") if n in ("vrrp.51",
            "vr7")] == want, 5, lambda: "%s" % list(links(lab, "a")))
        wait_until(lambda: settings_of(lab, "a", "e0")["arp_ignore"] ==
            bool(want), 2, "the settings")
    assert a.state("I51") == "MASTER" and b.state("I51") == "BACKUP"
    assert {f.prio for f in cap.adverts(vrid=51)} == {150}
    assert "Entering" not in a.log()[len(mark):]
    assert "Entering" not in b.log()[len(theirs):]
    a.stop()
    b.stop()


def test_several(lab):
    """More than one on an interface; addresses with their own; a MAC that
    was given; promote_secondaries."""
    lab.ip("a", "link add m0 type veth peer name m1", "link set m1 up",
        "link set m0 up")
    text = settings("vmac_prefix vm", "vmac_addr_prefix va")
    text += instance(1, "use_vmac", "use_vmac_addr", "promote_secondaries",
        prio=150, interval="0.2", vips=["10.9.0.101", "10.7.0.1 dev m0"])
    text += instance(2, "use_vmac second 02:00:00:00:05", prio=150,
        interval="0.2")
    text += instance(3, prio=150, interval="0.2",
        vips=["10.9.0.103 use_vmac", "10.9.0.113"])
    v = Vrrpd(lab, "a", text).start()
    for i in (1, 2, 3):
        v.wait_state("I%d" % i, "MASTER")
    want = {"10.9.0.101/32": "vm.1", "10.7.0.1/32": "va.1",
        "10.9.0.102/32": "second", "10.9.0.103/32": "va.3",
        "10.9.0.113/32": "e0"}
    wait_until(lambda: all(lab.addresses("a").get(a, {}).get("ifname") == d
        for a, d in want.items()), 5, lambda: str(lab.addresses("a")))
    have = links(lab, "a")
    assert have["vm.1"]["address"] == have["va.1"]["address"] == \
        "00:00:5e:00:01:01"
    assert have["va.1"]["link"] == "m0" and have["va.3"]["link"] == "e0"
    assert have["second"]["address"] == "02:00:00:00:05:02"
    assert neighbour(lab, "t", "10.9.0.101") == ["00:00:5e:00:01:01"]
    assert neighbour(lab, "t", "10.9.0.102") == ["02:00:00:00:05:02"]
    assert neighbour(lab, "t", "10.9.0.103") == ["00:00:5e:00:01:03"]
    assert neighbour(lab, "t", "10.9.0.113") == [lab.mac("a")]
    assert settings_of(lab, "a", "e0")["promote_secondaries"] == 1
    v.stop()
    assert settings_of(lab, "a", "e0")["promote_secondaries"] == 0


@needs_frr
def test_frr(lab):
    """FRR with its macvlan takes over and gives back."""
    v = Vrrpd(lab, "a", conf(150, interval="1", six=False)).start()
    v.wait_state("I51", "MASTER", 15)
    f = Frr(lab, "b", 51, 100, [VIP4]).start()
    stays(lambda: v.state("I51") == "MASTER", 2, "master")
    v.stop()
    wait_until(lambda: learnt(lab, MAC4) == ["pb"], 10, "FRR's")
    v.start()
    v.wait_state("I51", "MASTER", 15)
    wait_until(lambda: learnt(lab, MAC4) == ["pa"], 10, "ours")
    v.stop()
    f.stop()


def test_freeze(lab):
    """A master that was stopped and goes on finds its rival: it yields."""
    a = Vrrpd(lab, "a", conf(100, six=False)).start()
    b = Vrrpd(lab, "b", conf(150, six=False)).start()
    b.wait_state("I51", "MASTER")
    b.freeze(signal.SIGSTOP)
    a.wait_state("I51", "MASTER")
    b.thaw()
    wait_until(lambda: [is_up(lab, h, "vrrp.51") for h in "ab"] ==
        [False, True], 10, lambda: a.tail() + b.tail())
    lab.wait_holder(VIP4, "b", 5)
    a.stop()
    b.stop()


def since(cap, number):
    """When the round began."""
    if not hasattr(cap, "marks"):
        cap.marks = [0.0]
    return cap.marks[number]


def test_advert_first(lab):
    """RFC 9568 6.4.2 (350): a new master speaks before it announces its
    addresses, also with an interface that has to come up first; ten times,
    with and without a crash of the engine in between."""
    cap = Capture(lab)
    a = Vrrpd(lab, "a", conf(100)).start()
    for number in range(10):
        for name in ("I51", "I6"):
            a.wait_state(name, "MASTER", 5)
        wait_until(lambda: cap.garps(VIP4, since(cap, number)) and
            cap.nas("fe80::151", since(cap, number)) and
            cap.nas("fd09::151", since(cap, number)), 3, "announced")
        frames = [f for f in cap.frames if f.time >= since(cap, number)]
        for mac, kind in ((MAC4, "garp"), (MAC6, "na")):
            ours = [f.kind for f in frames if f.smac == mac and
                f.kind in ("vrrp", kind)]
            assert ours[0] == "vrrp", (number, mac, ours[:5])
        if number == 5:
            os.kill(a.child("vrrpe"), signal.SIGKILL)
            wait_until(lambda: a.ctl("show", check=False).returncode == 0 and
                a.show()["engine_restarts"] == 1, 5, "a new engine")
        a.sync()
        cap.marks.append(cap.frames[-1].time + 1e-6)
        lab.ip("a", "link set e0 down")
        a.wait_state("I6", "FAULT", 3)
        lab.ip("a", "link set e0 up")
