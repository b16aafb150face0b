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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "confgen.h"
#include "field.h"
#include "wire.h"

#define GEN		7
#define STREAM_MAX	512

struct stream {
	size_t		 cnt;
	size_t		 fail_at;	/* sending stops there */
	struct imsg	*im[STREAM_MAX];
};

struct bad {
	const char	*reason;	/* part of the text */
	void		(*spoil)(struct conf *);
};

static struct imsg *
imsg_copy(const struct imsg *im)
{
	struct imsg	*copy;

	copy = malloc(sizeof(*copy));
	assert_non_null(copy);
	*copy = *im;
	return (copy);
}

static int
collect(void *arg, uint16_t type, uint32_t id, const struct msg *m)
{
	struct stream	*st = arg;
	struct imsg	 im;

	if (st->cnt == st->fail_at)
		return (-1);
	memset(&im, 0, sizeof(im));
	im.type = type;
	im.id = id;
	im.gen = GEN;
	im.len = m->len;
	im.fd = -1;
	memcpy(im.data, m->buf, m->len);
	assert_true(st->cnt < STREAM_MAX);
	st->im[st->cnt++] = imsg_copy(&im);
	return (0);
}

static bool
is_nobody(void *arg, const struct conf_user *user)
{
	return (strcmp(user->user, "nobody") == 0);
}

static bool
is_anybody(void *arg, const struct conf_user *user)
{
	return (true);
}

static struct stream
record_for(const struct conf *conf, enum wire_part part, wire_user_fn user)
{
	struct stream	 st;

	memset(&st, 0, sizeof(st));
	st.fail_at = SIZE_MAX;
	assert_int_equal(wire_send(conf, part, collect, user, &st), 0);
	return (st);
}

static struct stream
record(const struct conf *conf, enum wire_part part)
{
	return (record_for(conf, part, is_nobody));
}

static void
forget(struct stream *st)
{
	while (st->cnt > 0)
		free(st->im[--st->cnt]);
}

/* The configuration, or NULL and a reason. */
static struct conf *
replay(const struct stream *st, enum wire_part part, char *why, size_t whylen)
{
	struct wire_in	*in;
	struct conf	*conf = NULL;
	size_t		 i;
	int		 rc = 0;

	in = wire_in_new(part, GEN);
	assert_non_null(in);
	(void)strlcpy(why, "the end is missing", whylen);
	for (i = 0; i < st->cnt && rc != -1; i++) {
		assert_null(wire_in_finish(in));
		if (i > 0)
			assert_int_equal(rc, 0);
		why[0] = '\0';
		rc = wire_in_take(in, st->im[i], why, whylen);
		if (rc == -1) {
			assert_true(strlen(why) > 10);
			/* It stays refused. */
			assert_int_equal(wire_in_take(in, st->im[0], why,
			    whylen), -1);
		} else if (rc == 0)
			(void)strlcpy(why, "the end is missing", whylen);
	}
	conf = wire_in_finish(in);
	assert_true((conf != NULL) == (rc == 1));
	if (conf != NULL) {
		assert_null(wire_in_finish(in));
		assert_int_equal(wire_in_take(in, st->im[0], why, whylen), -1);
	}
	wire_in_free(in);
	return (conf);
}

static void
refused(const struct stream *st, enum wire_part part, const char *what,
    size_t at)
{
	struct conf	*conf;
	char		 why[256];

	conf = replay(st, part, why, sizeof(why));
	if (conf != NULL)
		fail_msg("part %d taken with %s at %zu", part, what, at);
}

static void
same_stream(const struct stream *a, const struct stream *b)
{
	size_t	 i;

	assert_int_equal(a->cnt, b->cnt);
	for (i = 0; i < a->cnt; i++) {
		assert_int_equal(a->im[i]->type, b->im[i]->type);
		assert_int_equal(a->im[i]->id, b->im[i]->id);
		assert_int_equal(a->im[i]->len, b->im[i]->len);
		assert_memory_equal(a->im[i]->data, b->im[i]->data,
		    a->im[i]->len);
	}
}

