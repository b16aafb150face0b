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
 * Files to lines: reading, comments, "@id" lines, includes. What a line means
 * is for others; here it only gets rid of what is not meant for this host.
 * Runs in: readconf.
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keyword.h"

#define MAX_DEPTH	16		/* files that include files */
#define MAX_FILES	1024
#define MAX_BYTES	(16 * 1024 * 1024)
#define MAX_BRACES	256		/* alternatives of one pattern */
#define WAIT_MS		3000		/* for who writes to a FIFO */
#define BLANKS		" \t\v\f\r\n"

/* A file being read; those that it includes are pushed above it. */
struct frame {
	struct frame	*below;
	struct frame	*parent;	/* that included it */
	struct frame	*after;		/* read next */
	const char	*name;
	const char	*dir;
	char		*buf;
	size_t		 len;
	size_t		 pos;
	uint32_t	 line;
	int		 depth;
	dev_t		 dev;
	ino_t		 ino;
	struct pending	*pending;
};

struct source {
	struct frame	*top;
	struct frame	*first;		/* read, and so on */
	struct frame	**last;
	struct macros	 macros;
	size_t		 files;
	size_t		 bytes;
	char		 id[256];
	bool		 defining;	/* a definition goes on */
	int		 include_need;	/* of a plain include */
};

static void	 source_start(struct load *);
static bool	 file_wait(int);
static char	*file_read(struct load *, int, bool fifo, size_t *);
static int	 frame_push(struct load *, struct where, const char *,
		    int need);
static void	 frame_add(struct load *, struct where, const char *, char *,
		    size_t, const struct stat *);
static bool	 frame_loops(const struct source *, const struct stat *);
static int	 line_read(struct load *, struct line *);
static int	 line_raw(struct load *, struct frame *, struct line *);
static bool	 line_usable(struct load *, const struct src *, size_t,
		    bool nul);
static void	 line_strip(struct load *, const char *, size_t,
		    struct line *);
static void	 line_trim(struct line *);
static bool	 line_is_ours(struct load *, struct line *);
static bool	 line_include(struct load *, const struct line *);
static void	 include_pattern(struct load *, struct where, const char *,
		    int need);
static int	 path_cmp(const void *, const void *);
static size_t	 braces_expand(struct load *, const char *, const char **,
		    size_t);

static void
source_start(struct load *ld)
{
	struct source	*sc;
	size_t		 i;
	char		*dot;

	sc = mem_get(ld, sizeof(*sc));
	ld->source = sc;
	sc->last = &sc->first;
	sc->macros.random = 1;
	if (!ld->opts->no_system)
		arc4random_buf(&sc->macros.random, sizeof(sc->macros.random));
	if (ld->opts->config_id != NULL)
		(void)strlcpy(sc->id, ld->opts->config_id, sizeof(sc->id));
	else if (gethostname(sc->id, sizeof(sc->id) - 1) == 0 &&
	    (dot = strchr(sc->id, '.')) != NULL)
		*dot = '\0';
	for (i = 0; i < ld->opts->define_cnt; i++)
		if (macro_set(ld, &sc->macros, ld->opts->defines[i]) == -1)
			diag_error(ld, (struct where){ 0 },
			    "\"%s\" is not NAME=VALUE", ld->opts->defines[i]);
}

const char *
source_id(const struct load *ld)
{
	return (ld->source->id);
}

void
source_seed(struct load *ld, uint64_t seed)
{
	ld->source->macros.random = seed;
}

int
source_include(const struct load *ld)
{
	return (ld->source->include_need);
}

void
source_include_set(struct load *ld, int need)
{
	ld->source->include_need = need;
}

int
source_open(struct load *ld, const char *file)
{
	source_start(ld);
	return (frame_push(ld, (struct where){ 0 }, file, NEED_READ));
}

void
source_open_mem(struct load *ld, const char *name, const void *buf,
    size_t len)
{
	struct stat	 st;

	source_start(ld);
	memset(&st, 0, sizeof(st));
	frame_add(ld, (struct where){ 0 }, name, mem_str(ld, buf, len), len,
	    &st);
}

/* Something to be read, or the end of it? A FIFO may have no writer ever. */
static bool
file_wait(int fd)
{
	struct pollfd	 pfd = { .fd = fd, .events = POLLIN };

	if (poll(&pfd, 1, WAIT_MS) == 1)
		return (true);
	errno = ETIMEDOUT;
	return (false);
}

