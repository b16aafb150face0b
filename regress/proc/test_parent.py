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

"""The parent with real children: start, readiness, reload, deaths, the end.

Each test has a network namespace and a folder of its own. The programs are
those of the folder $VRRPD_BIN (or $BIN, or obj/bin).
"""

import fcntl
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BIN = os.path.abspath(os.environ.get("VRRPD_BIN", os.environ.get(
    "BIN", os.path.join(TOP, "obj/bin"))))
VRRPD = os.path.join(BIN, "vrrpd")
VIP = "192.0.2.100"
READY = r"vrrpd \S+ ready: "

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="must be root")

CONF = """\
vrrp_instance VI_1 {
    interface v0
    virtual_router_id 51
    priority 100
    advert_int 0.1
    version 3
    virtual_ipaddress {
        192.0.2.100
    }
}
"""

SCRIPT = """\
vrrp_script chk {
    script "/bin/true"
    interval 1
    user nobody
}
"""


def wait_for(what, limit=5.0, text="condition"):
    """Until what() is true; its value."""
    end = time.monotonic() + limit
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("%s: not within %.1f s" % (text, limit))
        time.sleep(0.005)


def alive(pid):
    """Is it there, and more than a zombie?"""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class World:
    """A namespace with one interface, and daemons in it."""

    count = 0

    def __init__(self):
        World.count += 1
        self.netns = "vpar%d-%d" % (os.getpid(), World.count)
        self.dir = tempfile.mkdtemp(prefix="vrrpd-parent.")
        self.run = os.path.join(self.dir, "run")
        self.conf = os.path.join(self.dir, "vrrpd.conf")
        self.log = os.path.join(self.dir, "log")
        self.procs = []
        self.pids = []
        self.write(CONF)
        subprocess.run(["ip", "netns", "add", self.netns], check=True)
        for args in ("link set lo up",
                     "link add v0 type veth peer name v1",
                     "link set v0 up", "link set v1 up",
                     "addr add 192.0.2.1/24 dev v0"):
            self.ip(args)

    def close(self):
        """Ends what is left, and takes the namespace away."""
        for proc in self.procs:
            if proc.poll() is None:
                proc.kill()
            proc.wait()
        for pid in self.pids:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        subprocess.run(["ip", "netns", "del", self.netns], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def ip(self, args):
        """ip(8) in the namespace."""
        return subprocess.run(["ip", "-n", self.netns] + args.split(),
                              check=True, capture_output=True,
                              text=True).stdout

    def write(self, text):
        """The configuration."""
        with open(self.conf, "w", encoding="ascii") as f:
            f.write(text)

    def has_vip(self, vip=VIP):
        """Is the address there?"""
        return " %s/" % vip in self.ip("-o addr show dev v0")

    def command(self, *args, program=VRRPD, conf=True):
        """The command line of a daemon."""
        line = ["ip", "netns", "exec", self.netns, program, "-r", self.run]
        return line + (["-f", self.conf] if conf else []) + list(args)

    def once(self, *args, env=None, **more):
        """Runs to the end."""
        return subprocess.run(self.command(*args, **more), check=False,
                              capture_output=True, text=True, timeout=20,
                              env={**os.environ, **(env or {})})

    def start(self, *args, env=None, ready=True):
        """A daemon in the foreground."""
        before = len(re.findall(READY, self.text()))
        with open(self.log, "a", encoding="ascii") as log:
            # pylint: disable-next=consider-using-with
            proc = subprocess.Popen(
                self.command("-d", *args), stderr=log,
                env={**os.environ, **(env or {})})
        self.procs.append(proc)
        if ready:
            self.wait_log(READY, before + 1)
        return proc

    def text(self):
        """Everything logged so far."""
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8") as f:
            return f.read()

    def wait_log(self, pattern, count=1, limit=5.0):
        """Until the log has count lines of this kind."""
        try:
            wait_for(lambda: len(re.findall(pattern, self.text())) >= count,
                     limit, pattern)
        except AssertionError as error:
            raise AssertionError("%s\n%s" % (error, self.text())) from None

    def wait_master(self):
        """Until the address is there."""
        wait_for(self.has_vip, 5.0, "address")

    def children(self, pid, name):
        """Process ids of children with this name."""
        with open("/proc/%d/task/%d/children" % (pid, pid),
                  encoding="ascii") as f:
            pids = [int(word) for word in f.read().split()]
        return [child for child in pids if self.comm(child) == name]

    @staticmethod
    def comm(pid):
        """Name of a process."""
        try:
            with open("/proc/%d/comm" % pid, encoding="ascii") as f:
                return f.read().strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""

    def child(self, pid, name):
        """The one child with this name, once it is there."""
        return wait_for(lambda: self.children(pid, name), 3.0, name)[0]


@pytest.fixture(name="world")
def world_fixture():
    """One world, taken down in all cases."""
    world = World()
    yield world
    world.close()


@pytest.fixture(name="manager")
def manager_fixture(world):
    """A service manager's socket."""
    path = os.path.join(world.dir, "notify")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(path)
    sock.settimeout(5)
    yield sock
    sock.close()


def datagrams(sock, until):
    """Those up to the first that contains until."""
    result = []
    while True:
        result.append(sock.recv(4096).decode())
        if until in result[-1]:
            return result


def stop(proc, limit=5.0):
    """An orderly end; its status."""
    proc.send_signal(signal.SIGTERM)
    return proc.wait(limit)


# Start.

def test_ready_and_stop(world):
    """Everything that a start makes, and nothing of it after the end."""
    proc = world.start()
    world.wait_master()
    with open(os.path.join(world.run, "vrrpd.pid"), encoding="ascii") as f:
        assert int(f.read()) == proc.pid
    modes = {name: os.stat(os.path.join(world.run, name)).st_mode
             for name in os.listdir(world.run)}
    assert sorted(modes) == ["control", "empty", "status", "vips",
                             "vrrpd.pid"]
    assert stat.S_IMODE(modes["control"]) == 0o660
    assert stat.S_IMODE(modes["status"]) == 0o666
    assert stat.S_IMODE(modes["empty"]) == 0o555
    assert stat.S_ISSOCK(modes["control"]) and stat.S_ISSOCK(modes["status"])
    engine = world.child(proc.pid, "vrrpe")
    assert stop(proc) == 0
    assert not alive(engine)
    assert not world.has_vip()
    assert os.listdir(world.run) == ["empty"]
    assert re.search(r"vrrpd: stopped\n", world.text())


def test_engine_has_no_rights(world):
    """Identity, capabilities, root folder, filter of the engine."""
    proc = world.start()
    with open("/proc/%d/status" % world.child(proc.pid, "vrrpe"),
              encoding="ascii") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f
                      if ":\t" in line)
    assert "0" not in status["Uid"].split()
    assert "0" not in status["Gid"].split()
    for caps in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[caps], 16) == 0
    assert status["NoNewPrivs"] == "1"
    if "SAN" not in os.environ:
        assert status["Seccomp"] == "2"


