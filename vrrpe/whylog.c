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
 * Log lines and texts of state changes: what was, and why it is not any more.
 * Runs in: vrrpe.
 */

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "vrrpe.h"

static const char *face_text(enum vr_face);
static void	 about(const struct einst *, enum log_kind);
static void	 text_of(const struct einst *, enum vr_reason, int64_t, char *,
		    size_t);
static void	 blame(const struct einst *, uint32_t, char *, size_t);
static double	 seconds(int64_t);
static const char *asker(const struct einst *);
static void	 log_hold_begun(const struct einst *, const struct vr_action *);
static void	 why_state(const struct einst *, const struct vr_action *,
		    char *, size_t);

/*
 * "(VI_1) Entering MASTER STATE (was BACKUP: master 192.0.2.2 silent for
 * 3.61 s; priority 100)": monitors look for the words before the bracket.
 */
void
why_log(const struct einst *i, const struct vr_action *a)
{
	char	 text[TEXT_LEN];

	if (a->reason == VR_WHY_RESUME) {
		/* No transition: nobody outside has noticed. */
		log_info("(%s) goes on as %s after a restart of the engine "
		    "(priority %u)", i->conf->name,
		    face_text(vr_face(&i->vr)), vr_prio(&i->vr));
		return;
	}
	why_state(i, a, text, sizeof(text));
	monitor_say(i->e, NOTE_STATE, i->conf->name, "%s (%s; priority %u)",
	    face_text(vr_face(&i->vr)), text, vr_prio(&i->vr));
	about(i, LOG_K_STATE);
	log_info("(%s) Entering %s STATE (%s; priority %u)", i->conf->name,
	    face_text(vr_face(&i->vr)), text, vr_prio(&i->vr));
}

static void
about(const struct einst *i, enum log_kind kind)
{
	i->e->log_about = i->id;
	i->e->log_kind = kind;
}

/* The line of a state change, without the state: "was BACKUP: ...". */
static void
why_state(const struct einst *i, const struct vr_action *a, char *buf,
    size_t len)
{
	int	 n;

	n = snprintf(buf, len, "was %s: ", face_text(a->old));
	if (n > 0 && (size_t)n < len)
		text_of(i, a->reason, a->arg, buf + n, len - (size_t)n);
}

void
why_now(const struct einst *i, char *buf, size_t len)
{
	if (!i->vr.running) {
		(void)snprintf(buf, len, "%s", i->vr.reason ==
		    VR_WHY_SHUTDOWN || i->vr.reason == VR_WHY_HANDED_OVER ?
		    "stopped" : "not started yet");
		return;
	}
	if (i->vr.state == VR_INIT) {
		why_faults(i, i->vr.faults, buf, len);
		return;
	}
	text_of(i, i->vr.reason, i->why_arg, buf, len);
}

void
why_faults(const struct einst *i, uint32_t faults, char *buf, size_t len)
{
	uint32_t	 bit;

	buf[0] = '\0';
	for (bit = 1; bit != 0 && bit <= faults; bit <<= 1) {
		if ((faults & bit) == 0)
			continue;
		if (buf[0] != '\0')
			(void)strlcat(buf, ", ", len);
		(void)strlcat(buf, trk_fault_text(bit), len);
		blame(i, bit, buf, len);
	}
}

/* The names of what causes a fault now: " (eth1, eth2)". */
static void
blame(const struct einst *i, uint32_t bit, char *buf, size_t len)
{
	const struct conf_track	*t;
	const struct einst	*other;
	const char		*sep = " (";
	uint32_t		 fault;
	size_t			 n = 0;

	if ((bit & (TRK_F_IF_MISSING | TRK_F_IF_DOWN | TRK_F_NO_SOURCE |
	    TRK_F_TENTATIVE | TRK_F_PORT | TRK_F_NO_CARRIER)) != 0) {
		(void)strlcat(buf, " (", len);
		(void)strlcat(buf, i->conf->ifname, len);
		(void)strlcat(buf, ")", len);
		return;
	}
	if (bit == TRK_F_GROUP && i->group != NULL &&
	    (other = egroup_culprit(i->group)) != NULL) {
		(void)strlcat(buf, " (", len);
		(void)strlcat(buf, other->conf->name, len);
		(void)strlcat(buf, ")", len);
		return;
	}
	TAILQ_FOREACH(t, &i->conf->tracks, entry) {
		if (n == i->item_cnt)
			break;
		(void)trk_item_weight(&i->items[n++], &fault);
		if (fault != bit)
			continue;
		(void)strlcat(buf, sep, len);
		(void)strlcat(buf, t->name, len);
		sep = ", ";
	}
	if (*sep == ',')
		(void)strlcat(buf, ")", len);
}

