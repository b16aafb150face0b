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
 * The engine: one struct for the whole process, and what its files do for
 * each other. The pure modules (fsm, packet, track, counter, heap) know
 * nothing of this. Runs in: vrrpe.
 */

#ifndef VRRPE_H
#define VRRPE_H

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/tree.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "conf.h"
#include "ctl.h"
#include "imsg.h"
#include "log.h"
#include "payload.h"
#include "peer.h"
#include "vrrpd.h"
#include "wire.h"

#include "counter.h"
#include "fsm.h"
#include "group.h"
#include "heap.h"
#include "packet.h"
#include "track.h"

#define LOG_PERIOD_US		(60 * US_PER_SEC)
#define START_WAIT_US		US_PER_SEC	/* for facts of a new one */
#define TRACE_LEN		256
#define TRACE_LEN_MANY		64	/* with more than TRACE_MANY */
#define TRACE_MANY		512
#define RX_BATCH		64
#define LOG_WAIT_MAX		16384	/* lines of one turn */
#define BAD_SRC_CNT		256	/* remembered (source, reason) pairs */

/* Bits for imsg_rule.phases. */
#define PHASE_CONFIGURING	0x1U
#define PHASE_RUNNING		0x2U
#define PHASE_DRAINING		0x4U
#define PHASE_ANY		0x7U

struct engine;
struct einst;
struct ewatch;
TAILQ_HEAD(ewatch_list, ewatch);
struct conn;

/* One line of a trace: an input of the state machine, packed. */
struct trace_rec {
	int64_t		 now_us;
	int64_t		 arg;		/* interval, faults, late, until */
	uint8_t		 src[16];
	uint8_t		 event;
	uint8_t		 prio;
	uint8_t		 hold;
	uint8_t		 now;
	uint8_t		 order;
	uint8_t		 ungrouped;
};

/* What the machine was before an input: there the playing can begin. */
struct trace_snap {
	uint64_t	 at;		/* the number of the input */
	struct vr	 vr;
	struct vr_conf	 vc;
};

/* What it was told to be by an input. */
struct trace_conf {
	uint64_t	 at;
	struct vr_conf	 vc;
};

struct trace {
	struct trace_rec *recs;
	uint32_t	 cap;
	uint32_t	 cnt;
	uint32_t	 next;		/* place of the next one */
	uint64_t	 total;
	struct trace_snap snaps[2];	/* the older one first */
	struct vr_conf	 vc;		/* as of the latest input */
	struct trace_conf *confs;	/* ring of TRACE_CONFS, or none */
	uint32_t	 conf_cnt;	/* that ever were */
	uint64_t	 lost;		/* inputs that cannot be played */
};

/* Why an instance is in somebody's list: it tracks the object. */
struct eref {
	LIST_ENTRY(eref) entry;
	struct einst	*inst;
};
LIST_HEAD(eref_list, eref);
LIST_HEAD(einst_list, einst);

/* An interface, by the parent's slot. */
struct elink {
	RB_ENTRY(elink)	 node;
	uint32_t	 slot;
	char		 name[IF_NAME_LEN];
	struct engine	*e;
	bool		 known;		/* LINK was received */
	bool		 keep;		/* while pruning */
	struct link_info info;		/* as instances take it */
	uint32_t	 flags;		/* as LINK said last */
	int64_t		 down_delay_us;	/* a change counts after this time */
	int64_t		 up_delay_us;
	bool		 delayed;	/* one waits for ev_delay */
	struct event	 ev_delay;
	struct einst_list insts;	/* that run on it */
	struct eref_list trackers;
};
RB_HEAD(elink_tree, elink);

/* A socket to receive from (table by VRID) or to send on. */
struct esock {
	RB_ENTRY(esock)	 node;
	struct engine	*e;
	uint32_t	 id;
	int		 fd;
	uint32_t	 slot;
	uint8_t		 family;	/* AF_INET, AF_INET6 */
	struct vaddr	 dst;		/* sending: where to */
	struct einst	**by_vrid;	/* receiving: [256] chains; else NULL */
	struct event	 ev;
	uint64_t	 turn;		/* in which it was last drained */
};
RB_HEAD(esock_tree, esock);

