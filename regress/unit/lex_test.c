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
 * Commands, numbers, guesses, messages and replacement, one by one.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../conf/keyword.h"

#define WORDS	16

static int	 setup(void **);
static int	 teardown(void **);
static void	 keep(void *, const struct conf_msg *);
static void	 expect_command(struct load *, const char *, int,
		    const char *);
static void	 expect_time(struct load *, const char *, int64_t);
static void	 expect_lines(const char *, const char *);

static const struct load_opts	 opts = { .config_id = "here",
				    .no_include = true, .no_system = true };
static const struct where	 nowhere;

static int
setup(void **state)
{
	struct load	*ld;

	if ((ld = calloc(1, sizeof(*ld))) == NULL)
		return (-1);
	ld->opts = &opts;
	*state = ld;
	return (0);
}

static int
teardown(void **state)
{
	mem_free(*state);
	free(*state);
	return (0);
}

/* The words, each in angle brackets. */
static void
expect_command(struct load *ld, const char *text, int want_cnt,
    const char *want)
{
	char	*words[WORDS], got[256];
	int	 cnt, i;

	cnt = lex_command(ld, text, strlen(text), words, WORDS);
	assert_int_equal(cnt, want_cnt);
	got[0] = '\0';
	for (i = 0; i < (cnt < 0 ? -cnt - 1 : cnt); i++) {
		strlcat(got, "<", sizeof(got));
		strlcat(got, words[i], sizeof(got));
		strlcat(got, ">", sizeof(got));
	}
	assert_string_equal(got, want);
}

static void
test_command(void **state)
{
	struct load	*ld = *state;

	expect_command(ld, "", 0, "");
	expect_command(ld, "  \t ", 0, "");
	expect_command(ld, "a b\tc", 3, "<a><b><c>");
	expect_command(ld, "\"a b\" 'c d'", 2, "<a b><c d>");
	expect_command(ld, "a\"b c\"d", 1, "<ab cd>");
	expect_command(ld, "'\"' \"'\"", 2, "<\"><'>");
	expect_command(ld, "'' x", 2, "<><x>");
	expect_command(ld, "\"a", -2, "<a>");
	expect_command(ld, "a 'b c", -3, "<a><b c>");
	expect_command(ld, "a\\ b", 1, "<a b>");
	expect_command(ld, "\\\"a\\'", 1, "<\"a'>");
}

static void
test_escapes(void **state)
{
	struct load	*ld = *state;

	expect_command(ld, "\\a\\b\\E\\f\\n\\r\\t\\v", 1,
	    "<\a\b\033\f\n\r\t\v>");
	expect_command(ld, "\\101\\1018\\60", 1, "<AA80>");
	expect_command(ld, "\\x41\\x4\\x414", 1, "<A\004A4>");
	expect_command(ld, "\\cA\\cz", 1, "<\001\032>");
	expect_command(ld, "\\xg \\c", 2, "<xg><c>");
	expect_command(ld, "\\0 \\x00 \\400", 3, "<?><?><?>");
	expect_command(ld, "a\\", 1, "<a\\>");
	expect_command(ld, "\\\\", 1, "<\\>");
}

static void
test_command_max(void **state)
{
	char	*words[2];

	assert_int_equal(lex_command(*state, "a b c", 5, words, 2), 2);
	assert_string_equal(words[1], "b");
}

static void
expect_time(struct load *ld, const char *text, int64_t want)
{
	int64_t	 us = -1;

	assert_int_equal(time_get(ld, nowhere, "t", text, &us),
	    want == -1 ? -1 : 0);
	assert_int_equal(us, want);
}

static void
test_times(void **state)
{
	struct load	*ld = *state;

	expect_time(ld, "0", 0);
	expect_time(ld, "1", 1000000);
	expect_time(ld, "2.5", 2500000);
	expect_time(ld, ".25", 250000);
	expect_time(ld, "3.", 3000000);
	expect_time(ld, "0.000001", 1);
	assert_int_equal(ld->cnt.warnings, 0);
	expect_time(ld, "0.0000005", 1);
	expect_time(ld, "0.0000004", 0);
	expect_time(ld, "0.9999999", 1000000);
	assert_int_equal(ld->cnt.warnings, 3);
	expect_time(ld, "", -1);
	expect_time(ld, ".", -1);
	expect_time(ld, "-1", -1);
	expect_time(ld, "1s", -1);
	expect_time(ld, "1.2.3", -1);
	expect_time(ld, "99999999999999999999", -1);
}

