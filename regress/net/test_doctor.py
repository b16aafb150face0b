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


"""What "vrrpctl doctor" finds, when it is there, and that it is content when
its advice was followed."""

import json
import os
import shutil
import time

from confgen import block, instance, script, settings
from lib import Keepalived, VRRPCTL, Vrrpd, command, wait_until

TWO = settings() + instance(51, name="V") + instance(52, name="W", version=6)


class Found:
    """The answer, and what it says of a check and a subject."""

    def __init__(self, done):
        self.status = done.returncode
        self.text = done.stdout + done.stderr
        self.data = json.loads(done.stdout)
        assert self.data["schema"] == 1 and self.data["complete"]
        checks = self.data["checks"]
        for word, name in (("ok", "ok"), ("warning", "warnings"),
                ("error", "errors"), ("unknown", "unknown")):
            assert self.data[name] == sum(c["status"] == word
                for c in checks)
        assert self.status == (1 if self.data["errors"] else 0)
        # who complains says what to do, in one line
        for c in checks:
            assert c["fact"] and "\n" not in c["fact"] + (c["advice"] or "")
            assert c["advice"] or c["status"] in ("ok", "unknown"), c

    def all(self, check, subject=None):
        return [c for c in self.data["checks"] if c["check"] == check and
            (subject is None or c["subject"] == subject)]

    def one(self, check, subject=None):
        """The worst of them."""
        found = self.all(check, subject)
        assert found, (check, subject, self.text)
        order = ("ok", "unknown", "warning", "error")
        return max(found, key=lambda c: order.index(c["status"]))

    def is_(self, status, check, subject=None, fact=""):
        one = self.one(check, subject)
        assert one["status"] == status and fact in one["fact"], self.text
        return one["advice"]


def doctor(router, *before, host=None, socket="control", program=VRRPCTL):
    return Found(router.lab.run(host or router.host, *before, program, "-j",
        "-s", "%s/%s" % (router.rundir, socket), "doctor", check=False))


def do(lab, advice, host="a"):
    """What it said, to the letter."""
    lab.run(host, "sh", "-c", advice)


def master(lab, conf=TWO, name="V", host="a"):
    router = Vrrpd(lab, host, conf).start()
    router.wait_state(name, "MASTER")
    return router


# What is done; which check is to complain about it, and how.
RULES = (
    (("add rule inet f i ip protocol 112 drop",), "error", "e0 ipv4 in",
        "rule handle"),
    (("add rule inet f i meta l4proto 112 reject",), "error", "e0 ipv6 in",
        "chain inet f i"),
    (("add rule inet f o ip daddr 224.0.0.0/4 drop",), "error",
        "e0 ipv4 out", "chain inet f o"),
    (("add rule inet f o ip6 daddr { ff02::/16, fe80::/10 } drop",), "error",
        "e0 ipv6 out", ""),
    (("add rule inet f i ip protocol { tcp, udp, icmp } accept",
        "chain inet f i { policy drop; }"), "error", "e0 ipv4 in", "policy"),
    (("add chain inet f no", "add rule inet f no counter drop",
        "add rule inet f i meta l4proto vmap { tcp : accept, 112 : jump no }"
        ), "error", "e0 ipv4 in", "chain inet f no"),
    (("add table netdev n", "add chain netdev n c { type filter hook ingress "
        "device e0 priority 0; }", "add rule netdev n c ip protocol 112 drop"
        ), "error", "e0 ipv4 in", "netdev n c"),
    (("add rule inet f i ip ttl 255 ip daddr 224.0.0.10-224.0.0.20 ip "
        "protocol != tcp drop",), "error", "e0 ipv4 in", ""),
    (("add rule inet f i ip protocol 112 limit rate over 9/second drop",),
        "warning", "e0 ipv4 in", "may be dropped"),
    (("add rule inet f i ip protocol 112 ip saddr 10.9.0.2 accept",
        "chain inet f i { policy drop; }"), "warning", "e0 ipv4 in", "may"),
    # harmless ones
    (("add rule inet f i ct state invalid drop", "add rule inet f i iifname "
        "!= { lo, e0 } drop", "add rule inet f i tcp dport 22 drop",
        "add rule inet f i ip daddr { 10.0.0.0/8, 225.0.0.0-239.0.0.0 } "
        "drop", "add rule inet f i ip ttl < 255 drop", "add rule inet f i "
        "meta l4proto vmap { tcp : drop, 112 : accept }",
        "chain inet f i { policy drop; }"), "ok", "e0 ipv4 in", ""),
)


