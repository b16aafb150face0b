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
 * The answers of the daemon once more, from what was gathered: so JSON, why
 * and health say the same here as in vrrpctl. Runs in: vrrpctl-serve,
 * vrrpctl-top.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "replay.h"

static void	 inst_rows(struct view *, const struct snap_inst *);
static void	 health_line(struct view *, const char *,
		    const struct ctl_result *);

void
replay(struct view *v, const struct snap *s, const struct snap_inst *i)
{
	const struct snap_inst	*one;
	const struct ctl_event	*ev;

	v->now_us = s->daemon.now_us;
	v->ops->begin(v);
	if (v->action == ACT_SHOW)
		v->ops->daemon(v, &s->daemon);
	if (v->action == ACT_HISTORY) {
		SNAP_EACH(ev, &s->events) {
			if (i == NULL || strcmp(ev->name, i->inst.name) == 0)
				v->ops->event(v, ev);
		}
	} else if (i != NULL)
		inst_rows(v, i);
	else {
		SNAP_EACH(one, &s->insts)
			inst_rows(v, one);
	}
	v->complete = true;
	v->ops->end(v);
}

static void
inst_rows(struct view *v, const struct snap_inst *i)
{
	const struct ctl_counter	*c;
	const struct ctl_track		*t;
	const struct ctl_vip		*vip;

	v->ops->inst(v, &i->inst);
	if (v->action == ACT_SHOW)
		return;
	v->ops->detail(v, &i->detail);
	SNAP_EACH(vip, &i->vips)
		v->ops->vip(v, vip);
	SNAP_EACH(t, &i->tracks)
		v->ops->track(v, t);
	SNAP_EACH(c, &i->counters) {
		if (!snap_for_metrics(c))
			v->ops->counter(v, c);
	}
}

void
replay_why(const struct snap *s, const struct snap_inst *i,
    void (*say)(struct view *, const char *, const char *), void *arg)
{
	const struct view_ops		 ops = { .say = say };
	const struct ctl_counter	*c;
	const struct ctl_script		*object;
	const struct ctl_track		*t;
	struct view			 v;

	memset(&v, 0, sizeof(v));
	v.ops = &ops;
	v.action = ACT_WHY;
	v.priv = arg;
	v.now_us = s->daemon.now_us;
	why_begin(&v);
	SNAP_EACH(object, &s->scripts)
		why_object(&v, object);
	why_inst(&v, &i->inst);
	why_detail(&v, &i->detail);
	SNAP_EACH(t, &i->tracks)
		why_track(&v, t);
	SNAP_EACH(c, &i->counters)
		why_counter(&v, c);
	why_tell(&v);
	why_end(&v);
}

bool
replay_health(const struct snap *s, enum action action, const char *name,
    char *text, size_t size)
{
	static const struct view_ops	 ops = { .result = health_line };
	const struct snap_inst		*i;
	struct ctl_result		 line;
	struct view			 v;
	bool				 well;

	memset(&v, 0, sizeof(v));
	v.ops = &ops;
	v.action = action;
	v.priv = &line;
	health_daemon(&v, &s->daemon);
	SNAP_EACH(i, &s->insts) {
		if (name == NULL || strcmp(i->inst.name, name) == 0)
			health_inst(&v, &i->inst);
	}
	well = health_end(&v);
	(void)strlcpy(text, line.text, size);
	return (well);
}

static void
health_line(struct view *v, const char *name, const struct ctl_result *res)
{
	*(struct ctl_result *)v->priv = *res;
}
