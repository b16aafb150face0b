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

"""What readconf tells of a file with more mistakes than it can show."""

import subprocess

import test_parent as tp

pytestmark = tp.pytestmark


def test_an_error_behind_many_warnings(tmp_path):
    """It is shown, however many warnings stand before it."""
    path = tmp_path / "conf"
    path.write_text("vrrp_instance V {\n interface eth0\n"
                    " virtual_router_id 1\n virtual_ipaddress {\n"
                    "  192.0.2.1\n" + "  none\n" * 600 + " }\n"
                    " unicast_src_ip 192.0.2.9\n}\n", encoding="ascii")
    done = subprocess.run([tp.VRRPD, "-n", "-f", str(path)], check=False,
                          capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert done.stderr.count(": warning: ") >= 300
    assert done.stderr.count(": error: V: unicast without a peer") == 1
    assert "more messages are not shown" in done.stderr
