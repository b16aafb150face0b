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
 * What is counted, and log lines about wrong packets: at most one a minute
 * for each source and reason, from a table of fixed size. Runs in: vrrpe.
 */

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "vrrpe.h"

#define BAD_WAYS	4	/* places that a pair may be at */

/* Reasons beside enum pkt_result. */
#define BAD_OWN		(PKT_RESULT_MAX + 0)

static struct log_limit *bad_find(struct engine *, uint32_t, uint8_t,
		    const uint8_t *, uint8_t);
static uint32_t	 bad_hash(uint32_t, uint8_t, const uint8_t *, uint8_t);
static bool	 bad_ok(struct engine *, uint32_t, uint8_t, const uint8_t *,
		    uint8_t, char *, size_t);

void
stats_bad_packet(struct engine *e, const struct esock *s, struct einst *i,
    const struct pkt_head *head, enum pkt_result res)
{
	const struct elink	*l;
	struct vaddr		 from;
	enum vr_counter		 which;
	char			 text[VADDR_STRLEN], more[48];

	which = pkt_result_counter(res);
	if (i == NULL && res == PKT_E_VRID)
		e->stats.vrid_err++;
	else if (i == NULL)
		e->stats.short_err++;
	else if (which != CNT_MAX)
		i->cnt.n[which]++;
	if (res == PKT_E_VRID && !e->conf->global.log_unknown_vrids &&
	    log_getlevel() < LOGL_VERBOSE)
		return;
	if (!bad_ok(e, s->slot, head->vrid, head->src, (uint8_t)res, more,
	    sizeof(more)))
		return;
	vaddr_from_bytes(&from, s->family, head->src);
	(void)vaddr_print(&from, text, sizeof(text));
	if (i != NULL) {
		monitor_say(e, NOTE_PACKET, i->conf->name,
		    "dropped, from %s: %s%s", text, pkt_result_text(res),
		    more);
		log_warnx("(%s) packet from %s dropped: %s%s", i->conf->name,
		    text, pkt_result_text(res), more);
		return;
	}
	l = elink_find(e, s->slot);
	monitor_say(e, NOTE_PACKET, "", "dropped on %s, from %s: %s (VRID %u)"
	    "%s", l != NULL ? l->name : "?", text, pkt_result_text(res),
	    head->vrid, more);
	log_warnx("%s: packet from %s dropped: %s (VRID %u)%s",
	    l != NULL ? l->name : "?", text, pkt_result_text(res), head->vrid,
	    more);
}

/* Ours came back, or another host has our address. */
void
stats_own_packet(struct engine *e, struct einst *i, const uint8_t *src)
{
	char	 text[VADDR_STRLEN], more[48];

	e->stats.own++;
	if (!bad_ok(e, i->conf->slot, i->conf->vrid, src, BAD_OWN, more,
	    sizeof(more)))
		return;
	why_addr(i, src, text, sizeof(text));
	log_warnx("(%s) an advertisement from our own address %s: a loop, or "
	    "a duplicate address%s", i->conf->name, text, more);
}

/* Once for each kind, until the configuration changes. */
void
stats_notes(struct einst *i, const struct pkt_advert *adv)
{
	enum vr_counter	 which;
	uint32_t	 bit;
	char		 text[VADDR_STRLEN];
	unsigned int	 n;

	for (n = 0; n < PKT_NOTE_CNT; n++) {
		bit = 1U << n;
		if ((adv->notes & bit) == 0)
			continue;
		which = pkt_note_counter(bit);
		if (which != CNT_MAX)
			i->cnt.n[which]++;
		if ((i->noted & bit) != 0)
			continue;
		i->noted |= bit;
		why_addr(i, adv->src, text, sizeof(text));
		log_at(LOG_WARNING, "(%s) advertisement from %s: %s",
		    i->conf->name, text, pkt_note_text(bit));
	}
}

void
stats_send_error(struct einst *i, const struct esock *s, int errnum)
{
	uint32_t	 more;
	char		 text[VADDR_STRLEN];

	i->cnt.n[CNT_SEND_ERR]++;
	if (!log_limit_ok(&i->send_limit, i->e->now_us, LOG_PERIOD_US, &more))
		return;
	(void)vaddr_print(&s->dst, text, sizeof(text));
	log_warnx("(%s) %s: cannot send to %s: %s%s", i->conf->name,
	    i->conf->ifname, text, strerror(errnum),
	    more > 0 ? " (not for the first time)" : "");
}

/* A timer came so much later than asked for. */
void
stats_late(struct engine *e, int64_t late_us)
{
	static const int64_t	 edges[CTL_LATE_CNT] = CTL_LATE_EDGES;
	unsigned int		 n;

	if (late_us < 0)
		late_us = 0;
	if (late_us > e->stats.late_max_us)
		e->stats.late_max_us = late_us;
	e->stats.late_sum_us += late_us;
	for (n = 0; n < CTL_LATE_CNT && late_us > edges[n]; n++)
		continue;
	e->stats.late[n]++;
}

/* Whether to log it now; more tells how many were not logged. */
static bool
bad_ok(struct engine *e, uint32_t slot, uint8_t vrid, const uint8_t *src,
    uint8_t reason, char *more, size_t len)
{
	struct log_limit	*limit;
	uint32_t		 cnt;

	limit = bad_find(e, slot, vrid, src, reason);
	if (!log_limit_ok(limit, e->now_us, LOG_PERIOD_US, &cnt))
		return (false);
	more[0] = '\0';
	if (cnt > 0)
		(void)snprintf(more, len, " (%u more since)", cnt);
	return (true);
}

/*
 * The pair's own limit. While all of its places are taken by pairs that were
 * logged within the last minute, newcomers share one.
 */
static struct log_limit *
bad_find(struct engine *e, uint32_t slot, uint8_t vrid, const uint8_t *src,
    uint8_t reason)
{
	struct bad_src	*b, *oldest = NULL;
	uint32_t	 hash;
	unsigned int	 n;

	hash = bad_hash(slot, vrid, src, reason);
	for (n = 0; n < BAD_WAYS; n++) {
		b = &e->stats.bad[(hash + n) % BAD_SRC_CNT];
		if (b->slot == slot && b->vrid == vrid &&
		    b->reason == reason &&
		    memcmp(b->src, src, sizeof(b->src)) == 0)
			return (&b->limit);
		if (oldest == NULL || b->limit.next_us < oldest->limit.next_us)
			oldest = b;
	}
	if (oldest->limit.next_us > e->now_us)
		return (&e->stats.bad_limit);
	memset(oldest, 0, sizeof(*oldest));
	oldest->slot = slot;
	oldest->vrid = vrid;
	oldest->reason = reason;
	memcpy(oldest->src, src, sizeof(oldest->src));
	return (&oldest->limit);
}

/* FNV-1a */
static uint32_t
bad_hash(uint32_t slot, uint8_t vrid, const uint8_t *src, uint8_t reason)
{
	uint32_t	 h = 2166136261U;
	int		 n;

	h = (h ^ slot) * 16777619U;
	h = (h ^ vrid) * 16777619U;
	h = (h ^ reason) * 16777619U;
	for (n = 0; n < 16; n++)
		h = (h ^ src[n]) * 16777619U;
	return (h);
}
