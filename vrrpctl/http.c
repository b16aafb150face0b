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
 * Requests over HTTP: how many connections and how long, what is asked for,
 * and in which form it is answered. Runs in: vrrpctl-serve.
 */

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "forms.h"
#include "log.h"
#include "mono.h"
#include "page.h"
#include "replay.h"
#include "serve.h"

#define VISITS_MAX	64
#define HEADER_US	(5 * US_PER_SEC)	/* until it is asked */
#define VISIT_US	(20 * US_PER_SEC)	/* until it is answered */
#define SILENT_S	5
#define SWEEP_US	(250 * 1000)
#define HEADERS_MAX	8192		/* bytes */
#define BODY_MAX	1024

/* For how long an answer of the daemon is good for others; one that takes it
 * long is asked for less often. */
#define KEEP_US		(400 * US_PER_MS)
#define KEEP_TIMES	4
#define KEEP_MAX_US	(5 * US_PER_SEC)

#define TYPE_HTML	"text/html; charset=utf-8"
#define TYPE_JSON	"application/json"
#define TYPE_TEXT	"text/plain; charset=utf-8"

/* Nothing from elsewhere, and nobody else's frame around it. */
#define POLICY		"default-src 'none'; style-src 'self'; "	\
			"script-src 'self'; connect-src 'self'; "	\
			"img-src 'self'; base-uri 'none'; "		\
			"form-action 'none'; frame-ancestors 'none'"

enum what {
	GET_PAGE = 0,
	GET_PAGE_INST,
	GET_METRICS,
	GET_COMPAT,
	GET_READY,
	GET_LIVE,
	GET_MASTER,
	GET_SHOW,
	GET_SHOW_INST,
	GET_HISTORY
};

/* A connection. It is ours and evhttp's: it is gone when evhttp has let it
 * go. */
struct visit {
	LIST_ENTRY(visit)	 entry;
	struct bufferevent	*bev;
	int64_t			 since_us;
	bool			 asked;		/* for something */
};

/* A request that waits for the daemon. */
struct wait {
	TAILQ_ENTRY(wait)	 entry;
	struct evhttp_request	*req;
	enum what		 what;
	char			*name;		/* NULL: none */
};

static struct bufferevent *on_visit(struct event_base *, void *);
static void	 on_sweep(evutil_socket_t, short, void *);
static void	 sweep(struct server *);
static bool	 is_gone(const struct visit *);
static void	 make_room(struct server *);
static void	 hang_up(struct visit *);
static void	 on_request(struct evhttp_request *, void *);
static bool	 is_allowed(struct evhttp_request *);
static int	 route(struct evhttp_request *, enum what *, char **);
static int	 wait_for(struct server *, struct evhttp_request *, enum what,
		    char *);
static bool	 is_fresh(const struct server *);
static void	 answer(struct server *, struct wait *);
static int	 write_form(FILE *, struct server *, const struct wait *,
		    const struct snap_inst *, const char **type);
static void	 write_json(FILE *, const struct snap *, enum action,
		    const struct snap_inst *);
static int	 write_health(FILE *, const struct snap *, enum action,
		    const char *);
static void	 write_error(FILE *, const struct server *, enum what,
		    const char **type);
static void	 reply(struct evhttp_request *, int, const char *type,
		    char *, size_t);
static void	 reply_text(struct evhttp_request *, int, const char *);
static const char *reason_of(int);
static void	 body_free(const void *, size_t, void *);

static const struct {
	const char	*path;
	enum what	 what;
	bool		 named;		/* a name follows */
} routes[] = {
	{ "/", GET_PAGE, false },
	{ "/instance/", GET_PAGE_INST, true },
	{ "/metrics", GET_METRICS, false },
	{ "/metrics/compat", GET_COMPAT, false },
	{ "/healthz", GET_READY, false },
	{ "/healthz/ready", GET_READY, false },
	{ "/healthz/live", GET_LIVE, false },
	{ "/healthz/master/", GET_MASTER, true },
	{ "/api/show", GET_SHOW, false },
	{ "/api/instance/", GET_SHOW_INST, true },
	{ "/api/history", GET_HISTORY, false },
	{ "/api/history/", GET_HISTORY, true }
};

