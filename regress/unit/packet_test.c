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
 * The packet codec: captured frames of other implementations decoded and
 * encoded again, every receive check with a packet that fails it alone, and
 * cut and damaged packets.
 */

#include <sys/types.h>

#include <err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../vrrpe/packet.h"

#define VECTORS		"regress/unit/packet/vectors"
#define FRAME_MAX	2048
#define ETHER_LEN	14

/* A packet in the making, the instance that gets it, and what came out. */
struct fix {
	struct pkt_send		 snd;
	struct pkt_expect	 want;
	struct pkt_rx		 rx;
	struct pkt_advert	 adv;
	uint8_t			 buf[PKT_BUF_MAX + 64];
	uint8_t			*msg;
	size_t			 msg_len;
};

static const uint8_t	 src4[16] = { 10, 9, 0, 3 };
static const uint8_t	 grp4[16] = { 224, 0, 0, 18 };
static const uint8_t	 us4[16] = { 10, 9, 0, 1 };
static const uint8_t	 src6[16] = { 0xfe, 0x80, [15] = 3 };
static const uint8_t	 grp6[16] = { 0xff, 0x02, [15] = 0x12 };
static const uint8_t	 vips4[] = { 10, 9, 0, 100, 10, 9, 0, 101 };
static const uint8_t	 vips6[32] = { 0xfe, 0x80, [15] = 1,
			    [16] = 0xfd, [17] = 9, [31] = 1 };

static void
make(struct fix *f, uint8_t version, uint8_t family)
{
	memset(f, 0, sizeof(*f));
	f->snd.family = f->want.family = f->rx.family = family;
	f->snd.version = f->want.version = version;
	f->snd.vrid = 7;
	f->snd.prio = 200;
	f->snd.adver_int_us = f->want.adver_int_us = 1000000;
	memcpy(f->snd.src, family == PKT_V4 ? src4 : src6, 16);
	memcpy(f->snd.dst, family == PKT_V4 ? grp4 : grp6, 16);
	f->snd.vips = f->want.vips = family == PKT_V4 ? vips4 : vips6;
	f->snd.vip_cnt = f->want.vip_cnt = 2;
}

/* The bytes of f->snd, as they would be received. */
static void
build(struct fix *f)
{
	size_t	 hdr = f->snd.family == PKT_V4 ? 20 : 0;

	f->msg = f->buf + hdr;
	f->msg_len = pkt_encode(&f->snd, f->msg, sizeof(f->buf) - hdr);
	assert_int_not_equal(f->msg_len, 0);
	if (hdr != 0)
		assert_int_equal(pkt_encode_ip4(&f->snd, f->msg_len, 1, f->buf,
		    hdr), 20);
	memcpy(f->rx.src, f->snd.src, 16);
	memcpy(f->rx.dst, f->snd.dst, 16);
	f->rx.ttl = 255;
	f->rx.buf = f->buf;
	f->rx.len = hdr + f->msg_len;
}

/* After the message was changed by hand: its sum, in the usual form. */
static void
resum(struct fix *f, bool pseudo)
{
	uint32_t	 sum = 0;
	size_t		 alen = f->snd.family == PKT_V4 ? 4 : 16;

	f->msg[6] = f->msg[7] = 0;
	if (pseudo) {
		sum = pkt_sum(0, f->snd.src, alen);
		sum = pkt_sum(sum, f->snd.dst, alen);
		sum += PKT_PROTO + (uint32_t)f->msg_len;
	}
	sum = pkt_sum_fold(pkt_sum(sum, f->msg, f->msg_len));
	f->msg[6] = (uint8_t)(sum >> 8);
	f->msg[7] = (uint8_t)sum;
}

static enum pkt_result
decode(struct fix *f)
{
	return (pkt_decode(&f->rx, &f->want, &f->adv));
}

static enum pkt_result
built(struct fix *f)
{
	build(f);
	return (decode(f));
}

static bool
v6_or_v3(const struct fix *f)
{
	return (f->snd.family == PKT_V6 || f->snd.version == 3);
}

/* Every kind of instance in turn. */
static int
each(struct fix *f, int n)
{
	static const uint8_t	 kinds[][2] = {
		{ 2, PKT_V4 }, { 3, PKT_V4 }, { 3, PKT_V6 }, { 2, PKT_V6 }
	};

	if (n == 4)
		return (0);
	make(f, kinds[n][0], kinds[n][1]);
	return (1);
}

static size_t
unhex(const char *text, uint8_t *buf, size_t size)
{
	unsigned int	 byte;
	size_t		 len = 0;

	while (sscanf(text + 2 * len, "%2x", &byte) == 1) {
		assert_true(len < size);
		buf[len++] = (uint8_t)byte;
	}
	return (len);
}