static struct conf *
make(uint32_t seed, enum wire_part part)
{
	struct conf	*conf;
	struct conf_ids	*ids;
	struct conf_inst *inst;
	struct conf_track *track;

	conf = confgen(seed);
	if (part == WIRE_ALL)
		return (conf);
	ids = conf_ids_new();
	assert_int_equal(conf_assign_ids(ids, conf), 0);
	conf_ids_free(ids);
	TAILQ_FOREACH(inst, &conf->insts, entry) {
		TAILQ_FOREACH(track, &inst->tracks, entry)
			track->checker = 3;
	}
	return (conf);
}

static void
test_round_trip(void **state)
{
	struct stream	 a, b;
	struct conf	*conf, *copy;
	struct diff	*d;
	enum wire_part	 part;
	uint32_t	 seed;
	char		 why[256];

	for (seed = 0; seed < 100; seed++) {
		for (part = WIRE_ALL; part <= WIRE_MAILER; part++) {
			conf = make(seed, part);
			a = record(conf, part);
			copy = replay(&a, part, why, sizeof(why));
			if (copy == NULL)
				fail_msg("%s", why);
			assert_int_equal(copy->gen, GEN);
			b = record(copy, part);
			same_stream(&a, &b);
			if (part == WIRE_ALL) {
				assert_int_equal(copy->inst_cnt,
				    conf->inst_cnt);
				assert_int_equal(copy->vip_cnt, conf->vip_cnt);
				d = diff_new(conf, copy);
				assert_int_equal(d->changed + d->added +
				    d->removed, 0);
				assert_false(d->global || d->scripts ||
				    d->groups);
				diff_free(d);
			}
			forget(&a);
			forget(&b);
			conf_free(conf);
			conf_free(copy);
		}
	}
}

/* Nothing of what a process must not learn is in its part. */
static void
test_parts(void **state)
{
	struct stream	 st;
	struct conf	*conf;
	struct imsg	*im;
	uint32_t	 seed;
	size_t		 i, secrets = 0, foreign = 0, mails = 0;

	for (seed = 0; seed < 50; seed++) {
		conf = make(seed, WIRE_ENGINE);
		st = record(conf, WIRE_ENGINE);
		for (i = 0; i < st.cnt; i++) {
			im = st.im[i];
			assert_int_not_equal(im->type, IMSG_CONF_SCRIPT);
			assert_int_not_equal(im->type, IMSG_CONF_NOTIFY);
			assert_int_not_equal(im->type, IMSG_CONF_FILE);
			assert_int_not_equal(im->type, IMSG_CONF_PROCESS);
			assert_int_not_equal(im->type, IMSG_CONF_HOOK);
			assert_int_not_equal(im->type, IMSG_CONF_MAIL);
			assert_null(memmem(im->data, im->len, "/bin/", 5));
			secrets += memmem(im->data, im->len, "secret", 6) !=
			    NULL;
		}
		forget(&st);
		st = record(conf, WIRE_CHECKER);
		for (i = 0; i < st.cnt; i++) {
			im = st.im[i];
			assert_null(memmem(im->data, im->len, "secret", 6));
			foreign += memmem(im->data, im->len, "root", 4) !=
			    NULL;
			assert_int_not_equal(im->type, IMSG_CONF_MAIL);
		}
		forget(&st);
		st = record(conf, WIRE_MAILER);
		assert_int_equal(st.cnt, conf->global.mail ? 4 : 3);
		mails += conf->global.mail;
		forget(&st);
		conf_free(conf);
	}
	assert_true(secrets > 10);
	assert_int_equal(foreign, 0);
	assert_in_range(mails, 5, 45);
}

