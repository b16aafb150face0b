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

#ifndef PROCEV_H
#define PROCEV_H

#include <sys/types.h>

#include <stddef.h>

enum procev_what {
	PROCEV_OTHER = 0,	/* nothing of use, or damaged */
	PROCEV_ACK,		/* the kernel will tell */
	PROCEV_FORK,
	PROCEV_EXEC,
	PROCEV_COMM,		/* another name */
	PROCEV_EXIT
};

struct procev {
	pid_t	 pid;		/* of FORK: the child */
	pid_t	 parent;	/* of FORK */
};

#define PROCEV_LEN	256	/* more than any message has */

/* One datagram of the kernel, of any length. */
enum procev_what procev_parse(const void *, size_t, struct procev *);

#endif /* PROCEV_H */
