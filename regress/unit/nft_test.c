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
 * The mark of a table of the packet filter, which is what tells ours from
 * those of others: never read behind what the kernel has sent.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <libnftnl/table.h>

#include "../../netlinkd/nft.h"

#define FILL		0x41

static void
expect(const char *want, const uint8_t *data, uint32_t len)
{
	struct nftnl_table	*t;
	char			 mark[NFT_MARK_LEN];

	memset(mark, FILL, sizeof(mark));
	assert_non_null(t = nftnl_table_alloc());
	if (data != NULL)
		assert_int_equal(nftnl_table_set_data(t,
		    NFTNL_TABLE_USERDATA, data, len), 0);
	nft_table_mark(t, mark, sizeof(mark));
	assert_string_equal(mark, want);
	nftnl_table_free(t);
}

static void
test_mark(void **state)
{
	static const uint8_t	 good[] = { 0, 6, 'v', 'r', 'r', 'p', 'd', 0 };
	static const uint8_t	 empty[] = { 0, 0, 'x', 'y', 'z' };
	uint8_t			 bad[sizeof(good)];
	uint32_t		 i;

	expect("", NULL, 0);
	expect("vrrpd", good, sizeof(good));
	/* A comment of no bytes has no end, either. */
	expect("", empty, sizeof(empty));
	for (i = 1; i < sizeof(good); i++)
		expect("", good, i);
	for (i = 0; i < 256; i++) {
		memcpy(bad, good, sizeof(bad));
		bad[1] = (uint8_t)i;
		expect(i == 6 ? "vrrpd" : "", bad, sizeof(bad));
	}
	memcpy(bad, good, sizeof(bad));
	bad[0] = 1;
	expect("", bad, sizeof(bad));
	memcpy(bad, good, sizeof(bad));
	bad[7] = 'x';
	expect("", bad, sizeof(bad));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_mark)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
