/* The settings of one run of the grader, the same for every submission; a file in
 * OUT/.grade, which the jobs that GNU parallel starts read. */
#ifndef GRADE_RUN_H
#define GRADE_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/labs.h"
#include "grade/due.h"
#include "grade/sha256.h"
#include "grade/stage.h"

struct run {
	char *out;              /* OUT, absolute */
	char *class;            /* the folder of submissions, absolute */
	struct labs labs;       /* those that are graded */
	struct labs table;      /* all there are */
	struct stage stage;
	char *isolation;        /* "enforced" or "best effort" */
	bool hidden;            /* an instructor's own suites are graded too */
	bool keep;
	bool settles;           /* there are overrides or due dates */
	struct policy policy;
	char *seed;             /* a number, or NULL: each submission its own */
	char sum[SHA256_TEXT];  /* what a result depends on besides the submission */
};

/* Returns 0, or -1 with errno. */
int run_save(const struct run *run);

/* Reads OUT/.grade/run.json. Returns 0, or -1. */
int run_load(struct run *run, const char *out);
void run_free(struct run *run);

/* As root, the user that a job's SLOT (1, 2, ...) runs student code as; otherwise
 * (uid_t)-1. */
uid_t slot_user(int slot);

/* OUT/.grade/NAME; the caller frees it. */
char *run_file(const char *out, const char *name);

#endif
