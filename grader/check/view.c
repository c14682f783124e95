/* One lab, from its title to what to do next. */
#include "check/view_parts.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum { OTHERS = 8, ADVICE = 3 };

/* ---- words ---------------------------------------------------------------- */

char *view_command(const struct view *view, int index)
{
	const char *seed = index < 0 ? NULL :
		story_first(&view->result->checks[index].story, STORY_SEED);
	char only[32] = "";

	/* It will be pasted into a shell. */
	if (seed && strspn(seed, "0123456789") != strlen(seed))
		seed = NULL;
	if (index >= 0)
		snprintf(only, sizeof(only), " ONLY=%d", index + 1);
	return text_format("make check-%s%s%s%s%s", view->lab->target, only, seed ? " SEED=" : "",
	                   seed ? seed : "", view->from);
}

const char *view_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void view_line(const struct page *page, enum ink ink, int indent, const char *text)
{
	page_pad(page, 0, indent);
	page_wrap(page, ink, indent, text, INK_PLAIN, NULL);
}

void view_gap(const struct page *page)
{
	fputc('\n', page->out);
}

void view_offer(const struct page *page, char *what, const char *why)
{
	int at = page_put(page, INK_PLAIN, "    ");

	at += page_put(page, INK_BOLD, what);
	free(what);
	if (!*why) {
		view_gap(page);
		return;
	}
	page_pad(page, at, 28);
	if (at >= 28)
		at += page_put(page, INK_PLAIN, "  ");
	page_wrap(page, INK_PLAIN, at > 28 ? at : 28, why, INK_PLAIN, NULL);
}

bool view_is_start(const struct view *view)
{
	return view->ran && view->untouched && view->result->score == 0 &&
	       view->result->status == LAB_GRADED;
}

/* ---- below the list -------------------------------------------------------- */

static void points(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;

	view_gap(page);
	page_words(page, INK_BOLD, "  %d of %d points  ", r->score, r->max);
	page_bar(page, r->score, r->max, 20);
	if (r->max_stars > 0)
		page_words(page, INK_STAR, "  %d of %d star%s", r->stars, r->max_stars,
		           view_plural((size_t)r->max_stars));
	fputc('\n', page->out);
}

/* Failures beside the one that was told, a line each. */
static void others(const struct page *page, const struct view *view, int told)
{
	size_t count = 0, shown = 0;

	for (size_t i = 0; i < view->result->count; i++)
		count += (int)i != told && !view->result->checks[i].stretch &&
		         view->result->checks[i].status == CHECK_FAIL;
	if (count == 0)
		return;
	view_gap(page);
	page_words(page, INK_PLAIN, "Then (V=1 tells %s):\n", count == 1 ? "this, too" : "all of it");
	for (size_t i = 0; i < view->result->count; i++) {
		const struct check_result *check = &view->result->checks[i];
		const char *symptom = story_first(&check->story, STORY_SYMPTOM);

		if ((int)i == told || check->stretch || check->status != CHECK_FAIL)
			continue;
		if (++shown > OTHERS)
			break;
		page_words(page, INK_BAD, "%s", page_sign(page, SIGN_FAIL));
		page_words(page, INK_PLAIN, " %zu  ", i + 1);
		page_wrap(page, INK_PLAIN, i + 1 < 10 ? 5 : 6, symptom ? symptom : check->name,
		          INK_PLAIN, NULL);
	}
	if (count > OTHERS)
		page_words(page, INK_DIM, "     and %zu more\n", count - OTHERS);
}

static void errors(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;
	size_t count = 0;
	char *again;

	for (size_t i = 0; i < r->count; i++)
		count += r->checks[i].status == CHECK_ERROR;
	if (count == 0)
		return;
	view_gap(page);
	page_words(page, INK_BOLD, "%s ", page_sign(page, SIGN_ERROR));
	again = text_format("%zu check%s could not be judged. That is the machine's failure, not "
	                    "your program's:", count, view_plural(count));
	page_wrap(page, INK_BOLD, 2, again, INK_PLAIN, NULL);
	free(again);
	for (size_t i = 0; i < r->count; i++) {
		const char *why = story_first(&r->checks[i].story, STORY_HARNESS);

		if (r->checks[i].status != CHECK_ERROR)
			continue;
		page_words(page, INK_PLAIN, "  %2zu  ", i + 1);
		page_wrap(page, INK_PLAIN, 6, why ? why : r->checks[i].name, INK_PLAIN, NULL);
		view_noise(page, &r->checks[i].story);
	}
	for (size_t i = 0; i < r->story.count; i++)
		if (r->story.lines[i].key != STORY_NOISE || page->verbose)
			view_line(page, INK_DIM, 6, r->story.lines[i].text);
	again = view_command(view, -1);
	page_words(page, INK_PLAIN, "  Try `%s` again; if it stays, show this to your instructor.\n",
	           again);
	free(again);
}

