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

"""Words of global_defs and the top level about how the processes run."""

import os
import re
import stat
import subprocess
import time

from confgen import instance, settings
from lib import BIN, VRRPCTL, VRRPD, Vrrpd, command, wait_until

VIP = "10.9.0.151"


def test_net_namespace(lab):
    """Started elsewhere: addresses, scripts and -n are in that namespace; a
    reload does not leave it."""
    name = lab.name("a")
    note = lab.write("note", "#!/bin/sh\nreadlink /proc/self/ns/net > %s\n" %
        lab.path("seen"), 0o755) or lab.path("note")
    inst = settings() + instance(51, 'notify_master "%s"' % note,
        interval="0.2")
    router = Vrrpd(lab, "t", "net_namespace %s\n" % name + inst).start()
    router.wait_log("network namespace " + name)
    router.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", VIP), 5, "the address")
    inside = lab.run("a", "readlink", "/proc/self/ns/net").stdout
    wait_until(lambda: os.path.exists(lab.path("seen")) and
        open(lab.path("seen"), encoding="ascii").read() == inside, 5,
        "the script in that namespace")
    done = lab.run("s", VRRPD, "-n", "-f", router.conf, check=False)
    assert done.returncode == 0 and "no interface" not in done.stderr
    router.reload(inst)
    router.wait_log("net_namespace cannot change before a restart: still")
    router.reload("net_namespace other\n" + inst)
    assert router.state("I51") == "MASTER" and lab.has("a", VIP)
    assert router.stop() == 0
    assert not lab.has("a", VIP)


def test_net_namespace_that_is_not(lab):
    conf = lab.write("conf", "net_namespace no-such-one\n" + settings() +
        instance(51), 0o600) or lab.path("conf")
    done = lab.run("a", VRRPD, "-d", "-f", conf, "-r", lab.path("r"),
        check=False)
    assert done.returncode == 1
    assert "/run/netns/no-such-one: No such file" in done.stderr
    done = lab.run("a", VRRPD, "-n", "-f", conf, check=False)
    assert done.returncode == 0
    assert "no-such-one cannot be entered here: No such file" in done.stderr


def test_how_the_processes_run(lab):
    """umask of scripts, processors and limits of the engine."""
    made = lab.path("made")
    note = lab.write("note", "#!/bin/sh\n: > %s\n" % made, 0o755) or \
        lab.path("note")
    router = Vrrpd(lab, "a", settings("umask 027", "vrrp_cpu_affinity 0",
        "vrrp_rt_priority 5", "vrrp_rlimit_rttime 900000") + instance(51,
        'notify_backup "%s"' % note, interval="0.2")).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: os.path.exists(made), 5, "the script")
    assert stat.S_IMODE(os.stat(made).st_mode) == 0o640
    pid = router.child("vrrpe")
    assert os.sched_getaffinity(pid) == {0}
    assert len(os.sched_getaffinity(router.pid)) == os.cpu_count()
    with open("/proc/%d/limits" % pid, encoding="ascii") as f:
        assert re.search(r"Max realtime timeout +900000 +900000", f.read())


def test_processors_that_are_not_there(lab):
    router = Vrrpd(lab, "a", settings("vrrp_cpu_affinity 255") + instance(51,
        interval="0.2")).start()
    router.wait_log("vrrp_cpu_affinity: all processors are used")
    router.wait_state("I51", "MASTER")


def test_delay_after_boot(lab):
    """Counted from the boot; over for long, it does nothing."""
    now = time.clock_gettime(time.CLOCK_MONOTONIC)
    router = Vrrpd(lab, "a", settings("vrrp_delay_after_boot %.3f" %
        (now + 2.5), "vrrp_startup_delay 0.1") + instance(51, prio=255,
        state="MASTER")).start()
    router.wait_state("I51", "MASTER")
    took = time.clock_gettime(time.CLOCK_MONOTONIC) - now
    assert 2.4 < took < 5
    router.stop()
    router = Vrrpd(lab, "a", settings("vrrp_delay_after_boot 0.5") +
        instance(51, prio=255, state="MASTER")).start()
    router.wait_state("I51", "MASTER", 2)


def test_reload_file(lab):
    """There while a configuration is read (from a FIFO, to have time), gone
    after it; not what a link of either kind points to."""
    busy = lab.path("busy")
    text = settings("reload_file " + busy) + instance(51, interval="0.2")
    router = Vrrpd(lab, "a", text).start()
    os.unlink(router.conf)
    os.mkfifo(router.conf, 0o600)
    assert not os.path.exists(busy)
    asked = subprocess.Popen([VRRPCTL, "-s",
        router.rundir + "/control", "reload"])
    wait_until(lambda: os.path.exists(busy), 2, "the file")
    time.sleep(0.2)
    assert os.path.exists(busy)
    with open(router.conf, "w", encoding="ascii") as f:
        f.write(text)
    assert asked.wait(5) == 0 and not os.path.exists(busy)
    os.unlink(router.conf)
    lab.write("precious", "text\n")
    os.symlink(lab.path("precious"), busy)
    router.reload(text)
    router.wait_log("reload_file .*busy: Too many levels")
    assert not os.path.lexists(busy)
    os.link(lab.path("precious"), busy)
    router.reload(text)
    assert not os.path.lexists(busy)
    with open(lab.path("precious"), encoding="ascii") as f:
        assert f.read() == "text\n"


def test_fifo_without_a_writer(lab):
    """-n ends, and says why."""
    os.mkfifo(lab.path("fifo"))
    begun = time.time()
    done = command([BIN + "/readconf", "-n", "-f", lab.path("fifo")],
        check=False, limit=10)
    assert done.returncode == 1 and "timed out" in done.stderr
    assert time.time() - begun < 6


def test_many_instances(lab):
    """Four times as many take no sixteen times as long."""
    took = []
    for cnt in (1000, 4000):
        text = "".join(instance(i % 250 + 1, name="I%d" % i, dev="e%d" %
            (i // 250), vips=["10.%d.%d.9" % (i // 250, i % 250)],
            version=2) for i in range(cnt))
        conf = lab.write("many", text) or lab.path("many")
        before = os.times().children_user
        done = command([BIN + "/readconf", "-n", "-f", conf], limit=30,
            check=False)
        assert done.returncode == 0
        took.append(os.times().children_user - before)
    assert took[1] < 10 * took[0] + 0.2
