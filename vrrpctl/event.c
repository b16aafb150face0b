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
 * What "history" tells: sentences made of codes and numbers. Runs in: vrrpctl.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../vrrpe/fsm.h"
#include "../vrrpe/track.h"
#include "ctl.h"
#include "view.h"

static void	 state_text(char *, size_t, const struct ctl_event *);
static void	 fault_text(char *, size_t, uint32_t);

const char *
word_event(unsigned int i)
{
	static const char *const words[EVENT_KIND_MAX] = {
		[EVENT_STATE] = "state",
		[EVENT_HOLD] = "hold",
		[EVENT_WITHDRAWN] = "withdrawn",
		[EVENT_REMOVED] = "removed",
		[EVENT_STARTED] = "started",
		[EVENT_ENGINE_SIGNAL] = "engine_signal",
		[EVENT_ENGINE_EXIT] = "engine_exit",
		[EVENT_ENGINE_BROKEN] = "engine_broken",
		[EVENT_ENGINE_HUNG] = "engine_hung",
		[EVENT_ENGINE_STARTED] = "engine_started",
		[EVENT_RELOADED] = "reloaded",
		[EVENT_REFUSED] = "refused",
		[EVENT_MAINTENANCE] = "maintenance",
		[EVENT_CONFIRM] = "confirm_wanted",
		[EVENT_CONFIRMED] = "confirmed",
		[EVENT_EXPIRED] = "not_confirmed",
		[EVENT_ROLLED_BACK] = "rolled_back"
	};

	return (i < EVENT_KIND_MAX && words[i] != NULL ? words[i] : "?");
}

const char *
event_text(char *buf, size_t size, const struct ctl_event *ev)
{
	long long	 arg = (long long)ev->arg;

	switch ((enum event_kind)ev->kind) {
	case EVENT_STATE:
		state_text(buf, size, ev);
		break;
	case EVENT_HOLD:
		(void)snprintf(buf, size, ev->hold == CTL_HOLD_NONE ?
		    "follows its priority again" : "%s begins",
		    word_hold(ev->hold));
		break;
	case EVENT_WITHDRAWN:
		(void)strlcpy(buf, "no engine answered for it", size);
		break;
	case EVENT_REMOVED:
		(void)strlcpy(buf, "removed or replaced by a reload", size);
		break;
	case EVENT_STARTED:
		(void)strlcpy(buf, "vrrpd started", size);
		break;
	case EVENT_ENGINE_SIGNAL:
		(void)snprintf(buf, size, "the engine died of signal %lld",
		    arg);
		break;
	case EVENT_ENGINE_EXIT:
		(void)snprintf(buf, size, "the engine ended by itself "
		    "(status %lld)", arg);
		break;
	case EVENT_ENGINE_BROKEN:
		(void)strlcpy(buf, "the engine was killed: it broke the rules",
		    size);
		break;
	case EVENT_ENGINE_HUNG:
		(void)snprintf(buf, size, "the engine was silent for %.2f s",
		    (double)ev->arg / (double)US_PER_SEC);
		break;
	case EVENT_ENGINE_STARTED:
		(void)snprintf(buf, size, "the engine runs again (restart "
		    "%lld)", arg);
		break;
	case EVENT_RELOADED:
		(void)snprintf(buf, size, "configuration %lld runs", arg);
		break;
	case EVENT_REFUSED:
		(void)snprintf(buf, size, arg == 0 ?
		    "a configuration was refused" : "a configuration was "
		    "refused (%lld error%s)", arg, arg == 1 ? "" : "s");
		break;
	case EVENT_MAINTENANCE:
		(void)snprintf(buf, size, "maintenance %s", arg != 0 ?
		    "begins" : "ends");
		break;
	case EVENT_CONFIRM:
		(void)snprintf(buf, size, "to be confirmed within %.0f s",
		    (double)ev->arg / (double)US_PER_SEC);
		break;
	case EVENT_CONFIRMED:
		(void)snprintf(buf, size, "configuration %lld was confirmed",
		    arg);
		break;
	case EVENT_EXPIRED:
		(void)snprintf(buf, size, "nobody confirmed configuration "
		    "%lld", arg);
		break;
	case EVENT_ROLLED_BACK:
		(void)snprintf(buf, size, "rolled back: configuration %lld "
		    "runs", arg);
		break;
	case EVENT_KIND_MAX:
		(void)strlcpy(buf, "?", size);
		break;
	}
	return (buf);
}

static void
state_text(char *buf, size_t size, const struct ctl_event *ev)
{
	char	 peer[VADDR_STRLEN];
	double	 s = (double)ev->arg / (double)US_PER_SEC;

	if (ev->peer.family == 0)
		(void)strlcpy(peer, "another router", sizeof(peer));
	else
		(void)vaddr_print(&ev->peer, peer, sizeof(peer));
	switch ((enum vr_reason)ev->reason) {
	case VR_WHY_SILENT:
		if (ev->peer.family == 0)
			(void)snprintf(buf, size, "no master heard for %.2f s",
			    s);
		else
			(void)snprintf(buf, size, "master %s silent for %.2f "
			    "s", peer, s);
		break;
	case VR_WHY_PRIO_ZERO:
		(void)snprintf(buf, size, "master %s gave up its role", peer);
		break;
	case VR_WHY_PREEMPT:
		(void)snprintf(buf, size, "preempting %s of priority %u", peer,
		    ev->peer_priority);
		break;
	case VR_WHY_HIGHER:
		(void)snprintf(buf, size, "%s has the higher priority %u",
		    peer, ev->peer_priority);
		break;
	case VR_WHY_TIE:
		(void)snprintf(buf, size, "%s has the same priority and the "
		    "greater address", peer);
		break;
	case VR_WHY_FAULT:
		fault_text(buf, size, (uint32_t)ev->arg);
		break;
	case VR_WHY_HANDED_OVER:
		(void)snprintf(buf, size, "handed over to %s in %.3f s", peer,
		    s);
		break;
	case VR_WHY_LATE:
		(void)snprintf(buf, size, "woke up %.2f s late", s);
		break;
	case VR_WHY_NONE:
	case VR_WHY_STARTUP:
	case VR_WHY_FAULT_GONE:
	case VR_WHY_SHUTDOWN:
	case VR_WHY_STANDBY:
	case VR_WHY_TAKEOVER:
	case VR_WHY_RESUME:
	case VR_WHY_GROUP:
	case VR_WHY_MAX:
		(void)strlcpy(buf, vr_reason_text(ev->reason), size);
		break;
	}
}

static void
fault_text(char *buf, size_t size, uint32_t faults)
{
	uint32_t	 bit;

	buf[0] = '\0';
	for (bit = 1; bit != 0 && bit <= faults; bit <<= 1) {
		if ((faults & bit) == 0)
			continue;
		if (buf[0] != '\0')
			(void)strlcat(buf, ", ", size);
		(void)strlcat(buf, trk_fault_text(bit), size);
	}
	if (buf[0] == '\0')
		(void)strlcpy(buf, "fault", size);
}
