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

"""The status page in a real browser: what is seen, that it refreshes itself,
and what it says when nobody answers any more. Without Chromium it is skipped;
"make check-web" installs it."""

import os
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import time
import zlib

import pytest

from played import Played, Serve, answers, counted, rows

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--disable-dev-shm-usage", "--enable-logging=stderr"]
EVIL = "<script>alert(1)</script>"

pytestmark = pytest.mark.skipif(CHROMIUM is None,
    reason="no chromium: make check-web installs it")


@pytest.fixture(name="daemon")
def daemon_fixture():
    one = Played(site())
    yield one
    one.close()


@pytest.fixture(name="serve")
def serve_fixture(daemon):
    one = Serve(daemon)
    yield one
    one.close()


def site(state=2):
    return answers(counted(1, state), counted(2, 1, "VI_2", vips=(1, 0)),
        [rows.inst(EVIL, 3, ident=3, reason="interface is down",
        master=None, vips=(1, 0)), rows.detail("interface is down (eth0)")],
        scripts=[rows.script()], groups=[rows.group()])


def browser(url, *more):
    """What a browser prints, and what it complains of."""
    folder = tempfile.mkdtemp(prefix="vrrpd-web.")
    try:
        done = subprocess.run([CHROMIUM] + FLAGS + ["--user-data-dir=" +
            folder] + list(more) + [url], stdin=subprocess.DEVNULL,
            capture_output=True, timeout=110, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    err = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, err
    return done.stdout.decode("utf-8"), re.findall("CONSOLE.*", err)


def url_of(serve, path="/"):
    return "http://127.0.0.1:%d%s" % (serve.port, path)


def picture(serve, dark, width, path="/"):
    """Size, and the colour of the corner."""
    folder = tempfile.mkdtemp(prefix="vrrpd-web.")
    try:
        name = os.path.join(folder, "shot.png")
        browser(url_of(serve, path), "--screenshot=" + name,
            "--window-size=%d,900" % width,
            "--blink-settings=preferredColorScheme=%d" % (not dark))
        with open(name, "rb") as f:
            data = f.read()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    size = struct.unpack("!II", data[16:24])
    at, body = 8, b""
    while at < len(data):
        length, kind = struct.unpack("!I4s", data[at:at + 8])
        if kind == b"IDAT":
            body += data[at + 8:at + 8 + length]
        at += 12 + length
    return size, tuple(zlib.decompress(body)[1:4])


def test_seen(serve):
    """All is in the document, as text, and nothing is complained of."""
    dom, complaints = browser(url_of(serve), "--dump-dom")
    assert not complaints
    for text in ("VI_1", "VI_2", "interface is down (eth0)",
            '<span class="state s-MASTER">MASTER</span>',
            '<span class="state s-FAULT">FAULT</span>',
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            'role="status"'):
        assert text in dom, text
    assert dom.count("<script") == 1
    dom, complaints = browser(url_of(serve, "/instance/VI_1"), "--dump-dom")
    assert not complaints and "It is the master" in dom


def test_light_and_dark(serve):
    """The colours follow what the reader asked for."""
    size, light = picture(serve, False, 1280)
    assert size == (1280, 900) and min(light) > 200
    size, dark = picture(serve, True, 1280)
    assert size == (1280, 900) and max(dark) < 60


def test_refreshes(daemon, serve):
    """What has changed since is seen without doing anything."""
    def later():
        while daemon.times < 1:
            time.sleep(0.02)
        daemon.say = site(3)
    threading.Thread(target=later, daemon=True).start()
    dom, complaints = browser(url_of(serve), "--dump-dom",
        "--virtual-time-budget=9000")
    assert not complaints
    assert daemon.times >= 2
    assert "s-MASTER" not in dom.split("Sync groups")[0]
    assert ">3 instances: 1 BACKUP, 2 FAULT</p>" in dom


@pytest.mark.parametrize("gone", ["daemon", "server"])
def test_nobody_answers(daemon, serve, gone):
    """No role of before stays on the screen."""
    def later():
        while daemon.times < 1:
            time.sleep(0.02)
        if gone == "daemon":
            daemon.die()
            return
        loaded.wait(30)
        serve.proc.kill()
    loaded = threading.Event()
    threading.Thread(target=later, daemon=True).start()
    watch = threading.Thread(target=lambda: wait_again(daemon, loaded),
        daemon=True)
    watch.start()
    dom, _ = browser(url_of(serve), "--dump-dom",
        "--virtual-time-budget=12000")
    assert "The state of this router is not known" in dom
    if gone == "daemon":
        assert "MASTER" not in dom
    else:
        assert re.search('<div id="page" hidden="[^"]*">', dom)
        assert re.search('<div id="lost" class="alarm" role="alert">', dom)


def wait_again(daemon, loaded):
    """The page has been loaded once and asks for the second time."""
    while daemon.times < 2 and daemon.open:
        time.sleep(0.02)
    loaded.set()
