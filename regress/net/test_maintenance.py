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


"""Maintenance of the whole host, and requests about all instances."""

import json
import time

from confgen import block, instance, settings
from lib import Keepalived, Ping, Vrrpd, kill, stays, wait_until

VIP = "10.9.0.151"


def confs(prio, *more, count=3):
    """I51 alone, the others in a group."""
    names = ["I%d" % (51 + n) for n in range(count)]
    return settings() + block("vrrp_sync_group G", "group {",
        " ".join(names[1:]), "}") + "\n" + "".join(instance(51 + n, *more,
        prio=prio, interval="0.3") for n in range(count))


def pair(lab, *more, peer=Keepalived, count=3):
    a = Vrrpd(lab, "a", confs(150, *more, count=count)).start()
    b = peer(lab, "b", confs(100, *more, count=count)).start()
    for n in range(count):
        a.wait_state("I%d" % (51 + n), "MASTER")
        b.wait_state("I%d" % (51 + n), "BACKUP")
    lab.wait_holder(VIP, "a", 2)
    return a, b


def states(router):
    return {i["state"] for i in router.show()["instances"]}


def test_maintenance(lab):
    """On: nothing is lost, all are BACKUP; it outlives a crash, a reload and
    a restart. Off: the role comes back."""
    a, b = pair(lab)
    ping = Ping(lab, VIP).wait_answers()
    done = a.ctl("maintenance", "on")
    assert "handed over" in done.stdout
    assert states(a) == {"BACKUP"}
    assert {i["hold"] for i in a.show()["instances"]} == {"standby"}
    assert a.show()["maintenance"] is True
    assert "MAINTENANCE" in a.ctl("show").stdout
    assert a.ctl("takeover", "I51", check=False).returncode == 1
    assert a.ctl("resume", "all", check=False).returncode == 1
    engine = a.child("vrrpe")
    kill([engine])
    wait_until(lambda: a.child("vrrpe") not in (None, engine), 5, "engine")
    wait_until(lambda: a.ctl("show", check=False).returncode == 0, 5)
    assert a.show()["maintenance"] is True and states(a) == {"BACKUP"}
    a.reload(confs(160, count=4))
    b.sync()
    stays(lambda: "MASTER" not in {i["state"] for i in
        a.show()["instances"] if i["name"] != "I54"}, 2)
    assert len(a.show()["instances"]) == 4
    assert a.stop() == 0
    a.start()
    stays(lambda: a.instance("I51")["state"] == "BACKUP", 2)
    assert a.show()["maintenance"] is True
    assert ping.lost() == []
    a.ctl("maintenance", "off")
    a.wait_state("I51", "MASTER", 5)
    a.wait_state("I53", "MASTER", 5)
    assert a.show()["maintenance"] is False
    assert [e["event"] for e in json.loads(a.ctl("history",
        json_out=True).stdout)["history"]].count("maintenance") == 1


def test_nobody_else(lab):
    """The service comes first; but it goes as soon as somebody is there."""
    a = Vrrpd(lab, "a", settings() + instance(51, prio=150,
        interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    assert a.ctl("maintenance", "on", check=False).returncode == 1
    assert a.state("I51") == "MASTER" and a.show()["maintenance"]
    b = Keepalived(lab, "b", settings() + instance(51, prio=255,
        interval="0.3")).start()
    b.wait_state("I51", "MASTER", 5)
    wait_until(lambda: a.state("I51") == "BACKUP", 5, "it goes")


def test_nopreempt(lab):
    """Neither side takes the role back by itself."""
    a, b = pair(lab, "nopreempt", count=3)
    a.ctl("maintenance", "on")
    b.wait_state("I51", "MASTER", 3)
    a.ctl("maintenance", "off")
    stays(lambda: states(a) == {"BACKUP"}, 1.5)


def test_all_at_once(lab):
    """Many instances in one request: it lasts as long as one."""
    count = 20
    a, b = pair(lab, peer=Vrrpd, count=count)
    for verb in ("standby", "resume", "standby", "resume"):
        begun = time.monotonic()
        done = json.loads(a.ctl(verb, "all", json_out=True).stdout)
        assert time.monotonic() - begun < 3
        assert all(r["ok"] for r in done["results"])
        names = [r["name"] for r in done["results"]]
        assert sorted(names) == ["G", "I51", "all"]
        if verb == "standby":
            assert states(a) == {"BACKUP"}
            b.wait_state("I70", "MASTER", 3)
        else:
            a.wait_state("I70", "MASTER", 5)
            a.wait_state("I51", "MASTER", 5)
    done = b.ctl("takeover", "all")
    assert states(b) == {"MASTER"}
    b.ctl("resume", "all")
    a.wait_state("I51", "MASTER", 5)
