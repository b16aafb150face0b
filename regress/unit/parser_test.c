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

/* The words of vrrpctl's command line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../vrrpctl/parser.h"

#define WORDS_MAX	8

/* parse() of a line; what it complained about goes to said. */
static int	 parse_line(struct request *, const char *, char **said);

static int
parse_line(struct request *req, const char *line, char **said)
{
	char	*copy, *rest, *word, *argv[WORDS_MAX];
	FILE	*fp;
	size_t	 len;
	int	 argc, status;

	assert_non_null(copy = strdup(line));
	rest = copy;
	argc = 0;
	while ((word = strsep(&rest, " ")) != NULL && argc < WORDS_MAX)
		if (*word != '\0')
			argv[argc++] = word;
	assert_non_null(fp = open_memstream(said, &len));
	status = parse(req, argc, argv, fp);
	fclose(fp);
	free(copy);
	return (status);
}

static void
good(void **state)
{
	static const struct {
		const char	*line;
		enum action	 action;
		const char	*name;
		bool		 all, now;
		int64_t		 for_us;
	} rows[] = {
		{ "show", ACT_SHOW, "", 1, 0, 0 },
		{ "show summary", ACT_SHOW, "", 1, 0, 0 },
		{ "sho su", ACT_SHOW, "", 1, 0, 0 },
		{ "show instance VI_1", ACT_SHOW_INST, "VI_1", 0, 0, 0 },
		{ "show ins all", ACT_SHOW_INST, "all", 1, 0, 0 },
		{ "show interfaces", ACT_SHOW_IFACES, "", 1, 0, 0 },
		{ "show scripts", ACT_SHOW_SCRIPTS, "", 1, 0, 0 },
		{ "sh sc", ACT_SHOW_SCRIPTS, "", 1, 0, 0 },
		{ "show trace show", ACT_SHOW_TRACE, "show", 0, 0, 0 },
		{ "show counters", ACT_SHOW_COUNTERS, "", 1, 0, 0 },
		{ "show c x", ACT_SHOW_COUNTERS, "x", 0, 0, 0 },
		{ "reload", ACT_RELOAD, "", 1, 0, 0 },
		{ "rel", ACT_RELOAD, "", 1, 0, 0 },
		{ "log brief", ACT_LOG_BRIEF, "", 1, 0, 0 },
		{ "l v", ACT_LOG_VERBOSE, "", 1, 0, 0 },
		{ "standby x", ACT_STANDBY, "x", 0, 0, 0 },
		{ "st all", ACT_STANDBY, "all", 1, 0, 0 },
		{ "standby x now", ACT_STANDBY, "x", 0, 1, 0 },
		{ "standby now for 5 now", ACT_STANDBY, "now", 0, 1,
		    5000000 },
		{ "standby x for 2h", ACT_STANDBY, "x", 0, 0, 7200000000LL },
		{ "takeover x", ACT_TAKEOVER, "x", 0, 0, 0 },
		{ "ta x f 500ms", ACT_TAKEOVER, "x", 0, 0, 500000 },
		{ "resume x", ACT_RESUME, "x", 0, 0, 0 },
		{ "res all", ACT_RESUME, "all", 1, 0, 0 },
		{ "check some.conf", ACT_CHECK, "", 1, 0, 0 },
		{ "serve [::1]:80", ACT_SERVE, "", 1, 0, 0 },
		{ "serve *:80 host a,b", ACT_SERVE, "", 1, 0, 0 }
	};
	struct request	 req;
	char		*said;
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (parse_line(&req, rows[i].line, &said) == -1)
			fail_msg("%s: %s", rows[i].line, said);
		assert_string_equal(said, "");
		free(said);
		assert_int_equal(req.action, rows[i].action);
		assert_string_equal(req.name, rows[i].name);
		assert_int_equal(req.all, rows[i].all);
		assert_int_equal(req.now, rows[i].now);
		assert_true(req.for_us == rows[i].for_us);
	}
}

static void
bad(void **state)
{
	static const struct {
		const char	*line;
		const char	*says;
	} rows[] = {
		{ "", "what is to be done?" },
		{ "s", "ambiguous word \"s\"" },
		{ "show in", "ambiguous word \"in\"" },
		{ "show s", "ambiguous word \"s\"" },
		{ "re", "ambiguous word \"re\"" },
		{ "shows", "unexpected word \"shows\"" },
		{ "show nothing", "unexpected word \"nothing\"" },
		{ "show instance", "something is missing" },
		{ "show instance a b", "unexpected word \"b\"" },
		{ "log", "something is missing" },
		{ "standby", "something is missing" },
		{ "standby x for", "something is missing" },
		{ "standby x for now", "\"now\" is no time" },
		{ "serve *:80 a", "unexpected word \"a\"" },
		{ "serve *:80 host", "something is missing" },
		{ "standby x for 5 for 5", "unexpected word \"for\"" },
		{ "standby x now now", "unexpected word \"now\"" },
		{ "takeover x now", "unexpected word \"now\"" },
		{ "takeover x for 5 now", "unexpected word \"now\"" },
		{ "resume", "something is missing" },
		{ "reload x", "unexpected word \"x\"" },
		{ "check", "something is missing" }
	};
	struct request	 req;
	char		*said, name[80], line[120];
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (parse_line(&req, rows[i].line, &said) == 0)
			fail_msg("\"%s\" is taken", rows[i].line);
		if (strstr(said, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].line, said);
		/* What would be possible is listed. */
		assert_non_null(strstr(said, "possible after \"vrrpctl"));
		free(said);
	}
	memset(name, 'n', sizeof(name) - 1);
	name[NAME_LEN - 1] = '\0';
	(void)snprintf(line, sizeof(line), "resume %s", name);
	assert_int_equal(parse_line(&req, line, &said), 0);
	assert_string_equal(req.name, name);
	free(said);
	(void)snprintf(line, sizeof(line), "resume %sn", name);
	assert_int_equal(parse_line(&req, line, &said), -1);
	free(said);
}

/* An empty argument is neither a word nor a name. */
static void
empty_words(void **state)
{
	static char	 resume[] = "resume", show[] = "show", empty[] = "";
	char		*argv[2], *said;
	struct request	 req;
	FILE		*fp;
	size_t		 len;

	assert_non_null(fp = open_memstream(&said, &len));
	argv[0] = resume;
	argv[1] = empty;
	assert_int_equal(parse(&req, 2, argv, fp), -1);
	argv[0] = show;
	assert_int_equal(parse(&req, 2, argv, fp), -1);
	assert_int_equal(parse(&req, 1, argv + 1, fp), -1);
	fclose(fp);
	free(said);
}

static void
times(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 us;
	} rows[] = {
		{ "30", 30000000 }, { "30s", 30000000 }, { "5m", 300000000 },
		{ "2h", 7200000000LL }, { "1d", 86400000000LL },
		{ "500ms", 500000 }, { "1ms", 1000 },
		{ "365d", 31536000000000LL }
	};
	static const char *const wrong[] = { "", "0", "0s", "-1", "+1", " 1",
	    "1 s", "s", "1x", "1.5s", "1sec", "366d", "0x10", "5M",
	    "99999999999999999999", "9223372036854775807h" };
	int64_t	 us;
	size_t	 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse_time(rows[i].text, &us), 0);
		assert_true(us == rows[i].us);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (parse_time(wrong[i], &us) != -1)
			fail_msg("\"%s\" is taken", wrong[i]);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(empty_words),
		cmocka_unit_test(times)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
