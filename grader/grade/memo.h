/* What a suite said about a program, kept for the same program: a run that is stopped
 * goes on at the lab where it was, one lab handed in again leaves the others alone, and
 * what forty students left as it was is judged once. What is kept is the suite's own
 * stream, to be scored like a fresh one. */
#ifndef GRADE_MEMO_H
#define GRADE_MEMO_H

#include <stddef.h>
#include <stdint.h>

#include "grade/sha256.h"
#include "judge/result.h"

struct memo {
	char *tap;              /* the stream, LEN bytes */
	size_t len;
	int hungry;             /* processes ended because of memory */
	int64_t *ms;            /* of each check, COUNT of them */
	size_t count;
};

/* Reads the memo KEY of the results in OUT. Returns 0, or -1 if there is none (or it is
 * damaged). Free with memo_free. */
int memo_load(struct memo *memo, const char *out, const char key[SHA256_TEXT]);

/* Keeps it, whole or not at all. Returns 0, or -1 with errno. */
int memo_save(const struct memo *memo, const char *out, const char key[SHA256_TEXT]);

/* Lets the memo KEY be found under ALIAS, too. Without hard links (link(2)) it is not,
 * which costs nothing but time. */
void memo_alias(const char *out, const char key[SHA256_TEXT], const char alias[SHA256_TEXT]);

void memo_free(struct memo *memo);

#endif
