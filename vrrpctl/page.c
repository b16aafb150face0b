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
 * The status page. What comes from the daemon (names, reasons, outputs of
 * scripts) may hold anything and goes through html_text(). Runs in:
 * vrrpctl-serve.
 */

#include <sys/socket.h>

#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "forms.h"
#include "page.h"
#include "replay.h"
#include "serve.h"

#define EVENTS_SHOWN	20
#define NO_SCRIPT_S	5
#define NOT_OK		"not ok: "

static void	 summary(const struct snap *, char *, size_t);
static void	 banners(FILE *, const struct snap *);
static void	 inst_row(FILE *, const struct snap *,
		    const struct snap_inst *);
static void	 inst_note(FILE *, const struct snap *,
		    const struct snap_inst *);
static void	 groups(FILE *, const struct snap *);
static void	 scripts(FILE *, const struct snap *);
static void	 script_row(FILE *, const struct snap *,
		    const struct ctl_script *, bool);
static void	 script_end(FILE *, const struct ctl_script *);
static void	 event_row(FILE *, const struct view *,
		    const struct ctl_event *, bool);
static void	 html_escape_uri(FILE *, const char *);

void
html_text(FILE *fp, const char *text)
{
	char	 safe[4096], *c;

	text_utf8(safe, sizeof(safe), text);
	for (c = safe; *c != '\0'; c++) {
		if (*c == '<')
			fputs("&lt;", fp);
		else if (*c == '>')
			fputs("&gt;", fp);
		else if (*c == '&')
			fputs("&amp;", fp);
		else if (*c == '"')
			fputs("&quot;", fp);
		else if (*c == '\'')
			fputs("&#39;", fp);
		else
			fputc(*c, fp);
	}
}

void
html_print(FILE *fp, const char *fmt, ...)
{
	va_list	 ap;
	char	 text[4096];

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	html_text(fp, text);
}

/* For an address: what is no letter or digit as %XX. */
static void
html_escape_uri(FILE *fp, const char *text)
{
	const unsigned char	*c;

	for (c = (const unsigned char *)text; *c != '\0'; c++) {
		if ((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
		    (*c >= 'A' && *c <= 'Z') || *c == '_' || *c == '-')
			fputc(*c, fp);
		else
			fprintf(fp, "%%%02X", *c);
	}
}

void
page_head(FILE *fp, const char *title, const char *status)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<title>", fp);
	html_text(fp, title);
	fputs("</title>\n<link rel=\"icon\" href=\"/icon.svg\">\n"
	    "<link rel=\"stylesheet\" href=\"/style.css\">\n"
	    "<script src=\"/page.js\" defer></script>\n", fp);
	fprintf(fp, "<noscript><meta http-equiv=\"refresh\" "
	    "content=\"%d\"></noscript>\n", NO_SCRIPT_S);
	fputs("</head>\n<body>\n"
	    "<p id=\"said\" class=\"unseen\" role=\"status\" "
	    "aria-live=\"polite\">", fp);
	html_text(fp, status);
	fputs("</p>\n<div id=\"lost\" class=\"alarm\" role=\"alert\" "
	    "hidden></div>\n<div id=\"page\">\n", fp);
}

void
page_foot(FILE *fp, const struct snap *s)
{
	const struct ctl_daemon	*d = &s->daemon;
	struct view		 v = { .now_us = d->now_us };
	char			 text[FORMAT_LEN];

	fputs("<footer>\n<p>", fp);
	html_print(fp, "vrrpd %s, engine up %s", d->build, format_for(text,
	    sizeof(text), d->now_us - d->started_us));
	if (d->engine_restarts != 0)
		html_print(fp, " (restarted %u time%s)", d->engine_restarts,
		    d->engine_restarts == 1 ? "" : "s");
	html_print(fp, ". Configuration %u loaded %s", d->gen,
	    format_ago(text, sizeof(text), &v, d->loaded_us));
	if (d->warnings != 0)
		html_print(fp, ", %u warning%s", d->warnings, d->warnings ==
		    1 ? "" : "s");
	html_print(fp, ". Latest timer %.1f ms late.",
	    (double)d->late_max_us / 1000);
	fputs("</p>\n<nav aria-label=\"For programs\">"
	    "<a href=\"/metrics\">metrics</a> "
	    "<a href=\"/api/show\">JSON</a> "
	    "<a href=\"/api/history\">history</a> "
	    "<a href=\"/healthz\">health</a></nav>\n"
	    "</footer>\n</div>\n</body>\n</html>\n", fp);
}

