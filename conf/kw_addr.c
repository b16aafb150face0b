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
 * Entries of address blocks and of unicast_peer.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "keyword.h"

#define SHOW_LEN	64

/* The words of an entry that are flags. */
static const struct addr_flag {
	const char	*name;
	uint32_t	 flag;
} addr_flags[] = {
	{ "home", VIP_F_HOME },
	{ "-nodad", VIP_F_DAD },
	{ "mngtmpaddr", VIP_F_MNGTMPADDR },
	{ "noprefixroute", VIP_F_NOPREFIXROUTE },
	{ "autojoin", VIP_F_AUTOJOIN },
	{ "no_track", VIP_F_NO_TRACK },
	{ "use_vmac", VIP_F_VMAC }
};

static void	 addr_read(struct load *, const struct stmt *,
		    struct inst_def *, bool excluded);
static size_t	 addr_place(struct load *, const struct stmt *);
static int	 addr_length(struct load *, struct where, const char *,
		    struct vaddr *);
static bool	 addr_first(struct load *, const struct stmt *, size_t,
		    struct inst_def *, bool, struct vaddr *);
static bool	 addr_word(struct load *, const struct stmt *, size_t *,
		    struct conf_vip *);
static bool	 addr_value(struct load *, const struct stmt *, size_t,
		    struct conf_vip *);
static bool	 addr_dev(struct load *, struct where, struct conf_vip *,
		    const char *);
static bool	 addr_scope(struct load *, struct where, struct conf_vip *,
		    const char *);
static bool	 addr_label(struct load *, struct where, struct conf_vip *,
		    const char *);
static bool	 addr_brd(struct load *, struct where, struct conf_vip *,
		    const char *);
static bool	 addr_peer(struct load *, struct where, struct conf_vip *,
		    const char *);
static bool	 addr_lft(struct load *, struct where, struct conf_vip *,
		    const char *);
static void	 addr_unknown(struct load *, const struct stmt *, size_t);
static void	 vip_insert(struct conf_inst *, struct conf_vip *);

void
addr_entry(struct load *ld, const struct stmt *st, void *obj)
{
	addr_read(ld, st, obj, false);
}

void
addr_excluded_entry(struct load *ld, const struct stmt *st, void *obj)
{
	addr_read(ld, st, obj, true);
}

static void
addr_read(struct load *ld, const struct stmt *st, struct inst_def *d,
    bool excluded)
{
	struct conf_vip	 vip, *v;
	struct vip_def	*vd;
	size_t		 i;

	memset(&vip, 0, sizeof(vip));
	i = addr_place(ld, st);
	vd = mem_get(ld, sizeof(*vd));
	vd->at = word_at(st, i);
	vd->excluded = excluded;
	if (!addr_first(ld, st, i, d, excluded, &vip.addr))
		return;
	vip.preferred_lft = VIP_LFT_FOREVER;
	if (vip.addr.family == AF_INET6 && vip.addr.plen == 128)
		vip.preferred_lft = 0;
	vip.line = st->src->line;
	if (excluded)
		vip.flags |= VIP_F_EXCLUDED;
	for (i++; i < st->cnt; i++)
		if (!addr_word(ld, st, &i, &vip))
			return;
	if (vip.track_group[0] != '\0' && d != &ld->statics) {
		diag_note(ld, vd->at, "track_group has no effect: it is for "
		    "static addresses");
		vip.track_group[0] = '\0';
	}
	if ((v = malloc(sizeof(*v))) == NULL)
		err(1, "configuration");
	*v = vip;
	vd->v = v;
	TAILQ_INSERT_TAIL(&d->vips, vd, entry);
	vip_insert(d->c, v);
	ld->conf->vip_cnt++;
}

/* Excluded addresses stand behind the others. */
static void
vip_insert(struct conf_inst *c, struct conf_vip *v)
{
	struct conf_vip	*at;

	TAILQ_FOREACH(at, &c->vips, entry)
		if (at->flags & VIP_F_EXCLUDED)
			break;
	if (at != NULL && (v->flags & VIP_F_EXCLUDED) == 0)
		TAILQ_INSERT_BEFORE(at, v, entry);
	else
		TAILQ_INSERT_TAIL(&c->vips, v, entry);
}

/* Behind an escaped # keepalived reads on, too: it comments nothing out. */
static size_t
addr_place(struct load *ld, const struct stmt *st)
{
	if (st->cnt < 2 || strcmp(st->word[0].s, "#") != 0)
		return (0);
	diag_warn(ld, word_at(st, 0), "an escaped # begins no comment: "
	    "the address counts");
	return (1);
}

