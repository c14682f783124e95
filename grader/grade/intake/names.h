/* Names nobody vouches for: of students, as learning platforms write them; of
 * files inside a submission. Nothing here touches a file. */
#ifndef GRADE_NAMES_H
#define GRADE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/labs.h"

/* ---- a submission's name ------------------------------------------------- */

enum member_kind {
	MEMBER_WHOLE,           /* a folder or an archive: a whole submission */
	MEMBER_FILE,            /* one source of a submission, as Canvas and Moodle
	                           hand them out one by one */
	MEMBER_JUNK             /* no submission: .DS_Store, __MACOSX, ... */
};

struct member {
	enum member_kind kind;
	char *student;          /* what the submission is called: the student's name */
	char *id;               /* the platform's number of the student, or NULL */
	char *file;             /* MEMBER_FILE: the name the student gave, else NULL */
	unsigned long long order; /* larger is newer where the platform numbers
	                             files; 0: unknown */
	bool late;              /* Canvas marked it LATE */
};

/* Takes the name of an entry of the class's folder apart; IS_FOLDER says what it
 * is. Canvas: name[_LATE]_userid_fileid_original. Moodle:
 * Name_123_assignsubmission_file_[original]. Anything else: the name less an
 * archive's extension. Free with
 * member_free. */
struct member member_parse(const char *name, bool is_folder);
void member_free(struct member *m);

/* Length of NAME without .zip, .tar, .tar.gz, .tgz, ...; the whole length if it
 * has no such ending. */
size_t archive_stem(const char *name);

/* The name of a folder for STUDENT: one path component, valid UTF-8, printable,
 * without a leading dot or dash, at most 200 bytes, and different for different
 * students (%XX, and a sum of the whole at the end if it had to be cut). The
 * caller frees it. */
char *folder_name(const char *student);

/* ---- a file inside a submission ------------------------------------------ */

struct claim {
	int lab;                /* row of the table, or -1: no declared source */
	unsigned rank;          /* how well PATH fits; less is better */
	bool outside;           /* absolute, or with `..`: never to be taken */
	bool other_case;        /* Server.c */
};

/* Which declared source PATH (relative, `/` between components) could be.
 * Best: LAB/PROG.c in the top folder; then deeper, flat, in other letters' case,
 * renamed by a platform (PROG-1.c), below `starter` or `solutions`. Hidden
 * files, __MACOSX and ._names are nothing. */
struct claim claim_of(const struct labs *labs, const char *path);

#endif
