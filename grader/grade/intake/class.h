/* A class: the entries of one folder (or of the archive a platform made of it),
 * grouped into submissions. */
#ifndef GRADE_INTAKE_CLASS_H
#define GRADE_INTAKE_CLASS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "grade/intake/source.h"

/* One entry of the class's folder. */
struct part {
	char *entry;            /* its name there */
	char *file;             /* as the student called it, or NULL: the entry's own name */
	unsigned long long order; /* newer is larger, if the platform numbers; or 0 */
	bool late, text;        /* text: typed into the platform, no file */
};

/* One of those whose work it is, as far as the platform says. */
struct person {
	char *name, *id, *email; /* ID and EMAIL may be NULL */
};

/* What a person decided about a submission. */
struct order {
	char *lab;              /* the folder, or "": all of it */
	enum { ORDER_SET, ORDER_ADD, ORDER_SOURCE } kind;
	int points;
	char *source;           /* the file that counts instead of what was handed in */
	char *reason;
};

struct submission {
	char *name;             /* the student, as the entry says; any bytes; no two have one */
	char *plain;            /* the same before two of one name were told apart */
	char *login;            /* what follows the prefix that all names of the class have
	                           (lab1-LOGIN), or NULL */
	char *id;               /* the platform's number, or NULL */
	char *folder;           /* its folder in OUT; no two have one */
	char *when;             /* when it was handed in, as the platform says, or NULL */
	struct part *part;
	int parts;
	struct order *order;
	int orders;
	struct person *member;  /* from the platform; more than one: a team */
	int members;
};

struct class {
	struct submission *at;
	int count;
	char **ignored;         /* entries that are no submission: .DS_Store, a roster */
	int ignores;
};

/* Groups the entries of the folder open at FD. Folders that hold results of the grader
 * are ignored. Returns 0, or -1 with errno. */
int class_scan(struct class *class, int fd);

/* The folder at FD is one submission, called NAME. */
void class_of_one(struct class *class, const char *name);
void class_free(struct class *class);

/* Is the folder FD the work of one student rather than a class? It is if a lab's source
 * or a lab's folder lies in it, or a checkout of the course. */
bool is_submission(int fd, const struct labs *labs);

/* Does the folder FD hold nothing but one folder with a class in it (the platform's, or one
 * too high)? Returns that folder's name for the caller to free, or NULL. */
char *class_below(int fd, const struct labs *labs);

/* Finds the class in GIVEN, a folder or an archive (ONE: it is one student's work), which is unpacked below the folder TO
 * (which is not there) as UID (see archive_read). OUT is where results go. Stores the folder
 * whose entries the parts are in *TOP, for the caller to free. What is not as it seems (a
 * folder too high or too low, entries that are ignored) is said on OUT_SAID. Returns NULL,
 * or words for why not, to be freed. */
char *class_find(struct class *class, const char *given, bool one, const char *to,
                 const char *out, const struct labs *labs, uid_t uid, char **top, FILE *said);

/* One submission as a line of text, and back. NULL if LINE is none. */
void submission_write(const struct submission *s, FILE *out);
struct submission *submission_parse(const char *line);
/* Frees what is in S, and S itself. */
void submission_clear(struct submission *s);
void submission_free(struct submission *s);

/* Takes the sources of submission S from the class's folder CLASS_FD: all that the student
 * sent, archives and archives in them as well. LABS: the whole table; GRADED: those that are
 * judged now, or NULL. */
void submission_intake(struct intake *in, const struct labs *labs, const struct labs *graded,
                       int class_fd, const struct submission *s, uid_t uid);

#endif
