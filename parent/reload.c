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
 * Loading a configuration: readconf is started, watched and listened to, and
 * whoever asked gets its messages and the result. The first configuration is
 * loaded in the same way. Runs in: parent.
 */

#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "ctl.h"
#include "mono.h"
#include "parent.h"
#include "sock.h"
#include "wire.h"

#define CONF_PHASES	CHILD_CONFIGURING
#define CONF_RULE(min)	{ FROM_READCONF, CONF_PHASES, 0, (min), \
    IMSG_DATA_MAX, reload_conf }

static int	 reload_conf(void *, struct imsg *);
static int	 reload_msg(void *, struct imsg *);
static void	 reload_diag(struct parent *, const struct conf_msg *);
static void	 reload_caret(struct parent *, const struct conf_msg *);
static void	 reload_end(struct parent *, enum ctl_code, const char *);
static void	 reload_mark(const struct parent *, bool);
static void	 on_timer(evutil_socket_t, short, void *);

static const struct imsg_rule reload_rules[IMSG_TYPE_MAX] = {
	[IMSG_READY] = { FROM_READCONF, CHILD_HELLO, 0, 1, 128, proc_ready },
	[IMSG_CONF_BEGIN] = CONF_RULE(1),
	[IMSG_CONF_GLOBAL] = CONF_RULE(1),
	[IMSG_CONF_IFACE] = CONF_RULE(1),
	[IMSG_CONF_GROUP] = CONF_RULE(1),
	[IMSG_CONF_INST] = CONF_RULE(1),
	[IMSG_CONF_VIP] = CONF_RULE(1),
	[IMSG_CONF_PEER] = CONF_RULE(1),
	[IMSG_CONF_TRACK] = CONF_RULE(1),
	[IMSG_CONF_SCRIPT] = CONF_RULE(1),
	[IMSG_CONF_FILE] = CONF_RULE(1),
	[IMSG_CONF_PROCESS] = CONF_RULE(1),
	[IMSG_CONF_HOOK] = CONF_RULE(1),
	[IMSG_CONF_MAIL] = CONF_RULE(1),
	[IMSG_CONF_NOTIFY] = CONF_RULE(1),
	[IMSG_CONF_ROUTE] = CONF_RULE(1),
	[IMSG_CONF_RULE] = CONF_RULE(1),
	[IMSG_CONF_STATIC] = CONF_RULE(1),
	[IMSG_CONF_END] = CONF_RULE(1),
	[IMSG_CONF_MSG] = { FROM_READCONF, CONF_PHASES, 0, 1, IMSG_DATA_MAX,
	    reload_msg },
	[IMSG_LOG] = { FROM_READCONF, CHILD_HELLO | CHILD_CONFIGURING |
	    CHILD_RUNNING, 0, 3, 1100, proc_log }
};

const struct peer_ops reload_ops = {
	.rules = reload_rules,
	.from = FROM_READCONF,
	.phase = proc_phase,
	.gen = proc_gen,
	.gone = proc_gone
};

static const char *const severities[CONF_SEVERITY_MAX] = {
	[CONF_NOTE] = "note",
	[CONF_WARNING] = "warning",
	[CONF_ERROR] = "error"
};

void
reload_init(struct parent *p)
{
	if (event_assign(&p->reload.timer, p->base, -1, 0, on_timer, p) == -1)
		fatalx("event_assign");
}

/*
 * Begins to load; conn (0: nobody) gets the result. While one is under way
 * the wish for another is remembered, once.
 */
