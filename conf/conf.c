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
 * Making, finding and freeing the parts of a configuration, and the table
 * that gives its objects their ids.
 * Runs in: readconf, parent, vrrpe, checker.
 */

#include <sys/queue.h>
#include <sys/tree.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

struct id_entry {
	RB_ENTRY(id_entry)	 entry;
	enum conf_kind		 kind;
	uint32_t		 id;
	uint32_t		 pass;		/* in which it was last seen */
	char			 name[NAME_LEN];
};
RB_HEAD(id_tree, id_entry);

struct conf_ids {
	struct id_tree	 tree;
	uint32_t	 last[CONF_KIND_MAX];
	uint32_t	 pass;
};

static int		 id_cmp(const struct id_entry *,
			    const struct id_entry *);
static struct id_entry	*id_find(const struct conf_ids *, enum conf_kind,
			    const char *);
static int		 inst_assign(const struct conf_ids *,
			    struct conf_inst *);
static void		 statics_free(struct conf *);
static void		 vips_free(struct conf_vip_list *);
static int		 vips_assign(const struct conf_ids *,
			    struct conf_vip_list *);
static int		 routes_assign(const struct conf_ids *,
			    struct conf_route_list *);
static uint32_t		*ids_last(struct conf_ids *, enum conf_kind);
static int		 objects_assign(struct conf_ids *, struct conf *);
static void	 conf_tracks_free(struct conf_track_list *);
static void	 conf_routes_free(struct conf_route_list *);
static void	 conf_rules_free(struct conf_rule_list *);

/* Not _STATIC: its __unused is not there with glibc. */
RB_GENERATE_INTERNAL(id_tree, id_entry, entry, id_cmp,
    static __attribute__((__unused__)))

struct conf *
conf_new(void)
{
	struct conf		*conf;
	struct conf_global	*g;

	if ((conf = calloc(1, sizeof(*conf))) == NULL)
		return (NULL);
	TAILQ_INIT(&conf->ifaces);
	TAILQ_INIT(&conf->insts);
	TAILQ_INIT(&conf->scripts);
	TAILQ_INIT(&conf->files);
	TAILQ_INIT(&conf->processes);
	TAILQ_INIT(&conf->groups);
	TAILQ_INIT(&conf->tgroups);
	TAILQ_INIT(&conf->static_vips);
	TAILQ_INIT(&conf->static_routes);
	TAILQ_INIT(&conf->static_rules);
	g = &conf->global;
	g->version = 2;
	g->vip_lease = LEASE_AUTO;
	(void)strlcpy(g->vmac_prefix, DEFAULT_VMAC_PREFIX,
	    sizeof(g->vmac_prefix));
	g->umask = DEFAULT_UMASK;
	(void)strlcpy(g->nft_table, DEFAULT_NFT_TABLE, sizeof(g->nft_table));
	g->nft_priority = DEFAULT_NFT_PRIORITY;
	conf->mail.port = MAIL_PORT;
	conf->mail.timeout_us = 30 * US_PER_SEC;
	(void)vaddr_parse(&g->mcast4, DEFAULT_MCAST4);	/* constants */
	(void)vaddr_parse(&g->mcast6, DEFAULT_MCAST6);
	return (conf);
}

void
conf_free(struct conf *conf)
{
	struct conf_iface	*iface;
	struct conf_inst	*inst;
	struct conf_script	*script;
	struct conf_file	*file;
	struct conf_process	*process;
	struct conf_group	*group;
	size_t			 i;

	if (conf == NULL)
		return;
	while ((iface = TAILQ_FIRST(&conf->ifaces)) != NULL) {
		TAILQ_REMOVE(&conf->ifaces, iface, entry);
		free(iface);
	}
	while ((inst = TAILQ_FIRST(&conf->insts)) != NULL) {
		TAILQ_REMOVE(&conf->insts, inst, entry);
		conf_inst_free(inst);
	}
	while ((script = TAILQ_FIRST(&conf->scripts)) != NULL) {
		TAILQ_REMOVE(&conf->scripts, script, entry);
		conf_script_free(script);
	}
	while ((file = TAILQ_FIRST(&conf->files)) != NULL) {
		TAILQ_REMOVE(&conf->files, file, entry);
		free(file);
	}
	while ((process = TAILQ_FIRST(&conf->processes)) != NULL) {
		TAILQ_REMOVE(&conf->processes, process, entry);
		conf_process_free(process);
	}
	for (i = 0; i < HOOK_MAX; i++)
		conf_argv_clear(&conf->hooks[i].cmd);
	conf_argv_clear(&conf->mail.to);
	while ((group = TAILQ_FIRST(&conf->groups)) != NULL) {
		TAILQ_REMOVE(&conf->groups, group, entry);
		conf_group_free(group);
	}
	statics_free(conf);
	free(conf);
}

