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


"""Reloads in a row with very many instances, one of which advertises so fast
that its backup waits for less than a tenth of a second. For the whole size:

	python3 regress/net/test_reload_storm.py 1000 20 0.01
"""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from confgen import instance, settings  # noqa: E402
from lib import Capture, Lab, Vrrpd, wait_until  # noqa: E402

PER_LINK = 250          # VRIDs of an interface


def conf(count, interval, n):
    """The fast one, and the others; the n-th file changes one in ten, and
    adds and removes another one."""
    text = [settings("vrrp_rt_priority 50"),
        instance(60, name="fast", interval=interval, prio=200)]
    for i in range(count):
        text.append(instance(1 + i % PER_LINK, name="i%d" % i,
            dev="x%d" % (i // PER_LINK), interval="1",
            prio=100 + n % 2 * (i % 10 == 0),
            vips=["10.20.%d.%d" % (i // PER_LINK, 1 + i % PER_LINK)]))
    text.append(instance(254, name="extra%d" % (n % 2), dev="x0",
        interval="1", vips=["10.20.99.%d" % (1 + n % 2)]))
    return "".join(text)


def gaps(cap, since, until):
    times = [f.time for f in cap.adverts(host="a", vrid=60, since=since)
        if f.time <= until]
    return sorted(y - x for x, y in zip(times, times[1:]))


def storm(lab, count, reloads, interval):
    """(gaps before, gaps meanwhile, seconds of each reload, the routers); so
    many reloads or more, for 30 intervals at least."""
    for n in range((count - 1) // PER_LINK + 1):
        lab.extra_link("a", "x%d" % n)
        lab.ip("a", "address add 10.20.%d.254/16 dev x%d" % (n, n))
    a = Vrrpd(lab, "a", conf(count, interval, 0)).start(limit=60)
    wait_until(lambda: a.state("fast") == "MASTER", 30, "MASTER")
    b = Vrrpd(lab, "b", settings("vrrp_rt_priority 50") + instance(60,
        name="fast", interval=interval, prio=100)).start()
    b.wait_state("fast", "BACKUP")
    wait_until(lambda: all(i["state"] == "MASTER" for i in
        a.show()["instances"]), 60, "all are MASTER", step=0.5)
    cap = Capture(lab)
    cap.wait_advert(host="a", vrid=60)
    begun = time.time()
    quiet = begun + max(1, 50 * float(interval))
    wait_until(lambda: time.time() > quiet, 60, step=0.1)
    took = []
    while len(took) < reloads or time.time() < quiet + 30 * float(interval):
        a.write_conf(conf(count, interval, len(took) + 1))
        at = time.time()
        a.ctl("reload", limit=60)
        took.append(time.time() - at)
    return gaps(cap, begun, quiet), gaps(cap, quiet, time.time()), took, a, b


def test_storm(lab):
    """It keeps its role, and its backup never waits too long."""
    before, during, took, a, b = storm(lab, 240, 6, "0.1")
    assert len(before) > 20
    # As many as there have to be; the last one may not be read yet.
    assert len(during) + 2 >= 0.9 * sum(took) / 0.1 > 18
    # Three intervals and the skew are what the backup waits for.
    assert during[-1] < 0.3, (before[-1], during[-5:])
    # INIT, BACKUP, MASTER. With so many of them not all is in the log.
    assert a.instance("fast")["transitions"] == 2
    assert a.instance("i7")["transitions"] == 2
    assert b.entered("fast", "MASTER") == 0
    assert a.show()["engine_restarts"] == 0


def main(count, reloads, interval):
    lab = Lab()
    try:
        before, during, took, a, b = storm(lab, int(count), int(reloads),
            interval)
        print("%s instances, %d reloads of %.2f to %.2f s; advert_int %s s" %
            (count, len(took), min(took), max(took), interval))
        for name, row in (("before", before), ("meanwhile", during)):
            print("gaps %s: %d, median %.1f ms, p99 %.1f ms, longest %.1f ms"
                % (name, len(row), 1e3 * row[len(row) // 2], 1e3 *
                row[len(row) * 99 // 100], 1e3 * row[-1]))
        print("worst lateness of a timer %.1f ms" %
            (1e3 * a.show()["late_max_s"]))
        print("%d changes of its role after the start, the backup was MASTER "
            "%d times" % (a.instance("fast")["transitions"] - 2,
                b.entered("fast", "MASTER")))
    finally:
        lab.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
