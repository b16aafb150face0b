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
 * What vrrpctl and vrrpe say to each other. Same conventions as payload.h.
 *
 * A request is answered by rows and IMSG_CTL_END, or by any number of
 * IMSG_CTL_MSG and one IMSG_CTL_RESULT. IMSG_CTL_HELLO comes first both ways.
 * Times are microseconds of CLOCK_MONOTONIC, which all processes share; -1
 * means never.
 */

#ifndef CTL_H
#define CTL_H

#include "addr.h"
#include "msg.h"
#include "payload.h"
#include "vrrpd.h"

/* What the engine counts for no instance. */
enum engine_counter {
	ENG_CNT_PACKETS = 0,	/* all that came */
	ENG_CNT_SHORT,		/* too short to name a VRID */
	ENG_CNT_VRID,		/* VRID not configured on the interface */
	ENG_CNT_OWN,		/* our own came back */
	ENG_CNT_EARLY,		/* before the start, thrown away */
	ENG_CNT_TRACK,		/* results of objects of another checker */
	ENG_CNT_MAX
};

struct ctl_daemon {
	char		 build[NAME_LEN];
	char		 router_id[NAME_LEN];
	uint32_t	 gen;		/* configuration generation */
	uint32_t	 warnings;	/* in the running configuration */
	int64_t		 now_us;
	int64_t		 started_us;	/* of this engine */
	int64_t		 loaded_us;	/* of this configuration */
	uint32_t	 engine_restarts;
	uint32_t	 instances;
	int64_t		 late_max_us;	/* worst timer lateness so far */
	bool		 maintenance;
	int64_t		 confirm_us;	/* then a reload is rolled back;
					 * -1: none waits */
	uint64_t	 cnt[ENG_CNT_MAX];	/* of packets of no instance */
};

enum ctl_hold {
	CTL_HOLD_NONE = 0,
	CTL_HOLD_STANDBY,
	CTL_HOLD_TAKEOVER,
	CTL_HOLD_MAX
};

struct ctl_inst {
	uint32_t	 id;
	char		 name[NAME_LEN];
	char		 ifname[IF_NAME_LEN];
	char		 group[NAME_LEN];	/* "": none */
	uint8_t		 vrid;
	uint8_t		 version;
	uint8_t		 family;
	uint8_t		 state;		/* enum show_state */
	uint8_t		 priority;	/* effective */
	uint8_t		 base_priority;
	int64_t		 since_us;	/* in this state */
	uint16_t	 vips;		/* configured, excluded ones too */
	uint16_t	 vips_installed;
	struct vaddr	 master;	/* family 0: unknown; own when MASTER */
	uint8_t		 master_priority;
	uint8_t		 hold;		/* enum ctl_hold */
	int64_t		 hold_until_us;	/* -1: without an end */
	bool		 handing_over;
	char		 reason[TEXT_LEN];	/* of the state, in words */
};

#define CTL_GAPS	4	/* that are remembered */

/* The rest of "show instance". */
struct ctl_detail {
	bool		 nopreempt;
	bool		 owner;
	bool		 accept;
	uint8_t		 auth_type;	/* AUTH_* of conf.h */
	int64_t		 preempt_delay_us;
	int64_t		 adver_int_us;	/* own */
	int64_t		 master_int_us;	/* in force */
	int64_t		 skew_us;
	int64_t		 down_us;	/* Master_Down_Interval */
	int64_t		 due_us;	/* next timer */
	int64_t		 last_advert_us;	/* heard */
	int64_t		 last_sent_us;
	struct vaddr	 src;
	uint16_t	 peers;		/* 0: multicast */
	uint32_t	 transitions;
	struct vip_result vip;
	char		 faults[TEXT_LEN];	/* "" or named reasons */
	char		 hold_by[NAME_LEN];	/* who asked for it */
	char		 rival[RIVAL_LEN];	/* "ADDRESS by MAC"; "": none */
	int64_t		 rival_us;	/* when it was heard last */
	bool		 skewing;	/* the master gave up its role */
	bool		 refused;	/* its last advert: to be preempted */
	int64_t		 preempt_us;	/* end of preempt_delay; -1: none */
	int64_t		 hold_at_us;	/* when the hold began; -1: no */
	int64_t		 late_max_us;	/* worst timer lateness so far */
	int64_t		 gap_us[CTL_GAPS];	/* between the master's
					 * adverts, latest first; -1: none */
};

struct ctl_vip {
	struct vaddr	 addr;
	char		 ifname[IF_NAME_LEN];
	bool		 excluded;
};

/* What is tracked; the numbers of enum conf_track_kind and enum trk_kind. */
enum track_kind {
	TRACK_SCRIPT = 0,
	TRACK_IFACE,
	TRACK_FILE,
	TRACK_PROCESS,
	TRACK_KIND_MAX
};

struct ctl_track {
	uint8_t		 kind;		/* enum track_kind */
	char		 name[NAME_LEN];
	int16_t		 weight;
	bool		 reverse;
	uint8_t		 status;	/* enum track_status */
	int16_t		 contribution;	/* to the priority now */
	int32_t		 value;		/* of a file; number of processes */
};

