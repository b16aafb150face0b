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

/* Recorded inputs of the state machine, played: see fsm_play.c. */

#ifndef FSM_PLAY_H
#define FSM_PLAY_H

#include <stdint.h>
#include <stdio.h>

#include "../../vrrpe/fsm.h"

/* One playing of a recorded test. */
struct play {
	const char	*file;
	int		 line;
	FILE		*out;
	struct vr	 v;
	struct vr_conf	 c;
	int64_t		 now;
};

/* Zeroed but for file and out. Ends the program at a line that is wrong. */
void	 play_file(struct play *, FILE *);
/* What a step did. */
void	 play_print(FILE *, const struct vr_out *);

#endif /* FSM_PLAY_H */
