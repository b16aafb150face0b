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
 * The words of vrrpctl's command line, as tables: a word, what it means and
 * which table comes after it. Any beginning of a word that is like no other
 * will do. Runs in: vrrpctl.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"

#define TIME_MAX_S	(365LL * 86400)

enum kind {
	K_WORD,			/* itself or a beginning of it */
	K_NAME,			/* of an instance, or "all" */
	K_TIME,
	K_HOSTS,
	K_FILE,
	K_IFACE,
	K_DONE			/* the command may end here */
};

struct token {
	enum kind		 kind;
	const char		*text;
	enum action		 action;	/* ACT_NONE: as before */
	const struct token	*next;
	const char		*help;
};

static const struct token *find(const struct token *, const char *,
		    const char **);
static const char *word_of(const struct token *, const char *);
static bool	 begins(const struct token *, const char *);
static int	 take(struct request *, const struct token *, const char *,
		    FILE *);
static void	 offer(const struct token *, const char *, parse_next_fn,
		    void *);
static void	 say_next(const struct token *, const char *, int,
		    char *const [], FILE *);
static void	 say_word(const struct token *, FILE *);
static void	 say_args(const struct token *, FILE *);
static void	 say_usage(FILE *);

#define DONE		{ K_DONE, NULL, ACT_NONE, NULL, "" }
#define END		{ K_DONE, NULL, ACT_NONE, NULL, NULL }

static const struct token t_end[] = {
	DONE,
	END
};

static const struct token t_name[] = {
	{ K_NAME, "NAME", ACT_NONE, t_end, "an instance, or all" },
	END
};

static const struct token t_name_or_all[] = {
	DONE,
	{ K_NAME, "NAME", ACT_NONE, t_end, "an instance, or all" },
	END
};

static const struct token t_resume[] = {
	{ K_NAME, "NAME", ACT_NONE, t_end, "an instance or group, or all" },
	END
};

/* With dashes, too. */
static const struct token t_metrics[] = {
	DONE,
	{ K_WORD, "compat", ACT_SHOW_COMPAT, t_end,
	    "under the names of the exporter for keepalived" },
	END
};

static const struct token t_show[] = {
	DONE,
	{ K_WORD, "summary", ACT_SHOW, t_end, "a line for each instance" },
	{ K_WORD, "instance", ACT_SHOW_INST, t_name,
	    "everything about an instance" },
	{ K_WORD, "groups", ACT_SHOW_GROUPS, t_end,
	    "sync groups and their members" },
	{ K_WORD, "scripts", ACT_SHOW_SCRIPTS, t_end,
	    "scripts that check, and their results" },
	{ K_WORD, "interfaces", ACT_SHOW_IFACES, t_end,
	    "interfaces in use" },
	{ K_WORD, "trace", ACT_SHOW_TRACE, t_name,
	    "the last inputs of an instance" },
	{ K_WORD, "counters", ACT_SHOW_COUNTERS, t_name_or_all,
	    "counters of an instance or of all" },
	{ K_WORD, "metrics", ACT_SHOW_METRICS, t_metrics,
	    "everything as OpenMetrics text" },
	END
};

static const struct token t_history[] = {
	DONE,
	{ K_NAME, "NAME", ACT_NONE, t_end, "an instance" },
	END
};

static const struct token t_time[] = {
	{ K_TIME, "TIME", ACT_NONE, t_end, "30, 30s, 5m, 2h, 1d or 500ms" },
	END
};

/* With dashes, too. */
static const struct token t_reload[] = {
	DONE,
	{ K_WORD, "dry-run", ACT_DRY_RUN, t_end,
	    "say what it would do, and do nothing" },
	{ K_WORD, "confirm", ACT_TRY, t_time,
	    "and go back unless it is confirmed within that time" },
	END
};

static const struct token t_one_name[] = {
	{ K_NAME, "NAME", ACT_NONE, t_end, "an instance" },
	END
};

/* With dashes, too: what runs probes has them so. */
static const struct token t_health[] = {
	DONE,
	{ K_WORD, "ready", ACT_HEALTH, t_end,
	    "every instance is MASTER or BACKUP" },
	{ K_WORD, "live", ACT_HEALTH_LIVE, t_end, "the daemon answers" },
	{ K_WORD, "master", ACT_HEALTH_MASTER, t_one_name,
	    "an instance is MASTER with its addresses" },
	END
};

