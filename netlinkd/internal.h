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
 * What the files of netlinkd share. Not for the parent.
 */

#ifndef INTERNAL_H
#define INTERNAL_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <linux/netlink.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "conf.h"
#include "ledger.h"
#include "log.h"
#include "netlinkd.h"

#define BATCH_MSGS	64	/* then it is announced */
#define BATCH_LEN	32768
#define BATCH_MSG_MAX	256	/* one message at most */
#define ROBJ_MSG_MAX	2048	/* likewise, of a route */

struct nlattr;
struct nft;
struct nl_msg;
struct nl_sock;
struct vinst;
struct vip;

/* One netlink socket. */
struct chan {
	struct nl_sock	*sk;
	int		 fd;
	uint32_t	 port;
	uint32_t	 seq;
};
typedef void (*chan_fn)(void *arg, const struct nlmsghdr *);

/* An address on a link, whosever it is. */
struct linkaddr {
	RB_ENTRY(linkaddr) node;
	struct vaddr	 addr;		/* with the kernel's prefix length */
	struct vaddr	 peer;		/* family 0: none */
	uint32_t	 flags;		/* IFA_F_* */
	uint64_t	 age;		/* counts up: the first is primary */
	uint32_t	 left_s;	/* when it was seen last */
	int64_t		 seen_us;
	int64_t		 renewed_us;	/* its lifetime, before that */
	bool		 mine;		/* our mark, or we added it */
	bool		 adopt;		/* an earlier run's, to be kept */
	bool		 seen;		/* in the dump that runs */
};
RB_HEAD(ifaddr_tree, linkaddr);

struct link {
	RB_ENTRY(link)	 node;
	struct ifaddr_tree addrs;
	struct slot	*slot;		/* NULL: nobody watches it */
	char		 name[IF_NAME_LEN];
	uint32_t	 ifindex;
	uint32_t	 flags;		/* LINK_F_* but TENTATIVE */
	uint32_t	 mtu;
	uint8_t		 mac[6];
	uint32_t	 base;		/* ifindex of what it is on */
	uint8_t		 make;		/* enum conf_make: like ours */
	bool		 marked;	/* a vrrpd made it */
	bool		 ours;		/* this one, or it goes on with it */
	bool		 mute;		/* what is sent there is dropped */
	bool		 seen;
};
RB_HEAD(link_tree, link);

/* In place of an interface: no link is called so, and the path of a setting
 * leads one up, to those of the namespace. */
#define SYSCTL_NETNS	".."
#define MADE_MARK	"vrrpd"		/* alias of the links that we make */
#define MADE_MUTE	"blackhole"	/* qdisc of those that only listen */

/* A setting of an interface that is to be put back. */
struct saved {
	TAILQ_ENTRY(saved) entry;
	uint32_t	 ifindex;	/* 0: of the namespace */
	const char	*key;
	int		 old;
	bool		 promote;	/* for promote_secondaries */
};
TAILQ_HEAD(saved_list, saved);

/* An interface name that the configuration uses. */
struct slot {
	RB_ENTRY(slot)	 by_name;
	RB_ENTRY(slot)	 by_id;
	TAILQ_ENTRY(slot) changed;
	struct link	*link;		/* NULL: no such interface */
	struct link_info info;		/* as of the last slot_renew */
	struct conf_iface made;		/* of the configuration */
	int64_t		 made_us;	/* last made again; 1: once, 0: never */
	int64_t		 failed_us;	/* it could not be; 0: it could */
	struct log_limit limit;
	char		 name[IF_NAME_LEN];
	uint32_t	 id;
	bool		 is_changed;	/* in the list of those to renew */
	bool		 sources;	/* an address that may be one changed */
	bool		 in_conf;
	uint8_t		 linkbeat;	/* enum conf_linkbeat */
	bool		 beat_down;	/* its driver says so when asked */
	bool		 beat_told;	/* that it answers another way */
};
RB_HEAD(slot_names, slot);
RB_HEAD(slot_ids, slot);
TAILQ_HEAD(slot_list, slot);

enum vip_queue {
	VIPQ_ADD = 0,		/* in order of urgency */
	VIPQ_DEL,
	VIPQ_REFRESH,
	VIPQ_CNT,
	VIPQ_NONE = VIPQ_CNT
};

/* An address of the configuration, or (inst is the orphanage) one that has
 * to go because the configuration does not have it any more. */
