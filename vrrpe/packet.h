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
 * VRRP packets: decode with every receive check, encode with the checksum.
 * VRRPv2 (no authentication, simple password), VRRPv3 over IPv4 and IPv6, and
 * VRRPv2 over IPv6 as keepalived sends it. Pure. Runs in: vrrpe.
 *
 * Addresses are 16 bytes in network order, IPv4 in the first four and the rest
 * zero. Lists of virtual addresses are packed: 4 bytes each in an IPv4
 * instance, 16 in an IPv6 one, as on the wire. Nothing is kept or freed.
 */

#ifndef PACKET_H
#define PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counter.h"

#define PKT_PROTO		112	/* IP protocol of VRRP */
#define PKT_PROTO_AH		51
#define PKT_TTL			255
#define PKT_TYPE_ADVERT		1
#define PKT_AUTH_LEN		8
#define PKT_IP4_LEN		20	/* header without options */
#define PKT_IP4_MAX		60
#define PKT_AH_LEN		24
#define PKT_AH_SEQ_MAX		0xfffffffdU	/* as keepalived */
#define PKT_ADDRS_MAX		255
/* Largest VRRP message; with the longest IPv4 header. */
#define PKT_MSG_MAX		(8 + 16 * PKT_ADDRS_MAX + PKT_AUTH_LEN)
#define PKT_BUF_MAX		(PKT_IP4_MAX + PKT_AH_LEN + PKT_MSG_MAX)

/* Address families, by IP version so that no system header is needed. */
#define PKT_V4			4
#define PKT_V6			6

/* Authentication types on the wire (RFC 2338 5.3.6). */
enum pkt_auth {
	PKT_AUTH_NONE = 0,
	PKT_AUTH_PASS = 1,
	PKT_AUTH_AH = 2
};

/*
 * The receive checks in their order; the first that fails is the result.
 * VRID and IDLE are for the caller, who looks for the instance between
 * pkt_peek() and pkt_decode(); they are here to have their place, text and
 * counter.
 */
enum pkt_result {
	PKT_OK = 0,
	PKT_E_SHORT,		/* 1 no room for the headers, truncated */
	PKT_E_VRID,		/* 2 VRID not configured here */
	PKT_E_IDLE,		/* 3 instance in INIT */
	PKT_E_AH,		/* 4 AH present but not wanted, or missing */
	PKT_E_AH_ICV,		/* 4 AH: wrong password, or changed */
	PKT_E_AH_REPLAY,	/* 4 AH: the number is not a new one */
	PKT_E_LENGTH,		/* 5 not exactly as long as it says */
	PKT_E_TTL,		/* 6 multicast and TTL/hop limit not 255 */
	PKT_E_VERSION,		/* 7 */
	PKT_E_AUTH_UNKNOWN,	/* 9 v2: auth type 3.. */
	PKT_E_AUTH_TYPE,	/* 10 v2: not the configured auth type */
	PKT_E_AUTH_PASS,	/* 11 v2: wrong password */
	PKT_E_INTERVAL,		/* 13 v2: interval is not ours */
	PKT_E_TYPE,		/* 14 not an advertisement */
	PKT_E_INTERVAL_ZERO,	/* 17 v3 (RFC 9568 erratum 8301) */
	PKT_E_CKSUM,		/* 18 */
	PKT_E_DST,		/* 19 multicast to unicast or the reverse */
	PKT_E_OWNER,		/* 20 we own the address and do not listen */
	PKT_E_COUNT,		/* 23 no addresses, and we have some */
	PKT_E_PEER,		/* 25 source is not a unicast peer */
	PKT_E_PEER_TTL,		/* 26 TTL outside the peer's range */
	PKT_RESULT_MAX
};

/* Accepted, but worth one log line: bits of pkt_advert.notes. */
#define PKT_NOTE_INTERVAL	0x01	/* 16 v3 interval is not ours */
#define PKT_NOTE_ADDRS		0x02	/* 21, 22 other virtual addresses */
#define PKT_NOTE_NOT_LL		0x04	/* 24 first IPv6 not link-local */
#define PKT_NOTE_CKSUM_FORM	0x08	/* 18 v3/IPv4: a form we do not send */
#define PKT_NOTE_CNT		4

/*
 * What arrived. IPv4: buf begins with the IP header, as a raw socket delivers
 * it (total length in network order); src, dst and ttl are not looked at.
 * IPv6: buf is the payload, the others come from ancillary data (ttl -1:
 * not known, which fails the check of the hop limit).
 */
struct pkt_rx {
	uint8_t		 family;	/* PKT_V4, PKT_V6: of the socket */
	const uint8_t	*buf;
	size_t		 len;
	uint8_t		 src[16];
	uint8_t		 dst[16];
	int		 ttl;
};

/* Where multicast goes, which old peers also count in a unicast checksum. */
extern const uint8_t	pkt_group4[4];

/* A unicast peer. */
struct pkt_peer {
	uint8_t		 addr[16];
	uint8_t		 min_ttl;	/* 0 */
	uint8_t		 max_ttl;	/* 255 */
};

