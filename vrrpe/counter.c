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

/* Names of the counters of a virtual router. Pure; runs in: vrrpe. */

#include <stddef.h>
#include <stdint.h>

#include "counter.h"

static const char *const names[CNT_MAX] = {
	[CNT_BECOME_MASTER] = "become_master",
	[CNT_ADVERT_RCVD] = "adverts_received",
	[CNT_PRIO_ZERO_RCVD] = "priority_zero_received",
	[CNT_LOWER_RCVD] = "lower_priority_received",
	[CNT_ANSWER_LIMITED] = "answers_limited",
	[CNT_LATE] = "late_wakeups",
	[CNT_ADVERT_SENT] = "adverts_sent",
	[CNT_PRIO_ZERO_SENT] = "priority_zero_sent",
	[CNT_SEND_ERR] = "send_errors",
	[CNT_LENGTH_ERR] = "packet_length_errors",
	[CNT_AUTH_MISMATCH] = "auth_type_mismatch",
	[CNT_TTL_ERR] = "ip_ttl_errors",
	[CNT_VERSION_ERR] = "version_errors",
	[CNT_AUTH_INVALID] = "invalid_auth_type",
	[CNT_AUTH_FAIL] = "auth_failures",
	[CNT_INTERVAL_ERR] = "advert_interval_errors",
	[CNT_TYPE_ERR] = "invalid_type_received",
	[CNT_CKSUM_ERR] = "checksum_errors",
	[CNT_ADDR_LIST_ERR] = "address_list_errors",
	[CNT_DST_ERR] = "destination_errors",
	[CNT_PEER_ERR] = "peer_errors",
	[CNT_OWNER_IGNORED] = "owner_ignored",
	[CNT_RIVAL] = "rival_announcements"
};

const char *
cnt_name(unsigned int which)
{
	if (which >= CNT_MAX || names[which] == NULL)
		return ("?");
	return (names[which]);
}
