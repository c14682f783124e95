/* One submission, from its files to its verdict: what GNU parallel starts. */
#ifndef GRADE_JOB_H
#define GRADE_JOB_H

#include <stdbool.h>

/* How a job tells the grader what became of it: one line on standard output. */
enum job_state {
	JOB_GRADED = 'G',
	JOB_KEPT = 'K',         /* the result of an earlier run still holds */
	JOB_ERROR = 'E'         /* some of it could not be judged */
};

struct job_line {
	long index;
	enum job_state state;
	int score, max, stars;
	char words[160];        /* what is not as it should be, "" if nothing */
};

/* False if LINE is no such line. */
bool job_line_parse(const char *line, struct job_line *job);

/* Grades the submission INDEX of the plan of the run in OUT, and prints the line.
 * Returns an exit status. */
int job_run(const char *out, long index);

/* A result for a submission whose job died: every lab a harness error. Returns 0, or
 * -1 with errno. */
int job_bury(const char *out, long index, const char *why);

#endif
