/*
 * Copyright (c) 2026 The vrrpd authors
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/*
 * Words that are known by name only, block by block, and what is said of
 * them; and the words of entries, which have code but no table of setters.
 * Runs in: readconf.
 */

#include "keyword.h"

#define KNOWN(word, how, why)	{ word, how, BLK_MAX, why }
#define BLOCK(word, how, id, why) { word, how, id, why }
#define TABLE(t)		{ t, sizeof(t) / sizeof(t[0]) }

static const struct kw_known known_top[] = {
	BLOCK("bfd_instance", KS_WARN, BLK_BFD, "there is no BFD"),
	KNOWN("net_namespace_ipvs", KS_LVS, ""),
	KNOWN("namespace_with_ipsets", KS_HARMLESS, "vrrpd uses no ipsets"),
	KNOWN("instance", KS_HARMLESS, "vrrpd takes -r for a second daemon"),
	KNOWN("use_pid_dir", KS_HARMLESS, "vrrpd takes -r for a second daemon"),
	KNOWN("child_wait_time", KS_HARMLESS,
	    "every process has a deadline of its own at a stop"),
	KNOWN("virtual_server", KS_LVS_REFUSE, ""),
	KNOWN("virtual_server_group", KS_LVS_REFUSE, ""),
	KNOWN("SSL", KS_LVS_REFUSE, "")
};

