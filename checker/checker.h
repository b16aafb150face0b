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
 * What the parts of the checker share. Runs in: checker.
 */

#ifndef CHECKER_H
#define CHECKER_H

#include <event2/event.h>

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "exec.h"
#include "payload.h"
#include "peer.h"

/*
 * Priorities of events. Starts come last and a few at a time: each takes as
 * long as the new process needs to its execve, which on a busy machine must
 * not keep us from what has ended, from time limits and from our neighbours.
 */
#define PRIO_DEFAULT	1	/* what libevent makes of three */
#define PRIO_START	2
#define PRIO_CNT	3
#define STARTS_A_TURN	8

struct checker;
struct conf_hook;
struct ctl_script;
struct fifos;
struct files;
struct hooks;
struct notifier;
struct processes;
struct scripts;

/* script.c: track scripts. */

/* Told of every change of a status. */
typedef void (*script_told_fn)(void *arg, uint32_t id,
	    const struct track_msg *);
struct scripts	*scripts_new(struct event_base *, struct exec *,
		    script_told_fn, void *arg);
/* Follows a configuration, which must live until the next call. */
void		 scripts_follow(struct scripts *, const struct conf *);
/* No more runs; what runs is ended. */
void		 scripts_stop(struct scripts *);
/* Tells all of them as if they had changed. */
void		 scripts_tell_all(struct scripts *);
/* The row of each, for vrrpctl. */
void		 scripts_rows(struct scripts *,
		    void (*)(void *, const struct ctl_script *), void *);

typedef void (*script_row_fn)(void *arg, const struct ctl_script *);

/* file.c: tracked files, in the same way. */
struct files	*files_new(struct event_base *, script_told_fn, void *arg);
void		 files_follow(struct files *, const struct conf *);
void		 files_stop(struct files *);
void		 files_tell_all(struct files *);
void		 files_rows(struct files *, script_row_fn, void *);

/* process.c: tracked processes, in the same way. */
struct processes *processes_new(struct event_base *, script_told_fn,
		    void *arg);
void		 processes_follow(struct processes *, const struct conf *);
void		 processes_stop(struct processes *);
/* A socket of the kernel's process events; it belongs to the callee. */
void		 processes_events(struct processes *, int fd);
void		 processes_tell_all(struct processes *);
void		 processes_rows(struct processes *, script_row_fn, void *);

/* fifo.c: the notify FIFOs and their readers. */
struct fifos	*fifos_new(struct event_base *, struct exec *);
void		 fifos_follow(struct fifos *, const struct conf *);
void		 fifos_write(struct fifos *, const struct notify_msg *);
/* Closes them: the readers may finish what they have read. */
void		 fifos_close(struct fifos *);
void		 fifos_end_readers(struct fifos *);

/* hook.c: start-up and shutdown script. */
typedef void (*hook_done_fn)(void *arg, uint32_t id,
		    const struct track_msg *);
struct hooks	*hooks_new(struct event_base *, struct exec *, hook_done_fn,
		    void *arg);
void		 hooks_run(struct hooks *, uint32_t id,
		    const struct conf_hook *);

/* notify.c: notify scripts. */

extern const char *const notify_words[];	/* by enum notify_event */
/*
 * Told when nothing of an object (of kind enum notify_object) waits or runs
 * any more: the number of its events since the last time. 0: as
 * notifier_tell_busy() says.
 */
typedef void (*notify_done_fn)(void *arg, uint8_t kind, uint32_t id,
		    uint32_t cnt);
/* A script that runs longer than slow_us is worth a log line. */
struct notifier	*notifier_new(struct exec *, int64_t slow_us, notify_done_fn,
		    void *arg);
/*
 * Follows a configuration, which must live until the next call; what is
 * queued for what is gone is still run, by copies of its commands.
 */
void		 notifier_follow(struct notifier *, const struct conf *);
/* An event; no script is run if its object has no command for it. */
void		 notifier_event(struct notifier *, uint32_t id,
		    const struct notify_msg *);
/* Tells 0 of every object that is busy, whose end then counts as 1. */
void		 notifier_tell_busy(struct notifier *);
/* Nothing waits and nothing runs. */
bool		 notifier_idle(const struct notifier *);

#endif /* CHECKER_H */
