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

/* The words of vrrpctl's command line. Runs in: vrrpctl. */

#ifndef PARSER_H
#define PARSER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vrrpd.h"

enum action {
	ACT_NONE = 0,
	ACT_SHOW,
	ACT_SHOW_INST,
	ACT_SHOW_SCRIPTS,
	ACT_SHOW_IFACES,
	ACT_SHOW_TRACE,
	ACT_SHOW_GROUPS,
	ACT_SHOW_COUNTERS,
	ACT_SHOW_METRICS,
	ACT_SHOW_COMPAT,
	ACT_WHY,
	ACT_WHY_OBJECTS,	/* scripts and the like, for ACT_WHY */
	ACT_HISTORY,
	ACT_MONITOR,
	ACT_HEALTH,
	ACT_HEALTH_LIVE,
	ACT_HEALTH_MASTER,
	ACT_RELOAD,
	ACT_DRY_RUN,
	ACT_TRY,		/* reload --confirm */
	ACT_CONFIRM,
	ACT_ROLLBACK,
	ACT_LOG_BRIEF,
	ACT_LOG_VERBOSE,
	ACT_STANDBY,
	ACT_TAKEOVER,
	ACT_RESUME,
	ACT_MAINT_ON,
	ACT_MAINT_OFF,
	ACT_SCAN,
	ACT_DOCTOR,
	ACT_SERVE,
	ACT_TOP,
	ACT_HELP,
	ACT_CHECK
};

struct request {
	enum action	 action;
	char		 name[NAME_LEN];	/* "": not given */
	bool		 all;			/* name is "all" or not given */
	bool		 now;
	int64_t		 for_us;		/* 0: not given */
	const char	*file;			/* or ADDRESS:PORT */
	const char	*hosts;			/* NULL: not given */
};

/* 0, or -1 when it has been said on err what is wrong. */
int	 parse(struct request *, int argc, char *const argv[], FILE *err);
/* "30", "30s", "5m", "2h", "1d", "500ms"; 0, or -1. */
int	 parse_time(const char *, int64_t *us);
/* What may stand for the last word, as far as it is there. */
enum next_kind {
	NEXT_WORD = 0,		/* text itself */
	NEXT_NAME,		/* of an instance or of what help says */
	NEXT_IFACE,
	NEXT_FILE
};
typedef void (*parse_next_fn)(void *, enum next_kind, const char *text,
	    const char *help);
void	 parse_next(int argc, char *const argv[], parse_next_fn, void *);
/* One line, and where the rest is. */
void	 parse_usage(FILE *);
/* Every command with what it does. */
void	 parse_help(FILE *);

#endif /* PARSER_H */
