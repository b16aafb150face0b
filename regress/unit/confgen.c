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

/* Random but correct configurations for tests. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "confgen.h"
#include "payload.h"

static void	 global(struct conf_global *, uint32_t *);
static void	 script(struct conf *, uint32_t *, uint32_t);
static void	 group(struct conf *, uint32_t *, uint32_t);
static void	 inst(struct conf *, uint32_t *, uint32_t);
static void	 notify(struct conf_notify *, uint32_t *);
static void	 made(struct conf *, uint32_t *);
static void	 vips(struct conf *, struct conf_inst *, uint32_t *);
static void	 peers(struct conf_inst *, uint32_t *);
static void	 tracks(struct conf *, struct conf_inst *, uint32_t *);
static void	 tracks_objects(struct conf *, struct conf_inst *, uint32_t *);
static void	 objects(struct conf *, uint32_t *);
static void	 mail(struct conf_mail *, uint32_t *);
static void	 command(struct conf_argv *, uint32_t *);
static void	 address(struct vaddr *, int, uint32_t *);
static void	*must(void *);

/* Interfaces that are made, for some of the others. */
static void
made(struct conf *conf, uint32_t *s)
{
	struct conf_iface	*iface;
	uint32_t		 i, k, n;
	char			 name[IF_NAME_LEN];

	n = confgen_random(s, 4);
	for (i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "vrrp.%u", i);
		iface = must(conf_iface_add(conf, name));
		iface->make = (uint8_t)(CONF_MAKE_MACVLAN +
		    confgen_random(s, 2));
		strlcpy(iface->base, TAILQ_FIRST(&conf->ifaces)->name,
		    sizeof(iface->base));
		for (k = 0; k < MAC_LEN; k++)
			iface->mac[k] = (uint8_t)confgen_random(s, 256);
		iface->mode = (uint8_t)confgen_random(s, IPVLAN_VEPA + 1);
		iface->ipv6 = confgen_random(s, 2);
		iface->link_group = confgen_random(s, 100);
	}
	TAILQ_FIRST(&conf->ifaces)->promote = confgen_random(s, 2);
}

struct conf *
confgen(uint32_t seed)
{
	struct conf	*conf;
	uint32_t	 s = seed * 2654435761U + 1, i, n;
	char		 name[IF_NAME_LEN];

	conf = must(conf_new());
	global(&conf->global, &s);
	n = 1 + confgen_random(&s, 6);
	for (i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "eth%u", i);
		must(conf_iface_add(conf, name));
	}
	made(conf, &s);
	n = confgen_random(&s, 5);
	for (i = 0; i < n; i++)
		script(conf, &s, i);
	objects(conf, &s);
	n = confgen_random(&s, 4);
	for (i = 0; i < n; i++)
		group(conf, &s, i);
	n = confgen_random(&s, 8);
	for (i = 0; i < n; i++)
		inst(conf, &s, i);
	return (conf);
}

uint32_t
confgen_random(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525U + 1013904223U;
	return ((*state >> 8) % below);
}

static void
global(struct conf_global *g, uint32_t *s)
{
	(void)snprintf(g->router_id, sizeof(g->router_id), "r%u",
	    confgen_random(s, 100));
	g->version = (uint8_t)(2 + confgen_random(s, 2));
	g->strict = confgen_random(s, 2);
	g->script_security = confgen_random(s, 2);
	g->script_no_new_privs = confgen_random(s, 2);
	g->log_unknown_vrids = confgen_random(s, 2);
	g->debug = confgen_random(s, 2);
	g->fifo_on_reload = confgen_random(s, 2);
	g->mail = confgen_random(s, 2);
	g->no_email_faults = confgen_random(s, 2);
	strlcpy(g->script_user.user, "nobody", sizeof(g->script_user.user));
	g->nice = (int8_t)((int)confgen_random(s, 40) - 20);
	g->rt_priority = (uint8_t)confgen_random(s, 100);
	g->no_local_igmp = (g->rt_priority & 1) != 0;
	g->no_swap = confgen_random(s, 2);
	g->startup_delay_us = confgen_random(s, 1000000);
	g->garp_interval_us = confgen_random(s, 1000000);
	g->gna_interval_us = confgen_random(s, 1000000);
	g->vip_lease = (uint16_t)confgen_random(s, 100);
	g->boot_delay_us = confgen_random(s, 1000000);
	g->rt_time_us = confgen_random(s, 1000000);
	g->cpus[confgen_random(s, CPUS_BYTES)] = 1;
	g->umask = (uint16_t)confgen_random(s, 01000);
	(void)snprintf(g->netns, sizeof(g->netns), "n%u",
	    confgen_random(s, 100));
	(void)snprintf(g->reload_file, sizeof(g->reload_file), "/run/r%u",
	    confgen_random(s, 100));
	(void)snprintf(g->reload_time_file, sizeof(g->reload_time_file),
	    "/run/t%u", confgen_random(s, 100));
	g->reload_repeat = confgen_random(s, 2) == 1;
	g->warnings = confgen_random(s, 100);
}

