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
 * The clocks: the only place that reads them.
 */

#ifndef MONO_H
#define MONO_H

#include <sys/types.h>

#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC. */
int64_t	 mono_us(void);
/* Microseconds of CLOCK_BOOTTIME (goes on while the machine sleeps). */
int64_t	 mono_boot_us(void);
/* Microseconds that a process has run; 0: not known. */
int64_t	 mono_cpu_us(pid_t);
/* Seconds since 1970 and microseconds in it, for output only. */
int64_t	 wall_us(void);

#endif /* MONO_H */
