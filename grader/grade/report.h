/* report.txt: one submission's result for a person to read. */
#ifndef GRADE_REPORT_H
#define GRADE_REPORT_H

#include <stdio.h>

#include "judge/result.h"

/* Writes it; NOTES are lines about what was handed in, or NULL. */
void report_write(FILE *out, const struct submission_result *result, const char *notes);

#endif
