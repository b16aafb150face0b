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


"""TAB in bash and zsh after half a word of vrrpctl."""

import os
import pty
import re
import select
import shutil
import time

import pytest

from confgen import block, instance, settings
from lib import TOP, VRRPCTL, Vrrpd, command, kill

ODD = "$(touch pwned)"
CONF = settings() + instance(51, name="V_one") + instance(52,
    name="V_two") + instance(53, name='"%s"' % ODD) + \
    block("vrrp_sync_group V_group", block("group", "V_one", "V_two"))
BASH = os.path.join(TOP, "conf/vrrpctl.bash")
ZSH = os.path.join(TOP, "conf/vrrpctl.zsh")


def ask(*words):
    done = command([VRRPCTL, "complete"] + list(words))
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.fixture(name="router")
def router_fixture(lab):
    return Vrrpd(lab, "a", CONF).start()


def test_words(router):
    """What vrrpctl offers, from its own tables."""
    verbs = re.findall(r"^  ([a-z]+) ", command([VRRPCTL, "-h"]).stdout,
        re.M)
    top = ask("")
    assert set(top) <= set(verbs) and "standby" in top and "doctor" in top
    assert ask("sta") == ["standby"]
    assert ask("hel") == ["help"]
    assert ask("show", "sc") == ["scripts"]
    assert ask("sh", "me") == ["metrics"]
    assert ask("health", "--l") == ["--live"]
    assert "--socket" in ask("--") and ask("--format", "") == ["keepalived"]
    assert ask("bogus", "") == [] and ask("reload", "dry-run", "") == []
    assert "lo" in ask("scan", "")
    assert ask("serve", "") == [] and ask("serve", BASH[:-2]) == []
    assert ask("serve", "*:80", "") == ["host"]
    assert ask("serve", "*:80", "host", "V_") == []
    assert ask("-s", "/nowhere", "standby", "") == ["all"]
    assert ask("check", BASH[:-2]) == [BASH]
    socket = router.rundir + "/control"
    names = ["V_one", "V_two", ODD]
    assert ask("-s", socket, "why", "") == names + ["all"]
    assert ask("-s", socket, "standby", "V_") == names[:2] + ["V_group"]
    assert ask("-j", "-s", socket, "show", "inst", "V_t") == ["V_two"]
    assert ask("-s", socket, "standby", "V_one", "") == ["for", "now"]
    assert ask("-s", socket[:-3]) == [socket]


def press(args, setup, text, env=None):
    """What is on the line after text, with its TAB, was typed."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(args[0], args, {"PATH": os.path.dirname(VRRPCTL) +
            ":/usr/bin:/bin", "TERM": "dumb", "HOME": "/nonexistent",
            **(env or {})})
    seen = ""

    def wait(pattern, limit=15):
        nonlocal seen
        end = time.monotonic() + limit
        while not re.search(pattern, seen):
            assert time.monotonic() < end, seen
            if select.select([fd], [], [], 0.1)[0]:
                seen += os.read(fd, 65536).decode("utf-8", "replace")
        return seen
    try:
        os.write(fd, (setup + "; PS1='rea''dy> '\n").encode())
        wait(r"ready> (\x1b\[[?0-9;]*[a-zA-Z])*$")
        seen = ""
        os.write(fd, text.encode())
        # another command tells when the shell is done with the TAB
        os.write(fd, b" # end\n")
        return re.sub(".\x08", "", wait(r"# end"))
    finally:
        kill([pid])
        os.waitpid(pid, 0)
        os.close(fd)


def test_bash(router, tmp_path):
    socket = router.rundir + "/control"

    def tab(text):
        return press(["bash", "--norc", "--noprofile", "-i"],
            "cd %s; bind 'set enable-bracketed-paste off'; . %s" % (tmp_path,
            BASH), text)
    assert "vrrpctl standby  # end" in tab("vrrpctl sta\t")
    assert "why V_two  # end" in tab("vrrpctl -s %s why V_t\t" % socket)
    assert "V_group  # end" in tab("vrrpctl -s %s res V_g\t" % socket)
    # a name is never run
    out = tab("vrrpctl -s %s why \\$\t" % socket)
    out += tab("vrrpctl -s %s why \t\t" % socket)
    assert "V_one" in out and not os.listdir(tmp_path)


def test_zsh(router, tmp_path):
    if not shutil.which("zsh"):
        pytest.skip("no zsh")
    shutil.copy(ZSH, tmp_path / "_vrrpctl")

    def tab(text):
        return press(["zsh", "-f", "-i"], "cd /; fpath=(%s $fpath); autoload "
            "-Uz compinit; compinit -u -D; setopt interactivecomments; "
            "unsetopt zle_bracketed_paste 2>/dev/null" % tmp_path, text)
    assert re.search(r"standby +# end", tab("vrrpctl sta\t"))
    assert re.search(r"V_two +# end", tab("vrrpctl -s %s/control why V_t\t" %
        router.rundir))
