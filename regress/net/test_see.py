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

"""What explains: why, trace, the counters of the engine."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

from confgen import instance, settings, vip_of
from lib import (BIN, TOP, VRRPCTL, Keepalived, Lab, Sender, Vrrpd, command,
    wait_until)
from test_scripts import flag_script, touch


@pytest.fixture(name="lab")
def lab_fixture():
    lab = Lab("abt")
    yield lab
    lab.close()


def why(router, name="I51"):
    """Topic and text of each sentence."""
    data = json.loads(router.ctl("why", name, json_out=True).stdout)
    assert data["complete"] and data["schema"] == 1
    row, = data["instances"]
    return row, [(w["topic"], w["text"]) for w in row["why"]]


def said(rows, topic):
    return " ".join(text for t, text in rows if t == topic)


def test_why_backup(lab):
    """A backup with a failing script: its sum, the script's last words, the
    master's adverts, and the time that a take-over really takes."""
    defs, flag = flag_script(lab, "chk", "weight -20")
    command(["/usr/bin/test", "-d", os.path.dirname(flag)])
    defs = defs.replace("/usr/bin/test ! -e " + flag,
        "/bin/ls " + flag + ".not")
    master = Keepalived(lab, "b", settings() + instance(51, prio=150,
        interval="0.5")).start()
    master.wait_state("I51", "MASTER")
    router = Vrrpd(lab, "a", settings() + defs + instance(51,
        "track_script {\nchk\n}", interval="0.5")).start()
    router.wait_state("I51", "BACKUP")

    def known():
        row, rows = why(router)
        return (len(row["master_gaps_s"]) == 4 and row["priority"] == 80 and
            "it said" in said(rows, "tracked"))
    wait_until(known, 10, "the script and four gaps")
    row, rows = why(router)
    text = said(rows, "role")
    assert lab.addr("b") in text and "150" in text and "ours is 80" in text
    assert "80 = 100 configured - 20 script chk." == said(rows, "priority")
    assert re.search(r"last exit 2 .*it said \".*No such file",
        said(rows, "tracked"))
    assert all(0.3 < gap < 2 for gap in row["master_gaps_s"])
    # 3 intervals and a skew of (256 - 80) / 256 of one.
    assert abs(row["master_down_s"] - (1.5 + 0.5 * 176 / 256)) < 0.001
    assert "after the last advertisement (1.50 s and a skew of 0.34 s)" in \
        said(rows, "next")
    due = row["next_timer_s"]
    master.kill_hard()
    router.wait_state("I51", "MASTER")
    _, rows = why(router)
    assert "It is the master and has all of its" in said(rows, "role")
    # It took the role by that deadline, moved by an advert or two.
    row = router.instance("I51")
    assert -0.001 < row["since_s"] - due < 1.5
    for line in router.ctl("why").stdout.splitlines():
        assert len(line) <= 80


def test_why_hold_and_fault(lab):
    other = Vrrpd(lab, "b", settings() + instance(51, prio=200,
        interval="0.2")).start()
    other.wait_state("I51", "MASTER")
    router = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    router.wait_state("I51", "BACKUP")
    wait_until(lambda: router.instance("I51")["master"], 10, "a master")
    router.ctl("takeover", "I51", "for", "60s")
    row, rows = why(router)
    assert re.match(r"takeover was asked for by uid 0 pid \d+, \S+ ago; it "
        r"lasts for another [56]\d\.\d\d s\.$", said(rows, "hold"))
    assert 0 <= row["hold_began_ago_s"] < 20
    assert "254 is advertised because of the takeover" in \
        said(rows, "priority")
    lab.cable("a", False)
    router.wait_state("I51", "FAULT")
    _, rows = why(router)
    assert "e0" in said(rows, "fault")
    assert "would not take its place" in said(rows, "next")
    answer = router.ctl("why", "nobody", check=False)
    assert answer.returncode == 1 and "no instance nobody" in answer.stderr


@pytest.mark.row("042")
def test_engine_counters(lab):
    """Packets that are of no instance are shown somewhere."""
    router = Vrrpd(lab, "a", settings("log_unknown_vrids") + instance(51,
        interval="0.2")).start()
    router.wait_state("I51", "MASTER")

    def counters():
        return router.show("counters")["engine"]
    before = counters()
    sender = Sender(lab)
    sender.send(vrid=77, prio=100)
    sender.send(vrid=78, prio=100)
    wait_until(lambda: counters()["unknown_vrid"] ==
        before["unknown_vrid"] + 2, 10, "two of an unknown VRID")
    now = counters()
    assert now["packets"] >= before["packets"] + 2
    assert now["too_short"] == before["too_short"]
    assert "vrid_errors" not in router.instance("I51")["counters"]
    text = router.ctl("show", "counters").stdout
    assert re.search(r"unknown_vrid +%d$" % now["unknown_vrid"], text, re.M)


