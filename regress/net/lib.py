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

"""Network namespaces, daemons, captures and probes for the system tests.

A Lab is a bridge in a namespace of its own and hosts around it, each with
the interface e0. Host N of a, b, t, c, d has 10.9.0.N, 192.168.10.N,
fd09::N and the MAC 02:00:00:00:00:0N. A lab with two networks has a second
bridge, and each host f0 with 10.8.0.N and the MAC 02:00:00:00:01:0N. Times
are seconds of time.time(), the clock of the kernel's packet stamps. Nothing
here waits for a fixed time where a condition can be waited for.
"""

import atexit
import ctypes
import ipaddress
import json
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

import packet

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BIN = os.path.abspath(os.environ.get("BIN", os.path.join(TOP, "obj/bin")))
VRRPD = os.path.join(BIN, "vrrpd")
VRRPCTL = os.path.join(BIN, "vrrpctl")
KEEPALIVED = shutil.which("keepalived", path="/usr/sbin:/sbin:/usr/bin")
FRR = "/usr/lib/frr"

NUMBER = {"a": 1, "b": 2, "t": 3, "c": 4, "d": 5}
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


class Timeout(AssertionError):
    pass


def wait_until(check, limit, what="", step=0.005):
    """The first true value of check(); Timeout with the text otherwise."""
    end = time.monotonic() + limit
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise Timeout("not within %g s: %s" % (limit,
                what() if callable(what) else what))
        time.sleep(step)


def stays(check, seconds, what="", step=0.01):
    """Fails as soon as check() is false within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert check(), "did not last %g s: %s" % (seconds, what)
        time.sleep(step)


def command(args, stdin=None, check=True, limit=20):
    done = subprocess.run(args, input=stdin, text=True, capture_output=True,
        timeout=limit, check=False)
    if check and done.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(args), done.stderr.strip()))
    return done


class Inside:
    """with Inside(namespace): the calling thread is in there; sockets made
    meanwhile stay there."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.back = -1

    def __enter__(self):
        self.back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open("/run/netns/" + self.namespace, os.O_RDONLY)
        try:
            self.enter(there)
        finally:
            os.close(there)

    def __exit__(self, *_):
        self.enter(self.back)
        os.close(self.back)

    @staticmethod
    def enter(fd):
        if LIBC.setns(fd, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def all_processes():
    """pid: (parent pid, state letter) of everything that runs."""
    out = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name, encoding="latin-1") as f:
                rest = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        out[int(name)] = (int(rest[1]), rest[0])
    return out


def family_of(pid):
    """pid and everything that descends from it, parents first."""
    table = all_processes()
    out = [pid] if pid in table else []
    for member in out:
        out += [p for p, (parent, _) in table.items() if parent == member]
    return out


def alive(pid):
    return all_processes().get(pid, (0, "Z"))[1] not in "ZX"


