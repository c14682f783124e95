#include "judge/view.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum {
	NAME_COLUMN = 15,       /* "  TODO 2   3 + " */
	STORY_COLUMN = 12,      /* "  expected  " */
	LOG_LINES = 20, OTHERS = 8, ADVICE = 3
};

/* ---- words ---------------------------------------------------------------- */

static const char *lab_name(const struct view *view)
{
	return view->lab->target;
}

/* "make check-lab2 ONLY=3 SEED=17 FROM=x"; the caller frees it. INDEX < 0: the whole
 * lab. */
static char *command(const struct view *view, int index)
{
	const char *seed = index < 0 ? NULL :
		story_first(&view->result->checks[index].story, STORY_SEED);
	char only[32] = "";

	if (index >= 0)
		snprintf(only, sizeof(only), " ONLY=%d", index + 1);
	return text_format("make check-%s%s%s%s%s", lab_name(view), only, seed ? " SEED=" : "",
	                   seed ? seed : "", view->from);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void line(const struct page *page, enum ink ink, int indent, const char *text)
{
	page_pad(page, 0, indent);
	page_wrap(page, ink, indent, text, INK_PLAIN, NULL);
}

/* A blank line between paragraphs. */
static void gap(const struct page *page)
{
	fputc('\n', page->out);
}

/* "  make check-lab2       what it does" */
static void offer(const struct page *page, char *what, const char *why)
{
	int at = page_put(page, INK_PLAIN, "    ");

	at += page_put(page, INK_BOLD, what);
	free(what);
	if (!*why) {
		gap(page);
		return;
	}
	page_pad(page, at, 28);
	if (at >= 28)
		at += page_put(page, INK_PLAIN, "  ");
	page_wrap(page, INK_PLAIN, at > 28 ? at : 28, why, INK_PLAIN, NULL);
}

/* ---- the list of checks --------------------------------------------------- */

static bool same_group(const struct lab_result *result, size_t a, size_t b)
{
	const struct check_result *x = &result->checks[a], *y = &result->checks[b];

	return x->stretch == y->stretch && (x->stretch || x->todo == y->todo);
}

/* Writes everything before the check's name. */
static void label(const struct page *page, const struct check_result *check, size_t index,
                  bool with_group)
{
	char group[16] = "";

	if (with_group && check->stretch)
		snprintf(group, sizeof(group), "stars");
	else if (with_group)
		snprintf(group, sizeof(group), "TODO %d", check->todo);
	page_words(page, INK_DIM, "  %-7s%3zu ", group, index + 1);
}

static enum sign sign_of(const struct check_result *check, enum ink *ink)
{
	switch (check->status) {
	case CHECK_PASS:
		*ink = check->stretch ? INK_STAR : INK_GOOD;
		return check->stretch ? SIGN_STAR : SIGN_PASS;
	case CHECK_FAIL:
		*ink = check->stretch ? INK_DIM : INK_BAD;
		return check->stretch ? SIGN_NO_STAR : SIGN_FAIL;
	case CHECK_BLOCKED:
		*ink = INK_DIM;
		return check->stretch ? SIGN_NO_STAR : SIGN_BLOCKED;
	case CHECK_ERROR:
		break;
	}
	*ink = INK_STAR;
	return SIGN_ERROR;
}

void view_check(const struct page *page, const struct view *view, size_t index, bool alone)
{
	const struct lab_result *result = view->result;
	const struct check_result *check = &result->checks[index];
	bool group = alone || index == 0 || !same_group(result, index, index - 1);
	enum ink ink, name_ink = INK_PLAIN, right_ink = INK_DIM;
	enum sign sign = sign_of(check, &ink);
	char right[32] = "";

	if (check->status == CHECK_BLOCKED && check->blocker >= 0)
		snprintf(right, sizeof(right), "waits for %d", check->blocker + 1);
	else if (check->status == CHECK_BLOCKED)
		snprintf(right, sizeof(right), "waits");
	else if (check->status == CHECK_ERROR)
		snprintf(right, sizeof(right), "not judged");
	else if (!check->stretch)
		snprintf(right, sizeof(right), "%d/%d",
		         check->status == CHECK_PASS ? check->points : 0, check->points);
	if (check->status == CHECK_BLOCKED || ink == INK_DIM)
		name_ink = INK_DIM;
	if (check->status == CHECK_FAIL && !check->stretch)
		right_ink = INK_BAD;
	page_wipe(page);
	label(page, check, index, group);
	page_put(page, ink, page_sign(page, sign));
	fputc(' ', page->out);
	page_wrap(page, name_ink, NAME_COLUMN, check->name, right_ink, *right ? right : NULL);
	fflush(page->out);
}

void view_running(const struct page *page, size_t index, const char *name)
{
	page_progress(page, "%12zu %s %s", index + 1, page_sign(page, SIGN_RUNNING), name);
}

/* ---- a story --------------------------------------------------------------- */

/* "  got       " in front of a line; nothing but blanks if the line before had it. */
static void key(const struct page *page, const char *word, bool again)
{
	page_words(page, INK_DIM, "  %-8s  ", again ? "" : word);
}

static void story_lines(const struct page *page, const struct story *story)
{
	int before = -1;

	for (size_t i = 0; i < story->count; i++) {
		const struct story_line *l = &story->lines[i];
		const char *marks = i + 1 < story->count && l[1].key == STORY_MARKED ? l[1].text : NULL;

		switch (l->key) {
		case STORY_SYMPTOM:
		case STORY_MARKED:
		case STORY_SEED:
		case STORY_TELL:
		case STORY_NOISE:
		case STORY_KEYS:
			continue;
		case STORY_RAN:         /* to be copied: not broken */
			key(page, "ran", before == STORY_RAN);
			page_put(page, INK_BOLD, l->text);
			fputc('\n', page->out);
			break;
		case STORY_SENT:
		case STORY_EXPECTED:
		case STORY_GOT:
			key(page, story_word(l->key), before == (int)l->key);
			page_chunk(page, INK_PLAIN, STORY_COLUMN, l->text, marks, INK_BAD);
			break;
		case STORY_HARNESS:
		case STORY_CAUSE:
		case STORY_READ:
		case STORY_NOTE:
			key(page, l->key == STORY_HARNESS ? "machine" : story_word(l->key),
			    before == (int)l->key);
			page_wrap(page, INK_PLAIN, STORY_COLUMN, l->text, INK_PLAIN, NULL);
			break;
		}
		before = (int)l->key;
	}
	if (story->cut)
		line(page, INK_DIM, STORY_COLUMN, "(more was said than is shown)");
}

static void noise(const struct page *page, const struct story *story)
{
	bool first = true;

	for (size_t i = 0; page->verbose && i < story->count; i++) {
		if (story->lines[i].key != STORY_NOISE)
			continue;
		key(page, "bats", !first);
		page_wrap(page, INK_DIM, STORY_COLUMN, story->lines[i].text, INK_PLAIN, NULL);
		first = false;
	}
}

/* Check INDEX whole: its name, what happened, where and how to go on. */
static void tell(const struct page *page, const struct view *view, size_t index)
{
	const struct check_result *check = &view->result->checks[index];
	const struct todo *todo = todos_find(view->todos, check->todo);
	const char *symptom = story_first(&check->story, STORY_SYMPTOM);
	enum ink ink;
	char *again = command(view, (int)index);

	gap(page);
	sign_of(check, &ink);
	page_words(page, ink, "%s %zu  ", page_sign(page, sign_of(check, &ink)), index + 1);
	page_wrap(page, INK_BOLD, index + 1 < 10 ? 5 : 6, check->name, INK_PLAIN, NULL);
	gap(page);
	if (symptom) {
		line(page, INK_PLAIN, 2, symptom);
		gap(page);
	} else if (check->status == CHECK_ERROR) {
		line(page, INK_PLAIN, 2, "This machine could not judge it. That is no failure of "
		     "your program.");
		gap(page);
	}
	story_lines(page, &check->story);
	if (!story_first(&check->story, STORY_READ) && check->status == CHECK_FAIL) {
		key(page, "read", false);
		page_wrap(page, INK_PLAIN, STORY_COLUMN, view->handout, INK_PLAIN, NULL);
	}
	if (todo && check->status == CHECK_FAIL) {
		char *where = todo->line ?
			text_format("%s:%u, TODO %d: %s", view->source, todo->line, check->todo, todo->title) :
			text_format("%s, TODO %d: %s", view->source, check->todo, todo->title);

		key(page, "code", false);
		page_wrap(page, INK_PLAIN, STORY_COLUMN, where, INK_PLAIN, NULL);
		free(where);
	}
	noise(page, &check->story);
	key(page, "again", false);
	page_put(page, INK_BOLD, again);
	fputc('\n', page->out);
	free(again);
}

/* ---- below the list -------------------------------------------------------- */

static void points(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;

	gap(page);
	page_words(page, INK_BOLD, "  %d of %d points  ", r->score, r->max);
	page_bar(page, r->score, r->max, 20);
	if (r->max_stars > 0)
		page_words(page, INK_STAR, "  %d of %d star%s", r->stars, r->max_stars,
		           plural((size_t)r->max_stars));
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
	gap(page);
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
	gap(page);
	page_words(page, INK_BOLD, "%s ", page_sign(page, SIGN_ERROR));
	again = text_format("%zu check%s could not be judged. That is the machine's failure, not "
	                    "your program's:", count, plural(count));
	page_wrap(page, INK_BOLD, 2, again, INK_PLAIN, NULL);
	free(again);
	for (size_t i = 0; i < r->count; i++) {
		const char *why = story_first(&r->checks[i].story, STORY_HARNESS);

		if (r->checks[i].status != CHECK_ERROR)
			continue;
		page_words(page, INK_PLAIN, "  %2zu  ", i + 1);
		page_wrap(page, INK_PLAIN, 6, why ? why : r->checks[i].name, INK_PLAIN, NULL);
		noise(page, &r->checks[i].story);
	}
	for (size_t i = 0; i < r->story.count; i++)
		if (r->story.lines[i].key != STORY_NOISE || page->verbose)
			line(page, INK_DIM, 6, r->story.lines[i].text);
	again = command(view, -1);
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
				gap(page);
				page_words(page, INK_PLAIN, "Worth knowing (it costs no points):\n");
			}
			page_words(page, INK_DIM, "  %2zu  ", i + 1);
			page_wrap(page, INK_PLAIN, 6, l->text, INK_PLAIN, NULL);
		}
	}
	if (view->warnings > 0) {
		gap(page);
		page_words(page, INK_PLAIN, "The compiler has %zu warning%s: make %s%s shows %s.\n",
		           view->warnings, plural(view->warnings), lab_name(view), view->from,
		           view->warnings == 1 ? "it" : "them");
	}
}

