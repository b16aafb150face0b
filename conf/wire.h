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
 * A configuration as messages, object by object, and back.
 *
 * Order: CONF_BEGIN, CONF_GLOBAL, CONF_IFACE*; CONF_SCRIPT*, CONF_FILE*,
 * CONF_PROCESS*, CONF_HOOK* and a CONF_MAIL in any order; for each sync group
 * CONF_GROUP and its CONF_NOTIFY*; for each instance CONF_INST, its CONF_VIP*,
 * CONF_PEER*, CONF_TRACK*, CONF_NOTIFY*; then CONF_END with the FNV-1a of all
 * payloads before it. A checker is told CONF_BEGIN, CONF_GLOBAL, the objects
 * of its own, CONF_NOTIFY*, CONF_END: the kind and name of what it belongs to
 * is in CONF_NOTIFY too. The mailer is told CONF_BEGIN, CONF_GLOBAL,
 * CONF_MAIL, CONF_END.
 */

#ifndef WIRE_H
#define WIRE_H

#include "conf.h"
#include "imsg.h"
#include "msg.h"

/* Which part of the configuration the other side is told. */
enum wire_part {
	WIRE_ALL = 0,		/* readconf to parent: hdr.id counts from 1 */
	WIRE_ENGINE,		/* no scripts, no commands */
	WIRE_CHECKER,		/* scripts and commands of one identity */
	WIRE_MAILER		/* mail alone */
};

/* Sends one message of the configuration; 0 or -1. */
typedef int (*wire_send_fn)(void *arg, uint16_t type, uint32_t id,
	    const struct msg *);
/* WIRE_CHECKER: is this user the identity that is being told? */
typedef bool (*wire_user_fn)(void *arg, const struct conf_user *);

/* Everything from CONF_BEGIN to CONF_END; 0, or -1 as soon as send fails. */
int	 wire_send(const struct conf *, enum wire_part, wire_send_fn,
	    wire_user_fn, void *arg);

/*
 * A configuration being received; it gets this generation. With WIRE_ALL the
 * sender knows none (hdr.gen is not looked at) and its ids and slots are not
 * taken over: objects have the numbers 1, 2, ... until conf_assign_ids.
 */
struct wire_in;
struct wire_in *wire_in_new(enum wire_part, uint32_t gen);
void	 wire_in_free(struct wire_in *);
/*
 * Takes one CONF_* message. Returns 0 (go on), 1 (CONF_END was right: the
 * configuration is whole) or -1 (out of order, over a limit, malformed,
 * wrong sum; why says which).
 */
int	 wire_in_take(struct wire_in *, const struct imsg *, char *why,
	    size_t whylen);
/* The whole configuration; the caller owns it. NULL before the end. */
struct conf *wire_in_finish(struct wire_in *);

#endif /* WIRE_H */
