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
 * The way out for advertisements with an authentication header. Its checksum
 * covers the IP identification, which the kernel chooses for an ordinary raw
 * socket; so here the sender writes the IP header. The engine must not hold
 * such a socket: it could send from any address to any other. It gets one end
 * of a pair; what comes out of the other one is looked at byte by byte and
 * sent on when it can only be an advertisement from the right address to the
 * right one.
 * Runs in: parent.
 */

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "log.h"
#include "mono.h"
#include "relay.h"
#include "vrrpd.h"

#define BUDGET		64		/* packets in one turn */
#define PAIR_BUFFER	(1 << 20)	/* all VRIDs in one burst */
#define LOG_US		(60 * US_PER_SEC)

#define IP_LEN		20
#define AH_LEN		24
#define VRRP_MIN	16
#define PACKET_MIN	(IP_LEN + AH_LEN + VRRP_MIN)
#define PACKET_MAX	(PACKET_MIN + 4 * MAX_VIPS_ADVERT)

struct relay {
	struct sock_spec spec;
	int		 in;		/* our end of the pair */
	int		 out;		/* raw */
	struct event	 ev;
	struct log_limit limit;
};

static void	 relay_read(evutil_socket_t, short, void *);

struct relay *
relay_new(struct event_base *base, const struct sock_spec *spec, int out,
    int *engine_fd)
{
	struct relay	*r;
	int		 fds[2], size = PAIR_BUFFER;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, fds) == -1) {
		free(r);
		return (NULL);
	}
	(void)setsockopt(fds[1], SOL_SOCKET, SO_SNDBUFFORCE, &size,
	    sizeof(size));
	memcpy(&r->spec, spec, sizeof(r->spec));
	r->in = fds[0];
	r->out = out;
	if (base != NULL && (event_assign(&r->ev, base, r->in,
	    EV_READ | EV_PERSIST, relay_read, r) == -1 ||
	    event_add(&r->ev, NULL) == -1)) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		free(r);
		errno = ENOMEM;
		return (NULL);
	}
	*engine_fd = fds[1];
	return (r);
}

void
relay_free(struct relay *r)
{
	if (r == NULL)
		return;
	if (event_initialized(&r->ev))
		(void)event_del(&r->ev);
	(void)close(r->in);
	(void)close(r->out);
	free(r);
}

static void
relay_read(evutil_socket_t fd, short what, void *arg)
{
	struct relay	*r = arg;
	uint8_t		 buf[PACKET_MAX + 1];
	uint32_t	 missed;
	ssize_t		 len;
	int		 i;

	for (i = 0; i < BUDGET; i++) {
		len = recv(r->in, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC);
		if (len <= 0)
			return;
		if (!relay_may_pass(&r->spec, buf, (size_t)len)) {
			if (log_limit_ok(&r->limit, mono_us(), LOG_US,
			    &missed))
				log_warnx("a packet of the engine is not what "
				    "it may send: dropped");
			continue;
		}
		/* What ICMP brought, from anybody, is told in place of the
		 * first one. */
		if (send(r->out, buf, (size_t)len, MSG_DONTWAIT) == -1 &&
		    send(r->out, buf, (size_t)len, MSG_DONTWAIT) == -1 &&
		    log_limit_ok(&r->limit, mono_us(), LOG_US, &missed))
			log_warn("advertisement on interface %u",
			    r->spec.ifindex);
	}
}

/* Everything but the VRRP message, its number and the checksums is known. */
bool
relay_may_pass(const struct sock_spec *spec, const uint8_t *p, size_t len)
{
	const uint8_t	*ah = p + IP_LEN, *msg = ah + AH_LEN;

	if (len < PACKET_MIN || len > PACKET_MAX || (len - PACKET_MIN) % 4 != 0)
		return (false);
	if (p[0] != 0x45 || p[1] != SOCK_TRAFFIC_CLASS ||
	    (size_t)(p[2] << 8 | p[3]) != len || p[6] != 0 || p[7] != 0 ||
	    p[8] != spec->ttl || p[9] != SOCK_PROTO_AH ||
	    memcmp(p + 12, spec->src.bytes, 4) != 0 ||
	    memcmp(p + 16, spec->dst.bytes, 4) != 0)
		return (false);
	if (ah[0] != SOCK_PROTO_VRRP || ah[1] != 4 || ah[2] != 0 ||
	    ah[3] != 0 || memcmp(ah + 4, spec->src.bytes, 4) != 0)
		return (false);
	/* Version 2, an advertisement, as long as its addresses say. */
	return (msg[0] == 0x21 && len == PACKET_MIN + 4U * msg[3]);
}