static void
statics_free(struct conf *conf)
{
	struct conf_tgroup	*tgroup;

	while ((tgroup = TAILQ_FIRST(&conf->tgroups)) != NULL) {
		TAILQ_REMOVE(&conf->tgroups, tgroup, entry);
		conf_argv_clear(&tgroup->members);
		free(tgroup);
	}
	vips_free(&conf->static_vips);
	conf_routes_free(&conf->static_routes);
	conf_rules_free(&conf->static_rules);
}

static void
vips_free(struct conf_vip_list *vips)
{
	struct conf_vip	*vip;

	while ((vip = TAILQ_FIRST(vips)) != NULL) {
		TAILQ_REMOVE(vips, vip, entry);
		free(vip);
	}
}

static void
conf_routes_free(struct conf_route_list *routes)
{
	struct conf_route	*route;

	while ((route = TAILQ_FIRST(routes)) != NULL) {
		TAILQ_REMOVE(routes, route, entry);
		free(route);
	}
}

static void
conf_rules_free(struct conf_rule_list *rules)
{
	struct conf_rule	*rule;

	while ((rule = TAILQ_FIRST(rules)) != NULL) {
		TAILQ_REMOVE(rules, rule, entry);
		free(rule);
	}
}

/* With keepalived's defaults, for those that have no global setting. */
struct conf_inst *
conf_inst_new(void)
{
	struct conf_inst	*inst;

	if ((inst = calloc(1, sizeof(*inst))) == NULL)
		return (NULL);
	TAILQ_INIT(&inst->vips);
	TAILQ_INIT(&inst->peers);
	TAILQ_INIT(&inst->tracks);
	TAILQ_INIT(&inst->routes);
	TAILQ_INIT(&inst->rules);
	inst->version = 2;
	inst->priority = 100;
	inst->accept = true;
	inst->track_primary = true;
	inst->down_timer_adverts = 3;
	inst->unicast_ttl = 255;
	inst->adver_int_us = US_PER_SEC;
	inst->garp_delay_s = 5;
	inst->garp_repeat = 5;
	inst->garp_refresh_repeat = 1;
	inst->garp_lower_delay_s = 5;
	inst->garp_lower_repeat = 5;
	inst->vip_lease = LEASE_AUTO;
	return (inst);
}

void
conf_inst_free(struct conf_inst *inst)
{
	struct conf_peer	*peer;

	if (inst == NULL)
		return;
	vips_free(&inst->vips);
	conf_routes_free(&inst->routes);
	conf_rules_free(&inst->rules);
	while ((peer = TAILQ_FIRST(&inst->peers)) != NULL) {
		TAILQ_REMOVE(&inst->peers, peer, entry);
		free(peer);
	}
	conf_tracks_free(&inst->tracks);
	conf_notify_clear(inst->notify);
	freezero(inst, sizeof(*inst));		/* holds the password */
}

static void
conf_tracks_free(struct conf_track_list *tracks)
{
	struct conf_track	*track;

	while ((track = TAILQ_FIRST(tracks)) != NULL) {
		TAILQ_REMOVE(tracks, track, entry);
		free(track);
	}
}

void
conf_notify_clear(struct conf_notify *notify)
{
	size_t	 i;

	for (i = 0; i < CONF_NOTIFY_CNT; i++)
		conf_argv_clear(&notify[i].cmd);
}

struct conf_group *
conf_group_new(void)
{
	struct conf_group	*group;

	if ((group = calloc(1, sizeof(*group))) == NULL)
		return (NULL);
	TAILQ_INIT(&group->tracks);
	return (group);
}

void
conf_group_free(struct conf_group *group)
{
	if (group == NULL)
		return;
	conf_tracks_free(&group->tracks);
	conf_notify_clear(group->notify);
	free(group);
}

