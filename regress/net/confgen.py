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

"""Configurations for the tests."""


def vip_of(vrid, version=3):
    """The address that a test instance has if nobody says otherwise."""
    if version == 6:
        return "fe80::%d" % (100 + vrid)
    return "10.9.0.%d" % (100 + vrid)


def instance(vrid, *more, name=None, prio=100, version=3, state="BACKUP",
        vips=None, interval="1", dev="e0"):
    """A vrrp_instance; version 6 means version 3 over IPv6. more: further
    lines."""
    if vips is None:
        vips = [vip_of(vrid, version)]
    lines = ["vrrp_instance %s {" % (name or "I%d" % vrid),
        "state %s" % state, "interface %s" % dev,
        "virtual_router_id %d" % vrid, "priority %d" % prio,
        "advert_int %s" % interval,
        "version %d" % (2 if version == 2 else 3)]
    lines += more
    if vips:
        lines += ["virtual_ipaddress {"] + list(vips) + ["}"]
    return "\n".join(lines + ["}", ""])


def settings(*lines, garp=True):
    """global_defs, with one GARP for an address unless garp is False."""
    if garp:
        lines = ("vrrp_garp_master_repeat 1", "vrrp_garp_master_delay 0",
            "enable_script_security", "script_user root") + lines
    return "\n".join(("global_defs {",) + lines + ("}", ""))


def script(name, command, *lines, interval="1"):
    return "\n".join(("vrrp_script %s {" % name, 'script "%s"' % command,
        "interval %s" % interval) + lines + ("}", ""))


def block(name, *lines):
    return "\n".join((name + " {",) + lines + ("}",))
