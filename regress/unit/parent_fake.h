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
 * A parent with two instances, without kernel, children and clock: what the
 * network side is asked for is written down, and nothing else happens.
 */

#ifndef PARENT_FAKE_H
#define PARENT_FAKE_H

#include <stddef.h>
#include <stdint.h>

#include "../../parent/parent.h"

#define FAKE_GEN	7
#define FAKE_INSTS	2		/* ids 1 and 2 */

struct fake {
	struct parent	 p;
	struct child	 engine;
	struct conf	 conf;
	struct conf_inst insts[FAKE_INSTS];
	struct conf_iface iface;
	struct diff	 diff;
	struct diff_inst diffs[FAKE_INSTS];
	int64_t		 now_us;
	struct link_info link;
	bool		 no_link;
	/* By id; 0 collects every id that is not configured. */
	bool		 wanted[FAKE_INSTS + 1];
	int64_t		 linger_us[FAKE_INSTS + 1];
	unsigned int	 wants;
	unsigned int	 unwants;
	unsigned int	 again;		/* ann_again */
	unsigned int	 stops;		/* ann_stop */
	unsigned int	 installed;
	unsigned int	 reloads;
	unsigned int	 busy;		/* reloads answered with no */
	unsigned int	 outside;	/* calls for what is not configured */
	unsigned int	 sent;		/* messages to the engine */
	bool		 leases;
	int		 level;
	int		 killed;	/* the last signal, 0: none */
	unsigned int	 lines;		/* logged */
};

struct fake *fake_new(void);
void	 fake_free(struct fake *);
/* Sockets for both instances, as the parent would note it. */
void	 fake_sockets(struct fake *, uint32_t, enum sock_why);
/* One message as if from the engine; fd is closed if nobody takes it. */
enum imsg_verdict fake_message(struct fake *, uint16_t, uint32_t, uint32_t,
	    uint32_t, int, const void *, size_t);
/* STATE of an instance, as the engine writes it. */
enum imsg_verdict fake_state(struct fake *, uint32_t, uint32_t, uint8_t,
	    uint8_t);

#endif /* PARENT_FAKE_H */
