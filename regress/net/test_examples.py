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

"""The shipped examples, as they stand: two routers run the files of a
folder's pair and do what the file says."""

import glob
import os
import re

import pytest

import lib
from lib import Ping, Vrrpd, command, stays, wait_until

EXAMPLES = os.path.join(lib.TOP, "conf/examples")
ALL = sorted(glob.glob(EXAMPLES + "/*.conf"))


def text_of(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as f:
        return f.read()


def word(text, name):
    return re.search(r"^\s*%s\s+(\S+)" % name, text, re.M).group(1)


@pytest.mark.parametrize("path", ALL + [os.path.join(lib.TOP,
    "conf/vrrpd.conf")], ids=os.path.basename)
def test_checks_out(path):
    """Accepted, and its canonical form means the same."""
    done = command([lib.VRRPD, "-n", "-v", "-f", path], check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("path", [p for p in ALL if not
    p.endswith("/comments.conf")] + [os.path.join(lib.TOP,
    "conf/vrrpd.conf")], ids=os.path.basename)
def test_no_warning(make_lab, path):
    """On a host as they are meant for, and with their scripts in PATH, the
    shipped files give nothing to complain of."""
    done = make_lab(hosts="a", ifname="eth0").run("a", "env", "PATH=%s:%s" %
        (EXAMPLES, os.environ["PATH"]), lib.VRRPD, "-n", "-W", "-f", path,
        check=False)
    assert done.returncode == 0, done.stderr


class Pair:
    """Two routers on shipped files; scripts without a path are found in a
    folder of PATH, as the files say."""

    def __init__(self, lab, high, low):
        self.lab = lab
        self.flags = {}
        for host in "ab":
            self.tools(host)
        self.vip = re.search(r"virtual_ipaddress\s*\{\s*([\d.]+)",
            text_of(high)).group(1)
        self.name = re.search(r"vrrp_instance (\S+)", text_of(high)).group(1)
        self.a = self.router("a", high)
        self.b = self.router("b", low)

    def tools(self, host):
        """A host's own copies: the flag of its check, the log of its
        control script."""
        folder = self.lab.path("bin-" + host)
        os.mkdir(folder)
        self.flags[host] = os.path.join(folder, "down")
        with open(os.path.join(EXAMPLES, "check.sh"), encoding="utf-8") as f:
            text = f.read()
        flag = re.search(r"! -e (\S+)", text).group(1)
        self.lab.write("bin-%s/check.sh" % host, text.replace(flag,
            self.flags[host]), 0o755)
        with open(os.path.join(EXAMPLES, "control.sh"), encoding="utf-8") as f:
            text = f.read()
        self.lab.write("bin-%s/control.sh" % host, text.replace("set -u",
            "exec >>%s/said" % folder), 0o755)

    def said(self, host):
        path = self.lab.path("bin-%s/said" % host)
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return f.read().split("\n")[:-1]

    def router(self, host, name):
        env = {"PATH": "%s:%s" % (self.lab.path("bin-" + host),
            os.environ["PATH"])}
        return Vrrpd(self.lab, host, text_of(name), env=env).start()

    def holder(self, host, limit=12):
        self.lab.wait_holder(self.vip, host, limit)

    def touch(self, host):
        with open(self.flags[host], "w", encoding="ascii"):
            pass


@pytest.fixture(name="pair")
def pair_fixture(make_lab):
    """Both routers of a pair of files, named master and backup."""
    return lambda high, low: Pair(make_lab(ifname=word(text_of(high),
        "interface")), high, low)


def test_preempt(pair):
    """(a) The better one is master, loses its role and takes it back."""
    p = pair("preempt-master.conf", "preempt-backup.conf")
    assert p.vip == "192.168.10.10"
    p.holder("a")
    assert p.vip + "/32" in p.lab.addresses("a")
    ping = Ping(p.lab, p.vip).wait_answers()
    assert p.a.stop() == 0
    p.holder("b")
    ping.wait_answers()
    p.a = p.router("a", "preempt-master.conf")
    p.holder("a")
    assert not ping.lost()


def test_nopreempt(pair):
    """(b) The lower one keeps the role when the higher one returns."""
    p = pair("nopreempt-a.conf", "nopreempt-b.conf")
    p.holder("a")
    assert p.a.stop() == 0
    p.holder("b")
    p.a = p.router("a", "nopreempt-a.conf")
    p.a.wait_state(p.name, "BACKUP")
    stays(lambda: p.lab.holders(p.vip) == ["b"], 5, "b keeps it")


def test_notify(pair):
    """(c) Script and arguments in one string, the path from PATH."""
    p = pair("notify.conf", "preempt-backup.conf")
    p.holder("a")
    wait_until(lambda: p.said("a") == ["service is stopped",
        "service is started"], 3, lambda: p.said("a"))
    p.lab.cable("a", False)
    wait_until(lambda: p.said("a")[2:] == [
        "service is stopped, the router has a fault"], 3,
        lambda: p.said("a"))


def test_track_script(pair):
    """(d) 101 - 20 = 81 < 100: the roles move, and come back."""
    p = pair("track-script-master.conf", "track-script-backup.conf")
    p.holder("a")
    assert p.a.instance(p.name)["priority"] == 101
    p.touch("a")
    p.holder("b")
    assert p.a.instance(p.name)["priority"] == 81
    os.unlink(p.flags["a"])
    p.holder("a")
    assert p.a.instance(p.name)["priority"] == 101


def test_track_reverse(pair):
    """(e) reverse: exit status 0 is what lowers the priority."""
    p = pair("track-reverse-master.conf", "track-reverse-backup.conf")
    p.touch("a")
    p.holder("a")
    os.unlink(p.flags["a"])
    p.holder("b")
    p.touch("a")
    p.holder("a")


def test_comments(lab):
    """A comment after a brace, // after a value, UTF-8: a warning, and it
    runs."""
    path = os.path.join(EXAMPLES, "comments.conf")
    done = command([lib.VRRPD, "-n", "-f", path], check=False)
    assert done.returncode == 0 and "//" in done.stderr
    assert re.search(r"comments\.conf:\d+:\d+: warning", done.stderr)


def test_missing_tool(make_lab):
    """A script that is nowhere in PATH is named."""
    lab = make_lab(ifname="eth0")
    router = Vrrpd(lab, "a", text_of("notify.conf"),
        env={"PATH": "/usr/bin:/bin"}).start()
    assert "control.sh" in router.log()
