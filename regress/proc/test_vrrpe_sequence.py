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

"""Whose notify scripts may run when: an object with commands of two users has
two checkers, and the engine lets one begin when the other has ended."""

import pytest

import vrrpe_peer as v
from vrrpe_peer import u8, u32

ALL, FIFO, SCRIPT = range(3)
NEV_MASTER, NEV_BACKUP, NEV_FAULT, NEV_STOP = range(4)
BOTH = {"by0": 1, "by1": 1, "by2": 1, "by3": 1, "by8": 2}


def scripts(ck, wait=0.3):
    """What the checker is to run scripts for, until nothing comes."""
    out = []
    while True:
        try:
            msg = ck.recv(wait)
        except TimeoutError:
            return out
        if msg is None:
            return out
        if msg.type == "NOTIFY" and msg.part != FIFO:
            out.append((msg.event, msg.part))


def done(ck, count=1, ident=1, kind=0):
    ck.send("NOTIFY_DONE", ident, u8(kind) + u32(count))


def start(engines, more=None, **by):
    """A running engine, MASTER at once; and two checkers."""
    e = engines()
    e.ready()
    one, two = e.checker(1), e.checker(2)
    insts = [dict({"priority": 255, "start_master": 1}, **by)]
    assert e.conf(insts + (more or [])).type == "CONF_ACK"
    e.commit()
    e.link()
    e.sockets()
    e.use()
    e.begin()
    e.sync()
    return e, one, two


def ended(e):
    """Its exit status, after its last words."""
    while e.recv(5.0) is not None:
        pass
    return e.proc.wait(5.0)


def flip(e, down):
    e.link(flags=v.UP & ~4 if down else v.UP)
    e.sync()


def test_one_after_the_other(engines):
    e, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    assert scripts(two) == []
    done(one)
    assert scripts(two) == [(NEV_MASTER, SCRIPT)]
    flip(e, True)
    assert scripts(one) == []
    done(two)
    assert scripts(one) == [(NEV_FAULT, SCRIPT)]
    done(one)
    assert scripts(two) == [(NEV_FAULT, SCRIPT)]


def test_fifos_do_not_wait(engines):
    e, one, two = start(engines, **BOTH)
    for _ in range(2):
        flip(e, True)
        flip(e, False)
    for ck in (one, two):
        got = [ck.want("NOTIFY", part=FIFO).event for _ in range(5)]
        assert got == [NEV_MASTER] + [NEV_FAULT, NEV_BACKUP] * 2


def test_one_user_is_not_kept(engines):
    """All at once to its only checker, which has a queue itself."""
    e, one, two = start(engines, by0=1, by2=1, by8=1)
    flip(e, True)
    flip(e, False)
    assert scripts(one)[:3] == [(NEV_MASTER, ALL), (NEV_FAULT, ALL),
        (NEV_BACKUP, ALL)]
    assert scripts(two) == []
    done(one, 3)


def test_newest_state(engines):
    e, one, two = start(engines, **BOTH)
    for _ in range(6):
        flip(e, True)
        flip(e, False)
    flip(e, True)
    e.log(r"\(VI_1\) a notify script still runs while 8 events wait: only "
        "the newest state")
    for ck in (one, two):
        assert scripts(ck)[-1:] == [(NEV_MASTER, SCRIPT)]
        done(ck)
    told = []
    for _ in range(20):
        for ck in (one, two):
            got = scripts(ck, 0.05)
            assert len(got) <= 1
            if got:
                done(ck)
                told.append((ck is one, got[0][0]))
    assert told[-2:] == [(True, NEV_FAULT), (False, NEV_FAULT)]
    assert len(told) <= 2 * 8


@pytest.mark.parametrize("again", [True, False])
def test_checker_dies(engines, again):
    """The others go on; its successor is told the state there is, alone."""
    e, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    flip(e, True)
    one.close()
    assert scripts(two) == [(NEV_MASTER, SCRIPT)]
    done(two)
    assert scripts(two) == [(NEV_FAULT, SCRIPT)]
    if again:
        one = e.checker(1)
        assert scripts(one) == []
        done(two)
        assert scripts(one) == [(NEV_FAULT, SCRIPT)]
        assert scripts(two) == []
        done(one)
    else:
        done(two)
    flip(e, False)
    if again:
        assert scripts(one) == [(NEV_BACKUP, SCRIPT)]
        done(one)
    assert scripts(two) == [(NEV_BACKUP, SCRIPT)]


def test_reload_gives_it_to_another(engines):
    """What runs is waited for, whoever has the commands then."""
    e, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    three = e.checker(3)
    e.conf([{"priority": 255, "start_master": 1, "by0": 3, "by2": 3}])
    e.commit()
    flip(e, True)
    assert scripts(three) == []
    assert scripts(two) == []
    done(one)
    assert scripts(three) == [(NEV_FAULT, SCRIPT)]
    done(three)
    flip(e, False)
    assert three.want("NOTIFY", part=ALL).event == NEV_MASTER
    assert scripts(three) == []
    assert scripts(one) == scripts(two) == []


def test_reload_while_one_user_runs(engines):
    """It had one user; what is not done there counts when there are two."""
    e, one, two = start(engines, by0=1, by2=1)
    assert scripts(one) == [(NEV_MASTER, ALL)]
    e.conf([{"priority": 255, "start_master": 1, "by0": 1, "by2": 2}])
    e.commit()
    flip(e, True)
    assert scripts(two) == []
    done(one)
    assert scripts(two) == [(NEV_FAULT, SCRIPT)]