/* What an instance would want to get this very frame. */
static void
expect_frame(const uint8_t *frame, size_t len, struct pkt_rx *rx,
    struct pkt_expect *want)
{
	const uint8_t	*ip = frame + ETHER_LEN, *msg;
	size_t		 alen;

	memset(rx, 0, sizeof(*rx));
	memset(want, 0, sizeof(*want));
	rx->family = frame[12] == 0x08 ? PKT_V4 : PKT_V6;
	rx->buf = ip;
	rx->len = len - ETHER_LEN;
	msg = ip + 20;
	alen = 4;
	if (rx->family == PKT_V6) {
		memcpy(rx->src, ip + 8, 16);
		memcpy(rx->dst, ip + 24, 16);
		rx->ttl = ip[7];
		msg = rx->buf = ip + 40;
		rx->len -= 40;
		alen = 16;
		want->unicast = rx->dst[0] != 0xff;
	} else
		want->unicast = ip[16] != 224;
	want->family = rx->family;
	want->version = msg[0] >> 4;
	want->vips = msg + 8;
	want->vip_cnt = msg[3];
	if (want->version == 2) {
		want->adver_int_us = msg[5] * 1000000;
		want->auth = msg[4];
		if (want->auth == PKT_AUTH_PASS)
			memcpy(want->pass, msg + 8 + alen * msg[3], 8);
	} else
		want->adver_int_us = (msg[4] << 8 | msg[5]) * 10000;
}

static void
check_encode(const char *name, const struct pkt_rx *rx,
    const struct pkt_expect *want, const struct pkt_advert *adv)
{
	struct pkt_send	 snd;
	uint8_t		 buf[PKT_BUF_MAX];
	size_t		 hdr = rx->family == PKT_V4 ? 20 : 0, len;
	bool		 same;

	memset(&snd, 0, sizeof(snd));
	snd.family = want->family;
	snd.version = want->version;
	snd.vrid = adv->vrid;
	snd.prio = adv->prio;
	snd.auth = want->auth;
	memcpy(snd.pass, want->pass, sizeof(snd.pass));
	snd.cksum_plain = (adv->notes & PKT_NOTE_CKSUM_FORM) != 0;
	snd.adver_int_us = adv->adver_int_us;
	memcpy(snd.src, adv->src, 16);
	memcpy(snd.dst, adv->dst, 16);
	snd.vips = adv->addrs;
	snd.vip_cnt = adv->addr_cnt;
	len = pkt_encode(&snd, buf + hdr, sizeof(buf) - hdr);
	if (len + hdr != rx->len)
		fail_msg("%s: %zu bytes encoded, not %zu", name, len + hdr,
		    rx->len);
	same = memcmp(buf + hdr, rx->buf + hdr, len) == 0;
	/* the IP header with its ID too, where it has our TTL; FRR sets DF */
	if (hdr != 0 && adv->ttl == 255 && rx->buf[6] == 0) {
		assert_int_equal(pkt_encode_ip4(&snd, len,
		    (uint16_t)(rx->buf[4] << 8 | rx->buf[5]), buf, hdr), 20);
		if (memcmp(buf, rx->buf, hdr) != 0)
			same = false;
	}
	if (!same)
		fail_msg("%s: encoded otherwise", name);
}

/* As keepalived sent it: accepted, and made again byte for byte. */
static void
check_ah_frame(const char *name, const struct pkt_rx *rx,
    struct pkt_expect *want)
{
	struct pkt_advert	 adv;
	struct pkt_send		 snd;
	uint8_t			 buf[PKT_BUF_MAX];
	const uint8_t		*msg = rx->buf + 20 + 24;

	want->version = 2;
	want->auth = PKT_AUTH_AH;
	want->adver_int_us = msg[5] * 1000000;
	want->vips = msg + 8;
	want->vip_cnt = msg[3];
	memcpy(want->pass, "secret", 7);
	if (pkt_decode(rx, want, &adv) != PKT_OK)
		fail_msg("%s: not accepted", name);
	memset(&snd, 0, sizeof(snd));
	snd.family = PKT_V4;
	snd.version = 2;
	snd.vrid = adv.vrid;
	snd.prio = adv.prio;
	snd.auth = PKT_AUTH_AH;
	memcpy(snd.pass, want->pass, sizeof(snd.pass));
	snd.ah_seq = adv.ah_seq;
	snd.ip_id = (uint16_t)(rx->buf[4] << 8 | rx->buf[5]);
	snd.ttl = 255;
	snd.unicast = want->unicast;
	snd.adver_int_us = adv.adver_int_us;
	memcpy(snd.src, adv.src, 16);
	memcpy(snd.dst, adv.dst, 16);
	snd.vips = adv.addrs;
	snd.vip_cnt = adv.addr_cnt;
	assert_int_equal(pkt_encode_ah(&snd, buf, sizeof(buf)), rx->len);
	assert_memory_equal(buf, rx->buf, rx->len);
	want->ah_seq = adv.ah_seq;
	assert_int_equal(pkt_decode(rx, want, &adv), PKT_E_AH_REPLAY);
	want->pass[0]++;
	assert_int_equal(pkt_decode(rx, want, &adv), PKT_E_AH_ICV);
}

