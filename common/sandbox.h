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
 * Confinement: capabilities, limits, system calls. The tables are the
 * processes' own.
 */

#ifndef SANDBOX_H
#define SANDBOX_H

#include <stddef.h>
#include <stdint.h>

enum sandbox_action {
	SANDBOX_ALLOW = 0,
	SANDBOX_EPERM,		/* libc tries it on odd paths */
	SANDBOX_ALLOW_NOT_EXEC,	/* mmap, mprotect without PROT_EXEC */
	SANDBOX_ALLOW_FLAGS,	/* fcntl: F_GETFL, F_SETFL, F_SETFD */
	SANDBOX_ALLOW_PEERCRED,	/* getsockopt: SO_PEERCRED */
	SANDBOX_ALLOW_NOT_WX,	/* mmap: not PROT_WRITE and PROT_EXEC */
	SANDBOX_ALLOW_READ,	/* openat: for reading, of what is there */
	SANDBOX_ALLOW_THREAD,	/* clone: of a thread of this process */
	SANDBOX_ALLOW_SOCKET,	/* socket: the Internet, local, netlink */
	SANDBOX_ALLOW_LOCAL,	/* socket: local */
	SANDBOX_ENOSYS		/* libc knows another way */
};

struct sandbox_call {
	int			 number;	/* SCMP_SYS(name) */
	enum sandbox_action	 action;
};

/* Everything that is not listed kills the process. */
struct sandbox {
	const struct sandbox_call	*calls;
	size_t				 call_cnt;
};

/* Loads the filter (with no_new_privs); 0 or -1 with errno. Built with
 * NO_SANDBOX it does nothing (sanitizers need more calls); built with
 * SANDBOX_TRACE a forbidden call is named on stderr before the end. */
int	 sandbox_load(const struct sandbox *);
/* 0 when built with NO_SANDBOX, else 1. */
int	 sandbox_built(void);

/*
 * caps.c; needs no libseccomp.
 */

/* Keeps exactly the capabilities of mask (1 << CAP_*) in permitted and
 * effective; with bounding also cuts the bounding set to it. */
int	 sandbox_limit_caps(uint64_t mask, int bounding);
/* 0 when this process has no capability, with bounding also none to gain by
 * an execve(2), and cannot become root; else -1. */
int	 sandbox_verify(int bounding);

#endif /* SANDBOX_H */
