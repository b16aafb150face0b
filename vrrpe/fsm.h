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
 * The VRRP state machine of one virtual router (RFC 9568 section 6, RFC 3768
 * section 6), pure: it never allocates, logs, reads a clock or calls out. It
 * is told what happened and says what is to be done. Runs in: vrrpe.
 *
 * Every time is an int64_t of microseconds on one monotonic clock, not
 * negative and below VR_TIME_MAX; VR_NEVER stands for "no such time".
 * Addresses are 16 bytes in network order, IPv4 in the first four and the rest
 * zero, so that one memcmp settles a tie in both families (RFC 9568 6.4.3).
 *
 * FAULT is VR_INIT while running with fault bits, STOPPED is VR_INIT while not
 * running or held by quiet faults since its start; vr_face() tells which.
 */

#ifndef FSM_H
#define FSM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counter.h"

#define VR_NEVER		INT64_MAX
#define VR_TIME_MAX		((int64_t)1 << 61)
#define VR_PRIO_OWNER		255
#define VR_PRIO_TAKEOVER	254
#define VR_PRIO_STANDBY		1
#define VR_INT_MAX_US		255000000LL	/* the largest interval */

/* A new master's first advert is repeated after this, ... */
#define VR_COPY_US		20000LL
/* ... unless the interval is shorter than this. */
#define VR_COPY_MIN_INT_US	200000LL
/* At most one answer to each losing peer in this time, ... */
#define VR_ANSWER_US		100000LL
/* ... to so many different peers, ... */
#define VR_PEERS		4
/* ... and one round of announcements in this. */
#define VR_ANNOUNCE_US		1000000LL
/*
 * A wake-up later than two intervals is LATE, but not below this: what a busy
 * machine costs now and then is settled by draining before sending.
 */
#define VR_LATE_MIN_US		100000LL
/* A log line about other people's adverts at most once in this. */
#define VR_LOG_US		60000000LL
/* After a graceful stop, beyond Skew_Time(1): make before break. */
#define VR_LEAVE_US		100000LL

enum vr_state {
	VR_INIT = 0,
	VR_BACKUP,
	VR_MASTER,
	VR_STATE_MAX
};

/* What users call the state. */
enum vr_face {
	VR_FACE_STOPPED = 0,
	VR_FACE_FAULT,
	VR_FACE_BACKUP,
	VR_FACE_MASTER
};

/* A role given by hand (standby, takeover); survives in the resume record. */
enum vr_hold {
	VR_HOLD_NONE = 0,
	VR_HOLD_STANDBY,	/* give up, stay away: priority 1, no preempt */
	VR_HOLD_TAKEOVER,	/* be MASTER, advertise 254 */
	VR_HOLD_MAX
};

/* Handing over: MASTER, priority 0 sent, waiting for the next master. */
enum vr_leave {
	VR_LEAVE_NONE = 0,
	VR_LEAVE_STANDBY,
	VR_LEAVE_STOP
};

/* In a group: what has become of the hand-over of this one. */
enum vr_left {
	VR_LEFT_OPEN = 0,
	VR_LEFT_HEARD,		/* the next master has spoken */
	VR_LEFT_TIMEOUT		/* nobody has, in time */
};

/* What the group decided for a member (VR_EV_GROUP). */
enum vr_order {
	VR_ORDER_NONE = 0,
	VR_ORDER_MASTER,	/* all want it */
	VR_ORDER_BACKUP,	/* another member is: without a word */
	VR_ORDER_GIVE_UP,	/* the same, with priority 0 */
	VR_ORDER_LEAVE,		/* the hand-over is complete */
	VR_ORDER_RETAKE,	/* it failed: the role is taken back */
	VR_ORDER_MAX
};

/*
 * Why a state was entered, with the arg of the VR_ACT_STATE action. The
 * other router is vr->master with vr->master_prio, if vr->has_master.
 */
enum vr_reason {
	VR_WHY_NONE = 0,
	VR_WHY_STARTUP,		/* - */
	VR_WHY_SILENT,		/* how long nothing was heard, us */
	VR_WHY_PRIO_ZERO,	/* us since the priority 0 was heard */
	VR_WHY_PREEMPT,		/* priority of the lower master */
	VR_WHY_HIGHER,		/* priority of the higher router */
	VR_WHY_TIE,		/* equal priority, its address is greater */
	VR_WHY_FAULT,		/* the fault bits */
	VR_WHY_FAULT_GONE,	/* the fault bits that were */
	VR_WHY_SHUTDOWN,	/* us waited for a new master, 0: none */
	VR_WHY_STANDBY,		/* by hand, at once (standby now) */
	VR_WHY_TAKEOVER,	/* by hand */
	VR_WHY_HANDED_OVER,	/* us from our priority 0 to its advert */
	VR_WHY_LATE,		/* how late we woke up, us */
	VR_WHY_RESUME,		/* from a resume record */
	VR_WHY_GROUP,		/* with another member of its sync group */
	VR_WHY_MAX
};

