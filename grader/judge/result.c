#include "judge/result.h"

#include <stdlib.h>
#include <string.h>

#include "common/save.h"
#include "common/text.h"

const char *check_status_word(enum check_status status)
{
	static const char *const words[] = { "pass", "fail", "blocked", "error" };

	return words[status];
}

const char *lab_status_word(enum lab_status status)
{
	static const char *const words[] = {
		"graded", "not-submitted", "build-failed", "rejected", "harness-error"
	};

	return words[status];
}

/* ---- a lab --------------------------------------------------------------- */

struct lab_result *lab_result_new(const char *lab, const struct suite *suite,
                                  enum lab_status status, const char *why)
{
	struct lab_result *result = need(calloc(1, sizeof(*result)));
	bool error = status == LAB_GRADED || status == LAB_HARNESS_ERROR;

	result->lab = need(strdup(lab));
	result->status = status;
	result->max = suite->max;
	result->max_stars = suite->stars;
	result->count = suite->count;
	/* One more, for a suite that could not be read has no checks. */
	result->checks = need(calloc(suite->count + 1, sizeof(*result->checks)));
	for (size_t i = 0; i < suite->count; i++) {
		const struct check *check = &suite->checks[i];

		result->checks[i] = (struct check_result){
			.name = need(strdup(check->name)), .todo = check->todo,
			.points = check->points, .stretch = check->stretch,
			.status = error ? CHECK_ERROR : CHECK_BLOCKED, .blocker = -1
		};
	}
	for (const char *end; why && *why; why = *end ? end + 1 : end) {
		end = strchrnul(why, '\n');
		story_add(&result->story, result->story.count ? STORY_NOTE : STORY_SYMPTOM,
		          why, (size_t)(end - why));
	}
	return result;
}

/* A check that waits for one which was not judged was not judged either, and one that
 * waits for a check which passed contradicts it. Such a check keeps its blocker.
 * Returns whether anything changed. */
static bool spread(struct lab_result *lab, struct check_result *check)
{
	enum check_status blocker;
	bool wrong;

	if (check->blocker < 0)
		return false;
	blocker = lab->checks[check->blocker].status;
	wrong = blocker == CHECK_ERROR || blocker == CHECK_PASS;
	if (wrong == (check->status == CHECK_ERROR))
		return false;
	check->status = wrong ? CHECK_ERROR : CHECK_BLOCKED;
	story_drop(&check->story, STORY_HARNESS);
	if (wrong)
		story_say(&check->story, STORY_HARNESS, "it waited for a check that %s",
		          blocker == CHECK_PASS ? "passed" : "could not be judged");
	return true;
}

void lab_result_settle(struct lab_result *lab)
{
	bool error = lab->count == 0, changed = true;

	/* Blockers may be chained, in any order; a circle changes nothing. */
	while (changed) {
		changed = false;
		for (size_t i = 0; i < lab->count; i++)
			changed |= spread(lab, &lab->checks[i]);
	}
	lab->score = 0;
	lab->stars = 0;
	for (size_t i = 0; i < lab->count; i++) {
		struct check_result *check = &lab->checks[i];
		bool pass = check->status == CHECK_PASS;

		check->earned = pass ? check->points : 0;
		lab->score += check->earned;
		lab->stars += pass && check->stretch;
		error |= check->status == CHECK_ERROR && !check->stretch;
	}
	if (lab->status == LAB_GRADED || lab->status == LAB_HARNESS_ERROR)
		lab->status = error ? LAB_HARNESS_ERROR : LAB_GRADED;
}

void lab_result_take(struct lab_result *to, struct lab_result *from, size_t index)
{
	struct check_result old = to->checks[index];

	to->checks[index] = from->checks[index];
	from->checks[index] = old;
}

