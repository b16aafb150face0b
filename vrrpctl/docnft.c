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
 * Lists chains, rules and sets of the packet filter. This is the one thing
 * here that needs CAP_NET_ADMIN. Runs in: vrrpctl-doctor.
 */

#include <netinet/in.h>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "docnft.h"
#include "doctor.h"

#define TRIES	5		/* somebody may change it meanwhile */
#define LIST_MAX 200000

struct listing {
	struct nft_dump	*dump;
	struct nftnl_set *set;		/* whose elements come */
	bool		 failed;
};

static int	 list(struct nl_sock *, struct listing *, int,
		    struct nftnl_set *);
static int	 request(struct nl_sock *, int, struct nftnl_set *);
static int	 on_object(struct nl_msg *, void *);
static int	 take_chain(struct listing *, const struct nlmsghdr *);
static int	 take_rule(struct listing *, const struct nlmsghdr *);
static int	 take_set(struct listing *, const struct nlmsghdr *);
static int	 list_all(struct nl_sock *, struct listing *);
static void	 clear(struct nft_dump *);
static bool	 nft_list_add(struct nft_list *, void *);

void
nft_read(struct doctor *d)
{
	struct listing	 l;
	struct nl_sock	*nl;
	int		 error, tries;

	memset(&l, 0, sizeof(l));
	if ((l.dump = calloc(1, sizeof(*l.dump))) == NULL ||
	    (nl = nl_socket_alloc()) == NULL) {
		(void)strlcpy(d->nft_error, "out of memory",
		    sizeof(d->nft_error));
		free(l.dump);
		return;
	}
	nl_socket_disable_auto_ack(nl);
	(void)nl_socket_modify_cb(nl, NL_CB_VALID, NL_CB_CUSTOM, on_object,
	    &l);
	error = nl_connect(nl, NETLINK_NETFILTER);
	for (tries = 0; error == 0 && tries < TRIES; tries++) {
		clear(l.dump);
		if ((error = list_all(nl, &l)) != -NLE_DUMP_INTR)
			break;
		error = 0;
	}
	if (error == 0 && (l.failed || tries == TRIES))
		error = -NLE_NOMEM;
	nl_socket_free(nl);
	if (error == 0) {
		d->nft = l.dump;
		return;
	}
	if (error == -NLE_PERM)
		(void)strlcpy(d->nft_error, "needs root or CAP_NET_ADMIN",
		    sizeof(d->nft_error));
	else
		(void)snprintf(d->nft_error, sizeof(d->nft_error),
		    "the kernel does not list its rules: %s",
		    nl_geterror(error));
	nft_free(l.dump);
}

static int
list_all(struct nl_sock *nl, struct listing *l)
{
	size_t	 i;
	int	 error;

	if ((error = list(nl, l, NFT_MSG_GETCHAIN, NULL)) != 0 ||
	    (error = list(nl, l, NFT_MSG_GETRULE, NULL)) != 0 ||
	    (error = list(nl, l, NFT_MSG_GETSET, NULL)) != 0)
		return (error);
	for (i = 0; i < l->dump->sets.cnt && error == 0; i++) {
		error = list(nl, l, NFT_MSG_GETSETELEM,
		    l->dump->sets.item[i]);
		if (error == -NLE_OBJ_NOTFOUND)
			error = 0;	/* it has gone */
	}
	return (error);
}

static int
list(struct nl_sock *nl, struct listing *l, int type, struct nftnl_set *set)
{
	int	 error;

	l->set = set;
	if ((error = request(nl, type, set)) < 0)
		return (error);
	error = nl_recvmsgs_default(nl);
	return (error < 0 ? error : 0);
}

