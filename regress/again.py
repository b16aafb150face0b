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

"""A test that fails while the machine stands still says nothing of a daemon
with intervals of 0.1 s: this plugin of pytest runs it once more, and the
report says so. What fails on a machine that runs stays failed.
"""

import threading
import time

from _pytest.runner import runtestprotocol

STEP_S = 0.02
STALL_S = 0.25          # more than tests allow for


class Watch(threading.Thread):
    """Notes by how much it wakes up too late."""

    def __init__(self):
        super().__init__(daemon=True)
        self.worst = 0.0
        self.start()

    def run(self):
        while True:
            begun = time.monotonic()
            time.sleep(STEP_S)
            self.worst = max(self.worst, time.monotonic() - begun - STEP_S)


WATCH = Watch()


def reports_of(item, nextitem):
    WATCH.worst = 0.0
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    stall = WATCH.worst
    bad = [r for r in reports if r.failed]
    if not bad or stall < STALL_S:
        return reports
    item._initrequest()     # pylint: disable=protected-access
    item.user_properties.append(("again", "run again, as the machine stood "
        "still for %.2f s: %s" % (stall,
        getattr(bad[0].longrepr, "reprcrash", "failed"))))
    return runtestprotocol(item, log=False, nextitem=nextitem)


def pytest_runtest_protocol(item, nextitem):
    where = {"nodeid": item.nodeid, "location": item.location}
    item.ihook.pytest_runtest_logstart(**where)
    for report in reports_of(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(**where)
    return True
