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

"""A fake parent, fake checkers and fake clients for the engine: the messages
of common/imsg.h with the payloads of payload.h, ctl.h and conf/wire.h, spoken
to a real vrrpe on descriptor 3.
"""

import array
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BIN = os.environ.get("VRRPD_BIN",
    os.path.join(TOP, os.environ.get("O", "obj"), "bin"))

NEVER = 2 ** 63 - 1
FULL, STATUS = 0, 1
INIT, BACKUP, MASTER = 0, 1, 2
UP = 0x01 | 0x02 | 0x04 | 0x10          # exists, up, running, multicast
UNKNOWN, GOOD, BAD = 0, 1, 2
STANDBY, TAKEOVER, RESUME = 1, 2, 3
OK, ERR_NAME, ERR_PERM, ERR_STATE, ERR_CONF, ERR_TIMEOUT = range(6)
ERR_PROTO, ERR_BUSY = 6, 7


def header_enum(name):
    """The enumerators of common/vrrpd.h, so that they are not here too."""
    with open(os.path.join(TOP, "common", "vrrpd.h"), encoding="utf-8") as f:
        text = f.read()
    body = re.search(r"enum %s \{(.*?)\};" % name, text, re.S).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    return [w.split("=")[0].strip() for w in body.split(",") if w.strip()]


TYPES = header_enum("imsg_type")
NUM = {n.replace("IMSG_", ""): i for i, n in enumerate(TYPES)}
NAME = {i: n for n, i in NUM.items()}


def header_int(name):
    with open(os.path.join(TOP, "common", "vrrpd.h"), encoding="utf-8") as f:
        text = f.read()
    return re.search(r'#define %s\s+"?([^"\s]+)"?' % name, text).group(1)


VERSION = int(header_int("IMSG_VERSION"))
BUILD = header_int("VRRPD_VERSION")


# Fields, as common/msg.c writes them.

def u8(v):
    return struct.pack("!B", v)


def u16(v):
    return struct.pack("!H", v)


def u32(v):
    return struct.pack("!I", v)


def s32(v):
    return struct.pack("!i", v)


def u64(v):
    return struct.pack("!Q", v)


def s64(v):
    return struct.pack("!q", v)


def string(v):
    v = v.encode()
    return u16(len(v)) + v


