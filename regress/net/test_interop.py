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

"""With the daemons that others run: keepalived and FRR, in both roles."""

import os
import time

import pytest

from confgen import instance, settings
from lib import FRR, KEEPALIVED, Capture, Frr, Keepalived, Ping, Vrrpd, \
    stays, wait_until

PASS = "authentication {\nauth_type PASS\nauth_pass 1111\n}"
KINDS = {"v2": (2, (), "10.9.0.151"), "v2-pass": (2, (PASS,), "10.9.0.151"),
    "v3": (3, (), "10.9.0.151"), "v3-ipv6": (6, (), "fd09::151")}

needs_keepalived = pytest.mark.skipif(not KEEPALIVED,
    reason="no keepalived")
needs_frr = pytest.mark.skipif(not os.path.exists(FRR + "/vrrpd"),
    reason="no FRR")


def conf(kind, prio, *more):
    version, lines, vip = KINDS[kind]
    vips = ["fe80::151", "fd09::151/64"] if version == 6 else [vip]
    return settings() + instance(51, *lines, *more, version=version,
        prio=prio, vips=vips)


def alone(lab, vip):
    holders = lab.holders(vip)
    assert len(holders) <= 2
    return len(holders) <= 1


@pytest.mark.row("164")
@needs_keepalived
@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("role", ["master", "backup"])
def test_keepalived(lab, kind, role):
    """Start both, stop the master, start it again: one master at a time,
    takeover after the skew, preempted back after the down interval."""
    vip = KINDS[kind][2]
    cap = Capture(lab)
    ours, theirs = (150, 100) if role == "master" else (100, 150)
    v = Vrrpd(lab, "a", conf(kind, ours))
    k = Keepalived(lab, "b", conf(kind, theirs))
    high, low = (v, k) if role == "master" else (k, v)
    low.start()
    high.start()
    high.wait_state("I51", "MASTER")
    low.wait_state("I51", "BACKUP")
    lab.wait_holder(vip, high.host, 2)
    stays(lambda: alone(lab, vip), 1.5)
    ping = Ping(lab, vip).wait_answers()
    begun = time.time()
    assert high.stop() == 0
    low.wait_state("I51", "MASTER", 3)
    first = cap.wait_advert(2, since=begun, host=low.host)
    zero = cap.adverts(since=begun, host=high.host)[-1]
    assert zero.prio == 0 and 0.55 < first.time - zero.time < 0.85
    if role == "master":
        assert len(ping.lost(begun)) <= cap.allowed(vip, low.host, begun)
    lab.wait_holder(vip, low.host, 2)
    again = time.time()
    high.sync().start()
    high.wait_state("I51", "MASTER", 8)
    first = cap.wait_advert(2, since=again, host=high.host)
    assert 3.1 < first.time - high.started < 4.5
    low.wait_state("I51", "BACKUP", 2)
    lab.wait_holder(vip, high.host, 2)
    if kind != "v3-ipv6" or role == "backup":
        errors = {n: c for n, c in v.instance("I51")["counters"].items()
            if c and n.endswith(("_errors", "_failures", "_mismatch"))}
        assert not errors


@needs_keepalived
def test_keepalived_killed(lab):
    """Its address stays when it is killed, ours does not."""
    v = Vrrpd(lab, "a", conf("v3", 100)).start()
    k = Keepalived(lab, "b", conf("v3", 150)).start()
    k.wait_state("I51", "MASTER")
    v.wait_state("I51", "BACKUP")
    k.kill_hard()
    v.wait_state("I51", "MASTER", 6)
    wait_until(lambda: lab.has("a", "10.9.0.151"), 1, "our address")
    lab.ip("b", "address del 10.9.0.151/32 dev e0")
    k = Keepalived(lab, "b", conf("v3", 150)).start()
    k.wait_state("I51", "MASTER", 8)
    v.wait_state("I51", "BACKUP", 2)
    v.kill_hard()
    wait_until(lambda: not lab.has("a", "10.9.0.151"), 4, "nothing is left")


@needs_keepalived
def test_our_kill_their_takeover(lab):
    """Killed with -9 as master: keepalived is never one of two holders."""
    v = Vrrpd(lab, "a", conf("v2", 150)).start()
    k = Keepalived(lab, "b", conf("v2", 100)).start()
    v.wait_state("I51", "MASTER")
    lab.wait_holder("10.9.0.151", "a", 2)
    v.kill_hard()
    wait_until(lambda: not lab.has("a", "10.9.0.151"), 4, "it is gone")
    assert not lab.has("b", "10.9.0.151")
    k.wait_state("I51", "MASTER", 4)
    lab.wait_holder("10.9.0.151", "b", 2)


FRR_KINDS = {"v2": (2, "10.9.0.105"), "v3": (3, "10.9.0.105"),
    "v3-ipv6": (6, "fd09::105")}


def frr_pair(lab, kind, prio):
    version, vip = FRR_KINDS[kind]
    v = Vrrpd(lab, "a", settings() + instance(5, version=version, prio=100,
        vips=["fe80::105", vip] if version == 6 else [vip]))
    f = Frr(lab, "b", 5, prio, [vip], version=2 if version == 2 else 3)
    return v, f


@pytest.mark.row("167")
@needs_frr
@pytest.mark.parametrize("kind", list(FRR_KINDS))
def test_frr_master(lab, kind):
    """FRR 120 holds us; when it leaves we are there after our skew."""
    cap = Capture(lab)
    v, f = frr_pair(lab, kind, 120)
    f.start()
    cap.wait_advert(15, vrid=5, prio=120)
    v.start()
    v.wait_state("I5", "BACKUP")
    stays(lambda: v.state("I5") == "BACKUP", 4.5, "FRR holds it", step=0.1)
    begun = time.time()
    f.stop()
    v.wait_state("I5", "MASTER", 5)
    first = cap.wait_advert(2, since=begun, host="a")
    zero = cap.wait_advert(2, since=begun, vrid=5, prio=0)
    assert 0.55 < first.time - zero.time < 0.85
    assert lab.has("a", FRR_KINDS[kind][1])


@pytest.mark.row("167")
@needs_frr
@pytest.mark.parametrize("kind", list(FRR_KINDS))
def test_frr_backup(lab, kind):
    """We preempt FRR 80; it yields, and it takes over when we stop."""
    cap = Capture(lab)
    v, f = frr_pair(lab, kind, 80)
    f.start()
    cap.wait_advert(15, vrid=5, prio=80)
    v.start()
    v.wait_state("I5", "MASTER", 6)
    ours = cap.wait_advert(3, host="a").time
    stays(lambda: not [x for x in cap.adverts(vrid=5, prio=80,
        since=ours + 0.3)], 2, "FRR yields")
    begun = time.time()
    assert v.stop() == 0
    cap.wait_advert(3, since=begun, vrid=5, prio=80)
