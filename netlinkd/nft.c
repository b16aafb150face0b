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
 * The packet filter for addresses that do not accept packets. It is there
 * as long as the configuration asks for it, not only while an address is:
 * so there is no moment in which one could answer.
 *
 * Everything is one table of our own, marked as such; each change replaces
 * it as a whole in one transaction, and so does putting it back.
 * Runs in: parent.
 */

#include <sys/socket.h>

#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <libnftnl/common.h>
#include <libnftnl/table.h>

#include "internal.h"
#include "mono.h"
#include "nft.h"

#define EVENTS_RCVBUF	(1 << 20)
#define ANSWERS_RCVBUF	(1 << 18)
#define READ_BUDGET	64		/* datagrams in one turn */
#define RETRY_US	(5 * US_PER_SEC)
#define CHANGED_LOG_US	(60 * US_PER_SEC)
#define TABLE_ATTR	1		/* in every message about a table */
#define DUMP_LEN	64

struct nft {
	struct chan	 commands;
	struct chan	 events;	/* what others do to the table */
	struct event	 ev;
	bool		 open;
	bool		 failed;	/* wanted, and could not be made */
	char		 table[NFT_TABLE_LEN];	/* installed; "": none */
	char		 conf[NFT_TABLE_LEN];	/* as configured */
	int32_t		 priority;
	bool		 counters;
	char		 path[PATH_LEN];	/* "": no file */
	char		 mark[NFT_MARK_LEN];
	int64_t		 due_us;	/* make it anew; 0: no */
	int64_t		 put_us;	/* last put back */
	struct log_limit limit;
	struct log_limit fail_limit;
};

/* The answers to a batch. */
struct answers {
	uint32_t	 last_seq;
	bool		 done;
	int		 error;
};

/* Tables that are being listed. */
struct listing {
	const struct nft *nft;
	const char	*name;		/* looked for; NULL: all of ours */
	bool		 foreign;	/* the name is taken */
	uint32_t	 cnt;
	char		 ours[8][NFT_TABLE_LEN];
	bool		 done;
	int		 error;
};

static int	 nft_open(struct netlinkd *);
static void	 nft_close(struct nft *);
static int	 nft_sync(struct netlinkd *);
static int	 nft_gather(const struct netlinkd *, struct nft_want *);
static void	 nft_elem(struct nft_want *, const struct vip *, const char *);
static int	 nft_install(struct netlinkd *, const struct nft_want *);
static int	 nft_send(struct nft *, struct nft_batch *);
static void	 nft_answer(void *, const struct nlmsghdr *);
static int	 nft_list(struct nft *, struct listing *);
static void	 nft_listed(void *, const struct nlmsghdr *);
static int	 nft_delete(struct nft *, const char *);
static void	 nft_file(const struct nft *, bool);
static void	 nft_read(evutil_socket_t, short, void *);
static void	 nft_event(void *, const struct nlmsghdr *);

int
nft_new(struct netlinkd *nd)
{
	if ((nd->nft = calloc(1, sizeof(*nd->nft))) == NULL)
		return (-1);
	(void)strlcpy(nd->nft->mark, "vrrpd", sizeof(nd->nft->mark));
	return (0);
}

/* The table stays where it is. */
void
nft_free(struct netlinkd *nd)
{
	if (nd->nft == NULL)
		return;
	nft_close(nd->nft);
	free(nd->nft);
	nd->nft = NULL;
}

void
nft_conf(struct netlinkd *nd, const struct conf *conf)
{
	struct nft	*nft = nd->nft;

	(void)strlcpy(nft->conf, conf->global.nft_table, sizeof(nft->conf));
	nft->priority = conf->global.nft_priority;
	nft->counters = conf->global.nft_counters;
	(void)nft_sync(nd);
}

void
nft_touch(struct netlinkd *nd)
{
	if (nd->nft->due_us == 0)
		nd->nft->due_us = mono_us();
}

int64_t
nft_due(const struct netlinkd *nd)
{
	return (nd->nft->due_us != 0 ? nd->nft->due_us : INT64_MAX);
}

void
nft_run(struct netlinkd *nd, int64_t now_us)
{
	struct nft	*nft = nd->nft;
	bool		 failed = nft->failed;

	if (nft->due_us == 0 || nft->due_us > now_us)
		return;
	(void)nft_sync(nd);
	if (nft->failed == failed)
		return;
	if (!nft->failed)
		log_info("nftables: table %s is there now", nft->table);
	vip_check_all(nd);
	if (nd->ops != NULL)
		nd->ops->filter(nd->arg);
}

