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

/* The screen of the live table. Runs in: vrrpctl-top. */

#include <sys/socket.h>

#include <curses.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "replay.h"
#include "top.h"
#include "view.h"

#define COLS_MAX	12
#define LINE_LEN	512
#define HEAD_LINES	3	/* two about the daemon, the headings */
#define SMALL		12	/* lines; below, there are instances only */

/* Columns in the order of the screen; rank: which ones come first when there
 * is no room for all. The last one takes what is left. */
enum col {
	C_NAME = 0, C_STATE, C_SINCE, C_PRIO, C_SENT, C_HEARD, C_JITTER,
	C_VIPS, C_VRID, C_IFACE, C_MASTER, C_REASON
};
static const struct {
	const char	*head;
	int		 width;
	bool		 right;
	int		 rank;
} cols[COLS_MAX] = {
	[C_NAME] = { "INSTANCE", 16, false, 0 },
	[C_STATE] = { "STATE", 7, false, 1 },
	[C_SINCE] = { "SINCE", 6, true, 2 },
	[C_PRIO] = { "PRIO", 7, true, 3 },
	[C_SENT] = { "TX/S", 6, true, 5 },
	[C_HEARD] = { "RX/S", 6, true, 6 },
	[C_JITTER] = { "JITTER", 7, true, 7 },
	[C_VIPS] = { "VIPS", 5, true, 8 },
	[C_VRID] = { "VRID", 4, true, 10 },
	[C_IFACE] = { "IF", 10, false, 9 },
	[C_MASTER] = { "MASTER", 15, false, 4 },
	[C_REASON] = { "REASON", 24, false, 11 }
};

struct why_screen {
	struct top	*t;
	int		 line;
	bool		 counting;
};

static void	 put(int, int, int, attr_t, const char *, ...)
		    __printflike(5, 6);
static attr_t	 colour(const struct top *, unsigned int);
static void	 draw_head(const struct top *);
static void	 draw_error(const struct top *);
static void	 draw_keys(const struct top *, const char *);
static void	 draw_table(struct top *);
static unsigned int columns(void);
static void	 headings(const struct top *, unsigned int);
static void	 draw_row(const struct top *, int, unsigned int,
		    const struct top_row *, bool);
static void	 cell(const struct top *, const struct top_row *, enum col,
		    char *, size_t);
static void	 cell_number(const struct top_row *, enum col, char *,
		    size_t);
static int	 draw_scripts(const struct top *, int, int);
static void	 draw_events(const struct top *, int, int);
static void	 draw_why(struct top *);
static void	 on_say(struct view *, const char *, const char *);
static void	 why_line(struct why_screen *, const char *, const char *);
static void	 draw_help(const struct top *);
static int64_t	 since(const struct top *, int64_t);

void
topdraw(struct top *t)
{
	(void)erase();
	draw_head(t);
	if (t->mode == TOP_HELP)
		draw_help(t);
	else if (t->asker.error[0] != '\0')
		draw_error(t);
	else if (t->asker.at_us == 0)
		put(HEAD_LINES, 0, COLS, A_NORMAL, "asking ...");
	else if (t->mode == TOP_WHY)
		draw_why(t);
	else
		draw_table(t);
	(void)refresh();
}

/* Cut to the width, and made printable. */
static void
put(int y, int x, int width, attr_t attr, const char *fmt, ...)
{
	va_list	 ap;
	char	 text[LINE_LEN], safe[LINE_LEN * 4];

	if (y < 0 || y >= LINES || x >= COLS || width <= 0)
		return;
	if (width > COLS - x)
		width = COLS - x;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)attrset(attr);
	(void)mvaddnstr(y, x, format_safe(safe, sizeof(safe), text), width);
	(void)attrset(A_NORMAL);
}

static attr_t
colour(const struct top *t, unsigned int state)
{
	if (state == SHOW_MASTER)
		return (t->colour ? (attr_t)COLOR_PAIR(TOP_GREEN) | A_BOLD :
		    A_BOLD);
	if (state == SHOW_FAULT)
		return (t->colour ? (attr_t)COLOR_PAIR(TOP_RED) | A_BOLD :
		    A_BOLD);
	if (state == SHOW_BACKUP)
		return (A_NORMAL);
	return (t->colour ? (attr_t)COLOR_PAIR(TOP_YELLOW) : A_NORMAL);
}

static int64_t
since(const struct top *t, int64_t us)
{
	int64_t	 now_us = t->asker.snap.daemon.now_us;

	return (now_us > us ? now_us - us : 0);
}