def kill(pids, number=signal.SIGKILL):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Lab:
    """Namespaces; close() ends everything in them and removes them."""

    open_labs = []
    count = 0

    def __init__(self, hosts="abt", ifname="e0", second=False):
        Lab.count += 1
        self.prefix = "vr%d-%d" % (os.getpid(), Lab.count)
        self.ifname = ifname
        self.hosts = hosts
        self.second = second
        self.folder = tempfile.mkdtemp(prefix="vrrpd-net.")
        os.chmod(self.folder, 0o755)
        self.closing = []
        self.made = []
        Lab.open_labs.append(self)
        try:
            self.build()
        except BaseException:
            self.close()
            raise

    def name(self, host):
        return self.prefix + host

    def build(self):
        self.add_namespace("s")
        self.ip("s", "link add br0 type bridge mcast_snooping 0",
            "link set br0 up")
        for host in self.hosts:
            self.add_namespace(host)
            self.add_host(host)
        if self.second:
            self.ip("s", "link add br1 type bridge mcast_snooping 0",
                "link set br1 up")
            for host in self.hosts:
                self.add_second(host)

    def add_second(self, host):
        number = NUMBER[host]
        command(["ip", "-n", self.name("s"), "link", "add", "q" + host,
            "type", "veth", "peer", "name", "f0", "netns", self.name(host)])
        self.ip("s", "link set q%s master br1" % host,
            "link set q%s up" % host)
        self.ip(host, "link set f0 address 02:00:00:00:01:%02x" % number,
            "link set f0 up", "address add 10.8.0.%d/24 dev f0" % number)

    def add_namespace(self, host):
        name = self.name(host)
        command(["ip", "netns", "add", name])
        self.made.append(name)
        for where in ("all", "default"):
            for key, value in (("accept_dad", 0), ("dad_transmits", 0),
                    ("accept_ra", 0)):
                self.sysctl(host, "ipv6/conf/%s/%s" % (where, key), value)
        self.ip(host, "link set lo up")

    def add_host(self, host):
        number = NUMBER[host]
        switch, name = self.name("s"), self.name(host)
        command(["ip", "-n", switch, "link", "add", "p" + host, "type",
            "veth", "peer", "name", self.ifname, "netns", name])
        self.ip("s", "link set p%s master br0" % host,
            "link set p%s up" % host)
        dev = self.ifname
        self.ip(host, "link set %s address %s" % (dev, self.mac(host)),
            "link set %s up" % dev,
            "address add 10.9.0.%d/24 dev %s" % (number, dev),
            "address add 192.168.10.%d/24 dev %s" % (number, dev),
            "address add fd09::%d/64 dev %s nodad" % (number, dev))

    @staticmethod
    def mac(host):
        return "02:00:00:00:00:%02x" % NUMBER[host]

    @staticmethod
    def addr(host):
        return "10.9.0.%d" % NUMBER[host]

    @staticmethod
    def addr6(host):
        return "fe80::ff:fe00:%x" % NUMBER[host]

    def sysctl(self, host, key, value):
        def write():
            with Inside(self.name(host)):
                with open("/proc/sys/net/" + key, "w",
                        encoding="ascii") as f:
                    f.write(str(value))
        self.in_thread(write)

    @staticmethod
    def in_thread(function):
        """Runs it where a namespace may be entered without harm."""
        result = []

        def body():
            try:
                result.append((function(), None))
            except BaseException as e:  # handed to the caller below
                result.append((None, e))
        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        value, error = result[0]
        if error is not None:
            raise error
        return value

    def ip(self, host, *lines):
        command(["ip", "-n", self.name(host), "-batch", "-"],
            stdin="".join(l + "\n" for l in lines))

    def run(self, host, *args, check=True, limit=20):
        return command(["ip", "netns", "exec", self.name(host)] + list(args),
            check=check, limit=limit)

    def extra_link(self, host, name):
        """A pair inside the host, to be watched: NAME and NAMEp."""
        self.ip(host, "link add %s type veth peer name %sp" % (name, name),
            "link set %s up" % name, "link set %sp up" % name)

    def cable(self, host, plugged, dev=None):
        """Carrier of the host's e0 or f0, by the switch's port."""
        self.ip("s", "link set %s%s %s" % ("q" if dev == "f0" else "p", host,
            "up" if plugged else "down"))

    def addresses(self, host, dev=None):
        """ADDRESS/LEN: the record of ip -j, of one host."""
        done = command(["ip", "-n", self.name(host), "-j", "address", "show"]
            + (["dev", dev] if dev else []))
        out = {}
        for link in json.loads(done.stdout or "[]"):
            for info in link.get("addr_info", ()):
                if "local" in info:
                    info["ifname"] = link["ifname"]
                    out["%s/%d" % (info["local"], info["prefixlen"])] = info
        return out

    def has(self, host, text):
        """Whether the host holds an address (with any prefix length)."""
        want = ipaddress.ip_address(text.split("/")[0])
        return any(ipaddress.ip_address(a.split("/")[0]) == want
            for a in self.addresses(host))

    def holders(self, text):
        return [h for h in self.hosts if self.has(h, text)]

    def wait_holder(self, text, host, limit):
        wait_until(lambda: self.holders(text) == [host], limit,
            lambda: "%s on %s only, it is on %s" % (text, host,
                self.holders(text)))

    def processes(self, host):
        done = command(["ip", "netns", "pids", self.name(host)], check=False)
        return [int(p) for p in done.stdout.split()]

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def close(self):
        if self in Lab.open_labs:
            Lab.open_labs.remove(self)
        for thing in reversed(self.closing):
            thing.close()
        for name in self.made:
            pids = command(["ip", "netns", "pids", name], check=False)
            kill(int(p) for p in pids.stdout.split())
        for name in reversed(self.made):
            command(["ip", "netns", "del", name], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def close_all():
    for lab in list(Lab.open_labs):
        lab.close()


atexit.register(close_all)


class Daemon:
    """A program in a namespace, its output in a file."""

    count = 0
    outside = None              # the namespace that it enters by itself

    def __init__(self, lab, host, args, env=None, name=None, stderr=None):
        Daemon.count += 1
        self.lab = lab
        self.host = host
        self.args = args
        self.log_path = lab.path("%s-%s-%d.log" % (host,
            name or os.path.basename(args[0]), Daemon.count))
        self.env = {**os.environ, **(env or {})}
        self.stderr = stderr
        self.proc = None
        self.mark = 0
        self.started = 0.0
        lab.closing.append(self)

    def start(self):
        with open(self.log_path, "ab") as out:
            self.proc = subprocess.Popen(
                ([] if self.outside else ["ip", "netns", "exec",
                self.lab.name(self.host)]) + self.args,
                stdin=subprocess.DEVNULL, stdout=out,
                stderr=self.stderr or out, env=self.env,
                cwd=self.lab.folder, start_new_session=True)
        self.started = time.time()
        return self

    @property
    def pid(self):
        return self.proc.pid

    def log(self, start=0):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as f:
                f.seek(start)
                return f.read()
        except FileNotFoundError:
            return ""

    def sync(self):
        """wait_log looks only at what is written from now on."""
        self.mark = len(self.log().encode())
        return self

    def wait_log(self, regex, limit=10):
        pattern = re.compile(regex)

        def look():
            if self.proc.poll() is not None:
                return pattern.search(self.log(self.mark)) or self.gone()
            return pattern.search(self.log(self.mark))
        return wait_until(look, limit, lambda: "%s in the log of %s:\n%s" %
            (regex, self.host, self.tail()))

    def gone(self):
        raise AssertionError("%s ended with status %s:\n%s" % (self.args[0],
            self.proc.returncode, self.tail()))

    def tail(self, lines=60):
        return "\n".join(self.log().split("\n")[-lines:])

    def send_signal(self, number):
        os.kill(self.pid, number)

    def wait_exit(self, limit=10):
        try:
            return self.proc.wait(limit)
        except subprocess.TimeoutExpired:
            raise Timeout("%s still runs after %g s:\n%s" % (self.args[0],
                limit, self.tail())) from None

    def stop(self, limit=10):
        """A clean end; its exit status."""
        if self.proc.poll() is None:
            self.send_signal(signal.SIGTERM)
        return self.wait_exit(limit)

    def kill_hard(self):
        """kill -9 of all its processes, at once; the time of it. They are
        stopped first, or one might still act on the end of another."""
        pids = family_of(self.pid)
        kill(pids, signal.SIGSTOP)
        now = time.time()
        kill(pids)
        self.proc.wait(10)
        return now

    def freeze(self, number=signal.SIGSTOP):
        kill(family_of(self.pid), number)

    def thaw(self):
        self.freeze(signal.SIGCONT)

    def close(self):
        if self.proc is None or self.proc.poll() is not None:
            return
        pids = family_of(self.pid)
        kill(pids, signal.SIGCONT)
        kill(pids)
        self.proc.wait(10)


class Router(Daemon):
    """What vrrpd and keepalived have in common: a configuration file and
    the log line of a transition."""

    def write_conf(self, text):
        if self.outside:
            text = "net_namespace %s\n" % self.outside + text
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(text)

    def entered(self, name, state, start=0):
        return len(re.findall(r"\(%s\) Entering %s STATE" % (re.escape(name),
            state), self.log(start)))

    def wait_state(self, name, state, limit=10):
        """Waits until the newest transition of the log is into state."""
        pattern = re.compile(r"\(%s\) Entering (\w+) STATE" % re.escape(name))

        def look():
            if self.proc.poll() is not None:
                self.gone()
            found = pattern.findall(self.log(self.mark))
            return found and found[-1] == state
        wait_until(look, limit, lambda: "%s %s on %s:\n%s" % (name, state,
            self.host, self.tail()))


class Vrrpd(Router):
    def __init__(self, lab, host, conf, args=(), env=None, stderr=None,
            rundir=None, name=None, outside=False):
        self.outside = lab.name(host) if outside else None
        number = Daemon.count
        self.rundir = rundir or lab.path("run-%s-%d" % (host, number))
        self.conf = lab.path("%s-%d.conf" % (host, number))
        self.write_conf(conf)
        os.chmod(self.conf, 0o600)
        super().__init__(lab, host, [VRRPD, "-d", "-f", self.conf, "-r",
            self.rundir] + list(args), env=env, stderr=stderr, name=name)

    def start(self, ready=True, limit=10):
        super().start()
        if ready:
            self.wait_ready(limit)
        return self

    def wait_ready(self, limit=10):
        """The control socket answers."""
        def look():
            if self.proc.poll() is not None:
                self.gone()
            return self.ctl("show", check=False).returncode == 0
        wait_until(look, limit, lambda: "ready:\n" + self.tail(), step=0.02)

    def ctl(self, *words, check=True, limit=20, json_out=False):
        args = [VRRPCTL, "-s", self.rundir + "/control"]
        if json_out:
            args.append("-j")
        return command(args + list(words), check=check, limit=limit)

    def show(self, *words):
        return json.loads(self.ctl("show", *words, json_out=True).stdout)

    def instance(self, name):
        """All that is known of an instance, as one dictionary."""
        data = self.show("instance", name)
        for row in data.get("instances", [data.get("instance")]):
            if row and row.get("name") == name:
                return row
        raise KeyError("%s in %r" % (name, data))

    def packets(self, name):
        """The counters of packets: those of leases move by themselves."""
        return {k: n for k, n in self.instance(name)["counters"].items()
            if not k.startswith("lease_")}

    def state(self, name):
        for row in self.show()["instances"]:
            if row["name"] == name:
                return row["state"].upper()
        raise KeyError(name)

    def reload(self, text=None, check=True):
        if text is not None:
            self.write_conf(text)
        return self.ctl("reload", check=check)

    def child(self, name):
        """The pid of a child process by its program's name."""
        for pid in family_of(self.pid)[1:]:
            try:
                with open("/proc/%d/comm" % pid, encoding="ascii") as f:
                    if f.read().strip() == name:
                        return pid
            except OSError:
                pass
        return None


    def resources(self):
        """Open files of the parent and of vrrpe, and how many processes
        there are: what could leak."""
        return [len(os.listdir("/proc/%d/fd" % pid)) for pid in
            (self.pid, self.child("vrrpe"))] + [len(family_of(self.pid))]


class Keepalived(Router):
    def __init__(self, lab, host, conf, args=(), outside=False):
        self.outside = lab.name(host) if outside else None
        number = Daemon.count
        folder = lab.path("ka-%s-%d" % (host, number))
        os.mkdir(folder)
        self.conf = os.path.join(folder, "keepalived.conf")
        self.write_conf(conf)
        super().__init__(lab, host, [KEEPALIVED, "-n", "-l", "-D", "-P", "-f",
            self.conf, "-p", folder + "/ka.pid", "-r", folder + "/vrrp.pid"]
            + list(args), env={"TMPDIR": folder})

    def start(self, ready=True, limit=10):
        super().start()
        if ready:
            self.wait_log("Startup complete|Entering \\w+ STATE", limit)
        return self

    def reload(self, text=None):
        """It does not say when it is done."""
        if text is not None:
            self.write_conf(text)
        self.send_signal(signal.SIGHUP)


class FrrDaemon(Daemon):
    def __init__(self, lab, host, program, folder, conf):
        path = os.path.join(folder, program + ".conf")
        with open(path, "w", encoding="ascii") as f:
            f.write(conf)
        shutil.chown(path, "frr", "frr")
        super().__init__(lab, host, [os.path.join(FRR, program), "-u", "frr",
            "-g", "frr", "-f", path, "--vty_socket", folder, "-z",
            folder + "/zserv.api", "-i", "%s/%s.pid" % (folder, program),
            "--log", "stdout", "--log-level", "debugging"], name=program)
        self.socket = os.path.join(folder, program + ".vty")


class Frr:
    """zebra and vrrpd of FRR with one virtual router; its macvlan is made
    here, as FRR wants it."""

    def __init__(self, lab, host, vrid, prio, vips, version=3,
            interval_ms=1000):
        self.lab = lab
        self.host = host
        self.vrid = vrid
        self.six = ":" in vips[0]
        self.folder = lab.path("frr-%s-%d" % (host, Daemon.count))
        os.mkdir(self.folder, 0o755)
        shutil.chown(self.folder, "frr", "frr")
        dev = lab.ifname
        lines = ["log stdout", "interface " + dev,
            " vrrp %d version %d" % (vrid, version),
            " vrrp %d priority %d" % (vrid, prio),
            " vrrp %d advertisement-interval %d" % (vrid, interval_ms)]
        lines += [" vrrp %d %s %s" % (vrid, "ipv6" if self.six else "ip", v)
            for v in vips]
        self.macvlan(vips)
        self.zebra = FrrDaemon(lab, host, "zebra", self.folder,
            "log stdout\n")
        self.vrrpd = FrrDaemon(lab, host, "vrrpd", self.folder,
            "\n".join(lines) + "\n")

    def macvlan(self, vips):
        name = "vrrp%d" % self.vrid
        kind = 2 if self.six else 1
        self.lab.ip(self.host,
            "link add %s link %s type macvlan mode bridge" % (name,
                self.lab.ifname),
            "link set %s addrgenmode random" % name)
        self.lab.ip(self.host,
            "link set %s address 00:00:5e:00:%02x:%02x" % (name, kind,
                self.vrid),
            *("address add %s/%d dev %s" % (v, 64 if self.six else 32, name)
                for v in vips),
            "link set %s up" % name)

    def start(self):
        self.zebra.start()
        wait_until(lambda: os.path.exists(self.folder + "/zserv.api"), 15,
            lambda: "zebra's socket:\n" + self.zebra.tail())
        self.vrrpd.start()
        return self

    def stop(self):
        """SIGINT is what makes FRR's daemons leave in good order."""
        self.vrrpd.send_signal(signal.SIGINT)
        status = self.vrrpd.wait_exit(10)
        self.zebra.send_signal(signal.SIGTERM)
        self.zebra.wait_exit(10)
        return status


class Loop:
    """A thread that waits for one socket in a namespace."""

    def __init__(self, lab, host):
        self.lab = lab
        self.sock = lab.in_thread(lambda: self.open_inside(lab.name(host)))
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.body, daemon=True)
        lab.closing.append(self)

    def open_inside(self, namespace):
        with Inside(namespace):
            return self.make_socket()

    def make_socket(self):
        raise NotImplementedError

    def ready(self):
        raise NotImplementedError

    def body(self):
        while not self.stopped.is_set():
            if select.select([self.sock], [], [], 0.05)[0]:
                try:
                    self.ready()
                except OSError:
                    if self.stopped.is_set():
                        return

    def start(self):
        self.thread.start()
        return self

    def close(self):
        if self.stopped.is_set():
            return
        self.stopped.set()
        if self.thread.is_alive():
            self.thread.join()
        self.sock.close()


