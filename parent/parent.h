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
 * The parent: one struct for everything that it knows, handed to every
 * function. Runs in: parent.
 */

#ifndef PARENT_H
#define PARENT_H

#include <sys/queue.h>
#include <sys/tree.h>
#include <sys/types.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "conf.h"
#include "ctl.h"
#include "diff.h"
#include "ident.h"
#include "limit.h"
#include "log.h"
#include "payload.h"
#include "peer.h"
#include "vrrpd.h"

struct ann;
struct netlinkd;
struct parent;
struct retime;
struct socks;
struct wire_in;
struct watch;
TAILQ_HEAD(watch_list, watch);

#define HELLO_LIMIT_US	(2 * US_PER_SEC)
#define KILL_LIMIT_US	(500 * US_PER_MS)	/* from abort to kill */
#define LOAD_LIMIT_US	(10 * US_PER_SEC)
#define STAGE_LIMIT_US	(5 * US_PER_SEC)
#define YIELD_SLACK_US	(300 * US_PER_MS)	/* over Skew_Time(1) */
#define YIELD_MAX_US	(5 * US_PER_SEC)
#define CHECKER_END_US	(1 * US_PER_SEC)	/* for notify scripts */
#define MAILER_END_US	(1 * US_PER_SEC)	/* for the last mails */
/*
 * From the new master's advert to our addresses' end: the time for its
 * announcement to reach everybody. keepalived took up to 27 ms for it on a
 * busy machine, and a planned change must lose nothing.
 */
#define LINGER_US	(25 * US_PER_MS)
#define LINGER_PLANNED_US	(100 * US_PER_MS)
#define PING_MIN_US	(50 * US_PER_MS)
#define PING_LAZY_US	(100 * US_PER_MS)
#define PING_MAX_US	(250 * US_PER_MS)
#define PING_QUIET	2	/* unanswered: no lease is renewed */
#define HANG_US		(1 * US_PER_SEC)	/* neither answers nor runs */
#define HANG_CHECKER_US	(10 * US_PER_SEC)
#define HANG_BUSY	3	/* times longer: runs, but answers nothing */

#define STATE_RATE_INST	100	/* STATE in a second, of one instance */
#define STATE_RATE	1000	/* ... of all, unless there are more of them */
#define RELOAD_RATE	60	/* CTL_RELOAD in a minute */
#define LOG_RATE	256	/* LOG in a second; it holds itself to 200 */
#define LOG_STATE_RATE	2256	/* ... when states change: to 2000 */

#define RELOAD_ARGS	(2 * MAX_ARGS)

/* options.c: the command line. */
struct options {
	bool		 check;		/* -n */
	bool		 cleanup;	/* -z */
	bool		 foreground;	/* -d */
	bool		 console;	/* log to stderr */
	bool		 journal;	/* ... which systemd's journal has */
	unsigned int	 verbose;	/* -v, -vv */
	int		 facility;	/* LOG_DAEMON; -1: not given */
	char		 file[PATH_LEN];
	char		 pidfile[PATH_LEN];	/* "": only the folder's */
	char		 rundir[PATH_LEN];
	/* What readconf is told: { "readconf", "-f", file, ..., NULL }. */
	char		*args[RELOAD_ARGS];
};

/* Numbers of the engine's states and reasons that matter here; vrrpe/fsm.h
 * has the same ones (inst_test.c compares them). */
enum inst_role {
	INST_INIT = 0,
	INST_BACKUP,
	INST_MASTER
};
enum inst_reason {
	INST_WHY_HIGHER = 5,
	INST_WHY_TIE = 6,
	INST_WHY_FAULT = 7,
	INST_WHY_SHUTDOWN = 9,
	INST_WHY_TAKEOVER = 11,
	INST_WHY_HANDED_OVER = 12,
	INST_WHY_GROUP = 15
};

/* Events, oldest first. */
struct hist {
	TAILQ_HEAD(hist_list, hist_event) list;
	uint32_t	 cnt;
};

