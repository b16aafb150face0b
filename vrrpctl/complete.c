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
 * What a shell offers when a word of vrrpctl is half written: from the same
 * tables that the command line is read with, and from the running daemon.
 * Runs in: vrrpctl.
 */

#include <net/if.h>

#include <getopt.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complete.h"
#include "mono.h"
#include "parser.h"
#include "snap.h"

#define ASK_US		US_PER_SEC	/* somebody waits for it */

struct completion {
	const char	*path;		/* of the socket; NULL: the usual */
	const char	*begin;		/* of the word */
};

static bool	 skip_options(struct completion *, const struct option *,
		    int *, char *const **);
static void	 offer_options(const struct option *, const char *);
static void	 on_next(void *, enum next_kind, const char *, const char *);
static void	 offer(const struct completion *, const char *);
static void	 offer_names(const struct completion *, bool);
static void	 offer_ifaces(const struct completion *);
static void	 offer_files(const struct completion *);

int
complete(const struct option *longs, int argc, char *const argv[])
{
	struct completion	 c;

	memset(&c, 0, sizeof(c));
	if (argc == 0)
		return (0);
	c.begin = argv[argc - 1];
	if (skip_options(&c, longs, &argc, &argv))
		parse_next(argc, argv, on_next, &c);
	return (0);
}

/* False: the word belongs to the options, and is done. */
static bool
skip_options(struct completion *c, const struct option *longs, int *argc,
    char *const **argv)
{
	const struct option	*o;
	const char		*word;

	while (*argc > 1 && (*argv)[0][0] == '-') {
		word = (*argv)[0];
		for (o = longs; o->name != NULL; o++)
			if ((word[1] == '-' && strcmp(o->name, word + 2) ==
			    0) || (word[1] == o->val && word[2] == '\0'))
				break;
		(*argv)++;
		(*argc)--;
		if (o->name == NULL || o->has_arg != required_argument)
			continue;
		if (*argc == 1 && o->val == 's')
			offer_files(c);
		else if (*argc == 1 && strcmp(o->name, "format") == 0)
			offer(c, "keepalived");
		if (*argc == 1)
			return (false);
		if (o->val == 's')
			c->path = (*argv)[0];
		(*argv)++;
		(*argc)--;
	}
	if ((*argv)[0][0] != '-')
		return (true);
	offer_options(longs, c->begin);
	return (false);
}

static void
offer_options(const struct option *longs, const char *begin)
{
	const struct option	*o;
	char			 text[64];

	for (o = longs; o->name != NULL; o++) {
		(void)snprintf(text, sizeof(text), "--%s", o->name);
		if (strncmp(text, begin, strlen(begin)) == 0)
			printf("%s\n", text);
	}
}

static void
on_next(void *arg, enum next_kind kind, const char *text, const char *help)
{
	const struct completion	*c = arg;

	switch (kind) {
	case NEXT_WORD:
		/* "--live" where that may stand for "live" */
		printf("%s%s\n", strncmp(c->begin, "--", 2) == 0 ? "--" : "",
		    text);
		break;
	case NEXT_NAME:
		offer_names(c, strstr(help, "group") != NULL);
		if (strstr(help, "all") != NULL)
			offer(c, "all");
		break;
	case NEXT_IFACE:
		offer_ifaces(c);
		break;
	case NEXT_FILE:
		/* There is nothing to offer for "ADDRESS:PORT". */
		if (strcmp(text, "FILE") == 0)
			offer_files(c);
		break;
	}
}

static void
offer(const struct completion *c, const char *text)
{
	if (strncmp(text, c->begin, strlen(c->begin)) == 0)
		printf("%s\n", text);
}

/* Without a daemon there are none, and nothing is said. */
static void
offer_names(const struct completion *c, bool groups)
{
	const struct snap_inst	*i;
	const struct ctl_group	*g;
	struct snap		 snap;
	char			 error[1024];

	memset(&snap, 0, sizeof(snap));
	if (snap_ask(&snap, c->path, false, ASK_US, error,
	    sizeof(error)) != CLIENT_OK)
		return;
	SNAP_EACH(i, &snap.insts)
		offer(c, i->inst.name);
	if (groups) {
		SNAP_EACH(g, &snap.groups)
			offer(c, g->name);
	}
	snap_free(&snap);
}

static void
offer_ifaces(const struct completion *c)
{
	struct if_nameindex	*list, *l;

	if ((list = if_nameindex()) == NULL)
		return;
	for (l = list; l->if_index != 0; l++)
		offer(c, l->if_name);
	if_freenameindex(list);
}

static void
offer_files(const struct completion *c)
{
	char	 pattern[PATH_LEN];
	size_t	 n;
	glob_t	 g;

	if (snprintf(pattern, sizeof(pattern), "%s*", c->begin) >=
	    (int)sizeof(pattern) || glob(pattern, GLOB_MARK, NULL, &g) != 0)
		return;
	for (n = 0; n < g.gl_pathc; n++)
		printf("%s\n", g.gl_pathv[n]);
	globfree(&g);
}
