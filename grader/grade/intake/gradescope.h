/* Whose the folders submission_NUMBER of a Gradescope export are. */
#ifndef GRADE_INTAKE_GRADESCOPE_H
#define GRADE_INTAKE_GRADESCOPE_H

#include "grade/intake/class.h"

/* Reads submission_metadata.yml in the folder FD, if there is one, and gives each
 * submission of CLASS (sorted by name) that it names its members, its name, its time. */
void gradescope_names(struct class *class, int fd);

#endif
