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
 * The rules: what settings mean together, one rule at a time.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../conf/parse.h"

#define HEAD	"vrrp_instance V {\n interface eth0\n virtual_router_id 51\n"
#define VIP	" virtual_ipaddress {\n 192.0.2.10\n }\n}\n"

static struct conf *load(const char *);
static struct conf_inst *one(const char *settings);
static void	 keep(void *, const struct conf_msg *);
static bool	 said(const char *);
static void	 refused(const char *text, const char *why);

static char			 messages[8192];
static struct load_counts	 cnt;
static struct conf		*current;
static const struct load_opts	 opts = { .config_id = "x",
				    .no_include = true, .no_system = true };

static void
keep(void *arg, const struct conf_msg *m)
{
	strlcat(messages, m->text, sizeof(messages));
	strlcat(messages, "\n", sizeof(messages));
}

static struct conf *
load(const char *text)
{
	conf_free(current);
	messages[0] = '\0';
	current = conf_load_mem("t", text, strlen(text), &opts, keep, NULL,
	    &cnt);
	return (current);
}

/* The instance V with these settings; there must be no error. */
static struct conf_inst *
one(const char *settings)
{
	char	 text[2048];

	(void)snprintf(text, sizeof(text), HEAD "%s" VIP, settings);
	if (load(text) == NULL)
		fail_msg("refused: %s", messages);
	return (TAILQ_FIRST(&current->insts));
}

static bool
said(const char *what)
{
	return (strstr(messages, what) != NULL);
}

static void
refused(const char *text, const char *why)
{
	if (load(text) != NULL)
		fail_msg("accepted: %s", text);
	if (!said(why))
		fail_msg("not said: %s; but: %s", why, messages);
}

static int
teardown(void **state)
{
	conf_free(current);
	current = NULL;
	return (0);
}

static void
test_defaults(void **state)
{
	struct conf_inst	*c = one("");

	assert_int_equal(cnt.warnings, 0);
	assert_int_equal(c->priority, 100);
	assert_int_equal(c->version, 2);
	assert_int_equal(c->adver_int_us, US_PER_SEC);
	assert_false(c->start_master);
	assert_false(c->nopreempt);
	assert_true(c->accept);
	assert_true(c->track_primary);
	assert_int_equal(c->garp_delay_s, 5);
	assert_int_equal(c->garp_repeat, 5);
	assert_int_equal(c->garp_refresh_s, 0);
	assert_int_equal(c->garp_lower_delay_s, 5);
	assert_int_equal(c->garp_lower_repeat, 5);
	assert_int_equal(c->down_timer_adverts, 3);
	assert_int_equal(c->vip_lease, LEASE_AUTO);
	assert_false(c->unicast);
	assert_int_equal(c->mcast.family, AF_INET);
	assert_int_equal(c->mcast.bytes[3], 18);
	assert_string_equal(TAILQ_FIRST(&c->vips)->ifname, "eth0");
}

static void
test_needed(void **state)
{
	refused("vrrp_instance V {\n interface eth0\n" VIP,
	    "virtual_router_id is missing");
	refused("vrrp_instance V {\n virtual_router_id 1\n" VIP,
	    "interface is missing");
	refused(HEAD " version 3\n}\n", "needs a virtual_ipaddress");
	assert_non_null(load(HEAD "}\n"));
	assert_true(said("there is no virtual_ipaddress"));
	assert_non_null(load(HEAD " version 3\n no_virtual_ipaddress\n}\n"));
	assert_int_equal(cnt.warnings, 0);
}

static void
test_state(void **state)
{
	assert_false(one(" state MASTER\n priority 100\n")->start_master);
	assert_int_equal(cnt.warnings, 0);
	assert_true(one(" state MASTER\n priority 255\n")->start_master);
	assert_true(one(" priority 255\n")->start_master);
	assert_false(one(" state BACKUP\n priority 255\n")->start_master);
	assert_int_equal(one(" state MASTER\n")->priority, 255);
	assert_true(said("owner"));
	assert_true(one(" state MASTER\n")->start_master);
	assert_false(one(" state master\n")->start_master);
	assert_true(said("BACKUP is used"));
}

