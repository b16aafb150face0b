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
 * keepalived(8) as a command, for what was written for it: looks after one
 * vrrpd. Runs in: keepalived, as root; it takes no packet and no
 * configuration apart.
 */

#ifndef KEEPALIVED_H
#define KEEPALIVED_H

#include <sys/types.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "vrrpd.h"

#define COMPAT_VERSION	"2.2.7"	/* that it is meant to be like */
#define COMPAT_ARGS	20
#define COMPAT_SIG_JSON	(SIGRTMIN + 2)
#define COMPAT_SIG_CLEAR (SIGRTMAX - 1)
#define COMPAT_BAD_CONF	5	/* exit status of -t, as keepalived's */

/* What can be asked for by a signal; each is a file. */
enum dump_kind {
	DUMP_DATA = 0,
	DUMP_STATS,
	DUMP_JSON,
	DUMP_MAX
};

struct dump {
	pid_t	 pid;		/* that writes it; 0: nobody does */
	int	 fd;
	bool	 again;		/* asked for meanwhile */
	char	 path[PATH_LEN + 32];
	char	 tmp[PATH_LEN + 64];
};

struct compat {
	/* kaopt.c: the command line */
	bool	 test;			/* -t */
	bool	 foreground;		/* -n */
	bool	 console;		/* -l */
	bool	 quiet;			/* -G */
	bool	 detail;		/* -D */
	bool	 print;			/* -d */
	bool	 no_respawn;		/* -R */
	bool	 check_only;		/* -C */
	bool	 vrrp_only;		/* -P */
	int	 facility;		/* of syslog(3) */
	mode_t	 umask;
	char	 facility_name[16];
	char	 file[PATH_LEN];
	char	 pid_path[PATH_LEN];
	char	 vrrp_pid_path[PATH_LEN];
	char	 test_path[PATH_LEN];	/* "": stderr */
	char	 netns[NAME_LEN];	/* "": ours */
	char	 config_id[NAME_LEN];	/* "": the host's name */
	char	 rundir[PATH_LEN];
	char	 tmpdir[PATH_LEN];
	char	 program[PATH_LEN + 8];	/* vrrpd */
	uint64_t ignored;		/* bits of a table */

	/* karun.c */
	int	 pid_fd;
	int	 signal_fd;
	int	 notify_fd;
	int	 ready_fd;		/* to who waits for us, or -1 */
	char	 notify_path[PATH_LEN + 8];
	char	 manager[108];		/* the service manager's socket; "" */
	pid_t	 pid;			/* of vrrpd; 0: it does not run */
	bool	 ready;			/* it was, once */
	bool	 stopping;
	bool	 untidy;		/* the last one did not end in order */
	int64_t	 begun_us;		/* this vrrpd was started */
	int64_t	 again_us;		/* when to start the next one; 0 */
	int64_t	 wait_us;		/* how long that was last */

	/* kadump.c */
	uid_t	 uid;
	gid_t	 gid;
	unsigned int	 serial;
	struct dump	 dumps[DUMP_MAX];
};

/* kaopt.c */
void	 opt_parse(struct compat *, int, char **);
void	 opt_say_ignored(const struct compat *);

/* keepalived.c */
void	 compat_exec(const struct compat *, const char *const *);

/* karun.c */
int	 compat_run(struct compat *);

/* kadump.c */
void	 dump_init(struct compat *);
void	 dump_begin(struct compat *, enum dump_kind);
bool	 dump_reaped(struct compat *, pid_t, int status);
void	 dump_end(struct compat *);

/* kaform.c: exit status */
int	 form_write(enum dump_kind, const char *rundir);

#endif /* KEEPALIVED_H */