/* keepalived's words, and what the sum is made of. */
void
why_log_prio(const struct einst *i, uint8_t old, uint8_t now)
{
	const struct conf_track	*t;
	char			 text[TEXT_LEN], part[NAME_LEN + 16];
	uint32_t		 fault;
	size_t			 n = 0;
	int			 weight;

	text[0] = '\0';
	TAILQ_FOREACH(t, &i->conf->tracks, entry) {
		if (n == i->item_cnt)
			break;
		weight = trk_item_weight(&i->items[n++], &fault);
		if (weight == 0)
			continue;
		(void)snprintf(part, sizeof(part), ", %s %+d", t->name,
		    weight);
		(void)strlcat(text, part, sizeof(text));
	}
	monitor_say(i->e, NOTE_PRIORITY, i->conf->name, "%u, was %u "
	    "(configured %u%s)", now, old, i->conf->priority, text);
	log_info("(%s) Changing effective priority from %u to %u "
	    "(configured %u%s)", i->conf->name, old, now, i->conf->priority,
	    text);
}

/* Users know INIT, the machine tells stopped from faulty. */
static const char *
face_text(enum vr_face face)
{
	return (face == VR_FACE_STOPPED ? "INIT" : vr_face_name(face));
}

static double
seconds(int64_t us)
{
	return ((double)us / (double)US_PER_SEC);
}

static const char *
asker(const struct einst *i)
{
	return (i->hold_by[0] != '\0' ? i->hold_by : "command");
}

static void
text_of(const struct einst *i, enum vr_reason why, int64_t arg, char *buf,
    size_t len)
{
	char	 peer[VADDR_STRLEN];
	int	 n;

	why_addr(i, i->vr.master, peer, sizeof(peer));
	switch (why) {
	case VR_WHY_SILENT:
		if (i->vr.has_master)
			(void)snprintf(buf, len, "master %s silent for %.2f s",
			    peer, seconds(arg));
		else
			(void)snprintf(buf, len, "no master heard for %.2f s",
			    seconds(arg));
		return;
	case VR_WHY_PRIO_ZERO:
		(void)snprintf(buf, len, "master %s gave up its role %.3f s "
		    "ago", peer, seconds(arg));
		return;
	case VR_WHY_PREEMPT:
		(void)snprintf(buf, len, "preempting %s of priority %d", peer,
		    (int)arg);
		return;
	case VR_WHY_HIGHER:
		(void)snprintf(buf, len, "%s has the higher priority %d", peer,
		    (int)arg);
		return;
	case VR_WHY_TIE:
		(void)snprintf(buf, len, "%s has the same priority and the "
		    "greater address", peer);
		return;
	case VR_WHY_FAULT:
		why_faults(i, (uint32_t)arg, buf, len);
		return;
	case VR_WHY_GROUP:
		(void)snprintf(buf, len, "with its sync group %s",
		    i->conf->group);
		return;
	case VR_WHY_FAULT_GONE:
		n = snprintf(buf, len, "fault is over, it was: ");
		if (n > 0 && (size_t)n < len)
			why_faults(i, (uint32_t)arg, buf + n, len - (size_t)n);
		return;
	case VR_WHY_SHUTDOWN:
		n = snprintf(buf, len, i->removed ? "removed by a reload" :
		    "shutdown");
		if (arg > 0 && n > 0 && (size_t)n < len)
			(void)snprintf(buf + n, len - (size_t)n, "; nobody "
			    "answered in %.3f s", seconds(arg));
		return;
	case VR_WHY_STANDBY:
		(void)snprintf(buf, len, "standby by %s", asker(i));
		return;
	case VR_WHY_TAKEOVER:
		(void)snprintf(buf, len, "takeover by %s", asker(i));
		return;
	case VR_WHY_HANDED_OVER:
		(void)snprintf(buf, len, "handed over to %s in %.3f s", peer,
		    seconds(arg));
		return;
	case VR_WHY_LATE:
		(void)snprintf(buf, len, "woke up %.2f s late",
		    seconds(arg));
		return;
	case VR_WHY_NONE:
	case VR_WHY_STARTUP:
	case VR_WHY_RESUME:
	case VR_WHY_MAX:
		break;
	}
	(void)snprintf(buf, len, "%s", vr_reason_text(why));
}