static const struct kw_known known_global[] = {
	KNOWN("use_symlink_paths", KS_HARMLESS,
	    "paths of scripts are checked link by link"),
	KNOWN("set_supplementary_groups", KS_HARMLESS,
	    "scripts always have the groups of their user"),
	KNOWN("process_names", KS_HARMLESS,
	    "the processes have names of their own"),
	KNOWN("process_name", KS_HARMLESS,
	    "the processes have names of their own"),
	KNOWN("vrrp_process_name", KS_HARMLESS,
	    "the processes have names of their own"),
	KNOWN("bfd_process_name", KS_HARMLESS,
	    "the processes have names of their own"),
	KNOWN("tmp_config_directory", KS_HARMLESS,
	    "a configuration is never written to a file"),
	KNOWN("reload_check_config", KS_HARMLESS,
	    "every reload is checked before it changes anything"),
	KNOWN("data_use_instance", KS_HARMLESS, "vrrpctl shows the state"),
	KNOWN("state_dump_file", KS_HARMLESS, "vrrpctl shows the state"),
	KNOWN("stats_dump_file", KS_HARMLESS, "vrrpctl shows the state"),
	KNOWN("json_dump_file", KS_HARMLESS, "vrrpctl shows the state"),
	KNOWN("json_version", KS_HARMLESS, "vrrpctl shows the state"),
	KNOWN("snmp_socket", KS_WARN, "there is no SNMP"),
	KNOWN("enable_traps", KS_WARN, "there is no SNMP"),
	KNOWN("enable_snmp_vrrp", KS_WARN, "there is no SNMP"),
	KNOWN("enable_snmp_keepalived", KS_WARN, "there is no SNMP"),
	KNOWN("enable_snmp_rfc", KS_WARN, "there is no SNMP"),
	KNOWN("enable_snmp_rfcv2", KS_WARN, "there is no SNMP"),
	KNOWN("enable_snmp_rfcv3", KS_WARN, "there is no SNMP"),
	KNOWN("enable_dbus", KS_WARN, "there is no D-Bus"),
	KNOWN("dbus_service_name", KS_WARN, "there is no D-Bus"),
	KNOWN("dbus_no_interface_name", KS_WARN, "there is no D-Bus"),
	KNOWN("dynamic_interfaces", KS_HARMLESS,
	    "interfaces may always come and go"),
	KNOWN("vrrp_iptables", KS_HARMLESS, "nftables is used"),
	KNOWN("vrrp_ipsets", KS_HARMLESS, "nftables is used"),
	KNOWN("nftables_ifindex", KS_HARMLESS,
	    "interfaces are matched by their names"),
	KNOWN("bfd_priority", KS_HARMLESS, "there is no BFD"),
	KNOWN("bfd_rt_priority", KS_HARMLESS, "there is no BFD"),
	KNOWN("bfd_rlimit_rttime", KS_HARMLESS, "there is no BFD"),
	KNOWN("bfd_rlimit_rtime", KS_HARMLESS, "there is no BFD"),
	KNOWN("bfd_cpu_affinity", KS_HARMLESS, "there is no BFD"),
	KNOWN("bfd_no_swap", KS_HARMLESS, "there is no BFD"),
	KNOWN("max_auto_priority", KS_HARMLESS,
	    "vrrp_rt_priority counts from the start"),
	KNOWN("min_auto_priority_delay", KS_HARMLESS,
	    "vrrp_rt_priority counts from the start"),
	KNOWN("vrrp_netlink_cmd_rcv_bufs", KS_HARMLESS,
	    "buffers are sized by vrrpd"),
	KNOWN("vrrp_netlink_cmd_rcv_bufs_force", KS_HARMLESS,
	    "buffers are sized by vrrpd"),
	KNOWN("vrrp_netlink_monitor_rcv_bufs", KS_HARMLESS,
	    "buffers are sized by vrrpd"),
	KNOWN("vrrp_netlink_monitor_rcv_bufs_force", KS_HARMLESS,
	    "buffers are sized by vrrpd"),
	KNOWN("process_monitor_rcv_bufs", KS_HARMLESS,
	    "buffers are sized by vrrpd"),
	KNOWN("process_monitor_rcv_bufs_force", KS_HARMLESS,
	    "buffers are sized by vrrpd"),
	KNOWN("lvs_sync_daemon", KS_LVS_REFUSE, ""),
	KNOWN("checker_process_name", KS_LVS, ""),
	KNOWN("lvs_process_name", KS_LVS, ""),
	KNOWN("smtp_alert_checker", KS_LVS, ""),
	KNOWN("checker_log_all_failures", KS_LVS, ""),
	KNOWN("lvs_timeouts", KS_LVS, ""),
	KNOWN("lvs_flush", KS_LVS, ""),
	KNOWN("lvs_flush_on_stop", KS_LVS, ""),
	KNOWN("lvs_flush_onstop", KS_LVS, ""),
	KNOWN("nftables_ipvs", KS_LVS, ""),
	KNOWN("nftables_ipvs_priority", KS_LVS, ""),
	KNOWN("nftables_ipvs_start_fwmark", KS_LVS, ""),
	KNOWN("lvs_notify_fifo", KS_LVS, ""),
	KNOWN("lvs_notify_fifo_script", KS_LVS, ""),
	KNOWN("checker_priority", KS_LVS, ""),
	KNOWN("checker_no_swap", KS_LVS, ""),
	KNOWN("checker_rt_priority", KS_LVS, ""),
	KNOWN("checker_cpu_affinity", KS_LVS, ""),
	KNOWN("checker_rlimit_rttime", KS_LVS, ""),
	KNOWN("checker_rlimit_rtime", KS_LVS, ""),
	KNOWN("enable_snmp_checker", KS_LVS, ""),
	KNOWN("snmp_vs_stats_update_interval", KS_LVS, ""),
	KNOWN("snmp_rs_stats_update_interval", KS_LVS, ""),
	KNOWN("lvs_netlink_cmd_rcv_bufs", KS_LVS, ""),
	KNOWN("lvs_netlink_cmd_rcv_bufs_force", KS_LVS, ""),
	KNOWN("lvs_netlink_monitor_rcv_bufs", KS_LVS, ""),
	KNOWN("lvs_netlink_monitor_rcv_bufs_force", KS_LVS, ""),
	KNOWN("rs_init_notifies", KS_LVS, ""),
	KNOWN("no_checker_emails", KS_LVS, "")
};

static const struct kw_known known_instance[] = {
	KNOWN("vrf", KS_ERROR, "the instance would send by another way"),
	BLOCK("auth_hmac", KS_ERROR, BLK_AUTH_HMAC,
	    "the peers would drop what is not signed"),
	KNOWN("track_bfd", KS_ERROR, "the session would not count"),
	KNOWN("timer_expired_backup", KS_HARMLESS,
	    "who wakes up late always asks the others first"),
	KNOWN("thread_timer_expired", KS_HARMLESS,
	    "who wakes up late always asks the others first"),
	KNOWN("lvs_sync_daemon_interface", KS_LVS, "")
};