static void
test_sending_stops(void **state)
{
	struct stream	 st;
	struct conf	*conf;
	size_t		 i, n;

	conf = make(5, WIRE_ALL);
	st = record(conf, WIRE_ALL);
	n = st.cnt;
	forget(&st);
	for (i = 0; i < n; i++) {
		memset(&st, 0, sizeof(st));
		st.fail_at = i;
		assert_int_equal(wire_send(conf, WIRE_ALL, collect, NULL, &st),
		    -1);
		assert_int_equal(st.cnt, i);
		forget(&st);
	}
	conf_free(conf);
}

static void
test_missing_doubled_swapped(void **state)
{
	struct stream	 st, bad;
	struct conf	*conf;
	enum wire_part	 part;
	uint32_t	 seed;
	size_t		 i;

	for (seed = 0; seed < 10; seed++) {
		for (part = WIRE_ALL; part <= WIRE_MAILER; part++) {
			conf = make(seed, part);
			st = record(conf, part);
			for (i = 0; i < st.cnt; i++) {
				bad = st;
				memmove(&bad.im[i], &bad.im[i + 1],
				    (st.cnt - i - 1) * sizeof(bad.im[0]));
				bad.cnt--;
				refused(&bad, part, "one missing", i);

				bad = st;
				memmove(&bad.im[i + 1], &bad.im[i],
				    (st.cnt - i) * sizeof(bad.im[0]));
				bad.cnt++;
				if (i + 1 < st.cnt)
					refused(&bad, part, "one doubled", i);

				bad = st;
				bad.im[i] = st.im[(i + 1) % st.cnt];
				bad.im[(i + 1) % st.cnt] = st.im[i];
				refused(&bad, part, "two swapped", i);
			}
			forget(&st);
			conf_free(conf);
		}
	}
}

static void
test_cut_and_longer(void **state)
{
	struct stream	 st, bad;
	struct conf	*conf;
	struct imsg	*im;
	enum wire_part	 part;
	size_t		 i, len;

	for (part = WIRE_ALL; part <= WIRE_MAILER; part++) {
		conf = make(3, part);
		st = record(conf, part);
		assert_true(st.cnt > 2);
		for (i = 0; i < st.cnt; i++) {
			bad = st;
			im = imsg_copy(st.im[i]);
			bad.im[i] = im;
			for (len = 0; len < st.im[i]->len; len++) {
				im->len = len;
				refused(&bad, part, "one cut", i);
			}
			im->len = st.im[i]->len + 1;
			im->data[im->len - 1] = 0;
			refused(&bad, part, "one longer", i);
			free(im);
		}
		forget(&st);
		conf_free(conf);
	}
}

static void
test_every_byte_counts(void **state)
{
	struct stream	 st, bad;
	struct conf	*conf;
	struct imsg	*im;
	enum wire_part	 part;
	size_t		 i, at;

	for (part = WIRE_ALL; part <= WIRE_MAILER; part++) {
		conf = make(3, part);
		st = record(conf, part);
		for (i = 0; i < st.cnt; i++) {
			bad = st;
			im = imsg_copy(st.im[i]);
			bad.im[i] = im;
			for (at = 0; at < im->len; at++) {
				im->data[at] ^= 1;
				refused(&bad, part, "a byte changed", i);
				im->data[at] ^= 0x81;
				refused(&bad, part, "a byte changed", i);
				im->data[at] ^= 0x80;
			}
			free(im);
		}
		forget(&st);
		conf_free(conf);
	}
}

/*
 * Changed bits with a sum that fits again: what is taken all the same is a
 * configuration that is sent as these messages.
 */
