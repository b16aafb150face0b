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
 * Inside of the front end: text with its places, statements, keyword tables
 * and what is known about a configuration while it is being read.
 * Runs in: readconf only.
 */

#ifndef KEYWORD_H
#define KEYWORD_H

#include <sys/cdefs.h>

#include <stddef.h>

#include "conf.h"
#include "parse.h"

#define LEX_LINE_MAX	16384	/* of one line, also after replacement */
#define LEX_LINE_OLD	1022	/* what keepalived reads as one line */
#define LEX_WORDS_MAX	512	/* of one statement */

/* A line as it stands in a file: what messages show. */
struct src {
	const char	*file;
	const char	*text;
	uint32_t	 line;
};

/* A place; src NULL: the configuration as a whole. */
struct where {
	const struct src *src;
	uint32_t	 col;		/* from 1; 0: the whole line */
};

/* Text after replacement; every byte knows the column it came from. */
struct line {
	const struct src *src;
	char		*s;		/* with a NUL at the end */
	uint16_t	*col;
	size_t		 len;
};

struct word {
	const char	*s;
	uint32_t	 col;
	bool		 quoted;
};

/* The words of one line up to a brace. */
struct stmt {
	const struct src *src;
	struct word	*word;
	size_t		 cnt;
	struct line	 rest;		/* what follows the first word, raw */
	bool		 lost;		/* a word without its second quote */
	bool		 block;		/* a '{' follows, and has been taken */
	struct where	 open;		/* of that brace */
};

enum tok {
	TOK_EOF = 0,
	TOK_WORDS,
	TOK_OPEN,
	TOK_CLOSE
};

/* Blocks that have keywords of their own, and kinds of entry. */
enum block_id {
	BLK_TOP = 0,
	BLK_GLOBAL,
	BLK_INSTANCE,
	BLK_AUTH,
	BLK_AUTH_HMAC,
	BLK_SYNC_GROUP,
	BLK_SCRIPT,
	BLK_TRACK_PROCESS,
	BLK_TRACK_FILE,
	BLK_BFD,
	BLK_GARP_GROUP,
	BLK_TRACK_GROUP,
	BLK_ADDRESS,
	BLK_ROUTE,
	BLK_RULE,
	BLK_TRACK,
	BLK_PEER,
	BLK_MEMBER,
	BLK_IFACE,
	BLK_LINKBEAT,
	BLK_MAX
};

/* What is known about a word. */
enum kw_status {
	KS_USED = 0,
	KS_HARMLESS,		/* accepted, nothing to do */
	KS_WARN,		/* not supported yet: a warning */
	KS_ERROR,		/* not supported yet: would act differently */
	KS_LVS,			/* not our job: a warning */
	KS_LVS_REFUSE,		/* not our job: an error without vrrp_only */
	KS_MAX
};

enum kw_arg {
	KA_NONE = 0,		/* a flag; also for words of other status */
	KA_BOOL,		/* optional true or false */
	KA_NUMBER,		/* whole number */
	KA_TIME,		/* decimal seconds to microseconds */
	KA_WORD,		/* into a char array */
	KA_CUSTOM,		/* the setter does all; a value is required */
	KA_OPTIONAL,		/* the setter does all; a value is optional */
	KA_BLOCK		/* a block follows; the setter reads it */
};

#define KW_F_BAD_DFL	0x01	/* a bad number gives dfl, a bad bool true,
				 * not the old value */
#define KW_F_CLAMP_LO	0x02	/* below min becomes min */
#define KW_F_CLAMP_HI	0x04	/* above max becomes max */
#define KW_F_INVERT	0x08	/* the flag stores false */
#define KW_F_MANY	0x10	/* several words; extra ones are no mistake */
#define KW_F_FIRST	0x20	/* the first one counts, not the last */
#define KW_F_LACK	0x40	/* without a value it is ignored */
#define KW_F_KEEPS	0x100	/* a bad one: say what stays; 64 bits */
#define KW_F_EXACT	0x80	/* "5;" is no number */

#define KW_OFF(type, member)						\
	.off = offsetof(type, member), .size = sizeof(((type *)0)->member)