/* All of a file, with a NUL behind it; NULL with errno. */
static char *
file_read(struct load *ld, int fd, bool fifo, size_t *len)
{
	char	*buf = NULL, *p;
	size_t	 cap = 0, used = 0;
	ssize_t	 n;

	for (;;) {
		if (cap - used < 4096) {
			cap = cap == 0 ? 16384 : cap * 2;
			if ((p = realloc(buf, cap)) == NULL)
				break;
			buf = p;
		}
		n = read(fd, buf + used, cap - used);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN && file_wait(fd))
			continue;
		if (n == 0 && used == 0 && fifo && file_wait(fd)) {
			fifo = false;		/* the writer has come */
			continue;
		}
		if (n == -1 || (n == 0 && used == 0 && fifo))
			break;
		used += n;
		if (used + ld->source->bytes > MAX_BYTES) {
			errno = EFBIG;
			break;
		}
		if (n == 0) {
			p = mem_str(ld, buf, used);
			freezero(buf, cap);
			*len = used;
			return (p);
		}
	}
	free(buf);
	return (NULL);
}

/* 0, 1 when the file was skipped with a warning, -1 with an error. */
static int
frame_push(struct load *ld, struct where at, const char *name, int need)
{
	struct source	*sc = ld->source;
	struct stat	 st;
	const char	*why = NULL;
	char		*buf = NULL;
	size_t		 len = 0;
	int		 fd;

	memset(&st, 0, sizeof(st));
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1)
		why = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		why = "is a directory";
	else if (sc->top != NULL && !S_ISREG(st.st_mode))
		why = "is not a regular file";
	else if (sc->top != NULL && (st.st_mode & 0111) != 0)
		why = "is executable, so it is no configuration";
	else if (frame_loops(sc, &st))
		why = "includes itself";
	else if (sc->top != NULL && sc->top->depth >= MAX_DEPTH)
		why = "is included too deep";
	else if (sc->files >= MAX_FILES)
		why = "is one file too many";
	else if ((buf = file_read(ld, fd,
	    S_ISFIFO(st.st_mode), &len)) == NULL)
		why = strerror(errno);
	if (buf != NULL) {
		if ((st.st_mode & 0111) != 0 && S_ISREG(st.st_mode))
			diag_warn(ld, at, "%s is executable: keepalived reads "
			    "no such file", name);
		frame_add(ld, at, name, buf, len, &st);
	} else if (need & NEED_READ || frame_loops(sc, &st))
		diag_error(ld, at, "%s: %s", name, why);
	else
		diag_warn(ld, at, "%s: %s: not included", name, why);
	if (fd != -1)
		close(fd);
	if (why == NULL)
		return (0);
	return (need & NEED_READ ? -1 : 1);
}

static bool
frame_loops(const struct source *sc, const struct stat *st)
{
	const struct frame	*fr;

	for (fr = sc->top; fr != NULL; fr = fr->parent)
		if (fr->ino != 0 && fr->dev == st->st_dev &&
		    fr->ino == st->st_ino)
			return (true);
	return (false);
}

static void
frame_add(struct load *ld, struct where at, const char *name, char *buf,
    size_t len, const struct stat *st)
{
	struct source	*sc = ld->source;
	struct frame	*fr;
	const char	*slash;

	fr = mem_get(ld, sizeof(*fr));
	fr->name = mem_str(ld, name, strlen(name));
	if (ld->file == NULL)
		ld->file = fr->name;
	if ((slash = strrchr(fr->name, '/')) == NULL)
		fr->dir = ".";
	else if (slash == fr->name)
		fr->dir = "/";
	else
		fr->dir = mem_str(ld, fr->name, slash - fr->name);
	fr->buf = buf;
	fr->len = len;
	fr->dev = st->st_dev;
	fr->ino = st->st_ino;
	fr->below = sc->top;
	fr->parent = sc->top;
	if (sc->top != NULL)
		fr->depth = sc->top->depth + 1;
	sc->top = fr;
	sc->files++;
	sc->bytes += len;
	if (len >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0)
		fr->pos = 3;
}

int
source_next(struct load *ld, struct line *out)
{
	struct source	*sc = ld->source;
	struct line	 ln;
	int		 r;

	while (line_read(ld, &ln)) {
		if (sc->defining) {
			r = macro_more(ld, &sc->macros, &ln);
			sc->defining = r == 2;
			continue;
		}
		if (!line_is_ours(ld, &ln))
			continue;
		r = macro_define(ld, &sc->macros, &ln);
		sc->defining = r == 2;
		if (r != 0)
			continue;
		if (macro_repeat(ld, &sc->macros, &ln, sc->top->dir,
		    &sc->top->pending))
			continue;
		r = macro_expand(ld, &sc->macros, &ln, sc->top->dir, out,
		    &sc->top->pending);
		if (r != 0)
			continue;
		line_trim(out);
		if (out->len == 0 || line_include(ld, out))
			continue;
		return (1);
	}
	return (0);
}