int lab_result_next(const struct lab_result *lab)
{
	int next = -1;

	for (int pass = 0; next < 0 && pass < 2; pass++)
		for (size_t i = 0; i < lab->count; i++) {
			const struct check_result *check = &lab->checks[i];

			if (check->stretch || check->status == CHECK_PASS ||
			    (pass == 0 && check->status != CHECK_FAIL))
				continue;
			if (next < 0 || check->todo < lab->checks[next].todo)
				next = (int)i;
		}
	return next;
}

void lab_result_free(struct lab_result *lab)
{
	if (!lab)
		return;
	for (size_t i = 0; i < lab->count; i++) {
		free(lab->checks[i].name);
		story_free(&lab->checks[i].story);
	}
	free(lab->checks);
	story_free(&lab->story);
	free(lab->lab);
	free(lab);
}

/* ---- result.json --------------------------------------------------------- */

/* A string of RFC 8259: TEXT's control bytes but newline and tab, and what is not
 * UTF-8, are already shown as \xNN, so that every reader gets the same text. */
static void write_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (size_t len = strlen(text); len > 0;) {
		size_t n = text_utf8(text, len, NULL);

		if (n == 0)
			fprintf(out, "\\\\x%02X", (unsigned char)*text);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '\t')
			fputs("\\t", out);
		else if ((unsigned char)*text < 0x20)
			fprintf(out, "\\u%04x", (unsigned char)*text);
		else
			fwrite(text, 1, n, out);
		n = n ? n : 1;
		text += n;
		len -= n;
	}
	fputc('"', out);
}

static void write_check(FILE *out, const struct check_result *check)
{
	char *message = story_text(&check->story);

	fputs("        { \"name\": ", out);
	write_string(out, check->name);
	fprintf(out, ", \"todo\": %d, \"points\": %d, \"earned\": %d,\n"
	        "          \"stretch\": %s, \"status\": \"%s\", \"message\": ",
	        check->todo, check->points, check->earned,
	        check->stretch ? "true" : "false", check_status_word(check->status));
	write_string(out, message);
	fprintf(out, ", \"ms\": %lld }", (long long)check->ms);
	free(message);
}

static void write_lab(FILE *out, const struct lab_result *lab)
{
	char *message = story_text(&lab->story);

	fputs("    { \"lab\": ", out);
	write_string(out, lab->lab);
	fprintf(out, ", \"status\": \"%s\", \"score\": %d, \"max\": %d, \"stars\": %d,\n"
	        "      \"message\": ",
	        lab_status_word(lab->status), lab->score, lab->max, lab->stars);
	write_string(out, message);
	fputs(",\n      \"checks\": [", out);
	for (size_t i = 0; i < lab->count; i++) {
		fputs(i ? ",\n" : "\n", out);
		write_check(out, &lab->checks[i]);
	}
	fputs(" ] }", out);
	free(message);
}

void result_write(FILE *out, const struct submission_result *result)
{
	int score = 0, max = 0, stars = 0;

	for (size_t i = 0; i < result->count; i++) {
		score += result->labs[i]->score;
		max += result->labs[i]->max;
		stars += result->labs[i]->stars;
	}
	fputs("{\n  \"schema\": 1,\n  \"submission\": ", out);
	write_string(out, result->submission);
	fprintf(out, ",\n  \"score\": %d, \"max\": %d, \"stars\": %d,\n  \"isolation\": ",
	        score, max, stars);
	write_string(out, result->isolation);
	if (result->more && *result->more)
		fprintf(out, ",\n  %s", result->more);
	fputs(",\n  \"labs\": [", out);
	for (size_t i = 0; i < result->count; i++) {
		fputs(i ? ",\n" : "\n", out);
		write_lab(out, result->labs[i]);
	}
	fputs(" ]\n}\n", out);
}

int result_save(const char *path, const struct submission_result *result)
{
	struct save file;

	if (save_begin(&file, path) != 0)
		return -1;
	result_write(file.out, result);
	return save_end(&file);
}