def packed(text):
    return socket.inet_pton(
        socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def addr(text):
    if not text:
        return u8(0)
    text, _, plen = text.partition("/")
    raw = packed(text)
    return u8(6 if len(raw) == 16 else 4) + \
        u8(int(plen) if plen else len(raw) * 8) + raw


class Reader:
    """Takes a payload apart."""

    def __init__(self, data):
        self.data = data

    def take(self, n):
        assert len(self.data) >= n, "payload too short"
        head, self.data = self.data[:n], self.data[n:]
        return head

    def num(self, fmt):
        return struct.unpack("!" + fmt, self.take(struct.calcsize(fmt)))[0]

    def string(self):
        return self.take(self.num("H")).decode()

    def addr(self):
        family = self.num("B")
        if family == 0:
            return ""
        self.num("B")
        return socket.inet_ntop(
            socket.AF_INET6 if family == 6 else socket.AF_INET,
            self.take(16 if family == 6 else 4))

    def fields(self, spec):
        """{"name": value}: words NAME:KIND."""
        out = {}
        for word in spec.split():
            name, _, kind = word.partition(":")
            if kind == "s":
                out[name] = self.string()
            elif kind == "a":
                out[name] = self.addr()
            elif kind == "l":
                out[name] = self.fields("ifindex:I flags:I mtu:I")
                out[name]["mac"] = self.take(6)
                out[name].update(self.fields("primary4:a linklocal6:a"))
            else:
                out[name] = self.num(kind)
        return out

    def end(self):
        assert self.data == b"", "bytes are left over"


RESUME_SPEC = ("state:B priority:B hold:B master_priority:B since:q until:q "
    "master_int:q master:a transitions:I ah_seq:I sent:Q rcvd:Q")
SPECS = {
    "READY": "version:I build:s",
    "LOG": "priority:B text:s",
    "CONF_NAK": "text:s",
    "STATE": "state:B priority:B reason:B arg:q " + " ".join(
        "r_" + w for w in RESUME_SPEC.split()),
    "ANNOUNCE": "cause:B",
    "NOTIFY": "object:B event:B priority:B part:B name:s",
    "NOTIFY_DONE": "object:B cnt:I",
    "CTL_RELOAD": "uid:I",
    "CTL_LOG": "level:B",
    "CTL_HELLO": "version:I build:s",
    "CTL_DAEMON": "build:s router_id:s gen:I warnings:I now:q started:q "
        "loaded:q restarts:I instances:I late_max:q maintenance:B confirm:q "
        "packets:Q too_short:Q unknown_vrid:Q own:Q early:Q foreign:Q",
    "CTL_INST": "id:I name:s ifname:s group:s vrid:B version:B family:B "
        "state:B priority:B base_priority:B since:q vips:H "
        "vips_installed:H master:a "
        "master_priority:B hold:B hold_until:q handing_over:B reason:s",
    "CTL_DETAIL": "nopreempt:B owner:B accept:B auth_type:B "
        "preempt_delay:q adver_int:q master_int:q skew:q down:q due:q "
        "last_advert:q last_sent:q src:a peers:H transitions:I wanted:I "
        "installed:I failed:I errno:i restored:I announcements:Q lease:I "
        "refreshes:Q refresh_failed:I refresh_late:I "
        "rt_wanted:I rt_installed:I rt_failed:I rt_errno:i rt_restored:I "
        "faults:s hold_by:s rival:s rival_us:q skewing:B "
        "refused:B preempt:q hold_at:q late_max:q gap0:q gap1:q gap2:q "
        "gap3:q",
    "CTL_VIP": "addr:a ifname:s excluded:B",
    "CTL_TRACK": "kind:B name:s weight:i reverse:B status:B contribution:i "
        "value:i",
    "CTL_COUNTER": "name:s value:Q",
    "CTL_IFACE": "name:s link:l instances:H trackers:H",
    "CTL_SCRIPT": "kind:B value:i name:s user:s status:B exit_kind:B "
        "exit_code:i running:B rise:H fall:H count:H interval:q timeout:q "
        "last_start:q last_run:q runs:Q failures:Q timeouts:Q skipped:Q "
        "ended:Q run_sum:q output:s",
    "CTL_GROUP": "name:s state:B members:H handing_over:B since:q reason:s",
    "CTL_MEMBER": "name:s ifname:s state:B priority:B wants:B joined:B",
    "CTL_MSG": "severity:B text:s",
    "CTL_RESULT": "code:B took:q text:s",
    "CTL_TRACE_LINE": "text:s",
    "CTL_NOTE": "kind:B at:q lost:I name:s text:s",
}


class Message:
    def __init__(self, raw):
        num, length, self.id, self.gen, self.seq = struct.unpack(
            "!HHIII", raw[:16])
        self.type = NAME.get(num, num)
        assert length == len(raw)
        self.data = raw[16:]
        if self.type in SPECS:
            reader = Reader(self.data)
            for key, value in reader.fields(SPECS[self.type]).items():
                setattr(self, "state_" + key if key in (
                    "id", "type", "data", "gen", "seq") else key, value)
            reader.end()

    def __repr__(self):
        return "<%s %s>" % (self.type, {k: v for k, v in
            self.__dict__.items() if k not in ("type", "data")})


class Peer:
    """One end of a SEQPACKET pair or connection."""

    def __init__(self, sock):
        self.sock = sock
        self.logs = []

    def send(self, kind, ident=0, data=b"", fd=None, gen=0, seq=0):
        num = NUM[kind] if isinstance(kind, str) else kind
        raw = struct.pack("!HHIII", num, 16 + len(data), ident, gen, seq) + \
            data
        self.send_raw(raw, fd)

    def send_raw(self, raw, fd=None):
        anc = []
        if fd is not None:
            anc = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                array.array("i", [fd]))]
        self.sock.sendmsg([raw], anc)

    def recv(self, wait=2.0):
        """The next message that is no log line; None at the end, raises
        TimeoutError."""
        end = time.monotonic() + wait
        while True:
            left = end - time.monotonic()
            if not select.select([self.sock], [], [], max(0, left))[0]:
                raise TimeoutError("nothing in %.1f s" % wait)
            try:
                raw = self.sock.recv(65536)
            except ConnectionResetError:
                return None
            if raw == b"":
                return None
            msg = Message(raw)
            if msg.type != "LOG":
                return msg
            self.logs.append(msg.text)

    def want(self, kind, wait=2.0, **fields):
        """Skips to the next message of this type and these fields."""
        end = time.monotonic() + wait
        while True:
            msg = self.recv(max(0.0, end - time.monotonic()))
            assert msg is not None, "gone before %s" % kind
            if msg.type == kind and all(getattr(msg, k) == v
                    for k, v in fields.items()):
                return msg

    def silent(self, wait):
        """No message (but log lines) for so long."""
        try:
            msg = self.recv(wait)
        except TimeoutError:
            return
        raise AssertionError("unexpected %r" % msg)

    def gone(self, wait=2.0):
        end = time.monotonic() + wait
        try:
            while True:
                if self.recv(max(0.0, end - time.monotonic())) is None:
                    return True
        except TimeoutError:
            return False

    def close(self):
        self.sock.close()


