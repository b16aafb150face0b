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
 * From what is tracked to what the state machine is told: the effective
 * priority and the set of faults, computed anew from the facts each time, so
 * that nothing can be counted twice or forgotten. Pure. Runs in: vrrpe.
 */

#ifndef TRACK_H
#define TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trk_kind {
	TRK_SCRIPT = 0,
	TRK_INTERFACE,
	TRK_FILE,		/* value counts, status does not */
	TRK_PROCESS,
	TRK_KIND_MAX
};

enum trk_status {
	TRK_UNKNOWN = 0,	/* interface: taken for bad */
	TRK_GOOD,
	TRK_BAD,
	TRK_STATUS_MAX
};

/* Reasons for FAULT, as bits. */
#define TRK_F_IF_MISSING	0x0001U	/* the interface does not exist */
#define TRK_F_IF_DOWN		0x0002U	/* it is down */
#define TRK_F_NO_SOURCE		0x0004U	/* no source address on it */
#define TRK_F_TENTATIVE		0x0008U	/* the source address is in DAD */
#define TRK_F_NO_SOCKET		0x0010U	/* nothing to send or receive with */
#define TRK_F_OFF		0x0020U	/* off by configuration or command */
#define TRK_F_SCRIPT		0x0040U	/* a script without weight failed */
#define TRK_F_SCRIPT_WAIT	0x0080U	/* one has no result yet */
#define TRK_F_TRACK_IF		0x0100U	/* a tracked interface is down */
#define TRK_F_FILE		0x0200U	/* a tracked file says so */
#define TRK_F_PROCESS		0x0400U	/* a tracked process is missing */
#define TRK_F_VIP		0x0800U	/* addresses could not be installed */
#define TRK_F_GROUP		0x1000U	/* a member of the group is in FAULT */
#define TRK_F_GROUP_WAIT	0x2000U	/* ... or waits for a tracked object */
#define TRK_F_OBJECT_WAIT	0x4000U	/* nothing known of one yet */
#define TRK_F_NO_FILTER		0x8000U	/* packets cannot be kept away */
#define TRK_F_PORT		0x10000U /* the interface cannot receive */
#define TRK_F_PARENT	0x20000U	/* the parent hangs */
#define TRK_F_NO_PEER	0x40000U	/* unicast, and nobody to send to */
#define TRK_F_NO_CARRIER 0x80000U /* the interface is up without one */
#define TRK_F_CNT		20
/* For vr_conf.quiet_faults: keep from starting, are not told. */
#define TRK_F_QUIET		(TRK_F_SCRIPT_WAIT | TRK_F_OBJECT_WAIT | \
				    TRK_F_GROUP_WAIT)
/* What others of its group are the cause of. */
#define TRK_F_OTHERS		(TRK_F_GROUP | TRK_F_GROUP_WAIT)

/* One tracked object, as one instance sees it. */
struct trk_item {
	enum trk_kind	 kind;
	enum trk_status	 status;
	int		 weight;	/* -254..254 */
	bool		 reverse;
	int32_t		 value;		/* TRK_FILE: contents; else 0 */
};

/*
 * What is known of an instance. All false is the state of knowing nothing,
 * in which it may not be MASTER: a claim needs evidence.
 */
struct trk_facts {
	bool		 enabled;	/* not switched off */
	bool		 if_exists;
	bool		 if_up;		/* up and running */
	bool		 no_carrier;	/* up, but not running */
	bool		 if_ignore;	/* dont_track_primary: up or not */
	bool		 has_source;	/* a source address to send from */
	bool		 tentative;	/* ... which DAD still tests */
	bool		 has_socket;	/* receive and transmit */
	bool		 port;		/* of a bridge: it receives nothing */
	bool		 no_filter;	/* no_accept, and no packet filter */
	bool		 no_peer;	/* unicast without one */
	bool		 vip_failed;	/* and fault_on_vip_failure */
	bool		 group_fault;
	bool		 group_wait;
	bool		 no_parent;	/* that could give it addresses */
};

struct trk_in {
	uint8_t		 base;		/* configured priority, 1..255 */
	struct trk_facts facts;
	const struct trk_item *items;
	size_t		 item_cnt;
};

struct trk_out {
	int64_t		 total;		/* base + all weights, unclamped */
	uint8_t		 prio;		/* 1..254; base 255 stays 255 */
	uint32_t	 faults;	/* TRK_F_* */
};

/* What to tell the machine; bits of trk_diff(). */
#define TRK_D_PRIO		0x1	/* VR_EV_PRIO */
#define TRK_D_DOWN		0x2	/* VR_EV_DOWN: other faults */
#define TRK_D_UP		0x4	/* VR_EV_UP: faults no more */

void	 trk_compute(const struct trk_in *, struct trk_out *);
/*
 * What one object adds to the priority now; *fault gets its TRK_F_* bit or 0.
 * The rules are keepalived's: a positive weight counts while the object is
 * good, a negative one while it is bad, reverse flips the sign of what is
 * added, and weight 0 makes a bad object (reverse: a good one) a fault.
 */
int	 trk_item_weight(const struct trk_item *, uint32_t *fault);
unsigned int trk_diff(const struct trk_out *old, const struct trk_out *now);

/* One bit, "interface is down"; "?" for another value. */
const char *trk_fault_text(uint32_t);

#endif /* TRACK_H */
