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


"""Tracked files, side by side with keepalived, and tracked processes (in a
network namespace keepalived finds none: the connector is not there; see
test_sidebyside for both in the initial one)."""

import os
import shutil
import subprocess
import time

import pytest

from confgen import instance, settings
from lib import Capture, Keepalived, Vrrpd, kill, stays, wait_until

KINDS = [Vrrpd, Keepalived]


def write(lab, name, text):
    with open(lab.path(name), "w", encoding="ascii") as f:
        f.write(text)


def track_file(lab, *lines, name="tf", value="value"):
    return "\n".join(("track_file %s {" % name,
        "file " + lab.path(value)) + lines + ("}", ""))


def track_process(name, *lines):
    return "\n".join(("vrrp_track_process %s {" % name,) + lines +
        ("}", ""))


@pytest.fixture(name="program")
def program_fixture(lab):
    """Starts copies of sleep under other names."""
    started = []

    def start(name, *args):
        path = lab.path(name)
        if not os.path.exists(path):
            shutil.copy("/bin/sleep", path)
        started.append(subprocess.Popen([path, *args]))
        comm = "/proc/%d/comm" % started[-1].pid
        wait_until(lambda: open(comm, encoding="ascii").read().strip() ==
            name, 5, "a program")
        return started[-1]
    yield start
    for proc in started:
        proc.kill()
        proc.wait()


@pytest.mark.parametrize("kind", KINDS)
def test_interface_that_comes_later(lab, kind):
    """A name without an interface is one that is down; it counts when it is
    there, no longer when it is gone, and again under another index."""
    lines = {51: "x0 weight 20", 52: "x0", 53: "x0 weight -20",
        54: "x0 weight 0 reverse", 55: "x0 weight -20 reverse"}
    cap = Capture(lab)
    kind(lab, "a", settings("dynamic_interfaces") + "".join(instance(vrid,
        "track_interface {\n%s\n}" % line, interval="0.2")
        for vrid, line in lines.items())).start()

    def as_expected(there):
        since = time.time()
        want = {51: 120, 53: 100, 52: 100} if there else {51: 100, 53: 80,
            54: 100}
        want[55] = 100 if there else 120
        for vrid in lines:
            if vrid in want:
                cap.wait_advert(5, since=since, vrid=vrid, prio=want[vrid])
            else:
                wait_until(lambda vrid=vrid: not lab.has("a",
                    "10.9.0.%d" % (100 + vrid)), 3, "a fault")
    as_expected(False)
    for _ in range(2):
        lab.extra_link("a", "x0")
        as_expected(True)
        lab.ip("a", "link del x0")
        as_expected(False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value,weight,prio", [("5", "", 105),
    ("5", "weight 3", 115), ("5", "weight -3", 85),
    ("5", "weight -3 reverse", 115), ("300", "", 254), ("-50", "", 50),
    ("0x10", "", 116), ("010 and more", "", 108), ("none", "", 100),
    ("-99", "", 1), ("-120", "weight 2", 1)])
def test_file_arithmetic(lab, kind, value, weight, prio):
    if kind is Keepalived and "reverse" in weight:
        pytest.skip("not in 2.2.7")
    cap = Capture(lab)
    write(lab, "value", value)
    kind(lab, "a", settings() + track_file(lab, weight) + instance(51,
        "track_file {\ntf\n}", interval="0.2")).start()
    cap.wait_advert(6, host="a", prio=prio)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value,weight", [("1", "weight 0"),
    ("-1", "weight 0"), ("-254", "weight 1"), ("127", "weight -2")])
def test_file_fault(lab, kind, value, weight):
    """At the start and later."""
    write(lab, "value", value)
    router = kind(lab, "a", settings() + track_file(lab, weight) + instance(
        51, "track_file {\ntf\n}", interval="0.2")).start()
    router.wait_log("\\(I51\\):? [Ee]ntering FAULT (state|STATE)")
    time.sleep(0.8)
    assert router.entered("I51", "MASTER") == 0
    assert router.entered("I51", "BACKUP") == 0
    write(lab, "value", "0")
    router.wait_state("I51", "MASTER")
    write(lab, "value", value)
    router.wait_state("I51", "FAULT")
    os.unlink(lab.path("value"))
    router.wait_state("I51", "MASTER")


