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
 * Looks up the users that scripts run as. Runs in: parent, once for each
 * configuration.
 */

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ident.h"

static int	 ident_add(struct idents *, const struct conf *,
		    const struct idents *, const struct conf_user *,
		    char *, size_t);
static int	 look_up(const struct conf_user *, struct ident *, char *,
		    size_t);
static uint32_t	 ident_number(struct idents *, const struct idents *,
		    const struct ident *);
static bool	 ident_equal(const struct ident *, const struct ident *);
static uint32_t	 checker_of(const struct idents *, const struct conf *,
		    const struct conf_track *);
static int	 add_objects(struct idents *, struct conf *,
		    const struct idents *, char *, size_t);
static int	 add_all(struct idents *, struct conf *, const struct idents *,
		    char *, size_t);
static int	 add_notify(struct idents *, const struct conf *,
		    const struct idents *, const char *, struct conf_notify *,
		    char *, size_t);

struct idents *
ident_load(struct conf *conf, const struct idents *old, char *why,
    size_t whylen)
{
	struct idents		*ids;
	struct conf_inst	*ci;
	struct conf_track	*ct;

	if ((ids = calloc(1, sizeof(*ids))) == NULL) {
		(void)snprintf(why, whylen, "out of memory");
		return (NULL);
	}
	TAILQ_INIT(&ids->names);
	ids->next_id = old != NULL ? old->next_id : 1;
	if (add_all(ids, conf, old, why, whylen) == -1) {
		ident_free(ids);
		return (NULL);
	}
	TAILQ_FOREACH(ci, &conf->insts, entry) {
		TAILQ_FOREACH(ct, &ci->tracks, entry)
			ct->checker = checker_of(ids, conf, ct);
	}
	return (ids);
}

/* Who looks after a tracked object; 0: nobody needs to. */
static uint32_t
checker_of(const struct idents *ids, const struct conf *conf,
    const struct conf_track *ct)
{
	const struct conf_script	*cs;
	const struct conf_file		*cf;
	const struct conf_process	*cp;

	switch (ct->kind) {
	case CONF_TRACK_SCRIPT:
		cs = conf_script_by_id(conf, ct->object);
		return (cs != NULL ? ident_find(ids, &cs->user) : 0);
	case CONF_TRACK_FILE:
		cf = conf_file_by_id(conf, ct->object);
		return (cf != NULL ? ident_find(ids, &cf->user) : 0);
	case CONF_TRACK_PROCESS:
		cp = conf_process_by_id(conf, ct->object);
		return (cp != NULL ? ident_find(ids, &cp->user) : 0);
	default:
		return (0);
	}
}

void
ident_free(struct idents *ids)
{
	struct ident_name	*in;

	if (ids == NULL)
		return;
	while ((in = TAILQ_FIRST(&ids->names)) != NULL) {
		TAILQ_REMOVE(&ids->names, in, entry);
		free(in);
	}
	free(ids);
}

uint32_t
ident_find(const struct idents *ids, const struct conf_user *user)
{
	const struct ident_name	*in;

	TAILQ_FOREACH(in, &ids->names, entry)
		if (strcmp(in->user.user, user->user) == 0 &&
		    strcmp(in->user.group, user->group) == 0)
			return (in->id);
	return (0);
}

const struct ident *
ident_by_id(const struct idents *ids, uint32_t id)
{
	uint32_t	 i;

	for (i = 0; i < ids->cnt; i++)
		if (ids->list[i].id == id)
			return (&ids->list[i]);
	return (NULL);
}

bool
ident_may_gain(const struct idents *ids)
{
	uint32_t	 i;

	for (i = 0; i < ids->cnt; i++)
		if (ids->list[i].uid == 0 || !ids->list[i].no_new_privs)
			return (true);
	return (false);
}

static int
add_all(struct idents *ids, struct conf *conf, const struct idents *old,
    char *why, size_t whylen)
{
	struct conf_script	*cs;
	struct conf_group	*cg;
	struct conf_inst	*ci;
	char			 text[TEXT_LEN / 2];

	TAILQ_FOREACH(cs, &conf->scripts, entry) {
		if (ident_add(ids, conf, old, &cs->user, text,
		    sizeof(text)) == -1) {
			(void)snprintf(why, whylen, "script %s: %s", cs->name,
			    text);
			return (-1);
		}
	}
	if (add_objects(ids, conf, old, why, whylen) == -1)
		return (-1);
	TAILQ_FOREACH(cg, &conf->groups, entry) {
		if (add_notify(ids, conf, old, cg->name, cg->notify, why,
		    whylen) == -1)
			return (-1);
	}
	TAILQ_FOREACH(ci, &conf->insts, entry) {
		if (add_notify(ids, conf, old, ci->name, ci->notify, why,
		    whylen) == -1)
			return (-1);
	}
	return (0);
}

