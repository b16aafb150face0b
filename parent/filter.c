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
 * Socket filters, instruction by instruction.
 * Runs in: parent.
 */

#include <sys/socket.h>

#include <netinet/icmp6.h>

#include <linux/if_packet.h>

#include <stdbool.h>

#include "filter.h"

#define AH_LEN		24
#define AH_FIRST	(112 << 8 | 4)	/* next header, words less two */
#define ALL_OF_IT	0x40000		/* more than any packet has */

static size_t	 put(struct sock_filter *, size_t, uint16_t, uint8_t,
		    uint8_t, uint32_t);

/* A raw IPv4 socket sees the IP header, an IPv6 one does not. A load behind
 * the end of the packet drops it. */
size_t
filter_rx(struct sock_filter code[FILTER_MAX], int family, bool ah,
    const uint8_t vrids[FILTER_VRIDS_LEN])
{
	uint32_t	 vrid, off = ah ? AH_LEN : 0;
	size_t		 n;

	n = 0;
	if (family == AF_INET)
		n = put(code, n, BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0);
	else
		n = put(code, n, BPF_LDX | BPF_IMM, 0, 0, 0);
	if (ah) {
		/* VRRP behind an AH of the right length; else to the end. */
		n = put(code, n, BPF_LD | BPF_H | BPF_IND, 0, 0, 0);
		n = put(code, n, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AH_FIRST);
		n = put(code, n, BPF_RET | BPF_K, 0, 0, 0);
	}
	n = put(code, n, BPF_LD | BPF_H | BPF_IND, 0, 0, off + 6);
	if (vrids == NULL)
		return (put(code, n, BPF_RET | BPF_K, 0, 0, ALL_OF_IT));
	n = put(code, n, BPF_LD | BPF_B | BPF_IND, 0, 0, off + 1);
	for (vrid = 0; vrid < FILTER_VRIDS_LEN * 8; vrid++) {
		if (!(vrids[vrid / 8] & (1 << vrid % 8)))
			continue;
		n = put(code, n, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, vrid);
		n = put(code, n, BPF_RET | BPF_K, 0, 0, ALL_OF_IT);
	}
	return (put(code, n, BPF_RET | BPF_K, 0, 0, 0));
}

/* The packet socket begins with the ARP header, the raw one with ICMPv6's. */
size_t
filter_watch(struct sock_filter code[FILTER_MAX], int family,
    const uint32_t *last, size_t cnt)
{
	const bool	 arp = family == AF_INET;
	size_t		 n = 0, i;

	if (arp) {
		n = put(code, n, BPF_LD | BPF_B | BPF_ABS, 0, 0,
		    (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE));
		n = put(code, n, BPF_JMP | BPF_JEQ | BPF_K, 0, 1,
		    PACKET_OUTGOING);
	} else {
		n = put(code, n, BPF_LD | BPF_B | BPF_ABS, 0, 0, 0);
		n = put(code, n, BPF_JMP | BPF_JEQ | BPF_K, 1, 0,
		    ND_NEIGHBOR_ADVERT);
	}
	n = put(code, n, BPF_RET | BPF_K, 0, 0, 0);
	if (cnt > FILTER_ADDRS_MAX && arp) {
		/* Gratuitous: the sender's address is the target's. */
		n = put(code, n, BPF_LD | BPF_W | BPF_ABS, 0, 0, 24);
		n = put(code, n, BPF_MISC | BPF_TAX, 0, 0, 0);
		n = put(code, n, BPF_LD | BPF_W | BPF_ABS, 0, 0, 14);
		n = put(code, n, BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0);
	}
	if (cnt > FILTER_ADDRS_MAX)
		n = put(code, n, BPF_RET | BPF_K, 0, 0, ALL_OF_IT);
	else
		n = put(code, n, BPF_LD | BPF_W | BPF_ABS, 0, 0,
		    arp ? 14 : 20);
	for (i = 0; cnt <= FILTER_ADDRS_MAX && i < cnt; i++) {
		n = put(code, n, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, last[i]);
		n = put(code, n, BPF_RET | BPF_K, 0, 0, ALL_OF_IT);
	}
	return (put(code, n, BPF_RET | BPF_K, 0, 0, 0));
}

size_t
filter_none(struct sock_filter code[FILTER_MAX])
{
	return (put(code, 0, BPF_RET | BPF_K, 0, 0, 0));
}

static size_t
put(struct sock_filter *code, size_t n, uint16_t op, uint8_t jt, uint8_t jf,
    uint32_t k)
{
	code[n].code = op;
	code[n].jt = jt;
	code[n].jf = jf;
	code[n].k = k;
	return (n + 1);
}