/*
 * An address whose length is none, "/24," or "/255.255.255.0": as keepalived,
 * digits in front count, and what is no length is a full one; but for it
 * "/x" is "/0", which would take in everything.
 */
static int
addr_length(struct load *ld, struct where at, const char *word,
    struct vaddr *addr)
{
	const char	*slash = strchr(word, '/'), *p;
	char		 show[SHOW_LEN];
	unsigned long	 len = 0;

	if (slash == NULL || vaddr_parse(addr, mem_str(ld, word,
	    slash - word)) == -1)
		return (-1);
	for (p = slash + 1; isdigit((unsigned char)*p) && len < 1000; p++)
		len = len * 10 + (*p - '0');
	if (p > slash + 1 && len <= addr->plen)
		addr->plen = (uint8_t)len;
	diag_warn(ld, at, "\"%s\" has no prefix length from 0 to %u: /%u is "
	    "used", word_show(word, show, sizeof(show)),
	    vaddr_full_plen(addr), addr->plen);
	return (0);
}

static bool
addr_first(struct load *ld, const struct stmt *st, size_t first,
    struct inst_def *d, bool excluded, struct vaddr *addr)
{
	const char		*word = st->word[first].s;
	struct where		 at = word_at(st, first);
	const struct vip_def	*vd;
	char			 show[SHOW_LEN];

	if (vaddr_parse(addr, word) == -1 &&
	    addr_length(ld, at, word, addr) == -1) {
		addr_unknown(ld, st, first);
		return (false);
	}
	(void)word_show(word, show, sizeof(show));
	if (vaddr_is_multicast(addr) || vaddr_is_unspec(addr)) {
		diag_warn(ld, at, "%s cannot be a virtual address: ignored",
		    show);
		return (false);
	}
	if (!excluded && !inst_family(d, addr->family)) {
		diag_warn(ld, at, "%s is of another family than the addresses "
		    "before it: ignored (virtual_ipaddress_excluded takes "
		    "both)", show);
		return (false);
	}
	TAILQ_FOREACH(vd, &d->vips, entry)
		if (vaddr_cmp(&vd->v->addr, addr) == 0) {
			diag_warn(ld, at, "%s stands a second time (first in "
			    "line %u): ignored", show, vd->v->line);
			return (false);
		}
	return (true);
}

/* Takes the word at *i with its value; false: the entry is dropped. */
static bool
addr_word(struct load *ld, const struct stmt *st, size_t *i,
    struct conf_vip *v)
{
	static const char *const	 values[] = { "dev", "scope", "label",
	    "brd", "broadcast", "peer", "preferred_lft", "track_group" };
	const struct kw_known		*kk;
	const char			*word = st->word[*i].s;
	size_t				 k;

	for (k = 0; k < sizeof(addr_flags) / sizeof(addr_flags[0]); k++)
		if (strcmp(word, addr_flags[k].name) == 0) {
			v->flags |= addr_flags[k].flag;
			return (true);
		}
	for (k = 0; k < sizeof(values) / sizeof(values[0]); k++)
		if (strcmp(word, values[k]) == 0)
			break;
	if (k < sizeof(values) / sizeof(values[0])) {
		if (*i + 1 >= st->cnt) {
			diag_warn(ld, word_at(st, *i), "%s needs a value: the "
			    "address is ignored", word);
			return (false);
		}
		(*i)++;
		return (addr_value(ld, st, *i, v));
	}
	if ((kk = known_find(BLK_ADDRESS, word)) != NULL)
		known_report(ld, word_at(st, *i), kk);
	else
		addr_unknown(ld, st, *i);
	return (true);
}

/* The word at i is the value of the word before it. */
static bool
addr_value(struct load *ld, const struct stmt *st, size_t i,
    struct conf_vip *v)
{
	const char	*key = st->word[i - 1].s, *word = st->word[i].s;
	struct where	 at = word_at(st, i);

	if (strcmp(key, "dev") == 0)
		return (addr_dev(ld, at, v, word));
	if (strcmp(key, "preferred_lft") == 0)
		return (addr_lft(ld, at, v, word));
	if (strcmp(key, "peer") == 0)
		return (addr_peer(ld, at, v, word));
	if (strcmp(key, "scope") == 0)
		return (addr_scope(ld, at, v, word));
	if (strcmp(key, "label") == 0)
		return (addr_label(ld, at, v, word));
	if (strcmp(key, "track_group") == 0) {
		name_copy(ld, at, "the name", v->track_group,
		    sizeof(v->track_group), word);
		return (true);
	}
	return (addr_brd(ld, at, v, word));
}

