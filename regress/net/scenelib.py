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

"""What the scenarios have in common: routers of either kind, and what a
client sees of them."""

import re

from confgen import instance, settings
from lib import all_processes, wait_until

VIP = "10.9.0.151"


def conf(prio, *more, defs=(), interval="0.5", vrid=51, **fields):
    return settings(*defs) + instance(vrid, *more, prio=prio,
        interval=interval, **fields)


def pair(lab, kind, *more, high=200, low=100, **fields):
    """Both routers, the first one master and holder of the address."""
    a = kind(lab, "a", conf(high, *more, **fields)).start()
    b = kind(lab, "b", conf(low, *more, **fields)).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I51", "BACKUP")
    lab.wait_holder(VIP, "a", 3)
    return a, b


def neighbour(lab, ip=VIP, host="t"):
    """The MAC that a client has for an address."""
    done = lab.run(host, "ip", "neigh", "show", ip, "dev", lab.ifname)
    found = re.search(r"lladdr (\S+)", done.stdout)
    return found.group(1) if found else None


def wait_served(lab, host, limit, ip=VIP):
    """One holder, and the client knows it."""
    wait_until(lambda: lab.holders(ip) == [host] and neighbour(lab, ip) ==
        lab.mac(host), limit, lambda: "%s is on %r, the client has %r" % (ip,
            lab.holders(ip), neighbour(lab, ip)), step=0.02)


def both_have(here, there, ip=VIP, since=0.0, end=None):
    """For how long, in all, two AddressWatches had the address."""
    total = 0.0
    for a, b in here.spans(ip):
        for c, d in there.spans(ip):
            first = max(a, c, since)
            last = min(x for x in (b, d, end) if x is not None)
            total += max(0.0, last - first)
    return total


def commands(word):
    """The processes whose command line has this word, without those that
    one of them is about to start."""
    found = {}
    for pid, (parent, _) in all_processes().items():
        try:
            with open("/proc/%d/cmdline" % pid, "rb") as f:
                if word.encode() in f.read():
                    found[pid] = parent
        except OSError:
            pass
    return [pid for pid, parent in found.items() if parent not in found]


def longest_gap(frames):
    times = [f.time for f in frames]
    return max((b - a for a, b in zip(times, times[1:])), default=0.0)