void
page_error(FILE *fp, const char *title, const char *text)
{
	page_head(fp, title, title);
	fputs("<header><p class=\"brand\"><a href=\"/\">vrrpd</a></p>"
	    "</header>\n<main>\n<div class=\"alarm\">\n<h1>", fp);
	html_text(fp, title);
	fputs("</h1>\n<p>", fp);
	html_text(fp, text);
	fputs("</p>\n<p>This page tries again by itself.</p>\n</div>\n</main>\n"
	    "</div>\n</body>\n</html>\n", fp);
}

void
page_state(FILE *fp, unsigned int show)
{
	fprintf(fp, "<span class=\"state s-%s\">%s</span>",
	    word_state(show), word_state(show));
}

/* "3 instances: 1 MASTER, 1 BACKUP, 1 FAULT" */
static void
summary(const struct snap *s, char *buf, size_t size)
{
	static const unsigned int	 order[] = {
		SHOW_MASTER, SHOW_BACKUP, SHOW_FAULT, SHOW_INIT, SHOW_STOP
	};
	const struct snap_inst		*i;
	char				 part[64];
	unsigned int			 cnt;
	bool				 first = true;
	size_t				 n;

	if (s->insts.cnt == 0) {
		(void)strlcpy(buf, "no instances", size);
		return;
	}
	(void)snprintf(buf, size, "%zu instance%s", s->insts.cnt,
	    s->insts.cnt == 1 ? "" : "s");
	for (n = 0; n < sizeof(order) / sizeof(order[0]); n++) {
		cnt = 0;
		SNAP_EACH(i, &s->insts)
			cnt += i->inst.state == order[n];
		if (cnt == 0)
			continue;
		(void)snprintf(part, sizeof(part), "%s%u %s", first ? ": " :
		    ", ", cnt, word_state(order[n]));
		(void)strlcat(buf, part, size);
		first = false;
	}
}

void
page_main(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;
	char			 title[NAME_LEN + 32], text[256];

	summary(s, text, sizeof(text));
	(void)snprintf(title, sizeof(title), "%s%svrrpd", s->daemon.router_id,
	    s->daemon.router_id[0] != '\0' ? " \302\267 " : "");
	page_head(fp, title, text);
	fputs("<header>\n<p class=\"brand\">vrrpd</p>\n<h1>", fp);
	html_text(fp, s->daemon.router_id[0] != '\0' ? s->daemon.router_id :
	    "This router");
	fputs("</h1>\n<p class=\"summary\">", fp);
	html_text(fp, text);
	fputs("</p>\n</header>\n<main>\n", fp);
	banners(fp, s);
	if (s->insts.cnt == 0)
		fputs("<p class=\"none\">The configuration has no "
		    "instances.</p>\n", fp);
	else {
		fputs("<section>\n<table>\n<caption>Instances</caption>\n"
		    "<thead><tr><th scope=\"col\">Instance</th>"
		    "<th scope=\"col\">State</th>"
		    "<th scope=\"col\" class=\"n\">Since</th>"
		    "<th scope=\"col\" class=\"n\">Priority</th>"
		    "<th scope=\"col\">Master</th>"
		    "<th scope=\"col\" class=\"n\">Addresses</th>"
		    "<th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n",
		    fp);
		SNAP_EACH(i, &s->insts)
			inst_row(fp, s, i);
		fputs("</tbody>\n</table>\n</section>\n", fp);
	}
	groups(fp, s);
	scripts(fp, s);
	page_events(fp, s, NULL, EVENTS_SHOWN);
	fputs("</main>\n", fp);
	page_foot(fp, s);
}

