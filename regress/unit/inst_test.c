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
 * The record of an instance: when addresses are wanted, how long they
 * linger, what a reload and the end of the engine do to it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../netlinkd/netlinkd.h"
#include "../../vrrpe/fsm.h"
#include "parent_fake.h"

/* The parent does not know the state machine, only these numbers of it. */
_Static_assert((int)INST_INIT == (int)VR_INIT, "INIT");
_Static_assert((int)INST_BACKUP == (int)VR_BACKUP, "BACKUP");
_Static_assert((int)INST_MASTER == (int)VR_MASTER, "MASTER");
_Static_assert((int)INST_WHY_HIGHER == (int)VR_WHY_HIGHER, "HIGHER");
_Static_assert((int)INST_WHY_TIE == (int)VR_WHY_TIE, "TIE");
_Static_assert((int)INST_WHY_TAKEOVER == (int)VR_WHY_TAKEOVER, "TAKEOVER");
_Static_assert((int)INST_WHY_HANDED_OVER == (int)VR_WHY_HANDED_OVER,
    "HANDED_OVER");

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

/* Make before break, when there is somebody who has made. */
static void
linger(void **state)
{
	int64_t	 us;
	uint8_t	 why;

	for (why = 0; why < VR_WHY_MAX; why++)
		assert_string_equal(journal_reason((uint8_t)why),
		    vr_reason_name(why));
	for (why = 0; why < VR_WHY_MAX; why++) {
		assert_int_equal(inst_linger_us(VR_MASTER, why), 0);
		us = why == VR_WHY_HANDED_OVER ? 100000 :
		    why == VR_WHY_HIGHER || why == VR_WHY_TIE ||
		    why == VR_WHY_GROUP ? 25000 : 0;
		assert_int_equal(inst_linger_us(VR_BACKUP, why), us);
		assert_int_equal(inst_linger_us(VR_INIT, why), us);
	}
}

