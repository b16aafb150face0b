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
 * A loaded configuration. Made by readconf, carried by wire.c, held by the
 * parent (all of it), vrrpe and the checkers (their parts).
 */

#ifndef CONF_H
#define CONF_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "route.h"
#include "vrrpd.h"

/* vip_lease: seconds, or one of these. */
#define LEASE_OFF		0
#define LEASE_AUTO		0xffffU
#define LEASE_UNSET		0xfffeU	/* of an instance: as the global one */

/* garp_extra_if: seconds, and this bit for interfaces without virtual MAC. */
#define GARP_EXTRA_ALL		0x80000000U

#define MAC_LEN			6
#define DEFAULT_VMAC_PREFIX	"vrrp"
#define DEFAULT_NFT_TABLE	"vrrpd"
#define DEFAULT_NFT_PRIORITY	(-1)	/* before "filter" */
#define DEFAULT_MCAST4		"224.0.0.18"
#define DEFAULT_MCAST6		"ff02::12"

/*
 * An identity that scripts run as. user "" means "not given"; group "" means
 * the user's own group. Filled in by check.c, looked up by the parent.
 */
struct conf_user {
	char		 user[NAME_LEN];
	char		 group[NAME_LEN];
};

/* All arguments of one command with their NULs; fits into one message. */
#define CONF_ARGV_BYTES		12288

/*
 * A command: arguments as they go to execve, the first one an absolute path.
 * argc 0: none.
 */
struct conf_argv {
	uint16_t	 argc;
	uint16_t	 bytes;			/* of all arguments */
	char		*argv[MAX_ARGS + 1];	/* owned, NULL at the end */
};

#define CPUS_BYTES		32	/* processors 0 to 255 */
#define DEFAULT_UMASK		022

struct conf_global {
	char		 router_id[NAME_LEN];
	uint8_t		 version;		/* 2 */
	bool		 strict;
	bool		 script_security;
	bool		 script_no_new_privs;
	bool		 log_unknown_vrids;
	bool		 debug;
	bool		 fifo_on_reload; /* repeat all states */
	bool		 mail;		/* there is all that it needs */
	bool		 no_email_faults;
	struct conf_user script_user;
	struct vaddr	 mcast4;
	struct vaddr	 mcast6;
	int8_t		 nice;			/* vrrp_priority */
	uint8_t		 rt_priority;
	bool		 no_swap;
	bool		 no_local_igmp;	/* disable_local_igmp */
	int64_t		 startup_delay_us;
	int64_t		 garp_interval_us;	/* 0: no pacing */
	int64_t		 gna_interval_us;
	uint16_t	 vip_lease;		/* seconds, LEASE_* */
	char		 iproute_usr_dir[PATH_LEN];	/* in readconf only */
	char		 iproute_etc_dir[PATH_LEN];	/* likewise */
	char		 vmac_prefix[IF_NAME_LEN];
	char		 vmac_addr_prefix[IF_NAME_LEN];	/* "": vmac_prefix */
	int64_t		 boot_delay_us;	/* vrrp_delay_after_boot */
	uint32_t	 rt_time_us;	/* vrrp_rlimit_rttime; 0: no limit */
	uint8_t		 cpus[CPUS_BYTES];	/* bits; none: all of them */
	uint16_t	 umask;		/* of scripts and what they make */
	char		 netns[NAME_LEN];	/* net_namespace; "": ours */
	char		 reload_file[PATH_LEN];	/* "": none */
	char		 reload_time_file[PATH_LEN];	/* likewise */
	bool		 reload_repeat;
	char		 save_dir[PATH_LEN];	/* in readconf only */
	char		 nft_table[NFT_TABLE_LEN]; /* for no_accept */
	int32_t		 nft_priority;		/* of its chains */
	bool		 nft_counters;
	uint32_t	 warnings;		/* found while loading */
};

/* How an interface comes to be. */
enum conf_make {
	CONF_MAKE_NONE = 0,		/* it is there, or not */
	CONF_MAKE_MACVLAN,		/* we make it, with a virtual MAC */
	CONF_MAKE_IPVLAN,
	CONF_MAKE_MAX
};

