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

/* Payloads: round trips, truncations, left-over bytes, ranges. */

#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "../../common/ctl.h"
#include "../../common/imsg.h"
#include "../../common/payload.h"
#include "../../vrrpe/fsm.h"
#include "../../vrrpe/track.h"
#include "codecs.h"

#define ROUNDS	200

/* The engine's enums and what the messages allow. */
_Static_assert(VR_STATE_MAX == STATE_CODE_MAX, "states");
_Static_assert(VR_HOLD_MAX == STATE_HOLD_MAX, "holds");
_Static_assert(VR_WHY_MAX == STATE_REASON_MAX, "reasons");
_Static_assert((int)VR_HOLD_MAX == (int)CTL_HOLD_MAX, "holds of vrrpctl");
_Static_assert((int)TRK_STATUS_MAX == (int)TRACK_STATUS_MAX, "verdicts");

union any {
	struct hello		 hello;
	struct ready		 ready;
	struct conf_msg		 conf_msg;
	struct link_info	 link;
	struct sock_rx		 rx;
	struct sock_tx		 tx;
	struct sock_use		 use;
	struct resume_rec	 resume;
	struct state_msg	 state;
	struct vip_result	 vips;
	struct log_msg		 log;
	struct notify_msg	 notify;
	struct track_msg	 track;
	struct ctl_daemon	 daemon;
	struct ctl_inst		 inst;
	struct ctl_detail	 detail;
	struct ctl_note		 note;
	struct ctl_vip		 vip;
	struct ctl_track	 row;
	struct ctl_counter	 counter;
	struct ctl_iface	 iface;
	struct ctl_group	 group;
	struct ctl_member	 member;
	struct ctl_script	 script;
	struct ctl_msg		 msg;
	struct ctl_result	 result;
	struct ctl_switch	 sw;
};

static uint64_t	 seed = 0x9e3779b97f4a7c15ULL;

static uint64_t
any64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed * 0x2545f4914f6cdd1dULL);
}

static uint8_t
below(uint64_t max)
{
	return ((uint8_t)(any64() % max));
}

static bool
coin(void)
{
	return ((any64() >> 33 & 1) != 0);
}

static int64_t
any_time(void)
{
	return ((int64_t)(any64() >> (1 + any64() % 60)));
}

/* Any bytes but NUL, at times as long as fits. */
static void
any_str(char *text, size_t size)
{
	size_t	 i, len;

	len = any64() % 4 == 0 ? size - 1 : any64() % size;
	for (i = 0; i < len; i++)
		text[i] = (char)(1 + any64() % 255);
	text[len] = '\0';
}

static void
any_addr(struct vaddr *addr, int family)
{
	uint8_t	 bytes[16];
	size_t	 i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = below(256);
	vaddr_from_bytes(addr, family, bytes);
	if (family != 0)
		addr->plen = below(addr->plen + 1U);
}

static int
any_family(void)
{
	static const int	 families[] = { 0, AF_INET, AF_INET6 };

	return (families[any64() % 3]);
}

static void
fill_internal(union any *a, const char *name)
{
	uint16_t	 i;

	if (strcmp(name, "hello") == 0) {
		a->hello.version = (uint32_t)any64();
		any_str(a->hello.build, sizeof(a->hello.build));
		a->hello.role = ROLE_VRRPE + below(3);
		a->hello.uid = (uint32_t)any64();
		a->hello.gid = (uint32_t)any64();
		a->hello.group_cnt = below(MAX_GROUPS + 1);
		for (i = 0; i < a->hello.group_cnt; i++)
			a->hello.groups[i] = (uint32_t)any64();
		any_str(a->hello.rootdir, sizeof(a->hello.rootdir));
		a->hello.nofile = (uint32_t)any64();
		a->hello.log_level = below(2);
		a->hello.nice = (int8_t)(below(40) - 20);
		a->hello.rt_priority = below(100);
		a->hello.no_swap = coin();
		a->hello.no_new_privs = coin();
	} else if (strcmp(name, "ready") == 0) {
		a->ready.version = (uint32_t)any64();
		any_str(a->ready.build, sizeof(a->ready.build));
	} else if (strcmp(name, "conf_msg") == 0) {
		a->conf_msg.severity = below(CONF_SEVERITY_MAX);
		a->conf_msg.line = (uint32_t)any64();
		a->conf_msg.col = (uint32_t)any64();
		any_str(a->conf_msg.file, sizeof(a->conf_msg.file));
		any_str(a->conf_msg.text, sizeof(a->conf_msg.text));
		any_str(a->conf_msg.source, sizeof(a->conf_msg.source));
	} else if (strcmp(name, "log_msg") == 0) {
		a->log.priority = below(LOG_DEBUG + 1);
		any_str(a->log.text, sizeof(a->log.text));
	} else if (strcmp(name, "notify_msg") == 0) {
		a->notify.object = below(NOB_MAX);
		a->notify.event = below(NEV_MAX);
		a->notify.priority = below(256);
		a->notify.part = (uint8_t)(coin() + coin());
		any_str(a->notify.name, sizeof(a->notify.name));
	} else if (strcmp(name, "track_msg") == 0) {
		a->track.status = below(TRACK_STATUS_MAX);
		a->track.exit_kind = below(EXIT_KIND_MAX);
		a->track.exit_code = (int32_t)any64();
		a->track.value = (int32_t)any64();
	}
}

