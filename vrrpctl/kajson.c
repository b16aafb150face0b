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
 * The array that keepalived writes on its signal, for programs that read it.
 * Runs in: vrrpctl, vrrpctl-serve.
 */

#include <sys/socket.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "forms.h"
#include "view.h"

#define SEC(us)		((double)(us) / (double)US_PER_SEC)

static json_t	*inst_object(const struct snap *, const struct snap_inst *,
		    int64_t);
static void	 data_conf(json_t *, const struct snap_inst *);
static void	 data_state(json_t *, const struct snap *,
		    const struct snap_inst *, int64_t);
static void	 data_lists(json_t *, const struct snap_inst *);
static json_t	*stats(const struct snap_inst *);
static json_t	*addresses(const struct snap_inst *, bool);
static json_t	*tracked(const struct snap_inst *, unsigned int);
static json_t	*safe_string(const char *);
static json_t	*number(double);
static json_t	*setting(const struct snap_inst *, const char *);

/* As keepalived numbers them. */
unsigned int
ka_state(unsigned int show)
{
	switch (show) {
	case SHOW_BACKUP:
		return (1);
	case SHOW_MASTER:
		return (2);
	case SHOW_FAULT:
		return (3);
	default:
		return (0);
	}
}

/* It was left as often as it was entered, but for the present time. */
uint64_t
ka_released(const struct snap_inst *i)
{
	uint64_t	 cnt;

	cnt = snap_counter(&i->counters, "become_master");
	return (cnt > 0 && i->inst.state == SHOW_MASTER ? cnt - 1 : cnt);
}

int
kajson_print(FILE *fp, const struct snap *s, int64_t now_us)
{
	const struct snap_inst	*i;
	json_t			*root;
	int			 status = 0;

	if ((root = json_array()) == NULL)
		return (-1);
	SNAP_EACH(i, &s->insts) {
		if (json_array_append_new(root, inst_object(s, i, now_us)) ==
		    -1)
			status = -1;
	}
	if (json_dumpf(root, fp, JSON_COMPACT | JSON_PRESERVE_ORDER |
	    JSON_ENSURE_ASCII | JSON_REAL_PRECISION(16)) == -1)
		status = -1;
	fprintf(fp, "\n");
	json_decref(root);
	return (status);
}

/* NULL without memory: then the whole fails. */
static json_t *
inst_object(const struct snap *s, const struct snap_inst *i, int64_t now_us)
{
	json_t	*obj, *data;

	if ((obj = json_object()) == NULL)
		return (NULL);
	data = json_object();
	data_conf(data, i);
	data_state(data, s, i, now_us);
	data_lists(data, i);
	(void)json_object_set_new(obj, "data", data);
	(void)json_object_set_new(obj, "stats", stats(i));
	return (obj);
}

static json_t *
setting(const struct snap_inst *i, const char *name)
{
	char	 counter[NAME_LEN];

	(void)snprintf(counter, sizeof(counter), CTL_SETTING "%s", name);
	return (json_integer((json_int_t)snap_counter(&i->counters,
	    counter)));
}

/* A whole number where keepalived has one. */
static json_t *
number(double value)
{
	return (value == (double)(long long)value ?
	    json_integer((json_int_t)value) : json_real(value));
}

static json_t *
safe_string(const char *text)
{
	char	 safe[TEXT_LEN * 4];

	return (json_string(text_utf8(safe, sizeof(safe), text)));
}

