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
 * Interfaces that we make: macvlans with a virtual MAC, and ipvlans. They
 * are up while an instance that is MASTER needs them, and only then: so a
 * backup cannot send a frame with the virtual MAC, whatever the kernel or a
 * program would like to send there. One that has handed over still takes for
 * a moment what the switch sends it, but says nothing either. What is to be
 * done follows from what is there, each time anew.
 * Runs in: parent.
 */

#include <net/if.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <errno.h>
#include <string.h>

#include <netlink/msg.h>
#include <netlink/attr.h>

#include "internal.h"
#include "mono.h"

enum made_level {
	MADE_DOWN = 0,
	MADE_LISTENS,
	MADE_SPEAKS
};

#define MADE_RETRY_US	US_PER_SEC
#define MADE_FAILED_US	(10 * US_PER_SEC)
#define MADE_LOG_US	(60 * US_PER_SEC)
#define MADE_SWEEP_US	(US_PER_SEC / 5)

static void	 made_check(struct netlinkd *, struct slot *);
static enum made_level made_wanted(const struct netlinkd *,
		    const struct slot *);
static enum made_level made_level(const struct vinst *);
static bool	 made_matches(const struct slot *, const struct link *,
		    const struct link *);
static void	 made_create(struct netlinkd *, struct slot *,
		    const struct link *);
static int	 made_info(struct nl_msg *, const struct conf_iface *);
static void	 made_repair(struct netlinkd *, const struct slot *,
		    const struct link *);
static void	 made_set(struct netlinkd *, struct slot *,
		    enum made_level);
static int	 made_mute(struct netlinkd *, struct link *, bool);
static void	 made_rivals(struct netlinkd *, const struct link *);
static void	 made_failed(struct netlinkd *, struct slot *, const char *);
static struct nl_msg *ask_new(uint16_t, uint16_t, uint32_t, unsigned int,
		    unsigned int);
static int	 ask(struct netlinkd *, struct nl_msg *, int);
static void	 ask_link(struct netlinkd *, uint32_t, const char *);
static void	 made_later(struct netlinkd *, int64_t at_us);

void
made_run(struct netlinkd *nd)
{
	struct slot	*slot;

	nd->made_due = false;
	nd->made_us = 0;
	if (nd->ended)
		return;
	if (nd->sweep_us != 0 && nd->sweep_us <= mono_us())
		made_sweep(nd, false);
	else if (nd->sweep_us != 0)
		made_later(nd, nd->sweep_us);
	RB_FOREACH(slot, slot_ids, &nd->slot_ids) {
		if (slot->made.make != CONF_MAKE_NONE)
			made_check(nd, slot);
		if (slot->made.promote && slot->link != NULL)
			sysctl_base(nd, slot->link, true);
	}
	if (nd->saved_doubt)
		sysctl_sweep(nd, false);
	nd->saved_doubt = false;
	sysctl_ledger(nd);
}

static void
made_check(struct netlinkd *nd, struct slot *slot)
{
	struct slot	*base;
	int64_t		 now_us;

	base = slot_by_id(nd, slot->made.base_slot);
	if (slot->link != NULL && (base == NULL || base->link == NULL ||
	    !made_matches(slot, base->link, slot->link))) {
		if (!slot->link->marked) {
			errno = EEXIST;
			made_failed(nd, slot, "is another interface");
			return;
		}
		made_delete(nd, slot->link);
	}
	if (base == NULL || base->link == NULL)
		return;
	now_us = mono_us();
	if (slot->link == NULL) {
		if (slot->made_us != 0 &&
		    now_us < slot->made_us + MADE_RETRY_US) {
			made_later(nd, slot->made_us + MADE_RETRY_US);
			return;
		}
		/* The first time that it vanishes it is back at once. */
		slot->made_us = slot->made_us == 0 ? 1 : now_us;
		made_create(nd, slot, base->link);
		if (slot->link == NULL)
			return;
	}
	if (slot->link->marked)
		slot->link->ours = true;
	sysctl_base(nd, base->link, false);
	made_repair(nd, slot, base->link);
	if (slot->failed_us != 0 && now_us < slot->failed_us + MADE_FAILED_US)
		made_later(nd, slot->failed_us + MADE_FAILED_US);
	else if (slot->link != NULL)
		made_set(nd, slot, made_wanted(nd, slot));
}