def test_nftables(lab):
    router = master(lab)
    assert doctor(router).one("firewall")["status"] == "ok"
    for rules, status, subject, fact in RULES:
        base = ("add table inet f", "add chain inet f i { type filter hook "
            "input priority 0; }", "add chain inet f o { type filter hook "
            "output priority 0; }")
        lab.run("a", "nft", "\n".join(base + rules))
        advice = doctor(router).is_(status, "firewall", subject, fact)
        if status != "ok":
            # for each direction and family that is hit
            for _ in range(5):
                found = doctor(router).one("firewall")
                if found["status"] == "ok":
                    break
                do(lab, found["advice"])
            assert "nft insert rule" in advice
            doctor(router).is_("ok", "firewall")
        lab.run("a", "nft", "flush ruleset")


def test_iptables(lab):
    """As iptables and ip6tables write them for nftables."""
    router = master(lab)
    for tool, subject in (("iptables-nft", "e0 ipv4 in"),
            ("ip6tables-nft", "e0 ipv6 in")):
        for rules in (("-A INPUT -p 112 -j DROP",),
                ("-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
                "-A INPUT -m comment --comment x -p 112 -j REJECT"),
                ("-N deep", "-A deep -m conntrack ! --ctstate INVALID -j "
                "DROP", "-A INPUT ! -i lo -j deep"),
                ("-A INPUT -p tcp -j ACCEPT", "-P INPUT DROP")):
            for rule in rules:
                lab.run("a", tool, *rule.split())
            advice = doctor(router).is_("error", "firewall", subject)
            assert advice == "%s -t filter -I INPUT -p 112 -j ACCEPT" % \
                tool.replace("-nft", "")
            do(lab, advice.replace("tables", "tables-nft", 1))
            doctor(router).is_("ok", "firewall")
            lab.run("a", "nft", "flush ruleset")
        for rule in ("-A INPUT -m conntrack --ctstate INVALID -j DROP",
                "-A INPUT -p udp -m udp --dport 5 -j DROP"):
            lab.run("a", tool, *rule.split())
        doctor(router).is_("ok", "firewall")
        lab.run("a", "nft", "flush ruleset")


def test_interface(lab):
    """Links, groups, bridges and settings of the kernel."""
    lab.sysctl("a", "ipv4/conf/all/rp_filter", 0)
    router = master(lab, settings() + instance(51, name="V",
        vips=["10.9.0.151/24"]) + instance(52, name="W", version=6))
    router.wait_state("W", "MASTER")

    def flip(key, bad, good, status, check, subject="e0"):
        lab.sysctl("a", key, bad)
        advice = doctor(router).is_(status, check, subject)
        if advice.startswith("sysctl -w"):
            do(lab, advice.split(",")[0])
        else:
            lab.sysctl("a", key, good)
        doctor(router).is_("ok", check, subject)
        lab.sysctl("a", key, good)

    flip("ipv4/conf/e0/promote_secondaries", 0, 1, "warning",
        "promote_secondaries")
    flip("ipv4/conf/e0/arp_ignore", 8, 0, "error", "arp")
    flip("ipv6/conf/e0/accept_dad", 2, 0, "warning", "ipv6")
    assert doctor(router).one("membership")["status"] == "ok"
    # the file names a group that the daemon has not joined yet
    router.write_conf(settings("vrrp_mcast_group4 224.0.0.19") +
        instance(51, name="V", vips=["10.9.0.151/24"]) +
        instance(52, name="W", version=6))
    found = doctor(router)
    found.is_("error", "membership", fact="224.0.0.19 is not joined")
    router.reload()
    doctor(router).is_("ok", "membership")
    lab.ip("a", "link add br9 type bridge mcast_snooping 1",
        "link set br9 up", "link set e0 master br9")
    advice = doctor(router).is_("warning", "snooping", "br9")
    do(lab, advice.split(",")[0])
    assert not doctor(router).all("snooping")
    lab.ip("a", "link set e0 nomaster", "link del br9",
        "link set e0 mtu 1000")
    doctor(router).is_("error", "mtu", "e0", "1000 is too little")
    lab.ip("a", "link set e0 mtu 1500")
    doctor(router).is_("ok", "mtu", "e0")
    lab.cable("a", False)
    wait_until(lambda: router.state("V") == "FAULT", 5)
    found = doctor(router)
    found.is_("error", "interface", "e0", "no carrier")
    found.is_("error", "instance", "V", "FAULT")
    lab.cable("a", True)
    router.wait_state("V", "MASTER")
    doctor(router).is_("ok", "interface", "e0")


