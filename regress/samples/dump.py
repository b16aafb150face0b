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

"""The settings that a dump of keepalived -d shows, in the form that canon.py
has them in: {"instance NAME: priority": "100", ...}. What vrrpd has nothing
like, or what is no setting but a state, is named in NO_COUNTERPART; a field
that is known to neither is an error.
"""

import ipaddress
import os
import re

SECTION = re.compile(r"^------< (.*) >------$")
STATE = "no setting: what the run had come to"
LVS = "of load balancing"
BFD = "there is no BFD"
SNMP = "there is no SNMP, no D-Bus"
PART = "shows in each instance"
MAKE = "how keepalived works inside"

NO_COUNTERPART = {
    "global": {
        "Network namespace ipvs": LVS, "LVS.*": LVS, "Checker.*": LVS,
        "No test config before reload": MAKE, "Test config .*": MAKE,
        "Reload.*": MAKE, "No reload.*": MAKE, "Default interface": PART,
        "Disable local IGMP": MAKE, "BFD .*": BFD, "SNMP .*": SNMP,
        "DBus .*": SNMP, "Gratuitous ARP (?!interval).*": PART,
        "Num adverts before down": PART, "Send advert after.*": PART,
        "libnftnl.*": STATE, "nftables with.*": MAKE,
        "VRRP check unicast_src": PART, "VRRP skip check.*": PART,
        "VRRP strict mode": PART, "(Max|Min) auto priority.*": MAKE,
        "VRRP realtime limit": MAKE, ".*rcv_bufs.*": MAKE,
        "rs_init_notifies": LVS, "no_checker_emails": LVS,
        "rx_bufs.*": MAKE, "Allow interface changes": MAKE,
        "Dynamic interfaces": "always so", "Instance name": MAKE,
        "Default script uid": PART, "Default smtp_alert.*": PART,
        "vmac_.*": PART, "nftables.*": MAKE, "umask": MAKE,
        "VRRP notify priority changes": PART,
        "Global notify fifo.*": "see notify_fifo", "Debug level": MAKE,
        "Network namespace": "compared by where it runs",
        "(VRRP|Parent|Checker|BFD) process name": MAKE,
        "(Config save dir|config save directory)": MAKE,
        "VMAC .*prefix": PART, "Use instance name in data dumps": MAKE,
        "log_unknown_vrids": MAKE, "Send emails for fault transitions": PART,
    },
    "instance": {
        "Flags": "see unicast", "Number of config faults": STATE,
        "Wantstate": "starts as BACKUP unless 255",
        "No sockets allocated": STATE, "Done VRID check": STATE,
        "Unicast config option specified.*": STATE, "VMAC .*": STATE,
        "Unicast checksum compatibility": "only to old keepalived",
        "Tracked BFDs": BFD, "Kernel rx buffer size": MAKE, "rp_filter.*": STATE, "Debug level": MAKE,
    },
    "script": {
        "Result": STATE, "Status": STATE, "State": STATE,
        "Insecure": STATE, "VRRP instances": STATE,
        "Tracking instances": PART,
    },
    "file": {"Status": STATE, "Tracking instances": PART},
    "process": {"Current processes": STATE, "Have quorum": STATE,
        "Tracking instances": PART},
    "group": {"Num member fault.*": STATE, "Tracked BFDs": BFD},
}

OBJECTS = {
    "VRRP Instance": "instance", "VRRP Script": "script",
    "VRRP Track process": "process", "Track file": "file",
    "VRRP Sync Group": "group",
}

SCRIPT_NAMES = {
    "Master": "notify_master", "Backup": "notify_backup",
    "Fault": "notify_fault", "Stop": "notify_stop", "Generic": "notify",
    "Deleted": "notify_deleted",
    "Master rx lower pri": "notify_master_rx_lower_pri",
}


def lines(text):
    """Those of the dump: log lines stand between them."""
    return "".join(re.findall(r"^(?: +\S.*|------<.*)\n", text, re.M))