void
why_log_code(const struct einst *i, const struct vr_action *a)
{
	const char	*name = i->conf->name;
	char		 peer[VADDR_STRLEN];

	why_addr(i, i->vr.master, peer, sizeof(peer));
	switch ((enum vr_log)a->code) {
	case VR_LOG_LOWER:
		log_info("(%s) another router advertises the lower priority "
		    "%d; it was answered", name, (int)a->arg);
		break;
	case VR_LOG_SAME_ADDR:
		log_warnx("(%s) another router advertises our priority %d "
		    "from our address", name, (int)a->arg);
		break;
	case VR_LOG_DUP_OWNER:
		log_warnx("(%s) another router owns the addresses, too "
		    "(priority 255)", name);
		break;
	case VR_LOG_LATE_BACKUP:
		about(i, LOG_K_STALL);
		log_at(LOG_WARNING, "(%s) woke up %.2f s late; waiting for "
		    "the master anew", name, seconds(a->arg));
		break;
	case VR_LOG_INTERVAL:
		log_info("(%s) master %s advertises every %.2f s", name, peer,
		    seconds(a->arg));
		break;
	case VR_LOG_PREEMPT_WAIT:
		log_info("(%s) master %s has a lower priority; preempt_delay "
		    "of %.0f s begins", name, peer, seconds(a->arg));
		break;
	case VR_LOG_LEAVING:
		log_info("(%s) gave up the role; waiting for a new master "
		    "for at most %.2f s", name, seconds(a->arg));
		break;
	case VR_LOG_NOBODY:
		log_at(LOG_WARNING, "(%s) nobody took the role in %.2f s; "
		    "taken back", name, seconds(a->arg));
		break;
	case VR_LOG_REFUSED:
		log_info("(%s) request by %s: %s", name, asker(i),
		    vr_answer_text((int)a->arg));
		break;
	case VR_LOG_CODE_MAX:
		break;
	}
}

void
why_log_hold(const struct einst *i, const struct vr_action *a)
{
	static const char *const ends[VR_HE_MAX] = {
		[VR_HE_SILENCE] = "no other router took the role",
		[VR_HE_YIELDED] = "another router has the better claim",
		[VR_HE_EXPIRED] = "its time is up",
		[VR_HE_RELEASED] = "resume",
		[VR_HE_FAULT] = "fault",
		[VR_HE_LATE] = "woke up too late",
		[VR_HE_STOPPED] = "shutdown"
	};

	if (a->code == VR_HE_BEGUN) {
		log_hold_begun(i, a);
		return;
	}
	/* Those without a text are told by the line of the state or log. */
	if (a->code < 0 || a->code >= VR_HE_MAX || ends[a->code] == NULL)
		return;
	monitor_say(i->e, NOTE_HOLD, i->conf->name, "%s is over: %s",
	    vr_hold_name(a->hold), ends[a->code]);
	log_info("(%s) %s is over: %s", i->conf->name, vr_hold_name(a->hold),
	    ends[a->code]);
}

static void
log_hold_begun(const struct einst *i, const struct vr_action *a)
{
	monitor_say(i->e, NOTE_HOLD, i->conf->name, "%s by %s begins",
	    vr_hold_name(a->hold), asker(i));
	if (a->arg == VR_NEVER)
		log_info("(%s) %s by %s until resume", i->conf->name,
		    vr_hold_name(a->hold), asker(i));
	else
		log_info("(%s) %s by %s for %.1f s", i->conf->name,
		    vr_hold_name(a->hold), asker(i),
		    seconds(a->arg - i->e->now_us));
}

/* 16 bytes of the instance's family. */
void
why_addr(const struct einst *i, const uint8_t *bytes, char *buf, size_t len)
{
	struct vaddr	 addr;

	vaddr_from_bytes(&addr, i->conf->family, bytes);
	(void)vaddr_print(&addr, buf, len);
}