static bool
addr_dev(struct load *ld, struct where at, struct conf_vip *v,
    const char *word)
{
	if (v->ifname[0] != '\0') {
		diag_warn(ld, at, "dev stands a second time: the address is "
		    "ignored");
		return (false);
	}
	ifname_copy(ld, at, v->ifname, word);
	return (true);
}

static bool
addr_scope(struct load *ld, struct where at, struct conf_vip *v,
    const char *word)
{
	static const struct {
		const char	*name;
		uint8_t		 scope;
	} scopes[] = {
		{ "global", RT_SCOPE_UNIVERSE },
		{ "universe", RT_SCOPE_UNIVERSE },
		{ "site", RT_SCOPE_SITE },
		{ "link", RT_SCOPE_LINK },
		{ "host", RT_SCOPE_HOST },
		{ "nowhere", RT_SCOPE_NOWHERE }
	};
	int64_t	 n;
	size_t	 i;

	for (i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (strcmp(word, scopes[i].name) == 0)
			break;
	if (i < sizeof(scopes) / sizeof(scopes[0]))
		n = scopes[i].scope;
	else if (number_get(ld, at, "scope", word, &n) == -1 || n < 0 ||
	    n > 255) {
		diag_warn(ld, at, "\"%.40s\" is no scope: ignored", word);
		return (true);
	}
	if (v->addr.family != AF_INET) {
		diag_warn(ld, at, "an IPv6 address takes no scope: ignored");
		return (true);
	}
	v->scope = n;
	v->flags |= VIP_F_SCOPE;
	return (true);
}

static bool
addr_label(struct load *ld, struct where at, struct conf_vip *v,
    const char *word)
{
	if (v->addr.family != AF_INET) {
		diag_warn(ld, at, "an IPv6 address takes no label: ignored");
		return (true);
	}
	if (strlcpy(v->label, word, sizeof(v->label)) >= sizeof(v->label)) {
		diag_warn(ld, at, "the label is longer than 15 characters: "
		    "the address is ignored");
		return (false);
	}
	return (true);
}

static bool
addr_brd(struct load *ld, struct where at, struct conf_vip *v,
    const char *word)
{
	struct vaddr	 a;
	uint32_t	 host;
	int		 i;

	if (v->addr.family != AF_INET) {
		diag_warn(ld, at, "an IPv6 address has no broadcast address: "
		    "the address is ignored");
		return (false);
	}
	if (v->peer.family != 0) {
		diag_warn(ld, at, "brd and peer exclude each other: ignored");
		return (true);
	}
	if (strcmp(word, "+") != 0 && strcmp(word, "-") != 0) {
		if (vaddr_parse(&a, word) == -1 || a.family != AF_INET ||
		    a.plen != 32) {
			diag_warn(ld, at, "\"%.40s\" is no broadcast address: "
			    "the address is ignored", word);
			return (false);
		}
		v->brd = a;
		return (true);
	}
	if (v->addr.plen > 30) {
		diag_warn(ld, at, "brd %s needs a prefix length up to 30: "
		    "ignored", word);
		return (true);
	}
	v->brd = v->addr;
	v->brd.plen = 32;
	host = 0xffffffffU >> v->addr.plen;
	for (i = 0; i < 4; i++)
		if (word[0] == '+')
			v->brd.bytes[i] |= host >> (24 - 8 * i);
		else
			v->brd.bytes[i] &= ~(host >> (24 - 8 * i));
	return (true);
}

static bool
addr_peer(struct load *ld, struct where at, struct conf_vip *v,
    const char *word)
{
	struct vaddr	 a;

	if (vaddr_parse(&a, word) == -1 || a.family != v->addr.family) {
		diag_warn(ld, at, "\"%.60s\" is no peer for it: ignored",
		    word);
		return (true);
	}
	if (v->brd.family != 0) {
		diag_warn(ld, at, "brd and peer exclude each other: ignored");
		return (true);
	}
	v->peer = a;
	v->addr.plen = a.plen;
	return (true);
}

static bool
addr_lft(struct load *ld, struct where at, struct conf_vip *v,
    const char *word)
{
	int64_t	 n = VIP_LFT_FOREVER;

	if (strcmp(word, "forever") != 0 &&
	    (number_get(ld, at, "preferred_lft", word, &n) == -1 || n < 0 ||
	    n > VIP_LFT_FOREVER)) {
		diag_warn(ld, at, "preferred_lft is forever or seconds: the "
		    "address is ignored");
		return (false);
	}
	v->preferred_lft = n;
	v->flags |= VIP_F_PREFERRED;
	return (true);
}

/* The word at i is neither an address nor a word of an entry. */
static void
addr_unknown(struct load *ld, const struct stmt *st, size_t i)
{
	const char	*word = st->word[i].s, *home = block_with(word);
	char		 show[SHOW_LEN], guess[96];

	(void)word_show(word, show, sizeof(show));
	if (i > 0)
		diag_warn(ld, word_at(st, i), "unknown word \"%s\" in an "
		    "address%s: ignored", show,
		    suggest(BLK_ADDRESS, word, guess, sizeof(guess)));
	else if (home != NULL)
		diag_warn(ld, word_at(st, i), "\"%s\" is no address, it "
		    "belongs into %s: ignored (is '}' missing above?)", show,
		    home);
	else
		diag_warn(ld, word_at(st, i), "\"%s\" is no address: ignored",
		    show);
}

/* ADDR [min_ttl N] [max_ttl N]; a mistake here is about who the peers are. */
void
peer_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct inst_def	*d = obj;
	struct peer_def	*p, *other;
	int64_t		 n;
	size_t		 i;
	bool		 max;

	p = mem_get(ld, sizeof(*p));
	p->at = word_at(st, 0);
	p->peer.max_ttl = 255;
	if (host_parse(ld, p->at, st->word[0].s, &p->peer.addr) == -1) {
		diag_error(ld, p->at, "\"%.60s\" is no peer's address%s",
		    st->word[0].s, isalpha((unsigned char)st->word[0].s[0]) &&
		    strchr(st->word[0].s, ':') == NULL ?
		    " (names are not looked up)" : "");
		return;
	}
	if (!inst_family(d, p->peer.addr.family)) {
		diag_error(ld, p->at, "%s is of another family than the "
		    "addresses before it", st->word[0].s);
		return;
	}
	TAILQ_FOREACH(other, &d->peers, entry)
		if (vaddr_cmp(&other->peer.addr, &p->peer.addr) == 0) {
			diag_warn(ld, p->at, "%s stands a second time: "
			    "ignored", st->word[0].s);
			return;
		}
	for (i = 1; i < st->cnt; i += 2) {
		max = strcmp(st->word[i].s, "max_ttl") == 0;
		if (!max && strcmp(st->word[i].s, "min_ttl") != 0) {
			diag_error(ld, word_at(st, i), "\"%.40s\" in "
			    "unicast_peer: one peer a line, then min_ttl or "
			    "max_ttl", st->word[i].s);
			return;
		}
		if (i + 1 >= st->cnt || number_get(ld, word_at(st, i + 1),
		    st->word[i].s, st->word[i + 1].s, &n) == -1 || n < 0 ||
		    n > 255) {
			diag_error(ld, word_at(st, i), "%s needs a number "
			    "from 0 to 255", st->word[i].s);
			return;
		}
		*(max ? &p->peer.max_ttl : &p->peer.min_ttl) = n;
		p->ttl = true;
	}
	TAILQ_INSERT_TAIL(&d->peers, p, entry);
}

/* The address of a host; a prefix length is no part of it. */
int
host_parse(struct load *ld, struct where at, const char *word,
    struct vaddr *out)
{
	if (vaddr_parse(out, word) == -1 || vaddr_is_multicast(out) ||
	    vaddr_is_unspec(out))
		return (-1);
	if (strchr(word, '/') != NULL)
		diag_warn(ld, at, "\"%s\": the prefix length is ignored",
		    word);
	out->plen = vaddr_full_plen(out);
	return (0);
}

/* Interface names of the kernel: 1 to 15 bytes, no blank, no slash; a % asks
 * it for a number in its place. */
void
ifname_copy(struct load *ld, struct where at, char *dst, const char *word)
{
	if (word[0] == '\0' || strlen(word) >= IF_NAME_LEN ||
	    strpbrk(word, "/ \t\n\v\f\r:%") != NULL || word[0] == '.')
		diag_error(ld, at, "\"%.40s\" cannot be an interface's name",
		    word);
	else
		(void)strlcpy(dst, word, IF_NAME_LEN);	/* it fits */
}
