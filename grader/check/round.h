/* One round of check: the suites of all labs that were asked for, side by side, then
 * once more, alone, what could not be judged. */
#ifndef JUDGE_ROUND_H
#define JUDGE_ROUND_H

#include <stddef.h>

#include "common/labs.h"
#include "check/entry.h"
#include "run/machine.h"
#include "check/options.h"
#include "check/page.h"

/* Everything that one run of check has. */
struct desk {
	struct options options;
	char *top;              /* of the project, absolute; the current folder */
	struct labs labs;
	struct entry *entries;
	size_t count;
	struct page page;
	struct machine machine;
};

/* Runs the suites of all entries that have no result yet, and shows each check as it
 * comes. Every entry has a result then, unless a signal ended it: returns its number,
 * or 0. sessions_prepare must have been called. */
int round_run(struct desk *desk);

/* Runs every check alone that could not be judged. Returns 0 or the signal. */
int round_retry(struct desk *desk);

#endif
