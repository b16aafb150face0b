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
 * The authentication header of VRRPv2 (RFC 2338 5.3.6.3, RFC 2402): HMAC-MD5
 * over the message, the header itself and what does not change of the IP
 * header, with the password as the key. As keepalived does it: over unicast
 * the TTL does not count, over multicast it does. Pure; runs in: vrrpe.
 */

#include <md5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "packet.h"

#define MD5_BLOCK	64
#define ICV_OFF		12
#define AH_WORDS	4		/* its length less two */

static void	 hmac(const struct pkt_ah *, const uint8_t *, bool, uint8_t *);
static void	 put_u32(uint8_t *, uint32_t);

/* The packet with its headers; its length, or 0 like pkt_encode. */
size_t
pkt_encode_ah(const struct pkt_send *snd, uint8_t *buf, size_t cap)
{
	struct pkt_ah	 parts;
	uint8_t		*ah = buf + PKT_IP4_LEN;
	uint8_t		 sum[MD5_DIGEST_LENGTH];
	size_t		 len, head = PKT_IP4_LEN + PKT_AH_LEN;

	if (cap < head || snd->family != PKT_V4 || snd->version != 2)
		return (0);
	if ((len = pkt_encode(snd, buf + head, cap - head)) == 0 ||
	    pkt_encode_ip4(snd, PKT_AH_LEN + len, snd->ip_id, buf, cap) == 0)
		return (0);
	memset(ah, 0, PKT_AH_LEN);
	ah[0] = PKT_PROTO;
	ah[1] = AH_WORDS;
	memcpy(ah + 4, snd->src, 4);
	put_u32(ah + 8, snd->ah_seq);
	parts.ip = buf;
	parts.ip_len = PKT_IP4_LEN;
	parts.ah = ah;
	parts.msg = buf + head;
	parts.msg_len = len;
	hmac(&parts, snd->pass, snd->unicast, sum);
	memcpy(ah + ICV_OFF, sum, PKT_AH_LEN - ICV_OFF);
	explicit_bzero(sum, sizeof(sum));
	return (head + len);
}

/* The sequence number is told only when the sender knows the password. */
enum pkt_result
pkt_check_ah(const struct pkt_ah *parts, const struct pkt_expect *want,
    uint32_t *seq)
{
	const uint8_t		*ah = parts->ah;
	volatile uint8_t	 diff = 0;
	uint8_t			 sum[MD5_DIGEST_LENGTH];
	uint32_t		 number;
	size_t			 i;

	if (ah[0] != PKT_PROTO || ah[1] != AH_WORDS ||
	    memcmp(ah + 4, parts->ip + 12, 4) != 0)
		return (PKT_E_AH);
	hmac(parts, want->pass, want->unicast, sum);
	for (i = ICV_OFF; i < PKT_AH_LEN; i++)
		diff |= ah[i] ^ sum[i - ICV_OFF];
	explicit_bzero(sum, sizeof(sum));
	if (diff != 0)
		return (PKT_E_AH_ICV);
	number = (uint32_t)ah[8] << 24 | (uint32_t)ah[9] << 16 |
	    (uint32_t)ah[10] << 8 | ah[11];
	if (number <= want->ah_seq)
		return (PKT_E_AH_REPLAY);
	*seq = number;
	return (PKT_OK);
}

/* RFC 2104, of the parts with what may change on the way taken as zero. */
static void
hmac(const struct pkt_ah *parts, const uint8_t *pass, bool unicast,
    uint8_t *sum)
{
	MD5_CTX		 ctx;
	uint8_t		 pad[MD5_BLOCK], head[PKT_IP4_MAX];
	size_t		 i;

	memcpy(head, parts->ip, parts->ip_len);
	head[1] = 0;			/* TOS */
	head[6] = head[7] = 0;		/* flags, offset */
	head[10] = head[11] = 0;	/* checksum */
	if (unicast)
		head[8] = 0;		/* TTL */
	memset(pad, 0x36, sizeof(pad));
	for (i = 0; i < PKT_AUTH_LEN; i++)
		pad[i] ^= pass[i];
	MD5Init(&ctx);
	MD5Update(&ctx, pad, sizeof(pad));
	MD5Update(&ctx, head, parts->ip_len);
	MD5Update(&ctx, parts->ah, ICV_OFF);
	memset(head, 0, PKT_AH_LEN - ICV_OFF);
	MD5Update(&ctx, head, PKT_AH_LEN - ICV_OFF);
	MD5Update(&ctx, parts->msg, parts->msg_len);
	MD5Final(sum, &ctx);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	MD5Init(&ctx);
	MD5Update(&ctx, pad, sizeof(pad));
	MD5Update(&ctx, sum, MD5_DIGEST_LENGTH);
	MD5Final(sum, &ctx);
	explicit_bzero(pad, sizeof(pad));
	explicit_bzero(&ctx, sizeof(ctx));
}

static void
put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}
