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



"""Addresses that do not accept packets: no_accept, and strict mode."""

import json
import os
import re

import pytest

from confgen import instance, settings
from lib import VRRPD, Capture, Keepalived, Ping, Vrrpd, stays, wait_until

VIPS = ["10.9.0.151", "10.9.0.152/24"]
VIPS6 = ["fe80::151", "fd09::151/64"]


def conf(*more, prio=100, interval="0.2", head=(), vips=None, word="no_accept",
        six=True):
    """An instance of each family."""
    text = settings(*head) + instance(51, word, *more, prio=prio,
        interval=interval, vips=vips or VIPS)
    if six:
        text += instance(52, word, *more, prio=prio, interval=interval,
            version=6, vips=VIPS6)
    return text


def ruleset(lab, host="a"):
    """What nft lists, without handles and counts."""
    done = lab.run(host, "nft", "-j", "list", "ruleset")
    return [item for item in json.loads(done.stdout)["nftables"]
        if "metainfo" not in item]


def tables(lab, host="a"):
    return sorted("%s %s" % (i["table"]["family"], i["table"]["name"])
        for i in ruleset(lab, host) if "table" in i)


def elements(lab, host="a"):
    """All that is in sets of addresses, as text."""
    found = set()
    for item in ruleset(lab, host):
        if "set" not in item:
            continue
        for elem in item["set"].get("elem", ()):
            if isinstance(elem, dict):
                found.add(" . ".join(map(str, elem["concat"])))
            else:
                found.add(str(elem))
    return {e for e in found if not e.startswith("nd-")}


def drops(lab, host="a"):
    """How many rules of each hook drop, by the field that they look at."""
    chains = {(i["chain"]["family"], i["chain"]["name"]):
        i["chain"].get("hook") for i in ruleset(lab, host) if "chain" in i}
    jumps = {}
    found = set()
    rules = [i["rule"] for i in ruleset(lab, host) if "rule" in i]
    for rule in rules:
        for expr in rule["expr"]:
            if "goto" in expr:
                jumps[rule["family"], expr["goto"]["target"]] = chains[
                    rule["family"], rule["chain"]]
    for rule in rules:
        if not any("drop" in expr for expr in rule["expr"]):
            continue
        key = (rule["family"], rule["chain"])
        hook = chains[key] or jumps[key]
        left = [e["match"]["left"] for e in rule["expr"] if "match" in e][-1]
        fields = left.get("concat", [left])
        found.add((hook,) + tuple("%s %s" % (f["payload"]["protocol"],
            f["payload"]["field"]) if "payload" in f else "interface"
            for f in fields))
    return found


def ping(lab, target, host="t"):
    done = lab.run(host, "ping", "-c", "2", "-i", "0.1", "-W", "1", target,
        check=False)
    return done.returncode == 0


def neighbour(lab, target):
    """The MAC that the client has for an address."""
    out = lab.run("t", "ip", "neigh", "show", target, "dev", "e0").stdout
    found = re.search(r"lladdr (\S+)", out)
    return found.group(1) if found else None


def same_as(lab, router, master):
    """No address answers a ping, each one answers ARP or NS."""
    master.wait_state("I51", "MASTER")
    master.wait_state("I52", "MASTER")
    wait_until(lambda: all(lab.has("a", v.split("/")[0])
        for v in VIPS + VIPS6), 5, "addresses")
    lab.run("t", "ip", "neigh", "flush", "all", check=False)
    for vip in VIPS + VIPS6:
        vip = vip.split("/")[0]
        target = vip + "%e0" if vip.startswith("fe80") else vip
        assert not ping(lab, target), "%s: %s answers" % (router, vip)
        assert neighbour(lab, vip) == lab.mac("a"), vip
    assert ping(lab, lab.addr("a")) and ping(lab, lab.addr6("a") + "%e0")


@pytest.mark.row("117", "118")
def test_side_by_side(make_lab):
    """The same packets are dropped as with keepalived, rule by rule."""
    seen = {}
    for kind in (Keepalived, Vrrpd):
        lab = make_lab()
        router = kind(lab, "a", conf(head=("nftables",))).start()
        same_as(lab, kind.__name__, router)
        seen[kind] = (drops(lab), elements(lab))
        router.stop()
        assert not tables(lab), kind
    assert seen[Vrrpd] == seen[Keepalived]
    assert len(seen[Vrrpd][0]) == 6


