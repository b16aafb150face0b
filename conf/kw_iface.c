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
 * What is said of interfaces by themselves: garp_group,
 * interface_up_down_delays, linkbeat_interfaces, vrrp_rx_bufs_policy. Runs in:
 * readconf.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "keyword.h"

#define DELAY_MAX_US	(255 * US_PER_SEC)
#define INTERVAL_MAX_US	(86400 * US_PER_SEC)
#define GARP_SET	1
#define IPV4_LEN	20		/* headers */
#define AH_LEN		24
#define VRRP_LEN	8

static struct iface_def *iface_named(struct load *, struct where,
		    const char *);
static void	 garp_iface(struct load *, struct garp_def *, struct where,
		    const char *);
static void	 garp_entry(struct load *, const struct stmt *, void *);
static void	 read_garp_ifaces(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_garp_iface(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 delay_entry(struct load *, const struct stmt *, void *);
static int64_t	 delay_get(struct load *, const struct stmt *, size_t);
static void	 linkbeat_entry(struct load *, const struct stmt *, void *);
static void	 garp_apply(struct load *);
static void	 rx_apply(struct load *);
static uint32_t	 packet_len(const struct conf_inst *);

const struct kw kw_garp[] = {
	{ .name = "garp_interval", .arg = KA_TIME, .id = GARP_SET,
	    KW_OFF(struct garp_def, garp_us), .max = INTERVAL_MAX_US },
	{ .name = "gna_interval", .arg = KA_TIME, .id = GARP_SET,
	    KW_OFF(struct garp_def, gna_us), .max = INTERVAL_MAX_US },
	{ .name = "interface", .arg = KA_CUSTOM, .set = set_garp_iface },
	{ .name = "interfaces", .arg = KA_BLOCK, .set = read_garp_ifaces }
};
const size_t kw_garp_cnt = sizeof(kw_garp) / sizeof(kw_garp[0]);

/* Finds or adds; NULL when it cannot be one. */
static struct iface_def *
iface_named(struct load *ld, struct where at, const char *name)
{
	struct iface_def	*d;

	TAILQ_FOREACH(d, &ld->ifaces, entry)
		if (strcmp(d->name, name) == 0)
			return (d);
	d = mem_get(ld, sizeof(*d));
	d->at = at;
	ifname_copy(ld, at, d->name, name);
	if (d->name[0] == '\0')
		return (NULL);
	TAILQ_INSERT_TAIL(&ld->ifaces, d, entry);
	return (d);
}

void
read_garp_group(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct garp_def	*g;

	stmt_extra(ld, st, 1);
	if (!block_begin(ld, st, BLK_GARP_GROUP))
		return;
	g = mem_get(ld, sizeof(*g));
	g->at = word_at(st, 0);
	block_read(ld, BLK_GARP_GROUP, g, g->set);
	if (g->set[GARP_SET].src == NULL)
		diag_warn(ld, g->at, "garp_group needs a garp_interval or a "
		    "gna_interval: without one it has no effect");
}

static void
set_garp_iface(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 2);
	garp_iface(ld, obj, word_at(st, 1), st->word[1].s);
}

static void
read_garp_ifaces(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_IFACE))
		block_entries(ld, st, garp_entry, obj);
}

static void
garp_entry(struct load *ld, const struct stmt *st, void *obj)
{
	size_t	 i;

	for (i = 0; i < st->cnt; i++)
		garp_iface(ld, obj, word_at(st, i), st->word[i].s);
}

static void
garp_iface(struct load *ld, struct garp_def *g, struct where at,
    const char *name)
{
	struct iface_def	*d;

	if ((d = iface_named(ld, at, name)) == NULL)
		return;
	if (d->garp == NULL)
		d->garp = g;
	else
		diag_warn(ld, at, "%s is in a garp_group already: ignored",
		    d->name);
}

void
read_delays(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_IFACE))
		block_entries(ld, st, delay_entry, NULL);
}

/* IF DOWN [UP]; keepalived: without UP it is 0. */
static void
delay_entry(struct load *ld, const struct stmt *st, void *obj)
{
	struct iface_def	*d;

	if (st->cnt < 2) {
		diag_warn(ld, word_at(st, 0), "%s needs a delay: ignored",
		    st->word[0].s);
		return;
	}
	stmt_extra(ld, st, 3);
	if ((d = iface_named(ld, word_at(st, 0), st->word[0].s)) == NULL)
		return;
	if (d->delays)
		diag_warn(ld, word_at(st, 0), "%s has delays already: these "
		    "are used", d->name);
	d->delays = true;
	d->down_delay_us = delay_get(ld, st, 1);
	d->up_delay_us = st->cnt > 2 ? delay_get(ld, st, 2) : 0;
}

static int64_t
delay_get(struct load *ld, const struct stmt *st, size_t idx)
{
	int64_t	 us;

	if (time_get(ld, word_at(st, idx), "the delay", st->word[idx].s,
	    &us) == 0 && us <= DELAY_MAX_US)
		return (us);
	diag_error(ld, word_at(st, idx), "a delay is 0 to 255 seconds, not "
	    "\"%.40s\"", st->word[idx].s);
	return (0);
}

void
read_linkbeat(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_LINKBEAT))
		block_entries(ld, st, linkbeat_entry, NULL);
}

