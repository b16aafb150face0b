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
 * Programs that manage interfaces and take away what they do not know:
 * systemd-networkd and NetworkManager, by the state that they keep in /run.
 * Runs in: vrrpctl-doctor.
 */

#include <sys/stat.h>

#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "doctor.h"

#define NETWORKD_LINKS	"/run/systemd/netif/links"
#define NM_DEVICES	"/run/NetworkManager/devices"
#define FILE_MAX_LEN	65536

static void	 check_networkd(struct doctor *, const struct doc_link *,
		    const char *);
static void	 check_foreign(struct doctor *);
static void	 check_manager(struct doctor *, const struct doc_link *);
static bool	 ini_get(const char *, const char *, const char *, char *,
		    size_t);
static bool	 ini_file(const char *, const char *, const char *, char *,
		    size_t);
static void	 ini_glob(const char *, const char *, const char *, char *,
		    size_t);
static bool	 is_yes(const char *);
static bool	 has_routes(const struct doctor *);

void
check_managers(struct doctor *d)
{
	const struct snap_inst	*i;
	const struct doc_link	*l;
	struct stat		 mine, first;
	char			 path[PATH_LEN];
	bool			 managed = false;

	/* Both know the interfaces of the machine, not of a container. */
	if (stat("/proc/self/ns/net", &mine) == 0 &&
	    stat("/proc/1/ns/net", &first) == 0 &&
	    (mine.st_ino != first.st_ino || mine.st_dev != first.st_dev))
		return;
	SNAP_EACH(i, &d->snap.insts) {
		l = doc_link(d, i->inst.ifname);
		if (doc_seen(d, i) || l == NULL)
			continue;
		(void)snprintf(path, sizeof(path), NETWORKD_LINKS "/%u",
		    l->index);
		if (access(path, F_OK) == 0) {
			check_networkd(d, l, path);
			managed = true;
		}
		check_manager(d, l);
	}
	if (managed)
		check_foreign(d);
}

/* KEY=VALUE in a section of a text; "": in none. The last one counts. */
static bool
ini_get(const char *text, const char *section, const char *key, char *value,
    size_t size)
{
	const char	*line, *end;
	size_t		 len = strlen(key), n;
	bool		 here = section[0] == '\0', found = false;

	for (line = text; *line != '\0'; line = *end == '\0' ? end :
	    end + 1) {
		end = line + strcspn(line, "\n");
		while (*line == ' ' || *line == '\t')
			line++;
		if (*line == '[' && section[0] != '\0') {
			n = strlen(section);
			here = strncmp(line + 1, section, n) == 0 &&
			    line[1 + n] == ']';
		}
		if (!here || strncmp(line, key, len) != 0)
			continue;
		line += len + strspn(line + len, " \t");
		if (*line != '=')
			continue;
		line += 1 + strspn(line + 1, " \t");
		n = (size_t)(end - line);
		while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
			n--;
		(void)snprintf(value, size, "%.*s", (int)n, line);
		found = true;
	}
	return (found);
}

static bool
ini_file(const char *path, const char *section, const char *key, char *value,
    size_t size)
{
	char	*text;
	bool	 found = false;

	if ((text = malloc(FILE_MAX_LEN)) == NULL)
		return (false);
	if (doc_read(path, text, FILE_MAX_LEN) > 0)
		found = ini_get(text, section, key, value, size);
	free(text);
	return (found);
}

static void
ini_glob(const char *pattern, const char *section, const char *key,
    char *value, size_t size)
{
	glob_t	 g;
	size_t	 n;

	if (glob(pattern, 0, NULL, &g) != 0)
		return;
	for (n = 0; n < g.gl_pathc; n++)
		(void)ini_file(g.gl_pathv[n], section, key, value, size);
	globfree(&g);
}

static bool
is_yes(const char *value)
{
	return (strcasecmp(value, "yes") == 0 ||
	    strcasecmp(value, "true") == 0 || strcasecmp(value, "on") == 0 ||
	    strcmp(value, "1") == 0);
}

