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


"""Settings of the whole daemon."""

import re
import time

import pytest

from confgen import instance, settings, vip_of
from lib import Capture, Sender, Vrrpd, stays, wait_until

VIP = "10.9.0.151"


@pytest.mark.row("022")
def test_mcast_group(lab):
    """vrrp_mcast_group4: sent there, and heard there only."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", settings("vrrp_mcast_group4 224.0.0.99") +
        instance(51, interval="0.2")).start()
    first = cap.wait_advert(host="a")
    assert first.dst == "224.0.0.99" and first.sum_pseudo
    assert first.dmac == "01:00:5e:00:00:63"
    groups = lab.run("a", "cat", "/proc/net/igmp").stdout
    assert "630000E0" in groups and "120000E0" not in groups
    sender = Sender(lab)
    for _ in range(5):
        sender.send(vrid=51, prio=200, interval=20, addrs=[VIP])
    stays(lambda: router.state("I51") == "MASTER", 0.5, step=0.05)
    assert router.instance("I51")["counters"]["adverts_received"] == 0
    sent = sender.send(vrid=51, prio=200, interval=20, addrs=[VIP],
        dst="224.0.0.99")
    router.wait_log(r"Entering BACKUP STATE \(was MASTER")
    frame = cap.wait_advert(since=sent + 0.05, host="a")
    assert frame.time - sent > 0.7
    assert {f.dst for f in cap.adverts(host="a")} == {"224.0.0.99"}


@pytest.mark.row("102")
def test_startup_delay(lab):
    """Nothing is sent and nothing that is heard counts for 3 s."""
    cap = Capture(lab)
    text = settings("vrrp_startup_delay 3") + instance(51, prio=255,
        state="MASTER") + instance(52)
    router = Vrrpd(lab, "a", text).start()
    sender = Sender(lab)
    wait_until(lambda: time.time() > router.started + 1, 5)
    for vrid in (51, 52):
        sender.send(vrid=vrid, prio=200, addrs=[vip_of(vrid)])
    owner = cap.wait_advert(host="a", vrid=51)
    assert 3.0 <= owner.time - router.started < 4.7
    second = cap.wait_advert(host="a", vrid=52)
    assert 3.4 < second.time - owner.time < 4.0
    assert router.instance("I52")["counters"]["adverts_received"] == 0
    assert router.entered("I51", "BACKUP") == 0


@pytest.mark.row("111")
def test_min_garp(lab):
    """One announcement for each address and no second round."""
    cap = Capture(lab)
    vips = [VIP, "10.9.0.152", "10.9.0.153"]
    Vrrpd(lab, "a", settings("vrrp_min_garp", garp=False) + instance(51,
        interval="0.1", vips=vips)).start()
    wait_until(lambda: len(cap.pick("garp")) >= 3, 5, "three GARPs")
    stays(lambda: len(cap.pick("garp")) == 3, 6, "not more")
    assert [f.sender for f in cap.pick("garp")] == vips


@pytest.mark.row("042")
def test_log_unknown_vrids(lab):
    """Told once where it is asked for; and the router that is here does not
    care."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", settings("log_unknown_vrids") +
        instance(51, interval="0.2")).start()
    cap.wait_advert(host="a")
    before = router.packets("I51")
    sender = Sender(lab)
    for _ in range(20):
        sender.send(vrid=52, prio=200, interval=20, addrs=[vip_of(52)])
    router.wait_log(r"packet from 10\.9\.0\.3 dropped: .*\(VRID 52\)", 2)
    begun = time.time()
    cap.wait_advert(since=begun, host="a")
    assert len(re.findall(r"VRID 52\b", router.log())) == 1
    after = router.packets("I51")
    assert {k for k in after if after[k] != before[k]} == {"adverts_sent"}
    assert router.entered("I51", "BACKUP") == 1