struct load;
struct kw;
typedef void (*kw_set_fn)(struct load *, const struct kw *,
	    const struct stmt *, void *obj);

struct kw {
	const char	*name;
	enum kw_arg	 arg;
	uint8_t		 id;		/* index of the block's set[] */
	uint16_t	 flags;		/* KW_F_* */
	bool		 inner;		/* in what obj's first member is */
	uint16_t	 off;		/* of the member in obj */
	uint8_t		 size;		/* of the member */
	int64_t		 min;		/* KA_TIME: microseconds */
	int64_t		 max;
	int64_t		 dfl;
	kw_set_fn	 set;
};

/* A word that is known by name only. */
struct kw_known {
	const char	*name;
	enum kw_status	 status;
	enum block_id	 inner;		/* of its block, else BLK_MAX */
	const char	*why;
};

/* Words of global_defs, in the order of their table. */
enum {
	KG_GENERAL = 0,
	KG_VERSION,
	KG_MCAST4,
	KG_MCAST6,
	KG_GARP_DELAY,
	KG_GARP_REPEAT,
	KG_GARP_REFRESH,
	KG_GARP_REFRESH_REPEAT,
	KG_GARP_LOWER_DELAY,
	KG_GARP_LOWER_REPEAT,
	KG_MIN_GARP,
	KG_SCRIPT_USER,
	KG_SECURITY,
	KG_STRICT,
	KG_NFTABLES,
	KG_SMTP_SERVER,
	KG_SMTP_HELO,
	KG_MAIL_FROM,
	KG_MAIL_TO,
	KG_SMTP_ALERT,
	KG_SMTP_ALERT_VRRP,
	KG_MAX
};

enum {
	KI_GENERAL = 0,
	KI_STATE,
	KI_INTERFACE,
	KI_VRID,
	KI_PRIORITY,
	KI_ADVERT_INT,
	KI_VERSION,
	KI_AUTH,
	KI_AUTH_TYPE,
	KI_AUTH_PASS,
	KI_NOPREEMPT,
	KI_PREEMPT_DELAY,
	KI_SRC,
	KI_UNICAST_PEER,
	KI_UNICAST,		/* any unicast word but the list */
	KI_UNICAST_TTL,
	KI_CHECK_SRC,
	KI_NO_PEER,
	KI_MCAST_DST,
	KI_TRACK_SRC,
	KI_ACCEPT,
	KI_STRICT,
	KI_SKIP_CHECK,
	KI_LOWER_NO_ADVERT,
	KI_HIGHER_SEND,
	KI_OWNER_IGNORE,
	KI_CKSUM_V2,
	KI_CKSUM_OLD,
	KI_DOWN_ADVERTS,
	KI_GARP_DELAY,
	KI_GARP_REPEAT,
	KI_GARP_REFRESH,
	KI_GARP_REFRESH_REPEAT,
	KI_GARP_LOWER_DELAY,
	KI_GARP_LOWER_REPEAT,
	KI_NO_VIP,
	KI_VIPS,
	KI_NATIVE_IPV6,
	KI_LEASE,
	KI_PRIO_NOTIFY,
	KI_XMIT_BASE,
	KI_SMTP_ALERT,
	KI_LINKBEAT,
	KI_FAULT_ON_VIP,
	KI_GARP_EXTRA,
	KI_VRF,
	KI_MAX
};

enum {
	KS_GENERAL = 0,
	KS_SCRIPT,
	KS_INTERVAL,
	KS_TIMEOUT,
	KS_USER,
	KS_SET_MAX
};

enum {
	KY_GENERAL = 0,
	KY_GROUP,
	KY_PRIO_NOTIFY,
	KY_SMTP_ALERT,
	KY_MAX
};

