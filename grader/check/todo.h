/* What a lab's source says of itself: its TODOs and how the program is used. The
 * source is the student's: nothing need be there. */
#ifndef JUDGE_TODO_H
#define JUDGE_TODO_H

#include <stddef.h>

struct todo {
	int number;
	unsigned line;          /* of "TODO N:" in the source; 0 if it is gone */
	char *title;            /* its first sentence */
	char *works;            /* what follows "Works when:"; may be empty */
};

struct todos {
	struct todo *at;        /* by number, ascending */
	size_t count;
	char *usage;            /* what follows "usage: " in the source, or NULL */
};

/* Reads the source at PATH (its first MiB); all text is escaped. TODOs and usage
 * that PATH does not have are taken from the skeleton at UNTOUCHED, without their
 * lines. Files that cannot be read count as empty. */
void todos_read(struct todos *todos, const char *path, const char *untouched);

/* The TODO NUMBER, or NULL. */
const struct todo *todos_find(const struct todos *todos, int number);

void todos_free(struct todos *todos);

#endif