static const struct token t_log[] = {
	{ K_WORD, "brief", ACT_LOG_BRIEF, t_end, "log what matters" },
	{ K_WORD, "verbose", ACT_LOG_VERBOSE, t_end, "log everything" },
	END
};

static const struct token t_now[] = {
	DONE,
	{ K_WORD, "now", ACT_NONE, t_end,
	    "do not wait for the other router" },
	END
};

static const struct token t_time_now[] = {
	{ K_TIME, "TIME", ACT_NONE, t_now, "30, 30s, 5m, 2h, 1d or 500ms" },
	END
};

static const struct token t_standby_more[] = {
	DONE,
	{ K_WORD, "for", ACT_NONE, t_time_now, "end it after that time" },
	{ K_WORD, "now", ACT_NONE, t_end,
	    "do not wait for the other router" },
	END
};

static const struct token t_standby[] = {
	{ K_NAME, "NAME", ACT_NONE, t_standby_more,
	    "an instance or group, or all" },
	END
};

static const struct token t_takeover_more[] = {
	DONE,
	{ K_WORD, "for", ACT_NONE, t_time, "end it after that time" },
	END
};

static const struct token t_takeover[] = {
	{ K_NAME, "NAME", ACT_NONE, t_takeover_more,
	    "an instance or group, or all" },
	END
};

static const struct token t_maint[] = {
	{ K_WORD, "on", ACT_MAINT_ON, t_end,
	    "all instances become BACKUP and stay so" },
	{ K_WORD, "off", ACT_MAINT_OFF, t_end, "and no longer" },
	END
};

static const struct token t_check[] = {
	{ K_FILE, "FILE", ACT_NONE, t_end, "a configuration" },
	END
};

static const struct token t_scan_more[] = {
	DONE,
	{ K_TIME, "TIME", ACT_NONE, t_end, "how long: 5 or 30s" },
	END
};

static const struct token t_scan[] = {
	{ K_IFACE, "IFACE", ACT_NONE, t_scan_more, "an interface" },
	END
};

static const struct token t_hosts[] = {
	{ K_HOSTS, "NAME,...", ACT_NONE, t_end, "as visitors call it" },
	END
};

static const struct token t_serve_more[] = {
	DONE,
	{ K_WORD, "host", ACT_NONE, t_hosts,
	    "more names of this machine than its own" },
	END
};

static const struct token t_serve[] = {
	{ K_FILE, "ADDRESS:PORT", ACT_NONE, t_serve_more,
	    "where: 127.0.0.1:9165 or [::1]:9165" },
	END
};

static const struct token t_main[] = {
	{ K_WORD, "show", ACT_SHOW, t_show, "show what is going on" },
	{ K_WORD, "why", ACT_WHY, t_name_or_all,
	    "explain the role of an instance or of all" },
	{ K_WORD, "trace", ACT_SHOW_TRACE, t_name,
	    "the last inputs of an instance, to be replayed" },
	{ K_WORD, "history", ACT_HISTORY, t_history,
	    "the last changes and their causes" },
	{ K_WORD, "monitor", ACT_MONITOR, t_name_or_all,
	    "what happens, as it happens" },
	{ K_WORD, "top", ACT_TOP, t_end,
	    "a table on the whole screen, that stays up to date" },
	{ K_WORD, "serve", ACT_SERVE, t_serve,
	    "a page, metrics and JSON over HTTP" },
	{ K_WORD, "health", ACT_HEALTH, t_health,
	    "an exit status for probes" },
	{ K_WORD, "reload", ACT_RELOAD, t_reload,
	    "read the configuration again" },
	{ K_WORD, "confirm", ACT_CONFIRM, t_end,
	    "keep what \"reload --confirm\" brought" },
	{ K_WORD, "rollback", ACT_ROLLBACK, t_end,
	    "go back to what ran before it" },
	{ K_WORD, "log", ACT_NONE, t_log, "set how much is logged" },
	{ K_WORD, "standby", ACT_STANDBY, t_standby,
	    "give the role to another router" },
	{ K_WORD, "takeover", ACT_TAKEOVER, t_takeover,
	    "take the role from another router" },
	{ K_WORD, "resume", ACT_RESUME, t_resume,
	    "end standby and takeover" },
	{ K_WORD, "maintenance", ACT_NONE, t_maint,
	    "keep the whole host out of service" },
	{ K_WORD, "scan", ACT_SCAN, t_scan,
	    "who speaks VRRP on an interface, and which VRIDs are free" },
	{ K_WORD, "doctor", ACT_DOCTOR, t_end,
	    "look for what is wrong on this machine, and say what to do" },
	{ K_WORD, "check", ACT_CHECK, t_check,
	    "look for mistakes in a configuration" },
	{ K_WORD, "help", ACT_HELP, t_end, "list the options and commands" },
	END
};

