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



"""One VRID several times on an interface, no interface named, small MTUs,
receive buffers."""

import os
import socket

import pytest

from confgen import block, instance, settings
from lib import KEEPALIVED, LIBC, VRRPD, Capture, Keepalived, Sender, Vrrpd, \
    family_of, stays, wait_until

SYS_PIDFD_GETFD = 438


def unicast(lab, host, other):
    return ["unicast_src_ip " + lab.addr(host),
        block("unicast_peer", lab.addr(other))]


def test_one_vrid_three_times(lab):
    """With the group, with b and with t: each hears its own peers only."""
    cap = Capture(lab)
    a = Vrrpd(lab, "a", settings() +
        instance(51, name="group", vips=["10.9.0.151"]) +
        instance(51, *unicast(lab, "a", "b"), name="with_b",
            vips=["10.9.0.152"]) +
        instance(51, *unicast(lab, "a", "t"), name="with_t",
            vips=["10.9.0.153"])).start()
    b = Vrrpd(lab, "b", settings() + instance(51, *unicast(lab, "b", "a"),
        name="with_a", prio=150, vips=["10.9.0.152"])).start()
    b.wait_state("with_a", "MASTER")
    for name in ("group", "with_t"):
        a.wait_state(name, "MASTER")
    wait_until(lambda: a.state("with_b") == "BACKUP", 4, "with_b")
    stays(lambda: a.state("with_b") == "BACKUP", 1.5, "with_b stays BACKUP")
    assert a.instance("with_b")["counters"]["adverts_received"] >= 2
    for name in ("group", "with_b", "with_t"):
        counters = a.instance(name)["counters"]
        assert not [n for n, c in counters.items() if c and
            n.endswith("_errors")], name
    assert {f.dst for f in cap.adverts(host="a")} == {"224.0.0.18",
        lab.addr("t")}
    # One of them goes; the others go on hearing.
    a.reload(settings() + instance(51, *unicast(lab, "a", "b"),
        name="with_b", vips=["10.9.0.152"]))
    stays(lambda: a.state("with_b") == "BACKUP", 4, "with_b stays BACKUP")


def test_without_interface(lab):
    """It is the one that has the source address."""
    text = settings() + "\n".join(["vrrp_instance V {", "state BACKUP",
        "virtual_router_id 51", "version 3"] + unicast(lab, "a", "t") +
        [block("virtual_ipaddress", "10.9.0.151/24"), "}", ""])
    cap = Capture(lab)
    a = Vrrpd(lab, "a", text).start()
    a.wait_state("V", "MASTER")
    wait_until(lambda: "10.9.0.151" in str(lab.addresses("a", "e0")), 2,
        "the address on e0")
    assert cap.wait_advert(host="a").dst == lab.addr("t")
    path = lab.write("here.conf", text, 0o600)
    done = lab.run("a", VRRPD, "-n", "-v", "-f", path)
    assert "interface e0" in done.stdout
    done = lab.run("b", VRRPD, "-n", "-f", path, check=False)
    assert done.returncode == 1 and "no interface has this" in done.stderr


MANY6 = ["fe80::151"] + ["fd09::1:%x/64" % n for n in range(1, 101)]


@pytest.mark.skipif(not KEEPALIVED, reason="no keepalived")
@pytest.mark.parametrize("role", ["master", "backup"])
def test_mtu_keepalived(make_lab, role):
    """As many addresses as fit, and the same ones as keepalived's."""
    lab = make_lab("abt")
    cap = Capture(lab)
    ours, theirs = (150, 100) if role == "master" else (100, 150)
    v = Vrrpd(lab, "a", settings() + instance(51, version=6, prio=ours,
        vips=MANY6))
    k = Keepalived(lab, "b", settings() + instance(51, version=6,
        prio=theirs, vips=MANY6))
    high, low = (v, k) if role == "master" else (k, v)
    high.start()
    high.wait_state("I51", "MASTER")
    low.start()
    frame = cap.wait_advert(host=high.host)
    assert len(frame.addrs) == 89
    low.wait_state("I51", "BACKUP")
    lab.wait_holder("fd09::1:64", high.host, 5)
    stays(lambda: low.entered("I51", "MASTER") == 0, 4, "one master")
    lab.wait_holder("fd09::1:64", high.host, 1)
    if role == "backup":
        counters = v.instance("I51")["counters"]
        assert not [n for n, c in counters.items() if c and
            n.endswith(("_errors", "_mismatch"))]


def test_mtu_changes(lab):
    """The number of addresses follows the interface's MTU."""
    cap = Capture(lab)
    vips = ["10.9.0.%d" % n for n in range(101, 251)]
    for host in "abt":
        lab.ip(host, "link set e0 mtu 576")
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2",
        vips=vips)).start()
    a.wait_log(r"\(I51\) the MTU of e0 \(576\) has room for 133 of 150")
    a.wait_state("I51", "MASTER")
    assert len(cap.wait_advert(host="a").addrs) == 133
    wait_until(lambda: lab.has("a", "10.9.0.250"), 3, "the last address")
    for host in "abt":
        lab.ip(host, "link set e0 mtu 1500")
    wait_until(lambda: len(cap.adverts(host="a")[-1].addrs) == 150, 3,
        "all of them")
    assert a.state("I51") == "MASTER"