/* What the parent holds of an instance. */
struct inst {
	RB_ENTRY(inst)	 entry;
	uint32_t	 id;
	const struct conf_inst *conf;	/* in the running configuration */
	uint8_t		 state;		/* enum inst_role, as last told */
	bool		 sockets;	/* it was given some */
	bool		 mute;		/* none to send with until MASTER */
	bool		 unsaid;	/* MASTER, but nobody was told yet */
	bool		 known;		/* resume is of its engine */
	bool		 yields;	/* hands over before a reload */
	struct resume_rec resume;
	int64_t		 lease_us;	/* MASTER without an engine until then;
					 * 0: an engine answers for it */
	struct vip_result result;
	struct rate	 rate;
	struct log_limit limit;
	bool		 is_late;	/* late is to be carried out */
	struct state_msg late;
	uint8_t		 face;		/* enum show_state of its history */
	uint8_t		 hold;		/* enum vr_hold of its history */
	struct hist	 history;
};
RB_HEAD(inst_tree, inst);

/* Bits for the phases of imsg_rule. */
enum child_phase {
	CHILD_HELLO = 1,	/* started, has not said READY */
	CHILD_CONFIGURING = 2,	/* has no configuration that runs */
	CHILD_RUNNING = 4,
	CHILD_DRAINING = 8	/* was told to end */
};

struct child {
	TAILQ_ENTRY(child) entry;
	struct parent	*p;
	enum role	 role;
	uint32_t	 id;		/* of a checker: its identity's */
	struct ident	 ident;		/* checker */
	char		 name[2 * NAME_LEN + 16];
	pid_t		 pid;		/* 0: there is no process */
	int		 status;	/* of waitpid(2) */
	bool		 open;		/* peer is */
	bool		 broken;	/* it broke the rules: killed */
	uint32_t	 phase;
	uint32_t	 stage_gen;	/* given, not committed; 0: none */
	bool		 acked;
	uint32_t	 gen;		/* runs this; 0: none */
	bool		 synced;	/* engine: knows sockets and links */
	bool		 paired;	/* checker: the engine has its end */
	bool		 procev;	/* ... it has the process events */
	struct backoff	 backoff;
	uint32_t	 restarts;
	struct rate	 log_rate;
	uint32_t	 log_lost;
	uint32_t	 ping_seq;	/* engine, checker: last question ... */
	uint32_t	 pong_seq;	/* ... and answer */
	int64_t		 heard_us;	/* since when answers are missing */
	int64_t		 ran_us;	/* it was last seen to run */
	int64_t		 cpu_us;	/* ... and had run for so long */
	struct event	 timer;
	void		(*due)(struct child *);
	struct peer	 peer;
};
TAILQ_HEAD(child_list, child);

enum reload_state {
	RELOAD_IDLE = 0,
	RELOAD_LOADING,		/* readconf runs */
	RELOAD_STAGING,		/* children are told, not all have agreed */
	RELOAD_STARTUP		/* the first one: its script runs */
};

/* Who is MASTER of what a reload takes away hands over before. */
enum yield {
	YIELD_NONE = 0,
	YIELD_WAITS,		/* for their successors */
	YIELD_DONE
};

/* Clients that wait for a reload's result. */
struct reload_conns {
	uint32_t	 id[MAX_CTL_CONNS];
	uint32_t	 cnt;
};

struct reload {
	enum reload_state state;
	struct child	*readconf;
	struct wire_in	*in;
	struct conf	*conf;
	struct idents	*idents;
	struct diff	*diff;
	struct conf	*old;		/* until the sockets let it go */
	uint32_t	 gen;
	uint32_t	 errors;
	uint32_t	 warnings;
	bool		 sockets;	/* opened for the stage */
	enum yield	 yield;
	bool		 late;		/* readconf took too long */
	bool		 dry;		/* nothing is to change */
	bool		 rollback;	/* to what was kept */
	int64_t		 confirm_us;	/* then back to what runs; 0: no */
	struct event	 timer;
	struct reload_conns conns;
	bool		 again;		/* one more was asked for meanwhile */
	struct reload_conns next;
};

