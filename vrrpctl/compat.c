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
 * The metrics of the usual exporter for keepalived, so that what was made for
 * them goes on working. Runs in: vrrpctl, vrrpctl-serve.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "forms.h"

static const struct {
	const char	*name;
	const char	*counter;	/* NULL: see released() */
	const char	*help;
} totals[] = {
	{ "gratuitous_arp_delay", "conf_garp_delay",
	    "Gratuitous ARP delay" },
	{ "advertisements_received", "adverts_received",
	    "Advertisements received" },
	{ "advertisements_sent", "adverts_sent", "Advertisements sent" },
	{ "become_master", "become_master", "Became master" },
	{ "release_master", NULL, "Released master" },
	{ "packet_length_errors", "packet_length_errors",
	    "Packet length errors" },
	{ "advertisements_interval_errors", "advert_interval_errors",
	    "Advertisement interval errors" },
	{ "ip_ttl_errors", "ip_ttl_errors", "TTL errors" },
	{ "invalid_type_received", "invalid_type_received",
	    "Invalid type errors" },
	{ "address_list_errors", "address_list_errors",
	    "Address list errors" },
	{ "authentication_invalid", "invalid_auth_type",
	    "Authentication invalid" },
	{ "authentication_mismatch", "auth_type_mismatch",
	    "Authentication mismatch" },
	{ "authentication_failure", "auth_failures",
	    "Authentication failure" },
	{ "priority_zero_received", "priority_zero_received",
	    "Priority zero received" },
	{ "priority_zero_sent", "priority_zero_sent", "Priority zero sent" }
};

static void	 states(FILE *, const struct snap *, bool);
static void	 scripts(FILE *, const struct snap *);
static void	 labels(FILE *, const struct ctl_inst *);

void
metrics_compat(FILE *fp, const struct snap *s)
{
	const struct snap_inst	*i;
	char			 name[NAME_LEN];
	size_t			 n;

	om_family(fp, "keepalived_up", "gauge", "Status");
	fprintf(fp, "keepalived_up 1\n");
	states(fp, s, false);
	states(fp, s, true);
	for (n = 0; n < sizeof(totals) / sizeof(totals[0]); n++) {
		(void)snprintf(name, sizeof(name), "keepalived_%s",
		    totals[n].name);
		om_family(fp, name, "counter", totals[n].help);
		SNAP_EACH(i, &s->insts) {
			fprintf(fp, "%s_total{", name);
			labels(fp, &i->inst);
			fprintf(fp, "}");
			om_number(fp, (double)(totals[n].counter == NULL ?
			    ka_released(i) : snap_counter(&i->counters,
			    totals[n].counter)));
		}
	}
	scripts(fp, s);
	fprintf(fp, "# EOF\n");
}

static void
labels(FILE *fp, const struct ctl_inst *c)
{
	char	 vrid[8];

	(void)snprintf(vrid, sizeof(vrid), "%u", c->vrid);
	om_label(fp, true, "iname", c->name);
	om_label(fp, false, "intf", c->ifname);
	om_label(fp, false, "vrid", vrid);
}

/* One for each address. */
static void
states(FILE *fp, const struct snap *s, bool excluded)
{
	const struct snap_inst	*i;
	const struct ctl_vip	*v;
	const char		*name = excluded ?
	    "keepalived_vrrp_excluded_state" : "keepalived_vrrp_state";
	char			 text[VADDR_STRLEN];

	om_family(fp, name, "gauge", excluded ? "State of vrrp with excluded "
	    "VIP" : "State of vrrp");
	SNAP_EACH(i, &s->insts) {
		SNAP_EACH(v, &i->vips) {
			if (v->excluded != excluded)
				continue;
			fprintf(fp, "%s{", name);
			labels(fp, &i->inst);
			om_label(fp, false, "ip_address",
			    vaddr_print_plen(&v->addr, text, sizeof(text)));
			fprintf(fp, "}");
			om_number(fp, ka_state(i->inst.state));
		}
	}
}

static void
scripts(FILE *fp, const struct snap *s)
{
	const struct ctl_script	*c;
	int			 state;

	for (state = 0; state < 2; state++) {
		om_family(fp, state ? "keepalived_script_state" :
		    "keepalived_script_status", "gauge", state ?
		    "Tracker Script State" : "Tracker Script Status");
		SNAP_EACH(c, &s->scripts) {
			if (c->kind != TRACK_SCRIPT)
				continue;
			fprintf(fp, "keepalived_script_%s{", state ?
			    "state" : "status");
			om_label(fp, true, "name", c->name);
			fprintf(fp, "}");
			om_number(fp, state ? c->running :
			    c->status == TRACK_GOOD);
		}
	}
}
