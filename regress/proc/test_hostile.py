#
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


"""Hostile surroundings: what others have put in the way of the daemon, and
what its scripts are given.
"""

import os
import re
import stat
import time

import pytest

import test_parent as tp

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="must be root")

SPY = """\
#!/bin/sh
out=%s/spy.$(id -u)
{
	ls -l /proc/self/fd
	echo "args: $*"
	env
	grep -E 'Cap|Sig|Groups' /proc/self/status
} >"$out.new" 2>&1
mv "$out.new" "$out"
"""


@pytest.fixture(name="world")
def world_fixture():
    """One world, taken down in all cases."""
    world = tp.World()
    yield world
    world.close()


def as_link(path, target):
    """A symbolic link to a file that must stay as it is."""
    os.symlink(target, path)


def as_hard_link(path, target):
    """The file itself, under another name; it is its user's."""
    os.chown(target, NOBODY, NOBODY)
    os.link(target, path)


def as_group_file(path, target):
    """Of root, but its group may write to it."""
    os.chmod(target, 0o664)
    os.link(target, path)


def as_fifo(path, _):
    """Whoever opens it might wait for ever."""
    os.mkfifo(path)


@pytest.mark.parametrize("option", [True, False])
@pytest.mark.parametrize("plant", [as_link, as_hard_link, as_group_file,
    as_fifo])
def test_planted_pid_file(world, plant, option):
    """Not written, not followed, not locked."""
    victim = os.path.join(world.dir, "victim")
    with open(victim, "w", encoding="ascii") as f:
        f.write("precious")
    os.mkdir(world.run, 0o755)
    path = os.path.join(world.dir, "my.pid") if option else \
        os.path.join(world.run, "vrrpd.pid")
    plant(path, victim)
    done = world.once("-d", *(["-p", path] if option else []))
    assert done.returncode == 1
    assert path in done.stderr
    with open(victim, encoding="ascii") as f:
        assert f.read() == "precious"
    assert os.path.lexists(path)


@pytest.mark.parametrize("name", ["vips", "vips.new", "control", "status"])
def test_planted_links(world, name):
    """What is in the folder already is replaced, not followed."""
    victim = os.path.join(world.dir, "victim")
    with open(victim, "w", encoding="ascii") as f:
        f.write("precious")
    before = os.stat(victim)
    os.mkdir(world.run, 0o755)
    os.symlink(victim, os.path.join(world.run, name))
    proc = world.start()
    world.wait_master()
    assert tp.stop(proc) == 0
    after = os.stat(victim)
    with open(victim, encoding="ascii") as f:
        assert f.read() == "precious"
    assert (before.st_mode, before.st_uid, before.st_gid) == \
        (after.st_mode, after.st_uid, after.st_gid)


@pytest.mark.parametrize("what", ["run", "empty"])
@pytest.mark.parametrize("how", ["link", "user", "group"])
def test_planted_folder(world, what, how):
    """A folder that is somebody else's is not used."""
    if what == "empty":
        os.mkdir(world.run, 0o755)
    path = world.run if what == "run" else os.path.join(world.run, "empty")
    if how == "link":
        os.mkdir(world.dir + "/else", 0o755)
        os.symlink(world.dir + "/else", path)
    else:
        os.mkdir(path, 0o755)
        os.chmod(path, 0o775 if how == "group" else 0o755)
        os.chown(path, NOBODY if how == "user" else 0, 0)
    done = world.once("-d")
    assert done.returncode == 1
    assert "only root may write to" in done.stderr


def test_umask(world):
    """Modes do not depend on whoever starts it."""
    old = os.umask(0)
    try:
        proc = world.start()
    finally:
        os.umask(old)
    world.wait_master()
    modes = {n: stat.S_IMODE(os.stat(os.path.join(world.run, n)).st_mode)
        for n in os.listdir(world.run)}
    assert modes == {"control": 0o660, "status": 0o666, "empty": 0o555,
        "vips": 0o600, "vrrpd.pid": 0o644}
    assert tp.stop(proc) == 0


