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

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf.h"
#include "confgen.h"

static void
test_defaults(void **state)
{
	struct conf		*conf;
	struct conf_inst	*inst;
	struct conf_script	*script;
	char			 buf[VADDR_STRLEN];

	conf = conf_new();
	assert_int_equal(conf->global.version, 2);
	assert_int_equal(conf->global.vip_lease, LEASE_AUTO);
	assert_string_equal(vaddr_print(&conf->global.mcast4, buf,
	    sizeof(buf)), "224.0.0.18");
	assert_string_equal(vaddr_print(&conf->global.mcast6, buf,
	    sizeof(buf)), "ff02::12");
	conf_free(conf);
	inst = conf_inst_new();
	assert_int_equal(inst->priority, 100);
	assert_int_equal(inst->adver_int_us, 1000000);
	assert_int_equal(inst->garp_delay_s, 5);
	assert_int_equal(inst->garp_repeat, 5);
	assert_int_equal(inst->garp_refresh_s, 0);
	assert_int_equal(inst->down_timer_adverts, 3);
	assert_true(inst->accept);
	assert_true(inst->track_primary);
	conf_inst_free(inst);
	script = conf_script_new();
	assert_int_equal(script->interval_us, 1000000);
	assert_int_equal(script->rise, 1);
	assert_int_equal(script->fall, 1);
	conf_script_free(script);
	conf_free(NULL);
	conf_inst_free(NULL);
	conf_script_free(NULL);
	conf_process_free(NULL);
	conf_ids_free(NULL);
}

static void
test_find(void **state)
{
	struct conf_ids		*ids;
	struct conf		*conf;
	struct conf_iface	*iface;
	struct conf_inst	*inst;
	struct conf_script	*script;
	uint32_t		 seed;

	for (seed = 0; seed < 50; seed++) {
		conf = confgen(seed);
		ids = conf_ids_new();
		assert_int_equal(conf_assign_ids(ids, conf), 0);
		TAILQ_FOREACH(inst, &conf->insts, entry) {
			assert_ptr_equal(conf_inst_by_name(conf, inst->name),
			    inst);
			assert_ptr_equal(conf_inst_by_id(conf, inst->id),
			    inst);
		}
		TAILQ_FOREACH(script, &conf->scripts, entry) {
			assert_ptr_equal(conf_script_by_name(conf,
			    script->name), script);
			assert_ptr_equal(conf_script_by_id(conf, script->id),
			    script);
		}
		TAILQ_FOREACH(iface, &conf->ifaces, entry) {
			assert_ptr_equal(conf_iface_by_name(conf,
			    iface->name), iface);
			assert_ptr_equal(conf_iface_by_id(conf, iface->id),
			    iface);
		}
		assert_null(conf_inst_by_name(conf, "none"));
		assert_null(conf_inst_by_id(conf, 1000));
		assert_null(conf_script_by_name(conf, "none"));
		assert_null(conf_script_by_id(conf, 1000));
		assert_null(conf_iface_by_name(conf, "none"));
		assert_null(conf_iface_by_id(conf, 1000));
		conf_ids_free(ids);
		conf_free(conf);
	}
}

static void
test_ifaces(void **state)
{
	struct conf	*conf;
	uint32_t	 i;
	char		 name[32];

	conf = conf_new();
	for (i = 0; i < MAX_IFACES; i++) {
		(void)snprintf(name, sizeof(name), "if%u", i);
		assert_non_null(conf_iface_add(conf, name));
	}
	assert_null(conf_iface_add(conf, "more"));
	assert_int_equal(errno, E2BIG);
	assert_ptr_equal(conf_iface_add(conf, "if5"),
	    conf_iface_by_name(conf, "if5"));
	conf_free(conf);
	conf = conf_new();
	assert_null(conf_iface_add(conf, "sixteen-letters."));
	conf_free(conf);
}

static void
test_argv(void **state)
{
	struct conf_argv	 cmd;
	int			 i;

	memset(&cmd, 0, sizeof(cmd));
	for (i = 0; i < MAX_ARGS; i++)
		assert_int_equal(conf_argv_add(&cmd, "x"), 0);
	assert_int_equal(conf_argv_add(&cmd, "x"), -1);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(cmd.argc, MAX_ARGS);
	assert_null(cmd.argv[MAX_ARGS]);
	conf_argv_clear(&cmd);
	assert_int_equal(cmd.argc, 0);
	assert_int_equal(cmd.bytes, 0);
	assert_null(cmd.argv[0]);
}

