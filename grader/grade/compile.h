/* A source becomes the two programs that are judged, in a box: the compiler is part
 * of the attack. */
#ifndef GRADE_COMPILE_H
#define GRADE_COMPILE_H

#include <stddef.h>
#include <sys/types.h>

#include "grade/run.h"
#include "grade/intake/source.h"

struct bytes {
	char *data;
	size_t len;
};

struct programs {
	struct bytes plain;
	struct bytes san;       /* with the sanitizers */
};

enum compile_end {
	COMPILE_OK,
	COMPILE_FAILED,         /* the source's fault; the words are the compiler's */
	COMPILE_HARNESS         /* the machine's fault */
};

/* Compiles SOURCE of LAB as user UID (see jail.h) with the flags of RUN. *WORDS: what
 * the compiler said, or why there is no program; printable lines, "" if nothing; the
 * caller frees it and OUT. */
enum compile_end compile(const struct run *run, const struct lab *lab,
                         const struct source *source, uid_t uid, struct programs *out,
                         char **words);

void programs_free(struct programs *p);

#endif