static void
fill_link(struct link_info *l)
{
	size_t	 i;

	l->ifindex = (uint32_t)(any64() % ((uint64_t)INT32_MAX + 1));
	l->flags = below(LINK_F_ALL + 1);
	l->mtu = (uint32_t)any64();
	for (i = 0; i < sizeof(l->mac); i++)
		l->mac[i] = below(256);
	any_addr(&l->primary4, coin() ? AF_INET : 0);
	any_addr(&l->linklocal6, coin() ? AF_INET6 : 0);
}

static void
fill_resume(struct resume_rec *r)
{
	r->state = below(VR_STATE_MAX);
	r->priority = below(256);
	r->hold = below(VR_HOLD_MAX);
	r->master_priority = below(256);
	r->since_us = any_time();
	r->hold_until_us = coin() ? INT64_MAX : any_time();
	r->master_int_us = any_time();
	any_addr(&r->master, any_family());
	r->transitions = (uint32_t)any64();
	r->ah_seq = (uint32_t)any64();
	r->adverts_sent = any64();
	r->adverts_rcvd = any64();
}

static void
fill_vips(struct vip_result *v)
{
	v->wanted = (uint32_t)any64();
	v->installed = (uint32_t)any64();
	v->failed = (uint32_t)any64();
	v->first_errno = (int32_t)(any64() % 4096);
	v->restored = (uint32_t)any64();
	v->announcements = any64();
	v->lease_s = (uint32_t)any64();
	v->refreshes = any64();
	v->refresh_failed = (uint32_t)any64();
	v->refresh_late = (uint32_t)any64();
}

static void
fill_engine(union any *a, const char *name)
{
	uint16_t	 i;

	if (strcmp(name, "link_info") == 0)
		fill_link(&a->link);
	else if (strcmp(name, "sock_rx") == 0) {
		a->rx.slot = (uint32_t)any64();
		a->rx.family = coin() ? AF_INET : AF_INET6;
	} else if (strcmp(name, "sock_tx") == 0) {
		a->tx.slot = (uint32_t)any64();
		a->tx.family = coin() ? AF_INET : AF_INET6;
		any_addr(&a->tx.src, a->tx.family);
		any_addr(&a->tx.dst, a->tx.family);
	} else if (strcmp(name, "sock_use") == 0) {
		a->use.why = below(SOCK_WHY_MAX);
		any_addr(&a->use.src, any_family());
		a->use.rx = (uint32_t)any64();
		a->use.tx_cnt = coin() ? 1 : (uint16_t)(any64() %
		    (MAX_PEERS + 1));
		for (i = 0; i < a->use.tx_cnt; i++)
			a->use.tx[i] = (uint32_t)any64() | 1;
	} else if (strcmp(name, "resume_rec") == 0)
		fill_resume(&a->resume);
	else if (strcmp(name, "state_msg") == 0) {
		a->state.state = below(VR_STATE_MAX);
		a->state.priority = below(256);
		a->state.reason = below(VR_WHY_MAX);
		fill_resume(&a->state.resume);
	} else if (strcmp(name, "vip_result") == 0)
		fill_vips(&a->vips);
}