def test_parent_rights(world):
    """The parent has no more than its list."""
    proc = world.start()
    with open("/proc/%d/status" % proc.pid, encoding="ascii") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f
                      if ":\t" in line)
    # CHOWN DAC_READ_SEARCH KILL SETGID SETUID SETPCAP NET_ADMIN NET_RAW
    # SYS_CHROOT SYS_NICE SYS_RESOURCE
    allowed = sum(1 << bit for bit in (0, 2, 5, 6, 7, 8, 12, 13, 18, 23, 24))
    for caps in ("CapPrm", "CapEff", "CapBnd"):
        assert int(status[caps], 16) & ~allowed == 0
    with open("/proc/%d/limits" % proc.pid, encoding="ascii") as f:
        core = [line for line in f if line.startswith("Max core file")][0]
    assert core.split()[4:6] == ["0", "0"]


def test_service_manager(world, manager):
    """READY, RELOADING with its clock, STATUS, STOPPING."""
    proc = world.start(env={"NOTIFY_SOCKET": manager.getsockname()})
    got = datagrams(manager, "READY=1")
    assert "MAINPID=%d" % proc.pid in got[-1]
    datagrams(manager, "STATUS=1 master, 0 backup")
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    proc.send_signal(signal.SIGHUP)
    got = datagrams(manager, "RELOADING=1")
    when = int(re.search(r"MONOTONIC_USEC=(\d+)", got[-1]).group(1))
    assert before <= when <= before + 5000000
    got = datagrams(manager, "READY=1")
    assert "0 added, 0 changed, 0 removed" in got[-1]
    world.write("nonsense {")
    proc.send_signal(signal.SIGHUP)
    datagrams(manager, "RELOADING=1")
    datagrams(manager, "READY=1")
    proc.send_signal(signal.SIGTERM)
    datagrams(manager, "STOPPING=1")
    assert proc.wait(5) == 0