static void
test_changed_with_right_sum(void **state)
{
	struct stream	 st, again;
	struct conf	*conf, *copy;
	struct imsg	*im, *end;
	enum wire_part	 part;
	uint32_t	 seed = 42, i, k, taken = 0, turn;
	uint64_t	 sum;
	size_t		 j, at;
	uint8_t		 old;
	char		 why[256];

	for (turn = 0; turn < 6000; turn++) {
		if (turn % 500 == 0) {
			if (turn > 0) {
				forget(&st);
				conf_free(conf);
			}
			part = (enum wire_part)(turn / 500 % 3);
			conf = make(turn / 500, part);
			st = record(conf, part);
		}
		im = st.im[confgen_random(&seed, (uint32_t)st.cnt - 1)];
		at = confgen_random(&seed, (uint32_t)im->len);
		old = im->data[at];
		im->data[at] ^= (uint8_t)(1U << confgen_random(&seed, 8));
		sum = 0xcbf29ce484222325ULL;
		for (i = 0; i + 1 < st.cnt; i++) {
			for (j = 0; j < st.im[i]->len; j++)
				sum = (sum ^ st.im[i]->data[j]) *
				    0x100000001b3ULL;
		}
		end = st.im[st.cnt - 1];
		for (k = 0; k < 8; k++)
			end->data[k] = (uint8_t)(sum >> (56 - 8 * k));
		copy = replay(&st, part, why, sizeof(why));
		if (copy != NULL) {
			again = record_for(copy, part, is_anybody);
			/* Ids for the parent are its own, and the order of
			 * the events of one instance is free. */
			if (part == WIRE_ENGINE)
				same_stream(&st, &again);
			else
				assert_int_equal(st.cnt, again.cnt);
			forget(&again);
			conf_free(copy);
			taken++;
		}
		im->data[at] = old;
	}
	forget(&st);
	conf_free(conf);
	assert_true(taken > 500 && taken < 5000);
}

static void
test_headers(void **state)
{
	struct stream	 st, bad;
	struct conf	*conf;
	struct imsg	*im;
	size_t		 i;
	uint16_t	 type;

	conf = make(3, WIRE_ALL);
	st = record(conf, WIRE_ALL);
	for (i = 0; i < st.cnt; i++) {
		bad = st;
		im = imsg_copy(st.im[i]);
		bad.im[i] = im;
		for (type = 0; type <= IMSG_TYPE_MAX; type++) {
			if (type == st.im[i]->type)
				continue;
			im->type = type;
			refused(&bad, WIRE_ALL, "another type", i);
		}
		im->type = st.im[i]->type;
		if (im->id != 0) {
			im->id = 0;
			refused(&bad, WIRE_ALL, "no id", i);
			im->id = 77;
			refused(&bad, WIRE_ALL, "another id", i);
		}
		free(im);
	}
	forget(&st);
	conf_free(conf);

	conf = make(3, WIRE_ENGINE);
	st = record(conf, WIRE_ENGINE);
	for (i = 0; i < st.cnt; i++) {
		st.im[i]->gen++;
		refused(&st, WIRE_ENGINE, "another generation", i);
		st.im[i]->gen--;
	}
	/* A part is not another part. */
	refused(&st, WIRE_ALL, "the engine's part", 0);
	refused(&st, WIRE_CHECKER, "the engine's part", 0);
	forget(&st);
	conf_free(conf);
}

static struct conf_inst *
first(struct conf *conf)
{
	return (TAILQ_FIRST(&conf->insts));
}

static struct conf_vip *
vip(struct conf *conf)
{
	return (TAILQ_FIRST(&first(conf)->vips));
}

static struct conf_script *
script(struct conf *conf)
{
	return (TAILQ_FIRST(&conf->scripts));
}

static struct conf_file *
file(struct conf *conf)
{
	return (TAILQ_FIRST(&conf->files));
}

static struct conf_process *
process(struct conf *conf)
{
	return (TAILQ_FIRST(&conf->processes));
}

static void
add_peer(struct conf_inst *inst)
{
	struct conf_peer	*peer;

	assert_false(inst->unicast);
	assert_non_null(peer = calloc(1, sizeof(*peer)));
	assert_int_equal(vaddr_parse(&peer->addr, inst->family == AF_INET ?
	    "192.0.2.9" : "2001:db8::9"), 0);
	peer->max_ttl = 255;
	TAILQ_INSERT_TAIL(&inst->peers, peer, entry);
}

#define SPOIL(name, what)						\
static void								\
name(struct conf *c)							\
{									\
	what;								\
}

