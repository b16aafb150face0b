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
 * What is wanted against what is there: the operation for one address, its
 * lifetimes, the choice of leases, and the text of the ledger file. Pure.
 */

#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"

#define LED_LEASE_S		2	/* vip_lease auto */
#define LED_LEASE_MAX4		1000	/* addresses; above: no auto lease */
#define LED_LEASE_MAX6		100	/* a refresh is quadratic */
/* What is taken away again and again: pauses of 1 s to 30 s. */
#define LED_PUTBACK_US		US_PER_SEC
#define LED_FIGHT_MAX_US	(30 * US_PER_SEC)
#define LED_PEACE_US		(60 * US_PER_SEC)	/* forgotten then */
#define LED_LINE_LEN		(2 * VADDR_STRLEN + 64)

/* Everything that decides about one address of the configuration. */
struct led_fact {
	/* The wanted side. */
	bool	 wanted;	/* its instance is MASTER, or lingers */
	bool	 owner;		/* its instance has priority 255 */
	bool	 link_up;	/* the interface can hold it */
	/* The installed side. */
	bool	 present;	/* there, with this prefix length */
	bool	 ours;		/* ... and we put it there */
	bool	 same;		/* ... as it is configured now */
	bool	 covered;	/* foreign, with any prefix length */
	bool	 ipv6;		/* one address is one object */
};

enum led_op {
	LED_NONE = 0,
	LED_ADD,
	LED_DEL,
	LED_READD		/* remove and add in one batch */
};

enum led_op led_decide(const struct led_fact *);
/* Does it count as installed? */
bool	 led_installed(const struct led_fact *);

/* Seconds of an instance's lease, 0: none. auto_ok: led_auto_ok(). */
uint16_t led_lease(uint16_t conf, bool auto_ok);
/* Counts the addresses of instances with vip_lease auto. */
bool	 led_auto_ok(const struct conf *, uint32_t *cnt4, uint32_t *cnt6);
/* Lifetimes to send with every add and refresh. */
void	 led_lifetimes(const struct conf_vip *, uint16_t lease_s,
	    uint32_t *valid_s, uint32_t *preferred_s);
/* When it may be put back, if nobody fights for it: once a second at most. */
int64_t	 led_putback_at(int64_t now_us, int64_t last_us);

/* What a route or rule needs. sure: it is there; sent: it may be. */
enum led_op led_route(bool wanted, bool ready, bool sure, bool sent);
/* How often it has been put back in a row, this time included. */
uint32_t led_fights(int64_t now_us, int64_t last_us, uint32_t fights);
/* When it may be put back again: 1 s after the last time, then 2, 4 ... */
int64_t	 led_fight_at(int64_t now_us, int64_t last_us, uint32_t fights);

/*
 * One line of the file: "IFNAME ADDR/PLEN", "IFNAME made" for an interface
 * of ours, "IFNAME KEY OLD" for a setting to be put back,
 * "adverts US" for the shortest advertisement interval of the run,
 * "route DST/PLEN FROM/PLEN TABLE METRIC TOS PROTO" (FROM may be "-"), or
 * "rule 4 PRIORITY PROTO".
 */
enum led_kind {
	LED_ADDRESS = 0,
	LED_MADE,
	LED_SETTING,
	LED_ADVERTS,
	LED_ROUTE,
	LED_RULE
};
#define LED_KEY_LEN	32
struct led_line {
	enum led_kind	 kind;
	char		 ifname[IF_NAME_LEN];
	struct vaddr	 addr;		/* of a route: the destination */
	char		 key[LED_KEY_LEN];
	int		 old;
	struct vaddr	 from;
	uint32_t	 us;		/* of LED_ADVERTS */
	uint32_t	 table;
	uint32_t	 priority;	/* of a route: the metric */
	uint8_t		 tos;
	uint8_t		 proto;
	uint8_t		 family;	/* of a rule */
};
extern const char led_file_head[];	/* first line, with its newline */
/* Writes one line with its newline; its length, or 0 when it is too long. */
size_t	 led_line_print(const struct led_line *, char *, size_t);
/*
 * Reads a whole file (text is NUL-terminated and is cut into pieces). The
 * number of lines, at most max, or -1 when anything in it is not ours.
 */
int	 led_file_parse(char *text, struct led_line *, size_t max);

#endif /* LEDGER_H */