int
http_begin(struct server *s, int fd)
{
	const struct timeval	 every = { 0, SWEEP_US };

	LIST_INIT(&s->visits);
	TAILQ_INIT(&s->waiting);
	s->listener = evconnlistener_new(s->base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	s->http = evhttp_new(s->base);
	if (s->listener == NULL || s->http == NULL)
		return (-1);
	/* Every method: others than ours are refused by ourselves. */
	evhttp_set_allowed_methods(s->http, UINT16_MAX);
	evhttp_set_max_headers_size(s->http, HEADERS_MAX);
	evhttp_set_max_body_size(s->http, BODY_MAX);
	evhttp_set_timeout(s->http, SILENT_S);
	evhttp_set_default_content_type(s->http, NULL);
	evhttp_set_bevcb(s->http, on_visit, s);
	evhttp_set_gencb(s->http, on_request, s);
	if (evhttp_bind_listener(s->http, s->listener) == NULL ||
	    event_assign(&s->ev_sweep, s->base, -1, EV_PERSIST, on_sweep,
	    s) == -1)
		return (-1);
	return (event_add(&s->ev_sweep, &every));
}

void
http_end(struct server *s)
{
	struct wait	*w;

	while ((w = TAILQ_FIRST(&s->waiting)) != NULL) {
		TAILQ_REMOVE(&s->waiting, w, entry);
		free(w->name);
		free(w);
	}
	evhttp_free(s->http);
	s->listener = NULL;		/* was part of it */
	sweep(s);
}

/* evhttp takes over what is returned; NULL is what it makes itself. */
static struct bufferevent *
on_visit(struct event_base *base, void *arg)
{
	struct server	*s = arg;
	struct visit	*v;

	if ((v = calloc(1, sizeof(*v))) == NULL ||
	    (v->bev = bufferevent_socket_new(base, -1, 0)) == NULL)
		fatal("connection");
	bufferevent_incref(v->bev);
	v->since_us = mono_us();
	LIST_INSERT_HEAD(&s->visits, v, entry);
	if (++s->visit_cnt >= VISITS_MAX)
		make_room(s);
	return (v->bev);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	sweep(arg);
}

static void
sweep(struct server *s)
{
	struct visit	*v, *next;
	int64_t		 now_us = mono_us();

	for (v = LIST_FIRST(&s->visits); v != NULL; v = next) {
		next = LIST_NEXT(v, entry);
		if (is_gone(v)) {
			LIST_REMOVE(v, entry);
			s->visit_cnt--;
			(void)bufferevent_decref(v->bev);
			free(v);
		} else if (now_us - v->since_us > (v->asked ? VISIT_US :
		    HEADER_US))
			hang_up(v);
	}
	if (s->listener != NULL && s->visit_cnt < VISITS_MAX)
		(void)evconnlistener_enable(s->listener);
}

static bool
is_gone(const struct visit *v)
{
	bufferevent_data_cb	 on_read, on_write;
	bufferevent_event_cb	 on_event;
	void			*arg;

	/* New ones have none yet, either, but no socket. */
	bufferevent_getcb(v->bev, &on_read, &on_write, &on_event, &arg);
	return (on_read == NULL && on_write == NULL && on_event == NULL);
}

/* Who came first and has not asked yet has to go; meanwhile the others wait
 * in the kernel. */
static void
make_room(struct server *s)
{
	struct visit	*v, *oldest = NULL;

	LIST_FOREACH(v, &s->visits, entry) {
		if (!v->asked && !is_gone(v))
			oldest = v;
	}
	if (oldest != NULL && mono_us() - oldest->since_us > US_PER_SEC)
		hang_up(oldest);
	(void)evconnlistener_disable(s->listener);
}

/* evhttp notices the end, and cleans up. */
static void
hang_up(struct visit *v)
{
	if (bufferevent_getfd(v->bev) != -1)
		(void)shutdown(bufferevent_getfd(v->bev), SHUT_RDWR);
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	struct server		*s = arg;
	struct bufferevent	*bev;
	struct visit		*v;
	const char		*type, *text;
	char			*copy, *name = NULL;
	enum what		 what;

	bev = evhttp_connection_get_bufferevent(
	    evhttp_request_get_connection(req));
	LIST_FOREACH(v, &s->visits, entry) {
		if (v->bev == bev)
			v->asked = true;
	}
	/* The header: "GET ///" has a host of its own, an empty one. */
	if (!host_is_ours(s, evhttp_find_header(
	    evhttp_request_get_input_headers(req), "Host"))) {
		reply_text(req, 421, "This server does not go by that name. "
		    "If it should: vrrpctl serve ADDRESS:PORT host NAME");
		return;
	}
	if (!is_allowed(req)) {
		(void)evhttp_add_header(evhttp_request_get_output_headers(req),
		    "Allow", "GET, HEAD");
		reply_text(req, 405, "Only GET and HEAD.");
		return;
	}
	text = asset_find(evhttp_uri_get_path(
	    evhttp_request_get_evhttp_uri(req)), &type);
	if (text != NULL) {
		if ((copy = strdup(text)) == NULL)
			fatal("answer");
		reply(req, 200, type, copy, strlen(copy));
	} else if (route(req, &what, &name) == -1)
		reply_text(req, 404, "There is nothing here.");
	else if (wait_for(s, req, what, name) == -1)
		reply_text(req, 503, "Out of memory.");
}

static bool
is_allowed(struct evhttp_request *req)
{
	enum evhttp_cmd_type	 method = evhttp_request_get_command(req);

	return (method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD);
}

/* *name is for the caller to free. */
static int
route(struct evhttp_request *req, enum what *what, char **name)
{
	const struct evhttp_uri	*uri = evhttp_request_get_evhttp_uri(req);
	const char		*path = evhttp_uri_get_path(uri);
	const char		*query = evhttp_uri_get_query(uri);
	size_t			 i, len, size;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		len = strlen(routes[i].path);
		if (path == NULL || strncmp(path, routes[i].path, len) != 0 ||
		    (path[len] != '\0') != routes[i].named)
			continue;
		*what = routes[i].what;
		if (*what == GET_METRICS && query != NULL &&
		    strncmp(query, "compat", 6) == 0)
			*what = GET_COMPAT;
		if (!routes[i].named)
			return (0);
		*name = evhttp_uridecode(path + len, 0, &size);
		if (*name != NULL && size == strlen(*name) && size < NAME_LEN)
			return (0);
		free(*name);
		*name = NULL;
		return (-1);
	}
	return (-1);
}