struct conf_script *
conf_script_new(void)
{
	struct conf_script	*script;

	if ((script = calloc(1, sizeof(*script))) == NULL)
		return (NULL);
	script->interval_us = US_PER_SEC;
	script->timeout_us = US_PER_SEC;
	script->rise = 1;
	script->fall = 1;
	return (script);
}

void
conf_script_free(struct conf_script *script)
{
	if (script == NULL)
		return;
	conf_argv_clear(&script->cmd);
	free(script);
}

struct conf_file *
conf_file_new(void)
{
	struct conf_file	*file;

	if ((file = calloc(1, sizeof(*file))) != NULL)
		file->weight = 1;
	return (file);
}

struct conf_process *
conf_process_new(void)
{
	struct conf_process	*process;

	if ((process = calloc(1, sizeof(*process))) == NULL)
		return (NULL);
	process->quorum = 1;
	process->quorum_max = CONF_QUORUM_ANY;
	return (process);
}

void
conf_process_free(struct conf_process *process)
{
	if (process == NULL)
		return;
	conf_argv_clear(&process->cmd);
	free(process);
}

struct conf_inst *
conf_inst_by_name(const struct conf *conf, const char *name)
{
	struct conf_inst	*inst;

	TAILQ_FOREACH(inst, &conf->insts, entry) {
		if (strcmp(inst->name, name) == 0)
			return (inst);
	}
	return (NULL);
}

struct conf_inst *
conf_inst_by_id(const struct conf *conf, uint32_t id)
{
	struct conf_inst	*inst;

	TAILQ_FOREACH(inst, &conf->insts, entry) {
		if (inst->id == id)
			return (inst);
	}
	return (NULL);
}

struct conf_group *
conf_group_by_name(const struct conf *conf, const char *name)
{
	struct conf_group	*group;

	TAILQ_FOREACH(group, &conf->groups, entry) {
		if (strcmp(group->name, name) == 0)
			return (group);
	}
	return (NULL);
}

struct conf_group *
conf_group_by_id(const struct conf *conf, uint32_t id)
{
	struct conf_group	*group;

	TAILQ_FOREACH(group, &conf->groups, entry) {
		if (group->id == id)
			return (group);
	}
	return (NULL);
}

struct conf_script *
conf_script_by_name(const struct conf *conf, const char *name)
{
	struct conf_script	*script;

	TAILQ_FOREACH(script, &conf->scripts, entry) {
		if (strcmp(script->name, name) == 0)
			return (script);
	}
	return (NULL);
}

struct conf_script *
conf_script_by_id(const struct conf *conf, uint32_t id)
{
	struct conf_script	*script;

	TAILQ_FOREACH(script, &conf->scripts, entry) {
		if (script->id == id)
			return (script);
	}
	return (NULL);
}

struct conf_file *
conf_file_by_id(const struct conf *conf, uint32_t id)
{
	struct conf_file	*file;

	TAILQ_FOREACH(file, &conf->files, entry) {
		if (file->id == id)
			return (file);
	}
	return (NULL);
}

struct conf_process *
conf_process_by_id(const struct conf *conf, uint32_t id)
{
	struct conf_process	*process;

	TAILQ_FOREACH(process, &conf->processes, entry) {
		if (process->id == id)
			return (process);
	}
	return (NULL);
}

struct conf_iface *
conf_iface_by_name(const struct conf *conf, const char *name)
{
	struct conf_iface	*iface;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (strcmp(iface->name, name) == 0)
			return (iface);
	}
	return (NULL);
}

struct conf_iface *
conf_iface_by_id(const struct conf *conf, uint32_t id)
{
	struct conf_iface	*iface;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (iface->id == id)
			return (iface);
	}
	return (NULL);
}

struct conf_iface *
conf_iface_add(struct conf *conf, const char *name)
{
	struct conf_iface	*iface;
	uint32_t		 cnt = 0;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if (strcmp(iface->name, name) == 0)
			return (iface);
		cnt++;
	}
	if (cnt >= MAX_IFACES) {
		errno = E2BIG;
		return (NULL);
	}
	if ((iface = calloc(1, sizeof(*iface))) == NULL)
		return (NULL);
	if (strlcpy(iface->name, name, sizeof(iface->name)) >=
	    sizeof(iface->name)) {
		free(iface);
		errno = ENAMETOOLONG;
		return (NULL);
	}
	TAILQ_INSERT_TAIL(&conf->ifaces, iface, entry);
	return (iface);
}

