#include "check/board.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum { GAP = 2, BAR = 20, BAR_MIN = 6, WORDS = 19, STARS_DRAWN = 6 };

static int longer(int width, const char *text)
{
	int len = (int)text_width(text, strlen(text));

	return len > width ? len : width;
}

static int points_width(const struct standing *standing)
{
	char text[32];

	return snprintf(text, sizeof(text), "%d/%d", standing->score, standing->max);
}

struct board board_for(const struct page *page, const struct lab *const *labs,
                       const struct standing *standings, size_t count)
{
	struct board board = { 0 };
	int rest;

	for (size_t i = 0; i < count; i++) {
		int points = points_width(&standings[i]), stars = standings[i].max_stars;

		board.target = longer(board.target, labs[i]->target);
		board.folder = longer(board.folder, labs[i]->folder);
		if (stars > STARS_DRAWN)
			stars = 5;      /* 12/15 */
		if (points > board.points)
			board.points = points;
		if (stars > board.stars)
			board.stars = stars;
	}
	rest = page->width - (GAP + board.target + GAP + board.folder + GAP + GAP + board.points +
	                      GAP + board.stars + GAP + WORDS);
	board.bar = rest > BAR ? BAR : rest < BAR_MIN ? BAR_MIN : rest;
	return board;
}

static int draw_stars(const struct page *page, const struct standing *standing)
{
	int width = 0;

	if (standing->max_stars > STARS_DRAWN)
		return page_words(page, INK_STAR, "%d/%d", standing->stars, standing->max_stars);
	for (int i = 0; i < standing->max_stars; i++)
		width += i < standing->stars ?
			page_put(page, INK_STAR, page_sign(page, SIGN_STAR)) :
			page_put(page, INK_DIM, page_sign(page, SIGN_NO_STAR));
	return width;
}

static void draw_words(const struct page *page, const struct lab *lab, const struct standing *s)
{
	const char *changed = s->changed ? ", changed" : "";

	if (s->known && s->status == LAB_NOT_SUBMITTED)
		page_words(page, INK_BAD, "no %s.c", lab->program);
	else if (s->known && s->status == LAB_BUILD_FAILED)
		page_words(page, INK_BAD, "does not build%s", changed);
	else if (s->known && s->status == LAB_REJECTED)
		page_words(page, INK_BAD, "rejected%s", changed);
	else if (s->known && s->status == LAB_HARNESS_ERROR)
		page_words(page, INK_STAR, "could not be judged");
	else if (s->known && s->score == s->max)
		page_words(page, INK_GOOD, "done%s", changed);
	else if (s->untouched)
		page_words(page, INK_DIM, "not started");
	else if (!s->known)
		page_words(page, INK_DIM, "not checked yet");
	else if (s->todo > 0)
		page_words(page, INK_PLAIN, "TODO %d%s", s->todo, changed);
}

void board_row(const struct page *page, const struct board *board, const struct lab *lab,
               const struct standing *standing)
{
	int stars;

	page_wipe(page);
	page_words(page, INK_BOLD, "  %-*s", board->target, lab->target);
	page_words(page, INK_PLAIN, "  %-*s  ", board->folder, lab->folder);
	page_bar(page, standing->score, standing->max, board->bar);
	if (standing->known)
		page_words(page, INK_PLAIN, "  %*s%d/%d", board->points - points_width(standing), "",
		           standing->score, standing->max);
	else
		page_words(page, INK_DIM, "  %*s%s/%d", board->points - points_width(standing), "",
		           standing->untouched ? "0" : "-", standing->max);
	fputs("  ", page->out);
	stars = draw_stars(page, standing);
	page_pad(page, stars, board->stars + GAP);
	draw_words(page, lab, standing);
	fputc('\n', page->out);
	fflush(page->out);
}

void board_sum(const struct page *page, const struct board *board,
               const struct standing *standings, size_t count)
{
	struct standing sum = { 0 };

	for (size_t i = 0; i < count; i++) {
		sum.score += standings[i].score;
		sum.max += standings[i].max;
		sum.stars += standings[i].stars;
		sum.max_stars += standings[i].max_stars;
	}
	fputc('\n', page->out);
	page_pad(page, 0, GAP + board->target + GAP);
	page_words(page, INK_BOLD, "%d of %d points", sum.score, sum.max);
	if (sum.max_stars)
		page_words(page, INK_STAR, ", %d of %d stars", sum.stars, sum.max_stars);
	fputc('\n', page->out);
}

/* "  make check-lab2     what it does" */
static void offer(const struct page *page, const char *verb, const struct lab *lab, const char *why)
{
	int at = page_words(page, INK_BOLD, "    make %s%s", verb, lab->target);

	page_pad(page, at, 26);
	page_words(page, INK_PLAIN, "  %s\n", why);
}

void board_next(const struct page *page, const struct lab *lab, const struct standing *standing,
                const struct todos *todos, const char *source, const char *handout)
{
	const struct todo *todo;
	char *words;

	fputc('\n', page->out);
	if (!lab) {
		page_words(page, INK_GOOD, "  Every lab earns every point. Well done.\n");
		return;
	}
	todo = todos_find(todos, standing->todo);
	if (!todo && todos->count > 0 && !standing->known)
		todo = &todos->at[0];
	words = text_format("Next: %s, %s", lab->target, lab->title);
	page_pad(page, 0, 2);
	page_wrap(page, INK_BOLD, 2, words, INK_PLAIN, NULL);
	free(words);
	page_words(page, INK_PLAIN, "    read    %s\n    edit    %s", handout, source);
	if (todo && todo->line)
		page_words(page, INK_PLAIN, ", line %u", todo->line);
	fputc('\n', page->out);
	if (todo) {
		words = text_format("%d: %s", todo->number, todo->title);
		page_words(page, INK_PLAIN, "    TODO    ");
		page_wrap(page, INK_PLAIN, 12, words, INK_PLAIN, NULL);
		free(words);
	}
	fputc('\n', page->out);
	offer(page, "check-", lab, "what works, what does not, and why");
	offer(page, "", lab, "build it, and how to run it by hand");
}
