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


"""What "vrrpd -n" says about the interfaces of the host it runs on."""

import subprocess

import pytest

from confgen import instance, settings
from lib import VRRPD, Keepalived, KEEPALIVED, Vrrpd

E0 = ("ip link add e0 type veth peer name e1", "ip link set e1 up",
    "ip link set e0 up", "ip addr add 192.0.2.1/24 dev e0")
E0_6 = E0 + ("ip -6 addr add 2001:db8::1/64 dev e0 nodad",
    "ip -6 addr add fe80::77/64 dev e0 nodad")


def lint(tmp_path, text, *setup, args=()):
    """vrrpd -n in a namespace of its own: exit status and what it said."""
    path = tmp_path / "lint.conf"
    path.write_text(text)
    script = "set -e\n" + "\n".join(setup) + '\nexec "$@"\n'
    done = subprocess.run(["unshare", "-n", "sh", "-c", script, "sh", VRRPD,
        "-n", *args, "-f", str(path)], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=30, check=False)
    return done.returncode, done.stderr.replace(str(path), "F")


def conf(vips, *lines):
    return "\n".join(("vrrp_instance V {", "interface e0",
        "virtual_router_id 51") + lines + ("virtual_ipaddress {",) +
        tuple(vips) + ("}", "}", ""))


def messages(said):
    """"LINE:COL: TEXT" of each, without the lines that show the place."""
    return [l[2:] for l in said.split("\n") if l.startswith("F:") and
        not l.startswith("F: ")]


WRONG = {
    "own, to be removed": (conf(["192.0.2.1/24"]), E0,
        "5:1: warning: V: 192.0.2.1/24 is e0's own address: unless priority "
        "is 255 it is removed at the start"),
    "own, with another length": (conf(["192.0.2.1"]), E0,
        "5:1: warning: V: 192.0.2.1 is e0's own address (192.0.2.1/24): "
        "unless priority is 255 two routers have it when another one is "
        "master"),
    "own, IPv6": (conf(["fe80::10", "2001:db8::1/64"]), E0_6,
        "6:1: warning: V: 2001:db8::1/64 is e0's own address: unless "
        "priority is 255 it is removed at the start"),
    "in no subnet": (conf(["198.51.100.7", "192.0.2.9", "203.0.113.1"]), E0,
        "5:1: warning: V: 198.51.100.7/32 is in no subnet of e0 here "
        "(192.0.2.1/24), like 1 more: others find it by a route only"),
    "a subnet of its own": (conf(["198.51.100.7/24"]), E0,
        "5:1: warning: V: 198.51.100.7/24 is in no subnet of e0 here "
        "(192.0.2.1/24): only the master is in that subnet"),
    "in no subnet, IPv6": (conf(["fe80::10", "2001:db8:1::5"]), E0_6,
        "6:1: warning: V: 2001:db8:1::5/128 is in no subnet of e0 here "
        "(2001:db8::1/64): others find it by a route only"),
    "multicast source": (conf(["192.0.2.9"], "mcast_src_ip 192.0.2.2"), E0,
        "4:14: warning: V: 192.0.2.2 is no address of e0 here: the instance "
        "stays in FAULT until it is"),
    "unicast source": (conf(["192.0.2.9"], "unicast_src_ip 192.0.2.2",
        "unicast_peer {", "192.0.2.3", "}"), E0,
        "4:16: warning: V: 192.0.2.2 is no address of e0 here: the instance "
        "stays in FAULT until it is"),
    "no address": (conf(["192.0.2.9"]), E0[:3],
        "2:11: warning: V: e0 has no IPv4 address here to send from: the "
        "instance stays in FAULT until it has"),
    "no link-local address": (conf(["fe80::10"]), E0[:1],
        "2:11: warning: V: e0 has no link-local IPv6 address here to send "
        "from: the instance stays in FAULT until it has"),
    "no multicast": (conf(["192.0.2.9"]), E0 + (
        "ip link set e0 multicast off",),
        "2:11: warning: V: e0 does no multicast here: the others hear "
        "nothing without unicast_peer"),
    "itself": (conf(["192.0.2.9"], "unicast_peer {", "192.0.2.3",
        "192.0.2.1", "}"), E0,
        "6:1: warning: V: the peer 192.0.2.1 is this host (e0)"),
    "no interface": (conf(["192.0.2.9"]), (),
        "2:11: warning: there is no interface e0 here"),
}


@pytest.mark.parametrize("what", list(WRONG))
def test_wrong(tmp_path, what):
    text, setup, want = WRONG[what]
    status, said = lint(tmp_path, text, *setup)
    assert messages(said) == [want]
    assert status == 0
    assert said.endswith("F: 0 errors, 1 warning\n")
    assert lint(tmp_path, text, *setup, args=("-W",))[0] == 1


def test_caret(tmp_path):
    _, said = lint(tmp_path, conf(["\t198.51.100.7"]), *E0)
    assert said.split("\n")[1:3] == ["\t198.51.100.7", "\t^"]


GOOD = {
    "in the subnet": (conf(["192.0.2.9", "192.0.2.10/24"]), E0),
    "its own": (conf(["192.0.2.1/24"], "priority 255"), E0),
    "IPv6": (conf(["fe80::10", "2001:db8::9"]), E0_6),
    "a source": (conf(["192.0.2.9"], "mcast_src_ip 192.0.2.2"), E0 + (
        "ip addr add 192.0.2.2/24 dev e0",)),
    "unicast": (conf(["192.0.2.9"], "unicast_peer {", "192.0.2.3", "}"), E0 + (
        "ip link set e0 multicast off",)),
    "held right now": (conf(["192.0.2.9/24", "198.51.100.7",
        "192.0.2.10"]).replace("198.51.100.7", "192.0.2.11"), E0 + (
        "ip addr add 192.0.2.9/24 dev e0", "ip addr add 192.0.2.10 dev e0")),
    "held right now, IPv6": (conf(["fe80::10", "2001:db8::9"]), E0_6 + (
        "ip addr add fe80::10/128 dev e0 nodad",
        "ip addr add 2001:db8::9/128 dev e0 nodad")),
}


@pytest.mark.parametrize("what", list(GOOD))
def test_good(tmp_path, what):
    text, setup = GOOD[what]
    assert lint(tmp_path, text, *setup, args=("-W",)) == (0, "")


def test_numbers(tmp_path):
    """They are notes, which -W does not count."""
    text = conf(["192.0.2.9"], "priority 100")
    assert lint(tmp_path, text, *E0, args=("-v", "-W")) == (0,
        "F:1:15: note: V: takeover takes 3.61 s (3 x 1 s + 0.61 s), after a "
        "proper stop 0.61 s\nvrrp_instance V {\n              ^\n")


@pytest.mark.parametrize("daemon", [Vrrpd, pytest.param(Keepalived,
    marks=pytest.mark.skipif(not KEEPALIVED, reason="no keepalived"))])
def test_beside_a_master(lab, daemon):
    """The addresses that a running daemon holds are no mistake."""
    text = settings() + instance(51, prio=150,
        vips=["10.9.0.151/24", "10.9.0.152"])
    a = daemon(lab, "a", text)
    a.start()
    a.wait_state("I51", "MASTER")
    lab.wait_holder("10.9.0.151", "a", 2)
    path = lab.write("lint.conf", text)
    done = lab.run("a", VRRPD, "-n", "-W", "-f", path)
    assert (done.returncode, done.stderr) == (0, "")