SO_TIMESTAMPNS = 35
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP = 1
PACKET_MR_PROMISC = 1
PACKET_OUTGOING = 4


class Capture(Loop):
    """Every frame that a host's interface sees: objects of packet.decode
    with .time added."""

    def __init__(self, lab, host="t", dev=None, own=False):
        self.dev = dev or lab.ifname
        self.own = own
        self.frames = []
        super().__init__(lab, host)
        self.start()

    def make_socket(self):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
            socket.htons(3))
        sock.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)  # RCVBUFFORCE
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.bind((self.dev, 3))
        sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, struct.pack(
            "iHH8x", socket.if_nametoindex(self.dev), PACKET_MR_PROMISC, 0))
        return sock

    def ready(self):
        data, extra, _, origin = self.sock.recvmsg(4096, 256)
        if origin[2] == PACKET_OUTGOING and not self.own:
            return
        frame = packet.decode(data)
        frame.time = time.time()
        for level, kind, value in extra:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                secs, nanos = struct.unpack("qq", value[:16])
                frame.time = secs + nanos / 1e9
        self.frames.append(frame)

    def pick(self, kind, since=0.0, **fields):
        """Frames of a kind whose fields have these values."""
        return [f for f in list(self.frames) if f.kind == kind and
            f.time >= since and all(getattr(f, k, None) == v
                for k, v in fields.items())]

    def adverts(self, since=0.0, host=None, **fields):
        if host is not None:
            fields["smac"] = self.lab.mac(host)
        return self.pick("vrrp", since, **fields)

    def garps(self, ip, since=0.0, **fields):
        return self.pick("garp", since, sender=ip, **fields)

    def nas(self, ip, since=0.0, **fields):
        return self.pick("na", since, target=ip, **fields)

    def wait(self, look, limit, what="a frame"):
        """look() until it gives a non-empty list; its first element."""
        return wait_until(look, limit, what)[0]

    def allowed(self, ip, host, since, linger=0.02):
        """How many pings of 10 ms may be lost because a new master that is
        not ours told the network of its address later than it spoke."""
        advert = self.wait_advert(2, since=since, host=host)
        garp = self.wait(lambda: self.garps(ip, since, smac=advert.smac) or
            self.nas(ip, since, smac=advert.smac), 2)
        late = garp.time - advert.time - linger
        return 0 if late < 0 else int(late * 100) + 2

    def wait_advert(self, limit=10, since=0.0, **fields):
        return self.wait(lambda: self.adverts(since, **fields), limit,
            "an advertisement with %r" % fields)


