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


"""Settings of an instance that change what is sent, received and decided:
one router with an instance for each."""

import re
import time

import pytest

from confgen import instance, settings, vip_of
from lib import Capture, Lab, Sender, Vrrpd, wait_until

pytestmark = pytest.mark.xdist_group("rules")

# Written, on the wire, and the rest of the message about it.
CENTISECONDS = {"41": (4095, "advert_int 40.95 is used"),
    "40.96": (4095, "advert_int 40.95 is used"),
    "40.954": (4095, "advert_int 40.95 is used"),
    "0.014": (1, "advert_int 0.01 is used"),
    "0.126": (13, "advert_int 0.13 is used")}
SECONDS = {"0.4": (1, "advert_int 1 is used"),
    "1.5": (2, "advert_int 2 is used"), "2.49": (2, "advert_int 2 is used"),
    "0.01": (1, "advert_int 1 is used"),
    "300": (1, 'advert_int "300" is not a number from 0.01 to 255')}
INTERVALS = {(3, text): row for text, row in CENTISECONDS.items()}
INTERVALS.update({(2, text): row for text, row in SECONDS.items()})

# vrid, lines and further fields of the instances of one router.
PLAIN = "v3_checksum_as_v2"
NAMES = {
    "plain-sum": (40, [PLAIN], {"prio": 150}),
    "plain-gets-plain": (41, [PLAIN], {}),
    "plain-gets-pseudo": (42, [PLAIN], {}),
    "plain-gets-bad": (43, [PLAIN], {}),
    "plain-gets-zero": (44, [PLAIN], {}),
    "control": (45, [], {}),
    "no-answer": (46, ["lower_prio_no_advert"], {}),
    "last-word": (47, ["higher_prio_send_advert"], {}),
    "no-last-word": (48, [], {}),
    "five-adverts": (49, ["down_timer_adverts 5"], {}),
    "strict-owner": (50, ["strict_mode"], {"prio": 255, "state": "MASTER"}),
    "checked": (51, [], {}),
    "not-checked": (52, ["skip_check_adv_addr"], {})}
SUMS = {"plain-gets-plain": "plain", "plain-gets-pseudo": "pseudo",
    "plain-gets-bad": "bad", "plain-gets-zero": "zero"}


@pytest.fixture(name="bench", scope="module")
def bench_fixture():
    lab = Lab("at")
    text = settings()
    for name, (vrid, lines, fields) in NAMES.items():
        text += instance(vrid, *lines, name=name, **fields)
    for n, ((version, written), _) in enumerate(INTERVALS.items()):
        text += instance(100 + n, version=version, interval=written,
            prio=255, state="MASTER")
    cap = Capture(lab)
    sender = Sender(lab)
    sender.keep(1.0, [sender.frame(vrid=NAMES[name][0], prio=200,
        addrs=[vip_of(NAMES[name][0])], checksum=form)
        for name, form in SUMS.items()] +
        [sender.frame(vrid=vrid, prio=200, addrs=["10.9.7.7"])
            for vrid in (51, 52)])
    cap.router = Vrrpd(lab, "a", text).start()
    cap.first = {vrid: cap.wait_advert(vrid=vrid) for vrid in
        [NAMES[n][0] for n in ("control", "no-answer", "last-word",
            "no-last-word", "strict-owner")]}
    cap.sent = {}
    # In the middle of an interval, so that what comes is an answer.
    wait_until(lambda: time.time() > cap.first[46].time + 2.4, 5)
    for vrid, prio in ((46, 50), (47, 200), (48, 200), (50, 255)):
        cap.sent[vrid] = sender.send(vrid=vrid, prio=prio,
            addrs=[vip_of(vrid)])
    wait_until(lambda: time.time() > cap.sent[50] + 3.3, 5)
    yield cap
    lab.close()


@pytest.mark.row("003")
def test_plain_checksum(bench):
    """The message alone is summed up."""
    frame = bench.adverts(vrid=40)[0]
    assert frame.checksum == 0x2ddd
    assert frame.message.hex() == "31289601" "0064" "2ddd" "0a09008c"