/* A script, file or process that something tracks; what its checker said. */
struct escript {
	RB_ENTRY(escript) node;
	uint32_t	 id;
	uint32_t	 checker;	/* that may speak of it */
	uint32_t	 staged;	/* the same, of the stage; 0: none */
	uint8_t		 kind;		/* enum conf_track_kind */
	bool		 keep;		/* while pruning */
	bool		 synced;	/* told since the checker came */
	char		 name[NAME_LEN];
	struct track_msg last;
	struct eref_list trackers;
};
RB_HEAD(escript_tree, escript);

/* What an instance sends with, as SOCK_USE said; kept across a reload. */
struct euse {
	uint8_t		 why;		/* enum sock_why */
	struct vaddr	 src;
	uint32_t	 rx;
	uint32_t	 rx_vmac;
	bool		 late;		/* tx comes when it is MASTER */
	uint16_t	 tx_cnt;
	uint32_t	*tx;		/* owned */
};

/* A request by hand that waits for its outcome. */
struct eask {
	uint32_t	 conn;		/* 0: nobody waits */
	uint8_t		 verb;		/* enum ctl_verb */
	int64_t		 at_us;
	int		 end;		/* enum vr_hold_end, -1: goes on */
	bool		 spoken;	/* is answered with the first advert */
};

/* What was last to be told by mail. */
struct email {
	bool		 any;		/* there was something */
	bool		 due;		/* no mailer has it yet */
	uint8_t		 event;		/* enum notify_event */
	uint8_t		 prio;
};

/* A router that was heard. */
struct tally_peer {
	uint8_t		 src[16];
	uint8_t		 prio;
	int64_t		 heard_us;	/* 0: nobody is here */
	uint64_t	 heard;		/* advertisements */
	uint64_t	 missed;	/* that should have come between them */
};

#define FACE_CNT	4		/* of enum vr_face */

/* How long what took, and who was heard. */
struct tally {
	int64_t		 face_at_us;	/* the present state began */
	int64_t		 face_us[FACE_CNT];	/* spent in each before */
	uint32_t	 moves[FACE_CNT][FACE_CNT];
	int64_t		 fail_us;	/* a failover goes on since; 0: none */
	int64_t		 fail_sum_us;
	uint64_t	 fails[CTL_FAIL_CNT + 1];	/* by CTL_FAIL_EDGES */
	int64_t		 other_us;	/* heard as MASTER; 0: nobody */
	int64_t		 both_us;	/* time with two of them */
	uint64_t	 strangers;	/* adverts of those without a place */
	struct tally_peer peers[CTL_PEERS];
};

/* How far a takeover by hand is with its first advert (hush.c). */
enum hush {
	HUSH_NONE = 0,
	HUSH_WAITS,		/* for its addresses */
	HUSH_DONE,		/* for those of its group, or to send with */
	HUSH_SPOKEN		/* but has not announced its addresses */
};

/* A virtual router. */
struct einst {
	RB_ENTRY(einst)	 node;
	LIST_ENTRY(einst) on_link;
	struct heap_node timer;
	struct engine	*e;
	uint32_t	 id;
	const struct conf_inst *conf;	/* in e->conf */
	const struct conf_inst *next;	/* in the stage, while committing */

	struct vr	 vr;
	struct vr_conf	 vc;
	struct pkt_expect expect;
	struct pkt_send	 send;
	uint8_t		*vips;		/* packed, to be advertised */
	size_t		 vip_cnt;	/* of them; the MTU may hold fewer */
	struct pkt_peer	*peers;

	struct elink	*link;
	bool		 use_known;
	struct euse	 use;
	struct esock	*rx;
	struct esock	*rx_vmac;	/* NULL also while it is BACKUP */
	struct einst	*rx_next;	/* of the same VRID there */
	struct esock	**tx;		/* [tx_cnt] */
	uint16_t	 tx_cnt;

	struct eref	*refs;		/* [item_cnt] */
	struct trk_item	*items;
	size_t		 item_cnt;
	struct trk_out	 trk;		/* as the machine was told */

	bool		 removed;	/* by the reload that stops it */
	bool		 rival;		/* another one was heard in this step */
	struct egroup	*group;		/* NULL: none */
	struct sg_member *sg;		/* its place in the group */
	bool		 state_due;	/* the parent is to be told */
	bool		 wants_told;	/* that it waits for its group */
	bool		 waited;	/* for facts, long enough */

