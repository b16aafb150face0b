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
 * The parent's main: start, event loop, signals. Runs in: parent.
 */

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../netlinkd/netlinkd.h"
#include "announce.h"
#include "mono.h"
#include "parent.h"
#include "sock.h"

static int	 cleanup(const struct options *);
static int	 run(struct parent *);
static int	 run_setup(struct parent *);
static void	 run_end(struct parent *);
static void	 log_start(const struct options *);
static void	 sink_both(void *, int, const char *);
static void	 on_signal(evutil_socket_t, short, void *);
static void	 detach(struct parent *);

static const int	 signal_list[SIGNAL_CNT] = {
	SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2
};

int
main(int argc, char **argv)
{
	static struct parent	 parent;
	struct parent		*p = &parent;

	options_parse(&p->opt, argc, argv);
	sd_init(p);
	p->opt.journal = log_stderr_is_journal();
	start_environment();
	if (p->opt.check)
		start_check(&p->opt);
	p->ready_fd = -1;
	log_setlevel(p->opt.verbose > 0 ? LOGL_VERBOSE : LOGL_BRIEF);
	if (p->opt.cleanup)
		return (cleanup(&p->opt));
	if (!p->opt.foreground)
		p->ready_fd = start_background();
	if (chdir("/") == -1)
		err(1, "/");
	log_start(&p->opt);
	return (run(p));
}

/* -z: also what a service manager runs after a crash. */
static int
cleanup(const struct options *o)
{
	char	 path[PATH_LEN + 8];
	int	 cnt;

	if (geteuid() != 0)
		errx(1, "must be started as root");
	if (!ctlsock_is_free(o->rundir))
		return (1);
	(void)snprintf(path, sizeof(path), "%s/vips", o->rundir);
	if ((cnt = netlinkd_cleanup(path)) == -1)
		return (1);
	(void)unlink(path);
	printf("%d address%s removed\n", cnt, cnt == 1 ? "" : "es");
	return (0);
}

static int
run(struct parent *p)
{
	if (start_rights() == -1 || start_user(p) == -1 ||
	    start_programs(p) == -1 || run_setup(p) == -1)
		return (1);
	p->engine = proc_new(p, ROLE_VRRPE, NULL);
	reload_begin(p, 0);
	while (!p->finished)
		if (event_base_loop(p->base, EVLOOP_ONCE) == -1)
			break;
	run_end(p);
	return (p->exit_code);
}

static int
run_setup(struct parent *p)
{
	struct event_config	*cfg;
	size_t			 i;

	p->lock_fd = p->pid_fd = p->procev_fd = -1;
	p->ctl_fd[CTL_FULL] = p->ctl_fd[CTL_STATUS] = -1;
	TAILQ_INIT(&p->checkers);
	RB_INIT(&p->insts);
	hist_init(&p->history);
	/* Without this a 10 ms timer is 2 ms late. */
	if ((cfg = event_config_new()) == NULL ||
	    event_config_set_flag(cfg, EVENT_BASE_FLAG_PRECISE_TIMER) == -1 ||
	    (p->base = event_base_new_with_config(cfg)) == NULL ||
	    (p->ids = conf_ids_new()) == NULL) {
		log_warnx("event base");
		return (-1);
	}
	event_config_free(cfg);
	for (i = 0; i < SIGNAL_CNT; i++) {
		if (evsignal_assign(&p->signals[i], p->base, signal_list[i],
		    on_signal, p) == -1 ||
		    event_add(&p->signals[i], NULL) == -1) {
			log_warnx("signal %d", signal_list[i]);
			return (-1);
		}
	}
	reload_init(p);
	confirm_init(p);
	engine_ping_init(p);
	resume_init(p);
	stop_init(p);
	hook_init(p);
	return (0);
}

static void
run_end(struct parent *p)
{
	size_t	 i;

	if (p->ann != NULL)
		ann_free(p->ann);
	if (p->socks != NULL)
		sock_free(p->socks);
	watch_free(p);
	retime_free(p);
	procev_close(p);
	if (p->nl != NULL)
		netlinkd_free(p->nl);
	hook_fifos_remove(p);
	ctlsock_close(p);
	proc_free(p->engine);
	p->engine = NULL;
	inst_free_all(p);
	hist_free(&p->history);
	ident_free(p->idents);
	conf_free(p->conf);
	confirm_end(p);
	conf_ids_free(p->ids);
	for (i = 0; i < SIGNAL_CNT; i++)
		(void)event_del(&p->signals[i]);
	event_base_free(p->base);
	if (p->exit_code == 0)
		log_info("stopped");
}