def test_never_a_window(lab):
    """From the first moment of an address to its last nothing answers."""
    cap = Capture(lab, "t")
    pings = [Ping(lab, "10.9.0.151", every=0.002)]
    router = Vrrpd(lab, "a", conf(six=False)).start()
    assert elements(lab) == {"10.9.0.151", "10.9.0.152"}
    assert not lab.has("a", "10.9.0.151")
    for _ in range(3):
        router.wait_state("I51", "MASTER")
        wait_until(lambda: lab.has("a", "10.9.0.151"), 5, "address")
        stays(lambda: not pings[0].answered(), 0.3, "silence")
        lab.cable("a", False)
        wait_until(lambda: not lab.has("a", "10.9.0.151"), 5, "no address")
        lab.cable("a", True)
    assert not pings[0].answered()
    assert cap.adverts(host="a")
    router.stop()
    assert not pings[0].answered() and not tables(lab)


def test_accepts_by_default(lab):
    """Nothing is installed unless it is asked for, and nobody is hurt."""
    router = Vrrpd(lab, "a", conf(word="accept", head=("nftables",),
        six=False)).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: ping(lab, "10.9.0.151"), 5, "ping")
    assert not tables(lab)
    assert not [n for n in os.listdir(router.rundir) if n.endswith(".nft")]


def test_owner_accepts(lab):
    """Priority 255 always accepts, in strict mode, too."""
    router = Vrrpd(lab, "a", conf("strict_mode", prio=255, interval="1",
        six=False)).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: ping(lab, "10.9.0.151"), 5, "ping")
    assert not tables(lab)


@pytest.mark.parametrize("version,word,answers", [(2, "", False),
    (3, "", False), (3, "accept", True), (2, "accept", False)])
def test_strict(lab, version, word, answers):
    """As with keepalived: accept counts in version 3 only."""
    text = settings() + instance(51, "strict_mode", word, version=version,
        interval="1", vips=VIPS)
    router = Vrrpd(lab, "a", text).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", "10.9.0.151"), 5, "address")
    assert ping(lab, "10.9.0.151") == answers
    assert bool(tables(lab)) != answers


RULES = {
    "v6": (["version 2"], ["fe80::151"], "version 3"),
    "master": (["priority 100", "state MASTER"], VIPS, "BACKUP is used"),
    "owner": (["priority 255", "state BACKUP"], VIPS, "it is used"),
    "auth": (["authentication {", "auth_type PASS", "auth_pass x", "}"],
        VIPS, "no authentication"),
    "delay": (["preempt_delay 5"], VIPS, "preempt_delay is ignored"),
    "down": (["down_timer_adverts 5"], VIPS, "down_timer_adverts is 3"),
    "higher": (["higher_prio_send_advert"], VIPS, "is ignored"),
    "accept": (["accept"], VIPS, "accept needs version 3"),
    "unicast": (["unicast_src_ip 10.9.0.1", "unicast_peer {", "10.9.0.2",
        "}"], VIPS, "no unicast"),
    "none": (["no_virtual_ipaddress"], [], "needs a virtual_ipaddress"),
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_strict_rules(lab, rule):
    """Each is reported with its line, and refused or not as keepalived
    does when it starts; 2.2.7 goes on with unicast, later ones do not."""
    lines, vips, said = RULES[rule]
    text = settings() + "\n".join(["vrrp_instance V {", "strict_mode",
        "interface e0", "virtual_router_id 51", *lines, *(
        ["virtual_ipaddress {"] + vips + ["}"] if vips else []), "}", ""])
    path = lab.write("rule.conf", text, 0o600)
    done = lab.run("a", VRRPD, "-n", "-f", path, check=False)
    assert re.search(r"rule.conf:\d+:\d+: .*" + said, done.stderr +
        done.stdout), done
    if done.returncode == 0:
        router = Keepalived(lab, "a", text).start()
        stays(lambda: router.proc.poll() is None, 0.5, "keepalived runs")
        return
    if rule == "unicast":
        return
    router = Keepalived(lab, "a", text).start(ready=False)
    wait_until(lambda: router.proc.poll() is not None, 5, "its end")


def test_forwarding(make_lab):
    """What is routed through the router passes."""
    lab = make_lab(second=True)
    lab.sysctl("a", "ipv4/ip_forward", 1)
    back = "10.8.0.%s" % lab.addr("a").rpartition(".")[2]
    lab.ip("b", "address del 10.9.0.2/24 dev e0",
        "route add 10.9.0.0/24 via " + back)
    lab.ip("t", "address del 10.8.0.3/24 dev f0")
    router = Vrrpd(lab, "a", conf(six=False)).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: lab.has("a", "10.9.0.151"), 5, "address")
    lab.ip("t", "route add 10.8.0.0/24 via 10.9.0.151")
    wait_until(lambda: ping(lab, "10.8.0.2"), 5, "ping through the router")
    assert not ping(lab, "10.9.0.151")


