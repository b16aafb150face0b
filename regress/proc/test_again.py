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

"""What is run a second time: only what failed while the machine stood
still, and it must pass then."""

import os
import subprocess
import sys

REGRESS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CASE = '''
import ctypes
import pathlib

COUNT = pathlib.Path(__file__).with_name("count-" + "%(name)s")

def test_it():
    runs = len(COUNT.read_text()) if COUNT.exists() else 0
    COUNT.write_text((runs + 1) * "x")
    # The interpreter's lock is kept meanwhile.
    ctypes.PyDLL(None).usleep(%(still_ms)d * 1000)
    assert runs >= %(passes_after)d
'''


def runs(folder, name, still_ms, passes_after):
    """Status, and how often the test ran."""
    case = folder / ("test_%s.py" % name)
    case.write_text(CASE % {"name": name, "still_ms": still_ms,
        "passes_after": passes_after})
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p",
        "no:cacheprovider", "-p", "again", str(case)], check=False,
        env={**os.environ, "PYTHONPATH": REGRESS,
        "PYTHONDONTWRITEBYTECODE": "1"}, cwd=folder, capture_output=True,
        timeout=60)
    return done.returncode, len((folder / ("count-" + name)).read_text())


def test_again(tmp_path):
    assert runs(tmp_path, "still", 400, 1) == (0, 2)
    assert runs(tmp_path, "broken", 400, 9) == (1, 2)
    assert runs(tmp_path, "good", 400, 0) == (0, 1)


def test_fails_on_a_machine_that_runs(tmp_path):
    # It may really stand still just now: it is tried three times.
    tries = [runs(tmp_path, "early%d" % n, 1, 1) for n in range(3)]
    assert (1, 1) in tries, tries
