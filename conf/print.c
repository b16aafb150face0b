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
 * The canonical form of a configuration: every setting, in keepalived's
 * words, so that it loads to the same.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "parse.h"
#include "print.h"

#define HIDDEN	"********"

static void	 print_global(FILE *, const struct conf_global *);
static void	 print_kernel(FILE *, const struct conf_global *);
static void	 print_script(FILE *, const struct conf_script *);
static void	 print_file(FILE *, const struct conf_file *);
static void	 print_process(FILE *, const struct conf_process *);
static void	 print_daemon(FILE *, const struct conf_global *);
static void	 print_hooks(FILE *, const struct conf *);
static void	 print_mail(FILE *, const struct conf_mail *);
static void	 print_group(FILE *, const struct conf *,
		    const struct conf_group *);
static void	 print_inst(FILE *, const struct conf *,
		    const struct conf_inst *, bool);
static void	 print_rx(FILE *, const struct conf *);
static void	 print_ifaces(FILE *, const struct conf *);
static void	 print_garp_group(FILE *, const struct conf *, uint32_t);
static void	 print_protocol(FILE *, const struct conf_inst *);
static void	 print_garp(FILE *, const struct conf_inst *);
static void	 print_auth(FILE *, const struct conf_inst *, bool);
static void	 print_peers(FILE *, const struct conf_inst *);
static void	 print_vips(FILE *, const struct conf *,
		    const struct conf_inst *, bool excluded);
static void	 print_made(FILE *, const struct conf *,
		    const struct conf_inst *);
static void	 print_tracks(FILE *, const struct conf_track_list *,
		    int kind, bool of_group);
static void	 print_notify(FILE *, const struct conf_notify *);
static void	 print_command(FILE *, const struct conf_argv *);
static void	 print_arg(FILE *, const char *, const char *);
static void	 print_user(FILE *, const struct conf_user *);
static void	 print_time(FILE *, const char *, const char *, int64_t);
static void	 print_lease(FILE *, const char *, uint16_t);
static void	 print_flag(FILE *, const char *, bool);

int
conf_print(FILE *f, const struct conf *conf, bool secrets)
{
	const struct conf_inst		*inst;
	const struct conf_script	*script;
	const struct conf_file		*file;
	const struct conf_process	*process;
	const struct conf_group		*group;

	if (conf->global.netns[0] != '\0') {
		fprintf(f, "net_namespace ");
		print_word(f, conf->global.netns);
		fprintf(f, "\n");
	}
	print_global(f, &conf->global);
	print_hooks(f, conf);
	print_mail(f, &conf->mail);
	print_rx(f, conf);
	fprintf(f, "}\n");
	print_ifaces(f, conf);
	TAILQ_FOREACH(script, &conf->scripts, entry)
		print_script(f, script);
	TAILQ_FOREACH(file, &conf->files, entry)
		print_file(f, file);
	TAILQ_FOREACH(process, &conf->processes, entry)
		print_process(f, process);
	print_tgroups(f, conf);
	print_statics(f, conf);
	TAILQ_FOREACH(group, &conf->groups, entry)
		print_group(f, conf, group);
	TAILQ_FOREACH(inst, &conf->insts, entry)
		print_inst(f, conf, inst, secrets);
	return (fflush(f) == EOF || ferror(f) ? -1 : 0);
}

