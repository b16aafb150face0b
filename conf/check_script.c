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
 * Scripts: who runs them, where they are, whether they may run, and what
 * tracks what.
 * Runs in: readconf.
 */

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keyword.h"
#include "secpath.h"

#define DEFAULT_USER	"keepalived_script"
#define DEFAULT_PATH	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:" \
			"/sbin:/bin"

static void	 script_used(struct load *);
static void	 script_check(struct load *, struct script_def *);
static bool	 user_default(struct load *, struct where, const char *,
		    struct conf_user *);
static bool	 user_ids(struct load *, struct where, const char *,
		    const struct conf_user *, uid_t *, gid_t *, bool sure);
static bool	 command_find(struct load *, struct where, const char *,
		    struct conf_argv *);
static bool	 may_run(const char *, uid_t, gid_t, char *, size_t);
static void	 track_resolve(struct load *, struct inst_def *,
		    struct track_def *);
static bool	 may_weigh(struct load *, const struct inst_def *,
		    const struct track_def *, struct conf_track *);
static bool	 track_script(struct load *, const char *, uint32_t,
		    const struct track_def *, struct conf_track *);
static void	 script_mark(struct load *, const struct track_def_list *);
static struct script_def *script_find(struct load *, const char *);
static void	 script_unknown(struct load *, const char *,
		    const struct track_def *);

static struct script_def *
script_find(struct load *ld, const char *name)
{
	struct script_def	*s;

	TAILQ_FOREACH(s, &ld->scripts, entry)
		if (strcmp(s->name, name) == 0)
			return (s);
	return (NULL);
}

/* Only those that are tracked ever run. */
static void
script_used(struct load *ld)
{
	struct group_def	*g;
	struct inst_def		*d;

	TAILQ_FOREACH(d, &ld->insts, entry)
		script_mark(ld, &d->tracks);
	TAILQ_FOREACH(g, &ld->groups, entry)
		if (g->c != NULL)
			script_mark(ld, &g->tracks);
}

static void
script_mark(struct load *ld, const struct track_def_list *tracks)
{
	const struct track_def	*t;
	struct script_def	*s;

	TAILQ_FOREACH(t, tracks, entry)
		if (t->kind == CONF_TRACK_SCRIPT &&
		    (s = script_find(ld, t->name)) != NULL)
			s->used = true;
}

void
check_scripts(struct load *ld)
{
	struct script_def	*s;

	script_used(ld);
	TAILQ_FOREACH(s, &ld->scripts, entry) {
		if (s->used)
			script_check(ld, s);
		else
			diag_note(ld, s->at, "vrrp_script %s: nothing tracks "
			    "it: it is never run", s->c->name);
		if (s->used && !s->bad)
			continue;
		TAILQ_REMOVE(&ld->conf->scripts, s->c, entry);
		conf_script_free(s->c);
		s->c = NULL;
	}
}

/* What no instance tracks in the end is not run. */
void
check_scripts_left(struct load *ld)
{
	struct script_def	*s;

	TAILQ_FOREACH(s, &ld->scripts, entry) {
		if (s->c == NULL ||
		    track_left(ld, CONF_TRACK_SCRIPT, s->c->name))
			continue;
		diag_note(ld, s->at, "vrrp_script %s: nothing tracks it in "
		    "the end: it is never run", s->c->name);
		TAILQ_REMOVE(&ld->conf->scripts, s->c, entry);
		conf_script_free(s->c);
		s->c = NULL;
	}
}

bool
track_left(const struct load *ld, uint8_t kind, const char *name)
{
	const struct conf_inst	*c;
	const struct conf_track	*t;

	TAILQ_FOREACH(c, &ld->conf->insts, entry)
		TAILQ_FOREACH(t, &c->tracks, entry)
			if (t->kind == kind && strcmp(t->name, name) == 0)
				return (true);
	return (false);
}

