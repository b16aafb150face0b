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
 * What every process of vrrpd shares: roles, message types, limits.
 */

#ifndef VRRPD_H
#define VRRPD_H

#include <stdint.h>

#define VRRPD_VERSION		"0.1"
#define VRRPD_USER		"_vrrpd"
#define VRRPD_CTL_GROUP		"vrrp"
#define VRRPD_RUNDIR		"/run/vrrpd"
#define VRRPD_CONF		"/etc/vrrpd.conf"
#define VRRPD_IFAPROTO		112	/* IFA_PROTO of our addresses */

/* Raised with every change of a type or payload below. */
#define IMSG_VERSION		1

/* Limits, checked where a configuration enters a process. */
#define MAX_INSTANCES		4096
#define MAX_VIPS		16384
#define MAX_VIPS_ADVERT		255	/* RFC 9568 5.2.5 */
#define MAX_PEERS		256	/* of one instance */
#define MAX_PEERS_ALL		16384
#define MAX_SCRIPTS		1024
#define MAX_SYNC_GROUPS		4096
#define MAX_FILES		1024	/* tracked ones */
#define MAX_PROCESSES		1024	/* likewise */
#define MAX_TRACKS		16384
#define MAX_NOTIFY		32768
#define MAX_IFACES		(MAX_INSTANCES + 1024)
#define MAX_ROUTES		4096	/* with the static ones */
#define MAX_RULES		4096	/* likewise */
#define MAX_HOPS		16	/* of one route */
#define MAX_CHECKERS		8	/* script identities */
#define MAX_GROUPS		64	/* supplementary groups of one */
#define MAX_ARGS		64
#define MAX_CTL_CONNS		32
#define MAX_CTL_PER_UID		4

#define NAME_LEN		64	/* object names, with the NUL */
#define IF_NAME_LEN		16
#define PATH_LEN		1024
#define TEXT_LEN		512	/* one line of text for a client */
#define RIVAL_LEN	80	/* an address, " by ", a MAC */
#define AUTH_LEN		8	/* VRRPv2 simple password */
#define NFT_TABLE_LEN		64	/* name of the packet filter's table */
#define NFT_MARK_LEN		128	/* ... and its comment */

#define US_PER_SEC		1000000LL
#define US_PER_MS		1000LL

enum role {
	ROLE_PARENT = 1,
	ROLE_VRRPE,
	ROLE_CHECKER,
	ROLE_READCONF,
	ROLE_MAILER,
	ROLE_CTL
};

/* Bits of the senders that a type is accepted from. */
#define FROM_PARENT		(1U << ROLE_PARENT)
#define FROM_VRRPE		(1U << ROLE_VRRPE)
#define FROM_CHECKER		(1U << ROLE_CHECKER)
#define FROM_MAILER		(1U << ROLE_MAILER)
#define FROM_READCONF		(1U << ROLE_READCONF)
#define FROM_CTL		(1U << ROLE_CTL)

/*
 * One comment a type: direction; what hdr.id means; payload (a struct is one
 * of common/payload.h, "wire" one of conf/wire.c); who checks what.
 * P parent, E vrrpe, C checker, M mailer, R
 * readconf, V vrrpctl.
 */
enum imsg_type {
	IMSG_NONE = 0,

	/* Start of a child. */
	IMSG_HELLO,		/* P>all; -; struct hello; first message */
	IMSG_READY,		/* all>P; -; struct ready; within 2 s */
	IMSG_PEER,		/* P>E P>C; checker id; + fd of the E-C pair */
	IMSG_MAILER,		/* P>E P>M; -; + fd of the E-M pair */
	IMSG_CTL_LISTEN,	/* P>E; enum ctl_kind; + listening fd */

	/* A configuration; hdr.gen is its generation. */
	IMSG_CONF_BEGIN,	/* R>P P>E P>C P>M; -; wire counts */
	IMSG_CONF_GLOBAL,	/* R>P P>E P>C P>M; -; wire */
	IMSG_CONF_IFACE,	/* R>P P>E; slot; wire */
	IMSG_CONF_GROUP,	/* R>P P>E; sync group; wire */
	IMSG_CONF_INST,		/* R>P P>E; instance; wire */
	IMSG_CONF_VIP,		/* R>P P>E; instance; wire */
	IMSG_CONF_PEER,		/* R>P P>E; instance; wire, unicast peer */
	IMSG_CONF_TRACK,	/* R>P P>E; instance; wire */
	IMSG_CONF_SCRIPT,	/* R>P P>C; script; wire. E gets no argv */
	IMSG_CONF_FILE,		/* R>P P>C; tracked object; wire */
	IMSG_CONF_PROCESS,	/* R>P P>C; tracked object; wire */
	IMSG_CONF_HOOK,		/* R>P P>C; enum conf_hook_kind + 1; wire */
	IMSG_CONF_MAIL,		/* R>P P>M; 1; wire */
	IMSG_CONF_NOTIFY,	/* R>P P>C; instance or group; wire. E is
				 * told in CONF_INST, CONF_GROUP who runs it */
	IMSG_CONF_ROUTE,	/* R>P; instance, or ~0: static; wire */
	IMSG_CONF_RULE,		/* R>P; likewise; wire */
	IMSG_CONF_STATIC,	/* R>P; ~0; wire, an address */
	IMSG_CONF_END,		/* as CONF_BEGIN; -; u64 FNV-1a of payloads */
	IMSG_CONF_MSG,		/* R>P; line; struct conf_msg */
	IMSG_CONF_ACK,		/* E>P C>P M>P; -; empty: staged */
	IMSG_CONF_NAK,		/* E>P C>P M>P; -; str text: refused */
	IMSG_CONF_COMMIT,	/* P>E P>C P>M; -; empty: swap in the stage */
	IMSG_CONF_ABORT,	/* P>E P>C; -; empty: drop the stage */

