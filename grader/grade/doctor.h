/* Which limits hold on this machine: each one is attacked. */
#ifndef GRADE_DOCTOR_H
#define GRADE_DOCTOR_H

#include <stdio.h>

#include "grade/run.h"

/* Attacks every limit from where a student's program runs, and writes a line each:
 * what, how it is limited, enforced or best effort, and how to get more. Returns 0 if
 * every attack failed as it must, 2 otherwise. */
int doctor_main(FILE *out);

/* "enforced" if this machine can enforce every limit, or "best effort". */
const char *doctor_isolation(const struct run *run);

#endif
