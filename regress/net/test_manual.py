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


"""The manual pages: their examples are run, and every command, option and
word that there is has its place in them."""

import os
import re

import pytest

from confgen import instance, settings
from lib import BIN, TOP, VRRPCTL, VRRPD, Lab, Vrrpd, command, wait_until

PAGES = {name: os.path.join(TOP, path) for name, path in (
    ("vrrpd", "parent/vrrpd.8"), ("vrrpctl", "vrrpctl/vrrpctl.8"),
    ("keepalived", "vrrpctl/keepalived.8"),
    ("vrrpd.conf", "conf/vrrpd.conf.5"))}


def page(name):
    with open(PAGES[name], encoding="ascii") as f:
        return f.read()


def examples(name):
    """(commands, literal blocks) of EXAMPLES."""
    text = page(name).split("\n.Sh EXAMPLES\n")[1].split("\n.Sh ")[0]
    lines = [line.replace("\\(dq", '"') for line in
        re.findall(r"^\.Dl [#$] (.*)$", text, re.M)]
    blocks = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", text, re.M | re.S)
    return lines, blocks


def items(name):
    """What the lists of a page explain: words of each .It line."""
    out = []
    for line in re.findall(r"^\.It (.*)$", page(name), re.M):
        out.append([w.strip('"') for w in line.replace("\\-", "-").split()])
    return out


# A machine's /run, /etc and /tmp as far as the examples name them.
PLACE = r"""
mount -t tmpfs run /run && mkdir /run/vrrpd && mount --bind "$RUNDIR" \
    /run/vrrpd || exit 99
mount -t tmpfs etc "$PLACE" && [ ! -d /etc/keepalived ] ||
    mount -t tmpfs etc /etc/keepalived || exit 99
if [ -d /etc/keepalived ]; then
	cp "$CONF" /etc/keepalived/keepalived.conf
fi
cp "$CONF" "$PLACE/vrrpd.conf"
eval "$LINE"
"""


class Place:
    """Where a line of an example is run, as it stands."""

    def __init__(self, lab, conf, rundir, host="a"):
        self.lab = lab
        self.host = host
        self.conf = conf
        self.rundir = rundir
        os.makedirs(rundir, exist_ok=True)
        self.folder = lab.path("place")
        os.makedirs(self.folder, exist_ok=True)

    def run(self, line, limit=60):
        # there is no /etc of its own: the one file is named elsewhere
        line = line.replace("/etc/vrrpd.conf", self.folder + "/vrrpd.conf")
        return self.lab.run(self.host, "env", "PATH=%s:%s" % (BIN,
            "/usr/sbin:/usr/bin:/sbin:/bin"), "RUNDIR=" + self.rundir,
            "CONF=" + self.conf, "PLACE=" + self.folder, "LINE=" + line,
            "TMPDIR=" + self.lab.folder, "unshare", "--mount", "sh", "-c",
            PLACE, check=False, limit=limit)


@pytest.fixture(name="lab0")
def lab0_fixture():
    lab = Lab(hosts="ab", ifname="eth0")
    yield lab
    lab.close()


def test_vrrpctl(lab0):
    conf = settings() + instance(51, name="VI_1", dev="eth0", interval="0.2")
    a = Vrrpd(lab0, "a", conf).start()
    a.wait_state("VI_1", "MASTER")
    Vrrpd(lab0, "b", conf.replace("priority 100", "priority 50")).start()
    place = Place(lab0, a.conf, a.rundir)
    lines, blocks = examples("vrrpctl")
    assert len(lines) >= 8 and not blocks
    server = ""
    for line in lines:
        if " serve " in line:
            server = line
        if line.startswith("curl "):
            # against what the line before it starts
            line = ("%s & p=$!; n=0; until %s; do n=$((n + 1)); "
                "[ $n -lt 80 ] || break; sleep 0.1; done; kill $p; "
                "[ $n -lt 80 ]" % (server, line))
        endless = not line.startswith(server + " &") and \
            re.search(" (monitor|serve|top)", line)
        done = place.run("timeout 2 " + line if endless else line)
        good = (0, 124) if endless else (1, 0) if "doctor" in line or \
            "health" in line else (0,)
        assert done.returncode in good, (line, done.stdout, done.stderr)
        assert done.stdout or endless, line
        assert "usage" not in done.stderr and "unexpected" not in done.stderr