/* A reload that is rolled back unless somebody confirms it. */
struct confirm {
	struct conf	*kept;		/* ran before; NULL: nothing waits */
	struct event	 timer;
	int64_t		 until_us;
	bool		 due;		/* but another reload is under way */
	bool		 expired;	/* this was logged */
	uint32_t	 failed;	/* rollbacks, one after the other */
	bool		 retime;	/* a reload was due meanwhile */
};

enum parent_state {
	PARENT_STARTING = 0,
	PARENT_RUNNING,
	PARENT_STOPPING
};

#define SIGNAL_CNT	6

enum stop_stage {
	STOP_ENGINE = 0,	/* it hands over */
	STOP_LINGER,		/* the new masters announce themselves */
	STOP_HOOK,		/* the shutdown script runs */
	STOP_CHECKERS		/* scripts may end */
};

#define FIFO_CNT	2

/* A notify FIFO that is used; path "": none. */
struct fifo {
	char		 path[PATH_LEN];
	bool		 made;		/* by us: goes with us */
	dev_t		 dev;
	ino_t		 ino;
};

struct parent {
	struct options	 opt;
	enum parent_state state;
	int		 exit_code;
	int		 ready_fd;	/* to the foreground process, or -1 */
	struct event_base *base;
	struct event	 signals[SIGNAL_CNT];

	uid_t		 uid;		/* of _vrrpd */
	gid_t		 gid;
	int		 exec_fd[ROLE_MAILER + 1];	/* by role; O_PATH */
	char		 sd_path[108];
	int64_t		 sd_watchdog_us;	/* 0: nobody waits */
	int64_t		 sd_alive_us;	/* when it was told */
	char		 empty_path[PATH_LEN];
	char		 lock_path[PATH_LEN];
	char		 ledger_path[PATH_LEN];
	char		 ctl_path[CTL_STATUS + 1][PATH_LEN];
	int		 ctl_fd[CTL_STATUS + 1];
	int		 lock_fd;
	int		 pid_fd;
	bool		 bounded;	/* the bounding set is cut */

	struct netlinkd	*nl;
	struct socks	*socks;
	struct watch_list watches;
	struct ann	*ann;

	struct conf	*conf;		/* running; NULL until the first */
	struct conf_ids	*ids;
	struct idents	*idents;
	struct inst_tree insts;
	uint32_t	 gen_last;
	struct reload	 reload;
	int		 procev_fd;	/* process events, or -1 */
	bool		 procev_on;	/* they come */
	struct confirm	 confirm;
	struct retime	*retime;	/* NULL: no reload_time_file */

	struct child	*engine;
	struct child_list checkers;
	struct child	*mailer;	/* NULL: no mail is sent */
	struct event	 ping;
	int64_t		 ping_us;	/* when the last one was sent */
	int64_t		 ping_period_us;
	int64_t		 pong_us;	/* when the engine last answered */
	struct event	 lease;		/* the first inst->lease_us */
	int64_t		 begin_us;	/* the start-up delay ends; 0: none */
	int64_t		 loaded_us;	/* conf came into force */
	int64_t		 counts_us;	/* when counts were told */
	bool		 status_due;
	struct rate	 state_rate;
	bool		 has_late;	/* an instance has */
	struct rate	 reload_rate;
	struct log_limit gen_limit;
	struct hist	 history;
	uint32_t	 history_seq;
	uint32_t	 history_cnt[EVENT_KIND_MAX];	/* that ever were */
	struct rate	 history_rate;
	bool		 maintenance;
	struct rate	 maint_rate;

	struct fifo	 fifos[FIFO_CNT];
	enum conf_hook_kind hook_kind;	/* of the script that runs */
	uint32_t	 hook_checker;	/* that runs it; 0: none does */
	struct event	 hook_timer;

	struct event	 stop_timer;
	enum stop_stage	 stop_stage;
	bool		 stop_now;
	bool		 finished;	/* leave the loop */
};

