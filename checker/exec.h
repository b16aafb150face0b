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
 * Starting, watching and ending of scripts. Runs in: checker.
 */

#ifndef EXEC_H
#define EXEC_H

#include <sys/queue.h>
#include <sys/types.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"

enum run_kind {
	/* Whatever a check leaves running ends with it. */
	RUN_CHECK = 0,
	/* May start a service that goes on. */
	RUN_NOTIFY
};

struct run;
LIST_HEAD(run_list, run);

struct exec {
	struct event_base	*base;
	uid_t			 uid;
	gid_t			 gid;
	int			 null_fd;
	char			**env;
	struct event		 ev_child;
	struct run_list		 runs;
	unsigned int		 lingering;	/* ended, stderr still open */
};

/* How a script ended; output: the last line that it wrote on stderr, or, if it
 * is a check, on either, printable. */
struct run_end {
	uint8_t			 kind;		/* enum exit_kind */
	int32_t			 code;
	int64_t			 took_us;
	const char		*output;
};
typedef void (*run_end_fn)(void *arg, const struct run_end *);

void	 exec_init(struct exec *, struct event_base *, uid_t, gid_t);
/* Nothing runs any more. */
bool	 exec_idle(const struct exec *);
/* A signal to every group. */
void	 exec_signal(struct exec *, int);

/*
 * Starts a command with up to four arguments more (NULL: none). end is called
 * from the loop when it has ended, exactly once. NULL with errno and a reason
 * when it cannot be started.
 */
struct run *run_start(struct exec *, enum run_kind, const struct conf_argv *,
	    const char *const *more, run_end_fn end, void *arg, char *why,
	    size_t whylen);
/* SIGTERM to the group, SIGKILL 2 s later and again until it is gone. */
void	 run_kill(struct run *);
/* The same, and end is not called: the owner is about to go. */
void	 run_disown(struct run *);
/* Anything a script says, as one printable ASCII line. */
void	 run_printable(char *);

#endif /* EXEC_H */
