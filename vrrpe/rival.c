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
 * Who else announces addresses of ours: gratuitous ARPs, ARP requests and
 * neighbour advertisements that the parent's filter lets through. A master
 * that hears one has the last word (the parent bounds how often), and tells.
 * Runs in: vrrpe.
 */

#include <sys/socket.h>

#include <netinet/in.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "vrrpe.h"

#define FRAMES_MAX	16		/* in one turn */
#define PAUSE_US	(100 * US_PER_MS) /* after so many */
#define ASK_US		(100 * US_PER_MS) /* the parent, for an instance */
#define FRAME_LEN	64

struct ewatch {
	TAILQ_ENTRY(ewatch) entry;
	struct engine	*e;
	uint32_t	 slot;
	uint8_t		 family;
	int		 fd;
	struct event	 ev;
	struct event	 ev_pause;
};

static void	 watch_drop(struct engine *, struct ewatch *);
static void	 on_frames(evutil_socket_t, short, void *);
static void	 on_pause(evutil_socket_t, short, void *);
static int	 take(struct ewatch *, struct claim *);
static int	 hop_limit(const struct msghdr *);
static void	 judge(struct ewatch *, const struct claim *);
static bool	 is_virtual(const uint8_t [6]);
static void	 rival(struct einst *, const struct claim *);
static void	 on_ask(evutil_socket_t, short, void *);

int
rival_watch(void *arg, struct imsg *im)
{
	struct engine	*e = arg;
	struct ewatch	*w;
	struct msg	 m;
	uint8_t		 family;

	msg_init_read(&m, im->data, im->len);
	family = msg_get_u8(&m);
	if (msg_end(&m) == -1 || im->fd == -1 ||
	    (family != AF_INET && family != AF_INET6))
		return (-1);
	TAILQ_FOREACH(w, &e->watches, entry)
		if (w->slot == im->id && w->family == family)
			break;
	if (w != NULL)
		watch_drop(e, w);
	if ((w = calloc(1, sizeof(*w))) == NULL)
		fatal("socket");
	w->e = e;
	w->slot = im->id;
	w->family = family;
	w->fd = imsg_take_fd(im);
	TAILQ_INSERT_TAIL(&e->watches, w, entry);
	if (event_assign(&w->ev, e->base, w->fd, EV_READ | EV_PERSIST,
	    on_frames, w) == -1 || evtimer_assign(&w->ev_pause, e->base,
	    on_pause, w) == -1 || event_add(&w->ev, NULL) == -1)
		fatalx("cannot watch socket of interface %u", w->slot);
	return (0);
}

static void
watch_drop(struct engine *e, struct ewatch *w)
{
	TAILQ_REMOVE(&e->watches, w, entry);
	(void)event_del(&w->ev);
	(void)event_del(&w->ev_pause);
	(void)close(w->fd);
	free(w);
}

void
rival_free(struct engine *e)
{
	struct ewatch	*w;

	while ((w = TAILQ_FIRST(&e->watches)) != NULL)
		watch_drop(e, w);
}

/* A flood waits in the kernel, where it is thrown away. */
static void
on_frames(evutil_socket_t fd, short what, void *arg)
{
	struct ewatch	*w = arg;
	struct claim	 claim;
	struct timeval	 tv = { 0, PAUSE_US };
	int		 n, got = 1;

	engine_turn(w->e);
	for (n = 0; n < FRAMES_MAX; n++) {
		if ((got = take(w, &claim)) == -1)
			return;
		if (got == 1 && w->e->begun)
			judge(w, &claim);
	}
	(void)event_del(&w->ev);
	if (event_add(&w->ev_pause, &tv) == -1)
		fatalx("cannot watch socket of interface %u", w->slot);
}

static void
on_pause(evutil_socket_t fd, short what, void *arg)
{
	struct ewatch	*w = arg;

	if (event_add(&w->ev, NULL) == -1)
		fatalx("cannot watch socket of interface %u", w->slot);
}

