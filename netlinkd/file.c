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
 * What earlier runs left behind: the ledger file, the sweep at the start,
 * and the clean-up without a configuration.
 * Runs in: parent.
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netlink/msg.h>

#include "internal.h"

#define LEDGER_LINES	(MAX_VIPS + MAX_ROUTES + MAX_RULES + 5 * MAX_IFACES)
#define LEDGER_MAX	(LEDGER_LINES * LED_LINE_LEN + 64)
#define WIPES_MAX	64	/* of one line: several of a kind */

/* A removal that waits for its answer. */
struct wipe {
	uint32_t	 seq;
	int		 error;		/* 1: none yet */
};

static int	 ledger_read(const char *, struct led_line **);
static size_t	 ledger_made(const struct netlinkd *, char *, size_t);
static char	*ledger_slurp(const char *);
static int	 ledger_write_fd(const struct netlinkd *, int);
static int	 sweep_conf(struct netlinkd *, const struct conf *);
static int	 sweep_ledger(struct netlinkd *, const char *);
static uint32_t	 ledger_adverts(const char *);
static void	 ledger_robj(const struct robj *, struct led_line *);
static int	 sweep_robj(struct netlinkd *, const struct led_line *);
static void	 wipe_answer(void *, const struct nlmsghdr *);
static int	 sweep_line(struct netlinkd *, const struct led_line *);
static bool	 link_adopted(struct link *);

int
netlinkd_ledger_write(const struct netlinkd *nd, const char *path)
{
	char	 tmp[PATH_MAX];
	int	 fd, saved;

	if (snprintf(tmp, sizeof(tmp), "%s.new", path) >= (int)sizeof(tmp)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	(void)unlink(tmp);	/* of a run that was cut short */
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd == -1)
		return (-1);
	if (ledger_write_fd(nd, fd) == -1) {
		saved = errno;
		(void)close(fd);
		goto fail;
	}
	if (close(fd) == 0 && rename(tmp, path) == 0)
		return (0);
	saved = errno;
 fail:
	(void)unlink(tmp);
	errno = saved;
	return (-1);
}

static int
ledger_write_fd(const struct netlinkd *nd, int fd)
{
	const struct robj	*robj;
	const struct vip	*vip;
	struct vinst_tree	 insts;
	struct led_line		 line;
	struct vinst		*inst;
	char			*buf;
	size_t			 len, size;
	ssize_t			 n;

	size = LEDGER_MAX;
	if ((buf = malloc(size)) == NULL)
		return (-1);
	len = strlcpy(buf, led_file_head, size);
	memset(&line, 0, sizeof(line));
	line.kind = LED_ADVERTS;
	line.us = nd->adverts_us;
	if (line.us != 0)
		len += led_line_print(&line, buf + len, size - len);
	insts = nd->insts;
	RB_FOREACH(inst, vinst_tree, &insts) {
		TAILQ_FOREACH(vip, &inst->vips, entry) {
			memset(&line, 0, sizeof(line));
			(void)strlcpy(line.ifname, vip->conf->ifname,
			    sizeof(line.ifname));
			line.addr = vip->addr;
			len += led_line_print(&line, buf + len, size - len);
		}
		TAILQ_FOREACH(robj, &inst->robjs, entry) {
			ledger_robj(robj, &line);
			len += led_line_print(&line, buf + len, size - len);
		}
	}
	len += ledger_made(nd, buf + len, size - len);
	n = write(fd, buf, len);
	free(buf);
	if (n == -1)
		return (-1);
	if ((size_t)n != len) {
		errno = ENOSPC;
		return (-1);
	}
	return (0);
}

static void
ledger_robj(const struct robj *o, struct led_line *line)
{
	memset(line, 0, sizeof(*line));
	if (o->is_rule) {
		line->kind = LED_RULE;
		line->family = o->rule.family;
		line->priority = o->rule.priority;
		line->proto = o->rule.proto;
		return;
	}
	line->kind = LED_ROUTE;
	line->addr = o->route.dst;
	line->from = o->route.from;
	line->table = o->route.table;
	line->priority = o->route.metric;
	line->tos = o->route.tos;
	line->proto = o->route.proto;
}