/* The users of an instance's or a group's commands, and who runs these. */
static int
add_notify(struct idents *ids, const struct conf *conf,
    const struct idents *old, const char *name, struct conf_notify *notify,
    char *why, size_t whylen)
{
	char	 text[TEXT_LEN / 2];
	int	 i;

	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		notify[i].checker = 0;
		if (notify[i].cmd.argc == 0)
			continue;
		if (ident_add(ids, conf, old, &notify[i].user, text,
		    sizeof(text)) == -1) {
			(void)snprintf(why, whylen, "%s: notify script: %s",
			    name, text);
			return (-1);
		}
		notify[i].checker = ident_find(ids, &notify[i].user);
	}
	return (0);
}

static int
add_objects(struct idents *ids, struct conf *conf, const struct idents *old,
    char *why, size_t whylen)
{
	struct conf_file	*cf;
	struct conf_process	*cp;
	int			 i;

	TAILQ_FOREACH(cf, &conf->files, entry)
		if (ident_add(ids, conf, old, &cf->user, why, whylen) == -1)
			return (-1);
	TAILQ_FOREACH(cp, &conf->processes, entry)
		if (ident_add(ids, conf, old, &cp->user, why, whylen) == -1)
			return (-1);
	for (i = 0; i < HOOK_MAX; i++)
		if (conf->hooks[i].used && ident_add(ids, conf, old,
		    &conf->hooks[i].user, why, whylen) == -1)
			return (-1);
	return (0);
}

static int
ident_add(struct idents *ids, const struct conf *conf,
    const struct idents *old, const struct conf_user *user, char *why,
    size_t whylen)
{
	struct ident_name	*in;
	struct ident		 ident;
	uint32_t		 id;

	if (ident_find(ids, user) != 0)
		return (0);
	memset(&ident, 0, sizeof(ident));
	if (look_up(user, &ident, why, whylen) == -1)
		return (-1);
	ident.no_new_privs = conf->global.script_no_new_privs;
	if ((id = ident_number(ids, old, &ident)) == 0) {
		(void)snprintf(why, whylen,
		    "scripts run as more than %d different users",
		    MAX_CHECKERS);
		return (-1);
	}
	if ((in = calloc(1, sizeof(*in))) == NULL) {
		(void)snprintf(why, whylen, "out of memory");
		return (-1);
	}
	in->user = *user;
	in->id = id;
	TAILQ_INSERT_TAIL(&ids->names, in, entry);
	return (0);
}

/* XXX waits for a slow directory service; that is at a load only. */
static int
look_up(const struct conf_user *user, struct ident *ident, char *why,
    size_t whylen)
{
	struct passwd	*pw;
	struct group	*gr;
	gid_t		 groups[MAX_GROUPS];
	int		 i, cnt;

	if ((pw = getpwnam(user->user)) == NULL) {
		(void)snprintf(why, whylen, "user %s does not exist",
		    user->user[0] != '\0' ? user->user : "\"\"");
		return (-1);
	}
	ident->uid = pw->pw_uid;
	ident->gid = pw->pw_gid;
	(void)strlcpy(ident->name, user->user, sizeof(ident->name));
	if (user->group[0] != '\0') {
		if ((gr = getgrnam(user->group)) == NULL) {
			(void)snprintf(why, whylen, "group %s does not exist",
			    user->group);
			return (-1);
		}
		ident->gid = gr->gr_gid;
		(void)strlcat(ident->name, ":", sizeof(ident->name));
		(void)strlcat(ident->name, user->group, sizeof(ident->name));
	}
	cnt = MAX_GROUPS;
	if (getgrouplist(user->user, ident->gid, groups, &cnt) == -1) {
		(void)snprintf(why, whylen,
		    "user %s is in more than %d groups", user->user,
		    MAX_GROUPS);
		return (-1);
	}
	ident->group_cnt = (uint16_t)cnt;
	for (i = 0; i < cnt; i++)
		ident->groups[i] = groups[i];
	return (0);
}

/* The id of an identity: that of an equal one, or a new one; 0: too many. */
static uint32_t
ident_number(struct idents *ids, const struct idents *old,
    const struct ident *ident)
{
	struct ident	*slot;
	uint32_t	 i;

	for (i = 0; i < ids->cnt; i++)
		if (ident_equal(&ids->list[i], ident))
			return (ids->list[i].id);
	if (ids->cnt == MAX_CHECKERS)
		return (0);
	slot = &ids->list[ids->cnt++];
	*slot = *ident;
	for (i = 0; old != NULL && i < old->cnt; i++)
		if (ident_equal(&old->list[i], ident))
			slot->id = old->list[i].id;
	if (slot->id == 0)
		slot->id = ids->next_id++;
	return (slot->id);
}

static bool
ident_equal(const struct ident *a, const struct ident *b)
{
	return (a->uid == b->uid && a->gid == b->gid &&
	    a->no_new_privs == b->no_new_privs &&
	    a->group_cnt == b->group_cnt &&
	    memcmp(a->groups, b->groups,
	    a->group_cnt * sizeof(a->groups[0])) == 0);
}
