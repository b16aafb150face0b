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

"""A world of interfaces in which everything that can happen to one happens,
by a seed, and what a daemon has made of it."""

import json
import re
import time

from lib import command

# Every VIP and route of the configuration that the storm deletes by hand.
VIPS = (("e0", "10.9.0.151/24"), ("e0", "10.9.0.160/32"),
    ("f0", "10.8.0.151/24"), ("e0", "fe80::152/64"), ("e0", "fd09::152/64"),
    ("x0", "10.6.0.156/24"), ("vrrp.54", "10.8.0.154/24"),
    ("vrrp6.55", "fe80::155/64"), ("e0", "10.9.0.157/32"),
    ("f0", "10.8.0.158/32"))
ROUTES = ("10.41.0.0/16", "10.42.0.0/16", "10.43.0.0/16", "10.44.0.0/16")
# How an instance is shown, of what does not depend on time.
SHOWN = ("state", "faults", "priority", "source", "addresses_wanted",
    "addresses_installed", "addresses_failed", "addresses_errno",
    "routes_wanted", "routes_installed", "routes_failed", "routes_errno")
SETTINGS = ("ipv4/conf/%s/arp_ignore", "ipv4/conf/%s/arp_filter",
    "ipv4/conf/%s/arp_announce", "ipv4/conf/%s/promote_secondaries",
    "ipv6/conf/%s/disable_ipv6", "ipv6/conf/%s/addr_gen_mode")
NAMES = ("e0", "f0", "x0", "y0")


