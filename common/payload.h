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
 * The payloads of internal messages (all but a configuration's and those to
 * vrrpctl): one struct each, written by NAME_put and read by NAME_get.
 * NAME_get checks every range that needs no context and returns 0, or -1 when
 * the message is malformed or has bytes left over.
 */

#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "addr.h"
#include "msg.h"
#include "vrrpd.h"

#define HELLO_CPUS	32

/* P>child. Everything that a child needs before it confines itself. */
struct hello {
	uint32_t	 version;	/* IMSG_VERSION */
	char		 build[NAME_LEN];
	uint8_t		 role;
	uint32_t	 uid;
	uint32_t	 gid;
	uint16_t	 group_cnt;
	uint32_t	 groups[MAX_GROUPS];
	char		 rootdir[PATH_LEN];	/* "": stay */
	uint32_t	 nofile;	/* RLIMIT_NOFILE */
	uint8_t		 log_level;
	int8_t		 nice;
	uint8_t		 rt_priority;	/* SCHED_RR, 0: none */
	bool		 no_swap;
	uint32_t	 rt_time_us;	/* RLIMIT_RTTIME, 0: none */
	uint8_t		 cpus[HELLO_CPUS];	/* bits; none: all of them */
	bool		 no_new_privs;	/* of scripts; always for vrrpe */
};

struct ready {
	uint32_t	 version;
	char		 build[NAME_LEN];
};

enum conf_severity {
	CONF_NOTE = 0,
	CONF_WARNING,
	CONF_ERROR,
	CONF_SEVERITY_MAX
};

/* R>P. One diagnostic. */
struct conf_msg {
	uint8_t		 severity;
	uint32_t	 line;		/* 0: of the file as a whole */
	uint32_t	 col;		/* from 1, bytes; 0: of the line */
	char		 file[PATH_LEN];
	char		 text[TEXT_LEN];
	char		 source[TEXT_LEN];	/* the line, for the caret */
};

/* P>E. What an interface is now. */
#define LINK_F_EXISTS		0x01
#define LINK_F_UP		0x02	/* IFF_UP */
#define LINK_F_RUNNING		0x04	/* IFF_RUNNING: carrier */
#define LINK_F_LOOPBACK		0x08
#define LINK_F_MULTICAST	0x10
#define LINK_F_TENTATIVE	0x20	/* the only link-local is in DAD */
#define LINK_F_NOARP		0x40
#define LINK_F_PORT		0x80	/* of a bridge, bond or the like: what
					 * it receives is not for it */
#define LINK_F_ALL		0xffU
struct link_info {
	uint32_t	 ifindex;	/* 0: does not exist */
	uint32_t	 flags;		/* LINK_F_* */
	uint32_t	 mtu;
	uint8_t		 mac[6];
	struct vaddr	 primary4;	/* family 0: none */
	struct vaddr	 linklocal6;	/* usable, not a VIP; family 0: none */
};

/* P>E. A socket to receive from: one per interface and family. */
struct sock_rx {
	uint32_t	 slot;		/* interface */
	uint8_t		 family;
};

/* P>E. A connected socket to send on, shared by its users. */
struct sock_tx {
	uint32_t	 slot;
	uint8_t		 family;
	struct vaddr	 src;
	struct vaddr	 dst;		/* group or unicast peer */
};

/*
 * P>E. What an instance sends with and listens on; sent anew on each change.
 * No sockets: it cannot send, which is a fault with the reason given.
 */
enum sock_why {
	SOCK_OK = 0,
	SOCK_NO_INTERFACE,
	SOCK_NO_SOURCE,		/* no usable source address */
	SOCK_TENTATIVE,		/* the source is in DAD */
	SOCK_FAILED,		/* a system call failed: see the log */
	SOCK_NO_FILTER,		/* the packet filter cannot be installed */
	SOCK_PORT,		/* the interface is a port of another */
	SOCK_WHY_MAX
};
struct sock_use {
	uint8_t		 why;
	struct vaddr	 src;
	uint32_t	 rx;		/* socket id, 0: none */
	uint32_t	 rx_vmac;	/* likewise, of its virtual MAC */
	bool		 late;		/* what it sends with comes when it is
					 * MASTER */
	uint16_t	 tx_cnt;
	uint32_t	 tx[MAX_PEERS];
};

/*
 * Limits of the engine's enums in the messages below: enum vr_state, vr_hold
 * and vr_reason of vrrpe/fsm.h, which is not known here. A unit test compares
 * them.
 */
#define STATE_CODE_MAX		3
#define STATE_HOLD_MAX		3
#define STATE_REASON_MAX	16

/* P<>E. What survives a crash of the engine; fsm.h has the meaning. */
struct resume_rec {
	uint8_t		 state;		/* enum vr_state */
	uint8_t		 priority;	/* effective, but for hold */
	uint8_t		 hold;		/* enum vr_hold */
	uint8_t		 master_priority;
	int64_t		 since_us;	/* CLOCK_MONOTONIC */
	int64_t		 hold_until_us;	/* INT64_MAX: without an end */
	int64_t		 master_int_us;
	struct vaddr	 master;	/* family 0: none known */
	uint32_t	 transitions;
	uint32_t	 ah_seq;	/* last number sent or heard */
	uint64_t	 adverts_sent;
	uint64_t	 adverts_rcvd;
};

