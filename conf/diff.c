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
 * What differs between two configurations. Runs in: parent.
 */

#include <stdlib.h>
#include <string.h>

#include "field.h"

/*
 * Walks x and y along two lists until they differ. The order counts in all of
 * them: advertisements have it too.
 */
#define SKIP_EQUAL(x, y, xs, ys, fields) do {				\
	(x) = TAILQ_FIRST(xs);						\
	(y) = TAILQ_FIRST(ys);						\
	while ((x) != NULL && (y) != NULL &&				\
	    field_diff((fields), (x), (y)) == 0) {			\
		(x) = TAILQ_NEXT((x), entry);				\
		(y) = TAILQ_NEXT((y), entry);				\
	}								\
} while (0)

static const struct conf_inst **sorted(const struct conf *, size_t *);
static int	 name_cmp(const void *, const void *);
static void	 add(struct diff *, const struct conf_inst *,
		    const struct conf_inst *);
static uint32_t	 inst_diff(const struct conf_inst *, const struct conf_inst *);
static uint32_t	 notify_diff(const struct conf_notify *,
		    const struct conf_notify *);
static bool	 scripts_equal(const struct conf *, const struct conf *);
static bool	 routes_equal(const struct conf_route_list *,
		    const struct conf_route_list *);
static bool	 rules_equal(const struct conf_rule_list *,
		    const struct conf_rule_list *);
static bool	 groups_equal(const struct conf *, const struct conf *);

struct diff *
diff_new(const struct conf *old, const struct conf *new)
{
	const struct conf_inst	**a = NULL, **b;
	struct diff		 *d;
	size_t			  a_cnt = 0, b_cnt, i = 0, j = 0;
	int			  cmp;

	d = calloc(1, sizeof(*d));
	if (old != NULL)
		a = sorted(old, &a_cnt);
	b = sorted(new, &b_cnt);
	if (d != NULL)
		d->insts = calloc(a_cnt + b_cnt + 1, sizeof(*d->insts));
	if (d == NULL || d->insts == NULL || (old != NULL && a == NULL) ||
	    b == NULL) {
		diff_free(d);
		d = NULL;
		goto done;
	}
	while (i < a_cnt || j < b_cnt) {
		if (i == a_cnt || j == b_cnt)
			cmp = i == a_cnt ? 1 : -1;
		else
			cmp = strcmp(a[i]->name, b[j]->name);
		add(d, cmp <= 0 ? a[i] : NULL, cmp >= 0 ? b[j] : NULL);
		i += cmp <= 0;
		j += cmp >= 0;
	}
	d->global = old == NULL ||
	    field_diff(field_global, &old->global, &new->global) != 0 ||
	    field_diff(field_mail, &old->mail, &new->mail) != 0;
	d->scripts = old == NULL ? !TAILQ_EMPTY(&new->scripts) :
	    !scripts_equal(old, new);
	d->groups = old == NULL ? !TAILQ_EMPTY(&new->groups) :
	    !groups_equal(old, new);
 done:
	free(a);
	free(b);
	return (d);
}

void
diff_free(struct diff *d)
{
	if (d == NULL)
		return;
	free(d->insts);
	free(d);
}

/* The instances by name; never an empty array. */
static const struct conf_inst **
sorted(const struct conf *conf, size_t *cnt)
{
	const struct conf_inst	**list;
	struct conf_inst	 *inst;
	size_t			  n = 0;

	TAILQ_FOREACH(inst, &conf->insts, entry)
		n++;
	*cnt = 0;
	if ((list = calloc(n + 1, sizeof(*list))) == NULL)
		return (NULL);
	TAILQ_FOREACH(inst, &conf->insts, entry)
		list[(*cnt)++] = inst;
	qsort(list, n, sizeof(*list), name_cmp);
	return (list);
}