static void
print_global(FILE *f, const struct conf_global *g)
{
	char	 buf[VADDR_STRLEN];

	fprintf(f, "global_defs {\n");
	if (g->router_id[0] != '\0') {
		fprintf(f, "\trouter_id ");
		print_word(f, g->router_id);
		fprintf(f, "\n");
	}
	fprintf(f, "\tvrrp_version %u\n", g->version);
	fprintf(f, "\tvrrp_mcast_group4 %s\n",
	    vaddr_print(&g->mcast4, buf, sizeof(buf)));
	fprintf(f, "\tvrrp_mcast_group6 %s\n",
	    vaddr_print(&g->mcast6, buf, sizeof(buf)));
	print_flag(f, "vrrp_strict", g->strict);
	if (g->script_user.user[0] != '\0') {
		fprintf(f, "\tscript_user");
		print_user(f, &g->script_user);
		fprintf(f, "\n");
	}
	if (g->script_security)
		fprintf(f, "\tenable_script_security\n");
	print_flag(f, "script_no_new_privs", g->script_no_new_privs);
	if (g->log_unknown_vrids)
		fprintf(f, "\tlog_unknown_vrids\n");
	fprintf(f, "\tvrrp_priority %d\n", g->nice);
	if (g->rt_priority != 0)
		fprintf(f, "\tvrrp_rt_priority %u\n", g->rt_priority);
	if (g->no_swap)
		fprintf(f, "\tvrrp_no_swap\n");
	if (g->no_local_igmp)
		fprintf(f, "\tdisable_local_igmp\n");
	if (g->startup_delay_us != 0)
		print_time(f, "\t", "vrrp_startup_delay", g->startup_delay_us);
	if (g->boot_delay_us != 0)
		print_time(f, "\t", "vrrp_delay_after_boot",
		    g->boot_delay_us);
	print_daemon(f, g);
	print_time(f, "\t", "vrrp_garp_interval", g->garp_interval_us);
	print_time(f, "\t", "vrrp_gna_interval", g->gna_interval_us);
	print_lease(f, "vip_lease", g->vip_lease);
	print_kernel(f, g);
	if (g->fifo_on_reload)
		fprintf(f, "\tfifo_write_vrrp_states_on_reload\n");
	if (g->no_email_faults)
		fprintf(f, "\tno_email_faults\n");
}

/* Of routes, virtual MACs and the packet filter. */
static void
print_kernel(FILE *f, const struct conf_global *g)
{
	if (g->iproute_usr_dir[0] != '\0') {
		fprintf(f, "\tiproute_usr_dir ");
		print_word(f, g->iproute_usr_dir);
		fprintf(f, "\n");
	}
	if (g->iproute_etc_dir[0] != '\0') {
		fprintf(f, "\tiproute_etc_dir ");
		print_word(f, g->iproute_etc_dir);
		fprintf(f, "\n");
	}
	if (strcmp(g->vmac_prefix, DEFAULT_VMAC_PREFIX) != 0)
		fprintf(f, "\tvmac_prefix %s\n", g->vmac_prefix);
	if (g->vmac_addr_prefix[0] != '\0')
		fprintf(f, "\tvmac_addr_prefix %s\n", g->vmac_addr_prefix);
	if (strcmp(g->nft_table, DEFAULT_NFT_TABLE) != 0)
		fprintf(f, "\tnftables %s\n", g->nft_table);
	if (g->nft_priority != DEFAULT_NFT_PRIORITY)
		fprintf(f, "\tnftables_priority %d\n", g->nft_priority);
	if (g->nft_counters)
		fprintf(f, "\tnftables_counters\n");
}

/* How the processes run. */
static void
print_daemon(FILE *f, const struct conf_global *g)
{
	size_t	 i;
	bool	 any = false;

	if (g->rt_time_us != 0)
		fprintf(f, "\tvrrp_rlimit_rttime %u\n", g->rt_time_us);
	for (i = 0; i < 8 * sizeof(g->cpus); i++)
		if ((g->cpus[i / 8] & 1U << i % 8) != 0) {
			fprintf(f, "%s %zu", any ? "" : "\tvrrp_cpu_affinity",
			    i);
			any = true;
		}
	if (any)
		fprintf(f, "\n");
	if (g->umask != DEFAULT_UMASK)
		fprintf(f, "\tumask 0%o\n", g->umask);
	if (g->reload_file[0] != '\0') {
		fprintf(f, "\treload_file ");
		print_word(f, g->reload_file);
		fprintf(f, "\n");
	}
	if (g->reload_time_file[0] != '\0') {
		fprintf(f, "\treload_time_file ");
		print_word(f, g->reload_time_file);
		fprintf(f, "\n");
	}
	if (g->reload_repeat)
		fprintf(f, "\treload_repeat\n");
	if (g->save_dir[0] != '\0') {
		fprintf(f, "\tconfig_save_dir ");
		print_word(f, g->save_dir);
		fprintf(f, "\n");
	}
}

