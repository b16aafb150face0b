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
#

"""readconf as the parent starts it, and as a person does."""

import os
import resource
import socket
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# The path comes first.
# pylint: disable=wrong-import-position
import vrrpe_peer as v  # noqa: E402
from vrrpe_peer import s32, string, u8, u16, u32  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

v.SPECS.setdefault("CONF_MSG", "severity:B line:I col:I file:s text:s "
    "source:s")
NOTE, WARNING, ERROR = 0, 1, 2
GOOD = """
vrrp_script chk {
    script "/bin/true"
    weight -20
    user root
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 100
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        192.168.10.10
    }
    track_script {
        chk
    }
    notify_master "/bin/echo master" root
}
"""


class Readconf(v.Peer):
    """A readconf in load mode, and us as its parent."""

    def __init__(self, *args, hello=True):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
            socket.SOCK_SEQPACKET)
        super().__init__(ours)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
        self.proc = subprocess.Popen([os.path.join(v.BIN, "readconf")] +
            list(args), close_fds=False, stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, cwd="/",
            preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
        theirs.close()
        if hello:
            self.send("HELLO", data=u32(v.VERSION) + string(v.BUILD) + u8(4) +
                u32(0) + u32(0) + u16(0) + string("") + u32(64) + u8(0) +
                s32(0) + u8(0) + u8(0) + bytes(36) + u8(1))

    def all(self):
        """Every message to the end, and the exit status."""
        out = []
        while True:
            msg = self.recv(10)
            if msg is None:
                return out, self.proc.wait(5)
            out.append(msg)

    def stop(self):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait()
        self.proc.stderr.close()
        self.close()


@pytest.fixture
def readconf():
    made = []

    def make(*args, **kw):
        made.append(Readconf(*args, **kw))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def conf(tmp_path):
    def make(text, name="vrrpd.conf"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return make


def check(*args):
    """In a network namespace with an eth0, whatever this host has."""
    return subprocess.run(["unshare", "-n", "sh", "-e", "-c",
        "ip link add eth0 type veth peer name eth1\n"
        'ip addr add 192.168.10.1/24 dev eth0\nexec "$@"', "sh",
        os.path.join(v.BIN, "readconf"), *args],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
        check=False)


def many(count):
    return "".join("vrrp_instance VI_%d {\n interface eth%d\n"
        " virtual_router_id %d\n virtual_ipaddress {\n 10.%d.%d.1\n }\n}\n" %
        (i, i // 255, i % 255 + 1, i // 256, i % 256) for i in range(count))


def test_load(readconf, conf):
    out, status = readconf("-f", conf(GOOD)).all()
    assert status == 0
    types = [m.type for m in out]
    assert types[0] == "READY"
    types = types[types.index("CONF_BEGIN"):]
    assert types == ["CONF_BEGIN", "CONF_GLOBAL", "CONF_IFACE", "CONF_SCRIPT",
        "CONF_INST", "CONF_VIP", "CONF_TRACK", "CONF_NOTIFY", "CONF_END"]
    ids = {m.type: m.id for m in out}
    assert ids["CONF_IFACE"] == ids["CONF_SCRIPT"] == ids["CONF_INST"] == 1
    assert ids["CONF_VIP"] == ids["CONF_TRACK"] == ids["CONF_NOTIFY"] == 1
    fnv = 0xcbf29ce484222325
    for msg in out:
        if msg.type.startswith("CONF_") and msg.type not in ("CONF_END",
                "CONF_MSG"):
            for byte in msg.data:
                fnv = ((fnv ^ byte) * 0x100000001b3) % 2 ** 64
    assert int.from_bytes(out[-1].data, "big") == fnv


def test_errors_and_nothing_else(readconf, conf):
    path = conf(GOOD.replace("virtual_router_id 51", "virtual_router_id 0"))
    out, status = readconf("-f", path).all()
    assert status == 1
    assert {m.type for m in out} == {"READY", "CONF_MSG"}
    said = [m for m in out if m.type == "CONF_MSG"]
    assert ERROR in [m.severity for m in said]
    assert {m.file for m in said} == {path}
    at = [m for m in said if (m.line, m.col) == (9, 23)]
    assert "virtual_router_id 0" in at[0].source


def test_missing_file(readconf):
    out, status = readconf("-f", "/no/such/file").all()
    assert status == 1
    assert [m.type for m in out] == ["READY", "CONF_MSG"]
    assert "No such file" in out[1].text


def test_warnings(readconf, conf):
    path = conf(GOOD + "colour blue\n")
    out, status = readconf("-f", path).all()
    assert status == 0
    assert [m.severity for m in out if m.type == "CONF_MSG"] == [WARNING]
    assert out[-1].type == "CONF_END"
    out, status = readconf("-W", "-f", path).all()
    assert status == 1
    assert [m.severity for m in out if m.type == "CONF_MSG"] == [WARNING,
        ERROR]
    assert out[-1].type == "CONF_MSG" and "-W" in out[-1].text


def test_definitions(readconf, conf):
    path = conf(GOOD.replace("51", "$ID"))
    out, status = readconf("-D", "ID=77", "-f", path).all()
    assert status == 0
    inst = v.Reader([m for m in out if m.type == "CONF_INST"][0].data)
    assert inst.fields("name:s ifname:s slot:q vmac:s vmac_slot:q xmit:q "
        "group:s group_id:q vrid:q")["vrid"] == 77


def test_confined_and_patient(readconf, conf):
    """It waits for a slow reader, and has given up its rights by then."""
    one = readconf("-f", conf(many(400)))
    assert one.recv().type == "READY"
    time.sleep(1.0)
    assert one.proc.poll() is None
    with open("/proc/%d/status" % one.proc.pid, encoding="ascii") as f:
        text = f.read()
    for line in ("CapPrm:\t0000000000000004", "CapEff:\t0000000000000004",
            "CapBnd:\t0000000000000004", "CapInh:\t0000000000000000",
            "CapAmb:\t0000000000000000", "NoNewPrivs:\t1"):
        assert line in text                 # 4: CAP_DAC_READ_SEARCH
    pid = one.proc.pid
    assert resource.prlimit(pid, resource.RLIMIT_CPU) == (10, 10)
    # The hard one is for what config_save_dir asks to be kept.
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 64 << 20)
    assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
    assert resource.prlimit(pid, resource.RLIMIT_AS)[0] in (512 << 20,
        resource.RLIM_INFINITY)             # sanitizers need more
    fds = {os.readlink("/proc/%d/fd/%s" % (pid, n)).split(":")[0]
        for n in os.listdir("/proc/%d/fd" % pid) if int(n) > 2}
    assert fds == {"socket"}
    out, status = one.all()
    assert status == 0
    assert sum(m.type == "CONF_INST" for m in out) == 400
    assert out[-1].type == "CONF_END"


def test_parent_gone(readconf, conf):
    one = readconf("-f", conf(many(400)))
    assert one.recv().type == "READY"
    one.close()
    assert one.proc.wait(5) == 1


def test_started_by_hand(conf):
    done = check("-f", conf(GOOD))
    assert done.returncode == 1
    assert "descriptor 3" in done.stderr


def test_usage():
    for args in ((), ("-n",), ("-x",), ("-n", "-f", "a", "b")):
        done = check(*args)
        assert done.returncode == 1
        assert "usage: readconf" in done.stderr


def test_check(conf):
    done = check("-n", "-f", conf(GOOD))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    path = conf(GOOD.replace("priority 100", "priority many\n colour blue"))
    done = check("-n", "-f", path)
    assert done.stdout == ""
    assert "%s:10:14: " % path in done.stderr
    assert "colour" in done.stderr
    assert "\n    priority many\n    " in done.stderr
    path = conf(GOOD + "colour blue\n")
    done = check("-n", "-f", path)
    assert done.returncode == 0
    assert "%s: 0 errors, 1 warning\n" % path in done.stderr
    assert check("-n", "-W", "-f", path).returncode == 1


def test_canonical_form(conf):
    done = check("-n", "-v", "-f", conf(GOOD))
    assert done.returncode == 0 and "takeover takes 3.61" in done.stderr
    assert "warning" not in done.stderr
    assert "1111" not in done.stdout and "********" in done.stdout
    done = check("-nvv", "-f", conf(GOOD))
    assert "1111" in done.stdout
    again = check("-nvv", "-f", conf(done.stdout, "again.conf"))
    assert again.stdout == done.stdout and "warning" not in again.stderr


def test_canonical_form_to_a_full_device(conf):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([os.path.join(v.BIN, "readconf"), "-nv", "-f",
            conf(GOOD)], stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=30, check=False)
    assert done.returncode == 1
    assert "No space left" in done.stderr


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"] +
        sys.argv[1:]))
