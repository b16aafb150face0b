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
 * Fuzz target: the text of a mail. Names may be any bytes, the rest is what
 * the configuration allows: no line is longer than a server takes, none ends
 * otherwise than by CR LF, and the head has the same lines each time.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../checker/mail.h"

#define LINE_MAX	998		/* RFC 5322 2.1.1 */

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 name_take(char *, size_t, const uint8_t **, size_t *);
static void	 text_check(const char *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char	 first[] = "a@b", second[] = "c@d";
	struct conf_mail conf;
	struct mail_head head;
	struct mail	 mail;
	char		 router[NAME_LEN], *text;
	size_t		 text_len;

	if (len < 2)
		return (0);
	memset(&conf, 0, sizeof(conf));
	memset(&mail, 0, sizeof(mail));
	mail.what.object = data[0] & 1 ? NOB_GROUP : NOB_INSTANCE;
	mail.what.event = data[0] / 2 % NEV_MAX;
	mail.what.priority = data[1];
	mail.date = data[1] * 10000000LL;
	data += 2;
	len -= 2;
	name_take(mail.what.name, sizeof(mail.what.name), &data, &len);
	name_take(router, sizeof(router), &data, &len);
	name_take(conf.from_name, sizeof(conf.from_name), &data, &len);
	conf.to.argv[0] = first;
	conf.to.argv[1] = second;
	conf.to.argc = 2;
	(void)strlcpy(mail.msgid, "0123", sizeof(mail.msgid));
	head.conf = &conf;
	head.router_id = router;
	head.host = "h";
	if ((text = mail_text(&head, &mail, &text_len)) == NULL)
		abort();
	text_check(text, text_len);
	free(text);
	return (0);
}

/* Up to a NUL, or as long as there is room. */
static void
name_take(char *name, size_t size, const uint8_t **data, size_t *len)
{
	size_t	 i;

	for (i = 0; i < size - 1 && i < *len && (*data)[i] != '\0'; i++)
		name[i] = (char)(*data)[i];
	name[i] = '\0';
	if (i < *len)
		i++;
	*data += i;
	*len -= i;
}

static void
text_check(const char *text, size_t len)
{
	size_t	 i, begin = 0, fields = 0;
	bool	 head = true;

	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80 || text[i] == '\0' ||
		    (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) ||
		    (text[i] == '\r' && text[i + 1] != '\n'))
			abort();
		if (text[i] != '\n')
			continue;
		if (i - begin > LINE_MAX || (!head && text[begin] == '.'))
			abort();
		head &= i - begin != 1;
		fields += head && text[begin] != ' ';
		begin = i + 1;
	}
	/* Date to Content-Transfer-Encoding. */
	if (head || begin != len || fields != 10)
		abort();
}
