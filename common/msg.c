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

/* Typed fields of messages. Runs in: every process. */

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "addr.h"
#include "msg.h"

/* Families as they travel: by IP version, so that no host enum is sent. */
#define WIRE_FAMILY_NONE	0
#define WIRE_FAMILY_4		4
#define WIRE_FAMILY_6		6

static void	 put_number(struct msg *, uint64_t, size_t);
static uint64_t	 get_number(struct msg *, size_t);

void
msg_init_write(struct msg *m, void *buf, size_t cap)
{
	memset(m, 0, sizeof(*m));
	m->buf = buf;
	m->cap = cap;
}

void
msg_init_read(struct msg *m, const void *buf, size_t len)
{
	memset(m, 0, sizeof(*m));
	m->rbuf = buf;
	m->cap = len;
}

void
msg_put_bytes(struct msg *m, const void *data, size_t len)
{
	if (m->error || m->buf == NULL || len > m->cap - m->len) {
		m->error = 1;
		return;
	}
	if (len != 0)
		memcpy(m->buf + m->len, data, len);
	m->len += len;
}

void
msg_get_bytes(struct msg *m, void *data, size_t len)
{
	if (m->error || m->rbuf == NULL || len > m->cap - m->len) {
		m->error = 1;
		if (len != 0)
			memset(data, 0, len);
		return;
	}
	if (len != 0)
		memcpy(data, m->rbuf + m->len, len);
	m->len += len;
}

static void
put_number(struct msg *m, uint64_t value, size_t len)
{
	uint8_t	 bytes[8];
	size_t	 i;

	for (i = len; i > 0; i--) {
		bytes[i - 1] = (uint8_t)value;
		value >>= 8;
	}
	msg_put_bytes(m, bytes, len);
}

static uint64_t
get_number(struct msg *m, size_t len)
{
	uint64_t	 value;
	uint8_t		 bytes[8];
	size_t		 i;

	msg_get_bytes(m, bytes, len);
	value = 0;
	for (i = 0; i < len; i++)
		value = value << 8 | bytes[i];
	return (value);
}

void
msg_put_u8(struct msg *m, uint8_t value)
{
	put_number(m, value, 1);
}

void
msg_put_u16(struct msg *m, uint16_t value)
{
	put_number(m, value, 2);
}

void
msg_put_u32(struct msg *m, uint32_t value)
{
	put_number(m, value, 4);
}

void
msg_put_u64(struct msg *m, uint64_t value)
{
	put_number(m, value, 8);
}

void
msg_put_s32(struct msg *m, int32_t value)
{
	put_number(m, (uint32_t)value, 4);
}

void
msg_put_s64(struct msg *m, int64_t value)
{
	put_number(m, (uint64_t)value, 8);
}

void
msg_put_bool(struct msg *m, bool value)
{
	put_number(m, value ? 1 : 0, 1);
}

void
msg_put_str(struct msg *m, const char *text)
{
	size_t	 len;

	len = strlen(text);
	if (len > UINT16_MAX) {
		m->error = 1;
		return;
	}
	put_number(m, len, 2);
	msg_put_bytes(m, text, len);
}

void
msg_put_addr(struct msg *m, const struct vaddr *addr)
{
	if (addr->family == AF_INET)
		msg_put_u8(m, WIRE_FAMILY_4);
	else if (addr->family == AF_INET6)
		msg_put_u8(m, WIRE_FAMILY_6);
	else {
		msg_put_u8(m, WIRE_FAMILY_NONE);
		return;
	}
	msg_put_u8(m, addr->plen);
	msg_put_bytes(m, addr->bytes, vaddr_len(addr));
}

uint8_t
msg_get_u8(struct msg *m)
{
	return ((uint8_t)get_number(m, 1));
}

uint16_t
msg_get_u16(struct msg *m)
{
	return ((uint16_t)get_number(m, 2));
}

uint32_t
msg_get_u32(struct msg *m)
{
	return ((uint32_t)get_number(m, 4));
}

uint64_t
msg_get_u64(struct msg *m)
{
	return (get_number(m, 8));
}

int32_t
msg_get_s32(struct msg *m)
{
	return ((int32_t)get_number(m, 4));
}

int64_t
msg_get_s64(struct msg *m)
{
	return ((int64_t)get_number(m, 8));
}

bool
msg_get_bool(struct msg *m)
{
	return (msg_get_enum(m, 2) != 0);
}

uint8_t
msg_get_enum(struct msg *m, uint8_t max)
{
	uint8_t	 value;

	value = (uint8_t)get_number(m, 1);
	if (value >= max) {
		m->error = 1;
		return (0);
	}
	return (value);
}

void
msg_get_str(struct msg *m, char *text, size_t size)
{
	size_t	 len;

	text[0] = '\0';
	len = get_number(m, 2);
	if (m->error || len >= size) {
		m->error = 1;
		return;
	}
	msg_get_bytes(m, text, len);
	text[len] = '\0';
	if (strlen(text) != len) {
		m->error = 1;
		text[0] = '\0';
	}
}

void
msg_get_addr(struct msg *m, struct vaddr *addr)
{
	memset(addr, 0, sizeof(*addr));
	switch (msg_get_u8(m)) {
	case WIRE_FAMILY_NONE:
		return;
	case WIRE_FAMILY_4:
		addr->family = AF_INET;
		break;
	case WIRE_FAMILY_6:
		addr->family = AF_INET6;
		break;
	default:
		m->error = 1;
		return;
	}
	addr->plen = msg_get_u8(m);
	msg_get_bytes(m, addr->bytes, vaddr_len(addr));
	if (addr->plen > vaddr_full_plen(addr))
		m->error = 1;
	if (m->error)
		memset(addr, 0, sizeof(*addr));
}

int
msg_end(const struct msg *m)
{
	if (m->error || (m->rbuf != NULL && m->len != m->cap))
		return (-1);
	return (0);
}