static void stars_left(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;

	if (r->stars >= r->max_stars)
		return;
	gap(page);
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
			line(page, INK_DIM, 6, symptom);
		again = command(view, (int)i);
		line(page, INK_BOLD, 6, again);
		free(again);
	}
}

static void done(const struct page *page, const struct view *view, const struct lab *next)
{
	gap(page);
	page_words(page, INK_GOOD, "%s Well done: %s earns every point.\n", page_sign(page, SIGN_PASS),
	           lab_name(view));
	stars_left(page, view);
	advice(page, view);
	if (next) {
		char *words = text_format("%s: %s", next->folder, next->title);

		gap(page);
		page_words(page, INK_PLAIN, "Next:\n");
		offer(page, text_format("make check-%s%s", next->target, view->from), words);
		free(words);
	}
}

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
	char *again = command(view, -1);

	page_ink(page, INK_BAD);
	page_words(page, INK_PLAIN, "  %s ", page_sign(page, SIGN_FAIL));
	page_ink(page, INK_PLAIN);
	page_words(page, INK_PLAIN, "%s does not build. The compiler says:\n\n", view->source);
	compiler_says(page, view, words);
	gap(page);
	line(page, INK_PLAIN, 2, "Begin with the first error: those after it are often its echo. Then:");
	offer(page, again, "builds it and checks it again");
}