int
parse(struct request *req, int argc, char *const argv[], FILE *err)
{
	const struct token	*table, *match;
	const char		*why;
	int			 i;

	memset(req, 0, sizeof(*req));
	table = t_main;
	for (i = 0; i < argc; i++) {
		if ((match = find(table, word_of(table, argv[i]), &why)) ==
		    NULL) {
			fprintf(err, "vrrpctl: %s \"%s\"\n", why, argv[i]);
			break;
		}
		if (take(req, match, argv[i], err) == -1)
			break;
		table = match->next;
	}
	if (i == argc && table[0].kind == K_DONE && table[0].help != NULL) {
		req->all = req->name[0] == '\0' ||
		    strcmp(req->name, "all") == 0;
		return (0);
	}
	if (i == argc)
		fprintf(err, "vrrpctl: %s\n", argc == 0 ?
		    "what is to be done?" : "something is missing");
	say_next(table, i < argc ? word_of(table, argv[i]) : "", i, argv,
	    err);
	return (-1);
}

/* "health --live" is "health live", and so on. */
static const char *
word_of(const struct token *table, const char *arg)
{
	return ((table == t_health || table == t_reload ||
	    table == t_metrics) && strncmp(arg, "--", 2) == 0 ? arg + 2 : arg);
}

/* The whole word, the one word that begins so, or a free one. */
static const struct token *
find(const struct token *table, const char *arg, const char **why)
{
	const struct token	*t, *match;
	size_t			 len;
	int			 cnt;

	match = NULL;
	cnt = 0;
	len = strlen(arg);
	for (t = table; t->kind != K_DONE || t->help != NULL; t++) {
		if (t->kind == K_DONE)
			continue;
		if (t->kind != K_WORD) {
			if (len != 0)
				return (t);
		} else if (strcmp(t->text, arg) == 0)
			return (t);
		else if (len != 0 && strncmp(t->text, arg, len) == 0) {
			match = t;
			cnt++;
		}
	}
	*why = cnt > 1 ? "ambiguous word" : "unexpected word";
	return (cnt == 1 ? match : NULL);
}

void
parse_next(int argc, char *const argv[], parse_next_fn fn, void *arg)
{
	const struct token	*table = t_main, *match;
	const char		*why;
	int			 i;

	for (i = 0; i < argc - 1; i++) {
		match = find(table, word_of(table, argv[i]), &why);
		if (match == NULL)
			return;
		table = match->next;
	}
	if (argc > 0)
		offer(table, argv[argc - 1], fn, arg);
}

static void
offer(const struct token *table, const char *begin, parse_next_fn fn,
    void *arg)
{
	static const enum next_kind	 kinds[] = {
		[K_WORD] = NEXT_WORD,
		[K_NAME] = NEXT_NAME,
		[K_FILE] = NEXT_FILE,
		[K_IFACE] = NEXT_IFACE
	};
	const struct token		*t;

	begin = word_of(table, begin);
	for (t = table; t->kind != K_DONE || t->help != NULL; t++) {
		if (t->kind == K_DONE || t->kind == K_TIME ||
		    t->kind == K_HOSTS)
			continue;
		if (t->kind != K_WORD || strncmp(t->text, begin,
		    strlen(begin)) == 0)
			fn(arg, kinds[t->kind], t->text, t->help);
	}
}

static int
take(struct request *req, const struct token *t, const char *arg, FILE *err)
{
	if (t->action != ACT_NONE)
		req->action = t->action;
	switch (t->kind) {
	case K_WORD:
		if (strcmp(t->text, "now") == 0)
			req->now = true;
		break;
	case K_NAME:
	case K_IFACE:
		if (strlcpy(req->name, arg, sizeof(req->name)) >=
		    sizeof(req->name)) {
			fprintf(err, "vrrpctl: name of more than %d bytes\n",
			    NAME_LEN - 1);
			return (-1);
		}
		break;
	case K_TIME:
		if (parse_time(arg, &req->for_us) == -1) {
			fprintf(err, "vrrpctl: \"%s\" is no time\n", arg);
			return (-1);
		}
		break;
	case K_FILE:
		req->file = arg;
		break;
	case K_HOSTS:
		req->hosts = arg;
		break;
	case K_DONE:
		break;
	}
	return (0);
}

