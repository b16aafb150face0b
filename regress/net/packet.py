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

"""Frames of VRRP, ARP and ND: made byte by byte, and taken apart again.

Nothing here asks the kernel, so that every field can be wrong on purpose.
"""

import hashlib
import hmac
import ipaddress
import struct
from types import SimpleNamespace

GROUP4 = "224.0.0.18"
GROUP6 = "ff02::12"
VRRP = 112
AH = 51


def packed(text):
    return ipaddress.ip_address(text).packed


def address(raw):
    return str(ipaddress.ip_address(raw))


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def mac_text(raw):
    return raw.hex(":")


def ones(data):
    """The folded sum of 16-bit words, as every checksum here needs it."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return total


def inverse(data):
    return 0xffff ^ ones(data)


def pseudo(src, dst, length, proto=VRRP):
    """The pseudo-header of IPv4 or IPv6, told apart by the addresses."""
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, proto, length)
    return src + dst + struct.pack("!II", length, proto)


def group_mac(dst):
    if len(dst) == 4 and dst[0] >> 4 == 14:
        return b"\x01\x00\x5e" + bytes([dst[1] & 0x7f]) + dst[2:]
    if len(dst) == 16 and dst[0] == 0xff:
        return b"\x33\x33" + dst[12:]
    raise ValueError("a unicast destination needs dmac")


def message(src, dst, *, version=3, kind=1, vrid=1, prio=100, addrs=(),
        interval=None, auth_type=0, auth=b"", count=None, checksum="good",
        cut=None, tail=b"", with_auth=True):
    """A VRRP message. interval is what stands on the wire: seconds in
    version 2, centiseconds in 3. checksum: good, bad, zero, plain, pseudo."""
    six = len(src) == 16
    if interval is None:
        interval = 1 if version == 2 else 100
    body = b"".join(packed(a) for a in addrs)
    if version == 2:
        middle = struct.pack("!BB", auth_type, interval)
        if with_auth:
            body += auth.ljust(8, b"\0")[:8]
    else:
        middle = struct.pack("!H", interval & 0xfff)
    head = struct.pack("!BBBB", version << 4 | kind, vrid, prio,
        len(addrs) if count is None else count) + middle
    raw = head + b"\0\0" + body + tail
    if cut is not None:
        raw = raw[:cut]
    return seal(raw, src, dst, checksum,
        "pseudo" if six or version == 3 else "plain")


def seal(raw, src, dst, checksum, form):
    """Puts the checksum in."""
    if len(raw) < 8:
        return raw
    good = {"plain": inverse(raw),
        "pseudo": inverse(pseudo(src, dst, len(raw)) + raw)}
    value = {"good": good[form], "bad": good[form] ^ 0x5555, "zero": 0,
        **good}[checksum]
    return raw[:6] + struct.pack("!H", value) + raw[8:]


def ah_header(head, body, word, seq):
    """What stands between the IPv4 header and the message: the number and a
    sum over all that no router changes on the way (RFC 2402). The group is
    never routed, so that the TTL counts."""
    fixed = bytearray(head)
    fixed[1] = 0
    fixed[6:8] = fixed[10:12] = b"\0\0"
    bare = struct.pack("!BBH", VRRP, 4, 0) + head[12:16] + struct.pack("!I",
        seq)
    key = word.encode()[:8].ljust(8, b"\0")
    return bare + hmac.new(key, bytes(fixed) + bare + b"\0" * 12 + body,
        hashlib.md5).digest()[:12]


def header4(src, dst, total, *, tos=0xc0, ipid=1, frag=0, ttl=255,
        proto=VRRP):
    """An IPv4 header without options."""
    head = struct.pack("!BBHHHBBH", 0x45, tos, total, ipid, frag, ttl, proto,
        0) + src + dst
    return head[:10] + struct.pack("!H", inverse(head)) + head[12:]


def halves(frame, at, ipid):
    """The two fragments of an IPv4 frame, cut after so many bytes."""
    head, body = frame[14:34], frame[34:]
    out = []
    for part, frag in ((body[:at], 0x2000), (body[at:], at // 8)):
        out.append(frame[:14] + header4(head[12:16], head[16:20], 20 +
            len(part), tos=head[1], ipid=ipid, frag=frag, ttl=head[8],
            proto=head[9]) + part)
    return out


def advert(*, smac, src, dst=None, ttl=255, tos=0xc0, dmac=None, ipid=1,
        frag=0, ip_total=None, proto=VRRP, eth_tail=b"", raw=None, flow=0,
        before=b"", ah=None, **fields):
    """An Ethernet frame with an advertisement; raw replaces the message.
    before: an IPv6 extension header, whose kind proto is. ah: word, number
    and whether the sum is spoilt."""
    src_raw = packed(src)
    six = len(src_raw) == 16
    dst_raw = packed(dst or (GROUP6 if six else GROUP4))
    body = raw if raw is not None else message(src_raw, dst_raw, **fields)
    ether = (mac(dmac) if dmac else group_mac(dst_raw)) + mac(smac)
    if six:
        body = before + body
        head = struct.pack("!IHBB", 6 << 28 | tos << 20 | flow,
            len(body) if ip_total is None else ip_total, proto, ttl)
        return ether + b"\x86\xdd" + head + src_raw + dst_raw + body + eth_tail
    if ah:
        word, seq, spoilt = ah
        proto = AH
        head = header4(src_raw, dst_raw, 44 + len(body), tos=tos, ipid=ipid,
            frag=frag, ttl=ttl, proto=proto)
        auth = ah_header(head, body, word, seq)
        body = auth[:-1] + bytes([auth[-1] ^ spoilt]) + body
    head = header4(src_raw, dst_raw, 20 + len(body) if ip_total is None else
        ip_total, tos=tos, ipid=ipid, frag=frag, ttl=ttl, proto=proto)
    return ether + b"\x08\x00" + head + body + eth_tail


def arp_request(smac, src, target):
    me = mac(smac)
    return b"\xff" * 6 + me + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x800,
        6, 4, 1) + me + packed(src) + b"\0" * 6 + packed(target)


def decode(frame):
    """What a frame is: kind vrrp, garp, arp, na, ns, icmp or other."""
    out = SimpleNamespace(kind="other", raw=frame, dmac=mac_text(frame[:6]),
        smac=mac_text(frame[6:12]))
    ether = struct.unpack("!H", frame[12:14])[0]
    data = frame[14:]
    if ether == 0x806 and len(data) >= 28:
        decode_arp(out, data)
    elif ether == 0x800 and len(data) >= 20:
        decode_ip4(out, data)
    elif ether == 0x86dd and len(data) >= 40:
        decode_ip6(out, data)
    return out


def decode_arp(out, data):
    out.op = struct.unpack("!H", data[6:8])[0]
    out.sender_mac = mac_text(data[8:14])
    out.sender = address(data[14:18])
    out.target_mac = mac_text(data[18:24])
    out.target = address(data[24:28])
    out.kind = "garp" if out.sender == out.target else "arp"


def decode_ip4(out, data):
    total = struct.unpack("!H", data[2:4])[0]
    out.family, out.tos, out.ttl, out.proto = 4, data[1], data[8], data[9]
    out.ipid, out.frag = struct.unpack("!HH", data[4:8])
    out.src, out.dst = address(data[12:16]), address(data[16:20])
    body = data[(data[0] & 15) * 4:total]
    out.total = total
    if out.proto == AH and len(body) >= 24:
        out.spi, out.seq = struct.unpack("!II", body[4:12])
        out.ah, out.head, body = body[:24], data[:20], body[24:]
    if out.proto in (VRRP, AH):
        decode_vrrp(out, body, data[12:16], data[16:20])
    elif out.proto == 1:
        out.kind = "icmp"
    elif out.proto == 2:
        out.kind = "igmp"


def decode_ip6(out, data):
    word, length, out.proto, out.ttl = struct.unpack("!IHBB", data[:8])
    out.family, out.tos = 6, word >> 20 & 0xff
    src, dst = data[8:24], data[24:40]
    out.src, out.dst = address(src), address(dst)
    body = data[40:40 + length]
    if out.proto == VRRP:
        decode_vrrp(out, body, src, dst)
    elif out.proto == 58 and len(body) >= 24 and body[0] in (135, 136):
        out.kind = "ns" if body[0] == 135 else "na"
        out.flags = body[4] >> 5        # R 4, S 2, O 1
        out.target = address(body[8:24])
        out.lladdr = mac_text(body[26:32]) if len(body) >= 32 else ""
        out.sum_good = ones(pseudo(src, dst, len(body), 58) + body) == 0xffff


def decode_vrrp(out, body, src, dst):
    out.kind, out.message = "vrrp", body
    if len(body) < 8:
        out.version = out.vrid = out.prio = None
        return
    out.version, out.type = body[0] >> 4, body[0] & 15
    out.vrid, out.prio, out.count = body[1], body[2], body[3]
    if out.version == 2:
        out.auth_type, out.interval = body[4], body[5]
    else:
        out.interval = struct.unpack("!H", body[4:6])[0] & 0xfff
    out.checksum = struct.unpack("!H", body[6:8])[0]
    step = len(src)
    end = 8 + out.count * step
    out.addrs = [address(body[i:i + step]) for i in range(8, end, step)
        if i + step <= len(body)]
    out.auth = body[end:end + 8] if out.version == 2 else b""
    out.extra = len(body) - end - (8 if out.version == 2 else 0)
    out.sum_plain = ones(body) == 0xffff
    out.sum_pseudo = ones(pseudo(src, dst, len(body)) + body) == 0xffff
