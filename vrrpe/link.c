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
 * Interfaces as the parent tells them. A change between working and not may
 * have to last for a while before it counts. Runs in: vrrpe.
 */

#include <stdlib.h>
#include <string.h>

#include "vrrpe.h"

#define WORKS		(LINK_F_UP | LINK_F_RUNNING)

static bool	 works(uint32_t flags);
static void	 apply(struct elink *, const struct link_info *);
static void	 delay(struct elink *, int64_t);
static void	 delay_end(struct elink *);
static void	 on_delay(evutil_socket_t, short, void *);

int
elink_told(void *arg, struct imsg *im)
{
	struct engine		*e = arg;
	struct link_info	 info;
	struct elink		*l;
	struct msg		 m;
	int64_t			 us;

	engine_turn(e);
	msg_init_read(&m, im->data, im->len);
	if (link_info_get(&m, &info) == -1)
		return (-1);
	l = elink_add(e, im->id);
	l->flags = info.flags;
	if (!l->known || info.ifindex == 0 ||
	    works(info.flags) == works(l->info.flags)) {
		delay_end(l);
		apply(l, &info);
		return (0);
	}
	us = works(info.flags) ? l->up_delay_us : l->down_delay_us;
	if (us == 0) {
		delay_end(l);
		apply(l, &info);
		return (0);
	}
	/* All else is true at once. */
	info.flags = (info.flags & ~WORKS) | (l->info.flags & WORKS);
	if (!l->delayed)
		delay(l, us);
	apply(l, &info);
	return (0);
}

static bool
works(uint32_t flags)
{
	return ((flags & WORKS) == WORKS);
}

static void
apply(struct elink *l, const struct link_info *info)
{
	struct einst	*i;

	if (works(info->flags) != works(l->info.flags))
		monitor_say(l->e, NOTE_TRACK, "", "interface %s is %s",
		    l->name, works(info->flags) ? "up" : "down");
	l->info = *info;
	l->known = true;
	drive_batch(l->e);
	LIST_FOREACH(i, &l->insts, on_link) {
		einst_fit(i);
		einst_recompute(i);
		einst_try_start(i);
	}
	facts_trackers(&l->trackers);
	drive_batch_end(l->e);
}

static void
delay(struct elink *l, int64_t us)
{
	struct timeval	 tv;

	log_info("%s: is %s: counts in %lld ms, if it lasts", l->name,
	    works(l->flags) ? "up" : "down", (long long)(us / US_PER_MS));
	tv.tv_sec = (time_t)(us / US_PER_SEC);
	tv.tv_usec = (suseconds_t)(us % US_PER_SEC);
	if (event_assign(&l->ev_delay, l->e->base, -1, 0, on_delay, l) == -1 ||
	    event_add(&l->ev_delay, &tv) == -1)
		fatalx("interface timer");
	l->delayed = true;
}

static void
delay_end(struct elink *l)
{
	if (!l->delayed)
		return;
	(void)event_del(&l->ev_delay);
	l->delayed = false;
}

static void
on_delay(evutil_socket_t fd, short what, void *arg)
{
	struct elink		*l = arg;
	struct link_info	 info = l->info;

	engine_turn(l->e);
	l->delayed = false;
	info.flags = l->flags;
	apply(l, &info);
}

/* A delay that is under way goes on as it began. */
void
elink_conf(struct elink *l, const struct conf_iface *iface)
{
	(void)strlcpy(l->name, iface->name, sizeof(l->name));
	l->down_delay_us = iface->down_delay_us;
	l->up_delay_us = iface->up_delay_us;
}

/* Already out of the table. */
void
elink_free(struct elink *l)
{
	delay_end(l);
	free(l);
}