/*
 * In the foreground to stderr or where -F says. In the background to syslog,
 * and until it is ready what is wrong also to the terminal.
 */
static void
log_start(const struct options *o)
{
	/* The journal of systemd takes more than what comes over stderr. */
	if (o->console && !(o->journal &&
	    log_open_syslog("vrrpd", o->facility) == 0)) {
		log_init("vrrpd", log_sink_stderr, NULL);
		return;
	}
	(void)log_open_syslog("vrrpd", o->facility);
	log_init("vrrpd", o->foreground ? log_sink_syslog : sink_both, NULL);
}

static void
sink_both(void *arg, int priority, const char *text)
{
	if (priority <= LOG_WARNING)
		log_sink_stderr(NULL, priority, text);
	log_sink_syslog(NULL, priority, text);
}

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct parent	*p = arg;

	switch ((int)sig) {
	case SIGCHLD:
		proc_reap(p);
		break;
	case SIGHUP:
		log_info("reload asked for by signal");
		if (p->state != PARENT_STOPPING)
			reload_begin(p, 0);
		break;
	case SIGTERM:
	case SIGINT:
		log_info("signal %d (%s): stopping%s", (int)sig,
		    strsignal((int)sig),
		    p->state == PARENT_STOPPING ? " at once" : "");
		stop_begin(p);
		break;
	default:
		log_info("signal %d is not used here: see vrrpctl(8)",
		    (int)sig);
		break;
	}
}

/* The first configuration runs. */
void
parent_ready(struct parent *p)
{
	p->state = PARENT_RUNNING;
	start_cut_down(p);
	hist_event(p, EVENT_STARTED, 0);
	log_info("vrrpd %s ready: %u instance%s, %u warning%s in %s",
	    VRRPD_VERSION, p->conf->inst_cnt,
	    p->conf->inst_cnt == 1 ? "" : "s", p->conf->global.warnings,
	    p->conf->global.warnings == 1 ? "" : "s", p->opt.file);
	if (p->ready_fd != -1)
		detach(p);
	sd_notify(p, "READY=1\nMAINPID=%ld", (long)getpid());
	p->status_due = true;
	parent_status(p);
}

/* Lets go of the terminal and of the process that waits for us. */
static void
detach(struct parent *p)
{
	int	 fd, to;

	if (!p->opt.console)
		log_init("vrrpd", log_sink_syslog, NULL);
	if ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1) {
		log_warn("/dev/null");
	} else {
		for (to = STDIN_FILENO; to <= STDERR_FILENO; to++)
			if (to != STDERR_FILENO || !p->opt.console)
				(void)dup2(fd, to);
		(void)close(fd);
	}
	if (write(p->ready_fd, "\001", 1) != 1)
		log_debug("nobody waits for us");
	(void)close(p->ready_fd);
	p->ready_fd = -1;
}

/* The start did not work out: why is in the log already. */
void
parent_fail(struct parent *p)
{
	p->exit_code = 1;
	stop_begin(p);
}

void
parent_status(struct parent *p)
{
	if (!p->status_due || p->state != PARENT_RUNNING)
		return;
	p->status_due = false;
	sd_notify(p, "STATUS=%u master, %u backup, %u fault or init%s",
	    inst_count(p, INST_MASTER), inst_count(p, INST_BACKUP),
	    inst_count(p, INST_INIT), p->confirm.kept != NULL ?
	    "; a reload waits to be confirmed" : "");
}

void
parent_loglevel(struct parent *p, uint8_t level)
{
	struct child	*c;
	struct msg	 m;
	uint8_t		 buf[1];

	log_setlevel(level == LOGL_VERBOSE ? LOGL_VERBOSE : LOGL_BRIEF);
	msg_init_write(&m, buf, sizeof(buf));
	msg_put_u8(&m, level);
	if (p->engine->synced)
		(void)peer_send(&p->engine->peer, IMSG_LOGLEVEL, 0, 0, 0, -1,
		    &m);
	TAILQ_FOREACH(c, &p->checkers, entry)
		if (c->phase == CHILD_RUNNING && proc_is_up(c))
			(void)peer_send(&c->peer, IMSG_LOGLEVEL, 0, 0, 0, -1,
			    &m);
	c = p->mailer;
	if (c != NULL && c->phase == CHILD_RUNNING && proc_is_up(c))
		(void)peer_send(&c->peer, IMSG_LOGLEVEL, 0, 0, 0, -1, &m);
}