def test_trace_replays(lab):
    """A trace of a running daemon, given to the recorded tests' player, goes
    through the same states for the same reasons at the same times and sends
    as many adverts."""
    router = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    other = Vrrpd(lab, "b", settings() + instance(51, prio=200,
        interval="0.2")).start()
    router.wait_state("I51", "BACKUP")
    other.kill_hard()
    router.wait_state("I51", "MASTER")
    router.reload(settings() + instance(51, prio=120, interval="0.2"))
    before = router.instance("I51")["counters"]["adverts_sent"]
    trace = router.ctl("trace", "I51").stdout
    after = router.instance("I51")["counters"]["adverts_sent"]
    assert "; 0 older inputs are gone" in trace
    path = lab.path("trace.in")
    with open(path, "w", encoding="ascii") as f:
        f.write(trace)
    replay = command([os.path.join(BIN, "fsm_test"), path]).stdout
    states, when = [], 0.0
    for line in replay.splitlines():
        if line[0].isdigit():
            when = float(line.split()[0])
        found = re.match(r"\tstate (\w+) was \w+: (\w+)", line)
        if found:
            states.append((found[1], found[2], when))
    data = json.loads(router.ctl("history", "I51", json_out=True).stdout)
    told = [(e["to"], e["reason"], e["at_s"]) for e in data["history"]
        if e["event"] == "state"]
    assert [s[:2] for s in states] == [t[:2] for t in told]
    assert [s[0] for s in states] == ["BACKUP", "MASTER", "BACKUP", "MASTER"]
    for (_, _, ours), (_, _, theirs) in zip(states, told):
        assert abs(ours - theirs) < 0.5
    sent = len(re.findall(r"^\tadvert ", replay, re.M))
    assert before <= sent <= after


def test_trace_from_the_middle(lab):
    """When the oldest inputs are gone, it begins with what the machine was,
    and after a reload each input goes by the configuration of its time."""
    router = Vrrpd(lab, "a", settings() + instance(51,
        interval="0.02")).start()
    router.wait_state("I51", "MASTER")

    def gone():
        trace = router.ctl("trace", "I51").stdout
        return trace if "; 0 older" not in trace else None
    wait_until(gone, 30, "the oldest inputs go", step=0.2)
    router.ctl("takeover", "I51")
    router.reload(settings() + instance(51, prio=120, interval="0.02"))
    router.ctl("resume", "I51")
    wait_until(lambda: re.search(r"RELEASE\n(.*TIMER\n){3}", gone()), 10,
        "some more")
    trace = gone()
    path = lab.path("trace.in")
    with open(path, "w", encoding="ascii") as f:
        f.write(trace)
    replay = command([os.path.join(BIN, "fsm_test"), path]).stdout
    assert re.search("^vr state=MASTER ", trace, re.M)
    sent = re.findall(r"^\tadvert (\d+)", replay, re.M)
    times = len(re.findall(r" TIMER$", trace, re.M))
    assert len(sent) >= times / 2 > 50
    assert list(dict.fromkeys(sent)) == ["100", "254", "120"]
    assert "state " not in replay.replace("vr state", "")


