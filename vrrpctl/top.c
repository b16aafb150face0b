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
 * "vrrpctl top": a table on the whole screen, asked for anew every second. It
 * never waits for the daemon, so the keys always work. Runs in: vrrpctl-top.
 */

#include <sys/signalfd.h>

#include <curses.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "mono.h"
#include "top.h"

#define EVERY_US	US_PER_SEC
#define LIMIT_US	(2 * US_PER_SEC)
#define CTRL_L		12
#define KEY_ESC		27
#define ESC_MS		25

static void	 usage(void) __dead2;
static int	 signals_take(sigset_t *);
static void	 screen_begin(struct top *, const sigset_t *);
static void	 end_by(int, const sigset_t *);
static int	 loop(struct top *, int);
static int	 wait_some(const struct top *, int, int64_t);
static void	 work(struct top *, int64_t);
static bool	 keys(struct top *);
static bool	 key(struct top *, int);
static bool	 key_table(struct top *, int);
static void	 key_why(struct top *, int);
static void	 choose(struct top *, long);

int
main(int argc, char *argv[])
{
	struct top	 t;
	const char	*path = NULL;
	sigset_t	 set;
	int		 ch, fd, sig;

	while ((ch = getopt(argc, argv, "s:")) != -1) {
		if (ch != 's')
			usage();
		path = optarg;
	}
	if (argc != optind)
		usage();
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		errx(CLIENT_USAGE, "this is not a terminal: use \"vrrpctl "
		    "show\" or \"vrrpctl monitor\"");
	tzset();
	memset(&t, 0, sizeof(t));
	t.late_us = -1;
	asker_init(&t.asker, path, LIMIT_US);
	fd = signals_take(&set);
	screen_begin(&t, &set);
	sig = loop(&t, fd);
	(void)endwin();
	topdata_free(&t);
	asker_end(&t.asker);
	if (sig != 0)
		end_by(sig, &set);
	return (CLIENT_OK);
}

static void
usage(void)
{
	fprintf(stderr, "usage: vrrpctl [-s socket] top\n");
	exit(CLIENT_USAGE);
}

/* What ends the program is read from a descriptor: the screen comes first. */
static int
signals_take(sigset_t *set)
{
	int	 fd;

	(void)sigemptyset(set);
	(void)sigaddset(set, SIGHUP);
	(void)sigaddset(set, SIGINT);
	(void)sigaddset(set, SIGQUIT);
	(void)sigaddset(set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, set, NULL) == -1 ||
	    (fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		err(CLIENT_REFUSED, "signals");
	return (fd);
}

static void
screen_begin(struct top *t, const sigset_t *set)
{
	const char	*term = getenv("TERM");
	SCREEN		*screen;

	if (term == NULL || term[0] == '\0' ||
	    (screen = newterm(NULL, stdout, stdin)) == NULL)
		errx(CLIENT_USAGE, "terminal \"%s\" is not known: use "
		    "\"vrrpctl show\"", term != NULL ? term : "");
	(void)set_term(screen);
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)nodelay(stdscr, TRUE);
	(void)keypad(stdscr, TRUE);
	(void)set_escdelay(ESC_MS);
	(void)curs_set(0);
	if (getenv("NO_COLOR") != NULL || !has_colors() ||
	    start_color() == ERR)
		return;
	t->colour = true;
	(void)use_default_colors();
	(void)init_pair(TOP_GREEN, COLOR_GREEN, -1);
	(void)init_pair(TOP_RED, COLOR_RED, -1);
	(void)init_pair(TOP_YELLOW, COLOR_YELLOW, -1);
}

/* The shell is to see what it was. */
static void
end_by(int sig, const sigset_t *set)
{
	struct sigaction	 sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	(void)sigaction(sig, &sa, NULL);
	(void)raise(sig);
	(void)sigprocmask(SIG_UNBLOCK, set, NULL);
}

/* The signal that ended it; 0: a key. */
static int
loop(struct top *t, int fd)
{
	struct signalfd_siginfo	 info;
	int64_t			 now_us = mono_us();

	asker_begin(&t->asker, now_us);
	work(t, now_us);
	topdraw(t);
	for (;;) {
		switch (wait_some(t, fd, mono_us())) {
		case -1:
			return (SIGHUP);
		case 1:
			if (read(fd, &info, sizeof(info)) == sizeof(info))
				return ((int)info.ssi_signo);
			break;
		default:
			break;
		}
		if (!keys(t))
			return (0);
		now_us = mono_us();
		if (!t->asker.running && now_us >= t->asker.at_us + EVERY_US)
			asker_begin(&t->asker, now_us);
		work(t, now_us);
		topdraw(t);
	}
}