/* Within global_defs. */
static void
print_hooks(FILE *f, const struct conf *conf)
{
	static const char *const	 names[HOOK_MAX] = {
		[HOOK_FIFO] = "notify_fifo",
		[HOOK_FIFO_SCRIPT] = "notify_fifo_script",
		[HOOK_VRRP_FIFO] = "vrrp_notify_fifo",
		[HOOK_VRRP_FIFO_SCRIPT] = "vrrp_notify_fifo_script",
		[HOOK_STARTUP] = "startup_script",
		[HOOK_SHUTDOWN] = "shutdown_script"
	};
	const struct conf_hook		*h;
	int				 i;

	for (i = 0; i < HOOK_MAX; i++) {
		h = &conf->hooks[i];
		if (!h->used)
			continue;
		fprintf(f, "\t%s ", names[i]);
		if (h->cmd.argc > 0)
			print_command(f, &h->cmd);
		else
			print_word(f, h->path);
		print_user(f, &h->user);
		fprintf(f, "\n");
		if (h->timeout_us != 0)
			fprintf(f, "\t%s_timeout %lld\n", names[i],
			    (long long)(h->timeout_us / US_PER_SEC));
	}
}

/* Likewise; each in quotes, which is always right for them. */
static void
print_mail(FILE *f, const struct conf_mail *m)
{
	uint16_t	 i;

	if (m->to.argc > 0) {
		fprintf(f, "\tnotification_email {\n");
		for (i = 0; i < m->to.argc; i++)
			fprintf(f, "\t\t\"%s\"\n", m->to.argv[i]);
		fprintf(f, "\t}\n");
	}
	if (m->from_name[0] != '\0')
		fprintf(f, "\tnotification_email_from \"%s <%s>\"\n",
		    m->from_name, m->from);
	else if (m->from[0] != '\0')
		fprintf(f, "\tnotification_email_from \"%s\"\n", m->from);
	if (m->server[0] != '\0') {
		fprintf(f, "\tsmtp_server %s %u\n", m->server, m->port);
		print_time(f, "\t", "smtp_connect_timeout", m->timeout_us);
	}
	if (m->helo[0] != '\0')
		fprintf(f, "\tsmtp_helo_name %s\n", m->helo);
}

/* Bytes stand in the instances. */
static void
print_rx(FILE *f, const struct conf *conf)
{
	const struct conf_inst	*c;

	TAILQ_FOREACH(c, &conf->insts, entry) {
		if ((c->rx_buf & RX_BUF_MTU) == 0)
			continue;
		fprintf(f, "\tvrrp_rx_bufs_policy MTU\n"
		    "\tvrrp_rx_bufs_multiplier %u\n",
		    c->rx_buf & ~RX_BUF_MTU);
		return;
	}
}

/* What is set of interfaces by themselves. */
static void
print_ifaces(FILE *f, const struct conf *conf)
{
	static const char *const	 methods[LINKBEAT_MAX] = {
		[LINKBEAT_AUTO] = "", [LINKBEAT_MII] = " MII",
		[LINKBEAT_ETHTOOL] = " ETHTOOL", [LINKBEAT_IOCTL] = " IOCTL"
	};
	const struct conf_iface		*iface;
	uint32_t			 groups = 0;
	int				 beats = 0, delays = 0;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (iface->garp_group > groups)
			print_garp_group(f, conf, groups = iface->garp_group);
	}
	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (iface->linkbeat != LINKBEAT_NETLINK)
			fprintf(f, "%s\t%s%s\n", beats++ == 0 ?
			    "\nlinkbeat_interfaces {\n" : "", iface->name,
			    methods[iface->linkbeat]);
	}
	fprintf(f, "%s", beats > 0 ? "}\n" : "");
	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (iface->down_delay_us == 0 && iface->up_delay_us == 0)
			continue;
		fprintf(f, "%s\t%s %g %g\n", delays++ == 0 ?
		    "\ninterface_up_down_delays {\n" : "", iface->name,
		    (double)iface->down_delay_us / US_PER_SEC,
		    (double)iface->up_delay_us / US_PER_SEC);
	}
	fprintf(f, "%s", delays > 0 ? "}\n" : "");
}