/* What needs somebody's eyes. */
static void
banners(FILE *fp, const struct snap *s)
{
	const struct ctl_daemon	*d = &s->daemon;
	char			 text[TEXT_LEN];

	if (d->confirm_us >= 0) {
		fputs("<p class=\"banner held\"><strong>The last reload "
		    "waits to be confirmed.</strong> It is rolled back in ",
		    fp);
		html_text(fp, format_for(text, sizeof(text), d->confirm_us >
		    d->now_us ? d->confirm_us - d->now_us : 0));
		fputs(", unless <code>vrrpctl confirm</code> comes first."
		    "</p>\n", fp);
	}
	if (d->maintenance)
		fputs("<p class=\"banner held\"><strong>In maintenance."
		    "</strong> This host stays out of service until "
		    "<code>vrrpctl maintenance off</code>.</p>\n", fp);
	if (d->maintenance || s->insts.cnt == 0 ||
	    replay_health(s, ACT_HEALTH, NULL, text, sizeof(text)))
		return;
	fputs("<p class=\"banner bad\"><strong>Needs attention:</strong> ", fp);
	html_text(fp, strncmp(text, NOT_OK, strlen(NOT_OK)) == 0 ? text +
	    strlen(NOT_OK) : text);
	fputs("</p>\n", fp);
}

static void
inst_row(FILE *fp, const struct snap *s, const struct snap_inst *i)
{
	const struct ctl_inst	*c = &i->inst;
	char			 text[FORMAT_LEN], addr[VADDR_STRLEN];

	fputs("<tr><th scope=\"row\"><a href=\"/instance/", fp);
	html_escape_uri(fp, c->name);
	fputs("\">", fp);
	html_text(fp, c->name);
	fputs("</a><small>", fp);
	html_print(fp, "%s, VRID %u%s%s%s", c->ifname, c->vrid,
	    c->family == AF_INET6 ? ", IPv6" : "",
	    c->group[0] != '\0' ? ", group " : "", c->group);
	fputs("</small></th>\n<td class=\"key\" data-label=\"State\">", fp);
	page_state(fp, c->state);
	fputs("</td><td class=\"n\" data-label=\"Since\">", fp);
	html_text(fp, format_for(text, sizeof(text), s->daemon.now_us >
	    c->since_us ? s->daemon.now_us - c->since_us : 0));
	fputs("</td><td class=\"n\" data-label=\"Priority\">", fp);
	fprintf(fp, "%u", c->priority);
	if (c->priority != c->base_priority)
		fprintf(fp, "<small>of %u</small>", c->base_priority);
	fputs("</td><td data-label=\"Master\">", fp);
	if (c->state == SHOW_MASTER)
		fputs("this router", fp);
	else if (c->master.family == 0)
		fputs("<span class=\"dim\">not known</span>", fp);
	else {
		html_text(fp, vaddr_print(&c->master, addr, sizeof(addr)));
		fprintf(fp, "<small>priority %u</small>", c->master_priority);
	}
	fprintf(fp, "</td><td class=\"n%s\" data-label=\"Addresses\">"
	    "%u/%u</td>", c->state == SHOW_MASTER && c->vips_installed <
	    c->vips ? " bad" : "", c->vips_installed, c->vips);
	fputs("<td class=\"wide\" data-label=\"Reason\">", fp);
	inst_note(fp, s, i);
	fputs("</td></tr>\n", fp);
}

static void
inst_note(FILE *fp, const struct snap *s, const struct snap_inst *i)
{
	const struct ctl_inst	*c = &i->inst;
	char			 text[FORMAT_LEN];

	if (c->hold != CTL_HOLD_NONE) {
		fputs("<span class=\"tag held\">", fp);
		html_text(fp, word_hold(c->hold));
		if (c->hold_until_us >= 0)
			html_print(fp, " for %s", format_for(text,
			    sizeof(text), c->hold_until_us >
			    s->daemon.now_us ? c->hold_until_us -
			    s->daemon.now_us : 0));
		fputs("</span> ", fp);
	}
	if (c->handing_over)
		fputs("<span class=\"tag held\">handing over</span> ", fp);
	html_text(fp, c->reason);
	if (c->state == SHOW_FAULT && i->detail.faults[0] != '\0' &&
	    strcmp(i->detail.faults, c->reason) != 0)
		html_print(fp, " (%s)", i->detail.faults);
	if (i->detail.rival[0] != '\0')
		html_print(fp, "; also announced: %s", i->detail.rival);
}

