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
 * A configuration as messages: the receiver, and the table of both sides.
 * Runs in: readconf, parent, vrrpe, checker.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "payload.h"
#include "wire_int.h"

struct wire_in {
	enum wire_part		 part;
	struct conf		*conf;
	struct conf_ids		*names;		/* that came so far */
	struct conf_inst	*inst;		/* that is being told */
	struct conf_group	*group;		/* likewise, before them */
	const char		*broken;	/* why nothing more is taken */
	bool			 whole;
	uint8_t			 rank;		/* of the last message */
	uint32_t		 want[WIRE_KIND_CNT];
	uint32_t		 cnt[WIRE_KIND_CNT];
	uint32_t		 peers;		/* of this instance */
	uint64_t		 sum;
};

/* What may come when, how many, and who takes it. */
struct wire_step {
	uint8_t		 rank;
	uint8_t		 parts;		/* bits of enum wire_part */
	uint32_t	 max;
	const char	*(*take)(struct wire_in *, struct msg *, uint32_t);
};

static const char *take(struct wire_in *, const struct imsg *);
static const char *take_begin(struct wire_in *, struct msg *, uint32_t);
static const char *take_global(struct wire_in *, struct msg *, uint32_t);
static const char *take_iface(struct wire_in *, struct msg *, uint32_t);
static const char *take_script(struct wire_in *, struct msg *, uint32_t);
static const char *take_file(struct wire_in *, struct msg *, uint32_t);
static const char *take_process(struct wire_in *, struct msg *, uint32_t);
static const char *take_hook(struct wire_in *, struct msg *, uint32_t);
static const char *take_mail(struct wire_in *, struct msg *, uint32_t);
static const char *take_group(struct wire_in *, struct msg *, uint32_t);
static const char *take_inst(struct wire_in *, struct msg *, uint32_t);
static const char *take_vip(struct wire_in *, struct msg *, uint32_t);
static const char *take_peer(struct wire_in *, struct msg *, uint32_t);
static const char *take_track(struct wire_in *, struct msg *, uint32_t);
static const char *take_notify(struct wire_in *, struct msg *, uint32_t);
static const char *take_route(struct wire_in *, struct msg *, uint32_t);
static const char *take_rule(struct wire_in *, struct msg *, uint32_t);
static const char *take_static(struct wire_in *, struct msg *, uint32_t);
static const char *check_vip(const struct wire_in *, const struct conf_vip *);
static const char *take_end(struct wire_in *, struct msg *, uint32_t);
static const char *inst_check(const struct conf_inst *);
static const char *inst_done(struct wire_in *);
static const char *notify_inst(struct wire_in *, const char *, uint32_t);
static const char *notify_group(struct wire_in *, const char *, uint32_t);
static const char *group_add(struct wire_in *, const char *, uint32_t);
static bool	 named(const struct wire_in *, enum conf_kind, const char *);

#define ALL	(1U << WIRE_ALL)
#define ENGINE	(1U << WIRE_ENGINE)
#define CHECKER	(1U << WIRE_CHECKER)
#define MAILER	(1U << WIRE_MAILER)

/* Indexed by type, from IMSG_CONF_BEGIN. */
static const struct wire_step	steps[] = {
	{ 1, ALL | ENGINE | CHECKER | MAILER, 1, take_begin },
	{ 2, ALL | ENGINE | CHECKER | MAILER, 1, take_global },
	{ 3, ALL | ENGINE, MAX_IFACES, take_iface },
	{ 5, ALL | ENGINE, MAX_SYNC_GROUPS, take_group },
	{ 6, ALL | ENGINE, MAX_INSTANCES, take_inst },
	{ 7, ALL | ENGINE, MAX_VIPS, take_vip },
	{ 8, ALL | ENGINE, MAX_PEERS_ALL, take_peer },
	{ 9, ALL | ENGINE, MAX_TRACKS, take_track },
	{ 4, ALL | CHECKER, MAX_SCRIPTS, take_script },
	{ 4, ALL | CHECKER, MAX_FILES, take_file },
	{ 4, ALL | CHECKER, MAX_PROCESSES, take_process },
	{ 4, ALL | CHECKER, HOOK_MAX, take_hook },
	{ 4, ALL | MAILER, 1, take_mail },
	{ 10, ALL | CHECKER, MAX_NOTIFY, take_notify },
	{ 11, ALL, MAX_ROUTES, take_route },
	{ 11, ALL, MAX_RULES, take_rule },
	{ 11, ALL, MAX_VIPS, take_static },
	{ 12, ALL | ENGINE | CHECKER | MAILER, 1, take_end }
};
_Static_assert(sizeof(steps) / sizeof(steps[0]) ==
    IMSG_CONF_END - IMSG_CONF_BEGIN + 1, "one step a type");

