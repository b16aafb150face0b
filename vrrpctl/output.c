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

/* Answers as text. Runs in: vrrpctl. */

#include <sys/socket.h>

#include <err.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "mono.h"
#include "view.h"

#define GREEN		"\033[32m"
#define RED		"\033[31m"
#define SAY_COL		14	/* a blank before each word */
#define SAY_WIDTH	80
#define YELLOW		"\033[33m"

struct text {
	struct table	*table;
	unsigned int	 rows;
	const char	*section;	/* heading that was printed last */
};

static void	 text_begin(struct view *);
static void	 text_daemon(struct view *, const struct ctl_daemon *);
static void	 text_inst(struct view *, const struct ctl_inst *);
static void	 text_detail(struct view *, const struct ctl_detail *);
static void	 text_vip(struct view *, const struct ctl_vip *);
static void	 text_track(struct view *, const struct ctl_track *);
static void	 text_counter(struct view *, const struct ctl_counter *);
static void	 text_iface(struct view *, const struct ctl_iface *);
static void	 text_script(struct view *, const struct ctl_script *);
static void	 text_group(struct view *, const struct ctl_group *);
static void	 text_member(struct view *, const struct ctl_member *);
static void	 text_event(struct view *, const struct ctl_event *);
static void	 text_trace(struct view *, const char *);
static void	 text_engine(struct view *, const struct ctl_daemon *);
static void	 text_note(struct view *, const struct ctl_note *);
static void	 text_say(struct view *, const char *, const char *);
static void	 text_msg(struct view *, const struct ctl_msg *);
static void	 text_result(struct view *, const char *,
		    const struct ctl_result *);
static void	 text_end(struct view *);
static void	 headings(struct table *, const char *const *, size_t);
static void	 summary_row(struct view *, const struct ctl_inst *);
static void	 inst_block(struct view *, const struct ctl_inst *);
static void	 detail_timers(struct view *, const struct ctl_detail *);
static const char *hold_text(const struct view *, const struct ctl_inst *,
		    char *, size_t);
static const char *exit_text(const struct ctl_script *, char *, size_t);
static const char *state_colour(const struct view *, unsigned int);
static const char *status_colour(const struct view *, unsigned int);
static void	 section(struct view *, const char *);
static void	 line(struct view *, const char *, const char *, ...)
		    __printflike(3, 4);

static const struct view_ops text_ops = {
	text_begin, text_daemon, text_inst, text_detail, text_vip, text_track,
	text_counter, text_iface, text_script, text_group, text_member,
	text_event,
	text_trace, text_engine, text_say, text_note, text_msg,
	text_result, text_end
};

const struct view_ops *
view_text(void)
{
	return (&text_ops);
}

static void
text_begin(struct view *v)
{
	static const char *const inst[] = { "NAME", "STATE", "SINCE", "PRIO",
	    "VRID", "IF", "VIPS", "MASTER", "REASON" };
	static const char *const iface[] = { "NAME", "INDEX", "STATE", "MTU",
	    "MAC", "INST", "TRACK", "SOURCE" };
	static const char *const script[] = { "NAME", "USER", "RESULT",
	    "LAST", "AGE", "TOOK", "EVERY", "RUNS", "FAILED", "OUTPUT" };
	static const char *const event[] = { "WHEN", "AGO", "NAME",
	    "CHANGE", "CAUSE" };
	struct text		*t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		err(1, NULL);
	v->priv = t;
	if (v->action == ACT_SHOW) {
		t->table = table_new("lllrrllll");
		headings(t->table, inst, sizeof(inst) / sizeof(inst[0]));
	} else if (v->action == ACT_SHOW_IFACES) {
		t->table = table_new("lrlrlrrl");
		headings(t->table, iface, sizeof(iface) / sizeof(iface[0]));
	} else if (v->action == ACT_HISTORY) {
		t->table = table_new("lrlll");
		headings(t->table, event, sizeof(event) / sizeof(event[0]));
	} else if (v->action == ACT_SHOW_SCRIPTS) {
		t->table = table_new("llllrrrrrl");
		headings(t->table, script,
		    sizeof(script) / sizeof(script[0]));
	}
}

