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

/* Shows what vrrpd does and tells it what to do. Runs in: vrrpctl. */

#include <sys/ioctl.h>

#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "complete.h"
#include "ctl.h"
#include "forms.h"
#include "log.h"
#include "mono.h"
#include "parser.h"
#include "scan.h"
#include "snap.h"
#include "view.h"

/* Names of instances, for requests about all of them. */
struct names {
	char	(*name)[NAME_LEN];
	size_t	 cnt;
	size_t	 cap;
};

/* A row that was received. */
enum row {
	ROW_MORE = 0,
	ROW_END,
	ROW_BAD
};

static void	 complain(const char *, ...) __printflike(1, 2);
static enum client_status run(struct client *, const struct request *,
		    struct view *);
static enum client_status each(struct client *, const struct request *,
		    struct view *);
static enum client_status one(struct client *, const struct request *,
		    const char *, struct view *);
static enum client_status ask(struct client *, const struct request *,
		    const char *);
static enum client_status names_get(struct client *, struct view *,
		    struct names *);
static enum client_status objects_get(struct client *, struct view *);
static void	 names_add(struct names *, const char *);
static enum client_status malformed(struct client *, const struct imsg *);
static enum row	 take_row(struct view *, const struct imsg *);
static enum row	 take_other(struct view *, const struct imsg *, struct msg *);
static bool	 is_about_inst(enum action);
static bool	 is_health(enum action);
static bool	 is_metrics(enum action);
static bool	 is_switch(enum action);
static bool	 is_reading(enum action);
static int64_t	 patience(enum action);
static enum client_status converse(const struct request *, struct view *,
		    const char *, bool);
static void	 look_at_terminal(struct view *);
static void	 check_form(const struct view *, enum action, bool);
static enum client_status print_form(const struct request *, const char *);
static void	 check_file(const char *) __dead2;
static void	 other_program(const struct request *, const char *,
		    struct view *) __dead2;

static const struct option	 longopts[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "format", required_argument, NULL, 'F' },
	{ "json", no_argument, NULL, 'j' },
	{ "socket", required_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

int
main(int argc, char *argv[])
{
	struct request	 req;
	struct view	 view;
	const char	*path = NULL;
	bool		 foreign = false;
	int		 ch;

	memset(&view, 0, sizeof(view));
	view.ops = view_text();
	while ((ch = getopt_long(argc, argv, "+hjs:V", longopts, NULL)) != -1) {
		switch (ch) {
		case 'F':
			if (strcmp(optarg, "keepalived") != 0)
				errx(CLIENT_USAGE, "no form \"%s\", but "
				    "\"keepalived\"", optarg);
			foreign = true;
			break;
		case 'h':
			parse_help(stdout);
			return (CLIENT_OK);
		case 'j':
			view.ops = view_json();
			break;
		case 's':
			path = optarg;
			break;
		case 'V':
			printf("vrrpctl %s\n", VRRPD_VERSION);
			return (CLIENT_OK);
		default:
			parse_usage(stderr);
			return (CLIENT_USAGE);
		}
	}
	if (optind < argc && strcmp(argv[optind], "complete") == 0)
		return (complete(longopts, argc - optind - 1,
		    argv + optind + 1));
	if (parse(&req, argc - optind, argv + optind, stderr) == -1)
		return (CLIENT_USAGE);
	if (req.action == ACT_HELP) {
		parse_help(stdout);
		return (CLIENT_OK);
	}
	if (req.action == ACT_CHECK || req.action == ACT_DOCTOR ||
	    req.action == ACT_SERVE || req.action == ACT_TOP)
		other_program(&req, path, &view);
	if (req.action == ACT_SCAN)
		return (scan_command(req.name, req.for_us != 0 ? req.for_us :
		    SCAN_US, view.ops == view_json()));

	check_form(&view, req.action, foreign);
	return ((int)converse(&req, &view, path, foreign));
}

static enum client_status
converse(const struct request *req, struct view *view, const char *path,
    bool foreign)
{
	struct sigaction	 sa;
	struct client		 client;
	enum client_status	 status;

	/* A reader or a daemon that goes is an error like others. */
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	if (foreign || is_metrics(req->action))
		return (print_form(req, path));
	view->action = req->action;
	view->fp = stdout;
	look_at_terminal(view);
	status = client_open(&client, path, is_reading(req->action),
	    is_health(req->action) ? CLIENT_PROBE_US : CLIENT_SHOW_US);
	if (status == CLIENT_OK)
		status = run(&client, req, view);
	if (client.error[0] != '\0')
		complain("%s", client.error);
	client_close(&client);
	if (fflush(stdout) == EOF && status == CLIENT_OK) {
		warn("standard output");
		status = CLIENT_REFUSED;
	}
	return (status);
}

static void
complain(const char *fmt, ...)
{
	va_list	 ap;
	char	 text[2048], safe[sizeof(text) * 4];

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)fflush(stdout);
	fprintf(stderr, "vrrpctl: %s\n", format_safe(safe, sizeof(safe),
	    text));
}

