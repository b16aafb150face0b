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
 * One mail at a time to the server: libcurl on our event loop. It speaks
 * the protocol; what the server says to whom is read off its commands and
 * replies. Runs in: mailer.
 */

#include <sys/socket.h>

#include <event2/event_struct.h>

#include <curl/curl.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "mail.h"

#define TOTAL_US	(60 * US_PER_SEC)	/* and four time limits */
#define FDS_MAX		8		/* of one mail; curl tries two */
#define TODO_MAX	64

/* The command whose reply is awaited. */
enum smtp_step {
	STEP_HELLO = 0,
	STEP_FROM,
	STEP_RCPT,
	STEP_DATA,
	STEP_TEXT,
	STEP_QUIT
};

/* A socket of curl's that it wants to be called for. */
struct watch {
	struct event	 ev;
	struct smtp	*s;
};

struct smtp {
	struct event_base	*base;
	smtp_end_fn		 end;
	void			*arg;
	CURLM			*multi;
	CURL			*easy;		/* NULL: nothing is sent */
	struct curl_slist	*to;
	struct event		 timer;
	int			 fds[FDS_MAX];	/* -1: none */
	const char		*text;
	size_t			 len;
	size_t			 off;
	enum smtp_step		 step;
	const struct conf_mail	*conf;
	uint8_t			 todo[TODO_MAX];	/* numbers of those */
	unsigned int		 todo_cnt;
	unsigned int		 at;		/* of RCPT commands so far */
	uint64_t		 refused;
	uint64_t		 later;
	int			 code;		/* of the reply; 0: none */
	enum smtp_step		 said_no;	/* when it was that: */
	char			 reply[256];	/* the last one that said no */
	char			 error[CURL_ERROR_SIZE];
};

static int	 on_socket(CURL *, curl_socket_t, int, void *, void *);
static int	 on_timeout(CURLM *, long, void *);
static void	 on_fd(evutil_socket_t, short, void *);
static void	 on_timer(evutil_socket_t, short, void *);
static size_t	 on_read(char *, size_t, size_t, void *);
static curl_socket_t on_open(void *, curlsocktype, struct curl_sockaddr *);
static int	 on_close(void *, curl_socket_t);
static int	 on_trace(CURL *, curl_infotype, char *, size_t, void *);
static int	 set_options(struct smtp *, const struct mail_head *);
static int	 set_url(struct smtp *, const struct mail_head *);
static int	 set_people(struct smtp *, const struct mail_head *, uint64_t);
static void	 command(struct smtp *, const char *, size_t);
static void	 reply(struct smtp *, const char *, size_t);
static void	 finish(struct smtp *);
static void	 judge(const struct smtp *, CURLcode, struct smtp_end *);

#define SET(s, opt, value) \
	(curl_easy_setopt((s)->easy, (opt), (value)) == CURLE_OK)

struct smtp *
smtp_new(struct event_base *base, smtp_end_fn end, void *arg)
{
	struct smtp	*s;
	int		 i;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->base = base;
	s->end = end;
	s->arg = arg;
	for (i = 0; i < FDS_MAX; i++)
		s->fds[i] = -1;
	if (event_assign(&s->timer, base, -1, 0, on_timer, s) == -1 ||
	    (s->multi = curl_multi_init()) == NULL ||
	    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION,
	    on_socket) != CURLM_OK ||
	    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s) != CURLM_OK ||
	    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION,
	    on_timeout) != CURLM_OK ||
	    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s) != CURLM_OK) {
		free(s);
		return (NULL);
	}
	return (s);
}

int
smtp_start(struct smtp *s, const struct mail_head *h, uint64_t left,
    const char *text, size_t len)
{
	s->text = text;
	s->len = len;
	s->off = 0;
	s->step = STEP_HELLO;
	s->conf = h->conf;
	s->at = 0;
	s->refused = s->later = 0;
	s->code = 0;
	s->reply[0] = s->error[0] = '\0';
	if ((s->easy = curl_easy_init()) == NULL ||
	    set_options(s, h) == -1 || set_url(s, h) == -1 ||
	    set_people(s, h, left) == -1 ||
	    curl_multi_add_handle(s->multi, s->easy) != CURLM_OK) {
		smtp_cancel(s);
		return (-1);
	}
	return (0);
}

void
smtp_cancel(struct smtp *s)
{
	if (s->easy != NULL) {
		(void)curl_multi_remove_handle(s->multi, s->easy);
		curl_easy_cleanup(s->easy);
	}
	curl_slist_free_all(s->to);
	s->easy = NULL;
	s->to = NULL;
}

