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

"""Links, weights, stops and reloads."""

import signal
import time

import pytest

from confgen import instance, settings
from lib import AddressWatch, Capture, Sender, Vrrpd, kill, stays, wait_until

VIP = "10.9.0.151"
HALF = 0.5
DOWN = 1.805            # three half seconds and the skew of priority 100


def start(lab, *more, interval="0.5", defs="", **fields):
    router = Vrrpd(lab, "a", settings() + defs + instance(51, *more,
        interval=interval, **fields)).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", VIP), 2, "the address")
    return router


def priorities(cap, since):
    return [f.prio for f in cap.adverts(since=since, host="a")]


@pytest.mark.row("124")
def test_stop_as_master(lab):
    """One farewell with a good checksum, no address, status 0."""
    cap = Capture(lab)
    router = start(lab)
    begun = time.time()
    assert router.stop(3) == 0
    cap.wait_advert(2, since=begun, host="a", prio=0)
    frames = cap.adverts(since=begun, host="a")
    prios = [f.prio for f in frames]
    # A regular one may be due before the signal arrives.
    assert prios.count(0) == 1 and prios[-1] == 0 and frames[-1].sum_pseudo
    assert not lab.has("a", VIP)


def test_stop_twice(lab):
    """A second SIGTERM does not wait for anybody."""
    router = start(lab)
    router.send_signal(signal.SIGTERM)
    router.send_signal(signal.SIGTERM)
    assert router.wait_exit(3) == 0
    assert not lab.has("a", VIP)


@pytest.mark.row("125")
def test_interface_down(lab):
    cap = Capture(lab)
    router = start(lab)
    begun = time.time()
    lab.ip("a", "link set e0 down")
    router.wait_state("I51", "FAULT", 1)
    assert time.time() - begun < 0.5
    wait_until(lambda: not lab.has("a", VIP), 0.5, "no address")
    lab.ip("a", "link set e0 up")
    back = time.time()
    router.wait_state("I51", "BACKUP", 2)
    first = cap.wait_advert(5, since=back, host="a")
    assert DOWN - 0.1 < first.time - back < DOWN + 0.5


@pytest.mark.row("126")
def test_no_carrier(lab):
    cap = Capture(lab)
    router = start(lab)
    lab.cable("a", False)
    router.wait_state("I51", "FAULT", 1)
    lab.cable("a", True)
    back = time.time()
    first = cap.wait_advert(5, since=back, host="a")
    assert DOWN - 0.1 < first.time - back < DOWN + 0.5


def test_interface_gone_and_back(lab):
    """Removed and made anew, with another index."""
    router = start(lab)
    lab.ip("a", "link del e0")
    router.wait_state("I51", "FAULT", 2)
    lab.add_host("a")
    router.wait_state("I51", "MASTER", 6)
    wait_until(lambda: lab.has("a", VIP), 2, "the address")


def test_interface_missing_at_start(lab):
    """Named plainly; the instance waits for it."""
    router = Vrrpd(lab, "a", settings() + instance(51, dev="e7",
        interval="0.2")).start()
    router.wait_state("I51", "FAULT")
    assert router.state("I51") == "FAULT" and "e7" in router.log()
    lab.ip("a", "link add e7 type veth peer name e8", "link set e8 up",
        "link set e7 up", "address add 10.77.0.1/24 dev e7")
    router.wait_state("I51", "MASTER", 5)


def test_source_address_lost(lab):
    """Without an address of its own it cannot speak: FAULT."""
    router = start(lab)
    lab.ip("a", "address flush dev e0 scope global")
    router.wait_state("I51", "FAULT", 2)
    lab.ip("a", "address add 10.9.0.1/24 dev e0")
    router.wait_state("I51", "MASTER", 5)


@pytest.mark.row("127")
def test_tracked_interface(lab):
    cap = Capture(lab)
    lab.extra_link("a", "x0")
    router = start(lab, "track_interface {\nx0\n}")
    begun = time.time()
    lab.ip("a", "link set x0 down")
    router.wait_state("I51", "FAULT", 1)
    zero = cap.wait_advert(1, since=begun, prio=0)
    assert zero.time - begun < 0.2
    assert 1 <= priorities(cap, begun).count(0) <= 2
    lab.ip("a", "link set x0 up")
    back = time.time()
    first = cap.wait_advert(5, since=back, host="a")
    assert DOWN - 0.1 < first.time - back < DOWN + 0.5


