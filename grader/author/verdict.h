/* Holds what a suite said of a case against what the case states. */
#ifndef AUTHOR_VERDICT_H
#define AUTHOR_VERDICT_H

#include "author/cases.h"
#include "judge/result.h"

enum { VERDICT_NONE = -1 };

/*
 * What is not as stated, one line each, in new memory that the caller frees; empty
 * if all is as it should be. OFF is the index of a check that is taken as passed
 * whatever it said, or VERDICT_NONE: with a check switched off, the case that
 * names it must be complained about.
 */
char *verdict(const struct lab_case *c, const struct suite *suite,
              const struct lab_result *result, int off);

/* One letter per check, NUL-terminated, in new memory: P passed, F failed, b blocked,
 * E error; "-" alone if the lab was not graded. */
char *verdict_letters(const struct lab_result *result);

/* The stories of all failed checks as they are kept in the golden file: without the
 * seed, each under its check's name. In new memory. */
char *verdict_stories(const struct lab_result *result);

#endif