static void
script(struct conf *conf, uint32_t *s, uint32_t n)
{
	struct conf_script	*sc;

	sc = must(conf_script_new());
	TAILQ_INSERT_TAIL(&conf->scripts, sc, entry);
	(void)snprintf(sc->name, sizeof(sc->name), "check %u", n);
	command(&sc->cmd, s);
	strlcpy(sc->user.user, confgen_random(s, 2) ? "root" : "nobody",
	    sizeof(sc->user.user));
	strlcpy(sc->user.group, confgen_random(s, 2) ? "" : "adm",
	    sizeof(sc->user.group));
	sc->interval_us = 1000 + confgen_random(s, 10000000);
	sc->timeout_us = 1000 + confgen_random(s, 10000000);
	sc->weight = (int16_t)((int)confgen_random(s, 507) - 253);
	sc->reverse = confgen_random(s, 2);
	sc->rise = (uint16_t)(1 + confgen_random(s, 9));
	sc->fall = (uint16_t)(1 + confgen_random(s, 9));
	sc->init_fail = confgen_random(s, 2);
	sc->line = confgen_random(s, 1000);
}

static void
group(struct conf *conf, uint32_t *s, uint32_t n)
{
	struct conf_group	*g;

	g = must(conf_group_new());
	TAILQ_INSERT_TAIL(&conf->groups, g, entry);
	(void)snprintf(g->name, sizeof(g->name), "VG_%u", n);
	g->weights = confgen_random(s, 2);
	g->line = confgen_random(s, 1000);
	notify(g->notify, s);
}

static void
inst(struct conf *conf, uint32_t *s, uint32_t n)
{
	struct conf_inst	*in;
	struct conf_group	*g;

	in = must(conf_inst_new());
	TAILQ_INSERT_TAIL(&conf->insts, in, entry);
	conf->inst_cnt++;
	(void)snprintf(in->name, sizeof(in->name), "VI_%u", n);
	strlcpy(in->ifname, TAILQ_FIRST(&conf->ifaces)->name,
	    sizeof(in->ifname));
	if (confgen_random(s, 3) == 0 &&
	    conf_iface_by_name(conf, "vrrp.0") != NULL) {
		strlcpy(in->vmac, "vrrp.0", sizeof(in->vmac));
		in->xmit_base = confgen_random(s, 2);
	}
	in->vrid = (uint8_t)(1 + confgen_random(s, 255));
	in->family = confgen_random(s, 2) ? AF_INET : AF_INET6;
	in->version = in->family == AF_INET ?
	    (uint8_t)(2 + confgen_random(s, 2)) : 3;
	in->priority = (uint8_t)(1 + confgen_random(s, 255));
	in->start_master = confgen_random(s, 2);
	in->nopreempt = confgen_random(s, 2);
	in->accept = confgen_random(s, 2);
	in->smtp_alert = confgen_random(s, 2);
	in->auth_type = (uint8_t)confgen_random(s, 3);
	memcpy(in->auth_pass, "secret\0\0", AUTH_LEN);
	in->down_timer_adverts = (uint8_t)(1 + confgen_random(s, 100));
	in->unicast_ttl = (uint8_t)confgen_random(s, 256);
	in->rx_buf = confgen_random(s, UINT32_MAX);
	in->adver_int_us = 10000 * (1 + confgen_random(s, 4095));
	in->preempt_delay_us = confgen_random(s, 1000000000);
	in->garp_refresh_s = confgen_random(s, 100);
	in->garp_extra_s = confgen_random(s, 3);
	if (in->garp_extra_s == 2)
		in->garp_extra_s |= GARP_EXTRA_ALL;
	in->vip_lease = confgen_random(s, 2) ? LEASE_AUTO : 3;
	in->line = confgen_random(s, 1000);
	if (confgen_random(s, 2))
		address(&in->src, in->family, s);
	(void)vaddr_parse(&in->mcast, in->family == AF_INET ? DEFAULT_MCAST4 :
	    DEFAULT_MCAST6);
	vips(conf, in, s);
	if (confgen_random(s, 3) == 0)
		peers(in, s);
	tracks(conf, in, s);
	notify(in->notify, s);
	TAILQ_FOREACH(g, &conf->groups, entry) {
		if (confgen_random(s, 2))
			strlcpy(in->group, g->name, sizeof(in->group));
	}
}

