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

"""Timers and elections: each row is an instance of its own in one router,
with advertisements sent to it at given seconds after its start."""

import time

import pytest

from confgen import instance, settings, vip_of
from lib import AddressWatch, Capture, Lab, Sender, Vrrpd, wait_until

pytestmark = pytest.mark.xdist_group("election")

END = 13.0
EARLY, LATE = 0.05, 0.25


def rows():
    """(name, instance, sends [(second, fields)], second of MASTER)."""
    yield "v2-prio-1", {"version": 2, "prio": 1}, [], 3.996
    yield "v2-prio-100", {"version": 2}, [], 3.609
    yield "v2-prio-254", {"version": 2, "prio": 254}, [], 3.008
    yield "v3-10cs", {"interval": "0.1"}, [], 0.361
    yield "v3-100cs", {}, [], 3.609
    yield "v3-200cs", {"interval": "2"}, [], 7.219
    yield "ipv6-50cs", {"version": 6, "interval": "0.5"}, [], 1.805
    yield "owner", {"prio": 255, "state": "MASTER"}, [], 0.0
    yield "state-master", {"state": "MASTER"}, [], 3.609
    yield "owner-as-backup", {"prio": 255}, [], 3.004
    for v in (2, 3, 6):
        yield "prio-zero-%d" % v, {"version": v}, [(0.2, {"prio": 200}),
            (1.2, {"prio": 0})], 1.809
    yield "interval-learned", {}, [(0.2, {"prio": 200, "interval": 300})], \
        11.028
    yield "interval-changed", {}, [(0.2, {"prio": 200, "interval": 50}),
        (0.7, {"prio": 200, "interval": 200})], 7.919
    yield "lower", {"version": 2}, [(t + 0.1, {"prio": 50})
        for t in range(5)], 3.609
    yield "equal", {"version": 2}, [(t + 0.1, {"prio": 100})
        for t in range(4)], 6.709
    yield "nopreempt", {"more": "nopreempt"}, [(t + 0.1, {"prio": 50})
        for t in range(6)], 8.709
    for word in ("nopreempt", "preempt_delay 5"):
        yield word.replace(" ", "-") + "-zero", {"more": word}, \
            [(0.2, {"prio": 50}), (1.2, {"prio": 50}),
                (2.2, {"prio": 0})], 2.809
    yield "preempt-delay", {"more": "preempt_delay 2.5"}, [(t + 0.1,
        {"prio": 50}) for t in range(8)], 5.709
    yield "delay-no-rival", {"more": "preempt_delay 2", "prio": 200}, [], \
        3.219


ROWS = {row[0]: (vrid,) + row[1:] for vrid, row in enumerate(rows(), 1)}

# These become master at 3.6 s and are tried as masters after that.
MASTERS = {"yields": 101, "answers": 102, "tie-greater": 103,
    "tie-smaller": 104, "zero": 105, "steady": 106}


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    lab = Lab("at")
    text = settings()
    for name, (vrid, fields, _, _) in ROWS.items():
        fields = dict(fields)
        more = fields.pop("more", None)
        text += instance(vrid, *([more] if more else []), name=name, **fields)
    for name, vrid in MASTERS.items():
        text += instance(vrid, name=name, vips=["10.9.4.%d" % vrid],
            interval="0.25" if name == "steady" else "1")
    cap = Capture(lab)
    cap.watch = AddressWatch(lab, "a")
    sender = Sender(lab)
    plan = sorted((when, vrid, fields, i) for vrid, conf, sends, _ in
        ROWS.values() for i, (when, fields) in enumerate(sends)
        for fields in [{"version": 2 if conf.get("version") == 2 else 3,
            "addrs": [vip_of(vrid, conf.get("version", 3))], **fields}])
    router = Vrrpd(lab, "a", text).start(ready=False)
    router.wait_log(r"Entering \w+ STATE")
    cap.zero = time.time()
    cap.sent = {}
    for when, vrid, fields, _ in plan + masters_plan():
        pause = cap.zero + when - time.time()
        if pause > 0:
            time.sleep(pause)
        cap.sent[vrid] = sender.send(vrid=vrid, **fields)
    wait_until(lambda: time.time() > cap.zero + END, 20, "the end")
    cap.router = router
    yield cap
    lab.close()


