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
 * The words about mail. What is wrong with one of them costs the mail and
 * not the service: all mistakes here are warnings.
 * Runs in: readconf.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define TIMEOUT_MAX	3600		/* seconds */

static void	 to_entry(struct load *, const struct stmt *, void *);
static size_t	 to_skip_name(const struct stmt *, size_t);
static void	 to_add(struct load *, struct where, const char *);
static bool	 address_get(struct load *, struct where, const char *,
		    const char *, char *, size_t, char *, size_t);
static bool	 is_host(const char *);
static void	 words_join(const struct stmt *, char *, size_t);

void
read_mail_to(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_MEMBER))
		block_entries(ld, st, to_entry, obj);
}

/* ADDRESS [ADDRESS]..., each with a name for people before it if need be. */
static void
to_entry(struct load *ld, const struct stmt *st, void *obj)
{
	size_t	 i;

	for (i = 0; i < st->cnt; i++) {
		i = to_skip_name(st, i);
		to_add(ld, word_at(st, i), st->word[i].s);
	}
}

/* Bee Name <b@example.org>, without quotes: the word in brackets counts. */
static size_t
to_skip_name(const struct stmt *st, size_t idx)
{
	size_t	 i;

	for (i = idx; i < st->cnt; i++) {
		if (st->word[i].s[0] == '<')
			return (i);
		if (strchr(st->word[i].s, '@') != NULL)
			break;
	}
	return (idx);
}

static void
to_add(struct load *ld, struct where at, const char *word)
{
	struct conf_argv	*to = &ld->conf->mail.to;
	uint16_t		 i;
	char			 addr[MAIL_ADDR_LEN], name[NAME_LEN];

	if (!address_get(ld, at, "notification_email", word, addr,
	    sizeof(addr), name, sizeof(name)))
		return;
	for (i = 0; i < to->argc; i++)
		if (strcmp(to->argv[i], addr) == 0) {
			diag_warn(ld, at, "%s stands a second time: ignored",
			    addr);
			return;
		}
	if (conf_argv_add(to, addr) == -1)
		diag_warn(ld, at, "more than %d addresses: %s is told nothing",
		    MAX_ARGS, addr);
}

/* "addr" or "name <addr>"; reports and returns false when it is neither. */
static bool
address_get(struct load *ld, struct where at, const char *what,
    const char *text, char *addr, size_t addrlen, char *name, size_t namelen)
{
	const char	*open, *p;
	size_t		 len;
	char		 buf[64];
	bool		 ok;

	name[0] = '\0';
	len = strlen(text);
	if ((open = strrchr(text, '<')) != NULL) {
		ok = text[len - 1] == '>' && (size_t)snprintf(addr, addrlen,
		    "%.*s", (int)(text + len - open - 2), open + 1) < addrlen;
		while (open > text && open[-1] == ' ')
			open--;
		ok = ok && (size_t)snprintf(name, namelen, "%.*s",
		    (int)(open - text), text) < namelen;
	} else
		ok = strlcpy(addr, text, addrlen) < addrlen;
	for (p = name; ok && *p != '\0'; p++)
		ok = (unsigned char)*p >= ' ' && *p != 0x7f && *p != '<';
	/* Without '@' it is a user of the server. */
	p = ok ? strchr(addr, '@') : NULL;
	if (ok && conf_mail_word(addr) && strpbrk(addr, ",;") == NULL &&
	    (p == NULL || (p != addr && is_host(p + 1))))
		return (true);
	diag_warn(ld, at, "%s: \"%s\" is no mail address: ignored", what,
	    word_show(text, buf, sizeof(buf)));
	return (false);
}

/* A name in the DNS, or an address as it stands in a URL. */
static bool
is_host(const char *s)
{
	struct vaddr	 a;
	const char	*p;

	if (s[0] == '\0' || s[0] == '.' || s[0] == '-' ||
	    strlen(s) >= MAIL_HOST_LEN - 16)
		return (false);
	if (strchr(s, ':') != NULL)
		return (vaddr_parse(&a, s) == 0 && strchr(s, '/') == NULL);
	for (p = s; *p != '\0'; p++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *p) == NULL)
			return (false);
	return (strstr(s, "..") == NULL);
}

void
set_mail_from(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_mail	*m = &ld->conf->mail;
	char			 text[MAIL_ADDR_LEN + NAME_LEN];
	char			 addr[MAIL_ADDR_LEN], name[NAME_LEN];

	words_join(st, text, sizeof(text));
	if (!address_get(ld, word_at(st, 1), kw->name, text, addr,
	    sizeof(addr), name, sizeof(name)))
		return;
	(void)strlcpy(m->from, addr, sizeof(m->from));
	(void)strlcpy(m->from_name, name, sizeof(m->from_name));
}

