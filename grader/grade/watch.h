/* The memory of everything in a box, where no cgroup limits it. */
#ifndef GRADE_WATCH_H
#define GRADE_WATCH_H

#include <sys/types.h>

/* If the descendants of process ROOT together hold more than LIMIT bytes (anonymous
 * and shared memory; a cell refuses files of memory), kills the largest of them. Returns how
 * many it killed: 0 or 1. */
int watch_memory(pid_t root, unsigned long limit);

/* Bytes that the descendants of ROOT hold together; *LARGEST is the one with most
 * (0: none). */
unsigned long memory_below(pid_t root, pid_t *largest);

/* Kills (SIGKILL) all that ROOT started, and what they started, as far as it can be
 * seen: whoever is born meanwhile may be missed. Does not wait for them. */
void kill_below(pid_t root);

#endif
