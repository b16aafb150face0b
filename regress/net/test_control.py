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

"""vrrpctl, and what an operator does with the daemon."""

import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from confgen import instance, settings
from lib import KEEPALIVED, VRRPCTL, VRRPD, AddressWatch, Capture, \
    Keepalived, Ping, Vrrpd, command, stays, wait_until

VIP = "10.9.0.151"


def pair(lab, *more, interval="0.5", other=Vrrpd, ours=150, theirs=100):
    a = Vrrpd(lab, "a", settings() + instance(51, *more, prio=ours,
        interval=interval))
    b = other(lab, "b", settings() + instance(51, *[m for m in more
        if other is Vrrpd or m == "nopreempt"], prio=theirs,
        interval=interval))
    high, low = (a, b) if ours > theirs else (b, a)
    high.start()
    high.wait_state("I51", "MASTER")
    low.start()
    low.wait_state("I51", "BACKUP")
    lab.wait_holder(VIP, high.host, 2)
    return a, b


PEERS = [Vrrpd, pytest.param(Keepalived, marks=pytest.mark.skipif(
    not KEEPALIVED, reason="no keepalived"))]


@pytest.mark.parametrize("other", PEERS)
@pytest.mark.parametrize("more", [(), ("nopreempt",)])
def test_standby(lab, other, more):
    """The role is handed over and no ping is lost; resume takes it back
    where preemption is on."""
    cap = Capture(lab)
    a, b = pair(lab, *more, other=other)
    ping = Ping(lab, VIP).wait_answers()
    begun = time.time()
    done = a.ctl("standby", "I51")
    assert done.returncode == 0
    b.wait_state("I51", "MASTER", 3)
    lab.wait_holder(VIP, "b", 2)
    ping.wait_answers()
    assert len(ping.lost(begun)) <= (0 if other is Vrrpd else
        cap.allowed(VIP, "b", begun))
    cap.wait_advert(2, since=begun, host="a", prio=0)
    assert "standby" in a.ctl("show").stdout
    assert re.search("standby", a.log())
    stays(lambda: lab.holders(VIP) == ["b"], 2.5, "b has it")
    begun = time.time()
    assert a.ctl("resume", "I51").returncode == 0
    if more:
        stays(lambda: lab.holders(VIP) == ["b"], 2.5, "b keeps it")
    else:
        a.sync()
        a.wait_state("I51", "MASTER", 5)
        lab.wait_holder(VIP, "a", 2)
    ping.wait_answers()
    assert len(ping.lost(begun)) <= (0 if other is Vrrpd or more else 3)


@pytest.mark.parametrize("other", PEERS)
@pytest.mark.parametrize("more", [(), ("nopreempt",)])
def test_takeover(lab, other, more):
    """A backup takes the role by command, against a higher priority."""
    cap = Capture(lab)
    a, b = pair(lab, *more, other=other, ours=100, theirs=150)
    ping = Ping(lab, VIP).wait_answers()
    begun = time.time()
    assert a.ctl("takeover", "I51").returncode == 0
    a.wait_state("I51", "MASTER", 2)
    b.wait_state("I51", "BACKUP", 2)
    lab.wait_holder(VIP, "a", 2)
    ping.wait_answers()
    lost = ping.lost(begun)
    assert len(lost) <= (0 if other is Vrrpd else 3)
    stays(lambda: lab.holders(VIP) == ["a"], 2.5, "a keeps it")
    assert "takeover" in a.ctl("show").stdout
    begun = time.time()
    assert a.ctl("resume", "I51").returncode == 0
    if not more:
        b.sync()
        b.wait_state("I51", "MASTER", 5)
        lab.wait_holder(VIP, "b", 2)
        ping.wait_answers()
        assert len(ping.lost(begun)) <= (0 if other is Vrrpd else
            cap.allowed(VIP, "b", begun))


def test_standby_for_a_time(lab):
    a, b = pair(lab)
    begun = time.time()
    a.ctl("standby", "I51", "for", "4s")
    b.wait_state("I51", "MASTER", 3)
    a.sync()
    a.wait_state("I51", "MASTER", 10)
    assert time.time() - begun > 3.9
    lab.wait_holder(VIP, "a", 2)


def test_standby_alone(lab):
    """Nobody takes over: the role comes back, and the caller is told."""
    cap = Capture(lab)
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    begun = time.time()
    done = a.ctl("standby", "I51", check=False)
    assert done.returncode != 0
    wait_until(lambda: a.state("I51") == "MASTER", 3, "master again")
    cap.wait_advert(3, since=begun + 0.1, host="a", prio=100)
    wait_until(lambda: lab.has("a", VIP), 1, "the address")


