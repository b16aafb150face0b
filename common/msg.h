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
 * Typed fields of a message: written and read one by one, in network order.
 * An error sticks: later calls do nothing, and the reader asks once, at the
 * end. Reading never goes past the end and always leaves a defined value (0,
 * an empty string) behind.
 */

#ifndef MSG_H
#define MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vaddr;

struct msg {
	uint8_t		*buf;		/* the caller's */
	const uint8_t	*rbuf;
	size_t		 cap;		/* room, or bytes to read */
	size_t		 len;		/* written, or read so far */
	int		 error;		/* sticky */
};

void	 msg_init_write(struct msg *, void *buf, size_t cap);
void	 msg_init_read(struct msg *, const void *buf, size_t len);

void	 msg_put_u8(struct msg *, uint8_t);
void	 msg_put_u16(struct msg *, uint16_t);
void	 msg_put_u32(struct msg *, uint32_t);
void	 msg_put_u64(struct msg *, uint64_t);
void	 msg_put_s32(struct msg *, int32_t);
void	 msg_put_s64(struct msg *, int64_t);
void	 msg_put_bool(struct msg *, bool);
void	 msg_put_str(struct msg *, const char *);	/* u16 length first */
void	 msg_put_bytes(struct msg *, const void *, size_t);	/* as is */
void	 msg_put_addr(struct msg *, const struct vaddr *);

uint8_t	 msg_get_u8(struct msg *);
uint16_t msg_get_u16(struct msg *);
uint32_t msg_get_u32(struct msg *);
uint64_t msg_get_u64(struct msg *);
int32_t	 msg_get_s32(struct msg *);
int64_t	 msg_get_s64(struct msg *);
bool	 msg_get_bool(struct msg *);		/* other than 0, 1: error */
/* Values below max only; anything else is an error and gives 0. */
uint8_t	 msg_get_enum(struct msg *, uint8_t max);
/* A string of at most size - 1 bytes without a NUL inside. */
void	 msg_get_str(struct msg *, char *, size_t size);
void	 msg_get_bytes(struct msg *, void *, size_t);
/* Family 0, AF_INET or AF_INET6 with a possible prefix length. */
void	 msg_get_addr(struct msg *, struct vaddr *);
/* 0 when all was read without an error and nothing is left over, else -1. */
int	 msg_end(const struct msg *);

#endif /* MSG_H */