static const struct kw_known known_auth_hmac[] = {
	KNOWN("key", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("active_key", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("time_window", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("anti_replay", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("mode", KS_ERROR, "part of a block that is not supported yet")
};

static const struct kw_known known_sync_group[] = {
	KNOWN("track_bfd", KS_ERROR, "there is no BFD"),
};

static const struct kw_known known_bfd[] = {
	KNOWN("neighbor_ip", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("neighbour_ip", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("source_ip", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("min_rx", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("min_tx", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("idle_tx", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("multiplier", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("passive", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("ttl", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("hoplimit", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("max_hops", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("multihop", KS_ERROR,
	    "part of a block that is not supported yet"),
	KNOWN("weight", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("vrrp", KS_ERROR, "part of a block that is not supported yet"),
	KNOWN("checker", KS_ERROR, "part of a block that is not supported yet")
};

static const struct kw_known used_address[] = {
	KNOWN("dev", KS_USED, ""),
	KNOWN("scope", KS_USED, ""),
	KNOWN("label", KS_USED, ""),
	KNOWN("brd", KS_USED, ""),
	KNOWN("broadcast", KS_USED, ""),
	KNOWN("peer", KS_USED, ""),
	KNOWN("home", KS_USED, ""),
	KNOWN("-nodad", KS_USED, ""),
	KNOWN("mngtmpaddr", KS_USED, ""),
	KNOWN("noprefixroute", KS_USED, ""),
	KNOWN("use_vmac", KS_USED, ""),
	KNOWN("autojoin", KS_USED, ""),
	KNOWN("no_track", KS_USED, ""),
	KNOWN("preferred_lft", KS_USED, ""),
	KNOWN("track_group", KS_USED, "")
};

static const struct kw_known known_route[] = {
	KNOWN("encap", KS_ERROR, "the packets would go out without it"),
	KNOWN("ttl-propagate", KS_ERROR, "it is for encap mpls"),
	KNOWN("expires", KS_ERROR,
	    "a route that runs out would be put back at once"),
	KNOWN("vrf", KS_ERROR, "name its table instead"),
	KNOWN("as", KS_ERROR, "keepalived does nothing with it")
};

static const struct kw_known used_route[] = {
	KNOWN("to", KS_USED, ""),
	KNOWN("default6", KS_USED, ""),
	KNOWN("unicast", KS_USED, ""),
	KNOWN("local", KS_USED, ""),
	KNOWN("broadcast", KS_USED, ""),
	KNOWN("anycast", KS_USED, ""),
	KNOWN("multicast", KS_USED, ""),
	KNOWN("blackhole", KS_USED, ""),
	KNOWN("unreachable", KS_USED, ""),
	KNOWN("prohibit", KS_USED, ""),
	KNOWN("throw", KS_USED, ""),
	KNOWN("via", KS_USED, ""),
	KNOWN("gw", KS_USED, ""),
	KNOWN("or", KS_USED, ""),
	KNOWN("dev", KS_USED, ""),
	KNOWN("oif", KS_USED, ""),
	KNOWN("src", KS_USED, ""),
	KNOWN("from", KS_USED, ""),
	KNOWN("scope", KS_USED, ""),
	KNOWN("table", KS_USED, ""),
	KNOWN("protocol", KS_USED, ""),
	KNOWN("tos", KS_USED, ""),
	KNOWN("dsfield", KS_USED, ""),
	KNOWN("metric", KS_USED, ""),
	KNOWN("priority", KS_USED, ""),
	KNOWN("preference", KS_USED, ""),
	KNOWN("weight", KS_USED, ""),
	KNOWN("onlink", KS_USED, ""),
	KNOWN("mtu", KS_USED, ""),
	KNOWN("advmss", KS_USED, ""),
	KNOWN("reordering", KS_USED, ""),
	KNOWN("cwnd", KS_USED, ""),
	KNOWN("ssthresh", KS_USED, ""),
	KNOWN("window", KS_USED, ""),
	KNOWN("hoplimit", KS_USED, ""),
	KNOWN("initcwnd", KS_USED, ""),
	KNOWN("initrwnd", KS_USED, ""),
	KNOWN("quickack", KS_USED, ""),
	KNOWN("fastopen_no_cookie", KS_USED, ""),
	KNOWN("rtt", KS_USED, ""),
	KNOWN("rttvar", KS_USED, ""),
	KNOWN("rto_min", KS_USED, ""),
	KNOWN("features", KS_USED, ""),
	KNOWN("congctl", KS_USED, ""),
	KNOWN("realms", KS_USED, ""),
	KNOWN("pref", KS_USED, ""),
	KNOWN("nexthop", KS_USED, ""),
	KNOWN("add", KS_USED, ""),
	KNOWN("prepend", KS_USED, ""),
	KNOWN("append", KS_USED, ""),
	KNOWN("no_track", KS_USED, ""),
	KNOWN("inet", KS_USED, ""),
	KNOWN("inet6", KS_USED, ""),
	KNOWN("track_group", KS_USED, "")
};

static const struct kw_known used_rule[] = {
	KNOWN("from", KS_USED, ""),
	KNOWN("to", KS_USED, ""),
	KNOWN("table", KS_USED, ""),
	KNOWN("lookup", KS_USED, ""),
	KNOWN("priority", KS_USED, ""),
	KNOWN("preference", KS_USED, ""),
	KNOWN("order", KS_USED, ""),
	KNOWN("goto", KS_USED, ""),
	KNOWN("suppress_prefixlength", KS_USED, ""),
	KNOWN("sup_pl", KS_USED, ""),
	KNOWN("protocol", KS_USED, ""),
	KNOWN("iif", KS_USED, ""),
	KNOWN("dev", KS_USED, ""),
	KNOWN("oif", KS_USED, ""),
	KNOWN("fwmark", KS_USED, ""),
	KNOWN("tos", KS_USED, ""),
	KNOWN("dsfield", KS_USED, ""),
	KNOWN("suppress_ifgroup", KS_USED, ""),
	KNOWN("sup_group", KS_USED, ""),
	KNOWN("realms", KS_USED, ""),
	KNOWN("tunnel-id", KS_USED, ""),
	KNOWN("uidrange", KS_USED, ""),
	KNOWN("sport", KS_USED, ""),
	KNOWN("dport", KS_USED, ""),
	KNOWN("ipproto", KS_USED, ""),
	KNOWN("ip_proto", KS_USED, ""),
	KNOWN("l3mdev", KS_USED, ""),
	KNOWN("not", KS_USED, ""),
	KNOWN("no_track", KS_USED, ""),
	KNOWN("type", KS_USED, ""),
	KNOWN("nop", KS_USED, ""),
	KNOWN("blackhole", KS_USED, ""),
	KNOWN("unreachable", KS_USED, ""),
	KNOWN("prohibit", KS_USED, ""),
	KNOWN("inet", KS_USED, ""),
	KNOWN("inet6", KS_USED, ""),
	KNOWN("track_group", KS_USED, "")
};

static const struct kw_known used_track[] = {
	KNOWN("weight", KS_USED, ""),
	KNOWN("reverse", KS_USED, ""),
	KNOWN("noreverse", KS_USED, "")
};

static const struct kw_known used_linkbeat[] = {
	KNOWN("MII", KS_USED, ""),
	KNOWN("ETHTOOL", KS_USED, ""),
	KNOWN("IOCTL", KS_USED, "")
};

static const struct kw_known used_peer[] = {
	KNOWN("min_ttl", KS_USED, ""),
	KNOWN("max_ttl", KS_USED, "")
};

const struct known_table known_tables[BLK_MAX] = {
	[BLK_TOP] = TABLE(known_top),
	[BLK_GLOBAL] = TABLE(known_global),
	[BLK_INSTANCE] = TABLE(known_instance),
	[BLK_AUTH_HMAC] = TABLE(known_auth_hmac),
	[BLK_SYNC_GROUP] = TABLE(known_sync_group),
	[BLK_BFD] = TABLE(known_bfd),
	[BLK_ROUTE] = TABLE(known_route)
};

const struct known_table used_tables[BLK_MAX] = {
	[BLK_ADDRESS] = TABLE(used_address),
	[BLK_ROUTE] = TABLE(used_route),
	[BLK_RULE] = TABLE(used_rule),
	[BLK_LINKBEAT] = TABLE(used_linkbeat),
	[BLK_TRACK] = TABLE(used_track),
	[BLK_PEER] = TABLE(used_peer)
};
