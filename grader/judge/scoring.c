#include "judge/scoring.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"

enum { PROBLEMS_MAX = 20 };

struct scoring {
	const struct suite *suite;
	struct lab_result *result;
	size_t *asked;
	size_t count;
	bool *seen;             /* per check of the suite: it has a result */

	struct tap tap;
	int64_t now;
	int64_t last;           /* when the result before this one came */

	bool planned;
	bool results;           /* a result has come */
	bool trusted;           /* the plan was right */
	int problems;

	struct check_result *teller;    /* whom diagnostics belong to; NULL: the lab */
	bool waits;             /* the teller failed and is not settled */
	struct story told;      /* "tell" lines for the next result */

	scoring_handler *settled;
	void *context;
};

/* ---- what is wrong with the stream --------------------------------------- */

static void problem(struct scoring *s, const char *what, const char *text, size_t len)
{
	char *shown;

	if (s->problems++ >= PROBLEMS_MAX)
		return;
	shown = text_escaped(text, len > 200 ? 200 : len, TEXT_PLAIN);
	story_say(&s->result->story, s->result->story.count ? STORY_NOTE : STORY_SYMPTOM,
	          "%s%s%s", what, *shown ? ": " : "", shown);
	free(shown);
}

/* No line of this stream proves anything any more. */
static void distrust(struct scoring *s, const char *what)
{
	s->trusted = false;
	problem(s, what, "", 0);
}

/* ---- verdicts ------------------------------------------------------------ */

static void settle(struct scoring *s)
{
	if (!s->waits)
		return;
	s->waits = false;
	if (s->settled)
		s->settled(s->context, (size_t)(s->teller - s->result->checks));
}

/* The check whose lines have come so far is done with. A failure says what is wrong with
 * the program (lib.bash's `fail` always does): one that does not was a mistake of the
 * suite's own, a misspelt call, say, and no student's failure. */
static void conclude(struct scoring *s)
{
	struct check_result *check = s->teller;
	const char *place;

	if (check && check->status == CHECK_FAIL && !story_first(&check->story, STORY_SYMPTOM)) {
		place = story_first(&check->story, STORY_NOISE);
		check->status = CHECK_ERROR;
		story_say(&check->story, STORY_HARNESS, "the check broke off without a word about "
		          "the program: a mistake in the suite or its helpers%s%.300s",
		          place ? ": " : "", place ? place : "");
	}
	settle(s);
	s->teller = NULL;
}

/* Moves what was told before the result into its story. */
static void take_told(struct scoring *s, struct check_result *check)
{
	for (size_t i = 0; i < s->told.count; i++)
		story_add(&check->story, STORY_TELL, s->told.lines[i].text,
		          strlen(s->told.lines[i].text));
	story_free(&s->told);
}

static void spoil(struct check_result *check, const char *why)
{
	check->status = CHECK_ERROR;
	check->blocker = -1;
	story_say(&check->story, STORY_HARNESS, "%s", why);
}

static size_t find_check(const struct scoring *s, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < s->suite->count; i++)
		if (strlen(s->suite->checks[i].name) == len &&
		    memcmp(s->suite->checks[i].name, name, len) == 0)
			break;
	return i;
}

/* TEXT is what follows the number: NAME, or NAME and " # DIRECTIVE". No name has
 * " # " in it, so the first one ends the name. */
static size_t name_length(const struct tap_line *line)
{
	const char *mark = memmem(line->text, line->len, " # ", 3);

	return mark ? (size_t)(mark - line->text) : line->len;
}

static bool begins(const char **text, size_t *len, const char *word)
{
	size_t n = strlen(word);

	if (*len < n || strncasecmp(*text, word, n) != 0)
		return false;
	*text += n;
	*len -= n;
	return true;
}

/* The verdict of an `ok` line with a directive. */
static void judge_directive(struct scoring *s, struct check_result *check,
                            const char *text, size_t len)
{
	const char *all = text;
	size_t all_len = len;

	if (!begins(&text, &len, "skip") || (len > 0 && *text != ' ')) {
		spoil(check, "its result has a directive that no suite here uses");
		story_add(&check->story, STORY_NOTE, all, all_len);
		return;
	}
	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	if (begins(&text, &len, "blocked: ")) {
		size_t blocker = find_check(s, text, len);

		check->status = CHECK_BLOCKED;
		if (blocker < s->suite->count)
			check->blocker = (int)blocker;
		story_say(&check->story, STORY_SYMPTOM, "Waits for: %.*s", (int)len, text);
	} else if (begins(&text, &len, "error: ")) {
		check->status = CHECK_ERROR;
		story_add(&check->story, STORY_HARNESS, text, len);
	} else {
		check->status = CHECK_FAIL;
		story_say(&check->story, STORY_SYMPTOM, "This check was skipped%s%.*s",
		          len ? ": " : ".", (int)len, text);
	}
}

static void judge(struct scoring *s, struct check_result *check, const struct tap_line *line,
                  size_t name_len)
{
	check->ms = s->now - s->last;
	check->blocker = -1;
	take_told(s, check);
	s->teller = check;
	if (!line->ok) {
		check->status = CHECK_FAIL;
		if (name_len < line->len)
			story_say(&check->story, STORY_NOTE, "%.*s",
			          (int)(line->len - name_len - 3), line->text + name_len + 3);
	} else if (name_len < line->len) {
		judge_directive(s, check, line->text + name_len + 3, line->len - name_len - 3);
	} else {
		check->status = CHECK_PASS;
	}
	s->waits = true;
	if (line->ok)
		settle(s);
}

/* ---- the lines ----------------------------------------------------------- */

