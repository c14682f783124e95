/* Labs in which nothing ran yet: the starting point, and what keeps a lab from running. */
#include "check/view_parts.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum { LOG_LINES = 20 };

/* ---- labs that did not run -------------------------------------------------- */

/* The compiler's words, from the beginning: the first error is the one to mend. */
static void compiler_says(const struct page *page, const struct view *view, const char *words)
{
	size_t lines = 0, shown = page->verbose ? 1000 : LOG_LINES;
	char *text = text_escaped(words, strlen(words),
	                          TEXT_LINES | (page->utf8 ? 0u : (unsigned)TEXT_ASCII));

	for (char *at = text, *end; *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		if (lines++ < shown)
			fprintf(page->out, "    %.*s\n", (int)(end - at), at);
	}
	if (lines > shown)
		page_words(page, INK_DIM, "    ... and %zu more lines, in %s\n", lines - shown, view->log);
	free(text);
}

/* The lab's story is the log again, line by line. */
static char *lab_words(const struct lab_result *result)
{
	char *text = NULL;
	size_t size;
	FILE *out = need(open_memstream(&text, &size));

	for (size_t i = 0; i < result->story.count; i++)
		fprintf(out, "%s\n", result->story.lines[i].text);
	fclose(out);
	return need(text);
}

static void did_not_build(const struct page *page, const struct view *view, const char *words)
{
	char *again = view_command(view, -1);

	page_ink(page, INK_BAD);
	page_words(page, INK_PLAIN, "  %s ", page_sign(page, SIGN_FAIL));
	page_ink(page, INK_PLAIN);
	page_words(page, INK_PLAIN, "%s does not build. The compiler says:\n\n", view->source);
	compiler_says(page, view, words);
	view_gap(page);
	view_line(page, INK_PLAIN, 2, "Begin with the first error: those after it are often its echo. Then:");
	view_offer(page, again, "builds it and checks it again");
}

void view_not_run(const struct page *page, const struct view *view)
{
	char *words = lab_words(view->result);

	switch (view->result->status) {
	case LAB_BUILD_FAILED:
		did_not_build(page, view, words);
		break;
	case LAB_NOT_SUBMITTED:
		page_words(page, INK_BAD, "  %s ", page_sign(page, SIGN_FAIL));
		page_words(page, INK_PLAIN, "There is no %s.", view->source);
		if (!*view->from)
			page_words(page, INK_PLAIN, " `make reset-%s` lays the skeleton there.",
			           view->lab->target);
		fputc('\n', page->out);
		break;
	default:
		page_words(page, INK_BOLD, "  %s ", page_sign(page, SIGN_ERROR));
		words[strcspn(words, "\n")] = '\0';
		page_wrap(page, INK_PLAIN, 4, *words ? words : lab_status_word(view->result->status),
		          INK_PLAIN, NULL);
		break;
	}
	free(words);
}

/* ---- the starting point ------------------------------------------------------ */

static void welcome_checks(const struct page *page, const struct view *view, int todo)
{
	const struct lab_result *r = view->result;

	view_gap(page);
	page_words(page, INK_PLAIN, "  When it works, the first of these checks pass:\n");
	for (size_t i = 0; i < r->count; i++) {
		char right[16];

		if (r->checks[i].todo != todo || r->checks[i].stretch)
			continue;
		snprintf(right, sizeof(right), "%d point%s", r->checks[i].points,
		         view_plural((size_t)r->checks[i].points));
		page_words(page, INK_DIM, "    %2zu  ", i + 1);
		page_wrap(page, INK_PLAIN, 8, r->checks[i].name, INK_DIM, right);
	}
	view_gap(page);
	page_words(page, INK_DIM, "  %d points in all", r->max);
	if (r->max_stars)
		page_words(page, INK_DIM, ", and %d star%s for going further", r->max_stars,
		           view_plural((size_t)r->max_stars));
	page_words(page, INK_DIM, ".\n");
}

void view_welcome(const struct page *page, const struct view *view)
{
	const struct todo *first = view->todos->count ? &view->todos->at[0] : NULL;
	int todo = first ? first->number : 1;
	char *words;

	view_line(page, INK_PLAIN, 2, "This is the starting point. The skeleton builds, runs, and stops "
	     "at its first TODO: that is how it should be, and where your part begins.");
	view_gap(page);
	words = first && first->line ?
		text_format("TODO %d of %zu is in %s, line %u:", todo, view->todos->count, view->source,
		            first->line) :
		text_format("TODO %d is in %s:", todo, view->source);
	view_line(page, INK_BOLD, 2, words);
	free(words);
	if (first) {
		view_line(page, INK_PLAIN, 4, first->title);
		if (*first->works) {
			words = text_format("It works when %s", first->works);
			view_line(page, INK_PLAIN, 4, words);
			free(words);
		}
	}
	view_gap(page);
	page_words(page, INK_PLAIN, "  What to do:\n");
	page_words(page, INK_PLAIN, "    1. read the handout      ");
	page_put(page, INK_BOLD, view->handout);
	page_words(page, INK_PLAIN, "\n    2. write your code       ");
	page_put(page, INK_BOLD, view->source);
	words = view_command(view, -1);
	page_words(page, INK_PLAIN, "\n    3. see what works now    ");
	page_put(page, INK_BOLD, words);
	fputc('\n', page->out);
	free(words);
	welcome_checks(page, view, todo);
}

void view_built(const struct page *page, const struct view *view, const char *program,
                const char *words)
{
	if (!program) {
		did_not_build(page, view, words);
		return;
	}
	if (*words) {
		page_words(page, INK_PLAIN, "  It builds, and the compiler says:\n\n");
		compiler_says(page, view, words);
		view_gap(page);
	}
	page_words(page, INK_PLAIN, "  The program, to try by hand:\n");
	if (view->todos->usage) {
		const char *arguments = strchrnul(view->todos->usage, ' ');

		view_offer(page, text_format("%s%s", program, arguments), "");
	} else {
		view_offer(page, need(strdup(program)), "");
	}
	page_words(page, INK_PLAIN, "  What to try it with is in %s.\n", view->handout);
	page_words(page, INK_PLAIN, "  Then:\n");
	view_offer(page, view_command(view, -1), "says what works and what does not");
}
