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
 * What others on the link say of addresses. Pure; runs in: vrrpe.
 */

#include <sys/socket.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <string.h>

#include "claim.h"

#define ARP_LEN		28
#define NA_LEN		24

bool
claim_arp(const uint8_t *buf, size_t len, struct claim *claim)
{
	static const uint8_t	 head[6] = { 0, 1, 8, 0, 6, 4 };

	if (len < ARP_LEN || memcmp(buf, head, sizeof(head)) != 0)
		return (false);
	memcpy(claim->mac, buf + 8, sizeof(claim->mac));
	vaddr_from_bytes(&claim->addr, AF_INET, buf + 14);
	return (true);
}

/* Without the option (in an answer) it says nothing about the MAC. */
bool
claim_na(const uint8_t *buf, size_t len, struct claim *claim)
{
	size_t	 at;

	if (len < NA_LEN || buf[0] != ND_NEIGHBOR_ADVERT || buf[1] != 0)
		return (false);
	vaddr_from_bytes(&claim->addr, AF_INET6, buf + 8);
	for (at = NA_LEN; at + 8 <= len; at += 8U * buf[at + 1]) {
		if (buf[at + 1] == 0)
			return (false);
		if (buf[at] == ND_OPT_TARGET_LINKADDR && buf[at + 1] == 1) {
			memcpy(claim->mac, buf + at + 2, sizeof(claim->mac));
			return (true);
		}
	}
	return (false);
}
