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
 * What the parent does with messages of an engine that lies, repeats itself,
 * shouts or comes too late: one test for every check, in their order.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../parent/sock.h"
#include "parent_fake.h"

#define WHY_STARTUP	1
#define WHY_FAULT	7

static int
setup(void **state)
{
	struct fake	*f;

	*state = f = fake_new();
	fake_sockets(f, 1, SOCK_OK);
	fake_sockets(f, 2, SOCK_OK);
	return (0);
}

static int
teardown(void **state)
{
	fake_free(*state);
	return (0);
}

static void
master_is_wanted(void **state)
{
	struct fake	*f = *state;

	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_true(f->wanted[1]);
	assert_false(f->wanted[2]);
	assert_int_equal(f->wants, 1);
	/* The same again is nothing. */
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, 1);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_BACKUP,
	    INST_WHY_HIGHER), IMSG_HANDLED);
	assert_false(f->wanted[1]);
	assert_int_equal(f->unwants, 1);
	assert_int_equal(f->stops, 1);
}

/*
 * With a virtual MAC the addresses are announced when the engine has spoken;
 * when it says that it is MASTER once more it has had the time for that.
 */
static void
announced_in_the_end(void **state)
{
	struct fake	*f = *state;
	struct sock_use	 use;

	memset(&use, 0, sizeof(use));
	use.why = SOCK_OK;
	use.rx = 1;
	use.late = true;
	engine_sock_ops.use(&f->p, 1, &use);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_true(inst_find(&f->p, 1)->unsaid);
	assert_int_equal(f->wants, 1);
	use.tx_cnt = 1;
	engine_sock_ops.use(&f->p, 1, &use);
	assert_true(inst_find(&f->p, 1)->unsaid);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_false(inst_find(&f->p, 1)->unsaid);
	assert_int_equal(f->wants, 2);
}

/* 1: length, trailing bytes. */
static void
length(void **state)
{
	struct fake	*f = *state;
	struct state_msg sm;
	struct msg	 m;
	uint8_t		 buf[512];

	memset(&sm, 0, sizeof(sm));
	sm.state = INST_MASTER;
	msg_init_write(&m, buf, sizeof(buf));
	state_put(&m, &sm);
	assert_int_equal(fake_message(f, IMSG_STATE, 1, FAKE_GEN, 0, -1, buf,
	    m.len), IMSG_HANDLED);
	assert_int_equal(fake_message(f, IMSG_STATE, 1, FAKE_GEN, 0, -1, buf,
	    m.len - 1), IMSG_REFUSED);
	assert_int_equal(fake_message(f, IMSG_STATE, 1, FAKE_GEN, 0, -1, buf,
	    m.len + 1), IMSG_REFUSED);
	assert_int_equal(fake_message(f, IMSG_STATE, 1, FAKE_GEN, 0, -1, buf,
	    sizeof(buf)), IMSG_REFUSED);
	assert_int_equal(fake_message(f, IMSG_STATE, 1, FAKE_GEN, 0, -1, NULL,
	    0), IMSG_REFUSED);
	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 1, FAKE_GEN, 0, -1,
	    buf, 2), IMSG_REFUSED);
	assert_int_equal(fake_message(f, IMSG_CTL_RELOAD, 1, FAKE_GEN, 0, -1,
	    buf, 3), IMSG_REFUSED);
	assert_int_equal(fake_message(f, IMSG_PONG, 0, FAKE_GEN, 0, -1, buf,
	    1), IMSG_REFUSED);
	assert_int_equal(f->wants, 1);
}

