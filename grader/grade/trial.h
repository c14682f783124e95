/* One suite run against one submission's program, in ring 1: a box with the suite,
 * Bats and the tools, a network of its own and nothing else. What the student wrote
 * runs in a cell inside it, which the launcher makes. */
#ifndef GRADE_TRIAL_H
#define GRADE_TRIAL_H

#include <sys/types.h>

#include "grade/compile.h"
#include "grade/run.h"
#include "judge/result.h"
#include "judge/suite.h"

struct trial {
	const struct run *run;
	const struct lab *lab;
	const struct suite *suite;
	const char *folder;     /* of the suites in the stage: "labs" or "hidden" */
	const char *name;       /* the result's: the lab's folder, or with "hidden/" */
	uid_t uid;
	const char *keep;       /* a folder for the suite's own words, or NULL */
};

/* The result of the same source, whose SHA-256 is SUM, under the same suite, if it is
 * remembered (see memo.h), or NULL; to be freed with lab_result_free. */
struct lab_result *trial_remembered(const struct trial *trial, const char sum[SHA256_TEXT]);

/* The result of the PROGRAMS that were built from the source SUM: remembered from the
 * same programs built from another source (other comments, say), or else the suite is
 * run, and the result remembered for both. Unless one was asked for, the seed is the
 * same whenever the same programs are run. Returns the result, settled; to be freed
 * with lab_result_free. */
struct lab_result *trial_run(const struct trial *trial, const struct programs *programs,
                             const char sum[SHA256_TEXT]);

#endif