GLOBAL = (("router_id", "s", "rtr"), ("version", "n", 2), ("strict", "n", 0),
    ("script_security", "n", 0), ("script_no_new_privs", "n", 0),
    ("log_unknown_vrids", "n", 0), ("debug", "n", 0),
    ("fifo_on_reload", "n", 0), ("mail", "n", 0),
    ("no_email_faults", "n", 0), ("user", "s", ""), ("group", "s", ""),
    ("mcast4", "a", "224.0.0.18"),
    ("mcast6", "a", "ff02::12"), ("nice", "n", 0), ("rt_priority", "n", 0),
    ("no_swap", "n", 0), ("no_local_igmp", "n", 0),
    ("startup_delay", "n", 0), ("garp_interval", "n", 0),
    ("gna_interval", "n", 0), ("vip_lease", "n", 0),
    ("vmac_prefix", "s", "vrrp"), ("vmac_addr_prefix", "s", ""),
    ("boot_delay", "n", 0), ("rt_time", "n", 0), ("cpus", "b", b"\0" * 32),
    ("umask", "n", 0o22), ("netns", "s", ""), ("reload_file", "s", ""),
    ("reload_time_file", "s", ""), ("reload_repeat", "n", 0),
    ("nft_table", "s", "vrrpd"), ("nft_priority", "n", -1),
    ("nft_counters", "n", 0), ("warnings", "n", 3))
IFACE = (("name", "s", ""), ("promote", "n", 0), ("make", "n", 0),
    ("base", "s", ""), ("base_slot", "n", 0), ("mac", "b", b"\0" * 6),
    ("mode", "n", 0), ("ipv6", "n", 0), ("link_group", "n", 0),
    ("linkbeat", "n", 0), ("down_delay", "n", 0), ("up_delay", "n", 0),
    ("garp_group", "n", 0), ("garp_interval", "n", 0),
    ("gna_interval", "n", 0))
# Which checker runs the command of each event; by8: "notify".
BY = tuple(("by%d" % n, "n", 0) for n in (0, 1, 2, 3, 4, 5, 8))
INST = (("name", "s", "VI_1"), ("ifname", "s", "eth0"), ("slot", "n", 1),
    ("vmac", "s", ""), ("vmac_slot", "n", 0), ("xmit_base", "n", 0),
    ("group", "s", ""), ("group_id", "n", 0), ("vrid", "n", 51),
    ("family", "n", int(socket.AF_INET)),
    ("version", "n", 3), ("priority", "n", 100), ("start_master", "n", 0),
    ("nopreempt", "n", 0), ("accept", "n", 1), ("strict", "n", 0),
    ("lower_prio_no_advert", "n", 0), ("higher_prio_send_advert", "n", 0),
    ("owner_ignore_adverts", "n", 0), ("skip_check_adv_addr", "n", 0),
    ("v3_checksum_as_v2", "n", 0), ("old_unicast_checksum", "n", 0),
    ("track_primary", "n", 1),
    ("track_src_ip", "n", 0), ("check_unicast_src", "n", 0),
    ("fault_on_vip", "n", 0), ("auth_type", "n", 0),
    ("auth_pass", "b", b"\0" * 8),
    ("down_timer_adverts", "n", 3), ("unicast_ttl", "n", 255),
    ("rx_buf", "n", 0),
    ("adver_int_us", "n", 100000), ("preempt_delay_us", "n", 0),
    ("src", "a", ""), ("mcast", "a", "224.0.0.18"), ("unicast", "n", 0),
    ("garp_delay_s", "n", 5), ("garp_repeat", "n", 5),
    ("garp_refresh_s", "n", 0), ("garp_refresh_repeat", "n", 1),
    ("garp_lower_delay_s", "n", 5), ("garp_lower_repeat", "n", 5),
    ("garp_extra_s", "n", 0), ("vip_lease", "n", 0),
    ("notify_deleted", "n", 0),
    ("prio_notify", "n", 0), ("smtp_alert", "n", 0), *BY, ("line", "n", 1))
