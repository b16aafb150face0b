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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "confgen.h"
#include "diff.h"
#include "field.h"

#define MASTER	0	/* notify[] */

struct change {
	enum diff_kind	 kind;
	uint32_t	 fields;
	void		(*make)(struct conf_inst *);
};

#define CHANGE(name, what)						\
static void								\
name(struct conf_inst *i)						\
{									\
	what;								\
}

CHANGE(nothing, i->id = 9; i->slot = 9; i->line = 9)
CHANGE(vrid, i->vrid++)
CHANGE(ifname, i->ifname[0] = 'x')
CHANGE(family, i->family = AF_INET6)
CHANGE(version, i->version = i->version == 2 ? 3 : 2)
CHANGE(priority, i->priority ^= 1)
CHANGE(start, i->start_master = !i->start_master)
CHANGE(nopreempt, i->nopreempt = !i->nopreempt)
CHANGE(accept_mode, i->accept = !i->accept)
CHANGE(strict, i->strict = !i->strict)
CHANGE(lower, i->lower_prio_no_advert = true)
CHANGE(higher, i->higher_prio_send_advert = true)
CHANGE(owner, i->owner_ignore_adverts = true)
CHANGE(skip_check, i->skip_check_adv_addr = true)
CHANGE(checksum, i->v3_checksum_as_v2 = true)
CHANGE(old_checksum, i->old_unicast_checksum = true)
CHANGE(primary, i->track_primary = false)
CHANGE(track_src, i->track_src_ip = true)
CHANGE(check_src, i->check_unicast_src = true)
CHANGE(auth_type, i->auth_type = !i->auth_type)
CHANGE(auth_pass, i->auth_pass[7] = 'x')
CHANGE(down, i->down_timer_adverts ^= 128)
CHANGE(ttl, i->unicast_ttl ^= 1)
CHANGE(rx_buf, i->rx_buf ^= 1)
CHANGE(interval, i->adver_int_us++)
CHANGE(delay, i->preempt_delay_us++)
CHANGE(src, (void)vaddr_parse(&i->src, "10.255.255.254"))
CHANGE(mcast, (void)vaddr_parse(&i->mcast, "224.0.0.99"))
CHANGE(garp, i->garp_delay_s++)
CHANGE(garp_repeat, i->garp_repeat++)
CHANGE(garp_refresh, i->garp_refresh_s++)
CHANGE(garp_extra, i->garp_extra_s++)
CHANGE(garp_refresh_repeat, i->garp_refresh_repeat++)
CHANGE(garp_lower, i->garp_lower_delay_s++)
CHANGE(garp_lower_repeat, i->garp_lower_repeat++)
CHANGE(lease, i->vip_lease = 99)
CHANGE(vip_addr, TAILQ_FIRST(&i->vips)->addr.bytes[3]++)
CHANGE(vip_plen, TAILQ_FIRST(&i->vips)->addr.plen ^= 1)
CHANGE(vip_flags, TAILQ_FIRST(&i->vips)->flags ^= VIP_F_HOME)
CHANGE(vip_lft, TAILQ_FIRST(&i->vips)->preferred_lft = 5)
CHANGE(vip_line, TAILQ_FIRST(&i->vips)->line++)
CHANGE(track_weight, TAILQ_FIRST(&i->tracks)->weight++)
CHANGE(track_object, TAILQ_FIRST(&i->tracks)->object++)
CHANGE(notify_arg, assert_int_equal(conf_argv_add(&i->notify[MASTER].cmd,
    "more"), 0))
CHANGE(notify_user, strlcpy(i->notify[MASTER].user.user, "adm", NAME_LEN))
CHANGE(two, i->priority ^= 1; i->garp_repeat++)

static void
vip_order(struct conf_inst *i)
{
	struct conf_vip	*vip;

	vip = TAILQ_FIRST(&i->vips);
	TAILQ_REMOVE(&i->vips, vip, entry);
	TAILQ_INSERT_AFTER(&i->vips, TAILQ_FIRST(&i->vips), vip, entry);
}

static void
peer_more(struct conf_inst *i)
{
	struct conf_peer	*peer;

	peer = calloc(1, sizeof(*peer));
	assert_non_null(peer);
	TAILQ_INSERT_TAIL(&i->peers, peer, entry);
}