@pytest.mark.row("040")
@pytest.mark.parametrize("name", ["plain-gets-plain", "plain-gets-pseudo"])
def test_plain_takes(bench, name):
    """Either correct form of the checksum is taken."""
    assert not bench.adverts(host="a", vrid=NAMES[name][0])
    counters = bench.router.instance(name)["counters"]
    assert counters["adverts_received"] >= 8
    assert counters["checksum_errors"] == 0


@pytest.mark.row("036")
@pytest.mark.parametrize("name", ["plain-gets-bad", "plain-gets-zero"])
def test_plain_drops(bench, name):
    """But no other value."""
    heard = bench.adverts(host="a", vrid=NAMES[name][0])
    assert heard and abs(heard[0].time - bench.first[45].time) < 0.3
    counters = bench.router.instance(name)["counters"]
    assert counters["adverts_received"] == 0
    assert counters["checksum_errors"] >= 8


@pytest.mark.parametrize("version,written", [pytest.param(*key,
    marks=pytest.mark.row("014" if key[0] == 3 else "015"))
    for key in INTERVALS])
def test_interval(bench, version, written):
    """Rounded to what the packets can say, and said at the line."""
    n = list(INTERVALS).index((version, written))
    wire, message = INTERVALS[version, written]
    assert bench.adverts(vrid=100 + n)[0].interval == wire
    said = re.findall(r"\.conf:(\d+):\d+: warning: (.*)\n +advert_int %s\n"
        % re.escape(written), bench.router.log())
    said = [m for _, m in said if "I%d:" % (100 + n) in m or "300" in m]
    assert len(said) == 1 and message in said[0]


def after(bench, vrid):
    """What came in the 3.3 s after it was sent something."""
    sent = bench.sent[vrid]
    return [f for f in bench.adverts(host="a", vrid=vrid, since=sent) if
        f.time < sent + 3.3]


@pytest.mark.row("085")
def test_lower_prio_no_advert(bench):
    """The neighbours are told, the rival is not; the schedule stays."""
    frames = after(bench, 46)
    late = frames[0].time - bench.first[46].time
    assert 2.8 < late < 3.3 and frames[0].time - bench.sent[46] > 0.4
    assert 0.8 < frames[1].time - frames[0].time < 1.2
    garps = bench.garps(vip_of(46), since=bench.sent[46])
    assert garps and garps[0].time - bench.sent[46] < 0.1
    assert bench.router.entered("no-answer", "BACKUP") == 1


@pytest.mark.row("090")
def test_higher_prio_send_advert(bench):
    """One last word with its own priority, and then silence."""
    frames = after(bench, 47)
    assert [f.prio for f in frames] == [100]
    assert frames[0].time - bench.sent[47] < 0.05
    assert after(bench, 48) == []
    for name in ("last-word", "no-last-word"):
        assert "(%s) Entering BACKUP STATE (was MASTER: 10.9.0.3 has" % \
            name in bench.router.log()
    assert bench.router.instance("last-word")["counters"][
        "priority_zero_sent"] == 0


@pytest.mark.row("091")
def test_down_timer_adverts(bench):
    frame = bench.adverts(vrid=49)[0]
    # The control is master after three adverts' time and the skew.
    assert 1.8 < frame.time - bench.first[45].time < 2.4


@pytest.mark.row("096")
def test_strict_owner(bench):
    """Priority 255 in strict mode: whoever says the same is not heard."""
    assert after(bench, 50)
    # An answer would come between two regular ones.
    times = [f.time for f in bench.adverts(vrid=50, host="a")][2:]
    assert all(0.8 < b - a < 1.2 for a, b in zip(times, times[1:]))
    assert bench.router.state("strict-owner") == "MASTER"
    counters = bench.router.instance("strict-owner")["counters"]
    assert counters["owner_ignored"] == 1
    assert counters["adverts_received"] == 0


def test_other_addresses(bench):
    """skip_check_adv_addr: of the same master only the first list of
    addresses is looked at, else every one. Neither is a reason to drop it."""
    counts = {}
    for name in ("checked", "not-checked"):
        assert bench.router.entered(name, "MASTER") == 0
        row = bench.router.instance(name)["counters"]
        assert row["adverts_received"] >= 8
        counts[name] = row["address_list_errors"]
        said = [l for l in bench.router.log().split("\n") if
            "(%s)" % name in l and "address" in l]
        assert len(said) == 1, said
    assert counts["checked"] >= 8 and counts["not-checked"] == 1