def test_removed_while_it_runs(engines):
    """The end is told to both, one after the other, by what it had."""
    e, one, two = start(engines, more=[{"id": 2, "name": "VI_2", "vrid": 52}],
        **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    e.conf([{"id": 2, "name": "VI_2", "vrid": 52}])
    e.commit()
    e.sync()
    assert scripts(one) == scripts(two) == []
    done(one)
    assert scripts(two) == [(NEV_MASTER, SCRIPT)]
    done(two)
    assert scripts(one) == [(NEV_FAULT, SCRIPT)]
    done(one)
    assert scripts(two) == [(NEV_FAULT, SCRIPT)]


@pytest.mark.parametrize("when", ["before", "after"])
def test_removed_without_its_checker(engines, when):
    """Its successor will not know it: that is said."""
    e, one, _ = start(engines, more=[{"id": 2, "name": "VI_2", "vrid": 52}],
        by0=1, by2=1)
    assert scripts(one) == [(NEV_MASTER, ALL)]
    done(one)
    e.sync()
    if when == "before":
        one.close()
    e.conf([{"id": 2, "name": "VI_2", "vrid": 52}])
    e.commit()
    e.sync()
    if when == "after":
        one.close()
    e.log(r"\(VI_1\) FAULT: its notify scripts may not have been told of its "
        "end: checker 1 is")


def test_end_waits(engines):
    """The engine stays until both were told, for a time."""
    e, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    e.send("SHUTDOWN", data=v.deadline(0.2), gen=e.gen)
    done(one)
    assert two.want("NOTIFY", part=SCRIPT).event == NEV_MASTER
    done(two)
    assert one.want("NOTIFY", part=SCRIPT).event == NEV_STOP
    done(one)
    assert two.want("NOTIFY", part=SCRIPT).event == NEV_STOP
    assert ended(e) == 0


def test_end_does_not_wait_for_ever(engines):
    e, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    e.send("SHUTDOWN", data=v.deadline(0.2), gen=e.gen)
    assert ended(e) == 0
    assert any("(VI_1) the end does not wait any longer" in text
        for text in e.logs)
    assert scripts(one)[-1] == (NEV_STOP, SCRIPT)
    assert scripts(two)[-1] == (NEV_STOP, SCRIPT)


def test_engine_comes_again(engines):
    """A script of before still runs: it is waited for, and then both are
    told what there is, for the last engine may have had more for them."""
    e, one, two = start(engines, **BOTH)
    scripts(one)
    done(one)
    scripts(two)
    done(two)
    done(two, 0)
    e.sync()
    flip(e, True)
    assert scripts(one) == []
    done(two)
    assert scripts(one) == [(NEV_FAULT, SCRIPT)]
    done(one)
    assert scripts(two) == [(NEV_FAULT, SCRIPT)]
    done(two)
    done(two, 0)
    e.sync()
    done(two)
    assert scripts(one) == [(NEV_FAULT, SCRIPT)]


def test_told_of_an_old_one_too_late(engines):
    """A new engine has asked for more before it hears that a script of before
    still runs there: both are counted."""
    e, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    done(one, 0)
    done(one, 1)            # the old one, before it has read of ours
    assert scripts(two) == []
    done(one)
    assert scripts(two) == [(NEV_MASTER, SCRIPT)]
    done(one, 0)
    done(two)
    assert scripts(one) == []
    flip(e, True)
    assert scripts(one) == []
    done(one)
    assert scripts(one) == [(NEV_FAULT, SCRIPT)]


@pytest.mark.parametrize("count", [2, 3])
def test_old_and_new_end_together(engines, count):
    """... also when its queue has run both before it says so, and when it
    counts one that nobody knows of."""
    _, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    done(one, 0)
    done(one, count)
    assert scripts(two) == [(NEV_MASTER, SCRIPT)]


@pytest.mark.parametrize("gone", [False, True])
def test_an_old_one_of_another_user(engines, gone):
    """It is waited for, too, as long as there is who can tell."""
    e, one, two = start(engines, by0=1, by8=3, by2=2)
    three = e.checker(3)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    done(two, 0)
    done(one)
    assert scripts(three) == []
    if gone:
        two.close()
    else:
        done(two)
    assert scripts(three) == [(NEV_MASTER, SCRIPT)]


def test_liars(engines):
    """Others than who was asked, of what is not there, and what is none at
    all."""
    e, one, two = start(engines, **BOTH)
    assert scripts(one) == [(NEV_MASTER, SCRIPT)]
    done(two)
    done(one, 1, ident=77)
    done(one, 1, kind=1)
    three = e.checker(3)
    done(three, 0)
    e.sync()
    assert scripts(two) == []
    done(one)
    assert scripts(two) == [(NEV_MASTER, SCRIPT)]
    done(two)
    e.sync()
    done(three, 0)          # not its object
    e.sync()
    flip(e, True)
    assert scripts(one) == [(NEV_FAULT, SCRIPT)]
    three.send("NOTIFY_DONE", 1, u8(9) + u32(1))
    e.log("checker 3: .*NOTIFY_DONE: malformed")
    two.send("NOTIFY_DONE", 1, u8(0))
    e.log("checker 2: .*NOTIFY_DONE: too short")
