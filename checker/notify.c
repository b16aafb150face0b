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
 * Notify scripts: one queue for each instance and each sync group, so that
 * they run one after the other and in order. Runs in: checker.
 */

#include <sys/queue.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "log.h"
#include "noteq.h"

/* What is run for one event, in this order. */
enum step {
	STEP_OWN = 0,		/* notify_master, ... */
	STEP_ANY,		/* notify */
	STEP_DONE
};

/* An instance or a group, as far as it matters here. */
struct object {
	uint8_t			 kind;	/* enum notify_object */
	uint32_t		 id;
	char			 name[NAME_LEN];
	const struct conf_notify *notify;	/* [CONF_NOTIFY_CNT] */
};

struct nqueue {
	TAILQ_ENTRY(nqueue)	 entry;
	struct notifier		*notifier;
	struct object		 object;
	struct conf_notify	*own;	/* copies; the object is gone */
	struct noteq		 waiting;
	unsigned int		 owed;	/* events whose end is to be told */
	struct notify_msg	 now;	/* whose scripts are run */
	enum step		 step;	/* the next one of it */
	const char		*word;	/* that runs: "notify_master" */
	struct run		*run;
	struct event		 ev_slow;
};
TAILQ_HEAD(nqueue_list, nqueue);

struct notifier {
	struct exec		*exec;
	struct timeval		 slow;
	const struct conf	*conf;
	struct nqueue_list	 queues;
	notify_done_fn		 done;
	void			*arg;
};

static bool	 object_find(const struct conf *, uint8_t, uint32_t,
		    struct object *);
static void	 object_of_inst(const struct conf_inst *, struct object *);
static void	 object_of_group(const struct conf_group *, struct object *);
static struct nqueue *queue_find(struct notifier *, uint8_t, uint32_t);
static struct nqueue *queue_new(struct notifier *, const struct object *);
static void	 queue_free(struct nqueue *);
static void	 queue_retire(struct nqueue *);
static bool	 queue_idle(const struct nqueue *);
static void	 retire_missing(struct notifier *, const struct conf *);
static void	 retire(struct notifier *, const struct conf *,
		    const struct object *);
static void	 own_free(struct nqueue *);
static bool	 listens(const struct object *, uint8_t);
static void	 queue_add(struct nqueue *, const struct notify_msg *);
static bool	 queue_next(struct nqueue *);
static void	 queue_run(struct nqueue *);
static void	 queue_tell(struct nqueue *);
static void	 start(struct nqueue *, const struct conf_notify *,
		    const char *, bool);
static void	 on_slow(evutil_socket_t, short, void *);
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
notifier_new(struct exec *exec, int64_t slow_us, notify_done_fn done,
    void *arg)
{
	struct notifier	*n;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->exec = exec;
	n->done = done;
	n->arg = arg;
	n->slow.tv_sec = (time_t)(slow_us / US_PER_SEC);
	n->slow.tv_usec = (suseconds_t)(slow_us % US_PER_SEC);
	TAILQ_INIT(&n->queues);
	return (n);
}

/* The old configuration is still there: what is gone is copied from it. */
void
notifier_follow(struct notifier *n, const struct conf *conf)
{
	struct nqueue	*q, *tmp;

	if (n->conf != NULL)
		retire_missing(n, conf);
	TAILQ_FOREACH_SAFE(q, &n->queues, entry, tmp) {
		if (object_find(conf, q->object.kind, q->object.id,
		    &q->object))
			own_free(q);
		else if (q->own == NULL)
			queue_retire(q);
		else if (queue_idle(q))
			queue_free(q);
	}
	n->conf = conf;
}

void
notifier_event(struct notifier *n, uint32_t id, const struct notify_msg *ev)
{
	struct object	 object;
	struct nqueue	*q;

	if ((q = queue_find(n, ev->object, id)) == NULL) {
		if (n->conf == NULL ||
		    !object_find(n->conf, ev->object, id, &object)) {
			if (ev->part == NPART_SCRIPT)
				log_warnx("%s: %s: no script is run for it: "
				    "its commands are not known any more",
				    ev->name, notify_words[ev->event]);
			n->done(n->arg, ev->object, id, 1);
			return;
		}
		q = queue_new(n, &object);
	}
	q->owed++;
	if (listens(&q->object, ev->event))
		queue_add(q, ev);
	if (q->run == NULL)
		queue_run(q);
}

