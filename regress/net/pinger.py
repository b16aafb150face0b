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

"""Echo requests at a fixed pace to several addresses: pinger.py SECONDS
ADDRESS... in a process of its own, so that nothing else is in its way. It
prints "ready", runs until SIGTERM, and prints one JSON object: address:
[[sent, answered or null], ...], in seconds of time.time().
"""

import json
import os
import select
import signal
import socket
import struct
import sys
import time

BUFFER = 8 << 20
SETTLE = 0.3            # what is under way at the end
SO_RCVBUFFORCE = 33


def inverse(data):
    """The checksum of the Internet."""
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Target:
    def __init__(self, address, mark):
        self.address = address
        self.six = ":" in address
        self.mark = mark
        self.sent = []
        self.heard = {}

    def request(self):
        seq = len(self.sent)
        body = struct.pack("!BBHHHI", 128 if self.six else 8, 0, 0,
            self.mark, seq & 0xffff, seq)
        if not self.six:
            body = body[:2] + struct.pack("!H", inverse(body)) + body[4:]
        return body

    def send(self, socks):
        body = self.request()
        self.sent.append(time.time())
        try:
            socks[self.six].sendto(body, (self.address, 0))
        except OSError:
            pass        # nobody answers for it: it counts as lost

    def rows(self):
        return [(at, self.heard.get(n)) for n, at in enumerate(self.sent)]


def open_socks():
    socks = {}
    for six, family, proto in ((False, socket.AF_INET, 1),
            (True, socket.AF_INET6, 58)):
        sock = socket.socket(family, socket.SOCK_RAW | socket.SOCK_NONBLOCK,
            proto)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        socks[six] = sock
    return socks


def take(sock, six, marks):
    """All answers that have come."""
    while True:
        try:
            data = sock.recv(2048)
        except OSError:
            return
        if not six:
            data = data[(data[0] & 15) * 4:]
        if len(data) < 12 or data[0] != (129 if six else 0):
            continue
        mark, _, seq = struct.unpack("!HHI", data[4:12])
        if mark in marks:
            marks[mark].heard.setdefault(seq, time.time())


def main(every, addresses):
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    targets = [Target(a, os.getpid() * 8 + n & 0xffff)
        for n, a in enumerate(addresses)]
    marks = {t.mark: t for t in targets}
    socks = open_socks()
    print("ready", flush=True)
    due = time.monotonic()
    end = None
    while end is None or time.monotonic() < end:
        if stop and end is None:
            end = time.monotonic() + SETTLE
        wait = SETTLE if end is not None else due - time.monotonic()
        if wait > 0:
            select.select(socks.values(), [], [], min(wait, SETTLE))
        for six, sock in socks.items():
            take(sock, six, marks)
        if end is None and time.monotonic() >= due:
            for target in targets:
                target.send(socks)
            # What was missed is not made good by a burst.
            due = max(due + every, time.monotonic())
    print(json.dumps({t.address: t.rows() for t in targets}))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
