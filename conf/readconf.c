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
 * Reads a configuration: for the parent over descriptor 3, or for a person.
 * Runs in: readconf.
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "imsg.h"
#include "log.h"
#include "parse.h"
#include "wire.h"

#define DEFINES_MAX	256

struct args {
	const char	*file;
	const char	*defines[DEFINES_MAX];
	struct load_opts opts;
	bool		 check;		/* -n: for a person */
	bool		 only_read;	/* -N: a dry run */
	unsigned int	 verbose;	/* -v, -vv */
	bool		 warnings_count;	/* -W */
};

/* Said when nothing else stands against the configuration. */
static const struct conf_msg	 strict = {
	.severity = CONF_ERROR,
	.text = "warnings count as errors (-W)"
};

static __dead2 void usage(void);
static void	 args_parse(struct args *, int, char **);
static int	 check(const struct args *);
static void	 check_report(void *, const struct conf_msg *);
static int	 load(const struct args *);
static void	 load_report(void *, const struct conf_msg *);
static int	 load_send(void *, uint16_t, uint32_t, const struct msg *);
static void	 send_now(struct imsgbuf *, uint16_t, uint32_t,
		    const struct msg *);

int
main(int argc, char **argv)
{
	struct args	 args;

	args_parse(&args, argc, argv);
	return (args.check ? check(&args) : load(&args));
}

static void
usage(void)
{
	(void)fprintf(stderr, "usage: readconf [-nNPvW] [-D macro=value] "
	    "[-i config-id] -f file\n");
	exit(1);
}

static void
args_parse(struct args *args, int argc, char **argv)
{
	int	 ch;

	memset(args, 0, sizeof(*args));
	while ((ch = getopt(argc, argv, "D:f:i:KnNPvW")) != -1) {
		switch (ch) {
		case 'D':
			if (args->opts.define_cnt == DEFINES_MAX)
				errx(1, "more than %d definitions",
				    DEFINES_MAX);
			args->defines[args->opts.define_cnt++] = optarg;
			break;
		case 'f':
			args->file = optarg;
			break;
		case 'i':
			args->opts.config_id = optarg;
			break;
		case 'K':
			conf_words_print(stdout);
			exit(0);
		case 'n':
			args->check = true;
			args->opts.check_ifaces = true;
			break;
		case 'N':
			args->only_read = true;
			break;
		case 'P':
			args->opts.vrrp_only = true;
			break;
		case 'v':
			args->verbose++;
			break;
		case 'W':
			args->warnings_count = true;
			break;
		default:
			usage();
		}
	}
	if (optind < argc || args->file == NULL)
		usage();
	args->opts.defines = args->defines;
	args->opts.save = !args->check && !args->only_read;
	args->opts.numbers = args->check && args->verbose > 0;
}

/* All problems to stderr, and with -v the canonical form to stdout. */
static int
check(const struct args *args)
{
	struct conf		*conf;
	struct load_counts	 cnt;
	bool			 good;

	conf = conf_load(args->file, &args->opts, check_report, NULL, &cnt);
	if (cnt.errors + cnt.warnings > 0)
		(void)fprintf(stderr, "%s: %u error%s, %u warning%s\n",
		    args->file, cnt.errors, cnt.errors == 1 ? "" : "s",
		    cnt.warnings, cnt.warnings == 1 ? "" : "s");
	good = conf != NULL && (cnt.warnings == 0 || !args->warnings_count);
	if (conf != NULL && args->verbose > 0 &&
	    (conf_print(stdout, conf, args->verbose > 1) == -1 ||
	    fflush(stdout) == EOF)) {
		warn("stdout");
		good = false;
	}
	conf_free(conf);
	return (good ? 0 : 1);
}

static void
check_report(void *arg, const struct conf_msg *cm)
{
	conf_msg_print(stderr, cm);
}

/* The parent takes what it gets and judges by the end; we may block. */
static int
load(const struct args *args)
{
	struct hello		 hello;
	struct imsgbuf		 ibuf;
	struct conf		*conf;
	struct load_counts	 cnt;
	int			 rc = 1;

	log_init("readconf", log_sink_stderr, NULL);
	child_hello(ROLE_READCONF, &hello);
	child_confine(&hello, NULL);
	child_ready();
	if (imsgbuf_init(&ibuf, CHILD_FD) == -1)
		fatal("descriptor %d", CHILD_FD);
	log_init("readconf", child_log_sink, &ibuf);
	conf = conf_load(args->file, &args->opts, load_report, &ibuf, &cnt);
	if (conf != NULL && (cnt.warnings == 0 || !args->warnings_count)) {
		if (wire_send(conf, WIRE_ALL, load_send, NULL, &ibuf) == -1)
			fatal("%s: too large for a message", args->file);
		rc = 0;
	} else if (conf != NULL)
		load_report(&ibuf, &strict);
	conf_free(conf);
	imsgbuf_clear(&ibuf);
	return (rc);
}

static void
load_report(void *arg, const struct conf_msg *cm)
{
	struct msg	 m;
	uint8_t		 buf[sizeof(*cm) + 64];

	msg_init_write(&m, buf, sizeof(buf));
	conf_msg_put(&m, cm);
	send_now(arg, IMSG_CONF_MSG, cm->line, &m);
}

static int
load_send(void *arg, uint16_t type, uint32_t id, const struct msg *m)
{
	send_now(arg, type, id, m);
	return (0);
}

static void
send_now(struct imsgbuf *ibuf, uint16_t type, uint32_t id,
    const struct msg *m)
{
	struct pollfd	 pfd;
	int		 rc;

	if (m->error || imsg_compose(ibuf, type, id, 0, 0, -1, m->buf,
	    m->len) == -1)
		fatalx("%s does not fit a message", imsg_name(type));
	while ((rc = imsg_flush(ibuf)) == 1) {
		pfd.fd = ibuf->fd;
		pfd.events = POLLOUT;
		if (poll(&pfd, 1, -1) == -1 && errno != EINTR)
			fatal("poll");
	}
	if (rc == -1)
		exit(1);		/* the parent is gone: nobody to tell */
}
