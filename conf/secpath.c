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
 * Is a path safe to run as a user? Runs in: readconf, checker.
 *
 * The path is walked by hand, because a symbolic link in a folder that others
 * may write to is as bad as a file there, and realpath(3) does not tell of
 * the folders that it came through.
 */

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "secpath.h"

#define LINKS_MAX	40

struct walk {
	uid_t	 uid;
	gid_t	 gid;
	char	 done[PATH_MAX];	/* resolved; "" is the root */
	char	 rest[PATH_MAX];	/* still to go */
	int	 links;			/* followed so far */
	char	*why;
	size_t	 whylen;
};

static int	 walk_next(struct walk *);
static int	 walk_into(struct walk *, const char *);
static int	 walk_link(struct walk *, const char *);
static int	 check_owner(const struct walk *, const char *,
		    const struct stat *);
static int	 check_folder(const struct walk *, const char *);
static int	 check_file(const struct walk *);
static mode_t	 exec_bits(const struct walk *, const struct stat *);

int
secpath_check(const char *path, uid_t uid, gid_t gid, char *resolved,
    size_t resolved_len, char *why, size_t whylen)
{
	struct walk	 w;
	int		 rc = 1;

	if (resolved_len > 0)
		resolved[0] = '\0';
	w.uid = uid;
	w.gid = gid;
	w.done[0] = '\0';
	w.links = 0;
	w.why = why;
	w.whylen = whylen;
	if (path[0] != '/') {
		(void)snprintf(why, whylen, "%s: not an absolute path", path);
		return (-1);
	}
	if (strlcpy(w.rest, path, sizeof(w.rest)) >= sizeof(w.rest)) {
		(void)snprintf(why, whylen, "path is too long");
		return (-1);
	}
	if (check_folder(&w, "/") == -1)
		return (-1);
	while (rc == 1)
		rc = walk_next(&w);
	if (strlcpy(resolved, w.done, resolved_len) >= resolved_len &&
	    rc == 0) {
		(void)snprintf(why, whylen, "path is too long");
		return (-1);
	}
	return (rc == 0 ? check_file(&w) : -1);
}

/* One component: 1 and there is more, 0 at the end, or -1. */
static int
walk_next(struct walk *w)
{
	char	*p, *name;
	size_t	 len;
	char	 part[NAME_MAX + 1];

	name = w->rest + strspn(w->rest, "/");
	len = strcspn(name, "/");
	if (len == 0)
		return (0);
	if (len >= sizeof(part)) {
		(void)snprintf(w->why, w->whylen, "%s/: %s", w->done,
		    strerror(ENAMETOOLONG));
		return (-1);
	}
	memcpy(part, name, len);
	part[len] = '\0';
	memmove(w->rest, name + len, strlen(name + len) + 1);
	if (strcmp(part, ".") == 0)
		return (1);
	if (strcmp(part, "..") == 0) {
		if ((p = strrchr(w->done, '/')) != NULL)
			*p = '\0';
		return (1);
	}
	return (walk_into(w, part));
}

static int
walk_into(struct walk *w, const char *part)
{
	struct stat	 st;
	int		 len;
	char		 path[PATH_MAX];

	len = snprintf(path, sizeof(path), "%s/%s", w->done, part);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		(void)snprintf(w->why, w->whylen, "path is too long");
		return (-1);
	}
	if (lstat(path, &st) == -1) {
		(void)snprintf(w->why, w->whylen, "%s: %s", path,
		    strerror(errno));
		return (-1);
	}
	if (check_owner(w, path, &st) == -1)
		return (-1);
	if (S_ISLNK(st.st_mode))
		return (walk_link(w, path));
	(void)strlcpy(w->done, path, sizeof(w->done));	/* same size */
	if (S_ISDIR(st.st_mode))
		return (check_folder(w, path) == -1 ? -1 : 1);
	if (w->rest[0] != '\0') {
		(void)snprintf(w->why, w->whylen, "%s: %s", path,
		    strerror(ENOTDIR));
		return (-1);
	}
	return (0);
}

/* The target takes the link's place in front of the rest. */
static int
walk_link(struct walk *w, const char *path)
{
	ssize_t	 len;
	char	 target[PATH_MAX];

	len = readlink(path, target, sizeof(target) - 1);
	if (len == -1 || ++w->links > LINKS_MAX) {
		(void)snprintf(w->why, w->whylen, "%s: %s", path,
		    strerror(len == -1 ? errno : ELOOP));
		return (-1);
	}
	target[len] = '\0';
	if (strlcat(target, w->rest, sizeof(target)) >= sizeof(target)) {
		(void)snprintf(w->why, w->whylen, "path is too long");
		return (-1);
	}
	if (target[0] == '/')
		w->done[0] = '\0';
	(void)strlcpy(w->rest, target, sizeof(w->rest));	/* same size */
	return (1);
}

static int
check_owner(const struct walk *w, const char *path, const struct stat *st)
{
	if (st->st_uid == 0 || st->st_uid == w->uid)
		return (0);
	(void)snprintf(w->why, w->whylen, "%s: belongs to user %u", path,
	    (unsigned int)st->st_uid);
	return (-1);
}

static int
check_folder(const struct walk *w, const char *path)
{
	struct stat	 st;

	if (lstat(path, &st) == -1) {
		(void)snprintf(w->why, w->whylen, "%s: %s", path,
		    strerror(errno));
		return (-1);
	}
	if (check_owner(w, path, &st) == -1)
		return (-1);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX)) {
		(void)snprintf(w->why, w->whylen,
		    "%s: %s may write to this folder", path,
		    st.st_mode & S_IWOTH ? "everybody" : "its group");
		return (-1);
	}
	if (w->uid != 0 && !(st.st_mode & exec_bits(w, &st))) {
		(void)snprintf(w->why, w->whylen,
		    "%s: user %u may not enter this folder", path,
		    (unsigned int)w->uid);
		return (-1);
	}
	return (0);
}

/* What w->done names in the end. */
static int
check_file(const struct walk *w)
{
	struct stat	 st;
	const char	*wrong = NULL;

	if (w->done[0] == '\0' || lstat(w->done, &st) == -1) {
		(void)snprintf(w->why, w->whylen, "%s: not a file",
		    w->done[0] == '\0' ? "/" : w->done);
		return (-1);
	}
	if (!S_ISREG(st.st_mode))
		wrong = "not a regular file";
	else if (st.st_mode & S_IWOTH)
		wrong = "everybody may write to it";
	else if (st.st_mode & S_IWGRP)
		wrong = "its group may write to it";
	else if (!(st.st_mode & exec_bits(w, &st)))
		wrong = "not executable";
	if (wrong == NULL)
		return (0);
	(void)snprintf(w->why, w->whylen, "%s: %s", w->done, wrong);
	return (-1);
}

/* Root may execute what anybody may. */
static mode_t
exec_bits(const struct walk *w, const struct stat *st)
{
	if (w->uid == 0)
		return (S_IXUSR | S_IXGRP | S_IXOTH);
	if (st->st_uid == w->uid)
		return (S_IXUSR);
	return (st->st_gid == w->gid ? S_IXGRP : S_IXOTH);
}
