/* Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/ */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "grade/exports/exports.h"
#include "grade/outcome.h"

static json_t *test_of(const json_t *lab, const json_t *check, size_t i, size_t k)
{
	char *number = text_format("%zu.%zu", i + 1, k + 1);
	char *name = text_format("%s: %s", json_word(lab, "lab"), json_word(check, "name"));
	bool hidden = strncmp(json_word(lab, "lab"), "hidden/", 7) == 0;
	json_t *test = json_pack("{s:s,s:s,s:i,s:i,s:s,s:s,s:s,s:s,s:[s]}", "number", number,
		"name", name, "score", json_number(check, "earned"),
		"max_score", json_number(check, "points"),
		"status", is_pass(check) ? "passed" : "failed",
		"output", json_word(check, "message"), "output_format", "text",
		"visibility", hidden ? "after_published" : "visible", "tags", is_star(check) ? "star" : "core");

	free(number);
	free(name);
	return test;
}

const char *export_gradescope(const json_t *result, FILE *out)
{
	int points = result_points(result);
	json_t *tests = json_array(), *lab, *check;
	char *words = text_format("%d of %d points, isolation: %s", points,
	                          json_number(result, "max"), json_word(result, "isolation"));
	const json_t *note;
	size_t i, k;

	json_array_foreach(json_object_get(result, "notes"), i, note) {
		char *longer = text_format("%s\n%s", words, json_string_value(note));

		free(words);
		words = longer;
	}
	json_array_foreach(json_object_get(result, "labs"), i, lab)
		json_array_foreach(json_object_get(lab, "checks"), k, check)
			json_array_append_new(tests, test_of(lab, check, i, k));
	if (points >= 0)
		write_json(json_pack("{s:i,s:s,s:s,s:s,s:O}", "score", points, "output", words,
		                     "output_format", "text", "visibility", "visible",
		                     "tests", tests), out);
	json_decref(tests);
	free(words);
	return points < 0 ? "not all of it could be judged, so there is no score" : NULL;
}
