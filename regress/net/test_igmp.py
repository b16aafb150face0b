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
"""disable_local_igmp: a setting of the network namespace, lent."""

from confgen import instance, settings
from lib import Vrrpd, wait_until

PATH = "/proc/sys/net/ipv4/igmp_link_local_mcast_reports"


def reports(lab):
    return lab.run("a", "cat", PATH).stdout.strip()


def test_disable_local_igmp(lab):
    """Off while it runs, whatever a reload says; put back at the end, and
    after a crash by the next start. The host beside it keeps its own."""
    text = instance(51, interval="0.2")
    word = settings("disable_local_igmp")
    assert reports(lab) == "1"
    router = Vrrpd(lab, "a", word + text).start()
    router.wait_log(r"Entering MASTER")
    assert reports(lab) == "0"
    assert lab.run("b", "cat", PATH).stdout.strip() == "1"
    router.reload(settings() + text)
    assert reports(lab) == "0"
    router.kill_hard()
    assert reports(lab) == "0"
    router.write_conf(settings() + text)
    router.start()
    wait_until(lambda: reports(lab) == "1", 5, "put back")
    router.reload(word + text)
    assert reports(lab) == "1"
    router.stop()
    router.write_conf(word + text)
    router.start()
    wait_until(lambda: reports(lab) == "0", 5, "set")
    router.stop()
    assert reports(lab) == "1"
