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
 * Text that stands for other text: $NAME= definitions and their use, ~SEQ and
 * ~LST. All of it is bounded, so that no file can make readconf run for ever.
 * Runs in: readconf.
 */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define MAX_MADE_CNT	65536
#define MAX_MADE_LEN	(16 * 1024 * 1024)
#define MAX_NESTED	32		/* definitions that use definitions */
#define MAX_VARS	16		/* of one ~LST */
#define BLANKS		" \t\v\f\r\n"

struct macro {
	struct macro	*next;
	const char	*name;
	struct line	*lines;
	size_t		 cnt;
	size_t		 cap;
	bool		 busy;		/* being replaced */
	bool		 body;		/* written in several lines */
	bool		 gone;		/* not defined any more */
};

/* A use of a name in a text. */
struct ref {
	const char	*name;
	size_t		 name_len;
	const char	*arg;		/* of _RANDOM and _ENV */
	size_t		 arg_len;
	size_t		 len;		/* of the whole, '$' included */
	bool		 braces;
};

/* A line being put together. */
struct sink {
	struct load	*ld;
	struct macros	*ms;
	const char	*dir;
	struct line	 out;
	size_t		 cap;
	bool		 quote;
	bool		 failed;
	int		 depth;
};

/* ~SEQ and ~LST: names and the values of one turn. */
struct vars {
	char		*name[MAX_VARS];
	const char	*value[MAX_VARS];
	size_t		 cnt;
};

static struct macro *macro_find(struct macros *, const char *, size_t);
static struct macro *macro_get(struct load *, struct macros *, const char *,
		    size_t);
static int	 macro_add(struct load *, struct macro *, const struct line *);
static size_t	 name_span(const char *);
static bool	 ref_parse(const char *, struct ref *);
static struct macro *macro_alone(struct macros *, const struct line *);
static struct pending **vars_put(struct load *, struct macros *,
		    struct pending **, const struct vars *, bool);
static void	 sink_byte(struct sink *, char, uint16_t);
static void	 sink_text(struct sink *, const char *, uint16_t);
static void	 sink_line(struct sink *, const struct line *, uint16_t);
static void	 sink_ref(struct sink *, const struct ref *, struct where,
		    uint16_t);
static bool	 sink_builtin(struct sink *, const struct ref *, uint16_t);
static void	 sink_random(struct sink *, const struct ref *, uint16_t);
static bool	 made_ok(struct load *, struct macros *, struct where,
		    size_t);
static struct pending **pending_put(struct load *, struct pending **,
		    const struct line *, struct macro *, bool undefine);
static int	 repeat_seq(struct load *, struct macros *, char *, bool,
		    const struct line *, struct pending **);
static int	 repeat_lst(struct load *, struct macros *, char *,
		    const struct line *, struct pending **);
static char	*next_item(char **);
static size_t	 split_braces(char *, char **, size_t);
static void	 vars_replace(struct load *, const struct vars *,
		    const struct line *, struct line *);
static bool	 seq_count(struct load *, struct where, const long *, size_t,
		    long *, size_t *);

struct where
line_at(const struct line *ln, size_t pos)
{
	struct where	 at = { ln->src, 0 };

	if (ln->src != NULL && ln->col != NULL)
		at.col = ln->col[pos < ln->len ? pos : ln->len];
	return (at);
}

struct line
line_part(struct load *ld, const struct line *ln, size_t from, size_t to)
{
	struct line	 part;
	size_t		 i;

	part.src = ln->src;
	part.len = to - from;
	part.s = mem_str(ld, ln->s + from, part.len);
	part.col = mem_get(ld, (part.len + 1) * sizeof(*part.col));
	for (i = 0; i <= part.len; i++)
		part.col[i] = line_at(ln, from + i).col;
	return (part);
}

static struct macro *
macro_find(struct macros *ms, const char *name, size_t len)
{
	struct macro	*m;

	for (m = ms->first; m != NULL; m = m->next)
		if (strlen(m->name) == len && memcmp(m->name, name, len) == 0)
			return (m->gone ? NULL : m);
	return (NULL);
}

