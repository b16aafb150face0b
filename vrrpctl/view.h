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
 * What is done with the rows of an answer: text and JSON take the same ones.
 * Runs in: vrrpctl.
 */

#ifndef VIEW_H
#define VIEW_H

#include <sys/cdefs.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl.h"
#include "parser.h"

struct view;

struct view_ops {
	void	(*begin)(struct view *);
	void	(*daemon)(struct view *, const struct ctl_daemon *);
	void	(*inst)(struct view *, const struct ctl_inst *);
	void	(*detail)(struct view *, const struct ctl_detail *);
	void	(*vip)(struct view *, const struct ctl_vip *);
	void	(*track)(struct view *, const struct ctl_track *);
	void	(*counter)(struct view *, const struct ctl_counter *);
	void	(*iface)(struct view *, const struct ctl_iface *);
	void	(*script)(struct view *, const struct ctl_script *);
	void	(*group)(struct view *, const struct ctl_group *);
	void	(*member)(struct view *, const struct ctl_member *);
	void	(*event)(struct view *, const struct ctl_event *);
	void	(*trace)(struct view *, const char *);
	/* The counters of the engine itself, in a daemon's row. */
	void	(*engine)(struct view *, const struct ctl_daemon *);
	/* A sentence about the instance that came last. */
	void	(*say)(struct view *, const char *topic, const char *);
	void	(*note)(struct view *, const struct ctl_note *);
	void	(*msg)(struct view *, const struct ctl_msg *);
	/* Of a request about an instance, or (name "") about all. */
	void	(*result)(struct view *, const char *name,
		    const struct ctl_result *);
	/* Prints what was gathered, and frees it. */
	void	(*end)(struct view *);
};

struct view {
	const struct view_ops	*ops;
	enum action		 action;
	FILE			*fp;
	int64_t			 now_us;	/* of the daemon */
	bool			 complete;	/* for end: all has come */
	bool			 colour;
	size_t			 width;		/* 0: lines may be long */
	void			*priv;
	/* Of a probe. */
	uint32_t		 insts;
	uint32_t		 masters;
	uint32_t		 wrong;
	char			 why[TEXT_LEN];	/* the first wrong one */
	struct why		*facts;		/* of why.c */
};

const struct view_ops	*view_text(void);
const struct view_ops	*view_json(void);

/* words.c: words that both use; "?" out of range. */
const char	*word_state(unsigned int);
const char	*word_status(unsigned int);
const char	*word_hold(unsigned int);
const char	*word_track(unsigned int);
const char	*word_code(unsigned int);
const char	*word_exit(unsigned int);
const char	*word_action(enum action);

/* health.c: what the rows say to a probe; true: well */
void		 health_daemon(struct view *, const struct ctl_daemon *);
void		 health_inst(struct view *, const struct ctl_inst *);
bool		 health_end(struct view *);

/* checkjson.c; start: becomes the program that checks. An exit status. */
int		 check_json(struct view *, const char *file,
		    void (*start)(const char *));

/* why.c: gathers rows and makes sentences of them */
void		 why_begin(struct view *);
void		 why_inst(struct view *, const struct ctl_inst *);
void		 why_detail(struct view *, const struct ctl_detail *);
void		 why_track(struct view *, const struct ctl_track *);
void		 why_counter(struct view *, const struct ctl_counter *);
void		 why_object(struct view *, const struct ctl_script *);
void		 why_tell(struct view *);	/* the instance is complete */
void		 why_end(struct view *);

/* words.c: kinds of notes, and the counters of the engine */
const char	*word_note(unsigned int);
const char	*word_engine(unsigned int);

/* become.c: the program words[0] beside this one, or else in folder; up to 8
 * words and NULL */
void		 become(const char *folder, const char *const words[])
		    __dead2;

/* event.c: words for what is remembered */
const char	*word_event(unsigned int);
/* Its cause in a sentence; printable. Returns buf. */
const char	*event_text(char *buf, size_t, const struct ctl_event *);

/* format.c */
#define FORMAT_LEN	64

/* Printable ASCII, whatever was in it; cut to size. Returns buf. */
const char	*format_safe(char *buf, size_t, const char *);
/* "3.61s", "42s", "12m03s", "5h12m", "3d04h"; below 0: "never". */
const char	*format_for(char *buf, size_t, int64_t us);
/* "3.609s", "609ms", "78us", never minutes; below 0: "never". */
const char	*format_time(char *buf, size_t, int64_t us);
/* The clock on the wall then: "2026-11-22 23:40:01". */
const char	*format_clock(char *buf, size_t, const struct view *,
		    int64_t us);
/* How long ago, or until; "never" for -1. */
const char	*format_ago(char *buf, size_t, const struct view *, int64_t us);
const char	*format_in(char *buf, size_t, const struct view *, int64_t us);

/* format.c: columns as wide as they must be. */
struct table;
/* align: a character for each column, 'l' or 'r'; dies without memory. */
struct table	*table_new(const char *align);
void		 table_cell(struct table *, const char *, ...)
		    __printflike(2, 3);
/* The colour of the cell that was written last; NULL: none. */
void		 table_colour(struct table *, const char *);
void		 table_print(const struct table *, const struct view *);
void		 table_free(struct table *);

#endif /* VIEW_H */
