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
 * Names of routing tables, protocols, realms, scopes and the like, as
 * iproute2 keeps them in files: the administrator's folder first, then that
 * of the distribution, then what is built in.
 * Runs in: readconf.
 */

#include <linux/rtnetlink.h>

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

#define RTNAME_LINE	512

struct rtname {
	const char	*name;
	uint32_t	 value;
};

static const struct rtname tables[] = {
	{ "default", RT_TABLE_DEFAULT },
	{ "main", RT_TABLE_MAIN },
	{ "local", RT_TABLE_LOCAL },
	{ NULL, 0 }
};

static const struct rtname protos[] = {
	{ "unspec", RTPROT_UNSPEC },
	{ "redirect", RTPROT_REDIRECT },
	{ "kernel", RTPROT_KERNEL },
	{ "boot", RTPROT_BOOT },
	{ "static", RTPROT_STATIC },
	{ "gated", RTPROT_GATED },
	{ "ra", RTPROT_RA },
	{ "mrt", RTPROT_MRT },
	{ "zebra", RTPROT_ZEBRA },
	{ "bird", RTPROT_BIRD },
	{ "dnrouted", RTPROT_DNROUTED },
	{ "xorp", RTPROT_XORP },
	{ "ntk", RTPROT_NTK },
	{ "dhcp", RTPROT_DHCP },
	{ "keepalived", ROUTE_PROTO },
	{ "babel", RTPROT_BABEL },
	{ "bgp", RTPROT_BGP },
	{ "isis", RTPROT_ISIS },
	{ "ospf", RTPROT_OSPF },
	{ "rip", RTPROT_RIP },
	{ "eigrp", RTPROT_EIGRP },
	{ NULL, 0 }
};

static const struct rtname scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE },
	{ "universe", RT_SCOPE_UNIVERSE },
	{ "site", RT_SCOPE_SITE },
	{ "link", RT_SCOPE_LINK },
	{ "host", RT_SCOPE_HOST },
	{ "nowhere", RT_SCOPE_NOWHERE },
	{ NULL, 0 }
};

static const struct rtname nothing[] = {
	{ NULL, 0 }
};

static const struct {
	const char		*what;
	const char		*file;
	const struct rtname	*builtin;
	uint32_t		 max;
} kinds[RTNAME_MAX] = {
	[RTNAME_TABLE] = { "table", "rt_tables", tables, UINT32_MAX },
	[RTNAME_PROTO] = { "protocol", "rt_protos", protos, 255 },
	[RTNAME_SCOPE] = { "scope", "rt_scopes", scopes, 255 },
	[RTNAME_TOS] = { "tos", "rt_dsfield", nothing, 255 },
	[RTNAME_REALM] = { "realm", "rt_realms", nothing, UINT16_MAX },
	[RTNAME_GROUP] = { "interface group", "group", nothing, INT32_MAX }
};

static bool	 number_whole(const char *, uint32_t, uint32_t *);
static bool	 folder_find(const char *, enum rtname_kind, const char *,
		    uint32_t *);
static bool	 file_find(const char *, const char *, uint32_t *);

/* Its number; false: it has been said that there is none of that name. */
bool
rtname_get(struct load *ld, struct where at, enum rtname_kind kind,
    const char *word, uint32_t *out)
{
	const struct conf_global	*g = &ld->conf->global;
	const struct rtname		*n;

	if (number_whole(word, kinds[kind].max, out))
		return (true);
	if (!ld->opts->no_system) {
		if (g->iproute_etc_dir[0] != '\0' ?
		    folder_find(g->iproute_etc_dir, kind, word, out) :
		    folder_find("/etc/iproute2", kind, word, out))
			return (true);
		if (g->iproute_usr_dir[0] != '\0' ?
		    folder_find(g->iproute_usr_dir, kind, word, out) :
		    folder_find("/usr/share/iproute2", kind, word, out) ||
		    folder_find("/usr/lib/iproute2", kind, word, out))
			return (true);
	}
	for (n = kinds[kind].builtin; n->name != NULL; n++)
		if (strcmp(n->name, word) == 0) {
			*out = n->value;
			return (true);
		}
	diag_warn(ld, at, "\"%.40s\" is no %s (%s of iproute2 has no such "
	    "name): the entry is ignored", word, kinds[kind].what,
	    kinds[kind].file);
	return (false);
}

static bool
number_whole(const char *word, uint32_t max, uint32_t *out)
{
	unsigned long long	 v;
	char			*end;

	if (!isdigit((unsigned char)word[0]))
		return (false);
	errno = 0;
	v = strtoull(word, &end, 0);
	if (errno != 0 || *end != '\0' || v > max)
		return (false);
	*out = (uint32_t)v;
	return (true);
}

static bool
folder_find(const char *dir, enum rtname_kind kind, const char *word,
    uint32_t *out)
{
	char	 path[PATH_LEN + 32];
	glob_t	 g;
	size_t	 i;
	bool	 found;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, kinds[kind].file);
	if (file_find(path, word, out))
		return (*out <= kinds[kind].max);
	(void)snprintf(path, sizeof(path), "%s/%s.d/*.conf", dir,
	    kinds[kind].file);
	if (glob(path, 0, NULL, &g) != 0)
		return (false);
	found = false;
	for (i = 0; i < g.gl_pathc && !found; i++)
		found = file_find(g.gl_pathv[i], word, out);
	globfree(&g);
	return (found && *out <= kinds[kind].max);
}

/* Lines "NUMBER NAME"; a file that is not there has no names. */
static bool
file_find(const char *path, const char *word, uint32_t *out)
{
	FILE	*f;
	char	 line[RTNAME_LINE], *number, *name, *last;
	bool	 found = false;

	if ((f = fopen(path, "re")) == NULL)
		return (false);
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "#\n")] = '\0';
		number = strtok_r(line, " \t", &last);
		name = number == NULL ? NULL : strtok_r(NULL, " \t", &last);
		found = name != NULL && strcmp(name, word) == 0 &&
		    number_whole(number, UINT32_MAX, out);
	}
	(void)fclose(f);
	return (found);
}