static void
notify(struct conf_notify *all, uint32_t *s)
{
	uint32_t	 i;

	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		if (confgen_random(s, 3) != 0 || i == NEV_MASTER_PRIO ||
		    i == NEV_BACKUP_PRIO)
			continue;
		command(&all[i].cmd, s);
		strlcpy(all[i].user.user, confgen_random(s, 2) ?
		    "root" : "nobody", sizeof(all[i].user.user));
		all[i].line = confgen_random(s, 1000);
	}
}

static void
vips(struct conf *conf, struct conf_inst *in, uint32_t *s)
{
	struct conf_vip	*vip;
	uint32_t	 i, n;

	n = 1 + confgen_random(s, 6);
	for (i = 0; i < n; i++) {
		vip = must(calloc(1, sizeof(*vip)));
		TAILQ_INSERT_TAIL(&in->vips, vip, entry);
		conf->vip_cnt++;
		address(&vip->addr, in->family, s);
		if (i + 1 == n && confgen_random(s, 2)) {
			vip->flags |= VIP_F_EXCLUDED;
			address(&vip->addr, AF_INET, s);
			(void)vaddr_parse(&vip->brd, "10.255.255.255");
			(void)vaddr_parse(&vip->peer, "10.1.1.1/30");
		}
		strlcpy(vip->ifname, TAILQ_FIRST(&conf->ifaces)->name,
		    sizeof(vip->ifname));
		strlcpy(vip->label, confgen_random(s, 2) ? "eth0:1" : "",
		    sizeof(vip->label));
		vip->scope = (uint8_t)confgen_random(s, 256);
		vip->flags |= VIP_F_HOME * confgen_random(s, 2);
		vip->flags |= VIP_F_NO_TRACK * confgen_random(s, 2);
		vip->preferred_lft = confgen_random(s, 2) ? 0 :
		    VIP_LFT_FOREVER;
		vip->line = confgen_random(s, 1000);
	}
}

static void
peers(struct conf_inst *in, uint32_t *s)
{
	struct conf_peer	*peer;
	uint32_t		 i, n;

	in->unicast = true;
	memset(&in->mcast, 0, sizeof(in->mcast));
	n = 1 + confgen_random(s, 4);
	for (i = 0; i < n; i++) {
		peer = must(calloc(1, sizeof(*peer)));
		TAILQ_INSERT_TAIL(&in->peers, peer, entry);
		address(&peer->addr, in->family, s);
		peer->min_ttl = (uint8_t)confgen_random(s, 256);
		peer->max_ttl = 255;
	}
}

static void
tracks(struct conf *conf, struct conf_inst *in, uint32_t *s)
{
	struct conf_iface	*iface;
	struct conf_script	*sc;
	struct conf_track	*track;

	TAILQ_FOREACH(sc, &conf->scripts, entry) {
		if (confgen_random(s, 2) == 0)
			continue;
		track = must(calloc(1, sizeof(*track)));
		TAILQ_INSERT_TAIL(&in->tracks, track, entry);
		track->kind = CONF_TRACK_SCRIPT;
		strlcpy(track->name, sc->name, sizeof(track->name));
		track->weight = sc->weight;
		track->reverse = sc->reverse;
	}
	tracks_objects(conf, in, s);
	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (confgen_random(s, 2) == 0)
			continue;
		track = must(calloc(1, sizeof(*track)));
		TAILQ_INSERT_TAIL(&in->tracks, track, entry);
		track->kind = CONF_TRACK_IFACE;
		strlcpy(track->name, iface->name, sizeof(track->name));
		track->weight = (int16_t)-(int)confgen_random(s, 254);
	}
}

static void
tracks_objects(struct conf *conf, struct conf_inst *in, uint32_t *s)
{
	struct conf_file	*file;
	struct conf_process	*process;
	struct conf_track	*track;

	TAILQ_FOREACH(file, &conf->files, entry) {
		track = must(calloc(1, sizeof(*track)));
		TAILQ_INSERT_TAIL(&in->tracks, track, entry);
		track->kind = CONF_TRACK_FILE;
		strlcpy(track->name, file->name, sizeof(track->name));
		track->weight = file->weight;
	}
	TAILQ_FOREACH(process, &conf->processes, entry) {
		if (confgen_random(s, 2) == 0)
			continue;
		track = must(calloc(1, sizeof(*track)));
		TAILQ_INSERT_TAIL(&in->tracks, track, entry);
		track->kind = CONF_TRACK_PROCESS;
		strlcpy(track->name, process->name, sizeof(track->name));
		track->reverse = process->reverse;
	}
}