static void
draw_head(const struct top *t)
{
	const struct ctl_daemon	*d = &t->asker.snap.daemon;
	unsigned int		 cnt[SHOW_STOP + 1] = { 0 };
	char			 up[FORMAT_LEN], late[FORMAT_LEN];
	size_t			 n;

	if (t->asker.at_us == 0 || t->asker.error[0] != '\0') {
		put(0, 0, COLS, A_BOLD, "vrrpd");
		return;
	}
	for (n = 0; n < t->row_cnt; n++)
		cnt[t->rows[n].i->inst.state]++;
	put(0, 0, COLS, A_BOLD, "%s%s%zu instance%s: %u MASTER, %u BACKUP, "
	    "%u FAULT%s%s", d->router_id, d->router_id[0] != '\0' ? ": " :
	    "", t->row_cnt, t->row_cnt == 1 ? "" : "s", cnt[SHOW_MASTER],
	    cnt[SHOW_BACKUP], cnt[SHOW_FAULT], d->maintenance ?
	    "  MAINTENANCE" : "", d->confirm_us >= 0 ? "  UNCONFIRMED" : "");
	if (t->late_us < 0)
		(void)strlcpy(late, "-", sizeof(late));
	else
		(void)snprintf(late, sizeof(late), "up to %.1f ms",
		    (double)(t->late_us < d->late_max_us ? t->late_us :
		    d->late_max_us) / 1000);
	put(1, 0, COLS, A_NORMAL, "vrrpd %s up %s, config %u, restarts %u, "
	    "late %s, worst %.1f ms", d->build, format_for(up,
	    sizeof(up), since(t, d->started_us)), d->gen, d->engine_restarts,
	    late, (double)d->late_max_us / 1000);
}

static void
draw_error(const struct top *t)
{
	attr_t	 attr = t->colour ? (attr_t)COLOR_PAIR(TOP_RED) | A_BOLD :
		    A_BOLD;

	put(HEAD_LINES, 0, COLS, attr, "The state of this router is not "
	    "known.");
	put(HEAD_LINES + 1, 0, COLS, A_NORMAL, "%s", t->asker.error);
	put(HEAD_LINES + 3, 0, COLS, A_NORMAL, "Trying again every second.");
	draw_keys(t, "q quit");
}

static void
draw_keys(const struct top *t, const char *text)
{
	put(LINES - 1, 0, COLS, A_REVERSE, "%-*s", COLS, text);
}

/* Instances first; scripts and events get what they do not need, and some
 * lines anyway where the screen is not small. */
static void
draw_table(struct top *t)
{
	unsigned int	 shown = columns();
	int		 room = LINES - HEAD_LINES - 1, scripts = 0, below = 0;
	int		 y, n;
	size_t		 at = topdata_chosen(t);

	if (room >= SMALL) {
		scripts = (int)t->asker.snap.scripts.cnt;
		if (scripts > room / 4)
			scripts = room / 4;
		below = (scripts > 0 ? scripts + 2 : 0) + room / 4 + 2;
		if ((int)t->row_cnt < room - below)
			below = room - (int)t->row_cnt;
	}
	t->page = room - below < 1 ? 1 : room - below;
	if (at < t->first)
		t->first = at;
	if (at >= t->first + (size_t)t->page)
		t->first = at - (size_t)t->page + 1;
	if (t->first + (size_t)t->page > t->row_cnt)
		t->first = t->row_cnt > (size_t)t->page ? t->row_cnt -
		    (size_t)t->page : 0;
	headings(t, shown);
	for (n = 0; n < t->page && t->first + (size_t)n < t->row_cnt; n++)
		draw_row(t, HEAD_LINES + n, shown, &t->rows[t->first +
		    (size_t)n], t->first + (size_t)n == at);
	if (t->row_cnt == 0)
		put(HEAD_LINES, 0, COLS, A_NORMAL, "no instances");
	y = HEAD_LINES + t->page;
	if (below > 0) {
		if (scripts > 0)
			y = draw_scripts(t, y, scripts);
		draw_events(t, y, LINES - 1);
	}
	draw_keys(t, "q quit  Enter why  s sort  r reverse  ? help");
}

/* Bits of those that fit in. */
static unsigned int
columns(void)
{
	unsigned int	 shown = 0;
	int		 left = COLS, rank, c;

	for (rank = 0; rank < COLS_MAX; rank++) {
		for (c = 0; c < COLS_MAX; c++) {
			if (cols[c].rank != rank)
				continue;
			if (cols[c].width > left)
				return (shown);
			shown |= 1U << c;
			left -= cols[c].width + 1;
		}
	}
	return (shown);
}

static void
headings(const struct top *t, unsigned int shown)
{
	int	 c, x = 0;

	put(HEAD_LINES - 1, 0, COLS, A_REVERSE, "%*s", COLS, "");
	for (c = 0; c < COLS_MAX; c++) {
		if ((shown & 1U << c) == 0)
			continue;
		put(HEAD_LINES - 1, x, cols[c].width, A_REVERSE, "%*s",
		    cols[c].right ? cols[c].width : -cols[c].width,
		    cols[c].head);
		x += cols[c].width + 1;
	}
	if (t->sort != SORT_ORDER && COLS - x > 12)
		put(HEAD_LINES - 1, x, COLS - x, A_REVERSE, "by %s%s",
		    topdata_sort_name(t->sort), t->backwards ? ", reverse" :
		    "");
}