int
conf_argv_add(struct conf_argv *cmd, const char *arg)
{
	size_t	 size;

	size = strlen(arg) + 1;
	if (cmd->argc >= MAX_ARGS || size > CONF_ARGV_BYTES ||
	    cmd->bytes + size > CONF_ARGV_BYTES) {
		errno = E2BIG;
		return (-1);
	}
	if ((cmd->argv[cmd->argc] = strdup(arg)) == NULL)
		return (-1);
	cmd->bytes = (uint16_t)(cmd->bytes + size);
	cmd->argv[++cmd->argc] = NULL;
	return (0);
}

/* Arguments may well be passwords. */
void
conf_argv_clear(struct conf_argv *cmd)
{
	uint16_t	 i;

	for (i = 0; i < cmd->argc; i++)
		freezero(cmd->argv[i], strlen(cmd->argv[i]));
	memset(cmd, 0, sizeof(*cmd));
}

bool
conf_mail_word(const char *s)
{
	const char	*p;

	for (p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("<>\"\\", *p) != NULL)
			return (false);
	return (p != s);
}

uint16_t
conf_inst_advert_vips(const struct conf_inst *inst)
{
	struct conf_vip	*vip;
	uint16_t	 cnt = 0;

	TAILQ_FOREACH(vip, &inst->vips, entry) {
		if (!(vip->flags & VIP_F_EXCLUDED))
			cnt++;
	}
	return (cnt);
}

struct conf_ids *
conf_ids_new(void)
{
	struct conf_ids	*ids;

	if ((ids = calloc(1, sizeof(*ids))) == NULL)
		return (NULL);
	RB_INIT(&ids->tree);
	return (ids);
}

void
conf_ids_free(struct conf_ids *ids)
{
	struct id_entry	*e, *next;

	if (ids == NULL)
		return;
	RB_FOREACH_SAFE(e, id_tree, &ids->tree, next) {
		RB_REMOVE(id_tree, &ids->tree, e);
		free(e);
	}
	free(ids);
}

int
conf_assign_ids(struct conf_ids *ids, struct conf *conf)
{
	struct conf_iface	*iface;
	struct conf_inst	*inst;
	struct conf_script	*script;
	struct conf_group	*group;

	ids->pass++;
	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		iface->id = conf_ids_add(ids, CONF_KIND_IFACE, iface->name);
		if (iface->id == 0)
			return (-1);
	}
	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		iface->base_slot = conf_ids_find(ids, CONF_KIND_IFACE,
		    iface->base);
		if ((iface->base_slot != 0) !=
		    (iface->make != CONF_MAKE_NONE))
			return (-1);
	}
	TAILQ_FOREACH(script, &conf->scripts, entry) {
		script->id = conf_ids_add(ids, CONF_KIND_SCRIPT, script->name);
		if (script->id == 0)
			return (-1);
	}
	if (objects_assign(ids, conf) == -1)
		return (-1);
	TAILQ_FOREACH(group, &conf->groups, entry) {
		group->id = conf_ids_add(ids, CONF_KIND_GROUP, group->name);
		if (group->id == 0)
			return (-1);
	}
	TAILQ_FOREACH(inst, &conf->insts, entry) {
		inst->id = conf_ids_add(ids, CONF_KIND_INST, inst->name);
		if (inst->id == 0 || inst_assign(ids, inst) == -1)
			return (-1);
	}
	if (vips_assign(ids, &conf->static_vips) == -1)
		return (-1);
	return (routes_assign(ids, &conf->static_routes));
}

static int
objects_assign(struct conf_ids *ids, struct conf *conf)
{
	struct conf_file	*file;
	struct conf_process	*process;

	TAILQ_FOREACH(file, &conf->files, entry) {
		file->id = conf_ids_add(ids, CONF_KIND_FILE, file->name);
		if (file->id == 0)
			return (-1);
	}
	TAILQ_FOREACH(process, &conf->processes, entry) {
		process->id = conf_ids_add(ids, CONF_KIND_PROCESS,
		    process->name);
		if (process->id == 0)
			return (-1);
	}
	return (0);
}

