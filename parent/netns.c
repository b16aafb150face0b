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
 * The network namespace: entered before anything is opened in it, so that
 * every child is in it, too; for good. Runs in: parent.
 */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parent.h"

/* What a reload cannot change stays as it is. */
void
netns_keep(const struct conf *old, struct conf *conf)
{
	if (old == NULL || strcmp(old->global.netns, conf->global.netns) == 0)
		return;
	log_warnx("net_namespace cannot change before a restart: still %s",
	    old->global.netns[0] != '\0' ? old->global.netns : "none");
	(void)strlcpy(conf->global.netns, old->global.netns,
	    sizeof(conf->global.netns));
}

int
netns_enter(const struct conf *conf)
{
	const char	*name = conf->global.netns;
	char		 path[NAME_LEN + 16];
	int		 fd;

	if (name[0] == '\0')
		return (0);
	if (name[0] == '.' || strchr(name, '/') != NULL) {
		log_warnx("net_namespace: not a name");
		return (-1);
	}
	(void)snprintf(path, sizeof(path), "/run/netns/%s", name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 ||
	    setns(fd, CLONE_NEWNET) == -1) {
		log_warn("net_namespace %s%s", path, errno == EPERM ?
		    " (a service needs CapabilityBoundingSet=CAP_SYS_ADMIN and "
		    "RestrictNamespaces=net)" :
		    "");
		if (fd != -1)
			(void)close(fd);
		return (-1);
	}
	(void)close(fd);
	log_info("network namespace %s", name);
	return (0);
}