def test_wrong_name(lab):
    a = Vrrpd(lab, "a", settings() + instance(51)).start()
    for verb in ("standby", "takeover", "resume"):
        done = a.ctl(verb, "I99", check=False)
        assert done.returncode == 1 and "I99" in done.stdout + done.stderr
    done = a.ctl("show", "instance", "I99", check=False)
    assert done.returncode == 1 and "I99" in done.stdout + done.stderr


def test_show(lab):
    """A line for each instance, with what one wants to know."""
    a, b = pair(lab)
    text = a.ctl("show").stdout
    line = [l for l in text.split("\n") if "I51" in l][0]
    assert "MASTER" in line and "150" in line and "e0" in line
    wait_until(lambda: re.search(r"I51 .*BACKUP.*10\.9\.0\.1",
        b.ctl("show").stdout), 2, "the master's address")
    detail = a.ctl("show", "instance", "I51").stdout
    assert VIP in detail and "adverts_sent" in detail.replace(" ", "_")
    assert "e0" in a.ctl("show", "interfaces").stdout
    data = json.loads(a.ctl("show", json_out=True).stdout)
    assert data["schema"] >= 1


def test_nobody_there(tmp_path):
    done = command([VRRPCTL, "-s", str(tmp_path / "control"), "show"],
        check=False)
    assert done.returncode == 3
    assert str(tmp_path / "control") in done.stderr


def as_nobody(lab, a, path, *words):
    """vrrpctl by a user without rights."""
    os.chmod(lab.folder, 0o755)
    return lab.run("a", "setpriv", "--reuid=65534", "--regid=65534",
        "--clear-groups", VRRPCTL, "-s", a.rundir + "/" + path, *words,
        check=False)


def reachable(path):
    """Whether a stranger can run a program there."""
    while path != "/":
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


@pytest.mark.skipif(not reachable(VRRPCTL), reason="program out of reach")
def test_rights(lab):
    """Strangers do not reach the control socket; they may look through the
    status socket, and only look."""
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    done = as_nobody(lab, a, "control", "show")
    assert done.returncode == 1 and "ermission" in done.stderr
    done = as_nobody(lab, a, "status", "show")
    assert done.returncode == 0 and "I51" in done.stdout
    for words in (("standby", "I51"), ("reload",), ("log", "verbose")):
        assert as_nobody(lab, a, "status", *words).returncode == 1
    assert a.state("I51") == "MASTER"


def test_log_level(lab):
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    assert a.ctl("log", "verbose").returncode == 0
    assert a.ctl("log", "brief").returncode == 0


def test_rude_clients(lab):
    """Clients that connect and say nothing, or nonsense, harm nobody."""
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    socks = []
    for i in range(40):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.settimeout(1)
        try:
            sock.connect(a.rundir + "/control")
            if i % 2:
                sock.send(os.urandom(64))
        except OSError:
            pass
        socks.append(sock)
    stays(lambda: lab.has("a", VIP), 1)
    for sock in socks:
        sock.close()
    wait_until(lambda: a.ctl("show", check=False).returncode == 0, 5,
        "it answers again")
    assert a.show()["engine_restarts"] == 0


def test_blocked_log(lab):
    """Nobody reads its stderr any more: adverts, reloads and the other
    instance's takeover go on as if nothing was."""
    cap = Capture(lab)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.1"),
        args=["-v"], stderr=writer).start()
    cap.wait_advert(5, host="a")
    for i in range(5):
        assert a.reload(settings() + instance(51, prio=110 + i,
            interval="0.1")).returncode == 0
    since = time.time()
    wait_until(lambda: len(cap.adverts(since=since, host="a")) >= 20, 5,
        "adverts go on")
    times = [f.time for f in cap.adverts(since=since, host="a")]
    assert max(b - a for a, b in zip(times, times[1:])) < 0.2
    assert a.stop(5) == 0
    os.close(reader)
    os.close(writer)