#define IPVLAN_BRIDGE		0	/* also the kernel's numbers */
#define IPVLAN_PRIVATE		1
#define IPVLAN_VEPA		2

/* How the carrier of an interface is looked at. */
enum conf_linkbeat {
	LINKBEAT_NETLINK = 0,		/* events only */
	LINKBEAT_AUTO,			/* the first of these that works */
	LINKBEAT_MII,
	LINKBEAT_ETHTOOL,
	LINKBEAT_IOCTL,
	LINKBEAT_MAX
};

/* An interface that anything names; a slot. */
struct conf_iface {
	TAILQ_ENTRY(conf_iface) entry;
	uint32_t	 id;			/* slot; 0: not given yet */
	char		 name[IF_NAME_LEN];
	bool		 promote;		/* promote_secondaries */
	uint8_t		 make;			/* enum conf_make; else: */
	char		 base[IF_NAME_LEN];	/* what it is made on */
	uint32_t	 base_slot;		/* from the parent */
	uint8_t		 mac[MAC_LEN];
	uint8_t		 mode;			/* IPVLAN_* */
	bool		 ipv6;			/* it carries IPv6 */
	uint32_t	 link_group;
	uint8_t		 linkbeat;		/* enum conf_linkbeat */
	int64_t		 down_delay_us;
	int64_t		 up_delay_us;
	/* Announcements: those of a garp_group share their pace; 0: none. */
	uint32_t	 garp_group;
	int64_t		 garp_interval_us;	/* of the group */
	int64_t		 gna_interval_us;
};
TAILQ_HEAD(conf_iface_list, conf_iface);

#define VIP_F_EXCLUDED		0x001	/* not in advertisements */
#define VIP_F_HOME		0x002
#define VIP_F_DAD		0x004	/* -nodad was given: DAD stays on */
#define VIP_F_MNGTMPADDR	0x008
#define VIP_F_NOPREFIXROUTE	0x010
#define VIP_F_AUTOJOIN		0x020
#define VIP_F_NO_TRACK		0x040
#define VIP_F_PREFERRED		0x080	/* preferred_lft was given */
#define VIP_F_SCOPE		0x100	/* scope was given */
#define VIP_F_VMAC		0x200	/* on an interface made for it */
#define VIP_LFT_FOREVER		0xffffffffU

struct conf_vip {
	TAILQ_ENTRY(conf_vip) entry;
	struct vaddr	 addr;		/* with its prefix length */
	struct vaddr	 peer;		/* family 0: none; with its length */
	struct vaddr	 brd;		/* family 0: none; "+"/"-" resolved */
	char		 ifname[IF_NAME_LEN];	/* never empty after check */
	uint32_t	 slot;		/* of ifname; from the parent */
	char		 label[IF_NAME_LEN];
	uint8_t		 scope;		/* RT_SCOPE_* */
	uint32_t	 flags;		/* VIP_F_* */
	uint32_t	 preferred_lft;	/* seconds, VIP_LFT_FOREVER */
	uint32_t	 line;		/* in the file, for messages */
	char		 track_group[NAME_LEN];	/* in readconf only */
};
TAILQ_HEAD(conf_vip_list, conf_vip);

/* A track_group: who tracks the interfaces of its static entries. */
struct conf_tgroup {
	TAILQ_ENTRY(conf_tgroup) entry;
	char		 name[NAME_LEN];
	struct conf_argv members;	/* names of instances */
};
TAILQ_HEAD(conf_tgroup_list, conf_tgroup);

struct conf_peer {
	TAILQ_ENTRY(conf_peer) entry;
	struct vaddr	 addr;
	uint8_t		 min_ttl;	/* 0 */
	uint8_t		 max_ttl;	/* 255 */
};
TAILQ_HEAD(conf_peer_list, conf_peer);

enum conf_track_kind {
	CONF_TRACK_SCRIPT = 0,
	CONF_TRACK_IFACE,
	CONF_TRACK_FILE,
	CONF_TRACK_PROCESS,
	CONF_TRACK_KIND_MAX
};