struct vip {
	RB_ENTRY(vip)	 node;		/* by slot and address */
	TAILQ_ENTRY(vip) entry;		/* of the instance, in order */
	TAILQ_ENTRY(vip) queued;
	TAILQ_ENTRY(vip) retry;
	struct vinst	*inst;
	const struct conf_vip *conf;	/* NULL in the orphanage */
	struct vip	*successor;	/* while configurations are swapped */
	struct vaddr	 addr;		/* plen as the kernel has it */
	struct vaddr	 peer;
	uint32_t	 slot;
	uint32_t	 ifindex;	/* in the orphanage, instead of slot */
	enum vip_queue	 queue;
	uint32_t	 own_dels;	/* DELADDR events that we caused */
	int64_t		 put_us;	/* last put back; 0: never */
	uint32_t	 fights;	/* so often lately */
	int64_t		 retry_us;	/* 0: not in the list */
	struct log_limit limit;
	int		 error;		/* of the last add; 0: none */
	uint32_t	 valid_s;	/* lifetimes as last sent */
	uint32_t	 preferred_s;
	bool		 filter;	/* it must not accept packets */
	bool		 busy;		/* in the batch that is under way */
	bool		 held;		/* left alone until the retry */
	bool		 doubt;		/* vanished while it was busy */
	bool		 stale;		/* installed in an older form */
	bool		 noprefixroute;
	bool		 lost;		/* was installed, vanished by itself */
	bool		 dad;		/* to be announced after DAD */
	bool		 fresh;		/* installed, not announced yet */
};
TAILQ_HEAD(vip_list, vip);
RB_HEAD(vip_tree, vip);

/* In order of urgency: those of instances that gave up the role first, and
 * before their addresses go; what a reload removes after what it adds. */
enum robj_queue {
	ROBJQ_RULE_DEL = 0,
	ROBJQ_ROUTE_DEL,
	ROBJQ_ROUTE_ADD,
	ROBJQ_RULE_ADD,
	ROBJQ_GONE,
	ROBJQ_CNT,
	ROBJQ_NONE = ROBJQ_CNT
};

/* A route or a rule; a copy, which outlives its configuration. */
struct robj {
	TAILQ_ENTRY(robj) entry;	/* of the instance, in order */
	TAILQ_ENTRY(robj) queued;
	struct vinst	*inst;
	enum robj_queue	 queue;
	uint32_t	 ifindex[MAX_HOPS];	/* as last sent */
	int64_t		 put_us;	/* last put back; 0: never */
	int64_t		 retry_us;	/* left alone until then; 0: no */
	struct log_limit limit;
	uint32_t	 fights;	/* put back in a row */
	int		 error;		/* of the last add; 0: none */
	bool		 is_rule;
	bool		 sent;		/* may be in the kernel */
	bool		 sure;		/* is in the kernel */
	bool		 lost;		/* someone else removed it */
	bool		 busy;		/* in the batch that is under way */
	bool		 again;		/* touched while it was */
	bool		 adopted;	/* while configurations are swapped */
	struct conf_route route;
	struct conf_rule rule;
};
TAILQ_HEAD(robj_list, robj);

#define VINST_STATIC	UINT32_MAX	/* id: static entries */

struct vinst {
	RB_ENTRY(vinst)	 node;
	TAILQ_ENTRY(vinst) ring[VIPQ_CNT];
	TAILQ_ENTRY(vinst) linger;
	TAILQ_ENTRY(vinst) fresh;
	struct vip_list	 vips;
	struct vip_list	 queue[VIPQ_CNT];
	struct robj_list robjs;
	uint32_t	 id;		/* 0: the orphanage */
	uint32_t	 vmac_slot;	/* 0: none */
	bool		 owner;
	bool		 filter;	/* no_accept */
	bool		 wanted;	/* also while it lingers */
	bool		 is_fresh;	/* in the list of those to tell */
	int64_t		 linger_us;	/* until then; 0: does not */
	int64_t		 renewed_us;	/* leases, last time */
	int64_t		 adopted_us;	/* MASTER of an earlier run, whose
					 * role nobody has until then */
	uint16_t	 lease_s;
	uint32_t	 restored;
	uint32_t	 robj_restored;
	struct vip_result result;	/* last told */
};
TAILQ_HEAD(vinst_list, vinst);
RB_HEAD(vinst_tree, vinst);