class World:
    """The interfaces of host a. e0 and f0 lead to the switch, x0 and y0 to
    an end of their own in the same namespace."""

    def __init__(self, lab, random):
        self.lab = lab
        self.random = random
        self.done = []
        self.deleted = {}
        lab.ip("a", "link add brs type bridge", "link set brs up")
        for name in ("x0", "y0"):
            self.do(*self.made(name))

    def do(self, *lines):
        """Lines for host a, or with "s:" in front for the switch. What
        cannot be done at the moment is no mistake."""
        while lines:
            host = "s" if lines[0].startswith("s:") else "a"
            count = 0
            while count < len(lines) and \
                    lines[count].startswith("s:") == (host == "s"):
                count += 1
            command(["ip", "-n", self.lab.name(host), "-force", "-batch",
                "-"], stdin="".join(l.split("s:")[-1] + "\n"
                for l in lines[:count]), check=False)
            self.done.extend(lines[:count])
            lines = lines[count:]

    # What there is of an interface.

    @staticmethod
    def addresses(name):
        """Its own ones; the first two are of one network."""
        net = {"e0": 9, "f0": 8, "x0": 6, "y0": 5}[name]
        own = ["10.%d.0.1/24" % net, "10.%d.0.11/24" % net,
            "fd09::%d:1/64" % net]
        return own + (["192.168.10.1/24"] if name == "e0" else [])

    @staticmethod
    def mac(name, number=0):
        return "02:00:00:00:%02x:01" % (16 * NAMES.index(name) + number)

    def linklocal(self, name, number=0):
        """What the kernel makes of the MAC."""
        low = self.mac(name, number).split(":")
        return "fe80::ff:fe00:%x/64" % int(low[4] + low[5], 16)

    def made(self, name):
        if name in "x0 y0":
            lines = ["link add %s type veth peer name %sp" % (name, name)]
            end = "link set %sp up" % name
        else:
            port, bridge = {"e0": ("pa", "br0"), "f0": ("qa", "br1")}[name]
            lines = ["s:link add %s type veth peer name %s netns %s" % (port,
                name, self.lab.name("a")),
                "s:link set %s master %s" % (port, bridge)]
            end = "s:link set %s up" % port
        lines += [end, "link set %s address %s" % (name, self.mac(name)),
            "link set %s up" % name]
        return lines + ["address add %s dev %s" % (a, name)
            for a in self.addresses(name)]

    def gone(self, name):
        return ["link del " + name, "link del %sold" % name]

    def cable(self, name, state):
        where = {"e0": "s:link set pa ", "f0": "s:link set qa "}.get(name,
            "link set %sp " % name)
        return [where + state]

    # What happens to one.

    def flap(self, name):
        return ["link set %s down" % name] + \
            ["link set %s up" % name] * self.random.randint(0, 2)

    def unplug(self, name):
        return self.cable(name, self.random.choice(("up", "down", "up")))

    def again(self, name):
        return self.gone(name) + ["link add spare%d type veth peer name "
            "spare%dp" % (i, i) for i in range(1)] + self.made(name) + \
            ["link del spare0"]

    def vanish(self, name):
        return self.gone(name)

    def rename(self, name):
        new = name + "old"
        return self.random.choice((
            ["link set %s name %s" % (name, new)],
            ["link set %s name %s" % (new, name)],
            ["link set %s name %s" % (name, new), "link set %s name %s" %
                (new, name)],
            ["link set %s down" % name, "link set %s name %s" % (name, new),
                "link set %s up" % new]))

    def set_mac(self, name):
        return ["link set %s address %s" % (name, self.mac(name,
            self.random.randint(0, 3)))]

    def set_mtu(self, name):
        return ["link set %s mtu %d" % (name, self.random.choice((1400,
            1500, 1280, 1000)))]

    def bridge(self, name):
        return ["link set %s %s" % (name, self.random.choice(("master brs",
            "nomaster", "nomaster")))]

    def address(self, name):
        """One goes, comes, or one comes in place of another."""
        text = self.random.choice(self.addresses(name))
        line = "address %s " + "%s dev %s" % (text, name)
        return self.random.choice(([line % "del"], [line % "add"],
            [line % "del", line % "add"], [line % "del"] + ["address add "
                "%s dev %s" % (a, name) for a in self.addresses(name)]))

    def link_local(self, name):
        text = self.linklocal(name, self.random.randint(0, 1))
        line = "address %s " + "%s dev %s" % (text, name)
        if self.random.random() < 0.5:
            self.settings(name, 1)
        else:
            self.settings(name, 0)
        return self.random.choice(([line % "del"], [line % "add"],
            [line % "del", line % "add"]))

    def settings(self, name, tries):
        """Whether the next address is tentative for a second."""
        for host_key in ("accept_dad", "dad_transmits"):
            try:
                self.lab.sysctl("a", "ipv6/conf/%s/%s" % (name, host_key),
                    tries)
            except OSError:
                pass            # no such interface now

    def taken(self, name):
        """A VIP, but not so often that it is fought for a long time."""
        mine = [v for v in VIPS if self.deleted.get(v, 0) < 2]
        if not mine:
            return []
        dev, text = vip = self.random.choice(mine)
        self.deleted[vip] = self.deleted.get(vip, 0) + 1
        return ["address del %s dev %s" % (text, dev)]

    def lost_route(self, name):
        dst = self.random.choice(ROUTES)
        if self.deleted.get(dst, 0) >= 2:
            return []
        self.deleted[dst] = self.deleted.get(dst, 0) + 1
        return ["route del " + dst, "rule del priority 1041"]

    def step(self):
        what = self.random.choice((self.flap, self.flap, self.unplug,
            self.unplug, self.again, self.vanish, self.rename, self.rename,
            self.set_mac, self.set_mtu, self.bridge, self.address,
            self.address, self.address, self.link_local, self.link_local,
            self.taken, self.lost_route))
        self.do(*what(self.random.choice(NAMES)))
        time.sleep(self.random.choice((0, 0, 0, 0.01, 0.03, 0.1, 0.4)))

    def settle(self):
        """Everything is put into a state that says how it is from now on:
        for each interface whether it is there, up, plugged in, which MAC,
        MTU and addresses it has."""
        for name in NAMES:
            self.settle_one(name)

    def settle_one(self, name):
        r = self.random
        kind = r.choice(("good", "good", "good", "good", "down", "unplugged",
            "absent", "away", "port"))
        # It may be there under either name, or not at all.
        self.do("link set %sold name %s" % (name, name))
        if kind == "absent":
            self.do(*self.gone(name))
            return
        self.do(*self.made(name))
        self.settings(name, 0)
        self.do("link set %s nomaster" % name, "link set %s mtu %d" % (name,
            r.choice((1500, 1500, 1400))), "link set %s down" % name,
            "link set %s address %s" % (name, self.mac(name,
                r.randint(0, 1))), "link set %s up" % name,
            *self.cable(name, "up"))
        for text in self.addresses(name):
            self.do("address del %s dev %s" % (text, name))
        for text in self.addresses(name):
            if r.random() < 0.8:
                self.do("address add %s dev %s" % (text, name))
        for number in range(2):
            self.do("address %s %s dev %s" % ("add" if r.random() < 0.7 else
                "del", self.linklocal(name, number), name))
        if kind == "down":
            self.do("link set %s down" % name)
        elif kind == "unplugged":
            self.do(*self.cable(name, "down"))
        elif kind == "away":
            self.do("link set %s name %sold" % (name, name))
        elif kind == "port":
            self.do("link set %s master brs" % name)