struct conf_track {
	TAILQ_ENTRY(conf_track) entry;
	uint8_t		 kind;
	char		 name[NAME_LEN];	/* of the object */
	uint32_t	 object;	/* its id or slot; from the parent */
	uint32_t	 checker;	/* that runs it; from the parent */
	int16_t		 weight;	/* resolved against the object's */
	bool		 reverse;
	bool		 of_group;	/* the sync group names it */
	bool		 implied;	/* an address, route, rule does */
};
TAILQ_HEAD(conf_track_list, conf_track);

/* Scripts of an instance or group, by enum notify_event and one more. */
#define CONF_NOTIFY_ANY		8	/* NEV_MAX: "notify" */
#define CONF_NOTIFY_CNT		9

struct conf_notify {
	struct conf_argv cmd;		/* vrrpe has only checker */
	struct conf_user user;
	uint32_t	 checker;	/* that runs it; from the parent */
	uint32_t	 line;
};

/*
 * A sync group. Its members say themselves that they are; what it tracks is
 * in their lists, too.
 */
struct conf_group {
	TAILQ_ENTRY(conf_group) entry;
	uint32_t	 id;		/* by name, from the parent; else 0 */
	char		 name[NAME_LEN];
	bool		 weights;	/* sync_group_tracking_weight */
	bool		 smtp_alert;
	struct conf_track_list	 tracks;	/* in readconf only */
	struct conf_notify	 notify[CONF_NOTIFY_CNT];
	uint32_t	 line;
};
TAILQ_HEAD(conf_group_list, conf_group);

#define AUTH_NONE		0	/* as in the packets */
#define AUTH_PASS		1
#define AUTH_AH			2

#define RX_BUF_MTU		0x80000000U	/* | how often the MTU */

struct conf_inst {
	TAILQ_ENTRY(conf_inst) entry;
	uint32_t	 id;		/* by name, from the parent; else 0 */
	char		 name[NAME_LEN];
	char		 ifname[IF_NAME_LEN];
	uint32_t	 slot;		/* from the parent */
	char		 vmac[IF_NAME_LEN];	/* made for it; "": none */
	uint32_t	 vmac_slot;	/* from the parent; 0: none */
	bool		 xmit_base;	/* vmac_xmit_base */
	char		 group[NAME_LEN];	/* "": none */
	uint32_t	 group_id;	/* from the parent; 0: none */
	uint8_t		 vrid;
	uint8_t		 family;	/* of the advertisements */
	uint8_t		 version;
	uint8_t		 priority;	/* 1..255 */
	bool		 start_master;	/* state MASTER, which needs 255 */
	bool		 nopreempt;
	bool		 accept;
	bool		 strict;
	bool		 lower_prio_no_advert;
	bool		 higher_prio_send_advert;
	bool		 owner_ignore_adverts;
	bool		 skip_check_adv_addr;
	bool		 v3_checksum_as_v2;
	bool		 old_unicast_checksum;
	bool		 track_primary;	/* not dont_track_primary */
	bool		 track_src_ip;
	bool		 check_unicast_src;
	bool		 fault_on_vip;	/* failed addresses are a fault */
	uint8_t		 auth_type;	/* AUTH_* */
	uint8_t		 auth_pass[AUTH_LEN];	/* zero padded */
	uint8_t		 down_timer_adverts;
	uint8_t		 unicast_ttl;	/* 255 */
	uint32_t	 rx_buf;	/* bytes, or RX_BUF_MTU; 0: as usual */
	int64_t		 adver_int_us;
	int64_t		 preempt_delay_us;
	struct vaddr	 src;		/* mcast_src_ip, unicast_src_ip */
	struct vaddr	 mcast;		/* destination when not unicast */
	bool		 unicast;	/* has peers, or is in FAULT */
	uint32_t	 garp_delay_s;
	uint32_t	 garp_repeat;
	uint32_t	 garp_refresh_s;	/* 0: off */
	uint32_t	 garp_extra_s;	/* 0: off; or with GARP_EXTRA_ALL */
	uint32_t	 garp_refresh_repeat;
	uint32_t	 garp_lower_delay_s;
	uint32_t	 garp_lower_repeat;
	uint16_t	 vip_lease;	/* seconds or LEASE_*, never UNSET */
	struct conf_vip_list	 vips;	/* advertised first, then excluded */
	struct conf_peer_list	 peers;
	struct conf_track_list	 tracks;
	struct conf_route_list	 routes;
	struct conf_rule_list	 rules;
	struct conf_notify	 notify[CONF_NOTIFY_CNT];
	bool		 notify_deleted; /* DELETED, not FAULT, when removed */
	bool		 prio_notify;	/* changes of priority to the FIFOs */
	bool		 smtp_alert;
	uint32_t	 line;
};
TAILQ_HEAD(conf_inst_list, conf_inst);

