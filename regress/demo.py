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

"""Shows VRRP at work on this one machine: two routers and a client in three
network namespaces, on the shipped configuration. "make demo" runs it.

Exits 0 when all of it happened as it should.
"""

import os
import re
import signal
import sys
import threading
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "regress/net"))

import lib  # noqa: E402
from lib import wait_until  # noqa: E402

CONF = os.path.join(TOP, "conf/vrrpd.conf")
NAMES = {"a": "A", "b": "B", "t": "client"}
COLOURS = {"MASTER": "1;32", "BACKUP": "33", "FAULT": "1;31", "dead": "1;31",
    "stopped": "36", "head": "1", "note": "36", "bad": "1;31", "good": "1;32"}


class Screen:
    """Columns: time, router A, router B, what happened."""

    def __init__(self):
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.lock = threading.Lock()
        self.begun = time.time()
        self.waiting = []       # (when, text) of events

    def paint(self, text, name):
        code = COLOURS.get(name)
        if not self.colour or code is None:
            return text
        return "\033[%sm%s\033[0m" % (code, text)

    def line(self, text=""):
        """Printed after all events of before."""
        self.flush(time.time())
        with self.lock:
            print(text, flush=True)

    def flush(self, until):
        """Events come from several sources, a little late and not in
        order."""
        with self.lock:
            ready = sorted(e for e in self.waiting if e[0] <= until)
            self.waiting = [e for e in self.waiting if e[0] > until]
            for _, text in ready:
                print(text, flush=True)

    def heading(self, text):
        self.line()
        self.line(self.paint("== " + text, "head"))

    def columns(self):
        self.line(self.paint("%8s  %-10s%-10s%s" % ("seconds", "router A",
            "router B", "on the wire, at the client"), "head"))

    def event(self, when, host="", state="", text=""):
        cells = {"a": " " * 10, "b": " " * 10}
        if host in cells and state:
            cells[host] = self.paint("%-10s" % state, state)
        with self.lock:
            self.waiting.append((when, ("%8.3f  %s%s%s" % (when - self.begun,
                cells["a"], cells["b"], text)).rstrip()))


class Story:
    """Looks at logs, packets and pings, and tells what changes."""

    def __init__(self, screen, lab, instance, vip):
        self.screen = screen
        self.lab = lab
        self.vip = vip
        self.pattern = re.compile(r"^([\d-]+ [\d:]+)(\.\d+) .*"
            r"\(%s\) Entering (\w+) STATE(?: \((.*)\))?" %
            re.escape(instance), re.M)
        self.capture = lib.Capture(lab)
        self.ping = None
        self.logs = []          # [daemon, how far it is read]
        self.seen = 0           # frames
        self.said = {}          # router: last priority that was told
        self.burst = (None, 0.0)
        self.silent = None
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.body, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.stopped.set()
        self.thread.join()

    def watch(self, daemon):
        self.logs.append([daemon, 0])

    def body(self):
        while not self.stopped.wait(0.005):
            self.read_logs()
            self.read_wire()
            self.read_pings()
            self.screen.flush(time.time() - 0.05)

    def read_logs(self):
        for entry in self.logs:
            daemon, start = entry
            text = daemon.log(start)
            whole, _, _ = text.rpartition("\n")
            if not whole:
                continue
            entry[1] += len(whole.encode()) + 1
            for date, part, state, why in self.pattern.findall(whole):
                when = time.mktime(time.strptime(date,
                    "%Y-%m-%d %H:%M:%S")) + float(part)
                self.screen.event(when, daemon.host, state,
                    "%s: %s" % (NAMES[daemon.host], why) if why else "")

    def who(self, smac):
        for host in "abt":
            if self.lab.mac(host) == smac:
                return host
        return "?"

    def read_wire(self):
        frames = self.capture.frames
        while self.seen < len(frames):
            frame = frames[self.seen]
            self.seen += 1
            host = self.who(frame.smac)
            if host not in "ab":
                continue
            if frame.kind == "vrrp":
                self.tell_advert(host, frame)
            elif frame.kind == "garp" and frame.sender == self.vip:
                self.tell_garp(host, frame)

    def tell_advert(self, host, frame):
        for other in list(self.said):
            if other != host and frame.prio != 0:
                del self.said[other]
        if self.said.get(host) == frame.prio:
            return
        self.said[host] = frame.prio
        text = "%s > %s: I am master, priority %d" % (NAMES[host], frame.dst,
            frame.prio)
        if frame.prio == 0:
            text = "%s > %s: priority 0, I leave" % (NAMES[host], frame.dst)
        self.screen.event(frame.time, text=text)

    def tell_garp(self, host, frame):
        """The first of a burst is enough."""
        last_host, last_time = self.burst
        self.burst = (host, frame.time)
        if last_host == host and frame.time - last_time < 6:
            return
        self.screen.event(frame.time, text="%s > all: %s is at %s" %
            (NAMES[host], self.vip, frame.smac))

    def read_pings(self):
        ping = self.ping
        if ping is None or not ping.heard:
            return
        last = max(ping.heard.values())
        now = time.time()
        if self.silent is None and now - last > 0.15:
            self.silent = last
            self.screen.event(now, text=self.screen.paint(
                "client: no answer from %s any more" % self.vip, "bad"))
        elif self.silent is not None and last > self.silent:
            self.screen.event(last, text=self.screen.paint(
                "client: answered again after %.0f ms" %
                ((last - self.silent) * 1000), "good"))
            self.silent = None


