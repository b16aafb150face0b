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
 * Names of the state machine's enumerators, for logs, traces and the recorded
 * tests. Pure; runs in: vrrpe.
 */

#include <stddef.h>
#include <stdint.h>

#include "fsm.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static const char *const states[VR_STATE_MAX] = {
	"INIT", "BACKUP", "MASTER"
};

static const char *const faces[] = {
	[VR_FACE_STOPPED] = "STOPPED",
	[VR_FACE_FAULT] = "FAULT",
	[VR_FACE_BACKUP] = "BACKUP",
	[VR_FACE_MASTER] = "MASTER"
};

static const char *const events[VR_EV_MAX] = {
	[VR_EV_START] = "START",
	[VR_EV_STOP] = "STOP",
	[VR_EV_UP] = "UP",
	[VR_EV_DOWN] = "DOWN",
	[VR_EV_ADVERT] = "ADVERT",
	[VR_EV_TIMER] = "TIMER",
	[VR_EV_LATE] = "LATE",
	[VR_EV_PRIO] = "PRIO",
	[VR_EV_CONF] = "CONF",
	[VR_EV_ADDR] = "ADDR",
	[VR_EV_SWITCH] = "SWITCH",
	[VR_EV_RELEASE] = "RELEASE",
	[VR_EV_RESUME] = "RESUME",
	[VR_EV_GROUP] = "GROUP"
};

static const char *const acts[VR_ACT_MAX] = {
	[VR_ACT_ADVERT] = "ADVERT",
	[VR_ACT_STATE] = "STATE",
	[VR_ACT_ANNOUNCE] = "ANNOUNCE",
	[VR_ACT_NOTIFY] = "NOTIFY",
	[VR_ACT_COUNT] = "COUNT",
	[VR_ACT_LOG] = "LOG",
	[VR_ACT_HOLD] = "HOLD"
};

static const char *const notifies[VR_NOTIFY_MAX] = {
	[VR_NOTIFY_MASTER] = "MASTER",
	[VR_NOTIFY_BACKUP] = "BACKUP",
	[VR_NOTIFY_FAULT] = "FAULT",
	[VR_NOTIFY_STOP] = "STOP",
	[VR_NOTIFY_RX_LOWER] = "MASTER_RX_LOWER_PRI",
	[VR_NOTIFY_PRIO] = "PRIORITY"
};

static const char *const holds[VR_HOLD_MAX] = {
	[VR_HOLD_NONE] = "none",
	[VR_HOLD_STANDBY] = "standby",
	[VR_HOLD_TAKEOVER] = "takeover"
};

static const char *const hold_ends[VR_HE_MAX] = {
	[VR_HE_BEGUN] = "begun",
	[VR_HE_HANDED_OVER] = "handed_over",
	[VR_HE_NOBODY] = "nobody",
	[VR_HE_SILENCE] = "silence",
	[VR_HE_YIELDED] = "yielded",
	[VR_HE_EXPIRED] = "expired",
	[VR_HE_RELEASED] = "released",
	[VR_HE_REPLACED] = "replaced",
	[VR_HE_FAULT] = "fault",
	[VR_HE_LATE] = "late",
	[VR_HE_STOPPED] = "stopped"
};

static const char *const logs[VR_LOG_CODE_MAX] = {
	[VR_LOG_LOWER] = "lower",
	[VR_LOG_SAME_ADDR] = "same_addr",
	[VR_LOG_DUP_OWNER] = "dup_owner",
	[VR_LOG_LATE_BACKUP] = "late_backup",
	[VR_LOG_INTERVAL] = "interval",
	[VR_LOG_PREEMPT_WAIT] = "preempt_wait",
	[VR_LOG_LEAVING] = "leaving",
	[VR_LOG_NOBODY] = "nobody",
	[VR_LOG_REFUSED] = "refused"
};