struct conf_script {
	TAILQ_ENTRY(conf_script) entry;
	uint32_t	 id;		/* by name, from the parent; else 0 */
	char		 name[NAME_LEN];
	struct conf_argv cmd;
	struct conf_user user;		/* never empty after check */
	int64_t		 interval_us;
	int64_t		 timeout_us;
	int16_t		 weight;
	bool		 reverse;
	uint16_t	 rise;
	uint16_t	 fall;
	bool		 init_fail;
	uint32_t	 line;
};
TAILQ_HEAD(conf_script_list, conf_script);

/* A file whose number counts. */
struct conf_file {
	TAILQ_ENTRY(conf_file) entry;
	uint32_t	 id;		/* by name, from the parent; else 0 */
	char		 name[NAME_LEN];
	char		 path[PATH_LEN];
	struct conf_user user;		/* who reads it; never empty */
	int16_t		 weight;	/* 1 */
	bool		 reverse;
	bool		 init;		/* create it with init_value */
	bool		 overwrite;	/* ... even if it is there */
	int32_t		 init_value;
	uint32_t	 line;
};
TAILQ_HEAD(conf_file_list, conf_file);

/* How the parameters of a process are compared with the wanted ones. */
enum conf_match {
	CONF_MATCH_NAME = 0,		/* only the name is */
	CONF_MATCH_EXACT,
	CONF_MATCH_PARTIAL,		/* the first ones, whole words */
	CONF_MATCH_INITIAL,		/* and the last one may be longer */
	CONF_MATCH_MAX
};

#define CONF_QUORUM_ANY		0xffffffffU	/* quorum_max: no limit */
#define COMM_LEN		16	/* of a process's name, with the NUL */

/* Processes that are counted. */
struct conf_process {
	TAILQ_ENTRY(conf_process) entry;
	uint32_t	 id;		/* by name, from the parent; else 0 */
	char		 name[NAME_LEN];
	struct conf_argv cmd;		/* name, then parameters */
	struct conf_user user;		/* who looks; never empty */
	bool		 full_command;	/* compare argv[0], not the name */
	uint8_t		 match;		/* enum conf_match */
	int16_t		 weight;
	bool		 reverse;
	uint32_t	 quorum;	/* 1 */
	uint32_t	 quorum_max;	/* CONF_QUORUM_ANY */
	int64_t		 fork_delay_us;
	int64_t		 terminate_delay_us;
	uint32_t	 line;
};
TAILQ_HEAD(conf_process_list, conf_process);

/* Global commands and FIFOs, each with its identity. */
enum conf_hook_kind {
	HOOK_FIFO = 0,			/* notify_fifo */
	HOOK_FIFO_SCRIPT,
	HOOK_VRRP_FIFO,			/* vrrp_notify_fifo */
	HOOK_VRRP_FIFO_SCRIPT,
	HOOK_STARTUP,
	HOOK_SHUTDOWN,
	HOOK_MAX
};

struct conf_hook {
	bool		 used;
	char		 path[PATH_LEN];	/* of the FIFO, else "" */
	struct conf_argv cmd;		/* a FIFO has none */
	struct conf_user user;
	int64_t		 timeout_us;	/* start-up and shutdown */
	uint32_t	 line;
};

/* Who is told of transitions by mail, and how it gets there. */
#define MAIL_HOST_LEN	256
#define MAIL_ADDR_LEN	256		/* of one address, with the NUL */
#define MAIL_PORT	25

struct conf_mail {
	char		 server[MAIL_HOST_LEN];	/* name or address */
	uint16_t	 port;
	char		 helo[MAIL_HOST_LEN];	/* "": this host's name */
	char		 from[MAIL_ADDR_LEN];	/* "": root at this host */
	char		 from_name[NAME_LEN];	/* to be shown; or "" */
	int64_t		 timeout_us;
	struct conf_argv to;			/* addresses */
};