/* global_defs as read; the resolved part is in conf->global. */
struct global_def {
	struct conf_global *g;		/* first */
	struct where	 set[KG_MAX];
	bool		 min_garp;
	bool		 skip_check_adv_addr;
	bool		 check_unicast_src;
	bool		 lower_prio_no_advert;
	bool		 higher_prio_send_advert;
	bool		 owner_ignore_adverts;
	bool		 v3_checksum_as_v2;
	bool		 prio_notify;
	bool		 fault_on_vip;
	bool		 smtp_alert;
	bool		 smtp_alert_vrrp;
	uint8_t		 down_timer_adverts;
	uint32_t	 garp_delay_s;
	uint32_t	 garp_repeat;
	uint32_t	 garp_refresh_s;
	uint32_t	 garp_refresh_repeat;
	uint32_t	 garp_lower_delay_s;
	uint32_t	 garp_lower_repeat;
	uint32_t	 garp_extra_s;
	uint32_t	 rx_size;	/* vrrp_rx_bufs_policy: 0 if a word */
	bool		 rx_mtu;
	bool		 rx_advert;
	uint16_t	 rx_multiplier;
	char		 default_interface[IF_NAME_LEN];
};

/* An address entry as read: where each part stands. */
struct vip_def {
	TAILQ_ENTRY(vip_def) entry;
	struct conf_vip	*v;		/* in the list of its instance */
	struct where	 at;
	bool		 excluded;
	bool		 dev;		/* was given */
};
TAILQ_HEAD(vip_def_list, vip_def);

struct track_def {
	TAILQ_ENTRY(track_def) entry;
	struct where	 at;
	uint8_t		 kind;
	char		 name[NAME_LEN];
	bool		 weighted;
	bool		 reverse_set;
	bool		 kept;		/* it is in the instance's list */
	bool		 reverse;
	int64_t		 weight;
	struct where	 weight_at;
};
TAILQ_HEAD(track_def_list, track_def);

struct peer_def {
	TAILQ_ENTRY(peer_def) entry;
	struct conf_peer peer;
	struct where	 at;
	bool		 ttl;		/* min_ttl or max_ttl was given */
};
TAILQ_HEAD(peer_def_list, peer_def);

/* use_vmac or use_ipvlan as read. */
struct made_def {
	struct where	 at;
	uint8_t		 make;		/* enum conf_make */
	uint8_t		 mode;
	char		 name[IF_NAME_LEN];
	uint8_t		 mac[MAC_LEN];
	int		 mac_len;	/* 0: none was given */
	struct where	 mac_at;
	uint32_t	 link_group;
	struct vaddr	 src;
	struct where	 src_at;
};

/* A vrrp_instance as read. */
struct inst_def {
	struct conf_inst *c;		/* first; in conf->insts */
	TAILQ_ENTRY(inst_def) entry;
	struct where	 at;		/* of its name */
	struct where	 set[KI_MAX];
	struct where	 notify_at[CONF_NOTIFY_CNT];
	struct where	 src_at;
	uint32_t	 order;		/* of appearance, with scripts */
	bool		 state_master;
	bool		 state_backup;
	bool		 native_ipv6;
	bool		 no_vip;
	bool		 vmac_addr;	/* use_vmac_addr */
	bool		 promote;	/* promote_secondaries */
	struct made_def	 made;
	bool		 linkbeat;
	bool		 fault_no_peer;
	struct vip_def_list	vips;
	struct track_def_list	tracks;
	struct peer_def_list	peers;
};
TAILQ_HEAD(inst_def_list, inst_def);

struct member_def {
	TAILQ_ENTRY(member_def) entry;
	char		 name[NAME_LEN];
	struct where	 at;
};
TAILQ_HEAD(member_def_list, member_def);

/* A vrrp_sync_group as read. */
struct group_def {
	struct conf_group *c;		/* first; in conf->groups */
	TAILQ_ENTRY(group_def) entry;
	struct where	 at;		/* of its name */
	struct where	 set[KY_MAX];
	struct where	 notify_at[CONF_NOTIFY_CNT];
	uint32_t	 order;		/* of appearance, with scripts */
	bool		 prio_notify;
	struct member_def_list	members;
	struct track_def_list	tracks;
};
TAILQ_HEAD(group_def_list, group_def);

struct script_def {
	struct conf_script *c;		/* first; in conf->scripts */
	char		 name[NAME_LEN];
	TAILQ_ENTRY(script_def) entry;
	struct where	 at;
	struct where	 set[KS_SET_MAX];
	uint32_t	 order;		/* of appearance, with instances */
	bool		 used;
	bool		 bad;		/* cannot run: no trackers of it */
};
TAILQ_HEAD(script_def_list, script_def);