static void
objects(struct conf *conf, uint32_t *s)
{
	struct conf_file	*file;
	struct conf_process	*process;
	uint32_t		 i;

	for (i = confgen_random(s, 3); i > 0; i--) {
		file = must(conf_file_new());
		TAILQ_INSERT_TAIL(&conf->files, file, entry);
		(void)snprintf(file->name, sizeof(file->name), "f%u", i);
		(void)snprintf(file->path, sizeof(file->path), "/f/%u",
		    confgen_random(s, 9));
		strlcpy(file->user.user, "root", sizeof(file->user.user));
		file->weight = (int16_t)((int)confgen_random(s, 509) - 254);
		file->init = confgen_random(s, 2) != 0;
		file->init_value = -(int32_t)confgen_random(s, 1000);
	}
	for (i = confgen_random(s, 3); i > 0; i--) {
		process = must(conf_process_new());
		TAILQ_INSERT_TAIL(&conf->processes, process, entry);
		/* The same name as a file's is another name. */
		(void)snprintf(process->name, sizeof(process->name), "f%u", i);
		strlcpy(process->user.user, "nobody",
		    sizeof(process->user.user));
		command(&process->cmd, s);
		process->match = (uint8_t)confgen_random(s, CONF_MATCH_MAX);
		process->reverse = confgen_random(s, 2) != 0;
		process->quorum = confgen_random(s, 65536);
		process->fork_delay_us = confgen_random(s, 1000000);
	}
	for (i = 0; i < HOOK_MAX; i++) {
		if (confgen_random(s, 2) != 0)
			continue;
		conf->hooks[i].used = true;
		conf->hooks[i].line = i + 1;
		strlcpy(conf->hooks[i].user.user, confgen_random(s, 2) ?
		    "root" : "nobody", sizeof(conf->hooks[i].user.user));
		if (i < HOOK_STARTUP)
			strlcpy(conf->hooks[i].path, "/run/fifo",
			    sizeof(conf->hooks[i].path));
		else
			conf->hooks[i].timeout_us = confgen_random(s, 1000);
		if (i != HOOK_FIFO && i != HOOK_VRRP_FIFO)
			command(&conf->hooks[i].cmd, s);
	}
	if (conf->global.mail)
		mail(&conf->mail, s);
}

static void
mail(struct conf_mail *m, uint32_t *s)
{
	uint32_t	 i, n;
	char		 to[32];

	strlcpy(m->server, confgen_random(s, 2) ? "2001:db8::25" :
	    "mail.example.org", sizeof(m->server));
	m->port = (uint16_t)(1 + confgen_random(s, 65535));
	if (confgen_random(s, 2))
		strlcpy(m->helo, "a.example.org", sizeof(m->helo));
	if (confgen_random(s, 2))
		strlcpy(m->from, "vrrp@example.org", sizeof(m->from));
	if (confgen_random(s, 2))
		strlcpy(m->from_name, "The routers", sizeof(m->from_name));
	m->timeout_us = US_PER_SEC * (1 + confgen_random(s, 60));
	n = 1 + confgen_random(s, 4);
	for (i = 0; i < n; i++) {
		(void)snprintf(to, sizeof(to), "a%u@example.org", i);
		(void)conf_argv_add(&m->to, to);
	}
}

static void
command(struct conf_argv *cmd, uint32_t *s)
{
	uint32_t	 i, n;
	char		 arg[64];

	(void)snprintf(arg, sizeof(arg), "/bin/cmd%u", confgen_random(s, 9));
	if (conf_argv_add(cmd, arg) == -1)
		abort();
	n = confgen_random(s, 5);
	for (i = 0; i < n; i++) {
		(void)snprintf(arg, sizeof(arg), "arg \"%u\"",
		    confgen_random(s, 1000));
		if (conf_argv_add(cmd, i == 3 ? "" : arg) == -1)
			abort();
	}
}

static void
address(struct vaddr *addr, int family, uint32_t *s)
{
	uint8_t	 bytes[16];
	size_t	 i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(1 + confgen_random(s, 255));
	bytes[0] = family == AF_INET ? 10 : 0x20;
	vaddr_from_bytes(addr, family, bytes);
	addr->plen = (uint8_t)(addr->plen - confgen_random(s, 17));
}

static void *
must(void *p)
{
	if (p == NULL)
		abort();
	return (p);
}
