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


"""A reload that is to be confirmed, and goes back by itself otherwise."""

import json
import os
import signal
import subprocess
import time

from confgen import instance, script, settings
from lib import AddressWatch, Capture, VRRPCTL, Vrrpd, kill, wait_until
from test_see import Monitor
from test_syslog import LogReader

VIP = "10.9.0.151"
MORE = "10.9.0.171"
INTERVAL_S = 0.1


def conf(lab, *extra, which="one", prio=150):
    return settings() + script(which, "/usr/bin/test -d " + lab.folder,
        interval="0.3") + instance(51, "track_script {\n%s\n}" % which,
        prio=prio, interval="0.1", vips=[VIP] + list(extra))


def events(router):
    return [row["event"] for row in json.loads(router.ctl("history",
        json_out=True).stdout)["history"]]


def runs_old(lab, router):
    """What the first configuration said is what is there."""
    return lab.has("a", VIP) and not lab.has("a", MORE) and [row["name"]
        for row in router.show("scripts")["scripts"]] == ["one"]


def start(lab, **more):
    router = Vrrpd(lab, "a", conf(lab), **more).start()
    router.wait_state("I51", "MASTER")
    lab.wait_holder(VIP, "a", 2)
    return router


def test_rolls_back(lab):
    """Nobody confirms: the old configuration comes back, with its scripts,
    and the service goes on all the time."""
    cap, watch = Capture(lab), AddressWatch(lab, "a")
    a = start(lab)
    monitor = Monitor(a)
    try:
        begun = time.time()
        a.write_conf(conf(lab, MORE, which="two", prio=140))
        done = a.ctl("reload", "--confirm", "2s")
        assert "1 changed" in done.stdout and "confirm" in done.stdout
        assert 0 < a.show()["confirm_in_s"] <= 2
        assert "UNCONFIRMED, rolled back in" in a.ctl("show").stdout
        assert "vrrp_config_unconfirmed 1" in a.ctl("show", "metrics").stdout
        wait_until(lambda: lab.has("a", MORE), 2, "the new address")
        generation = a.show()["generation"]
        # What would make it permanent by mistake is refused.
        done = a.ctl("reload", check=False)
        assert done.returncode == 1 and "vrrpctl rollback" in done.stderr
        a.send_signal(signal.SIGHUP)
        a.wait_log("refused, nothing changed: the last reload waits")
        assert a.show()["generation"] == generation
        assert a.ctl("reload", "--dry-run").returncode == 0
        # The file that is refused does not end the waiting.
        a.write_conf("vrrp_instance I51 {\n")
        done = a.ctl("reload", "--confirm", "60s", check=False)
        assert done.returncode == 1 and a.show()["confirm_in_s"] is not None
        wait_until(lambda: runs_old(lab, a), 10, "the old one")
        took = time.time() - begun
        assert took >= 1.9
        assert a.show()["confirm_in_s"] is None
        assert "UNCONFIRMED" not in a.ctl("show").stdout
        assert events(a)[-2:] == ["not_confirmed", "rolled_back"]
        assert "confirm_wanted" in events(a)
        monitor.wait("reload", "waits for \"vrrpctl confirm\"")
        monitor.wait("reload", "refused, nothing changed")
        monitor.wait("reload", "rolled back: 0 added, 1 changed")
        a.wait_log("nobody confirmed configuration")
    finally:
        monitor.close()
    cap.wait_advert(2, since=time.time(), host="a", prio=150)
    frames = cap.adverts(host="a", since=begun)
    assert {f.prio for f in frames} == {150, 140}
    times = [f.time for f in frames]
    assert max(y - x for x, y in zip(times, times[1:])) < 3 * INTERVAL_S
    assert a.entered("I51", "MASTER") == 1
    assert len(watch.spans(VIP)) == 1
    # The file is as it was: a reload tries it again.
    done = a.ctl("reload", check=False)
    assert done.returncode == 1 and "error" in done.stderr
    for word in ("confirm", "rollback"):
        done = a.ctl(word, check=False)
        assert done.returncode == 1 and "no reload waits" in done.stderr
        # Nor does the log tell that it was done.
        a.wait_log(r"%s by uid 0 .* refused: no reload waits" % word)
    assert a.ctl("reload", "--confirm", check=False).returncode == 2
    assert a.ctl("reload", "--confirm", "2d", check=False).returncode == 1


