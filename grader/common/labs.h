/* The one table of labs, labs/labs.txt. */
#ifndef COMMON_LABS_H
#define COMMON_LABS_H

enum { LABS_MAX = 64 };

struct lab {
	char *target;           /* lab1 */
	char *folder;           /* tcp-server */
	char *program;          /* server: the source is FOLDER/PROGRAM.c */
	char *title;            /* the rest of the line; may be empty */
};

struct labs {
	struct lab at[LABS_MAX];
	int count;
};

/* Reads FILE (`target folder program title...`, `#` begins a comment). Returns 0,
 * or -1 with errno (EINVAL: a line that is not such a row, or too many, or none). */
int labs_read(struct labs *labs, const char *file);

/* The row whose target or folder is WORD, or -1. */
int labs_find(const struct labs *labs, const char *word);

void labs_free(struct labs *labs);

#endif
