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

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../checker/procev.h"

/* As the kernel says it: struct cn_msg ends in an array without a length. */
struct told {
	struct nlmsghdr		 nl;
	unsigned char		 cn[sizeof(struct cn_msg)];
	unsigned char		 ev[sizeof(struct proc_event)];
};

static void	 fill_head(struct told *, uint32_t, uint32_t, size_t);
static void	 fill(struct told *, struct proc_event *, unsigned int);

static void
fill_head(struct told *t, uint32_t idx, uint32_t val, size_t len)
{
	struct cn_msg	 cn;

	memset(&cn, 0, sizeof(cn));
	cn.id.idx = idx;
	cn.id.val = val;
	cn.len = (uint16_t)len;
	memcpy(t->cn, &cn, sizeof(t->cn));
}

static void
fill(struct told *t, struct proc_event *ev, unsigned int what)
{
	memset(t, 0, sizeof(*t));
	t->nl.nlmsg_len = sizeof(*t);
	fill_head(t, CN_IDX_PROC, CN_VAL_PROC, sizeof(*ev));
	memcpy(&ev->what, &what, sizeof(what));
	memcpy(t->ev, ev, sizeof(*ev));
}

static void
events(void **state)
{
	struct proc_event	 ev;
	struct procev		 pe;
	struct told		 t;

	memset(&ev, 0, sizeof(ev));
	ev.event_data.fork.parent_pid = 11;
	ev.event_data.fork.parent_tgid = 10;
	ev.event_data.fork.child_pid = 21;
	ev.event_data.fork.child_tgid = 20;
	fill(&t, &ev, PROC_EVENT_FORK);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_FORK);
	assert_int_equal(pe.parent, 10);
	assert_int_equal(pe.pid, 20);
	fill(&t, &ev, PROC_EVENT_EXEC);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_EXEC);
	assert_int_equal(pe.pid, 10);
	fill(&t, &ev, PROC_EVENT_COMM);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_COMM);
	assert_int_equal(pe.pid, 10);
	fill(&t, &ev, PROC_EVENT_EXIT);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_EXIT);
	assert_int_equal(pe.pid, 10);
	fill(&t, &ev, PROC_EVENT_UID);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_OTHER);
	/* The answer, which may be a refusal. */
	fill(&t, &ev, PROC_EVENT_NONE);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_OTHER);
	memset(&ev, 0, sizeof(ev));
	fill(&t, &ev, PROC_EVENT_NONE);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_ACK);
	assert_int_equal(pe.pid, 0);
}

/* Cut off anywhere, or with a length that is not so: nothing. */
static void
damaged(void **state)
{
	struct proc_event	 ev;
	struct procev		 pe;
	struct told		 good, t;
	unsigned char		 buf[sizeof(t)];
	size_t			 len;

	memset(&ev, 0, sizeof(ev));
	fill(&good, &ev, PROC_EVENT_EXEC);
	for (len = 0; len < sizeof(good); len++) {
		memcpy(buf, &good, len);
		assert_int_equal(procev_parse(buf, len, &pe), PROCEV_OTHER);
	}
	t = good;
	t.nl.nlmsg_len = sizeof(t) + 1;
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_OTHER);
	t.nl.nlmsg_len = sizeof(t) - 1;
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_OTHER);
	t = good;
	fill_head(&t, CN_IDX_PROC + 1, CN_VAL_PROC, sizeof(ev));
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_OTHER);
	t = good;
	fill_head(&t, CN_IDX_PROC, CN_VAL_PROC + 1, sizeof(ev));
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_OTHER);
	t = good;
	fill_head(&t, CN_IDX_PROC, CN_VAL_PROC, sizeof(ev) - 1);
	assert_int_equal(procev_parse(&t, sizeof(t), &pe), PROCEV_OTHER);
	assert_int_equal(procev_parse(&good, sizeof(good), &pe), PROCEV_EXEC);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(events),
		cmocka_unit_test(damaged)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
