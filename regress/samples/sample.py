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

"""The samples of a folder: configurations, what keepalived made of each, and
the surroundings in which it was asked.

INDEX.tsv has a head line and a row for each file; of its columns "file",
"config_id", "final_states", "class" and a column whose name begins with "run"
are used, and "environment" where there is one. Otherwise verdicts/NNN.txt
says what the environment was. verdicts/NNN.run.gz is the log of a run of
keepalived with -d.
"""

import csv
import gzip
import os
import re

import dump


class Sample:
    """One file; run is "runs", "refused" or "unknown"."""

    def __init__(self, folder, row):
        self.path = os.path.join(folder, row["file"])
        self.number = os.path.splitext(row["file"])[0]
        self.kind = row.get("class", "")
        self.config_id = row.get("config_id", "")
        said = next(v for k, v in row.items() if k.startswith("run"))
        self.run = "refused" if said.startswith("exits:CONFIG") else \
            "runs" if said.startswith("runs") else "unknown"
        self.said = said
        self.states = dict(pair.rsplit("=", 1) for pair in
            (row.get("final_states") or "").split(";") if pair)
        self.dump = self.read_dump(folder)
        self.environment(row.get("environment") or self.read_verdict(folder))

    def read_dump(self, folder):
        path = os.path.join(folder, "verdicts", self.number + ".run.gz")
        if not os.path.exists(path):
            return ""
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as f:
            return f.read()

    def read_verdict(self, folder):
        path = os.path.join(folder, "verdicts", self.number + ".txt")
        with open(path, encoding="utf-8", errors="replace") as f:
            found = re.search(r"^# environment made: (.*)$", f.read(), re.M)
        return found.group(1) if found else ""

    def environment(self, text):
        """[(interface, [addresses])], stub scripts, files, users."""
        words = [w.strip().split(None, 1) for w in text.split(",")]
        by_kind = {}
        for pair in words:
            if len(pair) == 2 and pair[1] not in by_kind.setdefault(
                    pair[0], []):
                by_kind[pair[0]].append(pair[1])
        self.stubs = by_kind.get("stub", [])
        self.files = by_kind.get("file", [])
        self.users = by_kind.get("user", [])
        links = [n.split() for n in by_kind.get("interface", ())
            if re.match(r"[\w.:-]{1,15}(?!\S)", n)]
        self.interfaces = self.seen() or [(words[0], words[1:] or
            ["10.254.%d.1" % (i + 1)]) for i, words in enumerate(links)]
        self.netns = "".join(re.findall(r"^ Network namespace = (\w+)$",
            self.dump, re.M)[:1])

    def seen(self):
        """The interfaces as the dump has them."""
        out = []
        pairs = re.split(r"^ Name = ", dump.lines(self.dump).partition(
            "------< Interfaces >------")[2], flags=re.M)[1:]
        for text in pairs:
            name = text.split("\n", 1)[0]
            if re.fullmatch(r"lo|zz\d+", name) or \
                    "I/f created by keepalived" in text:
                continue
            found = re.findall(r"^   IPv4 address = (\d\S+)$", text, re.M)
            for more in re.findall(r"^   Additional IPv[46] addresses :"
                    r"((?:\n     \S+)+)", text, re.M):
                found += more.split()
            out.append((name, found))
        self.sources(dict(out))
        return out

    def sources(self, links):
        """The dump shows no IPv6 address but the link-local one; a source
        address of the configuration was there."""
        for name, address in re.findall(r"^   Interface = (?:.* on )?(\S+)\n"
                r"(?:   .*\n)*?   Using src_ip = (\S*:\S*) \(from conf",
                dump.lines(self.dump), re.M):
            if name in links and address not in links[name]:
                links[name].append(address)


def load(folder, numbers=()):
    with open(os.path.join(folder, "INDEX.tsv"), encoding="utf-8",
            newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t",
            quoting=csv.QUOTE_NONE))
    return [Sample(folder, row) for row in rows
        if not numbers or os.path.splitext(row["file"])[0] in numbers]
