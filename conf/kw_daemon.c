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
 * Words about the processes and the files that are read: where and how they
 * run. Runs in: readconf.
 */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keyword.h"

static bool	 umask_name(const char *, size_t, uint16_t *);

/* vrrp_cpu_affinity: the numbers of processors. */
void
set_cpus(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	uint8_t	 cpus[CPUS_BYTES];
	int64_t	 v;
	size_t	 i;

	memset(cpus, 0, sizeof(cpus));
	for (i = 1; i < st->cnt; i++) {
		if (number_get(ld, word_at(st, i), kw->name, st->word[i].s,
		    &v) == -1 || v < 0 || v >= 8 * CPUS_BYTES) {
			diag_warn(ld, word_at(st, i), "\"%.40s\" is no "
			    "processor, 0 to %d: ignored", st->word[i].s,
			    8 * CPUS_BYTES - 1);
			continue;
		}
		cpus[v / 8] |= 1U << v % 8;
	}
	memcpy(kw_member(kw, obj), cpus, sizeof(cpus));
}

/* Microseconds; the kernel wants more than one. */
void
set_rt_time(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	uint32_t	 us;
	int64_t		 v;

	stmt_extra(ld, st, 2);
	if (number_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v) == -1 ||
	    v < 1 || v > UINT32_MAX) {
		diag_warn(ld, word_at(st, 1), "%s \"%.40s\" is not a number of "
		    "microseconds: ignored", kw->name, st->word[1].s);
		return;
	}
	us = v < 2 ? 2 : (uint32_t)v;
	memcpy(kw_member(kw, obj), &us, sizeof(us));
}

/* A number, octal if it begins with 0, or names as in IRGRP|IWGRP. */
void
set_umask(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	const char	*word = st->word[1].s;
	uint16_t	 mask = 0;
	char		*end;
	size_t		 len;
	long		 v;
	bool		 ok;

	stmt_extra(ld, st, 2);
	v = strtol(word, &end, 0);
	ok = *word >= '0' && *word <= '9' && *end == '\0' && v <= 0777;
	if (ok)
		mask = (uint16_t)v;
	else
		for (ok = true; ok; word += len + 1) {
			len = strcspn(word, "|");
			ok = umask_name(word, len, &mask);
			if (word[len] == '\0')
				break;
		}
	if (ok)
		memcpy(kw_member(kw, obj), &mask, sizeof(mask));
	else
		diag_warn(ld, word_at(st, 1), "umask \"%.40s\" is neither a "
		    "number up to 0777 nor names like IWGRP|IWOTH: ignored",
		    st->word[1].s);
}

static bool
umask_name(const char *s, size_t len, uint16_t *mask)
{
	static const char	 what[] = "XWR";
	static const char *const who[] = { "OTH", "GRP", "USR" };
	const char		*p;
	size_t			 i;

	if (len != 5 || s[0] != 'I' || s[1] == '\0' ||
	    (p = strchr(what, s[1])) == NULL)
		return (false);
	for (i = 0; i < sizeof(who) / sizeof(who[0]); i++)
		if (strncmp(s + 2, who[i], 3) == 0) {
			*mask |= 1U << (3 * i + (size_t)(p - what));
			return (true);
		}
	return (false);
}

/* From here on _RANDOM is the same with every load. */
void
set_seed(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	int64_t	 v;

	stmt_extra(ld, st, 2);
	if (number_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v) == -1 ||
	    v < 0 || v > UINT32_MAX)
		diag_warn(ld, word_at(st, 1), "random_seed \"%.40s\" is not a "
		    "number from 0 to %u: ignored", st->word[1].s, UINT32_MAX);
	else
		source_seed(ld, (uint64_t)v);
}