static void
fill_inst(struct ctl_inst *c)
{
	c->id = (uint32_t)any64();
	any_str(c->name, sizeof(c->name));
	any_str(c->ifname, sizeof(c->ifname));
	any_str(c->group, sizeof(c->group));
	c->vrid = below(256);
	c->version = below(256);
	c->family = coin() ? AF_INET : AF_INET6;
	c->state = below(SHOW_STATE_MAX);
	c->priority = below(256);
	c->base_priority = below(256);
	c->since_us = (int64_t)any64();
	c->vips = (uint16_t)any64();
	c->vips_installed = (uint16_t)any64();
	any_addr(&c->master, any_family());
	c->master_priority = below(256);
	c->hold = below(CTL_HOLD_MAX);
	c->hold_until_us = (int64_t)any64();
	c->handing_over = coin();
	any_str(c->reason, sizeof(c->reason));
}

static void
fill_detail(struct ctl_detail *d)
{
	int	 n;

	d->nopreempt = coin();
	d->owner = coin();
	d->accept = coin();
	d->auth_type = below(3);
	d->preempt_delay_us = (int64_t)any64();
	d->adver_int_us = (int64_t)any64();
	d->master_int_us = (int64_t)any64();
	d->skew_us = (int64_t)any64();
	d->down_us = (int64_t)any64();
	d->due_us = (int64_t)any64();
	d->last_advert_us = (int64_t)any64();
	d->last_sent_us = (int64_t)any64();
	any_addr(&d->src, any_family());
	d->peers = (uint16_t)any64();
	d->transitions = (uint32_t)any64();
	fill_vips(&d->vip);
	any_str(d->faults, sizeof(d->faults));
	any_str(d->hold_by, sizeof(d->hold_by));
	any_str(d->rival, sizeof(d->rival));
	d->rival_us = (int64_t)any64();
	d->skewing = coin();
	d->refused = coin();
	d->preempt_us = (int64_t)any64();
	d->hold_at_us = (int64_t)any64();
	d->late_max_us = (int64_t)any64();
	for (n = 0; n < CTL_GAPS; n++)
		d->gap_us[n] = (int64_t)any64();
}

static void
fill_group(struct ctl_group *g)
{
	any_str(g->name, sizeof(g->name));
	g->state = below(SHOW_STATE_MAX);
	g->members = (uint16_t)any64();
	g->handing_over = coin();
	g->since_us = (int64_t)any64();
	any_str(g->reason, sizeof(g->reason));
}

static void
fill_member(struct ctl_member *m)
{
	any_str(m->name, sizeof(m->name));
	any_str(m->ifname, sizeof(m->ifname));
	m->state = below(SHOW_STATE_MAX);
	m->priority = below(256);
	m->wants = coin();
	m->joined = coin();
}

static void
fill_script(struct ctl_script *s)
{
	s->kind = below(TRACK_KIND_MAX);
	s->value = (int32_t)any64();
	any_str(s->name, sizeof(s->name));
	any_str(s->user, sizeof(s->user));
	s->status = below(TRACK_STATUS_MAX);
	s->exit_kind = below(EXIT_KIND_MAX);
	s->exit_code = (int32_t)any64();
	s->running = coin();
	s->rise = (uint16_t)any64();
	s->fall = (uint16_t)any64();
	s->count = (uint16_t)any64();
	s->interval_us = (int64_t)any64();
	s->timeout_us = (int64_t)any64();
	s->last_start_us = (int64_t)any64();
	s->last_run_us = (int64_t)any64();
	s->runs = any64();
	s->failures = any64();
	s->timeouts = any64();
	s->skipped = any64();
	s->ended = any64();
	s->run_sum_us = (int64_t)any64();
	any_str(s->output, sizeof(s->output));
}

static void
fill_rows(union any *a, const char *name)
{
	if (strcmp(name, "ctl_vip") == 0) {
		any_addr(&a->vip.addr, any_family());
		any_str(a->vip.ifname, sizeof(a->vip.ifname));
		a->vip.excluded = coin();
	} else if (strcmp(name, "ctl_track") == 0) {
		a->row.kind = below(TRK_KIND_MAX);
		any_str(a->row.name, sizeof(a->row.name));
		a->row.weight = (int16_t)(any64() % 509) - 254;
		a->row.reverse = coin();
		a->row.status = below(TRACK_STATUS_MAX);
		a->row.contribution = (int16_t)(any64() % 509) - 254;
		a->row.value = (int32_t)any64();
	} else if (strcmp(name, "ctl_counter") == 0) {
		any_str(a->counter.name, sizeof(a->counter.name));
		a->counter.value = any64();
	} else if (strcmp(name, "ctl_iface") == 0) {
		any_str(a->iface.name, sizeof(a->iface.name));
		fill_link(&a->iface.link);
		a->iface.instances = (uint16_t)any64();
		a->iface.trackers = (uint16_t)any64();
	} else if (strcmp(name, "ctl_msg") == 0) {
		a->msg.severity = below(CONF_SEVERITY_MAX);
		any_str(a->msg.text, sizeof(a->msg.text));
	} else if (strcmp(name, "ctl_result") == 0) {
		a->result.code = below(CTL_ERR_MAX);
		a->result.took_us = (int64_t)any64();
		any_str(a->result.text, sizeof(a->result.text));
	} else if (strcmp(name, "ctl_switch") == 0) {
		a->sw.verb = CTL_STANDBY + below(3);
		a->sw.now = coin();
		a->sw.for_us = any_time();
		any_str(a->sw.name + 1, sizeof(a->sw.name) - 1);
		a->sw.name[0] = 'a';
	}
}

