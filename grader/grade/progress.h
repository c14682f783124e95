/* What a person sees while a class is graded: a bar on a terminal with failures above
 * it as they come; in a pipe a line a submission. */
#ifndef GRADE_PROGRESS_H
#define GRADE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "grade/job.h"

struct progress {
	bool bar;               /* standard output is a terminal */
	int columns;
	int total, done, kept, errors;
	int64_t began, drawn;   /* now_ms() */
};

void progress_begin(struct progress *p, int total);

/* Submission NAME is done. */
void progress_take(struct progress *p, const char *name, const struct job_line *line);

/* Draws the bar again if it is time. */
void progress_tick(struct progress *p);

/* Takes the bar away. */
void progress_end(struct progress *p);

#endif