static bool was_asked(const struct scoring *s, size_t index, long number)
{
	return number >= 1 && (size_t)number <= s->count && s->asked[number - 1] == index;
}

static void on_result(struct scoring *s, const struct tap_line *line)
{
	size_t name_len = name_length(line), index = find_check(s, line->text, name_len);
	struct check_result *check = &s->result->checks[index];

	conclude(s);
	if (!s->planned && !s->results)
		distrust(s, "the stream has no plan before its first result");
	s->results = true;
	if (line->cut || index == s->suite->count) {
		story_free(&s->told);
		problem(s, line->cut ? "a result line that is not whole" :
		                       "a result for a check that the suite does not have",
		        line->text, line->len);
	} else if (!was_asked(s, index, line->number)) {
		story_free(&s->told);
		problem(s, "a result under a wrong number", line->text, line->len);
		/* Its own line may still come, but then there are two. */
		s->seen[index] = true;
		spoil(check, "its result came under a wrong number");
	} else if (s->seen[index]) {
		story_free(&s->told);
		problem(s, "a second result for one check", line->text, line->len);
		spoil(check, "two results came for it");
	} else {
		s->seen[index] = true;
		judge(s, check, line, name_len);
	}
	s->last = s->now;
}

static void on_plan(struct scoring *s, const struct tap_line *line)
{
	conclude(s);
	if (s->planned)
		distrust(s, "the stream has a second plan");
	else if ((size_t)line->number != s->count)
		distrust(s, "the plan has another number of checks than were asked for");
	s->planned = true;
	s->last = s->now;
}

static void on_comment(struct scoring *s, const struct tap_line *line)
{
	struct story *story = s->teller ? &s->teller->story : &s->result->story;
	size_t lines = story->count;

	if (line->len >= 5 && memcmp(line->text, "tell:", 5) == 0) {
		size_t skip = line->len > 5 && line->text[5] == ' ' ? 6 : 5;

		story_add(&s->told, STORY_TELL, line->text + skip, line->len - skip);
		return;
	}
	story_add_diagnostic(story, line->text, line->len);
	if (s->teller && s->teller->status == CHECK_FAIL && story->count > lines &&
	    story->lines[lines].key == STORY_HARNESS)
		s->teller->status = CHECK_ERROR;
}

static void on_line(void *context, const struct tap_line *line)
{
	struct scoring *s = context;

	switch (line->kind) {
	case TAP_PLAN:
		on_plan(s, line);
		break;
	case TAP_RESULT:
		on_result(s, line);
		break;
	case TAP_COMMENT:
		on_comment(s, line);
		break;
	case TAP_BAIL:
		conclude(s);
		problem(s, "the suite gave up", line->text, line->len);
		break;
	case TAP_OTHER:
		story_add(s->teller ? &s->teller->story : &s->result->story, STORY_NOISE,
		          line->text, line->len);
		break;
	}
}

/* ---- begin, feed, end ---------------------------------------------------- */

struct scoring *scoring_begin(const char *lab, const struct suite *suite,
                              const size_t *asked, size_t count, int64_t now,
                              scoring_handler *settled, void *context)
{
	struct scoring *s = need(calloc(1, sizeof(*s)));

	s->suite = suite;
	s->result = lab_result_new(lab, suite, LAB_GRADED, NULL);
	s->count = asked ? count : suite->count;
	s->asked = need(calloc(s->count + 1, sizeof(*s->asked)));
	for (size_t i = 0; i < s->count; i++)
		s->asked[i] = asked ? asked[i] : i;
	s->seen = need(calloc(suite->count + 1, sizeof(*s->seen)));
	s->trusted = true;
	s->now = s->last = now;
	s->settled = settled;
	s->context = context;
	tap_begin(&s->tap, on_line, s);
	return s;
}

const struct lab_result *scoring_result(const struct scoring *scoring)
{
	return scoring->result;
}

bool scoring_feed(struct scoring *s, const void *bytes, size_t len, int64_t now)
{
	s->now = now;
	if (tap_feed(&s->tap, bytes, len))
		return true;
	problem(s, "the suite said more than is read", "", 0);
	return false;
}

bool scoring_waits(const struct scoring *scoring)
{
	return scoring->waits;
}

void scoring_pause(struct scoring *scoring)
{
	settle(scoring);
}

/* Checks without a result: WHY, or what the lab's story says of the machine. */
static void name_missing(struct scoring *s, const char *why)
{
	const struct story *story = &s->result->story;

	if (!why)
		why = story_first(story, STORY_HARNESS);
	if (!why)
		why = story_first(story, STORY_SYMPTOM);
	for (size_t i = 0; i < s->count; i++) {
		struct check_result *check = &s->result->checks[s->asked[i]];

		if (!s->seen[s->asked[i]])
			story_say(&check->story, STORY_HARNESS, "it has no result%s%s",
			          why ? ": " : "", why ? why : "");
		else if (!s->trusted && check->status == CHECK_PASS)
			spoil(check, "it passed in a stream that cannot be trusted");
	}
}

struct lab_result *scoring_end(struct scoring *s, const char *why)
{
	struct lab_result *result = s->result;

	tap_end(&s->tap);
	conclude(s);
	if (!s->planned && !s->results)
		distrust(s, "the suite printed no plan");
	name_missing(s, why);
	lab_result_settle(result);
	story_free(&s->told);
	free(s->asked);
	free(s->seen);
	free(s);
	return result;
}

struct lab_result *lab_result_from_tap(const char *lab, const struct suite *suite,
                                       const void *tap, size_t len, const char *why)
{
	struct scoring *s = scoring_begin(lab, suite, NULL, 0, 0, NULL, NULL);

	scoring_feed(s, tap, len, 0);
	return scoring_end(s, why);
}