	bool		 started;
	int64_t		 wait_us;	/* start without facts then */
	bool		 has_resume;
	struct vr_resume resume;
	struct vr_resume told;		/* the parent's copy */
	int64_t		 told_us;	/* its age; VR_NEVER: none */

	struct vr_counters cnt;
	uint32_t	 transitions;
	uint64_t	 why_cnt[VR_WHY_MAX];	/* of them, by reason */
	int64_t		 sent_us;	/* last advert; VR_NEVER */
	struct vip_result vip;
	int64_t		 vip_fault_us;	/* a fault until then; 0: none */
	int64_t		 vip_pause_us;	/* the next one's length; 0: first */
	struct event	 ev_vip;	/* at the end of the fault */
	char		 claimed[RIVAL_LEN];	/* "ADDRESS by MAC"; "": none */
	int64_t		 rival_us;	/* last heard */
	int64_t		 rival_ask_us;	/* to be announced again */
	struct event	 ev_rival;	/* asks then */
	struct log_limit rival_limit;
	bool		 mute;		/* the last advert did not go out */
	enum hush	 hush;
	int64_t		 hush_us;	/* its end; VR_NEVER: none */
	uint32_t	 noted;		/* PKT_NOTE_* that were logged */
	struct log_limit send_limit;
	int64_t		 why_arg;	/* of the last STATE */
	enum vr_face	 why_old;
	char		 hold_by[NAME_LEN];
	int64_t		 hold_at_us;
	int64_t		 gap_us[CTL_GAPS];	/* latest first; 0: none */
	enum vr_answer	 answer;	/* of the last step */
	struct eask	 ask;
	struct email	 email;
	struct tally	 tally;
	struct trace	 trace;
};
RB_HEAD(einst_tree, einst);

/* A sync group. */
struct egroup {
	RB_ENTRY(egroup) node;
	TAILQ_ENTRY(egroup) touch;
	struct engine	*e;
	uint32_t	 id;
	const struct conf_group *conf;	/* in e->conf */
	bool		 touched;	/* in the list of those to be settled */
	bool		 keep;		/* while matching */
	struct einst	**insts;	/* [cnt] */
	struct sg_member *members;	/* [cnt] */
	size_t		 cnt;
	struct einst	**new_insts;	/* while matching */
	struct sg_member *new_members;
	size_t		 new_cnt;
	enum sg_face	 told;
	int64_t		 since_us;	/* of told */
	int64_t		 announce_us;	/* last for all; VR_NEVER */
	struct eask	 ask;
	struct email	 email;
};
RB_HEAD(egroup_tree, egroup);
TAILQ_HEAD(egroup_list, egroup);

/* A notification that waits for the end of the batch. */
struct note {
	struct einst	*inst;
	enum notify_event event;
	uint8_t		 prio;
	bool		 fifo_only;
};

/* A SOCK_USE for the configuration that is staged. */
struct staged_use {
	TAILQ_ENTRY(staged_use) entry;
	uint32_t	 inst;
	struct euse	 use;
};
TAILQ_HEAD(staged_use_list, staged_use);

struct checker {
	TAILQ_ENTRY(checker) entry;
	struct engine	*e;
	struct peer	 peer;
	uint32_t	 id;
	uint64_t	 rss;		/* bytes, at most; 0: not told */
	char		 name[NAME_LEN];
};
TAILQ_HEAD(checker_list, checker);

#define LOST_CNT	16

struct seq;
RB_HEAD(seq_tree, seq);

/* A wrong packet's source and reason: limits its log line. */
struct bad_src {
	uint8_t		 src[16];
	uint32_t	 slot;
	uint8_t		 vrid;
	uint8_t		 reason;
	struct log_limit limit;
};

struct engine_stats {
	uint64_t	 packets;
	uint64_t	 short_err;	/* too short to name a VRID */
	uint64_t	 vrid_err;	/* VRID not configured */
	uint64_t	 own;		/* our own came back */
	uint64_t	 early;		/* before START, thrown away */
	uint64_t	 track_err;	/* scripts of other checkers */
	int64_t		 late_max_us;
	int64_t		 late_sum_us;
	uint64_t	 late[CTL_LATE_CNT + 1];	/* by CTL_LATE_EDGES */
	struct log_limit bad_limit;	/* when the table is full */
	struct bad_src	 bad[BAD_SRC_CNT];
};