/* 2: what it may not say at all, or not yet. */
static void
sender_and_phase(void **state)
{
	static const uint32_t	 phases[] = { CHILD_HELLO, CHILD_CONFIGURING };
	struct fake		*f = *state;
	uint32_t		 type, id;
	uint8_t			 data[64];
	size_t			 i, len;

	memset(data, 0, sizeof(data));
	for (type = 0; type < 2 * IMSG_TYPE_MAX; type++) {
		if (type == IMSG_CONF_ACK || type == IMSG_CONF_NAK ||
		    type == IMSG_STATE || type == IMSG_ANNOUNCE ||
		    type == IMSG_CTL_RELOAD || type == IMSG_CTL_LOG ||
		    type == IMSG_CTL_HISTORY || type == IMSG_CTL_MAINT ||
		    type == IMSG_CTL_DRY_RUN || type == IMSG_CTL_COMMIT ||
		    type == IMSG_PONG || type == IMSG_LOG)
			continue;
		for (len = 0; len <= sizeof(data); len += 4)
			for (id = 0; id < 2; id++)
				assert_int_equal(fake_message(f,
				    (uint16_t)type, id, FAKE_GEN, 0, -1, data,
				    len), IMSG_REFUSED);
	}
	for (i = 0; i < 2; i++) {
		f->engine.phase = phases[i];
		assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
		    WHY_STARTUP), IMSG_REFUSED);
		assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 1, FAKE_GEN,
		    0, -1, data, 1), IMSG_REFUSED);
		assert_int_equal(fake_message(f, IMSG_CTL_RELOAD, 1, FAKE_GEN,
		    0, -1, data, 4), IMSG_REFUSED);
		assert_int_equal(fake_message(f, IMSG_CTL_LOG, 1, FAKE_GEN,
		    0, -1, data, 1), IMSG_REFUSED);
		assert_int_equal(fake_message(f, IMSG_PONG, 0, FAKE_GEN, 0,
		    -1, NULL, 0), IMSG_REFUSED);
	}
	/* READY twice. */
	f->engine.phase = CHILD_RUNNING;
	assert_int_equal(fake_message(f, IMSG_READY, 0, 0, 0, -1, data, 10),
	    IMSG_REFUSED);
	assert_int_equal(f->wants, 0);
	/* While it drains it still may give up. */
	f->engine.phase = CHILD_DRAINING;
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_INIT,
	    INST_WHY_HANDED_OVER), IMSG_HANDLED);
	assert_int_equal(f->linger_us[1], LINGER_PLANNED_US);
}

/* 3: a descriptor, which is closed, with any message. */
static void
descriptor(void **state)
{
	struct fake	*f = *state;
	uint8_t		 cause = ANN_LOWER_PRIO;
	int		 fds[2];
	char		 byte;

	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 1, FAKE_GEN, 0,
	    fds[1], &cause, 1), IMSG_REFUSED);
	/* The writing end is closed: end of file. */
	assert_int_equal(read(fds[0], &byte, 1), 0);
	(void)close(fds[0]);
	assert_int_equal(f->again, 0);
}

/* 4: values out of range. */
static void
ranges(void **state)
{
	struct fake	*f = *state;
	uint8_t		 cause, level;

	assert_int_equal(fake_state(f, 1, FAKE_GEN, STATE_CODE_MAX,
	    WHY_STARTUP), IMSG_REFUSED);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, 255, WHY_STARTUP),
	    IMSG_REFUSED);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    STATE_REASON_MAX), IMSG_REFUSED);
	cause = ANN_CAUSE_MAX;
	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 1, FAKE_GEN, 0, -1,
	    &cause, 1), IMSG_REFUSED);
	level = LOGL_VERBOSE + 1;
	assert_int_equal(fake_message(f, IMSG_CTL_LOG, 1, FAKE_GEN, 0, -1,
	    &level, 1), IMSG_REFUSED);
	/* An object that must be named is not. */
	assert_int_equal(fake_state(f, 0, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_REFUSED);
	assert_int_equal(f->wants, 0);
}

