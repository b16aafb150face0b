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


"""The address that an instance sends from: usable or not, and why."""

import pytest

from confgen import instance, settings
from lib import Capture, Vrrpd, stays, wait_until


def test_tentative(lab):
    """A link-local address is a source when nobody else has it: not while
    that is found out, and not when somebody does."""
    name, own = "I52", "fe80::b0b"
    lab.sysctl("a", "ipv6/conf/e0/accept_dad", 1)
    lab.sysctl("a", "ipv6/conf/e0/dad_transmits", 2)
    router = Vrrpd(lab, "a", settings() + instance(52, version=6,
        interval="0.2")).start()
    router.wait_state(name, "MASTER")
    lab.ip("a", "address del %s/64 dev e0" % lab.addr6("a"))
    router.wait_state(name, "FAULT", 3)
    assert router.instance(name)["faults"] == "no source address (e0)"
    wait_until(lambda: not lab.has("a", "fe80::152"), 2, "no VIP")
    cap = Capture(lab)
    lab.ip("a", "address add %s/64 dev e0" % own)
    wait_until(lambda: router.instance(name)["faults"] ==
        "source address is tentative (e0)", 1, router.tail)
    assert lab.addresses("a")[own + "/64"].get("tentative")
    assert not cap.adverts(vrid=52)
    router.wait_state(name, "MASTER", 8)
    assert cap.wait_advert(vrid=52).src == own
    # The same again, and this time somebody has it.
    lab.ip("a", "address del %s/64 dev e0" % own)
    router.wait_state(name, "FAULT", 3)
    lab.ip("b", "address add %s/64 dev e0 nodad" % own)
    lab.ip("a", "address add %s/64 dev e0" % own)
    wait_until(lambda: lab.addresses("a").get(own + "/64", {}).get(
        "dadfailed"), 5, "a duplicate")
    wait_until(lambda: router.instance(name)["faults"] ==
        "no source address (e0)", 2, router.tail)
    stays(lambda: router.state(name) == "FAULT", 1, step=0.1)


@pytest.mark.parametrize("words", ["", "track_src_ip"])
def test_configured_source(lab, words):
    """mcast_src_ip is sent from while it is there, and nothing else is:
    track_src_ip asks for no more than that."""
    router = Vrrpd(lab, "a", settings() + instance(51,
        "mcast_src_ip 192.168.10.1", words, interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    cap = Capture(lab)
    lab.ip("a", "address del 192.168.10.1/24 dev e0")
    router.wait_state("I51", "FAULT", 3)
    assert router.instance("I51")["faults"] == "no source address (e0)"
    lab.ip("a", "address add 192.168.10.1/24 dev e0")
    router.wait_state("I51", "MASTER", 5)
    cap.wait_advert(vrid=51)
    assert {f.src for f in cap.adverts(vrid=51) if f.prio} == \
        {"192.168.10.1"}


def test_group_of_ipv6(lab):
    """vrrp_mcast_group6: sent there, and joined in place of the usual."""
    cap = Capture(lab)
    Vrrpd(lab, "a", settings("vrrp_mcast_group6 ff02::99") + instance(52,
        version=6, interval="0.2")).start()
    assert cap.wait_advert(vrid=52).dst == "ff02::99"
    text = lab.run("a", "cat", "/proc/net/igmp6").stdout
    assert "ff020000000000000000000000000099" in text
    assert "ff020000000000000000000000000012" not in text