/* The definition of that name, empty. */
static struct macro *
macro_get(struct load *ld, struct macros *ms, const char *name, size_t len)
{
	struct macro	*m;

	for (m = ms->first; m != NULL; m = m->next)
		if (strlen(m->name) == len && memcmp(m->name, name, len) == 0)
			break;
	if (m != NULL) {
		m->cnt = 0;
		m->body = m->gone = false;
		return (m);
	}
	m = mem_get(ld, sizeof(*m));
	m->name = mem_str(ld, name, len);
	m->next = ms->first;
	ms->first = m;
	return (m);
}

/* Adds a line; 2 when it ends in a backslash, so that more follow, else 1. */
static int
macro_add(struct load *ld, struct macro *m, const struct line *ln)
{
	struct line	*lines, part;
	size_t		 len = ln->len;
	bool		 more;

	more = len > 0 && ln->s[len - 1] == '\\';
	if (more)
		for (len--; len > 0 && isblank((unsigned char)ln->s[len - 1]);)
			len--;
	part = line_part(ld, ln, 0, len);
	if (m->cnt == m->cap) {
		lines = mem_get(ld, (m->cap * 2 + 4) * sizeof(*lines));
		if (m->cnt != 0)
			memcpy(lines, m->lines, m->cnt * sizeof(*lines));
		m->cap = m->cap * 2 + 4;
		m->lines = lines;
	}
	m->body = m->body || more;
	/* An opening line with nothing after '=' is not part of the body. */
	if (len != 0 || !more || m->cnt != 0)
		m->lines[m->cnt++] = part;
	return (more ? 2 : 1);
}

int
macro_define(struct load *ld, struct macros *ms, const struct line *ln)
{
	struct line	 value;
	size_t		 n;

	if (ln->s[0] != '$' || (n = name_span(ln->s + 1)) == 0)
		return (0);
	if (ln->s[n + 1] != '=') {
		if (ln->s[n + 1 + strspn(ln->s + n + 1, BLANKS)] == '=')
			diag_warn(ld, line_at(ln, 0), "a definition has no "
			    "blank before '=': this is none");
		return (0);
	}
	ms->open = macro_get(ld, ms, ln->s + 1, n);
	n += 2;
	n += strspn(ln->s + n, BLANKS);
	value = line_part(ld, ln, n, ln->len);
	return (macro_add(ld, ms->open, &value));
}

int
macro_more(struct load *ld, struct macros *ms, const struct line *ln)
{
	return (macro_add(ld, ms->open, ln));
}

/* "NAME=VALUE" of the command line; 0 or -1. */
int
macro_set(struct load *ld, struct macros *ms, const char *text)
{
	struct line	 ln;
	size_t		 n, len = strlen(text);

	n = name_span(text);
	if (n == 0 || text[n] != '=' || len > LEX_LINE_MAX)
		return (-1);
	memset(&ln, 0, sizeof(ln));
	ln.len = len - n - 1;
	ln.s = mem_str(ld, text + n + 1, ln.len);
	ln.col = mem_get(ld, (ln.len + 1) * sizeof(*ln.col));
	(void)macro_add(ld, macro_get(ld, ms, text, n), &ln);
	return (0);
}

static size_t
name_span(const char *s)
{
	size_t	 n = 0;

	if (!isalpha((unsigned char)s[0]) && s[0] != '_')
		return (0);
	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return (n);
}

/* s is at a '$'. */
static bool
ref_parse(const char *s, struct ref *r)
{
	size_t	 n;

	memset(r, 0, sizeof(*r));
	r->braces = s[1] == '{';
	r->name = s + 1 + r->braces;
	if ((r->name_len = n = name_span(r->name)) == 0)
		return (false);
	if (!r->braces) {
		r->len = n + 1;
		return (r->name[n] == '\0' ||
		    strchr(BLANKS ",)", r->name[n]) != NULL);
	}
	r->arg = r->name + n + strspn(r->name + n, BLANKS);
	r->arg_len = strcspn(r->arg, "}");
	r->len = r->arg + r->arg_len + 1 - s;
	return (r->arg[r->arg_len] == '}' &&
	    (r->arg_len == 0 || r->arg != r->name + n));
}