static void
headings(struct table *t, const char *const *names, size_t cnt)
{
	size_t	 i;

	for (i = 0; i < cnt; i++)
		table_cell(t, "%s", names[i]);
}

static void
text_end(struct view *v)
{
	static const char *const none[] = {
		[ACT_SHOW] = "no instances",
		[ACT_SHOW_IFACES] = "no interfaces",
		[ACT_SHOW_SCRIPTS] = "no scripts",
		[ACT_SHOW_GROUPS] = "no sync groups",
		[ACT_HISTORY] = "nothing happened"
	};
	struct text	*t = v->priv;

	if (t->table != NULL && t->rows != 0)
		table_print(t->table, v);
	else if (v->complete && t->rows == 0 && (t->table != NULL ||
	    v->action == ACT_SHOW_GROUPS))
		fprintf(v->fp, "%s\n", none[v->action]);
	if (t->table != NULL)
		table_free(t->table);
	free(t);
	v->priv = NULL;
}

static void
text_daemon(struct view *v, const struct ctl_daemon *d)
{
	char	 build[NAME_LEN * 4], router[NAME_LEN * 4];
	char	 up[FORMAT_LEN], loaded[FORMAT_LEN];

	if (v->action != ACT_SHOW)
		return;
	/* A new engine knows its own age alone. */
	fprintf(v->fp, "vrrpd %s%s%s  %sup %s  configuration %u loaded %s",
	    format_safe(build, sizeof(build), d->build),
	    d->router_id[0] != '\0' ? "  router id " : "",
	    format_safe(router, sizeof(router), d->router_id),
	    d->engine_restarts != 0 ? "engine " : "",
	    format_for(up, sizeof(up), v->now_us - d->started_us), d->gen,
	    format_ago(loaded, sizeof(loaded), v, d->loaded_us));
	if (d->maintenance)
		fprintf(v->fp, "  MAINTENANCE");
	if (d->confirm_us >= 0)
		fprintf(v->fp, "  UNCONFIRMED, rolled back in %s",
		    format_for(up, sizeof(up), d->confirm_us > v->now_us ?
		    d->confirm_us - v->now_us : 0));
	if (d->warnings != 0)
		fprintf(v->fp, "  warnings %u", d->warnings);
	if (d->engine_restarts != 0)
		fprintf(v->fp, "  engine restarts %u", d->engine_restarts);
	fprintf(v->fp, "\n");
}

static void
text_inst(struct view *v, const struct ctl_inst *c)
{
	struct text	*t = v->priv;

	if (v->action == ACT_SHOW)
		summary_row(v, c);
	else
		inst_block(v, c);
	t->rows++;
}

static void
summary_row(struct view *v, const struct ctl_inst *c)
{
	struct text	*t = v->priv;
	char		 name[NAME_LEN * 4], ifname[IF_NAME_LEN * 4];
	char		 reason[TEXT_LEN * 4], hold[FORMAT_LEN * 2];
	char		 since[FORMAT_LEN], addr[VADDR_STRLEN];
	const char	*sep;
	size_t		 skip;

	table_cell(t->table, "%s", format_safe(name, sizeof(name), c->name));
	table_cell(t->table, "%s", word_state(c->state));
	table_colour(t->table, state_colour(v, c->state));
	table_cell(t->table, "%s", format_for(since, sizeof(since),
	    c->since_us > v->now_us ? 0 : v->now_us - c->since_us));
	table_cell(t->table, "%u/%u", c->priority, c->base_priority);
	table_cell(t->table, "%u", c->vrid);
	table_cell(t->table, "%s", format_safe(ifname, sizeof(ifname),
	    c->ifname));
	table_cell(t->table, "%u/%u", c->vips_installed, c->vips);
	table_cell(t->table, "%s", vaddr_print(&c->master, addr,
	    sizeof(addr)));
	hold_text(v, c, hold, sizeof(hold));
	format_safe(reason, sizeof(reason), c->reason);
	/* Not "takeover: takeover by root". */
	skip = strcspn(reason, " ");
	sep = hold[0] != '\0' ? ": " : "";
	if (hold[0] == '\0' || c->handing_over ||
	    strncmp(hold, reason, skip) != 0)
		skip = 0;
	else
		sep = "";
	table_cell(t->table, "%s%s%s%s", hold, sep, c->handing_over ?
	    "handing over: " : "", reason + skip);
}

