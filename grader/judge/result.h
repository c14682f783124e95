/* What a submission earned, and result.json, from which every report is made. */
#ifndef JUDGE_RESULT_H
#define JUDGE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "judge/story.h"
#include "judge/suite.h"

enum check_status {
	CHECK_PASS,
	CHECK_FAIL,
	CHECK_BLOCKED,          /* could not be judged: an earlier step fails */
	CHECK_ERROR             /* could not be judged: the machine's fault, not the
	                           program's */
};

enum lab_status {
	LAB_GRADED,
	LAB_NOT_SUBMITTED,
	LAB_BUILD_FAILED,
	LAB_REJECTED,
	LAB_HARNESS_ERROR       /* the score is no verdict: a core check could not be
	                           judged */
};

struct check_result {
	char *name;
	int todo;
	int points;
	int earned;             /* all points or none; always 0 for a stretch check */
	bool stretch;           /* a pass is a star */
	enum check_status status;
	int blocker;            /* index of the check that this one waited for, or -1 */
	int64_t ms;             /* from the result before to this one; 0: never ran */
	struct story story;
};

struct lab_result {
	char *lab;              /* the folder */
	enum lab_status status;
	int score;              /* points of the core checks that passed */
	int max;
	int stars;
	int max_stars;
	struct story story;     /* of the lab as a whole: the compiler's words, why it
	                           was rejected, what was wrong with the stream */
	struct check_result *checks;    /* the suite's order, always all of them */
	size_t count;
};

/* The words of result.json: "pass", "build-failed", ... */
const char *check_status_word(enum check_status status);
const char *lab_status_word(enum lab_status status);

/* A lab in which nothing ran: every check of SUITE is there and earns 0; its status
 * is CHECK_ERROR if STATUS is LAB_GRADED or LAB_HARNESS_ERROR, else CHECK_BLOCKED.
 * WHY, if not NULL, may have many lines (a compiler's log, untrusted): it becomes
 * the lab's story. */
struct lab_result *lab_result_new(const char *lab, const struct suite *suite,
                                  enum lab_status status, const char *why);

/* Works out what follows from the checks' statuses: earned, score, stars; a check
 * blocked by one that could not be judged, or by one that passed, is an error too; a
 * graded lab with an error in a core check is a harness error. All of it is worked
 * out anew, also back again, whenever a check has got another status. */
void lab_result_settle(struct lab_result *lab);

/* Puts check INDEX of FROM in the place of the same check of TO. */
void lab_result_take(struct lab_result *to, struct lab_result *from, size_t index);

/* The check to work on next: the first core check, by TODO and then in the suite's
 * order, that fails; if none does, the first that was not judged. -1: all pass. */
int lab_result_next(const struct lab_result *lab);

void lab_result_free(struct lab_result *lab);

/* ---- result.json --------------------------------------------------------- */

struct submission_result {
	const char *submission; /* its name; any bytes */
	const char *isolation;  /* "enforced" or "best effort" */
	struct lab_result *const *labs;
	size_t count;
	const char *more;       /* further members, as JSON text without braces, or NULL */
};

/* Writes the JSON text, always valid UTF-8; what is not UTF-8 appears as \xNN. */
void result_write(FILE *out, const struct submission_result *result);

/* Writes it to the file PATH, whole or not at all: aside, fsync, rename. Returns 0,
 * or -1 with errno and the old file untouched. */
int result_save(const char *path, const struct submission_result *result);

#endif