SPOIL(bad_version, first(c)->version = 4)
SPOIL(bad_version_low, first(c)->version = 1)
SPOIL(bad_vrid, first(c)->vrid = 0)
SPOIL(bad_priority, first(c)->priority = 0)
SPOIL(bad_interval, first(c)->adver_int_us = 0)
SPOIL(bad_interval_neg, first(c)->adver_int_us = -1)
SPOIL(bad_interval_big, first(c)->adver_int_us = 256 * US_PER_SEC)
SPOIL(bad_delay, first(c)->preempt_delay_us = -1)
SPOIL(bad_family, first(c)->family = AF_UNIX)
SPOIL(bad_family_none, first(c)->family = 0)
SPOIL(bad_v2_inet6, first(c)->family = AF_INET6; first(c)->version = 2)
SPOIL(bad_auth, first(c)->auth_type = 3)
SPOIL(bad_lease, first(c)->vip_lease = LEASE_UNSET)
SPOIL(bad_ifname, first(c)->ifname[0] = '\0')
SPOIL(bad_ifname_path, strlcpy(first(c)->ifname, "../all", IF_NAME_LEN))
SPOIL(bad_ifname_dots, strlcpy(first(c)->ifname, "..", IF_NAME_LEN))
SPOIL(bad_ifname_number, strlcpy(first(c)->ifname, "eth%d", IF_NAME_LEN))
SPOIL(bad_ifname_gone, strlcpy(first(c)->ifname, "lo9", IF_NAME_LEN))
SPOIL(bad_name, first(c)->name[0] = '\0')
SPOIL(bad_name_twice, strlcpy(TAILQ_NEXT(first(c), entry)->name,
    first(c)->name, NAME_LEN))
SPOIL(bad_src, (void)vaddr_parse(&first(c)->src, "224.0.0.1"))
SPOIL(bad_src_family, (void)vaddr_parse(&first(c)->src, "::1"))
SPOIL(bad_mcast, (void)vaddr_parse(&first(c)->mcast, "10.0.0.1"))
SPOIL(bad_mcast_none, first(c)->mcast.family = 0)
SPOIL(bad_unicast, first(c)->unicast = true)
SPOIL(bad_peers, add_peer(first(c)))
SPOIL(bad_down, first(c)->down_timer_adverts = 0)
SPOIL(bad_vip, (void)vaddr_parse(&vip(c)->addr, "0.0.0.0"))
SPOIL(bad_vip_mcast, (void)vaddr_parse(&vip(c)->addr, "224.0.0.1"))
SPOIL(bad_vip_family, (void)vaddr_parse(&vip(c)->addr, "2001:db8::1"))
SPOIL(bad_vip_none, vip(c)->addr.family = 0)
SPOIL(bad_vip_peer, (void)vaddr_parse(&vip(c)->peer, "2001:db8::1"))
SPOIL(bad_vip_brd, (void)vaddr_parse(&vip(c)->brd, "2001:db8::1"))
SPOIL(bad_vip_if, strlcpy(vip(c)->ifname, "lo9", IF_NAME_LEN))
SPOIL(bad_vip_flags, vip(c)->flags = 0x10000)
SPOIL(bad_vip_order, vip(c)->flags |= VIP_F_EXCLUDED)
SPOIL(bad_track, TAILQ_FIRST(&first(c)->tracks)->kind = 9)
SPOIL(bad_track_name, strlcpy(TAILQ_FIRST(&first(c)->tracks)->name, "x", 9))
SPOIL(bad_script_name, strlcpy(TAILQ_NEXT(script(c), entry)->name,
    script(c)->name, NAME_LEN))