enum {
	KO_GENERAL = 0,
	KO_WHAT,		/* file, process */
	KO_MATCH,
	KO_QUORUM_MAX,
	KO_SET_MAX
};

/* A track_file or vrrp_track_process as read. */
struct object_def {
	void		*c;		/* first; conf_file, conf_process */
	uint8_t		 kind;		/* enum conf_track_kind */
	char		 name[NAME_LEN];
	TAILQ_ENTRY(object_def) entry;
	struct where	 at;
	struct where	 set[KO_SET_MAX];
	uint32_t	 order;
	bool		 used;
	bool		 bad;		/* no trackers of it */
};
TAILQ_HEAD(object_def_list, object_def);

/* A track_group as read. */
struct tgroup_def {
	struct conf_tgroup *c;		/* first; in conf->tgroups */
	TAILQ_ENTRY(tgroup_def) entry;
	struct where	 at;		/* of its name */
	struct member_def_list	members;
};
TAILQ_HEAD(tgroup_def_list, tgroup_def);

struct entry_def;
TAILQ_HEAD(entry_def_list, entry_def);

#define RX_MULTIPLIER_MAX	65535

/* An interface of garp_group, interface_up_down_delays, linkbeat_*. */
struct iface_def {
	TAILQ_ENTRY(iface_def) entry;
	char		 name[IF_NAME_LEN];
	struct where	 at;
	uint8_t		 linkbeat;	/* enum conf_linkbeat */
	bool		 delays;	/* were given */
	int64_t		 down_delay_us;
	int64_t		 up_delay_us;
	struct garp_def	*garp;		/* NULL: in none */
};
TAILQ_HEAD(iface_def_list, iface_def);

/* A garp_group as read. */
struct garp_def {
	uint32_t	 id;		/* given at the end */
	int64_t		 garp_us;
	int64_t		 gna_us;
	struct where	 at;
	struct where	 set[2];	/* [1]: one of the intervals */
};

struct chunk;
struct source;

/* One configuration being read. */
/* A bfd_instance, of which no more than the name is known. */
struct bfd_def {
	const char	*name;
	struct bfd_def	*next;
};

struct load {
	const struct load_opts	*opts;
	struct conf		*conf;
	struct chunk		*chunks;	/* memory, freed at the end */
	struct source		*source;
	struct line		 line;		/* being split */
	size_t			 pos;
	bool			 eof;
	bool			 back;		/* back_stmt comes again */
	struct stmt		 back_stmt;
	bool			 ahead;		/* next holds a token */
	enum tok		 next;
	struct stmt		 stmt;		/* of the token ahead */
	struct where		 brace;		/* likewise */
	struct where		 head;		/* of the block just begun */
	const char		*file;		/* the first one */
	int			 depth;		/* of blocks */
	struct global_def	 global;
	struct inst_def_list	 insts;
	struct script_def_list	 scripts;
	struct object_def_list	 objects;
	struct where		 hook_at[HOOK_MAX];
	struct group_def_list	 groups;
	struct tgroup_def_list	 tgroups;
	struct entry_def_list	 entries;	/* routes and rules */
	struct inst_def		 statics;	/* its addresses */
	uint32_t		 rule_auto[2];	/* IPv4, IPv6 */
	struct iface_def_list	 ifaces;
	struct bfd_def		*bfds;
	uint32_t		 garp_cnt;
	struct where		 polling;	/* linkbeat_use_polling */
	uint32_t		 order;		/* of blocks so far */
	struct where		 netns;		/* net_namespace */
	bool			 elsewhere;	/* unseen */
	struct conf_ids		*names;		/* of instances */
	bool			 lvs_told;
	bool			 filter_told;
	uint32_t		 track_cnt;
	load_report_fn		 report;
	void			*report_arg;
	struct load_counts	 cnt;
	uint32_t		 reported;
};

/* diag.c */
void	 diag_error(struct load *, struct where, const char *, ...)
	    __printflike(3, 4);