def test_put_back(lab):
    """What others do to the table is undone, at most once a second."""
    router = Vrrpd(lab, "a", conf()).start()
    router.wait_state("I51", "MASTER")
    for change in (["flush", "ruleset"],
            ["flush", "chain", "inet", "vrrpd", "in"],
            ["delete", "element", "inet", "vrrpd", "vips4",
            "{ 10.9.0.151 }"]):
        before = ruleset(lab)
        lab.run("a", "nft", *change)
        wait_until(lambda: len(ruleset(lab)) == len(before) and
            "10.9.0.151" in elements(lab), 5, "table after %s" % change)
    router.wait_log(r"table vrrpd was changed by someone else, putting it")
    lab.run("a", "nft", "add", "table", "ip", "other")
    lab.run("a", "nft", "delete", "table", "ip", "other")
    assert len(re.findall("was changed by", router.log())) == 1
    assert not ping(lab, "10.9.0.151")


def test_cannot_be_installed(lab):
    """A table of another owner is left alone: FAULT, and back by itself."""
    lab.run("a", "nft", "add", "table", "inet", "vrrpd")
    text = conf(six=False) + instance(60, interval="0.2",
        vips=["10.9.0.160"])
    router = Vrrpd(lab, "a", text).start()
    router.wait_state("I51", "FAULT")
    router.wait_state("I60", "MASTER")
    assert "packet filter cannot be installed" in router.ctl("show",
        "instance", "I51").stdout
    assert "table vrrpd cannot be made" in router.log()
    stays(lambda: not lab.has("a", "10.9.0.151"), 1, "no address")
    lab.run("a", "nft", "delete", "table", "inet", "vrrpd")
    router.wait_state("I51", "MASTER", 12)
    assert not ping(lab, "10.9.0.151")
    router.wait_log(r"table vrrpd is there now")


def test_reload(lab):
    """A running master stops and starts to accept; the table moves."""
    router = Vrrpd(lab, "a", conf(word="accept", six=False)).start()
    router.wait_state("I51", "MASTER")
    wait_until(lambda: ping(lab, "10.9.0.151"), 5, "ping")
    since = len(router.log())
    router.reload(conf(six=False))
    assert elements(lab) == {"10.9.0.151", "10.9.0.152"}
    assert not ping(lab, "10.9.0.151")
    router.reload(conf(six=False, head=("nftables mine",
        "nftables_priority 5", "nftables_counters"), vips=VIPS[:1]))
    assert tables(lab) == ["inet mine"]
    chains = [i["chain"] for i in ruleset(lab) if "chain" in i]
    assert [c["prio"] for c in chains] == [5, 5]
    assert all(any("counter" in e for e in i["rule"]["expr"])
        for i in ruleset(lab) if "rule" in i)
    wait_until(lambda: elements(lab) == {"10.9.0.151"}, 5, "one element")
    assert not lab.has("a", "10.9.0.152")
    router.reload(conf(word="accept", six=False))
    assert not tables(lab)
    wait_until(lambda: ping(lab, "10.9.0.151"), 5, "ping")
    assert "Entering" not in router.log(since)


def test_crash(lab):
    """The filter outlives a crash, until the clean-up or the next start."""
    router = Vrrpd(lab, "a", conf()).start()
    router.wait_state("I51", "MASTER")
    for clean in (True, False):
        router.kill_hard()
        assert tables(lab) == ["inet vrrpd"]
        if clean:
            lab.run("a", VRRPD, "-z", "-r", router.rundir)
            assert not tables(lab)
            router.start()
        else:
            router.write_conf(conf(word="accept"))
            router.start()
            assert not tables(lab)
        router.wait_state("I51", "MASTER")
