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
 * "vrrpctl doctor": what goes wrong in the field. A program of its own, since
 * it asks for more than vrrpctl may: root's view of the packet filter, of the
 * configuration and of other processes. What needs root is read first, then
 * all rights are given up but that to read. Runs in: vrrpctl-doctor.
 */

#ifndef DOCTOR_H
#define DOCTOR_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snap.h"

#define DOC_SCHEMA	1
#define DOC_ASK_US	(2 * US_PER_SEC)	/* the daemon has to answer */
#define DOC_FACT_LEN	320
#define DOC_ADVICE_LEN	640

enum doc_status {
	DOC_OK = 0,
	DOC_WARNING,
	DOC_ERROR,
	DOC_UNKNOWN		/* could not be looked at: said, not guessed */
};

struct finding {
	enum doc_status	 status;
	const char	*check;
	char		 subject[64];		/* "": the host or the daemon */
	char		 fact[DOC_FACT_LEN];
	char		 advice[DOC_ADVICE_LEN];	/* "": nothing to do */
};

/* An interface, as the kernel tells. */
struct doc_link {
	unsigned int	 index;
	unsigned int	 flags;		/* IFF_* */
	unsigned int	 mtu;
	unsigned int	 master;	/* index; 0: none */
	unsigned int	 base;		/* that it is made on; 0: none */
	bool		 bridge;
	bool		 snooping;
	bool		 querier;	/* it asks itself */
	bool		 querier_heard;	/* another one does */
	uint8_t		 mac[6];
	char		 name[IF_NAME_LEN];
	char		 kind[16];	/* "macvlan"; "": a real one */
};

/* What the configuration says of an instance, in its canonical form. */
struct doc_plan {
	char		 name[NAME_LEN];
	char		 ifname[IF_NAME_LEN];
	char		 vmac[IF_NAME_LEN];	/* "": none */
	bool		 xmit_base;
	struct vaddr	 group;		/* family 0: unicast */
	struct vaddr	 peer;		/* the first one */
};

struct nft_dump;

struct doctor {
	const char	*path;		/* of the socket; NULL: the usual one */
	char		 rundir[PATH_LEN];
	bool		 json;
	bool		 answers;	/* snap holds what it said */
	pid_t		 pid;		/* of vrrpd; 0: not known */
	bool		 running;
	bool		 same_netns;	/* as we are in; or not known */
	int64_t		 took_us;	/* to answer */
	struct snap	 snap;
	struct doc_link	*links;
	size_t		 link_cnt;
	struct doc_plan	*plans;
	size_t		 plan_cnt;
	struct nft_dump	*nft;
	char		 nft_error[128];
	char		 conf[PATH_LEN];	/* "": not known */
	char		*conf_text;	/* canonical; NULL: not known */
	char		*conf_notes;	/* what is said about it */
	int		 conf_status;
	char		 legacy[128];	/* tables of the old iptables */
	struct finding	*list;
	size_t		 cnt;
	size_t		 cap;
	bool		 full;		/* more were counted than are listed */
	size_t		 counts[DOC_UNKNOWN + 1];
};

/* doctor.c */
void	 doc_add(struct doctor *, enum doc_status, const char *check,
	    const char *subject, const char *, ...) __printflike(5, 6);
/* One line of what to do about the last one. */
void	 doc_advice(struct doctor *, const char *, ...) __printflike(2, 3);
const struct doc_link *doc_link(const struct doctor *, const char *);
const struct doc_link *doc_link_by_index(const struct doctor *, unsigned int);
/* NULL: the configuration is not known, or not that instance. */
const struct doc_plan *doc_plan(const struct doctor *, const char *name);
/* Whether an earlier instance has the same interface and family. */
bool	 doc_seen(const struct doctor *, const struct snap_inst *);
/* Lines of a file, cut to size; -1 with errno. */
ssize_t	 doc_read(const char *path, char *buf, size_t);
/* /proc/sys/net/ipvN/conf/IFNAME/KEY; -1 with errno */
int	 doc_sysctl(int version, const char *ifname, const char *key,
	    int *value);

/* docout.c */
void	 out_print(const struct doctor *);

/* doclink.c */
void	 links_read(struct doctor *);
void	 check_links(struct doctor *);
void	 check_groups(struct doctor *);
void	 check_bridges(struct doctor *);

/* docsys.c */
void	 check_sysctls(struct doctor *);

/* docnet.c: who else manages the interfaces */
void	 check_managers(struct doctor *);

/* dochost.c */
void	 host_find(struct doctor *);
void	 check_host(struct doctor *);
void	 check_others(struct doctor *);

/* docconf.c */
void	 conf_read(struct doctor *);
void	 check_conf(struct doctor *);

/* docdaemon.c */
void	 check_daemon(struct doctor *);
void	 check_instances(struct doctor *);

/* docnft.c, docpath.c: where the packet filter sends advertisements */
void	 nft_read(struct doctor *);
void	 nft_free(struct nft_dump *);
void	 check_filter(struct doctor *);

#endif /* DOCTOR_H */
