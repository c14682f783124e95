/* The Test Anything Protocol as bytes: lines end at \n and nowhere else, whatever
 * they hold (\r, NUL, U+2028, invalid UTF-8), and memory is bounded. Knows nothing
 * of suites; https://testanything.org/tap-specification.html */
#ifndef JUDGE_TAP_H
#define JUDGE_TAP_H

#include <stdbool.h>
#include <stddef.h>

enum {
	TAP_LINE_MAX = 64 * 1024,       /* bytes of a line that are kept */
	TAP_TOTAL_MAX = 8 * 1024 * 1024 /* bytes of a stream that are read */
};

enum tap_kind {
	TAP_PLAN,               /* 1..N */
	TAP_RESULT,             /* ok N TEXT, not ok N TEXT */
	TAP_COMMENT,            /* # TEXT */
	TAP_BAIL,               /* Bail out! TEXT */
	TAP_OTHER               /* anything else */
};

struct tap_line {
	enum tap_kind kind;
	bool ok;                /* a result without "not" */
	bool cut;               /* not the whole line: too long, or the stream ended
	                           before \n. Such a line proves nothing. */
	long number;            /* of the plan or the result; -1: it has none */
	const char *text;       /* LEN bytes, no NUL behind them, valid during the call:
	                           what follows "1..N", the number and one blank, "#" and
	                           one blank, "Bail out!"; the line itself if TAP_OTHER */
	size_t len;
};

typedef void tap_handler(void *context, const struct tap_line *line);

struct tap {
	tap_handler *each;
	void *context;
	char *line;             /* the line so far */
	size_t len;
	size_t total;
	bool cut;
};

/* EACH(CONTEXT, line) will be called for every line, in order. */
void tap_begin(struct tap *tap, tap_handler *each, void *context);

/* Takes the next LEN bytes, however they were cut. Returns false when the stream is
 * longer than TAP_TOTAL_MAX: the rest is not looked at. */
bool tap_feed(struct tap *tap, const void *bytes, size_t len);

/* The stream has ended: hands out an unfinished last line and frees the memory. */
void tap_end(struct tap *tap);

#endif