static void
sink_byte(struct sink *sk, char c, uint16_t col)
{
	struct line	*out = &sk->out, old = sk->out;

	if (sk->failed)
		return;
	if (out->len >= LEX_LINE_MAX) {
		diag_error(sk->ld, line_at(out, 0), "the line is longer than "
		    "%d bytes after replacement", LEX_LINE_MAX);
		sk->failed = true;
		return;
	}
	if (out->len + 1 >= sk->cap) {
		sk->cap = sk->cap * 2 + 128;
		out->s = mem_get(sk->ld, sk->cap);
		out->col = mem_get(sk->ld, sk->cap * sizeof(*out->col));
		if (old.len != 0) {
			memcpy(out->s, old.s, old.len);
			memcpy(out->col, old.col, old.len * sizeof(*old.col));
		}
	}
	if (c == '"')
		sk->quote = !sk->quote;
	out->s[out->len] = c;
	out->col[out->len++] = col;
	out->s[out->len] = '\0';
	out->col[out->len] = col + 1;
}

static void
sink_text(struct sink *sk, const char *s, uint16_t col)
{
	for (; *s != '\0'; s++)
		sink_byte(sk, *s == '\n' ? ' ' : *s, col);
}

/* Copies a line with all replacements; col 0: each byte has its own. */
static void
sink_line(struct sink *sk, const struct line *ln, uint16_t col)
{
	struct where	 at;
	struct ref	 r;
	size_t		 i = 0;

	while (i < ln->len && !sk->failed) {
		at = line_at(ln, i);
		if (col != 0)
			at = (struct where){ sk->out.src, col };
		if (ln->s[i] != '$' || !ref_parse(ln->s + i, &r)) {
			sink_byte(sk, ln->s[i++], at.col);
			continue;
		}
		sink_ref(sk, &r, at, at.col);
		i += r.len;
	}
}

static void
sink_ref(struct sink *sk, const struct ref *r, struct where at, uint16_t col)
{
	struct macro	*m;
	char		 name[64];
	size_t		 i;

	(void)snprintf(name, sizeof(name), "%.*s",
	    (int)(r->name_len < 60 ? r->name_len : 60), r->name);
	m = macro_find(sk->ms, r->name, r->name_len);
	if (m == NULL && sink_builtin(sk, r, col))
		return;
	if (m == NULL && r->braces && !sk->quote) {
		/* keepalived tears it apart at its braces. */
		diag_warn(sk->ld, at, "%s is not defined: taken as the word "
		    "$%s", name, name);
		sink_byte(sk, '$', col);
		sink_text(sk, name, col);
	} else if (m == NULL) {
		for (i = 0; i < r->len; i++)
			sink_byte(sk, r->name[(ssize_t)i - 1 - r->braces],
			    col);
	} else if (m->busy || sk->depth >= MAX_NESTED) {
		diag_error(sk->ld, at, "the definition of %s %s", name,
		    m->busy ? "uses itself" : "is nested too deep");
		sk->failed = true;
	} else if (m->body) {
		diag_error(sk->ld, at, "%s has several lines: its use must "
		    "stand alone on a line", name);
		sk->failed = true;
	} else if (m->cnt == 1) {
		m->busy = true;
		sk->depth++;
		sink_line(sk, &m->lines[0], col);
		sk->depth--;
		m->busy = false;
	}
}

static bool
sink_builtin(struct sink *sk, const struct ref *r, uint16_t col)
{
	char		 var[256];
	const char	*value;

	if (r->name_len == 4 && memcmp(r->name, "_PWD", 4) == 0)
		sink_text(sk, sk->dir, col);
	else if (r->name_len == 9 && memcmp(r->name, "_INSTANCE", 9) == 0)
		sink_text(sk, source_id(sk->ld), col);
	else if (r->name_len == 5 && memcmp(r->name, "_HASH", 5) == 0)
		sink_byte(sk, '#', col);
	else if (r->name_len == 5 && memcmp(r->name, "_BANG", 5) == 0)
		sink_byte(sk, '!', col);
	else if (r->name_len == 7 && memcmp(r->name, "_RANDOM", 7) == 0)
		sink_random(sk, r, col);
	else if (r->name_len == 4 && memcmp(r->name, "_ENV", 4) == 0 &&
	    r->arg_len != 0 && r->arg_len < sizeof(var)) {
		(void)snprintf(var, sizeof(var), "%.*s", (int)r->arg_len,
		    r->arg);
		value = sk->ld->opts->no_system ? NULL : getenv(var);
		if (value != NULL)
			sink_text(sk, value, col);
	} else
		return (false);
	return (true);
}