static void
fill(union any *a, const char *name)
{
	struct ctl_daemon	*d = &a->daemon;
	int			 n;

	memset(a, 0, sizeof(*a));
	if (strcmp(name, "ctl_daemon") == 0) {
		any_str(d->build, sizeof(d->build));
		any_str(d->router_id, sizeof(d->router_id));
		d->gen = (uint32_t)any64();
		d->warnings = (uint32_t)any64();
		d->now_us = (int64_t)any64();
		d->started_us = (int64_t)any64();
		d->loaded_us = (int64_t)any64();
		d->engine_restarts = (uint32_t)any64();
		d->instances = (uint32_t)any64();
		d->late_max_us = (int64_t)any64();
		for (n = 0; n < ENG_CNT_MAX; n++)
			d->cnt[n] = any64();
	} else if (strcmp(name, "ctl_inst") == 0)
		fill_inst(&a->inst);
	else if (strcmp(name, "ctl_detail") == 0)
		fill_detail(&a->detail);
	else if (strcmp(name, "ctl_group") == 0)
		fill_group(&a->group);
	else if (strcmp(name, "ctl_member") == 0)
		fill_member(&a->member);
	else if (strcmp(name, "ctl_script") == 0)
		fill_script(&a->script);
	else if (strcmp(name, "ctl_note") == 0) {
		a->note.kind = below(NOTE_KIND_MAX);
		a->note.at_us = (int64_t)any64();
		a->note.lost = (uint32_t)any64();
		any_str(a->note.name, sizeof(a->note.name));
		any_str(a->note.text, sizeof(a->note.text));
	} else if (strncmp(name, "ctl_", 4) == 0)
		fill_rows(a, name);
	else {
		fill_internal(a, name);
		fill_engine(a, name);
	}
}

static size_t
encode(const struct codec *c, const union any *a, uint8_t *buf)
{
	struct msg	 m;

	msg_init_write(&m, buf, IMSG_DATA_MAX);
	c->put(&m, a);
	if (msg_end(&m) == -1)
		fail_msg("%s does not fit", c->name);
	return (m.len);
}

static int
decode(const struct codec *c, union any *a, const uint8_t *buf, size_t len)
{
	struct msg	 m;

	memset(a, 0xee, sizeof(*a));
	msg_init_read(&m, buf, len);
	return (c->get(&m, a));
}

static void
round_trip(void **state)
{
	const struct codec	*c;
	union any		 in, out;
	uint8_t			 buf[IMSG_DATA_MAX];
	size_t			 len;
	int			 i;

	for (c = codecs(); c->name != NULL; c++)
		for (i = 0; i < ROUNDS; i++) {
			fill(&in, c->name);
			len = encode(c, &in, buf);
			assert_true(len > 0);
			if (decode(c, &out, buf, len) == -1)
				fail_msg("%s is refused", c->name);
			/* get clears what lies between the members. */
			if (memcmp(&in, &out, c->size) != 0)
				fail_msg("%s has changed", c->name);
		}
}

/* Copies in memory of just the size, for the sake of sanitizers. */
static void
lengths(void **state)
{
	const struct codec	*c;
	union any		 in, out;
	uint8_t			 buf[IMSG_DATA_MAX], *copy;
	size_t			 len, cut;
	int			 i;

	for (c = codecs(); c->name != NULL; c++)
		for (i = 0; i < 3; i++) {
			fill(&in, c->name);
			len = encode(c, &in, buf);
			for (cut = 0; cut < len; cut++) {
				assert_non_null(copy = malloc(cut + 1));
				memcpy(copy, buf, cut);
				if (decode(c, &out, copy, cut) == 0)
					fail_msg("%s cut at %zu of %zu",
					    c->name, cut, len);
				free(copy);
			}
			for (cut = 0; cut < 256; cut++) {
				buf[len] = (uint8_t)cut;
				assert_int_equal(decode(c, &out, buf,
				    len + 1), -1);
			}
		}
}