static void not_judged(const struct page *page, const struct view *view)
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
			           lab_name(view));
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

	gap(page);
	page_words(page, INK_PLAIN, "  When it works, the first of these checks pass:\n");
	for (size_t i = 0; i < r->count; i++) {
		char right[16];

		if (r->checks[i].todo != todo || r->checks[i].stretch)
			continue;
		snprintf(right, sizeof(right), "%d point%s", r->checks[i].points,
		         plural((size_t)r->checks[i].points));
		page_words(page, INK_DIM, "    %2zu  ", i + 1);
		page_wrap(page, INK_PLAIN, 8, r->checks[i].name, INK_DIM, right);
	}
	gap(page);
	page_words(page, INK_DIM, "  %d points in all", r->max);
	if (r->max_stars)
		page_words(page, INK_DIM, ", and %d star%s for going further", r->max_stars,
		           plural((size_t)r->max_stars));
	page_words(page, INK_DIM, ".\n");
}

bool view_is_start(const struct view *view)
{
	return view->ran && view->untouched && view->result->score == 0 &&
	       view->result->status == LAB_GRADED;
}

static void welcome(const struct page *page, const struct view *view)
{
	const struct todo *first = view->todos->count ? &view->todos->at[0] : NULL;
	int todo = first ? first->number : 1;
	char *words;

	line(page, INK_PLAIN, 2, "This is the starting point. The skeleton builds, runs, and stops "
	     "at its first TODO: that is how it should be, and where your part begins.");
	gap(page);
	words = first && first->line ?
		text_format("TODO %d of %zu is in %s, line %u:", todo, view->todos->count, view->source,
		            first->line) :
		text_format("TODO %d is in %s:", todo, view->source);
	line(page, INK_BOLD, 2, words);
	free(words);
	if (first) {
		line(page, INK_PLAIN, 4, first->title);
		if (*first->works) {
			words = text_format("It works when %s", first->works);
			line(page, INK_PLAIN, 4, words);
			free(words);
		}
	}
	gap(page);
	page_words(page, INK_PLAIN, "  What to do:\n");
	page_words(page, INK_PLAIN, "    1. read the handout      ");
	page_put(page, INK_BOLD, view->handout);
	page_words(page, INK_PLAIN, "\n    2. write your code       ");
	page_put(page, INK_BOLD, view->source);
	words = command(view, -1);
	page_words(page, INK_PLAIN, "\n    3. see what works now    ");
	page_put(page, INK_BOLD, words);
	fputc('\n', page->out);
	free(words);
	welcome_checks(page, view, todo);
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
		not_judged(page, view);
		return;
	}
	if (view_is_start(view)) {
		welcome(page, view);
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
				tell(page, view, i);
	} else if (r->checks[first].status == CHECK_FAIL) {
		tell(page, view, (size_t)first);
		others(page, view, first);
	}
	errors(page, view);
	advice(page, view);
}