struct ctl_counter {
	char		 name[NAME_LEN];
	uint64_t	 value;
};

/*
 * Names of counters in the answer to CTL_SHOW_METRICS. After CTL_DAEMON come
 * those of the daemon: how often a timer was late by so many microseconds at
 * most ("late_500"), by more ("late_more"), by how much together
 * ("late_sum"), and what else there is. After those of an instance come its
 * changes of state by their reason ("why_silent"), some of its settings
 * ("conf_garp_delay"), and those of the tallies that are not 0: us in each
 * state ("tally_in_MASTER"), changes ("tally_move_BACKUP_MASTER"), failovers
 * by how long they took ("tally_failover_50000"), and what was heard of the
 * routers that were heard lately ("tally_peer_missed_ADDRESS").
 */
#define CTL_LATE_EDGES	{ 500, 1000, 5000, 20000, 100000, 500000, 1000000, \
			    3000000 }
#define CTL_LATE_CNT	8
#define CTL_LATE	"late_"
#define CTL_LATE_MORE	"late_more"
#define CTL_LATE_SUM	"late_sum"
#define CTL_WHY		"why_"
#define CTL_SETTING	"conf_"
#define CTL_EVENTS	"events_"	/* and the number of the kind */
#define CTL_RSS		"rss_"		/* and the process */
#define CTL_QUEUE	"queue_"	/* bytes; and to whom */
#define CTL_TALLY	"tally_"
#define CTL_IN		CTL_TALLY "in_"
#define CTL_MOVE	CTL_TALLY "move_"
#define CTL_FAIL_EDGES	{ 50000, 100000, 250000, 500000, 1000000, 2000000, \
			    4000000, 8000000, 30000000 }
#define CTL_FAIL_CNT	9
#define CTL_FAIL	CTL_TALLY "failover_"
#define CTL_FAIL_MORE	CTL_TALLY "failover_more"
#define CTL_FAIL_SUM	CTL_TALLY "failover_sum"
#define CTL_BOTH	CTL_TALLY "both_us"
#define CTL_STRANGERS	CTL_TALLY "strangers"
#define CTL_PEERS	4		/* that are remembered */
#define CTL_PEER_HEARD	CTL_TALLY "peer_heard_"
#define CTL_PEER_MISSED	CTL_TALLY "peer_missed_"
#define CTL_PEER_PRIO	CTL_TALLY "peer_prio_"
#define CTL_PEER_AGE	CTL_TALLY "peer_age_"	/* us */

struct ctl_iface {
	char		 name[IF_NAME_LEN];
	struct link_info link;
	uint16_t	 instances;
	uint16_t	 trackers;
};

/* A sync group; its members follow. */
struct ctl_group {
	char		 name[NAME_LEN];
	uint8_t		 state;		/* enum show_state */
	uint16_t	 members;
	bool		 handing_over;
	int64_t		 since_us;	/* in this state */
	char		 reason[TEXT_LEN];	/* what it waits for; "" */
};

struct ctl_member {
	char		 name[NAME_LEN];
	char		 ifname[IF_NAME_LEN];
	uint8_t		 state;		/* enum show_state */
	uint8_t		 priority;	/* effective */
	bool		 wants;		/* to be MASTER, waits for the others */
	bool		 joined;	/* false: not yet as the group is */
};

struct ctl_script {
	uint8_t		 kind;		/* enum track_kind */
	int32_t		 value;		/* as in ctl_track */
	char		 name[NAME_LEN];
	char		 user[NAME_LEN];
	uint8_t		 status;	/* enum track_status */
	uint8_t		 exit_kind;
	int32_t		 exit_code;
	bool		 running;
	uint16_t	 rise;
	uint16_t	 fall;
	uint16_t	 count;		/* results in a row towards a flip */
	int64_t		 interval_us;
	int64_t		 timeout_us;
	int64_t		 last_start_us;	/* -1: never */
	int64_t		 last_run_us;	/* how long the last one took */
	uint64_t	 runs;
	uint64_t	 failures;
	uint64_t	 timeouts;
	uint64_t	 skipped;	/* still running when due */
	uint64_t	 ended;		/* runs that took run_sum_us together */
	int64_t		 run_sum_us;
	char		 output[TEXT_LEN];	/* the last line it wrote */
};