/* Colours and short lines only where somebody looks at them. */
static void
look_at_terminal(struct view *v)
{
	struct winsize	 ws;
	const char	*term;

	if (v->ops != view_text() || !isatty(STDOUT_FILENO))
		return;
	term = getenv("TERM");
	v->colour = term != NULL && strcmp(term, "dumb") != 0 &&
	    getenv("NO_COLOR") == NULL;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col >= 40)
		v->width = ws.ws_col;
}

static bool
is_about_inst(enum action action)
{
	return (action == ACT_SHOW_INST || action == ACT_SHOW_TRACE ||
	    action == ACT_SHOW_COUNTERS || action == ACT_WHY);
}

static bool
is_health(enum action action)
{
	return (action >= ACT_HEALTH && action <= ACT_HEALTH_MASTER);
}

static bool
is_metrics(enum action action)
{
	return (action == ACT_SHOW_METRICS || action == ACT_SHOW_COMPAT);
}

static bool
is_switch(enum action action)
{
	return (action == ACT_STANDBY || action == ACT_TAKEOVER ||
	    action == ACT_RESUME || action == ACT_MAINT_ON ||
	    action == ACT_MAINT_OFF);
}

static bool
is_reading(enum action action)
{
	return (action >= ACT_SHOW && action <= ACT_HEALTH_MASTER);
}

static int64_t
patience(enum action action)
{
	if (is_health(action))
		return (CLIENT_PROBE_US);
	if (action == ACT_MONITOR)
		return (CLIENT_WATCH_US);
	if ((action >= ACT_RELOAD && action <= ACT_ROLLBACK) ||
	    is_switch(action))
		return (CLIENT_LONG_US);
	return (CLIENT_SHOW_US);
}

static enum client_status
run(struct client *c, const struct request *req, struct view *v)
{
	enum client_status	 status;

	v->now_us = mono_us();
	v->ops->begin(v);
	if (req->action == ACT_WHY)
		why_begin(v);
	if (req->action == ACT_WHY &&
	    (status = objects_get(c, v)) != CLIENT_OK)
		;
	else if (is_about_inst(req->action) && req->all)
		status = each(c, req, v);
	else
		status = one(c, req, req->all && !is_switch(req->action) ? "" :
		    req->name, v);
	if (status == CLIENT_OK && is_health(req->action) &&
	    !health_end(v)) {
		complain("not ok: %s", v->why);
		status = CLIENT_REFUSED;
	}
	if (req->action == ACT_WHY)
		why_end(v);
	v->complete = status == CLIENT_OK;
	v->ops->end(v);
	return (status);
}

/* What explains why a tracked object is bad. */
static enum client_status
objects_get(struct client *c, struct view *v)
{
	struct request		 req;
	enum client_status	 status;

	memset(&req, 0, sizeof(req));
	req.action = v->action = ACT_WHY_OBJECTS;
	status = one(c, &req, "", v);
	v->action = ACT_WHY;
	v->now_us = mono_us();
	return (status);
}

