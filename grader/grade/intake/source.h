/* The sources of a submission, and the choice among several files that could be one. */
#ifndef GRADE_INTAKE_SOURCE_H
#define GRADE_INTAKE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/labs.h"
#include "grade/intake/names.h"
#include "grade/sha256.h"

enum { SOURCE_MAX = 256 * 1024 };       /* bytes of one source, as submitted */

enum source_status { SOURCE_ABSENT, SOURCE_TAKEN, SOURCE_REJECTED };

/* What a student sent at one time: an entry of the class's folder, or all of them that
 * the platform does not tell apart. */
struct upload {
	int id;
	unsigned long long order; /* the platform's number, or 0 */
	long long when;         /* nanoseconds of 1970: its newest file */
	const char *entry;      /* its name; lives as long as the intake */
};

struct source {
	enum source_status status;
	char *data;             /* taken: the normalised bytes */
	size_t size;
	char *words;            /* rejected: why, printable */
	char *path;             /* where it stood in the submission, or NULL */
	struct claim claim;
	struct upload upload;
	bool riddle;            /* rejected, because another file could be it as well */
};

/* A file that was not taken. */
struct left {
	char *path, *why;       /* printable */
	enum left_kind kind;
};

/* What a person must look at. */
struct look {
	char *labs;             /* folders, ", " between; "" if it is about all of it */
	char *file, *why;       /* printable; FILE may be "" */
};

/* Everything taken from one submission. */
struct intake {
	const struct labs *labs;
	const struct labs *graded; /* those of them that are judged now; NULL: all */
	struct source source[LABS_MAX];
	struct source here[LABS_MAX];   /* of the container that is being read */
	const char *prefix;     /* that container's own name, or "" */
	char *notes;            /* lines for the report, printable */
	long long newest;       /* time of the upload's newest file */
	struct left *left;      /* at most LEFT_MAX; LEFTS says how many there are */
	int lefts;
	struct look *look;
	int looks;
	char *unread;           /* why something that may hold work was not read, or NULL */
	bool late;              /* the platform says so */
};

enum { LEFT_MAX = 200 };

/* Normalises the LEN bytes of a source in place: a UTF-8 byte order mark goes,
 * CR LF becomes LF, UTF-16 with a mark becomes UTF-8. *DATA was allocated and may move.
 * Stores the new length in *LEN and in *CHANGED what was found (SOURCE_HAD_*). Returns
 * NULL, or words for why these bytes are no C source (NUL). */
enum { SOURCE_HAD_BOM = 1, SOURCE_HAD_CRLF = 2, SOURCE_HAD_UTF16 = 4 };
const char *source_normalise(char **data, size_t *len, unsigned *changed);

void intake_begin(struct intake *in, const struct labs *labs);
void intake_free(struct intake *in);

/* A container (a folder, an archive) called PREFIX (kept, not copied; "": the files have
 * no other name) is read; and it is done: UPLOAD is what it belongs to. Of two files for
 * one lab in one container the better fit counts, of two uploads the newer; what that
 * does not decide is put before a person. */
void intake_open(struct intake *in, const char *prefix);
void intake_close(struct intake *in, const struct upload *upload);

/* Forgets what the open container has offered: it is refused as a whole. */
void intake_discard(struct intake *in);

/* Is the file at PATH (in the container) a source that is still wanted? */
bool intake_wants(const struct intake *in, const char *path);

/* Offers the file at PATH: its LEN bytes (DATA), or why it cannot be taken (REASON,
 * DATA is NULL). Copies what it keeps. */
void intake_offer(struct intake *in, const char *path, const char *data, size_t len,
                  const char *reason);

/* The file at PATH is not even read, because a better one stands (see intake_wants). */
void intake_pass_over(struct intake *in, const char *path);

/* The file at PATH is not taken. WHY: NULL says it by the file's name. */
void intake_leave(struct intake *in, const char *path, const char *why, enum left_kind kind);

/* PATH ("": the container) may hold work and cannot be read: labs that are found nowhere
 * else are rejected with these words. */
void intake_unread(struct intake *in, const char *path, const char *why);

/* Adds a line to the notes; bytes of the submission are escaped. */
void intake_note(struct intake *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Normalises and judges what was gathered; afterwards each source has its final
 * status, `look` says what a person must look at, and if GRADED is set, `labs` and
 * `source` are about these labs only. */
void intake_end(struct intake *in);

/* The sum over all of it: sources, verdicts, notes. */
void intake_sum(const struct intake *in, char out[SHA256_TEXT]);

#endif