static void
groups(FILE *fp, const struct snap *s)
{
	const struct ctl_group	*g;
	const struct snap_inst	*i;
	char			 text[FORMAT_LEN];
	bool			 first;

	if (s->groups.cnt == 0)
		return;
	fputs("<section>\n<table>\n<caption>Sync groups</caption>\n<thead>"
	    "<tr><th scope=\"col\">Group</th><th scope=\"col\">State</th>"
	    "<th scope=\"col\" class=\"n\">Since</th>"
	    "<th scope=\"col\">Members</th>"
	    "<th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n", fp);
	SNAP_EACH(g, &s->groups) {
		fputs("<tr><th scope=\"row\">", fp);
		html_text(fp, g->name);
		fputs("</th><td class=\"key\" data-label=\"State\">", fp);
		page_state(fp, g->state);
		fputs("</td><td class=\"n\" data-label=\"Since\">", fp);
		html_text(fp, format_for(text, sizeof(text),
		    s->daemon.now_us > g->since_us ? s->daemon.now_us -
		    g->since_us : 0));
		fputs("</td><td data-label=\"Members\">", fp);
		first = true;
		SNAP_EACH(i, &s->insts) {
			if (strcmp(i->inst.group, g->name) != 0)
				continue;
			html_print(fp, "%s%s", first ? "" : ", ",
			    i->inst.name);
			first = false;
		}
		fputs("</td><td class=\"wide\" data-label=\"Reason\">",
		    fp);
		html_print(fp, "%s%s", g->handing_over ? "handing over " : "",
		    g->reason);
		fputs("</td></tr>\n", fp);
	}
	fputs("</tbody>\n</table>\n</section>\n", fp);
}

static void
scripts(FILE *fp, const struct snap *s)
{
	const struct ctl_script	*c;
	bool			 output = false;

	if (s->scripts.cnt == 0)
		return;
	/* It is not told to everybody. */
	SNAP_EACH(c, &s->scripts)
		output |= c->output[0] != '\0';
	fputs("<section>\n<table>\n<caption>Tracked scripts, files and "
	    "processes</caption>\n<thead><tr><th scope=\"col\">Name</th>"
	    "<th scope=\"col\">Result</th><th scope=\"col\">Last</th>"
	    "<th scope=\"col\" class=\"n\">Age</th>"
	    "<th scope=\"col\" class=\"n\">Took</th>"
	    "<th scope=\"col\" class=\"n\">Runs</th>"
	    "<th scope=\"col\" class=\"n\">Failed</th>", fp);
	fputs(output ? "<th scope=\"col\">Output</th></tr></thead>\n<tbody>\n"
	    : "</tr></thead>\n<tbody>\n", fp);
	SNAP_EACH(c, &s->scripts)
		script_row(fp, s, c, output);
	fputs("</tbody>\n</table>\n</section>\n", fp);
}

static void
script_row(FILE *fp, const struct snap *s, const struct ctl_script *c,
    bool output)
{
	unsigned int	 limit = c->status == TRACK_GOOD ? c->fall : c->rise;
	char		 text[FORMAT_LEN];

	fputs("<tr><th scope=\"row\">", fp);
	html_text(fp, c->name);
	fputs("<small>", fp);
	html_print(fp, "%s, user %s", word_track(c->kind), c->user);
	fprintf(fp, "</small></th><td class=\"key\" data-label=\"Result\">"
	    "<span class=\"state r-%s\">%s</span>", word_status(c->status),
	    word_status(c->status));
	if (c->count != 0)
		fprintf(fp, "<small>%u of %u to change</small>", c->count,
		    limit);
	fputs("</td><td data-label=\"Last\">", fp);
	script_end(fp, c);
	fputs("</td><td class=\"n\" data-label=\"Age\">", fp);
	html_text(fp, c->last_start_us < 0 ? "-" : format_for(text,
	    sizeof(text), s->daemon.now_us > c->last_start_us ?
	    s->daemon.now_us - c->last_start_us : 0));
	fputs("</td><td class=\"n\" data-label=\"Took\">", fp);
	html_text(fp, c->last_run_us < 0 ? "-" : format_for(text,
	    sizeof(text), c->last_run_us));
	fprintf(fp, "</td><td class=\"n\" data-label=\"Runs\">%llu</td>"
	    "<td class=\"n\" data-label=\"Failed\">%llu</td>",
	    (unsigned long long)c->runs, (unsigned long long)c->failures);
	if (output) {
		fputs("<td class=\"wide\" data-label=\"Output\">", fp);
		html_text(fp, c->output);
		fputs("</td>", fp);
	}
	fputs("</tr>\n", fp);
}

