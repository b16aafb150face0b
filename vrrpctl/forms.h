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

/* Forms of what was gathered. Runs in: vrrpctl, vrrpctl-serve. */

#ifndef FORMS_H
#define FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "snap.h"

/* metrics.c: OpenMetrics text */
void	 metrics_print(FILE *, const struct snap *);
/* As of the usual exporter for keepalived. */
void	 metrics_compat(FILE *, const struct snap *);
#define METRICS_TYPE	"application/openmetrics-text; version=1.0.0; " \
			    "charset=utf-8"

/* om.c: parts of OpenMetrics text */
void	 om_family(FILE *, const char *name, const char *type,
	    const char *help);
/* ,NAME="VALUE" with what has to be escaped. */
void	 om_label(FILE *, bool first, const char *name, const char *value);
/* The name and labels of a sample of an instance, up to the value; one label
 * more than the usual ones, or NULL. om_open: more labels and "}" follow. */
void	 om_sample(FILE *, const char *name, const char *suffix,
	    const struct ctl_inst *, const char *label, const char *value);
void	 om_open(FILE *, const char *name, const char *suffix,
	    const struct ctl_inst *, const char *label, const char *value);
void	 om_number(FILE *, double);

/* tallies.c: more families of metrics_print */
void	 tallies_daemon(FILE *, const struct snap *);
void	 tallies_insts(FILE *, const struct snap *);

/* kajson.c: keepalived's numbers */
unsigned int ka_state(unsigned int show);
uint64_t ka_released(const struct snap_inst *);

/* The array that keepalived writes on its signal; 0 or -1 */
/* now_us: of the clock on the wall */
int	 kajson_print(FILE *, const struct snap *, int64_t now_us);

/* UTF-8 without control characters, or else as by vis(3). Returns buf. */
const char *text_utf8(char *buf, size_t, const char *);

#endif /* FORMS_H */