/* "standby for 3m59s", or "". */
static const char *
hold_text(const struct view *v, const struct ctl_inst *c, char *buf,
    size_t size)
{
	char	 left[FORMAT_LEN];

	buf[0] = '\0';
	if (c->hold == CTL_HOLD_NONE)
		return (buf);
	(void)strlcpy(buf, word_hold(c->hold), size);
	if (c->hold_until_us < 0)
		return (buf);
	(void)strlcat(buf, " for ", size);
	(void)strlcat(buf, format_for(left, sizeof(left),
	    c->hold_until_us > v->now_us ? c->hold_until_us - v->now_us : 0),
	    size);
	return (buf);
}

static void
section(struct view *v, const char *name)
{
	struct text	*t = v->priv;

	if (t->section == NULL || strcmp(t->section, name) != 0)
		fprintf(v->fp, "    %s\n", name);
	t->section = name;
}

static void
line(struct view *v, const char *name, const char *fmt, ...)
{
	va_list	 ap;

	fprintf(v->fp, "    %-18s ", name);
	va_start(ap, fmt);
	vfprintf(v->fp, fmt, ap);
	va_end(ap);
	fprintf(v->fp, "\n");
}

static void
inst_block(struct view *v, const struct ctl_inst *c)
{
	struct text	*t = v->priv;
	const char	*colour;
	char		 name[NAME_LEN * 4], ifname[IF_NAME_LEN * 4];
	char		 reason[TEXT_LEN * 4], hold[FORMAT_LEN * 2];
	char		 since[FORMAT_LEN], addr[VADDR_STRLEN];

	t->section = NULL;
	colour = state_colour(v, c->state);
	fprintf(v->fp, "%s%s: %s%s%s", t->rows != 0 ? "\n" : "",
	    format_safe(name, sizeof(name), c->name),
	    colour != NULL ? colour : "", word_state(c->state),
	    colour != NULL ? "\033[0m" : "");
	fprintf(v->fp, " for %s%s (%s)\n", format_for(since, sizeof(since),
	    c->since_us > v->now_us ? 0 : v->now_us - c->since_us),
	    c->handing_over ? ", handing over" : "",
	    format_safe(reason, sizeof(reason), c->reason));
	if (v->action != ACT_SHOW_INST)
		return;
	line(v, "virtual router", "%u on %s, VRRPv%u over %s", c->vrid,
	    format_safe(ifname, sizeof(ifname), c->ifname), c->version,
	    c->family == AF_INET6 ? "IPv6" : "IPv4");
	line(v, "priority", "%u, configured %u", c->priority,
	    c->base_priority);
	if (c->group[0] != '\0')
		line(v, "sync group", "%s", format_safe(name, sizeof(name),
		    c->group));
	if (c->master.family == 0)
		line(v, "master", "not known");
	else
		line(v, "master", "%s, priority %u", vaddr_print(&c->master,
		    addr, sizeof(addr)), c->master_priority);
	if (c->hold != CTL_HOLD_NONE)
		line(v, "by hand", "%s", hold_text(v, c, hold, sizeof(hold)));
}