/* One message under way. */
struct batch_item {
	struct vip	*vip;		/* NULL: freed meanwhile */
	struct robj	*robj;		/* or one of these */
	struct vaddr	 addr;		/* removed: as it was there */
	uint32_t	 ifindex;
	enum led_op	 op;		/* LED_ADD, LED_DEL */
	bool		 refresh;
	bool		 done;
	bool		 installed;	/* to be announced */
};

struct batch {
	struct batch_item items[BATCH_MSGS];
	uint8_t		 buf[BATCH_LEN];
	size_t		 len;
	uint32_t	 cnt;
	uint32_t	 answered;
	uint32_t	 seq;		/* of the first item */
};

struct netlinkd {
	struct event_base *base;
	const struct netlinkd_ops *ops;
	void		*arg;
	struct chan	 events;
	struct chan	 commands;
	struct chan	 dumps;
	struct event	 ev_events;
	struct event	 ev_commands;
	struct event	 ev_timer;
	int64_t		 timer_us;	/* armed for; INT64_MAX: not */
	struct link_tree links;
	struct slot_names slot_names;
	struct slot_ids	 slot_ids;
	struct slot_list changed;
	struct vinst_tree insts;
	struct vip_tree	 vips;		/* of the configuration only */
	struct vinst	 orphanage;
	struct vinst_list ring[VIPQ_CNT];
	struct vinst_list lingering;	/* by linger_us */
	struct vinst_list fresh;	/* to be announced and told */
	struct vip_list	 retries;	/* by retry_us */
	struct robj_list robj_queue[ROBJQ_CNT];
	int64_t		 robj_due_us;	/* look at them then; 0: no */
	bool		 robj_watched;	/* there are any */
	bool		 robj_doubt;	/* look at them */
	bool		 robj_unsure;	/* ... and ask the kernel */
	struct batch	 batch;
	struct saved_list saved;
	char		 ledger[PATH_LEN];	/* "": not known yet */
	int64_t		 made_us;	/* made_run again; 0: no */
	int64_t		 sweep_us;	/* made_sweep; 0: no */
	bool		 made_due;	/* links have changed */
	bool		 ended;		/* nothing is made any more */
	bool		 saved_new;	/* not in the ledger yet */
	bool		 saved_doubt;	/* some may be needed no more */
	struct nft	*nft;
	struct log_limit overrun;
	uint64_t	 overruns;
	uint64_t	 age;
	int64_t		 refresh_us;	/* next refresh; 0: not known */
	int64_t		 hold_us;	/* no lease is renewed before */
	int64_t		 beat_us;	/* linkbeat_run; 0: not needed */
	int64_t		 resync_us;	/* a dump failed: again; 0: no */
	uint32_t	 adverts_us;	/* shortest interval, at the start
					 * that of the earlier run */
	uint32_t	 lease_min_s;	/* shortest lease; 0: none */
	bool		 alive;		/* keep leases */
	bool		 dumping;
	bool		 quiet;		/* the parent is not told */
	bool		 auto_off_told;
	bool		 adopting;	/* until the first configuration */
	bool		 promoted;	/* promote_secondaries for a batch */
};

RB_PROTOTYPE(link_tree, link, node, link_cmp)
RB_PROTOTYPE(slot_names, slot, by_name, slot_cmp_name)
RB_PROTOTYPE(slot_ids, slot, by_id, slot_cmp_id)
RB_PROTOTYPE(ifaddr_tree, linkaddr, node, ifaddr_cmp)
RB_PROTOTYPE(vip_tree, vip, node, vip_cmp)
RB_PROTOTYPE(vinst_tree, vinst, node, vinst_cmp)

/* nl.c */
int	 chan_open(struct chan *, int protocol, int rcvbuf);
void	 chan_close(struct chan *);
int	 chan_join(struct chan *);
int	 chan_send(struct chan *, const void *, size_t);
/* Takes one datagram; 1, 0 (nothing there) or -1 with errno. */
int	 chan_read(struct chan *, bool wait, chan_fn, void *arg);
int	 chan_dump(struct chan *, uint16_t type, chan_fn, void *arg);
/* One request and its answer: 0 or -1 with errno. */
int	 chan_ask(struct chan *, struct nlmsghdr *, chan_fn, void *arg);
/* Copies an attribute of exactly len bytes; false when it is not so. */
bool	 chan_attr(const struct nlattr *, void *, size_t len);

/* file.c */
struct link *link_by_name(struct netlinkd *, const char *);