static void
test_vectors(void **arg)
{
	char			 line[2 * FRAME_MAX + 128], verdict[16];
	char			 name[64];
	uint8_t			 frame[FRAME_MAX];
	struct pkt_expect	 want;
	struct pkt_advert	 adv;
	struct pkt_rx		 rx;
	enum pkt_result		 res, exp;
	FILE			*fp;
	int			 pos, cnt = 0;
	size_t			 len, cut;

	if ((fp = fopen(VECTORS, "r")) == NULL)
		err(1, "%s", VECTORS);
	while (fgets(line, sizeof(line), fp) != NULL) {
		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%15s %63s %n", verdict, name,
		    &pos), 2);
		len = unhex(line + pos, frame, sizeof(frame));
		expect_frame(frame, len, &rx, &want);
		if (strcmp(verdict, "ah") == 0) {
			check_ah_frame(name, &rx, &want);
			cnt++;
			continue;
		}
		exp = strcmp(verdict, "length") == 0 ? PKT_E_LENGTH :
		    strcmp(verdict, "cksum") == 0 ? PKT_E_CKSUM : PKT_OK;
		res = pkt_decode(&rx, &want, &adv);
		if (res != exp)
			fail_msg("%s: %s", name, pkt_result_text((int)res));
		cnt++;
		if (res != PKT_OK)
			continue;
		/* FRR's IPv6 packet has a global address only */
		assert_int_equal(adv.notes & ~(uint32_t)PKT_NOTE_NOT_LL,
		    strcmp(verdict, "plain") == 0 ? PKT_NOTE_CKSUM_FORM : 0);
		check_encode(name, &rx, &want, &adv);
		for (cut = 0; cut < rx.len; cut++) {
			struct pkt_rx	 shorter = rx;

			shorter.len = cut;
			assert_int_not_equal(pkt_decode(&shorter, &want,
			    &adv), PKT_OK);
		}
	}
	fclose(fp);
	assert_true(cnt >= 50);
}

/* A message and an IP header with sums known from elsewhere. */
static void
test_known_sums(void **arg)
{
	static const uint8_t	 vip[] = { 10, 0, 1, 5 };
	static const uint8_t	 from[16] = { 192, 168, 100, 2 };
	static const uint8_t	 odd[] = { 0x01, 0x02, 0x03 };
	struct fix		 f;

	make(&f, 2, PKT_V4);
	f.snd.vrid = 51;
	f.snd.prio = 30;
	f.snd.vips = vip;
	f.snd.vip_cnt = 1;
	memcpy(f.snd.src, from, 16);
	build(&f);
	assert_int_equal(f.msg[6] << 8 | f.msg[7], 0xb5c5);
	assert_int_equal(pkt_encode_ip4(&f.snd, f.msg_len, 0, f.buf, 20), 20);
	assert_int_equal(f.buf[10] << 8 | f.buf[11], 0xb5e8);
	/* every octet of an odd length counts, the last as a high one */
	assert_int_equal(pkt_sum(0, odd, 3), 0x0102 + 0x0300);
	assert_int_equal(pkt_sum_fold(0x1fffe), 0);
	assert_int_equal(pkt_sum_fold(0), 0xffff);
	assert_int_equal(pkt_sum_fold(pkt_sum(0, f.buf, 20)), 0);
}

static void
test_peek(void **arg)
{
	struct pkt_head	 head;
	struct fix	 f;
	int		 n;

	for (n = 0; each(&f, n); n++) {
		build(&f);
		assert_int_equal(pkt_peek(&f.rx, &head), PKT_OK);
		assert_int_equal(head.version, f.snd.version);
		assert_int_equal(head.vrid, 7);
		assert_int_equal(head.prio, 200);
		assert_memory_equal(head.src, f.snd.src, 16);
		f.rx.len = (f.snd.family == PKT_V4 ? 20 : 0) + 7;
		assert_int_equal(pkt_peek(&f.rx, &head), PKT_E_SHORT);
	}
}

