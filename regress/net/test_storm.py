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

"""A storm of link, address and rename events. When it is over and the world
is in some definite state, a daemon that lived through all of it must show
and hold the same as one that is started now.

STORM_SEED, STORM_EVENTS and STORM_ROUNDS say which storm, how long and how
often; without them it is the same short one each time."""

import os
import random
import time

from confgen import block, instance, settings
from lib import Vrrpd, wait_until
from storm import Sight, World, unlike

SEED = int(os.environ.get("STORM_SEED", "1"))
EVENTS = int(os.environ.get("STORM_EVENTS", "60"))
ROUNDS = int(os.environ.get("STORM_ROUNDS", "1"))
CALM = 1.6              # so long nothing changes: more than a takeover
FOUGHT = 34             # what was taken away twice is back by then


def conf():
    fields = {"interval": "0.2"}
    routes = [block("virtual_routes", "10.41.0.0/16 via 10.9.0.2 dev e0",
        "10.42.0.0/16 dev f0 no_track", "blackhole 10.43.0.0/16",
        "fd44::/48 via fd09::9:2 dev e0"),
        block("virtual_rules", "from 10.41.0.0/16 table 100 priority 1041")]
    return settings() + instance(51, "no_accept", *routes,
        vips=["10.9.0.151/24", "10.9.0.160", "10.8.0.151/24 dev f0 no_track"],
        **fields) + \
        instance(52, version=6, vips=["fe80::152/64", "fd09::152/64"],
            **fields) + \
        instance(53, "unicast_src_ip 192.168.10.1",
            block("unicast_peer", "192.168.10.2"), **fields) + \
        instance(54, "use_vmac", dev="f0", vips=["10.8.0.154/24"],
            **fields) + \
        instance(55, "use_vmac", dev="f0", version=6,
            vips=["fe80::155/64"], **fields) + \
        instance(56, block("track_interface", "y0"), dev="x0",
            vips=["10.6.0.156/24"], **fields) + \
        instance(57, vips=["10.9.0.157"], **fields) + \
        instance(58, dev="f0", vips=["10.8.0.158"], **fields) + \
        instance(59, block("track_interface", "y0 weight 20",
            "f0 weight -30"), vips=["10.9.0.159"], **fields) + \
        block("vrrp_sync_group G", "group {", "I57", "I58", "}") + "\n"


def rival():
    """The other router: better in one case, worse in the other."""
    return settings() + instance(59, prio=110, vips=["10.9.0.159"],
        interval="0.2") + instance(53, "unicast_src_ip 192.168.10.2",
        block("unicast_peer", "192.168.10.1"), prio=150, interval="0.2") + \
        instance(57, prio=50, vips=["10.9.0.157"], interval="0.2")


def at_rest(sight, router):
    """What is there as soon as it has not changed for a while, and nothing
    that was taken away is still to come back."""
    begin = time.monotonic()
    last, since, looks = sight.of(router), time.monotonic(), 0
    while looks < 3 or time.monotonic() - since < CALM or (waits(last) and
            time.monotonic() - begin < FOUGHT):
        time.sleep(0.1)
        now = sight.of(router)
        looks += 1
        if now != last:
            last, since, looks = now, time.monotonic(), 0
        assert since - begin < 60, "it never comes to rest"
    return last


def waits(seen):
    return any(i["state"] == "MASTER" and i[k + "_installed"] +
        i[k + "_failed"] < i[k + "_wanted"] for k in ("addresses", "routes")
        for i in seen["instances"].values())


def one_round(lab, sight, seed):
    say = "STORM_SEED=%d STORM_EVENTS=%d" % (seed, EVENTS)
    router = Vrrpd(lab, "a", conf(), rundir=lab.path("run")).start()
    world = World(lab, random.Random(seed))
    started = router.show()
    for _ in range(EVENTS):
        world.step()
    world.settle()
    before = at_rest(sight, router)
    assert router.show()["engine_restarts"] == started["engine_restarts"]
    if world.random.random() < 0.5:
        router.stop()
    else:
        router.kill_hard()
    router = Vrrpd(lab, "a", conf(), rundir=lab.path("run")).start()
    afresh = at_rest(sight, router)
    diff = unlike(before, afresh)
    assert not diff, "%s:\n%s\n\nafter:\n%s" % (say, "\n".join(diff),
        "\n".join(world.done[-150:]))
    assert router.stop() == 0


def test_storm(make_lab):
    for number in range(ROUNDS):
        lab = make_lab("ab", second=True)
        peer = Vrrpd(lab, "b", rival()).start()
        wait_until(lambda p=peer: p.state("I59") == "MASTER", 5, "the rival")
        one_round(lab, Sight(lab), SEED + number)
        lab.close()
