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
 * The classic filters of the VRRP sockets. Pure.
 */

#ifndef FILTER_H
#define FILTER_H

#include <linux/filter.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILTER_VRIDS_LEN	32		/* a bit for each VRID */
#define FILTER_MAX		(8 + 2 * 256)	/* instructions */

/*
 * Lets through what has the eight bytes of every VRRP header and, with vrids
 * (NULL: any), one of those VRIDs. What else is wrong with it is seen and
 * counted by the engine. Number of instructions.
 */
size_t	 filter_rx(struct sock_filter [FILTER_MAX], int family, bool ah,
	    const uint8_t vrids[FILTER_VRIDS_LEN]);
/*
 * Announcements of these IPv4 (ARP) or IPv6 (NA) addresses, by the last four
 * bytes of each, but none of our own; with more than FILTER_ADDRS_MAX of them
 * those of all addresses. What else is wrong is for the engine to see.
 */
#define FILTER_ADDRS_MAX	240
size_t	 filter_watch(struct sock_filter [FILTER_MAX], int family,
	    const uint32_t *last, size_t cnt);
/* Lets nothing through. */
size_t	 filter_none(struct sock_filter [FILTER_MAX]);

#endif /* FILTER_H */