/* It removes foreign addresses when it configures the interface anew. */
static void
check_networkd(struct doctor *d, const struct doc_link *l, const char *state)
{
	static const char *const folders[] = { "/usr/lib", "/run", "/etc" };
	char	 admin[32] = "", file[PATH_LEN] = "", keep[32] = "no";
	char	 copy[PATH_LEN], pattern[PATH_LEN * 2];
	size_t	 n;

	if (!ini_file(state, "", "ADMIN_STATE", admin, sizeof(admin))) {
		doc_add(d, DOC_UNKNOWN, "networkd", l->name, "%s cannot be "
		    "read", state);
		return;
	}
	if (strcmp(admin, "unmanaged") == 0) {
		doc_add(d, DOC_OK, "networkd", l->name, "leaves it alone");
		return;
	}
	(void)ini_file(state, "", "NETWORK_FILE", file, sizeof(file));
	if (file[0] == '\0')
		(void)snprintf(file, sizeof(file),
		    "/etc/systemd/network/%s.network", l->name);
	(void)ini_file(file, "Network", "KeepConfiguration", keep,
	    sizeof(keep));
	(void)strlcpy(copy, file, sizeof(copy));
	for (n = 0; n < sizeof(folders) / sizeof(folders[0]); n++) {
		(void)snprintf(pattern, sizeof(pattern),
		    "%s/systemd/network/%s.d/*.conf", folders[n],
		    basename(copy));
		ini_glob(pattern, "Network", "KeepConfiguration", keep,
		    sizeof(keep));
	}
	if (strcmp(keep, "static") == 0 || is_yes(keep)) {
		doc_add(d, DOC_OK, "networkd", l->name, "manages it and "
		    "keeps foreign addresses (KeepConfiguration=%s)", keep);
		return;
	}
	doc_add(d, DOC_WARNING, "networkd", l->name, "manages it by %s and "
	    "removes the virtual addresses when it is restarted or reloaded",
	    file);
	doc_advice(d, "mkdir -p /etc/systemd/network/%s.d && printf "
	    "'[Network]\\nKeepConfiguration=static\\n' "
	    ">/etc/systemd/network/%s.d/vrrp.conf && networkctl reload",
	    basename(copy), basename(copy));
}

static bool
has_routes(const struct doctor *d)
{
	return (d->conf_text == NULL ||
	    strstr(d->conf_text, "\tvirtual_routes {") != NULL ||
	    strstr(d->conf_text, "\tvirtual_rules {") != NULL);
}

/* The same for routes and rules, if there are any. */
static void
check_foreign(struct doctor *d)
{
	static const char *const folders[] = { "/usr/lib", "/run", "/etc" };
	static const char *const keys[] = { "ManageForeignRoutes",
	    "ManageForeignRoutingPolicyRules" };
	char	 value[2][32] = { "yes", "yes" }, pattern[128];
	size_t	 k, n;

	for (k = 0; k < 2; k++) {
		(void)ini_file("/etc/systemd/networkd.conf", "Network",
		    keys[k], value[k], sizeof(value[k]));
		for (n = 0; n < sizeof(folders) / sizeof(folders[0]); n++) {
			(void)snprintf(pattern, sizeof(pattern),
			    "%s/systemd/networkd.conf.d/*.conf", folders[n]);
			ini_glob(pattern, "Network", keys[k], value[k],
			    sizeof(value[k]));
		}
	}
	if (!has_routes(d) || (!is_yes(value[0]) && !is_yes(value[1]))) {
		doc_add(d, DOC_OK, "networkd", "", "takes no routes away");
		return;
	}
	doc_add(d, d->conf_text == NULL ? DOC_UNKNOWN : DOC_WARNING,
	    "networkd", "", "removes routes and rules that are not its own: "
	    "virtual_routes and virtual_rules%s", d->conf_text == NULL ?
	    ", if there are any" : "");
	doc_advice(d, "mkdir -p /etc/systemd/networkd.conf.d && printf "
	    "'[Network]\\nManageForeignRoutes=no\\n"
	    "ManageForeignRoutingPolicyRules=no\\n' "
	    ">/etc/systemd/networkd.conf.d/vrrp.conf && "
	    "systemctl restart systemd-networkd");
}

static void
check_manager(struct doctor *d, const struct doc_link *l)
{
	char	 path[PATH_LEN], managed[32] = "";

	(void)snprintf(path, sizeof(path), NM_DEVICES "/%u", l->index);
	if (access(path, F_OK) == -1)
		return;
	if (!ini_file(path, "device", "managed", managed, sizeof(managed)) ||
	    (!is_yes(managed) && strcmp(managed, "managed") != 0)) {
		doc_add(d, DOC_OK, "NetworkManager", l->name,
		    "leaves it alone");
		return;
	}
	doc_add(d, DOC_WARNING, "NetworkManager", l->name, "manages it and "
	    "removes the virtual addresses when its connection is activated "
	    "anew");
	doc_advice(d, "printf '[keyfile]\\nunmanaged-devices+="
	    "interface-name:%s\\n' >/etc/NetworkManager/conf.d/vrrp-%s.conf "
	    "&& systemctl reload NetworkManager", l->name, l->name);
}
