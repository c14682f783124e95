/* The line of a check in the list, and its story. */
#include "check/view_parts.h"

#include <stdlib.h>

#include "common/text.h"

enum {
	NAME_COLUMN = 15,       /* "  TODO 2   3 + " */
	STORY_COLUMN = 12       /* "  expected  " */
};

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

enum sign view_sign(const struct check_result *check, enum ink *ink)
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
	enum sign sign = view_sign(check, &ink);
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
		view_line(page, INK_DIM, STORY_COLUMN, "(more was said than is shown)");
}

void view_noise(const struct page *page, const struct story *story)
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

void view_tell(const struct page *page, const struct view *view, size_t index)
{
	const struct check_result *check = &view->result->checks[index];
	const struct todo *todo = todos_find(view->todos, check->todo);
	const char *symptom = story_first(&check->story, STORY_SYMPTOM);
	enum ink ink;
	char *again = view_command(view, (int)index);

	view_gap(page);
	view_sign(check, &ink);
	page_words(page, ink, "%s %zu  ", page_sign(page, view_sign(check, &ink)), index + 1);
	page_wrap(page, INK_BOLD, index + 1 < 10 ? 5 : 6, check->name, INK_PLAIN, NULL);
	view_gap(page);
	if (symptom) {
		view_line(page, INK_PLAIN, 2, symptom);
		view_gap(page);
	} else if (check->status == CHECK_ERROR) {
		view_line(page, INK_PLAIN, 2, "This machine could not judge it. That is no failure of "
		     "your program.");
		view_gap(page);
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
	view_noise(page, &check->story);
	key(page, "again", false);
	page_put(page, INK_BOLD, again);
	fputc('\n', page->out);
	free(again);
}