/* IF [MII|ETHTOOL|IOCTL] */
static void
linkbeat_entry(struct load *ld, const struct stmt *st, void *obj)
{
	static const struct {
		const char	*word;
		uint8_t		 method;
	}			 words[] = {
		{ "MII", LINKBEAT_MII }, { "ETHTOOL", LINKBEAT_ETHTOOL },
		{ "IOCTL", LINKBEAT_IOCTL }
	};
	struct iface_def	*d;
	char			 guess[96];
	size_t			 i;

	stmt_extra(ld, st, 2);
	if ((d = iface_named(ld, word_at(st, 0), st->word[0].s)) == NULL)
		return;
	d->linkbeat = LINKBEAT_AUTO;
	if (st->cnt < 2)
		return;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(st->word[1].s, words[i].word) == 0) {
			d->linkbeat = words[i].method;
			return;
		}
	}
	diag_warn(ld, word_at(st, 1), "unknown word \"%.40s\" for %s%s: the "
	    "first method that works is used", st->word[1].s, d->name,
	    suggest(BLK_LINKBEAT, st->word[1].s, guess, sizeof(guess)));
}

void
set_polling(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	ld->polling = word_at(st, 0);
}

/* They are named in the order in which the printed form has them. */
void
iface_apply(struct load *ld)
{
	const struct iface_def	*d;
	const struct inst_def	*inst;
	struct conf_iface	*iface;

	TAILQ_FOREACH(d, &ld->ifaces, entry)
		if (d->garp != NULL)
			check_iface(ld, d->at, d->name);
	TAILQ_FOREACH(d, &ld->ifaces, entry)
		if (d->linkbeat != LINKBEAT_NETLINK)
			check_iface(ld, d->at, d->name);
	TAILQ_FOREACH(d, &ld->ifaces, entry) {
		check_iface(ld, d->at, d->name);
		if ((iface = conf_iface_by_name(ld->conf, d->name)) == NULL)
			continue;
		iface->linkbeat = d->linkbeat;
		iface->down_delay_us = d->down_delay_us;
		iface->up_delay_us = d->up_delay_us;
	}
	TAILQ_FOREACH(inst, &ld->insts, entry) {
		iface = conf_iface_by_name(ld->conf, inst->c->ifname);
		if (inst->linkbeat && iface != NULL &&
		    iface->linkbeat == LINKBEAT_NETLINK)
			iface->linkbeat = LINKBEAT_AUTO;
	}
	TAILQ_FOREACH(iface, &ld->conf->ifaces, entry)
		if (ld->polling.src != NULL &&
		    iface->linkbeat == LINKBEAT_NETLINK)
			iface->linkbeat = LINKBEAT_AUTO;
	garp_apply(ld);
	rx_apply(ld);
}

/* Groups are counted by the first of their interfaces. */
static void
garp_apply(struct load *ld)
{
	const struct iface_def	*d;
	struct conf_iface	*iface;
	uint32_t		 cnt = 0;

	TAILQ_FOREACH(iface, &ld->conf->ifaces, entry) {
		TAILQ_FOREACH(d, &ld->ifaces, entry)
			if (strcmp(d->name, iface->name) == 0)
				break;
		if (d == NULL || d->garp == NULL ||
		    d->garp->set[GARP_SET].src == NULL)
			continue;
		if (d->garp->id == 0)
			d->garp->id = ++cnt;
		iface->garp_group = d->garp->id;
		iface->garp_interval_us = d->garp->garp_us;
		iface->gna_interval_us = d->garp->gna_us;
	}
}

/* MTU, ADVERT or bytes; with more than one keepalived takes the bytes, then
 * MTU. */
void
set_rx_policy(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct global_def	*g = &ld->global;
	const char		*word = st->word[1].s, *wrong = NULL;
	uint32_t		 size;

	stmt_extra(ld, st, 2);
	if (strcasecmp(word, "MTU") == 0)
		g->rx_mtu = true;
	else if (strcasecmp(word, "ADVERT") == 0)
		g->rx_advert = true;
	else {
		size = (uint32_t)strtonum(word, 1, INT32_MAX, &wrong);
		if (wrong == NULL)
			g->rx_size = size;
	}
	if (wrong != NULL)
		diag_warn(ld, word_at(st, 1), "%s is MTU, ADVERT or a number "
		    "of bytes, not \"%.40s\": ignored", kw->name, word);
	else if ((g->rx_size != 0) + g->rx_mtu + g->rx_advert > 1)
		diag_warn(ld, word_at(st, 0), "%s stands here twice: %s is "
		    "used", kw->name, g->rx_size != 0 ? "the number" : "MTU");
}

/* The share of each instance in the buffer of its interface. */
static void
rx_apply(struct load *ld)
{
	const struct global_def	*g = &ld->global;
	struct conf_inst	*c;

	TAILQ_FOREACH(c, &ld->conf->insts, entry) {
		if (c->rx_buf != 0)
			continue;
		if (g->rx_size != 0)
			c->rx_buf = g->rx_size;
		else if (g->rx_mtu)
			c->rx_buf = RX_BUF_MTU | g->rx_multiplier;
		else if (g->rx_advert)
			c->rx_buf = g->rx_multiplier * packet_len(c);
	}
}

/* As a raw socket gets it: with the header of IPv4, without that of IPv6. */
static uint32_t
packet_len(const struct conf_inst *c)
{
	const uint32_t	 cnt = conf_inst_advert_vips(c);

	if (c->family == AF_INET6)
		return (VRRP_LEN + 16 * cnt);
	return (IPV4_LEN + (c->auth_type == AUTH_AH ? AH_LEN : 0) + VRRP_LEN +
	    4 * cnt + (c->version == 2 ? AUTH_LEN : 0));
}