static int
name_cmp(const void *a, const void *b)
{
	const struct conf_inst *const	*left = a;
	const struct conf_inst *const	*right = b;

	return (strcmp((*left)->name, (*right)->name));
}

static void
add(struct diff *d, const struct conf_inst *old, const struct conf_inst *new)
{
	struct diff_inst	*di = &d->insts[d->inst_cnt++];

	di->old = old;
	di->new = new;
	if (old == NULL) {
		di->kind = DIFF_ADDED;
		d->added++;
	} else if (new == NULL) {
		di->kind = DIFF_REMOVED;
		d->removed++;
	} else if ((di->fields = inst_diff(old, new)) != 0) {
		di->kind = di->fields & FIELD_ANEW ? DIFF_REPLACED :
		    DIFF_CHANGED;
		di->fields &= ~(uint32_t)FIELD_ANEW;
		d->changed++;
	}
}

static uint32_t
inst_diff(const struct conf_inst *a, const struct conf_inst *b)
{
	struct conf_peer	*peer_a, *peer_b;
	struct conf_track	*track_a, *track_b;
	struct conf_vip		*vip_a, *vip_b;
	uint32_t		 means;

	means = field_diff(field_inst, a, b);
	SKIP_EQUAL(vip_a, vip_b, &a->vips, &b->vips, field_vip);
	if (vip_a != NULL || vip_b != NULL)
		means |= DIFF_F_VIPS;
	SKIP_EQUAL(peer_a, peer_b, &a->peers, &b->peers, field_peer);
	if (peer_a != NULL || peer_b != NULL)
		means |= DIFF_F_SOURCE;
	SKIP_EQUAL(track_a, track_b, &a->tracks, &b->tracks, field_track);
	if (track_a != NULL || track_b != NULL)
		means |= DIFF_F_TRACKS;
	if (!routes_equal(&a->routes, &b->routes) ||
	    !rules_equal(&a->rules, &b->rules))
		means |= DIFF_F_ROUTES;
	return (means | notify_diff(a->notify, b->notify));
}

static uint32_t
notify_diff(const struct conf_notify *a, const struct conf_notify *b)
{
	size_t	 i;

	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		if (field_diff(field_notify, &a[i], &b[i]))
			return (DIFF_F_NOTIFY);
	}
	return (0);
}

static bool
routes_equal(const struct conf_route_list *a, const struct conf_route_list *b)
{
	const struct conf_route	*x, *y;

	x = TAILQ_FIRST(a);
	y = TAILQ_FIRST(b);
	while (x != NULL && y != NULL && route_equal(x, y)) {
		x = TAILQ_NEXT(x, entry);
		y = TAILQ_NEXT(y, entry);
	}
	return (x == NULL && y == NULL);
}

static bool
rules_equal(const struct conf_rule_list *a, const struct conf_rule_list *b)
{
	const struct conf_rule	*x, *y;

	x = TAILQ_FIRST(a);
	y = TAILQ_FIRST(b);
	while (x != NULL && y != NULL && rule_equal(x, y)) {
		x = TAILQ_NEXT(x, entry);
		y = TAILQ_NEXT(y, entry);
	}
	return (x == NULL && y == NULL);
}

static bool
groups_equal(const struct conf *a, const struct conf *b)
{
	const struct conf_group	*x, *y;

	x = TAILQ_FIRST(&a->groups);
	y = TAILQ_FIRST(&b->groups);
	for (; x != NULL && y != NULL; x = TAILQ_NEXT(x, entry)) {
		if (field_diff(field_group, x, y) != 0 ||
		    notify_diff(x->notify, y->notify) != 0)
			return (false);
		y = TAILQ_NEXT(y, entry);
	}
	return (x == NULL && y == NULL);
}

static bool
scripts_equal(const struct conf *a, const struct conf *b)
{
	struct conf_script	*x, *y;

	SKIP_EQUAL(x, y, &a->scripts, &b->scripts, field_script);
	return (x == NULL && y == NULL);
}