static void
track_less(struct conf_inst *i)
{
	struct conf_track	*track;

	track = TAILQ_FIRST(&i->tracks);
	TAILQ_REMOVE(&i->tracks, track, entry);
	free(track);
}

static const struct change	changes[] = {
	{ DIFF_SAME, 0, nothing },
	{ DIFF_REPLACED, 0, vrid }, { DIFF_REPLACED, 0, ifname },
	{ DIFF_REPLACED, 0, family }, { DIFF_REPLACED, 0, version },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, priority },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, start },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, nopreempt },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, accept_mode },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, strict },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, lower },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, higher },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, owner },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, skip_check },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, checksum },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, old_checksum },
	{ DIFF_CHANGED, DIFF_F_TRACKS, primary },
	{ DIFF_CHANGED, DIFF_F_SOURCE, track_src },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, check_src },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL | DIFF_F_SOURCE, auth_type },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, auth_pass },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, down },
	{ DIFF_CHANGED, DIFF_F_SOURCE, ttl },
	{ DIFF_CHANGED, DIFF_F_SOURCE, rx_buf },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, interval },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL, delay },
	{ DIFF_CHANGED, DIFF_F_SOURCE, src },
	{ DIFF_CHANGED, DIFF_F_SOURCE, mcast },
	{ DIFF_CHANGED, DIFF_F_GARP, garp },
	{ DIFF_CHANGED, DIFF_F_GARP, garp_repeat },
	{ DIFF_CHANGED, DIFF_F_GARP, garp_refresh },
	{ DIFF_CHANGED, DIFF_F_GARP, garp_extra },
	{ DIFF_CHANGED, DIFF_F_GARP, garp_refresh_repeat },
	{ DIFF_CHANGED, DIFF_F_GARP, garp_lower },
	{ DIFF_CHANGED, DIFF_F_GARP, garp_lower_repeat },
	{ DIFF_CHANGED, DIFF_F_LEASE, lease },
	{ DIFF_CHANGED, DIFF_F_VIPS, vip_addr },
	{ DIFF_CHANGED, DIFF_F_VIPS, vip_plen },
	{ DIFF_CHANGED, DIFF_F_VIPS, vip_flags },
	{ DIFF_CHANGED, DIFF_F_VIPS, vip_lft },
	{ DIFF_CHANGED, DIFF_F_VIPS, vip_order },
	{ DIFF_SAME, 0, vip_line },
	{ DIFF_CHANGED, DIFF_F_SOURCE, peer_more },
	{ DIFF_CHANGED, DIFF_F_TRACKS, track_weight },
	{ DIFF_CHANGED, DIFF_F_TRACKS, track_less },
	{ DIFF_SAME, 0, track_object },
	{ DIFF_CHANGED, DIFF_F_NOTIFY, notify_arg },
	{ DIFF_CHANGED, DIFF_F_NOTIFY, notify_user },
	{ DIFF_CHANGED, DIFF_F_PROTOCOL | DIFF_F_GARP, two }
};

/* One with an IPv4 instance that has a bit of everything. */
static struct conf *
plain(void)
{
	struct conf	*conf;
	struct conf_inst *i;
	uint32_t	 seed;

	for (seed = 0; seed < 10000; seed++) {
		conf = confgen(seed);
		i = TAILQ_FIRST(&conf->insts);
		if (i != NULL && i->family == AF_INET && i->vrid < 255 &&
		    !TAILQ_EMPTY(&i->tracks) && i->priority > 1 &&
		    TAILQ_NEXT(i, entry) != NULL &&
		    TAILQ_NEXT(TAILQ_FIRST(&i->vips), entry) != NULL &&
		    i->notify[MASTER].cmd.argc != 0 &&
		    !TAILQ_EMPTY(&conf->scripts))
			return (conf);
		conf_free(conf);
	}
	fail_msg("no such configuration");
	return (NULL);
}

static const struct diff_inst *
by_name(const struct diff *d, const char *name)
{
	size_t	 i;

	for (i = 0; i < d->inst_cnt; i++) {
		if ((d->insts[i].old != NULL &&
		    strcmp(d->insts[i].old->name, name) == 0) ||
		    (d->insts[i].new != NULL &&
		    strcmp(d->insts[i].new->name, name) == 0))
			return (&d->insts[i]);
	}
	return (NULL);
}

