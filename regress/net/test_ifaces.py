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


"""What is set of interfaces by themselves, and what goes wrong with them
without an event that tells its end."""

import os
import signal
import subprocess
import time

import pytest

from confgen import block, instance, settings
from lib import Capture, Vrrpd, stays, wait_until

VIP = "10.9.0.151"


def started(lab, *more, defs="", host="a", **fields):
    fields.setdefault("interval", "0.2")
    return Vrrpd(lab, host, settings() + defs + instance(51, *more,
        **fields)).start()


def test_socket_is_tried_again(lab):
    """The group cannot be joined: FAULT, told once, and over soon after the
    cause is, though no event tells of it."""
    lab.sysctl("a", "ipv4/igmp_max_memberships", "0")
    router = started(lab)
    router.wait_state("I51", "FAULT", 5)
    assert router.instance("I51")["faults"] == "no socket"
    stays(lambda: router.state("I51") == "FAULT", 2.5, step=0.1)
    router.sync()
    assert router.log().count("join the group") == 1
    lab.sysctl("a", "ipv4/igmp_max_memberships", "20")
    router.wait_state("I51", "MASTER", 6)
    assert lab.has("a", VIP)


def test_down_delay(lab):
    """A short loss of the carrier is no event; a long one is, at its time."""
    router = started(lab, defs=block("interface_up_down_delays", "e0 2 1"))
    router.wait_state("I51", "MASTER")
    lab.ip("s", "link set pa down")
    router.wait_log("e0: is down: counts in 2000 ms, if it lasts", 2)
    time.sleep(0.5)
    lab.ip("s", "link set pa up")
    stays(lambda: router.state("I51") == "MASTER" and lab.has("a", VIP), 2.5,
        step=0.1)
    router.sync()
    assert router.entered("I51", "FAULT") == 0
    lab.ip("s", "link set pa down")
    since = time.monotonic()
    router.wait_state("I51", "FAULT", 4)
    assert 1.9 < time.monotonic() - since < 3.5
    lab.ip("s", "link set pa up")
    since = time.monotonic()
    router.wait_state("I51", "BACKUP", 3)
    assert 0.9 < time.monotonic() - since < 2.5
    router.wait_state("I51", "MASTER", 4)


def test_takes_over_within_the_delay(lab):
    """Its time comes while the carrier is away but must not count yet: it has
    its address as soon as the carrier is back."""
    peer = started(lab, host="b", prio=150)
    peer.wait_state("I51", "MASTER")
    router = started(lab, defs=block("interface_up_down_delays", "e0 9"))
    router.wait_state("I51", "BACKUP")
    lab.ip("s", "link set pa down")
    router.wait_state("I51", "MASTER", 5)
    peer.kill_hard()
    lab.ip("s", "link set pa up")
    wait_until(lambda: lab.has("a", VIP), 3, router.tail, step=0.02)


def test_up_delay_of_a_new_interface(lab):
    router = started(lab, defs=block("interface_up_down_delays", "e0 0 2"))
    router.wait_state("I51", "MASTER", 3)     # not at the start
    lab.ip("a", "link del e0")
    router.wait_state("I51", "FAULT", 2)
    lab.add_host("a")
    since = time.monotonic()
    router.wait_state("I51", "BACKUP", 5)
    assert time.monotonic() - since > 1.8


def test_down_is_no_fault(lab):
    """dont_track_primary: MASTER goes on over a lost carrier, and BACKUP
    becomes MASTER without one."""
    router = started(lab, "dont_track_primary")
    router.wait_state("I51", "MASTER")
    lab.ip("s", "link set pa down")
    stays(lambda: router.state("I51") == "MASTER" and lab.has("a", VIP), 1.5,
        step=0.1)
    lab.ip("s", "link set pa up")
    router.stop()
    lab.ip("s", "link set pa down")
    router = started(lab, "dont_track_primary")
    router.wait_state("I51", "MASTER", 5)
    wait_until(lambda: lab.has("a", VIP), 2, router.tail)


