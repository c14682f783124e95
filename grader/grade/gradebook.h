/* gradebook.csv and summary.json, made from the result.json of every submission. */
#ifndef GRADE_GRADEBOOK_H
#define GRADE_GRADEBOOK_H

#include <stdio.h>

#include "grade/intake/class.h"
#include "grade/roster.h"
#include "grade/run.h"

struct tally {
	int submissions;
	int graded;             /* every lab has a verdict */
	int errors;             /* with a lab that could not be judged */
	int missing;            /* on the roster, but nothing handed in */
	int strangers;          /* handed in, but not on the roster */
	int looks;              /* submissions that a person must look at */
};

/* Writes both into OUT, whole or not at all. ROSTER may be NULL. Returns 0 and the
 * counts in *TALLY, or -1 with errno. */
int gradebook_write(const struct run *run, const struct class *class, struct roster *roster,
                    struct tally *tally);

/* Prints what a person must look at, from OUT/summary.json, one submission a paragraph,
 * and how to settle it. */
void gradebook_say_looks(const struct run *run, FILE *out);

#endif
