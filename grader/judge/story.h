/* What a check has to tell: the lines of one failure, each under its key. */
#ifndef JUDGE_STORY_H
#define JUDGE_STORY_H

#include <stdbool.h>
#include <stddef.h>

enum story_key {
	STORY_SYMPTOM,          /* one plain sentence */
	STORY_RAN,              /* a command to copy and paste */
	STORY_SENT,
	STORY_EXPECTED,
	STORY_GOT,
	STORY_MARKED,           /* a caret under the line of `got` before it */
	STORY_CAUSE,
	STORY_READ,
	STORY_SEED,
	STORY_NOTE,
	STORY_TELL,             /* advice that costs nothing */
	STORY_HARNESS,          /* why the machine could not judge */
	STORY_NOISE,            /* what else was said: for the curious only */
	STORY_KEYS
};

enum { STORY_BYTES_MAX = 64 * 1024, STORY_LINES_MAX = 400 };

struct story_line {
	enum story_key key;
	char *text;             /* escaped, one line */
};

struct story {
	struct story_line *lines;
	size_t count;
	size_t bytes;
	bool cut;               /* more was said than is kept */
};

/* The word of KEY as the suites write it: "symptom", "ran", ... */
const char *story_word(enum story_key key);

/* Adds a line, escaped. A story that is full takes no more and is marked as cut. */
void story_add(struct story *story, enum story_key key, const void *bytes, size_t len);

/* The same with printf's words. */
void story_say(struct story *story, enum story_key key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds a diagnostic line of TAP (less its "# "): "KEY: TEXT", or else noise. */
void story_add_diagnostic(struct story *story, const char *line, size_t len);

/* Takes every line with KEY out again. */
void story_drop(struct story *story, enum story_key key);

/* The text of the first line with KEY, or NULL. */
const char *story_first(const struct story *story, enum story_key key);

/* The story as plain text for files: the symptom, then "KEY: TEXT" a line, carets
 * aligned; no noise. The caller frees it. Empty if there is nothing to tell. */
char *story_text(const struct story *story);

void story_free(struct story *story);

#endif
