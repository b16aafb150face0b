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


"""show metrics, and the form that keepalived writes."""

import json
import os
import time

from prometheus_client.openmetrics.parser import \
    text_string_to_metric_families as parsed

from confgen import block, instance, settings
from lib import Keepalived, Vrrpd, command, wait_until


def families(text):
    return {f.name: f for f in parsed(text)}


def value(fams, family, sample=None, **labels):
    """Of the one sample that has these labels."""
    got = [s.value for s in fams[family].samples if (sample or s.name) ==
        s.name and labels.items() <= s.labels.items()]
    assert len(got) == 1, (family, labels, got)
    return got[0]


def test_metrics(lab):
    """A real parser reads it, and it says what happened."""
    script = block("vrrp_script good", 'script "/bin/true"', "interval 1")
    a = Vrrpd(lab, "a", settings() + script + "\n" + instance(51,
        block("track_script", "good"), prio=150, interval="0.3") +
        instance(52, prio=100, interval="0.3")).start()
    b = Keepalived(lab, "b", settings() + instance(52, prio=150,
        interval="0.3")).start()
    a.wait_state("I51", "MASTER")
    b.wait_state("I52", "MASTER")
    a.wait_state("I52", "BACKUP")

    def read(*words):
        return families(a.ctl("show", "metrics", *words).stdout)
    wait_until(lambda: value(read(), "vrrp_script_run_seconds",
        "vrrp_script_run_seconds_count", script="good") >= 2, 10)
    first = read()
    assert value(first, "vrrp_state", name="I51", vrrp_state="MASTER") == 1
    assert value(first, "vrrp_state", name="I51", vrrp_state="BACKUP") == 0
    assert value(first, "vrrp_state_code", name="I51") == 2
    assert value(first, "vrrp_state_code", name="I52") == 1
    assert value(first, "vrrp_priority", name="I52", kind="base") == 100
    assert value(first, "vrrp_master_priority", name="I52") == 150
    assert value(first, "vrrp_addresses", name="I51", kind="installed") == 1
    assert value(first, "vrrp_script_up", script="good") == 1
    assert value(first, "vrrp_transitions", name="I51",
        reason="silent") == 1
    assert 0 < value(first, "vrrp_script_run_seconds",
        "vrrp_script_run_seconds_sum", script="good") < 60
    late = value(first, "vrrp_timer_lateness_seconds",
        "vrrp_timer_lateness_seconds_count")
    assert late > 0
    sent = value(first, "vrrp_adverts_sent", name="I51")
    wait_until(lambda: value(read(), "vrrp_adverts_sent",
        name="I51") > sent, 5)
    assert value(read(), "vrrp_timer_lateness_seconds",
        "vrrp_timer_lateness_seconds_count") > late
    b.stop()
    a.wait_state("I52", "MASTER")
    assert value(read(), "vrrp_transitions", name="I52",
        reason="prio_zero") == 1
    compat = read("--compat")
    assert value(compat, "keepalived_up") == 1
    assert value(compat, "keepalived_vrrp_state", iname="I51",
        intf="e0", vrid="51") == 2
    assert value(compat, "keepalived_become_master", iname="I52") >= 1
    assert value(compat, "keepalived_script_status", name="good") == 1


