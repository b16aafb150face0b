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
 * What the two directions of a configuration on the wire share.
 */

#ifndef WIRE_INT_H
#define WIRE_INT_H

#include "wire.h"

#define WIRE_SUM_INIT	0xcbf29ce484222325ULL	/* FNV-1a, 64 bits */
/* The kinds that are counted stand in a row in enum imsg_type. */
#define WIRE_KIND_FIRST	IMSG_CONF_IFACE
#define WIRE_KIND_CNT	(IMSG_CONF_STATIC - IMSG_CONF_IFACE + 1)
#define WIRE_KIND(type)	((type) - WIRE_KIND_FIRST)

#define WIRE_STATIC	UINT32_MAX	/* id of what belongs to no instance */

/* Is a message of this type (CONF_BEGIN to CONF_END) told to that side? */
bool	 wire_is_told(uint16_t type, enum wire_part);
/* The sum with these bytes added. */
uint64_t wire_sum(uint64_t sum, const void *, size_t);

#endif /* WIRE_INT_H */
