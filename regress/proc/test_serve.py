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

"""The HTTP server against a daemon that is played: what it serves, and what
nobody can do to it."""

import http.client
import json
import os
import pwd
import re
import signal
import socket
import threading
import time

import pytest
from prometheus_client.openmetrics.parser import \
    text_string_to_metric_families as parsed

import played
from played import Played, Serve, answers, counted, rows

EVIL = "<img src=x onerror=alert(1)>&\"'"
SECURE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


@pytest.fixture(name="daemon")
def daemon_fixture():
    one = Played(answers(counted(1), counted(2, 1, "VI_2", vips=(1, 0)),
        scripts=[rows.script()], groups=[rows.group(), rows.member()]))
    yield one
    one.close()


@pytest.fixture(name="serve")
def serve_fixture(daemon):
    one = Serve(daemon)
    yield one
    one.close()


def get(serve, path, method="GET", host="127.0.0.1", headers=None):
    """Status, headers, body."""
    conn = http.client.HTTPConnection(host, serve.port, timeout=15)
    try:
        conn.request(method, path, headers=headers or {})
        got = conn.getresponse()
        return got.status, got.headers, got.read().decode("utf-8")
    finally:
        conn.close()


def wait_for(check, limit=10):
    end = time.monotonic() + limit
    while not check():
        assert time.monotonic() < end, "not within %g s" % limit
        time.sleep(0.05)


def test_paths(serve):
    """Every path, its type, and the headers that keep browsers safe."""
    kinds = {"/": "text/html", "/instance/VI_1": "text/html",
        "/metrics": "application/openmetrics-text",
        "/metrics/compat": "application/openmetrics-text",
        "/metrics?compat": "application/openmetrics-text",
        "/healthz": "text/plain", "/healthz/live": "text/plain",
        "/healthz/master/VI_1": "text/plain",
        "/api/show": "application/json",
        "/api/instance/VI_2": "application/json",
        "/api/history": "application/json",
        "/api/history/VI_1": "application/json",
        "/style.css": "text/css", "/page.js": "text/javascript",
        "/icon.svg": "image/svg+xml"}
    for path, kind in kinds.items():
        status, headers, body = get(serve, path)
        assert status == 200, (path, body)
        assert headers["Content-Type"].startswith(kind), path
        assert {k: headers[k] for k in SECURE} == SECURE, path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert len(body.encode()) == int(headers["Content-Length"])
        status, headers, body = get(serve, path, "HEAD")
        assert status == 200 and body == "", path
        assert int(headers["Content-Length"]) > 0, path
    for path in ("/x", "/instance/", "/instance/no", "/api", "/metrics/",
            "/../etc/passwd", "/instance/%00", "/instance/" + "a" * 300,
            "/api/history/no", "//", "/style.css/"):
        assert get(serve, path)[0] == 404, path
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        status, headers, _ = get(serve, "/", method)
        assert status == 405 and headers["Allow"] == "GET, HEAD", method
    assert get(serve, "/")[0] == 200


def test_what_is_said(serve):
    """JSON, metrics and health are those of vrrpctl itself."""
    show = json.loads(get(serve, "/api/show")[2])
    assert show["schema"] == 1 and show["complete"] is True
    assert [i["name"] for i in show["instances"]] == ["VI_1", "VI_2"]
    one = json.loads(get(serve, "/api/instance/VI_2")[2])["instances"][0]
    assert one["state"] == "BACKUP"
    assert one["counters"] == {"adverts_sent": 1002, "adverts_received": 7}
    past = json.loads(get(serve, "/api/history")[2])["history"]
    assert [e["seq"] for e in past] == [1, 2, 3, 4]
    past = json.loads(get(serve, "/api/history/VI_1")[2])["history"]
    assert [e["seq"] for e in past] == [2, 3, 4]
    fams = {f.name: f for f in parsed(get(serve, "/metrics")[2])}
    codes = {s.labels["name"]: s.value
        for s in fams["vrrp_state_code"].samples}
    assert codes == {"VI_1": 2, "VI_2": 1}
    for path in ("/metrics/compat", "/metrics?compat"):
        fams = {f.name: f for f in parsed(get(serve, path)[2])}
        assert fams["keepalived_up"].samples[0].value == 1
    assert get(serve, "/healthz")[2] == "ok: 1 of 2 MASTER\n"
    assert get(serve, "/healthz/master/VI_1")[0] == 200
    status, headers, body = get(serve, "/healthz/master/VI_2")
    assert (status, body) == (503, "not ok: VI_2 is BACKUP\n")
    assert headers["Retry-After"] == "2"
    page = get(serve, "/")[2]
    for text in ("s-MASTER", "s-BACKUP", "VI_2", "VG_1", "chk",
            "2 instances: 1 MASTER, 1 BACKUP"):
        assert text in page, text
    page = get(serve, "/instance/VI_1")[2]
    assert "It is the master and has all of its addresses (1)." in page


