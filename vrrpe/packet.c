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
 * Decoding and checking of received VRRP packets. Pure; runs in: vrrpe.
 * The bytes come from the network: they are read through the cursor only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "packet.h"

/* What is left to read. Past the end it reads zeros and says so in bad. */
struct cursor {
	const uint8_t	*p;
	size_t		 left;
	bool		 bad;
};

/* A packet taken apart as far as no configuration is needed. */
struct parsed {
	const uint8_t	*msg;		/* the VRRP message */
	size_t		 msg_len;
	struct pkt_ah	 ah;		/* ah NULL: there is none */
	bool		 frag;
	uint8_t		 src[16];
	uint8_t		 dst[16];
	int		 ttl;
	uint8_t		 vertype;
	uint8_t		 vrid;
	uint8_t		 prio;
	uint8_t		 cnt;
	uint8_t		 b4;		/* v2: auth type */
	uint8_t		 b5;		/* v2: interval */
};

static const uint8_t	*cur_take(struct cursor *, size_t);
static uint8_t	 cur_u8(struct cursor *);
static uint16_t	 cur_u16(struct cursor *);
static void	 cur_bytes(struct cursor *, void *, size_t);
static enum pkt_result parse(const struct pkt_rx *, struct parsed *);
static enum pkt_result parse_ip4(struct cursor *, struct parsed *);
static size_t	 addr_size(uint8_t);
static size_t	 want_len(const struct parsed *, uint8_t);
static bool	 is_mcast(const uint8_t *, uint8_t);
static enum pkt_result check_v2(const struct parsed *,
		    const struct pkt_expect *);
static enum pkt_result check_v3(const struct parsed *,
		    const struct pkt_expect *, struct pkt_advert *);
static enum pkt_result check_sum(const struct parsed *,
		    const struct pkt_expect *, struct pkt_advert *);
static enum pkt_result check_addrs(const struct pkt_expect *,
		    struct pkt_advert *);
static enum pkt_result check_peer(const struct parsed *,
		    const struct pkt_expect *);
static bool	 same_pass(const uint8_t *, const uint8_t *);
static bool	 same_addrs(const uint8_t *, const uint8_t *, size_t, size_t);
static uint64_t	 addrs_hash(const uint8_t *, size_t, size_t);
static uint32_t	 pseudo_sum(const struct parsed *, const uint8_t *, uint8_t);

enum pkt_result
pkt_peek(const struct pkt_rx *rx, struct pkt_head *head)
{
	struct parsed		 pp;
	enum pkt_result		 res;

	if ((res = parse(rx, &pp)) != PKT_OK)
		return (res);
	head->version = pp.vertype >> 4;
	head->vrid = pp.vrid;
	head->prio = pp.prio;
	memcpy(head->src, pp.src, sizeof(head->src));
	memcpy(head->dst, pp.dst, sizeof(head->dst));
	return (PKT_OK);
}

/* The numbers are those of the table of checks in packet.h. */
enum pkt_result
pkt_decode(const struct pkt_rx *rx, const struct pkt_expect *want,
    struct pkt_advert *adv)
{
	struct parsed		 pp;
	enum pkt_result		 res;

	memset(adv, 0, sizeof(*adv));
	if ((res = parse(rx, &pp)) != PKT_OK)
		return (res);				/* 1 */
	adv->version = pp.vertype >> 4;
	adv->vrid = pp.vrid;
	adv->prio = pp.prio;
	adv->addr_cnt = pp.cnt;
	adv->ttl = pp.ttl;
	memcpy(adv->src, pp.src, sizeof(adv->src));
	memcpy(adv->dst, pp.dst, sizeof(adv->dst));