	/* Facts for the engine. */
	IMSG_YIELD,		/* P>E; instance; empty: hand over, for the
				 * stage has no such one */
	IMSG_LINK,		/* P>E; slot; struct link_info */
	IMSG_SOCK_RX,		/* P>E; socket; struct sock_rx; + fd */
	IMSG_SOCK_TX,		/* P>E; socket; struct sock_tx; + fd */
	IMSG_SOCK_USE,		/* P>E; instance; struct sock_use */
	IMSG_SOCK_GONE,		/* P>E; socket; empty: close yours */
	IMSG_WATCH,		/* P>E; slot; u8 family; + a new fd */
	IMSG_RESUME,		/* P>E; instance; struct resume_rec */
	IMSG_START,		/* P>E; restarts so far; s64 delay_us: run */
	IMSG_VIP_RESULT,	/* P>E; instance; struct vip_result */

	/* What the engine may ask for. */
	IMSG_STATE,		/* E>P; instance; struct state_msg */
	IMSG_ANNOUNCE,		/* E>P; instance; u8 enum announce_cause */
	IMSG_CTL_RELOAD,	/* E>P; connection; u32 uid of the client */
	IMSG_CTL_MSG,		/* P>E E>V; connection; struct ctl_msg */
	IMSG_CTL_RESULT,	/* P>E E>V; connection; struct ctl_result */
	IMSG_CTL_LOG,		/* V>E E>P; connection; u8 level */

	/* Life. */
	IMSG_PING,		/* P>E P>C; -; empty; hdr.seq comes back */
	IMSG_PONG,		/* E>P C>P; -; empty */
	IMSG_LOGLEVEL,		/* P>E P>C P>M; -; u8 level (1: verbose) */
	IMSG_LOG,		/* E>P C>P M>P R>P; instance or 0; struct
				 * log_msg; hdr.seq is enum log_kind */
	IMSG_HOOK,		/* P>C; enum conf_hook_kind + 1; run it */
	IMSG_HOOK_DONE,		/* C>P; the same; struct track_msg */
	IMSG_SHUTDOWN,		/* P>all; -; s64 deadline_us; again: at once */

	/* Between vrrpe and a checker. */
	IMSG_NOTIFY,		/* E>C E>M; as its object; struct notify_msg */
	IMSG_TRACK,		/* C>E; tracked object; struct track_msg */
	IMSG_TRACK_SYNC,	/* C>E; -; empty: end of the full set */
	IMSG_CTL_SCRIPTS,	/* E>C; connection; empty */
	IMSG_CTL_SCRIPT,	/* C>E E>V; connection; struct ctl_script */

