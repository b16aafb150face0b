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

"""The engine is silent, but the machine is busy: what is a hang, and what not.
"""

import os
import signal
import time

import test_parent as tp

world_fixture = tp.world_fixture        # pytest finds it by its name
pytestmark = tp.pytestmark

INSTANCE = """\
vrrp_instance VI_%d {
    interface v0
    virtual_router_id %d
    priority 100
    advert_int 0.01
    version 3
    virtual_ipaddress {
        192.0.2.%d
    }
}
"""


def start(world, cnt=1):
    """A daemon with that many instances of 10 ms, all MASTER; its engine."""
    world.write("".join(INSTANCE % (n, n, 255 - n)
                        for n in range(1, cnt + 1)))
    proc = world.start()
    world.wait_log(r"\(VI_%d\) Entering MASTER" % cnt)
    return proc, world.child(proc.pid, "vrrpe")


def test_held_up(world):
    """50 intervals without the CPU are no hang: the engine lives, and takes
    the role again."""
    proc, engine = start(world)
    for count in range(2, 4):
        os.kill(engine, signal.SIGSTOP)
        time.sleep(0.5)
        os.kill(engine, signal.SIGCONT)
        world.wait_log(r"\(VI_1\) Entering MASTER", count)
    assert world.child(proc.pid, "vrrpe") == engine
    assert "silent for" not in world.text()
    assert "vrrpe: started" not in world.text().split("ready: ", 1)[1]
    assert tp.stop(proc) == 0


def test_still(world):
    """Neither a word nor a move for a second: that is one."""
    proc, engine = start(world)
    begun = time.monotonic()
    os.kill(engine, signal.SIGSTOP)
    world.wait_log(r"vrrpe: silent for 1\d\d\d ms: killed")
    assert 0.9 < time.monotonic() - begun < 2.5
    tp.wait_for(lambda: not tp.alive(engine), 2.0, "engine gone")
    world.wait_log(r"\(VI_1\) Entering MASTER", 2)
    assert tp.stop(proc) == 0