static void
text_detail(struct view *v, const struct ctl_detail *d)
{
	char	 text[TEXT_LEN * 4], addr[VADDR_STRLEN], ago[FORMAT_LEN];

	if (v->action != ACT_SHOW_INST)
		return;
	if (d->hold_by[0] != '\0')
		line(v, "asked for by", "%s", format_safe(text, sizeof(text),
		    d->hold_by));
	if (d->rival[0] != '\0')
		line(v, "also announced", "%s, %s", format_safe(text,
		    sizeof(text), d->rival), format_ago(ago, sizeof(ago), v,
		    d->rival_us));
	if (d->faults[0] != '\0')
		line(v, "faults", "%s", format_safe(text, sizeof(text),
		    d->faults));
	line(v, "source address", "%s", vaddr_print(&d->src, addr,
	    sizeof(addr)));
	if (d->peers == 0)
		line(v, "sends to", "multicast group");
	else
		line(v, "sends to", "%u unicast peer%s", d->peers,
		    d->peers == 1 ? "" : "s");
	line(v, "options", "%s%s%s%s", d->nopreempt ? "nopreempt" : "preempt",
	    d->owner ? ", address owner" : "", d->accept ? ", accept" : "",
	    d->auth_type == 1 ? ", simple password" :
	    d->auth_type == 2 ? ", authentication header" : "");
	line(v, "transitions", "%u", d->transitions);
	detail_timers(v, d);
	line(v, "addresses", "%u wanted, %u installed, %u failed%s%s",
	    d->vip.wanted, d->vip.installed, d->vip.failed,
	    d->vip.first_errno != 0 ? ": " : "",
	    d->vip.first_errno != 0 ? strerror(d->vip.first_errno) : "");
	if (d->vip.lease_s != 0)
		line(v, "lease", "%us", d->vip.lease_s);
	line(v, "put back", "%u time%s", d->vip.restored,
	    d->vip.restored == 1 ? "" : "s");
	if (d->vip.route_wanted != 0 || d->vip.route_installed != 0 ||
	    d->vip.route_restored != 0)
		line(v, "routes, rules", "%u wanted, %u installed, %u failed"
		    "%s%s, put back %u time%s", d->vip.route_wanted,
		    d->vip.route_installed, d->vip.route_failed,
		    d->vip.route_errno != 0 ? ": " : "",
		    d->vip.route_errno != 0 ? strerror(d->vip.route_errno) :
		    "", d->vip.route_restored, d->vip.route_restored == 1 ?
		    "" : "s");
	line(v, "announcements", "%llu",
	    (unsigned long long)d->vip.announcements);
}

static void
detail_timers(struct view *v, const struct ctl_detail *d)
{
	char	 text[FORMAT_LEN];

	line(v, "advertises every", "%s", format_time(text, sizeof(text),
	    d->adver_int_us));
	line(v, "interval in force", "%s", format_time(text, sizeof(text),
	    d->master_int_us));
	line(v, "skew", "%s", format_time(text, sizeof(text), d->skew_us));
	line(v, "master down after", "%s", format_time(text, sizeof(text),
	    d->down_us));
	if (d->preempt_delay_us > 0)
		line(v, "preempt delay", "%s", format_time(text, sizeof(text),
		    d->preempt_delay_us));
	line(v, "next timer", "%s", format_in(text, sizeof(text), v,
	    d->due_us));
	line(v, "last heard", "%s", format_ago(text, sizeof(text), v,
	    d->last_advert_us));
	line(v, "last sent", "%s", format_ago(text, sizeof(text), v,
	    d->last_sent_us));
}

static void
text_vip(struct view *v, const struct ctl_vip *c)
{
	char	 addr[VADDR_STRLEN], ifname[IF_NAME_LEN * 4];

	if (v->action != ACT_SHOW_INST)
		return;
	section(v, "virtual addresses");
	fprintf(v->fp, "        %s dev %s%s\n", vaddr_print_plen(&c->addr,
	    addr, sizeof(addr)), format_safe(ifname, sizeof(ifname),
	    c->ifname), c->excluded ? " (not advertised)" : "");
}

