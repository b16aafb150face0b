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
 * Stands in for everything around parent/engine.c and parent/inst.c.
 */

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../../common/mono.h"
#include "../../netlinkd/netlinkd.h"
#include "../../parent/announce.h"
#include "../../parent/sock.h"
#include "parent_fake.h"

static void	 sink(void *, int, const char *);
static uint32_t	 known(uint32_t);

static struct fake	*fake;

struct fake *
fake_new(void)
{
	struct fake	*f;
	uint32_t	 i;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		abort();
	fake = f;
	f->now_us = 1000 * US_PER_SEC;
	f->link.flags = LINK_F_EXISTS | LINK_F_UP | LINK_F_RUNNING;
	f->link.ifindex = 3;
	f->conf.gen = FAKE_GEN;
	f->conf.inst_cnt = FAKE_INSTS;
	TAILQ_INIT(&f->conf.insts);
	TAILQ_INIT(&f->conf.ifaces);
	TAILQ_INIT(&f->conf.scripts);
	TAILQ_INIT(&f->conf.files);
	TAILQ_INIT(&f->conf.processes);
	f->iface.id = 1;
	TAILQ_INSERT_TAIL(&f->conf.ifaces, &f->iface, entry);
	for (i = 0; i < FAKE_INSTS; i++) {
		f->insts[i].id = i + 1;
		f->insts[i].slot = 1;
		f->insts[i].adver_int_us = US_PER_SEC;
		f->insts[i].track_primary = true;
		(void)strlcpy(f->insts[i].name, i == 0 ? "A" : "B", NAME_LEN);
		TAILQ_INSERT_TAIL(&f->conf.insts, &f->insts[i], entry);
		f->diffs[i].kind = DIFF_ADDED;
		f->diffs[i].new = &f->insts[i];
	}
	f->diff.insts = f->diffs;
	f->diff.inst_cnt = FAKE_INSTS;
	RB_INIT(&f->p.insts);
	hist_init(&f->p.history);
	TAILQ_INIT(&f->p.checkers);
	f->p.conf = &f->conf;
	f->p.engine = &f->engine;
	f->p.state = PARENT_RUNNING;
	/* Only ever handed back to the functions below. */
	f->p.nl = (struct netlinkd *)f;
	f->engine.p = &f->p;
	f->engine.role = ROLE_VRRPE;
	f->engine.phase = CHILD_RUNNING;
	f->engine.gen = FAKE_GEN;
	f->engine.synced = true;
	(void)strlcpy(f->engine.name, "vrrpe", sizeof(f->engine.name));
	log_init("test", sink, NULL);
	inst_conf(&f->p, &f->conf, &f->diff);
	return (f);
}

void
fake_free(struct fake *f)
{
	inst_free_all(&f->p);
	hist_free(&f->p.history);
	free(f);
	fake = NULL;
}

void
fake_sockets(struct fake *f, uint32_t id, enum sock_why why)
{
	struct sock_use	 use;

	memset(&use, 0, sizeof(use));
	use.why = (uint8_t)why;
	use.rx = why == SOCK_OK ? 1 : 0;
	use.tx_cnt = why == SOCK_OK ? 1 : 0;
	use.tx[0] = 2;
	engine_sock_ops.use(&f->p, id, &use);
}

enum imsg_verdict
fake_message(struct fake *f, uint16_t type, uint32_t id, uint32_t gen,
    uint32_t seq, int fd, const void *data, size_t len)
{
	static struct imsg	 im;
	enum imsg_verdict	 verdict;
	char			 why[128];

	memset(&im, 0, sizeof(im));
	im.type = type;
	im.id = id;
	im.gen = gen;
	im.seq = seq;
	im.fd = fd;
	im.len = len;
	if (len > 0)
		memcpy(im.data, data, len);
	verdict = imsg_dispatch(engine_ops.rules, engine_ops.from,
	    engine_ops.phase(&f->engine), engine_ops.gen(&f->engine),
	    &f->engine, &im, why, sizeof(why));
	imsg_done(&im);
	return (verdict);
}

enum imsg_verdict
fake_state(struct fake *f, uint32_t id, uint32_t gen, uint8_t state,
    uint8_t reason)
{
	struct state_msg	 sm;
	struct msg		 m;
	uint8_t			 buf[256];

	memset(&sm, 0, sizeof(sm));
	sm.state = state;
	sm.priority = 100;
	sm.reason = reason;
	sm.resume.state = state;
	sm.resume.priority = 100;
	msg_init_write(&m, buf, sizeof(buf));
	state_put(&m, &sm);
	return (fake_message(f, IMSG_STATE, id, gen, 0, -1, buf, m.len));
}

