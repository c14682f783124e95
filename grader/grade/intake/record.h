/* What intake has to say, for result.json. */
#ifndef GRADE_INTAKE_RECORD_H
#define GRADE_INTAKE_RECORD_H

#include "grade/intake/class.h"

/* Members of a JSON object, as text without its braces: whose it is (`student`, `id`,
 * `login`, `members`, `entry`), `marked_late`, `look_at` (what a person must
 * look at: labs, file, why), `not_taken` (file, why) and `notes`. The caller frees it. */
char *intake_record(const struct intake *in, const struct submission *s);

#endif
