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
 * The live table: top.c has the loop and the keys, topdata.c what is counted
 * and how it is sorted, topdraw.c the screen. Runs in: vrrpctl-top.
 */

#ifndef TOP_H
#define TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asker.h"
#include "snap.h"
#include "vrrpd.h"

#define TOP_SAMPLES	6		/* of counters, for rates */

enum top_colour {
	TOP_GREEN = 1,
	TOP_RED,
	TOP_YELLOW
};

enum top_mode {
	TOP_TABLE = 0,
	TOP_WHY,
	TOP_HELP
};

enum top_sort {
	SORT_ORDER = 0,		/* as in the configuration */
	SORT_NAME,
	SORT_STATE,
	SORT_PRIORITY,
	SORT_RATE,
	SORT_JITTER,
	SORT_MAX
};

struct top_row {
	const struct snap_inst	*i;		/* of the asker's snap */
	uint32_t		 id;
	uint64_t		 sent[TOP_SAMPLES];	/* latest first */
	uint64_t		 heard[TOP_SAMPLES];
	unsigned int		 samples;
	double			 sent_rate;	/* a second; -1: not known */
	double			 heard_rate;
	int64_t			 jitter_us;	/* -1: not known */
};

struct top {
	struct asker	 asker;
	struct top_row	*rows;			/* sorted */
	size_t		 row_cnt;
	int64_t		 at_us[TOP_SAMPLES];
	unsigned int	 samples;
	uint64_t	 late[CTL_LATE_CNT + 1];	/* at the last sample */
	int64_t		 late_us;		/* latest since; -1: unknown */
	enum top_mode	 mode;
	enum top_sort	 sort;
	bool		 backwards;
	bool		 colour;
	char		 chosen[NAME_LEN];	/* name of an instance */
	size_t		 first;			/* row that is at the top */
	int		 why_first;		/* likewise, of lines */
	int		 why_lines;
	int		 page;			/* lines for rows */
};

/* topdata.c: rows of what has just come; 0 or -1 without memory */
int	 topdata_take(struct top *);
void	 topdata_sort(struct top *);
void	 topdata_free(struct top *);
/* The number of the row that is chosen; the first one if it is gone. */
size_t	 topdata_chosen(const struct top *);
void	 topdata_choose(struct top *, size_t row);
const char *topdata_sort_name(enum top_sort);

/* topdraw.c */
void	 topdraw(struct top *);

#endif /* TOP_H */
