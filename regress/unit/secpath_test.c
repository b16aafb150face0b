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

/* Needs root: it makes files of other owners. Skips without. */

#include <sys/stat.h>

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "secpath.h"

#define UID_MINE	1234
#define UID_OTHER	1235
#define GID_MINE	1236

/* In /root or so everything above is root's; /tmp is sticky. */
static char	top[PATH_MAX];

static const char *
in_top(const char *name)
{
	static char	 path[2][PATH_MAX];
	static int	 turn;

	turn = !turn;
	(void)snprintf(path[turn], PATH_MAX, "%.1000s/%s", top, name);
	return (path[turn]);
}

static void
folder(const char *name, mode_t mode, uid_t uid)
{
	assert_int_equal(mkdir(in_top(name), 0700), 0);
	assert_int_equal(chown(in_top(name), uid, 0), 0);
	assert_int_equal(chmod(in_top(name), mode), 0);
}

static void
file(const char *name, mode_t mode, uid_t uid, gid_t gid)
{
	int	 fd;

	fd = open(in_top(name), O_CREAT | O_EXCL | O_WRONLY, 0600);
	assert_true(fd != -1);
	close(fd);
	assert_int_equal(chown(in_top(name), uid, gid), 0);
	assert_int_equal(chmod(in_top(name), mode), 0);
}

static void
check(const char *name, uid_t uid, const char *want)
{
	char	 why[512], resolved[PATH_MAX];
	int	 rc;

	why[0] = '\0';
	rc = secpath_check(in_top(name), uid, uid == 0 ? 0 : GID_MINE,
	    resolved, sizeof(resolved), why, sizeof(why));
	if (want == NULL && rc != 0)
		fail_msg("%s for %u: %s", name, uid, why);
	if (want != NULL && (rc != -1 || strstr(why, want) == NULL))
		fail_msg("%s for %u: %d \"%s\", not \"%s\"", name, uid, rc,
		    why, want);
}

static void
good(const char *name, const char *real)
{
	char	 why[512], resolved[PATH_MAX];

	if (secpath_check(in_top(name), 0, 0, resolved, sizeof(resolved), why,
	    sizeof(why)) == -1)
		fail_msg("%s: %s", name, why);
	assert_string_equal(resolved, in_top(real));
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return (remove(path));
}

static int
setup(void **state)
{
	if (getuid() != 0)
		return (0);
	(void)snprintf(top, sizeof(top), "%.1000s/secpath.XXXXXX",
	    getenv("SECPATH_DIR") != NULL ? getenv("SECPATH_DIR") : "/run");
	if (mkdtemp(top) == NULL || chmod(top, 0755) == -1)
		return (-1);
	return (0);
}

static int
teardown(void **state)
{
	if (top[0] == '\0')
		return (0);
	return (nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS));
}

static void
need_root(void)
{
	if (getuid() != 0)
		skip();
}

static void
test_files(void **state)
{
	need_root();
	file("ok", 0755, 0, 0);
	file("plain", 0644, 0, 0);
	file("group", 0775, 0, 0);
	file("all", 0757, 0, 0);
	file("mine", 0700, UID_MINE, 0);
	file("other", 0755, UID_OTHER, 0);
	file("rootonly", 0700, 0, 0);
	file("bygroup", 0750, 0, GID_MINE);
	file("notgroup", 0705, 0, GID_MINE);
	folder("folder", 0755, 0);
	check("ok", 0, NULL);
	check("ok", UID_MINE, NULL);
	check("plain", 0, "not executable");
	check("plain", UID_MINE, "not executable");
	check("group", 0, "its group may write");
	check("group", UID_MINE, "its group may write");
	check("all", 0, "everybody may write");
	check("mine", 0, "belongs to user 1234");
	check("mine", UID_MINE, NULL);
	check("other", 0, "belongs to user 1235");
	check("other", UID_MINE, "belongs to user 1235");
	check("rootonly", 0, NULL);
	check("rootonly", UID_MINE, "not executable");
	check("bygroup", UID_MINE, NULL);
	check("notgroup", UID_MINE, "not executable");
	check("folder", 0, "not a regular file");
	check("gone", 0, "No such file");
	check("ok/more", 0, "Not a directory");
	check("ok/", 0, "Not a directory");
}