def masters_plan():
    def one(when, name, **fields):
        vrid = MASTERS[name]
        return when, vrid, {"addrs": ["10.9.4.%d" % vrid], **fields}, 0
    return [one(8.0, "yields", prio=200), one(8.05, "answers", prio=50),
        one(8.1, "tie-greater", prio=100),
        one(8.15, "tie-smaller", prio=100, src="10.8.255.254"),
        one(8.2, "zero", prio=0)]


# Numbers of the listing, by how the name of a row begins.
NUMBERS = (("v2-prio", "062"), ("v3-", "063"), ("ipv6-", "063"),
    ("owner-as", "066"), ("owner", "065"), ("state-master", "066"),
    ("prio-zero", "068"), ("interval-l", "069"), ("interval-c", "073"),
    ("lower", "075"), ("equal", "076"), ("nopreempt-zero", "078"),
    ("nopreempt", "077"), ("preempt_delay-5", "078"),
    ("delay-no", "081"), ("", ""))


def marked(names):
    for name in names:
        number = next(n for start, n in NUMBERS if name.startswith(start))
        yield pytest.param(name, marks=[pytest.mark.row(number)] if number
            else [])


@pytest.mark.parametrize("name", marked(ROWS))
def test_master_at(bench, name):
    vrid, _, _, second = ROWS[name]
    heard = bench.adverts(host="a", vrid=vrid)
    assert heard, "never master"
    assert -EARLY < heard[0].time - bench.zero - second < LATE


def after(bench, name):
    """What the master sent after it was sent something."""
    vrid = MASTERS[name]
    sent = bench.sent[vrid]
    return [f.time - sent for f in bench.adverts(host="a", vrid=vrid,
        since=sent)]


def ip_of(name):
    return "10.9.4.%d" % MASTERS[name]


@pytest.mark.row("082")
def test_yields(bench):
    """Silent for a whole master-down interval, the address gone."""
    times = after(bench, "yields")
    assert times and 3.55 < times[0] < 3.9
    sent = bench.sent[MASTERS["yields"]]
    gone = bench.watch.of(ip_of("yields"), added=False, since=sent)
    assert gone and gone[0] - sent < 0.1
    assert bench.router.entered("yields", "BACKUP") == 2


@pytest.mark.row("084")
def test_answers_lower(bench):
    """At once, with an announcement, and the next one a second later."""
    times = after(bench, "answers")
    assert times[0] < 0.05 and 0.95 < times[1] - times[0] < 1.1
    assert bench.garps(ip_of("answers"), since=bench.sent[
        MASTERS["answers"]])
    assert bench.router.entered("answers", "BACKUP") == 1


@pytest.mark.row("086")
def test_tie_greater(bench):
    assert after(bench, "tie-greater")[0] > 3.5


@pytest.mark.row("086")
def test_tie_smaller(bench):
    """A rival of the same priority: the others are told again, too."""
    assert after(bench, "tie-smaller")[0] < 0.05
    assert bench.garps(ip_of("tie-smaller"), since=bench.sent[
        MASTERS["tie-smaller"]])


@pytest.mark.row("089")
def test_answers_zero(bench):
    times = after(bench, "zero")
    assert times[0] < 0.05 and 0.95 < times[1] - times[0] < 1.1
    assert not bench.garps(ip_of("zero"), since=bench.sent[MASTERS["zero"]])


@pytest.mark.row("067")
def test_pace(bench):
    """No drift, no jitter worth a word: 0.25 s."""
    times = [f.time for f in bench.adverts(host="a",
        vrid=MASTERS["steady"])][2:]
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert len(gaps) > 20
    late = [g for g in gaps if not 0.23 < g < 0.27]
    assert len(late) <= len(gaps) // 10
    assert abs((times[-1] - times[0]) / len(gaps) - 0.25) < 0.002


@pytest.mark.row("065")
def test_owner_announces(bench):
    """Priority 255: the first advertisement at once, then the address."""
    vrid = ROWS["owner"][0]
    first = bench.adverts(host="a", vrid=vrid)[0]
    garp = bench.garps(vip_of(vrid))[0]
    assert first.prio == 255 and garp.time >= first.time
