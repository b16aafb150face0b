#!/usr/bin/python3
#
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

"""What clients notice of a planned change, measured: "handover.py [-n TIMES]
[-i INTERVAL] [--vmac] [vrrpd] [keepalived]", as root.

A client sends an echo request every millisecond to the address that two
routers share and another one to a host behind them; the host's way back leads
over a second shared address, and both are one sync group. Then the role goes
to and fro, by standby, takeover and a clean stop. The table has for each kind
and direction: how often, how many requests to each of the two were lost, the
longest time in which what was sent got no answer, the slowest answer (which
is the machine's doing, if nothing was lost), for how long both routers held
the address, and the time from the command to the first advertisement of the
new master.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from confgen import block, instance, settings  # noqa: E402
from lib import (KEEPALIVED, AddressWatch, Capture, Keepalived, Lab,  # noqa
    Vrrpd, wait_until)

VIP, BEHIND = "10.9.0.151", "10.8.0.151"
HOST = "10.8.0.4"
PINGER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pinger.py")
EVERY = 0.001
# A request may be on its way when it begins; what belongs to it is over then.
BEFORE, AFTER = 0.02, 0.25


def road():
    """Client t, routers a and b, host c behind them."""
    lab = Lab("abtc", second=True)
    lab.ip("t", "link set f0 down", "route add 10.8.0.0/24 via " + VIP)
    lab.ip("c", "link set e0 down", "route add 10.9.0.0/24 via " + BEHIND)
    for host in "ab":
        lab.sysctl(host, "ipv4/ip_forward", 1)
        for where in ("all", "default", "e0", "f0"):
            lab.sysctl(host, "ipv4/conf/%s/rp_filter" % where, 0)
            lab.sysctl(host, "ipv4/conf/%s/send_redirects" % where, 0)
    return lab


def conf(prio, interval, *more):
    """I51 before, I52 behind, in group G; nobody takes the role back."""
    return settings() + block("vrrp_sync_group G", "group {", "I51", "I52",
        "}") + "\n" + instance(51, "nopreempt", *more, prio=prio,
        interval=interval, vips=[VIP]) + instance(52, "nopreempt", *more,
        prio=prio, interval=interval, vips=[BEHIND], dev="f0")


class Pinger:
    """pinger.py on host t, from now to end()."""

    def __init__(self, lab):
        self.proc = subprocess.Popen(["ip", "netns", "exec", lab.name("t"),
            sys.executable, PINGER, str(EVERY), VIP, HOST],
            stdout=subprocess.PIPE, text=True)
        assert self.proc.stdout.readline() == "ready\n"

    def end(self):
        self.proc.terminate()
        out, _ = self.proc.communicate(timeout=60)
        return json.loads(out)

    def close(self):
        self.proc.kill()
        self.proc.wait()
        self.proc.stdout.close()


class Change:
    """One hand-over: when it was asked for and what was seen of it."""

    def __init__(self, kind, old, new):
        self.kind = kind
        self.old = old
        self.new = new
        self.begun = time.time()
        self.done = self.took = self.overlap = self.covered = None

    def window(self, rows):
        return [r for r in rows if
            self.begun - BEFORE <= r[0] <= self.done + AFTER]

    def lost(self, rows):
        return sum(1 for _, heard in self.window(rows) if heard is None)

    def outage(self, rows):
        """The longest time in which what was sent got no answer."""
        longest, since = 0.0, None
        for sent, heard in self.window(rows):
            if heard is None:
                since = since or sent
            elif since is not None:
                longest, since = max(longest, sent - since), None
        return longest

    def slowest(self, rows):
        return max((heard - sent for sent, heard in self.window(rows)
            if heard is not None), default=0.0)


class Bench:
    """Two routers; a is vrrpd, b is it or keepalived."""

    def __init__(self, peer, interval, *more):
        self.lab = road()
        self.changes = []
        self.answers = {}
        self.vmac = "use_vmac" in more
        try:
            self.cap = Capture(self.lab)
            self.behind = Capture(self.lab, "c", "f0")
            self.watch = {h: AddressWatch(self.lab, h) for h in "ab"}
            self.routers = {"a": Vrrpd(self.lab, "a", conf(150, interval,
                *more)), "b": peer(self.lab, "b", conf(100, interval, *more))}
            self.routers["a"].start()
            self.settle("a", None)
            self.routers["b"].start()
            self.settle("a", "b")
            # Nobody asks for a MAC meanwhile, and the path is known.
            self.pinger = Pinger(self.lab)
            self.lab.closing.append(self.pinger)
            self.ours = peer is Vrrpd
        except BaseException:
            self.lab.close()
            raise

    def close(self):
        self.lab.close()

    def settle(self, new, old):
        for host, state in ((new, "MASTER"), (old, "BACKUP")):
            for name in ("I51", "I52") if host else ():
                self.routers[host].wait_state(name, state, 15)
        for vip in (VIP, BEHIND):
            self.lab.wait_holder(vip, new, 5)
        time.sleep(0.1)     # of the old one's scripts and announcements

    def change(self, kind, old, new, act):
        """act() moves the role; the change is noted when it has settled."""
        router = self.routers
        for host in {old, new} if kind != "stop" else {new}:
            router[host].sync()
        change = Change(kind, old, new)
        act()
        # By its address: with a virtual MAC both have the same.
        first = self.cap.wait_advert(10, since=change.begun,
            src=self.lab.addr(new))
        if kind == "stop":
            self.settle(new, None)
        else:
            self.settle(new, old)
        change.done = time.time()
        change.took = first.time - change.begun
        came = self.watch[new].of(VIP, added=True, since=change.begun)[0]
        gone = self.watch[old].of(VIP, added=False, since=change.begun)[0]
        change.overlap = gone - came
        change.covered = min(self.covered(vip, change, cap) for vip, cap in
            ((VIP, self.cap), (BEHIND, self.behind)))
        self.changes.append(change)

    def covered(self, vip, change, cap):
        """How long the old one has the address yet when the new one tells
        that it has it; the time a client needs to hear of it."""
        source = self.lab.addr(change.new)
        if cap is self.behind:
            source = source.replace("10.9.", "10.8.")
        # With a virtual MAC the advertisement says it to the switch.
        told = cap.wait(lambda: cap.adverts(change.begun, src=source)
            if self.vmac else cap.garps(vip, change.begun), 5,
            "an announcement of " + vip)
        gone = self.watch[change.old].of(vip, added=False,
            since=change.begun)
        return gone[0] - told.time

    def order(self, verb, host, old, new):
        self.change(verb, old, new,
            lambda: self.routers[host].ctl(verb, "G"))
        self.routers[host].ctl("resume", "G")

    def stop(self, old, new):
        self.change("stop", old, new, lambda: self.routers[old].stop())
        self.routers[old].sync()
        self.routers[old].start()
        self.settle(new, old)

    def turn(self):
        """To and fro once in each of the three ways."""
        self.order("standby", "a", "a", "b")
        if self.ours:
            self.order("standby", "b", "b", "a")
            self.order("takeover", "b", "a", "b")
        self.order("takeover", "a", "b", "a")
        self.stop("a", "b")
        if self.ours:
            self.stop("b", "a")
        else:
            self.routers["a"].ctl("takeover", "G")
            self.settle("a", "b")
            self.routers["a"].ctl("resume", "G")

    def run(self, times):
        for _ in range(times):
            self.turn()
        self.answers = self.pinger.end()
        return self

    def rows(self):
        """A dictionary for each kind and direction, in order."""
        out = {}
        for c in self.changes:
            out.setdefault((c.kind, c.old, c.new), []).append(c)
        for (kind, old, new), all_of in out.items():
            took = [c.took for c in all_of]
            overlap = [c.overlap for c in all_of]
            yield {"kind": kind, "old": old, "new": new, "n": len(all_of),
                "lost": sum(c.lost(self.answers[VIP]) for c in all_of),
                "lost_behind": sum(c.lost(self.answers[HOST])
                    for c in all_of),
                "outage": max(c.outage(self.answers[a]) for c in all_of
                    for a in (VIP, HOST)),
                "slowest": max(c.slowest(self.answers[a]) for c in all_of
                    for a in (VIP, HOST)),
                "overlap": (min(overlap), statistics.median(overlap)),
                "took": (statistics.median(took), max(took))}


HEAD = ("%-10s %-8s %-6s %3s %6s %6s %7s %7s %15s %17s" % ("peer", "by",
    "way", "n", "lost", "lost", "outage", "answer", "overlap, ms",
    "new master, ms"), "%-30s %6s %6s %7s %7s %7s %7s %8s %8s" % ("", "to it",
    "behind", "ms", "ms", "least", "median", "median", "longest"))


def line(peer, row):
    return "%-10s %-8s %s -> %s %3d %6d %6d %7.1f %7.1f %7.1f %7.1f %8.1f " \
        "%8.1f" % (peer, row["kind"], row["old"], row["new"], row["n"],
        row["lost"], row["lost_behind"], row["outage"] * 1000,
        row["slowest"] * 1000, row["overlap"][0] * 1000,
        row["overlap"][1] * 1000, row["took"][0] * 1000,
        row["took"][1] * 1000)


def main():
    args = argparse.ArgumentParser(description="planned changes, measured")
    args.add_argument("-n", type=int, default=20, help="times each way")
    args.add_argument("-i", default="1", help="advert_int, seconds")
    args.add_argument("--vmac", action="store_true", help="with use_vmac")
    args.add_argument("peer", nargs="*", help="vrrpd, keepalived")
    args = args.parse_args()
    peers = {"vrrpd": Vrrpd, "keepalived": Keepalived}
    names = args.peer or [n for n in peers if n == "vrrpd" or KEEPALIVED]
    more = ("use_vmac",) if args.vmac else ()
    print("\n".join(HEAD), flush=True)
    lost = 0
    for name in names:
        bench = Bench(peers[name], args.i, *more)
        try:
            for row in bench.run(args.n).rows():
                print(line(name, row), flush=True)
                lost += row["lost"] + row["lost_behind"]
        finally:
            bench.close()
    return 1 if lost else 0


if __name__ == "__main__":
    if os.getuid() != 0:
        sys.exit("handover.py: must be root")
    sys.exit(main())
