/* The results of a run, read back from OUT: what every upload is made from. */
#ifndef GRADE_OUTCOME_H
#define GRADE_OUTCOME_H

#include <jansson.h>
#include <stdbool.h>

#include "grade/intake/class.h"

struct outcome {
	json_t *result;         /* result.json */
	struct submission whose; /* as far as the result knows: names, numbers, members */
	const char *folder;     /* in OUT */
	bool open;              /* a person has to look first: it is no grade yet */
};

struct outcomes {
	struct outcome *at;
	int count;
};

/* Reads the result.json of every submission of OUT's last run. Returns 0, or -1 with errno (ENOENT: there
 * is none). */
int outcomes_read(struct outcomes *all, const char *out);
void outcomes_free(struct outcomes *all);

/* The points of LAB ("": all labs) after lateness and overrides, and the most there are
 * in *MAX. -1: not graded. */
int outcome_points(const struct outcome *o, const char *lab, int *max);

/* The text or number at KEY of OBJECT; "" or 0 if there is none. */
const char *json_word(const json_t *object, const char *key);
int json_number(const json_t *object, const char *key);

#endif
