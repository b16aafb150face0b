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

/* Addresses: parse, print, compare. Runs in: every process. */

#include <sys/socket.h>

#include <netinet/in.h>

#include <arpa/inet.h>

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"

static int	 parse_plen(const char *, uint8_t max, uint8_t *);

int
vaddr_parse(struct vaddr *out, const char *text)
{
	struct vaddr	 addr;
	char		 host[INET6_ADDRSTRLEN];
	const char	*slash;
	size_t		 len;

	slash = strchr(text, '/');
	len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	if (len >= sizeof(host))
		return (-1);
	memcpy(host, text, len);
	host[len] = '\0';

	memset(&addr, 0, sizeof(addr));
	addr.family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(addr.family, host, addr.bytes) != 1)
		return (-1);
	addr.plen = vaddr_full_plen(&addr);
	if (slash != NULL &&
	    parse_plen(slash + 1, addr.plen, &addr.plen) == -1)
		return (-1);
	*out = addr;
	return (0);
}

/* Digits only: strtonum would take blanks and signs. */
static int
parse_plen(const char *text, uint8_t max, uint8_t *plen)
{
	unsigned int	 value;
	size_t		 i;

	value = 0;
	for (i = 0; text[i] != '\0'; i++) {
		if (i == 3 || !isdigit((unsigned char)text[i]))
			return (-1);
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	if (i == 0 || value > max)
		return (-1);
	*plen = (uint8_t)value;
	return (0);
}

void
vaddr_from_bytes(struct vaddr *addr, int family, const void *bytes)
{
	memset(addr, 0, sizeof(*addr));
	if (family != AF_INET && family != AF_INET6)
		return;
	addr->family = (uint8_t)family;
	addr->plen = vaddr_full_plen(addr);
	memcpy(addr->bytes, bytes, vaddr_len(addr));
}

const char *
vaddr_print(const struct vaddr *addr, char *buf, size_t size)
{
	if (vaddr_len(addr) == 0 || inet_ntop(addr->family, addr->bytes, buf,
	    (socklen_t)size) == NULL)
		strlcpy(buf, "-", size);
	return (buf);
}

const char *
vaddr_print_plen(const struct vaddr *addr, char *buf, size_t size)
{
	char	 host[INET6_ADDRSTRLEN];

	vaddr_print(addr, host, sizeof(host));
	if (vaddr_len(addr) == 0)
		strlcpy(buf, host, size);
	else
		(void)snprintf(buf, size, "%s/%u", host, addr->plen);
	return (buf);
}

int
vaddr_cmp(const struct vaddr *a, const struct vaddr *b)
{
	if (a->family != b->family)
		return (a->family < b->family ? -1 : 1);
	return (memcmp(a->bytes, b->bytes, vaddr_len(a)));
}

int
vaddr_cmp_plen(const struct vaddr *a, const struct vaddr *b)
{
	int	 diff;

	diff = vaddr_cmp(a, b);
	if (diff != 0 || vaddr_len(a) == 0)
		return (diff);
	return ((int)a->plen - (int)b->plen);
}

size_t
vaddr_len(const struct vaddr *addr)
{
	if (addr->family == AF_INET)
		return (4);
	return (addr->family == AF_INET6 ? 16 : 0);
}

uint8_t
vaddr_full_plen(const struct vaddr *addr)
{
	return ((uint8_t)(vaddr_len(addr) * 8));
}

bool
vaddr_is_multicast(const struct vaddr *addr)
{
	if (addr->family == AF_INET)
		return ((addr->bytes[0] & 0xf0) == 0xe0);
	return (addr->family == AF_INET6 && addr->bytes[0] == 0xff);
}

bool
vaddr_is_linklocal(const struct vaddr *addr)
{
	return (addr->family == AF_INET6 && addr->bytes[0] == 0xfe &&
	    (addr->bytes[1] & 0xc0) == 0x80);
}

bool
vaddr_is_unspec(const struct vaddr *addr)
{
	size_t	 i;

	for (i = 0; i < vaddr_len(addr); i++)
		if (addr->bytes[i] != 0)
			return (false);
	return (true);
}

bool
vaddr_in_net(const struct vaddr *addr, const struct vaddr *net)
{
	size_t	 whole;
	uint8_t	 mask;

	if (addr->family != net->family || vaddr_len(addr) == 0 ||
	    net->plen > vaddr_full_plen(net))
		return (false);
	whole = net->plen / 8;
	if (memcmp(addr->bytes, net->bytes, whole) != 0)
		return (false);
	if (net->plen % 8 == 0)
		return (true);
	mask = (uint8_t)(0xff00 >> (net->plen % 8));
	return (((addr->bytes[whole] ^ net->bytes[whole]) & mask) == 0);
}

socklen_t
vaddr_to_sockaddr(const struct vaddr *addr, uint32_t scope,
    struct sockaddr_storage *ss)
{
	struct sockaddr_in6	 sin6;
	struct sockaddr_in	 sin;

	memset(ss, 0, sizeof(*ss));
	if (addr->family == AF_INET) {
		memset(&sin, 0, sizeof(sin));
		sin.sin_family = AF_INET;
		memcpy(&sin.sin_addr, addr->bytes, 4);
		memcpy(ss, &sin, sizeof(sin));
		return (sizeof(sin));
	}
	if (addr->family == AF_INET6) {
		memset(&sin6, 0, sizeof(sin6));
		sin6.sin6_family = AF_INET6;
		memcpy(&sin6.sin6_addr, addr->bytes, 16);
		/* ff02::/16 needs the link as much as fe80::/10 does. */
		if (vaddr_is_linklocal(addr) || (addr->bytes[0] == 0xff &&
		    (addr->bytes[1] & 0x0f) == 0x02))
			sin6.sin6_scope_id = scope;
		memcpy(ss, &sin6, sizeof(sin6));
		return (sizeof(sin6));
	}
	return (0);
}