static void
test_each_change(void **state)
{
	const struct diff_inst	*di;
	struct conf		*a, *b;
	struct diff		*d;
	size_t			 i, j;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		a = plain();
		b = plain();
		changes[i].make(TAILQ_FIRST(&b->insts));
		d = diff_new(a, b);
		assert_non_null(d);
		assert_int_equal(d->inst_cnt, a->inst_cnt);
		di = by_name(d, TAILQ_FIRST(&a->insts)->name);
		if (di->kind != changes[i].kind ||
		    di->fields != changes[i].fields)
			fail_msg("change %zu: kind %d fields %x", i, di->kind,
			    di->fields);
		assert_ptr_equal(di->old, TAILQ_FIRST(&a->insts));
		assert_ptr_equal(di->new, TAILQ_FIRST(&b->insts));
		assert_int_equal(d->changed, changes[i].kind != DIFF_SAME);
		assert_int_equal(d->added + d->removed, 0);
		assert_false(d->global || d->scripts || d->groups);
		for (j = 0; j < d->inst_cnt; j++) {
			if (&d->insts[j] != di)
				assert_int_equal(d->insts[j].kind, DIFF_SAME);
		}
		diff_free(d);
		conf_free(a);
		conf_free(b);
	}
}

/* No field of an instance that goes over the wire is without a meaning. */
static void
test_every_field_means_something(void **state)
{
	const struct field	*f;

	for (f = field_inst; f->name != NULL; f++) {
		if (strcmp(f->name, "name") != 0 &&
		    strcmp(f->name, "slot") != 0 &&
		    strcmp(f->name, "vmac_slot") != 0 &&
		    strcmp(f->name, "group_id") != 0 &&
		    strncmp(f->name, "notify[", 7) != 0 &&
		    strcmp(f->name, "line") != 0)
			assert_int_not_equal(f->means, 0);
	}
}

static void
test_added_removed(void **state)
{
	struct conf		*a, *b;
	struct conf_inst	*i;
	struct diff		*d;

	a = plain();
	d = diff_new(NULL, a);
	assert_int_equal(d->added, a->inst_cnt);
	assert_int_equal(d->inst_cnt, a->inst_cnt);
	assert_true(d->global && d->scripts);
	assert_null(d->insts[0].old);
	assert_int_equal(d->insts[0].kind, DIFF_ADDED);
	diff_free(d);

	b = plain();
	i = TAILQ_FIRST(&b->insts);
	strlcpy(i->name, "AA", sizeof(i->name));
	d = diff_new(a, b);
	assert_int_equal(d->added, 1);
	assert_int_equal(d->removed, 1);
	assert_int_equal(d->changed, 0);
	assert_int_equal(d->inst_cnt, a->inst_cnt + 1);
	assert_int_equal(by_name(d, "AA")->kind, DIFF_ADDED);
	assert_int_equal(by_name(d, TAILQ_FIRST(&a->insts)->name)->kind,
	    DIFF_REMOVED);
	assert_null(by_name(d, TAILQ_FIRST(&a->insts)->name)->new);
	diff_free(d);
	conf_free(a);
	conf_free(b);
	diff_free(NULL);
}

static void
test_global_and_scripts(void **state)
{
	struct conf	*a, *b;
	struct diff	*d;

	a = plain();
	b = plain();
	b->global.warnings++;
	d = diff_new(a, b);
	assert_false(d->global);
	diff_free(d);
	b->global.garp_interval_us++;
	d = diff_new(a, b);
	assert_true(d->global);
	assert_false(d->scripts);
	diff_free(d);
	TAILQ_FIRST(&b->scripts)->rise++;
	d = diff_new(a, b);
	assert_true(d->scripts);
	assert_int_equal(d->changed, 0);
	diff_free(d);
	conf_free(a);
	conf_free(b);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_each_change),
		cmocka_unit_test(test_every_field_means_something),
		cmocka_unit_test(test_added_removed),
		cmocka_unit_test(test_global_and_scripts)
	};

	return (cmocka_run_group_tests_name("diff", tests, NULL, NULL));
}