static void
draw_row(const struct top *t, int y, unsigned int shown,
    const struct top_row *r, bool chosen)
{
	const attr_t	 mark = chosen ? A_REVERSE : A_NORMAL;
	char		 text[TEXT_LEN * 2];
	int		 c, x = 0, width;

	put(y, 0, COLS, mark, "%*s", COLS, "");
	for (c = 0; c < COLS_MAX; c++) {
		if ((shown & 1U << c) == 0)
			continue;
		cell(t, r, c, text, sizeof(text));
		width = (shown >> (c + 1)) == 0 ? COLS - x : cols[c].width;
		put(y, x, width, c == C_STATE ? mark | colour(t,
		    r->i->inst.state) : mark, "%*s", cols[c].right ?
		    cols[c].width : 0, text);
		x += cols[c].width + 1;
	}
}

static void
cell(const struct top *t, const struct top_row *r, enum col c, char *buf,
    size_t size)
{
	const struct ctl_inst	*i = &r->i->inst;

	switch (c) {
	case C_NAME:
		(void)strlcpy(buf, i->name, size);
		break;
	case C_STATE:
		(void)strlcpy(buf, word_state(i->state), size);
		break;
	case C_SINCE:
		(void)format_for(buf, size, since(t, i->since_us));
		break;
	case C_IFACE:
		(void)strlcpy(buf, i->ifname, size);
		break;
	case C_MASTER:
		if (i->state == SHOW_MASTER)
			(void)strlcpy(buf, "self", size);
		else if (i->master.family == 0)
			(void)strlcpy(buf, "-", size);
		else
			(void)vaddr_print(&i->master, buf, size);
		break;
	case C_REASON:
		(void)snprintf(buf, size, "%s%s%s", i->hold != CTL_HOLD_NONE ?
		    word_hold(i->hold) : "", i->hold != CTL_HOLD_NONE ? ": " :
		    "", i->reason);
		break;
	case C_PRIO:
	case C_SENT:
	case C_HEARD:
	case C_JITTER:
	case C_VIPS:
	case C_VRID:
		cell_number(r, c, buf, size);
		break;
	}
}

static void
cell_number(const struct top_row *r, enum col c, char *buf, size_t size)
{
	const struct ctl_inst	*i = &r->i->inst;
	double			 value = c == C_SENT ? r->sent_rate :
				    r->heard_rate;

	if (c == C_PRIO && i->priority != i->base_priority)
		(void)snprintf(buf, size, "%u/%u", i->priority,
		    i->base_priority);
	else if (c == C_PRIO)
		(void)snprintf(buf, size, "%u", i->priority);
	else if (c == C_VRID)
		(void)snprintf(buf, size, "%u", i->vrid);
	else if (c == C_VIPS)
		(void)snprintf(buf, size, "%u/%u", i->vips_installed,
		    i->vips);
	else if (c == C_JITTER && r->jitter_us >= 0)
		(void)snprintf(buf, size, "%.1fms",
		    (double)r->jitter_us / 1000);
	else if (c == C_JITTER || value < 0)
		(void)strlcpy(buf, "-", size);
	else
		(void)snprintf(buf, size, value < 100 ? "%.2f" : "%.0f",
		    value);
}

/* The line after them. */
static int
draw_scripts(const struct top *t, int y, int max)
{
	const struct ctl_script	*c;
	char			 took[FORMAT_LEN];
	int			 left = max;

	put(++y, 0, COLS, A_BOLD, "%-20s %-8s %8s %8s %8s", "SCRIPT",
	    "RESULT", "TOOK", "RUNS", "FAILED");
	y++;
	SNAP_EACH(c, &t->asker.snap.scripts) {
		if (left-- == 0)
			break;
		put(y, 0, 20, A_NORMAL, "%s", c->name);
		put(y, 21, 8, colour(t, c->status == TRACK_BAD ? SHOW_FAULT :
		    c->status == TRACK_GOOD ? SHOW_BACKUP : SHOW_INIT), "%s",
		    word_status(c->status));
		if (c->kind == TRACK_SCRIPT)
			put(y, 30, COLS - 30, A_NORMAL, "%8s %8llu %8llu  %s",
			    c->last_run_us < 0 ? "-" : format_for(took,
			    sizeof(took), c->last_run_us),
			    (unsigned long long)c->runs,
			    (unsigned long long)c->failures, c->output);
		else
			put(y, 30, COLS - 30, A_NORMAL, "%s, %s %d",
			    word_track(c->kind), c->kind == TRACK_FILE ?
			    "value" : "running", c->value);
		y++;
	}
	return (y);
}