def test_unicast(lab):
    """A peer by unicast, and a virtual MAC, under a strict rp_filter."""
    conf = settings() + instance(51, block("unicast_peer", "10.9.0.2"),
        name="U") + instance(52, "use_vmac", name="M")
    router = master(lab, conf, name="M")
    lab.sysctl("a", "ipv4/conf/e0/rp_filter", 0)
    lab.sysctl("a", "ipv4/conf/all/rp_filter", 1)
    found = doctor(router)
    advice = found.is_("warning", "rp_filter", "e0", "strict")
    do(lab, advice)
    doctor(router).is_("ok", "rp_filter", "e0")
    name = router.show("instance", "M")["instances"][0]
    name = [i for i in lab.addresses("a").values() if
        i["local"] == "10.9.0.152"][0]["ifname"]
    lab.sysctl("a", "ipv4/conf/%s/rp_filter" % name, 0)
    do(lab, doctor(router).is_("error", "rp_filter", name, "strict"))
    assert not doctor(router).all("rp_filter", name)
    lab.sysctl("a", "ipv4/conf/e0/arp_ignore", 0)
    do(lab, doctor(router).is_("warning", "arp", "e0", name))
    doctor(router).is_("ok", "arp", "e0")
    # the outgoing way is that of the virtual interface
    lab.run("a", "nft", "add table ip f\nadd chain ip f o { type filter hook "
        "output priority 0; }\nadd rule ip f o oifname %s drop" % name)
    do(lab, doctor(router).is_("error", "firewall", name + " ipv4 out"))
    doctor(router).is_("ok", "firewall")


# As root of a machine of its own: /run and /etc/systemd are folders of the
# test's, process 1 is in this network namespace.
MACHINE = r"""
set -e
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /etc/systemd
mkdir -p /run/systemd/netif/links /run/NetworkManager/devices \
    /etc/systemd/network $DIR/bin /run/nm
mount -t tmpfs tmpfs /etc/NetworkManager
mkdir /etc/NetworkManager/conf.d
printf '#!/bin/sh\nexit 0\n' >$DIR/bin/networkctl
cp $DIR/bin/networkctl $DIR/bin/systemctl
chmod 755 $DIR/bin/*
PATH=$DIR/bin:$PATH
index=$(cat /sys/class/net/e0/ifindex)
ask() {
	"$CTL" -j -s "$SOCKET" doctor >$DIR/$1 || [ $? -eq 1 ]
}
echo hpet >$DIR/clock
clock=/sys/devices/system/clocksource/clocksource0/current_clocksource
ask plain
mount --bind $DIR/clock $clock
printf 'ADMIN_STATE=configured\nNETWORK_FILE=%s\n' \
    /etc/systemd/network/10-e0.network >/run/systemd/netif/links/$index
printf '[Match]\nName=e0\n[Network]\nDHCP=no\n' \
    >/etc/systemd/network/10-e0.network
printf '[device]\nmanaged=true\n' >/run/NetworkManager/devices/$index
ask managed
umount $clock
"$PYTHON" - $DIR/managed >$DIR/todo <<EOT
import json, sys
for c in json.load(open(sys.argv[1]))["checks"]:
    if c["check"] == "networkd":
        print(c["advice"] or ":")
EOT
sh -e $DIR/todo
printf '[device]\nmanaged=false\n' >/run/NetworkManager/devices/$index
ask mended
echo ADMIN_STATE=unmanaged >/run/systemd/netif/links/$index
rm -f /run/NetworkManager/devices/$index
ask alone
"""


