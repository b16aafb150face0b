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
 * The text of mails, and the queue that they wait in.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../checker/mail.h"

static struct conf_mail		 people;
static const struct mail_head	 head = { &people, "R1", "host.example.org" };

static struct mail
event(enum notify_object object, const char *name, enum notify_event event_)
{
	struct mail	 m;

	memset(&m, 0, sizeof(m));
	m.what.object = object;
	m.what.event = event_;
	m.what.priority = 120;
	(void)strlcpy(m.what.name, name, sizeof(m.what.name));
	(void)strlcpy(m.msgid, "0123456789abcdef0123456789abcdef",
	    sizeof(m.msgid));
	m.date = 1000000000;
	return (m);
}

static int
setup(void **state)
{
	(void)setenv("TZ", "UTC", 1);
	tzset();
	memset(&people, 0, sizeof(people));
	(void)conf_argv_add(&people.to, "a@example.org");
	(void)conf_argv_add(&people.to, "b@example.org");
	return (0);
}

static int
teardown(void **state)
{
	conf_argv_clear(&people.to);
	return (0);
}

/* Every line ends as lines of mail do, and none is longer than it may be. */
static char *
text_of(const struct mail *m)
{
	const char	*p, *end;
	size_t		 len;
	char		*s;

	s = mail_text(&head, m, &len);
	assert_non_null(s);
	assert_int_equal(strlen(s), len);
	for (p = s; *p != '\0'; p = end + 2) {
		end = strstr(p, "\r\n");
		assert_non_null(end);
		assert_true(end - p <= 998);
		assert_null(memchr(p, '\n', (size_t)(end - p)));
		assert_null(memchr(p, '\r', (size_t)(end - p)));
	}
	return (s);
}

static void
test_plain(void **state)
{
	struct mail	 m = event(NOB_INSTANCE, "VI_1", NEV_MASTER);
	char		*s = text_of(&m);

	assert_string_equal(s,
	    "Date: Sun, 9 Sep 2001 01:46:40 +0000\r\n"
	    "From: root@host.example.org\r\n"
	    "To: a@example.org,\r\n b@example.org\r\n"
	    "Subject: [R1] VRRP Instance VI_1 - Entering MASTER state\r\n"
	    "Message-ID: "
	    "<0123456789abcdef0123456789abcdef@host.example.org>\r\n"
	    "X-Mailer: vrrpd " VRRPD_VERSION "\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 7bit\r\n"
	    "\r\n"
	    "VRRP Instance VI_1 - Entering MASTER state\r\n"
	    "\r\n"
	    "It holds its addresses now.\r\n"
	    "\r\n"
	    "Router:    R1\r\n"
	    "Host:      host.example.org\r\n"
	    "Priority:  120\r\n");
	free(s);
}

static void
test_subjects(void **state)
{
	static const struct {
		enum notify_event	 event;
		const char		*text;
	}		 all[] = {
		{ NEV_MASTER, "Entering MASTER state" },
		{ NEV_BACKUP, "Entering BACKUP state" },
		{ NEV_FAULT, "Entering FAULT state" },
		{ NEV_STOP, "Stopping" }, { NEV_DELETED, "Deleted" }
	};
	struct mail	 m;
	size_t		 i;
	char		 want[128], *s;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		m = event(NOB_GROUP, "G", all[i].event);
		s = text_of(&m);
		(void)snprintf(want, sizeof(want),
		    "\r\nSubject: [R1] VRRP Group G - %s\r\n", all[i].text);
		assert_non_null(strstr(s, want));
		assert_null(strstr(s, "Priority"));
		free(s);
	}
}

/* Names that would be lines, headers, the end of the mail. */
static void
test_injection(void **state)
{
	static const char *const	 names[] = {
		"a\r\nBcc: x@example.net", "a\nBcc: x@example.net",
		"a\r.\rMAIL FROM:<x>", "\r\n\r\nbody", "a\x7f\001b"
	};
	struct mail			 m;
	size_t				 i;
	char				*s;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		m = event(NOB_INSTANCE, names[i], NEV_FAULT);
		s = text_of(&m);
		assert_null(strstr(s, "\nBcc"));
		assert_null(strstr(s, "\n.\r"));
		assert_ptr_equal(strstr(s, "\r\n\r\n"),
		    strstr(s, "7bit\r\n\r\n") + 4);
		free(s);
	}
}

