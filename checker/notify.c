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
 * Notify scripts: one queue for each instance, so that they run one after
 * the other and in order. Runs in: checker.
 */

#include <sys/queue.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "log.h"

#define WAITING_MAX	8

struct waiting {
	STAILQ_ENTRY(waiting) entry;
	struct notify_msg	 ev;
};
STAILQ_HEAD(waiting_list, waiting);

/* What is run for one event, in this order. */
enum step {
	STEP_OWN = 0,		/* notify_master, ... */
	STEP_ANY,		/* notify */
	STEP_DONE
};

struct nqueue {
	TAILQ_ENTRY(nqueue)	 entry;
	struct notifier		*notifier;
	uint32_t		 id;
	const struct conf_inst	*inst;
	struct conf_inst	*own;	/* copy; the instance is gone */
	struct waiting_list	 waiting;
	unsigned int		 waiting_cnt;
	struct notify_msg	 now;	/* whose scripts are run */
	enum step		 step;	/* the next one of it */
	const char		*word;	/* that runs: "notify_master" */
	struct run		*run;
};
TAILQ_HEAD(nqueue_list, nqueue);

struct notifier {
	struct exec		*exec;
	const struct conf	*conf;
	struct nqueue_list	 queues;
};

static struct nqueue *queue_find(struct notifier *, uint32_t);
static struct nqueue *queue_new(struct notifier *, const struct conf_inst *);
static void	 queue_free(struct nqueue *);
static void	 queue_retire(struct nqueue *);
static bool	 queue_idle(const struct nqueue *);
static void	 retire_missing(struct notifier *, const struct conf *);
static bool	 inst_listens(const struct conf_inst *, uint8_t);
static void	 queue_add(struct nqueue *, const struct notify_msg *);
static void	 queue_drop(struct nqueue *, bool);
static bool	 queue_next(struct nqueue *);
static void	 queue_run(struct nqueue *);
static void	 start(struct nqueue *, const struct conf_notify *,
		    const char *, bool);
static void	 on_end(void *, const struct run_end *);

const char *const	 notify_words[NEV_MAX] = {
	[NEV_MASTER] = "MASTER",
	[NEV_BACKUP] = "BACKUP",
	[NEV_FAULT] = "FAULT",
	[NEV_STOP] = "STOP",
	[NEV_MASTER_RX_LOWER] = "MASTER_RX_LOWER_PRI",
	[NEV_DELETED] = "DELETED",
	[NEV_MASTER_PRIO] = "MASTER_PRIORITY",
	[NEV_BACKUP_PRIO] = "BACKUP_PRIORITY"
};

static const char *const	 config_words[CONF_NOTIFY_CNT] = {
	[NEV_MASTER] = "notify_master",
	[NEV_BACKUP] = "notify_backup",
	[NEV_FAULT] = "notify_fault",
	[NEV_STOP] = "notify_stop",
	[NEV_MASTER_RX_LOWER] = "notify_master_rx_lower_pri",
	[NEV_DELETED] = "notify_deleted",
	[NEV_MASTER_PRIO] = "",
	[NEV_BACKUP_PRIO] = "",
	[CONF_NOTIFY_ANY] = "notify"
};

struct notifier *
notifier_new(struct exec *exec)
{
	struct notifier	*n;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->exec = exec;
	TAILQ_INIT(&n->queues);
	return (n);
}

/* The old configuration is still there: gone instances are copied from it. */
void
notifier_follow(struct notifier *n, const struct conf *conf)
{
	const struct conf_inst	*inst;
	struct nqueue		*q, *tmp;

	if (n->conf != NULL)
		retire_missing(n, conf);
	TAILQ_FOREACH_SAFE(q, &n->queues, entry, tmp) {
		inst = conf_inst_by_id(conf, q->id);
		if (inst != NULL) {
			q->inst = inst;
			conf_inst_free(q->own);
			q->own = NULL;
		} else if (q->own == NULL)
			queue_retire(q);
		else if (queue_idle(q))
			queue_free(q);
	}
	n->conf = conf;
}

void
notifier_event(struct notifier *n, uint32_t id, const struct notify_msg *ev)
{
	const struct conf_inst	*inst;
	struct nqueue		*q;

	if ((q = queue_find(n, id)) == NULL) {
		inst = n->conf != NULL ? conf_inst_by_id(n->conf, id) : NULL;
		if (inst == NULL)
			return;		/* none of our commands */
		q = queue_new(n, inst);
	}
	if (!inst_listens(q->inst, ev->event))
		return;
	queue_add(q, ev);
	if (q->run == NULL)
		queue_run(q);
}

bool
notifier_idle(const struct notifier *n)
{
	const struct nqueue	*q;

	TAILQ_FOREACH(q, &n->queues, entry) {
		if (!queue_idle(q))
			return (false);
	}
	return (true);
}

static struct nqueue *
queue_find(struct notifier *n, uint32_t id)
{
	struct nqueue	*q;

	TAILQ_FOREACH(q, &n->queues, entry) {
		if (q->id == id)
			return (q);
	}
	return (NULL);
}

static struct nqueue *
queue_new(struct notifier *n, const struct conf_inst *inst)
{
	struct nqueue	*q;

	if ((q = calloc(1, sizeof(*q))) == NULL)
		fatal(NULL);
	q->notifier = n;
	q->id = inst->id;
	q->inst = inst;
	q->step = STEP_DONE;
	STAILQ_INIT(&q->waiting);
	TAILQ_INSERT_TAIL(&n->queues, q, entry);
	return (q);
}

/* An idle one. */
static void
queue_free(struct nqueue *q)
{
	TAILQ_REMOVE(&q->notifier->queues, q, entry);
	conf_inst_free(q->own);
	free(q);
}