/* What a good packet tells, and that nothing is wrong with it. */
static void
test_good(void **arg)
{
	struct fix	 f;
	int		 n;

	for (n = 0; each(&f, n); n++) {
		assert_int_equal(built(&f), PKT_OK);
		assert_int_equal(f.adv.notes, 0);
		assert_int_equal(f.adv.version, f.snd.version);
		assert_int_equal(f.adv.vrid, 7);
		assert_int_equal(f.adv.prio, 200);
		assert_int_equal(f.adv.addr_cnt, 2);
		assert_int_equal(f.adv.ttl, 255);
		assert_int_equal(f.adv.adver_int_us, 1000000);
		assert_memory_equal(f.adv.src, f.snd.src, 16);
		assert_memory_equal(f.adv.dst, f.snd.dst, 16);
		assert_memory_equal(f.adv.addrs, f.snd.vips,
		    f.snd.family == PKT_V4 ? 8 : 32);
	}
}

static void
test_length(void **arg)
{
	struct fix	 f;
	int		 n, cnt;

	for (n = 0; each(&f, n); n++) {
		/* more, fewer addresses than there are */
		for (cnt = 0; cnt < 256; cnt++) {
			build(&f);
			f.msg[3] = (uint8_t)cnt;
			resum(&f, v6_or_v3(&f));
			assert_int_equal(decode(&f), cnt == 2 ? PKT_OK :
			    PKT_E_LENGTH);
		}
		build(&f);
		if (f.snd.family == PKT_V6)
			f.rx.len++;
		else
			f.buf[3]++;
		f.rx.len += f.snd.family == PKT_V4;
		assert_int_equal(decode(&f), PKT_E_LENGTH);
		/* less than the IP header says has arrived */
		build(&f);
		f.rx.len--;
		assert_int_equal(decode(&f), f.snd.family == PKT_V4 ?
		    PKT_E_SHORT : PKT_E_LENGTH);
	}
	/* the eight authentication bytes of version 2 left out */
	make(&f, 2, PKT_V4);
	build(&f);
	f.buf[3] -= 8;
	f.rx.len -= 8;
	f.msg_len -= 8;
	resum(&f, false);
	assert_int_equal(decode(&f), PKT_E_LENGTH);
}

/* What lies behind the IP total length is padding of the link. */
static void
test_ip_header(void **arg)
{
	struct fix	 f;

	make(&f, 3, PKT_V4);
	build(&f);
	f.rx.len += 30;
	assert_int_equal(decode(&f), PKT_OK);
	f.buf[1] = 0;			/* TOS */
	f.buf[6] = 0x40;		/* DF */
	assert_int_equal(decode(&f), PKT_OK);
	f.buf[6] = 0x20;		/* MF */
	assert_int_equal(decode(&f), PKT_E_LENGTH);
	f.buf[6] = 0;
	f.buf[7] = 1;			/* offset */
	assert_int_equal(decode(&f), PKT_E_LENGTH);
	f.buf[7] = 0;
	f.buf[9] = 111;			/* protocol */
	assert_int_equal(decode(&f), PKT_E_SHORT);
	f.buf[9] = PKT_PROTO_AH;
	assert_int_equal(decode(&f), PKT_E_SHORT);
	f.buf[9] = PKT_PROTO;
	f.buf[0] = 0x44;		/* header too short */
	assert_int_equal(decode(&f), PKT_E_SHORT);
	f.buf[0] = 0x65;
	assert_int_equal(decode(&f), PKT_E_SHORT);
	f.buf[0] = 0x4f;		/* longer than the packet */
	assert_int_equal(decode(&f), PKT_E_SHORT);
	f.buf[0] = 0x45;
	f.buf[3] = 19;			/* total length below the header */
	assert_int_equal(decode(&f), PKT_E_SHORT);
	f.rx.len = 0;
	assert_int_equal(decode(&f), PKT_E_SHORT);
	/* four bytes of options */
	build(&f);
	memmove(f.buf + 24, f.buf + 20, f.msg_len);
	memset(f.buf + 20, 1, 4);
	f.buf[0] = 0x46;
	f.buf[3] += 4;
	f.rx.len += 4;
	assert_int_equal(decode(&f), PKT_OK);
}

static void
test_ah(void **arg)
{
	struct fix	 f;
	struct pkt_head	 head;

	make(&f, 2, PKT_V4);
	build(&f);
	memmove(f.buf + 44, f.buf + 20, f.msg_len);
	memset(f.buf + 20, 0, 24);
	f.buf[9] = PKT_PROTO_AH;
	f.buf[3] += 24;
	f.buf[20] = PKT_PROTO;
	f.buf[21] = 4;
	f.rx.len += 24;
	assert_int_equal(decode(&f), PKT_E_AH);
	/* its VRID can be told all the same */
	assert_int_equal(pkt_peek(&f.rx, &head), PKT_OK);
	assert_int_equal(head.vrid, 7);
	f.buf[21] = 255;
	assert_int_equal(pkt_peek(&f.rx, &head), PKT_E_SHORT);
	/* wanted and missing */
	make(&f, 2, PKT_V4);
	f.want.auth = PKT_AUTH_AH;
	assert_int_equal(built(&f), PKT_E_AH);
}

