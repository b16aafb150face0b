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


def in_seconds(seconds, form="%H:%M:%SZ"):
    return time.strftime(form, time.gmtime(time.time() + seconds))


def test_reload_time_file(lab):
    """A reload at that time; the file is followed as it changes, and goes."""
    when = lab.path("when")
    text = settings("reload_time_file " + when) + instance(51,
        interval="0.2")
    router = Vrrpd(lab, "a", text).start()
    lab.write("when", in_seconds(3600) + "\n")
    router.wait_log("there will be a reload at ..:..:..Z")
    os.unlink(when)
    router.wait_log("reload is called off")
    lab.write("when", "at noon\n")
    router.wait_log("not a time as HH:MM:SS")
    # Other files there are none of its business.
    said = router.log().count("not a time as")
    for _ in range(4):
        lab.write("other", "x")
        time.sleep(0.3)
    assert router.log().count("not a time as") - said <= 1
    lab.write("when", "2020-01-01 00:00:00")
    router.wait_log("2020-01-01 00:00:00 is over: no reload")
    lab.write("other", in_seconds(2) + "\n")
    os.chown(lab.path("other"), 65534, 65534)
    os.rename(lab.path("other"), when)
    router.wait_log("not a file that only root can write: not followed")
    os.unlink(when)
    lab.write("other", in_seconds(2) + "\n")
    os.symlink(lab.path("other"), when)
    router.wait_log("reload_time_file .*when: Too many levels")
    os.unlink(when)
    # An hour later, then in a moment, with what the file says now.
    lab.write("when", in_seconds(3600) + "\n")
    router.write_conf(text + instance(52, interval="0.2"))
    begun = time.time()
    lab.write("when", in_seconds(2, "%Y-%m-%d %H:%M:%SZ") + "\n")
    router.wait_log("reload asked for by .*when")
    assert 0.9 < time.time() - begun < 4
    router.wait_state("I52", "MASTER")
    assert not os.path.exists(when)
    assert router.log().count("reloaded: ") == 1


def test_reload_time_and_confirmation(lab):
    """A reload that is due while another waits to be confirmed comes after
    it, but not after a rollback, which it might undo."""
    when = lab.path("when")
    head = settings("reload_time_file " + when)
    router = Vrrpd(lab, "a", head + instance(51, interval="0.2")).start()
    router.write_conf(head + instance(51, interval="0.2") +
        instance(52, interval="0.2"))
    router.ctl("reload", "--confirm", "60s")
    router.write_conf(head + instance(51, interval="0.2") +
        instance(53, interval="0.2"))
    lab.write("when", in_seconds(2) + "\n")
    router.wait_log("a reload waits to be confirmed: this one follows")
    assert not os.path.exists(when)
    assert "refused" not in router.log()
    router.wait_state("I52", "MASTER")
    router.ctl("confirm")
    router.wait_state("I53", "MASTER")
    router.write_conf(head + instance(51, interval="0.2"))
    router.ctl("reload", "--confirm", "60s")
    lab.write("when", in_seconds(2) + "\n")
    wait_until(lambda: router.log().count("this one follows") == 2, 10,
        router.tail)
    mark = router.log().count("reloaded: ")
    router.ctl("rollback")
    router.wait_log("the reload of reload_time_file is called off")
    time.sleep(1)
    assert router.log().count("reloaded: ") == mark
    assert [i["name"] for i in router.show()["instances"]] == ["I51", "I53"]


def test_reload_repeat(lab):
    """The file stays, and is followed the next day; one that is there at the
    start counts. Without its folder nothing is seen, which is told."""
    os.mkdir(lab.path("folder"))
    when = lab.path("folder/when")
    lab.write("folder/when", in_seconds(3))
    router = Vrrpd(lab, "a", settings("reload_time_file " + when,
        "reload_repeat") + instance(51, interval="0.2")).start()
    router.wait_log("reload asked for by .*when")
    router.wait_log("reloaded: 0 added")
    assert os.path.exists(when)
    assert router.log().count("there will be a reload") >= 2
    time.sleep(1.2)
    assert router.log().count("reloaded: ") == 1
    os.unlink(when)
    router.wait_log("reload is called off")
    os.rmdir(lab.path("folder"))
    router.wait_log("folder/ cannot be watched")


def test_config_save_dir(lab):
    """Every configuration that is read, with what it includes."""
    folder = lab.path("save")
    lab.write("part", instance(51, interval="0.2") + "! end of part")
    head = settings("config_save_dir " + folder)
    router = Vrrpd(lab, "a", head + "include %s\n" % lab.path("part"))
    router.start()
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    name = os.path.join(folder, "vrrpd.conf.%d." % router.pid)
    with open(name + "0", encoding="ascii") as f:
        saved = f.read()
    assert saved == "# %s\n%sinclude %s\n# %s\n%s! end of part\n" % (
        router.conf, head, lab.path("part"), lab.path("part"),
        instance(51, interval="0.2"))
    assert stat.S_IMODE(os.stat(name + "0").st_mode) == 0o600
    done = command([VRRPD, "-n", "-v", "-f", name + "0.parsed"], check=False)
    assert done.returncode == 0 and "vrrp_instance I51" in done.stdout
    # A dry run is none, and its configuration never runs.
    router.write_conf(head + instance(51, interval="0.3"))
    router.ctl("reload", "--dry-run")
    assert sorted(os.listdir(folder)) == ["vrrpd.conf.%d.%s" % (router.pid,
        end) for end in ("0", "0.parsed")]
    # A refused one is there as it was, and not as if it were good.
    router.reload(head + "vrrp_instance x {\n}\n", check=False)
    with open(name + "1", encoding="ascii") as f:
        assert f.read().endswith("vrrp_instance x {\n}\n")
    assert not os.path.exists(name + "1.parsed")
    # Only where nobody else writes; the daemon runs all the same.
    os.chmod(folder, 0o777)
    router.reload(head + instance(51, interval="0.2"))
    router.wait_log("config_save_dir .*Operation not permitted")
    assert not os.path.exists(name + "2")
    assert sorted(os.listdir(folder)) == ["vrrpd.conf.%d.%s" % (router.pid,
        end) for end in ("0", "0.parsed", "1")]