/* What the parent said last. */
struct parent_stats {
	bool		 told;
	uint64_t	 rss;		/* bytes, at most */
	uint64_t	 log_dropped;
	uint64_t	 overruns;	/* of netlink */
	uint64_t	 announcing;	/* frames in the queue */
	uint32_t	 events[EVENT_KIND_MAX];
};

/* A log line that waits for the end of the turn. */
struct log_wait {
	STAILQ_ENTRY(log_wait) entry;
	int		 priority;
	uint32_t	 about;		/* an instance, or 0 */
	uint32_t	 kind;		/* enum log_kind */
	char		 text[];
};
STAILQ_HEAD(log_wait_list, log_wait);

TAILQ_HEAD(conn_list, conn);

struct ctl_listen {
	struct engine	*e;
	int		 fd;		/* -1: none */
	int		 kind;		/* enum ctl_kind */
	struct event	 ev;
	struct event	 ev_pause;	/* no descriptors: try again */
};

struct rx_buffers;

struct engine {
	struct event_base *base;
	struct peer	 parent;
	uint32_t	 phase;		/* PHASE_* */
	bool		 leaving;	/* nothing runs any more */
	bool		 parting;	/* ... and all of that was told */
	int64_t		 deadline_us;	/* of the end */
	struct event	 ev_part;	/* scripts had their time */
	int64_t		 now_us;	/* of this turn */
	int64_t		 started_us;
	uint32_t	 restarts;	/* of the engine, before this one */
	int64_t		 loaded_us;
	uint64_t	 turn;

	uint32_t	 gen;
	struct conf	*conf;		/* NULL before the first COMMIT */
	struct wire_in	*in;		/* being received */
	struct conf	*stage;		/* whole, not committed */
	uint32_t	 stage_gen;
	struct staged_use_list stage_uses;

	struct elink_tree links;
	struct esock_tree socks;
	struct escript_tree scripts;
	struct einst_tree insts;
	uint32_t	 inst_cnt;
	uint32_t	 record_id;	/* drive_records() got so far */
	uint32_t	 running_cnt;	/* machines between START and STOP */
	struct checker_list checkers;
	struct seq_tree	 seqs;		/* objects whose scripts run */
	uint32_t	 lost[LOST_CNT];	/* ids of the last ones gone */
	uint32_t	 lost_next;
	struct ewatch_list watches;
	struct peer	 mailer;
	bool		 has_mailer;

	struct egroup_tree groups;
	struct egroup_list touched;
	uint32_t	 batch;		/* groups come to rest at its end */
	struct note	*notes;
	size_t		 note_cnt;
	size_t		 note_cap;

	struct heap	 heap;
	int		 timer_fd;
	struct event	 ev_timer;
	int64_t		 armed_us;
	bool		 defer_arm;	/* the turn arms it at its end */
	int64_t		 boot_us;	/* BOOTTIME minus MONOTONIC */
	int64_t		 begin_us;	/* startup delay ends; VR_NEVER */
	bool		 begun;		/* instances may run */
	bool		 maintenance;	/* of the whole host */
	int64_t		 confirm_us;	/* a reload is rolled back; or -1 */
	struct einst	**due;		/* scratch of the timer */
	size_t		 due_cnt;
	size_t		 due_cap;
	struct event	 ev_flush;
	bool		 flush_pending;
	struct log_wait_list log_waits;
	uint32_t	 log_wait_cnt;
	uint32_t	 log_about;	/* of the next line */
	uint32_t	 log_kind;
	struct event	 ev_deadline;

	struct event	 ev_silence;
	int64_t		 heard_us;	/* the parent's last PING */
	bool		 grace;		/* it is late, but may have written */
	bool		 silent;	/* it hangs */

	struct rx_buffers *rx;
	struct engine_stats stats;
	struct parent_stats parents;

	struct ctl_listen listen[2];	/* by enum ctl_kind */
	struct conn_list conns;
	uint32_t	 conn_cnt;
	uint32_t	 conn_id;	/* of the latest */
	int64_t		 advert_us;	/* monitor.c: a second began, ... */
	uint32_t	 advert_cnt;	/* ... and what was told in it */
	int64_t		 history_us;	/* ctlshow.c: likewise, and ... */
	uint32_t	 history_cnt;	/* ... how often it was asked for */
};

