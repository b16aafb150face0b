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
 * The words about interfaces that are made: virtual MACs and ipvlan.
 * Runs in: readconf.
 */

#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define PREFIX_MAX	10	/* "6.255" has to fit behind it */

static bool	 made_word(struct load *, const struct stmt *, size_t *,
		    struct made_def *, bool);
static int	 mac_parse(const char *, uint8_t *);

/* vmac_prefix, vmac_addr_prefix. */
void
set_prefix(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	const char	*word = st->word[1].s;

	stmt_extra(ld, st, 2);
	if (strlen(word) > PREFIX_MAX)
		diag_warn(ld, word_at(st, 1), "%s is at most %d characters "
		    "long: ignored", kw->name, PREFIX_MAX);
	else
		ifname_copy(ld, word_at(st, 1), kw_member(kw, obj), word);
}

/*
 * use_vmac [[name] IF] [MAC] [netlink_notify_msg] [group G]
 * use_ipvlan [[name] IF] [IP] [bridge|private|vepa] [group G]
 */
void
set_made(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;
	struct made_def	*m = &d->made;
	bool		 ipvlan = kw->dfl == CONF_MAKE_IPVLAN;
	size_t		 i;

	if (m->make != CONF_MAKE_NONE) {
		if (m->make != kw->dfl)
			diag_error(ld, word_at(st, 0), "use_vmac and "
			    "use_ipvlan exclude each other");
		else
			diag_warn(ld, word_at(st, 0), "%s stands a second "
			    "time: the first one counts", kw->name);
		return;
	}
	m->make = kw->dfl;
	m->at = word_at(st, 0);
	for (i = 1; i < st->cnt; i++)
		if (!made_word(ld, st, &i, m, ipvlan))
			return;
}

/* Takes the word at *i with its value. */
static bool
made_word(struct load *ld, const struct stmt *st, size_t *i,
    struct made_def *m, bool ipvlan)
{
	static const char *const	 modes[] = { "bridge", "private",
	    "vepa" };
	const char			*word = st->word[*i].s;
	struct where			 at = word_at(st, *i);
	int64_t				 n;
	size_t				 k;

	if (!ipvlan && strcmp(word, "netlink_notify_msg") == 0)
		return (true);		/* the kernel tells us anyway */
	for (k = 0; ipvlan && k < sizeof(modes) / sizeof(modes[0]); k++) {
		if (strcmp(word, modes[k]) == 0) {
			m->mode = k;
			return (true);
		}
	}
	if (strcmp(word, "group") == 0 || strcmp(word, "name") == 0) {
		if (++*i >= st->cnt) {
			diag_error(ld, at, "%s needs a value", word);
			return (false);
		}
		at = word_at(st, *i);
		if (word[0] == 'n') {
			ifname_copy(ld, at, m->name, st->word[*i].s);
		} else if (number_get(ld, at, word, st->word[*i].s, &n) ==
		    -1 || n < 0 || n > INT32_MAX) {
			diag_error(ld, at, "group is a number of a link "
			    "group");
		} else
			m->link_group = n;
		return (true);
	}
	if (ipvlan && host_parse(ld, at, word, &m->src) == 0)
		m->src_at = at;
	else if (!ipvlan && strchr(word, ':') != NULL) {
		if ((m->mac_len = mac_parse(word, m->mac)) == -1)
			diag_warn(ld, at, "\"%.40s\" is no MAC of 5 or 6 "
			    "bytes for one router: the usual one is used",
			    word);
		m->mac_at = at;
	} else if (m->name[0] != '\0')
		diag_error(ld, at, "unknown word \"%.40s\" in %s", word,
		    st->word[0].s);
	else
		ifname_copy(ld, at, m->name, word);
	return (true);
}

/*
 * 5 bytes (the VRID follows) or 6; -1: neither, or one that is a group's, or
 * in the range of the RFC, where the VRID decides.
 */
static int
mac_parse(const char *word, uint8_t *mac)
{
	static const uint8_t	 rfc[4] = { 0x00, 0x00, 0x5e, 0x00 };
	const char		*hex = "0123456789abcdefABCDEF";
	unsigned long		 v;
	char			*end;
	int			 len;

	for (len = 0; len < MAC_LEN; len++) {
		if (strspn(word, hex) < 1 || strspn(word, hex) > 2)
			return (-1);
		v = strtoul(word, &end, 16);
		mac[len] = v;
		if (*end == '\0')
			break;
		if (*end != ':')
			return (-1);
		word = end + 1;
	}
	if (++len < MAC_LEN - 1 || len > MAC_LEN || (mac[0] & 1) != 0 ||
	    memcmp(mac, rfc, sizeof(rfc)) == 0 ||
	    memcmp(mac, "\0\0\0\0\0", MAC_LEN - 1) == 0)
		return (-1);
	return (len);
}
