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

#define LINE_WORDS	7

static int	 parse_line(char *, struct led_line *);
static int	 parse_route(char **, struct led_line *);
static int	 parse_rule(char **, struct led_line *);

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
led_putback_at(int64_t now_us, int64_t last_us)
{
	if (last_us == 0 || now_us - last_us >= LED_PUTBACK_US)
		return (now_us);
	return (last_us + LED_PUTBACK_US);
}

enum led_op
led_route(bool wanted, bool ready, bool sure, bool sent)
{
	if (!wanted)
		return (sent ? LED_DEL : LED_NONE);
	return (sure || !ready ? LED_NONE : LED_ADD);
}

uint32_t
led_fights(int64_t now_us, int64_t last_us, uint32_t fights)
{
	return (last_us == 0 || now_us - last_us >= LED_PEACE_US ? 1 :
	    fights + 1);
}

int64_t
led_fight_at(int64_t now_us, int64_t last_us, uint32_t fights)
{
	int64_t	 wait_us = LED_PUTBACK_US;

	if (last_us == 0 || fights == 0)
		return (now_us);
	for (; fights > 1 && wait_us < LED_FIGHT_MAX_US; fights--)
		wait_us *= 2;
	if (wait_us > LED_FIGHT_MAX_US)
		wait_us = LED_FIGHT_MAX_US;
	return (last_us + wait_us > now_us ? last_us + wait_us : now_us);
}

size_t
led_line_print(const struct led_line *line, char *buf, size_t size)
{
	char	 addr[VADDR_STRLEN], from[VADDR_STRLEN];
	int	 len;

	(void)vaddr_print_plen(&line->addr, addr, sizeof(addr));
	if (line->kind == LED_ROUTE)
		len = snprintf(buf, size, "route %s %s %u %u %u %u\n", addr,
		    line->from.family == 0 ? "-" :
		    vaddr_print_plen(&line->from, from, sizeof(from)),
		    line->table, line->priority, line->tos, line->proto);
	else if (line->kind == LED_RULE)
		len = snprintf(buf, size, "rule %u %u %u\n",
		    line->family == AF_INET ? 4U : 6U, line->priority,
		    line->proto);
	else if (line->kind == LED_ADVERTS)
		len = snprintf(buf, size, "adverts %u\n", line->us);
	else if (line->kind == LED_MADE)
		len = snprintf(buf, size, "%s made\n", line->ifname);
	else if (line->kind == LED_SETTING)
		len = snprintf(buf, size, "%s %s %d\n", line->ifname,
		    line->key, line->old);
	else
		len = snprintf(buf, size, "%s %s\n", line->ifname, addr);
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

/* An interface may well be called "route": the number of words decides. */
static int
parse_line(char *text, struct led_line *line)
{
	char		*word[LINE_WORDS + 1], *end;
	const char	*bad;
	size_t		 cnt;

	memset(line, 0, sizeof(*line));
	for (cnt = 0; cnt <= LINE_WORDS && text != NULL; cnt++)
		word[cnt] = strsep(&text, " ");
	if (text != NULL)
		return (-1);
	if (cnt == 7 && strcmp(word[0], "route") == 0)
		return (parse_route(word + 1, line));
	if (cnt == 4 && strcmp(word[0], "rule") == 0)
		return (parse_rule(word + 1, line));
	if (cnt < 2 || cnt > 3 || word[0][0] == '\0' ||
	    strlcpy(line->ifname, word[0], sizeof(line->ifname)) >=
	    sizeof(line->ifname))
		return (-1);
	if (cnt == 3) {
		line->kind = LED_SETTING;
		line->old = (int)strtol(word[2], &end, 10);
		return (word[2][0] == '\0' || *end != '\0' ||
		    strlcpy(line->key, word[1], sizeof(line->key)) >=
		    sizeof(line->key) ? -1 : 0);
	}
	if (strcmp(word[1], "made") == 0) {
		line->kind = LED_MADE;
		return (0);
	}
	if (strchr(word[1], '/') == NULL) {
		line->kind = LED_ADVERTS;
		line->us = (uint32_t)strtonum(word[1], 1, UINT32_MAX, &bad);
		return (bad != NULL || strcmp(word[0], "adverts") != 0 ? -1 :
		    0);
	}
	return (vaddr_parse(&line->addr, word[1]));
}

static int
parse_route(char **word, struct led_line *line)
{
	const char	*bad[4];

	line->kind = LED_ROUTE;
	if (vaddr_parse(&line->addr, word[0]) == -1 ||
	    (strcmp(word[1], "-") != 0 &&
	    vaddr_parse(&line->from, word[1]) == -1))
		return (-1);
	line->table = (uint32_t)strtonum(word[2], 0, UINT32_MAX, &bad[0]);
	line->priority = (uint32_t)strtonum(word[3], 0, UINT32_MAX, &bad[1]);
	line->tos = (uint8_t)strtonum(word[4], 0, 255, &bad[2]);
	line->proto = (uint8_t)strtonum(word[5], 0, 255, &bad[3]);
	return (bad[0] == NULL && bad[1] == NULL && bad[2] == NULL &&
	    bad[3] == NULL ? 0 : -1);
}

static int
parse_rule(char **word, struct led_line *line)
{
	const char	*bad[2];

	line->kind = LED_RULE;
	if (strcmp(word[0], "4") == 0)
		line->family = AF_INET;
	else if (strcmp(word[0], "6") == 0)
		line->family = AF_INET6;
	else
		return (-1);
	line->priority = (uint32_t)strtonum(word[1], 0, UINT32_MAX, &bad[0]);
	line->proto = (uint8_t)strtonum(word[2], 0, 255, &bad[1]);
	return (bad[0] == NULL && bad[1] == NULL ? 0 : -1);
}