/* Something that is remembered. */
enum event_kind {
	EVENT_STATE = 0,		/* an instance changed its state */
	EVENT_HOLD,			/* a hold began or ended */
	EVENT_WITHDRAWN,		/* no engine answered for a MASTER */
	EVENT_REMOVED,			/* an instance, by a reload */
	EVENT_STARTED,			/* the daemon */
	EVENT_ENGINE_SIGNAL,		/* it died of signal arg */
	EVENT_ENGINE_EXIT,		/* it ended with status arg */
	EVENT_ENGINE_BROKEN,		/* it broke the rules */
	EVENT_ENGINE_HUNG,		/* silent for arg us */
	EVENT_ENGINE_STARTED,		/* again, for the arg-th time */
	EVENT_RELOADED,			/* arg: generation that runs now */
	EVENT_REFUSED,			/* a configuration; arg: errors */
	EVENT_MAINTENANCE,		/* arg: 1 begins, 0 ends */
	EVENT_CONFIRM,			/* a reload waits for it; arg: us */
	EVENT_CONFIRMED,		/* arg: generation */
	EVENT_EXPIRED,			/* nobody confirmed it; likewise */
	EVENT_ROLLED_BACK,		/* arg: generation that runs now */
	EVENT_KIND_MAX
};
struct ctl_event {
	uint32_t	 seq;		/* from 1 */
	uint8_t		 kind;
	int64_t		 at_us;
	char		 name[NAME_LEN];	/* "": of the daemon */
	uint8_t		 old;		/* enum show_state */
	uint8_t		 state;		/* enum show_state */
	uint8_t		 reason;	/* enum vr_reason */
	uint8_t		 priority;
	uint8_t		 hold;		/* enum ctl_hold */
	int64_t		 arg;		/* as the kind or the reason says */
	struct vaddr	 peer;		/* the other router; family 0: none */
	uint8_t		 peer_priority;
};

/* Something that has just happened, for those who watch. */
enum note_kind {
	NOTE_BEGIN = 0,		/* from now on */
	NOTE_STATE,
	NOTE_ADVERT,		/* one that makes a difference */
	NOTE_PACKET,		/* a wrong one; limited */
	NOTE_TRACK,
	NOTE_PRIORITY,
	NOTE_HOLD,
	NOTE_RELOAD,
	NOTE_ALIVE,		/* nothing: the engine runs; every 10 s */
	NOTE_KIND_MAX
};
struct ctl_note {
	uint8_t		 kind;
	int64_t		 at_us;
	uint32_t	 lost;		/* that did not fit in before it */
	char		 name[NAME_LEN];	/* "": of no instance */
	char		 text[TEXT_LEN];
};

struct ctl_msg {
	uint8_t		 severity;	/* enum conf_severity */
	char		 text[1024];
};

struct ctl_result {
	uint8_t		 code;		/* enum ctl_code */
	int64_t		 took_us;	/* -1: says nothing */
	char		 text[TEXT_LEN];
};

/* The result of one instance or group, of a request about all. */
struct ctl_part {
	char		 name[NAME_LEN];
	struct ctl_result result;
};

enum ctl_verb {
	CTL_STANDBY = 1,
	CTL_TAKEOVER,
	CTL_RESUME,
	CTL_VERB_MAX
};

struct ctl_switch {
	uint8_t		 verb;
	bool		 now;		/* do not wait for the other side */
	int64_t		 for_us;	/* 0: until resume */
	char		 name[NAME_LEN];
};

void	 ctl_daemon_put(struct msg *, const struct ctl_daemon *);
int	 ctl_daemon_get(struct msg *, struct ctl_daemon *);
void	 ctl_inst_put(struct msg *, const struct ctl_inst *);
int	 ctl_inst_get(struct msg *, struct ctl_inst *);
void	 ctl_detail_put(struct msg *, const struct ctl_detail *);
int	 ctl_detail_get(struct msg *, struct ctl_detail *);
void	 ctl_vip_put(struct msg *, const struct ctl_vip *);
int	 ctl_vip_get(struct msg *, struct ctl_vip *);
void	 ctl_track_put(struct msg *, const struct ctl_track *);
int	 ctl_track_get(struct msg *, struct ctl_track *);
void	 ctl_counter_put(struct msg *, const struct ctl_counter *);
int	 ctl_counter_get(struct msg *, struct ctl_counter *);
void	 ctl_iface_put(struct msg *, const struct ctl_iface *);
int	 ctl_iface_get(struct msg *, struct ctl_iface *);
void	 ctl_group_put(struct msg *, const struct ctl_group *);
int	 ctl_group_get(struct msg *, struct ctl_group *);
void	 ctl_member_put(struct msg *, const struct ctl_member *);
int	 ctl_member_get(struct msg *, struct ctl_member *);
void	 ctl_script_put(struct msg *, const struct ctl_script *);
int	 ctl_script_get(struct msg *, struct ctl_script *);
void	 ctl_event_put(struct msg *, const struct ctl_event *);
int	 ctl_event_get(struct msg *, struct ctl_event *);
void	 ctl_note_put(struct msg *, const struct ctl_note *);
int	 ctl_note_get(struct msg *, struct ctl_note *);
void	 ctl_msg_put(struct msg *, const struct ctl_msg *);
int	 ctl_msg_get(struct msg *, struct ctl_msg *);
void	 ctl_result_put(struct msg *, const struct ctl_result *);
int	 ctl_result_get(struct msg *, struct ctl_result *);
void	 ctl_part_put(struct msg *, const struct ctl_part *);
int	 ctl_part_get(struct msg *, struct ctl_part *);
void	 ctl_switch_put(struct msg *, const struct ctl_switch *);
int	 ctl_switch_get(struct msg *, struct ctl_switch *);

#endif /* CTL_H */