/* Advice costs nothing, and nobody is told the same twice. */
static void advice(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;
	size_t told = 0;

	for (size_t i = 0; i < r->count; i++) {
		for (size_t j = 0; j < r->checks[i].story.count; j++) {
			const struct story_line *l = &r->checks[i].story.lines[j];

			if (l->key != STORY_TELL || (told == ADVICE && !page->verbose))
				continue;
			if (told++ == 0) {
				view_gap(page);
				page_words(page, INK_PLAIN, "Worth knowing (it costs no points):\n");
			}
			page_words(page, INK_DIM, "  %2zu  ", i + 1);
			page_wrap(page, INK_PLAIN, 6, l->text, INK_PLAIN, NULL);
		}
	}
	if (view->warnings > 0) {
		view_gap(page);
		page_words(page, INK_PLAIN, "The compiler has %zu warning%s: make %s%s shows %s.\n",
		           view->warnings, view_plural(view->warnings), view->lab->target, view->from,
		           view->warnings == 1 ? "it" : "them");
	}
}

static void stars_left(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;

	if (r->stars >= r->max_stars)
		return;
	view_gap(page);
	page_words(page, INK_PLAIN, "Stars left to get (they cost nothing, and show that you can do "
	           "more):\n");
	for (size_t i = 0; i < r->count; i++) {
		const struct check_result *check = &r->checks[i];
		const char *symptom = story_first(&check->story, STORY_SYMPTOM);
		char *again;

		if (!check->stretch || check->status == CHECK_PASS)
			continue;
		page_words(page, INK_STAR, "%s", page_sign(page, SIGN_NO_STAR));
		page_words(page, INK_PLAIN, " %2zu  ", i + 1);
		page_wrap(page, INK_PLAIN, 6, check->name, INK_PLAIN, NULL);
		if (symptom)
			view_line(page, INK_DIM, 6, symptom);
		again = view_command(view, (int)i);
		view_line(page, INK_BOLD, 6, again);
		free(again);
	}
}

static void done(const struct page *page, const struct view *view, const struct lab *next)
{
	view_gap(page);
	page_words(page, INK_GOOD, "%s Well done: %s earns every point.\n", page_sign(page, SIGN_PASS),
	           view->lab->target);
	stars_left(page, view);
	advice(page, view);
	if (next) {
		char *words = text_format("%s: %s", next->folder, next->title);

		view_gap(page);
		page_words(page, INK_PLAIN, "Next:\n");
		view_offer(page, text_format("make check-%s%s", next->target, view->from), words);
		free(words);
	}
}

/* ---- what the commands show --------------------------------------------------- */

void view_title(const struct page *page, const struct view *view)
{
	page_words(page, INK_BOLD, "%s", view->lab->target);
	page_words(page, INK_PLAIN, "  %s%s%s\n\n", view->lab->folder,
	           *view->lab->title ? ": " : "", view->lab->title);
	fflush(page->out);
}

void view_outcome(const struct page *page, const struct view *view, const struct lab *next)
{
	const struct lab_result *r = view->result;
	int first = lab_result_next(r);

	page_wipe(page);
	if (!view->ran) {
		view_not_run(page, view);
		return;
	}
	if (view_is_start(view) && !page->verbose) {
		view_welcome(page, view);
		return;
	}
	points(page, view);
	if (first < 0) {
		done(page, view, next);
		errors(page, view);
		return;
	}
	if (page->verbose) {
		for (size_t i = 0; i < r->count; i++)
			if (r->checks[i].status == CHECK_FAIL)
				view_tell(page, view, i);
	} else if (r->checks[first].status == CHECK_FAIL) {
		view_tell(page, view, (size_t)first);
		others(page, view, first);
	}
	errors(page, view);
	advice(page, view);
}

void view_only(const struct page *page, const struct view *view, size_t index)
{
	const struct check_result *check = &view->result->checks[index];
	char *whole = view_command(view, -1);

	page_wipe(page);
	view_check(page, view, index, true);
	if (check->status != CHECK_PASS)
		view_tell(page, view, index);
	else
		view_noise(page, &check->story);
	advice(page, view);
	if (check->status == CHECK_PASS) {
		view_gap(page);
		page_words(page, INK_PLAIN, "It passes. The whole lab:\n");
		view_offer(page, need(strdup(whole)), "");
	}
	free(whole);
}

void view_next(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;
	int next = lab_result_next(r);
	const char *symptom = next < 0 ? NULL : story_first(&r->checks[next].story, STORY_SYMPTOM);
	char *again = view_command(view, -1);

	view_gap(page);
	page_words(page, INK_BOLD, "Next: %s", view->lab->target);
	if (!view->ran && r->status != LAB_BUILD_FAILED) {
		view_gap(page);
		view_not_run(page, view);
	} else if (view->ran && !view_is_start(view) && next >= 0) {
		page_words(page, INK_PLAIN, ", TODO %d, check %d: %s\n", r->checks[next].todo, next + 1,
		           r->checks[next].name);
		if (symptom)
			view_line(page, INK_PLAIN, 2, symptom);
	} else {
		page_words(page, INK_PLAIN, ", %s\n", view->lab->title);
	}
	view_offer(page, again, "tells more");
}
