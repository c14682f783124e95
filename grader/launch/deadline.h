/*
 * Deadlines that do not run while those who are waited for wait for a processor: a
 * busy machine is nobody's fault. What counts is the time that every process of the
 * box, programs, peers and Bats, has spent ready to run without running.
 *
 * Source: /proc/PID/schedstat in the kernel's sched-stats documentation.
 */
#ifndef LAUNCH_DEADLINE_H
#define LAUNCH_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	DEADLINE_TICK_MS = 20,          /* the most that one wait should last */
	DEADLINE_FAIRNESS = 10          /* it stretches to so many times itself */
};

struct deadline {
	int64_t left_ms;
	int64_t hard_ms;        /* on the clock, come what may */
	uint64_t waited_ns;     /* waiting already made good */
};

/* A deadline MS milliseconds from now. */
struct deadline deadline_in(long ms);

/* Counts PASSED milliseconds; more than a tick is this process's own waiting and
 * counts as one. True when the time is over. */
bool deadline_over(struct deadline *deadline, int64_t passed);

#endif
