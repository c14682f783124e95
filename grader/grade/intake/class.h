/* A class: the entries of one folder (or of the archive a platform made of it),
 * grouped into submissions. */
#ifndef GRADE_CLASS_H
#define GRADE_CLASS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "grade/intake/source.h"

/* One entry of the class's folder. */
struct part {
	char *entry;            /* its name there */
	char *file;             /* one source, as the student called it; NULL: whole */
	unsigned long long order; /* newer is larger, if the platform numbers; or 0 */
	bool late;
};

struct submission {
	char *name;             /* the student, as the entry says; any bytes */
	char *id;               /* the platform's number, or NULL */
	char *folder;           /* its folder in OUT */
	struct part *part;
	int parts;
};

struct class {
	struct submission *at;
	int count;
	int ignored;            /* .DS_Store and the like */
};

/* Groups the entries of the folder open at FD, in the order of their bytes.
 * Returns 0, or -1 with errno. */
int class_scan(struct class *class, int fd);
void class_free(struct class *class);

/* Unpacks the archive at FD, a class's download, below the folder TO (which is
 * there and empty), regular files only. UID as archive_read. Stores in *TOP the
 * folder to scan (TO, or its only folder if that holds the submissions), for the
 * caller to free. Returns NULL, or words for why it is refused, to be freed. */
char *class_unpack(int fd, uid_t uid, const char *to, const struct labs *labs, char **top);

/* One submission as a line of text, and back. NULL if LINE is none. */
void submission_write(const struct submission *s, FILE *out);
struct submission *submission_parse(const char *line);
void submission_free(struct submission *s);

/* Takes the sources of submission S from the class's folder CLASS_FD. Of several
 * that one student handed in, the newest counts and the notes say so. */
void submission_intake(struct intake *in, const struct labs *labs, int class_fd,
                       const struct submission *s, uid_t uid);

#endif
