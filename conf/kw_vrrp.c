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
 * The words of vrrp_instance and of its authentication block.
 * Runs in: readconf.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

#define C(m)		KW_OFF(struct conf_inst, m), .inner = true
#define SEC_MAX		86400

static void	 set_state(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_interface(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_old_checksum(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_source(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_mcast_dst(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_notify(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_debug(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_native_ipv6(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_auth_type(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 set_auth_pass(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 read_auth(struct load *, const struct kw *,
		    const struct stmt *, void *);
static void	 read_entries(struct load *, const struct kw *,
		    const struct stmt *, void *);

const struct kw kw_vrrp[] = {
	{ .name = "state", .arg = KA_CUSTOM, .set = set_state },
	{ .name = "interface", .arg = KA_CUSTOM, .id = KI_INTERFACE,
	    .set = set_interface },
	{ .name = "virtual_router_id", .arg = KA_NUMBER, .id = KI_VRID,
	    C(vrid), .min = 1, .max = 255, .flags = KW_F_EXACT },
	{ .name = "priority", .arg = KA_NUMBER, .id = KI_PRIORITY,
	    C(priority), .min = 1, .max = 255, .dfl = 100,
	    .flags = KW_F_BAD_DFL | KW_F_EXACT },
	{ .name = "advert_int", .arg = KA_TIME, .id = KI_ADVERT_INT,
	    C(adver_int_us), .min = 10 * US_PER_MS, .max = 255 * US_PER_SEC,
	    .flags = KW_F_KEEPS },
	{ .name = "version", .arg = KA_NUMBER, .id = KI_VERSION, C(version),
	    .min = 2, .max = 3 },
	{ .name = "virtual_ipaddress", .arg = KA_BLOCK, .id = KI_VIPS,
	    .set = read_entries },
	{ .name = "virtual_ipaddress_excluded", .arg = KA_BLOCK,
	    .set = read_entries },
	{ .name = "virtual_routes", .arg = KA_BLOCK,
	    .set = read_route_entries },
	{ .name = "virtual_routes_excluded", .arg = KA_BLOCK,
	    .set = read_route_entries },
	{ .name = "virtual_rules", .arg = KA_BLOCK,
	    .set = read_route_entries },
	{ .name = "no_virtual_ipaddress", .arg = KA_NONE, .id = KI_NO_VIP,
	    KW_OFF(struct inst_def, no_vip) },
	{ .name = "authentication", .arg = KA_BLOCK, .id = KI_AUTH,
	    .set = read_auth },
	{ .name = "nopreempt", .arg = KA_NONE, .id = KI_NOPREEMPT,
	    C(nopreempt) },
	{ .name = "preempt", .arg = KA_NONE, C(nopreempt),
	    .flags = KW_F_INVERT },
	{ .name = "preempt_delay", .arg = KA_TIME, .id = KI_PREEMPT_DELAY,
	    C(preempt_delay_us), .max = 1000 * US_PER_SEC,
	    .flags = KW_F_BAD_DFL },
	{ .name = "mcast_src_ip", .arg = KA_CUSTOM, .id = KI_SRC, C(src),
	    .set = set_source },
	{ .name = "unicast_src_ip", .arg = KA_CUSTOM, .id = KI_UNICAST,
	    C(src), .set = set_source },
	{ .name = "unicast_peer", .arg = KA_BLOCK, .id = KI_UNICAST_PEER,
	    .set = read_entries },
	{ .name = "unicast_ttl", .arg = KA_NUMBER, .id = KI_UNICAST_TTL,
	    C(unicast_ttl), .max = 255 },
	{ .name = "kernel_rx_buf_size", .arg = KA_NUMBER, C(rx_buf),
	    .max = INT32_MAX },
	{ .name = "old_unicast_checksum", .arg = KA_OPTIONAL,
	    .id = KI_CKSUM_OLD, .set = set_old_checksum },
	{ .name = "check_unicast_src", .arg = KA_NONE, .id = KI_CHECK_SRC,
	    C(check_unicast_src) },
	{ .name = "unicast_fault_no_peer", .arg = KA_NONE, .id = KI_NO_PEER,
	    KW_OFF(struct inst_def, fault_no_peer) },
	{ .name = "mcast_dst_ip", .arg = KA_CUSTOM, .id = KI_MCAST_DST,
	    C(mcast), .set = set_mcast_dst },
	{ .name = "track_src_ip", .arg = KA_NONE, .id = KI_TRACK_SRC,
	    C(track_src_ip) },
	{ .name = "v3_checksum_as_v2", .arg = KA_BOOL, .id = KI_CKSUM_V2,
	    C(v3_checksum_as_v2) },
	{ .name = "track_interface", .arg = KA_BLOCK, .set = read_entries },
	{ .name = "track_script", .arg = KA_BLOCK, .set = read_entries },
	{ .name = "track_file", .arg = KA_BLOCK, .set = read_entries },
	{ .name = "track_process", .arg = KA_BLOCK, .set = read_entries },
	{ .name = "linkbeat_use_polling", .arg = KA_NONE, .id = KI_LINKBEAT,
	    KW_OFF(struct inst_def, linkbeat) },
	{ .name = "dont_track_primary", .arg = KA_NONE, C(track_primary),
	    .flags = KW_F_INVERT },
	{ .name = "accept", .arg = KA_NONE, .id = KI_ACCEPT, C(accept) },
	{ .name = "no_accept", .arg = KA_NONE, .id = KI_ACCEPT, C(accept),
	    .flags = KW_F_INVERT },
	{ .name = "strict_mode", .arg = KA_BOOL, .id = KI_STRICT, C(strict) },
	{ .name = "skip_check_adv_addr", .arg = KA_BOOL, .id = KI_SKIP_CHECK,
	    C(skip_check_adv_addr) },
	{ .name = "garp_master_delay", .arg = KA_NUMBER, .id = KI_GARP_DELAY,
	    C(garp_delay_s), .max = SEC_MAX },
	{ .name = "garp_master_repeat", .arg = KA_NUMBER,
	    .id = KI_GARP_REPEAT, C(garp_repeat), .min = 1, .max = 1000,
	    .flags = KW_F_CLAMP_LO },
	{ .name = "garp_master_refresh", .arg = KA_NUMBER,
	    .id = KI_GARP_REFRESH, C(garp_refresh_s), .max = SEC_MAX },
	{ .name = "garp_master_refresh_repeat", .arg = KA_NUMBER,
	    .id = KI_GARP_REFRESH_REPEAT, C(garp_refresh_repeat), .min = 1,
	    .max = 1000, .flags = KW_F_CLAMP_LO },
	{ .name = "garp_lower_prio_delay", .arg = KA_NUMBER,
	    .id = KI_GARP_LOWER_DELAY, C(garp_lower_delay_s),
	    .max = SEC_MAX },
	{ .name = "garp_lower_prio_repeat", .arg = KA_NUMBER,
	    .id = KI_GARP_LOWER_REPEAT, C(garp_lower_repeat), .max = 1000 },
	{ .name = "garp_extra_if", .arg = KA_CUSTOM, .id = KI_GARP_EXTRA,
	    C(garp_extra_s), .set = set_garp_extra },
	{ .name = "vmac_garp_intvl", .arg = KA_CUSTOM, .id = KI_GARP_EXTRA,
	    C(garp_extra_s), .set = set_garp_extra },
	{ .name = "down_timer_adverts", .arg = KA_NUMBER,
	    .id = KI_DOWN_ADVERTS, C(down_timer_adverts), .min = 1,
	    .max = 100 },
	{ .name = "lower_prio_no_advert", .arg = KA_BOOL,
	    .id = KI_LOWER_NO_ADVERT, C(lower_prio_no_advert) },
	{ .name = "higher_prio_send_advert", .arg = KA_BOOL,
	    .id = KI_HIGHER_SEND, C(higher_prio_send_advert) },
	{ .name = "owner_ignore_adverts", .arg = KA_BOOL,
	    .id = KI_OWNER_IGNORE, C(owner_ignore_adverts) },
	{ .name = "notify_master", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_MASTER },
	{ .name = "notify_backup", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_BACKUP },
	{ .name = "notify_fault", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_FAULT },
	{ .name = "notify_stop", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = NEV_STOP },
	{ .name = "notify_master_rx_lower_pri", .arg = KA_CUSTOM,
	    .set = set_notify, .dfl = NEV_MASTER_RX_LOWER },
	{ .name = "notify_deleted", .arg = KA_OPTIONAL, .set = set_notify,
	    .dfl = NEV_DELETED },
	{ .name = "fault_on_vip_failure", .arg = KA_BOOL,
	    .id = KI_FAULT_ON_VIP, C(fault_on_vip) },
	{ .name = "notify_priority_changes", .arg = KA_BOOL,
	    .id = KI_PRIO_NOTIFY, C(prio_notify) },
	{ .name = "smtp_alert", .arg = KA_BOOL, .id = KI_SMTP_ALERT,
	    C(smtp_alert) },
	{ .name = "notify", .arg = KA_CUSTOM, .set = set_notify,
	    .dfl = CONF_NOTIFY_ANY },
	{ .name = "debug", .arg = KA_CUSTOM, .set = set_debug },
	{ .name = "native_ipv6", .arg = KA_OPTIONAL, .id = KI_NATIVE_IPV6,
	    .set = set_native_ipv6 },
	{ .name = "use_vmac", .arg = KA_OPTIONAL, .dfl = CONF_MAKE_MACVLAN,
	    .set = set_made },
	{ .name = "use_ipvlan", .arg = KA_OPTIONAL, .dfl = CONF_MAKE_IPVLAN,
	    .set = set_made },
	{ .name = "use_vmac_addr", .arg = KA_NONE,
	    KW_OFF(struct inst_def, vmac_addr) },
	{ .name = "vmac_xmit_base", .arg = KA_NONE, .id = KI_XMIT_BASE,
	    C(xmit_base) },
	{ .name = "promote_secondaries", .arg = KA_NONE,
	    KW_OFF(struct inst_def, promote) },
	{ .name = "vip_lease", .arg = KA_CUSTOM, .id = KI_LEASE,
	    C(vip_lease), .set = set_lease }
};
const size_t kw_vrrp_cnt = sizeof(kw_vrrp) / sizeof(kw_vrrp[0]);

const struct kw kw_auth[] = {
	{ .name = "auth_type", .arg = KA_CUSTOM, .id = KI_AUTH_TYPE,
	    .set = set_auth_type },
	{ .name = "auth_pass", .arg = KA_CUSTOM, .id = KI_AUTH_PASS,
	    .set = set_auth_pass }
};
const size_t kw_auth_cnt = sizeof(kw_auth) / sizeof(kw_auth[0]);

void
read_instance(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct conf_inst	*c;
	struct inst_def		*d;
	const char		*name;

	if ((name = block_name(ld, kw, st)) == NULL || !block_begin_once(ld, kw,
	    st, BLK_INSTANCE, conf_ids_find(ld->names, CONF_KIND_INST,
	    name) != 0))
		return;
	if ((c = conf_inst_new()) == NULL)
		err(1, "configuration");
	d = mem_get(ld, sizeof(*d));
	TAILQ_INIT(&d->vips);
	TAILQ_INIT(&d->tracks);
	TAILQ_INIT(&d->peers);
	d->c = c;
	d->at = word_at(st, 1);
	d->order = ld->order++;
	c->line = st->src->line;
	c->family = 0;
	name_copy(ld, d->at, "the name", c->name, sizeof(c->name), name);
	(void)conf_ids_add(ld->names, CONF_KIND_INST, name);
	TAILQ_INSERT_TAIL(&ld->conf->insts, c, entry);
	TAILQ_INSERT_TAIL(&ld->insts, d, entry);
	ld->conf->inst_cnt++;
	block_read(ld, BLK_INSTANCE, d, d->set);
}

bool
inst_is_empty(const struct inst_def *d)
{
	return (d->set[KI_INTERFACE].src == NULL &&
	    d->set[KI_VRID].src == NULL && TAILQ_EMPTY(&d->vips) &&
	    !d->state_master && !d->state_backup);
}

static void
read_auth(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;

	stmt_extra(ld, st, 1);
	if (block_begin(ld, st, BLK_AUTH))
		block_read(ld, BLK_AUTH, d, d->set);
}

/* Blocks whose lines are entries. */
static void
read_entries(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	static const struct {
		const char	*name;
		enum block_id	 id;
		entry_fn	 fn;
	} blocks[] = {
		{ "virtual_ipaddress", BLK_ADDRESS, addr_entry },
		{ "virtual_ipaddress_excluded", BLK_ADDRESS,
		    addr_excluded_entry },
		{ "unicast_peer", BLK_PEER, peer_entry },
		{ "track_interface", BLK_TRACK, track_iface_entry },
		{ "track_script", BLK_TRACK, track_script_entry },
		{ "track_file", BLK_TRACK, track_file_entry },
		{ "track_process", BLK_TRACK, track_process_entry }
	};
	size_t	 i;

	stmt_extra(ld, st, 1);
	for (i = 0; strcmp(blocks[i].name, kw->name) != 0; i++)
		;
	if (block_begin(ld, st, blocks[i].id))
		block_entries(ld, st, blocks[i].fn, obj);
}

static void
set_state(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;
	const char	*word = st->word[1].s;
	bool		 master;

	stmt_extra(ld, st, 2);
	master = strcmp(word, "MASTER") == 0;
	if (!master && strcmp(word, "BACKUP") != 0)
		diag_warn(ld, word_at(st, 1), "state is MASTER or BACKUP, not "
		    "\"%.40s\": BACKUP is used", word);
	if (d->state_master && !master)
		diag_warn(ld, word_at(st, 1), "state was MASTER before: it "
		    "stays so");
	else if (master)
		d->state_master = true;
	else
		d->state_backup = true;
	if (d->set[KI_STATE].src == NULL || master)
		d->set[KI_STATE] = word_at(st, 1);
}

static void
set_interface(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;

	stmt_extra(ld, st, 2);
	if (strcmp(st->word[1].s, "lo") == 0) {
		diag_error(ld, word_at(st, 1), "the loopback interface carries "
		    "no VRRP");
		return;
	}
	ifname_copy(ld, word_at(st, 1), d->c->ifname, st->word[1].s);
}

/* "never" was the default then, and is now. */
static void
set_old_checksum(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;
	bool		 never;

	never = st->cnt > 1 && strcmp(st->word[1].s, "never") == 0;
	stmt_extra(ld, st, never ? 2 : 1);
	d->c->old_unicast_checksum = !never;
}

/* mcast_src_ip and unicast_src_ip. */
static void
set_source(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;
	struct vaddr	 a;

	stmt_extra(ld, st, 2);
	if (host_parse(ld, word_at(st, 1), st->word[1].s, &a) == -1) {
		diag_warn(ld, word_at(st, 1), "\"%.60s\" is no address to "
		    "send from: that of the interface is used", st->word[1].s);
		return;
	}
	if (!inst_family(d, a.family)) {
		diag_error(ld, word_at(st, 1), "%s is of another family than "
		    "the addresses before it", st->word[1].s);
		return;
	}
	d->c->src = a;
	d->src_at = word_at(st, 1);
}

static void
set_mcast_dst(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;
	struct vaddr	 a;

	stmt_extra(ld, st, 2);
	if (vaddr_parse(&a, st->word[1].s) == -1 ||
	    a.plen != vaddr_full_plen(&a) || !vaddr_is_multicast(&a) ||
	    (a.family == AF_INET6 && (a.bytes[1] & 0xf) != 2)) {
		diag_warn(ld, word_at(st, 1), "mcast_dst_ip needs a multicast "
		    "address (IPv6: link-local): ignored");
		return;
	}
	if (!inst_family(d, a.family)) {
		diag_error(ld, word_at(st, 1), "%s is of another family than "
		    "the addresses before it", st->word[1].s);
		return;
	}
	d->c->mcast = a;
}

static void
set_notify(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;

	if (kw->dfl == NEV_DELETED)
		d->c->notify_deleted = true;
	if (st->cnt > 1)
		notify_set(ld, kw, st, d->c->notify, d->notify_at);
}

void
notify_set(struct load *ld, const struct kw *kw, const struct stmt *st,
    struct conf_notify *all, struct where *at)
{
	struct conf_notify	*n = &all[kw->dfl];

	if (at[kw->dfl].src != NULL) {
		diag_warn(ld, word_at(st, 1), "%s stands a second time: the "
		    "first, in line %u, counts", kw->name, n->line);
		return;
	}
	at[kw->dfl] = word_at(st, 1);
	n->line = st->src->line;
	set_command(ld, st, &n->cmd, &n->user, false);
}

/* keepalived reads a level and does nothing with it. */
static void
set_debug(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	int64_t	 v;

	stmt_extra(ld, st, 2);
	if (number_get(ld, word_at(st, 1), kw->name, st->word[1].s, &v) ||
	    v < 0 || v > 4)
		diag_warn(ld, word_at(st, 1), "debug is 0 to 4: ignored");
}

static void
set_native_ipv6(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;

	stmt_extra(ld, st, 1);
	if (!inst_family(d, AF_INET6))
		diag_warn(ld, word_at(st, 0), "native_ipv6 after IPv4 "
		    "addresses: ignored");
	else
		d->native_ipv6 = true;
}

static void
set_auth_type(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;

	stmt_extra(ld, st, 2);
	if (strcmp(st->word[1].s, "PASS") == 0)
		d->c->auth_type = AUTH_PASS;
	else if (strcmp(st->word[1].s, "AH") == 0)
		d->c->auth_type = AUTH_AH;
	else
		diag_warn(ld, word_at(st, 1), "auth_type is neither PASS nor "
		    "AH: no authentication");
}

static void
set_auth_pass(struct load *ld, const struct kw *kw, const struct stmt *st,
    void *obj)
{
	struct inst_def	*d = obj;
	const char	*word = st->word[1].s;
	size_t		 len = strlen(word);

	stmt_extra(ld, st, 2);
	if (len > AUTH_LEN) {
		diag_warn(ld, word_at(st, 1), "auth_pass has %zu bytes: only "
		    "the first %d are used", len, AUTH_LEN);
		len = AUTH_LEN;
	}
	memset(d->c->auth_pass, 0, sizeof(d->c->auth_pass));
	memcpy(d->c->auth_pass, word, len);
}

bool
inst_family(struct inst_def *d, uint8_t family)
{
	if (d->c->family == 0)
		d->c->family = family;
	return (d->c->family == family);
}
