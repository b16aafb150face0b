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
 * Settings of interfaces: those that we make, and for as long as there are
 * such ones, those that they are made on. What these had before is kept, in
 * the ledger too, and put back.
 * Runs in: parent.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* Of an interface that others are made on. */
static const struct {
	const char	*key;
	int		 value;
	bool		 promote;
} base_keys[] = {
	/* It must not answer for addresses of the virtual MAC, */
	{ "arp_ignore", 1, false },
	{ "arp_filter", 1, false },
	/* nor ask in their name. */
	{ "arp_announce", 2, false },
	{ "promote_secondaries", 1, true },
	/* Of the namespace, for disable_local_igmp. */
	{ "igmp_link_local_mcast_reports", 0, false }
};
#define BASE_KEYS	(sizeof(base_keys) / sizeof(base_keys[0]))
#define IGMP_KEY	(BASE_KEYS - 1)

static void	 sysctl_save(struct netlinkd *, uint32_t, const char *,
		    size_t);

static int	 sysctl_open(int, const char *, const char *, int);
static int	 sysctl_get(int, const char *, const char *, int *);
static void	 sysctl_put(int, const char *, const char *, int);
static bool	 sysctl_needed(const struct netlinkd *,
		    const struct saved *);
static void	 sysctl_restore(const char *, const char *, int);

/* Of one that we have made: before it is up. */
void
sysctl_made(const char *ifname, bool ipv6)
{
	int	 all;

	sysctl_put(4, ifname, "arp_ignore", 1);
	/*
	 * With it, who still has the addresses answers the announcement of
	 * the next master, and the switch moves the virtual MAC back.
	 */
	sysctl_put(4, ifname, "accept_local", 0);
	sysctl_put(4, ifname, "promote_secondaries", 1);
	/* The greater one of this and "all" counts: 2 undoes a 1 there. */
	if (sysctl_get(4, "all", "rp_filter", &all) == -1)
		all = 0;
	sysctl_put(4, ifname, "rp_filter", all == 0 ? 0 : 2);
	sysctl_put(6, ifname, "addr_gen_mode", 1);
	sysctl_put(6, ifname, "accept_ra", 0);
	sysctl_put(6, ifname, "autoconf", 0);
	sysctl_put(6, ifname, "disable_ipv6", !ipv6);
}

void
sysctl_base(struct netlinkd *nd, const struct link *link, bool promote)
{
	size_t	 i;

	for (i = 0; i < IGMP_KEY; i++) {
		if (base_keys[i].promote == promote)
			sysctl_save(nd, link->ifindex, link->name, i);
	}
}

/* Once, at the start. */
void
sysctl_igmp(struct netlinkd *nd)
{
	sysctl_save(nd, 0, SYSCTL_NETNS, IGMP_KEY);
}

static void
sysctl_save(struct netlinkd *nd, uint32_t ifindex, const char *ifname,
    size_t i)
{
	struct saved	*saved;
	int		 old;

	TAILQ_FOREACH(saved, &nd->saved, entry) {
		if (saved->ifindex == ifindex && saved->key == base_keys[i].key)
			return;
	}
	if (sysctl_get(4, ifname, base_keys[i].key, &old) == -1 ||
	    old == base_keys[i].value)
		return;
	if ((saved = calloc(1, sizeof(*saved))) == NULL) {
		log_warn("%s: settings", ifname);
		return;
	}
	saved->ifindex = ifindex;
	saved->key = base_keys[i].key;
	saved->promote = base_keys[i].promote;
	saved->old = old;
	TAILQ_INSERT_TAIL(&nd->saved, saved, entry);
	nd->saved_new = true;
	sysctl_put(4, ifname, saved->key, base_keys[i].value);
}

/* Where a setting is to be put back; NULL: it is gone. */
const char *
sysctl_where(const struct netlinkd *nd, const struct saved *saved)
{
	const struct link	*link;

	if (saved->ifindex == 0)
		return (SYSCTL_NETNS);
	link = link_by_index(nd, saved->ifindex);
	return (link != NULL ? link->name : NULL);
}