static void
test_preempt(void **state)
{
	assert_true(one(" nopreempt\n")->nopreempt);
	assert_false(one(" nopreempt\n preempt\n")->nopreempt);
	assert_false(one(" nopreempt\n state MASTER\n priority 9\n")->
	    nopreempt);
	assert_false(one(" nopreempt\n priority 255\n")->nopreempt);
	assert_int_equal(one(" preempt_delay 1.5\n")->preempt_delay_us,
	    1500000);
	assert_int_equal(one(" preempt_delay 1\n nopreempt\n")->
	    preempt_delay_us, 0);
	assert_int_equal(one(" preempt_delay 1\n state MASTER\n"
	    " priority 9\n")->preempt_delay_us, 0);
	assert_int_equal(one(" preempt_delay 1001\n")->preempt_delay_us, 0);
}

static void
test_interval(void **state)
{
	static const struct {
		const char	*given;
		int64_t		 v2_us;
		int64_t		 v3_us;
	} t[] = {
		{ "1", 1000000, 1000000 },
		{ "0.4", 1000000, 400000 },
		{ "1.5", 2000000, 1500000 },
		{ "2.49", 2000000, 2490000 },
		{ "0.01", 1000000, 10000 },
		{ "300", 1000000, 1000000 },
		{ "41", 41000000, 40950000 },
		{ "40.954", 41000000, 40950000 },
		{ "0.014", 1000000, 10000 },
		{ "0.126", 1000000, 130000 },
		{ "255", 255000000, 40950000 }
	};
	char	 text[64];
	size_t	 i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		(void)snprintf(text, sizeof(text), " advert_int %s\n",
		    t[i].given);
		assert_int_equal(one(text)->adver_int_us, t[i].v2_us);
		strlcat(text, " version 3\n", sizeof(text));
		assert_int_equal(one(text)->adver_int_us, t[i].v3_us);
	}
}

static void
test_auth(void **state)
{
	struct conf_inst	*c;

	c = one(" authentication {\n auth_type PASS\n auth_pass abc\n }\n");
	assert_int_equal(c->auth_type, 1);
	assert_memory_equal(c->auth_pass, "abc\0\0\0\0\0", AUTH_LEN);
	c = one(" authentication {\n auth_type PASS\n"
	    " auth_pass twelve-chars\n }\n");
	assert_memory_equal(c->auth_pass, "twelve-c", AUTH_LEN);
	assert_true(said("only the first 8"));
	assert_int_equal(one(" version 3\n authentication {\n auth_type PASS\n"
	    " auth_pass x\n }\n")->auth_type, 0);
	assert_int_equal(one(" authentication {\n auth_type PASS\n }\n")->
	    auth_type, 0);
	assert_true(said("auth_pass is missing"));
	assert_int_equal(one(" authentication {\n auth_type AH\n"
	    " auth_pass x\n }\n")->auth_type, AUTH_AH);
	assert_true(said("HMAC-MD5"));
	assert_int_equal(one(" authentication {\n auth_type AH\n }\n")->
	    auth_type, 0);
	assert_int_equal(one(" version 3\n authentication {\n auth_type AH\n"
	    " auth_pass x\n }\n")->auth_type, 0);
}

