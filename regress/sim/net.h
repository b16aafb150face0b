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

/* A network of VRRP routers in one process, on the real state machine. */

#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stdint.h>

#include "../../vrrpe/fsm.h"

#define ROUTERS_MAX	8
#define PACKETS_MAX	1024
#define INBOX_MAX	64
#define FAIL_LEN	256

struct packet {
	int64_t		 at_us;		/* delivery */
	uint64_t	 seq;		/* settles equal times */
	int		 from;
	int		 to;
	uint8_t		 prio;
	int64_t		 adver_int_us;
};

struct router {
	struct vr	 vr;
	struct vr_conf	 conf;
	uint8_t		 addr[16];
	bool		 alive;
	int		 part;		/* of a partitioned network */
	int64_t		 jitter_us;	/* a timer is served this late */
	int64_t		 frozen_us;	/* since; -1: runs */
	int64_t		 thaw_us;
	struct packet	 inbox[INBOX_MAX];
	int		 inbox_cnt;
	int64_t		 sent_us;	/* last advert, -1: none as master */
	unsigned int	 sent;		/* adverts, priority 0 not counted */
	unsigned int	 zeros;
	unsigned int	 changes;	/* STATE actions */
	enum vr_face	 told;		/* by the last STATE */
	enum vr_reason	 reason;
};

struct net {
	uint64_t	 rng;
	int64_t		 now;
	int		 cnt;
	struct router	 r[ROUTERS_MAX];
	struct packet	 q[PACKETS_MAX];
	int		 q_cnt;
	uint64_t	 seq;
	int64_t		 order[ROUTERS_MAX][ROUTERS_MAX];
	int64_t		 delay_us;	/* largest */
	int		 loss;		/* per cent */
	bool		 reorder;
	bool		 twice;		/* compare a second run of each step */
	bool		 tell_late;	/* the driver gives LATE itself */
	bool		 verbose;
	int64_t		 none_us;	/* time without any master */
	int64_t		 dual_us;	/* time with two in one part */
	uint64_t	 steps;
	uint64_t	 total_sent;
	bool		 failed;
	char		 fail[FAIL_LEN];
};

uint64_t net_random(struct net *);
/* lo..hi */
int64_t	 net_between(struct net *, int64_t lo, int64_t hi);
bool	 net_chance(struct net *, int percent);

void	 net_fail(struct net *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
void	 net_step(struct net *, int, struct vr_in *);
void	 net_event(struct net *, int, enum vr_event);
/* Until that time, or until something is wrong. */
void	 net_run(struct net *, int64_t until_us);

void	 net_start(struct net *, int);		/* a dead one, afresh */
void	 net_crash(struct net *, int);		/* without a word */
void	 net_resume(struct net *, int, const struct vr_resume *);
void	 net_freeze(struct net *, int, int64_t for_us);
/* Who is MASTER in that part, -1 for nobody, -2 for several. */
int	 net_master(const struct net *, int part);
/* Zeroes the measurements. */
void	 net_mark(struct net *);

#endif /* NET_H */
