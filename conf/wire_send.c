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
 * A configuration as messages: the sender.
 * Runs in: readconf, parent.
 */

#include <errno.h>
#include <string.h>

#include "field.h"
#include "payload.h"
#include "wire_int.h"

struct wire_out {
	enum wire_part		 part;
	wire_send_fn		 send;
	wire_user_fn		 user;
	void			*arg;
	bool			 counting;	/* nothing is sent yet */
	uint32_t		 cnt[WIRE_KIND_CNT];
	uint64_t		 sum;
	struct msg		 m;
	uint8_t			 buf[IMSG_DATA_MAX];
};

static int	 send_all(struct wire_out *, const struct conf *);
static int	 send_objects(struct wire_out *, const struct conf *);
static bool	 is_theirs(struct wire_out *, const struct conf_user *);
static int	 send_inst(struct wire_out *, const struct conf_inst *,
		    uint32_t);
static int	 send_groups(struct wire_out *, const struct conf *);
static int	 send_statics(struct wire_out *, const struct conf *);
static int	 send_routes(struct wire_out *, const struct conf_route_list *,
		    const struct conf_rule_list *, uint32_t);
static int	 send_notify(struct wire_out *, enum notify_object,
		    const char *, const struct conf_notify *, uint32_t);
static int	 put(struct wire_out *, uint16_t, uint32_t,
		    const struct field *, const void *);
static int	 emit(struct wire_out *, uint16_t, uint32_t);

int
wire_send(const struct conf *conf, enum wire_part part, wire_send_fn send,
    wire_user_fn user, void *arg)
{
	struct wire_out	 out;
	uint32_t	 i;
	uint64_t	 sum;

	memset(out.cnt, 0, sizeof(out.cnt));
	out.part = part;
	out.send = send;
	out.user = user;
	out.arg = arg;
	out.sum = WIRE_SUM_INIT;
	out.counting = true;
	(void)send_all(&out, conf);		/* only counts */
	out.counting = false;

	msg_init_write(&out.m, out.buf, sizeof(out.buf));
	for (i = 0; i < WIRE_KIND_CNT; i++)
		msg_put_u32(&out.m, out.cnt[i]);
	if (emit(&out, IMSG_CONF_BEGIN, 0) == -1 ||
	    put(&out, IMSG_CONF_GLOBAL, 0, field_global, &conf->global) == -1 ||
	    send_all(&out, conf) == -1)
		return (-1);
	sum = out.sum;
	msg_init_write(&out.m, out.buf, sizeof(out.buf));
	msg_put_u64(&out.m, sum);
	return (emit(&out, IMSG_CONF_END, 0));
}

static int
send_all(struct wire_out *out, const struct conf *conf)
{
	struct conf_iface	*iface;
	struct conf_inst	*inst;
	struct conf_script	*script;
	bool			 all = out->part == WIRE_ALL;
	uint32_t		 id = 0;

	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		id = all ? id + 1 : iface->id;
		if (put(out, IMSG_CONF_IFACE, id, field_iface, iface) == -1)
			return (-1);
	}
	id = 0;
	TAILQ_FOREACH(script, &conf->scripts, entry) {
		if (!is_theirs(out, &script->user))
			continue;
		id = all ? id + 1 : script->id;
		if (put(out, IMSG_CONF_SCRIPT, id, field_script, script) == -1)
			return (-1);
	}
	if (send_objects(out, conf) == -1 || send_groups(out, conf) == -1)
		return (-1);
	id = 0;
	TAILQ_FOREACH(inst, &conf->insts, entry) {
		id = all ? id + 1 : inst->id;
		if (send_inst(out, inst, id) == -1 ||
		    send_notify(out, NOB_INSTANCE, inst->name, inst->notify,
		    id) == -1 ||
		    send_routes(out, &inst->routes, &inst->rules, id) == -1)
			return (-1);
	}
	return (send_statics(out, conf));
}

static int
send_statics(struct wire_out *out, const struct conf *conf)
{
	struct conf_vip	*vip;

	TAILQ_FOREACH(vip, &conf->static_vips, entry) {
		if (put(out, IMSG_CONF_STATIC, WIRE_STATIC, field_vip,
		    vip) == -1)
			return (-1);
	}
	return (send_routes(out, &conf->static_routes, &conf->static_rules,
	    WIRE_STATIC));
}

static int
send_routes(struct wire_out *out, const struct conf_route_list *routes,
    const struct conf_rule_list *rules, uint32_t id)
{
	struct conf_route	*route;
	struct conf_rule	*rule;

	TAILQ_FOREACH(route, routes, entry) {
		msg_init_write(&out->m, out->buf, sizeof(out->buf));
		route_put(&out->m, route);
		if (emit(out, IMSG_CONF_ROUTE, id) == -1)
			return (-1);
	}
	TAILQ_FOREACH(rule, rules, entry) {
		msg_init_write(&out->m, out->buf, sizeof(out->buf));
		rule_put(&out->m, rule);
		if (emit(out, IMSG_CONF_RULE, id) == -1)
			return (-1);
	}
	return (0);
}