/* Interfaces that we make, and settings to be put back. */
static size_t
ledger_made(const struct netlinkd *nd, char *buf, size_t size)
{
	const struct saved	*saved;
	const char		*where;
	struct led_line		 line;
	struct slot_ids		 ids;
	struct slot		*slot;
	size_t			 len;

	len = 0;
	ids = nd->slot_ids;
	memset(&line, 0, sizeof(line));
	line.kind = LED_MADE;
	RB_FOREACH(slot, slot_ids, &ids) {
		if (slot->made.make == CONF_MAKE_NONE)
			continue;
		(void)strlcpy(line.ifname, slot->name, sizeof(line.ifname));
		len += led_line_print(&line, buf + len, size - len);
	}
	line.kind = LED_SETTING;
	TAILQ_FOREACH(saved, &nd->saved, entry) {
		if ((where = sysctl_where(nd, saved)) == NULL)
			continue;
		(void)strlcpy(line.ifname, where, sizeof(line.ifname));
		(void)strlcpy(line.key, saved->key, sizeof(line.key));
		line.old = saved->old;
		len += led_line_print(&line, buf + len, size - len);
	}
	return (len);
}

/* 0: there is nothing that tells. */
static uint32_t
ledger_adverts(const char *path)
{
	struct led_line	*lines;
	uint32_t	 us = 0;
	int		 i, cnt;

	cnt = ledger_read(path, &lines);
	for (i = 0; i < cnt; i++) {
		if (lines[i].kind == LED_ADVERTS)
			us = lines[i].us;
	}
	free(lines);
	return (us);
}

/* Number of lines, 0 also without a file, -1 when it cannot be trusted. */
static int
ledger_read(const char *path, struct led_line **lines)
{
	char	*text;
	int	 cnt;

	*lines = NULL;
	if ((text = ledger_slurp(path)) == NULL)
		return (errno == ENOENT ? 0 : -1);
	cnt = -1;
	if ((*lines = calloc(LEDGER_LINES, sizeof(**lines))) != NULL)
		cnt = led_file_parse(text, *lines, LEDGER_LINES);
	free(text);
	if (cnt == -1) {
		free(*lines);
		*lines = NULL;
		errno = EINVAL;
	}
	return (cnt);
}

static char *
ledger_slurp(const char *path)
{
	struct stat	 st;
	char		*text;
	ssize_t		 n;
	int		 fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return (NULL);
	text = NULL;
	errno = EPERM;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 022) != 0 ||
	    st.st_size > LEDGER_MAX)
		goto done;
	if ((text = calloc(1, (size_t)st.st_size + 1)) == NULL)
		goto done;
	n = read(fd, text, (size_t)st.st_size);
	if (n != st.st_size) {
		free(text);
		text = NULL;
		errno = EINVAL;
	}
 done:
	(void)close(fd);
	return (text);
}

int
netlinkd_sweep(struct netlinkd *nd, const struct conf *conf,
    const char *ledger)
{
	int	 cnt, more;

	nd->quiet = true;
	/* Not where it has to wait first: the role would be another's. */
	nd->adopting = conf->global.startup_delay_us == 0;
	nd->adverts_us = ledger_adverts(ledger);
	(void)strlcpy(nd->ledger, ledger, sizeof(nd->ledger));
	cnt = sweep_conf(nd, conf);
	if ((more = sweep_ledger(nd, ledger)) > 0)
		cnt += more;
	batch_flush(nd);
	nft_sweep(nd, ledger);
	if (conf->global.no_local_igmp)
		sysctl_igmp(nd);
	nd->quiet = false;
	nld_rearm(nd);
	return (cnt);
}

/* Nobody is MASTER yet, so a VIP that is there is left over; that the real
 * address of an owner stays is the one exception. */
static int
sweep_conf(struct netlinkd *nd, const struct conf *conf)
{
	const struct conf_inst	*inst;
	const struct conf_vip	*vip;
	struct vaddr		 addr;
	struct linkaddr		*ifa;
	struct link		*link;
	int			 cnt;

	cnt = 0;
	TAILQ_FOREACH(inst, &conf->insts, entry) {
		if ((nd->adopting && lease_adopt(nd, inst) != 0) ||
		    inst->priority == 255)
			continue;
		TAILQ_FOREACH(vip, &inst->vips, entry) {
			addr = vip->addr;
			if (vip->peer.family != 0)
				addr.plen = vip->peer.plen;
			if ((link = link_by_name(nd, vip->ifname)) == NULL ||
			    (ifa = addr_find(link, &addr)) == NULL)
				continue;
			if (vip_orphan(nd, link, ifa) == 0)
				cnt++;
		}
	}
	return (cnt);
}