static void
script_check(struct load *ld, struct script_def *s)
{
	struct conf_script	*c = s->c;
	struct where		 at;
	char			 what[NAME_LEN + 16];

	(void)snprintf(what, sizeof(what), "vrrp_script %s", c->name);
	at = s->set[KS_SCRIPT].src != NULL ? s->set[KS_SCRIPT] : s->at;
	if (s->set[KS_TIMEOUT].src == NULL)
		c->timeout_us = c->interval_us;
	if (s->set[KS_SCRIPT].src == NULL) {
		diag_warn(ld, at, "%s has no script: nothing tracks it", what);
		s->bad = true;
		return;
	}
	if (c->cmd.argc == 0) {
		s->bad = true;		/* it has been reported */
		return;
	}
	if (c->init_fail)
		diag_note(ld, s->at, "%s: with init_fail it counts as failed "
		    "until its first success (keepalived ignores the word)",
		    what);
	s->bad = check_command(ld, at, what, &c->cmd, &c->user,
	    true) != CMD_OK;
}

/* Finds the command and the user, and whether the one may run the other. */
enum cmd_state
check_command(struct load *ld, struct where at, const char *what,
    struct conf_argv *cmd, struct conf_user *user, bool script)
{
	char	 why[TEXT_LEN], real[PATH_LEN];
	uid_t	 uid;
	gid_t	 gid;

	if (!user_default(ld, at, what, user))
		return (CMD_GONE);
	if (ld->opts->no_system)
		return (cmd->argv[0][0] == '/' ? CMD_OK : CMD_GONE);
	if (!user_ids(ld, at, what, user, &uid, &gid,
	    script || cmd->argc > 1))
		return (CMD_GONE);
	if (!command_find(ld, at, what, cmd))
		return (CMD_GONE);
	if (!may_run(cmd->argv[0], uid, gid, why, sizeof(why))) {
		diag_warn(ld, at, "%s: %s: %s: it is ignored", what,
		    cmd->argv[0], why);
		return (CMD_GONE);
	}
	if (secpath_check(cmd->argv[0], uid, gid, real, sizeof(real), why,
	    sizeof(why)) == 0)
		return (CMD_OK);
	if (uid != 0) {
		diag_warn(ld, at, "%s: %s: others than %s could change it: %s",
		    what, cmd->argv[0], user->user, why);
		return (CMD_OK);
	}
	diag_error(ld, at, "%s: %s is not safe to run as root: %s", what,
	    cmd->argv[0], why);
	return (CMD_BAD);
}

/* Who runs what names nobody; false: there is nobody. */
static bool
user_default(struct load *ld, struct where at, const char *what,
    struct conf_user *user)
{
	const struct conf_global	*g = ld->global.g;

	if (user->user[0] != '\0')
		return (true);
	if (g->script_user.user[0] != '\0') {
		*user = g->script_user;
		return (true);
	}
	if (!ld->opts->no_system && getpwnam(DEFAULT_USER) != NULL)
		(void)strlcpy(user->user, DEFAULT_USER, sizeof(user->user));
	else if (!g->script_security)
		(void)strlcpy(user->user, "root", sizeof(user->user));
	else
		diag_warn(ld, at, "%s: no user to run it: "
		    "enable_script_security forbids root unless script_user "
		    "names it: it is ignored", what);
	return (user->user[0] != '\0');
}

static bool
user_ids(struct load *ld, struct where at, const char *what,
    const struct conf_user *user, uid_t *uid, gid_t *gid, bool sure)
{
	const struct passwd	*pw;
	const struct group	*gr;

	if (strcmp(user->user, VRRPD_USER) == 0) {
		diag_error(ld, at, "%s: must not run as %s, the user of the "
		    "engine: it could end it", what, VRRPD_USER);
		return (false);
	}
	if ((pw = getpwnam(user->user)) == NULL) {
		diag_warn(ld, at, "%s: there is no user \"%s\"%s: it is "
		    "ignored", what, user->user, sure ? "" : " (a command "
		    "with arguments needs quotes around all of it)");
		return (false);
	}
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	if (user->group[0] == '\0')
		return (true);
	if ((gr = getgrnam(user->group)) == NULL) {
		diag_warn(ld, at, "%s: there is no group \"%s\": it is "
		    "ignored", what, user->group);
		return (false);
	}
	*gid = gr->gr_gid;
	return (true);
}

bool
check_user(struct load *ld, struct where at, const char *what,
    struct conf_user *user)
{
	uid_t	 uid;
	gid_t	 gid;