static void
text_track(struct view *v, const struct ctl_track *c)
{
	char	 name[NAME_LEN * 4];

	if (v->action != ACT_SHOW_INST)
		return;
	section(v, "tracked");
	fprintf(v->fp, "        %s %s: %s, ", word_track(c->kind),
	    format_safe(name, sizeof(name), c->name),
	    word_status(c->status));
	if (c->kind == TRACK_FILE || c->kind == TRACK_PROCESS)
		fprintf(v->fp, "%s %d, ", c->kind == TRACK_FILE ? "value" :
		    "running", c->value);
	if (c->weight == 0 && c->kind == TRACK_FILE)
		fprintf(v->fp, "fault unless 0\n");
	else if (c->weight == 0)
		fprintf(v->fp, "fault when %s\n", c->reverse ? "good" :
		    "bad");
	else
		fprintf(v->fp, "weight %d%s, now %+d\n", c->weight,
		    c->reverse ? " reverse" : "", c->contribution);
}

static void
text_counter(struct view *v, const struct ctl_counter *c)
{
	char	 name[NAME_LEN * 4];

	if (v->action == ACT_WHY)
		return;
	section(v, "counters");
	fprintf(v->fp, "        %-28s %llu\n", format_safe(name,
	    sizeof(name), c->name), (unsigned long long)c->value);
}

static void
text_iface(struct view *v, const struct ctl_iface *c)
{
	const struct link_info	*l = &c->link;
	struct text		*t = v->priv;
	const char		*state, *comma;
	char			 name[IF_NAME_LEN * 4];
	char			 four[VADDR_STRLEN], six[VADDR_STRLEN];
	bool			 exists = (l->flags & LINK_F_EXISTS) != 0;

	t->rows++;
	if (!exists)
		state = "missing";
	else if ((l->flags & LINK_F_UP) == 0)
		state = "down";
	else
		state = (l->flags & LINK_F_RUNNING) != 0 ? "up" :
		    "no carrier";
	table_cell(t->table, "%s", format_safe(name, sizeof(name), c->name));
	if (exists)
		table_cell(t->table, "%u", l->ifindex);
	else
		table_cell(t->table, "-");
	table_cell(t->table, "%s", state);
	if (v->colour)
		table_colour(t->table, strcmp(state, "up") == 0 ? GREEN :
		    RED);
	if (exists) {
		table_cell(t->table, "%u", l->mtu);
		table_cell(t->table, "%02x:%02x:%02x:%02x:%02x:%02x",
		    l->mac[0], l->mac[1], l->mac[2], l->mac[3], l->mac[4],
		    l->mac[5]);
	} else {
		table_cell(t->table, "-");
		table_cell(t->table, "-");
	}
	table_cell(t->table, "%u", c->instances);
	table_cell(t->table, "%u", c->trackers);
	comma = l->primary4.family != 0 && l->linklocal6.family != 0 ? ", " :
	    "";
	table_cell(t->table, "%s%s%s%s",
	    l->primary4.family != 0 || l->linklocal6.family == 0 ?
	    vaddr_print(&l->primary4, four, sizeof(four)) : "", comma,
	    l->linklocal6.family != 0 ? vaddr_print(&l->linklocal6, six,
	    sizeof(six)) : "",
	    (l->flags & LINK_F_TENTATIVE) != 0 ? " (tentative)" : "");
}