def test_managers(lab):
    """networkd and NetworkManager, by files such as they write."""
    made = [path for path in ("/etc/NetworkManager", "/etc/systemd") if
        not os.path.isdir(path)]
    router = master(lab, settings() + instance(51, block("virtual_routes",
        "192.0.2.0/24 via 10.9.0.9 dev e0"), name="V"))
    folder = lab.path("machine")
    os.mkdir(folder)
    env = ["env", "DIR=" + folder, "CTL=" + VRRPCTL, "PYTHON=/usr/bin/python3",
        "SOCKET=" + router.rundir + "/control"]
    try:
        for path in made:
            os.mkdir(path)
        lab.run("a", *env, "unshare", "--mount", "--pid", "--fork",
            "--kill-child", "sh", "-c", MACHINE)
    finally:
        for path in made:
            os.rmdir(path)

    class Saved(Found):
        def __init__(self, name):
            text = lab.path("machine", name)
            with open(text, encoding="ascii") as f:
                text = f.read()
            errors = json.loads(text)["errors"]
            super().__init__(type("Done", (), {"stdout": text, "stderr": "",
                "returncode": 1 if errors else 0}))

    plain = Saved("plain")
    assert not plain.all("networkd") and not plain.all("NetworkManager")
    assert plain.one("clock")["status"] == "ok"
    managed = Saved("managed")
    managed.is_("warning", "clock", fact="hpet")
    advice = managed.is_("warning", "networkd", "e0", "10-e0.network")
    assert "KeepConfiguration=static" in advice
    found = [c for c in managed.all("networkd") if c["subject"] is None]
    assert found[0]["status"] == "unknown"  # the file is not to be seen
    assert "ManageForeignRoutes=no" in found[0]["advice"]
    advice = managed.is_("warning", "NetworkManager", "e0")
    assert "unmanaged-devices+=interface-name:e0" in advice
    mended = Saved("mended")
    mended.is_("ok", "networkd", "e0", "KeepConfiguration=static")
    mended.is_("ok", "networkd", None, "")
    mended.is_("ok", "NetworkManager", "e0", "leaves it alone")
    Saved("alone").is_("ok", "networkd", "e0", "leaves it alone")


def test_daemon(lab):
    """No daemon, one that hangs, one elsewhere, and the caller's rights."""
    router = master(lab)
    found = doctor(router)
    found.is_("ok", "engine")
    found.is_("ok", "runtime", router.rundir)
    found.is_("ok", "configuration", router.conf)
    found.is_("ok", "users")
    # text: a line each, and its advice under it
    text = lab.run("a", VRRPCTL, "-s", router.rundir + "/control",
        "doctor").stdout
    assert "ok       instance V: is MASTER\n" in text
    assert text.endswith(" unknown\n")
    # without rights nothing is guessed
    nobody = ("setpriv", "--reuid", "65534", "--regid", "65534",
        "--clear-groups")
    folder = lab.path("programs")       # ours need not be open to all
    os.mkdir(folder)
    for name in ("vrrpctl", "vrrpctl-doctor"):
        shutil.copy(os.path.join(os.path.dirname(VRRPCTL), name), folder)
    found = doctor(router, *nobody, socket="status",
        program=os.path.join(folder, "vrrpctl"))
    found.is_("unknown", "firewall", fact="CAP_NET_ADMIN")
    found.is_("unknown", "configuration")
    assert found.status == 0
    found = doctor(router, host="b")
    assert "nsenter" in found.is_("warning", "namespace")
    router.ctl("maintenance", "on", check=False)     # nobody to hand over to
    advice = doctor(router).is_("warning", "maintenance")
    do(lab, advice.replace("vrrpctl", "%s -s %s/control" % (VRRPCTL,
        router.rundir)))
    assert not doctor(router).all("maintenance")
    router.freeze()
    began = time.monotonic()
    found = doctor(router)
    assert time.monotonic() - began < 8
    found.is_("error", "daemon")
    assert "runs as process %d" % router.pid in found.one("daemon")["advice"]
    router.thaw()
    router.kill_hard()
    found = doctor(router, "setpriv", "--bounding-set", "-net_admin")
    found.is_("error", "daemon")
    found.is_("error", "capabilities", fact="CAP_NET_ADMIN")
    do(lab, found.is_("warning", "runtime").replace("vrrpd",
        os.path.dirname(VRRPCTL) + "/vrrpd", 1).split(",")[0])
    assert doctor(router).one("runtime")["status"] == "ok"