/* All instances, one after the other; the worst status. */
static enum client_status
each(struct client *c, const struct request *req, struct view *v)
{
	enum client_status	 status, worst;
	struct names		 names;
	size_t			 i;

	memset(&names, 0, sizeof(names));
	worst = names_get(c, v, &names);
	for (i = 0; i < names.cnt && c->error[0] == '\0'; i++) {
		status = one(c, req, names.name[i], v);
		if (status > worst)
			worst = status;
	}
	free(names.name);
	return (worst);
}

/* One request and all of its answer. */
static enum client_status
one(struct client *c, const struct request *req, const char *name,
    struct view *v)
{
	struct ctl_result	 result;
	enum client_status	 status;
	struct imsg		 im;
	struct msg		 m;

	if ((status = ask(c, req, name)) != CLIENT_OK)
		return (status);
	for (;;) {
		status = client_read(c, &im, patience(req->action));
		if (status == CLIENT_NOBODY &&
		    patience(req->action) == CLIENT_LONG_US)
			status = CLIENT_REFUSED;	/* it is there */
		if (status != CLIENT_OK)
			return (status);
		if (im.type == IMSG_CTL_RESULT) {
			msg_init_read(&m, im.data, im.len);
			if (ctl_result_get(&m, &result) == -1)
				return (malformed(c, &im));
			v->ops->result(v, name, &result);
			if (result.code == CTL_OK)
				return (CLIENT_OK);
			complain("%s", result.text);
			return (CLIENT_REFUSED);
		}
		switch (take_row(v, &im)) {
		case ROW_MORE:
			break;
		case ROW_END:
			if (!is_reading(req->action))
				return (malformed(c, &im));
			if (req->action == ACT_WHY)
				why_tell(v);
			return (CLIENT_OK);
		case ROW_BAD:
			return (malformed(c, &im));
		}
	}
}

static enum client_status
malformed(struct client *c, const struct imsg *im)
{
	(void)snprintf(c->error, sizeof(c->error),
	    "malformed answer from %s (%s)", c->path, imsg_name(im->type));
	return (CLIENT_REFUSED);
}

static enum client_status
ask(struct client *c, const struct request *req, const char *name)
{
	static const uint16_t	 types[] = {
		[ACT_SHOW] = IMSG_CTL_SHOW,
		[ACT_SHOW_INST] = IMSG_CTL_SHOW_INST,
		[ACT_SHOW_SCRIPTS] = IMSG_CTL_SHOW_SCRIPTS,
		[ACT_SHOW_IFACES] = IMSG_CTL_SHOW_IFACES,
		[ACT_SHOW_TRACE] = IMSG_CTL_SHOW_TRACE,
		[ACT_SHOW_GROUPS] = IMSG_CTL_SHOW_GROUPS,
		[ACT_SHOW_COUNTERS] = IMSG_CTL_SHOW_INST,
		[ACT_WHY] = IMSG_CTL_SHOW_INST,
		[ACT_WHY_OBJECTS] = IMSG_CTL_SHOW_SCRIPTS,
		[ACT_MONITOR] = IMSG_CTL_MONITOR,
		[ACT_HISTORY] = IMSG_CTL_SHOW_HISTORY,
		[ACT_HEALTH] = IMSG_CTL_SHOW,
		[ACT_HEALTH_LIVE] = IMSG_CTL_SHOW,
		[ACT_HEALTH_MASTER] = IMSG_CTL_SHOW,
		[ACT_RELOAD] = IMSG_CTL_RELOAD,
		[ACT_DRY_RUN] = IMSG_CTL_DRY_RUN,
		[ACT_TRY] = IMSG_CTL_COMMIT,
		[ACT_CONFIRM] = IMSG_CTL_COMMIT,
		[ACT_ROLLBACK] = IMSG_CTL_COMMIT,
		[ACT_LOG_BRIEF] = IMSG_CTL_LOG,
		[ACT_LOG_VERBOSE] = IMSG_CTL_LOG,
		[ACT_STANDBY] = IMSG_CTL_SWITCH,
		[ACT_TAKEOVER] = IMSG_CTL_SWITCH,
		[ACT_RESUME] = IMSG_CTL_SWITCH,
		[ACT_MAINT_ON] = IMSG_CTL_MAINT,
		[ACT_MAINT_OFF] = IMSG_CTL_MAINT
	};
	struct ctl_switch	 sw;
	struct msg		 m;
	uint8_t			 buf[256];
	uint16_t		 type;

	msg_init_write(&m, buf, sizeof(buf));
	type = types[req->action];
	if (type == IMSG_CTL_SWITCH) {
		memset(&sw, 0, sizeof(sw));
		sw.verb = req->action == ACT_STANDBY ? CTL_STANDBY :
		    req->action == ACT_TAKEOVER ? CTL_TAKEOVER : CTL_RESUME;
		sw.now = req->now;
		sw.for_us = req->for_us;
		(void)strlcpy(sw.name, name, sizeof(sw.name));
		ctl_switch_put(&m, &sw);
	} else if (type == IMSG_CTL_MAINT)
		msg_put_bool(&m, req->action == ACT_MAINT_ON);
	else if (type == IMSG_CTL_COMMIT) {
		msg_put_u8(&m, req->action == ACT_TRY ? COMMIT_TRY :
		    req->action == ACT_CONFIRM ? COMMIT_CONFIRM :
		    COMMIT_ROLLBACK);
		msg_put_s64(&m, req->for_us);
	} else if (type == IMSG_CTL_LOG)
		msg_put_u8(&m, req->action == ACT_LOG_VERBOSE ?
		    LOGL_VERBOSE : LOGL_BRIEF);
	else if (type == IMSG_CTL_SHOW || type == IMSG_CTL_SHOW_HISTORY ||
	    type == IMSG_CTL_MONITOR ||
	    is_about_inst(req->action))
		msg_put_str(&m, name);
	return (client_send(c, type, &m));
}

