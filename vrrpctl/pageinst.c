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

/* The page about one instance. Runs in: vrrpctl-serve. */

#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "page.h"
#include "replay.h"
#include "serve.h"

#define EVENTS_SHOWN	16

static void	 say(struct view *, const char *, const char *);
static void	 why(FILE *, const struct snap *, const struct snap_inst *);
static void	 facts(FILE *, const struct snap *,
		    const struct snap_inst *);
static void	 times(FILE *, const struct view *,
		    const struct ctl_detail *);
static void	 fact(FILE *, const char *, const char *, ...)
		    __printflike(3, 4);
static void	 addresses(FILE *, const struct snap_inst *);
static void	 tracked(FILE *, const struct snap_inst *);
static void	 counters(FILE *, const struct snap_inst *);

void
page_inst(FILE *fp, const struct snap *s, const struct snap_inst *i)
{
	const struct ctl_inst	*c = &i->inst;
	char			 title[NAME_LEN * 2 + 64], said[NAME_LEN + 64];

	(void)snprintf(title, sizeof(title), "%s \302\267 %s%svrrpd",
	    c->name, s->daemon.router_id, s->daemon.router_id[0] != '\0' ?
	    " \302\267 " : "");
	(void)snprintf(said, sizeof(said), "%s is %s", c->name,
	    word_state(c->state));
	page_head(fp, title, said);
	fputs("<header>\n<p class=\"brand\"><a href=\"/\" data-key=\"home\">"
	    "All instances</a></p>\n<h1>", fp);
	html_text(fp, c->name);
	fputs(" ", fp);
	page_state(fp, c->state);
	fputs("</h1>\n<p class=\"summary\">", fp);
	html_text(fp, c->reason);
	fputs("</p>\n</header>\n<main>\n", fp);
	why(fp, s, i);
	facts(fp, s, i);
	addresses(fp, i);
	tracked(fp, i);
	page_events(fp, s, c->name, EVENTS_SHOWN);
	counters(fp, i);
	fputs("</main>\n", fp);
	page_foot(fp, s);
}

static void
why(FILE *fp, const struct snap *s, const struct snap_inst *i)
{
	fputs("<section>\n<h2>Why</h2>\n<dl class=\"why\">\n", fp);
	replay_why(s, i, say, fp);
	fputs("</dl>\n</section>\n", fp);
}

static void
say(struct view *v, const char *topic, const char *text)
{
	FILE	*fp = v->priv;

	fputs("<div><dt>", fp);
	html_text(fp, topic);
	fputs("</dt><dd>", fp);
	html_text(fp, text);
	fputs("</dd></div>\n", fp);
}

static void
fact(FILE *fp, const char *name, const char *fmt, ...)
{
	va_list	 ap;
	char	 text[1024];

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fputs("<div><dt>", fp);
	html_text(fp, name);
	fputs("</dt><dd>", fp);
	html_text(fp, text);
	fputs("</dd></div>\n", fp);
}

static void
facts(FILE *fp, const struct snap *s, const struct snap_inst *i)
{
	const struct ctl_detail	*d = &i->detail;
	const struct ctl_inst	*c = &i->inst;
	const struct view	 v = { .now_us = s->daemon.now_us };
	char			 text[FORMAT_LEN], addr[VADDR_STRLEN];

	fputs("<section>\n<h2>Facts</h2>\n<dl class=\"facts\">\n", fp);
	fact(fp, "State since", "%s", format_ago(text, sizeof(text), &v,
	    c->since_us));
	fact(fp, "Virtual router", "%u on %s", c->vrid, c->ifname);
	fact(fp, "Protocol", "VRRPv%u, %s", c->version, c->family == AF_INET6 ?
	    "IPv6" : "IPv4");
	fact(fp, "Priority", "%u, configured %u", c->priority,
	    c->base_priority);
	if (c->master.family != 0)
		fact(fp, "Master", "%s, priority %u", vaddr_print(&c->master,
		    addr, sizeof(addr)), c->master_priority);
	else
		fact(fp, "Master", "not known");
	if (c->group[0] != '\0')
		fact(fp, "Sync group", "%s", c->group);
	if (c->hold != CTL_HOLD_NONE)
		fact(fp, "By hand", "%s, %s%s%s", word_hold(c->hold),
		    c->hold_until_us < 0 ? "until resume" : format_in(text,
		    sizeof(text), &v, c->hold_until_us), d->hold_by[0] !=
		    '\0' ? ", by " : "", d->hold_by);
	fact(fp, "Source address", "%s", vaddr_print(&d->src, addr,
	    sizeof(addr)));
	if (d->peers == 0)
		fact(fp, "Sends to", "multicast group");
	else
		fact(fp, "Sends to", "%u unicast peer%s", d->peers,
		    d->peers == 1 ? "" : "s");
	fact(fp, "Options", "%s%s%s%s", d->nopreempt ? "nopreempt" :
	    "preempt", d->owner ? ", address owner" : "", d->accept ?
	    ", accept" : "", d->auth_type == 1 ? ", simple password" :
	    d->auth_type == 2 ? ", authentication header" : "");
	fact(fp, "Transitions", "%u", d->transitions);
	times(fp, &v, d);
	fact(fp, "Addresses", "%u wanted, %u installed, %u failed%s%s",
	    d->vip.wanted, d->vip.installed, d->vip.failed,
	    d->vip.first_errno != 0 ? ": " : "", d->vip.first_errno != 0 ?
	    strerror(d->vip.first_errno) : "");
	fact(fp, "Put back", "%u times", d->vip.restored);
	fact(fp, "Announcements", "%llu",
	    (unsigned long long)d->vip.announcements);
	fputs("</dl>\n</section>\n", fp);
}

