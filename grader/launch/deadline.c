#include "launch/deadline.h"

#include "common/text.h"
#include "launch/proc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The process above all others of the box: its init, or box itself on the machine's
 * network (LAB_BOX_PID), or, outside of a box, nobody but ourselves. */
static pid_t box_process(void)
{
	const char *isolation = getenv("LAB_ISOLATION"), *pid = getenv("LAB_BOX_PID");

	if (isolation && strcmp(isolation, "enforced") == 0)
		return 1;
	return pid ? (pid_t)atoi(pid) : getpid();
}

/* Nanoseconds for which the processes of the box have waited for a processor. */
static uint64_t waited_ns(void)
{
	pid_t tree[PROC_MAX];
	uint64_t ran, waited, sum;
	int count = proc_tree(box_process(), tree, PROC_MAX);

	proc_time(getpid(), &ran, &sum);
	for (int i = 0; i < count; i++) {
		proc_time(tree[i], &ran, &waited);
		sum += waited;
	}
	return sum;
}

struct deadline deadline_in(long ms)
{
	return (struct deadline){.left_ms = ms, .hard_ms = now_ms() + DEADLINE_FAIRNESS * ms,
	                         .waited_ns = waited_ns()};
}

bool deadline_over(struct deadline *d, int64_t passed)
{
	uint64_t waited;

	d->left_ms -= passed < DEADLINE_TICK_MS ? passed : DEADLINE_TICK_MS;
	if (now_ms() >= d->hard_ms)
		return true;
	if (d->left_ms > 0)
		return false;
	waited = waited_ns();
	/* Those that have ended are no longer in the sum, which may shrink. */
	if (waited > d->waited_ns + 1000000)
		d->left_ms += (int64_t)((waited - d->waited_ns) / 1000000);
	d->waited_ns = waited;
	return d->left_ms <= 0;
}
