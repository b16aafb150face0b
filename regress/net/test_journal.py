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


"""Lines with fields, where the journal of systemd is there: its socket is in
a /run of its own for each daemon."""

import os
import signal

from confgen import instance, settings
from lib import Sender, Vrrpd, wait_until
from test_syslog import LogReader, provoke

PRIVATE_RUN = """set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal
ln -s "$1" /run/systemd/journal/socket
shift
exec "$@"
"""


class Journal(LogReader):
    """What was sent to the journal, as dictionaries."""

    def entries(self):
        """In the native form: a line for each field, no binary ones."""
        out = []
        for text in self.read():
            assert text.endswith("\n")
            pairs = [line.split("=", 1) for line in text[:-1].split("\n")]
            out.append(dict(pairs))
            assert len(out[-1]) == len(pairs)
        return out

    def wait_entry(self, words, limit=5, start=0):
        return wait_until(lambda: [e for e in self.entries()[start:] if
            words in e["MESSAGE"]], limit, lambda: "%s in %r" % (words,
                self.lines))[0]


def behind(lab, log, router):
    """The same router, started where log is the journal's socket."""
    script = lab.write("private-run.sh", PRIVATE_RUN)
    router.args[:0] = ["unshare", "-m", "sh", script, log.path]
    return router


def test_transitions(lab):
    """One entry each, with what changed and why; a stable id for each kind
    of message; other lines are plain."""
    log = Journal(lab)
    a = behind(lab, log, Vrrpd(lab, "a", settings() + instance(51,
        name="web=1", interval="0.1")))
    a.args.remove("-d")
    a.start(ready=False)
    assert a.wait_exit() == 0, a.log()
    with open(a.rundir + "/vrrpd.pid", encoding="ascii") as f:
        pid = f.read().strip()
    ready = log.wait_entry("ready: 1 instance")
    assert ready["SYSLOG_IDENTIFIER"] == "vrrpd"
    assert ready["SYSLOG_PID"] == pid and ready["PRIORITY"] == "6"
    assert ready["SYSLOG_FACILITY"] == "3"
    assert "MESSAGE_ID" not in ready
    first = log.wait_entry("Entering MASTER STATE")
    assert first["VRRP_INSTANCE"] == "web=1" and first["VRRP_VRID"] == "51"
    assert first["VRRP_IFACE"] == "e0" and first["VRRP_PRIO"] == "100"
    assert (first["VRRP_FROM"], first["VRRP_TO"]) == ("BACKUP", "MASTER")
    assert first["VRRP_REASON"] == "silent" and "VRRP_PEER" not in first
    Sender(lab).send(vrid=51, prio=200, interval=10, addrs=["10.9.0.151"])
    then = log.wait_entry("has the higher priority")
    assert (then["VRRP_FROM"], then["VRRP_TO"]) == ("MASTER", "BACKUP")
    assert then["VRRP_REASON"] == "higher"
    assert then["VRRP_PEER"] == "10.9.0.3"
    assert then["MESSAGE_ID"] == first["MESSAGE_ID"]
    assert int(then["VRRP_SEQ"]) > int(first["VRRP_SEQ"])
    start = len(log.lines)
    log.wait_entry("Entering MASTER STATE", start=start)
    assert len([e for e in log.entries()[start:] if "VRRP_TO" in e]) == 1
    # A configuration that is refused, and one that is taken.
    good = settings() + instance(51, name="web=1", interval="0.2")
    a.write_conf("vrrp_instance {\n")
    assert a.ctl("reload", check=False).returncode == 1
    refused = log.wait_entry("refused, nothing changed")
    assert refused["PRIORITY"] == "3"
    a.reload(good)
    taken = log.wait_entry("reloaded: 0 added")
    assert len({e["MESSAGE_ID"] for e in (first, refused, taken)}) == 3
    # Nobody reads: what is lost is counted, and nothing waits for it.
    sender = Sender(lab)
    provoke(sender, range(1, 61))
    wait_until(lambda: a.instance("web=1")["counters"]["checksum_errors"] >=
        60, 5, "bad packets")
    start = len(log.lines)
    log.read()
    provoke(sender, range(61, 64))
    log.wait_entry("log lines were dropped", start=start)
    os.kill(int(pid), signal.SIGTERM)
    log.wait_entry("stopped")


def test_foreground(lab):
    """Standard error that leads to the journal: it gets the fields, too.
    Any other standard error is written to as ever."""
    log = Journal(lab)
    a = behind(lab, log, Vrrpd(lab, "a", settings() + instance(51,
        interval="0.1")))
    with open(a.log_path, "wb") as f:
        st = os.fstat(f.fileno())
    a.env["JOURNAL_STREAM"] = "%d:%d" % (st.st_dev, st.st_ino)
    a.start()
    entry = log.wait_entry("Entering MASTER STATE")
    assert entry["VRRP_TO"] == "MASTER"
    assert "Entering" not in a.log()
    a.stop()
    start = len(log.read())
    b = behind(lab, log, Vrrpd(lab, "b", settings() + instance(51,
        interval="0.1")))
    b.env["JOURNAL_STREAM"] = "%d:%d" % (st.st_dev, st.st_ino + 1)
    b.start()
    b.wait_log("Entering MASTER STATE")
    assert log.read()[start:] == []
