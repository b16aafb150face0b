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
 * An IPv4 or IPv6 address with a prefix length.
 */

#ifndef ADDR_H
#define ADDR_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "xxxx:...:255.255.255.255/128" and the NUL. */
#define VADDR_STRLEN	52

struct vaddr {
	uint8_t		 family;	/* AF_INET, AF_INET6; 0: none */
	uint8_t		 plen;		/* 32 or 128 when not given */
	uint8_t		 bytes[16];	/* network order; IPv4: first four */
};

/* "ADDR" or "ADDR/LEN"; 0, or -1 and *out untouched. */
int	 vaddr_parse(struct vaddr *out, const char *);
/* From 4 (AF_INET) or 16 network-order bytes; plen becomes 32 or 128. */
void	 vaddr_from_bytes(struct vaddr *, int family, const void *);
/* "ADDR" into buf; returns buf ("-" when there is none). */
const char *vaddr_print(const struct vaddr *, char *buf, size_t);
/* "ADDR/LEN". */
const char *vaddr_print_plen(const struct vaddr *, char *buf, size_t);
/* By family, then bytes; the prefix length does not count. <0 0 >0. */
int	 vaddr_cmp(const struct vaddr *, const struct vaddr *);
/* The same with the prefix length. */
int	 vaddr_cmp_plen(const struct vaddr *, const struct vaddr *);
size_t	 vaddr_len(const struct vaddr *);		/* 0, 4 or 16 */
uint8_t	 vaddr_full_plen(const struct vaddr *);		/* 0, 32 or 128 */
bool	 vaddr_is_multicast(const struct vaddr *);
bool	 vaddr_is_linklocal(const struct vaddr *);	/* fe80::/10 */
bool	 vaddr_is_unspec(const struct vaddr *);		/* none or all zero */
bool	 vaddr_in_net(const struct vaddr *, const struct vaddr *net);
/* Fills ss (scope: IPv6 link-local only, else ignored); its length. */
socklen_t vaddr_to_sockaddr(const struct vaddr *, uint32_t scope,
	    struct sockaddr_storage *);

#endif /* ADDR_H */
