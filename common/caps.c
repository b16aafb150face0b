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

/* Giving up capabilities. Runs in: parent, vrrpe, checker, readconf. */

#include <sys/types.h>
#include <sys/prctl.h>

#include <linux/capability.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "sandbox.h"

#define CAPS_MAX	64

/* The kernel's own sets; libcap would be a library for two calls. */
struct sets {
	uint64_t	 effective;
	uint64_t	 permitted;
	uint64_t	 inheritable;
};

int	 capget(cap_user_header_t, cap_user_data_t);
int	 capset(cap_user_header_t, const cap_user_data_t);

static int	 sets_read(struct sets *);
static int	 sets_write(const struct sets *);
static int	 cut_bounding(uint64_t);

int
sandbox_limit_caps(uint64_t mask, int bounding)
{
	struct sets	 sets;

	if (sets_read(&sets) == -1)
		return (-1);
	/* After setresuid(2) with PR_SET_KEEPCAPS only permitted is left. */
	if (bounding) {
		sets.effective |= sets.permitted & (1ULL << CAP_SETPCAP);
		if (sets_write(&sets) == -1 || cut_bounding(mask) == -1)
			return (-1);
	}
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
		return (-1);
	sets.permitted &= mask;
	sets.effective = sets.permitted;
	sets.inheritable = 0;
	return (sets_write(&sets));
}

int
sandbox_verify(int bounding)
{
	struct sets	 sets;
	unsigned long	 cap;
	int		 set;

	if (sets_read(&sets) == -1)
		return (-1);
	if ((sets.effective | sets.permitted | sets.inheritable) != 0)
		goto fail;
	for (cap = 0; cap < CAPS_MAX; cap++) {
		if ((set = prctl(PR_CAPBSET_READ, cap, 0, 0, 0)) == -1)
			break;		/* the kernel's last one was before */
		if (set != 0 && bounding)
			goto fail;
	}
	if (cap == 0 || getuid() == 0 || geteuid() == 0 ||
	    setresuid(0, 0, 0) == 0 || setresuid((uid_t)-1, 0, (uid_t)-1) == 0)
		goto fail;
	return (0);

 fail:
	errno = EPERM;
	return (-1);
}

/* Takes every capability out of the bounding set that mask does not name. */
static int
cut_bounding(uint64_t mask)
{
	unsigned long	 cap;
	int		 set;

	for (cap = 0; cap < CAPS_MAX; cap++) {
		if ((set = prctl(PR_CAPBSET_READ, cap, 0, 0, 0)) == -1)
			break;
		if (set != 0 && (mask & (1ULL << cap)) == 0 &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1)
			return (-1);
	}
	return (0);
}

static int
sets_read(struct sets *sets)
{
	struct __user_cap_header_struct	 head;
	struct __user_cap_data_struct	 data[2];

	memset(&head, 0, sizeof(head));
	memset(data, 0, sizeof(data));
	head.version = _LINUX_CAPABILITY_VERSION_3;
	if (capget(&head, data) == -1)
		return (-1);
	sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	sets->inheritable = data[0].inheritable |
	    (uint64_t)data[1].inheritable << 32;
	return (0);
}

static int
sets_write(const struct sets *sets)
{
	struct __user_cap_header_struct	 head;
	struct __user_cap_data_struct	 data[2];

	memset(&head, 0, sizeof(head));
	head.version = _LINUX_CAPABILITY_VERSION_3;
	data[0].effective = (uint32_t)sets->effective;
	data[0].permitted = (uint32_t)sets->permitted;
	data[0].inheritable = (uint32_t)sets->inheritable;
	data[1].effective = (uint32_t)(sets->effective >> 32);
	data[1].permitted = (uint32_t)(sets->permitted >> 32);
	data[1].inheritable = (uint32_t)(sets->inheritable >> 32);
	return (capset(&head, data));
}