void	 diag_warn(struct load *, struct where, const char *, ...)
	    __printflike(3, 4);
void	 diag_note(struct load *, struct where, const char *, ...)
	    __printflike(3, 4);
void	 diag_finish(struct load *);
/* Memory that lives as long as the load; zeroed. */
void	*mem_get(struct load *, size_t);
char	*mem_str(struct load *, const char *, size_t len);
void	 mem_free(struct load *);
/* Changes needed to get from one word to the other, or more than limit. */
size_t	 word_distance(const char *, const char *, size_t limit);
/* Prints a word for a message: short, no control bytes; buf is returned. */
const char *word_show(const char *, char *buf, size_t);

/* source.c: the next line of the whole configuration; 1, 0 at the end. */
int	 source_open(struct load *, const char *file);
void	 source_open_mem(struct load *, const char *name, const void *,
	    size_t);
int	 source_next(struct load *, struct line *);
bool	 source_copy(const struct load *, FILE *);	/* as it was read */
const char *source_id(const struct load *);	/* for "@" lines */
void	 source_seed(struct load *, uint64_t);	/* of _RANDOM */
/* What a plain include is to fail for from now on: NEED_* */
#define NEED_READ	0x1
#define NEED_MATCH	0x2
#define NEED_WILD	0x4
#define NEED_BRACE	0x8
int	 source_include(const struct load *);
void	 source_include_set(struct load *, int);

/* repair.c: is '}' missing before this statement? Then it comes again. */
bool	 repair_list(struct load *, const struct stmt *head,
	    const struct stmt *);
bool	 repair_block(struct load *, enum block_id, const struct stmt *);
/* A '{' without a word. */
void	 repair_brace(struct load *);
/* Within track_bfd, up to its end. */
void	 repair_bfd(struct load *, const struct kw_known *,
	    const struct stmt *);

/* save.c */
void	 save_conf(struct load *);

/* macro.c */
struct macro;
struct macros {
	struct macro	*first;
	struct macro	*open;		/* a definition that goes on */
	bool		 full;		/* over a limit, and reported */
	uint64_t	 random;
	size_t		 made_cnt;	/* lines made by repetition so far */
	size_t		 made_len;	/* bytes made by replacement so far */
};
/* What is to be read before anything else; a list. */
struct pending {
	struct pending	*next;
	struct line	 line;
	struct macro	*macro;		/* not NULL: it is line from now on */
	bool		 undefine;	/* or nothing */
};
/*
 * Is this a definition? 1: yes, done; 2: yes, and it goes on in the next
 * line, which macro_more takes (1: that was the last; 2: still more).
 */
int	 macro_define(struct load *, struct macros *, const struct line *);
int	 macro_more(struct load *, struct macros *, const struct line *);
int	 macro_set(struct load *, struct macros *, const char *text);
/* ~SEQ, ~SEQx, ~LST: 1, its lines are put before *head; 0: not one. */
int	 macro_repeat(struct load *, struct macros *, const struct line *,
	    const char *dir, struct pending **head);
/*
 * Replaces $NAME and ${NAME}: 0: *out is the line; 1: its lines are before
 * *head; -1: the line is to be dropped (reported).
 */
int	 macro_expand(struct load *, struct macros *, const struct line *,
	    const char *dir, struct line *out, struct pending **head);
/* Takes the next line off the list; false: there is none. */
bool	 macro_pending(struct pending **, struct line *);
struct where line_at(const struct line *, size_t pos);
/* A part of a line, or of what is left of it. */
struct line line_part(struct load *, const struct line *, size_t from,
	    size_t to);

/* lex.c */
enum tok lex_next(struct load *);	/* fills stmt and brace */
enum tok lex_peek(struct load *);
struct where word_at(const struct stmt *, size_t idx);
/*
 * Splits text by the rule for commands: blanks separate, both kinds of quote
 * group, escapes are replaced. At most max words; returns their number n, or
 * -n - 1 when a quote was left open.
 */
int	 lex_command(struct load *, const char *s, size_t len,
	    char **words, size_t max);

