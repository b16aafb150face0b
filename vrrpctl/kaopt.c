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

/* The command line of keepalived. Runs in: keepalived. */

#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "keepalived.h"
#include "log.h"

#define DEFAULT_FILE	"/etc/keepalived/keepalived.conf"
#define DEFAULT_PID	"/run/keepalived.pid"
#define DEFAULT_VRRP	"/run/vrrp.pid"

enum long_only {
	OPT_ALL = 256,
	OPT_SIGNUM
};

static void	 option(struct compat *, int, const char *);
static void	 option_word(struct compat *, int, const char *);
static bool	 option_file(struct compat *, int, const char *);
static void	 facility(struct compat *, const char *);
static void	 refuse(int);
static void	 check(struct compat *);
static void	 paths(struct compat *);
static void	 absolute(char *, const char *, char);
static __dead2 void signum(const char *);
static __dead2 void version(void);
static __dead2 void usage(int);

static const char	 letters[] =
"f:PCBlDS:Gu:XVIRndp:r:Tc:ab:xA:s:mM:ei:t::vh";

static const struct option	 longs[] = {
	{ "use-file", required_argument, NULL, 'f' },
	{ "vrrp", no_argument, NULL, 'P' },
	{ "check", no_argument, NULL, 'C' },
	{ "no_bfd", no_argument, NULL, 'B' },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "log-console", no_argument, NULL, 'l' },
	{ "log-detail", no_argument, NULL, 'D' },
	{ "log-facility", required_argument, NULL, 'S' },
	{ "no-syslog", no_argument, NULL, 'G' },
	{ "umask", required_argument, NULL, 'u' },
	{ "release-vips", no_argument, NULL, 'X' },
	{ "dont-release-vrrp", no_argument, NULL, 'V' },
	{ "dont-release-ipvs", no_argument, NULL, 'I' },
	{ "dont-respawn", no_argument, NULL, 'R' },
	{ "dont-fork", no_argument, NULL, 'n' },
	{ "dump-conf", no_argument, NULL, 'd' },
	{ "pid", required_argument, NULL, 'p' },
	{ "vrrp_pid", required_argument, NULL, 'r' },
	{ "genhash", no_argument, NULL, 'T' },
	{ "checkers_pid", required_argument, NULL, 'c' },
	{ "address-monitoring", no_argument, NULL, 'a' },
	{ "bfd_pid", required_argument, NULL, 'b' },
	{ "snmp", no_argument, NULL, 'x' },
	{ "snmp-agent-socket", required_argument, NULL, 'A' },
	{ "namespace", required_argument, NULL, 's' },
	{ "core-dump", no_argument, NULL, 'm' },
	{ "core-dump-pattern", required_argument, NULL, 'M' },
	{ "all-config", no_argument, NULL, 'e' },
	{ "config-id", required_argument, NULL, 'i' },
	{ "signum", required_argument, NULL, OPT_SIGNUM },
	{ "config-test", optional_argument, NULL, 't' },
	{ "version", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char	 help[] =
"usage: keepalived [option ...]\n"
"This is vrrpd under the name of keepalived, see keepalived(8).\n"
"  -f, --use-file=FILE       the configuration (" DEFAULT_FILE ")\n"
"  -P, --vrrp                skip virtual_server and the like\n"
"  -n, --dont-fork           stay in the foreground\n"
"  -l, --log-console         log to stderr, not to syslog\n"
"  -G, --no-syslog           no syslog\n"
"  -D, --log-detail          log more\n"
"  -S, --log-facility=NAME   daemon, user, local0 to local7, 0 to 7\n"
"  -d, --dump-conf           print the configuration before the start\n"
"  -t, --config-test[=FILE]  check the configuration; complaints to FILE\n"
"  -p, --pid=FILE            process id of this (" DEFAULT_PID ")\n"
"  -r, --vrrp_pid=FILE       process id of vrrpd (" DEFAULT_VRRP ")\n"
"  -i, --config-id=ID        load the lines marked @ID, too\n"
"  -s, --namespace=NAME      run in this network namespace\n"
"  -u, --umask=MASK          for the files that signals ask for (0177)\n"
"  -R, --dont-respawn        end when vrrpd ends\n"
"      --signum=NAME         print the number of a signal: STOP, RELOAD,\n"
"                            DATA, STATS, STATS_CLEAR, JSON\n"
"  -v, --version             print the version\n"
"  -h, --help                print this\n"
"Without effect, with a line in the log:\n"
"  -B -X -I -a -x -m -e, --no_bfd --all --release-vips\n"
"  --dont-release-ipvs --address-monitoring --snmp --core-dump --all-config,\n"
"  -c, --checkers_pid=FILE, -b, --bfd_pid=FILE,\n"
"  -A, --snmp-agent-socket=FILE, -M, --core-dump-pattern=PATTERN\n"
"Refused: -C, --check without -P; -V, --dont-release-vrrp; -T, --genhash\n";

/* Accepted, and why nothing comes of them. */
static const struct {
	int		 ch;
	const char	*name;
	const char	*why;
} ignored[] = {
	{ 'B', "-B, --no_bfd", "there is no BFD" },
	{ OPT_ALL, "--all", "what is not configured is not started" },
	{ 'X', "-X, --release-vips", "addresses are always released" },
	{ 'I', "-I, --dont-release-ipvs", "IPVS is never touched" },
	{ 'c', "-c, --checkers_pid", "there is no such process" },
	{ 'b', "-b, --bfd_pid", "there is no such process" },
	{ 'a', "-a, --address-monitoring", "see: vrrpctl history" },
	{ 'x', "-x, --snmp", "there is no SNMP; see: vrrpctl -j show" },
	{ 'A', "-A, --snmp-agent-socket", "there is no SNMP" },
	{ 'm', "-m, --core-dump", "what knows passwords dumps no core" },
	{ 'M', "-M, --core-dump-pattern", "the system's pattern stays" },
	{ 'e', "-e, --all-config", "files that are missing are told by -t" }
};
#define IGNORED_CNT	(sizeof(ignored) / sizeof(ignored[0]))

/* Fills in the options or ends the process. */
void
opt_parse(struct compat *c, int argc, char **argv)
{
	const char	*dir;
	int		 ch;

	memset(c, 0, sizeof(*c));
	c->facility = LOG_DAEMON;
	c->umask = 0177;
	(void)strlcpy(c->file, DEFAULT_FILE, sizeof(c->file));
	dir = getenv("TMPDIR");
	(void)strlcpy(c->tmpdir, dir != NULL && dir[0] == '/' ? dir : "/tmp",
	    sizeof(c->tmpdir));
	while ((ch = getopt_long(argc, argv, letters, longs, NULL)) != -1)
		option(c, ch, optarg);
	if (optind < argc) {
		warnx("unexpected argument: %s", argv[optind]);
		usage(1);
	}
	check(c);
	paths(c);
}

static void
option(struct compat *c, int ch, const char *arg)
{
	size_t	 i;

	for (i = 0; i < IGNORED_CNT; i++) {
		if (ignored[i].ch != ch)
			continue;
		c->ignored |= 1ULL << i;
		return;
	}
	if (option_file(c, ch, arg))
		return;
	option_word(c, ch, arg);
}

/* Those that name something. */
static bool
option_file(struct compat *c, int ch, const char *arg)
{
	switch (ch) {
	case 'f':
		absolute(c->file, arg, 'f');
		break;
	case 'p':
		absolute(c->pid_path, arg, 'p');
		break;
	case 'r':
		absolute(c->vrrp_pid_path, arg, 'r');
		break;
	case 't':
		c->test = true;
		if (arg != NULL)
			absolute(c->test_path, arg, 't');
		break;
	case 's':
		if (strlcpy(c->netns, arg, sizeof(c->netns)) >=
		    sizeof(c->netns) || arg[0] == '\0' || arg[0] == '.' ||
		    strchr(arg, '/') != NULL)
			errx(1, "-s %s: is no name of a namespace", arg);
		break;
	case 'i':
		if (strlcpy(c->config_id, arg, sizeof(c->config_id)) >=
		    sizeof(c->config_id))
			errx(1, "-i %s: is too long", arg);
		break;
	case 'S':
		facility(c, arg);
		break;
	default:
		return (false);
	}
	return (true);
}

static void
option_word(struct compat *c, int ch, const char *arg)
{
	unsigned long	 mask;
	char		*end;

	switch (ch) {
	case 'P':
		c->vrrp_only = true;
		break;
	case 'C':
		c->check_only = true;
		break;
	case 'l':
		c->console = true;
		break;
	case 'D':
		c->detail = true;
		break;
	case 'G':
		c->quiet = true;
		break;
	case 'u':
		mask = strtoul(arg, &end, 0);
		if (end == arg || *end != '\0' || mask > 0777)
			errx(1, "-u %s: wanted is a mask, 0 to 0777", arg);
		c->umask = (mode_t)mask;
		break;
	case 'R':
		c->no_respawn = true;
		break;
	case 'n':
		c->foreground = true;
		break;
	case 'd':
		c->print = true;
		break;
	case OPT_SIGNUM:
		signum(arg);
	case 'v':
		version();
	case 'h':
		usage(0);
	default:
		refuse(ch);
		usage(1);
	}
}

/* Not done quietly in another way. */
static void
refuse(int ch)
{
	if (ch == 'V')
		errx(1, "-V, --dont-release-vrrp: vrrpd always takes its "
		    "addresses away when it ends, or two routers would have "
		    "them");
	if (ch == 'T')
		errx(1, "-T, --genhash: there are no health checkers, and no "
		    "genhash");
}

static void
check(struct compat *c)
{
	if (c->check_only && !c->vrrp_only)
		errx(1, "-C, --check: there are no health checkers to run "
		    "alone");
}

static void
facility(struct compat *c, const char *arg)
{
	if ((c->facility = log_facility(arg)) == -1 ||
	    strlcpy(c->facility_name, arg, sizeof(c->facility_name)) >=
	    sizeof(c->facility_name))
		errx(1, "-S %s: no such facility (daemon, user, local0 to "
		    "local7, 0 to 7)", arg);
}

/*
 * Where its files are. Several may run on a machine and are told apart by
 * their pid files; each vrrpd has a runtime folder of its own.
 */
static void
paths(struct compat *c)
{
	const char	*p;
	uint32_t	 hash;

	if (c->pid_path[0] == '\0' && c->netns[0] != '\0')
		(void)snprintf(c->pid_path, sizeof(c->pid_path),
		    "/run/keepalived-%s.pid", c->netns);
	if (c->vrrp_pid_path[0] == '\0' && c->netns[0] != '\0')
		(void)snprintf(c->vrrp_pid_path, sizeof(c->vrrp_pid_path),
		    "/run/vrrp-%s.pid", c->netns);
	if (c->pid_path[0] == '\0')
		(void)strlcpy(c->pid_path, DEFAULT_PID, sizeof(c->pid_path));
	if (c->vrrp_pid_path[0] == '\0')
		(void)strlcpy(c->vrrp_pid_path, DEFAULT_VRRP,
		    sizeof(c->vrrp_pid_path));
	(void)strlcpy(c->rundir, RUNDIR, sizeof(c->rundir));
	if (strcmp(c->pid_path, DEFAULT_PID) == 0 ||
	    strcmp(c->pid_path, "/var" DEFAULT_PID) == 0)
		return;
	hash = 2166136261U;	/* FNV-1a: short enough for a socket's name */
	for (p = c->pid_path; *p != '\0'; p++)
		hash = (hash ^ (uint8_t)*p) * 16777619U;
	(void)snprintf(c->rundir, sizeof(c->rundir), RUNDIR "-%08x", hash);
}

/* The daemon's own folder is the root: a path must not depend on it. */
static void
absolute(char *out, const char *path, char letter)
{
	char	 cwd[PATH_LEN];
	int	 len;

	if (path[0] == '\0')
		errx(1, "-%c: empty path", letter);
	cwd[0] = '\0';
	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		err(1, "-%c %s: current folder", letter, path);
	len = snprintf(out, PATH_LEN, "%s%s%s", cwd, path[0] != '/' ? "/" : "",
	    path);
	if (len >= PATH_LEN)
		errx(1, "-%c %s: path is too long", letter, path);
}

void
opt_say_ignored(const struct compat *c)
{
	size_t	 i;

	for (i = 0; i < IGNORED_CNT; i++)
		if ((c->ignored & 1ULL << i) != 0)
			log_info("%s has no effect: %s", ignored[i].name,
			    ignored[i].why);
}

static __dead2 void
signum(const char *name)
{
	const struct {
		const char	*name;
		int		 number;
	} list[] = {
		{ "STOP", SIGTERM }, { "RELOAD", SIGHUP },
		{ "DATA", SIGUSR1 }, { "STATS", SIGUSR2 },
		{ "STATS_CLEAR", COMPAT_SIG_CLEAR },
		{ "JSON", COMPAT_SIG_JSON }
	};
	size_t	 i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (strcmp(list[i].name, name) != 0)
			continue;
		printf("%d\n", list[i].number);
		exit(0);
	}
	errx(1, "--signum=%s: no such signal (STOP, RELOAD, DATA, STATS, "
	    "STATS_CLEAR, JSON)", name);
}

/* On stderr, and no blank in the brackets: that is what is looked for. */
static __dead2 void
version(void)
{
	fprintf(stderr, "Keepalived v" COMPAT_VERSION " (vrrpd-"
	    VRRPD_VERSION ")\n\n"
	    "vrrpd %s under the name of keepalived; see keepalived(8)\n",
	    VRRPD_VERSION);
	exit(0);
}

static __dead2 void
usage(int status)
{
	(void)fputs(help, stderr);
	exit(status);
}