def test_tallies(lab):
    """How long in each state, how long a failover took, who was heard and
    what was missed, and what the processes tell of themselves."""
    script = block("vrrp_script good", 'script "/bin/true"', "interval 1")
    a = Vrrpd(lab, "a", settings() + script + instance(51,
        block("track_script", "good"), prio=100, interval="1")).start()
    b = Keepalived(lab, "b", settings() + instance(51, prio=150,
        interval="1")).start()
    b.wait_state("I51", "MASTER")
    a.wait_state("I51", "BACKUP")
    peer = {"name": "I51", "peer": lab.addr("b")}

    def read():
        return families(a.ctl("show", "metrics").stdout)

    def heard():
        return value(read(), "vrrp_peer_adverts_received", **peer)
    wait_until(lambda: [s for s in read()["vrrp_peer_adverts_received"].samples
        if peer.items() <= s.labels.items()] and heard() >= 2, 10)
    was = read()
    assert value(was, "vrrp_peer_priority", **peer) == 150
    assert 0 <= value(was, "vrrp_peer_advert_age_seconds", **peer) < 5
    missed = value(was, "vrrp_peer_adverts_missed", **peer)
    b.freeze()                      # shorter than 3 intervals
    time.sleep(1.8)
    b.thaw()
    wait_until(lambda: value(read(), "vrrp_peer_adverts_missed",
        **peer) > missed, 10)
    assert value(read(), "vrrp_failover_seconds",
        "vrrp_failover_seconds_count", name="I51") == 0
    b.kill_hard()                   # without a word
    a.wait_state("I51", "MASTER", 10)
    wait_until(lambda: value(read(), "vrrp_failover_seconds",
        "vrrp_failover_seconds_count", name="I51") == 1, 5)
    now = read()
    assert 3 < value(now, "vrrp_failover_seconds", "vrrp_failover_seconds_sum",
        name="I51") < 10
    assert value(now, "vrrp_failover_seconds", "vrrp_failover_seconds_bucket",
        name="I51", le="2") == 0
    assert value(now, "vrrp_state_changes", name="I51",
        **{"from": "BACKUP", "to": "MASTER"}) >= 1
    for state in ("MASTER", "BACKUP"):
        assert value(now, "vrrp_state_seconds", name="I51", state=state) > 0
    spent = sum(s.value for s in now["vrrp_state_seconds"].samples)
    assert spent <= value(now, "vrrp_engine_uptime_seconds") + 1
    assert value(now, "vrrp_multi_master_seconds", name="I51") < 60
    sizes = {s.labels["process"]: s.value for s in
        now["vrrp_process_resident_max_bytes"].samples}
    assert {"vrrpd", "vrrpe"} < set(sizes) and len(sizes) == 3
    assert all(1 << 18 < size < 1 << 28 for size in sizes.values()), sizes
    assert {s.labels["process"] for s in now["vrrp_queue_bytes"].samples} >= \
        {"vrrpd", "mailer"}
    assert {s.labels["process"] for s in
        now["vrrp_log_lines_dropped"].samples} == {"vrrpd", "vrrpe"}
    assert value(now, "vrrp_netlink_overruns") == 0
    assert value(now, "vrrp_announcements_pending") >= 0
    a.ctl("reload")
    a.write_conf("nonsense {\n")
    a.ctl("reload", check=False)
    done = read()
    for kind in ("started", "reloaded", "reload_refused"):
        assert value(done, "vrrp_events", kind=kind) == 1, kind
    assert value(done, "vrrp_events", kind="engine_hung") == 0


def test_keepalived_form(lab):
    """The members and their kinds are those of keepalived itself."""
    conf = settings() + instance(51, prio=150, interval="0.3")
    a = Vrrpd(lab, "a", conf).start()
    a.wait_state("I51", "MASTER")
    ours = json.loads(a.ctl("--format", "keepalived", "show",
        json_out=True).stdout)
    a.stop()
    theirs = keepalived_json(lab, conf)
    for part in ("data", "stats"):
        one, other = ours[0][part], theirs[0][part]
        assert set(other) - set(one) <= {"script"}
        for key in set(one) & set(other):
            assert type(one[key]) == type(other[key]) or \
                {type(one[key]), type(other[key])} == {int, float}, key
    for key in ("iname", "vrid", "ifp_ifname", "state", "base_priority",
            "effective_priority", "adver_int", "vips", "garp_delay",
            "garp_rep", "version", "auth_type", "vipset"):
        assert ours[0]["data"][key] == theirs[0]["data"][key], key


def keepalived_json(lab, conf):
    """It writes beside its configuration, where TMPDIR points to."""
    b = Keepalived(lab, "b", conf).start()
    b.wait_state("I51", "MASTER")
    number = int(command(["keepalived", "--signum=JSON"]).stdout)
    b.send_signal(number)
    path = os.path.join(os.path.dirname(b.conf), "keepalived.json")

    def complete():
        try:
            with open(path, encoding="ascii") as f:
                return json.load(f)
        except (OSError, ValueError):
            return None
    return wait_until(complete, 10)