uint32_t
conf_ids_find(const struct conf_ids *ids, enum conf_kind kind,
    const char *name)
{
	struct id_entry	*e;

	e = id_find(ids, kind, name);
	return (e != NULL && e->pass == ids->pass ? e->id : 0);
}

uint32_t
conf_ids_add(struct conf_ids *ids, enum conf_kind kind, const char *name)
{
	struct id_entry	*e;

	if ((e = id_find(ids, kind, name)) != NULL) {
		if (e->pass == ids->pass) {
			errno = EEXIST;
			return (0);
		}
		e->pass = ids->pass;
		return (e->id);
	}
	if ((e = calloc(1, sizeof(*e))) == NULL)
		return (0);
	e->kind = kind;
	e->pass = ids->pass;
	e->id = ++*ids_last(ids, kind);
	(void)strlcpy(e->name, name, sizeof(e->name));	/* same limit */
	RB_INSERT(id_tree, &ids->tree, e);
	return (e->id);
}

/* The last number given to this kind: all that is checked is one row. */
static uint32_t *
ids_last(struct conf_ids *ids, enum conf_kind kind)
{
	if (kind == CONF_KIND_FILE || kind == CONF_KIND_PROCESS)
		kind = CONF_KIND_SCRIPT;
	return (&ids->last[kind]);
}

static int
id_cmp(const struct id_entry *a, const struct id_entry *b)
{
	if (a->kind != b->kind)
		return (a->kind < b->kind ? -1 : 1);
	return (strcmp(a->name, b->name));
}

static struct id_entry *
id_find(const struct conf_ids *ids, enum conf_kind kind, const char *name)
{
	struct id_tree	 tree = ids->tree;	/* RB_FIND wants it writable */
	struct id_entry	 key;

	key.kind = kind;
	(void)strlcpy(key.name, name, sizeof(key.name));
	return (RB_FIND(id_tree, &tree, &key));
}

/* What an instance refers to. */
static int
inst_assign(const struct conf_ids *ids, struct conf_inst *inst)
{
	struct conf_track	*track;
	static const enum conf_kind kinds[CONF_TRACK_KIND_MAX] = {
		[CONF_TRACK_SCRIPT] = CONF_KIND_SCRIPT,
		[CONF_TRACK_IFACE] = CONF_KIND_IFACE,
		[CONF_TRACK_FILE] = CONF_KIND_FILE,
		[CONF_TRACK_PROCESS] = CONF_KIND_PROCESS
	};

	inst->slot = conf_ids_find(ids, CONF_KIND_IFACE, inst->ifname);
	if (inst->slot == 0)
		return (-1);
	inst->vmac_slot = conf_ids_find(ids, CONF_KIND_IFACE, inst->vmac);
	if (inst->vmac_slot == 0 && inst->vmac[0] != '\0')
		return (-1);
	inst->group_id = conf_ids_find(ids, CONF_KIND_GROUP, inst->group);
	if (inst->group_id == 0 && inst->group[0] != '\0')
		return (-1);
	if (vips_assign(ids, &inst->vips) == -1 ||
	    routes_assign(ids, &inst->routes) == -1)
		return (-1);
	TAILQ_FOREACH(track, &inst->tracks, entry) {
		track->object = conf_ids_find(ids, kinds[track->kind],
		    track->name);
		if (track->object == 0)
			return (-1);
	}
	return (0);
}

static int
vips_assign(const struct conf_ids *ids, struct conf_vip_list *vips)
{
	struct conf_vip	*vip;

	TAILQ_FOREACH(vip, vips, entry) {
		vip->slot = conf_ids_find(ids, CONF_KIND_IFACE, vip->ifname);
		if (vip->slot == 0)
			return (-1);
	}
	return (0);
}

/* Rules keep the names: the kernel goes by these, too. */
static int
routes_assign(const struct conf_ids *ids, struct conf_route_list *routes)
{
	struct conf_route	*route;
	struct conf_hop		*hop;
	uint8_t			 i;

	TAILQ_FOREACH(route, routes, entry) {
		for (i = 0; i < route->hop_cnt; i++) {
			hop = &route->hops[i];
			if (hop->ifname[0] == '\0')
				continue;
			hop->slot = conf_ids_find(ids, CONF_KIND_IFACE,
			    hop->ifname);
			if (hop->slot == 0)
				return (-1);
		}
	}
	return (0);
}