void view_only(const struct page *page, const struct view *view, size_t index)
{
	const struct check_result *check = &view->result->checks[index];
	char *whole = command(view, -1);

	page_wipe(page);
	view_check(page, view, index, true);
	if (check->status != CHECK_PASS)
		tell(page, view, index);
	else
		noise(page, &check->story);
	advice(page, view);
	if (check->status == CHECK_PASS) {
		gap(page);
		page_words(page, INK_PLAIN, "It passes. The whole lab:\n");
		offer(page, need(strdup(whole)), "");
	}
	free(whole);
}

void view_next(const struct page *page, const struct view *view)
{
	const struct lab_result *r = view->result;
	int next = lab_result_next(r);
	const char *symptom = next < 0 ? NULL : story_first(&r->checks[next].story, STORY_SYMPTOM);
	char *again = command(view, -1);

	gap(page);
	page_words(page, INK_BOLD, "Next: %s", lab_name(view));
	if (!view->ran && r->status != LAB_BUILD_FAILED) {
		gap(page);
		not_judged(page, view);
	} else if (view->ran && !view_is_start(view) && next >= 0) {
		page_words(page, INK_PLAIN, ", TODO %d, check %d: %s\n", r->checks[next].todo, next + 1,
		           r->checks[next].name);
		if (symptom)
			line(page, INK_PLAIN, 2, symptom);
	} else {
		page_words(page, INK_PLAIN, ", %s\n", view->lab->title);
	}
	offer(page, again, "tells more");
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
		gap(page);
	}
	page_words(page, INK_PLAIN, "  The program, to try by hand:\n");
	if (view->todos->usage) {
		const char *arguments = strchrnul(view->todos->usage, ' ');

		offer(page, text_format("%s%s", program, arguments), "");
	} else {
		offer(page, need(strdup(program)), "");
	}
	page_words(page, INK_PLAIN, "  What to try it with is in %s.\n", view->handout);
	page_words(page, INK_PLAIN, "  Then:\n");
	offer(page, command(view, -1), "says what works and what does not");
}