/* keyword.c */
/* Reads statements up to the closing brace and sets obj from the table. */
void	 block_read(struct load *, enum block_id, void *obj,
	    struct where *set);
/* Reads entries up to the closing brace; one call for each line. */
typedef void (*entry_fn)(struct load *, const struct stmt *, void *obj);
void	 block_entries(struct load *, const struct stmt *, entry_fn,
	    void *obj);
void	 block_skip(struct load *);		/* after its '{' */
/* Was the block opened? Reports; false: there is nothing to read. */
bool	 block_begin(struct load *, const struct stmt *, enum block_id);
/* The name of a block that needs one; NULL: reported, nothing to read. */
const char *block_name(struct load *, const struct kw *, const struct stmt *);
/* As block_begin; again: one of this name was there, so it is skipped. */
bool	 block_begin_once(struct load *, const struct kw *, const struct stmt *,
	    enum block_id, bool again);
/* Is it a keyword of that block? */
bool	 block_has_word(enum block_id, const char *);
/* Words from idx on are of no use: says so. */
void	 stmt_extra(struct load *, const struct stmt *, size_t idx);
void	*kw_member(const struct kw *, void *obj);
int	 number_get(struct load *, struct where, const char *what,
	    const char *word, int64_t *out);
int	 period_get(struct load *, struct where, const char *what,
	    const char *word, int64_t *us);
int	 time_get(struct load *, struct where, const char *what,
	    const char *word, int64_t *us);
int	 bool_get(const char *, bool *);
void	 name_copy(struct load *, struct where, const char *what, char *dst,
	    size_t size, const char *word);
/* Says how a word that is known by name is taken. */
void	 known_report(struct load *, struct where, const struct kw_known *);
const struct kw_known *known_find(enum block_id, const char *);
/* The name of the block where the word is at home, or NULL. */
const char *block_with(const char *word);
/* ", did you mean X?" or the empty string. */
const char *suggest(enum block_id, const char *word, char *buf, size_t);

/* kw_*.c: tables */
extern const struct kw kw_top[];
extern const size_t kw_top_cnt;
extern const struct kw kw_global[];
extern const size_t kw_global_cnt;
extern const struct kw kw_vrrp[];
extern const size_t kw_vrrp_cnt;
extern const struct kw kw_auth[];
extern const size_t kw_auth_cnt;
extern const struct kw kw_script[];
extern const size_t kw_script_cnt;
extern const struct kw kw_file[];
extern const size_t kw_file_cnt;
extern const struct kw kw_process[];
extern const size_t kw_process_cnt;
extern const struct kw kw_group[];
extern const size_t kw_group_cnt;
extern const struct kw kw_tgroup[];
extern const size_t kw_tgroup_cnt;
extern const struct kw kw_garp[];
extern const size_t kw_garp_cnt;
struct known_table {
	const struct kw_known *words;
	size_t		 cnt;
};
extern const struct known_table known_tables[BLK_MAX];
/* Words of entries that have code but no table of setters. */
extern const struct known_table used_tables[BLK_MAX];