def test_states(daemon, serve):
    """Faults, holds, maintenance and an empty configuration are told."""
    daemon.say = answers([rows.inst("bad", 3, 5, 80, vips=(2, 0),
        master=None, reason="interface is down"),
        rows.detail("interface is down (eth0), chk failed")],
        [rows.inst("held", 1, 61, 1, 200, hold=1, until=239,
        reason="handed over", ident=2), rows.detail(hold_by="uid 0 pid 7")],
        [rows.inst("gives", 2, 9, handing=1, ident=3), rows.detail()],
        [rows.inst("starts", 0, 1, master=None, ident=4), rows.detail()],
        [rows.inst("ends", 4, 1, master=None, ident=5), rows.detail()],
        [rows.inst("lacks", 2, 9, vips=(3, 2), ident=6), rows.detail(
        rival="10.0.0.9 by 02:00:00:00:00:09")])
    page = get(serve, "/")[2]
    for text in ("s-FAULT", "interface is down (eth0), chk failed",
            "standby for 3m59s", "handing over", "s-INIT", "s-STOP", ">2/3<",
            "Needs attention", "bad is in FAULT",
            "also announced: 10.0.0.9 by 02:00:00:00:00:09"):
        assert text in page, text
    assert "uid 0 pid 7" in get(serve, "/instance/held")[2]
    assert get(serve, "/healthz")[0] == 503
    daemon.say = answers()
    daemon.say["CTL_SHOW_METRICS"][0] = rows.daemon(maintenance=1,
        confirm=42)
    time.sleep(0.5)             # what was heard before is old by then
    page = get(serve, "/")[2]
    assert "In maintenance" in page and "no instances" in page
    assert "waits to be confirmed" in page and " in 42s," in page
    assert get(serve, "/healthz")[2] == "not ok: in maintenance\n"
    assert get(serve, "/healthz/live")[0] == 200


def test_hostile_names(daemon, serve):
    """Nothing that comes from elsewhere becomes part of the page."""
    script = rows.script(EVIL, EVIL, 2, output=EVIL)
    group = rows.group(EVIL, reason=EVIL)
    daemon.say = answers([rows.inst(EVIL, 3, ifname="<b>", reason=EVIL,
        group=EVIL), rows.detail(EVIL, hold_by=EVIL, rival="<i>\"'&"),
        rows.track(0, EVIL, -20, 0, 2, -20), rows.counter(EVIL, 1)],
        [rows.inst(rows.EVIL, 1, reason=rows.EVIL, ident=2),
        rows.detail()], scripts=[script], groups=[group],
        events=[rows.event(1, 0, 3, EVIL)])
    for path in ("/", "/instance/%3Cimg%20src%3Dx%20onerror%3Dalert%281%29"
            "%3E%26%22%27"):
        status, _, page = get(serve, path)
        assert status == 200
        assert "<img" not in page and "<b>" not in page and "<i>" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;" in page
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", page)
    links = re.findall('href="/instance/([^"]*)"', get(serve, "/")[2])
    assert len(links) == 2
    for link in links:
        assert get(serve, "/instance/" + link)[0] == 200, link
    list(parsed(get(serve, "/metrics")[2]))
    names = [i["name"] for i in json.loads(get(serve,
        "/api/show")[2])["instances"]]
    assert names[0] == EVIL


def everywhere(serve, want):
    """The status of each path that needs the daemon."""
    for path in ("/", "/metrics", "/metrics/compat", "/api/show",
            "/api/history", "/healthz", "/healthz/live", "/instance/VI_1",
            "/healthz/master/VI_1", "/api/instance/VI_1"):
        begun = time.monotonic()
        status, _, body = get(serve, path)
        assert status == want, (path, body)
        assert time.monotonic() - begun < 8, path
        if want != 200:
            assert "MASTER" not in body, path


@pytest.mark.parametrize("mode", ["silent", "deaf", "half", "garbage",
    "closes", "dies", "version"])
