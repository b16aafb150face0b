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
 * Probes: one line and an exit status. Only what the engine says now counts;
 * one that does not answer is an error before anything comes here. Runs in:
 * vrrpctl.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "view.h"

static void	 wrong(struct view *, const char *, ...) __printflike(2, 3);

/* The first reason is told. */
static void
wrong(struct view *v, const char *fmt, ...)
{
	va_list	 ap;

	if (v->wrong++ > 0)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(v->why, sizeof(v->why), fmt, ap);
	va_end(ap);
}

void
health_daemon(struct view *v, const struct ctl_daemon *d)
{
	if (v->action == ACT_HEALTH && d->maintenance)
		wrong(v, "in maintenance");
}

void
health_inst(struct view *v, const struct ctl_inst *c)
{
	v->insts++;
	v->masters += c->state == SHOW_MASTER;
	if (v->action == ACT_HEALTH_LIVE)
		return;
	if (v->action == ACT_HEALTH_MASTER && (c->state != SHOW_MASTER ||
	    c->handing_over))
		wrong(v, "%s is %s%s", c->name, word_state(c->state),
		    c->handing_over ? ", handing over" : "");
	else if (c->state != SHOW_MASTER && c->state != SHOW_BACKUP)
		wrong(v, "%s is in %s", c->name, word_state(c->state));
	else if (c->state == SHOW_MASTER && c->vips_installed < c->vips)
		wrong(v, "%s has %u of %u addresses", c->name,
		    c->vips_installed, c->vips);
}

bool
health_end(struct view *v)
{
	struct ctl_result	 res;
	char			 why[sizeof(res.text)];

	if (v->insts == 0 && v->action != ACT_HEALTH_LIVE)
		wrong(v, "no instances");
	memset(&res, 0, sizeof(res));
	res.code = v->wrong == 0 ? CTL_OK : CTL_ERR_STATE;
	res.took_us = -1;
	if (v->wrong == 0)
		(void)snprintf(res.text, sizeof(res.text), "ok: %u of %u "
		    "MASTER", v->masters, v->insts);
	else
		(void)snprintf(res.text, sizeof(res.text), "not ok: %.400s",
		    format_safe(why, sizeof(why), v->why));
	v->ops->result(v, "", &res);
	return (v->wrong == 0);
}