	if (!user_default(ld, at, what, user))
		return (false);
	return (ld->opts->no_system ||
	    user_ids(ld, at, what, user, &uid, &gid, true));
}

/* Makes the path absolute, by PATH when it has no slash. */
static bool
command_find(struct load *ld, struct where at, const char *what,
    struct conf_argv *cmd)
{
	const char	*path, *p;
	char		 full[PATH_LEN];
	struct stat	 st;
	size_t		 len;

	if (cmd->argv[0][0] == '/')
		return (true);
	if (strchr(cmd->argv[0], '/') != NULL) {
		diag_warn(ld, at, "%s: \"%s\" is not an absolute path: it is "
		    "ignored", what, cmd->argv[0]);
		return (false);
	}
	if ((path = getenv("PATH")) == NULL || *path == '\0')
		path = DEFAULT_PATH;
	for (p = path; *p != '\0'; p += len + (p[len] == ':')) {
		len = strcspn(p, ":");
		if (*p != '/' || snprintf(full, sizeof(full), "%.*s/%s",
		    (int)len, p, cmd->argv[0]) >= (int)sizeof(full))
			continue;
		if (stat(full, &st) == -1 || !S_ISREG(st.st_mode) ||
		    (st.st_mode & 0111) == 0)
			continue;
		diag_note(ld, at, "%s: %s is %s", what, cmd->argv[0], full);
		free(cmd->argv[0]);
		if ((cmd->argv[0] = strdup(full)) == NULL)
			err(1, "configuration");
		return (true);
	}
	diag_warn(ld, at, "%s: %s is in no folder of PATH (%s): it is ignored",
	    what, cmd->argv[0], path);
	return (false);
}

/* Does the kernel let that user run it? Only the file itself is looked at. */
static bool
may_run(const char *path, uid_t uid, gid_t gid, char *why, size_t whylen)
{
	struct stat	 st;
	mode_t		 bit;

	if (strlen(path) >= PATH_LEN) {
		(void)snprintf(why, whylen, "the path is too long");
		return (false);
	}
	if (stat(path, &st) == -1) {
		(void)strlcpy(why, strerror(errno), whylen);
		return (false);
	}
	if (!S_ISREG(st.st_mode)) {
		(void)snprintf(why, whylen, "it is not a regular file");
		return (false);
	}
	bit = 0001;
	if (uid == 0)
		bit = 0111;
	else if (uid == st.st_uid)
		bit = 0100;
	else if (gid == st.st_gid)
		bit = 0010;
	if ((st.st_mode & bit) == 0) {
		(void)snprintf(why, whylen, "it is not executable");
		return (false);
	}
	return (true);
}

void
check_tracks(struct load *ld, struct inst_def *d)
{
	struct track_def	*t;

	TAILQ_FOREACH(t, &d->tracks, entry)
		track_resolve(ld, d, t);
}

/* Adds the tracker to the instance unless something speaks against it. */
static void
track_resolve(struct load *ld, struct inst_def *d, struct track_def *t)
{
	struct conf_inst	*c = d->c;
	struct conf_track	 track;

	if (!track_make(ld, c->name, d->order, t, &track))
		return;
	if (t->kind == CONF_TRACK_IFACE && strcmp(t->name, c->ifname) == 0 &&
	    c->track_primary) {
		diag_warn(ld, t->at, "%s: %s is its own interface, which is "
		    "tracked anyway: ignored", c->name, t->name);
		return;
	}
	if (track.weight != 0 && !may_weigh(ld, d, t, &track))
		return;
	track_add(ld, t->at, &c->tracks, &track);
	t->kept = true;
}