static enum client_status
names_get(struct client *c, struct view *v, struct names *names)
{
	struct request		 req;
	struct ctl_result	 result;
	struct ctl_daemon	 daemon;
	enum client_status	 status;
	struct ctl_inst		 inst;
	struct imsg		 im;
	struct msg		 m;

	memset(&req, 0, sizeof(req));
	req.action = ACT_SHOW;
	if ((status = ask(c, &req, "")) != CLIENT_OK)
		return (status);
	for (;;) {
		status = client_read(c, &im, CLIENT_SHOW_US);
		if (status != CLIENT_OK || im.type == IMSG_CTL_END)
			return (status);
		msg_init_read(&m, im.data, im.len);
		if (im.type == IMSG_CTL_RESULT &&
		    ctl_result_get(&m, &result) == 0) {
			(void)snprintf(c->error, sizeof(c->error), "%s",
			    result.text);
			return (CLIENT_REFUSED);
		}
		if (im.type == IMSG_CTL_DAEMON &&
		    ctl_daemon_get(&m, &daemon) == 0) {
			if (v->action == ACT_SHOW_COUNTERS)
				v->ops->engine(v, &daemon);
			continue;
		}
		if (im.type != IMSG_CTL_INST ||
		    ctl_inst_get(&m, &inst) == -1)
			return (malformed(c, &im));
		names_add(names, inst.name);
	}
}

static void
names_add(struct names *names, const char *name)
{
	if (names->cnt == names->cap) {
		names->cap = names->cap == 0 ? 16 : names->cap * 2;
		names->name = reallocarray(names->name, names->cap,
		    sizeof(*names->name));
		if (names->name == NULL)
			err(1, NULL);
	}
	(void)strlcpy(names->name[names->cnt++], name, NAME_LEN);
}