/* 1: one that makes sense, 0: one that does not, -1: no more. */
static int
take(struct ewatch *w, struct claim *claim)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(int))];
	struct msghdr	 h;
	struct iovec	 iov;
	uint8_t		 buf[FRAME_LEN];
	ssize_t		 len;

	memset(&h, 0, sizeof(h));
	memset(control, 0, sizeof(control));
	iov.iov_base = buf;
	iov.iov_len = sizeof(buf);
	h.msg_iov = &iov;
	h.msg_iovlen = 1;
	h.msg_control = control;
	h.msg_controllen = sizeof(control);
	if ((len = recvmsg(w->fd, &h, MSG_DONTWAIT)) == -1)
		return (-1);
	memset(claim, 0, sizeof(*claim));
	if (w->family == AF_INET)
		return (claim_arp(buf, (size_t)len, claim));
	/* From a neighbour, and nobody behind it. */
	if (hop_limit(&h) != 255)
		return (0);
	return (claim_na(buf, (size_t)len, claim));
}

static int
hop_limit(const struct msghdr *h)
{
	struct msghdr	 mh = *h;
	struct cmsghdr	*c;
	int		 hops = -1;

	for (c = CMSG_FIRSTHDR(&mh); c != NULL; c = CMSG_NXTHDR(&mh, c))
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_HOPLIMIT &&
		    c->cmsg_len >= CMSG_LEN(sizeof(hops)))
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
	return (hops);
}

/*
 * A new master sends its advert first: what is in the queue is read before it
 * is decided whether we are still MASTER.
 */
static void
judge(struct ewatch *w, const struct claim *claim)
{
	const struct conf_vip	*cv;
	const struct elink	*l;
	struct einst		*i;

	l = elink_find(w->e, w->slot);
	if (l == NULL || is_virtual(claim->mac) ||
	    memcmp(l->info.mac, claim->mac, sizeof(claim->mac)) == 0)
		return;
	RB_FOREACH(i, einst_tree, &w->e->insts) {
		if (i->vr.state != VR_MASTER || i->vr.leave != VR_LEAVE_NONE)
			continue;
		TAILQ_FOREACH(cv, &i->conf->vips, entry)
			if (cv->slot == w->slot &&
			    vaddr_cmp(&cv->addr, &claim->addr) == 0)
				break;
		if (cv == NULL)
			continue;
		if (i->rx != NULL)
			io_drain(i->rx);
		if (i->vr.state == VR_MASTER)
			rival(i, claim);
		return;
	}
}

/* Of a virtual router: which of them has it is settled by adverts. */
static bool
is_virtual(const uint8_t mac[6])
{
	static const uint8_t	 prefix[4] = { 0, 0, 0x5e, 0 };

	return (memcmp(mac, prefix, sizeof(prefix)) == 0 &&
	    (mac[4] == 1 || mac[4] == 2));
}

static void
rival(struct einst *i, const struct claim *claim)
{
	struct engine	*e = i->e;
	struct timeval	 tv = { 0, 0 };
	char		 text[VADDR_STRLEN], more[64] = "";
	uint32_t	 cnt;

	i->cnt.n[CNT_RIVAL]++;
	i->rival_us = e->now_us;
	(void)snprintf(i->claimed, sizeof(i->claimed),
	    "%s by %02x:%02x:%02x:%02x:%02x:%02x",
	    vaddr_print(&claim->addr, text, sizeof(text)), claim->mac[0],
	    claim->mac[1], claim->mac[2], claim->mac[3], claim->mac[4],
	    claim->mac[5]);
	if (log_limit_ok(&i->rival_limit, e->now_us, LOG_PERIOD_US, &cnt)) {
		if (cnt > 0)
			(void)snprintf(more, sizeof(more), " (%u more since)",
			    cnt);
		e->log_about = i->id;
		e->log_kind = LOG_K_RIVAL;
		log_warnx("(%s) %s: another host has our address: %s%s",
		    i->conf->name, i->conf->ifname, i->claimed, more);
	}
	if (e->now_us - i->rival_ask_us < ASK_US)
		tv.tv_usec = ASK_US;
	/* Too many questions would hold up others, but none may be lost. */
	if (!event_pending(&i->ev_rival, EV_TIMEOUT, NULL) &&
	    evtimer_add(&i->ev_rival, &tv) == -1)
		fatalx("timer of an instance");
}

static void
on_ask(evutil_socket_t fd, short what, void *arg)
{
	struct einst	*i = arg;

	engine_turn(i->e);
	i->rival_ask_us = i->e->now_us;
	if (i->vr.state == VR_MASTER)
		drive_announce(i, ANN_RIVAL);
}

void
rival_init(struct einst *i)
{
	if (evtimer_assign(&i->ev_rival, i->e->base, on_ask, i) == -1)
		fatalx("timer of an instance");
}
