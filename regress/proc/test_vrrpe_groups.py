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

"""Sync groups in the engine: what is said to whom, and in which order."""

import vrrpe_peer as v
from vrrpe_peer import BACKUP, INIT, MASTER

GROUP = {"group": "G", "group_id": 4}
NOB_GROUP = 1
NEV_MASTER, NEV_BACKUP, NEV_FAULT, NEV_STOP = range(4)


def member(ident, slot, **fields):
    return dict({"id": ident, "name": "I%d" % ident, "vrid": 50 + ident,
        "slot": slot, "ifname": "eth%d" % slot}, **GROUP, **fields)


def group(engines, **fields):
    """A running engine with the members 1 and 2 on slots 1 and 2, a checker
    and the wire of each."""
    e = engines()
    e.ready()
    ck = e.checker()
    assert e.conf([member(1, 1, **fields), member(2, 2,
        **fields)]).type == "CONF_ACK"
    e.commit()
    wires = []
    for slot in (1, 2):
        e.link(slot)
        wires.append(e.sockets(slot, 10 * slot, 10 * slot + 1))
        e.use(slot, rx=10 * slot, tx=(10 * slot + 1,))
    e.begin()
    return e, ck, wires


def states(e, count):
    """The next STATE messages: (id, state); nothing else may be between."""
    out = []
    while len(out) < count:
        msg = e.recv(3.0)
        if msg.type == "STATE":
            out.append((msg.id, msg.state))
    return out


def notes(ck, count):
    out = []
    while len(out) < count:
        msg = ck.recv(3.0)
        if msg.type == "NOTIFY":
            out.append(("G" if msg.object == NOB_GROUP else msg.id,
                msg.event, msg.priority))
    return out


def test_order(engines):
    """GROUP first at the start, last later; both states are told before the
    first script."""
    e, ck, wires = group(engines)
    assert states(e, 2) == [(1, BACKUP), (2, BACKUP)]
    assert notes(ck, 3) == [("G", NEV_BACKUP, 0), (1, NEV_BACKUP, 100),
        (2, NEV_BACKUP, 100)]
    assert states(e, 2) == [(1, MASTER), (2, MASTER)]
    assert notes(ck, 3) == [(1, NEV_MASTER, 100), (2, NEV_MASTER, 100),
        ("G", NEV_MASTER, 0)]
    for wire in wires:
        wire.hear()
    e.link(2, flags=v.UP & ~4)
    assert sorted(states(e, 2)) == [(1, INIT), (2, INIT)]
    assert sorted(notes(ck, 3)[:2]) == [(1, NEV_FAULT, 100),
        (2, NEV_FAULT, 100)]
    e.log(r"\(I1\) Entering FAULT STATE \(was MASTER: sync group in FAULT "
        r"\(I2\);")
    e.log(r"\(G\) Entering FAULT STATE")
    assert wires[0].now()[-1] == v.vrrp3(51, prio=0)
    e.link(2)
    got = states(e, 2)
    assert sorted(got) == [(1, BACKUP), (2, BACKUP)]


def test_stop_order(engines):
    """At the end all instances, then the group."""
    e, ck, _ = group(engines)
    states(e, 4)
    notes(ck, 6)
    e.send("SHUTDOWN", data=v.deadline(0.3), gen=e.gen)
    assert notes(ck, 3) == [(1, NEV_STOP, 100), (2, NEV_STOP, 100),
        ("G", NEV_STOP, 0)]


def test_waits_for_all(engines):
    """One that hears a better master keeps the other from being MASTER."""
    e, ck, wires = group(engines)
    states(e, 2)
    notes(ck, 3)
    for _ in range(8):
        wires[0].say(vrid=51, prio=200, src="192.0.2.9")
        try:
            msg = e.recv(0.08)
        except TimeoutError:
            continue
        assert msg.type != "STATE", msg
    e.log("could be MASTER; waits for the other members of sync group G")
    assert states(e, 2) == [(1, MASTER), (2, MASTER)]


def test_checker_that_comes_again(engines):
    """What the lost one did not get done was lost with it: its successor is
    told all states, whoever else comes is told none of them again."""
    e, ck, _ = group(engines)
    states(e, 4)
    notes(ck, 6)
    other = e.checker(2)
    e.sync()
    other.silent(0.2)
    ck.close()
    e.sync()
    e.link(2, flags=v.UP & ~4)
    states(e, 2)
    assert len(notes(other, 3)) == 3
    again = e.checker()
    assert notes(again, 3) == [(1, NEV_FAULT, 100), (2, NEV_FAULT, 100),
        ("G", NEV_FAULT, 0)]
    e.sync()
    again.silent(0.2)
    other.silent(0.2)
    # while the old one is still there, too
    assert notes(e.checker(), 3)[2] == ("G", NEV_FAULT, 0)
    e.send("SHUTDOWN", data=v.deadline(0.3), gen=e.gen)