static enum row
take_row(struct view *v, const struct imsg *im)
{
	union {
		struct ctl_daemon	 daemon;
		struct ctl_inst		 inst;
		struct ctl_detail	 detail;
		struct ctl_vip		 vip;
		struct ctl_track	 track;
		struct ctl_counter	 counter;
	}		 row;
	struct msg	 m;
	int		 status;

	msg_init_read(&m, im->data, im->len);
	if (im->type == IMSG_CTL_DAEMON) {
		status = ctl_daemon_get(&m, &row.daemon);
		if (status == 0) {
			v->now_us = row.daemon.now_us;
			if (is_health(v->action))
				health_daemon(v, &row.daemon);
			v->ops->daemon(v, &row.daemon);
		}
	} else if (is_health(v->action) && im->type == IMSG_CTL_INST) {
		if ((status = ctl_inst_get(&m, &row.inst)) == 0)
			health_inst(v, &row.inst);
	} else if (v->action != ACT_SHOW && v->action != ACT_SHOW_INST &&
	    v->action != ACT_SHOW_COUNTERS && v->action != ACT_WHY)
		return (take_other(v, im, &m));
	else if (im->type == IMSG_CTL_INST) {
		if ((status = ctl_inst_get(&m, &row.inst)) == 0) {
			v->ops->inst(v, &row.inst);
			if (v->action == ACT_WHY)
				why_inst(v, &row.inst);
		}
	} else if (im->type == IMSG_CTL_DETAIL) {
		if ((status = ctl_detail_get(&m, &row.detail)) == 0) {
			v->ops->detail(v, &row.detail);
			if (v->action == ACT_WHY)
				why_detail(v, &row.detail);
		}
	} else if (im->type == IMSG_CTL_VIP) {
		if ((status = ctl_vip_get(&m, &row.vip)) == 0)
			v->ops->vip(v, &row.vip);
	} else if (im->type == IMSG_CTL_TRACK) {
		if ((status = ctl_track_get(&m, &row.track)) == 0) {
			v->ops->track(v, &row.track);
			if (v->action == ACT_WHY)
				why_track(v, &row.track);
		}
	} else if (im->type == IMSG_CTL_COUNTER) {
		if ((status = ctl_counter_get(&m, &row.counter)) == 0) {
			v->ops->counter(v, &row.counter);
			if (v->action == ACT_WHY)
				why_counter(v, &row.counter);
		}
	} else
		return (take_other(v, im, &m));
	return (status == 0 ? ROW_MORE : ROW_BAD);
}

/* A row goes only into the answer that has such rows. */
static enum row
take_other(struct view *v, const struct imsg *im, struct msg *m)
{
	struct ctl_script	 script;
	struct ctl_iface	 iface;
	struct ctl_group	 group;
	struct ctl_member	 member;
	struct ctl_event	 event;
	struct ctl_note		 happened;
	struct ctl_part		 part;
	struct ctl_msg		 note;
	char			 line[TEXT_LEN];

	if (im->type == IMSG_CTL_IFACE && v->action == ACT_SHOW_IFACES) {
		if (ctl_iface_get(m, &iface) == -1)
			return (ROW_BAD);
		v->ops->iface(v, &iface);
	} else if (im->type == IMSG_CTL_SCRIPT &&
	    (v->action == ACT_SHOW_SCRIPTS ||
	    v->action == ACT_WHY_OBJECTS)) {
		if (ctl_script_get(m, &script) == -1)
			return (ROW_BAD);
		if (v->action == ACT_WHY_OBJECTS)
			why_object(v, &script);
		else
			v->ops->script(v, &script);
	} else if (im->type == IMSG_CTL_GROUP &&
	    v->action == ACT_SHOW_GROUPS) {
		if (ctl_group_get(m, &group) == -1)
			return (ROW_BAD);
		v->ops->group(v, &group);
	} else if (im->type == IMSG_CTL_MEMBER &&
	    v->action == ACT_SHOW_GROUPS) {
		if (ctl_member_get(m, &member) == -1)
			return (ROW_BAD);
		v->ops->member(v, &member);
	} else if (im->type == IMSG_CTL_EVENT && v->action == ACT_HISTORY) {
		if (ctl_event_get(m, &event) == -1)
			return (ROW_BAD);
		v->ops->event(v, &event);
	} else if (im->type == IMSG_CTL_NOTE && v->action == ACT_MONITOR) {
		if (ctl_note_get(m, &happened) == -1)
			return (ROW_BAD);
		if (happened.kind != NOTE_ALIVE || happened.lost > 0)
			v->ops->note(v, &happened);
		/* Whoever reads it may have gone. */
		if (fflush(v->fp) == EOF)
			err(CLIENT_REFUSED, "standard output");
	} else if (im->type == IMSG_CTL_TRACE_LINE &&
	    v->action == ACT_SHOW_TRACE) {
		msg_get_str(m, line, sizeof(line));
		if (msg_end(m) == -1)
			return (ROW_BAD);
		v->ops->trace(v, line);
	} else if (im->type == IMSG_CTL_PART && is_switch(v->action)) {
		if (ctl_part_get(m, &part) == -1)
			return (ROW_BAD);
		v->ops->result(v, part.name, &part.result);
		if (part.result.code != CTL_OK)
			complain("%s", part.result.text);
	} else if (im->type == IMSG_CTL_MSG && !is_reading(v->action)) {
		if (ctl_msg_get(m, &note) == -1)
			return (ROW_BAD);
		v->ops->msg(v, &note);
	} else
		return (im->type == IMSG_CTL_END && im->len == 0 ? ROW_END :
		    ROW_BAD);
	return (ROW_MORE);
}