def test_broken_daemon(daemon, serve, mode):
    """An error within a bounded time, never an old MASTER; and well again
    when the daemon is."""
    good = daemon.say
    everywhere(serve, 200)
    if mode in ("silent", "deaf"):
        daemon.mode = mode
    elif mode == "half":
        daemon.say = {**good, "CTL_SHOW_METRICS":
            good["CTL_SHOW_METRICS"][:-1] + [rows.SILENCE]}
    elif mode == "garbage":
        daemon.say = {**good, "CTL_SHOW_SCRIPTS": [rows.Raw(b"\0" * 40)]}
    elif mode == "closes":
        daemon.say = {**good, "CTL_SHOW_GROUPS": [rows.CLOSE]}
    elif mode == "dies":
        daemon.die()
    else:
        daemon.greeting = rows.hello(99)
    wait_for(lambda: get(serve, "/healthz/live")[0] == 503)
    everywhere(serve, 503)
    page = get(serve, "/")[2]
    assert "The state of this router is not known" in page
    daemon.mode = "talk"
    daemon.say = good
    daemon.greeting = rows.hello()
    if mode == "dies":
        daemon.back()
    wait_for(lambda: get(serve, "/healthz")[0] == 200)
    everywhere(serve, 200)
    assert serve.log().count("vrrpd answers again") == 1


def test_history_busy(daemon, serve):
    """A history that is asked for too often is no error."""
    assert len(json.loads(get(serve, "/api/history")[2])["history"]) == 4
    daemon.say["CTL_SHOW_HISTORY"] = [rows.result("CTL_ERR_BUSY", "busy")]
    time.sleep(1.1)             # it is asked for once a second
    assert len(json.loads(get(serve, "/api/history")[2])["history"]) == 4