SHIM = r"""
#define _GNU_SOURCE
#include <sys/ioctl.h>

#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/sockios.h>
#include <net/if.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a file holds: a number, -1 without one. */
static int
told(const char *name)
{
	char path[256];
	FILE *f;
	int value = -1;

	snprintf(path, sizeof(path), "FOLDER/%s", name);
	if ((f = fopen(path, "re")) == NULL)
		return (-1);
	if (fscanf(f, "%x", &value) != 1)
		value = -1;
	fclose(f);
	return (value);
}

int
ioctl(int fd, unsigned long request, ...)
{
	static int reads;
	struct mii_ioctl_data mii;
	struct ethtool_value *v;
	int (*next)(int, unsigned long, ...);
	struct ifreq *ifr;
	va_list ap;
	int ret;

	va_start(ap, request);
	ifr = va_arg(ap, struct ifreq *);
	va_end(ap);
	if (request == SIOCGMIIPHY || request == SIOCGMIIREG) {
		memcpy(&mii, &ifr->ifr_ifru, sizeof(mii));
		if (request == SIOCGMIIPHY) {
			reads = 0;
			mii.phy_id = 7;
		} else if (mii.phy_id != 7 || mii.reg_num != MII_BMSR)
			mii.val_out = 0;
		else if (reads++ == 0 && told("latched") == 1)
			mii.val_out = 0x7809;
		else
			mii.val_out = (unsigned short)told("mii");
		memcpy(&ifr->ifr_ifru, &mii, sizeof(mii));
		errno = EOPNOTSUPP;
		return (told("mii") == -1 ? -1 : 0);
	}
	v = (void *)ifr->ifr_data;
	if (request == SIOCETHTOOL && v->cmd == ETHTOOL_GLINK) {
		v->data = (unsigned int)told("ethtool");
		errno = EOPNOTSUPP;
		return (told("ethtool") == -1 ? -1 : 0);
	}
	next = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	ret = next(fd, request, ifr);
	if (request == SIOCGIFFLAGS && told("flags") == 0)
		ifr->ifr_flags &= ~IFF_RUNNING;
	return (ret);
}
"""
# Of the register: capabilities and the link, without the link, no register.
UP, DOWN, NONE = "782d", "7829", "ffff"
GOOD = {"mii": UP, "ethtool": "1", "flags": "1"}
# What is written, what the driver answers, which answer counts, what is said.
BEATS = {
    "first": ("e0", GOOD, "mii", ""),
    "second": ("e0", {"ethtool": "1"}, "ethtool", ""),
    "no transceiver": ("e0", {**GOOD, "mii": NONE}, "ethtool", ""),
    "last": ("e0", {}, "flags", ""),
    "latched": ("e0", {**GOOD, "latched": "1"}, "mii", ""),
    "MII": ("e0 MII", GOOD, "mii", ""),
    "MII is not": ("e0 MII", {"ethtool": "1"}, "ethtool",
        "e0: its driver does not answer MII, ETHTOOL is used"),
    "ETHTOOL": ("e0 ETHTOOL", {**GOOD, "mii": DOWN}, "ethtool", ""),
    "ETHTOOL is not": ("e0 ETHTOOL", {"mii": UP}, "mii",
        "e0: its driver does not answer ETHTOOL, MII is used"),
    "IOCTL": ("e0 IOCTL", {"mii": DOWN, "ethtool": "0"}, "flags", ""),
    "all": (None, GOOD, "mii", "")}


def driver(lab):
    """The environment in which the drivers answer what files say."""
    source = lab.write("shim.c", SHIM.replace("FOLDER", lab.folder))
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", lab.path("shim.so"),
        source, "-ldl"], check=True)
    return {"LD_PRELOAD": lab.path("shim.so")}


def test_polled_no_more(lab):
    """A reload without the word: what the driver said does not count any
    more; and a reload with it begins to ask."""
    plain = settings() + instance(51, interval="0.2")
    text = block("linkbeat_interfaces", "e0") + "\n" + plain
    lab.write("mii", DOWN)
    router = Vrrpd(lab, "a", text, env=driver(lab)).start()
    router.wait_state("I51", "FAULT", 5)
    router.reload(plain)
    router.wait_state("I51", "MASTER", 5)
    router.reload(text)
    router.wait_state("I51", "FAULT", 5)


@pytest.mark.parametrize("name", BEATS)
def test_polled_link(lab, name):
    """A driver that tells of a lost carrier only when it is asked, and what
    it can be asked."""
    words, answers, counts, said = BEATS[name]
    words = block("linkbeat_interfaces", words) if words else \
        "linkbeat_use_polling\n"
    def answer(what, value):
        lab.write("new", value)
        os.rename(lab.path("new"), lab.path(what))
    for what, value in answers.items():
        answer(what, value)
    router = Vrrpd(lab, "a", settings() + words + "\n" + instance(51,
        interval="0.2"), env=driver(lab)).start()
    router.wait_state("I51", "MASTER")
    stays(lambda: router.state("I51") == "MASTER", 1.5, "MASTER", step=0.1)
    answer(counts, DOWN if counts == "mii" else "0")
    router.wait_state("I51", "FAULT", 4)
    row = router.show("interfaces")["interfaces"][0]
    assert row["up"] and not row["carrier"]
    assert router.instance("I51")["faults"] == "no carrier (e0)"
    answer(counts, UP if counts == "mii" else "1")
    router.wait_state("I51", "MASTER", 5)
    lines = [l for l in router.log().split("\n") if "does not answer" in l]
    assert len(lines) == bool(said) and all(said in l for l in lines)
    # What the kernel tells counts at once.
    lab.ip("s", "link set pa down")
    router.wait_state("I51", "FAULT", 0.9)


