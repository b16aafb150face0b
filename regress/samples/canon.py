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

"""The settings of a configuration in canonical form, under the names that
dump.py gives to those of keepalived's dump."""

import re
import shlex

import dump


class Block:
    """name, words after it, [(word, rest)], blocks inside."""

    def __init__(self, head):
        self.head = head
        self.lines = []
        self.blocks = []

    def get(self, word, default=""):
        return next((rest for name, rest in self.lines if name == word),
            default)

    def has(self, word):
        return any(name == word for name, _ in self.lines)

    def flag(self, word):
        """A word alone, or with a truth value."""
        return "no" if self.get(word, "false") == "false" else "yes"

    def inner(self, word):
        """The lines of the blocks of a name, as they stand."""
        return [" ".join(filter(None, line)) for b in self.blocks
            if b.head[0] == word for line in b.lines]


def plain(text):
    return [w[1:-1] if w[:1] == '"' else w
        for w in re.findall(r'"[^"]*"|\S+', text)]


def parse(text):
    top = Block(["top"])
    stack = [top]
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if line == "}":
            stack.pop()
        elif line.endswith(" {"):
            block = Block(plain(line[:-2]))
            stack[-1].blocks.append(block)
            stack.append(block)
        else:
            found = re.match(r'("[^"]*"|\S+)\s*(.*)$', line)
            stack[-1].lines.append((found.group(1).strip('"'),
                found.group(2)))
    return top


def unescape(word):
    return re.sub(r"\\+x([0-9a-f]{2})",
        lambda m: chr(int(m.group(1), 16)), word)


def command(text):
    """"PROGRAM 'ARG'" USER [GROUP]"""
    found = re.match(r'"([^"]*)"\s*(\S*)', text)
    lexer = shlex.shlex(found.group(1), posix=True)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    return [re.sub("^//", "/", unescape(w)) for w in lexer], \
        identity(found.group(2))


def identity(user):
    return "root" if user in ("root", "") else "another"


def seconds(text):
    return dump.number_text(float(text or 0))


def settings(text):
    out = {}
    groups = {}
    top = parse(text)
    for block in top.blocks:
        if block.head[0] == "vrrp_sync_group":
            for name in block.inner("group"):
                groups[name.strip('"')] = block.head[1]
    for block in top.blocks:
        read = READERS.get(block.head[0])
        if read is None:
            continue
        kind, function = read
        prefix = " ".join([kind] + block.head[1:2])
        for name, value in function(block).items():
            out["%s: %s" % (prefix, name)] = value
        if kind == "instance":
            out[prefix + ": sync group"] = groups.get(block.head[1], "")
    return out


COPIED = ("version", "garp_master_delay", "garp_master_repeat",
    "garp_master_refresh", "garp_master_refresh_repeat",
    "garp_lower_prio_delay", "garp_lower_prio_repeat", "down_timer_adverts",
    "priority", "virtual_router_id", "unicast_ttl", "interface")
FLAGS = ("higher_prio_send_advert", "lower_prio_no_advert", "accept",
    "promote_secondaries", "smtp_alert", "check_unicast_src",
    "notify_priority_changes", "skip_check_adv_addr")


def vip(text):
    words = text.split()
    item = {"address": dump.address(words[0]), "scope": "global"}
    it = iter(words[1:])
    for word in it:
        if word in ("dev", "brd", "scope", "label", "peer", "preferred_lft"):
            item[word] = next(it).strip('"')
        else:
            item[word] = "yes"
    item["scope"] = {"0": "global", "253": "link", "254": "host",
        "200": "site"}.get(item["scope"], item["scope"])
    if ":" in item["address"]:
        item.setdefault("preferred_lft", "0"
            if item["address"].endswith("/128") else "forever")
    return dump.vip_text(item)


def notify(block):
    return {name: command(rest) for name, rest in block.lines
        if name in dump.SCRIPT_NAMES.values() and rest}


def tracks(block):
    out = {}
    for name in set(dump.TRACKED.values()):
        found = {}
        for line in block.inner(name):
            words = plain(line)
            found[words[0]] = words[2] + (" reverse"
                if words[3:4] == ["reverse"] else "")
        if found:
            out[name] = found
    return out


def auth(block):
    for inner in block.blocks:
        if inner.head[0] == "authentication":
            return {"auth_type": inner.get("auth_type"),
                "auth_pass": unescape(inner.get("auth_pass").strip('"'))}
    return {"auth_type": ""}