static void
print_garp_group(FILE *f, const struct conf *conf, uint32_t group)
{
	const struct conf_iface	*iface;
	bool			 first = true;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (iface->garp_group != group)
			continue;
		if (first) {
			fprintf(f, "\ngarp_group {\n");
			print_time(f, "\t", "garp_interval",
			    iface->garp_interval_us);
			print_time(f, "\t", "gna_interval",
			    iface->gna_interval_us);
			fprintf(f, "\tinterfaces {\n");
		}
		first = false;
		fprintf(f, "\t\t%s\n", iface->name);
	}
	fprintf(f, "\t}\n}\n");
}

static void
print_script(FILE *f, const struct conf_script *s)
{
	fprintf(f, "\nvrrp_script ");
	print_word(f, s->name);
	fprintf(f, " {\n\tscript ");
	print_command(f, &s->cmd);
	fprintf(f, "\n");
	print_time(f, "\t", "interval", s->interval_us);
	print_time(f, "\t", "timeout", s->timeout_us);
	fprintf(f, "\tweight %d%s\n", s->weight, s->reverse ? " reverse" : "");
	fprintf(f, "\trise %u\n\tfall %u\n", s->rise, s->fall);
	fprintf(f, "\tuser");
	print_user(f, &s->user);
	fprintf(f, "\n");
	if (s->init_fail)
		fprintf(f, "\tinit_fail\n");
	fprintf(f, "}\n");
}

/* Who reads it has no word of its own: it is script_user's. */
static void
print_file(FILE *f, const struct conf_file *c)
{
	fprintf(f, "\ntrack_file ");
	print_word(f, c->name);
	fprintf(f, " {\n\tfile ");
	print_word(f, c->path);
	fprintf(f, "\n\tweight %d%s\n", c->weight, c->reverse ? " reverse" :
	    "");
	if (c->init)
		fprintf(f, "\tinit_file %d%s\n", c->init_value,
		    c->overwrite ? " overwrite" : "");
	fprintf(f, "}\n");
}

static void
print_process(FILE *f, const struct conf_process *c)
{
	static const char *const	 matches[CONF_MATCH_MAX] = {
		[CONF_MATCH_NAME] = "",
		[CONF_MATCH_EXACT] = "\tparam_match\n",
		[CONF_MATCH_PARTIAL] = "\tparam_match partial\n",
		[CONF_MATCH_INITIAL] = "\tparam_match initial\n"
	};
	uint16_t			 i;

	fprintf(f, "\nvrrp_track_process ");
	print_word(f, c->name);
	fprintf(f, " {\n\tprocess");
	for (i = 0; i < c->cmd.argc; i++) {
		putc(' ', f);
		print_arg(f, c->cmd.argv[i], "\\");
	}
	fprintf(f, "\n%s\tweight %d%s\n", matches[c->match], c->weight,
	    c->reverse ? " reverse" : "");
	if (c->quorum != 0)
		fprintf(f, "\tquorum %u\n", c->quorum);
	if (c->quorum_max != CONF_QUORUM_ANY)
		fprintf(f, "\tquorum_max %u\n", c->quorum_max);
	if (c->terminate_delay_us != 0)
		print_time(f, "\t", "terminate_delay", c->terminate_delay_us);
	if (c->fork_delay_us != 0)
		print_time(f, "\t", "fork_delay", c->fork_delay_us);
	if (c->full_command)
		fprintf(f, "\tfull_command\n");
	fprintf(f, "}\n");
}