/* "_RANDOM [MIN [MAX]]": 0 to 32767 when nothing is said. */
static void
sink_random(struct sink *sk, const struct ref *r, uint16_t col)
{
	unsigned long	 lo = 0, hi = 32767, n;
	char		 buf[64], *end;

	if (r->arg_len != 0 && r->arg_len < sizeof(buf)) {
		(void)snprintf(buf, sizeof(buf), "%.*s", (int)r->arg_len,
		    r->arg);
		lo = strtoul(buf, &end, 10);
		if (end[strspn(end, BLANKS)] != '\0')
			hi = strtoul(end, NULL, 10);
	}
	if (lo > 0x7fffffff || hi > 0x7fffffff || hi < lo)
		hi = lo;
	sk->ms->random = sk->ms->random * 6364136223846793005ULL +
	    1442695040888963407ULL;
	n = lo + (sk->ms->random >> 33) % (hi - lo + 1);
	(void)snprintf(buf, sizeof(buf), "%lu", n);
	sink_text(sk, buf, col);
}

static bool
made_ok(struct load *ld, struct macros *ms, struct where at, size_t len)
{
	if (ms->made_cnt >= MAX_MADE_CNT || ms->made_len > MAX_MADE_LEN) {
		if (!ms->full)
			diag_error(ld, at, "replacement makes more than %d "
			    "lines or %d bytes", MAX_MADE_CNT, MAX_MADE_LEN);
		ms->full = true;
		return (false);
	}
	ms->made_cnt++;
	ms->made_len += len;
	return (true);
}

static struct pending **
pending_put(struct load *ld, struct pending **link, const struct line *ln,
    struct macro *m, bool undefine)
{
	struct pending	*p;

	p = mem_get(ld, sizeof(*p));
	p->line = *ln;
	p->macro = m;
	p->undefine = undefine;
	p->next = *link;
	*link = p;
	return (&p->next);
}

/*
 * The definition that is all of the line and has to be read as lines: written
 * in several, or a repetition. Else NULL.
 */
static struct macro *
macro_alone(struct macros *ms, const struct line *ln)
{
	struct macro	*m;
	struct ref	 r;
	int		 i;

	for (i = 0; i < MAX_NESTED; i++) {
		if (ln->s[0] != '$' || !ref_parse(ln->s, &r) ||
		    r.len != ln->len ||
		    (m = macro_find(ms, r.name, r.name_len)) == NULL)
			return (NULL);
		if (m->body || (m->cnt != 0 && m->lines[0].s[0] == '~'))
			return (m);
		if (m->cnt == 0)
			return (NULL);
		ln = &m->lines[0];
	}
	return (NULL);
}

bool
macro_pending(struct pending **head, struct line *ln)
{
	struct pending	*p;

	while ((p = *head) != NULL) {
		*head = p->next;
		if (p->macro == NULL) {
			*ln = p->line;
			return (true);
		}
		p->macro->gone = p->undefine;
		p->macro->body = false;
		p->macro->lines[0] = p->line;
		p->macro->cnt = 1;
	}
	return (false);
}

int
macro_expand(struct load *ld, struct macros *ms, const struct line *ln,
    const char *dir, struct line *out, struct pending **head)
{
	struct macro	*m;
	struct sink	 sk;
	size_t		 i;

	*out = *ln;
	if (strchr(ln->s, '$') == NULL)
		return (0);
	if ((m = macro_alone(ms, ln)) != NULL) {
		for (i = 0; i < m->cnt; i++) {
			if (!made_ok(ld, ms, line_at(ln, 0), m->lines[i].len))
				return (-1);
			head = pending_put(ld, head, &m->lines[i],
			    NULL, false);
		}
		return (1);
	}
	memset(&sk, 0, sizeof(sk));
	sk.ld = ld;
	sk.ms = ms;
	sk.dir = dir;
	sk.out.src = ln->src;
	sink_line(&sk, ln, 0);
	if (sk.out.s == NULL)
		sk.out = line_part(ld, ln, 0, 0);
	ms->made_len += sk.out.len;
	if (sk.failed)
		return (-1);
	if (ms->made_len > MAX_MADE_LEN &&
	    !made_ok(ld, ms, line_at(ln, 0), 0))
		return (-1);
	*out = sk.out;
	return (0);
}

