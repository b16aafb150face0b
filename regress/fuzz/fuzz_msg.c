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
 * Every reader of payloads, and the messages around them: the first byte of
 * the input says which one. What is read is written again and must be the
 * same bytes. Input for no payload goes to the fields, to imsg_read() and to
 * the decoder of configurations.
 */

#include <sys/types.h>
#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../common/ctl.h"
#include "../../common/imsg.h"
#include "../../common/msg.h"
#include "../../common/payload.h"
#include "../../conf/conf.h"
#include "../../conf/wire.h"
#include "../unit/codecs.h"

#define KIND_FIELDS	0xff
#define KIND_IMSG	0xfe
#define KIND_WIRE	0xfd	/* and three below: enum wire_part */

int		 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void	 one_payload(const struct codec *, const uint8_t *, size_t);
static void	 fields(const uint8_t *, size_t);
static void	 datagram(const uint8_t *, size_t);
static void	 configuration(enum wire_part, const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct codec	*c;
	size_t			 i;

	if (len == 0)
		return (0);
	c = codecs();
	for (i = 0; c[i].name != NULL; i++)
		if (data[0] == i)
			one_payload(&c[i], data + 1, len - 1);
	if (data[0] == KIND_FIELDS)
		fields(data + 1, len - 1);
	if (data[0] == KIND_IMSG)
		datagram(data + 1, len - 1);
	if (data[0] <= KIND_WIRE && data[0] > KIND_WIRE - 4)
		configuration((enum wire_part)(KIND_WIRE - data[0]), data + 1,
		    len - 1);
	return (0);
}

static void
one_payload(const struct codec *c, const uint8_t *data, size_t len)
{
	struct msg	 in, out;
	uint8_t		*buf;
	void		*payload, *again;

	payload = malloc(c->size);
	again = malloc(c->size);
	buf = malloc(len + 1);
	if (payload == NULL || again == NULL || buf == NULL)
		abort();
	memset(payload, 0xaa, c->size);
	msg_init_read(&in, data, len);
	if (c->get(&in, payload) == 0) {
		/* There is one way only to write a value. */
		msg_init_write(&out, buf, len);
		c->put(&out, payload);
		if (msg_end(&out) == -1 || out.len != len ||
		    (len != 0 && memcmp(buf, data, len) != 0))
			abort();
		memset(again, 0x55, c->size);
		msg_init_read(&in, buf, len);
		if (c->get(&in, again) == -1 ||
		    memcmp(payload, again, c->size) != 0)
			abort();
	}
	free(buf);
	free(again);
	free(payload);
}

/* Half of the bytes choose the fields, the others are read. */
static void
fields(const uint8_t *data, size_t len)
{
	struct vaddr	 addr;
	struct msg	 m;
	char		 text[16];
	size_t		 i;

	msg_init_read(&m, data + len / 2, len - len / 2);
	for (i = 0; i < len / 2; i++)
		switch (data[i] % 10) {
		case 0:
			(void)msg_get_u8(&m);
			break;
		case 1:
			(void)msg_get_u16(&m);
			break;
		case 2:
			(void)msg_get_u32(&m);
			break;
		case 3:
			(void)msg_get_u64(&m);
			break;
		case 4:
			(void)msg_get_s64(&m);
			break;
		case 5:
			(void)msg_get_bool(&m);
			break;
		case 6:
			msg_get_str(&m, text, data[i] / 10 % 16 + 1U);
			if (strlen(text) > data[i] / 10U % 16)
				abort();
			break;
		case 7:
			msg_get_bytes(&m, text, data[i] / 10 % 16);
			break;
		case 8:
			msg_get_addr(&m, &addr);
			if (addr.plen > vaddr_full_plen(&addr))
				abort();
			break;
		case 9:
			if (msg_get_enum(&m, 5) >= 5)
				abort();
			break;
		}
	if (m.len > m.cap)
		abort();
}

static int
handle(void *arg, struct imsg *im)
{
	return (im->len % 2 == 0 ? 0 : -1);
}

static struct imsg_rule
rule_of(size_t type)
{
	struct imsg_rule	 rule;

	rule.from = FROM_VRRPE;
	rule.phases = 1;
	rule.flags = (uint32_t)(type % 8);
	rule.min_len = (uint16_t)(type % 3);
	rule.max_len = (uint16_t)(type * 100);
	rule.handler = handle;
	return (rule);
}

static void
datagram(const uint8_t *data, size_t len)
{
	static struct imsg_rule	 rules[IMSG_TYPE_MAX];
	struct imsgbuf		 ibuf;
	struct imsg		*im;
	char			 why[128];
	size_t			 i;
	int			 fds[2];

	for (i = 0; i < IMSG_TYPE_MAX; i++)
		rules[i] = rule_of(i);
	if (len == 0 || (im = malloc(sizeof(*im))) == NULL ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == -1)
		return;
	if (imsgbuf_init(&ibuf, fds[0]) == -1)
		abort();
	if (send(fds[1], data, len, MSG_NOSIGNAL) == (ssize_t)len &&
	    imsg_read(&ibuf, im) == IMSG_READ_OK) {
		if (im->len + IMSG_HDR_LEN != len || im->fd != -1)
			abort();
		if (imsg_dispatch(rules, FROM_VRRPE, 1, 7, NULL, im, why,
		    sizeof(why)) == IMSG_HANDLED && im->type >= IMSG_TYPE_MAX)
			abort();
	}
	imsgbuf_clear(&ibuf);
	(void)close(fds[1]);
	free(im);
}

/*
 * A whole conversation: for each message a type (counted from CONF_BEGIN), an
 * id and a length of two bytes, then so many bytes.
 */
static void
configuration(enum wire_part part, const uint8_t *data, size_t len)
{
	struct wire_in	*wire;
	struct conf	*conf;
	struct imsg	*im;
	char		 why[256];
	size_t		 want;
	int		 status;

	if ((wire = wire_in_new(part, 1)) == NULL ||
	    (im = malloc(sizeof(*im))) == NULL)
		abort();
	status = 0;
	while (len >= 4 && status == 0) {
		memset(im, 0, offsetof(struct imsg, data));
		im->type = (uint16_t)(IMSG_CONF_BEGIN + data[0] % 12);
		im->id = data[1];
		im->gen = 1;
		im->fd = -1;
		want = ((size_t)data[2] << 8 | data[3]) % IMSG_DATA_MAX;
		data += 4;
		len -= 4;
		im->len = want < len ? want : len;
		memcpy(im->data, data, im->len);
		data += im->len;
		len -= im->len;
		status = wire_in_take(wire, im, why, sizeof(why));
	}
	if ((conf = wire_in_finish(wire)) != NULL)
		conf_free(conf);
	wire_in_free(wire);
	free(im);
}