def test_manager_that_does_not_read(world, manager):
    """Nobody takes the datagrams: nothing waits for that."""
    manager.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    proc = world.start(env={"NOTIFY_SOCKET": manager.getsockname()})
    world.wait_master()
    for count in range(1, 30):
        proc.send_signal(signal.SIGHUP)
        world.wait_log(r"reloaded: 0 added", count)
    assert world.has_vip()
    assert stop(proc) == 0


def test_second_daemon_is_refused(world):
    """One daemon for a runtime folder, and -z keeps away, too."""
    proc = world.start()
    second = world.once("-d")
    assert second.returncode == 1
    assert "another vrrpd is running there (pid %d)" % proc.pid in \
        second.stderr
    clean = world.once("-z", conf=False)
    assert clean.returncode == 1
    assert "another vrrpd is running there" in clean.stderr
    assert proc.poll() is None
    world.wait_master()
    # The files of the first one are untouched.
    assert os.path.exists(os.path.join(world.run, "control"))
    assert stop(proc) == 0
    assert stop(world.start()) == 0


def test_stale_pid_file(world):
    """A file that a dead daemon left is no hindrance."""
    os.mkdir(world.run)
    with open(os.path.join(world.run, "vrrpd.pid"), "w",
              encoding="ascii") as f:
        f.write("1\n")
    proc = world.start()
    assert stop(proc) == 0


def test_own_pid_file(world):
    """-p is written, locked and removed."""
    path = os.path.join(world.dir, "my.pid")
    proc = world.start("-p", path)
    with open(path, encoding="ascii") as f:
        assert int(f.read()) == proc.pid
        with pytest.raises(BlockingIOError):
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert stop(proc) == 0
    assert not os.path.exists(path)


def test_bad_folder(world):
    """A runtime folder that others may write to."""
    os.mkdir(world.run)
    os.chmod(world.run, 0o777)
    done = world.once("-d")
    assert done.returncode == 1
    assert "only root may write to" in done.stderr


def test_bad_configuration_at_start(world):
    """No start: file, line, column, the line and a caret."""
    world.write(CONF.replace("virtual_router_id", "#"))
    for args in (("-d",), ()):
        done = world.once(*args)
        assert done.returncode == 1
        assert re.search(r"vrrpd\.conf:1:15: error: ", done.stderr)
        assert "    vrrp_instance VI_1 {\n                  ^\n" in \
            done.stderr
        assert "not started: 1 error" in done.stderr
    assert not os.path.exists(os.path.join(world.run, "control"))


def test_no_configuration(world):
    """The file is missing."""
    os.unlink(world.conf)
    done = world.once("-d")
    assert done.returncode == 1
    assert world.conf in done.stderr
    assert "No such file" in done.stderr


def test_missing_script_user(world):
    """A user that does not exist is named, at start and at a reload; what
    it would run is left out."""
    bad = (SCRIPT + CONF).replace("user nobody", "user no-such-user").replace(
        "    version 3\n", "    version 3\n    track_script {\n        chk\n"
        "    }\n")
    world.write(bad)
    proc = world.start()
    world.wait_log('there is no user "no-such-user"')
    world.write(CONF)
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: 0 added, 0 changed, 0 removed, 0 warnings")
    world.write(bad)
    proc.send_signal(signal.SIGHUP)
    world.wait_log("0 removed, 2 warnings")
    assert world.text().count('there is no user "no-such-user"') == 2
    assert stop(proc) == 0


def copy_programs(world):
    """The programs in a folder that a test may spoil."""
    folder = os.path.join(world.dir, "bin")
    os.mkdir(folder)
    for name in ("vrrpd", "vrrpe", "checker", "mailer", "readconf"):
        shutil.copy2(os.path.join(BIN, name), folder)
    return folder