/* Latest first. */
static void
draw_events(const struct top *t, int y, int end)
{
	const struct ctl_event	*ev = t->asker.snap.events.row;
	struct view		 v = { .now_us =
				    t->asker.snap.daemon.now_us };
	size_t			 n = t->asker.snap.events.cnt;
	char			 when[FORMAT_LEN], text[TEXT_LEN];

	if (n == 0 || end - y < 3)
		return;
	put(++y, 0, COLS, A_BOLD, "%-8s %-16s %s", "WHEN", "INSTANCE",
	    "LAST CHANGES");
	for (y++; n > 0 && y < end; n--, y++) {
		format_clock(when, sizeof(when), &v, ev[n - 1].at_us);
		put(y, 0, 8, A_NORMAL, "%s", strlen(when) > 11 ? when + 11 :
		    when);
		put(y, 9, 16, A_NORMAL, "%s", ev[n - 1].name[0] != '\0' ?
		    ev[n - 1].name : "-");
		event_text(text, sizeof(text), &ev[n - 1]);
		if (ev[n - 1].name[0] == '\0')
			put(y, 26, COLS - 26, A_NORMAL, "%s", text);
		else {
			put(y, 26, 6, colour(t, ev[n - 1].state), "%s",
			    word_state(ev[n - 1].state));
			put(y, 33, COLS - 33, A_NORMAL, "%s", text);
		}
	}
}

static void
draw_why(struct top *t)
{
	const struct top_row	*r;
	struct why_screen	 w = { t, 0, true };

	if (t->row_cnt == 0) {
		t->mode = TOP_TABLE;
		draw_table(t);
		return;
	}
	r = &t->rows[topdata_chosen(t)];
	put(HEAD_LINES - 1, 0, COLS, A_REVERSE, "%-*s", COLS,
	    r->i->inst.name);
	put(HEAD_LINES - 1, COLS - 7, 7, A_REVERSE | colour(t,
	    r->i->inst.state), "%s", word_state(r->i->inst.state));
	t->page = LINES - HEAD_LINES - 1 < 1 ? 1 : LINES - HEAD_LINES - 1;
	replay_why(&t->asker.snap, r->i, on_say, &w);
	t->why_lines = w.line;
	if (t->why_first > t->why_lines - t->page)
		t->why_first = t->why_lines - t->page;
	if (t->why_first < 0)
		t->why_first = 0;
	w.line = 0;
	w.counting = false;
	replay_why(&t->asker.snap, r->i, on_say, &w);
	draw_keys(t, t->why_lines > t->page ? "q back  up, down scroll" :
	    "q back");
}

/* A sentence in lines as wide as the screen. */
static void
on_say(struct view *v, const char *topic, const char *text)
{
	struct why_screen	*w = v->priv;
	char			 copy[TEXT_LEN * 2], line[TEXT_LEN * 2];
	char			*word, *next = copy;
	size_t			 width = COLS > 24 ? (size_t)COLS - 11 : 13;

	(void)strlcpy(copy, text, sizeof(copy));
	line[0] = '\0';
	while ((word = strsep(&next, " ")) != NULL) {
		if (line[0] != '\0' &&
		    strlen(line) + 1 + strlen(word) > width) {
			why_line(w, topic, line);
			topic = "";
			line[0] = '\0';
		}
		if (line[0] != '\0')
			(void)strlcat(line, " ", sizeof(line));
		(void)strlcat(line, word, sizeof(line));
	}
	why_line(w, topic, line);
}

static void
why_line(struct why_screen *w, const char *topic, const char *text)
{
	int	 y = HEAD_LINES + w->line++ - w->t->why_first;

	if (w->counting || y < HEAD_LINES || y >= LINES - 1)
		return;
	put(y, 0, 10, A_BOLD, "%s", topic);
	put(y, 11, COLS - 11, A_NORMAL, "%s", text);
}

static void
draw_help(const struct top *t)
{
	static const char *const lines[] = {
		"up, down, k, j     choose an instance",
		"PgUp, PgDn         a page; Home, End: first, last",
		"Enter, w           why it has its role; q goes back",
		"s, S               sort by the next, the previous column",
		"r                  reverse the order",
		"Ctrl-L             draw the screen anew",
		"q                  quit",
		"",
		"TX/S, RX/S         advertisements sent and heard a second",
		"JITTER             how far the master's last advertisements",
		"                   were off their interval, at worst"
	};
	size_t	 n;

	for (n = 0; n < sizeof(lines) / sizeof(lines[0]); n++)
		put(HEAD_LINES + (int)n, 0, COLS, A_NORMAL, "%s", lines[n]);
	draw_keys(t, "any key: back");
}
