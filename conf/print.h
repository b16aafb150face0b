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
 * What the files that print a configuration share.
 * Runs in: readconf only.
 */

#ifndef PRINT_H
#define PRINT_H

#include <stdio.h>

#include "conf.h"

/* print.c */
void	 print_word(FILE *, const char *);
void	 print_vip(FILE *, const struct conf *, const struct conf_vip *);

/* print_route.c */
void	 print_tgroups(FILE *, const struct conf *);
void	 print_statics(FILE *, const struct conf *);
void	 print_routes(FILE *, const char *indent, const char *name,
	    const struct conf_route_list *);
void	 print_rules(FILE *, const char *indent, const char *name,
	    const struct conf_rule_list *);

#endif /* PRINT_H */
