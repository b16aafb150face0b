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
 * The fields of a configuration's objects as tables: what goes over the wire
 * in which order, which values are possible, and what a change of each means.
 * For wire.c and diff.c only.
 */

#ifndef FIELD_H
#define FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "diff.h"
#include "msg.h"

enum field_kind {
	FIELD_UINT = 1,		/* uint8_t to uint32_t, bool */
	FIELD_SINT,		/* int8_t to int64_t */
	FIELD_STR,		/* min: shortest length */
	FIELD_IFNAME,		/* likewise, and harmless in a path */
	FIELD_BYTES,
	FIELD_ADDR,		/* min: 1 if there must be one */
	FIELD_ARGV		/* min: fewest arguments */
};

/* Besides DIFF_F_*: what a difference means. 0: nothing. */
#define FIELD_OTHER		0x1000	/* of an object that is whole or not */
#define FIELD_ANEW		0x2000	/* the instance is another one */

struct field {
	const char	*name;		/* NULL: end of the table */
	size_t		 off;
	size_t		 size;
	enum field_kind	 kind;
	uint32_t	 means;
	int64_t		 min;
	int64_t		 max;
};

extern const struct field	field_global[];
extern const struct field	field_iface[];
extern const struct field	field_script[];
extern const struct field	field_file[];
extern const struct field	field_process[];
extern const struct field	field_hook[];
extern const struct field	field_mail[];
extern const struct field	field_inst[];
extern const struct field	field_group[];
extern const struct field	field_vip[];
extern const struct field	field_peer[];
extern const struct field	field_track[];
extern const struct field	field_notify[];

/* route.c: what is wrong, or NULL. */
void		 route_put(struct msg *, const struct conf_route *);
const char	*route_get(struct msg *, struct conf_route *);
void		 rule_put(struct msg *, const struct conf_rule *);
const char	*rule_get(struct msg *, struct conf_rule *);

void		 field_put(const struct field *, struct msg *, const void *);
/* Reads into a zeroed object; the name of the first bad field, or NULL. */
const char	*field_get(const struct field *, struct msg *, void *);
/* What the differences of two objects mean, together. */
uint32_t	 field_diff(const struct field *, const void *, const void *);

#endif /* FIELD_H */
