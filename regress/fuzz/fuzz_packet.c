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
 * Fuzz target: any bytes as a packet, for any kind of instance. Eight bytes
 * say what the instance is like, the rest is what arrives. What is accepted
 * has to be what we would send ourselves.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../vrrpe/packet.h"

#define HEAD_LEN	8

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 make_expect(struct pkt_expect *, const uint8_t *);
static size_t	 mend(uint8_t *, size_t, struct pkt_rx *);
static void	 check(const struct pkt_rx *, const struct pkt_expect *);
static void	 check_again(const struct pkt_rx *, const struct pkt_expect *,
		    const struct pkt_advert *);

static const uint8_t	 vips[64] = { 0xfe, 0x80, [15] = 1, [16] = 10,
			    [17] = 9, [19] = 110 };
static const struct pkt_peer	 peers[2] = {
	{ { 10, 9, 0, 1 }, 0, 255 },
	{ { 10, 9, 0, 3 }, 60, 64 }
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t		 copy[PKT_BUF_MAX];
	struct pkt_expect	 want;
	struct pkt_rx		 rx;

	if (len < HEAD_LEN)
		return (0);
	make_expect(&want, data);
	memset(&rx, 0, sizeof(rx));
	rx.family = want.family;
	rx.buf = data + HEAD_LEN;
	rx.len = len - HEAD_LEN;
	rx.ttl = (data[3] & 0x10) != 0 ? data[4] : 255;
	rx.src[0] = 0xfe;
	rx.src[1] = 0x80;
	rx.src[15] = data[5];
	rx.dst[0] = want.unicast ? 0xfd : 0xff;
	rx.dst[1] = 0x02;
	rx.dst[15] = 0x12;
	check(&rx, &want);
	/* and once more with right sums, or nothing would get further */
	if (rx.len <= sizeof(copy)) {
		memcpy(copy, rx.buf, rx.len);
		rx.buf = copy;
		(void)mend(copy, rx.len, &rx);
		check(&rx, &want);
	}
	return (0);
}

static void
make_expect(struct pkt_expect *want, const uint8_t *data)
{
	memset(want, 0, sizeof(*want));
	want->family = (data[0] & 1) != 0 ? PKT_V6 : PKT_V4;
	want->version = (data[0] & 2) != 0 ? 2 : 3;
	want->auth = (data[0] >> 2) % 3;
	want->unicast = (data[0] & 0x10) != 0;
	want->check_src = (data[0] & 0x20) != 0;
	want->cksum_plain = (data[0] & 0x40) != 0;
	want->owner_ignores = (data[0] & 0x80) != 0;
	want->skip_addrs = (data[3] & 1) != 0;
	want->adver_int_us = want->version == 2 ?
	    (int64_t)data[1] * 1000000 : (int64_t)data[1] * 10000;
	want->vips = vips;
	want->vip_cnt = data[2] & 3;
	want->peers = peers;
	want->peer_cnt = (data[3] >> 1) % 3;
	memset(want->pass, data[6], sizeof(want->pass));
}

/* Puts the right sum into the message, in one of the two forms. */
static size_t
mend(uint8_t *buf, size_t len, struct pkt_rx *rx)
{
	size_t		 off = 0, msg_len = len, alen = 16;
	const uint8_t	*src = rx->src, *dst = rx->dst;
	uint32_t	 sum = 0;
	uint16_t	 ck;

	if (rx->family == PKT_V4) {
		if (len < 20)
			return (0);
		off = (size_t)(buf[0] & 0x0f) * 4;
		msg_len = (size_t)(buf[2] << 8 | buf[3]);
		if (off < 20 || msg_len > len || msg_len < off)
			return (0);
		msg_len -= off;
		src = buf + 12;
		dst = buf + 16;
		alen = 4;
	}
	if (msg_len < 8)
		return (0);
	buf[off + 6] = buf[off + 7] = 0;
	if (rx->family == PKT_V6 || buf[off] >> 4 == 3) {
		sum = pkt_sum(0, src, alen);
		sum = pkt_sum(sum, dst, alen);
		sum += PKT_PROTO + (uint32_t)msg_len;
	}
	ck = pkt_sum_fold(pkt_sum(sum, buf + off, msg_len));
	buf[off + 6] = (uint8_t)(ck >> 8);
	buf[off + 7] = (uint8_t)ck;
	return (msg_len);
}

static void
check(const struct pkt_rx *rx, const struct pkt_expect *want)
{
	struct pkt_advert	 adv;
	struct pkt_head		 head;
	enum pkt_result		 peek, res;

	peek = pkt_peek(rx, &head);
	res = pkt_decode(rx, want, &adv);
	assert(res >= PKT_OK && res < PKT_RESULT_MAX);
	assert(pkt_result_text((int)res)[0] != '?');
	assert((peek == PKT_OK) == (res != PKT_E_SHORT));
	if (peek == PKT_OK) {
		assert(head.version == adv.version);
		assert(head.vrid == adv.vrid && head.prio == adv.prio);
		assert(memcmp(head.src, adv.src, sizeof(head.src)) == 0);
	}
	if (res == PKT_OK)
		check_again(rx, want, &adv);
}

/* Encoding what was decoded gives the same message, but for what is free. */
static void
check_again(const struct pkt_rx *rx, const struct pkt_expect *want,
    const struct pkt_advert *adv)
{
	static uint8_t	 buf[PKT_MSG_MAX];
	struct pkt_send	 snd;
	size_t		 alen = rx->family == PKT_V4 ? 4 : 16, len, off;

	assert(adv->version == want->version);
	assert(adv->notes < 1U << PKT_NOTE_CNT);
	assert(adv->adver_int_us > 0 || want->adver_int_us == 0);
	assert(want->unicast || adv->ttl == PKT_TTL);
	assert((adv->addr_cnt == 0) == (adv->addrs == NULL));
	if (adv->addrs == NULL)
		return;
	assert(adv->addrs >= rx->buf + 8);
	assert(adv->addrs + adv->addr_cnt * alen <= rx->buf + rx->len);
	memset(&snd, 0, sizeof(snd));
	snd.family = rx->family;
	snd.version = adv->version;
	snd.vrid = adv->vrid;
	snd.prio = adv->prio;
	snd.auth = want->auth;
	memcpy(snd.pass, want->pass, sizeof(snd.pass));
	snd.cksum_plain = want->cksum_plain !=
	    ((adv->notes & PKT_NOTE_CKSUM_FORM) != 0);
	snd.adver_int_us = adv->adver_int_us;
	memcpy(snd.src, adv->src, sizeof(snd.src));
	memcpy(snd.dst, adv->dst, sizeof(snd.dst));
	snd.vips = adv->addrs;
	snd.vip_cnt = adv->addr_cnt;
	len = pkt_encode(&snd, buf, sizeof(buf));
	assert(len >= 8 + adv->addr_cnt * alen);
	off = (size_t)(adv->addrs - 8 - rx->buf);
	assert(off + len <= rx->len);
	/* free: reserved bits, an interval of 0, authentication bytes */
	assert(memcmp(buf, rx->buf + off, 4) == 0);
	assert(memcmp(buf + 8, adv->addrs, adv->addr_cnt * alen) == 0);
	if (buf[4] == rx->buf[off + 4] && buf[5] == rx->buf[off + 5] &&
	    (adv->version == 3 || want->auth == PKT_AUTH_PASS ||
	    want->family == PKT_V6))
		assert(memcmp(buf + 6, rx->buf + off + 6, 2) == 0 ||
		    buf[6] == 0xff || buf[6] == 0);
}
