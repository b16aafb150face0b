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
 * Fuzz target: a packet with an authentication header that is right but for
 * the bytes that are changed. It is accepted only when those do not count.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../vrrpe/packet.h"

#define HEAD_LEN	8

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t		 buf[PKT_BUF_MAX], same[PKT_BUF_MAX];
	static const uint8_t	 vips[12] = { 10, 9, 0, 1, 10, 9, 0, 2 };
	struct pkt_expect	 want;
	struct pkt_advert	 adv;
	struct pkt_send		 snd;
	struct pkt_rx		 rx;
	size_t			 i;

	if (len < HEAD_LEN)
		return (0);
	memset(&snd, 0, sizeof(snd));
	memset(&want, 0, sizeof(want));
	memset(&rx, 0, sizeof(rx));
	snd.family = want.family = rx.family = PKT_V4;
	snd.version = want.version = 2;
	snd.auth = want.auth = PKT_AUTH_AH;
	snd.vrid = data[0];
	snd.prio = data[1];
	snd.vip_cnt = want.vip_cnt = data[2] & 3;
	snd.vips = want.vips = vips;
	snd.unicast = want.unicast = (data[2] & 4) != 0;
	snd.ah_seq = data[3];
	want.ah_seq = data[4];
	snd.ip_id = 1;
	snd.ttl = PKT_TTL;
	snd.adver_int_us = want.adver_int_us = 1000000;
	memset(snd.pass, data[5], sizeof(snd.pass));
	memset(want.pass, data[6], sizeof(want.pass));
	snd.dst[0] = snd.unicast ? 10 : 224;
	rx.len = pkt_encode_ah(&snd, buf, sizeof(buf));
	assert(rx.len > 0);
	memcpy(same, buf, rx.len);
	for (i = HEAD_LEN; i + 1 < len; i += 2)
		buf[data[i] % rx.len] ^= data[i + 1];
	rx.buf = buf;
	if (pkt_decode(&rx, &want, &adv) != PKT_OK)
		return (0);
	assert(data[3] > data[4] && adv.ah_seq == data[3]);
	assert(data[5] == data[6]);
	/* TOS, flags, header checksum; the TTL of unicast */
	buf[1] = same[1];
	buf[6] = same[6];
	buf[10] = same[10];
	buf[11] = same[11];
	if (snd.unicast)
		buf[8] = same[8];
	assert(memcmp(buf, same, rx.len) == 0);
	return (0);
}