static int
set_options(struct smtp *s, const struct mail_head *h)
{
	long	 ms = (long)(h->conf->timeout_us / US_PER_MS);

	return (SET(s, CURLOPT_NOSIGNAL, 1L) &&
	    SET(s, CURLOPT_QUICK_EXIT, 1L) &&	/* no waiting for the DNS */
	    SET(s, CURLOPT_PROXY, "") &&
	    SET(s, CURLOPT_PROTOCOLS_STR, "smtp") &&
	    SET(s, CURLOPT_FORBID_REUSE, 1L) &&
	    SET(s, CURLOPT_CONNECTTIMEOUT_MS, ms) &&
	    SET(s, CURLOPT_SERVER_RESPONSE_TIMEOUT, (ms + 999) / 1000) &&
	    SET(s, CURLOPT_TIMEOUT_MS, 4 * ms + (long)(TOTAL_US /
	    US_PER_MS)) &&
	    SET(s, CURLOPT_ERRORBUFFER, s->error) &&
	    SET(s, CURLOPT_VERBOSE, 1L) &&
	    SET(s, CURLOPT_DEBUGFUNCTION, on_trace) &&
	    SET(s, CURLOPT_DEBUGDATA, s) &&
	    SET(s, CURLOPT_OPENSOCKETFUNCTION, on_open) &&
	    SET(s, CURLOPT_OPENSOCKETDATA, s) &&
	    SET(s, CURLOPT_CLOSESOCKETFUNCTION, on_close) &&
	    SET(s, CURLOPT_CLOSESOCKETDATA, s) &&
	    SET(s, CURLOPT_UPLOAD, 1L) &&
	    SET(s, CURLOPT_READFUNCTION, on_read) &&
	    SET(s, CURLOPT_READDATA, s) &&
	    SET(s, CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->len) &&
	    SET(s, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L) ? 0 : -1);
}

static int
set_url(struct smtp *s, const struct mail_head *h)
{
	bool	 ipv6 = strchr(h->conf->server, ':') != NULL;
	char	 url[3 * MAIL_HOST_LEN];

	(void)snprintf(url, sizeof(url), "smtp://%s%s%s:%u/%s",
	    ipv6 ? "[" : "", h->conf->server, ipv6 ? "]" : "", h->conf->port,
	    h->host);
	return (SET(s, CURLOPT_URL, url) ? 0 : -1);
}

static int
set_people(struct smtp *s, const struct mail_head *h, uint64_t left)
{
	struct curl_slist	*more;
	uint16_t		 i;
	char			 from[MAIL_ADDR_LEN + MAIL_HOST_LEN];

	s->todo_cnt = 0;
	for (i = 0; i < h->conf->to.argc && i < TODO_MAX; i++) {
		if (!(left & 1ULL << i))
			continue;
		s->todo[s->todo_cnt++] = (uint8_t)i;
		if ((more = curl_slist_append(s->to,
		    h->conf->to.argv[i])) == NULL)
			return (-1);
		s->to = more;
	}
	(void)mail_from(h, from, sizeof(from));
	return (SET(s, CURLOPT_MAIL_FROM, from) &&
	    SET(s, CURLOPT_MAIL_RCPT, s->to) ? 0 : -1);
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *priv)
{
	struct smtp	*s = arg;
	struct watch	*w = priv;
	short		 events = EV_PERSIST;

	if (w != NULL)
		(void)event_del(&w->ev);
	if (what == CURL_POLL_REMOVE) {
		free(w);
		return (0);
	}
	if (w == NULL) {
		if ((w = calloc(1, sizeof(*w))) == NULL)
			return (-1);
		w->s = s;
		(void)curl_multi_assign(s->multi, fd, w);
	}
	if (what & CURL_POLL_IN)
		events |= EV_READ;
	if (what & CURL_POLL_OUT)
		events |= EV_WRITE;
	if (event_assign(&w->ev, s->base, fd, events, on_fd, w) == -1 ||
	    event_add(&w->ev, NULL) == -1)
		return (-1);
	return (0);
}

static int
on_timeout(CURLM *multi, long ms, void *arg)
{
	struct smtp	*s = arg;
	struct timeval	 tv;

	if (ms < 0)
		return (event_del(&s->timer));
	tv.tv_sec = ms / 1000;
	tv.tv_usec = ms % 1000 * 1000;
	return (event_add(&s->timer, &tv));
}

static void
on_fd(evutil_socket_t fd, short what, void *arg)
{
	struct watch	*w = arg;
	struct smtp	*s = w->s;
	int		 running;

	(void)curl_multi_socket_action(s->multi, fd,
	    (what & EV_READ ? CURL_CSELECT_IN : 0) |
	    (what & EV_WRITE ? CURL_CSELECT_OUT : 0), &running);
	finish(s);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct smtp	*s = arg;
	int		 running;

	(void)curl_multi_socket_action(s->multi, CURL_SOCKET_TIMEOUT, 0,
	    &running);
	finish(s);
}