def test_file_overridden_and_two(lab):
    """The instance's own weight, and the sum of two files."""
    cap = Capture(lab)
    write(lab, "value", "10")
    write(lab, "other", "7")
    router = Vrrpd(lab, "a", settings() + track_file(lab) + track_file(lab,
        "weight -1", name="tg", value="other") + instance(51,
        "track_file {\ntf weight 4\ntg\n}", interval="0.2")).start()
    cap.wait_advert(6, host="a", prio=133)
    write(lab, "other", "-7")
    low = cap.wait_advert(3, host="a", prio=147)
    rows = {r["name"]: r for r in router.instance("I51")["tracked"]}
    assert rows["tf"]["value"] == 10 and rows["tf"]["contribution"] == 40
    assert rows["tg"]["value"] == -7 and rows["tg"]["contribution"] == 7
    files = {r["name"]: r for r in router.show("scripts")["files"]}
    assert files["tg"]["value"] == -7 and files["tg"]["status"] == "good"
    write(lab, "value", "-1000")
    router.wait_state("I51", "FAULT")
    write(lab, "value", "1")
    cap.wait_advert(6, since=low.time, host="a", prio=111)


def test_file_moves_the_master(lab):
    """A file lowers one router: the other one takes over, and back."""
    def conf(prio):
        return settings() + track_file(lab, "init_file") + instance(51,
            "track_file {\ntf\n}", interval="0.2", prio=prio)
    a = Vrrpd(lab, "a", conf(110)).start()
    a.wait_state("I51", "MASTER")
    b = Vrrpd(lab, "b", settings() + instance(51, interval="0.2")).start()
    b.wait_state("I51", "BACKUP")
    with open(lab.path("value"), encoding="ascii") as f:
        assert f.read() == "0\n"
    write(lab, "value", "-20")
    start = time.time()
    b.wait_state("I51", "MASTER")
    assert time.time() - start < 1.5
    os.rename(lab.path("value"), lab.path("elsewhere"))
    a.wait_state("I51", "MASTER")


def test_init_file_once(lab):
    """Neither a reload nor a checker that is started again overwrites."""
    def conf(*more):
        return settings() + track_file(lab, "init_file 3 overwrite") + \
            "".join(more) + instance(51, "track_file {\ntf%s\n}" %
            ("\ntg" if more else ""), interval="0.2")
    write(lab, "value", "40")
    router = Vrrpd(lab, "a", conf()).start()

    def prio(want):
        wait_until(lambda: router.instance("I51")["priority"] == want, 5,
            "priority %d" % want)

    prio(103)
    write(lab, "value", "5")
    prio(105)
    router.reload(conf(track_file(lab, "init_file 2", name="tg",
        value="other")))
    prio(107)
    os.kill(router.child("checker"), 9)
    router.wait_log("checker.*starting again")
    time.sleep(0.5)
    prio(107)
    with open(lab.path("value"), encoding="ascii") as f:
        assert f.read() == "5"