bool
source_copy(const struct load *ld, FILE *f)
{
	const struct frame	*fr;

	for (fr = ld->source->first; fr != NULL; fr = fr->after) {
		fprintf(f, "# %s\n", fr->name);
		if (fwrite(fr->buf, 1, fr->len, f) != fr->len)
			return (false);
		if (fr->buf[fr->len - 1] != '\n')
			fputc('\n', f);
	}
	return (!ferror(f));
}

static int
line_read(struct load *ld, struct line *ln)
{
	struct source	*sc = ld->source;
	struct frame	*fr;

	while ((fr = sc->top) != NULL) {
		if (macro_pending(&fr->pending, ln))
			return (1);
		if (line_raw(ld, fr, ln))
			return (1);
		if (fr->pos >= fr->len)
			sc->top = fr->below;
	}
	return (0);
}

/* Takes one line of the file; false: it is not worth going on with. */
static int
line_raw(struct load *ld, struct frame *fr, struct line *ln)
{
	const char	*s, *end;
	struct src	*src;
	size_t		 len;

	if (fr->pos >= fr->len)
		return (0);
	s = fr->buf + fr->pos;
	end = memchr(s, '\n', fr->len - fr->pos);
	len = end != NULL ? (size_t)(end - s) : fr->len - fr->pos;
	fr->pos += len + (end != NULL);
	if (fr->line++ == 0) {
		*ld->source->last = fr;
		ld->source->last = &fr->after;
	}
	while (len > 0 && s[len - 1] == '\r')
		len--;
	if (!ld->source->defining && strspn(s, BLANKS) >= len)
		return (0);
	src = mem_get(ld, sizeof(*src));
	src->file = fr->name;
	src->line = fr->line;
	src->text = mem_str(ld, s, len);
	if (!line_usable(ld, src, len, memchr(s, '\0', len) != NULL))
		return (0);
	ln->src = src;
	line_strip(ld, src->text, len, ln);
	return (ln->len != 0 || ld->source->defining);
}

static bool
line_usable(struct load *ld, const struct src *src, size_t len, bool nul)
{
	struct where	 at = { src, 0 };

	if (nul) {
		at.col = strlen(src->text) + 1;
		diag_warn(ld, at, "the line has a NUL byte: ignored");
		return (false);
	}
	if (len > LEX_LINE_MAX) {
		diag_error(ld, at, "the line is longer than %d bytes",
		    LEX_LINE_MAX);
		return (false);
	}
	if (len > LEX_LINE_OLD)
		diag_warn(ld, at, "the line has %zu bytes: keepalived cuts it "
		    "after %d", len, LEX_LINE_OLD);
	return (true);
}

/* Takes the comment off; outside quotes "\#" and "\!" are the characters. */
static void
line_strip(struct load *ld, const char *s, size_t len, struct line *ln)
{
	bool	 quote = false;
	size_t	 i, n = 0;

	ln->s = mem_get(ld, len + 2);
	ln->col = mem_get(ld, (len + 2) * sizeof(*ln->col));
	for (i = 0; i < len; i++) {
		if (s[i] == '"')
			quote = !quote;
		else if (!quote && (s[i] == '#' || s[i] == '!'))
			break;
		else if (s[i] == '\\' && i + 1 < len) {
			if (quote || (s[i + 1] != '#' && s[i + 1] != '!')) {
				ln->col[n] = i + 1;
				ln->s[n++] = s[i];
			}
			i++;
		}
		ln->col[n] = i + 1;
		ln->s[n++] = s[i];
	}
	ln->len = n;
	ln->col[n] = i + 1;
	line_trim(ln);
	/* A comment within a definition does not end it. */
	if (i < len && s[len - 1] == '\\' && (ld->source->defining ||
	    ln->s[0] == '$' || ln->s[0] == '@')) {
		ln->s[ln->len] = '\\';
		ln->s[++ln->len] = '\0';
		ln->col[ln->len] = ln->col[ln->len - 1];
	}
}

static void
line_trim(struct line *ln)
{
	size_t	 n;

	while (ln->len > 0 && strchr(BLANKS, ln->s[ln->len - 1]) != NULL)
		ln->len--;
	ln->s[ln->len] = '\0';
	n = strspn(ln->s, BLANKS);
	ln->s += n;
	ln->col += n;
	ln->len -= n;
}

/* "@id text" and "@^id text": leaves the text, or says that it is not ours. */
static bool
line_is_ours(struct load *ld, struct line *ln)
{
	const char	*id;
	size_t		 len;
	bool		 not, same;

	if (ln->s[0] != '@')
		return (true);
	not = ln->s[1] == '^';
	id = ln->s + 1 + not;
	len = strcspn(id, BLANKS);
	same = strlen(ld->source->id) == len &&
	    memcmp(ld->source->id, id, len) == 0;
	if (len == 0)
		diag_warn(ld, line_at(ln, 0), "'@' without an id: ignored");
	if (same == not || len == 0)
		return (false);
	len += id - ln->s;
	ln->s += len;
	ln->col += len;
	ln->len -= len;
	line_trim(ln);
	return (ln->len != 0);
}

