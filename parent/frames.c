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
 * Frames byte by byte.
 * Runs in: parent.
 */

#include <string.h>

#include "frames.h"

#define ETH_LEN		14
#define IP6_LEN		40
#define NA_LEN		32		/* ICMPv6 with one option */

static size_t	 put(uint8_t *, size_t, const void *, size_t);
static uint16_t	 checksum(const uint8_t *, size_t, uint32_t);

static const uint8_t	 broadcast[6] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};
static const uint8_t	 all_nodes_mac[6] = {
	0x33, 0x33, 0x00, 0x00, 0x00, 0x01
};
static const uint8_t	 all_nodes[16] = {
	0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01
};

/*
 * keepalived and FRR: a request, with the broadcast address as the target's.
 * RFC 9568 asks for the virtual MAC there, which nobody sends.
 */
size_t
frame_arp(uint8_t buf[FRAME_MAX], const uint8_t mac[6],
    const struct vaddr *addr)
{
	static const uint8_t	 type[2] = { 0x08, 0x06 };
	static const uint8_t	 head[8] = {
		0x00, 0x01,		/* Ethernet */
		0x08, 0x00,		/* IPv4 */
		6, 4,
		0x00, 0x01		/* request */
	};
	size_t			 len;

	len = put(buf, 0, broadcast, sizeof(broadcast));
	len = put(buf, len, mac, 6);
	len = put(buf, len, type, sizeof(type));
	len = put(buf, len, head, sizeof(head));
	len = put(buf, len, mac, 6);
	len = put(buf, len, addr->bytes, 4);
	len = put(buf, len, broadcast, sizeof(broadcast));
	return (put(buf, len, addr->bytes, 4));
}

/* RFC 4861 4.4, with Override and Router set: whoever holds a virtual router's
 * address is one. Never Solicited. */
size_t
frame_na(uint8_t buf[FRAME_MAX], const uint8_t mac[6],
    const struct vaddr *addr)
{
	static const uint8_t	 type[2] = { 0x86, 0xdd };
	static const uint8_t	 ip6[8] = {
		0x60, 0, 0, 0,		/* version 6, class 0, no label */
		0, NA_LEN,
		58,			/* ICMPv6 */
		255
	};
	static const uint8_t	 na[8] = {
		136, 0, 0, 0,		/* type, code, checksum */
		0xa0, 0, 0, 0		/* R, O */
	};
	static const uint8_t	 option[2] = { 2, 1 };
	uint16_t		 sum;
	size_t			 len, icmp;

	len = put(buf, 0, all_nodes_mac, sizeof(all_nodes_mac));
	len = put(buf, len, mac, 6);
	len = put(buf, len, type, sizeof(type));
	len = put(buf, len, ip6, sizeof(ip6));
	len = put(buf, len, addr->bytes, 16);
	len = put(buf, len, all_nodes, sizeof(all_nodes));
	icmp = len;
	len = put(buf, len, na, sizeof(na));
	len = put(buf, len, addr->bytes, 16);
	len = put(buf, len, option, sizeof(option));
	len = put(buf, len, mac, 6);
	/* The pseudo-header: both addresses, length, next header. */
	sum = checksum(buf + ETH_LEN + 8, 32 + NA_LEN, NA_LEN + 58);
	buf[icmp + 2] = (uint8_t)(sum >> 8);
	buf[icmp + 3] = (uint8_t)sum;
	return (len);
}

size_t
frame_announce(uint8_t buf[FRAME_MAX], const uint8_t mac[6],
    const struct vaddr *addr)
{
	if (addr->family == AF_INET6)
		return (frame_na(buf, mac, addr));
	return (frame_arp(buf, mac, addr));
}

static size_t
put(uint8_t *buf, size_t at, const void *src, size_t len)
{
	memcpy(buf + at, src, len);
	return (at + len);
}

/* Of an even number of bytes. */
static uint16_t
checksum(const uint8_t *data, size_t len, uint32_t sum)
{
	size_t	 i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return ((uint16_t)~sum);
}

_Static_assert(ETH_LEN + IP6_LEN + NA_LEN == FRAME_NA_LEN, "NA length");
