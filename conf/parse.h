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
 * The front end: configuration files to struct conf and back to text.
 * Runs in: readconf only.
 */

#ifndef PARSE_H
#define PARSE_H

#include <stdio.h>

#include "conf.h"
#include "payload.h"

struct load_opts {
	const char		*config_id;	/* NULL: this host's name */
	const char *const	*defines;	/* "NAME=VALUE" each */
	size_t			 define_cnt;
	bool			 vrrp_only;	/* LVS blocks are skipped */
	bool			 no_include;	/* an include is an error */
	bool			 no_system;	/* no users, no scripts */
	bool			 check_ifaces;	/* a missing one: a warning */
	bool			 save;		/* where config_save_dir says */
	bool			 numbers;	/* notes: how long what takes */
};

struct load_counts {
	uint32_t		 errors;
	uint32_t		 warnings;
	uint32_t		 notes;
};

/*
 * Told of each problem as it is found, at most LOAD_REPORTS of them; the last
 * of these are for errors alone. The counts go on. The message is the caller's
 * only during the call.
 */
#define LOAD_REPORTS	500
#define LOAD_WARNINGS	400
typedef void (*load_report_fn)(void *arg, const struct conf_msg *);

/*
 * The checked configuration, which the caller frees with conf_free, or NULL
 * after at least one error. global.warnings is filled in; ids and slots are
 * not. Ends the process when there is no memory.
 */
struct conf *conf_load(const char *file, const struct load_opts *,
	    load_report_fn, void *arg, struct load_counts *);
/* The same from memory; name stands for the file in messages. */
struct conf *conf_load_mem(const char *name, const void *buf, size_t len,
	    const struct load_opts *, load_report_fn, void *arg,
	    struct load_counts *);

/*
 * The canonical form, which loads to the same configuration; without secrets
 * every auth_pass is ********. 0, or -1 when writing failed.
 */
int	 conf_print(FILE *, const struct conf *, bool secrets);
/* "FILE:LINE:COL: error: TEXT", the line and a caret below the place. */
void	 conf_msg_print(FILE *, const struct conf_msg *);
/* Every word of the keyword tables: "BLOCK WORD STATUS", one a line. */
void	 conf_words_print(FILE *);

#endif /* PARSE_H */
