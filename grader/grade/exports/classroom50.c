/* Classroom 50's result.json, schema classroom50/result/v1. Who and what it is about stands
 * in the environment of its runner; COMMIT_TIME is the committer's date. */
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "grade/exports/exports.h"
#include "grade/outcome.h"

static json_t *test_of(const json_t *lab, const json_t *check)
{
	char *name = text_format("%s: %s", json_word(lab, "lab"), json_word(check, "name"));
	json_t *test = json_pack("{s:s,s:b,s:i,s:i,s:s}", "test-name", name,
		"passed", is_pass(check), "score", json_number(check, "earned"),
		"max-score", json_number(check, "points"), "output", json_word(check, "message"));

	free(name);
	return test;
}

const char *export_classroom50(const json_t *result, FILE *out)
{
	static const char *const known[][2] = {
		{ "classroom", "CLASSROOM" }, { "assignment", "ASSIGNMENT" },
		{ "assignment_type", "ASSIGNMENT_TYPE" }, { "owner", "OWNER" },
		{ "submission", "SUBMISSION_TAG" }, { "commit", "COMMIT_URL" },
		{ "release", "RELEASE_URL" }, { "review", "REVIEW_URL" },
		{ "datetime", "COMMIT_TIME" }
	};
	json_t *all = json_pack("{s:s}", "schema", "classroom50/result/v1");
	json_t *tests = json_array(), *lab, *check;
	int points = result_points(result), max = json_number(result, "max");
	const char *why = points < 0 ? "not all of it could be judged, so there is no score" : NULL;
	size_t i, k;

	for (i = 0; i < sizeof(known) / sizeof(known[0]) && !why; i++) {
		const char *text = getenv(known[i][1]);

		if (!text || !*text)
			why = "the environment of Classroom 50's runner is not there (CLASSROOM, "
			      "ASSIGNMENT, ASSIGNMENT_TYPE, OWNER, SUBMISSION_TAG, COMMIT_URL, "
			      "RELEASE_URL, REVIEW_URL, COMMIT_TIME)";
		else
			json_object_set_new(all, known[i][0], json_string(text));
	}
	json_array_foreach(json_object_get(result, "labs"), i, lab)
		json_array_foreach(json_object_get(lab, "checks"), k, check)
			json_array_append_new(tests, test_of(lab, check));
	/* It refuses a score above the most, which an override may have made. */
	json_object_set_new(all, "score", json_integer(points < max ? points : max));
	json_object_set_new(all, "max-score", json_integer(max));
	json_object_set_new(all, "tests", tests);
	if (why)
		json_decref(all);
	else
		write_json(all, out);
	return why;
}