class Sight:
    """What is there: everything that must not depend on the past."""

    def __init__(self, lab):
        self.lab = lab

    def lines(self, *args):
        done = command(["ip", "-n", self.lab.name("a"), *args], check=False)
        return done.stdout

    def links(self):
        out = {}
        for link in json.loads(self.lines("-j", "-d", "link", "show")):
            up = "UP" in link["flags"]
            out[link["ifname"]] = (up, link["mtu"], link["address"],
                link.get("master"), link.get("linkinfo", {}).get(
                    "info_kind"))
        return out

    def addresses(self):
        out = set()
        for link in json.loads(self.lines("-j", "address", "show")):
            for a in link.get("addr_info", ()):
                if "local" not in a:
                    continue
                words = [k for k in ("secondary", "tentative", "dadfailed",
                    "dynamic", "noprefixroute", "nodad", "deprecated")
                    if a.get(k)]
                out.add(" ".join([link["ifname"], "%s/%d" % (a["local"],
                    a["prefixlen"]), a.get("label", ""), a.get("protocol",
                    "")] + words))
        return sorted(out)

    def routes(self):
        text = self.lines("route", "show", "table", "all") + \
            self.lines("-6", "route", "show", "table", "all")
        text = re.sub(r"expires \S+", "expires", text)
        return sorted(set(" ".join(l.split()) for l in text.split("\n")))

    def rules(self):
        return sorted((self.lines("rule") + self.lines("-6",
            "rule")).split("\n"))

    def settings(self):
        text = ""
        for name in self.links():
            for key in SETTINGS:
                text += "/proc/sys/net/" + key % name + " "
        done = self.lab.run("a", "grep", "-s", "", *text.split(),
            check=False)
        return sorted(done.stdout.split("\n"))

    def filter(self):
        done = self.lab.run("a", "nft", "list", "ruleset", check=False)
        return re.sub(r"comment .*", "", done.stdout)

    def groups(self):
        """Who has joined VRRP's groups."""
        out, dev = [], ""
        text = self.lab.run("a", "cat", "/proc/net/igmp").stdout
        for line in text.split("\n")[1:]:
            if line[:1].isdigit():
                dev = line.split()[1]
            elif "120000E0" in line:
                out.append("%s %s" % (dev, line.split()[1]))
        text = self.lab.run("a", "cat", "/proc/net/igmp6").stdout
        for line in text.split("\n"):
            if "ff020000000000000000000000000012" in line:
                out.append(" ".join(line.split()[1:4]))
        return sorted(out)

    def of(self, router):
        instances = {}
        for name in [i["name"] for i in router.show()["instances"]]:
            row = router.instance(name)
            instances[name] = {k: row[k] for k in SHOWN}
        return {"instances": instances, "links": self.links(),
            "addresses": self.addresses(), "routes": self.routes(),
            "rules": self.rules(), "settings": self.settings(),
            "filter": self.filter(), "groups": self.groups()}


def unlike(one, other, path=""):
    """The differences of two sights, a line each."""
    if isinstance(one, dict):
        out = []
        for key in sorted(set(one) | set(other)):
            out += unlike(one.get(key), other.get(key), path + "/" + key)
        return out
    if isinstance(one, list) and isinstance(other, list):
        return ["%s: only before: %s" % (path, x) for x in one
            if x not in other] + ["%s: only afresh: %s" % (path, x)
            for x in other if x not in one]
    return [] if one == other else ["%s: %r, afresh: %r" % (path, one,
        other)]