/* What an instance wants. The caller keeps what the pointers point to. */
struct pkt_expect {
	uint8_t		 family;
	uint8_t		 version;	/* 2, 3 */
	uint8_t		 auth;		/* enum pkt_auth; v3: ignored */
	uint8_t		 pass[PKT_AUTH_LEN];	/* zero padded */
	uint32_t	 ah_seq;	/* AH: the last one heard or sent */
	bool		 unicast;	/* TTL is not checked, peers are */
	bool		 check_src;	/* unicast: source must be a peer */
	bool		 cksum_plain;	/* we send without pseudo-header */
	bool		 cksum_group;	/* peers take the group for dst */
	bool		 owner_ignores;	/* owner, and owner_ignore_adverts */
	bool		 skip_addrs;	/* checks 21, 22 are off this time */
	int64_t		 adver_int_us;	/* our own */
	const uint8_t	*vips;		/* packed, advertised ones only */
	size_t		 vip_cnt;
	const struct pkt_peer *peers;
	size_t		 peer_cnt;
};

/* Enough to find the instance; nothing is checked but that it is there. */
struct pkt_head {
	uint8_t		 version;
	uint8_t		 vrid;
	uint8_t		 prio;
	uint8_t		 src[16];
	uint8_t		 dst[16];
};

/* A decoded advertisement; addrs points into the received buffer. */
struct pkt_advert {
	uint8_t		 version;
	uint8_t		 vrid;
	uint8_t		 prio;
	uint8_t		 addr_cnt;
	int		 ttl;
	int64_t		 adver_int_us;	/* v2: seconds, v3: centiseconds */
	uint8_t		 src[16];
	uint8_t		 dst[16];
	const uint8_t	*addrs;		/* packed; NULL: none */
	uint32_t	 ah_seq;	/* with AH */
	uint32_t	 notes;		/* PKT_NOTE_* */
};

/* What to send. */
struct pkt_send {
	uint8_t		 family;
	uint8_t		 version;
	uint8_t		 vrid;
	uint8_t		 prio;
	uint8_t		 auth;		/* v2 over IPv4, enum pkt_auth */
	uint8_t		 pass[PKT_AUTH_LEN];
	uint32_t	 ah_seq;	/* AH, and the next three */
	uint16_t	 ip_id;		/* not 0 */
	uint8_t		 ttl;
	bool		 unicast;
	bool		 cksum_plain;	/* v3/IPv4: message only */
	bool		 cksum_group;	/* v3/IPv4: as if to 224.0.0.18 */
	int64_t		 adver_int_us;	/* rounded to the wire's unit */
	uint8_t		 src[16];	/* for the checksum */
	uint8_t		 dst[16];
	const uint8_t	*vips;		/* packed */
	size_t		 vip_cnt;	/* 0..PKT_ADDRS_MAX */
};

/* A packet with AH, taken apart; ip_len with the options. */
struct pkt_ah {
	const uint8_t	*ip;
	size_t		 ip_len;	/* PKT_IP4_LEN..PKT_IP4_MAX */
	const uint8_t	*ah;		/* PKT_AH_LEN bytes */
	const uint8_t	*msg;
	size_t		 msg_len;
};

/* PKT_OK, or PKT_E_SHORT and *head untouched. Looks behind AH, too. */
enum pkt_result pkt_peek(const struct pkt_rx *, struct pkt_head *);
/*
 * All checks but 2 and 3. *adv is filled in as far as the checks came and is
 * to be believed only with PKT_OK.
 */
enum pkt_result pkt_decode(const struct pkt_rx *, const struct pkt_expect *,
	    struct pkt_advert *);
/*
 * The VRRP message, without an IP header; its length, or 0 when it does not
 * fit in cap or the request makes no sense (version, family, count).
 */
size_t	 pkt_encode(const struct pkt_send *, uint8_t *buf, size_t cap);
/* Whole IPv4 packets with AH: packet_ah.c. */
size_t	 pkt_encode_ah(const struct pkt_send *, uint8_t *buf, size_t cap);
enum pkt_result pkt_check_ah(const struct pkt_ah *, const struct pkt_expect *,
	    uint32_t *seq);
/* A 20-byte IPv4 header for len bytes of message; 20, or 0 without room. */
size_t	 pkt_encode_ip4(const struct pkt_send *, size_t len, uint16_t id,
	    uint8_t *buf, size_t cap);

/* RFC 1071 sum of len bytes added to sum; pkt_sum_fold() ends it. */
uint32_t pkt_sum(uint32_t sum, const uint8_t *, size_t len);
uint16_t pkt_sum_fold(uint32_t);

/* The counter of a refusal, or CNT_MAX for none (OK, IDLE). */
enum vr_counter pkt_result_counter(enum pkt_result);
/* The same for one bit of notes. */
enum vr_counter pkt_note_counter(uint32_t);
const char *pkt_result_text(int);	/* "wrong checksum"; "?" */
const char *pkt_note_text(uint32_t);	/* of one bit */

#endif /* PACKET_H */