static void
no_room(void **state)
{
	const struct codec	*c;
	union any		 in;
	struct msg		 m;
	uint8_t			 buf[IMSG_DATA_MAX];
	size_t			 len, room;

	for (c = codecs(); c->name != NULL; c++) {
		fill(&in, c->name);
		len = encode(c, &in, buf);
		for (room = 0; room < len; room++) {
			buf[room] = 0xa5;
			msg_init_write(&m, buf, room);
			c->put(&m, &in);
			assert_int_equal(msg_end(&m), -1);
			assert_int_equal(buf[room], 0xa5);
		}
	}
}

/* The largest of each fits one message. */
static void
largest(void **state)
{
	struct sock_use	 use;
	struct hello	 hello;
	struct msg	 m;
	uint8_t		 buf[IMSG_DATA_MAX];
	size_t		 i;

	memset(&use, 0, sizeof(use));
	any_addr(&use.src, AF_INET6);
	use.tx_cnt = MAX_PEERS;
	for (i = 0; i < MAX_PEERS; i++)
		use.tx[i] = 1;
	msg_init_write(&m, buf, sizeof(buf));
	sock_use_put(&m, &use);
	assert_int_equal(msg_end(&m), 0);
	memset(&hello, 0, sizeof(hello));
	hello.role = ROLE_CHECKER;
	hello.group_cnt = MAX_GROUPS;
	msg_init_write(&m, buf, sizeof(buf));
	hello_put(&m, &hello);
	assert_int_equal(msg_end(&m), 0);
	i = m.len;
	msg_init_read(&m, buf, i);
	assert_int_equal(hello_get(&m, &hello), 0);

	/* A count above the limit, with as many numbers as it says. */
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, SOCK_OK);
	msg_put_addr(&m, &use.src);
	msg_put_u32(&m, 1);
	msg_put_u16(&m, MAX_PEERS + 1);
	for (i = 0; i <= MAX_PEERS; i++)
		msg_put_u32(&m, 1);
	i = m.len;
	msg_init_read(&m, buf, i);
	assert_int_equal(sock_use_get(&m, &use), -1);
}

