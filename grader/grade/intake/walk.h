/* A submission that is a folder, or files handed out one by one. Links are never
 * followed, nothing but regular files is ever read, and a name that changes
 * between two looks is looked at through one descriptor. */
#ifndef GRADE_INTAKE_WALK_H
#define GRADE_INTAKE_WALK_H

#include "grade/intake/source.h"

enum {
	WALK_DEPTH = 8,                 /* folders below the submission's own */
	WALK_ENTRIES = 20000            /* names in all of them */
};

/* Archives that were found and are still to be read. */
enum { FOUND_MAX = 64 };
struct found {
	int fd[FOUND_MAX];
	char *path[FOUND_MAX];  /* as the submission has it */
	int level[FOUND_MAX];   /* 1: it is no file of another archive */
	int count;
};

/* Puts the archive at PATH, open at FD (or -1), into FOUND, which closes it; or says to IN
 * why not. */
void found_add(struct found *found, struct intake *in, const char *path, int fd, int level);

/* Offers every file of the folder FOLDER (a descriptor, not closed) to IN, but archives:
 * these go into FOUND. */
void walk_folder(struct intake *in, int folder, struct found *found);

/* The same with the file NAME of the folder PARENT, under the name PATH. */
void walk_file(struct intake *in, int parent, const char *name, const char *path,
               struct found *found);

/* What KIND of file a mode is, in words: "a symbolic link", "a FIFO", ... */
const char *kind_words(unsigned mode);

/* Reads names of the folder FOLDER, sorted by bytes, without "." and "..", at most
 * MAX. Returns how many, or -1 with errno (EOVERFLOW: more than MAX); free each
 * and the array. */
int folder_names(int folder, int max, char ***names);

#endif
