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
 * Is a path safe to run as a user? Used by readconf at load and by the
 * checker right before a script is started.
 */

#ifndef SECPATH_H
#define SECPATH_H

#include <sys/types.h>

#include <stddef.h>

/*
 * Resolves path (absolute) and checks every component: owned by root or by
 * uid, not writable by group or others unless a sticky folder; the last one a
 * regular file that uid and gid may execute. 0, or -1 with a reason in why.
 * resolved (PATH_LEN) gets the real path, also on some failures.
 */
int	 secpath_check(const char *path, uid_t uid, gid_t gid,
	    char *resolved, size_t resolved_len, char *why, size_t whylen);

#endif /* SECPATH_H */
