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
 * Asks drivers for the state of the link, for those that do not tell it.
 * Runs in: parent.
 */

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/sockios.h>
#include <net/if.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "mono.h"

#define POLL_US		US_PER_SEC

static int	 ask(int, struct slot *);
static int	 ask_mii(int, struct ifreq *);
static int	 ask_ethtool(int, struct ifreq *);
static int	 ask_ioctl(int, struct ifreq *);

/* Which interfaces are asked, by the configuration. */
void
linkbeat_conf(struct netlinkd *nd, const struct conf *conf)
{
	const struct conf_iface	*iface;
	struct slot		*slot;

	nd->beat_us = 0;
	TAILQ_FOREACH(iface, &conf->ifaces, entry) {
		if ((slot = slot_by_id(nd, iface->id)) == NULL)
			continue;
		if (slot->linkbeat != iface->linkbeat)
			slot->beat_down = slot->beat_told = false;
		slot->linkbeat = iface->linkbeat;
		if (slot->linkbeat != LINKBEAT_NETLINK)
			nd->beat_us = mono_us();
	}
}

void
linkbeat_run(struct netlinkd *nd, int64_t now_us)
{
	struct slot	*slot;
	int		 fd, up;

	if (nd->beat_us == 0 || now_us < nd->beat_us)
		return;
	nd->beat_us = now_us + POLL_US;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return;
	RB_FOREACH(slot, slot_ids, &nd->slot_ids) {
		if (slot->linkbeat == LINKBEAT_NETLINK || slot->link == NULL)
			continue;
		up = ask(fd, slot);
		if (slot->beat_down != (up == 0)) {
			slot->beat_down = up == 0;
			slot_touch(nd, slot);
		}
	}
	(void)close(fd);
}

/* 1: up, 0: down, -1: no answer. The first of what works counts, and what
 * was asked for before all others. */
static int
ask(int fd, struct slot *slot)
{
	static const struct {
		const char	*name;
		int		(*ask)(int, struct ifreq *);
	}		 methods[] = {	/* from LINKBEAT_MII on */
		{ "MII", ask_mii },
		{ "ETHTOOL", ask_ethtool },
		{ "IOCTL", ask_ioctl }
	};
	const bool	 named = slot->linkbeat >= LINKBEAT_MII;
	const size_t	 first = named ? slot->linkbeat - LINKBEAT_MII : 0;
	struct ifreq	 ifr;
	size_t		 at = first, next = named ? 0 : 1;
	int		 up;

	for (;;) {
		memset(&ifr, 0, sizeof(ifr));
		(void)strlcpy(ifr.ifr_name, slot->name, sizeof(ifr.ifr_name));
		up = methods[at].ask(fd, &ifr);
		if (up != -1 || next == sizeof(methods) / sizeof(methods[0]))
			break;
		at = next++;
	}
	if (up != -1 && named && at != first && !slot->beat_told) {
		slot->beat_told = true;
		log_warnx("%s: its driver does not answer %s, %s is used",
		    slot->name, methods[first].name, methods[at].name);
	}
	return (up);
}

/* The bit stays low until it was read. Where there is no transceiver all bits
 * are the same. */
static int
ask_mii(int fd, struct ifreq *ifr)
{
	struct mii_ioctl_data	 mii;
	int			 i;

	if (ioctl(fd, SIOCGMIIPHY, ifr) == -1)
		return (-1);
	for (i = 0; i < 2; i++) {
		memcpy(&mii, &ifr->ifr_ifru, sizeof(mii));
		mii.reg_num = MII_BMSR;
		memcpy(&ifr->ifr_ifru, &mii, sizeof(mii));
		if (ioctl(fd, SIOCGMIIREG, ifr) == -1)
			return (-1);
	}
	memcpy(&mii, &ifr->ifr_ifru, sizeof(mii));
	if (mii.val_out == 0 || mii.val_out == 0xffff)
		return (-1);
	return ((mii.val_out & BMSR_LSTATUS) != 0);
}

static int
ask_ethtool(int fd, struct ifreq *ifr)
{
	struct ethtool_value	 value;

	memset(&value, 0, sizeof(value));
	value.cmd = ETHTOOL_GLINK;
	ifr->ifr_data = (void *)&value;
	if (ioctl(fd, SIOCETHTOOL, ifr) == -1)
		return (-1);
	return (value.data != 0);
}

static int
ask_ioctl(int fd, struct ifreq *ifr)
{
	if (ioctl(fd, SIOCGIFFLAGS, ifr) == -1)
		return (-1);
	return ((ifr->ifr_flags & IFF_RUNNING) != 0);
}