/*
 * The engine tells the end of an instance after we have swapped the
 * configurations: the commands are kept until the next swap.
 */
static void
queue_retire(struct nqueue *q)
{
	struct conf_inst	*own;
	uint16_t		 arg;
	size_t			 i;

	if ((own = conf_inst_new()) == NULL)
		fatal(NULL);
	own->id = q->id;
	(void)strlcpy(own->name, q->inst->name, sizeof(own->name));
	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		for (arg = 0; arg < q->inst->notify[i].cmd.argc; arg++) {
			if (conf_argv_add(&own->notify[i].cmd,
			    q->inst->notify[i].cmd.argv[arg]) == -1)
				fatal(NULL);
		}
	}
	q->own = own;
	q->inst = own;
}

static bool
queue_idle(const struct nqueue *q)
{
	return (q->run == NULL && STAILQ_EMPTY(&q->waiting) &&
	    q->step == STEP_DONE);
}

static void
retire_missing(struct notifier *n, const struct conf *conf)
{
	struct conf_inst	*inst;

	TAILQ_FOREACH(inst, &n->conf->insts, entry) {
		if (conf_inst_by_id(conf, inst->id) == NULL &&
		    queue_find(n, inst->id) == NULL)
			(void)queue_new(n, inst);
	}
}

/* keepalived: a lower priority that was heard is no state for "notify". */
static bool
inst_listens(const struct conf_inst *inst, uint8_t event)
{
	return (inst->notify[event].cmd.argc > 0 ||
	    (event != NEV_MASTER_RX_LOWER &&
	    inst->notify[CONF_NOTIFY_ANY].cmd.argc > 0));
}

/*
 * Over the limit only the newest state is kept: the last one that is told is
 * always the real one.
 */
static void
queue_add(struct nqueue *q, const struct notify_msg *ev)
{
	struct waiting	*item;
	bool			 state = ev->event != NEV_MASTER_RX_LOWER;

	if (!state) {
		STAILQ_FOREACH(item, &q->waiting, entry) {
			if (item->ev.event == ev->event)
				return;
		}
	}
	if (q->waiting_cnt >= WAITING_MAX) {
		log_warnx("%s: %s still runs while %u events wait: only the "
		    "newest state will be told", q->inst->name, q->word,
		    q->waiting_cnt);
		queue_drop(q, !state);
		if (!state)
			return;
	}
	if ((item = calloc(1, sizeof(*item))) == NULL)
		fatal(NULL);
	item->ev = *ev;
	STAILQ_INSERT_TAIL(&q->waiting, item, entry);
	q->waiting_cnt++;
}

/* All that waits, but for the newest state if it is to be kept. */
static void
queue_drop(struct nqueue *q, bool keep_state)
{
	struct waiting	*item, *newest = NULL;

	STAILQ_FOREACH(item, &q->waiting, entry) {
		if (keep_state && item->ev.event != NEV_MASTER_RX_LOWER)
			newest = item;
	}
	while ((item = STAILQ_FIRST(&q->waiting)) != NULL) {
		STAILQ_REMOVE_HEAD(&q->waiting, entry);
		if (item != newest)
			free(item);
	}
	q->waiting_cnt = 0;
	if (newest != NULL) {
		STAILQ_INSERT_TAIL(&q->waiting, newest, entry);
		q->waiting_cnt = 1;
	}
}

static bool
queue_next(struct nqueue *q)
{
	struct waiting	*item;

	if ((item = STAILQ_FIRST(&q->waiting)) == NULL)
		return (false);
	STAILQ_REMOVE_HEAD(&q->waiting, entry);
	q->waiting_cnt--;
	q->now = item->ev;
	q->step = STEP_OWN;
	free(item);
	return (true);
}

static void
queue_run(struct nqueue *q)
{
	enum step	 step;

	while (q->run == NULL) {
		if (q->step == STEP_DONE && !queue_next(q))
			return;
		step = q->step++;
		if (step == STEP_OWN)
			start(q, &q->inst->notify[q->now.event],
			    config_words[q->now.event], false);
		else if (q->now.event != NEV_MASTER_RX_LOWER)
			start(q, &q->inst->notify[CONF_NOTIFY_ANY],
			    config_words[CONF_NOTIFY_ANY], true);
	}
}

static void
start(struct nqueue *q, const struct conf_notify *notify, const char *word,
    bool tell)
{
	const char	*more[5];
	char		 prio[8], why[TEXT_LEN];

	if (notify->cmd.argc == 0)
		return;
	(void)snprintf(prio, sizeof(prio), "%u", q->now.priority);
	more[0] = tell ? "INSTANCE" : NULL;
	more[1] = q->inst->name;
	more[2] = notify_words[q->now.event];
	more[3] = prio;
	more[4] = NULL;
	q->word = word;
	q->run = run_start(q->notifier->exec, RUN_NOTIFY, &notify->cmd, more,
	    on_end, q, why, sizeof(why));
	if (q->run == NULL)
		log_warnx("%s: %s (%s): cannot be started: %s", q->inst->name,
		    word, notify_words[q->now.event], why);
	else
		log_debug("%s: %s (%s): started", q->inst->name, word,
		    notify_words[q->now.event]);
}

static void
on_end(void *arg, const struct run_end *end)
{
	struct nqueue	*q = arg;

	q->run = NULL;
	if (end->kind != EXIT_STATUS || end->code != 0)
		log_warnx("%s: %s (%s): %s %d%s%s", q->inst->name, q->word,
		    notify_words[q->now.event], end->kind == EXIT_STATUS ?
		    "exit status" : "ended by signal", end->code,
		    end->output[0] != '\0' ? ": " : "", end->output);
	queue_run(q);
}