def parse(text):
    """{"global": [(field, value, [items])], ("instance", NAME): ...}"""
    out = {"global": []}
    at = None
    for line in text.split("\n"):
        found = SECTION.match(line)
        if found:
            at = out["global"] if found.group(1) == "Global definitions" \
                else None
            section = found.group(1)
            continue
        found = re.match(r" (\S.*)$", line)
        if found and at is not out["global"] or found and \
                re.match(r" VRRP Instance = ", line):
            kind, _, name = found.group(1).partition(" = ")
            at = None
            if kind in OBJECTS:
                name = re.sub(r", (MASTER|BACKUP|FAULT|INIT|unknown)$", "",
                    name) if kind == "VRRP Sync Group" else name
                at = out.setdefault((OBJECTS[kind], name), [])
                del at[:]
            elif section in ("Static Addresses", "Static Routes",
                    "Static Rules"):
                out.setdefault(section, []).append(line.strip())
            continue
        if at is None:
            continue
        depth = 1 if at is out["global"] else 3
        found = re.match(r" {%d}(\S.*?)(?: = | ?: ?| \((?=\d+\):))(.*)$" %
            depth, line)
        bare = re.match(r" {%d}(\S.*)$" % depth, line)
        if found and not found.group(1).startswith("Multicast"):
            at.append((found.group(1).strip(), found.group(2).strip(), []))
        elif bare:
            at.append((bare.group(1).strip(), "", []))
        elif line.startswith(" " * (depth + 2)) and at:
            at[-1][2].append(line.strip())
    return out


def known(kind, field):
    return any(re.fullmatch(p, field) for p in NO_COUNTERPART[kind])


def settings(text):
    """All settings of a dump, and fields that nobody knows."""
    out, strange = {}, []
    for key, fields in parse(text).items():
        if key == "global":
            kind, prefix, read = "global", "global", global_field
        elif isinstance(key, str):
            continue
        else:
            kind, prefix = key[0], "%s %s" % key
            read = {"instance": instance_field, "script": script_field,
                "file": file_field, "process": process_field,
                "group": group_field}[kind]
        if kind == "instance":
            defaults(out, prefix)
        for field, value, items in fields:
            found = read(field, value, items)
            if found is not None:
                for name, what in found.items():
                    out["%s: %s" % (prefix, name)] = what
            elif not known(kind, field):
                strange.append("%s: %s = %s %s" % (prefix, field, value,
                    items or ""))
        if kind == "script":
            script_settings(out, prefix)
        if kind == "instance":
            base_unknown(out, prefix)
    fifo_settings(out)
    return out, strange


def base_unknown(out, prefix):
    """A virtual MAC that could not be made shows itself alone."""
    if out.get(prefix + ": interface") == out[prefix + ": use_vmac"]:
        out.pop(prefix + ": interface", None)


def fifo_settings(out):
    """The script's last argument is the FIFO, given or not."""
    command = out.get("global: vrrp_notify_fifo_script")
    if command and command[0][-1] == out.get("global: vrrp_notify_fifo"):
        command[0].pop()


def defaults(out, prefix):
    """What shows only where it is given."""
    for name, value in (("sync group", ""), ("unicast", "no"),
            ("track_primary", "yes"), ("strict", "no"), ("use_vmac", ""),
            ("skip_check_adv_addr", "no"), ("preempt_delay", "0")):
        out["%s: %s" % (prefix, name)] = value


def seconds(text):
    """Of "1 sec", "1000 milli-sec", "0.5 secs", "1.000000s"."""
    found = re.match(r"([\d.]+) ?(milli-sec|ms|us|usecs)?", text)
    number = float(found.group(1))
    return number_text(number * {"milli-sec": 0.001, "ms": 0.001,
        "us": 1e-6, "usecs": 1e-6}.get(found.group(2), 1))


def number_text(number):
    return "%.6f" % number if number % 1 else "%d" % number


def identity(text):
    return "root" if text == "0:0" else "another"


def command(text):
    """'a' 'b', uid:gid 1:2 -> a b (root)."""
    found = re.match(r"(.*?)(?:, uid:gid (\d+:\d+))?$", text)
    words = [re.sub("^//", "/", w) for w in
        re.findall(r"'((?:[^']|'(?! |$|,))*)'", found.group(1))]
    return words, identity(found.group(2)) if found.group(2) else ""


def truth(text):
    return {"true": "yes", "false": "no", "enabled": "yes",
        "disabled": "no", "Yes": "yes", "No": "no"}.get(text, text)


def address(text):
    """With its prefix length."""
    try:
        return str(ipaddress.ip_interface(text))
    except ValueError:
        return text