static void
words_join(const struct stmt *st, char *buf, size_t size)
{
	size_t	 i;

	buf[0] = '\0';
	for (i = 1; i < st->cnt; i++) {
		if (i > 1)
			(void)strlcat(buf, " ", size);
		(void)strlcat(buf, st->word[i].s, size);
	}
}

/* HOST [PORT]; the name is looked up by whoever connects. */
void
set_smtp_server(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_mail	*m = &ld->conf->mail;
	int64_t			 port = MAIL_PORT;
	char			 buf[64];

	stmt_extra(ld, st, 3);
	m->server[0] = '\0';
	if (!is_host(st->word[1].s)) {
		diag_warn(ld, word_at(st, 1), "smtp_server: \"%s\" is neither "
		    "a host name nor an address: no mail is sent",
		    word_show(st->word[1].s, buf, sizeof(buf)));
		return;
	}
	if (st->cnt > 2 && (number_get(ld, word_at(st, 2), "the port",
	    st->word[2].s, &port) == -1 || port < 1 || port > UINT16_MAX)) {
		diag_warn(ld, word_at(st, 2), "smtp_server: port \"%s\" is "
		    "not a number from 1 to 65535: no mail is sent",
		    word_show(st->word[2].s, buf, sizeof(buf)));
		return;
	}
	(void)strlcpy(m->server, st->word[1].s, sizeof(m->server));
	m->port = (uint16_t)port;
}

void
set_smtp_timeout(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	int64_t	 us;
	char	 buf[64];

	stmt_extra(ld, st, 2);
	if (period_get(ld, word_at(st, 1), kw->name, st->word[1].s,
	    &us) == -1 || us > TIMEOUT_MAX * US_PER_SEC) {
		diag_warn(ld, word_at(st, 1), "%s \"%s\" is not a number of "
		    "seconds from 1 to %d: ignored", kw->name,
		    word_show(st->word[1].s, buf, sizeof(buf)), TIMEOUT_MAX);
		return;
	}
	if (us < US_PER_SEC) {
		diag_warn(ld, word_at(st, 1), "%s is at least one second: 1 "
		    "is used", kw->name);
		us = US_PER_SEC;
	}
	ld->conf->mail.timeout_us = us;
}

void
set_smtp_helo(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_mail	*m = &ld->conf->mail;
	char			 buf[64];

	stmt_extra(ld, st, 2);
	if (is_host(st->word[1].s) && strchr(st->word[1].s, ':') == NULL)
		(void)strlcpy(m->helo, st->word[1].s, sizeof(m->helo));
	else
		diag_warn(ld, word_at(st, 1), "%s: \"%s\" is no host name: "
		    "ignored", kw->name, word_show(st->word[1].s, buf,
		    sizeof(buf)));
}

/* Who sends mail: its own word, else smtp_alert_vrrp, else smtp_alert. */
void
check_mail(struct load *ld)
{
	struct global_def	*g = &ld->global;
	const struct conf_mail	*m = &ld->conf->mail;
	struct inst_def		*d;
	struct group_def	*y;
	struct where		 asks;		/* the first word that does */
	bool			 all, any = false;

	if (g->set[KG_SMTP_ALERT_VRRP].src != NULL) {
		all = g->smtp_alert_vrrp;
		asks = g->set[KG_SMTP_ALERT_VRRP];
	} else {
		all = g->smtp_alert;
		asks = g->set[KG_SMTP_ALERT];
	}
	TAILQ_FOREACH(d, &ld->insts, entry) {
		if (d->set[KI_SMTP_ALERT].src == NULL)
			d->c->smtp_alert = all;
		else if (d->c->smtp_alert && !any && !all)
			asks = d->set[KI_SMTP_ALERT];
		any = any || d->c->smtp_alert;
	}
	TAILQ_FOREACH(y, &ld->groups, entry) {
		if (y->c == NULL)
			continue;
		if (y->set[KY_SMTP_ALERT].src == NULL)
			y->c->smtp_alert = all;
		else if (y->c->smtp_alert && !any && !all)
			asks = y->set[KY_SMTP_ALERT];
		any = any || y->c->smtp_alert;
	}
	ld->conf->global.mail = any && m->server[0] != '\0' && m->to.argc > 0;
	if (ld->conf->global.mail)
		return;
	if (any && m->to.argc == 0)
		diag_warn(ld, asks, "smtp_alert without "
		    "notification_email: no mail is sent");
	else if (any && g->set[KG_SMTP_SERVER].src == NULL)
		diag_warn(ld, g->set[KG_MAIL_TO], "notification_email without "
		    "smtp_server: no mail is sent");
	else if (m->server[0] != '\0' && m->to.argc > 0)
		diag_note(ld, g->set[KG_MAIL_TO], "no instance and no sync "
		    "group has smtp_alert: no mail is sent");
}