static void
text_script(struct view *v, const struct ctl_script *c)
{
	struct text	*t = v->priv;
	char		 name[NAME_LEN * 4], output[TEXT_LEN * 4];
	char		 a[FORMAT_LEN], b[FORMAT_LEN];

	t->rows++;
	table_cell(t->table, "%s", format_safe(name, sizeof(name), c->name));
	table_cell(t->table, "%s", format_safe(name, sizeof(name), c->user));
	if (c->count != 0)
		table_cell(t->table, "%s %u/%u", word_status(c->status),
		    c->count, c->status == TRACK_GOOD ? c->fall : c->rise);
	else
		table_cell(t->table, "%s", word_status(c->status));
	table_colour(t->table, status_colour(v, c->status));
	if (c->kind == TRACK_FILE)
		table_cell(t->table, "value %d", c->value);
	else if (c->kind == TRACK_PROCESS)
		table_cell(t->table, "running %d", c->value);
	else
		table_cell(t->table, "%s%s", exit_text(c, a, sizeof(a)),
		    c->running ? ", running" : "");
	table_cell(t->table, "%s", c->last_start_us < 0 ? "-" :
	    format_for(a, sizeof(a), c->last_start_us > v->now_us ? 0 :
	    v->now_us - c->last_start_us));
	table_cell(t->table, "%s", c->last_run_us < 0 ? "-" :
	    format_for(b, sizeof(b), c->last_run_us));
	table_cell(t->table, "%s", c->interval_us == 0 ? "-" :
	    format_for(a, sizeof(a), c->interval_us));
	table_cell(t->table, "%llu", (unsigned long long)c->runs);
	table_cell(t->table, "%llu", (unsigned long long)c->failures);
	table_cell(t->table, "%s", format_safe(output, sizeof(output),
	    c->output));
}

static const char *
exit_text(const struct ctl_script *c, char *buf, size_t size)
{
	switch (c->exit_kind) {
	case EXIT_STATUS:
		(void)snprintf(buf, size, "exit %d", c->exit_code);
		break;
	case EXIT_SIGNAL:
		(void)snprintf(buf, size, "signal %d", c->exit_code);
		break;
	case EXIT_TIMEOUT:
		(void)strlcpy(buf, "timeout", size);
		break;
	case EXIT_EXEC:
		(void)strlcpy(buf, strerror(c->exit_code), size);
		break;
	default:
		(void)strlcpy(buf, "-", size);
		break;
	}
	return (buf);
}

static void
text_group(struct view *v, const struct ctl_group *g)
{
	struct text	*t = v->priv;
	const char	*colour = state_colour(v, g->state);
	char		 name[NAME_LEN * 4], reason[TEXT_LEN * 4];
	char		 since[FORMAT_LEN];

	fprintf(v->fp, "%s%s: %s%s%s", t->rows++ != 0 ? "\n" : "",
	    format_safe(name, sizeof(name), g->name),
	    colour != NULL ? colour : "", word_state(g->state),
	    colour != NULL ? "\033[0m" : "");
	fprintf(v->fp, " for %s%s", format_for(since, sizeof(since),
	    g->since_us > v->now_us ? 0 : v->now_us - g->since_us),
	    g->handing_over ? ", handing over" : "");
	if (g->reason[0] != '\0')
		fprintf(v->fp, " (%s)", format_safe(reason, sizeof(reason),
		    g->reason));
	fprintf(v->fp, "\n");
}

static void
text_member(struct view *v, const struct ctl_member *c)
{
	char	 name[NAME_LEN * 4], ifname[IF_NAME_LEN * 4];

	line(v, format_safe(name, sizeof(name), c->name),
	    "%s on %s, priority %u%s%s", word_state(c->state),
	    format_safe(ifname, sizeof(ifname), c->ifname), c->priority,
	    c->wants ? ", could be MASTER" : "",
	    c->joined ? "" : ", not in step yet");
}

static void
text_event(struct view *v, const struct ctl_event *ev)
{
	struct text	*t = v->priv;
	char		 when[FORMAT_LEN], ago[FORMAT_LEN], text[TEXT_LEN];
	char		 name[NAME_LEN * 4];

	t->rows++;
	table_cell(t->table, "%s", format_clock(when, sizeof(when), v,
	    ev->at_us));
	table_cell(t->table, "%s", format_for(ago, sizeof(ago), ev->at_us <
	    v->now_us ? v->now_us - ev->at_us : 0));
	table_cell(t->table, "%s", ev->name[0] == '\0' ? "-" :
	    format_safe(name, sizeof(name), ev->name));
	if (ev->name[0] == '\0')
		table_cell(t->table, "-");
	else if (ev->old == ev->state)
		table_cell(t->table, "%s", word_state(ev->state));
	else
		table_cell(t->table, "%s -> %s", word_state(ev->old),
		    word_state(ev->state));
	table_colour(t->table, ev->name[0] == '\0' ? NULL :
	    state_colour(v, ev->state));
	event_text(text, sizeof(text), ev);
	if (ev->kind == EVENT_STATE)
		table_cell(t->table, "%s; priority %u", text, ev->priority);
	else
		table_cell(t->table, "%s", text);
}