struct wire_in *
wire_in_new(enum wire_part part, uint32_t gen)
{
	struct wire_in	*in;

	if ((in = calloc(1, sizeof(*in))) == NULL)
		return (NULL);
	in->part = part;
	in->sum = WIRE_SUM_INIT;
	in->conf = conf_new();
	in->names = conf_ids_new();
	if (in->conf == NULL || in->names == NULL) {
		wire_in_free(in);
		return (NULL);
	}
	in->conf->gen = gen;
	return (in);
}

void
wire_in_free(struct wire_in *in)
{
	if (in == NULL)
		return;
	conf_free(in->conf);
	conf_ids_free(in->names);
	free(in);
}

int
wire_in_take(struct wire_in *in, const struct imsg *im, char *why,
    size_t whylen)
{
	if (in->broken == NULL)
		in->broken = in->whole ? "after the end" : take(in, im);
	if (in->broken == NULL)
		return (in->whole ? 1 : 0);
	(void)snprintf(why, whylen, "%s %u: %s", imsg_name(im->type), im->id,
	    in->broken);
	return (-1);
}

struct conf *
wire_in_finish(struct wire_in *in)
{
	struct conf	*conf;

	if (!in->whole || in->broken != NULL)
		return (NULL);
	conf = in->conf;
	in->conf = NULL;
	in->broken = "after the end";
	return (conf);
}

bool
wire_is_told(uint16_t type, enum wire_part part)
{
	return ((steps[type - IMSG_CONF_BEGIN].parts & (1U << part)) != 0);
}

uint64_t
wire_sum(uint64_t sum, const void *data, size_t len)
{
	const uint8_t	*p = data;

	while (len-- > 0)
		sum = (sum ^ *p++) * 0x100000001b3ULL;
	return (sum);
}

/* NULL, or what is wrong. */
static const char *
take(struct wire_in *in, const struct imsg *im)
{
	const struct wire_step	*step;
	const char		*wrong;
	struct msg		 m;

	if (im->type < IMSG_CONF_BEGIN || im->type > IMSG_CONF_END)
		return ("not of a configuration");
	step = &steps[im->type - IMSG_CONF_BEGIN];
	if (!wire_is_told(im->type, in->part))
		return ("not for this process");
	if (in->part != WIRE_ALL && im->gen != in->conf->gen)
		return ("of another generation");
	/* The head is complete and in order; an object starts over. */
	if ((in->rank < 2 || step->rank < 3) ? step->rank != in->rank + 1 :
	    step->rank < in->rank && im->type != IMSG_CONF_INST &&
	    (im->type != IMSG_CONF_GROUP || in->inst != NULL))
		return ("out of order");
	in->rank = step->rank;
	if (im->type >= WIRE_KIND_FIRST && im->type <= IMSG_CONF_STATIC) {
		if (im->id == 0)
			return ("without an id");
		if (++in->cnt[WIRE_KIND(im->type)] >
		    in->want[WIRE_KIND(im->type)])
			return ("more than announced");
	}
	msg_init_read(&m, im->data, im->len);
	if ((wrong = step->take(in, &m, im->id)) != NULL)
		return (wrong);
	if (msg_end(&m) == -1)
		return ("malformed");
	in->sum = wire_sum(in->sum, im->data, im->len);
	return (NULL);
}