@pytest.mark.parametrize("spoil,message", [
    (lambda d: os.unlink(d + "/vrrpe"), "bin/vrrpe: program is missing"),
    (lambda d: os.unlink(d + "/checker"), "bin/checker: program is missing"),
    (lambda d: os.chown(d + "/checker", 1, 0), "belongs to uid 1"),
    (lambda d: os.chmod(d + "/vrrpe", 0o775), "others than root may write"),
    (lambda d: os.chmod(d + "/vrrpe", 0o644), "is not a program"),
    (lambda d: os.chmod(d, 0o777), "bin: others than root may write"),
    (lambda d: os.chown(d, 1, 0), "bin: belongs to uid 1"),
    (lambda d: (os.unlink(d + "/vrrpe"), os.symlink("/bin/true", d +
                                                    "/vrrpe")),
     "is not a program"),
])
def test_programs(world, spoil, message):
    """Programs that are missing or that others may change."""
    folder = copy_programs(world)
    spoil(folder)
    done = world.once("-d", program=folder + "/vrrpd")
    assert done.returncode == 1
    assert message in done.stderr


@pytest.mark.parametrize("program", ["vrrpe", "readconf"])
def test_child_that_is_something_else(world, program):
    """A child that does not speak is given two seconds, or dies."""
    folder = copy_programs(world)
    shutil.copy2("/bin/sleep", os.path.join(folder, program))
    begin = time.monotonic()
    done = world.once("-d", program=folder + "/vrrpd")
    assert done.returncode == 1
    assert time.monotonic() - begin < 6
    assert program in done.stderr


def test_missing_user(world):
    """Without _vrrpd there is no start; the message says how to get it."""
    passwd = os.path.join(world.dir, "passwd")
    with open("/etc/passwd", encoding="utf-8") as f:
        lines = [line for line in f if not line.startswith("_vrrpd:")]
    with open(passwd, "w", encoding="utf-8") as f:
        f.writelines(lines)
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c",
         'mount --bind "$1" /etc/passwd && shift && exec "$@"', "sh",
         passwd] + world.command("-d"), check=False, capture_output=True,
        text=True, timeout=20)
    if "mount" in done.stderr and "vrrpd" not in done.stderr:
        pytest.skip("no right to mount")
    assert done.returncode == 1
    assert "user _vrrpd does not exist" in done.stderr
    assert "useradd" in done.stderr


def test_missing_group(world):
    """Without the group vrrp only root controls it, which is said."""
    group = os.path.join(world.dir, "group")
    with open("/etc/group", encoding="utf-8") as f:
        lines = [line for line in f if not line.startswith("vrrp:")]
    with open(group, "w", encoding="utf-8") as f:
        f.writelines(lines)
    with open(world.log, "a", encoding="ascii") as log:
        # pylint: disable-next=consider-using-with
        proc = subprocess.Popen(
            ["unshare", "-m", "sh", "-c",
             'mount --bind "$1" /etc/group && shift && exec "$@"', "sh",
             group] + world.command("-d"), stderr=log)
    world.procs.append(proc)
    world.wait_log("ready: |mount: ")
    if "mount: " in world.text():
        pytest.skip("no right to mount")
    assert "group vrrp does not exist" in world.text()
    assert os.stat(os.path.join(world.run, "control")).st_gid == 0
    assert stop(proc) == 0


def capsh(world, drop, *args):
    """A daemon without some capabilities."""
    if shutil.which("capsh") is None:
        pytest.skip("no capsh")
    line = world.command(*args)
    return line[:4] + ["capsh", "--drop=" + drop, "--", "-c",
                       'exec "$@"', "sh"] + line[4:]


@pytest.mark.parametrize("cap", ["net_admin", "net_raw", "setuid",
                                 "sys_chroot"])
