#include "grade/report.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static void indented(FILE *out, const char *text, const char *margin)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		fprintf(out, "%s%.*s\n", len ? margin : "", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void write_check(FILE *out, const struct lab_result *lab, size_t index)
{
	const struct check_result *check = &lab->checks[index];
	static const char *const words[] = { "ok", "FAIL", "blocked", "error" };
	char *story;

	fprintf(out, "  %2zu. %-7s ", index + 1, words[check->status]);
	if (check->stretch)
		fprintf(out, " star  ");
	else
		fprintf(out, "%2d/%-2d  ", check->earned, check->points);
	fprintf(out, "%s\n", check->name);
	if (check->status == CHECK_PASS && !story_first(&check->story, STORY_TELL))
		return;
	story = story_text(&check->story);
	indented(out, story, "                   ");
	free(story);
}

static void write_lab(FILE *out, const struct lab_result *lab)
{
	bool ran = lab->status == LAB_GRADED || lab->status == LAB_HARNESS_ERROR;
	char *story = story_text(&lab->story);

	fprintf(out, "\n%s: ", lab->lab);
	if (lab->status == LAB_HARNESS_ERROR)
		fprintf(out, "harness-error, no score\n");
	else
		fprintf(out, "%s, %d of %d points%s", lab_status_word(lab->status), lab->score,
		        lab->max, lab->max_stars ? "" : "\n");
	if (lab->status != LAB_HARNESS_ERROR && lab->max_stars)
		fprintf(out, ", %d of %d stars\n", lab->stars, lab->max_stars);
	indented(out, story, "  ");
	free(story);
	for (size_t i = 0; ran && i < lab->count; i++)
		write_check(out, lab, i);
}

void report_write(FILE *out, const struct submission_result *result, const char *notes)
{
	int score = 0, max = 0, stars = 0;
	bool error = false;
	char *name = text_escaped(result->submission, strlen(result->submission), TEXT_PLAIN);

	for (size_t i = 0; i < result->count; i++) {
		score += result->labs[i]->score;
		max += result->labs[i]->max;
		stars += result->labs[i]->stars;
		error = error || result->labs[i]->status == LAB_HARNESS_ERROR;
	}
	fprintf(out, "Submission: %s\n", name);
	if (error)
		fprintf(out, "Score: none yet; the grader could not judge all of it, which is "
		        "not the student's fault\n");
	else
		fprintf(out, "Score: %d of %d points, %d star%s\n", score, max, stars,
		        stars == 1 ? "" : "s");
	fprintf(out, "Isolation: %s\n", result->isolation);
	if (notes && *notes) {
		fprintf(out, "\nAbout what was handed in:\n");
		indented(out, notes, "  ");
	}
	for (size_t i = 0; i < result->count; i++)
		write_lab(out, result->labs[i]);
	free(name);
}
