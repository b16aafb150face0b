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


"""Reloads again and again, while a backup waits for a mistake."""

import time

from confgen import instance, script, settings
from lib import AddressWatch, Capture, Vrrpd, wait_until

VIP = "10.9.0.151"
CHANGING = ("10.9.0.161", "10.9.0.162")
COUNT = 50
INTERVAL_S = 0.1


def conf(lab, which, prio=150):
    """Two configurations that differ in an address and in a script; each
    script starts without a result and has a weight of none."""
    name = ("one", "two")[which]
    return settings() + script(name, "/usr/bin/test -d " + lab.folder,
        interval="0.3") + instance(51, "track_script {\n%s\n}" % name,
        'notify "/bin/true %s"' % name, prio=prio, interval="0.1",
        vips=[VIP, CHANGING[which]])


def script_names(router):
    return {row["name"]: row for row in router.show("scripts")["scripts"]}


def test_fifty_reloads(lab):
    """The advertisements go on, the other one stays a backup, no address
    that stays moves, and nothing is left of the forty-nine others."""
    cap = Capture(lab)
    watch = AddressWatch(lab, "a")
    a = Vrrpd(lab, "a", conf(lab, 0)).start()
    a.wait_state("I51", "MASTER")
    b = Vrrpd(lab, "b", settings() + instance(51, interval="0.1",
        vips=[VIP])).start()
    b.wait_state("I51", "BACKUP")
    wait_until(lambda: lab.has("a", VIP) and lab.has("a", CHANGING[0]), 2,
        "both addresses")
    # Once each way, so that all that is kept is there.
    for which in (1, 0):
        a.reload(conf(lab, which))
    wait_until(lambda: script_names(a)["one"]["runs"] >= 2, 5, "two runs")
    before = a.resources()
    generation = a.show()["generation"]
    children = [a.child("vrrpe"), a.child("checker")]
    begun = time.time()
    for n in range(COUNT):
        done = a.reload(conf(lab, (n + 1) % 2))
        assert done.returncode == 0
    took = time.time() - begun
    wait_until(lambda: cap.adverts(host="a", since=begun + took + 0.3), 2,
        "it goes on")
    frames = cap.adverts(host="a", since=begun - 0.5)
    times = [f.time for f in frames]
    assert max(y - x for x, y in zip(times, times[1:])) < 3 * INTERVAL_S
    assert {f.prio for f in frames} == {150}
    assert a.show()["generation"] == generation + COUNT
    # No list on the wire that is of neither; the last one is the last's.
    assert {f.addrs[1] for f in frames} <= set(CHANGING)
    assert frames[-1].addrs == [VIP, CHANGING[0]]
    assert not cap.adverts(host="b")
    assert b.entered("I51", "MASTER") == 0 and not lab.has("b", VIP)
    assert a.entered("I51", "MASTER") == 1
    wait_until(lambda: not lab.has("a", CHANGING[1]), 2, "the other is gone")
    assert lab.has("a", VIP) and lab.has("a", CHANGING[0])
    assert watch.spans(VIP) == [(watch.spans(VIP)[0][0], None)]
    assert list(script_names(a)) == ["one"]
    wait_until(lambda: script_names(a)["one"]["runs"] >= 1, 3, "it is run")
    assert [a.child("vrrpe"), a.child("checker")] == children
    wait_until(lambda: all(now <= then for now, then in
        zip(a.resources(), before)), 3, lambda:
        "no more files and processes than %r: %r" % (before, a.resources()))
    assert a.show()["engine_restarts"] == 0


def test_reloads_at_once(lab):
    """Signals that come faster than a reload takes: the last file wins."""
    cap = Capture(lab)
    a = Vrrpd(lab, "a", conf(lab, 0)).start()
    a.wait_state("I51", "MASTER")
    cap.wait_advert(host="a")
    begun = time.time()
    for n in range(COUNT):
        a.write_conf(conf(lab, (n + 1) % 2, prio=200 - n))
        a.send_signal(1)
    cap.wait_advert(5, since=begun, host="a", prio=200 - COUNT + 1)
    wait_until(lambda: not lab.has("a", CHANGING[1]), 2, "one is gone")
    wait_until(lambda: lab.has("a", CHANGING[0]), 2, "the other is there")
    times = [f.time for f in cap.adverts(host="a")]
    assert max(y - x for x, y in zip(times, times[1:])) < 3 * INTERVAL_S
    assert a.entered("I51", "MASTER") == 1