/* Sets one member, then undoes it: that it was this one is proved. */
#define REFUSED(kind, member, good, bad) do {				\
	union any	 a_, out_;					\
	uint8_t		 buf_[IMSG_DATA_MAX];				\
									\
	fill(&a_, kind);						\
	member = (bad);							\
	if (decode(codec_find(kind), &out_, buf_,			\
	    encode(codec_find(kind), &a_, buf_)) != -1)			\
		fail_msg("%s: %s is taken", kind, #member " = " #bad);	\
	member = (good);						\
	if (decode(codec_find(kind), &out_, buf_,			\
	    encode(codec_find(kind), &a_, buf_)) != 0)			\
		fail_msg("%s: %s is refused", kind, #member " = " #good); \
} while (0)

static void
ranges_internal(void **state)
{
	REFUSED("hello", a_.hello.role, ROLE_VRRPE, 0);
	REFUSED("hello", a_.hello.role, ROLE_READCONF, ROLE_PARENT);
	REFUSED("hello", a_.hello.role, ROLE_CHECKER, ROLE_CTL);
	REFUSED("hello", a_.hello.nice, 19, 20);
	REFUSED("hello", a_.hello.nice, -20, -21);
	REFUSED("hello", a_.hello.rt_priority, 99, 100);
	REFUSED("hello", a_.hello.log_level, 1, 2);
	REFUSED("conf_msg", a_.conf_msg.severity, CONF_ERROR,
	    CONF_SEVERITY_MAX);
	REFUSED("log_msg", a_.log.priority, LOG_DEBUG, LOG_DEBUG + 1);
	REFUSED("notify_msg", a_.notify.event, NEV_MAX - 1, NEV_MAX);
	REFUSED("notify_msg", a_.notify.object, NOB_GROUP, NOB_MAX);
	REFUSED("track_msg", a_.track.status, TRACK_BAD, TRACK_STATUS_MAX);
	REFUSED("track_msg", a_.track.exit_kind, EXIT_EXEC, EXIT_KIND_MAX);
	REFUSED("link_info", a_.link.ifindex, INT32_MAX, 1U << 31);
	REFUSED("link_info", a_.link.flags, LINK_F_ALL, 0x100);
	REFUSED("link_info", a_.link.primary4.family, 0, AF_INET6);
	REFUSED("link_info", a_.link.linklocal6.family, 0, AF_INET);
	REFUSED("sock_use", a_.use.why, SOCK_FAILED, SOCK_WHY_MAX);
	REFUSED("state_msg", a_.state.state, VR_MASTER, VR_STATE_MAX);
	REFUSED("state_msg", a_.state.reason, VR_WHY_GROUP, VR_WHY_MAX);
	REFUSED("state_msg", a_.state.resume.state, VR_MASTER, VR_STATE_MAX);
	REFUSED("resume_rec", a_.resume.hold, VR_HOLD_TAKEOVER, VR_HOLD_MAX);
	REFUSED("resume_rec", a_.resume.since_us, 0, -1);
	REFUSED("resume_rec", a_.resume.hold_until_us, INT64_MAX, INT64_MIN);
	REFUSED("resume_rec", a_.resume.master_int_us, 0, -1);
	REFUSED("vip_result", a_.vips.first_errno, 4095, 4096);
	REFUSED("vip_result", a_.vips.first_errno, 0, -1);
}

static void
ranges_ctl(void **state)
{
	REFUSED("ctl_inst", a_.inst.state, SHOW_STOP, SHOW_STATE_MAX);
	REFUSED("ctl_inst", a_.inst.hold, CTL_HOLD_TAKEOVER, CTL_HOLD_MAX);
	REFUSED("ctl_detail", a_.detail.auth_type, 2, 3);
	REFUSED("ctl_group", a_.group.state, SHOW_STOP, SHOW_STATE_MAX);
	REFUSED("ctl_member", a_.member.state, SHOW_STOP, SHOW_STATE_MAX);
	REFUSED("ctl_track", a_.row.kind, TRK_KIND_MAX - 1, TRK_KIND_MAX);
	REFUSED("ctl_track", a_.row.weight, 254, 255);
	REFUSED("ctl_track", a_.row.weight, -254, -255);
	REFUSED("ctl_track", a_.row.contribution, -254, -255);
	REFUSED("ctl_track", a_.row.status, TRACK_BAD, TRACK_STATUS_MAX);
	REFUSED("ctl_script", a_.script.kind, TRACK_KIND_MAX - 1,
	    TRACK_KIND_MAX);
	REFUSED("ctl_script", a_.script.status, TRACK_BAD, TRACK_STATUS_MAX);
	REFUSED("ctl_script", a_.script.exit_kind, EXIT_EXEC, EXIT_KIND_MAX);
	REFUSED("ctl_msg", a_.msg.severity, CONF_ERROR, CONF_SEVERITY_MAX);
	REFUSED("ctl_result", a_.result.code, CTL_ERR_BUSY, CTL_ERR_MAX);
	REFUSED("ctl_switch", a_.sw.verb, CTL_RESUME, CTL_VERB_MAX);
	REFUSED("ctl_switch", a_.sw.verb, CTL_STANDBY, 0);
	REFUSED("ctl_switch", a_.sw.for_us, 0, -1);
	REFUSED("ctl_switch", a_.sw.name[0], 'x', '\0');
}

/* A source of another family than the destination. */
static void
mixed_families(void **state)
{
	union any	 a, out;
	uint8_t		 buf[IMSG_DATA_MAX];

	fill(&a, "sock_tx");
	any_addr(&a.tx.src, a.tx.family == AF_INET ? AF_INET6 : AF_INET);
	assert_int_equal(decode(codec_find("sock_tx"), &out, buf,
	    encode(codec_find("sock_tx"), &a, buf)), -1);
	fill(&a, "sock_tx");
	any_addr(&a.tx.dst, 0);
	assert_int_equal(decode(codec_find("sock_tx"), &out, buf,
	    encode(codec_find("sock_tx"), &a, buf)), -1);
	fill(&a, "sock_use");
	a.use.tx_cnt = 1;
	a.use.tx[0] = 0;
	assert_int_equal(decode(codec_find("sock_use"), &out, buf,
	    encode(codec_find("sock_use"), &a, buf)), -1);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(lengths),
		cmocka_unit_test(no_room),
		cmocka_unit_test(largest),
		cmocka_unit_test(ranges_internal),
		cmocka_unit_test(ranges_ctl),
		cmocka_unit_test(mixed_families)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
