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

/* What "scan" has heard, as text and as JSON. Runs in: vrrpctl. */

#include <sys/socket.h>

#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../vrrpe/packet.h"
#include "client.h"
#include "scan.h"
#include "view.h"

static void	 print_text(const struct scan *);
static void	 print_free(const struct scan *);
static void	 print_json(const struct scan *, const char *);
static json_t	*json_heard(const struct heard *);
static void	 used(const struct scan *, bool [256]);
static const char *addr_text(const struct heard *, const uint8_t *, char *,
		    size_t);
static const char *auth_text(const struct heard *);

int
scan_command(const char *ifname, int64_t for_us, bool json)
{
	struct scan	*s;
	int		 status;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		err(CLIENT_REFUSED, NULL);
	status = scan(s, ifname, for_us);
	if (status == CLIENT_OK && json)
		print_json(s, ifname);
	else if (status == CLIENT_OK)
		print_text(s);
	free(s);
	if (fflush(stdout) == EOF)
		err(CLIENT_REFUSED, "standard output");
	return (status);
}

static const char *
addr_text(const struct heard *h, const uint8_t *bytes, char *buf, size_t size)
{
	struct vaddr	 addr;

	vaddr_from_bytes(&addr, h->family == PKT_V6 ? AF_INET6 : AF_INET,
	    bytes);
	return (vaddr_print(&addr, buf, size));
}

static const char *
auth_text(const struct heard *h)
{
	if (h->auth == PKT_AUTH_AH)
		return ("ah");
	return (h->auth == PKT_AUTH_PASS ? "pass" : "none");
}

static void
print_text(const struct scan *s)
{
	static const char *const names[] = { "VRID", "FROM", "V", "PRIO",
	    "EVERY", "SEEN", "STATE", "ADDRESSES" };
	const struct heard	*h;
	struct table		*t;
	struct view		 v;
	char			 text[VADDR_STRLEN], more[VADDR_STRLEN + 16];
	size_t			 i;

	if (s->cnt != 0) {
		t = table_new("rlrrrrll");
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			table_cell(t, "%s", names[i]);
		for (i = 0; i < s->cnt; i++) {
			h = &s->heard[i];
			table_cell(t, "%u", h->vrid);
			table_cell(t, "%s%s", addr_text(h, h->src, text,
			    sizeof(text)), h->own ? " (this host)" : "");
			table_cell(t, "%u", h->version);
			table_cell(t, "%u", h->prio);
			table_cell(t, "%.2fs", (double)h->adver_int_us / 1e6);
			table_cell(t, "%llu", (unsigned long long)h->packets);
			table_cell(t, "%s", h->result == PKT_OK ? "ok" :
			    h->result == PKT_E_AH_ICV ? "ah" :
			    pkt_result_text(h->result));
			more[0] = '\0';
			if (h->addr_cnt > 1)
				(void)snprintf(more, sizeof(more), " and %u "
				    "more", h->addr_cnt - 1U);
			table_cell(t, "%s%s", h->addr_cnt == 0 ? "-" :
			    addr_text(h, h->addrs[0], text, sizeof(text)),
			    more);
		}
		memset(&v, 0, sizeof(v));
		v.fp = stdout;
		table_print(t, &v);
		table_free(t);
	}
	printf("%llu packets in %.1f s", (unsigned long long)s->packets,
	    (double)s->took_us / 1e6);
	if (s->broken != 0)
		printf(", %llu too short",
		    (unsigned long long)s->broken);
	if (s->left_out != 0)
		printf(", %llu of more routers than are listed",
		    (unsigned long long)s->left_out);
	printf("\n");
	print_free(s);
}

static void
used(const struct scan *s, bool in_use[256])
{
	size_t	 i;

	memset(in_use, 0, 256 * sizeof(in_use[0]));
	for (i = 0; i < s->cnt; i++)
		in_use[s->heard[i].vrid] = true;
}

/* "free: 1-50 52-255" */
static void
print_free(const struct scan *s)
{
	bool	 in_use[256];
	int	 first, n, col;

	used(s, in_use);
	col = printf("free:");
	for (n = 1; n < 256; n++) {
		if (in_use[n])
			continue;
		for (first = n; n < 255 && !in_use[n + 1]; n++)
			;
		if (col > 70)
			col = printf("\n     ") - 1;
		col += first == n ? printf(" %d", n) :
		    printf(" %d-%d", first, n);
	}
	printf("\n");
}

static json_t *
json_heard(const struct heard *h)
{
	json_t	*addrs, *o;
	char	 text[VADDR_STRLEN];
	size_t	 i;

	if ((addrs = json_array()) == NULL)
		errx(CLIENT_REFUSED, "out of memory");
	for (i = 0; i < SCAN_ADDRS && i < h->addr_cnt; i++)
		(void)json_array_append_new(addrs, json_string(addr_text(h,
		    h->addrs[i], text, sizeof(text))));
	o = json_pack("{s:i, s:s, s:s, s:i, s:i, s:f, s:s, s:b, s:b, s:b, "
	    "s:s, s:I, s:i, s:o}", "vrid", h->vrid, "family",
	    h->family == PKT_V6 ? "ipv6" : "ipv4", "source", addr_text(h,
	    h->src, text, sizeof(text)), "vrrp_version", h->version,
	    "priority", h->prio, "interval_s", (double)h->adver_int_us / 1e6,
	    "authentication", auth_text(h), "own", h->own, "unicast",
	    h->unicast, "checksum_ok", h->result == PKT_OK, "result",
	    h->result == PKT_OK ? "ok" : pkt_result_text(h->result),
	    "packets", (json_int_t)h->packets, "address_count", h->addr_cnt,
	    "addresses", addrs);
	if (o == NULL)
		errx(CLIENT_REFUSED, "out of memory");
	return (o);
}

static void
print_json(const struct scan *s, const char *ifname)
{
	json_t	*list, *numbers, *root;
	bool	 in_use[256];
	char	 safe[IF_NAME_LEN * 4];
	size_t	 i;

	list = json_array();
	numbers = json_array();
	for (i = 0; i < s->cnt; i++)
		(void)json_array_append_new(list, json_heard(&s->heard[i]));
	used(s, in_use);
	for (i = 1; i < 256; i++) {
		if (!in_use[i])
			(void)json_array_append_new(numbers,
			    json_integer((json_int_t)i));
	}
	root = json_pack("{s:i, s:s, s:f, s:I, s:I, s:I, s:o, s:o, s:b}",
	    "schema", 1, "interface", format_safe(safe, sizeof(safe),
	    ifname), "took_s", (double)s->took_us / 1e6, "packets",
	    (json_int_t)s->packets, "too_short", (json_int_t)s->broken,
	    "left_out", (json_int_t)s->left_out, "routers", list, "free",
	    numbers, "complete", 1);
	if (root == NULL || json_dumpf(root, stdout, JSON_INDENT(2) |
	    JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII |
	    JSON_REAL_PRECISION(15)) == -1)
		errx(CLIENT_REFUSED, "JSON was not written");
	printf("\n");
	json_decref(root);
}