/* 1: a signal, -1: the terminal has gone, 0: anything else. */
static int
wait_some(const struct top *t, int fd, int64_t now_us)
{
	struct pollfd	 pfd[3];
	int64_t		 left_us;

	left_us = (t->asker.running ? asker_due_us(&t->asker, now_us) :
	    t->asker.at_us + EVERY_US) - now_us;
	if (left_us < 0)
		left_us = 0;
	pfd[0].fd = STDIN_FILENO;
	pfd[1].fd = fd;
	pfd[2].fd = asker_fd(&t->asker);	/* -1 is left out */
	pfd[0].events = pfd[1].events = pfd[2].events = POLLIN;
	/* EINTR: the size of the terminal has changed. */
	if (poll(pfd, 3, (int)(left_us / US_PER_MS) + 1) <= 0)
		return (0);
	if (pfd[1].revents != 0)
		return (1);
	return ((pfd[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 ? -1 :
	    0);
}

/* After a failure there is nothing to be shown but it. */
static void
work(struct top *t, int64_t now_us)
{
	bool	 was_running = t->asker.running;

	if (was_running)
		asker_work(&t->asker, now_us);
	if (t->asker.running || (!was_running && t->asker.at_us != now_us))
		return;
	if (t->asker.status != CLIENT_OK || topdata_take(t) == -1)
		topdata_free(t);
}

/* false: it is to end. */
static bool
keys(struct top *t)
{
	int	 ch;

	while ((ch = getch()) != ERR) {
		if (!key(t, ch))
			return (false);
	}
	return (true);
}

static bool
key(struct top *t, int ch)
{
	if (ch == KEY_RESIZE)
		return (true);
	if (ch == CTRL_L)
		(void)clearok(stdscr, TRUE);
	else if (t->mode == TOP_TABLE)
		return (key_table(t, ch));
	else if (ch == 'q' || ch == KEY_ESC || ch == '\r' || ch == '\n' ||
	    ch == KEY_ENTER || ch == KEY_LEFT || t->mode == TOP_HELP)
		t->mode = TOP_TABLE;
	else
		key_why(t, ch);
	return (true);
}

static bool
key_table(struct top *t, int ch)
{
	long	 at = (long)topdata_chosen(t);

	if (ch == 'q')
		return (false);
	if (ch == KEY_UP || ch == 'k')
		choose(t, at - 1);
	else if (ch == KEY_DOWN || ch == 'j')
		choose(t, at + 1);
	else if (ch == KEY_PPAGE || ch == 'b')
		choose(t, at - t->page);
	else if (ch == KEY_NPAGE || ch == ' ')
		choose(t, at + t->page);
	else if (ch == KEY_HOME || ch == 'g')
		choose(t, 0);
	else if (ch == KEY_END || ch == 'G')
		choose(t, (long)t->row_cnt - 1);
	else if (ch == 's')
		t->sort = (t->sort + 1) % SORT_MAX;
	else if (ch == 'S')
		t->sort = (t->sort + SORT_MAX - 1) % SORT_MAX;
	else if (ch == 'r')
		t->backwards = !t->backwards;
	else if (ch == '?' || ch == 'h')
		t->mode = TOP_HELP;
	else if ((ch == '\r' || ch == '\n' || ch == KEY_ENTER ||
	    ch == KEY_RIGHT || ch == 'w') && t->row_cnt > 0) {
		t->mode = TOP_WHY;
		t->why_first = 0;
	}
	topdata_sort(t);
	return (true);
}

static void
key_why(struct top *t, int ch)
{
	if (ch == KEY_UP || ch == 'k')
		t->why_first--;
	else if (ch == KEY_DOWN || ch == 'j')
		t->why_first++;
	else if (ch == KEY_PPAGE || ch == 'b')
		t->why_first -= t->page;
	else if (ch == KEY_NPAGE || ch == ' ')
		t->why_first += t->page;
	else if (ch == KEY_HOME || ch == 'g')
		t->why_first = 0;
	else if (ch == KEY_END || ch == 'G')
		t->why_first = t->why_lines;
}

static void
choose(struct top *t, long row)
{
	topdata_choose(t, row < 0 ? 0 : (size_t)row);
}
