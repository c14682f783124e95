/* Where the student stands in a lab: what a check run leaves behind for `make`. */
#ifndef JUDGE_STANDING_H
#define JUDGE_STANDING_H

#include <stdbool.h>

#include "judge/result.h"

struct standing {
	bool known;             /* the lab was checked */
	bool changed;           /* ... and the source was changed after that */
	bool untouched;         /* the source is still the skeleton */
	enum lab_status status;
	int score, max, stars, max_stars;
	int todo;               /* of the check to work on next; 0: none */
	int check;              /* its number, 1.. */
};

/* What RESULT says. */
struct standing standing_of(const struct lab_result *result);

/* Keeps STANDING in the file PATH (its folder must be there), or reads it. Return 0,
 * or -1 with errno; a file that makes no sense is EINVAL. */
int standing_save(const char *path, const struct standing *standing);
int standing_load(const char *path, struct standing *standing);

#endif
