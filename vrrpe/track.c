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

/* Effective priority and fault set of an instance. Pure; runs in: vrrpe. */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "track.h"

/* A tracked file adds at most this, and is a fault at or below the least. */
#define FILE_MAX	253
#define FILE_MIN	(-254)

static int	 file_weight(const struct trk_item *, uint32_t *);
static int	 plain_weight(const struct trk_item *, enum trk_status);
static uint32_t	 plain_fault(const struct trk_item *, enum trk_status);
static uint32_t	 fact_faults(const struct trk_facts *);

static const char *const fault_texts[TRK_F_CNT] = {
	"interface does not exist",
	"interface is down",
	"no source address",
	"source address is tentative",
	"no socket",
	"switched off",
	"script failed",
	"script has no result yet",
	"tracked interface is down",
	"tracked file",
	"tracked process",
	"virtual addresses failed",
	"sync group in FAULT",
	"sync group waits for a tracker",
	"tracked object has not been looked at yet",
	"packet filter cannot be installed",
	"interface is a port of another",
	"the parent process does not answer",
	"no unicast peer",
	"no carrier"
};

void
trk_compute(const struct trk_in *in, struct trk_out *out)
{
	uint32_t	 fault;
	size_t		 i;

	assert(in->base != 0);
	out->total = in->base;
	out->faults = fact_faults(&in->facts);
	for (i = 0; i < in->item_cnt; i++) {
		out->total += trk_item_weight(&in->items[i], &fault);
		out->faults |= fault;
	}
	/* keepalived: an owner stays 255, and nobody gets there by adding */
	if (in->base == 255)
		out->prio = 255;
	else if (out->total < 1)
		out->prio = 1;
	else if (out->total > 254)
		out->prio = 254;
	else
		out->prio = (uint8_t)out->total;
}

int
trk_item_weight(const struct trk_item *item, uint32_t *fault)
{
	enum trk_status	 status = item->status;

	*fault = 0;
	if (item->kind == TRK_FILE)
		return (file_weight(item, fault));
	/* an interface that nobody has seen is not up */
	if (item->kind == TRK_INTERFACE && status == TRK_UNKNOWN)
		status = TRK_BAD;
	if (item->weight == 0) {
		*fault = plain_fault(item, status);
		return (0);
	}
	return (plain_weight(item, status));
}

unsigned int
trk_diff(const struct trk_out *old, const struct trk_out *now)
{
	unsigned int	 diff = 0;

	if (old->prio != now->prio)
		diff |= TRK_D_PRIO;
	if (old->faults != now->faults)
		diff |= now->faults != 0 ? TRK_D_DOWN : TRK_D_UP;
	return (diff);
}

const char *
trk_fault_text(uint32_t bit)
{
	unsigned int	 i;

	for (i = 0; i < TRK_F_CNT; i++) {
		if (bit == 1U << i)
			return (fault_texts[i]);
	}
	return ("?");
}

/*
 * keepalived: value times weight; a file that is not there counts as 0. Until
 * it has been looked at nobody knows whether it is a fault.
 */
static int
file_weight(const struct trk_item *item, uint32_t *fault)
{
	int64_t	 product;

	if (item->status == TRK_UNKNOWN) {
		*fault = TRK_F_OBJECT_WAIT;
		return (0);
	}
	if (item->value == 0)
		return (0);
	if (item->weight == 0) {
		*fault = TRK_F_FILE;
		return (0);
	}
	product = (int64_t)item->value * item->weight;
	if (item->reverse)
		product = -product;
	if (product > FILE_MAX)
		product = FILE_MAX;
	if (product <= FILE_MIN) {
		product = FILE_MIN;
		*fault = TRK_F_FILE;
	}
	return ((int)product);
}

/* The sign says when it counts; reverse flips what is added, not when. */
static int
plain_weight(const struct trk_item *item, enum trk_status status)
{
	enum trk_status	 when;

	when = item->weight > 0 ? TRK_GOOD : TRK_BAD;
	if (status != when)
		return (0);
	return (item->reverse ? -item->weight : item->weight);
}

static uint32_t
plain_fault(const struct trk_item *item, enum trk_status status)
{
	enum trk_status	 wrong;

	wrong = item->reverse ? TRK_GOOD : TRK_BAD;
	switch (item->kind) {
	case TRK_SCRIPT:
		if (status == TRK_UNKNOWN)
			return (TRK_F_SCRIPT_WAIT);
		return (status == wrong ? TRK_F_SCRIPT : 0);
	case TRK_INTERFACE:
		return (status == wrong ? TRK_F_TRACK_IF : 0);
	case TRK_PROCESS:
		if (status == TRK_UNKNOWN)
			return (TRK_F_OBJECT_WAIT);
		return (status == wrong ? TRK_F_PROCESS : 0);
	case TRK_FILE:
	case TRK_KIND_MAX:
		break;
	}
	return (0);
}

/* One reason each: what follows from a missing interface is not repeated. */
static uint32_t
fact_faults(const struct trk_facts *facts)
{
	uint32_t	 faults = 0;

	if (!facts->enabled)
		faults |= TRK_F_OFF;
	if (!facts->if_exists)
		faults |= TRK_F_IF_MISSING;
	else {
		if (!facts->if_up && !facts->if_ignore)
			faults |= facts->no_carrier ? TRK_F_NO_CARRIER :
			    TRK_F_IF_DOWN;
		if (facts->port)
			faults |= TRK_F_PORT;
		else if (!facts->has_source)
			faults |= TRK_F_NO_SOURCE;
		else if (facts->tentative)
			faults |= TRK_F_TENTATIVE;
		else if (facts->no_filter)
			faults |= TRK_F_NO_FILTER;
		/* While it is down a new one cannot be opened. */
		else if (!facts->has_socket && !facts->no_peer &&
		    (facts->if_up || facts->if_ignore))
			faults |= TRK_F_NO_SOCKET;
	}
	if (facts->no_peer)
		faults |= TRK_F_NO_PEER;
	if (facts->vip_failed)
		faults |= TRK_F_VIP;
	if (facts->no_parent)
		faults |= TRK_F_PARENT;
	if (facts->group_fault)
		faults |= TRK_F_GROUP;
	if (facts->group_wait)
		faults |= TRK_F_GROUP_WAIT;
	return (faults);
}
