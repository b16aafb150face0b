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
 * Fuzz target: routes and rules, from a configuration to the kernel and back.
 * What the reader takes is written the same way again, and becomes a message
 * that fits; what the kernel says of routes is read whatever it is.
 */

#include <sys/socket.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../conf/field.h"
#include "../../netlinkd/internal.h"

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 one_route(const uint8_t *, size_t);
static void	 one_rule(const uint8_t *, size_t);
static void	 one_event(const uint8_t *, size_t, bool);
static void	 addr_take(struct vaddr *);
static void	 message_check(const struct robj *);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return (0);
	switch (data[0] % 4) {
	case 0:
		one_route(data + 1, len - 1);
		break;
	case 1:
		one_rule(data + 1, len - 1);
		break;
	default:
		one_event(data + 1, len - 1, data[0] & 1);
	}
	return (0);
}

/* The bytes are those of the object itself, nearly all of which is refused. */
static void
one_route(const uint8_t *data, size_t len)
{
	static struct conf_route zero;
	struct robj	 o;
	struct msg	 in, out;
	uint8_t		 buf[8192], again[8192];
	size_t		 i;

	memset(&o, 0, sizeof(o));
	memcpy(&o.route, data, len < sizeof(o.route) ? len : sizeof(o.route));
	o.route.congctl[CONGCTL_LEN - 1] = '\0';
	addr_take(&o.route.dst);
	addr_take(&o.route.from);
	addr_take(&o.route.src);
	o.route.type = (uint8_t)(o.route.type % 9 + 1);
	o.route.flags &= ROUTE_F_ALL;
	o.route.pref &= 3;
	o.route.metric_set &= (1 << ROUTE_METRICS) - 2;
	o.route.metric_lock &= (1 << ROUTE_METRICS) - 2;
	o.route.hop_cnt %= MAX_HOPS + 1;
	for (i = 0; i < o.route.hop_cnt; i++) {
		o.route.hops[i].ifname[IF_NAME_LEN - 1] = '\0';
		o.route.hops[i].flags &= HOP_F_ONLINK;
		addr_take(&o.route.hops[i].via);
		o.ifindex[i] = (uint32_t)i;
	}
	msg_init_write(&out, buf, sizeof(buf));
	route_put(&out, &o.route);
	if (out.error)
		return;
	o.route = zero;
	msg_init_read(&in, buf, out.len);
	if (route_get(&in, &o.route) != NULL || msg_end(&in) == -1)
		return;
	msg_init_write(&out, again, sizeof(again));
	route_put(&out, &o.route);
	if (out.error || out.len != in.len || memcmp(buf, again, out.len) != 0)
		abort();
	message_check(&o);
}

static void
one_rule(const uint8_t *data, size_t len)
{
	static struct conf_rule	 zero;
	struct robj	 o;
	struct msg	 in, out;
	uint8_t		 buf[4096], again[4096];

	memset(&o, 0, sizeof(o));
	o.is_rule = true;
	memcpy(&o.rule, data, len < sizeof(o.rule) ? len : sizeof(o.rule));
	o.rule.iif[IF_NAME_LEN - 1] = o.rule.oif[IF_NAME_LEN - 1] = '\0';
	o.rule.family = o.rule.family & 1 ? AF_INET : AF_INET6;
	o.rule.flags &= RULE_F_ALL;
	o.rule.sup_plen %= 129;
	addr_take(&o.rule.from);
	addr_take(&o.rule.to);
	msg_init_write(&out, buf, sizeof(buf));
	rule_put(&out, &o.rule);
	if (out.error)
		return;
	o.rule = zero;
	msg_init_read(&in, buf, out.len);
	if (rule_get(&in, &o.rule) != NULL || msg_end(&in) == -1)
		return;
	msg_init_write(&out, again, sizeof(again));
	rule_put(&out, &o.rule);
	if (out.error || out.len != in.len || memcmp(buf, again, out.len) != 0)
		abort();
	message_check(&o);
}

static void
addr_take(struct vaddr *addr)
{
	static const uint8_t	 families[] = { 0, AF_INET, AF_INET6 };

	addr->family = families[addr->family % sizeof(families)];
	if (addr->family == 0)
		memset(addr, 0, sizeof(*addr));
	if (addr->family == AF_INET)
		memset(addr->bytes + 4, 0, sizeof(addr->bytes) - 4);
	addr->plen = addr->family == 0 ? 0 :
	    (uint8_t)(addr->plen % (vaddr_full_plen(addr) + 1));
}

static void
message_check(const struct robj *o)
{
	uint8_t			 buf[ROBJ_MSG_MAX];
	const struct nlmsghdr	*nlh = (const void *)buf;
	size_t			 len;
	int			 del;

	for (del = 0; del < 2; del++) {
		len = o->is_rule ? rule_message(o, del, 1, buf, sizeof(buf)) :
		    route_message(o, del, 1, buf, sizeof(buf));
		if (len == 0 || len > sizeof(buf) || nlh->nlmsg_len > len)
			abort();
	}
}

/* All but its length is any. */
static void
one_event(const uint8_t *data, size_t len, bool rule)
{
	struct nlmsghdr	*nlh;
	struct vaddr	 dst;
	uint32_t	 number;
	uint8_t		 family;

	if ((nlh = calloc(1, sizeof(*nlh) + len)) == NULL)
		abort();
	nlh->nlmsg_len = (uint32_t)(sizeof(*nlh) + len);
	if (len != 0)
		memcpy(nlh + 1, data, len);
	if (rule)
		(void)rule_event(nlh, &family, &number);
	else if (route_event(nlh, &dst, &number) == 0 &&
	    dst.family != AF_INET && dst.family != AF_INET6)
		abort();
	free(nlh);
}