def test_confirm_and_again(lab):
    """Confirmed it stays; a second one before that goes back to what was
    confirmed last; rollback does not wait."""
    manager = LogReader(lab)
    a = start(lab, env={"NOTIFY_SOCKET": manager.path})
    a.write_conf(conf(lab, MORE))
    a.ctl("reload", "--confirm", "10s")
    wait_until(lambda: lab.has("a", MORE), 2, "the address")
    manager.wait("^STATUS=1 master.*; a reload waits to be confirmed$")
    a.ctl("confirm")
    mark = len(manager.read())
    manager.wait("^STATUS=1 master, 0 backup, 0 fault or init$", start=mark)
    a.write_conf(conf(lab))
    a.ctl("reload", "--confirm", "1s")
    a.write_conf(conf(lab, MORE))
    a.ctl("reload", "--confirm", "1s")
    a.ctl("confirm")
    assert events(a)[-1] == "confirmed"
    at = time.time()
    wait_until(lambda: time.time() > at + 1.3, 3, "past its time")
    assert lab.has("a", MORE) and a.show()["confirm_in_s"] is None

    a.write_conf(conf(lab, "10.9.0.172"))
    a.ctl("reload", "--confirm", "60s")
    a.write_conf(conf(lab, "10.9.0.173", which="two"))
    a.ctl("reload", "--confirm", "90s")
    assert a.show()["confirm_in_s"] > 60
    wait_until(lambda: lab.has("a", "10.9.0.173"), 2, "the third")
    # An engine that dies does not know, and must.
    old = a.child("vrrpe")
    kill([old])
    wait_until(lambda: a.child("vrrpe") not in (None, old), 5, "another")
    a.wait_ready()
    assert a.show()["confirm_in_s"] > 60
    done = a.ctl("rollback")
    assert "rolled back: 0 added, 1 changed" in done.stdout
    wait_until(lambda: lab.has("a", MORE) and lab.has("a", VIP) and
        not lab.has("a", "10.9.0.172") and not lab.has("a", "10.9.0.173"),
        3, "what was confirmed")
    wait_until(lambda: [r["name"] for r in a.show("scripts")["scripts"]] ==
        ["one"], 3, "its script")
    assert a.show()["confirm_in_s"] is None
    # The time runs in the parent: an engine that is away changes nothing.
    a.write_conf(conf(lab, "10.9.0.172"))
    a.ctl("reload", "--confirm", "1s")
    kill([a.child("vrrpe")])
    wait_until(lambda: lab.has("a", MORE) and
        not lab.has("a", "10.9.0.172"), 10, "the confirmed one")
    assert a.entered("I51", "BACKUP") <= 1


def test_due_while_reloading(lab):
    """The time ends while another reload is being staged, which fails."""
    a = start(lab)
    a.write_conf(conf(lab, MORE))
    a.ctl("reload", "--confirm", "1s")
    wait_until(lambda: lab.has("a", MORE), 2, "the address")
    os.kill(a.child("checker"), signal.SIGSTOP)
    other = subprocess.run([VRRPCTL, "-s", a.rundir + "/control", "reload",
        "--confirm", "60s"], capture_output=True, text=True, timeout=20,
        check=False)
    assert other.returncode == 1 and "took it over" in other.stderr
    wait_until(lambda: runs_old(lab, a), 15, "the first one")
    assert a.show()["confirm_in_s"] is None
    assert events(a)[-1] == "rolled_back"
    assert a.entered("I51", "MASTER") == 1
