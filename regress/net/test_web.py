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

"""vrrpctl serve beside a daemon, and what is shipped for its metrics."""

import http.client
import json
import os
import re
import threading
import time

import pytest
from prometheus_client.openmetrics.parser import \
    text_string_to_metric_families as parsed

from confgen import block, instance, script, settings
from lib import TOP, VRRPCTL, Daemon, Inside, Vrrpd, kill, wait_until

HOSTILE = "<b>I53</b>&amp;"


class Web(Daemon):
    """vrrpctl serve on a port of the kernel's choice."""

    def __init__(self, router, where="127.0.0.1:0"):
        super().__init__(router.lab, router.host, [VRRPCTL, "-s",
            router.rundir + "/status", "serve", where])
        self.start()
        self.port = int(self.wait_log(
            r"listening on http://.*:(\d+)/").group(1))

    def get(self, path):
        """Status and text."""
        def ask():
            with Inside(self.lab.name(self.host)):
                conn = http.client.HTTPConnection("127.0.0.1", self.port,
                    timeout=15)
                conn.connect()
            try:
                conn.request("GET", path)
                got = conn.getresponse()
                return got.status, got.read().decode("utf-8")
            finally:
                conn.close()
        return self.lab.in_thread(ask)

    def wait_status(self, path, want, limit=15):
        wait_until(lambda: self.get(path)[0] == want, limit,
            lambda: "%s on %s:\n%s" % (want, path, self.tail()), 0.1)


@pytest.fixture(name="site")
def site_fixture(lab):
    """A MASTER, a BACKUP and one in FAULT."""
    check = script("good", "/bin/true")
    a = Vrrpd(lab, "a", settings("router_id gw-a") + check + block(
        "vrrp_sync_group G", "group {", "I52", "}") + "\n" + instance(51,
        block("track_script", "good weight 2"), prio=150, interval="0.3") +
        instance(52, prio=100, interval="0.3") + instance(53, name=HOSTILE,
        dev="e7", interval="0.3")).start()
    Vrrpd(lab, "b", settings() + instance(52, prio=150,
        interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    wait_until(lambda: a.instance("I52")["master"] == "10.9.0.2", 10, "b",
        0.1)
    return a, Web(a)


def test_serve(site):
    """What vrrpctl says; and an error as soon as nobody says anything."""
    a, web = site
    ours = a.show()
    theirs = json.loads(web.get("/api/show")[1])
    assert set(theirs) == set(ours)
    for one, other in zip(theirs["instances"], ours["instances"]):
        assert set(one) == set(other)
        assert (one["name"], one["state"], one["master"]) == (
            other["name"], other["state"], other["master"])
    one = json.loads(web.get("/api/instance/I52")[1])["instances"][0]
    other = a.instance("I52")
    assert set(one) == set(other)
    assert set(one["counters"]) == set(other["counters"])
    assert [e["cause"] for e in json.loads(web.get("/api/history")[1])[
        "history"]] == [e["cause"] for e in json.loads(a.ctl("history",
        json_out=True).stdout)["history"]]
    page = web.get("/")[1]
    assert "gw-a" in page and "interface does not exist (e7)" in page
    assert "&lt;b&gt;I53&lt;/b&gt;&amp;amp;" in page and "<b>" not in page
    assert web.get("/healthz")[0] == 503        # one is in FAULT
    assert web.get("/healthz/live")[0] == 200
    assert web.get("/healthz/master/I51")[0] == 200
    assert web.get("/healthz/master/I52")[0] == 503

    a.freeze()
    web.wait_status("/healthz/live", 503)
    seen = []
    threads = [threading.Thread(target=lambda p=p: seen.append(web.get(p)))
        for p in ("/", "/metrics", "/api/show", "/healthz/master/I51") * 3]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < 15
    assert len(seen) == 12
    assert all(s == 503 and "MASTER" not in text for s, text in seen)
    a.thaw()
    web.wait_status("/healthz/master/I51", 200, 30)
    a.kill_hard()
    web.wait_status("/", 503)
    assert "vrrpd is not running" in web.get("/")[1]
    Vrrpd(a.lab, "a", settings() + instance(51, interval="0.3"),
        rundir=a.rundir).start()
    web.wait_status("/healthz/master/I51", 200, 20)
    assert web.stop() == 0


def test_new_engine(site):
    """Nothing of the engine that was is told when there is another one."""
    a, web = site
    assert "restarted" not in web.get("/")[1]
    kill([a.child("vrrpe")])
    wait_until(lambda: "engine up" in web.get("/")[1] and
        "(restarted 1 time)" in web.get("/")[1], 15, web.tail, 0.1)
    web.wait_status("/healthz/master/I51", 200)


def names_in(expr):
    """Of metrics, in an expression of Prometheus."""
    return set(re.findall(r"\b(?:vrrp|keepalived)_\w+", re.sub(r"\{[^}]*\}",
        "", expr)))


def test_shipped(site):
    """What the alerts and the dashboard ask for is there."""
    a, _ = site
    wait_until(lambda: "vrrp_advert_gap_seconds{" in a.ctl("show",
        "metrics").stdout, 10, "a gap", 0.2)
    there = {s.name for f in parsed(a.ctl("show", "metrics").stdout)
        for s in f.samples}
    assert len(there) > 50
    with open(os.path.join(TOP, "conf/prometheus/vrrpd.rules.yml"),
            encoding="ascii") as f:
        rules = f.read().split("\n      - ")[1:]
    asked = set()
    for rule in rules:
        assert re.match(r"alert: Vrrp[A-Za-z]+\n", rule), rule
        assert re.search(r"\n          severity: (critical|warning|info)\n",
            rule), rule
        assert re.search(r'\n          summary: ".+"\n', rule), rule
        expr = re.search(r"\n        expr: (?:>-\n)?(.*?)\n        [a-z]",
            rule, re.S).group(1)
        assert expr.count("(") == expr.count(")"), rule
        assert names_in(expr) or expr.startswith("up{"), rule
        asked |= names_in(expr)
    names = [r.split("\n")[0] for r in rules]
    assert len(names) == len(set(names)) >= 13
    with open(os.path.join(TOP, "conf/grafana/vrrpd.json"),
            encoding="utf-8") as f:
        board = json.load(f)
    exprs = [t["expr"] for p in board["panels"] for t in p["targets"]]
    exprs += [v["query"]["query"] for v in board["templating"]["list"]
        if v["type"] == "query"]
    assert len(exprs) > 20
    for expr in exprs:
        assert expr.count("(") == expr.count(")"), expr
        asked |= names_in(expr)
    assert asked - there == set()
    spots = [tuple(p["gridPos"][k] for k in "xywh") for p in board["panels"]]
    assert all(x + w <= 24 for x, _, w, _ in spots)
    assert len({p["id"] for p in board["panels"]}) == len(spots)