class Demo:
    def __init__(self):
        self.screen = Screen()
        self.results = []
        with open(CONF, encoding="utf-8") as f:
            self.text = f.read()
        self.instance = self.find(r"vrrp_instance\s+(\S+)")
        self.script = self.find(r"vrrp_script\s+(\S+)")
        self.vip = self.find(r"virtual_ipaddress\s*\{\s*([\d.]+)")
        self.prio = int(self.find(r"\n\s*priority\s+(\d+)"))
        self.lab = lib.Lab(ifname=self.find(r"\n\s*interface\s+(\S+)"))
        self.story = None
        self.a = self.b = None

    def find(self, regex):
        found = re.search(regex, self.text)
        if not found:
            raise SystemExit("demo: %s holds nothing like %s" % (CONF, regex))
        return found.group(1)

    def flag(self, host):
        """While this file is there the router's check fails."""
        return self.lab.path("broken-" + host)

    def conf(self, host):
        """The shipped file; the second router has one less priority and is
        called a backup, and the check can be made to fail."""
        text = re.sub(r'(\n\s*script\s+)("[^"]*"|\S+)',
            r'\1"/usr/bin/test ! -e %s"' % self.flag(host), self.text)
        if host == "b":
            text = re.sub(r"(\n\s*priority\s+)\d+", r"\g<1>%d" %
                (self.prio - 1), text)
            text = re.sub(r"(\n\s*state\s+)MASTER", r"\1BACKUP", text)
        return text

    def router(self, host):
        daemon = lib.Vrrpd(self.lab, host, self.conf(host))
        self.story.watch(daemon)
        return daemon

    def subnet(self):
        """The virtual address is of a network that all hosts are on."""
        base = self.vip.rsplit(".", 1)[0]
        if base in ("10.9.0", "192.168.10"):
            return
        for number, host in enumerate("abt", 2):
            self.lab.ip(host, "address add %s.%d/24 dev %s" % (base,
                number + 200, self.lab.ifname))

    def report(self, what, good, figures=""):
        self.results.append((what, good, figures))
        mark = self.screen.paint("ok", "good") if good else \
            self.screen.paint("NOT AS IT SHOULD BE", "bad")
        self.screen.line("%10s%s: %s%s" % ("", what, mark,
            "; " + figures if figures else ""))

    def show(self, daemon):
        self.screen.line()
        self.screen.line(self.screen.paint("%s$ vrrpctl show" %
            NAMES[daemon.host], "note"))
        for line in daemon.ctl("show").stdout.rstrip().split("\n"):
            self.screen.line("  " + line)
        self.screen.line()

    def master(self, host, limit=15):
        """Waits until exactly this router holds the address."""
        try:
            self.lab.wait_holder(self.vip, host, limit)
            return True
        except lib.Timeout:
            return False

    def protocol_ms(self):
        """Three intervals and the skew of B."""
        interval = float(self.find(r"\n\s*advert_int\s+([\d.]+)"))
        return 1000 * interval * (3 + (256 - (self.prio - 1)) / 256)

    def lost(self, since):
        return len(self.story.ping.lost(since))

    # The acts.

    def opening(self):
        text = """
   router A ----+                 A and B share one address, %s.
   10.9.0.1     |                 The master holds it and says so once a
   priority %-4d|                 second; the backup listens. When the
                +---- client      master falls silent, the backup takes the
   router B ----+                 address, and tells the network where it is
   10.9.0.2                       now. The client pings it every 10 ms.
   priority %-4d
""" % (self.vip, self.prio, self.prio - 1)
        self.screen.line("\n".join(l.rstrip() for l in text.split("\n")[:-1]))
        self.screen.heading("Both routers start")
        self.screen.columns()
        self.screen.begun = time.time()
        self.story.start()
        self.a = self.router("a").start()
        self.b = self.router("b").start()
        good = self.master("a")
        self.story.ping = lib.Ping(self.lab, self.vip)
        self.story.ping.wait_answers()
        self.report("A has the higher priority and is master", good)
        self.show(self.a)

    def murder(self):
        self.screen.heading("All processes of A are killed (kill -9)")
        died = self.a.kill_hard()
        self.screen.event(died, "a", "dead", "A is gone without a word")
        answers = self.story.ping.answered()
        good = self.master("b")
        wait_until(lambda: self.story.ping.answered(died) > 5 or
            self.story.ping.answered() > answers + 50, 10, "answers")
        heard = self.story.capture.adverts(since=died, host="b")
        garps = self.story.capture.garps(self.vip, since=died,
            smac=self.lab.mac("b"))
        taken = (heard[0].time - died) * 1000 if heard else -1
        told = (garps[0].time - heard[0].time) * 1000 if garps and heard \
            else -1
        last = self.story.capture.adverts(host="a")[-1].time
        over = (heard[0].time - last) * 1000 - self.protocol_ms() if heard \
            else -1
        lost = self.lost(died)
        self.report("B took over", good and bool(heard) and bool(garps) and
            taken < 5000, "%.0f ms after the kill, %d pings of 10 ms lost" %
            (taken, lost))
        self.report("The protocol asks for %.1f ms of silence" %
            self.protocol_ms(), abs(over) < 100, "B took %.1f ms more, and "
            "%.1f ms to tell the network" % (over, told))
        self.report("nothing is left on A (its address was leased)",
            not self.lab.has("a", self.vip))
        self.show(self.b)

    def back(self):
        self.screen.heading("A comes back, and takes its role (preemption)")
        begun = time.time()
        self.a = self.router("a").start()
        good = self.master("a")
        lost = self.lost(begun)
        self.report("A is master again", good, "%d pings lost" % lost)

    def check_fails(self):
        self.screen.heading("The service on A fails its check (script %s)" %
            self.script)
        begun = time.time()
        with open(self.flag("a"), "w", encoding="ascii"):
            pass
        good = self.master("b", 20)
        lost = self.lost(begun)
        self.report("A lowered its priority, B is master", good,
            "after %.1f s, %d pings lost" % (time.time() - begun, lost))
        self.show(self.a)

    def check_heals(self):
        self.screen.heading("The service on A is healthy again")
        begun = time.time()
        os.unlink(self.flag("a"))
        good = self.master("a", 20)
        lost = self.lost(begun)
        self.report("A has its priority back and is master", good,
            "after %.1f s, %d pings lost" % (time.time() - begun, lost))

    def standby(self):
        self.screen.heading("A is to be worked on: vrrpctl standby %s" %
            self.instance)
        begun = time.time()
        done = self.a.ctl("standby", self.instance, check=False)
        good = self.master("b") and done.returncode == 0
        lost = self.lost(begun)
        self.screen.line("  " + (done.stdout + done.stderr).strip())
        self.report("A has handed over", good and lost == 0,
            "%d pings lost" % lost)
        self.screen.heading("The work is done: vrrpctl resume %s" %
            self.instance)
        begun = time.time()
        done = self.a.ctl("resume", self.instance, check=False)
        good = self.master("a") and done.returncode == 0
        self.report("A is master again", good, "%d pings lost" %
            self.lost(begun))

    def clean_stop(self):
        self.screen.heading("A is stopped in good order")
        begun = time.time()
        self.a.send_signal(signal.SIGTERM)
        good = self.master("b")
        status = self.a.wait_exit(10)
        self.screen.event(time.time(), "a", "stopped", "A exits, status %d" %
            status)
        lost = self.lost(begun)
        heard = self.story.capture.adverts(since=begun, host="b")
        taken = (heard[0].time - begun) * 1000 if heard else -1
        self.report("B took over", good and status == 0 and lost == 0,
            "after %.0f ms, %d pings lost" % (taken, lost))
        self.show(self.b)
        self.report("B leaves nothing behind", self.b.stop() == 0 and
            not self.lab.holders(self.vip))

    def play(self):
        self.subnet()
        self.story = Story(self.screen, self.lab, self.instance, self.vip)
        try:
            for act in (self.opening, self.murder, self.back,
                    self.check_fails, self.check_heals, self.standby,
                    self.clean_stop):
                act()
        except (AssertionError, RuntimeError) as e:
            self.report("the demonstration went on", False, str(e))
        finally:
            self.story.stop()
        return self.closing()

    def closing(self):
        self.screen.heading("Summary")
        for what, good, figures in self.results:
            self.screen.line("  %-7s %s%s" % ("ok" if good else "FAILED",
                what, ": " + figures if figures else ""))
        bad = sum(1 for _, good, _ in self.results if not good)
        self.screen.line()
        self.screen.line("%d of %d as it should be, %.0f s" %
            (len(self.results) - bad, len(self.results),
                time.time() - self.screen.begun))
        return 1 if bad else 0


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    if os.getuid() != 0:
        print("demo: must be root, for network namespaces", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        return Demo().play()
    except KeyboardInterrupt:
        print("\ndemo: interrupted, cleaning up", file=sys.stderr)
        return 130
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        lib.close_all()


if __name__ == "__main__":
    sys.exit(main())