enum vr_event {
	/*
	 * The instance begins to run. Its effective priority, source address
	 * and fault set were given before by PRIO, ADDR and DOWN.
	 */
	VR_EV_START = 0,
	/*
	 * The instance ends. A MASTER hands over first (it stays MASTER until
	 * somebody answers or the time is up) unless in->now is set or this
	 * is the second STOP.
	 */
	VR_EV_STOP,
	VR_EV_UP,		/* the fault set became empty */
	VR_EV_DOWN,		/* in->faults is the fault set, not empty */
	VR_EV_ADVERT,		/* one passed every check of packet.h */
	VR_EV_TIMER,		/* vr_due() has come; harmless at any time */
	/*
	 * The process was away for longer than vr_late_us(); in->late_us.
	 * To be given before the receive queue is drained, and that before
	 * TIMER. The machine also finds this by itself when TIMER, ADVERT,
	 * PRIO, CONF or RELEASE comes so late.
	 */
	VR_EV_LATE,
	VR_EV_PRIO,		/* in->prio is the new effective priority */
	/*
	 * *conf differs; in->prio is the new effective priority or 0 (as it
	 * was). A MASTER advertises at once, a BACKUP moves its deadline by
	 * the difference. Another version or VRID is another instance.
	 */
	VR_EV_CONF,
	VR_EV_ADDR,		/* in->src is the address that we send from */
	/*
	 * in->hold STANDBY or TAKEOVER, until in->until_us or VR_NEVER;
	 * in->now: standby does not wait for a new master. out->answer.
	 */
	VR_EV_SWITCH,
	VR_EV_RELEASE,		/* ends a hold (resume); out->answer */
	/*
	 * Instead of START, after a crash: *in->resume. MASTER advertises at
	 * once and keeps the role; BACKUP runs a full down timer. Nothing is
	 * notified. The record's priority holds until the next PRIO.
	 */
	VR_EV_RESUME,
	VR_EV_GROUP,		/* in->order; only of use with conf->grouped */
	VR_EV_MAX
};

enum vr_act {
	VR_ACT_ADVERT = 0,	/* send; prio, copy */
	VR_ACT_STATE,		/* code enum vr_state, old, reason, arg */
	VR_ACT_ANNOUNCE,	/* repeat GARP/NA; code enum vr_announce */
	VR_ACT_NOTIFY,		/* code enum vr_notify, prio */
	VR_ACT_COUNT,		/* code enum vr_counter: one more */
	VR_ACT_LOG,		/* code enum vr_log, arg */
	VR_ACT_HOLD,		/* code enum vr_hold_end, hold, arg */
	VR_ACT_MAX
};

enum vr_announce {
	VR_ANN_LOWER = 0	/* a losing advert was heard */
};

enum vr_notify {
	VR_NOTIFY_MASTER = 0,
	VR_NOTIFY_BACKUP,
	VR_NOTIFY_FAULT,
	VR_NOTIFY_STOP,
	VR_NOTIFY_RX_LOWER,	/* MASTER heard a lower one; once a second */
	VR_NOTIFY_PRIO,		/* effective priority changed, same state */
	VR_NOTIFY_MAX
};

/* LOG carries a code; arg in the comment. */
enum vr_log {
	VR_LOG_LOWER = 0,	/* losing advert as MASTER: its priority */
	VR_LOG_SAME_ADDR,	/* equal priority from our own address */
	VR_LOG_DUP_OWNER,	/* another owner (255) that loses */
	VR_LOG_LATE_BACKUP,	/* late as BACKUP, timer restarted: us */
	VR_LOG_INTERVAL,	/* learned another interval: us */
	VR_LOG_PREEMPT_WAIT,	/* preempt_delay begins: us */
	VR_LOG_LEAVING,		/* priority 0 sent, waiting: us at most */
	VR_LOG_NOBODY,		/* no answer, role taken back: us waited */
	VR_LOG_REFUSED,		/* SWITCH or RELEASE: enum vr_answer */
	VR_LOG_CODE_MAX
};

