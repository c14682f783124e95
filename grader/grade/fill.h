/* A platform's own list, filled with the grades: what it takes back. */
#ifndef GRADE_FILL_H
#define GRADE_FILL_H

#include <stdio.h>

/* `grade fill [OPTION]... OUT FILE...` with ARGV[0] "fill". ROOT: the repository. Writes
 * for each FILE a copy NAME-filled.csv beside it in which the cells of grades are filled
 * and nothing else differs, and says on SAID what was filled and what not. Returns an exit
 * status: 0; 1: wrong usage, or a file that cannot be filled; 2: some were not filled. */
int fill_main(int argc, char **argv, const char *root, FILE *said);

/* `grade feedback OUT`: writes OUT/feedback.zip, each report in a folder that is called as
 * in the platform's download, which Moodle takes back. Returns an exit status. */
int feedback_main(const char *out, FILE *said);

#endif
