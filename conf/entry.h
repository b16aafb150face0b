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
 * Entries of route and rule blocks while they are read: the words of a line,
 * one after the other.
 * Runs in: readconf only.
 */

#ifndef ENTRY_H
#define ENTRY_H

#include "keyword.h"

/* An entry that is read when everything else is known. */
struct entry_def {
	TAILQ_ENTRY(entry_def) entry;
	struct stmt	 st;
	struct inst_def	*d;		/* NULL: it is static */
	bool		 rule;
	struct conf_route *route;	/* once read and good */
	struct conf_rule *rule_made;
};

/* The words of an entry. */
struct words {
	struct load	*ld;
	const struct stmt *st;
	const char	*what;		/* "route", "rule": for messages */
	size_t		 i;		/* of the word that is being read */
	uint8_t		 family;	/* 0: not known yet */
	bool		 gone;		/* the entry is ignored, as was said */
};

enum rtname_kind {
	RTNAME_TABLE = 0,
	RTNAME_PROTO,
	RTNAME_SCOPE,
	RTNAME_TOS,
	RTNAME_REALM,
	RTNAME_GROUP,
	RTNAME_MAX
};

/* rtname.c */
bool	 rtname_get(struct load *, struct where, enum rtname_kind,
	    const char *, uint32_t *);

/* kw_entry.c: each says what is wrong, sets gone and returns false or NULL. */
struct where words_at(const struct words *);
/* The word behind this one, which is its value. */
const char *words_value(struct words *);
const char *words_peek(const struct words *);
bool	 words_u32(struct words *, const char *, uint32_t min, uint32_t max,
	    uint32_t *);
bool	 words_name(struct words *, enum rtname_kind, uint32_t *);
bool	 words_realms(struct words *, uint32_t *);
/* A prefix, or "all", "any", "default", with its host bits cleared. */
bool	 words_prefix(struct words *, const char *, struct vaddr *);
bool	 words_host(struct words *, const char *, struct vaddr *);
bool	 words_family(struct words *, uint8_t);
void	 words_gone(struct words *, struct where, const char *, ...)
	    __printflike(3, 4);
/* The word at i is none of an entry of this kind. */
void	 words_unknown(struct words *, enum block_id);
/* "default" has no family of its own. */
void	 words_default(struct words *, struct vaddr *);

/* kw_route.c, kw_rule.c: NULL when the entry is ignored. */
struct conf_route *route_read(struct load *, const struct stmt *,
	    bool is_static);
struct conf_rule *rule_read(struct load *, const struct stmt *,
	    bool is_static);

#endif /* ENTRY_H */
