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
 * The kernel's process events, for a checker that may not ask for them: a
 * socket of the initial network namespace, made before another one is
 * entered, with a filter that cannot be taken off. What comes in is read by
 * the checker alone. Runs in: parent.
 */

#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/netlink.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "parent.h"

#define BUFFER	(1 << 20)
#define BODY	(NLMSG_HDRLEN + sizeof(struct cn_msg))
#define LOAD(n)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (n))
#define EVENT(m) LOAD(BODY + offsetof(struct proc_event, m))
#define IS(v, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(v), (yes), (no))

static int	 filter(int);
static int	 ask_for(int, enum proc_cn_mcast_op);

/* Before the first configuration is carried out. */
void
procev_open(struct parent *p)
{
	const int	 size = BUFFER;
	int		 fd;

	p->procev_on = false;
	p->procev_fd = -1;
	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_CONNECTOR);
	if (fd == -1 || filter(fd) == -1) {
		log_debug("process events: %s", strerror(errno));
		if (fd != -1)
			(void)close(fd);
		return;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
	    sizeof(size));		/* what is lost is looked for */
	p->procev_fd = fd;
}

/*
 * What becomes of whole processes, their children, and the kernel's answer
 * to ask_for(); nothing of threads.
 */
static int
filter(int fd)
{
	struct sock_filter	 f[] = {
		LOAD(NLMSG_HDRLEN),
		IS(CN_IDX_PROC, 0, 17),
		LOAD(NLMSG_HDRLEN + offsetof(struct cn_msg, id.val)),
		IS(CN_VAL_PROC, 0, 15),
		EVENT(what),
		IS(PROC_EVENT_NONE, 12, 0),
		IS(PROC_EVENT_FORK, 7, 0),
		IS(PROC_EVENT_EXEC, 2, 0),
		IS(PROC_EVENT_COMM, 1, 0),
		IS(PROC_EVENT_EXIT, 0, 9),
		EVENT(event_data.exec.process_pid),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		EVENT(event_data.exec.process_tgid),
		BPF_STMT(BPF_JMP | BPF_JA, 3),
		EVENT(event_data.fork.child_pid),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		EVENT(event_data.fork.child_tgid),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};
	struct sock_fprog	 prog = { sizeof(f) / sizeof(f[0]), f };
	const int		 on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1)
		return (-1);
	return (setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on)));
}

/* A namespace without them, or none for us: -1. */
static int
ask_for(int fd, enum proc_cn_mcast_op op)
{
	struct nlmsghdr	 nl;
	struct cn_msg	 cn;
	uint32_t	 word = op;
	const uint32_t	 group = CN_IDX_PROC;
	struct iovec	 iov[] = {
		{ &nl, sizeof(nl) }, { &cn, sizeof(cn) },
		{ &word, sizeof(word) }
	};

	memset(&nl, 0, sizeof(nl));
	memset(&cn, 0, sizeof(cn));
	nl.nlmsg_len = sizeof(nl) + sizeof(cn) + sizeof(word);
	nl.nlmsg_type = NLMSG_DONE;
	cn.id.idx = CN_IDX_PROC;
	cn.id.val = CN_VAL_PROC;
	cn.len = sizeof(word);
	if (op == PROC_CN_MCAST_LISTEN && setsockopt(fd, SOL_NETLINK,
	    NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) == -1)
		return (-1);
	if (writev(fd, iov, 3) == -1)
		return (-1);
	if (op == PROC_CN_MCAST_IGNORE)
		(void)setsockopt(fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP,
		    &group, sizeof(group));
	return (0);
}

/* There is a configuration or a checker that may not have them yet. */
void
procev_follow(struct parent *p)
{
	const struct conf_process	*cp = TAILQ_FIRST(&p->conf->processes);
	struct child			*c;
	bool				 theirs;
	int				 fd;

	if (p->procev_fd != -1 && p->procev_on != (cp != NULL)) {
		if (ask_for(p->procev_fd, cp != NULL ? PROC_CN_MCAST_LISTEN :
		    PROC_CN_MCAST_IGNORE) == -1) {
			log_debug("process events: %s", strerror(errno));
			procev_close(p);
		}
		p->procev_on = cp != NULL && p->procev_fd != -1;
	}
	/* All of them are of one identity. */
	TAILQ_FOREACH(c, &p->checkers, entry) {
		theirs = p->procev_on &&
		    ident_find(p->idents, &cp->user) == c->id;
		if (!theirs)
			c->procev = false;
		if (!theirs || c->procev || c->phase != CHILD_RUNNING ||
		    !proc_is_up(c) ||
		    (fd = fcntl(p->procev_fd, F_DUPFD_CLOEXEC, 0)) == -1)
			continue;
		(void)peer_send(&c->peer, IMSG_PROCEV, 0, c->gen, 0, fd, NULL);
		c->procev = true;
	}
}

void
procev_close(struct parent *p)
{
	if (p->procev_fd == -1)
		return;
	/* Old kernels go on counting us as a listener. */
	if (p->procev_on)
		(void)ask_for(p->procev_fd, PROC_CN_MCAST_IGNORE);
	(void)close(p->procev_fd);
	p->procev_fd = -1;
	p->procev_on = false;
}