/* Ends the program where the form does not fit the command. */
static void
check_form(const struct view *v, enum action action, bool foreign)
{
	bool	 json = v->ops == view_json();

	if (foreign && (!json || action != ACT_SHOW))
		errx(CLIENT_USAGE, "--format is for \"-j show\"");
	if (json && is_metrics(action))
		errx(CLIENT_USAGE, "metrics have a form of their own: "
		    "not with -j");
}

/* Everything at once, or nothing but a complaint. */
static enum client_status
print_form(const struct request *req, const char *path)
{
	enum client_status	 status;
	struct timespec		 ts;
	struct snap		 snap;
	char			 error[1024];

	memset(&snap, 0, sizeof(snap));
	status = snap_ask(&snap, path, req->action == ACT_SHOW_METRICS,
	    CLIENT_SHOW_US, error, sizeof(error));
	if (status != CLIENT_OK) {
		complain("%s", error);
		return (status);
	}
	(void)timespec_get(&ts, TIME_UTC);
	if (req->action == ACT_SHOW_METRICS)
		metrics_print(stdout, &snap);
	else if (req->action == ACT_SHOW_COMPAT)
		metrics_compat(stdout, &snap);
	else if (kajson_print(stdout, &snap, ts.tv_sec * US_PER_SEC +
	    ts.tv_nsec / 1000) == -1)
		err(CLIENT_REFUSED, NULL);
	snap_free(&snap);
	if (fflush(stdout) == EOF)
		err(CLIENT_REFUSED, "standard output");
	return (CLIENT_OK);
}

static void
check_file(const char *file)
{
	struct request	 req;

	memset(&req, 0, sizeof(req));
	req.action = ACT_CHECK;
	req.file = file;
	other_program(&req, NULL, NULL);
}

/* Commands that are programs of their own. */
static void
other_program(const struct request *req, const char *path, struct view *v)
{
	const char	*words[8];
	size_t		 n = 0;
	bool		 json = v != NULL && v->ops == view_json();

	if (json && req->action == ACT_CHECK)
		exit(check_json(v, req->file, check_file));
	if (json && req->action != ACT_DOCTOR)
		errx(CLIENT_USAGE, "there is no JSON of this: not with -j");
	words[n++] = req->action == ACT_CHECK ? "vrrpd" :
	    req->action == ACT_SERVE ? "vrrpctl-serve" :
	    req->action == ACT_TOP ? "vrrpctl-top" : "vrrpctl-doctor";
	if (json)
		words[n++] = "-j";
	if (req->action == ACT_CHECK) {
		words[n++] = "-n";
		words[n++] = "-f";
	} else if (path != NULL) {
		words[n++] = "-s";
		words[n++] = path;
	}
	if (req->hosts != NULL) {
		words[n++] = "-n";
		words[n++] = req->hosts;
	}
	if (req->file != NULL)
		words[n++] = req->file;
	words[n] = NULL;
	become(req->action == ACT_CHECK ? SBINDIR : LIBEXECDIR, words);
}