/* 5: one instance, 100 in a second; MASTER waits then, BACKUP does not. */
static void
rate_of_one(void **state)
{
	struct fake	*f = *state;
	unsigned int	 i;

	for (i = 0; i < STATE_RATE_INST - 1; i++)
		assert_int_equal(fake_state(f, 1, FAKE_GEN, i % 2 == 0 ?
		    INST_MASTER : INST_BACKUP, WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, STATE_RATE_INST / 2);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(inst_find(&f->p, 1)->state, INST_MASTER);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_BACKUP,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(inst_find(&f->p, 1)->state, INST_BACKUP);
	for (i = 0; i < STATE_RATE_INST; i++)
		assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
		    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, STATE_RATE_INST / 2);
	assert_int_equal(inst_find(&f->p, 1)->state, INST_BACKUP);
	assert_true(inst_find(&f->p, 1)->is_late);
	assert_int_equal(f->lines, 1);
	/* The other one has its own count, and a second later all is well. */
	assert_int_equal(fake_state(f, 2, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(inst_find(&f->p, 2)->state, INST_MASTER);
	f->now_us += US_PER_SEC;
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(inst_find(&f->p, 1)->state, INST_MASTER);
	assert_false(inst_find(&f->p, 1)->is_late);
}

/* A new engine has not said what the old one did. */
static void
late_of_a_dead_engine(void **state)
{
	struct fake	*f = *state;
	unsigned int	 i;

	for (i = 0; i <= STATE_RATE_INST; i++)
		(void)fake_state(f, 1, FAKE_GEN, i % 2 != 0 ? INST_MASTER :
		    INST_BACKUP, WHY_STARTUP);
	(void)fake_state(f, 1, FAKE_GEN, INST_MASTER, WHY_STARTUP);
	assert_true(inst_find(&f->p, 1)->is_late);
	inst_engine_lost(&f->p);
	assert_false(inst_find(&f->p, 1)->is_late);
}

/* 5: all together, also for instances that do not exist. */
static void
rate_of_all(void **state)
{
	struct fake	*f = *state;
	unsigned int	 i;

	for (i = 0; i < STATE_RATE + 2 * FAKE_INSTS; i++)
		assert_int_equal(fake_state(f, 100 + i, FAKE_GEN,
		    INST_MASTER, WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, 0);
	assert_int_equal(f->outside, 0);
	assert_true(inst_find(&f->p, 1)->is_late);
}

/* 5: reloads; people may be quick, so they are told and nobody is killed. */
static void
rate_of_reloads(void **state)
{
	struct fake	*f = *state;
	uint8_t		 uid[4] = { 0, 0, 0, 0 };
	unsigned int	 i;

	for (i = 0; i < RELOAD_RATE; i++)
		assert_int_equal(fake_message(f, IMSG_CTL_RELOAD, 1, FAKE_GEN,
		    0, -1, uid, 4), IMSG_HANDLED);
	assert_int_equal(f->reloads, RELOAD_RATE);
	assert_int_equal(f->busy, 0);
	assert_int_equal(fake_message(f, IMSG_CTL_RELOAD, 1, FAKE_GEN, 0, -1,
	    uid, 4), IMSG_HANDLED);
	assert_int_equal(f->reloads, RELOAD_RATE);
	assert_int_equal(f->busy, 1);
	f->now_us += 60 * US_PER_SEC;
	assert_int_equal(fake_message(f, IMSG_CTL_RELOAD, 1, FAKE_GEN, 0, -1,
	    uid, 4), IMSG_HANDLED);
	assert_int_equal(f->reloads, RELOAD_RATE + 1);
	/* Not while the daemon stops. */
	f->p.state = PARENT_STOPPING;
	assert_int_equal(fake_message(f, IMSG_CTL_RELOAD, 1, FAKE_GEN, 0, -1,
	    uid, 4), IMSG_HANDLED);
	assert_int_equal(f->reloads, RELOAD_RATE + 1);
}

/* 6: of another generation. */
static void
generation(void **state)
{
	struct fake	*f = *state;

	assert_int_equal(fake_state(f, 1, FAKE_GEN - 1, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(fake_state(f, 1, FAKE_GEN + 1, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, 0);
}

/* 7: of no instance; a line for it, but not for each. */
static void
instance(void **state)
{
	struct fake	*f = *state;
	unsigned int	 i;

	for (i = 0; i < 50; i++)
		assert_int_equal(fake_state(f, 3 + i, FAKE_GEN, INST_MASTER,
		    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(fake_state(f, UINT32_MAX, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, 0);
	assert_int_equal(f->outside, 0);
	assert_int_equal(f->lines, 1);
}

/* 8: MASTER needs a link and sockets. */
static void
evidence(void **state)
{
	static const uint32_t	 flags[] = {
		0, LINK_F_EXISTS, LINK_F_EXISTS | LINK_F_UP,
		LINK_F_EXISTS | LINK_F_RUNNING, LINK_F_UP | LINK_F_RUNNING
	};
	struct fake	*f = *state;
	uint32_t	 good;
	size_t		 i;

	good = f->link.flags;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		f->link.flags = flags[i];
		assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
		    WHY_STARTUP), IMSG_HANDLED);
		assert_int_equal(f->wants, 0);
	}
	f->link.flags = good;
	f->no_link = true;
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	f->no_link = false;
	fake_sockets(f, 1, SOCK_NO_SOURCE);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, 0);
	fake_sockets(f, 1, SOCK_OK);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(f->wants, 1);
	/* To give up needs nothing. */
	f->link.flags = 0;
	fake_sockets(f, 1, SOCK_FAILED);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_INIT, WHY_FAULT),
	    IMSG_HANDLED);
	assert_false(f->wanted[1]);
	assert_int_equal(f->linger_us[1], 0);
}

/* 8: ANNOUNCE is for a master. */
static void
announce(void **state)
{
	struct fake	*f = *state;
	uint8_t		 cause = ANN_LOWER_PRIO;

	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 1, FAKE_GEN, 0, -1,
	    &cause, 1), IMSG_HANDLED);
	assert_int_equal(f->again, 0);
	assert_int_equal(fake_state(f, 1, FAKE_GEN, INST_MASTER,
	    WHY_STARTUP), IMSG_HANDLED);
	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 2, FAKE_GEN, 0, -1,
	    &cause, 1), IMSG_HANDLED);
	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 9, FAKE_GEN, 0, -1,
	    &cause, 1), IMSG_HANDLED);
	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 1, FAKE_GEN - 1, 0,
	    -1, &cause, 1), IMSG_HANDLED);
	assert_int_equal(f->again, 0);
	assert_int_equal(fake_message(f, IMSG_ANNOUNCE, 1, FAKE_GEN, 0, -1,
	    &cause, 1), IMSG_HANDLED);
	assert_int_equal(f->again, 1);
}

