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
 * A hostile engine: the input is a row of messages to the parent, which must
 * never want an address of an instance that is not configured, nor of one
 * that has no link or no sockets.
 *
 * A message is: type, id, what to do with the generation and the clock,
 * length, that many bytes. Type 0xff changes the world instead: link and
 * sockets come and go.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/parent_fake.h"

#define TYPE_WORLD	0xff
#define TYPE_STATE	0xfe	/* a well-formed STATE */

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 world(struct fake *, const uint8_t *);
static bool	 one(struct fake *, const uint8_t *, size_t);
static void	 check(const struct fake *, const struct fake *);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fake	*f;
	size_t		 need;

	f = fake_new();
	fake_sockets(f, 1, SOCK_OK);
	fake_sockets(f, 2, SOCK_OK);
	while (len >= 4) {
		need = data[0] < TYPE_STATE ? data[3] : 0;
		if (need > len - 4)
			need = len - 4;
		if (!one(f, data, need))
			break;		/* it would be killed here */
		data += 4 + need;
		len -= 4 + need;
	}
	/* Whatever it did, its end takes all away. */
	inst_engine_lost(&f->p);
	if (f->wanted[1] || f->wanted[2])
		abort();
	fake_free(f);
	return (0);
}

static bool
one(struct fake *f, const uint8_t *data, size_t len)
{
	struct fake	*before;
	uint32_t	 gen, id;
	bool		 going_on;

	if (data[0] == TYPE_WORLD) {
		world(f, data);
		return (true);
	}
	if ((before = malloc(sizeof(*before))) == NULL)
		abort();
	memcpy(before, f, sizeof(*before));
	f->now_us += (int64_t)(data[2] >> 2) * US_PER_SEC / 16;
	gen = FAKE_GEN + (data[2] & 3U) - ((data[2] & 3U) == 3 ? 4 : 0);
	id = data[1] > 250 ? UINT32_MAX - data[1] : data[1];
	if (data[0] == TYPE_STATE)
		going_on = fake_state(f, id, gen, data[3] & 3,
		    data[3] >> 2) != IMSG_REFUSED;
	else
		going_on = fake_message(f, data[0], id, gen, data[3], -1,
		    data + 4, len) != IMSG_REFUSED;
	check(before, f);
	free(before);
	return (going_on);
}

static void
world(struct fake *f, const uint8_t *data)
{
	f->link.flags = data[1] & (LINK_F_EXISTS | LINK_F_UP |
	    LINK_F_RUNNING);
	f->no_link = (data[1] & 0x80) != 0;
	fake_sockets(f, 1 + (data[2] & 1U), data[3] % SOCK_WHY_MAX);
}

/* What one message has done. */
static void
check(const struct fake *before, const struct fake *now)
{
	uint32_t	 id;
	bool		 link;

	if (now->outside != 0 || now->wanted[0])
		abort();
	link = !now->no_link && now->link.flags == (LINK_F_EXISTS |
	    LINK_F_UP | LINK_F_RUNNING);
	for (id = 1; id <= FAKE_INSTS; id++)
		if (now->wanted[id] && !before->wanted[id] && !link)
			abort();
	if (now->wants > before->wants + 1 ||
	    now->unwants > before->unwants + 1 ||
	    now->again > before->again + 1)
		abort();
	if (now->again > before->again && !before->wanted[1] &&
	    !before->wanted[2])
		abort();
}