def receive_buffers(lab, router):
    """The sizes of the sockets with VRRP that something can come from."""
    sizes = set()
    for pid in family_of(router.pid)[1:]:
        with_pid = os.pidfd_open(pid)
        for fd in os.listdir("/proc/%d/fd" % pid):
            copy = LIBC.syscall(SYS_PIDFD_GETFD, with_pid, int(fd), 0)
            if copy < 0:
                continue
            try:
                sock = socket.socket(fileno=copy)
            except OSError:         # no socket
                os.close(copy)
                continue
            if sock.proto == 112 and receives(sock):
                sizes.add(sock.getsockopt(socket.SOL_SOCKET,
                    socket.SO_RCVBUF))
            sock.close()
        os.close(with_pid)
    return sizes


def receives(sock):
    """Ours that send are bound to their source; keepalived's that receive
    to the group, and the others have hardly any room."""
    name = sock.getsockname()[0]
    return name == "224.0.0.18" or name == "0.0.0.0" and sock.getsockopt(
        socket.SOL_SOCKET, socket.SO_RCVBUF) > 4608


BUFFERS = {
    "mtu": (["vrrp_rx_bufs_policy MTU"], [], 2 * 2 * 3 * 1500),
    "multiplier": (["vrrp_rx_bufs_policy mtu",
        "vrrp_rx_bufs_multiplier 10"], [], 2 * 2 * 10 * 1500),
    "bytes": (["vrrp_rx_bufs_policy 300000"], [], 2 * 2 * 300000),
    # 20 of IP, 8 and 4 for each address.
    "advert": (["vrrp_rx_bufs_policy ADVERT", "vrrp_rx_bufs_multiplier "
        "10000"], [], 2 * (32 + 36) * 10000),
    "instance": (["vrrp_rx_bufs_policy 50000"], ["kernel_rx_buf_size 40000"],
        2 * 2 * 40000),
    "both": (["vrrp_rx_bufs_policy 50000", "vrrp_rx_bufs_policy MTU"], [],
        2 * 2 * 50000)}


@pytest.mark.parametrize("kind", [Keepalived, Vrrpd])
def test_receive_buffers(lab, kind):
    """vrrp_rx_bufs_policy, _multiplier, kernel_rx_buf_size: as keepalived."""
    if kind is Keepalived and not KEEPALIVED:
        pytest.skip("no keepalived")
    seen = {}
    for name, (head, lines, _) in BUFFERS.items():
        router = kind(lab, "a", settings(*head) + instance(51, *lines) +
            instance(52, *lines, vips=["10.9.0.152", "10.9.0.162"])).start()
        seen[name] = wait_until(lambda r=router: receive_buffers(lab, r), 5,
            "a socket")
        router.stop()
    assert seen == {name: {size} for name, (_, _, size) in BUFFERS.items()}


def test_receive_buffer_follows(lab):
    """1 MiB if nothing is said; the MTU that is; a reload."""
    router = Vrrpd(lab, "a", settings() + instance(51)).start()
    router.wait_state("I51", "MASTER")
    assert receive_buffers(lab, router) == {2 << 20}
    text = settings("vrrp_rx_bufs_policy MTU") + instance(51, interval="0.2")
    router.reload(text)
    wait_until(lambda: receive_buffers(lab, router) == {2 * 3 * 1500}, 3,
        lambda: receive_buffers(lab, router))
    lab.ip("a", "link set e0 mtu 1300")
    wait_until(lambda: receive_buffers(lab, router) == {2 * 3 * 1300}, 3,
        lambda: receive_buffers(lab, router))
    assert router.entered("I51", "MASTER") == 1
    sender = Sender(lab)
    sender.send(vrid=51, prio=200, interval=20, addrs=["10.9.0.151"])
    router.wait_state("I51", "BACKUP", 3)


def test_old_unicast_checksum(lab):
    """Both with it hear each other, and one without it takes nothing."""
    cap = Capture(lab, "b", own=True)
    routers = {}
    for host, other, lines in (("a", "b", ["old_unicast_checksum"]),
            ("b", "a", ["old_unicast_checksum never"])):
        routers[host] = Vrrpd(lab, host, settings() + instance(51,
            *unicast(lab, host, other), *lines, interval="0.5",
            prio=150 if host == "a" else 100)).start()
    routers["a"].wait_state("I51", "MASTER")
    frame = cap.wait_advert(host="a")
    assert not frame.sum_plain and not frame.sum_pseudo
    routers["b"].wait_state("I51", "MASTER")
    assert routers["b"].instance("I51")["counters"]["checksum_errors"] > 0
    routers["b"].reload(settings() + instance(51, *unicast(lab, "b", "a"),
        "old_unicast_checksum", interval="0.5"))
    wait_until(lambda: routers["b"].state("I51") == "BACKUP", 3, "BACKUP")
    assert routers["a"].state("I51") == "MASTER"