/* What became of a hold: VR_ACT_HOLD, exactly one for each change. */
enum vr_hold_end {
	VR_HE_BEGUN = 0,	/* arg: until */
	VR_HE_HANDED_OVER,	/* standby: a new master was heard; goes on */
	VR_HE_NOBODY,		/* standby: no answer, role taken back; over */
	VR_HE_SILENCE,		/* standby: had to take the role; over */
	VR_HE_YIELDED,		/* takeover: a better router came; over */
	VR_HE_EXPIRED,		/* over */
	VR_HE_RELEASED,		/* over */
	VR_HE_REPLACED,		/* by another SWITCH; over */
	VR_HE_FAULT,		/* takeover: a fault appeared; over */
	VR_HE_LATE,		/* takeover: we were away too long; over */
	VR_HE_STOPPED,		/* over */
	VR_HE_MAX
};

/* out->answer to SWITCH and RELEASE. */
enum vr_answer {
	VR_ANS_OK = 0,
	VR_ANS_FAULT,		/* refused: in FAULT */
	VR_ANS_STOPPED,		/* refused: stopped or stopping */
	VR_ANS_TIME,		/* refused: the end is not in the future */
	VR_ANS_NO_HOLD,		/* RELEASE without a hold: nothing done */
	VR_ANS_MAX
};

/* Read only for the machine; change it, then step VR_EV_CONF. */
struct vr_conf {
	uint8_t		 version;	/* 2 or 3 */
	uint8_t		 prio;		/* configured, 1..255 */
	bool		 start_master;	/* state MASTER; needs prio 255 */
	bool		 nopreempt;
	bool		 lower_prio_no_advert;
	bool		 higher_prio_send_advert;
	bool		 owner_ignore_adverts;
	bool		 first_once;	/* no second copy of the first advert */
	/*
	 * In a sync group: a BACKUP whose time has come wants to be MASTER
	 * (vr->wants) and a MASTER that handed over has left (vr->left); what
	 * follows is for the group to say. Roles taken by hand, faults and
	 * better routers act at once as ever; the group then follows.
	 */
	bool		 grouped;
	uint8_t		 down_adverts;	/* down_timer_adverts, 1..100; 3 */
	int64_t		 adver_int_us;	/* own; 1..VR_INT_MAX_US */
	int64_t		 preempt_delay_us;	/* 0: none */
	/*
	 * Fault bits that keep an instance from starting but never stop one
	 * that runs (an undecided script). While they are all there is,
	 * neither STATE nor NOTIFY tell of it.
	 */
	uint32_t	 quiet_faults;
};

/* A recently answered losing peer. */
struct vr_peer {
	int64_t		 at_us;		/* VR_NEVER: free */
	uint8_t		 addr[16];
};

/* The state. Owned by the caller, made by vr_init(); for others read only. */
struct vr {
	enum vr_state	 state;
	enum vr_reason	 reason;	/* of state */
	bool		 running;	/* between START and STOP */
	bool		 told;		/* STATE was emitted since START */
	uint32_t	 faults;	/* as last given */
	uint8_t		 prio;		/* effective: 1..254, owner 255 */
	uint8_t		 src[16];	/* own address */
	int64_t		 now_us;	/* latest time seen */
	int64_t		 since_us;	/* state entered */

	/* The last other router that was master or claimed to be. */
	bool		 has_master;
	uint8_t		 master_prio;	/* its last, may be 0 */
	uint8_t		 master[16];
	int64_t		 master_int_us;	/* v3: learned; 0: own interval */
	int64_t		 heard_us;	/* its last advert; VR_NEVER: none */

	/* BACKUP: master down. MASTER: next advert. */
	int64_t		 due_us;
	int64_t		 len_us;	/* BACKUP: length behind due_us */
	bool		 skewing;	/* BACKUP: due_us is a skew only */
	bool		 discarded;	/* BACKUP: last advert was refused */
	int64_t		 preempt_us;	/* BACKUP: end of preempt_delay */
	enum vr_reason	 wants;		/* BACKUP: why; NONE: does not */
	int64_t		 copy_us;	/* MASTER: second copy of the first */

	enum vr_hold	 hold;
	int64_t		 hold_until_us;	/* VR_NEVER: no end */
	enum vr_leave	 leave;		/* MASTER: handing over */
	int64_t		 leave_us;	/* ends then */
	enum vr_left	 left;		/* grouped, while leaving */
	int64_t		 zero_us;	/* our priority 0 was sent */

	int64_t		 announce_us;	/* last VR_ACT_ANNOUNCE */
	int64_t		 log_us[VR_LOG_CODE_MAX];	/* last limited LOG */
	struct vr_peer	 peers[VR_PEERS];
};

/*
 * What survives a crash of the process. The three counters are for the
 * caller: vr_to_resume() zeroes them, VR_EV_RESUME does not look at them.
 */