def weight(lab, line, up, down, prio=100):
    """The priority while the link is up, down and up again."""
    cap = Capture(lab)
    lab.extra_link("a", "x0")
    router = start(lab, "track_interface {\n%s\n}" % line, prio=prio)
    cap.wait_advert(3, since=time.time(), host="a", prio=up)
    for state, value in (("down", down), ("up", up)):
        lab.ip("a", "link set x0 " + state)
        cap.wait_advert(3, since=time.time(), host="a", prio=value)
        assert router.state("I51") == "MASTER"
    assert router.entered("I51", "BACKUP") <= 1


@pytest.mark.row("128")
def test_weight_negative(lab):
    weight(lab, "x0 weight -30", 100, 70)


@pytest.mark.row("128")
def test_weight_positive(lab):
    weight(lab, "x0 weight 30", 130, 100)


@pytest.mark.row("128")
def test_weight_reverse(lab):
    """What is added changes its sign, not when it is."""
    weight(lab, "x0 weight -30 reverse", 100, 130)


@pytest.mark.row("128")
def test_weight_positive_reverse(lab):
    weight(lab, "x0 weight 30 reverse", 70, 100)


@pytest.mark.row("129")
def test_weight_floor(lab):
    weight(lab, "x0 weight -200", 100, 1)


@pytest.mark.row("129")
def test_weight_ceiling(lab):
    weight(lab, "x0 weight 100", 254, 200, prio=200)


@pytest.mark.row("129")
def test_weight_owner(lab):
    weight(lab, "x0 weight -100", 255, 255, prio=255)


@pytest.mark.row("131")
def test_fault_hears_nothing(lab):
    """In FAULT nothing is answered and nothing is sent."""
    cap = Capture(lab)
    lab.extra_link("a", "x0")
    lab.ip("a", "link set x0 down")
    router = Vrrpd(lab, "a", settings() + instance(51,
        "track_interface {\nx0\n}", interval="0.2")).start()
    router.wait_state("I51", "FAULT")
    sender = Sender(lab)
    for prio in (200, 50, 0):
        sender.send(vrid=51, prio=prio, interval=20, addrs=[VIP])
    stays(lambda: router.state("I51") == "FAULT", 1.2, step=0.1)
    assert not cap.adverts(host="a")


def reload_pair(lab, text, **fields):
    cap = Capture(lab)
    watch = AddressWatch(lab, "a")
    router = start(lab, **fields)
    begun = time.time()
    router.reload(text)
    return cap, watch, router, begun


@pytest.mark.row("133")
def test_reload_priority(lab):
    """Taken over without a step down; the address never leaves."""
    cap, watch, router, begun = reload_pair(lab, settings() +
        instance(51, prio=150, interval="0.5"))
    cap.wait_advert(2, since=begun, host="a", prio=150)
    assert 0 not in priorities(cap, begun)
    assert router.state("I51") == "MASTER"
    assert len(watch.spans(VIP)) == 1 and watch.spans(VIP)[0][1] is None


@pytest.mark.row("133")
def test_reload_interval(lab):
    cap, _, _, begun = reload_pair(lab, settings() + instance(51,
        interval="1"))
    wait_until(lambda: len(cap.adverts(since=begun + 0.2, host="a",
        interval=100)) >= 3, 5, "the new pace")
    times = [f.time for f in cap.adverts(since=begun + 0.2, host="a",
        interval=100)]
    assert 0.9 < times[-1] - times[-2] < 1.1


def test_reload_same(lab):
    """Nothing changed: no state, packet or address moves."""
    cap, watch, router, begun = reload_pair(lab, None)
    engine = router.child("vrrpe")
    stays(lambda: router.state("I51") == "MASTER", 2, step=0.1)
    times = [f.time for f in cap.adverts(host="a")]
    assert max(b - a for a, b in zip(times, times[1:])) < HALF + 0.2
    assert 0 not in priorities(cap, begun)
    assert len(watch.spans(VIP)) == 1 and watch.spans(VIP)[0][1] is None
    assert router.child("vrrpe") == engine
    assert router.entered("I51", "MASTER") == 1