/* link.c */
void	 link_message(struct netlinkd *, const struct nlmsghdr *);
struct link *link_by_index(const struct netlinkd *, uint32_t);
void	 link_forget(struct netlinkd *, struct link *);
int	 slot_add(struct netlinkd *, const struct conf_iface *);
void	 slot_free(struct netlinkd *, struct slot *);
void	 slot_conf(struct netlinkd *, const struct conf *);
struct slot *slot_by_id(const struct netlinkd *, uint32_t);
bool	 slot_is_made(const struct netlinkd *, uint32_t id);
void	 slot_touch(struct netlinkd *, struct slot *);
/* Computes what is known of all that were touched, and tells. */
void	 slot_renew_all(struct netlinkd *);

/* linkbeat.c */
void	 linkbeat_conf(struct netlinkd *, const struct conf *);
void	 linkbeat_run(struct netlinkd *, int64_t now_us);

/* addr.c */
void	 addr_message(struct netlinkd *, const struct nlmsghdr *);
struct linkaddr *addr_find(const struct link *, const struct vaddr *);
/* Any prefix length, ours or not ours; NULL when there is none. */
struct linkaddr *addr_find_any(const struct link *, const struct vaddr *,
	    bool mine);
bool	 addr_in_prefix(const struct link *, const struct vaddr *,
	    uint32_t secondary);
bool	 addr_takes_others(const struct link *, const struct linkaddr *);
/* Adds it, or takes over the new flags. */
struct linkaddr *addr_added(struct netlinkd *, struct link *,
	    const struct vaddr *, const struct vaddr *peer, uint32_t flags);
void	 addr_forget(struct link *, struct linkaddr *);
void	 addr_source(const struct netlinkd *, const struct slot *,
	    struct link_info *);

/* vip.c */
struct link *vip_link(const struct netlinkd *, const struct vip *);
/* The object in the kernel that the VIP is, or would take over. */
struct linkaddr *vip_entry(const struct link *, const struct vip *);
void	 vip_facts(const struct netlinkd *, const struct vip *,
	    struct led_fact *);
struct vip *vip_find(const struct netlinkd *, uint32_t slot,
	    const struct vaddr *);
/* Decides anew and queues what follows. */
void	 vip_check(struct netlinkd *, struct vip *);
void	 vip_check_inst(struct netlinkd *, struct vinst *);
void	 vip_check_slot(struct netlinkd *, uint32_t slot);
void	 vip_refresh_slot(struct netlinkd *, uint32_t slot);
void	 vip_check_all(struct netlinkd *);
void	 vip_enqueue(struct netlinkd *, struct vip *, enum vip_queue);
struct vip *vip_next(struct netlinkd *, enum vip_queue);
void	 vip_dequeue(struct netlinkd *, struct vip *);
void	 vip_retry(struct netlinkd *, struct vip *, int64_t at_us);
void	 vip_retry_cancel(struct netlinkd *, struct vip *);
/* Those whose lifetimes are not what they should be are refreshed. */
void	 vip_check_lifetimes(struct netlinkd *);
/* An event has removed it, and not because of us. */
void	 vip_vanished(struct netlinkd *, struct vip *);
/* An event shows it. */
void	 vip_seen(struct netlinkd *, struct vip *, uint32_t flags);
/* Is this address a VIP, so that nobody may send from it? */
bool	 vip_is_mine(const struct netlinkd *, const struct slot *,
	    const struct linkaddr *);
/* To be announced, and its sums told, from the event loop. */
void	 vip_fresh(struct netlinkd *, struct vinst *);
void	 vip_tell_fresh(struct netlinkd *);

/* inst.c */
struct vinst *vinst_by_id(const struct netlinkd *, uint32_t);
void	 vinst_init(struct vinst *);
/* Ends those whose time is over. */
void	 vinst_linger_run(struct netlinkd *, int64_t now_us);
/* To be removed, though the configuration does not have it; 0 or -1. */
int	 vip_orphan(struct netlinkd *, const struct link *,
	    const struct linkaddr *);
void	 vip_free(struct netlinkd *, struct vip *);
void	 vinst_free_all(struct netlinkd *);

/* batch.c */
/* Sends the next batch if none is under way. */
void	 batch_next(struct netlinkd *);
void	 batch_message(void *, const struct nlmsghdr *);
/* Announces and tells what came of a batch once all is answered. */
void	 batch_finish(struct netlinkd *);
/* The answers are lost: the dump that follows tells. */
void	 batch_lost(struct netlinkd *);
/* The old one's place in the batch goes to the new one (or to nobody). */
void	 batch_replace(struct netlinkd *, const struct vip *, struct vip *);
/* Sends and waits until nothing is queued: start and end only. */
void	 batch_flush(struct netlinkd *);