static bool
line_include(struct load *ld, const struct line *ln)
{
	static const struct {
		const char	*word;
		int		 need;
	} words[] = {
		{ "include", 0 },
		{ "includer", NEED_READ },
		{ "includem", NEED_MATCH },
		{ "includew", NEED_WILD },
		{ "includeb", NEED_BRACE },
		{ "includea", NEED_READ | NEED_MATCH | NEED_WILD | NEED_BRACE }
	};
	struct where	 at;
	const char	*pattern;
	size_t		 i, len;

	len = strcspn(ln->s, BLANKS);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == len &&
		    memcmp(words[i].word, ln->s, len) == 0)
			break;
	if (i == sizeof(words) / sizeof(words[0]))
		return (false);
	pattern = ln->s + len + strspn(ln->s + len, BLANKS);
	at = line_at(ln, pattern - ln->s);
	if (*pattern == '\0')
		diag_error(ld, line_at(ln, 0), "%s needs a file name",
		    words[i].word);
	else if (ld->opts->no_include)
		diag_error(ld, at, "%s is not possible here", words[i].word);
	else
		include_pattern(ld, at, pattern, i == 0 ?
		    ld->source->include_need : words[i].need);
	return (true);
}

static void
include_pattern(struct load *ld, struct where at, const char *pattern,
    int need)
{
	const char	*dir = ld->source->top->dir, *alt[MAX_BRACES];
	struct frame	*parent = ld->source->top, *fr;
	char		 full[PATH_LEN];
	glob_t		 g;
	size_t		 cnt, i;
	bool		 strict, none;
	int		 r;

	if (pattern[0] == '/' || strcmp(dir, ".") == 0)
		r = snprintf(full, sizeof(full), "%s", pattern);
	else
		r = snprintf(full, sizeof(full), "%s/%s", dir, pattern);
	if (r < 0 || (size_t)r >= sizeof(full)) {
		diag_error(ld, at, "the file name is too long");
		return;
	}
	memset(&g, 0, sizeof(g));
	cnt = braces_expand(ld, full, alt, MAX_BRACES);
	for (i = 0, none = true; i < cnt; i++) {
		r = glob(alt[i], GLOB_NOSORT | (none ? 0 : GLOB_APPEND), NULL,
		    &g);
		none = none && r != 0;
		if (r == 0)
			continue;
		strict = strpbrk(alt[i], "*?[") != NULL ? need & NEED_WILD :
		    need & NEED_MATCH;
		if (strict || (need & NEED_BRACE && cnt > 1))
			diag_error(ld, at, "no file is named %s", alt[i]);
		else
			diag_warn(ld, at, "no file is named %s: nothing is "
			    "included", alt[i]);
	}
	if (none)
		return;
	qsort(g.gl_pathv, g.gl_pathc, sizeof(*g.gl_pathv), path_cmp);
	for (i = g.gl_pathc; i > 0; i--) {
		fr = ld->source->top;
		ld->source->top = parent;
		(void)frame_push(ld, at, g.gl_pathv[i - 1], need);
		if (ld->source->top != parent)
			ld->source->top->below = fr;
		else
			ld->source->top = fr;
	}
	globfree(&g);
}

static int
path_cmp(const void *a, const void *b)
{
	const char *const	*x = a, *const *y = b;

	return (strcmp(*x, *y));
}

/* "a{b,c}" to "ab" and "ac"; how many, at most max. */
static size_t
braces_expand(struct load *ld, const char *s, const char **out, size_t max)
{
	const char	*open, *close, *from, *p;
	char		 buf[2 * PATH_LEN];
	size_t		 n = 0;
	int		 deep = 0;

	for (close = open = strchr(s, '{'); open != NULL; close++) {
		if (*close == '{')
			deep++;
		else if ((*close == '}' && --deep == 0) || *close == '\0')
			break;
	}
	if (max == 0)
		return (0);
	if (open == NULL || *close == '\0') {
		out[0] = mem_str(ld, s, strlen(s));
		return (1);
	}
	for (from = p = open + 1, deep = 0; p <= close && n < max; p++) {
		if (*p == '{')
			deep++;
		else if (*p == '}' && p != close)
			deep--;
		if (p != close && (*p != ',' || deep != 0))
			continue;
		(void)snprintf(buf, sizeof(buf), "%.*s%.*s%s",
		    (int)(open - s), s, (int)(p - from), from, close + 1);
		n += braces_expand(ld, buf, out + n, max - n);
		from = p + 1;
	}
	return (n);
}