/* options.c */
void	 options_parse(struct options *, int, char **);

/* start.c: what happens once, in this order. */
void	 start_environment(void);
int	 start_background(void);
int	 start_programs(struct parent *);
int	 start_user(struct parent *);
int	 start_rights(void);
int	 start_network(struct parent *, struct conf *);
void	 start_cut_down(struct parent *);
__dead2 void start_check(const struct options *);

/* vrrpd.c */
void	 parent_ready(struct parent *);
void	 parent_fail(struct parent *);
void	 parent_status(struct parent *);
void	 parent_loglevel(struct parent *, uint8_t);

/* stop.c */
void	 stop_init(struct parent *);
void	 stop_begin(struct parent *);
void	 stop_child_down(struct parent *);
void	 stop_checkers(struct parent *);

/* netns.c */
void	 netns_keep(const struct conf *, struct conf *);
int	 netns_enter(const struct conf *);

/* hook.c */
void	 hook_init(struct parent *);
void	 hook_fifos(struct parent *);
void	 hook_fifos_remove(struct parent *);
void	 hook_files(const struct conf *, struct conf *);
bool	 hook_run(struct parent *, enum conf_hook_kind);
int	 hook_done(void *, struct imsg *);
void	 hook_child_down(struct child *);
void	 hook_forget(struct parent *);

/* spawn.c; a child is freed only by proc_free, never in a handler. */
struct child *proc_new(struct parent *, enum role, const struct ident *);
void	 proc_free(struct child *);
void	 proc_start(struct child *);
void	 proc_kill(struct child *, int);
void	 proc_arm(struct child *, int64_t, void (*)(struct child *));
void	 proc_late(struct child *);
void	 proc_reap(struct parent *);
bool	 proc_is_up(const struct child *);
void	 proc_shutdown(struct child *, int64_t);
int	 proc_ready(void *, struct imsg *);
int	 proc_log(void *, struct imsg *);
uint32_t proc_phase(void *);
uint32_t proc_gen(void *);
void	 proc_gone(void *, struct peer *, const char *);
void	 proc_raise_nofile(struct child *);
struct timeval *proc_tv(struct timeval *, int64_t);

/* engine.c */
extern const struct peer_ops	engine_ops;
void	 engine_sync(struct parent *);
void	 engine_start(struct parent *);
void	 engine_lost(struct parent *, int64_t);
void	 engine_ping_init(struct parent *);
void	 engine_ping_start(struct parent *);
void	 engine_link(struct parent *, uint32_t, const struct link_info *);
void	 engine_links(struct parent *);
extern const struct sock_ops	engine_sock_ops;
int64_t	 engine_ping_period_us(const struct conf *);
int	 engine_pong(void *, struct imsg *);	/* of checkers, too */
bool	 engine_may_reload(struct parent *, uint32_t);

/* history.c */
void	 hist_init(struct hist *);
void	 hist_free(struct hist *);
void	 hist_event(struct parent *, enum event_kind, int64_t);
void	 hist_lost(struct parent *, struct inst *, enum event_kind);
void	 hist_state(struct parent *, struct inst *,
	    const struct state_msg *);
int	 hist_asked(void *, struct imsg *);
const struct ctl_event *hist_last(const struct inst *);	/* NULL: none */

/* journal.c */
#define JOURNAL_LEN	512
void	 journal_fields(struct parent *, enum log_kind, uint32_t, char *,
	    size_t);
const char *journal_reason(uint8_t);

/* maint.c */
void	 maint_load(struct parent *);
void	 maint_tell(struct parent *, uint32_t);
int	 maint_asked(void *, struct imsg *);

/* resume.c */
void	 resume_init(struct parent *);
void	 resume_adopt(struct parent *);
void	 resume_keep(struct parent *, int64_t);
void	 resume_send(struct parent *);

void	 engine_send(struct parent *, uint16_t, uint32_t, int,
	    const struct msg *);