SPOIL(bad_script_user, script(c)->user.user[0] = '\0')
SPOIL(bad_script_rise, script(c)->rise = 0)
SPOIL(bad_script_fall, script(c)->fall = 0)
SPOIL(bad_script_interval, script(c)->interval_us = 0)
SPOIL(bad_script_timeout, script(c)->timeout_us = 0)
SPOIL(bad_script_cmd, conf_argv_clear(&script(c)->cmd))
SPOIL(bad_script_path, script(c)->cmd.argv[0][0] = 'x')
SPOIL(bad_file_path, file(c)->path[0] = 'x')
SPOIL(bad_file_user, file(c)->user.user[0] = '\0')
SPOIL(bad_process_cmd, conf_argv_clear(&process(c)->cmd))
SPOIL(bad_process_match, process(c)->match = CONF_MATCH_MAX)
SPOIL(bad_process_quorum, process(c)->quorum = 65536)
SPOIL(bad_hook_fifo, c->hooks[HOOK_FIFO].path[0] = '.')
SPOIL(bad_hook_cmd, conf_argv_clear(&c->hooks[HOOK_STARTUP].cmd))
SPOIL(bad_hook_path, strlcpy(c->hooks[HOOK_STARTUP].path, "/x", PATH_LEN))
SPOIL(bad_hook_relative, c->hooks[HOOK_STARTUP].cmd.argv[0][0] = 'x')
SPOIL(bad_hook_user, c->hooks[HOOK_STARTUP].user.user[0] = '\0')
SPOIL(bad_mail_server, strlcpy(c->mail.server, "h@x", MAIL_HOST_LEN))
SPOIL(bad_mail_no_server, c->mail.server[0] = '\0')
SPOIL(bad_mail_port, c->mail.port = 0)
SPOIL(bad_mail_helo, strlcpy(c->mail.helo, "a b", MAIL_HOST_LEN))
SPOIL(bad_mail_helo_path, strlcpy(c->mail.helo, "a/b", MAIL_HOST_LEN))
SPOIL(bad_mail_from, strlcpy(c->mail.from, "a\r\nb", MAIL_ADDR_LEN))
SPOIL(bad_mail_timeout, c->mail.timeout_us = 1)
SPOIL(bad_mail_to, c->mail.to.argv[0][0] = '\n')
SPOIL(bad_mail_nobody, conf_argv_clear(&c->mail.to))
SPOIL(bad_track_file, strlcpy(file(c)->name, "other", NAME_LEN))
SPOIL(bad_mcast4, (void)vaddr_parse(&c->global.mcast4, "10.0.0.1"))
SPOIL(bad_mcast6, (void)vaddr_parse(&c->global.mcast6, "224.0.0.18"))
SPOIL(bad_nice, c->global.nice = 20)
SPOIL(bad_rt, c->global.rt_priority = 100)
SPOIL(bad_global_version, c->global.version = 0)

static const struct bad	bads[] = {
	{ "version", bad_version }, { "version", bad_version_low },
	{ "vrid", bad_vrid }, { "priority", bad_priority },
	{ "adver_int_us", bad_interval }, { "adver_int_us", bad_interval_neg },
	{ "adver_int_us", bad_interval_big },
	{ "preempt_delay_us", bad_delay }, { "family", bad_family },
	{ "family", bad_family_none }, { "version", bad_v2_inet6 },
	{ "auth_type", bad_auth }, { "vip_lease", bad_lease },
	{ "ifname", bad_ifname }, { "ifname", bad_ifname_path },
	{ "ifname", bad_ifname_dots },
	{ "ifname", bad_ifname_number },
	{ "interface is not there", bad_ifname_gone }, { "name", bad_name },
	{ "name is there twice", bad_name_twice }, { "src", bad_src },
	{ "src", bad_src_family }, { "mcast", bad_mcast },
	{ "mcast", bad_mcast_none }, { "mcast", bad_unicast },
	{ "peers of the one before", bad_peers },
	{ "down_timer_adverts", bad_down }, { "addr", bad_vip },
	{ "addr", bad_vip_mcast }, { "instance's family", bad_vip_family },
	{ "addr", bad_vip_none }, { "peer", bad_vip_peer },
	{ "brd", bad_vip_brd }, { "interface is not there", bad_vip_if },
	{ "flags", bad_vip_flags }, { "after an excluded", bad_vip_order },
	{ "kind", bad_track }, { "is not there", bad_track_name },
	{ "name is there twice", bad_script_name },
	{ "user", bad_script_user }, { "rise", bad_script_rise },
	{ "fall", bad_script_fall }, { "interval_us", bad_script_interval },
	{ "timeout_us", bad_script_timeout }, { "cmd", bad_script_cmd },
	{ "not absolute", bad_file_path }, { "user", bad_file_user },
	{ "cmd", bad_process_cmd }, { "match", bad_process_match },
	{ "quorum", bad_process_quorum }, { "path", bad_hook_fifo },
	{ "cmd", bad_hook_cmd }, { "path", bad_hook_path },
	{ "cmd", bad_hook_relative }, { "user", bad_hook_user },
	{ "server", bad_mail_server }, { "server", bad_mail_no_server },
	{ "port", bad_mail_port }, { "helo", bad_mail_helo },
	{ "helo", bad_mail_helo_path }, { "from", bad_mail_from },
	{ "timeout_us", bad_mail_timeout }, { "to", bad_mail_to },
	{ "to", bad_mail_nobody },
	{ "object is not there", bad_track_file },
	{ "not absolute", bad_script_path }, { "mcast4", bad_mcast4 },
	{ "mcast6", bad_mcast6 }, { "nice", bad_nice },
	{ "rt_priority", bad_rt }, { "version", bad_global_version }
};