	if ((pp.ah.ah != NULL) != (want->version == 2 &&
	    want->auth == PKT_AUTH_AH))
		return (PKT_E_AH);			/* 4 */
	if (pp.ah.ah != NULL && (res = pkt_check_ah(&pp.ah, want,
	    &adv->ah_seq)) != PKT_OK)
		return (res);
	if (pp.frag || (want_len(&pp, rx->family) != 0 &&
	    want_len(&pp, rx->family) != pp.msg_len))
		return (PKT_E_LENGTH);			/* 5, 15 */
	if (!want->unicast && pp.ttl != PKT_TTL)
		return (PKT_E_TTL);			/* 6 */
	if (adv->version != want->version || rx->family != want->family ||
	    want_len(&pp, rx->family) == 0)
		return (PKT_E_VERSION);			/* 7 */
	if (pp.cnt > 0)
		adv->addrs = pp.msg + 8;
	if (adv->version == 2) {
		if ((res = check_v2(&pp, want)) != PKT_OK)
			return (res);			/* 9 to 13 */
		adv->adver_int_us = (int64_t)pp.b5 * 1000000;
	}
	if ((pp.vertype & 0x0f) != PKT_TYPE_ADVERT)
		return (PKT_E_TYPE);			/* 14 */
	if (adv->version == 3 &&
	    (res = check_v3(&pp, want, adv)) != PKT_OK)
		return (res);				/* 16, 17 */
	if ((res = check_sum(&pp, want, adv)) != PKT_OK)
		return (res);				/* 18 */
	if (is_mcast(pp.dst, rx->family) == want->unicast)
		return (PKT_E_DST);			/* 19 */
	if (want->owner_ignores)
		return (PKT_E_OWNER);			/* 20 */
	if ((res = check_addrs(want, adv)) != PKT_OK)
		return (res);				/* 21 to 24 */
	return (check_peer(&pp, want));			/* 25, 26 */
}

/* Everything up to the end of the eight fixed bytes. */
static enum pkt_result
parse(const struct pkt_rx *rx, struct parsed *pp)
{
	struct cursor		 cur;
	enum pkt_result		 res;

	memset(pp, 0, sizeof(*pp));
	cur.p = rx->buf;
	cur.left = rx->len;
	cur.bad = false;
	if (rx->family == PKT_V4) {
		if ((res = parse_ip4(&cur, pp)) != PKT_OK)
			return (res);
	} else {
		memcpy(pp->src, rx->src, sizeof(pp->src));
		memcpy(pp->dst, rx->dst, sizeof(pp->dst));
		pp->ttl = rx->ttl;
	}
	pp->msg = cur.p;
	pp->msg_len = cur.left;
	pp->ah.msg = pp->msg;
	pp->ah.msg_len = pp->msg_len;
	pp->vertype = cur_u8(&cur);
	pp->vrid = cur_u8(&cur);
	pp->prio = cur_u8(&cur);
	pp->cnt = cur_u8(&cur);
	pp->b4 = cur_u8(&cur);
	pp->b5 = cur_u8(&cur);
	(void)cur_u16(&cur);	/* the sum is taken over all of it */
	return (cur.bad ? PKT_E_SHORT : PKT_OK);
}

/*
 * The IP header, and AH behind it. The rest is cut to the total length: what
 * follows is padding of the link (raw sockets have removed it already).
 */
static enum pkt_result
parse_ip4(struct cursor *cur, struct parsed *pp)
{
	size_t		 hdr_len, total, opts;
	uint8_t		 vihl, proto;
	uint16_t	 frag;
	struct cursor	 whole = *cur;

	vihl = cur_u8(cur);
	(void)cur_u8(cur);				/* TOS */
	total = cur_u16(cur);
	(void)cur_u16(cur);				/* ID */
	frag = cur_u16(cur);
	pp->ttl = cur_u8(cur);
	proto = cur_u8(cur);
	(void)cur_u16(cur);		/* header checksum: the kernel's job */
	cur_bytes(cur, pp->src, 4);
	cur_bytes(cur, pp->dst, 4);
	hdr_len = (size_t)(vihl & 0x0f) * 4;
	if (cur->bad || vihl >> 4 != 4 || hdr_len < 20 || total < hdr_len ||
	    total > whole.left)
		return (PKT_E_SHORT);
	cur->left = total - 20;
	opts = hdr_len - 20;
	(void)cur_take(cur, opts);
	pp->frag = (frag & 0x3fff) != 0;
	if (proto == PKT_PROTO_AH) {
		pp->ah.ip = whole.p;
		pp->ah.ip_len = hdr_len;
		/* The only length there is with HMAC-MD5-96. */
		if ((pp->ah.ah = cur_take(cur, PKT_AH_LEN)) == NULL ||
		    pp->ah.ah[1] != PKT_AH_LEN / 4 - 2)
			return (PKT_E_SHORT);
	} else if (proto != PKT_PROTO)
		return (PKT_E_SHORT);
	return (cur->bad ? PKT_E_SHORT : PKT_OK);
}