class Monitor:
    """A running "vrrpctl -j monitor" and the events that it has printed."""

    def __init__(self, router, *words):
        self.events = []
        self.proc = subprocess.Popen([VRRPCTL, "-s", router.rundir +
            "/control", "-j", "monitor"] + list(words),
            stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()
        self.wait("begin")

    def read(self):
        for line in self.proc.stdout:
            self.events.append(json.loads(line))

    def wait(self, event, text="", limit=10):
        return wait_until(lambda: [e for e in self.events if
            e["event"] == event and text in e["text"]], limit,
            lambda: "%s %s in %r" % (event, text, self.events))[0]

    def close(self):
        self.proc.kill()
        self.proc.wait()


def test_monitor(lab):
    """What happens is printed as it happens, in order."""
    defs, flag = flag_script(lab, "chk", "weight -20")
    conf = settings() + defs + instance(51, "track_script {\nchk\n}",
        interval="0.2")
    router = Vrrpd(lab, "a", conf).start()
    router.wait_state("I51", "MASTER")
    monitor = Monitor(router)
    only = Monitor(router, "I51")
    try:
        monitor.wait("begin", "1 instance runs")
        touch(flag)
        monitor.wait("track", "script chk is bad (last exit 1)")
        monitor.wait("priority", "80, was 100")
        sender = Sender(lab)
        sender.send(vrid=51, prio=10, addrs=[vip_of(51)])
        monitor.wait("advert", "lower priority 10, ours is 80")
        sender.send(vrid=51, prio=10, addrs=[vip_of(51)], ttl=64)
        monitor.wait("packet", "dropped, from")
        other = Vrrpd(lab, "b", settings() + instance(51, prio=90,
            interval="0.2")).start()
        state = monitor.wait("state", "BACKUP (was MASTER")
        assert state["name"] == "I51" and lab.addr("b") in state["text"]
        router.ctl("takeover", "I51")
        monitor.wait("hold", "takeover by uid 0 pid")
        router.ctl("resume", "I51")
        monitor.wait("hold", "takeover is over: resume")
        router.wait_state("I51", "BACKUP")
        other.stop()
        monitor.wait("advert", lab.addr("b") + " gives up its role")
        router.reload(conf)
        router.reload(conf.replace("router_id 51", "router_id 512"),
            check=False)
        monitor.wait("reload", "configuration")
        monitor.wait("reload", "refused")
        lab.cable("a", False)
        monitor.wait("track", "interface e0 is down")
        for each in (monitor, only):
            each.wait("state", "FAULT (was MASTER")
        times = [e["at_s"] for e in monitor.events]
        assert times == sorted(times)
        assert {e["lost"] for e in monitor.events} == {0}
        assert [e for e in only.events if e["event"] == "state"] == \
            [e for e in monitor.events if e["event"] == "state"]
    finally:
        monitor.close()
        only.close()


def test_monitor_slow_reader(lab):
    """A reader that stops loses lines and is told; the engine goes on."""
    router = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    slow, quick = Monitor(router), Monitor(router)
    try:
        os.kill(slow.proc.pid, signal.SIGSTOP)
        sender = Sender(lab)
        frames = [sender.frame(vrid=51, prio=n, addrs=[vip_of(51)])
            for n in range(1, 90)]
        end = time.monotonic() + 9
        while len(quick.events) < 900 and time.monotonic() < end:
            sender.send(frames[len(quick.events) % len(frames)])
            time.sleep(0.001)
        os.kill(slow.proc.pid, signal.SIGCONT)
        wait_until(lambda: len(slow.events) > 300, 10, "what was queued")
        sender.send(frames[0])
        wait_until(lambda: slow.events[-1]["lost"] > 0, 10, "lost lines")
        assert router.instance("I51")["counters"]["late_wakeups"] == 0
        assert router.state("I51") == "MASTER"
    finally:
        slow.close()
        quick.close()


def message(kind, *strings, head=b""):
    """A request in vrrpctl's own words."""
    with open(os.path.join(TOP, "common/vrrpd.h"), encoding="ascii") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    names = re.findall(r"\w+", re.search(r"enum imsg_type \{(.*?)\}", text,
        re.S)[1].replace("= 0", ""))
    data = head + b"".join(struct.pack("!H", len(s)) + s.encode()
        for s in strings)
    return struct.pack("!HHIII", names.index("IMSG_" + kind),
        16 + len(data), 0, 0, 0) + data


def test_history_is_there_for_who_may(lab):
    """Whoever asks for it all the time over the status socket is refused,
    and nobody is because of that on the other one."""
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.settimeout(5)
    sock.connect(a.rundir + "/status")
    with open(os.path.join(TOP, "common/vrrpd.h"), encoding="ascii") as f:
        version = int(re.search(r"IMSG_VERSION\s+(\d+)", f.read())[1])
    sock.send(message("CTL_HELLO", "x", head=struct.pack("!I", version)))
    refused = 0
    stop = threading.Event()

    def ask():
        nonlocal refused
        end = (message("CTL_END")[:2], message("CTL_RESULT")[:2])
        while not stop.is_set():
            sock.send(message("CTL_SHOW_HISTORY", ""))
            while True:
                answer = sock.recv(4096)
                if answer[:2] in end:
                    break
            refused += answer[:2] == end[1]
    thread = threading.Thread(target=ask)
    sock.recv(4096)
    thread.start()
    try:
        wait_until(lambda: refused > 20, 10, "it is refused")
        for _ in range(5):
            assert a.ctl("history", check=False).returncode == 0
    finally:
        stop.set()
        thread.join()
        sock.close()
    assert a.show()["engine_restarts"] == 0


def test_monitor_unknown(lab):
    router = Vrrpd(lab, "a", settings() + instance(51)).start()
    answer = router.ctl("monitor", "nobody", check=False)
    assert answer.returncode == 1 and "no instance nobody" in answer.stderr


def start_scan(lab, *words):
    """A "vrrpctl -j scan e0" on host a, which listens."""
    proc = subprocess.Popen(["ip", "netns", "exec", lab.name("a"), VRRPCTL,
        "-j", "scan", lab.ifname] + list(words), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)

    def listens():
        with open("/proc/%d/status" % proc.pid, encoding="ascii") as f:
            return "\nUid:\t65534\t65534\t65534\t65534" in f.read()
    wait_until(listens, 10, "root was given up")
    return proc


def end_scan(proc):
    proc.send_signal(signal.SIGINT)
    out, err = proc.communicate(timeout=10)
    assert proc.returncode == 0, err
    return json.loads(out)


def test_scan(lab):
    """What is on the wire is listed: ours, others', good and bad."""
    router = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    peer = Keepalived(lab, "b", settings() + instance(60, prio=200,
        version=2, interval="1")).start()
    peer.wait_state("I60", "MASTER")
    proc = start_scan(lab, "60")
    status = open("/proc/%d/status" % proc.pid, encoding="ascii").read()
    assert "CapEff:\t0000000000000000" in status
    assert "CapPrm:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status and "\nGroups:\t \n" in status
    sender = Sender(lab)
    for _ in range(2):
        sender.send(vrid=70, prio=90, addrs=["10.9.0.70", "10.9.0.71"])
        sender.send(vrid=71, prio=90, addrs=["fe80::71"])
        sender.send(vrid=72, prio=90, addrs=["10.9.0.72"], checksum="bad")
        sender.send(vrid=73, prio=90, addrs=["10.9.0.73"], ttl=64)
        time.sleep(0.6)
    data = end_scan(proc)
    rows = {r["vrid"]: r for r in data["routers"]}
    assert set(rows) == {51, 60, 70, 71, 72, 73}
    assert set(data["free"]) == set(range(1, 256)) - set(rows)
    assert data["took_s"] < 30 and data["complete"]
    assert rows[51]["own"] and rows[51]["interval_s"] == 0.2
    assert rows[51]["source"] == lab.addr("a")
    assert rows[60]["vrrp_version"] == 2 and rows[60]["priority"] == 200
    assert rows[60]["source"] == lab.addr("b") and not rows[60]["own"]
    assert rows[60]["interval_s"] == 1 and rows[60]["checksum_ok"]
    assert rows[60]["addresses"] == [vip_of(60)]
    assert rows[70]["addresses"] == ["10.9.0.70", "10.9.0.71"]
    assert rows[70]["result"] == "ok" and rows[70]["packets"] == 2
    assert rows[71]["family"] == "ipv6" and rows[71]["checksum_ok"]
    assert rows[71]["addresses"] == ["fe80::71"]
    assert "checksum" in rows[72]["result"] and not rows[72]["checksum_ok"]
    assert "TTL" in rows[73]["result"] or "hop" in rows[73]["result"]


def test_scan_hostile(lab):
    """Packets that lie about their lengths, and more routers than fit."""
    proc = start_scan(lab, "60")
    sender = Sender(lab)
    whole = sender.frame(vrid=80, prio=90, addrs=["10.9.0.80"])
    six = sender.frame(vrid=81, prio=90, addrs=["fe80::81"])
    for frame in (whole, six):
        for cut in range(14, len(frame)):
            sender.send(frame[:cut])
        for place in range(14, len(frame)):
            for value in (0, 1, 0x7f, 0xff):
                sender.send(frame[:place] + bytes([value]) +
                    frame[place + 1:])
                time.sleep(0.0002)
    for n in range(1100):
        sender.send(vrid=1 + n % 255, prio=90, addrs=["10.9.0.80"],
            src="10.8.%d.%d" % (n // 250, 1 + n % 250))
        time.sleep(0.0002)
    time.sleep(0.3)
    data = end_scan(proc)
    assert len(data["routers"]) == 1024
    assert data["left_out"] > 0 and data["too_short"] > 0
    assert data["packets"] > 1100


def test_scan_text(lab):
    answer = lab.run("a", VRRPCTL, "scan", lab.ifname, "300ms")
    assert "0 packets in 0.3 s" in answer.stdout
    assert "free: 1-255" in answer.stdout