/* robj.c */
int	 robj_build(struct vinst *, const struct conf_route_list *,
	    const struct conf_rule_list *);
void	 robj_adopt(struct netlinkd *, struct vinst *);
void	 robj_retire(struct netlinkd *, struct vinst *);
void	 robj_orphan(struct netlinkd *, const struct link *);
void	 robj_watch(struct netlinkd *);
/* Decides anew and queues what follows. */
void	 robj_check_inst(struct netlinkd *, struct vinst *);
void	 robj_doubt(struct netlinkd *, bool lost);
void	 robj_run(struct netlinkd *);
void	 robj_event(struct netlinkd *, const struct nlmsghdr *);
void	 robj_timer(struct netlinkd *, int64_t now_us);
bool	 robj_fill(struct netlinkd *, enum robj_queue first,
	    enum robj_queue last);
void	 robj_answer(struct netlinkd *, struct batch_item *, int error);
void	 robj_release(struct netlinkd *, struct batch_item *);
void	 robj_sums(const struct vinst *, struct vip_result *);

/* route.c, rule.c */
size_t	 route_message(const struct robj *, bool del, uint32_t seq, void *buf,
	    size_t size);
size_t	 rule_message(const struct robj *, bool del, uint32_t seq, void *buf,
	    size_t size);
size_t	 route_message_wipe(const struct led_line *, uint32_t seq, void *buf,
	    size_t size);
size_t	 rule_message_wipe(const struct led_line *, uint32_t seq, void *buf,
	    size_t size);
/* Which one an event is about; 0, or -1: none of ours. */
int	 route_event(const struct nlmsghdr *, struct vaddr *dst,
	    uint32_t *table);
int	 rule_event(const struct nlmsghdr *, uint8_t *family,
	    uint32_t *priority);

/* message.c */
struct nl_msg *message_new(uint16_t type, uint32_t seq, uint16_t flags,
	    const void *head, size_t);
int	 message_addr(struct nl_msg *, int type, const struct vaddr *);
/* Copies it behind those before it and frees it; 0 when it does not fit. */
size_t	 message_end(struct nl_msg *, int err, void *buf, size_t size);
size_t	 message_add(const struct vip *, uint32_t ifindex, uint32_t seq,
	    void *buf, size_t size);
size_t	 message_del(const struct linkaddr *, uint32_t ifindex, uint32_t seq,
	    void *buf, size_t size);

/* lease.c */
int64_t	 lease_adopt(struct netlinkd *, const struct conf_inst *);
void	 lease_conf(struct netlinkd *, const struct conf *);
void	 lease_run(struct netlinkd *, int64_t now_us);
/* May an address that vanished be put back now? */
bool	 lease_may_renew(struct netlinkd *, int64_t now_us);

/* macvlan.c */
void	 made_run(struct netlinkd *);
void	 made_inst(struct netlinkd *, const struct vinst *);
void	 made_sweep_soon(struct netlinkd *);
void	 made_sweep(struct netlinkd *, bool all);
void	 made_delete(struct netlinkd *, struct link *);

/* sysctl.c */
void	 sysctl_made(const char *ifname, bool ipv6);
void	 sysctl_base(struct netlinkd *, const struct link *, bool promote);
void	 sysctl_igmp(struct netlinkd *);
const char *sysctl_where(const struct netlinkd *, const struct saved *);
void	 sysctl_sweep(struct netlinkd *, bool all);
void	 sysctl_free(struct netlinkd *);
void	 sysctl_ledger(struct netlinkd *);
void	 sysctl_leftover(const char *ifname, const char *key, int old);
/* nft.c */
int	 nft_new(struct netlinkd *);
void	 nft_free(struct netlinkd *);
/* The table as the configuration and the addresses want it. */
void	 nft_conf(struct netlinkd *, const struct conf *);
/* An address is gone: from the timer. */
void	 nft_touch(struct netlinkd *);
int64_t	 nft_due(const struct netlinkd *);
void	 nft_run(struct netlinkd *, int64_t now_us);
void	 nft_remove(struct netlinkd *);
/* Removes what an earlier run left; the ledger's name tells whose it is. */
void	 nft_sweep(struct netlinkd *, const char *ledger);

/* netlinkd.c */
void	 nld_message(void *, const struct nlmsghdr *);
void	 nld_rearm(struct netlinkd *);

#endif /* INTERNAL_H */