static void
data_conf(json_t *o, const struct snap_inst *i)
{
	static const char *const names[] = {
		"dont_track_primary", "skip_check_adv_addr", "strict_mode",
		"garp_delay", "garp_refresh", "garp_rep", "garp_refresh_rep",
		"garp_lower_prio_delay", "garp_lower_prio_rep",
		"lower_prio_no_advert", "higher_prio_send_advert"
	};
	size_t	 n;

	(void)json_object_set_new(o, "iname", safe_string(i->inst.name));
	for (n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		(void)json_object_set_new(o, names[n], setting(i, names[n]));
	(void)json_object_set_new(o, "smtp_alert", json_boolean(
	    snap_counter(&i->counters, CTL_SETTING "smtp_alert") != 0));
	(void)json_object_set_new(o, "notify_deleted", json_boolean(
	    snap_counter(&i->counters, CTL_SETTING "notify_deleted") != 0));
	(void)json_object_set_new(o, "vmac_ifname", json_string(""));
	(void)json_object_set_new(o, "ifp_ifname",
	    safe_string(i->inst.ifname));
	(void)json_object_set_new(o, "vrid", json_integer(i->inst.vrid));
	(void)json_object_set_new(o, "base_priority",
	    json_integer(i->inst.base_priority));
	(void)json_object_set_new(o, "promote_secondaries", json_false());
	(void)json_object_set_new(o, "adver_int",
	    number(SEC(i->detail.adver_int_us)));
	(void)json_object_set_new(o, "accept",
	    json_integer(i->detail.accept));
	(void)json_object_set_new(o, "nopreempt",
	    json_boolean(i->detail.nopreempt));
	(void)json_object_set_new(o, "preempt_delay",
	    number(SEC(i->detail.preempt_delay_us)));
	(void)json_object_set_new(o, "version",
	    json_integer(i->inst.version));
	(void)json_object_set_new(o, "auth_type",
	    json_integer(i->detail.auth_type));
}

static void
data_state(json_t *o, const struct snap *s, const struct snap_inst *i,
    int64_t now_us)
{
	int64_t	 ago_us;

	ago_us = s->daemon.now_us - i->inst.since_us;
	(void)json_object_set_new(o, "master_priority", json_integer(
	    i->inst.state == SHOW_MASTER ? 0 : i->inst.master_priority));
	(void)json_object_set_new(o, "last_transition",
	    json_real(SEC(now_us - ago_us)));
	(void)json_object_set_new(o, "effective_priority",
	    json_integer(i->inst.priority));
	(void)json_object_set_new(o, "vipset",
	    json_boolean(i->inst.vips_installed > 0));
	(void)json_object_set_new(o, "master_adver_int",
	    number(SEC(i->detail.master_int_us)));
	(void)json_object_set_new(o, "state",
	    json_integer(ka_state(i->inst.state)));
	(void)json_object_set_new(o, "wantstate",
	    json_integer(ka_state(i->inst.state)));
}

static void
data_lists(json_t *o, const struct snap_inst *i)
{
	static const char *const tracks[TRACK_KIND_MAX] = {
		"track_script", "track_ifp", "track_file", "track_process"
	};
	unsigned int	 kind;
	json_t		*list;

	(void)json_object_set_new(o, "vips", addresses(i, false));
	list = addresses(i, true);
	if (json_array_size(list) > 0)
		(void)json_object_set(o, "evips", list);
	json_decref(list);
	for (kind = 0; kind < TRACK_KIND_MAX; kind++) {
		list = tracked(i, kind);
		if (json_array_size(list) > 0)
			(void)json_object_set(o, tracks[kind], list);
		json_decref(list);
	}
}

/* "192.0.2.1/24 dev eth0 scope global set", a single address bare. */
static json_t *
addresses(const struct snap_inst *i, bool excluded)
{
	const struct ctl_vip	*v;
	char			 addr[VADDR_STRLEN], text[256];
	json_t			*list;
	bool			 host;

	list = json_array();
	SNAP_EACH(v, &i->vips) {
		if (v->excluded != excluded)
			continue;
		host = v->addr.plen == (v->addr.family == AF_INET6 ? 128 :
		    32);
		if (host)
			(void)vaddr_print(&v->addr, addr, sizeof(addr));
		else
			(void)vaddr_print_plen(&v->addr, addr, sizeof(addr));
		(void)snprintf(text, sizeof(text), "%s dev %s scope global%s",
		    addr, v->ifname, i->inst.vips_installed > 0 ? " set" :
		    "");
		(void)json_array_append_new(list, safe_string(text));
	}
	return (list);
}

static json_t *
tracked(const struct snap_inst *i, unsigned int kind)
{
	const struct ctl_track	*t;
	json_t			*list;

	list = json_array();
	SNAP_EACH(t, &i->tracks) {
		if (t->kind == kind)
			(void)json_array_append_new(list,
			    safe_string(t->name));
	}
	return (list);
}

static json_t *
stats(const struct snap_inst *i)
{
	static const char *const rows[][2] = {
		{ "advert_rcvd", "adverts_received" },
		{ "advert_sent", "adverts_sent" },
		{ "become_master", "become_master" },
		{ "release_master", "" },
		{ "packet_len_err", "packet_length_errors" },
		{ "advert_interval_err", "advert_interval_errors" },
		{ "ip_ttl_err", "ip_ttl_errors" },
		{ "invalid_type_rcvd", "invalid_type_received" },
		{ "addr_list_err", "address_list_errors" },
		{ "invalid_authtype", "invalid_auth_type" },
		{ "authtype_mismatch", "auth_type_mismatch" },
		{ "auth_failure", "auth_failures" },
		{ "pri_zero_rcvd", "priority_zero_received" },
		{ "pri_zero_sent", "priority_zero_sent" }
	};
	json_t	*o;
	size_t	 n;

	o = json_object();
	for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
		(void)json_object_set_new(o, rows[n][0],
		    json_integer((json_int_t)(rows[n][1][0] == '\0' ?
		    ka_released(i) : snap_counter(&i->counters,
		    rows[n][1]))));
	return (o);
}
