/*
 * The programs that prove the suites: the references and other right ones, which
 * must pass, and wrong ones, which must fail exactly the checks they name.
 *
 *   solutions/LAB/PROG.c            passes everything, the stretch checks too
 *   starter/LAB/PROG.c              passes nothing
 *   the reference cut at TODO K     builds without a warning and earns more points
 *                                   than the one cut at K - 1
 *   tests/right/TREE/LAB/PROG.c     passes every core check
 *   tests/wrong/LAB/NAME.diff       a small difference against the reference, after
 *                                   a head of lines KEY: TEXT and an empty line:
 *       what: what is wrong, in one line a person would say
 *       fails: NAME OF A CHECK      as many as there are; all others must not fail
 *       told: WORDS                 that must stand in the story of a failed check
 */
#ifndef AUTHOR_CASES_H
#define AUTHOR_CASES_H

#include "common/labs.h"
#include "judge/suite.h"

#include <stdbool.h>
#include <stddef.h>

enum { FAILS_MAX = 12, TOLD_MAX = 6 };

enum case_kind { CASE_REFERENCE, CASE_SKELETON, CASE_RUNG, CASE_RIGHT, CASE_WRONG };

struct lab_case {
	enum case_kind kind;
	int lab;                /* row in the table of labs */
	char *name;             /* "solutions", "one-main", "no-reuseaddr" */
	char *source;           /* the program, or the reference a diff is against */
	char *diff;             /* file, or NULL */
	int rung;               /* CASE_RUNG: the TODOs that are solved */
	char *what;             /* may be NULL */
	char *fails[FAILS_MAX]; /* names of checks */
	int fails_count;
	char *told[TOLD_MAX];
	int told_count;
};

struct cases {
	struct lab_case *at;
	size_t count;
};

/* Finds all cases of lab number LAB (-1: of all labs) in the current folder, right
 * ones first, each kind by name. Ends the program with a message that names the
 * file and line if one is malformed or names a check that SUITES (one per lab) do
 * not have. */
void cases_find(struct cases *cases, const struct labs *labs,
                const struct suite *suites, int lab);

/* Reads the table of labs and the suite of the lab called NAME, or of every lab if
 * NAME is NULL, in the current folder; SUITES has room for LABS_MAX. Returns the
 * lab's number, or -1 for all. Ends the program with a message if it cannot. */
int cases_read_labs(struct labs *labs, struct suite *suites, const char *name);

/* The index of the check NAME in SUITE, or -1. */
int case_check(const struct suite *suite, const char *name);

/* True if check number INDEX of SUITE is named among those that must fail. */
bool case_fails(const struct lab_case *c, const struct suite *suite, size_t index);

#endif