void
reload_begin(struct parent *p, uint32_t conn)
{
	struct reload	*r = &p->reload;
	struct timeval	 tv;

	if (r->state != RELOAD_IDLE) {
		r->again = true;
		reload_wait(p, &r->next, conn);
		return;
	}
	reload_wait(p, &r->conns, conn);
	if (p->state == PARENT_RUNNING && !r->dry)
		sd_notify(p, "RELOADING=1\nMONOTONIC_USEC=%lld\n"
		    "STATUS=Reloading", (long long)mono_us());
	r->errors = r->warnings = 0;
	if (p->confirm.kept != NULL && r->confirm_us == 0 && !r->dry) {
		reload_refuse(p, "the last reload waits to be confirmed: "
		    "\"vrrpctl confirm\" or \"vrrpctl rollback\" first");
		return;
	}
	r->state = RELOAD_LOADING;
	reload_mark(p, true);
	if ((r->in = wire_in_new(WIRE_ALL, ++p->gen_last)) == NULL)
		fatal("configuration");
	(void)event_add(&r->timer, proc_tv(&tv, LOAD_LIMIT_US));
	r->readconf = proc_new(p, ROLE_READCONF, NULL);
	proc_start(r->readconf);
}

/* reload_file is there as long as the configuration is being read. */
static void
reload_mark(const struct parent *p, bool on)
{
	const char	*path;
	int		 fd;

	if (p->conf == NULL || p->conf->global.reload_file[0] == '\0')
		return;
	path = p->conf->global.reload_file;
	if (!on) {
		if (unlink(path) == -1)
			log_warn("%s: unlink", path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC, 0644);
	if (fd == -1)
		log_warn("reload_file %s", path);
	else
		(void)close(fd);
}

/* What a reload would do; not while one is under way. */
void
reload_try(struct parent *p, uint32_t conn)
{
	if (p->reload.state != RELOAD_IDLE) {
		reload_answer(p, conn, CTL_ERR_BUSY, "a reload is under way");
		return;
	}
	p->reload.dry = true;
	reload_begin(p, conn);
}

/* Those that went away meanwhile have their places, too. */
void
reload_wait(struct parent *p, struct reload_conns *conns, uint32_t conn)
{
	if (conn == 0)
		return;
	if (conns->cnt < MAX_CTL_CONNS)
		conns->id[conns->cnt++] = conn;
	else
		reload_answer(p, conn, CTL_ERR_BUSY, "a reload is under way, "
		    "and too many wait for it");
}

static int
reload_conf(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct reload	*r = &c->p->reload;
	char		 why[TEXT_LEN];

	switch (wire_in_take(r->in, im, why, sizeof(why))) {
	case 0:
		return (0);
	case 1:
		/* It has nothing more to say, and ends. */
		c->phase = CHILD_RUNNING;
		return (0);
	default:
		log_warnx("%s: %s: %s", c->name, imsg_name(im->type), why);
		return (-1);
	}
}

static int
reload_msg(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct conf_msg	 cm;
	struct msg	 m;

	msg_init_read(&m, im->data, im->len);
	if (conf_msg_get(&m, &cm) == -1)
		return (-1);
	if (cm.severity == CONF_ERROR)
		c->p->reload.errors++;
	else if (cm.severity == CONF_WARNING)
		c->p->reload.warnings++;
	reload_diag(c->p, &cm);
	return (0);
}

/* One problem: a line for the log; the place in the file for people. */
static void
reload_diag(struct parent *p, const struct conf_msg *cm)
{
	char	 place[PATH_LEN + 32];

	place[0] = '\0';
	if (cm->file[0] != '\0' && cm->line != 0 && cm->col != 0)
		(void)snprintf(place, sizeof(place), "%s:%u:%u: ", cm->file,
		    cm->line, cm->col);
	else if (cm->file[0] != '\0' && cm->line != 0)
		(void)snprintf(place, sizeof(place), "%s:%u: ", cm->file,
		    cm->line);
	else if (cm->file[0] != '\0')
		(void)snprintf(place, sizeof(place), "%s: ", cm->file);
	log_at(cm->severity == CONF_ERROR ? LOG_ERR :
	    cm->severity == CONF_WARNING ? LOG_WARNING : LOG_INFO,
	    "%s%s: %s", place, severities[cm->severity], cm->text);
	reload_tell(p, cm->severity, "%s%s: %s", place,
	    severities[cm->severity], cm->text);
	if (cm->line != 0 && cm->source[0] != '\0')
		reload_caret(p, cm);
}

/* The line and a caret under the word, as readconf -n has them. */
static void
reload_caret(struct parent *p, const struct conf_msg *cm)
{
	char	 text[TEXT_LEN], caret[TEXT_LEN];
	size_t	 i, at;

	/* A tab is a blank to clients, a character of UTF-8 counts once. */
	at = 0;
	for (i = 0; cm->source[i] != '\0'; i++) {
		text[i] = cm->source[i];
		if ((unsigned char)text[i] < ' ')
			text[i] = text[i] == '\t' ? ' ' : '?';
		if (i + 1 < cm->col && ((unsigned char)text[i] & 0xc0) != 0x80)
			caret[at++] = ' ';
	}
	text[i] = '\0';
	(void)strlcpy(caret + at, "^", sizeof(caret) - at);
	if (p->state == PARENT_STARTING && cm->severity != CONF_NOTE)
		(void)dprintf(2, "    %s\n    %s\n", text,
		    cm->col != 0 ? caret : "");
	reload_tell(p, cm->severity, "    %s", text);
	if (cm->col != 0)
		reload_tell(p, cm->severity, "    %s", caret);
}

/* A line to every client that waits for this load. */
void
reload_tell(struct parent *p, uint8_t severity, const char *fmt, ...)
{
	struct reload_conns	*conns = &p->reload.conns;
	struct ctl_msg		 cm;
	struct msg		 m;
	va_list			 ap;
	uint8_t			 buf[sizeof(cm.text) + 16];
	uint32_t		 i;

	if (conns->cnt == 0 || !p->engine->synced)
		return;
	memset(&cm, 0, sizeof(cm));
	cm.severity = severity;
	va_start(ap, fmt);
	(void)vsnprintf(cm.text, sizeof(cm.text), fmt, ap);
	va_end(ap);
	msg_init_write(&m, buf, sizeof(buf));
	ctl_msg_put(&m, &cm);
	for (i = 0; i < conns->cnt; i++)
		(void)peer_send(&p->engine->peer, IMSG_CTL_MSG, conns->id[i],
		    0, 0, -1, &m);
}

/* readconf is gone: with a whole configuration, or refused. */
void
reload_child_down(struct parent *p, struct child *c)
{
	struct reload	*r = &p->reload;
	struct conf	*conf;
	int		 status;
	bool		 broken;

	status = c->status;
	broken = c->broken;
	r->readconf = NULL;
	proc_free(c);
	reload_mark(p, false);
	(void)event_del(&r->timer);
	conf = broken || status != 0 ? NULL : wire_in_finish(r->in);
	wire_in_free(r->in);
	r->in = NULL;
	if (p->state == PARENT_STOPPING) {
		conf_free(conf);
		stop_child_down(p);
	} else if (conf != NULL && r->dry) {
		stage_try(p, conf);
	} else if (conf != NULL) {
		stage_begin(p, conf);
	} else if (r->late) {
		reload_refuse(p, "reading it took longer than %lld s",
		    (long long)(LOAD_LIMIT_US / US_PER_SEC));
	} else if (r->errors > 0) {
		reload_refuse(p, "%u error%s", r->errors,
		    r->errors == 1 ? "" : "s");
	} else if (r->warnings > 0 && WIFEXITED(status)) {
		reload_refuse(p, "%u warning%s, which -W does not allow",
		    r->warnings, r->warnings == 1 ? "" : "s");
	} else if (WIFSIGNALED(status)) {
		reload_refuse(p, "readconf: killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else {
		reload_refuse(p, "readconf: ended without a configuration "
		    "(exit status %d)", WEXITSTATUS(status));
	}
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct parent	*p = arg;
	struct child	*c;

	if (p->reload.yield == YIELD_WAITS) {
		p->reload.yield = YIELD_DONE;
		stage_advance(p);
		return;
	}
	if (p->reload.state == RELOAD_STAGING) {
		/* Its user may have stopped it; not each time, please. */
		TAILQ_FOREACH(c, &p->checkers, entry)
			if (c->stage_gen == p->reload.gen && !c->acked)
				proc_kill(c, SIGKILL);
		reload_refuse(p, "not every process took it over within "
		    "%lld s", (long long)(STAGE_LIMIT_US / US_PER_SEC));
		return;
	}
	p->reload.late = true;
	if (p->reload.readconf != NULL)
		proc_kill(p->reload.readconf, SIGKILL);
}

/* Nothing has changed, and whoever asked is told why. */
void
reload_refuse(struct parent *p, const char *fmt, ...)
{
	va_list	 ap;
	char	 why[TEXT_LEN - 64], text[TEXT_LEN], fields[JOURNAL_LEN];

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (p->reload.rollback && p->state == PARENT_RUNNING)
		confirm_keep(p);
	stage_drop(p);
	if (p->state == PARENT_STARTING) {
		log_warnx("%s: not started: %s", p->opt.file, why);
		parent_fail(p);
		return;
	}
	if (p->reload.dry) {
		(void)snprintf(text, sizeof(text), "it would be refused: %s",
		    why);
		reload_end(p, CTL_ERR_CONF, text);
		return;
	}
	(void)snprintf(text, sizeof(text), "refused, nothing changed: %s",
	    why);
	journal_fields(p, LOG_K_REFUSED, 0, fields, sizeof(fields));
	log_warnx("%s: %s", p->opt.file, text);
	hist_event(p, EVENT_REFUSED, p->reload.errors);
	confirm_tell(p, text);
	reload_end(p, CTL_ERR_CONF, text);
}

/* The new configuration runs; the first one does without a text. */
void
reload_done(struct parent *p, const char *text)
{
	char	 fields[JOURNAL_LEN];

	if (text != NULL && !p->reload.dry) {
		journal_fields(p, LOG_K_RELOADED, 0, fields, sizeof(fields));
		log_info("%s", text);
		confirm_done(p, text);
	}
	reload_end(p, CTL_OK, text);
}

void
reload_answer(struct parent *p, uint32_t conn, enum ctl_code code,
    const char *text)
{
	struct ctl_result	 cr;
	struct msg		 m;
	uint8_t			 buf[TEXT_LEN + 32];

	memset(&cr, 0, sizeof(cr));
	cr.code = (uint8_t)code;
	cr.took_us = -1;
	(void)strlcpy(cr.text, text, sizeof(cr.text));
	msg_init_write(&m, buf, sizeof(buf));
	ctl_result_put(&m, &cr);
	if (p->engine->synced)
		(void)peer_send(&p->engine->peer, IMSG_CTL_RESULT, conn, 0, 0,
		    -1, &m);
}

static void
reload_end(struct parent *p, enum ctl_code code, const char *text)
{
	struct reload	*r = &p->reload;
	uint32_t	 i;
	bool		 dry;

	(void)event_del(&r->timer);
	for (i = 0; i < r->conns.cnt && text != NULL; i++)
		reload_answer(p, r->conns.id[i], code, text);
	r->conns.cnt = 0;
	dry = r->dry;
	r->late = r->dry = r->rollback = false;
	r->confirm_us = 0;
	r->state = RELOAD_IDLE;
	if (text != NULL && !dry)
		sd_notify(p, "READY=1\nSTATUS=%s", text);
	p->status_due = true;		/* in a while, the states again */
	/* One of them goes on here again when it is done. */
	if (!confirm_due(p) && r->again) {
		r->again = false;
		r->conns = r->next;
		r->next.cnt = 0;
		reload_begin(p, 0);
	}
}

/* The daemon stops: neither load nor stage matter any more. */
void
reload_abort(struct parent *p)
{
	struct reload	*r = &p->reload;

	(void)event_del(&r->timer);
	if (r->readconf != NULL)
		proc_kill(r->readconf, SIGKILL);
	stage_drop(p);
	r->again = false;
	r->state = RELOAD_IDLE;
}
