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
 * The names that the HTTP server goes by. A browser can be made to ask us
 * under the name of a stranger, who then reads the answer (DNS rebinding); an
 * address in numbers cannot be given away so. Runs in: vrrpctl-serve.
 */

#include <arpa/inet.h>
#include <sys/socket.h>

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "serve.h"

#define HOST_LEN	256

static bool	 is_address(char *);
static bool	 is_named(const char *list, const char *, size_t);

void
host_init(struct server *s, const char *names)
{
	s->names = names;
	if (gethostname(s->own, sizeof(s->own) - 1) == -1)
		s->own[0] = '\0';
}

bool
host_is_ours(const struct server *s, const char *host)
{
	char	 name[HOST_LEN];
	size_t	 len;

	if (host == NULL)		/* no browser does that */
		return (true);
	len = strlen(host);
	while (len > 0 && host[len - 1] >= '0' && host[len - 1] <= '9')
		len--;
	if (len == 0 || host[len - 1] != ':')
		len = strlen(host);
	else
		len--;			/* there was a port */
	if (len >= sizeof(name))
		return (false);
	memcpy(name, host, len);
	name[len] = '\0';
	if (is_address(name))
		return (true);
	if (len > 1 && name[len - 1] == '.')
		len--;
	return (is_named("localhost", name, len) ||
	    is_named(s->own, name, len) || is_named(s->names, name, len));
}

/* An IPv6 one comes in brackets, and may have a zone. */
static bool
is_address(char *host)
{
	struct in6_addr	 in6;
	struct in_addr	 in;
	size_t		 len;

	if (host[0] != '[')
		return (inet_pton(AF_INET, host, &in) == 1);
	len = strlen(host);
	if (host[len - 1] != ']')
		return (false);
	host[len - 1] = '\0';
	host[strcspn(host, "%")] = '\0';
	return (inet_pton(AF_INET6, host + 1, &in6) == 1);
}

/* One of those that a list has, with commas between them. */
static bool
is_named(const char *list, const char *host, size_t len)
{
	size_t	 n;

	for (; *list != '\0'; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n > 0 && n == len && strncasecmp(list, host, n) == 0)
			return (true);
	}
	return (false);
}
