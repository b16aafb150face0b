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
 * From what a process is called to whether it counts, and from how many there
 * are to a verdict. Pure.
 */

#ifndef QUORUM_H
#define QUORUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"

/*
 * Is this process one of those? comm is its name, cmdline its arguments with
 * their NULs; len 0: it has none (a kernel thread, or it is gone).
 */
bool	 process_matches(const struct conf_process *, const char *comm,
	    const char *cmdline, size_t len);

/* A delay is for what made the difference: a new process or a lost one. */
struct quorum {
	uint32_t	 min;
	uint32_t	 max;
	int64_t		 fork_delay_us;
	int64_t		 terminate_delay_us;
	uint32_t	 count;
	bool		 known;		/* counted once */
	bool		 good;		/* as was told */
	int64_t		 due_us;	/* to be told then; QUORUM_NEVER */
};

#define QUORUM_NEVER	INT64_MAX

void	 quorum_init(struct quorum *, const struct conf_process *);
/* New limits and delays for a known count; true: another verdict. */
bool	 quorum_limits(struct quorum *, const struct conf_process *);
/* So many run now; the first count has no delay. True: another verdict. */
bool	 quorum_count(struct quorum *, uint32_t count, int64_t now_us);
/* A delay may be over; true: another verdict. */
bool	 quorum_due(struct quorum *, int64_t now_us);

#endif /* QUORUM_H */