static void
test_inherit(void **state)
{
	struct conf_inst	*c;

	assert_non_null(load(HEAD " garp_master_delay 1\n" VIP
	    "global_defs {\n vrrp_garp_master_delay 9\n"
	    " vrrp_garp_master_repeat 2\n vrrp_version 3\n"
	    " vrrp_lower_prio_no_advert\n vip_lease 7\n"
	    " vrrp_down_timer_adverts 4\n}\n"));
	c = TAILQ_FIRST(&current->insts);
	assert_int_equal(c->version, 3);
	assert_int_equal(c->garp_delay_s, 1);
	assert_int_equal(c->garp_repeat, 2);
	assert_int_equal(c->garp_lower_delay_s, 9);	/* the global one */
	assert_int_equal(c->garp_lower_repeat, 2);
	assert_true(c->lower_prio_no_advert);
	assert_int_equal(c->vip_lease, 7);
	assert_int_equal(c->down_timer_adverts, 4);
	assert_non_null(load("global_defs {\n vrrp_min_garp\n}\n" HEAD VIP));
	c = TAILQ_FIRST(&current->insts);
	assert_int_equal(c->garp_delay_s, 0);
	assert_int_equal(c->garp_repeat, 1);
	assert_int_equal(c->garp_lower_repeat, 1);
}

static void
test_strict(void **state)
{
	struct conf_inst	*c;

	c = one(" strict_mode\n state MASTER\n priority 100\n"
	    " preempt_delay 3\n down_timer_adverts 9\n accept\n"
	    " higher_prio_send_advert\n");
	assert_false(c->start_master);
	assert_int_equal(c->preempt_delay_us, 0);
	assert_int_equal(c->down_timer_adverts, 3);
	assert_false(c->accept);
	assert_false(c->higher_prio_send_advert);
	assert_true(c->lower_prio_no_advert);
	assert_int_equal(c->garp_lower_repeat, 0);
	assert_true(said("accept needs version 3"));
	assert_false(one(" strict_mode\n")->accept);
	assert_true(said("accept no packets"));
	c = one(" strict_mode\n priority 255\n state BACKUP\n");
	assert_true(c->start_master);
	assert_true(c->accept);
	assert_true(c->owner_ignore_adverts);
	assert_true(one(" strict_mode\n version 3\n accept\n")->accept);
	refused(HEAD " strict_mode\n unicast_peer {\n 192.0.2.2\n }\n" VIP,
	    "no unicast");
}

static void
test_unicast(void **state)
{
	struct conf_inst	*c;

	c = one(" unicast_src_ip 192.0.2.1\n unicast_peer {\n 192.0.2.2\n"
	    " 192.0.2.1\n 192.0.2.3 min_ttl 9\n }\n");
	assert_true(c->unicast);
	assert_int_equal(c->mcast.family, 0);
	assert_int_equal(TAILQ_FIRST(&c->peers)->addr.bytes[3], 2);
	assert_int_equal(TAILQ_LAST(&c->peers, conf_peer_list)->min_ttl, 9);
	assert_int_equal(TAILQ_LAST(&c->peers, conf_peer_list)->max_ttl, 255);
	assert_ptr_equal(TAILQ_NEXT(TAILQ_FIRST(&c->peers), entry),
	    TAILQ_LAST(&c->peers, conf_peer_list));
	assert_true(c->check_unicast_src);
	refused(HEAD " unicast_peer {\n }\n" VIP, "without a peer");
	refused(HEAD " unicast_src_ip 192.0.2.1\n" VIP, "without a peer");
	refused(HEAD " unicast_peer {\n 192.0.2.300\n }\n" VIP,
	    "no peer's address");
	/* The one way to have no peers; also without another word. */
	c = one(" unicast_fault_no_peer\n unicast_peer {\n }\n");
	assert_true(c->unicast && TAILQ_EMPTY(&c->peers));
	assert_int_equal(c->mcast.family, 0);
	c = one(" unicast_fault_no_peer\n");
	assert_true(c->unicast && TAILQ_EMPTY(&c->peers));
	c = one(" unicast_fault_no_peer\n unicast_peer {\n 192.0.2.2\n }\n");
	assert_false(TAILQ_EMPTY(&c->peers));
	refused(HEAD " unicast_fault_no_peer\n unicast_peer {\n 192.0.2.\n"
	    " }\n" VIP, "no peer's address");
	refused(HEAD " unicast_fault_no_peer\n strict_mode\n" VIP,
	    "no unicast");
}