struct vr_resume {
	enum vr_state	 state;
	uint8_t		 prio;
	int64_t		 since_us;
	bool		 has_master;
	uint8_t		 master_prio;
	uint8_t		 master[16];
	int64_t		 master_int_us;	/* 0: nothing learned */
	enum vr_hold	 hold;
	int64_t		 hold_until_us;
	uint32_t	 transitions;
	uint64_t	 adverts_sent;
	uint64_t	 adverts_rcvd;
};

/* Members that an event does not name are not looked at. */
struct vr_in {
	enum vr_event	 event;
	bool		 now;		/* STOP, SWITCH */
	uint8_t		 prio;		/* ADVERT 0..255; PRIO, CONF */
	int64_t		 now_us;	/* every event; never goes back */
	int64_t		 adver_int_us;	/* ADVERT: on the wire, > 0 */
	uint8_t		 src[16];	/* ADVERT: sender; ADDR: own */
	uint32_t	 faults;	/* DOWN */
	int64_t		 late_us;	/* LATE */
	enum vr_hold	 hold;		/* SWITCH */
	enum vr_order	 order;		/* GROUP */
	int64_t		 until_us;	/* SWITCH */
	const struct vr_resume *resume;	/* RESUME; not kept */
};

struct vr_action {
	enum vr_act	 act;
	int		 code;		/* see enum vr_act */
	enum vr_face	 old;		/* STATE: what it was */
	enum vr_reason	 reason;	/* STATE */
	enum vr_hold	 hold;		/* HOLD: which */
	uint8_t		 prio;		/* ADVERT, NOTIFY */
	bool		 copy;		/* ADVERT: the second copy */
	int64_t		 arg;
};

/*
 * To be done in this order: an advert precedes STATE, STATE precedes NOTIFY
 * (RFC 9568 6.4: advertise, then addresses, then announce). At most one STATE
 * in a step, and vr_face() always differs from the one of the STATE before.
 */
#define VR_OUT_MAX		10
struct vr_out {
	int		 cnt;
	struct vr_action act[VR_OUT_MAX];
	enum vr_answer	 answer;
};

/* Stopped, no faults, priority from conf. */
void	 vr_init(struct vr *, const struct vr_conf *);
/* One event; *out is written anew. Same inputs, same bytes out. */
void	 vr_step(struct vr *, const struct vr_conf *, const struct vr_in *,
	    struct vr_out *);
/* When TIMER is wanted; VR_NEVER in VR_INIT. */
int64_t	 vr_due(const struct vr *);
/* Of a machine that is in INIT: it will begin with a standby without end. */
void	 vr_begin_held(struct vr *);
/* The record of the present state; a router handing over is a BACKUP. */
void	 vr_to_resume(const struct vr *, struct vr_resume *);

/* Priority in adverts and timers: a hold's, else the effective one. */
uint8_t	 vr_prio(const struct vr *);
/* An owner that does not listen now: for pkt_expect.owner_ignores. */
bool	 vr_ignores(const struct vr *, const struct vr_conf *);
/* Interval that the timers of a BACKUP go by (RFC 9568 6.1). */
int64_t	 vr_interval_us(const struct vr *, const struct vr_conf *);
/* A wake-up later than this is LATE. */
int64_t	 vr_late_us(const struct vr *, const struct vr_conf *);
/* Skew_Time and Active_Down_Interval, us; version 2 skews by the second. */
int64_t	 vr_skew_us(int version, int64_t adver_int_us, int prio);
int64_t	 vr_master_down_us(int version, int64_t adver_int_us, int prio,
	    int down_adverts);
enum vr_face vr_face(const struct vr *);
/* A BACKUP that goes by the adverts of a master which it will not preempt. */
bool	 vr_follows(const struct vr *, const struct vr_conf *);

/* Names for logs, traces and tests; "?" out of range. Lower case texts. */
const char *vr_state_name(int);		/* INIT BACKUP MASTER */
const char *vr_face_name(int);		/* STOPPED FAULT BACKUP MASTER */
const char *vr_event_name(int);		/* START STOP ... */
const char *vr_act_name(int);		/* ADVERT STATE ... */
const char *vr_notify_name(int);	/* MASTER ... as scripts are told */
const char *vr_hold_name(int);		/* none standby takeover */
const char *vr_hold_end_name(int);	/* begun handed_over ... */
const char *vr_log_name(int);		/* lower same_addr ... */
const char *vr_order_name(int);		/* none master backup ... */
const char *vr_answer_text(int);	/* "refused: ..." */
const char *vr_reason_name(int);	/* one word: silent, prio_zero ... */
const char *vr_reason_text(int);	/* for people: "master is silent" */

#endif /* FSM_H */
