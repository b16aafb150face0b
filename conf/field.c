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
 * The tables of fields and what is done with them.
 * Runs in: readconf, parent, vrrpe, checker.
 */

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "field.h"

#define F(s, m)		#m, offsetof(struct conf_##s, m),		\
			    sizeof(((struct conf_##s *)NULL)->m)
#define PROTO		DIFF_F_PROTOCOL
#define OTHER		FIELD_OTHER
#define END		{ NULL, 0, 0, FIELD_UINT, 0, 0, 0 }
#define BY(s, n)	{ F(s, notify[n].checker), FIELD_UINT, 0, 0, ID_MAX }
#define ALL_BY(s)	BY(s, 0), BY(s, 1), BY(s, 2), BY(s, 3), BY(s, 4), \
			BY(s, 5), BY(s, CONF_NOTIFY_ANY)
#define ID_MAX		UINT32_MAX
#define YEAR_US		(366LL * 86400 * US_PER_SEC)
#define VIP_F_ALL	0x3ff

union integer {
	uint8_t		 u8;
	uint16_t	 u16;
	uint32_t	 u32;
	int8_t		 s8;
	int16_t		 s16;
	int32_t		 s32;
	int64_t		 s64;
};

static void	 value_put(const struct field *, struct msg *, const void *);
static int	 value_get(const struct field *, struct msg *, void *);
static int64_t	 int_load(const struct field *, const void *);
static void	 int_store(const struct field *, void *, int64_t);
static int	 argv_get(const struct field *, struct msg *,
		    struct conf_argv *);
static int	 value_cmp(const struct field *, const void *, const void *);
static int	 argv_cmp(const struct conf_argv *, const struct conf_argv *);

const struct field	field_global[] = {
	{ F(global, router_id), FIELD_STR, OTHER, 0, 0 },
	{ F(global, version), FIELD_UINT, OTHER, 2, 3 },
	{ F(global, strict), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, script_security), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, script_no_new_privs), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, log_unknown_vrids), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, debug), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, fifo_on_reload), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, mail), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, no_email_faults), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, script_user.user), FIELD_STR, OTHER, 0, 0 },
	{ F(global, script_user.group), FIELD_STR, OTHER, 0, 0 },
	{ F(global, mcast4), FIELD_ADDR, OTHER, 1, 0 },
	{ F(global, mcast6), FIELD_ADDR, OTHER, 1, 0 },
	{ F(global, nice), FIELD_SINT, OTHER, -20, 19 },
	{ F(global, rt_priority), FIELD_UINT, OTHER, 0, 99 },
	{ F(global, no_swap), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, no_local_igmp), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, startup_delay_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(global, garp_interval_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(global, gna_interval_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(global, vip_lease), FIELD_UINT, OTHER, 0, LEASE_AUTO },
	{ F(global, vmac_prefix), FIELD_IFNAME, OTHER, 1, 0 },
	{ F(global, vmac_addr_prefix), FIELD_IFNAME, OTHER, 0, 0 },
	{ F(global, boot_delay_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(global, rt_time_us), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(global, cpus), FIELD_BYTES, OTHER, 0, 0 },
	{ F(global, umask), FIELD_UINT, OTHER, 0, 0777 },
	{ F(global, netns), FIELD_STR, OTHER, 0, 0 },
	{ F(global, reload_file), FIELD_STR, OTHER, 0, 0 },
	{ F(global, reload_time_file), FIELD_STR, OTHER, 0, 0 },
	{ F(global, reload_repeat), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, nft_table), FIELD_STR, OTHER, 1, 0 },
	{ F(global, nft_priority), FIELD_SINT, OTHER, INT32_MIN, INT32_MAX },
	{ F(global, nft_counters), FIELD_UINT, OTHER, 0, 1 },
	{ F(global, warnings), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_iface[] = {
	{ F(iface, name), FIELD_IFNAME, OTHER, 1, 0 },
	{ F(iface, promote), FIELD_UINT, OTHER, 0, 1 },
	{ F(iface, make), FIELD_UINT, OTHER, 0, CONF_MAKE_MAX - 1 },
	{ F(iface, base), FIELD_IFNAME, OTHER, 0, 0 },
	{ F(iface, base_slot), FIELD_UINT, 0, 0, UINT32_MAX },
	{ F(iface, mac), FIELD_BYTES, OTHER, 0, 0 },
	{ F(iface, mode), FIELD_UINT, OTHER, 0, IPVLAN_VEPA },
	{ F(iface, ipv6), FIELD_UINT, OTHER, 0, 1 },
	{ F(iface, link_group), FIELD_UINT, OTHER, 0, INT32_MAX },
	{ F(iface, linkbeat), FIELD_UINT, OTHER, 0, LINKBEAT_MAX - 1 },
	{ F(iface, down_delay_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(iface, up_delay_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(iface, garp_group), FIELD_UINT, OTHER, 0, MAX_IFACES },
	{ F(iface, garp_interval_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(iface, gna_interval_us), FIELD_SINT, OTHER, 0, YEAR_US },
	END
};

const struct field	field_script[] = {
	{ F(script, name), FIELD_STR, OTHER, 1, 0 },
	{ F(script, cmd), FIELD_ARGV, OTHER, 1, 0 },
	{ F(script, user.user), FIELD_STR, OTHER, 1, 0 },
	{ F(script, user.group), FIELD_STR, OTHER, 0, 0 },
	{ F(script, interval_us), FIELD_SINT, OTHER, 1, YEAR_US },
	{ F(script, timeout_us), FIELD_SINT, OTHER, 1, YEAR_US },
	{ F(script, weight), FIELD_SINT, OTHER, INT16_MIN, INT16_MAX },
	{ F(script, reverse), FIELD_UINT, OTHER, 0, 1 },
	{ F(script, rise), FIELD_UINT, OTHER, 1, UINT16_MAX },
	{ F(script, fall), FIELD_UINT, OTHER, 1, UINT16_MAX },
	{ F(script, init_fail), FIELD_UINT, OTHER, 0, 1 },
	{ F(script, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_file[] = {
	{ F(file, name), FIELD_STR, OTHER, 1, 0 },
	{ F(file, path), FIELD_STR, OTHER, 1, 0 },
	{ F(file, user.user), FIELD_STR, OTHER, 1, 0 },
	{ F(file, user.group), FIELD_STR, OTHER, 0, 0 },
	{ F(file, weight), FIELD_SINT, OTHER, INT16_MIN, INT16_MAX },
	{ F(file, reverse), FIELD_UINT, OTHER, 0, 1 },
	{ F(file, init), FIELD_UINT, 0, 0, 1 },
	{ F(file, overwrite), FIELD_UINT, 0, 0, 1 },
	{ F(file, init_value), FIELD_SINT, 0, INT32_MIN, INT32_MAX },
	{ F(file, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_process[] = {
	{ F(process, name), FIELD_STR, OTHER, 1, 0 },
	{ F(process, cmd), FIELD_ARGV, OTHER, 1, 0 },
	{ F(process, user.user), FIELD_STR, OTHER, 1, 0 },
	{ F(process, user.group), FIELD_STR, OTHER, 0, 0 },
	{ F(process, full_command), FIELD_UINT, OTHER, 0, 1 },
	{ F(process, match), FIELD_UINT, OTHER, 0, CONF_MATCH_MAX - 1 },
	{ F(process, weight), FIELD_SINT, OTHER, INT16_MIN, INT16_MAX },
	{ F(process, reverse), FIELD_UINT, OTHER, 0, 1 },
	{ F(process, quorum), FIELD_UINT, OTHER, 0, UINT16_MAX },
	{ F(process, quorum_max), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(process, fork_delay_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(process, terminate_delay_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(process, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_hook[] = {
	{ F(hook, path), FIELD_STR, OTHER, 0, 0 },
	{ F(hook, cmd), FIELD_ARGV, OTHER, 0, 0 },
	{ F(hook, user.user), FIELD_STR, OTHER, 1, 0 },
	{ F(hook, user.group), FIELD_STR, OTHER, 0, 0 },
	{ F(hook, timeout_us), FIELD_SINT, OTHER, 0, YEAR_US },
	{ F(hook, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_mail[] = {
	{ F(mail, server), FIELD_STR, OTHER, 1, 0 },
	{ F(mail, port), FIELD_UINT, OTHER, 1, UINT16_MAX },
	{ F(mail, helo), FIELD_STR, OTHER, 0, 0 },
	{ F(mail, from), FIELD_STR, OTHER, 0, 0 },
	{ F(mail, from_name), FIELD_STR, OTHER, 0, 0 },
	{ F(mail, timeout_us), FIELD_SINT, OTHER, US_PER_SEC, YEAR_US },
	{ F(mail, to), FIELD_ARGV, OTHER, 1, 0 },
	END
};

const struct field	field_inst[] = {
	{ F(inst, name), FIELD_STR, 0, 1, 0 },
	{ F(inst, ifname), FIELD_IFNAME, FIELD_ANEW, 1, 0 },
	{ F(inst, slot), FIELD_UINT, 0, 0, UINT32_MAX },
	{ F(inst, vmac), FIELD_IFNAME, DIFF_F_SOURCE, 0, 0 },
	{ F(inst, vmac_slot), FIELD_UINT, 0, 0, UINT32_MAX },
	{ F(inst, xmit_base), FIELD_UINT, DIFF_F_SOURCE, 0, 1 },
	{ F(inst, group), FIELD_STR, DIFF_F_GROUP, 0, 0 },
	{ F(inst, group_id), FIELD_UINT, 0, 0, UINT32_MAX },
	{ F(inst, vrid), FIELD_UINT, FIELD_ANEW, 1, 255 },
	{ F(inst, family), FIELD_UINT, FIELD_ANEW, AF_INET, AF_INET6 },
	{ F(inst, version), FIELD_UINT, FIELD_ANEW, 2, 3 },
	{ F(inst, priority), FIELD_UINT, PROTO, 1, 255 },
	{ F(inst, start_master), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, nopreempt), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, accept), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, strict), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, lower_prio_no_advert), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, higher_prio_send_advert), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, owner_ignore_adverts), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, skip_check_adv_addr), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, v3_checksum_as_v2), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, old_unicast_checksum), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, track_primary), FIELD_UINT, DIFF_F_TRACKS, 0, 1 },
	{ F(inst, track_src_ip), FIELD_UINT, DIFF_F_SOURCE, 0, 1 },
	{ F(inst, check_unicast_src), FIELD_UINT, PROTO, 0, 1 },
	{ F(inst, fault_on_vip), FIELD_UINT, DIFF_F_TRACKS, 0, 1 },
	{ F(inst, auth_type), FIELD_UINT, PROTO | DIFF_F_SOURCE, 0, AUTH_AH },
	{ F(inst, auth_pass), FIELD_BYTES, PROTO, 0, 0 },
	{ F(inst, down_timer_adverts), FIELD_UINT, PROTO, 1, 100 },
	{ F(inst, unicast_ttl), FIELD_UINT, DIFF_F_SOURCE, 0, 255 },
	{ F(inst, rx_buf), FIELD_UINT, DIFF_F_SOURCE, 0, UINT32_MAX },
	{ F(inst, adver_int_us), FIELD_SINT, PROTO, 1, 255 * US_PER_SEC },
	{ F(inst, preempt_delay_us), FIELD_SINT, PROTO, 0, YEAR_US },
	{ F(inst, src), FIELD_ADDR, DIFF_F_SOURCE, 0, 0 },
	{ F(inst, mcast), FIELD_ADDR, DIFF_F_SOURCE, 0, 0 },
	{ F(inst, unicast), FIELD_UINT, DIFF_F_SOURCE, 0, 1 },
	{ F(inst, garp_delay_s), FIELD_UINT, DIFF_F_GARP, 0, INT32_MAX },
	{ F(inst, garp_repeat), FIELD_UINT, DIFF_F_GARP, 0, INT32_MAX },
	{ F(inst, garp_refresh_s), FIELD_UINT, DIFF_F_GARP, 0, INT32_MAX },
	{ F(inst, garp_refresh_repeat), FIELD_UINT, DIFF_F_GARP, 0,
	    INT32_MAX },
	{ F(inst, garp_lower_delay_s), FIELD_UINT, DIFF_F_GARP, 0, INT32_MAX },
	{ F(inst, garp_lower_repeat), FIELD_UINT, DIFF_F_GARP, 0, INT32_MAX },
	{ F(inst, garp_extra_s), FIELD_UINT, DIFF_F_GARP, 0, UINT32_MAX },
	{ F(inst, vip_lease), FIELD_UINT, DIFF_F_LEASE, 0, LEASE_AUTO },
	{ F(inst, notify_deleted), FIELD_UINT, DIFF_F_NOTIFY, 0, 1 },
	{ F(inst, prio_notify), FIELD_UINT, DIFF_F_NOTIFY, 0, 1 },
	{ F(inst, smtp_alert), FIELD_UINT, DIFF_F_NOTIFY, 0, 1 },
	ALL_BY(inst),
	{ F(inst, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_group[] = {
	{ F(group, name), FIELD_STR, OTHER, 1, 0 },
	{ F(group, weights), FIELD_UINT, OTHER, 0, 1 },
	{ F(group, smtp_alert), FIELD_UINT, OTHER, 0, 1 },
	ALL_BY(group),
	{ F(group, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_vip[] = {
	{ F(vip, addr), FIELD_ADDR, OTHER, 1, 0 },
	{ F(vip, peer), FIELD_ADDR, OTHER, 0, 0 },
	{ F(vip, brd), FIELD_ADDR, OTHER, 0, 0 },
	{ F(vip, ifname), FIELD_IFNAME, OTHER, 1, 0 },
	{ F(vip, slot), FIELD_UINT, 0, 0, UINT32_MAX },
	{ F(vip, label), FIELD_STR, OTHER, 0, 0 },
	{ F(vip, scope), FIELD_UINT, OTHER, 0, 255 },
	{ F(vip, flags), FIELD_UINT, OTHER, 0, VIP_F_ALL },
	{ F(vip, preferred_lft), FIELD_UINT, OTHER, 0, UINT32_MAX },
	{ F(vip, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

const struct field	field_peer[] = {
	{ F(peer, addr), FIELD_ADDR, OTHER, 1, 0 },
	{ F(peer, min_ttl), FIELD_UINT, OTHER, 0, 255 },
	{ F(peer, max_ttl), FIELD_UINT, OTHER, 0, 255 },
	END
};

const struct field	field_track[] = {
	{ F(track, kind), FIELD_UINT, OTHER, 0, CONF_TRACK_KIND_MAX - 1 },
	{ F(track, name), FIELD_STR, OTHER, 1, 0 },
	{ F(track, object), FIELD_UINT, 0, 0, UINT32_MAX },
	{ F(track, checker), FIELD_UINT, 0, 0, UINT32_MAX },
	{ F(track, weight), FIELD_SINT, OTHER, INT16_MIN, INT16_MAX },
	{ F(track, reverse), FIELD_UINT, OTHER, 0, 1 },
	{ F(track, of_group), FIELD_UINT, 0, 0, 1 },
	END
};

const struct field	field_notify[] = {
	{ F(notify, cmd), FIELD_ARGV, OTHER, 1, 0 },
	{ F(notify, user.user), FIELD_STR, OTHER, 1, 0 },
	{ F(notify, user.group), FIELD_STR, OTHER, 0, 0 },
	{ F(notify, line), FIELD_UINT, 0, 0, UINT32_MAX },
	END
};

void
field_put(const struct field *f, struct msg *m, const void *obj)
{
	for (; f->name != NULL; f++)
		value_put(f, m, (const char *)obj + f->off);
}

const char *
field_get(const struct field *f, struct msg *m, void *obj)
{
	for (; f->name != NULL; f++) {
		if (value_get(f, m, (char *)obj + f->off) == -1 || m->error)
			return (f->name);
	}
	return (NULL);
}

uint32_t
field_diff(const struct field *f, const void *a, const void *b)
{
	uint32_t	 means = 0;

	for (; f->name != NULL; f++) {
		if (f->means != 0 && value_cmp(f, (const char *)a + f->off,
		    (const char *)b + f->off) != 0)
			means |= f->means;
	}
	return (means);
}

static void
value_put(const struct field *f, struct msg *m, const void *p)
{
	const struct conf_argv	*cmd;
	uint16_t		 i;

	switch (f->kind) {
	case FIELD_UINT:
	case FIELD_SINT:
		msg_put_s64(m, int_load(f, p));
		break;
	case FIELD_STR:
	case FIELD_IFNAME:
		msg_put_str(m, p);
		break;
	case FIELD_BYTES:
		msg_put_bytes(m, p, f->size);
		break;
	case FIELD_ADDR:
		msg_put_addr(m, p);
		break;
	case FIELD_ARGV:
		cmd = p;
		msg_put_u16(m, cmd->argc);
		for (i = 0; i < cmd->argc; i++)
			msg_put_str(m, cmd->argv[i]);
		break;
	}
}

/* 0, or -1: not a possible value (the message's own errors stick in it). */
static int
value_get(const struct field *f, struct msg *m, void *p)
{
	int64_t	 v;

	switch (f->kind) {
	case FIELD_UINT:
	case FIELD_SINT:
		v = msg_get_s64(m);
		if (v < f->min || v > f->max)
			return (-1);
		int_store(f, p, v);
		return (0);
	case FIELD_STR:
	case FIELD_IFNAME:
		msg_get_str(m, p, f->size);
		if (f->kind == FIELD_IFNAME && (strcmp(p, ".") == 0 ||
		    strpbrk(p, "/ \t\n\v\f\r:%") != NULL ||
		    strcmp(p, "..") == 0))
			return (-1);
		return ((int64_t)strlen(p) >= f->min ? 0 : -1);
	case FIELD_BYTES:
		msg_get_bytes(m, p, f->size);
		return (0);
	case FIELD_ADDR:
		msg_get_addr(m, p);
		return (f->min == 1 && vaddr_is_unspec(p) ? -1 : 0);
	case FIELD_ARGV:
		return (argv_get(f, m, p));
	}
	return (-1);
}

static int64_t
int_load(const struct field *f, const void *p)
{
	union integer	 v;
	bool		 sint = f->kind == FIELD_SINT;

	memcpy(&v, p, f->size);
	switch (f->size) {
	case sizeof(v.u8):
		return (sint ? (int64_t)v.s8 : (int64_t)v.u8);
	case sizeof(v.u16):
		return (sint ? (int64_t)v.s16 : (int64_t)v.u16);
	case sizeof(v.u32):
		return (sint ? (int64_t)v.s32 : (int64_t)v.u32);
	default:
		return (v.s64);
	}
}

/* The value fits: the table's range is checked before. */
static void
int_store(const struct field *f, void *p, int64_t value)
{
	union integer	 v;

	switch (f->size) {
	case sizeof(v.u8):
		v.u8 = (uint8_t)value;
		break;
	case sizeof(v.u16):
		v.u16 = (uint16_t)value;
		break;
	case sizeof(v.u32):
		v.u32 = (uint32_t)value;
		break;
	default:
		v.s64 = value;
		break;
	}
	memcpy(p, &v, f->size);
}

static int
argv_get(const struct field *f, struct msg *m, struct conf_argv *cmd)
{
	uint16_t	 argc, i;
	int		 rc = 0;
	char		 arg[CONF_ARGV_BYTES];

	argc = msg_get_u16(m);
	if (argc < f->min || argc > MAX_ARGS)
		return (-1);
	for (i = 0; i < argc && rc == 0; i++) {
		msg_get_str(m, arg, sizeof(arg));
		rc = m->error ? -1 : conf_argv_add(cmd, arg);
	}
	explicit_bzero(arg, sizeof(arg));
	return (rc);
}

static int
value_cmp(const struct field *f, const void *a, const void *b)
{
	switch (f->kind) {
	case FIELD_UINT:
	case FIELD_SINT:
		return (int_load(f, a) != int_load(f, b));
	case FIELD_STR:
	case FIELD_IFNAME:
		return (strcmp(a, b));
	case FIELD_BYTES:
		return (memcmp(a, b, f->size));
	case FIELD_ADDR:
		return (vaddr_cmp_plen(a, b));
	case FIELD_ARGV:
		return (argv_cmp(a, b));
	}
	return (1);
}

static int
argv_cmp(const struct conf_argv *a, const struct conf_argv *b)
{
	uint16_t	 i;

	if (a->argc != b->argc)
		return (1);
	for (i = 0; i < a->argc; i++) {
		if (strcmp(a->argv[i], b->argv[i]) != 0)
			return (1);
	}
	return (0);
}
