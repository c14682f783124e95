/* The list of those who take the course. */
#ifndef GRADE_ROSTER_H
#define GRADE_ROSTER_H

struct student {
	char *name;
	char *id;               /* "" if the roster has none */
	int seen;               /* how many submissions are theirs */
};

struct roster {
	struct student *at;
	int count;
};

/* Reads the CSV file PATH: a column of names and one of ids, known by a first row
 * with words such as name, student, id, login; without one the first column is the
 * name and the second the id. Returns 0, or -1 with words in *WHY to be freed. */
int roster_read(struct roster *roster, const char *path, char **why);

/* The student whose id is ID or NAME, or whose name is NAME (letters' case does not
 * matter); -1: none, -2: more than one. ID may be NULL. */
int roster_find(const struct roster *roster, const char *name, const char *id);

void roster_free(struct roster *roster);

#endif