bool
netlinkd_filter_ok(const struct netlinkd *nd)
{
	return (!nd->nft->failed);
}

static int
nft_open(struct netlinkd *nd)
{
	struct nft	*nft = nd->nft;

	if (nft->open)
		return (0);
	nft->open = true;
	if (chan_open(&nft->commands, NETLINK_NETFILTER,
	    ANSWERS_RCVBUF) == -1 || chan_open(&nft->events,
	    NETLINK_NETFILTER, EVENTS_RCVBUF) == -1)
		goto fail;
	if (nl_socket_add_memberships(nft->events.sk, NFNLGRP_NFTABLES,
	    0) < 0) {
		errno = EIO;
		goto fail;
	}
	if (nd->base != NULL && (event_assign(&nft->ev, nd->base,
	    nft->events.fd, EV_READ | EV_PERSIST, nft_read, nd) == -1 ||
	    event_add(&nft->ev, NULL) == -1)) {
		errno = ENOMEM;
		goto fail;
	}
	return (0);
 fail:
	nft_close(nft);
	return (-1);
}

static void
nft_close(struct nft *nft)
{
	int	 saved = errno;

	if (!nft->open)
		return;
	if (event_initialized(&nft->ev))
		(void)event_del(&nft->ev);
	memset(&nft->ev, 0, sizeof(nft->ev));
	chan_close(&nft->commands);
	chan_close(&nft->events);
	nft->open = false;
	errno = saved;
}

/* Makes the table what it should be; 0, or -1: it is not. */
static int
nft_sync(struct netlinkd *nd)
{
	struct nft	*nft = nd->nft;
	struct nft_want	 want;
	uint32_t	 missed;
	int		 ret;

	nft->due_us = 0;
	ret = nft_gather(nd, &want);
	if (ret == 0 && want.cnt == 0) {
		nft_remove(nd);
		return (0);
	}
	if (ret == 0)
		ret = nft_install(nd, &want);
	free(want.elems);
	nft->failed = ret == -1;
	if (ret == 0)
		return (0);
	nft->due_us = mono_us() + RETRY_US;
	if (log_limit_ok(&nft->fail_limit, mono_us(), CHANGED_LOG_US, &missed))
		log_warn("nftables: table %s cannot be made, so addresses "
		    "that must not accept packets stay away", nft->conf);
	return (-1);
}

static int
nft_gather(const struct netlinkd *nd, struct nft_want *want)
{
	const struct slot	*slot;
	const struct link	*link;
	struct vip_tree		 vips = nd->vips;
	struct vip		*vip;
	size_t			 cnt = 1;

	memset(want, 0, sizeof(*want));
	(void)strlcpy(want->table, nd->nft->conf, sizeof(want->table));
	(void)strlcpy(want->mark, nd->nft->mark, sizeof(want->mark));
	want->priority = nd->nft->priority;
	want->counters = nd->nft->counters;
	RB_FOREACH(vip, vip_tree, &vips)
		cnt++;
	TAILQ_FOREACH(vip, &nd->orphanage.vips, entry)
		cnt++;
	if ((want->elems = calloc(cnt, sizeof(*want->elems))) == NULL)
		return (-1);
	RB_FOREACH(vip, vip_tree, &vips) {
		slot = slot_by_id(nd, vip->slot);
		nft_elem(want, vip, slot != NULL ? slot->name :
		    vip->conf->ifname);
	}
	TAILQ_FOREACH(vip, &nd->orphanage.vips, entry) {
		if ((link = link_by_index(nd, vip->ifindex)) != NULL)
			nft_elem(want, vip, link->name);
	}
	if (want->cnt > 0)
		return (0);
	free(want->elems);
	want->elems = NULL;
	return (0);
}

