/*
 * Two seccomp filters around a student's program: one that refuses what no lab
 * needs and an attack would, one that asks the launcher about chosen calls.
 *
 * Source: seccomp(2), seccomp_unotify(2).
 */
#ifndef LAUNCH_FILTER_H
#define LAUNCH_FILTER_H

#include <stdbool.h>

/* True if this machine's system calls are known here (x86-64, AArch64). */
bool filter_supported(void);

/* Refuses namespaces, mounts, ptrace, keys, bpf, terminals' input queues, and
 * socket families other than unix, inet, inet6, netlink, for the calling process
 * and its children. ALLOW_PTRACE: LeakSanitizer needs it. The caller has
 * no_new_privs set. Returns 0, or -1 with errno. */
int filter_refuse(bool allow_ptrace);

/* From now on the calls numbered CALLS[0..COUNT) of this process and its children
 * wait for an answer on the descriptor that is returned; -1 with errno. */
int filter_notify(const int *calls, int count);

#endif