static void
print_inst(FILE *f, const struct conf *conf, const struct conf_inst *c,
    bool secrets)
{
	char	 buf[VADDR_STRLEN];

	fprintf(f, "\nvrrp_instance ");
	print_word(f, c->name);
	fprintf(f, " {\n\tstate %s\n", c->start_master ? "MASTER" : "BACKUP");
	fprintf(f, "\tinterface ");
	print_word(f, c->ifname);
	fprintf(f, "\n\tvirtual_router_id %u\n", c->vrid);
	print_made(f, conf, c);
	print_protocol(f, c);
	if (c->src.family != 0)
		fprintf(f, "\t%s %s\n", c->unicast ? "unicast_src_ip" :
		    "mcast_src_ip", vaddr_print(&c->src, buf, sizeof(buf)));
	if (!c->unicast)
		fprintf(f, "\tmcast_dst_ip %s\n",
		    vaddr_print(&c->mcast, buf, sizeof(buf)));
	if (c->rx_buf != 0 && (c->rx_buf & RX_BUF_MTU) == 0)
		fprintf(f, "\tkernel_rx_buf_size %u\n", c->rx_buf);
	print_peers(f, c);
	print_auth(f, c, secrets);
	print_garp(f, c);
	print_lease(f, "vip_lease", c->vip_lease);
	if (conf_inst_advert_vips(c) == 0)
		fprintf(f, "\tno_virtual_ipaddress\n");
	print_vips(f, conf, c, false);
	print_vips(f, conf, c, true);
	print_routes(f, "\t", "virtual_routes", &c->routes);
	print_rules(f, "\t", "virtual_rules", &c->rules);
	print_tracks(f, &c->tracks, CONF_TRACK_IFACE, false);
	print_tracks(f, &c->tracks, CONF_TRACK_SCRIPT, false);
	print_tracks(f, &c->tracks, CONF_TRACK_FILE, false);
	print_tracks(f, &c->tracks, CONF_TRACK_PROCESS, false);
	if (c->fault_on_vip)
		fprintf(f, "\tfault_on_vip_failure true\n");
	if (c->smtp_alert)
		print_flag(f, "smtp_alert", true);
	if (c->prio_notify)
		fprintf(f, "\tnotify_priority_changes true\n");
	if (c->notify_deleted && c->notify[NEV_DELETED].cmd.argc == 0)
		fprintf(f, "\tnotify_deleted\n");
	print_notify(f, c->notify);
	fprintf(f, "}\n");
}

static void
print_made(FILE *f, const struct conf *conf, const struct conf_inst *c)
{
	static const char *const	 modes[] = {
		[IPVLAN_BRIDGE] = "bridge",
		[IPVLAN_PRIVATE] = "private",
		[IPVLAN_VEPA] = "vepa"
	};
	const struct conf_iface		*i;
	char				 buf[VADDR_STRLEN];

	i = conf_iface_by_name(conf, c->ifname);
	if (i != NULL && i->promote)
		fprintf(f, "\tpromote_secondaries\n");
	if ((i = conf_iface_by_name(conf, c->vmac)) == NULL)
		return;
	if (i->make == CONF_MAKE_IPVLAN) {
		fprintf(f, "\tuse_ipvlan name ");
		print_word(f, i->name);
		fprintf(f, " %s", modes[i->mode]);
		if (c->src.family != 0)
			fprintf(f, " %s", vaddr_print(&c->src, buf,
			    sizeof(buf)));
	} else {
		fprintf(f, "\tuse_vmac name ");
		print_word(f, i->name);
		if (i->mac[0] != 0 || i->mac[1] != 0 || i->mac[2] != 0x5e)
			fprintf(f, " %02x:%02x:%02x:%02x:%02x:%02x",
			    i->mac[0], i->mac[1], i->mac[2], i->mac[3],
			    i->mac[4], i->mac[5]);
	}
	if (i->link_group != 0)
		fprintf(f, " group %u", i->link_group);
	fprintf(f, "\n");
	if (c->xmit_base)
		fprintf(f, "\tvmac_xmit_base\n");
}

