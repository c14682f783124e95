/* The list of those who take the course, as a platform exports it. */
#ifndef GRADE_ROSTER_H
#define GRADE_ROSTER_H

#include <stdbool.h>

#include "grade/intake/class.h"
#include "grade/sheet.h"

/* Where things stand in a sheet; -1: nowhere. */
enum { ROSTER_IDS = 4 };
struct roster_columns {
	int name, first, last, email, login, group, role;
	int id[ROSTER_IDS];     /* in the sheet's order */
	int ids;
	bool head;              /* the first row names them */
	bool canvas;            /* ... as Canvas does */
};

struct student {
	char *name;             /* as the roster has it; first and last name put together */
	char *id;               /* the first of his ids; "" if the roster has none */
	char *key[ROSTER_IDS + 2]; /* ids, login, e-mail address: each is one person's */
	int keys;
	char *group;            /* his team or teams, or "" */
	char *squashed[2];      /* the name, and its parts the other way round: see below */
	int row;                /* of the sheet */
	int seen;               /* how many submissions are theirs */
	bool asked;             /* one may be theirs: that is a question */
};

struct roster {
	struct student *at;
	int count;
};

/* Reads the sheet PATH: names, ids, logins, e-mail addresses, teams, known by a first row
 * with such words, in any order; without one the first column is the name and the second
 * the id. Rows that are no student (Canvas' points and test student, Gradescope's staff)
 * are left out. Returns 0, or -1 with words in *WHY to be freed. */
int roster_read(struct roster *roster, const char *path, char **why);

/* The same from a sheet that is read already; what was found where goes to COLUMNS. */
int roster_of(struct roster *roster, const struct sheet *sheet, struct roster_columns *columns);

/* Who on the roster PERSON is. Numbers, logins and addresses count before names. Returns the
 * index; -1: nobody; -2: more than one could be, or the number says one and the name another. */
int roster_find(const struct roster *roster, const struct person *person);

/* Whose submission S is: the indices in *WHO (freed by the caller) and their number; 0:
 * nobody's; -2: a question, and then *WHO holds those it is about, up to a -1. */
int roster_match(const struct roster *roster, const struct submission *s, int **who);

/* Is WORD (a name, a number, a login, an address) said of this submission, by itself? */
bool submission_is(const struct submission *s, const char *word);

/* Letters and digits of NAME only, in lower case: how Canvas writes names of files. The
 * caller frees it. */
char *squash(const char *name);

void roster_free(struct roster *roster);

#endif
