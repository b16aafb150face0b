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
 * The child's side of a start: descriptor 3, HELLO, and giving up of every
 * right. Runs in: vrrpe, checker, readconf.
 */

#ifndef CHILD_H
#define CHILD_H

#include "payload.h"
#include "sandbox.h"

#define CHILD_FD	3

/*
 * Closes everything above CHILD_FD and waits at most 2 s for HELLO, which
 * must be for this role and of our own version and build. Ends the process
 * on anything else.
 */
void	 child_hello(enum role, struct hello *);

/*
 * Confines the process as HELLO says, in this order: scheduling and memory
 * lock, chroot, groups and uid, capabilities and bounding set, rlimits,
 * proof that nothing is left, no_new_privs, system call filter (NULL: none).
 * Ends the process when any step fails.
 */
void	 child_confine(const struct hello *, const struct sandbox *);

/* Sends READY. */
void	 child_ready(void);

/* A log_sink that sends LOG messages over CHILD_FD without blocking;
 * arg is the struct imsgbuf of the parent (its owner flushes it). */
void	 child_log_sink(void *, int, const char *);
/* What the next line is about: the id of an instance or 0; enum log_kind. */
void	 child_log_about(uint32_t, uint32_t);

#endif /* CHILD_H */
