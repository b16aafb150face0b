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

"""Every command's JSON of a running daemon against the schema, strictly."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))

import schema  # noqa: E402
from confgen import block, instance, settings  # noqa: E402
from lib import VRRPCTL, Sender, Vrrpd, wait_until  # noqa: E402
from test_scripts import flag_script  # noqa: E402
from test_see import Monitor, end_scan, start_scan  # noqa: E402

COMMANDS = ("show", "show summary", "show instance all",
    "show instance I52", "show counters", "show counters I51",
    "show groups", "show interfaces", "show scripts", "show trace I51",
    "trace I52", "history", "history I51", "why", "why I51", "health",
    "health live", "health master I51", "reload --dry-run", "reload",
    "log brief", "standby I51", "takeover I51", "resume I51",
    "standby all", "resume all", "maintenance on", "takeover all",
    "maintenance off", "standby nobody", "show instance nobody",
    "why nobody", "history nobody")


def conf(lab, prio):
    defs, _ = flag_script(lab, "chk", "weight -20")
    lab.write("value", "5")
    return settings() + defs + "vrrp_track_file val {\nfile %s\n}\n" \
        "vrrp_track_process init {\nprocess nothing_like_it\n}\n" % \
        lab.path("value") + block("vrrp_sync_group G", "group {", "I52",
        "I53", "}") + "\n" + instance(51, "track_script {\nchk\n}",
        "track_file {\nval weight 1\n}",
        "track_process {\ninit weight 2\n}",
        "track_interface {\nlo weight 3\n}", prio=prio,
        interval="0.2") + instance(52, prio=prio, interval="0.2",
        vips=["10.9.0.152", "10.9.0.160/24 dev e0"]) + instance(53,
        "nopreempt", prio=prio, interval="0.2", version=6)


def test_every_command(lab):
    a = Vrrpd(lab, "a", conf(lab, 100)).start()
    b = Vrrpd(lab, "b", conf(lab, 90)).start()
    for name in ("I51", "I52", "I53"):
        a.wait_state(name, "MASTER")
    b.wait_state("I51", "BACKUP")
    wait_until(lambda: a.show("scripts")["scripts"][0]["runs"], 5, "a run")
    scan = start_scan(lab, "30")
    monitor = Monitor(b)
    try:
        seen = set()
        for router in (a, b):
            for words in COMMANDS:
                done = router.ctl(*words.split(), json_out=True,
                    check=False)
                name = schema.definition(words.split())
                schema.check(json.loads(done.stdout), name)
                seen.add(name)
        Sender(lab).send(vrid=99, prio=3, addrs=["10.9.0.199"])
        found = end_scan(scan)
        schema.check(found, "scan")
        assert {99, 51, 53} <= {r["vrid"] for r in found["routers"]}
        assert len(monitor.events) > 10
        for event in monitor.events:
            schema.check(event, "monitor")
        done = a.lab.run("a", VRRPCTL, "-s", a.rundir + "/control", "-j",
            "doctor", check=False)
        schema.check(json.loads(done.stdout), "doctor")
        assert seen | {"scan", "monitor", "doctor"} == {n for _, n in
            schema.COMMANDS} | {"answer"}
    finally:
        monitor.close()
        scan.kill()
    out = subprocess.run([VRRPCTL, "-j", "check", a.conf],
        stdout=subprocess.PIPE, text=True, check=False, timeout=20)
    data = json.loads(out.stdout)
    schema.check(data, "answer")
    assert data["results"][0]["ok"] == (out.returncode == 0)


def test_strict():
    """The checks of this file find what is more, less or of another kind."""
    good = {"schema": 1, "trace": ["new"], "complete": True}
    schema.check(good, "trace")
    for bad in (dict(good, more=1), {"schema": 1, "trace": []},
            dict(good, schema=2), dict(good, trace=[1])):
        try:
            schema.check(bad, "trace")
        except schema.jsonschema.ValidationError:
            continue
        raise AssertionError(bad)