static void
made_later(struct netlinkd *nd, int64_t at_us)
{
	if (nd->made_us == 0 || at_us < nd->made_us)
		nd->made_us = at_us;
}

/* For the interfaces of one instance, when its role has changed. */
void
made_inst(struct netlinkd *nd, const struct vinst *inst)
{
	const struct vip	*vip;
	struct slot		*slot;

	slot = slot_by_id(nd, inst->vmac_slot);
	if (slot != NULL && slot->made.make != CONF_MAKE_NONE)
		made_check(nd, slot);
	TAILQ_FOREACH(vip, &inst->vips, entry) {
		if (vip->slot == inst->vmac_slot)
			continue;
		slot = slot_by_id(nd, vip->slot);
		if (slot != NULL && slot->made.make != CONF_MAKE_NONE)
			made_check(nd, slot);
	}
}

static enum made_level
made_wanted(const struct netlinkd *nd, const struct slot *slot)
{
	enum made_level		 level = MADE_DOWN;
	const struct vip	*vip;
	struct vinst_tree	 insts;
	struct vip_tree		 vips;
	struct vinst		*inst;
	struct vip		 key;

	insts = nd->insts;
	RB_FOREACH(inst, vinst_tree, &insts) {
		if (inst->vmac_slot == slot->id && made_level(inst) > level)
			level = made_level(inst);
	}
	memset(&key, 0, sizeof(key));
	key.slot = slot->id;
	vips = nd->vips;
	for (vip = RB_NFIND(vip_tree, &vips, &key);
	    vip != NULL && vip->slot == slot->id;
	    vip = RB_NEXT(vip_tree, &vips, (struct vip *)(uintptr_t)vip)) {
		if (made_level(vip->inst) > level)
			level = made_level(vip->inst);
	}
	return (level);
}

static enum made_level
made_level(const struct vinst *inst)
{
	if (!inst->wanted)
		return (MADE_DOWN);
	return (inst->linger_us != 0 ? MADE_LISTENS : MADE_SPEAKS);
}

static bool
made_matches(const struct slot *slot, const struct link *base,
    const struct link *link)
{
	return (link->base == base->ifindex && link->make == slot->made.make);
}

static void
made_create(struct netlinkd *nd, struct slot *slot, const struct link *base)
{
	const struct conf_iface	*made = &slot->made;
	struct nl_msg		*msg;
	int			 err;

	msg = ask_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, 0, 0);
	if (msg == NULL)
		return;
	err = nla_put_string(msg, IFLA_IFNAME, made->name);
	err |= nla_put_u32(msg, IFLA_LINK, base->ifindex);
	if (made->make == CONF_MAKE_MACVLAN)
		err |= nla_put(msg, IFLA_ADDRESS, MAC_LEN, made->mac);
	if (made->link_group != 0)
		err |= nla_put_u32(msg, IFLA_GROUP, made->link_group);
	err |= made_info(msg, made);
	if (ask(nd, msg, err) == -1) {
		made_failed(nd, slot, "cannot be made");
		return;
	}
	ask_link(nd, 0, made->name);
	if (slot->link == NULL)
		return;
	if ((msg = ask_new(RTM_NEWLINK, 0, slot->link->ifindex, 0, 0)) !=
	    NULL && ask(nd, msg, nla_put_string(msg, IFLA_IFALIAS,
	    MADE_MARK)) == -1)
		log_warn("%s: mark", made->name);
	slot->link->marked = slot->link->ours = true;
	slot->failed_us = 0;
	sysctl_made(slot->link->name, made->ipv6);
	log_info("%s: made on %s", made->name, made->base);
}

static int
made_info(struct nl_msg *msg, const struct conf_iface *made)
{
	static const uint16_t	 modes[] = {
		[IPVLAN_BRIDGE] = 0,
		[IPVLAN_PRIVATE] = IPVLAN_F_PRIVATE,
		[IPVLAN_VEPA] = IPVLAN_F_VEPA
	};
	struct nlattr		*info, *data;
	bool			 ipvlan = made->make == CONF_MAKE_IPVLAN;
	int			 err;

	if ((info = nla_nest_start(msg, IFLA_LINKINFO)) == NULL)
		return (-1);
	err = nla_put_string(msg, IFLA_INFO_KIND, ipvlan ? "ipvlan" :
	    "macvlan");
	if ((data = nla_nest_start(msg, IFLA_INFO_DATA)) == NULL)
		return (-1);
	if (ipvlan) {
		err |= nla_put_u16(msg, IFLA_IPVLAN_MODE, IPVLAN_MODE_L2);
		err |= nla_put_u16(msg, IFLA_IPVLAN_FLAGS, modes[made->mode]);
	} else
		err |= nla_put_u32(msg, IFLA_MACVLAN_MODE,
		    MACVLAN_MODE_PRIVATE);
	(void)nla_nest_end(msg, data);
	(void)nla_nest_end(msg, info);
	return (err);
}

