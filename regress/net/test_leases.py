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


"""Refreshes of leases are counted, and told with everything else."""

import re
import signal

from confgen import instance, settings
from lib import Vrrpd, kill, wait_until

VIP = "10.9.0.151"


def count(router, name):
    return router.instance("I51")["counters"][name]


def test_refreshes(lab):
    """Two addresses each second; what had to wait because the engine did not
    answer; they outlive reloads and engines."""
    a = Vrrpd(lab, "a", settings("vip_lease 2") + instance(51,
        vips=[VIP, "10.9.0.161"], interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: count(a, "lease_refreshes") >= 6, 20, "six of them")
    assert count(a, "lease_refreshes_failed") == 0
    assert count(a, "lease_refreshes_late") == 0
    text = a.ctl("show", "counters", "I51").stdout
    assert re.search(r"lease_refreshes +[0-9]+", text)
    text = a.ctl("show", "metrics").stdout
    assert re.search(r'vrrp_address_lease_refreshes_total\{[^}]*name="I51"'
        r'[^}]*\} [0-9]+\n', text)
    before = count(a, "lease_refreshes")
    a.reload(settings("vip_lease 2") + instance(51, prio=120, interval="0.2",
        vips=[VIP, "10.9.0.161"]))
    assert count(a, "lease_refreshes") >= before
    # Nobody answers: the leases have to wait, and run out in the end.
    old = a.child("vrrpe")
    kill([old], signal.SIGSTOP)
    wait_until(lambda: a.child("vrrpe") not in (None, old), 15, "another")
    a.wait_ready()
    wait_until(lambda: count(a, "lease_refreshes_late") > 0, 15, "late ones")
    assert count(a, "lease_refreshes") >= before
