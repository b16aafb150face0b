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
 * How long an instance was in which state, how long its takeovers took, and
 * what was heard of whom. Nothing goes by it: it is for those who watch. Runs
 * in: vrrpe.
 */

#include <string.h>

#include "vrrpe.h"

/* A place is another router's after so long a silence: whoever makes up
 * senders fills no monitoring system with them. */
#define PEER_KEEP_US	(3600 * US_PER_SEC)

static bool	 is_failover(const struct einst *, enum vr_face, int64_t);
static void	 failed_over(struct einst *);
static struct tally_peer *peer_find(struct einst *, const uint8_t *);

void
tally_init(struct einst *i)
{
	i->tally.face_at_us = i->e->now_us;
}

void
tally_state(struct einst *i, enum vr_face old)
{
	struct tally	*t = &i->tally;
	enum vr_face	 face = vr_face(&i->vr);
	int64_t		 now_us = i->e->now_us;

	t->moves[old][face]++;
	if (face == old)
		return;
	t->fail_us = 0;
	t->other_us = 0;
	if (is_failover(i, old, t->face_at_us)) {
		t->fail_us = i->vr.heard_us;
		if (TAILQ_EMPTY(&i->conf->vips))
			failed_over(i);
	}
	t->face_us[old] += now_us - t->face_at_us;
	t->face_at_us = now_us;
}

/* The master that it heard in this state is gone. */
static bool
is_failover(const struct einst *i, enum vr_face old, int64_t since_us)
{
	return (old == VR_FACE_BACKUP && i->vr.state == VR_MASTER &&
	    (i->vr.reason == VR_WHY_SILENT ||
	    i->vr.reason == VR_WHY_PRIO_ZERO ||
	    i->vr.reason == VR_WHY_GROUP) &&
	    i->vr.heard_us != VR_NEVER && i->vr.heard_us >= since_us);
}

void
tally_vips(struct einst *i)
{
	if (i->tally.fail_us != 0 && i->vip.wanted > 0 &&
	    i->vip.installed == i->vip.wanted)
		failed_over(i);
}

static void
failed_over(struct einst *i)
{
	static const int64_t	 edges[CTL_FAIL_CNT] = CTL_FAIL_EDGES;
	struct tally		*t = &i->tally;
	int64_t			 took_us = i->e->now_us - t->fail_us;
	unsigned int		 n;

	for (n = 0; n < CTL_FAIL_CNT && took_us > edges[n]; n++)
		continue;
	t->fails[n]++;
	t->fail_sum_us += took_us;
	t->fail_us = 0;
}

/* Two masters: as long as the adverts of the other one follow each other. */
void
tally_advert(struct einst *i, const struct pkt_advert *adv, uint32_t missed)
{
	struct tally		*t = &i->tally;
	struct tally_peer	*peer;
	int64_t			 now_us = i->e->now_us;

	if (i->vr.state == VR_MASTER && adv->prio > 0) {
		if (t->other_us != 0 &&
		    now_us - t->other_us <= 2 * adv->adver_int_us)
			t->both_us += now_us - t->other_us;
		t->other_us = now_us;
	}
	if ((peer = peer_find(i, adv->src)) == NULL) {
		t->strangers++;
		return;
	}
	peer->prio = adv->prio;
	peer->heard_us = now_us;
	peer->heard++;
	peer->missed += missed;
}

/* NULL: every place is somebody's who was heard lately. */
static struct tally_peer *
peer_find(struct einst *i, const uint8_t *src)
{
	struct tally_peer	*p, *oldest = NULL;
	unsigned int		 n;

	for (n = 0; n < CTL_PEERS; n++) {
		p = &i->tally.peers[n];
		if (p->heard_us != 0 &&
		    memcmp(p->src, src, sizeof(p->src)) == 0)
			return (p);
		if (oldest == NULL || p->heard_us < oldest->heard_us)
			oldest = p;
	}
	if (oldest->heard_us != 0 &&
	    i->e->now_us - oldest->heard_us < PEER_KEEP_US)
		return (NULL);
	memset(oldest, 0, sizeof(*oldest));
	memcpy(oldest->src, src, sizeof(oldest->src));
	return (oldest);
}