static const char *
take_begin(struct wire_in *in, struct msg *m, uint32_t id)
{
	uint32_t	 i;

	for (i = 0; i < WIRE_KIND_CNT; i++) {
		in->want[i] = msg_get_u32(m);
		if (in->want[i] >
		    steps[WIRE_KIND_FIRST - IMSG_CONF_BEGIN + i].max)
			return ("too many objects");
	}
	return (NULL);
}

static const char *
take_global(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_global	*g = &in->conf->global;
	const char		*wrong;

	if ((wrong = field_get(field_global, m, g)) != NULL)
		return (wrong);
	if (g->mcast4.family != AF_INET || !vaddr_is_multicast(&g->mcast4))
		return ("mcast4");
	if (g->mcast6.family != AF_INET6 || !vaddr_is_multicast(&g->mcast6))
		return ("mcast6");
	return (g->vip_lease == LEASE_UNSET ? "vip_lease" : NULL);
}

static const char *
take_iface(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_iface	*iface;
	const char		*wrong;

	if ((iface = calloc(1, sizeof(*iface))) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->ifaces, iface, entry);
	iface->id = id;
	if ((wrong = field_get(field_iface, m, iface)) != NULL)
		return (wrong);
	if (conf_ids_add(in->names, CONF_KIND_IFACE, iface->name) == 0)
		return ("name is there twice");
	return (in->part == WIRE_ALL &&
	    id != in->cnt[WIRE_KIND(IMSG_CONF_IFACE)] ? "id" : NULL);
}

static const char *
take_script(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_script	*script;
	const char		*wrong;

	if ((script = conf_script_new()) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->scripts, script, entry);
	script->id = id;
	if ((wrong = field_get(field_script, m, script)) != NULL)
		return (wrong);
	if (script->cmd.argv[0][0] != '/')
		return ("path is not absolute");
	if (conf_ids_add(in->names, CONF_KIND_SCRIPT, script->name) == 0)
		return ("name is there twice");
	return (in->part == WIRE_ALL &&
	    id != in->cnt[WIRE_KIND(IMSG_CONF_SCRIPT)] ? "id" : NULL);
}

static const char *
take_file(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_file	*file;
	const char		*wrong;

	if ((file = conf_file_new()) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->files, file, entry);
	file->id = id;
	if ((wrong = field_get(field_file, m, file)) != NULL)
		return (wrong);
	if (file->path[0] != '/')
		return ("path is not absolute");
	if (conf_ids_add(in->names, CONF_KIND_FILE, file->name) == 0)
		return ("name is there twice");
	return (in->part == WIRE_ALL &&
	    id != in->cnt[WIRE_KIND(IMSG_CONF_FILE)] ? "id" : NULL);
}

static const char *
take_process(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_process	*process;
	const char		*wrong;

	if ((process = conf_process_new()) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->processes, process, entry);
	process->id = id;
	if ((wrong = field_get(field_process, m, process)) != NULL)
		return (wrong);
	if (conf_ids_add(in->names, CONF_KIND_PROCESS, process->name) == 0)
		return ("name is there twice");
	return (in->part == WIRE_ALL &&
	    id != in->cnt[WIRE_KIND(IMSG_CONF_PROCESS)] ? "id" : NULL);
}

/* A FIFO has a path and no command, its reader both, the others no path. */
static const char *
take_hook(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_hook	*hook;
	const char		*wrong;
	bool			 fifo, path;

	if (id > HOOK_MAX)
		return ("unknown kind");
	hook = &in->conf->hooks[id - 1];
	if (hook->used)
		return ("is there twice");
	hook->used = true;
	if ((wrong = field_get(field_hook, m, hook)) != NULL)
		return (wrong);
	fifo = id - 1 == HOOK_FIFO || id - 1 == HOOK_VRRP_FIFO;
	path = id - 1 < HOOK_STARTUP;
	if (path ? hook->path[0] != '/' : hook->path[0] != '\0')
		return ("path");
	if (fifo ? hook->cmd.argc != 0 : hook->cmd.argc == 0 ||
	    hook->cmd.argv[0][0] != '/')
		return ("cmd");
	return (NULL);
}

