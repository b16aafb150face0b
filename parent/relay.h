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
 * Advertisements whose IP header is the engine's, checked on the way out.
 * Runs in: parent.
 */

#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sockopen.h"

struct event_base;
struct relay;

/* Takes out, a socket for whole IP packets, unless it fails (NULL); *engine_fd
 * is the end for the engine, the caller's. */
struct relay *relay_new(struct event_base *, const struct sock_spec *,
	    int out, int *engine_fd);
void	 relay_free(struct relay *);
/* Is it an advertisement that this socket is for? */
bool	 relay_may_pass(const struct sock_spec *, const uint8_t *, size_t);

#endif /* RELAY_H */