int
macro_repeat(struct load *ld, struct macros *ms, const struct line *ln,
    const char *dir, struct pending **head)
{
	struct line	 part, args, text;
	size_t		 from, to;
	bool		 lst;

	lst = strncmp(ln->s, "~LST(", 5) == 0;
	if (!lst && strncmp(ln->s, "~SEQ(", 5) != 0 &&
	    strncmp(ln->s, "~SEQx(", 6) != 0)
		return (0);
	from = strcspn(ln->s, "(") + 1;
	to = from + strcspn(ln->s + from, ")");
	if (ln->s[to] == '\0') {
		diag_error(ld, line_at(ln, 0), "%.4s has no ')'", ln->s);
		return (1);
	}
	part = line_part(ld, ln, from, to);
	text = line_part(ld, ln, to + 1 + strspn(ln->s + to + 1, BLANKS),
	    ln->len);
	if (macro_expand(ld, ms, &part, dir, &args, head) != 0)
		return (1);
	if (lst)
		(void)repeat_lst(ld, ms, args.s, &text, head);
	else
		(void)repeat_seq(ld, ms, args.s, ln->s[4] == 'x', &text, head);
	return (1);
}

/* How many turns from v[0] to v[2] in steps of v[1]; false: reported. */
static bool
seq_count(struct load *ld, struct where at, const long *given, size_t cnt,
    long *v, size_t *turns)
{
	v[2] = given[cnt - 1];
	v[0] = cnt > 1 ? given[0] : v[2] < 0 ? -1 : 1;
	v[1] = cnt > 2 ? given[1] : v[2] < v[0] ? -1 : 1;
	if (v[1] == 0 || (v[2] > v[0] && v[1] < 0) ||
	    (v[2] < v[0] && v[1] > 0)) {
		diag_error(ld, at, "~SEQ does not get from %ld to %ld in steps "
		    "of %ld", v[0], v[2], v[1]);
		return (false);
	}
	*turns = (v[2] - v[0]) / v[1] + 1;
	return (true);
}

/* "var, [start, [step,]] end" */
static int
repeat_seq(struct load *ld, struct macros *ms, char *args, bool hex,
    const struct line *text, struct pending **head)
{
	struct where	 at = { text->src, 0 };
	struct vars	 vars = { .cnt = 1 };
	struct line	 ln;
	char		*item, *end, buf[32];
	long		 given[3], v[3];
	size_t		 cnt = 0, i, turns;

	if ((vars.name[0] = next_item(&args)) == NULL ||
	    name_span(vars.name[0]) != strlen(vars.name[0])) {
		diag_error(ld, at, "~SEQ needs the name of a variable");
		return (-1);
	}
	while ((item = next_item(&args)) != NULL && cnt < 3) {
		errno = 0;
		given[cnt] = strtol(item, &end, 0);
		if (errno != 0 || *item == '\0' || *end != '\0' ||
		    given[cnt] > INT_MAX || given[cnt] < -INT_MAX ||
		    (hex && given[cnt] < 0)) {
			diag_error(ld, at, "\"%s\" is no bound of ~SEQ", item);
			return (-1);
		}
		cnt++;
	}
	if (cnt == 0 || item != NULL) {
		diag_error(ld, at, "~SEQ needs one to three numbers");
		return (-1);
	}
	if (!seq_count(ld, at, given, cnt, v, &turns))
		return (-1);
	for (i = 0; i < turns; i++) {
		(void)snprintf(buf, sizeof(buf), hex ? "%lx" : "%ld",
		    v[0] + (long)i * v[1]);
		vars.value[0] = buf;
		if (!made_ok(ld, ms, at, text->len))
			break;
		head = vars_put(ld, ms, head, &vars, false);
		vars_replace(ld, &vars, text, &ln);
		head = pending_put(ld, head, &ln, NULL, false);
	}
	(void)vars_put(ld, ms, head, &vars, true);
	return (0);
}

