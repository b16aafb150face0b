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
 * Encoding of VRRP packets, the internet checksum, and the texts and counters
 * of the receive checks. Pure; runs in: vrrpe.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "packet.h"

static void	 put_u16(uint8_t *, uint16_t);
static int64_t	 round_unit(int64_t, int64_t, int64_t);

static const struct {
	const char	*text;
	enum vr_counter	 counter;
} results[PKT_RESULT_MAX] = {
	[PKT_OK] = { "ok", CNT_MAX },
	[PKT_E_SHORT] = { "too short", CNT_LENGTH_ERR },
	[PKT_E_VRID] = { "unknown virtual router ID", CNT_MAX },
	[PKT_E_IDLE] = { "instance is not running", CNT_MAX },
	[PKT_E_AH] = { "authentication header mismatch", CNT_AUTH_MISMATCH },
	[PKT_E_AH_ICV] = { "wrong password or changed on the way",
	    CNT_AUTH_FAIL },
	[PKT_E_AH_REPLAY] = { "sequence number was there before",
	    CNT_AUTH_FAIL },
	[PKT_E_LENGTH] = { "wrong length", CNT_LENGTH_ERR },
	[PKT_E_TTL] = { "TTL is not 255", CNT_TTL_ERR },
	[PKT_E_VERSION] = { "wrong version", CNT_VERSION_ERR },
	[PKT_E_AUTH_UNKNOWN] = { "unknown authentication type",
	    CNT_AUTH_INVALID },
	[PKT_E_AUTH_TYPE] = { "authentication type mismatch",
	    CNT_AUTH_MISMATCH },
	[PKT_E_AUTH_PASS] = { "wrong password", CNT_AUTH_FAIL },
	[PKT_E_INTERVAL] = { "advertisement interval mismatch",
	    CNT_INTERVAL_ERR },
	[PKT_E_TYPE] = { "not an advertisement", CNT_TYPE_ERR },
	[PKT_E_INTERVAL_ZERO] = { "advertisement interval is zero",
	    CNT_INTERVAL_ERR },
	[PKT_E_CKSUM] = { "wrong checksum", CNT_CKSUM_ERR },
	[PKT_E_DST] = { "unicast and multicast mixed up", CNT_DST_ERR },
	[PKT_E_OWNER] = { "the address owner does not listen",
	    CNT_OWNER_IGNORED },
	[PKT_E_COUNT] = { "no addresses", CNT_ADDR_LIST_ERR },
	[PKT_E_PEER] = { "source is not a unicast peer", CNT_PEER_ERR },
	[PKT_E_PEER_TTL] = { "TTL outside the peer's range", CNT_TTL_ERR }
};

const uint8_t	pkt_group4[4] = { 224, 0, 0, 18 };

size_t
pkt_encode(const struct pkt_send *snd, uint8_t *buf, size_t cap)
{
	size_t		 alen, len, addrs_len;
	uint32_t	 sum = 0;
	int64_t		 cs;

	if ((snd->family != PKT_V4 && snd->family != PKT_V6) ||
	    (snd->version != 2 && snd->version != 3) ||
	    snd->vip_cnt > PKT_ADDRS_MAX)
		return (0);
	alen = snd->family == PKT_V4 ? 4 : 16;
	addrs_len = snd->vip_cnt * alen;
	len = 8 + addrs_len;
	if (snd->version == 2 && snd->family == PKT_V4)
		len += PKT_AUTH_LEN;
	if (len > cap)
		return (0);

	memset(buf, 0, len);
	buf[0] = (uint8_t)(snd->version << 4 | PKT_TYPE_ADVERT);
	buf[1] = snd->vrid;
	buf[2] = snd->prio;
	buf[3] = (uint8_t)snd->vip_cnt;
	if (snd->version == 2) {
		buf[5] = (uint8_t)round_unit(snd->adver_int_us, 1000000, 255);
		if (snd->family == PKT_V4 && snd->auth == PKT_AUTH_PASS) {
			buf[4] = PKT_AUTH_PASS;
			memcpy(buf + 8 + addrs_len, snd->pass, PKT_AUTH_LEN);
		} else if (snd->auth == PKT_AUTH_AH)
			buf[4] = PKT_AUTH_AH;	/* and zeros */
	} else {
		cs = round_unit(snd->adver_int_us, 10000, 4095);
		put_u16(buf + 4, (uint16_t)cs);
	}
	if (addrs_len > 0)
		memcpy(buf + 8, snd->vips, addrs_len);
	if (snd->family == PKT_V6 ||
	    (snd->version == 3 && !snd->cksum_plain)) {
		sum = pkt_sum(sum, snd->src, alen);
		sum = pkt_sum(sum, snd->cksum_group && snd->family == PKT_V4 ?
		    pkt_group4 : snd->dst, alen);
		sum += PKT_PROTO + (uint32_t)len;
	}
	put_u16(buf + 6, pkt_sum_fold(pkt_sum(sum, buf, len)));
	return (len);
}

