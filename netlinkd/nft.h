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
 * The packet filter's table as it should be, and the messages that make it.
 * For netlinkd/nft.c and nftrule.c only.
 */

#ifndef NFT_H
#define NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vrrpd.h"

#define NFT_KEY_LEN	32		/* IPv6 address, name of interface */

struct nftnl_table;

enum nft_set {
	NFT_SET_V4 = 0,
	NFT_SET_V6,
	NFT_SET_LINK,			/* IPv6 link-local, with interface */
	NFT_SET_CNT
};

struct nft_elem {
	uint8_t		 set;		/* enum nft_set */
	uint8_t		 key[NFT_KEY_LEN];
};

struct nft_want {
	char		 table[NFT_TABLE_LEN];
	char		 mark[NFT_MARK_LEN];
	int32_t		 priority;
	bool		 counters;
	struct nft_elem	*elems;
	size_t		 cnt;
	size_t		 used[NFT_SET_CNT];	/* elements of each set */
};

struct nft_batch {
	char		*buf;
	size_t		 size;
	size_t		 len;
	uint32_t	 seq;		/* of the next message */
	uint32_t	 last_seq;	/* answered: all is done */
};

/* nftrule.c; 0, or -1 without memory. */
int	 nft_build(struct nft_batch *, const struct nft_want *,
	    const char *old, uint32_t seq);
void	 nft_batch_free(struct nft_batch *);
void	 nft_table_mark(const struct nftnl_table *, char *, size_t);

#endif /* NFT_H */
