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
 * Fuzz target: packets on their way out. Whatever may pass has the addresses
 * and the TTL of its socket, is no fragment and as long as it says.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../parent/relay.h"

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sock_spec	 spec;
	uint8_t			*buf;

	memset(&spec, 0, sizeof(spec));
	spec.family = AF_INET;
	spec.ah = true;
	spec.ttl = 255;
	if (vaddr_parse(&spec.src, "10.9.0.1") == -1 ||
	    vaddr_parse(&spec.dst, "224.0.0.18") == -1 ||
	    (buf = malloc(len != 0 ? len : 1)) == NULL)
		abort();
	if (len != 0)
		memcpy(buf, data, len);
	if (relay_may_pass(&spec, buf, len) && (len < 60 || buf[0] != 0x45 ||
	    (size_t)(buf[2] << 8 | buf[3]) != len || buf[6] != 0 ||
	    buf[7] != 0 || buf[8] != 255 || buf[9] != 51 ||
	    memcmp(buf + 12, spec.src.bytes, 4) != 0 ||
	    memcmp(buf + 16, spec.dst.bytes, 4) != 0 || buf[20] != 112 ||
	    buf[44] != 0x21))
		abort();
	free(buf);
	return (0);
}
