/*
 * Faults that no peer can provoke: a chosen call of the program fails, waits, or
 * is counted. The program cannot tell, whichever libc function made the call.
 *
 * Source: seccomp_unotify(2), pidfd_getfd(2).
 */
#ifndef LAUNCH_FAULT_H
#define LAUNCH_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FAULT_MAX = 16, FAULT_HELD_MAX = 64 };

struct fault {
	int group;              /* index into the table of call groups */
	unsigned first, last;   /* which calls, counted from 1 over all processes */
	unsigned seen;          /* calls of the group so far */
	enum { FAULT_COUNT, FAULT_HOLD, FAULT_FAIL } action;
	int error;              /* FAULT_FAIL: the errno */
};

struct faults {
	struct fault list[FAULT_MAX];
	int count;
	uint64_t held[FAULT_HELD_MAX];          /* calls that wait for release */
	pid_t held_pid[FAULT_HELD_MAX];
	int held_count;
};

/*
 * Adds the fault written in TEXT, "CALL:WHICH:ACTION":
 * CALL    fork, send, recv, accept, socket, bind, listen, connect or exit; only
 *         AF_INET and AF_INET6 sockets count
 * WHICH   3, 2-5, 4- or *
 * ACTION  hold, count, or an error's name such as EAGAIN
 * Returns NULL, or what is wrong with it.
 */
const char *fault_add(struct faults *faults, const char *text);

/* The system calls to be asked about, for filter_notify(). Returns how many. */
int fault_calls(const struct faults *faults, int *calls, int max);

/* Answers one waiting call on LISTENER. Returns false when nobody is left. */
bool fault_answer(struct faults *faults, int listener);

/* Lets all held calls go on, and FOR_GOOD those that would be held later, too. */
void fault_release(struct faults *faults, int listener, bool for_good);

/* How many calls of the group named CALL were seen; 0 if there is no such fault. */
unsigned fault_seen(const struct faults *faults, const char *call);

/* "EAGAIN" to EAGAIN; 0 if unknown. */
int fault_error(const char *name);

#endif
