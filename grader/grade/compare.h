/* Two gradings of one class: who gains and who loses what, and why. */
#ifndef GRADE_COMPARE_H
#define GRADE_COMPARE_H

#include <stdio.h>

/* Writes what differs between the results in the folders OLD and NEW. Returns an exit
 * status: 0, or 1 if one of them holds no results. */
int compare_main(const char *old, const char *new, FILE *out);

#endif