/* Has two IPv4 multicast instances, two addresses, two scripts, a track, a
 * file, a process, a FIFO, a start-up script and mail. */
static struct conf *
plain(void)
{
	struct conf	*conf;
	uint32_t	 seed;

	for (seed = 0; seed < 10000; seed++) {
		conf = confgen(seed);
		if (first(conf) != NULL && first(conf)->family == AF_INET &&
		    !first(conf)->unicast &&
		    TAILQ_NEXT(first(conf), entry) != NULL &&
		    conf_inst_advert_vips(first(conf)) > 1 &&
		    !TAILQ_EMPTY(&first(conf)->tracks) &&
		    script(conf) != NULL &&
		    TAILQ_NEXT(script(conf), entry) != NULL &&
		    file(conf) != NULL && process(conf) != NULL &&
		    conf->hooks[HOOK_FIFO].used && conf->global.mail &&
		    conf->hooks[HOOK_STARTUP].used)
			return (conf);
		conf_free(conf);
	}
	fail_msg("no such configuration");
	return (NULL);
}

static void
test_bad_values(void **state)
{
	struct stream	 st;
	struct conf	*conf, *copy;
	size_t		 i;
	char		 why[256];

	conf = plain();
	st = record(conf, WIRE_ALL);
	copy = replay(&st, WIRE_ALL, why, sizeof(why));
	assert_non_null(copy);
	conf_free(copy);
	forget(&st);
	conf_free(conf);
	for (i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		conf = plain();
		bads[i].spoil(conf);
		st = record(conf, WIRE_ALL);
		copy = replay(&st, WIRE_ALL, why, sizeof(why));
		if (copy != NULL)
			fail_msg("bad value %zu taken (%s)", i,
			    bads[i].reason);
		if (strstr(why, bads[i].reason) == NULL)
			fail_msg("bad value %zu: %s, not %s", i, why,
			    bads[i].reason);
		forget(&st);
		conf_free(conf);
	}
}

#define KINDS	15		/* that are counted */