/* kw_*.c: setters, entries and values. */
/* Nothing of importance is known of it yet. */
bool	 inst_is_empty(const struct inst_def *);
void	 read_instance(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 read_script(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 read_file(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 read_process(struct load *, const struct kw *, const struct stmt *,
	    void *);
struct object_def *object_find(struct load *, uint8_t kind, const char *);
void	 path_copy(struct load *, struct where, char dst[PATH_LEN],
	    const char *);
/* kw_daemon.c */
void	 set_cpus(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_include_check(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 set_netns(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_reload_file(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 set_time_file(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_save_dir(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_rt_time(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_seed(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_umask(struct load *, const struct kw *, const struct stmt *,
	    void *);
/* -n looks at interfaces where the daemon would. */
void	 netns_enter(struct load *);
void	 set_hook(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_hook_timeout(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 read_mail_to(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 set_mail_from(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 set_smtp_server(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 set_smtp_timeout(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 set_smtp_helo(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 read_group(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 read_garp_group(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 read_delays(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 read_linkbeat(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_rx_policy(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_polling(struct load *, const struct kw *, const struct stmt *,
	    void *);
/* What was read of interfaces by themselves; all others are known. */
void	 iface_apply(struct load *);
/* A notify word; its event is the word's dfl. */
void	 notify_set(struct load *, const struct kw *, const struct stmt *,
	    struct conf_notify *, struct where *);
void	 set_garp_extra(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_lease(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 read_route_entries(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 read_static_addrs(struct load *, const struct kw *,
	    const struct stmt *, void *);
void	 read_tgroup(struct load *, const struct kw *, const struct stmt *,
	    void *);
/* kw_vmac.c */
void	 set_prefix(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 set_made(struct load *, const struct kw *, const struct stmt *,
	    void *);
void	 addr_entry(struct load *, const struct stmt *, void *inst_def);
void	 addr_excluded_entry(struct load *, const struct stmt *, void *);
void	 track_script_entry(struct load *, const struct stmt *, void *);
void	 track_iface_entry(struct load *, const struct stmt *, void *);
void	 track_file_entry(struct load *, const struct stmt *, void *);
void	 track_process_entry(struct load *, const struct stmt *, void *);
void	 group_script_entry(struct load *, const struct stmt *, void *);
void	 group_iface_entry(struct load *, const struct stmt *, void *);
void	 group_file_entry(struct load *, const struct stmt *, void *);
void	 group_process_entry(struct load *, const struct stmt *, void *);
void	 set_command(struct load *, const struct stmt *, struct conf_argv *,
	    struct conf_user *, bool script);
void	 set_user(struct load *, const struct stmt *, size_t idx,
	    struct conf_user *);
/* The instance is of that family from now on; false: it is of another. */
bool	 inst_family(struct inst_def *, uint8_t family);
int	 host_parse(struct load *, struct where, const char *, struct vaddr *);
void	 ifname_copy(struct load *, struct where, char *dst, const char *);
void	 peer_entry(struct load *, const struct stmt *, void *inst_def);

/* check*.c */
void	 check_conf(struct load *);
void	 check_inst(struct load *, struct inst_def *);
void	 check_inst_addrs(struct load *, struct inst_def *);
void	 check_iface(struct load *, struct where, const char *name);
void	 check_vmacs(struct load *);	/* check_vmac.c */
void	 check_scripts(struct load *);
void	 check_scripts_left(struct load *);
void	 check_tracks(struct load *, struct inst_def *);
void	 check_notify(struct load *, const char *, struct conf_notify *,
	    const struct where *);
/* What became of a command. */
enum cmd_state {
	CMD_OK = 0,
	CMD_GONE,		/* it cannot run: a warning has been given */
	CMD_BAD			/* an error has been given */
};
enum cmd_state check_command(struct load *, struct where, const char *what,
	    struct conf_argv *, struct conf_user *, bool script);
/* Who does what names nobody; false: there is nobody, or not here. */
bool	 check_user(struct load *, struct where, const char *what,
	    struct conf_user *);
void	 check_objects(struct load *);
void	 check_objects_left(struct load *);
/* Adds what the object says to the tracker; false: not to be tracked. */
bool	 check_track_object(struct load *, const char *owner,
	    const struct track_def *, struct conf_track *);
void	 check_hooks(struct load *);
void	 check_mail(struct load *);
/* What tracks an object, from where it stands; false: nothing does. */
bool	 track_make(struct load *, const char *owner, uint32_t order,
	    const struct track_def *, struct conf_track *);
/* Does an instance track it, now that all is decided? */
bool	 track_left(const struct load *, uint8_t kind, const char *);
void	 track_add(struct load *, struct where, struct conf_track_list *,
	    const struct conf_track *);
/* Who belongs to whom; to be called before the trackers are looked at. */
void	 check_groups(struct load *);
/* Does the group itself track the same? */
bool	 group_names(const struct load *, const struct conf_group *,
	    const struct track_def *);
/* Reads routes and rules; to be called after the trackers. */
void	 check_routes(struct load *);
/* Adds an interface that is named there. */
void	 check_iface(struct load *, struct where, const char *);
/* What groups track goes to their members. */
void	 check_group_tracks(struct load *);

#endif /* KEYWORD_H */
