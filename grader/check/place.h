/* Where the files of a lab are. All paths are relative to the top of the project. */
#ifndef JUDGE_PLACE_H
#define JUDGE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/labs.h"

struct place {
	char *source;           /* FROM/LAB/PROG.c */
	char *own;              /* labs/LAB/PROG.c, the student's to edit */
	char *starter;          /* starter/LAB/PROG.c */
	char *handout;          /* labs/LAB/README.md */
	char *suite;            /* labs/LAB/PROG.bats */
	char *program;          /* build/trees/FROM/LAB/PROG, as the Makefile builds it */
	char *program_san;      /* ... with the sanitizers */
	char *log;              /* ... the compiler's words */
	char *state;            /* build/state/LAB */
};

struct place place_of(const struct lab *lab, const char *from);
void place_free(struct place *place);

/* Is the file there, and can it be run? */
bool place_runs(const char *program);

/* Are both files there, and the same? */
bool place_same(const char *a, const char *b);

/* The first bytes of the file, at most MAX and up to a NUL; "" if it cannot be read.
 * The caller frees it. */
char *place_text(const char *path, size_t max);

#endif