def peers(block):
    out = []
    for line in block.inner("unicast_peer"):
        words = line.split()
        more = dict(zip(words[1::2], words[2::2]))
        out.append("%s %s %s" % (words[0], more.get("min_ttl", 0),
            more.get("max_ttl", 255)))
    return sorted(out)


def instance(block):
    out = {name: block.get(name) for name in COPIED}
    out.update({name: block.flag(name) for name in FLAGS})
    out["strict"] = block.flag("strict_mode")
    out["track_primary"] = "no" if block.has("dont_track_primary") else "yes"
    out["preempt"] = "no" if block.has("nopreempt") else "yes"
    out["preempt_delay"] = seconds(block.get("preempt_delay", "0"))
    out["advert_int"] = seconds(block.get("advert_int"))
    out["mcast_dst_ip"] = block.get("mcast_dst_ip")
    words = plain(block.get("use_vmac")) or plain(block.get("use_ipvlan"))
    out["use_vmac"] = words[words.index("name") + 1] if "name" in words \
        else "".join(words[:1])
    out["src"] = block.get("unicast_src_ip") or block.get("mcast_src_ip")
    out["notify_deleted"] = "Deleted" if block.has("notify_deleted") \
        else "Fault"
    out["unicast_peer"] = peers(block)
    out["unicast"] = "yes" if out["unicast_peer"] else "no"
    for name, word in (("Virtual IP", "virtual_ipaddress"),
            ("Virtual IP Excluded", "virtual_ipaddress_excluded")):
        out[name] = sorted(vip(line).replace("dev %s " % out["use_vmac"],
            "dev %s " % out["interface"]) for line in block.inner(word))
    out["Virtual Routes"] = len(block.inner("virtual_routes"))
    out["Virtual Rules"] = len(block.inner("virtual_rules"))
    texts = out["Virtual IP"] or out["unicast_peer"]
    out["family"] = "IPv6" if ":" in "".join(texts) + out["mcast_dst_ip"] \
        else "IPv4"
    for part in (auth(block), notify(block), tracks(block)):
        out.update(part)
    return out


def script(block):
    out = {"script": command(block.get("script"))[0]}
    out["user"] = identity(plain(block.get("user"))[0])
    for name in ("weight", "rise", "fall"):
        out[name] = block.get(name)
    for name in ("interval", "timeout"):
        out[name] = seconds(block.get(name))
    out["init_fail"] = block.flag("init_fail")
    return out


def file(block):
    return {"file": block.get("file").strip('"'),
        "weight": block.get("weight")}


def process(block):
    out = {"process": block.get("process").strip("'\""),
        "weight": block.get("weight"), "quorum": block.get("quorum"),
        "quorum_max": block.get("quorum_max"),
        "full_command": block.flag("full_command")}
    for name in ("terminate_delay", "fork_delay"):
        out[name] = seconds(block.get(name, "0"))
    return out


def group(block):
    out = {"members": sorted(n.strip('"') for n in block.inner("group")),
        "smtp_alert": block.flag("smtp_alert"),
        "notify_priority_changes": block.flag("notify_priority_changes"),
        "sync_group_tracking_weight":
            block.flag("sync_group_tracking_weight")}
    out.update(notify(block))
    out.update(tracks(block))
    return out


def global_defs(block):
    out = {name: rest.strip('"') for name, rest in block.lines}
    out.setdefault("vrrp_rt_priority", "0")
    for name in ("vrrp_no_swap", "fifo_write_vrrp_states_on_reload",
            "enable_script_security"):
        out[name] = block.flag(name)
    for name in ("vrrp_garp_interval", "vrrp_gna_interval",
            "vrrp_startup_delay"):
        out[name] = seconds(block.get(name, "0"))
    out["smtp_server"], out["smtp_port"] = (plain(block.get("smtp_server")) +
        ["", "25"])[:2]
    if "vrrp_notify_fifo" in out:
        out["vrrp_notify_fifo"] = out["vrrp_notify_fifo"].split()[0]
    out["notification_email"] = sorted(block.inner("notification_email"))
    if block.has("vrrp_notify_fifo_script"):
        out["vrrp_notify_fifo_script"] = command(
            block.get("vrrp_notify_fifo_script"))
    return out


READERS = {
    "vrrp_instance": ("instance", instance), "vrrp_script": ("script",
    script), "vrrp_track_process": ("process", process),
    "track_file": ("file", file), "vrrp_track_file": ("file", file),
    "vrrp_sync_group": ("group", group),
    "global_defs": ("global", global_defs),
}