static void
nft_elem(struct nft_want *want, const struct vip *vip, const char *ifname)
{
	struct nft_elem	*e = &want->elems[want->cnt];

	if (!vip->filter)
		return;
	e->set = NFT_SET_V4;
	if (vip->addr.family == AF_INET6)
		e->set = vaddr_is_linklocal(&vip->addr) ? NFT_SET_LINK :
		    NFT_SET_V6;
	memcpy(e->key, vip->addr.bytes, sizeof(vip->addr.bytes));
	if (e->set == NFT_SET_LINK)	/* zero padded, as the kernel has it */
		(void)strlcpy((char *)e->key + sizeof(vip->addr.bytes), ifname,
		    sizeof(e->key) - sizeof(vip->addr.bytes));
	want->used[e->set]++;
	want->cnt++;
}

static int
nft_install(struct netlinkd *nd, const struct nft_want *want)
{
	struct nft	*nft = nd->nft;
	struct nft_batch batch;
	struct listing	 list;

	if (nft_open(nd) == -1)
		return (-1);
	if (strcmp(nft->table, want->table) != 0) {
		memset(&list, 0, sizeof(list));
		list.name = want->table;
		if (nft_list(nft, &list) == -1)
			return (-1);
		if (list.foreign) {
			errno = EEXIST;
			return (-1);
		}
	}
	nft_file(nft, true);
	if (nft_build(&batch, want, nft->table, nft->commands.seq) == -1)
		return (-1);
	if (nft_send(nft, &batch) == -1)
		return (-1);
	(void)strlcpy(nft->table, want->table, sizeof(nft->table));
	return (0);
}

/* The kernel does all of it before send returns. Takes the batch. */
static int
nft_send(struct nft *nft, struct nft_batch *batch)
{
	struct answers	 ans;
	int		 got, size = 2 * (int)batch->len + 65536;

	memset(&ans, 0, sizeof(ans));
	ans.last_seq = batch->last_seq;
	nft->commands.seq = batch->seq;
	(void)setsockopt(nft->commands.fd, SOL_SOCKET, SO_SNDBUFFORCE, &size,
	    sizeof(size));
	got = chan_send(&nft->commands, batch->buf, batch->len);
	nft_batch_free(batch);
	if (got == -1)
		return (-1);
	while ((got = chan_read(&nft->commands, false, nft_answer,
	    &ans)) == 1)
		continue;
	if (got == -1)
		return (-1);
	if (ans.error == 0 && ans.done)
		return (0);
	errno = ans.error != 0 ? ans.error : EIO;
	return (-1);
}

static void
nft_answer(void *arg, const struct nlmsghdr *nlh)
{
	struct answers	*ans = arg;
	int32_t		 error;

	if (nlh->nlmsg_type != NLMSG_ERROR ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(error)))
		return;
	memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (error != 0 && ans->error == 0)
		ans->error = -error;
	else if (nlh->nlmsg_seq == ans->last_seq)
		ans->done = true;
}

static int
nft_list(struct nft *nft, struct listing *list)
{
	struct nlmsghdr	*nlh;
	char		 buf[DUMP_LEN];

	list->nft = nft;
	memset(buf, 0, sizeof(buf));
	nlh = nftnl_nlmsg_build_hdr(buf, NFT_MSG_GETTABLE, NFPROTO_INET,
	    NLM_F_DUMP, nft->commands.seq++);
	if (chan_send(&nft->commands, buf, nlh->nlmsg_len) == -1)
		return (-1);
	while (!list->done) {
		if (chan_read(&nft->commands, true, nft_listed, list) == -1)
			return (-1);
	}
	if (list->error == 0)
		return (0);
	errno = list->error;
	return (-1);
}

static void
nft_listed(void *arg, const struct nlmsghdr *nlh)
{
	struct listing		*list = arg;
	struct nftnl_table	*t;
	const char		*name;
	char			 mark[NFT_MARK_LEN];
	int32_t			 error;
	bool			 ours;

	if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR) {
		list->done = true;
		if (nlh->nlmsg_type == NLMSG_ERROR &&
		    nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(error))) {
			memcpy(&error, nlmsg_data(nlh), sizeof(error));
			list->error = -error;
		}
		return;
	}
	if ((t = nftnl_table_alloc()) == NULL) {
		list->error = ENOMEM;
		return;
	}
	if (nftnl_table_nlmsg_parse(nlh, t) != -1 &&
	    (name = nftnl_table_get_str(t, NFTNL_TABLE_NAME)) != NULL) {
		nft_table_mark(t, mark, sizeof(mark));
		ours = strcmp(mark, list->nft->mark) == 0;
		if (list->name != NULL && strcmp(name, list->name) == 0)
			list->foreign = !ours;
		if (ours && list->cnt < sizeof(list->ours) /
		    sizeof(list->ours[0]) && strlcpy(list->ours[list->cnt],
		    name, NFT_TABLE_LEN) < NFT_TABLE_LEN)
			list->cnt++;
	}
	nftnl_table_free(t);
}