static void
print_group(FILE *f, const struct conf *conf, const struct conf_group *g)
{
	const struct conf_inst	*c;

	fprintf(f, "\nvrrp_sync_group ");
	print_word(f, g->name);
	fprintf(f, " {\n\tgroup {\n");
	TAILQ_FOREACH(c, &conf->insts, entry) {
		if (strcmp(c->group, g->name) != 0)
			continue;
		fprintf(f, "\t\t");
		print_word(f, c->name);
		fprintf(f, "\n");
	}
	fprintf(f, "\t}\n");
	if (g->weights)
		fprintf(f, "\tsync_group_tracking_weight\n");
	if (g->smtp_alert)
		print_flag(f, "smtp_alert", true);
	print_tracks(f, &g->tracks, CONF_TRACK_IFACE, true);
	print_tracks(f, &g->tracks, CONF_TRACK_SCRIPT, true);
	print_tracks(f, &g->tracks, CONF_TRACK_FILE, true);
	print_tracks(f, &g->tracks, CONF_TRACK_PROCESS, true);
	print_notify(f, g->notify);
	fprintf(f, "}\n");
}

static void
print_protocol(FILE *f, const struct conf_inst *c)
{
	fprintf(f, "\tversion %u\n", c->version);
	fprintf(f, "\tpriority %u\n", c->priority);
	print_time(f, "\t", "advert_int", c->adver_int_us);
	if (c->nopreempt)
		fprintf(f, "\tnopreempt\n");
	else if (c->preempt_delay_us != 0)
		print_time(f, "\t", "preempt_delay", c->preempt_delay_us);
	print_flag(f, "strict_mode", c->strict);
	fprintf(f, "\t%s\n", c->accept ? "accept" : "no_accept");
	print_flag(f, "lower_prio_no_advert", c->lower_prio_no_advert);
	print_flag(f, "higher_prio_send_advert", c->higher_prio_send_advert);
	print_flag(f, "owner_ignore_adverts", c->owner_ignore_adverts);
	print_flag(f, "skip_check_adv_addr", c->skip_check_adv_addr);
	print_flag(f, "v3_checksum_as_v2", c->v3_checksum_as_v2);
	fprintf(f, "\tdown_timer_adverts %u\n", c->down_timer_adverts);
	if (!c->track_primary)
		fprintf(f, "\tdont_track_primary\n");
	if (c->track_src_ip)
		fprintf(f, "\ttrack_src_ip\n");
}

static void
print_garp(FILE *f, const struct conf_inst *c)
{
	fprintf(f, "\tgarp_master_delay %u\n", c->garp_delay_s);
	fprintf(f, "\tgarp_master_repeat %u\n", c->garp_repeat);
	fprintf(f, "\tgarp_master_refresh %u\n", c->garp_refresh_s);
	fprintf(f, "\tgarp_master_refresh_repeat %u\n",
	    c->garp_refresh_repeat);
	fprintf(f, "\tgarp_lower_prio_delay %u\n", c->garp_lower_delay_s);
	fprintf(f, "\tgarp_lower_prio_repeat %u\n", c->garp_lower_repeat);
	if (c->garp_extra_s != 0)
		fprintf(f, "\tgarp_extra_if %s%u\n", c->garp_extra_s &
		    GARP_EXTRA_ALL ? "all " : "", c->garp_extra_s &
		    ~GARP_EXTRA_ALL);
}

/* The password is shown to those only who ask for it twice. */
static void
print_auth(FILE *f, const struct conf_inst *c, bool secrets)
{
	char	 pass[AUTH_LEN + 1];

	if (c->auth_type == 0)
		return;
	memcpy(pass, c->auth_pass, AUTH_LEN);
	pass[AUTH_LEN] = '\0';
	fprintf(f, "\tauthentication {\n\t\tauth_type %s\n\t\tauth_pass ",
	    c->auth_type == AUTH_AH ? "AH" : "PASS");
	if (secrets)
		print_word(f, pass);
	else
		fprintf(f, HIDDEN);
	fprintf(f, "\n\t}\n");
	explicit_bzero(pass, sizeof(pass));
}

