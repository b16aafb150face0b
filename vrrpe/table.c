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
 * The engine's tables by id. The ids are the parent's. Runs in: vrrpe.
 */

#include <stdlib.h>
#include <string.h>

#include "vrrpe.h"

RB_GENERATE(elink_tree, elink, node, elink_cmp)
RB_GENERATE(esock_tree, esock, node, esock_cmp)
RB_GENERATE(escript_tree, escript, node, escript_cmp)
RB_GENERATE(einst_tree, einst, node, einst_cmp)

int
elink_cmp(const struct elink *a, const struct elink *b)
{
	return (a->slot < b->slot ? -1 : a->slot > b->slot);
}

int
esock_cmp(const struct esock *a, const struct esock *b)
{
	return (a->id < b->id ? -1 : a->id > b->id);
}

int
escript_cmp(const struct escript *a, const struct escript *b)
{
	return (a->id < b->id ? -1 : a->id > b->id);
}

int
einst_cmp(const struct einst *a, const struct einst *b)
{
	return (a->id < b->id ? -1 : a->id > b->id);
}

struct elink *
elink_find(struct engine *e, uint32_t slot)
{
	struct elink	 key;

	key.slot = slot;
	return (RB_FIND(elink_tree, &e->links, &key));
}

struct elink *
elink_add(struct engine *e, uint32_t slot)
{
	struct elink	*l;

	if ((l = elink_find(e, slot)) != NULL)
		return (l);
	if ((l = calloc(1, sizeof(*l))) == NULL)
		fatal("interface table");
	l->e = e;
	l->slot = slot;
	LIST_INIT(&l->insts);
	LIST_INIT(&l->trackers);
	RB_INSERT(elink_tree, &e->links, l);
	return (l);
}

struct esock *
esock_find(struct engine *e, uint32_t id)
{
	struct esock	 key;

	key.id = id;
	return (RB_FIND(esock_tree, &e->socks, &key));
}

struct escript *
escript_find(struct engine *e, uint32_t id)
{
	struct escript	 key;

	key.id = id;
	return (RB_FIND(escript_tree, &e->scripts, &key));
}

struct escript *
escript_add(struct engine *e, uint32_t id)
{
	struct escript	*s;

	if ((s = escript_find(e, id)) != NULL)
		return (s);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		fatal("script table");
	s->id = id;
	LIST_INIT(&s->trackers);
	RB_INSERT(escript_tree, &e->scripts, s);
	return (s);
}

struct einst *
einst_find(struct engine *e, uint32_t id)
{
	struct einst	 key;

	key.id = id;
	return (RB_FIND(einst_tree, &e->insts, &key));
}

struct einst *
einst_next(struct engine *e, uint32_t id)
{
	struct einst	 key;

	if (id == UINT32_MAX)
		return (NULL);
	key.id = id + 1;
	return (RB_NFIND(einst_tree, &e->insts, &key));
}

/* For people only: it looks at all of them. */
struct einst *
einst_by_name(struct engine *e, const char *name)
{
	struct einst	*i;

	RB_FOREACH(i, einst_tree, &e->insts) {
		if (strcmp(i->conf->name, name) == 0)
			return (i);
	}
	return (NULL);
}

void
euse_clear(struct euse *use)
{
	free(use->tx);
	memset(use, 0, sizeof(*use));
}
