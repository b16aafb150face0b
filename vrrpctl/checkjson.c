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
 * "-j check": what "vrrpd -n" says, as messages. A line that begins with a
 * blank or a mark belongs to the one before. Runs in: vrrpctl.
 */

#include <sys/wait.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "view.h"

/* One complaint, as far as it was read. */
struct complaint {
	struct view	*v;
	struct ctl_msg	 msg;
	bool		 open;
	char		 last[1024];	/* without severity: the sum */
};

static void	 take_line(struct complaint *, const char *);
static void	 finish(struct complaint *);

/* start() becomes the program that checks, or ends. */
int
check_json(struct view *v, const char *file, void (*start)(const char *))
{
	struct complaint	 c;
	struct ctl_result	 res;
	char			*line = NULL;
	size_t			 cap = 0;
	FILE			*fp;
	pid_t			 pid;
	int			 fds[2], status;

	if (pipe(fds) == -1 || (pid = fork()) == -1)
		err(CLIENT_REFUSED, NULL);
	if (pid == 0) {
		(void)close(fds[0]);
		if (dup2(fds[1], STDERR_FILENO) == -1)
			err(CLIENT_REFUSED, NULL);
		(void)close(fds[1]);
		start(file);
	}
	(void)close(fds[1]);
	if ((fp = fdopen(fds[0], "r")) == NULL)
		err(CLIENT_REFUSED, NULL);
	memset(&c, 0, sizeof(c));
	c.v = v;
	v->action = ACT_CHECK;
	v->fp = stdout;
	v->ops->begin(v);
	while (getline(&line, &cap, fp) != -1)
		take_line(&c, line);
	finish(&c);
	free(line);
	(void)fclose(fp);
	if (waitpid(pid, &status, 0) == -1)
		err(CLIENT_REFUSED, NULL);
	memset(&res, 0, sizeof(res));
	res.code = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CTL_OK :
	    CTL_ERR_CONF;
	res.took_us = -1;
	(void)strlcpy(res.text, c.last[0] != '\0' ? c.last : "no complaints",
	    sizeof(res.text));
	v->ops->result(v, "", &res);
	v->complete = WIFEXITED(status);
	v->ops->end(v);
	if (fflush(v->fp) == EOF)
		err(CLIENT_REFUSED, "standard output");
	return (res.code == CTL_OK ? CLIENT_OK : CLIENT_REFUSED);
}

/* file:line:column: severity: text, and the line that is meant. */
static void
take_line(struct complaint *c, const char *line)
{
	static const char *const words[] = {
		": note: ", ": warning: ", ": error: "
	};
	char	 text[1024];
	size_t	 i;

	(void)strlcpy(text, line, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strstr(text, words[i]) == NULL)
			continue;
		finish(c);
		c->open = true;
		c->msg.severity = (uint8_t)i;
		(void)strlcpy(c->msg.text, text, sizeof(c->msg.text));
		return;
	}
	if (c->open && strspn(text, " \t^") == strlen(text))
		return;		/* only the mark below a line */
	(void)strlcpy(c->last, text, sizeof(c->last));
}

static void
finish(struct complaint *c)
{
	if (!c->open)
		return;
	c->v->ops->msg(c->v, &c->msg);
	c->open = false;
}
