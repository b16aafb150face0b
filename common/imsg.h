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
 * Messages over AF_UNIX SOCK_SEQPACKET: one datagram is one message, and a
 * descriptor belongs to the message that it came with. No libevent here.
 */

#ifndef IMSG_H
#define IMSG_H

#include <sys/types.h>
#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vrrpd.h"

#define IMSG_HDR_LEN		16
#define IMSG_MAX		16384	/* with the header */
#define IMSG_DATA_MAX		(IMSG_MAX - IMSG_HDR_LEN)
#define IMSG_QUEUE_MAX		(8U << 20)	/* bytes to one child */

struct imsg {
	uint16_t	 type;
	uint32_t	 id;
	uint32_t	 gen;
	uint32_t	 seq;
	size_t		 len;		/* of data */
	int		 fd;		/* -1, or owned by the message */
	uint8_t		 data[IMSG_DATA_MAX];
};

struct imsg_queued;
STAILQ_HEAD(imsg_queue, imsg_queued);

struct imsgbuf;
/* Sends one queued datagram; like writev(2). */
typedef ssize_t (*imsg_send_fn)(struct imsgbuf *, void *, size_t, int fd);

struct imsgbuf {
	int			 fd;
	struct imsg_queue	 queue;
	size_t			 queued;	/* bytes waiting */
	size_t			 queue_max;	/* bytes allowed */
	imsg_send_fn		 send;
};

enum imsg_read {
	IMSG_READ_OK = 1,
	IMSG_READ_AGAIN,	/* nothing there now */
	IMSG_READ_EOF,		/* the other side is gone */
	IMSG_READ_BAD		/* malformed or truncated: break off */
};

/* Takes the descriptor; makes it non-blocking and close-on-exec. */
int	 imsgbuf_init(struct imsgbuf *, int fd);
/* Drops what is queued (descriptors are closed) and closes the descriptor. */
void	 imsgbuf_clear(struct imsgbuf *);
/*
 * Queues one message; fd (-1: none) is owned by the queue from here on, also
 * when -1 (ENOBUFS over the limit, ENOMEM, EMSGSIZE) is returned. A
 * descriptor needs imsgbuf_allow_fds() (imsgfd.c; vrrpd only), else EINVAL.
 */
int	 imsg_compose(struct imsgbuf *, uint16_t type, uint32_t id,
	    uint32_t gen, uint32_t seq, int fd, const void *data, size_t len);
/* 0 all sent, 1 more to send (EAGAIN), -1 with errno (EPIPE: gone). */
int	 imsg_flush(struct imsgbuf *);
/* Receives one message into *im. A second descriptor is closed and BAD. */
enum imsg_read imsg_read(struct imsgbuf *, struct imsg *im);
/* Closes the message's descriptor if nobody took it. */
void	 imsg_done(struct imsg *);
/* Hands the descriptor over to the caller (-1 if there is none). */
int	 imsg_take_fd(struct imsg *);

/* imsgfd.c: lets this buffer send descriptors (sendmsg). */
void	 imsgbuf_allow_fds(struct imsgbuf *);

/*
 * The rules of one type, as one line of a process's table, indexed by type.
 * A message is handled only if all of them hold.
 */
#define IMSG_F_ID	0x01	/* hdr.id must not be 0 */
#define IMSG_F_FD	0x02	/* must carry a descriptor (else: must not) */
#define IMSG_F_GEN	0x04	/* hdr.gen must be the running generation */

struct imsg_rule {
	uint32_t	 from;		/* FROM_* bits; 0: never accepted */
	uint32_t	 phases;	/* bits of the receiver's own phases */
	uint32_t	 flags;		/* IMSG_F_* */
	uint16_t	 min_len;
	uint16_t	 max_len;
	/* 0, or -1: the sender is broken. arg is the receiver's own. */
	int		(*handler)(void *arg, struct imsg *);
};

enum imsg_verdict {
	IMSG_HANDLED = 0,
	IMSG_STALE,		/* IMSG_F_GEN does not hold: dropped */
	IMSG_REFUSED		/* break off with the sender */
};

/*
 * Checks one message against table[IMSG_TYPE_MAX] and calls its handler.
 * sender is one FROM_ bit, phase one bit of the receiver's, gen the running
 * generation. The reason for IMSG_REFUSED is written to why.
 */
enum imsg_verdict imsg_dispatch(const struct imsg_rule *table, uint32_t sender,
	    uint32_t phase, uint32_t gen, void *arg, struct imsg *,
	    char *why, size_t whylen);
/* "STATE", for logs; "type 77" is never needed: unknown gives "?". */
const char *imsg_name(uint16_t type);

#endif /* IMSG_H */