/* Takes name. */
static int
wait_for(struct server *s, struct evhttp_request *req, enum what what,
    char *name)
{
	struct wait	*w;

	if ((w = calloc(1, sizeof(*w))) == NULL) {
		free(name);
		return (-1);
	}
	w->req = req;
	w->what = what;
	w->name = name;
	TAILQ_INSERT_TAIL(&s->waiting, w, entry);
	if (s->asker.running)
		return (0);
	if (!is_fresh(s))
		asker_begin(&s->asker, mono_us());
	serve_ask(s);
	return (0);
}

static bool
is_fresh(const struct server *s)
{
	int64_t	 keep_us = s->asker.took_us * KEEP_TIMES;

	if (keep_us < KEEP_US || s->asker.status != CLIENT_OK)
		keep_us = KEEP_US;
	if (keep_us > KEEP_MAX_US)
		keep_us = KEEP_MAX_US;
	return (s->asker.at_us != 0 &&
	    mono_us() < s->asker.at_us + keep_us);
}

void
http_answer(struct server *s)
{
	struct wait	*w;

	while ((w = TAILQ_FIRST(&s->waiting)) != NULL) {
		TAILQ_REMOVE(&s->waiting, w, entry);
		answer(s, w);
		free(w->name);
		free(w);
	}
}

static void
answer(struct server *s, struct wait *w)
{
	const struct snap_inst	*i = NULL;
	const char		*type;
	char			*text;
	size_t			 len;
	FILE			*fp;
	int			 code;

	if ((fp = open_memstream(&text, &len)) == NULL)
		fatal("answer");
	if (s->asker.status != CLIENT_OK) {
		code = 503;
		write_error(fp, s, w->what, &type);
	} else if (w->name != NULL &&
	    (i = snap_find(&s->asker.snap, w->name)) == NULL) {
		code = 404;
		type = w->what == GET_PAGE_INST ? TYPE_HTML : TYPE_TEXT;
		if (w->what == GET_PAGE_INST)
			page_error(fp, "No such instance", "It may have been "
			    "removed by a reload.");
		else
			fprintf(fp, "no such instance\n");
	} else
		code = write_form(fp, s, w, i, &type);
	if (fclose(fp) == EOF)
		fatal("answer");
	reply(w->req, code, type, text, len);
}

