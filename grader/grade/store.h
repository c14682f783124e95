/* What is already done: for each submission a mark with the sum of everything its
 * result depends on, written after the result and its report are on disk. */
#ifndef GRADE_STORE_H
#define GRADE_STORE_H

#include <stdbool.h>

#include "grade/sha256.h"

/* True if OUT/FOLDER holds the files of a finished result with this KEY, untouched
 * since. */
bool store_done(const char *out, const char *folder, const char *key);

/* Marks it as finished with KEY. Returns 0, or -1 with errno. */
int store_mark(const char *out, const char *folder, const char *key);

/* Takes the mark away. */
void store_unmark(const char *out, const char *folder);

/* Removes what a killed writer of one of the files NAMES (a list that ends with NULL)
 * left aside in the folder DIR: NAME.XXXXXX. */
void remove_asides(const char *dir, const char *const *names);

/* The sum of the file PATH; false with errno if it cannot be read. */
bool sha256_file(const char *path, char out[SHA256_TEXT]);

#endif
