/* What every box of a run sees of the course: the suites, their helper, the tools,
 * the compiler's flags. Copied once at the start, so that an edit meanwhile changes
 * nothing, readable for every user, and known by one sum. */
#ifndef GRADE_STAGE_H
#define GRADE_STAGE_H

#include <stdbool.h>

#include "common/labs.h"
#include "grade/sha256.h"

struct stage {
	char *dir;              /* where the copies are */
	char *compiler;         /* as the students' Makefile calls it */
	char *flags;            /* of the plain program */
	char *san_flags;        /* of the one with sanitizers */
	char *bats;             /* path inside the box of what runs the suites: the
	                           project's runner, or Bats */
	bool bats_copied;       /* ... which is then below the stage */
	char tools[SHA256_TEXT]; /* of build/bin and build/lib */
	char sum[SHA256_TEXT];  /* of all of it, and the versions of what is not copied */
};

/* Copies from the repository ROOT: the .bash files of labs/, labs/LAB/PROG.bats of LABS,
 * build/bin, build/lib, and from SUITES (NULL: none) the suites of the same names.
 * The folder stays locked until this process and all that inherit from it have ended.
 * Returns 0, or -1 with words in *WHY for the caller to free. */
int stage_make(struct stage *stage, const char *root, const struct labs *labs,
               const char *suites, char **why);

/* Reads build/student.flags: three lines. */
int stage_read_flags(struct stage *stage, const char *root, char **why);

/* Removes the copies that killed runs of this user left behind: those that no process
 * holds any more and that are older than a minute. */
void stage_sweep(void);

/* Removes the copies. */
void stage_remove(const char *dir);
void stage_free(struct stage *stage);

#endif
