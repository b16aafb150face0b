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

"""The shipped examples, as they stand: two routers run the files of a
folder's pair and do what the file says."""

import glob
import os
import re
import shutil

import pytest

import lib
from lib import Lab, Ping, Vrrpd, command, stays, wait_until

EXAMPLES = os.path.join(lib.TOP, "conf/examples")
ALL = sorted(glob.glob(EXAMPLES + "/*.conf"))


def text_of(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as f:
        return f.read()


def word(text, name):
    return re.search(r"^\s*%s\s+(\S+)" % name, text, re.M).group(1)


@pytest.mark.parametrize("path", ALL + [os.path.join(lib.TOP,
    "conf/vrrpd.conf")], ids=os.path.basename)
def test_checks_out(path):
    """Accepted, and its canonical form means the same."""
    done = command([lib.VRRPD, "-n", "-v", "-f", path], check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