static void
print_peers(FILE *f, const struct conf_inst *c)
{
	const struct conf_peer	*p;
	char			 buf[VADDR_STRLEN];

	if (!c->unicast)
		return;
	fprintf(f, "\tunicast_ttl %u\n", c->unicast_ttl);
	if (c->old_unicast_checksum)
		fprintf(f, "\told_unicast_checksum\n");
	if (c->check_unicast_src)
		fprintf(f, "\tcheck_unicast_src\n");
	if (TAILQ_EMPTY(&c->peers)) {
		fprintf(f, "\tunicast_fault_no_peer\n");
		return;
	}
	fprintf(f, "\tunicast_peer {\n");
	TAILQ_FOREACH(p, &c->peers, entry) {
		fprintf(f, "\t\t%s", vaddr_print(&p->addr, buf, sizeof(buf)));
		if (p->min_ttl != 0)
			fprintf(f, " min_ttl %u", p->min_ttl);
		if (p->max_ttl != 255)
			fprintf(f, " max_ttl %u", p->max_ttl);
		fprintf(f, "\n");
	}
	fprintf(f, "\t}\n");
}

static void
print_vips(FILE *f, const struct conf *conf, const struct conf_inst *c,
    bool excluded)
{
	const struct conf_vip	*v;
	bool			 any = false;

	TAILQ_FOREACH(v, &c->vips, entry) {
		if (((v->flags & VIP_F_EXCLUDED) != 0) != excluded)
			continue;
		if (!any)
			fprintf(f, "\tvirtual_ipaddress%s {\n",
			    excluded ? "_excluded" : "");
		any = true;
		fprintf(f, "\t\t");
		print_vip(f, conf, v);
	}
	if (any)
		fprintf(f, "\t}\n");
}

void
print_vip(FILE *f, const struct conf *conf, const struct conf_vip *v)
{
	const struct conf_iface	*iface;
	char	 buf[VADDR_STRLEN];

	fprintf(f, "%s dev ", vaddr_print_plen(&v->addr, buf, sizeof(buf)));
	iface = (v->flags & VIP_F_VMAC) == 0 ? NULL :
	    conf_iface_by_name(conf, v->ifname);
	print_word(f, iface != NULL ? iface->base : v->ifname);
	if (iface != NULL)
		fprintf(f, " use_vmac");
	if (v->flags & VIP_F_SCOPE)
		fprintf(f, " scope %u", v->scope);
	if (v->label[0] != '\0') {
		fprintf(f, " label ");
		print_word(f, v->label);
	}
	if (v->brd.family != 0)
		fprintf(f, " brd %s", vaddr_print(&v->brd, buf, sizeof(buf)));
	if (v->peer.family != 0)
		fprintf(f, " peer %s",
		    vaddr_print_plen(&v->peer, buf, sizeof(buf)));
	if (v->flags & VIP_F_HOME)
		fprintf(f, " home");
	if (v->flags & VIP_F_DAD)
		fprintf(f, " -nodad");
	if (v->flags & VIP_F_MNGTMPADDR)
		fprintf(f, " mngtmpaddr");
	if (v->flags & VIP_F_NOPREFIXROUTE)
		fprintf(f, " noprefixroute");
	if (v->flags & VIP_F_AUTOJOIN)
		fprintf(f, " autojoin");
	if (v->flags & VIP_F_NO_TRACK)
		fprintf(f, " no_track");
	if (v->track_group[0] != '\0') {
		fprintf(f, " track_group ");
		print_word(f, v->track_group);
	}
	if (v->flags & VIP_F_PREFERRED) {
		if (v->preferred_lft == VIP_LFT_FOREVER)
			fprintf(f, " preferred_lft forever");
		else
			fprintf(f, " preferred_lft %u", v->preferred_lft);
	}
	fprintf(f, "\n");
}