static void
script_end(FILE *fp, const struct ctl_script *c)
{
	if (c->kind == TRACK_FILE)
		html_print(fp, "value %d", c->value);
	else if (c->kind == TRACK_PROCESS)
		html_print(fp, "%d running", c->value);
	else if (c->exit_kind == EXIT_STATUS || c->exit_kind == EXIT_SIGNAL)
		html_print(fp, "%s %d", word_exit(c->exit_kind),
		    c->exit_code);
	else if (c->exit_kind == EXIT_EXEC)
		html_print(fp, "not started: %s", strerror(c->exit_code));
	else
		html_text(fp, c->exit_kind == EXIT_TIMEOUT ? "timeout" : "-");
	if (c->running)
		fputs(", running", fp);
}

/* Latest first, which is what one looks for. */
void
page_events(FILE *fp, const struct snap *s, const char *name,
    unsigned int max)
{
	const struct ctl_event	*all = s->events.row;
	struct view		 v = { .now_us = s->daemon.now_us };
	unsigned int		 shown = 0;
	size_t			 n;

	for (n = s->events.cnt; n > 0 && shown < max; n--) {
		if (name != NULL && strcmp(all[n - 1].name, name) != 0)
			continue;
		if (shown++ == 0)
			fprintf(fp, "<section>\n<table>\n<caption>Last "
			    "changes</caption>\n<thead><tr>"
			    "<th scope=\"col\">When</th>"
			    "<th scope=\"col\" class=\"n\">Ago</th>%s"
			    "<th scope=\"col\">Change</th>"
			    "<th scope=\"col\">Cause</th></tr></thead>\n"
			    "<tbody>\n", name != NULL ? "" :
			    "<th scope=\"col\">Instance</th>");
		event_row(fp, &v, &all[n - 1], name == NULL);
	}
	if (shown != 0)
		fputs("</tbody>\n</table>\n</section>\n", fp);
}

static void
event_row(FILE *fp, const struct view *v, const struct ctl_event *ev,
    bool tell_name)
{
	char	 text[TEXT_LEN];
	bool	 named = ev->name[0] != '\0';

	fputs("<tr><td data-label=\"When\">", fp);
	html_text(fp, format_clock(text, sizeof(text), v, ev->at_us));
	fputs("</td><td class=\"n\" data-label=\"Ago\">", fp);
	html_text(fp, format_for(text, sizeof(text), v->now_us > ev->at_us ?
	    v->now_us - ev->at_us : 0));
	if (tell_name) {
		fputs("</td><td data-label=\"Instance\">", fp);
		html_text(fp, named ? ev->name : "-");
	}
	fputs("</td><td data-label=\"Change\">", fp);
	if (!named)
		html_text(fp, word_event(ev->kind));
	else if (ev->old == ev->state)
		page_state(fp, ev->state);
	else {
		fprintf(fp, "%s <span aria-hidden=\"true\">\342\206\222"
		    "</span><span class=\"unseen\">to</span> ",
		    word_state(ev->old));
		page_state(fp, ev->state);
	}
	fputs("</td><td class=\"wide\" data-label=\"Cause\">", fp);
	html_text(fp, event_text(text, sizeof(text), ev));
	fputs("</td></tr>\n", fp);
}
