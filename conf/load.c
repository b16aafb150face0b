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
 * From a file to a checked configuration.
 * Runs in: readconf.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "keyword.h"

static void	 load_init(struct load *, const struct load_opts *,
		    load_report_fn, void *);
static struct conf *load_run(struct load *, struct load_counts *);

static void
load_init(struct load *ld, const struct load_opts *opts,
    load_report_fn report, void *arg)
{
	struct global_def	*g = &ld->global;

	memset(ld, 0, sizeof(*ld));
	ld->opts = opts;
	ld->report = report;
	ld->report_arg = arg;
	TAILQ_INIT(&ld->insts);
	TAILQ_INIT(&ld->scripts);
	TAILQ_INIT(&ld->objects);
	TAILQ_INIT(&ld->groups);
	TAILQ_INIT(&ld->ifaces);
	TAILQ_INIT(&ld->tgroups);
	TAILQ_INIT(&ld->entries);
	TAILQ_INIT(&ld->statics.vips);
	if ((ld->conf = conf_new()) == NULL ||
	    (ld->statics.c = conf_inst_new()) == NULL)
		err(1, "configuration");
	if ((ld->names = conf_ids_new()) == NULL)
		err(1, "configuration");
	g->g = &ld->conf->global;
	g->down_timer_adverts = 3;
	g->garp_delay_s = 5;
	g->garp_repeat = 5;
	g->garp_refresh_repeat = 1;
	g->rx_multiplier = 3;
}

static struct conf *
load_run(struct load *ld, struct load_counts *cnt)
{
	struct conf	*conf = ld->conf;

	block_read(ld, BLK_TOP, NULL, NULL);
	check_conf(ld);
	save_conf(ld);
	diag_finish(ld);
	conf->global.warnings = ld->cnt.warnings;
	*cnt = ld->cnt;
	conf_ids_free(ld->names);
	mem_free(ld);
	conf_inst_free(ld->statics.c);
	if (cnt->errors == 0)
		return (conf);
	conf_free(conf);
	return (NULL);
}

struct conf *
conf_load(const char *file, const struct load_opts *opts,
    load_report_fn report, void *arg, struct load_counts *cnt)
{
	struct load	 ld;

	load_init(&ld, opts, report, arg);
	if (source_open(&ld, file) == 0)
		return (load_run(&ld, cnt));
	*cnt = ld.cnt;
	conf_ids_free(ld.names);
	mem_free(&ld);
	conf_inst_free(ld.statics.c);
	conf_free(ld.conf);
	return (NULL);
}

struct conf *
conf_load_mem(const char *name, const void *buf, size_t len,
    const struct load_opts *opts, load_report_fn report, void *arg,
    struct load_counts *cnt)
{
	struct load	 ld;

	load_init(&ld, opts, report, arg);
	source_open_mem(&ld, name, buf, len);
	return (load_run(&ld, cnt));
}