static void
times(FILE *fp, const struct view *v, const struct ctl_detail *d)
{
	char	 text[FORMAT_LEN];

	fact(fp, "Advertises every", "%s", format_time(text, sizeof(text),
	    d->adver_int_us));
	fact(fp, "Master down after", "%s", format_time(text, sizeof(text),
	    d->down_us));
	fact(fp, "Last heard", "%s", format_ago(text, sizeof(text), v,
	    d->last_advert_us));
	fact(fp, "Last sent", "%s", format_ago(text, sizeof(text), v,
	    d->last_sent_us));
	fact(fp, "Worst lateness", "%s", format_time(text, sizeof(text),
	    d->late_max_us));
	if (d->vip.lease_s != 0)
		fact(fp, "Address lease", "%u s", d->vip.lease_s);
}

static void
addresses(FILE *fp, const struct snap_inst *i)
{
	const struct ctl_vip	*c;
	char			 addr[VADDR_STRLEN];

	if (i->vips.cnt == 0)
		return;
	fputs("<section>\n<h2>Virtual addresses</h2>\n"
	    "<ul class=\"list\">\n", fp);
	SNAP_EACH(c, &i->vips) {
		fputs("<li><code>", fp);
		html_text(fp, vaddr_print_plen(&c->addr, addr, sizeof(addr)));
		fputs("</code> <small>", fp);
		html_print(fp, "%s%s", c->ifname, c->excluded ?
		    ", not advertised" : "");
		fputs("</small></li>\n", fp);
	}
	fputs("</ul>\n</section>\n", fp);
}

static void
tracked(FILE *fp, const struct snap_inst *i)
{
	const struct ctl_track	*t;

	if (i->tracks.cnt == 0)
		return;
	fputs("<section>\n<table>\n<caption>Tracked</caption>\n<thead><tr>"
	    "<th scope=\"col\">Object</th><th scope=\"col\">Kind</th>"
	    "<th scope=\"col\">Result</th>"
	    "<th scope=\"col\" class=\"n\">Weight</th>"
	    "<th scope=\"col\" class=\"n\">To the priority</th></tr>"
	    "</thead>\n<tbody>\n", fp);
	SNAP_EACH(t, &i->tracks) {
		fputs("<tr><th scope=\"row\">", fp);
		html_text(fp, t->name);
		fprintf(fp, "</th><td data-label=\"Kind\">%s</td>"
		    "<td data-label=\"Result\"><span class=\"state r-%s\">"
		    "%s</span></td><td class=\"n\" data-label=\"Weight\">",
		    word_track(t->kind), word_status(t->status),
		    word_status(t->status));
		if (t->weight == 0)
			fputs("fault", fp);
		else
			fprintf(fp, "%+d%s", t->weight, t->reverse ?
			    " reverse" : "");
		fprintf(fp, "</td><td class=\"n\" data-label=\"To the "
		    "priority\">%+d</td></tr>\n", t->contribution);
	}
	fputs("</tbody>\n</table>\n</section>\n", fp);
}

static void
counters(FILE *fp, const struct snap_inst *i)
{
	const struct ctl_counter	*c;
	const char			*k;

	fputs("<section>\n<details>\n<summary>Counters</summary>\n"
	    "<dl class=\"facts\">\n", fp);
	SNAP_EACH(c, &i->counters) {
		if (snap_for_metrics(c))
			continue;
		fputs("<div><dt>", fp);
		for (k = c->name; *k != '\0'; k++)
			html_print(fp, "%c", *k == '_' ? ' ' : *k);
		fprintf(fp, "</dt><dd>%llu</dd></div>\n",
		    (unsigned long long)c->value);
	}
	fputs("</dl>\n</details>\n</section>\n", fp);
}
