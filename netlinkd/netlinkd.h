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
 * The parent's netlink half: links, addresses, VIPs. Everything goes through
 * the one struct netlinkd; the parent is told through struct netlinkd_ops.
 * Runs in: parent.
 */

#ifndef NETLINKD_H
#define NETLINKD_H

#include <event2/event.h>

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "conf.h"
#include "payload.h"

struct netlinkd;

/*
 * Called from the event loop (never from inside a call below, except
 * netlinkd_start for the first links). slot and inst are the ids of the
 * configuration.
 */
struct netlinkd_ops {
	/* What is known of the interface has changed, or an address that may
	 * be a source: netlinkd_has_source() may say something else now. */
	void	(*link)(void *arg, uint32_t slot, const struct link_info *);
	/* A batch is done: these addresses are now on ifindex (announce). */
	void	(*installed)(void *arg, uint32_t inst,
		    const struct conf_vip *const *, size_t cnt);
	/* The sums of an instance have changed (for VIP_RESULT); announcements
	 * is left 0. */
	void	(*result)(void *arg, uint32_t inst,
		    const struct vip_result *);
	/* netlinkd_filter_ok() says something else now. */
	void	(*filter)(void *arg);
};

/* Opens the three sockets (events, commands, dumps) in this namespace.
 * NULL with errno and a log line. */
struct netlinkd *netlinkd_new(struct event_base *,
	    const struct netlinkd_ops *, void *arg);
void	 netlinkd_free(struct netlinkd *);
/* Dumps links and addresses; 0 or -1. Subscribed before, so that nothing is
 * missed. Blocks only for the kernel's answer. */
int	 netlinkd_start(struct netlinkd *);

/*
 * Follows a new configuration: which names are watched (slots) and which
 * VIPs each instance has. Wanted instances keep their addresses: those that
 * are in both are not touched, new ones are added before old ones are
 * removed, an address that moved between wanted instances stays. conf must
 * live until the next call. 0 or -1 without memory (nothing changed).
 */
int	 netlinkd_conf(struct netlinkd *, const struct conf *);

/*
 * Watches the interfaces of a configuration that is only staged, too, so that
 * netlinkd_link knows their slots; the next netlinkd_conf forgets what it does
 * not name. 0 or -1 without memory.
 */
int	 netlinkd_watch(struct netlinkd *, const struct conf *);

/* An instance's addresses are wanted on their interfaces from now on. */
void	 netlinkd_want(struct netlinkd *, uint32_t inst);
/* Is it MASTER of an earlier run that was killed, whose addresses are leased
 * still? Until when it has to say so itself; 0: it is not. Asked once, after
 * the first netlinkd_conf, which wants its addresses then. */
int64_t	 netlinkd_adopted(const struct netlinkd *, uint32_t inst);
/* ... or not; linger_us > 0 leaves them there for that long, < 0 until the
 * netlinkd_conf() that follows, which may have them in another instance. */
void	 netlinkd_unwant(struct netlinkd *, uint32_t inst, int64_t linger_us);
/* Removes every address of ours, then the interfaces that we made, and waits
 * for the kernel's answers. */
void	 netlinkd_unwant_all(struct netlinkd *);
/* Leases are refreshed only while this holds (the engine's heartbeat). */
void	 netlinkd_keep_leases(struct netlinkd *, bool alive);

/* How often events of the kernel were lost, and everything was read anew. */
uint64_t netlinkd_overruns(const struct netlinkd *);
/* How refreshing the leases of an instance went so far. */
void	 netlinkd_lease_counts(const struct netlinkd *, uint32_t inst,
	    struct vip_result *);

/* What is known of a slot now; false when the slot is unknown. */
bool	 netlinkd_link(const struct netlinkd *, uint32_t slot,
	    struct link_info *);
/* Is the interface that the configuration makes there and usable? */
bool	 netlinkd_made_ok(const struct netlinkd *, uint32_t slot);
bool	 netlinkd_is_ipvlan(const struct netlinkd *, uint32_t slot);
/* Is this address on the interface and usable as a source (not tentative, not
 * one of our VIPs)? *tentative tells a DAD in progress. */
bool	 netlinkd_has_source(const struct netlinkd *, uint32_t slot,
	    const struct vaddr *, bool *tentative);

/* Are instances safe that must not accept packets? Not when the packet filter
 * that they need could not be installed: none of their addresses is, then. */
bool	 netlinkd_filter_ok(const struct netlinkd *);

/*
 * Start only: removes addresses that an earlier run left behind: configured
 * VIPs of instances that are not address owners, and those of the ledger
 * file that carry our mark. Returns how many went.
 */
int	 netlinkd_sweep(struct netlinkd *, const struct conf *,
	    const char *ledger);
/* Writes the ledger (names of all configured VIPs); 0 or -1 with errno. */
int	 netlinkd_ledger_write(const struct netlinkd *, const char *ledger);
/* vrrpd -z: removes everything in the ledger that carries our mark, in this
 * namespace, without a configuration. Number removed or -1. */
int	 netlinkd_cleanup(const char *ledger);

#endif /* NETLINKD_H */
