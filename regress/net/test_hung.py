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

"""A parent or an engine that hangs: the role goes to who can serve, and no
command tells of an old MASTER or waits for ever."""

import concurrent.futures
import json
import os
import signal
import time

from confgen import instance, settings
from lib import Capture, Vrrpd, kill, stays, wait_until
from test_control import pair
from test_see import Monitor

VIP = "10.9.0.151"
VERBS = ("show", "show instance all", "show counters", "show groups",
    "show interfaces", "show scripts", "show trace I51", "show metrics",
    "show metrics compat", "why", "why I51", "history", "history I51",
    "trace I51", "health", "health live", "health ready",
    "health master I51", "reload", "reload dry-run", "log brief",
    "standby I51", "standby all", "takeover I51", "takeover all",
    "resume I51", "resume all", "maintenance on", "maintenance off")


def all_verbs(router):
    """Status, seconds and complaint of each."""
    def one(verb):
        begun = time.monotonic()
        done = router.ctl(*verb.split(), check=False, limit=40)
        return verb, done.returncode, time.monotonic() - begun, done.stderr
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        return list(pool.map(one, VERBS))


def seen(router):
    """What an answer that ends with a complaint shows."""
    data = json.loads(router.ctl("show", json_out=True, check=False).stdout)
    return data["instances"][0], data["complete"]


def test_parent_hangs(lab):
    """Its addresses are about to be gone: the other router serves, and every
    command complains; with the parent back all is as before."""
    cap = Capture(lab)
    a, b = pair(lab, interval="0.5")
    monitor = Monitor(a)
    begun = time.time()
    try:
        os.kill(a.pid, signal.SIGSTOP)
        b.wait_state("I51", "MASTER", 8)
        cap.wait_advert(2, since=begun, host="a", prio=0)
        lab.wait_holder(VIP, "b", 4)
        row, complete = seen(a)
        assert row["state"] == "FAULT" and not complete
        assert row["reason"] == "the parent process does not answer"
        monitor.wait("state", "the parent process does not answer")
        for verb, status, took, said in all_verbs(a):
            assert status == 1 and took < 5, (verb, status, took, said)
            assert "parent process of vrrpd has not answered for" in said
        assert not cap.adverts(since=cap.adverts(host="b")[0].time, host="a")
    finally:
        os.kill(a.pid, signal.SIGCONT)
        monitor.close()
    b.wait_state("I51", "BACKUP", 8)
    lab.wait_holder(VIP, "a", 3)
    assert a.state("I51") == "MASTER" and a.show()["engine_restarts"] == 0
    causes = [e["cause"] for e in json.loads(a.ctl("history", "I51",
        json_out=True).stdout)["history"]]
    assert "the parent process does not answer" in causes
    assert a.ctl("health").returncode == 0


def test_parent_hangs_without_lease(lab):
    """Addresses that stay are served, but a backup takes none."""
    a = Vrrpd(lab, "a", settings() + instance(51, "vip_lease off",
        interval="0.3") + instance(52, prio=50, interval="0.3") +
        instance(53, version=2, vips=[])).start()
    b = Vrrpd(lab, "b", settings() + instance(52, prio=100,
        interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I52", "MASTER")
    a.wait_state("I52", "BACKUP")
    lab.wait_holder(VIP, "a", 2)
    a.wait_state("I53", "MASTER")
    try:
        os.kill(a.pid, signal.SIGSTOP)
        wait_until(lambda: not seen(a)[1], 8, "it is noticed")
        rows = json.loads(a.ctl("show", json_out=True,
            check=False).stdout)["instances"]
        assert {r["name"]: r["state"] for r in rows} == {"I51": "MASTER",
            "I52": "FAULT", "I53": "MASTER"}
        stays(lambda: seen(a)[0]["state"] == "MASTER" and lab.has("a", VIP),
            2)
    finally:
        os.kill(a.pid, signal.SIGCONT)
    wait_until(lambda: a.ctl("health", check=False).returncode == 0, 5,
        "all is well")


def test_both_hang(lab):
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    try:
        a.freeze()
        for verb, status, took, said in all_verbs(a):
            assert status == 3 and took < 10, (verb, status, took, said)
            assert "does not answer" in said
    finally:
        a.thaw()


def test_engine_hangs(lab):
    """The parent ends it and starts another one; who has asked it for
    something is told, and who asks then gets an answer of the new one."""
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    engine = a.child("vrrpe")
    kill([engine], signal.SIGSTOP)
    begun = time.monotonic()
    for verb in ("show", "health master I51", "standby I51", "history"):
        done = a.ctl(*verb.split(), check=False)
        if a.child("vrrpe") == engine:
            assert done.returncode in (1, 3), (verb, done)
    assert time.monotonic() - begun < 20
    wait_until(lambda: a.child("vrrpe") not in (None, engine), 20,
        "another engine")
    wait_until(lambda: a.ctl("health", check=False).returncode == 0, 10,
        "all is well")
    events = [e["event"] for e in json.loads(a.ctl("history",
        json_out=True).stdout)["history"]]
    assert "engine_hung" in events
