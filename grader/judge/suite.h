/* What a suite promises to check: the list of its checks, read from the .bats file
 * without running it. The points stand there and nowhere else. */
#ifndef JUDGE_SUITE_H
#define JUDGE_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct check {
	char *name;             /* as Bats prints it */
	char *raw;              /* as the file has it, less the outer quotes: what
	                           `bats --filter` sees */
	int todo;               /* the TODO it belongs to, 1.. */
	int points;             /* 0 for a stretch check */
	bool stretch;           /* earns a star instead of points */
	unsigned line;          /* of @test in the file */
};

struct suite {
	char *path;
	struct check *checks;   /* in the order of the file, which is Bats' order */
	size_t count;
	int max;                /* sum of the points */
	int stars;              /* number of stretch checks */
};

/* Reads the suite at PATH. Above each
 *     @test "NAME" {
 * stands `# bats test_tags=todo:N,points:N` or `# bats test_tags=todo:N,stretch`.
 * Returns 0, or -1 with one line "PATH:LINE: what is wrong" in *WHY (the caller
 * frees it) and nothing in SUITE. Refused is also what the versions of Bats read
 * differently: names with unescaped " $ or `, two checks with one name, names with
 * " # " (TAP's mark of a directive). */
int suite_read(struct suite *suite, const char *path, char **why);

/* The same from an open stream; PATH is only for messages. */
int suite_read_from(struct suite *suite, FILE *in, const char *path, char **why);

void suite_free(struct suite *suite);

/* A regular expression for `bats --filter` that matches the name of CHECK and of
 * no other check, in every version of Bats. The caller frees it. */
char *suite_filter(const struct check *check);

#endif