/* E>P. An instance has changed state; also repeated after CONF_COMMIT. */
struct state_msg {
	uint8_t		 state;		/* enum vr_state */
	uint8_t		 priority;	/* as it is advertised and logged */
	uint8_t		 reason;	/* enum vr_reason */
	int64_t		 arg;		/* its argument: only shown */
	struct resume_rec resume;
};

/* P>E. What became of an instance's addresses. */
struct vip_result {
	uint32_t	 wanted;	/* now wanted on interfaces */
	uint32_t	 installed;
	uint32_t	 failed;
	int32_t		 first_errno;	/* 0: none */
	uint32_t	 restored;	/* put back after others removed them */
	uint64_t	 announcements;	/* GARPs and NAs sent so far */
	uint32_t	 lease_s;	/* 0: addresses are not leased */
	uint64_t	 refreshes;	/* of leases, one for each address */
	uint32_t	 refresh_failed;
	uint32_t	 refresh_late;	/* rounds that waited for the engine */
	uint32_t	 route_wanted;	/* routes and rules together */
	uint32_t	 route_installed;
	uint32_t	 route_failed;
	int32_t		 route_errno;	/* 0: none */
	uint32_t	 route_restored;
};

/* child>P. */
struct log_msg {
	uint8_t		 priority;	/* LOG_EMERG to LOG_DEBUG */
	char		 text[1024];
};

/* E>C. */
enum notify_event {
	NEV_MASTER = 0,
	NEV_BACKUP,
	NEV_FAULT,
	NEV_STOP,
	NEV_MASTER_RX_LOWER,
	NEV_DELETED,			/* removed by a reload */
	NEV_MASTER_PRIO,		/* the priority changed: FIFOs only */
	NEV_BACKUP_PRIO,
	NEV_MAX
};
enum notify_object {			/* what hdr.id is the id of */
	NOB_INSTANCE = 0,
	NOB_GROUP,
	NOB_MAX
};
enum notify_part {
	NPART_ALL = 0,
	NPART_FIFO,			/* no script is run for it */
	NPART_SCRIPT,			/* the FIFOs have it */
	NPART_MAX
};
struct notify_msg {
	uint8_t		 object;	/* enum notify_object */
	uint8_t		 event;		/* enum notify_event */
	uint8_t		 priority;	/* effective, as scripts are told */
	uint8_t		 part;		/* enum notify_part */
	char		 name[NAME_LEN];
};

/* C>E. A script's verdict changed, or (after PEER) is told in full. */
enum track_status {
	TRACK_UNKNOWN = 0,		/* no result yet */
	TRACK_GOOD,
	TRACK_BAD,
	TRACK_STATUS_MAX
};
enum exit_kind {
	EXIT_NONE = 0,			/* never ran */
	EXIT_STATUS,			/* exit_code is its exit status */
	EXIT_SIGNAL,			/* exit_code is the signal */
	EXIT_TIMEOUT,
	EXIT_EXEC,			/* could not start: an errno */
	EXIT_KIND_MAX
};
struct track_msg {
	uint8_t		 status;
	uint8_t		 exit_kind;
	int32_t		 exit_code;
	int32_t		 value;		/* of a track_file; else 0 */
};

void	 hello_put(struct msg *, const struct hello *);
int	 hello_get(struct msg *, struct hello *);
void	 ready_put(struct msg *, const struct ready *);
int	 ready_get(struct msg *, struct ready *);
void	 conf_msg_put(struct msg *, const struct conf_msg *);
int	 conf_msg_get(struct msg *, struct conf_msg *);
void	 link_info_put(struct msg *, const struct link_info *);
int	 link_info_get(struct msg *, struct link_info *);
void	 sock_rx_put(struct msg *, const struct sock_rx *);
int	 sock_rx_get(struct msg *, struct sock_rx *);
void	 sock_tx_put(struct msg *, const struct sock_tx *);
int	 sock_tx_get(struct msg *, struct sock_tx *);
void	 sock_use_put(struct msg *, const struct sock_use *);
int	 sock_use_get(struct msg *, struct sock_use *);
void	 resume_put(struct msg *, const struct resume_rec *);
int	 resume_get(struct msg *, struct resume_rec *);
void	 state_put(struct msg *, const struct state_msg *);
int	 state_get(struct msg *, struct state_msg *);
void	 vip_result_put(struct msg *, const struct vip_result *);
int	 vip_result_get(struct msg *, struct vip_result *);
void	 log_put(struct msg *, const struct log_msg *);
int	 log_get(struct msg *, struct log_msg *);
void	 notify_put(struct msg *, const struct notify_msg *);
int	 notify_get(struct msg *, struct notify_msg *);
void	 track_put(struct msg *, const struct track_msg *);
int	 track_get(struct msg *, struct track_msg *);

/* To read it inside of another payload (ctl.c): no msg_end(). */
void	 link_info_get_part(struct msg *, struct link_info *);
void	 vip_result_get_part(struct msg *, struct vip_result *);

#endif /* PAYLOAD_H */