/* n bytes, or NULL past the end; then nothing more can be read. */
static const uint8_t *
cur_take(struct cursor *cur, size_t n)
{
	const uint8_t	*p = cur->p;

	if (cur->bad || cur->left < n) {
		cur->bad = true;
		cur->left = 0;
		return (NULL);
	}
	cur->p += n;
	cur->left -= n;
	return (p);
}

static uint8_t
cur_u8(struct cursor *cur)
{
	const uint8_t	*p;

	p = cur_take(cur, 1);
	return (p == NULL ? 0 : p[0]);
}

static uint16_t
cur_u16(struct cursor *cur)
{
	const uint8_t	*p;

	p = cur_take(cur, 2);
	return (p == NULL ? 0 : (uint16_t)(p[0] << 8 | p[1]));
}

static void
cur_bytes(struct cursor *cur, void *to, size_t n)
{
	const uint8_t	*p;

	p = cur_take(cur, n);
	if (p != NULL)
		memcpy(to, p, n);
}

static size_t
addr_size(uint8_t family)
{
	return (family == PKT_V4 ? 4 : 16);
}

/* Exact length for the packet's own version and count; 0: no such version. */
static size_t
want_len(const struct parsed *pp, uint8_t family)
{
	size_t	 len;

	len = 8 + pp->cnt * addr_size(family);
	switch (pp->vertype >> 4) {
	case 2:
		/* keepalived: v2 over IPv6 has no authentication data */
		return (family == PKT_V4 ? len + PKT_AUTH_LEN : len);
	case 3:
		return (len);
	default:
		return (0);
	}
}

static bool
is_mcast(const uint8_t *addr, uint8_t family)
{
	return (family == PKT_V4 ? (addr[0] & 0xf0) == 0xe0 : addr[0] == 0xff);
}

/* RFC 3768 7.1, RFC 2338 7.1 */
static enum pkt_result
check_v2(const struct parsed *pp, const struct pkt_expect *want)
{
	if (pp->b4 > PKT_AUTH_AH)
		return (PKT_E_AUTH_UNKNOWN);		/* 9 */
	if (pp->b4 != want->auth)
		return (PKT_E_AUTH_TYPE);		/* 10 */
	if (pp->b4 == PKT_AUTH_PASS && (want->family != PKT_V4 ||
	    !same_pass(pp->msg + pp->msg_len - PKT_AUTH_LEN, want->pass)))
		return (PKT_E_AUTH_PASS);		/* 11 */
	if ((int64_t)pp->b5 * 1000000 != want->adver_int_us)
		return (PKT_E_INTERVAL);		/* 13 */
	return (PKT_OK);
}

/* RFC 9568 5.2.7; erratum 8301: an interval of zero is discarded */
static enum pkt_result
check_v3(const struct parsed *pp, const struct pkt_expect *want,
    struct pkt_advert *adv)
{
	unsigned int	 cs;

	cs = (pp->b4 & 0x0fU) << 8 | pp->b5;
	adv->adver_int_us = (int64_t)cs * 10000;
	if (cs == 0)
		return (PKT_E_INTERVAL_ZERO);		/* 17 */
	if (adv->adver_int_us != want->adver_int_us)
		adv->notes |= PKT_NOTE_INTERVAL;	/* 16 */
	return (PKT_OK);
}

/*
 * The sum over the message with its checksum in place must be all ones. Only
 * v3 over IPv4 has two right forms: RFC 9568 5.2.8 takes the message alone,
 * Linux implementations have always added the pseudo-header.
 */
static enum pkt_result
check_sum(const struct parsed *pp, const struct pkt_expect *want,
    struct pkt_advert *adv)
{
	bool	 plain, pseudo;

