/* What is drawn on: 80 columns of text, with colours or without, UTF-8 or ASCII. */
#ifndef JUDGE_PAGE_H
#define JUDGE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct page {
	FILE *out;
	int width;              /* columns, 40..80 */
	bool colour;
	bool utf8;              /* else ASCII only */
	bool live;              /* a terminal: a line may be drawn over */
	bool verbose;           /* every story whole */
};

/* The page that fits OUT: 80 columns or a smaller terminal's; colours and live only
 * on a terminal, colours without NO_COLOR (https://no-color.org) and neither with
 * TERM=dumb; UTF-8 if the locale is (call setlocale(LC_CTYPE, "") before). */
struct page page_for(FILE *out);

enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_GOOD, INK_BAD, INK_STAR };

enum sign {
	SIGN_PASS, SIGN_FAIL, SIGN_BLOCKED, SIGN_ERROR, SIGN_STAR, SIGN_NO_STAR, SIGN_RUNNING,
	SIGN_FULL, SIGN_EMPTY
};

/* The sign's text on this page: one column. */
const char *page_sign(const struct page *page, enum sign sign);

/* Begins to write in INK; INK_PLAIN ends it. */
void page_ink(const struct page *page, enum ink ink);

/* Writes TEXT, escaped. Returns the columns it took. page_words takes printf's words,
 * whose newlines stay: those of the arguments must be gone before. */
int page_put(const struct page *page, enum ink ink, const char *text);
int page_words(const struct page *page, enum ink ink, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes blanks from column AT to column TO, if it lies behind. */
void page_pad(const struct page *page, int at, int to);

/* Writes TEXT from column INDENT, where the cursor is, over as many lines as it takes,
 * broken between words, and a newline. RIGHT, if not NULL, stands at the right edge
 * of the first line. */
void page_wrap(const struct page *page, enum ink ink, int indent, const char *text,
               enum ink right_ink, const char *right);

/* The same for bytes that were sent or came: broken at the edge and nowhere else.
 * UNDER, if not NULL, is a line of marks that belongs under TEXT, column by column. */
void page_chunk(const struct page *page, enum ink ink, int indent, const char *text,
                const char *under, enum ink under_ink);

/* A bar of SIZE columns, filled by SCORE of MAX; full only at MAX, empty only at 0. */
void page_bar(const struct page *page, int score, int max, int size);

/* Live only, else nothing: a line that will be drawn over, and its end. */
void page_progress(const struct page *page, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void page_wipe(const struct page *page);

#endif