def test_notify_socket(lab):
    """Readiness, reloads and the end, as a service manager hears them."""
    path = lab.path("notify")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(path)
    sock.settimeout(10)
    heard = []

    def until(word):
        while not any(word in text for text in heard):
            heard.append(sock.recv(4096).decode())
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.1"),
        env={"NOTIFY_SOCKET": path}).start(ready=False)
    until("READY=1")
    until("STATUS=")
    assert a.ctl("show").returncode == 0
    heard.clear()
    a.ctl("reload")
    until("RELOADING=1")
    until("READY=1\nSTATUS=reloaded")
    heard.clear()
    until("STATUS=1 master, 0 backup, 0 fault or init")
    a.write_conf("nonsense {\n")
    assert a.ctl("reload", check=False).returncode == 1
    until("READY=1\nSTATUS=")
    heard.clear()
    until("STATUS=1 master, 0 backup, 0 fault or init")
    a.send_signal(signal.SIGTERM)
    until("STOPPING=1")
    assert a.wait_exit(5) == 0
    sock.close()


def test_background(lab):
    """Without -d it detaches when it is ready, leaves its pid file, and
    the file goes with it."""
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2"))
    a.args.remove("-d")
    a.start(ready=False)
    assert a.wait_exit(10) == 0
    pidfile = a.rundir + "/vrrpd.pid"
    with open(pidfile, encoding="ascii") as f:
        pid = int(f.read())
    wait_until(lambda: lab.has("a", VIP), 5, "the address")
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not os.path.exists(pidfile), 5, "no pid file")
    wait_until(lambda: not lab.processes("a"), 5, "no process")
    assert not lab.has("a", VIP)


def test_clear_leftovers(lab):
    """vrrpd -z: what a killed daemon left is taken away."""
    a = Vrrpd(lab, "a", settings() + instance(51, "vip_lease off",
        interval="0.1")).start()
    wait_until(lambda: lab.has("a", VIP), 5, "the address")
    a.kill_hard()
    assert lab.has("a", VIP)
    done = lab.run("a", VRRPD, "-z", "-f", a.conf, "-r", a.rundir,
        check=False)
    assert done.returncode == 0
    assert not lab.has("a", VIP)


def test_no_pings_are_lost_at_reload(lab):
    watch = AddressWatch(lab, "a")
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    wait_until(lambda: lab.has("a", VIP), 5, "the address")
    ping = Ping(lab, VIP).wait_answers()
    begun = time.time()
    for prio in (120, 90, 200):
        a.reload(settings() + instance(51, prio=prio, interval="0.2"))
    ping.wait_answers()
    assert not ping.lost(begun) and len(watch.spans(VIP)) == 1


def test_storm_of_hups(lab):
    """Hundreds of reloads in a second: nobody notices, and the engine that
    tells of its instance after each is no offender."""
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.5")).start()
    a.wait_state("I51", "MASTER")
    lab.wait_holder(VIP, "a", 2)
    watch = AddressWatch(lab, "a")
    engine = a.child("vrrpe")
    a.sync()
    for count in range(250):
        a.send_signal(signal.SIGHUP)
        wait_until(lambda n=count: a.log(a.mark).count("reloaded: ") > n, 5,
            "a reload")
    assert a.child("vrrpe") == engine
    assert a.state("I51") == "MASTER" and not watch.of(VIP, added=False)


def test_tabs_in_a_refused_line(lab):
    """A client shows no control characters, so it gets none."""
    a = Vrrpd(lab, "a", settings() + instance(51)).start()
    done = a.reload(settings() + instance(51, "\tinterface\tx/y"), check=False)
    assert done.returncode == 1
    assert re.search(r"\n {5,}interface x/y\n {5,}\^\n",
        done.stderr), done.stderr
    assert "\\" not in done.stderr


def test_not_root(lab):
    """Plain words when it is not started by root."""
    if not reachable(VRRPD):
        pytest.skip("program out of reach")
    conf = lab.write("x.conf", settings() + instance(51))
    done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534",
        "--clear-groups", VRRPD, "-d", "-f", conf, "-r", lab.path("r")],
        capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 1 and "root" in done.stderr


@pytest.mark.parametrize("text", ["vrrp_instance I {\n",
    "vrrp_instance I {\ninterface e0\nvirtual_router_id 300\n}\n"])
def test_bad_configuration(lab, text):
    """It does not start, says where, and -n says the same."""
    conf = lab.write("bad.conf", text)
    start = lab.run("a", VRRPD, "-d", "-f", conf, "-r", lab.path("r"),
        check=False)
    check = lab.run("a", VRRPD, "-n", "-f", conf, check=False)
    assert start.returncode == 1 and check.returncode == 1
    assert re.search(r"bad\.conf:\d+:\d+", start.stderr)
    assert re.search(r"bad\.conf:\d+:\d+", check.stderr)
