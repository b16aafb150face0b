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

"""What the tests of virtual MACs look at."""

import json
import os
import re
import subprocess

from lib import Inside, command, wait_until

MAC4 = "00:00:5e:00:01:33"
MAC6 = "00:00:5e:00:02:33"
KEYS4 = ("arp_ignore", "arp_filter", "arp_announce", "rp_filter",
    "accept_local", "promote_secondaries")
KEYS6 = ("disable_ipv6", "addr_gen_mode", "accept_ra", "autoconf")


class Port:
    """Frames that come in at a port of the switch, as tcpdump's lines."""

    def __init__(self, lab, host, *what):
        self.path = lab.path("port-%s-%d" % (host, len(lab.closing)))
        self.out = open(self.path, "w", encoding="utf-8")
        err = open(self.path + ".err", "w", encoding="utf-8")
        self.proc = subprocess.Popen(["ip", "netns", "exec", lab.name("s"),
            "tcpdump", "-tteni", "p" + host, "-Q", "in", "-l", *what],
            stdout=self.out, stderr=err)
        lab.closing.append(self)
        wait_until(lambda: "listening" in open(self.path + ".err",
            encoding="utf-8").read(), 10, "tcpdump")

    def lines(self, pattern="."):
        with open(self.path, encoding="utf-8") as f:
            return [l for l in f.read().splitlines()
                if re.search(pattern, l)]

    def close(self):
        self.proc.kill()
        self.proc.wait(10)
        self.out.close()


def virtual(port):
    return port.lines(r"^[0-9.]+ 00:00:5e:00:0[12]:")


def spoken(port, since):
    """Frames with a virtual MAC that came after that time."""
    return [l for l in virtual(port) if float(l.split()[0]) > since]


def links(lab, host):
    done = command(["ip", "-n", lab.name(host), "-j", "-d", "link", "show"])
    return {l["ifname"]: l for l in json.loads(done.stdout)}


def is_up(lab, host, name):
    link = links(lab, host).get(name)
    return link is not None and "UP" in link["flags"]


def settings_of(lab, host, name):
    def read():
        out = {}
        with Inside(lab.name(host)):
            for version, keys in ((4, KEYS4), (6, KEYS6)):
                for key in keys:
                    with open("/proc/sys/net/ipv%d/conf/%s/%s" % (version,
                            name, key), encoding="ascii") as f:
                        out[key] = int(f.read())
        return out
    return lab.in_thread(read)


def learnt(lab, mac):
    """The ports where the switch has learnt a MAC."""
    done = command(["bridge", "-n", lab.name("s"), "fdb", "show", "br",
        "br0"])
    return re.findall(r"^%s dev (\S+)" % mac, done.stdout, re.M)


def neighbour(lab, host, address):
    """Asks anew: the MACs that answer."""
    lab.run(host, "ip", "neigh", "flush", "dev", "e0", check=False)
    lab.run(host, "ping", "-c1", "-W1", address, check=False)
    done = lab.run(host, "ip", "neigh", "show", address)
    return re.findall(r"lladdr (\S+)", done.stdout)


def has_tool(name):
    return any(os.access(os.path.join(p, name), os.X_OK) for p in
        ("/usr/sbin", "/usr/bin", "/sbin"))