def test_folder_comes_later(lab):
    router = Vrrpd(lab, "a", settings() + track_file(lab,
        value="deep/er/value") + instance(51, "track_file {\ntf\n}",
        interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    os.makedirs(lab.path("deep/er"))
    write(lab, "deep/er/value", "9")
    wait_until(lambda: router.instance("I51")["priority"] == 109, 3, "109")
    shutil.rmtree(lab.path("deep"))
    wait_until(lambda: router.instance("I51")["priority"] == 100, 3, "100")


def test_process_matching(lab, program):
    """Each way of matching has a weight of its own, so that one number tells
    all that match."""
    path = lab.path("trkproc")
    program("trkproc", "60", "0.5")
    program("trkproc", "60")
    rules = (("trkproc", ()), (path, ("full_command",)),
        (path + " 60", ()), (path + " 60", ("param_match partial",)),
        (path + " 6", ("param_match initial",)),
        (path, ("param_match",)), ("trkproc", ("quorum 3",)),
        ("trkproc", ("quorum_max 1",)))
    defs = "".join(track_process("p%d" % i, "process " + what,
        "weight %d" % 2 ** i, *([] if " " not in what and
        "param_match" not in "".join(more) else ["full_command"]), *more)
        for i, (what, more) in enumerate(rules))
    cap = Capture(lab)
    Vrrpd(lab, "a", settings() + defs + instance(51, "track_process {\n%s\n}" %
        "\n".join("p%d" % i for i in range(len(rules))), interval="0.2",
        prio=1)).start()
    assert cap.wait_advert(6, host="a").prio == 1 + 1 + 2 + 4 + 8 + 16


def test_process_fault(lab, program):
    """Weight 0: a fault until enough of them run."""
    router = Vrrpd(lab, "a", settings() + track_process("p",
        "process trkfault", "quorum 2") + instance(51,
        "track_process {\np\n}", interval="0.2")).start()
    router.wait_state("I51", "FAULT")
    assert router.entered("I51", "BACKUP") == 0
    first = program("trkfault", "60")
    stays(lambda: router.state("I51") == "FAULT", 1)
    program("trkfault", "60")
    start = time.time()
    router.wait_state("I51", "MASTER")
    assert time.time() - start < 2.5
    start = time.time()
    first.kill()
    router.wait_state("I51", "FAULT")
    assert time.time() - start < 0.5
    rows = {r["name"]: r for r in router.show("scripts")["processes"]}
    assert rows["p"]["value"] == 1 and rows["p"]["status"] == "bad"
    first.wait()


def test_process_events(lab, program):
    """Started outside of its network namespace it has the kernel's process
    events: after a reload, and a new checker has them, too; inside it goes
    without."""
    inside = Vrrpd(lab, "b", settings() + track_process("p",
        "process trkev", "weight 1") + instance(53,
        "track_process {\np\n}", interval="0.2")).start()
    inside.wait_log("no process events from the kernel: /proc is looked at")
    text = settings() + track_process("p", "process trkev") + instance(51,
        "track_process {\np\n}", interval="0.2")
    router = Vrrpd(lab, "a", text, outside=True).start()
    router.wait_log("tracked processes: ")
    if "no process events" in router.log():
        pytest.skip("the kernel gives no process events here")

    def quick():
        begun = time.time()
        proc = program("trkev", "60")
        router.wait_state("I51", "MASTER")
        assert time.time() - begun < 3
        proc.kill()
        proc.wait()
        router.wait_state("I51", "FAULT")

    def told():
        return router.log().count("the kernel tells of those that start")
    quick()
    router.reload(settings() + instance(51, interval="0.2"))
    router.wait_state("I51", "MASTER")
    router.reload(text)
    router.wait_state("I51", "FAULT")
    wait_until(lambda: told() == 2, 5, "events after a reload")
    quick()
    kill([router.child("checker")])
    wait_until(lambda: told() == 3, 5, "events of a new checker")
    quick()
    assert router.stop() == 0


def test_process_reverse_and_delay(lab, program):
    """A maintenance program that must not run."""
    cap = Capture(lab)
    router = Vrrpd(lab, "a", settings() + track_process("p",
        "process trkdown", "weight 50 reverse", "fork_delay 0.7") + instance(
        51, "track_process {\np\n}", interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    proc = program("trkdown", "60")
    start = time.time()
    cap.wait_advert(4, since=start, host="a", prio=50)
    assert 0.6 < time.time() - start < 2
    proc.kill()
    proc.wait()
    cap.wait_advert(2, since=time.time(), host="a", prio=100)


def test_many_processes_cost_little(lab, program):
    """Nothing is searched while nothing is started."""
    router = Vrrpd(lab, "a", settings() + track_process("p",
        "process trkidle", "weight 1") + instance(51,
        "track_process {\np\n}", interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    with open("/proc/%d/stat" % router.child("checker"),
            encoding="ascii") as f:
        before = sum(map(int, f.read().split()[13:15]))
    time.sleep(3)
    with open("/proc/%d/stat" % router.child("checker"),
            encoding="ascii") as f:
        after = sum(map(int, f.read().split()[13:15]))
    assert after - before < 45                  # ticks of 3 s: 15 %