static void
linger_is_used(void **state)
{
	struct fake	*f = *state;

	(void)fake_state(f, 1, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	(void)fake_state(f, 2, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	(void)fake_state(f, 1, FAKE_GEN, VR_BACKUP, VR_WHY_TIE);
	(void)fake_state(f, 2, FAKE_GEN, VR_INIT, VR_WHY_FAULT);
	assert_int_equal(f->linger_us[1], 25000);
	assert_int_equal(f->linger_us[2], 0);
	assert_false(f->wanted[1]);
	assert_false(f->wanted[2]);
}

static void
engine_dies(void **state)
{
	struct fake	*f = *state;

	(void)fake_state(f, 1, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	(void)fake_state(f, 2, FAKE_GEN, VR_BACKUP, VR_WHY_STARTUP);
	assert_int_equal(inst_count(&f->p, INST_MASTER), 1);
	inst_engine_lost(&f->p);
	assert_false(f->wanted[1]);
	assert_int_equal(f->linger_us[1], 0);
	assert_int_equal(f->unwants, 1);
	assert_int_equal(inst_count(&f->p, INST_INIT), 2);
	inst_engine_lost(&f->p);
	assert_int_equal(f->unwants, 1);
	/* The record of before is kept. */
	assert_int_equal(inst_find(&f->p, 1)->resume.state, VR_MASTER);
	(void)fake_state(f, 1, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	assert_true(f->wanted[1]);
}

/* A crash: the addresses stay until another one speaks, or time is up. */
static void
engine_crashes(void **state)
{
	struct fake	*f = *state;
	struct inst	*inst;

	(void)fake_state(f, 1, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	(void)fake_state(f, 2, FAKE_GEN, VR_BACKUP, VR_WHY_STARTUP);
	inst = inst_find(&f->p, 1);
	resume_keep(&f->p, 1000);
	assert_true(f->wanted[1]);
	assert_int_equal(inst->state, INST_MASTER);
	assert_int_equal(inst->lease_us, 1000 + 2 * US_PER_SEC);
	assert_int_equal(inst_find(&f->p, 2)->lease_us, 0);
	/* The next one died, too: no time is won by that. */
	resume_keep(&f->p, 5000);
	assert_int_equal(inst->lease_us, 1000 + 2 * US_PER_SEC);
	(void)fake_state(f, 1, FAKE_GEN, VR_MASTER, VR_WHY_RESUME);
	assert_int_equal(inst->lease_us, 0);
	assert_int_equal(f->unwants, 0);
	/* Too late: by the time it is told, it is no MASTER. */
	resume_keep(&f->p, -10 * US_PER_SEC);
	resume_send(&f->p);
	assert_false(f->wanted[1]);
	assert_int_equal(inst->state, INST_INIT);
}

static void
reload(void **state)
{
	struct fake	*f = *state;
	struct conf_inst moved, same;

	(void)fake_state(f, 1, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	(void)fake_state(f, 2, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	same = f->insts[0];
	moved = f->insts[1];
	f->diffs[0].kind = DIFF_CHANGED;
	f->diffs[0].old = &f->insts[0];
	f->diffs[0].new = &same;
	f->diffs[1].kind = DIFF_REPLACED;
	f->diffs[1].old = &f->insts[1];
	f->diffs[1].new = &moved;
	inst_conf(&f->p, &f->conf, &f->diff);
	assert_int_equal(f->unwants, 1);
	assert_true(f->wanted[1]);
	assert_false(f->wanted[2]);
	assert_ptr_equal(inst_find(&f->p, 1)->conf, &same);
	assert_int_equal(inst_find(&f->p, 1)->state, INST_MASTER);
	assert_int_equal(inst_find(&f->p, 2)->state, INST_INIT);
	assert_false(inst_find(&f->p, 2)->sockets);

	f->diffs[0].kind = DIFF_REMOVED;
	f->diffs[0].old = &same;
	f->diffs[0].new = NULL;
	f->diffs[1].kind = DIFF_SAME;
	inst_conf(&f->p, &f->conf, &f->diff);
	assert_null(inst_find(&f->p, 1));
	/* netlinkd_conf knows what another instance has now. */
	assert_int_equal(f->unwants, 1);
	f->wanted[1] = false;
	assert_int_equal(fake_state(f, 1, FAKE_GEN, VR_MASTER,
	    VR_WHY_SILENT), IMSG_HANDLED);
	assert_false(f->wanted[1]);
}

/* Addresses that came too late are not announced. */
static void
installed(void **state)
{
	struct fake		*f = *state;
	struct conf_vip		 vip;
	const struct conf_vip	*vips[1] = { &vip };

	inst_netlink_ops.installed(&f->p, 1, vips, 1);
	assert_int_equal(f->installed, 0);
	(void)fake_state(f, 1, FAKE_GEN, VR_MASTER, VR_WHY_SILENT);
	inst_netlink_ops.installed(&f->p, 1, vips, 1);
	assert_int_equal(f->installed, 1);
	inst_netlink_ops.installed(&f->p, 5, vips, 1);
	assert_int_equal(f->installed, 1);
}

static void
result(void **state)
{
	struct fake		*f = *state;
	struct vip_result	 vr;
	unsigned int		 before;

	memset(&vr, 0, sizeof(vr));
	vr.wanted = 3;
	before = f->sent;
	inst_netlink_ops.result(&f->p, 1, &vr);
	assert_int_equal(f->sent, before + 1);
	assert_int_equal(inst_find(&f->p, 1)->result.wanted, 3);
	f->engine.synced = false;
	inst_netlink_ops.result(&f->p, 1, &vr);
	inst_netlink_ops.result(&f->p, 9, &vr);
	assert_int_equal(f->sent, before + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linger),
		cmocka_unit_test_setup_teardown(linger_is_used, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(engine_dies, setup, teardown),
		cmocka_unit_test_setup_teardown(engine_crashes, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(reload, setup, teardown),
		cmocka_unit_test_setup_teardown(installed, setup, teardown),
		cmocka_unit_test_setup_teardown(result, setup, teardown)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
