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

/* Words for numbers, the same in text and JSON. Runs in: vrrpctl. */

#include <stddef.h>

#include "ctl.h"
#include "view.h"

#define WORD(table, i)							\
	((i) < sizeof(table) / sizeof((table)[0]) &&			\
	    (table)[i] != NULL ? (table)[i] : "?")

const char *
word_state(unsigned int i)
{
	static const char *const words[] = {
		[SHOW_INIT] = "INIT",
		[SHOW_BACKUP] = "BACKUP",
		[SHOW_MASTER] = "MASTER",
		[SHOW_FAULT] = "FAULT",
		[SHOW_STOP] = "STOP"
	};

	return (WORD(words, i));
}

const char *
word_status(unsigned int i)
{
	static const char *const words[] = {
		[TRACK_UNKNOWN] = "unknown",
		[TRACK_GOOD] = "good",
		[TRACK_BAD] = "bad"
	};

	return (WORD(words, i));
}

const char *
word_hold(unsigned int i)
{
	static const char *const words[] = {
		[CTL_HOLD_NONE] = "none",
		[CTL_HOLD_STANDBY] = "standby",
		[CTL_HOLD_TAKEOVER] = "takeover"
	};

	return (WORD(words, i));
}

/* enum conf_track_kind, and what follows it in vrrpe/track.h */
const char *
word_track(unsigned int i)
{
	static const char *const words[] = {
		"script", "interface", "file", "process"
	};

	return (WORD(words, i));
}

const char *
word_code(unsigned int i)
{
	static const char *const words[] = {
		[CTL_OK] = "ok",
		[CTL_ERR_NAME] = "no_such_name",
		[CTL_ERR_PERM] = "permission",
		[CTL_ERR_STATE] = "state",
		[CTL_ERR_CONF] = "configuration",
		[CTL_ERR_TIMEOUT] = "timeout",
		[CTL_ERR_PROTO] = "protocol",
		[CTL_ERR_BUSY] = "busy"
	};

	return (WORD(words, i));
}

const char *
word_note(unsigned int i)
{
	static const char *const words[] = {
		[NOTE_BEGIN] = "begin",
		[NOTE_STATE] = "state",
		[NOTE_ADVERT] = "advert",
		[NOTE_PACKET] = "packet",
		[NOTE_TRACK] = "track",
		[NOTE_PRIORITY] = "priority",
		[NOTE_HOLD] = "hold",
		[NOTE_RELOAD] = "reload",
		[NOTE_ALIVE] = "alive"
	};

	return (WORD(words, i));
}

const char *
word_engine(unsigned int i)
{
	static const char *const words[] = {
		[ENG_CNT_PACKETS] = "packets",
		[ENG_CNT_SHORT] = "too_short",
		[ENG_CNT_VRID] = "unknown_vrid",
		[ENG_CNT_OWN] = "own_returned",
		[ENG_CNT_EARLY] = "before_start",
		[ENG_CNT_TRACK] = "foreign_results"
	};

	return (WORD(words, i));
}

const char *
word_exit(unsigned int i)
{
	static const char *const words[] = {
		[EXIT_NONE] = "none",
		[EXIT_STATUS] = "exit",
		[EXIT_SIGNAL] = "signal",
		[EXIT_TIMEOUT] = "timeout",
		[EXIT_EXEC] = "not_started"
	};

	return (WORD(words, i));
}

const char *
word_action(enum action action)
{
	static const char *const words[] = {
		[ACT_RELOAD] = "reload",
		[ACT_DRY_RUN] = "reload",
		[ACT_TRY] = "reload",
		[ACT_CONFIRM] = "confirm",
		[ACT_ROLLBACK] = "rollback",
		[ACT_LOG_BRIEF] = "log",
		[ACT_LOG_VERBOSE] = "log",
		[ACT_STANDBY] = "standby",
		[ACT_TAKEOVER] = "takeover",
		[ACT_RESUME] = "resume",
		[ACT_MAINT_ON] = "maintenance",
		[ACT_MAINT_OFF] = "maintenance",
		[ACT_CHECK] = "check",
		[ACT_SHOW] = "show",
		[ACT_SHOW_INST] = "show",
		[ACT_SHOW_SCRIPTS] = "show",
		[ACT_SHOW_IFACES] = "show",
		[ACT_SHOW_TRACE] = "show",
		[ACT_SHOW_GROUPS] = "show",
		[ACT_SHOW_COUNTERS] = "show",
		[ACT_WHY] = "why",
		[ACT_WHY_OBJECTS] = "why",
		[ACT_MONITOR] = "monitor",
		[ACT_HISTORY] = "history",
		[ACT_HEALTH] = "health",
		[ACT_HEALTH_LIVE] = "health",
		[ACT_HEALTH_MASTER] = "health"
	};

	return (WORD(words, (unsigned int)action));
}
