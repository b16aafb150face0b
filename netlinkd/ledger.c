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
 * Decisions about addresses, without a kernel.
 * Runs in: parent.
 */

#include <net/if.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

static int	 parse_line(char *, struct led_line *);

const char	 led_file_head[] = "vrrpd addresses 1\n";

/*
 * An address that somebody else put there is never removed. When it is wanted
 * it is taken over by adding it again, which marks it, unless it is the real
 * address of its owner, or an IPv6 one with another prefix length, which the
 * kernel holds to be the same object.
 */
enum led_op
led_decide(const struct led_fact *fact)
{
	if (!fact->wanted)
		return (fact->present && fact->ours ? LED_DEL : LED_NONE);
	if (fact->present && fact->ours)
		return (fact->same ? LED_NONE : LED_READD);
	if (fact->covered && (fact->owner || (fact->ipv6 && !fact->present)))
		return (LED_NONE);
	return (fact->link_up ? LED_ADD : LED_NONE);
}

bool
led_installed(const struct led_fact *fact)
{
	if (fact->present && fact->ours)
		return (true);
	return (fact->covered &&
	    (fact->owner || (fact->ipv6 && !fact->present)));
}

uint16_t
led_lease(uint16_t conf, bool auto_ok)
{
	if (conf == LEASE_AUTO || conf == LEASE_UNSET)
		return (auto_ok ? LED_LEASE_S : 0);
	return (conf);
}

bool
led_auto_ok(const struct conf *conf, uint32_t *cnt4, uint32_t *cnt6)
{
	const struct conf_inst	*inst;
	const struct conf_vip	*vip;

	*cnt4 = *cnt6 = 0;
	TAILQ_FOREACH(inst, &conf->insts, entry) {
		if (inst->vip_lease != LEASE_AUTO &&
		    inst->vip_lease != LEASE_UNSET)
			continue;
		TAILQ_FOREACH(vip, &inst->vips, entry) {
			if (vip->addr.family == AF_INET6)
				(*cnt6)++;
			else
				(*cnt4)++;
		}
	}
	return (*cnt4 <= LED_LEASE_MAX4 && *cnt6 <= LED_LEASE_MAX6);
}

/*
 * keepalived: an IPv6 /128 is deprecated from the start, so that it is not
 * chosen as a source. The kernel refuses preferred > valid.
 */
void
led_lifetimes(const struct conf_vip *vip, uint16_t lease_s, uint32_t *valid_s,
    uint32_t *preferred_s)
{
	*valid_s = lease_s != 0 ? lease_s : VIP_LFT_FOREVER;
	*preferred_s = VIP_LFT_FOREVER;
	if (vip->flags & VIP_F_PREFERRED)
		*preferred_s = vip->preferred_lft;
	else if (vip->addr.family == AF_INET6 && vip->addr.plen == 128)
		*preferred_s = 0;
	if (*preferred_s > *valid_s)
		*preferred_s = *valid_s;
}

int64_t
led_fight_at(int64_t now_us, int64_t last_us, uint32_t *fights)
{
	int64_t	 pause_us = LED_PUTBACK_US;
	uint32_t i;

	if (last_us == 0 || now_us - last_us >= LED_CALM_US)
		*fights = 0;
	if (*fights == 0)
		return (now_us);
	for (i = 1; i < *fights && pause_us < LED_PUTBACK_MAX_US; i++)
		pause_us *= 2;
	if (pause_us > LED_PUTBACK_MAX_US)
		pause_us = LED_PUTBACK_MAX_US;
	return (last_us + pause_us > now_us ? last_us + pause_us : now_us);
}

int64_t
led_putback_at(int64_t now_us, int64_t last_us)
{
	if (last_us == 0 || now_us - last_us >= LED_PUTBACK_US)
		return (now_us);
	return (last_us + LED_PUTBACK_US);
}

size_t
led_line_print(const struct led_line *line, char *buf, size_t size)
{
	char	 addr[VADDR_STRLEN];
	int	 len;

	if (line->kind == LED_MADE)
		len = snprintf(buf, size, "%s made\n", line->ifname);
	else if (line->kind == LED_SETTING)
		len = snprintf(buf, size, "%s %s %d\n", line->ifname,
		    line->key, line->old);
	else
		len = snprintf(buf, size, "%s %s\n", line->ifname,
		    vaddr_print_plen(&line->addr, addr, sizeof(addr)));
	if (len < 0 || (size_t)len >= size)
		return (0);
	return ((size_t)len);
}

int
led_file_parse(char *text, struct led_line *lines, size_t max)
{
	char	*next;
	size_t	 cnt;

	if (strncmp(text, led_file_head, strlen(led_file_head)) != 0)
		return (-1);
	text += strlen(led_file_head);
	for (cnt = 0; *text != '\0'; cnt++) {
		if ((next = strchr(text, '\n')) == NULL || cnt == max)
			return (-1);
		*next++ = '\0';
		if (parse_line(text, &lines[cnt]) == -1)
			return (-1);
		text = next;
	}
	return ((int)cnt);
}

static int
parse_line(char *text, struct led_line *line)
{
	char	*space, *old, *end;

	memset(line, 0, sizeof(*line));
	if ((space = strchr(text, ' ')) == NULL)
		return (-1);
	*space++ = '\0';
	if (text[0] == '\0' ||
	    strlcpy(line->ifname, text, sizeof(line->ifname)) >=
	    sizeof(line->ifname))
		return (-1);
	if (strcmp(space, "made") == 0) {
		line->kind = LED_MADE;
		return (0);
	}
	if ((old = strchr(space, ' ')) != NULL) {
		*old++ = '\0';
		line->kind = LED_SETTING;
		line->old = (int)strtol(old, &end, 10);
		if (*old == '\0' || *end != '\0' || strlcpy(line->key, space,
		    sizeof(line->key)) >= sizeof(line->key))
			return (-1);
		return (0);
	}
	if (strchr(space, '/') == NULL)
		return (-1);
	return (vaddr_parse(&line->addr, space));
}