/* Somebody changed it, or what it is on. */
static void
made_repair(struct netlinkd *nd, const struct slot *slot,
    const struct link *base)
{
	const struct link	*link = slot->link;
	struct nl_msg		*msg;
	uint32_t		 ifindex = link->ifindex;
	bool			 mac, mtu;
	int			 err;

	mac = slot->made.make == CONF_MAKE_MACVLAN &&
	    memcmp(link->mac, slot->made.mac, MAC_LEN) != 0;
	mtu = link->mtu != base->mtu;
	if (!mac && !mtu)
		return;
	if ((msg = ask_new(RTM_NEWLINK, 0, ifindex, 0, 0)) == NULL)
		return;
	err = 0;
	if (mac)
		err |= nla_put(msg, IFLA_ADDRESS, MAC_LEN, slot->made.mac);
	if (mtu)
		err |= nla_put_u32(msg, IFLA_MTU, base->mtu);
	if (ask(nd, msg, err) == -1)
		log_debug("%s: repair: %s", slot->name, strerror(errno));
	ask_link(nd, ifindex, NULL);
}

static void
made_set(struct netlinkd *nd, struct slot *slot, enum made_level level)
{
	uint32_t	 ifindex = slot->link->ifindex;
	bool		 mute = slot->link->mute;
	bool		 up = (slot->link->flags & LINK_F_UP) != 0;
	struct nl_msg	*msg;

	/* Where the kernel has no such thing it goes down at once. */
	if (level == MADE_LISTENS && (!up || mute ||
	    made_mute(nd, slot->link, true) == 0))
		return;
	if (!mute && up == (level == MADE_SPEAKS))
		return;
	up = level == MADE_SPEAKS;
	if (up) {
		sysctl_made(slot->link->name, slot->made.ipv6);
		made_rivals(nd, slot->link);
	}
	msg = ask_new(RTM_NEWLINK, 0, ifindex, up ? IFF_UP : 0, IFF_UP);
	if (msg == NULL)
		return;
	if (ask(nd, msg, 0) == -1 || (mute &&
	    made_mute(nd, slot->link, false) == -1)) {
		/* The base being down is a fault of its own, and events
		 * that it has gone are still to be read. */
		if (errno != ENETDOWN && errno != ENODEV)
			made_failed(nd, slot, up ? "cannot be brought up" :
			    "cannot be brought down");
	} else
		slot->failed_us = 0;
	ask_link(nd, ifindex, NULL);
}

/*
 * Frames that are on their way to the one that has handed over, or that the
 * switch still sends there, are forwarded; no answer draws the MAC back.
 */
static int
made_mute(struct netlinkd *nd, struct link *link, bool mute)
{
	struct nl_msg	*msg;
	struct tcmsg	 tcm;
	int		 err;

	memset(&tcm, 0, sizeof(tcm));
	tcm.tcm_ifindex = (int)link->ifindex;
	tcm.tcm_parent = TC_H_ROOT;
	msg = nlmsg_alloc_simple(mute ? RTM_NEWQDISC : RTM_DELQDISC,
	    NLM_F_REQUEST | NLM_F_ACK | (mute ? NLM_F_CREATE |
	    NLM_F_REPLACE : 0));
	if (msg == NULL)
		return (-1);
	err = nlmsg_append(msg, &tcm, sizeof(tcm), NLMSG_ALIGNTO);
	if (mute)
		err |= nla_put_string(msg, TCA_KIND, MADE_MUTE);
	if (ask(nd, msg, err) == -1 && (mute || errno != ENOENT))
		return (-1);
	link->mute = mute;
	return (0);
}

/* Two with one MAC cannot be up: the one that it had before the reload. */
static void
made_rivals(struct netlinkd *nd, const struct link *link)
{
	struct link	*other, *next;

	RB_FOREACH_SAFE(other, link_tree, &nd->links, next) {
		if (other != link && other->ours &&
		    other->base == link->base &&
		    memcmp(other->mac, link->mac, MAC_LEN) == 0 &&
		    (other->slot == NULL ||
		    other->slot->made.make == CONF_MAKE_NONE))
			made_delete(nd, other);
	}
}