static size_t
on_read(char *buf, size_t size, size_t n, void *arg)
{
	struct smtp	*s = arg;
	size_t		 len = size * n;

	if (len > s->len - s->off)
		len = s->len - s->off;
	memcpy(buf, s->text + s->off, len);
	s->off += len;
	return (len);
}

static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct smtp	*s = arg;
	int		 fd, i;

	if ((fd = socket(a->family, a->socktype | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, a->protocol)) == -1)
		return (CURL_SOCKET_BAD);
	for (i = 0; i < FDS_MAX - 1; i++)
		if (s->fds[i] == -1)
			break;
	s->fds[i] = fd;
	return (fd);
}

static int
on_close(void *arg, curl_socket_t fd)
{
	struct smtp	*s = arg;
	int		 i;

	for (i = 0; i < FDS_MAX; i++)
		if (s->fds[i] == fd)
			s->fds[i] = -1;
	return (close(fd));
}

static int
on_trace(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	struct smtp	*s = arg;

	if (type == CURLINFO_HEADER_OUT)
		command(s, data, len);
	else if (type == CURLINFO_HEADER_IN)
		reply(s, data, len);
	return (0);
}

static void
command(struct smtp *s, const char *data, size_t len)
{
	static const struct {
		const char	*word;
		enum smtp_step	 step;
	}			 words[] = {
		{ "MAIL", STEP_FROM }, { "RCPT", STEP_RCPT },
		{ "DATA", STEP_DATA }, { "QUIT", STEP_QUIT }
	};
	size_t			 i;

	if (len < 4)
		return;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(data, words[i].word, 4) == 0)
			s->step = words[i].step;
	if (s->step == STEP_RCPT)
		s->at++;
	if (s->step != STEP_QUIT) {
		s->code = 0;
		return;
	}
	/*
	 * curl would wait for what the server says to that, and nothing else
	 * could be done meanwhile. It is told that nothing will come.
	 */
	for (i = 0; i < FDS_MAX; i++)
		if (s->fds[i] != -1)
			(void)shutdown(s->fds[i], SHUT_RD);
}

/* The last line of a reply has no '-' behind its number. */
static void
reply(struct smtp *s, const char *data, size_t len)
{
	uint64_t	 bit;
	size_t		 i;

	if (s->step == STEP_QUIT || len < 4 || data[3] == '-')
		return;
	for (i = 0, s->code = 0; i < 3; i++)
		s->code = s->code * 10 + (data[i] - '0');
	if (s->code >= 400) {
		s->said_no = s->step;
		while (len > 0 && (data[len - 1] == '\r' ||
		    data[len - 1] == '\n'))
			len--;
		for (i = 0; i < len && i < sizeof(s->reply) - 1; i++)
			s->reply[i] = data[i] < ' ' || data[i] > '~' ? '?' :
			    data[i];
		s->reply[i] = '\0';
	}
	if (s->step == STEP_DATA && s->code == 354)
		s->step = STEP_TEXT;
	if (s->step != STEP_RCPT || s->at == 0 || s->at > s->todo_cnt)
		return;
	bit = 1ULL << s->todo[s->at - 1];
	if (s->code >= 500)
		s->refused |= bit;
	else if (s->code >= 400)
		s->later |= bit;
	if (s->code >= 400)
		log_debug("%s: %s", s->conf->to.argv[s->todo[s->at - 1]],
		    s->reply);
}

/* Is it over? */
static void
finish(struct smtp *s)
{
	struct smtp_end	 end;
	CURLMsg		*msg;
	CURLcode	 rc;
	int		 left;

	while ((msg = curl_multi_info_read(s->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE || msg->easy_handle != s->easy)
			continue;
		rc = msg->data.result;
		judge(s, rc, &end);
		smtp_cancel(s);
		s->end(s->arg, &end);
		return;
	}
}

static void
judge(const struct smtp *s, CURLcode rc, struct smtp_end *end)
{
	uint64_t	 todo = 0;
	unsigned int	 i;

	memset(end, 0, sizeof(*end));
	for (i = 0; i < s->todo_cnt; i++)
		todo |= 1ULL << s->todo[i];
	end->sent = rc == CURLE_OK;
	end->refused = s->refused;
	/* Nobody's name was refused: the mail itself was, for good. */
	if (!end->sent && s->code >= 500 && s->said_no != STEP_RCPT)
		end->refused = todo;
	end->left = (end->sent ? s->later : todo) & ~end->refused;
	end->answered = s->code >= 400;
	if (s->reply[0] != '\0' && (end->answered || end->sent))
		(void)strlcpy(end->why, s->reply, sizeof(end->why));
	else if (!end->sent)
		(void)strlcpy(end->why, s->error[0] != '\0' ? s->error :
		    curl_easy_strerror(rc), sizeof(end->why));
}