def test_vrrpd(lab0):
    conf = settings() + instance(51, name="VI_1", dev="eth0", interval="0.2")
    path = lab0.write("some.conf", conf, 0o600)
    place = Place(lab0, path, lab0.path("run-x"))
    lines, blocks = examples("vrrpd")
    assert len(lines) >= 5 and not blocks
    for line in lines:
        if "/etc/keepalived/" in line and not os.path.isdir(
                "/etc/keepalived"):
            continue
        if " -n" in line or " -z" in line:
            done = place.run(line)
        elif " -d" in line:
            done = place.run("timeout 3 " + line)
            assert " ready: 1 instance" in done.stderr, line
            assert done.returncode in (0, 124), (line, done.stderr)
            continue
        else:
            done = place.run(line + " && kill $(cat /run/vrrpd/vrrpd.pid)")
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        if "-nv" in line:
            assert "virtual_router_id 51" in done.stdout
    wait_until(lambda: not lab0.processes("a"), 10)


def test_keepalived(lab0):
    if not os.path.isdir("/etc/keepalived"):
        pytest.skip("no /etc/keepalived to mount over")
    conf = settings() + instance(51, name="VI_1", dev="eth0", interval="0.2")
    place = Place(lab0, lab0.write("some.conf", conf, 0o600),
        lab0.path("run-k"))
    lines, blocks = examples("keepalived")
    assert len(lines) >= 5 and not blocks
    json_path = lab0.path("keepalived.json")
    script = []
    for line in lines:
        script.append(line)
        if "JSON" in line:
            script.append("n=0; until [ -s %s ] || [ $n -gt 80 ]; do sleep "
                "0.1; n=$((n + 1)); done" % json_path)
    script.append("n=0; while [ -e /run/keepalived.pid ] && [ $n -lt 80 ]; "
        "do sleep 0.1; n=$((n + 1)); done; [ ! -e /run/keepalived.pid ]")
    done = place.run("set -e; " + "\n".join(script))
    assert done.returncode == 0, (done.stdout, done.stderr)
    with open(json_path, encoding="ascii") as f:
        assert '"iname"' in f.read()
    wait_until(lambda: not lab0.processes("a"), 10)


def test_configurations(lab0):
    """Each is good as it stands, and one of them is run."""
    lines, blocks = examples("vrrpd.conf")
    assert len(blocks) >= 4 and not lines
    lab0.ip("a", "address add 192.168.10.250/24 dev eth0",
        "address add fd00:10::250/64 dev eth0")
    for text in blocks:
        path = lab0.write("example.conf", text, 0o600)
        done = lab0.run("a", VRRPD, "-n", "-W", "-f", path, check=False)
        assert done.returncode == 0, (text, done.stderr)
    one = Vrrpd(lab0, "a", blocks[0]).start()
    wait_until(lambda: lab0.has("a", "192.168.10.10"), 10)
    assert one.stop() == 0


def walk(words, depth=0):
    """Every way through vrrpctl's words, as its completion tells them."""
    done = command([VRRPCTL, "-s", "/nowhere", "complete"] + words + [""])
    for word in done.stdout.splitlines():
        if word == "all" or depth == 3 or "/" in word:
            continue
        if words[:1] in (["scan"], ["check"]):
            continue
        yield words + [word]
        yield from walk(words + [word], depth + 1)


def test_every_command():
    lists = [[w for w in item if w not in ("Cm", "Ar", "Op", "Oo", "Oc", "|")]
        for item in items("vrrpctl")]
    ways = list(walk([]))
    assert ["standby"] in ways and ["show", "metrics", "compat"] in ways
    for way in ways:
        if way == ["show"]:
            continue
        assert any(item[:1] == way[:1] and set(way) <= set(item)
            for item in lists), way
    verbs = {way[0] for way in ways}
    told = {item[0] for item in lists[:60]} & set(re.findall(r"[a-z]+",
        command([VRRPCTL, "-h"]).stdout))
    assert verbs <= told


@pytest.mark.parametrize("name", ["vrrpd", "vrrpctl", "keepalived"])
def test_every_option(name):
    done = command([os.path.join(BIN, name), "--help"])
    text = "\n".join(re.findall(r"^ +-.*$|^usage:.*$", done.stdout +
        done.stderr, re.M))
    body = re.sub(r"\s+", " ", page(name))
    long_ones = set(re.findall(r"--([a-z_][a-z_-]+)", text))
    short = set(re.findall(r"(?<![-\w])-([A-Za-z])\b", text))
    assert long_ones | short
    for word in sorted(long_ones):
        assert "Fl -" + word in body or re.search(r"Fl [\w ,]*-%s\b" % word,
            body) or word in ("no_bfd", "all", "release-vips",
            "dont-release-ipvs", "address-monitoring", "snmp", "core-dump",
            "all-config", "checkers_pid", "bfd_pid", "snmp-agent-socket",
            "core-dump-pattern", "check", "dont-release-vrrp", "genhash"), \
            (name, word)
    for letter in sorted(short):
        assert re.search(r"Fl (\w+ , )*\w*%s\b|Fl \w*%s" % (letter, letter),
            body), (name, letter)