static int
sweep_ledger(struct netlinkd *nd, const char *path)
{
	struct led_line	*lines;
	int		 i, cnt, removed;

	if ((cnt = ledger_read(path, &lines)) == -1) {
		log_warn("%s: not used", path);
		return (-1);
	}
	removed = 0;
	for (i = 0; i < cnt; i++) {
		if (lines[i].kind == LED_ROUTE || lines[i].kind == LED_RULE)
			removed += sweep_robj(nd, &lines[i]);
	}
	for (i = 0; i < cnt; i++) {
		if (lines[i].kind != LED_ROUTE && lines[i].kind != LED_RULE)
			removed += sweep_line(nd, &lines[i]);
	}
	free(lines);
	return (removed);
}

/* The name may belong to another interface today, and anybody may have taken
 * the address: only with our mark. */
static int
sweep_line(struct netlinkd *nd, const struct led_line *line)
{
	const struct vip	*vip;
	struct linkaddr		*ifa;
	struct link		*link;

	if (line->kind == LED_SETTING &&
	    strcmp(line->ifname, SYSCTL_NETNS) == 0)
		sysctl_leftover(SYSCTL_NETNS, line->key, line->old);
	if ((link = link_by_name(nd, line->ifname)) == NULL)
		return (0);
	if (line->kind == LED_SETTING)
		sysctl_leftover(link->name, line->key, line->old);
	if (line->kind == LED_MADE && link->marked && !link_adopted(link))
		made_delete(nd, link);
	if (line->kind != LED_ADDRESS ||
	    (ifa = addr_find(link, &line->addr)) == NULL || !ifa->mine ||
	    ifa->adopt)
		return (0);
	TAILQ_FOREACH(vip, &nd->orphanage.vips, entry) {
		if (vip->ifindex == link->ifindex &&
		    vaddr_cmp_plen(&vip->addr, &ifa->addr) == 0)
			return (0);
	}
	return (vip_orphan(nd, link, ifa) == 0);
}

/* All that match: each answer tells whether there was one. */
static int
sweep_robj(struct netlinkd *nd, const struct led_line *line)
{
	uint8_t		 buf[ROBJ_MSG_MAX];
	struct wipe	 wipe;
	size_t		 len;
	int		 cnt;

	for (cnt = 0; cnt < WIPES_MAX; cnt++) {
		wipe.seq = nd->commands.seq++;
		wipe.error = 1;
		len = line->kind == LED_ROUTE ?
		    route_message_wipe(line, wipe.seq, buf, sizeof(buf)) :
		    rule_message_wipe(line, wipe.seq, buf, sizeof(buf));
		if (len == 0 || chan_send(&nd->commands, buf, len) == -1)
			break;
		while (wipe.error == 1) {
			if (chan_read(&nd->commands, true, wipe_answer,
			    &wipe) == -1)
				return (cnt);
		}
		if (wipe.error != 0)
			break;
	}
	return (cnt);
}

static void
wipe_answer(void *arg, const struct nlmsghdr *nlh)
{
	struct wipe	*wipe = arg;
	int32_t		 error;

	if (nlh->nlmsg_type != NLMSG_ERROR || nlh->nlmsg_seq != wipe->seq ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(error)))
		return;
	memcpy(&error, nlmsg_data(nlh), sizeof(error));
	wipe->error = error;
}

int
netlinkd_cleanup(const char *ledger)
{
	struct netlinkd	*nd;
	int		 cnt;

	if ((nd = netlinkd_new(NULL, NULL, NULL)) == NULL)
		return (-1);
	nd->quiet = true;
	cnt = -1;
	if (netlinkd_start(nd) == 0) {
		cnt = sweep_ledger(nd, ledger);
		batch_flush(nd);
		nft_sweep(nd, ledger);
	}
	netlinkd_free(nd);
	return (cnt);
}

/* One that goes on has what it is on, too. */
static bool
link_adopted(struct link *link)
{
	struct linkaddr	*ifa;

	RB_FOREACH(ifa, ifaddr_tree, &link->addrs) {
		if (ifa->adopt)
			return (true);
	}
	return (false);
}

struct link *
link_by_name(struct netlinkd *nd, const char *name)
{
	struct link	*link;

	RB_FOREACH(link, link_tree, &nd->links) {
		if (strcmp(link->name, name) == 0)
			return (link);
	}
	return (NULL);
}
