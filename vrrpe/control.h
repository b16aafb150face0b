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
 * Connections of vrrpctl, as control.c (who, requests) and ctlshow.c (rows)
 * share them. Runs in: vrrpe.
 */

#ifndef CONTROL_H
#define CONTROL_H

#include "vrrpe.h"

#define CONN_IDLE_S		10
#define CONN_QUEUE_MAX		(256U << 10)	/* bytes to one client */
#define CONN_QUEUE_LOW		(64U << 10)	/* rows are made up to this */
#define CONN_UID_ROOT		16		/* connections of uid 0 */
#define CONN_ROOT_KEPT		4		/* of all, only for uid 0 */
#define SCRIPTS_WAIT_S		2

/* Phases of a connection, for its table of rules. */
#define CONN_NEW		0x1U
#define CONN_GREETED		0x2U

/* What a connection waits for; one request at a time. */
enum conn_wait {
	WAIT_NONE = 0,
	WAIT_ROWS,		/* more rows fit in when the client reads */
	WAIT_SCRIPTS,		/* the checkers */
	WAIT_RELOAD,		/* the parent */
	WAIT_HISTORY,		/* likewise */
	WAIT_MONITOR,		/* whatever happens */
	WAIT_SWITCH		/* the network */
};

enum list_kind {
	LIST_INSTS = 0,
	LIST_DETAIL,
	LIST_IFACES,
	LIST_GROUPS,
	LIST_TRACE,
	LIST_METRICS
};

/* Parts of the answer about one instance. */
enum detail_part {
	PART_HEAD = 0,
	PART_VIPS,
	PART_TRACKS,
	PART_COUNTERS,
	PART_REASONS,
	PART_SETTINGS,
	PART_TALLY,
	PART_END
};

/* Where a list is; no pointers, since a reload may come in between. */
struct list_pos {
	enum list_kind	 kind;
	bool		 only_one;
	bool		 head_done;
	uint32_t	 id;		/* last one told, or the only one */
	enum detail_part part;
	uint32_t	 idx;		/* in the part */
};

struct conn {
	TAILQ_ENTRY(conn) entry;
	struct engine	*e;
	struct peer	 peer;
	uint32_t	 id;
	int		 kind;		/* enum ctl_kind */
	uint32_t	 uid;
	int32_t		 pid;
	char		 name[NAME_LEN];	/* "uid 0 pid 123" */
	uint32_t	 phase;		/* CONN_* */
	enum conn_wait	 wait;
	uint32_t	 seq;		/* of the request */
	const char	*verb;		/* to be logged if refused; or NULL */
	struct list_pos	 pos;
	char		 watched[NAME_LEN];	/* "": all */
	uint32_t	 lost;		/* notes that did not fit in */
	size_t		 behind;	/* bytes in the queue, a while ago */
	uint32_t	 many;		/* answers to come, of "all" */
	uint32_t	 moved;		/* of them: well */
	uint32_t	 failed;
	const char	*unit;		/* whose answer comes now */
	const char	*title;		/* of the last answer */
	enum ctl_code	 worst;
	int64_t		 limit_us;	/* the longest wait of them */
	uint32_t	 asked[MAX_CHECKERS];	/* checkers; 0: has answered */
	uint32_t	 asked_cnt;
	struct event	 ev_idle;
	struct event	 ev_more;	/* the client reads: make rows */
	struct event	 ev_limit;	/* of waiting */
};

/* control.c */
int	 conn_send(struct conn *, uint16_t, const struct msg *);
/* CTL_RESULT; the request is over. */
void	 conn_result(struct conn *, enum ctl_code, int64_t took_us,
	    const char *, ...) __printflike(4, 5);
/* CTL_END; the request is over. */
void	 conn_end(struct conn *);
/* Whether the parent can be asked; false: it hangs, and that was answered. */
bool	 conn_parent(struct conn *);
/* That nothing happened, so that the client knows that we are there. */
void	 monitor_alive(struct conn *);

/* ctlshow.c: handlers of the requests to show */
int	 ctlshow_insts(void *, struct imsg *);
int	 ctlshow_detail(void *, struct imsg *);
int	 ctlshow_ifaces(void *, struct imsg *);
int	 ctlshow_trace(void *, struct imsg *);
int	 ctlshow_metrics(void *, struct imsg *);	/* CTL_SHOW_METRICS */
int	 ctlshow_groups(void *, struct imsg *);
int	 ctlshow_history(void *, struct imsg *);
/* What users call the state of an instance. */
uint8_t	 ctlshow_state(const struct einst *);
/* As many rows as fit in now. */
void	 ctlshow_more(struct conn *);

/* ctlmetric.c: rows of CTL_SHOW_METRICS by number; false: no more */
bool	 ctlmetric_daemon(const struct engine *, uint32_t,
	    struct ctl_counter *);
bool	 ctlmetric_count(const struct einst *, uint32_t,
	    struct ctl_counter *);
bool	 ctlmetric_reason(const struct einst *, uint32_t,
	    struct ctl_counter *);
/* The next one that is not 0, from *n, which follows it. */
bool	 ctlmetric_tally(const struct einst *, uint32_t *n,
	    struct ctl_counter *);
bool	 ctlmetric_setting(const struct conf_inst *, uint32_t,
	    struct ctl_counter *);

/* monitor.c */
int	 monitor_request(void *, struct imsg *);

/* ctlswitch.c */
int	 ctlswitch_request(void *, struct imsg *);
void	 ctlswitch_limit(struct conn *);	/* waited long enough */
/* How a hold ended, for who asked for it; NULL: nothing to be said. */
const char *ctlswitch_end_text(int);
enum vr_answer ctlswitch_step(struct conn *, struct einst *, enum vr_hold,
	    const struct ctl_switch *);
struct conn *ctlswitch_asking(struct engine *, const struct eask *);
/* Might its master object to a takeover, or one that was not heard yet? */
bool	 ctlswitch_strong(const struct einst *);
/* It has been told now: the time to object begins. */
void	 ctlswitch_told(struct engine *, const struct eask *);
void	 ctlswitch_wait(struct conn *, struct eask *, uint8_t verb,
	    int64_t limit_us);

/* The verb, of one instance outside of groups. */
void	 ctlswitch_inst(struct conn *, struct einst *,
	    const struct ctl_switch *);

/* ctlall.c */
void	 ctlall_request(struct conn *, const struct ctl_switch *);
int	 ctlall_maint(void *, struct imsg *);	/* CTL_MAINT */
/* One answer of many; the last one is followed by that of all. */
void	 ctlall_part(struct conn *, const struct ctl_result *);

/* ctlgroup.c */
bool	 ctlgroup_may(const struct egroup *);
void	 ctlgroup_request(struct conn *, struct egroup *,
	    const struct ctl_switch *);
bool	 ctlgroup_limit(struct conn *);	/* true: it was a group's */
void	 ctlgroup_spoken(struct egroup *);	/* answers, if all have */
/* A row of "show groups"; false: that was all. */
bool	 ctlgroup_row(struct conn *);

#endif /* CONTROL_H */
