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
 * Maintenance of the whole host: a file in the runtime folder, so that it
 * outlives reloads, engines and restarts, and ends with the machine. Runs in:
 * parent.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mono.h"
#include "parent.h"

#define MAINT_RATE	20	/* requests in a minute */

static int	 maint_path(const struct parent *, char *, size_t);
static int	 maint_write(struct parent *, bool);

static int
maint_path(const struct parent *p, char *path, size_t size)
{
	return (snprintf(path, size, "%s/maintenance", p->opt.rundir) <
	    (int)size ? 0 : -1);
}

/* Before the first engine. */
void
maint_load(struct parent *p)
{
	char	 path[PATH_LEN + 16];

	p->maintenance = maint_path(p, path, sizeof(path)) == 0 &&
	    faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (p->maintenance)
		log_info("in maintenance: all instances stay BACKUP");
}

static int
maint_write(struct parent *p, bool on)
{
	char	 path[PATH_LEN + 16];
	int	 fd;

	if (maint_path(p, path, sizeof(path)) == -1)
		return (-1);
	if (!on)
		return (unlink(path) == -1 && errno != ENOENT ? -1 : 0);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1)
		return (-1);
	(void)close(fd);
	return (0);
}

/* To an engine that has its configuration; conn: who asked, or 0. */
void
maint_tell(struct parent *p, uint32_t conn)
{
	struct msg	 m;
	uint8_t		 buf[1];

	msg_init_write(&m, buf, sizeof(buf));
	msg_put_bool(&m, p->maintenance);
	(void)peer_send(&p->engine->peer, IMSG_MAINT, conn, p->engine->gen, 0,
	    -1, &m);
}

/* CTL_MAINT */
int
maint_asked(void *arg, struct imsg *im)
{
	struct child	*c = arg;
	struct parent	*p = c->p;
	struct msg	 m;
	bool		 on;

	msg_init_read(&m, im->data, im->len);
	on = msg_get_bool(&m);
	if (msg_end(&m) == -1)
		return (-1);
	if (!rate_ok(&p->maint_rate, mono_us(), 60 * US_PER_SEC,
	    MAINT_RATE)) {
		if (p->maint_rate.cnt++ < 2 * MAINT_RATE)
			reload_answer(p, im->id, CTL_ERR_BUSY,
			    "too many requests in a minute");
		return (0);
	}
	if (maint_write(p, on) == -1) {
		log_warn("%s/maintenance", p->opt.rundir);
		reload_answer(p, im->id, CTL_ERR_STATE,
		    "refused: the file of it cannot be changed: see the log");
		return (0);
	}
	if (on != p->maintenance) {
		log_info("maintenance %s", on ? "begins" : "ends");
		hist_event(p, EVENT_MAINTENANCE, on);
	}
	p->maintenance = on;
	maint_tell(p, im->id);
	return (0);
}