RB_PROTOTYPE(elink_tree, elink, node, elink_cmp)
RB_PROTOTYPE(esock_tree, esock, node, esock_cmp)
RB_PROTOTYPE(escript_tree, escript, node, escript_cmp)
RB_PROTOTYPE(einst_tree, einst, node, einst_cmp)
RB_PROTOTYPE(egroup_tree, egroup, node, egroup_cmp)

/* link.c: interfaces, and the delays of their changes */
int	 elink_told(void *, struct imsg *);	/* LINK */
void	 elink_conf(struct elink *, const struct conf_iface *);
void	 elink_free(struct elink *);

/* vrrpe.c */
/* The clock of this turn; finds out whether the process was away. */
void	 engine_turn(struct engine *);
/* SHUTDOWN: ends the loop if only notify scripts were waited for. */
void	 engine_check_end(struct engine *);
/* SHUTDOWN: ends the loop when no instance is left running. */
void	 engine_check_drained(struct engine *);
/* Queues and writes at once. */
void	 engine_send_now(struct peer *, uint16_t, uint32_t id, uint32_t gen,
	    const struct msg *);
struct checker *engine_checker(struct engine *, uint32_t);

/* sequence.c: notify scripts */
/*
 * An event of the object with this id and these commands: to the FIFOs at
 * once, to the scripts when the ones before have ended. gone: of its end.
 */
void	 seq_notify(struct engine *, uint32_t id, const struct conf_notify *,
	    bool gone, const struct notify_msg *);
int	 seq_done(void *, struct imsg *);	/* NOTIFY_DONE */
/* It is not in the table any more. */
void	 seq_checker_gone(struct engine *, uint32_t);
/* It takes the place of a lost one. */
void	 seq_catch_up(struct checker *);
/* The configuration is another one. */
void	 seq_follow(struct engine *);
/* Events still wait for others, for a time; now: all of them are told. */
bool	 seq_end(struct engine *, bool now);
void	 seq_free_all(struct engine *);

/* table.c: the tables by id; *_add never returns NULL (fatal). */
int	 elink_cmp(const struct elink *, const struct elink *);
int	 esock_cmp(const struct esock *, const struct esock *);
int	 escript_cmp(const struct escript *, const struct escript *);
int	 einst_cmp(const struct einst *, const struct einst *);
struct elink *elink_find(struct engine *, uint32_t);
struct elink *elink_add(struct engine *, uint32_t);
struct esock *esock_find(struct engine *, uint32_t);
struct escript *escript_find(struct engine *, uint32_t);
struct escript *escript_add(struct engine *, uint32_t);
struct einst *einst_find(struct engine *, uint32_t);
struct einst *einst_next(struct engine *, uint32_t);	/* id above */
struct einst *einst_by_name(struct engine *, const char *);
void	 euse_clear(struct euse *);

/* silence.c: a parent that hangs */
void	 silence_init(struct engine *);
void	 silence_end(struct engine *);
void	 silence_heard(struct engine *);
/* Whether an instance cannot be trusted to have or get its addresses. */
bool	 silence_matters(const struct einst *);

/* monitor.c: for clients that watch; name "": of no instance */
void	 monitor_say(struct engine *, enum note_kind, const char *name,
	    const char *, ...) __printflike(4, 5);
void	 monitor_advert(const struct einst *, const struct pkt_advert *);

/* email.c: what is to be told by mail, and the line to the mailer */
int	 email_mailer(void *, struct imsg *);
void	 email_note(struct engine *, struct email *, bool wanted, uint32_t id,
	    const struct notify_msg *);
void	 email_close(struct engine *);

/* egroup.c: sync groups */
int	 egroup_cmp(const struct egroup *, const struct egroup *);
struct egroup *egroup_find(struct engine *, uint32_t);
struct egroup *egroup_next(struct engine *, uint32_t);	/* id above */
struct egroup *egroup_by_name(struct engine *, const char *);
/* Members and groups as e->conf has them. */
void	 egroup_match(struct engine *);
void	 egroup_leave(struct einst *);	/* it ends */
void	 egroup_free_all(struct engine *);
/* The group is settled at the end of the batch if anything about the member
 * differs that the group goes by. */