def test_garp_group(lab):
    """Two interfaces share a pace, and each address has its turn."""
    lab.extra_link("a", "x0")
    lab.ip("a", "address add 10.7.0.1/24 dev x0")
    defs = block("garp_group", "garp_interval 0.2", block("interfaces",
        "e0 x0"))
    caps = [Capture(lab, "a", dev, own=True) for dev in ("e0", "x0")]
    router = Vrrpd(lab, "a", settings("vrrp_garp_master_repeat 3",
        "vrrp_garp_master_delay 0", garp=False) + defs +
        instance(51, interval="0.1", vips=[VIP, "10.9.0.152"]) +
        instance(52, interval="0.1", dev="x0", vips=["10.7.0.152"])).start()
    wait_until(lambda: sum(len(c.pick("garp")) for c in caps) >= 9, 8,
        router.tail)
    frames = sorted((f for c in caps for f in c.pick("garp")),
        key=lambda f: f.time)
    assert len(frames) == 9
    assert {f.sender for f in frames[:3]} == {VIP, "10.9.0.152",
        "10.7.0.152"}
    gaps = [b.time - a.time for a, b in zip(frames, frames[1:])]
    assert min(gaps) > 0.19 and sum(gaps) < 3.2


def test_gna_group(lab):
    """gna_interval of a garp_group, for IPv6; and two groups do not wait for
    each other."""
    lab.extra_link("a", "x0")
    lab.extra_link("a", "y0")
    for dev in "xy":
        lab.ip("a", "address add fe80::%s/64 dev %s0 nodad" % (
            "a" if dev == "x" else "b", dev))
    defs = block("garp_group", "gna_interval 0.2", block("interfaces",
        "e0 x0")) + "\n" + block("garp_group", "gna_interval 0.1",
        "interface y0")
    caps = {dev: Capture(lab, "a", dev, own=True) for dev in ("e0", "x0",
        "y0")}
    router = Vrrpd(lab, "a", settings("vrrp_garp_master_repeat 4",
        "vrrp_garp_master_delay 0", garp=False) + defs +
        instance(51, version=6, interval="0.1", vips=["fe80::151"]) +
        instance(52, version=6, interval="0.1", dev="x0",
            vips=["fe80::152"]) +
        instance(53, version=6, interval="0.1", dev="y0",
            vips=["fe80::153"])).start()

    def times(devs):
        return sorted(f.time for d in devs for f in caps[d].pick("na")
            if f.target in ("fe80::151", "fe80::152", "fe80::153"))
    wait_until(lambda: len(times(("e0", "x0"))) >= 8 and
        len(times(("y0",))) >= 4, 8, router.tail)
    for devs, pause, cnt in ((("e0", "x0"), 0.2, 8), (("y0",), 0.1, 4)):
        found = times(devs)
        assert len(found) == cnt
        gaps = [b - a for a, b in zip(found, found[1:])]
        assert min(gaps) > pause - 0.01
        assert sum(gaps) < pause * (cnt - 1) + 1.5


def test_overrun(lab):
    """The parent is stopped while more happens than its socket holds; what
    it missed it finds out: an address that is gone, another primary one, an
    interface that was made anew."""
    lab.extra_link("a", "x0")
    lab.extra_link("a", "y0")
    lab.ip("a", "address add 10.6.0.1/24 dev y0")
    router = Vrrpd(lab, "a", settings("vip_lease off") + instance(51,
        interval="0.2") + instance(52, dev="y0", vips=["10.6.0.152"],
        interval="0.2")).start()
    for name in ("I51", "I52"):
        router.wait_state(name, "MASTER")
    os.kill(router.pid, signal.SIGSTOP)
    try:
        storm = ["address add 10.5.%d.%d/32 dev x0" % (n // 250, n % 250)
            for n in range(2000)]
        for _ in range(12):
            lab.ip("a", *storm)
            lab.ip("a", "address flush dev x0")
        lab.ip("a", "address del 10.9.0.151 dev e0",
            "address add 10.9.0.9/24 dev e0", "address del 10.9.0.1/24 dev e0",
            "link del y0", "link add y0 type veth peer name y0p",
            "link set y0p up", "link set y0 up",
            "address add 10.6.0.2/24 dev y0")
    finally:
        os.kill(router.pid, signal.SIGCONT)
    router.wait_log("netlink: events were lost, reading everything", 5)
    wait_until(lambda: lab.has("a", VIP) and lab.has("a", "10.6.0.152"), 8,
        router.tail, step=0.05)
    cap = Capture(lab)
    assert cap.wait_advert(3, vrid=51).src in ("10.9.0.9", "192.168.10.1")
    row = [i for i in router.show("interfaces")["interfaces"]
        if i["name"] == "y0"][0]
    assert str(row["index"]) == lab.run("a", "cat",
        "/sys/class/net/y0/ifindex").stdout.strip()
    assert router.show()["engine_restarts"] == 0