/* "var, a, b" or "{v,w}, {a,b}, {c}": one turn for each item. */
static int
repeat_lst(struct load *ld, struct macros *ms, char *args,
    const struct line *text, struct pending **head)
{
	struct where	 at = { text->src, 0 };
	struct vars	 vars;
	struct line	 ln;
	char		*item, *values[MAX_VARS];
	size_t		 cnt, i;

	memset(&vars, 0, sizeof(vars));
	item = next_item(&args);
	vars.cnt = item == NULL ? 0 : split_braces(item, vars.name, MAX_VARS);
	for (i = 0; i < vars.cnt && i < MAX_VARS; i++)
		if (name_span(vars.name[i]) == 0 ||
		    vars.name[i][name_span(vars.name[i])] != '\0')
			vars.cnt = 0;
	if (vars.cnt == 0 || vars.cnt > MAX_VARS) {
		diag_error(ld, at, "~LST needs the name of a variable");
		return (-1);
	}
	while ((item = next_item(&args)) != NULL) {
		cnt = split_braces(item, values, MAX_VARS);
		if (cnt > vars.cnt) {
			diag_error(ld, at, "~LST has %zu values for %zu "
			    "variables", cnt, vars.cnt);
			return (-1);
		}
		for (i = 0; i < vars.cnt; i++)
			vars.value[i] = i < cnt ? values[i] : "";
		if (!made_ok(ld, ms, at, text->len))
			break;
		head = vars_put(ld, ms, head, &vars, false);
		vars_replace(ld, &vars, text, &ln);
		head = pending_put(ld, head, &ln, NULL, false);
	}
	(void)vars_put(ld, ms, head, &vars, true);
	return (0);
}

/* Cuts the next item off, up to a comma outside braces; blanks are trimmed. */
static char *
next_item(char **rest)
{
	char	*item, *p, *end;
	int	 deep = 0;

	if ((item = *rest) == NULL)
		return (NULL);
	item += strspn(item, BLANKS);
	for (p = item; *p != '\0' && (*p != ',' || deep > 0); p++)
		deep += (*p == '{') - (*p == '}');
	*rest = *p == ',' ? p + 1 : NULL;
	for (end = p; end > item && strchr(BLANKS, end[-1]) != NULL;)
		end--;
	*end = '\0';
	return (item);
}

/* "{a,b}" to its parts, anything else to itself. More than max: max + 1. */
static size_t
split_braces(char *s, char **out, size_t max)
{
	size_t	 n = 0, len = strlen(s);
	char	*item;

	if (s[0] != '{' || len < 2 || s[len - 1] != '}') {
		out[0] = s;
		return (1);
	}
	s[len - 1] = '\0';
	s++;
	while ((item = next_item(&s)) != NULL) {
		if (n == max)
			return (max + 1);
		out[n++] = item;
	}
	return (n);
}

/*
 * The variables have their values while the text is read, so that definitions
 * which it uses know them; at the end they are gone.
 */
static struct pending **
vars_put(struct load *ld, struct macros *ms, struct pending **link,
    const struct vars *vars, bool end)
{
	struct macro	*m;
	struct line	 ln;
	size_t		 i;

	for (i = 0; i < vars->cnt; i++) {
		m = macro_find(ms, vars->name[i], strlen(vars->name[i]));
		if (m == NULL) {
			memset(&ln, 0, sizeof(ln));
			ln.s = mem_str(ld, "", 0);
			ln.col = mem_get(ld, sizeof(*ln.col));
			m = macro_get(ld, ms, vars->name[i],
			    strlen(vars->name[i]));
			(void)macro_add(ld, m, &ln);
			m->gone = true;
		}
		memset(&ln, 0, sizeof(ln));
		ln.len = end ? 0 : strlen(vars->value[i]);
		ln.s = mem_str(ld, end ? "" : vars->value[i], ln.len);
		ln.col = mem_get(ld, (ln.len + 1) * sizeof(*ln.col));
		link = pending_put(ld, link, &ln, m, end);
	}
	return (link);
}

static void
vars_replace(struct load *ld, const struct vars *vars,
    const struct line *text, struct line *out)
{
	struct sink	 sk;
	struct ref	 r;
	size_t		 i, k;

	memset(&sk, 0, sizeof(sk));
	sk.ld = ld;
	sk.out.src = text->src;
	for (i = 0; i < text->len && !sk.failed;) {
		k = vars->cnt;
		if (text->s[i] == '$' && ref_parse(text->s + i, &r))
			for (k = 0; k < vars->cnt; k++)
				if (strlen(vars->name[k]) == r.name_len &&
				    memcmp(vars->name[k], r.name,
				    r.name_len) == 0)
					break;
		if (k == vars->cnt) {
			sink_byte(&sk, text->s[i], text->col[i]);
			i++;
			continue;
		}
		sink_text(&sk, vars->value[k], text->col[i]);
		i += r.len;
	}
	*out = sk.out.s != NULL ? sk.out : line_part(ld, text, 0, 0);
}
