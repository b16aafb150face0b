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

"""The tools of these tests, tried with keepalived on both sides."""

import time

import packet
from lib import AddressWatch, Capture, Keepalived, Ping, Sender, stays, \
    wait_until

CONF = """
global_defs {
    vrrp_garp_master_repeat 1
}
vrrp_instance I {
    state BACKUP
    interface e0
    virtual_router_id 51
    priority %d
    advert_int 1
    virtual_ipaddress {
        10.9.0.100
    }
}
"""


def test_two_keepalived(lab):
    cap = Capture(lab)
    watch = AddressWatch(lab, "a")
    a = Keepalived(lab, "a", CONF % 150).start()
    b = Keepalived(lab, "b", CONF % 100).start()
    a.wait_state("I", "MASTER")
    lab.wait_holder("10.9.0.100", "a", 2)
    ping = Ping(lab, "10.9.0.100").wait_answers()
    first = cap.wait_advert(host="a")
    assert (first.version, first.vrid, first.prio) == (2, 51, 150)
    assert first.sum_plain and first.ttl == 255
    died = a.kill_hard()
    b.wait_state("I", "MASTER")
    ping.wait_answers()
    last = cap.adverts(host="a")[-1].time
    taken = cap.wait_advert(host="b", since=died).time
    assert 3.5 < taken - last < 3.9
    # Its address stays, nobody took it away: two hosts have it.
    assert len(watch.spans("10.9.0.100")) == 1
    assert lab.holders("10.9.0.100") == ["a", "b"]
    lab.cable("t", False)
    cut = time.time()
    wait_until(lambda: len(ping.lost(cut)) > 20, 5, "lost pings")
    lab.cable("t", True)
    cap.wait_advert(host="b", since=time.time())
    assert b.stop() == 0
    assert not lab.has("b", "10.9.0.100")
    assert cap.adverts(host="b")[-1].prio == 0


def test_own_packets(lab):
    """What keepalived takes is right, and what it drops is wrong."""
    k = Keepalived(lab, "a", CONF % 100)
    fields = {"version": 2, "vrid": 51, "prio": 200, "addrs": ["10.9.0.100"]}
    good = Sender(lab)
    good.keep(1.0, [good.frame(**fields)])
    k.start()
    cap = Capture(lab)
    bad = Sender(lab)
    stays(lambda: not cap.adverts(host="a"), 5)
    good.close()
    bad.keep(0.5, [bad.frame(ttl=254, **fields),
        bad.frame(checksum="bad", **fields), bad.frame(cut=12, **fields)])
    cap.wait_advert(host="a")


def test_codec():
    src, dst = packet.packed("10.9.0.1"), packet.packed("224.0.0.18")
    raw = packet.message(src, dst, version=2, vrid=10, prio=150,
        addrs=["10.9.0.110"])
    assert raw.hex() == "210a960100013e7c0a09006e" + "00" * 8
    frame = packet.decode(packet.advert(smac="02:00:00:00:00:03",
        src="fe80::3", vrid=9, addrs=["fe80::9", "fd09::9"]))
    assert frame.kind == "vrrp" and frame.sum_pseudo and frame.extra == 0
    assert frame.dmac == "33:33:00:00:00:12" and frame.interval == 100
