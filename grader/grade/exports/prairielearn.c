/* PrairieLearn's /grade/results/results.json: the score from 0 to 1, at most 1 MB. What could
 * not be judged is not gradable, which costs the student no attempt. */
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "grade/exports/exports.h"
#include "grade/outcome.h"

enum { OUTPUT_MOST = 4000 };    /* bytes of one check: with 200 of them below 1 MB */

static json_t *test_of(const json_t *lab, const json_t *check)
{
	char *name = text_format("%s: %s", json_word(lab, "lab"), json_word(check, "name"));
	const char *message = json_word(check, "message");
	json_t *test = json_pack("{s:s,s:i,s:i}", "name", name,
		"points", json_number(check, "earned"), "max_points", json_number(check, "points"));
	size_t most = strlen(message) < OUTPUT_MOST ? strlen(message) : OUTPUT_MOST;

	while (most > 0 && ((unsigned char)message[most] & 0xC0) == 0x80)
		most--;
	json_object_set_new(test, "output", json_stringn(message, most));
	free(name);
	return test;
}

const char *export_prairielearn(const json_t *result, FILE *out)
{
	json_t *tests = json_array(), *lab, *check;
	int points = result_points(result), max = json_number(result, "max");
	double score = max > 0 && points > 0 ? (double)points / max : 0;
	size_t i, k;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
		json_array_foreach(json_object_get(lab, "checks"), k, check)
			json_array_append_new(tests, test_of(lab, check));
	if (points < 0)
		write_json(json_pack("{s:b,s:[s]}", "gradable", 0, "format_errors",
		                     "The grader could not judge all of it. That is not your "
		                     "fault; submit it again."), out);
	else
		write_json(json_pack("{s:b,s:f,s:O}", "gradable", 1, "score",
		                     score > 1 ? 1.0 : score, "tests", tests), out);
	json_decref(tests);
	return NULL;
}