class AddressWatch(Loop):
    """Addresses that come and go on a host, as the kernel tells: (time,
    added, address). A refresh of a lease is one more added."""

    def __init__(self, lab, host):
        self.events = []
        super().__init__(lab, host)
        self.start()

    def make_socket(self):
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        sock.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)
        sock.bind((0, 0x10 | 0x100))    # IPv4 and IPv6 addresses
        return sock

    def ready(self):
        data = self.sock.recv(1 << 16)
        now = time.time()
        while len(data) >= 16:
            length, kind = struct.unpack("=IH", data[:6])
            if kind in (20, 21):
                text = self.local(data[16:length])
                if text:
                    self.events.append((now, kind == 20, text))
            data = data[length + 3 & ~3:]

    @staticmethod
    def local(body):
        """IFA_LOCAL, or IFA_ADDRESS where there is none."""
        found = {}
        at = 8
        while at + 4 <= len(body):
            length, kind = struct.unpack("=HH", body[at:at + 4])
            if length < 4:
                break
            found[kind] = body[at + 4:at + length]
            at += length + 3 & ~3
        raw = found.get(2) or found.get(1)
        return packet.address(raw) if raw else ""

    def of(self, ip, added=None, since=0.0):
        return [t for t, plus, a in list(self.events) if a == ip and
            t >= since and (added is None or plus == added)]

    def spans(self, ip):
        """[(from, to or None)] in which the address was there."""
        out = []
        for when, plus, text in list(self.events):
            if text != ip:
                continue
            if plus and (not out or out[-1][1] is not None):
                out.append((when, None))
            elif not plus and out and out[-1][1] is None:
                out[-1] = (out[-1][0], when)
        return out


