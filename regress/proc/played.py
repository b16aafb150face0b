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

"""A daemon that is played, for programs that go on asking; its rows are made
by regress/vrrpctl/run."""

import importlib.machinery
import importlib.util
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BIN = os.path.abspath(os.environ.get("BIN", os.path.join(TOP, "obj/bin")))
LIMIT_S = 30


def load_rows():
    path = os.path.join(TOP, "regress/vrrpctl/run")
    loader = importlib.machinery.SourceFileLoader("vrrpctl_run", path)
    spec = importlib.util.spec_from_loader("vrrpctl_run", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


rows = load_rows()


def counted(number, state=2, name="VI_1", **more):
    """The rows of an instance in the answer to metrics."""
    return [rows.inst(name, state, ident=number, **more), rows.detail(),
        rows.vip(), rows.track(),
        rows.counter("adverts_sent", 1000 + number),
        rows.counter("adverts_received", 7),
        rows.counter("why_silent", 3)]


def answers(*insts, scripts=(), groups=(), events=None):
    """What is said to each kind of request."""
    return {
        "CTL_SHOW_METRICS": [rows.daemon(2, 1), rows.counter("late_500", 90),
            rows.counter("late_more", 1), rows.counter("late_sum", 4200000),
            rows.counter("packets", 99)] + [r for i in insts for r in i] +
            [rows.END],
        "CTL_SHOW_SCRIPTS": list(scripts) + [rows.END],
        "CTL_SHOW_GROUPS": list(groups) + [rows.END],
        "CTL_SHOW_HISTORY": [rows.daemon()] + list(rows.EVENTS[:4] if
            events is None else events) + [rows.END],
    }


class Played:
    """Listens on FOLDER/status. say: what is said; it may be changed at any
    time. mode: "talk", "silent" (takes connections and says nothing), "deaf"
    (takes none)."""

    def __init__(self, say):
        self.folder = tempfile.mkdtemp(prefix="vrrpd-played.")
        os.chmod(self.folder, 0o755)
        self.path = os.path.join(self.folder, "status")
        self.say = say
        self.mode = "talk"
        self.greeting = rows.hello()
        self.times = 0              # that somebody has asked
        self.open = True
        self.sock = None
        self.conns = []
        self.listen()

    def listen(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.bind(self.path)
        os.chmod(self.path, 0o666)
        self.sock.listen(2)
        self.sock.settimeout(0.05)
        threading.Thread(target=self.accept, args=(self.sock,),
            daemon=True).start()

    def accept(self, sock):
        while self.open and sock is self.sock:
            if self.mode == "deaf":
                time.sleep(0.02)
                continue
            try:
                conn, _ = sock.accept()
            except OSError:
                continue
            conn.settimeout(LIMIT_S)
            self.conns.append(conn)
            threading.Thread(target=self.talk, args=(conn,),
                daemon=True).start()

    def talk(self, conn):
        self.times += 1
        try:
            while self.mode == "talk":
                data = conn.recv(20000)
                if not data:
                    break
                kind = rows.NAME[struct.unpack("!H", data[:2])[0]]
                for what in [self.greeting] if kind == "CTL_HELLO" else \
                        self.say[kind]:
                    if what == rows.CLOSE:
                        conn.close()
                        return
                    if what == rows.SILENCE:
                        return
                    self.send(conn, what)
        except OSError:
            pass

    @staticmethod
    def send(conn, what):
        if isinstance(what, rows.Raw):
            conn.send(what)
            return
        kind, payload = what
        conn.send(struct.pack("!HHIII", rows.TYPE[kind], 16 + len(payload),
            0, 0, 0) + payload)

    def die(self):
        """As a daemon that was killed: the socket's name stays."""
        sock, self.sock = self.sock, None
        sock.close()
        for conn in self.conns:
            conn.close()

    def back(self):
        os.unlink(self.path)
        self.listen()

    def close(self):
        self.open = False
        if self.sock:
            self.die()
        shutil.rmtree(self.folder, ignore_errors=True)


class Serve:
    """vrrpctl serve on a port of the kernel's choice."""

    def __init__(self, played, where="127.0.0.1:0", *more, start=True,
            user=None, journal=False):
        self.played = played
        self.log_path = os.path.join(played.folder, "serve.log")
        folder = BIN
        if user is not None:        # who may not look into every folder
            folder = os.path.join(played.folder, "bin")
            os.mkdir(folder)
            for name in ("vrrpctl", "vrrpctl-serve"):
                shutil.copy(os.path.join(BIN, name), folder)
        with open(self.log_path, "wb") as log:
            env = dict(os.environ)
            env.pop("JOURNAL_STREAM", None)
            if journal:             # as a service manager would say it
                of = os.fstat(log.fileno())
                env["JOURNAL_STREAM"] = "%d:%d" % (of.st_dev, of.st_ino)
            self.proc = subprocess.Popen([os.path.join(folder, "vrrpctl"),
                "-s", played.path, "serve", where, *more],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user,
                env=env)
        self.port = self.wait_port() if start else None

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return f.read()

    def wait_port(self):
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            found = re.search(r"listening on http://.*:(\d+)/", self.log())
            if found:
                return int(found.group(1))
            assert self.proc.poll() is None, self.log()
            time.sleep(0.01)
        raise AssertionError("it does not listen: " + self.log())

    def close(self):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait(LIMIT_S)