	/* Between vrrpctl and vrrpe; hdr.id is 0 from V. */
	IMSG_CTL_HELLO,		/* V>E E>V; -; u32 IMSG_VERSION, str build */
	IMSG_CTL_SHOW,		/* V>E; -; str name or empty: all, in brief */
	IMSG_CTL_SHOW_INST,	/* V>E; -; str name: everything */
	IMSG_CTL_SHOW_IFACES,	/* V>E */
	IMSG_CTL_SHOW_SCRIPTS,	/* V>E */
	IMSG_CTL_SHOW_GROUPS,	/* V>E */
	IMSG_CTL_SHOW_TRACE,	/* V>E; -; str name */
	IMSG_CTL_SHOW_METRICS,	/* V>E; as SHOW_INST of all, and counters */
	IMSG_CTL_DAEMON,	/* E>V; -; struct ctl_daemon, first of show */
	IMSG_CTL_INST,		/* E>V; -; struct ctl_inst */
	IMSG_CTL_DETAIL,	/* E>V; -; struct ctl_detail, after CTL_INST */
	IMSG_CTL_VIP,		/* E>V; -; struct ctl_vip, after CTL_DETAIL */
	IMSG_CTL_TRACK,		/* E>V; -; struct ctl_track, likewise */
	IMSG_CTL_COUNTER,	/* E>V; -; struct ctl_counter, likewise */
	IMSG_CTL_IFACE,		/* E>V; -; struct ctl_iface */
	IMSG_CTL_GROUP,		/* E>V; -; struct ctl_group */
	IMSG_CTL_MEMBER,	/* E>V; -; struct ctl_member, after CTL_GROUP */
	IMSG_CTL_TRACE_LINE,	/* E>V; -; str */
	IMSG_CTL_END,		/* E>V; -; empty: no more. C>E; connection; u64
				 * bytes that it had resident at most. P>E;
				 * likewise, and u64 dropped log lines,
				 * netlink overruns, announcements queued;
				 * u32 events of each enum event_kind */
	IMSG_CTL_SWITCH,	/* V>E; -; struct ctl_switch */
	IMSG_CTL_SHOW_HISTORY,	/* V>E; -; str name or empty: everything */
	IMSG_CTL_HISTORY,	/* E>P; connection; u32 instance, 0: all */
	IMSG_CTL_DRY_RUN,	/* V>E E>P; as CTL_RELOAD: changes nothing */
	IMSG_CTL_MAINT,		/* V>E E>P; connection; u8 on */
	IMSG_MAINT,		/* P>E; connection that asked or 0; u8 on */
	IMSG_PROCEV,		/* P>C; -; empty; + fd of process events */
	IMSG_CTL_PART,		/* E>V; -; struct ctl_part, before the result */
	IMSG_CTL_MONITOR,	/* V>E; -; str name or empty: all */
	IMSG_CTL_NOTE,		/* E>V; -; struct ctl_note, until V leaves */
	IMSG_CTL_EVENT,		/* P>E E>V; connection; struct ctl_event */
	IMSG_CTL_COMMIT,	/* V>E E>P; connection; u8 enum ctl_commit,
				 * s64 us (of a try) */
	IMSG_RELOADS,		/* P>E; -; s64 when what runs was loaded; s64
				 * until when a reload waits to be confirmed,
				 * -1: none does; str news or "" */
	IMSG_NOTIFY_DONE,	/* C>E; as its object; u8 enum notify_object,
				 * u32 NOTIFYs whose scripts have ended since
				 * the last one; 0: of an engine before, some
				 * still run (and count as 1) */

	IMSG_TYPE_MAX
};

enum ctl_kind {
	CTL_FULL = 0,		/* 0660, group vrrp */
	CTL_STATUS		/* 0666, may only show */
};

enum announce_cause {
	ANN_LOWER_PRIO = 0,	/* a losing advertisement was heard */
	ANN_MANUAL,
	ANN_LATE,		/* we were late; caches may point elsewhere */
	ANN_RIVAL,		/* another MAC announced an address of ours */
	ANN_FIRST,		/* its first advert came late, but is sent */
	ANN_CAUSE_MAX
};

/* What a line is about, for those who filter. */
enum log_kind {
	LOG_K_NONE = 0,
	LOG_K_STATE,		/* an instance changed its state */
	LOG_K_STALL,		/* it woke up late */
	LOG_K_RIVAL,		/* another host has its address */
	LOG_K_SCRIPT,		/* a script has another result */
	LOG_K_REFUSED,		/* a configuration; from here on the parent's
				 * own: a child may not say so */
	LOG_K_RELOADED,
	LOG_K_EXPIRED,		/* nobody confirmed it */
	LOG_KIND_MAX
};

/* Of a reload that is rolled back unless somebody confirms it. */
enum ctl_commit {
	COMMIT_TRY = 0,		/* reload, to be confirmed within the time */
	COMMIT_CONFIRM,
	COMMIT_ROLLBACK,	/* at once */
	COMMIT_MAX
};

#define CONFIRM_MAX_US		(86400 * US_PER_SEC)

/* What SHOW and notify call the state; FAULT is INIT with fault bits. */
enum show_state {
	SHOW_INIT = 0,
	SHOW_BACKUP,
	SHOW_MASTER,
	SHOW_FAULT,
	SHOW_STOP,
	SHOW_STATE_MAX
};

/* Result codes of a control request; also vrrpctl's view of success. */
enum ctl_code {
	CTL_OK = 0,
	CTL_ERR_NAME,		/* no such instance or group */
	CTL_ERR_PERM,		/* the socket is for reading only */
	CTL_ERR_STATE,		/* not possible in the present state */
	CTL_ERR_CONF,		/* the configuration was refused */
	CTL_ERR_TIMEOUT,	/* the role did not move */
	CTL_ERR_PROTO,		/* bad or unexpected request */
	CTL_ERR_BUSY,
	CTL_ERR_MAX
};

#endif /* VRRPD_H */
