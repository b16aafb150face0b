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
 * The Ethernet frames that announce an address. Pure.
 */

#ifndef FRAMES_H
#define FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"

#define FRAME_ARP_LEN	42
#define FRAME_NA_LEN	86
#define FRAME_MAX	FRAME_NA_LEN

/* Gratuitous ARP request for an IPv4 address; its length. */
size_t	 frame_arp(uint8_t [FRAME_MAX], const uint8_t mac[6],
	    const struct vaddr *);
/* Unsolicited neighbour advertisement for an IPv6 address; its length. */
size_t	 frame_na(uint8_t [FRAME_MAX], const uint8_t mac[6],
	    const struct vaddr *);
/* One of the two, by family. */
size_t	 frame_announce(uint8_t [FRAME_MAX], const uint8_t mac[6],
	    const struct vaddr *);

#endif /* FRAMES_H */
