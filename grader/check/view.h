/* What the student sees of one lab. Draws only: nothing here starts or decides. */
#ifndef JUDGE_VIEW_H
#define JUDGE_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "common/labs.h"
#include "check/page.h"
#include "judge/result.h"
#include "check/todo.h"

/* One lab, and the words of the commands that concern it. */
struct view {
	const struct lab *lab;
	const struct lab_result *result;
	const struct todos *todos;
	const char *source;     /* labs/tcp-client/client.c */
	const char *handout;    /* labs/tcp-client/README.md */
	const char *log;        /* build/trees/labs/tcp-client/client.log */
	const char *from;       /* what a command needs behind it: " FROM=solutions", "" */
	bool ran;               /* the suite was run; if not, the result's story says why */
	bool untouched;         /* the source is still the skeleton */
	size_t warnings;        /* the compiler's, in a build that went well */
};

/* Is this still where everybody begins: the skeleton, and nothing earned? */
bool view_is_start(const struct view *view);

void view_title(const struct page *page, const struct view *view);

/* The line of check INDEX; with ALONE it names its TODO even if the line before it
 * would have. */
void view_check(const struct page *page, const struct view *view, size_t index, bool alone);

/* Live only: check INDEX, NAME, is running; to be drawn over. */
void view_running(const struct page *page, size_t index, const char *name);

/* Everything below the list of checks: points, stars, the story of the first failure
 * (of all, if the page is verbose), what to do next. NEXT is the lab to go on with
 * when this one is done, or NULL. The starting point is welcomed instead, and needs
 * no list above, unless the page is verbose. */
void view_outcome(const struct page *page, const struct view *view, const struct lab *next);

/* Check INDEX alone: its line and its story. */
void view_only(const struct page *page, const struct view *view, size_t index);

/* The lab's next step, short: for below a table of several. */
void view_next(const struct page *page, const struct view *view);

/* After a build: the compiler's WORDS (untrusted; may be empty), and where PROGRAM is
 * and how to run it by hand, or, if PROGRAM is NULL, that it did not build. */
void view_built(const struct page *page, const struct view *view, const char *program,
                const char *words);

#endif
