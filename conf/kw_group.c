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
 * The words of vrrp_sync_group. Runs in: readconf.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

static void	 read_members(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 member_entry(struct load *, const struct stmt *, void *);
static void	 read_tracks(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_notify(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_old_weights(struct load *, const struct kw *,
		    const struct stmt *, void *);

const struct kw kw_group[] = {
	{ .name = "group", .arg = KA_BLOCK, .id = KY_GROUP,
	    .set = read_members },
	{ .name = "track_interface", .arg = KA_BLOCK, .set = read_tracks },
	{ .name = "track_script", .arg = KA_BLOCK, .set = read_tracks },
	{ .name = "track_file", .arg = KA_BLOCK, .set = read_tracks },
	{ .name = "track_process", .arg = KA_BLOCK, .set = read_tracks },
	{ .name = "notify_master", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_MASTER },
	{ .name = "notify_backup", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_BACKUP },
	{ .name = "notify_fault", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_FAULT },
	{ .name = "notify_stop", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_STOP },
	{ .name = "notify", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = CONF_NOTIFY_ANY },
	{ .name = "sync_group_tracking_weight", .arg = KA_NONE,
	    KW_OFF(struct conf_group, weights), .inner = true },
	{ .name = "notify_priority_changes", .arg = KA_BOOL,
	    .id = KY_PRIO_NOTIFY, KW_OFF(struct group_def, prio_notify) },
	{ .name = "smtp_alert", .arg = KA_BOOL, .id = KY_SMTP_ALERT,
	    KW_OFF(struct conf_group, smtp_alert), .inner = true },
	{ .name = "global_tracking", .arg = KA_OPTIONAL,
	    .set = set_old_weights }
};
const size_t kw_group_cnt = sizeof(kw_group) / sizeof(kw_group[0]);

void
read_group(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_group	*c;
	struct group_def	*d;
	const char		*name;

	if ((name = block_name(ld, kw, st)) == NULL || !block_begin_once(ld, kw,
	    st, BLK_SYNC_GROUP, conf_group_by_name(ld->conf, name) != NULL))
		return;
	if ((c = conf_group_new()) == NULL)
		err(1, "configuration");
	d = mem_get(ld, sizeof(*d));
	TAILQ_INIT(&d->members);
	TAILQ_INIT(&d->tracks);
	d->c = c;
	d->at = word_at(st, 1);
	d->order = ld->order++;
	c->line = st->src->line;
	name_copy(ld, d->at, "the name", c->name, sizeof(c->name), name);
	TAILQ_INSERT_TAIL(&ld->conf->groups, c, entry);
	TAILQ_INSERT_TAIL(&ld->groups, d, entry);
	block_read(ld, BLK_SYNC_GROUP, d, d->set);
}

static void
read_members(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_MEMBER))
		block_entries(ld, st, member_entry, obj);
}

/* NAME [NAME]... */
static void
member_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct group_def	*d = obj;
	struct member_def	*m, *other;
	size_t			 i;

	for (i = 0; i < st->cnt; i++) {
		m = mem_get(ld, sizeof(*m));
		m->at = word_at(st, i);
		name_copy(ld, m->at, "the name", m->name, sizeof(m->name),
		    st->word[i].s);
		TAILQ_FOREACH(other, &d->members, entry)
			if (strcmp(other->name, m->name) == 0)
				break;
		if (other == NULL)
			TAILQ_INSERT_TAIL(&d->members, m, entry);
		else
			diag_warn(ld, m->at, "%s stands a second time: "
			    "ignored", m->name);
	}
}

static void
read_tracks(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	static const struct {
		const char	*name;
		void		(*entry)(struct load *, const struct stmt *,
				    void *);
	}		 kinds[] = {
		{ "track_script", group_script_entry },
		{ "track_file", group_file_entry },
		{ "track_process", group_process_entry },
		{ "track_interface", group_iface_entry }
	};
	size_t		 i = 0;

	stmt_extra(ld, st, 1);
	if (!block_begin(ld, st, BLK_TRACK))
		return;
	while (strcmp(kw->name, kinds[i].name) != 0)
		i++;
	block_entries(ld, st, kinds[i].entry, obj);
}

static void
set_notify(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct group_def	*d = obj;

	notify_set(ld, kw, st, d->c->notify, d->notify_at);
}

static void
set_old_weights(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct group_def	*d = obj;

	stmt_extra(ld, st, 1);
	diag_warn(ld, word_at(st, 0), "global_tracking is an old name of "
	    "sync_group_tracking_weight, which is used");
	d->c->weights = true;
}