static void
test_limits(void **state)
{
	static const uint32_t	 max[] = { MAX_IFACES, MAX_SYNC_GROUPS,
		MAX_INSTANCES, MAX_VIPS, MAX_PEERS_ALL, MAX_TRACKS,
		MAX_SCRIPTS, MAX_FILES, MAX_PROCESSES, HOOK_MAX, 1,
		MAX_NOTIFY, MAX_ROUTES, MAX_RULES, MAX_VIPS };
	struct wire_in		*in;
	struct imsg		*im;
	struct msg		 m;
	size_t			 i, j;
	uint32_t		 over;
	char			 why[128];

	im = calloc(1, sizeof(*im));
	assert_non_null(im);
	im->type = IMSG_CONF_BEGIN;
	for (over = 0; over < 2; over++) {
		for (i = 0; i < KINDS; i++) {
			msg_init_write(&m, im->data, sizeof(im->data));
			for (j = 0; j < KINDS; j++)
				msg_put_u32(&m, i == j ? max[j] + over : 0);
			im->len = m.len;
			in = wire_in_new(WIRE_ALL, 0);
			assert_int_equal(wire_in_take(in, im, why,
			    sizeof(why)), over ? -1 : 0);
			wire_in_free(in);
		}
	}
	free(im);
}

/* Where one instance has one more than it may. */
static void
test_limits_of_one(void **state)
{
	struct stream	*st;
	struct conf	*conf, *copy;
	struct conf_vip	*v;
	struct conf_peer *p;
	uint32_t	 i;
	char		 why[256];

	st = calloc(1, sizeof(*st));
	st->fail_at = SIZE_MAX;
	conf = plain();
	for (i = conf_inst_advert_vips(first(conf)); i <= MAX_VIPS_ADVERT;
	    i++) {
		v = calloc(1, sizeof(*v));
		*v = *vip(conf);
		TAILQ_INSERT_HEAD(&first(conf)->vips, v, entry);
	}
	assert_int_equal(wire_send(conf, WIRE_ALL, collect, NULL, st), 0);
	copy = replay(st, WIRE_ALL, why, sizeof(why));
	assert_null(copy);
	assert_non_null(strstr(why, "too many addresses"));
	forget(st);
	conf_free(conf);

	conf = plain();
	first(conf)->unicast = true;
	first(conf)->mcast.family = 0;
	for (i = 0; i <= MAX_PEERS; i++) {
		p = calloc(1, sizeof(*p));
		(void)vaddr_parse(&p->addr, "10.0.0.1");
		TAILQ_INSERT_TAIL(&first(conf)->peers, p, entry);
	}
	assert_int_equal(wire_send(conf, WIRE_ALL, collect, NULL, st), 0);
	copy = replay(st, WIRE_ALL, why, sizeof(why));
	assert_null(copy);
	assert_non_null(strstr(why, "too many of one"));
	forget(st);
	conf_free(conf);
	free(st);
}

/* Commands as long as they may be go through; longer ones are not made. */
static void
test_long_commands(void **state)
{
	struct stream		 st;
	struct conf		*conf, *copy;
	struct conf_argv	*cmd;
	char			*arg, why[128];

	conf = plain();
	cmd = &script(conf)->cmd;
	conf_argv_clear(cmd);
	assert_int_equal(conf_argv_add(cmd, "/bin/x"), 0);
	arg = malloc(CONF_ARGV_BYTES);
	memset(arg, 'a', CONF_ARGV_BYTES);
	arg[CONF_ARGV_BYTES - 1] = '\0';
	assert_int_equal(conf_argv_add(cmd, arg), -1);
	arg[CONF_ARGV_BYTES - 8] = '\0';
	assert_int_equal(conf_argv_add(cmd, arg), 0);
	assert_int_equal(cmd->bytes, CONF_ARGV_BYTES);
	assert_int_equal(conf_argv_add(cmd, ""), -1);
	st = record(conf, WIRE_ALL);
	copy = replay(&st, WIRE_ALL, why, sizeof(why));
	assert_non_null(copy);
	assert_string_equal(script(copy)->cmd.argv[1], arg);
	conf_free(copy);
	conf_free(conf);
	forget(&st);
	free(arg);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_sending_stops),
		cmocka_unit_test(test_missing_doubled_swapped),
		cmocka_unit_test(test_cut_and_longer),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_changed_with_right_sum),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_of_one),
		cmocka_unit_test(test_long_commands)
	};

	return (cmocka_run_group_tests_name("wire", tests, NULL, NULL));
}