void	 egroup_look(struct einst *);
/* All that were touched come to rest; then the others are told. */
void	 egroup_settle(struct engine *);
/* Starts the members that may, the first ones together. */
void	 egroup_try_start(struct egroup *);
/* A notification of a member, in its turn. */
void	 egroup_note(struct einst *, enum notify_event, uint8_t prio,
	    bool fifo_only);
/* The state it was last told to be in; false: none. */
bool	 egroup_note_state(const struct egroup *, struct notify_msg *);
/* Tells its state once more, to the FIFOs. */
void	 egroup_repeat(struct egroup *);
/* At the very end: the groups have stopped, too. */
void	 egroup_stopped(struct engine *);
/* A member that has a fault of its own, or NULL. */
const struct einst *egroup_culprit(const struct egroup *);

/* econf.c: messages that make a configuration; 0 or -1 (broken parent). */
int	 econf_take(void *, struct imsg *);
int	 econf_commit(void *, struct imsg *);
int	 econf_abort(void *, struct imsg *);
int	 econf_yield(void *, struct imsg *);		/* YIELD */
void	 econf_free(struct engine *);	/* everything, at the end */

/* einst.c: what an instance is made of */
struct einst *einst_new(struct engine *, const struct conf_inst *);
void	 einst_free(struct einst *);
/* From its configuration; steps CONF when it runs and something differs. */
void	 einst_configure(struct einst *, const struct conf_inst *);
/* Sockets and source from i->use; steps ADDR. */
void	 einst_resolve(struct einst *);
void	 einst_fit(struct einst *);
/* Priority and faults from the facts; steps PRIO, DOWN, UP. */
void	 einst_recompute(struct einst *);
/* Begins to run as soon as it may. */
void	 einst_try_start(struct einst *);
/* All that it needs is known, or was waited for. */
bool	 einst_ready(const struct einst *);
void	 einst_start(struct einst *);
void	 einst_stop_now(struct einst *);
bool	 einst_same_router(const struct conf_inst *, const struct conf_inst *);

/* facts.c: SOCK_*, TRACK */
int	 facts_sock_rx(void *, struct imsg *);
int	 facts_sock_tx(void *, struct imsg *);
int	 facts_sock_gone(void *, struct imsg *);
int	 facts_sock_use(void *, struct imsg *);
int	 facts_resume(void *, struct imsg *);
int	 facts_track(void *, struct imsg *);		/* arg: checker */
int	 facts_track_sync(void *, struct imsg *);	/* arg: checker */
void	 facts_checker_new(struct engine *, uint32_t);
/* All that track the object look at it anew. */
void	 facts_trackers(const struct eref_list *);
void	 esock_free(struct esock *);

/* drive.c: the machine's actions and the timer */
int	 drive_open(struct engine *);
void	 drive_close(struct engine *);
void	 drive_reserve(struct engine *, size_t);
void	 drive_step(struct einst *, struct vr_in *);
void	 drive_event(struct einst *, enum vr_event);	/* without fields */
/*
 * Around steps of several machines that belong together: their adverts go out
 * at once, all else at the end, when their groups are at rest. They nest.
 */
void	 drive_batch(struct engine *);
void	 drive_batch_end(struct engine *);
/* Repeats the announcements of one instance. */
void	 drive_announce(struct einst *, enum announce_cause);
void	 drive_advert(struct einst *);	/* the last one once more */
/* The first one of a MASTER that could not or should not speak before. */
void	 drive_first(struct einst *);
void	 drive_send_state(struct einst *);
/* Brings the parent's records up to date. */
void	 drive_records(struct engine *);
void	 drive_notify(struct einst *, enum notify_event, uint8_t prio,
	    bool fifo_only);
void	 drive_repeat_state(struct einst *);	/* to the FIFOs */
/* The state it was last told to be in; false: none. */
bool	 drive_note_state(const struct einst *, struct notify_msg *);
/* START came: all instances run, after the delay. */
void	 drive_begin(struct engine *, int64_t delay_us);
void	 drive_stop_all(struct engine *, bool now);
/* Sets the timer to the earliest deadline. */
void	 drive_arm(struct engine *);
void	 drive_schedule(struct einst *);
/* Tells the machines that slept through two intervals. */
void	 drive_check_late(struct engine *);