def test_missing_capability(world, cap):
    """What it cannot do without is named; no start."""
    done = subprocess.run(capsh(world, "cap_" + cap, "-d"), check=False,
                          capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "capability CAP_%s is missing" % cap.upper() in done.stderr


def test_degraded(world):
    """What it can do without is named, too, and it runs."""
    with open(world.log, "a", encoding="ascii") as log:
        # pylint: disable-next=consider-using-with
        proc = subprocess.Popen(
            capsh(world, "cap_sys_nice,cap_sys_resource,"
                  "cap_dac_read_search,cap_chown", "-d"), stderr=log)
    world.procs.append(proc)
    world.wait_log("ready: ")
    for cap in ("SYS_NICE", "SYS_RESOURCE", "DAC_READ_SEARCH", "CHOWN"):
        assert "capability CAP_%s is missing" % cap in world.text()
    world.wait_master()
    assert stop(proc) == 0


def test_not_root(world):
    """Only root starts it."""
    os.chmod(world.dir, 0o755)
    line = world.command("-d")
    done = subprocess.run(
        line[:4] + ["setpriv", "--reuid=65534", "--clear-groups"] + line[4:],
        check=False, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "must be started as root" in done.stderr


def test_odd_surroundings(world):
    """Closed descriptors, a wild umask, blocked and ignored signals."""
    line = world.command("-d")
    text = ("trap '' HUP CHLD USR1; umask 0; exec 0<&- 1>&- 7>/dev/null 2>>"
            '"$1"; shift; exec "$@"')
    # pylint: disable-next=consider-using-with
    proc = subprocess.Popen(
        ["sh", "-c", text, "sh", world.log] + line,
        env={"EVENT_NOEPOLL": "1", "LD_BIND_NOW": "1", "IFS": "x"})
    world.procs.append(proc)
    world.wait_log("ready: ")
    world.wait_master()
    for pid in (proc.pid, world.child(proc.pid, "vrrpe")):
        links = [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in
                 os.listdir("/proc/%d/fd" % pid) if int(fd) > 2]
        assert "/dev/null" not in links
    with open("/proc/%d/environ" % world.child(proc.pid, "vrrpe"),
              "rb") as f:
        names = [word.split(b"=")[0] for word in f.read().split(b"\0")]
    assert set(names) <= {b"PATH", b"TZ", b""}
    mode = os.stat(os.path.join(world.run, "vips")).st_mode
    assert stat.S_IMODE(mode) & 0o022 == 0
    proc.send_signal(signal.SIGUSR1)
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: ")
    assert stop(proc) == 0


# In the background.

def test_background(world):
    """Status 0 comes when it is ready, and it lets the terminal go."""
    done = world.once()
    assert done.returncode == 0
    assert "error" not in done.stderr
    with open(os.path.join(world.run, "vrrpd.pid"), encoding="ascii") as f:
        pid = int(f.read())
    world.pids.append(pid)
    world.pids.append(world.child(pid, "vrrpe"))
    assert os.getsid(pid) != os.getsid(0)
    assert os.path.samefile("/proc/%d/cwd" % pid, "/")
    for fd in (0, 1, 2):
        assert os.path.samefile("/proc/%d/fd/%d" % (pid, fd), "/dev/null")
    world.wait_master()
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not alive(pid), 5.0, "end")
    assert not world.has_vip()


def test_background_that_fails(world):
    """Not ready, so not 0; a second daemon."""
    proc = world.start()
    done = world.once()
    assert done.returncode == 1
    assert "another vrrpd is running there" in done.stderr
    assert stop(proc) == 0


# The command line.

def test_check(world):
    """-n for anybody: 0, 1, and the canonical form."""
    os.chmod(world.dir, 0o755)
    os.chmod(world.conf, 0o644)
    nobody = ["setpriv", "--reuid=65534", "--clear-groups"]
    # Where the programs are built nobody may have no business.
    for name in ("vrrpd", "readconf"):
        shutil.copy2(os.path.join(BIN, name), world.dir)
    vrrpd = os.path.join(world.dir, "vrrpd")

    def run(*args):
        return subprocess.run(nobody + [vrrpd] + list(args), check=False,
                              capture_output=True, text=True, timeout=20)
    good = run("-n", "-f", world.conf)
    assert (good.returncode, good.stdout) == (0, "")
    form = run("-nv", "-f", world.conf)
    assert form.returncode == 0
    assert "vrrp_instance VI_1" in form.stdout
    again = os.path.join(world.dir, "again.conf")
    with open(again, "w", encoding="utf-8") as f:
        f.write(form.stdout)
    assert run("-nv", "-f", again).stdout == form.stdout
    world.write(CONF + "nonsense 1\n")
    warned = run("--config-test", "--use-file", world.conf)
    assert warned.returncode == 0
    assert "nonsense" in warned.stderr
    assert run("-nW", "-f", world.conf).returncode == 1
    world.write(CONF.replace("virtual_router_id", "#"))
    bad = run("-n", "-f", world.conf)
    assert bad.returncode == 1
    assert "vrrpd.conf:1:15: error: " in bad.stderr


def test_relative_path_and_macro(world):
    """A path from here, a macro from the command line."""
    world.write(CONF.replace("priority 100", "priority $PRIO"))
    done = subprocess.run(
        [VRRPD, "-nv", "-D", "PRIO=123", "-f", "vrrpd.conf"], check=False,
        capture_output=True, text=True, cwd=world.dir, timeout=20)
    assert done.returncode == 0
    assert "priority 123" in done.stdout
    bad = subprocess.run([VRRPD, "-D", "PRIO"], check=False,
                         capture_output=True, text=True, timeout=20)
    assert bad.returncode == 1
    assert "macro=value" in bad.stderr


def test_usage():
    """Help, version, and what is wrong with a line."""
    def run(*args):
        return subprocess.run([VRRPD] + list(args), check=False,
                              capture_output=True, text=True, timeout=20)
    text = run("--help")
    assert text.returncode == 0
    for word in ("use-file", "dont-fork", "config-test", "log-console",
                 "log-detail", "log-facility", "vrrp", "config-id", "pid",
                 "version", "help"):
        assert "--" + word in text.stdout
    assert run("-h").stdout == text.stdout
    assert re.match(r"vrrpd \d", run("--version").stdout)
    for args in (("-x",), ("extra",), ("-f",), ("--nonsense",)):
        bad = run(*args)
        assert bad.returncode == 1
        assert "usage: vrrpd" in bad.stderr
    bad = run("-F", "nowhere")
    assert bad.returncode == 1
    assert "no such facility" in bad.stderr


# Reload.

def test_reload(world):
    """A good one changes what it says, a bad one nothing."""
    proc = world.start()
    world.wait_master()
    engine = world.child(proc.pid, "vrrpe")
    more = CONF.replace("100\n    }", "100\n        192.0.2.101\n    }")
    world.write(more + CONF.replace("VI_1", "VI_2").replace("51", "52")
                .replace("192.0.2.100", "192.0.2.102"))
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: 1 added, 1 changed, 0 removed, 0 warnings")
    assert world.has_vip()
    wait_for(lambda: world.has_vip("192.0.2.101"), 2.0, "second address")
    wait_for(lambda: world.has_vip("192.0.2.102"), 5.0, "second instance")
    world.write(more.replace("virtual_router_id", "#"))
    proc.send_signal(signal.SIGHUP)
    world.wait_log("refused, nothing changed: 1 error")
    assert world.has_vip("192.0.2.101") and world.has_vip("192.0.2.102")
    world.write(CONF)
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: 0 added, 1 changed, 1 removed, 0 warnings")
    wait_for(lambda: not world.has_vip("192.0.2.101") and
             not world.has_vip("192.0.2.102"), 2.0, "addresses gone")
    assert world.has_vip()
    # The role went on through all of it, in the same process.
    assert world.text().count("(VI_1) Entering MASTER") == 1
    assert world.child(proc.pid, "vrrpe") == engine
    assert stop(proc) == 0


DAMAGED = {
    "cut": CONF[:CONF.index("virtual_ipaddress")],
    "cut in a block": CONF[:CONF.index("192.0.2.100") + 11],
    "instance": CONF.replace("vrrp_instance", "vrrp_instanc"),
    "block": CONF.replace("virtual_ipaddress", "virtual_ipadress"),
    "address": CONF.replace("192.0.2.100", "192.0.2.1O0"),
    "empty": "",
    "word": "bogus\n",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_file(world, damage):
    """What it would take away stays, and the client is told."""
    proc = world.start()
    world.wait_master()
    world.write(DAMAGED[damage])
    before = world.text().count("refused, nothing changed")
    proc.send_signal(signal.SIGHUP)
    wait_for(lambda: world.text().count("refused, nothing changed") > before
             or "reloaded:" in world.text(), 5.0, "an answer")
    if damage == "cut in a block":
        # All that matters is there.
        assert "reloaded: 0 added" in world.text()
    else:
        assert "reloaded:" not in world.text()
    assert world.has_vip()
    assert stop(proc) == 0


def test_replaced_instance(world):
    """Another VRID is another virtual router."""
    proc = world.start()
    world.wait_master()
    world.write(CONF.replace("51", "77"))
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: 0 added, 1 changed, 0 removed")
    world.wait_log(r"\(VI_1\) Entering MASTER", 2)
    world.wait_master()
    assert stop(proc) == 0


def test_reload_storm(world):
    """Many signals: one at a time, the last one counts."""
    proc = world.start()
    world.wait_master()
    for number in range(40):
        world.write(CONF.replace("priority 100", "priority %d" %
                                 (101 + number)))
        proc.send_signal(signal.SIGHUP)
        time.sleep(0.002)
    wait_for(lambda: "priority 140" in subprocess.run(
        [VRRPD, "-nv", "-f", world.conf], check=True, capture_output=True,
        text=True).stdout, 1.0, "file")
    time.sleep(0.5)
    assert world.has_vip()
    assert proc.poll() is None
    assert not re.search("broke the rules|killed", world.text())
    assert stop(proc) == 0


def test_reload_brings_and_takes_checkers(world):
    """An identity comes and goes with the configuration."""
    proc = world.start()
    assert not world.children(proc.pid, "checker")
    with_script = SCRIPT + CONF.replace(
        "    version 3\n",
        "    version 3\n    track_script {\n        chk\n    }\n")
    world.write(with_script)
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: ")
    checker = world.child(proc.pid, "checker")
    with open("/proc/%d/status" % checker, encoding="ascii") as f:
        uids = [line.split()[1:] for line in f
                if line.startswith("Uid:")][0]
    assert uids == ["65534"] * 4
    world.write(CONF)
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: ", 2)
    wait_for(lambda: not alive(checker), 3.0, "checker gone")
    assert stop(proc) == 0


# Deaths.

def test_engine_is_killed(world):
    """The next one goes on as MASTER; the address stays."""
    proc = world.start()
    world.wait_master()
    engine = world.child(proc.pid, "vrrpe")
    os.kill(engine, signal.SIGKILL)
    world.wait_log(r"vrrpe: killed by signal 9 \(Killed\)")
    world.wait_log(r"\(VI_1\) goes on as MASTER")
    assert world.has_vip()
    assert world.child(proc.pid, "vrrpe") != engine
    assert stop(proc) == 0


def test_engine_hangs(world):
    """Stopped, not dead: found by its silence."""
    proc = world.start()
    world.wait_master()
    engine = world.child(proc.pid, "vrrpe")
    os.kill(engine, signal.SIGSTOP)
    begin = time.monotonic()
    wait_for(lambda: not world.has_vip(), 3.0, "address gone")
    assert time.monotonic() - begin < 1.5
    world.wait_log(r"vrrpe: silent for \d+ ms: killed")
    wait_for(lambda: not alive(engine), 2.0, "engine gone")
    world.wait_log(r"\(VI_1\) Entering MASTER", 2)
    assert stop(proc) == 0


def test_parent_was_stopped(world):
    """Its own time away is no silence of the engine, also if that answers
    the first question afterwards late."""
    proc = world.start()
    world.wait_master()
    engine = world.child(proc.pid, "vrrpe")
    os.kill(proc.pid, signal.SIGSTOP)
    time.sleep(3.5)
    os.kill(engine, signal.SIGSTOP)
    os.kill(proc.pid, signal.SIGCONT)
    time.sleep(0.4)
    os.kill(engine, signal.SIGCONT)
    time.sleep(0.5)
    assert world.child(proc.pid, "vrrpe") == engine
    assert "ms: killed" not in world.text()
    assert stop(proc) == 0


def test_engine_dies_again_and_again(world):
    """After three times it waits longer each time, without the role."""
    proc = world.start()
    world.wait_master()
    for count in range(1, 5):
        os.kill(world.child(proc.pid, "vrrpe"), signal.SIGKILL)
        world.wait_log("vrrpe: killed by signal 9", count)
    world.wait_log("vrrpe: dies too often: starting again in 1 s")
    wait_for(lambda: not world.has_vip(), 0.25, "address gone")
    assert not world.children(proc.pid, "vrrpe")
    world.wait_log("vrrpe: starting again", 4)
    world.wait_master()
    assert stop(proc) == 0


def test_reload_while_engine_waits(world):
    """No engine: the new configuration waits for it."""
    proc = world.start()
    for count in range(1, 5):
        os.kill(world.child(proc.pid, "vrrpe"), signal.SIGKILL)
        world.wait_log("vrrpe: killed by signal 9", count)
    world.write(CONF.replace("192.0.2.100", "192.0.2.101"))
    proc.send_signal(signal.SIGHUP)
    world.wait_log("reloaded: ")
    wait_for(lambda: world.has_vip("192.0.2.101"), 5.0, "new address")
    assert not world.has_vip()
    assert stop(proc) == 0


def test_checker_is_killed(world):
    """No address moves; it is started again and heard again."""
    world.write(SCRIPT + CONF.replace(
        "    version 3\n",
        "    version 3\n    track_script {\n        chk\n    }\n"))
    proc = world.start()
    world.wait_master()
    checker = world.child(proc.pid, "checker")
    os.kill(checker, signal.SIGKILL)
    world.wait_log(r"checker\(nobody\): killed by signal 9")
    world.wait_log(r"checker\(nobody\): starting again")
    wait_for(lambda: world.children(proc.pid, "checker") not in
             ([], [checker]), 3.0, "next checker")
    for _ in range(100):
        assert world.has_vip()
        time.sleep(0.005)
    assert world.text().count("Entering MASTER") == 1
    assert stop(proc) == 0


def test_parent_is_killed(world):
    """Nobody refreshes the addresses: the kernel takes them away."""
    proc = world.start()
    world.wait_master()
    engine = world.child(proc.pid, "vrrpe")
    proc.kill()
    proc.wait()
    wait_for(lambda: not alive(engine), 2.0, "engine gone")
    wait_for(lambda: not world.has_vip(), 5.0, "lease ended")
    assert stop(world.start()) == 0


def test_cleanup(world):
    """-z removes what a killed daemon left, and only that."""
    world.ip("addr add 192.0.2.9/24 dev v0")
    world.write(CONF.replace("    version 3\n",
                             "    version 3\n    vip_lease off\n"))
    proc = world.start()
    world.wait_master()
    engine = world.child(proc.pid, "vrrpe")
    proc.kill()
    proc.wait()
    wait_for(lambda: not alive(engine), 2.0, "engine gone")
    assert world.has_vip()
    done = world.once("-z", conf=False)
    assert done.returncode == 0
    assert done.stdout == "1 address removed\n"
    assert not world.has_vip()
    assert world.has_vip("192.0.2.9") and world.has_vip("192.0.2.1")
    assert world.once("-z", conf=False).stdout == "0 addresses removed\n"


# The end.

def test_two_signals(world):
    """The first one hands over, the second one is at once."""
    world.write(CONF.replace("advert_int 0.1", "advert_int 5")
                .replace("priority 100", "priority 255"))
    proc = world.start()
    world.wait_master()
    proc.send_signal(signal.SIGTERM)
    world.wait_log("gave up the role|stopping")
    time.sleep(0.3)
    assert proc.poll() is None
    assert world.has_vip()
    begin = time.monotonic()
    assert stop(proc) == 0
    assert time.monotonic() - begin < 1.0
    assert not world.has_vip()


def test_end_with_hung_engine(world):
    """It neither answers nor ends: the time is bounded, nothing stays."""
    proc = world.start()
    world.wait_master()
    engine = world.child(proc.pid, "vrrpe")
    os.kill(engine, signal.SIGSTOP)
    assert stop(proc) == 0
    assert not alive(engine)
    assert not world.has_vip()


def test_end_with_hung_checker(world):
    """The same of a checker."""
    world.write(SCRIPT + CONF.replace(
        "    version 3\n",
        "    version 3\n    track_script {\n        chk\n    }\n"))
    proc = world.start()
    world.wait_master()
    checker = world.child(proc.pid, "checker")
    os.kill(checker, signal.SIGSTOP)
    assert stop(proc) == 0
    assert not alive(checker)
    assert not world.has_vip()


def test_signal_during_start(world):
    """However early it comes, it is an end without rests."""
    for wait_ms in (0, 1, 2, 4, 6, 8, 12, 16, 24):
        proc = world.start(ready=False)
        time.sleep(wait_ms / 1000)
        proc.send_signal(signal.SIGTERM)
        proc.wait(5)
        assert not world.has_vip()
        assert not os.path.exists(os.path.join(world.run, "vrrpd.pid"))
