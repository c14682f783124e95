/* What is not in the program's behaviour: what a person decided, and lateness. Points
 * earned stay as they are; what comes of these stands beside them. */
#ifndef GRADE_SETTLE_H
#define GRADE_SETTLE_H

#include "grade/due.h"
#include "grade/intake/class.h"
#include "grade/roster.h"
#include "grade/sha256.h"
#include "judge/result.h"

/* Reads the overrides in the sheet PATH, columns who, lab, points, reason, and gives each to
 * the submission of CLASS that it is about; who may be a name, a number, a login or an
 * address, also of ROSTER (may be NULL). A row that is about nobody, about more than one, or
 * that says nothing to do is an error. Returns 0, or -1 with words in *WHY to be freed. */
int orders_read(struct class *class, const struct labs *table, const struct roster *roster,
                const char *path, char **why);

/* Puts the sources that S's orders name in the place of what was handed in, and takes what
 * they settle off what a person must look at. */
void orders_apply(const struct submission *s, struct intake *in);

/* Works out what the results RESULT (COUNT of them) come to after lateness and orders, and
 * says it in the notes of IN. TABLE is what the policy's labs are rows of. Returns members
 * for result.json (`settled`, `final`) as text to be freed, or NULL if nothing is settled. */
char *settle(const struct submission *s, struct intake *in, const struct labs *table,
             const struct policy *policy, struct lab_result *const *result, int count);

/* What these depend on besides the sources. */
void settle_sum(struct sha256 *h, const struct submission *s, const struct intake *in,
                const struct policy *policy);

#endif
