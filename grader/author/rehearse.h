/*
 * Builds the program of a case and plays the lab's suite against it, several side
 * by side.
 */
#ifndef AUTHOR_REHEARSE_H
#define AUTHOR_REHEARSE_H

#include "author/cases.h"
#include "judge/result.h"

#include <stdint.h>

struct rehearsal {
	const struct lab_case *c;
	const struct lab *lab;
	const struct suite *suite;
	unsigned seed;
	const char *dir;        /* under it DIR/LAB/NAME/ is made */
	bool built;             /* build it only if this is false */
	int slot;               /* set by rehearse(): which of the places it has */
	struct lab_result *result;      /* set by rehearse(); the caller frees it */
	char *warnings;         /* set by rehearse(): the compiler's, "" if it had none;
	                           NULL for a wrong program; the caller frees it */
	int64_t ms;             /* how long it took */
};

/*
 * Plays COUNT rehearsals, SLOTS at once, calling DONE(CONTEXT, rehearsal) as each one
 * ends, in whatever order. A program that cannot be built has a result with the
 * status LAB_BUILD_FAILED. The environment says how to build: STUDENT_CC,
 * STUDENT_FLAGS, SANITIZE_FLAGS. When SIGINT or SIGTERM comes, all are ended and so
 * is this program.
 */
void rehearse(struct rehearsal *list, size_t count, int slots,
              void (*done)(void *context, struct rehearsal *r), void *context);

#endif