static void
test_folders(void **state)
{
	need_root();
	folder("safe", 0755, 0);
	folder("bygroup.d", 0775, 0);
	folder("open.d", 0777, 0);
	folder("sticky.d", 01777, 0);
	folder("mine.d", 0755, UID_MINE);
	folder("other.d", 0755, UID_OTHER);
	folder("closed.d", 0700, 0);
	file("safe/x", 0755, 0, 0);
	file("bygroup.d/x", 0755, 0, 0);
	file("open.d/x", 0755, 0, 0);
	file("sticky.d/x", 0755, 0, 0);
	file("sticky.d/other", 0755, UID_OTHER, 0);
	file("mine.d/x", 0755, 0, 0);
	file("other.d/x", 0755, 0, 0);
	file("closed.d/x", 0755, 0, 0);
	folder("open.d/deep", 0755, 0);
	file("open.d/deep/x", 0755, 0, 0);
	good("safe/x", "safe/x");
	good("safe/../safe//./x", "safe/x");
	check("bygroup.d/x", 0, "its group may write to this folder");
	check("open.d/x", 0, "everybody may write to this folder");
	check("open.d/deep/x", 0, "everybody may write to this folder");
	check("open.d/../safe/x", 0, "everybody may write to this folder");
	check("sticky.d/x", 0, NULL);
	check("sticky.d/other", 0, "belongs to user 1235");
	check("mine.d/x", 0, "belongs to user 1234");
	check("mine.d/x", UID_MINE, NULL);
	check("other.d/x", 0, "belongs to user 1235");
	check("other.d/x", UID_MINE, "belongs to user 1235");
	check("closed.d/x", 0, NULL);
	check("closed.d/x", UID_MINE, "may not enter");
	check("/", 0, "not a");
}

static void
test_links(void **state)
{
	char	 far[PATH_MAX];

	need_root();
	assert_int_equal(symlink("safe/x", in_top("near")), 0);
	assert_int_equal(symlink("safe", in_top("dirlink")), 0);
	strlcpy(far, in_top("safe/x"), sizeof(far));
	assert_int_equal(symlink(far, in_top("far")), 0);
	assert_int_equal(symlink("near", in_top("chain")), 0);
	assert_int_equal(symlink("loop2", in_top("loop1")), 0);
	assert_int_equal(symlink("loop1", in_top("loop2")), 0);
	assert_int_equal(symlink("../safe/x", in_top("open.d/link")), 0);
	assert_int_equal(symlink("open.d/link", in_top("through")), 0);
	assert_int_equal(symlink("../safe/x", in_top("sticky.d/link")), 0);
	assert_int_equal(lchown(in_top("sticky.d/link"), UID_OTHER, 0), 0);
	assert_int_equal(symlink("nothing", in_top("dangling")), 0);
	good("near", "safe/x");
	good("dirlink/x", "safe/x");
	good("dirlink/../safe/x", "safe/x");
	good("far", "safe/x");
	good("chain", "safe/x");
	check("loop1", 0, "symbolic links");
	check("open.d/link", 0, "everybody may write to this folder");
	check("through", 0, "everybody may write to this folder");
	check("sticky.d/link", 0, "belongs to user 1235");
	check("dangling", 0, "No such file");
}

static void
test_odd_paths(void **state)
{
	char	 why[256], resolved[32], *path;

	assert_int_equal(secpath_check("bin/true", 0, 0, resolved,
	    sizeof(resolved), why, sizeof(why)), -1);
	assert_non_null(strstr(why, "not an absolute path"));
	assert_int_equal(secpath_check("", 0, 0, resolved, sizeof(resolved),
	    why, sizeof(why)), -1);
	path = malloc(2 * PATH_MAX);
	memset(path, '/', 2 * PATH_MAX);
	path[2 * PATH_MAX - 1] = '\0';
	assert_int_equal(secpath_check(path, 0, 0, resolved, sizeof(resolved),
	    why, sizeof(why)), -1);
	assert_non_null(strstr(why, "too long"));
	memset(path + 1, 'a', 300);
	path[301] = '\0';
	assert_int_equal(secpath_check(path, 0, 0, resolved, sizeof(resolved),
	    why, sizeof(why)), -1);
	assert_non_null(strstr(why, "too long"));
	free(path);
	need_root();
	assert_int_equal(secpath_check(in_top("safe/x"), 0, 0, resolved, 5,
	    why, sizeof(why)), -1);
	assert_non_null(strstr(why, "too long"));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_odd_paths)
	};

	return (cmocka_run_group_tests_name("secpath", tests, setup,
	    teardown));
}