static int
send_groups(struct wire_out *out, const struct conf *conf)
{
	struct conf_group	*group;
	uint32_t		 id = 0;

	TAILQ_FOREACH(group, &conf->groups, entry) {
		id = out->part == WIRE_ALL ? id + 1 : group->id;
		if (put(out, IMSG_CONF_GROUP, id, field_group, group) == -1 ||
		    send_notify(out, NOB_GROUP, group->name, group->notify,
		    id) == -1)
			return (-1);
	}
	return (0);
}

static bool
is_theirs(struct wire_out *out, const struct conf_user *user)
{
	return (out->part != WIRE_CHECKER || out->user(out->arg, user));
}

static int
send_objects(struct wire_out *out, const struct conf *conf)
{
	struct conf_file	*file;
	struct conf_process	*process;
	bool			 all = out->part == WIRE_ALL;
	uint32_t		 id = 0;

	TAILQ_FOREACH(file, &conf->files, entry) {
		if (!is_theirs(out, &file->user))
			continue;
		id = all ? id + 1 : file->id;
		if (put(out, IMSG_CONF_FILE, id, field_file, file) == -1)
			return (-1);
	}
	id = 0;
	TAILQ_FOREACH(process, &conf->processes, entry) {
		if (!is_theirs(out, &process->user))
			continue;
		id = all ? id + 1 : process->id;
		if (put(out, IMSG_CONF_PROCESS, id, field_process,
		    process) == -1)
			return (-1);
	}
	for (id = 0; id < HOOK_MAX; id++) {
		if (!conf->hooks[id].used ||
		    !is_theirs(out, &conf->hooks[id].user))
			continue;
		if (put(out, IMSG_CONF_HOOK, id + 1, field_hook,
		    &conf->hooks[id]) == -1)
			return (-1);
	}
	return (conf->global.mail ? put(out, IMSG_CONF_MAIL, 1, field_mail,
	    &conf->mail) : 0);
}

static int
send_inst(struct wire_out *out, const struct conf_inst *inst, uint32_t id)
{
	struct conf_peer	*peer;
	struct conf_track	*track;
	struct conf_vip		*vip;

	if (put(out, IMSG_CONF_INST, id, field_inst, inst) == -1)
		return (-1);
	TAILQ_FOREACH(vip, &inst->vips, entry) {
		if (put(out, IMSG_CONF_VIP, id, field_vip, vip) == -1)
			return (-1);
	}
	TAILQ_FOREACH(peer, &inst->peers, entry) {
		if (put(out, IMSG_CONF_PEER, id, field_peer, peer) == -1)
			return (-1);
	}
	TAILQ_FOREACH(track, &inst->tracks, entry) {
		if (put(out, IMSG_CONF_TRACK, id, field_track, track) == -1)
			return (-1);
	}
	return (0);
}

static int
send_notify(struct wire_out *out, enum notify_object object,
    const char *name, const struct conf_notify *all, uint32_t id)
{
	const struct conf_notify	*notify;
	uint8_t				 i;

	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		notify = &all[i];
		if (notify->cmd.argc == 0 || !is_theirs(out, &notify->user))
			continue;
		msg_init_write(&out->m, out->buf, sizeof(out->buf));
		msg_put_u8(&out->m, object);
		msg_put_str(&out->m, name);
		msg_put_u8(&out->m, i);
		field_put(field_notify, &out->m, notify);
		if (emit(out, IMSG_CONF_NOTIFY, id) == -1)
			return (-1);
	}
	return (0);
}

static int
put(struct wire_out *out, uint16_t type, uint32_t id, const struct field *f,
    const void *obj)
{
	msg_init_write(&out->m, out->buf, sizeof(out->buf));
	field_put(f, &out->m, obj);
	return (emit(out, type, id));
}

/* The message in buf, if this part of the configuration has such. */
static int
emit(struct wire_out *out, uint16_t type, uint32_t id)
{
	int	 rc = 0;

	if (!wire_is_told(type, out->part))
		rc = 0;
	else if (out->counting)
		out->cnt[WIRE_KIND(type)]++;
	else if (out->m.error) {
		errno = EMSGSIZE;
		rc = -1;
	} else {
		out->sum = wire_sum(out->sum, out->buf, out->m.len);
		rc = out->send(out->arg, type, id, &out->m);
	}
	explicit_bzero(out->buf, out->m.len);	/* may hold a password */
	return (rc);
}