/* io.c */
int	 io_open(struct engine *);
void	 io_close(struct engine *);
void	 io_readable(evutil_socket_t, short, void *);
/* Reads what is there; throws it away while instances may not run yet. */
void	 io_drain(struct esock *);
/* Sends one advert to the group or to every peer; false: nothing left. */
bool	 io_advert(struct einst *, uint8_t prio);

/* hush.c: who is MASTER by hand has its addresses before it says so */
void	 hush_begin(struct einst *);
void	 hush_end(struct einst *);
bool	 hush_silent(const struct einst *);
/* VIP_RESULT, SOCK_USE and the time may be what it waits for. */
void	 hush_result(struct einst *);
void	 hush_look(struct einst *);
void	 hush_timer(struct einst *);

/* ctlswitch.c: whoever asked for it is told */
void	 ctlswitch_spoken(struct einst *);

/* vipfault.c */
void	 vipfault_init(struct einst *);
int	 vipfault_result(void *, struct imsg *);	/* VIP_RESULT */

/* rival.c: who else announces our addresses */
int	 rival_watch(void *, struct imsg *);		/* WATCH */
void	 rival_free(struct engine *);
void	 rival_init(struct einst *);

/* tally.c */
void	 tally_init(struct einst *);
/* It has another state than it had; the reason is in i->vr. */
void	 tally_state(struct einst *, enum vr_face old);
/* VIP_RESULT is in i->vip. */
void	 tally_vips(struct einst *);
/* A good advert, before the machine gets it; missed: of the master's. */
void	 tally_advert(struct einst *, const struct pkt_advert *,
	    uint32_t missed);

/* stats.c */
void	 stats_bad_packet(struct engine *, const struct esock *,
	    struct einst *, const struct pkt_head *, enum pkt_result);
void	 stats_own_packet(struct engine *, struct einst *, const uint8_t *);
void	 stats_notes(struct einst *, const struct pkt_advert *);
void	 stats_send_error(struct einst *, const struct esock *, int errnum);
void	 stats_late(struct engine *, int64_t late_us);

/* whylog.c */
/* The present state's reason, for show. */
void	 why_now(const struct einst *, char *, size_t);
/* Fault bits with the names of what causes them now; len > 0. */
void	 why_faults(const struct einst *, uint32_t, char *, size_t len);
void	 why_log(const struct einst *, const struct vr_action *);
void	 why_log_prio(const struct einst *, uint8_t old, uint8_t now);
void	 why_log_code(const struct einst *, const struct vr_action *);
void	 why_log_hold(const struct einst *, const struct vr_action *);
void	 why_addr(const struct einst *, const uint8_t *, char *, size_t);

/* trace.c */
void	 trace_add(struct einst *, const struct vr_in *);
/* The machine was told to begin held (vr_begin_held). */
void	 trace_held(struct einst *);
void	 trace_clear(struct trace *);
/* Line idx, counted from the oldest; false: there is no such line. */
bool	 trace_line(const struct einst *, uint32_t idx, char *, size_t);

/* control.c */
int	 control_listen(void *, struct imsg *);
int	 control_msg(void *, struct imsg *);		/* CTL_MSG, _RESULT */
int	 control_event(void *, struct imsg *);		/* CTL_EVENT */
int	 control_events_end(void *, struct imsg *);	/* CTL_END */
int	 control_script(void *, struct imsg *);		/* arg: checker */
int	 control_end(void *, struct imsg *);		/* arg: checker */
void	 control_checker_gone(struct engine *, uint32_t checker);
/* Whoever waits for the parent waits in vain. */
void	 control_silence(struct engine *);
void	 control_init(struct engine *);
void	 control_begin(struct engine *);
void	 control_close(struct engine *);
/* ctlswitch.c: a step of an instance that somebody waits for. */
void	 control_outcome(struct einst *, const struct vr_out *);
/* ctlall.c */
int	 control_maint(void *, struct imsg *);		/* MAINT */
int	 control_reloads(void *, struct imsg *);	/* RELOADS */
void	 control_held(struct einst *);	/* it begins, in maintenance */
void	 control_rival(struct einst *);	/* somebody else is there */
/* ctlgroup.c: likewise; the group is at rest; it ends */
void	 control_member_outcome(struct einst *, const struct vr_out *);
void	 control_group_outcome(struct egroup *);
void	 control_group_gone(struct egroup *);

#endif /* VRRPE_H */