void
notifier_tell_busy(struct notifier *n)
{
	struct nqueue	*q;

	TAILQ_FOREACH(q, &n->queues, entry) {
		if (queue_idle(q))
			continue;
		q->owed = 1;
		n->done(n->arg, q->object.kind, q->object.id, 0);
	}
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

static bool
object_find(const struct conf *conf, uint8_t kind, uint32_t id,
    struct object *object)
{
	const struct conf_group	*group;
	const struct conf_inst	*inst;

	if (kind == NOB_GROUP) {
		if ((group = conf_group_by_id(conf, id)) == NULL)
			return (false);
		object_of_group(group, object);
	} else {
		if ((inst = conf_inst_by_id(conf, id)) == NULL)
			return (false);
		object_of_inst(inst, object);
	}
	return (true);
}

static void
object_of_inst(const struct conf_inst *inst, struct object *object)
{
	object->kind = NOB_INSTANCE;
	object->id = inst->id;
	object->notify = inst->notify;
	(void)strlcpy(object->name, inst->name, sizeof(object->name));
}

static void
object_of_group(const struct conf_group *group, struct object *object)
{
	object->kind = NOB_GROUP;
	object->id = group->id;
	object->notify = group->notify;
	(void)strlcpy(object->name, group->name, sizeof(object->name));
}

static struct nqueue *
queue_find(struct notifier *n, uint8_t kind, uint32_t id)
{
	struct nqueue	*q;

	TAILQ_FOREACH(q, &n->queues, entry) {
		if (q->object.kind == kind && q->object.id == id)
			return (q);
	}
	return (NULL);
}

static struct nqueue *
queue_new(struct notifier *n, const struct object *object)
{
	struct nqueue	*q;

	if ((q = calloc(1, sizeof(*q))) == NULL)
		fatal(NULL);
	q->notifier = n;
	q->object = *object;
	q->step = STEP_DONE;
	noteq_init(&q->waiting);
	if (event_assign(&q->ev_slow, n->exec->base, -1, 0, on_slow, q) == -1)
		fatalx("cannot set a timer");
	TAILQ_INSERT_TAIL(&n->queues, q, entry);
	return (q);
}

/* An idle one. */
static void
queue_free(struct nqueue *q)
{
	TAILQ_REMOVE(&q->notifier->queues, q, entry);
	own_free(q);
	free(q);
}

static void
own_free(struct nqueue *q)
{
	if (q->own == NULL)
		return;
	conf_notify_clear(q->own);
	free(q->own);
	q->own = NULL;
}

/*
 * The engine tells the end of an object after we have swapped the
 * configurations: the commands are kept until the next swap.
 */
static void
queue_retire(struct nqueue *q)
{
	const struct conf_argv	*cmd;
	struct conf_notify	*own;
	uint16_t		 arg;
	size_t			 i;

	if ((own = calloc(CONF_NOTIFY_CNT, sizeof(*own))) == NULL)
		fatal(NULL);
	for (i = 0; i < CONF_NOTIFY_CNT; i++) {
		cmd = &q->object.notify[i].cmd;
		for (arg = 0; arg < cmd->argc; arg++) {
			if (conf_argv_add(&own[i].cmd, cmd->argv[arg]) == -1)
				fatal(NULL);
		}
	}
	q->own = own;
	q->object.notify = own;
}

static bool
queue_idle(const struct nqueue *q)
{
	return (q->run == NULL && q->waiting.cnt == 0 &&
	    q->step == STEP_DONE);
}

static void
retire_missing(struct notifier *n, const struct conf *conf)
{
	struct conf_group	*group;
	struct conf_inst	*inst;
	struct object		 object;

	TAILQ_FOREACH(inst, &n->conf->insts, entry) {
		object_of_inst(inst, &object);
		retire(n, conf, &object);
	}
	TAILQ_FOREACH(group, &n->conf->groups, entry) {
		object_of_group(group, &object);
		retire(n, conf, &object);
	}
}

static void
retire(struct notifier *n, const struct conf *conf,
    const struct object *object)
{
	struct object	 next;

	if (!object_find(conf, object->kind, object->id, &next) &&
	    queue_find(n, object->kind, object->id) == NULL)
		(void)queue_new(n, object);
}

/* keepalived: a lower priority that was heard is no state for "notify". */
static bool
listens(const struct object *object, uint8_t event)
{
	return (object->notify[event].cmd.argc > 0 ||
	    (event != NEV_MASTER_RX_LOWER &&
	    object->notify[CONF_NOTIFY_ANY].cmd.argc > 0));
}

static void
queue_add(struct nqueue *q, const struct notify_msg *ev)
{
	unsigned int	 waited;

	if ((waited = noteq_add(&q->waiting, ev, 0)) > 0)
		log_warnx("%s: %s still runs while %u events wait: only the "
		    "newest state will be told", q->object.name, q->word,
		    waited);
}

static bool
queue_next(struct nqueue *q)
{
	struct noteq_item	 item;

	if (!noteq_next(&q->waiting, &item))
		return (false);
	q->now = item.ev;
	q->step = STEP_OWN;
	return (true);
}

static void
queue_run(struct nqueue *q)
{
	enum step	 step;

	while (q->run == NULL) {
		if (q->step == STEP_DONE && !queue_next(q)) {
			queue_tell(q);
			return;
		}
		step = q->step++;
		if (step == STEP_OWN)
			start(q, &q->object.notify[q->now.event],
			    config_words[q->now.event], false);
		else if (q->now.event != NEV_MASTER_RX_LOWER)
			start(q, &q->object.notify[CONF_NOTIFY_ANY],
			    config_words[CONF_NOTIFY_ANY], true);
	}
}

/* Nothing of it waits or runs any more. */
static void
queue_tell(struct nqueue *q)
{
	unsigned int	 owed = q->owed;

	q->owed = 0;
	if (owed > 0)
		q->notifier->done(q->notifier->arg, q->object.kind,
		    q->object.id, owed);
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
	more[0] = NULL;
	if (tell)
		more[0] = q->object.kind == NOB_GROUP ? "GROUP" : "INSTANCE";
	more[1] = q->object.name;
	more[2] = notify_words[q->now.event];
	more[3] = prio;
	more[4] = NULL;
	q->word = word;
	q->run = run_start(q->notifier->exec, RUN_NOTIFY, &notify->cmd, more,
	    on_end, q, why, sizeof(why));
	if (q->run == NULL) {
		log_warnx("%s: %s (%s): cannot be started: %s", q->object.name,
		    word, notify_words[q->now.event], why);
		return;
	}
	log_debug("%s: %s (%s): started", q->object.name, word,
	    notify_words[q->now.event]);
	if (event_add(&q->ev_slow, &q->notifier->slow) == -1)
		fatalx("cannot set a timer");
}

/* It may take its time, but one that hangs keeps all that follows. */
static void
on_slow(evutil_socket_t fd, short what, void *arg)
{
	struct nqueue	*q = arg;

	log_warnx("%s: %s (%s): still runs after %g s: what comes next is "
	    "told when it ends", q->object.name, q->word,
	    notify_words[q->now.event], (double)q->notifier->slow.tv_sec +
	    (double)q->notifier->slow.tv_usec / US_PER_SEC);
}

static void
on_end(void *arg, const struct run_end *end)
{
	struct nqueue	*q = arg;

	q->run = NULL;
	(void)event_del(&q->ev_slow);
	if (end->kind != EXIT_STATUS || end->code != 0)
		log_warnx("%s: %s (%s): %s %d%s%s", q->object.name, q->word,
		    notify_words[q->now.event], end->kind == EXIT_STATUS ?
		    "exit status" : "ended by signal", end->code,
		    end->output[0] != '\0' ? ": " : "", end->output);
	queue_run(q);
}