VIP = (("addr", "a", "192.168.10.10/32"), ("peer", "a", ""), ("brd", "a", ""),
    ("ifname", "s", "eth0"), ("slot", "n", 1), ("label", "s", ""),
    ("scope", "n", 0), ("flags", "n", 0), ("preferred_lft", "n", 2 ** 32 - 1),
    ("line", "n", 2))
PEER = (("addr", "a", ""), ("min_ttl", "n", 0), ("max_ttl", "n", 255))
TRACK = (("kind", "n", 0), ("name", "s", "chk"), ("object", "n", 1),
    ("checker", "n", 1), ("weight", "n", 0), ("reverse", "n", 0),
    ("of_group", "n", 0))
GROUP = (("name", "s", "G"), ("weights", "n", 0), ("smtp_alert", "n", 0),
    *BY, ("line", "n", 1))
COUNTED = ("CONF_IFACE", "CONF_GROUP", "CONF_INST", "CONF_VIP", "CONF_PEER",
    "CONF_TRACK", "CONF_SCRIPT", "CONF_FILE", "CONF_PROCESS", "CONF_HOOK",
    "CONF_MAIL", "CONF_NOTIFY", "CONF_ROUTE", "CONF_RULE", "CONF_STATIC")


def encode(table, values):
    unknown = set(values) - {name for name, _, _ in table}
    assert not unknown, "no field %s" % unknown
    out = b""
    for name, kind, default in table:
        value = values.get(name, default)
        out += {"n": s64, "s": string, "a": addr,
            "b": lambda v: v}[kind](value)
    return out


def conf_messages(insts, **glob):
    """[(type, id, payload)]; an instance is a dict of INST's fields and id,
    vips, peers, tracks."""
    body = [("CONF_GLOBAL", 0, encode(GLOBAL, glob))]
    slots = {}
    for inst in insts:
        slots[inst.get("slot", 1)] = inst.get("ifname", "eth0")
        for track in inst.get("tracks", ()):
            if track.get("kind", 0) == 1:
                slots[track["object"]] = track["name"]
    for slot, name in sorted(slots.items()):
        body.append(("CONF_IFACE", slot, encode(IFACE,
            {"name": name})))
    groups = {inst["group_id"]: inst["group"] for inst in insts
        if "group_id" in inst}
    for ident, name in sorted(groups.items()):
        body.append(("CONF_GROUP", ident, encode(GROUP, {"name": name})))
    for inst in insts:
        own = {k: v for k, v in inst.items()
            if k not in ("id", "vips", "peers", "tracks")}
        ident = inst.get("id", 1)
        body.append(("CONF_INST", ident, encode(INST, own)))
        for vip in inst.get("vips", ("192.168.10.10/32",)):
            fields = vip if isinstance(vip, dict) else {"addr": vip}
            fields = dict({"ifname": inst.get("ifname", "eth0"),
                "slot": inst.get("slot", 1)}, **fields)
            body.append(("CONF_VIP", ident, encode(VIP, fields)))
        for peer in inst.get("peers", ()):
            fields = peer if isinstance(peer, dict) else {"addr": peer}
            body.append(("CONF_PEER", ident, encode(PEER, fields)))
        for track in inst.get("tracks", ()):
            body.append(("CONF_TRACK", ident, encode(TRACK, track)))
    counts = b"".join(u32(sum(k == kind for k, _, _ in body))
        for kind in COUNTED)
    out = [("CONF_BEGIN", 0, counts)] + body
    fnv = 0xcbf29ce484222325
    for _, _, data in out:
        for byte in data:
            fnv = ((fnv ^ byte) * 0x100000001b3) % 2 ** 64
    return out + [("CONF_END", 0, u64(fnv))]


def cksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def vrrp3(vrid=51, prio=100, cs=10, vips=("192.168.10.10",),
        src="192.0.2.1", dst="224.0.0.18"):
    """The message alone, as it is written to the sending socket."""
    addrs = b"".join(packed(v) for v in vips)
    raw = struct.pack("!BBBBHH", 0x31, vrid, prio, len(vips), cs, 0) + addrs
    pseudo = packed(src) + packed(dst) + struct.pack("!BBH", 0, 112, len(raw))
    return raw[:6] + u16(cksum(pseudo + raw)) + raw[8:]


def ip4(payload, src="192.0.2.2", dst="224.0.0.18", ttl=255):
    """With the IP header that a raw socket delivers."""
    head = struct.pack("!BBHHHBBH", 0x45, 0xc0, 20 + len(payload), 1, 0, ttl,
        112, 0) + packed(src) + packed(dst)
    return head[:10] + u16(cksum(head)) + head[12:] + payload


def advert(src="192.0.2.2", **kw):
    return ip4(vrrp3(src=src, **kw), src=src)


class Wire:
    """Sockets of one interface, as the engine sees them: our ends."""

    def __init__(self):
        self.rx, self.rx_theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_DGRAM)
        self.tx, self.tx_theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_DGRAM)

    def say(self, **kw):
        """Another router's advertisement arrives."""
        self.rx.send(advert(**kw))

    def hear(self, wait=2.0):
        """The engine's next advertisement and when it was read."""
        if not select.select([self.tx], [], [], wait)[0]:
            raise TimeoutError("no advertisement in %.1f s" % wait)
        return self.tx.recv(65536), time.monotonic()

    def now(self):
        """What was sent so far."""
        out = []
        while True:
            try:
                out.append(self.tx.recv(65536, socket.MSG_DONTWAIT))
            except BlockingIOError:
                return out

    def silent(self, wait):
        try:
            raw, _ = self.hear(wait)
        except TimeoutError:
            return
        raise AssertionError("unexpected advertisement %s" % raw.hex())

    def close(self):
        for sock in (self.rx, self.rx_theirs, self.tx, self.tx_theirs):
            sock.close()


