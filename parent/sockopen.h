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
 * One VRRP socket, opened and locked.
 */

#ifndef SOCKOPEN_H
#define SOCKOPEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "filter.h"

#define SOCK_PROTO_VRRP		112
#define SOCK_PROTO_AH		51
#define SOCK_TRAFFIC_CLASS	0xc0	/* CS6 */
#define SOCK_GROUPS_MAX	16		/* memberships of one socket */

/* What makes a socket what it is; two with equal ones are the same. */
struct sock_spec {
	uint32_t	 ifindex;
	uint8_t		 family;
	bool		 rx;
	bool		 ah;	/* authentication header; tx: whole packets */
	/* Transmit. */
	uint8_t		 ttl;
	struct vaddr	 src;
	struct vaddr	 dst;
	bool		 foreign_src;	/* not of this interface */
	/* Receive. */
	uint64_t	 rx_buf;	/* bytes; 0: RX_BUFFER */
	bool		 all_vrids;
	uint8_t		 vrids[FILTER_VRIDS_LEN];
	size_t		 group_cnt;
	struct vaddr	 groups[SOCK_GROUPS_MAX];
};

/* A descriptor, or -1 with errno; *what is set to the step that failed. */
int	 sock_open(const struct sock_spec *, const char **what);

#endif /* SOCKOPEN_H */