def vip(text):
    """ADDRESS brd X dev D@BASE scope global label L ... in a fixed order."""
    words = text.replace("[installed ifindex", "[").split()
    item = {"address": address(words[0])}
    it = iter(words[1:])
    for word in it:
        if word in ("dev", "brd", "scope", "label", "peer", "preferred_lft"):
            item[word] = next(it)
        elif word == "deprecated":
            item["preferred_lft"] = "0"
        elif word not in ("set", "[", "]"):
            item[word] = "yes"
    item["dev"] = item.get("dev", "").split("@")[-1]
    return vip_text(item)


def vip_text(item):
    if ":" not in item["address"]:
        item.pop("preferred_lft", None)
    return " ".join([item.pop("address")] + ["%s %s" % pair
        for pair in sorted(item.items())])


def tracks(items):
    """{name: "weight N [reverse]"}"""
    out = {}
    for text in items:
        found = re.match(r"(.*?),? weight (-?\d+)( reverse)?$", text)
        out[found.group(1)] = "%s%s" % found.group(2, 3) \
            if found.group(3) else found.group(2)
    return out


def peers(items):
    out = []
    for text in items:
        found = re.match(r"(\S+)(?: min_ttl (\d+) max_ttl (\d+))?", text)
        out.append("%s %s %s" % (found.group(1), found.group(2) or 0,
            found.group(3) or 255))
    return sorted(out)


PLAIN = {
    "VRRP Version": "version", "Sync group": "sync group",
    "Gratuitous ARP delay": "garp_master_delay",
    "Gratuitous ARP repeat": "garp_master_repeat",
    "Gratuitous ARP refresh": "garp_master_refresh",
    "Gratuitous ARP refresh repeat": "garp_master_refresh_repeat",
    "Gratuitous ARP lower priority delay": "garp_lower_prio_delay",
    "Gratuitous ARP lower priority repeat": "garp_lower_prio_repeat",
    "Down timer adverts": "down_timer_adverts", "Priority": "priority",
    "Virtual Router ID": "virtual_router_id", "Password": "auth_pass",
    "Unicast TTL": "unicast_ttl", "Notify deleted": "notify_deleted",
}
TRUTH = {
    "Send advert after receive higher priority advert":
        "higher_prio_send_advert", "Accept": "accept",
    "Preempt": "preempt", "Promote_secondaries": "promote_secondaries",
    "Using smtp notification": "smtp_alert",
    "Notify priority changes": "notify_priority_changes",
    "Check unicast src": "check_unicast_src",
}
FLAGS = {
    "Using unicast": ("unicast", "yes"),
    "Enforcing strict VRRP compliance": ("strict", "yes"),
    "VRRP interface tracking disabled": ("track_primary", "no"),
    "Skip checking advert IP addresses": ("skip_check_adv_addr", "yes"),
    "Using Native IPv6": ("family", "IPv6"),
}
TRACKED = {
    "Tracked scripts": "track_script", "Tracked files": "track_file",
    "Tracked interfaces": "track_interface",
    "Tracked processes": "track_process", "Tracked process": "track_process",
}


def common_field(field, value, items):
    """Of instances and groups."""
    if field in TRUTH:
        return {TRUTH[field]: truth(value)}
    if field in TRACKED:
        return {TRACKED[field]: tracks(items)}
    found = re.fullmatch(r"(.*?)(?: state transition)? script", field)
    if found and found.group(1) in SCRIPT_NAMES:
        return {SCRIPT_NAMES[found.group(1)]: command(value)}
    return None


def instance_field(field, value, items):
    if field == "Flags":
        out = {}
        for item in items:
            if item not in FLAGS:
                continue
            name, what = FLAGS[item]
            out[name] = what
        return out
    if field in PLAIN:
        return {PLAIN[field]: value}
    if field in FLAGS:
        return dict([FLAGS[field]])
    common = common_field(field, value, items)
    if common is not None:
        return common
    return special_field(field, value, items)