class Sender:
    """Sends frames of one's own making from a host."""

    def __init__(self, lab, host="t"):
        self.lab = lab
        self.host = host
        self.stopped = threading.Event()
        self.threads = []
        self.sock = lab.in_thread(self.open_inside)
        lab.closing.append(self)

    def open_inside(self):
        with Inside(self.lab.name(self.host)):
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            sock.bind((self.lab.ifname, 0))
            return sock

    def frame(self, **fields):
        """An advertisement; the source is this host's unless given."""
        six = any(":" in a for a in fields.get("addrs", ()))
        fields.setdefault("smac", self.lab.mac(self.host))
        fields.setdefault("src", self.lab.addr6(self.host) if six
            else self.lab.addr(self.host))
        return packet.advert(**fields)

    def send(self, frame=None, **fields):
        """Once; the time of it."""
        frame = frame if frame is not None else self.frame(**fields)
        now = time.time()
        self.sock.send(frame)
        return now

    def keep(self, every, frames, limit=60):
        """These frames again and again until close() or the limit."""
        def body():
            at = time.monotonic()
            end = at + limit
            while not self.stopped.is_set() and at < end:
                for frame in frames:
                    self.sock.send(frame)
                at += every
                self.stopped.wait(max(0, at - time.monotonic()))
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        self.threads.append(thread)
        return self

    def close(self):
        if self.stopped.is_set():
            return
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        self.sock.close()