/* Goes into commands to a server: nothing may end one, or begin another. */
static const char *
take_mail(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_mail	*mail = &in->conf->mail;
	const char		*wrong;
	uint16_t		 i;

	if (!in->conf->global.mail || id != 1)
		return ("unexpected");
	if ((wrong = field_get(field_mail, m, mail)) != NULL)
		return (wrong);
	/* These two become parts of a URL. */
	if (!conf_mail_word(mail->server) ||
	    strpbrk(mail->server, "/@?#%[]") != NULL)
		return ("server");
	if (mail->helo[0] != '\0' && (!conf_mail_word(mail->helo) ||
	    strpbrk(mail->helo, "/@?#%[]") != NULL))
		return ("helo");
	if (mail->from[0] != '\0' && !conf_mail_word(mail->from))
		return ("from");
	for (i = 0; i < mail->to.argc; i++)
		if (!conf_mail_word(mail->to.argv[i]))
			return ("to");
	return (NULL);
}

static const char *
take_group(struct wire_in *in, struct msg *m, uint32_t id)
{
	const char	*wrong;

	if ((wrong = group_add(in, NULL, id)) != NULL ||
	    (wrong = field_get(field_group, m, in->group)) != NULL)
		return (wrong);
	if (conf_ids_add(in->names, CONF_KIND_GROUP, in->group->name) == 0)
		return ("name is there twice");
	return (in->part == WIRE_ALL &&
	    id != in->cnt[WIRE_KIND(IMSG_CONF_GROUP)] ? "id" : NULL);
}

static const char *
group_add(struct wire_in *in, const char *name, uint32_t id)
{
	struct conf_group	*group;

	if ((group = conf_group_new()) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->groups, group, entry);
	group->id = id;
	if (name != NULL)
		(void)strlcpy(group->name, name, sizeof(group->name));
	in->group = group;
	return (NULL);
}

static const char *
take_inst(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_inst	*inst;
	const char		*wrong;

	if ((wrong = inst_done(in)) != NULL)
		return (wrong);
	if ((inst = conf_inst_new()) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->insts, inst, entry);
	in->conf->inst_cnt++;
	in->inst = inst;
	inst->id = id;
	if ((wrong = field_get(field_inst, m, inst)) != NULL ||
	    (wrong = inst_check(inst)) != NULL)
		return (wrong);
	if (!named(in, CONF_KIND_IFACE, inst->ifname))
		return ("interface is not there");
	if (inst->group[0] != '\0' &&
	    !named(in, CONF_KIND_GROUP, inst->group))
		return ("group is not there");
	if (conf_ids_add(in->names, CONF_KIND_INST, inst->name) == 0)
		return ("name is there twice");
	if (in->part == WIRE_ALL) {
		inst->slot = 0;
		inst->group_id = 0;
		return (id != in->conf->inst_cnt ? "id" : NULL);
	}
	return (inst->slot == 0 ? "slot" : NULL);
}

static const char *
take_vip(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_vip	*vip, *last;
	const char	*wrong;

	if (in->inst == NULL || id != in->inst->id)
		return ("of another instance");
	if ((vip = calloc(1, sizeof(*vip))) == NULL)
		return ("no memory");
	last = TAILQ_LAST(&in->inst->vips, conf_vip_list);
	TAILQ_INSERT_TAIL(&in->inst->vips, vip, entry);
	in->conf->vip_cnt++;
	if ((wrong = field_get(field_vip, m, vip)) != NULL)
		return (wrong);
	if ((wrong = check_vip(in, vip)) != NULL)
		return (wrong);
	if (!(vip->flags & VIP_F_EXCLUDED)) {
		if (vip->addr.family != in->inst->family)
			return ("not of the instance's family");
		if (last != NULL && (last->flags & VIP_F_EXCLUDED))
			return ("after an excluded one");
	}
	if (in->part == WIRE_ALL)
		vip->slot = 0;
	return (in->part != WIRE_ALL && vip->slot == 0 ? "slot" : NULL);
}