static void
sink(void *arg, int priority, const char *text)
{
	fake->lines++;
}

static uint32_t
known(uint32_t id)
{
	if (id >= 1 && id <= FAKE_INSTS)
		return (id);
	fake->outside++;
	return (0);
}

int64_t
mono_us(void)
{
	return (fake->now_us);
}

int64_t
mono_cpu_us(pid_t pid)
{
	return (0);
}

int64_t
mono_boot_us(void)
{
	return (fake->now_us);
}

int64_t
wall_us(void)
{
	return (fake->now_us);
}

void
netlinkd_want(struct netlinkd *n, uint32_t id)
{
	fake->wanted[known(id)] = true;
	fake->wants++;
}

int64_t
netlinkd_adopted(const struct netlinkd *n, uint32_t id)
{
	return (0);
}

void
netlinkd_unwant(struct netlinkd *n, uint32_t id, int64_t linger_us)
{
	fake->wanted[known(id)] = false;
	fake->linger_us[known(id)] = linger_us;
	fake->unwants++;
}

void
netlinkd_keep_leases(struct netlinkd *n, bool alive)
{
	fake->leases = alive;
}

bool
netlinkd_link(const struct netlinkd *n, uint32_t slot, struct link_info *li)
{
	*li = fake->link;
	return (!fake->no_link);
}

void
ann_installed(struct ann *a, uint32_t id, const struct conf_vip *const *vips,
    size_t cnt)
{
	(void)known(id);
	fake->installed++;
}

void
ann_again(struct ann *a, uint32_t id, enum announce_cause cause)
{
	(void)known(id);
	fake->again++;
}

void
ann_stop(struct ann *a, uint32_t id)
{
	(void)known(id);
	fake->stops++;
}

uint64_t
ann_count(const struct ann *a, uint32_t id)
{
	return (0);
}

uint64_t
ann_pending(struct ann *a)
{
	return (0);
}

uint64_t
netlinkd_overruns(const struct netlinkd *nd)
{
	return (0);
}

void
sock_links(struct socks *s)
{
}

void
sock_resend_all(struct socks *s)
{
}

void
watch_link(struct parent *p, uint32_t slot)
{
}

void
watch_resend_all(struct parent *p)
{
}

void
sock_retry(struct socks *s, int64_t now_us)
{
}

void
sock_link(struct socks *s, uint32_t slot)
{
}

int
peer_send(struct peer *peer, uint16_t type, uint32_t id, uint32_t gen,
    uint32_t seq, int fd, const struct msg *m)
{
	fake->sent++;
	if (fd != -1)
		(void)close(fd);
	return (0);
}

void
reload_begin(struct parent *p, uint32_t conn)
{
	fake->reloads++;
}

void
reload_try(struct parent *p, uint32_t conn)
{
	fake->reloads++;
}

void
reload_wait(struct parent *p, struct reload_conns *conns, uint32_t conn)
{
}

void
netlinkd_lease_counts(const struct netlinkd *nd, uint32_t id,
    struct vip_result *sum)
{
}

void
conf_free(struct conf *conf)
{
}

void
stage_yielded(struct parent *p)
{
}

void
stage_begin(struct parent *p, struct conf *conf)
{
	fake->reloads++;
}

void
reload_answer(struct parent *p, uint32_t conn, enum ctl_code code,
    const char *text)
{
	fake->busy++;
}

void
parent_status(struct parent *p)
{
}

void
parent_loglevel(struct parent *p, uint8_t level)
{
	fake->level = level;
}

int
stage_ack(void *arg, struct imsg *im)
{
	return (0);
}

int
stage_nak(void *arg, struct imsg *im)
{
	return (0);
}

int
proc_ready(void *arg, struct imsg *im)
{
	return (0);
}

int
proc_log(void *arg, struct imsg *im)
{
	return (0);
}

uint32_t
proc_phase(void *arg)
{
	struct child	*c = arg;

	return (c->phase);
}

uint32_t
proc_gen(void *arg)
{
	struct child	*c = arg;

	return (c->gen);
}

void
proc_gone(void *arg, struct peer *peer, const char *text)
{
}

bool
proc_is_up(const struct child *c)
{
	return (c->pid != 0);
}

void
proc_kill(struct child *c, int sig)
{
	fake->killed = sig;
}

struct timeval *
proc_tv(struct timeval *tv, int64_t us)
{
	tv->tv_sec = (time_t)(us / US_PER_SEC);
	tv->tv_usec = (suseconds_t)(us % US_PER_SEC);
	return (tv);
}
