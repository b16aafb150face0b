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

/* The clocks. Runs in: every process. */

#include <stdint.h>
#include <time.h>

#include "mono.h"
#include "vrrpd.h"

static int64_t	 clock_us(clockid_t);

int64_t
mono_us(void)
{
	return (clock_us(CLOCK_MONOTONIC));
}

int64_t
mono_boot_us(void)
{
	return (clock_us(CLOCK_BOOTTIME));
}

int64_t
wall_us(void)
{
	return (clock_us(CLOCK_REALTIME));
}

int64_t
mono_cpu_us(pid_t pid)
{
	clockid_t	 clock;

	if (clock_getcpuclockid(pid, &clock) != 0)
		return (0);
	return (clock_us(clock));
}

static int64_t
clock_us(clockid_t clock)
{
	struct timespec	 ts;

	/* A process may have ended; the other clocks exist, and ts is ours. */
	if (clock_gettime(clock, &ts) == -1)
		return (0);
	return ((int64_t)ts.tv_sec * US_PER_SEC + ts.tv_nsec / 1000);
}
