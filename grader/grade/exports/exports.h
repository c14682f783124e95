/* What other systems want to be told about one result, written from result.json and
 * nothing else. Each writes its text to OUT and returns 0; or returns words for why it
 * cannot (a constant) and has written nothing: what could not be judged is no score. */
#ifndef GRADE_EXPORTS_EXPORTS_H
#define GRADE_EXPORTS_EXPORTS_H

#include <jansson.h>
#include <stdio.h>

const char *export_gradescope(const json_t *result, FILE *out);
const char *export_classroom50(const json_t *result, FILE *out);
const char *export_autolab(const json_t *result, FILE *out);
const char *export_prairielearn(const json_t *result, FILE *out);
const char *export_junit(const json_t *result, FILE *out);

/* `grade export FORMAT FILE`, FILE a result.json. Returns an exit status: 0; 1 wrong usage;
 * 2 the result is no score yet. */
int export_main(const char *format, const char *file, FILE *out);

/* ---- for the exporters ---------------------------------------------------- */

/* The grade: points after lateness and overrides; -1: not all was judged. */
int result_points(const json_t *result);

/* Did every core check that could be judged pass, and is it a star? */
int is_pass(const json_t *check);
int is_star(const json_t *check);

/* Writes VALUE, which is freed, as one line. */
void write_json(json_t *value, FILE *out);

#endif