def test_what_scripts_get(world):
    """No descriptor of ours, no variable that changes programs, words that
    no shell has seen."""
    os.chmod(world.dir, 0o755)
    out = os.path.join(world.dir, "out")
    os.mkdir(out)
    os.chmod(out, 0o1777)
    # A folder that everybody may look into and only root may write to.
    spy = "/usr/local/libexec/vrrpd-spy-%d" % os.getpid()
    os.makedirs(os.path.dirname(spy), exist_ok=True)
    with open(spy, "w", encoding="ascii") as f:
        f.write(SPY % out)
    os.chmod(spy, 0o755)
    try:
        world.write("".join("""\
vrrp_script s_%s {
    script "%s $(id) ;touch '%s/x y' `id` &"
    interval 1
    user %s
}
""" % (user, spy, out, user) for user in ("root", "nobody")) +
            tp.CONF.replace("priority 100", "priority 100\n"
            "    track_script {\n        s_root\n        s_nobody\n    }"))
        proc = world.start(env={"LD_PRELOAD": "/x.so", "IFS": "x",
            "BASH_ENV": "/x", "NOTIFY_SOCKET": "@x", "LISTEN_FDS": "1"})
        for uid in (0, NOBODY):
            path = os.path.join(out, "spy.%d" % uid)
            tp.wait_for(lambda p=path: os.path.exists(p))
            with open(path, encoding="utf-8") as f:
                text = f.read()
            assert "args: $(id) ;touch %s/x y `id` &\n" % out in text
            assert "-> socket:" not in text and "anon_inode" not in text
            for name in ("LD_", "IFS", "BASH_ENV", "NOTIFY", "LISTEN"):
                assert "\n%s" % name not in text
            assert "SigBlk:\t0000000000000000" in text
            # 32 and 33 are the C library's own; nobody can set them back.
            ignored = re.search(r"SigIgn:\t([0-9a-f]+)", text).group(1)
            assert int(ignored, 16) & ~(3 << 31) == 0
            if uid != 0:
                assert "CapEff:\t0000000000000000" in text
                assert "Groups:\t%d \n" % NOBODY in text
        time.sleep(0.1)
        assert not os.path.exists(os.path.join(out, "x y"))
        assert tp.stop(proc) == 0
    finally:
        os.unlink(spy)


def test_hasty_reloads(world):
    """The engine tells of every instance after each: no flood of its own."""
    one = tp.CONF.replace("192.0.2.100", "198.51.100.%d")
    world.write("".join(one.replace("VI_1", "I%d" % n).replace(
        "id 51", "id %d" % n).replace("0.1\n", "10\n") % n
        for n in range(1, 251)))
    proc = world.start()
    for count in range(1, 21):
        proc.send_signal(tp.signal.SIGHUP)
        world.wait_log("reloaded: ", count)
    assert "broke the rules" not in world.text()
    assert tp.stop(proc, 15) == 0


def checked(world):
    """A daemon, and the checker of its script."""
    world.write(tp.SCRIPT + tp.CONF.replace(
        "priority 100", "priority 100\n    track_script {\n chk\n }"))
    proc = world.start()
    world.wait_master()
    return proc, world.child(proc.pid, "checker")


def test_silent_checker(world):
    """Stopped, not dead, and nothing else happens: found by its silence."""
    proc, checker = checked(world)
    os.kill(checker, tp.signal.SIGSTOP)
    world.wait_log(r"checker\(nobody\): silent for 1\d\d\d\d ms: killed",
        limit=25)
    tp.wait_for(lambda: not tp.alive(checker))
    world.wait_log(r"checker\(nobody\): starting again")
    tp.wait_for(lambda: world.child(proc.pid, "checker") != checker)
    assert world.has_vip()
    assert tp.stop(proc) == 0


def test_checker_while_parent_was_stopped(world):
    """The parent's own time away is no silence of a checker."""
    proc, checker = checked(world)
    os.kill(checker, tp.signal.SIGSTOP)
    time.sleep(4)
    os.kill(proc.pid, tp.signal.SIGSTOP)
    time.sleep(8)
    os.kill(proc.pid, tp.signal.SIGCONT)
    time.sleep(1)
    os.kill(checker, tp.signal.SIGCONT)
    time.sleep(3)
    assert world.child(proc.pid, "checker") == checker
    assert "ms: killed" not in world.text()
    assert tp.stop(proc) == 0


def test_stopped_checker(world):
    """A script's user can stop its checker: one reload is lost to that."""
    world.write(tp.SCRIPT + tp.CONF.replace(
        "priority 100", "priority 100\n    track_script {\n chk\n }"))
    proc = world.start()
    world.wait_master()
    checker = world.child(proc.pid, "checker")
    os.kill(checker, tp.signal.SIGSTOP)
    proc.send_signal(tp.signal.SIGHUP)
    world.wait_log("not every process took it over within 5 s", limit=7)
    tp.wait_for(lambda: not tp.alive(checker))
    world.wait_log(r"checker\(nobody\): starting again")
    proc.send_signal(tp.signal.SIGHUP)
    world.wait_log("reloaded: ")
    assert world.has_vip()
    assert tp.stop(proc) == 0
