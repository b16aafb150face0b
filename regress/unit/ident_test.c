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
 * Users of scripts to identities, with the accounts every system has.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../parent/ident.h"
#include "payload.h"

#define SCRIPTS	12

struct world {
	struct conf		*conf;
	struct conf_script	*scripts[SCRIPTS];
	struct conf_inst	*inst;
};

static int
setup(void **state)
{
	static struct world	 w;

	memset(&w, 0, sizeof(w));
	w.conf = conf_new();
	w.inst = conf_inst_new();
	assert_non_null(w.conf);
	assert_non_null(w.inst);
	(void)strlcpy(w.inst->name, "VI_1", NAME_LEN);
	TAILQ_INSERT_TAIL(&w.conf->insts, w.inst, entry);
	*state = &w;
	return (0);
}

static int
teardown(void **state)
{
	struct world	*w = *state;

	conf_free(w->conf);
	return (0);
}

static struct conf_script *
script(struct world *w, uint32_t id, const char *user, const char *group)
{
	struct conf_script	*cs;

	cs = conf_script_new();
	assert_non_null(cs);
	cs->id = id;
	(void)snprintf(cs->name, NAME_LEN, "chk%u", id);
	(void)strlcpy(cs->user.user, user, NAME_LEN);
	(void)strlcpy(cs->user.group, group, NAME_LEN);
	TAILQ_INSERT_TAIL(&w->conf->scripts, cs, entry);
	return (cs);
}

static void
one_for_each_user(void **state)
{
	struct world		*w = *state;
	struct idents		*ids;
	struct conf_track	*ct;
	struct conf_notify	*cn;
	char			 why[TEXT_LEN];

	(void)script(w, 1, "nobody", "");
	(void)script(w, 2, "daemon", "");
	(void)script(w, 3, "nobody", "");
	ct = calloc(1, sizeof(*ct));
	assert_non_null(ct);
	ct->kind = CONF_TRACK_SCRIPT;
	ct->object = 2;
	TAILQ_INSERT_TAIL(&w->inst->tracks, ct, entry);
	cn = &w->inst->notify[0];
	assert_int_equal(conf_argv_add(&cn->cmd, "/bin/true"), 0);
	(void)strlcpy(cn->user.user, "root", NAME_LEN);
	cn->checker = 77;			/* as readconf may say */
	w->inst->notify[NEV_DELETED].checker = 77;

	ids = ident_load(w->conf, NULL, why, sizeof(why));
	assert_non_null(ids);
	assert_int_equal(ids->cnt, 3);
	assert_true(ident_may_gain(ids));
	assert_int_equal(ct->checker,
	    ident_find(ids, &conf_script_by_id(w->conf, 2)->user));
	assert_int_equal(ident_find(ids,
	    &conf_script_by_id(w->conf, 1)->user), 1);
	assert_int_equal(ident_find(ids,
	    &conf_script_by_id(w->conf, 3)->user), 1);
	assert_int_equal(ident_find(ids, &cn->user), 3);
	assert_int_equal(cn->checker, 3);
	assert_int_equal(w->inst->notify[NEV_DELETED].checker, 0);
	assert_int_equal(ident_by_id(ids, 3)->uid, 0);
	assert_null(ident_by_id(ids, 4));
	ident_free(ids);
}

/* Files, processes and what the daemon has for itself have users, too. */
static void
objects_have_users(void **state)
{
	struct world		*w = *state;
	struct conf_file	*cf;
	struct conf_process	*cp;
	struct conf_track	*ct[2];
	struct idents		*ids;
	char			 why[TEXT_LEN];
	int			 i;

	cf = conf_file_new();
	cp = conf_process_new();
	assert_true(cf != NULL && cp != NULL);
	cf->id = 4;
	(void)strlcpy(cf->user.user, "nobody", NAME_LEN);
	TAILQ_INSERT_TAIL(&w->conf->files, cf, entry);
	cp->id = 5;
	(void)strlcpy(cp->user.user, "daemon", NAME_LEN);
	TAILQ_INSERT_TAIL(&w->conf->processes, cp, entry);
	w->conf->hooks[HOOK_FIFO].used = true;
	(void)strlcpy(w->conf->hooks[HOOK_FIFO].user.user, "root", NAME_LEN);
	(void)strlcpy(w->conf->hooks[HOOK_STARTUP].user.user, "bin", NAME_LEN);
	for (i = 0; i < 2; i++) {
		ct[i] = calloc(1, sizeof(*ct[i]));
		assert_non_null(ct[i]);
		ct[i]->kind = i == 0 ? CONF_TRACK_FILE : CONF_TRACK_PROCESS;
		ct[i]->object = i == 0 ? 4 : 5;
		TAILQ_INSERT_TAIL(&w->inst->tracks, ct[i], entry);
	}
	ids = ident_load(w->conf, NULL, why, sizeof(why));
	assert_non_null(ids);
	assert_int_equal(ids->cnt, 3);		/* bin's is not used */
	assert_int_equal(ct[0]->checker, ident_find(ids, &cf->user));
	assert_int_equal(ct[1]->checker, ident_find(ids, &cp->user));
	assert_int_not_equal(ct[0]->checker, ct[1]->checker);
	assert_int_equal(ident_find(ids, &w->conf->hooks[HOOK_FIFO].user), 3);
	assert_int_equal(ident_find(ids, &w->conf->hooks[HOOK_STARTUP].user),
	    0);
	ident_free(ids);
}

