/* Files written whole or not at all: aside, fsync, rename. */
#ifndef COMMON_SAVE_H
#define COMMON_SAVE_H

#include <stdio.h>

struct save {
	FILE *out;              /* write the new content here */
	char *path;
	char *aside;
};

/* Begins to replace PATH (its folder must be there; the file need not). Returns 0,
 * or -1 with errno and nothing to end. */
int save_begin(struct save *save, const char *path);

/* Puts what was written in the place of PATH, with the modes 0644, on disk before
 * it is visible. Returns 0, or -1 with errno and the old file untouched. SAVE is
 * ended in both cases. */
int save_end(struct save *save);

#endif
