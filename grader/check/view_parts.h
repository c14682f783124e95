/* What the three files of the view share; for nobody else. */
#ifndef JUDGE_VIEW_PARTS_H
#define JUDGE_VIEW_PARTS_H

#include <stddef.h>

#include "check/view.h"

/* "make check-lab2 ONLY=3 SEED=17 FROM=x" for check INDEX, or, if it is negative, for
 * the whole lab. The caller frees it. */
char *view_command(const struct view *view, int index);

/* "s", but "" for 1. */
const char *view_plural(size_t n);

/* TEXT on lines of its own, from column INDENT. */
void view_line(const struct page *page, enum ink ink, int indent, const char *text);

/* A blank line between paragraphs. */
void view_gap(const struct page *page);

/* "    make check-lab2     WHY"; WHAT is freed, WHY may be "". */
void view_offer(const struct page *page, char *what, const char *why);

/* The sign that stands before a check of this status, and its ink. */
enum sign view_sign(const struct check_result *check, enum ink *ink);

/* Check INDEX whole: its name, what happened, where to look and how to go on. */
void view_tell(const struct page *page, const struct view *view, size_t index);

/* What Bats said beside the story; only on a verbose page. */
void view_noise(const struct page *page, const struct story *story);

/* A lab that was not run, and why. */
void view_not_run(const struct page *page, const struct view *view);

/* The starting point. */
void view_welcome(const struct page *page, const struct view *view);

#endif