class Engine(Peer):
    """A running vrrpe, and us as its parent."""

    def __init__(self, hello=None, wrap=()):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        super().__init__(ours)
        self.root = tempfile.mkdtemp(prefix="vrrpe-test.")
        os.chmod(self.root, 0o755)
        self.stderr = tempfile.TemporaryFile()
        self.proc = subprocess.Popen(
            list(wrap) + [os.path.join(BIN, "vrrpe")], close_fds=False,
            stdin=subprocess.DEVNULL, stderr=self.stderr, cwd="/",
            # Without the right to start a thread leaks cannot be looked for.
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
            preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
        theirs.close()
        self.gen = 0
        self.wires = []
        self.peers = []
        self.send("HELLO", data=self.hello(**(hello or {})))

    def hello(self, version=VERSION, build=BUILD, role=2, uid=65534,
            gid=65534, log_level=0, nofile=256):
        return u32(version) + string(build) + u8(role) + u32(uid) + \
            u32(gid) + u16(0) + string(self.root) + u32(nofile) + \
            u8(log_level) + s32(0) + u8(0) + u8(0) + bytes(36) + u8(1)

    def ready(self):
        assert self.recv().type == "READY"
        return self

    def conf(self, insts, **glob):
        """Stages a configuration; the answer (ACK or NAK)."""
        self.stage_gen = self.gen + 1
        for kind, ident, data in conf_messages(insts, **glob):
            self.send(kind, ident, data, gen=self.stage_gen)
        while True:
            msg = self.recv()
            if msg.type in ("CONF_ACK", "CONF_NAK"):
                assert msg.gen == self.stage_gen
                return msg

    def commit(self):
        self.send("CONF_COMMIT", gen=self.stage_gen)
        self.gen = self.stage_gen

    def link(self, slot=1, flags=UP, primary="192.0.2.1", ifindex=None):
        self.send("LINK", slot, u32(ifindex or slot + 10) + u32(flags) +
            u32(1500) + b"\2\0\0\0\0\1" + addr(primary) + addr(""),
            gen=self.gen)

    def sockets(self, slot=1, rx=1, tx=2, dst="224.0.0.18", src="192.0.2.1"):
        wire = Wire()
        self.wires.append(wire)
        self.send("SOCK_RX", rx, u32(slot) + u8(0), wire.rx_theirs.fileno(),
            gen=self.gen)
        self.send("SOCK_TX", tx, u32(slot) + u8(0) + addr(src) + addr(dst),
            wire.tx_theirs.fileno(), gen=self.gen)
        return wire

    def use(self, inst=1, why=0, src="192.0.2.1", rx=1, tx=(2,), gen=None,
            rx_vmac=0, late=0):
        self.send("SOCK_USE", inst, u8(why) + addr(src) + u32(rx) +
            u32(rx_vmac) + u8(late) + u16(len(tx)) +
            b"".join(u32(t) for t in tx),
            gen=self.gen if gen is None else gen)

    def vips(self, wanted, installed, failed=0, inst=1):
        self.send("VIP_RESULT", inst, u32(wanted) + u32(installed) +
            u32(failed) + bytes(56), gen=self.gen)

    def begin(self, delay_us=0, restarts=0):
        self.send("START", restarts, data=s64(delay_us), gen=self.gen)

    def run(self, insts=None, before_start=None, **glob):
        """From READY to a running engine with the sockets of slot 1."""
        insts = insts if insts is not None else [{}]
        self.ready()
        answer = self.conf(insts, **glob)
        assert answer.type == "CONF_ACK", answer
        self.commit()
        self.link()
        wire = self.sockets()
        for inst in insts:
            if inst.get("slot", 1) == 1:
                self.use(inst.get("id", 1))
        if before_start is not None:
            before_start()
        self.begin()
        return wire

    def checker(self, ident=1):
        """Our end of a pair with a checker."""
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        self.send("PEER", ident, fd=theirs.fileno(), gen=self.gen)
        theirs.close()
        peer = Peer(ours)
        self.peers.append(peer)
        return peer

    def sync(self):
        """The engine has seen all that was sent so far."""
        self.send("PING", seq=99)
        self.want("PONG", seq=99)

    def listen(self, kind=FULL):
        path = os.path.join(self.root, "sock%d" % kind)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.bind(path)
        os.chmod(path, 0o666)
        sock.listen(64)
        sock.setblocking(False)
        self.send("CTL_LISTEN", kind, fd=sock.fileno())
        sock.close()
        return path

    def client(self, path, hello=True):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.connect(path)
        peer = Peer(sock)
        self.peers.append(peer)
        if hello:
            peer.send("CTL_HELLO", data=u32(VERSION) + string(BUILD))
            assert peer.recv().type == "CTL_HELLO"
        return peer

    def log(self, pattern, wait=2.0):
        """Waits for a log line; other messages that come are lost."""
        end = time.monotonic() + wait
        while True:
            for line in self.logs:
                if re.search(pattern, line):
                    return line
            try:
                if self.recv(0.05) is None:
                    break
            except TimeoutError:
                pass
            assert time.monotonic() < end, "no log line %r in %r" % (
                pattern, self.logs)
        raise AssertionError("no log line %r in %r" % (pattern, self.logs))

    def exit(self, wait=3.0):
        return self.proc.wait(wait)

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read().decode()

    def stop(self):
        """At the end of each test, whatever has happened."""
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGKILL)
            self.proc.wait()
        for thing in self.wires + self.peers:
            thing.close()
        self.close()
        self.stderr.close()
        shutil.rmtree(self.root, ignore_errors=True)


def master(engines, wait=3.0, **inst):
    """An engine with one instance that has become MASTER."""
    e = engines()
    wire = e.run([inst])
    e.want("STATE", state=MASTER, wait=wait)
    wire.hear()
    return e, wire


def backup(engines, **inst):
    e = engines()
    wire = e.run([inst])
    e.want("STATE", state=BACKUP)
    return e, wire


def deadline(seconds):
    return s64(int((time.monotonic() + seconds) * 1e6))
