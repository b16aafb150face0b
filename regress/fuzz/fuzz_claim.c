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
 * Fuzz target: what others on the link say of addresses. The first byte says
 * whether it is ARP. A claim is made of bytes that are there.
 */

#include <sys/socket.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../vrrpe/claim.h"

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct claim	 claim;
	uint8_t		*buf;
	size_t		 i;
	bool		 arp, any = false;

	if (len == 0)
		return (0);
	arp = data[0] & 1;
	len--;
	if ((buf = malloc(len + 1)) == NULL)	/* its end is guarded */
		abort();
	memcpy(buf, data + 1, len);
	if ((buf = realloc(buf, len != 0 ? len : 1)) == NULL)
		abort();
	memset(&claim, 0, sizeof(claim));
	if (arp ? claim_arp(buf, len, &claim) : claim_na(buf, len, &claim)) {
		for (i = 0; i + sizeof(claim.mac) <= len; i++)
			any |= memcmp(buf + i, claim.mac,
			    sizeof(claim.mac)) == 0;
		if (!any || claim.addr.family != (arp ? AF_INET : AF_INET6) ||
		    memcmp(claim.addr.bytes, buf + (arp ? 14 : 8),
		    arp ? 4 : 16) != 0)
			abort();
	}
	free(buf);
	return (0);
}
