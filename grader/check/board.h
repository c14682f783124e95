/* Several labs at a glance: a row each, their sum, the next step. */
#ifndef JUDGE_BOARD_H
#define JUDGE_BOARD_H

#include <stddef.h>

#include "common/labs.h"
#include "check/page.h"
#include "check/standing.h"
#include "check/todo.h"

/* The columns, as wide as the widest of all rows. */
struct board {
	int target;
	int folder;
	int points;
	int stars;
	int bar;
};

/* The board for COUNT rows, the labs' and the standings' of the same index. */
struct board board_for(const struct page *page, const struct lab *const *labs,
                       const struct standing *standings, size_t count);

/* The row of LAB. */
void board_row(const struct page *page, const struct board *board, const struct lab *lab,
               const struct standing *standing);

/* Below the rows: all points, all stars. */
void board_sum(const struct page *page, const struct board *board,
               const struct standing *standings, size_t count);

/* Where to go on: LAB, by its STANDING; or NULL when there is nothing left to do.
 * SOURCE and HANDOUT are the lab's files, TODOS what the source says, FROM what a
 * command needs behind it. */
void board_next(const struct page *page, const struct lab *lab, const struct standing *standing,
                const struct todos *todos, const char *source, const char *handout);

#endif
