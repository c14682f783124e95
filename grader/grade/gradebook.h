/* gradebook.csv and summary.json, made from the result.json of every submission. */
#ifndef GRADE_GRADEBOOK_H
#define GRADE_GRADEBOOK_H

#include "grade/intake/class.h"
#include "grade/roster.h"
#include "grade/run.h"

struct tally {
	int submissions;
	int graded;             /* every lab has a verdict */
	int errors;             /* with a lab that could not be judged */
	int missing;            /* on the roster, but nothing handed in */
	int strangers;          /* handed in, but not on the roster */
};

/* Writes both into OUT, whole or not at all. ROSTER may be NULL. Returns 0 and the
 * counts in *TALLY, or -1 with errno. */
int gradebook_write(const struct run *run, const struct class *class, struct roster *roster,
                    struct tally *tally);

#endif