/* Names keep their ids over any number of configurations. */
static void
test_ids_stay(void **state)
{
	struct conf_ids		*ids;
	struct conf		*conf;
	struct conf_inst	*inst;
	uint32_t		 known[16], seed, n;

	memset(known, 0, sizeof(known));
	ids = conf_ids_new();
	for (seed = 0; seed < 200; seed++) {
		conf = confgen(seed);
		assert_int_equal(conf_assign_ids(ids, conf), 0);
		TAILQ_FOREACH(inst, &conf->insts, entry) {
			assert_int_equal(sscanf(inst->name, "VI_%u", &n), 1);
			assert_int_not_equal(inst->id, 0);
			if (known[n] != 0)
				assert_int_equal(inst->id, known[n]);
			known[n] = inst->id;
			assert_ptr_equal(conf_iface_by_id(conf, inst->slot),
			    conf_iface_by_name(conf, inst->ifname));
		}
		conf_free(conf);
	}
	for (n = 0; n < 7; n++)
		assert_int_not_equal(known[n], known[n + 1]);
	conf_ids_free(ids);
}

static void
test_broken_references(void **state)
{
	struct conf_ids		*ids;
	struct conf		*conf;
	struct conf_inst	*inst;
	int			 i;

	ids = conf_ids_new();
	for (i = 0; i < 5; i++) {
		conf = confgen(3);
		inst = TAILQ_FIRST(&conf->insts);
		assert_non_null(inst);
		assert_int_equal(conf_assign_ids(ids, conf), 0);
		switch (i) {
		case 0:
			strlcpy(inst->ifname, "none", IF_NAME_LEN);
			break;
		case 1:
			strlcpy(TAILQ_FIRST(&inst->vips)->ifname, "none",
			    IF_NAME_LEN);
			break;
		case 2:
			assert_non_null(TAILQ_FIRST(&inst->tracks));
			strlcpy(TAILQ_FIRST(&inst->tracks)->name, "none",
			    NAME_LEN);
			break;
		case 3:
			assert_non_null(TAILQ_NEXT(inst, entry));
			strlcpy(TAILQ_NEXT(inst, entry)->name, inst->name,
			    NAME_LEN);
			break;
		case 4:
			strlcpy(inst->group, "none", NAME_LEN);
			break;
		}
		assert_int_equal(conf_assign_ids(ids, conf), -1);
		conf_free(conf);
	}
	conf_ids_free(ids);
}

/* A script that was there before is no target once it is gone. */
static void
test_old_names_are_no_targets(void **state)
{
	struct conf_ids		*ids;
	struct conf		*conf;
	struct conf_script	*script;
	struct conf_inst	*inst;
	uint32_t		 seed;
	int			 found = 0;

	ids = conf_ids_new();
	for (seed = 0; seed < 20; seed++) {
		conf = confgen(seed);
		inst = TAILQ_FIRST(&conf->insts);
		if (inst != NULL && TAILQ_FIRST(&inst->tracks) != NULL &&
		    TAILQ_FIRST(&inst->tracks)->kind == CONF_TRACK_SCRIPT) {
			assert_int_equal(conf_assign_ids(ids, conf), 0);
			script = conf_script_by_name(conf,
			    TAILQ_FIRST(&inst->tracks)->name);
			TAILQ_REMOVE(&conf->scripts, script, entry);
			conf_script_free(script);
			assert_int_equal(conf_assign_ids(ids, conf), -1);
			found++;
		}
		conf_free(conf);
	}
	assert_true(found > 3);
	conf_ids_free(ids);
}

/* What a checker may speak of has a number that is used once. */
static void
test_one_row_of_numbers(void **state)
{
	struct conf_ids		*ids;
	struct conf		*conf;
	struct conf_script	*script;
	struct conf_file	*file;
	struct conf_process	*process;
	bool			 seen[64];
	uint32_t		 seed, cnt = 0;

	for (seed = 0; seed < 20; seed++) {
		ids = conf_ids_new();
		conf = confgen(seed);
		memset(seen, 0, sizeof(seen));
		assert_int_equal(conf_assign_ids(ids, conf), 0);
		TAILQ_FOREACH(script, &conf->scripts, entry) {
			assert_in_range(script->id, 1, 63);
			assert_false(seen[script->id]);
			seen[script->id] = true;
		}
		TAILQ_FOREACH(file, &conf->files, entry) {
			assert_in_range(file->id, 1, 63);
			assert_false(seen[file->id]);
			seen[file->id] = true;
			assert_ptr_equal(conf_file_by_id(conf, file->id),
			    file);
		}
		TAILQ_FOREACH(process, &conf->processes, entry) {
			assert_in_range(process->id, 1, 63);
			assert_false(seen[process->id]);
			seen[process->id] = true;
			assert_ptr_equal(conf_process_by_id(conf,
			    process->id), process);
			cnt++;
		}
		assert_null(conf_file_by_id(conf, 1000));
		conf_free(conf);
		conf_ids_free(ids);
	}
	assert_true(cnt > 5);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_ifaces),
		cmocka_unit_test(test_argv),
		cmocka_unit_test(test_ids_stay),
		cmocka_unit_test(test_one_row_of_numbers),
		cmocka_unit_test(test_broken_references),
		cmocka_unit_test(test_old_names_are_no_targets)
	};

	return (cmocka_run_group_tests_name("conf", tests, NULL, NULL));
}
