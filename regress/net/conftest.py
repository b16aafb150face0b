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

"""Fixtures of the system tests. All of them need root."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import lib  # noqa: E402


@pytest.fixture(name="kind")
def kind_fixture():
    """The class of the routers of a scenario: "scenarios" runs them with the
    other one, too."""
    return {"vrrpd": lib.Vrrpd, "keepalived": lib.Keepalived}[
        os.environ.get("SCENARIO_ROUTER", "vrrpd")]


@pytest.fixture(name="shown")
def shown_fixture(record_property):
    """What was measured, for "regress/net/scenarios"."""
    return lambda text: record_property("shown", text)


def pytest_configure(config):
    for line in ("row(number, ...): rows of rows.txt that the test shows",
            "scenario(number, ...): the same of scenarios.txt"):
        config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(items):
    if os.getuid() != 0:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="must be root"))


@pytest.fixture(name="make_lab")
def make_lab_fixture():
    """Labs that are gone when the test is over, whatever happened."""
    labs = []

    def make(*args, **more):
        labs.append(lib.Lab(*args, **more))
        return labs[-1]
    yield make
    for lab in labs:
        lab.close()


@pytest.fixture(name="lab")
def lab_fixture(make_lab):
    """Routers a and b, client t."""
    return make_lab()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """What the daemons said comes with the failure."""
    outcome = yield
    report = outcome.get_result()
    if report.when != "call" or not report.failed:
        return
    for lab in lib.Lab.open_labs:
        for thing in lab.closing:
            if isinstance(thing, lib.Daemon) and thing.proc is not None:
                report.sections.append(("log of %s on %s" % (
                    os.path.basename(thing.args[0]), thing.host),
                    thing.tail()))