static void
test_other_letters(void **state)
{
	struct mail	 m;
	char		*s, *p;

	m = event(NOB_INSTANCE, "K\xc3\xb6ln", NEV_BACKUP);
	s = text_of(&m);
	assert_non_null(strstr(s, "Subject: =?utf-8?B?"
	    "W1IxXSBWUlJQIEluc3RhbmNlIEvDtmxuIC0gRW50ZXJpbmcgQkFDS1VQIHN0?=\r\n"
	    " =?utf-8?B?YXRl?=\r\n"));
	p = strstr(s, "Content-Transfer-Encoding: base64\r\n\r\n");
	assert_non_null(p);
	for (p = strstr(p, "\r\n\r\n"); *p != '\0'; p++)
		assert_true((unsigned char)*p < 0x80);
	free(s);
	/* What looks like an encoded word is none. */
	m = event(NOB_INSTANCE, "=?utf-8?B?QQ==?=", NEV_BACKUP);
	s = text_of(&m);
	p = strstr(s, "\r\n\r\n");
	assert_true(strstr(s, "QQ==") > p);
	free(s);
}

/* No character is cut in two, wherever the cut would be. */
static void
test_cut(void **state)
{
	struct mail	 m;
	size_t		 i, n;
	char		 name[NAME_LEN], *s, *p;

	for (i = 0; i < 8; i++) {
		memset(name, 0, sizeof(name));
		memset(name, 'a', i);
		for (n = i; n + 3 < sizeof(name); n += 3)
			memcpy(name + n, "\xe2\x82\xac", 3);
		m = event(NOB_INSTANCE, name, NEV_BACKUP);
		s = text_of(&m);
		for (p = strstr(s, "=?utf-8?B?"); p != NULL;
		    p = strstr(p + 1, "=?utf-8?B?")) {
			n = strcspn(p, "\r");
			assert_true(n <= 75);
			assert_memory_equal(p + n - 2, "?=", 2);
		}
		free(s);
	}
}

static void
test_from(void **state)
{
	static const struct {
		const char	*name;
		const char	*line;
	}		 all[] = {
		{ "", "\r\nFrom: v@example.org\r\n" },
		{ "The \"R\"", "\r\nFrom: \"The \\\"R\\\"\" <v@example.org>" },
		{ "R\xc3\xb6uter", "\r\nFrom: =?utf-8?B?UsO2dXRlcg==?= <v@" },
		{ "a\r\nb", "\r\nFrom: \"a\?\?b\" <v@example.org>\r\n" }
	};
	struct mail	 m = event(NOB_INSTANCE, "V", NEV_MASTER);
	size_t		 i;
	char		*s;

	(void)strlcpy(people.from, "v@example.org", sizeof(people.from));
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		(void)strlcpy(people.from_name, all[i].name,
		    sizeof(people.from_name));
		s = text_of(&m);
		assert_non_null(strstr(s, all[i].line));
		free(s);
	}
}

/* The longest addresses, and as many as there can be. */
static void
test_many(void **state)
{
	struct mail	 m = event(NOB_INSTANCE, "V", NEV_MASTER);
	char		 to[MAIL_ADDR_LEN];
	char		*s;
	size_t		 i;

	conf_argv_clear(&people.to);
	for (i = 0; i < MAX_ARGS; i++) {
		memset(to, 'a' + (int)(i % 26), 179);
		(void)strlcpy(to + 179, "@example.org", sizeof(to) - 179);
		assert_int_equal(conf_argv_add(&people.to, to), 0);
	}
	s = text_of(&m);
	assert_non_null(strstr(s, to));
	free(s);
}

static struct mail *
queued(uint32_t id, enum notify_object object, int64_t at_us)
{
	struct mail	*m;

	m = calloc(1, sizeof(*m));
	assert_non_null(m);
	m->id = id;
	m->what.object = object;
	m->at_us = at_us;
	m->left = 3;
	return (m);
}

static void
test_queue_order(void **state)
{
	struct mailq	 q;
	struct mail	*m;
	uint32_t	 i;

	mailq_init(&q);
	assert_null(mailq_next(&q, 0));
	assert_true(mailq_due(&q) == INT64_MAX);
	for (i = 1; i <= 3; i++)
		assert_null(mailq_add(&q, queued(i, NOB_INSTANCE, 0)));
	for (i = 1; i <= 3; i++) {
		assert_int_equal(mailq_due(&q), 0);
		m = mailq_next(&q, 0);
		assert_int_equal(m->id, i);
		assert_null(mailq_next(&q, 0));		/* one at a time */
		assert_true(mailq_due(&q) == INT64_MAX);
		assert_ptr_equal(mailq_tried(&q, 0, false, 0), m);
		free(m);
	}
	assert_int_equal(q.cnt, 0);
}

