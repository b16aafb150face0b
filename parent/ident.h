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
 * Script identities: the users that scripts run as, looked up once for each
 * configuration. There is one checker for each. Runs in: parent.
 */

#ifndef IDENT_H
#define IDENT_H

#include <sys/queue.h>
#include <sys/types.h>

#include "conf.h"

struct ident {
	uint32_t	 id;		/* also that of its checker */
	char		 name[NAME_LEN * 2];	/* "user" or "user:group" */
	uid_t		 uid;
	gid_t		 gid;
	uint16_t	 group_cnt;
	uint32_t	 groups[MAX_GROUPS];
	bool		 no_new_privs;
};

/* Every name in the configuration, and which identity it is. */
struct ident_name {
	TAILQ_ENTRY(ident_name) entry;
	struct conf_user user;
	uint32_t	 id;
};

struct idents {
	TAILQ_HEAD(ident_names, ident_name) names;
	struct ident	 list[MAX_CHECKERS];
	uint32_t	 cnt;
	uint32_t	 next_id;
};

/*
 * Looks up all users of a configuration and fills in which checker each
 * track belongs to. Identities that are in old (or NULL) keep their id. NULL
 * with a reason in why.
 */
struct idents *ident_load(struct conf *, const struct idents *old,
	    char *why, size_t whylen);
void	 ident_free(struct idents *);
/* 0 when the name is not of this configuration. */
uint32_t ident_find(const struct idents *, const struct conf_user *);
const struct ident *ident_by_id(const struct idents *, uint32_t);
/* May a script have root's rights, as root or by sudo(8) and the like? */
bool	 ident_may_gain(const struct idents *);

#endif /* IDENT_H */