/* Every bit counts, but for what may change on the way. */
static void
test_ah_bits(void **arg)
{
	struct fix	 f;
	size_t		 len, i;
	bool		 free_byte;
	int		 unicast;

	for (unicast = 0; unicast < 2; unicast++) {
		make(&f, 2, PKT_V4);
		f.snd.auth = f.want.auth = PKT_AUTH_AH;
		f.snd.unicast = f.want.unicast = unicast != 0;
		if (unicast)
			memcpy(f.snd.dst, src4, 16);
		f.snd.ttl = 255;
		f.snd.ip_id = 77;
		f.snd.ah_seq = 1000;
		f.want.ah_seq = 999;
		memcpy(f.snd.pass, "secret", 7);
		memcpy(f.want.pass, "secret", 7);
		len = pkt_encode_ah(&f.snd, f.buf, sizeof(f.buf));
		assert_int_equal(len, 20 + 24 + 8 + 8 + 8);
		f.rx.buf = f.buf;
		f.rx.len = len;
		assert_int_equal(decode(&f), PKT_OK);
		assert_int_equal(f.adv.ah_seq, 1000);
		for (i = 0; i < len; i++) {
			f.buf[i] ^= 0x40;
			free_byte = i == 1 || i == 6 || i == 10 || i == 11 ||
			    (i == 8 && unicast);
			if ((decode(&f) == PKT_OK) != free_byte)
				fail_msg("byte %zu", i);
			f.buf[i] ^= 0x40;
		}
		f.want.ah_seq = 1000;
		assert_int_equal(decode(&f), PKT_E_AH_REPLAY);
		f.want.ah_seq = UINT32_MAX;
		assert_int_equal(decode(&f), PKT_E_AH_REPLAY);
		f.want.ah_seq = 0;
		f.want.pass[7] = 1;
		assert_int_equal(decode(&f), PKT_E_AH_ICV);
		f.want.auth = PKT_AUTH_PASS;
		assert_int_equal(decode(&f), PKT_E_AH);
		for (i = 0; i < len; i++)
			assert_int_equal(pkt_encode_ah(&f.snd, f.buf, i), 0);
	}
	make(&f, 3, PKT_V4);
	assert_int_equal(pkt_encode_ah(&f.snd, f.buf, sizeof(f.buf)), 0);
}

static void
test_ttl(void **arg)
{
	static const int	 ttls[] = { 254, 64, 1, 0, -1 };
	struct fix		 f;
	int			 n;
	size_t			 i;

	for (n = 0; each(&f, n); n++) {
		for (i = 0; i < 5; i++) {
			build(&f);
			f.rx.ttl = ttls[i];
			if (f.snd.family == PKT_V4)
				f.buf[8] = (uint8_t)(ttls[i] & 0x7f);
			assert_int_equal(decode(&f), PKT_E_TTL);
		}
	}
}

static void
test_version(void **arg)
{
	struct fix	 f;
	int		 version;

	make(&f, 2, PKT_V4);
	f.snd.version = 3;
	assert_int_equal(built(&f), PKT_E_VERSION);
	make(&f, 3, PKT_V4);
	f.snd.version = 2;
	assert_int_equal(built(&f), PKT_E_VERSION);
	for (version = 0; version < 16; version++) {
		make(&f, 3, PKT_V4);
		build(&f);
		f.msg[0] = (uint8_t)(version << 4 | 1);
		resum(&f, true);
		assert_int_equal(decode(&f), version == 3 ? PKT_OK :
		    version == 2 ? PKT_E_LENGTH : PKT_E_VERSION);
	}
	/* a socket of the other family is a mistake of the caller */
	make(&f, 3, PKT_V4);
	f.want.family = PKT_V6;
	assert_int_equal(built(&f), PKT_E_VERSION);
}

