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

"""A host as keepalived had it when it was asked about a sample: a network
namespace with the sample's interfaces, and over this machine's files the stub
scripts, files and users that the sample names.
"""

import datetime
import json
import os
import re
import time

import lib

HERE = os.path.dirname(os.path.abspath(__file__))
STUB = "#!/bin/sh\nexit 0\n"
CONTROL = "/run/vrrpd/control"
USER = "keepalived_script"      # keepalived's script_user, where it exists
FIRST_UID = 906


class Stage(lib.Lab):
    def __init__(self, sample, text):
        self.sample = sample
        self.text = text
        self.proc = None
        super().__init__(hosts="")

    def build(self):
        self.upper = self.path("upper")
        for name in ("upper", "upper.work", "root"):
            os.mkdir(self.path(name))
        os.chmod(self.upper, 0o755)
        for name in ("/tmp", "/run"):
            os.mkdir(self.upper + name)
            os.setxattr(self.upper + name, "trusted.overlay.opaque", b"y")
        os.chmod(self.upper + "/tmp", 0o1777)
        self.put("/%s.conf" % self.sample.number, self.text, 0o644)
        for path in self.sample.files:
            self.put(path, b"0\n", 0o644)
        for path in self.sample.stubs:
            self.put(path, STUB.encode(), 0o755)
        self.people()
        self.add_namespace("h")
        self.links()

    def put(self, path, data, mode):
        """A file of the sample's world; folders as they are here."""
        path = self.upper + os.path.normpath("/" + path)
        if os.path.lexists(path):
            return
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        os.chmod(path, mode)

    def people(self):
        self.uids = {"root": "0:0"}
        for kind in ("passwd", "group"):
            with open("/etc/" + kind, encoding="utf-8") as f:
                text = f.read()
            for i, name in enumerate([USER] + self.sample.users):
                uid = FIRST_UID + i
                self.uids[name] = "%d:%d" % (uid, uid)
                if re.search(r"^%s:" % re.escape(name), text, re.M):
                    continue
                text += "%s:x:%d:" % (name, uid) + ("%d::/:/bin/false\n" % uid
                    if kind == "passwd" else "\n")
            self.put("/etc/" + kind, text.encode(), 0o644)

    def links(self):
        lines = []
        for i, (name, addresses) in enumerate(self.sample.interfaces):
            peer = "zz%d" % (i + 1)
            lines += ["link add %s type veth peer name %s" % (name, peer),
                "link set %s up" % peer, "link set %s up" % name]
            lines += ["address add %s/64 dev %s nodad" % (a, name)
                if ":" in a else "address add %s/24 dev %s" % (a, name)
                for a in addresses]
        self.ip("h", *lines)

    def args(self, *more, program=lib.VRRPD):
        ident = ["-i", self.sample.config_id] if self.sample.config_id else []
        return [os.path.join(HERE, "inside"), self.upper, self.path("root"),
            self.sample.netns or "-", program, "-P", "-f", "/%s.conf" %
            self.sample.number] + ident + list(more)

    def check(self):
        """Exit status, canonical form, messages."""
        done = lib.command(["ip", "netns", "exec", self.name("h")] +
            self.args("-n", "-v", "-v"), check=False, limit=60)
        return done.returncode, done.stdout, done.stderr

    def start(self):
        self.proc = lib.Daemon(self, "h", self.args("-d", "-v"), name="vrrpd")
        self.proc.start()
        self.began = time.monotonic()
        return self

    def start_keepalived(self):
        self.proc = lib.Daemon(self, "h", self.args("-n", "-l", "-D", "-d",
            program=lib.KEEPALIVED), name="keepalived")
        self.proc.start()
        self.began = time.monotonic()
        return self

    def states_said(self):
        """By keepalived's log, the last of each instance."""
        return {name: state for name, state in re.findall(
            r"\((.+?)\) [Ee]ntering (\w+) (?:STATE|state)",
            self.proc.log())}

    def control(self):
        """The way to the control socket inside."""
        for pid in lib.family_of(self.proc.pid):
            path = "/proc/%d/root%s" % (pid, CONTROL)
            if os.path.exists(path):
                return path
        return None

    def ready(self):
        """When vrrpd was, by its log; 0: not yet."""
        found = re.search(r"^(\S+ \S+) vrrpd: vrrpd \S+ ready: ",
            self.proc.log(), re.M)
        return stamp(found.group(1)) if found else 0

    def states(self, end):
        """At that time, by the log; now, of those of which it says nothing,
        or not the latest: a part of it was dropped."""
        path = self.control()
        if path is None:
            return None
        done = lib.command([lib.VRRPCTL, "-j", "-s", path, "show"],
            check=False)
        if done.returncode != 0:
            return None
        out = {row["name"]: row["state"].upper()
            for row in json.loads(done.stdout)["instances"]}
        log = self.proc.log()
        if "log lines were dropped" in log:
            return out
        said = re.findall(r"^(\S+ \S+) vrrpd: vrrpe: \((.+?)\) Entering "
            r"(\w+) STATE", log, re.M)
        last = {name: state for _, name, state in said}
        for name in [name for name in out if last.get(name) == out[name]]:
            out[name] = ([state for when, which, state in said
                if which == name and stamp(when) <= end] or ["INIT"])[-1]
        return out


def stamp(text):
    return datetime.datetime.fromisoformat(text).timestamp()