def test_capability(lab):
    """A daemon in a container that was given too little."""
    router = Vrrpd(lab, "a", TWO)
    router.args = ["setpriv", "--bounding-set", "-sys_nice"] + router.args
    router.start()
    doctor(router).is_("warning", "capabilities", fact="CAP_SYS_NICE")


def test_neighbours(lab):
    """Another daemon here, and the VRID elsewhere."""
    router = master(lab, settings() + instance(51, name="V", interval="0.2"))
    doctor(router).is_("ok", "others")
    other = Keepalived(lab, "a", settings(garp=False) + instance(77,
        name="K")).start()
    advice = doctor(router).is_("warning", "others", "keepalived",
        str(other.pid))
    assert advice.endswith("systemctl disable --now keepalived")
    other.stop()
    doctor(router).is_("ok", "others")
    Vrrpd(lab, "b", settings() + instance(51, name="X", interval="0.2",
        vips=["10.9.0.99"], prio=50)).start()
    Vrrpd(lab, "b", settings() + instance(51, name="V", interval="0.2",
        vips=["10.9.0.99"], prio=200), rundir=lab.path("second")).start()
    wait_until(lambda: doctor(router).all("vrid"), 10)
    found = doctor(router)
    assert {c["subject"] for c in found.all("vrid")} == {"V"}
    assert "scan" in found.one("vrid")["advice"]


def test_two_masters(lab):
    """A router that does not hear us, and holds the role, too."""
    router = master(lab, settings() + instance(51, name="V", interval="0.2"))
    assert not doctor(router).all("vrid")
    lab.run("b", "nft", "add table inet f; add chain inet f i { type filter "
        "hook input priority 0; }; add rule inet f i meta l4proto 112 drop")
    other = Vrrpd(lab, "b", settings() + instance(51, name="V",
        interval="0.2", vips=["10.9.0.99"], prio=50)).start()
    other.wait_state("V", "MASTER")
    wait_until(lambda: any("10.9.0.2 is MASTER of VRID 51, too" in c["fact"]
        for c in doctor(router).all("vrid", "V")), 10)
    advice = [c["advice"] for c in doctor(router).all("vrid", "V")
        if "is MASTER" in c["fact"]]
    assert len(advice) == 1 and advice[0].endswith("vrrpctl scan e0")
    other.stop()
    wait_until(lambda: not any("is MASTER" in c["fact"] for c in
        doctor(router).all("vrid")), 10)


def test_scripts(lab):
    """One that others may write to, one that hangs, one that is good."""
    good = lab.write("good.sh", "#!/bin/sh\nexit 0\n", 0o755)
    open_to_all = lab.write("bad.sh", "#!/bin/sh\nexit 0\n", 0o777)
    slow = lab.write("slow.sh", "#!/bin/sh\nexec sleep 30\n", 0o755)
    conf = settings() + script("good", good) + script("bad", open_to_all) + \
        script("slow", slow, "timeout 1") + instance(51, block("track_script",
            "good weight 1", "bad weight 1", "slow weight 1"), name="V")
    # it is refused with that one: so it comes later
    os.chmod(open_to_all, 0o755)
    router = Vrrpd(lab, "a", conf).start()
    os.chmod(open_to_all, 0o777)

    def timed_out():
        return doctor(router).one("script", "slow")["status"] == "warning"
    wait_until(timed_out, 10)
    found = doctor(router)
    found.is_("ok", "script", "good")
    bad = [c for c in found.all("script") if "bad" in c["fact"]]
    assert bad and bad[0]["status"] in ("warning", "error")
    assert router.conf[-20:] in bad[0]["subject"]
    os.chmod(open_to_all, 0o755)
    lab.write("quick.sh", "#!/bin/sh\nexit 0\n", 0o755)
    router.reload(conf.replace("slow.sh", "quick.sh"))
    wait_until(lambda: all(c["status"] == "ok" for c in
        doctor(router).all("script")), 30)


def test_words():
    done = command([VRRPCTL, "doctor", "more"], check=False)
    assert done.returncode == 2
    doctor_path = os.path.join(os.path.dirname(VRRPCTL), "vrrpctl-doctor")
    assert command([doctor_path, "x"], check=False).returncode == 2