static int
nft_delete(struct nft *nft, const char *table)
{
	struct nft_batch batch;

	if (nft_build(&batch, NULL, table, nft->commands.seq) == -1)
		return (-1);
	return (nft_send(nft, &batch));
}

void
nft_remove(struct netlinkd *nd)
{
	struct nft	*nft = nd->nft;

	nft->failed = false;
	nft->due_us = 0;
	if (!nft->open)
		return;
	if (nft->table[0] != '\0' && nft_delete(nft, nft->table) == -1)
		log_warn("nftables: table %s", nft->table);
	else
		nft_file(nft, false);
	nft->table[0] = '\0';
	nft_close(nft);
}

/* The ledger's name is the mark; beside it a file says that there may be a
 * table. Without the file nobody is asked, which would load the module. */
void
nft_sweep(struct netlinkd *nd, const char *ledger)
{
	struct nft	*nft = nd->nft;
	struct listing	 list;
	uint32_t	 i;
	bool		 left = false;

	(void)snprintf(nft->mark, sizeof(nft->mark), "vrrpd %s", ledger);
	if (snprintf(nft->path, sizeof(nft->path), "%s.nft", ledger) >=
	    (int)sizeof(nft->path))
		nft->path[0] = '\0';
	if (nft->path[0] == '\0' || access(nft->path, F_OK) == -1)
		return;
	memset(&list, 0, sizeof(list));
	if (nft_open(nd) == -1 || nft_list(nft, &list) == -1) {
		log_warn("nftables: tables cannot be listed");
		nft_close(nft);
		return;
	}
	for (i = 0; i < list.cnt; i++) {
		if (nft_delete(nft, list.ours[i]) == -1) {
			log_warn("nftables: table %s", list.ours[i]);
			left = true;
		}
	}
	if (!left)
		nft_file(nft, false);
	nft_close(nft);
}

static void
nft_file(const struct nft *nft, bool there)
{
	int	 fd;

	if (nft->path[0] == '\0')
		return;
	if (!there) {
		(void)unlink(nft->path);
		return;
	}
	fd = open(nft->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		log_warn("%s: cannot write", nft->path);
	else
		(void)close(fd);
}

static void
nft_read(evutil_socket_t fd, short what, void *arg)
{
	struct netlinkd	*nd = arg;
	int		 i, got = 1;

	for (i = 0; i < READ_BUDGET && got == 1; i++)
		got = chan_read(&nd->nft->events, false, nft_event, nd);
	/* What was lost may have been about us. */
	if (got == -1 && nd->nft->due_us == 0)
		nd->nft->due_us = led_putback_at(mono_us(), nd->nft->put_us);
	if (got == -1)
		nd->nft->put_us = nd->nft->due_us;
	nld_rearm(nd);
}

/* Whatever others do to the table, they should not. */
static void
nft_event(void *arg, const struct nlmsghdr *nlh)
{
	struct netlinkd		*nd = arg;
	struct nft		*nft = nd->nft;
	const struct nfgenmsg	*gen = nlmsg_data(nlh);
	const struct nlattr	*attr;
	uint32_t		 missed;

	if (nlh->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES ||
	    (nlh->nlmsg_type & 0xff) == NFT_MSG_NEWGEN ||
	    nlh->nlmsg_pid == nft->commands.port ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*gen)) ||
	    gen->nfgen_family != NFPROTO_INET || nft->table[0] == '\0' ||
	    nft->due_us != 0)
		return;
	attr = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)nlh, sizeof(*gen),
	    TABLE_ATTR);
	if (attr == NULL || strncmp(nla_data(attr), nft->table,
	    (size_t)nla_len(attr)) != 0)
		return;
	nft->due_us = led_putback_at(mono_us(), nft->put_us);
	nft->put_us = nft->due_us;
	if (log_limit_ok(&nft->limit, mono_us(), CHANGED_LOG_US, &missed))
		log_warnx("nftables: table %s was changed by someone else, "
		    "putting it back", nft->table);
}