static void
test_same_vrid(void **state)
{
	refused(HEAD VIP "vrrp_instance W {\n interface eth0\n"
	    " virtual_router_id 51\n}\n", "is that of V");
	assert_non_null(load(HEAD VIP "vrrp_instance W {\n interface eth1\n"
	    " virtual_router_id 51\n}\n"));
	assert_non_null(load(HEAD VIP "vrrp_instance W {\n interface eth0\n"
	    " virtual_router_id 51\n mcast_dst_ip 224.0.0.77\n}\n"));
	assert_non_null(load(HEAD VIP "vrrp_instance W {\n interface eth0\n"
	    " virtual_router_id 51\n virtual_ipaddress {\n fe80::1\n }\n"
	    "}\n"));
}

static void
test_tracks(void **state)
{
	static const char	 scripts[] =
	    "vrrp_script a {\n script \"/x\"\n weight -20 reverse\n}\n"
	    "vrrp_script b {\n script \"/y z\"\n}\n";
	char			 text[1024];
	struct conf_track	*t;
	struct conf_inst	*c;

	(void)snprintf(text, sizeof(text), "%s" HEAD " track_script {\n a\n"
	    " b weight 254\n c\n }\n track_interface {\n eth0\n"
	    " eth1 weight 5\n }\n" VIP, scripts);
	assert_non_null(load(text));
	c = TAILQ_FIRST(&current->insts);
	t = TAILQ_FIRST(&c->tracks);
	assert_string_equal(t->name, "a");
	assert_int_equal(t->weight, -20);
	assert_true(t->reverse);
	t = TAILQ_NEXT(t, entry);
	assert_int_equal(t->weight, 253);
	assert_false(t->reverse);
	t = TAILQ_NEXT(t, entry);
	assert_int_equal(t->kind, CONF_TRACK_IFACE);
	assert_string_equal(t->name, "eth1");
	assert_null(TAILQ_NEXT(t, entry));
	assert_true(said("there is no vrrp_script c"));
	assert_true(said("its own interface"));
	assert_non_null(conf_iface_by_name(current, "eth1"));
	assert_string_equal(conf_script_by_name(current, "b")->cmd.argv[1],
	    "z");
}

static void
test_owner_tracks(void **state)
{
	struct conf_inst	*c;

	c = one(" priority 255\n track_interface {\n eth1 weight 5\n"
	    " eth2\n }\n");
	assert_string_equal(TAILQ_FIRST(&c->tracks)->name, "eth2");
	assert_null(TAILQ_NEXT(TAILQ_FIRST(&c->tracks), entry));
	assert_true(said("eth1 is not tracked"));
}

static void
test_lvs(void **state)
{
	static const char	 text[] = "virtual_server 192.0.2.1 80 {\n"
	    " real_server x {\n }\n}\n" HEAD VIP;
	struct load_opts	 vrrp = opts;

	refused(text, "no load balancing");
	conf_free(current);
	vrrp.vrrp_only = true;
	current = conf_load_mem("t", text, strlen(text), &vrrp, keep, NULL,
	    &cnt);
	assert_non_null(current);
	assert_int_equal(current->inst_cnt, 1);
}

/* Reports stop at a limit; the counts do not. */
static void
test_many_messages(void **state)
{
	size_t	 len = 0;
	char	*text;
	int	 i;

	assert_non_null(text = malloc(16 * 3000));
	for (i = 0; i < 3000; i++)
		len += (size_t)snprintf(text + len, 16, "qqqq%d\n", i);
	conf_free(current);
	messages[0] = '\0';
	current = conf_load_mem("t", text, len, &opts, NULL, NULL, &cnt);
	free(text);
	assert_non_null(current);
	assert_int_equal(cnt.warnings, 3001);
	assert_int_equal(current->global.warnings, 3001);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_needed),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_preempt),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_auth),
		cmocka_unit_test(test_inherit),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_unicast),
		cmocka_unit_test(test_same_vrid),
		cmocka_unit_test(test_tracks),
		cmocka_unit_test(test_owner_tracks),
		cmocka_unit_test(test_lvs),
		cmocka_unit_test_teardown(test_many_messages, teardown)
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
