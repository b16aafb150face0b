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

/* Who speaks VRRP on an interface. Runs in: vrrpctl. */

#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCAN_US		(4 * US_PER_SEC)	/* if not given */
#define SCAN_MAX	1024	/* routers */
#define SCAN_ADDRS	4	/* of a router, that are kept */

struct heard {
	uint8_t		 family;	/* PKT_V4, PKT_V6 */
	uint8_t		 vrid;
	uint8_t		 version;
	uint8_t		 prio;
	uint8_t		 auth;		/* version 2: as on the wire */
	uint8_t		 addr_cnt;
	bool		 unicast;
	bool		 own;		/* sent by this host */
	int		 result;	/* enum pkt_result, of the last one */
	int64_t		 adver_int_us;	/* 0: not known */
	uint64_t	 packets;
	uint8_t		 src[16];
	uint8_t		 addrs[SCAN_ADDRS][16];
};

struct scan {
	int64_t		 began_us;
	int64_t		 took_us;
	uint64_t	 packets;
	uint64_t	 broken;	/* too short to say anything */
	uint64_t	 left_out;	/* of more routers than SCAN_MAX */
	size_t		 cnt;
	struct heard	 heard[SCAN_MAX];
	uint8_t		 buf[65536];
};

/* Listens, having given up all rights; an enum client_status. */
int	 scan(struct scan *, const char *ifname, int64_t for_us);
/* scanout.c: the whole command */
int	 scan_command(const char *ifname, int64_t for_us, bool json);

#endif /* SCAN_H */