static void
pong(void **state)
{
	struct fake	*f = *state;

	f->engine.ping_seq = 5;
	f->engine.pong_seq = 2;
	assert_int_equal(fake_message(f, IMSG_PONG, 0, FAKE_GEN, 4, -1, NULL,
	    0), IMSG_HANDLED);
	assert_int_equal(f->engine.pong_seq, 4);
	assert_true(f->leases);
	/* An old one proves nothing; one that was not asked for is a lie. */
	f->leases = false;
	assert_int_equal(fake_message(f, IMSG_PONG, 0, FAKE_GEN, 3, -1, NULL,
	    0), IMSG_HANDLED);
	assert_int_equal(fake_message(f, IMSG_PONG, 0, FAKE_GEN, 4, -1, NULL,
	    0), IMSG_HANDLED);
	assert_int_equal(f->engine.pong_seq, 4);
	assert_false(f->leases);
	assert_int_equal(fake_message(f, IMSG_PONG, 0, FAKE_GEN, 6, -1, NULL,
	    0), IMSG_REFUSED);
}

static void
ping_period(void **state)
{
	struct fake	*f = *state;

	assert_int_equal(engine_ping_period_us(&f->conf), 250000);
	f->insts[1].adver_int_us = 100000;
	assert_int_equal(engine_ping_period_us(&f->conf), 100000);
	f->insts[0].adver_int_us = 10000;
	assert_int_equal(engine_ping_period_us(&f->conf), 50000);
}

/* A rollback that does not work out is tried less and less often. */
static void
rollback_fails(void **state)
{
	static const int	 waits_s[] = {
		5, 10, 20, 40, 80, 160, 320, 600, 600, 600
	};
	struct fake		*f = *state;
	struct parent		*p = &f->p;
	size_t			 i;

	p->base = event_base_new();
	assert_non_null(p->base);
	confirm_init(p);
	for (i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
		p->reload.conf = &f->conf;
		confirm_keep(p);
		assert_null(p->reload.conf);
		assert_ptr_equal(p->confirm.kept, &f->conf);
		assert_true(p->confirm.until_us == f->now_us +
		    waits_s[i] * US_PER_SEC);
		assert_int_equal(f->lines, i + 1);
	}
	confirm_end(p);
	p->reload.conf = &f->conf;
	confirm_keep(p);
	assert_true(p->confirm.until_us == f->now_us + 5 * US_PER_SEC);
	confirm_end(p);
	event_base_free(p->base);
}

static void
loglevel(void **state)
{
	struct fake	*f = *state;
	uint8_t		 level = LOGL_VERBOSE;

	assert_int_equal(fake_message(f, IMSG_CTL_LOG, 1, FAKE_GEN, 0, -1,
	    &level, 1), IMSG_HANDLED);
	assert_int_equal(f->level, LOGL_VERBOSE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(announced_in_the_end, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(master_is_wanted, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(length, setup, teardown),
		cmocka_unit_test_setup_teardown(sender_and_phase, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(descriptor, setup, teardown),
		cmocka_unit_test_setup_teardown(ranges, setup, teardown),
		cmocka_unit_test_setup_teardown(rate_of_one, setup, teardown),
		cmocka_unit_test_setup_teardown(late_of_a_dead_engine,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(rate_of_all, setup, teardown),
		cmocka_unit_test_setup_teardown(rate_of_reloads, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(generation, setup, teardown),
		cmocka_unit_test_setup_teardown(instance, setup, teardown),
		cmocka_unit_test_setup_teardown(evidence, setup, teardown),
		cmocka_unit_test_setup_teardown(announce, setup, teardown),
		cmocka_unit_test_setup_teardown(pong, setup, teardown),
		cmocka_unit_test_setup_teardown(ping_period, setup, teardown),
		cmocka_unit_test_setup_teardown(rollback_fails, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(loglevel, setup, teardown)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