/* What was saved has to survive us. */
void
sysctl_ledger(struct netlinkd *nd)
{
	if (!nd->saved_new || nd->ledger[0] == '\0')
		return;
	nd->saved_new = false;
	if (netlinkd_ledger_write(nd, nd->ledger) == -1)
		log_warn("%s: cannot write", nd->ledger);
}

void
sysctl_sweep(struct netlinkd *nd, bool all)
{
	const char	*where;
	struct saved	*saved, *next;

	TAILQ_FOREACH_SAFE(saved, &nd->saved, entry, next) {
		where = sysctl_where(nd, saved);
		if (where != NULL && !all && sysctl_needed(nd, saved))
			continue;
		if (where != NULL)
			sysctl_restore(where, saved->key, saved->old);
		TAILQ_REMOVE(&nd->saved, saved, entry);
		free(saved);
	}
}

void
sysctl_free(struct netlinkd *nd)
{
	struct saved	*saved;

	while ((saved = TAILQ_FIRST(&nd->saved)) != NULL) {
		TAILQ_REMOVE(&nd->saved, saved, entry);
		free(saved);
	}
}

static bool
sysctl_needed(const struct netlinkd *nd, const struct saved *saved)
{
	const struct slot	*base;
	struct slot_ids		 ids;
	struct slot		*slot;

	if (saved->ifindex == 0)
		return (true);
	ids = nd->slot_ids;
	RB_FOREACH(slot, slot_ids, &ids) {
		if (saved->promote) {
			if (slot->made.promote && slot->link != NULL &&
			    slot->link->ifindex == saved->ifindex)
				return (true);
			continue;
		}
		if (slot->made.make == CONF_MAKE_NONE)
			continue;
		base = slot_by_id(nd, slot->made.base_slot);
		if (base != NULL && base->link != NULL &&
		    base->link->ifindex == saved->ifindex)
			return (true);
	}
	return (false);
}

/* Of an earlier run. */
void
sysctl_leftover(const char *ifname, const char *key, int old)
{
	size_t	 i;

	for (i = 0; i < BASE_KEYS; i++) {
		if (strcmp(base_keys[i].key, key) == 0)
			sysctl_restore(ifname, key, old);
	}
}

/* Somebody else may have changed it since. */
static void
sysctl_restore(const char *ifname, const char *key, int old)
{
	size_t	 i;
	int	 now;

	for (i = 0; strcmp(base_keys[i].key, key) != 0; i++)
		continue;
	if (sysctl_get(4, ifname, key, &now) == 0 &&
	    now == base_keys[i].value)
		sysctl_put(4, ifname, key, old);
}

/* Names are those of links: the kernel allows no slash in them. */
static int
sysctl_open(int version, const char *ifname, const char *key, int flags)
{
	char	 path[128];

	(void)snprintf(path, sizeof(path), "/proc/sys/net/ipv%d/conf/%s/%s",
	    version, ifname, key);
	return (open(path, flags | O_CLOEXEC | O_NOFOLLOW));
}

static int
sysctl_get(int version, const char *ifname, const char *key, int *value)
{
	char	 buf[16], *end;
	ssize_t	 n;
	int	 fd;

	if ((fd = sysctl_open(version, ifname, key, O_RDONLY)) == -1)
		return (-1);
	n = read(fd, buf, sizeof(buf) - 1);
	(void)close(fd);
	if (n <= 0)
		return (-1);
	buf[n] = '\0';
	*value = (int)strtol(buf, &end, 10);
	return (end != buf ? 0 : -1);
}

/* A kernel without IPv6, or without the setting, is no mistake. */
static void
sysctl_put(int version, const char *ifname, const char *key, int value)
{
	char	 buf[16];
	int	 fd, len, now;

	if (sysctl_get(version, ifname, key, &now) == -1 || now == value)
		return;
	len = snprintf(buf, sizeof(buf), "%d\n", value);
	fd = sysctl_open(version, ifname, key, O_WRONLY);
	if (fd == -1 || write(fd, buf, (size_t)len) != len)
		log_warn("%s: %s cannot be set to %d", ifname, key, value);
	if (fd != -1)
		(void)close(fd);
}
