/* Names nobody vouches for: of students, as learning platforms write them; of
 * files inside a submission. Nothing here touches a file. */
#ifndef GRADE_INTAKE_NAMES_H
#define GRADE_INTAKE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/labs.h"

/* ---- a submission's name ------------------------------------------------- */

enum member_kind {
	MEMBER_WORK,            /* what a student sent, or a part of it */
	MEMBER_TEXT,            /* text or a link, typed into the platform */
	MEMBER_JUNK             /* no submission: .DS_Store, a roster, ... */
};

struct member {
	enum member_kind kind;
	char *student;          /* what the submission is called: the student's name */
	char *id;               /* the platform's number of the student, or NULL */
	char *file;             /* the name that the student gave the file; NULL: the entry
	                           has no name but its own */
	unsigned long long order; /* larger is newer where the platform numbers
	                             files; 0: unknown */
	bool late;              /* Canvas marked it LATE */
	bool platform;          /* named by a platform */
};

/* Takes the name of an entry of the class's folder apart; IS_FOLDER says what it
 * is. Canvas: name[_LATE]_userid_fileid_original, anon[_LATE]_code_fileid_original,
 * name[_LATE]_userid_{text,link}.html. Moodle: Name[_123]_assignsubmission_file[_original]
 * and ..._onlinetext. Anything else: the name less an archive's extension. Free with
 * member_free. */
struct member member_parse(const char *name, bool is_folder);
void member_free(struct member *m);

/* Length of NAME without .zip, .tar, .tar.gz, .tgz, ...; the whole length if it
 * has no such ending. */
size_t archive_stem(const char *name);

/* The name of a folder for STUDENT: one path component, valid UTF-8, printable,
 * without a leading dot or dash, at most 200 bytes, never with the ending of a report
 * (.csv, .json, .html, ...), and different for different students (%XX, and a sum of
 * the whole at the end if it had to be cut). The caller frees it. */
char *folder_name(const char *student);

/* ---- a file inside a submission ------------------------------------------ */

/* How sure it is that a file is a lab's source; a lower tier always counts before a
 * higher one. */
enum tier {
	TIER_NAME,              /* PROG.c, in other letters' case, numbered by a browser */
	TIER_READ,              /* client_final.c, lab2.c, client.c.txt, client.cpp */
	TIER_FOLDER,            /* anything.c in a folder that is called like a lab */
	TIER_SPARE,             /* any of these, but below starter/ or solutions/ */
	TIER_OUTSIDE            /* absolute, or with `..`: never to be taken */
};

struct claim {
	int lab;                /* row of the table, or -1: no declared source */
	enum tier tier;
	unsigned rank;          /* how well PATH fits in its tier; less is better */
	bool several;           /* no claim, because its name says more than one lab */
	bool must_read;         /* a .txt: only if it is a program */
};

/* Which declared source PATH (relative, `/` between components) could be. Best:
 * LAB/PROG.c in the top folder; then deeper, flat, in other letters' case, numbered
 * (PROG-1.c). Hidden files, __MACOSX and ._names are nothing. */
struct claim claim_of(const struct labs *labs, const char *path);

/* The lab whose target, folder or program NAME is, but for case, dashes and spaces; -1. */
int lab_called(const struct labs *labs, const char *name, size_t len);

/* The one lab that the name of a file or folder speaks of (LEN bytes, without its
 * ending); -1: none, -2: more than one. */
int lab_in_name(const struct labs *labs, const char *name, size_t len);

/* Is the folder NAME none that a student works in (.git, __MACOSX, node_modules)? */
bool folder_is_pruned(const char *name);

/* What a file is that was not taken. */
enum left_kind {
	LEFT_ASIDE,             /* nothing that could be work: headers of the course, ... */
	LEFT_DOCUMENT,          /* it may hold work as text or as a picture */
	LEFT_WORK               /* it looks like work that could not be placed */
};

/* Why the file at PATH, which claims no lab, is not taken: what it is, and what helps;
 * *KIND says how much it matters. CLAIM is its claim. */
const char *left_why(const char *path, const struct claim *claim, enum left_kind *kind);

#endif