/* watch.c: who else announces our addresses; told to the engine */
void	 watch_conf(struct parent *);
void	 watch_free(struct parent *);
void	 watch_link(struct parent *, uint32_t);
void	 watch_resend_all(struct parent *);

/* runner.c */
extern const struct peer_ops	runner_ops;
void	 runner_follow(struct parent *, const struct idents *);
void	 runner_sweep(struct parent *);
bool	 runner_is_wanted(const struct parent *, const struct child *);
void	 runner_pair(struct parent *);

/* mailer.c */
extern const struct peer_ops	mailer_ops;
void	 mailer_follow(struct parent *);
void	 mailer_down(struct child *);
void	 mailer_pair(struct parent *);

/* reload.c: loads; stage.c: brings the children over. */
extern const struct peer_ops	reload_ops;
void	 reload_init(struct parent *);
void	 reload_begin(struct parent *, uint32_t conn);
void	 reload_try(struct parent *, uint32_t conn);
void	 reload_wait(struct parent *, struct reload_conns *, uint32_t);
void	 reload_tell(struct parent *, uint8_t, const char *, ...)
	    __printflike(3, 4);
void	 stage_try(struct parent *, struct conf *);
/* confirm.c */
void	 confirm_init(struct parent *);
void	 confirm_end(struct parent *);
void	 confirm_tell(struct parent *, const char *);
void	 confirm_old(struct parent *);
void	 confirm_done(struct parent *, const char *);
void	 confirm_keep(struct parent *);
bool	 confirm_due(struct parent *);
int	 confirm_asked(void *, struct imsg *);
/* changes.c: a line for each instance that differs. */
void	 changes_tell(struct parent *, const struct diff *);
void	 reload_child_down(struct parent *, struct child *);
void	 reload_refuse(struct parent *, const char *, ...)
	    __printflike(2, 3);
void	 reload_done(struct parent *, const char *);
void	 reload_answer(struct parent *, uint32_t, enum ctl_code,
	    const char *);
void	 reload_abort(struct parent *);
void	 stage_begin(struct parent *, struct conf *);
void	 stage_advance(struct parent *);
void	 stage_yielded(struct parent *);
void	 stage_started(struct parent *, const char *);
void	 stage_child(struct child *);
void	 stage_send(struct child *, const struct conf *,
	    const struct idents *);
void	 stage_drop(struct parent *);
int	 stage_ack(void *, struct imsg *);
int	 stage_nak(void *, struct imsg *);

/* procev.c */
void	 procev_open(struct parent *);
void	 procev_follow(struct parent *);
void	 procev_close(struct parent *);

/* retime.c */
void	 retime_conf(struct parent *);
void	 retime_free(struct parent *);

/* inst.c */
RB_PROTOTYPE(inst_tree, inst, entry, inst_cmp)
extern const struct netlinkd_ops	inst_netlink_ops;
int	 inst_cmp(struct inst *, struct inst *);
struct inst *inst_find(struct parent *, uint32_t);
void	 inst_conf(struct parent *, const struct conf *, const struct diff *);
int64_t	 inst_linger_us(uint8_t, uint8_t);
bool	 inst_may_be_master(struct parent *, const struct inst *,
	    const char **);
void	 inst_state(struct parent *, struct inst *,
	    const struct state_msg *);
void	 inst_tell(struct parent *, struct inst *);
void	 inst_spoken(struct parent *, struct inst *);
void	 inst_yield_end(struct parent *);
void	 inst_withdraw(struct parent *, struct inst *);
void	 inst_engine_lost(struct parent *);
void	 inst_free_all(struct parent *);
uint32_t inst_count(struct parent *, uint8_t);

/* ctlsock.c */
int	 ctlsock_open(struct parent *);
void	 ctlsock_close(struct parent *);
int	 ctlsock_is_free(const char *);

/* sd.c */
void	 sd_init(struct parent *);
void	 sd_alive(struct parent *, int64_t);
void	 sd_notify(struct parent *, const char *, ...) __printflike(2, 3);

#endif /* PARENT_H */