static void
test_numbers(void **state)
{
	struct load	*ld = *state;
	int64_t		 v = 0;

	assert_int_equal(number_get(ld, nowhere, "n", "42", &v), 0);
	assert_int_equal(v, 42);
	assert_int_equal(number_get(ld, nowhere, "n", "-7", &v), 0);
	assert_int_equal(v, -7);
	assert_int_equal(ld->cnt.warnings, 0);
	assert_int_equal(number_get(ld, nowhere, "n", "5x", &v), 0);
	assert_int_equal(v, 5);
	assert_int_equal(number_get(ld, nowhere, "n", "0x10", &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(ld->cnt.warnings, 2);
	assert_int_equal(number_get(ld, nowhere, "n", "x", &v), -1);
	assert_int_equal(number_get(ld, nowhere, "n", "", &v), -1);
	assert_int_equal(number_get(ld, nowhere, "n", "-", &v), -1);
	assert_int_equal(number_get(ld, nowhere, "n", " 5", &v), -1);
	assert_int_equal(number_get(ld, nowhere, "n",
	    "99999999999999999999", &v), -1);
}

static void
test_booleans(void **state)
{
	static const char *const	 yes[] = { "true", "on", "yes" };
	static const char *const	 no[] = { "false", "off", "no" };
	static const char *const	 bad[] = { "1", "0", "True", "", "y" };
	size_t				 i;
	bool				 v;

	for (i = 0; i < 3; i++) {
		v = false;
		assert_int_equal(bool_get(yes[i], &v), 0);
		assert_true(v);
		assert_int_equal(bool_get(no[i], &v), 0);
		assert_false(v);
	}
	for (i = 0; i < 5; i++)
		assert_int_equal(bool_get(bad[i], &v), -1);
}

static void
test_distance(void **state)
{
	char	 long_word[64];

	assert_int_equal(word_distance("priority", "priority", 3), 0);
	assert_int_equal(word_distance("prioity", "priority", 3), 1);
	assert_int_equal(word_distance("acvert_int", "advert_int", 3), 1);
	assert_int_equal(word_distance("nofity", "notify", 3), 2);
	assert_int_equal(word_distance("nofity", "nofiyt", 3), 1);
	assert_int_equal(word_distance("", "abc", 3), 3);
	assert_true(word_distance("abc", "xyzzy", 2) > 2);
	memset(long_word, 'x', sizeof(long_word));
	long_word[63] = '\0';
	assert_true(word_distance(long_word, long_word, 2) > 2);
}

static void
test_suggest(void **state)
{
	char	 buf[128];

	assert_string_equal(suggest(BLK_INSTANCE, "nofity_backup", buf,
	    sizeof(buf)), ", did you mean \"notify_backup\"?");
	assert_string_equal(suggest(BLK_GLOBAL, "rooter_id", buf,
	    sizeof(buf)), ", did you mean \"router_id\"?");
	assert_string_equal(suggest(BLK_ADDRESS, "lable", buf, sizeof(buf)),
	    ", did you mean \"label\"?");
	assert_string_equal(suggest(BLK_INSTANCE, "qwertzuiop", buf,
	    sizeof(buf)), "");
}

static void
test_word_show(void **state)
{
	char	 buf[16];

	assert_string_equal(word_show("plain", buf, sizeof(buf)), "plain");
	assert_string_equal(word_show("a\033[2Jb", buf, sizeof(buf)),
	    "a?[2Jb");
	assert_string_equal(word_show("\xff\xc3\xa4", buf, sizeof(buf)),
	    "?\xc3\xa4");
	assert_string_equal(word_show("0123456789abcdef", buf, sizeof(buf)),
	    "0123456789ab...");
}

static void
test_message(void **state)
{
	struct conf_msg	 m;
	char		*buf = NULL;
	size_t		 len;
	FILE		*f;

	memset(&m, 0, sizeof(m));
	m.severity = CONF_ERROR;
	m.line = 7;
	m.col = 9;
	strlcpy(m.file, "a.conf", sizeof(m.file));
	strlcpy(m.text, "wrong", sizeof(m.text));
	strlcpy(m.source, "\t\xe4\xb8\xbb\xc3\xa9 \033x", sizeof(m.source));
	assert_non_null(f = open_memstream(&buf, &len));
	conf_msg_print(f, &m);
	fclose(f);
	assert_string_equal(buf, "a.conf:7:9: error: wrong\n"
	    "\t\xe4\xb8\xbb\xc3\xa9 ?x\n"
	    "\t     ^\n");
	free(buf);
}

/* Collects "LINE:COL TEXT\n". */
static void
keep(void *arg, const struct conf_msg *m)
{
	char	 one[TEXT_LEN + 32];

	(void)snprintf(one, sizeof(one), "%u:%u %s\n", m->line, m->col,
	    m->text);
	strlcat(arg, one, 2048);
}

/* What the unknown words of a text are: how lines come out of the source. */
static void
expect_lines(const char *text, const char *want)
{
	struct load_counts	 cnt;
	char			 got[2048] = "", *p, *q;

	conf_free(conf_load_mem("t", text, strlen(text), &opts, keep, got,
	    &cnt));
	/* Only the places and the words are of interest. */
	while ((p = strstr(got, " unknown word \"")) != NULL) {
		q = p + strlen(" unknown word \"");
		memmove(p + 1, q, strlen(q) + 1);
		q = strchr(p, '"');
		p = strchr(q, '\n');
		memmove(q, p, strlen(p) + 1);
	}
	if ((p = strstr(got, "0:0 there is no vrrp_instance")) != NULL)
		*p = '\0';
	assert_string_equal(got, want);
}

static void
test_lines(void **state)
{
	expect_lines("", "");
	expect_lines("aaaa", "1:1 aaaa\n");
	expect_lines("aaaa#x\r\n  bbbb!y\n\n\tcccc\n",
	    "1:1 aaaa\n2:3 bbbb\n4:2 cccc\n");
	expect_lines("aa\\#a\\!\n", "1:1 aa#a!\n");
	expect_lines("\"aa#bb\"\n", "1:1 aa#bb\n");
	expect_lines("@here aaaa\n@there bbbb\n@^there  cccc\n@^here dddd\n",
	    "1:7 aaaa\n3:10 cccc\n");
}

static void
test_replacement(void **state)
{
	expect_lines("$A=aaaa\n${A}\n$A\n\"$A\"\n",
	    "2:1 aaaa\n3:1 aaaa\n4:1 $A\n");
	expect_lines("$A=bb\n$B=c${A}\nx${B}y\n$A=dd\nx${B}y\n",
	    "3:1 xcbby\n5:1 xcddy\n");
	expect_lines("$M=\\\naaaa \\\n  bbbb\n$M\n", "2:1 aaaa\n3:3 bbbb\n");
	expect_lines("$M= \\\n# no \\\naaaa\n$M\n", "3:1 aaaa\n");
	expect_lines("~SEQ(i,2) aa$i b\n", "1:11 aa1\n1:11 aa2\n");
	expect_lines("~SEQ(i,2,1) aa${i}\n", "1:13 aa2\n1:13 aa1\n");
	expect_lines("~LST(x, p, q) w${x}\n", "1:15 wp\n1:15 wq\n");
	expect_lines("$V=v${i}\n~SEQ(i,2) ${V}\n",
	    "2:11 v1\n2:11 v2\n");
	expect_lines("$A=${A}\n${A}\n",
	    "2:1 the definition of A uses itself\n");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test_setup_teardown(test_command, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_escapes, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_command_max, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_times, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers, setup,
		    teardown),
		cmocka_unit_test(test_booleans),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_word_show),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_replacement)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