struct conf {
	uint32_t		 gen;
	struct conf_global	 global;
	struct conf_iface_list	 ifaces;
	struct conf_inst_list	 insts;
	struct conf_script_list	 scripts;
	struct conf_file_list	 files;
	struct conf_process_list processes;
	struct conf_hook	 hooks[HOOK_MAX];
	struct conf_mail	 mail;
	struct conf_group_list	 groups;
	struct conf_tgroup_list	 tgroups;	/* in readconf only */
	struct conf_vip_list	 static_vips;
	struct conf_route_list	 static_routes;
	struct conf_rule_list	 static_rules;
	uint32_t		 inst_cnt;
	uint32_t		 vip_cnt;
};

/* conf.c: all allocators return NULL when there is no memory. */
struct conf	*conf_new(void);	/* with the built-in defaults */
void		 conf_free(struct conf *);	/* NULL: fine; clears secrets */
struct conf_inst *conf_inst_new(void);
void		 conf_inst_free(struct conf_inst *);
struct conf_script *conf_script_new(void);
void		 conf_script_free(struct conf_script *);
struct conf_file *conf_file_new(void);
struct conf_process *conf_process_new(void);
void		 conf_process_free(struct conf_process *);
struct conf_group *conf_group_new(void);
void		 conf_group_free(struct conf_group *);
struct conf_group *conf_group_by_name(const struct conf *, const char *);
struct conf_group *conf_group_by_id(const struct conf *, uint32_t);
void		 conf_notify_clear(struct conf_notify *);	/* all of one */
struct conf_inst *conf_inst_by_name(const struct conf *, const char *);
struct conf_inst *conf_inst_by_id(const struct conf *, uint32_t);
struct conf_script *conf_script_by_name(const struct conf *, const char *);
struct conf_script *conf_script_by_id(const struct conf *, uint32_t);
struct conf_file *conf_file_by_id(const struct conf *, uint32_t);
struct conf_process *conf_process_by_id(const struct conf *, uint32_t);
struct conf_iface *conf_iface_by_name(const struct conf *, const char *);
struct conf_iface *conf_iface_by_id(const struct conf *, uint32_t);
/* Finds or adds; NULL without memory or over MAX_IFACES. */
struct conf_iface *conf_iface_add(struct conf *, const char *);
/* Copies the argument; 0, or -1 (ENOMEM, E2BIG over MAX_ARGS or
 * CONF_ARGV_BYTES). */
int		 conf_argv_add(struct conf_argv *, const char *);
void		 conf_argv_clear(struct conf_argv *);
/* Would it do in a command to a mail server? Printable ASCII, no blanks, no
 * brackets, not empty. */
bool		 conf_mail_word(const char *);
/* Number of addresses in advertisements. */
uint16_t	 conf_inst_advert_vips(const struct conf_inst *);

/*
 * Names to ids that are never used again within a run (parent only).
 * conf_assign_ids gives each instance, group, script and interface the id
 * that its name had before, or the next one, and fills in slot and object.
 * Scripts, files and processes share one row of numbers: what a checker says
 * of an id is clear without its kind.
 * 0, or -1 when a reference has no target (a broken readconf) or no memory.
 */
struct conf_ids;
struct conf_ids	*conf_ids_new(void);
void		 conf_ids_free(struct conf_ids *);
int		 conf_assign_ids(struct conf_ids *, struct conf *);

/* The table by itself, as an index of names: ids count from 1 by kind. */
enum conf_kind {
	CONF_KIND_IFACE = 0,
	CONF_KIND_SCRIPT,
	CONF_KIND_INST,
	CONF_KIND_FILE,
	CONF_KIND_PROCESS,
	CONF_KIND_GROUP,
	CONF_KIND_MAX
};
/* The id of a name added since the last conf_assign_ids began; 0: none. */
uint32_t	 conf_ids_find(const struct conf_ids *, enum conf_kind,
		    const char *);
/* Its id, old or next; 0: added before (EEXIST) or no memory. */
uint32_t	 conf_ids_add(struct conf_ids *, enum conf_kind, const char *);

#endif /* CONF_H */