/* It is gone from our table, too. */
void
made_delete(struct netlinkd *nd, struct link *link)
{
	struct nl_msg	*msg;

	msg = ask_new(RTM_DELLINK, 0, link->ifindex, 0, 0);
	if (msg == NULL || (ask(nd, msg, 0) == -1 && errno != ENODEV)) {
		log_warn("%s: cannot be removed", link->name);
		return;
	}
	log_info("%s: removed", link->name);
	link_forget(nd, link);
}

/* Not at once: the engine says farewell on an interface that it loses. */
void
made_sweep_soon(struct netlinkd *nd)
{
	nd->sweep_us = mono_us() + MADE_SWEEP_US;
	made_later(nd, nd->sweep_us);
}

/* What no configuration wants any more; all: the end. */
void
made_sweep(struct netlinkd *nd, bool all)
{
	struct link	*link, *next;

	nd->sweep_us = 0;
	RB_FOREACH_SAFE(link, link_tree, &nd->links, next) {
		if (link->ours && (all || link->slot == NULL ||
		    link->slot->made.make == CONF_MAKE_NONE))
			made_delete(nd, link);
	}
	sysctl_sweep(nd, all);
}

bool
netlinkd_made_ok(const struct netlinkd *nd, uint32_t id)
{
	const struct slot	*slot = slot_by_id(nd, id);

	return (slot != NULL && slot->link != NULL && slot->failed_us == 0);
}

bool
netlinkd_is_ipvlan(const struct netlinkd *nd, uint32_t id)
{
	const struct slot	*slot = slot_by_id(nd, id);

	return (slot != NULL && slot->made.make == CONF_MAKE_IPVLAN);
}

/* With errno. The instance is told by way of its sockets. */
static void
made_failed(struct netlinkd *nd, struct slot *slot, const char *what)
{
	uint32_t	 missed;
	int		 error = errno;

	slot->failed_us = mono_us();
	made_later(nd, slot->failed_us + MADE_RETRY_US);
	slot->sources = true;
	slot_touch(nd, slot);
	if (!log_limit_ok(&slot->limit, slot->failed_us, MADE_LOG_US, &missed))
		return;
	errno = error;
	if (error == EOPNOTSUPP)
		log_warnx("%s: %s on %s: this kernel has no %s", slot->name,
		    what, slot->made.base,
		    slot->made.make == CONF_MAKE_IPVLAN ? "ipvlan" :
		    "macvlan");
	else
		log_warn("%s: %s on %s", slot->name, what, slot->made.base);
}

/* A message about a link; NULL with a log line. */
static struct nl_msg *
ask_new(uint16_t type, uint16_t flags, uint32_t ifindex, unsigned int value,
    unsigned int change)
{
	struct ifinfomsg	 ifi;
	struct nl_msg		*msg;

	memset(&ifi, 0, sizeof(ifi));
	ifi.ifi_index = (int)ifindex;
	ifi.ifi_flags = value;
	ifi.ifi_change = change;
	if ((msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK |
	    flags)) != NULL && nlmsg_append(msg, &ifi, sizeof(ifi),
	    NLMSG_ALIGNTO) == 0)
		return (msg);
	if (msg != NULL)
		nlmsg_free(msg);
	log_warnx("netlink: no memory");
	return (NULL);
}

/* Sends, frees and waits for the answer: 0, or -1 with errno. */
static int
ask(struct netlinkd *nd, struct nl_msg *msg, int err)
{
	int	 ret, saved;

	if (err != 0) {
		nlmsg_free(msg);
		errno = EMSGSIZE;
		return (-1);
	}
	ret = chan_ask(&nd->dumps, nlmsg_hdr(msg), nld_message, nd);
	saved = errno;
	nlmsg_free(msg);
	errno = saved;
	return (ret);
}

/* Reads one link into our table; the events tell the same later. */
static void
ask_link(struct netlinkd *nd, uint32_t ifindex, const char *name)
{
	struct nl_msg	*msg;

	if ((msg = ask_new(RTM_GETLINK, 0, ifindex, 0, 0)) == NULL)
		return;
	(void)ask(nd, msg, name == NULL ? 0 :
	    nla_put_string(msg, IFLA_IFNAME, name));
}