static void
test_auth(void **arg)
{
	static const char *const	 bad[] = { "Secret", "secret1",
		"secret  ", "secre", "" };
	struct fix			 f;
	size_t				 i;
	int				 type;

	for (type = 0; type < 256; type++) {
		make(&f, 2, PKT_V4);
		build(&f);
		f.msg[4] = (uint8_t)type;
		resum(&f, false);
		assert_int_equal(decode(&f), type == 0 ? PKT_OK : type <= 2 ?
		    PKT_E_AUTH_TYPE : PKT_E_AUTH_UNKNOWN);
	}
	make(&f, 2, PKT_V4);
	f.want.auth = PKT_AUTH_PASS;
	memcpy(f.want.pass, "secret", 6);
	assert_int_equal(built(&f), PKT_E_AUTH_TYPE);
	f.snd.auth = PKT_AUTH_PASS;
	memcpy(f.snd.pass, "secret", 6);
	assert_int_equal(built(&f), PKT_OK);
	for (i = 0; i < 5; i++) {
		memset(f.snd.pass, 0, 8);
		memcpy(f.snd.pass, bad[i], strlen(bad[i]));
		assert_int_equal(built(&f), PKT_E_AUTH_PASS);
	}
	/* anything may stand there without authentication */
	make(&f, 2, PKT_V4);
	build(&f);
	memcpy(f.msg + f.msg_len - 8, "junkjunk", 8);
	resum(&f, false);
	assert_int_equal(decode(&f), PKT_OK);
	/* version 2 over IPv6 has no place for a password */
	make(&f, 2, PKT_V6);
	f.want.auth = PKT_AUTH_PASS;
	build(&f);
	f.msg[4] = PKT_AUTH_PASS;
	resum(&f, true);
	assert_int_equal(decode(&f), PKT_E_AUTH_PASS);
}

static void
test_interval(void **arg)
{
	struct fix	 f;

	make(&f, 2, PKT_V4);
	f.snd.adver_int_us = 2000000;
	assert_int_equal(built(&f), PKT_E_INTERVAL);
	make(&f, 2, PKT_V4);
	build(&f);
	f.msg[5] = 0;
	resum(&f, false);
	assert_int_equal(decode(&f), PKT_E_INTERVAL);
	make(&f, 3, PKT_V4);
	f.snd.adver_int_us = 3000000;
	assert_int_equal(built(&f), PKT_OK);
	assert_int_equal(f.adv.notes, PKT_NOTE_INTERVAL);
	assert_int_equal(f.adv.adver_int_us, 3000000);
	make(&f, 3, PKT_V6);
	build(&f);
	f.msg[4] = f.msg[5] = 0;
	resum(&f, true);
	assert_int_equal(decode(&f), PKT_E_INTERVAL_ZERO);
	/* the four reserved bits are ignored */
	f.msg[4] = 0xf0;
	resum(&f, true);
	assert_int_equal(decode(&f), PKT_E_INTERVAL_ZERO);
	f.msg[4] = 0xf0;
	f.msg[5] = 100;
	resum(&f, true);
	assert_int_equal(decode(&f), PKT_OK);
	assert_int_equal(f.adv.notes, 0);
}

static void
test_type(void **arg)
{
	struct fix	 f;
	int		 n, type;

	for (n = 0; each(&f, n); n++) {
		for (type = 0; type < 16; type++) {
			build(&f);
			f.msg[0] = (uint8_t)(f.snd.version << 4 | type);
			resum(&f, v6_or_v3(&f));
			assert_int_equal(decode(&f), type == 1 ? PKT_OK :
			    PKT_E_TYPE);
		}
	}
}

static void
test_cksum(void **arg)
{
	struct fix	 f;
	int		 n;

	for (n = 0; each(&f, n); n++) {
		build(&f);
		f.msg[6] ^= 0x55;
		assert_int_equal(decode(&f), PKT_E_CKSUM);
		f.msg[6] = f.msg[7] = 0;
		assert_int_equal(decode(&f), PKT_E_CKSUM);
		build(&f);
		f.msg[2] = 199;
		assert_int_equal(decode(&f), PKT_E_CKSUM);
		/* the form of the other versions */
		build(&f);
		resum(&f, !v6_or_v3(&f));
		if (f.snd.version == 3 && f.snd.family == PKT_V4) {
			assert_int_equal(decode(&f), PKT_OK);
			assert_int_equal(f.adv.notes, PKT_NOTE_CKSUM_FORM);
		} else
			assert_int_equal(decode(&f), PKT_E_CKSUM);
	}
	/* v3_checksum_as_v2: both forms and nothing else */
	make(&f, 3, PKT_V4);
	f.want.cksum_plain = f.snd.cksum_plain = true;
	assert_int_equal(built(&f), PKT_OK);
	assert_int_equal(f.adv.notes, 0);
	resum(&f, true);
	assert_int_equal(decode(&f), PKT_OK);
	assert_int_equal(f.adv.notes, PKT_NOTE_CKSUM_FORM);
	f.msg[6] ^= 1;
	assert_int_equal(decode(&f), PKT_E_CKSUM);
	f.msg[6] = f.msg[7] = 0;
	assert_int_equal(decode(&f), PKT_E_CKSUM);
	/* old_unicast_checksum: the group in place of the peer */
	make(&f, 3, PKT_V4);
	f.want.unicast = true;
	f.snd.dst[0] = 192;
	f.snd.cksum_group = true;
	assert_int_equal(built(&f), PKT_E_CKSUM);
	f.want.cksum_group = true;
	assert_int_equal(built(&f), PKT_OK);
	f.snd.cksum_group = false;
	assert_int_equal(built(&f), PKT_OK);
	f.msg[6] ^= 1;
	assert_int_equal(decode(&f), PKT_E_CKSUM);
	/* the pseudo-header has the destination, so a wrong one shows */
	make(&f, 3, PKT_V6);
	build(&f);
	f.rx.dst[15] ^= 1;
	assert_int_equal(decode(&f), PKT_E_CKSUM);
}