class Ping(Loop):
    """Echo requests at a fixed pace; which of them were answered."""

    def __init__(self, lab, target, host="t", every=0.01):
        self.target = target
        self.six = ":" in target
        self.every = every
        self.mark = os.getpid() + id(self) & 0xffff
        self.sent = {}
        self.heard = {}
        self.lock = threading.Lock()
        super().__init__(lab, host)
        self.start()
        self.sending = threading.Thread(target=self.pace, daemon=True)
        self.sending.start()

    def make_socket(self):
        if self.six:
            return socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)

    def pace(self):
        at = time.monotonic()
        seq = 0
        while not self.stopped.is_set():
            body = struct.pack("!BBHHHI", 128 if self.six else 8, 0, 0,
                self.mark, seq & 0xffff, seq)
            if not self.six:
                body = body[:2] + struct.pack("!H",
                    packet.inverse(body)) + body[4:]
            self.sent[seq] = time.time()
            try:
                self.sock.sendto(body, (self.target, 0))
            except OSError:
                pass            # nobody answers for it: it counts as lost
            seq += 1
            at += self.every
            self.stopped.wait(max(0, at - time.monotonic()))

    def ready(self):
        data = self.sock.recv(2048)
        if not self.six:
            data = data[(data[0] & 15) * 4:]
        if len(data) < 12 or data[0] != (129 if self.six else 0):
            return
        mark, _, seq = struct.unpack("!HHI", data[4:12])
        if mark == self.mark:
            self.heard.setdefault(seq, time.time())

    def answered(self, since=0.0):
        return sum(1 for s in list(self.heard) if self.sent[s] >= since)

    def wait_answers(self, count=3, limit=10):
        """Several more answers than there are now."""
        now = time.time()
        wait_until(lambda: self.answered(now) >= count, limit,
            "answers of " + self.target)
        return self

    def lost(self, since=0.0, settle=0.5):
        """Requests without an answer, of those old enough to have one."""
        time.sleep(settle)
        end = time.time() - settle
        return [s for s, t in sorted(self.sent.items())
            if since <= t <= end and s not in self.heard]

    def gap(self, since=0.0):
        """The longest time between two answers."""
        times = sorted(t for t in list(self.heard.values()) if t >= since)
        return max((b - a for a, b in zip(times, times[1:])), default=0.0)
