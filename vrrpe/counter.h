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
 * What is counted for one virtual router, with the names of RFC 2787 and
 * RFC 6527 where they have one. Pure; runs in: vrrpe (and the tests).
 */

#ifndef COUNTER_H
#define COUNTER_H

#include <stdint.h>

enum vr_counter {
	/* By the state machine (VR_ACT_COUNT). */
	CNT_BECOME_MASTER = 0,	/* vrrpv3 MasterTransitions */
	CNT_ADVERT_RCVD,	/* RcvdAdvertisements: passed every check */
	CNT_PRIO_ZERO_RCVD,	/* of those, with priority 0 */
	CNT_LOWER_RCVD,		/* as MASTER, from a router that loses */
	CNT_ANSWER_LIMITED,	/* losing adverts left without an answer */
	CNT_LATE,		/* wake-ups later than two intervals */

	/* By the driver, when the write of an advert has succeeded. */
	CNT_ADVERT_SENT,
	CNT_PRIO_ZERO_SENT,
	CNT_SEND_ERR,

	/* By the receive path, from pkt_result_counter(). */
	CNT_LENGTH_ERR,		/* PacketLengthErrors */
	CNT_AUTH_MISMATCH,	/* AuthTypeMismatch */
	CNT_TTL_ERR,		/* IpTtlErrors */
	CNT_VERSION_ERR,	/* VersionErrors */
	CNT_AUTH_INVALID,	/* InvalidAuthType */
	CNT_AUTH_FAIL,		/* AuthFailures */
	CNT_INTERVAL_ERR,	/* AdvertiseIntervalErrors, AdvIntervalErrors */
	CNT_TYPE_ERR,		/* InvalidTypePktsRcvd */
	CNT_CKSUM_ERR,		/* ChecksumErrors */
	CNT_ADDR_LIST_ERR,	/* AddressListErrors */
	CNT_DST_ERR,		/* multicast to unicast or the reverse */
	CNT_PEER_ERR,		/* not from a configured unicast peer */
	CNT_OWNER_IGNORED,	/* the address owner does not listen */
	CNT_RIVAL,		/* another MAC announced an address of ours */
	CNT_MAX
};

struct vr_counters {
	uint64_t	 n[CNT_MAX];
};

/* "become_master"; "?" out of range. Stable: shown to users and in JSON. */
const char *cnt_name(unsigned int);

#endif /* COUNTER_H */