static int
request(struct nl_sock *nl, int type, struct nftnl_set *set)
{
	struct nfgenmsg	 head;
	struct nl_msg	*msg;
	int		 error;

	memset(&head, 0, sizeof(head));
	head.version = NFNETLINK_V0;
	if (set != NULL)
		head.nfgen_family = (uint8_t)nftnl_set_get_u32(set,
		    NFTNL_SET_FAMILY);
	msg = nlmsg_alloc_simple(NFNL_SUBSYS_NFTABLES << 8 | type,
	    NLM_F_REQUEST | NLM_F_DUMP);
	if (msg == NULL)
		return (-NLE_NOMEM);
	error = nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	if (error == 0 && set != NULL &&
	    (nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE,
	    nftnl_set_get_str(set, NFTNL_SET_TABLE)) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET,
	    nftnl_set_get_str(set, NFTNL_SET_NAME)) < 0))
		error = -NLE_NOMEM;
	if (error == 0)
		error = nl_send_auto(nl, msg);
	nlmsg_free(msg);
	return (error);
}

static int
on_object(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr	*nlh = nlmsg_hdr(msg);
	struct listing		*l = arg;
	int			 status = 0;

	switch (nlh->nlmsg_type & 0xff) {
	case NFT_MSG_NEWCHAIN:
		status = take_chain(l, nlh);
		break;
	case NFT_MSG_NEWRULE:
		status = take_rule(l, nlh);
		break;
	case NFT_MSG_NEWSET:
		status = take_set(l, nlh);
		break;
	case NFT_MSG_NEWSETELEM:
		if (l->set != NULL)
			status = nftnl_set_elems_nlmsg_parse(nlh, l->set);
		break;
	}
	if (status < 0)
		l->failed = true;
	return (NL_OK);
}

static int
take_chain(struct listing *l, const struct nlmsghdr *nlh)
{
	struct nftnl_chain	*c;

	if ((c = nftnl_chain_alloc()) == NULL)
		return (-1);
	if (nftnl_chain_nlmsg_parse(nlh, c) == 0 &&
	    nft_list_add(&l->dump->chains, c))
		return (0);
	nftnl_chain_free(c);
	return (-1);
}

static int
take_rule(struct listing *l, const struct nlmsghdr *nlh)
{
	struct nftnl_rule	*r;

	if ((r = nftnl_rule_alloc()) == NULL)
		return (-1);
	if (nftnl_rule_nlmsg_parse(nlh, r) == 0 &&
	    nft_list_add(&l->dump->rules, r))
		return (0);
	nftnl_rule_free(r);
	return (-1);
}

static int
take_set(struct listing *l, const struct nlmsghdr *nlh)
{
	struct nftnl_set	*s;

	if ((s = nftnl_set_alloc()) == NULL)
		return (-1);
	if (nftnl_set_nlmsg_parse(nlh, s) == 0 &&
	    nft_list_add(&l->dump->sets, s))
		return (0);
	nftnl_set_free(s);
	return (-1);
}

static bool
nft_list_add(struct nft_list *list, void *item)
{
	void	**grown;
	size_t	  cap;

	if (list->cnt >= LIST_MAX)
		return (false);
	if (list->cnt == list->cap) {
		cap = list->cap == 0 ? 32 : list->cap * 2;
		grown = reallocarray(list->item, cap, sizeof(*grown));
		if (grown == NULL)
			return (false);
		list->item = grown;
		list->cap = cap;
	}
	list->item[list->cnt++] = item;
	return (true);
}

static void
clear(struct nft_dump *dump)
{
	size_t	 i;

	for (i = 0; i < dump->chains.cnt; i++)
		nftnl_chain_free(dump->chains.item[i]);
	for (i = 0; i < dump->rules.cnt; i++)
		nftnl_rule_free(dump->rules.item[i]);
	for (i = 0; i < dump->sets.cnt; i++)
		nftnl_set_free(dump->sets.item[i]);
	dump->chains.cnt = dump->rules.cnt = dump->sets.cnt = 0;
}

void
nft_free(struct nft_dump *dump)
{
	if (dump == NULL)
		return;
	clear(dump);
	free(dump->chains.item);
	free(dump->rules.item);
	free(dump->sets.item);
	free(dump);
}
