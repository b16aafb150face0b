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
 * The rules of nftables as the kernel lists them, and the way of one packet
 * through them. What a rule asks of a packet that we do not know beforehand
 * makes its verdict a possible one. Runs in: vrrpctl-doctor.
 */

#ifndef DOCNFT_H
#define DOCNFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>

#define NFT_HEAD_LEN	48	/* of IPv6, and 8 bytes of VRRP */

struct nft_list {
	void	**item;
	size_t	  cnt;
	size_t	  cap;
};

struct nft_dump {
	struct nft_list	 chains;	/* struct nftnl_chain */
	struct nft_list	 rules;		/* struct nftnl_rule, in their order */
	struct nft_list	 sets;		/* struct nftnl_set, with elements */
};

/* An advertisement: bytes from the network header on, if they are known. */
struct nft_packet {
	uint8_t		 bytes[NFT_HEAD_LEN];
	bool		 known[NFT_HEAD_LEN];
	size_t		 head_len;	/* of the network header */
	bool		 ipv6;
	uint8_t		 proto;
	bool		 multicast;
	bool		 in;
	const char	*ifname;
	unsigned int	 ifindex;
};

enum nft_fate {
	NFT_PASSES = 0,
	NFT_DROPPED,
	NFT_MAYBE		/* it depends on what we cannot know */
};

struct nft_answer {
	enum nft_fate	 fate;
	const char	*family;	/* of the base chain */
	const char	*table;
	const char	*chain;
	bool		 policy;	/* of that chain, not a rule */
	const char	*rule_chain;	/* where the rule is */
	uint64_t	 handle;
};

/* docexpr.c: what a rule makes of a packet */
enum nft_match {
	NFT_NO = 0,
	NFT_YES,
	NFT_PERHAPS
};

/* code: NF_DROP, NF_ACCEPT, NFT_CONTINUE, NFT_JUMP ... */
struct nft_verdict {
	int		 code;
	const char	*chain;
};

/* The verdict of the rule, if it matches; NFT_CONTINUE: none. */
enum nft_match nft_rule_eval(const struct nft_dump *,
	    const struct nft_packet *, const struct nftnl_rule *,
	    struct nft_verdict *);

#endif /* DOCNFT_H */