static const char *const orders[VR_ORDER_MAX] = {
	[VR_ORDER_NONE] = "none",
	[VR_ORDER_MASTER] = "master",
	[VR_ORDER_BACKUP] = "backup",
	[VR_ORDER_GIVE_UP] = "give_up",
	[VR_ORDER_LEAVE] = "leave",
	[VR_ORDER_RETAKE] = "retake"
};

static const char *const answers[VR_ANS_MAX] = {
	[VR_ANS_OK] = "ok",
	[VR_ANS_FAULT] = "refused: the instance is in FAULT",
	[VR_ANS_STOPPED] = "refused: the instance is stopped",
	[VR_ANS_TIME] = "refused: the time is over already",
	[VR_ANS_NO_HOLD] = "nothing to resume"
};

static const struct {
	const char	*name;
	const char	*text;
} reasons[VR_WHY_MAX] = {
	[VR_WHY_NONE] = { "none", "none" },
	[VR_WHY_STARTUP] = { "startup", "startup" },
	[VR_WHY_SILENT] = { "silent", "master is silent" },
	[VR_WHY_PRIO_ZERO] = { "prio_zero", "master gave up its role" },
	[VR_WHY_PREEMPT] = { "preempt", "preempting a lower priority" },
	[VR_WHY_HIGHER] = { "higher", "higher priority heard" },
	[VR_WHY_TIE] = { "tie", "equal priority, greater address heard" },
	[VR_WHY_FAULT] = { "fault", "fault" },
	[VR_WHY_FAULT_GONE] = { "fault_gone", "fault is over" },
	[VR_WHY_SHUTDOWN] = { "shutdown", "shutdown" },
	[VR_WHY_STANDBY] = { "standby", "standby by command" },
	[VR_WHY_TAKEOVER] = { "takeover", "takeover by command" },
	[VR_WHY_HANDED_OVER] = { "handed_over", "handed over" },
	[VR_WHY_LATE] = { "late", "woke up too late" },
	[VR_WHY_RESUME] = { "resume", "resumed after a restart" },
	[VR_WHY_GROUP] = { "group", "with its sync group" }
};

static const char *pick(const char *const *, int, int);

enum vr_face
vr_face(const struct vr *v)
{
	switch (v->state) {
	case VR_BACKUP:
		return (VR_FACE_BACKUP);
	case VR_MASTER:
		return (VR_FACE_MASTER);
	case VR_INIT:
	case VR_STATE_MAX:
		break;
	}
	return (v->running && v->told ? VR_FACE_FAULT : VR_FACE_STOPPED);
}

const char *
vr_state_name(int n)
{
	return (pick(states, COUNT(states), n));
}

const char *
vr_face_name(int n)
{
	return (pick(faces, COUNT(faces), n));
}

const char *
vr_event_name(int n)
{
	return (pick(events, COUNT(events), n));
}

const char *
vr_act_name(int n)
{
	return (pick(acts, COUNT(acts), n));
}

const char *
vr_notify_name(int n)
{
	return (pick(notifies, COUNT(notifies), n));
}

const char *
vr_hold_name(int n)
{
	return (pick(holds, COUNT(holds), n));
}

const char *
vr_hold_end_name(int n)
{
	return (pick(hold_ends, COUNT(hold_ends), n));
}

const char *
vr_order_name(int n)
{
	return (pick(orders, COUNT(orders), n));
}

const char *
vr_log_name(int n)
{
	return (pick(logs, COUNT(logs), n));
}

const char *
vr_answer_text(int n)
{
	return (pick(answers, COUNT(answers), n));
}

const char *
vr_reason_name(int n)
{
	if (n < 0 || n >= VR_WHY_MAX)
		return ("?");
	return (reasons[n].name);
}

const char *
vr_reason_text(int n)
{
	if (n < 0 || n >= VR_WHY_MAX)
		return ("?");
	return (reasons[n].text);
}

static const char *
pick(const char *const *names, int cnt, int n)
{
	if (n < 0 || n >= cnt || names[n] == NULL)
		return ("?");
	return (names[n]);
}
