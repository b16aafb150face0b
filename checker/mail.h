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
 * What the parts of the mailer share: a mail, the queue, the way to the
 * server. mail.c and mailq.c are pure. Runs in: mailer.
 */

#ifndef MAIL_H
#define MAIL_H

#include <sys/queue.h>

#include <event2/event.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "conf.h"
#include "payload.h"

#define MAILQ_MAX	1024
#define MAIL_LIFE_US	(3600 * US_PER_SEC)	/* it is tried that long */
#define MAIL_RETRY_US	US_PER_SEC		/* the first time, doubled */
#define MAIL_RETRY_MAX_US	(300 * US_PER_SEC)
#define MAIL_ID_LEN	33

struct mail {
	TAILQ_ENTRY(mail) entry;
	struct notify_msg what;
	uint32_t	 id;		/* of its instance or group */
	int64_t		 at_us;		/* when it happened */
	time_t		 date;		/* the same, for its Date */
	char		 msgid[MAIL_ID_LEN];
	uint64_t	 left;		/* bits of who is still to get it */
	unsigned int	 tries;
	int64_t		 due_us;
};
TAILQ_HEAD(mail_list, mail);

/*
 * mail.c
 */

/* What stays the same in all mails; host is never empty. */
struct mail_head {
	const struct conf_mail *conf;
	const char	*router_id;	/* "": the host */
	const char	*host;
};

/*
 * The whole message, to be freed; NULL without memory. No byte of a name can
 * end a line in it.
 */
char	*mail_text(const struct mail_head *, const struct mail *, size_t *);
/* "VRRP Instance A - Entering MASTER state" and the like, as in Subject. */
const char *mail_what(const struct mail *, char *, size_t);
/* The sender's address. */
const char *mail_from(const struct mail_head *, char *, size_t);

/*
 * mailq.c
 */

struct mailq {
	struct mail_list list;		/* oldest first */
	unsigned int	 cnt;
	struct mail	*busy;		/* on its way; or NULL */
	unsigned int	 fails;		/* of the server, in a row */
	int64_t		 due_us;	/* before that it is left alone */
};

void	 mailq_init(struct mailq *);
void	 mailq_clear(struct mailq *);
/*
 * Takes over the mail. When there are too many, the oldest one whose object
 * has a newer one goes, or else the oldest; it is returned, to be freed.
 */
struct mail *mailq_add(struct mailq *, struct mail *);
/* One that is due becomes busy; NULL: not now. */
struct mail *mailq_next(struct mailq *, int64_t now_us);
/* When to call mailq_next() again; INT64_MAX: not before something else. */
int64_t	 mailq_due(const struct mailq *);
/*
 * The busy one has been tried: left are to get it still. server: it was the
 * server's fault, so that the others wait as well. The mail is returned, to
 * be freed, when it is done (left is 0) or too old.
 */
struct mail *mailq_tried(struct mailq *, uint64_t left, bool server,
	    int64_t now_us);
/* Not tried after all: everything is as before mailq_next(). */
void	 mailq_untried(struct mailq *);
/* All are to be told anew, and at once. */
void	 mailq_restart(struct mailq *, uint64_t left);

/*
 * smtp.c
 */

struct smtp_end {
	bool		 sent;		/* at least one has it */
	bool		 answered;	/* the server itself said no */
	uint64_t	 left;		/* who may get it later */
	uint64_t	 refused;	/* who may not, of those asked for */
	char		 why[TEXT_LEN];	/* in printable ASCII; or "" */
};
typedef void (*smtp_end_fn)(void *arg, const struct smtp_end *);

struct smtp;
struct smtp *smtp_new(struct event_base *, smtp_end_fn, void *arg);
/* The text must live until the end, which is told from the event loop. */
int	 smtp_start(struct smtp *, const struct mail_head *, uint64_t left,
	    const char *text, size_t len);
void	 smtp_cancel(struct smtp *);

#endif /* MAIL_H */