/* A server that is down: the pauses double, up to the longest, nothing is
 * lost for an hour, and the first success ends it. */
static void
test_queue_backoff(void **state)
{
	struct mailq	 q;
	struct mail	*m;
	int64_t		 now = 0, pause = US_PER_SEC;
	int		 i;

	mailq_init(&q);
	(void)mailq_add(&q, queued(1, NOB_INSTANCE, 0));
	(void)mailq_add(&q, queued(2, NOB_INSTANCE, 0));
	for (i = 0; i < 12; i++) {
		assert_int_equal(mailq_next(&q, now)->id, 1);
		assert_null(mailq_tried(&q, 3, true, now));
		assert_null(mailq_next(&q, now));
		assert_int_equal(mailq_due(&q), now + pause);
		assert_null(mailq_next(&q, now + pause - 1));
		now += pause;
		pause = pause * 2 < MAIL_RETRY_MAX_US ? pause * 2 :
		    MAIL_RETRY_MAX_US;
	}
	assert_int_equal(pause, MAIL_RETRY_MAX_US);
	m = mailq_next(&q, now);
	assert_ptr_equal(mailq_tried(&q, 0, false, now), m);
	free(m);
	assert_int_equal(mailq_due(&q), 0);
	assert_int_equal(mailq_next(&q, now)->id, 2);
	/* Too old. */
	assert_null(mailq_tried(&q, 3, true, MAIL_LIFE_US - 1));
	now = 2 * MAIL_LIFE_US;
	m = mailq_next(&q, now);
	assert_ptr_equal(mailq_tried(&q, 3, true, now), m);
	free(m);
	assert_int_equal(q.cnt, 0);
}

/* One of the people is to wait: the other mails are not. */
static void
test_queue_partly(void **state)
{
	struct mailq	 q;
	struct mail	*m;

	mailq_init(&q);
	(void)mailq_add(&q, queued(1, NOB_INSTANCE, 0));
	(void)mailq_add(&q, queued(2, NOB_INSTANCE, 0));
	(void)mailq_next(&q, 0);
	assert_null(mailq_tried(&q, 2, false, 0));
	m = mailq_next(&q, 0);
	assert_int_equal(m->id, 2);
	assert_ptr_equal(mailq_tried(&q, 0, false, 0), m);
	free(m);
	assert_int_equal(mailq_due(&q), US_PER_SEC);
	m = mailq_next(&q, US_PER_SEC);
	assert_int_equal(m->left, 2);
	mailq_untried(&q);
	mailq_restart(&q, 7);
	assert_int_equal(mailq_next(&q, 0)->left, 7);
	mailq_clear(&q);
	assert_int_equal(q.cnt, 0);
}

/* Never what is on its way, first what is no longer true. */
static void
test_queue_full(void **state)
{
	struct mailq	 q;
	struct mail	*m;
	uint32_t	 i;

	mailq_init(&q);
	for (i = 0; i < MAILQ_MAX; i++)
		assert_null(mailq_add(&q, queued(i, NOB_INSTANCE, 0)));
	assert_int_equal(mailq_next(&q, 0)->id, 0);
	m = mailq_add(&q, queued(0, NOB_INSTANCE, 0));
	assert_int_equal(m->id, 1);		/* 0 is on its way */
	free(m);
	m = mailq_add(&q, queued(7, NOB_GROUP, 0));
	assert_int_equal(m->id, 2);		/* a group is something else */
	free(m);
	m = mailq_add(&q, queued(7, NOB_INSTANCE, 0));
	assert_int_equal(m->id, 7);
	assert_int_equal(m->what.object, NOB_INSTANCE);
	free(m);
	assert_int_equal(q.cnt, MAILQ_MAX);
	assert_int_equal(q.busy->id, 0);
	mailq_clear(&q);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup_teardown(test_plain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_subjects, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_injection, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_other_letters, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_from, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test(test_queue_order),
		cmocka_unit_test(test_queue_backoff),
		cmocka_unit_test(test_queue_partly),
		cmocka_unit_test(test_queue_full)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