static void
text_trace(struct view *v, const char *text)
{
	char	 safe[TEXT_LEN * 4];

	fprintf(v->fp, "%s\n", format_safe(safe, sizeof(safe), text));
}

static void
text_engine(struct view *v, const struct ctl_daemon *d)
{
	struct text	*t = v->priv;
	unsigned int	 i;

	fprintf(v->fp, "engine\n");
	for (i = 0; i < ENG_CNT_MAX; i++)
		fprintf(v->fp, "        %-28s %llu\n", word_engine(i),
		    (unsigned long long)d->cnt[i]);
	t->rows++;
}

static void
text_note(struct view *v, const struct ctl_note *n)
{
	char	 name[NAME_LEN * 4], text[TEXT_LEN * 4], when[FORMAT_LEN];

	if (n->lost != 0)
		fprintf(v->fp, "(%u lines lost)\n", n->lost);
	v->now_us = mono_us();
	fprintf(v->fp, "%s %-8s %s%s%s\n", format_clock(when, sizeof(when),
	    v, n->at_us), word_note(n->kind), format_safe(name, sizeof(name),
	    n->name), n->name[0] != '\0' ? ": " : "", format_safe(text,
	    sizeof(text), n->text));
}

/* The topic, and the sentence beside it in lines of 80 columns. */
static void
text_say(struct view *v, const char *topic, const char *text)
{
	char	 safe[TEXT_LEN * 8], *word, *next;
	size_t	 col;

	format_safe(safe, sizeof(safe), text);
	fprintf(v->fp, "    %-10s", topic);
	col = SAY_COL;
	next = safe;
	while ((word = strsep(&next, " ")) != NULL) {
		if (col > SAY_COL && col + 1 + strlen(word) > SAY_WIDTH) {
			fprintf(v->fp, "\n%*s", SAY_COL, "");
			col = SAY_COL;
		}
		col += (size_t)fprintf(v->fp, " %s", word);
	}
	fprintf(v->fp, "\n");
}

static void
text_msg(struct view *v, const struct ctl_msg *c)
{
	char	 safe[sizeof(c->text) * 4];

	(void)fflush(v->fp);
	fprintf(v->action == ACT_DRY_RUN && c->severity == CONF_NOTE ? v->fp :
	    stderr, "%s\n", format_safe(safe, sizeof(safe), c->text));
}

static void
text_result(struct view *v, const char *name, const struct ctl_result *c)
{
	char	 safe[TEXT_LEN * 4];

	if (c->code != CTL_OK)
		return;			/* is said on stderr */
	format_safe(safe, sizeof(safe), c->text);
	if (c->took_us > 0)
		fprintf(v->fp, "%s in %.*f %s\n", safe,
		    c->took_us < 10 * US_PER_MS ? 2 :
		    c->took_us < US_PER_SEC ? 0 : 2,
		    (double)c->took_us / (c->took_us < US_PER_SEC ?
		    US_PER_MS : US_PER_SEC),
		    c->took_us < US_PER_SEC ? "ms" : "s");
	else
		fprintf(v->fp, "%s\n", safe);
}

static const char *
state_colour(const struct view *v, unsigned int show)
{
	if (!v->colour)
		return (NULL);
	if (show == SHOW_MASTER)
		return (GREEN);
	if (show == SHOW_FAULT)
		return (RED);
	return (show == SHOW_BACKUP ? NULL : YELLOW);
}

static const char *
status_colour(const struct view *v, unsigned int status)
{
	if (!v->colour)
		return (NULL);
	if (status == TRACK_GOOD)
		return (GREEN);
	return (status == TRACK_BAD ? RED : YELLOW);
}