/* "+x" and "-x" change what is checked, "x" begins anew; none: all. */
void
set_include_check(struct load *ld, const struct kw *kw,
    const struct stmt *st, void *obj)
{
	static const struct {
		const char	*name;
		int		 need;
	} words[] = {
		{ "read", NEED_READ },
		{ "readable", NEED_READ },	/* as its manual has it */
		{ "match", NEED_MATCH },
		{ "wildcard_match", NEED_WILD },
		{ "brace_match", NEED_BRACE }
	};
	const size_t	 cnt = sizeof(words) / sizeof(words[0]);
	const char	*word;
	size_t		 i, k;
	int		 need = source_include(ld);
	bool		 anew = true;

	if (st->cnt == 1)
		need = NEED_READ | NEED_MATCH | NEED_WILD | NEED_BRACE;
	for (i = 1; i < st->cnt; i++) {
		word = st->word[i].s + strspn(st->word[i].s, "+-");
		for (k = 0; k < cnt && strcmp(word, words[k].name) != 0; k++)
			;
		if (k == cnt) {
			diag_warn(ld, word_at(st, i), "include_check knows "
			    "read, match, wildcard_match and brace_match, not "
			    "\"%.40s\"", st->word[i].s);
			continue;
		}
		if (word == st->word[i].s && anew) {
			need = 0;
			anew = false;
		}
		if (st->word[i].s[0] == '-')
			need &= ~words[k].need;
		else
			need |= words[k].need;
	}
	source_include_set(ld, need);
}

/* Made while a configuration is read, so that nobody edits it then. */
void
set_reload_file(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 2);
	path_copy(ld, word_at(st, st->cnt > 1), ld->conf->global.reload_file,
	    st->cnt > 1 ? st->word[1].s : VRRPD_RUNDIR "/reload");
}

/* Keepalived goes on without it, too, when it is no absolute path. */
void
set_time_file(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	const char	*path = st->word[1].s;

	stmt_extra(ld, st, 2);
	if (path[0] != '/' || path[strlen(path) - 1] == '/')
		diag_warn(ld, word_at(st, 1), "%s needs the absolute path of "
		    "a file, not \"%.60s\": ignored", kw->name, path);
	else
		path_copy(ld, word_at(st, 1),
		    ld->conf->global.reload_time_file, path);
}

void
set_save_dir(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	char	*dir = ld->conf->global.save_dir;
	size_t	 len;

	stmt_extra(ld, st, 2);
	if (st->word[1].s[0] != '/' ||
	    (len = strlcpy(dir, st->word[1].s, PATH_LEN)) >= PATH_LEN) {
		diag_warn(ld, word_at(st, 1), "%s needs the absolute path of "
		    "a folder, not \"%.60s\": ignored", kw->name,
		    st->word[1].s);
		dir[0] = '\0';
		return;
	}
	while (len > 1 && dir[len - 1] == '/')
		dir[--len] = '\0';
}

void
set_netns(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	const char	*name = st->word[1].s;

	stmt_extra(ld, st, 2);
	if (ld->netns.src != NULL) {
		diag_warn(ld, word_at(st, 1), "net_namespace stands a second "
		    "time: the first, in line %u, counts",
		    ld->netns.src->line);
		return;
	}
	ld->netns = word_at(st, 1);
	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
		diag_error(ld, ld->netns, "\"%.40s\" is no name of a network "
		    "namespace", name);
	else
		name_copy(ld, ld->netns, "the name", ld->conf->global.netns,
		    sizeof(ld->conf->global.netns), name);
}

void
netns_enter(struct load *ld)
{
	char	 path[PATH_LEN];
	int	 fd;

	if (ld->conf->global.netns[0] == '\0' || ld->opts->no_system)
		return;
	ld->elsewhere = true;
	if (!ld->opts->check_ifaces)
		return;			/* the daemon itself will see them */
	(void)snprintf(path, sizeof(path), "/run/netns/%s",
	    ld->conf->global.netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || setns(fd, CLONE_NEWNET) == -1)
		diag_warn(ld, ld->netns, "network namespace %s cannot be "
		    "entered here: %s; its interfaces are not looked at",
		    ld->conf->global.netns, strerror(errno));
	else
		ld->elsewhere = false;
	if (fd != -1)
		(void)close(fd);
}