	plain = pkt_sum_fold(pkt_sum(0, pp->msg, pp->msg_len)) == 0;
	pseudo = pkt_sum_fold(pkt_sum(pseudo_sum(pp, pp->dst, want->family),
	    pp->msg, pp->msg_len)) == 0;
	if (want->family == PKT_V6)
		return (pseudo ? PKT_OK : PKT_E_CKSUM);
	if (want->version == 2)
		return (plain ? PKT_OK : PKT_E_CKSUM);
	if (want->cksum_group && !pseudo)
		pseudo = pkt_sum_fold(pkt_sum(pseudo_sum(pp, pkt_group4,
		    PKT_V4), pp->msg, pp->msg_len)) == 0;
	if (!plain && !pseudo)
		return (PKT_E_CKSUM);
	if (want->cksum_plain ? !plain : !pseudo)
		adv->notes |= PKT_NOTE_CKSUM_FORM;
	return (PKT_OK);
}

static uint32_t
pseudo_sum(const struct parsed *pp, const uint8_t *dst, uint8_t family)
{
	size_t		 alen = addr_size(family);
	uint32_t	 sum;

	sum = pkt_sum(0, pp->src, alen);
	sum = pkt_sum(sum, dst, alen);
	return (sum + PKT_PROTO + (uint32_t)pp->msg_len);
}

static enum pkt_result
check_addrs(const struct pkt_expect *want, struct pkt_advert *adv)
{
	size_t	 alen = addr_size(want->family);

	if (!want->skip_addrs && (adv->addr_cnt != want->vip_cnt ||
	    !same_addrs(adv->addrs, want->vips, want->vip_cnt, alen)))
		adv->notes |= PKT_NOTE_ADDRS;		/* 21, 22 */
	/* keepalived allows instances without addresses among themselves */
	if (adv->addr_cnt == 0)
		return (want->vip_cnt == 0 ? PKT_OK : PKT_E_COUNT); /* 23 */
	/* RFC 9568 5.2.9, erratum 8300; FRR sends what is configured */
	if (want->family == PKT_V6 &&
	    (adv->addrs[0] != 0xfe || (adv->addrs[1] & 0xc0) != 0x80))
		adv->notes |= PKT_NOTE_NOT_LL;		/* 24 */
	return (PKT_OK);
}

static enum pkt_result
check_peer(const struct parsed *pp, const struct pkt_expect *want)
{
	const struct pkt_peer	*peer;
	size_t			 i;

	if (!want->unicast)
		return (PKT_OK);
	for (i = 0; i < want->peer_cnt; i++) {
		peer = &want->peers[i];
		if (memcmp(peer->addr, pp->src, sizeof(pp->src)) != 0)
			continue;
		if (peer->min_ttl == 0 && peer->max_ttl == 255)
			return (PKT_OK);
		if (pp->ttl < peer->min_ttl || pp->ttl > peer->max_ttl)
			return (PKT_E_PEER_TTL);	/* 26 */
		return (PKT_OK);
	}
	return (want->check_src ? PKT_E_PEER : PKT_OK);	/* 25 */
}

/* Takes the same time wherever they differ. */
static bool
same_pass(const uint8_t *a, const uint8_t *b)
{
	volatile uint8_t	 diff = 0;
	size_t			 i;

	for (i = 0; i < PKT_AUTH_LEN; i++)
		diff |= a[i] ^ b[i];
	return (diff == 0);
}

/*
 * The same addresses in any order. The usual case is the same order; else
 * sums of hashes are compared, in linear time whatever is sent. A forged
 * collision costs one log line that is not written.
 */
static bool
same_addrs(const uint8_t *a, const uint8_t *b, size_t cnt, size_t alen)
{
	if (cnt == 0)
		return (true);
	if (memcmp(a, b, cnt * alen) == 0)
		return (true);
	return (addrs_hash(a, cnt, alen) == addrs_hash(b, cnt, alen));
}

static uint64_t
addrs_hash(const uint8_t *addrs, size_t cnt, size_t alen)
{
	uint64_t	 sum = 0, h;
	size_t		 i, j;

	for (i = 0; i < cnt; i++) {
		h = 0xcbf29ce484222325ULL;	/* FNV-1a */
		for (j = 0; j < alen; j++)
			h = (h ^ addrs[i * alen + j]) * 0x100000001b3ULL;
		h ^= h >> 32;
		sum += h * 0x9e3779b97f4a7c15ULL;
	}
	return (sum);
}