static void
test_dst(void **arg)
{
	struct fix	 f;
	int		 n;

	for (n = 0; each(&f, n); n++) {
		f.want.unicast = true;
		assert_int_equal(built(&f), PKT_E_DST);
		memcpy(f.snd.dst, f.snd.family == PKT_V4 ? us4 : src6, 16);
		assert_int_equal(built(&f), PKT_OK);
		f.rx.ttl = 3;
		if (f.snd.family == PKT_V4)
			f.buf[8] = 3;
		assert_int_equal(decode(&f), PKT_OK);
		f.want.unicast = false;
		assert_int_equal(built(&f), PKT_E_DST);
	}
}

static void
test_owner(void **arg)
{
	struct fix	 f;

	make(&f, 3, PKT_V4);
	f.want.owner_ignores = true;
	assert_int_equal(built(&f), PKT_E_OWNER);
	f.msg[6] ^= 1;
	assert_int_equal(decode(&f), PKT_E_CKSUM);
}

static void
test_addrs(void **arg)
{
	uint8_t		 other[32];
	struct fix	 f;
	size_t		 alen;
	int		 n;

	for (n = 0; each(&f, n); n++) {
		alen = f.snd.family == PKT_V4 ? 4 : 16;
		/* swapped: the same set */
		memcpy(other, f.want.vips + alen, alen);
		memcpy(other + alen, f.want.vips, alen);
		f.want.vips = other;
		assert_int_equal(built(&f), PKT_OK);
		assert_int_equal(f.adv.notes, 0);
		/* one differs */
		other[0] ^= 1;
		assert_int_equal(built(&f), PKT_OK);
		assert_int_equal(f.adv.notes, PKT_NOTE_ADDRS);
		/* the same one twice is not the same set */
		memcpy(other, other + alen, alen);
		assert_int_equal(built(&f), PKT_OK);
		assert_int_equal(f.adv.notes, PKT_NOTE_ADDRS);
		f.want.vip_cnt = 1;
		assert_int_equal(built(&f), PKT_OK);
		assert_int_equal(f.adv.notes, PKT_NOTE_ADDRS);
		f.want.skip_addrs = true;
		assert_int_equal(built(&f), PKT_OK);
		assert_int_equal(f.adv.notes, 0);
		/* none at all, and when we have none either */
		f.snd.vip_cnt = 0;
		assert_int_equal(built(&f), PKT_E_COUNT);
		f.want.vip_cnt = 0;
		f.want.skip_addrs = false;
		assert_int_equal(built(&f), PKT_OK);
		assert_int_equal(f.adv.notes, 0);
		assert_null(f.adv.addrs);
	}
	/* the first one over IPv6 should be link-local */
	make(&f, 3, PKT_V6);
	f.snd.vips = f.want.vips = vips6 + 16;
	f.snd.vip_cnt = f.want.vip_cnt = 1;
	assert_int_equal(built(&f), PKT_OK);
	assert_int_equal(f.adv.notes, PKT_NOTE_NOT_LL);
	/* fec0:: is site-local, febf:: is not */
	memcpy(other, vips6, 16);
	f.snd.vips = f.want.vips = other;
	other[1] = 0xc0;
	assert_int_equal(built(&f), PKT_OK);
	assert_int_equal(f.adv.notes, PKT_NOTE_NOT_LL);
	other[1] = 0xbf;
	assert_int_equal(built(&f), PKT_OK);
	assert_int_equal(f.adv.notes, 0);
}

static void
test_peers(void **arg)
{
	struct pkt_peer	 peers[2];
	struct fix	 f;

	memset(peers, 0, sizeof(peers));
	memcpy(peers[0].addr, us4, 16);
	memcpy(peers[1].addr, src4, 16);
	peers[0].max_ttl = peers[1].max_ttl = 255;
	make(&f, 2, PKT_V4);
	f.want.unicast = true;
	f.want.peers = peers;
	f.want.peer_cnt = 2;
	f.want.check_src = true;
	memcpy(f.snd.dst, us4, 16);
	assert_int_equal(built(&f), PKT_OK);
	f.want.peer_cnt = 1;
	assert_int_equal(built(&f), PKT_E_PEER);
	f.want.check_src = false;
	assert_int_equal(built(&f), PKT_OK);
	f.want.peer_cnt = 2;
	peers[1].min_ttl = 60;
	peers[1].max_ttl = 64;
	assert_int_equal(built(&f), PKT_E_PEER_TTL);
	f.buf[8] = 64;
	assert_int_equal(decode(&f), PKT_OK);
	f.buf[8] = 59;
	assert_int_equal(decode(&f), PKT_E_PEER_TTL);
}

