/* Many jobs at once, by GNU parallel; one, without. */
#ifndef GRADE_FANOUT_H
#define GRADE_FANOUT_H

#include <stdbool.h>

#include "grade/job.h"

/* Runs `PROGRAM --job INDEX` for the COUNT numbers at INDEX, AT_ONCE at a time, for
 * the run in OUT. Calls TAKE for every line a job prints, and with NULL every now and
 * then while nothing comes. Returns 0, or -1 with words in *WHY to be freed. */
int fanout(const char *out, const char *program, const long *index, int count, int at_once,
           void (*take)(void *context, const struct job_line *line), void *context,
           char **why);

#endif