static void
print_tracks(FILE *f, const struct conf_track_list *tracks, int kind,
    bool of_group)
{
	static const char *const names[CONF_TRACK_KIND_MAX] = {
		[CONF_TRACK_SCRIPT] = "script",
		[CONF_TRACK_IFACE] = "interface",
		[CONF_TRACK_FILE] = "file",
		[CONF_TRACK_PROCESS] = "process"
	};
	const struct conf_track	*t;
	bool			 any = false;

	TAILQ_FOREACH(t, tracks, entry) {
		if (t->kind != kind || t->of_group != of_group || t->implied)
			continue;
		if (!any)
			fprintf(f, "\ttrack_%s {\n", names[kind]);
		any = true;
		fprintf(f, "\t\t");
		print_word(f, t->name);
		fprintf(f, " weight %d%s\n", t->weight, t->reverse ?
		    " reverse" : kind != CONF_TRACK_IFACE ? " noreverse" : "");
	}
	if (any)
		fprintf(f, "\t}\n");
}

static void
print_notify(FILE *f, const struct conf_notify *notify)
{
	static const char *const	 names[CONF_NOTIFY_CNT] = {
		[NEV_MASTER] = "notify_master",
		[NEV_BACKUP] = "notify_backup",
		[NEV_FAULT] = "notify_fault",
		[NEV_STOP] = "notify_stop",
		[NEV_MASTER_RX_LOWER] = "notify_master_rx_lower_pri",
		[NEV_DELETED] = "notify_deleted",
		[CONF_NOTIFY_ANY] = "notify"
	};
	int				 i;

	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		if (notify[i].cmd.argc == 0)
			continue;
		fprintf(f, "\t%s ", names[i]);
		print_command(f, &notify[i].cmd);
		print_user(f, &notify[i].user);
		fprintf(f, "\n");
	}
}

/*
 * A command is read twice by the rule for commands: the outer quotes and the
 * doubled backslashes are for the first time, the rest for the second.
 */
static void
print_command(FILE *f, const struct conf_argv *cmd)
{
	uint16_t	 i;

	putc('"', f);
	for (i = 0; i < cmd->argc; i++) {
		if (i > 0)
			putc(' ', f);
		print_arg(f, cmd->argv[i], "\\\\");
	}
	putc('"', f);
}

/* escape: what a backslash is, read once or twice. */
static void
print_arg(FILE *f, const char *s, const char *escape)
{
	bool	 plain;

	plain = s[0] != '\0' && strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=,./:@%") == strlen(s);
	if (!plain)
		putc('\'', f);
	for (; *s != '\0'; s++)
		if (strchr("\"'\\$", *s) != NULL ||
		    iscntrl((unsigned char)*s))
			fprintf(f, "%sx%02x", escape, (unsigned char)*s);
		else
			putc(*s, f);
	if (!plain)
		putc('\'', f);
}

static void
print_user(FILE *f, const struct conf_user *user)
{
	putc(' ', f);
	print_word(f, user->user);
	if (user->group[0] != '\0') {
		putc(' ', f);
		print_word(f, user->group);
	}
}

/* A word came from the lexer, so that it holds no quote. */
void
print_word(FILE *f, const char *s)
{
	bool	 plain;

	plain = s[0] != '\0' && strpbrk(s, " \t\v\f\r{}#!'$~@\\") == NULL &&
	    strncmp(s, "//", 2) != 0;
	fprintf(f, plain ? "%s" : "\"%s\"", s);
}

/* As few places as say it exactly. */
static void
print_time(FILE *f, const char *indent, const char *name, int64_t us)
{
	char	 frac[8];
	size_t	 len;

	(void)snprintf(frac, sizeof(frac), "%06u",
	    (unsigned int)(us % US_PER_SEC));
	for (len = strlen(frac); len > 0 && frac[len - 1] == '0'; len--)
		frac[len - 1] = '\0';
	fprintf(f, "%s%s %lld%s%s\n", indent, name,
	    (long long)(us / US_PER_SEC), len > 0 ? "." : "", frac);
}

static void
print_lease(FILE *f, const char *name, uint16_t lease)
{
	if (lease == LEASE_AUTO)
		fprintf(f, "\t%s auto\n", name);
	else if (lease == LEASE_OFF)
		fprintf(f, "\t%s off\n", name);
	else
		fprintf(f, "\t%s %u\n", name, lease);
}

static void
print_flag(FILE *f, const char *name, bool value)
{
	fprintf(f, "\t%s %s\n", name, value ? "true" : "false");
}