def special_field(field, value, items):
    found = re.match(r"Multicast address ([^ ,]+)", field)
    if found:
        return {"mcast_dst_ip": found.group(1)}
    found = re.match(r"Use (?:VMAC|IPVLAN), i/f (?:name )?([^ ,]+)", field)
    if found:
        return {"use_vmac": found.group(1)}
    if field == "Interface":
        return {"interface": value.split(" on ")[-1].split(",")[0]}
    if field == "Using src_ip":
        return {"src": value.split()[0]} if "configuration" in value else {}
    if field == "Send advert after receive lower priority advert":
        return {"lower_prio_no_advert": "no" if value == "true" else "yes"}
    if field == "Advert interval":
        return {"advert_int": seconds(value)}
    if field == "Preempt delay":
        return {"preempt_delay": seconds(value)}
    if field == "Authentication type":
        return {"auth_type": {"SIMPLE_PASSWORD": "PASS", "IPSEC_AH": "AH",
            "none": ""}[value]}
    if field in ("Virtual IP", "Virtual IP Excluded"):
        return {field: sorted(vip(item) for item in items)}
    if field in ("Virtual Routes", "Virtual Rules"):
        return {field: len(items)}
    if field == "Unicast Peer":
        return {"unicast_peer": peers(items)}
    if field.startswith("Gratuitous ARP interval"):
        return {"garp_interval": seconds(field.split()[-1])}
    return None


def script_field(field, value, _):
    if field == "Command":
        return {"script": command(value)[0]}
    if field in ("Interval", "Timeout"):
        return {field.lower(): seconds(value)}
    if field == "Weight":
        return {"weight": value}
    if field in ("Rise", "Fall"):
        return {field.lower(): value}
    if field == "Init state":
        return {"init_fail": "no" if value == "INIT" else "yes"}
    if field == "Script uid":
        return {"user": identity(value.split(" = ")[-1])}
    return None


def script_settings(out, prefix):
    """Without a timeout of its own a script has its interval."""
    if out.get(prefix + ": timeout") == "0":
        out[prefix + ": timeout"] = out[prefix + ": interval"]


def file_field(field, value, _):
    return {"File": {"file": value}, "Weight": {"weight": value}}.get(field)


def process_field(field, value, _):
    if field in ("Process", "Min processes", "Weight"):
        return {{"Min processes": "quorum"}.get(field,
            field.lower()): value}
    if field == "Max processes":
        return {"quorum_max": value}
    if field in ("Terminate delay", "Fork delay"):
        return {field.lower().replace(" ", "_"): seconds(value)}
    if field == "Full command":
        return {"full_command": truth(value)}
    return None


def group_field(field, value, items):
    if field == "VRRP member instances":
        return {"members": sorted(items)}
    if field == "sync group tracking weight set":
        return {"sync_group_tracking_weight": "yes"}
    return common_field(field, value, items)


GLOBAL = {
    "Router ID": "router_id", "VRRP IPv4 mcast group": "vrrp_mcast_group4",
    "VRRP IPv6 mcast group": "vrrp_mcast_group6",
    "VRRP default protocol version": "vrrp_version",
    "VRRP process priority": "vrrp_priority",
    "VRRP realtime priority": "vrrp_rt_priority",
    "Smtp server": "smtp_server", "Smtp HELO name": "smtp_helo_name",
    "Smtp server connection timeout": "smtp_connect_timeout",
    "Email notification from": "notification_email_from",
    "VRRP notify fifo": "vrrp_notify_fifo",
}


def global_field(field, value, items):
    if field in GLOBAL:
        if value in ("[unknown]", "", os.uname().nodename):
            return {}           # a router_id that nobody gave
        return {GLOBAL[field]: value.split(", uid:gid ")[0]}
    if field == "Smtp server port":
        return {"smtp_port": value}
    if field in ("Gratuitous ARP interval", "Gratuitous NA interval"):
        return {"vrrp_g%s_interval" % field.split()[1].lower():
            seconds(value)}
    if field == "Email notification to":
        return {"notification_email": sorted(items)} if items else {}
    if field == "VRRP don't swap":
        return {"vrrp_no_swap": truth(value)}
    if field == "FIFO write vrrp states on reload":
        return {"fifo_write_vrrp_states_on_reload": truth(value)}
    if field.startswith("Script security "):
        return {"enable_script_security": truth(field.split()[-1])}
    if field == "VRRP notify fifo script":
        return {"vrrp_notify_fifo_script": command(value)}
    if field == "vrrp_startup_delay":
        return {"vrrp_startup_delay": seconds(value)}
    return None
