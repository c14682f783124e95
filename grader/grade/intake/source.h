/* One source of a submission, and the choice among several files that could be
 * it. */
#ifndef GRADE_SOURCE_H
#define GRADE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/labs.h"
#include "grade/sha256.h"

enum { SOURCE_MAX = 256 * 1024 };       /* bytes of one source, as submitted */

enum source_status { SOURCE_ABSENT, SOURCE_TAKEN, SOURCE_REJECTED };

struct source {
	enum source_status status;
	char *data;             /* taken: the normalised bytes */
	size_t size;
	char *words;            /* rejected: why, printable */
	char *path;             /* where it stood in the submission, or NULL */
	unsigned rank;
};

/* Everything taken from one submission. */
struct intake {
	const struct labs *labs;
	struct source source[LABS_MAX];
	char *rejected;         /* why nothing could be read at all, or NULL */
	char *notes;            /* lines for the report, printable */
	long long newest;       /* time of the newest source, nanoseconds of 1970 */
	unsigned others;        /* files that are no declared source */
};

/* Normalises the LEN bytes of a source in place: a UTF-8 byte order mark goes,
 * CR LF becomes LF. Stores the new length in *LEN and in *CHANGED which of the two
 * was found (SOURCE_HAD_*). Returns NULL, or words for why these bytes are no C
 * source (UTF-16, NUL). */
enum { SOURCE_HAD_BOM = 1, SOURCE_HAD_CRLF = 2 };
const char *source_normalise(char *data, size_t *len, unsigned *changed);

void intake_begin(struct intake *in, const struct labs *labs);
void intake_free(struct intake *in);

/* Is a file at PATH with this claim still wanted, or does a better one stand? */
bool intake_wants(const struct intake *in, const char *path);

/* Offers the file at PATH (relative to the submission): its LEN bytes (DATA), or
 * why it cannot be taken (REASON, DATA is NULL). The best claim wins; two equally
 * good ones with different bytes are rejected. Copies what it keeps. */
void intake_offer(struct intake *in, const char *path, const char *data, size_t len,
                  const char *reason);

/* Adds a line to the notes; bytes of the submission are escaped. */
void intake_note(struct intake *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Rejects the submission as a whole: every lab gets these words. */
void intake_reject(struct intake *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Normalises and judges what was gathered; afterwards each source has its final
 * status. */
void intake_end(struct intake *in);

/* The sum over all of it: sources, verdicts, notes. */
void intake_sum(const struct intake *in, char out[SHA256_TEXT]);

#endif