def test_many_visitors(daemon, serve):
    """The daemon is asked once for all of them."""
    seen = []

    def visit():
        seen.append(get(serve, "/metrics")[0])
    before = daemon.times
    begun = time.monotonic()
    threads = [threading.Thread(target=visit) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - begun
    assert seen == [200] * 40
    assert daemon.times - before <= 2 + took / 0.4


def send_raw(serve, data, wait=8):
    """What comes back, until the other side closes."""
    with socket.create_connection(("127.0.0.1", serve.port)) as sock:
        sock.settimeout(wait)
        out = b""
        try:
            sock.sendall(data)
            while True:
                more = sock.recv(65536)
                if not more:
                    return out
                out += more
        except ConnectionError:
            return out


def test_garbage(serve):
    """Each is refused or closed, none of them hurts."""
    for data in (b"\0" * 100 + b"\r\n\r\n", b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n", b"NONSENSE / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nNo colon\r\n\r\n",
            b"GET / HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
            b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n",
            b"GET http://[bad/ HTTP/1.1\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"):
        out = send_raw(serve, data)
        assert out == b"" or re.match(rb"HTTP/1\.[01] [45]\d\d ", out), data
        assert serve.proc.poll() is None
    assert send_raw(serve, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(
        b"HTTP/1.0 200 ")
    two = send_raw(serve, (b"GET /style.css HTTP/1.1\r\n"
        b"Host: [::1]:8\r\n\r\n") * 2)
    assert two.count(b"HTTP/1.1 200 OK") == 1   # one answer, and closed
    assert get(serve, "/")[0] == 200


def test_slow_visitors(serve):
    """One that never finishes its question is hung up on; many of them keep
    nobody else out for long."""
    slow = []
    try:
        for _ in range(150):
            sock = socket.create_connection(("127.0.0.1", serve.port))
            sock.sendall(b"GET / HTTP/1.1\r\nX-A: b\r\n")
            slow.append(sock)
        begun = time.monotonic()
        stop = threading.Event()

        def drip():
            while not stop.wait(0.5):
                for sock in slow[:60]:
                    try:
                        sock.sendall(b"X: y\r\n")
                    except OSError:
                        pass
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            status = None
            while status != 200 and time.monotonic() - begun < 40:
                try:
                    status = get(serve, "/healthz")[0]
                except OSError:
                    pass
            assert status == 200
            slow[0].settimeout(30)
            try:
                while slow[0].recv(4096):
                    pass
            except ConnectionError:
                pass
        finally:
            stop.set()
            thread.join()
        assert len(os.listdir("/proc/%d/fd" % serve.proc.pid)) < 100
    finally:
        for sock in slow:
            sock.close()
    wait_for(lambda: len(os.listdir("/proc/%d/fd" %
        serve.proc.pid)) < 20)


def test_slow_reader(daemon, serve):
    """Who does not read what he asked for is cut off."""
    daemon.say = answers(*(counted(n, name="instance-%d" % n)
        for n in range(1, 1500)))
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with sock:
        sock.connect(("127.0.0.1", serve.port))
        sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: [::1]:8\r\n\r\n")
        pid = serve.proc.pid
        wait_for(lambda: b"listening" in serve.log().encode())
        assert get(serve, "/healthz")[0] == 200
        busy = len(os.listdir("/proc/%d/fd" % pid))
        wait_for(lambda: len(os.listdir("/proc/%d/fd" % pid)) < busy, 40)
    assert len(get(serve, "/metrics")[2]) > 1000000


def test_rights(serve):
    """It has none: not root's, and nearly no system calls."""
    with open("/proc/%d/status" % serve.proc.pid, encoding="ascii") as f:
        status = dict(l.rstrip("\n").split(":\t", 1) for l in f)
    uid = str(pwd.getpwnam("_vrrpd").pw_uid)
    assert status["Uid"].split() == [uid] * 4
    assert status["CapEff"] == status["CapPrm"] == "0" * 16
    assert status["NoNewPrivs"] == "1"
    sanitized = "san-" in played.BIN
    assert status["Seccomp"] == ("0" if sanitized else "2")
    assert status["Groups"].split() in ([], [str(pwd.getpwnam(
        "_vrrpd").pw_gid)])


def test_any_user(daemon):
    """It needs no rights to begin with, either."""
    os.chmod(daemon.folder, 0o755)
    one = Serve(daemon, user=65534)
    try:
        assert get(one, "/healthz")[0] == 200
        with open("/proc/%d/status" % one.proc.pid, encoding="ascii") as f:
            assert re.search(r"^Uid:	65534	", f.read(), re.M)
    finally:
        one.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_end(daemon, serve, number):
    """A clean end, also while somebody waits for an answer."""
    assert get(serve, "/")[0] == 200
    daemon.mode = "silent"
    time.sleep(0.5)
    with socket.create_connection(("127.0.0.1", serve.port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: [::1]:8\r\n\r\n")
        time.sleep(0.2)
        serve.proc.send_signal(number)
        assert serve.proc.wait(10) == 0, serve.log()
    assert "ended by a signal" in serve.log()


def test_addresses(daemon):
    """IPv6 in brackets; what is no address is said so."""
    six = Serve(daemon, "[::1]:0")
    try:
        assert get(six, "/healthz", host="::1")[0] == 200
        taken = Serve(daemon, "[::1]:%d" % six.port, start=False)
        assert taken.proc.wait(10) == 1
        assert "Address already in use" in taken.log()
    finally:
        six.close()
    for where in ("9165", "127.0.0.1", "127.0.0.1:", ":9165", "::1:9165",
            "[::1]9165", "127.0.0.1:99999", "127.0.0.1:http", "[]:1",
            "no.such.host:80", "127.0.0.1:123456"):
        one = Serve(daemon, where, start=False)
        assert one.proc.wait(10) == 2, where
        assert where in one.log(), where


def test_host_names(daemon, serve):
    """Whoever asks by a name that may be anybody's gets nothing, whatever he
    asks for."""
    own = socket.gethostname()
    for name in ("127.0.0.1", "192.0.2.7:80", "[::1]", "[2001:db8::1]:9165",
            "[fe80::1%25e0]:1", "localhost", "LocalHost:9165", "localhost.",
            own, own.upper() + ":9165"):
        assert get(serve, "/healthz", headers={"Host": name})[0] == 200, name
    for name in ("evil.example", "evil.example:9165", "localhost.evil.example",
            own + ".evil.example", "xlocalhost", "127.0.0.1.evil.example",
            "1.2.3", "[::1", "[::1].evil.example", "[evil]", "", ".", ",",
            "router1.example.net"):
        for path in ("/", "/metrics", "/healthz", "/api/show", "/style.css",
                "/nothing"):
            status, _, text = get(serve, path, headers={"Host": name})
            assert status == 421, (name, path)
            assert "host NAME" in text and "VI_1" not in text
    for what in (b"/metrics", b"///metrics", b"http:///metrics",
            b"//127.0.0.1/metrics", b"http://localhost/metrics"):
        raw = send_raw(serve, b"GET " + what +
            b" HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        assert b" 421 Misdirected Request\r\n" in raw, what
    assert get(serve, "/healthz")[0] == 200

    more = Serve(daemon, "127.0.0.1:0", "host",
        "router1.example.net,vrrp.example.net")
    try:
        for name, want in (("Router1.example.net:9165", 200),
                ("vrrp.example.net", 200), ("localhost", 200),
                ("example.net", 421), ("router1.example.ne", 421),
                ("router1.example.net,vrrp.example.net", 421)):
            got = get(more, "/healthz", headers={"Host": name})[0]
            assert got == want, name
    finally:
        more.close()


def test_journal(daemon):
    """There a line has a priority before it, and no time and no name."""
    one = Serve(daemon, journal=True)
    try:
        daemon.die()
        assert get(one, "/healthz")[0] == 503
        one.proc.send_signal(signal.SIGTERM)
        assert one.proc.wait(10) == 0
        lines = one.log().splitlines()
        assert re.fullmatch(r"<6>listening on http://127.0.0.1:\d+/",
            lines[0])
        assert re.match("<3>[a-z/]", lines[1]), lines
        assert lines[2:] == ["<6>ended by a signal"]
    finally:
        one.close()
