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

"""Orders of an operator, also silly ones: each is answered at once or when
it is decided, with an exit status that says whether the role moved."""

import json
import re
import subprocess
import time

import pytest

from confgen import block, instance, settings
from lib import VRRPCTL, Frr, Lab, Vrrpd, stays, wait_until
from test_control import pair

GROUP = block("vrrp_sync_group G", "group {", "I51", "I52", "}") + "\n"


def told(done, status, text):
    assert done.returncode == status, done
    assert re.search(text, done.stdout + done.stderr), done


def order(router, status, text, *words):
    begun = time.monotonic()
    told(router.ctl(*words, check=False), status, text)
    return time.monotonic() - begun


class Order:
    """One that is waited for while others are given."""

    def __init__(self, router, *words):
        self.proc = subprocess.Popen([VRRPCTL, "-s", router.rundir +
            "/control"] + list(words), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def end(self, status, text):
        out, _ = self.proc.communicate(timeout=10)
        assert self.proc.returncode == status, out
        assert re.search(text, out), out


def hold(router, name="I51"):
    row = router.instance(name)
    return row["state"], row["hold"], row["hold_until_in_s"]


def group_pair(lab, interval):
    a, b = [Vrrpd(lab, h, settings() + GROUP + instance(51, prio=p,
        interval=interval) + instance(52, prio=p, interval=interval))
        for h, p in (("a", 150), ("b", 100))]
    a.start()
    for name in ("I51", "I52"):
        a.wait_state(name, "MASTER")
    b.start()
    for name in ("I51", "I52"):
        b.wait_state(name, "BACKUP")
    return a, b


def test_twice(lab):
    """What is so already is said to be so; the new end counts."""
    a, b = pair(lab, interval="0.2")
    order(a, 0, r"\(I51\) handed over to 10.9.0.2 in \d", "standby", "I51")
    assert order(a, 0, "is BACKUP and stays so", "standby", "I51", "for",
        "60s") < 2
    assert hold(a)[:2] == ("BACKUP", "standby") and 50 < hold(a)[2] <= 60
    order(b, 0, "is MASTER and stays so", "takeover", "I51", "for", "50s")
    assert hold(b)[:2] == ("MASTER", "takeover") and 40 < hold(b)[2] <= 50
    order(b, 0, "is MASTER and stays so", "takeover", "I51")
    assert hold(b) == ("MASTER", "takeover", None)
    assert b.instance("I51")["priority"] == 254
    order(a, 0, "follows its priority", "resume", "I51")
    order(a, 0, "nothing to resume", "resume", "I51")
    stays(lambda: a.state("I51") == "BACKUP", 1, "b keeps the role")
    # Both are taken by hand: then the greater address counts.
    order(a, 1, "10.9.0.2 has the better claim, priority 254", "takeover",
        "I51")
    assert hold(a)[1] == "none"
    order(b, 0, "handed over to 10.9.0.1", "standby", "I51")
    order(a, 0, "is MASTER and stays so", "takeover", "I51")


def test_master_keeps_it(lab):
    """A takeover by the MASTER: a better router does not get the role."""
    a = Vrrpd(lab, "a", settings() + instance(51, prio=100,
        interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    order(a, 0, "stays so", "takeover", "I51")
    b = Vrrpd(lab, "b", settings() + instance(51, prio=200,
        interval="0.2")).start()
    b.wait_state("I51", "BACKUP")
    stays(lambda: a.state("I51") == "MASTER", 1.5, "a keeps the role")
    a.ctl("resume", "I51")
    b.wait_state("I51", "MASTER", 5)


def test_who_asked(lab):
    """The reason goes on naming who took the role, not who ended that."""
    _, b = pair(lab, "nopreempt", interval="0.2")
    taker = Order(b, "takeover", "I51")
    taker.end(0, "is MASTER")
    reason = "takeover by uid 0 pid %d" % taker.proc.pid
    assert b.instance("I51")["reason"] == reason
    order(b, 0, "follows its priority", "resume", "I51")
    assert b.instance("I51")["reason"] == reason


def test_one_priority(lab):
    """The groups tell the priority that is advertised, as show does."""
    a, _ = group_pair(lab, "0.2")
    order(a, 0, "handed over to 10.9.0.2", "standby", "G")
    assert a.instance("I51")["priority"] == 1
    group, = a.show("groups")["groups"]
    assert [m["priority"] for m in group["members"]] == [1, 1]


def test_owner(lab):
    """Nobody takes the role from an owner; it gives it away itself."""
    a, b = pair(lab, interval="0.2", ours=150, theirs=255)
    # What it has not heard of it does not know.
    wait_until(lambda: a.packets("I51")["adverts_received"], 2, "the owner")
    order(a, 1, "10.9.0.2 has the better claim, priority 255", "takeover",
        "I51")
    wait_until(lambda: b.state("I51") == "MASTER", 2, "the owner has it")
    order(b, 0, "handed over to 10.9.0.1", "standby", "I51")
    order(b, 0, "is MASTER in|is MASTER", "takeover", "I51")
    wait_until(lambda: a.state("I51") == "BACKUP", 2, "the owner is back")


def test_fault(lab):
    """Refused while it lasts; a maintenance waits for its end."""
    a, b = pair(lab, interval="0.2")
    lab.cable("a", False)
    a.wait_state("I51", "FAULT")
    b.wait_state("I51", "MASTER", 5)
    order(a, 1, "in FAULT", "standby", "I51")
    order(a, 1, "in FAULT", "takeover", "all")
    order(a, 0, "nothing to resume", "resume", "I51")
    order(a, 0, r"\(I51\) does not run now, and will be BACKUP when it does\n"
        r"maintenance is on: 1 of 1 done", "maintenance", "on")
    lab.cable("a", True)
    wait_until(lambda: a.state("I51") == "BACKUP", 5, "the fault is over")
    assert hold(a)[1] == "standby"
    assert 'until "vrrpctl maintenance off"' in " ".join(
        a.ctl("why", "I51").stdout.split())
    order(a, 0, "maintenance is off", "maintenance", "off")
    order(a, 0, "maintenance is off", "maintenance", "off")
    a.sync()
    a.wait_state("I51", "MASTER", 5)


def test_alone(lab):
    a = Vrrpd(lab, "a", settings() + instance(51, interval="0.2")).start()
    a.wait_state("I51", "MASTER")
    for words in (("standby", "I51"), ("standby", "I51", "now"),
            ("standby", "all")):
        order(a, 1, "nobody answered, the role was taken back", *words)
        wait_until(lambda: lab.has("a", "10.9.0.151"), 2, "the address")
    assert hold(a)[:2] == ("MASTER", "none")


@pytest.mark.parametrize("name", ["I51", "G", "all"])
def test_overtaken(make_lab, name):
    """Whoever waits for a hand-over is told when another order comes before
    it is decided, and does not wait for ever."""
    lab = make_lab()
    a, b = group_pair(lab, "0.6")
    orders = (("standby", name), 0, "handed over to 10.9.0.2 in"), \
        (("takeover", name), 0, "is MASTER"), \
        (("resume", name), 0, "follows its priority again"), \
        (("maintenance", "on"), 0, "maintenance is on: 1 of 1 done")
    for words, status, text in orders:
        first = Order(a, "standby", name)
        wait_until(lambda: a.instance("I51")["handing_over"], 5, "it leaves")
        second = Order(a, *words)
        first.end(1, "another request came|resumed before")
        second.end(status, text)
        if words[0] == "maintenance":
            break
        a.ctl("resume", "all")
        wait_until(lambda: {i["state"] for i in a.show()["instances"]} ==
            {"MASTER"}, 10, "the role is back")
    assert {i["state"] for i in b.show()["instances"]} == {"MASTER"}


def test_group_goes_meanwhile(lab):
    """A reload takes the group away while all are asked: it is told, by no
    name that is not there any more."""
    text = settings() + instance(51, interval="1") + instance(52,
        interval="1")
    a = Vrrpd(lab, "a", text.replace("}\n", "}\n" + GROUP, 1)).start()
    for name in ("I51", "I52"):
        a.wait_state(name, "MASTER")
    asked = subprocess.Popen([VRRPCTL, "-j", "-s", a.rundir + "/control",
        "standby", "all"], stdout=subprocess.PIPE, text=True)
    wait_until(lambda: a.instance("I51")["handing_over"], 5, "it leaves")
    a.reload(text)
    out, _ = asked.communicate(timeout=10)
    part, whole = json.loads(out)["results"]
    assert part["text"] == "the sync group is gone" and "name" not in part
    assert whole["name"] == "all" and whole["text"] == "0 of 1 done"
    assert asked.returncode == 1


def test_during_reloads(lab):
    """Neither loses the other."""
    a, b = pair(lab, interval="0.2")
    for _ in range(4):
        reload = Order(a, "reload")
        order(a, 0, "handed over to 10.9.0.2", "standby", "I51")
        reload.end(0, "")
        assert hold(a)[1] == "standby"
        assert b.state("I51") == "MASTER"
        a.reload(settings() + instance(51, "nopreempt", prio=150,
            interval="0.2"))
        assert hold(a)[1] == "standby"
        a.sync()
        order(a, 0, "is MASTER in", "takeover", "I51")
        a.wait_state("I51", "MASTER")
        order(a, 0, "follows", "resume", "I51")
        a.reload(settings() + instance(51, prio=150, interval="0.2"))


def test_frr():
    """With FRR on the other side, both ways."""
    lab = Lab("abt")
    try:
        a = Vrrpd(lab, "a", settings() + instance(51, prio=150,
            interval="0.5")).start()
        a.wait_state("I51", "MASTER")
        Frr(lab, "b", 51, 100, ["10.9.0.151"], interval_ms=500).start()
        wait_until(lambda: lab.has("b", "10.9.0.151"), 5, "its macvlan")

        def masters():
            return a.instance("I51")["state"], a.instance("I51")["master"]
        # It is a backup when it has heard an advertisement or two.
        wait_until(lambda: a.ctl("standby", "I51",
            check=False).returncode == 0, 20, "FRR takes over", step=0.5)
        assert masters() == ("BACKUP", lab.addr("b"))
        order(a, 0, "is MASTER in", "takeover", "I51")
        stays(lambda: masters() == ("MASTER", lab.addr("a")), 2, "it yields")
        data = json.loads(a.ctl("standby", "I51", json_out=True).stdout)
        row, = data["results"]
        assert row["ok"] and 0.1 < row["took_s"] < 3
    finally:
        lab.close()
