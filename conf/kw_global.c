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
 * The words of global_defs and of the top level.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define G(m)		KW_OFF(struct conf_global, m), .inner = true
#define D(m)		KW_OFF(struct global_def, m)
#define SEC_MAX		86400
#define SHOW_LEN	64
#define TIME_MAX	(SEC_MAX * US_PER_SEC)

static void	 read_global(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_mcast(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_pause(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_default_iface(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_iproute_dir(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_nftables(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_script_user(struct load *, const struct kw *,
		    const struct stmt *, void *);

const struct kw kw_global[] = {
	{ .name = "router_id", .arg = KA_WORD, G(router_id),
	    .flags = KW_F_LACK },
	{ .name = "vrrp_version", .arg = KA_NUMBER, .id = KG_VERSION,
	    G(version), .min = 2, .max = 3 },
	{ .name = "vrrp_mcast_group4", .arg = KA_CUSTOM, .id = KG_MCAST4,
	    G(mcast4), .set = set_mcast },
	{ .name = "vrrp_mcast_group6", .arg = KA_CUSTOM, .id = KG_MCAST6,
	    G(mcast6), .set = set_mcast },
	{ .name = "vrrp_strict", .arg = KA_BOOL, .id = KG_STRICT, G(strict),
	    .flags = KW_F_BAD_DFL },
	{ .name = "vrrp_skip_check_adv_addr", .arg = KA_BOOL,
	    D(skip_check_adv_addr) },
	{ .name = "vrrp_check_unicast_src", .arg = KA_NONE,
	    D(check_unicast_src) },
	{ .name = "vrrp_garp_master_delay", .arg = KA_NUMBER,
	    .id = KG_GARP_DELAY, D(garp_delay_s), .max = SEC_MAX },
	{ .name = "vrrp_garp_master_repeat", .arg = KA_NUMBER,
	    .id = KG_GARP_REPEAT, D(garp_repeat), .min = 1, .max = 1000,
	    .flags = KW_F_CLAMP_LO },
	{ .name = "vrrp_garp_master_refresh", .arg = KA_NUMBER,
	    .id = KG_GARP_REFRESH, D(garp_refresh_s), .max = SEC_MAX },
	{ .name = "vrrp_garp_master_refresh_repeat", .arg = KA_NUMBER,
	    .id = KG_GARP_REFRESH_REPEAT, D(garp_refresh_repeat), .min = 1,
	    .max = 1000, .flags = KW_F_CLAMP_LO },
	{ .name = "vrrp_garp_lower_prio_delay", .arg = KA_NUMBER,
	    .id = KG_GARP_LOWER_DELAY, D(garp_lower_delay_s),
	    .max = SEC_MAX },
	{ .name = "vrrp_garp_lower_prio_repeat", .arg = KA_NUMBER,
	    .id = KG_GARP_LOWER_REPEAT, D(garp_lower_repeat), .max = 1000 },
	{ .name = "vrrp_garp_interval", .arg = KA_CUSTOM, G(garp_interval_us),
	    .set = set_pause },
	{ .name = "vrrp_gna_interval", .arg = KA_CUSTOM, G(gna_interval_us),
	    .set = set_pause },
	{ .name = "vrrp_garp_extra_if", .arg = KA_CUSTOM, D(garp_extra_s),
	    .min = 1, .set = set_garp_extra },
	{ .name = "vrrp_vmac_garp_intvl", .arg = KA_CUSTOM, D(garp_extra_s),
	    .min = 1, .set = set_garp_extra },
	{ .name = "vrrp_min_garp", .arg = KA_BOOL, .id = KG_MIN_GARP,
	    D(min_garp) },
	{ .name = "vrrp_down_timer_adverts", .arg = KA_NUMBER,
	    D(down_timer_adverts), .min = 1, .max = 100 },
	{ .name = "vrrp_lower_prio_no_advert", .arg = KA_BOOL,
	    D(lower_prio_no_advert) },
	{ .name = "vrrp_higher_prio_send_advert", .arg = KA_BOOL,
	    D(higher_prio_send_advert) },
	{ .name = "vrrp_owner_ignore_adverts", .arg = KA_BOOL,
	    D(owner_ignore_adverts) },
	{ .name = "v3_checksum_as_v2", .arg = KA_NONE, D(v3_checksum_as_v2) },
	{ .name = "vrrp_rx_bufs_policy", .arg = KA_CUSTOM,
	    .set = set_rx_policy },
	{ .name = "vrrp_rx_bufs_multiplier", .arg = KA_NUMBER,
	    D(rx_multiplier), .min = 1, .max = RX_MULTIPLIER_MAX },
	{ .name = "vrrp_startup_delay", .arg = KA_TIME, G(startup_delay_us),
	    .min = US_PER_MS, .max = TIME_MAX },
	{ .name = "log_unknown_vrids", .arg = KA_NONE, G(log_unknown_vrids) },
	{ .name = "vrrp_priority", .arg = KA_NUMBER, G(nice), .min = -20,
	    .max = 19 },
	{ .name = "vrrp_rt_priority", .arg = KA_NUMBER, G(rt_priority),
	    .min = 1, .max = 99,
	    .flags = KW_F_CLAMP_LO | KW_F_CLAMP_HI },
	{ .name = "vrrp_no_swap", .arg = KA_NONE, G(no_swap) },
	{ .name = "disable_local_igmp", .arg = KA_NONE, G(no_local_igmp) },
	{ .name = "script_user", .arg = KA_CUSTOM, .id = KG_SCRIPT_USER,
	    .set = set_script_user },
	{ .name = "enable_script_security", .arg = KA_NONE,
	    .id = KG_SECURITY, G(script_security) },
	{ .name = "script_no_new_privs", .arg = KA_BOOL,
	    G(script_no_new_privs) },
	{ .name = "vip_lease", .arg = KA_CUSTOM, G(vip_lease),
	    .set = set_lease },
	{ .name = "default_interface", .arg = KA_CUSTOM,
	    .set = set_default_iface },
	{ .name = "iproute_usr_dir", .arg = KA_CUSTOM, .dfl = 1,
	    .set = set_iproute_dir },
	{ .name = "iproute_etc_dir", .arg = KA_CUSTOM,
	    .set = set_iproute_dir },
	{ .name = "vmac_prefix", .arg = KA_CUSTOM, G(vmac_prefix),
	    .set = set_prefix, .flags = KW_F_FIRST },
	{ .name = "vmac_addr_prefix", .arg = KA_CUSTOM, G(vmac_addr_prefix),
	    .set = set_prefix },
	{ .name = "nftables", .arg = KA_OPTIONAL, .id = KG_NFTABLES,
	    .set = set_nftables },
	{ .name = "nftables_priority", .arg = KA_NUMBER, G(nft_priority),
	    .min = INT32_MIN, .max = INT32_MAX },
	{ .name = "nftables_counters", .arg = KA_NONE, G(nft_counters) },
	{ .name = "notify_fifo", .arg = KA_CUSTOM, .dfl = HOOK_FIFO,
	    .set = set_hook },
	{ .name = "notify_fifo_script", .arg = KA_CUSTOM,
	    .dfl = HOOK_FIFO_SCRIPT, .set = set_hook },
	{ .name = "vrrp_notify_fifo", .arg = KA_CUSTOM,
	    .dfl = HOOK_VRRP_FIFO, .set = set_hook },
	{ .name = "vrrp_notify_fifo_script", .arg = KA_CUSTOM,
	    .dfl = HOOK_VRRP_FIFO_SCRIPT, .set = set_hook },
	{ .name = "vrrp_fault_on_vip_failure", .arg = KA_BOOL,
	    D(fault_on_vip) },
	{ .name = "vrrp_notify_priority_changes", .arg = KA_BOOL,
	    D(prio_notify) },
	{ .name = "fifo_write_vrrp_states_on_reload", .arg = KA_NONE,
	    G(fifo_on_reload) },
	{ .name = "vrrp_delay_after_boot", .arg = KA_TIME, G(boot_delay_us),
	    .min = US_PER_MS, .max = TIME_MAX },
	{ .name = "vrrp_cpu_affinity", .arg = KA_CUSTOM, G(cpus),
	    .flags = KW_F_MANY, .set = set_cpus },
	{ .name = "vrrp_rlimit_rttime", .arg = KA_CUSTOM, G(rt_time_us),
	    .set = set_rt_time },
	{ .name = "vrrp_rlimit_rtime", .arg = KA_CUSTOM, G(rt_time_us),
	    .set = set_rt_time },
	{ .name = "umask", .arg = KA_CUSTOM, G(umask), .set = set_umask },
	{ .name = "random_seed", .arg = KA_CUSTOM, .set = set_seed },
	{ .name = "include_check", .arg = KA_OPTIONAL,
	    .set = set_include_check },
	{ .name = "reload_file", .arg = KA_OPTIONAL,
	    .set = set_reload_file },
	{ .name = "reload_time_file", .arg = KA_CUSTOM,
	    .set = set_time_file },
	{ .name = "reload_repeat", .arg = KA_NONE, G(reload_repeat) },
	{ .name = "config_save_dir", .arg = KA_CUSTOM,
	    .set = set_save_dir },
	{ .name = "notification_email", .arg = KA_BLOCK, .id = KG_MAIL_TO,
	    .set = read_mail_to },
	{ .name = "notification_email_from", .arg = KA_CUSTOM,
	    .id = KG_MAIL_FROM, .set = set_mail_from, .flags = KW_F_LACK },
	{ .name = "smtp_server", .arg = KA_CUSTOM, .id = KG_SMTP_SERVER,
	    .set = set_smtp_server },
	{ .name = "smtp_connect_timeout", .arg = KA_CUSTOM,
	    .set = set_smtp_timeout },
	{ .name = "smtp_helo_name", .arg = KA_CUSTOM, .id = KG_SMTP_HELO,
	    .set = set_smtp_helo },
	{ .name = "smtp_alert", .arg = KA_BOOL, .id = KG_SMTP_ALERT,
	    D(smtp_alert) },
	{ .name = "smtp_alert_vrrp", .arg = KA_BOOL,
	    .id = KG_SMTP_ALERT_VRRP, D(smtp_alert_vrrp) },
	{ .name = "no_email_faults", .arg = KA_NONE, G(no_email_faults) },
	{ .name = "startup_script", .arg = KA_CUSTOM, .dfl = HOOK_STARTUP,
	    .set = set_hook },
	{ .name = "startup_script_timeout", .arg = KA_CUSTOM,
	    .dfl = HOOK_STARTUP, .set = set_hook_timeout },
	{ .name = "shutdown_script", .arg = KA_CUSTOM, .dfl = HOOK_SHUTDOWN,
	    .set = set_hook },
	{ .name = "shutdown_script_timeout", .arg = KA_CUSTOM,
	    .dfl = HOOK_SHUTDOWN, .set = set_hook_timeout }
};
const size_t kw_global_cnt = sizeof(kw_global) / sizeof(kw_global[0]);

const struct kw kw_top[] = {
	{ .name = "global_defs", .arg = KA_BLOCK, .set = read_global },
	{ .name = "vrrp_instance", .arg = KA_BLOCK, .set = read_instance },
	{ .name = "vrrp_script", .arg = KA_BLOCK, .set = read_script },
	{ .name = "track_file", .arg = KA_BLOCK, .set = read_file },
	{ .name = "vrrp_track_file", .arg = KA_BLOCK, .set = read_file },
	{ .name = "vrrp_track_process", .arg = KA_BLOCK, .set = read_process },
	{ .name = "vrrp_sync_group", .arg = KA_BLOCK, .set = read_group },
	{ .name = "track_group", .arg = KA_BLOCK, .set = read_tgroup },
	{ .name = "static_ipaddress", .arg = KA_BLOCK,
	    .set = read_static_addrs },
	{ .name = "static_routes", .arg = KA_BLOCK,
	    .set = read_route_entries },
	{ .name = "static_rules", .arg = KA_BLOCK,
	    .set = read_route_entries },
	{ .name = "net_namespace", .arg = KA_CUSTOM, .set = set_netns,
	    .flags = KW_F_LACK },
	{ .name = "garp_group", .arg = KA_BLOCK, .set = read_garp_group },
	{ .name = "interface_up_down_delays", .arg = KA_BLOCK,
	    .set = read_delays },
	{ .name = "linkbeat_interfaces", .arg = KA_BLOCK,
	    .set = read_linkbeat },
	{ .name = "linkbeat_use_polling", .arg = KA_OPTIONAL,
	    .set = set_polling }
};
const size_t kw_top_cnt = sizeof(kw_top) / sizeof(kw_top[0]);

static void
read_global(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_GLOBAL))
		block_read(ld, BLK_GLOBAL, &ld->global, ld->global.set);
}

static void
set_mcast(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct vaddr	 a;
	int		 family;

	family = kw->id == KG_MCAST4 ? AF_INET : AF_INET6;
	stmt_extra(ld, st, 2);
	if (vaddr_parse(&a, st->word[1].s) == -1 || a.family != family ||
	    a.plen != vaddr_full_plen(&a) || !vaddr_is_multicast(&a)) {
		diag_warn(ld, word_at(st, 1), "%s needs an %s multicast "
		    "address: ignored", kw->name,
		    family == AF_INET ? "IPv4" : "IPv6");
		return;
	}
	if (family == AF_INET6 && (a.bytes[1] & 0xf) != 2)
		diag_warn(ld, word_at(st, 1), "%s is not link-local (ff02::)",
		    st->word[1].s);
	memcpy(kw_member(kw, obj), &a, sizeof(a));
}

/* keepalived: 0 is no such time, so that one given before stays. */
static void
set_pause(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	int64_t	*us = kw_member(kw, obj), v;
	char	 buf[SHOW_LEN];

	stmt_extra(ld, st, 2);
	if (time_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v) == -1 ||
	    v > TIME_MAX)
		diag_warn(ld, word_at(st, 1), "%s \"%s\" is not a number from "
		    "0 to %lld: ignored", kw->name,
		    word_show(st->word[1].s, buf, sizeof(buf)),
		    (long long)SEC_MAX);
	else if (v == 0 && *us != 0)
		diag_warn(ld, word_at(st, 1), "%s 0 is ignored: the %g of "
		    "before stays", kw->name, (double)*us / US_PER_SEC);
	else
		*us = v;
}

/* Only its name: it is there when an instance needs it. */
static void
set_nftables(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	const char	*word;
	size_t		 len;

	stmt_extra(ld, st, 2);
	if (st->cnt < 2)
		return;
	word = st->word[1].s;
	len = strspn(word, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");
	if (word[len] != '\0' || len == 0 ||
	    !isalpha((unsigned char)word[0]) || len >= NFT_TABLE_LEN) {
		diag_warn(ld, word_at(st, 1), "nftables needs the name of a "
		    "table: a letter, then letters, digits, _ - . / (%d at "
		    "most), not \"%.40s\": ignored", NFT_TABLE_LEN - 1, word);
		return;
	}
	(void)strlcpy(ld->global.g->nft_table, word,
	    sizeof(ld->global.g->nft_table));
}

static void
set_script_user(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	set_user(ld, st, 1, &ld->global.g->script_user);
}

/* "auto", "off" or seconds; of global_defs and of an instance. */
void
set_lease(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	const char	*word = st->word[1].s;
	uint16_t	 lease = LEASE_AUTO;
	int64_t		 v;

	stmt_extra(ld, st, 2);
	if (strcmp(word, "off") == 0)
		lease = LEASE_OFF;
	else if (strcmp(word, "auto") != 0) {
		if (number_get(ld, word_at(st, 1), kw->name, word, &v) == -1 ||
		    v < 1 || v > 3600) {
			diag_error(ld, word_at(st, 1), "vip_lease is auto, off "
			    "or 1 to 3600 seconds, not \"%.40s\"", word);
			return;
		}
		lease = v;
	}
	memcpy(kw_member(kw, obj), &lease, sizeof(lease));
}

/* Seconds, with "all" before them of every interface; of global_defs and of an
 * instance. keepalived: the old name is warned about. */
void
set_garp_extra(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	size_t		 at = 1;
	uint32_t	 extra = 0;
	int64_t		 v;

	if (strstr(kw->name, "vmac_garp_intvl") != NULL)
		diag_warn(ld, word_at(st, 0), "%s is an old word: write %s",
		    kw->name, kw->min == 0 ? "garp_extra_if" :
		    "vrrp_garp_extra_if");
	if (strcmp(st->word[1].s, "all") == 0) {
		extra = GARP_EXTRA_ALL;
		at = 2;
	}
	stmt_extra(ld, st, at + 1);
	if (at >= st->cnt || number_get(ld, word_at(st, at), kw->name,
	    st->word[at].s, &v) == -1 || v < kw->min || v > SEC_MAX) {
		diag_error(ld, word_at(st, 0), "%s needs %d to %d seconds, "
		    "perhaps with \"all\" before them", kw->name,
		    (int)kw->min, SEC_MAX);
		return;
	}
	extra = v == 0 ? 0 : extra | (uint32_t)v;
	memcpy(kw_member(kw, obj), &extra, sizeof(extra));
}

/* Of static addresses that name none. */
static void
set_default_iface(struct load *ld, const struct kw *kw,
    const struct stmt *st, void *obj)
{
	stmt_extra(ld, st, 2);
	ifname_copy(ld, word_at(st, 1), ld->global.default_interface,
	    st->word[1].s);
}

static void
set_iproute_dir(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_global	*g = &ld->conf->global;

	stmt_extra(ld, st, 2);
	if (st->word[1].s[0] != '/')
		diag_warn(ld, word_at(st, 1), "\"%.60s\" is not an absolute "
		    "path: ignored", st->word[1].s);
	else
		name_copy(ld, word_at(st, 1), "the path", kw->dfl == 1 ?
		    g->iproute_usr_dir : g->iproute_etc_dir, PATH_LEN,
		    st->word[1].s);
}
