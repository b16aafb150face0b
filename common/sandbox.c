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

/* The filter of system calls. Runs in: vrrpe. */

#include <sys/mman.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox.h"

static int	 filter_load(const struct sandbox *, uint32_t);
static int	 add_rule(scmp_filter_ctx, const struct sandbox_call *);
static int	 add_if(scmp_filter_ctx, int, unsigned int, uint64_t,
		    uint64_t);
static int	 add_flags(scmp_filter_ctx, int);
static int	 add_not_wx(scmp_filter_ctx, int);
static int	 add_domains(scmp_filter_ctx, int);

#if defined(NO_SANDBOX)

int
sandbox_load(const struct sandbox *sandbox)
{
	(void)filter_load;
	return (0);
}

int
sandbox_built(void)
{
	return (0);
}

#elif defined(SANDBOX_TRACE)

static void	 on_sigsys(int, siginfo_t *, void *);

int
sandbox_load(const struct sandbox *sandbox)
{
	struct sigaction	 sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_sigsys;
	sa.sa_flags = SA_SIGINFO;
	if (sigaction(SIGSYS, &sa, NULL) == -1)
		return (-1);
	return (filter_load(sandbox, SCMP_ACT_TRAP));
}

int
sandbox_built(void)
{
	return (1);
}

/* For developers: not for use where the process may be in malloc(3). */
static void
on_sigsys(int sig, siginfo_t *info, void *context)
{
	char	*name, text[96];
	int	 len;

	name = seccomp_syscall_resolve_num_arch(info->si_arch,
	    info->si_syscall);
	len = snprintf(text, sizeof(text), "sandbox: forbidden call %s (%d)\n",
	    name != NULL ? name : "?", info->si_syscall);
	if (len > 0 && write(STDERR_FILENO, text, (size_t)len) == -1)
		_exit(128 + SIGSYS);
	_exit(128 + SIGSYS);
}

#else

int
sandbox_load(const struct sandbox *sandbox)
{
	return (filter_load(sandbox, SCMP_ACT_KILL_PROCESS));
}

int
sandbox_built(void)
{
	return (1);
}

#endif

static int
filter_load(const struct sandbox *sandbox, uint32_t otherwise)
{
	scmp_filter_ctx	 ctx;
	size_t		 i;
	int		 error;

	if ((ctx = seccomp_init(otherwise)) == NULL) {
		errno = ENOMEM;
		return (-1);
	}
	error = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	if (error == 0)
		error = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 1);
	if (error == 0)		/* a tree, not a list */
		error = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (i = 0; error == 0 && i < sandbox->call_cnt; i++)
		error = add_rule(ctx, &sandbox->calls[i]);
	if (error == 0)
		error = seccomp_load(ctx);
	seccomp_release(ctx);
	if (error == 0)
		return (0);
	errno = -error;
	return (-1);
}

/* 0 or a negative errno. A call that the machine does not have is none. */
static int
add_rule(scmp_filter_ctx ctx, const struct sandbox_call *call)
{
	if (call->number == __NR_SCMP_ERROR)
		return (-EINVAL);
	if (call->number < 0)
		return (0);
	switch (call->action) {
	case SANDBOX_ALLOW:
		return (seccomp_rule_add_exact(ctx, SCMP_ACT_ALLOW,
		    call->number, 0));
	case SANDBOX_EPERM:
		return (seccomp_rule_add_exact(ctx, SCMP_ACT_ERRNO(EPERM),
		    call->number, 0));
	case SANDBOX_ALLOW_NOT_EXEC:
		/* The third argument of mmap, mprotect, pkey_mprotect. */
		return (add_if(ctx, call->number, 2, PROT_EXEC, 0));
	case SANDBOX_ALLOW_FLAGS:
		return (add_flags(ctx, call->number));
	case SANDBOX_ALLOW_PEERCRED:
		return (add_if(ctx, call->number, 2, UINT32_MAX,
		    SO_PEERCRED));
	case SANDBOX_ALLOW_NOT_WX:
		return (add_not_wx(ctx, call->number));
	case SANDBOX_ALLOW_READ:
		return (add_if(ctx, call->number, 2, O_ACCMODE | O_CREAT |
		    O_TRUNC | O_APPEND, O_RDONLY));
	case SANDBOX_ALLOW_THREAD:
		return (add_if(ctx, call->number, 0, CLONE_THREAD,
		    CLONE_THREAD));
	case SANDBOX_ALLOW_SOCKET:
		return (add_domains(ctx, call->number));
	case SANDBOX_ALLOW_LOCAL:
		return (add_if(ctx, call->number, 0, UINT32_MAX, AF_UNIX));
	case SANDBOX_ENOSYS:
		return (seccomp_rule_add_exact(ctx, SCMP_ACT_ERRNO(ENOSYS),
		    call->number, 0));
	}
	return (-EINVAL);
}

/* Allowed while the masked bits of one argument are these. */
static int
add_if(scmp_filter_ctx ctx, int number, unsigned int arg, uint64_t mask,
    uint64_t value)
{
	return (seccomp_rule_add_exact(ctx, SCMP_ACT_ALLOW, number, 1,
	    SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, value)));
}

static int
add_flags(scmp_filter_ctx ctx, int number)
{
	static const uint64_t	 cmds[] = { F_GETFL, F_SETFL, F_SETFD };
	size_t			 i;
	int			 error = 0;

	for (i = 0; error == 0 && i < sizeof(cmds) / sizeof(cmds[0]); i++)
		error = add_if(ctx, number, 1, UINT32_MAX, cmds[i]);
	return (error);
}

static int
add_not_wx(scmp_filter_ctx ctx, int number)
{
	int	 error;

	error = add_if(ctx, number, 2, PROT_EXEC, 0);
	if (error == 0)
		error = add_if(ctx, number, 2, PROT_EXEC | PROT_WRITE,
		    PROT_EXEC);
	return (error);
}

static int
add_domains(scmp_filter_ctx ctx, int number)
{
	static const uint64_t	 domains[] = { AF_UNIX, AF_INET, AF_INET6,
				    AF_NETLINK };
	size_t			 i;
	int			 error = 0;

	for (i = 0; error == 0 && i < sizeof(domains) / sizeof(domains[0]);
	    i++)
		error = add_if(ctx, number, 0, UINT32_MAX, domains[i]);
	return (error);
}