/* The same user keeps its id, so that its checker goes on. */
static void
ids_are_kept(void **state)
{
	struct world		*w = *state;
	struct idents		*old, *ids;
	struct conf_script	*cs;
	char			 why[TEXT_LEN];

	cs = script(w, 1, "nobody", "");
	(void)script(w, 2, "daemon", "");
	old = ident_load(w->conf, NULL, why, sizeof(why));
	assert_non_null(old);
	assert_true(ident_may_gain(old));	/* by sudo */
	ident_free(old);
	w->conf->global.script_no_new_privs = true;
	old = ident_load(w->conf, NULL, why, sizeof(why));
	assert_non_null(old);
	assert_false(ident_may_gain(old));
	(void)strlcpy(cs->user.user, "root", NAME_LEN);
	ids = ident_load(w->conf, old, why, sizeof(why));
	assert_non_null(ids);
	assert_int_equal(ident_find(ids, &cs->user), 3);
	assert_int_equal(ident_find(ids,
	    &conf_script_by_id(w->conf, 2)->user), 2);
	ident_free(old);

	/* What children run with is part of it. */
	w->conf->global.script_no_new_privs = false;
	old = ident_load(w->conf, ids, why, sizeof(why));
	assert_non_null(old);
	assert_int_equal(ident_find(old, &cs->user), 4);
	ident_free(ids);
	ident_free(old);
}

static void
groups(void **state)
{
	struct world	*w = *state;
	struct idents	*ids;
	char		 why[TEXT_LEN];

	(void)script(w, 1, "nobody", "");
	(void)script(w, 2, "nobody", "daemon");
	ids = ident_load(w->conf, NULL, why, sizeof(why));
	assert_non_null(ids);
	assert_int_equal(ids->cnt, 2);
	assert_string_equal(ident_by_id(ids, 2)->name, "nobody:daemon");
	assert_int_equal(ident_by_id(ids, 2)->gid, 1);
	assert_true(ident_by_id(ids, 2)->group_cnt >= 1);
	ident_free(ids);
}

static void
missing(void **state)
{
	struct world		*w = *state;
	struct conf_script	*cs;
	char			 why[TEXT_LEN];

	cs = script(w, 1, "no-such-user", "");
	assert_null(ident_load(w->conf, NULL, why, sizeof(why)));
	assert_string_equal(why,
	    "script chk1: user no-such-user does not exist");
	(void)strlcpy(cs->user.user, "nobody", NAME_LEN);
	(void)strlcpy(cs->user.group, "no-such-group", NAME_LEN);
	assert_null(ident_load(w->conf, NULL, why, sizeof(why)));
	assert_string_equal(why,
	    "script chk1: group no-such-group does not exist");
	cs->user.user[0] = cs->user.group[0] = '\0';
	assert_null(ident_load(w->conf, NULL, why, sizeof(why)));
	assert_string_equal(why, "script chk1: user \"\" does not exist");
}

static void
too_many(void **state)
{
	static const char *const users[] = {
		"root", "daemon", "bin", "sys", "man", "lp", "mail", "news",
		"uucp"
	};
	struct world	*w = *state;
	struct idents	*ids;
	char		 why[TEXT_LEN];
	uint32_t	 i;

	for (i = 0; i < MAX_CHECKERS; i++)
		(void)script(w, i + 1, users[i], "");
	ids = ident_load(w->conf, NULL, why, sizeof(why));
	assert_non_null(ids);
	assert_int_equal(ids->cnt, MAX_CHECKERS);
	ident_free(ids);
	(void)script(w, i + 1, users[i], "");
	assert_null(ident_load(w->conf, NULL, why, sizeof(why)));
	assert_non_null(strstr(why, "more than 8 different users"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_for_each_user, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(objects_have_users, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(ids_are_kept, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(groups, setup, teardown),
		cmocka_unit_test_setup_teardown(missing, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many, setup, teardown)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