/* keepalived: an owner has one priority, and so have members of a group. */
static bool
may_weigh(struct load *ld, const struct inst_def *d,
    const struct track_def *t, struct conf_track *track)
{
	const struct conf_inst	*c = d->c;
	const struct conf_group	*g = conf_group_by_name(ld->conf, c->group);

	if (c->priority != 255 && (g == NULL || g->weights))
		return (true);
	if (g != NULL && group_names(ld, g, t))
		return (true);	/* what the group says will count */
	if (track->kind == CONF_TRACK_FILE && track->weight == 1) {
		/* keepalived: what cannot change it can still be a fault */
		diag_warn(ld, t->at, "%s: the priority of %s never changes: "
		    "%s is tracked with weight 0", c->name, c->priority == 255 ?
		    "the owner" : "a member without sync_group_tracking_weight",
		    t->name);
		track->weight = 0;
		return (true);
	}
	if (g == NULL) {
		diag_warn(ld, t->at, "%s: the priority of the owner never "
		    "changes: %s is not tracked", c->name, t->name);
		return (false);
	}
	if (track->kind == CONF_TRACK_IFACE) {
		diag_warn(ld, t->at, "%s: a member of a sync group has no "
		    "weights%s: that %s goes down is a fault", c->name,
		    c->priority == 255 ? " when it is the owner" :
		    " without sync_group_tracking_weight", t->name);
		track->weight = 0;
		return (true);
	}
	diag_warn(ld, t->at, "%s: a member of a sync group has no weights%s: "
	    "%s is not tracked", c->name, c->priority == 255 ?
	    " when it is the owner" : " without sync_group_tracking_weight",
	    t->name);
	return (false);
}

bool
track_make(struct load *ld, const char *owner, uint32_t order,
    const struct track_def *t, struct conf_track *track)
{
	memset(track, 0, sizeof(*track));
	track->kind = t->kind;
	(void)strlcpy(track->name, t->name, sizeof(track->name));
	track->weight = t->weight;
	track->reverse = t->reverse;
	if (t->kind == CONF_TRACK_IFACE)
		return (true);
	if (t->kind == CONF_TRACK_SCRIPT)
		return (track_script(ld, owner, order, t, track));
	return (check_track_object(ld, owner, t, track));
}

void
track_add(struct load *ld, struct where at, struct conf_track_list *list,
    const struct conf_track *track)
{
	struct conf_track	*out;

	if (ld->track_cnt++ == MAX_TRACKS)
		diag_error(ld, at, "more than %d trackers", MAX_TRACKS);
	if ((out = malloc(sizeof(*out))) == NULL)
		err(1, "configuration");
	*out = *track;
	TAILQ_INSERT_TAIL(list, out, entry);
}

static bool
track_script(struct load *ld, const char *owner, uint32_t order,
    const struct track_def *t, struct conf_track *track)
{
	struct script_def	*s;

	if ((s = script_find(ld, t->name)) == NULL) {
		script_unknown(ld, owner, t);
		return (false);
	}
	if (s->bad) {
		diag_warn(ld, t->at, "%s: %s cannot run: it is not tracked",
		    owner, t->name);
		return (false);
	}
	if (s->order > order)
		diag_warn(ld, t->at, "%s: %s is defined further below: "
		    "keepalived does not track it, vrrpd does", owner,
		    t->name);
	if (!t->weighted)
		track->weight = s->c->weight;
	if (!t->reverse_set)
		track->reverse = s->c->reverse;
	return (true);
}

static void
script_unknown(struct load *ld, const char *owner,
    const struct track_def *t)
{
	struct script_def	*s;
	const char		*best = NULL;
	size_t			 n, least = 3;

	TAILQ_FOREACH(s, &ld->scripts, entry)
		if ((n = word_distance(t->name, s->name, least)) < least) {
			least = n;
			best = s->name;
		}
	diag_warn(ld, t->at, "%s: there is no vrrp_script %s: it is not "
	    "tracked%s%s%s", owner, t->name,
	    best != NULL ? "; did you mean \"" : "", best != NULL ? best : "",
	    best != NULL ? "\"?" : "");
}

void
check_notify(struct load *ld, const char *name, struct conf_notify *all,
    const struct where *at)
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
	struct conf_notify		*n;
	char				 what[NAME_LEN + 40];
	int				 i;

	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		n = &all[i];
		if (n->cmd.argc == 0)
			continue;
		(void)snprintf(what, sizeof(what), "%s: %s", name, names[i]);
		if (check_command(ld, at[i], what, &n->cmd, &n->user,
		    false) != CMD_GONE)
			continue;
		conf_argv_clear(&n->cmd);
		memset(&n->user, 0, sizeof(n->user));
	}
}