static void
test_encode_limits(void **arg)
{
	static uint8_t	 vips[16 * 256], buf[PKT_MSG_MAX];
	struct fix	 f;

	make(&f, 3, PKT_V6);
	f.snd.vips = vips;
	f.snd.vip_cnt = 255;
	assert_int_equal(pkt_encode(&f.snd, buf, sizeof(buf)), 8 + 255 * 16);
	assert_int_equal(pkt_encode(&f.snd, buf, 8 + 255 * 16 - 1), 0);
	f.snd.vip_cnt = 256;
	assert_int_equal(pkt_encode(&f.snd, buf, sizeof(buf)), 0);
	make(&f, 4, PKT_V4);
	assert_int_equal(pkt_encode(&f.snd, buf, sizeof(buf)), 0);
	make(&f, 3, 5);
	assert_int_equal(pkt_encode(&f.snd, buf, sizeof(buf)), 0);
	assert_int_equal(pkt_encode_ip4(&f.snd, 20, 1, buf, 19), 0);
	assert_int_equal(pkt_encode_ip4(&f.snd, 65516, 1, buf, 20), 0);
	make(&f, 2, PKT_V4);
	assert_int_equal(pkt_encode(&f.snd, buf, 23), 0);
	assert_int_equal(pkt_encode(&f.snd, buf, 24), 24);
}

static void
check_wire(uint8_t version, int64_t us, int wire)
{
	struct fix	 f;

	make(&f, version, PKT_V4);
	f.snd.adver_int_us = us;
	build(&f);
	assert_int_equal(f.msg[4] << 8 | f.msg[5], wire);
}

/* keepalived: half up, at least 1 */
static void
test_encode_interval(void **arg)
{
	check_wire(2, 400000, 1);
	check_wire(2, 1500000, 2);
	check_wire(2, 2490000, 2);
	check_wire(2, 10000, 1);
	check_wire(2, 300000000, 255);
	check_wire(2, -5, 1);
	check_wire(3, 14000, 1);
	check_wire(3, 126000, 13);
	check_wire(3, 250000, 25);
	check_wire(3, 40950000, 4095);
	check_wire(3, 40960000, 4095);
	check_wire(3, 41000000, 4095);
	check_wire(3, INT64_MAX, 4095);
	check_wire(3, 0, 1);
}

static void
test_texts(void **arg)
{
	int	 i;

	for (i = 0; i < PKT_RESULT_MAX; i++)
		assert_string_not_equal(pkt_result_text(i), "?");
	assert_string_equal(pkt_result_text(-1), "?");
	assert_string_equal(pkt_result_text(PKT_RESULT_MAX), "?");
	for (i = 0; i < PKT_NOTE_CNT; i++)
		assert_string_not_equal(pkt_note_text(1U << i), "?");
	assert_string_equal(pkt_note_text(3), "?");
	/* each refusal by an instance that runs is counted */
	for (i = PKT_OK; i < PKT_RESULT_MAX; i++)
		assert_int_equal(pkt_result_counter((enum pkt_result)i) ==
		    CNT_MAX, i == PKT_OK || i == PKT_E_IDLE ||
		    i == PKT_E_VRID);
	assert_int_equal(pkt_result_counter(PKT_E_CKSUM), CNT_CKSUM_ERR);
	assert_int_equal(pkt_result_counter(PKT_E_PEER_TTL), CNT_TTL_ERR);
	assert_int_equal(pkt_note_counter(PKT_NOTE_ADDRS), CNT_ADDR_LIST_ERR);
	assert_int_equal(pkt_note_counter(PKT_NOTE_NOT_LL), CNT_MAX);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_known_sums),
		cmocka_unit_test(test_peek),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_ip_header),
		cmocka_unit_test(test_ah),
		cmocka_unit_test(test_ah_bits),
		cmocka_unit_test(test_ttl),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_auth),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_type),
		cmocka_unit_test(test_cksum),
		cmocka_unit_test(test_dst),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_addrs),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_encode_limits),
		cmocka_unit_test(test_encode_interval),
		cmocka_unit_test(test_texts)
	};

	return (cmocka_run_group_tests_name("packet", tests, NULL, NULL));
}