static const char *
check_vip(const struct wire_in *in, const struct conf_vip *vip)
{
	if (vaddr_is_multicast(&vip->addr))
		return ("addr");
	if (vip->peer.family != 0 && vip->peer.family != vip->addr.family)
		return ("peer");
	if (vip->brd.family != 0 && (vip->brd.family != AF_INET ||
	    vip->addr.family != AF_INET))
		return ("brd");
	return (!named(in, CONF_KIND_IFACE, vip->ifname) ?
	    "interface is not there" : NULL);
}

static const char *
take_static(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_vip	*vip;
	const char	*wrong;

	if ((vip = calloc(1, sizeof(*vip))) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->static_vips, vip, entry);
	if ((wrong = field_get(field_vip, m, vip)) != NULL)
		return (wrong);
	vip->slot = 0;
	return (check_vip(in, vip));
}

static const char *
take_route(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_route	*route;
	const char		*wrong;
	uint8_t			 i;

	if (id != WIRE_STATIC && (in->inst == NULL || id != in->inst->id))
		return ("of another instance");
	if ((route = calloc(1, sizeof(*route))) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(id == WIRE_STATIC ? &in->conf->static_routes :
	    &in->inst->routes, route, entry);
	if ((wrong = route_get(m, route)) != NULL)
		return (wrong);
	for (i = 0; i < route->hop_cnt; i++) {
		if (route->hops[i].ifname[0] != '\0' &&
		    !named(in, CONF_KIND_IFACE, route->hops[i].ifname))
			return ("interface is not there");
	}
	return (NULL);
}

static const char *
take_rule(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_rule	*rule;

	if (id != WIRE_STATIC && (in->inst == NULL || id != in->inst->id))
		return ("of another instance");
	if ((rule = calloc(1, sizeof(*rule))) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(id == WIRE_STATIC ? &in->conf->static_rules :
	    &in->inst->rules, rule, entry);
	return (rule_get(m, rule));
}

static const char *
take_peer(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_peer	*peer;
	const char		*wrong;

	if (in->inst == NULL || id != in->inst->id)
		return ("of another instance");
	if (++in->peers > MAX_PEERS)
		return ("too many of one instance");
	if ((peer = calloc(1, sizeof(*peer))) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->inst->peers, peer, entry);
	if ((wrong = field_get(field_peer, m, peer)) != NULL)
		return (wrong);
	return (peer->addr.family != in->inst->family ||
	    vaddr_is_multicast(&peer->addr) ? "addr" : NULL);
}

static const char *
take_track(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_track	*track;
	const char		*wrong;
	bool			 all = in->part == WIRE_ALL;

	if (in->inst == NULL || id != in->inst->id)
		return ("of another instance");
	if ((track = calloc(1, sizeof(*track))) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->inst->tracks, track, entry);
	if ((wrong = field_get(field_track, m, track)) != NULL)
		return (wrong);
	if (all)
		track->object = track->checker = 0;
	else if (track->object == 0)
		return ("object");
	if (track->kind == CONF_TRACK_IFACE)
		return (!named(in, CONF_KIND_IFACE, track->name) ?
		    "interface is not there" : NULL);
	/* The engine is told none of the others: it cannot look for them. */
	if (!all)
		return (NULL);
	if (track->kind == CONF_TRACK_SCRIPT)
		return (!named(in, CONF_KIND_SCRIPT, track->name) ?
		    "script is not there" : NULL);
	return (!named(in, track->kind == CONF_TRACK_FILE ? CONF_KIND_FILE :
	    CONF_KIND_PROCESS, track->name) ? "object is not there" : NULL);
}

static const char *
take_notify(struct wire_in *in, struct msg *m, uint32_t id)
{
	struct conf_notify	*notify;
	const char		*wrong;
	uint8_t			 i, object;
	char			 name[NAME_LEN];

	object = msg_get_enum(m, NOB_MAX);
	msg_get_str(m, name, sizeof(name));
	i = msg_get_enum(m, CONF_NOTIFY_CNT);
	if (m->error || i == NEV_MASTER_PRIO || i == NEV_BACKUP_PRIO)
		return ("malformed");
	wrong = object == NOB_GROUP ? notify_group(in, name, id) :
	    notify_inst(in, name, id);
	if (wrong != NULL)
		return (wrong);
	notify = object == NOB_GROUP ? &in->group->notify[i] :
	    &in->inst->notify[i];
	if (notify->cmd.argc != 0)
		return ("event is there twice");
	if ((wrong = field_get(field_notify, m, notify)) != NULL)
		return (wrong);
	return (notify->cmd.argv[0][0] != '/' ? "path is not absolute" : NULL);
}

static const char *
take_end(struct wire_in *in, struct msg *m, uint32_t id)
{
	const char	*wrong;

	if ((wrong = inst_done(in)) != NULL)
		return (wrong);
	if (memcmp(in->cnt, in->want, sizeof(in->cnt)) != 0)
		return ("fewer than announced");
	if (msg_get_u64(m) != in->sum)
		return ("wrong sum");
	in->whole = msg_end(m) == 0;
	return (NULL);
}

static const char *
inst_check(const struct conf_inst *inst)
{
	if (inst->family != AF_INET && inst->family != AF_INET6)
		return ("family");
	if (inst->version == 2 && inst->family != AF_INET)
		return ("version");
	if (inst->src.family != 0 && (inst->src.family != inst->family ||
	    vaddr_is_unspec(&inst->src) || vaddr_is_multicast(&inst->src)))
		return ("src");
	if (inst->mcast.family == 0 ? !inst->unicast :
	    inst->unicast || inst->mcast.family != inst->family ||
	    !vaddr_is_multicast(&inst->mcast))
		return ("mcast");
	return (inst->vip_lease == LEASE_UNSET ? "vip_lease" : NULL);
}

/* What can be said of an instance only when all of it is there. */
static const char *
inst_done(struct wire_in *in)
{
	if (in->inst != NULL && in->part != WIRE_CHECKER) {
		if (!in->inst->unicast && in->peers > 0)
			return ("peers of the one before");
		if (conf_inst_advert_vips(in->inst) > MAX_VIPS_ADVERT)
			return ("too many addresses in the one before");
	}
	in->inst = NULL;
	in->peers = 0;
	return (NULL);
}

/* Makes in->group the one that a notification is for. */
static const char *
notify_group(struct wire_in *in, const char *name, uint32_t id)
{
	if (in->inst != NULL)
		return ("out of order");
	if (in->group != NULL && id == in->group->id)
		return (strcmp(name, in->group->name) != 0 ? "name" : NULL);
	if (in->part != WIRE_CHECKER)
		return ("of another group");
	if (name[0] == '\0' ||
	    conf_ids_add(in->names, CONF_KIND_GROUP, name) == 0)
		return ("name is there twice");
	return (group_add(in, name, id));
}

/* Makes in->inst the one that a notification is for. */
static const char *
notify_inst(struct wire_in *in, const char *name, uint32_t id)
{
	struct conf_inst	*inst;

	if (in->inst != NULL && id == in->inst->id)
		return (strcmp(name, in->inst->name) != 0 ? "name" : NULL);
	if (in->part != WIRE_CHECKER)
		return ("of another instance");
	if (name[0] == '\0' ||
	    conf_ids_add(in->names, CONF_KIND_INST, name) == 0)
		return ("name is there twice");
	if ((inst = conf_inst_new()) == NULL)
		return ("no memory");
	TAILQ_INSERT_TAIL(&in->conf->insts, inst, entry);
	in->conf->inst_cnt++;
	in->inst = inst;
	inst->id = id;
	(void)strlcpy(inst->name, name, sizeof(inst->name));	/* same size */
	return (NULL);
}

static bool
named(const struct wire_in *in, enum conf_kind kind, const char *name)
{
	return (conf_ids_find(in->names, kind, name) != 0);
}