size_t
pkt_encode_ip4(const struct pkt_send *snd, size_t len, uint16_t id,
    uint8_t *buf, size_t cap)
{
	if (cap < 20 || len > 65535 - 20)
		return (0);
	memset(buf, 0, 20);
	buf[0] = 0x45;
	buf[1] = 0xc0;			/* CS6 */
	put_u16(buf + 2, (uint16_t)(20 + len));
	put_u16(buf + 4, id);
	buf[8] = snd->auth == PKT_AUTH_AH ? snd->ttl : PKT_TTL;
	buf[9] = snd->auth == PKT_AUTH_AH ? PKT_PROTO_AH : PKT_PROTO;
	memcpy(buf + 12, snd->src, 4);
	memcpy(buf + 16, snd->dst, 4);
	put_u16(buf + 10, pkt_sum_fold(pkt_sum(0, buf, 20)));
	return (20);
}

/* 64 KiB of 0xff stay far below 2^32, so the carries are folded at the end. */
uint32_t
pkt_sum(uint32_t sum, const uint8_t *p, size_t len)
{
	for (; len > 1; len -= 2, p += 2)
		sum += (uint32_t)(p[0] << 8 | p[1]);
	if (len == 1)
		sum += (uint32_t)p[0] << 8;
	return (sum);
}

uint16_t
pkt_sum_fold(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return ((uint16_t)~sum);
}

enum vr_counter
pkt_result_counter(enum pkt_result res)
{
	if (res < 0 || res >= PKT_RESULT_MAX)
		return (CNT_MAX);
	return (results[res].counter);
}

enum vr_counter
pkt_note_counter(uint32_t note)
{
	switch (note) {
	case PKT_NOTE_INTERVAL:
		return (CNT_INTERVAL_ERR);
	case PKT_NOTE_ADDRS:
		return (CNT_ADDR_LIST_ERR);
	default:
		return (CNT_MAX);
	}
}

const char *
pkt_result_text(int res)
{
	if (res < 0 || res >= PKT_RESULT_MAX)
		return ("?");
	return (results[res].text);
}

const char *
pkt_note_text(uint32_t note)
{
	switch (note) {
	case PKT_NOTE_INTERVAL:
		return ("its advertisement interval differs from ours");
	case PKT_NOTE_ADDRS:
		return ("its virtual addresses differ from ours");
	case PKT_NOTE_NOT_LL:
		return ("its first IPv6 address is not link-local");
	case PKT_NOTE_CKSUM_FORM:
		return ("its checksum has the other form, see "
		    "v3_checksum_as_v2");
	default:
		return ("?");
	}
}

static void
put_u16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* us in units, half up, 1..max. */
static int64_t
round_unit(int64_t us, int64_t unit, int64_t max)
{
	int64_t	 n;

	if (us >= max * unit)
		return (max);
	n = us < 0 ? 0 : (us + unit / 2) / unit;
	return (n < 1 ? 1 : n);
}