/* HTTP's code for it. */
static int
write_form(FILE *fp, struct server *s, const struct wait *w,
    const struct snap_inst *i, const char **type)
{
	const struct snap	*snap = &s->asker.snap;

	*type = w->what >= GET_SHOW ? TYPE_JSON : w->what >= GET_READY ?
	    TYPE_TEXT : w->what >= GET_METRICS ? METRICS_TYPE : TYPE_HTML;
	switch (w->what) {
	case GET_PAGE:
		page_main(fp, snap);
		break;
	case GET_PAGE_INST:
		page_inst(fp, snap, i);
		break;
	case GET_METRICS:
		metrics_print(fp, snap);
		break;
	case GET_COMPAT:
		metrics_compat(fp, snap);
		break;
	case GET_READY:
		return (write_health(fp, snap, ACT_HEALTH, NULL));
	case GET_LIVE:
		return (write_health(fp, snap, ACT_HEALTH_LIVE, NULL));
	case GET_MASTER:
		return (write_health(fp, snap, ACT_HEALTH_MASTER, w->name));
	case GET_SHOW:
		write_json(fp, snap, ACT_SHOW, NULL);
		break;
	case GET_SHOW_INST:
		write_json(fp, snap, ACT_SHOW_INST, i);
		break;
	case GET_HISTORY:
		write_json(fp, snap, ACT_HISTORY, i);
		break;
	}
	return (200);
}

static void
write_json(FILE *fp, const struct snap *snap, enum action action,
    const struct snap_inst *i)
{
	struct view	 v;

	memset(&v, 0, sizeof(v));
	v.ops = view_json();
	v.action = action;
	v.fp = fp;
	replay(&v, snap, i);
}

static int
write_health(FILE *fp, const struct snap *snap, enum action action,
    const char *name)
{
	char	 text[TEXT_LEN];
	bool	 well;

	well = replay_health(snap, action, name, text, sizeof(text));
	fprintf(fp, "%s\n", text);
	return (well ? 200 : 503);
}

static void
write_error(FILE *fp, const struct server *s, enum what what,
    const char **type)
{
	char	 safe[sizeof(s->asker.error) * 4];

	*type = what <= GET_PAGE_INST ? TYPE_HTML : TYPE_TEXT;
	if (what <= GET_PAGE_INST)
		page_error(fp, "The state of this router is not known",
		    s->asker.error);
	else
		fprintf(fp, "not ok: %s\n", text_utf8(safe, sizeof(safe),
		    s->asker.error));
}

/* Takes text. */
static void
reply(struct evhttp_request *req, int code, const char *type, char *text,
    size_t len)
{
	static const char *const headers[][2] = {
		{ "Cache-Control", "no-store" },
		{ "Connection", "close" },
		{ "Content-Security-Policy", POLICY },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Referrer-Policy", "no-referrer" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" }
	};
	struct evkeyvalq	*out;
	struct evbuffer		*body;
	char			 size[32];
	size_t			 i;
	int			 failed;

	out = evhttp_request_get_output_headers(req);
	failed = evhttp_add_header(out, "Content-Type", type) == -1;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		failed |= evhttp_add_header(out, headers[i][0],
		    headers[i][1]) == -1;
	if (code == 503)
		failed |= evhttp_add_header(out, "Retry-After", "2") == -1;
	(void)snprintf(size, sizeof(size), "%zu", len);
	failed |= evhttp_add_header(out, "Content-Length", size) == -1;
	if (failed || (body = evbuffer_new()) == NULL)
		fatal("answer");
	if (evhttp_request_get_command(req) == EVHTTP_REQ_HEAD)
		free(text);
	else if (evbuffer_add_reference(body, text, len, body_free,
	    text) == -1)
		fatal("answer");
	evhttp_send_reply(req, code, reason_of(code), body);
	evbuffer_free(body);
}

static void
reply_text(struct evhttp_request *req, int code, const char *text)
{
	char	*line;
	int	 len;

	if ((len = asprintf(&line, "%s\n", text)) == -1)
		fatal("answer");
	reply(req, code, TYPE_TEXT, line, (size_t)len);
}

static const char *
reason_of(int code)
{
	return (code == 200 ? "OK" : code == 404 ? "Not Found" :
	    code == 405 ? "Method Not Allowed" : code == 421 ?
	    "Misdirected Request" : "Service Unavailable");
}

static void
body_free(const void *data, size_t len, void *text)
{
	free(text);
}