@pytest.mark.row("134")
def test_reload_other_instance(lab):
    """One is gone (a farewell, no address), another one begins."""
    cap, _, router, begun = reload_pair(lab, settings() + instance(52,
        interval="0.5"))
    wait_until(lambda: not lab.has("a", VIP), 2, "no address")
    cap.wait_advert(2, since=begun, vrid=51, prio=0)
    assert [f.prio for f in cap.adverts(since=begun, vrid=51)][-1] == 0
    router.wait_state("I52", "MASTER", 5)
    assert lab.has("a", "10.9.0.152")
    names = [row["name"] for row in router.show()["instances"]]
    assert names == ["I52"]


def test_reload_addresses(lab):
    """New addresses come before old ones go; a kept one does not flicker."""
    _, watch, _, begun = reload_pair(lab, settings() + instance(51,
        interval="0.5", vips=["10.9.0.160", "10.9.0.161"]),
        vips=[VIP, "10.9.0.160"])
    wait_until(lambda: lab.has("a", "10.9.0.161"), 2, "the new one")
    wait_until(lambda: not lab.has("a", VIP), 2, "the old one gone")
    assert watch.of("10.9.0.161", True, begun)[0] <= \
        watch.of(VIP, False, begun)[0] + 0.005
    assert watch.spans("10.9.0.160")[0][1] is None


def test_reload_vrid(lab):
    """Another VRID is another virtual router."""
    cap, _, router, begun = reload_pair(lab, settings() + instance(61,
        name="I51", interval="0.5", vips=[VIP]))
    cap.wait_advert(5, since=begun, host="a", vrid=61)
    assert cap.adverts(since=begun, vrid=51)[-1].prio == 0
    wait_until(lambda: lab.has("a", VIP), 2, "the address")


def test_reload_bad(lab):
    """A bad file changes nothing; the caller gets the messages and 1."""
    cap = Capture(lab)
    watch = AddressWatch(lab, "a")
    router = start(lab)
    begun = time.time()
    done = router.reload(settings() +
        instance(51, "priority 900", interval="0.5") +
        "vrrp_instance I52 {\ninterface e0\n}\n", check=False)
    assert done.returncode == 1
    assert ".conf:" in done.stdout + done.stderr
    stays(lambda: router.state("I51") == "MASTER", 1, step=0.1)
    assert set(priorities(cap, begun)) == {100}
    assert len(watch.spans(VIP)) == 1 and watch.spans(VIP)[0][1] is None
    # And a good one is taken after it.
    router.reload(settings() + instance(51, prio=120, interval="0.5"))
    cap.wait_advert(2, since=begun, host="a", prio=120)


def test_reload_missing_file(lab):
    import os
    router = start(lab)
    os.unlink(router.conf)
    done = router.ctl("reload", check=False)
    assert done.returncode == 1 and router.conf in done.stdout + done.stderr
    assert router.state("I51") == "MASTER"


@pytest.mark.row("133")
def test_sighup(lab):
    cap = Capture(lab)
    router = start(lab)
    router.write_conf(settings() + instance(51, prio=130, interval="0.5"))
    router.send_signal(signal.SIGHUP)
    cap.wait_advert(3, host="a", prio=130)


def test_many_reloads(lab):
    """Again and again while advertising: no gap, no second engine."""
    cap = Capture(lab)
    router = start(lab, interval="0.1")
    begun = time.time()
    for i in range(12):
        router.reload(settings() + instance(51, prio=100 + i,
            interval="0.1"))
    times = [f.time for f in cap.adverts(since=begun, host="a")]
    assert max(b - a for a, b in zip(times, times[1:])) < 0.35
    assert 0 not in priorities(cap, begun)
    assert router.entered("I51", "MASTER") == 1


def test_engine_frozen(lab):
    """A vrrpe that does not answer is ended and started again; meanwhile
    the address does not outlive its lease."""
    router = start(lab)
    engine = router.child("vrrpe")
    kill([engine], signal.SIGSTOP)
    wait_until(lambda: router.child("vrrpe") not in (None, engine), 10,
        "a new engine")
    wait_until(lambda: router.state("I51") == "MASTER", 8, "MASTER again")
    wait_until(lambda: lab.has("a", VIP), 2, "the address")
