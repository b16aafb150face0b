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
 * config_save_dir: a copy of every configuration that the daemon reads, as it
 * was read and, when it is good, in canonical form.
 * Runs in: readconf.
 */

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keyword.h"

#define MAX_COPIES	100000
#define NAME		"vrrpd.conf.%ld.%u"

static int	 folder(const char *);
static FILE	*create(int, const char *, int flags);
static bool	 finish(FILE *, bool);

/*
 * A failure is a warning in the log and no more. Until here this process
 * could not write: the limit is lifted for what follows.
 */
void
save_conf(struct load *ld)
{
	const char	*dir = ld->conf->global.save_dir;
	struct rlimit	 lim;
	FILE		*f = NULL;
	char		 name[64];
	unsigned int	 n;
	int		 fd;
	bool		 good;

	if (dir[0] == '\0' || !ld->opts->save)
		return;
	if (getrlimit(RLIMIT_FSIZE, &lim) == 0) {
		lim.rlim_cur = lim.rlim_max;
		(void)setrlimit(RLIMIT_FSIZE, &lim);
	}
	if ((fd = folder(dir)) == -1) {
		diag_warn(ld, (struct where){ 0 }, "config_save_dir %s: %s: "
		    "nothing is saved", dir, strerror(errno));
		return;
	}
	/* The daemon's number and how many it has read, as keepalived. */
	for (n = 0; n < MAX_COPIES && f == NULL; n++) {
		(void)snprintf(name, sizeof(name), NAME, (long)getppid(), n);
		if ((f = create(fd, name, O_EXCL)) == NULL && errno != EEXIST)
			break;
	}
	good = f != NULL && finish(f, source_copy(ld, f));
	if (good && ld->cnt.errors == 0) {
		(void)strlcat(name, ".parsed", sizeof(name));
		f = create(fd, name, O_TRUNC);
		good = f != NULL && finish(f, conf_print(f, ld->conf,
		    false) == 0);
	}
	if (!good)
		diag_warn(ld, (struct where){ 0 }, "config_save_dir %s: %s: "
		    "%s: not saved", dir, name, strerror(errno));
	(void)close(fd);
}

/* Nobody else may put a link there; passwords are in the copies. */
static int
folder(const char *dir)
{
	struct stat	 st;
	int		 fd;

	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		return (-1);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		return (-1);
	if (st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return (fd);
	(void)close(fd);
	errno = EPERM;
	return (-1);
}

static FILE *
create(int dirfd, const char *name, int flags)
{
	FILE	*f;
	int	 fd;

	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
	    flags, 0600);
	if (fd == -1)
		return (NULL);
	if ((f = fdopen(fd, "w")) == NULL)
		(void)close(fd);
	return (f);
}

static bool
finish(FILE *f, bool good)
{
	good = !ferror(f) && good;
	return (fclose(f) == 0 && good);
}