int
parse_time(const char *text, int64_t *us)
{
	static const struct {
		const char	*unit;
		int64_t		 us;
	} units[] = {
		{ "", US_PER_SEC }, { "ms", US_PER_MS }, { "s", US_PER_SEC },
		{ "m", 60 * US_PER_SEC }, { "h", 3600 * US_PER_SEC },
		{ "d", 86400 * US_PER_SEC }
	};
	int64_t	 value;
	char	*end;
	size_t	 i;

	/* No blanks and no signs. */
	if (text[0] < '0' || text[0] > '9')
		return (-1);
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || value <= 0)
		return (-1);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		if (value > TIME_MAX_S * US_PER_SEC / units[i].us)
			return (-1);
		*us = value * units[i].us;
		return (0);
	}
	return (-1);
}

/* What may stand where it went wrong: of several that fit only those. */
static void
say_next(const struct token *table, const char *begin, int cnt,
    char *const argv[], FILE *err)
{
	const struct token	*t;
	int			 i, fits = 0;

	for (t = table; t->kind != K_DONE || t->help != NULL; t++)
		fits += begins(t, begin);
	fprintf(err, "possible after \"vrrpctl");
	for (i = 0; i < cnt; i++)
		fprintf(err, " %s", argv[i]);
	fprintf(err, "\":\n");
	for (t = table; t->kind != K_DONE || t->help != NULL; t++)
		if (fits < 2 || begins(t, begin))
			say_word(t, err);
}

static bool
begins(const struct token *t, const char *begin)
{
	return (t->kind == K_WORD && begin[0] != '\0' &&
	    strncmp(t->text, begin, strlen(begin)) == 0);
}

static void
say_word(const struct token *t, FILE *fp)
{
	if (t->kind == K_DONE)
		fprintf(fp, "  %-12s %s\n", "", "nothing more");
	else
		fprintf(fp, "  %-12s %s\n", t->text, t->help);
}

/* What follows a word: " NAME [for TIME [now] | now]". */
static void
say_args(const struct token *table, FILE *fp)
{
	const struct token	*t;
	const char		*sep = "";
	bool			 may_end = table->kind == K_DONE;

	if (may_end && table[1].kind == K_DONE)
		return;
	fprintf(fp, " %s", may_end ? "[" : "");
	for (t = table; t->kind != K_DONE || t->help != NULL; t++) {
		if (t->kind == K_DONE)
			continue;
		fprintf(fp, "%s%s", sep, t->text);
		say_args(t->next, fp);
		sep = " | ";
	}
	fprintf(fp, "%s", may_end ? "]" : "");
}

static void
say_usage(FILE *fp)
{
	fprintf(fp, "usage: vrrpctl [-hjV] [--format form] [-s socket] "
	    "command [argument ...]\n");
}

void
parse_usage(FILE *fp)
{
	say_usage(fp);
	fprintf(fp, "vrrpctl --help lists the options and commands\n");
}

void
parse_help(FILE *fp)
{
	const struct token	*t;

	say_usage(fp);
	fprintf(fp, "  -h, --help           this text\n"
	    "  -j, --json           print JSON\n"
	    "  --format keepalived  with -j show: as keepalived writes it\n"
	    "  -s, --socket socket  instead of %s/control\n"
	    "  -V, --version        print the version\n"
	    "commands, which may be shortened:\n", RUNDIR);
	for (t = t_main; t->kind != K_DONE; t++)
		say_word(t, fp);
	fprintf(fp, "after \"show\":\n");
	for (t = t_show; t->kind != K_DONE || t->help != NULL; t++)
		if (t->kind != K_DONE)
			say_word(t, fp);
	fprintf(fp, "arguments:\n");
	for (t = t_main; t->kind != K_DONE; t++) {
		if (t->next == t_show || t->next == t_end)
			continue;
		fprintf(fp, "  %s", t->text);
		say_args(t->next, fp);
		fprintf(fp, "\n");
	}
	for (t = t_show; t->kind != K_DONE || t->help != NULL; t++) {
		if (t->kind == K_DONE || t->next == t_end)
			continue;
		fprintf(fp, "  show %s", t->text);
		say_args(t->next, fp);
		fprintf(fp, "\n");
	}
	fprintf(fp, "NAME is that of an instance, or all; "
	    "see vrrpctl(8)\n");
}
