/* Who catches what, as a picture. */
#ifndef AUTHOR_PICTURE_H
#define AUTHOR_PICTURE_H

#include "author/rehearse.h"

#include <stdio.h>

/* Draws the outcome of COUNT rehearsals as SVG: for each lab a field with a row for
 * every wrong program and a column for every check of its suite. */
void draw_matrix(FILE *out, const struct labs *labs, const struct suite *suites,
                 const struct rehearsal *list, size_t count);

#endif
