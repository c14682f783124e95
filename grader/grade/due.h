/* Due dates, and what lateness costs. */
#ifndef GRADE_DUE_H
#define GRADE_DUE_H

#include <stdbool.h>

#include "common/labs.h"

struct policy {
	long long due[LABS_MAX]; /* of each lab of the table: seconds of 1970; 0: none */
	bool any;               /* at least one is set */
	int percent;            /* of the points earned, for each unit that has begun */
	int unit;               /* seconds: a day or an hour; 0: lateness costs nothing */
	int most;               /* so many units at most; 0: until nothing is left */
	bool then_nothing;      /* what is later than that earns nothing */
};

/* Takes the option --due: `[LAB=]DATE TIME [ZONE]`, DATE as 2026-11-20, TIME as 23:59 or
 * 23:59:30, ZONE as Z, +01:00 or Europe/Berlin; without one the machine's. Without LAB it
 * is the due date of all that have none of their own. Returns NULL, or words for why not
 * (a constant). */
const char *due_set(struct policy *p, const struct labs *table, const char *text);

/* Takes the option --late: `N%/day` or `N%/hour`, then `up to M`, then `, then nothing`.
 * Returns NULL, or words. */
const char *late_set(struct policy *p, const char *text);

/* What of SCORE points is lost if the work is LATE seconds late. What is no whole point is
 * left to the student. */
int late_costs(const struct policy *p, int score, long long late);

/* The time that a platform writes (2026-11-20 10:00:00.000000000 Z): seconds of 1970, or 0
 * if TEXT is none. */
long long time_of(const char *text);

/* WHEN as 2026-11-20T22:59:00Z; the caller frees it. */
char *utc(long long when);

/* Seconds in words: "1 day 3 h", "12 min". The caller frees it. */
char *duration(long long seconds);

#endif
