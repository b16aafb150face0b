#!/usr/bin/python3
#
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

"""Compares what the listings rows.txt and scenarios.txt ask for with what the
tests say that they show: "tally.py [-v]". Every row has a test, or a reason why
it has none; no test names a row that is not listed. Runs no test. -v lists
the tests of each row."""

import contextlib
import io
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
LISTINGS = {"row": "rows.txt", "scenario": "scenarios.txt"}
KINDS = ("differs", "not")


class Listing:
    """A listing: number to [kind, text, reason]."""

    def __init__(self, name):
        self.name = name
        self.rows = {}
        self.errors = []
        with open(os.path.join(HERE, name), encoding="ascii") as f:
            for count, line in enumerate(f, 1):
                self.take(line.rstrip("\n"), count)

    def take(self, line, count):
        if not line.strip() or line.startswith("#"):
            return
        if line.startswith("\t"):
            list(self.rows.values())[-1][2] += line.strip() + " "
            return
        number, text = line.split(None, 1)
        kind = text.split()[0]
        if kind in KINDS:
            text = text.split(None, 1)[1]
        else:
            kind = ""
        if number in self.rows:
            self.errors.append("%s:%d: %s is there twice" % (self.name,
                count, number))
        self.rows[number] = [kind, text, ""]

    def compare(self, tests):
        """What does not fit; tests: number to the names of its tests."""
        out = list(self.errors)
        for number in tests.keys() - self.rows.keys():
            out.append("%s: %s is not listed: %s" % (self.name, number,
                ", ".join(sorted(tests[number]))))
        for number, (kind, text, reason) in self.rows.items():
            have = number in tests
            if kind != "not" and not have:
                out.append("%s: no test for %s: %s" % (self.name, number,
                    text))
            if kind == "not" and have:
                out.append("%s: %s is shown by %s" % (self.name, number,
                    ", ".join(sorted(tests[number]))))
            if kind and not reason:
                out.append("%s: no reason for %s" % (self.name, number))
        return sorted(out)

    def count(self, kind):
        return sum(1 for row in self.rows.values() if row[0] == kind)


class Collector:
    """Of pytest: the marks of all tests, none of which is run."""

    def __init__(self):
        self.tests = {mark: {} for mark in LISTINGS}
        self.total = 0

    def pytest_collection_finish(self, session):
        for item in session.items:
            self.total += 1
            name = item.nodeid.split("/")[-1]
            for mark, numbers in self.tests.items():
                for one in item.iter_markers(mark):
                    for number in one.args or ("(none)",):
                        numbers.setdefault(number, set()).add(name)


def collect(collector):
    """Has a plugin of pytest look at all tests."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = pytest.main(["--collect-only", "-q", "-p",
            "no:cacheprovider", "-p", "no:xdist", HERE], plugins=[collector])
    if status != 0:
        sys.exit("tally: the tests cannot be read:\n" + said.getvalue())


def main(args):
    sys.dont_write_bytecode = True
    collector = Collector()
    collect(collector)
    wrong = []
    for mark, name in LISTINGS.items():
        listing = Listing(name)
        tests = collector.tests[mark]
        wrong += listing.compare(tests)
        shown = set().union(*tests.values()) if tests else set()
        print("%ss: %d listed, %d shown by %d tests (%d of them differ on "
            "purpose), %d not" % (mark, len(listing.rows),
            len(tests.keys() & listing.rows.keys()), len(shown),
            listing.count("differs"), listing.count("not")))
        if "-v" in args:
            for number, (kind, text, reason) in listing.rows.items():
                print("  %s  %s%s" % (number, kind and kind + ": ", text))
                for line in sorted(tests.get(number, ())) or [reason]:
                    print("        " + line)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
