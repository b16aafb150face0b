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


"""What a reload would do, told instance by instance; and what it did."""

from confgen import instance, settings
from lib import Ping, Vrrpd, wait_until

VIP = "10.9.0.151"


def conf(*vrids, vips=None, prio=100):
    return settings() + "".join(instance(n, interval="0.2", prio=prio,
        vips=vips if n == 51 else None) for n in vrids)


def test_dry_run(lab):
    a = Vrrpd(lab, "a", conf(51, 52)).start()
    a.wait_state("I51", "MASTER")
    a.wait_state("I52", "MASTER")
    lab.wait_holder(VIP, "a", 2)
    ping = Ping(lab, VIP).wait_answers()
    before = a.show()["generation"]
    a.write_conf(conf(51, 53, vips=[VIP, "10.9.0.77"]))
    done = a.ctl("reload", "--dry-run")
    assert "(I51) changed (addresses): stays MASTER" in done.stdout
    assert "(I52) removed: gives up MASTER" in done.stdout
    assert "(I53) added: begins as BACKUP" in done.stdout
    assert "1 added, 1 changed, 1 removed" in done.stdout
    assert a.show()["generation"] == before
    assert not lab.has("a", "10.9.0.77")
    assert {i["name"] for i in a.show()["instances"]} == {"I51", "I52"}
    # A file that is refused is refused here, too; nothing is remembered.
    a.write_conf("vrrp_instance I51 {\n")
    done = a.ctl("reload", "dry-run", check=False)
    assert done.returncode == 1 and "would be refused" in done.stderr
    a.write_conf(conf(51, 53, vips=[VIP, "10.9.0.77"]))
    done = a.ctl("reload")
    assert "(I53) added" in done.stderr
    wait_until(lambda: lab.has("a", "10.9.0.77"), 3, "the address")
    a.wait_state("I53", "MASTER")
    assert a.entered("I51", "MASTER") == 1 and ping.lost() == []
    assert "(I51)" not in a.ctl("reload", "--dry-run").stdout
