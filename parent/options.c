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
 * The command line. Runs in: parent, before anything else.
 */

#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "parent.h"

/* Long spellings without a letter of their own. */
enum long_only {
	OPT_LOG_CONSOLE = 256,
	OPT_VERSION
};

static __dead2 void usage(int);
static void	 option(struct options *, int, char *);
static void	 add_arg(struct options *, const char *, const char *);
static void	 absolute(char *, const char *, const char *);

static const char	 letters[] = "dD:f:F:hi:np:Pr:vWz";

static const struct option	 longs[] = {
	{ "use-file", required_argument, NULL, 'f' },
	{ "dont-fork", no_argument, NULL, 'd' },
	{ "config-test", no_argument, NULL, 'n' },
	{ "log-console", no_argument, NULL, OPT_LOG_CONSOLE },
	{ "log-detail", no_argument, NULL, 'v' },
	{ "log-facility", required_argument, NULL, 'F' },
	{ "vrrp", no_argument, NULL, 'P' },
	{ "config-id", required_argument, NULL, 'i' },
	{ "pid", required_argument, NULL, 'p' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char	 help[] =
"usage: vrrpd [-dnPvWz] [-D macro=value] [-f file] [-F facility]\n"
"             [-i config-id] [-p pidfile] [-r rundir]\n"
"  -d, --dont-fork              stay in the foreground, log to stderr\n"
"  -D macro=value               define $macro for the configuration\n"
"  -f, --use-file file          the configuration (" VRRPD_CONF ")\n"
"  -F, --log-facility facility  daemon, user, local0 to local7 or 0 to 7\n"
"  -i, --config-id id           load the lines marked @id, too\n"
"  -n, --config-test            check the configuration: exit status 0 or 1;\n"
"                               with -v print it in canonical form\n"
"  -p, --pid pidfile            write the process id there, too\n"
"  -P, --vrrp                   skip virtual_server and the like\n"
"  -r rundir                    the runtime folder (" VRRPD_RUNDIR ")\n"
"  -v, --log-detail             log more\n"
"  -W                           warnings in the configuration are errors\n"
"  -z                           remove addresses left by a dead vrrpd\n"
"      --log-console            log to stderr, not to syslog\n"
"      --version                print the version\n"
"  -h, --help                   print this\n";

/* Fills in the options or ends the process. */
void
options_parse(struct options *o, int argc, char **argv)
{
	static char	 name[] = "readconf";
	int		 ch;

	memset(o, 0, sizeof(*o));
	o->facility = -1;
	o->args[0] = name;
	(void)strlcpy(o->file, VRRPD_CONF, sizeof(o->file));
	(void)strlcpy(o->rundir, VRRPD_RUNDIR, sizeof(o->rundir));
	while ((ch = getopt_long(argc, argv, letters, longs, NULL)) != -1)
		option(o, ch, optarg);
	if (optind < argc) {
		warnx("unexpected argument: %s", argv[optind]);
		usage(1);
	}
	if (o->check && o->cleanup)
		errx(1, "-n and -z do not go together");
	add_arg(o, "-f", o->file);
	/* Logs go to one place: stderr in the foreground, unless told. */
	if (o->foreground && o->facility == -1)
		o->console = true;
	if (o->facility == -1)
		o->facility = LOG_DAEMON;
}

static void
option(struct options *o, int ch, char *arg)
{
	switch (ch) {
	case 'd':
		o->foreground = true;
		break;
	case 'D':
		if (arg[0] == '=' || strchr(arg, '=') == NULL)
			errx(1, "-D %s: wanted is macro=value", arg);
		add_arg(o, "-D", arg);
		break;
	case 'f':
		absolute(o->file, arg, "-f");
		break;
	case 'F':
		if ((o->facility = log_facility(arg)) == -1)
			errx(1, "-F %s: no such facility (daemon, user, "
			    "local0 to local7, 0 to 7)", arg);
		break;
	case 'i':
		add_arg(o, "-i", arg);
		break;
	case 'n':
		o->check = true;
		break;
	case 'p':
		absolute(o->pidfile, arg, "-p");
		break;
	case 'P':
		add_arg(o, "-P", NULL);
		break;
	case 'r':
		absolute(o->rundir, arg, "-r");
		break;
	case 'v':
		o->verbose++;
		break;
	case 'W':
		add_arg(o, "-W", NULL);
		break;
	case 'z':
		o->cleanup = true;
		break;
	case OPT_LOG_CONSOLE:
		o->console = true;
		break;
	case OPT_VERSION:
		printf("vrrpd %s\n", VRRPD_VERSION);
		exit(0);
	case 'h':
		usage(0);
	default:
		usage(1);
	}
}

static void
usage(int status)
{
	(void)fputs(help, status == 0 ? stdout : stderr);
	exit(status);
}

/* One or two words more for readconf; room for -n, -v and the end stays. */
static void
add_arg(struct options *o, const char *flag, const char *value)
{
	size_t	 i;

	for (i = 0; o->args[i] != NULL; i++)
		;
	if (i + 5 > RELOAD_ARGS)
		errx(1, "too many options");
	if ((o->args[i] = strdup(flag)) == NULL ||
	    (value != NULL && (o->args[i + 1] = strdup(value)) == NULL))
		err(1, NULL);
}

/* The daemon's own folder is the root: a path must not depend on it. */
static void
absolute(char *out, const char *path, const char *flag)
{
	char	 cwd[PATH_LEN];
	int	 len;

	if (path[0] == '\0')
		errx(1, "%s: empty path", flag);
	cwd[0] = '\0';
	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		err(1, "%s %s: current folder", flag, path);
	len = snprintf(out, PATH_LEN, "%s%s%s", cwd, path[0] != '/' ? "/" : "",
	    path);
	if (len >= PATH_LEN)
		errx(1, "%s %s: path is too long", flag, path);
}
